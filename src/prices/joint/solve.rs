//! Prices that move, the bound that they prove, and the plans that come of them.

use std::time::{Duration, Instant};

use thiserror::Error;

use super::check::{Broken, Checked, check};
use super::follow::Left;
use super::price::{Pools, Prices};
use super::search::{Fitted, fit, refill};
use super::task::{Fault, Given, Task};
use super::turn::Turn;
use crate::prices::budget::{self, Refusals};
use crate::prices::effort::{self, Options, solve_like};

/// Prices that are tried at most, and for the budget beside a plan for hours.
const ROUNDS: u32 = 60;
const FITS: u32 = 12;
/// Part of the time for the first prices, for each of those after them, and until the last; then until the best of
/// them have been looked at once more. The rest fills hours anew.
const FIRST: f64 = 0.25;
const EACH: f64 = 0.03;
const PRICED: f64 = 0.7;
const AGAIN: f64 = 0.88;
/// Hours wanted and left that differ by less than this part are as many.
const NEAR: f64 = 1e-3;
/// First price of money.
const FIRST_MONEY: f64 = 0.25;

/// A plan with its proof. It has passed [`check`].
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// Who serves what with how many hours. Its value and bound are those of the last task at prices.
    pub effort: effort::Solution,
    /// Spend of each cell.
    pub spend: Vec<f64>,
    /// Hours for follow-ups.
    pub given: Vec<Given>,
    /// What one more hour of a crew would bring in each period, about: the prices of the best bound.
    pub crew_price: Vec<Vec<f64>>,
    /// What one more unit of the shared money would bring beside itself, about; 0 where it is not shared.
    pub money_price: f64,
    /// What the check says.
    pub checked: Checked,
    /// Value of the best plan when the two are planned apart: each by itself, and what can be followed up then is.
    /// `None` where that breaks the limit of money.
    pub apart: Option<f64>,
    /// Value, recomputed by the check.
    pub value: f64,
    /// Proved limit on the value of any plan.
    pub bound: f64,
    /// (bound − value)/|bound|, at least 0.
    pub gap: f64,
    /// Prices that were tried.
    pub rounds: usize,
}

/// Why there is no plan.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum Unsolved {
    /// The task is not as [`Task`] says: all faults.
    #[error("the task has {} faults, the first: {}", .0.len(), .0[0])]
    Faults(Vec<Fault>),
    /// There is no plan for hours.
    #[error(transparent)]
    Effort(#[from] effort::Unsolved),
    /// There is no plan for money.
    #[error(transparent)]
    Budget(#[from] Refusals),
    /// No plan was found that keeps the limit of money.
    #[error(
        "no plan was found within the shared money: the cheapest plan for hours that was found costs {cheapest}"
    )]
    NoPlan {
        /// Least cost of the plans for hours that were found.
        cheapest: f64,
        /// Proved limit on the value of any plan.
        bound: f64,
    },
    /// The plan did not pass the check: a bug here.
    #[error("the plan breaks rules: {0:?}")]
    Unverified(Vec<Broken>),
}

/// Plans hours and money together, with a proof.
///
/// # Errors
/// [`Unsolved`].
pub fn solve(
    task: &Task<'_>,
    options: &Options,
    stop: &dyn Fn() -> bool,
) -> Result<Solution, Unsolved> {
    let faults = task.faults();
    if !faults.is_empty() {
        return Err(Unsolved::Faults(faults));
    }
    let mut run = Run::new(task, options);
    let mut like: Option<effort::Solution> = None;
    let mut share = EACH;
    for round in 0..ROUNDS {
        let began = run.passed();
        let part = if round == 0 { FIRST } else { began + share };
        if began >= PRICED {
            break;
        }
        let part = part.min(PRICED);
        let found = match run.price(like.as_ref(), part, stop) {
            Ok(found) => found,
            // Too little time for a plan at these prices: more the next time.
            Err(Unsolved::Effort(effort::Unsolved::NoPlan { .. })) if run.best.is_some() => {
                share *= 2.0;
                continue;
            }
            Err(_) if run.best.is_some() => break,
            Err(why) => return Err(why),
        };
        if round == 0 {
            run.apart = run.best.as_ref().map(|best| best.value);
            run.begin(&found.0);
        }
        let moved = run.turn(&found);
        if !run.is_done() {
            run.fit(&found.0, part);
        }
        like = Some(found.0);
        if !moved || run.is_done() || stop() {
            break;
        }
    }
    if !run.is_done() && !stop() && options.time.is_some() {
        // Solutions in short time are not the best at their prices: time for one that is.
        run.prices.clone_from(&run.bound_prices);
        if let Ok(found) = run.price(like.as_ref(), AGAIN, stop) {
            run.fit(&found.0, AGAIN);
        }
    }
    if !run.is_done() && !stop() {
        run.refill(stop)?;
    }
    run.finish()
}

