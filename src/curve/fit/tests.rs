//! Fits against published values, numbers computed elsewhere, known true curves; faults of histories.
#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test should fail at the first surprise; some answers are exact"
)]

use super::{CarryChoice, Choice, Family, Fit, History, Options, Warning, fit};
use crate::curve::Curve;
use crate::curve::carry::{Carry, Kernel};

fn near(found: f64, expected: f64, relative: f64) {
    let slack = relative * expected.abs();
    assert!(
        (found - expected).abs() <= slack,
        "{found} is not {expected}"
    );
}

fn plain(family: Family) -> Options {
    Options {
        choice: Choice::Family(family),
        base: false,
        carry: CarryChoice::None,
    }
}

fn holds(fit: &Fit, name: &str, value: f64, error: f64) {
    let found = fit.parameter(name).unwrap();
    near(found.value, value, 1e-6);
    near(found.standard_error.unwrap(), error, 1e-5);
}

const MISRA_X: [f64; 14] = [
    77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0,
];
const MISRA_Y: [f64; 14] = [
    10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.40, 75.47,
    81.78,
];

/// Certified values of NIST's Statistical Reference Datasets: Misra1a, Misra1d (with half = 1/b2, whose
/// standard error was computed with SciPy 1.17) and BoxBOD.
#[test]
fn certified_exponential_and_hyperbola() {
    let misra = History::new(MISRA_X.to_vec(), MISRA_Y.to_vec());
    let found = fit(&misra, &plain(Family::Exponential)).unwrap();
    holds(&found, "top", 2.3894212918e2, 2.7070075241);
    holds(&found, "rate", 5.5015643181e-4, 7.2668688436e-6);
    near(found.residual_sum, 1.2455138894e-1, 1e-8);
    near(found.deviation, 1.0187876330e-1, 1e-8);

    let found = fit(&misra, &plain(Family::MichaelisMenten)).unwrap();
    holds(&found, "top", 4.3736970754e2, 3.6489174345);
    holds(&found, "half", 1.0 / 3.0227324449e-4, 32.105328);
    near(found.residual_sum, 5.6419295283e-2, 1e-8);

    let x = vec![1.0, 2.0, 3.0, 5.0, 7.0, 10.0];
    let y = vec![109.0, 149.0, 149.0, 191.0, 213.0, 224.0];
    let found = fit(&History::new(x, y), &plain(Family::Exponential)).unwrap();
    holds(&found, "top", 2.1380940889e2, 1.2354515176e1);
    holds(&found, "rate", 5.4723748542e-1, 1.0455993237e-1);
    near(found.residual_sum, 1.1680088766e3, 1e-8);
}

/// The reaction of Bates and Watts (1988), data set Puromycin, as the manual of R's `nls` gives it.
#[test]
fn published_michaelis_menten() {
    let x = [0.02, 0.06, 0.11, 0.22, 0.56, 1.1].map(|x| [x, x]).concat();
    let y = vec![
        76.0, 47.0, 97.0, 107.0, 123.0, 139.0, 159.0, 152.0, 191.0, 201.0, 207.0, 200.0,
    ];
    let found = fit(&History::new(x, y), &plain(Family::MichaelisMenten)).unwrap();
    holds(&found, "top", 212.68374, 6.947155);
    holds(&found, "half", 0.06412128, 0.00828095);
    near(found.deviation, 10.93, 1e-3);
}

const AMOUNT: [f64; 36] = [
    64.4, 90.2, 78.7, 26.4, 33.5, 88.0, 5.5, 83.0, 80.7, 49.5, 33.8, 31.5, 29.2, 47.3, 52.9, 57.6,
    99.6, 80.3, 64.1, 99.0, 25.5, 20.2, 63.2, 9.2, 8.4, 53.9, 49.3, 92.1, 64.8, 53.8, 52.2, 28.5,
    6.1, 23.3, 70.7, 24.1,
];
const SEASON: [f64; 36] = [
    1.0, 1.18, 1.3, 1.35, 1.3, 1.18, 1.0, 0.82, 0.7, 0.65, 0.7, 0.82, 1.0, 1.18, 1.3, 1.35, 1.3,
    1.17, 1.0, 0.83, 0.7, 0.65, 0.7, 0.82, 1.0, 1.18, 1.3, 1.35, 1.3, 1.18, 1.0, 0.83, 0.7, 0.65,
    0.7, 0.82,
];
const OUTCOME: [f64; 36] = [
    213.2, 462.7, 561.1, 438.2, 368.5, 478.9, 244.1, 299.6, 296.8, 266.7, 205.3, 233.0, 237.7,
    325.1, 441.5, 482.1, 557.4, 522.2, 433.4, 380.8, 264.4, 169.6, 247.0, 184.1, 116.4, 300.2,
    379.5, 561.0, 519.0, 449.5, 367.2, 254.2, 127.0, 86.9, 216.8, 209.9,
];

