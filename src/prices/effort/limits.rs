//! Limits over all sites together: moves, potential that moves, hires.
//!
//! A price ρ ≥ 0 of each limit's use leaves a task without limits. Its limit plus Σ ρ·most is one of the
//! whole task for any ρ (weak duality). Prices of limits that a plan breaks rise, prices of limits that it
//! leaves room in fall, by halves between the two.

use std::time::Instant;

use super::check::check;
use super::solve::{Options, Solution, Unsolved, within_windows};
use super::task::{Limit, Task};

/// Tasks with prices at most, after that without.
const ROUNDS: u32 = 9;
/// First price of all that is used, as a part of the value; and what it is multiplied by.
const FIRST: f64 = 0.01;
const RISE: f64 = 4.0;
/// The same, and part of the time for the first prices, where they are known from a task like it.
const FEW: u32 = 3;
const KNOWN: f64 = 0.4;
/// A limit of which this part is used is used well.
const FULL: f64 = 0.99;

/// Solves a task with limits; begins at the plan and prices of a task like it, if there is one.
pub(super) fn solve(
    task: &Task<'_>,
    like: Option<&Solution>,
    options: &Options,
    stop: &dyn Fn() -> bool,
) -> Result<Solution, Unsolved> {
    let began = Instant::now();
    let until = |round: u32| Options {
        time: options.time.map(|time| {
            // Prices that are known to be good may be all that are needed.
            let part = match like {
                Some(_) => KNOWN + (1.0 - KNOWN) * f64::from(round) / f64::from(FEW),
                None => f64::from(round + 1) / f64::from(ROUNDS + 1),
            };
            time.mul_f64(part).saturating_sub(began.elapsed())
        }),
        ..*options
    };
    let free = Task {
        limits: vec![],
        ..task.clone()
    };
    let known = like.map_or(&[][..], |like| &like.limit_price);
    let known = |at: usize| known.get(at).copied().unwrap_or(0.0);
    let mut prices: Vec<Price> = (0..task.limits.len())
        .map(|at| Price::new(known(at)))
        .collect();
    let first = priced(&free, task, &prices);
    let mut found = within_windows(&first, like, &until(0), stop)?;
    for (price, limit) in prices.iter_mut().zip(&task.limits) {
        let used = limit.used(&found).max(f64::MIN_POSITIVE);
        price.first = FIRST * found.value.abs() / used;
    }
    let mut known = Known {
        bound: found.bound + room(task, &prices),
        best: None,
        evaluations: found.evaluations,
    };
    let rounds = if like.is_some() { FEW } else { ROUNDS };
    for round in 0..=rounds {
        known.offer(task, &found, &prices);
        let mut moved = false;
        for (price, limit) in prices.iter_mut().zip(&task.limits) {
            moved |= price.turn(limit.used(&found), limit.most);
        }
        let near = (known.best.as_ref())
            .is_some_and(|best| known.bound - best.value <= options.relative * known.bound.abs());
        if !moved || near || round == rounds || stop() {
            break;
        }
        let priced = priced(&free, task, &prices);
        let room = room(task, &prices);
        match within_windows(&priced, Some(&found), &until(round + 1), stop) {
            Ok(next) => {
                known.bound = known.bound.min(next.bound + room);
                known.evaluations += next.evaluations;
                found = next;
            }
            Err(Unsolved::NoPlan { bound }) => {
                known.bound = known.bound.min(bound + room);
                break;
            }
            Err(other) => return Err(other),
        }
    }
    known.finish()
}

/// The best plan that keeps the limits, and what is proved.
struct Known {
    bound: f64,
    best: Option<Solution>,
    evaluations: usize,
}

impl Known {
    /// Keeps a plan if it is the best that keeps all rules.
    fn offer(&mut self, task: &Task<'_>, found: &Solution, prices: &[Price]) {
        let checked = check(task, found);
        let value = self
            .best
            .as_ref()
            .map_or(f64::NEG_INFINITY, |best| best.value);
        if checked.broken.is_empty() && checked.value > value {
            self.best = Some(Solution {
                value: checked.value,
                limit_price: prices.iter().map(|price| price.now).collect(),
                ..found.clone()
            });
        }
    }

    fn finish(self) -> Result<Solution, Unsolved> {
        let bound = self.bound;
        let Some(best) = self.best else {
            return Err(Unsolved::NoPlan { bound });
        };
        let bound = bound.max(best.value);
        Ok(Solution {
            bound,
            gap: (bound - best.value) / bound.abs().max(f64::MIN_POSITIVE),
            evaluations: self.evaluations,
            ..best
        })
    }
}

/// The price of a limit: too low at `low`, high enough at `high`.
struct Price {
    now: f64,
    first: f64,
    low: f64,
    high: Option<f64>,
}

/// What limits are worth at prices when all of them is used.
fn room(task: &Task<'_>, prices: &[Price]) -> f64 {
    let each = prices.iter().zip(&task.limits);
    each.map(|(price, limit)| price.now * limit.most).sum()
}

impl Price {
    fn new(now: f64) -> Self {
        Self {
            now,
            first: 0.0,
            low: 0.0,
            high: None,
        }
    }

    /// Moves towards where the limit is just used; whether it moved.
    fn turn(&mut self, used: f64, most: f64) -> bool {
        let before = self.now;
        if used > most {
            self.low = self.now;
            self.now = match self.high {
                Some(high) => 0.5 * (self.low + high),
                None => (RISE * self.now).max(self.first),
            };
        } else if self.now > 0.0 && used < FULL * most {
            self.high = Some(self.now);
            self.now = 0.5 * (self.low + self.now);
        }
        (self.now - before).abs() > 1e-6 * before
    }
}

impl Limit {
    /// How much of it a plan uses.
    pub(super) fn used(&self, plan: &Solution) -> f64 {
        let open = self.of_site.iter().filter(|(site, _)| plan.reps[*site] > 0);
        let served = (self.of_unit.iter()).filter(|(unit, home, _)| plan.site[*unit] != *home);
        open.map(|own| own.1).sum::<f64>() + served.map(|own| own.2).sum::<f64>()
    }
}

/// The task with what limits use priced.
fn priced<'a>(free: &Task<'a>, task: &Task<'_>, prices: &[Price]) -> Task<'a> {
    let mut priced = free.clone();
    for (limit, price) in task.limits.iter().zip(prices) {
        for (site, use_) in &limit.of_site {
            priced.sites[*site].fixed += price.now * use_;
        }
        let mut costs = vec![(None, 0.0); task.units.len()];
        for (unit, home, use_) in &limit.of_unit {
            let cost = price.now * use_;
            costs[*unit] = (*home, cost);
            if let Some(value) = &mut priced.units[*unit].unserved {
                *value -= if home.is_some() { cost } else { 0.0 };
            }
        }
        for pair in &mut priced.pairs {
            let (home, cost) = costs[pair.unit];
            pair.constant -= if home == Some(pair.site) { 0.0 } else { cost };
        }
    }
    priced
}
