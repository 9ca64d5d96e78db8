//! HiGHS (feature `highs`), called directly so that warm starts, duals, bounds and interrupts are
//! within reach. The only module with unsafe code: each block calls one C function of HiGHS.
//!
//! A session keeps its HiGHS instance, so that a solve after a [`Change`] starts from the last
//! basis. HiGHS instances are bound to the thread that made them; sessions are not `Send`. HiGHS
//! keeps one thread pool for each calling thread and refuses another size later, so the number of
//! threads is fixed by the first solve on a thread ([`SolveOptions::threads`] is ignored after it).
//! An interrupt is noticed between simplex iterations and branch-and-bound nodes, but late in
//! presolve; a time limit can be overshot by about a second at a million nonzeros.

#![allow(
    unsafe_code,
    reason = "HiGHS is a C library; nothing else here is unsafe"
)]

use std::cell::Cell;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::path::Path;
use std::time::Instant;

use highs_sys as ffi;
use highs_sys::HighsInt;

use super::guard::{apply, check_options, check_program, evident, integer_bounds, verified};
use super::tolerance::{INTEGRALITY, OPTIMALITY, SOLVER_FEASIBILITY};
use super::{
    Answer, Backend, BackendError, Cancel, Capabilities, Change, Duals, Point, Progress, Proved,
    Session, SolveOptions, Statistics, Stopped,
};
use crate::program::LinearProgram;

const NAME: &str = "HiGHS 1.15";

/// Callback types at which HiGHS asks whether to go on: simplex, interior point, branch and bound.
const INTERRUPTS: [HighsInt; 3] = [1, 2, 6];

thread_local! {
    /// Threads that this thread's instances were first run with.
    static THREADS: Cell<Option<u32>> = const { Cell::new(None) };
}

/// The HiGHS solver.
#[derive(Clone, Copy, Debug, Default)]
pub struct Highs;

impl Highs {
    /// The solver. It has no settings of its own.
    #[must_use]
    pub fn new() -> Self {
        Self
    }
}

impl Backend for Highs {
    fn name(&self) -> String {
        NAME.to_owned()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            integers: true,
            duals: true,
            warm_start: true,
            initial_point: true,
            bound: true,
            cancel: true,
            time_limit: true,
            progress: true,
        }
    }

    fn load(&self, program: &LinearProgram) -> Result<Box<dyn Session>, BackendError> {
        check_program(NAME, program)?;
        let model = Model::new();
        model.pass(program)?;
        Ok(Box::new(HighsSession {
            program: program.clone(),
            model,
        }))
    }
}

/// Seconds that HiGHS needs to read a model file from disk.
///
/// # Errors
/// When HiGHS cannot read the file, or its path holds a zero byte.
pub fn read_seconds(path: &Path) -> Result<f64, BackendError> {
    let file = CString::new(path.to_string_lossy().as_bytes())
        .map_err(|_| failed("the path holds a zero byte"))?;
    let model = Model::new();
    let began = Instant::now();
    // SAFETY: the instance is live and the path is a C string that outlives the call.
    let status = unsafe { ffi::Highs_readModel(model.0, file.as_ptr()) };
    let seconds = began.elapsed().as_secs_f64();
    if status == ffi::STATUS_ERROR {
        return Err(failed("it cannot read the file"));
    }
    Ok(seconds)
}

fn failed(reason: &str) -> BackendError {
    BackendError::Failed {
        backend: NAME.to_owned(),
        reason: reason.to_owned(),
    }
}

fn rejected(reason: String) -> BackendError {
    BackendError::Rejected {
        backend: NAME.to_owned(),
        reason,
    }
}

/// A HiGHS instance, destroyed with it.
struct Model(*mut c_void);

impl Drop for Model {
    fn drop(&mut self) {
        // SAFETY: the instance was made by `Highs_create` and is destroyed once.
        unsafe { ffi::Highs_destroy(self.0) };
    }
}

