//! The checked source of drawn scenarios.

use super::correlation::Copula;
use super::distribution::{Quantile, normal_quantile, normal_share};
use super::random::{Purpose, stratified, uniform};
use super::template;
use super::{Draws, Event, Sampling, Uncertain};
use crate::domain::Problem;
use crate::domain::validate::numbers::shown;
use crate::fault::{Code, Fault, Faults, Place};
use crate::scenario::change::{Change, Scenario};
use crate::scenario::edit::{Draft, Edit};
use crate::scenario::generate::{Scenarios, hash, no_such};
use crate::scenario::names::Names;

/// Chance of a number that a change cannot take, at most: beyond it the distribution is refused.
const CHANCE: f64 = 1e-9;

/// Scenarios drawn as [`Draws`] says, for one problem.
#[derive(Clone, Debug)]
pub struct MonteCarlo {
    draws: Draws,
    numbers: Vec<Number>,
    copula: Copula,
    happenings: Vec<Happening>,
}

/// A number that is drawn, ready to be.
#[derive(Clone, Debug)]
struct Number {
    /// Which of the independent uniform numbers of a scenario it takes.
    place: u32,
    quantile: Quantile,
    /// Share of the distribution that is cut away below, and that is left.
    below: f64,
    width: f64,
    parts: Vec<Part>,
}

/// A change that takes a number.
#[derive(Clone, Debug)]
enum Part {
    /// Edits that take the number, or 1 less the number.
    Edits { edits: Vec<Edit>, rest: bool },
    /// A change whose edits depend on the number.
    Change(Change),
}

/// An event, ready to happen.
#[derive(Clone, Debug)]
struct Happening {
    place: u32,
    edits: Vec<Edit>,
    numbers: Vec<Number>,
}

impl MonteCarlo {
    /// Checks a description against a problem.
    ///
    /// # Errors
    /// All faults at once: names that the problem does not have, impossible parameters,
    /// distributions that give numbers which a change cannot take, probabilities outside 0 … 1,
    /// correlations that contradict each other.
    pub fn new(problem: &Problem, draws: &Draws) -> Result<Self, Faults> {
        let mut check = Check {
            names: &Names::new(problem),
            faults: Faults::new(),
            places: 0,
        };
        check.whole(draws);
        let numbers = check.numbers(&draws.uncertain, "uncertain");
        let names: Vec<&str> = draws.uncertain.iter().map(|one| &*one.name).collect();
        let copula = Copula::new(&names, &draws.correlation);
        let copula = copula.map_err(|faults| check.faults.extend(faults));
        let happenings = (draws.events.iter().enumerate())
            .map(|(at, event)| check.event(at, event))
            .collect();
        check.faults.or(Self {
            draws: draws.clone(),
            numbers,
            copula: copula.unwrap_or_default(),
            happenings,
        })
    }

    /// Independent uniform number of a scenario.
    fn uniform(&self, index: u64, place: u32) -> f64 {
        match self.draws.sampling {
            Sampling::Plain => uniform(self.draws.seed, index, place, Purpose::Uniform),
            Sampling::LatinHypercube => stratified(self.draws.seed, index, self.draws.count, place),
        }
    }

    /// Calls back with every uncertain number of a scenario.
    fn each_number(&self, index: u64, mut take: impl FnMut(usize, &Number, f64)) {
        let members = self.copula.members();
        let place = |at: usize| self.numbers[at].place;
        let normal = |at: &usize| normal_quantile(self.uniform(index, place(*at)));
        let mut mixed: Vec<f64> = members.iter().map(normal).collect();
        self.copula.mix(&mut mixed);
        let mut next = 0;
        for (at, number) in self.numbers.iter().enumerate() {
            let share = if members.get(next) == Some(&at) {
                next += 1;
                normal_share(mixed[next - 1])
            } else {
                self.uniform(index, number.place)
            };
            take(at, number, number.drawn(share));
        }
    }

    fn happens(&self, index: u64, at: usize) -> bool {
        self.uniform(index, self.happenings[at].place) < self.draws.events[at].probability
    }

