//! apportion and its backends on the tasks that are exported.

use std::error::Error;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use apportion::backend::microlp::Microlp;
use apportion::backend::{Answer, Backend, BackendError, Progress, Scaled, SolveOptions};
use apportion::check::verify;
use apportion::domain::Problem;
use apportion::engine::{Engine, Outcome};
use apportion::prices::transport::{Limits, Simplex};
use apportion::program::{Formulation, formulate};
use apportion::strategy::Strategy;
use serde_json::{Map, json};

use super::line::{Line, Point};
use crate::{runs, transport};

/// Name of the structured solver in lines and tables.
pub const APPORTION: &str = "apportion";
/// Runs of a transportation problem; the median counts.
const RUNS: usize = 3;

/// What every run on a task may take.
#[derive(Clone, Copy, Debug)]
pub struct Allowed {
    /// Wall-clock limit.
    pub limit: Duration,
    /// Relative gap at which a run stops.
    pub gap: f64,
    /// Threads at most, 1 or more.
    pub threads: u32,
}

/// Points of a run that is under way.
#[derive(Debug)]
struct Trace {
    began: Instant,
    points: Mutex<Vec<Point>>,
}

impl Trace {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            began: Instant::now(),
            points: Mutex::default(),
        })
    }

    /// Keeps what is told if value or bound is another one.
    fn tell(&self, value: Option<f64>, bound: Option<f64>) {
        let (value, bound) = (finite(value), finite(bound));
        let Ok(mut points) = self.points.lock() else {
            return;
        };
        if (points.last()).is_none_or(|last| (last.value, last.bound) != (value, bound)) {
            points.push(Point {
                seconds: self.began.elapsed().as_secs_f64(),
                value,
                bound,
            });
        }
    }

    /// The finished line; `end` is the value and the bound that the run came to.
    fn line(&self, who: (&str, String, &str), status: String, end: [Option<f64>; 2]) -> Line {
        let (task, solver, file) = who;
        Line {
            task: task.to_owned(),
            solver,
            file: file.to_owned(),
            status,
            end: Point {
                seconds: self.began.elapsed().as_secs_f64(),
                value: finite(end[0]),
                bound: finite(end[1]),
            },
            trace: (self.points.lock()).map_or_else(|_| Vec::new(), |points| points.clone()),
            more: Map::new(),
        }
    }
}

/// A number that says something: solvers give infinities while they have none.
fn finite(number: Option<f64>) -> Option<f64> {
    number.filter(|number| number.is_finite() && number.abs() < 1e30)
}

/// Backends that take whole programs and keep a time limit.
fn able() -> Vec<Arc<dyn Backend>> {
    let mut backends = runs::backends();
    backends.retain(|backend| {
        let can = backend.capabilities();
        can.time_limit && can.integers
    });
    backends
}

/// Runs the structured solver alone, then the engine as it chooses itself with the last of the
/// backends, which is HiGHS where that is compiled in.
#[must_use]
pub fn apportion(problem: &Problem, file: &str, allowed: &Allowed) -> Vec<Line> {
    let alone = Engine::new(Arc::new(Microlp::new())).strategy(Strategy::Prices);
    let mut lines = vec![with_engine(
        alone,
        APPORTION.to_owned(),
        problem,
        file,
        allowed,
    )];
    if let Some(backend) = able().pop() {
        let name = format!("{APPORTION}, auto with {}", backend.name());
        lines.push(with_engine(
            Engine::new(backend),
            name,
            problem,
            file,
            allowed,
        ));
    }
    lines
}

fn with_engine(
    engine: Engine,
    name: String,
    problem: &Problem,
    file: &str,
    allowed: &Allowed,
) -> Line {
    let trace = Trace::new();
    let told = Arc::clone(&trace);
    let outcome = engine
        .time_limit(allowed.limit)
        .relative_gap(allowed.gap)
        .threads(allowed.threads)
        .progress(move |progress| told.tell(progress.incumbent, progress.bound))
        .solve(problem);
    let (status, end) = match outcome {
        Ok(Outcome::Solved(solved)) => (
            format!("{:?}", solved.proof.stopped),
            [Some(solved.value()), Some(solved.bound())],
        ),
        Ok(Outcome::Infeasible(_)) => ("infeasible".to_owned(), [None; 2]),
        Ok(Outcome::NoPlan(why)) => (why.to_string(), [None, Some(why.bound)]),
        Err(error) => (error.to_string(), [None; 2]),
    };
    trace.line(("assignment", name, file), status, end)
}

/// Runs every backend that keeps a time limit on the program as it is, without help from the engine.
/// Formulating counts as part of the run.
#[must_use]
pub fn backends(problem: &Problem, file: &str, allowed: &Allowed) -> Vec<Line> {
    let run = |backend: &Arc<dyn Backend>| with_backend(&**backend, problem, file, allowed);
    able().iter().map(run).collect()
}

fn with_backend(backend: &dyn Backend, problem: &Problem, file: &str, allowed: &Allowed) -> Line {
    let trace = Trace::new();
    let formulation = formulate(problem, &problem.weights(), &[]);
    let tell = |progress: Progress| trace.tell(progress.incumbent, progress.bound);
    let options = SolveOptions {
        time_limit: Some(allowed.limit.saturating_sub(trace.began.elapsed())),
        relative_gap: allowed.gap,
        threads: allowed.threads,
        progress: Some(&tell),
        ..SolveOptions::default()
    };
    let (status, end) = match solve(backend, &formulation, &options) {
        Ok(answer) => (
            format!("{:?}", answer.stopped),
            [
                checked_value(problem, &formulation, &answer),
                Some(answer.bound),
            ],
        ),
        Err(error) => (error.to_string(), [None; 2]),
    };
    let solver = format!("{}, embedded", backend.name());
    trace.line(("assignment", solver, file), status, end)
}

fn solve(
    backend: &dyn Backend,
    formulation: &Formulation,
    options: &SolveOptions<'_>,
) -> Result<Answer, BackendError> {
    let scaled = Scaled::new(backend);
    let mut session = scaled.load(&formulation.program)?;
    session.solve(options)
}

/// Value of the plan that an answer stands for, recomputed; none if the plan breaks a rule.
fn checked_value(problem: &Problem, formulation: &Formulation, answer: &Answer) -> Option<f64> {
    let point = answer.point.as_ref()?;
    let plan = formulation.decode(problem, &point.values);
    let verification = verify(problem, &plan);
    let value = verification.goals.dot(&problem.weights());
    verification.is_valid().then_some(value)
}

/// Solves a generated transportation problem: the median of three cold solves.
///
/// # Errors
/// When the generator makes a bad problem.
pub fn transportation(reps: usize, markets: usize) -> Result<Line, Box<dyn Error>> {
    let problem = transport::problem(reps, markets)?;
    let file = transport::name(reps, markets);
    let mut lines = Vec::new();
    for _ in 0..RUNS {
        let trace = Trace::new();
        let mut simplex = Simplex::cold(&problem);
        let ended = simplex.solve(&problem, &Limits::default());
        let answer = simplex.answer(&problem);
        let who = ("transport", APPORTION.to_owned(), file.as_str());
        let end = [Some(answer.objective), Some(answer.bound)];
        lines.push(trace.line(who, format!("{ended:?}"), end));
    }
    lines.sort_by(|a, b| a.end.seconds.total_cmp(&b.end.seconds));
    let mut line = lines.swap_remove(RUNS / 2);
    line.more.insert("runs".to_owned(), json!(RUNS));
    Ok(line)
}
