//! The shapes behind the families, with their constants worked out.
//!
//! Several families are one shape: Michaelis–Menten is Hill with shape 1, ADBUDG is Hill on a floor,
//! the logistic saturation is tanh. Every shape is 0 at 0. All of them are concave from an inflection
//! on, and Hill and the sigmoid may be convex before it.

pub(crate) use super::envelope::{Anchor, hull, touch};

/// Newton steps of an inverse at most; six do unless the start is far off.
const STEPS: usize = 60;

/// A shape: 0 at 0, never falling.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kernel<'a> {
    /// slope·min(x, cap)
    Linear { slope: f64, cap: f64 },
    /// scale·x^exponent, 0 < exponent ≤ 1
    Power { scale: f64, exponent: f64 },
    /// scale·ln(1 + rate·x)
    Logarithmic { scale: f64, rate: f64 },
    /// top·(1 − e^(−rate·x))
    Exponential { top: f64, rate: f64 },
    /// top·z/(1 + z) with z = (x/half)^shape
    Hill { top: f64, half: f64, shape: f64 },
    /// top·tanh(x/scale)
    Tanh { top: f64, scale: f64 },
    /// top·(σ(rate·(x − middle)) − σ(−rate·middle))
    Sigmoid { top: f64, rate: f64, middle: f64 },
    /// Straight lines between points; y less its first entry.
    Points { x: &'a [f64], y: &'a [f64] },
}

/// 1/(1 + e^(−a)) without overflow.
fn logistic(a: f64) -> f64 {
    let e = (-a.abs()).exp();
    if a >= 0.0 {
        1.0 / (1.0 + e)
    } else {
        e / (1.0 + e)
    }
}

/// e/(1 + e)² for e = exp(−|a|), which is the slope of the logistic function at a.
fn bell(a: f64) -> f64 {
    let e = (-a.abs()).exp();
    e / ((1.0 + e) * (1.0 + e))
}

impl Kernel<'_> {
    /// Value at x ≥ 0.
    pub(crate) fn value(&self, x: f64) -> f64 {
        match *self {
            Self::Linear { slope, cap } => slope * x.min(cap),
            Self::Power { scale, exponent } => scale * x.powf(exponent),
            Self::Logarithmic { scale, rate } => scale * (rate * x).ln_1p(),
            Self::Exponential { top, rate } => -top * (-rate * x).exp_m1(),
            Self::Hill { top, half, shape } => {
                if x > 0.0 {
                    top * logistic(shape * (x / half).ln())
                } else {
                    0.0
                }
            }
            Self::Tanh { top, scale } => top * (x / scale).tanh(),
            Self::Sigmoid { top, rate, middle } => {
                let parts = logistic(rate * (x - middle)) * logistic(rate * middle);
                -top * parts * (-rate * x).exp_m1()
            }
            Self::Points { x: at, y } => between(at, y, x) - y[0],
        }
    }

    /// Slope to the right of x ≥ 0; infinite at 0 where the family is so.
    pub(crate) fn slope(&self, x: f64) -> f64 {
        match *self {
            Self::Linear { slope, cap } => {
                if x < cap {
                    slope
                } else {
                    0.0
                }
            }
            Self::Power { scale, exponent } => scale * exponent * x.powf(exponent - 1.0),
            Self::Logarithmic { scale, rate } => scale * rate / (1.0 + rate * x),
            Self::Exponential { top, rate } => top * rate * (-rate * x).exp(),
            Self::Hill { top, half, shape } => hill_slope(top, half, shape, x),
            Self::Tanh { top, scale } => 4.0 * top / scale * bell(2.0 * x / scale),
            Self::Sigmoid { top, rate, middle } => top * rate * bell(rate * (x - middle)),
            Self::Points { x: at, y } => chord(at, y, piece_of(at, x)),
        }
    }

    /// x·f″(x)/f′(x): how the slope falls, in percent for a percent of x. 0 where lines are straight.
    pub(crate) fn elasticity(&self, x: f64) -> f64 {
        match *self {
            Self::Linear { .. } | Self::Points { .. } => 0.0,
            Self::Power { exponent, .. } => exponent - 1.0,
            Self::Logarithmic { rate, .. } => -rate * x / (1.0 + rate * x),
            Self::Exponential { rate, .. } => -rate * x,
            Self::Hill { half, shape, .. } => {
                shape - 1.0 - 2.0 * shape * logistic(shape * (x / half).ln())
            }
            Self::Tanh { scale, .. } => -2.0 * x / scale * (x / scale).tanh(),
            Self::Sigmoid { rate, middle, .. } => -rate * x * (0.5 * rate * (x - middle)).tanh(),
        }
    }

    /// Where the convex part ends; 0 if there is none.
    pub(crate) fn inflection(&self) -> f64 {
        match *self {
            Self::Hill { half, shape, .. } if shape > 1.0 => {
                half * ((shape - 1.0) / (shape + 1.0)).powf(1.0 / shape)
            }
            Self::Sigmoid { middle, .. } => middle,
            _ => 0.0,
        }
    }

    /// Largest x ≥ inflection with a slope of at least `price` > 0; the inflection if there is none.
    /// `near` is a guess that saves steps; it does not change the answer but for rounding.
    /// Not for tables of points.
    pub(crate) fn inverse_slope(&self, price: f64, near: f64) -> f64 {
        match *self {
            Self::Linear { slope, cap } => {
                if price <= slope {
                    cap
                } else {
                    0.0
                }
            }
            Self::Power { scale, exponent } => {
                if exponent < 1.0 {
                    (scale * exponent / price).powf(1.0 / (1.0 - exponent))
                } else if price <= scale {
                    f64::INFINITY
                } else {
                    0.0
                }
            }
            Self::Logarithmic { scale, rate } => (scale / price - 1.0 / rate).max(0.0),
            Self::Exponential { top, rate } => ((top * rate / price).ln() / rate).max(0.0),
            Self::Hill { top, half, shape } => hill_inverse(top, half, shape, price, near).0,
            Self::Tanh { top, scale } => {
                let ratio = top / (scale * price);
                let over = ((ratio - 1.0) / (ratio.sqrt() + 1.0)).max(0.0);
                scale * (over + (over * (over + 2.0)).sqrt()).ln_1p()
            }
            Self::Sigmoid { top, rate, middle } => {
                let share = price / (top * rate);
                if share >= 0.25 {
                    return middle;
                }
                let root = (1.0 - 4.0 * share).sqrt();
                middle - (2.0 * share / (1.0 - 2.0 * share + root)).ln() / rate
            }
            Self::Points { .. } => f64::NAN,
        }
    }

    /// The inverse slope, and the elasticity there up to about 1e-5.
    pub(crate) fn answer(&self, price: f64, near: f64) -> (f64, f64) {
        if let Self::Hill { top, half, shape } = *self {
            return hill_inverse(top, half, shape, price, near);
        }
        let x = self.inverse_slope(price, near);
        (x, self.elasticity(x))
    }
}

