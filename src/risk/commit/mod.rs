//! Spend that is committed before it is known which future comes; the rest follows the future.
//!
//! With x the money of committed cells and `A[s]` the total of scenario s,
//!
//! ```text
//! V[s](x) = Σ_committed f[c,s](x[c]) + max { Σ_others f[u,s](y[u]) : Σ y ≤ A[s] − Σ x }
//! ```
//!
//! less the charge for money. A measure of the values is the least of weighted means, and for any
//! weights q and prices λ ≥ 0 of the totals no commitment is worth more than
//!
//! ```text
//! Σ_c max_x (Σ_s q[s]·f[c,s](x) − Σ_s q[s]·λ[s]·x) + Σ_s q[s]·(λ[s]·A[s] + Σ_u max_y (f[u,s](y) − λ[s]·y))
//! ```
//!
//! whatever the curves are; each maximum is over one number of a rising function less a line, found
//! with a limit of its own by dividing its range. Prices and weights are those of the commitments met,
//! on average, and of the game between them and the scenarios; the next commitment moves towards the one
//! that they prefer.
//!
//! For budgets under one total: limits of groups and channels, fees, minima, carry-over and targets
//! are refused (E642). What is committed to a channel that stops is lost.

mod rising;
mod search;

use rayon::prelude::*;
use rising::most;
use serde::Serialize;

use super::decide::Measure;
use super::decide::measure::Gauge;
use crate::fault::{Code, Fault, Faults, Place};
use crate::prices::budget::{Answer, Budget, Cell, Options, solve};
use crate::sweep::budgets::BudgetScenarios;

/// What is committed, and what it is worth.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Commitment {
    /// What was made as large as can be.
    pub measure: Measure,
    /// Money of each committed cell, in the order of the cells; 0 for others.
    pub spend: Vec<f64>,
    /// Measure of the values, in the unit of value, the charge for money taken off; for regret, minus
    /// the largest regret against the proved limit of each scenario alone.
    pub value: f64,
    /// Proved limit on the measure of any commitment.
    pub bound: f64,
    /// (bound − value)/|bound|, 0 or more; for regret, by the mean of the scenarios' limits.
    pub gap: f64,
    /// Value in each scenario, with the best use of what is not committed.
    pub values: Vec<f64>,
    /// Commitments tried.
    pub rounds: u32,
}

/// The budgets of all scenarios.
struct Futures<'a> {
    budgets: Vec<Budget<'a>>,
    committed: Vec<bool>,
    options: Options,
}

/// Commits spend of the cells that are marked, so as to make a measure of the values as large as can
/// be; regret is against the proved limit of each scenario alone. Probabilities are scaled to add up to 1,
/// equal where none is stated. The options hold for each solve; the run ends at a gap of `gap`.
///
/// # Errors
/// All faults of the scenarios and of the measure, and budgets that have more than one limit.
pub fn commit(
    base: &Budget<'_>,
    scenarios: &impl BudgetScenarios,
    committed: &[bool],
    measure: Measure,
    (options, gap): (&Options, f64),
) -> Result<Commitment, Faults> {
    measure.check()?;
    let mut faults = Faults::new();
    if committed.len() != base.cells.len() {
        let place = Place::section("committed", "");
        let expected = format!("{} entries, one for each cell", base.cells.len());
        let found = committed.len().to_string();
        faults.push(Fault::new(Code::BadLength, place, found, expected));
    }
    let mut futures = Futures {
        budgets: Vec::new(),
        committed: committed.to_vec(),
        options: *options,
    };
    let mut probabilities = Vec::new();
    for index in 0..scenarios.count() {
        let mut budget = base.clone();
        match scenarios.apply(index, &mut budget) {
            Ok(()) => one_total(&budget, &scenarios.name(index).0, &mut faults),
            Err(more) => faults.extend(more),
        }
        futures.budgets.push(budget);
        probabilities.push(scenarios.name(index).1.unwrap_or(f64::NAN));
    }
    if futures.budgets.is_empty() {
        let place = Place::section("scenarios", "");
        let expected = "a scenario or more";
        faults.push(Fault::new(Code::EmptyTable, place, "none", expected));
    }
    faults.or(())?;
    let alone = futures.alone()?;
    let limits = alone.iter().map(|answer| answer.bound.max(answer.net));
    let gauge = Gauge {
        measure,
        against: match measure {
            Measure::Regret => limits.collect(),
            _ => vec![0.0; probabilities.len()],
        },
        probabilities: scaled(&probabilities),
    };
    search::run(&futures, &gauge, &alone, gap)
}

