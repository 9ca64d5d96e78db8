//! What a plan document claims, against what the check finds.

use serde::Serialize;

use super::facts::Facts;
use super::tolerance::{CLAIM_ABSOLUTE, CLAIM_RELATIVE};
use super::{Verification, capacity};
use crate::domain::Problem;
use crate::plan::{Plan, PlanDocument, fingerprint};

/// A claim of a plan document that does not hold.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mismatch {
    /// Where the claim stands, such as `goals.travel` or `assignments[3].hours`.
    pub claim: String,
    /// What is claimed, in money or hours; `None` where it is no number.
    pub claimed: Option<f64>,
    /// What the check finds, or the bound that it exceeds, in the same unit.
    pub found: Option<f64>,
    /// The mismatch in a sentence.
    pub message: String,
}

/// Compares every number that a document claims with what the check finds: goals, values, hours
/// and overtime must agree, and no level may be worth more than its bound, within
/// [`CLAIM_RELATIVE`] and [`CLAIM_ABSOLUTE`]. What a document leaves out is not a claim.
///
/// `plan` is the document's [`plan`](PlanDocument::plan) and `verification` what
/// [`verify`](super::verify) says about it.
#[must_use]
pub fn compare(
    problem: &Problem,
    document: &PlanDocument,
    plan: &Plan,
    verification: &Verification,
) -> Vec<Mismatch> {
    let mut mismatches = Vec::new();
    if !document.fingerprint.is_empty() && document.fingerprint != fingerprint(problem) {
        mismatches.push(Mismatch {
            claim: "fingerprint".to_owned(),
            claimed: None,
            found: None,
            message: "the plan was made for other facts than these: the problem has changed since"
                .to_owned(),
        });
    }
    let mut claim = |place: String, claimed: Option<f64>, found: f64| {
        if let Some(claimed) = claimed.filter(|&claimed| !agree(claimed, found)) {
            mismatches.push(Mismatch {
                message: format!("{place} is claimed to be {claimed} but is {found}"),
                claim: place,
                claimed: Some(claimed),
                found: Some(found),
            });
        }
    };
    for (goal, value) in verification.goals.iter() {
        let claimed = document.goals.get(goal.name()).copied();
        claim(format!("goals.{goal}"), claimed, value);
    }
    for (at, (level, value)) in document.levels.iter().zip(&verification.values).enumerate() {
        claim(format!("levels[{at}].value"), level.value, *value);
    }
    let facts = Facts::of(problem, plan);
    for (at, row) in document.assignments.iter().enumerate() {
        let service = row
            .slot(problem)
            .and_then(|slot| facts.services[slot.index()]);
        let hours = service.map_or(0.0, |s| s.visits * s.hours_per_visit);
        claim(format!("assignments[{at}].hours"), row.hours, hours);
        let value = service.map_or(0.0, |s| s.value);
        claim(format!("assignments[{at}].value"), row.value, value);
    }
    for (at, row) in document.reps.iter().enumerate() {
        let Some(rep) = problem.find_rep(&row.rep) else {
            continue;
        };
        let pairs = row
            .overtime
            .iter()
            .zip(capacity::overtime(&facts, rep.index()));
        for (period, (&claimed, found)) in pairs.enumerate() {
            claim(
                format!("reps[{at}].overtime[{period}]"),
                Some(claimed),
                found,
            );
        }
    }
    mismatches.extend(beyond_bounds(document, verification));
    mismatches
}

fn agree(claimed: f64, found: f64) -> bool {
    (claimed - found).abs() <= slack(claimed, found)
}

fn slack(a: f64, b: f64) -> f64 {
    CLAIM_ABSOLUTE + CLAIM_RELATIVE * a.abs().max(b.abs())
}

/// Levels that are worth more than the bound that is claimed to be proved.
fn beyond_bounds<'a>(
    document: &'a PlanDocument,
    verification: &'a Verification,
) -> impl Iterator<Item = Mismatch> + 'a {
    let levels = document.levels.iter().zip(&verification.values).enumerate();
    levels.filter_map(|(at, (level, &value))| {
        let bound = level.bound?;
        let best = level.best.map_or(value, |best| best.max(value));
        (best > bound + slack(best, bound)).then(|| Mismatch {
            claim: format!("levels[{at}].bound"),
            claimed: Some(bound),
            found: Some(best),
            message: format!(
                "levels[{at}].bound claims that no plan is worth more than {bound}, but one is worth {best}"
            ),
        })
    })
}
