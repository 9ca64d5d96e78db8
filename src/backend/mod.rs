//! Solvers behind one object-safe contract.
//!
//! A [`Backend`] loads a [`LinearProgram`] into a [`Session`]; the session takes [`Change`]s and
//! solves. The caller passes the backend it wants; no feature flag chooses one.
//!
//! What a solve says is split in four, so that no field ever has to be guessed at:
//! what is *proved* ([`Proved`]), why it *stopped* ([`Stopped`]), the best *point*, which exists
//! only where there is one, and the *bound*.

mod cancel;
#[cfg(feature = "conformance")]
pub mod conformance;
#[cfg(feature = "good_lp")]
pub mod good_lp;
#[cfg_attr(
    not(any(feature = "microlp", feature = "highs", feature = "good_lp")),
    allow(dead_code, reason = "only adapters use it, and none is compiled in")
)]
mod guard;
#[cfg(feature = "highs")]
pub mod highs;
#[cfg(feature = "microlp")]
mod implied;
#[cfg(feature = "microlp")]
pub mod microlp;
mod scaling;
#[cfg(any(feature = "microlp", feature = "good_lp"))]
mod shield;
pub mod tolerance;

use std::fmt;
use std::time::Duration;

use crate::program::LinearProgram;

pub use cancel::Cancel;
pub use scaling::{Scaled, Scaling};

/// A solver. Stateless; every solve happens in a [`Session`].
pub trait Backend: Send + Sync + fmt::Debug {
    /// The solver's name and version, for reports.
    fn name(&self) -> String;

    /// What this solver can do. Asking for more is an error before the solver is called.
    fn capabilities(&self) -> Capabilities;

    /// Loads a program.
    ///
    /// # Errors
    /// [`BackendError::Unsupported`] when the program needs what the solver lacks,
    /// [`BackendError::Rejected`] when the solver refuses the data.
    fn load(&self, program: &LinearProgram) -> Result<Box<dyn Session>, BackendError>;
}

/// A loaded program. Not `Send`: some solvers are bound to the thread that made them.
pub trait Session {
    /// Applies a change. The next solve starts from the last one where the solver can
    /// ([`Capabilities::warm_start`]); otherwise it starts anew, with the same answer.
    ///
    /// # Errors
    /// [`BackendError::Rejected`] when an index or a number is out of range; the program is then
    /// unchanged.
    fn update(&mut self, change: &Change) -> Result<(), BackendError>;

    /// Solves the program as it stands.
    ///
    /// # Errors
    /// Only when the solver failed in itself. Infeasible, unbounded and limits are answers.
    fn solve(&mut self, options: &SolveOptions<'_>) -> Result<Answer, BackendError>;
}

/// What a solver can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Takes integer columns.
    pub integers: bool,
    /// Returns duals and reduced costs for programs without integers.
    pub duals: bool,
    /// Starts from the last solve after a [`Change`].
    pub warm_start: bool,
    /// Uses [`SolveOptions::start`] for programs with integers.
    pub initial_point: bool,
    /// Returns a bound when it stops early on a program with integers.
    pub bound: bool,
    /// Stops on [`SolveOptions::cancel`] while it runs (others look only before they start).
    pub cancel: bool,
    /// Stops on [`SolveOptions::time_limit`].
    pub time_limit: bool,
    /// Calls [`SolveOptions::progress`].
    pub progress: bool,
}

/// Options of one solve. The default has no limit, a gap of 1e-4, one thread and seed 0.
#[derive(Clone, Copy)]
pub struct SolveOptions<'a> {
    /// Wall-clock limit.
    pub time_limit: Option<Duration>,
    /// Stop when (bound − value)/|bound| is at most this; 0 or more.
    pub relative_gap: f64,
    /// Threads the solver may use, 1 or more.
    pub threads: u32,
    /// Seed of the solver's random choices.
    pub seed: u32,
    /// Raised by anyone to stop the solve.
    pub cancel: Option<&'a Cancel>,
    /// Called now and then with the incumbent and the bound.
    pub progress: Option<&'a (dyn Fn(Progress) + Sync)>,
    /// A point to start from, one value a column; ignored where the solver cannot use it.
    pub start: Option<&'a [f64]>,
}

