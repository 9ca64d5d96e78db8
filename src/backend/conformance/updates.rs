//! A changed session answers as a fresh one would.

use super::{
    Backend, Case, Draw, FREE, LinearProgram, Need, OPEN, case, close, exact, program, solve, sound,
};
use crate::backend::guard::apply;
use crate::backend::{BackendError, Change, Proved};
use crate::program::LinearProgramBuilder;

pub(super) const CASES: &[Case] = &[
    case(
        "update_linear_equals_fresh",
        Need::Nothing,
        linear_equals_fresh,
    ),
    case(
        "update_integer_equals_fresh",
        Need::Integers,
        integer_equals_fresh,
    ),
    case(
        "update_to_infeasible_and_back",
        Need::Nothing,
        infeasible_and_back,
    ),
    case(
        "update_to_unbounded_and_back",
        Need::Nothing,
        unbounded_and_back,
    ),
    case(
        "update_refused_changes_nothing",
        Need::Nothing,
        refused_changes_nothing,
    ),
    case(
        "update_coefficient_to_zero",
        Need::Nothing,
        coefficient_to_zero,
    ),
];

/// A random program that zero satisfies and whose columns have bounds, so that it has an optimum
/// however it is changed below.
fn boxed(seed: u64, integer: bool) -> LinearProgram {
    let mut draw = Draw(seed * 1009);
    let mut builder = LinearProgramBuilder::new();
    for column in 0..9 {
        builder.column(draw.whole(-4, 20), 0.0, 6.0, integer && column % 2 == 0);
    }
    for _ in 0..6 {
        let mut terms: Vec<(u32, f64)> = (0..9).map(|c| (c, draw.whole(1, 9))).collect();
        builder.row(FREE, draw.whole(20, 60), &mut terms);
    }
    builder.finish()
}

fn changes(seed: u64) -> Vec<Change> {
    let mut draw = Draw(seed * 31);
    vec![
        Change::Costs(vec![(0, draw.whole(0, 30)), (3, draw.whole(-9, 9))]),
        Change::RowBounds(vec![
            (0, FREE, draw.whole(5, 20)),
            (4, FREE, draw.whole(60, 90)),
        ]),
        Change::ColumnBounds(vec![(2, 0.0, 0.0), (5, 1.0, 2.0)]),
        Change::Coefficients(vec![(1, 1, draw.whole(1, 20)), (3, 0, draw.whole(1, 20))]),
        Change::ColumnBounds(vec![(2, 0.0, OPEN), (5, 0.0, 6.0)]),
        Change::RowBounds(vec![(0, 3.0, 30.0), (2, 4.0, OPEN)]),
        Change::Costs((0..9).map(|column| (column, draw.whole(-5, 15))).collect()),
    ]
}

fn linear_equals_fresh(backend: &dyn Backend) -> Result<(), String> {
    (1..=5).try_for_each(|seed| equals_fresh(backend, boxed(seed, false), seed))
}

fn integer_equals_fresh(backend: &dyn Backend) -> Result<(), String> {
    (1..=5).try_for_each(|seed| equals_fresh(backend, boxed(seed, true), seed))
}

fn equals_fresh(backend: &dyn Backend, mut lp: LinearProgram, seed: u64) -> Result<(), String> {
    let text = |error: BackendError| error.to_string();
    let mut session = backend.load(&lp).map_err(text)?;
    session.solve(&exact()).map_err(text)?;
    for change in changes(seed) {
        // An integer column without an upper bound may be refused; its rows bound it well enough.
        let change = match change {
            Change::ColumnBounds(items) => Change::ColumnBounds(
                items
                    .into_iter()
                    .map(|(c, l, u)| (c, l, u.min(50.0)))
                    .collect(),
            ),
            other => other,
        };
        apply("the suite", &mut lp, &change).map_err(text)?;
        session.update(&change).map_err(text)?;
        let warm = session.solve(&exact()).map_err(text)?;
        sound(&backend.capabilities(), &lp, &warm)?;
        let fresh = solve(backend, &lp, &exact())?;
        let value = |answer: &crate::backend::Answer| answer.point.as_ref().map(|p| p.objective);
        let same = match (value(&warm), value(&fresh)) {
            (Some(warm), Some(fresh)) => close(warm, fresh),
            (warm, fresh) => warm.is_none() && fresh.is_none(),
        };
        if warm.proved != fresh.proved || !same {
            return Err(format!(
                "seed {seed}, after {change:?}: {:?} {:?}, fresh {:?} {:?}",
                warm.proved,
                value(&warm),
                fresh.proved,
                value(&fresh)
            ));
        }
    }
    Ok(())
}

