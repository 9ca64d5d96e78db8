//! Whole sweeps: the same on any threads and shards, warm as cold, panics and faults contained.

use std::io;
use std::sync::Arc;

use apportion::backend::microlp::Microlp;
use apportion::backend::{Backend, BackendError, Capabilities, Session};
use apportion::domain::Problem;
use apportion::engine::Engine;
use apportion::plan::Plan;
use apportion::program::LinearProgram;
use apportion::scenario::{Amount, Axis, Change, Grid, Leavers, Markets, OneAtATime, Scenario};
use apportion::scenario::{Reps, Scenarios};
use apportion::strategy::Strategy;
use apportion::sweep::{Ended, Outcome, Reaction, Record, Status, Sweep};

use crate::cases;
use crate::common::Random;

pub(crate) fn engine() -> Engine {
    Engine::new(Arc::new(Microlp::new())).relative_gap(1e-6)
}

pub(crate) fn records(sweep: Sweep<'_>) -> Vec<Record> {
    let mut found = Vec::new();
    let ran = sweep
        .run(&mut |outcome: &Outcome| {
            found.push(outcome.record.clone());
            Ok(())
        })
        .unwrap();
    assert_eq!((ran.ended, ran.done), (Ended::Finished, found.len() as u64));
    found
}

/// FNV-1a over the records as JSON: any other bit in them shows.
pub(crate) fn hash(records: &[Record]) -> u64 {
    let text = serde_json::to_string(records).unwrap();
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, step)
}

pub(crate) fn with_plan(seed: u64) -> Option<(Problem, Plan, Vec<Scenario>)> {
    let problem = cases::problem(seed)?;
    let random = &mut Random::new(seed);
    let plan = cases::plan(&problem, random);
    let scenarios = (0..30).map(|_| cases::scenario(&problem, random));
    let scenarios = scenarios.collect();
    Some((problem, plan, scenarios))
}

#[test]
fn threads_and_shards_change_no_bit() {
    let engine = engine();
    for (problem, plan, scenarios) in (0..).filter_map(with_plan).take(4) {
        let policies = [
            Reaction::KeepPlan(&plan),
            Reaction::Replan {
                engine: &engine,
                base: Some(&plan),
            },
            Reaction::ReplanWithin {
                engine: &engine,
                plan: &plan,
                moves: 2,
            },
        ];
        for policy in policies {
            let sweep = || Sweep::new(&problem).scenarios(&scenarios).policy(policy);
            let whole = records(sweep().threads(1));
            assert_eq!(whole.len(), 30);
            for threads in [2, 8] {
                let again = records(sweep().threads(threads).batch(7));
                assert_eq!(hash(&again), hash(&whole), "{threads} threads");
            }
            let stream = scenarios.iter().cloned().map(|scenario| (0, Ok(scenario)));
            let streamed = Sweep::new(&problem).stream(stream).policy(policy);
            assert_eq!(hash(&records(streamed)), hash(&whole));
            let mut merged = Vec::new();
            for part in 0..4 {
                merged.extend(records(sweep().threads(2).shard(part, 4)));
            }
            merged.sort_by_key(|record| record.index);
            assert_eq!(hash(&merged), hash(&whole));
        }
    }
}

/// The same scenario from the plan and the prices of the problem as it is, and from nothing: values
/// agree within the gap, and each bound holds for the other's value.
#[test]
fn warm_solves_agree_with_cold_ones() {
    let engine = engine();
    let (mut compared, mut infeasible) = (0, 0);
    for (problem, plan, scenarios) in (0..).filter_map(with_plan) {
        let run = |base| {
            let policy = Reaction::Replan {
                engine: &engine,
                base,
            };
            records(Sweep::new(&problem).scenarios(&scenarios).policy(policy))
        };
        for (warm, cold) in run(Some(&plan)).into_iter().zip(run(None)) {
            assert_eq!(warm.status, cold.status, "{warm:?}\n{cold:?}");
            assert_ne!(warm.status, Status::NoPlan);
            compared += 1;
            let (Some(a), Some(b)) = (warm.value, cold.value) else {
                infeasible += 1;
                continue;
            };
            if problem.policy().objective.levels.len() > 1 {
                // Later levels may take their allowed loss of the first in other ways.
                continue;
            }
            let slack = 3e-6 * a.abs().max(b.abs()).max(1.0);
            assert!((a - b).abs() <= slack, "{warm:?}\n{cold:?}");
            assert!(warm.bound.unwrap() >= b - slack && cold.bound.unwrap() >= a - slack);
        }
        if compared >= cases::cases() {
            break;
        }
    }
    assert!(infeasible < compared / 2, "{infeasible} of {compared}");
}

