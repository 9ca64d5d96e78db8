//! Ranges of numbers.

use crate::fault::{Code, Place};

use super::Checker;

/// Most money in one number: sums of more lose cents in 64-bit numbers.
pub(super) const MOST_MONEY: f64 = 1e15;
/// Most visits a month, hours of a visit, kilometres, and amounts of a market's own metrics.
pub(super) const MOST_AMOUNT: f64 = 1e9;

/// A range with the words for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
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

pub(super) const SHARE: Range = range(0.0, 1.0, false, "a share from 0 to 1");
pub(super) const POSITIVE_SHARE: Range = range(0.0, 1.0, true, "a share above 0 and at most 1");
pub(super) const MONEY: Range = range(0.0, MOST_MONEY, false, "money, 0 to 1e15");
pub(super) const AMOUNT: Range = range(0.0, MOST_AMOUNT, false, "a number from 0 to 1e9");
pub(super) const VISITS: Range = range(0.0, 1e6, false, "a number from 0 to 1e6");
pub(super) const POSITIVE: Range = range(0.0, MOST_AMOUNT, true, "a number above 0");
pub(super) const FACTOR: Range = range(0.0, 1e6, false, "a factor from 0 to 1e6");
pub(super) const DETOUR: Range = range(1.0, 100.0, false, "a factor from 1 to 100");
pub(super) const DAY: Range = range(0.0, 24.0, false, "hours from 0 to 24");
pub(super) const POSITIVE_DAY: Range = range(0.0, 24.0, true, "hours above 0 and at most 24");
pub(super) const MONTHS: Range = range(0.0, 1200.0, false, "months from 0 to 1200");
pub(super) const LATITUDE: Range = range(-90.0, 90.0, false, "degrees from -90 to 90");
pub(super) const LONGITUDE: Range = range(-180.0, 180.0, false, "degrees from -180 to 180");

/// A number as messages show it: with an exponent where it would have too many digits.
pub(super) fn shown(number: f64) -> String {
    let size = number.abs();
    if size.is_finite() && size != 0.0 && !(1e-6..1e16).contains(&size) {
        format!("{number:e}")
    } else {
        number.to_string()
    }
}

impl Checker<'_> {
    /// A number within a range.
    pub(super) fn number(&mut self, place: impl FnOnce() -> Place, number: f64, range: Range) {
        let code = if !number.is_finite() {
            Code::NotFinite
        } else if number < range.low
            || number > range.high
            || (range.above_low && number <= range.low)
        {
            Code::OutOfRange
        } else {
            return;
        };
        self.fault(code, place(), shown(number), range.words);
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
