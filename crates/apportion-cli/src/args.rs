//! What may stand on the command line.

use std::path::PathBuf;
use std::time::Duration;

use apportion::strategy::Strategy;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::risk_args::{ContingencyArgs, DecideArgs, FrontierArgs, MeasureName, ThresholdsArgs};

pub(crate) use sweep::{
    ExportArgs, MergeArgs, PolicyName, ScenarioArgs, SourceArgs, SpreadName, SummaryArgs,
    SweepArgs, SweepCommand, SweepRunArgs,
};

mod sweep;

const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    internal error
  2    faults in the input or on the command line; nothing was written
  3    no plan within the limits
  4    no plan can satisfy all rules; the conflict is printed
  5    the plan breaks rules or claims what is not so (verify)
  130  stopped by Ctrl-C; the best plan found is written";

/// Decides who sells where, proves how good the plan is, and explains it.
#[derive(Debug, Parser)]
#[command(name = "apportion", version, arg_required_else_help = true, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a plan and write it with tables and a map
    Plan(PlanArgs),
    /// Say why a market has its rep, or what binds each rep
    Explain(ExplainArgs),
    /// Check a plan against every rule and recompute its claims
    Verify(VerifyArgs),
    /// Check a problem for faults, without planning
    Check(CheckArgs),
    /// Print the JSON Schema of a document
    Schema(SchemaArgs),
    /// Turn a problem folder into one JSON document
    Convert(ConvertArgs),
    /// Decide how much money goes where and when, with a proof
    Budget(BudgetArgs),
    /// Decide hours together with who serves what, where value responds to visits
    Effort(EffortArgs),
    /// Decide hours and money together, where responses to spend take hours, or both share money
    Joint(JointArgs),
    /// Value a plan, or plan anew, in every scenario of a list
    Sweep(Box<SweepArgs>),
    /// Prepare for events: who covers, at what cost, within how many moves
    Contingency(ContingencyArgs),
    /// How far a potential or a rep's hours must move before the plan should change
    Thresholds(ThresholdsArgs),
    /// Value against moves, head count, hours or a number of the policy
    Frontier(FrontierArgs),
    /// Decide for the mean, the worst tail or the regret of many futures
    Decide(DecideArgs),
    /// Compare ways to plan
    Bench(BenchArgs),
}

/// How plans are made.
#[derive(Args, Debug)]
pub(crate) struct SolveArgs {
    /// Seconds that planning may take
    #[arg(
        long,
        value_name = "SECONDS",
        default_value = "50",
        value_parser = seconds,
        allow_negative_numbers = true
    )]
    pub(crate) time_limit: Duration,
    /// Stop when the plan is proved to be within this share of the best: 0.001 is 0.1 %
    #[arg(
        long,
        value_name = "SHARE",
        default_value = "0.001",
        value_parser = share,
        allow_negative_numbers = true
    )]
    pub(crate) gap: f64,
    /// Solver
    #[arg(long, value_enum, default_value = "microlp")]
    pub(crate) backend: BackendName,
    /// Threads that the solver may use; the plan does not depend on them where no time limit cuts in
    #[arg(long, value_name = "N", default_value_t = cores(), value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) threads: u32,
    /// Seed of random choices; the same seed gives the same plan where no time limit cuts in
    #[arg(long, value_name = "N", default_value = "0")]
    pub(crate) seed: u32,
}

