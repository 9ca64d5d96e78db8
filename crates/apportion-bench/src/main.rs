//! Measures stages, backends and strategies, and writes `BENCHMARK.md`.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;

use apportion::domain::Problem;
use apportion_bench::build::Build;
use apportion_bench::counting::Counting;
use apportion_bench::generate::Size;
use apportion_bench::machine::{Commit, Machine};
use apportion_bench::report::Report;
use apportion_bench::runs::Run;
use apportion_bench::salesforce::{Grid, Published, Scenario};
use apportion_bench::stages::{Case, RUNS, STAGES, median_seconds};
use apportion_bench::sweep::Sweep;
use apportion_bench::{budget, runs, solvers, transport};
use clap::{Parser, Subcommand};
use serde_json::{Map, Value, json};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Measures apportion.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Builds the program of a size and prints the figures as one JSON line.
    Build {
        /// S, M, L, Xl or Xxl.
        #[arg(long, value_parser = size, default_value = "L")]
        size: Size,
    },
    /// Runs every stage of a size and prints median seconds as one JSON line.
    Stages {
        /// S, M, L, Xl or Xxl.
        #[arg(long, value_parser = size, default_value = "L")]
        size: Size,
    },
    /// Runs the general solvers side by side and prints a line for each program.
    Solvers,
    /// Solves transportation problems cold and after changes and prints a JSON line for each size.
    Transport {
        /// Runs of each measurement, 1 or more; the median counts.
        #[arg(long, default_value_t = 9)]
        runs: usize,
    },
    /// Allocates generated and published budgets and prints a JSON line for each.
    Budget {
        /// Runs of each measurement, 1 or more; the median counts.
        #[arg(long, default_value_t = 9)]
        runs: usize,
        /// Where `hill_instances.json` and `robyn_model.json` are.
        #[arg(long, default_value = "../shared/data/budget")]
        folder: PathBuf,
    },
    /// Runs every backend and every baseline on a task and prints a JSON line for each.
    China(Task),
    /// Runs the structured solver on generated tasks and prints a JSON line for each.
    Scale,
    /// Sizes and locates a sales force on grids of areas and prints a JSON line for each scenario.
    Salesforce(Salesforce),
    /// Measures everything and writes `BENCHMARK.md`.
    Write {
        #[command(flatten)]
        task: Task,
        /// Where to.
        #[arg(long, default_value = "BENCHMARK.md")]
        out: PathBuf,
        /// Writes the report also when files differ from the commit, and says so in it.
        #[arg(long)]
        allow_dirty: bool,
    },
}

/// Published scenarios.
#[derive(Debug, clap::Args)]
struct Salesforce {
    /// Names of grids: `weight_<grid>.csv` and `distance_<grid>.csv` in the folder.
    #[arg(long, value_delimiter = ',', default_value = "msc2014,30")]
    grid: Vec<String>,
    /// Where the grids are, and `best_known.csv` if there is one.
    #[arg(long, default_value = "../shared/data/salesforce")]
    folder: PathBuf,
    /// Threads, one scenario on each.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// At most so many of the 625 scenarios of each grid, evenly chosen.
    #[arg(long, default_value_t = 625)]
    scenarios: usize,
}

/// A task and how long a backend may take for it.
#[derive(Debug, clap::Args)]
struct Task {
    /// Folder or JSON document.
    #[arg(long, default_value = "examples/china")]
    problem: PathBuf,
    /// Time limit of a backend in seconds.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
}

fn size(text: &str) -> Result<Size, String> {
    let named = |size: &Size| format!("{size:?}").eq_ignore_ascii_case(text);
    let found = Size::ALL.into_iter().find(named);
    found.ok_or_else(|| "one of S, M, L, Xl, Xxl".to_owned())
}

