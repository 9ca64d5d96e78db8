//! A plan that is kept: what it is worth in a scenario, and which rules it breaks there.
//!
//! The problem and the plan are laid out once as flat arrays ([`Compiled`]). A scenario changes some
//! entries, only what it touches is worked out again, and everything is put back ([`Evaluator`]).
//! Scenarios thus start from the same bits, whatever came before, and allocate nothing. What flat
//! arrays cannot tell – reps who join, other distances, faults – goes the long way: the changed
//! problem is made and the plan checked there.

mod compiled;
mod evaluator;
mod gains;
mod totals;

pub use compiled::Compiled;
pub use evaluator::Evaluator;
use totals::RULES;
pub use totals::Totals;

use crate::check::{Verification, verify};
use crate::domain::Problem;
use crate::fault::Faults;
use crate::plan::Plan;
use crate::scenario::{Draft, apply_draft};

use super::record::carried;

impl Evaluator<'_, '_> {
    /// Value and violations of the plan in a scenario.
    ///
    /// # Errors
    /// What is wrong with the scenario.
    ///
    /// # Panics
    /// When an edit has an id that the problem does not have.
    pub fn evaluate(&mut self, draft: &Draft) -> Result<Totals, Faults> {
        let totals = self.edit(draft).and_then(|()| self.totals());
        self.restore();
        match totals {
            Ok(totals) => Ok(totals),
            Err(_) => the_long_way(self.compiled.problem, self.compiled.plan, draft),
        }
    }

    /// Weighted value of the first level in a scenario, in money.
    pub(super) fn value(&self, draft: &Draft, totals: &Totals) -> f64 {
        let mut weights = self.compiled.problem.policy().objective.levels[0].weights;
        for (_, edit) in draft.edits() {
            if let crate::scenario::Edit::Policy {
                number: crate::scenario::PolicyNumber::Weight(0, goal),
                amount,
            } = edit
            {
                weights[*goal] = amount.of(weights[*goal]).unwrap_or(weights[*goal]);
            }
        }
        totals.goals.dot(&weights)
    }
}

/// The same by the changed problem and its check.
fn the_long_way(problem: &Problem, plan: &Plan, draft: &Draft) -> Result<Totals, Faults> {
    let changed = apply_draft(problem, draft)?;
    let there = carried(problem, plan, &changed);
    let verification = verify(&changed, &there);
    let lost = plan.served().saturating_sub(there.served());
    Ok(Totals {
        goals: verification.goals,
        broken: counted(&verification),
        lost: u32::try_from(lost).unwrap_or(u32::MAX),
    })
}

/// Violations by rule.
fn counted(verification: &Verification) -> [u32; RULES] {
    let mut broken = [0; RULES];
    for violation in &verification.violations {
        broken[violation.rule as usize] += 1;
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Rule;

    #[test]
    fn rules_stand_in_their_order() {
        let places: Vec<usize> = Rule::ALL.iter().map(|rule| *rule as usize).collect();
        assert_eq!(places, (0..RULES).collect::<Vec<_>>());
    }
}
