//! The whole budget: checked part by part, then laid out in cells.

use std::collections::{BTreeMap, BTreeSet};

use super::check::{Checker, MOST_MONEY};
use super::limits::{self, Limits, Set, holds};
use super::{BudgetProblem, CellFact, ChannelFact, Range, channel};
use crate::fault::{Code, Faults, Place};
use crate::input::BudgetInput;

/// Lengths and sizes this near to 1 are 1.
const ONE: f64 = 1e-9;

/// Checks an input and makes the problem.
pub(super) fn assemble(input: &BudgetInput) -> Result<BudgetProblem, Faults> {
    let mut checker = Checker::new(input);
    checker.text(Place::section("name", ""), &input.name);
    checker.text(Place::section("currency", ""), &input.currency);
    periods_and_regions(&mut checker);
    let total = total(&mut checker);
    let channels: Vec<Option<ChannelFact>> = (0..input.channels.len())
        .map(|at| channel::check(&mut checker, at))
        .collect();
    let seasons = seasons(&mut checker);
    let conflicts = conflicts(&mut checker);
    let current = current(&mut checker);
    let limits = limits::sort(&mut checker);
    lengths(&mut checker, &channels);
    let channels: Option<Vec<ChannelFact>> = channels.into_iter().collect();
    let (Some(mut channels), true) = (channels, checker.faults.is_empty()) else {
        return Err(checker.faults);
    };
    for (at, range) in &limits.channels {
        channels[*at].limit = *range;
    }
    let total = meet(&mut checker, total, limits.total.unwrap_or(Range::FREE));
    let mut problem = skeleton(input, channels, total, conflicts);
    lay_out(&mut checker, &mut problem, &limits, &seasons, &current);
    checker.faults.or(problem)
}

fn skeleton(
    input: &BudgetInput,
    channels: Vec<ChannelFact>,
    total: Range,
    conflicts: Vec<(usize, usize)>,
) -> BudgetProblem {
    let mut regions: Vec<(String, f64)> = (input.regions.iter())
        .map(|region| (region.id.clone(), region.size))
        .collect();
    if regions.is_empty() {
        regions.push((String::new(), 1.0));
    }
    BudgetProblem {
        name: input.name.clone(),
        currency: input.currency.clone(),
        periods: input
            .periods
            .iter()
            .map(|period| period.id.clone())
            .collect(),
        regions,
        channels,
        cells: vec![],
        groups: vec![],
        across: vec![],
        conflicts,
        total,
        reserve: input.total.reserve_money,
        min_marginal_return: input.total.min_marginal_return,
        min_return: input.total.min_return,
        min_value: input.total.min_value_money,
        most_active: input.total.max_active_channels.map(|most| most as usize),
        has_current: !input.current.is_empty(),
    }
}

fn periods_and_regions(checker: &mut Checker<'_>) {
    let input = checker.input;
    for (at, period) in input.periods.iter().enumerate() {
        checker.factor(Place::entry("periods", at, "length"), period.length);
        checker.factor(Place::entry("periods", at, "season"), period.season);
    }
    for (at, region) in input.regions.iter().enumerate() {
        checker.factor(Place::entry("regions", at, "size"), region.size);
    }
}

