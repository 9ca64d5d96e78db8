//! Continuity: how much may change against today.
//!
//! A slot with a current rep moves unless it keeps that rep: moved[s] = 1 − Σ_b x[s,current,b].
//! Σ moved ≤ B; Σ potential · moved ≤ share · Σ potential over slots with a current rep.
//! Goal: − price · Σ moved.

use super::layout::Layout;
use super::writer::{PRICE_MOVE, RowKind, Writer};
use crate::domain::{CandidateId, Problem, SlotId};

/// Every slot with a current rep, with the candidates that keep it.
fn kept(problem: &Problem) -> impl Iterator<Item = (SlotId, Vec<CandidateId>)> + '_ {
    problem.slots().iter().enumerate().filter_map(|(at, slot)| {
        let current = slot.current?;
        let range = problem.candidate_range(SlotId::at(at));
        let keeping = range.filter(|&c| problem.candidates()[c].rep == current);
        Some((SlotId::at(at), keeping.map(CandidateId::at).collect()))
    })
}

pub(super) fn rows(writer: &mut Writer, problem: &Problem) {
    if let Some(max) = problem.policy().max_moves {
        let mut held = 0.0;
        for (_, keeping) in kept(problem) {
            held += 1.0;
            for candidate in keeping {
                writer.term(writer.layout.assign(candidate), 1.0);
            }
        }
        let limit = held - f64::from(max);
        writer.rule(RowKind::MaxMoves, limit, f64::INFINITY, PRICE_MOVE);
    }
    if let Some(share) = problem.policy().max_moved_potential_share {
        let mut held = 0.0;
        for (slot, keeping) in kept(problem) {
            let potential = problem.slot(slot).potential;
            held += potential;
            for candidate in keeping {
                writer.term(writer.layout.assign(candidate), potential);
            }
        }
        let limit = (1.0 - share) * held;
        let price = writer.prices.potential;
        writer.rule(RowKind::MaxMovedPotential, limit, f64::INFINITY, price);
    }
}

pub(super) fn goal(problem: &Problem, layout: &Layout, term: &mut dyn FnMut(u32, f64)) -> f64 {
    let price = problem.policy().cost_per_move;
    let mut offset = 0.0;
    for (_, keeping) in kept(problem) {
        offset -= price;
        for candidate in keeping {
            term(layout.assign(candidate), price);
        }
    }
    offset
}
