//! `write`: the measurements behind `BENCHMARK.md`.

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use apportion_bench::generate::Size;
use apportion_bench::machine::{Commit, Machine};
use apportion_bench::report::Report;
use apportion_bench::scale::Scaled;
use apportion_bench::stages::RUNS;
use apportion_bench::{budget, effort, joint, runs, scale, strategies};

use super::{PICTURE, THREADS, Task, sweeps};

/// Measures everything, or some sections, and writes the report.
pub(crate) fn write(
    task: &Task,
    out: &Path,
    only: &[String],
    allow_dirty: bool,
) -> Result<(), Box<dyn Error>> {
    let commit = Commit::here();
    if commit.dirty && !allow_dirty {
        return Err("files differ from the commit: commit them, or pass --allow-dirty".into());
    }
    if !only.is_empty() {
        return write_part(task, out, only, &commit);
    }
    let problem = runs::read(&task.problem)?;
    let mut report = Report::new(&Machine::here(), &commit);
    report.stages()?;
    report.solvers();
    let (markets, reps, seconds) = (problem.markets().len(), problem.reps().len(), task.seconds);
    let path = task.problem.display();
    let limit = Duration::from_secs(seconds);
    report.runs(
        &format!("Backends on {path}"),
        &format!(
            "{markets} markets, {reps} reps, {} slots; the engine's `auto` strategy, at most \
             {seconds} s, one thread, relative gap 1e-4. Value and bound are money; every plan has \
             passed the check.",
            problem.slots().len()
        ),
        &runs::with_backends(&problem, limit),
    );
    report.runs(
        &format!("Baselines on {path}"),
        "The named strategies without any improvement. Their bound takes every slot's best rep as \
         if hours were free. A baseline whose plan breaks a rule has no value.",
        &runs::with_baselines(&problem),
    );
    report.save(out)?;
    write_special(&mut report, task)?;
    report.save(out)?;
    let mut scaled = Vec::new();
    super::scale(THREADS, |one| scaled.push(one))?;
    let grown = scale::exponents(&scaled);
    scaled.push(Scaled::measure(
        path.to_string(),
        (&problem, 0),
        (5, 0.001),
        THREADS,
    )?);
    report.scale(&scaled, grown);
    report.save(out)?;
    let compared = super::strategies(Size::Xxl, |_| ())?;
    report.strategies(&compared);
    std::fs::write(PICTURE, strategies::picture(&compared)?)?;
    match std::fs::read_to_string(&task.peers) {
        Ok(tables) => report.peers(&tables),
        Err(error) => eprintln!("{}: {error}; left out", task.peers.display()),
    }
    report.save(out)?;
    if task.published.exists() {
        let folder = task.published.join("gap");
        report.gap(&folder, THREADS as usize, out)?;
    }
    report.save(out)
}

/// The solvers of special tasks, and sweeps.
fn write_special(report: &mut Report, task: &Task) -> Result<(), Box<dyn Error>> {
    report.transport()?;
    let mut lines = vec![];
    budget::figures(RUNS, &task.published.join("budget"), |line| {
        lines.push(line);
    })?;
    report.budgets(&lines);
    let folder = task.published.join("salesforce");
    if folder.exists() {
        report.salesforce(&folder)?;
    }
    lines.clear();
    effort::figures(&folder, |line| lines.push(line))?;
    report.effort(&lines);
    lines.clear();
    joint::figures(|line| lines.push(line))?;
    report.joint(&lines);
    sweeps(&[], &folder, |name, lines| report.sweeps(name, &lines))
}

/// Measures some sections and puts them in the place of those of a report that is there.
fn write_part(
    task: &Task,
    out: &Path,
    only: &[String],
    commit: &Commit,
) -> Result<(), Box<dyn Error>> {
    let old = std::fs::read_to_string(out)?;
    let mut report = Report::default();
    if only.iter().any(|one| one == "budgets") {
        let mut lines = vec![];
        budget::figures(RUNS, &task.published.join("budget"), |line| {
            lines.push(line)
        })?;
        report.budgets(&lines);
    }
    let folder = task.published.join("salesforce");
    if only.iter().any(|one| one == "effort") {
        let mut lines = vec![];
        effort::figures(&folder, |line| lines.push(line))?;
        report.effort(&lines);
    }
    if only.iter().any(|one| one == "joint") {
        let mut lines = vec![];
        joint::figures(|line| lines.push(line))?;
        report.joint(&lines);
    }
    if only.iter().any(|one| one == "peers") {
        report.peers(&std::fs::read_to_string(&task.peers)?);
    }
    let measured = ["budgets", "effort", "joint", "peers"];
    let sweeps_alone = |one: &&String| !measured.contains(&one.as_str());
    let rest: Vec<String> = only.iter().filter(sweeps_alone).cloned().collect();
    if !rest.is_empty() {
        sweeps(&rest, &folder, |name, lines| report.sweeps(name, &lines))?;
    }
    Ok(std::fs::write(out, report.spliced(&old, commit))?)
}
