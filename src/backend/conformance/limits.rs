//! Limits, cancellation, progress, starts and gaps.

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use super::integers::knapsack;
use super::{Backend, Case, Draw, LinearProgram, Need, OPEN, case, exact, expect_value, solve};
use crate::backend::tolerance::relative_gap;
use crate::backend::{Answer, Cancel, Progress, Proved, SolveOptions, Stopped};
use crate::program::LinearProgramBuilder;

pub(super) const CASES: &[Case] = &[
    case("limit_of_no_time", Need::Nothing, no_time),
    case(
        "limit_of_time",
        Need::IntegersAnd(|c| c.time_limit, "a time limit"),
        time_limit,
    ),
    case(
        "bound_when_stopped",
        Need::IntegersAnd(|c| c.time_limit && c.bound, "a time limit and a bound"),
        bound_when_stopped,
    ),
    case("cancelled_before", Need::Nothing, cancelled_before),
    case(
        "cancelled_while_running",
        Need::IntegersAnd(|c| c.cancel, "cancellation"),
        cancelled_while_running,
    ),
    case(
        "progress_is_told",
        Need::IntegersAnd(|c| c.progress && c.time_limit, "progress and a time limit"),
        progress_is_told,
    ),
    case(
        "start_is_used",
        Need::IntegersAnd(
            |c| c.initial_point && c.time_limit,
            "a start and a time limit",
        ),
        start_is_used,
    ),
    case("start_of_no_use", Need::Integers, start_of_no_use),
    case("gap_is_kept", Need::Integers, gap_is_kept),
    case(
        "gap_counts_the_constant",
        Need::Integers,
        gap_counts_the_constant,
    ),
    case("threads_may_change", Need::Nothing, threads_may_change),
    case("repeats_itself", Need::Nothing, repeats_itself),
];

/// What a stop may take longer than asked. Loaded machines and unoptimized builds are slow; what is
/// tested is that a solver stops at all, in seconds, where it would run for hours.
const PATIENCE: Duration = Duration::from_secs(5);

/// A market split of 6 rows and 50 columns (Cornuéjols & Dawande 1998): choose half of each row's
/// weight. Branch and bound needs hours for it. The relaxation is 0, which bounds the optimum.
fn endless() -> (LinearProgram, Vec<f64>) {
    let mut draw = Draw(4711);
    let mut builder = LinearProgramBuilder::new();
    let (rows, columns) = (6, 50);
    let mut start = vec![0.0; columns];
    for _ in 0..columns {
        builder.column(0.0, 0.0, 1.0, true);
    }
    for _ in 0..rows {
        let short = builder.column(-1.0, 0.0, OPEN, false);
        let over = builder.column(-1.0, 0.0, OPEN, false);
        let weights: Vec<f64> = (0..columns).map(|_| draw.whole(1, 99)).collect();
        let half = (weights.iter().sum::<f64>() / 2.0).floor();
        let mut terms: Vec<(u32, f64)> = (0..).zip(weights).collect();
        terms.extend([(short, 1.0), (over, -1.0)]);
        builder.row(half, half, &mut terms);
        start.extend([half, 0.0]);
    }
    (builder.finish(), start)
}

/// Solves, and fails when it took longer than allowed.
fn timed(
    backend: &dyn Backend,
    program: &LinearProgram,
    options: &SolveOptions<'_>,
    allowed: Duration,
) -> Result<Answer, String> {
    let began = Instant::now();
    let answer = solve(backend, program, options)?;
    let took = began.elapsed();
    if took > allowed + PATIENCE {
        return Err(format!("took {took:?}, asked to stop after {allowed:?}"));
    }
    Ok(answer)
}

fn stopped_by(answer: &Answer, reason: Stopped) -> Result<(), String> {
    if answer.stopped == reason && answer.proved == Proved::Nothing {
        Ok(())
    } else {
        Err(format!(
            "expected {reason:?} and no proof, found {:?} and {:?}",
            answer.stopped, answer.proved
        ))
    }
}

