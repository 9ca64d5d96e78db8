//! What may stand behind `apportion sweep`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};

use super::{BackendName, seconds, share};

/// A sweep over scenarios, or the merging of its shards.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct SweepArgs {
    #[command(subcommand)]
    pub(crate) command: Option<SweepCommand>,
    #[command(flatten)]
    pub(crate) run: SweepRunArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SweepCommand {
    /// Merge the folders of all shards of a sweep
    Merge(MergeArgs),
    /// Summarize the results of a folder again
    Summary(SummaryArgs),
    /// Print scenarios as JSON lines, one for each that would be drawn or made
    Scenarios(ScenarioArgs),
    /// Write the results of a folder as a Parquet table
    Export(ExportArgs),
}

#[derive(Args, Debug)]
pub(crate) struct MergeArgs {
    /// Folders of shards, all of them
    #[arg(value_name = "DIR", required = true)]
    pub(crate) folders: Vec<PathBuf>,
    /// Folder to write to
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Share of the lower tail in the summary
    #[arg(long, value_name = "SHARE", default_value = "0.05", value_parser = tail)]
    pub(crate) tail: f64,
}

#[derive(Args, Debug)]
pub(crate) struct SummaryArgs {
    /// Folder with results.jsonl
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// Share of the lower tail
    #[arg(long, value_name = "SHARE", default_value = "0.05", value_parser = tail)]
    pub(crate) tail: f64,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct ScenarioArgs {
    /// Folder with plan.toml and tables, or JSON document
    #[arg(value_name = "PROBLEM")]
    pub(crate) problem: PathBuf,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// Seed of the draws of a register
    #[arg(long, value_name = "N", default_value = "0")]
    pub(crate) seed: u32,
}

#[derive(Args, Debug)]
pub(crate) struct ExportArgs {
    /// Folder with results.jsonl
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// File to write
    #[arg(long, value_name = "FILE")]
    pub(crate) parquet: PathBuf,
}

/// Where scenarios come from.
#[derive(Args, Debug, Default)]
#[group(multiple = true)]
pub(crate) struct SourceArgs {
    /// Scenarios: JSON lines, or CSV with one change a row
    #[arg(long, value_name = "FILE", group = "source")]
    pub(crate) scenarios: Option<PathBuf>,
    /// Uncertain numbers and events as JSON, which scenarios are drawn from
    #[arg(long, value_name = "FILE", group = "source")]
    pub(crate) draws: Option<PathBuf>,
    /// Risk register as CSV: each risk alone or, with `--count`, risks drawn together
    #[arg(long, value_name = "FILE", group = "source")]
    pub(crate) register: Option<PathBuf>,
    /// Axes of a grid or a tornado as JSON
    #[arg(long, value_name = "FILE", group = "source")]
    pub(crate) axes: Option<PathBuf>,
    /// Each rep leaves (1), or each rep and each two of them (2)
    #[arg(long, value_name = "N", group = "source", value_parser = clap::value_parser!(u8).range(1..=2))]
    pub(crate) leavers: Option<u8>,
    /// Scenarios to draw from the register
    #[arg(long, value_name = "N", requires = "register", value_parser = clap::value_parser!(u64).range(1..=1 << 40))]
    pub(crate) count: Option<u64>,
    /// How draws from the register are spread
    #[arg(long, value_enum, default_value = "latin-hypercube")]
    pub(crate) sampling: SpreadName,
}

/// How draws are spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum SpreadName {
    /// Each scenario by itself
    Plain,
    /// Each number once in each of as many equally likely intervals as there are scenarios
    #[default]
    LatinHypercube,
}

#[derive(Args, Debug)]
pub(crate) struct SweepRunArgs {
    /// Folder with plan.toml and tables, or JSON document
    #[arg(value_name = "PROBLEM", required = true)]
    pub(crate) problem: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// Folder to write results.jsonl to; a sweep that was stopped goes on there
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Read scenarios as JSON lines from standard input and write each result at once
    #[arg(long, conflicts_with_all = ["source", "out"])]
    pub(crate) stdin: bool,
    /// What is done in every scenario
    #[arg(long, value_enum, default_value = "keep")]
    pub(crate) policy: PolicyName,
    /// Most assignments that may move against the plan; only with `--policy replan`
    #[arg(long, value_name = "N")]
    pub(crate) moves: Option<u32>,
    /// plan.json, or the folder that holds it; without it, the problem is planned first
    #[arg(long, value_name = "PLAN")]
    pub(crate) plan: Option<PathBuf>,
    /// Candidate plans: each is valued in every scenario, and their regrets are compared
    #[arg(long, value_name = "PLAN", num_args = 1.., conflicts_with_all = ["plan", "stdin", "moves"])]
    pub(crate) plans: Vec<PathBuf>,
    /// Folder with the results of `--policy replan` in the same scenarios, to compare plans with
    #[arg(long, value_name = "DIR", requires = "plans")]
    pub(crate) replanned: Option<PathBuf>,
    /// Tell in each result what moves and where to; only with `--policy replan`
    #[arg(long)]
    pub(crate) list_moves: bool,
    /// Share of the lower tail in the summary
    #[arg(long, value_name = "SHARE", default_value = "0.05", value_parser = tail)]
    pub(crate) tail: f64,
    /// Part of the scenarios, such as 0/4 to 3/4
    #[arg(long, value_name = "I/N", value_parser = shard, default_value = "0/1")]
    pub(crate) shard: (u64, u64),
    /// Seconds that the whole sweep may take
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) time_limit: Option<Duration>,
    /// Seconds that each scenario may take; results may then differ from run to run
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) each_limit: Option<Duration>,
    /// Stop planning a scenario within this share of the best: 0.001 is 0.1 %
    #[arg(long, value_name = "SHARE", default_value = "0.001", value_parser = share)]
    pub(crate) gap: f64,
    /// Solver
    #[arg(long, value_enum, default_value = "microlp")]
    pub(crate) backend: BackendName,
    /// Threads, one scenario on each; without it, one for each core
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) threads: Option<u32>,
    /// Seed of random choices, and of the draws of a register
    #[arg(long, value_name = "N", default_value = "0")]
    pub(crate) seed: u32,
}

/// What is done in every scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PolicyName {
    /// The plan is kept and valued
    Keep,
    /// A new plan is made
    Replan,
}

fn shard(text: &str) -> Result<(u64, u64), String> {
    let parts = text.split_once('/');
    let numbers = parts.and_then(|(part, all)| Some((part.parse().ok()?, all.parse().ok()?)));
    let fits = |(part, all): &(u64, u64)| part < all;
    numbers
        .filter(fits)
        .ok_or_else(|| "expected a part from 0, such as 0/4 to 3/4".to_owned())
}

fn tail(text: &str) -> Result<f64, String> {
    let number: Option<f64> = text.parse().ok();
    number
        .filter(|number| *number > 0.0 && *number <= 1.0)
        .ok_or_else(|| "expected a share above 0 and at most 1, such as 0.05".to_owned())
}
