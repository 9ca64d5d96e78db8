//! Decisions about bases, a limit for each, and the branching among them.

use super::ascent::Descent;
use super::core::{Core, Seat};
use super::opening::opening;
use super::price::Prices;
use super::solve::Setting;
use super::warm::Start;
use crate::domain::Problem;

/// Looks at the dual for the first prices, for those of a branch, and for each step further down.
const FIRST_LOOKS: usize = 1_200;
const BRANCH_LOOKS: usize = 120;
const MORE_LOOKS: usize = 250;
/// Nodes at most.
const MOST_NODES: usize = 2_000;
/// Share of its limit that a leaf gives way with each search.
const TURN: f64 = 1e-4;
/// Entries of short lists for each block in a node's first search.
const ENTRIES: f64 = 2.0;

/// Decisions about bases, with their limit and prices.
pub(super) struct Node<'p> {
    pub(super) seats: Vec<Seat>,
    /// Proved limit on the value of any plan with these decisions, in money.
    pub(super) bound: f64,
    pub(super) prices: Prices,
    /// The descent to go on with, and whether that would hardly help.
    pub(super) descent: Option<Box<Descent<'p>>>,
    settled: bool,
    /// Whether another node holds all of its plans, so that its limit does not count.
    covered: bool,
    /// Average share of slots by rep and base, where something is to be decided.
    wanted: Vec<(usize, u32, f64)>,
    /// Searches so far; only for leaves.
    pub(super) searches: u32,
    /// Those of them that found no plan: the next one has longer lists instead of more time.
    pub(super) failures: u32,
    /// Entries of short lists for each block.
    pub(super) entries: f64,
}

impl<'p> Node<'p> {
    fn new(seats: Vec<Seat>, from: &Prices) -> Self {
        Self {
            seats,
            bound: f64::INFINITY,
            prices: from.clone(),
            descent: None,
            settled: false,
            covered: false,
            wanted: Vec::new(),
            searches: 0,
            failures: 0,
            entries: ENTRIES,
        }
    }

    /// The limit as far as it counts: `−∞` where another node's holds.
    pub(super) fn own_bound(&self) -> f64 {
        if self.covered {
            f64::NEG_INFINITY
        } else {
            self.bound
        }
    }

    fn is_leaf(&self) -> bool {
        !self.seats.contains(&Seat::Open)
    }

    /// Goes on with the descent on the choices that the decisions allow; the choices looked at.
    pub(super) fn descend(
        &mut self,
        core: &Core<'p>,
        value: Option<f64>,
        looks: usize,
        stop: &dyn Fn() -> bool,
    ) -> usize {
        let fresh = || Box::new(Descent::new(core, self.prices.clone()));
        let mut descent = self.descent.take().unwrap_or_else(fresh);
        let before = descent.effort;
        self.settled = descent.run(core, value, looks, stop);
        self.bound = self.bound.min(descent.bound);
        self.prices.clone_from(&descent.prices);
        self.wanted = wanted(core, &descent);
        let effort = descent.effort - before;
        if self.is_leaf() || !self.settled {
            self.descent = Some(descent);
        }
        effort
    }
}

/// The nodes that are left, and how many there have been.
#[derive(Default)]
pub(super) struct Tree<'p> {
    pub(super) nodes: Vec<Node<'p>>,
    made: usize,
}

impl<'p> Tree<'p> {
    /// The node with nothing decided, at the prices of a start where there are any.
    pub(super) fn plant(&mut self, setting: &Setting<'_, 'p>, start: Option<&Start>) {
        let known = start.and_then(|start| start.prices(&setting.core));
        let prices = known.unwrap_or_else(|| opening(&setting.core, setting.stop));
        let seats = setting.core.seats.clone();
        self.add(setting, Node::new(seats, &prices), None, FIRST_LOOKS);
    }

    /// Decides everything as the first prices would have it, for an early plan.
    pub(super) fn dive(&mut self, setting: &Setting<'_, 'p>, value: Option<f64>) {
        let root = &self.nodes[0];
        if root.is_leaf() || (setting.stop)() {
            return;
        }
        let mut node = Node::new(decided(setting.core.problem, root), &root.prices);
        node.covered = true;
        self.add(setting, node, value, BRANCH_LOOKS);
    }

    /// Adds a node after so many looks; the choices looked at.
    fn add(
        &mut self,
        setting: &Setting<'_, 'p>,
        mut node: Node<'p>,
        value: Option<f64>,
        looks: usize,
    ) -> usize {
        let core = setting.core.seated(&node.seats);
        let limit = node.bound;
        let effort = node.descend(&core, value, looks, setting.stop);
        node.bound = node.bound.min(limit);
        self.made += 1;
        self.nodes.push(node);
        effort
    }

    /// Proved limit on all plans of the nodes that are left; `−∞` where none is.
    pub(super) fn bound(&self) -> f64 {
        let own = self.nodes.iter().map(Node::own_bound);
        own.fold(f64::NEG_INFINITY, f64::max)
    }

    /// The node with the highest limit, if something can be done about that.
    fn highest(&self) -> Option<usize> {
        let own = self.nodes.iter().enumerate();
        let own = own.filter(|(_, node)| !node.covered);
        let (at, node) = own.max_by(|a, b| a.1.bound.total_cmp(&b.1.bound).then(b.0.cmp(&a.0)))?;
        let helps = !node.settled || (!node.is_leaf() && self.made < MOST_NODES);
        helps.then_some(at)
    }

