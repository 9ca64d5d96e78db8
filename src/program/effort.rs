//! Effort: hours as decisions, in place of the capacity of visits as planned.
//!
//! A candidate c brings in period t what a piecewise linear function of the amount of visits a[c,t] says.
//! With corners a₀ < a₁ < … of values v₀, v₁, …:
//!
//! ```text
//! a[c,t] = a₀·x[c] + Σ_k δ[c,t,k],   0 ≤ δ[c,t,k] ≤ (a[k+1] − a[k])·x[c]
//! Σ_{c of r} hours[c,t]·a[c,t] − o[r,t] ≤ hours[r,t]          capacity of every rep and period
//! Σ_{t in w} weight[t]·a[c,t] ≥ least[w]·x[c]                 visits in several periods together
//! Goal: Σ constant[c]·x[c] + Σ v₀·x[c] + Σ slope[k]·δ[c,t,k]
//! ```
//!
//! Where a later piece is steeper, a piece must be full before the next begins: b[c,t,k] ∈ {0, 1},
//! δ[c,t,k] ≥ length·b, and the pieces behind it ≤ length·b.

use super::formulation::{CandidatesByRep, Formulation, effort_rules, finish};
use super::writer::{RowKind, Writer};
use crate::domain::{CandidateId, Problem, RepId};

/// What a candidate may do and bring in a period.
#[derive(Clone, Debug, PartialEq)]
pub struct EffortTerm {
    /// Corners: amounts of visits, rising; two or more, or one where nothing is to be decided.
    pub amount: Vec<f64>,
    /// Money that the candidate brings there, less what hours cost.
    pub value: Vec<f64>,
    /// Hours of the rep for a unit of the amount; ≥ 0.
    pub hours: f64,
}

/// A candidate whose hours are decided.
#[derive(Clone, Debug, PartialEq)]
pub struct EffortCandidate {
    /// The candidate.
    pub id: CandidateId,
    /// Money that it brings besides.
    pub constant: f64,
    /// One for each period.
    pub terms: Vec<EffortTerm>,
    /// Weights of the amounts by period, and what they must add up to at least.
    pub windows: Vec<(Vec<(usize, f64)>, f64)>,
}

/// A formulation with the columns of the amounts.
#[derive(Clone, Debug)]
pub struct EffortFormulation {
    /// All rules but the capacity of visits as planned, and all goals but contribution and travel, which the
    /// values of the candidates have instead.
    pub formulation: Formulation,
    /// First amount and pieces of each term: by candidate of the input, then period.
    pieces: Vec<Vec<(f64, Vec<u32>)>>,
}

impl EffortFormulation {
    /// Amounts by period of a candidate, by its place in the input, if it is chosen.
    #[must_use]
    pub fn amounts(&self, at: usize, point: &[f64]) -> Vec<f64> {
        let terms = self.pieces[at].iter();
        let sum = |pieces: &[u32]| {
            pieces
                .iter()
                .map(|piece| point[*piece as usize])
                .sum::<f64>()
        };
        terms.map(|(first, pieces)| first + sum(pieces)).collect()
    }
}

/// Formulates a problem with hours as decisions. Candidates that are not given are ruled out.
#[must_use]
pub fn formulate_effort(problem: &Problem, candidates: &[EffortCandidate]) -> EffortFormulation {
    let mut pieces = vec![];
    let writer = effort_rules(problem, &mut |writer, by_rep| {
        pieces = candidates.iter().map(|one| columns(writer, one)).collect();
        rule_out(writer, problem, candidates);
        capacity(writer, problem, by_rep, (candidates, &pieces));
        for (one, pieces) in candidates.iter().zip(&pieces) {
            windows(writer, one, pieces);
        }
    });
    EffortFormulation {
        formulation: finish(writer),
        pieces,
    }
}

