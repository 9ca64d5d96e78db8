//! Rows, columns and objective scaled by powers of two.
//!
//! Money in billions and hours in tens meet in one program. Solvers hold rows to an *absolute*
//! tolerance, so such a program is solved in units in which its numbers lie near one:
//!
//! ```text
//! x_j = c_j x'_j      a'_ij = r_i a_ij c_j      limits' = r_i limits      bounds' = bounds / c_j
//! objective' = s · objective
//! dual_i = dual'_i · r_i / s          reduced cost_j = reduced cost'_j / (s c_j)
//! ```
//!
//! Each factor is a power of two, so scaling and unscaling round nothing. Factors come from the
//! geometric mean of the extreme entries of each row and column (Curtis & Reid 1972 give the reason,
//! the alternating form is the usual one), with the row's limits and the column's bounds counted as
//! entries. Integer columns keep the factor 1, as their whole numbers must stay whole.

use super::guard::{apply, check_change, check_options, check_program, verified};
use super::tolerance::{INFINITE, WELL_SCALED};
use super::{
    Answer, Backend, BackendError, Capabilities, Change, Duals, Point, Progress, Proved, Session,
    SolveOptions, Stopped,
};
use crate::program::LinearProgram;

/// Alternating passes over rows and columns. Each halves the spread left (in logarithms); after
/// eight, what is left cannot be removed by scaling.
const PASSES: usize = 8;

/// Factors stay within `2^±40`: a wider one would only hide numbers that do not belong together, and
/// the product of two still leaves `f64` far from overflow.
const EXPONENT_LIMIT: f64 = 40.0;

/// The objective is scaled so that the geometric mean of its extreme costs is 1, but its largest
/// cost stays at or below `2^20`, so that an absolute optimality tolerance keeps its meaning.
const COST_EXPONENT_LIMIT: f64 = 20.0;

/// Power-of-two factors of one program.
#[derive(Clone, Debug, PartialEq)]
pub struct Scaling {
    /// Factor of each row, greater than 0.
    pub rows: Vec<f64>,
    /// Factor of each column, greater than 0; 1 for integer columns.
    pub columns: Vec<f64>,
    /// Factor of the objective, greater than 0.
    pub objective: f64,
}

impl Scaling {
    /// The factors for a program; all 1 when its rows are well scaled already (then only the
    /// objective's factor may differ).
    #[must_use]
    pub fn of(program: &LinearProgram) -> Self {
        let (rows, columns) = if well_scaled(program) {
            (vec![0.0; program.rows()], vec![0.0; program.columns()])
        } else {
            equilibrate(program)
        };
        let columns: Vec<f64> = columns.iter().copied().map(power).collect();
        let objective = objective_factor(program, &columns);
        Self {
            rows: rows.iter().copied().map(power).collect(),
            columns,
            objective,
        }
    }

    /// The program in scaled units.
    ///
    /// # Panics
    /// When the factors belong to a program of another shape.
    #[must_use]
    pub fn scale(&self, program: &LinearProgram) -> LinearProgram {
        let mut scaled = program.clone();
        for (column, &factor) in self.columns.iter().enumerate() {
            scaled.cost[column] *= factor * self.objective;
            scaled.lower[column] /= factor;
            scaled.upper[column] /= factor;
        }
        for (row, &factor) in self.rows.iter().enumerate() {
            scaled.row_lower[row] *= factor;
            scaled.row_upper[row] *= factor;
            for at in program.span(row) {
                let column = program.col_index[at] as usize;
                scaled.coefficient[at] *= factor * self.columns[column];
            }
        }
        scaled.offset *= self.objective;
        scaled
    }

    /// A change in scaled units.
    ///
    /// # Panics
    /// When the change names a row or column that the program lacks.
    #[must_use]
    pub fn scale_change(&self, change: &Change) -> Change {
        let column_factor = |column: u32| self.columns[column as usize];
        let row_factor = |row: u32| self.rows[row as usize];
        match change {
            Change::Costs(items) => Change::Costs(
                items
                    .iter()
                    .map(|&(column, cost)| {
                        (column, cost * (column_factor(column) * self.objective))
                    })
                    .collect(),
            ),
            Change::ColumnBounds(items) => Change::ColumnBounds(
                items
                    .iter()
                    .map(|&(column, lower, upper)| {
                        let factor = column_factor(column);
                        (column, lower / factor, upper / factor)
                    })
                    .collect(),
            ),
            Change::RowBounds(items) => Change::RowBounds(
                items
                    .iter()
                    .map(|&(row, lower, upper)| {
                        let factor = row_factor(row);
                        (row, lower * factor, upper * factor)
                    })
                    .collect(),
            ),
            Change::Coefficients(items) => Change::Coefficients(
                items
                    .iter()
                    .map(|&(row, column, value)| {
                        let factor = row_factor(row) * column_factor(column);
                        (row, column, value * factor)
                    })
                    .collect(),
            ),
        }
    }

