//! Events: scenarios in which reps leave or have other hours than planned.
//!
//! Who has what is decided before; what is done about an event, after it. A rep r whose hours a
//! scenario s changes makes a share z of the visits of each market, so as to bring most:
//!
//! ```text
//! Q[r,s](x) = max Σ w[c,s]·z[c] − p·Σ o[t]
//!             Σ h[c,t]·z[c] ≤ H[r,t,s] + o[t],  0 ≤ o[t] ≤ O[r,t,s],  0 ≤ z[c] ≤ x[c]
//! ```
//!
//! w is what serving brings: value, less travel, plus the loss that it avoids; p the cost of an hour
//! of overtime. A rep who has left serves nobody. For any prices λ ≥ 0 of hours
//!
//! ```text
//! Q[r,s](x) ≤ Σ_t (λ[t]·H[t] + max(0, λ[t] − p)·O[t]) + Σ_c x[c]·max(0, w[c,s] − Σ_t λ[t]·h[c,t])
//! ```
//!
//! which is linear in x, so a mixture of scenarios stays a problem of the usual kind, with values of
//! its own for each pair. Best prices are those of the plans met (Benders 1962).

use super::futures::Futures;
use crate::domain::CandidateId;
use crate::plan::Plan;
use crate::program::LinearProgramBuilder;

/// A rep whose hours a scenario changes.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) rep: usize,
    /// Whether the rep has left.
    pub(super) left: bool,
    /// Hours and overtime allowed in each period; none where the rep has left.
    pub(super) hours: Vec<f64>,
    pub(super) overtime: Vec<f64>,
}

/// A market of a rep: what serving it brings in money, and its hours in each period.
#[derive(Clone, Debug)]
struct Item {
    worth: f64,
    hours: Vec<f64>,
}

/// Prices of hours for every event, scenario after scenario.
#[derive(Clone, Debug)]
pub(super) struct Cuts {
    prices: Vec<Vec<Vec<f64>>>,
    plans: u32,
}

impl Cuts {
    /// Hours cost nothing yet.
    pub(super) fn new(futures: &Futures<'_>) -> Self {
        let none = |event: &Event| vec![0.0; event.hours.len()];
        Self {
            prices: (futures.events.iter())
                .map(|own| own.iter().map(none).collect())
                .collect(),
            plans: 0,
        }
    }

    /// Takes the prices of another plan into the average.
    pub(super) fn learn(&mut self, futures: &Futures<'_>, plan: &Plan) {
        self.plans += 1;
        let part = 1.0 / f64::from(self.plans);
        for (scenario, own) in self.prices.iter_mut().enumerate() {
            for (event, prices) in futures.events[scenario].iter().zip(own) {
                if event.left {
                    continue;
                }
                let items = items(futures, scenario, event, plan);
                let new = hour_prices(futures, event, &items);
                for (price, new) in prices.iter_mut().zip(new) {
                    *price += part * (new - *price);
                }
            }
        }
    }

    /// What the hours of a mixture's events are worth in all, in money.
    pub(super) fn room(&self, futures: &Futures<'_>, mixture: &[f64]) -> f64 {
        let mut sum = 0.0;
        for ((events, prices), part) in futures.events.iter().zip(&self.prices).zip(mixture) {
            for (event, prices) in events.iter().zip(prices) {
                let cost = futures.overtime_price(event.rep);
                let hours = event.hours.iter().zip(&event.overtime);
                let each = hours
                    .zip(prices)
                    .map(|((hours, more), price)| price * hours + (price - cost).max(0.0) * more);
                sum += part * each.sum::<f64>();
            }
        }
        sum
    }

    /// What a pair is worth at most in a scenario, in money, beyond its worth as planned.
    pub(super) fn beyond(
        &self,
        futures: &Futures<'_>,
        (scenario, at): (usize, usize),
        candidate: CandidateId,
    ) -> f64 {
        let worth = futures.worth(scenario, candidate);
        if futures.events[scenario][at].left {
            return -worth;
        }
        let prices = &self.prices[scenario][at];
        let hours = futures.hours(candidate);
        let cost: f64 = hours.zip(prices).map(|(hours, price)| hours * price).sum();
        (worth - cost).max(0.0) - worth
    }
}

/// What a rep brings after an event with the markets of a plan, in money: the value of a plan that
/// keeps all limits.
pub(super) fn recourse(futures: &Futures<'_>, scenario: usize, event: &Event, plan: &Plan) -> f64 {
    if event.left {
        return 0.0;
    }
    let items = items(futures, scenario, event, plan);
    let cost = futures.overtime_price(event.rep);
    let all = value(event, cost, &items, vec![1.0; items.len()]);
    let fits = |period: usize| {
        let load: f64 = items.iter().map(|item| item.hours[period]).sum();
        load <= event.hours[period]
    };
    if (0..event.hours.len()).all(fits) && items.iter().all(|item| item.worth >= 0.0) {
        return all;
    }
    shares(futures, event, &items).map_or(all, |shares| value(event, cost, &items, shares).max(all))
}

