//! The whole solve: a first plan and first prices from the task without limits of hours, then better
//! prices and plans in turn.

use std::time::{Duration, Instant};

use thiserror::Error;

use super::board::{Board, penalties};
use super::check::{Broken, check};
use super::descent::Descent;
use super::layout::{Layout, NONE};
use super::search::Search;
use super::staff::Staff;
use super::task::{Fault, Task};
use super::{limits, windows};
use crate::prices::location;

/// Evaluations between two plans made from prices.
const PER_PLAN: usize = 25;
/// Part of the time for the task without limits of hours.
const FIRST_SHARE: f64 = 0.25;
/// Part of the time until which the first plan is improved.
const HALF: f64 = 0.5;

/// When to stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Proved when bound − value is at most this part of |bound|; ≥ 0.
    pub relative: f64,
    /// Wall-clock time; `None` for answers that do not depend on the machine.
    pub time: Option<Duration>,
    /// Evaluations of prices at most.
    pub evaluations: usize,
    /// Threads, 1 or more; they change no answer.
    pub threads: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            relative: 1e-4,
            time: None,
            evaluations: 2_000,
            threads: 1,
        }
    }
}

/// A plan with its proof. It has passed [`check`].
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// Site of each unit.
    pub site: Vec<Option<usize>>,
    /// Reps at each site.
    pub reps: Vec<u32>,
    /// Hours of a rep for each unit and period, the way included.
    pub hours: Vec<Vec<f64>>,
    /// What one more hour of a site's reps would bring in each period; where hours are left, what those are
    /// worth.
    pub hour_price: Vec<Vec<f64>>,
    /// Price at which the bound lets each unit choose: about what it adds to the plan.
    pub unit_price: Vec<f64>,
    /// What one more of what each limit allows would bring, about; empty without limits.
    pub limit_price: Vec<f64>,
    /// Value, recomputed by the check.
    pub value: f64,
    /// Proved limit on the value of any plan.
    pub bound: f64,
    /// (bound − value)/|bound|, at least 0.
    pub gap: f64,
    /// Evaluations of prices.
    pub evaluations: usize,
}

/// Why there is no plan.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum Unsolved {
    /// The task is not as [`Task`] says: all faults.
    #[error("the task has {} faults, the first: {}", .0.len(), .0[0])]
    Faults(Vec<Fault>),
    /// No plan was found; none is worth more than the bound.
    #[error("no plan was found that keeps all rules")]
    NoPlan {
        /// Proved limit on the value of any plan.
        bound: f64,
    },
    /// The plan did not pass the check: a bug here.
    #[error("the plan breaks rules: {0:?}")]
    Unverified(Vec<Broken>),
}

/// Places reps, assigns units and gives hours, with a proof.
///
/// # Errors
/// [`Unsolved`].
pub fn solve(
    task: &Task<'_>,
    options: &Options,
    stop: &dyn Fn() -> bool,
) -> Result<Solution, Unsolved> {
    solve_like(task, None, options, stop)
}

/// The same, beginning at the plan and prices of a task like it, if there is one.
pub(crate) fn solve_like(
    task: &Task<'_>,
    like: Option<&Solution>,
    options: &Options,
    stop: &dyn Fn() -> bool,
) -> Result<Solution, Unsolved> {
    let faults = task.faults();
    if !faults.is_empty() {
        return Err(Unsolved::Faults(faults));
    }
    if task.limits.is_empty() {
        within_windows(task, like, options, stop)
    } else {
        limits::solve(task, like, options, stop)
    }
}

/// Solves a task without limits over all; begins at the plan and prices of a task like it, if there is one.
pub(super) fn within_windows(
    task: &Task<'_>,
    like: Option<&Solution>,
    options: &Options,
    stop: &dyn Fn() -> bool,
) -> Result<Solution, Unsolved> {
    if task.windows.is_empty() {
        plain(task, vec![], like, options, stop)
    } else {
        windows::solve(task, like, options, stop)
    }
}

/// Solves a task without windows; an hour counts besides what is credited by unit and period. Begins at the
/// plan and prices of a task like it, or else at those of the task without limits of hours.
pub(super) fn plain(
    task: &Task<'_>,
    credit: Vec<f64>,
    like: Option<&Solution>,
    options: &Options,
    stop: &dyn Fn() -> bool,
) -> Result<Solution, Unsolved> {
    let began = Instant::now();
    let late = |part: f64| {
        let limit = options.time.map(|time| time.mul_f64(part));
        stop() || limit.is_some_and(|limit| began.elapsed() >= limit)
    };
    let layout = Layout::new(task, credit);
    let first = match like {
        Some(_) => None,
        None => unlimited(&layout, options, &|| late(FIRST_SHARE)),
    };
    let mut run = Run {
        layout: &layout,
        best: None,
        bound: first.as_ref().map_or(f64::INFINITY, |first| first.0),
        options,
    };
    let over = || late(1.0);
    let mut board = Board::new(&layout);
    if let Some((_, solution)) = &first {
        place(&layout, &mut board, solution);
    }
    if let Some(like) = like {
        take(&layout, &mut board, like);
    }
    // Half of the time at most, so that prices get theirs.
    run.keep(board, &|| late(HALF));
    let mut evaluations = 0;
    let mut unit_price = vec![];
    if !run.done() {
        let prices = first.as_ref().map(|first| &first.1.prices);
        let mut descent = run.descent(prices.or(like.map(|like| &like.unit_price)));
        run.bound = run.bound.min(descent.bound);
        while !run.done() && !over() && evaluations < options.evaluations {
            let target = run.value().max(run.bound - 0.1 * run.bound.abs());
            if !descent.step(&layout, target) && !descent.again() {
                break;
            }
            evaluations += 1;
            run.bound = run.bound.min(descent.bound);
            if evaluations % PER_PLAN == 0 {
                run.keep(from_staffs(&layout, &descent.staffs), &over);
            }
        }
        unit_price = descent.prices;
    }
    if unit_price.is_empty() {
        unit_price = match (first, like) {
            (Some(first), _) => first.1.prices,
            (None, like) => like.map_or_else(Vec::new, |like| like.unit_price.clone()),
        };
    }
    run.finish(unit_price, evaluations)
}

