//! What units and sites must keep together, from the sites of units and the reps of sites alone.

use super::super::rules::{Held, Spread};
use super::super::solve::Solution;
use super::super::task::Task;
use super::{Broken, TOLERANCE};

/// Adds what is broken; returns what deviations cost.
pub(super) fn check(task: &Task<'_>, plan: &Solution, broken: &mut Vec<Broken>) -> f64 {
    let rules = &task.rules;
    for (number, limit) in rules.limits.iter().enumerate() {
        let open = limit.of_site.iter().filter(|own| plan.reps[own.0] > 0);
        let sites: f64 = open.map(|own| own.1).sum();
        let stays = |held: &&Held| {
            let site = plan.site[held.unit];
            site.is_some_and(|site| held.homes.contains(&site))
        };
        let moved = limit.of_unit.iter().filter(|held| !stays(held));
        let used = sites + moved.map(|held| held.uses).sum::<f64>();
        let (least, most) = (limit.least, limit.most);
        if used > most + TOLERANCE * most || used < least - TOLERANCE * least {
            broken.push(Broken::Limit(number));
        }
    }
    for (number, units) in rules.together.iter().enumerate() {
        if units
            .iter()
            .any(|unit| plan.site[*unit] != plan.site[units[0]])
        {
            broken.push(Broken::Together(number));
        }
    }
    for (number, [one, other]) in rules.apart.iter().enumerate() {
        if plan.site[*one].is_some() && plan.site[*one] == plan.site[*other] {
            broken.push(Broken::Apart(number));
        }
    }
    for (number, count) in rules.counts.iter().enumerate() {
        let served = plan.site.iter().filter(|site| **site == Some(count.site));
        let within = (count.least as usize..=count.most as usize).contains(&served.count());
        if plan.reps[count.site] > 0 && !within {
            broken.push(Broken::Count(number));
        }
    }
    let spreads = rules.spreads.iter().enumerate();
    spreads
        .map(|(number, one)| spread(task, plan, (number, one), broken))
        .sum()
}

/// Checks the parts of a spread; returns what their deviations cost.
fn spread(
    task: &Task<'_>,
    plan: &Solution,
    (number, spread): (usize, &Spread),
    broken: &mut Vec<Broken>,
) -> f64 {
    let mut parts = vec![0.0; spread.least.len()];
    let mut whole = 0.0;
    let each = spread.amount.iter().zip(&spread.part).zip(&task.pairs);
    for ((amount, part), _) in each.filter(|(_, pair)| plan.site[pair.unit] == Some(pair.site)) {
        whole += amount;
        if let Some(part) = part {
            parts[*part] += amount;
        }
    }
    let slack = TOLERANCE * whole;
    let (mut sum, mut largest) = (0.0, 0.0_f64);
    for (at, amount) in parts.iter().enumerate() {
        let within = |low: f64, high: f64| (low * whole - amount).max(amount - high * whole);
        if whole > 0.0 && within(spread.least[at], spread.most[at]) > slack {
            broken.push(Broken::Spread(number, at));
        }
        if let Some(ideal) = spread.ideal.as_ref().filter(|_| whole > 0.0) {
            let deviation = within(ideal.low[at], ideal.high[at]).max(0.0);
            sum += deviation;
            largest = largest.max(deviation);
        }
    }
    spread.ideal.as_ref().map_or(0.0, |ideal| {
        ideal.cost * if ideal.largest { largest } else { sum }
    })
}
