//! From a problem to a checked plan with its proof.

mod baseline;
mod bound;
mod exact;
mod incumbent;
mod outcome;

pub use outcome::{Outcome, Proof, Solved, WhyNoPlan};

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::backend::{Answer, Backend, BackendError, Cancel, Progress, Scaled, SolveOptions};
use crate::check::Violation;
use crate::domain::Problem;
use crate::prices::Start;
use crate::program::LinearProgram;
use crate::strategy::Strategy;

/// Plans a problem with a backend and a strategy.
#[derive(Clone)]
pub struct Engine {
    backend: Arc<dyn Backend>,
    strategy: Strategy,
    time_limit: Option<Duration>,
    relative_gap: f64,
    threads: u32,
    seed: u32,
    cancel: Cancel,
    progress: Option<Arc<dyn Fn(Progress) + Send + Sync>>,
    start: Option<Arc<Start>>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("backend", &self.backend)
            .field("strategy", &self.strategy)
            .field("time_limit", &self.time_limit)
            .field("relative_gap", &self.relative_gap)
            .field("threads", &self.threads)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

/// A failure that is neither a fault of the input nor an outcome.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The backend failed.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// The plan that a solver returned does not pass the check: a bug, never a returned plan.
    #[error("bug: the plan of {found_by} breaks {} rules, first: {}", violations.len(), violations[0].message)]
    Unverified {
        /// Who made the plan.
        found_by: String,
        /// Rules that it breaks; at least one.
        violations: Vec<Violation>,
    },
    /// A value that a solver claims differs from the value recomputed: a bug.
    #[error("bug: {found_by} claims a value of {claimed}, the check finds {recomputed}")]
    ValueMismatch {
        /// Who made the plan.
        found_by: String,
        /// What it claims, in money.
        claimed: f64,
        /// What the check finds, in money.
        recomputed: f64,
    },
}

impl Engine {
    /// An engine with a backend: strategy [`Strategy::Auto`], gap 1e-4, one thread, seed 0, no
    /// time limit.
    #[must_use]
    pub fn new(backend: Arc<dyn Backend>) -> Self {
        Self {
            backend,
            strategy: Strategy::Auto,
            time_limit: None,
            relative_gap: 1e-4,
            threads: 1,
            seed: 0,
            cancel: Cancel::new(),
            progress: None,
            start: None,
        }
    }

    /// Sets how plans are made.
    #[must_use]
    pub fn strategy(mut self, strategy: Strategy) -> Self {
        self.strategy = strategy;
        self
    }

    /// Limits the wall-clock time of a run.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = Some(limit);
        self
    }

    /// Sets the relative gap at which a run may stop, 0 or more.
    #[must_use]
    pub fn relative_gap(mut self, gap: f64) -> Self {
        self.relative_gap = gap;
        self
    }

    /// Sets the number of threads, 1 or more.
    #[must_use]
    pub fn threads(mut self, threads: u32) -> Self {
        self.threads = threads;
        self
    }

    /// Sets the seed of random choices.
    #[must_use]
    pub fn seed(mut self, seed: u32) -> Self {
        self.seed = seed;
        self
    }

    /// Sets the flag that stops a run from another thread.
    #[must_use]
    pub fn cancel(mut self, cancel: Cancel) -> Self {
        self.cancel = cancel;
        self
    }

    /// Sets a function that is told incumbent and bound now and then.
    #[must_use]
    pub fn progress(mut self, progress: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.progress = Some(Arc::new(progress));
        self
    }

    /// Sets prices and a plan to begin with, those of a problem like the one to be solved.
    #[must_use]
    pub fn start(mut self, start: Arc<Start>) -> Self {
        self.start = Some(start);
        self
    }

    /// The flag that stops a run.
    pub(crate) fn flag(&self) -> &Cancel {
        &self.cancel
    }

    /// Solves a program of another module by the backend, within the limits of a run.
    pub(crate) fn solve_program(
        &self,
        program: &LinearProgram,
        start: Option<&[f64]>,
    ) -> Result<Answer, BackendError> {
        let mut session = Scaled::new(&*self.backend).load(program)?;
        session.solve(&SolveOptions {
            time_limit: self.time_limit,
            relative_gap: self.relative_gap,
            threads: self.threads,
            seed: self.seed,
            cancel: Some(&self.cancel),
            progress: None,
            start,
        })
    }

    /// Name of the backend.
    pub(crate) fn backend_name(&self) -> String {
        self.backend.name()
    }

    /// The gap at which a run may stop.
    pub(crate) fn gap(&self) -> f64 {
        self.relative_gap
    }

    /// Plans a problem. Every plan that is returned has passed [`crate::check::verify`].
    ///
    /// # Errors
    /// [`Error`] when the backend fails or a bug is caught; infeasible and limits are outcomes.
    pub fn solve(&self, problem: &Problem) -> Result<Outcome, Error> {
        if self.strategy.is_baseline() {
            baseline::run(self, problem)
        } else {
            exact::run(self, problem)
        }
    }
}
