//! # Hours as decisions
//!
//! [`plan`] decides together who serves which slot and how many hours the slot gets in each period, where
//! the value of a visit falls with their number: the visits of a [`Problem`] are then what is usual, not
//! what must be. Hours follow the season by themselves, as the value of a period does.
//!
//! ```text
//! maximize   Σ value[s,r]·(visits[s,t]/Σ visits[s])·f(share[s,t])/f(1)·x[s,r] − travel − moves − fixed − unserved
//! subject to Σ_s visits[s,t]·hours[s,r]·share[s,t]·x[s,r] ≤ hours[r,t]    for every rep and period
//!            least ≤ share[s,t] ≤ most
//!            Σ_{t in w} visits[s,t]·share[s,t] ≥ min_visits                       for every obligation
//! ```
//!
//! with `share` the visits as a multiple of those planned. The structured solver behind it is
//! [`prices::effort`](crate::prices::effort); its check recomputes every plan.
//!
//! # Limits
//! All rules of the problem hold but for its capacity of visits as planned. Balance, concentration and moved potential
//! count visits, ways and potential as planned, whatever hours are decided. Weights of goals count; priorities do not,
//! and the plan says so where there are any.

mod assemble;
mod document;
mod exact;
mod obligations;
mod rules;
mod verified;

pub use crate::prices::effort::{Options, Unsolved};
pub(crate) use assemble::{Assembled, Places};
pub use document::{ClassHours, EffortPlan, ObligationVisits, RepHours, SlotHours};
pub(crate) use document::{Lines, tell_aside, tell_visits};
pub(crate) use verified::verified;

use crate::backend::{Backend, BackendError, SolveOptions};
use crate::check::Violation;
use crate::domain::Problem;
use crate::fault::Faults;
use crate::input::EffortInput;
use crate::prices::effort::{Fault, solve};

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The response is not as it must be: all faults.
    #[error("{0}")]
    Faults(Faults),
    /// The solver found none.
    #[error(transparent)]
    Unsolved(#[from] Unsolved),
    /// No plan keeps all rules: nobody may serve what must be served, or a general solver proved it.
    #[error(
        "no plan keeps all rules: lower min_visits_share or obligations; `plan` tells what else conflicts"
    )]
    Infeasible,
    /// A general solver failed.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// The plan breaks rules of the problem: a bug here.
    #[error("the plan breaks {} rules of the problem", .0.len())]
    Unverified(Vec<Violation>),
}

/// Decides assignments and hours by a general solver. For small problems: each response becomes straight pieces,
/// for each candidate and period; the limit has their error added.
///
/// # Errors
/// [`Error`].
pub fn plan_exactly(
    problem: &Problem,
    response: &EffortInput,
    backend: &dyn Backend,
    options: &SolveOptions<'_>,
) -> Result<EffortPlan, Error> {
    let assembled = Assembled::new(problem, response).map_err(Error::Faults)?;
    let exact = exact::solve_exactly(problem, &assembled, backend, options)?;
    Ok(EffortPlan::new(problem, &exact.solution, exact.lines))
}

/// Decides assignments and hours.
///
/// # Errors
/// [`Error`].
pub fn plan(
    problem: &Problem,
    response: &EffortInput,
    options: &Options,
    stop: &dyn Fn() -> bool,
) -> Result<EffortPlan, Error> {
    let assembled = Assembled::new(problem, response).map_err(Error::Faults)?;
    let task = assembled.task(problem, &problem.weights());
    let solution = solve(&task, options, stop).map_err(|why| match why {
        Unsolved::Faults(faults) if faults.iter().all(Fault::is_of_nobody) => Error::Infeasible,
        why => Error::Unsolved(why),
    })?;
    verified(problem, &solution).map_err(Error::Unverified)?;
    let lines = Lines::new(problem, &task, &solution, assembled.obligations());
    Ok(EffortPlan::new(problem, &solution, lines))
}
