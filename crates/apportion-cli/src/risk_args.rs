//! Options of decisions when the future is not known.

use std::path::PathBuf;
use std::time::Duration;

use apportion::risk::decide::Measure;
use clap::{ArgGroup, Args, ValueEnum};

use crate::args::{BackendName, cores, seconds, share};

/// How each of many problems is solved.
#[derive(Args, Debug)]
pub(crate) struct EachArgs {
    /// Seconds that each solve may take; results may differ from run to run where it cuts in
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    pub(crate) each_limit: Duration,
    /// Stop each solve within this share of the best: 0.005 is 0.5 %
    #[arg(long, value_name = "SHARE", default_value = "0.005", value_parser = share)]
    pub(crate) gap: f64,
    /// Solver
    #[arg(long, value_enum, default_value = "microlp")]
    pub(crate) backend: BackendName,
    /// Threads
    #[arg(long, value_name = "N", default_value_t = cores(), value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) threads: u32,
    /// Seed of random choices
    #[arg(long, value_name = "N", default_value = "0")]
    pub(crate) seed: u32,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct ContingencyArgs {
    /// Folder with plan.toml and tables, or JSON document
    #[arg(value_name = "PROBLEM")]
    pub(crate) problem: PathBuf,
    /// plan.json, or the folder that holds it; without it, the problem is planned first
    #[arg(long, value_name = "PLAN")]
    pub(crate) plan: Option<PathBuf>,
    /// Events: scenarios as JSON lines or CSV; without it, each rep leaves
    #[arg(long, value_name = "FILE")]
    pub(crate) events: Option<PathBuf>,
    /// Most moves of a reaction; what a leaver had is given away without one
    #[arg(long, value_name = "N", default_value = "10")]
    pub(crate) moves: u32,
    /// Folder to write contingency.json, contingency.csv and contingency.txt to
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) each: EachArgs,
}

#[derive(Args, Debug)]
#[command(group(ArgGroup::new("watched").required(true).multiple(true).args(["market", "segment", "region", "rep", "team"])))]
pub(crate) struct ThresholdsArgs {
    /// Folder with plan.toml and tables, or JSON document
    #[arg(value_name = "PROBLEM")]
    pub(crate) problem: PathBuf,
    /// plan.json, or the folder that holds it; without it, the problem is planned first
    #[arg(long, value_name = "PLAN")]
    pub(crate) plan: Option<PathBuf>,
    /// Watch the potential of a market
    #[arg(long, value_name = "MARKET", conflicts_with_all = ["rep", "team"])]
    pub(crate) market: Vec<String>,
    /// Watch the potential of a customer class
    #[arg(long, value_name = "CLASS", conflicts_with_all = ["rep", "team"])]
    pub(crate) segment: Vec<String>,
    /// Watch the potential of a region
    #[arg(long, value_name = "REGION", conflicts_with_all = ["rep", "team"])]
    pub(crate) region: Vec<String>,
    /// Watch the hours of a rep
    #[arg(long, value_name = "REP")]
    pub(crate) rep: Vec<String>,
    /// Watch the hours of a team
    #[arg(long, value_name = "TEAM")]
    pub(crate) team: Vec<String>,
    /// Farthest factor to look at: below 1 looks down, above 1 up
    #[arg(long, value_name = "FACTOR", default_value = "0", value_parser = share)]
    pub(crate) to: f64,
    /// Regret that is put up with, as a share of the plan's value
    #[arg(long, value_name = "SHARE", default_value = "0.01", value_parser = share)]
    pub(crate) allowed: f64,
    /// How exactly the factor is found
    #[arg(long, value_name = "FACTOR", default_value = "0.05", value_parser = share)]
    pub(crate) tolerance: f64,
    /// Most moves of another plan; without it, as many as it takes
    #[arg(long, value_name = "N")]
    pub(crate) moves: Option<u32>,
    #[command(flatten)]
    pub(crate) each: EachArgs,
}

#[derive(Args, Debug)]
pub(crate) struct FrontierArgs {
    /// Folder with plan.toml and tables, or JSON document
    #[arg(value_name = "PROBLEM")]
    pub(crate) problem: PathBuf,
    /// plan.json in force, or the folder that holds it: moves are counted and priced against it;
    /// without it, against current reps
    #[arg(long, value_name = "PLAN")]
    pub(crate) plan: Option<PathBuf>,
    /// `moves`, `head-count` (candidates hired), `hours` (a factor on all hours), or a number of the
    /// policy such as travel.max_km
    #[arg(long, value_name = "AXIS")]
    pub(crate) axis: String,
    /// Levels, separated by commas
    #[arg(long, value_name = "LEVELS", value_delimiter = ',', required = true, value_parser = share)]
    pub(crate) levels: Vec<f64>,
    /// Price of a unit of the axis that is not in the values, in money
    #[arg(long, value_name = "MONEY", default_value = "0", value_parser = share)]
    pub(crate) price: f64,
    /// Folder to write frontier.json, frontier.csv and frontier.svg to
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) each: EachArgs,
}

/// What a decision makes as large as can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MeasureName {
    /// (1 − weight) · mean + weight · mean of the worst share alpha
    Cvar,
    /// The worst case
    Worst,
    /// Minus the largest regret
    Regret,
}

impl MeasureName {
    /// The measure, with the share and weight of the tail where it looks at one.
    pub(crate) fn of(self, alpha: f64, weight: f64) -> Measure {
        match self {
            Self::Cvar => Measure::Tail { alpha, weight },
            Self::Worst => Measure::Worst,
            Self::Regret => Measure::Regret,
        }
    }
}

/// How a decision is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MethodName {
    /// The game, then the whole program where it is small
    Auto,
    /// The game alone
    Game,
    /// The whole program
    Exact,
}

#[derive(Args, Debug)]
pub(crate) struct DecideArgs {
    /// Folder with plan.toml and tables, or JSON document
    #[arg(value_name = "PROBLEM")]
    pub(crate) problem: PathBuf,
    /// Scenarios of values: JSON lines, or CSV with one change a row
    #[arg(long, value_name = "FILE")]
    pub(crate) scenarios: PathBuf,
    /// What is made as large as can be
    #[arg(long, value_enum, default_value = "cvar")]
    pub(crate) measure: MeasureName,
    /// Share of the worst scenarios in the tail
    #[arg(long, value_name = "SHARE", default_value = "0.1", value_parser = share)]
    pub(crate) alpha: f64,
    /// Weight of the tail: 0 is the mean alone, 1 the tail alone
    #[arg(long, value_name = "SHARE", default_value = "0.5", value_parser = share)]
    pub(crate) weight: f64,
    /// How
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) method: MethodName,
    /// Folder to write decision.json, values.csv and plan.json to
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) each: EachArgs,
}
