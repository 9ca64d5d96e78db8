//! # Curves from history
//!
//! What was spent (or worked) and sold in past periods tells what spend brings, as far as it varied:
//!
//! ```text
//! outcome[t] = season[t]·(base + f(adstock[t])) + error
//! ```
//!
//! f is a curve of a [`Family`], the adstock comes from the amounts by a [`Carry`] whose retention may be
//! fitted too, and the base is what comes without any spend.
//!
//! # Method
//! Least squares over parameters in bounds: each parameter is the sine of a free one, on a logarithmic
//! scale where it spans powers of ten, and the method of Levenberg and Marquardt (crate
//! `levenberg-marquardt`, after MINPACK) does the rest. Curves are linear in two of their parameters: for a
//! grid of the others those two follow in closed form, and the best points of the grid are the starts.
//!
//! Standard errors are those of the linearized model, s²·(JᵀJ)⁻¹ with s² = RSS/(n − p), as in Bates and
//! Watts (1988), "Nonlinear regression analysis and its applications". Families are compared by the
//! corrected criterion of Akaike, n·ln(RSS/n) + 2k + 2k(k + 1)/(n − k − 1), k the parameters and the
//! variance (Hurvich and Tsai 1989, Biometrika 76:297).
//!
//! ```
//! use apportion::curve::fit::{CarryChoice, Choice, Family, History, Options, fit};
//!
//! // Sales of 200·x/(30 + x) without noise.
//! let amount: Vec<f64> = (1..=12).map(|t| f64::from(t * 7 % 13) * 10.0).collect();
//! let outcome = amount.iter().map(|x| 200.0 * x / (30.0 + x)).collect();
//! let options = Options {
//!     choice: Choice::Family(Family::MichaelisMenten),
//!     base: false,
//!     carry: CarryChoice::None,
//! };
//! let fit = fit(&History::new(amount, outcome), &options)?;
//! assert!((fit.curve.value(60.0) - 200.0 * 60.0 / 90.0).abs() < 1e-6);
//! # Ok::<(), apportion::fault::Faults>(())
//! ```
//!
//! # Limits
//! One outcome, one kind of spend. Errors are taken as independent and equally large in every period.
//! What was spent because much was about to be sold looks like an effect of the spend: no fit can tell.

mod history;
mod model;
mod solve;
#[cfg(test)]
mod tests;

use super::Curve;
use super::carry::Carry;
use crate::fault::Faults;

/// A criterion less than this better is no better, by the usual rule of thumb.
const CLEARLY: f64 = 2.0;
/// Standard errors above this part of the value make a parameter imprecise.
const IMPRECISE: f64 = 0.5;

/// Past periods, the oldest first. Build one by [`History::new`] and set what it has more.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// Amount of each period (money, hours, visits): ≥ 0.
    pub amount: Vec<f64>,
    /// What was sold: ≥ 0, as many, in the unit that the curve shall have.
    pub outcome: Vec<f64>,
    /// Season of each period: what would be sold relative to an ordinary period at equal amounts;
    /// > 0. Empty: always 1.
    pub season: Vec<f64>,
    /// Numbers of the periods, each one more than the one before it. Empty: nothing is missing.
    pub period: Vec<i64>,
    /// Amounts before the first period, the oldest first: ≥ 0. Empty: none.
    pub before: Vec<f64>,
}

impl History {
    /// Amounts and outcomes of consecutive periods without seasons.
    #[must_use]
    pub fn new(amount: Vec<f64>, outcome: Vec<f64>) -> Self {
        Self {
            amount,
            outcome,
            ..Self::default()
        }
    }
}

/// A family of curves that can be fitted, with the parameters of [`Curve`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// [`Curve::Exponential`].
    Exponential,
    /// [`Curve::MichaelisMenten`].
    MichaelisMenten,
    /// [`Curve::Logistic`].
    Logistic,
    /// [`Curve::Logarithmic`].
    Logarithmic,
    /// [`Curve::Power`].
    Power,
    /// [`Curve::Hill`]: the one that can be S-shaped.
    Hill,
}