/// What shares of the visits bring. Where they take more hours than there are, all are cut.
fn value(event: &Event, cost: f64, items: &[Item], mut shares: Vec<f64>) -> f64 {
    for (share, item) in shares.iter_mut().zip(items) {
        *share = if item.worth > 0.0 {
            share.clamp(0.0, 1.0)
        } else {
            0.0
        };
    }
    let load = |shares: &[f64], period: usize| -> f64 {
        let each = items.iter().zip(shares);
        each.map(|(item, share)| item.hours[period] * share).sum()
    };
    let periods = 0..event.hours.len();
    let fitting = periods.clone().map(|period| {
        let (load, room) = (
            load(&shares, period),
            event.hours[period] + event.overtime[period],
        );
        if load > room { room / load } else { 1.0 }
    });
    let factor = fitting.fold(1.0, f64::min);
    shares.iter_mut().for_each(|share| *share *= factor);
    let over = periods.map(|period| (load(&shares, period) - event.hours[period]).max(0.0));
    let brings: f64 = items
        .iter()
        .zip(&shares)
        .map(|(item, share)| item.worth * share)
        .sum();
    brings - cost * over.sum::<f64>()
}

fn items(futures: &Futures<'_>, scenario: usize, event: &Event, plan: &Plan) -> Vec<Item> {
    let problem = futures.problem;
    let own = futures
        .candidates_of(event.rep)
        .iter()
        .filter(|&&id| plan.candidate(problem, problem.candidate(id).slot) == Some(id));
    let item = |&id: &CandidateId| Item {
        worth: futures.worth(scenario, id),
        hours: futures.hours(id).collect(),
    };
    own.map(item).collect()
}

/// The shares that bring most; none where the solver fails.
fn shares(futures: &Futures<'_>, event: &Event, items: &[Item]) -> Option<Vec<f64>> {
    let cost = futures.overtime_price(event.rep);
    let mut builder = LinearProgramBuilder::new();
    for item in items {
        builder.column(item.worth, 0.0, 1.0, false);
    }
    let over: Vec<u32> = (event.overtime.iter())
        .map(|&most| builder.column(-cost, 0.0, most, false))
        .collect();
    for (period, &over) in over.iter().enumerate() {
        let own = items.iter().zip(0_u32..);
        let mut terms: Vec<(u32, f64)> = own.map(|(item, at)| (at, item.hours[period])).collect();
        terms.push((over, -1.0));
        builder.row(f64::NEG_INFINITY, event.hours[period], &mut terms);
    }
    let answer = futures.engine.solve_program(&builder.finish(), None).ok()?;
    let mut values = answer.point?.values;
    values.truncate(items.len());
    Some(values)
}

/// The prices of hours that prove what the shares bring: the dual program. Zero where the solver
/// fails, which proves less.
fn hour_prices(futures: &Futures<'_>, event: &Event, items: &[Item]) -> Vec<f64> {
    let cost = futures.overtime_price(event.rep);
    let mut builder = LinearProgramBuilder::new();
    let periods = event.hours.len();
    let mut hours = Vec::with_capacity(periods);
    for period in 0..periods {
        // A price beyond all worths would say nothing more.
        let per_hour = items.iter().filter(|item| item.hours[period] > 0.0);
        let per_hour = per_hour.map(|item| item.worth / item.hours[period]);
        let most = per_hour.fold(0.0, f64::max);
        hours.push(builder.column(-event.hours[period], 0.0, most, false));
    }
    for (period, &hour) in hours.iter().enumerate() {
        let more = builder.column(-event.overtime[period], 0.0, f64::INFINITY, false);
        builder.row(-cost, f64::INFINITY, &mut vec![(more, 1.0), (hour, -1.0)]);
    }
    for item in items {
        let rest = builder.column(-1.0, 0.0, f64::INFINITY, false);
        let mut terms: Vec<(u32, f64)> = hours.iter().copied().zip(item.hours.clone()).collect();
        terms.push((rest, 1.0));
        builder.row(item.worth, f64::INFINITY, &mut terms);
    }
    let answer = futures.engine.solve_program(&builder.finish(), None);
    let point = answer.ok().and_then(|answer| answer.point);
    point.map_or_else(
        || vec![0.0; periods],
        |point| {
            point.values[..periods]
                .iter()
                .map(|price| price.max(0.0))
                .collect()
        },
    )
}
