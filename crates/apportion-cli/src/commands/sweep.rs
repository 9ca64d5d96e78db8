//! `apportion sweep`: every scenario of a file or of standard input, and shards put together.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use apportion::backend::Cancel;
use apportion::domain::Problem;
use apportion::engine::{Engine, Outcome as Planned};
use apportion::fault::{Code, Fault, Place};
use apportion::plan::{Plan, fingerprint};
use apportion::scenario::read::CsvRows;
use apportion::sweep::file::{ResultFolder, ResultLines, SweepId, merge};
use apportion::sweep::{Ended, Ran, Reaction, Sink, Sweep, SweepProgress};

use crate::args::{MergeArgs, PolicyName, SweepArgs, SweepCommand, SweepRunArgs};
use crate::exit::{Exit, Failure};
use crate::terminal::{self, SweepBar};
use crate::{interrupt, read, solve};

/// Planning time of a problem that comes without a plan.
const PLANNING: Duration = Duration::from_secs(50);

pub(crate) fn run(args: &SweepArgs) -> Result<Exit, Failure> {
    match &args.command {
        Some(SweepCommand::Merge(args)) => merged(args),
        None => swept(&args.run),
    }
}

fn merged(args: &MergeArgs) -> Result<Exit, Failure> {
    let folders: Vec<PathBuf> = args.folders.clone();
    let count = merge(&folders, &args.out).map_err(|error| Failure::usage(error.to_string()))?;
    let out = args.out.join("results.jsonl");
    terminal::say(&format!("{count} results in {}", out.display()))?;
    Ok(Exit::Done)
}

fn swept(args: &SweepRunArgs) -> Result<Exit, Failure> {
    let Some(path) = &args.problem else {
        return Err(Failure::usage("a sweep needs a problem"));
    };
    if args.moves.is_some() && args.policy == PolicyName::Keep {
        return Err(Failure::usage("--moves needs --policy replan"));
    }
    let cancel = interrupt::listen()?;
    let (_, problem) = read::problem(path, false)?;
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
    let ran = if args.stdin {
        filter(sweep)
    } else {
        into_folder(args, &problem, &plan, sweep)?
    };
    match ran
        .map_err(|error| Failure::usage(error.to_string()))?
        .ended
    {
        Ended::Finished => Ok(Exit::Done),
        Ended::TimeLimit => {
            terminal::complain("stopped at the time limit; the same command goes on from here");
            Ok(Exit::NoPlan)
        }
        Ended::Cancelled => Ok(Exit::Interrupted),
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
    let mut sweep = sweep.shard(part, parts).cancel(cancel.clone());
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

fn into_folder(
    args: &SweepRunArgs,
    problem: &Problem,
    plan: &Plan,
    sweep: Sweep<'_>,
) -> Result<io::Result<Ran>, Failure> {
    let (Some(path), Some(out)) = (&args.scenarios, &args.out) else {
        return Err(Failure::usage(
            "a sweep needs --scenarios and --out, or --stdin",
        ));
    };
    let (hash, lines) = survey(path).map_err(|error| unreadable(path, &error))?;
    let csv = path
        .extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("csv"));
    let id = SweepId {
        problem: fingerprint(problem),
        scenarios: format!("{} {hash:016x}", if csv { "csv" } else { "jsonl" }),
        policy: policy(args, plan),
        shard: args.shard.0,
        shards: args.shard.1,
    };
    let usage = |error: io::Error| Failure::usage(error.to_string());
    let (mut folder, done) = ResultFolder::open(out, &id).map_err(usage)?;
    let reader = BufReader::new(File::open(path).map_err(|error| unreadable(path, &error))?);
    let sweep = if csv {
        let rows = CsvRows::new(reader).map_err(|faults| Failure::faults(path, faults, false))?;
        sweep.stream(rows.map(|read| match read {
            Ok((line, scenario)) => (line, Ok(scenario)),
            Err(unread) => (unread.line, Err(unread.faults)),
        }))
    } else {
        sweep.json_lines(reader).total(lines)
    };
    let bar = Arc::new(SweepBar::new());
    let shown = Arc::clone(&bar);
    let tell = move |progress: &SweepProgress| shown.show(progress);
    let ran = sweep
        .skip(done)
        .progress(tell)
        .run(&mut folder as &mut dyn Sink);
    bar.clear();
    if let Ok(ran) = &ran {
        let (results, seconds) = (ran.done, ran.elapsed.as_secs_f64());
        let out = out.join("results.jsonl");
        terminal::say(&format!(
            "{results} results in {} after {seconds:.1} s",
            out.display()
        ))?;
    }
    Ok(ran)
}

/// What the results depend on besides problem and scenarios.
fn policy(args: &SweepRunArgs, plan: &Plan) -> String {
    let plan = fnv(format!("{plan:?}").as_bytes(), FNV);
    let (policy, moves, each) = (args.policy, args.moves, args.each_limit);
    let (gap, backend, seed) = (args.gap, args.backend, args.seed);
    format!(
        "{policy:?}, moves {moves:?}, plan {plan:016x}, each {each:?}, gap {gap}, {backend:?}, seed {seed}"
    )
}

const FNV: u64 = 0xcbf2_9ce4_8422_2325;

fn fnv(bytes: &[u8], hash: u64) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    bytes.iter().fold(hash, step)
}

/// A hash of a file and the number of its lines that are not empty.
fn survey(path: &Path) -> io::Result<(u64, u64)> {
    let mut reader = BufReader::new(File::open(path)?);
    let (mut hash, mut lines, mut filled) = (FNV, 0, false);
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok((hash, lines + u64::from(filled)));
        }
        hash = fnv(buffer, hash);
        for byte in buffer {
            lines += u64::from(*byte == b'\n' && filled);
            filled = *byte != b'\n' && (filled || !byte.is_ascii_whitespace());
        }
        let count = buffer.len();
        reader.consume(count);
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    let place = Place::file(path.to_string_lossy(), "");
    let expected = "scenarios as JSON lines or CSV";
    let fault = Fault::new(Code::Unreadable, place, error.to_string(), expected);
    Failure::faults(path, fault.into(), false)
}
