//! `apportion budget --scenarios`: a budget in many futures.

use std::fs::File;
use std::io::{BufReader, Read};

use apportion::budget::Options;
use apportion::domain::BudgetProblem;
use apportion::prices::budget::solve;
use apportion::sweep::budgets::{
    BudgetReaction, BudgetRecord, BudgetScenarios, NamedBudgets, budget_sweep,
};
use apportion::sweep::runner::RunOptions;
use apportion::sweep::{Record, Summary};
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

pub(crate) fn run(args: &BudgetArgs, problem: &BudgetProblem) -> Result<Exit, Failure> {
    let scenarios = read(args, problem)?;
    let kept = args.keep.then(|| kept(args, &scenarios)).transpose()?;
    let reaction = match &kept {
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
    let mut lines = vec![];
    let mut take = |record: &BudgetRecord| {
        summary.add(&plain(record));
        let spend = channels.iter().copied();
        let spend = spend.zip(record.channels.iter().copied()).collect();
        serde_json::to_writer(&mut lines, &Line { record, spend })?;
        lines.push(b'\n');
        Ok(())
    };
    let base = scenarios.base();
    budget_sweep(base, &scenarios, reaction, &options, &mut take, &|_| {})
        .map_err(Failure::internal)?;
    let report = summary.report();
    if let Some(out) = &args.out {
        let mut stage = Stage::for_folder(out)?;
        stage.write("results.jsonl", &lines)?;
        let summary = serde_json::to_vec_pretty(&report).map_err(Failure::internal)?;
        stage.write("summary.json", &summary)?;
        stage.commit()?;
    }
    if args.json {
        terminal::say_json(&serde_json::to_value(&report).map_err(Failure::internal)?)?;
    } else {
        terminal::say(report.text(problem.currency()).trim_end())?;
    }
    Ok(Exit::Done)
}

fn read<'p>(args: &BudgetArgs, problem: &'p BudgetProblem) -> Result<NamedBudgets<'p>, Failure> {
    let Some(path) = &args.scenarios else {
        return Ok(NamedBudgets::new(problem, vec![]));
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

/// The best spend of the budget as it is.
fn kept(args: &BudgetArgs, scenarios: &NamedBudgets<'_>) -> Result<Vec<f64>, Failure> {
    let options = Options {
        time: Some(args.time_limit),
        ..Options::default()
    };
    let answer = solve(scenarios.base(), &options);
    let answer = answer.map_err(|why| Failure::usage(format!("no plan to keep: {why}")))?;
    Ok(answer.spend)
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
