//! Exact solvers that price scarce things: pure mathematics, no domain types.

pub mod location;
