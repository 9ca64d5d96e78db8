//! Faults of a history: all at once, each with what is missing.

use super::{CarryChoice, Choice, Family, History, Options};
use crate::fault::{Code, Fault, Faults, Place};

/// Periods beyond the parameters at least, so that there is something to judge the fit by.
const SPARE: usize = 3;
/// Amounts whose range is a smaller part of the largest do not vary.
const LEAST_RANGE: f64 = 0.01;
/// Different amounts at least.
const LEAST_LEVELS: usize = 3;
/// Largest number: sums of squares stay finite.
const MOST: f64 = 1e15;
/// Periods in a window at most.
const MOST_WINDOW: usize = 10_000;

/// Parameters that a family asks for, those of carry-over and base included.
fn parameters(options: &Options, family: Family) -> usize {
    let own = if family == Family::Hill { 3 } else { 2 };
    let carry = matches!(options.carry, CarryChoice::Geometric { .. });
    own + usize::from(options.base) + usize::from(carry)
}

/// Periods that are missing for a family.
pub(super) fn missing(history: &History, options: &Options, family: Family) -> usize {
    (parameters(options, family) + SPARE).saturating_sub(history.amount.len())
}

/// Checks a history.
pub(super) fn check(history: &History, options: &Options) -> Result<(), Faults> {
    let mut faults = Faults::new();
    check_lengths(history, &mut faults);
    check_numbers(history, &mut faults);
    check_periods(history, &mut faults);
    check_window(options, &mut faults);
    let family = match options.choice {
        Choice::Best => Family::ALL[0],
        Choice::Family(family) => family,
    };
    if missing(history, options, family) > 0 {
        let count = parameters(options, family);
        let found = format!("{} periods", history.amount.len());
        let expected = format!(
            "at least {}: {SPARE} more than the {count} parameters",
            count + SPARE
        );
        let place = Place::section("history", "");
        faults.push(Fault::new(Code::TooFewPoints, place, found, expected));
    }
    check_variation(history, &mut faults);
    faults.or(())
}

fn check_lengths(history: &History, faults: &mut Faults) {
    let count = history.amount.len();
    let optional = |len: usize| len == 0 || len == count;
    let lists = [
        (
            "outcome",
            history.outcome.len(),
            history.outcome.len() == count,
        ),
        (
            "season",
            history.season.len(),
            optional(history.season.len()),
        ),
        (
            "period",
            history.period.len(),
            optional(history.period.len()),
        ),
    ];
    for (field, len, holds) in lists {
        if !holds {
            let found = format!("{len} entries");
            let expected = format!("{count}, as many as amounts");
            let place = Place::section("history", field);
            faults.push(Fault::new(Code::BadLength, place, found, expected));
        }
    }
}

fn check_numbers(history: &History, faults: &mut Faults) {
    let lists = [
        ("amount", &history.amount, false),
        ("outcome", &history.outcome, false),
        ("season", &history.season, true),
        ("before", &history.before, false),
    ];
    for (field, values, above) in lists {
        for (at, value) in values.iter().enumerate() {
            let place = || Place::entry("history", at, field);
            let least = if above {
                *value > 1.0 / MOST
            } else {
                *value >= 0.0
            };
            if !value.is_finite() {
                let fault = Fault::new(Code::NotFinite, place(), value.to_string(), "a number");
                let hint =
                    "A gap cannot be fitted: write what was spent and sold, 0 where nothing was.";
                faults.push(fault.hint(hint));
            } else if !(least && *value <= MOST) {
                let expected = if above {
                    "a factor above 0"
                } else {
                    "0 to 1e15"
                };
                let fault = Fault::new(Code::OutOfRange, place(), value.to_string(), expected);
                faults.push(if field == "outcome" && *value < 0.0 {
                    fault.hint("Book returns in the period of the sale, so that none is negative.")
                } else {
                    fault
                });
            }
        }
    }
}

fn check_periods(history: &History, faults: &mut Faults) {
    for (at, pair) in history.period.windows(2).enumerate() {
        if pair[1] != pair[0].saturating_add(1) {
            let place = Place::entry("history", at + 1, "period");
            let found = format!("{} after {}", pair[1], pair[0]);
            let expected = format!("{}", pair[0].saturating_add(1));
            faults.push(Fault::new(Code::Gap, place, found, expected));
        }
    }
}

fn check_window(options: &Options, faults: &mut Faults) {
    if let CarryChoice::Geometric { window, .. } = options.carry
        && !(1..=MOST_WINDOW).contains(&window)
    {
        let place = Place::section("carry", "window");
        let expected = "a number of periods from 1 to 10000";
        faults.push(Fault::new(
            Code::OutOfRange,
            place,
            window.to_string(),
            expected,
        ));
    }
}

/// Amounts must take several levels, outcomes more than one.
fn check_variation(history: &History, faults: &mut Faults) {
    let finite = |values: &[f64]| values.iter().all(|value| value.is_finite());
    let (amount, outcome) = (&history.amount, &history.outcome);
    if !finite(amount) || !finite(outcome) || amount.len() < LEAST_LEVELS {
        return;
    }
    let place = |field| Place::section("history", field);
    let (least, most) = range(amount);
    if most - least <= LEAST_RANGE * most {
        let found = if most > least {
            format!("{least} to {most}")
        } else {
            format!("{most} in every period")
        };
        let expected = "amounts that differ by more than 1 %";
        let fault = Fault::new(Code::NoVariation, place("amount"), found, expected);
        faults.push(fault.hint(
            "Spend clearly more in some periods and clearly less in others, then fit; until then \
             give a curve.",
        ));
    } else {
        let mut levels = amount.clone();
        levels.sort_by(f64::total_cmp);
        levels.dedup_by(|a, b| (*a - *b).abs() <= 1e-9 * most);
        if levels.len() < LEAST_LEVELS {
            let found = format!("{} different amounts", levels.len());
            let expected = format!("at least {LEAST_LEVELS}");
            let fault = Fault::new(Code::NoVariation, place("amount"), found, expected);
            faults.push(fault.hint("Two levels show an effect, but not where it bends."));
        }
    }
    let (least, most) = range(outcome);
    if most <= least {
        let found = format!("{most} in every period");
        let expected = "outcomes that differ";
        let fault = Fault::new(Code::NoVariation, place("outcome"), found, expected);
        faults.push(fault.hint("Check that the right column was read."));
    }
}

fn range(values: &[f64]) -> (f64, f64) {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    (least, values.iter().copied().fold(0.0, f64::max))
}
