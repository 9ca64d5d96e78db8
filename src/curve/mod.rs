//! # Response curves
//!
//! What spend or hours bring. A [`Curve`] f maps an amount x ≥ 0 (money, hours, visits: the caller's
//! unit) to a response in the caller's unit (money, units sold, a share of potential). Every family is
//! continuous, never falls, and is smooth but for [`Curve::Linear`] and [`Curve::Points`].
//!
//! | family | f(x) | from | shape |
//! |---|---|---|---|
//! | linear to a cap | slope·min(x, cap) | – | concave |
//! | power | scale·x^exponent, 0 < exponent ≤ 1 | PyMC-Marketing `root` | concave, f′(0) = ∞ below 1 |
//! | logarithmic | scale·ln(1 + rate·x) | – | concave |
//! | exponential | top·(1 − e^(−rate·x)) | modified exponential | concave |
//! | Hill | top·x^s/(x^s + half^s) | Meridian, Robyn, LightweightMMM, PyMC-Marketing | S if s > 1 |
//! | ADBUDG | low + (high − low)·x^c/(d + x^c) | Little (1970), Management Science 16:B466 | S if c > 1 |
//! | Michaelis–Menten | top·x/(half + x) | PyMC-Marketing, Robyn | concave |
//! | tanh | top·tanh(x/scale) | PyMC-Marketing | concave |
//! | logistic | top·(1 − e^(−rate·x))/(1 + e^(−rate·x)) | PyMC-Marketing | concave |
//! | sigmoid | top·(σ(rate·(x − middle)) − σ(−rate·middle)) | PyMC-Marketing `hill_sigmoid` | S if middle > 0 |
//! | points | straight lines between points, flat beyond | – | any |
//!
//! with σ(a) = 1/(1 + e^(−a)). Besides value and slope each curve gives its inverse slope, its
//! [`Envelope`] (the least concave function above it on an interval), its [best
//! response](Curve::best_response) to a price, which is global on S-shaped curves too, and straight
//! [pieces](Curve::pieces) with a proved error. [`carry`] holds what remains of past spend.
//!
//! ```
//! use apportion::curve::Curve;
//!
//! // An S-shaped channel: half of at most 1 000 at a spend of 50.
//! let curve = Curve::hill(1_000.0, 50.0, 2.0)?;
//! assert!((curve.value(50.0) - 500.0).abs() < 1e-9);
//! // At a price of 12 for a unit of money nothing pays; at 9 the best spend is past the inflection.
//! assert_eq!(curve.best_response(12.0, 0.0, 200.0).x, 0.0);
//! assert!(curve.best_response(9.0, 0.0, 200.0).x > curve.inflection().unwrap());
//! # Ok::<(), apportion::fault::Faults>(())
//! ```
//!
//! # Limits
//! Parameters are finite, positive and between 1e-150 and 1e150; a shape is at most 1 000. Nothing
//! overflows for finite x.

mod build;
pub mod carry;
mod convention;
mod envelope;
#[cfg(feature = "fit")]
pub mod fit;
pub(crate) mod kernel;
mod pieces;
#[cfg(test)]
mod tests;

pub use envelope::{Envelope, Response};
pub use pieces::Pieces;

use serde::{Deserialize, Serialize};

use crate::fault::Faults;
use kernel::Kernel;

/// A response curve as plain data. Its constructors check it; [`Curve::check`] checks one that was
/// read or built by hand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "family", rename_all = "snake_case", deny_unknown_fields)]
pub enum Curve {
    /// slope·min(x, cap).
    Linear {
        /// Response to a unit; > 0.
        slope: f64,
        /// Amount from which on nothing more comes; > 0.
        cap: f64,
    },
    /// scale·x^exponent.
    Power {
        /// Response to one unit; > 0.
        scale: f64,
        /// In (0, 1].
        exponent: f64,
    },
    /// scale·ln(1 + rate·x).
    Logarithmic {
        /// Response to multiplying 1 + rate·x by e; > 0.
        scale: f64,
        /// 1/amount; > 0.
        rate: f64,
    },
    /// top·(1 − e^(−rate·x)).
    Exponential {
        /// Response at saturation; > 0.
        top: f64,
        /// 1/amount; > 0.
        rate: f64,
    },
    /// top·x^shape/(x^shape + half^shape).
    Hill {
        /// Response at saturation; > 0.
        top: f64,
        /// Amount that brings half of it; > 0.
        half: f64,
        /// S-shaped above 1; in (0, 1 000].
        shape: f64,
    },
    /// low + (high − low)·x^shape/(divisor + x^shape).
    Adbudg {
        /// Response to nothing; ≥ 0.
        low: f64,
        /// Response at saturation; > low.
        high: f64,
        /// S-shaped above 1; in (0, 1 000].
        shape: f64,
        /// Amount^shape that brings half of the rise; > 0.
        divisor: f64,
    },
    /// top·x/(half + x).
    MichaelisMenten {
        /// Response at saturation; > 0.
        top: f64,
        /// Amount that brings half of it; > 0.
        half: f64,
    },
    /// top·tanh(x/scale).
    Tanh {
        /// Response at saturation; > 0.
        top: f64,
        /// Amount that brings 76 % of it; > 0.
        scale: f64,
    },
    /// top·(1 − e^(−rate·x))/(1 + e^(−rate·x)).
    Logistic {
        /// Response at saturation; > 0.
        top: f64,
        /// 1/amount; > 0.
        rate: f64,
    },
    /// top·(σ(rate·(x − middle)) − σ(−rate·middle)).
    Sigmoid {
        /// Height of the whole logistic curve, of which the part above x = 0 counts; > 0.
        top: f64,
        /// 1/amount; > 0.
        rate: f64,
        /// Amount of the inflection; ≥ 0, rate·middle at most 700.
        middle: f64,
    },
    /// Straight lines between points, flat beyond the last.
    Points {
        /// Amounts: rising, the first 0; at least two.
        x: Vec<f64>,
        /// Responses: never falling, the first ≥ 0; as many.
        y: Vec<f64>,
    },
}