fn seasonal() -> History {
    History {
        season: SEASON.to_vec(),
        ..History::new(AMOUNT.to_vec(), OUTCOME.to_vec())
    }
}

fn carried(family: Family) -> Options {
    Options {
        choice: Choice::Family(family),
        base: true,
        carry: CarryChoice::Geometric {
            window: 8,
            normalized: true,
        },
    }
}

/// Hill, base, season and retention together, against SciPy 1.17 `least_squares` from 27 starts. The
/// data were made with top 500, half 45, shape 2.2, base 60, retention 0.5 and noise of 12.
#[test]
fn seasonal_with_carry_over() {
    let found = fit(&seasonal(), &carried(Family::Hill)).unwrap();
    holds(&found, "top", 548.818820, 111.756148);
    holds(&found, "half", 42.9099216, 2.62561833);
    holds(&found, "shape", 1.99641345, 0.483113265);
    holds(&found, "base", 24.2749692, 54.5458263);
    holds(&found, "retention", 0.51306121, 0.0106065676);
    near(found.residual_sum, 3405.51451, 1e-8);
    let sum: f64 = found.residuals.iter().map(|miss| miss * miss).sum();
    near(sum, found.residual_sum, 1e-12);
    let truth = [
        ("top", 500.0),
        ("half", 45.0),
        ("shape", 2.2),
        ("base", 60.0),
    ];
    for (name, truth) in truth {
        let found = found.parameter(name).unwrap();
        let miss = (found.value - truth).abs();
        assert!(miss < 2.0 * found.standard_error.unwrap(), "{name}");
    }
    assert!(found.r_squared > 0.99, "{}", found.r_squared);
    assert_eq!(found.warnings, []);
}

/// Without noise each family finds the curve that made the data, and `Best` the family.
#[test]
fn finds_the_truth_without_noise() {
    let kernel = Kernel::Geometric { retention: 0.4 };
    let carry = Carry::new(kernel, 8, true).unwrap();
    let truths = [
        (Family::Exponential, Curve::exponential(300.0, 0.03)),
        (
            Family::MichaelisMenten,
            Curve::michaelis_menten(300.0, 40.0),
        ),
        (Family::Logistic, Curve::logistic(300.0, 0.04)),
        (Family::Logarithmic, Curve::logarithmic(90.0, 0.1)),
        (Family::Power, Curve::power(30.0, 0.5)),
        (Family::Hill, Curve::hill(300.0, 40.0, 3.0)),
    ];
    let stock = carry.adstock(&[50.0, 20.0], &AMOUNT);
    for (family, truth) in truths {
        let truth = truth.unwrap();
        let outcome = (stock.iter().zip(SEASON))
            .map(|(amount, season)| season * (25.0 + truth.value(*amount)))
            .collect();
        let history = History {
            season: SEASON.to_vec(),
            before: vec![50.0, 20.0],
            ..History::new(AMOUNT.to_vec(), outcome)
        };
        for choice in [Choice::Family(family), Choice::Best] {
            let options = Options {
                choice,
                ..carried(family)
            };
            let found = fit(&history, &options).unwrap();
            assert_eq!(found.family, family);
            near(found.base, 25.0, 1e-4);
            near(found.parameter("retention").unwrap().value, 0.4, 1e-5);
            for x in [1.0, 30.0, 90.0] {
                near(found.curve.value(x), truth.value(x), 1e-4);
            }
        }
    }
}

