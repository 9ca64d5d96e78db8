//! The calendar and the seasons.

use jiff::civil::Date;

use crate::fault::{Code, Place};
use crate::input::PeriodUnit;

use super::Checker;
use super::numbers::{FACTOR, POSITIVE_DAY, POSITIVE_SHARE};

/// Most periods: ten years of weeks.
const MOST_PERIODS: u32 = 520;
/// Years that a date may lie in.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

pub(super) fn check(checker: &mut Checker<'_>) {
    start(checker);
    numbers(checker);
    days(checker);
    seasons(checker);
}

fn place(field: &str) -> Place {
    Place::section("calendar", field)
}

fn start(checker: &mut Checker<'_>) {
    let calendar = &checker.input.calendar;
    let start = checker.date(|| place("start"), &calendar.start);
    if let Some(start) = start
        && calendar.unit != PeriodUnit::Week
        && start.day() != 1
    {
        let expected = "the first day of a month, such as 2027-01-01";
        checker.fault(Code::BadDate, place("start"), &calendar.start, expected);
    }
    if calendar.periods == 0 || calendar.periods > MOST_PERIODS {
        let found = calendar.periods.to_string();
        checker.fault(Code::OutOfRange, place("periods"), found, "1 to 520");
    }
}

fn numbers(checker: &mut Checker<'_>) {
    let calendar = &checker.input.calendar;
    checker.number(
        || place("hours_per_day"),
        calendar.hours_per_day,
        POSITIVE_DAY,
    );
    checker.number(
        || place("selling_share"),
        calendar.selling_share,
        POSITIVE_SHARE,
    );
    for day in &calendar.workdays {
        if !(1..=7).contains(day) {
            let expected = "1 (Monday) to 7 (Sunday)";
            checker.fault(
                Code::OutOfRange,
                place("workdays"),
                day.to_string(),
                expected,
            );
        }
    }
}

fn days(checker: &mut Checker<'_>) {
    let calendar = &checker.input.calendar;
    for (at, day) in calendar.holidays.iter().enumerate() {
        checker.date(|| place(&format!("holidays[{at}]")), day);
    }
    for (at, day) in calendar.extra_workdays.iter().enumerate() {
        checker.date(|| place(&format!("extra_workdays[{at}]")), day);
    }
}

fn seasons(checker: &mut Checker<'_>) {
    let input = checker.input;
    checker.unique(
        ("seasons", "id"),
        input.seasons.iter().map(|season| &season.id),
    );
    for (at, season) in input.seasons.iter().enumerate() {
        let place = |field: &str| Place::entry("seasons", at, field);
        checker.id(|| place("id"), &season.id);
        let periods = input.calendar.periods as usize;
        if season.factors.len() != periods {
            let found = format!("{} factors", season.factors.len());
            let expected = format!("{periods} factors, one for each period");
            checker.fault(Code::BadLength, place("factors"), found, &expected);
        }
        for (period, &factor) in season.factors.iter().enumerate() {
            checker.number(|| place(&format!("factors[{period}]")), factor, FACTOR);
        }
    }
}

impl Checker<'_> {
    /// A calendar date.
    pub(super) fn date(&mut self, place: impl FnOnce() -> Place, text: &str) -> Option<Date> {
        // A date is ten characters; the parser would take a time of day as well.
        let date = text.parse::<Date>().ok().filter(|_| text.len() == 10);
        let date = date.filter(|date| YEARS.contains(&date.year()));
        if date.is_none() {
            let found = if text.is_empty() { "nothing" } else { text };
            self.fault(Code::BadDate, place(), found, "a date such as 2027-05-01");
        }
        date
    }
}
