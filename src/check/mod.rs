//! Recomputes every rule and every goal of a plan from the problem alone.
//!
//! Nothing here is shared with the formulation or with any solver: distances, values, hours and
//! totals are worked out again from the reps, markets and policy of the [`Problem`]. One file
//! holds one rule, under the name that the rule has everywhere, with the goal that belongs to it.

mod assignment;
mod balance;
mod capacity;
mod claims;
mod concentration;
mod continuity;
mod count;
mod eligibility;
mod facts;
mod families;
mod goals;
mod locks;
mod roles;
mod sizing;
pub mod tolerance;
mod travel;
mod unserved;
mod words;

use serde::Serialize;

use crate::domain::{Goals, Problem, Rule};
use crate::plan::Plan;
use facts::Facts;

pub use claims::{Mismatch, compare};

/// What the check found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verification {
    /// Rules that the plan breaks, by rule, then by place. Empty for a valid plan.
    pub violations: Vec<Violation>,
    /// Value of each goal, in money. An assignment to a rep who does not exist or works from no
    /// base counts as unserved here.
    pub goals: Goals,
    /// Weighted value of each level of the objective, in money.
    pub values: Vec<f64>,
}

impl Verification {
    /// Whether the plan keeps every rule.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.violations.is_empty()
    }
}

/// A rule that a plan breaks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Violation {
    /// The rule.
    pub rule: Rule,
    /// Code of the rule, such as `R104`.
    pub code: &'static str,
    /// String ids of what it concerns.
    pub concerns: Vec<String>,
    /// What the plan has, in the rule's unit.
    pub found: f64,
    /// The limit that it misses, in the same unit.
    pub limit: f64,
    /// The violation in a sentence.
    pub message: String,
}

impl Violation {
    fn new(rule: Rule, concerns: &[&str], (found, limit): (f64, f64), message: String) -> Self {
        Self {
            rule,
            code: rule.code(),
            concerns: concerns.iter().map(|&id| id.to_owned()).collect(),
            found,
            limit,
            message,
        }
    }
}

/// Checks a plan against every rule and recomputes its goals. A plan of the wrong shape breaks the
/// rules `assignment` or `sizing`; no plan makes it panic.
#[must_use]
pub fn verify(problem: &Problem, plan: &Plan) -> Verification {
    let facts = Facts::of(problem, plan);
    let mut violations = Vec::new();
    assignment::check(&facts, plan, &mut violations);
    eligibility::check(&facts, &mut violations);
    roles::check(&facts, &mut violations);
    capacity::check(&facts, &mut violations);
    count::check(&facts, &mut violations);
    balance::check(&facts, &mut violations);
    locks::check(&facts, &mut violations);
    families::check(&facts, &mut violations);
    continuity::check(&facts, &mut violations);
    travel::check(&facts, &mut violations);
    unserved::check(&facts, &mut violations);
    sizing::check(&facts, plan, &mut violations);
    concentration::check(&facts, &mut violations);
    let goals = goals::recompute(&facts);
    Verification {
        violations,
        goals,
        values: goals::values(problem, &goals),
    }
}