    /// A point of the program in scaled units.
    #[must_use]
    pub fn scale_point(&self, values: &[f64]) -> Vec<f64> {
        values
            .iter()
            .zip(&self.columns)
            .map(|(x, c)| x / c)
            .collect()
    }

    /// A point of the scaled program in the program's own units.
    #[must_use]
    pub fn unscale_point(&self, values: &[f64]) -> Vec<f64> {
        values
            .iter()
            .zip(&self.columns)
            .map(|(x, c)| x * c)
            .collect()
    }

    /// Duals of the scaled program in the program's own units.
    #[must_use]
    pub fn unscale_duals(&self, duals: &Duals) -> Duals {
        let per_row = duals.rows.iter().zip(&self.rows);
        let per_column = duals.columns.iter().zip(&self.columns);
        Duals {
            rows: per_row.map(|(dual, r)| dual * r / self.objective).collect(),
            columns: per_column
                .map(|(dual, c)| dual / (c * self.objective))
                .collect(),
        }
    }

    fn unscale_progress(&self, progress: Progress) -> Progress {
        Progress {
            incumbent: progress.incumbent.map(|value| value / self.objective),
            bound: progress.bound.map(|value| value / self.objective),
            elapsed: progress.elapsed,
        }
    }
}

/// `2^exponent`, the exponent rounded to a whole number.
fn power(exponent: f64) -> f64 {
    exponent.round().exp2()
}

/// The logarithm of a limit's magnitude, where it is an entry at all.
fn limit_exponent(limit: f64) -> Option<f64> {
    let magnitude = limit.abs();
    (magnitude > 0.0 && magnitude < INFINITE).then(|| magnitude.log2())
}

fn well_scaled(program: &LinearProgram) -> bool {
    let limits = program.row_lower.iter().chain(&program.row_upper);
    let bounds = program.lower.iter().chain(&program.upper);
    let range = WELL_SCALED.log2();
    program
        .coefficient
        .iter()
        .chain(limits)
        .chain(bounds)
        .all(|&value| limit_exponent(value).is_none_or(|exponent| exponent.abs() <= range))
}

/// The extreme exponents seen in a row or column.
#[derive(Clone, Copy)]
struct Extremes {
    least: f64,
    most: f64,
}

impl Extremes {
    const NONE: Self = Self {
        least: f64::INFINITY,
        most: f64::NEG_INFINITY,
    };

    fn add(&mut self, exponent: f64) {
        self.least = self.least.min(exponent);
        self.most = self.most.max(exponent);
    }

    /// The exponent that moves the geometric mean of the extremes to 1.
    fn balance(self) -> f64 {
        if self.most < self.least {
            0.0
        } else {
            (-(self.least + self.most) / 2.0).clamp(-EXPONENT_LIMIT, EXPONENT_LIMIT)
        }
    }
}

/// Exponents of the row and column factors.
fn equilibrate(program: &LinearProgram) -> (Vec<f64>, Vec<f64>) {
    let mut rows = vec![0.0; program.rows()];
    let mut columns = vec![0.0; program.columns()];
    let entries: Vec<Option<f64>> = program
        .coefficient
        .iter()
        .copied()
        .map(limit_exponent)
        .collect();
    for _ in 0..PASSES {
        for (row, exponent) in rows.iter_mut().enumerate() {
            let mut extremes = Extremes::NONE;
            for at in program.span(row) {
                if let Some(entry) = entries[at] {
                    extremes.add(entry + columns[program.col_index[at] as usize]);
                }
            }
            for limit in [program.row_lower[row], program.row_upper[row]] {
                if let Some(entry) = limit_exponent(limit) {
                    extremes.add(entry);
                }
            }
            *exponent = extremes.balance();
        }
        balance_columns(program, &entries, &rows, &mut columns);
    }
    (rows, columns)
}

