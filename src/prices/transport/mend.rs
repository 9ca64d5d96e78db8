//! A tree mended after demands or capacities changed.
//!
//! Flows are found anew from the leaves to the root. What no longer fits is hung below the root, which
//! is always possible: a market stays unserved, a rep keeps idle hours. So the mended tree is feasible
//! and the primal simplex goes on from it.

use super::model::Transport;
use super::tree::{Basis, NONE, Node};

/// Mends trees, in memory that is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Mend {
    /// Hours of each rep that its children take.
    load: Vec<f64>,
    order: Vec<u32>,
}

impl Mend {
    /// Makes the basis feasible again and finds its flows and prices.
    pub(super) fn apply(&mut self, problem: &Transport, basis: &mut Basis) {
        self.load.clear();
        self.load.resize(problem.reps(), 0.0);
        basis.preorder(&mut self.order);
        for market in 0..problem.markets() {
            let node = basis.market(market);
            basis.nodes[node].flow = problem.demand[market];
            if basis.nodes[node].child == NONE {
                self.fit_market(problem, basis, node);
            }
        }
        for at in (1..self.order.len()).rev() {
            let node = self.order[at] as usize;
            if basis.is_market(node) {
                self.fit_market(problem, basis, node);
            } else {
                self.fit_rep(problem, basis, node);
            }
        }
        open_reps(problem, basis);
        basis.reprice(problem, basis.root());
    }

    /// Adds a market's flow to its rep, or leaves it unserved where the rep would be full: a rep's own
    /// arc needs flow.
    fn fit_market(&mut self, problem: &Transport, basis: &mut Basis, node: usize) {
        let (parent, flow) = (basis.nodes[node].parent as usize, basis.nodes[node].flow);
        if parent == basis.root() {
            return;
        }
        let load = self.load[parent] + flow;
        if load < problem.capacity[parent] {
            self.load[parent] = load;
        } else {
            basis.take(node);
            basis.hang(node, basis.root(), NONE, flow);
        }
    }

    /// Takes what a rep has left from its market, or leaves it idle where the market has too little.
    fn fit_rep(&mut self, problem: &Transport, basis: &mut Basis, node: usize) {
        let (parent, root) = (basis.nodes[node].parent as usize, basis.root());
        let flow = problem.capacity[node] - self.load[node];
        if flow <= 0.0 {
            basis.take(node);
            basis.nodes[node] = Node::ALONE;
            basis.price[node] = f64::INFINITY;
        } else if parent == root {
            basis.nodes[node].flow = flow;
        } else if flow <= basis.nodes[parent].flow {
            basis.nodes[node].flow = flow;
            basis.nodes[parent].flow -= flow;
        } else {
            basis.take(node);
            basis.hang(node, root, NONE, flow);
        }
    }
}

/// Hangs reps that had no hours, and now have some, below the root.
fn open_reps(problem: &Transport, basis: &mut Basis) {
    for (rep, &hours) in problem.capacity.iter().enumerate() {
        if basis.nodes[rep].parent == NONE && hours > 0.0 {
            basis.hang(rep, basis.root(), NONE, hours);
        }
    }
}
