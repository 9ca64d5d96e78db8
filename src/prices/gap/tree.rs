//! Depth-first branch and bound on what is left to decide.
//!
//! Every node raises the bound a little from its parent's prices, drops all pairs whose bound says
//! that they cost too much, and branches on one pair: its job goes there, or never does. The same
//! search proves small instances, improves a few agents of large ones, and dives for first
//! solutions.

use super::bound::{Ascent, Grid};
use super::control::Control;
use super::core::{Core, NONE};
use super::fixing::Losses;
use super::knapsack::Knapsack;

/// A part of the problem that is still to be searched.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) core: Core,
    pub(super) prices: Vec<f64>,
    /// No solution of the part costs less.
    pub(super) bound: f64,
    step: f64,
}

/// How a search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing is left: no solution is better than the last found.
    Exhausted,
    /// The work allowed is done.
    Spent,
}

/// A search with its memory, reused from one to the next.
#[derive(Debug, Default)]
pub(super) struct Tree {
    stack: Vec<Node>,
    pool: Vec<Node>,
    ascent: Ascent,
    losses: Losses,
    knapsacks: Vec<Knapsack>,
    dropped: Vec<bool>,
    /// Largest cost that is still wanted.
    pub(super) worth: f64,
    /// Whether any solution will do: bounds are too far from `worth` then to drop pairs.
    pub(super) loose: bool,
    /// Agent of every open job of the best solution; empty where none was found.
    pub(super) found: Vec<u32>,
    /// Pairs looked at.
    pub(super) work: u64,
}

/// Steps of the ascent at a node.
const STEPS: u32 = 20;
/// Steps of the ascent before a search that needs a good bound at once.
const RAISES: u32 = 60;
impl Tree {
    /// Forgets everything.
    pub(super) fn clear(&mut self, worth: f64) {
        self.knapsacks.resize_with(1, Knapsack::default);
        self.pool.append(&mut self.stack);
        self.found.clear();
        self.worth = worth;
        self.loose = false;
        self.work = 0;
    }

    /// Forgets everything and starts with a part that `fill` writes, at given prices.
    pub(super) fn begin(&mut self, worth: f64, prices: &[f64], fill: impl FnOnce(&mut Core)) {
        let loose = self.loose;
        self.clear(worth);
        self.loose = loose;
        let mut root = self.pool.pop().unwrap_or_default();
        fill(&mut root.core);
        root.prices.clear();
        root.prices.extend_from_slice(prices);
        root.bound = f64::NEG_INFINITY;
        root.step = 0.5;
        self.stack.push(root);
    }

    /// Whether no part is open.
    pub(super) fn is_done(&self) -> bool {
        self.stack.is_empty()
    }

    /// Number of open parts.
    pub(super) fn open(&self) -> usize {
        self.stack.len()
    }

    /// Gives the oldest open part away.
    pub(super) fn give(&mut self) -> Option<Node> {
        (!self.stack.is_empty()).then(|| self.stack.remove(0))
    }

    /// Takes a part over.
    pub(super) fn take(&mut self, part: Node) {
        self.stack.push(part);
    }

    /// Raises the bound of the only open part, which must be in order, and returns the prices and
    /// the bound.
    pub(super) fn raise(&mut self, grid: &Grid, control: &Control<'_>) -> Option<(Vec<f64>, f64)> {
        let mut root = self.stack.pop()?;
        self.work += (root.core.pairs() as u64 + 1) * u64::from(RAISES);
        self.ascent.resume(&root.prices, root.step);
        self.ascent.refresh(&root.core, &mut self.knapsacks);
        let (worth, knapsacks) = (self.worth, &mut self.knapsacks[..]);
        let target = worth + 1.0;
        self.ascent.climb(
            &mut root.core,
            grid,
            target,
            worth,
            RAISES,
            knapsacks,
            control,
        );
        root.prices.clone_from(&self.ascent.prices);
        let prices = root.prices.clone();
        self.stack.push(root);
        Some((prices, self.ascent.bound()))
    }

