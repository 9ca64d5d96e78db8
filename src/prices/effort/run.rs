//! Prices and plans in turn: what was found so far, and what is proved.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::anneal::Annealing;
use super::board::Board;
use super::check::check;
use super::descent::Descent;
use super::layout::{Layout, NONE};
use super::rows::Rows;
use super::search::Search;
use super::solve::{Options, Solution, Unsolved};
use super::staff::Staff;
use super::start::{from_staffs, planned_prices, usual_gain};

/// Evaluations beside each plan made from prices. Where rows couple sites, there are more of them, and prices must
/// have settled before a first plan is made: sooner where prices are known.
const PER_PLAN: usize = 25;
const COUPLED: usize = 100;
const SETTLED: usize = 200;
const KNOWN: usize = 50;
/// Fine for missing a row by what a usual choice adds, as a part of what one brings at most: first, and least beside
/// prices.
const FIRST_FINE: f64 = 0.1;
const LEAST_FINE: f64 = 0.02;
/// What fines are beside prices.
const FINE: f64 = 1.5;
/// What fines of missed rows rise by from one search to the next, and those of kept rows fall by.
const TURN: (f64, f64) = (2.0, 0.85);
/// Searches with other fines in vain after which fines only rise, and after which there are no more.
const TURNS: u32 = 8;
const VAIN: u32 = 16;
/// Plans in vain after which there are no more when prices do not change.
const IDLE: u32 = 8;
/// Sites that prices choose more often than this are open where a plan begins, in turn.
const OFTEN: [f64; 4] = [0.5, 0.1, 0.8, 0.3];
/// Gains below this part of the value are rounding.
const ROUNDING: f64 = 1e-9;

/// When time is up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    began: Instant,
    limit: Option<Duration>,
}

impl Clock {
    pub(super) fn new(limit: Option<Duration>) -> Self {
        let began = Instant::now();
        Self { began, limit }
    }

    /// Whether a part of the time has passed.
    pub(super) fn is_past(&self, part: f64) -> bool {
        let limit = self.limit.map(|limit| limit.mul_f64(part));
        limit.is_some_and(|limit| self.began.elapsed() >= limit)
    }
}

/// The best plan so far and the limit.
pub(super) struct Run<'r, 'a> {
    layout: &'r Layout<'a>,
    rows: &'r Rows,
    best: Option<Board>,
    bound: f64,
    /// Fines for missing rows, as the last search left them.
    fines: Vec<f64>,
    /// What a block gains at most, on average.
    usual: f64,
    evaluations: usize,
    options: &'r Options,
    clock: Clock,
}

