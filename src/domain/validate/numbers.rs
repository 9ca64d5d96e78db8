//! Ranges of numbers.

use crate::fault::{Code, Place};

use super::Checker;

/// Most money in one number: sums of more lose cents in 64-bit numbers.
pub(crate) const MOST_MONEY: f64 = 1e15;
/// Most visits a month, hours of a visit, kilometres, and amounts of a market's own metrics.
pub(crate) const MOST_AMOUNT: f64 = 1e9;

/// A range with the words for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Range {
    low: f64,
    high: f64,
    above_low: bool,
    words: &'static str,
}

const fn range(low: f64, high: f64, above_low: bool, words: &'static str) -> Range {
    Range {
        low,
        high,
        above_low,
        words,
    }
}

pub(crate) const SHARE: Range = range(0.0, 1.0, false, "a share from 0 to 1");
pub(crate) const POSITIVE_SHARE: Range = range(0.0, 1.0, true, "a share above 0 and at most 1");
pub(crate) const MONEY: Range = range(0.0, MOST_MONEY, false, "money, 0 to 1e15");
pub(crate) const AMOUNT: Range = range(0.0, MOST_AMOUNT, false, "a number from 0 to 1e9");
pub(crate) const VISITS: Range = range(0.0, 1e6, false, "a number from 0 to 1e6");
pub(crate) const POSITIVE: Range = range(0.0, MOST_AMOUNT, true, "a number above 0");
pub(crate) const FACTOR: Range = range(0.0, 1e6, false, "a factor from 0 to 1e6");
pub(crate) const DETOUR: Range = range(1.0, 100.0, false, "a factor from 1 to 100");
pub(crate) const DAY: Range = range(0.0, 24.0, false, "hours from 0 to 24");
pub(crate) const POSITIVE_DAY: Range = range(0.0, 24.0, true, "hours above 0 and at most 24");
pub(crate) const MONTHS: Range = range(0.0, 1200.0, false, "months from 0 to 1200");
pub(crate) const LATITUDE: Range = range(-90.0, 90.0, false, "degrees from -90 to 90");
pub(crate) const LONGITUDE: Range = range(-180.0, 180.0, false, "degrees from -180 to 180");

/// A number as messages show it: with an exponent where it would have too many digits.
pub(crate) fn shown(number: f64) -> String {
    let size = number.abs();
    if size.is_finite() && size != 0.0 && !(1e-6..1e16).contains(&size) {
        format!("{number:e}")
    } else {
        number.to_string()
    }
}

impl Range {
    /// Whether a number lies in the range.
    pub(crate) fn holds(self, number: f64) -> bool {
        number >= self.low && number <= self.high && !(self.above_low && number <= self.low)
    }

    /// What is wrong with a number, and what the range asks for.
    pub(crate) fn fault(self, number: f64) -> Option<(Code, &'static str)> {
        if !number.is_finite() {
            Some((Code::NotFinite, self.words))
        } else if number < self.low || number > self.high || (self.above_low && number <= self.low)
        {
            Some((Code::OutOfRange, self.words))
        } else {
            None
        }
    }
}

impl Checker<'_> {
    /// A number within a range.
    pub(super) fn number(&mut self, place: impl FnOnce() -> Place, number: f64, range: Range) {
        if let Some((code, expected)) = range.fault(number) {
            self.fault(code, place(), shown(number), expected);
        }
    }

    /// The same for a number that may be absent.
    pub(super) fn optional(
        &mut self,
        place: impl FnOnce() -> Place,
        number: Option<f64>,
        range: Range,
    ) {
        if let Some(number) = number {
            self.number(place, number, range);
        }
    }
}
