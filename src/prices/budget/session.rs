//! Budgets that differ from one another in numbers alone.
//!
//! Envelopes are the dear part of a solve. A session keeps those of one budget, its *base*, and makes
//! anew what differs; prices begin at those of the base. Every answer depends on the base and the budget
//! at hand, never on budgets solved in between.

use super::answer::Answer;
use super::cell::Ready;
use super::layout::Layout;
use super::model::{Budget, Cell};
use super::refuse::Refusals;
use super::{Options, solve, solve_in};

/// Solves budgets like a first one, one after another.
#[derive(Clone, Debug)]
pub struct Session<'a> {
    base: Budget<'a>,
    ready: Layout<'a>,
    /// Price of the total in the base, scaled.
    guess: f64,
    work: Layout<'a>,
}

impl<'a> Session<'a> {
    /// Solves the base.
    ///
    /// # Errors
    /// As [`solve`] for the base.
    pub fn new(base: &Budget<'a>, options: &Options) -> Result<(Self, Answer), Refusals> {
        let answer = solve(base, options)?;
        let mut ready = Layout::new(base);
        if ready.web.is_none() {
            // Cells then remember where they were at the base's prices.
            ready.nest.solve(&mut ready.cells, ready.charge, 1.0);
        }
        let price = ready.nest.price[0];
        let session = Self {
            guess: if price.is_finite() && price > 0.0 {
                price
            } else {
                1.0
            },
            base: base.clone(),
            work: ready.clone(),
            ready,
        };
        Ok((session, answer))
    }

    /// Solves a budget: at the speed of a small change where its cells and groups are those of the base
    /// with other numbers and no limits cross, else as [`solve`] does.
    ///
    /// # Errors
    /// As [`solve`].
    pub fn solve(&mut self, budget: &Budget<'a>, options: &Options) -> Result<Answer, Refusals> {
        let targets = budget.target_value > 0.0 || budget.target_return > 0.0;
        if targets || self.ready.web.is_some() || !self.is_alike(budget) {
            return solve(budget, options);
        }
        budget.check()?;
        self.refresh(budget);
        solve_in(budget, &mut self.work, self.guess, options)
    }

    /// Whether a budget differs in numbers alone, and in none that make limits cross.
    fn is_alike(&self, budget: &Budget<'_>) -> bool {
        let base = &self.base;
        let cells = base.cells.iter().zip(&budget.cells);
        let groups = base.groups.iter().zip(&budget.groups);
        base.cells.len() == budget.cells.len()
            && base.groups.len() == budget.groups.len()
            && budget.series == base.series
            && !budget.has_cross_limits()
            && budget.target_return <= 0.0
            && budget.target_value <= 0.0
            && cells.into_iter().all(|(a, b)| a.group == b.group)
            && groups.into_iter().all(|(a, b)| a.parent == b.parent)
    }

    fn refresh(&mut self, budget: &Budget<'a>) {
        let (money, worth) = (self.ready.money, self.ready.worth);
        for (at, number) in self.ready.cell_of.iter().enumerate() {
            let (from, to) = (&self.base.cells[*number], &budget.cells[*number]);
            let as_worthy = Cell {
                weight: from.weight,
                ..*to
            };
            let work = &mut self.work.cells[at];
            if is_same(from, to) {
                work.clone_from(&self.ready.cells[at]);
            } else if is_same(from, &as_worthy) && to.fee <= 0.0 {
                work.clone_from(&self.ready.cells[at]);
                work.reweigh(to.weight / worth);
            } else {
                *work = Ready::new(to, money, worth);
            }
        }
        let nest = &mut self.work.nest;
        nest.floor[0] = budget.total.floor / money;
        nest.ceiling[0] = budget.available() / money;
        for (at, number) in self.work.group_of.iter().enumerate() {
            let limit = &budget.groups[*number].limit;
            nest.floor[at + 1] = limit.floor / money;
            nest.ceiling[at + 1] = limit.ceiling / money;
        }
        self.work.charge = budget.charge * money / worth;
    }
}

/// Whether two cells have the same numbers, bit for bit, and the very same curve.
fn is_same(a: &Cell<'_>, b: &Cell<'_>) -> bool {
    let numbers = |cell: &Cell<'_>| {
        [
            cell.weight,
            cell.units,
            cell.stock,
            cell.low,
            cell.high,
            cell.fee,
            cell.minimum,
        ]
        .map(f64::to_bits)
    };
    std::ptr::eq(a.curve, b.curve) && numbers(a) == numbers(b)
}
