//! Who follows up what, with the hours that an effort plan leaves.

use super::task::{FollowUp, Given, Task};
use crate::prices::budget::responses;
use crate::prices::effort;

/// Hours below this part of what is there are none.
const ROUNDING: f64 = 1e-12;

/// Hours that are left, by site and period.
#[derive(Clone, Debug)]
pub(super) struct Left {
    /// Paid anyway.
    pub(super) plain: Vec<f64>,
    pub(super) overtime: Vec<f64>,
    periods: usize,
}

impl Left {
    pub(super) fn of(task: &effort::Task<'_>, plan: &effort::Solution) -> Self {
        let periods = task.periods;
        let mut load = vec![0.0; task.sites.len() * periods];
        for (site, hours) in plan.site.iter().zip(&plan.hours) {
            let Some(site) = site else { continue };
            for (load, hours) in load[site * periods..].iter_mut().zip(hours) {
                *load += hours;
            }
        }
        let mut left = Self {
            plain: vec![],
            overtime: vec![],
            periods,
        };
        for (at, load) in load.iter().enumerate() {
            let (site, period) = (&task.sites[at / periods], at % periods);
            let reps = f64::from(plan.reps[at / periods]);
            let (hours, overtime) = (reps * site.hours[period], reps * site.overtime[period]);
            let taken = (load - hours).max(0.0);
            left.plain.push((hours - load).max(0.0));
            left.overtime.push((overtime - taken).max(0.0));
        }
        left
    }

    fn at(&self, site: usize, period: usize) -> usize {
        site * self.periods + period
    }
}

/// Gives hours to follow-ups, those that bring most for an hour first, as far as hours are left and are worth
/// it; overtime costs what it costs times `dearer`.
pub(super) fn follow(task: &Task<'_>, left: &Left, spend: &[f64], dearer: f64) -> Vec<Given> {
    let response = responses(&task.budget, spend);
    let mut left = left.clone();
    let mut order: Vec<usize> = (0..task.follow_ups.len()).collect();
    let worth = |at: &usize| task.worth(&task.follow_ups[*at]);
    order.sort_by(|a, b| worth(b).total_cmp(&worth(a)).then(a.cmp(b)));
    let mut given = vec![];
    for at in order {
        let follow_up = &task.follow_ups[at];
        let wanted = response[follow_up.cell] * follow_up.hours;
        let missing = share(task, &mut left, (at, follow_up), wanted, &mut given);
        overtime(task, &mut left, (at, missing), dearer, &mut given);
    }
    given
}

/// Shares plain hours out over all reps who have some, in proportion; returns what is missing.
fn share(
    task: &Task<'_>,
    left: &mut Left,
    (at, follow_up): (usize, &FollowUp),
    wanted: f64,
    given: &mut Vec<Given>,
) -> f64 {
    let sites = || (0..task.crews.len()).filter(|site| task.may(follow_up, *site));
    let there: f64 = sites()
        .map(|site| left.plain[left.at(site, follow_up.period)])
        .sum();
    if there <= 0.0 {
        return wanted;
    }
    let part = (wanted / there).min(1.0);
    for site in sites() {
        let place = left.at(site, follow_up.period);
        let hours = part * left.plain[place];
        if hours > ROUNDING * there {
            left.plain[place] -= hours;
            given.push(Given {
                follow_up: at,
                site,
                hours,
            });
        }
    }
    (wanted - there).max(0.0)
}

/// Gives overtime, the cheapest first, as far as it costs less than it brings.
fn overtime(
    task: &Task<'_>,
    left: &mut Left,
    (at, mut missing): (usize, f64),
    dearer: f64,
    given: &mut Vec<Given>,
) {
    let follow_up = &task.follow_ups[at];
    let cost = |site: usize| dearer * task.effort.sites[site].overtime_cost;
    let mut sites: Vec<usize> = (0..task.crews.len())
        .filter(|site| task.may(follow_up, *site) && cost(*site) < task.worth(follow_up))
        .collect();
    sites.sort_by(|a, b| cost(*a).total_cmp(&cost(*b)).then(a.cmp(b)));
    let all = missing;
    for site in sites {
        let place = left.at(site, follow_up.period);
        let hours = missing.min(left.overtime[place]);
        if hours > ROUNDING * all {
            left.overtime[place] -= hours;
            missing -= hours;
            given.push(Given {
                follow_up: at,
                site,
                hours,
            });
        }
    }
}
