//! The neutral linear/integer program that backends read: flat, sparse, without sales words.
//!
//! ```text
//! maximize  cᵀ x          subject to   row_lower ≤ A x ≤ row_upper
//!                                      lower ≤ x ≤ upper,   x_j integer for marked j
//! ```
//!
//! `A` is stored by rows (compressed sparse row). The sense is always *maximize*; a reader that
//! minimizes flips the sign of the objective once, on the way in and on the way out.

use std::ops::Range;

/// A linear or mixed-integer program, to be maximized.
///
/// Invariants kept by [`LinearProgramBuilder`]: all column arrays have one length, all row arrays
/// have one length, `row_start` has one entry more than there are rows, column indices within a
/// row are strictly increasing, and every coefficient is finite and not zero.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LinearProgram {
    /// Objective coefficient of each column.
    pub cost: Vec<f64>,
    /// Lower bound of each column; `-∞` where there is none.
    pub lower: Vec<f64>,
    /// Upper bound of each column; `+∞` where there is none.
    pub upper: Vec<f64>,
    /// Whether each column takes whole numbers only.
    pub integer: Vec<bool>,
    /// Lower limit of each row's activity; `-∞` where there is none.
    pub row_lower: Vec<f64>,
    /// Upper limit of each row's activity; `+∞` where there is none.
    pub row_upper: Vec<f64>,
    /// Position in [`col_index`](Self::col_index) at which each row starts; one entry more than rows.
    pub row_start: Vec<usize>,
    /// Column of each nonzero, row after row.
    pub col_index: Vec<u32>,
    /// Value of each nonzero, row after row.
    pub coefficient: Vec<f64>,
    /// A constant added to the objective.
    pub offset: f64,
}

impl LinearProgram {
    /// Number of columns (variables).
    #[must_use]
    pub fn columns(&self) -> usize {
        self.cost.len()
    }

    /// Number of rows (constraints).
    #[must_use]
    pub fn rows(&self) -> usize {
        self.row_lower.len()
    }

    /// Number of stored coefficients.
    #[must_use]
    pub fn nonzeros(&self) -> usize {
        self.coefficient.len()
    }

    /// Whether any column must be a whole number.
    #[must_use]
    pub fn has_integers(&self) -> bool {
        self.integer.iter().any(|&flag| flag)
    }

    /// Positions of row `row` in [`col_index`](Self::col_index) and [`coefficient`](Self::coefficient).
    ///
    /// # Panics
    /// When `row` is not a row of the program.
    #[must_use]
    pub fn span(&self, row: usize) -> Range<usize> {
        self.row_start[row]..self.row_start[row + 1]
    }

    /// The nonzeros of row `row` as (column, coefficient).
    ///
    /// # Panics
    /// When `row` is not a row of the program.
    pub fn row(&self, row: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.span(row)
            .map(|at| (self.col_index[at] as usize, self.coefficient[at]))
    }

    /// Objective value of a point, the constant included.
    ///
    /// # Panics
    /// When `point` is shorter than the number of columns.
    #[must_use]
    pub fn objective(&self, point: &[f64]) -> f64 {
        let linear: f64 = self.cost.iter().zip(point).map(|(c, x)| c * x).sum();
        linear + self.offset
    }

    /// The largest amount by which a point misses a bound, a row or a whole number. A bound is
    /// measured relative to the larger of 1 and itself; a row relative to the largest of 1, its
    /// limit and its terms, since terms that cancel leave a rounding error of their own size.
    ///
    /// # Panics
    /// When `point` is shorter than the number of columns.
    #[must_use]
    pub fn violation(&self, point: &[f64]) -> f64 {
        let mut worst = 0.0_f64;
        for (column, &value) in point.iter().enumerate().take(self.columns()) {
            let (lower, upper) = (self.lower[column], self.upper[column]);
            worst = worst.max(outside(value, lower, upper, 1.0));
            if self.integer[column] {
                worst = worst.max((value - value.round()).abs());
            }
        }
        for row in 0..self.rows() {
            let (mut activity, mut scale) = (0.0_f64, 1.0_f64);
            for (column, coefficient) in self.row(row) {
                let term = coefficient * point[column];
                activity += term;
                scale = scale.max(term.abs());
            }
            let (lower, upper) = (self.row_lower[row], self.row_upper[row]);
            worst = worst.max(outside(activity, lower, upper, scale));
        }
        worst
    }
}

