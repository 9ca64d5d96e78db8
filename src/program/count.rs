//! Count: fewest and most slots of a rep.
//!
//! min[r] ≤ Σ_{c of r} x[c] ≤ max[r]; a candidate for hire owes the minimum only when hired:
//! Σ x[c] ≥ min[r] · Σ_b y[r,b].

use super::formulation::CandidatesByRep;
use super::writer::{PRICE_COUNT, RowKind, Writer};
use crate::domain::{Problem, RepId};

pub(super) fn rows(writer: &mut Writer, problem: &Problem, by_rep: &CandidatesByRep) {
    for (at, rep) in problem.reps().iter().enumerate() {
        let rep_id = RepId::at(at);
        if let Some(max) = rep.max_slots {
            slots_of(writer, by_rep, rep_id);
            let kind = RowKind::MaxCount(rep_id);
            writer.rule(kind, f64::NEG_INFINITY, f64::from(max), PRICE_COUNT);
        }
        if let Some(min) = rep.min_slots.filter(|&min| min > 0) {
            slots_of(writer, by_rep, rep_id);
            let mut limit = f64::from(min);
            if rep.candidate {
                for base in 0..u32::try_from(rep.bases.len()).expect("few bases") {
                    if let Some(column) = writer.layout.base(rep_id, base) {
                        writer.term(column, -f64::from(min));
                    }
                }
                limit = 0.0;
            }
            let kind = RowKind::MinCount(rep_id);
            writer.rule(kind, limit, f64::INFINITY, PRICE_COUNT);
        }
    }
}

fn slots_of(writer: &mut Writer, by_rep: &CandidatesByRep, rep: RepId) {
    for &candidate in by_rep.of(rep) {
        writer.term(writer.layout.assign(candidate), 1.0);
    }
}
