//! Answers in planning words: why this rep, what binds, what conflicts, what changed.

mod binding;
pub mod conflict;
mod diff;
mod relief;
mod shortage;
mod why;
pub(crate) mod words;

pub use binding::{HourValue, hour_values};
pub use conflict::{Conflict, Relaxation};
pub use diff::{Difference, SlotChange, difference};
pub use why::{Barred, Choice, Why, why};
