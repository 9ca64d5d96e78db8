//! The network simplex on generated transportation problems, cold and after changes.
//!
//! Values 1000 − U{1..1000}, demands U{1..20}, capacities of random weights and 1.2 × the demand in all;
//! every rep may serve every market.

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use apportion::prices::transport::{Answer, Limits, Simplex, Transport, TransportError};
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};
use serde_json::{Map, Value, json};

use crate::counting::peak_of;

/// Reps × markets.
pub const SIZES: [(usize, usize); 3] = [(50, 1_000), (100, 5_000), (300, 20_000)];

/// Most that objective and bound may differ, relative to their size.
const MOST_GAP: f64 = 1e-9;

/// Largest number of arcs with which a general solver is run beside.
#[cfg(feature = "highs")]
const MOST_ARCS_BESIDE: usize = 500_000;

/// What a change makes different; drawn anew for every run.
#[derive(Clone, Copy, Debug)]
enum Change {
    AllValues,
    RepValues,
    AllDemands,
    HalvedCapacity,
}

impl Change {
    const ALL: [(&str, Self); 4] = [
        ("all_values", Self::AllValues),
        ("one_reps_values", Self::RepValues),
        ("all_demands", Self::AllDemands),
        ("one_capacity_halved", Self::HalvedCapacity),
    ];

    fn apply(self, random: &mut Random, problem: &mut Transport) -> Result<(), TransportError> {
        let rep = random.below(problem.reps());
        match self {
            Self::AllValues => {
                let values = problem.values().iter().map(|v| v * random.near_one());
                let values: Vec<f64> = values.collect();
                problem.set_values(&values)
            }
            Self::RepValues => {
                for arc in (rep..problem.arcs()).step_by(problem.reps()) {
                    problem.set_value(arc, problem.values()[arc] * random.near_one())?;
                }
                Ok(())
            }
            Self::AllDemands => {
                let demands = problem.demands().iter().map(|d| d * random.near_one());
                let demands: Vec<f64> = demands.collect();
                problem.set_demands(&demands)
            }
            Self::HalvedCapacity => problem.set_capacity(rep, 0.5 * problem.capacities()[rep]),
        }
    }

    fn resolve(self, simplex: &mut Simplex, problem: &Transport) {
        let limits = Limits::default();
        match self {
            Self::AllValues | Self::RepValues => simplex.resolve_values(problem, &limits),
            Self::AllDemands | Self::HalvedCapacity => simplex.resolve_quantities(problem, &limits),
        };
    }
}

struct Random(Pcg64Mcg);

impl Random {
    fn of(reps: usize, markets: usize) -> Self {
        Self(Pcg64Mcg::seed_from_u64((reps * 100_000 + markets) as u64))
    }

    #[allow(clippy::cast_possible_truncation, reason = "smaller than `end`")]
    fn below(&mut self, end: usize) -> usize {
        (self.0.next_u64() % end as u64) as usize
    }

    fn whole(&mut self, most: usize) -> f64 {
        (1 + self.below(most)) as f64
    }

