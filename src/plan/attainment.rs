//! What is reached and what is proved.

use serde::Serialize;

/// What a level of the objective reached.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Attainment {
    /// Weighted value of the level's goals, in money.
    pub value: f64,
    /// Proved limit on it, in money, given what earlier levels must keep; `+∞` when nothing is proved.
    pub bound: f64,
}

impl Attainment {
    /// (bound − value)/|bound|, 0 or more; 0 when both are 0, `+∞` when nothing is proved.
    #[must_use]
    pub fn gap(&self) -> f64 {
        let missing = (self.bound - self.value).max(0.0);
        if missing <= 0.0 {
            0.0
        } else if self.bound.is_finite() {
            missing / self.bound.abs().max(f64::MIN_POSITIVE)
        } else {
            f64::INFINITY
        }
    }
}
