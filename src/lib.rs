//! Decides who sells where.
#![deny(unsafe_code)]

pub mod backend;
pub mod check;
pub mod domain;
pub mod engine;
pub mod explain;
pub mod fault;
pub mod input;
pub mod plan;
pub mod program;
#[cfg(feature = "report")]
pub mod report;
pub mod strategy;