    /// A number from 0 to 1.
    fn share(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number from 0.9 to 1.1.
    fn near_one(&mut self) -> f64 {
        0.9 + 0.2 * self.share()
    }
}

/// Name of a size in files and tables.
#[must_use]
pub fn name(reps: usize, markets: usize) -> String {
    format!("{reps}x{markets}")
}

/// The problem of a size that [`figures`] is about.
///
/// # Errors
/// When the generator makes a bad problem.
pub fn problem(reps: usize, markets: usize) -> Result<Transport, TransportError> {
    generate(&mut Random::of(reps, markets), reps, markets)
}

fn generate(random: &mut Random, reps: usize, markets: usize) -> Result<Transport, TransportError> {
    let value = (0..reps * markets).map(|_| 1000.0 - random.whole(1000));
    let value = value.collect();
    let demand: Vec<f64> = (0..markets).map(|_| random.whole(20)).collect();
    let weight: Vec<f64> = (0..reps).map(|_| random.share()).collect();
    let hours = 1.2 * demand.iter().sum::<f64>() / weight.iter().sum::<f64>();
    let capacity = weight.iter().map(|weight| weight * hours).collect();
    Transport::dense(demand, vec![0.0; markets], capacity, value)
}

/// Median milliseconds and pivots of solves.
#[derive(Default)]
struct Solves {
    milliseconds: Vec<f64>,
    pivots: Vec<u64>,
    answer: Answer,
}

impl Solves {
    /// Measures a solve and checks its answer against its own bound.
    fn run(
        &mut self,
        simplex: &mut Simplex,
        problem: &Transport,
        solve: impl FnOnce(&mut Simplex),
    ) -> Result<(), Box<dyn Error>> {
        let started = Instant::now();
        solve(simplex);
        let seconds = started.elapsed().as_secs_f64();
        self.milliseconds.push(1e3 * seconds);
        self.pivots.push(simplex.pivots());
        simplex.answer_into(problem, &mut self.answer);
        if self.answer.gap().abs() > MOST_GAP {
            return Err(format!("the answer misses its bound by {}", self.answer.gap()).into());
        }
        Ok(())
    }

