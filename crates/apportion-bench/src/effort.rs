//! Sales force deployment with hours as decisions: published scenarios, whole reps, growing tasks.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use apportion::curve::Curve;
use apportion::effort::plan;
use apportion::input::EffortInput;
use apportion::prices::effort::{Options, Pair, Rules, Site, Solution, Task, Unit, check, solve};
use serde_json::{Value, json};

use crate::runs;
use crate::salesforce::{Grid, Published, RESPONSE, Scenario, lost_on_the_road};

/// Scenarios of each grid that are compared with published optima.
const PUBLISHED: usize = 20;
/// Scenarios of each number of hours with whole reps.
const WHOLE: usize = 5;
/// Hours of a rep in a year, as published.
const HOURS: [f64; 3] = [400.0, 800.0, 1_600.0];
/// Candidate locations and areas of the larger task.
const LARGE: [usize; 2] = [50, 500];
/// Most reps at a location.
const MOST: u32 = 60;
/// Hours that an area gets at most: far beyond what pays.
const ENOUGH: f64 = 1e6;
/// Seconds for which the target of a problem of 12 periods holds.
const TARGET_SECONDS: u64 = 30;
/// Threads.
const THREADS: usize = 2;

/// The curves of a grid's areas in a scenario: α·w·hours^b.
fn curves(grid: &Grid, scenario: &Scenario) -> Result<Vec<Curve>, Box<dyn Error>> {
    let one = |people: &f64| Curve::power(scenario.alpha * people.max(1e-9), RESPONSE);
    Ok(grid.people().iter().map(one).collect::<Result<_, _>>()?)
}

/// The published model with hours as decisions: an hour on the road costs h·β, and an hour of work g
/// where reps are not whole, or `hours`·g for each whole rep. Sites are those of `sites`, areas the first
/// `areas`.
fn task<'a>(
    grid: &Grid,
    scenario: &Scenario,
    curves: &'a [Curve],
    hours: Option<f64>,
    sites: &[usize],
) -> Task<'a> {
    let site = |&own: &usize| Site {
        fixed: scenario.fixed,
        rep_cost: hours.map_or(0.0, |hours| hours * scenario.work),
        hours: vec![hours.unwrap_or(f64::INFINITY)],
        overtime: vec![0.0],
        overtime_cost: 0.0,
        hour_worth: vec![0.0],
        least: 0,
        most: if hours.is_some() { MOST } else { 1 },
        own: (own < curves.len()).then_some(own),
    };
    let unit = |curve: &'a Curve| Unit {
        curve,
        weight: vec![1.0],
        size: vec![1.0],
        least_hours: vec![0.0],
        most_hours: ENOUGH,
        unserved: None,
    };
    let mut pairs = vec![];
    for area in 0..curves.len() {
        for (area_of_site, kilometers) in grid.near(area) {
            let lost = lost_on_the_road(kilometers);
            let place = sites.iter().position(|&site| site == area_of_site);
            let (Some(site), true) = (place, lost < 1.0) else {
                continue;
            };
            let work = if hours.is_some() { 0.0 } else { scenario.work };
            pairs.push(Pair {
                site,
                unit: area,
                productive: 1.0 - lost,
                ability: 1.0,
                hour_cost: scenario.travel * lost + work,
                constant: 0.0,
            });
        }
    }
    Task {
        periods: 1,
        sites: sites.iter().map(site).collect(),
        units: curves.iter().map(unit).collect(),
        pairs,
        rules: Rules::default(),
    }
}

fn solved(task: &Task<'_>, seconds: u64, gap: f64) -> Result<(Solution, f64), Box<dyn Error>> {
    let options = Options {
        relative: gap,
        time: Some(Duration::from_secs(seconds)),
        evaluations: usize::MAX,
        threads: THREADS,
    };
    let began = Instant::now();
    let found = solve(task, &options, &|| false)?;
    Ok((found, began.elapsed().as_secs_f64()))
}

/// Every so many-th scenario, so many of them.
fn chosen(count: usize) -> Vec<Scenario> {
    let all = Scenario::all();
    (0..count).map(|at| all[at * all.len() / count]).collect()
}

/// Published scenarios, hours not limited: value against the published optimum.
fn published(grid: &Grid, known: &[Published]) -> Result<Value, Box<dyn Error>> {
    let (mut off, mut gap, mut slowest) = (0.0_f64, 0.0_f64, 0.0_f64);
    for scenario in chosen(PUBLISHED) {
        let curves = curves(grid, &scenario)?;
        let sites: Vec<usize> = (0..grid.areas()).collect();
        let task = task(grid, &scenario, &curves, None, &sites);
        let (found, seconds) = solved(&task, 30, 1e-5)?;
        let same = |one: &&Published| {
            let fixed = one.scenario.fixed.to_bits() == scenario.fixed.to_bits();
            one.grid == grid.name && fixed && one.scenario.same_profits(&scenario)
        };
        let best = known.iter().find(same).ok_or("an unknown scenario")?.value;
        off = off.max((found.value / best - 1.0).abs());
        (gap, slowest) = (gap.max(found.gap), slowest.max(seconds));
    }
    Ok(json!({
        "task": format!("grid {}, hours not limited", grid.name),
        "runs": PUBLISHED,
        "to_published": off,
        "largest_gap": gap,
        "slowest_s": slowest,
    }))
}