#[derive(Args, Debug)]
pub(crate) struct PlanArgs {
    /// Folder with plan.toml and tables, or JSON document
    #[arg(value_name = "PROBLEM")]
    pub(crate) problem: PathBuf,
    /// Folder to write plan.json, assignments.csv, reps.csv and map.svg to
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) solve: SolveArgs,
    /// How the plan is made
    #[arg(long, default_value = "auto", value_parser = strategies())]
    pub(crate) strategy: Strategy,
    /// Print the summary as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct ExplainArgs {
    /// plan.json, or the folder that holds it
    #[arg(value_name = "PLAN")]
    pub(crate) plan: PathBuf,
    /// The problem that the plan was made for; by default the path that plan.json records
    #[arg(long, value_name = "PROBLEM")]
    pub(crate) problem: Option<PathBuf>,
    /// Id or name of a market; without it, hours and what binds are shown for each rep
    #[arg(long, value_name = "MARKET")]
    pub(crate) market: Option<String>,
    /// Id of a role of the market; without it, all its roles
    #[arg(long, value_name = "ROLE", requires = "market")]
    pub(crate) role: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct VerifyArgs {
    /// Folder with plan.toml and tables, or JSON document
    #[arg(value_name = "PROBLEM")]
    pub(crate) problem: PathBuf,
    /// plan.json, or the folder that holds it
    #[arg(value_name = "PLAN")]
    pub(crate) plan: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// Folder with plan.toml and tables, or JSON document
    #[arg(value_name = "PROBLEM")]
    pub(crate) problem: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct SchemaArgs {
    /// Which document
    #[arg(value_enum, default_value = "input")]
    pub(crate) document: DocumentName,
}

#[derive(Args, Debug)]
pub(crate) struct ConvertArgs {
    /// Folder with plan.toml and tables, or JSON document
    #[arg(value_name = "PROBLEM")]
    pub(crate) problem: PathBuf,
    /// File to write
    #[arg(long, value_name = "FILE")]
    pub(crate) json: PathBuf,
}

#[derive(Args, Debug)]
pub(crate) struct BudgetArgs {
    /// Folder with budget.toml and tables, or JSON document
    #[arg(value_name = "BUDGET")]
    pub(crate) problem: PathBuf,
    /// Folder to write budget.json, spend.csv, channels.csv and periods.csv to; with scenarios,
    /// results.jsonl and summary.json
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Futures as JSON lines: plan each of them
    #[arg(long, value_name = "FILE", group = "futures")]
    pub(crate) scenarios: Option<PathBuf>,
    /// Plan without each channel (1), or without each and each two of them (2)
    #[arg(long, value_name = "N", group = "futures", value_parser = clap::value_parser!(u8).range(1..=2))]
    pub(crate) leavers: Option<u8>,
    /// Keep the best spend of the budget as it is in every scenario, and value it
    #[arg(long, requires = "futures")]
    pub(crate) keep: bool,
    /// Commit spend of these channels before it is known which scenario comes; the rest follows it
    #[arg(
        long,
        value_name = "CHANNELS",
        value_delimiter = ',',
        requires = "scenarios",
        conflicts_with = "keep"
    )]
    pub(crate) commit: Vec<String>,
    /// What a commitment makes as large as can be
    #[arg(long, value_enum, default_value = "cvar", requires = "commit")]
    pub(crate) measure: MeasureName,
    /// Share of the worst scenarios in the tail
    #[arg(long, value_name = "SHARE", default_value = "0.1", value_parser = share, requires = "commit")]
    pub(crate) alpha: f64,
    /// Weight of the tail: 0 is the mean alone, 1 the tail alone
    #[arg(long, value_name = "SHARE", default_value = "0.5", value_parser = share, requires = "commit")]
    pub(crate) weight: f64,
    /// Gap at which a scenario is solved, or a commitment is proved
    #[arg(
        long,
        value_name = "GAP",
        default_value = "0.0001",
        requires = "futures"
    )]
    pub(crate) gap: f64,
    /// Seconds that planning may take
    #[arg(
        long,
        value_name = "SECONDS",
        default_value = "50",
        value_parser = seconds,
        allow_negative_numbers = true
    )]
    pub(crate) time_limit: Duration,
    /// Print the plan as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct EffortArgs {
    /// Folder with plan.toml and tables, or JSON document
    #[arg(value_name = "PROBLEM")]
    pub(crate) problem: PathBuf,
    /// How value responds to visits: a JSON document with a curve, and what differs by customer class
    #[arg(long, value_name = "FILE")]
    pub(crate) response: PathBuf,
    /// Hand the whole formulation to a general solver instead of prices: for small problems
    #[arg(long)]
    pub(crate) exact: bool,
    /// Solver of the whole formulation
    #[arg(long, value_enum, default_value = "microlp")]
    pub(crate) backend: BackendName,
    /// Folder to write effort.json, hours.csv and reps.csv to
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Seconds that planning may take
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    pub(crate) time_limit: Duration,
    /// Stop within this share of the best: 0.001 is 0.1 %
    #[arg(long, value_name = "SHARE", default_value = "0.001", value_parser = share)]
    pub(crate) gap: f64,
    /// Threads
    #[arg(long, value_name = "N", default_value_t = cores(), value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) threads: u32,
    /// Print the plan as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct JointArgs {
    /// Folder with plan.toml and tables, or JSON document
    #[arg(value_name = "PROBLEM")]
    pub(crate) problem: PathBuf,
    /// How value responds to visits: a JSON document with a curve, and what differs by customer class
    #[arg(long, value_name = "FILE")]
    pub(crate) response: PathBuf,
    /// Folder with budget.toml and tables, or JSON document, for the same periods
    #[arg(long, value_name = "BUDGET")]
    pub(crate) budget: PathBuf,
    /// Which responses to spend take hours of which team, and money that both share: a JSON document
    #[arg(long, value_name = "FILE")]
    pub(crate) links: PathBuf,
    /// Folder to write joint.json, hours.csv, reps.csv, spend.csv and teams.csv to
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Seconds that planning may take
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    pub(crate) time_limit: Duration,
    /// Stop within this share of the best: 0.001 is 0.1 %
    #[arg(long, value_name = "SHARE", default_value = "0.001", value_parser = share)]
    pub(crate) gap: f64,
    /// Threads
    #[arg(long, value_name = "N", default_value_t = cores(), value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) threads: u32,
    /// Print the plan as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct BenchArgs {
    #[command(subcommand)]
    pub(crate) what: Bench,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Bench {
    /// A league table of all strategies on one problem
    Strategies(StrategiesArgs),
}