/// No carry-over is carry-over with retention 0, and a given one is kept.
#[test]
fn carry_over_that_is_not_there_or_known() {
    let truth = Curve::michaelis_menten(300.0, 40.0).unwrap();
    let outcome: Vec<f64> = AMOUNT.iter().map(|x| 25.0 + truth.value(*x)).collect();
    let history = History::new(AMOUNT.to_vec(), outcome);
    let found = fit(&history, &carried(Family::MichaelisMenten)).unwrap();
    assert!(found.parameter("retention").unwrap().value < 1e-6);
    assert_eq!(found.warnings, []);
    let options = Options {
        carry: CarryChoice::Fixed(Carry::none()),
        ..carried(Family::MichaelisMenten)
    };
    let fixed = fit(&history, &options).unwrap();
    near(fixed.curve.value(50.0), truth.value(50.0), 1e-6);
    assert!(fixed.parameter("retention").is_none());
}

/// Units of money and of sales change the parameters by their powers, and nothing else.
#[test]
fn units_do_not_matter() {
    let base = fit(&seasonal(), &carried(Family::Hill)).unwrap();
    let (money, sales) = (1e-6, 1e6);
    let history = History {
        amount: AMOUNT.map(|x| x * money).to_vec(),
        outcome: OUTCOME.map(|y| y * sales).to_vec(),
        ..seasonal()
    };
    let scaled = fit(&history, &carried(Family::Hill)).unwrap();
    let factors = [sales, money, 1.0, sales, 1.0];
    for ((a, b), factor) in base.parameters.iter().zip(&scaled.parameters).zip(factors) {
        near(b.value, a.value * factor, 1e-6);
        near(
            b.standard_error.unwrap(),
            a.standard_error.unwrap() * factor,
            1e-4,
        );
    }
}

/// A history on the straight part of a curve: the fit says that it cannot see the top.
#[test]
fn warns_where_saturation_cannot_be_told() {
    let noise = |at: usize| [3.0, -2.0, 1.0, -4.0, 2.0][at % 5];
    let outcome = (AMOUNT.iter().enumerate())
        .map(|(at, x)| 40.0 + 2.0 * x + noise(at))
        .collect();
    let options = Options {
        carry: CarryChoice::None,
        ..carried(Family::Exponential)
    };
    let found = fit(&History::new(AMOUNT.to_vec(), outcome), &options).unwrap();
    let straight = |warning: &Warning| matches!(warning, Warning::Straight { .. });
    assert!(found.warnings.iter().any(straight), "{:?}", found.warnings);
    // The same range with a clear bend.
    let outcome = (AMOUNT.iter().enumerate())
        .map(|(at, x)| 40.0 + 200.0 * (1.0 - (-x / 30.0).exp()) + noise(at))
        .collect();
    let found = fit(&History::new(AMOUNT.to_vec(), outcome), &options).unwrap();
    assert_eq!(found.warnings, []);
}

#[test]
fn warns_where_spend_shows_no_effect() {
    let noise = |at: usize| [3.0, -2.0, 1.0, -4.0, 2.0, 0.0, -1.0][at % 7];
    let outcome = (0..36).map(|at| 100.0 + noise(at)).collect();
    let options = carried(Family::Hill);
    let found = fit(&History::new(AMOUNT.to_vec(), outcome), &options).unwrap();
    let none = |warning: &Warning| matches!(warning, Warning::NoEffect { .. });
    assert!(found.warnings.iter().any(none), "{:?}", found.warnings);
}

/// Code, place and a part of the text of every fault, in order.
fn faults(history: &History, options: &Options) -> Vec<(String, String, String)> {
    let faults = fit(history, options).unwrap_err();
    let each = faults.iter().map(|fault| {
        let told = format!("{}, not {}; {}", fault.found, fault.expected, fault.hint);
        (fault.code.to_string(), fault.place.to_string(), told)
    });
    each.collect()
}

