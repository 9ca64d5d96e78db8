//! A plan recomputed from the task alone: every rule, and the value term by term.

mod rules;

use super::solve::Solution;
use super::task::{Site, Task};

/// How far hours may exceed a limit, relatively.
pub const TOLERANCE: f64 = 1e-6;

/// A rule that a plan breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Broken {
    /// A unit that needs a site has none, or one that may not serve it, or a closed one.
    Assignment(usize),
    /// A site has too few or too many reps.
    Sizing(usize),
    /// An open site does not serve its own unit.
    Own(usize),
    /// Hours of a site exceed those of its reps, overtime included, in a period.
    Capacity(usize, usize),
    /// Hours of a unit lie outside its limits in a period.
    Effort(usize, usize),
    /// More is used than all may use together, or less than they must.
    Limit(usize),
    /// Units that must go together have not one site.
    Together(usize),
    /// Units that must be apart have one site.
    Apart(usize),
    /// A site serves too few or too many units.
    Count(usize),
    /// A part of a spread has too little or too much.
    Spread(usize, usize),
    /// A served unit gets fewer hours in a window than that asks for.
    Window(usize),
}

/// Value and broken rules of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// Responses less costs of hours, overtime, reps, sites and deviations, what units without a site are worth,
    /// and what hours left over are worth.
    pub value: f64,
    /// What is broken; empty for a plan.
    pub broken: Vec<Broken>,
}

/// Recomputes a plan.
#[must_use]
pub fn check(task: &Task<'_>, plan: &Solution) -> Checked {
    let mut value = 0.0;
    let mut broken = vec![];
    let mut productive_part = vec![0.0; task.units.len()];
    let mut load = vec![vec![0.0; task.periods]; task.sites.len()];
    for (number, unit) in task.units.iter().enumerate() {
        let Some(site) = plan.site[number] else {
            match unit.unserved {
                Some(worth) => value += worth,
                None => broken.push(Broken::Assignment(number)),
            }
            continue;
        };
        let mut pairs = task.pairs.iter();
        let pair = pairs.find(|pair| pair.unit == number && pair.site == site);
        let Some(pair) = pair.filter(|_| plan.reps[site] > 0) else {
            broken.push(Broken::Assignment(number));
            continue;
        };
        value += pair.constant;
        productive_part[number] = pair.productive;
        for (period, load) in load[site].iter_mut().enumerate() {
            let hours = plan.hours[number][period];
            let productive = pair.productive * hours;
            let (least, most) = (unit.least_hours[period], unit.most_hours);
            let slack = TOLERANCE * most.max(1.0);
            if !(productive >= least - slack && productive <= most + slack) {
                broken.push(Broken::Effort(number, period));
            }
            let response = unit.curve.value(productive / unit.size[period]);
            value += unit.weight[period] * pair.ability * response - pair.hour_cost * hours;
            *load += hours;
        }
    }
    value -= rules::check(task, plan, &mut broken);
    for (number, window) in task.rules.windows.iter().enumerate() {
        if plan.site[window.unit].is_none() {
            continue;
        }
        let own = window.periods.iter();
        let hours: f64 = own.map(|period| plan.hours[window.unit][*period]).sum();
        if productive_part[window.unit] * hours < window.hours - TOLERANCE * window.hours.max(1.0) {
            broken.push(Broken::Window(number));
        }
    }
    for (number, site) in task.sites.iter().enumerate() {
        let reps = plan.reps[number];
        if reps < site.least || reps > site.most {
            broken.push(Broken::Sizing(number));
        }
        if reps == 0 {
            continue;
        }
        value -= site.fixed + site.rep_cost * f64::from(reps);
        if site.own.is_some_and(|unit| plan.site[unit] != Some(number)) {
            broken.push(Broken::Own(number));
        }
        for (period, (load, hours)) in load[number].iter().zip(&site.hours).enumerate() {
            let overtime = (load - hours * f64::from(reps)).max(0.0);
            value -= site.overtime_cost * overtime;
            value += left_over(site, period, f64::from(reps), *load);
            let room = (hours + site.overtime[period]) * f64::from(reps);
            if *load > room + TOLERANCE * room.max(1.0) {
                broken.push(Broken::Capacity(number, period));
            }
        }
    }
    Checked { value, broken }
}

/// What hours that no unit takes are worth: those that are paid anyway, and overtime where it is worth more
/// than it costs.
fn left_over(site: &Site, period: usize, reps: f64, load: f64) -> f64 {
    let worth = site.hour_worth[period];
    if worth <= 0.0 {
        return 0.0;
    }
    let (plain, overtime) = (reps * site.hours[period], reps * site.overtime[period]);
    let taken = (load - plain).clamp(0.0, overtime);
    let more = (worth - site.overtime_cost).max(0.0);
    worth * (plain - load).max(0.0) + more * (overtime - taken)
}
