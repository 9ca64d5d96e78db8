//! Plans with hours as decisions, held to the rules of their problem by [`check`](crate::check).

use super::assemble::Places;
use crate::check::{Violation, verify};
use crate::domain::{Problem, RepId, Rule};
use crate::plan::{Plan, idle_base};
use crate::prices::effort::Solution;

/// Who serves what, and where reps work from.
fn plan(problem: &Problem, solution: &Solution) -> Plan {
    let places = Places::of(problem);
    let mut plan = Plan::empty(problem);
    for (covered, site) in plan.coverage.iter_mut().zip(&solution.site) {
        *covered = site.map(|site| places.at(site).0);
    }
    for (rep, base) in plan.bases.iter_mut().enumerate() {
        let mut sites = places.of_rep(rep);
        let open = sites.find(|site| solution.reps[*site] > 0);
        *base = open
            .map(|site| places.at(site).1)
            .or_else(|| idle_base(problem, RepId::at(rep)));
    }
    plan
}

/// Holds a solution to all rules of a problem but the capacity: hours are the decision, and those of visits as
/// planned may well exceed what there is.
///
/// # Errors
/// What it breaks.
pub(crate) fn verified(problem: &Problem, solution: &Solution) -> Result<(), Vec<Violation>> {
    let mut found = verify(problem, &plan(problem, solution)).violations;
    found.retain(|violation| violation.rule != Rule::Capacity);
    if found.is_empty() { Ok(()) } else { Err(found) }
}
