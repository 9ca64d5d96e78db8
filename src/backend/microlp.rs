//! The default backend: `microlp`, a simplex and branch-and-bound solver in pure Rust.
//!
//! What it lacks, and what this adapter does about it:
//!
//! - *No duals.* [`Capabilities::duals`] is false; points carry none.
//! - *No change of costs or limits.* An update changes our copy; the next solve builds anew, with the
//!   same answer as a fresh load.
//! - *No way to stop it from outside.* It is run in slices and resumed, so that a raised
//!   [`Cancel`](super::Cancel) or the progress callback is served between slices. Without either, a
//!   solve is one slice. Slices end at a count of nodes, which is the same in every run, and at a
//!   second of time, which is not: a solve that is watched may end in another of several equally
//!   good points than one that is not.
//! - *The time limit is checked between pivots only*, and not at all in its presolve, so large linear
//!   programs overshoot: 1.8 s were measured over a limit of 2 s on 500 000 columns × 5 100 rows.
//! - *Whole numbers have `i32` bounds.* Wider ones are first narrowed by what the rows imply, which
//!   loses nothing. If that is not enough, the answer within the `i32` range is returned as a point
//!   without a proof ([`Stopped::SolverLimit`]), never as the optimum.
//! - *A bound of 2^52 or more counts as none.* Such a bound is passed as a row.
//!
//! Every point is held against the program; one that fails is tried again without presolve, and
//! given up as [`Stopped::Numerical`] when that fails too.

use std::time::{Duration, Instant};

use microlp::{
    ComparisonOp, Error, OptimizationDirection, Problem, ResumeOptions, SolveOutcome,
    TerminationReason, Variable,
};

use super::guard::{apply, check_options, check_program, evident, integer_bounds, verified};
use super::implied::implied_bounds;
use super::shield::shielded;
use super::tolerance::{INFINITE, INTEGRALITY, SOLVER_FEASIBILITY, relative_gap};
use super::{
    Answer, Backend, BackendError, Capabilities, Change, Point, Progress, Proved, Session,
    SolveOptions, Statistics, Stopped,
};
use crate::program::LinearProgram;

/// Nodes in a slice of a watched solve. Small enough that a cancel is seen within a fraction of a
/// second on programs this solver can handle, large enough that resuming costs nothing.
const SLICE_NODES: u64 = 32;

/// Time of a slice of a watched solve, for linear programs and roots that take longer than any
/// count of nodes.
const SLICE_TIME: Duration = Duration::from_secs(1);

/// Bounds of this size are none to `microlp`; ours are passed as rows instead.
const BOUND_LIMIT: f64 = 4_503_599_627_370_496.0;

/// The `microlp` solver, version 0.7.
#[derive(Clone, Copy, Debug, Default)]
pub struct Microlp;

impl Microlp {
    /// The solver. It has no settings of its own.
    #[must_use]
    pub fn new() -> Self {
        Self
    }
}

const NAME: &str = "microlp 0.7";

impl Backend for Microlp {
    fn name(&self) -> String {
        NAME.to_owned()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            integers: true,
            duals: false,
            warm_start: false,
            initial_point: true,
            bound: true,
            cancel: true,
            time_limit: true,
            progress: true,
        }
    }

    fn load(&self, program: &LinearProgram) -> Result<Box<dyn Session>, BackendError> {
        check_program(NAME, program)?;
        Ok(Box::new(MicrolpSession {
            program: program.clone(),
        }))
    }
}

struct MicrolpSession {
    program: LinearProgram,
}

impl Session for MicrolpSession {
    fn update(&mut self, change: &Change) -> Result<(), BackendError> {
        apply(NAME, &mut self.program, change)
    }

    fn solve(&mut self, options: &SolveOptions<'_>) -> Result<Answer, BackendError> {
        let clock = Clock::start(options);
        check_options(NAME, &self.program, options)?;
        if let Some(answer) = evident(&self.program, false) {
            return Ok(answer.after(clock.elapsed()));
        }
        let model = Model::build(&self.program);
        let mut answer = solve_once(&self.program, &model, options, &clock, true)?;
        if answer.stopped == Stopped::Numerical && clock.stop().is_none() {
            answer = solve_once(&self.program, &model, options, &clock, false)?;
        }
        if model.narrowed {
            answer = without_proof(answer);
        }
        Ok(answer.after(clock.elapsed()))
    }
}

/// Watches the time and the flag of one solve.
struct Clock<'a> {
    began: Instant,
    options: &'a SolveOptions<'a>,
}

impl<'a> Clock<'a> {
    fn start(options: &'a SolveOptions<'a>) -> Self {
        Self {
            began: Instant::now(),
            options,
        }
    }

    fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    fn remaining(&self) -> Option<Duration> {
        let limit = self.options.time_limit?;
        Some(limit.saturating_sub(self.elapsed()))
    }

