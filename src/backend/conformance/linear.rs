//! Linear programs with an optimum: closed forms, and random ones certified by construction.

use super::{Backend, Case, Draw, FREE, LinearProgram, Need, OPEN, case, close, expect, program};
use crate::program::LinearProgramBuilder;

pub(super) const CASES: &[Case] = &[
    case("lp_two_rows", Need::Nothing, two_rows),
    case("lp_equality", Need::Nothing, equality),
    case("lp_range_binds_above", Need::Nothing, range_above),
    case("lp_range_binds_below", Need::Nothing, range_below),
    case("lp_free_column", Need::Nothing, free_column),
    case("lp_negative_upper_bound", Need::Nothing, negative_upper),
    case("lp_only_an_upper_bound", Need::Nothing, only_upper),
    case("lp_empty_row", Need::Nothing, empty_row),
    case("lp_empty_column", Need::Nothing, empty_column),
    case("lp_free_row", Need::Nothing, free_row),
    case("lp_no_rows", Need::Nothing, no_rows),
    case("lp_no_columns", Need::Nothing, no_columns),
    case("lp_fixed_columns", Need::Nothing, fixed_columns),
    case("lp_constant", Need::Nothing, constant),
    case("lp_no_costs", Need::Nothing, no_costs),
    case("lp_duplicate_rows", Need::Nothing, duplicate_rows),
    case("lp_degenerate_beale", Need::Nothing, beale),
    case("lp_degenerate_klee_minty", Need::Nothing, klee_minty),
    case("lp_money_in_billions", Need::Nothing, billions),
    case("lp_transport", Need::Nothing, transport),
    case("lp_random_certified", Need::Nothing, random_certified),
];

/// Closed form: the rows cross at (2, 6).
fn two_rows(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(
        &[(3.0, 0.0, 4.0, false), (5.0, 0.0, 6.0, false)],
        &[(FREE, 18.0, &[(0, 3.0), (1, 2.0)])],
    );
    let answer = expect(backend, &lp, 36.0)?;
    let values = answer.point.map(|point| point.values).unwrap_or_default();
    if close(values[0], 2.0) && close(values[1], 6.0) {
        Ok(())
    } else {
        Err(format!("the only optimum is (2, 6), found {values:?}"))
    }
}

fn equality(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(
        &[(-1.0, 0.0, OPEN, false), (-2.0, 0.0, OPEN, false)],
        &[
            (10.0, 10.0, &[(0, 1.0), (1, 1.0)]),
            (FREE, 4.0, &[(0, 1.0)]),
        ],
    );
    expect(backend, &lp, -16.0).map(drop)
}

fn range_above(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(
        &[(1.0, 0.0, OPEN, false), (1.0, 0.0, OPEN, false)],
        &[(2.0, 7.0, &[(0, 1.0), (1, 2.0)])],
    );
    expect(backend, &lp, 7.0).map(drop)
}

fn range_below(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(
        &[(-1.0, 0.0, OPEN, false), (-1.0, 0.0, OPEN, false)],
        &[(2.0, 7.0, &[(0, 1.0), (1, 2.0)])],
    );
    expect(backend, &lp, -1.0).map(drop)
}

fn free_column(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(
        &[(-1.0, FREE, OPEN, false), (0.0, 0.0, 3.0, false)],
        &[(-5.0, OPEN, &[(0, 1.0), (1, 1.0)])],
    );
    expect(backend, &lp, 8.0).map(drop)
}

fn negative_upper(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(
        &[(1.0, -9.0, -2.5, false), (-1.0, -4.0, -1.0, false)],
        &[(-6.0, OPEN, &[(0, 1.0), (1, 1.0)])],
    );
    expect(backend, &lp, 1.0).map(drop)
}

fn only_upper(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(
        &[(2.0, FREE, -3.0, false), (-1.0, FREE, 5.0, false)],
        &[(0.0, OPEN, &[(0, 1.0), (1, 1.0)])],
    );
    expect(backend, &lp, -9.0).map(drop)
}

fn empty_row(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(
        &[(1.0, 0.0, 2.0, false)],
        &[(-1.0, 1.0, &[]), (FREE, 1.5, &[(0, 1.0)])],
    );
    expect(backend, &lp, 1.5).map(drop)
}