/// Probabilities that add up to 1, equal where none is stated; one that is not stated counts as 0
/// where others are.
fn scaled(stated: &[f64]) -> Vec<f64> {
    let total: f64 = stated.iter().filter(|part| part.is_finite()).sum();
    let each = stated.iter().map(|part| match total > 0.0 {
        true if part.is_finite() => part / total,
        true => 0.0,
        false => 1.0,
    });
    let parts: Vec<f64> = each.collect();
    let sum: f64 = parts.iter().sum();
    parts.into_iter().map(|part| part / sum).collect()
}

/// Refuses what the limit does not know of.
fn one_total(budget: &Budget<'_>, scenario: &str, faults: &mut Faults) {
    let free = |limit: &crate::prices::budget::Limit| {
        limit.floor <= 0.0 && limit.ceiling >= budget.total.ceiling
    };
    let cells = budget.cells.iter();
    let refused = [
        (
            budget.groups.iter().any(|group| !free(&group.limit))
                || budget.across.iter().any(|set| !free(&set.limit)),
            "limits of periods or regions",
        ),
        (
            budget.channels.iter().any(|channel| !free(&channel.limit)),
            "limits of channels",
        ),
        (
            cells
                .clone()
                .any(|cell| cell.fee > 0.0 || cell.minimum > 0.0)
                || (budget.channels.iter()).any(|own| own.fee > 0.0 || own.minimum > 0.0),
            "fees or minima",
        ),
        (cells.clone().any(|cell| cell.low > 0.0), "floors of cells"),
        (!budget.series.is_empty(), "carry-over"),
        (
            !budget.conflicts.is_empty()
                || (budget.most_active).is_some_and(|most| most < budget.channels.len()),
            "channels that exclude each other",
        ),
        (
            budget.target_return > 0.0 || budget.target_value > 0.0,
            "a target",
        ),
        (budget.total.ceiling.is_infinite(), "no total"),
    ];
    for (_, what) in refused.into_iter().filter(|own| own.0) {
        let place = Place::section("scenarios", scenario);
        let expected = "one total, and ceilings of single cells";
        faults.push(Fault::new(Code::NotOneTotal, place, what, expected));
    }
}

/// Value of a cell at some money, whatever is above its ceiling being lost.
fn brings(cell: &Cell<'_>, money: f64) -> f64 {
    cell.weight
        * cell
            .curve
            .value(cell.stock + cell.units * money.min(cell.high))
}

impl<'a> Futures<'a> {
    /// The best of each scenario, if it were known.
    fn alone(&self) -> Result<Vec<Answer>, Faults> {
        let budgets = self.budgets.par_iter();
        let answers: Vec<Result<Answer, Faults>> =
            budgets.map(|budget| self.solve(budget)).collect();
        answers.into_iter().collect()
    }

    /// What the scenarios alone would give the committed cells, on average.
    fn start(&self, gauge: &Gauge, alone: &[Answer]) -> Vec<f64> {
        let mut spend = vec![0.0; self.committed.len()];
        for (answer, part) in alone.iter().zip(&gauge.probabilities) {
            for (sum, own) in spend.iter_mut().zip(&answer.spend) {
                *sum += part * own;
            }
        }
        self.fit(&mut spend);
        spend
    }

