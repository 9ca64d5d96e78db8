//! Concave envelopes and best responses on an interval.
//!
//! An S-shaped curve is convex up to its inflection z and concave beyond. Its envelope on [lo, hi] is a
//! straight line from (lo, f(lo)) to the point t ≥ z where the line touches the curve,
//! f(t) − f(lo) = f′(t)·(t − lo), and the curve from there on; the line reaches hi if nothing touches
//! before. For a table of points it is the upper hull.

use super::Curve;
use super::kernel::Kernel;

/// Halvings of a tangent's interval at most.
const STEPS: usize = 200;

/// What pays best at a price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Response {
    /// The amount.
    pub x: f64,
    /// f(x) − price·x: the conjugate of −f.
    pub gain: f64,
}

/// The least concave function above a curve on an interval.
#[derive(Clone, Debug, PartialEq)]
pub struct Envelope<'a> {
    curve: &'a Curve,
    low: f64,
    high: f64,
    form: Form,
}

#[derive(Clone, Debug, PartialEq)]
enum Form {
    /// A line from the left end to `tangent`, the curve beyond.
    Tangent { tangent: f64, slope: f64 },
    /// Corners of the hull.
    Hull(Vec<(f64, f64)>),
}

/// A point that lines start from, left of the part of the curve that they are to touch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Anchor {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

/// The t in [from, hi] with the steepest line from the anchor to (t, f(t) − fee). Requires
/// anchor.x ≤ from, and lines that grow steeper along the convex part, as they do from a point of the
/// curve or of its left continuation.
pub(crate) fn touch(kernel: &Kernel<'_>, anchor: Anchor, fee: f64, from: f64, hi: f64) -> f64 {
    let start = from.max(kernel.inflection());
    if start >= hi {
        return hi;
    }
    let over = |t: f64| {
        let rise = kernel.value(t) - fee - anchor.y;
        let run = t - anchor.x;
        if run > 0.0 {
            rise - kernel.slope(t) * run
        } else {
            rise
        }
    };
    if over(start) >= 0.0 {
        return start;
    }
    if over(hi) <= 0.0 {
        return hi;
    }
    root(start, hi, over, |t, miss| {
        let bend = -kernel.elasticity(t) * kernel.slope(t) / t * (t - anchor.x);
        t - miss / bend
    })
}

/// The root of a rising function between a and b: Newton steps, halving where they leave the bracket
/// or do not halve it in two steps.
fn root(a: f64, b: f64, miss: impl Fn(f64) -> f64, newton: impl Fn(f64, f64) -> f64) -> f64 {
    let (mut a, mut b) = (a, b);
    let mut t = 0.5 * (a + b);
    for _ in 0..STEPS {
        let found = miss(t);
        if found > 0.0 {
            b = t;
        } else {
            a = t;
        }
        let next = newton(t, found);
        let inside = next > a && next < b;
        let next = if inside { next } else { 0.5 * (a + b) };
        if (next - t).abs() <= 2e-16 * t || b - a <= 4e-16 * b {
            return next;
        }
        t = next;
    }
    t
}

impl Curve {
    /// The least concave function above the curve on [lo, hi], 0 ≤ lo ≤ hi.
    ///
    /// # Panics
    /// If lo or hi is not finite, lo is negative or above hi.
    #[must_use]
    pub fn envelope(&self, lo: f64, hi: f64) -> Envelope<'_> {
        assert_interval(lo, hi);
        let form = if let Kernel::Points { x, .. } = self.kernel() {
            Form::Hull(hull(corners(x, lo, hi).map(|at| (at, self.value(at)))))
        } else {
            self.tangent(lo, hi)
        };
        Envelope {
            curve: self,
            low: lo,
            high: hi,
            form,
        }
    }

    fn tangent(&self, lo: f64, hi: f64) -> Form {
        let kernel = self.kernel();
        let anchor = Anchor {
            x: lo,
            y: kernel.value(lo),
        };
        let tangent = touch(&kernel, anchor, 0.0, lo, hi);
        let slope = if tangent > lo {
            (kernel.value(tangent) - anchor.y) / (tangent - lo)
        } else {
            kernel.slope(lo)
        };
        Form::Tangent { tangent, slope }
    }

    /// The amount in [lo, hi] with the largest f(x) − price·x, over the whole interval whatever the
    /// shape; the smallest such amount where several are equal.
    ///
    /// # Panics
    /// If lo or hi is not finite, lo is negative or above hi.
    #[must_use]
    pub fn best_response(&self, price: f64, lo: f64, hi: f64) -> Response {
        assert_interval(lo, hi);
        let at = |x: f64| Response {
            x,
            gain: self.value(x) - price * x,
        };
        let better = |best: Response, x: f64| {
            let other = at(x);
            if other.gain > best.gain { other } else { best }
        };
        if let Kernel::Points { x, .. } = self.kernel() {
            return corners(x, lo, hi).fold(at(lo), better);
        }
        let inner = self.inverse_derivative(price).clamp(lo, hi);
        let kernel = self.kernel();
        // Where the curve bends down all along, the slope alone decides.
        if kernel.inflection() <= lo && !matches!(kernel, Kernel::Linear { .. }) {
            return at(inner);
        }
        [inner, hi].into_iter().fold(at(lo), better)
    }
}

