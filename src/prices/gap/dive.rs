//! First assignments: agents are settled one after the other, each with the jobs of its knapsack.
//!
//! At good prices the best set of an agent costs nothing against the bound. The agent whose set
//! agrees most with recent relaxed solutions takes it, the prices of what is left are raised again,
//! and so on, as diving does with the columns of a set partitioning problem. The last few agents are
//! left to branch and bound.

use super::bound::{Ascent, Grid};
use super::control::{Control, Random};
use super::core::{Core, NONE};
use super::knapsack::Knapsack;
use super::start;
use super::tree::Tree;

/// Steps of the ascent between two agents.
const STEPS: u32 = 30;
/// Jobs that are left to the last agents, about; and how many agents those are at least and at most.
const LAST_JOBS: usize = 50;
const LAST: (usize, usize) = (2, 5);
/// Pairs of least reduced cost that every job keeps.
const NEAR: usize = 10;
/// Nodes of each attempt at the last agents.
const NODES: u64 = 300;
/// The first attempt's distance from the bound, as a share of it; each next one is twice as far.
const FIRST_AIM: f64 = 5e-5;
/// Attempts at the last agents.
const AIMS: u32 = 8;
/// By how much a random dive may mistake the agreement of an agent, in 1024ths.
const DOUBT: usize = 128;

/// What a dive ends with.
pub(super) enum Catch {
    /// Every job has an agent.
    Whole(Vec<u32>),
    /// Some jobs lack one.
    Part(Vec<u32>),
}

/// A dive with its memory.
#[derive(Debug)]
pub(super) struct Diver {
    core: Core,
    ascent: Ascent,
    knapsacks: Vec<Knapsack>,
    tree: Tree,
    random: Random,
    /// Whether agents are taken in an order that is partly random.
    doubtful: bool,
    /// Pairs looked at.
    pub(super) work: u64,
}

impl Diver {
    /// The first diver follows the prices, all others doubt them.
    pub(super) fn new(seed: u64, number: u64) -> Self {
        let mut knapsacks = Vec::new();
        knapsacks.resize_with(1, Knapsack::default);
        Self {
            core: Core::default(),
            ascent: Ascent::default(),
            knapsacks,
            tree: Tree::default(),
            random: Random::new(seed, 1 + number),
            doubtful: number > 0,
            work: 0,
        }
    }

    /// Dives from a core and its prices.
    pub(super) fn dive(
        &mut self,
        core: &Core,
        ascent: &Ascent,
        grid: &Grid,
        control: &Control<'_>,
    ) -> Catch {
        self.core.copy_from(core);
        self.ascent.clone_from(ascent);
        self.narrow();
        self.settle(grid, control);
        self.doubtful = true;
        let whole = self.finish(grid, control);
        whole.map_or_else(
            || {
                let draft = start::draft(&self.core, &self.ascent);
                if draft.contains(&NONE) {
                    Catch::Part(draft)
                } else {
                    Catch::Whole(draft)
                }
            },
            Catch::Whole,
        )
    }

    /// Drops all but the pairs of least reduced cost of every job.
    fn narrow(&mut self) {
        let core = &mut self.core;
        let mut of_job: Vec<Vec<(f64, usize)>> = vec![Vec::new(); core.settled.len()];
        for agent in 0..core.agents() {
            let price = self.ascent.relaxed.best[agent].price;
            for pair in core.range(agent) {
                let reduced = core.cost[pair] + price * f64::from(core.weight[pair]);
                of_job[core.job[pair] as usize].push((reduced, pair));
            }
        }
        let mut dropped = vec![false; core.pairs()];
        for list in &mut of_job {
            list.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            for &(_, pair) in list.iter().skip(NEAR) {
                dropped[pair] = true;
            }
        }
        core.shrink(&mut dropped);
        self.ascent.refresh(core, &mut self.knapsacks);
    }

    /// Settles all agents but the last ones. Jobs that no agent has room for are given up: they are
    /// neither open nor settled. The core and the ascent are those of what is left.
    fn settle(&mut self, grid: &Grid, control: &Control<'_>) {
        let agents = self.core.agents();
        let last = LAST_JOBS * agents / self.core.settled.len().max(1);
        let mut closed = vec![false; agents];
        for _ in last.clamp(LAST.0, LAST.1)..agents {
            if self.core.open.is_empty() || control.stopped() {
                return;
            }
            let bound = self.ascent.bound();
            let target = bound + 0.5 + 0.001 * bound.abs();
            self.ascent.warm();
            let (core, knapsacks) = (&mut self.core, &mut self.knapsacks[..]);
            let steps =
                (self.ascent).climb(core, grid, target, f64::INFINITY, STEPS, knapsacks, control);
            self.work += u64::from(steps + 1) * (core.pairs() as u64 + 1);
            let Some(agent) = self.clearest(&closed) else {
                return;
            };
            closed[agent] = true;
            self.close(agent);
        }
    }

    /// Gives an agent the jobs of its knapsack, and no others.
    fn close(&mut self, agent: usize) {
        let core = &mut self.core;
        let taken = &self.ascent.relaxed.taken;
        let mut owned = vec![false; core.settled.len()];
        for pair in core.range(agent).filter(|&pair| taken[pair]) {
            owned[core.job[pair] as usize] = true;
        }
        let mut dropped = Vec::with_capacity(core.pairs());
        for other in 0..core.agents() {
            let wrong = |pair: usize| owned[core.job[pair] as usize] != (other == agent);
            let touched = |pair: usize| other == agent || owned[core.job[pair] as usize];
            dropped.extend(core.range(other).map(|pair| touched(pair) && wrong(pair)));
        }
        core.shrink(&mut dropped);
        let options = &core.options;
        core.open.retain(|&job| options[job as usize] > 0);
        self.ascent.refresh(core, &mut self.knapsacks);
    }

    /// The agent whose set agrees most with recent relaxed solutions.
    fn clearest(&mut self, closed: &[bool]) -> Option<usize> {
        let mut best = (f32::NEG_INFINITY, None);
        for (agent, &closed) in closed.iter().enumerate() {
            let pairs = self.core.range(agent);
            if closed || pairs.is_empty() {
                continue;
            }
            let (mut agree, mut count) = (0.0, 0.0);
            for pair in pairs.filter(|&pair| self.ascent.relaxed.taken[pair]) {
                agree += self.core.mean[pair];
                count += 1.0;
            }
            let doubt = if self.doubtful {
                self.random.below(DOUBT)
            } else {
                0
            };
            let doubt = f32::from(u16::try_from(doubt).unwrap_or(0)) / 1024.0;
            let score = agree / f32::max(count, 1.0) - doubt;
            if score > best.0 {
                best = (score, Some(agent));
            }
        }
        best.1
    }

    /// The best that branch and bound finds for the last agents; nothing where jobs are given up.
    fn finish(&mut self, grid: &Grid, control: &Control<'_>) -> Option<Vec<u32>> {
        let core = &self.core;
        let undecided = core.settled.iter().filter(|&&agent| agent == NONE).count();
        if undecided != core.open.len() {
            return None;
        }
        if undecided == 0 {
            return Some(core.settled.clone());
        }
        let bound = self.ascent.bound();
        let mut distance = (FIRST_AIM * bound.abs()).max(1.0);
        for _ in 0..AIMS {
            let aim = (bound + distance).floor();
            self.tree
                .begin(aim, &self.ascent.prices, |part| part.copy_from(core));
            self.tree.run(grid, NODES, control);
            self.work += self.tree.work;
            if !self.tree.found.is_empty() {
                return Some(self.tree.found.clone());
            }
            distance *= 2.0;
        }
        None
    }
}
