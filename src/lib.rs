//! Decides who sells where.
#![deny(unsafe_code)]

pub mod backend;
pub mod fault;
pub mod input;
pub mod program;
