//! Programs without an optimum, and data that must be refused.

use super::{Backend, Case, FREE, Need, OPEN, case, exact, expect_proof, program};
use crate::backend::{BackendError, Proved, SolveOptions};
use crate::program::LinearProgram;

/// What a solver may say of an infeasible program whose relaxation might be unbounded.
const NO_OPTIMUM: &[Proved] = &[Proved::Infeasible, Proved::InfeasibleOrUnbounded];
/// What a solver may say of an unbounded program.
const NO_LIMIT: &[Proved] = &[Proved::Unbounded, Proved::InfeasibleOrUnbounded];

pub(super) const CASES: &[Case] = &[
    case("infeasible_rows", Need::Nothing, infeasible_rows),
    case(
        "infeasible_equalities",
        Need::Nothing,
        infeasible_equalities,
    ),
    case("infeasible_and_a_ray", Need::Nothing, infeasible_and_ray),
    case(
        "infeasible_by_crossed_bounds",
        Need::Nothing,
        crossed_bounds,
    ),
    case(
        "infeasible_by_crossed_limits",
        Need::Nothing,
        crossed_limits,
    ),
    case("infeasible_empty_row", Need::Nothing, infeasible_empty_row),
    case(
        "infeasible_no_columns",
        Need::Nothing,
        infeasible_no_columns,
    ),
    case("infeasible_integers", Need::Integers, infeasible_integers),
    case(
        "infeasible_fractional_bounds",
        Need::Integers,
        fractional_bounds,
    ),
    case("unbounded", Need::Nothing, unbounded),
    case(
        "unbounded_without_rows",
        Need::Nothing,
        unbounded_without_rows,
    ),
    case("unbounded_free_column", Need::Nothing, unbounded_free),
    case("unbounded_integer", Need::Integers, unbounded_integer),
    case("refuses_bad_numbers", Need::Nothing, refuses_bad_numbers),
    case("refuses_bad_options", Need::Nothing, refuses_bad_options),
    case("refuses_integers", Need::NoIntegers, refuses_integers),
];

fn infeasible_rows(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(
        &[(1.0, 0.0, 10.0, false), (1.0, 0.0, 10.0, false)],
        &[
            (FREE, 3.0, &[(0, 1.0), (1, 1.0)]),
            (4.0, OPEN, &[(0, 1.0), (1, 1.0)]),
        ],
    );
    expect_proof(backend, &lp, NO_OPTIMUM)
}

fn infeasible_equalities(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(
        &[(1.0, 0.0, OPEN, false), (0.0, 0.0, OPEN, false)],
        &[
            (1.0, 1.0, &[(0, 1.0), (1, 1.0)]),
            (3.0, 3.0, &[(0, 2.0), (1, 2.0)]),
        ],
    );
    expect_proof(backend, &lp, NO_OPTIMUM)
}

/// Infeasible, though a direction of gain exists that every row allows.
fn infeasible_and_ray(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(
        &[(1.0, 0.0, OPEN, false), (0.0, 0.0, OPEN, false)],
        &[(FREE, -1.0, &[(1, 1.0)])],
    );
    expect_proof(backend, &lp, NO_OPTIMUM)
}

fn crossed_bounds(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(&[(1.0, 2.0, 1.0, false)], &[]);
    expect_proof(backend, &lp, &[Proved::Infeasible])
}

fn crossed_limits(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(&[(1.0, 0.0, 9.0, false)], &[(2.0, 1.0, &[(0, 1.0)])]);
    expect_proof(backend, &lp, &[Proved::Infeasible])
}

fn infeasible_empty_row(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(&[(1.0, 0.0, 9.0, false)], &[(1.0, OPEN, &[])]);
    expect_proof(backend, &lp, &[Proved::Infeasible])
}

fn infeasible_no_columns(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(&[], &[(FREE, -1.0, &[])]);
    expect_proof(backend, &lp, &[Proved::Infeasible])
}

/// 2x + 4y = 7 has a solution, but none in whole numbers.
fn infeasible_integers(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(
        &[(1.0, 0.0, 9.0, true), (1.0, 0.0, 9.0, true)],
        &[(7.0, 7.0, &[(0, 2.0), (1, 4.0)])],
    );
    expect_proof(backend, &lp, NO_OPTIMUM)
}

