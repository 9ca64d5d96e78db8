//! Travel: no market is farther from its rep's base than allowed.
//!
//! km[s] ≤ farthest, within [`KM_ABSOLUTE`], one way; see `facts.rs` for the distance. Found and
//! limit in kilometres. Goal: − cost per km · Σ 2 km[s] · visits[s] / visits per trip.

use super::Violation;
use super::facts::Facts;
use super::tolerance::KM_ABSOLUTE;
use super::words::{apart, ids};
use crate::domain::{Rule, SlotId};

pub(super) fn check(facts: &Facts<'_>, found: &mut Vec<Violation>) {
    let problem = facts.problem;
    let Some(max_km) = problem.policy().travel.max_km else {
        return;
    };
    for (at, service) in facts.services.iter().enumerate() {
        let Some(service) = service.filter(|service| service.km > max_km + KM_ABSOLUTE) else {
            continue;
        };
        let (market, role) = ids(problem, SlotId::at(at));
        let rep = &problem.rep(service.rep).id;
        let (far, may) = apart(service.km, max_km, 1);
        found.push(Violation::new(
            Rule::Travel,
            &[market, role, rep],
            (service.km, max_km),
            format!("{market} is {far} km from the base of {rep} but at most {may} km are allowed"),
        ));
    }
}

pub(super) fn goal(facts: &Facts<'_>) -> f64 {
    let driven = facts.services.iter().flatten().map(|s| s.driven_km);
    0.0 - facts.problem.policy().travel.cost_per_km * driven.sum::<f64>()
}