/// Columns and rows of the pieces of a candidate.
fn columns(writer: &mut Writer, candidate: &EffortCandidate) -> Vec<(f64, Vec<u32>)> {
    let chosen = writer.layout.assign(candidate.id);
    writer.builder.add_cost(chosen, candidate.constant);
    let mut all = vec![];
    for (period, term) in (0_u32..).zip(&candidate.terms) {
        writer.builder.add_cost(chosen, term.value[0]);
        let corners = || term.amount.windows(2).zip(term.value.windows(2));
        let slope = |at: usize| {
            (term.value[at + 1] - term.value[at]) / (term.amount[at + 1] - term.amount[at])
        };
        let pieces: Vec<u32> = (corners().enumerate())
            .map(|(at, (amount, _))| {
                let length = amount[1] - amount[0];
                writer.builder.column(slope(at), 0.0, length, false)
            })
            .collect();
        let lengths: Vec<f64> = corners().map(|(amount, _)| amount[1] - amount[0]).collect();
        let kind = RowKind::Piece(candidate.id, period);
        for (piece, length) in pieces.iter().zip(&lengths) {
            writer.term(*piece, 1.0);
            writer.term(chosen, -length);
            writer.define(kind, f64::NEG_INFINITY, 0.0);
        }
        let steeper = |at: &usize| (at + 1..pieces.len()).any(|later| slope(later) > slope(*at));
        let convex: Vec<usize> = (0..pieces.len()).filter(steeper).collect();
        fill_in_order(writer, kind, (&pieces, &lengths), &convex);
        all.push((term.amount[0], pieces));
    }
    all
}

/// Pieces before steeper ones are full before the next begins.
fn fill_in_order(
    writer: &mut Writer,
    kind: RowKind,
    (pieces, lengths): (&[u32], &[f64]),
    convex: &[usize],
) {
    for at in convex {
        let full = writer.builder.column(0.0, 0.0, 1.0, true);
        writer.term(pieces[*at], 1.0);
        writer.term(full, -lengths[*at]);
        writer.define(kind, 0.0, f64::INFINITY);
        let next = if Some(at) == convex.last() {
            pieces.len()
        } else {
            at + 2
        };
        for later in at + 1..next {
            writer.term(pieces[later], 1.0);
            writer.term(full, -lengths[later]);
            writer.define(kind, f64::NEG_INFINITY, 0.0);
        }
    }
}

fn rule_out(writer: &mut Writer, problem: &Problem, candidates: &[EffortCandidate]) {
    let mut given = vec![false; problem.candidates().len()];
    for one in candidates {
        given[one.id.index()] = true;
    }
    for (at, given) in given.iter().enumerate() {
        if !given {
            let column = writer.layout.assign(CandidateId::at(at));
            writer.builder.set_bounds(column, 0.0, 0.0);
        }
    }
}

type Pieces = Vec<Vec<(f64, Vec<u32>)>>;

fn capacity(
    writer: &mut Writer,
    problem: &Problem,
    by_rep: &CandidatesByRep,
    (candidates, pieces): (&[EffortCandidate], &Pieces),
) {
    let mut place = vec![None; problem.candidates().len()];
    for (at, one) in candidates.iter().enumerate() {
        place[one.id.index()] = Some(at);
    }
    for (at, rep) in problem.reps().iter().enumerate() {
        let rep_id = RepId::at(at);
        for period in 0..problem.periods() {
            for at in by_rep.of(rep_id).iter().filter_map(|id| place[id.index()]) {
                let hours = candidates[at].terms[period].hours;
                let (first, pieces) = &pieces[at][period];
                if hours <= 0.0 {
                    continue;
                }
                let chosen = writer.layout.assign(candidates[at].id);
                writer.term(chosen, hours * first);
                for piece in pieces {
                    writer.term(*piece, hours);
                }
            }
            super::capacity::limit(writer, rep, (rep_id, period));
        }
    }
}

fn windows(writer: &mut Writer, candidate: &EffortCandidate, pieces: &[(f64, Vec<u32>)]) {
    let chosen = writer.layout.assign(candidate.id);
    for (at, (weights, least)) in (0_u32..).zip(&candidate.windows) {
        let mut given = -least;
        for (period, weight) in weights {
            let (first, pieces) = &pieces[*period];
            given += weight * first;
            for piece in pieces {
                writer.term(*piece, *weight);
            }
        }
        writer.term(chosen, given);
        writer.define(RowKind::Window(candidate.id, at), 0.0, f64::INFINITY);
    }
}
