//! Reps.

use std::collections::HashSet;

use crate::domain::calendar::lay_out;
use crate::fault::{Code, Place};
use crate::input::Rep;

use super::Checker;
use super::numbers::{DAY, FACTOR, LATITUDE, LONGITUDE, MONEY, MONTHS, SHARE};

pub(super) fn check(checker: &mut Checker<'_>) {
    let input = checker.input;
    if input.reps.is_empty() {
        let place = Place::section("reps", "");
        checker.fault(Code::EmptyTable, place, "no reps", "at least one rep");
    }
    checker.unique(("reps", "id"), input.reps.iter().map(|rep| &rep.id));
    let before = checker.faults.len();
    for (at, rep) in input.reps.iter().enumerate() {
        identity(checker, at, rep);
        numbers(checker, at, rep);
        bases(checker, at, rep);
        dates(checker, at, rep);
        skills(checker, at, rep);
    }
    if checker.faults.len() == before {
        capacity(checker);
    }
}

fn identity(checker: &mut Checker<'_>, at: usize, rep: &Rep) {
    let place = |field: &str| Place::entry("reps", at, field);
    checker.id(|| place("id"), &rep.id);
    checker.text(|| place("name"), &rep.name);
    checker.text(|| place("team"), &rep.team);
}

fn numbers(checker: &mut Checker<'_>, at: usize, rep: &Rep) {
    let place = |field: &'static str| move || Place::entry("reps", at, field);
    checker.number(place("fixed_cost"), rep.fixed_cost, MONEY);
    checker.optional(place("hours_per_day"), rep.hours_per_day, DAY);
    checker.optional(place("selling_share"), rep.selling_share, SHARE);
    checker.number(place("ramp_months"), rep.ramp_months, MONTHS);
    checker.optional(place("overtime_max_share"), rep.overtime_max_share, FACTOR);
    checker.optional(
        place("overtime_cost_per_hour"),
        rep.overtime_cost_per_hour,
        MONEY,
    );
    checker.number(place("acquisition"), rep.acquisition, SHARE);
    checker.number(place("relationship"), rep.relationship, SHARE);
    if let (Some(min), Some(max)) = (rep.min_markets, rep.max_markets)
        && min > max
    {
        let expected = format!("at most max_markets, {max}");
        let place = place("min_markets")();
        checker.fault(Code::MinAboveMax, place, min.to_string(), &expected);
    }
}

fn bases(checker: &mut Checker<'_>, at: usize, rep: &Rep) {
    let place = |field: &str| Place::entry("reps", at, field);
    checker.optional(|| place("latitude_deg"), rep.latitude_deg, LATITUDE);
    checker.optional(|| place("longitude_deg"), rep.longitude_deg, LONGITUDE);
    let home = rep.latitude_deg.is_some() && rep.longitude_deg.is_some();
    if rep.bases.is_empty() && !home {
        let expected = "latitude_deg and longitude_deg, or a base";
        checker.fault(Code::NoHome, place("latitude_deg"), "no position", expected);
    }
    let mut ids = HashSet::new();
    for (base_at, base) in rep.bases.iter().enumerate() {
        let place = |field: &str| place(&format!("bases[{base_at}].{field}"));
        checker.id(|| place("id"), &base.id);
        checker.number(|| place("latitude_deg"), base.latitude_deg, LATITUDE);
        checker.number(|| place("longitude_deg"), base.longitude_deg, LONGITUDE);
        checker.number(|| place("fixed_cost"), base.fixed_cost, MONEY);
        if !ids.insert(base.id.as_str()) {
            let expected = "each base of the rep once";
            checker.fault(Code::DuplicateId, place("id"), &base.id, expected);
        }
    }
}

fn dates(checker: &mut Checker<'_>, at: usize, rep: &Rep) {
    let place = |field: &str| Place::entry("reps", at, field);
    if !rep.start_date.is_empty() {
        checker.date(|| place("start_date"), &rep.start_date);
    }
    for (leave_at, leave) in rep.leave.iter().enumerate() {
        let place = |field: &str| place(&format!("leave[{leave_at}].{field}"));
        let from = checker.date(|| place("from"), &leave.from);
        let to = checker.date(|| place("to"), &leave.to);
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            let expected = format!("a day not before {from}");
            checker.fault(Code::MinAboveMax, place("to"), &leave.to, &expected);
        }
    }
}

fn skills(checker: &mut Checker<'_>, at: usize, rep: &Rep) {
    let mut named = HashSet::new();
    for (skill_at, entry) in rep.skills.iter().enumerate() {
        let place = |field: &str| Place::entry("reps", at, &format!("skills[{skill_at}].{field}"));
        checker.known_skill(place("skill"), &entry.skill);
        checker.number(|| place("level"), entry.level, SHARE);
        if !named.insert(entry.skill.as_str()) {
            let expected = "each skill of the rep once";
            checker.fault(Code::DuplicateId, place("skill"), &entry.skill, expected);
        }
    }
}

/// Somebody has hours. Looked at only where dates and numbers are right.
fn capacity(checker: &mut Checker<'_>) {
    let input = checker.input;
    if input.reps.is_empty() || checker.faults.iter().any(|f| f.place.table == "calendar") {
        return;
    }
    let (calendar, days) = lay_out(&input.calendar);
    let works = |rep: &Rep| {
        let hours = days.hours(rep, calendar.periods.len());
        hours.iter().any(|&hours| hours > 0.0)
    };
    if !input.reps.iter().any(works) {
        let place = Place::section("reps", "");
        let expected = "a rep with hours in some period";
        checker.fault(Code::NoCapacity, place, "no hours at all", expected);
    }
}
