//! Decides who sells where.
pub mod backend;
pub mod program;