    /// Takes out the leaf that promises most. It gives way to others with each search, so that all
    /// that promise get their turn.
    pub(super) fn take_leaf(
        &mut self,
        setting: &Setting<'_, '_>,
        value: Option<f64>,
    ) -> Option<Node<'p>> {
        let open = self.nodes.iter().enumerate().filter(|(_, node)| {
            node.is_leaf()
                && node.searches < setting.searches
                && setting.promises(node.bound, value)
        });
        let rank =
            |node: &Node<'_>| node.bound - f64::from(node.searches) * TURN * node.bound.abs();
        let best = open.max_by(|a, b| rank(a.1).total_cmp(&rank(b.1)).then(b.0.cmp(&a.0)));
        best.map(|(at, _)| at).map(|at| self.nodes.swap_remove(at))
    }

    /// Lowers the highest limit, down to `floor`, until about so many choices are looked at. Whether
    /// anything could be done.
    pub(super) fn lower(
        &mut self,
        setting: &Setting<'_, 'p>,
        value: Option<f64>,
        floor: f64,
        effort: usize,
    ) -> bool {
        let mut spent = 0;
        while spent < effort.max(1) && !(setting.stop)() {
            let promises = |at: &usize| {
                let bound = self.nodes[*at].bound;
                bound > floor && setting.promises(bound, value)
            };
            let Some(at) = self.highest().filter(promises) else {
                break;
            };
            let node = &mut self.nodes[at];
            spent += if node.settled {
                self.branch(setting, at, value)
            } else {
                let core = setting.core.seated(&node.seats);
                node.descend(&core, value, MORE_LOOKS, setting.stop)
            };
        }
        spent > 0
    }

    /// Replaces a node by the ways to decide about one more rep; the choices looked at.
    fn branch(&mut self, setting: &Setting<'_, 'p>, at: usize, value: Option<f64>) -> usize {
        let problem = setting.core.problem;
        let node = self.nodes.swap_remove(at);
        let rep = most_wanted(&node);
        let bases = u32::try_from(problem.reps()[rep].bases.len()).unwrap_or(u32::MAX);
        let away = problem.reps()[rep].candidate.then_some(Seat::Away);
        let mut spent = 1;
        for seat in (0..bases).map(Seat::At).chain(away) {
            let mut seats = node.seats.clone();
            seats[rep] = seat;
            if possible(problem, &seats) {
                let mut child = Node::new(seats, &node.prices);
                // A branch cannot hold more than its parent.
                child.bound = node.bound;
                spent += self.add(setting, child, value, BRANCH_LOOKS);
            }
        }
        spent
    }
}

/// Whether decisions can keep the limits on hires.
fn possible(problem: &Problem, seats: &[Seat]) -> bool {
    let candidates = || {
        seats
            .iter()
            .zip(problem.reps())
            .filter(|(_, rep)| rep.candidate)
    };
    let hired = candidates()
        .filter(|(seat, _)| matches!(seat, Seat::At(_)))
        .count();
    let open = candidates()
        .filter(|(seat, _)| **seat == Seat::Open)
        .count();
    let policy = problem.policy();
    policy.max_hires.is_none_or(|most| hired <= most as usize)
        && policy
            .min_hires
            .is_none_or(|least| hired + open >= least as usize)
}

/// How much the prices want each base of the reps about whom something is to be decided, as a share
/// of slots.
fn wanted(core: &Core<'_>, descent: &Descent<'_>) -> Vec<(usize, u32, f64)> {
    let mut wanted = Vec::new();
    for (rep, seat) in core.seats.iter().enumerate() {
        if *seat == Seat::Open {
            let bases = core.problem.reps()[rep].bases.len();
            wanted.extend((0..bases).map(|base| (rep, u32::try_from(base).unwrap_or(0), 0.0)));
        }
    }
    if wanted.is_empty() {
        return wanted;
    }
    for choice in 0..core.rep.len() {
        let place = (core.rep[choice] as usize, core.base[choice]);
        if let Ok(at) = wanted.binary_search_by_key(&place, |entry| (entry.0, entry.1)) {
            wanted[at].2 += descent.share(choice);
        }
    }
    wanted
}

/// The undecided rep that the prices want most.
fn most_wanted(node: &Node<'_>) -> usize {
    let mut best = (0, f64::NEG_INFINITY);
    for &(rep, _, _) in &node.wanted {
        let own = node.wanted.iter().filter(|entry| entry.0 == rep);
        let total: f64 = own.map(|entry| entry.2).sum();
        if total > best.1 {
            best = (rep, total);
        }
    }
    best.0
}

/// Every undecided rep at its most wanted base; candidates as far as hires allow, most wanted first.
fn decided(problem: &Problem, node: &Node<'_>) -> Vec<Seat> {
    let mut seats = node.seats.clone();
    let mut order: Vec<(usize, u32, f64)> = Vec::new();
    for &(rep, base, share) in &node.wanted {
        match order.last_mut().filter(|last| last.0 == rep) {
            Some(last) if share > last.2 => *last = (rep, base, share),
            Some(_) => {}
            None => order.push((rep, base, share)),
        }
    }
    order.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)));
    let policy = problem.policy();
    let (least, most) = (
        policy.min_hires.unwrap_or(0),
        policy.max_hires.unwrap_or(u32::MAX),
    );
    let mut hired = 0;
    for (rep, base, share) in order {
        let candidate = problem.reps()[rep].candidate;
        let stays = !candidate || (hired < most && (hired < least || share > 0.0));
        seats[rep] = if stays { Seat::At(base) } else { Seat::Away };
        hired += u32::from(candidate && stays);
    }
    seats
}
