//! Families: markets of one family go to one rep, role by role.
//!
//! For each family and role: rep[s] is the same for all its slots, or all are unserved. Found:
//! different fillings (reps, and unserved as one more); limit 1.

use std::collections::BTreeMap;

use super::Violation;
use super::facts::Facts;
use super::words::count;
use crate::domain::{FamilyId, RepId, RoleId, Rule};

pub(super) fn check(facts: &Facts<'_>, found: &mut Vec<Violation>) {
    let problem = facts.problem;
    let mut groups: BTreeMap<(FamilyId, RoleId), Vec<usize>> = BTreeMap::new();
    for (at, slot) in problem.slots().iter().enumerate() {
        if let Some(family) = problem.market(slot.market).family {
            groups.entry((family, slot.role)).or_default().push(at);
        }
    }
    for ((family, role), group) in groups {
        let Some((number, other)) = differing(facts, &group) else {
            continue;
        };
        let market = |at: usize| problem.market(problem.slots()[at].market).id.as_str();
        let family = &problem.families()[family.index()];
        let role_id = &problem.roles()[role.index()].id;
        let (a, b) = (market(group[0]), market(other));
        let (of_a, of_b) = (filling(facts, group[0]), filling(facts, other));
        let size = count(group.len(), "market");
        found.push(Violation::new(
            Rule::Families,
            &[family, role_id, a, b],
            (number, 1.0),
            format!(
                "family {family} ({size}, role {role_id}) needs one rep, but {a} {of_a} and {b} {of_b}"
            ),
        ));
    }
}

/// Number of different fillings in a group of slots and the first slot that differs from the
/// group's first; `None` where all are filled the same way.
#[allow(
    clippy::cast_precision_loss,
    reason = "tables have at most 2³² entries"
)]
pub(super) fn differing(facts: &Facts<'_>, group: &[usize]) -> Option<(f64, usize)> {
    let &first = group.first()?;
    let &other = (group.iter()).find(|&&at| facts.reps[at] != facts.reps[first])?;
    let mut kinds: Vec<Option<RepId>> = group.iter().map(|&at| facts.reps[at]).collect();
    kinds.sort_unstable();
    kinds.dedup();
    Some((kinds.len() as f64, other))
}

/// How a slot is filled, as the end of a sentence.
pub(super) fn filling(facts: &Facts<'_>, slot: usize) -> String {
    facts.reps[slot].map_or_else(
        || "is unserved".to_owned(),
        |rep| format!("has {}", facts.problem.rep(rep).id),
    )
}
