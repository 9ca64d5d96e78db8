//! Rival comparisons.
fn main() {}