/// How far `value` lies outside `[lower, upper]`, relative to the larger of `scale` and the limit
/// missed. A value that is not a number lies infinitely far outside.
fn outside(value: f64, lower: f64, upper: f64, scale: f64) -> f64 {
    if value.is_nan() {
        f64::INFINITY
    } else if value < lower {
        (lower - value) / lower.abs().max(scale)
    } else if value > upper {
        (value - upper) / upper.abs().max(scale)
    } else {
        0.0
    }
}

/// Writes a [`LinearProgram`] column by column and row by row.
#[derive(Clone, Debug)]
pub struct LinearProgramBuilder {
    program: LinearProgram,
}

impl Default for LinearProgramBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl LinearProgramBuilder {
    /// An empty program.
    #[must_use]
    pub fn new() -> Self {
        let program = LinearProgram {
            row_start: vec![0],
            ..LinearProgram::default()
        };
        Self { program }
    }

    /// Adds a column and returns its index.
    ///
    /// # Panics
    /// When the program would have more than `u32::MAX` columns.
    pub fn column(&mut self, cost: f64, lower: f64, upper: f64, integer: bool) -> u32 {
        let index = u32::try_from(self.program.cost.len()).expect("at most u32::MAX columns");
        self.program.cost.push(cost);
        self.program.lower.push(lower);
        self.program.upper.push(upper);
        self.program.integer.push(integer);
        index
    }

    /// Adds a row and returns its index. Terms may come in any order and may repeat a column
    /// (repeated coefficients add up); zeros are dropped. The buffer is left empty for reuse.
    ///
    /// # Panics
    /// When a term names a column that does not exist.
    pub fn row(&mut self, lower: f64, upper: f64, terms: &mut Vec<(u32, f64)>) -> usize {
        let sorted = terms.windows(2).all(|pair| pair[0].0 < pair[1].0);
        if !sorted {
            terms.sort_unstable_by_key(|&(column, _)| column);
            terms.dedup_by(|next, kept| {
                let same = next.0 == kept.0;
                if same {
                    kept.1 += next.1;
                }
                same
            });
        }
        if let Some(&(last, _)) = terms.last() {
            assert!((last as usize) < self.program.cost.len(), "unknown column");
        }
        for &(column, coefficient) in terms.iter() {
            if coefficient != 0.0 {
                self.program.col_index.push(column);
                self.program.coefficient.push(coefficient);
            }
        }
        terms.clear();
        self.program.row_lower.push(lower);
        self.program.row_upper.push(upper);
        self.program.row_start.push(self.program.col_index.len());
        self.program.row_lower.len() - 1
    }

    /// Adds to the objective coefficient of a column.
    ///
    /// # Panics
    /// When the column does not exist.
    pub fn add_cost(&mut self, column: u32, cost: f64) {
        self.program.cost[column as usize] += cost;
    }

    /// Adds to the constant of the objective.
    pub fn add_offset(&mut self, offset: f64) {
        self.program.offset += offset;
    }

    /// Fixes the bounds of a column.
    ///
    /// # Panics
    /// When the column does not exist.
    pub fn set_bounds(&mut self, column: u32, lower: f64, upper: f64) {
        self.program.lower[column as usize] = lower;
        self.program.upper[column as usize] = upper;
    }

    /// Reserves room for the given numbers of further columns, rows and nonzeros.
    pub fn reserve(&mut self, columns: usize, rows: usize, nonzeros: usize) {
        self.program.cost.reserve_exact(columns);
        self.program.lower.reserve_exact(columns);
        self.program.upper.reserve_exact(columns);
        self.program.integer.reserve_exact(columns);
        self.program.row_lower.reserve_exact(rows);
        self.program.row_upper.reserve_exact(rows);
        self.program.row_start.reserve_exact(rows);
        self.program.col_index.reserve_exact(nonzeros);
        self.program.coefficient.reserve_exact(nonzeros);
    }

    /// Columns added so far.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.program.columns()
    }

    /// Rows added so far.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.program.rows()
    }

    /// The finished program.
    #[must_use]
    pub fn finish(self) -> LinearProgram {
        self.program
    }
}
