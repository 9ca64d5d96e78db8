//! The whole solve: a first plan and first prices from the task without limits of hours, then better
//! prices and plans in turn.

use std::time::{Duration, Instant};

use thiserror::Error;

use super::board::{Board, penalties};
use super::check::{Broken, check};
use super::descent::Descent;
use super::layout::{Layout, NONE};
use super::rows::Rows;
use super::search::Search;
use super::staff::Staff;
use super::task::{Fault, Task};
use super::windows;
use crate::prices::location;

/// Evaluations between two plans made from prices.
const PER_PLAN: usize = 25;
/// Part of the time for the task without limits of hours.
const FIRST_SHARE: f64 = 0.25;
/// Part of the time until which the first plan is improved.
const HALF: f64 = 0.5;
/// First fine for missing a row by what a usual choice adds, as a part of what one brings at most.
const FIRST_FINE: f64 = 0.1;
/// What fines of missed rows rise by from one search to the next, and those of kept rows fall by.
const TURN: (f64, f64) = (2.0, 0.85);
/// Searches with other fines in vain after which no more follow.
const VAIN: u32 = 8;
/// Searches with other fines at most.
const SEARCHES: u32 = 40;

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
    /// What one more of what each limit allows would bring, about; empty without limits. Below 0 where its
    /// least binds.
    pub limit_price: Vec<f64>,
    /// Prices of the rows that limits, counts and spreads come to, for a task like this to begin with.
    pub(crate) row_price: Vec<f64>,
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
    if task.rules.windows.is_empty() {
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
    let rows = Rows::new(&layout);
    let first = match like {
        Some(_) => None,
        None => unlimited(&layout, options, &|| late(FIRST_SHARE)),
    };
    let mut run = Run {
        layout: &layout,
        rows: &rows,
        best: None,
        bound: first.as_ref().map_or(f64::INFINITY, |first| first.0),
        fines: rows.fines(FIRST_FINE * usual_gain(&layout)),
        options,
    };
    let over = || late(1.0);
    let mut board = Board::new(&layout, &rows);
    if let Some((_, solution)) = &first {
        place(&layout, &rows, &mut board, solution);
    }
    if let Some(like) = like {
        take(&layout, &rows, &mut board, like);
    }
    // Half of the time at most, so that prices get theirs.
    run.keep(board, &|| late(HALF));
    let mut evaluations = 0;
    let mut prices = first.map(|first| first.1.prices);
    prices = prices.or(like.map(|like| known_prices(&layout, &rows, like)));
    if !run.done() {
        let mut descent = run.descent(prices.as_ref());
        run.bound = run.bound.min(descent.bound);
        while !run.done() && !over() && evaluations < options.evaluations {
            let target = run.value().max(run.bound - 0.1 * run.bound.abs());
            if !descent.step(&layout, target) && !descent.again() {
                break;
            }
            evaluations += 1;
            run.bound = run.bound.min(descent.bound);
            if evaluations % PER_PLAN == 0 {
                run.keep(from_staffs(&layout, &rows, &descent), &over);
            }
        }
        prices = Some(descent.prices);
    }
    run.finish(prices.unwrap_or_default(), evaluations)
}

/// Prices of blocks and rows of a task like this.
fn known_prices(layout: &Layout<'_>, rows: &Rows, like: &Solution) -> Vec<f64> {
    let mut prices = vec![0.0; layout.blocks()];
    for (unit, price) in like.unit_price.iter().enumerate() {
        prices[layout.block_of(unit)] += price;
    }
    if like.row_price.len() == rows.len() {
        prices.extend(&like.row_price);
    }
    prices
}

/// The most that a block gains at fair prices, on average.
fn usual_gain(layout: &Layout<'_>) -> f64 {
    let most = |block: usize| {
        let gains = layout
            .of_block(block)
            .iter()
            .map(|&choice| layout.gain(choice, layout.fair(layout.choice(choice).site as usize)));
        gains.fold(0.0, f64::max)
    };
    let all: f64 = (0..layout.blocks()).map(most).sum();
    (all / layout.blocks().max(1) as f64).max(f64::MIN_POSITIVE)
}

/// The best plan so far and the limit.
struct Run<'r, 'a> {
    layout: &'r Layout<'a>,
    rows: &'r Rows,
    best: Option<Board>,
    bound: f64,
    /// Fines for missing rows, as the last search left them.
    fines: Vec<f64>,
    options: &'r Options,
}

