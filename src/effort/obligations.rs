//! Visits that several periods must get together: rolling minima, and service before or after a date.

use super::assemble::Assembled;
use super::document::ObligationVisits;
use crate::domain::{Problem, SlotId};
use crate::fault::{Code, Fault, Faults, Place};
use crate::input::{EffortInput, Obligation};
use crate::prices::effort::{Solution, Window};

/// Visits above what is asked for by less than this part of it are just as many.
const JUST: f64 = 1e-6;

/// An obligation that was checked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    given: Obligation,
    /// Sets of periods, each of which must get the visits.
    sets: Vec<Vec<usize>>,
    slots: Vec<SlotId>,
}

/// Checks the obligations of a response.
pub(super) fn asked(
    problem: &Problem,
    input: &EffortInput,
    assembled: &Assembled,
    faults: &mut Faults,
) -> Vec<Asked> {
    let mut found = vec![];
    for (at, given) in input.obligations.iter().enumerate() {
        let mut check = Check {
            problem,
            at,
            given,
            faults,
        };
        let (sets, slots) = (check.sets(), check.slots());
        let visits = given.min_visits;
        if !(visits.is_finite() && visits >= 0.0) {
            check.fault(
                Code::OutOfRange,
                "min_visits",
                &visits.to_string(),
                "0 or more",
            );
            continue;
        }
        let one = Asked {
            given: given.clone(),
            sets,
            slots,
        };
        check.fits(&one, assembled);
        found.push(one);
    }
    found
}

struct Check<'c> {
    problem: &'c Problem,
    at: usize,
    given: &'c Obligation,
    faults: &'c mut Faults,
}

impl Check<'_> {
    fn fault(&mut self, code: Code, field: &str, found: &str, expected: &str) {
        let place = Place::entry("obligations", self.at, field);
        self.faults.push(Fault::new(code, place, found, expected));
    }

    /// Runs of periods, or the periods that are named.
    fn sets(&mut self) -> Vec<Vec<usize>> {
        let known = &self.problem.calendar().periods;
        let mut named = vec![];
        for name in &self.given.periods {
            match known.iter().position(|period| period.name == *name) {
                Some(period) if !named.contains(&period) => named.push(period),
                Some(_) => self.fault(Code::DuplicateId, "periods", name, "each period once"),
                None => self.fault(Code::UnknownName, "periods", name, "the name of a period"),
            }
        }
        let count = known.len();
        match self.given.every_periods {
            None if self.given.periods.is_empty() => vec![(0..count).collect()],
            None => vec![named],
            Some(run) if !self.given.periods.is_empty() => {
                let expected = "`every_periods` or `periods`, not both";
                self.fault(
                    Code::OutOfRange,
                    "every_periods",
                    &run.to_string(),
                    expected,
                );
                vec![]
            }
            Some(run) if run == 0 || run as usize > count => {
                let expected = format!("1 to {count}, the periods of the plan");
                self.fault(
                    Code::OutOfRange,
                    "every_periods",
                    &run.to_string(),
                    &expected,
                );
                vec![]
            }
            Some(run) => {
                let runs = 0..=count - run as usize;
                runs.map(|first| (first..first + run as usize).collect())
                    .collect()
            }
        }
    }

    /// Slots with visits of that class and role.
    fn slots(&mut self) -> Vec<SlotId> {
        let problem = self.problem;
        let (class, role) = (&self.given.class, &self.given.role);
        if !class.is_empty()
            && !problem
                .markets()
                .iter()
                .any(|market| market.class == *class)
        {
            self.fault(Code::UnknownName, "class", class, "the class of a market");
        }
        if !role.is_empty() && problem.find_role(role).is_none() {
            self.fault(Code::UnknownRole, "role", role, "the id of a role");
        }
        let wanted = |id: &SlotId| {
            let slot = problem.slot(*id);
            (class.is_empty() || problem.market(slot.market).class == *class)
                && (role.is_empty() || problem.roles()[slot.role.index()].id == *role)
                && slot.visits > 0.0
                && slot.hours_per_visit > 0.0
        };
        let all = (0..problem.slots().len()).map(SlotId::at);
        all.filter(wanted).collect()
    }

    /// Whether the most visits allow what is asked for.
    fn fits(&mut self, one: &Asked, assembled: &Assembled) {
        let Some(shortest) = one.sets.iter().map(Vec::len).min() else {
            return;
        };
        let most = |id: &SlotId| assembled.most_visits(self.problem, *id) * shortest as f64;
        let least = one.slots.iter().map(|id| (most(id), *id));
        let Some((most, id)) = least.min_by(|a, b| a.0.total_cmp(&b.0)) else {
            return;
        };
        if one.given.min_visits > most {
            let slot = self.problem.slot(id);
            let market = &self.problem.market(slot.market).id;
            let role = &self.problem.roles()[slot.role.index()].id;
            let expected = format!("at most {most}, as max_visits_share allows {market}, {role}");
            let found = one.given.min_visits.to_string();
            self.fault(Code::MinAboveMax, "min_visits", &found, &expected);
        }
    }
}

impl Asked {
    /// Hours that the visits take, for each slot and set of periods.
    pub(super) fn windows<'a>(&'a self, problem: &'a Problem) -> impl Iterator<Item = Window> + 'a {
        self.slots.iter().flat_map(move |id| {
            let hours = self.given.min_visits * problem.slot(*id).hours_per_visit;
            self.sets.iter().map(move |set| Window {
                unit: id.index(),
                periods: set.clone(),
                hours,
            })
        })
    }

    /// What became of it.
    pub(super) fn line(&self, plan: &Solution, visits: &[&[f64]]) -> ObligationVisits {
        let served = || {
            self.slots
                .iter()
                .filter(|id| plan.site[id.index()].is_some())
        };
        let just = |id: &SlotId, set: &Vec<usize>| {
            let sum: f64 = set.iter().map(|period| visits[id.index()][*period]).sum();
            sum <= self.given.min_visits * (1.0 + JUST)
        };
        let at_minimum = served().flat_map(|id| self.sets.iter().map(move |set| just(id, set)));
        ObligationVisits {
            obligation: self.given.clone(),
            slots: served().count(),
            sets: served().count() * self.sets.len(),
            at_minimum: at_minimum.filter(|just| *just).count(),
        }
    }
}
