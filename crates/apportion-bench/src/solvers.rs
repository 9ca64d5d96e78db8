//! The general solvers side by side on generated assignment programs, whole and relaxed.
//!
//! Markets × reps with one capacity row a rep, hours that depend on both (generalized assignment),
//! drawn from a seed as in type C of the usual test bed: hours 5..25, values 10..50, capacities of
//! 0.8 × the mean load.

use std::time::{Duration, Instant};

use apportion::backend::{Backend, Proved, SolveOptions};
use apportion::program::{LinearProgram, LinearProgramBuilder};
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};

use crate::runs::backends;
use crate::stages::RUNS;

/// Reps × markets, and whether the program is taken whole or without integers. The whole ones are so
/// small because good_lp's microlp cannot be given a time limit: 10 × 50 kept it busy for 20 minutes.
const PROGRAMS: [(usize, usize, bool); 5] = [
    (10, 100, false),
    (20, 400, false),
    (40, 800, false),
    (5, 25, true),
    (5, 40, true),
];
/// Time limit of each solve, for those who keep one.
const LIMIT: Duration = Duration::from_secs(20);

/// A generated program, maximized: value of each (rep, market) pair.
#[allow(
    clippy::cast_possible_truncation,
    reason = "programs here have fewer than 2^32 columns"
)]
fn program(reps: usize, markets: usize, integer: bool) -> LinearProgram {
    let mut random = Pcg64Mcg::seed_from_u64((reps * 10_000 + markets) as u64);
    let mut between = |low: u64, high: u64| (low + random.next_u64() % (high - low + 1)) as f64;
    let mut builder = LinearProgramBuilder::new();
    let mut hours = Vec::new();
    for _ in 0..reps * markets {
        builder.column(between(10, 50), 0.0, 1.0, integer);
        hours.push(between(5, 25));
    }
    let column = |rep: usize, market: usize| (rep * markets + market) as u32;
    for market in 0..markets {
        let mut terms = (0..reps).map(|rep| (column(rep, market), 1.0)).collect();
        builder.row(f64::NEG_INFINITY, 1.0, &mut terms);
    }
    for rep in 0..reps {
        let own = &hours[rep * markets..(rep + 1) * markets];
        let capacity = (0.8 * own.iter().sum::<f64>() / reps as f64).floor();
        let mut terms = (0..markets).map(|m| (column(rep, m), own[m])).collect();
        builder.row(f64::NEG_INFINITY, capacity, &mut terms);
    }
    builder.finish()
}

/// Titles of the table: the program, then a solver each.
#[must_use]
pub fn header() -> Vec<String> {
    let names = backends().into_iter().map(|backend| backend.name());
    std::iter::once("program".to_owned()).chain(names).collect()
}

/// A line for each program: the median time of each solver, or why there is none.
#[must_use]
pub fn rows() -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for (reps, markets, integer) in PROGRAMS {
        let kind = if integer { "whole" } else { "relaxed" };
        let mut row = vec![format!("{reps} × {markets}, {kind}")];
        let program = program(reps, markets, integer);
        row.extend(backends().iter().map(|backend| cell(&**backend, &program)));
        rows.push(row);
    }
    rows
}

fn cell(backend: &dyn Backend, program: &LinearProgram) -> String {
    let can = backend.capabilities();
    if program.has_integers() && !can.integers {
        return "no integers".to_owned();
    }
    let options = SolveOptions {
        time_limit: can.time_limit.then_some(LIMIT),
        relative_gap: 1e-6,
        ..SolveOptions::default()
    };
    let mut seconds = Vec::new();
    for _ in 0..RUNS {
        let started = Instant::now();
        let answer = (backend.load(program)).and_then(|mut session| session.solve(&options));
        match answer {
            Err(error) => return error.to_string(),
            Ok(answer) if answer.proved != Proved::Optimal => {
                return format!("{:?} at {LIMIT:?}", answer.stopped);
            }
            Ok(_) => seconds.push(started.elapsed().as_secs_f64()),
        }
    }
    seconds.sort_unstable_by(f64::total_cmp);
    crate::report::seconds(seconds[RUNS / 2])
}
