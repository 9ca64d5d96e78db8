//! Count: fewest and most slots of a rep.
//!
//! n[r] = number of slots that name r. n[r] ≤ most[r]; n[r] ≥ fewest[r], for a candidate only if
//! hired. Exact. Found and limit: slots.

use super::Violation;
use super::facts::Facts;
use super::words;
use crate::domain::Rule;

#[allow(
    clippy::cast_precision_loss,
    reason = "tables have at most 2³² entries"
)]
pub(super) fn check(facts: &Facts<'_>, found: &mut Vec<Violation>) {
    for (at, rep) in facts.problem.reps().iter().enumerate() {
        let number = facts.counts[at];
        let has = words::count(number, "assignment");
        let mut breaks = |limit: u32, what: &str| {
            let measured = (number as f64, f64::from(limit));
            let message = format!("{} has {has} but must have at {what} {limit}", rep.id);
            found.push(Violation::new(Rule::Count, &[&rep.id], measured, message));
        };
        let at_work = !rep.candidate || facts.bases[at].is_some();
        if let Some(fewest) = rep.min_slots.filter(|&n| at_work && number < n as usize) {
            breaks(fewest, "least");
        }
        if let Some(most) = rep.max_slots.filter(|&n| number > n as usize) {
            breaks(most, "most");
        }
    }
}
