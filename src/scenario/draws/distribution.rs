//! Distributions of a number, checked once, then asked for quantiles.

use serde::{Deserialize, Serialize};
use statrs::distribution::{Beta, ContinuousCDF};
use statrs::function::erf::{erfc, erfc_inv};

use crate::domain::validate::numbers::shown;
use crate::fault::{Code, Fault, Faults, Place};

/// How a number is distributed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Distribution {
    /// The normal distribution.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation, 0 or more.
        sd: f64,
    },
    /// A number whose logarithm is normal: positive, with a long right tail.
    Lognormal {
        /// Mean of the number itself, above 0.
        mean: f64,
        /// Standard deviation of the number itself, 0 or more.
        sd: f64,
    },
    /// Straight lines from the smallest number up to the likeliest and down to the largest.
    Triangular {
        /// Smallest number.
        min: f64,
        /// Likeliest number.
        mode: f64,
        /// Largest number.
        max: f64,
    },
    /// Beta-PERT: a smooth triangle, mean (min + shape·mode + max)/(shape + 2).
    Pert {
        /// Smallest number.
        min: f64,
        /// Likeliest number.
        mode: f64,
        /// Largest number.
        max: f64,
        /// How much the likeliest number counts, 0 or more; 4 by default.
        #[serde(default = "usual_shape")]
        shape: f64,
    },
    /// Every number from the smallest to the largest is as likely.
    Uniform {
        /// Smallest number.
        min: f64,
        /// Largest number.
        max: f64,
    },
    /// One of some observed numbers, each as likely.
    Empirical(Vec<f64>),
}

fn usual_shape() -> f64 {
    4.0
}

/// A checked distribution.
#[derive(Clone, Debug)]
pub(super) enum Quantile {
    Fixed(f64),
    Normal { mean: f64, sd: f64 },
    Lognormal { mean: f64, sd: f64 },
    Triangular { min: f64, mode: f64, max: f64 },
    Pert { min: f64, width: f64, beta: Beta },
    Uniform { min: f64, width: f64 },
    Empirical(Vec<f64>),
}

/// Φ(z), the standard normal distribution.
fn phi(z: f64) -> f64 {
    0.5 * erfc(-z / std::f64::consts::SQRT_2)
}

/// The z with Φ(z) = `share`; accurate in both tails.
pub(super) fn normal_quantile(share: f64) -> f64 {
    -std::f64::consts::SQRT_2 * erfc_inv(2.0 * share)
}

/// The share below a normal number; the inverse of [`normal_quantile`].
pub(super) fn normal_share(z: f64) -> f64 {
    phi(z).clamp(f64::MIN_POSITIVE, 1.0_f64.next_down())
}

impl Quantile {
    /// Checks a distribution.
    ///
    /// # Errors
    /// All faults of its parameters, each at a field of `place`.
    pub(super) fn new(
        distribution: &Distribution,
        place: &dyn Fn(&str) -> Place,
    ) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let mut finite = |field: &str, number: f64| {
            if !number.is_finite() {
                let found = shown(number);
                faults.push(Fault::new(Code::NotFinite, place(field), found, "a number"));
            }
        };
        match distribution {
            Distribution::Normal { mean, sd } | Distribution::Lognormal { mean, sd } => {
                finite("mean", *mean);
                finite("sd", *sd);
            }
            Distribution::Triangular { min, mode, max } => {
                for (field, number) in [("min", min), ("mode", mode), ("max", max)] {
                    finite(field, *number);
                }
            }
            Distribution::Pert {
                min,
                mode,
                max,
                shape,
            } => {
                let all = [("min", min), ("mode", mode), ("max", max), ("shape", shape)];
                for (field, number) in all {
                    finite(field, *number);
                }
            }
            Distribution::Uniform { min, max } => {
                finite("min", *min);
                finite("max", *max);
            }
            Distribution::Empirical(numbers) => {
                numbers
                    .iter()
                    .for_each(|number| finite("empirical", *number));
            }
        }
        ordered(distribution, place, &mut faults);
        faults.or(())?;
        Ok(made(distribution))
    }

    /// The number below which a share lies, for shares strictly between 0 and 1.
    pub(super) fn at(&self, share: f64) -> f64 {
        match self {
            Self::Fixed(number) => *number,
            Self::Normal { mean, sd } => mean + sd * normal_quantile(share),
            Self::Lognormal { mean, sd } => (mean + sd * normal_quantile(share)).exp(),
            Self::Triangular { min, mode, max } => {
                let width = max - min;
                let left = (mode - min) / width;
                if share <= left {
                    min + (share * width * (mode - min)).sqrt()
                } else {
                    max - ((1.0 - share) * width * (max - mode)).sqrt()
                }
            }
            Self::Pert { min, width, beta } => min + width * beta.inverse_cdf(share),
            Self::Uniform { min, width } => min + share * width,
            Self::Empirical(numbers) => {
                #[allow(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    clippy::cast_precision_loss,
                    reason = "between 0 and the length of a list"
                )]
                let at = (share * numbers.len() as f64) as usize;
                numbers[at.min(numbers.len() - 1)]
            }
        }
    }

    /// The share of draws below a number; of those at most it, where `closed`.
    pub(super) fn share_below(&self, number: f64, closed: bool) -> f64 {
        let line = |x: f64| x.clamp(0.0, 1.0);
        match self {
            Self::Fixed(own) => f64::from(*own < number || (closed && *own <= number)),
            Self::Normal { mean, sd } => phi((number - mean) / sd),
            Self::Lognormal { mean, sd } if number > 0.0 => phi((number.ln() - mean) / sd),
            Self::Lognormal { .. } => 0.0,
            Self::Triangular { min, mode, max } => {
                let number = number.clamp(*min, *max);
                if number < *mode {
                    (number - min).powi(2) / ((max - min) * (mode - min))
                } else if mode < max {
                    1.0 - (max - number).powi(2) / ((max - min) * (max - mode))
                } else {
                    1.0
                }
            }
            Self::Pert { min, width, beta } => beta.cdf(line((number - min) / width)),
            Self::Uniform { min, width } => line((number - min) / width),
            Self::Empirical(numbers) => {
                let below =
                    numbers.partition_point(|own| *own < number || (closed && *own <= number));
                #[allow(clippy::cast_precision_loss, reason = "a list in memory")]
                let share = below as f64 / numbers.len() as f64;
                share
            }
        }
    }

    /// The mean.
    pub(super) fn mean(&self) -> f64 {
        match self {
            Self::Fixed(number) => *number,
            Self::Normal { mean, .. } => *mean,
            Self::Lognormal { mean, sd } => (mean + sd * sd / 2.0).exp(),
            Self::Triangular { min, mode, max } => (min + mode + max) / 3.0,
            Self::Pert { min, width, beta } => {
                min + width * beta.shape_a() / (beta.shape_a() + beta.shape_b())
            }
            Self::Uniform { min, width } => min + width / 2.0,
            #[allow(clippy::cast_precision_loss, reason = "a list in memory")]
            Self::Empirical(numbers) => numbers.iter().sum::<f64>() / numbers.len() as f64,
        }
    }
}

