//! Sizing and location: reps work from one base; candidates work only if hired.
//!
//! The plan has one entry for each rep: empty, or a base of the rep. It is empty only for a
//! candidate, who is then not hired and has no slots. fewest ≤ hired candidates ≤ most. Exact.
//! Found and limit: entries, the base's number and the largest there is, bases of a rep (0 of 1),
//! slots of a rep without a base (limit 0), or hires.
//! Goal: − Σ fixed cost of each rep's base.

use super::Violation;
use super::facts::Facts;
use super::words::count;
use crate::domain::Rule;
use crate::plan::Plan;

#[allow(
    clippy::cast_precision_loss,
    reason = "tables have at most 2³² entries"
)]
pub(super) fn check(facts: &Facts<'_>, plan: &Plan, found: &mut Vec<Violation>) {
    let reps = facts.problem.reps();
    if plan.bases.len() != reps.len() {
        let measured = (plan.bases.len() as f64, reps.len() as f64);
        let reps_text = count(reps.len(), "rep");
        let message = format!(
            "the plan has {} for {reps_text}",
            count(plan.bases.len(), "base")
        );
        found.push(Violation::new(Rule::Sizing, &[], measured, message));
    }
    for (at, rep) in reps.iter().enumerate() {
        let mut breaks = |measured: (f64, f64), message: String| {
            found.push(Violation::new(Rule::Sizing, &[&rep.id], measured, message));
        };
        let slots = facts.counts[at];
        match plan.bases.get(at).copied().flatten() {
            Some(base) if base as usize >= rep.bases.len() => breaks(
                (f64::from(base), rep.bases.len() as f64 - 1.0),
                format!(
                    "{} works from base number {base}, counted from 0, but has only {}",
                    rep.id,
                    count(rep.bases.len(), "base")
                ),
            ),
            Some(_) => {}
            None if !rep.candidate => {
                breaks((0.0, 1.0), format!("{} has no base to work from", rep.id));
            }
            None if slots > 0 => breaks(
                (slots as f64, 0.0),
                format!(
                    "{} is not hired but has {}",
                    rep.id,
                    count(slots, "assignment")
                ),
            ),
            None => {}
        }
    }
    check_hires(facts, found);
}

#[allow(
    clippy::cast_precision_loss,
    reason = "tables have at most 2³² entries"
)]
fn check_hires(facts: &Facts<'_>, found: &mut Vec<Violation>) {
    let problem = facts.problem;
    let reps = problem.reps().iter().zip(&facts.bases);
    let hired = reps.filter(|(rep, base)| rep.candidate && base.is_some());
    let hired = hired.count();
    let mut breaks = |limit: u32, what: &str| {
        let people = count(hired, "candidate");
        let verb = if hired == 1 { "is" } else { "are" };
        let message = format!("{people} {verb} hired but the limit is at {what} {limit}");
        let measured = (hired as f64, f64::from(limit));
        found.push(Violation::new(Rule::Sizing, &[], measured, message));
    };
    let policy = problem.policy();
    if let Some(fewest) = policy.min_hires.filter(|&limit| hired < limit as usize) {
        breaks(fewest, "least");
    }
    if let Some(most) = policy.max_hires.filter(|&limit| hired > limit as usize) {
        breaks(most, "most");
    }
}

pub(super) fn goal(facts: &Facts<'_>) -> f64 {
    let reps = facts.problem.reps().iter().zip(&facts.bases);
    let costs = reps.filter_map(|(rep, base)| Some(rep.bases[(*base)? as usize].fixed_cost));
    0.0 - costs.sum::<f64>()
}
