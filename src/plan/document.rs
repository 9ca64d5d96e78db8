//! The plan as a JSON document, `plan.json`: what the engine writes, and what may come from
//! anywhere to be verified. `docs/plan-document.md` explains every number.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Attainment, Ledger, Plan, fingerprint};
use crate::domain::{Goals, Problem, RepId, RoleId, SlotId};
use crate::fault::{Code, Fault, Faults, Place};

/// Name of the format.
const FORMAT: &str = "apportion-plan";

/// Version of the format that is written, and the latest that is read.
const VERSION: u32 = 1;

/// A plan with string ids and what is claimed about it. Only `assignments` is needed to verify a
/// plan, and `reps` for candidates and reps with several bases; unknown fields are ignored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct PlanDocument {
    /// `apportion-plan`; may be left out.
    pub format: String,
    /// Version of the format, 1; 0 or absent where it is not stated.
    pub version: u32,
    /// Title of the problem.
    pub problem: String,
    /// Currency of all money, for display.
    pub currency: String,
    /// Fingerprint of the problem's facts, 16 hexadecimal digits; empty where it is not known.
    pub fingerprint: String,
    /// Names of the periods, in order.
    pub periods: Vec<String>,
    /// One entry for each (market, role) pair of the problem, in any order.
    pub assignments: Vec<AssignmentEntry>,
    /// One entry for each rep, in any order.
    pub reps: Vec<RepEntry>,
    /// Value of each goal, in money: gains positive, costs negative.
    pub goals: BTreeMap<String, f64>,
    /// What each level of the objective reaches and what is proved.
    pub levels: Vec<LevelEntry>,
    /// Name of the solver or strategy that found the plan.
    pub found_by: String,
    /// Name of the solver that proved the bounds.
    pub proved_by: String,
    /// Why the run stopped, such as `finished` or `time_limit`.
    pub stopped: String,
    /// Whether the gap that was asked for is proved on every level.
    pub optimal: bool,
    /// Wall-clock time of the run in seconds.
    pub seconds: f64,
}

/// Who has a role in a market.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct AssignmentEntry {
    /// Id of the market.
    pub market: String,
    /// Id of the role. Empty: the first role.
    pub role: String,
    /// Id of the rep; null where the pair is left unserved.
    pub rep: Option<String>,
    /// Id of the base that the rep works from; null where unserved. Not read: see `reps`.
    pub base: Option<String>,
    /// Hours of work over the whole plan, travel included; null where unserved.
    pub hours: Option<f64>,
    /// Value of the assignment over the whole plan, in money; null where unserved.
    pub value: Option<f64>,
}

/// Where a rep works from, and its overtime.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct RepEntry {
    /// Id of the rep.
    pub rep: String,
    /// Id of the base, `home` for the home position; null for a candidate who is not hired.
    pub base: Option<String>,
    /// Whether a candidate is hired; null for reps who are no candidates. Not read: see `base`.
    pub hired: Option<bool>,
    /// Overtime in each period, in hours, 0 or more.
    pub overtime: Vec<f64>,
    /// What one more hour in each period would be worth if assignments could follow, in money, 0 or
    /// more; empty where no prices were found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hour_price: Vec<f64>,
}

/// What a level of the objective reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct LevelEntry {
    /// Weighted value of the level's goals in the plan, in money.
    pub value: Option<f64>,
    /// The same before later levels took their allowed loss.
    pub best: Option<f64>,
    /// Proved limit on `best`, in money; null when nothing is proved.
    pub bound: Option<f64>,
    /// (bound − best)/|bound|, 0 or more; null when nothing is proved.
    pub gap: Option<f64>,
}

/// What is said about a plan besides the plan itself.
#[derive(Clone, Copy, Debug)]
pub struct Claims<'a> {
    /// Value of each goal, in money.
    pub goals: &'a Goals,
    /// Value and bound of each level of the objective.
    pub levels: &'a [Attainment],
    /// What one more hour would be worth, rep after rep, one entry a period, in money; or empty.
    pub hour_prices: &'a [f64],
    /// Name of the solver or strategy that found the plan.
    pub found_by: &'a str,
    /// Name of the solver that proved the bounds.
    pub proved_by: &'a str,
    /// Why the run stopped.
    pub stopped: &'a str,
    /// Whether the gap that was asked for is proved on every level.
    pub optimal: bool,
    /// Wall-clock time of the run in seconds.
    pub seconds: f64,
}

