//! Balance: amounts of a metric are spread over reps in proportion to their shares.
//!
//! L[r] = Σ over r's slots in the balance's roles of: visits · hours of a visit (workload), value
//! share · potential, 1 (count), 2 km · trips (`travel_km`), or the market's own amount.
//! T = Σ L[r] over reps with a share s[r] > 0 (these add up to 1), fair[r] = s[r] · T.
//! min · fair ≤ L ≤ max · fair, within [`BALANCE_RELATIVE`] · T. Found and limit in the metric's unit.
//! Goal: − price · Σ_r d[r] or − price · max_r d[r], with
//! d[r] = max(0, L − (1 + ideal) · fair, (1 − ideal) · fair − L).

use super::Violation;
use super::facts::Facts;
use super::tolerance::BALANCE_RELATIVE;
use super::words::apart;
use crate::domain::{Balance, Metric, Penalty, Rule};

/// Amount and fair share of a rep in a balance.
struct Part {
    rep: usize,
    amount: f64,
    fair: f64,
}

pub(super) fn check(facts: &Facts<'_>, found: &mut Vec<Violation>) {
    for balance in &facts.problem.policy().balance {
        let parts = parts(facts, balance);
        let total: f64 = parts.iter().map(|part| part.amount).sum();
        let slack = BALANCE_RELATIVE * total;
        for part in &parts {
            let least = balance.min_ratio.map(|ratio| ratio * part.fair);
            if let Some(least) = least.filter(|least| part.amount < least - slack) {
                found.push(violation(facts, balance, part, least, "least"));
            }
            let most = balance.max_ratio.map(|ratio| ratio * part.fair);
            if let Some(most) = most.filter(|most| part.amount > most + slack) {
                found.push(violation(facts, balance, part, most, "most"));
            }
        }
    }
}

fn violation(
    facts: &Facts<'_>,
    balance: &Balance,
    part: &Part,
    limit: f64,
    what: &str,
) -> Violation {
    let rep = &facts.problem.reps()[part.rep].id;
    let (metric, unit) = words(facts, balance);
    let (has, bound) = apart(part.amount, limit, 1);
    let message = format!(
        "{rep} has {has}{unit} of {metric} but must have at {what} {bound}{unit}; a fair share is {:.1}{unit}",
        part.fair
    );
    let measured = (part.amount, limit);
    Violation::new(Rule::Balance, &[rep, &balance.name], measured, message)
}

/// What is counted, and its unit after a number.
fn words<'a>(facts: &'a Facts<'_>, balance: &'a Balance) -> (&'a str, String) {
    match balance.metric {
        Metric::Workload => ("work", " h".to_owned()),
        Metric::Potential => match facts.problem.currency() {
            "" => ("potential", String::new()),
            currency => ("potential", format!(" {currency}")),
        },
        Metric::Count => ("all assignments", String::new()),
        Metric::TravelKm => ("travel", " km".to_owned()),
        Metric::Custom(_) => (&balance.name, String::new()),
    }
}

fn parts(facts: &Facts<'_>, balance: &Balance) -> Vec<Part> {
    let problem = facts.problem;
    let mut amounts = vec![0.0; problem.reps().len()];
    for (at, slot) in problem.slots().iter().enumerate() {
        let Some(service) = facts.services[at].filter(|_| balance.roles[slot.role.index()]) else {
            continue;
        };
        amounts[service.rep.index()] += match balance.metric {
            Metric::Workload => service.visits * service.hours_per_visit,
            Metric::Potential => facts.potential(slot),
            Metric::Count => 1.0,
            Metric::TravelKm => service.driven_km,
            Metric::Custom(metric) => problem.market(slot.market).metrics[metric as usize],
        };
    }
    let shares = || amounts.iter().zip(&balance.shares).enumerate();
    let sharing = shares().filter(|(_, (_, share))| **share > 0.0);
    let total: f64 = sharing.clone().map(|(_, (amount, _))| amount).sum();
    sharing
        .map(|(rep, (&amount, share))| Part {
            rep,
            amount,
            fair: share * total,
        })
        .collect()
}

pub(super) fn goal(facts: &Facts<'_>) -> f64 {
    let cost = |balance: &Balance| {
        let deviations = parts(facts, balance).into_iter().map(|part| {
            let distance = (part.amount - part.fair).abs();
            (distance - balance.ideal_within * part.fair).max(0.0)
        });
        balance.cost_per_unit
            * match balance.penalty {
                Penalty::Sum => deviations.sum::<f64>(),
                Penalty::Largest => deviations.fold(0.0, f64::max),
            }
    };
    0.0 - facts.problem.policy().balance.iter().map(cost).sum::<f64>()
}
