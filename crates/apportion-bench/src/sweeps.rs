//! Sweeps: how many scenarios a second, for kept plans and for new ones.

use std::error::Error;
use std::io;
use std::path::Path;
use std::time::Instant;

use apportion::domain::{MarketId, Problem, SlotId};
use apportion::fault::Faults;
use apportion::plan::Plan;
use apportion::prices::location::{self, Instance, Options, Solution, Start};
use apportion::prices::transport::{BLOCK, Transport, TransportError};
use apportion::scenario::{Amount, Draft, Edit, Names, Scaled, Scenarios};
use apportion::sweep::assignment::{
    AssignmentRecord, AssignmentScenarios, Changed, assignment_sweep,
};
use apportion::sweep::runner::{RunOptions, Work, run};
use apportion::sweep::{Outcome, Reaction, Sweep};
use serde_json::{Value, json};

use crate::beside::seconds_to_read;
use crate::counting::peak_of;
use crate::generate::{generate, todays_plan};
use crate::salesforce::{Grid, Published, Scenario};
use crate::transport;

/// Seed of the generated problems.
const SEED: u64 = 7;
/// Runs of a measurement; the median counts.
const RUNS: usize = 3;
/// Published location scenarios in a row that differ only in the fixed cost.
const LOCATION_GROUP: u64 = 5;

/// What a scenario of [`Random`] changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    /// Potentials.
    Potentials,
    /// Potentials and visits.
    Work,
}

/// Scenarios that scale the numbers of some markets by factors from 0.9 to 1.1, drawn anew from the
/// scenario's number.
#[derive(Clone, Copy, Debug)]
pub struct Random {
    /// Scenarios.
    pub count: u64,
    /// Markets that each changes, drawn anew for each.
    pub touched: usize,
    /// What it changes.
    pub touch: Touch,
}

/// Mixes a number (the finalizer of SplitMix64).
fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[allow(clippy::cast_precision_loss, reason = "53 bits are kept")]
fn near_one(number: u64) -> f64 {
    0.9 + 0.2 * ((mixed(number) >> 11) as f64 / (1_u64 << 53) as f64)
}

impl Random {
    /// All markets change.
    fn draft_all(&self, names: &Names<'_>, index: u64, draft: &mut Draft) {
        let problem = names.problem();
        let factors = draft.scale_each(Scaled::Potentials, problem);
        for (at, factor) in (0_u64..).zip(factors) {
            *factor = near_one((index << 20) + at);
        }
        if self.touch == Touch::Work {
            let factors = draft.scale_each(Scaled::Visits, problem);
            for (slot, factor) in problem.slots().iter().zip(factors) {
                *factor = near_one((index << 20) + u64::from(slot.market.0));
            }
        }
    }
}

impl Scenarios for Random {
    fn count(&self) -> u64 {
        self.count
    }

    #[allow(
        clippy::cast_possible_truncation,
        reason = "below the number of markets"
    )]
    fn draft(&self, names: &Names<'_>, index: u64, draft: &mut Draft) -> Result<(), Faults> {
        draft.clear();
        let problem = names.problem();
        let markets = problem.markets().len();
        if self.touched >= markets {
            self.draft_all(names, index, draft);
            return Ok(());
        }
        for at in 0..self.touched {
            let number = (index << 20) + at as u64;
            let market = (mixed(!number) % markets as u64) as usize;
            let amount = Amount::Scale(near_one(number));
            let id = MarketId::at(market);
            draft.push(Edit::Potential {
                market: id,
                part: 1.0,
                amount,
            });
            if self.touch == Touch::Work {
                for slot in names.slots_of(id) {
                    draft.push(Edit::Visits {
                        slot: SlotId::at(slot),
                        period: None,
                        amount,
                    });
                }
            }
        }
        Ok(())
    }

    fn identity(&self) -> String {
        format!("{self:?}")
    }
}

/// Seconds of a sweep that keeps a plan, and the sum of its values.
///
/// # Errors
/// When a scenario fails.
pub fn kept(
    problem: &Problem,
    plan: &Plan,
    scenarios: Random,
    threads: usize,
) -> io::Result<(f64, f64)> {
    let mut sum = 0.0;
    let started = Instant::now();
    Sweep::new(problem)
        .scenarios(&scenarios)
        .policy(Reaction::KeepPlan(plan))
        .threads(threads)
        .run(&mut |outcome: &Outcome| {
            let value = outcome.record.value;
            sum += value.ok_or_else(|| io::Error::other(outcome.record.reason.clone()))?;
            Ok(())
        })?;
    Ok((started.elapsed().as_secs_f64(), sum))
}