    /// A scenario with its changes as people write them; `None` from the count on.
    #[must_use]
    pub fn scenario(&self, index: u64) -> Option<Scenario> {
        if index >= self.draws.count {
            return None;
        }
        let mut changes = Vec::new();
        self.each_number(index, |at, _, drawn| {
            fill(&self.draws.uncertain[at], drawn, &mut changes);
        });
        let mut id = index.to_string();
        for (at, event) in self.draws.events.iter().enumerate() {
            if !self.happens(index, at) {
                continue;
            }
            name(&mut id, &event.id);
            changes.extend(event.changes.iter().cloned());
            for (uncertain, number) in event.uncertain.iter().zip(&self.happenings[at].numbers) {
                let drawn = number.drawn(self.uniform(index, number.place));
                fill(uncertain, drawn, &mut changes);
            }
        }
        Some(Scenario {
            id,
            probability: None,
            changes,
        })
    }

    /// The numbers drawn in a scenario, in the order of [`Draws::uncertain`].
    #[must_use]
    pub fn drawn(&self, index: u64) -> Vec<f64> {
        let mut drawn = Vec::with_capacity(self.numbers.len());
        self.each_number(index, |_, _, number| drawn.push(number));
        drawn
    }
}

/// Adds the changes of an uncertain number with the number drawn.
pub(in crate::scenario) fn fill(uncertain: &Uncertain, drawn: f64, changes: &mut Vec<Change>) {
    for change in &uncertain.changes {
        let mut change = change.clone();
        template::put(&mut change, drawn);
        changes.push(change);
    }
}

fn name(id: &mut String, event: &str) {
    id.push_str(" + ");
    id.push_str(event);
}

impl Number {
    /// The number at a share of what is left of its distribution.
    fn drawn(&self, share: f64) -> f64 {
        let share = self.below + share * self.width;
        self.quantile
            .at(share.clamp(f64::MIN_POSITIVE, 1.0_f64.next_down()))
    }

    fn push(
        &self,
        drawn: f64,
        names: &Names<'_>,
        draft: &mut Draft,
        change: &mut usize,
    ) -> Result<(), Faults> {
        for part in &self.parts {
            draft.begin_change(*change);
            match part {
                Part::Edits { edits, rest } => {
                    let drawn = if *rest { 1.0 - drawn } else { drawn };
                    for edit in edits {
                        let mut edit = edit.clone();
                        template::put_edit(&mut edit, drawn);
                        draft.push(edit);
                    }
                }
                Part::Change(template) => {
                    let mut own = template.clone();
                    template::put(&mut own, drawn);
                    names.add(&own, *change, draft)?;
                }
            }
            *change += 1;
        }
        Ok(())
    }
}

impl Scenarios for MonteCarlo {
    fn count(&self) -> u64 {
        self.draws.count
    }

    fn draft(&self, names: &Names<'_>, index: u64, draft: &mut Draft) -> Result<(), Faults> {
        if index >= self.draws.count {
            return Err(no_such(index));
        }
        draft.clear();
        draft.id.push_str(&index.to_string());
        let (mut change, mut result) = (0, Ok(()));
        self.each_number(index, |_, number, drawn| {
            if result.is_ok() {
                result = number.push(drawn, names, draft, &mut change);
            }
        });
        result?;
        for (at, happening) in self.happenings.iter().enumerate() {
            if !self.happens(index, at) {
                continue;
            }
            name(&mut draft.id, &self.draws.events[at].id);
            draft.begin_change(change);
            draft.extend(happening.edits.iter().cloned());
            change += self.draws.events[at].changes.len();
            for number in &happening.numbers {
                let drawn = number.drawn(self.uniform(index, number.place));
                number.push(drawn, names, draft, &mut change)?;
            }
        }
        Ok(())
    }

    fn written(&self, _: &Problem, index: u64) -> Option<Scenario> {
        self.scenario(index)
    }

    fn identity(&self) -> String {
        format!("draws of {}: {}", self.draws.count, hash(&self.draws))
    }
}

