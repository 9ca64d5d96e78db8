//! Roles: distinct roles of a market have different reps, shared roles have one.
//!
//! x[s,r] + x[s',r] ≤ 1, summed over bases, for slots s, s' of a market whose roles must be
//! distinct; x[s,r,b] = x[s',r,b] where they must be the same.

use super::families::same_rep;
use super::writer::{PRICE_SPLIT_SIDE, RowKind, Writer};
use crate::domain::{CandidateId, MarketId, Problem, RepId, SlotId};

pub(super) fn rows(writer: &mut Writer, problem: &Problem) {
    if problem.roles().len() < 2 {
        return;
    }
    for market in (0..problem.markets().len()).map(MarketId::at) {
        for slot in problem.slots_of(market).map(SlotId::at) {
            shared(writer, problem, slot);
            distinct(writer, problem, slot);
        }
    }
}

fn role_of(problem: &Problem, slot: SlotId) -> &crate::domain::Role {
    &problem.roles()[problem.slot(slot).role.index()]
}

/// Ties a slot to the first slot of its market that shares its rep.
fn shared(writer: &mut Writer, problem: &Problem, slot: SlotId) {
    let group = role_of(problem, slot).same_as;
    let first = problem
        .slots_of(problem.slot(slot).market)
        .map(SlotId::at)
        .find(|&other| role_of(problem, other).same_as == group);
    if let Some(first) = first.filter(|&first| first != slot) {
        same_rep(writer, problem, first, slot, RowKind::Same);
    }
}

/// Keeps apart a slot and every later slot of its market whose role must be distinct.
fn distinct(writer: &mut Writer, problem: &Problem, slot: SlotId) {
    let market = problem.slot(slot).market;
    for other in problem.slots_of(market).map(SlotId::at) {
        let apart = role_of(problem, slot).distinct_from.as_slice();
        if other <= slot || !apart.contains(&problem.slot(other).role) {
            continue;
        }
        for rep in (0..problem.reps().len()).map(RepId::at) {
            let of_rep = |slot| {
                let range = problem.candidate_range(slot);
                range.filter(move |&at| problem.candidates()[at].rep == rep)
            };
            if of_rep(slot).next().is_none() || of_rep(other).next().is_none() {
                continue;
            }
            for candidate in of_rep(slot).chain(of_rep(other)) {
                writer.term(writer.layout.assign(CandidateId::at(candidate)), 1.0);
            }
            let kind = RowKind::Distinct(market, rep);
            writer.rule(kind, f64::NEG_INFINITY, 1.0, 2.0 * PRICE_SPLIT_SIDE);
        }
    }
}