/// A count or an index in HiGHS's own type.
fn index(value: usize) -> Result<HighsInt, BackendError> {
    HighsInt::try_from(value).map_err(|_| rejected(format!("{value} entries are too many")))
}

impl Model {
    fn new() -> Self {
        // SAFETY: takes no arguments; the instance is owned by the value returned.
        let model = Self(unsafe { ffi::Highs_create() });
        model.flag(c"output_flag", false);
        model.number(c"primal_feasibility_tolerance", SOLVER_FEASIBILITY);
        model.number(c"dual_feasibility_tolerance", OPTIMALITY);
        model.number(c"mip_feasibility_tolerance", INTEGRALITY);
        model.number(c"mip_abs_gap", 0.0);
        model
    }

    fn flag(&self, name: &CStr, value: bool) {
        // SAFETY: the instance is live, the name is a C string.
        unsafe { ffi::Highs_setBoolOptionValue(self.0, name.as_ptr(), HighsInt::from(value)) };
    }

    fn number(&self, name: &CStr, value: f64) {
        // SAFETY: the instance is live, the name is a C string.
        unsafe { ffi::Highs_setDoubleOptionValue(self.0, name.as_ptr(), value) };
    }

    fn whole(&self, name: &CStr, value: u32) {
        let value = HighsInt::try_from(value).unwrap_or(HighsInt::MAX);
        // SAFETY: the instance is live, the name is a C string.
        unsafe { ffi::Highs_setIntOptionValue(self.0, name.as_ptr(), value) };
    }

    /// Loads a program, integer bounds rounded inwards as everywhere.
    fn pass(&self, program: &LinearProgram) -> Result<(), BackendError> {
        let (mut lower, mut upper) = (program.lower.clone(), program.upper.clone());
        for column in (0..program.columns()).filter(|&column| program.integer[column]) {
            (lower[column], upper[column]) = integer_bounds(program, column);
        }
        let starts = program.row_start.iter().map(|&start| index(start));
        let starts = starts.collect::<Result<Vec<_>, _>>()?;
        let columns = program
            .col_index
            .iter()
            .map(|&column| index(column as usize));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        let kinds: Vec<HighsInt> = (program.integer.iter())
            .map(|&integer| HighsInt::from(integer))
            .collect();
        // SAFETY: every array has the length that the counts before it say, and outlives the call;
        // HiGHS copies them.
        let status = unsafe {
            ffi::Highs_passMip(
                self.0,
                index(program.columns())?,
                index(program.rows())?,
                index(program.nonzeros())?,
                ffi::MATRIX_FORMAT_ROW_WISE,
                ffi::OBJECTIVE_SENSE_MAXIMIZE,
                program.offset,
                program.cost.as_ptr(),
                lower.as_ptr(),
                upper.as_ptr(),
                program.row_lower.as_ptr(),
                program.row_upper.as_ptr(),
                starts.as_ptr(),
                columns.as_ptr(),
                program.coefficient.as_ptr(),
                kinds.as_ptr(),
            )
        };
        if status == ffi::STATUS_ERROR {
            return Err(rejected("the program cannot be loaded".to_owned()));
        }
        Ok(())
    }

    fn change_cost(&self, column: u32, cost: f64) -> Result<HighsInt, BackendError> {
        let column = index(column as usize)?;
        // SAFETY: the instance is live; the index has been checked against the program.
        Ok(unsafe { ffi::Highs_changeColCost(self.0, column, cost) })
    }

    fn change_bounds(
        &self,
        column: u32,
        (lower, upper): (f64, f64),
    ) -> Result<HighsInt, BackendError> {
        let column = index(column as usize)?;
        // SAFETY: as above.
        Ok(unsafe { ffi::Highs_changeColBounds(self.0, column, lower, upper) })
    }

    fn change_row(&self, row: u32, (lower, upper): (f64, f64)) -> Result<HighsInt, BackendError> {
        let row = index(row as usize)?;
        // SAFETY: as above.
        Ok(unsafe { ffi::Highs_changeRowBounds(self.0, row, lower, upper) })
    }

