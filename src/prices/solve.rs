//! From prices to a plan: who is hired and who works where by branch and bound on the dual, then
//! annealing at the decisions that promise most.

use super::core::{Core, NOBODY, Seat};
use super::enumerate::enumerate;
use super::lists::ShortLists;
use super::search::Annealing;
use super::state::State;
use super::tree::{Node, Tree};
use super::warm::Start;
use super::whole::Whole;
use crate::check::verify;
use crate::domain::{Goals, Problem, RepId};
use crate::plan::{Ledger, Plan};
use crate::strategy::{self, Strategy, baseline};

/// Looks at the dual before a plan is searched.
const LEAF_LOOKS: usize = 250;
/// Trials of a first search for each block, and at least.
const TRIALS_PER_BLOCK: usize = 300;
const FEWEST_TRIALS: usize = 5_000;
/// Choices that are looked at in the time of a trial of the search.
const CHOICES_PER_TRIAL: usize = 100;
/// Choices that are looked at between two looks at the clock when there is nothing left to search.
const ALONE: usize = 1;
/// Factor of the entries of short lists after a search that found no plan.
const MORE_ENTRIES: f64 = 2.5;
/// Factor after one that did, for it is followed by twice the trials, up to so many entries a block.
const LONGER: f64 = 1.75;
const ENOUGH_ENTRIES: f64 = 6.0;
/// Baselines that are offered as they are, so that there is a plan before the first search ends.
const FIRST_PLANS: [Strategy; 2] = [Strategy::KeepAsIs, Strategy::Greedy];

/// What a run is asked for.
pub struct Options<'a> {
    /// Weight of each goal, 0 or more.
    pub weights: Goals,
    /// Stop when (bound − value)/|bound| is at most this; 0 or more.
    pub relative_gap: f64,
    /// Searches for a plan under the same decisions at most, each twice as long as the one before;
    /// 1 or more.
    pub searches: u32,
    /// Threads at most, 1 or more; they come from the pool of `rayon` that the caller is in. The
    /// answer does not depend on them.
    pub threads: u32,
    /// Seed of random choices.
    pub seed: u64,
    /// Asked every millisecond or so; true ends the run with what is known.
    pub stop: &'a (dyn Fn() -> bool + Sync),
    /// Told value and bound whenever one of them improves.
    pub progress: &'a dyn Fn(Option<f64>, f64),
    /// Prices and a plan to begin with.
    pub start: Option<&'a Start>,
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

/// What all steps of a run read.
pub(super) struct Setting<'a, 'p> {
    /// Everything with nothing decided.
    pub(super) core: Core<'p>,
    relative_gap: f64,
    pub(super) searches: u32,
    threads: u32,
    seed: u64,
    pub(super) stop: &'a (dyn Fn() -> bool + Sync),
}

impl<'a, 'p> Setting<'a, 'p> {
    pub(super) fn new(problem: &'p Problem, options: &Options<'a>) -> Self {
        Self {
            core: Core::new(problem, &options.weights, options.threads),
            relative_gap: options.relative_gap,
            searches: options.searches,
            threads: options.threads,
            seed: options.seed,
            stop: options.stop,
        }
    }

    /// Whether a limit leaves room for a plan that is better by more than the gap.
    pub(super) fn promises(&self, bound: f64, value: Option<f64>) -> bool {
        value.is_none_or(|value| bound - value > self.relative_gap * bound.abs())
    }

    /// Searches for a plan at a leaf.
    fn search(&self, node: &mut Node<'p>, value: Option<f64>) -> Option<(Plan, f64)> {
        let stop = self.stop;
        let core = self.core.seated(&node.seats);
        node.descend(&core, value, LEAF_LOOKS << node.searches.min(4), stop);
        let descent = node.descent.as_mut()?;
        let listed = ShortLists::new(&core, descent, node.entries, node.failures > 0);
        let start = listed.start(&core, descent);
        let state = State::new(&listed.core, &start, &listed.movable());
        let seed = self.seed ^ (u64::from(node.searches) << 32);
        let mut annealing = Annealing::new(state, &listed, seed);
        annealing.run(self.trials(node), stop);
        node.searches += 1;
        if annealing.best.is_none() {
            node.failures += 1;
            node.entries *= MORE_ENTRIES;
        } else if node.entries < ENOUGH_ENTRIES {
            node.entries *= LONGER;
        }
        let found = annealing.best;
        let mut best = found.and_then(|found| self.verified(plan(&listed.core, &found.1)));
        self.exhaust(node, &core, value, &mut best);
        best
    }

