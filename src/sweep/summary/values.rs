//! Weighted numbers for quantiles and tails: all of them while they are few, then buckets.

use std::collections::BTreeMap;

/// Relative width of a bucket, and so the relative error of a quantile at most.
pub(super) const WIDTH: f64 = 1e-3;
/// Share of the whole weight that is rounding.
const ROUNDING: f64 = 1e-12;

/// A bucket: weight, and weight times number.
type Bucket = (f64, f64);

/// Weighted numbers.
///
/// Beyond a limit they fall into buckets whose bounds grow geometrically, as in DDSketch (Masson,
/// Rim and Lee 2019). Bounds do not depend on the numbers, so parts may be put together in any
/// order.
#[derive(Clone, Debug)]
pub(super) struct Values {
    limit: usize,
    exact: Vec<(f64, f64)>,
    buckets: Option<BTreeMap<i32, Bucket>>,
}

impl Values {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            exact: Vec::new(),
            buckets: None,
        }
    }

    pub(super) fn add(&mut self, number: f64, weight: f64) {
        if let Some(buckets) = &mut self.buckets {
            pour(buckets, number, weight);
            return;
        }
        self.exact.push((number, weight));
        if self.exact.len() > self.limit {
            let buckets = self.buckets.insert(BTreeMap::new());
            for (number, weight) in std::mem::take(&mut self.exact) {
                pour(buckets, number, weight);
            }
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (number, weight) in other.exact {
            self.add(number, weight);
        }
        let Some(more) = other.buckets else { return };
        let own = std::mem::take(&mut self.exact);
        let buckets = self.buckets.get_or_insert_default();
        for (number, weight) in own {
            pour(buckets, number, weight);
        }
        for (key, (weight, sum)) in more {
            let bucket = buckets.entry(key).or_default();
            *bucket = (bucket.0 + weight, bucket.1 + sum);
        }
    }

    /// Whether no number fell into a bucket.
    pub(super) fn exact(&self) -> bool {
        self.buckets.is_none()
    }

    /// All numbers with their weights multiplied; each bucket is the mean of its numbers.
    pub(super) fn points(&self, by: f64, into: &mut Vec<(f64, f64)>) {
        into.extend(
            self.exact
                .iter()
                .map(|&(number, weight)| (number, weight * by)),
        );
        let buckets = self.buckets.iter().flat_map(BTreeMap::values);
        into.extend(buckets.map(|&(weight, sum)| (sum / weight, weight * by)));
    }
}

fn pour(buckets: &mut BTreeMap<i32, Bucket>, number: f64, weight: f64) {
    if weight > 0.0 {
        let bucket = buckets.entry(key(number)).or_default();
        *bucket = (bucket.0 + weight, bucket.1 + weight * number);
    }
}

/// The bucket of a number: 0 for 0, one sign for each side.
fn key(number: f64) -> i32 {
    const MIDDLE: f64 = 1e6;
    if number.abs() < f64::MIN_POSITIVE {
        return 0;
    }
    let step = (number.abs().ln() / WIDTH.ln_1p()).ceil();
    #[allow(
        clippy::cast_possible_truncation,
        reason = "logarithms of f64 are below 800"
    )]
    let key = (step + MIDDLE) as i32;
    if number < 0.0 { -key } else { key }
}

/// Weighted numbers in order.
#[derive(Clone, Debug)]
pub(super) struct Ordered {
    points: Vec<(f64, f64)>,
    weight: f64,
}

impl Ordered {
    pub(super) fn new(mut points: Vec<(f64, f64)>) -> Self {
        points.retain(|point| point.1 > 0.0);
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        let weight = points.iter().map(|point| point.1).sum();
        Self { points, weight }
    }

    /// The smallest number with at least a share of the weight up to it.
    pub(super) fn quantile(&self, share: f64) -> Option<f64> {
        let wanted = (share - ROUNDING) * self.weight;
        let mut sum = 0.0;
        let reached = self.points.iter().find(|point| {
            sum += point.1;
            sum >= wanted
        });
        reached.or(self.points.last()).map(|point| point.0)
    }

    /// Mean of the lowest share of the weight; of a number that lies across its end, the part
    /// within (Rockafellar and Uryasev, *Conditional value-at-risk for general loss distributions*,
    /// 2002).
    pub(super) fn lower_mean(&self, share: f64) -> Option<f64> {
        let tail = share * self.weight;
        let (mut left, mut sum) = (tail, 0.0);
        for (number, weight) in &self.points {
            let part = weight.min(left);
            sum += part * number;
            left -= part;
            if left <= 0.0 {
                break;
            }
        }
        (tail > 0.0).then(|| sum / (tail - left.max(0.0)))
    }
}
