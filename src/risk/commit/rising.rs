//! The most of a rising function less a line.

use std::collections::BinaryHeap;

/// Tolerance of a maximum over one number, relative, and parts of its range at most.
const NEAR: f64 = 1e-6;
const PARTS: usize = 20_000;

/// A maximum over one number.
pub(super) struct Most {
    pub(super) at: f64,
    pub(super) limit: f64,
}

/// A part of the range; the one with the highest limit comes first.
struct Part {
    limit: f64,
    low: (f64, f64),
    high: (f64, f64),
}

impl PartialEq for Part {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Part {}

impl PartialOrd for Part {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Part {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let limits = self.limit.total_cmp(&other.limit);
        limits.then(other.low.0.total_cmp(&self.low.0))
    }
}

/// The most of a rising function less a line through 0, from 0 to `high`: on a part from a to b it is at
/// most f(b) − price · a.
pub(super) fn most(rising: impl Fn(f64) -> f64, price: f64, high: f64) -> Most {
    let (first, last) = ((0.0, rising(0.0)), (high, rising(high)));
    let part = |low: (f64, f64), high: (f64, f64)| Part {
        limit: high.1 - price * low.0,
        low,
        high,
    };
    let net = |point: (f64, f64)| point.1 - price * point.0;
    let (mut best, mut at) = (net(first), 0.0);
    if net(last) > best {
        (best, at) = (net(last), high);
    }
    let near = NEAR * (last.1 - first.1).abs().max(best.abs());
    let mut parts = BinaryHeap::from([part(first, last)]);
    for _ in 0..PARTS {
        let Some(top) = parts.pop() else { break };
        if top.limit <= best + near {
            parts.push(top);
            break;
        }
        let middle = 0.5 * (top.low.0 + top.high.0);
        let point = (middle, rising(middle));
        if net(point) > best {
            (best, at) = (net(point), middle);
        }
        parts.push(part(top.low, point));
        parts.push(part(point, top.high));
    }
    let limit = parts.peek().map_or(best, |top| top.limit.max(best));
    Most { at, limit }
}
