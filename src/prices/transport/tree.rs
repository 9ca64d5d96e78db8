//! The spanning tree of a basis.
//!
//! Nodes are reps 0..R, the root R, then markets. The root stands for hours that nobody uses: a
//! market's arc to it carries its unserved hours, its arc to a rep that rep's idle hours. All arcs run
//! from a market (or the root) to a rep (or the root), without limits. A rep without hours is no part
//! of the tree; its price is infinite, so that no arc to it can enter.
//!
//! Most markets are leaves: one rep serves them wholly. Their prices follow from their rep's, so only
//! the *core* – the root, the reps, and markets with children – is linked in lists of children, and
//! only its prices and depths are kept up. That makes a change of prices cost as many steps as there
//! are reps, however many markets there are.
//!
//! The tree stays *strongly feasible*: an arc without flow points to the root. Arcs that point away are
//! those of reps to their parents, so a rep's arc always has flow > 0. Together with the choice of
//! the leaving arc this rules out cycling.

use super::model::{Transport, id};

/// No node, or no arc: the arc to the root.
pub(super) const NONE: u32 = u32::MAX;

/// A node and its arc to its parent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    /// Hours on the arc to the parent.
    pub(super) flow: f64,
    pub(super) parent: u32,
    /// Position of the arc to the parent; [`NONE`] where the parent is the root.
    pub(super) arc: u32,
    /// Arcs to the root; kept up in the core only.
    pub(super) depth: u32,
    /// First child in the core.
    pub(super) child: u32,
    /// Siblings in the core.
    next: u32,
    previous: u32,
}

impl Node {
    pub(super) const ALONE: Self = Self {
        flow: 0.0,
        parent: NONE,
        arc: NONE,
        depth: 0,
        child: NONE,
        next: NONE,
        previous: NONE,
    };
}

/// A basis: a spanning tree with its flows, and the reps' prices. `clone_from` reuses the memory of the
/// basis that it overwrites.
#[derive(Debug)]
pub struct Basis {
    pub(super) nodes: Vec<Node>,
    /// Price of an hour of each rep; infinite where the rep has none.
    pub(super) price: Vec<f64>,
}

impl Clone for Basis {
    fn clone(&self) -> Self {
        Self {
            nodes: self.nodes.clone(),
            price: self.price.clone(),
        }
    }

    fn clone_from(&mut self, other: &Self) {
        self.nodes.clone_from(&other.nodes);
        self.price.clone_from(&other.price);
    }
}

impl Basis {
    /// The node of the root.
    pub(super) fn root(&self) -> usize {
        self.price.len()
    }

    /// The node of a market.
    pub(super) fn market(&self, market: usize) -> usize {
        self.price.len() + 1 + market
    }

    /// The market of a node, unless it is the root or a rep.
    pub(super) fn market_at(&self, node: usize) -> Option<usize> {
        node.checked_sub(self.price.len() + 1)
    }

    pub(super) fn is_market(&self, node: usize) -> bool {
        node > self.price.len()
    }

    /// Price of an hour at a market: what the hour on its arc to its parent is worth beyond the price
    /// of that parent.
    pub(super) fn market_price(&self, problem: &Transport, market: usize) -> f64 {
        let node = &self.nodes[self.market(market)];
        if node.arc == NONE {
            -problem.loss[market]
        } else {
            problem.value[node.arc as usize] - self.price[node.parent as usize]
        }
    }

    /// Hangs a node, now below nothing, below another one, which may itself be below nothing yet. Reps
    /// and markets with children are listed with their parent; a leaf market is not.
    pub(super) fn hang(&mut self, node: usize, parent: usize, arc: u32, flow: f64) {
        let entry = &mut self.nodes[node];
        (entry.parent, entry.arc, entry.flow) = (id(parent), arc, flow);
        let has_children = entry.child != NONE;
        if has_children || !self.is_market(node) {
            self.list(node, parent);
        }
    }

    fn list(&mut self, node: usize, parent: usize) {
        let first = self.nodes[parent].child;
        self.nodes[parent].child = id(node);
        (self.nodes[node].next, self.nodes[node].previous) = (first, NONE);
        if first != NONE {
            self.nodes[first as usize].previous = id(node);
        } else if self.is_market(parent) && self.nodes[parent].parent != NONE {
            let above = self.nodes[parent].parent as usize;
            self.list(parent, above);
        }
    }

    /// Takes a node from its parent; with its last child a market leaves the core.
    pub(super) fn take(&mut self, node: usize) {
        let Node {
            parent,
            child,
            next,
            previous,
            ..
        } = self.nodes[node];
        if self.is_market(node) && child == NONE {
            return;
        }
        if next != NONE {
            self.nodes[next as usize].previous = previous;
        }
        if previous != NONE {
            self.nodes[previous as usize].next = next;
            return;
        }
        let parent = parent as usize;
        if next == NONE && self.is_market(parent) {
            // Taken while it still has a child: as a leaf it would count as taken already.
            self.take(parent);
        }
        self.nodes[parent].child = next;
    }

    /// Hangs the part of the tree below and including `top` elsewhere: `inner`, a node of that part,
    /// becomes a child of `outer`, and the arcs from `inner` up to `top` turn around.
    pub(super) fn rehang(&mut self, top: usize, inner: usize, outer: usize, arc: u32, flow: f64) {
        let (mut node, mut parent, mut arc, mut flow) = (inner, outer, arc, flow);
        loop {
            let old = self.nodes[node];
            self.take(node);
            self.hang(node, parent, arc, flow);
            if node == top {
                return;
            }
            (parent, node) = (node, old.parent as usize);
            (arc, flow) = (old.arc, old.flow);
        }
    }

    /// Prices and depths of the core below and including a node whose parent's are right.
    pub(super) fn reprice(&mut self, problem: &Transport, top: usize) {
        let mut node = Some(top);
        while let Some(at) = node {
            self.reprice_one(problem, at);
            node = self.follower(at, top);
        }
    }

    /// The nodes of the core in preorder, the root first.
    pub(super) fn preorder(&self, order: &mut Vec<u32>) {
        order.clear();
        let root = self.root();
        let mut node = Some(root);
        while let Some(at) = node {
            order.push(id(at));
            node = self.follower(at, root);
        }
    }

    /// The node that follows in preorder within the part below and including `top`.
    fn follower(&self, node: usize, top: usize) -> Option<usize> {
        match self.nodes[node].child {
            NONE => self.after(node, top),
            child => Some(child as usize),
        }
    }

    /// The node that follows the whole part below `node` in preorder, within the part below `top`.
    fn after(&self, node: usize, top: usize) -> Option<usize> {
        let mut node = node;
        while node != top {
            let Node { next, parent, .. } = self.nodes[node];
            if next != NONE {
                return Some(next as usize);
            }
            node = parent as usize;
        }
        None
    }

    fn reprice_one(&mut self, problem: &Transport, node: usize) {
        let Node { parent, arc, .. } = self.nodes[node];
        if parent == NONE {
            return;
        }
        let parent = parent as usize;
        self.nodes[node].depth = self.nodes[parent].depth + 1;
        if node < self.price.len() {
            self.price[node] = match self.market_at(parent) {
                Some(market) => problem.value[arc as usize] - self.market_price(problem, market),
                None => 0.0,
            };
        }
    }
}