/// What was found so far.
pub(super) struct Run<'r, 'a> {
    pub(super) task: &'r Task<'a>,
    pub(super) options: &'r Options,
    pub(super) pools: Pools,
    pub(super) prices: Prices,
    began: Instant,
    hours: Vec<Turn>,
    money: Turn,
    pub(super) best: Option<Solution>,
    bound: f64,
    bound_prices: Prices,
    apart: Option<f64>,
    cheapest: f64,
    rounds: usize,
    broken: Vec<Broken>,
}

impl<'r, 'a> Run<'r, 'a> {
    fn new(task: &'r Task<'a>, options: &'r Options) -> Self {
        let pools = Pools::of(task);
        let prices = Prices {
            hours: vec![0.0; pools.len()],
            money: 0.0,
        };
        Self {
            task,
            options,
            pools,
            began: Instant::now(),
            hours: vec![],
            money: Turn::new(0.0, FIRST_MONEY, f64::INFINITY),
            best: None,
            bound: f64::INFINITY,
            bound_prices: prices.clone(),
            prices,
            apart: None,
            cheapest: f64::INFINITY,
            rounds: 0,
            broken: vec![],
        }
    }

    /// Part of the time that has passed; 0 where it is not limited.
    fn passed(&self) -> f64 {
        let part = |time: Duration| self.began.elapsed().as_secs_f64() / time.as_secs_f64();
        self.options.time.map_or(0.0, part)
    }

    /// Options with what is left of a part of the time.
    pub(super) fn until(&self, part: f64) -> Options {
        let left =
            |time: std::time::Duration| time.mul_f64(part).saturating_sub(self.began.elapsed());
        Options {
            time: self.options.time.map(left),
            ..*self.options
        }
    }

    /// Options for a budget, within a part of the time.
    pub(super) fn for_budget(&self, part: f64) -> budget::Options {
        budget::Options {
            relative: 0.1 * self.options.relative,
            time: self.until(part).time,
            ..budget::Options::default()
        }
    }

    fn value(&self) -> f64 {
        self.best
            .as_ref()
            .map_or(f64::NEG_INFINITY, |best| best.value)
    }

    fn is_done(&self) -> bool {
        self.bound - self.value() <= self.options.relative * self.bound.abs()
    }

    /// Solves both parts at the prices, takes the bound, and keeps the plan that they make.
    fn price(
        &mut self,
        like: Option<&effort::Solution>,
        part: f64,
        stop: &dyn Fn() -> bool,
    ) -> Result<(effort::Solution, Vec<f64>), Unsolved> {
        let priced = self.task.priced_effort(&self.prices);
        let effort = solve_like(&priced, like, &self.until(part), stop)?;
        let priced = self.task.priced_budget(&self.prices);
        let answer = budget::solve(&priced, &self.for_budget(1.0))?;
        let money = self
            .task
            .money
            .map_or(0.0, |money| self.prices.money * money);
        let bound = effort.bound + answer.bound + money;
        if bound < self.bound {
            self.bound = bound;
            self.bound_prices.clone_from(&self.prices);
        }
        self.rounds += 1;
        let spend = self.task.money.is_none().then(|| answer.spend.clone());
        let found = fit(self, &effort, (&self.prices, spend), part);
        self.keep(found);
        Ok((effort, answer.spend))
    }