fn empty_column(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(
        &[
            (1.0, 0.0, 2.0, false),
            (-3.0, -4.0, 8.0, false),
            (0.0, FREE, OPEN, false),
        ],
        &[(FREE, 1.5, &[(0, 1.0)])],
    );
    expect(backend, &lp, 13.5).map(drop)
}

fn free_row(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(
        &[(1.0, 0.0, 2.0, false), (1.0, 0.0, 2.0, false)],
        &[(FREE, OPEN, &[(0, 1.0), (1, 1.0)])],
    );
    expect(backend, &lp, 4.0).map(drop)
}

fn no_rows(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(&[(1.0, -1.0, 2.0, false), (-1.0, -1.0, 2.0, false)], &[]);
    expect(backend, &lp, 3.0).map(drop)
}

fn no_columns(backend: &dyn Backend) -> Result<(), String> {
    let mut lp = program(&[], &[(-1.0, 0.0, &[])]);
    lp.offset = 4.0;
    expect(backend, &lp, 4.0).map(drop)
}

fn fixed_columns(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(
        &[
            (1.0, 3.0, 3.0, false),
            (1.0, 0.0, OPEN, false),
            (2.0, -1.5, -1.5, false),
        ],
        &[(FREE, 5.0, &[(0, 1.0), (1, 1.0), (2, 1.0)])],
    );
    expect(backend, &lp, 3.5).map(drop)
}

fn constant(backend: &dyn Backend) -> Result<(), String> {
    let mut lp = program(&[(-1.0, 0.0, 2.0, false)], &[(1.0, OPEN, &[(0, 2.0)])]);
    lp.offset = 100.25;
    expect(backend, &lp, 99.75).map(drop)
}

fn no_costs(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(
        &[(0.0, 0.0, 2.0, false), (0.0, 0.0, 2.0, false)],
        &[(3.0, 3.0, &[(0, 1.0), (1, 1.0)])],
    );
    expect(backend, &lp, 0.0).map(drop)
}

fn duplicate_rows(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(
        &[(1.0, 0.0, OPEN, false), (1.0, 0.0, OPEN, false)],
        &[
            (4.0, 4.0, &[(0, 1.0), (1, 1.0)]),
            (8.0, 8.0, &[(0, 2.0), (1, 2.0)]),
            (FREE, 4.0, &[(0, 1.0), (1, 1.0)]),
        ],
    );
    expect(backend, &lp, 4.0).map(drop)
}

/// Beale's program, on which the textbook simplex cycles; its optimum is 1/20.
fn beale(backend: &dyn Backend) -> Result<(), String> {
    let column = |cost| (cost, 0.0, OPEN, false);
    let lp = program(
        &[column(0.75), column(-150.0), column(0.02), column(-6.0)],
        &[
            (FREE, 0.0, &[(0, 0.25), (1, -60.0), (2, -0.04), (3, 9.0)]),
            (FREE, 0.0, &[(0, 0.5), (1, -90.0), (2, -0.02), (3, 3.0)]),
            (FREE, 1.0, &[(2, 1.0)]),
        ],
    );
    expect(backend, &lp, 0.05).map(drop)
}

/// Klee and Minty's cube in five dimensions; its optimum is 5^5.
fn klee_minty(backend: &dyn Backend) -> Result<(), String> {
    let mut builder = LinearProgramBuilder::new();
    let size = 5_u32;
    for column in 0..size {
        builder.column(f64::from(2_u32.pow(size - 1 - column)), 0.0, OPEN, false);
    }
    for row in 0..size {
        let mut terms: Vec<(u32, f64)> = (0..row)
            .map(|column| (column, f64::from(2_u32.pow(row - column + 1))))
            .collect();
        terms.push((row, 1.0));
        builder.row(FREE, f64::from(5_u32.pow(row + 1)), &mut terms);
    }
    expect(backend, &builder.finish(), 3125.0).map(drop)
}

