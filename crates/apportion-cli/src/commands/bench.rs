//! `apportion bench strategies`: every strategy on one problem.

use std::time::Instant;

use apportion::backend::Cancel;
use apportion::domain::Problem;
use apportion::engine::Outcome;
use apportion::report::{Entry, League, Reached};
use apportion::strategy::{self, Strategy};

use crate::args::{Bench, BenchArgs, SolveArgs, StrategiesArgs};
use crate::exit::{Exit, Failure};
use crate::{interrupt, read, solve, stage, terminal};

pub(crate) fn run(args: &BenchArgs) -> Result<Exit, Failure> {
    match &args.what {
        Bench::Strategies(args) => strategies(args),
    }
}

fn strategies(args: &StrategiesArgs) -> Result<Exit, Failure> {
    let cancel = interrupt::listen()?;
    let (_, problem) = read::problem(&args.problem, false)?;
    let mut entries = Vec::new();
    let mut bound = f64::INFINITY;
    for strategy in Strategy::ALL {
        if cancel.is_cancelled() {
            return Ok(Exit::Interrupted);
        }
        entries.push(if strategy.is_baseline() {
            baseline(&problem, strategy, args.solve.seed)
        } else {
            let (entry, proved) = solved(&problem, strategy, &args.solve, &cancel)?;
            bound = bound.min(proved);
            entry
        });
    }
    let league = League::new(&problem, entries, bound);
    if let Some(path) = &args.json {
        let mut json = serde_json::to_vec_pretty(&league).map_err(Failure::internal)?;
        json.push(b'\n');
        stage::write_file(path, &json)?;
    }
    terminal::say(&league.to_string())?;
    Ok(if cancel.is_cancelled() {
        Exit::Interrupted
    } else {
        Exit::Done
    })
}

fn baseline(problem: &Problem, strategy: Strategy, seed: u32) -> Entry {
    let started = Instant::now();
    let plan = strategy::baseline(problem, strategy, u64::from(seed));
    let seconds = started.elapsed().as_secs_f64();
    Entry::reached(strategy.name(), Reached::of(problem, &plan), seconds)
}

/// A strategy that proves something: its line of the table, and the limit it proved.
fn solved(
    problem: &Problem,
    strategy: Strategy,
    args: &SolveArgs,
    cancel: &Cancel,
) -> Result<(Entry, f64), Failure> {
    let engine = solve::engine(args, strategy, cancel.clone())?;
    let name = strategy.name();
    Ok(match engine.solve(problem).map_err(Failure::internal)? {
        Outcome::Solved(solved) => {
            let reached = Reached::of(problem, &solved.plan);
            let seconds = solved.proof.elapsed.as_secs_f64();
            (Entry::reached(name, reached, seconds), solved.bound())
        }
        Outcome::Infeasible(conflict) => {
            let rules = conflict.relaxations.len();
            let reason = format!("no plan can satisfy all rules: {rules} would have to give way");
            (Entry::without_plan(name, reason, 0.0), f64::INFINITY)
        }
        Outcome::NoPlan(why) => {
            let seconds = why.elapsed.as_secs_f64();
            (
                Entry::without_plan(name, why.to_string(), seconds),
                why.bound,
            )
        }
    })
}