fn total(checker: &mut Checker<'_>) -> Range {
    let given = &checker.input.total;
    let place = |field| Place::section("total", field);
    let floor = checker.money(place("min_money"), given.min_money);
    let reserve = checker.money(place("reserve_money"), given.reserve_money);
    checker.upto(place("min_marginal_return"), given.min_marginal_return, 1e9);
    checker.upto(place("min_return"), given.min_return, 1e9);
    let value = checker.money(place("min_value_money"), given.min_value_money);
    if value > 0.0 && (given.min_marginal_return > 0.0 || given.min_return > 0.0) {
        let expected = "nothing beside min_marginal_return or min_return";
        checker.fault(
            Code::NeedlessNumber,
            place("min_value_money"),
            value.to_string(),
            expected,
        );
    }
    let Some(most) = given.max_money else {
        if reserve > 0.0 {
            let expected = "nothing: there is no max_money to keep it from";
            let found = reserve.to_string();
            checker.fault(
                Code::NeedlessNumber,
                place("reserve_money"),
                found,
                expected,
            );
        }
        return Range {
            floor,
            ceiling: f64::INFINITY,
        };
    };
    checker.money(place("max_money"), most);
    if floor > most {
        let expected = format!("at most max_money, {most}");
        let found = floor.to_string();
        checker.fault(Code::MinAboveMax, place("min_money"), found, expected);
    }
    if reserve > most {
        let expected = format!("at most max_money, {most}");
        let found = reserve.to_string();
        checker.fault(Code::OutOfRange, place("reserve_money"), found, expected);
    }
    Range {
        floor,
        ceiling: most,
    }
}

/// Season of each channel and period that has one of its own.
fn seasons(checker: &mut Checker<'_>) -> BTreeMap<(usize, usize), f64> {
    let mut seasons = BTreeMap::new();
    for (at, season) in checker.input.seasons.iter().enumerate() {
        let place = |field| Place::entry("seasons", at, field);
        checker.factor(place("factor"), season.factor);
        let channel = checker.channel(place("channel"), &season.channel);
        let period = checker.period(place("period"), &season.period);
        if let (Some(channel), Some(period)) = (channel, period)
            && seasons.insert((channel, period), season.factor).is_some()
        {
            let expected = "each channel and period once";
            checker.fault(Code::DuplicateId, place(""), &season.channel, expected);
        }
    }
    seasons
}

fn conflicts(checker: &mut Checker<'_>) -> Vec<(usize, usize)> {
    let mut pairs = BTreeSet::new();
    for (at, conflict) in checker.input.conflicts.iter().enumerate() {
        let place = |field| Place::entry("conflicts", at, field);
        let first = checker.channel(place("first"), &conflict.first);
        let second = checker.channel(place("second"), &conflict.second);
        let (Some(first), Some(second)) = (first, second) else {
            continue;
        };
        if first == second {
            let expected = "another channel than the first";
            checker.fault(
                Code::DuplicateId,
                place("second"),
                &conflict.second,
                expected,
            );
        }
        pairs.insert((first.min(second), first.max(second)));
    }
    pairs.into_iter().collect()
}

/// Current spend of each channel, period and region.
fn current(checker: &mut Checker<'_>) -> BTreeMap<[usize; 3], f64> {
    let mut current = BTreeMap::new();
    for (at, spend) in checker.input.current.iter().enumerate() {
        let place = |field| Place::entry("current", at, field);
        checker.money(place("money"), spend.money);
        let channel = checker.channel(place("channel"), &spend.channel);
        let period = checker.period(place("period"), &spend.period);
        let region = checker.region(place("region"), &spend.region);
        if let (Some(channel), Some(period), Some(region)) = (channel, period, region)
            && current
                .insert([channel, period, region], spend.money)
                .is_some()
        {
            let expected = "each channel, period and region once";
            checker.fault(Code::DuplicateId, place(""), &spend.channel, expected);
        }
    }
    current
}

/// Carry-over goes from period to period of equal length only.
fn lengths(checker: &mut Checker<'_>, channels: &[Option<ChannelFact>]) {
    let mut carried = channels.iter().flatten();
    let Some(channel) = carried.find(|channel| channel.carry.is_some()) else {
        return;
    };
    for (at, period) in checker.input.periods.iter().enumerate() {
        if (period.length - 1.0).abs() > ONE && period.length > 0.0 {
            let place = Place::entry("periods", at, "length");
            let expected = format!("1: spend in {} carries over", channel.id);
            let found = period.length.to_string();
            checker.fault(Code::OutOfRange, place, found, expected);
        }
    }
}