/// Revenue is 2.5e8 an hour up to 3e9; an hour costs 120 and there are 40 of them. Twelve hours earn
/// it all: 3e9 − 1440. The optimum must be right to a money unit, not only relatively.
fn billions(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(
        &[(1.0, 0.0, 3.0e9, false), (-120.0, 0.0, 40.0, false)],
        &[
            (FREE, 0.0, &[(0, 1.0), (1, -2.5e8)]),
            (FREE, 40.0, &[(1, 1.0)]),
        ],
    );
    let answer = expect(backend, &lp, 3.0e9 - 1440.0)?;
    let hours = answer.point.map_or(f64::NAN, |point| point.values[1]);
    if 120.0 * (hours - 12.0).abs() <= 1.0 {
        Ok(())
    } else {
        Err(format!("12 hours earn it all, found {hours}"))
    }
}

/// Two depots, three shops; the optimum is by enumeration of the bases.
fn transport(backend: &dyn Backend) -> Result<(), String> {
    let cost = [8.0, 6.0, 10.0, 9.0, 12.0, 13.0];
    let columns: Vec<(f64, f64, f64, bool)> =
        cost.iter().map(|&c| (-c, 0.0, OPEN, false)).collect();
    let lp = program(
        &columns,
        &[
            (FREE, 35.0, &[(0, 1.0), (1, 1.0), (2, 1.0)]),
            (FREE, 50.0, &[(3, 1.0), (4, 1.0), (5, 1.0)]),
            (45.0, 45.0, &[(0, 1.0), (3, 1.0)]),
            (20.0, 20.0, &[(1, 1.0), (4, 1.0)]),
            (20.0, 20.0, &[(2, 1.0), (5, 1.0)]),
        ],
    );
    // Depot 1 saves 6 an item at shop 2, 3 at shop 3 and 1 at shop 1 over depot 2: its 35 items go
    // to shop 2 (20) and shop 3 (15); depot 2 serves the rest (45 and 5).
    expect(
        backend,
        &lp,
        -(20.0 * 6.0 + 15.0 * 10.0 + 45.0 * 9.0 + 5.0 * 13.0),
    )
    .map(drop)
}

/// Programs built around a primal and a dual point that satisfy complementary slackness, so that the
/// optimum is known: limits pass through the primal point where the dual has a price, costs are the
/// priced rows plus reduced costs.
fn random_certified(backend: &dyn Backend) -> Result<(), String> {
    for seed in 1..=12 {
        let (lp, optimum) = certified(seed);
        expect(backend, &lp, optimum).map_err(|reason| format!("seed {seed}: {reason}"))?;
    }
    Ok(())
}

pub(super) fn certified(seed: u64) -> (LinearProgram, f64) {
    let mut draw = Draw(seed);
    let (columns, rows) = (12_u32, 8);
    let point: Vec<f64> = (0..columns).map(|_| draw.whole(0, 9)).collect();
    let mut costs = vec![0.0; point.len()];
    let mut builder = LinearProgramBuilder::new();
    // Limits and terms of each row.
    type Pending = (f64, f64, Vec<(u32, f64)>);
    let mut pending: Vec<Pending> = Vec::new();
    for _ in 0..rows {
        let mut terms = Vec::new();
        for column in 0..columns {
            if draw.whole(0, 2) > 0.0 {
                terms.push((column, draw.whole(-5, 9)));
            }
        }
        let activity: f64 = terms.iter().map(|&(c, a)| a * point[c as usize]).sum();
        let price = draw.whole(-3, 3);
        for &(column, a) in &terms {
            costs[column as usize] += price * a;
        }
        let slack = draw.whole(1, 20);
        let (lower, upper) = match price {
            p if p > 0.0 => (activity - slack, activity),
            p if p < 0.0 => (activity, activity + slack),
            _ => (activity - slack, activity + 2.0 * slack),
        };
        pending.push((lower, upper, terms));
    }
    for (column, &value) in point.iter().enumerate() {
        let reduced = draw.whole(-2, 2);
        costs[column] += reduced;
        let (lower, upper) = match reduced {
            r if r > 0.0 => (value - 7.0, value),
            r if r < 0.0 => (value, OPEN),
            _ => (value - 7.0, value + 7.0),
        };
        builder.column(costs[column], lower, upper, false);
    }
    for (lower, upper, mut terms) in pending {
        builder.row(lower, upper, &mut terms);
    }
    let lp = builder.finish();
    let optimum = lp.objective(&point);
    (lp, optimum)
}