    /// Tries all plans of a small leaf that are not ruled out.
    fn exhaust(
        &self,
        node: &mut Node<'p>,
        core: &Core<'p>,
        value: Option<f64>,
        best: &mut Option<(Plan, f64)>,
    ) {
        let Some(descent) = node.descent.as_mut() else {
            return;
        };
        let own = best.as_ref().map(|best| best.1);
        let mut known = own.into_iter().chain(value).reduce(f64::max);
        let first = known;
        let mut offer = |holder: &[u32]| {
            let better = |found: &(Plan, f64)| known.is_none_or(|known| found.1 > known);
            if let Some(found) = self.verified(plan(core, holder)).filter(better) {
                known = Some(found.1);
                *best = Some(found);
            }
            known
        };
        if enumerate(core, descent.look_again(core), first, &mut offer) {
            let most = known.unwrap_or(f64::NEG_INFINITY);
            node.bound = node.bound.min(most);
        }
    }

    /// A plan with its value, if it passes the check.
    fn verified(&self, plan: Plan) -> Option<(Plan, f64)> {
        let verification = verify(self.core.problem, &plan);
        let value = verification.goals.dot(&self.core.weights);
        verification.is_valid().then_some((plan, value))
    }

    /// Trials of the next search at a leaf: twice those of the one before.
    fn trials(&self, node: &Node<'_>) -> usize {
        let first = (self.core.blocks.len() * TRIALS_PER_BLOCK).max(FEWEST_TRIALS);
        first << (node.searches - node.failures)
    }
}

/// The limit with whole blocks beside that of the tree.
#[derive(Default)]
struct Limits {
    whole: Option<Whole>,
    /// Whether it has been tried, and whether more of it would hardly help.
    begun: bool,
    settled: bool,
}

impl Limits {
    /// Begins at the prices of a leaf, once.
    fn begin(&mut self, setting: &Setting<'_, '_>, leaf: &Node<'_>) {
        if !std::mem::replace(&mut self.begun, true) {
            self.whole = Whole::new(&setting.core, &leaf.seats, &leaf.prices);
        }
    }

    /// Lowers the limit with whole blocks as long as that helps, then those of the tree down to a floor,
    /// until about so many choices are looked at. Whether anything could be done.
    fn lower<'p>(
        &mut self,
        setting: &Setting<'_, 'p>,
        tree: &mut Tree<'p>,
        value: Option<f64>,
        (floor, effort): (f64, usize),
    ) -> bool {
        match &mut self.whole {
            Some(whole) if !self.settled => {
                self.settled = !whole.run(&setting.core, value, effort, setting.stop);
                true
            }
            _ => tree.lower(setting, value, floor, effort),
        }
    }
}

struct Run<'a, 'p> {
    options: &'a Options<'a>,
    setting: Setting<'a, 'p>,
    tree: Tree<'p>,
    limits: Limits,
    best: Option<(Plan, f64)>,
    told: (Option<f64>, f64),
}

/// Plans a problem by prices.
#[must_use]
pub fn solve(problem: &Problem, options: &Options<'_>) -> Solution {
    let mut run = Run {
        setting: Setting::new(problem, options),
        options,
        tree: Tree::default(),
        limits: Limits::default(),
        best: None,
        told: (None, f64::INFINITY),
    };
    run.begin();
    while !run.done() && run.work() {}
    let nodes = &run.tree.nodes;
    let highest = nodes.iter().max_by(|a, b| a.bound.total_cmp(&b.bound));
    Solution {
        hour_prices: highest.map_or_else(Vec::new, |node| node.prices.hour.clone()),
        bound: run.bound(),
        plan: run.best,
    }
}

