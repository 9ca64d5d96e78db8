//! How evenly a plan spreads each balanced metric.

use serde::Serialize;

use crate::domain::Problem;
use crate::plan::Ledger;

/// Amounts of a metric relative to each rep's fair share, over the reps that take part.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// Name of the metric.
    pub metric: String,
    /// Smallest amount as a multiple of the fair share.
    pub min: f64,
    /// Mean of these multiples.
    pub mean: f64,
    /// Largest amount as a multiple of the fair share.
    pub max: f64,
    /// Id of the rep with the smallest multiple.
    pub lowest: String,
    /// Id of the rep with the largest multiple.
    pub highest: String,
}

impl Spread {
    /// Largest distance of any rep from its fair share, as a share of the fair share.
    #[must_use]
    pub fn deviation(&self) -> f64 {
        (1.0 - self.min).max(self.max - 1.0)
    }
}

/// The spread of every balance of the policy, in its order. A balance of which nothing is assigned,
/// or in which nobody takes part, is left out.
#[must_use]
pub fn spreads(problem: &Problem, ledger: &Ledger<'_>) -> Vec<Spread> {
    let balances = problem.policy().balance.iter().enumerate();
    balances
        .filter_map(|(at, balance)| {
            let taking_part = (balance.shares.iter())
                .zip(ledger.amounts(at))
                .zip(problem.reps())
                .filter(|((share, _), _)| **share > 0.0);
            let total: f64 = taking_part.clone().map(|((_, amount), _)| amount).sum();
            let ratios: Vec<(f64, &str)> = taking_part
                .map(|((share, amount), rep)| (amount / (share * total), rep.id.as_str()))
                .collect();
            let by_ratio = |a: &&(f64, &str), b: &&(f64, &str)| a.0.total_cmp(&b.0);
            let lowest = ratios.iter().min_by(by_ratio)?;
            let highest = ratios.iter().max_by(by_ratio)?;
            let sum: f64 = ratios.iter().map(|(ratio, _)| ratio).sum();
            #[allow(clippy::cast_precision_loss, reason = "reps are few")]
            let mean = sum / ratios.len() as f64;
            (total > 0.0).then(|| Spread {
                metric: balance.name.clone(),
                min: lowest.0,
                mean,
                max: highest.0,
                lowest: lowest.1.to_owned(),
                highest: highest.1.to_owned(),
            })
        })
        .collect()
}
