//! Constructors of the families, and the check of their parameters.

use super::Curve;
use crate::fault::{Code, Fault, Faults, Place};

/// Parameters lie between this and its inverse, so that products and quotients of three stay finite.
const SMALLEST: f64 = 1e-150;
/// Shapes at most: beyond it a curve is a step.
const STEEPEST: f64 = 1e3;
/// rate·middle of a sigmoid at most: e to the power of it is still a number.
const FARTHEST: f64 = 700.0;

/// Gathers the faults of one curve.
struct Checks {
    table: &'static str,
    faults: Faults,
}

impl Checks {
    fn new(table: &'static str) -> Self {
        Self {
            table,
            faults: Faults::new(),
        }
    }

    fn fault(&mut self, code: Code, field: &str, found: f64, expected: &str) {
        let place = Place::section(self.table, field);
        let fault = Fault::new(code, place, found.to_string(), expected);
        self.faults.push(fault);
    }

    /// Whether a number is finite and in a range that is spelled out for the reader.
    fn within(&mut self, field: &str, found: f64, holds: bool, expected: &str) {
        if !found.is_finite() {
            self.fault(Code::NotFinite, field, found, expected);
        } else if !holds {
            self.fault(Code::OutOfRange, field, found, expected);
        }
    }

    fn positive(&mut self, field: &str, found: f64) {
        let holds = (SMALLEST..=1.0 / SMALLEST).contains(&found);
        self.within(field, found, holds, "a number from 1e-150 to 1e150");
    }

    fn shape(&mut self, found: f64) {
        let holds = (1.0 / STEEPEST..=STEEPEST).contains(&found);
        self.within("shape", found, holds, "a number from 0.001 to 1000");
    }
}

/// Checks a curve's parameters.
pub(super) fn check(curve: &Curve) -> Result<(), Faults> {
    let mut checks = Checks::new(name(curve));
    match curve {
        Curve::Linear { slope, cap } => {
            checks.positive("slope", *slope);
            checks.positive("cap", *cap);
        }
        Curve::Power { scale, exponent } => {
            checks.positive("scale", *scale);
            let holds = (1.0 / STEEPEST..=1.0).contains(exponent);
            checks.within("exponent", *exponent, holds, "a number from 0.001 to 1");
        }
        Curve::Logarithmic { scale, rate } => {
            checks.positive("scale", *scale);
            checks.positive("rate", *rate);
        }
        Curve::Exponential { top, rate } | Curve::Logistic { top, rate } => {
            checks.positive("top", *top);
            checks.positive("rate", *rate);
        }
        Curve::Hill { top, half, shape } => {
            checks.positive("top", *top);
            checks.positive("half", *half);
            checks.shape(*shape);
        }
        Curve::Adbudg {
            low,
            high,
            shape,
            divisor,
        } => check_adbudg(&mut checks, *low, *high, *shape, *divisor),
        Curve::MichaelisMenten { top, half } => {
            checks.positive("top", *top);
            checks.positive("half", *half);
        }
        Curve::Tanh { top, scale } => {
            checks.positive("top", *top);
            checks.positive("scale", *scale);
        }
        Curve::Sigmoid { top, rate, middle } => {
            checks.positive("top", *top);
            checks.positive("rate", *rate);
            let holds = *middle >= 0.0 && rate * middle <= FARTHEST;
            let expected = "a number ≥ 0, at most 700/rate";
            checks.within("middle", *middle, holds, expected);
        }
        Curve::Points { x, y } => check_points(&mut checks, x, y),
    }
    checks.faults.or(())
}

fn check_adbudg(checks: &mut Checks, low: f64, high: f64, shape: f64, divisor: f64) {
    checks.within("low", low, low >= 0.0, "a number ≥ 0");
    checks.positive("high", high);
    checks.within("high", high, high > low, &format!("more than low, {low}"));
    checks.shape(shape);
    checks.positive("divisor", divisor);
    let half = divisor.powf(1.0 / shape);
    let holds = (SMALLEST..=1.0 / SMALLEST).contains(&half);
    let expected = "a divisor whose root of order shape is from 1e-150 to 1e150";
    checks.within("divisor", divisor, holds, expected);
}