impl Default for SolveOptions<'_> {
    fn default() -> Self {
        Self {
            time_limit: None,
            relative_gap: 1e-4,
            threads: 1,
            seed: 0,
            cancel: None,
            progress: None,
            start: None,
        }
    }
}

impl fmt::Debug for SolveOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SolveOptions")
            .field("time_limit", &self.time_limit)
            .field("relative_gap", &self.relative_gap)
            .field("threads", &self.threads)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

/// Where a running solve stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Objective of the best point so far.
    pub incumbent: Option<f64>,
    /// Proved limit on the objective so far.
    pub bound: Option<f64>,
    /// Time since the solve began.
    pub elapsed: Duration,
}

/// A change to a loaded program; the pattern of the matrix stays.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// New objective coefficients, (column, value).
    Costs(Vec<(u32, f64)>),
    /// New bounds, (column, lower, upper).
    ColumnBounds(Vec<(u32, f64, f64)>),
    /// New row limits, (row, lower, upper).
    RowBounds(Vec<(u32, f64, f64)>),
    /// New values of stored coefficients, (row, column, value).
    Coefficients(Vec<(u32, u32, f64)>),
}

/// What a solve says.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// What is proved.
    pub proved: Proved,
    /// Why the solver stopped.
    pub stopped: Stopped,
    /// The best point found, if any.
    pub point: Option<Point>,
    /// Proved upper limit on the objective (programs are maximized); `+∞` when nothing is proved.
    pub bound: f64,
    /// Work done.
    pub statistics: Statistics,
}

/// What is proved about the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proved {
    /// The point is optimal within the asked gap.
    Optimal,
    /// No point satisfies the rows and bounds.
    Infeasible,
    /// The objective has no limit.
    Unbounded,
    /// One of the two above; the solver did not find out which.
    InfeasibleOrUnbounded,
    /// Nothing more than the bound.
    Nothing,
}

/// Why a solver stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// It had nothing left to do.
    Finished,
    /// The time limit.
    TimeLimit,
    /// A limit of the solver's own (nodes, iterations, memory).
    SolverLimit,
    /// [`SolveOptions::cancel`] was raised.
    Cancelled,
    /// Numerical trouble; what it returns has not been proved.
    Numerical,
}

/// A point of a program.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// One value a column.
    pub values: Vec<f64>,
    /// Objective of the point, the program's constant included.
    pub objective: f64,
    /// Duals, for programs without integers, where the solver has them.
    pub duals: Option<Duals>,
}

/// Dual values of a program without integers, as derivatives of the *maximized* objective.
#[derive(Clone, Debug, PartialEq)]
pub struct Duals {
    /// Gain in the objective for one unit more of each row's binding limit.
    pub rows: Vec<f64>,
    /// Reduced cost of each column: gain for one unit more of its binding bound.
    pub columns: Vec<f64>,
}

/// Work done by a solve.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Statistics {
    /// Simplex or interior-point iterations, where known.
    pub iterations: Option<u64>,
    /// Branch-and-bound nodes, where known.
    pub nodes: Option<u64>,
    /// Wall-clock time.
    pub elapsed: Duration,
}

/// A failure of the solver itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BackendError {
    /// The program or the change needs something the solver lacks.
    #[error("{backend} cannot do this: {need}")]
    Unsupported {
        /// Which solver.
        backend: String,
        /// What it lacks.
        need: String,
    },
    /// The solver refused the data.
    #[error("{backend} refused the data: {reason}")]
    Rejected {
        /// Which solver.
        backend: String,
        /// What it said.
        reason: String,
    },
    /// The solver broke down.
    #[error("{backend} failed: {reason}")]
    Failed {
        /// Which solver.
        backend: String,
        /// What it said.
        reason: String,
    },
}