/// What parameters must be beside finite.
fn ordered(distribution: &Distribution, place: &dyn Fn(&str) -> Place, faults: &mut Faults) {
    let mut check = |wrong: bool, code, field: &str, found: String, expected: &str| {
        if wrong {
            faults.push(Fault::new(code, place(field), found, expected));
        }
    };
    let range = Code::OutOfRange;
    let crossed = Code::MinAboveMax;
    match distribution {
        Distribution::Normal { sd, .. } => {
            check(*sd < 0.0, range, "sd", shown(*sd), "0 or more");
        }
        Distribution::Lognormal { mean, sd } => {
            check(*sd < 0.0, range, "sd", shown(*sd), "0 or more");
            check(
                *mean <= 0.0,
                range,
                "mean",
                shown(*mean),
                "a number above 0",
            );
        }
        Distribution::Triangular { min, mode, max } | Distribution::Pert { min, mode, max, .. } => {
            let found = |a: &f64, b: &f64| format!("{} and {}", shown(*a), shown(*b));
            check(
                min > mode,
                crossed,
                "min",
                found(min, mode),
                "at most the mode",
            );
            check(
                mode > max,
                crossed,
                "mode",
                found(mode, max),
                "at most the maximum",
            );
        }
        Distribution::Uniform { min, max } => {
            let found = format!("{} and {}", shown(*min), shown(*max));
            check(min > max, crossed, "min", found, "at most the maximum");
        }
        Distribution::Empirical(numbers) => {
            let expected = "at least one observed number";
            check(
                numbers.is_empty(),
                Code::EmptyTable,
                "empirical",
                String::new(),
                expected,
            );
        }
    }
    if let Distribution::Pert { shape, .. } = distribution {
        let wrong = *shape < 0.0 || *shape > MOST_SHAPE;
        check(
            wrong,
            range,
            "shape",
            shown(*shape),
            "a number from 0 to 1000",
        );
    }
}

/// Largest shape of a Beta-PERT: all but a point.
const MOST_SHAPE: f64 = 1_000.0;

fn made(distribution: &Distribution) -> Quantile {
    match distribution {
        Distribution::Normal { mean, sd } if *sd > 0.0 => Quantile::Normal {
            mean: *mean,
            sd: *sd,
        },
        Distribution::Lognormal { mean, sd } if *sd > 0.0 => {
            // The variance of the logarithm is ln(1 + (sd/mean)²).
            let variance = (sd / mean).powi(2).ln_1p();
            Quantile::Lognormal {
                mean: mean.ln() - variance / 2.0,
                sd: variance.sqrt(),
            }
        }
        Distribution::Normal { mean, .. } | Distribution::Lognormal { mean, .. } => {
            Quantile::Fixed(*mean)
        }
        Distribution::Triangular { min, mode, max } if min < max => Quantile::Triangular {
            min: *min,
            mode: *mode,
            max: *max,
        },
        Distribution::Pert {
            min,
            mode,
            max,
            shape,
        } if min < max => {
            let width = max - min;
            let a = 1.0 + shape * (mode - min) / width;
            let b = 1.0 + shape * (max - mode) / width;
            match Beta::new(a, b) {
                Ok(beta) => Quantile::Pert {
                    min: *min,
                    width,
                    beta,
                },
                Err(_) => Quantile::Fixed(*mode),
            }
        }
        Distribution::Uniform { min, max } if min < max => Quantile::Uniform {
            min: *min,
            width: max - min,
        },
        Distribution::Triangular { min, .. }
        | Distribution::Pert { min, .. }
        | Distribution::Uniform { min, .. } => Quantile::Fixed(*min),
        Distribution::Empirical(numbers) => {
            let mut sorted = numbers.clone();
            sorted.sort_by(f64::total_cmp);
            Quantile::Empirical(sorted)
        }
    }
}
