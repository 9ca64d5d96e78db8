//! Depth-first branch and bound over the sites.

use super::ascent::Ascent;
use super::descent::Descent;
use super::instance::{Instance, NONE};
use super::node::{Node, State};
use super::search::Search;

/// When to stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Proved when bound − value is at most this; ≥ 0, in the unit of the profits.
    pub absolute: f64,
    /// Or at most this part of the value; ≥ 0.
    pub relative: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            absolute: 1e-4,
            relative: 1e-9,
        }
    }
}

/// What a neighboring task's solution offers for a start.
#[derive(Clone, Copy, Debug)]
pub struct Start<'a> {
    /// A price for each unit; ignored if there are not as many as units or one is not finite.
    pub prices: &'a [f64],
    /// Sites to open; numbers that are no site are ignored.
    pub open: &'a [u32],
}

/// Open sites, who goes where, and the proof.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// Open sites, ascending.
    pub open: Vec<u32>,
    /// Site of each unit; `None` for a unit that stays unserved.
    pub assigned: Vec<Option<u32>>,
    /// Profits and values of unserved units, less the fixed costs of open sites.
    pub value: f64,
    /// Proved limit on the value of every solution; ≥ `value`.
    pub bound: f64,
    /// Whether the gap is as small as asked for; false only if the run was stopped.
    pub proved: bool,
    /// Nodes of the tree that were looked at.
    pub nodes: usize,
    /// Evaluations of the Lagrangian.
    pub evaluations: usize,
    /// v of the module's header, one for each unit, in the unit of the profits: what a unit is worth
    /// once it has paid its part of the fixed costs. Its profit less v is what it pays.
    pub prices: Vec<f64>,
}

/// Evaluations at the root between two searches for a better set.
const ROUND: usize = 100;
/// Rounds at the root.
const ROUNDS: usize = 4;
/// Evaluations at any other node.
const PER_NODE: usize = 40;

struct Tree<'a> {
    instance: &'a Instance,
    options: Options,
    stop: &'a dyn Fn() -> bool,
    search: Search,
    descent: Descent,
    open: Vec<bool>,
    value: f64,
    /// Largest bound of a part that was given up.
    given_up: f64,
    nodes: usize,
    stopped: bool,
    pool: Vec<Node>,
}

/// Solves a task to the gap asked for, or until `stop` says true.
///
/// `start` changes how long it takes, not what is proved. `stop` is asked at every node and between
/// descents at the root, first when there is a set and a bound. The same input gives the same
/// output, if `stop` does.
#[must_use]
pub fn solve(
    instance: &Instance,
    options: &Options,
    start: Option<&Start<'_>>,
    stop: &dyn Fn() -> bool,
) -> Solution {
    let mut tree = Tree {
        instance,
        options: *options,
        stop,
        search: Search::new(instance),
        descent: Descent::default(),
        open: vec![false; instance.sites()],
        value: f64::NEG_INFINITY,
        given_up: f64::NEG_INFINITY,
        nodes: 0,
        stopped: false,
        pool: Vec::new(),
    };
    let mut root = Node::root(instance);
    tree.begin(&mut root, start);
    tree.solve_root(&mut root);
    let prices = root.price.clone();
    tree.explore(&mut root);
    tree.finish(prices)
}