    fn change_entry(&self, row: u32, column: u32, value: f64) -> Result<HighsInt, BackendError> {
        let (row, column) = (index(row as usize)?, index(column as usize)?);
        // SAFETY: as above.
        Ok(unsafe { ffi::Highs_changeCoeff(self.0, row, column, value) })
    }

    fn start_from(&self, point: &[f64]) {
        let none = std::ptr::null();
        // SAFETY: the point has one value a column; the other arrays may be absent.
        unsafe { ffi::Highs_setSolution(self.0, point.as_ptr(), none, none, none) };
    }

    fn forget(&self) {
        // SAFETY: the instance is live.
        unsafe { ffi::Highs_clearSolver(self.0) };
    }

    /// Runs the solver with a watcher, and returns the model status.
    fn run(&self, watch: &Watch<'_>) -> HighsInt {
        let data = std::ptr::from_ref(watch).cast_mut().cast::<c_void>();
        // SAFETY: the watcher outlives the run, and the callback is taken away after it; the
        // callback only reads the watcher.
        unsafe {
            ffi::Highs_zeroAllClocks(self.0);
            ffi::Highs_setCallback(self.0, Some(ask), data);
            for kind in INTERRUPTS {
                ffi::Highs_startCallback(self.0, kind);
            }
            ffi::Highs_run(self.0);
            for kind in INTERRUPTS {
                ffi::Highs_stopCallback(self.0, kind);
            }
            ffi::Highs_setCallback(self.0, None, std::ptr::null_mut());
            ffi::Highs_getModelStatus(self.0)
        }
    }

    fn info(&self, name: &CStr) -> Option<f64> {
        let mut value = 0.0;
        // SAFETY: the instance is live, the name a C string, the value a place for one number.
        let status =
            unsafe { ffi::Highs_getDoubleInfoValue(self.0, name.as_ptr(), &raw mut value) };
        (status == ffi::STATUS_OK).then_some(value)
    }

    fn whole_info(&self, name: &CStr) -> Option<u64> {
        let mut value: HighsInt = 0;
        // SAFETY: as above.
        let status = unsafe { ffi::Highs_getIntInfoValue(self.0, name.as_ptr(), &raw mut value) };
        (status == ffi::STATUS_OK).then(|| u64::try_from(value).ok())?
    }

    fn nodes(&self) -> Option<u64> {
        let mut value: i64 = 0;
        let name = c"mip_node_count";
        // SAFETY: as above.
        let status = unsafe { ffi::Highs_getInt64InfoValue(self.0, name.as_ptr(), &raw mut value) };
        (status == ffi::STATUS_OK).then(|| u64::try_from(value).ok())?
    }

    /// Values of columns, and duals of rows and columns.
    fn solution(&self, program: &LinearProgram) -> (Vec<f64>, Duals) {
        let mut values = vec![0.0; program.columns()];
        let mut columns = vec![0.0; program.columns()];
        let mut activity = vec![0.0; program.rows()];
        let mut rows = vec![0.0; program.rows()];
        // SAFETY: each array has one place for each column or row.
        unsafe {
            ffi::Highs_getSolution(
                self.0,
                values.as_mut_ptr(),
                columns.as_mut_ptr(),
                activity.as_mut_ptr(),
                rows.as_mut_ptr(),
            );
        }
        (values, Duals { rows, columns })
    }
}

/// What a running solve looks at.
struct Watch<'a> {
    cancel: Option<&'a Cancel>,
    progress: Option<&'a (dyn Fn(Progress) + Sync)>,
    began: Instant,
}

