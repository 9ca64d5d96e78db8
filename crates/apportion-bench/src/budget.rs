//! Budgets: generated ones, concave with nested limits and S-shaped, and the published cases with
//! certified optima.

use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use apportion::curve::Curve;
use apportion::prices::budget::{
    Answer, Budget, Cell, Channel, Group, Limit, Options, check, solve,
};
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};
use serde_json::{Value, json};

/// Cells of the concave budgets: periods × regions × channels.
pub const CONCAVE: [[usize; 3]; 2] = [[10, 10, 10], [100, 100, 100]];
/// Cells of the S-shaped budgets.
pub const S_SHAPED: [usize; 3] = [20, 100, 1000];
/// Budgets of each S-shaped size.
const SEEDS: u64 = 8;

/// Numbers at random.
pub(crate) struct Random(Pcg64Mcg);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Pcg64Mcg::seed_from_u64(seed))
    }

    /// A number from `low` to `high`.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// e to a number from −2 to 2.
    fn size(&mut self) -> f64 {
        self.between(-2.0, 2.0).exp()
    }
}

/// A budget that owns its curves.
#[derive(Clone, Debug)]
pub struct Case {
    curves: Vec<Curve>,
    high: Vec<f64>,
    low: Vec<f64>,
    stock: Vec<f64>,
    home: Vec<Option<usize>>,
    groups: Vec<Group>,
    total: Limit,
    /// Channel of each cell, where limits cross.
    channel: Vec<Option<usize>>,
    channels: Vec<Channel>,
    fee: Vec<f64>,
    minimum: Vec<f64>,
    most_active: Option<usize>,
    conflicts: Vec<(usize, usize)>,
}

/// A published budget.
#[derive(Clone, Debug)]
pub struct Published {
    /// Such as `mixed 20 wide 1`.
    pub name: String,
    /// Kind of its curves: `concave`, `sshape`, `mixed` or `robyn`.
    pub kind: String,
    /// The budget.
    pub case: Case,
    /// Certified optimum, in the unit of value.
    pub best: f64,
}

