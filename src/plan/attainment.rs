//! What is reached and what is proved.

use serde::Serialize;

/// What a level of the objective reached.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Attainment {
    /// Weighted value of the level's goals in the final plan, in money.
    pub value: f64,
    /// The same before later levels took their allowed loss; equal to `value` for the last level.
    pub best: f64,
    /// Proved limit on `best`, in money, given what earlier levels must keep; `+∞` when nothing is
    /// proved.
    pub bound: f64,
}

impl Attainment {
    /// A level whose value no later level has touched.
    #[must_use]
    pub fn new(value: f64, bound: f64) -> Self {
        Self {
            value,
            best: value,
            bound,
        }
    }

    /// (bound − best)/|bound|, 0 or more; 0 when both are 0, `+∞` when nothing is proved.
    #[must_use]
    pub fn gap(&self) -> f64 {
        let missing = (self.bound - self.best).max(0.0);
        if missing <= 0.0 {
            0.0
        } else if self.bound.is_finite() {
            missing / self.bound.abs().max(f64::MIN_POSITIVE)
        } else {
            f64::INFINITY
        }
    }
}
