//! What each plan is worth in each scenario.
//!
//! A scenario changes potentials, margins and losses of unserved work, hours, and who is there.
//! Rules, moves, balances, fixed costs and all other costs are those of the problem as it is, so the
//! same plans are valid in every scenario, and the value of a plan is linear in the values of the
//! scenario: a mixture of scenarios is a problem with mixed margins (net worth over potential) and
//! mixed losses. What changed hours do to a plan is in [`super::events`].

use super::events::{Cuts, Event, recourse};
use crate::check::verify;
use crate::domain::{CandidateId, Goal, Goals, Problem, Rep, SlotId};
use crate::engine::Engine;
use crate::fault::{Code, Fault, Faults, Place};
use crate::plan::Plan;
use crate::scenario::{Draft, Names, Scenario, apply_draft};

/// Scenarios of values of one problem.
#[derive(Debug)]
pub(super) struct Futures<'p> {
    pub(super) problem: &'p Problem,
    pub(super) weights: Goals,
    pub(super) ids: Vec<String>,
    /// Adding up to 1.
    pub(super) probabilities: Vec<f64>,
    /// For each scenario, net worth over potential of each market.
    margins: Vec<Vec<f64>>,
    /// For each scenario, the loss of each slot.
    losses: Vec<Vec<f64>>,
    /// Value of each candidate at a margin of 1, in money.
    unit: Vec<f64>,
    /// For each scenario, the reps whose hours it changes.
    pub(super) events: Vec<Vec<Event>>,
    /// Candidates of each rep whose hours some scenario changes.
    of_rep: Vec<Vec<CandidateId>>,
    pub(super) engine: &'p Engine,
}

