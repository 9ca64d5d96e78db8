//! # Hours and money in one plan
//!
//! [`plan`] decides together who serves which slot with how many hours ([`effort`](crate::effort)), and how much
//! money each channel gets ([`budget`](crate::budget)), where the two depend on each other: responses to spend take hours of reps to
//! follow them up, and what nobody follows up brings nothing; and one sum of money may have to pay for
//! spend, reps, overtime and travel.
//!
//! ```text
//! maximize   effort + Σ followed[c,t,g]·margin[c]·response[c,t,g](spend) − fees
//! subject to the limits of both
//!            hours of slots + hours of follow-ups ≤ hours and overtime     for every rep and period
//!            hours of follow-ups = hours_per_response·followed·response,  0 ≤ followed ≤ 1
//!            fixed costs of reps + overtime + travel + spend ≤ shared_money
//! ```
//!
//! The solver behind it is [`prices::joint`](crate::prices::joint); its check recomputes every plan.

mod assemble;
mod document;
mod summary;

pub use crate::prices::effort::Options;
pub use crate::prices::joint::Unsolved;
pub use document::{FollowedCell, FollowedChannel, JointPlan, JointRep, TeamHours};

use crate::check::Violation;
use crate::domain::{BudgetProblem, Goals, Problem};
use crate::effort::{Assembled, Lines, verified};
use crate::fault::Faults;
use crate::input::{EffortInput, JointInput};
use crate::prices::effort;
use crate::prices::joint::solve;

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The response to visits is not as it must be: all faults.
    #[error("{0}")]
    Response(Faults),
    /// What joins hours and money, or the budget beside the problem, is not as it must be: all faults.
    #[error("{0}")]
    Links(Faults),
    /// Nobody may serve what must be served.
    #[error(
        "no plan keeps all rules: nobody may serve what must be served; `plan` tells who and why"
    )]
    Infeasible,
    /// The solver found none.
    #[error(transparent)]
    Unsolved(#[from] Unsolved),
    /// The plan breaks rules of the problem: a bug here.
    #[error("the plan breaks {} rules of the problem", .0.len())]
    Unverified(Vec<Violation>),
}

/// Decides assignments, hours and money.
///
/// # Errors
/// [`Error`].
pub fn plan(
    (problem, response): (&Problem, &EffortInput),
    budget: &BudgetProblem,
    links: &JointInput,
    options: &Options,
    stop: &dyn Fn() -> bool,
) -> Result<JointPlan, Error> {
    let assembled = Assembled::new(problem, response).map_err(Error::Response)?;
    // Costs are paid from money that may be shared, so goals count as they are.
    let task = assembled.task(problem, &Goals::all(1.0));
    let joined = assemble::join(problem, budget, links).map_err(Error::Links)?;
    let task = joined.task(task, budget);
    let solution = solve(&task, options, stop).map_err(|why| match why {
        Unsolved::Effort(effort::Unsolved::Faults(faults))
            if faults.iter().all(effort::Fault::is_of_nobody) =>
        {
            Error::Infeasible
        }
        why => Error::Unsolved(why),
    })?;
    verified(problem, &solution.effort).map_err(Error::Unverified)?;
    let obligations = assembled.obligations();
    let mut lines = Lines::new(problem, &task.effort, &solution.effort, obligations);
    if problem.weights() != Goals::all(1.0) {
        lines.left_aside.push("weights of goals");
    }
    Ok(document::document(
        (problem, budget),
        (&task, &joined),
        &solution,
        lines,
    ))
}
