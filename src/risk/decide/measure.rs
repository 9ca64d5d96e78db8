//! What makes a plan good over scenarios, as the least of weighted means.
//!
//! With values v and probabilities p, `CVaR_α` is the mean of the worst share α (Rockafellar & Uryasev
//! 2000): min { q·v : 0 ≤ q ≤ p/α, Σq = 1 }. The worst case is the same with 0 ≤ q ≤ 1, and minus
//! the largest regret is the worst case of v − best.

use serde::{Deserialize, Serialize};

use crate::fault::{Code, Fault, Faults, Place};

/// What is made as large as can be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "measure", rename_all = "snake_case")]
pub enum Measure {
    /// (1 − weight) · mean + weight · mean of the worst share alpha.
    Tail {
        /// Share of the worst, above 0, at most 1.
        alpha: f64,
        /// Weight of the tail, 0 (the mean alone) to 1 (the tail alone).
        weight: f64,
    },
    /// The value in the worst scenario; probabilities do not matter.
    Worst,
    /// Minus the largest regret against the best plan of each scenario; probabilities do not matter.
    Regret,
}

impl Measure {
    pub(in crate::risk) fn check(self) -> Result<(), Faults> {
        let mut faults = Faults::new();
        if let Self::Tail { alpha, weight } = self {
            let mut hold = |fits: bool, field, found: f64, expected: &str| {
                if !fits {
                    let place = Place::section("measure", field);
                    faults.push(Fault::new(
                        Code::OutOfRange,
                        place,
                        found.to_string(),
                        expected,
                    ));
                }
            };
            hold(
                alpha > 0.0 && alpha <= 1.0,
                "alpha",
                alpha,
                "above 0, at most 1",
            );
            hold((0.0..=1.0).contains(&weight), "weight", weight, "0 to 1");
        }
        faults.or(())
    }
}

/// Mean of the worst share of values.
pub(in crate::risk) fn tail(values: &[f64], probabilities: &[f64], alpha: f64) -> f64 {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]).then(a.cmp(&b)));
    let (mut left, mut sum, mut last) = (alpha, 0.0, 0.0);
    for at in order {
        let part = probabilities[at].min(left);
        if part > 0.0 {
            sum += part * values[at];
            last = values[at];
            left -= part;
        }
    }
    // Rounding may leave a trifle of the share.
    (sum + left * last) / alpha
}

pub(in crate::risk) fn mean(values: &[f64], probabilities: &[f64]) -> f64 {
    values.iter().zip(probabilities).map(|(v, p)| v * p).sum()
}

/// A measure with what it needs to know of the scenarios.
#[derive(Debug)]
pub(in crate::risk) struct Gauge {
    pub(in crate::risk) measure: Measure,
    pub(in crate::risk) probabilities: Vec<f64>,
    /// What values are compared with: proved limits of each scenario for regret, otherwise 0.
    pub(in crate::risk) against: Vec<f64>,
}

impl Gauge {
    /// The measure of a plan by its values.
    pub(in crate::risk) fn of(&self, values: &[f64]) -> f64 {
        let p = &self.probabilities;
        match self.measure {
            Measure::Tail { alpha, weight } => {
                (1.0 - weight) * mean(values, p) + weight * tail(values, p, alpha)
            }
            Measure::Worst | Measure::Regret => {
                let less = values.iter().zip(&self.against).map(|(v, best)| v - best);
                less.fold(f64::INFINITY, f64::min)
            }
        }
    }

    /// Weight of the part that the game decides, and most of each scenario in it.
    pub(in crate::risk) fn share(&self) -> f64 {
        match self.measure {
            Measure::Tail { weight, .. } => weight,
            Measure::Worst | Measure::Regret => 1.0,
        }
    }

    pub(in crate::risk) fn most(&self) -> Vec<f64> {
        match self.measure {
            Measure::Tail { alpha, .. } => {
                let cap = |p: &f64| (p / alpha).min(1.0);
                self.probabilities.iter().map(cap).collect()
            }
            Measure::Worst | Measure::Regret => vec![1.0; self.probabilities.len()],
        }
    }

    /// The whole mixture for the part that the game decides.
    pub(in crate::risk) fn mixture(&self, part: &[f64]) -> Vec<f64> {
        let share = self.share();
        let pairs = part.iter().zip(&self.probabilities);
        pairs.map(|(q, p)| (1.0 - share) * p + share * q).collect()
    }

    /// What a limit on the value of a mixture says of the measure.
    pub(in crate::risk) fn bound(&self, mixture: &[f64], limit: f64) -> f64 {
        limit - mean(&self.against, mixture)
    }
}
