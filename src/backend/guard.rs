//! What every adapter checks before and after its solver, so that each says the same.
//!
//! Before: the data is sound ([`check_program`]), changes are applied all or not at all
//! ([`apply`]), and programs whose answer the data show are answered here ([`evident`]).
//! After: a point is rounded and held against the program ([`verified`]).

use std::time::Duration;

use super::tolerance::{FEASIBILITY, INFINITE, MOST_ROUNDING};
use super::{
    Answer, BackendError, Change, Duals, Point, Proved, SolveOptions, Statistics, Stopped,
};
use crate::program::LinearProgram;

/// Refuses numbers that no solver can take: what is not a number, infinite costs, and a lower
/// bound of `+∞` or an upper one of `−∞`.
pub(crate) fn check_program(backend: &str, program: &LinearProgram) -> Result<(), BackendError> {
    let reject = |reason: String| {
        Err(BackendError::Rejected {
            backend: backend.to_owned(),
            reason,
        })
    };
    if !program.offset.is_finite() {
        return reject(format!("the objective's constant is {}", program.offset));
    }
    for column in 0..program.columns() {
        if let Err(reason) = check_cost(column, program.cost[column]) {
            return reject(reason);
        }
        let (lower, upper) = (program.lower[column], program.upper[column]);
        if let Err(reason) = check_limits("column", column, lower, upper) {
            return reject(reason);
        }
    }
    for row in 0..program.rows() {
        let (lower, upper) = (program.row_lower[row], program.row_upper[row]);
        if let Err(reason) = check_limits("row", row, lower, upper) {
            return reject(reason);
        }
    }
    match program.coefficient.iter().position(|a| !a.is_finite()) {
        Some(at) => reject(format!("coefficient {at} is {}", program.coefficient[at])),
        None => Ok(()),
    }
}

fn check_cost(column: usize, cost: f64) -> Result<(), String> {
    if cost.is_finite() {
        Ok(())
    } else {
        Err(format!("the cost of column {column} is {cost}"))
    }
}

fn check_limits(what: &str, index: usize, lower: f64, upper: f64) -> Result<(), String> {
    if lower.is_nan() || upper.is_nan() || lower >= INFINITE || upper <= -INFINITE {
        Err(format!(
            "the limits of {what} {index} are {lower} and {upper}"
        ))
    } else {
        Ok(())
    }
}

/// Refuses options that contradict the program or themselves.
pub(crate) fn check_options(
    backend: &str,
    program: &LinearProgram,
    options: &SolveOptions<'_>,
) -> Result<(), BackendError> {
    let fault = if !(options.relative_gap >= 0.0 && options.relative_gap.is_finite()) {
        format!(
            "the relative gap is {}, must be 0 or more",
            options.relative_gap
        )
    } else if options.threads == 0 {
        "threads is 0, must be 1 or more".to_owned()
    } else if let Some(start) = options.start
        && start.len() != program.columns()
    {
        format!(
            "the start has {} values for {} columns",
            start.len(),
            program.columns()
        )
    } else {
        return Ok(());
    };
    Err(BackendError::Rejected {
        backend: backend.to_owned(),
        reason: fault,
    })
}

/// Applies a change to a program, or leaves the program as it is and says why.
pub(crate) fn apply(
    backend: &str,
    program: &mut LinearProgram,
    change: &Change,
) -> Result<(), BackendError> {
    check_change(backend, program, change)?;
    match change {
        Change::Costs(items) => {
            for &(column, cost) in items {
                program.cost[column as usize] = cost;
            }
        }
        Change::ColumnBounds(items) => {
            for &(column, lower, upper) in items {
                program.lower[column as usize] = lower;
                program.upper[column as usize] = upper;
            }
        }
        Change::RowBounds(items) => {
            for &(row, lower, upper) in items {
                program.row_lower[row as usize] = lower;
                program.row_upper[row as usize] = upper;
            }
        }
        Change::Coefficients(items) => {
            for &(row, column, value) in items {
                if let Some(at) = position(program, row, column) {
                    program.coefficient[at] = value;
                }
            }
        }
    }
    Ok(())
}

