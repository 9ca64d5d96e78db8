//! A first assignment: agents are settled one after the other, each with the jobs of its knapsack.
//!
//! At good prices the best set of an agent costs nothing against the bound. The agent whose set
//! agrees most with recent relaxed solutions takes it, the prices of what is left are raised again,
//! and so on, as diving does with the columns of a set partitioning problem.

use super::bound::{Ascent, Grid};
use super::control::Control;
use super::core::Core;
use super::knapsack::Knapsack;

/// Steps of the ascent between two agents.
const STEPS: u32 = 30;
/// Agents that are left to the end.
const LAST: usize = 3;

/// Settles all agents but the last ones. Jobs that no agent has room for are given up: they are
/// neither open nor settled. The core and the ascent are those of what is left.
pub(super) fn dive(
    core: &mut Core,
    ascent: &mut Ascent,
    grid: &Grid,
    knapsacks: &mut [Knapsack],
    control: &Control<'_>,
) {
    let mut closed = vec![false; core.agents()];
    let mut owner = Vec::new();
    let mut dropped = Vec::new();
    for _ in LAST..core.agents() {
        if core.open.is_empty() || control.stopped() {
            return;
        }
        let bound = ascent.bound();
        let target = bound + 0.5 + 0.001 * bound.abs();
        ascent.warm();
        ascent.climb(core, grid, target, f64::INFINITY, STEPS, knapsacks, control);
        let Some(agent) = clearest(core, ascent, &closed) else {
            return;
        };
        closed[agent] = true;
        owner.clear();
        owner.resize(core.settled.len(), usize::MAX);
        for pair in core.range(agent).filter(|&pair| ascent.relaxed.taken[pair]) {
            owner[core.job[pair] as usize] = agent;
        }
        dropped.clear();
        for other in 0..core.agents() {
            let of_pair = |pair| {
                let owner = owner[core.job[pair] as usize];
                owner != other && (owner == agent || other == agent)
            };
            dropped.extend(core.range(other).map(of_pair));
        }
        core.shrink(&mut dropped);
        let options = &core.options;
        core.open.retain(|&job| options[job as usize] > 0);
        ascent.refresh(core, knapsacks);
    }
}

/// The agent whose set agrees most with recent relaxed solutions.
fn clearest(core: &Core, ascent: &Ascent, closed: &[bool]) -> Option<usize> {
    let mut best = (f32::NEG_INFINITY, None);
    for (agent, &closed) in closed.iter().enumerate() {
        if closed || core.range(agent).is_empty() {
            continue;
        }
        let (mut agree, mut count) = (0.0, 0.0);
        for pair in core.range(agent).filter(|&pair| ascent.relaxed.taken[pair]) {
            agree += core.mean[pair];
            count += 1.0;
        }
        let share = agree / f32::max(count, 1.0);
        if share > best.0 {
            best = (share, Some(agent));
        }
    }
    best.1
}
