//! One channel: its curve, given or fitted, its carry-over, its numbers.

use super::check::{Checker, nearest};
use super::{ChannelFact, FitFact, Range};
use crate::curve::Curve;
use crate::curve::carry::{Carry, Kernel};
use crate::fault::{Code, Fault, Faults, Place};
use crate::input::budget::{CarryInput, Channel, CurveInput};

/// Families with the parameters that each needs, in the order of its constructor.
const FAMILIES: [(&str, &[&str]); 11] = [
    ("linear", &["slope", "cap"]),
    ("power", &["scale", "exponent"]),
    ("logarithmic", &["scale", "rate"]),
    ("exponential", &["top", "rate"]),
    ("hill", &["top", "half", "shape"]),
    ("adbudg", &["low", "high", "shape", "divisor"]),
    ("michaelis_menten", &["top", "half"]),
    ("tanh", &["top", "scale"]),
    ("logistic", &["top", "rate"]),
    ("sigmoid", &["top", "rate", "middle"]),
    ("points", &[]),
];
const KERNELS: [&str; 5] = [
    "geometric",
    "delayed",
    "binomial",
    "weibull_pdf",
    "weibull_cdf",
];

/// A curve with the carry-over that belongs to it.
pub(super) struct Response {
    pub(super) curve: Curve,
    pub(super) carry: Option<Carry>,
    pub(super) fit: Option<FitFact>,
}

/// Checks a channel; `None` where its curve or carry-over has faults.
pub(super) fn check(checker: &mut Checker<'_>, at: usize) -> Option<ChannelFact> {
    let input = checker.input;
    let given = &input.channels[at];
    let place = |field: &str| Place::entry("channels", at, field);
    checker.text(place("name"), &given.name);
    let margin = margin(checker, at, given);
    checker.factor(place("cost_per_unit"), given.cost_per_unit);
    checker.upto(place("after_plan_share"), given.after_plan_share, 1.0);
    let amounts = [
        ("fee_money", given.fee_money),
        ("period_fee_money", given.period_fee_money),
        ("min_if_active_money", given.min_if_active_money),
        (
            "period_min_if_active_money",
            given.period_min_if_active_money,
        ),
    ];
    for (field, amount) in amounts {
        checker.money(place(field), amount);
    }
    for (lag, amount) in given.past_amounts.iter().enumerate() {
        checker.money(place(&format!("past_amounts[{lag}]")), *amount);
    }
    let response = response(checker, at, given)?;
    let before = if given.past_amounts.is_empty() {
        let amounts = given.history.iter().filter_map(|period| period.amount);
        amounts.collect()
    } else {
        given.past_amounts.clone()
    };
    let name = if given.name.is_empty() {
        &given.id
    } else {
        &given.name
    };
    Some(ChannelFact {
        id: given.id.clone(),
        name: name.clone(),
        curve: response.curve,
        margin,
        cost_per_unit: given.cost_per_unit,
        carry: response.carry,
        before,
        after_plan_share: given.after_plan_share,
        fee: given.fee_money,
        minimum: given.min_if_active_money,
        limit: Range::FREE,
        fit: response.fit,
    })
}

/// What is left of the margin, which must be something.
fn margin(checker: &mut Checker<'_>, at: usize, given: &Channel) -> f64 {
    let place = |field| Place::entry("channels", at, field);
    let margin = checker.upto(place("margin"), given.margin, 1e9);
    let commission = checker.upto(place("commission"), given.commission, 1e9);
    let rebate = checker.upto(place("rebate"), given.rebate, 1e9);
    let left = margin - commission - rebate;
    let fine = [margin, commission, rebate]
        .iter()
        .all(|part| (0.0..=1e9).contains(part));
    if fine && left < 1e-9 {
        let expected = format!(
            "more than commission and rebate, {} together",
            commission + rebate
        );
        let fault = Fault::new(
            Code::OutOfRange,
            place("margin"),
            margin.to_string(),
            expected,
        );
        checker
            .faults
            .push(fault.hint("A channel that leaves nothing of a sale cannot be worth spend."));
    }
    left
}

fn response(checker: &mut Checker<'_>, at: usize, given: &Channel) -> Option<Response> {
    let carry = carry(checker, at, &given.carry);
    if !given.curve.family.is_empty() {
        let curve = curve(checker, at, &given.curve);
        let (curve, carry) = (curve?, carry?);
        return Some(Response {
            curve,
            carry,
            fit: None,
        });
    }
    if given.history.is_empty() {
        let place = Place::entry("channels", at, "curve.family");
        let expected = "a family of curves, or a history to fit one to";
        checker.fault(Code::UnknownName, place, "", expected);
        return None;
    }
    #[cfg(feature = "fit")]
    return super::history::fit(checker, at, given, carry?);
    #[cfg(not(feature = "fit"))]
    {
        let place = Place::entry("channels", at, "history");
        let found = "a program without fitting";
        checker.fault(Code::NotBuilt, place, found, "a program with feature `fit`");
        None
    }
}