fn assert_interval(lo: f64, hi: f64) {
    let holds = lo >= 0.0 && lo <= hi && hi.is_finite();
    assert!(holds, "[{lo}, {hi}] is no interval of amounts");
}

/// lo, the points between, hi.
fn corners(x: &[f64], lo: f64, hi: f64) -> impl Iterator<Item = f64> + '_ {
    let inner = x.iter().copied().filter(move |at| *at > lo && *at < hi);
    let last = (hi > lo).then_some(hi);
    std::iter::once(lo).chain(inner).chain(last)
}

/// Upper hull of points from left to right.
pub(crate) fn hull(points: impl Iterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
    let mut corners: Vec<(f64, f64)> = Vec::new();
    for point in points {
        while let [.., a, b] = corners[..] {
            let below = (b.1 - a.1) * (point.0 - b.0) <= (point.1 - b.1) * (b.0 - a.0);
            if !below {
                break;
            }
            corners.pop();
        }
        corners.push(point);
    }
    corners
}

impl Envelope<'_> {
    /// Value at x, taken at the nearer end outside the interval.
    #[must_use]
    pub fn value(&self, x: f64) -> f64 {
        let x = x.clamp(self.low, self.high);
        match &self.form {
            Form::Tangent { tangent, slope } if x < *tangent => {
                self.curve.value(self.low) + slope * (x - self.low)
            }
            Form::Tangent { .. } => self.curve.value(x),
            Form::Hull(corners) => on_hull(corners, x),
        }
    }

    /// Slope to the right of x.
    #[must_use]
    pub fn slope(&self, x: f64) -> f64 {
        match &self.form {
            Form::Tangent { tangent, slope } if x < *tangent => *slope,
            Form::Tangent { .. } => self.curve.derivative(x),
            Form::Hull(corners) => {
                let after = corners.partition_point(|corner| corner.0 <= x);
                let at = after.clamp(1, corners.len().max(2) - 1);
                match corners.get(at) {
                    Some(b) => (b.1 - corners[at - 1].1) / (b.0 - corners[at - 1].0),
                    None => 0.0,
                }
            }
        }
    }

    /// How far the envelope lies above the curve at x; 0 where they touch.
    #[must_use]
    pub fn gap(&self, x: f64) -> f64 {
        self.value(x) - self.curve.value(x.clamp(self.low, self.high))
    }

    /// Where the straight line from the left end touches the curve; the left end where the curve is
    /// concave. `None` for tables of points.
    #[must_use]
    pub fn tangent(&self) -> Option<f64> {
        match self.form {
            Form::Tangent { tangent, .. } => Some(tangent),
            Form::Hull(_) => None,
        }
    }
}

fn on_hull(corners: &[(f64, f64)], x: f64) -> f64 {
    let after = corners.partition_point(|corner| corner.0 < x);
    let Some(b) = corners.get(after) else {
        return corners[corners.len() - 1].1;
    };
    let Some(a) = after.checked_sub(1).map(|before| corners[before]) else {
        return b.1;
    };
    a.1 + (x - a.0) / (b.0 - a.0) * (b.1 - a.1)
}
