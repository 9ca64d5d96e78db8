//! Ids, names and numbers of a budget.

use std::collections::BTreeMap;

use crate::fault::{Code, Fault, Faults, Place};
use crate::input::BudgetInput;

/// Most money in one number: sums of more lose cents.
pub(super) const MOST_MONEY: f64 = 1e15;
/// Factors between this and its inverse keep products in range.
const MOST_FACTOR: f64 = 1e9;
/// Longest id or name in characters.
const MOST_CHARS: usize = 1000;

/// Positions of ids, and the faults so far.
#[derive(Debug)]
pub(super) struct Checker<'a> {
    pub(super) input: &'a BudgetInput,
    pub(super) faults: Faults,
    channels: BTreeMap<&'a str, usize>,
    periods: BTreeMap<&'a str, usize>,
    regions: BTreeMap<&'a str, usize>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(input: &'a BudgetInput) -> Self {
        let mut faults = Faults::new();
        let channels = input.channels.iter().map(|channel| channel.id.as_str());
        let periods = input.periods.iter().map(|period| period.id.as_str());
        let regions = input.regions.iter().map(|region| region.id.as_str());
        let checker = Self {
            input,
            channels: positions("channels", channels, &mut faults),
            periods: positions("periods", periods, &mut faults),
            regions: positions("regions", regions, &mut faults),
            faults,
        };
        checker.with_tables()
    }

    /// Tables that must have entries have some.
    fn with_tables(mut self) -> Self {
        let empty = [
            ("channels", self.input.channels.is_empty()),
            ("periods", self.input.periods.is_empty()),
        ];
        for (table, is_empty) in empty {
            if is_empty {
                let place = Place::section(table, "");
                self.fault(Code::EmptyTable, place, "", "at least one entry");
            }
        }
        self
    }

    pub(super) fn fault(
        &mut self,
        code: Code,
        place: Place,
        found: impl AsRef<str>,
        expected: impl AsRef<str>,
    ) {
        self.faults.push(Fault::new(code, place, found, expected));
    }

    fn number(&mut self, place: Place, value: f64, holds: bool, expected: &str) -> f64 {
        if !value.is_finite() {
            self.fault(Code::NotFinite, place, value.to_string(), expected);
        } else if !holds {
            self.fault(Code::OutOfRange, place, value.to_string(), expected);
        }
        value
    }

    /// Money or an amount, 0 or more.
    pub(super) fn money(&mut self, place: Place, value: f64) -> f64 {
        let holds = (0.0..=MOST_MONEY).contains(&value);
        self.number(place, value, holds, "0 to 1e15")
    }

    /// A factor above 0.
    pub(super) fn factor(&mut self, place: Place, value: f64) -> f64 {
        let holds = (1.0 / MOST_FACTOR..=MOST_FACTOR).contains(&value);
        self.number(place, value, holds, "a number above 0, from 1e-9 to 1e9")
    }

    /// A number from 0 to a limit.
    pub(super) fn upto(&mut self, place: Place, value: f64, most: f64) -> f64 {
        let holds = (0.0..=most).contains(&value);
        self.number(place, value, holds, &format!("a number from 0 to {most}"))
    }

    pub(super) fn text(&mut self, place: Place, text: &str) {
        if text.chars().nth(MOST_CHARS).is_some() {
            self.fault(Code::TextTooLong, place, text, "at most 1000 characters");
        }
    }

    pub(super) fn channel(&mut self, place: Place, id: &str) -> Option<usize> {
        let found = self.channels.get(id).copied();
        self.known(found, place, id, "channel")
    }

    pub(super) fn period(&mut self, place: Place, id: &str) -> Option<usize> {
        let found = self.periods.get(id).copied();
        self.known(found, place, id, "period")
    }

    /// The region of an id; the only one where there are none and the id is empty.
    pub(super) fn region(&mut self, place: Place, id: &str) -> Option<usize> {
        if id.is_empty() && self.regions.len() <= 1 {
            return Some(0);
        }
        let found = self.regions.get(id).copied();
        self.known(found, place, id, "region")
    }

    fn known(&mut self, found: Option<usize>, place: Place, id: &str, what: &str) -> Option<usize> {
        if found.is_none() {
            let ids = match what {
                "channel" => &self.channels,
                "period" => &self.periods,
                _ => &self.regions,
            };
            let near = nearest(id, ids.keys().copied());
            let fault = Fault::new(Code::UnknownName, place, id, format!("the id of a {what}"));
            self.faults.push(match near {
                Some(near) => fault.hint(format!("Did you mean `{near}`?")),
                None => fault,
            });
        }
        found
    }
}

/// Position of each id; of the first where an id comes twice, which is a fault.
fn positions<'a>(
    table: &str,
    ids: impl Iterator<Item = &'a str>,
    faults: &mut Faults,
) -> BTreeMap<&'a str, usize> {
    let mut positions = BTreeMap::new();
    for (at, id) in ids.enumerate() {
        let place = || Place::entry(table, at, "id");
        if id.is_empty() {
            faults.push(Fault::new(Code::EmptyId, place(), "", "an id"));
        } else if id.chars().nth(MOST_CHARS).is_some() {
            let fault = Fault::new(Code::TextTooLong, place(), id, "at most 1000 characters");
            faults.push(fault);
        }
        match positions.entry(id) {
            std::collections::btree_map::Entry::Vacant(free) => {
                free.insert(at);
            }
            std::collections::btree_map::Entry::Occupied(_) if !id.is_empty() => {
                faults.push(Fault::new(Code::DuplicateId, place(), id, "each id once"));
            }
            std::collections::btree_map::Entry::Occupied(_) => {}
        }
    }
    positions
}

/// The known name that is nearest to one that is unknown, if any is near.
pub(super) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    if name.is_empty() || name.chars().nth(100).is_some() {
        return None;
    }
    let near = known
        .take(1000)
        .map(|other| (strsim::jaro_winkler(name, other), other))
        .filter(|(similarity, _)| *similarity > 0.85)
        .reduce(|best, next| if next.0 > best.0 { next } else { best });
    near.map(|(_, other)| other)
}