    /// Keeps a plan if it is the best one.
    pub(super) fn keep(&mut self, fitted: Fitted) {
        let Some(mut plan) = fitted.plan else {
            self.cheapest = self.cheapest.min(fitted.effort_cost);
            return;
        };
        plan.checked = check(self.task, &plan);
        plan.value = plan.checked.value;
        self.cheapest = self.cheapest.min(plan.checked.effort_cost);
        if !plan.checked.broken.is_empty() {
            self.broken.clone_from(&plan.checked.broken);
        } else if plan.value > self.value() {
            self.best = Some(plan);
        }
    }

    /// Prices of hours begin at what an hour of the crews brings in the effort task.
    fn begin(&mut self, plan: &effort::Solution) {
        let (task, pools) = (self.task, self.pools);
        let mut sums = vec![(0.0, 0.0); pools.len()];
        for (site, crew) in task.crews.iter().enumerate() {
            for period in 0..pools.periods {
                let hours = f64::from(plan.reps[site]) * task.effort.sites[site].hours[period];
                for at in [pools.at(Some(*crew), period), pools.at(None, period)] {
                    sums[at].0 += hours * plan.hour_price[site][period];
                    sums[at].1 += hours;
                }
            }
        }
        let mut tops = vec![0.0_f64; pools.len()];
        for follow_up in &task.follow_ups {
            let top = &mut tops[pools.at(follow_up.crew, follow_up.period)];
            *top = top.max(task.worth(follow_up));
        }
        let each = sums.iter().zip(tops);
        let turn = |((price, hours), top): (&(f64, f64), f64)| {
            let mean = if *hours > 0.0 { price / hours } else { 0.0 };
            let first = if mean > 0.0 { mean } else { 0.1 * top };
            Turn::new(0.0, first.min(0.5 * top), top)
        };
        self.hours = each.map(turn).collect();
    }

    /// Moves all prices by what is wanted and what is left at them; whether any moved.
    fn turn(&mut self, (effort, spend): &(effort::Solution, Vec<f64>)) -> bool {
        let task = self.task;
        let left = Left::of(&task.effort, effort);
        let wanted = self.wanted(spend, &self.prices);
        let there = self.there(&left, &wanted);
        let mut moved = false;
        for (at, turn) in self.hours.iter_mut().enumerate() {
            if wanted[at] > 0.0 || turn.now > 0.0 {
                moved |= turn.turn(wanted[at], there[at], NEAR);
            }
            self.prices.hours[at] = turn.now;
        }
        if let Some(money) = task.money {
            let cost = super::check::cost(task, &Solution::unpriced(effort.clone()));
            let spent: f64 = spend.iter().sum();
            moved |= self.money.turn(cost + spent, money, NEAR);
            self.prices.money = self.money.now;
        }
        moved
    }

    /// Hours that responses want at prices, by crew and period.
    fn wanted(&self, spend: &[f64], prices: &Prices) -> Vec<f64> {
        let response = budget::responses(&self.task.budget, spend);
        let mut wanted = vec![0.0; self.pools.len()];
        for follow_up in &self.task.follow_ups {
            let at = self.pools.at(follow_up.crew, follow_up.period);
            if prices.hours[at] < self.task.worth(follow_up) {
                wanted[at] += follow_up.hours * response[follow_up.cell];
            }
        }
        wanted
    }

