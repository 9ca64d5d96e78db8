//! Curves and carry-over against numbers computed elsewhere and against their definitions.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    clippy::excessive_precision,
    reason = "a test should fail at the first surprise; some answers are exact"
)]

mod carried;
mod faulty;
mod shapes;

use super::Curve;

/// Every family, concave and S-shaped.
fn families() -> Vec<Curve> {
    vec![
        Curve::linear(2.5, 40.0).unwrap(),
        Curve::power(3.0, 0.4).unwrap(),
        Curve::logarithmic(12.0, 0.07).unwrap(),
        Curve::exponential(90.0, 0.05).unwrap(),
        Curve::hill(100.0, 30.0, 0.7).unwrap(),
        Curve::hill(100.0, 30.0, 2.6).unwrap(),
        Curve::adbudg(5.0, 80.0, 1.8, 400.0).unwrap(),
        Curve::michaelis_menten(70.0, 25.0).unwrap(),
        Curve::tanh(60.0, 35.0).unwrap(),
        Curve::logistic(60.0, 0.06).unwrap(),
        Curve::sigmoid(50.0, 0.2, 22.0).unwrap(),
        Curve::points(
            vec![0.0, 10.0, 30.0, 60.0, 90.0],
            vec![1.0, 4.0, 30.0, 44.0, 50.0],
        )
        .unwrap(),
    ]
}

fn near(found: f64, expected: f64, relative: f64) {
    let slack = relative * expected.abs().max(1e-300);
    assert!(
        (found - expected).abs() <= slack,
        "{found} is not {expected}"
    );
}

/// 0, step, …, to.
fn grid(to: f64, steps: u32) -> impl Iterator<Item = f64> {
    (0..=steps).map(move |at| to * f64::from(at) / f64::from(steps))
}