impl From<&Attainment> for LevelEntry {
    fn from(level: &Attainment) -> Self {
        let finite = |number: f64| Some(number).filter(|number| number.is_finite());
        Self {
            value: finite(level.value),
            best: finite(level.best),
            bound: finite(level.bound),
            gap: finite(level.gap()),
        }
    }
}

impl AssignmentEntry {
    /// The slot of the entry, if the problem has it.
    #[must_use]
    pub fn slot(&self, problem: &Problem) -> Option<SlotId> {
        problem.find_slot(problem.find_market(&self.market)?, self.role_id(problem)?)
    }

    fn role_id(&self, problem: &Problem) -> Option<RoleId> {
        if self.role.is_empty() {
            Some(RoleId(0))
        } else {
            problem.find_role(&self.role)
        }
    }
}

impl PlanDocument {
    /// The document of a plan that keeps every rule.
    ///
    /// # Panics
    /// When the plan was made for another problem.
    #[must_use]
    pub fn new(problem: &Problem, plan: &Plan, claims: &Claims<'_>) -> Self {
        let slots = (0..problem.slots().len()).map(SlotId::at);
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            problem: problem.name().to_owned(),
            currency: problem.currency().to_owned(),
            fingerprint: fingerprint(problem),
            periods: (problem.calendar().periods.iter())
                .map(|period| period.name.clone())
                .collect(),
            assignments: slots.map(|slot| assignment(problem, plan, slot)).collect(),
            reps: rep_entries(problem, plan, claims.hour_prices),
            goals: (claims.goals.iter())
                .map(|(goal, value)| (goal.name().to_owned(), value))
                .collect(),
            levels: claims.levels.iter().map(LevelEntry::from).collect(),
            found_by: claims.found_by.to_owned(),
            proved_by: claims.proved_by.to_owned(),
            stopped: claims.stopped.to_owned(),
            optimal: claims.optimal,
            seconds: claims.seconds,
        }
    }

    /// The plan that the document describes, in the terms of a problem. Whether it keeps the rules
    /// is for `check::verify` to say.
    ///
    /// # Errors
    /// Every fault at once, with code [`Code::PlanMismatch`]: markets, roles, reps and bases that
    /// the problem does not have, (market, role) pairs that are missing or named twice, and a rep
    /// with several bases without one of them.
    pub fn plan(&self, problem: &Problem) -> Result<Plan, Faults> {
        let mut faults = Faults::new();
        self.check_format(&mut faults);
        let plan = Plan {
            coverage: self.coverage(problem, &mut faults),
            bases: self.bases(problem, &mut faults),
        };
        faults.or(plan)
    }

    fn check_format(&self, faults: &mut Faults) {
        if !self.format.is_empty() && self.format != FORMAT {
            let place = Place::section("plan", "format");
            faults.push(mismatch(place, &self.format, FORMAT));
        }
        if self.version > VERSION {
            let place = Place::section("plan", "version");
            let latest = format!("at most {VERSION}");
            faults.push(mismatch(place, &self.version.to_string(), &latest));
        }
    }

    fn coverage(&self, problem: &Problem, faults: &mut Faults) -> Vec<Option<RepId>> {
        let mut coverage = vec![None; problem.slots().len()];
        let mut seen = vec![false; problem.slots().len()];
        for (at, row) in self.assignments.iter().enumerate() {
            let place = |field| Place::entry("assignments", at, field);
            let rep = row.rep.as_ref().and_then(|id| {
                let rep = problem.find_rep(id);
                if rep.is_none() {
                    faults.push(mismatch(place("rep"), id, "a rep of the problem, or null"));
                }
                rep
            });
            let Some(slot) = row.slot(problem) else {
                faults.push(row.unknown(problem, at));
                continue;
            };
            if seen[slot.index()] {
                let expected = "each (market, role) pair once";
                faults.push(mismatch(place(""), &problem.slot_name(slot), expected));
            }
            seen[slot.index()] = true;
            coverage[slot.index()] = rep;
        }
        for slot in (0..seen.len()).filter(|&slot| !seen[slot]).map(SlotId::at) {
            let place = Place::section("assignments", "");
            let expected = format!(
                "an entry for {}, rep null if unserved",
                problem.slot_name(slot)
            );
            faults.push(mismatch(place, "no such entry", &expected));
        }
        coverage
    }

    fn bases(&self, problem: &Problem, faults: &mut Faults) -> Vec<Option<u32>> {
        let mut bases: Vec<Option<u32>> = (problem.reps().iter())
            .map(|rep| (!rep.is_open()).then_some(0))
            .collect();
        let mut seen = BTreeSet::new();
        for (at, row) in self.reps.iter().enumerate() {
            let place = |field| Place::entry("reps", at, field);
            let Some(rep) = problem.find_rep(&row.rep) else {
                faults.push(mismatch(place("rep"), &row.rep, "a rep of the problem"));
                continue;
            };
            if !seen.insert(rep) {
                faults.push(mismatch(place("rep"), &row.rep, "each rep once"));
            }
            let Some(id) = &row.base else { continue };
            let known = &problem.rep(rep).bases;
            match known.iter().position(|base| base.id == *id) {
                Some(base) => bases[rep.index()] = u32::try_from(base).ok(),
                None => {
                    let known: Vec<&str> = known.iter().map(|base| base.id.as_str()).collect();
                    let expected = format!("one of: {}", known.join(", "));
                    faults.push(mismatch(place("base"), id, &expected));
                    bases[rep.index()] = Some(0);
                }
            }
        }
        for (rep, base) in problem.reps().iter().zip(&bases) {
            if !rep.candidate && base.is_none() {
                let place = Place::section("reps", "base");
                let expected = format!("the base of {}, who has several", rep.id);
                faults.push(mismatch(place, "no base", &expected));
            }
        }
        bases
    }
}

