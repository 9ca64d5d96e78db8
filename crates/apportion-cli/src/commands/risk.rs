//! `apportion contingency`, `thresholds`, `frontier` and `decide`: decisions when the future is not
//! known.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::time::Duration;

use apportion::check::verify;
use apportion::domain::Problem;
use apportion::engine::{Engine, Outcome as Planned};
use apportion::fault::{Code, Fault, Faults, Place};
use apportion::plan::document::Claims;
use apportion::plan::{Attainment, Plan, PlanDocument};
use apportion::report;
use apportion::risk::contingency::{Contingency, each_leaves};
use apportion::risk::decide::{Decision, Method};
use apportion::risk::frontier::Axis;
use apportion::risk::threshold::{Observable, Search};
use apportion::risk::{self, Error};
use apportion::scenario::read::{CsvRows, Lines, parse_bytes};
use apportion::scenario::{Markets, Reps, Scenario};
use serde::Serialize;

use crate::exit::{Exit, Failure};
use crate::read::PlanFile;
use crate::risk_args::{
    ContingencyArgs, DecideArgs, EachArgs, FrontierArgs, MethodName, ThresholdsArgs,
};
use crate::stage::Stage;
use crate::table::csv;
use crate::{interrupt, read, solve, terminal};

/// A problem that comes without a plan is planned for so many times the limit of a solve.
const PLANNING: u32 = 10;

pub(crate) fn contingency(args: &ContingencyArgs) -> Result<Exit, Failure> {
    let engine = engine(&args.each)?;
    let (_, problem) = read::problem(&args.problem, args.each.json)?;
    let events = args.events.as_deref().map(scenarios).transpose()?;
    let plan = match in_force(args.plan.as_deref(), &engine, &problem, &args.each)? {
        Ok(plan) => plan,
        Err(exit) => return Ok(exit),
    };
    let events = events.unwrap_or_else(|| each_leaves(&problem, &plan));
    let prepared = pooled(&args.each, || {
        risk::contingency(&problem, &plan, &events, args.moves, &engine)
    })?;
    let prepared = prepared.map_err(|error| failed(args.events.as_deref(), error))?;
    let text: Vec<String> = prepared.iter().map(ToString::to_string).collect();
    let text = text.join("\n");
    if let Some(out) = &args.out {
        let mut stage = Stage::for_folder(out)?;
        stage.write("contingency.json", &json(&prepared)?)?;
        stage.write("contingency.csv", &csv(event_rows(&prepared))?)?;
        stage.write("contingency.txt", text.as_bytes())?;
        stage.commit()?;
    }
    say(&args.each, &prepared, &text)
}

pub(crate) fn thresholds(args: &ThresholdsArgs) -> Result<Exit, Failure> {
    let engine = engine(&args.each)?;
    let (_, problem) = read::problem(&args.problem, args.each.json)?;
    let plan = match in_force(args.plan.as_deref(), &engine, &problem, &args.each)? {
        Ok(plan) => plan,
        Err(exit) => return Ok(exit),
    };
    let observable = if args.rep.is_empty() && args.team.is_empty() {
        Observable::Potential(Markets {
            ids: args.market.clone(),
            segments: args.segment.clone(),
            regions: args.region.clone(),
        })
    } else {
        Observable::Hours(Reps {
            ids: args.rep.clone(),
            teams: args.team.clone(),
        })
    };
    let value = verify(&problem, &plan).values[0];
    let search = Search {
        farthest: args.to,
        allowed: args.allowed * value.abs(),
        tolerance: args.tolerance,
        moves: args.moves,
    };
    let found = risk::threshold(&problem, &plan, &observable, &search, &engine);
    let found = found.map_err(|error| failed(None, error))?;
    say(&args.each, &found, &found.to_string())
}

