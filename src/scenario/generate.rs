//! Scenarios made one by one, so that sweeps of any length need no memory for them.

use serde::{Deserialize, Serialize};

use super::change::{Change, Scenario};
use super::edit::{Draft, Edit};
use super::names::Names;
use crate::domain::{Problem, RepId};
use crate::fault::{Code, Fault, Faults, Place};

/// A numbered set of scenarios. The same number gives the same scenario, on every thread and in
/// every shard.
pub trait Scenarios: Sync {
    /// How many there are.
    fn count(&self) -> u64;

    /// Makes one scenario, by its number below [`count`](Self::count), in a draft that held
    /// another one before. An id that is left empty becomes the number.
    ///
    /// # Errors
    /// What is wrong with this scenario; the others are not concerned.
    fn draft(&self, names: &Names<'_>, index: u64, draft: &mut Draft) -> Result<(), Faults>;

    /// The same scenario as people write it; `None` where the set cannot tell, and from the count on.
    fn written(&self, _problem: &Problem, _index: u64) -> Option<Scenario> {
        None
    }

    /// A text that tells this set from others, kept with results so that a sweep is not resumed
    /// with other scenarios.
    fn identity(&self) -> String;
}

/// A list.
impl Scenarios for [Scenario] {
    fn count(&self) -> u64 {
        self.len() as u64
    }

    fn draft(&self, names: &Names<'_>, index: u64, draft: &mut Draft) -> Result<(), Faults> {
        match usize::try_from(index).ok().and_then(|at| self.get(at)) {
            Some(scenario) => names.draft(scenario, draft),
            None => Err(no_such(index)),
        }
    }

    fn written(&self, _: &Problem, index: u64) -> Option<Scenario> {
        self.get(usize::try_from(index).ok()?).cloned()
    }

    fn identity(&self) -> String {
        format!("list of {}: {}", self.len(), hash(self))
    }
}

impl Scenarios for Vec<Scenario> {
    fn count(&self) -> u64 {
        self.as_slice().count()
    }

    fn draft(&self, names: &Names<'_>, index: u64, draft: &mut Draft) -> Result<(), Faults> {
        self.as_slice().draft(names, index, draft)
    }

    fn written(&self, problem: &Problem, index: u64) -> Option<Scenario> {
        self.as_slice().written(problem, index)
    }

    fn identity(&self) -> String {
        self.as_slice().identity()
    }
}

/// One way in which something may turn out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Name in the ids of scenarios.
    pub name: String,
    /// What it changes; nothing for the level as it is today.
    #[serde(default)]
    pub changes: Vec<Change>,
}

/// Something uncertain, with the ways in which it may turn out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Axis {
    /// Name in the ids of scenarios.
    pub name: String,
    /// Its levels.
    pub levels: Vec<Level>,
}

impl Axis {
    /// An axis without levels.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            levels: Vec::new(),
        }
    }

    /// Adds a level.
    #[must_use]
    pub fn level(mut self, name: impl Into<String>, changes: Vec<Change>) -> Self {
        self.levels.push(Level {
            name: name.into(),
            changes,
        });
        self
    }
}

/// Every combination of the levels of some axes, the last axis changing fastest.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    axes: Vec<Axis>,
}

impl Grid {
    /// A grid over axes.
    #[must_use]
    pub fn new(axes: Vec<Axis>) -> Self {
        Self { axes }
    }

    fn scenario(&self, mut index: u64) -> Scenario {
        let mut chosen = Vec::with_capacity(self.axes.len());
        for axis in self.axes.iter().rev() {
            let levels = axis.levels.len() as u64;
            let at = usize::try_from(index % levels).unwrap_or(0);
            index /= levels;
            chosen.push((axis, &axis.levels[at]));
        }
        chosen.reverse();
        let names = chosen.iter().map(|(axis, level)| named(axis, level));
        Scenario {
            id: names.collect::<Vec<_>>().join(" "),
            probability: None,
            changes: (chosen.iter())
                .flat_map(|(_, level)| level.changes.iter().cloned())
                .collect(),
        }
    }
}

impl Scenarios for Grid {
    fn count(&self) -> u64 {
        let counts = self.axes.iter().map(|axis| axis.levels.len() as u64);
        counts.fold(1, u64::saturating_mul)
    }

    fn draft(&self, names: &Names<'_>, index: u64, draft: &mut Draft) -> Result<(), Faults> {
        if index >= self.count() {
            return Err(no_such(index));
        }
        names.draft(&self.scenario(index), draft)
    }

    fn written(&self, _: &Problem, index: u64) -> Option<Scenario> {
        (index < self.count()).then(|| self.scenario(index))
    }

    fn identity(&self) -> String {
        format!("grid of {}: {}", self.count(), hash(&self.axes))
    }
}

/// Every level of every axis alone, after the problem as it is: what a tornado shows.
#[derive(Clone, Debug, PartialEq)]
pub struct OneAtATime {
    axes: Vec<Axis>,
}

impl OneAtATime {
    /// The levels of axes, one at a time.
    #[must_use]
    pub fn new(axes: Vec<Axis>) -> Self {
        Self { axes }
    }
}

