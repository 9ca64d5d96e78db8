//! Hours as decisions by the exact formulation, under all rules of small random problems.
//!
//! Expected: every plan is enumerated; what `apportion::check` says of it decides whether it counts, and hours are
//! worked out here by closed forms.

#![cfg(feature = "microlp")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use apportion::backend::SolveOptions;
use apportion::backend::microlp::Microlp;
use apportion::check::Verification;
use apportion::domain::{Goal, Problem, RepId, Rule, SlotId};
use apportion::effort::{self, EffortPlan, Error, Options, Unsolved};
use apportion::input::EffortInput;
use apportion::plan::Plan;
use common::{every_plan, plans, small_input};
use serde_json::json;

/// Problems with more plans than this are passed over, to keep the test short.
const MOST_PLANS: f64 = 3_000.0;
/// Straight pieces may cost this part of the value of visits as planned.
const PIECES: f64 = 2e-3;
/// Visits at most, as a multiple of those planned in the busiest period.
const MOST: f64 = 3.0;

fn root() -> EffortInput {
    let curve = json!({ "family": "power", "scale": 1.0, "exponent": 0.5 });
    serde_json::from_value(json!({ "curve": curve, "max_visits_share": MOST })).unwrap()
}

fn exactly(
    problem: &Problem,
    response: &EffortInput,
    relative_gap: f64,
) -> Result<EffortPlan, Error> {
    let options = SolveOptions {
        relative_gap,
        ..SolveOptions::default()
    };
    effort::plan_exactly(problem, response, &Microlp, &options)
}

/// What a slot may bring a rep in a period: value, hours and travel of visits as planned, and most share.
struct Part {
    value: f64,
    hours: f64,
    travel: f64,
    most: f64,
}

/// Under √ and a price of an hour the best share of visits is (value ÷ twice what a share costs)².
fn share(part: &Part, price: f64) -> f64 {
    let cost = part.travel + price * part.hours;
    (part.value / (2.0 * cost)).powi(2).min(part.most)
}

/// The most that parts bring in a period within hours and overtime.
fn best_hours(parts: &[Part], hours: f64, overtime: f64, cost: f64) -> f64 {
    let used = |price: f64| -> f64 {
        let each = parts.iter().map(|part| share(part, price) * part.hours);
        each.sum()
    };
    let within = |room: f64| {
        let (mut low, mut high) = (0.0, 1e12);
        if used(0.0) <= room {
            high = 0.0;
        }
        for _ in 0..200 {
            let middle = 0.5 * (low + high);
            if used(middle) > room {
                low = middle
            } else {
                high = middle
            }
        }
        high
    };
    // Overtime is worth having where an hour brings more than it costs.
    let mut price = within(hours);
    if price > cost {
        price = within(hours + overtime).max(cost);
    }
    let brought = parts.iter().map(|part| {
        let share = share(part, price);
        part.value * share.sqrt() - part.travel * share
    });
    brought.sum::<f64>() - cost * (used(price) - hours).max(0.0)
}

/// Value of a plan with its best hours.
fn worth(problem: &Problem, plan: &Plan, verified: &Verification) -> f64 {
    let goals = [
        Goal::Unserved,
        Goal::Continuity,
        Goal::Balance,
        Goal::Sizing,
    ];
    let weights = problem.weights();
    let each = goals.iter();
    let mut value: f64 = each
        .map(|goal| weights[*goal] * verified.goals[*goal])
        .sum();
    let periods = problem.periods();
    for (at, rep) in problem.reps().iter().enumerate() {
        let mut parts: Vec<Vec<Part>> = (0..periods).map(|_| vec![]).collect();
        for slot in (0..problem.slots().len()).map(SlotId::at) {
            if plan.coverage[slot.index()] != Some(RepId::at(at)) {
                continue;
            }
            let candidate = plan.candidate(problem, slot).unwrap();
            let candidate = problem.candidate(candidate);
            let travel = problem.policy().travel.cost_per_km * problem.travel_km(candidate);
            let travel = weights[Goal::Travel] * travel;
            let contribution = weights[Goal::Contribution] * candidate.value;
            let visits = problem.visits_of(slot);
            let all: f64 = visits.iter().sum();
            if problem.total_hours(candidate) <= 0.0 {
                value += contribution - travel;
                continue;
            }
            let busiest = visits.iter().copied().fold(0.0, f64::max);
            for (period, visits) in visits.iter().enumerate().filter(|one| *one.1 > 0.0) {
                parts[period].push(Part {
                    value: contribution * visits / all,
                    hours: visits * candidate.hours_per_visit,
                    travel: travel * visits / all,
                    most: MOST * busiest / visits,
                });
            }
        }
        for (period, parts) in parts.iter().enumerate() {
            value += best_hours(
                parts,
                rep.hours[period],
                rep.overtime_hours[period],
                weights[Goal::Overtime] * rep.overtime_cost_per_hour,
            );
        }
    }
    value
}

/// The best of all plans that keep every rule but the capacity of visits as planned.
fn best_by_enumeration(problem: &Problem) -> f64 {
    let mut best = f64::NEG_INFINITY;
    every_plan(problem, &mut |plan, verified| {
        let counts = |rule: Rule| rule == Rule::Capacity;
        if verified.violations.iter().all(|one| counts(one.rule)) {
            best = best.max(worth(problem, plan, verified));
        }
    });
    best
}