/// Max x + y, x + y ≤ 4, both from 0 to 3.
fn square() -> LinearProgram {
    program(
        &[(1.0, 0.0, 3.0, false), (1.0, 0.0, 3.0, false)],
        &[(FREE, 4.0, &[(0, 1.0), (1, 1.0)])],
    )
}

/// Steps of a change and what must come of it: an optimum, or none.
fn walk(backend: &dyn Backend, steps: &[(Change, Option<f64>)]) -> Result<(), String> {
    let text = |error: BackendError| error.to_string();
    let mut session = backend.load(&square()).map_err(text)?;
    session.solve(&exact()).map_err(text)?;
    for (change, want) in steps {
        session.update(change).map_err(text)?;
        let answer = session.solve(&exact()).map_err(text)?;
        let value = answer.point.as_ref().map(|point| point.objective);
        let right = match (want, value) {
            (Some(want), Some(value)) => answer.proved == Proved::Optimal && close(value, *want),
            (None, None) => matches!(
                answer.proved,
                Proved::Infeasible | Proved::Unbounded | Proved::InfeasibleOrUnbounded
            ),
            _ => false,
        };
        if !right {
            return Err(format!(
                "after {change:?}: {:?} {value:?}, expected {want:?}",
                answer.proved
            ));
        }
    }
    Ok(())
}

fn infeasible_and_back(backend: &dyn Backend) -> Result<(), String> {
    walk(
        backend,
        &[
            (Change::RowBounds(vec![(0, 7.0, OPEN)]), None),
            (Change::RowBounds(vec![(0, FREE, 5.0)]), Some(5.0)),
            (Change::ColumnBounds(vec![(0, 3.0, 2.0)]), None),
            (Change::ColumnBounds(vec![(0, 0.0, 1.0)]), Some(4.0)),
        ],
    )
}

fn unbounded_and_back(backend: &dyn Backend) -> Result<(), String> {
    walk(
        backend,
        &[
            (Change::RowBounds(vec![(0, FREE, OPEN)]), Some(6.0)),
            (Change::ColumnBounds(vec![(1, 0.0, OPEN)]), None),
            (Change::ColumnBounds(vec![(1, 0.0, 2.0)]), Some(5.0)),
        ],
    )
}

fn refused_changes_nothing(backend: &dyn Backend) -> Result<(), String> {
    let text = |error: BackendError| error.to_string();
    let mut session = backend.load(&square()).map_err(text)?;
    for change in [
        Change::Costs(vec![(0, 9.0), (2, 1.0)]),
        Change::Costs(vec![(0, 9.0), (1, f64::NAN)]),
        Change::ColumnBounds(vec![(0, 0.0, 1.0), (1, f64::NAN, 1.0)]),
        Change::RowBounds(vec![(0, FREE, 1.0), (1, FREE, 1.0)]),
        Change::Coefficients(vec![(0, 0, 9.0), (0, 5, 1.0)]),
    ] {
        if !matches!(session.update(&change), Err(BackendError::Rejected { .. })) {
            return Err(format!("takes {change:?}"));
        }
    }
    let answer = session.solve(&exact()).map_err(text)?;
    super::expect_value(&answer, 4.0)
}

fn coefficient_to_zero(backend: &dyn Backend) -> Result<(), String> {
    walk(
        backend,
        &[
            (Change::Coefficients(vec![(0, 0, 0.0)]), Some(6.0)),
            (Change::Coefficients(vec![(0, 0, 4.0)]), Some(3.25)),
        ],
    )
}