impl<'r, 'a> Run<'r, 'a> {
    fn value(&self) -> f64 {
        let best = self.best.as_ref();
        best.map_or(f64::NEG_INFINITY, |best| self.worth(best))
    }

    /// Value of a plan that keeps all rows.
    fn worth(&self, board: &Board) -> f64 {
        board.value() - self.rows.cost(&board.sums, &self.fines)
    }

    fn done(&self) -> bool {
        let near = self.options.relative * self.bound.abs();
        self.bound.is_finite() && self.bound - self.value() <= near
    }

    /// Improves a board, and keeps the best plans on the way: fines rise for what is missed and fall for what is
    /// kept, so that the search goes back and forth over the rows.
    fn keep(&mut self, board: Board, stop: &dyn Fn() -> bool) {
        let given = (self.layout, self.rows);
        let mut search = Search::new(given, (board, self.fines.clone()), stop);
        let mut vain = 0;
        for _ in 0..SEARCHES {
            search.improve();
            let board = &search.board;
            let worth = self.worth(board);
            if worth > self.value() + 1e-9 * worth.abs() && board.is_plan(self.layout, self.rows) {
                self.best = Some(board.clone());
                vain = 0;
            } else {
                vain += 1;
            }
            if self.rows.is_empty() || vain > VAIN || self.done() || stop() {
                break;
            }
            self.rows.adapt(&search.board.sums, &mut search.fines, TURN);
        }
        self.fines = search.fines;
    }