impl Case {
    /// The budget as the solver takes it.
    #[must_use]
    pub fn budget(&self) -> Budget<'_> {
        let cell = |at: usize| Cell {
            low: self.low[at],
            stock: self.stock[at],
            group: self.home[at],
            channel: self.channel[at],
            fee: self.fee[at],
            minimum: self.minimum[at],
            ..Cell::new(&self.curves[at], self.high[at])
        };
        let mut budget = Budget::new(
            (0..self.curves.len()).map(cell).collect(),
            self.total.clone(),
        );
        budget.groups.clone_from(&self.groups);
        budget.channels.clone_from(&self.channels);
        budget.conflicts.clone_from(&self.conflicts);
        budget.most_active = self.most_active;
        budget
    }

    fn flat(curves: Vec<Curve>, low: Vec<f64>, high: Vec<f64>, total: Limit) -> Self {
        Self {
            stock: vec![0.0; curves.len()],
            home: vec![None; curves.len()],
            groups: vec![],
            channel: vec![None; curves.len()],
            channels: vec![],
            fee: vec![0.0; curves.len()],
            minimum: vec![0.0; curves.len()],
            most_active: None,
            conflicts: vec![],
            curves,
            low,
            high,
            total,
        }
    }

    /// S-shaped channels, each from nothing to all there is, three times of which would pay; or from half to twice
    /// what it spent before, where `bounded`.
    ///
    /// # Errors
    /// When a curve is refused.
    pub fn s_shaped(count: usize, seed: u64, bounded: bool) -> Result<Self, Box<dyn Error>> {
        let mut random = Random::new(seed);
        let history: Vec<f64> = (0..count).map(|_| 1e5 * random.size()).collect();
        let all: f64 = history.iter().sum();
        let mut curves = Vec::with_capacity(count);
        for spend in &history {
            let half = spend * random.between(0.5, 2.0);
            let top = spend * random.between(1.0, 4.0);
            curves.push(Curve::hill(top, half, random.between(1.5, 3.5))?);
        }
        let total = Limit::exactly("total", if bounded { all } else { 0.6 * all });
        let times = |factor: f64| history.iter().map(|spend| factor * spend).collect();
        let (low, high) = if bounded {
            (times(0.5), times(2.0))
        } else {
            (vec![0.0; count], vec![total.ceiling; count])
        };
        Ok(Self::flat(curves, low, high, total))
    }

    /// S-shaped channels over periods under a total and, where `limited`, a floor and ceiling for each
    /// period.
    ///
    /// # Errors
    /// Never but for a curve out of range.
    pub fn seasonal(
        [channels, periods]: [usize; 2],
        limited: bool,
        seed: u64,
    ) -> Result<Self, Box<dyn Error>> {
        let mut case = Self::s_shaped(channels * periods, seed, false)?;
        if !limited {
            return Ok(case);
        }
        let share = case.total.ceiling / periods as f64;
        for period in 0..periods {
            let limit = Limit::between(&format!("period {period}"), 0.7 * share, 1.3 * share);
            let parent = None;
            case.groups.push(Group { limit, parent });
        }
        for at in 0..channels * periods {
            case.home[at] = Some(at % periods);
        }
        Ok(case)
    }

    /// Channels over periods, half of them S-shaped: limits of both that bind, fees and minima of cells
    /// and channels, at most three in four channels, conflicts of the first four.
    pub fn crossing(
        kind: &str,
        channels: usize,
        periods: usize,
        seed: u64,
    ) -> Result<Self, Box<dyn Error>> {
        let mut random = Random::new(100 + seed);
        let mut curves = vec![];
        let mut size = vec![];
        let season: Vec<f64> = (0..periods).map(|_| random.between(0.6, 1.4)).collect();
        for _ in 0..channels {
            let history = 1e4 * random.size();
            let (half, top) = (
                history * random.between(0.5, 2.0),
                history * random.between(1.0, 4.0),
            );
            let concave = kind == "concave" || (kind == "mixed" && random.between(0.0, 1.0) < 0.5);
            let shape = if concave {
                random.between(0.5, 1.0)
            } else {
                random.between(1.5, 3.5)
            };
            for season in &season {
                curves.push(Curve::hill(top * season, half, shape)?);
                size.push(history);
            }
        }
        let all: f64 = size.iter().sum();
        let total = Limit::exactly("total", 0.6 * all);
        let high = size.iter().map(|size| 3.0 * size).collect();
        let mut case = Self::flat(curves, vec![0.0; size.len()], high, total);
        for period in 0..periods {
            let share = 0.6 * all / periods as f64;
            let (floor, ceiling) = (random.between(0.5, 0.95), random.between(1.05, 1.5));
            let limit = Limit::between(&format!("period {period}"), floor * share, ceiling * share);
            case.groups.push(Group {
                limit,
                parent: None,
            });
        }
        for channel in 0..channels {
            let size = size[channel * periods] * periods as f64;
            let limited = kind != "free";
            let floor = if limited && channel % 5 == 0 {
                0.2 * size
            } else {
                0.0
            };
            let ceiling = if limited {
                random.between(0.5, 1.5) * size
            } else {
                f64::INFINITY
            };
            let fee = if kind == "concave" { 0.0 } else { 0.05 * size };
            case.channels.push(Channel {
                limit: Limit::between(&format!("channel {channel}"), floor, ceiling),
                fee,
                minimum: if kind == "concave" { 0.0 } else { 0.1 * size },
            });
            for period in 0..periods {
                let at = channel * periods + period;
                case.channel[at] = Some(channel);
                case.home[at] = Some(period);
                if kind != "concave" && channel % 2 == 0 {
                    case.fee[at] = 0.02 * size / periods as f64;
                    case.minimum[at] = 0.2 * size / periods as f64;
                }
            }
        }
        if kind != "concave" {
            case.most_active = Some(channels * 3 / 4);
            case.conflicts = vec![(1, 2), (3, 4)];
        }
        Ok(case)
    }

    /// Concave cells of four families in regions in periods; every third limit binds.
    fn nested([periods, regions, channels]: [usize; 3]) -> Result<Self, Box<dyn Error>> {
        let mut random = Random::new(7);
        let count = periods * regions * channels;
        let mut curves = Vec::with_capacity(count);
        let mut home = Vec::with_capacity(count);
        let mut groups = Vec::with_capacity(periods * (regions + 1));
        let share = |random: &mut Random, parts: usize| match parts % 3 {
            0 => (0.0, random.between(0.2, 0.8)),
            1 => (random.between(0.9, 1.1), 4.0),
            _ => (0.0, f64::INFINITY),
        };
        for period in 0..periods {
            let (floor, ceiling) = share(&mut random, period);
            let size = (regions * channels) as f64;
            let limit = Limit::between("period", floor * size, ceiling * size);
            let around = groups.len();
            groups.push(Group {
                limit,
                parent: None,
            });
            for region in 0..regions {
                let ceiling = random.between(1.2, 3.2) * channels as f64;
                let limit = Limit::at_most(&format!("region {region}"), ceiling);
                home.extend(vec![Some(groups.len()); channels]);
                groups.push(Group {
                    limit,
                    parent: Some(around),
                });
                for _ in 0..channels {
                    curves.push(concave(&mut random, curves.len())?);
                }
            }
        }
        let total = Limit::at_most("total", count as f64);
        let mut case = Self::flat(curves, vec![0.0; count], vec![20.0; count], total);
        (case.home, case.groups) = (home, groups);
        Ok(case)
    }

    /// The cases of `hill_instances.json` and `robyn_model.json` with their certified optima.
    ///
    /// # Errors
    /// When a file is missing or has another form.
    pub fn published(folder: &Path) -> Result<Vec<Published>, Box<dyn Error>> {
        let mut cases = Self::read(&folder.join("hill_instances.json"))?;
        cases.extend(Self::read(&folder.join("robyn_model.json"))?);
        Ok(cases)
    }

    /// The cases of a file of either form.
    ///
    /// # Errors
    /// When the file is missing or has another form.
    pub fn read(path: &Path) -> Result<Vec<Published>, Box<dyn Error>> {
        let document: Value = serde_json::from_str(&std::fs::read_to_string(path)?)?;
        let mut cases = vec![];
        for case in document.as_array().into_iter().flatten() {
            let curves = hills(case, ["beta", "kappa", "slope"])?;
            let kind = word(&case["kind"]);
            let total = Limit::exactly("total", number(&case["budget"])?);
            cases.push(Published {
                name: format!(
                    "{kind} {} {} {}",
                    case["n"],
                    word(&case["bounds"]),
                    case["seed"]
                ),
                kind,
                case: Self::flat(curves, list(&case["lo"])?, list(&case["hi"])?, total),
                best: number(&case["best"])?,
            });
        }
        for case in document["cases"].as_array().into_iter().flatten() {
            let curves = hills(&document, ["beta", "inflexion", "alpha"])?;
            let total = Limit::exactly("total", number(&case["budget"])?);
            let mut built = Self::flat(curves, list(&case["lo"])?, list(&case["hi"])?, total);
            built.stock = list(&document["mean_carryover"])?;
            cases.push(Published {
                name: format!("robyn {}", word(&case["name"])),
                kind: "robyn".to_owned(),
                case: built,
                best: number(&case["optimum"])?,
            });
        }
        if cases.is_empty() {
            return Err(format!("{}: no cases", path.display()).into());
        }
        Ok(cases)
    }
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn concave(random: &mut Random, at: usize) -> Result<Curve, Box<dyn Error>> {
    let (top, half) = (random.size(), random.size());
    Ok(match at % 4 {
        0 => Curve::hill(top, half, random.between(0.5, 1.0))?,
        1 => Curve::logarithmic(top, 1.0 / half)?,
        2 => Curve::exponential(top, 1.0 / half)?,
        _ => Curve::tanh(top, half)?,
    })
}

