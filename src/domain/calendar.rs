//! Periods and working hours, worked out from dates.

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use crate::input;
use crate::input::PeriodUnit;

/// Days in an average month of the Gregorian calendar, for ramps given in months.
const DAYS_PER_MONTH: f64 = 30.4375;

/// The periods of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Calendar {
    /// Periods in order.
    pub periods: Vec<Period>,
}

/// A time slot.
#[derive(Clone, Debug, PartialEq)]
pub struct Period {
    /// `2027-05` for a month, `2027-Q2` for a quarter, the first day for a week.
    pub name: String,
    /// Months in it, for monthly rates: 1, 3, or 84/365.25 for a week.
    pub months: f64,
    /// Working days.
    pub working_days: u32,
}

/// Working days of the whole plan with their period, and what turns them into hours.
#[derive(Debug)]
pub(super) struct WorkingDays<'a> {
    calendar: &'a input::Calendar,
    days: Vec<(Date, usize)>,
}

/// A date that validation has accepted.
///
/// # Panics
/// When it has not: a bug of ours.
pub(super) fn valid_date(text: &str) -> Date {
    text.parse().expect("validation accepts only dates")
}

/// Works out the periods and the working days in them.
pub(super) fn lay_out(calendar: &input::Calendar) -> (Calendar, WorkingDays<'_>) {
    let mut off: Vec<Date> = calendar.holidays.iter().map(|d| valid_date(d)).collect();
    let mut extra: Vec<Date> = calendar
        .extra_workdays
        .iter()
        .map(|d| valid_date(d))
        .collect();
    off.sort_unstable();
    extra.sort_unstable();
    let works = |day: Date| {
        if off.binary_search(&day).is_ok() {
            return false;
        }
        extra.binary_search(&day).is_ok() || is_workday(calendar, day)
    };
    let mut start = valid_date(&calendar.start);
    let mut periods = Vec::new();
    let mut days = Vec::new();
    for index in 0..calendar.periods as usize {
        let next = start.saturating_add(length(calendar.unit));
        let before = days.len();
        let mut day = start;
        while day < next {
            if works(day) {
                days.push((day, index));
            }
            day = day.saturating_add(1.day());
        }
        periods.push(Period {
            name: period_name(calendar.unit, start),
            months: months(calendar.unit),
            working_days: u32::try_from(days.len() - before).expect("few days in a period"),
        });
        start = next;
    }
    (Calendar { periods }, WorkingDays { calendar, days })
}

fn is_workday(calendar: &input::Calendar, day: Date) -> bool {
    let weekday = day.weekday().to_monday_one_offset();
    if calendar.workdays.is_empty() {
        return weekday <= 5;
    }
    calendar
        .workdays
        .iter()
        .any(|&workday| i64::from(workday) == i64::from(weekday))
}

fn length(unit: PeriodUnit) -> Span {
    match unit {
        PeriodUnit::Week => 7.days(),
        PeriodUnit::Month => 1.month(),
        PeriodUnit::Quarter => 3.months(),
    }
}

fn months(unit: PeriodUnit) -> f64 {
    match unit {
        PeriodUnit::Week => 84.0 / 365.25,
        PeriodUnit::Month => 1.0,
        PeriodUnit::Quarter => 3.0,
    }
}

fn period_name(unit: PeriodUnit, start: Date) -> String {
    match unit {
        PeriodUnit::Week => start.to_string(),
        PeriodUnit::Month => format!("{:04}-{:02}", start.year(), start.month()),
        PeriodUnit::Quarter => format!("{:04}-Q{}", start.year(), (start.month() + 2) / 3),
    }
}

impl WorkingDays<'_> {
    /// Hours of a rep in each period.
    pub(super) fn hours(&self, rep: &input::Rep, periods: usize) -> Vec<f64> {
        let start = (!rep.start_date.is_empty()).then(|| valid_date(&rep.start_date));
        let leave: Vec<(Date, Date)> = rep
            .leave
            .iter()
            .map(|absence| (valid_date(&absence.from), valid_date(&absence.to)))
            .collect();
        let per_day = rep.hours_per_day.unwrap_or(self.calendar.hours_per_day)
            * rep.selling_share.unwrap_or(self.calendar.selling_share);
        let mut full_days = vec![0.0; periods];
        for &(day, period) in &self.days {
            if leave.iter().any(|&(from, to)| from <= day && day <= to) {
                continue;
            }
            full_days[period] += start.map_or(1.0, |start| ramp(day, start, rep.ramp_months));
        }
        full_days.iter().map(|days| days * per_day).collect()
    }
}

/// Share of full hours on a day: 0 before the start, then linear up to 1.
fn ramp(day: Date, start: Date, ramp_months: f64) -> f64 {
    if day < start {
        return 0.0;
    }
    if ramp_months <= 0.0 {
        return 1.0;
    }
    let worked = f64::from((day - start).get_days() + 1);
    (worked / (ramp_months * DAYS_PER_MONTH)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Working days of 2027 by month, counted on a wall calendar: 1 May 2027 is a Saturday.
    #[test]
    fn working_days_of_may_2027() {
        let year = input::Calendar::months(2027).holiday("2027-05-03");
        let (calendar, days) = lay_out(&year);
        assert_eq!(calendar.periods[4].name, "2027-05");
        assert_eq!(calendar.periods[4].working_days, 20);
        let rep = input::Rep::new("a").leave("2027-05-01", "2027-05-31");
        let hours = days.hours(&rep, 12);
        assert!(hours[4].abs() < 1e-12);
        assert!((hours[5] - 22.0 * 8.0).abs() < 1e-12);
    }
}
