//! Markets.

use std::collections::HashSet;

use crate::fault::{Code, Place};
use crate::input::Market;

use super::Checker;
use super::numbers::{AMOUNT, LATITUDE, LONGITUDE, MONEY, MOST_MONEY, SHARE, VISITS};

pub(super) fn check(checker: &mut Checker<'_>) {
    let input = checker.input;
    if input.markets.is_empty() {
        let place = Place::section("markets", "");
        checker.fault(Code::EmptyTable, place, "no markets", "at least one market");
    }
    checker.unique(
        ("markets", "id"),
        input.markets.iter().map(|market| &market.id),
    );
    for (at, market) in input.markets.iter().enumerate() {
        identity(checker, at, market);
        numbers(checker, at, market);
        class(checker, at, market);
        metrics(checker, at, market);
        current(checker, at, market);
        checker.needs("markets", at, &market.needs);
    }
    total(checker);
}

fn identity(checker: &mut Checker<'_>, at: usize, market: &Market) {
    let place = |field: &'static str| move || Place::entry("markets", at, field);
    checker.id(place("id"), &market.id);
    checker.text(place("name"), &market.name);
    checker.text(place("region"), &market.region);
    checker.text(place("class"), &market.class);
    checker.text(place("family"), &market.family);
}

fn numbers(checker: &mut Checker<'_>, at: usize, market: &Market) {
    let place = |field: &'static str| move || Place::entry("markets", at, field);
    checker.number(place("latitude_deg"), market.latitude_deg, LATITUDE);
    checker.number(place("longitude_deg"), market.longitude_deg, LONGITUDE);
    checker.number(place("potential"), market.potential, MONEY);
    checker.optional(place("margin"), market.margin, SHARE);
    checker.number(place("newness"), market.newness, SHARE);
    checker.optional(place("visits_per_month"), market.visits_per_month, VISITS);
    checker.optional(place("hours_per_visit"), market.hours_per_visit, AMOUNT);
    checker.optional(place("unserved_loss"), market.unserved_loss, MONEY);
}

fn class(checker: &mut Checker<'_>, at: usize, market: &Market) {
    let roles = 0..checker.roles.len().max(1);
    if !roles.clone().any(|role| checker.has_role(at, role)) {
        let place = Place::entry("markets", at, "class");
        let class = market.class.as_str();
        let found = if class.is_empty() { "no class" } else { class };
        let expected = "a class with a workload, or visits_per_month and hours_per_visit";
        checker.fault(Code::UnknownClass, place, found, expected);
    }
}

fn metrics(checker: &mut Checker<'_>, at: usize, market: &Market) {
    let mut named = HashSet::new();
    for (metric_at, entry) in market.metrics.iter().enumerate() {
        let place =
            |field: &str| Place::entry("markets", at, &format!("metrics[{metric_at}].{field}"));
        checker.id(|| place("metric"), &entry.metric);
        checker.number(|| place("amount"), entry.amount, MONEY);
        if !named.insert(entry.metric.as_str()) {
            let expected = "each metric of the market once";
            checker.fault(Code::DuplicateId, place("metric"), &entry.metric, expected);
        }
    }
}

fn current(checker: &mut Checker<'_>, at: usize, market: &Market) {
    let mut named = HashSet::new();
    for (current_at, entry) in market.current.iter().enumerate() {
        let place =
            |field: &str| Place::entry("markets", at, &format!("current[{current_at}].{field}"));
        let rep = checker.known_rep(place("rep"), &entry.rep);
        if rep.is_some_and(|rep| checker.input.reps[rep].candidate) {
            let expected = "a rep who is there already";
            let found = format!("{}, who is yet to be hired", entry.rep);
            checker.fault(Code::UnknownRep, place("rep"), found, expected);
        }
        let Some(role) = checker.known_role(place("role"), &entry.role) else {
            continue;
        };
        if !checker.has_role(at, role) {
            let expected = "a role that the market has";
            let found = checker.role_name(role);
            checker.fault(Code::NoRoleForMarket, place("role"), found, expected);
        }
        if !named.insert(role) {
            let expected = "one current rep for each role";
            let found = format!("a second one, {}", entry.rep);
            checker.fault(Code::DuplicateId, place("rep"), found, expected);
        }
    }
    if market.protected && market.current.is_empty() {
        let place = Place::entry("markets", at, "protected");
        checker.fault(
            Code::ProtectedWithoutRep,
            place,
            "no current rep",
            "a current rep",
        );
    }
}

fn total(checker: &mut Checker<'_>) {
    let markets = &checker.input.markets;
    let total: f64 = markets.iter().map(|market| market.potential).sum();
    if total.is_finite() && total > MOST_MONEY {
        let place = Place::section("markets", "potential");
        let found = format!("{total:e} in all");
        checker.fault(Code::TooManyNumbers, place, found, "at most 1e15 in all");
    }
}
