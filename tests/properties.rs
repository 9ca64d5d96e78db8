//! What must hold of every plan, and how optima must change when a task changes.
//!
//! Where the expected answers come from: metamorphic relations. A limit that is relaxed keeps every
//! plan allowed that was, so the optimum cannot fall; names, order and unit of money are not facts
//! of the task, so nothing may depend on them.

#![cfg(feature = "microlp")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::sync::Arc;

use apportion::backend::microlp::Microlp;
use apportion::check::verify;
use apportion::domain::Problem;
use apportion::engine::{Engine, Outcome, Solved};
use apportion::input::{Input, Source};
use common::{Random, small_input};
use proptest::prelude::*;

/// Values agree when they differ by less than this share.
const TOLERANCE: f64 = 1e-6;

fn solve(input: &Input) -> (Problem, Option<Solved>) {
    let problem = Problem::new(input).unwrap_or_else(|faults| panic!("{faults}"));
    let engine = Engine::new(Arc::new(Microlp::new())).relative_gap(0.0);
    let solved = match engine.solve(&problem).unwrap() {
        Outcome::Solved(solved) => Some(*solved),
        Outcome::Infeasible(_) => None,
        Outcome::NoPlan(reason) => panic!("{reason}"),
    };
    (problem, solved)
}

/// The optimum of the most important level.
fn optimum(input: &Input) -> Option<f64> {
    solve(input).1.map(|solved| solved.levels[0].best)
}

fn slack(value: f64) -> f64 {
    TOLERANCE * value.abs().max(1.0)
}

/// The input with one of its limits wider or gone.
fn relaxed(mut input: Input, which: usize) -> Input {
    let policy = &mut input.policy;
    match which {
        0 => policy.continuity.max_moves = None,
        1 => policy.continuity.max_moved_potential_share = None,
        2 => policy.travel.max_km = None,
        3 => (policy.balance.iter_mut()).for_each(|b| (b.min_ratio, b.max_ratio) = (None, None)),
        4 => input.forbidden.clear(),
        5 => {
            let needs = input
                .markets
                .iter_mut()
                .flat_map(|market| &mut market.needs);
            needs.for_each(|need| need.minimum = 0.0);
        }
        6 => (input.reps.iter_mut())
            .for_each(|rep| (rep.min_markets, rep.max_markets) = (None, None)),
        7 => (input.markets.iter_mut()).for_each(|market| market.must_serve = false),
        8 => policy.sizing.max_hires = None,
        9 => input.locks.clear(),
        10 => (input.roles.iter_mut()).for_each(|role| {
            role.same_as.clear();
            role.distinct_from.clear();
        }),
        11 => {
            (input.markets.iter_mut()).for_each(|market| market.family.clear());
            // Without families there are no limits on them.
            policy
                .concentration
                .retain(|limit| limit.by != Source::Family);
        }
        12 => policy.concentration.clear(),
        _ => policy.overtime.max_share += 0.5,
    }
    input
}

/// The input with all its money in another unit.
fn in_money(mut input: Input, unit: f64) -> Input {
    for rep in &mut input.reps {
        rep.fixed_cost *= unit;
        (rep.bases.iter_mut()).for_each(|base| base.fixed_cost *= unit);
    }
    (input.markets.iter_mut()).for_each(|market| market.potential *= unit);
    let policy = &mut input.policy;
    policy.overtime.cost_per_hour *= unit;
    policy.travel.cost_per_km *= unit;
    policy.continuity.cost_per_move *= unit;
    for balance in &mut policy.balance {
        // Potential is money itself: its price is money for money.
        if balance.metric != "potential" {
            balance.cost_per_unit *= unit;
        }
    }
    input
}

/// The input with other ids for reps and markets, whose order is turned around.
fn renamed(input: &Input) -> Input {
    let mut text = serde_json::to_string(input).unwrap();
    for at in 0..10 {
        for kind in ["r", "m"] {
            let (old, new) = (format!("\"{kind}{at}\""), format!("\"{kind}-{}\"", 9 - at));
            text = text.replace(&old, &new);
        }
    }
    serde_json::from_str(&text).unwrap()
}

fn shuffle<T>(entries: &mut [T], random: &mut Random) {
    for at in (1..entries.len()).rev() {
        entries.swap(at, random.below(at + 1));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every plan keeps every rule, and its value is not above its bound.
    #[test]
    fn plans_are_feasible_and_bounds_are_bounds(seed in 0_u64..1_000_000) {
        let (problem, solved) = solve(&small_input(seed));
        if let Some(solved) = solved {
            let verification = verify(&problem, &solved.plan);
            prop_assert!(verification.is_valid(), "{:?}", verification.violations);
            for (level, value) in solved.levels.iter().zip(&verification.values) {
                prop_assert!((level.value - value).abs() <= slack(*value));
                prop_assert!(level.bound >= level.best - slack(level.best));
                prop_assert!(level.best >= level.value - slack(level.best));
            }
        }
    }

    #[test]
    fn relaxing_a_limit_never_lowers_the_optimum(seed in 0_u64..1_000_000, which in 0_usize..14) {
        let input = small_input(seed);
        if let Some(before) = optimum(&input) {
            let after = optimum(&relaxed(input, which));
            prop_assert!(
                after.is_some_and(|after| after >= before - slack(before)),
                "{before} before, {after:?} after limit {which}"
            );
        }
    }

    #[test]
    fn the_unit_of_money_changes_nothing(seed in 0_u64..1_000_000, digits in -3_i32..4) {
        let unit = 10_f64.powi(digits);
        let input = small_input(seed);
        let before = optimum(&input);
        let after = optimum(&in_money(input, unit)).map(|value| value / unit);
        match (before, after) {
            (Some(before), Some(after)) => {
                prop_assert!((before - after).abs() <= 10.0 * slack(before), "{before} {after}");
            }
            (before, after) => prop_assert_eq!(before.is_some(), after.is_some()),
        }
    }

    #[test]
    fn names_change_nothing(seed in 0_u64..1_000_000) {
        let input = small_input(seed);
        match (optimum(&input), optimum(&renamed(&input))) {
            (Some(before), Some(after)) => {
                prop_assert!((before - after).abs() <= slack(before), "{before} {after}");
            }
            (before, after) => prop_assert_eq!(before.is_some(), after.is_some()),
        }
    }

    /// The same plan to the last assignment, whatever the order of the tables.
    #[test]
    fn the_order_of_the_input_changes_nothing(seed in 0_u64..1_000_000) {
        let input = small_input(seed);
        let mut other = input.clone();
        let random = &mut Random::new(seed);
        shuffle(&mut other.reps, random);
        shuffle(&mut other.markets, random);
        shuffle(&mut other.workloads, random);
        shuffle(&mut other.skills, random);
        // Dense ids follow the sorted names, so plans can be compared as they are.
        let plan = |input: &Input| solve(input).1.map(|solved| solved.plan);
        prop_assert_eq!(plan(&input), plan(&other));
    }
}

/// A row that holds within a tolerance once made a plan seem worth more than it is.
#[test]
fn what_a_solver_tolerates_is_no_mismatch() {
    assert!(solve(&small_input(306_064)).1.is_some());
}
