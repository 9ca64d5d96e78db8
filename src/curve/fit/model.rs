//! The model: parameters, their ranges, what they predict and how that changes with them.

use super::{CarryChoice, Family, History, Options};
use crate::curve::Curve;
use crate::curve::carry::{Carry, Kernel};

/// Retention at most: beyond it carry-over and base are the same in a few years of history.
const MOST_RETENTION: f64 = 0.98;
/// Part of a parameter by which it is moved for a derivative.
const STEP: f64 = 1e-5;
/// Nearer than this part of its range to an end, a parameter is at the end.
const AT_END: f64 = 1e-6;
/// Slope of a line that never ends.
const NO_CAP: f64 = 1e150;

/// What is fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A curve.
    Curved(Family),
    /// A straight line, to compare with.
    Straight,
}

/// Range of a parameter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound {
    pub(super) least: f64,
    pub(super) most: f64,
    /// Whether the range is one of powers of ten.
    logarithmic: bool,
}

impl Bound {
    fn powers(least: f64, most: f64) -> Self {
        Self {
            least,
            most,
            logarithmic: true,
        }
    }

    fn even(least: f64, most: f64) -> Self {
        Self {
            least,
            most,
            logarithmic: false,
        }
    }

    fn ends(&self) -> (f64, f64) {
        if self.logarithmic {
            (self.least.ln(), self.most.ln())
        } else {
            (self.least, self.most)
        }
    }

    /// The value that belongs to a free parameter, and its derivative.
    pub(super) fn value(&self, free: f64) -> (f64, f64) {
        let (low, high) = self.ends();
        let half = 0.5 * (high - low);
        let at = low + half * (1.0 + free.sin());
        let slope = half * free.cos();
        if self.logarithmic {
            (
                at.exp().clamp(self.least, self.most),
                slope * at.clamp(low, high).exp(),
            )
        } else {
            (at.clamp(self.least, self.most), slope)
        }
    }

    /// The free parameter that belongs to a value, drawn in from the ends, where derivatives vanish.
    pub(super) fn free(&self, value: f64) -> f64 {
        let (low, high) = self.ends();
        let at = if self.logarithmic { value.ln() } else { value };
        let share = ((at - low) / (high - low)).clamp(1e-3, 1.0 - 1e-3);
        (2.0 * share - 1.0).asin()
    }
}

/// A model of a history. Parameters: those of the curve, the linear one first; the base; the retention.
#[derive(Clone, Debug)]
pub(super) struct Model<'a> {
    pub(super) history: &'a History,
    pub(super) shape: Shape,
    options: &'a Options,
    bounds: Vec<Bound>,
}

impl<'a> Model<'a> {
    pub(super) fn new(history: &'a History, options: &'a Options, shape: Shape) -> Self {
        let mut model = Self {
            history,
            shape,
            options,
            bounds: vec![],
        };
        model.bounds = model.make_bounds();
        model
    }

    fn fits_retention(&self) -> bool {
        matches!(self.options.carry, CarryChoice::Geometric { .. })
    }

    /// Largest amount and largest outcome of an ordinary season.
    pub(super) fn units(&self) -> (f64, f64) {
        let most = |values: &[f64]| values.iter().copied().fold(0.0, f64::max);
        let ordinary: Vec<f64> = (self.history.outcome.iter().enumerate())
            .map(|(at, outcome)| outcome / self.season(at))
            .collect();
        (most(&self.history.amount), most(&ordinary))
    }

    fn make_bounds(&self) -> Vec<Bound> {
        let (amount, outcome) = self.units();
        let top = Bound::powers(1e-9 * outcome, 1e6 * outcome);
        let rate = Bound::powers(1e-4 / amount, 1e4 / amount);
        let half = Bound::powers(1e-4 * amount, 1e4 * amount);
        let mut bounds = match self.shape {
            Shape::Straight => vec![Bound::powers(
                1e-9 * outcome / amount,
                1e6 * outcome / amount,
            )],
            Shape::Curved(family) => match family {
                Family::Exponential | Family::Logistic | Family::Logarithmic => vec![top, rate],
                Family::MichaelisMenten => vec![top, half],
                Family::Hill => vec![top, half, Bound::powers(0.2, 20.0)],
                // The response to one unit is at least that to the largest amount over the amount.
                Family::Power => vec![
                    Bound::powers(
                        top.least * (1.0 / amount).min(1.0),
                        top.most * (1.0 / amount).max(1.0),
                    ),
                    Bound::powers(0.01, 1.0),
                ],
            },
        };
        if self.options.base {
            bounds.push(Bound::even(0.0, 10.0 * outcome));
        }
        if self.fits_retention() {
            bounds.push(Bound::even(0.0, MOST_RETENTION));
        }
        bounds
    }

    pub(super) fn bound(&self, at: usize) -> Bound {
        self.bounds[at]
    }

    pub(super) fn bounds(&self) -> &[Bound] {
        &self.bounds
    }

    /// Whether a parameter lies at an end of its range.
    pub(super) fn at_bound(&self, at: usize, value: f64) -> bool {
        let bound = self.bounds[at];
        let (low, high) = bound.ends();
        let place = if bound.logarithmic { value.ln() } else { value };
        let share = (place - low) / (high - low);
        !(AT_END..=1.0 - AT_END).contains(&share)
    }