fn hill_slope(top: f64, half: f64, shape: f64, x: f64) -> f64 {
    if x > 0.0 {
        return top * shape * bell(shape * (x / half).ln()) / x;
    }
    if shape < 1.0 {
        f64::INFINITY
    } else if shape > 1.0 {
        0.0
    } else {
        top / half
    }
}

/// The x, and the elasticity near it. With u = ln(x/half) the logarithm of the slope is
/// g(u) = ln(top·shape/half) + (shape − 1)u − 2 ln(1 + e^(shape·u)): concave and, past the inflection,
/// falling. So Newton steps from the right stay on the right; close to the root Halley's steps, of third
/// order, take over.
fn hill_inverse(top: f64, half: f64, shape: f64, price: f64, near: f64) -> (f64, f64) {
    let level = (price * half / (top * shape)).ln();
    if (shape - 1.0).abs() < f64::EPSILON {
        let x = (half * (-0.5 * level).exp_m1()).max(0.0);
        return (x, -2.0 * x / (x + half));
    }
    let mut right = -level / (shape + 1.0);
    if shape < 1.0 {
        right = right.min(level / (shape - 1.0));
    }
    let guess = (near / half).ln();
    let mut u = if guess.is_finite() && guess < right {
        guess
    } else {
        right
    };
    // The last point past the inflection.
    let mut last = right;
    let mut fall = 0.0;
    for _ in 0..STEPS {
        let grown = (-(shape * u).abs()).exp();
        let high = shape * u > 0.0;
        let share = if high { 1.0 } else { grown } / (1.0 + grown);
        fall = shape - 1.0 - 2.0 * shape * share;
        if fall >= 0.0 {
            // Where there is no answer steps end before the inflection, a bad guess may lie there too.
            let least = ((shape - 1.0) / (shape + 1.0)).ln() / shape;
            let steepest = (shape - 1.0) * least - 2.0 * (shape * least).exp().ln_1p();
            if level >= steepest {
                return (half * least.exp(), 0.0);
            }
            u = 0.5 * (last + least);
            continue;
        }
        last = u;
        // Beside the other terms, digits that ln_1p would save are lost anyway.
        let log = (1.0 + grown).ln() + if high { shape * u } else { 0.0 };
        let miss = (shape - 1.0) * u - 2.0 * log - level;
        let newton = miss / fall;
        let bent = newton * shape * shape * share * (share - 1.0) / fall;
        let step = if bent.abs() < 0.3 {
            newton / (1.0 - bent)
        } else {
            newton
        };
        u = (u - step).min(right);
        if step.abs() <= 3e-6 / (1.0 + shape) || step.abs() <= 1e-15 * u.abs() {
            break;
        }
    }
    (half * u.exp(), fall)
}

/// The piece of a table that x lies on or begins; the number of pieces beyond the last point.
pub(crate) fn piece_of(at: &[f64], x: f64) -> usize {
    at.partition_point(|&point| point <= x).saturating_sub(1)
}

/// Slope of a piece; 0 beyond the last point.
pub(crate) fn chord(at: &[f64], y: &[f64], piece: usize) -> f64 {
    if piece + 1 < at.len() {
        (y[piece + 1] - y[piece]) / (at[piece + 1] - at[piece])
    } else {
        0.0
    }
}

fn between(at: &[f64], y: &[f64], x: f64) -> f64 {
    let piece = piece_of(at, x);
    let past = (x - at[piece]).max(0.0);
    if piece + 1 >= at.len() {
        return y[piece];
    }
    let share = past / (at[piece + 1] - at[piece]);
    y[piece] + share * (y[piece + 1] - y[piece])
}
