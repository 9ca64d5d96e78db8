//! Every solver behind the `good_lp` crate (feature `good_lp`), through one adapter.
//!
//! good_lp takes a model by value and gives values only: no bound, no basis, no cancellation. The
//! adapter says so in its capabilities and proves nothing that it cannot: a point is held against
//! the program before it is returned, since a solver may hand back one that is not feasible (an
//! unbounded program, say). Integer bounds reach some of good_lp's solvers as 32-bit numbers; a
//! program whose bounds do not fit is refused, not narrowed.

use std::fmt;
use std::time::Instant;

use good_lp::{
    Expression, ProblemVariables, ResolutionError, Solution, SolutionStatus, Solver, SolverModel,
    Variable, constraint, variable,
};

use super::guard::{apply, check_options, check_program, evident, integer_bounds, verified};
use super::shield::shielded;
use super::tolerance::{INFINITE, RAY_GAIN};
use super::{
    Answer, Backend, BackendError, Cancel, Capabilities, Change, Point, Proved, Session,
    SolveOptions, Stopped,
};
use crate::program::LinearProgram;

/// How much better a value is asked for when a claim of optimality is put to the test, relative to
/// the larger of 1 and the value: well above what solvers leave open.
const CLAIM_STEP: f64 = 1e-3;

/// One of good_lp's solvers.
#[derive(Clone)]
pub struct GoodLp<S> {
    name: String,
    integers: bool,
    solver: S,
}

impl<S> fmt::Debug for GoodLp<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GoodLp")
            .field("name", &self.name)
            .field("integers", &self.integers)
            .finish_non_exhaustive()
    }
}

impl<S> GoodLp<S>
where
    S: Solver + Clone + Send + Sync + 'static,
    S::Model: SolverModel<Error = ResolutionError>,
{
    /// A solver of good_lp with a name for reports, and whether it takes integers (Clarabel does
    /// not: it panics on them).
    #[must_use]
    pub fn new(name: impl Into<String>, integers: bool, solver: S) -> Self {
        Self {
            name: name.into(),
            integers,
            solver,
        }
    }
}

impl<S> Backend for GoodLp<S>
where
    S: Solver + Clone + Send + Sync + 'static,
    S::Model: SolverModel<Error = ResolutionError>,
{
    fn name(&self) -> String {
        format!("good_lp {}", self.name)
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            integers: self.integers,
            duals: false,
            warm_start: false,
            initial_point: false,
            bound: false,
            cancel: false,
            time_limit: false,
            progress: false,
        }
    }

    fn load(&self, program: &LinearProgram) -> Result<Box<dyn Session>, BackendError> {
        check_program(&self.name(), program)?;
        if program.has_integers() && !self.integers {
            return Err(BackendError::Unsupported {
                backend: self.name(),
                need: "integer columns".to_owned(),
            });
        }
        Ok(Box::new(GoodLpSession {
            backend: self.clone(),
            program: program.clone(),
        }))
    }
}

struct GoodLpSession<S> {
    backend: GoodLp<S>,
    program: LinearProgram,
}

impl<S> Session for GoodLpSession<S>
where
    S: Solver + Clone + Send + Sync + 'static,
    S::Model: SolverModel<Error = ResolutionError>,
{
    fn update(&mut self, change: &Change) -> Result<(), BackendError> {
        apply(&self.backend.name(), &mut self.program, change)
    }

    fn solve(&mut self, options: &SolveOptions<'_>) -> Result<Answer, BackendError> {
        let began = Instant::now();
        let name = self.backend.name();
        check_options(&name, &self.program, options)?;
        if let Some(answer) = evident(&self.program, false) {
            return Ok(answer.after(began.elapsed()));
        }
        if options.cancel.is_some_and(Cancel::is_cancelled) {
            return Ok(Answer::stopped(Stopped::Cancelled).after(began.elapsed()));
        }
        let mut answer = self.attempt(&self.program)?;
        if answer.proved == Proved::Optimal && !self.program.has_integers() {
            let ray = self.attempt(&directions(&self.program))?;
            let largest = self
                .program
                .cost
                .iter()
                .fold(0.0, |a: f64, c| a.max(c.abs()));
            if ray
                .point
                .is_some_and(|ray| ray.objective > RAY_GAIN * largest)
            {
                answer = Answer::settled(Proved::Unbounded);
            } else if let Some(point) = &answer.point
                && self
                    .attempt(&beyond(&self.program, point.objective))?
                    .point
                    .is_some()
            {
                answer = Answer::stopped(Stopped::Numerical);
            }
        }
        Ok(answer.after(began.elapsed()))
    }
}

impl<S> GoodLpSession<S>
where
    S: Solver + Clone + Send + Sync + 'static,
    S::Model: SolverModel<Error = ResolutionError>,
{
    fn attempt(&self, program: &LinearProgram) -> Result<Answer, BackendError> {
        let name = self.backend.name();
        let (variables, columns) = declare(&name, program)?;
        let solver = self.backend.solver.clone();
        let outcome = shielded(&name, || {
            let objective: Expression = (columns.iter().zip(&program.cost))
                .filter(|(_, cost)| **cost != 0.0)
                .map(|(&column, &cost)| cost * column)
                .sum();
            let mut model = variables.maximise(objective).using(solver);
            for row in 0..program.rows() {
                add_row(&mut model, program, row, &columns);
            }
            model.solve().map(|solution| {
                let values = columns.iter().map(|&column| solution.value(column));
                (solution.status(), values.collect::<Vec<f64>>())
            })
        })?;
        match outcome {
            Ok((status, values)) => Ok(read(program, &status, values)),
            Err(error) => settle(&name, &error),
        }
    }
}