    /// Puts a base or retention that is nothing but rounding at 0.
    pub(super) fn settle(&self, parameters: &mut [f64]) {
        for (at, value) in parameters.iter_mut().enumerate() {
            let bound = self.bounds[at];
            if !bound.logarithmic && *value < AT_END * bound.most {
                *value = bound.least;
            }
        }
    }

    pub(super) fn names(&self) -> Vec<&'static str> {
        let mut names = match self.shape {
            Shape::Straight => vec!["slope"],
            Shape::Curved(family) => match family {
                Family::Exponential | Family::Logistic => vec!["top", "rate"],
                Family::Logarithmic => vec!["scale", "rate"],
                Family::MichaelisMenten => vec!["top", "half"],
                Family::Hill => vec!["top", "half", "shape"],
                Family::Power => vec!["scale", "exponent"],
            },
        };
        if self.options.base {
            names.push("base");
        }
        if self.fits_retention() {
            names.push("retention");
        }
        names
    }

    pub(super) fn curve(&self, parameters: &[f64]) -> Curve {
        match (self.shape, parameters) {
            (Shape::Curved(Family::Exponential), [top, rate, ..]) => Curve::Exponential {
                top: *top,
                rate: *rate,
            },
            (Shape::Curved(Family::Logistic), [top, rate, ..]) => Curve::Logistic {
                top: *top,
                rate: *rate,
            },
            (Shape::Curved(Family::Logarithmic), [scale, rate, ..]) => Curve::Logarithmic {
                scale: *scale,
                rate: *rate,
            },
            (Shape::Curved(Family::MichaelisMenten), [top, half, ..]) => Curve::MichaelisMenten {
                top: *top,
                half: *half,
            },
            (Shape::Curved(Family::Hill), [top, half, shape, ..]) => Curve::Hill {
                top: *top,
                half: *half,
                shape: *shape,
            },
            (Shape::Curved(Family::Power), [scale, exponent, ..]) => Curve::Power {
                scale: *scale,
                exponent: *exponent,
            },
            (_, rest) => Curve::Linear {
                slope: rest[0],
                cap: NO_CAP,
            },
        }
    }

    pub(super) fn base(&self, parameters: &[f64]) -> f64 {
        if self.options.base {
            parameters[parameters.len() - 1 - usize::from(self.fits_retention())]
        } else {
            0.0
        }
    }

    pub(super) fn carry(&self, parameters: &[f64]) -> Carry {
        match &self.options.carry {
            CarryChoice::None => Carry::none(),
            CarryChoice::Fixed(carry) => carry.clone(),
            CarryChoice::Geometric { window, normalized } => {
                let retention = parameters[parameters.len() - 1];
                let kernel = Kernel::Geometric { retention };
                // The window was checked and the retention lies in its range.
                Carry::new(kernel, *window, *normalized).unwrap_or_else(|_| Carry::none())
            }
        }
    }

    pub(super) fn season(&self, at: usize) -> f64 {
        self.history.season.get(at).copied().unwrap_or(1.0)
    }

    /// Amount at work in each period.
    pub(super) fn adstock(&self, parameters: &[f64]) -> Vec<f64> {
        let carry = self.carry(parameters);
        let mut stock = carry.adstock(&self.history.before, &self.history.amount);
        stock.truncate(self.history.amount.len());
        stock
    }

    /// Largest amount at work.
    pub(super) fn largest(&self, parameters: &[f64]) -> f64 {
        self.adstock(parameters).into_iter().fold(0.0, f64::max)
    }

    /// Outcome of each period.
    pub(super) fn predict(&self, parameters: &[f64]) -> Vec<f64> {
        let (curve, base) = (self.curve(parameters), self.base(parameters));
        let stock = self.adstock(parameters);
        let each = stock.iter().enumerate();
        each.map(|(at, amount)| self.season(at) * (base + curve.value(*amount)))
            .collect()
    }

    /// Change of each period's outcome with a parameter, by central differences.
    pub(super) fn slope(&self, parameters: &[f64], at: usize) -> Vec<f64> {
        let bound = self.bounds[at];
        let size = if bound.logarithmic {
            parameters[at]
        } else {
            bound.most
        };
        let mut moved = parameters.to_vec();
        let high = parameters[at] + STEP * size;
        // A retention stays in its range; whatever else may pass the end for once.
        let low = if bound.logarithmic {
            parameters[at] - STEP * size
        } else {
            (parameters[at] - STEP * size).max(bound.least)
        };
        moved[at] = high;
        let above = self.predict(&moved);
        moved[at] = low;
        let below = self.predict(&moved);
        (above.iter().zip(below))
            .map(|(above, below)| (above - below) / (high - low))
            .collect()
    }

    /// Residual sum of squares.
    pub(super) fn miss(&self, parameters: &[f64]) -> f64 {
        let fitted = self.predict(parameters);
        (fitted.iter().zip(&self.history.outcome))
            .map(|(fitted, outcome)| (outcome - fitted) * (outcome - fitted))
            .sum()
    }
}