pub(crate) fn frontier(args: &FrontierArgs) -> Result<Exit, Failure> {
    let engine = engine(&args.each)?;
    let (_, problem) = read::problem(&args.problem, args.each.json)?;
    let plan = match &args.plan {
        Some(path) => Some(read::plan(path, false)?.check(&problem, false)?.plan),
        None => None,
    };
    let axis = match args.axis.as_str() {
        "moves" => Axis::Moves,
        "head-count" => Axis::HeadCount,
        "hours" => Axis::Hours(Reps::all()),
        name => Axis::Policy(name.to_owned()),
    };
    let (levels, price) = (&args.levels, args.price);
    let found = risk::frontier(&problem, plan.as_ref(), &axis, levels, price, &engine);
    let found = found.map_err(|error| failed(None, error))?;
    if let Some(out) = &args.out {
        let mut stage = Stage::for_folder(out)?;
        stage.write("frontier.json", &json(&found)?)?;
        stage.write("frontier.csv", &csv(&found.points)?)?;
        let picture = report::frontier_svg(&found, &args.axis, problem.currency());
        let picture = picture.map_err(Failure::internal)?;
        stage.write("frontier.svg", picture.as_bytes())?;
        stage.commit()?;
    }
    say(&args.each, &found, &found.to_string())
}

pub(crate) fn decide(args: &DecideArgs) -> Result<Exit, Failure> {
    let engine = engine(&args.each)?;
    let (_, problem) = read::problem(&args.problem, args.each.json)?;
    let scenarios = scenarios(&args.scenarios)?;
    let measure = args.measure.of(args.alpha, args.weight);
    let method = match args.method {
        MethodName::Auto => Method::Auto,
        MethodName::Game => Method::Game,
        MethodName::Exact => Method::Exact,
    };
    let decided = pooled(&args.each, || {
        risk::decide(&problem, &scenarios, measure, method, &engine)
    })?;
    match decided.map_err(|error| failed(Some(&args.scenarios), error))? {
        Ok(decision) => {
            if let Some(out) = &args.out {
                write_decision(out, &args.problem, &problem, &decision)?;
            }
            say(&args.each, &decision, &decision.to_string())
        }
        Err(why) => {
            terminal::complain(&why.reason);
            Ok(if why.infeasible {
                Exit::Infeasible
            } else {
                Exit::NoPlan
            })
        }
    }
}

fn engine(args: &EachArgs) -> Result<Engine, Failure> {
    Ok(Engine::new(solve::backend(args.backend)?)
        .relative_gap(args.gap)
        .time_limit(args.each_limit)
        .seed(args.seed)
        .cancel(interrupt::listen()?))
}

/// Runs on as many threads as are asked for.
fn pooled<T: Send>(args: &EachArgs, work: impl FnOnce() -> T + Send) -> Result<T, Failure> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.threads as usize);
    Ok(pool.build().map_err(Failure::internal)?.install(work))
}

/// The plan of a file, or a new one; the exit where there is none.
fn in_force(
    path: Option<&Path>,
    engine: &Engine,
    problem: &Problem,
    args: &EachArgs,
) -> Result<Result<Plan, Exit>, Failure> {
    if let Some(path) = path {
        let checked = read::plan(path, args.json)?.check(problem, args.json)?;
        if let Some(first) = checked.verification.violations.first() {
            let message = format!("the plan in force breaks a rule: {}", first.message);
            return Err(Failure::usage(message));
        }
        return Ok(Ok(checked.plan));
    }
    let limit: Duration = args.each_limit * PLANNING;
    let engine = engine.clone().threads(args.threads).time_limit(limit);
    let complain = |text: String, exit| {
        terminal::complain(&text);
        Ok(Err(exit))
    };
    match engine.solve(problem).map_err(Failure::internal)? {
        Planned::Solved(solved) => Ok(Ok(solved.plan)),
        Planned::Infeasible(conflict) => complain(conflict.to_string(), Exit::Infeasible),
        Planned::NoPlan(why) => complain(why.to_string(), Exit::NoPlan),
    }
}

/// All scenarios of a file; every line that cannot be read is told.
fn scenarios(path: &Path) -> Result<Vec<Scenario>, Failure> {
    let unreadable = |error: std::io::Error| {
        let place = Place::file(path.to_string_lossy(), "");
        let expected = "scenarios as JSON lines or CSV";
        let fault = Fault::new(Code::Unreadable, place, error.to_string(), expected);
        Failure::faults(path, fault.into(), false)
    };
    let reader = BufReader::new(File::open(path).map_err(unreadable)?);
    let (mut found, mut faults) = (Vec::new(), Faults::new());
    let csv = path
        .extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("csv"));
    if csv {
        let rows = CsvRows::new(reader).map_err(|faults| Failure::faults(path, faults, false))?;
        for row in rows {
            match row {
                Ok((_, scenario)) => found.push(scenario),
                Err(unread) => faults.extend(unread.faults),
            }
        }
    } else {
        let (mut lines, mut text) = (Lines::new(reader), Vec::new());
        while let Some(line) = lines.next_into(&mut text).map_err(unreadable)? {
            match parse_bytes(line, &text) {
                Ok(scenario) => found.push(scenario),
                Err(more) => faults.extend(more),
            }
        }
    }
    let found = faults.or(found);
    found.map_err(|faults| Failure::faults(path, faults, false))
}

