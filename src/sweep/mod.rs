//! Thousands of futures: what a plan is worth in each, or a new plan for each.
//!
//! ```
//! use apportion::domain::Problem;
//! use apportion::input::{Input, Market, Rep};
//! use apportion::plan::Plan;
//! use apportion::scenario::{Amount, Axis, Change, Grid, Markets};
//! use apportion::sweep::{Outcome, Reaction, Sweep};
//!
//! let problem = Problem::new(
//!     &Input::new("one market")
//!         .rep(Rep::new("ann").home(31.0, 121.0))
//!         .market(Market::new("port").at(31.0, 121.0).potential(100.0).visits(1.0, 2.0)),
//! )?;
//! let mut plan = Plan::empty(&problem);
//! plan.coverage[0] = problem.find_rep("ann");
//! let scale = |factor| vec![Change::Potential {
//!     markets: Markets::all(),
//!     periods: Vec::new(),
//!     amount: Amount::Scale(factor),
//! }];
//! let scenarios = Grid::new(vec![
//!     Axis::new("demand").level("low", scale(0.5)).level("high", scale(2.0)),
//! ]);
//! let mut values = Vec::new();
//! Sweep::new(&problem)
//!     .scenarios(&scenarios)
//!     .policy(Reaction::KeepPlan(&plan))
//!     .run(&mut |outcome: &Outcome| {
//!         values.extend(outcome.record.value);
//!         Ok(())
//!     })?;
//! assert_eq!(values, [50.0, 200.0]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Results come in the order of the scenarios. They are the same bit for bit on any number of
//! threads and over any shards, as long as no time limit cuts a solve short. A scenario that cannot
//! be read, made or planned has a result that says why.

pub mod assignment;
pub mod budgets;
#[cfg(feature = "files")]
pub mod file;
pub mod kept;
mod record;
mod regret;
mod replan;
pub mod runner;
pub mod summary;
mod tornado;
mod words;
mod work;

use std::fmt;
use std::io;
#[cfg(feature = "files")]
use std::io::BufRead;
use std::sync::Mutex;
use std::time::Duration;

pub use record::{Moved, Outcome, Record, Sink, Status, carried};
pub use regret::{PlanRegret, Regret, RegretTable};
pub use runner::{Ended, Ran, SweepProgress};
pub use summary::{Summary, SummaryReport};
pub use tornado::{Bar, Impact, impacts, tornado};
pub use words::{impacts_text, tornado_text};

use crate::backend::Cancel;
use crate::domain::Problem;
use crate::engine::Engine;
use crate::fault::Faults;
use crate::plan::Plan;
use crate::scenario::{Scenario, Scenarios};
use runner::RunOptions;
use work::{Iterated, ProblemWork, Source};

/// Scenarios of a batch where plans are kept: their solves take microseconds.
const KEPT_BATCH: u64 = 64;

/// What is done in a scenario.
#[derive(Clone, Copy, Debug)]
pub enum Reaction<'a> {
    /// The plan is kept and valued; its hours may no longer suffice.
    KeepPlan(&'a Plan),
    /// A new plan is made.
    Replan {
        /// What makes it; always on one thread for each scenario.
        engine: &'a Engine,
        /// The plan that moves are counted against and solves begin at.
        base: Option<&'a Plan>,
    },
    /// A new plan is made that moves few assignments of another plan. Moves are then counted, and
    /// priced, against that plan; a rep who left is not counted.
    ReplanWithin {
        /// What makes it; always on one thread for each scenario.
        engine: &'a Engine,
        /// The plan that moves are counted against.
        plan: &'a Plan,
        /// Most moves.
        moves: u32,
    },
}

/// What is told how far a sweep is.
type Listener<'a> = dyn Fn(&SweepProgress) + Sync + 'a;

/// A sweep over scenarios of one problem.
pub struct Sweep<'a> {
    problem: &'a Problem,
    reaction: Option<Reaction<'a>>,
    batch: Option<u64>,
    source: Option<Source<'a>>,
    total: Option<u64>,
    list_moves: bool,
    options: RunOptions,
    progress: Option<Box<Listener<'a>>>,
}