impl<'p> Futures<'p> {
    pub(super) fn new(
        problem: &'p Problem,
        scenarios: &[Scenario],
        engine: &'p Engine,
    ) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let levels = &problem.policy().objective.levels;
        if levels.len() > 1 {
            let place = Place::section("policy", "priorities");
            let found = format!("{} levels", levels.len());
            faults.push(Fault::new(Code::SeveralLevels, place, found, "one level"));
        }
        let mut unit = problem.clone();
        unit.markets
            .iter_mut()
            .for_each(|market| market.margin = 1.0);
        unit.refresh_candidates();
        let mut futures = Self {
            problem,
            weights: levels[0].weights,
            ids: Vec::new(),
            probabilities: probabilities(scenarios, &mut faults),
            margins: Vec::new(),
            losses: Vec::new(),
            unit: unit.candidates.iter().map(|own| own.value).collect(),
            events: Vec::new(),
            of_rep: vec![Vec::new(); problem.reps().len()],
            engine,
        };
        let names = Names::new(problem);
        let mut draft = Draft::default();
        for (at, scenario) in scenarios.iter().enumerate() {
            let changed = names.draft(scenario, &mut draft);
            match changed.and_then(|()| apply_draft(problem, &draft)) {
                Ok(changed) => futures.add(at, scenario, &changed, &mut faults),
                Err(more) => faults.extend(more),
            }
        }
        futures.list_candidates(&mut faults);
        faults.or(futures)
    }

    fn add(&mut self, at: usize, scenario: &Scenario, changed: &Problem, faults: &mut Faults) {
        if let Some(what) = other_change(self.problem, changed) {
            let place = Place::entry("scenarios", at, "changes");
            let found = format!("{}: {what}", scenario.id);
            let expected = "changes of potential, competitor, margin, price, unserved_loss, hours, \
                            leave, or a rep who leaves";
            faults.push(Fault::new(Code::NotOfValues, place, found, expected));
            return;
        }
        let pairs = self.problem.markets().iter().zip(changed.markets());
        let margins = pairs.map(|(before, after)| {
            if after.potential.total_cmp(&before.potential).is_eq() {
                after.margin
            } else {
                after.margin * (after.potential / before.potential)
            }
        });
        self.margins.push(margins.collect());
        let losses = changed.slots().iter().map(|slot| slot.unserved_loss);
        self.losses.push(losses.collect());
        let id = if scenario.id.is_empty() {
            at.to_string()
        } else {
            scenario.id.clone()
        };
        self.ids.push(id);
        self.events.push(events(self.problem, changed));
    }

    /// Lists the candidates of reps whose hours change.
    fn list_candidates(&mut self, faults: &mut Faults) {
        let mut listed = vec![false; self.of_rep.len()];
        for event in self.events.iter().flatten() {
            listed[event.rep] = true;
        }
        if listed.contains(&true) && self.weights[Goal::Contribution] <= 0.0 {
            let place = Place::section("policy", "weights.contribution");
            let expected = "a weight above 0 where scenarios change hours";
            faults.push(Fault::new(Code::NotOfValues, place, "0", expected));
        }
        for (at, candidate) in self.problem.candidates().iter().enumerate() {
            if listed[candidate.rep.index()] {
                self.of_rep[candidate.rep.index()].push(CandidateId::at(at));
            }
        }
    }

    /// Candidates of a rep whose hours some scenario changes.
    pub(super) fn candidates_of(&self, rep: usize) -> &[CandidateId] {
        &self.of_rep[rep]
    }

    /// Whether what is done after an event is to be decided.
    pub(super) fn has_recourse(&self) -> bool {
        self.events.iter().flatten().any(|event| !event.left)
    }

    /// What a candidate brings in a scenario beyond leaving the slot unserved, overtime aside.
    pub(super) fn worth(&self, scenario: usize, id: CandidateId) -> f64 {
        let candidate = self.problem.candidate(id);
        let market = self.problem.slot(candidate.slot).market.index();
        let travel = self.problem.policy().travel.cost_per_km * self.problem.travel_km(candidate);
        self.weights[Goal::Contribution] * self.unit[id.index()] * self.margins[scenario][market]
            - self.weights[Goal::Travel] * travel
            + self.weights[Goal::Unserved] * self.losses[scenario][candidate.slot.index()]
    }

    /// Hours that a candidate takes in each period.
    pub(super) fn hours(&self, id: CandidateId) -> impl Iterator<Item = f64> + '_ {
        let candidate = self.problem.candidate(id);
        let visits = self.problem.visits_of(candidate.slot).iter();
        visits.map(|visits| visits * candidate.hours_per_visit)
    }

    /// Weighted cost of an hour of overtime of a rep, in money.
    pub(super) fn overtime_price(&self, rep: usize) -> f64 {
        self.weights[Goal::Overtime] * self.problem.reps()[rep].overtime_cost_per_hour
    }

    pub(super) fn count(&self) -> usize {
        self.ids.len()
    }

    /// A problem whose best value, with the room of the cuts, is a limit on the weighted mean of the
    /// values of any plan: exact where no scenario changes hours and nobody leaves.
    pub(super) fn mixed(&self, mixture: &[f64], cuts: &Cuts) -> Problem {
        let mut problem = self.valued(mixture);
        let mut bonus = vec![0.0; self.unit.len()];
        let parts = || mixture.iter().enumerate().filter(|(_, part)| **part > 0.0);
        for (scenario, part) in parts() {
            for (at, event) in self.events[scenario].iter().enumerate() {
                let cost = &mut problem.reps[event.rep].overtime_cost_per_hour;
                *cost -= part * self.problem.reps()[event.rep].overtime_cost_per_hour;
                for &id in self.candidates_of(event.rep) {
                    let beyond = cuts.beyond(self, (scenario, at), id);
                    bonus[id.index()] += part * beyond / self.weights[Goal::Contribution];
                }
            }
        }
        for rep in &mut problem.reps {
            rep.overtime_cost_per_hour = rep.overtime_cost_per_hour.max(0.0);
        }
        let entries = problem.candidates.iter().zip(bonus);
        problem.bonus = entries
            .filter(|(_, bonus)| *bonus != 0.0)
            .map(|(own, bonus)| (own.slot, own.rep, own.base, bonus))
            .collect();
        problem.refresh_candidates();
        problem
    }

    /// The problem with the values of a mixture of scenarios, events aside.
    pub(super) fn valued(&self, mixture: &[f64]) -> Problem {
        let mut problem = self.problem.clone();
        let parts = || mixture.iter().enumerate().filter(|(_, part)| **part > 0.0);
        for (at, market) in problem.markets.iter_mut().enumerate() {
            market.margin = parts().map(|(s, part)| part * self.margins[s][at]).sum();
        }
        for (at, slot) in problem.slots.iter_mut().enumerate() {
            slot.loss_share = None;
            slot.unserved_loss = parts().map(|(s, part)| part * self.losses[s][at]).sum();
        }
        problem.refresh_candidates();
        problem
    }

    /// The mixture that is one scenario.
    pub(super) fn alone(&self, scenario: usize) -> Vec<f64> {
        let mut mixture = vec![0.0; self.count()];
        mixture[scenario] = 1.0;
        mixture
    }

    /// Value of a plan in each scenario, in money; none where it breaks a rule.
    pub(super) fn values(&self, plan: &Plan) -> Option<Vec<f64>> {
        let verification = verify(self.problem, plan);
        if !verification.is_valid() {
            return None;
        }
        let goals = &verification.goals;
        let contribution = self.weights[Goal::Contribution];
        let unserved = self.weights[Goal::Unserved];
        let same = goals.dot(&self.weights)
            - contribution * goals[Goal::Contribution]
            - unserved * goals[Goal::Unserved];
        let slots: Vec<(usize, Option<f64>)> = (0..self.problem.slots().len())
            .map(|slot| {
                let slot = SlotId::at(slot);
                let market = self.problem.slot(slot).market.index();
                let candidate = plan.candidate(self.problem, slot);
                (market, candidate.map(|own| self.unit[own.index()]))
            })
            .collect();
        let value = |(margins, losses): (&Vec<f64>, &Vec<f64>)| {
            let each = slots.iter().zip(losses).map(|((market, unit), loss)| {
                unit.map_or(-unserved * loss, |unit| {
                    contribution * unit * margins[*market]
                })
            });
            same + each.sum::<f64>()
        };
        let mut values: Vec<f64> = self.margins.iter().zip(&self.losses).map(value).collect();
        for (scenario, value) in values.iter_mut().enumerate() {
            for event in &self.events[scenario] {
                *value += recourse(self, scenario, event, plan)
                    - self.as_planned(scenario, event.rep, plan);
            }
        }
        Some(values)
    }

    /// What a rep brings in a scenario without its events: worth of the markets less overtime.
    fn as_planned(&self, scenario: usize, rep: usize, plan: &Plan) -> f64 {
        let hours = &self.problem.reps()[rep].hours;
        let mut load = vec![0.0; hours.len()];
        let mut worth = 0.0;
        for &id in self.candidates_of(rep) {
            let slot = self.problem.candidate(id).slot;
            if plan.candidate(self.problem, slot) == Some(id) {
                worth += self.worth(scenario, id);
                load.iter_mut()
                    .zip(self.hours(id))
                    .for_each(|(load, own)| *load += own);
            }
        }
        let over = load
            .iter()
            .zip(hours.iter())
            .map(|(load, hours)| (load - hours).max(0.0));
        worth - self.overtime_price(rep) * over.sum::<f64>()
    }
}