/// The best plan so far and the limit.
struct Run<'r, 'a> {
    layout: &'r Layout<'a>,
    best: Option<Board>,
    bound: f64,
    options: &'r Options,
}

impl<'a> Run<'_, 'a> {
    fn value(&self) -> f64 {
        let best = self.best.as_ref();
        best.map_or(f64::NEG_INFINITY, Board::value)
    }

    fn done(&self) -> bool {
        let near = self.options.relative * self.bound.abs();
        self.bound.is_finite() && self.bound - self.value() <= near
    }

    /// Improves a board, and keeps it if it is the best plan so far.
    fn keep(&mut self, board: Board, stop: &dyn Fn() -> bool) {
        let mut search = Search {
            layout: self.layout,
            board,
            stop,
        };
        search.improve();
        let board = search.board;
        let better = board.value() > self.value();
        if better && board.is_plan(self.layout) {
            self.best = Some(board);
        }
    }

    /// Prices of units as given, or from the hours' prices of the best plan, whichever
    /// prove more; sites from the best plan.
    fn descent(&self, first: Option<&Vec<f64>>) -> Descent {
        let threads = self.options.threads;
        let begun = |prices| Descent::new(self.layout, self.staffs(), prices, threads);
        let unlimited = first.map(|first| begun(first.clone()));
        let planned = self
            .best
            .as_ref()
            .map(|best| begun(self.planned_prices(best)));
        let found = [unlimited, planned].into_iter().flatten();
        let best = found.min_by(|a, b| a.bound.total_cmp(&b.bound));
        best.unwrap_or_else(|| begun(vec![0.0; self.layout.task.units.len()]))
    }

    /// The most that a unit gains at any site of a plan at the prices of its hours, less its part of the
    /// site's cost that those hours do not pay.
    fn planned_prices(&self, best: &Board) -> Vec<f64> {
        let task = self.layout.task;
        let mut prices = vec![f64::NEG_INFINITY; task.units.len()];
        for (site, home) in best.homes.iter().enumerate() {
            if home.reps == 0 {
                continue;
            }
            let given = &task.sites[site];
            let paid = given.worth_of_hours(&home.prices);
            let unpaid = given.fixed - f64::from(home.reps) * (paid - given.rep_cost);
            let gains = home
                .pairs
                .iter()
                .map(|&pair| self.layout.gain(pair, &home.prices));
            let all: f64 = gains.map(|gain| gain.max(0.0)).sum();
            let kept = if given.least > 0 || all <= 0.0 {
                1.0
            } else {
                1.0 - (unpaid / all).clamp(0.0, 1.0)
            };
            for &pair in self.layout.of_site(site) {
                let price = &mut prices[task.pairs[pair as usize].unit];
                *price = price.max(kept * self.layout.gain(pair, &home.prices));
            }
        }
        for (unit, price) in prices.iter_mut().enumerate() {
            if price.is_infinite() {
                *price = best.without(unit);
            }
        }
        prices
    }

    /// Sites as in the best plan.
    fn staffs(&self) -> Vec<Staff> {
        let task = self.layout.task;
        let mut staffs: Vec<Staff> = (0..task.sites.len())
            .map(|site| Staff::new(self.layout, site))
            .collect();
        for (site, staff) in staffs.iter_mut().enumerate() {
            if let Some(home) = self.best.as_ref().map(|best| &best.homes[site])
                && home.reps > 0
            {
                staff.begin(home.reps, &home.prices);
            }
        }
        staffs
    }

    fn finish(self, unit_price: Vec<f64>, evaluations: usize) -> Result<Solution, Unsolved> {
        let (layout, bound) = (self.layout, self.bound);
        let Some(board) = self.best else {
            return Err(Unsolved::NoPlan { bound });
        };
        let task = layout.task;
        let mut solution = Solution {
            site: vec![None; task.units.len()],
            reps: board.homes.iter().map(|home| home.reps).collect(),
            hours: vec![vec![0.0; task.periods]; task.units.len()],
            hour_price: board.homes.iter().map(|home| home.prices.clone()).collect(),
            unit_price,
            limit_price: vec![],
            value: 0.0,
            bound,
            gap: 0.0,
            evaluations,
        };
        for (unit, &pair) in board.served.iter().enumerate() {
            if pair == NONE {
                continue;
            }
            let site = task.pairs[pair as usize].site;
            solution.site[unit] = Some(site);
            for period in 0..task.periods {
                let price = board.homes[site].prices[period];
                solution.hours[unit][period] = layout.best(pair, period, price).hours;
            }
        }
        let checked = check(task, &solution);
        if !checked.broken.is_empty() {
            return Err(Unsolved::Unverified(checked.broken));
        }
        solution.value = checked.value;
        // Sums in another order may exceed the limit by rounding.
        solution.bound = bound.max(checked.value);
        solution.gap =
            (solution.bound - solution.value) / solution.bound.abs().max(f64::MIN_POSITIVE);
        Ok(solution)
    }
}