impl Curve {
    /// Checks the parameters.
    ///
    /// # Errors
    /// A fault for each parameter that is not as the family says.
    pub fn check(&self) -> Result<(), Faults> {
        build::check(self)
    }

    /// Response to x ≥ 0. Exactly the response to nothing at 0; below 0 it is taken at 0.
    #[must_use]
    pub fn value(&self, x: f64) -> f64 {
        self.base() + self.kernel().value(x.max(0.0))
    }

    /// Slope at x ≥ 0, to the right where the curve has a corner; infinite at 0 for a power below 1
    /// and for Hill or ADBUDG with a shape below 1.
    #[must_use]
    pub fn derivative(&self, x: f64) -> f64 {
        self.kernel().slope(x.max(0.0))
    }

    /// Second derivative at x > 0, 0 on straight lines. At 0 it may be infinite or `NaN`.
    #[must_use]
    pub fn second_derivative(&self, x: f64) -> f64 {
        let kernel = self.kernel();
        kernel.elasticity(x) * kernel.slope(x) / x
    }

    /// The largest x of the concave part (all of [0, ∞) where there is no inflection) at which the
    /// slope to the left is still `price` or more; the start of the concave part if it is less
    /// everywhere, infinite for a price of 0 or less. On tables of points: the end of the last piece
    /// that is as steep.
    #[must_use]
    pub fn inverse_derivative(&self, price: f64) -> f64 {
        if price <= 0.0 {
            return f64::INFINITY;
        }
        match self.kernel() {
            Kernel::Points { x, y } => {
                let steep = |piece: &usize| kernel::chord(x, y, *piece) >= price;
                let last = (0..x.len() - 1).rev().find(steep);
                last.map_or(0.0, |piece| x[piece + 1])
            }
            kernel => kernel.inverse_slope(price, 0.0),
        }
    }

    /// Where an S-shaped curve turns from convex to concave; `None` for the concave families and for
    /// tables of points.
    #[must_use]
    pub fn inflection(&self) -> Option<f64> {
        let at = self.kernel().inflection();
        (at > 0.0).then_some(at)
    }

    /// Response to nothing.
    #[must_use]
    pub fn base(&self) -> f64 {
        match self {
            Self::Adbudg { low, .. } => *low,
            Self::Points { y, .. } => y[0],
            _ => 0.0,
        }
    }

    /// Response to ever more, less the response to nothing; infinite where nothing saturates.
    #[must_use]
    pub fn most(&self) -> f64 {
        match self.kernel() {
            Kernel::Power { .. } | Kernel::Logarithmic { .. } => f64::INFINITY,
            Kernel::Linear { slope, cap } => slope * cap,
            Kernel::Exponential { top, .. }
            | Kernel::Hill { top, .. }
            | Kernel::Tanh { top, .. } => top,
            Kernel::Sigmoid { .. } => self.kernel().value(f64::MAX),
            Kernel::Points { y, .. } => y[y.len() - 1] - y[0],
        }
    }

    pub(crate) fn kernel(&self) -> Kernel<'_> {
        match *self {
            Self::Linear { slope, cap } => Kernel::Linear { slope, cap },
            Self::Power { scale, exponent } => Kernel::Power { scale, exponent },
            Self::Logarithmic { scale, rate } => Kernel::Logarithmic { scale, rate },
            Self::Exponential { top, rate } => Kernel::Exponential { top, rate },
            Self::Hill { top, half, shape } => Kernel::Hill { top, half, shape },
            Self::Adbudg {
                low,
                high,
                shape,
                divisor,
            } => Kernel::Hill {
                top: high - low,
                half: divisor.powf(1.0 / shape),
                shape,
            },
            Self::MichaelisMenten { top, half } => Kernel::Hill {
                top,
                half,
                shape: 1.0,
            },
            Self::Tanh { top, scale } => Kernel::Tanh { top, scale },
            Self::Logistic { top, rate } => Kernel::Tanh {
                top,
                scale: 2.0 / rate,
            },
            Self::Sigmoid { top, rate, middle } => Kernel::Sigmoid { top, rate, middle },
            Self::Points { ref x, ref y } => Kernel::Points { x, y },
        }
    }
}
