//! Hours that several periods must get together.
//!
//! A window w of a unit j asks, where j is served, for Σ_{t in w} q·h[j,t] ≥ m[w]. A credit ν[w] ≥ 0 for
//! each productive hour in the window, less ν[w]·m[w] for serving the unit, leaves a task without windows:
//! no plan that keeps the windows is worth less there, so its limit is one of the whole task, whatever
//! the credits. Credits are those at which each unit's best hours at the prices of its site just keep its
//! windows. Plans come from least hours for each period that add up to what the windows ask.

use std::time::Instant;

use super::check::{Broken, check};
use super::layout::Layout;
use super::solve::{Options, Solution, Unsolved, plain};
use super::task::{Pair, Task};

/// Parts of the time until which the task without windows, that with credits, and those with least hours are
/// solved: as the credits want them, as they are usual, and as the best plan wants them.
const FIRST: f64 = 0.25;
const CREDITED: f64 = 0.5;
const PLANS: [f64; 5] = [0.7, 0.8, 0.9, 0.95, 1.0];
/// Rounds over the windows of a unit, and halvings for each credit.
const ROUNDS: usize = 20;
const HALVINGS: usize = 60;
/// Windows count as kept from this part of what they ask.
const NEAR: f64 = 1.0 - 1e-9;

/// Solves a task with windows.
pub(super) fn solve(
    task: &Task<'_>,
    like: Option<&Solution>,
    options: &Options,
    stop: &dyn Fn() -> bool,
) -> Result<Solution, Unsolved> {
    let began = Instant::now();
    let until = |part: f64| Options {
        time: (options.time).map(|time| time.mul_f64(part).saturating_sub(began.elapsed())),
        ..*options
    };
    let mut free = task.clone();
    free.rules.windows.clear();
    let first = plain(&free, vec![], like, &until(FIRST), stop)?;
    if check(task, &first).broken.is_empty() {
        return Ok(first);
    }
    let mut bound = first.bound;
    let mut evaluations = first.evaluations;
    let mut base = first;
    let windows = of_units(task);
    let mut credits = vec![0.0; task.rules.windows.len()];
    for round in [1.0, 2.0] {
        raise(task, &free, &base, &windows, &mut credits);
        let (credited, each) = credited(&free, task, &credits);
        let part = FIRST + 0.5 * round * (CREDITED - FIRST);
        match plain(&credited, each, Some(&base), &until(part), stop) {
            Ok(found) => {
                bound = bound.min(found.bound);
                evaluations += found.evaluations;
                base = found;
            }
            Err(Unsolved::NoPlan { bound: limit }) => bound = bound.min(limit),
            Err(other) => return Err(other),
        }
    }
    let mut best: Option<Solution> = None;
    for (round, part) in (0_u32..).zip(PLANS) {
        let like = match round {
            0 => Some(&base),
            1 => None,
            _ => best.as_ref(),
        };
        if round > 1 {
            let Some(plan) = like else { break };
            raise(task, &free, plan, &windows, &mut credits);
        }
        let begin = best.as_ref().or(Some(&base));
        let least = with_least(task, &free, like, &windows, &credits);
        match plain(&least, vec![], begin, &until(part), stop) {
            Ok(found) => {
                evaluations += found.evaluations;
                let value = best.as_ref().map_or(f64::NEG_INFINITY, |best| best.value);
                if found.value > value {
                    best = Some(found);
                } else if round > 1 {
                    break;
                }
            }
            Err(Unsolved::NoPlan { .. }) => {}
            Err(other) => return Err(other),
        }
    }
    match best {
        Some(best) => finish(task, best, bound, evaluations),
        None => Err(Unsolved::NoPlan { bound }),
    }
}

/// The task with least hours in the proportions that units want at the prices of a plan; as they are usual
/// without one.
fn with_least<'a>(
    task: &Task<'a>,
    free: &Task<'a>,
    like: Option<&Solution>,
    windows: &[Vec<usize>],
    credits: &[f64],
) -> Task<'a> {
    let layout = Layout::new(free, vec![]);
    let mut least = free.clone();
    let pairs = like.map(|plan| (plan, pairs_of(task, plan)));
    for (unit, own) in windows.iter().enumerate().filter(|own| !own.1.is_empty()) {
        let pair = (pairs.as_ref()).and_then(|(plan, pairs)| Some((*plan, pairs[unit]?)));
        let hours = match pair {
            Some((plan, pair)) => wanted(task, &layout, plan, (pair, own), credits),
            None => usual(task, unit),
        };
        set_least(task, &mut least, unit, own, &hours);
    }
    least
}

/// The plan with the limit of the whole task, checked with its windows.
fn finish(
    task: &Task<'_>,
    found: Solution,
    bound: f64,
    evaluations: usize,
) -> Result<Solution, Unsolved> {
    let broken: Vec<Broken> = check(task, &found).broken;
    if !broken.is_empty() {
        return Err(Unsolved::Unverified(broken));
    }
    let bound = bound.max(found.value);
    Ok(Solution {
        bound,
        gap: (bound - found.value) / bound.abs().max(f64::MIN_POSITIVE),
        evaluations: evaluations + found.evaluations,
        ..found
    })
}

/// Windows of each unit.
fn of_units(task: &Task<'_>) -> Vec<Vec<usize>> {
    let mut windows = vec![vec![]; task.units.len()];
    for (at, window) in task.rules.windows.iter().enumerate() {
        windows[window.unit].push(at);
    }
    windows
}