#[test]
fn the_best_plan_of_all_is_found_under_every_rule() {
    let (mut solved, mut infeasible) = (0, 0);
    for seed in 0..120 {
        let problem = Problem::new(&small_input(seed)).unwrap();
        if plans(&problem) > MOST_PLANS {
            continue;
        }
        let best = best_by_enumeration(&problem);
        let scale: f64 = problem
            .slots()
            .iter()
            .enumerate()
            .map(|(at, _)| {
                let each = problem.candidates_of(SlotId::at(at)).iter();
                each.map(|candidate| problem.weights()[Goal::Contribution] * candidate.value)
                    .fold(0.0, f64::max)
            })
            .sum();
        let near = PIECES * scale + 1e-6 * best.abs().max(1.0);
        match exactly(&problem, &root(), 1e-6) {
            Ok(plan) => {
                assert!(
                    plan.value <= best + near,
                    "seed {seed}: {} {best}",
                    plan.value
                );
                assert!(
                    plan.value >= best - near,
                    "seed {seed}: {} {best}",
                    plan.value
                );
                let slack = 1e-6 * best.abs().max(1.0);
                assert!(
                    plan.bound >= best - slack,
                    "seed {seed}: {} {best}",
                    plan.bound
                );
                let several = problem.policy().objective.levels.len() > 1;
                assert_eq!(plan.left_aside.is_empty(), !several);
                solved += 1;
            }
            Err(Error::Infeasible) => {
                assert!(best == f64::NEG_INFINITY, "seed {seed}: {best}");
                infeasible += 1;
            }
            Err(other) => panic!("seed {seed}: {other}"),
        }
    }
    assert!(solved >= 40 && infeasible >= 3, "{solved} {infeasible}");
}

/// The price solver under all rules: its limit holds, its plans keep every rule, and they are near the best. It may
/// miss plans where there are hardly any; it then says so.
#[test]
fn plans_by_prices_keep_every_rule_and_are_near_the_best() {
    let (mut solved, mut missed, mut infeasible, mut near, mut gaps) = (0, 0, 0, 0, 0);
    for seed in 0..240 {
        let problem = Problem::new(&small_input(seed)).unwrap();
        if plans(&problem) > MOST_PLANS {
            continue;
        }
        let best = best_by_enumeration(&problem);
        let slack = 1e-6 * best.abs().max(1.0);
        match effort::plan(&problem, &root(), &Options::default(), &|| false) {
            Ok(plan) => {
                assert!(
                    plan.value <= best + slack,
                    "seed {seed}: {} {best}",
                    plan.value
                );
                assert!(
                    plan.bound >= best - slack,
                    "seed {seed}: {} {best}",
                    plan.bound
                );
                solved += 1;
                near += usize::from(plan.value >= best - 0.01 * best.abs());
                gaps += usize::from(plan.gap <= 0.05);
            }
            Err(Error::Infeasible) => {
                assert!(best == f64::NEG_INFINITY, "seed {seed}: {best}");
                infeasible += 1;
            }
            Err(Error::Unsolved(Unsolved::NoPlan { bound })) => {
                assert!(
                    best.is_infinite() || bound >= best - slack,
                    "seed {seed}: {bound} {best}"
                );
                missed += usize::from(best.is_finite());
                infeasible += usize::from(best.is_infinite());
            }
            Err(other) => panic!("seed {seed}: {other}"),
        }
    }
    let told = format!(
        "{solved} solved, {near} near, {gaps} small gaps, {missed} missed, {infeasible} infeasible"
    );
    assert!(
        solved >= 80 && infeasible >= 3 && 25 * missed <= solved,
        "{told}"
    );
    assert!(20 * near >= 19 * solved, "{told}");
}

/// Two ways to solve, one answer: with obligations and S-shaped responses neither finds more than the other
/// proves.
#[test]
fn neither_way_finds_more_than_the_other_proves() {
    let curves = [
        json!({ "family": "hill", "top": 2.0, "half": 1.0, "shape": 2.0 }),
        json!({ "family": "logarithmic", "scale": 1.0, "rate": 2.0 }),
    ];
    let (mut both, mut missed, mut shaped) = (0, 0, 0);
    for seed in 0..90 {
        let problem = Problem::new(&small_input(seed)).unwrap();
        if plans(&problem) > MOST_PLANS {
            continue;
        }
        let curve = &curves[(seed % 2) as usize];
        let response: EffortInput = serde_json::from_value(json!({
            "curve": curve,
            "obligations": [{ "min_visits": 1.0 }],
        }))
        .unwrap();
        let exact = exactly(&problem, &response, 1e-3);
        let priced = effort::plan(&problem, &response, &Options::default(), &|| false);
        match (exact, priced) {
            (Ok(exact), Ok(priced)) => {
                let slack = 1e-6 * exact.bound.abs().max(1.0);
                assert!(
                    priced.bound >= exact.value - slack,
                    "seed {seed}: {} {}",
                    priced.bound,
                    exact.value
                );
                assert!(
                    exact.bound >= priced.value - slack,
                    "seed {seed}: {} {}",
                    exact.bound,
                    priced.value
                );
                both += 1;
                shaped += usize::from(seed % 2 == 0);
            }
            (Err(Error::Infeasible), priced) => {
                assert!(
                    priced.is_err(),
                    "seed {seed}: {:?}",
                    priced.map(|plan| plan.value)
                );
            }
            // Few plans keep everything: prices may find none, and say so.
            (Ok(exact), Err(Error::Unsolved(Unsolved::NoPlan { bound }))) => {
                let slack = 1e-6 * exact.bound.abs().max(1.0);
                assert!(
                    bound >= exact.value - slack,
                    "seed {seed}: {bound} {}",
                    exact.value
                );
                missed += 1;
            }
            (exact, priced) => panic!(
                "seed {seed}: {:?} {:?}",
                exact.map(|plan| plan.value),
                priced.map(|plan| plan.value)
            ),
        }
    }
    assert!(
        both >= 30 && missed <= 5 && shaped >= 15,
        "{both} {missed} {shaped}"
    );
}
