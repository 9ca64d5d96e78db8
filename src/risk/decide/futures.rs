//! What each plan is worth in each scenario.
//!
//! A scenario changes potentials, margins and losses of unserved work. Rules, moves, balances and
//! all other costs are those of the problem as it is, so the same plans are valid in every scenario,
//! and the value of a plan is linear in the scenario: a mixture of scenarios is a problem with
//! mixed margins (net worth over potential) and mixed losses.

use crate::check::verify;
use crate::domain::{Goal, Goals, Problem, SlotId};
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
}

impl<'p> Futures<'p> {
    pub(super) fn new(problem: &'p Problem, scenarios: &[Scenario]) -> Result<Self, Faults> {
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
        faults.or(futures)
    }

    fn add(&mut self, at: usize, scenario: &Scenario, changed: &Problem, faults: &mut Faults) {
        if let Some(what) = other_change(self.problem, changed) {
            let place = Place::entry("scenarios", at, "changes");
            let found = format!("{}: {what}", scenario.id);
            let expected = "changes of values: potential, competitor, margin, price, unserved_loss";
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
    }

    pub(super) fn count(&self) -> usize {
        self.ids.len()
    }

    /// The problem with the values of a mixture of scenarios.
    pub(super) fn mixed(&self, mixture: &[f64]) -> Problem {
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

    /// The problem with the values of one scenario.
    pub(super) fn alone(&self, scenario: usize) -> Problem {
        let mut mixture = vec![0.0; self.count()];
        mixture[scenario] = 1.0;
        self.mixed(&mixture)
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
        Some(self.margins.iter().zip(&self.losses).map(value).collect())
    }
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

/// What a scenario changes besides values, if anything.
fn other_change(before: &Problem, after: &Problem) -> Option<&'static str> {
    if before.reps() != after.reps() {
        return Some("it changes who is there, hours or abilities");
    }
    if before.visits != after.visits {
        return Some("it changes visits");
    }
    if before.policy() != after.policy() {
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
