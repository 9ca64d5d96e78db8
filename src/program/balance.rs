//! Balance: amounts of a metric are spread over reps in proportion to their shares.
//!
//! L[q,r] = Σ_{c of r} amount[q,c] · x[c] and T[q] = Σ_r L[q,r] over the reps with a share s[q,r];
//! the fair share is s[q,r] · T[q]. Hard: min · s · T ≤ L ≤ max · s · T. Soft: the deviation
//! d ≥ L − (1 + ideal) · s · T and d ≥ (1 − ideal) · s · T − L, one d for each rep (linear
//! deviation) or one for all (min-max). Goal: − cost per unit · Σ d.

use super::formulation::CandidatesByRep;
use super::layout::Layout;
use super::writer::{RowKind, Writer};
use crate::domain::{Balance, Problem, RepId};

pub(super) fn columns(writer: &mut Writer, problem: &Problem) {
    for at in 0..problem.policy().balance.len() {
        for _ in 0..=problem.reps().len() {
            writer.builder.column(0.0, 0.0, f64::INFINITY, false);
        }
        for _ in writer.layout.deviations(at) {
            writer.builder.column(0.0, 0.0, f64::INFINITY, false);
        }
    }
}

pub(super) fn rows(writer: &mut Writer, problem: &Problem, by_rep: &CandidatesByRep) {
    for (at, balance) in problem.policy().balance.iter().enumerate() {
        let reps = (0..problem.reps().len()).map(RepId::at);
        let taking_part = reps.filter(|rep| balance.shares[rep.index()] > 0.0);
        let index = u32::try_from(at).expect("few balances");
        for rep in taking_part.clone() {
            define_amount(writer, problem, (at, balance), rep, by_rep.of(rep));
        }
        for rep in taking_part.clone() {
            writer.term(writer.layout.amount(at, rep), 1.0);
        }
        writer.term(writer.layout.total(at), -1.0);
        writer.define(RowKind::Total(index), 0.0, 0.0);
        for rep in taking_part {
            hard(writer, (at, balance), rep);
            soft(writer, (at, balance), rep);
        }
    }
}

fn define_amount(
    writer: &mut Writer,
    problem: &Problem,
    (at, balance): (usize, &Balance),
    rep: RepId,
    candidates: &[crate::domain::CandidateId],
) {
    for &candidate in candidates {
        let amount = problem.amount(balance, problem.candidate(candidate));
        writer.term(writer.layout.assign(candidate), amount);
    }
    writer.term(writer.layout.amount(at, rep), -1.0);
    let index = u32::try_from(at).expect("few balances");
    writer.define(RowKind::Amount(index, rep), 0.0, 0.0);
}

/// Adds L − factor · s · T to the row under construction.
fn beyond(writer: &mut Writer, (at, balance): (usize, &Balance), rep: RepId, factor: f64) {
    writer.term(writer.layout.amount(at, rep), 1.0);
    let share = balance.shares[rep.index()];
    writer.term(writer.layout.total(at), -factor * share);
}

fn hard(writer: &mut Writer, (at, balance): (usize, &Balance), rep: RepId) {
    let index = u32::try_from(at).expect("few balances");
    let price = writer.prices.balance[at];
    if let Some(max) = balance.max_ratio {
        beyond(writer, (at, balance), rep, max);
        let kind = RowKind::BalanceMax(index, rep);
        writer.rule(kind, f64::NEG_INFINITY, 0.0, price);
    }
    if let Some(min) = balance.min_ratio.filter(|&min| min > 0.0) {
        beyond(writer, (at, balance), rep, min);
        let kind = RowKind::BalanceMin(index, rep);
        writer.rule(kind, 0.0, f64::INFINITY, price);
    }
}

fn soft(writer: &mut Writer, (at, balance): (usize, &Balance), rep: RepId) {
    let Some(deviation) = writer.layout.deviation(at, rep) else {
        return;
    };
    let index = u32::try_from(at).expect("few balances");
    beyond(writer, (at, balance), rep, 1.0 + balance.ideal_within);
    writer.term(deviation, -1.0);
    writer.define(RowKind::Above(index, rep), f64::NEG_INFINITY, 0.0);
    if balance.ideal_within < 1.0 {
        beyond(writer, (at, balance), rep, 1.0 - balance.ideal_within);
        writer.term(deviation, 1.0);
        writer.define(RowKind::Below(index, rep), 0.0, f64::INFINITY);
    }
}

pub(super) fn goal(problem: &Problem, layout: &Layout, term: &mut dyn FnMut(u32, f64)) -> f64 {
    for (at, balance) in problem.policy().balance.iter().enumerate() {
        for column in layout.deviations(at) {
            term(column, -balance.cost_per_unit);
        }
    }
    0.0
}
