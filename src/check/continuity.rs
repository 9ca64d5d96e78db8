//! Continuity: how much may change against today.
//!
//! A slot with a current rep moves unless rep[s] is that rep. Number of moves ≤ most moves,
//! exactly; Σ value share · potential over moved slots ≤ share · Σ over all slots with a current
//! rep, within [`POTENTIAL_RELATIVE`] of that sum. Found and limit: moves, or money.
//! Goal: − price · number of moves.

use super::Violation;
use super::facts::Facts;
use super::tolerance::POTENTIAL_RELATIVE;
use super::words::{apart, count};
use crate::domain::{Rule, Slot};

fn held<'a>(facts: &'a Facts<'_>) -> impl Iterator<Item = (&'a Slot, bool)> {
    let slots = facts.problem.slots().iter().zip(&facts.reps);
    let held = slots.filter(|(slot, _)| slot.current.is_some());
    held.map(|(slot, rep)| (slot, slot.current != *rep))
}

fn moves(facts: &Facts<'_>) -> usize {
    held(facts).filter(|(_, moved)| *moved).count()
}

#[allow(
    clippy::cast_precision_loss,
    reason = "tables have at most 2³² entries"
)]
pub(super) fn check(facts: &Facts<'_>, found: &mut Vec<Violation>) {
    let policy = facts.problem.policy();
    let moves = moves(facts);
    if let Some(most) = policy.max_moves.filter(|&most| moves > most as usize) {
        let changes = count(moves, "assignment");
        let message = format!("{changes} change against today but at most {most} may");
        let measured = (moves as f64, f64::from(most));
        found.push(Violation::new(Rule::Continuity, &[], measured, message));
    }
    let Some(share) = policy.max_moved_potential_share else {
        return;
    };
    let (mut moved, mut total) = (0.0, 0.0);
    for (slot, moves) in held(facts) {
        let potential = facts.potential(slot);
        total += potential;
        if moves {
            moved += potential;
        }
    }
    let limit = share * total;
    if moved > limit + POTENTIAL_RELATIVE * total {
        let (changes, may) = apart(moved, limit, 0);
        let unit = match facts.problem.currency() {
            "" => String::new(),
            currency => format!(" {currency}"),
        };
        let percent = 100.0 * share;
        let message = format!(
            "potential of {changes}{unit} changes rep but at most {may}{unit} may ({percent:.1} % of {total:.0}{unit})"
        );
        found.push(Violation::new(
            Rule::Continuity,
            &[],
            (moved, limit),
            message,
        ));
    }
}

#[allow(
    clippy::cast_precision_loss,
    reason = "tables have at most 2³² entries"
)]
pub(super) fn goal(facts: &Facts<'_>) -> f64 {
    0.0 - facts.problem.policy().cost_per_move * moves(facts) as f64
}