/// Refuses a change that names what is not there or holds numbers that no solver can take.
pub(crate) fn check_change(
    backend: &str,
    program: &LinearProgram,
    change: &Change,
) -> Result<(), BackendError> {
    fault_of(program, change).map_err(|reason| BackendError::Rejected {
        backend: backend.to_owned(),
        reason,
    })
}

fn fault_of(program: &LinearProgram, change: &Change) -> Result<(), String> {
    let column_exists = |column: u32| {
        if (column as usize) < program.columns() {
            Ok(())
        } else {
            Err(format!("there is no column {column}"))
        }
    };
    match change {
        Change::Costs(items) => items.iter().try_for_each(|&(column, cost)| {
            column_exists(column)?;
            check_cost(column as usize, cost)
        }),
        Change::ColumnBounds(items) => items.iter().try_for_each(|&(column, lower, upper)| {
            column_exists(column)?;
            check_limits("column", column as usize, lower, upper)
        }),
        Change::RowBounds(items) => items.iter().try_for_each(|&(row, lower, upper)| {
            if (row as usize) >= program.rows() {
                return Err(format!("there is no row {row}"));
            }
            check_limits("row", row as usize, lower, upper)
        }),
        Change::Coefficients(items) => items.iter().try_for_each(|&(row, column, value)| {
            if position(program, row, column).is_none() {
                return Err(format!(
                    "row {row} stores no coefficient of column {column}"
                ));
            }
            if value.is_finite() {
                Ok(())
            } else {
                Err(format!(
                    "the coefficient of column {column} in row {row} is {value}"
                ))
            }
        }),
    }
}

/// Where the coefficient of `column` in `row` is stored, if it is.
fn position(program: &LinearProgram, row: u32, column: u32) -> Option<usize> {
    if (row as usize) >= program.rows() {
        return None;
    }
    let span = program.span(row as usize);
    let found = program.col_index[span.clone()]
        .binary_search(&column)
        .ok()?;
    Some(span.start + found)
}

/// The answer to a program that needs no solver: crossed limits, an empty row that zero does not
/// satisfy, or no columns at all.
///
/// Crossed limits are infeasible however little they cross. Duals are given with the trivial
/// optimum when `duals` asks for them.
pub(crate) fn evident(program: &LinearProgram, duals: bool) -> Option<Answer> {
    let crossed = |lower: &[f64], upper: &[f64]| lower.iter().zip(upper).any(|(l, u)| l > u);
    let no_whole_number = (0..program.columns()).any(|column| {
        let (lower, upper) = integer_bounds(program, column);
        program.integer[column] && lower > upper
    });
    let empty_row_missed = (0..program.rows()).any(|row| {
        program.span(row).is_empty()
            && (program.row_lower[row] > FEASIBILITY || program.row_upper[row] < -FEASIBILITY)
    });
    if crossed(&program.lower, &program.upper)
        || crossed(&program.row_lower, &program.row_upper)
        || no_whole_number
        || empty_row_missed
    {
        return Some(Answer::settled(Proved::Infeasible));
    }
    (program.columns() == 0).then(|| {
        let point = Point {
            values: Vec::new(),
            objective: program.offset,
            duals: duals.then(|| Duals {
                rows: vec![0.0; program.rows()],
                columns: Vec::new(),
            }),
        };
        Answer {
            point: Some(point),
            bound: program.offset,
            ..Answer::settled(Proved::Optimal)
        }
    })
}

/// The whole numbers an integer column may take: its bounds rounded inwards, except that a bound
/// within [`FEASIBILITY`] of a whole number means that number.
pub(crate) fn integer_bounds(program: &LinearProgram, column: usize) -> (f64, f64) {
    let inward = |bound: f64, slack: f64, round: fn(f64) -> f64| {
        if bound.abs() >= INFINITE {
            bound
        } else {
            round(bound + slack)
        }
    };
    (
        inward(program.lower[column], -FEASIBILITY, f64::ceil),
        inward(program.upper[column], FEASIBILITY, f64::floor),
    )
}

