//! Prices of hours and of money, and the two parts that they leave.

use super::task::Task;
use crate::curve::carry::Terminal;
use crate::prices::budget::Budget;
use crate::prices::effort;

/// A response that costs more to follow up than it brings keeps this part of its weight, as weights must be
/// above 0: the bound is weaker by that, never wrong.
const LEAST_WEIGHT: f64 = 1e-6;

/// Prices of hours by crew and period, those of hours of any crew last; and of money.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Prices {
    pub(super) hours: Vec<f64>,
    pub(super) money: f64,
}

/// How hours are counted: by crew and period, and by period for follow-ups of any crew.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pools {
    pub(super) crews: usize,
    pub(super) periods: usize,
}

impl Pools {
    pub(super) fn of(task: &Task<'_>) -> Self {
        Self {
            crews: task.crews.iter().map(|crew| crew + 1).max().unwrap_or(0),
            periods: task.effort.periods,
        }
    }

    pub(super) fn len(self) -> usize {
        (self.crews + 1) * self.periods
    }

    /// Place of the hours of a crew, or of any, in a period.
    pub(super) fn at(self, crew: Option<usize>, period: usize) -> usize {
        crew.unwrap_or(self.crews) * self.periods + period
    }
}

impl Task<'_> {
    /// The effort task at prices.
    pub(super) fn priced_effort(&self, prices: &Prices) -> effort::Task<'_> {
        let pools = Pools::of(self);
        let mut priced = self.effort.clone();
        let dearer = 1.0 + prices.money;
        for (site, crew) in priced.sites.iter_mut().zip(&self.crews) {
            site.fixed *= dearer;
            site.rep_cost *= dearer;
            site.overtime_cost *= dearer;
            for (period, worth) in site.hour_worth.iter_mut().enumerate() {
                let own = prices.hours[pools.at(Some(*crew), period)];
                *worth = own.max(prices.hours[pools.at(None, period)]);
            }
        }
        for pair in &mut priced.pairs {
            pair.hour_cost *= dearer;
        }
        priced
    }

    /// The budget at prices.
    pub(super) fn priced_budget(&self, prices: &Prices) -> Budget<'_> {
        let pools = Pools::of(self);
        let mut priced = self.budget.clone();
        priced.charge += prices.money;
        for follow_up in &self.follow_ups {
            let price = prices.hours[pools.at(follow_up.crew, follow_up.period)];
            let weight = &mut priced.cells[follow_up.cell].weight;
            *weight = (*weight - price * follow_up.hours).max(LEAST_WEIGHT * *weight);
        }
        // What comes after the plan takes no hours of it.
        for series in &mut priced.series {
            if let (Terminal::Credited(share), Some(last)) =
                (&mut series.terminal, series.cells.last())
            {
                *share *= self.budget.cells[*last].weight / priced.cells[*last].weight;
            }
        }
        priced
    }
}
