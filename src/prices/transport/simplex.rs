//! The primal network simplex.

use std::fmt;

use super::mend::Mend;
use super::model::Transport;
use super::pricing::{arc_with, best_elsewhere, best_gain};
use super::start::Start;
use super::tree::{Basis, NONE};

/// Gains up to this share of the largest value count as none: prices are sums along paths of the tree,
/// and each step rounds.
const TOLERANCE: f64 = 1e-13;
/// Markets looked at from one question whether to stop to the next: at most some 0.1 ms.
const MARKETS_PER_QUESTION: u32 = 256;

/// When to stop before the optimum. The default is never.
#[derive(Clone, Copy)]
pub struct Limits<'a> {
    /// Pivots at most.
    pub pivots: u64,
    /// Asked before the first and then every 256 markets looked at; `true` stops the solve.
    pub stop: &'a dyn Fn() -> bool,
}

impl Default for Limits<'_> {
    fn default() -> Self {
        Self {
            pivots: u64::MAX,
            stop: &|| false,
        }
    }
}

impl fmt::Debug for Limits<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limits")
            .field("pivots", &self.pivots)
            .finish_non_exhaustive()
    }
}

/// Why a solve ended. Flows and prices are feasible and bound the optimum in every case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Nothing can be improved.
    Optimal,
    /// [`Limits::stop`] said so.
    Stopped,
    /// [`Limits::pivots`] are used up.
    PivotLimit,
}

/// The primal network simplex on problems of one shape. It keeps its memory: neither pivots nor solves
/// after the first allocate. The same calls give the same answers.
///
/// Every solve takes the problem as it now stands. After a change call the `resolve_` method for its
/// kind, or [`restart`](Self::restart); methods panic when the problem has another shape than the one
/// of [`cold`](Self::cold).
#[derive(Clone, Debug)]
pub struct Simplex {
    pub(super) basis: Basis,
    start: Start,
    mend: Mend,
    /// Prices before a change.
    before: Vec<f64>,
    /// The market looked at next.
    cursor: usize,
    /// For each market, from when it was looked at: the rep it had, and the most that anything else gave
    /// it, less the value of an hour with that rep and less what prices had fallen until then. With what
    /// they have fallen by now that limits what anything else gives.
    elsewhere: Vec<(u32, f64)>,
    /// Sum of all falls of prices in this solve, that of the reps who fell most.
    fallen: f64,
    pivots: u64,
}

/// The arc that leaves the basis.
struct Leaving {
    /// Hours pushed around the cycle.
    push: f64,
    /// The node whose arc to its parent leaves.
    node: usize,
    /// Whether that node lies between the sink of the entering arc and the apex.
    at_sink: bool,
    /// The topmost node of the cycle.
    apex: usize,
}

impl Simplex {
    /// A first basis for a problem, not yet solved.
    #[must_use]
    pub fn cold(problem: &Transport) -> Self {
        let mut basis = Basis {
            nodes: Vec::new(),
            price: vec![0.0; problem.reps()],
        };
        let mut start = Start::default();
        start.build(problem, &mut basis);
        Self {
            basis,
            start,
            mend: Mend::default(),
            before: Vec::new(),
            cursor: 0,
            elsewhere: Vec::new(),
            fallen: 0.0,
            pivots: 0,
        }
    }

    /// The present basis, to be cloned and loaded again later.
    #[must_use]
    pub fn basis(&self) -> &Basis {
        &self.basis
    }

    /// Returns to a basis of a problem of the same shape. If numbers have changed since, a `resolve_`
    /// method or [`restart`](Self::restart) must follow.
    pub fn load(&mut self, basis: &Basis) {
        self.basis.clone_from(basis);
        self.cursor = 0;
    }

    /// Pivots of the last solve.
    #[must_use]
    pub fn pivots(&self) -> u64 {
        self.pivots
    }

