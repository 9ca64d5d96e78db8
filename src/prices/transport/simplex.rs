//! The primal network simplex.

use super::model::Transport;
use super::pricing::{arc_with, best_gain};
use super::tree::{Basis, NONE};

/// Reduced values up to this share of the largest value count as 0: prices are sums along paths of
/// the tree, and each step rounds.
const TOLERANCE: f64 = 1e-13;
/// Markets looked at between two questions whether to stop.
const MARKETS_PER_QUESTION: usize = 256;

/// When to stop early.
#[derive(Clone, Copy)]
pub struct Limits<'a> {
    /// Pivots at most.
    pub pivots: u64,
    /// Asked now and then; stops the solve where it says true.
    pub stop: &'a dyn Fn() -> bool,
}

/// Network simplex on a [`Transport`].
#[derive(Clone, Debug)]
pub struct Simplex {
    pub(super) basis: Basis,
    /// Market at which pricing goes on.
    cursor: usize,
    pivots: u64,
    pub structural: u64,
    pub sweeps: u64,
}

impl Simplex {
    pub fn cold(problem: &Transport) -> Self {
        Self {
            basis: Basis::cold(problem),
            cursor: 0,
            pivots: 0,
            structural: 0,
            sweeps: 0,
        }
    }

    pub fn basis(&self) -> &Basis {
        &self.basis
    }

    pub fn load(&mut self, basis: &Basis) {
        self.basis.clone_from(basis);
        self.cursor = 0;
        self.pivots = 0;
        self.structural = 0;
        self.sweeps = 0;
    }
    pub fn pivots(&self) -> u64 {
        self.pivots
    }

    pub fn resolve_values(&mut self, problem: &Transport, limits: &Limits<'_>) -> bool {
        let root = self.basis.root();
        self.basis.reprice(problem, root);
        self.solve(problem, limits)
    }

    pub fn solve(&mut self, problem: &Transport, limits: &Limits<'_>) -> bool {
        let tolerance = TOLERANCE * problem.scale;
        let markets = problem.markets();
        let mut quiet = 0;
        let mut scanned = 0u64;
        loop {
            if quiet >= markets {
                if !self.enter_idle(problem, tolerance) {
                    break;
                }
                quiet = 0;
            }
            let market = self.cursor;
            self.cursor = if market + 1 == markets { 0 } else { market + 1 };
            scanned += 1;
            if self.enter_market(problem, market, tolerance) {
                quiet = 0;
            } else {
                quiet += 1;
            }
        }
        self.sweeps += scanned / (markets.max(1) as u64);
        true
    }

    /// Lets a rep of negative price keep idle hours.
    fn enter_idle(&mut self, problem: &Transport, tolerance: f64) -> bool {
        let price = &self.basis.price;
        let worst = (0..price.len()).min_by(|&a, &b| price[a].total_cmp(&price[b]));
        match worst.filter(|&rep| price[rep] < -tolerance) {
            Some(rep) => {
                let root = self.basis.root();
                self.pivot(problem, root, rep, NONE);
                true
            }
            None => false,
        }
    }

    fn enter_market(&mut self, problem: &Transport, market: usize, tolerance: f64) -> bool {
        let basis = &self.basis;
        let enough = basis.market_price(problem, market) + tolerance;
        let gain = best_gain(problem, &basis.price, market);
        let unserved = -problem.loss[market];
        let node = basis.market(market);
        if unserved > enough && unserved > gain {
            self.pivot(problem, node, basis.root(), NONE);
            return true;
        }
        if gain <= enough {
            return false;
        }
        let Some(arc) = arc_with(problem, &basis.price, market, gain) else {
            return false;
        };
        self.pivot(problem, node, problem.rep[arc as usize] as usize, arc);
        true
    }

    fn pivot(&mut self, problem: &Transport, source: usize, sink: usize, arc: u32) {
        self.pivots += 1;
        let nodes = &mut self.basis.nodes;
        let reps = self.basis.price.len();
        if source > reps {
            nodes[source].depth = nodes[nodes[source].parent as usize].depth + 1;
        }
        // first pass: theta
        let (mut a, mut b) = (source, sink);
        let mut theta = f64::INFINITY;
        let mut top_a = NONE;
        let mut top_b = NONE;
        let mut theta_b = f64::INFINITY;
        while a != b {
            if nodes[a].depth >= nodes[b].depth {
                if a > reps && nodes[a].flow < theta {
                    theta = nodes[a].flow;
                    top_a = a as u32;
                }
                a = nodes[a].parent as usize;
            } else {
                if b < reps && nodes[b].flow <= theta_b {
                    theta_b = nodes[b].flow;
                    top_b = b as u32;
                }
                b = nodes[b].parent as usize;
            }
        }
        let from_b = theta_b <= theta;
        let theta = if from_b { theta_b } else { theta };
        let apex = a;
        if theta > 0.0 {
            let mut a = source;
            while a != apex {
                nodes[a].flow += if a > reps { -theta } else { theta };
                a = nodes[a].parent as usize;
            }
            let mut b = sink;
            while b != apex {
                nodes[b].flow += if b < reps { -theta } else { theta };
                b = nodes[b].parent as usize;
            }
        }
        if from_b {
            self.basis.rehang(top_b as usize, sink, source, arc, theta);
            self.structural += 1;
            self.basis.reprice(problem, sink);
        } else {
            let leaf = top_a as usize == source && self.basis.nodes[source].child == NONE;
            self.basis.rehang(top_a as usize, source, sink, arc, theta);
            if !leaf {
                self.structural += 1;
                self.basis.reprice(problem, source);
            }
        }
    }
}