/// Called by HiGHS: tells the progress and asks whether to stop.
unsafe extern "C" fn ask(
    kind: c_int,
    _message: *const c_char,
    out: *const ffi::HighsCallbackDataOut,
    answer: *mut ffi::HighsCallbackDataIn,
    data: *mut c_void,
) {
    // SAFETY: `data` is the watcher given to `Highs_setCallback`, which outlives the run.
    let Some(watch) = (unsafe { data.cast::<Watch<'_>>().as_ref() }) else {
        return;
    };
    // SAFETY: HiGHS passes valid records, or null.
    let (out, answer) = unsafe { (out.as_ref(), answer.as_mut()) };
    if let (Some(progress), Some(out), 6) = (watch.progress, out, kind) {
        let finite = |value: f64| (value.abs() < f64::MAX).then_some(value);
        progress(Progress {
            incumbent: finite(out.mip_primal_bound),
            bound: finite(out.mip_dual_bound),
            elapsed: watch.began.elapsed(),
        });
    }
    if let Some(answer) = answer
        && watch.cancel.is_some_and(Cancel::is_cancelled)
    {
        answer.user_interrupt = 1;
    }
}

struct HighsSession {
    program: LinearProgram,
    model: Model,
}

impl Session for HighsSession {
    fn update(&mut self, change: &Change) -> Result<(), BackendError> {
        apply(NAME, &mut self.program, change)?;
        let statuses: Result<Vec<HighsInt>, BackendError> = match change {
            Change::Costs(items) => (items.iter())
                .map(|&(column, cost)| self.model.change_cost(column, cost))
                .collect(),
            Change::ColumnBounds(items) => (items.iter())
                .map(|&(column, lower, upper)| {
                    let bounds = if self.program.integer[column as usize] {
                        integer_bounds(&self.program, column as usize)
                    } else {
                        (lower, upper)
                    };
                    self.model.change_bounds(column, bounds)
                })
                .collect(),
            Change::RowBounds(items) => (items.iter())
                .map(|&(row, lower, upper)| self.model.change_row(row, (lower, upper)))
                .collect(),
            Change::Coefficients(items) => (items.iter())
                .map(|&(row, column, value)| self.model.change_entry(row, column, value))
                .collect(),
        };
        if statuses?.contains(&ffi::STATUS_ERROR) {
            // The program is right; only HiGHS's copy of it is not: load it anew.
            self.model = Model::new();
            self.model.pass(&self.program)?;
        }
        Ok(())
    }

    fn solve(&mut self, options: &SolveOptions<'_>) -> Result<Answer, BackendError> {
        let began = Instant::now();
        check_options(NAME, &self.program, options)?;
        if let Some(answer) = evident(&self.program, true) {
            return Ok(answer.after(began.elapsed()));
        }
        if options.cancel.is_some_and(Cancel::is_cancelled) {
            return Ok(Answer::stopped(Stopped::Cancelled).after(began.elapsed()));
        }
        let mut answer = self.attempt(options, began);
        if answer.stopped == Stopped::Numerical {
            // A bad status or a point that does not hold: once more without the old basis.
            self.model.forget();
            answer = self.attempt(options, began);
        }
        if answer.proved == Proved::InfeasibleOrUnbounded {
            answer = self.tell_apart(options, began, answer);
        }
        Ok(answer.after(began.elapsed()))
    }
}

impl HighsSession {
    fn attempt(&self, options: &SolveOptions<'_>, began: Instant) -> Answer {
        self.set(options, began);
        if let Some(start) = options.start
            && self.program.has_integers()
            && start.iter().all(|value| value.is_finite())
        {
            self.model.start_from(start);
        }
        let watch = Watch {
            cancel: options.cancel,
            progress: options.progress,
            began,
        };
        let status = self.model.run(&watch);
        self.read(status)
    }

    fn set(&self, options: &SolveOptions<'_>, began: Instant) {
        let left = options.time_limit.map_or(f64::INFINITY, |limit| {
            limit.saturating_sub(began.elapsed()).as_secs_f64()
        });
        let threads = THREADS.get().unwrap_or(options.threads);
        THREADS.set(Some(threads));
        self.model.number(c"time_limit", left);
        self.model.number(c"mip_rel_gap", options.relative_gap);
        self.model.whole(c"threads", threads);
        self.model.whole(c"random_seed", options.seed & 0x7FFF_FFFF);
    }

    /// Solves once more without presolve, which tells infeasible from unbounded.
    fn tell_apart(&self, options: &SolveOptions<'_>, began: Instant, unclear: Answer) -> Answer {
        // SAFETY: the instance is live, the names are C strings.
        unsafe {
            ffi::Highs_setStringOptionValue(self.model.0, c"presolve".as_ptr(), c"off".as_ptr());
        }
        let clear = self.attempt(options, began);
        // SAFETY: as above.
        unsafe {
            ffi::Highs_setStringOptionValue(self.model.0, c"presolve".as_ptr(), c"choose".as_ptr());
        }
        match clear.proved {
            Proved::Nothing => unclear,
            _ => clear,
        }
    }

    /// The answer of a finished run, its point verified.
    fn read(&self, status: HighsInt) -> Answer {
        let statistics = Statistics {
            iterations: self.model.whole_info(c"simplex_iteration_count"),
            nodes: (self.program.has_integers())
                .then(|| self.model.nodes())
                .flatten(),
            ..Statistics::default()
        };
        let answer = match status {
            ffi::MODEL_STATUS_INFEASIBLE => Answer::settled(Proved::Infeasible),
            ffi::MODEL_STATUS_UNBOUNDED => Answer::settled(Proved::Unbounded),
            ffi::MODEL_STATUS_UNBOUNDED_OR_INFEASIBLE => {
                Answer::settled(Proved::InfeasibleOrUnbounded)
            }
            ffi::MODEL_STATUS_OPTIMAL | ffi::MODEL_STATUS_MODEL_EMPTY => {
                self.with_point(Answer::settled(Proved::Optimal))
            }
            ffi::MODEL_STATUS_REACHED_TIME_LIMIT => {
                self.with_point(Answer::stopped(Stopped::TimeLimit))
            }
            ffi::MODEL_STATUS_REACHED_INTERRUPT => {
                self.with_point(Answer::stopped(Stopped::Cancelled))
            }
            ffi::MODEL_STATUS_OBJECTIVE_BOUND
            | ffi::MODEL_STATUS_OBJECTIVE_TARGET
            | ffi::MODEL_STATUS_REACHED_ITERATION_LIMIT
            | ffi::MODEL_STATUS_REACHED_SOLUTION_LIMIT
            | ffi::MODEL_STATUS_REACHED_MEMORY_LIMIT => {
                self.with_point(Answer::stopped(Stopped::SolverLimit))
            }
            _ => Answer::stopped(Stopped::Numerical),
        };
        Answer {
            statistics,
            ..answer
        }
    }

    /// Adds the point, the duals and the bound, as far as they hold.
    fn with_point(&self, mut answer: Answer) -> Answer {
        let integers = self.program.has_integers();
        if integers {
            let bound = self.model.info(c"mip_dual_bound");
            answer.bound = bound.filter(|b| b.is_finite()).unwrap_or(f64::INFINITY);
        }
        let feasible = self.model.whole_info(c"primal_solution_status") == Some(2);
        let optimal = answer.proved == Proved::Optimal;
        if !feasible {
            return if optimal {
                Answer::stopped(Stopped::Numerical)
            } else {
                answer
            };
        }
        let (values, duals) = self.model.solution(&self.program);
        match verified(&self.program, values) {
            Some(values) => {
                let objective = self.program.objective(&values);
                if optimal && !integers {
                    answer.bound = objective;
                }
                answer.bound = answer.bound.max(objective);
                answer.point = Some(Point {
                    values,
                    objective,
                    duals: (optimal && !integers).then_some(duals),
                });
                answer
            }
            None if optimal => Answer::stopped(Stopped::Numerical),
            None => answer,
        }
    }
}