fn number(value: &Value) -> Result<f64, Box<dyn Error>> {
    value
        .as_f64()
        .ok_or_else(|| format!("{value} is no number").into())
}

fn list(value: &Value) -> Result<Vec<f64>, Box<dyn Error>> {
    value
        .as_array()
        .ok_or("no list")?
        .iter()
        .map(number)
        .collect()
}

fn hills(case: &Value, [top, half, shape]: [&str; 3]) -> Result<Vec<Curve>, Box<dyn Error>> {
    let [top, half, shape] = [list(&case[top])?, list(&case[half])?, list(&case[shape])?];
    let rows = top.iter().zip(&half).zip(&shape);
    rows.map(|((top, half), shape)| Ok(Curve::hill(*top, *half, *shape)?))
        .collect()
}

/// Median milliseconds of solving, and the last answer, which passes the check.
///
/// # Errors
/// When the budget is refused or the answer fails the check.
pub fn timed(
    budget: &Budget<'_>,
    options: &Options,
    runs: usize,
) -> Result<(f64, Answer), Box<dyn Error>> {
    let mut milliseconds = Vec::with_capacity(runs);
    let mut answer = None;
    for _ in 0..runs {
        let started = Instant::now();
        let found = black_box(solve(black_box(budget), options)?);
        milliseconds.push(1e3 * started.elapsed().as_secs_f64());
        answer = Some(found);
    }
    milliseconds.sort_by(f64::total_cmp);
    let answer = answer.ok_or("no run")?;
    let checked = check(budget, &answer.spend);
    let same = (checked.value - answer.value).abs() <= 1e-9 * answer.value.abs();
    if !checked.broken.is_empty() || !same {
        return Err(format!("the check finds {checked:?}, the solver {}", answer.value).into());
    }
    Ok((milliseconds[runs / 2], answer))
}

