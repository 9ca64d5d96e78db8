//! What sweeps are measured against: a general solver on the same scenarios, and reading memory.

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use serde_json::Value;

/// Numbers in a stretch of memory that no cache holds: 512 MiB.
const UNCACHED: usize = 1 << 26;

/// Seconds to read so many numbers of 8 bytes from memory once, in order, at full width: the mean over
/// one pass through far more than the caches hold.
#[must_use]
pub fn seconds_to_read(numbers: usize) -> f64 {
    let memory = vec![1.0_f64; UNCACHED];
    let started = Instant::now();
    let mut lanes = [0.0; 16];
    for chunk in black_box(&memory).chunks_exact(lanes.len()) {
        for (lane, number) in lanes.iter_mut().zip(chunk) {
            *lane += number;
        }
    }
    black_box(lanes);
    #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
    let share = numbers as f64 / UNCACHED as f64;
    share * started.elapsed().as_secs_f64()
}

/// The assignment sweep by HiGHS, one thread: each scenario from scratch, its program built anew, and
/// each from the basis of the one before. `ms_each` is what a scenario takes here.
///
/// # Errors
/// When HiGHS fails or finds another optimum.
#[cfg(not(feature = "highs"))]
#[allow(clippy::unnecessary_wraps, reason = "the same signature with HiGHS")]
pub fn assignment(_: f64) -> Result<Vec<Value>, Box<dyn Error>> {
    Ok(Vec::new())
}

/// The assignment sweep by HiGHS, one thread: each scenario from scratch, its program built anew, and
/// each from the basis of the one before. `ms_each` is what a scenario takes here.
///
/// # Errors
/// When HiGHS fails or finds another optimum.
#[cfg(feature = "highs")]
pub fn assignment(ms_each: f64) -> Result<Vec<Value>, Box<dyn Error>> {
    use apportion::backend::highs::Highs;
    use apportion::backend::{Backend, Change, SolveOptions};
    use apportion::prices::transport::{Limits, Simplex};
    use apportion::sweep::assignment::AssignmentScenarios;
    use serde_json::json;

    use crate::sweeps::{Spread, Values};
    use crate::transport::{problem, program};

    /// Scenarios of each measurement.
    const SCENARIOS: u32 = 10;

    let base = problem(50, 1_000)?;
    let scenarios = Values {
        count: u64::from(SCENARIOS),
        spread: Spread::Costs,
    };
    let options = SolveOptions::default();
    let mut hot = Highs::new().load(&program(&base)?)?;
    hot.solve(&options)?;
    let (mut anew_s, mut hot_s) = (0.0, 0.0);
    let mut changed = base.clone();
    for index in 0..u64::from(SCENARIOS) {
        scenarios.apply(index, &base, &mut changed)?;
        let mut simplex = Simplex::cold(&changed);
        simplex.solve(&changed, &Limits::default());
        let expected = simplex.answer(&changed).objective;
        let started = Instant::now();
        let anew = Highs::new().load(&program(&changed)?)?.solve(&options)?;
        anew_s += started.elapsed().as_secs_f64();
        let started = Instant::now();
        let costs = (0_u32..).zip(changed.values().iter().copied()).collect();
        hot.update(&Change::Costs(costs))?;
        let again = hot.solve(&options)?;
        hot_s += started.elapsed().as_secs_f64();
        for answer in [anew, again] {
            let found = answer.point.map_or(f64::NAN, |point| point.objective);
            let near = (found - expected).abs() <= 1e-6 * expected.abs();
            if !near {
                return Err(format!("HiGHS finds {found}, not {expected}").into());
            }
        }
    }
    let line = |solver: &str, seconds: f64| {
        let each = 1e3 * seconds / f64::from(SCENARIOS);
        json!({
            "solver": solver,
            "scenarios": SCENARIOS,
            "ms_each": each,
            "times_slower": each / ms_each,
        })
    };
    Ok(vec![
        line("HiGHS, built anew", anew_s),
        line("HiGHS, hot", hot_s),
    ])
}
