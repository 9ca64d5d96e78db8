//! The whole solve: a first plan and first prices from the task without limits of hours, then better
//! prices and plans side by side.

use std::time::Duration;

use thiserror::Error;

use super::board::Board;
use super::check::Broken;
use super::layout::Layout;
use super::rows::Rows;
use super::run::{Clock, Run};
use super::start::{known_prices, place, take, unlimited};
use super::task::{Fault, Task};
use super::windows;

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

/// A plan with its proof. It has passed [`check`](super::check()).
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
    let clock = Clock::new(options.time);
    let late = |part: f64| stop() || clock.is_past(part);
    let layout = Layout::new(task, credit);
    let rows = Rows::new(&layout);
    let first = match like {
        Some(_) => None,
        None => unlimited(&layout, options, &|| late(FIRST_SHARE)),
    };
    let bound = first.as_ref().map_or(f64::INFINITY, |first| first.0);
    let mut run = Run::new((&layout, &rows), bound, (options, clock));
    let mut board = Board::new(&layout, &rows);
    // Where rules leave hardly anything, nothing may be all there is.
    run.offer(&board);
    if let Some((_, solution)) = &first {
        place(&layout, &rows, &mut board, solution);
    }
    if let Some(like) = like {
        take(&layout, &rows, &mut board, like);
    }
    // Half of the time at most, so that prices get theirs.
    run.improve(board, &|| late(HALF));
    let mut prices = first.map(|first| first.1.prices);
    prices = prices.or(like.map(|like| known_prices(&layout, &rows, like)));
    if !run.is_done() {
        prices = Some(run.rounds((prices.as_ref(), like.is_some()), &|| late(1.0)));
    }
    run.finish(prices.unwrap_or_default())
}
