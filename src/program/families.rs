//! Families: markets of one family go to one rep, role by role.
//!
//! x[s,r,b] = x[s',r,b] for each slot s of a family's role, s' the first such slot, and every rep r
//! and base b that is a candidate of either; one who is no candidate counts as 0.

use std::collections::BTreeMap;

use super::writer::{PRICE_SPLIT_SIDE, RowKind, Writer};
use crate::domain::{FamilyId, Problem, RepId, RoleId, SlotId};

pub(super) fn rows(writer: &mut Writer, problem: &Problem) {
    let mut first: BTreeMap<(FamilyId, RoleId), SlotId> = BTreeMap::new();
    for (at, slot) in problem.slots().iter().enumerate() {
        let Some(family) = problem.market(slot.market).family else {
            continue;
        };
        let member = SlotId::at(at);
        let head = *first.entry((family, slot.role)).or_insert(member);
        if head != member {
            same_rep(writer, problem, head, member, RowKind::Family);
        }
    }
}

/// Writes that two slots have the same rep at the same base, or are both unserved.
pub(super) fn same_rep(
    writer: &mut Writer,
    problem: &Problem,
    a: SlotId,
    b: SlotId,
    kind: fn(SlotId, SlotId, RepId) -> RowKind,
) {
    let mut places: Vec<(RepId, u32)> = problem
        .candidates_of(a)
        .iter()
        .chain(problem.candidates_of(b))
        .map(|candidate| (candidate.rep, candidate.base))
        .collect();
    places.sort_unstable();
    places.dedup();
    for (rep, base) in places {
        for (slot, sign) in [(a, 1.0), (b, -1.0)] {
            if let Some(candidate) = problem.find_candidate(slot, rep, base) {
                writer.term(writer.layout.assign(candidate), sign);
            }
        }
        writer.rule(kind(a, b, rep), 0.0, 0.0, PRICE_SPLIT_SIDE);
    }
}
