//! Curves that are fitted to history.

use super::FitFact;
use super::channel::{Response, unknown};
use super::check::Checker;
use crate::curve::carry::Carry;
use crate::curve::fit::{self, CarryChoice, Choice, Family, Fit, History, Options};
use crate::fault::{Code, Fault, Place};
use crate::input::budget::Channel;

/// Days of a week.
const WEEK: i64 = 7;

/// Fits a channel's curve, and its carry-over where that is asked for.
pub(super) fn fit(
    checker: &mut Checker<'_>,
    at: usize,
    given: &Channel,
    carry: Option<Carry>,
) -> Option<Response> {
    let choice = choice(checker, at, &given.fit.family);
    let period = periods(checker, at, given);
    let each = given.history.iter();
    let history = History {
        amount: each
            .clone()
            .map(|row| row.amount.unwrap_or(f64::NAN))
            .collect(),
        outcome: each
            .clone()
            .map(|row| row.outcome.unwrap_or(f64::NAN))
            .collect(),
        season: each.map(|row| row.season).collect(),
        period: period.unwrap_or_default(),
        before: vec![],
    };
    let options = Options {
        choice: choice.unwrap_or_default(),
        base: given.fit.base,
        carry: match carry.clone() {
            Some(carry) => CarryChoice::Fixed(carry),
            None if given.fit.carry => CarryChoice::Geometric {
                window: given.carry.window_periods as usize,
                normalized: given.carry.normalized,
            },
            None => CarryChoice::None,
        },
    };
    match fit::fit(&history, &options) {
        Ok(found) => {
            let fitted = given.fit.carry.then(|| found.carry.clone());
            let fit = Some(fact(&found));
            choice.map(|_| Response {
                curve: found.curve,
                carry: carry.or(fitted),
                fit,
            })
        }
        Err(faults) => {
            for fault in &faults {
                checker.faults.push(placed(fault, at, given));
            }
            None
        }
    }
}

fn fact(found: &Fit) -> FitFact {
    let each = found.parameters.iter();
    FitFact {
        family: name(found.family),
        parameters: each
            .map(|parameter| (parameter.name, parameter.value, parameter.standard_error))
            .collect(),
        periods: found.fitted.len(),
        r_squared: found.r_squared,
        deviation: found.deviation,
        warnings: found.warnings.iter().map(ToString::to_string).collect(),
    }
}

fn name(family: Family) -> &'static str {
    match family {
        Family::Exponential => "exponential",
        Family::MichaelisMenten => "michaelis_menten",
        Family::Logistic => "logistic",
        Family::Logarithmic => "logarithmic",
        Family::Power => "power",
        Family::Hill => "hill",
    }
}

fn choice(checker: &mut Checker<'_>, at: usize, given: &str) -> Option<Choice> {
    if given == "best" {
        return Some(Choice::Best);
    }
    let family = Family::ALL
        .into_iter()
        .find(|family| name(*family) == given);
    if family.is_none() {
        let mut known = vec!["best"];
        known.extend(Family::ALL.map(name));
        let place = Place::entry("channels", at, "fit.family");
        unknown(checker, place, given, &known);
    }
    family.map(Choice::Family)
}

/// A fault of a history, at the channel and row that it belongs to.
fn placed(fault: &Fault, at: usize, given: &Channel) -> Fault {
    let mut placed = fault.clone();
    let field = match (fault.place.index, fault.place.field.as_str()) {
        (Some(row), field) => {
            let row_of = given.history.get(row);
            let missing = match field {
                "amount" => row_of.is_some_and(|row| row.amount.is_none()),
                "outcome" => row_of.is_some_and(|row| row.outcome.is_none()),
                _ => false,
            };
            if missing {
                placed.code = Code::MissingNumber;
                placed.found = "nothing".to_owned();
            }
            format!("history[{row}].{field}")
        }
        (None, _) if fault.place.table == "carry" => "carry.window_periods".to_owned(),
        (None, "") => "history".to_owned(),
        (None, field) => format!("history.{field}"),
    };
    placed.place = Place::entry("channels", at, &field);
    placed
}

/// Numbers of the periods; `None` where one cannot be read.
fn periods(checker: &mut Checker<'_>, at: usize, given: &Channel) -> Option<Vec<i64>> {
    let first_day = given.history.first().and_then(|row| day(&row.period));
    let mut numbers = Some(vec![]);
    for (row, period) in given.history.iter().enumerate() {
        let number = number(&period.period, first_day);
        match (number, &mut numbers) {
            (Some(number), Some(numbers)) => numbers.push(number),
            (Some(_), None) => {}
            (None, _) => {
                numbers = None;
                let place = Place::entry("channels", at, &format!("history[{row}].period"));
                let expected = "YYYY-MM for months, YYYY-MM-DD a whole number of weeks after \
                                the first, or a whole number";
                let fault = Fault::new(Code::BadDate, place, &period.period, expected);
                let hint = "Name every period in the same way as the first.";
                checker.faults.push(fault.hint(hint));
            }
        }
    }
    numbers
}

/// Days since a fixed day.
fn day(text: &str) -> Option<i64> {
    let date: jiff::civil::Date = text.parse().ok().filter(|_| text.len() == 10)?;
    let start = jiff::civil::date(1, 1, 1);
    Some(i64::from((date - start).get_days()))
}

/// A month, a week after the first day, or a plain number.
fn number(text: &str, first_day: Option<i64>) -> Option<i64> {
    if let Some(day) = day(text) {
        let past = day - first_day?;
        return (past.rem_euclid(WEEK) == 0).then(|| past.div_euclid(WEEK));
    }
    if first_day.is_some() {
        return None;
    }
    if let Some((year, month)) = text.split_once('-')
        && text.len() == 7
        && year.len() == 4
    {
        let (year, month): (i64, i64) = (year.parse().ok()?, month.parse().ok()?);
        return (1..=12).contains(&month).then_some(12 * year + month);
    }
    text.parse().ok()
}
