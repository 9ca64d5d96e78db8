//! The example of a year: the generator writes what is committed, the curves that are fitted to its
//! history are near those that made it, and the plan loses little against one that knows them.

#![cfg(all(feature = "fit", feature = "files"))]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use apportion::budget::{Options, evaluate, plan};
use apportion::domain::BudgetProblem;
use apportion::input::files;

/// Part of the best possible value that the plan may lose.
const MOST_LOST: f64 = 0.02;

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/seasons");
    folder.join(name)
}

fn read(name: &str) -> BudgetProblem {
    let loaded = files::read_budget(&folder(name)).unwrap();
    BudgetProblem::new(&loaded.input).unwrap()
}

/// "The best possible" is the proved limit under the true curves, which no plan can pass.
#[test]
fn the_plan_is_within_two_per_cent_of_the_best_under_the_true_curves() {
    let fitted = read("");
    let proposed = plan(&fitted, &Options::default()).unwrap();
    assert!(proposed.gap <= 1e-4, "{}", proposed.gap);
    assert_eq!(proposed.broken, Vec::<String>::new());
    let truth = read("truth");
    let best = plan(&truth, &Options::default()).unwrap();
    assert!(best.gap <= 1e-4, "{}", best.gap);
    let spend: Vec<f64> = proposed.cells.iter().map(|cell| cell.money).collect();
    let reached = evaluate(&truth, &spend);
    assert_eq!(reached.broken, Vec::<String>::new());
    let lost = 1.0 - reached.value / best.bound;
    assert!((0.0..=MOST_LOST).contains(&lost), "{lost}");
    // Doing what is done now loses more, so the test could fail.
    let now: Vec<f64> = truth_of_now(&fitted);
    let lost_now = 1.0 - evaluate(&truth, &now).value / best.bound;
    assert!(lost_now > MOST_LOST, "{lost_now}");
}

fn truth_of_now(problem: &BudgetProblem) -> Vec<f64> {
    problem.cells().iter().map(|cell| cell.current).collect()
}

/// At the usual amounts fitted and true responses differ by less than 5 % of them.
#[test]
fn fitted_curves_are_near_the_true_ones() {
    let (fitted, truth) = (read(""), read("truth"));
    let usual = [2_300.0, 42_000.0, 55_000.0];
    for ((fitted, truth), usual) in fitted.channels().iter().zip(truth.channels()).zip(usual) {
        // Bases trade against the rise of a curve from 0; what a plan depends on is the difference.
        for (low, high) in [(0.5, 1.0), (1.0, 1.5)] {
            let rise = |channel: &apportion::domain::budget::ChannelFact| {
                channel.curve.value(high * usual) - channel.curve.value(low * usual)
            };
            let (found, expected) = (rise(fitted), rise(truth));
            let miss = (found / expected - 1.0).abs();
            assert!(miss < 0.15, "{}: {found}, not {expected}", fitted.id);
        }
        let fit = fitted.fit.as_ref().unwrap();
        assert!(fit.r_squared > 0.95, "{}: {}", fitted.id, fit.r_squared);
        let retention = fit.parameters.iter().find(|entry| entry.0 == "retention");
        if let Some((_, value, error)) = retention {
            let kernel = truth.carry.as_ref().unwrap().weights();
            let miss = (value - kernel[1] / kernel[0]).abs();
            assert!(miss < 3.0 * error.unwrap(), "{}: {value}", fitted.id);
        }
    }
}
