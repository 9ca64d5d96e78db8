//! Capacity: a rep's hours in a period, with overtime at a cost.
//!
//! Σ_s visits[s,t] · hours per visit[c] · x[c] − o[r,t] ≤ hours[r,t] for each rep r and period t,
//! where hours[r,t] counts only if the rep works from a base (Σ_b y[r,b], where that is decided),
//! and 0 ≤ o[r,t] ≤ overtime limit. Goal: − Σ cost per hour[r] · o[r,t].

use super::formulation::CandidatesByRep;
use super::layout::Layout;
use super::writer::{RowKind, Writer};
use crate::domain::{CandidateId, Problem, Rep, RepId};

pub(super) fn columns(writer: &mut Writer, problem: &Problem) {
    for rep in problem.reps() {
        for &limit in &rep.overtime_hours {
            writer.builder.column(0.0, 0.0, limit, false);
        }
    }
}

pub(super) fn rows(writer: &mut Writer, problem: &Problem, by_rep: &CandidatesByRep) {
    let mut hours = Vec::new();
    for (at, rep) in problem.reps().iter().enumerate() {
        let rep_id = RepId::at(at);
        let candidates = by_rep.of(rep_id);
        gather_hours(problem, candidates, &mut hours);
        for period in 0..problem.periods() {
            let in_period = hours.iter().skip(period).step_by(problem.periods());
            for (&candidate, &hours) in candidates.iter().zip(in_period) {
                if hours > 0.0 {
                    writer.term(writer.layout.assign(candidate), hours);
                }
            }
            limit(writer, rep, (rep_id, period));
        }
    }
}

/// Finishes the row of the hours that a rep gives in a period: with overtime, and no hours without a base.
pub(super) fn limit(writer: &mut Writer, rep: &Rep, (rep_id, period): (RepId, usize)) {
    if rep.overtime_hours[period] > 0.0 {
        writer.term(writer.layout.overtime(rep_id, period), -1.0);
    }
    let mut limit = rep.hours[period];
    for base in 0..u32::try_from(rep.bases.len()).expect("few bases") {
        if let Some(column) = writer.layout.base(rep_id, base) {
            writer.term(column, -rep.hours[period]);
            limit = 0.0;
        }
    }
    let kind = RowKind::Capacity(rep_id, u32::try_from(period).expect("few periods"));
    let price = writer.prices.hour;
    writer.rule(kind, f64::NEG_INFINITY, limit, price);
}

/// Fills `hours` with the hours of each candidate in each period, candidate after candidate. A rep's
/// candidates lie far apart in memory, so they are visited once and not once a period.
fn gather_hours(problem: &Problem, candidates: &[CandidateId], hours: &mut Vec<f64>) {
    hours.clear();
    for &candidate in candidates {
        let entry = problem.candidate(candidate);
        let visits = problem.visits_of(entry.slot).iter();
        hours.extend(visits.map(|visits| visits * entry.hours_per_visit));
    }
}

pub(super) fn goal(problem: &Problem, layout: &Layout, term: &mut dyn FnMut(u32, f64)) -> f64 {
    for (at, rep) in problem.reps().iter().enumerate() {
        for period in 0..problem.periods() {
            let column = layout.overtime(RepId::at(at), period);
            term(column, -rep.overtime_cost_per_hour);
        }
    }
    0.0
}