/// Median of the runs of a measurement.
fn median(mut measure: impl FnMut() -> io::Result<f64>) -> io::Result<f64> {
    let mut seconds = (0..RUNS)
        .map(|_| measure())
        .collect::<Result<Vec<f64>, _>>()?;
    seconds.sort_by(f64::total_cmp);
    Ok(seconds[RUNS / 2])
}

/// A generated problem with today's plan.
///
/// # Errors
/// When the generator makes a bad task.
pub fn case(markets: usize, reps: usize) -> Result<(Problem, Plan), Box<dyn Error>> {
    let problem = Problem::new(&generate(markets, reps, SEED))?;
    let plan = todays_plan(&problem);
    Ok((problem, plan))
}

/// Numbers that a scenario needs which changes all markets, a plan being kept: potential, margin
/// and factor of each market; value share, fit, share of loss, rep and current rep of each slot; and
/// where work changes, visits by period, hours of a visit, hours and kilometers of its trip of each
/// slot, and load, hours and overtime by rep and period.
fn numbers_needed(problem: &Problem, touch: Touch) -> usize {
    let (slots, periods) = (problem.slots().len(), problem.periods());
    let of_values = 3 * problem.markets().len() + 5 * slots;
    match touch {
        Touch::Potentials => of_values,
        Touch::Work => of_values + (3 + periods) * slots + 3 * problem.reps().len() * periods,
    }
}

/// Scenarios a second where a plan is kept, on one thread and on two.
///
/// # Errors
/// When a scenario fails.
pub fn kept_figures() -> Result<Vec<Value>, Box<dyn Error>> {
    let mut lines = Vec::new();
    let (problem, plan) = case(1_000, 50)?;
    for touch in [Touch::Potentials, Touch::Work] {
        for threads in [1, 2] {
            let scenarios = Random {
                count: 50_000,
                touched: 1_000,
                touch,
            };
            let seconds = median(|| Ok(kept(&problem, &plan, scenarios, threads)?.0))?;
            #[allow(clippy::cast_precision_loss, reason = "few scenarios")]
            let rate = scenarios.count as f64 / seconds;
            let mut line = json!({
                "sweep": "kept plan, 1000 markets, 50 reps, 12 periods, all markets change",
                "touch": format!("{touch:?}"),
                "threads": threads,
                "scenarios_per_second": rate,
            });
            if threads == 1 {
                let read = seconds_to_read(numbers_needed(&problem, touch));
                line["microseconds_to_read"] = json!(1e6 * read);
                line["times_reading"] = json!(1.0 / (rate * read));
            }
            lines.push(line);
        }
    }
    let (problem, plan) = case(4_000, 50)?;
    let mut each = Vec::new();
    for touched in [10, 4_000] {
        let scenarios = Random {
            count: 20_000,
            touched,
            touch: Touch::Work,
        };
        each.push(median(|| Ok(kept(&problem, &plan, scenarios, 1)?.0))?);
    }
    lines.push(json!({
        "sweep": "kept plan, 4000 markets: 10 change, or all",
        "microseconds_10": 1e6 * each[0] / 20_000.0,
        "microseconds_all": 1e6 * each[1] / 20_000.0,
        "ratio": each[1] / each[0],
    }));
    Ok(lines)
}

/// Seconds a scenario and memory for sweeps of growing length.
///
/// # Errors
/// When a scenario fails.
#[allow(clippy::cast_precision_loss, reason = "few scenarios, few bytes")]
pub fn length_figures() -> Result<Vec<Value>, Box<dyn Error>> {
    let (problem, plan) = case(1_000, 50)?;
    let mut lines = Vec::new();
    for count in [1_000, 10_000, 100_000, 1_000_000] {
        let scenarios = Random {
            count,
            touched: 1_000,
            touch: Touch::Potentials,
        };
        let (ran, bytes) = peak_of(|| kept(&problem, &plan, scenarios, 2));
        lines.push(json!({
            "sweep": "kept plan, length",
            "scenarios": count,
            "microseconds_each": 1e6 * ran?.0 / count as f64,
            "peak_mib_above_the_problem": bytes as f64 / f64::from(1 << 20),
        }));
    }
    Ok(lines)
}

/// Published location scenarios as the work of a sweep. Scenarios that differ only in the fixed cost
/// are a group: each begins at the prices and sites of the one before.
struct Locations<'a> {
    grid: &'a Grid,
    scenarios: &'a [Scenario],
}

/// What a thread keeps from one scenario of a group to the next.
#[derive(Default)]
struct Neighbor {
    instance: Option<Instance>,
    solution: Option<Solution>,
}

/// The result of a location scenario.
#[derive(Clone, Debug, Default)]
pub struct Located {
    /// Value by the published formulas; NaN where it failed.
    pub value: f64,
    /// Proved limit; NaN where it failed.
    pub bound: f64,
    /// Whether the optimum is proved.
    pub proved: bool,
}