    /// Solves after values or losses changed, from the present tree with its flows – unless the change
    /// moves most prices of that tree: they are then further from right than those before the change,
    /// and this is a [`restart`](Self::restart) at the latter.
    pub fn resolve_values(&mut self, problem: &Transport, limits: &Limits<'_>) -> Ended {
        self.check(problem);
        self.before.clone_from(&self.basis.price);
        self.basis.reprice(problem, self.basis.root());
        let priced = self.before.iter().filter(|&&price| price > 0.0).count();
        let pairs = self.before.iter().zip(&self.basis.price);
        let scale = TOLERANCE * problem.scale;
        let moved = pairs.filter(|(before, now)| (**before - **now).abs() > scale);
        if 2 * moved.count() > priced {
            std::mem::swap(&mut self.before, &mut self.basis.price);
            return self.restart(problem, limits);
        }
        self.solve(problem, limits)
    }

    /// Solves after demands or capacities changed (and values, if any), from the present tree with its
    /// flows found anew.
    pub fn resolve_quantities(&mut self, problem: &Transport, limits: &Limits<'_>) -> Ended {
        self.check(problem);
        self.mend.apply(problem, &mut self.basis);
        self.solve(problem, limits)
    }

    /// Solves after any change, from a new tree built at the present prices.
    pub fn restart(&mut self, problem: &Transport, limits: &Limits<'_>) -> Ended {
        self.check(problem);
        self.start.build(problem, &mut self.basis);
        self.cursor = 0;
        self.solve(problem, limits)
    }

    /// Solves from the present basis, which must fit the problem's numbers.
    pub fn solve(&mut self, problem: &Transport, limits: &Limits<'_>) -> Ended {
        self.check(problem);
        let tolerance = TOLERANCE * problem.scale;
        let markets = problem.markets();
        let (mut quiet, mut unasked) = (0, 0);
        self.pivots = 0;
        self.fallen = 0.0;
        self.elsewhere.clear();
        self.elsewhere.resize(markets, (NONE, f64::INFINITY));
        loop {
            if unasked == 0 {
                if (limits.stop)() {
                    return Ended::Stopped;
                }
                unasked = MARKETS_PER_QUESTION;
            }
            unasked -= 1;
            if self.pivots >= limits.pivots {
                return Ended::PivotLimit;
            }
            let improved = if quiet < markets {
                let market = self.cursor;
                self.cursor = if market + 1 < markets { market + 1 } else { 0 };
                self.improve_market(problem, market, tolerance)
            } else if self.improve_idle(problem, tolerance) {
                true
            } else {
                return Ended::Optimal;
            };
            quiet = if improved { 0 } else { quiet + 1 };
        }
    }

    fn check(&self, problem: &Transport) {
        let (markets, reps) = (problem.markets(), problem.reps());
        let (nodes, own_reps) = (self.basis.nodes.len(), self.basis.price.len());
        assert_eq!((own_reps, nodes), (reps, reps + 1 + markets), "other shape");
    }

    /// Lets the rep of the most negative price keep idle hours; whether there is one.
    fn improve_idle(&mut self, problem: &Transport, tolerance: f64) -> bool {
        let price = &self.basis.price;
        let least = (0..price.len()).min_by(|&a, &b| price[a].total_cmp(&price[b]));
        let Some(rep) = least.filter(|&rep| price[rep] < -tolerance) else {
            return false;
        };
        self.pivot(problem, self.basis.root(), rep, NONE);
        true
    }