#[test]
fn constant_spend_says_what_is_missing() {
    let history = History::new(vec![50.0; 12], (0..12).map(f64::from).collect());
    let found = faults(&history, &plain(Family::Exponential));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, "E602");
    assert_eq!(found[0].1, "history.amount");
    assert!(found[0].2.contains("Spend clearly more in some periods"));
    let two = (0..12).map(|at| f64::from(at % 2)).collect();
    let history = History::new(two, (0..12).map(f64::from).collect());
    let found = faults(&history, &plain(Family::Exponential));
    assert!(found[0].2.starts_with("2 different amounts"), "{found:?}");
}

/// Everything that is wrong is said at once.
#[test]
fn all_faults_of_a_history_at_once() {
    let mut history = History {
        season: vec![1.0, 0.0, 1.0, 1.0],
        period: vec![1, 2, 4, 5],
        before: vec![-1.0],
        ..History::new(vec![1.0, f64::NAN, 3.0, 4.0], vec![5.0, -2.0, 7.0, 1e300])
    };
    let found = faults(&history, &carried(Family::Hill));
    let told: Vec<(&str, &str)> = found.iter().map(|at| (&*at.0, &*at.1)).collect();
    assert_eq!(
        told,
        [
            ("E203", "history[1].amount"),
            ("E204", "history[1].outcome"),
            ("E204", "history[3].outcome"),
            ("E204", "history[1].season"),
            ("E204", "history[0].before"),
            ("E603", "history[2].period"),
            ("E601", "history"),
        ]
    );
    assert!(found[6].2.starts_with("4 periods, not at least 8"));
    history.outcome.pop();
    history.season.pop();
    let found = faults(&history, &carried(Family::Hill));
    assert!(
        found
            .iter()
            .any(|at| at.0 == "E208" && at.1 == "history.outcome")
    );
    assert!(
        found
            .iter()
            .any(|at| at.0 == "E208" && at.1 == "history.season")
    );
}

#[test]
fn nothing_to_fit_is_a_fault() {
    let found = faults(&History::default(), &Options::default());
    assert_eq!(found[0].0, "E601");
    let history = History::new(AMOUNT.to_vec(), vec![0.0; 36]);
    let found = faults(&history, &Options::default());
    assert_eq!((&*found[0].0, &*found[0].1), ("E602", "history.outcome"));
    let options = Options {
        carry: CarryChoice::Geometric {
            window: 0,
            normalized: true,
        },
        ..Options::default()
    };
    let found = faults(&seasonal(), &options);
    assert_eq!((&*found[0].0, &*found[0].1), ("E204", "carry.window"));
}

/// Numbers of a counter (SplitMix64), the sum of twelve of which is about normal.
fn normal(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    let mut unit = move || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    };
    move || (0..12).map(|_| unit()).sum::<f64>() - 6.0
}

/// Of histories with noise, the truth lies within 1.96 standard errors in about 95 of 100; and no fit
/// is worse than the truth, which a search that ended in a local optimum could be.
#[test]
fn standard_errors_cover_the_truth() {
    let truth = Curve::hill(500.0, 45.0, 2.2).unwrap();
    let kernel = Kernel::Geometric { retention: 0.5 };
    let stock = Carry::new(kernel, 8, true).unwrap().adstock(&[], &AMOUNT);
    let names = ["half", "shape", "retention"];
    let mut covered = [0; 3];
    let runs = 100;
    for seed in 0..runs {
        let mut noise = normal(seed);
        let mut miss = 0.0;
        let outcome = (stock.iter().zip(SEASON))
            .map(|(amount, season)| {
                let error = 8.0 * noise();
                miss += error * error;
                season * (60.0 + truth.value(*amount)) + error
            })
            .collect();
        let history = History {
            season: SEASON.to_vec(),
            ..History::new(AMOUNT.to_vec(), outcome)
        };
        let found = fit(&history, &carried(Family::Hill)).unwrap();
        assert!(found.residual_sum <= miss, "{seed}");
        for ((name, truth), covered) in names.iter().zip([45.0, 2.2, 0.5]).zip(&mut covered) {
            let parameter = found.parameter(name).unwrap();
            let error = parameter.standard_error.unwrap();
            *covered += u32::from((parameter.value - truth).abs() <= 1.96 * error);
        }
    }
    // Three standard deviations of a count of 95 in 100, and some for the curvature.
    assert!(covered.iter().all(|count| *count >= 86), "{covered:?}");
}
