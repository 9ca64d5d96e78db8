//! Straight pieces with a proved error.
//!
//! On a part of one curvature the curve differs most from a chord where its slope is the chord's, so the
//! error of each chord is computed, not estimated. A part is split there until the error is small.

use super::Curve;
use super::kernel::Kernel;

/// Pieces at most, whatever the error asked for.
const MOST_PIECES: usize = 100_000;
/// Halvings of the interval of a slope on a convex part.
const STEPS: usize = 100;

/// A curve as straight lines between points of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Pieces {
    /// Amounts, rising.
    pub x: Vec<f64>,
    /// The curve's values there.
    pub y: Vec<f64>,
    /// The curve and the lines differ by at most this, anywhere between the ends.
    pub error: f64,
}

impl Curve {
    /// Straight pieces on [lo, hi] that differ from the curve by at most `error` > 0, unless that
    /// takes more than 100 000 pieces: [`Pieces::error`] says what was reached.
    ///
    /// # Panics
    /// If lo or hi is not finite, lo is negative or above hi, or `error` is not above 0.
    #[must_use]
    pub fn pieces(&self, lo: f64, hi: f64, error: f64) -> Pieces {
        let holds = lo >= 0.0 && lo <= hi && hi.is_finite() && error > 0.0;
        assert!(holds, "[{lo}, {hi}] within {error} cannot be had");
        let mut pieces = Pieces {
            x: vec![lo],
            y: vec![self.value(lo)],
            error: 0.0,
        };
        let mut ends = self.corners(lo, hi);
        ends.reverse();
        let mut from = lo;
        while let Some(&to) = ends.last() {
            let (at, miss) = self.worst(from, to);
            let room = pieces.x.len() + ends.len() < MOST_PIECES;
            if miss > error && room && at > from && at < to {
                ends.push(at);
                continue;
            }
            pieces.error = pieces.error.max(miss);
            pieces.x.push(to);
            pieces.y.push(self.value(to));
            from = to;
            ends.pop();
        }
        pieces
    }

    /// Ends of the parts of one curvature in (lo, hi], rising.
    fn corners(&self, lo: f64, hi: f64) -> Vec<f64> {
        let mut corners = match self.kernel() {
            Kernel::Points { x, .. } => x.to_vec(),
            Kernel::Linear { cap, .. } => vec![cap],
            kernel => vec![kernel.inflection()],
        };
        corners.retain(|at| *at > lo && *at < hi);
        if hi > lo {
            corners.push(hi);
        }
        corners
    }

    /// Where the curve differs most from the chord on a part of one curvature, and by how much.
    fn worst(&self, from: f64, to: f64) -> (f64, f64) {
        let kernel = self.kernel();
        if matches!(kernel, Kernel::Points { .. } | Kernel::Linear { .. }) {
            return (from, 0.0);
        }
        let slope = (self.value(to) - self.value(from)) / (to - from);
        let at = if to <= kernel.inflection() {
            steep_at(&kernel, slope, from, to)
        } else {
            kernel.inverse_slope(slope, to).clamp(from, to)
        };
        let line = self.value(from) + slope * (at - from);
        (at, (self.value(at) - line).abs())
    }
}

/// Where the rising slope of a convex part reaches a slope.
fn steep_at(kernel: &Kernel<'_>, slope: f64, from: f64, to: f64) -> f64 {
    let (mut a, mut b) = (from, to);
    for _ in 0..STEPS {
        let middle = 0.5 * (a + b);
        if kernel.slope(middle) < slope {
            a = middle;
        } else {
            b = middle;
        }
    }
    0.5 * (a + b)
}
