//! Unserved: a slot that must be served is served.
//!
//! For each mandatory slot: rep[s] is somebody. Found and limit: 0 of 1 mandatory slots served.
//! Goal: − Σ loss[s] over slots that nobody serves.

use super::Violation;
use super::facts::Facts;
use super::words::ids;
use crate::domain::{Rule, SlotId};

pub(super) fn check(facts: &Facts<'_>, found: &mut Vec<Violation>) {
    let problem = facts.problem;
    for (at, slot) in problem.slots().iter().enumerate() {
        if !slot.mandatory || facts.reps[at].is_some() {
            continue;
        }
        let id = SlotId::at(at);
        let (market, role) = ids(problem, id);
        let name = problem.slot_name(id);
        found.push(Violation::new(
            Rule::Unserved,
            &[market, role],
            (0.0, 1.0),
            format!("{name} must be served but has no rep"),
        ));
    }
}

pub(super) fn goal(facts: &Facts<'_>) -> f64 {
    let slots = facts.problem.slots().iter().zip(&facts.services);
    let lost = slots.filter(|(_, service)| service.is_none());
    0.0 - lost.map(|(slot, _)| slot.unserved_loss).sum::<f64>()
}