    /// Leaves what is committed, and no more than the least total.
    fn fit(&self, spend: &mut [f64]) {
        for (money, committed) in spend.iter_mut().zip(&self.committed) {
            *money = if *committed { money.max(0.0) } else { 0.0 };
        }
        let totals = self.budgets.iter().map(Budget::available);
        let least = totals.fold(f64::INFINITY, f64::min);
        let sum: f64 = spend.iter().sum();
        if sum > least {
            spend.iter_mut().for_each(|money| *money *= least / sum);
        }
    }

    fn solve(&self, budget: &Budget<'_>) -> Result<Answer, Faults> {
        solve(budget, &self.options).map_err(|refused| {
            let place = Place::section("scenarios", "");
            let expected = "limits that can be met together";
            Fault::new(Code::NotOneTotal, place, refused.to_string(), expected).into()
        })
    }

    /// Value of a commitment in each scenario, and the price of its total.
    fn values(&self, spend: &[f64]) -> Result<Vec<(f64, f64)>, Faults> {
        let each = self.budgets.par_iter().map(|budget| {
            let taken: f64 = spend.iter().sum();
            let mut rest = budget.clone();
            let mut committed = -budget.charge * taken;
            let cells = budget.cells.iter().zip(spend).zip(&self.committed);
            for ((cell, &money), _) in cells.clone().filter(|own| *own.1) {
                committed += brings(cell, money);
            }
            rest.cells = cells.filter(|own| !*own.1).map(|own| *own.0.0).collect();
            rest.total.ceiling = (budget.total.ceiling - taken).max(budget.reserve);
            rest.total.floor = (budget.total.floor - taken).max(0.0);
            rest.total.floor = rest.total.floor.min(rest.total.ceiling);
            if rest.cells.is_empty() {
                return Ok((committed, 0.0));
            }
            let answer = self.solve(&rest)?;
            let price = answer.total_price;
            let price = if price.is_finite() {
                price.max(0.0)
            } else {
                0.0
            };
            Ok((committed + answer.net, price))
        });
        let found: Vec<Result<(f64, f64), Faults>> = each.collect();
        found.into_iter().collect()
    }

    /// The proved limit at weights of scenarios and prices of totals.
    fn limit(&self, gauge: &Gauge, weights: &[f64], prices: &[f64]) -> Look {
        let mut look = Look {
            limit: gauge.bound(weights, 0.0),
            spend: vec![0.0; self.committed.len()],
            slopes: vec![0.0; self.budgets.len()],
        };
        let scenarios = || self.budgets.iter().zip(weights).zip(prices);
        for (scenario, ((budget, weight), price)) in scenarios().enumerate() {
            if *weight <= 0.0 {
                continue;
            }
            let mut left = budget.available();
            look.limit += weight * price * left;
            let others = budget.cells.iter().zip(&self.committed);
            for (cell, _) in others.filter(|own| !*own.1) {
                let found = most(|y| brings(cell, y), price + budget.charge, cell.high);
                look.limit += weight * found.limit;
                left -= found.at;
            }
            look.slopes[scenario] = weight * left;
        }
        for at in (0..look.spend.len()).filter(|&at| self.committed[at]) {
            let brings = |x: f64| {
                let each =
                    scenarios().map(|((budget, weight), _)| weight * brings(&budget.cells[at], x));
                each.sum::<f64>()
            };
            let costs =
                scenarios().map(|((budget, weight), price)| weight * (price + budget.charge));
            let highest = self.budgets.iter().map(|budget| budget.cells[at].high);
            let found = most(brings, costs.sum(), highest.fold(0.0, f64::max));
            look.limit += found.limit;
            look.spend[at] = found.at;
        }
        let committed: f64 = look.spend.iter().sum();
        for (slope, weight) in look.slopes.iter_mut().zip(weights) {
            *slope -= weight * committed;
        }
        look
    }
}

/// The limit at some weights and prices.
struct Look {
    limit: f64,
    /// The commitment it prefers.
    spend: Vec<f64>,
    /// Slope of the limit with each price: what is left of the totals, weighted.
    slopes: Vec<f64>,
}