impl Locations<'_> {
    fn located(
        &self,
        near: &mut Neighbor,
        index: u64,
        stop: &dyn Fn() -> bool,
    ) -> Result<Located, Box<dyn Error>> {
        if index.is_multiple_of(LOCATION_GROUP) {
            *near = Neighbor::default();
        }
        let scenario = &self.scenarios[usize::try_from(index)?];
        if near.instance.is_none() {
            near.instance = Some(self.grid.instance(scenario)?);
        }
        let instance = near.instance.as_mut().ok_or("made above")?;
        instance.set_fixed(&vec![scenario.fixed; self.grid.areas()])?;
        let start = near.solution.as_ref().map(|last| Start {
            prices: &last.prices,
            open: &last.open,
        });
        let solution = location::solve(instance, &Options::default(), start.as_ref(), stop);
        let value = self
            .grid
            .value(scenario, &solution.open, &solution.assigned);
        let found = Located {
            value: value.unwrap_or(f64::NAN),
            bound: solution.bound,
            proved: solution.proved,
        };
        near.solution = Some(solution);
        Ok(found)
    }
}

impl Work for Locations<'_> {
    type Item = ();
    type Memory<'w>
        = Neighbor
    where
        Self: 'w;
    type Result = Located;

    fn memory(&self) -> Neighbor {
        Neighbor::default()
    }

    fn read(&self, index: u64, (): &mut ()) -> io::Result<bool> {
        Ok(index < self.scenarios.len() as u64)
    }

    fn solve(
        &self,
        near: &mut Neighbor,
        index: u64,
        (): &mut (),
        result: &mut Located,
        stop: &(dyn Fn() -> bool + Sync),
    ) {
        *result = self
            .located(near, index, &|| stop())
            .unwrap_or_else(|_| failed());
    }

    fn panicked(&self, _: u64, (): &(), _: &str, result: &mut Located) {
        *result = failed();
    }

    fn group(&self) -> u64 {
        LOCATION_GROUP
    }
}

fn failed() -> Located {
    Located {
        value: f64::NAN,
        bound: f64::NAN,
        proved: false,
    }
}

/// The 625 published location scenarios of a grid, on one thread and on two, beside the published
/// optima. Runs on any threads must give the same bits.
///
/// # Errors
/// When the grid cannot be read or results differ.
pub fn location_figures(folder: &Path, grid: &str) -> Result<Vec<Value>, Box<dyn Error>> {
    let published = Published::read(folder)?;
    let grid = Grid::read(folder, grid)?;
    let scenarios = Scenario::all();
    let work = Locations {
        grid: &grid,
        scenarios: &scenarios,
    };
    let mut lines = Vec::new();
    let mut first: Option<Vec<u64>> = None;
    for threads in [2, 1] {
        let options = RunOptions {
            threads: Some(threads),
            ..RunOptions::default()
        };
        let mut found: Vec<Located> = Vec::new();
        let mut take = |result: &Located| {
            found.push(result.clone());
            Ok(())
        };
        let ran = run(&work, &options, Some(625), &mut take, &|_| {})?;
        let bits = found.iter().map(|one| one.value.to_bits()).collect();
        if *first.get_or_insert_with(|| Vec::clone(&bits)) != bits {
            return Err("threads change results".into());
        }
        let mut off = 0.0_f64;
        let mut known = 0;
        for (scenario, located) in scenarios.iter().zip(&found) {
            let same = |one: &&Published| {
                let fixed = one.scenario.fixed.to_bits() == scenario.fixed.to_bits();
                one.grid == grid.name && fixed && one.scenario.same_profits(scenario)
            };
            if let Some(one) = published.iter().find(same) {
                known += 1;
                off = off.max((one.value - located.value).abs());
            }
        }
        lines.push(json!({
            "sweep": format!("location, grid {}, 625 scenarios", grid.name),
            "threads": threads,
            "seconds": ran.elapsed.as_secs_f64(),
            "proved": found.iter().filter(|one| one.proved).count(),
            "published": known,
            "largest_difference_to_published": off,
        }));
    }
    Ok(lines)
}

/// Which values a scenario of [`Values`] scales.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// What every arc lacks to the highest value there may be, its cost, by a factor of its own: the
    /// change of the published measurements.
    Costs,
    /// Every arc by a factor of its own.
    Arcs,
    /// All arcs of a market by one factor.
    Markets,
}

/// Value of an hour that costs nothing, in the generated transportation problems.
const HIGHEST: f64 = 1_000.0;

