//! Runs of the engine on a task from files.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use apportion::backend::Backend;
#[cfg(feature = "good_lp")]
use apportion::backend::good_lp::GoodLp;
use apportion::backend::microlp::Microlp;
use apportion::domain::Problem;
use apportion::engine::{Engine, Outcome, Solved, WhyNoPlan};
use apportion::input::files;
use apportion::strategy::Strategy;
use serde_json::{Value, json};

/// Gap that HiGHS must reach on the example, by the project's own target.
const HIGHS_GAP: f64 = 0.005;

/// One run and what came of it.
#[derive(Clone, Debug)]
pub struct Run {
    /// Backend or strategy.
    pub name: String,
    /// Wall-clock seconds.
    pub seconds: f64,
    /// What was reached, if there is a plan.
    pub reached: Option<Reached>,
    /// What went wrong, if anything.
    pub failure: Option<String>,
}

/// What a run reached.
#[derive(Clone, Debug)]
pub struct Reached {
    /// Value of the plan in money.
    pub value: f64,
    /// Proved limit on the value.
    pub bound: f64,
    /// (bound − value)/|bound|.
    pub gap: f64,
    /// Slots that have a rep.
    pub served: usize,
    /// Who found the plan.
    pub found_by: String,
}

impl Run {
    /// Titles of [`cells`](Self::cells).
    pub const HEADER: [&str; 7] = [
        "run", "value", "bound", "gap", "served", "seconds", "found by",
    ];

    /// The run as a line of a table.
    #[must_use]
    pub fn cells(&self) -> Vec<String> {
        let mut cells = vec![self.name.clone()];
        match &self.reached {
            Some(reached) => cells.extend([
                format!("{:.0}", reached.value),
                format!("{:.0}", reached.bound),
                format!("{:.3} %", 100.0 * reached.gap),
                reached.served.to_string(),
                format!("{:.2}", self.seconds),
                reached.found_by.clone(),
            ]),
            None => {
                let none = || "–".to_owned();
                cells.extend([none(), none(), none(), none()]);
                cells.extend([
                    format!("{:.2}", self.seconds),
                    "none, see failures".to_owned(),
                ]);
            }
        }
        cells
    }

    /// The run as a JSON object.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "run": self.name,
            "seconds": self.seconds,
            "value": self.reached.as_ref().map(|reached| reached.value),
            "bound": self.reached.as_ref().map(|reached| reached.bound),
            "gap": self.reached.as_ref().map(|reached| reached.gap),
            "served": self.reached.as_ref().map(|reached| reached.served),
            "found_by": self.reached.as_ref().map(|reached| reached.found_by.clone()),
            "failure": self.failure,
        })
    }

    fn of(name: String, engine: &Engine, problem: &Problem) -> Self {
        let started = Instant::now();
        let outcome = engine.solve(problem);
        let seconds = started.elapsed().as_secs_f64();
        let (reached, failure) = match outcome {
            Ok(Outcome::Solved(solved)) => (Some(Reached::of(&solved)), None),
            Ok(Outcome::Infeasible(_)) => (None, Some("infeasible".to_owned())),
            Ok(Outcome::NoPlan(why)) => (None, Some(no_plan(&why))),
            Err(error) => (None, Some(error.to_string())),
        };
        Self {
            name,
            seconds,
            reached,
            failure,
        }
    }
}

/// Why there is no plan; a baseline whose plan breaks rules is told by the first of them.
fn no_plan(why: &WhyNoPlan) -> String {
    match why.violations.as_slice() {
        [] => why.to_string(),
        [first, ..] => {
            let count = why.violations.len();
            format!("its plan breaks {count} rules, first: {}", first.message)
        }
    }
}

impl Reached {
    fn of(solved: &Solved) -> Self {
        Self {
            value: solved.value(),
            bound: solved.bound(),
            gap: solved.gap(),
            served: solved.plan.served(),
            found_by: solved.proof.found_by.clone(),
        }
    }
}

/// Reads a task from a folder or a document.
///
/// # Errors
/// Faults of the files or of the task.
pub fn read(path: &Path) -> Result<Problem, Box<dyn Error>> {
    let loaded = files::read(path)?;
    Ok(Problem::new(&loaded.input).map_err(|faults| loaded.locate(faults))?)
}

/// Every solver that is compiled in.
#[must_use]
pub fn backends() -> Vec<Arc<dyn Backend>> {
    vec![
        Arc::new(Microlp::new()),
        #[cfg(feature = "highs")]
        Arc::new(apportion::backend::highs::Highs::new()),
        #[cfg(feature = "good_lp")]
        Arc::new(GoodLp::new("microlp 0.6", true, good_lp::microlp)),
        #[cfg(feature = "good_lp")]
        Arc::new(GoodLp::new("clarabel", false, good_lp::clarabel)),
    ]
}

/// Runs every backend that keeps a time limit.
#[must_use]
pub fn with_backends(problem: &Problem, limit: Duration) -> Vec<Run> {
    let run = |backend: Arc<dyn Backend>| {
        let name = backend.name();
        let is_highs = name.to_lowercase().contains("highs");
        let engine = Engine::new(backend).time_limit(limit);
        let mut run = Run::of(name, &engine, problem);
        if let Some(reached) = &run.reached
            && is_highs
            && reached.gap > HIGHS_GAP
        {
            run.failure = Some(format!("gap {:.2} %, target 0.5 %", 100.0 * reached.gap));
        }
        run
    };
    let able = |backend: &Arc<dyn Backend>| backend.capabilities().time_limit;
    backends().into_iter().filter(able).map(run).collect()
}

/// Runs every named baseline.
#[must_use]
pub fn with_baselines(problem: &Problem) -> Vec<Run> {
    let baselines = Strategy::ALL.into_iter().filter(|s| s.is_baseline());
    baselines
        .map(|strategy| {
            let engine = Engine::new(Arc::new(Microlp::new())).strategy(strategy);
            Run::of(strategy.name().to_owned(), &engine, problem)
        })
        .collect()
}