impl<'p> Run<'_, 'p> {
    fn value(&self) -> Option<f64> {
        self.best.as_ref().map(|best| best.1)
    }

    /// Proved limit: that of the nodes that are left, or the value.
    fn bound(&self) -> f64 {
        let whole = self.limits.whole.as_ref();
        let whole = whole.map_or(f64::INFINITY, |whole| whole.bound);
        self.tree
            .bound()
            .min(whole)
            .max(self.value().unwrap_or(f64::NEG_INFINITY))
    }

    fn done(&self) -> bool {
        let setting = &self.setting;
        (setting.stop)() || !setting.promises(self.bound(), self.value())
    }

    fn tell(&mut self) {
        let now = (self.value(), self.bound());
        if now != self.told {
            self.told = now;
            (self.options.progress)(now.0, now.1);
        }
    }

    /// First prices, and first plans that cost next to nothing.
    fn begin(&mut self) {
        let options = self.options;
        let known = options.start.and_then(|start| self.begun(start));
        self.offer(known);
        self.tree.plant(&self.setting, options.start);
        for start in FIRST_PLANS {
            if (options.stop)() {
                break;
            }
            let plan = baseline(self.setting.core.problem, start, options.seed);
            self.offer(self.setting.verified(plan));
        }
        self.tell();
        self.tree.dive(&self.setting, self.value());
    }

    /// The plan of a start, improved where it breaks a rule.
    fn begun(&self, start: &Start) -> Option<(Plan, f64)> {
        let plan = start.plan.as_ref()?;
        let (setting, problem) = (&self.setting, self.setting.core.problem);
        if let Some(found) = setting.verified(plan.clone()) {
            return Some(found);
        }
        let fits = plan.coverage.len() == problem.slots().len()
            && plan.bases.len() == problem.reps().len();
        let mut ledger = fits.then(|| Ledger::of(problem, plan))?;
        let options = self.options;
        let weights = &options.weights;
        strategy::improve(problem, &mut ledger, weights, options.stop, options.seed);
        setting.verified(ledger.plan())
    }

    /// Searches for a better plan at a leaf and lowers the limit of the others in the same time.
    /// Whether there was anything to do.
    fn work(&mut self) -> bool {
        let value = self.value();
        let (setting, tree) = (&self.setting, &mut self.tree);
        let Some(mut leaf) = tree.take_leaf(setting, value) else {
            let lowered = self
                .limits
                .lower(setting, tree, value, (f64::NEG_INFINITY, ALONE));
            self.tell();
            return lowered;
        };
        let effort = (leaf.own_bound(), setting.trials(&leaf) * CHOICES_PER_TRIAL);
        if leaf.searches == 1 {
            self.limits.begin(setting, &leaf);
        }
        let limits = &mut self.limits;
        if setting.threads > 1 {
            let search = || setting.search(&mut leaf, value);
            let lower = || limits.lower(setting, tree, value, effort);
            let (found, _) = rayon::join(search, lower);
            self.tree.nodes.push(leaf);
            self.offer(found);
        } else {
            // The same steps on the same values, but the plan is told before the limit is lowered.
            let found = setting.search(&mut leaf, value);
            self.tree.nodes.push(leaf);
            self.offer(found);
            self.tell();
            let leaf = self.tree.nodes.pop();
            let (setting, tree) = (&self.setting, &mut self.tree);
            self.limits.lower(setting, tree, value, effort);
            self.tree.nodes.extend(leaf);
        }
        self.tell();
        true
    }

    /// Keeps a plan that has passed the check if it is the best.
    fn offer(&mut self, found: Option<(Plan, f64)>) {
        if let Some(found) = found.filter(|found| self.value().is_none_or(|best| found.1 > best)) {
            self.best = Some(found);
        }
    }
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