/// A new plan is worth no less than the plan that is kept, where that keeps every rule; and with few
/// moves no more than with many.
#[test]
fn more_freedom_is_worth_no_less() {
    let engine = engine();
    let mut compared = 0;
    for (problem, plan, scenarios) in (0..).filter_map(with_plan).take(10) {
        if problem.policy().objective.levels.len() > 1 {
            continue;
        }
        let run = |policy| records(Sweep::new(&problem).scenarios(&scenarios).policy(policy));
        let within = |moves| Reaction::ReplanWithin {
            engine: &engine,
            plan: &plan,
            moves,
        };
        let (few, many) = (run(within(1)), run(within(100)));
        for (few, many) in few.iter().zip(&many) {
            if let (Some(a), Some(b)) = (few.value, many.value) {
                assert!(a <= b + 1e-5 * b.abs().max(1.0), "{few:?}\n{many:?}");
                compared += 1;
            }
        }
    }
    assert!(compared > 20, "{compared}");
}

/// A backend whose solves panic.
#[derive(Debug)]
struct Panicking;

impl Backend for Panicking {
    fn name(&self) -> String {
        "panicking".to_owned()
    }

    fn capabilities(&self) -> Capabilities {
        Microlp::new().capabilities()
    }

    fn load(&self, program: &LinearProgram) -> Result<Box<dyn Session>, BackendError> {
        panic!("no program of {} columns", program.columns())
    }
}

#[test]
fn a_panic_in_a_backend_is_a_result() {
    let (problem, plan, scenarios) = (0..).find_map(with_plan).unwrap();
    let engine = Engine::new(Arc::new(Panicking)).strategy(Strategy::Exact);
    let policy = Reaction::Replan {
        engine: &engine,
        base: Some(&plan),
    };
    let found = records(Sweep::new(&problem).scenarios(&scenarios).policy(policy));
    assert_eq!(found.len(), 30);
    let panicked = found.iter().filter(|r| r.reason.contains("no program of"));
    assert!(panicked.count() > 10);
    assert!(found.iter().all(|record| !record.id.is_empty()));
}

#[test]
fn generators_count_and_name_their_scenarios() {
    let problem = (0..).find_map(cases::problem).unwrap();
    let scale = |factor| {
        vec![Change::Potential {
            markets: Markets::all(),
            periods: Vec::new(),
            amount: Amount::Scale(factor),
        }]
    };
    let leave = |share| {
        vec![Change::Leave {
            reps: Reps::one(&problem.reps()[0].id),
            periods: Vec::new(),
            share,
        }]
    };
    let axes = vec![
        Axis::new("demand")
            .level("low", scale(0.8))
            .level("high", scale(1.2)),
        Axis::new("leave")
            .level("none", Vec::new())
            .level("half", leave(0.5))
            .level("most", leave(0.9)),
    ];
    let plan = Plan::empty(&problem);
    let names = |scenarios: &dyn Scenarios| -> Vec<String> {
        let policy = Reaction::KeepPlan(&plan);
        let found = records(Sweep::new(&problem).scenarios(scenarios).policy(policy));
        assert_eq!(found.len() as u64, scenarios.count());
        found.into_iter().map(|record| record.id).collect()
    };
    let grid = names(&Grid::new(axes.clone()));
    assert_eq!(grid.len(), 6);
    assert_eq!(grid[0], "demand=low leave=none");
    assert_eq!(grid[5], "demand=high leave=most");
    let tornado = names(&OneAtATime::new(axes));
    let expected = [
        "base",
        "demand=low",
        "demand=high",
        "leave=none",
        "leave=half",
        "leave=most",
    ];
    assert_eq!(tornado, expected);
    let there = problem.reps().iter().filter(|rep| !rep.candidate);
    let n = there.count() as u64;
    assert_eq!(Leavers::one(&problem).count(), n);
    let pairs = Leavers::one_or_two(&problem);
    assert_eq!(pairs.count(), n + n * (n - 1) / 2);
    let mut all = names(&pairs);
    assert_eq!(all[0], "without r0");
    all.sort();
    all.dedup();
    assert_eq!(all.len() as u64, pairs.count());
}

#[test]
fn a_sink_that_fails_and_a_sweep_that_lacks_something_are_errors() {
    let (problem, plan, scenarios) = (0..).find_map(with_plan).unwrap();
    let policy = Reaction::KeepPlan(&plan);
    let full = |_: &Outcome| Err(io::Error::other("full"));
    let sweep = Sweep::new(&problem).scenarios(&scenarios).policy(policy);
    assert_eq!(
        sweep.run(&mut full.clone()).unwrap_err().to_string(),
        "full"
    );
    let lacking = Sweep::new(&problem).policy(policy).run(&mut full.clone());
    assert_eq!(lacking.unwrap_err().to_string(), "a sweep needs scenarios");
}
