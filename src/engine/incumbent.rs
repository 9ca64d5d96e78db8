//! Plans from heuristics: a start for the solver, and an answer where it finds none.

use crate::check::verify;
use crate::domain::{CandidateId, Goals, Problem, RepId, blocks};
use crate::plan::{Ledger, Plan};
use crate::strategy::{self, Strategy};

/// Baselines that are improved into a first plan.
const STARTS: [Strategy; 3] = [Strategy::Greedy, Strategy::Waterfall, Strategy::KeepAsIs];

/// The best plan that keeps every limit, from a few baselines each improved by local search; none
/// if the search ends without one.
pub(super) fn from_baselines(
    problem: &Problem,
    weights: &Goals,
    seed: u64,
    stop: &dyn Fn() -> bool,
) -> Option<Plan> {
    let improved = STARTS.into_iter().filter_map(|start| {
        let plan = strategy::baseline(problem, start, seed);
        improve(problem, &plan, weights, seed, stop)
    });
    // The first of equals wins, so that the order above decides ties.
    let best = improved.reduce(|best, next| if next.1 > best.1 { next } else { best });
    best.map(|(plan, _)| plan)
}

/// The plan nearest to a fractional assignment, improved by local search; none if limits cannot be
/// kept. `shares` holds one value in [0, 1] for each candidate.
pub(super) fn from_fractions(
    problem: &Problem,
    shares: &[f64],
    weights: &Goals,
    seed: u64,
    stop: &dyn Fn() -> bool,
) -> Option<Plan> {
    let rounded = round(problem, shares);
    improve(problem, &rounded, weights, seed, stop).map(|(plan, _)| plan)
}

/// A plan with its weighted value, after local search; none if it still breaks a rule, which is no
/// bug: a heuristic may fail to serve what must be served.
fn improve(
    problem: &Problem,
    plan: &Plan,
    weights: &Goals,
    seed: u64,
    stop: &dyn Fn() -> bool,
) -> Option<(Plan, f64)> {
    let mut ledger = Ledger::of(problem, plan);
    strategy::improve(problem, &mut ledger, weights, stop, seed);
    if ledger.excess() > 0.0 {
        return None;
    }
    let plan = ledger.plan();
    verify(problem, &plan)
        .is_valid()
        .then(|| (plan, ledger.goals().dot(weights)))
}

/// Gives each block of slots to the rep with the largest share of it, at the base where the rep has
/// the largest share of all slots.
fn round(problem: &Problem, shares: &[f64]) -> Plan {
    let bases = main_bases(problem, shares);
    let mut ledger = Ledger::new(problem);
    for block in blocks(problem) {
        let first = block[0];
        let mut best: Option<(f64, Vec<CandidateId>)> = None;
        for candidate in problem.candidates_of(first) {
            let (rep, base) = (candidate.rep, bases[candidate.rep.index()]);
            let members = block
                .iter()
                .map(|&slot| problem.find_candidate(slot, rep, base));
            let Some(members) = members.collect::<Option<Vec<_>>>() else {
                continue;
            };
            let share: f64 = members.iter().map(|member| shares[member.index()]).sum();
            if share > best.as_ref().map_or(0.0, |best| best.0) {
                best = Some((share, members));
            }
        }
        let locked = block.iter().find_map(|&slot| problem.slot(slot).locked);
        let allowed = |members: &[CandidateId]| {
            locked.is_none_or(|rep: RepId| problem.candidate(members[0]).rep == rep)
        };
        if let Some((_, members)) = best.filter(|(_, members)| allowed(members)) {
            for (slot, candidate) in block.into_iter().zip(members) {
                ledger.assign(slot, Some(candidate));
            }
        }
    }
    ledger.plan()
}

/// For each rep the base with the largest share of slots; the first among equals.
fn main_bases(problem: &Problem, shares: &[f64]) -> Vec<u32> {
    let mut by_base: Vec<Vec<f64>> = (problem.reps().iter())
        .map(|rep| vec![0.0; rep.bases.len()])
        .collect();
    for (candidate, share) in problem.candidates().iter().zip(shares) {
        by_base[candidate.rep.index()][candidate.base as usize] += share;
    }
    let largest = |shares: &Vec<f64>| {
        let (mut best, mut most) = (0, f64::NEG_INFINITY);
        for (base, &share) in (0..).zip(shares) {
            if share > most {
                (best, most) = (base, share);
            }
        }
        best
    };
    by_base.iter().map(largest).collect()
}