#[derive(Args, Debug)]
pub(crate) struct StrategiesArgs {
    /// Folder with plan.toml and tables, or JSON document
    #[arg(value_name = "PROBLEM")]
    pub(crate) problem: PathBuf,
    /// File to write the table to as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) solve: SolveArgs,
}

/// A solver by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum BackendName {
    /// Pure Rust, always there
    Microlp,
    /// Faster on large problems; only in programs built with `--features highs`
    Highs,
}

/// A document by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DocumentName {
    /// The problem
    Input,
    /// plan.json
    Plan,
    /// The budget
    Budget,
    /// budget.json
    BudgetPlan,
    /// How value responds to visits
    Effort,
    /// effort.json
    EffortPlan,
    /// What joins hours and money
    Joint,
    /// joint.json
    JointPlan,
    /// A line of scenarios
    Scenario,
    /// A line of scenarios of a budget
    BudgetScenario,
    /// Uncertain numbers and events to draw scenarios from
    Draws,
    /// Axes of a grid or a tornado
    Axes,
}

fn strategies() -> impl TypedValueParser<Value = Strategy> {
    PossibleValuesParser::new(Strategy::ALL.map(Strategy::name))
        .map(|name| Strategy::from_name(&name).unwrap_or_default())
}

pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let expected = || "expected seconds, such as 50 or 0.5".to_owned();
    let seconds: f64 = text.parse().map_err(|_| expected())?;
    Duration::try_from_secs_f64(seconds).map_err(|_| expected())
}

pub(crate) fn share(text: &str) -> Result<f64, String> {
    let number: Option<f64> = text.parse().ok();
    number
        .filter(|number| number.is_finite() && *number >= 0.0)
        .ok_or_else(|| "expected a share of 0 or more, such as 0.001".to_owned())
}

/// Cores that this process may use.
pub(crate) fn cores() -> u32 {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    u32::try_from(cores.min(1024)).unwrap_or(1)
}
