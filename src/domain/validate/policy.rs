//! The policy.

use std::collections::{BTreeMap, HashSet};

use crate::domain::Goal;
use crate::fault::{Code, Place};
use crate::input::{Balance, Input, Source};

use super::Checker;
use super::numbers::{AMOUNT, DETOUR, FACTOR, MONEY, POSITIVE, SHARE};

/// Metrics that every problem has.
const METRICS: [&str; 4] = ["workload", "potential", "count", "travel_km"];

pub(super) fn check(checker: &mut Checker<'_>) {
    let policy = &checker.input.policy;
    let place = |field: &'static str| move || Place::section("policy", field);
    checker.number(place("margin"), policy.margin, SHARE);
    checker.number(
        place("overtime.max_share"),
        policy.overtime.max_share,
        FACTOR,
    );
    checker.number(
        place("overtime.cost_per_hour"),
        policy.overtime.cost_per_hour,
        MONEY,
    );
    let continuity = &policy.continuity;
    checker.number(
        place("continuity.cost_per_move"),
        continuity.cost_per_move,
        MONEY,
    );
    let share = continuity.max_moved_potential_share;
    checker.optional(place("continuity.max_moved_potential_share"), share, SHARE);
    travel(checker);
    sizing(checker);
    goals(checker);
    for (at, balance) in policy.balance.iter().enumerate() {
        check_balance(checker, at, balance);
    }
    balance_once(checker);
    concentration(checker);
}

/// Limits on concentration: each source once, and not below what as many sources as there are need
/// in any case.
fn concentration(checker: &mut Checker<'_>) {
    let mut seen = HashSet::new();
    let limits = checker.input.policy.concentration.iter().enumerate();
    for (at, limit) in limits {
        let place = |field: &str| Place::section("policy", &format!("concentration[{at}].{field}"));
        checker.number(|| place("max_share"), limit.max_share, SHARE);
        if !seen.insert(limit.by) {
            let expected = "each of rep, market, family, region and class once";
            checker.fault(Code::DuplicateId, place("by"), limit.by.name(), expected);
        }
        let (sources, all) = sources(checker.input, limit.by);
        if sources == 0 {
            let expected = format!("a {} that markets belong to", limit.by.name());
            checker.fault(Code::UnknownName, place("by"), limit.by.name(), &expected);
            continue;
        }
        #[allow(
            clippy::cast_precision_loss,
            reason = "tables have at most 2³² entries"
        )]
        let least = 1.0 / sources as f64;
        if all && limit.max_share < least * (1.0 - 1e-9) {
            let by = limit.by.name();
            let expected = format!("{least:.4} or more: one of {sources} has at least that ({by})");
            let found = limit.max_share.to_string();
            checker.fault(Code::OutOfRange, place("max_share"), found, &expected);
        }
    }
}

/// Number of sources, and whether all revenue comes from one of them.
fn sources(input: &Input, by: Source) -> (usize, bool) {
    let markets = &input.markets;
    let own: Vec<&str> = match by {
        Source::Rep => return (input.reps.len(), true),
        Source::Market => return (markets.len(), true),
        Source::Family => markets
            .iter()
            .map(|market| market.family.as_str())
            .collect(),
        Source::Region => markets
            .iter()
            .map(|market| market.region.as_str())
            .collect(),
        Source::Class => markets.iter().map(|market| market.class.as_str()).collect(),
    };
    let named: HashSet<&str> = own.iter().copied().filter(|own| !own.is_empty()).collect();
    (named.len(), !own.contains(&""))
}

fn travel(checker: &mut Checker<'_>) {
    let travel = &checker.input.policy.travel;
    let place = |field: &'static str| move || Place::section("policy.travel", field);
    checker.number(
        place("speed_km_per_hour"),
        travel.speed_km_per_hour,
        POSITIVE,
    );
    checker.number(place("detour_factor"), travel.detour_factor, DETOUR);
    let overhead = travel.overhead_hours_per_trip;
    checker.number(place("overhead_hours_per_trip"), overhead, AMOUNT);
    checker.number(place("visits_per_trip"), travel.visits_per_trip, POSITIVE);
    checker.number(place("cost_per_km"), travel.cost_per_km, AMOUNT);
    checker.optional(place("max_km"), travel.max_km, AMOUNT);
}

