//! Why no plan satisfies all rules, and the cheapest set of relaxations that would.

use serde::Serialize;

use crate::domain::Rule;

/// What stands in the way of any plan.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Conflict {
    /// The cheapest set of relaxations found: all of them together make the problem feasible.
    pub relaxations: Vec<Relaxation>,
    /// Whether it is proved that no cheaper set exists.
    pub proved: bool,
}

/// One rule that has to give way.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Relaxation {
    /// The rule.
    pub rule: Rule,
    /// What it concerns: string ids of reps, markets, skills, regions and periods.
    pub concerns: Vec<String>,
    /// By how much the rule must give way, in its unit.
    pub amount: f64,
    /// Unit of the amount: hours, pairs, moves, money, reps or the metric's unit.
    pub unit: String,
    /// What is short and what would help, in a sentence or two.
    pub message: String,
}
