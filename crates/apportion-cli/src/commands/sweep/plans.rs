//! Candidate plans against each other: each is kept in every scenario.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use apportion::backend::Cancel;
use apportion::domain::Problem;
use apportion::sweep::file::{SweepId, records, sweep_id};
use apportion::sweep::{Ended, Reaction, Record, Regret, Sweep};

use super::source::Source;
use super::{into_folder, options, policy};
use crate::args::{PolicyName, SweepRunArgs};
use crate::exit::{Exit, Failure};
use crate::{read, terminal};

/// Values every plan, each in a folder of its own, and compares their regrets.
pub(super) fn compare(
    args: &SweepRunArgs,
    problem: &Problem,
    source: &Source,
    cancel: &Cancel,
) -> Result<Exit, Failure> {
    let Some(out) = &args.out else {
        return Err(Failure::usage("--plans needs --out"));
    };
    if args.policy != PolicyName::Keep {
        return Err(Failure::usage(
            "--plans are kept in every scenario: leave --policy out",
        ));
    }
    let read = |path: &PathBuf| Ok(read::plan(path, false)?.check(problem, false)?.plan);
    let plans: Vec<_> = args
        .plans
        .iter()
        .map(read)
        .collect::<Result<_, Failure>>()?;
    if let Some(replanned) = &args.replanned {
        same_scenarios(replanned, problem, source, args)?;
    }
    let mut folders = Vec::new();
    for (at, plan) in plans.iter().enumerate() {
        let folder = out.join(format!("plan-{}", at + 1));
        let sweep = Sweep::new(problem).policy(Reaction::KeepPlan(plan));
        let sweep = source.give(options(args, sweep, cancel))?;
        let ran = into_folder(
            &folder,
            &id(args, problem, source, &policy(args, plan)),
            sweep,
        )?;
        if ran.ended != Ended::Finished {
            return Ok(super::exit(ran.ended));
        }
        folders.push(folder);
    }
    table(args, problem, &folders, out)?;
    Ok(Exit::Done)
}

/// Which sweep the results are of.
pub(super) fn id(args: &SweepRunArgs, problem: &Problem, source: &Source, policy: &str) -> SweepId {
    SweepId {
        problem: apportion::plan::fingerprint(problem),
        scenarios: source.identity(),
        policy: policy.to_owned(),
        shard: args.shard.0,
        shards: args.shard.1,
    }
}

fn same_scenarios(
    folder: &Path,
    problem: &Problem,
    source: &Source,
    args: &SweepRunArgs,
) -> Result<(), Failure> {
    let there = sweep_id(folder).map_err(|error| Failure::usage(error.to_string()))?;
    let own = id(args, problem, source, &there.policy);
    if there == own {
        return Ok(());
    }
    let folder = folder.display();
    Err(Failure::usage(format!(
        "{folder} holds results of other scenarios, or of another problem"
    )))
}

fn table(
    args: &SweepRunArgs,
    problem: &Problem,
    folders: &[PathBuf],
    out: &Path,
) -> Result<(), Failure> {
    let names: Vec<String> = args
        .plans
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let regret = gather(&names, folders, args.replanned.as_deref());
    let regret = regret.map_err(|error| Failure::usage(error.to_string()))?;
    let Some(table) = regret.table() else {
        return terminal::say("there is no scenario in which every plan has a value");
    };
    let mut text = serde_json::to_vec_pretty(&table).map_err(Failure::internal)?;
    text.push(b'\n');
    let path = out.join("regret.json");
    fs::write(&path, text)
        .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
    terminal::say(table.text(problem.currency()).trim_end())
}

/// Reads all results side by side.
fn gather(names: &[String], folders: &[PathBuf], replanned: Option<&Path>) -> io::Result<Regret> {
    let mut regret = Regret::new(names, replanned.is_some());
    let mut all = folders
        .iter()
        .map(|folder| records(folder))
        .collect::<io::Result<Vec<_>>>()?;
    let mut new = replanned.map(records).transpose()?;
    let short = || {
        io::Error::new(
            io::ErrorKind::InvalidData,
            "a result is missing: finish all sweeps first",
        )
    };
    loop {
        let row: Vec<Record> = all
            .iter_mut()
            .map_while(Iterator::next)
            .collect::<io::Result<_>>()?;
        if row.is_empty() {
            return Ok(regret);
        }
        let beside = new
            .as_mut()
            .map(|new| new.next().ok_or_else(short)?)
            .transpose()?;
        let alike = |other: &Record| other.index == row[0].index;
        if row.len() < folders.len() || !row.iter().chain(&beside).all(alike) {
            return Err(short());
        }
        regret.add(&row, beside.as_ref());
    }
}