/// Scenarios of a transportation problem that scale all values by factors from 0.9 to 1.1, drawn
/// anew from the scenario's number.
#[derive(Clone, Copy, Debug)]
pub struct Values {
    /// Scenarios.
    pub count: u64,
    /// Which values change together.
    pub spread: Spread,
}

/// Draws factors from 0.9 to 1.1 for the positions from `first` on: two rounds of a mixer of 16 bits,
/// of which vector instructions work out eight at once. Positions 65 536 apart have the same factor.
#[allow(clippy::cast_possible_truncation, reason = "16 of 32 bits at a time")]
fn draw(seed: u32, first: u32, factors: &mut [f64]) {
    let (low, high) = (seed as u16, (seed >> 16) as u16);
    let mut bits = [0_u16; BLOCK];
    for (at, x) in bits.iter_mut().enumerate() {
        let at = (first as u16).wrapping_add(at as u16);
        *x = (at ^ low).wrapping_mul(0x88b5);
        *x = (*x ^ (*x >> 7) ^ high).wrapping_mul(0xdb2d);
        *x ^= *x >> 9;
    }
    for (factor, x) in factors.iter_mut().zip(bits) {
        *factor = 0.9 + f64::from(x) * (0.2 / 65_536.0);
    }
}

impl AssignmentScenarios for Values {
    fn count(&self) -> u64 {
        self.count
    }

    #[allow(clippy::cast_possible_truncation, reason = "any 32 bits will do")]
    fn apply(
        &self,
        index: u64,
        base: &Transport,
        problem: &mut Transport,
    ) -> Result<Changed, TransportError> {
        let seed = mixed(index) as u32;
        let reps = base.reps() as u32;
        match self.spread {
            Spread::Costs => problem.map_values(base, |first, bases, values| {
                draw(seed, first, values);
                for (value, base) in values.iter_mut().zip(bases) {
                    *value = HIGHEST - (HIGHEST - base) * *value;
                }
            })?,
            Spread::Arcs => problem.map_values(base, |first, bases, values| {
                draw(seed, first, values);
                for (value, base) in values.iter_mut().zip(bases) {
                    *value *= base;
                }
            })?,
            Spread::Markets => problem.map_values(base, |first, bases, values| {
                let mut factors = [0.0; BLOCK];
                let market = first / reps;
                draw(seed, market, &mut factors);
                let (mut at, mut left) = (0, reps - first % reps);
                for (value, base) in values.iter_mut().zip(bases) {
                    *value = base * factors[at];
                    left -= 1;
                    if left == 0 {
                        (at, left) = (at + 1, reps);
                    }
                }
            })?,
        }
        // Costs move values little where they matter, so the tree is nearer than its prices.
        Ok(match self.spread {
            Spread::Costs => Changed::Quantities,
            Spread::Arcs | Spread::Markets => Changed::Values,
        })
    }
}

/// Milliseconds a scenario of 1 000 scenarios of a transportation problem of 50 reps and 1 000
/// markets that change all values, all in: numbers drawn and applied, solved to a proved optimum,
/// handed on.
///
/// # Errors
/// When an answer misses its own bound.
#[allow(clippy::cast_precision_loss, reason = "few scenarios")]
pub fn assignment_figures() -> Result<Vec<Value>, Box<dyn Error>> {
    let problem = transport::problem(50, 1_000)?;
    let mut lines = Vec::new();
    for spread in [Spread::Costs, Spread::Arcs, Spread::Markets] {
        for threads in [1, 2] {
            let scenarios = Values {
                count: 1_000,
                spread,
            };
            let options = RunOptions {
                threads: Some(threads),
                batch: 8,
                ..RunOptions::default()
            };
            let (mut sum, mut pivots) = (0.0, 0);
            let seconds = median(|| {
                (sum, pivots) = (0.0, 0);
                let started = Instant::now();
                let mut take = |record: &AssignmentRecord| {
                    let gap = (record.bound - record.value) / record.bound.abs();
                    if !record.optimal || gap.abs() > 1e-9 {
                        return Err(io::Error::other(format!("gap {gap}: {}", record.reason)));
                    }
                    sum += record.value;
                    pivots += record.pivots;
                    Ok(())
                };
                assignment_sweep(&problem, &scenarios, &options, &mut take, &|_| {})?;
                Ok(started.elapsed().as_secs_f64())
            })?;
            lines.push(json!({
                "sweep": "assignment, 50 reps, 1000 markets, all values change, all in",
                "factors": format!("{spread:?}"),
                "threads": threads,
                "scenarios": scenarios.count,
                "ms_each": 1e3 * seconds / scenarios.count as f64,
                "pivots_each": pivots as f64 / scenarios.count as f64,
                "mean_value": sum / scenarios.count as f64,
            }));
        }
    }
    Ok(lines)
}
