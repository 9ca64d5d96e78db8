//! What a scenario costs: applying its changes, refreshing what they touch, solving, summing up.
//!
//! ```sh
//! cargo bench -p apportion-bench --bench sweep
//! cargo bench -p apportion-bench --bench sweep -- solve
//! ```

use std::hint::black_box;
use std::time::Duration;

use apportion::prices::transport::{Answer, Limits, Simplex, Transport};
use apportion::scenario::{Draft, Names, Scenarios, apply_draft};
use apportion::sweep::assignment::{AssignmentScenarios, Changed};
use apportion::sweep::kept::{Compiled, Evaluator};
use apportion::sweep::summary::Summary;
use apportion::sweep::{Outcome, Reaction, Record, Sweep};
use apportion_bench::sweeps::{Random, Spread, Touch, Values, case};
use apportion_bench::transport;
use criterion::{Criterion, criterion_group, criterion_main};

/// Markets that a scenario changes, of 4 000.
const TOUCHED: [usize; 2] = [10, 4_000];
/// Scenarios that the benches go through, over and over.
const SCENARIOS: u64 = 1_000;

fn scenarios(touched: usize) -> Random {
    Random {
        count: SCENARIOS,
        touched,
        touch: Touch::Work,
    }
}

/// The next number of a scenario.
fn next(index: &mut u64) -> u64 {
    *index = (*index + 1) % SCENARIOS;
    *index
}

/// The changes of a scenario: drawn, made to a whole problem, and refreshed under a kept plan.
fn apply_and_refresh(criterion: &mut Criterion) {
    let (problem, plan) = case(4_000, 50).unwrap_or_else(|fault| panic!("{fault}"));
    let names = Names::new(&problem);
    let compiled = Compiled::new(&problem, &plan);
    let mut evaluator = Evaluator::new(&compiled);
    let mut draft = Draft::default();
    let mut index = 0;
    for touched in TOUCHED {
        let scenarios = scenarios(touched);
        let mut draw = |draft: &mut Draft| {
            let drawn = scenarios.draft(&names, next(&mut index), draft);
            drawn.unwrap_or_else(|faults| panic!("{faults}"));
        };
        criterion.bench_function(&format!("draw/{touched}"), |bencher| {
            bencher.iter(|| draw(black_box(&mut draft)));
        });
        criterion.bench_function(&format!("apply/{touched}"), |bencher| {
            bencher.iter(|| apply_draft(&problem, black_box(&draft)));
        });
        criterion.bench_function(&format!("refresh/{touched}"), |bencher| {
            bencher.iter(|| {
                draw(&mut draft);
                evaluator.evaluate(black_box(&draft))
            });
        });
    }
}

/// A transportation problem of 50 reps and 1 000 markets, from the base's basis to a proved optimum.
fn solve(criterion: &mut Criterion) {
    let base = transport::problem(50, 1_000).unwrap_or_else(|error| panic!("{error}"));
    let mut simplex = Simplex::cold(&base);
    simplex.solve(&base, &Limits::default());
    let basis = simplex.basis().clone();
    let (mut problem, mut answer): (Transport, Answer) = (base.clone(), Answer::default());
    for spread in [Spread::Costs, Spread::Arcs, Spread::Markets] {
        let values = Values {
            count: SCENARIOS,
            spread,
        };
        let mut index = 0;
        criterion.bench_function(&format!("values/{spread:?}"), |bencher| {
            bencher.iter(|| values.apply(next(&mut index), &base, &mut problem));
        });
        criterion.bench_function(&format!("solve/{spread:?}"), |bencher| {
            bencher.iter(|| {
                let changed = values.apply(next(&mut index), &base, &mut problem);
                simplex.load(&basis);
                match changed {
                    Ok(Changed::Values) => simplex.resolve_values(&problem, &Limits::default()),
                    _ => simplex.resolve_quantities(&problem, &Limits::default()),
                };
                simplex.answer_into(&problem, &mut answer);
                answer.gap()
            });
        });
    }
}

/// A record's way into the summary.
fn summarize(criterion: &mut Criterion) {
    let (problem, plan) = case(1_000, 50).unwrap_or_else(|fault| panic!("{fault}"));
    let mut records: Vec<Record> = Vec::new();
    let ran = Sweep::new(&problem)
        .scenarios(&scenarios(1_000))
        .policy(Reaction::KeepPlan(&plan))
        .run(&mut |outcome: &Outcome| {
            records.push(outcome.record.clone());
            Ok(())
        });
    assert!(ran.is_ok() && !records.is_empty());
    let mut summary = Summary::new(0.1);
    let mut at = 0;
    criterion.bench_function("summarize", |bencher| {
        bencher.iter(|| {
            at = (at + 1) % records.len();
            summary.add(black_box(&records[at]));
        });
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    targets = apply_and_refresh, solve, summarize
}
criterion_main!(benches);
