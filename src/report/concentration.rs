//! How much of the revenue that a plan covers hangs on a single rep, market or family.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::concentration::Source;
use crate::domain::{Problem, SlotId};
use crate::plan::Ledger;

/// The largest share of the revenue covered (potential of what is served) that comes from one of its
/// sources.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Concentration {
    /// `rep`, `market`, `family`, `region` or `class`.
    pub source: &'static str,
    /// Id of the one that brings most.
    pub largest: String,
    /// What it brings ÷ what all bring, in [0, 1].
    pub share: f64,
    /// The largest share that the policy allows, where it limits it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
    /// The fewest of the sources that bring half of it together; absent where all of them bring less.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub half_from: Option<usize>,
}

/// The concentration on reps, markets, families, where there are any, and on whatever else the
/// policy limits. Empty where nothing is covered.
#[must_use]
pub fn concentrations(problem: &Problem, ledger: &Ledger<'_>) -> Vec<Concentration> {
    let limit = |source: Source| {
        let mut limits = problem.policy().concentration.iter();
        limits.find(|limit| limit.source == source)
    };
    let always = [Source::Rep, Source::Market, Source::Family];
    let rest = [Source::Region, Source::Class].into_iter();
    let sources = always
        .into_iter()
        .chain(rest.filter(|&own| limit(own).is_some()));
    let told = sources.filter_map(|source| {
        let most = limit(source).map(|limit| limit.max_share);
        largest(problem, ledger, source, most)
    });
    told.collect()
}

fn largest(
    problem: &Problem,
    ledger: &Ledger<'_>,
    source: Source,
    limit: Option<f64>,
) -> Option<Concentration> {
    let total = ledger.revenue();
    let mut revenue: BTreeMap<&str, f64> = BTreeMap::new();
    for slot in (0..problem.slots().len()).map(SlotId::at) {
        let Some(candidate) = ledger.cover(slot) else {
            continue;
        };
        let rep = problem.candidate(candidate).rep;
        let slot = problem.slot(slot);
        let market = problem.market(slot.market);
        let name: &str = match source {
            Source::Rep => &problem.rep(rep).id,
            Source::Market => &market.id,
            Source::Family => (market.family).map_or("", |at| &problem.families()[at.index()]),
            Source::Region => &market.region,
            Source::Class => &market.class,
        };
        if !name.is_empty() {
            *revenue.entry(name).or_default() += slot.potential;
        }
    }
    if total <= 0.0 {
        return None;
    }
    let mut order: Vec<(&str, f64)> = revenue.into_iter().collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1));
    let first = order.first()?;
    let mut sum = 0.0;
    let half = order.iter().position(|own| {
        sum += own.1;
        sum >= 0.5 * total
    });
    Some(Concentration {
        source: source.name(),
        largest: first.0.to_owned(),
        share: first.1 / total,
        limit,
        half_from: half.map(|at| at + 1),
    })
}
