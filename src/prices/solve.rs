//! From prices to a plan: who is hired and who works where by branch and bound on the dual, then
//! annealing at the decisions that promise most.

use super::ascent::Descent;
use super::core::{Core, NOBODY, Seat};
use super::lists::ShortLists;
use super::opening::opening;
use super::price::Prices;
use super::search::Annealing;
use super::state::State;
use crate::check::verify;
use crate::domain::{Goals, Problem, RepId};
use crate::plan::{Ledger, Plan};
use crate::strategy::{Strategy, baseline};

/// Looks at the dual for the first prices, for those of a branch, and before a plan is searched.
const FIRST_LOOKS: usize = 1_200;
const BRANCH_LOOKS: usize = 120;
const LEAF_LOOKS: usize = 250;
/// Choices that are looked at in the time of a trial of the search.
const CHOICES_PER_TRIAL: usize = 100;
/// Trials of a first search for each block, and at least.
const TRIALS_PER_BLOCK: usize = 300;
const FEWEST_TRIALS: usize = 5_000;
/// Entries of short lists for each block: the first search, and the factor for the next where it
/// found no plan that keeps every limit.
const ENTRIES: f64 = 2.0;
const MORE_ENTRIES: f64 = 2.5;
/// Baselines that are offered as they are, so that there is a plan before the first search ends.
const FIRST_PLANS: [Strategy; 2] = [Strategy::KeepAsIs, Strategy::Greedy];
/// Nodes of branch and bound at most.
const MOST_NODES: usize = 2_000;

/// What a run is asked for.
pub struct Options<'a> {
    /// Weight of each goal, 0 or more.
    pub weights: Goals,
    /// Stop when (bound − value)/|bound| is at most this; 0 or more.
    pub relative_gap: f64,
    /// Searches for a plan under the same decisions at most, each twice as long as the one before;
    /// 1 or more.
    pub searches: u32,
    /// Seed of random choices.
    pub seed: u64,
    /// Asked every millisecond or so; true ends the run with what is known.
    pub stop: &'a dyn Fn() -> bool,
    /// Told value and bound whenever one of them improves.
    pub progress: &'a dyn Fn(Option<f64>, f64),
}

impl std::fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("weights", &self.weights)
            .field("relative_gap", &self.relative_gap)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

/// What a run has found.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// The best plan that keeps every rule, with its weighted value in money; it has passed the check.
    pub plan: Option<(Plan, f64)>,
    /// Proved limit on the weighted value of any plan, in money; `−∞` if there is none at all.
    pub bound: f64,
    /// What one more hour would be worth at the best prices, in money: rep after rep, one entry a
    /// period. From the branch with the highest bound.
    pub hour_prices: Vec<f64>,
}

/// Decisions about bases, with their limit and prices.
struct Node<'p> {
    seats: Vec<Seat>,
    bound: f64,
    prices: Prices,
    /// The descent to go on with, where it may still help.
    descent: Option<Box<Descent<'p>>>,
    /// Whether another node holds all of its plans, so that its limit does not count.
    covered: bool,
    /// Average share of slots by rep and base, where something is to be decided.
    wanted: Vec<(usize, u32, f64)>,
    /// Searches so far; only for leaves.
    searches: u32,
    /// Those of them that found no plan: the next one has longer lists instead of more time.
    failures: u32,
    entries: f64,
}

impl Node<'_> {
    fn is_leaf(&self) -> bool {
        !self.seats.contains(&Seat::Open)
    }
}

struct Run<'a, 'p> {
    problem: &'p Problem,
    /// Everything with nothing decided.
    core: Core<'p>,
    options: &'a Options<'a>,
    best: Option<(Plan, f64)>,
    nodes: Vec<Node<'p>>,
    made: usize,
    /// Choices looked at for limits, and for plans.
    effort: (usize, usize),
    told: (Option<f64>, f64),
}

/// Plans a problem by prices.
#[must_use]
pub fn solve(problem: &Problem, options: &Options<'_>) -> Solution {
    let mut run = Run {
        problem,
        core: Core::new(problem, &options.weights),
        options,
        best: None,
        nodes: Vec::new(),
        made: 0,
        effort: (0, 0),
        told: (None, f64::INFINITY),
    };
    run.root();
    while !run.done() && run.work() {}
    let highest = run.nodes.iter().max_by(|a, b| a.bound.total_cmp(&b.bound));
    let hour_prices = highest.map_or_else(Vec::new, |node| node.prices.hour.clone());
    let bound = run.bound();
    Solution {
        plan: run.best,
        bound,
        hour_prices,
    }
}

