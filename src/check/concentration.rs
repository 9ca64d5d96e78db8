//! Concentration: no single source brings more than a share of the revenue covered.
//!
//! Revenue of a source: Σ value share · potential over the served slots of a rep, or of the markets
//! with that id, family, region or class (markets without one count for none). It is at most
//! share · Σ over all served slots, within [`POTENTIAL_RELATIVE`] of that sum. Found and limit in
//! money.

use std::collections::BTreeMap;

use super::Violation;
use super::facts::Facts;
use super::tolerance::POTENTIAL_RELATIVE;
use super::words::apart;
use crate::domain::concentration::Source;
use crate::domain::{Concentration, RepId, Rule, Slot};

pub(super) fn check(facts: &Facts<'_>, found: &mut Vec<Violation>) {
    for limit in &facts.problem.policy().concentration {
        check_limit(facts, limit, found);
    }
}

fn check_limit(facts: &Facts<'_>, limit: &Concentration, found: &mut Vec<Violation>) {
    let mut revenue: BTreeMap<&str, f64> = BTreeMap::new();
    let mut total = 0.0;
    for (slot, service) in facts.problem.slots().iter().zip(&facts.services) {
        let Some(service) = service else { continue };
        let potential = facts.potential(slot);
        total += potential;
        let source = source(facts, limit.source, slot, service.rep);
        if !source.is_empty() {
            *revenue.entry(source).or_default() += potential;
        }
    }
    let most = limit.max_share * total;
    for (source, amount) in revenue {
        if amount > most + POTENTIAL_RELATIVE * total {
            found.push(violation(facts, limit, source, (amount, most, total)));
        }
    }
}

/// Id or name of what a slot's revenue hangs on; empty where there is none.
fn source<'a>(facts: &'a Facts<'_>, by: Source, slot: &Slot, rep: RepId) -> &'a str {
    let market = facts.problem.market(slot.market);
    match by {
        Source::Rep => &facts.problem.rep(rep).id,
        Source::Market => &market.id,
        Source::Family => match market.family {
            Some(family) => &facts.problem.families()[family.index()],
            None => "",
        },
        Source::Region => &market.region,
        Source::Class => &market.class,
    }
}

fn violation(
    facts: &Facts<'_>,
    limit: &Concentration,
    source: &str,
    (amount, most, total): (f64, f64, f64),
) -> Violation {
    let (share, allowed) = apart(100.0 * amount / total, 100.0 * limit.max_share, 1);
    let unit = match facts.problem.currency() {
        "" => String::new(),
        currency => format!(" {currency}"),
    };
    let by = limit.source.name();
    let message = format!(
        "{by} {source} brings {share} % of the revenue covered but at most {allowed} % may come \
         from one {by} ({amount:.0} of {total:.0}{unit})"
    );
    Violation::new(Rule::Concentration, &[by, source], (amount, most), message)
}
