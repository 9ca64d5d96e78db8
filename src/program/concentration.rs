//! Concentration: no single source brings more than a share of the revenue covered.
//!
//! V = Σ_c p[c] · x[c] over all candidates, p[c] the potential of c's slot as a share of the potential
//! of all slots; V[k,g] = the same over the candidates of source g of limit k: a rep's own, or those
//! of the markets of a market, family, region or class. V[k,g] ≤ share[k] · V. A plan that covers
//! nothing keeps the limit.

use super::formulation::CandidatesByRep;
use super::writer::{RowKind, Writer};
use crate::domain::concentration::Source;
use crate::domain::{CandidateId, Concentration, MarketId, Problem, RepId, SlotId};

pub(super) fn columns(writer: &mut Writer, problem: &Problem) {
    if !problem.policy().concentration.is_empty() {
        writer.builder.column(0.0, 0.0, f64::INFINITY, false);
    }
}

pub(super) fn rows(writer: &mut Writer, problem: &Problem, by_rep: &CandidatesByRep) {
    let Some(revenue) = writer.layout.revenue() else {
        return;
    };
    let all = all_potential(problem);
    for candidate in (0..problem.candidates().len()).map(CandidateId::at) {
        add(writer, problem, candidate, all);
    }
    writer.term(revenue, -1.0);
    writer.define(RowKind::Revenue, 0.0, 0.0);
    for (at, limit) in problem.policy().concentration.iter().enumerate() {
        let at = u32::try_from(at).expect("few limits");
        for (source, own) in members(problem, limit, by_rep) {
            for candidate in own {
                add(writer, problem, candidate, all);
            }
            writer.term(revenue, -limit.max_share);
            let kind = RowKind::Concentration(at, source);
            let price = writer.prices.potential * all;
            writer.rule(kind, f64::NEG_INFINITY, 0.0, price);
        }
    }
}

/// Potential of all slots, in money; 1 where there is none. The unit of the rows: limits at 0 are
/// held to an absolute tolerance, which is nothing in money.
pub(super) fn all_potential(problem: &Problem) -> f64 {
    let all: f64 = problem.slots().iter().map(|slot| slot.potential).sum();
    if all > 0.0 { all } else { 1.0 }
}

fn add(writer: &mut Writer, problem: &Problem, candidate: CandidateId, all: f64) {
    let potential = problem.slot(problem.candidate(candidate).slot).potential;
    writer.term(writer.layout.assign(candidate), potential / all);
}

/// The candidates of each source.
fn members(
    problem: &Problem,
    limit: &Concentration,
    by_rep: &CandidatesByRep,
) -> Vec<(u32, Vec<CandidateId>)> {
    if limit.source == Source::Rep {
        let reps = (0..problem.reps().len()).map(RepId::at);
        return reps.map(|rep| (rep.0, by_rep.of(rep).to_vec())).collect();
    }
    let mut members: Vec<(u32, Vec<CandidateId>)> = (0_u32..)
        .take(limit.sources(problem))
        .map(|at| (at, Vec::new()))
        .collect();
    let source = |market: MarketId| limit.source_of(market, RepId(0));
    for slot in (0..problem.slots().len()).map(SlotId::at) {
        if let Some(source) = source(problem.slot(slot).market) {
            let own = problem.candidate_range(slot).map(CandidateId::at);
            members[source as usize].1.extend(own);
        }
    }
    members
}
