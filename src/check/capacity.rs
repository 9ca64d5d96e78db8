//! Capacity: a rep's work in a period fits into the hours available and the overtime allowed.
//!
//! load[r,t] = Σ over slots s of r: visits[s,t] · hours of a visit. load ≤ hours + overtime allowed, within
//! [`HOURS_RELATIVE`] and [`HOURS_ABSOLUTE`]. Found and limit in hours.
//! Goal: − Σ cost per hour[r] · max(0, load[r,t] − hours[r,t]).

use super::Violation;
use super::facts::Facts;
use super::tolerance::{HOURS_ABSOLUTE, HOURS_RELATIVE};
use super::words::apart;
use crate::domain::Rule;

pub(super) fn check(facts: &Facts<'_>, found: &mut Vec<Violation>) {
    let problem = facts.problem;
    for (at, rep) in problem.reps().iter().enumerate() {
        for (t, period) in problem.calendar().periods.iter().enumerate() {
            let load = facts.load(at)[t];
            let (hours, overtime) = (rep.hours[t], rep.overtime_hours[t]);
            let limit = hours + overtime;
            if load <= limit + HOURS_ABSOLUTE + HOURS_RELATIVE * limit {
                continue;
            }
            let (work, _) = apart(load, limit, 1);
            found.push(Violation::new(
                Rule::Capacity,
                &[&rep.id, &period.name],
                (load, limit),
                format!(
                    "{} has {work} h of work in {} but {hours:.1} h available and {overtime:.1} h of overtime allowed",
                    rep.id, period.name
                ),
            ));
        }
    }
}

/// Overtime of a rep in each period, in hours.
pub(super) fn overtime<'a>(facts: &'a Facts<'_>, rep: usize) -> impl Iterator<Item = f64> + 'a {
    let hours = &facts.problem.reps()[rep].hours;
    let pairs = facts.load(rep).iter().zip(hours);
    pairs.map(|(load, hours)| (load - hours).max(0.0))
}

pub(super) fn goal(facts: &Facts<'_>) -> f64 {
    let cost = |(at, rep): (usize, &crate::domain::Rep)| {
        rep.overtime_cost_per_hour * overtime(facts, at).sum::<f64>()
    };
    0.0 - facts
        .problem
        .reps()
        .iter()
        .enumerate()
        .map(cost)
        .sum::<f64>()
}