impl Family {
    /// All of them, those with fewer parameters first.
    pub const ALL: [Family; 6] = [
        Self::Exponential,
        Self::MichaelisMenten,
        Self::Logistic,
        Self::Logarithmic,
        Self::Power,
        Self::Hill,
    ];
}

/// Which family is fitted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// The one with the best corrected criterion of Akaike.
    #[default]
    Best,
    /// This one.
    Family(Family),
}

/// What is assumed of carry-over.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum CarryChoice {
    /// Nothing carries over.
    #[default]
    None,
    /// These weights.
    Fixed(Carry),
    /// Geometric weights over a window of this many periods (1 or more), whose retention in
    /// [0, 0.98] is fitted.
    Geometric {
        /// Periods, the spend's own included.
        window: usize,
        /// Whether the weights add up to 1.
        normalized: bool,
    },
}

/// What is fitted.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// The family.
    pub choice: Choice,
    /// Whether something may be sold without any spend.
    pub base: bool,
    /// Carry-over.
    pub carry: CarryChoice,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            choice: Choice::Best,
            base: true,
            carry: CarryChoice::None,
        }
    }
}

/// A fitted parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// As the field of [`Curve`], or `base`, or `retention`.
    pub name: &'static str,
    /// Its value, in the unit of the history.
    pub value: f64,
    /// Its standard error; `None` where it lies at the end of its range, or where the data cannot tell
    /// parameters apart.
    pub standard_error: Option<f64>,
}

/// What should make a reader careful.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Warning {
    /// A straight line fits as well: the data cannot tell saturation from none.
    Straight {
        /// Criterion of the curve.
        curve: f64,
        /// Criterion of the line.
        line: f64,
    },
    /// No spend at all explains the outcome as well: the data show no effect.
    NoEffect {
        /// Criterion of the curve.
        curve: f64,
        /// Criterion of the constant.
        constant: f64,
    },
    /// Half of the top comes at an amount that was never seen: the top is a guess.
    BeyondData {
        /// Amount that brings half.
        half: f64,
        /// Largest amount at work that was seen.
        largest: f64,
    },
    /// A parameter lies at the end of its range.
    AtBound(&'static str),
    /// A parameter has a standard error of more than half its value, or none can be told.
    Imprecise(&'static str),
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Straight { .. } => f.write_str(
                "a straight line fits as well: the data cannot tell whether more spend saturates",
            ),
            Self::NoEffect { .. } => {
                f.write_str("a constant fits as well: the data show no effect of spend")
            }
            Self::BeyondData { half, largest } => write!(
                f,
                "half of the top would come at {half:.6}, but no more than {largest:.6} was seen"
            ),
            Self::AtBound(name) => write!(f, "{name} lies at the end of its range"),
            Self::Imprecise(name) => write!(f, "{name} is known to less than half of its value"),
        }
    }
}

/// A fitted curve and how far it can be trusted.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// What an amount at work brings in a period of season 1, above the base.
    pub curve: Curve,
    /// Its family.
    pub family: Family,
    /// What comes without spend in a period of season 1; 0 if none was asked for.
    pub base: f64,
    /// Weights of past amounts.
    pub carry: Carry,
    /// All parameters, those of the curve first.
    pub parameters: Vec<Parameter>,
    /// Outcome of each period according to the fit.
    pub fitted: Vec<f64>,
    /// Outcome less what is fitted.
    pub residuals: Vec<f64>,
    /// Residual sum of squares.
    pub residual_sum: f64,
    /// Residual standard deviation, with n − p degrees of freedom.
    pub deviation: f64,
    /// Part of the variance about the mean that is explained; may be negative without a base.
    pub r_squared: f64,
    /// Corrected criterion of Akaike; the smaller the better.
    pub criterion: f64,
    /// What to be careful about.
    pub warnings: Vec<Warning>,
}

impl Fit {
    /// A parameter by name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|entry| entry.name == name)
    }
}