impl Run<'_, '_> {
    fn value(&self) -> Option<f64> {
        self.best.as_ref().map(|best| best.1)
    }

    /// Proved limit: the highest of all nodes that are left; the value where none is.
    fn bound(&self) -> f64 {
        let own = self.nodes.iter().filter(|node| !node.covered);
        let bounds = own.map(|node| node.bound);
        bounds.fold(self.value().unwrap_or(f64::NEG_INFINITY), f64::max)
    }

    /// Whether a node with this limit can hold a plan that is better by more than the gap.
    fn promises(&self, bound: f64) -> bool {
        self.value()
            .is_none_or(|value| bound - value > self.options.relative_gap * bound.abs())
    }

    fn done(&self) -> bool {
        (self.options.stop)() || !self.promises(self.bound())
    }

    fn tell(&mut self) {
        let now = (self.value(), self.bound());
        if now != self.told {
            self.told = now;
            (self.options.progress)(now.0, now.1);
        }
    }

    fn root(&mut self) {
        let prices = opening(&self.core, self.options.stop);
        let seats = self.core.seats.clone();
        self.node(seats, &prices, FIRST_LOOKS, false);
        for start in FIRST_PLANS {
            if (self.options.stop)() {
                break;
            }
            self.offer(baseline(self.problem, start, self.options.seed));
        }
        self.tell();
        self.dive();
    }

    /// Adds the node of some decisions, from its parent's prices.
    fn node(&mut self, seats: Vec<Seat>, from: &Prices, looks: usize, covered: bool) {
        let core = self.core.seated(&seats);
        let mut descent = Box::new(Descent::new(&core, from.clone()));
        let ended = descent.run(&core, self.value(), looks, self.options.stop);
        self.made += 1;
        self.effort.0 += descent.effort;
        self.nodes.push(Node {
            wanted: wanted(&core, &descent),
            bound: descent.bound,
            prices: descent.prices.clone(),
            descent: Some(descent).filter(|_| !ended),
            covered,
            seats,
            searches: 0,
            failures: 0,
            entries: ENTRIES,
        });
    }

    /// Decides everything as the first prices would have it, for an early plan.
    fn dive(&mut self) {
        let root = &self.nodes[0];
        if root.is_leaf() {
            return;
        }
        let seats = decided(self.problem, root);
        let prices = root.prices.clone();
        self.node(seats, &prices, BRANCH_LOOKS, true);
    }

    /// Takes a step towards a lower limit or a better plan, whichever has had less effort. Whether
    /// there is anything to do.
    fn work(&mut self) -> bool {
        match (self.highest(), self.leaf()) {
            (None, None) => return false,
            (Some(at), leaf) if leaf.is_none() || self.effort.0 <= self.effort.1 => {
                if self.nodes[at].descent.is_some() {
                    self.descend(at);
                } else {
                    self.branch(at);
                }
            }
            (_, Some(leaf)) => self.search(leaf),
            (Some(_), None) => {}
        }
        self.tell();
        true
    }

