//! Contingency plans, thresholds, frontiers and decisions over futures, against enumeration.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::cast_possible_truncation, reason = "numbers here are small")]

mod commit;
#[path = "../common/mod.rs"]
mod common;
mod decide;
mod events;
mod frontiers;

use std::sync::Arc;

use apportion::backend::microlp::Microlp;
use apportion::domain::Problem;
use apportion::engine::{Engine, Outcome};
use apportion::plan::Plan;

/// Proves every optimum.
fn engine() -> Engine {
    Engine::new(Arc::new(Microlp::new())).relative_gap(0.0)
}

fn planned(problem: &Problem) -> Option<Plan> {
    match engine().solve(problem).unwrap() {
        Outcome::Solved(solved) => Some(solved.plan),
        _ => None,
    }
}

/// Small problems with one level of goals in which potential decides nothing but values, so that
/// values of scenarios can be taken from the changed problems.
fn small(seeds: std::ops::Range<u64>, most: f64) -> Vec<(u64, Problem)> {
    let made = seeds.filter_map(|seed| {
        let mut input = common::small_input(seed);
        input
            .policy
            .balance
            .retain(|balance| balance.metric != "potential");
        input.policy.continuity.max_moved_potential_share = None;
        let problem = Problem::new(&input).ok()?;
        let fits = problem.policy().objective.levels.len() == 1 && common::plans(&problem) <= most;
        fits.then_some((seed, problem))
    });
    made.collect()
}

#[track_caller]
fn close(a: f64, b: f64, what: &str) {
    assert!(
        (a - b).abs() <= 1e-6 * b.abs().max(1.0),
        "{what}: {a} is not {b}"
    );
}