/// One pass over the columns. A bound is an entry of a row of its own, `x ≤ u`, balanced between the
/// coefficient 1 and the limit `u`: it pulls the factor halfway from where it is to `u`.
fn balance_columns(
    program: &LinearProgram,
    entries: &[Option<f64>],
    rows: &[f64],
    columns: &mut [f64],
) {
    let mut extremes = vec![Extremes::NONE; program.columns()];
    for (row, &exponent) in rows.iter().enumerate() {
        for at in program.span(row) {
            if let Some(entry) = entries[at] {
                extremes[program.col_index[at] as usize].add(entry + exponent);
            }
        }
    }
    for column in 0..program.columns() {
        if program.integer[column] {
            continue;
        }
        for bound in [program.lower[column], program.upper[column]] {
            if let Some(entry) = limit_exponent(bound) {
                extremes[column].add(-f64::midpoint(columns[column], entry));
            }
        }
        columns[column] = extremes[column].balance();
    }
}

/// The objective's factor, from the costs in scaled columns.
fn objective_factor(program: &LinearProgram, columns: &[f64]) -> f64 {
    let mut extremes = Extremes::NONE;
    for (cost, factor) in program.cost.iter().zip(columns) {
        if let Some(entry) = limit_exponent(cost * factor) {
            extremes.add(entry);
        }
    }
    if extremes.most < extremes.least {
        return 1.0;
    }
    power(extremes.balance().min(COST_EXPONENT_LIMIT - extremes.most))
}

/// A backend that scales every program before another backend sees it.
///
/// It declares what the other declares, and every answer comes back in the caller's units, verified
/// again against the caller's program.
#[derive(Clone, Copy, Debug)]
pub struct Scaled<'a> {
    inner: &'a dyn Backend,
}

impl<'a> Scaled<'a> {
    /// Puts scaling before `inner`.
    #[must_use]
    pub fn new(inner: &'a dyn Backend) -> Self {
        Self { inner }
    }
}

impl Backend for Scaled<'_> {
    fn name(&self) -> String {
        self.inner.name()
    }

    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    fn load(&self, program: &LinearProgram) -> Result<Box<dyn Session>, BackendError> {
        check_program(&self.name(), program)?;
        let scaling = Scaling::of(program);
        let inner = self.inner.load(&scaling.scale(program))?;
        Ok(Box::new(ScaledSession {
            name: self.name(),
            program: program.clone(),
            scaling,
            inner,
        }))
    }
}

struct ScaledSession {
    name: String,
    program: LinearProgram,
    scaling: Scaling,
    inner: Box<dyn Session>,
}

impl Session for ScaledSession {
    fn update(&mut self, change: &Change) -> Result<(), BackendError> {
        check_change(&self.name, &self.program, change)?;
        self.inner.update(&self.scaling.scale_change(change))?;
        apply(&self.name, &mut self.program, change)
    }

    fn solve(&mut self, options: &SolveOptions<'_>) -> Result<Answer, BackendError> {
        check_options(&self.name, &self.program, options)?;
        let start = options.start.map(|values| self.scaling.scale_point(values));
        let scaling = &self.scaling;
        let forward = options
            .progress
            .map(|report| move |progress| report(scaling.unscale_progress(progress)));
        let inner_options = SolveOptions {
            start: start.as_deref(),
            progress: forward.as_ref().map(|f| f as &(dyn Fn(Progress) + Sync)),
            ..*options
        };
        let answer = self.inner.solve(&inner_options)?;
        Ok(self.unscale(answer))
    }
}