    /// Why to stop now, if at all.
    fn stop(&self) -> Option<Stopped> {
        if self.options.cancel.is_some_and(super::Cancel::is_cancelled) {
            Some(Stopped::Cancelled)
        } else if self.remaining() == Some(Duration::ZERO) {
            Some(Stopped::TimeLimit)
        } else {
            None
        }
    }

    fn is_watched(&self) -> bool {
        self.options.cancel.is_some() || self.options.progress.is_some()
    }

    /// Time of the next slice; `None` for no limit.
    fn slice(&self) -> Option<Duration> {
        match (self.remaining(), self.is_watched()) {
            (Some(left), true) => Some(left.min(SLICE_TIME)),
            (None, true) => Some(SLICE_TIME),
            (left, false) => left,
        }
    }

    fn slice_nodes(&self) -> Option<u64> {
        self.is_watched().then_some(SLICE_NODES)
    }
}

/// The program in the solver's own terms.
struct Model {
    problem: Problem,
    variables: Vec<Variable>,
    /// Whether an integer column has fewer values here than in the program.
    narrowed: bool,
}

impl Model {
    fn build(program: &LinearProgram) -> Self {
        let mut problem = Problem::new(OptimizationDirection::Maximize);
        let mut narrowed = false;
        let mut wide = Vec::new();
        let implied = implied_bounds(program);
        let variables: Vec<Variable> = (0..program.columns())
            .map(|column| {
                let cost = program.cost[column];
                if program.integer[column] {
                    let (bounds, cut) = whole_bounds(program, column, implied[column]);
                    narrowed |= cut;
                    problem.add_integer_var(cost, bounds)
                } else {
                    let (lower, upper) = (program.lower[column], program.upper[column]);
                    let variable = problem.add_var(cost, (lower, upper));
                    if is_wide(lower, upper) {
                        wide.push((variable, lower, upper));
                    }
                    variable
                }
            })
            .collect();
        for row in 0..program.rows() {
            let terms: Vec<(Variable, f64)> = program
                .row(row)
                .filter(|&(_, value)| value != 0.0)
                .map(|(column, value)| (variables[column], value))
                .collect();
            let limits = (program.row_lower[row], program.row_upper[row]);
            add_row(&mut problem, &terms, limits);
        }
        for (variable, lower, upper) in wide {
            add_row(&mut problem, &[(variable, 1.0)], (lower, upper));
        }
        Self {
            problem,
            variables,
            narrowed,
        }
    }
}

/// Whether a bound is one to us and none to `microlp`.
fn is_wide(lower: f64, upper: f64) -> bool {
    [lower, upper]
        .iter()
        .any(|bound| (BOUND_LIMIT..INFINITE).contains(&bound.abs()))
}

/// The `i32` bounds of an integer column, and whether they cut off values that the program allows.
fn whole_bounds(
    program: &LinearProgram,
    column: usize,
    (implied_lower, implied_upper): (f64, f64),
) -> ((i32, i32), bool) {
    let (lower, upper) = integer_bounds(program, column);
    let (lower, upper) = (lower.max(implied_lower), upper.min(implied_upper));
    let (least, most) = (f64::from(i32::MIN), f64::from(i32::MAX));
    let cut = lower < least || upper > most;
    #[allow(
        clippy::cast_possible_truncation,
        reason = "clamped to the range of i32 and whole; a cut is reported"
    )]
    let bounds = (
        lower.clamp(least, most) as i32,
        upper.clamp(least, most) as i32,
    );
    (bounds, cut)
}

fn add_row(problem: &mut Problem, terms: &[(Variable, f64)], (lower, upper): (f64, f64)) {
    let below = lower > -INFINITE;
    let above = upper < INFINITE;
    if below && above && lower.to_bits() == upper.to_bits() {
        problem.add_constraint(terms, ComparisonOp::Eq, lower);
        return;
    }
    if below {
        problem.add_constraint(terms, ComparisonOp::Ge, lower);
    }
    if above {
        problem.add_constraint(terms, ComparisonOp::Le, upper);
    }
}

fn solver_options(
    program: &LinearProgram,
    model: &Model,
    options: &SolveOptions<'_>,
    clock: &Clock<'_>,
    presolve: bool,
) -> microlp::SolveOptions {
    let mut own = microlp::SolveOptions::default();
    own.time_limit = clock.slice();
    own.node_limit = clock.slice_nodes();
    own.mip_gap = options.relative_gap;
    own.int_tol = INTEGRALITY;
    own.presolve = presolve;
    own.dual_fixing = presolve;
    own.tolerances.feasibility = SOLVER_FEASIBILITY;
    if program.has_integers() {
        own.warm_start = options.start.map(|start| hint(program, model, start));
    }
    own
}

/// The whole numbers of a start; the solver completes the other columns itself, which accepts more
/// starts than values that are right to the last digit only.
fn hint(program: &LinearProgram, model: &Model, start: &[f64]) -> Vec<(Variable, f64)> {
    (0..program.columns())
        .filter(|&column| program.integer[column] && start[column].is_finite())
        .map(|column| (model.variables[column], start[column].round()))
        .collect()
}