    /// Moves hours of a market along its best arc, if that is better than the present ones; whether
    /// it is.
    fn improve_market(&mut self, problem: &Transport, market: usize, tolerance: f64) -> bool {
        let basis = &mut self.basis;
        let own = basis.nodes[basis.market(market)].parent;
        let (known, more) = self.elsewhere[market];
        let at = own as usize;
        if known == own && more + self.fallen + basis.price[at] <= tolerance {
            return false;
        }
        let enough = basis.market_price(problem, market) + tolerance;
        let unserved = -problem.loss[market];
        let gain = if at == basis.root() {
            best_gain(problem, &basis.price, market)
        } else {
            let gain = best_elsewhere(problem, &mut basis.price, market, at);
            let arc = basis.nodes[basis.market(market)].arc as usize;
            let more = gain.max(unserved) - problem.value[arc];
            self.elsewhere[market] = (own, more - self.fallen);
            gain
        };
        if gain.max(unserved) <= enough {
            return false;
        }
        let (source, mut sink, mut arc) = (basis.market(market), basis.root(), NONE);
        if gain > unserved {
            arc = arc_with(problem, &basis.price, market, gain);
            sink = problem.rep[arc as usize] as usize;
            let tied = basis.nodes[sink].parent as usize == source;
            if tied {
                // The arc is basic already: its gain is rounding, and entering it would never end.
                return false;
            }
        }
        self.pivot(problem, source, sink, arc);
        true
    }

    /// Brings an arc into the basis: the one at position `arc`, or [`NONE`] for one to or from the root.
    fn pivot(&mut self, problem: &Transport, source: usize, sink: usize, arc: u32) {
        self.pivots += 1;
        let nodes = &mut self.basis.nodes;
        if nodes[source].parent != NONE {
            // The depth of a leaf market is not kept up.
            nodes[source].depth = nodes[nodes[source].parent as usize].depth + 1;
        }
        let leaving = self.leaving(source, sink);
        self.push(&leaving, source, sink);
        let Leaving { push, node, .. } = leaving;
        let (inner, outer) = if leaving.at_sink {
            (sink, source)
        } else {
            (source, sink)
        };
        let leaf = node == source && self.basis.nodes[source].child == NONE;
        self.basis.rehang(node, inner, outer, arc, push);
        if !leaf {
            self.reprice(problem, inner);
        }
    }

    /// Prices below a node that has moved. Those of all reps there change by the same.
    fn reprice(&mut self, problem: &Transport, top: usize) {
        let basis = &mut self.basis;
        let rep = if basis.is_market(top) {
            basis.nodes[top].child as usize
        } else {
            top
        };
        let before = basis.price[rep];
        basis.reprice(problem, top);
        self.fallen += (before - basis.price[rep]).max(0.0);
    }

    /// Finds the arc that first runs out of flow. Hours run from the apex down to the source, along the
    /// entering arc, and from the sink up; of several such arcs the last in that direction leaves,
    /// which keeps the tree strongly feasible.
    fn leaving(&self, source: usize, sink: usize) -> Leaving {
        let nodes = &self.basis.nodes;
        let reps = self.basis.price.len();
        let (mut down, mut up) = (source, sink);
        let (mut least_down, mut node_down) = (f64::INFINITY, source);
        let (mut least_up, mut node_up) = (f64::INFINITY, sink);
        while down != up {
            if nodes[down].depth >= nodes[up].depth {
                if down > reps && nodes[down].flow < least_down {
                    (least_down, node_down) = (nodes[down].flow, down);
                }
                down = nodes[down].parent as usize;
            } else {
                if up < reps && nodes[up].flow <= least_up {
                    (least_up, node_up) = (nodes[up].flow, up);
                }
                up = nodes[up].parent as usize;
            }
        }
        let at_sink = least_up <= least_down;
        Leaving {
            push: least_up.min(least_down),
            node: if at_sink { node_up } else { node_down },
            at_sink,
            apex: down,
        }
    }

    /// Pushes hours around the cycle. Markets' arcs point up and reps' arcs down, which tells whether
    /// they gain or lose.
    fn push(&mut self, leaving: &Leaving, source: usize, sink: usize) {
        let reps = self.basis.price.len();
        let nodes = &mut self.basis.nodes;
        let mut node = source;
        while node != leaving.apex {
            let loses = node > reps;
            nodes[node].flow += if loses { -leaving.push } else { leaving.push };
            node = nodes[node].parent as usize;
        }
        node = sink;
        while node != leaving.apex {
            let loses = node < reps;
            nodes[node].flow += if loses { -leaving.push } else { leaving.push };
            node = nodes[node].parent as usize;
        }
    }
}
