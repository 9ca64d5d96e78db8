//! The whole decision as one program, for few scenarios.
//!
//! The rules are those of the problem; value[s] is the objective of scenario s, linear in the same
//! columns. Columns are added: η, and a shortfall z[s] ≥ 0 for the tail; and what is done after
//! events, the columns and rows of Q[r,s] in [`super::events`].
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
use crate::domain::RepId;
use crate::engine::Engine;
use crate::program::{Formulation, Layout, LinearProgram, formulate};
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
    // What would be done after events is not known of the best plan.
    let start = known
        .best()
        .filter(|_| !futures.has_recourse())
        .map(|plan| {
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
    let scenarios: Vec<Objective> = (0..futures.count())
        .map(|at| objective(futures, at, &formulation.layout, &mut program))
        .collect();
    let (mean_weight, alpha) = match gauge.measure {
        Measure::Tail { alpha, weight } => (1.0 - weight, Some(alpha)),
        Measure::Worst | Measure::Regret => (0.0, None),
    };
    program.cost.fill(0.0);
    program.offset = 0.0;
    for (scenario, p) in scenarios.iter().zip(&gauge.probabilities) {
        program.offset += mean_weight * p * scenario.offset;
        for &(column, own) in &scenario.terms {
            program.cost[column as usize] += mean_weight * p * own;
        }
    }
    if gauge.share() <= 0.0 {
        return program;
    }
    let eta = add_column(
        &mut program,
        gauge.share(),
        f64::NEG_INFINITY,
        f64::INFINITY,
    );
    for (at, scenario) in scenarios.into_iter().enumerate() {
        let mut terms = scenario.terms;
        terms.push((eta, -1.0));
        if let Some(alpha) = alpha {
            let price = -gauge.share() * gauge.probabilities[at] / alpha;
            terms.push((add_column(&mut program, price, 0.0, f64::INFINITY), 1.0));
        }
        let least = gauge.against[at] - scenario.offset;
        add_row(&mut program, &terms, least, f64::INFINITY);
    }
    program
}

/// The value of a plan in a scenario, over the columns of the program.
struct Objective {
    terms: Vec<(u32, f64)>,
    offset: f64,
}

/// The objective of a scenario; columns and rows of its events are added to the program.
fn objective(
    futures: &Futures<'_>,
    scenario: usize,
    layout: &Layout,
    program: &mut LinearProgram,
) -> Objective {
    let values = futures.valued(&futures.alone(scenario));
    let own = formulate(&values, &futures.weights, &[]).program;
    let mut cost = own.cost;
    let mut more = Vec::new();
    for event in &futures.events[scenario] {
        let rep = RepId::at(event.rep);
        let periods = futures.problem.periods();
        for period in 0..periods {
            cost[layout.overtime(rep, period) as usize] = 0.0;
        }
        let price = -futures.overtime_price(event.rep);
        let over: Vec<u32> = (event.overtime.iter())
            .map(|&most| add_column(program, 0.0, 0.0, most))
            .collect();
        more.extend(over.iter().map(|&column| (column, price)));
        let mut rows: Vec<Vec<(u32, f64)>> = over.iter().map(|&own| vec![(own, -1.0)]).collect();
        for &id in futures.candidates_of(event.rep) {
            let worth = futures.worth(scenario, id);
            let assign = layout.assign(id);
            cost[assign as usize] -= worth;
            if event.left {
                continue;
            }
            let share = add_column(program, 0.0, 0.0, 1.0);
            more.push((share, worth));
            let planned = [(assign, -1.0), (share, 1.0)];
            add_row(program, &planned, f64::NEG_INFINITY, 0.0);
            for (row, hours) in rows.iter_mut().zip(futures.hours(id)) {
                row.push((share, hours));
            }
        }
        for (row, &hours) in rows.iter_mut().zip(&event.hours) {
            row.sort_unstable_by_key(|term| term.0);
            add_row(program, row, f64::NEG_INFINITY, hours);
        }
    }
    let columns = (0_u32..).zip(cost).filter(|(_, cost)| *cost != 0.0);
    Objective {
        terms: columns.chain(more).collect(),
        offset: own.offset,
    }
}

/// Adds a row whose columns are in order.
fn add_row(program: &mut LinearProgram, terms: &[(u32, f64)], lower: f64, upper: f64) {
    for &(column, coefficient) in terms {
        program.col_index.push(column);
        program.coefficient.push(coefficient);
    }
    program.row_lower.push(lower);
    program.row_upper.push(upper);
    program.row_start.push(program.col_index.len());
}

fn add_column(program: &mut LinearProgram, cost: f64, lower: f64, upper: f64) -> u32 {
    let column = u32::try_from(program.cost.len()).expect("few columns");
    program.cost.push(cost);
    program.lower.push(lower);
    program.upper.push(upper);
    program.integer.push(false);
    column
}
