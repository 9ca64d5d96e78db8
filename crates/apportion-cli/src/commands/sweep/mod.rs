//! `apportion sweep`: every scenario of a source or of standard input, what results come to, and shards
//! put together.

mod export;
mod plans;
mod source;
mod told;

use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use apportion::backend::Cancel;
use apportion::check::verify;
use apportion::domain::Problem;
use apportion::engine::{Engine, Outcome as Planned};
use apportion::plan::Plan;
use apportion::sweep::file::{ResultFolder, ResultLines, SweepId, merge};
use apportion::sweep::{Ended, Ran, Reaction, Sink, Sweep, SweepProgress};

use self::source::{Shape, Source, fnv};
use self::told::Known;
use crate::args::{MergeArgs, PolicyName, SweepArgs, SweepCommand, SweepRunArgs};
use crate::exit::{Exit, Failure};
use crate::terminal::{self, SweepBar};
use crate::{interrupt, read, solve};

/// Planning time of a problem that comes without a plan.
const PLANNING: Duration = Duration::from_secs(50);

pub(crate) fn run(args: &SweepArgs) -> Result<Exit, Failure> {
    match &args.command {
        Some(SweepCommand::Merge(args)) => merged(args),
        Some(SweepCommand::Summary(args)) => told::again(args),
        Some(SweepCommand::Scenarios(args)) => source::print(args),
        Some(SweepCommand::Export(args)) => export::run(args),
        None => swept(&args.run),
    }
}

fn merged(args: &MergeArgs) -> Result<Exit, Failure> {
    let folders: Vec<PathBuf> = args.folders.clone();
    let count = merge(&folders, &args.out).map_err(|error| Failure::usage(error.to_string()))?;
    let out = args.out.join("results.jsonl");
    terminal::say(&format!("{count} results in {}", out.display()))?;
    told::summarize(
        &args.out,
        &Known {
            shape: &Shape::Spread,
            base: 0.0,
            currency: "",
            tail: args.tail,
            whole: true,
        },
    )?;
    Ok(Exit::Done)
}

fn swept(args: &SweepRunArgs) -> Result<Exit, Failure> {
    let Some(path) = &args.problem else {
        return Err(Failure::usage("a sweep needs a problem"));
    };
    if args.policy == PolicyName::Keep && (args.moves.is_some() || args.list_moves) {
        let what = if args.list_moves {
            "--list-moves"
        } else {
            "--moves"
        };
        return Err(Failure::usage(format!("{what} needs --policy replan")));
    }
    let cancel = interrupt::listen()?;
    let (_, problem) = read::problem(path, false)?;
    let source = if args.stdin {
        None
    } else {
        Some(Source::read(&args.source, args.seed, &problem)?)
    };
    if let (Some(source), false) = (&source, args.plans.is_empty()) {
        return plans::compare(args, &problem, source, &cancel);
    }
    let engine = untimed(args, cancel.clone())?;
    let plan = match &args.plan {
        Some(path) => read::plan(path, false)?.check(&problem, false)?.plan,
        None => match planned(&engine, &problem)? {
            Ok(plan) => plan,
            Err(exit) => return Ok(exit),
        },
    };
    let reaction = match (args.policy, args.moves) {
        (PolicyName::Keep, _) => Reaction::KeepPlan(&plan),
        (PolicyName::Replan, None) => Reaction::Replan {
            engine: &engine,
            base: Some(&plan),
        },
        (PolicyName::Replan, Some(moves)) => Reaction::ReplanWithin {
            engine: &engine,
            plan: &plan,
            moves,
        },
    };
    let sweep = options(args, Sweep::new(&problem).policy(reaction), &cancel);
    let Some(source) = &source else {
        let ran = filter(sweep).map_err(|error| Failure::usage(error.to_string()))?;
        return Ok(exit(ran.ended));
    };
    let Some(out) = &args.out else {
        return Err(Failure::usage("a sweep needs --out, or --stdin"));
    };
    let id = plans::id(args, &problem, source, &policy(args, &plan));
    let ran = into_folder(out, &id, source.give(sweep)?)?;
    if ran.ended == Ended::Finished {
        let known = Known {
            shape: source.shape(),
            base: value(&problem, &plan),
            currency: problem.currency(),
            tail: args.tail,
            whole: args.shard.1 == 1,
        };
        told::summarize(out, &known)?;
    }
    Ok(exit(ran.ended))
}