fn line(name: &str, cells: usize, ms: f64, answer: &Answer) -> Value {
    json!({
        "case": name,
        "cells": cells,
        "ms": ms,
        "gap": answer.gap,
        "nodes": answer.nodes,
        "value": answer.value,
    })
}

/// Measures all budgets, one line for each; published cases are left out where their folder is not there.
///
/// # Errors
/// When an answer fails its check, or a published case has another form.
pub fn figures(
    runs: usize,
    folder: &Path,
    mut out: impl FnMut(Value),
) -> Result<(), Box<dyn Error>> {
    for size in CONCAVE {
        let case = Case::nested(size)?;
        let runs = if case.curves.len() > 100_000 {
            runs.min(3)
        } else {
            runs
        };
        let (ms, answer) = timed(&case.budget(), &Options::default(), runs)?;
        out(line("concave, nested", case.curves.len(), ms, &answer));
    }
    for count in S_SHAPED {
        for seed in 0..SEEDS {
            let case = Case::s_shaped(count, seed, false)?;
            let (ms, answer) = timed(&case.budget(), &Options::default(), runs)?;
            out(line(&format!("S-shaped {seed}"), count, ms, &answer));
        }
    }
    for kind in ["concave", "mixed", "S-shaped"] {
        for seed in 0..4 {
            let case = Case::crossing(kind, 20, 12, seed)?;
            let options = Options {
                time: Some(std::time::Duration::from_secs(1)),
                ..Options::default()
            };
            let (ms, answer) = timed(&case.budget(), &options, 1)?;
            out(line(&format!("crossing, {kind} {seed}"), 240, ms, &answer));
        }
    }
    crate::carry_over::figures(&mut out)?;
    if !folder.join("hill_instances.json").exists() {
        return Ok(());
    }
    for Published {
        name, case, best, ..
    } in Case::published(folder)?
    {
        let (ms, answer) = timed(&case.budget(), &Options::default(), runs)?;
        let mut figures = line(&name, case.curves.len(), ms, &answer);
        figures["to_certified"] = json!(answer.value / best - 1.0);
        out(figures);
    }
    Ok(())
}
