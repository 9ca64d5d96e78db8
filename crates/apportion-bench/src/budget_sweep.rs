//! Sweeps over budgets: how many scenarios a second, from the prices of a base and from nothing.

use std::error::Error;
use std::io;
use std::time::Instant;

use apportion::curve::Curve;
use apportion::fault::Faults;
use apportion::prices::budget::{Budget, Options, solve};
use apportion::sweep::budgets::{BudgetReaction, BudgetRecord, BudgetScenarios, budget_sweep};
use apportion::sweep::runner::RunOptions;
use serde_json::{Value, json};

use crate::budget::{Case, Random};

/// Channels and periods of the budget.
pub const SIZE: [usize; 2] = [20, 12];
/// Gap at which a budget counts as solved.
pub const GAP: f64 = 1e-4;
/// Runs of a measurement; the median counts.
const RUNS: usize = 3;

/// Scenarios that change every response and all limits of total and periods by factors from 0.8 to 1.2.
struct Varied(u64);

impl BudgetScenarios for Varied {
    fn count(&self) -> u64 {
        self.0
    }

    fn apply(&self, index: u64, budget: &mut Budget<'_>) -> Result<(), Faults> {
        let mut random = Random::new(1_000 + index);
        for cell in &mut budget.cells {
            cell.weight *= random.between(0.8, 1.2);
        }
        let factor = random.between(0.8, 1.2);
        let groups = budget.groups.iter_mut().map(|group| &mut group.limit);
        for limit in groups.chain([&mut budget.total]) {
            limit.floor *= factor;
            limit.ceiling *= factor;
        }
        Ok(())
    }
}

fn options() -> Options {
    Options {
        relative: GAP,
        ..Options::default()
    }
}

/// Sum of values and largest gap of a sweep.
fn warm(base: &Budget<'_>, scenarios: &Varied, threads: usize) -> io::Result<(f64, f64)> {
    let (mut sum, mut gap) = (0.0, 0.0_f64);
    let run = RunOptions {
        threads: Some(threads),
        batch: 16,
        ..RunOptions::default()
    };
    let mut take = |record: &BudgetRecord| {
        let lacking = || io::Error::other(record.reason.clone());
        sum += record.value.ok_or_else(lacking)?;
        gap = gap.max(record.gap.unwrap_or(f64::INFINITY));
        Ok(())
    };
    let reaction = BudgetReaction::Replan(options());
    budget_sweep(base, scenarios, reaction, &run, &mut take, &|_| {})?;
    Ok((sum, gap))
}

/// The same, each budget solved by itself.
fn cold(base: &Budget<'_>, scenarios: &Varied) -> io::Result<(f64, f64)> {
    let (mut sum, mut gap) = (0.0, 0.0_f64);
    for index in 0..scenarios.0 {
        let mut budget = base.clone();
        scenarios
            .apply(index, &mut budget)
            .map_err(io::Error::other)?;
        let answer = solve(&budget, &options()).map_err(io::Error::other)?;
        sum += answer.value;
        gap = gap.max(answer.gap);
    }
    Ok((sum, gap))
}

/// The first scenarios of the sweep without limits of periods, in the form of the published budgets, with
/// proved optima: what other optimizers are run on.
///
/// # Errors
/// When a scenario cannot be solved.
pub fn instances(count: u64) -> Result<Value, Box<dyn Error>> {
    let case = Case::seasonal(SIZE, false, 1)?;
    let base = case.budget();
    let scenarios = Varied(count);
    let mut entries = vec![];
    for index in 0..count {
        let mut budget = base.clone();
        scenarios.apply(index, &mut budget)?;
        entries.push(entry(&budget, ("sweep", "wide", index))?);
    }
    Ok(Value::Array(entries))
}

/// S-shaped budgets of so many channels, wide and bounded, with their proved optima.
///
/// # Errors
/// When one cannot be solved.
pub fn large_instances(channels: usize, count: u64) -> Result<Value, Box<dyn Error>> {
    let mut entries = vec![];
    for seed in 0..count {
        for (bounds, bounded) in [("wide", false), ("half_to_double", true)] {
            let case = Case::s_shaped(channels, seed, bounded)?;
            entries.push(entry(&case.budget(), ("sshape", bounds, seed))?);
        }
    }
    Ok(Value::Array(entries))
}

/// A budget with one total and its proved optimum, in the form of the published ones.
fn entry(
    budget: &Budget<'_>,
    (kind, bounds, seed): (&str, &str, u64),
) -> Result<Value, Box<dyn Error>> {
    let answer = solve(budget, &Options::default())?;
    let mut columns = [vec![], vec![], vec![], vec![], vec![]];
    for cell in &budget.cells {
        let Curve::Hill { top, half, shape } = *cell.curve else {
            return Err("a curve of another family".into());
        };
        let numbers = [cell.low, cell.high, cell.weight * top, half, shape];
        (columns.iter_mut().zip(numbers)).for_each(|(column, number)| column.push(number));
    }
    let [lo, hi, beta, kappa, slope] = columns;
    Ok(json!({
        "n": budget.cells.len(), "kind": kind, "bounds": bounds, "seed": seed,
        "budget": budget.total.ceiling, "lo": lo, "hi": hi,
        "beta": beta, "kappa": kappa, "slope": slope,
        "best": answer.value, "upper_bound": answer.bound,
    }))
}

/// Measures sweeps, also with a floor and ceiling for each period where `limited`, cold and warm, on one thread and on two, a line for each.
///
/// # Errors
/// When a scenario fails, or warm and cold differ by more than their gaps.
#[allow(clippy::cast_precision_loss, reason = "few scenarios")]
pub fn figures(limited: bool, count: u64) -> Result<Vec<Value>, Box<dyn Error>> {
    let case = Case::seasonal(SIZE, limited, 1)?;
    let base = case.budget();
    let scenarios = Varied(count);
    let mut lines = vec![];
    let mut sums = vec![];
    for (start, threads) in [("nothing", 1), ("the base", 1), ("the base", 2)] {
        let mut seconds = vec![];
        let mut last = (0.0, 0.0);
        for _ in 0..RUNS {
            let began = Instant::now();
            last = if start == "nothing" {
                cold(&base, &scenarios)?
            } else {
                warm(&base, &scenarios, threads)?
            };
            seconds.push(began.elapsed().as_secs_f64());
        }
        seconds.sort_by(f64::total_cmp);
        sums.push(last.0);
        lines.push(json!({
            "sweep": "budget, 20 channels × 12 periods, S-shaped, all responses and limits change",
            "limits": if limited { "total and periods" } else { "total" },
            "begins_at": start,
            "threads": threads,
            "scenarios_per_second": count as f64 / seconds[RUNS / 2],
            "largest_gap": last.1,
        }));
    }
    if (sums[0] - sums[1]).abs() > GAP * sums[0].abs() || sums[1].to_bits() != sums[2].to_bits() {
        return Err(format!("sums of values differ: {sums:?}").into());
    }
    Ok(lines)
}
