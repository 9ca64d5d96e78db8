//! From a problem to a sparse linear/integer program.

pub mod linear;

pub use linear::{LinearProgram, LinearProgramBuilder};
