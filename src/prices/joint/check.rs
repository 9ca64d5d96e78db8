//! A plan recomputed from the task alone: every rule, and the value term by term.

use super::solve::Solution;
use super::task::Task;
use crate::prices::{budget, effort};

/// How far hours and money may exceed a limit, relatively.
pub const TOLERANCE: f64 = 1e-6;

/// A rule that a plan breaks.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Broken {
    /// A rule of the effort task.
    Effort(effort::Broken),
    /// A limit of the budget, as a sentence.
    Budget(String),
    /// Hours for a follow-up are negative, or of a site that may not give them.
    Given(usize),
    /// A follow-up gets more hours than the response takes.
    FollowUp(usize),
    /// Hours of a site for units and follow-ups exceed those of its reps, overtime included, in a period.
    Capacity(usize, usize),
    /// Costs and spend exceed the money by so much.
    Money(f64),
}

/// Value, costs and broken rules of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// What units and followed responses bring less all costs, fees and the charge.
    pub value: f64,
    /// The part of it that the effort task brings, overtime for follow-ups taken off.
    pub effort_value: f64,
    /// Costs of reps, overtime and the way.
    pub effort_cost: f64,
    /// Part of the response of each follow-up that is followed up; 1 where there is none.
    pub followed: Vec<f64>,
    /// What is broken; empty for a plan.
    pub broken: Vec<Broken>,
}

/// Recomputes a plan.
#[must_use]
pub fn check(task: &Task<'_>, plan: &Solution) -> Checked {
    let units = effort::check(&task.effort, &plan.effort);
    let money = budget::check(&task.budget, &plan.spend);
    let mut broken: Vec<Broken> = units.broken.into_iter().map(Broken::Effort).collect();
    broken.extend(money.broken.into_iter().map(Broken::Budget));
    let periods = task.effort.periods;
    let mut given = vec![0.0; task.crews.len() * periods];
    let mut hours = vec![0.0; task.follow_ups.len()];
    for (at, one) in plan.given.iter().enumerate() {
        let follow_up = &task.follow_ups[one.follow_up];
        let crew = follow_up.crew;
        if one.hours < 0.0 || crew.is_some_and(|crew| task.crews[one.site] != crew) {
            broken.push(Broken::Given(at));
        }
        given[one.site * periods + follow_up.period] += one.hours;
        hours[one.follow_up] += one.hours;
    }
    let response = budget::responses(&task.budget, &plan.spend);
    let mut lost = 0.0;
    let mut followed = vec![];
    for (at, follow_up) in task.follow_ups.iter().enumerate() {
        let response = response[follow_up.cell];
        let wanted = follow_up.hours * response;
        if hours[at] > wanted + TOLERANCE * wanted.max(f64::MIN_POSITIVE) {
            broken.push(Broken::FollowUp(at));
        }
        let part = if wanted > 0.0 {
            (hours[at] / wanted).min(1.0)
        } else {
            1.0
        };
        lost += task.budget.cells[follow_up.cell].weight * response * (1.0 - part);
        followed.push(part);
    }
    let more = overtime_for(task, plan, &given, &mut broken);
    let effort_value = units.value - more;
    let effort_cost = cost(task, plan) + more;
    if let Some(limit) = task.money {
        let over = effort_cost + money.spent - limit;
        if over > TOLERANCE * limit {
            broken.push(Broken::Money(over));
        }
    }
    Checked {
        value: effort_value + money.value - lost - task.budget.charge * money.spent,
        effort_value,
        effort_cost,
        followed,
        broken,
    }
}

/// Hours of units by site and period.
fn loads(task: &Task<'_>, plan: &Solution) -> Vec<f64> {
    let periods = task.effort.periods;
    let mut load = vec![0.0; task.crews.len() * periods];
    for (unit, site) in plan.effort.site.iter().enumerate() {
        let Some(site) = site else { continue };
        for period in 0..periods {
            load[site * periods + period] += plan.effort.hours[unit][period];
        }
    }
    load
}

/// What overtime costs that reps give because of follow-ups; and hours that do not fit.
fn overtime_for(task: &Task<'_>, plan: &Solution, given: &[f64], broken: &mut Vec<Broken>) -> f64 {
    let periods = task.effort.periods;
    let mut cost = 0.0;
    for (at, load) in loads(task, plan).iter().enumerate() {
        let (number, period) = (at / periods, at % periods);
        let site = &task.effort.sites[number];
        let reps = f64::from(plan.effort.reps[number]);
        let plain = reps * site.hours[period];
        let room = plain + reps * site.overtime[period];
        let all = load + given[at];
        if given[at] > 0.0 && all > room + TOLERANCE * room.max(1.0) {
            broken.push(Broken::Capacity(number, period));
        }
        if plain.is_finite() {
            cost += site.overtime_cost * ((all - plain).max(0.0) - (load - plain).max(0.0));
        }
    }
    cost
}

/// What reps, their overtime for units and the way cost.
pub(super) fn cost(task: &Task<'_>, plan: &Solution) -> f64 {
    let mut cost = 0.0;
    for (unit, site) in plan.effort.site.iter().enumerate() {
        let pairs = task.effort.pairs.iter();
        let mut own = pairs.filter(|pair| pair.unit == unit && Some(pair.site) == *site);
        if let Some(pair) = own.next() {
            cost += pair.hour_cost * plan.effort.hours[unit].iter().sum::<f64>();
        }
    }
    let periods = task.effort.periods;
    let load = loads(task, plan);
    for (at, site) in task.effort.sites.iter().enumerate() {
        let reps = f64::from(plan.effort.reps[at]);
        if reps > 0.0 {
            cost += site.fixed + site.rep_cost * reps;
        }
        for period in 0..periods {
            let over = load[at * periods + period] - reps * site.hours[period];
            cost += site.overtime_cost * over.max(0.0);
        }
    }
    cost
}
