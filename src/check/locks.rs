//! Locks: a locked or protected slot goes to its rep.
//!
//! For each slot with a lock: rep[s] = the rep it is locked to. Found and limit: 0 of 1 locked
//! slots with its rep.

use super::Violation;
use super::facts::Facts;
use super::families::filling;
use super::words::ids;
use crate::domain::{Rule, SlotId};

pub(super) fn check(facts: &Facts<'_>, found: &mut Vec<Violation>) {
    let problem = facts.problem;
    for (at, slot) in problem.slots().iter().enumerate() {
        let Some(locked) = slot.locked.filter(|_| facts.reps[at] != slot.locked) else {
            continue;
        };
        let id = SlotId::at(at);
        let (market, role) = ids(problem, id);
        let rep = &problem.rep(locked).id;
        let (name, has) = (problem.slot_name(id), filling(facts, at));
        found.push(Violation::new(
            Rule::Locks,
            &[market, role, rep],
            (0.0, 1.0),
            format!("{name} is locked to {rep} but {has}"),
        ));
    }
}
