//! A plan in force, and the best that can be made of it when something changes.

use std::sync::Arc;

use super::Error;
use crate::backend::Cancel;
use crate::check::verify;
use crate::domain::Problem;
use crate::engine::{Engine, Outcome};
use crate::plan::Plan;
use crate::prices::{self, Start};
use crate::scenario::{Draft, Names, Scenario, apply_draft};
use crate::sweep::carried;

/// What a solve came to.
#[derive(Clone, Debug)]
pub(super) struct Best {
    /// The plan with its value in money; it has passed the check.
    pub(super) plan: Option<(Plan, f64)>,
    /// Proved limit in money on the value of any plan; `−∞` where there is none, `+∞` where nothing
    /// is proved.
    pub(super) bound: f64,
    /// Whether it is proved that no plan keeps the rules.
    pub(super) infeasible: bool,
    /// Why there is no plan; empty where there is one.
    pub(super) reason: String,
}

impl Best {
    pub(super) fn value(&self) -> Option<f64> {
        self.plan.as_ref().map(|plan| plan.1)
    }

    /// Takes another plan of the same problem if it keeps the rules and is better.
    pub(super) fn offer(&mut self, problem: &Problem, plan: &Plan) {
        if let Some(value) = value_of(problem, plan)
            && self.value().is_none_or(|own| value > own)
        {
            self.plan = Some((plan.clone(), value));
            self.bound = self.bound.max(value);
            (self.infeasible, self.reason) = (false, String::new());
        }
    }
}

/// Value of a plan on the most important level, in money; none if it breaks a rule.
pub(super) fn value_of(problem: &Problem, plan: &Plan) -> Option<f64> {
    let verification = verify(problem, plan);
    verification.is_valid().then(|| verification.values[0])
}

/// (bound − value)/|bound|, 0 or more; none where nothing is proved.
pub(super) fn gap(value: f64, bound: f64) -> Option<f64> {
    let gap = crate::plan::Attainment::new(value, bound).gap();
    gap.is_finite().then_some(gap)
}

/// A plan in force.
pub(super) struct InForce<'a> {
    pub(super) problem: &'a Problem,
    pub(super) plan: &'a Plan,
    engine: Engine,
    start: Start,
}

impl<'a> InForce<'a> {
    /// Prices of the problem as it is are found once, and every solve begins at them.
    pub(super) fn new(problem: &'a Problem, plan: &'a Plan, engine: &Engine) -> Self {
        let cancel: Cancel = engine.flag().clone();
        let options = prices::Options {
            weights: problem.policy().objective.levels[0].weights,
            relative_gap: engine.gap(),
            searches: 1,
            threads: 1,
            seed: 0,
            stop: &|| cancel.is_cancelled(),
            progress: &|_, _| {},
            start: None,
        };
        Self {
            problem,
            plan,
            start: Start::of(problem, &options, None),
            engine: engine.clone().threads(1),
        }
    }

    /// The problem after a scenario, with moves counted and priced against the plan, and the plan
    /// in its terms. What a rep had who left has no current rep.
    pub(super) fn after(
        &self,
        scenario: &Scenario,
        max_moves: Option<u32>,
    ) -> Result<(Problem, Plan), Error> {
        let mut draft = Draft::default();
        Names::new(self.problem).draft(scenario, &mut draft)?;
        let mut changed = apply_draft(self.problem, &draft)?;
        let known = carried(self.problem, self.plan, &changed);
        count_against(&mut changed, &known, max_moves);
        Ok((changed, known))
    }

    /// The best plan of a changed problem, begun at a plan if there is one.
    pub(super) fn solve(&self, changed: &Problem, known: Option<&Plan>) -> Result<Best, Error> {
        let ids = changed.reps().iter();
        let ids = ids.map(|rep| Some(self.problem.find_rep(&rep.id)?.index()));
        let reps: Vec<Option<usize>> = ids.collect();
        let start = self.start.carried(&reps, known.cloned());
        solve(&self.engine.clone().start(Arc::new(start)), changed)
    }
}

/// Counts moves against a plan from now on.
pub(super) fn count_against(problem: &mut Problem, plan: &Plan, max_moves: Option<u32>) {
    for (slot, rep) in problem.slots.iter_mut().zip(&plan.coverage) {
        slot.current = *rep;
    }
    problem.policy.max_moves = max_moves;
}

/// The best plan of a problem.
pub(super) fn solve(engine: &Engine, problem: &Problem) -> Result<Best, Error> {
    Ok(match engine.solve(problem)? {
        Outcome::Solved(solved) => Best {
            bound: solved.bound(),
            plan: Some((solved.plan, solved.levels[0].value)),
            infeasible: false,
            reason: String::new(),
        },
        Outcome::Infeasible(conflict) => Best {
            plan: None,
            bound: f64::NEG_INFINITY,
            infeasible: true,
            reason: conflict.to_string(),
        },
        Outcome::NoPlan(why) => Best {
            plan: None,
            bound: why.bound,
            infeasible: false,
            reason: why.to_string(),
        },
    })
}
