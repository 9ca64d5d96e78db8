//! Carry-over: weights computed elsewhere, sums by hand.

use super::near;
use crate::curve::carry::{Carry, Kernel, robyn_scale};

fn weights(kernel: Kernel, window: usize) -> Vec<f64> {
    Carry::new(kernel, window, false)
        .unwrap()
        .weights()
        .to_vec()
}

/// Expected by mpmath 1.4.1 with 30 digits from the formulas in the table of `carry`.
#[test]
fn weights_are_those_computed_elsewhere() {
    let (shape, scale) = (1.7, 3.2);
    let cases = [
        (
            Kernel::WeibullPdf { shape, scale },
            vec![
                0.80441773580751859,
                1.0,
                0.81619977002807636,
                0.49845420507205626,
                0.20576951152792868,
                0.0,
            ],
        ),
        (
            Kernel::WeibullCdf { shape, scale },
            vec![
                1.0,
                0.87072008718404276,
                0.55532016033988246,
                0.22666105773980098,
                0.052569182510057158,
                0.0062130832078827151,
            ],
        ),
        (
            Kernel::Binomial { retention: 0.4 },
            vec![
                1.0,
                0.7155417527999327,
                0.46475800154489003,
                0.25298221281347035,
                0.089442719099991588,
            ],
        ),
        (
            Kernel::Delayed {
                retention: 0.6,
                delay: 1.5,
            },
            vec![
                0.31684022524562162,
                0.8801117367933934,
                0.8801117367933934,
                0.31684022524562162,
                0.041062493191832562,
            ],
        ),
        (
            Kernel::Geometric { retention: 0.5 },
            vec![1.0, 0.5, 0.25, 0.125],
        ),
    ];
    for (kernel, expected) in cases {
        let found = weights(kernel, expected.len());
        for (found, expected) in found.iter().zip(&expected) {
            near(found + 1.0, expected + 1.0, 1e-14);
        }
    }
}

#[test]
fn without_retention_the_adstock_is_the_spend() {
    let spend = [3.7, 0.0, 1e-9, 4e8];
    for kernel in [
        Kernel::Geometric { retention: 0.0 },
        Kernel::Delayed {
            retention: 0.0,
            delay: 0.0,
        },
        Kernel::Binomial { retention: 0.0 },
    ] {
        for normalized in [false, true] {
            let carry = Carry::new(kernel, 5, normalized).unwrap();
            let stock = carry.adstock(&[9.0, 9.0], &spend);
            assert_eq!(stock[..4], spend, "{kernel:?}");
            assert_eq!(stock[4..], [0.0; 4]);
        }
    }
    assert_eq!(Carry::none().adstock(&[5.0], &spend), spend);
}

#[test]
fn the_adstock_is_the_recursion() {
    let carry = Carry::new(Kernel::Geometric { retention: 0.6 }, 60, false).unwrap();
    let (before, spend) = ([2.0, 5.0], [1.0, 0.0, 7.0]);
    let stock = carry.adstock(&before, &spend);
    let mut level = 0.0;
    let after = std::iter::repeat(&0.0);
    for (t, amount) in before
        .iter()
        .chain(&spend)
        .chain(after)
        .take(20)
        .enumerate()
    {
        level = amount + 0.6 * level;
        if t >= 2 {
            near(stock[t - 2], level, 1e-12);
        }
    }
}

#[test]
fn normalized_weights_keep_constant_spend() {
    let carry = Carry::new(Kernel::Geometric { retention: 0.8 }, 13, true).unwrap();
    near(carry.steady(), 1.0, 1e-15);
    near(carry.adstock(&[4.0; 12], &[4.0; 5])[4], 4.0, 1e-14);
    let plain = Carry::new(Kernel::Geometric { retention: 0.8 }, 13, false).unwrap();
    near(plain.steady(), (1.0 - 0.8_f64.powi(13)) / 0.2, 1e-14);
}

#[test]
fn bad_kernels_are_refused() {
    let window = Carry::new(Kernel::Geometric { retention: 0.5 }, 0, true);
    let retention = Carry::new(Kernel::Binomial { retention: 1.0 }, 5, true);
    let flat = Carry::new(
        Kernel::WeibullPdf {
            shape: 1.0,
            scale: 1e6,
        },
        1,
        true,
    );
    let off = Carry::new(
        Kernel::Delayed {
            retention: 0.0,
            delay: 2.5,
        },
        5,
        true,
    );
    let places = [window, retention, off].map(|found| {
        let faults = found.unwrap_err();
        faults.iter().next().unwrap().place.to_string()
    });
    assert_eq!(places, ["carry.window", "carry.retention", "carry.window"]);
    assert_eq!(flat.unwrap().weights(), [1.0]);
}

#[test]
fn robyns_scale_is_a_quantile_of_the_window() {
    assert_eq!(robyn_scale(0.05, 208), 11.0);
    assert_eq!(robyn_scale(0.5, 4), 2.0);
    assert_eq!(robyn_scale(1.0, 157), 157.0);
}
