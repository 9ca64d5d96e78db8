//! The best arc of a market at the reps' prices.

use super::model::{LANES, Transport, id};
use super::tree::NONE;

/// The largest value − price over the arcs of a market; −∞ where it has none.
pub(super) fn best_gain(problem: &Transport, price: &[f64], market: usize) -> f64 {
    let span = problem.span(market);
    let value = &problem.value[span.clone()];
    if problem.dense {
        best_dense(value, price)
    } else {
        best_sparse(value, &problem.rep[span], price)
    }
}

fn best_dense(value: &[f64], price: &[f64]) -> f64 {
    let mut best = [f64::NEG_INFINITY; LANES];
    let (values, prices) = (value.chunks_exact(LANES), price.chunks_exact(LANES));
    let rest = values.remainder().iter().zip(prices.remainder());
    for (best, (value, price)) in best.iter_mut().zip(rest) {
        *best = value - price;
    }
    for (values, prices) in values.zip(prices) {
        for lane in 0..LANES {
            let gain = values[lane] - prices[lane];
            best[lane] = if gain > best[lane] { gain } else { best[lane] };
        }
    }
    let mut left = LANES;
    while left > 1 {
        left /= 2;
        for lane in 0..left {
            let other = best[left + lane];
            best[lane] = if other > best[lane] {
                other
            } else {
                best[lane]
            };
        }
    }
    best[0]
}

fn best_sparse(value: &[f64], rep: &[u32], price: &[f64]) -> f64 {
    let gains = value.iter().zip(rep);
    gains.fold(f64::NEG_INFINITY, |best, (value, &rep)| {
        let gain = value - price[rep as usize];
        if gain > best { gain } else { best }
    })
}

/// The best that a market can do with its next hour: the gain, and its first arc with that gain or
/// [`NONE`] where no arc beats leaving the hour unserved.
pub(super) fn best_arc(problem: &Transport, price: &[f64], market: usize) -> (f64, u32) {
    let (gain, unserved) = (best_gain(problem, price, market), -problem.loss[market]);
    if gain > unserved {
        (gain, arc_with(problem, price, market, gain))
    } else {
        (unserved, NONE)
    }
}

/// The first arc of a market whose value − price is at least `gain`.
pub(super) fn arc_with(problem: &Transport, price: &[f64], market: usize, gain: f64) -> u32 {
    let span = problem.span(market);
    let first = span.start;
    let mut arcs = problem.value[span.clone()].iter().zip(&problem.rep[span]);
    let at = arcs.position(|(value, &rep)| value - price[rep as usize] >= gain);
    at.map_or(NONE, |at| id(first + at))
}

/// How much a market loses when it must do without its best choice, an arc or [`NONE`] for none.
pub(super) fn regret(
    problem: &Transport,
    price: &mut [f64],
    market: usize,
    (gain, arc): (f64, u32),
) -> f64 {
    if arc == NONE {
        return gain - best_gain(problem, price, market);
    }
    let rep = problem.rep[arc as usize] as usize;
    gain - best_elsewhere(problem, price, market, rep).max(-problem.loss[market])
}

/// As [`best_gain`], over the arcs to all reps but one.
pub(super) fn best_elsewhere(
    problem: &Transport,
    price: &mut [f64],
    market: usize,
    rep: usize,
) -> f64 {
    // A row is compared in whole lanes; putting the rep out of reach is faster than leaving it out.
    let kept = std::mem::replace(&mut price[rep], f64::INFINITY);
    let best = best_gain(problem, price, market);
    price[rep] = kept;
    best
}
