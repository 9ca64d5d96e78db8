//! A limit for any number of scenarios: a game between the plan and the weights of scenarios.
//!
//! max over plans of min over weights is at most min over weights of max over plans, and for given
//! weights the best plan is that of an ordinary problem, the mixture. Weights come from cutting
//! planes: the plans found so far say how low the measure can be pushed, a small linear program.
//! Any weights prove a limit, so the program need not be exact.

use super::Known;
use super::events::Cuts;
use super::futures::Futures;
use super::measure::{Gauge, mean};
use crate::engine::Engine;
use crate::plan::Plan;
use crate::program::LinearProgramBuilder;
use crate::risk::Error;
use crate::risk::force::InForce;

/// Runs the game for a number of rounds at most, until the gap is reached.
pub(super) fn play(
    futures: &Futures<'_>,
    gauge: &Gauge,
    engine: &Engine,
    (rounds, gap): (u32, f64),
    known: &mut Known,
) -> Result<(), Error> {
    let empty = Plan::empty(futures.problem);
    let force = InForce::new(futures.problem, &empty, engine);
    let mut part = gauge.probabilities.clone();
    let mut best_part = part.clone();
    let mut cuts = Cuts::new(futures);
    for round in 0..rounds {
        let mixture = gauge.mixture(&part);
        let mixed = futures.mixed(&mixture, &cuts);
        let found = force.solve(&mixed, known.best())?;
        known.solves += 1;
        let limit = found.bound + cuts.room(futures, &mixture);
        let bound = gauge.bound(&mixture, limit);
        if bound < known.bound {
            known.bound = bound;
            best_part.clone_from(&part);
        }
        match found.plan {
            Some((plan, _)) => {
                cuts.learn(futures, &plan);
                known.offer(futures, gauge, plan);
            }
            None if known.plans.is_empty() => {
                (known.reason, known.infeasible) = (found.reason, found.infeasible);
                return Ok(());
            }
            None => {}
        }
        if round == 0 {
            known.mean = known.plans.len().checked_sub(1);
        }
        let done = known.bound - known.value() <= gap * gauge_scale(known, gauge);
        let settled = gauge.share() <= 0.0 && !futures.has_recourse();
        if done || settled || engine.flag().is_cancelled() {
            break;
        }
        let Some(next) = cut(gauge, known, engine)? else {
            break;
        };
        // Halfway to the best weights steadies the steps; every third goes all the way.
        part = if round % 3 == 2 {
            next
        } else {
            let pairs = next.iter().zip(&best_part);
            pairs.map(|(a, b)| 0.5 * (a + b)).collect()
        };
    }
    Ok(())
}

/// What gaps are relative to: the limit, or for regret the mean of the best values.
pub(super) fn gauge_scale(known: &Known, gauge: &Gauge) -> f64 {
    let reference = mean(&gauge.against, &gauge.probabilities).abs();
    if reference > 0.0 {
        reference
    } else {
        known.bound.abs().max(f64::MIN_POSITIVE)
    }
}

/// The weights at which the plans found so far are worth least; none where the solver fails.
fn cut(gauge: &Gauge, known: &Known, engine: &Engine) -> Result<Option<Vec<f64>>, Error> {
    let (share, most) = (gauge.share(), gauge.most());
    let count = most.len();
    let worth = |(value, best): (&f64, &f64)| value - best;
    let worths =
        |values: &[f64]| -> Vec<f64> { values.iter().zip(&gauge.against).map(worth).collect() };
    // Weights add up to 1, so a sum taken from all values changes nothing.
    let all: Vec<f64> = known.plans.iter().flat_map(|own| worths(&own.1)).collect();
    let low = all.iter().copied().fold(f64::INFINITY, f64::min);
    let unit = all.iter().fold(1.0, |unit: f64, own| unit.max(own - low));
    let mut builder = LinearProgramBuilder::new();
    for &most in &most {
        builder.column(0.0, 0.0, most, false);
    }
    let least = builder.column(-1.0, f64::NEG_INFINITY, f64::INFINITY, false);
    let mut terms: Vec<(u32, f64)> = (0..least).map(|column| (column, 1.0)).collect();
    builder.row(1.0, 1.0, &mut terms);
    for (_, values) in &known.plans {
        let worths = worths(values);
        let fixed = (1.0 - share) * (mean(&worths, &gauge.probabilities) - low) / unit;
        let each = worths.iter().zip(0..least);
        terms.extend(each.map(|(own, column)| (column, -share * (own - low) / unit)));
        terms.push((least, 1.0));
        builder.row(fixed, f64::INFINITY, &mut terms);
    }
    let answer = engine.solve_program(&builder.finish(), None)?;
    Ok(answer
        .point
        .map(|point| within(&point.values[..count], &most)))
}

/// Weights within their limits that add up to 1.
fn within(weights: &[f64], most: &[f64]) -> Vec<f64> {
    let clamped = weights
        .iter()
        .zip(most)
        .map(|(q, most)| q.clamp(0.0, *most));
    let mut weights: Vec<f64> = clamped.collect();
    let total: f64 = weights.iter().sum();
    if total > 1.0 {
        weights.iter_mut().for_each(|q| *q /= total);
        return weights;
    }
    let mut missing = 1.0 - total;
    for (q, most) in weights.iter_mut().zip(most) {
        let more = (most - *q).min(missing).max(0.0);
        *q += more;
        missing -= more;
    }
    weights
}
