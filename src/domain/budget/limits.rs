//! Limits of any set of cells, sorted into what the solver knows: the total, channels, nested groups,
//! sets that cross these, and single cells.

use std::collections::BTreeMap;

use super::check::Checker;
use super::{AcrossFact, GroupFact, Range};
use crate::fault::{Code, Place};
use crate::input::budget::BudgetLimit;

/// Channel, period and region that a limit names; nothing stands for all together.
pub(super) type Set = [Option<usize>; 3];

/// Limits by what they limit.
#[derive(Debug, Default)]
pub(super) struct Limits {
    pub(super) total: Option<Range>,
    pub(super) channels: BTreeMap<usize, Range>,
    pub(super) cells: BTreeMap<[usize; 3], Range>,
    groups: BTreeMap<Set, Range>,
    /// What nested groups name, from the outermost to the innermost kind; others cross them.
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
    limits.kinds = nested(&limits.groups);
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

/// Kinds of groups of which each names all that the one before it names: those that are nested. Kinds
/// with more limits come first, so that few limits are left to cross them.
fn nested(groups: &BTreeMap<Set, Range>) -> Vec<[bool; 3]> {
    let mut counts: BTreeMap<[bool; 3], usize> = BTreeMap::new();
    for set in groups.keys() {
        *counts.entry(set.map(|at| at.is_some())).or_default() += 1;
    }
    let mut kinds: Vec<([bool; 3], usize)> = counts.into_iter().collect();
    kinds.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let inside = |a: &[bool; 3], b: &[bool; 3]| (0..3).all(|at| !a[at] || b[at]);
    let mut chain: Vec<[bool; 3]> = vec![];
    for (kind, _) in kinds {
        if chain
            .iter()
            .all(|one| inside(one, &kind) || inside(&kind, one))
        {
            chain.push(kind);
        }
    }
    chain.sort_by_key(|kind| kind.iter().filter(|named| **named).count());
    chain
}

/// Whether a set has a cell.
pub(super) fn holds(set: &Set, cell: [usize; 3]) -> bool {
    (0..3).all(|kind| set[kind].is_none_or(|at| at == cell[kind]))
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

    /// The limits that cross the groups.
    pub(super) fn across(&self, name: impl Fn(&Set) -> String) -> Vec<(Set, AcrossFact)> {
        let crosses = |set: &Set| !self.kinds.contains(&set.map(|at| at.is_some()));
        let sets = self.groups.iter().filter(|(set, _)| crosses(set));
        let fact = |(set, range): (&Set, &Range)| AcrossFact {
            name: name(set),
            limit: *range,
            cells: vec![],
        };
        sets.map(|own| (*own.0, fact(own))).collect()
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
