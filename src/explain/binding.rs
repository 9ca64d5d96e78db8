//! What binds: the value of one more hour, and the limits that reps have reached.

use serde::Serialize;

use crate::domain::{Goal, Problem, RepId};
use crate::plan::{Ledger, Plan};

/// Hours within this of a limit count as having reached it.
const HOURS_TOLERANCE: f64 = 1e-6;

/// A rep in a period.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HourValue {
    /// Id of the rep.
    pub rep: String,
    /// Name of the period.
    pub period: String,
    /// Hours available, overtime aside.
    pub hours: f64,
    /// Hours of work.
    pub load: f64,
    /// Hours of overtime: what of the load is above the hours.
    pub overtime: f64,
    /// What one more hour would be worth with every assignment as it is, in money: the overtime it
    /// saves. This is the dual of the capacity row once the integers are fixed, from the side of
    /// more hours.
    pub value_per_hour: f64,
    /// What one more hour would be worth if assignments could follow, in money: the price that
    /// proves the limit. Absent where there is none.
    pub price_per_hour: Option<f64>,
    /// Whether hours and overtime are both used up, so that nothing more fits.
    pub full: bool,
}

/// Hours, load and the value of one more hour for every rep and period, rep after rep. Candidates
/// that are not hired are left out. `prices` are those of [`Solved`](crate::engine::Solved), or empty.
///
/// # Panics
/// When the plan was made for another problem.
#[must_use]
pub fn hour_values(problem: &Problem, plan: &Plan, prices: &[f64]) -> Vec<HourValue> {
    let ledger = Ledger::of(problem, plan);
    let weight = problem.weights()[Goal::Overtime];
    let mut rows = Vec::with_capacity(problem.reps().len() * problem.periods());
    for (at, rep) in problem.reps().iter().enumerate() {
        if plan.bases[at].is_none() {
            continue;
        }
        let load = ledger.load(RepId::at(at));
        for (period, entry) in problem.calendar().periods.iter().enumerate() {
            let (hours, load) = (rep.hours[period], load[period]);
            let overtime = (load - hours).max(0.0);
            let saved = overtime > HOURS_TOLERANCE;
            rows.push(HourValue {
                rep: rep.id.clone(),
                period: entry.name.clone(),
                hours,
                load,
                overtime,
                value_per_hour: if saved {
                    weight * rep.overtime_cost_per_hour
                } else {
                    0.0
                },
                price_per_hour: prices.get(at * problem.periods() + period).copied(),
                full: load > 0.0 && load >= hours + rep.overtime_hours[period] - HOURS_TOLERANCE,
            });
        }
    }
    rows
}