/// Rounds the integer columns of a solver's point and holds it against the program. `None` when
/// neither the rounded nor the raw point passes [`FEASIBILITY`].
pub(crate) fn verified(program: &LinearProgram, values: Vec<f64>) -> Option<Vec<f64>> {
    if values.len() != program.columns() || values.iter().any(|value| !value.is_finite()) {
        return None;
    }
    let mut rounded = values.clone();
    for (column, value) in rounded.iter_mut().enumerate() {
        if program.integer[column] {
            let whole = value.round();
            if (*value - whole).abs() > MOST_ROUNDING {
                return None;
            }
            *value = whole;
        }
    }
    [rounded, values]
        .into_iter()
        .find(|candidate| program.violation(candidate) <= FEASIBILITY)
}

impl Answer {
    /// An answer without a point that ended because nothing was left to do.
    pub(crate) fn settled(proved: Proved) -> Self {
        let bound = match proved {
            Proved::Infeasible => f64::NEG_INFINITY,
            _ => f64::INFINITY,
        };
        Self {
            proved,
            stopped: Stopped::Finished,
            point: None,
            bound,
            statistics: Statistics::default(),
        }
    }

    /// An answer without a point that proves nothing.
    pub(crate) fn stopped(reason: Stopped) -> Self {
        Self {
            stopped: reason,
            ..Self::settled(Proved::Nothing)
        }
    }

    /// The same answer with the time it took.
    pub(crate) fn after(mut self, elapsed: Duration) -> Self {
        self.statistics.elapsed = elapsed;
        self
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::program::LinearProgramBuilder;

    fn small() -> LinearProgram {
        let mut builder = LinearProgramBuilder::new();
        let x = builder.column(1.0, 0.0, 4.0, true);
        let y = builder.column(2.0, 0.0, 3.0, false);
        builder.row(f64::NEG_INFINITY, 5.0, &mut vec![(x, 1.0), (y, 2.0)]);
        builder.finish()
    }

    #[test]
    fn a_refused_change_leaves_the_program_as_it_was() {
        let before = small();
        for change in [
            Change::Costs(vec![(0, 9.0), (7, 1.0)]),
            Change::Costs(vec![(0, 9.0), (1, f64::NAN)]),
            Change::ColumnBounds(vec![(0, 1.0, 2.0), (1, f64::INFINITY, f64::INFINITY)]),
            Change::RowBounds(vec![(0, 1.0, 2.0), (1, 0.0, 0.0)]),
            Change::Coefficients(vec![(0, 0, 3.0), (0, 2, 1.0)]),
            Change::Coefficients(vec![(0, 0, 3.0), (0, 1, f64::INFINITY)]),
        ] {
            let mut program = before.clone();
            assert!(apply("test", &mut program, &change).is_err(), "{change:?}");
            assert_eq!(program, before, "{change:?}");
        }
    }

    #[test]
    fn limits_that_mean_nothing_are_refused() {
        for spoil in [
            |p: &mut LinearProgram| p.cost[0] = f64::INFINITY,
            |p: &mut LinearProgram| p.lower[1] = f64::NAN,
            |p: &mut LinearProgram| p.lower[1] = 1e20,
            |p: &mut LinearProgram| p.row_upper[0] = f64::NEG_INFINITY,
            |p: &mut LinearProgram| p.coefficient[1] = f64::NAN,
            |p: &mut LinearProgram| p.offset = f64::NAN,
        ] {
            let mut program = small();
            assert!(check_program("test", &program).is_ok());
            spoil(&mut program);
            assert!(check_program("test", &program).is_err());
        }
    }

    #[test]
    fn a_point_is_rounded_only_where_the_rounded_point_is_feasible() {
        let program = small();
        let near = verified(&program, vec![2.999_999_9, 1.0]).unwrap();
        assert_eq!(near[0].to_bits(), 3.0_f64.to_bits());
        assert!(verified(&program, vec![2.5, 1.0]).is_none());
        assert!(verified(&program, vec![4.0, 1.0]).is_none());
        assert!(verified(&program, vec![f64::NAN, 1.0]).is_none());
    }

    #[test]
    fn fractional_bounds_of_integers_round_inwards() {
        let mut program = small();
        program.lower[0] = 0.5;
        program.upper[0] = 3.9;
        assert_eq!(integer_bounds(&program, 0), (1.0, 3.0));
        program.lower[0] = 3.2;
        let answer = evident(&program, false).unwrap();
        assert_eq!(answer.proved, Proved::Infeasible);
    }
}