/// Points of the midpoint rule for means of distributions that are cut.
const POINTS: u32 = 10_000;

/// The mean of a number, by the midpoint rule where its distribution is cut.
pub(super) fn mean(uncertain: &Uncertain) -> Option<f64> {
    let place = |field: &str| Place::section("distribution", field);
    let quantile = Quantile::new(&uncertain.distribution, &place).ok()?;
    let below = uncertain
        .min
        .map_or(0.0, |min| quantile.share_below(min, false));
    let upto = uncertain
        .max
        .map_or(1.0, |max| quantile.share_below(max, true));
    if below <= 0.0 && upto >= 1.0 {
        return Some(quantile.mean());
    }
    let at = |k: u32| below + (upto - below) * (f64::from(k) + 0.5) / f64::from(POINTS);
    let sum: f64 = (0..POINTS).map(|k| quantile.at(at(k))).sum();
    (upto > below).then(|| sum / f64::from(POINTS))
}

/// What is gathered while a description is checked.
struct Check<'n, 'p> {
    names: &'n Names<'p>,
    faults: Faults,
    /// Uniform numbers given out.
    places: u32,
}

impl Check<'_, '_> {
    fn fault(&mut self, code: Code, place: Place, found: &str, expected: &str) {
        self.faults.push(Fault::new(code, place, found, expected));
    }

    fn place(&mut self) -> u32 {
        self.places += 1;
        self.places - 1
    }

    fn whole(&mut self, draws: &Draws) {
        if draws.count == 0 || draws.count > 1 << 53 {
            let found = draws.count.to_string();
            let place = Place::section("draws", "count");
            self.fault(Code::OutOfRange, place, &found, "1 or more scenarios");
        }
        if draws.uncertain.is_empty() && draws.events.is_empty() {
            let place = Place::section("draws", "uncertain");
            self.fault(
                Code::EmptyTable,
                place,
                "",
                "an uncertain number or an event",
            );
        }
        let mut twice = |table: &str, field: &str, ids: Vec<&str>| {
            for (at, id) in ids.iter().enumerate() {
                if ids[..at].contains(id) && !id.is_empty() {
                    let place = Place::entry(table, at, field);
                    self.fault(Code::DuplicateId, place, id, "a name of its own");
                }
            }
        };
        twice(
            "uncertain",
            "name",
            draws.uncertain.iter().map(|one| &*one.name).collect(),
        );
        twice(
            "events",
            "id",
            draws.events.iter().map(|one| &*one.id).collect(),
        );
    }

    fn event(&mut self, at: usize, event: &Event) -> Happening {
        let place = |field: &str| Place::entry("events", at, field);
        if event.id.is_empty() {
            self.fault(Code::EmptyId, place("id"), "", "an id");
        }
        if !(0.0..=1.0).contains(&event.probability) {
            let found = shown(event.probability);
            self.fault(
                Code::OutOfRange,
                place("probability"),
                &found,
                "a share from 0 to 1",
            );
        }
        let scenario = Scenario {
            changes: event.changes.clone(),
            ..Scenario::default()
        };
        let mut draft = Draft::default();
        if let Err(faults) = self.names.draft(&scenario, &mut draft) {
            self.within(&format!("events[{at}]"), faults);
        }
        Happening {
            place: self.place(),
            edits: draft.edits().iter().map(|(_, edit)| edit.clone()).collect(),
            numbers: self.numbers(&event.uncertain, &format!("events[{at}].uncertain")),
        }
    }

    /// Faults of changes, with where the changes stand.
    fn within(&mut self, table: &str, mut faults: Faults) {
        for fault in faults.iter_mut() {
            fault.place.table = format!("{table}.{}", fault.place.table);
        }
        self.faults.extend(faults);
    }

    fn numbers(&mut self, all: &[Uncertain], table: &str) -> Vec<Number> {
        let numbers = all.iter().enumerate();
        numbers
            .filter_map(|(at, uncertain)| self.number(uncertain, table, at))
            .collect()
    }

