//! Numbers and names in the sentences of violations.

use crate::domain::{Problem, SlotId};

/// Most decimals of a number in a sentence.
const MOST_DECIMALS: usize = 9;

/// Two numbers with as many decimals, at least `least`, as it takes to tell them apart.
pub(super) fn apart(found: f64, limit: f64, least: usize) -> (String, String) {
    let mut decimals = least;
    loop {
        let (a, b) = (format!("{found:.decimals$}"), format!("{limit:.decimals$}"));
        if a != b || decimals >= MOST_DECIMALS {
            return (a, b);
        }
        decimals += 1;
    }
}

/// `1 market`, `2 markets`: a count with its noun.
pub(super) fn count(number: usize, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}

/// The string ids of a slot's market and role.
pub(super) fn ids(problem: &Problem, slot: SlotId) -> (&str, &str) {
    let entry = problem.slot(slot);
    (
        &problem.market(entry.market).id,
        &problem.roles()[entry.role.index()].id,
    )
}
