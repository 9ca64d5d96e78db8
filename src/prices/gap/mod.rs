//! Generalized assignment.

mod bound;
mod control;
mod core;
mod fixing;
mod improve;
mod instance;
mod knapsack;
mod lanes;
mod solve;
mod start;
mod tree;

pub use instance::{Instance, InstanceError};
pub use solve::{Options, Sense, Solution, Status, solve};