impl Tree<'_> {
    fn begin(&mut self, root: &mut Node, start: Option<&Start<'_>>) {
        let units = self.instance.units();
        if let Some(start) = start {
            let finite = start.prices.iter().all(|price| price.is_finite());
            if start.prices.len() == units && finite {
                let raised = start.prices.iter().zip(&root.floor);
                root.price
                    .extend(raised.map(|(price, floor)| price.max(*floor)));
            }
        }
        let mut open = vec![false; self.instance.sites()];
        Ascent::default().run(self.instance, root, &mut open);
        match start.filter(|start| !start.open.is_empty()) {
            Some(start) => self.open_from(start.open),
            None => self.search.open = open,
        }
        self.improve();
    }

    fn open_from(&mut self, sites: &[u32]) {
        self.search.open.fill(false);
        for &site in sites {
            let may = self.instance.may_open.get(site as usize);
            if may == Some(&true) {
                self.search.open[site as usize] = true;
            }
        }
    }

    /// Improves the set in `search` and keeps it if it is the best so far.
    fn improve(&mut self) {
        self.search.improve(self.instance);
        self.keep();
    }

    fn keep(&mut self) {
        if self.search.value > self.value {
            self.value = self.search.value;
            self.open.clone_from(&self.search.open);
        }
    }

    /// A bound up to here proves the best set.
    fn target(&self) -> f64 {
        let relative = self.options.relative * self.value.abs();
        self.value + self.options.absolute.max(relative)
    }

    fn descend(&mut self, node: &mut Node, evaluations: usize) {
        let target = self.target();
        let ruled_out = self.descent.run(self.instance, node, target, evaluations);
        self.given_up = self.given_up.max(ruled_out);
    }

    fn solve_root(&mut self, root: &mut Node) {
        for _ in 0..ROUNDS {
            self.descend(root, ROUND);
            if self.done(root) {
                return;
            }
            self.try_chosen(root);
        }
    }

    fn done(&mut self, node: &Node) -> bool {
        self.stopped = self.stopped || (self.stop)();
        self.stopped || node.free == 0 || node.bound <= self.target()
    }

    /// Improves the set that the node's last prices choose.
    fn try_chosen(&mut self, node: &Node) {
        for site in 0..self.instance.sites() {
            self.search.open[site] = self.descent.lagrangian.chosen(node, site);
        }
        self.improve();
    }

    fn explore(&mut self, node: &mut Node) {
        let mut child = self.pool.pop().unwrap_or_default();
        loop {
            self.nodes += 1;
            if self.nodes > 1 && !self.stopped {
                self.descend(node, PER_NODE);
            }
            if self.done(node) {
                self.close(node);
                break;
            }
            let (site, first, second) = Self::branch(node);
            child.copy_from(node);
            child.decide(site, first);
            child.compact(self.instance);
            self.explore(&mut child);
            node.decide(site, second);
            node.compact(self.instance);
        }
        self.pool.push(child);
    }

    /// Takes what a node without open questions has to say.
    fn close(&mut self, node: &Node) {
        if node.free > 0 {
            self.given_up = self.given_up.max(node.bound);
            return;
        }
        for (open, state) in self.search.open.iter_mut().zip(&node.state) {
            *open = *state == State::Open;
        }
        self.search.value_of_open(self.instance);
        self.given_up = self.given_up.max(self.search.value);
        self.keep();
    }

    /// The site that is least decided, and which way to try first.
    fn branch(node: &Node) -> (usize, State, State) {
        let free = (0..node.state.len()).filter(|&site| node.state[site] == State::Free);
        let doubt = |site: &usize| (node.share[*site] - 0.5).abs();
        let site = free.min_by(|a, b| doubt(a).total_cmp(&doubt(b)));
        let site = site.unwrap_or_default();
        if node.share[site] > 0.5 {
            (site, State::Open, State::Closed)
        } else {
            (site, State::Closed, State::Open)
        }
    }

    fn finish(mut self, prices: Vec<f64>) -> Solution {
        self.search.open.clone_from(&self.open);
        self.search.value_of_open(self.instance);
        let value = self.search.value;
        let bound = self.given_up.max(value);
        let proved = bound <= self.target();
        let site = |&site: &u32| (site != NONE).then_some(site);
        let open = self.open.iter().zip(0_u32..).filter(|pair| *pair.0);
        Solution {
            open: open.map(|pair| pair.1).collect(),
            assigned: self.search.served_by().iter().map(site).collect(),
            value,
            bound,
            proved,
            nodes: self.nodes,
            evaluations: self.descent.evaluations,
            prices,
        }
    }
}
