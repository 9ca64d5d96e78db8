//! Limits of any set of cells, sorted into what the solver knows: the total, channels, nested groups, and
//! single cells.

use std::collections::BTreeMap;

use super::check::Checker;
use super::{GroupFact, Range};
use crate::fault::{Code, Fault, Place};
use crate::input::budget::BudgetLimit;

/// Channel, period and region that a limit names; nothing stands for all together.
type Set = [Option<usize>; 3];

/// Limits by what they limit.
#[derive(Debug, Default)]
pub(super) struct Limits {
    pub(super) total: Option<Range>,
    pub(super) channels: BTreeMap<usize, Range>,
    pub(super) cells: BTreeMap<[usize; 3], Range>,
    groups: BTreeMap<Set, Range>,
    /// What groups name, from the outermost to the innermost kind.
    kinds: Vec<[bool; 3]>,
}

/// Sorts the limits.
pub(super) fn sort(checker: &mut Checker<'_>) -> Limits {
    let input = checker.input;
    let counts = [
        input.channels.len(),
        input.periods.len(),
        input.regions.len().max(1),
    ];
    let mut limits = Limits::default();
    for (at, limit) in input.limits.iter().enumerate() {
        let range = range(checker, at, limit);
        let (Some(set), Some(range)) = (set(checker, at, limit), range) else {
            continue;
        };
        // Where there is one only, naming it says nothing.
        let named: Vec<usize> = (0..3)
            .filter(|kind| set[*kind].is_some() && counts[*kind] > 1)
            .collect();
        let several = counts.iter().filter(|count| **count > 1).count();
        let old = if named.len() == several && several > 0 {
            let cell = set.map(|at| at.unwrap_or(0));
            limits.cells.insert(cell, range)
        } else if named.is_empty() {
            limits.total.replace(range)
        } else if let ([0], [Some(channel), ..]) = (&named[..], set) {
            limits.channels.insert(channel, range)
        } else {
            let mut key = [None; 3];
            for kind in named {
                key[kind] = set[kind];
            }
            limits.groups.insert(key, range)
        };
        if old.is_some() {
            let place = Place::entry("limits", at, "");
            let found = "a second limit of the same spend";
            checker.fault(Code::DuplicateId, place, found, "one limit for each");
        }
    }
    limits.kinds = kinds(checker, &limits.groups);
    limits
}

fn range(checker: &mut Checker<'_>, at: usize, limit: &BudgetLimit) -> Option<Range> {
    let place = |field| Place::entry("limits", at, field);
    let floor = checker.money(place("min_money"), limit.min_money);
    let ceiling = limit
        .max_money
        .map(|money| checker.money(place("max_money"), money));
    let ceiling = ceiling.unwrap_or(f64::INFINITY);
    if floor > ceiling {
        let expected = format!("at most max_money, {ceiling}");
        checker.fault(
            Code::MinAboveMax,
            place("min_money"),
            floor.to_string(),
            expected,
        );
    }
    (floor <= ceiling).then_some(Range { floor, ceiling })
}

/// The set that a limit names; `None` for unknown names.
fn set(checker: &mut Checker<'_>, at: usize, limit: &BudgetLimit) -> Option<Set> {
    let place = |field| Place::entry("limits", at, field);
    let channel =
        (!limit.channel.is_empty()).then(|| checker.channel(place("channel"), &limit.channel));
    let period = (!limit.period.is_empty()).then(|| checker.period(place("period"), &limit.period));
    let region = (!limit.region.is_empty()).then(|| checker.region(place("region"), &limit.region));
    let known = |found: Option<Option<usize>>| match found {
        None => Some(None),
        Some(None) => None,
        Some(found) => Some(found),
    };
    Some([known(channel)?, known(period)?, known(region)?])
}

/// The kinds of groups, each of which must name all that the one before it names.
fn kinds(checker: &mut Checker<'_>, groups: &BTreeMap<Set, Range>) -> Vec<[bool; 3]> {
    let mut kinds: Vec<[bool; 3]> = groups
        .keys()
        .map(|set| set.map(|at| at.is_some()))
        .collect();
    let size = |kind: &[bool; 3]| kind.iter().filter(|named| **named).count();
    kinds.sort_by_key(|kind| (size(kind), *kind));
    kinds.dedup();
    for pair in kinds.windows(2) {
        let inside = (0..3).all(|at| !pair[0][at] || pair[1][at]);
        if !inside {
            let found = format!("limits of {} and of {}", words(pair[0]), words(pair[1]));
            let place = Place::section("limits", "");
            let expected = "limits of which one kind lies inside the other";
            checker
                .faults
                .push(Fault::new(Code::CrossingLimits, place, found, expected));
        }
    }
    kinds
}

fn words(kind: [bool; 3]) -> String {
    let names = ["channels", "periods", "regions"];
    let named: Vec<&str> = (0..3).filter(|at| kind[*at]).map(|at| names[at]).collect();
    named.join(" in ")
}

impl Limits {
    /// The groups, outer ones first, with the position of each set.
    pub(super) fn groups(
        &self,
        name: impl Fn(&Set) -> String,
    ) -> (Vec<GroupFact>, BTreeMap<Set, usize>) {
        let mut facts: Vec<GroupFact> = vec![];
        let mut positions = BTreeMap::new();
        for (level, kind) in self.kinds.iter().enumerate() {
            let own = |(set, _): &(&Set, &Range)| set.map(|at| at.is_some()) == *kind;
            for (set, range) in self.groups.iter().filter(own) {
                positions.insert(*set, facts.len());
                let cell = set.map(|at| at.unwrap_or(0));
                facts.push(GroupFact {
                    name: name(set),
                    parent: self.innermost(&positions, cell, level),
                    limit: *range,
                });
            }
        }
        (facts, positions)
    }

    /// The innermost group of the first kinds that a cell lies in.
    fn innermost(
        &self,
        positions: &BTreeMap<Set, usize>,
        cell: [usize; 3],
        levels: usize,
    ) -> Option<usize> {
        self.kinds[..levels].iter().rev().find_map(|kind| {
            let mut set = [None; 3];
            for at in 0..3 {
                set[at] = kind[at].then_some(cell[at]);
            }
            positions.get(&set).copied()
        })
    }

    /// The innermost group that a cell lies in.
    pub(super) fn group_of(
        &self,
        positions: &BTreeMap<Set, usize>,
        cell: [usize; 3],
    ) -> Option<usize> {
        self.innermost(positions, cell, self.kinds.len())
    }
}
