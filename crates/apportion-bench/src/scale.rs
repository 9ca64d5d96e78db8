//! The structured solver as tasks grow: time to a gap, gap at a time limit, memory.

use std::error::Error;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use apportion::backend::microlp::Microlp;
use apportion::domain::Problem;
use apportion::engine::{Engine, Outcome};
use apportion::strategy::Strategy;
use serde_json::{Value, json};

use crate::counting::peak_of;
use crate::generate::Size;

/// Sizes with the seconds that the solver has and the gap that it is to reach.
pub const SIZES: [(Size, u64, f64); 4] = [
    (Size::M, 2, 0.001),
    (Size::L, 10, 0.002),
    (Size::Xl, 60, 0.005),
    (Size::Xxl, 300, 0.01),
];
/// Runs of each size; the median counts.
pub const RUNS: usize = 3;
/// The gap at which times of different sizes are compared.
pub const COMMON_GAP: f64 = 0.003;
/// A run goes on below its target, down to this share of it.
pub const BELOW_TARGET: f64 = 0.25;
/// Peak memory that the largest task may take.
const MOST_GIB: f64 = 4.0;

/// What three runs on a task reached: medians.
#[derive(Clone, Debug)]
pub struct Scaled {
    /// What the task is.
    pub name: String,
    /// Pairs of slot and rep at a base that eligibility leaves.
    pub candidates: usize,
    /// Time limit in seconds.
    pub limit: u64,
    /// The gap to reach, as a share.
    pub target: f64,
    /// Threads that the solver may use.
    pub threads: u32,
    /// Gap at the end, as a share; infinite where there is no plan.
    pub gap: f64,
    /// Seconds to the target; infinite where it was not reached.
    pub to_target: f64,
    /// Seconds to [`COMMON_GAP`].
    pub to_common: f64,
    /// Wall-clock seconds of the whole run.
    pub seconds: f64,
    /// Peak memory of the solver in MiB, the task itself left out.
    pub solver_mib: f64,
    /// Memory of the task in MiB, at its peak while it was made.
    pub task_mib: f64,
}

/// One run: gap, seconds to the target and to the common gap, seconds, MiB.
type Figures = [f64; 5];

impl Scaled {
    /// Titles of [`cells`](Self::cells).
    pub const HEADER: [&str; 9] = [
        "task",
        "candidates",
        "limit",
        "target",
        "gap at the end",
        "to the target",
        "to 0.3 %",
        "run",
        "peak memory",
    ];

    /// Runs a task three times.
    ///
    /// # Errors
    /// When the solver fails.
    pub fn measure(
        name: String,
        (problem, task_bytes): (&Problem, usize),
        (limit, target): (u64, f64),
        threads: u32,
    ) -> Result<Self, Box<dyn Error>> {
        let mut runs = Vec::new();
        for _ in 0..RUNS {
            runs.push(figures(problem, (limit, target), threads)?);
        }
        let [gap, to_target, to_common, seconds, solver_mib] =
            [0, 1, 2, 3, 4].map(|at| median(runs.iter().map(|run| run[at]).collect()));
        Ok(Self {
            name,
            candidates: problem.candidates().len(),
            limit,
            target,
            threads,
            gap,
            to_target,
            to_common,
            seconds,
            solver_mib,
            task_mib: mib(task_bytes),
        })
    }

    /// Runs a generated task three times.
    ///
    /// # Errors
    /// When the generator makes a bad task, or the solver fails.
    pub fn size(size: Size, limit: (u64, f64), threads: u32) -> Result<Self, Box<dyn Error>> {
        let (problem, bytes) = peak_of(|| Problem::new(&size.input()));
        let name = format!("{} × {}", size.markets(), size.reps());
        Self::measure(name, (&problem?, bytes), limit, threads)
    }

    /// The figures as a line of a table.
    #[must_use]
    pub fn cells(&self) -> Vec<String> {
        let seconds = |value: f64| {
            if value.is_finite() {
                format!("{value:.2} s")
            } else {
                "–".to_owned()
            }
        };
        vec![
            self.name.clone(),
            self.candidates.to_string(),
            format!("{} s", self.limit),
            format!("{} %", 100.0 * self.target),
            format!("{:.3} %", 100.0 * self.gap),
            seconds(self.to_target),
            seconds(self.to_common),
            seconds(self.seconds),
            format!("{:.0} MiB", self.solver_mib + self.task_mib),
        ]
    }

