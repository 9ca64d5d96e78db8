//! Bound, first solution, then improvement and proof in turns.

use std::time::Duration;

use super::bound::{Ascent, Grid};
use super::control::{Control, Random};
use super::core::{Core, NONE, exact, whole};
use super::dive::dive;
use super::improve::Improver;
use super::instance::Instance;
use super::knapsack::Knapsack;
use super::lanes::Lanes;
use super::start;

/// Whether the sum of costs is to be small or large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sense {
    /// The least sum of costs.
    #[default]
    Minimize,
    /// The largest sum; every job still goes to one agent.
    Maximize,
}

/// How far a solution is to go.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Time allowed; `None` for no limit. Kept to within about 50 ms.
    pub time_limit: Option<Duration>,
    /// Ends when |objective − bound| is at most this share of |objective|; 0 or more, below 0 or
    /// not a number counts as 0.
    pub relative_gap: f64,
    /// Threads, 1 or more. Where the time limit does not end the search, the answer does not depend
    /// on their number.
    pub threads: usize,
    /// Seed of the random choices.
    pub seed: u64,
    /// Small or large sums.
    pub sense: Sense,
}

impl Default for Options {
    /// No limit, no gap, one thread, seed 0, least cost.
    fn default() -> Self {
        Self {
            time_limit: None,
            relative_gap: 0.0,
            threads: 1,
            seed: 0,
            sense: Sense::Minimize,
        }
    }
}

/// What is known at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// There is an assignment and none is better.
    Optimal,
    /// There is an assignment; a better one may exist, none beyond the bound.
    Feasible,
    /// It is proved that capacities do not allow any assignment.
    Infeasible,
    /// No assignment was found, and none is excluded: time was too short.
    Unknown,
}

/// The end of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Solution {
    /// What is known.
    pub status: Status,
    /// Agent of every job, where an assignment was found.
    pub assignment: Option<Vec<u32>>,
    /// Its sum of costs.
    pub objective: Option<i64>,
    /// No assignment has a lower (maximized: higher) sum. `None` where it is proved that there is
    /// no assignment, or where time was over before the first bound.
    pub bound: Option<i64>,
}

/// Assigns every job to one agent within capacities, with the least sum of costs or, by
/// [`Options::sense`], the largest.
///
/// `stop` is asked often, from several threads; once it says true the search ends within about
/// 50 ms with what it has.
#[must_use]
pub fn solve(instance: &Instance, options: &Options, stop: &(dyn Fn() -> bool + Sync)) -> Solution {
    let control = Control::new(options.time_limit.unwrap_or(Duration::MAX), stop);
    match options.sense {
        Sense::Minimize => Search::new(instance, options, control).run(),
        Sense::Maximize => {
            let negated = instance.negated();
            let mut solution = Search::new(&negated, options, control).run();
            solution.objective = solution.objective.map(|value| -value);
            solution.bound = solution.bound.map(|value| -value);
            solution
        }
    }
}

/// Rounds of the first ascent and steps of each.
const ROUNDS: u32 = 3;
const STEPS: u32 = 250;
/// Pairs that the first attempt at a proof may look at.
const FIRST_PROOF: u64 = 2_000_000;
struct Search<'a> {
    instance: &'a Instance,
    control: Control<'a>,
    threads: usize,
    gap: f64,
    grid: Grid,
    core: Core,
    ascent: Ascent,
    knapsacks: Vec<Knapsack>,
    /// Looks for solutions as cheap as the bound.
    proof: Lanes,
    /// Looks for any solution, while there is none.
    any: Lanes,
    improver: Improver,
    best: Option<Vec<u32>>,
    /// While there is none: an assignment that lacks some jobs.
    draft: Vec<u32>,
    cost: i64,
    /// No solution costs less.
    bound: Option<i64>,
    infeasible: bool,
    work: u64,
}

impl<'a> Search<'a> {
    fn new(instance: &'a Instance, options: &Options, control: Control<'a>) -> Self {
        let core = Core::of(instance);
        let threads = options.threads.max(1);
        let mut knapsacks = Vec::new();
        knapsacks.resize_with(threads, Knapsack::default);
        Self {
            instance,
            control,
            threads,
            gap: options.relative_gap.max(0.0),
            grid: Grid::of(&core),
            core,
            ascent: Ascent::default(),
            knapsacks,
            proof: Lanes::new(),
            any: Lanes::new(),
            improver: Improver::new(instance, threads, Random::new(options.seed, 0)),
            best: None,
            draft: Vec::new(),
            cost: i64::MAX,
            bound: None,
            infeasible: false,
            work: 0,
        }
    }

    fn run(mut self) -> Solution {
        let core = &self.core;
        self.infeasible = core.open.iter().any(|&job| core.options[job as usize] == 0);
        if self.instance.jobs() == 0 {
            self.bound = Some(0);
            self.keep(Vec::new());
        } else if !self.infeasible && !self.control.stopped() {
            self.raise_bound();
            self.improver.learn(self.instance, &self.ascent);
            self.begin_proof();
            while !self.is_done() && self.work < FIRST_PROOF {
                self.prove();
            }
            if self.best.is_none() && !self.is_done() {
                self.draft();
            }
            while !self.is_done() {
                self.advance();
            }
        }
        self.finish()
    }

    fn is_done(&self) -> bool {
        self.infeasible || self.is_close() || self.control.stopped()
    }

