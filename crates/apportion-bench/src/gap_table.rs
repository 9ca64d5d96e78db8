//! The published generalized assignment instances, as a table with targets.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::Duration;

use apportion::prices::gap::Sense;
use serde_json::Value;

use crate::gap::{Instance, Task};

/// Runs of the first limit; the median counts.
const RUNS: usize = 3;
/// The limits, in seconds. Where the first one is enough for the second target there is no second run.
const LIMITS: [f64; 2] = [10.0, 60.0];

/// Headings of [`Line::cells`].
pub const HEADER: [&str; 8] = [
    "instance",
    "agents × jobs",
    "lower bound",
    "10 s: cost",
    "above lower bound",
    "time",
    "60 s: above lower bound",
    "memory",
];

/// What is published of an instance.
#[derive(Debug)]
struct Known {
    name: String,
    file: String,
    size: String,
    /// Cost of the best known solution, and the best known lower bound.
    best: i64,
    bound: i64,
}

/// An instance with its runs.
#[derive(Debug)]
pub struct Line {
    known: Known,
    short: Value,
    long: Option<Value>,
}

/// Runs all instances of a folder with a `best_known.csv`, and tells of all so far after each.
///
/// # Errors
/// If a file is not as published, an answer does not pass the check, or telling fails.
pub fn measure(
    folder: &Path,
    threads: usize,
    mut told: impl FnMut(&[Line]) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let mut lines = Vec::new();
    for known in read(&folder.join("best_known.csv"))? {
        let instance = Instance::read(&folder.join(&known.file))?;
        let run = |seconds: f64| {
            let task = Task {
                limit: Duration::from_secs_f64(seconds),
                threads,
                seed: 0,
                sense: Sense::Minimize,
            };
            instance.run(&task, Some(known.bound))
        };
        let mut runs = Vec::with_capacity(RUNS);
        for _ in 0..RUNS {
            runs.push(run(LIMITS[0])?);
        }
        let rank = |value: &Value| (value["objective"].as_i64(), seconds(value));
        runs.sort_by(|a, b| {
            let ((a, a_time), (b, b_time)) = (rank(a), rank(b));
            a.cmp(&b).then(a_time.total_cmp(&b_time))
        });
        let short = runs.swap_remove(RUNS / 2);
        // Where ten seconds are enough for the second target, nothing is left to show.
        let enough = targets(&known.name).is_none_or(|targets| gap(&short) <= targets[1]);
        let long = if enough { None } else { Some(run(LIMITS[1])?) };
        lines.push(Line { known, short, long });
        told(&lines)?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<Known>, Box<dyn Error>> {
    let text = fs::read_to_string(path)?;
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let titles = lines.next().unwrap_or_default();
    let column = |title: &str| {
        let at = titles.iter().position(|other| *other == title);
        at.ok_or_else(|| format!("{}: no column {title}", path.display()))
    };
    let columns = [
        column("instance")?,
        column("file")?,
        column("m")?,
        column("n")?,
        column("best_known_feasible")?,
        column("lower_bound")?,
    ];
    let mut all = Vec::new();
    for line in lines {
        let cell = |at: usize| line.get(columns[at]).copied().unwrap_or_default();
        all.push(Known {
            name: cell(0).to_owned(),
            file: cell(1).to_owned(),
            size: format!("{} × {}", cell(2), cell(3)),
            best: cell(4).parse()?,
            bound: cell(5).parse()?,
        });
    }
    Ok(all)
}

impl Line {
    /// A row of the table.
    #[must_use]
    pub fn cells(&self) -> Vec<String> {
        let proved = self.short["status"] == "optimal";
        let time = if proved {
            format!("proved in {:.2} s", seconds(&self.short))
        } else {
            format!("{:.2} s", seconds(&self.short))
        };
        let memory = self.long.as_ref().unwrap_or(&self.short)["peak_mib"].as_i64();
        vec![
            self.known.name.clone(),
            self.known.size.clone(),
            self.known.bound.to_string(),
            self.short["objective"]
                .as_i64()
                .map_or_else(|| "none".to_owned(), |cost| cost.to_string()),
            percent(&self.short),
            time,
            self.long.as_ref().map_or_else(String::new, percent),
            format!("{} MiB", memory.unwrap_or(0)),
        ]
    }

    /// What falls short of the targets, if anything does.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        let name = &self.known.name;
        let wrong = [Some(&self.short), self.long.as_ref()]
            .into_iter()
            .flatten()
            .find(|run| run["bound"].as_i64() > Some(self.known.best));
        if wrong.is_some() {
            return Some(format!(
                "{name}: the bound excludes the best known solution"
            ));
        }
        let Some(targets) = targets(name) else {
            let late = self.short["status"] != "optimal" || seconds(&self.short) > 2.0;
            return late.then(|| format!("{name}: not proved within 2 s"));
        };
        let runs = [Some(&self.short), self.long.as_ref()];
        for ((run, target), limit) in runs.into_iter().zip(targets).zip(LIMITS) {
            let gap = run.map_or(0.0, gap);
            if gap > target {
                return Some(format!(
                    "{name}: {:.3} % above the lower bound after {limit} s, target {} %",
                    100.0 * gap,
                    100.0 * target
                ));
            }
        }
        None
    }
}

/// Shares above the lower bound that are allowed after each limit; `None` where a proof is asked for.
fn targets(name: &str) -> Option<[f64; 2]> {
    match name.chars().next() {
        Some('c') => Some([0.001, 0.0003]),
        Some('d') => Some([0.003, 0.001]),
        Some('e') => Some([0.001, 0.0005]),
        _ => None,
    }
}

fn gap(run: &Value) -> f64 {
    run["gap"].as_f64().unwrap_or(f64::INFINITY)
}

fn seconds(run: &Value) -> f64 {
    run["seconds"].as_f64().unwrap_or(f64::NAN)
}

fn percent(run: &Value) -> String {
    run["gap"]
        .as_f64()
        .map_or_else(|| "—".to_owned(), |gap| format!("{:.3} %", 100.0 * gap))
}