/// Cells, groups, and what is spent in them at most.
fn lay_out(
    checker: &mut Checker<'_>,
    problem: &mut BudgetProblem,
    limits: &Limits,
    seasons: &BTreeMap<(usize, usize), f64>,
    current: &BTreeMap<[usize; 3], f64>,
) {
    let name = |set: &Set| {
        let id = |list: &[String], at: Option<usize>| at.map(|at| list[at].clone());
        let names: Vec<String> = problem.channels.iter().map(|c| c.name.clone()).collect();
        let regions: Vec<String> = problem.regions.iter().map(|r| r.0.clone()).collect();
        let parts = [
            id(&names, set[0]),
            id(&regions, set[2]),
            id(&problem.periods, set[1]),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" in ")
    };
    let (groups, positions) = limits.groups(name);
    let mut across = limits.across(name);
    let input = checker.input;
    let mut unbounded = BTreeSet::new();
    for (at, channel) in problem.channels.iter().enumerate() {
        for (region, (_, size)) in problem.regions.iter().enumerate() {
            for (period, given) in input.periods.iter().enumerate() {
                let key = [at, period, region];
                let group = limits.group_of(&positions, key);
                let own = limits.cells.get(&key).copied();
                let season = seasons.get(&(at, period)).copied().unwrap_or(given.season);
                let scale = given.length * size;
                let mut cell = CellFact {
                    channel: at,
                    period,
                    region,
                    weight: channel.margin * season * scale,
                    units: 1.0 / (channel.cost_per_unit * scale),
                    limit: own.unwrap_or(Range::FREE),
                    limited: own.is_some(),
                    fee: input.channels[at].period_fee_money,
                    minimum: input.channels[at].period_min_if_active_money,
                    group,
                    current: current.get(&key).copied().unwrap_or(0.0),
                };
                let mut most = problem.total.ceiling.min(channel.limit.ceiling);
                let mut around = group;
                while let Some(at) = around {
                    most = most.min(groups[at].limit.ceiling);
                    around = groups[at].parent;
                }
                for (_, fact) in across.iter_mut().filter(|(set, _)| holds(set, key)) {
                    most = most.min(fact.limit.ceiling);
                    fact.cells.push(problem.cells.len());
                }
                // A floor above what is allowed around it is refused by name when it is planned.
                cell.limit.ceiling = cell.limit.ceiling.min(most).max(cell.limit.floor);
                if !cell.limit.ceiling.is_finite() {
                    unbounded.insert(at);
                }
                check_size(checker, channel, &cell, at);
                problem.cells.push(cell);
            }
        }
    }
    if let Some(at) = unbounded.first() {
        let place = Place::section("total", "max_money");
        let expected = format!("money, or a ceiling for {}", problem.channels[*at].id);
        checker.fault(Code::MissingNumber, place, "", expected);
    }
    problem.groups = groups;
    problem.across = across.into_iter().map(|(_, fact)| fact).collect();
}

/// What the most spend brings is a number that sums keep cents of.
fn check_size(checker: &mut Checker<'_>, channel: &ChannelFact, cell: &CellFact, at: usize) {
    if !cell.limit.ceiling.is_finite() || cell.period > 0 || cell.region > 0 {
        return;
    }
    let most = cell.weight * channel.curve.value(cell.units * cell.limit.ceiling);
    if !(most.is_finite() && most <= MOST_MONEY) {
        let place = Place::entry("channels", at, "curve");
        let found = format!("{most:e} from {}", cell.limit.ceiling);
        checker.fault(Code::TooManyNumbers, place, found, "a value up to 1e15");
    }
}

/// What two limits of all money leave.
fn meet(checker: &mut Checker<'_>, a: Range, b: Range) -> Range {
    let (floor, ceiling) = (a.floor.max(b.floor), a.ceiling.min(b.ceiling));
    if floor > ceiling {
        let place = Place::section("limits", "");
        let found = format!("at least {floor} of all money");
        let expected = format!("at most {ceiling}, as said elsewhere");
        checker.fault(Code::MinAboveMax, place, found, expected);
    }
    Range { floor, ceiling }
}
