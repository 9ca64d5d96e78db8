//! A limit on the value of any plan that needs no solver.

use crate::domain::{Goal, Goals, Problem, SlotId};

/// Every slot takes its best candidate or stays unserved, as if hours, balance and limits were
/// free: a relaxation, so no plan is worth more.
///
/// Overtime and balance can only cost; candidates for hire and bases to be decided are taken at
/// their lowest cost; the price of a move is saved by every slot that keeps its rep.
#[must_use]
pub(super) fn assignment_bound(problem: &Problem, weights: &Goals) -> f64 {
    let policy = problem.policy();
    let slots = problem.slots().iter().enumerate();
    let best: f64 = slots
        .map(|(at, slot)| {
            let move_cost = match slot.current {
                Some(_) => weights[Goal::Continuity] * policy.cost_per_move,
                None => 0.0,
            };
            let unserved = if slot.mandatory {
                f64::NEG_INFINITY
            } else {
                -weights[Goal::Unserved] * slot.unserved_loss - move_cost
            };
            let candidates = problem.candidates_of(SlotId::at(at)).iter();
            candidates
                .filter(|candidate| slot.locked.is_none_or(|rep| rep == candidate.rep))
                .map(|candidate| {
                    let kept = slot.current == Some(candidate.rep);
                    let travel = policy.travel.cost_per_km * problem.travel_km(candidate);
                    weights[Goal::Contribution] * candidate.value
                        - weights[Goal::Travel] * travel
                        - if kept { 0.0 } else { move_cost }
                })
                .fold(unserved, f64::max)
        })
        .sum();
    best - weights[Goal::Sizing] * least_fixed_cost(problem)
}

/// Fixed cost that no plan can avoid: the cheapest base of every rep who is already there.
fn least_fixed_cost(problem: &Problem) -> f64 {
    let there = problem.reps().iter().filter(|rep| !rep.candidate);
    there
        .map(|rep| {
            let costs = rep.bases.iter().map(|base| base.fixed_cost);
            costs.fold(f64::INFINITY, f64::min)
        })
        .sum()
}