/// Fits a curve to history.
///
/// # Errors
/// Every fault of the history: numbers that are missing, negative or not finite, gaps between
/// periods, amounts or outcomes that never change, too few periods for the parameters asked for.
pub fn fit(history: &History, options: &Options) -> Result<Fit, Faults> {
    history::check(history, options)?;
    let families = match options.choice {
        Choice::Best => Family::ALL.to_vec(),
        Choice::Family(family) => vec![family],
    };
    let mut best: Option<(Family, solve::Found)> = None;
    for family in families {
        if history::missing(history, options, family) > 0 {
            continue;
        }
        let model = model::Model::new(history, options, model::Shape::Curved(family));
        let found = solve::solve(&model);
        let better = |(_, best): &(Family, solve::Found)| found.criterion < best.criterion;
        if best.as_ref().is_none_or(better) {
            best = Some((family, found));
        }
    }
    best.map(|(family, found)| report(history, options, family, &found))
        .ok_or_else(Faults::new)
}

fn report(history: &History, options: &Options, family: Family, found: &solve::Found) -> Fit {
    let model = model::Model::new(history, options, model::Shape::Curved(family));
    let names = model.names();
    let errors = solve::standard_errors(&model, found);
    let each = names.iter().zip(&found.parameters).zip(errors);
    let parameters: Vec<Parameter> = each
        .map(|((name, value), standard_error)| Parameter {
            name,
            value: *value,
            standard_error,
        })
        .collect();
    let fitted = model.predict(&found.parameters);
    let residuals: Vec<f64> = (history.outcome.iter().zip(&fitted))
        .map(|(outcome, fitted)| outcome - fitted)
        .collect();
    let freedom = (fitted.len() - parameters.len()) as f64;
    let mut fit = Fit {
        curve: model.curve(&found.parameters),
        family,
        base: model.base(&found.parameters),
        carry: model.carry(&found.parameters),
        parameters,
        fitted,
        residuals,
        residual_sum: found.residual_sum,
        deviation: (found.residual_sum / freedom).sqrt(),
        r_squared: 1.0 - found.residual_sum / spread(&history.outcome),
        criterion: found.criterion,
        warnings: vec![],
    };
    fit.warnings = warnings(history, options, &model, found, &fit);
    fit
}

fn warnings(
    history: &History,
    options: &Options,
    model: &model::Model<'_>,
    found: &solve::Found,
    fit: &Fit,
) -> Vec<Warning> {
    let mut warnings = vec![];
    let line = solve::solve(&model::Model::new(history, options, model::Shape::Straight));
    let constant = solve::constant(history);
    if constant < fit.criterion + CLEARLY {
        warnings.push(Warning::NoEffect {
            curve: fit.criterion,
            constant,
        });
    } else if line.criterion < fit.criterion + CLEARLY {
        warnings.push(Warning::Straight {
            curve: fit.criterion,
            line: line.criterion,
        });
    }
    let largest = model.largest(&found.parameters);
    let half = half_of(&fit.curve).filter(|half| *half > largest);
    if let Some(half) = half {
        warnings.push(Warning::BeyondData { half, largest });
    }
    for (at, parameter) in fit.parameters.iter().enumerate() {
        let at_bound = model.at_bound(at, parameter.value);
        // No base and no carry-over are answers, not failures.
        let nothing = at_bound && parameter.value < 0.5 * model.bound(at).most;
        let linear = parameter.name == "base" || parameter.name == "retention";
        if at_bound && !(nothing && linear) {
            warnings.push(Warning::AtBound(parameter.name));
        } else if !at_bound && parameter.name != "base" {
            let vague = |error: f64| error > IMPRECISE * parameter.value.abs();
            if parameter.standard_error.is_none_or(vague) {
                warnings.push(Warning::Imprecise(parameter.name));
            }
        }
    }
    warnings
}

/// Amount that brings half of what saturates.
fn half_of(curve: &Curve) -> Option<f64> {
    match curve {
        Curve::Hill { half, .. } | Curve::MichaelisMenten { half, .. } => Some(*half),
        Curve::Exponential { rate, .. } => Some(std::f64::consts::LN_2 / rate),
        Curve::Logistic { rate, .. } => Some(3.0_f64.ln() / rate),
        _ => None,
    }
}

/// Sum of squares about the mean.
fn spread(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values
        .iter()
        .map(|value| (value - mean) * (value - mean))
        .sum()
}