fn failed(path: Option<&Path>, error: Error) -> Failure {
    match error {
        Error::Faults(faults) => {
            let source = path.unwrap_or(Path::new("the command line"));
            Failure::faults(source, faults, false)
        }
        other => Failure::internal(other),
    }
}

fn say(args: &EachArgs, value: &impl Serialize, text: &str) -> Result<Exit, Failure> {
    if args.json {
        terminal::say_json(value)?;
    } else {
        terminal::say(text.trim_end())?;
    }
    Ok(Exit::Done)
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, Failure> {
    let mut text = serde_json::to_vec_pretty(value).map_err(Failure::internal)?;
    text.push(b'\n');
    Ok(text)
}

/// A row for each pair that changes hands, or one for an event without any.
#[derive(Serialize)]
struct EventRow<'a> {
    event: &'a str,
    value: Option<f64>,
    cost: Option<f64>,
    market: &'a str,
    role: &'a str,
    from: &'a str,
    to: &'a str,
    is_move: Option<bool>,
}

fn event_rows(prepared: &[Contingency]) -> Vec<EventRow<'_>> {
    let mut rows = Vec::new();
    for one in prepared {
        let reaction = one.reaction.as_ref();
        let bare = || EventRow {
            event: &one.event,
            value: reaction.map(|reaction| reaction.value),
            cost: reaction.map(|reaction| reaction.cost),
            market: "",
            role: "",
            from: "",
            to: "",
            is_move: None,
        };
        let changes = reaction.map_or(&[][..], |reaction| &reaction.changes);
        if changes.is_empty() {
            rows.push(bare());
        }
        rows.extend(changes.iter().map(|handover| EventRow {
            market: &handover.market,
            role: &handover.role,
            from: handover.from.as_deref().unwrap_or(""),
            to: handover.to.as_deref().unwrap_or(""),
            is_move: Some(handover.is_move),
            ..bare()
        }));
    }
    rows
}

/// Values of a scenario under each plan.
#[derive(Serialize)]
struct ValueRow<'a> {
    scenario: &'a str,
    probability: f64,
    decided: f64,
    mean_plan: f64,
}

fn write_decision(
    out: &Path,
    path: &Path,
    problem: &Problem,
    decision: &Decision,
) -> Result<(), Failure> {
    let verification = verify(problem, &decision.plan);
    let levels = verification.values.iter();
    let levels: Vec<Attainment> = levels
        .map(|&value| Attainment::new(value, f64::INFINITY))
        .collect();
    let claims = Claims {
        goals: &verification.goals,
        levels: &levels,
        hour_prices: &[],
        found_by: "decision over scenarios",
        proved_by: "",
        stopped: "finished",
        optimal: false,
        seconds: 0.0,
    };
    let file = PlanFile {
        problem_path: path.to_string_lossy().into_owned(),
        document: PlanDocument::new(problem, &decision.plan, &claims),
    };
    let own = &decision.plans[0];
    let other = decision.plans.get(1).unwrap_or(own);
    let values = own.values.iter().zip(&other.values);
    let rows: Vec<ValueRow<'_>> = (decision.scenarios.iter().zip(values))
        .map(|(scenario, (decided, mean))| ValueRow {
            scenario: &scenario.id,
            probability: scenario.probability,
            decided: *decided,
            mean_plan: *mean,
        })
        .collect();
    let mut stage = Stage::for_folder(out)?;
    stage.write("decision.json", &json(decision)?)?;
    stage.write("values.csv", &csv(&rows)?)?;
    stage.write("plan.json", &json(&file)?)?;
    stage.commit()
}
