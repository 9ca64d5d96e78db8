//! What may happen: scenarios as typed changes to a [`Problem`](crate::domain::Problem).
//!
//! A [`Scenario`] is a list of [`Change`]s with string ids, as people write them. [`Names`] turns it
//! into a [`Draft`] of [`Edit`]s with dense ids, which generators may also make themselves.
//! [`apply()`] makes the changed problem; its numbers are held to the ranges of the input, and
//! everything that follows from them (values, hours, who may serve what) is worked out again.
//!
//! Scenarios come from anything that implements [`Scenarios`]: a list, a [`Grid`], [`OneAtATime`],
//! [`Leavers`], [`MonteCarlo`]; or from files, see [`read`].

mod apply;
mod axes;
mod change;
mod draws;
mod edit;
mod generate;
mod names;
pub(crate) mod numbers;
mod policy;
#[cfg(feature = "files")]
pub mod read;
mod whole;

pub use apply::{apply, apply_draft};
pub use axes::{Axes, Combine};
pub use change::{Ability, Amount, Change, Markets, NewRep, Reps, Scenario};
pub use draws::{Distribution, Draws, Event, MonteCarlo, Sampling, Uncertain};
pub use edit::{Draft, Edit, Factors, PolicyNumber, Scaled};
pub use generate::{Axis, Grid, Leavers, Level, OneAtATime, Scenarios};
pub use names::Names;