    /// Hours that are left by crew and period; for any crew what those of the crews do not want.
    fn there(&self, left: &Left, wanted: &[f64]) -> Vec<f64> {
        let pools = self.pools;
        let mut there = vec![0.0; pools.len()];
        for (site, crew) in self.task.crews.iter().enumerate() {
            for period in 0..pools.periods {
                let at = site * pools.periods + period;
                let dearer = 1.0 + self.prices.money;
                let cost = dearer * self.task.effort.sites[site].overtime_cost;
                let place = pools.at(Some(*crew), period);
                let any = pools.at(None, period);
                let price = self.prices.hours[place].max(self.prices.hours[any]);
                there[place] += left.plain[at];
                if price > cost {
                    there[place] += left.overtime[at];
                }
            }
        }
        for period in 0..pools.periods {
            let rest = (0..pools.crews).map(|crew| {
                let at = pools.at(Some(crew), period);
                (there[at] - wanted[at]).max(0.0)
            });
            there[pools.at(None, period)] = rest.sum();
        }
        there
    }

    /// Fits budgets to the hours that a plan leaves, by prices of their own.
    fn fit(&mut self, effort: &effort::Solution, part: f64) {
        let left = Left::of(&self.task.effort, effort);
        let mut turns: Vec<Turn> = self.hours.clone();
        let mut prices = self.bound_prices.clone();
        prices.money = 0.0;
        for (turn, price) in turns.iter_mut().zip(&prices.hours) {
            *turn = turn.anew(*price);
        }
        for _ in 0..FITS {
            let found = fit(self, effort, (&prices, None), part);
            let wanted = (found.plan.as_ref()).map(|plan| self.wanted(&plan.spend, &prices));
            self.keep(found);
            let Some(wanted) = wanted else { return };
            let there = self.there(&left, &wanted);
            let mut moved = false;
            for (at, turn) in turns.iter_mut().enumerate() {
                if wanted[at] > 0.0 || turn.now > 0.0 {
                    moved |= turn.turn(wanted[at], there[at], NEAR);
                }
                prices.hours[at] = turn.now;
            }
            if !moved || self.is_done() || self.until(part).time.is_some_and(|left| left.is_zero())
            {
                return;
            }
        }
    }

    /// Fills the hours of the best plan anew beside what it gives to follow-ups.
    fn refill(&mut self, stop: &dyn Fn() -> bool) -> Result<(), Unsolved> {
        let Some(best) = self.best.clone() else {
            return Ok(());
        };
        if let Some(plan) = refill(self, &best, stop)? {
            self.keep(Fitted {
                effort_cost: f64::INFINITY,
                plan: Some(plan),
            });
        }
        Ok(())
    }

    fn finish(self) -> Result<Solution, Unsolved> {
        let Some(best) = self.best else {
            let money = |one: &Broken| matches!(one, Broken::Money(_));
            if !self.broken.iter().all(money) {
                return Err(Unsolved::Unverified(self.broken));
            }
            return Err(Unsolved::NoPlan {
                cheapest: self.cheapest,
                bound: self.bound,
            });
        };
        // Sums in another order may exceed the limit by rounding.
        let bound = self.bound.max(best.value);
        let pools = self.pools;
        let prices = &self.bound_prices;
        let price = |crew: usize, period: usize| {
            let own = prices.hours[pools.at(Some(crew), period)];
            own.max(prices.hours[pools.at(None, period)])
        };
        Ok(Solution {
            crew_price: (0..pools.crews)
                .map(|crew| (0..pools.periods).map(|t| price(crew, t)).collect())
                .collect(),
            money_price: prices.money,
            apart: self.apart,
            bound,
            gap: (bound - best.value) / bound.abs().max(f64::MIN_POSITIVE),
            rounds: self.rounds,
            ..best
        })
    }
}

impl Solution {
    /// A plan for hours alone, before anything is said about money.
    pub(super) fn unpriced(effort: effort::Solution) -> Self {
        Self {
            effort,
            spend: vec![],
            given: vec![],
            crew_price: vec![],
            money_price: 0.0,
            checked: Checked {
                value: 0.0,
                effort_value: 0.0,
                effort_cost: 0.0,
                followed: vec![],
                broken: vec![],
            },
            apart: None,
            value: 0.0,
            bound: f64::INFINITY,
            gap: 0.0,
            rounds: 0,
        }
    }
}
