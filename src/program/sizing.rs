//! Sizing and location: whom to hire, and where reps work from.
//!
//! For a rep r with something to decide: y[r,b] ∈ {0, 1}; Σ_b y[r,b] = 1, or ≤ 1 for a candidate;
//! x[s,r,b] ≤ y[r,b]; fewest ≤ Σ_{candidates r, b} y[r,b] ≤ most hires.
//! Goal: − Σ fixed cost[r,b] · y[r,b], with the base of every other rep as a constant.

use super::layout::Layout;
use super::writer::{PRICE_HIRE, RowKind, Writer};
use crate::domain::{CandidateId, Problem, RepId};

pub(super) fn columns(writer: &mut Writer, problem: &Problem) {
    for rep in problem.reps().iter().filter(|rep| rep.is_open()) {
        for _ in &rep.bases {
            writer.builder.column(0.0, 0.0, 1.0, true);
        }
    }
}

/// Base columns of a rep, if its base is to be decided.
fn bases(problem: &Problem, layout: &Layout, rep: RepId) -> Vec<u32> {
    let count = u32::try_from(problem.rep(rep).bases.len()).expect("few bases");
    (0..count)
        .filter_map(|base| layout.base(rep, base))
        .collect()
}

pub(super) fn rows(writer: &mut Writer, problem: &Problem) {
    let mut hires = Vec::new();
    for (at, rep) in problem.reps().iter().enumerate() {
        let rep_id = RepId::at(at);
        let columns = bases(problem, &writer.layout, rep_id);
        if columns.is_empty() {
            continue;
        }
        for &column in &columns {
            writer.term(column, 1.0);
        }
        let least = if rep.candidate { 0.0 } else { 1.0 };
        writer.define(RowKind::OneBase(rep_id), least, 1.0);
        if rep.candidate {
            hires.extend(columns);
        }
    }
    for (at, candidate) in problem.candidates().iter().enumerate() {
        if let Some(base) = writer.layout.base(candidate.rep, candidate.base) {
            let candidate = CandidateId::at(at);
            writer.term(writer.layout.assign(candidate), 1.0);
            writer.term(base, -1.0);
            writer.define(RowKind::Chosen(candidate), f64::NEG_INFINITY, 0.0);
        }
    }
    let policy = problem.policy();
    if policy.min_hires.is_some() || policy.max_hires.is_some() {
        for column in hires {
            writer.term(column, 1.0);
        }
        let least = policy.min_hires.map_or(f64::NEG_INFINITY, f64::from);
        let most = policy.max_hires.map_or(f64::INFINITY, f64::from);
        writer.rule(RowKind::Hires, least, most, PRICE_HIRE);
    }
}

pub(super) fn goal(problem: &Problem, layout: &Layout, term: &mut dyn FnMut(u32, f64)) -> f64 {
    let mut offset = 0.0;
    for (at, rep) in problem.reps().iter().enumerate() {
        let columns = bases(problem, layout, RepId::at(at));
        if columns.is_empty() {
            offset -= rep.bases[0].fixed_cost;
        }
        for (column, base) in columns.into_iter().zip(&rep.bases) {
            term(column, -base.fixed_cost);
        }
    }
    offset
}
