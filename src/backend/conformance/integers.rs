//! Programs with whole numbers: closed forms, and random ones by enumeration.

use super::{
    Backend, Case, Draw, FREE, LinearProgram, Need, OPEN, case, close, exact, expect, program,
    sound,
};
use crate::backend::{BackendError, Proved};
use crate::program::LinearProgramBuilder;

pub(super) const CASES: &[Case] = &[
    case("mip_knapsack", Need::Integers, knapsack_optimum),
    case("mip_fractional_bounds", Need::Integers, fractional_bounds),
    case("mip_negative_bounds", Need::Integers, negative_bounds),
    case("mip_equality", Need::Integers, equality),
    case("mip_mixed_fixed_charge", Need::Integers, fixed_charge),
    case("mip_money_in_billions", Need::Integers, billions),
    case("mip_constant", Need::Integers, constant),
    case("mip_limit_only_by_a_row", Need::Integers, limited_by_row),
    case("mip_free_integer", Need::Integers, free_integer),
    case("mip_beyond_32_bits", Need::Integers, beyond_32_bits),
    case("mip_assignment_enumerated", Need::Integers, assignment),
    case("mip_random_enumerated", Need::Integers, random_enumerated),
];

/// Values and weights of a knapsack of capacity 26.
const ITEMS: [(f64, f64); 8] = [
    (24.0, 12.0),
    (13.0, 7.0),
    (23.0, 11.0),
    (15.0, 8.0),
    (16.0, 9.0),
    (11.0, 6.0),
    (7.0, 5.0),
    (9.0, 3.0),
];

/// A knapsack of eight items, and its optimum by enumeration of the 256 subsets.
pub(super) fn knapsack() -> (LinearProgram, f64) {
    let columns: Vec<(f64, f64, f64, bool)> = ITEMS
        .iter()
        .map(|&(value, _)| (value, 0.0, 1.0, true))
        .collect();
    let weights: Vec<(u32, f64)> = (0..)
        .zip(ITEMS)
        .map(|(at, (_, weight))| (at, weight))
        .collect();
    let lp = program(&columns, &[(FREE, 26.0, &weights)]);
    let optimum = enumerated(&lp, 2);
    (lp, optimum)
}

/// The best objective over all points of a program of whole numbers from 0 to below `size`.
fn enumerated(program: &LinearProgram, size: usize) -> f64 {
    let columns = program.columns();
    let count = size.pow(u32::try_from(columns).unwrap_or(u32::MAX));
    let mut best = FREE;
    let mut point = vec![0.0; columns];
    for code in 0..count {
        let mut rest = code;
        for value in &mut point {
            *value = f64::from(u32::try_from(rest % size).unwrap_or(0));
            rest /= size;
        }
        if program.violation(&point) <= 1e-9 {
            best = best.max(program.objective(&point));
        }
    }
    best
}

fn knapsack_optimum(backend: &dyn Backend) -> Result<(), String> {
    let (lp, optimum) = knapsack();
    expect(backend, &lp, optimum).map(drop)
}

/// Bounds of 0.5 and 3.5 leave the whole numbers 1, 2, 3.
fn fractional_bounds(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(
        &[(1.0, 0.5, 3.5, true), (-1.0, 0.5, 3.5, true)],
        &[(FREE, 9.0, &[(0, 1.0), (1, 1.0)])],
    );
    expect(backend, &lp, 2.0).map(drop)
}

fn negative_bounds(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(
        &[(1.0, -7.5, -1.2, true), (1.0, -3.0, 4.0, false)],
        &[(FREE, -2.5, &[(0, 1.0), (1, 1.0)])],
    );
    expect(backend, &lp, -2.5).map(drop)
}

/// 3x + 5y = 19 has two solutions in whole numbers, (3, 2) and, with y negative, none in bounds.
fn equality(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(
        &[(-1.0, 0.0, 20.0, true), (-1.0, 0.0, 20.0, true)],
        &[(19.0, 19.0, &[(0, 3.0), (1, 5.0)])],
    );
    expect(backend, &lp, -5.0).map(drop)
}

/// Serving 7 units costs 2 each from a site that costs 10 to open, or 4 each from one that costs 1
/// and holds 5: both cost more than the first alone (24), the second alone is too small.
fn fixed_charge(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(
        &[
            (-2.0, 0.0, OPEN, false),
            (-4.0, 0.0, OPEN, false),
            (-10.0, 0.0, 1.0, true),
            (-1.0, 0.0, 1.0, true),
        ],
        &[
            (7.0, 7.0, &[(0, 1.0), (1, 1.0)]),
            (FREE, 0.0, &[(0, 1.0), (2, -9.0)]),
            (FREE, 0.0, &[(1, 1.0), (3, -5.0)]),
        ],
    );
    expect(backend, &lp, -24.0).map(drop)
}

/// A market of 2.5e9 opened for 5e8 takes 12 hours of 16; one of 4e8 takes 5 and is not worth 4.5e8.
fn billions(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(
        &[
            (1.0, 0.0, OPEN, false),
            (1.0, 0.0, OPEN, false),
            (-5.0e8, 0.0, 1.0, true),
            (-4.5e8, 0.0, 1.0, true),
            (-120.0, 0.0, 16.0, false),
        ],
        &[
            (FREE, 0.0, &[(0, 1.0), (2, -2.5e9)]),
            (FREE, 0.0, &[(1, 1.0), (3, -4.0e8)]),
            (FREE, 0.0, &[(2, 12.0), (3, 5.0), (4, -1.0)]),
        ],
    );
    expect(backend, &lp, 2.0e9 - 1440.0).map(drop)
}

