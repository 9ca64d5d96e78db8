//! Measures stages, backends and strategies, and writes `BENCHMARK.md`.

use std::error::Error;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use apportion::domain::Problem;
use apportion::prices::gap::Sense;
use apportion_bench::build::Build;
use apportion_bench::counting::Counting;
use apportion_bench::generate::Size;
use apportion_bench::peers::line::Line;
use apportion_bench::peers::ours::{self, Allowed};
use apportion_bench::peers::{published, table};
use apportion_bench::salesforce::{Grid, Published, Scenario};
use apportion_bench::scale::Scaled;
use apportion_bench::stages::{Case, RUNS, STAGES, median_seconds};
use apportion_bench::strategies::Compared;
use apportion_bench::sweep::Sweep;
use apportion_bench::{
    beside, budget, budget_sweep, effort, export, full_sweep, gap, joint, runs, scale, solvers,
    strategies, sweeps, transport,
};
use clap::{Parser, Subcommand};
use serde_json::{Map, Value, json};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

mod write;

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
    /// Plans hours and money together, and prints a JSON line for each measurement.
    Joint,
    /// Places reps, assigns areas and gives hours, and prints a JSON line for each measurement.
    Effort {
        /// Folder of published sales force grids.
        #[arg(long, default_value = "../shared/data/salesforce")]
        folder: PathBuf,
    },
    /// Runs every backend and every baseline on a task and prints a JSON line for each.
    China(Task),
    /// Runs the structured solver on generated tasks and prints a JSON line for each.
    Scale {
        /// Threads that the solver may use, 1 or more.
        #[arg(long, default_value_t = 2)]
        threads: u32,
    },
    /// Runs every strategy that needs no backend on generated tasks and prints a JSON line for each.
    Strategies {
        /// The largest size.
        #[arg(long, value_parser = size, default_value = "Xxl")]
        up_to: Size,
        /// File for a picture in SVG.
        #[arg(long)]
        picture: Option<PathBuf>,
    },
    /// Sizes and locates a sales force on grids of areas and prints a JSON line for each scenario.
    Salesforce(Salesforce),
    /// Measures sweeps over scenarios and prints a JSON line for each measurement.
    Sweeps {
        /// Which: kept, length, assignment, budget, location, full. None: all.
        #[arg(long, value_delimiter = ',')]
        only: Vec<String>,
        /// Folder of published sales force grids; what is not there is left out.
        #[arg(long, default_value = "../shared/data/salesforce")]
        folder: PathBuf,
    },
    /// Writes tasks as files that solvers outside can read: MPS and JSON.
    Export {
        #[command(flatten)]
        tasks: Tasks,
        /// Folder, made where it is not there.
        #[arg(long)]
        out: PathBuf,
    },
    /// Runs apportion and its backends on the tasks of `export` and writes tables of them beside the
    /// lines of solvers outside.
    Peers(Peers),
    /// Solves generalized assignment instances and prints a JSON line for each file.
    Gap(Gap),
    /// Measures everything and writes `BENCHMARK.md`.
    Write {
        #[command(flatten)]
        task: Task,
        /// Where to.
        #[arg(long, default_value = "BENCHMARK.md")]
        out: PathBuf,
        /// Measures some sections anew and leaves the others: budgets, effort, joint, kept, length,
        /// assignment, budget, location, full; or takes those of solvers outside: peers.
        #[arg(long, value_delimiter = ',')]
        only: Vec<String>,
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

/// Tasks for a comparison with solvers outside.
#[derive(Debug, clap::Args)]
struct Tasks {
    /// Generated tasks: S, M, L, Xl, Xxl.
    #[arg(long, value_parser = size, value_delimiter = ',', default_value = "S,M")]
    sizes: Vec<Size>,
    /// Tasks from files: folders or JSON documents.
    #[arg(long, value_delimiter = ',', default_value = "examples/china")]
    problems: Vec<PathBuf>,
    /// Transportation problems: the first so many sizes, smallest first.
    #[arg(long, default_value_t = transport::SIZES.len())]
    transport: usize,
}

/// Scenarios of a budget sweep that are exported.
const SWEPT_BUDGETS: u64 = 3;
/// Channels and seeds of the large budgets that are exported.
const LARGE_BUDGETS: (usize, u64) = (1_000, 2);

/// A comparison with solvers outside.
#[derive(Debug, clap::Args)]
struct Peers {
    #[command(flatten)]
    tasks: Tasks,
    /// Published generalized assignment instances.
    #[arg(long, value_delimiter = ',')]
    gap_files: Vec<PathBuf>,
    /// Files of budgets.
    #[arg(long, value_delimiter = ',')]
    budgets: Vec<PathBuf>,
    /// Larger budgets are left out.
    #[arg(long, default_value_t = 1_000)]
    channels: usize,
    /// JSON lines of the solvers outside; the lines of this run are appended.
    #[arg(long)]
    lines: PathBuf,
    /// Where the tables go.
    #[arg(long)]
    out: PathBuf,
    /// Time limit of each run in seconds.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Relative gap at which a run stops.
    #[arg(long, default_value_t = 1e-4)]
    gap: f64,
    /// Threads of each run, 1 or more.
    #[arg(long, default_value_t = 2)]
    threads: u32,
    /// Runs nothing and writes the tables of the lines that are there.
    #[arg(long)]
    only_tables: bool,
}

/// Generalized assignment instances.
#[derive(Debug, clap::Args)]
struct Gap {
    /// Files: agents, jobs, rows of costs, rows of weights, capacities.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Seconds for each file.
    #[arg(long, default_value_t = 10.0)]
    time_limit: f64,
    /// Threads, 1 or more.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Seed of the random choices.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Largest sum instead of least.
    #[arg(long)]
    maximize: bool,
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
    /// Folder of published instances; what is not there is left out.
    #[arg(long, default_value = "../shared/data")]
    published: PathBuf,
    /// Tables of `crates/apportion-bench/peers/run` on the same commit, to be taken into the report; left
    /// out where they are missing.
    #[arg(long, default_value = "target/peers/table.md")]
    peers: PathBuf,
}

/// Picture that goes with the report.
const PICTURE: &str = "docs/strategies.svg";
/// Threads of the structured solver in the report: the cores of the machine that figures are from.
const THREADS: u32 = 2;

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
        Command::Effort { folder } => effort::figures(&folder, |line| println!("{line}"))?,
        Command::Joint => joint::figures(|line| println!("{line}"))?,
        Command::China(task) => china(&task)?,
        Command::Scale { threads } => scale(threads, |one| println!("{}", one.to_json()))?,
        Command::Strategies { up_to, picture } => {
            let compared = strategies(up_to, |one| println!("{}", one.to_json()))?;
            if let Some(path) = picture {
                std::fs::write(path, strategies::picture(&compared)?)?;
            }
        }
        Command::Salesforce(task) => salesforce(&task)?,
        Command::Sweeps { only, folder } => {
            sweeps(&only, &folder, |_, lines| {
                lines.iter().for_each(|line| println!("{line}"))
            })?;
        }
        Command::Export { tasks, out } => export(&tasks, &out)?,
        Command::Peers(asked) => peers(&asked)?,
        Command::Gap(task) => assign(&task)?,
        Command::Write {
            task,
            out,
            only,
            allow_dirty,
        } => write::write(&task, &out, &only, allow_dirty)?,
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

/// Runs the structured solver at every size; `told` gets the figures of each.
fn scale(threads: u32, mut told: impl FnMut(Scaled)) -> Result<(), Box<dyn Error>> {
    for (size, limit, target) in scale::SIZES {
        told(Scaled::size(size, (limit, target), threads)?);
    }
    Ok(())
}

/// Runs every strategy at every size up to one; `told` gets the figures of each.
fn strategies(up_to: Size, told: impl Fn(&Compared)) -> Result<Vec<Compared>, Box<dyn Error>> {
    let mut compared = Vec::new();
    for (size, limit, target) in scale::SIZES {
        if size.markets() <= up_to.markets() {
            let one = Compared::measure(size, (limit, target), THREADS)?;
            told(&one);
            compared.push(one);
        }
    }
    Ok(compared)
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

/// Measures the sweeps that are asked for, all where none is; `told` gets the lines of each.
fn sweeps(
    only: &[String],
    folder: &Path,
    mut told: impl FnMut(&'static str, Vec<Value>),
) -> Result<(), Box<dyn Error>> {
    let wanted = |name: &str| only.is_empty() || only.iter().any(|one| one == name);
    if wanted("kept") {
        told("kept", sweeps::kept_figures()?);
    }
    if wanted("length") {
        told("length", sweeps::length_figures()?);
    }
    if wanted("assignment") {
        let lines = sweeps::assignment_figures()?;
        let ms_each = lines[0]["ms_each"].as_f64().unwrap_or(f64::NAN);
        told("assignment", lines);
        told("beside", beside::assignment(ms_each)?);
    }
    if wanted("budget") {
        told("budget", budget_sweep::figures(false, 1_000)?);
        told("budget", budget_sweep::figures(true, 200)?);
    }
    if wanted("location") && folder.exists() {
        told("location", sweeps::location_figures(folder, "msc2014")?);
    }
    if wanted("full") {
        told("full", full_sweep::figures()?);
    }
    Ok(())
}

impl Tasks {
    /// The assignment tasks with their names.
    fn assignments(&self) -> Result<Vec<(String, Problem)>, Box<dyn Error>> {
        let mut found = Vec::new();
        for size in &self.sizes {
            found.push((format!("{size:?}"), Problem::new(&size.input())?));
        }
        for path in &self.problems {
            let name = path.file_stem().ok_or("a task has no name")?;
            found.push((name.to_string_lossy().into_owned(), runs::read(path)?));
        }
        Ok(found)
    }

    /// Reps and markets of the transportation problems.
    fn transports(&self) -> impl Iterator<Item = (usize, usize)> {
        transport::SIZES.into_iter().take(self.transport)
    }
}

fn export(tasks: &Tasks, out: &Path) -> Result<(), Box<dyn Error>> {
    for (name, problem) in tasks.assignments()? {
        export::write(&problem, &out.join("assignment"), &name)?;
    }
    for (reps, markets) in tasks.transports() {
        let file = format!("{}.json", transport::name(reps, markets));
        let problem = transport::problem(reps, markets)?;
        export::write_transport(&problem, &out.join("transport").join(file))?;
    }
    let folder = out.join("budget");
    std::fs::create_dir_all(&folder)?;
    let budgets = budget_sweep::instances(SWEPT_BUDGETS)?;
    std::fs::write(folder.join("sweep.json"), budgets.to_string())?;
    let budgets = budget_sweep::large_instances(LARGE_BUDGETS.0, LARGE_BUDGETS.1)?;
    std::fs::write(folder.join("large.json"), budgets.to_string())?;
    Ok(())
}

fn peers(asked: &Peers) -> Result<(), Box<dyn Error>> {
    if !asked.only_tables {
        run_beside(asked)?;
    }
    let text = table::tables(&Line::read(&asked.lines)?);
    std::fs::write(&asked.out, &text)?;
    print!("{text}");
    Ok(())
}

/// Runs apportion and its backends and appends their lines.
fn run_beside(asked: &Peers) -> Result<(), Box<dyn Error>> {
    let allowed = Allowed {
        limit: Duration::from_secs(asked.seconds),
        gap: asked.gap,
        threads: asked.threads,
    };
    let mut out = OpenOptions::new().append(true).open(&asked.lines)?;
    for (name, problem) in asked.tasks.assignments()? {
        let mut found = ours::apportion(&problem, &name, &allowed);
        found.extend(ours::backends(&problem, &name, &allowed));
        for line in found {
            writeln!(out, "{}", line.to_json())?;
        }
    }
    for (reps, markets) in asked.tasks.transports() {
        let line = ours::transportation(reps, markets)?;
        writeln!(out, "{}", line.to_json())?;
    }
    for path in &asked.gap_files {
        writeln!(out, "{}", published::assignment(path, &allowed)?.to_json())?;
    }
    for path in &asked.budgets {
        for line in published::budgets(path, asked.channels)? {
            writeln!(out, "{}", line.to_json())?;
        }
    }
    Ok(())
}

fn assign(task: &Gap) -> Result<(), Box<dyn Error>> {
    let how = gap::Task {
        limit: Duration::try_from_secs_f64(task.time_limit)?,
        threads: task.threads,
        seed: task.seed,
        sense: if task.maximize {
            Sense::Maximize
        } else {
            Sense::Minimize
        },
    };
    for file in &task.files {
        let instance = gap::Instance::read(file)?;
        let known = gap::lower_bounds(file)?.get(&instance.name).copied();
        println!("{}", instance.run(&how, known)?);
    }
    Ok(())
}