    fn medians(mut self) -> Value {
        self.milliseconds.sort_by(f64::total_cmp);
        self.pivots.sort_unstable();
        let middle = self.pivots.len() / 2;
        json!({"ms": self.milliseconds[middle], "pivots": self.pivots[middle]})
    }
}

/// Medians of a size: a cold solve, and for each change the solve from the tree before it, the restart
/// at the prices before it, and the cold solve. Applying the change is not counted, loading the tree is.
///
/// # Errors
/// When an answer misses its own bound, or that of a general solver beside it.
pub fn figures(reps: usize, markets: usize, runs: usize) -> Result<Value, Box<dyn Error>> {
    let mut random = Random::of(reps, markets);
    let (problem, problem_bytes) = peak_of(|| generate(&mut random, reps, markets));
    let problem = problem?;
    let limits = Limits::default();
    let cold = || {
        let mut simplex = Simplex::cold(&problem);
        simplex.solve(&problem, &limits);
        simplex
    };
    let (mut base, solve_bytes) = peak_of(cold);
    let mut solves = Solves::default();
    for _ in 0..runs {
        solves.run(&mut base, &problem, |simplex| *simplex = black_box(cold()))?;
    }
    let objective = solves.answer.objective;
    let mut figures = Map::new();
    figures.insert("reps".to_owned(), json!(reps));
    figures.insert("markets".to_owned(), json!(markets));
    figures.insert("cold".to_owned(), solves.medians());
    figures.insert("problem_peak_bytes".to_owned(), json!(problem_bytes));
    figures.insert("solve_peak_bytes".to_owned(), json!(solve_bytes));
    for (name, change) in Change::ALL {
        let change = after(change, &mut random, &problem, &base, runs)?;
        figures.insert(name.to_owned(), change);
    }
    beside(&problem, objective, &mut figures)?;
    Ok(figures.into())
}

/// Solves after a change of one kind, each run with another change to the same problem.
fn after(
    change: Change,
    random: &mut Random,
    problem: &Transport,
    base: &Simplex,
    runs: usize,
) -> Result<Value, Box<dyn Error>> {
    let limits = Limits::default();
    let mut simplex = base.clone();
    let [mut warm, mut restarted, mut cold] = [(); 3].map(|()| Solves::default());
    for _ in 0..runs {
        let mut changed = problem.clone();
        change.apply(random, &mut changed)?;
        warm.run(&mut simplex, &changed, |simplex| {
            simplex.load(base.basis());
            change.resolve(simplex, &changed);
        })?;
        restarted.run(&mut simplex, &changed, |simplex| {
            simplex.load(base.basis());
            simplex.restart(&changed, &limits);
        })?;
        cold.run(&mut simplex, &changed, |simplex| {
            *simplex = Simplex::cold(&changed);
            simplex.solve(&changed, &limits);
        })?;
    }
    Ok(json!({
        "resolve": warm.medians(),
        "restart": restarted.medians(),
        "cold": cold.medians(),
    }))
}

#[cfg(not(feature = "highs"))]
#[allow(clippy::unnecessary_wraps, reason = "the same signature with HiGHS")]
fn beside(_: &Transport, _: f64, _: &mut Map<String, Value>) -> Result<(), Box<dyn Error>> {
    Ok(())
}

/// Solves the same problem by HiGHS, once, unless it is too large.
#[cfg(feature = "highs")]
fn beside(
    problem: &Transport,
    objective: f64,
    figures: &mut Map<String, Value>,
) -> Result<(), Box<dyn Error>> {
    use apportion::backend::highs::Highs;
    use apportion::backend::{Backend, SolveOptions};

    if problem.arcs() > MOST_ARCS_BESIDE {
        return Ok(());
    }
    let program = program(problem)?;
    let started = Instant::now();
    let answer = Highs::new()
        .load(&program)?
        .solve(&SolveOptions::default())?;
    let milliseconds = 1e3 * started.elapsed().as_secs_f64();
    let found = answer.point.map_or(f64::NAN, |point| point.objective);
    let near = (found - objective).abs() <= 1e-6 * objective.abs();
    if !near {
        return Err(format!("HiGHS finds {found}, not {objective}").into());
    }
    figures.insert("highs_ms".to_owned(), json!(milliseconds));
    Ok(())
}

/// The problem as a general program. Losses are 0 here, so hours left unserved need no column.
#[cfg(feature = "highs")]
pub(crate) fn program(
    problem: &Transport,
) -> Result<apportion::program::LinearProgram, std::num::TryFromIntError> {
    let mut builder = apportion::program::LinearProgramBuilder::new();
    for &value in problem.values() {
        builder.column(value, 0.0, f64::INFINITY, false);
    }
    let reps = problem.reps();
    let mut terms = Vec::new();
    for (market, &hours) in problem.demands().iter().enumerate() {
        for arc in market * reps..(market + 1) * reps {
            terms.push((u32::try_from(arc)?, 1.0));
        }
        builder.row(f64::NEG_INFINITY, hours, &mut terms);
    }
    for (rep, &hours) in problem.capacities().iter().enumerate() {
        for arc in (rep..problem.arcs()).step_by(reps) {
            terms.push((u32::try_from(arc)?, 1.0));
        }
        builder.row(f64::NEG_INFINITY, hours, &mut terms);
    }
    Ok(builder.finish())
}

/// Titles of [`rows`].
pub const HEADER: [&str; 7] = [
    "reps × markets, change",
    "cold",
    "warm",
    "cold / warm",
    "pivots cold",
    "pivots warm",
    "memory",
];

/// The figures of a size as lines of a table: the base, then each change.
#[must_use]
pub fn rows(figures: &Value) -> Vec<Vec<String>> {
    let size = format!("{} × {}", figures["reps"], figures["markets"]);
    let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
    let none = || "–".to_owned();
    let bytes = number(&figures["problem_peak_bytes"]) + number(&figures["solve_peak_bytes"]);
    let mut rows = vec![vec![
        format!("{size}, base"),
        format!("{:.3}", number(&figures["cold"]["ms"])),
        none(),
        none(),
        figures["cold"]["pivots"].to_string(),
        none(),
        format!("{:.1} MiB", bytes / f64::from(1 << 20)),
    ]];
    for (name, _) in Change::ALL {
        let change = &figures[name];
        let (cold, warm) = (
            number(&change["cold"]["ms"]),
            number(&change["resolve"]["ms"]),
        );
        rows.push(vec![
            format!("{size}, {}", name.replace('_', " ")),
            format!("{cold:.3}"),
            format!("{warm:.3}"),
            format!("{:.1}", cold / warm),
            change["cold"]["pivots"].to_string(),
            change["resolve"]["pivots"].to_string(),
            none(),
        ]);
    }
    if let Some(highs) = figures["highs_ms"].as_f64() {
        let mut row = vec![format!("{size}, base by HiGHS"), format!("{highs:.0}")];
        row.resize(HEADER.len(), none());
        rows.push(row);
    }
    rows
}