/// The curve that was given.
fn curve(checker: &mut Checker<'_>, at: usize, given: &CurveInput) -> Option<Curve> {
    let place = |field: &str| Place::entry("channels", at, &format!("curve.{field}"));
    let family = FAMILIES.iter().find(|(name, _)| *name == given.family);
    let Some((_, needed)) = family else {
        let names: Vec<&str> = FAMILIES.iter().map(|(name, _)| *name).collect();
        unknown(checker, place("family"), &given.family, &names);
        return None;
    };
    let mut values = vec![];
    for (field, value) in parameters(given) {
        match (value, needed.contains(&field)) {
            (None, true) => {
                let expected = format!("a number: {} curves need it", given.family);
                checker.fault(Code::MissingNumber, place(field), "", expected);
            }
            (Some(value), false) => {
                let expected = format!("nothing: {} curves have none", given.family);
                checker.fault(
                    Code::NeedlessNumber,
                    place(field),
                    value.to_string(),
                    expected,
                );
            }
            (Some(value), true) => values.push((field, value)),
            (None, false) => {}
        }
    }
    if given.family != "points" && !given.points.is_empty() {
        let found = format!("{} points", given.points.len());
        let expected = format!("none: {} curves have parameters", given.family);
        checker.fault(Code::NeedlessNumber, place("points"), found, expected);
    }
    let value = |name: &str| values.iter().find(|(field, _)| *field == name);
    let ordered: Option<Vec<f64>> = needed.iter().map(|name| value(name).map(|v| v.1)).collect();
    let curve = build(&given.family, &ordered?, given);
    match curve {
        Ok(curve) => Some(curve),
        Err(faults) => {
            placed(checker, at, &faults);
            None
        }
    }
}

/// Every parameter of every family.
fn parameters(given: &CurveInput) -> [(&'static str, Option<f64>); 12] {
    [
        ("slope", given.slope),
        ("cap", given.cap),
        ("scale", given.scale),
        ("exponent", given.exponent),
        ("rate", given.rate),
        ("top", given.top),
        ("half", given.half),
        ("shape", given.shape),
        ("low", given.low),
        ("high", given.high),
        ("divisor", given.divisor),
        ("middle", given.middle),
    ]
}

fn build(family: &str, values: &[f64], given: &CurveInput) -> Result<Curve, Faults> {
    match (family, values) {
        ("linear", [slope, cap]) => Curve::linear(*slope, *cap),
        ("power", [scale, exponent]) => Curve::power(*scale, *exponent),
        ("logarithmic", [scale, rate]) => Curve::logarithmic(*scale, *rate),
        ("exponential", [top, rate]) => Curve::exponential(*top, *rate),
        ("hill", [top, half, shape]) => Curve::hill(*top, *half, *shape),
        ("adbudg", [low, high, shape, divisor]) => Curve::adbudg(*low, *high, *shape, *divisor),
        ("michaelis_menten", [top, half]) => Curve::michaelis_menten(*top, *half),
        ("tanh", [top, scale]) => Curve::tanh(*top, *scale),
        ("logistic", [top, rate]) => Curve::logistic(*top, *rate),
        ("sigmoid", [top, rate, middle]) => Curve::sigmoid(*top, *rate, *middle),
        _ => Curve::points(
            given.points.iter().map(|point| point.amount).collect(),
            given.points.iter().map(|point| point.response).collect(),
        ),
    }
}

/// Faults of a curve, at the channel that it belongs to.
fn placed(checker: &mut Checker<'_>, at: usize, faults: &Faults) {
    for fault in faults {
        let field = match (fault.place.index, fault.place.field.as_str()) {
            (Some(point), "x") => format!("curve.points[{point}].amount"),
            (Some(point), _) => format!("curve.points[{point}].response"),
            (None, "") => "curve.points".to_owned(),
            (None, field) => format!("curve.{field}"),
        };
        let mut fault = fault.clone();
        fault.place = Place::entry("channels", at, &field);
        checker.faults.push(fault);
    }
}

/// The carry-over that was given: `None` for faults, `Some(None)` where nothing carries over.
fn carry(checker: &mut Checker<'_>, at: usize, given: &CarryInput) -> Option<Option<Carry>> {
    let place = |field: &str| Place::entry("channels", at, &format!("carry.{field}"));
    let (retention, shape, scale) = (given.retention, given.shape, given.scale_periods);
    let kernel = match given.kernel.as_str() {
        "" if retention.abs() > 0.0 => {
            let expected = "no retention, or a kernel, such as geometric";
            let found = retention.to_string();
            checker.fault(Code::NeedlessNumber, place("retention"), found, expected);
            return None;
        }
        "" => return Some(None),
        "geometric" => Kernel::Geometric { retention },
        "delayed" => Kernel::Delayed {
            retention,
            delay: given.delay_periods,
        },
        "binomial" => Kernel::Binomial { retention },
        "weibull_pdf" => Kernel::WeibullPdf { shape, scale },
        "weibull_cdf" => Kernel::WeibullCdf { shape, scale },
        other => {
            unknown(checker, place("kernel"), other, &KERNELS);
            return None;
        }
    };
    match Carry::new(kernel, given.window_periods as usize, given.normalized) {
        Ok(carry) => Some(Some(carry)),
        Err(faults) => {
            for fault in &faults {
                let field = match fault.place.field.as_str() {
                    "window" => "window_periods",
                    "delay" => "delay_periods",
                    "scale" => "scale_periods",
                    other => other,
                };
                let mut fault = fault.clone();
                fault.place = place(field);
                checker.faults.push(fault);
            }
            None
        }
    }
}

/// A name that is none of those known.
pub(super) fn unknown(checker: &mut Checker<'_>, place: Place, name: &str, known: &[&str]) {
    let expected = format!("one of {}", known.join(", "));
    let fault = Fault::new(Code::UnknownName, place, name, expected);
    checker
        .faults
        .push(match nearest(name, known.iter().copied()) {
            Some(near) => fault.hint(format!("Did you mean `{near}`?")),
            None => fault,
        });
}