    /// Prices of units as given, or from the hours' prices of the best plan, whichever
    /// prove more; sites from the best plan.
    fn descent(&self, first: Option<&Vec<f64>>) -> Descent<'r> {
        let given = (self.layout, self.rows);
        let threads = self.options.threads;
        let begun = |prices| Descent::new(given, self.staffs(), prices, threads);
        let unlimited = first.map(|first| begun(first.clone()));
        let planned = self
            .best
            .as_ref()
            .map(|best| begun(self.planned_prices(best)));
        let found = [unlimited, planned].into_iter().flatten();
        let best = found.min_by(|a, b| a.bound.total_cmp(&b.bound));
        best.unwrap_or_else(|| begun(vec![0.0; self.layout.blocks()]))
    }

    /// The most that a block gains at any site of a plan at the prices of its hours, less its part of the
    /// site's cost that those hours do not pay.
    fn planned_prices(&self, best: &Board) -> Vec<f64> {
        let layout = self.layout;
        let mut prices = vec![f64::NEG_INFINITY; layout.blocks()];
        for (site, home) in best.homes.iter().enumerate() {
            if home.reps == 0 {
                continue;
            }
            let given = &layout.task.sites[site];
            let paid = given.worth_of_hours(&home.prices);
            let unpaid = given.fixed - f64::from(home.reps) * (paid - given.rep_cost);
            let gains = home
                .choices
                .iter()
                .map(|&choice| layout.gain(choice, &home.prices));
            let all: f64 = gains.map(|gain| gain.max(0.0)).sum();
            let kept = if given.least > 0 || all <= 0.0 {
                1.0
            } else {
                1.0 - (unpaid / all).clamp(0.0, 1.0)
            };
            for &choice in layout.of_site(site) {
                let price = &mut prices[layout.choice(choice).block as usize];
                *price = price.max(kept * layout.gain(choice, &home.prices));
            }
        }
        for (block, price) in prices.iter_mut().enumerate() {
            if price.is_infinite() {
                *price = best.without(block);
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

    fn finish(self, prices: Vec<f64>, evaluations: usize) -> Result<Solution, Unsolved> {
        let (layout, bound) = (self.layout, self.bound);
        let Some(board) = self.best else {
            return Err(Unsolved::NoPlan { bound });
        };
        let task = layout.task;
        let row_price = prices.get(layout.blocks()..).unwrap_or_default().to_vec();
        let mut units = vec![0.0; layout.blocks()];
        (0..task.units.len()).for_each(|unit| units[layout.block_of(unit)] += 1.0);
        let each = |unit: usize| {
            let block = layout.block_of(unit);
            prices.get(block).map_or(0.0, |price| price / units[block])
        };
        let mut solution = Solution {
            site: vec![None; task.units.len()],
            reps: board.homes.iter().map(|home| home.reps).collect(),
            hours: vec![vec![0.0; task.periods]; task.units.len()],
            hour_price: board.homes.iter().map(|home| home.prices.clone()).collect(),
            unit_price: (0..task.units.len()).map(each).collect(),
            limit_price: self.rows.limit_prices(&row_price),
            row_price,
            value: 0.0,
            bound,
            gap: 0.0,
            evaluations,
        };
        for &choice in board.served.iter().filter(|choice| **choice != NONE) {
            for &pair in layout.parts(choice) {
                let pair = &task.pairs[pair as usize];
                solution.site[pair.unit] = Some(pair.site);
                let hours = solution.hours[pair.unit].iter_mut();
                for (period, (hours, price)) in
                    hours.zip(&board.homes[pair.site].prices).enumerate()
                {
                    *hours = layout.best_of(pair, period, *price).hours;
                }
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

/// The task at the prices at which the number of reps does not matter, and without what couples sites: a
/// location task. Its bound is one of the whole task.
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
        let block = site.own.map(|unit| layout.block_of(unit));
        own.push(block.and_then(|block| u32::try_from(block).ok()));
    }
    let (mut start, mut sites, mut profit) = (vec![0], vec![], vec![]);
    for block in 0..layout.blocks() {
        for &choice in layout.of_block(block) {
            let site = layout.choice(choice).site;
            if layout.most[site as usize] > 0 {
                sites.push(site);
                profit.push(layout.gain(choice, layout.fair(site as usize)));
            }
        }
        start.push(sites.len());
    }
    let may = layout.unserved.iter().any(Option::is_some);
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

/// Sites and blocks of the task without limits, with as many reps as they want.
fn place(layout: &Layout<'_>, rows: &Rows, board: &mut Board, solution: &location::Solution) {
    for &site in &solution.open {
        let reps = board.homes[site as usize].reps.max(1);
        board.staff(rows, site as usize, reps);
    }
    for site in 0..board.homes.len() {
        let mut choices = layout.of_site(site).iter().copied();
        if board.homes[site].reps > 0
            && let Some(own) = choices.find(|&choice| layout.is_own(choice))
        {
            board.give(layout, rows, layout.choice(own).block as usize, own);
        }
    }
    for (block, site) in solution.assigned.iter().enumerate() {
        let choice = site.and_then(|site| layout.choice_of(block, site));
        put(layout, rows, board, (block, choice));
    }
    for site in 0..board.homes.len() {
        if board.homes[site].reps > 0 {
            let choices = board.homes[site].choices.clone();
            board.staff(rows, site, Board::reps_for(layout, site, &choices));
        }
        board.settle(layout, site);
    }
}

/// Gives a block to a choice unless that is ruled out, or the block is a site's own.
fn put(layout: &Layout<'_>, rows: &Rows, board: &mut Board, (block, choice): (usize, Option<u32>)) {
    let now = board.served[block];
    if now != NONE && layout.is_own(now) {
        return;
    }
    let choice = choice.filter(|&choice| !board.clashes(layout, choice, &[]));
    board.give(layout, rows, block, choice.unwrap_or(NONE));
}

/// Sites, reps and blocks of a plan of a task like this.
fn take(layout: &Layout<'_>, rows: &Rows, board: &mut Board, plan: &Solution) {
    for (site, reps) in plan.reps.iter().enumerate() {
        board.staff(rows, site, *reps);
    }
    for (unit, site) in plan.site.iter().enumerate() {
        let block = layout.block_of(unit);
        let site = site.and_then(|site| u32::try_from(site).ok());
        let choice = site.and_then(|site| layout.choice_of(block, site));
        board.give(layout, rows, block, choice.unwrap_or(NONE));
    }
    for site in 0..board.homes.len() {
        board.settle(layout, site);
    }
}

/// A plan from the staff that prices choose.
fn from_staffs(layout: &Layout<'_>, rows: &Rows, descent: &Descent<'_>) -> Board {
    let mut board = Board::new(layout, rows);
    for (site, staff) in descent.staffs.iter().enumerate() {
        if let Some((reps, prices)) = staff.reps() {
            board.staff(rows, site, reps);
            board.homes[site].prices.copy_from_slice(prices);
        }
    }
    let mut search = Search::new((layout, rows), (board, vec![]), &|| false);
    search.assign_all(&descent.shift.of_choice);
    search.board
}
