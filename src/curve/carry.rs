//! # Carry-over
//!
//! What is spent in a period still works later. A [`Kernel`] gives the weight `w[l]` of what was spent l
//! periods ago, so that the amount at work in period t is the *adstock*
//!
//! ```text
//! a[t] = Σ_{l ≥ 0} w[l]·x[t − l]
//! ```
//!
//! | kernel | `w[l]` | as in |
//! |---|---|---|
//! | geometric | retention^l | PyMC-Marketing, Meridian (normalized), Robyn (not normalized, whole history) |
//! | delayed | retention^((l − delay)²) | PyMC-Marketing, LightweightMMM |
//! | binomial | (1 − l/L)^(1/retention − 1), L the window | Meridian (normalized) |
//! | Weibull PDF | density at l + 1, shifted and scaled to [0, 1] | PyMC-Marketing, Robyn |
//! | Weibull CDF | `Π_{j=1..l} (1 − F(j))`, `w[0] = 1` | PyMC-Marketing, Robyn |
//!
//! over a window of L lags (0 … L − 1). Normalized weights are divided by their sum, so that constant
//! spend is its own adstock in the long run. Robyn's Weibull scale is a quantile of the window:
//! [`robyn_scale`] converts it.
//!
//! Retention 0 leaves w = [1, 0, …]: the adstock is the spend, exactly.
//!
//! # Before and after the plan
//! Spend before the first period counts if it is given ([`Carry::adstock`]). What the last periods leave
//! behind is worth something after the plan; [`Terminal`] says how much of it counts.

use serde::{Deserialize, Serialize};

use crate::fault::{Code, Fault, Faults, Place};

/// Lags at most.
const MOST_LAGS: usize = 10_000;

/// The weight of past spend, before normalization.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kernel", rename_all = "snake_case", deny_unknown_fields)]
pub enum Kernel {
    /// retention^l.
    Geometric {
        /// Part that is left a period later; in [0, 1).
        retention: f64,
    },
    /// retention^((l − delay)²).
    Delayed {
        /// In [0, 1); 0 puts all weight on the lag `delay`.
        retention: f64,
        /// Lag of the peak in periods; ≥ 0, a whole number if the retention is 0.
        delay: f64,
    },
    /// (1 − l/L)^(1/retention − 1).
    Binomial {
        /// In [0, 1); 0 leaves lag 0 alone.
        retention: f64,
    },
    /// Density of a Weibull distribution at l + 1, less the least of the window, over its range.
    WeibullPdf {
        /// > 0.
        shape: f64,
        /// In periods; > 0.
        scale: f64,
    },
    /// Π_{j=1..l} (1 − F(j)) of a Weibull distribution.
    WeibullCdf {
        /// > 0.
        shape: f64,
        /// In periods; > 0.
        scale: f64,
    },
}

/// How what is left after the last period counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Terminal {
    /// It is lost: spend of the last periods loses what it would still have brought.
    #[default]
    Lost,
    /// Each period after the plan responds as the last one of the plan would to the adstock that is
    /// left, with no further spend, times this factor; ≥ 0, and 1 for all that it brings.
    Credited(f64),
}

/// Weights of past spend.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Carry {
    weights: Vec<f64>,
}

impl Carry {
    /// No carry-over: the adstock is the spend.
    #[must_use]
    pub fn none() -> Self {
        Self { weights: vec![1.0] }
    }

    /// Weights of a kernel over `window` lags (1 to 10 000), divided by their sum if `normalized`.
    ///
    /// # Errors
    /// A fault for each parameter out of range; if all weights vanish (a Weibull density that is flat
    /// or tiny over the window).
    pub fn new(kernel: Kernel, window: usize, normalized: bool) -> Result<Self, Faults> {
        check(kernel, window)?;
        let mut weights = raw_weights(kernel, window);
        let sum: f64 = weights.iter().sum();
        if !(sum > 0.0 && sum.is_finite()) {
            let place = Place::section("carry", "window");
            let fault = Fault::new(
                Code::OutOfRange,
                place,
                format!("{window}"),
                "a window in which some weight is above 0",
            );
            return Err(fault.hint("Widen the window, or correct the scale.").into());
        }
        if normalized {
            weights.iter_mut().for_each(|weight| *weight /= sum);
        }
        Ok(Self { weights })
    }

    /// Weight of each lag, the spend's own period first.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// What constant spend of 1 adds up to in the long run: the sum of the weights.
    #[must_use]
    pub fn steady(&self) -> f64 {
        self.weights.iter().sum()
    }