/// One attempt, slice after slice.
fn solve_once(
    program: &LinearProgram,
    model: &Model,
    options: &SolveOptions<'_>,
    clock: &Clock<'_>,
    presolve: bool,
) -> Result<Answer, BackendError> {
    if let Some(reason) = clock.stop() {
        return Ok(Answer::stopped(reason));
    }
    let own = solver_options(program, model, options, clock, presolve);
    let mut gap = options.relative_gap;
    let mut outcome = shielded(NAME, || model.problem.solve_with(own))?;
    loop {
        let reached = match outcome {
            Err(error) => return settle(&error),
            Ok(reached) => reached,
        };
        report(program, &reached, options, clock);
        match reached.termination_reason() {
            TerminationReason::ProvenOptimal => {
                return Ok(read(program, model, &reached, Stopped::Finished));
            }
            TerminationReason::MipGap if is_within_gap(program, &reached, options) => {
                return Ok(read(program, model, &reached, Stopped::Finished));
            }
            // Its gap is relative to the value and leaves out the constant; ours may be tighter.
            TerminationReason::MipGap => gap /= 2.0,
            _ => {}
        }
        if let Some(reason) = clock.stop() {
            return Ok(read(program, model, &reached, reason));
        }
        let mut again = ResumeOptions::default();
        again.time_limit = clock.slice();
        again.node_limit = clock.slice_nodes();
        again.mip_gap = (gap > 0.0).then_some(gap);
        outcome = shielded(NAME, || reached.resume_with(again))?;
    }
}

/// What an error of the solver says about the program.
fn settle(error: &Error) -> Result<Answer, BackendError> {
    match error {
        Error::Infeasible => Ok(Answer::settled(Proved::Infeasible)),
        Error::Unbounded => Ok(Answer::settled(Proved::Unbounded)),
        Error::InternalError(_) => Ok(Answer::stopped(Stopped::Numerical)),
        Error::InvalidOptions(reason) | Error::InvalidOperation(reason) => {
            Err(BackendError::Rejected {
                backend: NAME.to_owned(),
                reason: reason.clone(),
            })
        }
        other => Err(BackendError::Failed {
            backend: NAME.to_owned(),
            reason: other.to_string(),
        }),
    }
}

/// The proved bound in the program's terms; `+∞` where there is none yet.
fn bound_of(program: &LinearProgram, outcome: &SolveOutcome) -> f64 {
    match outcome.stats().best_bound {
        Some(bound) if bound.is_finite() => bound + program.offset,
        _ => f64::INFINITY,
    }
}

fn is_within_gap(
    program: &LinearProgram,
    outcome: &SolveOutcome,
    options: &SolveOptions<'_>,
) -> bool {
    outcome.solution().is_some_and(|solution| {
        let value = solution.objective() + program.offset;
        relative_gap(value, bound_of(program, outcome)) <= options.relative_gap
    })
}

fn report(
    program: &LinearProgram,
    outcome: &SolveOutcome,
    options: &SolveOptions<'_>,
    clock: &Clock<'_>,
) {
    if let Some(report) = options.progress {
        let bound = bound_of(program, outcome);
        report(Progress {
            incumbent: outcome
                .solution()
                .map(|solution| solution.objective() + program.offset),
            bound: bound.is_finite().then_some(bound),
            elapsed: clock.elapsed(),
        });
    }
}

/// The answer in an outcome, its point verified.
fn read(program: &LinearProgram, model: &Model, outcome: &SolveOutcome, reason: Stopped) -> Answer {
    let stats = outcome.stats();
    let statistics = Statistics {
        iterations: Some(stats.lp_iterations),
        nodes: program.has_integers().then_some(stats.nodes_solved),
        elapsed: Duration::ZERO,
    };
    let mut answer = Answer {
        bound: bound_of(program, outcome),
        statistics,
        ..Answer::stopped(reason)
    };
    let Some(solution) = outcome.solution() else {
        return answer;
    };
    let values = model
        .variables
        .iter()
        .map(|&variable| solution.var_value(variable))
        .collect();
    match verified(program, values) {
        Some(values) => {
            let objective = program.objective(&values);
            if reason == Stopped::Finished {
                answer.proved = Proved::Optimal;
            }
            // The bound was proved for the unrounded point; rounding may lift the value by the
            // tolerance.
            answer.bound = answer.bound.max(objective);
            answer.point = Some(Point {
                values,
                objective,
                duals: None,
            });
        }
        None => {
            answer.stopped = Stopped::Numerical;
            answer.bound = f64::INFINITY;
        }
    }
    answer
}

/// What is left of an answer when integer columns had fewer values than the program allows.
fn without_proof(answer: Answer) -> Answer {
    match answer.proved {
        Proved::Nothing => Answer {
            bound: f64::INFINITY,
            ..answer
        },
        Proved::Unbounded => answer,
        _ => Answer {
            proved: Proved::Nothing,
            stopped: Stopped::SolverLimit,
            bound: f64::INFINITY,
            ..answer
        },
    }
}
