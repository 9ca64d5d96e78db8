//! Locks: a locked or protected slot goes to its rep.
//!
//! x[c] = 0 for every candidate c of a locked slot who is another rep; the slot must be served.

use super::writer::{PRICE_LOCK, RowKind, Writer};
use crate::domain::{CandidateId, Problem, SlotId};

pub(super) fn bounds(writer: &mut Writer, problem: &Problem) {
    for (at, slot) in problem.slots().iter().enumerate() {
        let Some(locked) = slot.locked else { continue };
        for candidate in problem.candidate_range(SlotId::at(at)) {
            let candidate = CandidateId::at(candidate);
            if problem.candidate(candidate).rep != locked {
                let column = writer.layout.assign(candidate);
                writer.rule_out(RowKind::Lock(candidate), column, PRICE_LOCK);
            }
        }
    }
}