fn check_points(checks: &mut Checks, x: &[f64], y: &[f64]) {
    let list = |field: &str, at: usize| Place::entry("curve.points", at, field);
    if x.len() < 2 || x.len() != y.len() {
        let found = format!("{} x and {} y", x.len(), y.len());
        let place = Place::section("curve.points", "");
        let fault = Fault::new(
            Code::BadLength,
            place,
            found,
            "as many x as y, at least two",
        );
        checks
            .faults
            .push(fault.hint("Give each point an x and a y."));
        return;
    }
    for (field, values) in [("x", x), ("y", y)] {
        for (at, value) in values.iter().enumerate() {
            let before = at.checked_sub(1).map(|before| values[before]);
            let (holds, expected) = match (field, before) {
                ("x", None) => (
                    value.abs() < f64::MIN_POSITIVE,
                    "0, where the table begins".into(),
                ),
                ("x", Some(before)) => (*value > before, format!("more than {before} before it")),
                (_, None) => (*value >= 0.0, "a number ≥ 0".into()),
                (_, Some(before)) => (*value >= before, format!("{before} before it, or more")),
            };
            let holds = holds && *value <= 1.0 / SMALLEST;
            if !holds || !value.is_finite() {
                let code = if value.is_finite() {
                    Code::OutOfRange
                } else {
                    Code::NotFinite
                };
                let fault = Fault::new(code, list(field, at), value.to_string(), expected);
                let hint = "More spend never brings less: sort the table and smooth what falls.";
                checks.faults.push(fault.hint(hint));
            }
        }
    }
}

fn name(curve: &Curve) -> &'static str {
    match curve {
        Curve::Linear { .. } => "curve.linear",
        Curve::Power { .. } => "curve.power",
        Curve::Logarithmic { .. } => "curve.logarithmic",
        Curve::Exponential { .. } => "curve.exponential",
        Curve::Hill { .. } => "curve.hill",
        Curve::Adbudg { .. } => "curve.adbudg",
        Curve::MichaelisMenten { .. } => "curve.michaelis_menten",
        Curve::Tanh { .. } => "curve.tanh",
        Curve::Logistic { .. } => "curve.logistic",
        Curve::Sigmoid { .. } => "curve.sigmoid",
        Curve::Points { .. } => "curve.points",
    }
}

/// A curve, if its parameters are in range. Each fails with the [`Faults`] of its parameters; units
/// and ranges are those of the fields of [`Curve`].
#[allow(clippy::missing_errors_doc, reason = "said once, in the line above")]
impl Curve {
    fn checked(self) -> Result<Self, Faults> {
        self.check().map(|()| self)
    }

    /// slope·min(x, cap).
    pub fn linear(slope: f64, cap: f64) -> Result<Self, Faults> {
        Self::Linear { slope, cap }.checked()
    }

    /// scale·x^exponent.
    pub fn power(scale: f64, exponent: f64) -> Result<Self, Faults> {
        Self::Power { scale, exponent }.checked()
    }

    /// scale·ln(1 + rate·x).
    pub fn logarithmic(scale: f64, rate: f64) -> Result<Self, Faults> {
        Self::Logarithmic { scale, rate }.checked()
    }

    /// top·(1 − e^(−rate·x)).
    pub fn exponential(top: f64, rate: f64) -> Result<Self, Faults> {
        Self::Exponential { top, rate }.checked()
    }

    /// top·x^shape/(x^shape + half^shape).
    pub fn hill(top: f64, half: f64, shape: f64) -> Result<Self, Faults> {
        Self::Hill { top, half, shape }.checked()
    }

    /// low + (high − low)·x^shape/(divisor + x^shape).
    pub fn adbudg(low: f64, high: f64, shape: f64, divisor: f64) -> Result<Self, Faults> {
        Self::Adbudg {
            low,
            high,
            shape,
            divisor,
        }
        .checked()
    }

    /// top·x/(half + x).
    pub fn michaelis_menten(top: f64, half: f64) -> Result<Self, Faults> {
        Self::MichaelisMenten { top, half }.checked()
    }

    /// top·tanh(x/scale).
    pub fn tanh(top: f64, scale: f64) -> Result<Self, Faults> {
        Self::Tanh { top, scale }.checked()
    }

    /// top·(1 − e^(−rate·x))/(1 + e^(−rate·x)).
    pub fn logistic(top: f64, rate: f64) -> Result<Self, Faults> {
        Self::Logistic { top, rate }.checked()
    }

    /// top·(σ(rate·(x − middle)) − σ(−rate·middle)).
    pub fn sigmoid(top: f64, rate: f64, middle: f64) -> Result<Self, Faults> {
        Self::Sigmoid { top, rate, middle }.checked()
    }

    /// Straight lines between points (x, y), flat beyond the last.
    pub fn points(x: Vec<f64>, y: Vec<f64>) -> Result<Self, Faults> {
        Self::Points { x, y }.checked()
    }
}
