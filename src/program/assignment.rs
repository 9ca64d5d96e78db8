//! Assignment: each slot has one rep or is left unserved.
//!
//! Σ_{c of s} x[c] + u[s] = 1 for each slot s.

use super::writer::{RowKind, Writer};
use crate::domain::{CandidateId, Problem, SlotId};

pub(super) fn rows(writer: &mut Writer, problem: &Problem) {
    for slot in (0..problem.slots().len()).map(SlotId::at) {
        for candidate in problem.candidate_range(slot) {
            writer.term(writer.layout.assign(CandidateId::at(candidate)), 1.0);
        }
        writer.term(writer.layout.unserved(slot), 1.0);
        writer.define(RowKind::Assignment(slot), 1.0, 1.0);
    }
}
