//! Numbers after changes, held to the ranges of the input.

use super::change::Amount;
use crate::domain::validate::numbers::{AMOUNT, MONEY, POSITIVE, Range, SHARE, shown};
use crate::fault::{Code, Fault, Place};

/// A number after a change, held to its range.
pub(crate) fn changed(number: f64, amount: Amount, range: Range) -> Result<f64, Wrong> {
    let Some(new) = amount.of(number) else {
        return Err(Wrong {
            code: Code::NoSuchLimit,
            found: "lift".to_owned(),
            expected: "scale, set or add",
        });
    };
    match range.fault(new) {
        None => Ok(new),
        Some((code, expected)) => Err(Wrong {
            code,
            found: shown(new),
            expected,
        }),
    }
}

/// Potential after a change of a part of it.
pub(crate) fn changed_part(potential: f64, part: f64, amount: Amount) -> Result<f64, Wrong> {
    let new = changed(potential * part, amount, MONEY)?;
    if part >= 1.0 {
        return Ok(new);
    }
    changed(potential - potential * part, Amount::Add(new), MONEY)
}

/// Potential and margin after a change of the price.
pub(crate) fn repriced(potential: f64, margin: f64, factor: f64) -> Result<(f64, f64), Wrong> {
    let factor = changed(factor, Amount::Scale(1.0), POSITIVE)?;
    let potential = changed(potential, Amount::Scale(factor), MONEY)?;
    let margin = changed(1.0 - (1.0 - margin) / factor, Amount::Scale(1.0), SHARE)?;
    Ok((potential, margin))
}

/// Moves visits to later periods, round the end.
pub(crate) fn shift(visits: &mut [f64], by: i32) {
    let periods = i64::try_from(visits.len()).unwrap_or(i64::MAX);
    if periods > 0 {
        let by = i64::from(by).rem_euclid(periods);
        visits.rotate_right(usize::try_from(by).unwrap_or(0));
    }
}

/// Why a number cannot change so.
#[derive(Debug)]
pub(crate) struct Wrong {
    pub(crate) code: Code,
    pub(crate) found: String,
    pub(crate) expected: &'static str,
}

impl Wrong {
    /// As a fault of a change.
    pub(crate) fn fault(&self, change: u32, field: &str) -> Fault {
        let place = Place::entry("changes", change as usize, field);
        Fault::new(self.code, place, &self.found, self.expected)
    }
}

/// A limit that may be absent, after a change.
pub(super) fn changed_limit(
    limit: Option<f64>,
    amount: Amount,
    range: Range,
) -> Result<Option<f64>, Wrong> {
    match (limit, amount) {
        (_, Amount::Lift) => Ok(None),
        (None, Amount::Scale(_) | Amount::Add(_)) => Err(absent()),
        (limit, amount) => changed(limit.unwrap_or_default(), amount, range).map(Some),
    }
}

/// The same for a limit that is a whole number; what is scaled is rounded.
pub(super) fn changed_count(limit: Option<u32>, amount: Amount) -> Result<Option<u32>, Wrong> {
    let new = changed_limit(limit.map(f64::from), amount, AMOUNT)?;
    let Some(new) = new else { return Ok(None) };
    let whole = new.round();
    if matches!(amount, Amount::Set(_) | Amount::Add(_)) && (new - whole).abs() > 0.0 {
        return Err(Wrong {
            code: Code::OutOfRange,
            found: shown(new),
            expected: "a whole number",
        });
    }
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "AMOUNT ends at 1e9"
    )]
    Ok(Some(whole as u32))
}

fn absent() -> Wrong {
    Wrong {
        code: Code::NoSuchLimit,
        found: "no limit".to_owned(),
        expected: "a limit that is there, or an amount to set",
    }
}