    fn number(&mut self, uncertain: &Uncertain, table: &str, at: usize) -> Option<Number> {
        let place = self.place();
        let parts = self.parts(uncertain, table, at);
        let field = |field: &str| Place::entry(table, at, &format!("distribution.{field}"));
        let quantile = match Quantile::new(&uncertain.distribution, &field) {
            Ok(quantile) => quantile,
            Err(faults) => {
                self.faults.extend(faults);
                return None;
            }
        };
        let cut = |number: Option<f64>, open: f64| number.unwrap_or(open);
        let (min, max) = (
            cut(uncertain.min, f64::NEG_INFINITY),
            cut(uncertain.max, f64::INFINITY),
        );
        let below = if uncertain.min.is_some() {
            quantile.share_below(min, false)
        } else {
            0.0
        };
        let upto = if uncertain.max.is_some() {
            quantile.share_below(max, true)
        } else {
            1.0
        };
        if min > max || min.is_nan() || max.is_nan() {
            let found = format!("{} and {}", shown(min), shown(max));
            self.fault(
                Code::MinAboveMax,
                Place::entry(table, at, "min"),
                &found,
                "at most the maximum",
            );
            return None;
        }
        if upto - below < CHANCE {
            let found = format!("{} to {}", shown(min), shown(max));
            let expected = "limits between which the distribution has numbers";
            self.fault(
                Code::OutOfRange,
                Place::entry(table, at, "min"),
                &found,
                expected,
            );
            return None;
        }
        let number = Number {
            place,
            quantile,
            below,
            width: upto - below,
            parts,
        };
        self.possible(uncertain, &number, table, at);
        Some(number)
    }

    /// Numbers that a change cannot take must not be drawn.
    fn possible(&mut self, uncertain: &Uncertain, number: &Number, table: &str, at: usize) {
        for change in &uncertain.changes {
            let Some(support) = template::support(change) else {
                continue;
            };
            let chance = |share: f64| ((share - number.below) / number.width).clamp(0.0, 1.0);
            let low = chance(number.quantile.share_below(support.low, false));
            let high = 1.0 - chance(number.quantile.share_below(support.high, true));
            let place = Place::entry(table, at, "distribution");
            let cut = |name| format!("{}; or cut the distribution with `{name}`", support.words);
            if low > CHANCE {
                let found = format!("{} % of draws below {}", shown(1e2 * low), support.low);
                self.fault(Code::OutOfRange, place, &found, &cut("min"));
            } else if high > CHANCE {
                let found = format!("{} % of draws above {}", shown(1e2 * high), support.high);
                self.fault(Code::OutOfRange, place, &found, &cut("max"));
            }
        }
    }

    fn parts(&mut self, uncertain: &Uncertain, table: &str, at: usize) -> Vec<Part> {
        if uncertain.changes.is_empty() {
            let place = Place::entry(table, at, "changes");
            self.fault(
                Code::EmptyTable,
                place,
                "",
                "a change that takes the number",
            );
        }
        let mut parts = Vec::with_capacity(uncertain.changes.len());
        for (position, change) in uncertain.changes.iter().enumerate() {
            if template::support(change).is_none() {
                let place = Place::entry(table, at, &format!("changes[{position}]"));
                let expected = "a change with one number";
                let found = "no number, or two";
                self.fault(Code::MissingNumber, place, found, expected);
                continue;
            }
            // Any number that every change can take; faults of names do not depend on it.
            let mut own = change.clone();
            template::put(&mut own, 1.0);
            let mut draft = Draft::default();
            if let Err(faults) = self.names.add(&own, position, &mut draft) {
                self.within(&format!("{table}[{at}]"), faults);
                continue;
            }
            parts.push(match change {
                Change::Ramp { .. } => Part::Change(change.clone()),
                _ => Part::Edits {
                    edits: draft.edits().iter().map(|(_, edit)| edit.clone()).collect(),
                    rest: matches!(change, Change::Competitor { .. } | Change::Leave { .. }),
                },
            });
        }
        parts
    }
}
