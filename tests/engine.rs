//! The engine's promises: limits and cancellation end a run in time with what is known, progress
//! never turns back, and the value of an hour is the dual of the program with its integers fixed.

#![cfg(feature = "microlp")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use apportion::backend::microlp::Microlp;
use apportion::backend::{Cancel, Progress, Stopped};
use apportion::check::verify;
use apportion::domain::Problem;
use apportion::engine::{Engine, Outcome};
use apportion::input::{Calendar, Input, Market, Rep};

/// What a run may take beyond its limit here: the solver looks at the clock between pivots only,
/// and tests run side by side.
const LATE: Duration = Duration::from_secs(3);

/// 8 reps and 120 markets whose hours are so short that a proof to the last digit takes long.
fn tight() -> Problem {
    let random = &mut common::Random::new(7);
    let mut input = Input::new("tight").calendar(Calendar::quarters(2027).hours_per_day(1.1));
    for at in 0..8 {
        let (latitude, longitude) = (random.between(29.0, 34.0), random.between(109.0, 114.0));
        input = input.rep(Rep::new(format!("r{at}")).home(latitude, longitude));
    }
    for at in 0..120 {
        let market = Market::new(format!("m{at}"))
            .at(random.between(29.0, 34.0), random.between(109.0, 114.0))
            .potential(random.between(1e5, 1e6))
            .visits(random.between(0.5, 4.0), random.between(1.0, 3.0));
        input = input.market(market);
    }
    Problem::new(&input).unwrap()
}

fn engine() -> Engine {
    Engine::new(Arc::new(Microlp::new())).relative_gap(0.0)
}

fn known(problem: &Problem, outcome: Outcome, stopped: Stopped) {
    let Outcome::Solved(solved) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(solved.proof.stopped, stopped);
    assert!(!solved.proof.optimal);
    assert!(verify(problem, &solved.plan).is_valid());
    assert!(solved.bound() >= solved.value());
}

#[test]
fn the_time_limit_is_kept() {
    let problem = tight();
    let limit = Duration::from_millis(1500);
    let started = Instant::now();
    let outcome = engine().time_limit(limit).solve(&problem).unwrap();
    let took = started.elapsed();
    assert!(took < limit + LATE, "{took:?}");
    known(&problem, outcome, Stopped::TimeLimit);
}

#[test]
fn cancelling_ends_a_run_with_the_best_plan() {
    let problem = tight();
    let cancel = Cancel::new();
    let flag = cancel.clone();
    let raised = thread::spawn(move || {
        thread::sleep(Duration::from_secs(1));
        flag.cancel();
        Instant::now()
    });
    let outcome = engine().cancel(cancel).solve(&problem).unwrap();
    let late = raised.join().unwrap().elapsed();
    assert!(late < LATE, "{late:?}");
    known(&problem, outcome, Stopped::Cancelled);
}

/// A run that is cancelled before it starts looks at nothing, and still says what is proved.
#[test]
fn cancelled_before_the_start() {
    let cancel = Cancel::new();
    cancel.cancel();
    let outcome = engine().cancel(cancel).solve(&tight()).unwrap();
    match outcome {
        Outcome::Solved(solved) => assert!(solved.bound() >= solved.value()),
        Outcome::NoPlan(why) => assert_eq!(why.stopped, Stopped::Cancelled),
        Outcome::Infeasible(conflict) => panic!("{conflict}"),
    }
}

#[test]
fn progress_never_turns_back() {
    let told: Arc<Mutex<Vec<Progress>>> = Arc::default();
    let sink = Arc::clone(&told);
    let engine = engine()
        .time_limit(Duration::from_secs(3))
        .progress(move |progress| sink.lock().unwrap().push(progress));
    engine.solve(&tight()).unwrap();
    let told = told.lock().unwrap();
    assert!(!told.is_empty(), "nothing was told");
    let value = |progress: &Progress| progress.incumbent.unwrap_or(f64::NEG_INFINITY);
    for pair in told.windows(2) {
        assert!(pair[0].elapsed <= pair[1].elapsed);
        assert!(value(&pair[0]) <= value(&pair[1]));
    }
    for progress in told.iter() {
        assert!(progress.bound.unwrap() >= value(progress) * (1.0 - 1e-9));
    }
    assert!(told.iter().any(|progress| progress.incumbent.is_some()));
}

/// The expected answer is a certificate: HiGHS's dual of the capacity row.
#[cfg(feature = "highs")]
#[test]
fn the_value_of_an_hour_is_the_dual_of_its_row() {
    use apportion::backend::highs::Highs;
    use apportion::backend::{Backend, SolveOptions};
    use apportion::explain::hour_values;
    use apportion::program::{RowKind, formulate};

    let mut with_overtime = 0;
    for seed in 0..120 {
        let problem = Problem::new(&common::small_input(seed)).unwrap();
        let Outcome::Solved(solved) = engine().solve(&problem).unwrap() else {
            continue;
        };
        let formulation = formulate(&problem, &problem.weights(), &[]);
        let point = formulation.encode(&problem, &solved.plan);
        let mut program = formulation.program.clone();
        for (column, &value) in point.iter().enumerate() {
            if program.integer[column] {
                program.lower[column] = value;
                program.upper[column] = value;
            }
        }
        program.integer.fill(false);
        let mut session = Highs::new().load(&program).unwrap();
        let answer = session.solve(&SolveOptions::default()).unwrap();
        let duals = answer.point.unwrap().duals.unwrap();
        let values = hour_values(&problem, &solved.plan, &solved.hour_prices);
        for (row, kind) in formulation.rows.iter().enumerate() {
            let RowKind::Capacity(rep, period) = *kind else {
                continue;
            };
            let (id, name) = (
                &problem.rep(rep).id,
                &problem.calendar().periods[period as usize].name,
            );
            let Some(value) = values.iter().find(|v| &v.rep == id && &v.period == name) else {
                continue;
            };
            // Exactly at a limit there is a range of duals.
            if value.full || (value.load - value.hours).abs() < 1e-6 {
                continue;
            }
            let dual = duals.rows[row];
            assert!(
                (dual - value.value_per_hour).abs() < 1e-6 * dual.abs().max(1.0),
                "seed {seed}, {id} in {name}: {dual} by HiGHS, {value:?}"
            );
            with_overtime += usize::from(value.overtime > 0.0);
        }
    }
    assert!(
        with_overtime >= 20,
        "only {with_overtime} hours of overtime"
    );
}
