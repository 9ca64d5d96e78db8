//! Decisions when the future is not known.
//!
//! - [`contingency()`]: for each event the best reaction within a number of moves, made in advance;
//! - [`threshold()`]: how far a number must move before another plan is worth it;
//! - [`frontier()`]: value against a limit, a number of reps or a budget of hours;
//! - [`decide()`]: the plan that is best for the mean, the worst tail or regret of many futures;
//! - [`commit()`]: spend that is committed before it is known which future comes.
//!
//! Values are those of the most important level of the objective, in money; every plan has passed
//! [`crate::check::verify`]. A bound is a proved limit, and what is said from values alone is said
//! to be so.

pub mod commit;
pub mod contingency;
pub mod decide;
mod force;
pub mod frontier;
pub mod threshold;
mod words;

pub use commit::commit;
pub use contingency::contingency;
pub use decide::decide;
pub use frontier::frontier;
pub use threshold::threshold;

use crate::fault::Faults;

/// Why nothing can be said.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// What was asked for has faults.
    #[error("{0}")]
    Faults(Faults),
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] crate::engine::Error),
    /// The solver behind it failed.
    #[error(transparent)]
    Backend(#[from] crate::backend::BackendError),
}

impl From<Faults> for Error {
    fn from(faults: Faults) -> Self {
        Self::Faults(faults)
    }
}
