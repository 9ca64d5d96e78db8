//! A sweep of the full model, planned anew from the prices of the base, beside HiGHS from scratch.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use apportion::backend::microlp::Microlp;
use apportion::domain::Problem;
use apportion::engine::Engine;
use apportion::strategy::Strategy;
use apportion::sweep::{Outcome, Reaction, Sweep};
use serde_json::{Value, json};

use crate::runs;
use crate::sweeps::{Random, Touch, case};

/// Markets and reps.
const SIZE: [usize; 2] = [4_000, 50];
/// Threads, a scenario on each.
const THREADS: usize = 2;
/// Relative gap at which a scenario counts as solved.
const GAP: f64 = 0.001;
/// Scenarios that prices solve, and those that HiGHS does.
const COUNTS: [u64; 2] = [16, 2];
/// Time of a scenario: for prices, and for HiGHS.
const LIMITS: [Duration; 2] = [Duration::from_secs(10), Duration::from_secs(240)];

struct Ran {
    seconds: f64,
    gaps: Vec<f64>,
    without_plan: usize,
}

fn ran(problem: &Problem, reaction: Reaction<'_>, count: u64, limit: Duration) -> io::Result<Ran> {
    let scenarios = Random {
        count,
        touched: SIZE[0],
        touch: Touch::Work,
    };
    let mut gaps = vec![];
    let mut without_plan = 0;
    let began = Instant::now();
    Sweep::new(problem)
        .scenarios(&scenarios)
        .policy(reaction)
        .threads(THREADS)
        .each_limit(limit)
        .batch(1)
        .run(&mut |outcome: &Outcome| {
            match outcome.record.gap {
                Some(gap) => gaps.push(gap),
                None => without_plan += 1,
            }
            Ok(())
        })?;
    gaps.sort_by(f64::total_cmp);
    Ok(Ran {
        seconds: began.elapsed().as_secs_f64(),
        gaps,
        without_plan,
    })
}

#[allow(clippy::cast_precision_loss, reason = "few scenarios")]
fn line(solver: &str, count: u64, ran: &Ran) -> Value {
    json!({
        "sweep": "full model, 4000 markets, 50 reps, 12 periods, all markets change",
        "solver": solver,
        "threads": THREADS,
        "scenarios": count,
        "seconds_each": ran.seconds / count as f64,
        "median_gap": ran.gaps.get(ran.gaps.len() / 2),
        "largest_gap": ran.gaps.last(),
        "without_plan": ran.without_plan,
    })
}

/// One line for prices and, where it is compiled in, one for HiGHS: seconds for each scenario, gaps, and
/// scenarios that were left without a plan.
///
/// # Errors
/// When the base cannot be planned or a sweep ends.
pub fn figures() -> Result<Vec<Value>, Box<dyn Error>> {
    let (problem, plan) = case(SIZE[0], SIZE[1])?;
    let prices = Engine::new(Arc::new(Microlp::new()))
        .strategy(Strategy::Prices)
        .relative_gap(GAP);
    let warm = Reaction::Replan {
        engine: &prices,
        base: Some(&plan),
    };
    let own = ran(&problem, warm, COUNTS[0], LIMITS[0])?;
    let mut lines = vec![line("prices, from the base", COUNTS[0], &own)];
    let highs = runs::backends()
        .into_iter()
        .find(|backend| backend.name().starts_with("HiGHS"));
    if let Some(backend) = highs {
        let exact = Engine::new(backend)
            .strategy(Strategy::Exact)
            .relative_gap(GAP);
        let cold = Reaction::Replan {
            engine: &exact,
            base: None,
        };
        let theirs = ran(&problem, cold, COUNTS[1], LIMITS[1])?;
        let mut beside = line("HiGHS, from scratch", COUNTS[1], &theirs);
        #[allow(clippy::cast_precision_loss, reason = "few scenarios")]
        let ratio = theirs.seconds / COUNTS[1] as f64 / (own.seconds / COUNTS[0] as f64);
        beside["times_slower"] = json!(ratio);
        lines.push(beside);
    }
    Ok(lines)
}
