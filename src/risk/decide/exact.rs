//! The whole decision as one program, for few scenarios.
//!
//! The rules are those of the problem; value[s] is the objective of scenario s, linear in the same
//! columns. Columns are added: η, and a shortfall z[s] ≥ 0 for the tail.
//!
//! ```text
//! tail     maximize (1 − w)·Σ p[s]·value[s] + w·(η − Σ p[s]·z[s]/α)   with  value[s] − η + z[s] ≥ 0
//! worst    maximize η                                                with  value[s] − η ≥ 0
//! regret   maximize η                                                with  value[s] − η ≥ best[s]
//! ```

use super::Known;
use super::futures::Futures;
use super::measure::{Gauge, Measure};
use crate::backend::Proved;
use crate::engine::Engine;
use crate::program::{Formulation, LinearProgram, formulate};
use crate::risk::Error;

/// Hands the program to the backend, from the best plan known.
pub(super) fn solve(
    futures: &Futures<'_>,
    gauge: &Gauge,
    engine: &Engine,
    known: &mut Known,
) -> Result<(), Error> {
    let formulation = formulate(futures.problem, &futures.weights, &[]);
    let program = extended(futures, gauge, &formulation);
    let start = known.best().map(|plan| {
        let values = known.values().unwrap_or_default();
        let mut point = formulation.encode(futures.problem, plan);
        point.extend(risk_columns(gauge, values));
        point
    });
    let answer = engine.solve_program(&program, start.as_deref())?;
    known.solves += 1;
    if answer.bound < known.bound {
        known.bound = answer.bound;
        known.proved_by = engine.backend_name();
    }
    if answer.proved == Proved::Infeasible && known.plans.is_empty() {
        known.infeasible = true;
    }
    if let Some(point) = answer.point {
        let plan = formulation.decode(futures.problem, &point.values);
        known.offer(futures, gauge, plan);
    }
    Ok(())
}

/// Values of the added columns for the values of a plan.
fn risk_columns(gauge: &Gauge, values: &[f64]) -> Vec<f64> {
    let Measure::Tail { alpha, weight } = gauge.measure else {
        return vec![gauge.of(values)];
    };
    if weight <= 0.0 {
        return Vec::new();
    }
    // η is the value up to which the worst share reaches.
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]).then(a.cmp(&b)));
    let mut left = alpha;
    let reaches = order.iter().find(|&&at| {
        left -= gauge.probabilities[at];
        left <= 1e-12
    });
    let eta = reaches.or(order.last()).map_or(0.0, |&at| values[at]);
    let short = values.iter().map(|value| (eta - value).max(0.0));
    std::iter::once(eta).chain(short).collect()
}

fn extended(futures: &Futures<'_>, gauge: &Gauge, formulation: &Formulation) -> LinearProgram {
    let mut program = formulation.program.clone();
    let scenarios: Vec<LinearProgram> = (0..futures.count())
        .map(|at| formulate(&futures.alone(at), &futures.weights, &[]).program)
        .collect();
    let (mean_weight, alpha) = match gauge.measure {
        Measure::Tail { alpha, weight } => (1.0 - weight, Some(alpha)),
        Measure::Worst | Measure::Regret => (0.0, None),
    };
    program.cost.fill(0.0);
    program.offset = 0.0;
    for (scenario, p) in scenarios.iter().zip(&gauge.probabilities) {
        program.offset += mean_weight * p * scenario.offset;
        for (cost, own) in program.cost.iter_mut().zip(&scenario.cost) {
            *cost += mean_weight * p * own;
        }
    }
    if gauge.share() <= 0.0 {
        return program;
    }
    let eta = add_column(&mut program, gauge.share(), f64::NEG_INFINITY);
    for (at, scenario) in scenarios.iter().enumerate() {
        let costs = scenario.cost.iter().zip(0..eta);
        let terms = costs.filter(|(cost, _)| **cost != 0.0);
        let mut terms: Vec<(u32, f64)> = terms.map(|(cost, column)| (column, *cost)).collect();
        terms.push((eta, -1.0));
        if let Some(alpha) = alpha {
            let price = -gauge.share() * gauge.probabilities[at] / alpha;
            terms.push((add_column(&mut program, price, 0.0), 1.0));
        }
        for (column, coefficient) in terms {
            program.col_index.push(column);
            program.coefficient.push(coefficient);
        }
        program.row_lower.push(gauge.against[at] - scenario.offset);
        program.row_upper.push(f64::INFINITY);
        program.row_start.push(program.col_index.len());
    }
    program
}

fn add_column(program: &mut LinearProgram, cost: f64, lower: f64) -> u32 {
    let column = u32::try_from(program.cost.len()).expect("few columns");
    program.cost.push(cost);
    program.lower.push(lower);
    program.upper.push(f64::INFINITY);
    program.integer.push(false);
    column
}