    /// Searches until nothing is left or `nodes` nodes are done.
    pub(super) fn run(&mut self, grid: &Grid, nodes: u64, control: &Control<'_>) -> Verdict {
        for _ in 0..nodes {
            let Some(mut node) = self.stack.pop() else {
                return Verdict::Exhausted;
            };
            if node.bound > self.worth {
                self.pool.push(node);
                continue;
            }
            if control.stopped() {
                self.stack.push(node);
                return Verdict::Spent;
            }
            match self.explore(&mut node, grid, control) {
                Some(pair) => self.branch(node, pair),
                None => self.pool.push(node),
            }
        }
        if self.stack.is_empty() {
            Verdict::Exhausted
        } else {
            Verdict::Spent
        }
    }

    /// Works on a node; returns the pair to branch on, or nothing where the node is done.
    fn explore(&mut self, node: &mut Node, grid: &Grid, control: &Control<'_>) -> Option<usize> {
        let core = &mut node.core;
        let fits = core.open.iter().all(|&job| core.options[job as usize] > 0);
        if !fits {
            return None;
        }
        self.work += (core.pairs() as u64 + 1) * u64::from(STEPS + 40);
        self.ascent.resume(&node.prices, node.step);
        self.ascent.refresh(core, &mut self.knapsacks);
        let (worth, knapsacks) = (self.worth, &mut self.knapsacks[..]);
        let bound = self.ascent.bound();
        let target = (worth + 1.0).min(bound + 1.0 + 0.01 * bound.abs());
        self.ascent
            .climb(core, grid, target, worth, STEPS, knapsacks, control);
        if self.ascent.bound() > worth {
            return None;
        }
        let possible = if self.loose {
            self.losses.none(core)
        } else {
            self.losses
                .tighten(core, &mut self.ascent, worth, knapsacks, control)
        };
        if !possible {
            return None;
        }
        node.bound = self.ascent.bound();
        node.step = self.ascent.step.clamp(0.02, 0.5);
        node.prices.clone_from(&self.ascent.prices);
        if self.complete(core) {
            return None;
        }
        self.choose(core)
    }

    /// Keeps the relaxed solution where it gives every job to one agent and keeps capacities.
    fn complete(&mut self, core: &Core) -> bool {
        let taken = &self.ascent.relaxed.taken;
        if taken.iter().filter(|&&taken| taken).count() != core.open.len() {
            return false;
        }
        let mut agent_of = core.settled.clone();
        let mut cost = core.base;
        for (number, agent) in (0..).zip(0..core.agents()) {
            let mut room = core.room[agent];
            for pair in core.range(agent).filter(|&pair| taken[pair]) {
                let slot = &mut agent_of[core.job[pair] as usize];
                room -= i64::from(core.weight[pair]);
                if *slot != NONE || room < 0 {
                    return false;
                }
                *slot = number;
                cost += core.cost[pair];
            }
        }
        if cost <= self.worth {
            self.found = agent_of;
            self.worth = cost - 1.0;
        }
        cost <= self.ascent.bound()
    }

    /// The pair whose two branches both raise the bound most.
    fn choose(&self, core: &Core) -> Option<usize> {
        let slack = (self.worth - self.ascent.bound()).clamp(0.1, 1e12);
        let score = |pair: usize| {
            let loss_in = self.losses.of_pair[pair].min(slack) + 0.02 * slack;
            let loss_out = self.losses.out[pair].min(slack) + 0.02 * slack;
            let mean = f64::from(core.mean[pair]);
            loss_in * loss_out * (0.1 + mean)
        };
        (0..core.pairs()).max_by(|&a, &b| score(a).total_cmp(&score(b)))
    }

    /// Replaces a node by its two branches; the one with the pair chosen comes first.
    fn branch(&mut self, mut node: Node, pair: usize) {
        let job = node.core.job[pair];
        let mut chosen = self.pool.pop().unwrap_or_default();
        chosen.core.copy_from(&node.core);
        chosen.prices.clone_from(&node.prices);
        chosen.bound = node.bound;
        chosen.step = node.step;
        self.dropped.clear();
        self.dropped.extend(
            node.core
                .job
                .iter()
                .enumerate()
                .map(|(at, &other)| other == job && at != pair),
        );
        let alive = chosen.core.shrink(&mut self.dropped);
        self.dropped.clear();
        self.dropped.resize(node.core.pairs(), false);
        self.dropped[pair] = true;
        if node.core.shrink(&mut self.dropped) {
            self.stack.push(node);
        } else {
            self.pool.push(node);
        }
        if alive {
            self.stack.push(chosen);
        } else {
            self.pool.push(chosen);
        }
    }
}
