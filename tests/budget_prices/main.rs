//! The solver of budgets against what is known otherwise: closed forms, conditions of optimality that are
//! worked out here, all plans of a grid, and changes whose effect is certain.

#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    clippy::cast_precision_loss,
    reason = "a test fails by panicking; some numbers are exact; counts are small"
)]

mod grid;
mod optimality;
mod same;
mod targets;

use apportion::curve::Curve;
use apportion::prices::budget::{Answer, Budget, Options, check, solve};
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};

/// Numbers from a seed.
struct Random(Pcg64Mcg);

impl Random {
    fn new(seed: u64) -> Self {
        Self(Pcg64Mcg::seed_from_u64(seed))
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn chance(&mut self, share: f64) -> bool {
        self.between(0.0, 1.0) < share
    }

    /// A number from 0 up to below `count`.
    fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.0.next_u64() % count as u64).unwrap()
    }

    /// A concave curve of one of five families, for spends about 1.
    fn concave(&mut self) -> Curve {
        let (top, half) = (self.between(0.5, 3.0), self.between(0.2, 2.0));
        match self.below(5) {
            0 => Curve::hill(top, half, self.between(0.5, 1.0)),
            1 => Curve::logarithmic(top, 1.0 / half),
            2 => Curve::exponential(top, 1.0 / half),
            3 => Curve::tanh(top, half),
            _ => Curve::power(top, self.between(0.3, 0.9)),
        }
        .unwrap()
    }

    /// A concave or S-shaped curve.
    fn any(&mut self) -> Curve {
        if self.chance(0.3) {
            return self.concave();
        }
        let (top, half) = (self.between(0.5, 3.0), self.between(0.2, 2.0));
        Curve::hill(top, half, self.between(1.2, 4.0)).unwrap()
    }
}

/// The answer, proved and checked.
fn proved(budget: &Budget<'_>) -> Answer {
    let answer = solve(budget, &Options::default()).unwrap();
    let checked = check(budget, &answer.spend);
    assert_eq!(checked.broken, Vec::<String>::new());
    near(answer.value, checked.value, 1e-9);
    assert!(answer.gap <= 2e-7, "{}", answer.gap);
    answer
}

fn near(found: f64, expected: f64, relative: f64) {
    let slack = relative * expected.abs().max(1e-12);
    assert!(
        (found - expected).abs() <= slack,
        "{found} is not {expected}"
    );
}
