//! Rows, columns and objective scaled by powers of two.

/// Factors.
#[derive(Clone, Debug)]
pub struct Scaling;
/// A session over a scaled program.
#[derive(Clone, Debug)]
pub struct Scaled;