/// The published locations with the number of whole reps that suits each best, and hours filled: what a
/// planner gets who takes one step after the other.
fn two_steps(task: &Task<'_>, free: &Solution) -> Result<f64, Box<dyn Error>> {
    let mut fixed = task.clone();
    for (site, reps) in free.reps.iter().enumerate() {
        let given = &mut fixed.sites[site];
        if *reps == 0 {
            given.most = 0;
        } else {
            given.least = 1;
        }
    }
    let stays = |pair: &Pair| free.site[pair.unit] == Some(pair.site);
    fixed.pairs.retain(stays);
    Ok(solve(&fixed, &Options::default(), &|| false)?.value)
}

/// Whole reps: value and gap after some seconds, and what two steps lose against it.
fn whole(grid: &Grid, hours: f64, seconds: u64) -> Result<Value, Box<dyn Error>> {
    let (mut gaps, mut lost, mut reps) = (vec![], vec![], 0);
    for scenario in chosen(WHOLE) {
        let curves = curves(grid, &scenario)?;
        let sites: Vec<usize> = (0..grid.areas()).collect();
        let free = task(grid, &scenario, &curves, None, &sites);
        let free = solved(&free, 30, 1e-5)?.0;
        let task = task(grid, &scenario, &curves, Some(hours), &sites);
        let (found, _) = solved(&task, seconds, 1e-4)?;
        if !check(&task, &found).broken.is_empty() {
            return Err("a plan breaks a rule".into());
        }
        gaps.push(found.gap);
        reps += found.reps.iter().sum::<u32>();
        lost.push(1.0 - two_steps(&task, &free)? / found.value);
    }
    gaps.sort_by(f64::total_cmp);
    lost.sort_by(f64::total_cmp);
    Ok(json!({
        "task": format!("grid {}, whole reps of {hours} h", grid.name),
        "runs": WHOLE,
        "seconds": seconds,
        "median_gap": gaps[WHOLE / 2],
        "largest_gap": gaps[WHOLE - 1],
        "reps": reps,
        "two_steps_lose_mean": lost.iter().sum::<f64>() / WHOLE as f64,
        "two_steps_lose_most": lost[WHOLE - 1],
    }))
}

/// 50 candidate locations, the areas with most people, and 500 areas.
fn large(grid: &Grid, hours: f64, seconds: u64) -> Result<Value, Box<dyn Error>> {
    let mut sites: Vec<usize> = (0..LARGE[1]).collect();
    let people = grid.people();
    sites.sort_by(|a, b| people[*b].total_cmp(&people[*a]).then(a.cmp(b)));
    sites.truncate(LARGE[0]);
    let (mut gaps, mut evaluations) = (vec![], 0);
    for scenario in chosen(WHOLE) {
        let curves = curves(grid, &scenario)?;
        let mut task = task(grid, &scenario, &curves[..LARGE[1]], Some(hours), &sites);
        // Areas out of reach of every location stay unserved for nothing.
        for unit in &mut task.units {
            unit.unserved = Some(0.0);
        }
        let (found, _) = solved(&task, seconds, 1e-5)?;
        gaps.push(found.gap);
        evaluations += found.evaluations;
    }
    gaps.sort_by(f64::total_cmp);
    Ok(json!({
        "task": format!("50 locations × 500 areas of grid {}, whole reps of {hours} h", grid.name),
        "runs": WHOLE,
        "seconds": seconds,
        "median_gap": gaps[WHOLE / 2],
        "largest_gap": gaps[WHOLE - 1],
        "evaluations": evaluations / WHOLE,
    }))
}

/// A problem with 12 periods whose visits are decided.
fn problem(folder: &Path, response: &Path, seconds: u64) -> Result<Value, Box<dyn Error>> {
    let problem = runs::read(folder)?;
    let response: EffortInput = serde_json::from_str(&std::fs::read_to_string(response)?)?;
    let options = Options {
        relative: 1e-4,
        time: Some(Duration::from_secs(seconds)),
        evaluations: usize::MAX,
        threads: THREADS,
    };
    let plan = plan(&problem, &response, &options, &|| false)?;
    Ok(json!({
        "task": format!("{}, visits decided, {} periods", folder.display(), problem.periods()),
        "runs": 1,
        "seconds": seconds,
        "median_gap": plan.gap,
        "largest_gap": plan.gap,
        "target": seconds >= TARGET_SECONDS,
    }))
}

/// Measures all, a line for each; what is in the folder only where it is there.
///
/// # Errors
/// When a file has another form, or a task is refused.
pub fn figures(folder: &Path, mut out: impl FnMut(Value)) -> Result<(), Box<dyn Error>> {
    for seconds in [5, TARGET_SECONDS] {
        let (tables, response) = ("examples/china", "examples/china-effort.json");
        out(problem(Path::new(tables), Path::new(response), seconds)?);
    }
    if !folder.exists() {
        return Ok(());
    }
    let known = Published::read(folder)?;
    let grids = [Grid::read(folder, "msc2014")?, Grid::read(folder, "30")?];
    for grid in &grids {
        out(published(grid, &known)?);
    }
    for hours in HOURS {
        out(whole(&grids[0], hours, 5)?);
    }
    for (hours, seconds) in [(400.0, 5), (800.0, 5), (1_600.0, 5), (1_600.0, 60)] {
        out(large(&grids[1], hours, seconds)?);
    }
    Ok(())
}