/// Weighted value of a plan in the problem as it is.
fn value(problem: &Problem, plan: &Plan) -> f64 {
    let weights = problem.policy().objective.levels[0].weights;
    verify(problem, plan).goals.dot(&weights)
}

fn exit(ended: Ended) -> Exit {
    match ended {
        Ended::Finished => Exit::Done,
        Ended::TimeLimit => {
            terminal::complain("stopped at the time limit; the same command goes on from here");
            Exit::NoPlan
        }
        Ended::Cancelled => Exit::Interrupted,
    }
}

/// The engine of a scenario: without a limit of its own, so that results do not depend on time.
fn untimed(args: &SweepRunArgs, cancel: Cancel) -> Result<Engine, Failure> {
    let backend = solve::backend(args.backend)?;
    Ok(Engine::new(backend)
        .relative_gap(args.gap)
        .seed(args.seed)
        .cancel(cancel))
}

/// The plan of the problem as it is; the exit where there is none.
fn planned(engine: &Engine, problem: &Problem) -> Result<Result<Plan, Exit>, Failure> {
    let engine = engine.clone().time_limit(PLANNING);
    Ok(match engine.solve(problem).map_err(Failure::internal)? {
        Planned::Solved(solved) => Ok(solved.plan),
        Planned::Infeasible(conflict) => {
            terminal::complain(&conflict.to_string());
            Err(Exit::Infeasible)
        }
        Planned::NoPlan(why) => {
            terminal::complain(&why.to_string());
            Err(Exit::NoPlan)
        }
    })
}

fn options<'a>(args: &SweepRunArgs, sweep: Sweep<'a>, cancel: &Cancel) -> Sweep<'a> {
    let (part, parts) = args.shard;
    let mut sweep = sweep
        .shard(part, parts)
        .cancel(cancel.clone())
        .list_moves(args.list_moves);
    if let Some(threads) = args.threads {
        sweep = sweep.threads(threads as usize);
    }
    if let Some(limit) = args.time_limit {
        sweep = sweep.time_limit(limit);
    }
    if let Some(limit) = args.each_limit {
        sweep = sweep.each_limit(limit);
    }
    sweep
}

/// Standard input to standard output, each result at once.
fn filter(sweep: Sweep<'_>) -> io::Result<Ran> {
    let mut results = ResultLines::new(io::stdout());
    let sweep = sweep.batch(1).json_lines(BufReader::new(io::stdin()));
    match sweep.run(&mut results) {
        // A reader who has gone away has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Ran {
            done: 0,
            ended: Ended::Finished,
            elapsed: Duration::ZERO,
        }),
        ran => ran,
    }
}

/// Runs a sweep into a folder, from where it stopped.
fn into_folder(out: &Path, id: &SweepId, sweep: Sweep<'_>) -> Result<Ran, Failure> {
    let usage = |error: io::Error| Failure::usage(error.to_string());
    let (mut folder, done) = ResultFolder::open(out, id).map_err(usage)?;
    let bar = Arc::new(SweepBar::new());
    let shown = Arc::clone(&bar);
    let tell = move |progress: &SweepProgress| shown.show(progress);
    let ran = sweep
        .skip(done)
        .progress(tell)
        .run(&mut folder as &mut dyn Sink);
    bar.clear();
    let ran = ran.map_err(usage)?;
    let (results, seconds) = (ran.done, ran.elapsed.as_secs_f64());
    let out = out.join("results.jsonl");
    terminal::say(&format!(
        "{results} results in {} after {seconds:.1} s",
        out.display()
    ))?;
    Ok(ran)
}

/// What the results depend on besides problem and scenarios.
fn policy(args: &SweepRunArgs, plan: &Plan) -> String {
    let plan = fnv(format!("{plan:?}").as_bytes());
    let (policy, moves, each) = (args.policy, args.moves, args.each_limit);
    let (gap, backend, seed) = (args.gap, args.backend, args.seed);
    let listed = if args.list_moves {
        ", moves listed"
    } else {
        ""
    };
    format!(
        "{policy:?}, moves {moves:?}, plan {plan:016x}, each {each:?}, gap {gap}, {backend:?}, seed {seed}{listed}"
    )
}