    /// The figures as a JSON object.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "task": self.name,
            "candidates": self.candidates,
            "threads": self.threads,
            "limit_s": self.limit,
            "target": self.target,
            "gap": self.gap,
            "to_target_s": self.to_target,
            "to_common_gap_s": self.to_common,
            "seconds": self.seconds,
            "solver_mib": self.solver_mib,
            "task_mib": self.task_mib,
        })
    }

    /// What falls short, if anything.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        let memory = (self.solver_mib + self.task_mib) / 1024.0;
        if self.gap > self.target {
            let (gap, target) = (100.0 * self.gap, 100.0 * self.target);
            Some(format!("gap {gap:.3} %, target {target} %"))
        } else if memory > MOST_GIB {
            Some(format!("{memory:.1} GiB, target {MOST_GIB} GiB"))
        } else {
            None
        }
    }
}

/// How time to the common gap and memory grow with the number of candidates: exponents of the least
/// squares line through the logarithms. `None` where a task has not reached the gap.
#[must_use]
pub fn exponents(scaled: &[Scaled]) -> Option<(f64, f64)> {
    let by = |figure: fn(&Scaled) -> f64| {
        let points = scaled.iter().map(|one| {
            #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
            let candidates = one.candidates as f64;
            (candidates.ln(), figure(one).ln())
        });
        slope(&points.collect::<Vec<_>>())
    };
    let exponents = (
        by(|one| one.to_common),
        by(|one| one.solver_mib + one.task_mib),
    );
    (exponents.0.is_finite() && exponents.1.is_finite()).then_some(exponents)
}

/// Slope of the least squares line.
fn slope(points: &[(f64, f64)]) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "a handful of points")]
    let count = points.len() as f64;
    let mean = |values: &dyn Fn(&(f64, f64)) -> f64| points.iter().map(values).sum::<f64>() / count;
    let (x, y) = (mean(&|point| point.0), mean(&|point| point.1));
    let along: f64 = points
        .iter()
        .map(|point| (point.0 - x) * (point.1 - y))
        .sum();
    along
        / points
            .iter()
            .map(|point| (point.0 - x).powi(2))
            .sum::<f64>()
}

fn figures(
    problem: &Problem,
    (limit, target): (u64, f64),
    threads: u32,
) -> Result<Figures, Box<dyn Error>> {
    let trace = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&trace);
    let engine = Engine::new(Arc::new(Microlp::new()))
        .strategy(Strategy::Prices)
        .time_limit(Duration::from_secs(limit))
        .relative_gap(target * BELOW_TARGET)
        .threads(threads)
        .progress(move |progress| {
            if let (Some(value), Some(bound), Ok(mut trace)) =
                (progress.incumbent, progress.bound, told.lock())
            {
                trace.push((progress.elapsed.as_secs_f64(), share(value, bound)));
            }
        });
    let started = Instant::now();
    let (outcome, bytes) = peak_of(|| engine.solve(problem));
    let seconds = started.elapsed().as_secs_f64();
    let gap = match outcome? {
        Outcome::Solved(solved) => share(solved.value(), solved.bound()),
        _ => f64::INFINITY,
    };
    let trace = trace.lock().map_err(|_| "a progress callback panicked")?;
    let reached = |wanted: f64| {
        let first = trace.iter().find(|point| point.1 <= wanted);
        let at_end = if gap <= wanted {
            seconds
        } else {
            f64::INFINITY
        };
        first.map_or(at_end, |point| point.0)
    };
    Ok([
        gap,
        reached(target),
        reached(COMMON_GAP),
        seconds,
        mib(bytes),
    ])
}

/// (bound − value)/|bound|.
fn share(value: f64, bound: f64) -> f64 {
    (bound - value) / bound.abs().max(f64::MIN_POSITIVE)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn mib(bytes: usize) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
    let bytes = bytes as f64;
    bytes / f64::from(1 << 20)
}
