//! Scenarios and sweeps: changed problems, kept plans, new plans, order and determinism.

#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "tests fail by panicking; exact numbers are meant"
)]

mod apply;
mod cases;
#[path = "../common/mod.rs"]
mod common;
mod drawn;
mod kept;
mod runs;
