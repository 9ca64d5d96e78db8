//! Thousands of futures: a plan, or a new plan, for every scenario.

mod record;

pub use record::{Outcome, Record, Sink, Status, carried};