    /// Adstock of each period of `spend`, and of the periods after it that still feel it (as many as
    /// the window less 1). `before` is the spend before the first period, the oldest first; it may be
    /// empty.
    #[must_use]
    pub fn adstock(&self, before: &[f64], spend: &[f64]) -> Vec<f64> {
        let after = self.weights.len() - 1;
        let mut stock = vec![0.0; spend.len() + after];
        for (t, stock) in stock.iter_mut().enumerate() {
            for (lag, weight) in self.weights.iter().enumerate() {
                let amount = if lag <= t {
                    spend.get(t - lag)
                } else {
                    let back = lag - t;
                    before.len().checked_sub(back).map(|at| &before[at])
                };
                *stock += weight * amount.copied().unwrap_or(0.0);
            }
        }
        stock
    }
}

/// Robyn's Weibull scale in (0, 1] as periods: the quantile of 1, 2, …, `length` at that share (linear
/// between neighbors, as R's default), rounded half to even. `length` is that of Robyn's data series.
#[must_use]
pub fn robyn_scale(share: f64, length: usize) -> f64 {
    (1.0 + share * (length.max(1) - 1) as f64).round_ties_even()
}

fn raw_weights(kernel: Kernel, window: usize) -> Vec<f64> {
    let lags = (0..window).map(|lag| lag as f64);
    match kernel {
        Kernel::Geometric { retention } => {
            let weights = (0..window).scan(1.0, |weight, _| {
                let now = *weight;
                *weight *= retention;
                Some(now)
            });
            weights.collect()
        }
        Kernel::Delayed { retention, delay } => {
            let weights = lags.map(|lag| retention.powf((lag - delay) * (lag - delay)));
            weights.collect()
        }
        Kernel::Binomial { retention } => {
            let power = 1.0 / retention - 1.0;
            let weights = lags.map(|lag| (1.0 - lag / window as f64).powf(power));
            weights.collect()
        }
        Kernel::WeibullPdf { shape, scale } => {
            let density = |lag: f64| {
                let z = (lag + 1.0) / scale;
                shape / scale * z.powf(shape - 1.0) * (-z.powf(shape)).exp()
            };
            unit_range(lags.map(density).collect())
        }
        Kernel::WeibullCdf { shape, scale } => {
            let mut logarithm = 0.0;
            let weight = |lag: f64| {
                if lag > 0.0 {
                    logarithm -= (lag / scale).powf(shape);
                }
                f64::exp(logarithm)
            };
            lags.map(weight).collect()
        }
    }
}

/// Values shifted and scaled to [0, 1]; a single one becomes 1.
fn unit_range(mut values: Vec<f64>) -> Vec<f64> {
    if values.len() == 1 {
        return vec![1.0];
    }
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(0.0, f64::max);
    for value in &mut values {
        *value = if most > least {
            (*value - least) / (most - least)
        } else {
            0.0
        };
    }
    values
}

fn check(kernel: Kernel, window: usize) -> Result<(), Faults> {
    let mut faults = Faults::new();
    let mut range = |field: &str, found: f64, holds: bool, expected: &str| {
        if !holds {
            let code = if found.is_finite() {
                Code::OutOfRange
            } else {
                Code::NotFinite
            };
            let place = Place::section("carry", field);
            faults.push(Fault::new(code, place, found.to_string(), expected));
        }
    };
    let fits = (1..=MOST_LAGS).contains(&window);
    range(
        "window",
        window as f64,
        fits,
        "a number of periods from 1 to 10000",
    );
    match kernel {
        Kernel::Geometric { retention } | Kernel::Binomial { retention } => {
            let holds = (0.0..1.0).contains(&retention);
            range(
                "retention",
                retention,
                holds,
                "a number from 0 up to, but not, 1",
            );
        }
        Kernel::Delayed { retention, delay } => {
            let holds = (0.0..1.0).contains(&retention);
            range(
                "retention",
                retention,
                holds,
                "a number from 0 up to, but not, 1",
            );
            let holds = (0.0..=MOST_LAGS as f64).contains(&delay);
            range("delay", delay, holds, "a number of periods from 0 to 10000");
        }
        Kernel::WeibullPdf { shape, scale } | Kernel::WeibullCdf { shape, scale } => {
            for (field, found) in [("shape", shape), ("scale", scale)] {
                let holds = (1e-3..=1e6).contains(&found);
                range(field, found, holds, "a number from 0.001 to 1000000");
            }
        }
    }
    faults.or(())
}
