//! What concerns more than one number of a changed problem.

use crate::domain::Problem;
use crate::domain::validate::numbers::MOST_MONEY;
use crate::fault::{Code, Fault, Faults, Place};

/// Reps with hours, sums that keep their cents, minima below maxima.
pub(super) fn whole_problem(problem: &Problem, faults: &mut Faults) {
    let mut fault = |code, table: &str, field: &str, found: String, expected: &str| {
        faults.push(Fault::new(
            code,
            Place::section(table, field),
            found,
            expected,
        ));
    };
    if problem.reps().is_empty() {
        let found = "nobody".to_owned();
        fault(Code::EmptyTable, "reps", "", found, "at least one rep");
    } else if !(problem.reps().iter()).any(|rep| rep.hours.iter().any(|&hours| hours > 0.0)) {
        let found = "no hours at all".to_owned();
        let expected = "a rep with hours in some period";
        fault(Code::NoCapacity, "reps", "", found, expected);
    }
    let total: f64 = problem
        .markets()
        .iter()
        .map(|market| market.potential)
        .sum();
    if total > MOST_MONEY {
        let found = format!("{total:e} in all");
        let expected = "at most 1e15 in all";
        fault(
            Code::TooManyNumbers,
            "markets",
            "potential",
            found,
            expected,
        );
    }
    let policy = problem.policy();
    let crossed = |min: Option<u32>, max: Option<u32>| min.zip(max).filter(|(min, max)| min > max);
    for rep in problem.reps() {
        if let Some((min, max)) = crossed(rep.min_slots, rep.max_slots) {
            let found = format!("{min} and {max} of {}", rep.id);
            fault(
                Code::MinAboveMax,
                "reps",
                "min_markets",
                found,
                "at most the maximum",
            );
        }
    }
    if let Some((min, max)) = crossed(policy.min_hires, policy.max_hires) {
        let found = format!("{min} and {max}");
        fault(
            Code::MinAboveMax,
            "policy.sizing",
            "min_hires",
            found,
            "at most the maximum",
        );
    }
    for balance in &policy.balance {
        let limits = balance.min_ratio.zip(balance.max_ratio);
        if let Some((min, max)) = limits.filter(|(min, max)| min > max) {
            let found = format!("{min} and {max} of {}", balance.name);
            fault(
                Code::MinAboveMax,
                "policy.balance",
                "min_ratio",
                found,
                "at most the maximum",
            );
        }
    }
}
