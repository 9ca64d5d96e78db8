//! Better prices by the volume method (Barahona and Anbil 2000, "The volume algorithm: producing
//! primal solutions with a subgradient method", Mathematical Programming 87:385).
//!
//! The direction is a running average of subgradients; the same average of the chosen sites tends
//! to the open shares of the linear program, which tell what to branch on. Steps start at the best
//! prices so far. Every evaluation also decides sites: if `D + S[i]` of a site that is not chosen, or
//! `D − S[i]` of one that is, does not exceed the best known value, the other choice cannot win.

use super::instance::Instance;
use super::node::{Lagrangian, Node, State};

/// Largest weight of the newest subgradient in the average.
const NEWEST: f64 = 0.2;
/// First length of steps, as a part of the length that would reach the target on a line.
const FIRST_STEP: f64 = 0.5;
/// Evaluations without improvement before steps get shorter.
const PATIENCE: u32 = 5;
/// Evaluations between two removals of idle pairs.
const COMPACT_EVERY: usize = 10;

/// Scratch of the descent, kept between nodes.
#[derive(Debug, Default)]
pub(super) struct Descent {
    pub(super) lagrangian: Lagrangian,
    trial: Vec<f64>,
    direction: Vec<f64>,
    /// Evaluations so far.
    pub(super) evaluations: usize,
}

impl Descent {
    /// Improves the prices of a node and decides its sites, until its bound is at most `target` or
    /// after so many evaluations; returns the largest bound of a choice that was ruled out, −∞ if
    /// none was.
    pub(super) fn run(
        &mut self,
        instance: &Instance,
        node: &mut Node,
        target: f64,
        evaluations: usize,
    ) -> f64 {
        let mut ruled_out = f64::NEG_INFINITY;
        let mut step = FIRST_STEP;
        let mut failures = 0;
        let mut compact_at = node.free;
        node.bound = self.lagrangian.evaluate(instance, node, &node.price);
        self.lagrangian.count(instance, node);
        self.direction.clone_from(&self.lagrangian.slack);
        self.average_shares(node, 1.0);
        ruled_out = self.decide(node, node.bound, target).max(ruled_out);
        for round in 1..=evaluations {
            if node.bound <= target || node.free == 0 {
                break;
            }
            if round % COMPACT_EVERY == 0 && node.free < compact_at {
                node.compact(instance);
                compact_at = node.free;
            }
            if !self.try_prices(node, step, target) {
                break;
            }
            self.evaluations += 1;
            let bound = self.lagrangian.evaluate(instance, node, &self.trial);
            ruled_out = self.decide(node, bound, target).max(ruled_out);
            self.lagrangian.count(instance, node);
            let agreement = dot(&self.lagrangian.slack, &self.direction);
            let weight = self.weight();
            blend(&mut self.direction, &self.lagrangian.slack, weight);
            self.average_shares(node, weight);
            if bound < node.bound {
                std::mem::swap(&mut node.price, &mut self.trial);
                node.bound = bound;
                failures = 0;
                if agreement > 0.0 {
                    step = (step * 1.1).min(2.0);
                }
            } else {
                failures += 1;
                if failures >= PATIENCE {
                    step *= 0.66;
                    failures = 0;
                }
            }
        }
        node.compact(instance);
        ruled_out
    }

    /// Prices one step from the node's; false if no price would change.
    fn try_prices(&mut self, node: &Node, step: f64, target: f64) -> bool {
        let movable = |(unit, &slack): (usize, &f64)| {
            let held = slack > 0.0 && node.price[unit] <= node.floor[unit];
            if held { 0.0 } else { slack * slack }
        };
        let norm: f64 = self.direction.iter().enumerate().map(movable).sum();
        if norm < 1e-18 {
            return false;
        }
        let length = step * (node.bound - target) / norm;
        self.trial.clear();
        for (unit, &slack) in self.direction.iter().enumerate() {
            let price = node.price[unit] - length * slack;
            self.trial.push(price.max(node.floor[unit]));
        }
        true
    }

    /// Weight of the newest subgradient that makes the average shortest.
    fn weight(&self) -> f64 {
        let (new, old) = (&self.lagrangian.slack, &self.direction);
        let (nn, no, oo) = (dot(new, new), dot(new, old), dot(old, old));
        let width = nn - 2.0 * no + oo;
        if width <= 0.0 {
            return NEWEST;
        }
        ((oo - no) / width).clamp(NEWEST / 10.0, NEWEST)
    }

    fn average_shares(&self, node: &mut Node, weight: f64) {
        for site in 0..node.state.len() {
            let chosen = f64::from(u8::from(self.lagrangian.chosen(node, site)));
            node.share[site] += weight * (chosen - node.share[site]);
        }
    }

    fn decide(&self, node: &mut Node, bound: f64, target: f64) -> f64 {
        let mut ruled_out = f64::NEG_INFINITY;
        for site in 0..node.state.len() {
            let surplus = self.lagrangian.surplus[site];
            let otherwise = bound - surplus.abs();
            if node.state[site] == State::Free && otherwise <= target {
                let chosen = surplus > 0.0;
                node.decide(site, if chosen { State::Open } else { State::Closed });
                ruled_out = ruled_out.max(otherwise);
            }
        }
        ruled_out
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn blend(average: &mut [f64], newest: &[f64], weight: f64) {
    for (average, newest) in average.iter_mut().zip(newest) {
        *average += weight * (newest - *average);
    }
}
