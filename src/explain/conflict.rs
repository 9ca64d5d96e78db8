//! Why no plan satisfies all rules, and the cheapest set of relaxations that would.
//!
//! The elastic form of the problem lets every rule give way at a price
//! ([`crate::program::formulate_elastic`]); what gives way in its optimum is the answer.

use std::fmt;

use serde::Serialize;

use super::relief;
use super::shortage::Shortages;
use crate::backend::{Backend, BackendError, Proved, Scaled, SolveOptions, Stopped};
use crate::domain::{Problem, Rule};
use crate::program::{RowKind, formulate_elastic};

/// Amounts of relief below this are rounding, in the unit of the rule.
const SMALLEST_RELIEF: f64 = 1e-6;

/// What stands in the way of any plan.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Conflict {
    /// The cheapest set of relaxations found: all of them together make the problem feasible.
    /// Empty when none was found in the time allowed.
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
    /// Unit of the amount: hours, pairs, moves, money, reps, a share of all potential, or the metric's
    /// unit.
    pub unit: String,
    /// What is short and what would help, in a sentence or two.
    pub message: String,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.relaxations.is_empty() {
            return f.write_str(
                "No plan satisfies all rules. Which of them would have to give way was not found \
                 in the time allowed.",
            );
        }
        f.write_str("No plan satisfies all rules. Together these changes make one possible")?;
        f.write_str(if self.proved {
            ", and no smaller set does:"
        } else {
            "; a smaller set may do:"
        })?;
        for relaxation in &self.relaxations {
            write!(f, "\n  {}: {}", relaxation.rule, relaxation.message)?;
        }
        Ok(())
    }
}

/// Finds the cheapest set of relaxations that makes an infeasible problem feasible.
///
/// # Errors
/// When the backend fails.
pub fn find(
    problem: &Problem,
    backend: &dyn Backend,
    options: &SolveOptions<'_>,
) -> Result<Conflict, BackendError> {
    let elastic = formulate_elastic(problem);
    let mut answer = Scaled::new(backend)
        .load(&elastic.program)?
        .solve(options)?;
    if answer.stopped == Stopped::Numerical {
        // Whole numbers that are whole within a solver's tolerance can miss definitions of large
        // amounts once they are scaled back.
        answer = backend.load(&elastic.program)?.solve(options)?;
    }
    let Some(point) = &answer.point else {
        return Ok(Conflict::default());
    };
    let plan = elastic.decode(problem, &point.values);
    let mut shortages = Shortages::default();
    let mut relaxations = Vec::new();
    for relief in &elastic.reliefs {
        let amount = point.values[relief.column as usize];
        if amount <= SMALLEST_RELIEF {
            continue;
        }
        match relief.kind {
            RowKind::Mandatory(slot) => shortages.unserved(problem, slot),
            RowKind::Capacity(rep, period) => {
                shortages.overloaded(problem, &plan, rep, period as usize, amount);
            }
            kind => relaxations.push(relief::describe(problem, &plan, kind, amount)),
        }
    }
    relaxations.extend(shortages.describe(problem, &plan));
    relaxations.sort_by(|a: &Relaxation, b| a.rule.cmp(&b.rule).then(a.message.cmp(&b.message)));
    relaxations.dedup_by(|next, kept| next.message == kept.message);
    Ok(Conflict {
        relaxations,
        proved: answer.proved == Proved::Optimal,
    })
}
