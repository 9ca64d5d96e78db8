//! Answers in planning words.

pub mod conflict;

pub use conflict::Conflict;