/// The program with a row that asks for a better value than one that is said to be optimal: a point
/// of it disproves the claim.
fn beyond(program: &LinearProgram, value: f64) -> LinearProgram {
    let mut more = program.clone();
    let terms = (program.cost.iter().enumerate()).filter(|(_, cost)| **cost != 0.0);
    for (column, &cost) in terms {
        more.col_index
            .push(u32::try_from(column).unwrap_or(u32::MAX));
        more.coefficient.push(cost);
    }
    let step = CLAIM_STEP * value.abs().max(1.0);
    more.row_lower.push(value - program.offset + step);
    more.row_upper.push(f64::INFINITY);
    more.row_start.push(more.col_index.len());
    more
}

/// The directions within the unit box in which one may go on for ever: a gain along one, with a
/// feasible point, proves the program unbounded. Some solvers call an unbounded program solved.
fn directions(program: &LinearProgram) -> LinearProgram {
    let no_less = |limit: &f64, open: f64| if *limit > -INFINITE { 0.0 } else { open };
    let no_more = |limit: &f64, open: f64| if *limit < INFINITE { 0.0 } else { open };
    let below = |limits: &[f64], open| limits.iter().map(|l| no_less(l, open)).collect();
    let above = |limits: &[f64], open| limits.iter().map(|l| no_more(l, open)).collect();
    LinearProgram {
        lower: below(&program.lower, -1.0),
        upper: above(&program.upper, 1.0),
        row_lower: below(&program.row_lower, f64::NEG_INFINITY),
        row_upper: above(&program.row_upper, f64::INFINITY),
        offset: 0.0,
        ..program.clone()
    }
}

/// The columns in good_lp's own terms.
fn declare(
    name: &str,
    program: &LinearProgram,
) -> Result<(ProblemVariables, Vec<Variable>), BackendError> {
    let mut variables = ProblemVariables::new();
    let mut columns = Vec::with_capacity(program.columns());
    for column in 0..program.columns() {
        let mut definition = variable();
        let (mut lower, mut upper) = (program.lower[column], program.upper[column]);
        if program.integer[column] {
            (lower, upper) = integer_bounds(program, column);
            let fits = |bound: f64| bound.abs() <= f64::from(i32::MAX);
            if !fits(lower) || !fits(upper) {
                return Err(BackendError::Unsupported {
                    backend: name.to_owned(),
                    need: format!("an integer column with bounds {lower} and {upper}"),
                });
            }
            definition = definition.integer();
        }
        if lower > -INFINITE {
            definition = definition.min(lower);
        }
        if upper < INFINITE {
            definition = definition.max(upper);
        }
        columns.push(variables.add(definition));
    }
    Ok((variables, columns))
}

fn add_row<M: SolverModel>(
    model: &mut M,
    program: &LinearProgram,
    row: usize,
    columns: &[Variable],
) {
    if program.span(row).is_empty() {
        return;
    }
    let activity = || -> Expression {
        let terms = program.row(row);
        terms.map(|(column, a)| a * columns[column]).sum()
    };
    let (lower, upper) = (program.row_lower[row], program.row_upper[row]);
    if lower.to_bits() == upper.to_bits() {
        model.add_constraint(constraint!(activity() == lower));
        return;
    }
    if lower > -INFINITE {
        model.add_constraint(constraint!(activity() >= lower));
    }
    if upper < INFINITE {
        model.add_constraint(constraint!(activity() <= upper));
    }
}

/// The answer in a solution, its point verified. A point alone proves optimality only by the
/// solver's word, and only where it says so.
fn read(program: &LinearProgram, status: &SolutionStatus, values: Vec<f64>) -> Answer {
    let Some(values) = verified(program, values) else {
        return Answer::stopped(Stopped::Numerical);
    };
    let objective = program.objective(&values);
    let mut answer = match status {
        SolutionStatus::Optimal => Answer {
            bound: objective,
            ..Answer::settled(Proved::Optimal)
        },
        // Its gap has been reached, but how large it is is not told.
        SolutionStatus::GapLimit => Answer::stopped(Stopped::SolverLimit),
        SolutionStatus::TimeLimit => Answer::stopped(Stopped::TimeLimit),
    };
    answer.point = Some(Point {
        values,
        objective,
        duals: None,
    });
    answer
}

/// What an error of good_lp says about the program.
fn settle(name: &str, error: &ResolutionError) -> Result<Answer, BackendError> {
    match error {
        // Some solvers report "infeasible or unbounded" as infeasible.
        ResolutionError::Infeasible => Ok(Answer::settled(Proved::InfeasibleOrUnbounded)),
        ResolutionError::Unbounded => Ok(Answer::settled(Proved::Unbounded)),
        other => Err(BackendError::Failed {
            backend: name.to_owned(),
            reason: other.to_string(),
        }),
    }
}