fn sizing(checker: &mut Checker<'_>) {
    let sizing = &checker.input.policy.sizing;
    if let (Some(min), Some(max)) = (sizing.min_hires, sizing.max_hires)
        && min > max
    {
        let place = Place::section("policy.sizing", "min_hires");
        let expected = format!("at most max_hires, {max}");
        checker.fault(Code::MinAboveMax, place, min.to_string(), &expected);
    }
}

fn goals(checker: &mut Checker<'_>) {
    let policy = &checker.input.policy;
    weights(checker, "weights", &policy.weights);
    if !policy.weights.is_empty() && !policy.priorities.is_empty() {
        let place = Place::section("policy", "priorities");
        let found = "weights and priorities";
        checker.fault(Code::GoalTwice, place, found, "one of the two");
    }
    let mut seen = HashSet::new();
    for (at, level) in policy.priorities.iter().enumerate() {
        let field = format!("priorities[{at}]");
        weights(checker, &format!("{field}.goals"), &level.goals);
        let place = || Place::section("policy", &format!("{field}.allowed_loss"));
        checker.number(place, level.allowed_loss, SHARE);
        if level.goals.is_empty() {
            let place = Place::section("policy", &format!("{field}.goals"));
            checker.fault(Code::EmptyTable, place, "no goals", "at least one goal");
        }
        for goal in level.goals.keys() {
            if !seen.insert(goal.as_str()) {
                let place = Place::section("policy", &format!("{field}.goals.{goal}"));
                checker.fault(Code::GoalTwice, place, goal, "each goal in one priority");
            }
        }
    }
}

fn weights(checker: &mut Checker<'_>, field: &str, weights: &BTreeMap<String, f64>) {
    for (goal, &weight) in weights {
        let place = || Place::section("policy", &format!("{field}.{goal}"));
        checker.number(place, weight, FACTOR);
        if Goal::from_name(goal).is_none() {
            let known = Goal::ALL.into_iter().map(Goal::name);
            checker.unknown(Code::UnknownGoal, place(), goal, known);
        }
    }
}

fn check_balance(checker: &mut Checker<'_>, at: usize, balance: &Balance) {
    let place = |field: &str| Place::section("policy", &format!("balance[{at}].{field}"));
    let markets = &checker.input.markets;
    let own = || markets.iter().flat_map(|market| &market.metrics);
    let name = balance.metric.as_str();
    if !METRICS.contains(&name) && !own().any(|metric| metric.metric == name) {
        let own = own().map(|metric| metric.metric.as_str());
        let known = METRICS.into_iter().chain(own);
        checker.unknown(Code::UnknownMetric, place("metric"), name, known);
    }
    for role in &balance.roles {
        if role.is_empty() {
            let expected = "the id of a role";
            checker.fault(Code::UnknownRole, place("roles"), "nothing", expected);
        } else {
            checker.known_role(place("roles"), role);
        }
    }
    checker.optional(|| place("min_ratio"), balance.min_ratio, FACTOR);
    checker.optional(|| place("max_ratio"), balance.max_ratio, FACTOR);
    checker.number(|| place("ideal_within"), balance.ideal_within, FACTOR);
    checker.number(|| place("cost_per_unit"), balance.cost_per_unit, MONEY);
    if let (Some(min), Some(max)) = (balance.min_ratio, balance.max_ratio)
        && min > max
    {
        let expected = format!("at most max_ratio, {max}");
        checker.fault(
            Code::MinAboveMax,
            place("min_ratio"),
            min.to_string(),
            &expected,
        );
    }
    for (rep, &share) in &balance.shares {
        let place = || place(&format!("shares.{rep}"));
        checker.known_rep(place(), rep);
        checker.number(place, share, FACTOR);
    }
}

/// Two balances of one metric over the same roles would contradict or repeat each other.
fn balance_once(checker: &mut Checker<'_>) {
    let mut seen = HashSet::new();
    for (at, balance) in checker.input.policy.balance.iter().enumerate() {
        if !seen.insert((&balance.metric, &balance.roles)) {
            let place = Place::section("policy", &format!("balance[{at}].metric"));
            let expected = "each metric once for the same roles";
            checker.fault(Code::DuplicateId, place, &balance.metric, expected);
        }
    }
}