impl ScaledSession {
    fn unscale(&self, mut answer: Answer) -> Answer {
        answer.bound /= self.scaling.objective;
        let Some(scaled) = answer.point.take() else {
            return answer;
        };
        match verified(&self.program, self.scaling.unscale_point(&scaled.values)) {
            Some(values) => {
                answer.point = Some(Point {
                    objective: self.program.objective(&values),
                    duals: scaled.duals.map(|duals| self.scaling.unscale_duals(&duals)),
                    values,
                });
            }
            None => {
                answer.proved = Proved::Nothing;
                answer.stopped = Stopped::Numerical;
            }
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::LinearProgramBuilder;

    /// Revenue in billions, hours in tens, an integer column, a free column, an empty row.
    fn mixed() -> LinearProgram {
        let mut builder = LinearProgramBuilder::new();
        let money = builder.column(1.0, 0.0, 3.3e9, false);
        let hours = builder.column(-120.0, 0.0, 160.0, false);
        let open = builder.column(-5.1e7, 0.0, 7.0, true);
        let free = builder.column(0.0, f64::NEG_INFINITY, f64::INFINITY, false);
        builder.row(
            f64::NEG_INFINITY,
            0.0,
            &mut vec![(money, 1.0), (hours, -2.7e7)],
        );
        builder.row(0.0, 0.0, &mut vec![(free, 1.0), (hours, -1.0)]);
        builder.row(
            f64::NEG_INFINITY,
            1.0e9,
            &mut vec![(money, 0.3), (open, -4.0e8)],
        );
        builder.row(-1.0, 1.0, &mut Vec::new());
        builder.add_offset(12.5);
        builder.finish()
    }

    /// Applying the inverse factors must give back every bit: powers of two round nothing.
    #[test]
    fn scaling_and_unscaling_is_exact() {
        let program = mixed();
        let scaling = Scaling::of(&program);
        let inverse = Scaling {
            rows: scaling.rows.iter().map(|r| 1.0 / r).collect(),
            columns: scaling.columns.iter().map(|c| 1.0 / c).collect(),
            objective: 1.0 / scaling.objective,
        };
        assert_ne!(scaling.scale(&program), program);
        assert_eq!(inverse.scale(&scaling.scale(&program)), program);
        let point = [2.1e9, 77.7, 3.0, -0.1];
        assert_eq!(scaling.unscale_point(&scaling.scale_point(&point)), point);
    }

    #[test]
    fn factors_are_powers_of_two_and_integers_keep_theirs() {
        let scaling = Scaling::of(&mixed());
        let all = scaling.rows.iter().chain(&scaling.columns);
        for factor in all.chain([&scaling.objective]) {
            assert!(
                (factor.log2() - factor.log2().round()).abs() <= 0.0,
                "{factor}"
            );
        }
        assert!((scaling.columns[2] - 1.0).abs() <= 0.0);
    }

    #[test]
    fn scaling_narrows_the_range_of_coefficients_and_limits() {
        let spread = |program: &LinearProgram| {
            let mut extremes = Extremes::NONE;
            let limits = program.row_lower.iter().chain(&program.row_upper);
            for &value in program
                .coefficient
                .iter()
                .chain(limits)
                .chain(&program.upper)
            {
                if let Some(entry) = limit_exponent(value) {
                    extremes.add(entry);
                }
            }
            extremes.most - extremes.least
        };
        let program = mixed();
        let scaled = Scaling::of(&program).scale(&program);
        assert!(spread(&scaled) < spread(&program) / 1.5);
    }

    /// A changed program, scaled, is the scaled program with the scaled change.
    #[test]
    fn scaling_commutes_with_changes() {
        let scaling = Scaling::of(&mixed());
        for change in [
            Change::Costs(vec![(0, 1.5), (2, -3.0e7)]),
            Change::ColumnBounds(vec![(0, 1.0, f64::INFINITY), (2, 0.0, 3.0)]),
            Change::RowBounds(vec![(2, f64::NEG_INFINITY, 2.5e9)]),
            Change::Coefficients(vec![(0, 1, -3.3e7)]),
        ] {
            let mut changed = mixed();
            assert!(apply("test", &mut changed, &change).is_ok());
            let mut scaled = scaling.scale(&mixed());
            assert!(apply("test", &mut scaled, &scaling.scale_change(&change)).is_ok());
            assert_eq!(scaling.scale(&changed), scaled);
        }
    }

    /// Weak duality is an identity in the data, so it must hold in both units alike:
    /// `Σ y_i a_ij + d_j = cost_j` for duals unscaled from `y' = 1, d' = cost' − Σ a'`.
    #[test]
    fn duals_keep_their_balance() {
        let program = mixed();
        let scaling = Scaling::of(&program);
        let scaled = scaling.scale(&program);
        let balance = |program: &LinearProgram, rows: &[f64]| {
            let mut left = program.cost.clone();
            for (row, dual) in rows.iter().enumerate() {
                for (column, a) in program.row(row) {
                    left[column] -= dual * a;
                }
            }
            left
        };
        let rows = vec![1.0, -2.0, 0.5, 0.0];
        let columns = balance(&scaled, &rows);
        let duals = scaling.unscale_duals(&Duals { rows, columns });
        let expected = balance(&program, &duals.rows);
        for (have, want) in duals.columns.iter().zip(expected) {
            assert!(
                (have - want).abs() <= 1e-9 * want.abs().max(1.0),
                "{have} {want}"
            );
        }
    }

    #[test]
    fn a_well_scaled_program_is_left_alone() {
        let mut builder = LinearProgramBuilder::new();
        let x = builder.column(1.0, 0.0, 4.0, false);
        builder.row(f64::NEG_INFINITY, 8.0, &mut vec![(x, 2.0)]);
        let program = builder.finish();
        assert_eq!(Scaling::of(&program).scale(&program), program);
    }
}