impl OneAtATime {
    fn scenario(&self, index: u64) -> Option<Scenario> {
        let Some(mut at) = index.checked_sub(1) else {
            return Some(Scenario::new("base"));
        };
        for axis in &self.axes {
            if let Some(level) = usize::try_from(at).ok().and_then(|at| axis.levels.get(at)) {
                return Some(Scenario {
                    id: named(axis, level),
                    probability: None,
                    changes: level.changes.clone(),
                });
            }
            at -= axis.levels.len() as u64;
        }
        None
    }
}

impl Scenarios for OneAtATime {
    fn count(&self) -> u64 {
        1 + self
            .axes
            .iter()
            .map(|axis| axis.levels.len() as u64)
            .sum::<u64>()
    }

    fn draft(&self, names: &Names<'_>, index: u64, draft: &mut Draft) -> Result<(), Faults> {
        let scenario = self.scenario(index).ok_or_else(|| no_such(index))?;
        names.draft(&scenario, draft)
    }

    fn written(&self, _: &Problem, index: u64) -> Option<Scenario> {
        self.scenario(index)
    }

    fn identity(&self) -> String {
        format!("one at a time of {}: {}", self.count(), hash(&self.axes))
    }
}

/// One rep leaves, or two: every single rep (N−1), then, where asked for, every pair (N−2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leavers {
    reps: Vec<RepId>,
    pairs: bool,
}

impl Leavers {
    /// Each rep of a problem who is not a candidate for hire leaves alone.
    #[must_use]
    pub fn one(problem: &Problem) -> Self {
        let there = problem.reps().iter().enumerate();
        let there = there.filter(|(_, rep)| !rep.candidate);
        Self {
            reps: there.map(|(at, _)| RepId::at(at)).collect(),
            pairs: false,
        }
    }

    /// The same, and then every two of them leave together.
    #[must_use]
    pub fn one_or_two(problem: &Problem) -> Self {
        Self {
            pairs: true,
            ..Self::one(problem)
        }
    }

    /// The reps who leave, by scenario.
    fn leaving(&self, index: u64) -> Option<(RepId, Option<RepId>)> {
        let singles = self.reps.len() as u64;
        if index < singles {
            let at = usize::try_from(index).ok()?;
            return Some((self.reps[at], None));
        }
        if !self.pairs {
            return None;
        }
        let mut left = index - singles;
        for (at, &first) in self.reps.iter().enumerate() {
            let later = &self.reps[at + 1..];
            if let Some(&second) = usize::try_from(left).ok().and_then(|left| later.get(left)) {
                return Some((first, Some(second)));
            }
            left -= later.len() as u64;
        }
        None
    }
}

impl Scenarios for Leavers {
    fn count(&self) -> u64 {
        let reps = self.reps.len() as u64;
        reps + if self.pairs {
            reps * reps.saturating_sub(1) / 2
        } else {
            0
        }
    }

    fn draft(&self, names: &Names<'_>, index: u64, draft: &mut Draft) -> Result<(), Faults> {
        let (first, second) = self.leaving(index).ok_or_else(|| no_such(index))?;
        draft.clear();
        draft.id.push_str("without ");
        draft.id.push_str(&names.problem().rep(first).id);
        draft.push(Edit::RemoveRep { rep: first });
        if let Some(second) = second {
            draft.id.push_str(" and ");
            draft.id.push_str(&names.problem().rep(second).id);
            draft.push(Edit::RemoveRep { rep: second });
        }
        Ok(())
    }

    fn written(&self, problem: &Problem, index: u64) -> Option<Scenario> {
        let (first, second) = self.leaving(index)?;
        let id = |rep: RepId| problem.rep(rep).id.clone();
        let ids = [Some(id(first)), second.map(id)];
        let ids: Vec<String> = ids.into_iter().flatten().collect();
        let remove = |rep: &String| Change::RemoveRep { rep: rep.clone() };
        Some(Scenario {
            id: format!("without {}", ids.join(" and ")),
            probability: None,
            changes: ids.iter().map(remove).collect(),
        })
    }

    fn identity(&self) -> String {
        format!("leavers of {}: {}", self.count(), hash(&self.reps))
    }
}

fn named(axis: &Axis, level: &Level) -> String {
    format!("{}={}", axis.name, level.name)
}

pub(super) fn no_such(index: u64) -> Faults {
    let place = Place::section("scenarios", "");
    let found = format!("number {index}");
    Fault::new(Code::OutOfRange, place, found, "a number below their count").into()
}

/// FNV-1a over the text that `Debug` prints, without keeping the text.
pub(super) fn hash<T: std::fmt::Debug + ?Sized>(value: &T) -> String {
    struct Fnv(u64);
    impl std::fmt::Write for Fnv {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            for byte in text.bytes() {
                self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
            Ok(())
        }
    }
    let mut fnv = Fnv(0xcbf2_9ce4_8422_2325);
    // Writing into a number cannot fail.
    let _ = std::fmt::write(&mut fnv, format_args!("{value:?}"));
    format!("{:016x}", fnv.0)
}