/// Without time, a solver proves nothing; one without a time limit takes its time.
fn no_time(backend: &dyn Backend) -> Result<(), String> {
    let (lp, _) = if backend.capabilities().integers {
        endless()
    } else {
        return Ok(());
    };
    if !backend.capabilities().time_limit {
        return Ok(());
    }
    let options = SolveOptions {
        time_limit: Some(Duration::ZERO),
        ..exact()
    };
    let answer = timed(backend, &lp, &options, Duration::ZERO)?;
    stopped_by(&answer, Stopped::TimeLimit)
}

fn time_limit(backend: &dyn Backend) -> Result<(), String> {
    let limit = Duration::from_millis(500);
    let options = SolveOptions {
        time_limit: Some(limit),
        ..exact()
    };
    let answer = timed(backend, &endless().0, &options, limit)?;
    stopped_by(&answer, Stopped::TimeLimit)
}

fn bound_when_stopped(backend: &dyn Backend) -> Result<(), String> {
    let options = SolveOptions {
        time_limit: Some(Duration::from_secs(1)),
        ..exact()
    };
    let answer = solve(backend, &endless().0, &options)?;
    // The relaxation's optimum is 0: a bound above it has not even the root's.
    if answer.bound <= 1e-6 {
        Ok(())
    } else {
        Err(format!(
            "the relaxation proves 0, the bound is {}",
            answer.bound
        ))
    }
}

fn cancelled_before(backend: &dyn Backend) -> Result<(), String> {
    let cancel = Cancel::new();
    cancel.cancel();
    let lp = if backend.capabilities().integers {
        endless().0
    } else {
        super::program(&[(1.0, 0.0, 4.0, false)], &[(0.0, 3.0, &[(0, 2.0)])])
    };
    let options = SolveOptions {
        cancel: Some(&cancel),
        ..exact()
    };
    let answer = timed(backend, &lp, &options, Duration::ZERO)?;
    stopped_by(&answer, Stopped::Cancelled)
}

fn cancelled_while_running(backend: &dyn Backend) -> Result<(), String> {
    let delay = Duration::from_millis(300);
    let cancel = Cancel::new();
    let raiser = cancel.clone();
    let handle = thread::spawn(move || {
        thread::sleep(delay);
        raiser.cancel();
    });
    let options = SolveOptions {
        cancel: Some(&cancel),
        ..exact()
    };
    let answer = timed(backend, &endless().0, &options, delay);
    let joined = handle.join();
    stopped_by(&answer?, Stopped::Cancelled)?;
    joined.map_err(|_| "the thread that cancels failed".to_owned())
}

fn progress_is_told(backend: &dyn Backend) -> Result<(), String> {
    let told: Mutex<Vec<Progress>> = Mutex::new(Vec::new());
    let keep = |progress: Progress| {
        if let Ok(mut told) = told.lock() {
            told.push(progress);
        }
    };
    let options = SolveOptions {
        time_limit: Some(Duration::from_secs(2)),
        progress: Some(&keep),
        ..exact()
    };
    let answer = solve(backend, &endless().0, &options)?;
    let told = told.into_inner().map_err(|error| error.to_string())?;
    if told.is_empty() {
        return Err("never called in two seconds".to_owned());
    }
    for progress in &told {
        let incumbent = progress.incumbent.unwrap_or(f64::NEG_INFINITY);
        if progress.bound.is_some_and(|bound| bound < incumbent - 1e-6) {
            return Err(format!("a bound below the incumbent: {progress:?}"));
        }
    }
    let last = told.last().and_then(|progress| progress.incumbent);
    let end = answer.point.map(|point| point.objective);
    match (last, end) {
        (Some(last), Some(end)) if end < last - 1e-6 * last.abs() => Err(format!(
            "the last incumbent was {last}, the answer is {end}"
        )),
        (Some(last), None) => Err(format!(
            "the last incumbent was {last}, the answer has none"
        )),
        _ => Ok(()),
    }
}