impl fmt::Debug for Sweep<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sweep")
            .field("reaction", &self.reaction)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl<'a> Sweep<'a> {
    /// A sweep without scenarios, and without a policy.
    #[must_use]
    pub fn new(problem: &'a Problem) -> Self {
        Self {
            problem,
            reaction: None,
            batch: None,
            source: None,
            total: None,
            list_moves: false,
            options: RunOptions::default(),
            progress: None,
        }
    }

    /// Sets what is done in every scenario.
    #[must_use]
    pub fn policy(mut self, reaction: Reaction<'a>) -> Self {
        self.reaction = Some(reaction);
        self
    }

    /// Takes scenarios by number.
    #[must_use]
    pub fn scenarios(mut self, scenarios: &'a dyn Scenarios) -> Self {
        self.source = Some(Source::Numbered(scenarios));
        self
    }

    /// Takes scenarios one after another, each with the line that it begins at (0 for none) or
    /// with what is wrong with it. They are read as they are needed.
    #[must_use]
    pub fn stream(
        mut self,
        scenarios: impl Iterator<Item = (u64, Result<Scenario, Faults>)> + Send + 'a,
    ) -> Self {
        self.source = Some(Source::Stream(Mutex::new(Box::new(Iterated(scenarios)))));
        self
    }

    /// Takes scenarios as JSON lines. They are read as they are needed; a line that is no scenario
    /// has a result that says so.
    #[cfg(feature = "files")]
    #[must_use]
    pub fn json_lines(mut self, reader: impl BufRead + Send + 'a) -> Self {
        let lines = crate::scenario::read::Lines::new(reader);
        let stream = Box::new(work::JsonStream(lines));
        self.source = Some(Source::Stream(Mutex::new(stream)));
        self
    }

    /// Says how many scenarios a stream has, for progress only.
    #[must_use]
    pub fn total(mut self, total: u64) -> Self {
        self.total = Some(total);
        self
    }

    /// Lists in every record of a new plan what moves and where to, not only how much. Needs a base
    /// plan.
    #[must_use]
    pub fn list_moves(mut self, list: bool) -> Self {
        self.list_moves = list;
        self
    }

    /// Sets the number of threads of a pool of the sweep's own. Without: those of the pool of
    /// `rayon` that the caller is in.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.options.threads = Some(threads);
        self
    }

    /// Sets how many scenarios a thread takes at once, 1 or more. Results do not depend on it.
    #[must_use]
    pub fn batch(mut self, batch: u64) -> Self {
        self.batch = Some(batch);
        self
    }

    /// Solves only the scenarios whose number leaves rest `part` when divided by `parts`.
    #[must_use]
    pub fn shard(mut self, part: u64, parts: u64) -> Self {
        self.options.shard = (part, parts);
        self
    }

    /// Leaves out the first results of the shard, which are known.
    #[must_use]
    pub fn skip(mut self, results: u64) -> Self {
        self.options.skip = results;
        self
    }

    /// Limits the wall-clock time of the whole sweep. Results that were handed on are whole.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.options.time_limit = Some(limit);
        self
    }

    /// Limits the wall-clock time of each scenario.
    #[must_use]
    pub fn each_limit(mut self, limit: Duration) -> Self {
        self.options.each_limit = Some(limit);
        self
    }

    /// Sets the flag that ends the sweep from another thread.
    #[must_use]
    pub fn cancel(mut self, cancel: Cancel) -> Self {
        self.options.cancel = cancel;
        self
    }

    /// Sets a function that is told now and then how far the sweep is.
    #[must_use]
    pub fn progress(mut self, tell: impl Fn(&SweepProgress) + Sync + 'a) -> Self {
        self.progress = Some(Box::new(tell));
        self
    }

    /// Runs the sweep and hands the results on, in the order of the scenarios.
    ///
    /// # Errors
    /// What reading scenarios or the sink says; and when no thread can be started.
    pub fn run(self, sink: &mut dyn Sink) -> io::Result<Ran> {
        let lacking = |what: &str| {
            let message = format!("a sweep needs {what}");
            io::Error::new(io::ErrorKind::InvalidInput, message)
        };
        let source = self.source.ok_or_else(|| lacking("scenarios"))?;
        let reaction = self.reaction.ok_or_else(|| lacking("a policy"))?;
        let usual = match reaction {
            Reaction::KeepPlan(_) => KEPT_BATCH,
            _ => 1,
        };
        let options = RunOptions {
            batch: self.batch.unwrap_or(usual),
            ..self.options
        };
        let total = match &source {
            Source::Numbered(scenarios) => Some(scenarios.count()),
            Source::Stream(_) => self.total,
        };
        let work = ProblemWork::new(self.problem, &source, reaction, &options, self.list_moves);
        let silent = |_: &SweepProgress| {};
        let progress = self.progress.as_deref().unwrap_or(&silent);
        runner::run(&work, &options, total, sink, progress)
    }
}
