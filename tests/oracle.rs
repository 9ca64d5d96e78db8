//! Every small problem solved by the engine equals brute-force enumeration, with each backend.
//!
//! Where the expected answers come from: all plans are enumerated and valued by
//! `apportion::check`, which shares no code with the formulation.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::sync::Arc;

use apportion::backend::Backend;
use apportion::domain::Problem;
use apportion::engine::{Engine, Outcome};
use apportion::explain::conflict;
use apportion::strategy::Strategy;
use common::{brute_force, plans, small_input};

/// Problems solved with each backend.
const CASES: u64 = 200;
/// Problems with more plans than this are passed over, to keep the test short.
const MOST_PLANS: f64 = 50_000.0;
/// Values agree when they differ by less than this share: the gap asked for, plus rounding.
const TOLERANCE: f64 = 1e-6;

fn agrees(backend: &Arc<dyn Backend>, strategy: Strategy) {
    let (mut solved, mut infeasible) = (0, 0);
    for seed in 0..CASES {
        let problem = Problem::new(&small_input(seed))
            .unwrap_or_else(|faults| panic!("seed {seed}: {faults}"));
        if plans(&problem) > MOST_PLANS {
            continue;
        }
        let expected = brute_force(&problem);
        let engine = Engine::new(Arc::clone(backend))
            .strategy(strategy)
            .relative_gap(0.0);
        let outcome = engine
            .solve(&problem)
            .unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        match (outcome, expected) {
            (Outcome::Solved(plan), Some(best)) => {
                for (at, (level, best)) in plan.levels.iter().zip(best).enumerate() {
                    let slack = TOLERANCE * best.abs().max(1.0);
                    assert!(
                        (level.best - best).abs() <= slack,
                        "seed {seed} level {at}: {} by engine, {best} by enumeration",
                        level.best
                    );
                    assert!(
                        level.bound >= best - slack,
                        "seed {seed}: bound below optimum"
                    );
                }
                solved += 1;
            }
            (Outcome::Infeasible(conflict), None) => {
                assert!(
                    !conflict.relaxations.is_empty(),
                    "seed {seed}: no reason given"
                );
                infeasible += 1;
            }
            (Outcome::Solved(_), None) => panic!("seed {seed}: a plan where there is none"),
            (other, expected) => panic!("seed {seed}: {other:?} but {expected:?} by enumeration"),
        }
    }
    println!(
        "{}: {solved} solved, {infeasible} infeasible",
        backend.name()
    );
    assert!(solved >= 20, "only {solved} problems solved");
    assert!(infeasible >= 5, "only {infeasible} infeasible problems");
}

#[cfg(feature = "microlp")]
#[test]
fn microlp_equals_enumeration() {
    let backend = Arc::new(apportion::backend::microlp::Microlp::new()) as Arc<dyn Backend>;
    agrees(&backend, Strategy::Exact);
}

/// Prices first, the backend for what they leave open.
#[cfg(feature = "microlp")]
#[test]
fn auto_equals_enumeration() {
    let backend = Arc::new(apportion::backend::microlp::Microlp::new()) as Arc<dyn Backend>;
    agrees(&backend, Strategy::Auto);
}

#[cfg(feature = "highs")]
#[test]
fn highs_equals_enumeration() {
    let backend = Arc::new(apportion::backend::highs::Highs::new()) as Arc<dyn Backend>;
    agrees(&backend, Strategy::Exact);
}

/// The elastic program of a feasible problem needs no relaxation (closed form: its optimum is 0).
#[cfg(feature = "microlp")]
#[test]
fn feasible_problems_need_no_relaxation() {
    let backend = apportion::backend::microlp::Microlp::new();
    for seed in 0..CASES {
        let problem = Problem::new(&small_input(seed)).unwrap();
        if plans(&problem) > MOST_PLANS || brute_force(&problem).is_none() {
            continue;
        }
        let options = apportion::backend::SolveOptions::default();
        let found = conflict::find(&problem, &backend, &options).unwrap();
        assert!(found.relaxations.is_empty(), "seed {seed}: {found}");
    }
}
