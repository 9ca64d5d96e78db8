//! `apportion budget --scenarios` and `--leavers`: a budget in many futures.

use std::fs::File;
use std::io::{BufReader, Read};

use apportion::budget::Options;
use apportion::domain::BudgetProblem;
use apportion::prices::budget::{Answer, solve};
use apportion::sweep::budgets::{
    BudgetReaction, BudgetRecord, BudgetScenarios, NamedBudgets, budget_sweep,
};
use apportion::sweep::runner::RunOptions;
use apportion::sweep::{Impact, Record, Summary, SummaryReport, impacts, impacts_text};
use serde::Serialize;

use crate::args::BudgetArgs;
use crate::exit::{Exit, Failure};
use crate::stage::Stage;
use crate::terminal;

/// Scenarios that a thread takes at once.
const BATCH: u64 = 16;
/// Share of the worst scenarios that the summary tells of.
const TAIL: f64 = 0.05;

/// A result as it is written: spend by the ids of the channels.
#[derive(Serialize)]
struct Line<'r> {
    #[serde(flatten)]
    record: &'r BudgetRecord,
    spend: Vec<(&'r str, f64)>,
}

/// `summary.json`.
#[derive(Serialize)]
struct SummaryFile {
    #[serde(flatten)]
    summary: SummaryReport,
    /// What each scenario costs, where they are no sample of what may come.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    alone: Vec<Impact>,
}

pub(crate) fn run(args: &BudgetArgs, problem: &BudgetProblem) -> Result<Exit, Failure> {
    let scenarios = read(args, problem)?;
    let base = (args.keep || args.leavers.is_some()).then(|| planned(args, &scenarios));
    let base = base.transpose()?;
    let kept = base.as_ref().filter(|_| args.keep).map(|base| &base.spend);
    let reaction = match kept {
        Some(spend) => BudgetReaction::Keep(spend),
        None => BudgetReaction::Replan(Options {
            relative: args.gap,
            time: Some(args.time_limit),
            ..Options::default()
        }),
    };
    let channels: Vec<&str> = scenarios.channels().collect();
    let options = RunOptions {
        batch: BATCH,
        ..RunOptions::default()
    };
    let mut summary = Summary::new(TAIL);
    let (mut lines, mut values) = (vec![], vec![]);
    let mut take = |record: &BudgetRecord| {
        summary.add(&plain(record));
        values.push((record.id.clone(), None, record.value));
        let spend = channels.iter().copied();
        let spend = spend.zip(record.channels.iter().copied()).collect();
        serde_json::to_writer(&mut lines, &Line { record, spend })?;
        lines.push(b'\n');
        Ok(())
    };
    let budget = scenarios.base();
    budget_sweep(budget, &scenarios, reaction, &options, &mut take, &|_| {})
        .map_err(Failure::internal)?;
    let alone = base.filter(|_| args.leavers.is_some());
    let report = SummaryFile {
        summary: summary.report(),
        alone: alone.map_or_else(Vec::new, |base| impacts(base.value, values)),
    };
    if let Some(out) = &args.out {
        let mut stage = Stage::for_folder(out)?;
        stage.write("results.jsonl", &lines)?;
        let summary = serde_json::to_vec_pretty(&report).map_err(Failure::internal)?;
        stage.write("summary.json", &summary)?;
        stage.commit()?;
    }
    if args.json {
        terminal::say_json(&serde_json::to_value(&report).map_err(Failure::internal)?)?;
    } else if report.alone.is_empty() {
        terminal::say(report.summary.text(problem.currency()).trim_end())?;
    } else {
        terminal::say(impacts_text(&report.alone, problem.currency()).trim_end())?;
    }
    Ok(Exit::Done)
}

pub(super) fn read<'p>(
    args: &BudgetArgs,
    problem: &'p BudgetProblem,
) -> Result<NamedBudgets<'p>, Failure> {
    let Some(path) = &args.scenarios else {
        return Ok(match args.leavers {
            Some(1) => NamedBudgets::without_one(problem),
            _ => NamedBudgets::without_one_or_two(problem),
        });
    };
    let unreadable = |error: std::io::Error| {
        let path = path.display();
        Failure::usage(format!("{path} cannot be read: {error}"))
    };
    let file: Box<dyn Read> = Box::new(File::open(path).map_err(unreadable)?);
    let scenarios = NamedBudgets::read(problem, BufReader::new(file)).map_err(unreadable)?;
    if scenarios.count() == 0 {
        let path = path.display();
        return Err(Failure::usage(format!("{path} has no scenario")));
    }
    Ok(scenarios)
}

/// The best plan of the budget as it is.
fn planned(args: &BudgetArgs, scenarios: &NamedBudgets<'_>) -> Result<Answer, Failure> {
    let options = Options {
        time: Some(args.time_limit),
        ..Options::default()
    };
    let refused = |why| Failure::usage(format!("no plan for the budget as it is: {why}"));
    solve(scenarios.base(), &options).map_err(refused)
}

/// What a summary needs of a result.
fn plain(record: &BudgetRecord) -> Record {
    Record {
        index: record.index,
        id: record.id.clone(),
        probability: record.probability,
        status: record.status,
        value: record.value,
        bound: record.bound,
        gap: record.gap,
        reason: record.reason.clone(),
        ..Record::default()
    }
}