impl AssignmentEntry {
    /// The fault of an entry whose slot the problem does not have.
    fn unknown(&self, problem: &Problem, at: usize) -> Fault {
        let place = |field| Place::entry("assignments", at, field);
        if problem.find_market(&self.market).is_none() {
            mismatch(place("market"), &self.market, "a market of the problem")
        } else if self.role_id(problem).is_none() {
            mismatch(place("role"), &self.role, "a role of the problem")
        } else {
            let expected = format!("a role that {} has", self.market);
            mismatch(place("role"), &self.role, &expected)
        }
    }
}

fn mismatch(place: Place, found: &str, expected: &str) -> Fault {
    Fault::new(Code::PlanMismatch, place, found, expected)
}

fn assignment(problem: &Problem, plan: &Plan, slot: SlotId) -> AssignmentEntry {
    let entry = problem.slot(slot);
    let rep = plan.coverage[slot.index()].map(|rep| problem.rep(rep).id.clone());
    let candidate = plan
        .candidate(problem, slot)
        .map(|id| problem.candidate(id));
    AssignmentEntry {
        market: problem.market(entry.market).id.clone(),
        role: problem.roles()[entry.role.index()].id.clone(),
        rep,
        base: candidate.map(|c| problem.rep(c.rep).bases[c.base as usize].id.clone()),
        hours: candidate.map(|c| problem.total_hours(c)),
        value: candidate.map(|c| c.value),
    }
}

fn rep_entries(problem: &Problem, plan: &Plan, hour_prices: &[f64]) -> Vec<RepEntry> {
    let ledger = Ledger::of(problem, plan);
    let entry = |(at, rep): (usize, &crate::domain::Rep)| {
        let base = plan.bases[at].map(|base| rep.bases[base as usize].id.clone());
        let load = ledger.load(RepId::at(at)).iter().zip(&rep.hours);
        let mut prices = hour_prices.chunks(problem.periods().max(1));
        RepEntry {
            rep: rep.id.clone(),
            hired: rep.candidate.then_some(base.is_some()),
            base,
            overtime: load.map(|(load, hours)| (load - hours).max(0.0)).collect(),
            hour_price: prices.nth(at).map_or_else(Vec::new, <[f64]>::to_vec),
        }
    };
    problem.reps().iter().enumerate().map(entry).collect()
}