fn main() -> Result<(), Box<dyn Error>> {
    match Arguments::parse().command {
        Command::Build { size } => println!("{}", build(size)?),
        Command::Stages { size } => println!("{}", stages(size)?),
        Command::Solvers => {
            println!("{}", solvers::header().join("  "));
            for row in solvers::rows() {
                println!("{}", row.join("  "));
            }
        }
        Command::Transport { runs } => {
            for (reps, markets) in transport::SIZES {
                println!("{}", transport::figures(reps, markets, runs.max(1))?);
            }
        }
        Command::Budget { runs, folder } => {
            budget::figures(runs.max(1), &folder, |line| println!("{line}"))?;
        }
        Command::China(task) => china(&task)?,
        Command::Scale => scale(|run| println!("{}", run.to_json()))?,
        Command::Salesforce(task) => salesforce(&task)?,
        Command::Write {
            task,
            out,
            allow_dirty,
        } => write(&task, &out, allow_dirty)?,
    }
    Ok(())
}

fn build(size: Size) -> Result<Value, Box<dyn Error>> {
    let mut figures = Build::measure(&Case::new(size)?)?.to_json();
    figures["size"] = json!(format!("{size:?}"));
    Ok(figures)
}

fn stages(size: Size) -> Result<Value, Box<dyn Error>> {
    let case = Case::new(size)?;
    let mut figures = Map::new();
    figures.insert("size".to_owned(), json!(format!("{size:?}")));
    for (name, stage) in STAGES {
        let seconds = median_seconds(RUNS, || stage(&case));
        figures.insert(name.to_owned(), json!(seconds));
    }
    Ok(figures.into())
}

fn china(task: &Task) -> Result<(), Box<dyn Error>> {
    let problem = runs::read(&task.problem)?;
    let limit = Duration::from_secs(task.seconds);
    let baselines = runs::with_baselines(&problem);
    for run in baselines
        .iter()
        .chain(&runs::with_backends(&problem, limit))
    {
        println!("{}", run.to_json());
    }
    Ok(())
}

/// Sizes with the seconds that the structured solver has and the gap that it is to reach.
const SCALE: [(Size, u64, f64); 4] = [
    (Size::M, 2, 0.001),
    (Size::L, 10, 0.002),
    (Size::Xl, 60, 0.005),
    (Size::Xxl, 300, 0.01),
];

/// Runs the structured solver at every size; `told` gets each run.
fn scale(mut told: impl FnMut(Run)) -> Result<(), Box<dyn Error>> {
    for (size, seconds, target) in SCALE {
        let problem = Problem::new(&size.input())?;
        told(runs::with_prices(
            &problem,
            Duration::from_secs(seconds),
            target,
        ));
    }
    Ok(())
}

fn salesforce(task: &Salesforce) -> Result<(), Box<dyn Error>> {
    let published = Published::read(&task.folder)?;
    let all = Scenario::all();
    let wanted = task.scenarios.clamp(1, all.len());
    let chosen: Vec<Scenario> = (0..wanted).map(|k| all[k * all.len() / wanted]).collect();
    for name in &task.grid {
        let grid = Grid::read(&task.folder, name)?;
        let sweep = Sweep::run(&grid, &chosen, task.threads)?;
        for line in sweep.lines(&published) {
            println!("{line}");
        }
        println!("{}", sweep.summary(&published));
    }
    Ok(())
}

fn write(task: &Task, out: &Path, allow_dirty: bool) -> Result<(), Box<dyn Error>> {
    let commit = Commit::here();
    if commit.dirty && !allow_dirty {
        return Err("files differ from the commit: commit them, or pass --allow-dirty".into());
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
    let mut scaled = Vec::new();
    scale(|run| scaled.push(run))?;
    let on_china = runs::with_prices(&problem, Duration::from_secs(5), 0.001);
    scaled.push(Run {
        name: path.to_string(),
        ..on_china
    });
    report.runs(
        "The structured solver",
        "Strategy `prices` on generated tasks, markets × reps, 12 periods, two roles, three balances, \
         hires and bases open, one thread. Time limits: 2, 10, 60 and 300 s, and 5 s for the example. One \
         run each.",
        &scaled,
    );
    report.runs(
        &format!("Baselines on {path}"),
        "The named strategies without any improvement. Their bound takes every slot's best rep as \
         if hours were free. A baseline whose plan breaks a rule has no value.",
        &runs::with_baselines(&problem),
    );
    std::fs::write(out, report.finish())?;
    Ok(())
}
