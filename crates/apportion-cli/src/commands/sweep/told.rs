//! What a finished sweep comes to: `summary.json`, and the same in words.

use std::fs;
use std::io;
use std::path::Path;

use apportion::sweep::file::records;
use apportion::sweep::{
    Bar, Impact, Record, Summary, SummaryReport, impacts, impacts_text, tornado, tornado_text,
};
use serde::Serialize;

use super::source::Shape;
use crate::args::SummaryArgs;
use crate::exit::{Exit, Failure};
use crate::terminal;

/// `summary.json`.
#[derive(Debug, Serialize)]
struct SummaryFile {
    #[serde(flatten)]
    summary: SummaryReport,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tornado: Vec<Bar>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    alone: Vec<Impact>,
}

/// What is known of a sweep beside its results.
#[derive(Debug)]
pub(super) struct Known<'a> {
    pub(super) shape: &'a Shape,
    /// Value of the plan in the problem as it is.
    pub(super) base: f64,
    pub(super) currency: &'a str,
    pub(super) tail: f64,
    /// Whether all scenarios are there, and not only a shard.
    pub(super) whole: bool,
}

/// Summarizes the results of a folder, from its first line on, into `summary.json`.
pub(super) fn summarize(folder: &Path, known: &Known<'_>) -> Result<(), Failure> {
    let alone = known.whole && !matches!(known.shape, Shape::Spread);
    let (summary, values) = gather(folder, known.tail, alone)?;
    let file = told(summary.report(), known, values);
    let mut text = serde_json::to_vec_pretty(&file).map_err(Failure::internal)?;
    text.push(b'\n');
    let path = folder.join("summary.json");
    fs::write(&path, text)
        .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
    terminal::say(in_words(&file, known).trim_end())
}

/// Id and value of a scenario.
type Value = (String, Option<f64>);

fn gather(folder: &Path, tail: f64, values: bool) -> Result<(Summary, Vec<Value>), Failure> {
    let (mut summary, mut kept) = (Summary::new(tail), Vec::new());
    let mut each = |record: io::Result<Record>| -> io::Result<()> {
        let record = record?;
        summary.add(&record);
        if values {
            kept.push((record.id, record.value));
        }
        Ok(())
    };
    let mut all = || records(folder)?.try_for_each(&mut each);
    all().map_err(|error| Failure::usage(format!("{}: {error}", folder.display())))?;
    Ok((summary, kept))
}

fn told(summary: SummaryReport, known: &Known<'_>, values: Vec<Value>) -> SummaryFile {
    let mut file = SummaryFile {
        summary,
        tornado: Vec::new(),
        alone: Vec::new(),
    };
    match known.shape {
        _ if values.is_empty() => {}
        Shape::Spread => {}
        Shape::Tornado(axes) => {
            let values: Vec<Option<f64>> = values.into_iter().map(|value| value.1).collect();
            file.tornado = tornado(axes, &values);
        }
        Shape::Risks(chances) => {
            let base = values[0].1.unwrap_or(known.base);
            let risks = values.into_iter().skip(1).zip(chances);
            let risks = risks.map(|((id, value), chance)| (id, Some(*chance), value));
            file.alone = impacts(base, risks.collect());
        }
        Shape::Leavers => {
            let risks = values.into_iter().map(|(id, value)| (id, None, value));
            file.alone = impacts(known.base, risks.collect());
        }
    }
    file
}

fn in_words(file: &SummaryFile, known: &Known<'_>) -> String {
    // Scenarios that are no sample have no mean worth telling.
    let statuses = file.summary.statuses.iter();
    let statuses: Vec<String> = statuses
        .map(|(status, count)| format!("{count} {status}"))
        .collect();
    let counted = format!(
        "{:<16}{}: {}\n",
        "scenarios",
        file.summary.scenarios,
        statuses.join(", ")
    );
    if !file.tornado.is_empty() {
        counted + &tornado_text(&file.tornado, known.currency)
    } else if !file.alone.is_empty() {
        counted + &impacts_text(&file.alone, known.currency)
    } else {
        file.summary.text(known.currency)
    }
}

/// `apportion sweep summary`.
pub(super) fn again(args: &SummaryArgs) -> Result<Exit, Failure> {
    let (summary, _) = gather(&args.folder, args.tail, false)?;
    let report = summary.report();
    if args.json {
        terminal::say_json(&report)?;
    } else {
        terminal::say(report.text("").trim_end())?;
    }
    Ok(Exit::Done)
}
