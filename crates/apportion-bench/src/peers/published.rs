//! apportion on published files: generalized assignment and budgets.

use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use apportion::prices::budget::{Budget, Options, check, solve};
use apportion::prices::gap::Sense;
use serde_json::{Map, Value, json};

use super::line::{Line, Point};
use super::ours::{APPORTION, Allowed};
use crate::budget::{Case, Published};
use crate::gap;

/// Runs of a budget; the fastest counts, as for the optimizers outside.
const RUNS: usize = 3;
/// What responses are divided by.
const DIVIDED: [u32; 2] = [1, 1_000_000];

/// Solves a generalized assignment instance.
///
/// # Errors
/// When the file is no instance, or the answer does not pass the check.
pub fn assignment(path: &Path, allowed: &Allowed) -> Result<Line, Box<dyn Error>> {
    let task = gap::Task {
        limit: allowed.limit,
        threads: usize::try_from(allowed.threads)?,
        seed: 0,
        sense: Sense::Minimize,
    };
    let found = gap::Instance::read(path)?.run(&task, None)?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let more = Map::from_iter([("sense".to_owned(), json!("min"))]);
    let end = Point {
        seconds: found["seconds"].as_f64().unwrap_or(f64::NAN),
        value: found["objective"].as_f64(),
        bound: found["bound"].as_f64(),
    };
    Ok(Line {
        task: "gap".to_owned(),
        solver: APPORTION.to_owned(),
        file: name.into_owned(),
        status: found["status"].as_str().unwrap_or_default().to_owned(),
        end,
        trace: vec![end],
        more,
    })
}

/// Solves the budgets of a file of at most so many channels, with responses as they are and divided.
///
/// # Errors
/// When the file has another form or a budget is refused.
pub fn budgets(path: &Path, channels: usize) -> Result<Vec<Line>, Box<dyn Error>> {
    let mut lines = vec![];
    for published in Case::read(path)? {
        if published.case.budget().cells.len() > channels {
            continue;
        }
        for divided in DIVIDED {
            lines.push(budget(&published, divided)?);
        }
    }
    Ok(lines)
}

/// The plan is made for responses as divided, and valued on those of the file, like all others.
fn budget(published: &Published, divided: u32) -> Result<Line, Box<dyn Error>> {
    let original = published.case.budget();
    let mut scaled: Budget<'_> = original.clone();
    for cell in &mut scaled.cells {
        cell.weight /= f64::from(divided);
    }
    let mut seconds = f64::INFINITY;
    let mut answer = None;
    for _ in 0..RUNS {
        let began = Instant::now();
        answer = Some(black_box(solve(black_box(&scaled), &Options::default())?));
        seconds = seconds.min(began.elapsed().as_secs_f64());
    }
    let answer = answer.ok_or("no run")?;
    let checked = check(&original, &answer.spend);
    let total = original.total.ceiling;
    let spent: f64 = answer.spend.iter().sum();
    let outside = |(spend, cell): (&f64, &apportion::prices::budget::Cell<'_>)| {
        (cell.low - spend).max(spend - cell.high).max(0.0)
    };
    let outside = answer.spend.iter().zip(&original.cells).map(outside);
    let more: Value = json!({
        "success": true,
        "kind": published.kind,
        "channels": original.cells.len(),
        "divided": divided,
        "unspent_share": 1.0 - spent / total,
        "outside_share": outside.fold(0.0, f64::max) / total,
    });
    let end = Point {
        seconds,
        value: Some(checked.value),
        bound: Some(answer.bound * f64::from(divided)),
    };
    Ok(Line {
        task: "budget".to_owned(),
        solver: APPORTION.to_owned(),
        file: published.name.clone(),
        status: format!("gap {:.1e}", answer.gap),
        end,
        trace: vec![],
        more: more.as_object().cloned().unwrap_or_default(),
    })
}