/// No whole number lies between 1.2 and 1.8.
fn fractional_bounds(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(&[(1.0, 1.2, 1.8, true)], &[(FREE, 5.0, &[(0, 1.0)])]);
    expect_proof(backend, &lp, NO_OPTIMUM)
}

fn unbounded(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(
        &[(1.0, 0.0, OPEN, false), (1.0, 0.0, OPEN, false)],
        &[(FREE, 5.0, &[(0, 1.0), (1, -1.0)])],
    );
    expect_proof(backend, &lp, NO_LIMIT)
}

fn unbounded_without_rows(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(&[(1.0, 0.0, OPEN, false)], &[]);
    expect_proof(backend, &lp, NO_LIMIT)
}

fn unbounded_free(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(
        &[(-1.0, FREE, OPEN, false), (0.0, 0.0, 1.0, false)],
        &[(FREE, 5.0, &[(0, 1.0), (1, 1.0)])],
    );
    expect_proof(backend, &lp, NO_LIMIT)
}

/// An integer column without an upper limit: a solver that cuts it at some largest number must not
/// call that number the optimum.
fn unbounded_integer(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(&[(1.0, 0.0, OPEN, true)], &[(0.0, OPEN, &[(0, 1.0)])]);
    match backend
        .load(&lp)
        .and_then(|mut session| session.solve(&exact()))
    {
        Err(BackendError::Unsupported { .. }) => Ok(()),
        Err(error) => Err(error.to_string()),
        Ok(answer) if answer.proved == Proved::Nothing && answer.bound.is_infinite() => Ok(()),
        Ok(answer) if NO_LIMIT.contains(&answer.proved) => Ok(()),
        Ok(answer) => Err(format!("{:?} with bound {}", answer.proved, answer.bound)),
    }
}

fn refuses_bad_numbers(backend: &dyn Backend) -> Result<(), String> {
    let good = program(&[(1.0, 0.0, 4.0, false)], &[(FREE, 3.0, &[(0, 2.0)])]);
    type Spoil = fn(&mut LinearProgram);
    let spoilers: [(&str, Spoil); 7] = [
        ("a cost that is no number", |p| p.cost[0] = f64::NAN),
        ("an infinite cost", |p| p.cost[0] = OPEN),
        ("a bound that is no number", |p| p.upper[0] = f64::NAN),
        ("a lower bound of +∞", |p| p.lower[0] = OPEN),
        ("an upper limit of −∞", |p| p.row_upper[0] = FREE),
        ("an infinite coefficient", |p| p.coefficient[0] = OPEN),
        ("a constant that is no number", |p| p.offset = f64::NAN),
    ];
    for (what, spoil) in spoilers {
        let mut bad = good.clone();
        spoil(&mut bad);
        if !matches!(backend.load(&bad), Err(BackendError::Rejected { .. })) {
            return Err(format!("takes {what}"));
        }
    }
    Ok(())
}

fn refuses_bad_options(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(&[(1.0, 0.0, 4.0, false)], &[(FREE, 3.0, &[(0, 2.0)])]);
    let bad = [
        (
            "a negative gap",
            SolveOptions {
                relative_gap: -0.1,
                ..SolveOptions::default()
            },
        ),
        (
            "a gap that is no number",
            SolveOptions {
                relative_gap: f64::NAN,
                ..SolveOptions::default()
            },
        ),
        (
            "no thread",
            SolveOptions {
                threads: 0,
                ..SolveOptions::default()
            },
        ),
        (
            "a start of another length",
            SolveOptions {
                start: Some(&[0.0, 0.0]),
                ..SolveOptions::default()
            },
        ),
    ];
    for (what, options) in bad {
        let mut session = backend.load(&lp).map_err(|error| error.to_string())?;
        if !matches!(session.solve(&options), Err(BackendError::Rejected { .. })) {
            return Err(format!("takes {what}"));
        }
    }
    Ok(())
}

fn refuses_integers(backend: &dyn Backend) -> Result<(), String> {
    let lp = program(&[(1.0, 0.0, 4.0, true)], &[(FREE, 3.0, &[(0, 2.0)])]);
    match backend.load(&lp) {
        Err(BackendError::Unsupported { .. }) => Ok(()),
        Err(error) => Err(format!("refused, but as: {error}")),
        Ok(_) => Err("takes an integer column that it cannot handle".to_owned()),
    }
}
