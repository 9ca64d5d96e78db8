//! How much of a plan's contribution hangs on a single rep, market or family.

use serde::Serialize;

use crate::domain::{Problem, SlotId};
use crate::plan::Ledger;

/// The largest share of the contribution (before travel and other costs) that comes from one of its
/// sources.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Concentration {
    /// `rep`, `market` or `family`.
    pub source: &'static str,
    /// Id of the one that brings most.
    pub largest: String,
    /// What it brings ÷ what all bring, in [0, 1].
    pub share: f64,
    /// The fewest of the sources that bring half of it together; absent where all of them bring less.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub half_from: Option<usize>,
}

/// The concentration on reps, markets and, where there are any, families. Empty where nothing is
/// contributed.
#[must_use]
pub fn concentrations(problem: &Problem, ledger: &Ledger<'_>) -> Vec<Concentration> {
    let mut reps = vec![0.0; problem.reps().len()];
    let mut markets = vec![0.0; problem.markets().len()];
    let mut families = vec![0.0; problem.families().len()];
    for slot in (0..problem.slots().len()).map(SlotId::at) {
        let Some(candidate) = ledger.cover(slot) else {
            continue;
        };
        let candidate = problem.candidate(candidate);
        let market = problem.slot(slot).market;
        reps[candidate.rep.index()] += candidate.value;
        markets[market.index()] += candidate.value;
        if let Some(family) = problem.market(market).family {
            families[family.index()] += candidate.value;
        }
    }
    let total: f64 = reps.iter().sum();
    let found = [
        largest("rep", &reps, total, |at| &problem.reps()[at].id),
        largest("market", &markets, total, |at| &problem.markets()[at].id),
        largest("family", &families, total, |at| &problem.families()[at]),
    ];
    found.into_iter().flatten().collect()
}

fn largest<'p>(
    source: &'static str,
    amounts: &[f64],
    total: f64,
    id: impl Fn(usize) -> &'p String,
) -> Option<Concentration> {
    if total <= 0.0 {
        return None;
    }
    let mut order: Vec<usize> = (0..amounts.len()).collect();
    order.sort_by(|&a, &b| amounts[b].total_cmp(&amounts[a]).then(a.cmp(&b)));
    let first = *order.first()?;
    let mut sum = 0.0;
    let half = order.iter().position(|&at| {
        sum += amounts[at];
        sum >= 0.5 * total
    });
    Some(Concentration {
        source,
        largest: id(first).clone(),
        share: amounts[first] / total,
        half_from: half.map(|at| at + 1),
    })
}