fn start_is_used(backend: &dyn Backend) -> Result<(), String> {
    let (lp, start) = endless();
    let options = SolveOptions {
        time_limit: Some(Duration::from_millis(500)),
        start: Some(&start),
        ..exact()
    };
    let answer = solve(backend, &lp, &options)?;
    let given = lp.objective(&start);
    match answer.point {
        Some(point) if point.objective >= given - 1e-6 * given.abs() => Ok(()),
        Some(point) => Err(format!(
            "worse than its start: {} after {given}",
            point.objective
        )),
        None => Err("a feasible start was given, and no point came back".to_owned()),
    }
}

/// Starts that are infeasible, fractional or no numbers change nothing.
fn start_of_no_use(backend: &dyn Backend) -> Result<(), String> {
    let (lp, optimum) = knapsack();
    for value in [1.0, 0.5, -3.0, f64::NAN, OPEN] {
        let start = vec![value; lp.columns()];
        let options = SolveOptions {
            start: Some(&start),
            ..exact()
        };
        let answer = solve(backend, &lp, &options)?;
        expect_value(&answer, optimum).map_err(|reason| format!("start of {value}: {reason}"))?;
    }
    Ok(())
}

/// An answer "optimal within the gap" lies within it of the true optimum.
fn within(
    backend: &dyn Backend,
    program: &LinearProgram,
    optimum: f64,
    gap: f64,
) -> Result<(), String> {
    let options = SolveOptions {
        relative_gap: gap,
        ..SolveOptions::default()
    };
    let answer = solve(backend, program, &options)?;
    let value = answer
        .point
        .as_ref()
        .map_or(f64::NEG_INFINITY, |point| point.objective);
    if answer.proved != Proved::Optimal {
        return Err(format!(
            "gap {gap}: {:?} ({:?})",
            answer.proved, answer.stopped
        ));
    }
    if answer.bound < optimum - 1e-6 * optimum.abs().max(1.0) {
        return Err(format!(
            "gap {gap}: the bound {} excludes {optimum}",
            answer.bound
        ));
    }
    let shown = if backend.capabilities().bound {
        answer.bound
    } else {
        optimum
    };
    if relative_gap(value, shown) > gap + 1e-6 {
        return Err(format!("gap {gap}: value {value}, bound {shown}"));
    }
    Ok(())
}

fn gap_is_kept(backend: &dyn Backend) -> Result<(), String> {
    let (lp, optimum) = knapsack();
    [0.0, 1e-4, 0.05, 0.5]
        .into_iter()
        .try_for_each(|gap| within(backend, &lp, optimum, gap))
}

/// With a constant that takes most of the value away, the same gap is far tighter.
fn gap_counts_the_constant(backend: &dyn Backend) -> Result<(), String> {
    let (mut lp, optimum) = knapsack();
    for left in [3.0, -3.0] {
        lp.offset = left - optimum;
        within(backend, &lp, left, 0.3)?;
    }
    Ok(())
}

/// Another number of threads may be ignored, but neither refused nor answered otherwise.
fn threads_may_change(backend: &dyn Backend) -> Result<(), String> {
    let lp = super::program(
        &[(1.0, 0.0, 4.0, false), (1.0, 0.0, 4.0, false)],
        &[(0.0, 3.0, &[(0, 2.0), (1, 1.0)])],
    );
    for threads in [1, 2, 1] {
        let options = SolveOptions { threads, ..exact() };
        let answer = solve(backend, &lp, &options)?;
        expect_value(&answer, 3.0).map_err(|reason| format!("{threads} threads: {reason}"))?;
    }
    Ok(())
}

/// The same program and options give the same bits.
fn repeats_itself(backend: &dyn Backend) -> Result<(), String> {
    let lp = if backend.capabilities().integers {
        knapsack().0
    } else {
        super::linear::certified(5).0
    };
    let first = solve(backend, &lp, &exact())?.point;
    let second = solve(backend, &lp, &exact())?.point;
    let bits = |point: &Option<crate::backend::Point>| -> Vec<u64> {
        let values = point.iter().flat_map(|point| &point.values);
        values.map(|value| value.to_bits()).collect()
    };
    if bits(&first) == bits(&second) && first.is_some() {
        Ok(())
    } else {
        Err(format!("{first:?}, then {second:?}"))
    }
}
