//! Solves many scenarios of a grid, neighbors after one another so that each starts warm.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use apportion::prices::location::{Options, Solution, Start, solve};
use serde_json::{Value, json};

use crate::salesforce::{Grid, Published, Scenario};

/// Largest difference to a published optimum, which is rounded to cents, that counts as equal.
const EQUAL: f64 = 0.01;

/// A solved scenario.
#[derive(Clone, Debug)]
pub struct Solved {
    /// The scenario.
    pub scenario: Scenario,
    /// Value by the published formulas, recomputed from the assignment; NaN if it breaks a rule.
    pub value: f64,
    /// What the solver says.
    pub solution: Solution,
    /// Seconds, building the task included.
    pub seconds: f64,
}

/// What came of a grid.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// Name of the grid.
    pub grid: String,
    /// Number of areas.
    pub areas: usize,
    /// One for each scenario, in the order asked for.
    pub solved: Vec<Solved>,
    /// Wall-clock seconds of all.
    pub seconds: f64,
}

impl Sweep {
    /// Solves scenarios on some threads (at least one). Scenarios next to each other that differ
    /// only in the fixed cost are solved one after another by the same thread.
    ///
    /// # Errors
    /// If a scenario makes no task.
    pub fn run(grid: &Grid, scenarios: &[Scenario], threads: usize) -> Result<Self, String> {
        let begin = Instant::now();
        let chains: Vec<&[Scenario]> = scenarios.chunk_by(Scenario::same_profits).collect();
        let next = AtomicUsize::new(0);
        let work = || {
            let mut done = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(chain) = chains.get(number) else {
                    return Ok(done);
                };
                done.push((number, solve_chain(grid, chain)?));
            }
        };
        let done: Result<Vec<_>, String> = thread::scope(|scope| {
            let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
            let joined = workers.into_iter().map(|worker| {
                let done = worker.join();
                done.unwrap_or_else(|_| Err("a thread of the sweep has died".to_owned()))
            });
            joined.collect()
        });
        let mut chains: Vec<(usize, Vec<Solved>)> = done?.into_iter().flatten().collect();
        chains.sort_by_key(|chain| chain.0);
        Ok(Self {
            grid: grid.name.clone(),
            areas: grid.areas(),
            solved: chains.into_iter().flat_map(|chain| chain.1).collect(),
            seconds: begin.elapsed().as_secs_f64(),
        })
    }

    /// One JSON object for each scenario.
    #[must_use]
    pub fn lines(&self, published: &[Published]) -> Vec<Value> {
        let line = |solved: &Solved| {
            let known = self.published(solved, published);
            json!({
                "grid": self.grid,
                "alpha": solved.scenario.alpha,
                "h": solved.scenario.travel,
                "g": solved.scenario.work,
                "fix": solved.scenario.fixed,
                "value": solved.value,
                "bound": solved.solution.bound,
                "gap": solved.gap(),
                "locations": solved.solution.open.len(),
                "nodes": solved.solution.nodes,
                "evaluations": solved.solution.evaluations,
                "seconds": solved.seconds,
                "published": known.map(|known| known.value),
                "published_seconds": known.map(|known| known.seconds),
                "difference": known.map(|known| solved.value - known.value),
            })
        };
        self.solved.iter().map(line).collect()
    }

    /// One JSON object for all.
    #[must_use]
    pub fn summary(&self, published: &[Published]) -> Value {
        let known = |solved: &&Solved| Some((solved.value, self.published(solved, published)?));
        let known: Vec<(f64, &Published)> = self.solved.iter().filter_map(|s| known(&s)).collect();
        let off = |pair: &(f64, &Published)| (pair.0 - pair.1.value).abs();
        let gaps = self.solved.iter().map(Solved::gap);
        json!({
            "grid": self.grid,
            "areas": self.areas,
            "scenarios": self.solved.len(),
            "proved": self.solved.iter().filter(|solved| solved.solution.proved).count(),
            "max_gap": gaps.fold(0.0, worse),
            "published": known.len(),
            "equal": known.iter().filter(|pair| off(pair) <= EQUAL).count(),
            "max_difference": known.iter().map(off).fold(0.0, worse),
            "nodes": self.solved.iter().map(|solved| solved.solution.nodes).sum::<usize>(),
            "evaluations": self.solved.iter().map(|solved| solved.solution.evaluations).sum::<usize>(),
            "max_seconds": self.solved.iter().map(|solved| solved.seconds).fold(0.0, worse),
            "sum_seconds": self.solved.iter().map(|solved| solved.seconds).sum::<f64>(),
            "published_seconds": known.iter().map(|pair| pair.1.seconds).fold(0.0, |sum, s| sum + s),
            "seconds": self.seconds,
        })
    }

    fn published<'a>(&self, solved: &Solved, published: &'a [Published]) -> Option<&'a Published> {
        let same = |known: &&Published| {
            known.grid == self.grid
                && known.scenario.same_profits(&solved.scenario)
                && known.scenario.fixed.to_bits() == solved.scenario.fixed.to_bits()
        };
        published.iter().find(same)
    }
}

impl Solved {
    /// (bound − value)/|bound| with the recomputed value; NaN if the assignment breaks a rule.
    #[must_use]
    pub fn gap(&self) -> f64 {
        (self.solution.bound - self.value) / self.solution.bound.abs().max(1e-9)
    }
}

/// The larger of two, or NaN, which `f64::max` would hide.
fn worse(a: f64, b: f64) -> f64 {
    if b.is_nan() || b > a { b } else { a }
}

fn solve_chain(grid: &Grid, chain: &[Scenario]) -> Result<Vec<Solved>, String> {
    let Some(first) = chain.first() else {
        return Ok(Vec::new());
    };
    let mut begin = Instant::now();
    let mut instance = grid.instance(first).map_err(|error| error.to_string())?;
    let mut done: Vec<Solved> = Vec::new();
    for &scenario in chain {
        let fixed = vec![scenario.fixed; grid.areas()];
        let changed = instance.set_fixed(&fixed);
        changed.map_err(|error| error.to_string())?;
        let start = done.last().map(|last| Start {
            prices: &last.solution.prices,
            open: &last.solution.open,
        });
        let solution = solve(&instance, &Options::default(), start.as_ref(), &|| false);
        let value = grid.value(&scenario, &solution.open, &solution.assigned);
        done.push(Solved {
            scenario,
            value: value.unwrap_or(f64::NAN),
            solution,
            seconds: begin.elapsed().as_secs_f64(),
        });
        begin = Instant::now();
    }
    Ok(done)
}
