//! Assignment: each slot has one rep or none.
//!
//! The plan has exactly one entry for each slot; an entry is empty or the id of a rep, 0 ≤ id <
//! number of reps. Found and limit: entries, or the id and the largest id there is.

use super::Violation;
use super::facts::Facts;
use super::words::{count, ids};
use crate::domain::{Rule, SlotId};
use crate::plan::Plan;

#[allow(
    clippy::cast_precision_loss,
    reason = "tables have at most 2³² entries"
)]
pub(super) fn check(facts: &Facts<'_>, plan: &Plan, found: &mut Vec<Violation>) {
    let problem = facts.problem;
    let (entries, slots) = (plan.coverage.len(), problem.slots().len());
    if entries != slots {
        let entries_text = count(entries, "assignment");
        let slots_text = count(slots, "(market, role) pair");
        found.push(Violation::new(
            Rule::Assignment,
            &[],
            (entries as f64, slots as f64),
            format!("the plan has {entries_text} but the problem has {slots_text}"),
        ));
    }
    let reps = problem.reps().len();
    for (at, rep) in plan.coverage.iter().take(slots).enumerate() {
        let Some(rep) = rep.filter(|rep| rep.index() >= reps) else {
            continue;
        };
        let slot = SlotId::at(at);
        let (market, role) = ids(problem, slot);
        let name = problem.slot_name(slot);
        let reps_text = count(reps, "rep");
        found.push(Violation::new(
            Rule::Assignment,
            &[market, role],
            (f64::from(rep.0), reps as f64 - 1.0),
            format!(
                "{name} has rep number {}, counted from 0, but there are only {reps_text}",
                rep.0
            ),
        ));
    }
}