    /// Whether the gap is small enough.
    fn is_close(&self) -> bool {
        let (Some(_), Some(bound)) = (&self.best, self.bound) else {
            return false;
        };
        let distance = exact(self.cost.saturating_sub(bound));
        distance <= 0.0 || distance <= self.gap * exact(self.cost).abs()
    }

    /// The bound at the root.
    fn raise_bound(&mut self) {
        let prices = start::prices(&self.core, &self.control);
        self.ascent.start(
            &mut self.core,
            &self.grid,
            prices.into_iter(),
            &mut self.knapsacks,
        );
        for _ in 0..ROUNDS {
            let bound = self.ascent.bound();
            let target = bound + 0.5 + 0.001 * bound.abs();
            self.climb(target, STEPS);
        }
        self.bound = Some(whole(self.ascent.bound().ceil()));
    }

    fn climb(&mut self, target: f64, steps: u32) {
        self.ascent.warm();
        let (core, knapsacks) = (&mut self.core, &mut self.knapsacks[..]);
        self.ascent.climb(
            core,
            &self.grid,
            target,
            f64::INFINITY,
            steps,
            knapsacks,
            &self.control,
        );
    }

    fn begin_proof(&mut self) {
        if let Some(bound) = self.bound {
            self.work += self.proof.work();
            self.proof
                .begin(&self.core, exact(bound), false, &self.ascent.prices);
        }
    }

    /// A round of looking for a solution as cheap as the bound. Where there is none, the bound rises.
    fn prove(&mut self) {
        let before = self.proof.work();
        let found = self.proof.round(&self.grid, self.threads, &self.control);
        self.work += self.proof.work() - before;
        if let Some(found) = found {
            self.keep(found);
        } else if self.proof.is_done() {
            self.bound = self.bound.map(|bound| bound + 1);
            let beyond = self
                .bound
                .is_some_and(|bound| exact(bound) > self.ceiling());
            self.infeasible = beyond && self.best.is_none();
            self.begin_proof();
        }
    }

    /// Gives jobs out by what the relaxation likes; some may stay without an agent.
    fn draft(&mut self) {
        let (mut core, mut ascent) = (self.core.clone(), self.ascent.clone());
        let knapsacks = &mut self.knapsacks[..];
        dive(&mut core, &mut ascent, &self.grid, knapsacks, &self.control);
        let draft = start::draft(&core, &ascent);
        eprintln!(
            "dive bound {} root {} open {} unplaced {} ",
            ascent.bound(),
            self.ascent.bound(),
            core.open.len(),
            draft.iter().filter(|&&a| a == NONE).count()
        );
        if draft.contains(&NONE) {
            self.draft = draft;
            self.any
                .begin(&self.core, self.ceiling(), true, &self.ascent.prices);
        } else {
            self.keep(draft);
        }
    }

    /// No assignment costs more.
    fn ceiling(&self) -> f64 {
        let of_job = |job| {
            let costs = (0..self.instance.agents()).map(|agent| self.instance.cost(agent, job));
            costs.max().unwrap_or(0)
        };
        exact((0..self.instance.jobs()).map(of_job).sum())
    }

    /// Improves the best solution or works on the proof, whichever had less work.
    fn advance(&mut self) {
        let Some(best) = &mut self.best else {
            return self.look_for_any();
        };
        if self.improver.work > self.work {
            return self.prove();
        }
        let prices = &self.ascent.prices;
        if self
            .improver
            .round(self.instance, best, prices, &self.grid, &self.control)
        {
            let best = best.clone();
            self.keep(best);
        }
    }

    /// Places jobs that the draft lacks, looks for any solution and works on the proof, in turns.
    fn look_for_any(&mut self) {
        let prices = &self.ascent.prices;
        if self.improver.work <= self.any.work().max(self.work) {
            let draft = &mut self.draft;
            self.improver
                .round(self.instance, draft, prices, &self.grid, &self.control);
            if !self.draft.contains(&NONE) {
                let draft = std::mem::take(&mut self.draft);
                self.keep(draft);
            }
        } else if self.any.work() > self.work {
            self.prove();
        } else if let Some(found) = self.any.round(&self.grid, self.threads, &self.control) {
            self.keep(found);
        } else if self.any.is_done() {
            self.infeasible = true;
        }
    }

    /// Takes an assignment as the best where it is.
    fn keep(&mut self, assignment: Vec<u32>) {
        let Some(cost) = self.instance.price(&assignment) else {
            return;
        };
        if self.best.is_none() || cost < self.cost {
            self.best = Some(assignment);
            self.cost = cost;
        }
    }

    fn finish(self) -> Solution {
        let optimal = self.best.is_some() && self.bound.is_some_and(|bound| self.cost <= bound);
        let status = match (&self.best, self.infeasible) {
            (Some(_), _) if optimal => Status::Optimal,
            (Some(_), _) => Status::Feasible,
            (None, true) => Status::Infeasible,
            (None, false) => Status::Unknown,
        };
        let objective = self.best.as_ref().map(|_| self.cost);
        let bound = if self.infeasible { None } else { self.bound };
        let bound = bound.map(|bound| objective.map_or(bound, |cost| bound.min(cost)));
        Solution {
            status,
            assignment: self.best,
            objective,
            bound,
        }
    }
}