fn constant(backend: &dyn Backend) -> Result<(), String> {
    let (mut lp, optimum) = knapsack();
    lp.offset = -1000.5;
    expect(backend, &lp, optimum - 1000.5).map(drop)
}

/// Whole numbers that only a row limits. A backend that needs bounds may refuse.
fn limited_by_row(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(
        &[(5.0, 0.0, OPEN, true), (6.0, 0.0, OPEN, true)],
        &[(FREE, 10.0, &[(0, 3.0), (1, 4.0)])],
    );
    // (3, 0) makes 15, (2, 1) makes 16, (0, 2) makes 12.
    optimum_or_refusal(backend, &lp, 16.0)
}

fn free_integer(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(
        &[(-1.0, FREE, OPEN, true), (0.0, 0.0, 1.0, false)],
        &[(-2.5, OPEN, &[(0, 1.0), (1, 0.25)])],
    );
    optimum_or_refusal(backend, &lp, 2.0)
}

/// The optimum, 3e9, has no 32-bit form. Refusing is right, and so is proving nothing; an optimum of
/// anything else is not.
fn beyond_32_bits(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(
        &[(1.0, 0.0, 5.0e9, true)],
        &[(FREE, 3.0e9 + 0.5, &[(0, 1.0)])],
    );
    optimum_or_refusal(backend, &lp, 3.0e9)
}

fn optimum_or_refusal(
    backend: &dyn Backend,
    program: &LinearProgram,
    want: f64,
) -> Result<(), String> {
    let solved = backend
        .load(program)
        .and_then(|mut session| session.solve(&exact()));
    let answer = match solved {
        Err(BackendError::Unsupported { .. }) => return Ok(()),
        Err(error) => return Err(error.to_string()),
        Ok(answer) => answer,
    };
    sound(&backend.capabilities(), program, &answer)?;
    let value = answer.point.as_ref().map(|point| point.objective);
    match answer.proved {
        Proved::Optimal if value.is_some_and(|value| close(value, want)) => Ok(()),
        Proved::Nothing if answer.bound >= want => Ok(()),
        proved => Err(format!("{proved:?} at {value:?}, the optimum is {want}")),
    }
}

/// Three agents, five jobs, capacities: a generalized assignment, by enumeration of the 3^5 choices.
fn assignment(backend: &dyn Backend) -> Result<(), String> {
    let profit = [
        [9.0, 3.0, 7.0, 5.0, 8.0],
        [4.0, 8.0, 6.0, 6.0, 3.0],
        [7.0, 5.0, 9.0, 4.0, 6.0],
    ];
    let weight = [
        [4.0, 3.0, 5.0, 2.0, 4.0],
        [3.0, 4.0, 2.0, 3.0, 5.0],
        [5.0, 2.0, 4.0, 3.0, 3.0],
    ];
    let mut builder = LinearProgramBuilder::new();
    for costs in profit {
        for cost in costs {
            builder.column(cost, 0.0, 1.0, true);
        }
    }
    for job in 0..5_u32 {
        builder.row(
            1.0,
            1.0,
            &mut (0..3).map(|agent| (agent * 5 + job, 1.0)).collect(),
        );
    }
    for (agent, weights) in (0_u32..).zip(weight) {
        let mut terms = (0_u32..)
            .zip(weights)
            .map(|(job, w)| (agent * 5 + job, w))
            .collect();
        builder.row(FREE, 7.0, &mut terms);
    }
    let mut best = FREE;
    for code in 0..3_usize.pow(5) {
        let (mut value, mut load, mut rest) = (0.0, [0.0; 3], code);
        for job in 0..5 {
            value += profit[rest % 3][job];
            load[rest % 3] += weight[rest % 3][job];
            rest /= 3;
        }
        if load.iter().all(|&hours| hours <= 7.0) {
            best = f64::max(best, value);
        }
    }
    expect(backend, &builder.finish(), best).map(drop)
}

/// Five columns from 0 to 3, four rows: each of the 1024 points is tried.
fn random_enumerated(backend: &dyn Backend) -> Result<(), String> {
    for seed in 1..=12 {
        let lp = random_whole(seed);
        let optimum = enumerated(&lp, 4);
        expect(backend, &lp, optimum).map_err(|reason| format!("seed {seed}: {reason}"))?;
    }
    Ok(())
}

fn random_whole(seed: u64) -> LinearProgram {
    let mut draw = Draw(seed * 77);
    let mut builder = LinearProgramBuilder::new();
    for _ in 0..5 {
        builder.column(draw.whole(-6, 12), 0.0, 3.0, true);
    }
    for row in 0..4 {
        let mut terms: Vec<(u32, f64)> = (0..5).map(|c| (c, draw.whole(-3, 7))).collect();
        // Zero stays feasible, so that an optimum exists.
        let (lower, upper) = if row == 0 {
            (-draw.whole(0, 4), draw.whole(3, 15))
        } else {
            (FREE, draw.whole(3, 20))
        };
        builder.row(lower, upper, &mut terms);
    }
    builder.finish()
}
