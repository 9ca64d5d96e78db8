//! Bounds of integer columns that the rows imply.

use super::guard::integer_bounds;
use super::tolerance::{FEASIBILITY, INFINITE};
use crate::program::LinearProgram;

/// Rounds of propagation. What three rounds do not bound, chains of rows rarely do; the price of
/// missing one is an answer without a proof, not a wrong one.
const ROUNDS: usize = 3;

/// Bounds of every column, tightened by the rows where an integer column lacks one that fits `i32`.
///
/// Each is implied by the program: no feasible point lies outside, whole numbers taken as such.
/// Columns of programs that need none come back with the bounds they have.
pub(crate) fn implied_bounds(program: &LinearProgram) -> Vec<(f64, f64)> {
    let mut bounds: Vec<(f64, f64)> = (0..program.columns())
        .map(|column| {
            if program.integer[column] {
                integer_bounds(program, column)
            } else {
                (program.lower[column], program.upper[column])
            }
        })
        .collect();
    for _ in 0..ROUNDS {
        let lacking = |column: usize| program.integer[column] && !fits(bounds[column]);
        if !(0..program.columns()).any(lacking) {
            break;
        }
        for row in 0..program.rows() {
            tighten_by(program, row, &mut bounds);
        }
    }
    bounds
}

fn fits((lower, upper): (f64, f64)) -> bool {
    lower >= f64::from(i32::MIN) && upper <= f64::from(i32::MAX)
}

/// The range of `coefficient · x` for `x` within bounds.
fn range(coefficient: f64, (lower, upper): (f64, f64)) -> (f64, f64) {
    let open = |bound: f64| {
        if bound.abs() >= INFINITE {
            bound.signum() * f64::INFINITY
        } else {
            bound
        }
    };
    let ends = (coefficient * open(lower), coefficient * open(upper));
    if coefficient > 0.0 {
        ends
    } else {
        (ends.1, ends.0)
    }
}

/// A sum of limits, its infinite terms counted apart so that one term can be taken out again.
#[derive(Clone, Copy, Default)]
struct OpenSum {
    finite: f64,
    infinite: usize,
}

impl OpenSum {
    fn add(&mut self, term: f64) {
        if term.is_finite() {
            self.finite += term;
        } else {
            self.infinite += 1;
        }
    }

    /// The sum of the other terms; `None` when it is infinite.
    fn without(self, term: f64) -> Option<f64> {
        match (self.infinite, term.is_finite()) {
            (0, _) => Some(self.finite - term),
            (1, false) => Some(self.finite),
            _ => None,
        }
    }
}

/// Bounds each column of a row by what the others leave of its limits.
fn tighten_by(program: &LinearProgram, row: usize, bounds: &mut [(f64, f64)]) {
    let terms = || program.row(row).filter(|&(_, a)| a != 0.0);
    let (mut least, mut most) = (OpenSum::default(), OpenSum::default());
    for (column, a) in terms() {
        let (low, high) = range(a, bounds[column]);
        least.add(low);
        most.add(high);
    }
    let mut tightened = Vec::new();
    for (column, a) in terms() {
        let (low, high) = range(a, bounds[column]);
        let below = most
            .without(high)
            .map_or(f64::NEG_INFINITY, |rest| program.row_lower[row] - rest);
        let above = least
            .without(low)
            .map_or(f64::INFINITY, |rest| program.row_upper[row] - rest);
        let new = if a > 0.0 {
            (below / a, above / a)
        } else {
            (above / a, below / a)
        };
        tightened.push((
            column,
            narrowed(bounds[column], new, program.integer[column]),
        ));
    }
    for (column, new) in tightened {
        bounds[column] = new;
    }
}

/// The tighter of two ranges, the new one widened by the tolerance to which rows hold.
fn narrowed(old: (f64, f64), new: (f64, f64), integer: bool) -> (f64, f64) {
    let slack = |limit: f64| FEASIBILITY * limit.abs().max(1.0);
    let (mut lower, mut upper) = (new.0 - slack(new.0), new.1 + slack(new.1));
    if integer {
        (lower, upper) = (lower.ceil(), upper.floor());
    }
    (
        if lower.is_finite() {
            old.0.max(lower)
        } else {
            old.0
        },
        if upper.is_finite() {
            old.1.min(upper)
        } else {
            old.1
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::LinearProgramBuilder;

    #[test]
    fn a_row_bounds_its_integer_columns() {
        let mut builder = LinearProgramBuilder::new();
        let x = builder.column(1.0, 0.0, f64::INFINITY, true);
        let y = builder.column(1.0, 0.0, f64::INFINITY, true);
        builder.row(f64::NEG_INFINITY, 10.0, &mut vec![(x, 3.0), (y, 4.0)]);
        assert_eq!(
            implied_bounds(&builder.finish()),
            vec![(0.0, 3.0), (0.0, 2.0)]
        );
    }

    #[test]
    fn what_no_row_bounds_stays_open() {
        let mut builder = LinearProgramBuilder::new();
        let x = builder.column(1.0, f64::NEG_INFINITY, f64::INFINITY, true);
        let y = builder.column(1.0, 0.0, f64::INFINITY, false);
        builder.row(f64::NEG_INFINITY, 10.0, &mut vec![(x, 1.0), (y, -1.0)]);
        let bounds = implied_bounds(&builder.finish());
        assert!(bounds[0].1.is_infinite() && bounds[0].0.is_infinite());
    }

    #[test]
    fn bounds_pass_from_row_to_row() {
        let mut builder = LinearProgramBuilder::new();
        let x = builder.column(1.0, 0.0, f64::INFINITY, true);
        let y = builder.column(1.0, 0.0, f64::INFINITY, true);
        builder.row(f64::NEG_INFINITY, 0.0, &mut vec![(y, 1.0), (x, -2.0)]);
        builder.row(f64::NEG_INFINITY, 5.0, &mut vec![(x, 1.0)]);
        assert_eq!(
            implied_bounds(&builder.finish()),
            vec![(0.0, 5.0), (0.0, 10.0)]
        );
    }
}