/// The pair that serves each unit in a plan.
fn pairs_of<'t>(task: &'t Task<'_>, plan: &Solution) -> Vec<Option<&'t Pair>> {
    let mut pairs = vec![None; task.units.len()];
    for pair in &task.pairs {
        if plan.site[pair.unit] == Some(pair.site) {
            pairs[pair.unit] = Some(pair);
        }
    }
    pairs
}

/// Credits of the windows of a unit in each period.
fn credit_by_period(task: &Task<'_>, own: &[usize], credits: &[f64]) -> Vec<f64> {
    let mut credit = vec![0.0; task.periods];
    for &at in own {
        for &period in &task.rules.windows[at].periods {
            credit[period] += credits[at];
        }
    }
    credit
}

/// Raises and lowers credits to where the best hours of each served unit just keep its windows.
fn raise(
    task: &Task<'_>,
    free: &Task<'_>,
    plan: &Solution,
    windows: &[Vec<usize>],
    credits: &mut [f64],
) {
    let layout = Layout::new(free, vec![]);
    for (pair, own) in pairs_of(task, plan).into_iter().zip(windows) {
        let Some(pair) = pair else { continue };
        let productive = pair.productive;
        let prices = &plan.hour_price[pair.site];
        for _ in 0..ROUNDS {
            let before: Vec<f64> = own.iter().map(|&at| credits[at]).collect();
            for &at in own {
                credits[at] = 0.0;
                let others = credit_by_period(task, own, credits);
                let given = |credit: f64| -> f64 {
                    let each = task.rules.windows[at].periods.iter().map(|&period| {
                        let price = prices[period] - productive * (others[period] + credit);
                        productive * layout.best_of(pair, period, price).hours
                    });
                    each.sum()
                };
                credits[at] = least_credit(given, task.rules.windows[at].hours);
            }
            let moved =
                |(before, &at): (&f64, &usize)| (before - credits[at]).abs() > 1e-9 * before;
            if !before.iter().zip(own).any(moved) {
                break;
            }
        }
    }
}

/// The least credit at which as many hours are given as are asked for; the most looked at where none is.
fn least_credit(given: impl Fn(f64) -> f64, asked: f64) -> f64 {
    let asked = asked * NEAR;
    if given(0.0) >= asked {
        return 0.0;
    }
    let (mut low, mut high) = (0.0, 1e-6);
    while given(high) < asked && high < 1e15 {
        low = high;
        high *= 4.0;
    }
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if given(middle) >= asked {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}

/// The task with credits by unit and period, what they cost taken off for serving the unit.
fn credited<'a>(free: &Task<'a>, task: &Task<'_>, credits: &[f64]) -> (Task<'a>, Vec<f64>) {
    let mut credited = free.clone();
    let mut each = vec![0.0; task.units.len() * task.periods];
    let mut cost = vec![0.0; task.units.len()];
    for (window, credit) in task.rules.windows.iter().zip(credits) {
        cost[window.unit] += credit * window.hours;
        for &period in &window.periods {
            each[window.unit * task.periods + period] += credit;
        }
    }
    for pair in &mut credited.pairs {
        pair.constant -= cost[pair.unit];
    }
    (credited, each)
}

/// Productive hours of a unit as they are without windows.
fn usual(task: &Task<'_>, unit: usize) -> Vec<f64> {
    let given = &task.units[unit];
    let each = given.size.iter().zip(&given.weight);
    let each = each.map(|(size, weight)| if *weight > 0.0 { *size } else { 0.0 });
    each.collect()
}

/// Productive hours of a unit that keep its windows at the prices of a plan.
fn wanted(
    task: &Task<'_>,
    layout: &Layout<'_>,
    plan: &Solution,
    (pair, own): (&Pair, &[usize]),
    credits: &[f64],
) -> Vec<f64> {
    let credit = credit_by_period(task, own, credits);
    let prices = plan.hour_price[pair.site].iter().zip(&credit);
    let hours = prices.enumerate().map(|(period, (price, credit))| {
        let price = price - pair.productive * credit;
        pair.productive * layout.best_of(pair, period, price).hours
    });
    hours.collect()
}

/// Sets least hours, in the proportions of those wanted, that keep all windows of a unit.
fn set_least(task: &Task<'_>, least: &mut Task<'_>, unit: usize, own: &[usize], wanted: &[f64]) {
    let most = task.units[unit].most_hours;
    let given = &mut least.units[unit].least_hours;
    for &at in own {
        let window = &task.rules.windows[at];
        // Hours at their limit give what they lack to the others.
        for _ in 0..task.periods {
            let sum: f64 = window.periods.iter().map(|&period| given[period]).sum();
            let missing = window.hours - sum;
            if missing <= 0.0 {
                break;
            }
            let open = || {
                window
                    .periods
                    .iter()
                    .filter(|&&period| given[period] < most)
            };
            let above = |&period: &usize| (wanted[period] - given[period]).max(0.0);
            let all: f64 = open().map(above).sum();
            let count = open().count() as f64;
            let shares: Vec<(usize, f64)> = open()
                .map(|period| {
                    let part = if all > 0.0 {
                        above(period) / all
                    } else {
                        1.0 / count
                    };
                    (*period, part)
                })
                .collect();
            for (period, part) in shares {
                given[period] = (given[period] + part * missing).min(most);
            }
        }
    }
}