/// The reps whose hours a scenario changes, those who leave among them.
fn events(before: &Problem, after: &Problem) -> Vec<Event> {
    let mut events = Vec::new();
    for (at, rep) in before.reps().iter().enumerate() {
        let now = after.find_rep(&rep.id).map(|id| after.rep(id));
        let same = |now: &Rep| now.hours == rep.hours && now.overtime_hours == rep.overtime_hours;
        if now.is_some_and(same) {
            continue;
        }
        events.push(Event {
            rep: at,
            left: now.is_none(),
            hours: now.map_or_else(Vec::new, |now| now.hours.to_vec()),
            overtime: now.map_or_else(Vec::new, |now| now.overtime_hours.to_vec()),
        });
    }
    events
}

/// Probabilities that add up to 1; equal ones where none is stated.
fn probabilities(scenarios: &[Scenario], faults: &mut Faults) -> Vec<f64> {
    let place = |at| Place::entry("scenarios", at, "probability");
    if scenarios.is_empty() {
        let place = Place::section("scenarios", "");
        faults.push(Fault::new(
            Code::EmptyTable,
            place,
            "none",
            "a scenario or more",
        ));
    }
    let stated = scenarios.iter().any(|one| one.probability.is_some());
    let mut parts = Vec::with_capacity(scenarios.len());
    for (at, scenario) in scenarios.iter().enumerate() {
        let part = match scenario.probability {
            // What is out of range is a fault of the scenario itself.
            Some(part) => part,
            None if stated => {
                let expected = "a probability, as other scenarios have one";
                faults.push(Fault::new(Code::MissingNumber, place(at), "none", expected));
                0.0
            }
            None => 1.0,
        };
        parts.push(part);
    }
    let total: f64 = parts.iter().sum();
    if total > 0.0 {
        parts.iter_mut().for_each(|part| *part /= total);
    } else if faults.is_empty() {
        let place = Place::section("scenarios", "probability");
        let found = format!("{total} in all");
        faults.push(Fault::new(Code::OutOfRange, place, found, "above 0 in all"));
    }
    parts
}

/// What a scenario changes besides values, hours and reps who leave, if anything.
fn other_change(before: &Problem, after: &Problem) -> Option<&'static str> {
    for rep in after.reps() {
        let Some(known) = before.find_rep(&rep.id).map(|id| before.rep(id)) else {
            return Some("it adds a rep");
        };
        let mut same = rep.clone();
        same.hours.clone_from(&known.hours);
        same.overtime_hours.clone_from(&known.overtime_hours);
        if same != *known {
            return Some("it changes abilities, limits or costs of reps");
        }
    }
    if before.visits != after.visits {
        return Some("it changes visits");
    }
    let mut policy = after.policy().clone();
    if after.reps().len() < before.reps().len() {
        // Shares of those who stay grow; the plan keeps the balance of the problem as it is.
        for (balance, known) in policy.balance.iter_mut().zip(&before.policy().balance) {
            balance.shares.clone_from(&known.shares);
        }
    }
    if policy != *before.policy() {
        return Some("it changes the policy");
    }
    let slots = || before.slots().iter().zip(after.slots());
    if slots().any(|(a, b)| a.hours_per_visit.total_cmp(&b.hours_per_visit).is_ne()) {
        return Some("it changes hours of visits");
    }
    let markets = before.markets().iter().zip(after.markets());
    for (a, b) in markets {
        if a.potential <= 0.0 && b.potential > 0.0 {
            return Some("it gives potential to a market that has none");
        }
    }
    None
}