/// The task at the prices at which the number of reps does not matter: a location task. Its bound is one
/// of the whole task.
fn unlimited(
    layout: &Layout<'_>,
    options: &Options,
    stop: &dyn Fn() -> bool,
) -> Option<(f64, location::Solution)> {
    let task = layout.task;
    let mut fixed = vec![];
    let mut sunk = 0.0;
    let mut own = vec![];
    for (at, site) in task.sites.iter().enumerate() {
        let cost = layout.opening_cost(at);
        // A site that earns more than it costs by hours left over is limited as if it were open anyway.
        if site.least > 0 || (cost < 0.0 && layout.most[at] > 0) {
            sunk += cost;
            fixed.push(0.0);
        } else {
            fixed.push(cost.max(0.0));
        }
        own.push(site.own.and_then(|unit| u32::try_from(unit).ok()));
    }
    let (mut start, mut sites, mut profit) = (vec![0], vec![], vec![]);
    for unit in 0..task.units.len() {
        for &pair in layout.of_unit(unit) {
            let site = task.pairs[pair as usize].site;
            if layout.most[site] > 0 {
                sites.push(u32::try_from(site).ok()?);
                profit.push(layout.gain(pair, layout.fair(site)));
            }
        }
        start.push(sites.len());
    }
    let may = task.units.iter().any(|unit| unit.unserved.is_some());
    let unserved = may.then(|| penalties(layout));
    let given = location::Task {
        fixed: &fixed,
        start: &start,
        site: &sites,
        profit: &profit,
        unserved: unserved.as_deref(),
        own: Some(&own),
    };
    let instance = location::Instance::new(&given).ok()?;
    let how = location::Options {
        relative: 0.1 * options.relative,
        ..location::Options::default()
    };
    let solution = location::solve(&instance, &how, None, stop);
    Some((solution.bound - sunk, solution))
}

/// Sites and units of the task without limits, with as many reps as they want.
fn place(layout: &Layout<'_>, board: &mut Board, solution: &location::Solution) {
    for &site in &solution.open {
        let site = site as usize;
        board.homes[site].reps = board.homes[site].reps.max(1);
    }
    for (unit, site) in solution.assigned.iter().enumerate() {
        let pair = |site: u32| {
            let mut pairs = layout.of_unit(unit).iter().copied();
            pairs.find(|&pair| layout.task.pairs[pair as usize].site == site as usize)
        };
        board.give(layout, unit, site.and_then(pair).unwrap_or(NONE));
    }
    for site in 0..board.homes.len() {
        let mut pairs = layout.of_site(site).iter().copied();
        if board.homes[site].reps > 0
            && let Some(own) = pairs.find(|&pair| layout.is_own(pair))
        {
            board.give(layout, layout.task.pairs[own as usize].unit, own);
        }
    }
    for site in 0..board.homes.len() {
        if board.homes[site].reps > 0 {
            let pairs = board.homes[site].pairs.clone();
            board.homes[site].reps = Board::reps_for(layout, site, &pairs);
        }
        board.settle(layout, site);
    }
}

/// Sites, reps and units of a plan of a task like this.
fn take(layout: &Layout<'_>, board: &mut Board, plan: &Solution) {
    for (home, reps) in board.homes.iter_mut().zip(&plan.reps) {
        home.reps = *reps;
    }
    for (unit, site) in plan.site.iter().enumerate() {
        let mut pairs = layout.of_unit(unit).iter().copied();
        let pair = pairs.find(|&pair| Some(layout.task.pairs[pair as usize].site) == *site);
        board.give(layout, unit, pair.unwrap_or(NONE));
    }
    for site in 0..board.homes.len() {
        board.settle(layout, site);
    }
}

/// A plan from the staff that prices choose.
fn from_staffs(layout: &Layout<'_>, staffs: &[Staff]) -> Board {
    let mut board = Board::new(layout);
    for (home, staff) in board.homes.iter_mut().zip(staffs) {
        if let Some((reps, prices)) = staff.reps() {
            home.reps = reps;
            home.prices.copy_from_slice(prices);
        }
    }
    let mut search = Search {
        layout,
        board,
        stop: &|| false,
    };
    search.assign_all();
    search.board
}