impl<'r, 'a> Run<'r, 'a> {
    pub(super) fn new(
        (layout, rows): (&'r Layout<'a>, &'r Rows),
        bound: f64,
        (options, clock): (&'r Options, Clock),
    ) -> Self {
        let usual = usual_gain(layout);
        Self {
            layout,
            rows,
            best: None,
            bound,
            fines: rows.fines(FIRST_FINE * usual),
            usual,
            evaluations: 0,
            options,
            clock,
        }
    }

    fn value(&self) -> f64 {
        let best = self.best.as_ref();
        best.map_or(f64::NEG_INFINITY, |best| self.worth(best))
    }

    /// Value of a plan that keeps all rows.
    fn worth(&self, board: &Board) -> f64 {
        board.value() - self.rows.cost(&board.sums, &self.fines)
    }

    /// Whether the gap is small enough.
    pub(super) fn is_done(&self) -> bool {
        let near = self.options.relative * self.bound.abs();
        self.bound.is_finite() && self.bound - self.value() <= near
    }

    /// Keeps a board if it is the best plan so far; whether it is.
    pub(super) fn offer(&mut self, board: &Board) -> bool {
        let worth = self.worth(board);
        let better = worth > self.value() + ROUNDING * worth.abs();
        let kept = better && board.is_plan(self.layout, self.rows);
        if kept {
            self.best = Some(board.clone());
        }
        kept
    }

    /// Improves a board, and keeps the best plans on the way.
    pub(super) fn improve(&mut self, board: Board, stop: &dyn Fn() -> bool) {
        let given = (self.layout, self.rows);
        self.keep(Search::new(given, (board, self.fines.clone()), stop));
    }

    /// Improves the board of a search, and keeps the best plans on the way: fines rise for what is missed and fall
    /// for what is kept, so that the search goes back and forth over the rows.
    fn keep(&mut self, mut search: Search<'_, '_>) {
        let mut vain = 0;
        loop {
            search.improve();
            vain = if self.offer(&search.board) {
                0
            } else {
                vain + 1
            };
            if self.rows.is_empty() || vain > VAIN || self.is_done() || (search.stop)() {
                return;
            }
            let fall = if vain > TURNS { 1.0 } else { TURN.1 };
            let sums = &search.board.sums;
            self.rows.adapt(sums, &mut search.fines, (TURN.0, fall));
        }
    }

    /// Better prices and plans side by side, until the gap is small enough, the evaluations are used up or time is;
    /// returns the best prices. Begins at given ones, which may be those of a task like this.
    pub(super) fn rounds(
        &mut self,
        (first, like): (Option<&Vec<f64>>, bool),
        stop: &dyn Fn() -> bool,
    ) -> Vec<f64> {
        let coupled = !self.rows.is_empty();
        let mut descent = self.descent(first);
        self.bound = self.bound.min(descent.bound);
        let (mut descends, mut idle) = (true, 0);
        for round in 0_u64.. {
            let over = self.evaluations >= self.options.evaluations;
            // Where rows couple sites plans go on for a while when prices do not.
            let more = descends || (coupled && idle < IDLE);
            if self.is_done() || over || stop() || !more {
                break;
            }
            let before = self.value();
            let length = match (coupled, round, like) {
                (false, ..) => PER_PLAN,
                (true, 0, false) => SETTLED,
                (true, 0, true) => KNOWN,
                (true, ..) => COUPLED,
            };
            let length = length.min(self.options.evaluations - self.evaluations);
            let target = self.value().max(self.bound - 0.1 * self.bound.abs());
            descends = if coupled && round == 0 {
                let clock = self.clock;
                let halt = || stop() || clock.is_past(1.0);
                descent.advance(self.layout, (length, target, true), &halt)
            } else {
                let steps = if descends { length } else { 0 };
                let more = self.side_by_side(&mut descent, (round, steps, target), stop);
                descends && more
            };
            self.evaluations += length;
            self.bound = self.bound.min(descent.bound);
            let better = self.value() > before;
            idle = if descends || better { 0 } else { idle + 1 };
        }
        descent.prices
    }

    /// Steps of prices beside a plan from where they begin, on two threads if there are; whether steps are of more
    /// use. Neither looks at the other, so the answer does not depend on threads.
    fn side_by_side(
        &mut self,
        descent: &mut Descent<'_>,
        (round, steps, target): (u64, usize, f64),
        stop: &dyn Fn() -> bool,
    ) -> bool {
        let planned = self.planned(round, descent);
        let (layout, clock) = (self.layout, self.clock);
        let halted = AtomicBool::new(false);
        let halt = || halted.load(Ordering::Relaxed) || clock.is_past(1.0);
        let mut advance = || descent.advance(layout, (steps, target, false), &halt);
        if self.options.threads == 1 {
            let more = advance();
            self.plan(planned, stop);
            return more;
        }
        thread::scope(|scope| {
            let advanced = scope.spawn(advance);
            self.plan(planned, stop);
            halted.store(stop(), Ordering::Relaxed);
            match advanced.join() {
                Ok(more) => more,
                Err(panic) => std::panic::resume_unwind(panic),
            }
        })
    }

    /// Where a round's plan begins: at what prices choose, in turn with the best plan where rows couple sites; with
    /// what rows then cost.
    fn planned(&self, round: u64, descent: &Descent<'_>) -> Planned {
        let (layout, rows) = (self.layout, self.rows);
        let again = self
            .best
            .as_ref()
            .filter(|_| !rows.is_empty() && round.is_multiple_of(2));
        let board = again.cloned();
        let prices = &descent.prices[layout.blocks()..];
        let fines = rows.fines(LEAST_FINE * self.usual).into_iter().zip(prices);
        Planned {
            board: board.unwrap_or_else(|| {
                let often = OFTEN[(round / 2) as usize % OFTEN.len()];
                from_staffs((layout, rows), descent, often)
            }),
            fines: fines
                .map(|(least, price)| least.max(FINE * price))
                .collect(),
            costs: descent.shift.of_choice.clone(),
            round,
        }
    }

    /// A plan from where a round begins.
    fn plan(&mut self, planned: Planned, stop: &dyn Fn() -> bool) {
        let given = (self.layout, self.rows);
        let mut search = Search::new(given, (planned.board, planned.fines), stop);
        if !self.rows.is_empty() {
            let annealing = Annealing {
                costs: &planned.costs,
                usual: self.usual,
                seed: planned.round,
            };
            annealing.run(&mut search);
        }
        self.keep(search);
    }

    /// Prices of units as given, or from the hours' prices of the best plan, whichever
    /// prove more; sites from the best plan.
    fn descent(&self, first: Option<&Vec<f64>>) -> Descent<'r> {
        let given = (self.layout, self.rows);
        let threads = self.options.threads;
        let begun = |prices| Descent::new(given, self.staffs(), prices, threads);
        let unlimited = first.map(|first| begun(first.clone()));
        let best = self.best.as_ref();
        let planned = best.map(|best| begun(planned_prices(self.layout, best)));
        let found = [unlimited, planned].into_iter().flatten();
        let best = found.min_by(|a, b| a.bound.total_cmp(&b.bound));
        best.unwrap_or_else(|| begun(vec![0.0; self.layout.blocks()]))
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

    /// The best plan with its proof.
    pub(super) fn finish(self, prices: Vec<f64>) -> Result<Solution, Unsolved> {
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
            evaluations: self.evaluations,
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

/// Where a round's plan begins.
struct Planned {
    board: Board,
    fines: Vec<f64>,
    costs: Vec<f64>,
    round: u64,
}