    /// The node with the highest limit, if something can be done about that.
    fn highest(&self) -> Option<usize> {
        let own = self
            .nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| !node.covered);
        let (at, node) = own.max_by(|a, b| a.1.bound.total_cmp(&b.1.bound).then(b.0.cmp(&a.0)))?;
        let helps = node.descent.is_some() || (!node.is_leaf() && self.made < MOST_NODES);
        (helps && self.promises(node.bound)).then_some(at)
    }

    /// The leaf that promises most. It gives way to others with each search, so that all that promise
    /// get their turn.
    fn leaf(&self) -> Option<usize> {
        let leaves = self
            .nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| node.is_leaf());
        let open = leaves
            .filter(|(_, node)| node.searches < self.options.searches && self.promises(node.bound));
        let rank =
            |node: &Node<'_>| node.bound - f64::from(node.searches) * 1e-3 * node.bound.abs();
        let best = open.max_by(|a, b| rank(a.1).total_cmp(&rank(b.1)).then(b.0.cmp(&a.0)));
        best.map(|(at, _)| at)
    }

    /// Goes on with the descent of a node.
    fn descend(&mut self, at: usize) {
        let value = self.value();
        let node = &mut self.nodes[at];
        let core = self.core.seated(&node.seats);
        let mut descent = (node.descent.take())
            .unwrap_or_else(|| Box::new(Descent::new(&core, node.prices.clone())));
        let before = descent.effort;
        let ended = descent.run(&core, value, LEAF_LOOKS, self.options.stop);
        self.effort.0 += descent.effort - before;
        node.bound = node.bound.min(descent.bound);
        node.prices.clone_from(&descent.prices);
        node.wanted = wanted(&core, &descent);
        node.descent = Some(descent).filter(|_| !ended);
    }

    /// Replaces a node by the ways to decide about one more rep.
    fn branch(&mut self, at: usize) {
        let node = self.nodes.swap_remove(at);
        let rep = most_wanted(&node);
        let bases = u32::try_from(self.problem.reps()[rep].bases.len()).unwrap_or(u32::MAX);
        let away = self.problem.reps()[rep].candidate.then_some(Seat::Away);
        for seat in (0..bases).map(Seat::At).chain(away) {
            let mut seats = node.seats.clone();
            seats[rep] = seat;
            if !self.possible(&seats) {
                continue;
            }
            self.node(seats, &node.prices, BRANCH_LOOKS, false);
            // A branch cannot hold more than its parent.
            if let Some(child) = self.nodes.last_mut() {
                child.bound = child.bound.min(node.bound);
                if !child.is_leaf() {
                    child.descent = None;
                }
            }
        }
    }

    /// Whether decisions can keep the limits on hires.
    fn possible(&self, seats: &[Seat]) -> bool {
        let candidates = || {
            seats
                .iter()
                .zip(self.problem.reps())
                .filter(|(_, rep)| rep.candidate)
        };
        let hired = candidates()
            .filter(|(seat, _)| matches!(seat, Seat::At(_)))
            .count();
        let open = candidates()
            .filter(|(seat, _)| **seat == Seat::Open)
            .count();
        let policy = self.problem.policy();
        policy.max_hires.is_none_or(|most| hired <= most as usize)
            && policy
                .min_hires
                .is_none_or(|least| hired + open >= least as usize)
    }

    /// Searches for a plan at a leaf.
    fn search(&mut self, at: usize) {
        let options = self.options;
        let value = self.value();
        let node = &mut self.nodes[at];
        let core = self.core.seated(&node.seats);
        let mut descent = (node.descent.take())
            .unwrap_or_else(|| Box::new(Descent::new(&core, node.prices.clone())));
        let looks = LEAF_LOOKS << node.searches.min(4);
        let ended = descent.run(&core, value, looks, options.stop);
        node.bound = node.bound.min(descent.bound);
        node.prices.clone_from(&descent.prices);
        let listed = ShortLists::new(&core, &mut descent, node.entries, node.failures > 0);
        let start = listed.start(&core, &descent);
        node.descent = Some(descent).filter(|_| !ended);
        let state = State::new(&listed.core, &start, &listed.movable());
        let seed = options.seed ^ (u64::from(node.searches) << 32);
        let mut annealing = Annealing::new(state, &listed, seed);
        let trials = (core.blocks.len() * TRIALS_PER_BLOCK).max(FEWEST_TRIALS)
            << (node.searches - node.failures);
        annealing.run(trials, options.stop);
        self.effort.1 += trials * CHOICES_PER_TRIAL;
        let found = annealing.best.map(|best| plan(&listed.core, &best.1));
        node.searches += 1;
        match found {
            Some(plan) => self.offer(plan),
            None => {
                node.failures += 1;
                node.entries *= MORE_ENTRIES;
            }
        }
        self.tell();
    }

    /// Keeps a plan if it passes the check and is the best.
    fn offer(&mut self, plan: Plan) {
        let verification = verify(self.problem, &plan);
        let value = verification.goals.dot(&self.options.weights);
        if verification.is_valid() && self.value().is_none_or(|best| value > best) {
            self.best = Some((plan, value));
        }
    }
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

/// The plan in which each block has its choice.
fn plan(core: &Core<'_>, holder: &[u32]) -> Plan {
    let mut ledger = Ledger::new(core.problem);
    for (block, &choice) in core.blocks.iter().zip(holder) {
        if choice == NOBODY {
            continue;
        }
        let rep = RepId::at(core.rep[choice as usize] as usize);
        for &slot in &block.slots {
            let candidate = core
                .problem
                .find_candidate(slot, rep, core.base[choice as usize]);
            ledger.assign(slot, candidate);
        }
    }
    let mut plan = ledger.plan();
    // A rep without slots still works from the base that is decided.
    for (base, (seat, rep)) in plan
        .bases
        .iter_mut()
        .zip(core.seats.iter().zip(core.problem.reps()))
    {
        if let Seat::At(at) = seat
            && !rep.candidate
        {
            *base = Some(*at);
        }
    }
    plan
}
