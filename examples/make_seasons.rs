//! Makes `examples/seasons`: four years of monthly history of a company that never was, with true curves
//! that are known, and the same budget with those curves in `examples/seasons/truth`.
//!
//! ```sh
//! cargo run --release --example make_seasons
//! ```
//!
//! Three channels: direct reps (hours, S-shaped: a few visits bring nothing), online, agents (who get a
//! commission). Each has its spring and autumn season. What was spent followed the season and varied on
//! top of it; what was sold varies by 4 % around what the true curves say.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use apportion::curve::Curve;
use apportion::curve::carry::{Carry, Kernel};
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};

const SEED: u64 = 20_270_101;
/// Years of history; the plan is for the year after them.
const YEARS: [u32; 4] = [2023, 2024, 2025, 2026];
const PLAN_YEAR: u32 = 2027;
/// Standard deviation of what is sold, as a share.
const NOISE: f64 = 0.04;
/// Months over which spend works.
const WINDOW: usize = 6;

/// What is true of a channel.
struct Truth {
    id: &'static str,
    curve: Curve,
    /// Sales of an ordinary month without any spend.
    base: f64,
    retention: f64,
    /// Season of each month of the year.
    season: [f64; 12],
    /// Amount of an ordinary month in the past.
    usual: f64,
}

fn truths() -> Result<Vec<Truth>, Box<dyn Error>> {
    Ok(vec![
        Truth {
            id: "direct",
            curve: Curve::hill(900_000.0, 2_100.0, 2.2)?,
            base: 60_000.0,
            retention: 0.35,
            season: [
                0.8, 0.9, 1.25, 1.35, 1.2, 0.9, 0.65, 0.6, 1.2, 1.3, 1.1, 0.75,
            ],
            usual: 2_300.0,
        },
        Truth {
            id: "online",
            curve: Curve::exponential(420_000.0, 2.2e-5)?,
            base: 90_000.0,
            retention: 0.2,
            season: [
                0.9, 0.95, 1.1, 1.2, 1.15, 0.95, 0.8, 0.75, 1.05, 1.1, 1.15, 0.9,
            ],
            usual: 42_000.0,
        },
        Truth {
            id: "agents",
            curve: Curve::michaelis_menten(600_000.0, 60_000.0)?,
            base: 40_000.0,
            retention: 0.0,
            season: [
                0.85, 0.9, 1.15, 1.3, 1.25, 0.9, 0.7, 0.65, 1.2, 1.25, 1.1, 0.75,
            ],
            usual: 55_000.0,
        },
    ])
}

/// What both budgets have in common.
const DOCUMENT: &str = "\
name = \"Direct, online, agents 2027\"
currency = \"EUR\"

[total]
max_money = 2700000.0
";
const LIMITS: &str = "\
channel,period,min_money,max_money
agents,,360000,
direct,,,1900000
";

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new("examples/seasons");
    for (name, text) in tables()? {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, text)?;
    }
    Ok(())
}

/// Every file of the example, by name.
pub(crate) fn tables() -> Result<Vec<(&'static str, String)>, Box<dyn Error>> {
    let truths = truths()?;
    let periods = periods()?;
    let seasons = seasons(&truths)?;
    let history = history(&truths)?;
    let fitted = "\
id,name,margin,commission,cost_per_unit,fit_family,fit_carry,window_periods,after_plan_share
direct,direct reps,0.35,0,55,hill,true,6,0.5
online,online,0.35,0,1,best,true,6,0.5
agents,agents,0.35,0.08,1,best,false,,0
";
    Ok(vec![
        ("budget.toml", DOCUMENT.to_owned()),
        ("channels.csv", fitted.to_owned()),
        ("periods.csv", periods.clone()),
        ("seasons.csv", seasons.clone()),
        ("limits.csv", LIMITS.to_owned()),
        ("current.csv", current(&truths)?),
        ("truth/budget.toml", DOCUMENT.to_owned()),
        ("truth/channels.csv", true_channels(&truths)?),
        ("truth/periods.csv", periods),
        ("truth/seasons.csv", seasons),
        ("truth/limits.csv", LIMITS.to_owned()),
        ("truth/past.csv", past(&history)?),
        ("history.csv", history),
    ])
}

struct Random(Pcg64Mcg);

impl Random {
    /// A number in [0, 1).
    fn unit(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / 4_294_967_296.0
    }

    /// About normal with mean 0 and variance 1: the sum of twelve numbers.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

fn periods() -> Result<String, std::fmt::Error> {
    let mut text = "id\n".to_owned();
    for month in 1..=12 {
        writeln!(text, "{PLAN_YEAR}-{month:02}")?;
    }
    Ok(text)
}

fn seasons(truths: &[Truth]) -> Result<String, std::fmt::Error> {
    let mut text = "channel,period,factor\n".to_owned();
    for truth in truths {
        for (month, factor) in truth.season.iter().enumerate() {
            writeln!(text, "{},{PLAN_YEAR}-{:02},{factor}", truth.id, month + 1)?;
        }
    }
    Ok(text)
}

/// What was spent and sold.
fn history(truths: &[Truth]) -> Result<String, Box<dyn Error>> {
    let mut random = Random(Pcg64Mcg::seed_from_u64(SEED));
    let mut text = "channel,period,amount,outcome,season\n".to_owned();
    for truth in truths {
        let kernel = Kernel::Geometric {
            retention: truth.retention,
        };
        let carry = Carry::new(kernel, WINDOW, true)?;
        let season = |at: usize| truth.season[at % 12];
        // More in season, and from month to month between a quarter and twice as much.
        let amounts: Vec<f64> = (0..12 * YEARS.len())
            .map(|at| {
                let level = truth.usual * (0.5 + 0.5 * season(at));
                (level * (0.25 + 1.75 * random.unit()) / 10.0).round() * 10.0
            })
            .collect();
        let stock = carry.adstock(&[], &amounts);
        for (at, amount) in amounts.iter().enumerate() {
            let expected = season(at) * (truth.base + truth.curve.value(stock[at]));
            let sold = (expected * (1.0 + NOISE * random.normal()))
                .max(0.0)
                .round();
            let (year, month) = (YEARS[at / 12], at % 12 + 1);
            let id = truth.id;
            writeln!(
                text,
                "{id},{year}-{month:02},{amount},{sold},{}",
                season(at)
            )?;
        }
    }
    Ok(text)
}

/// The plan as it would be made without curves: last year's usual amounts, the same share every month.
fn current(truths: &[Truth]) -> Result<String, std::fmt::Error> {
    let mut text = "channel,period,money\n".to_owned();
    for truth in truths {
        let money = match truth.id {
            "direct" => 126_500,
            "online" => 43_500,
            _ => 55_000,
        };
        for month in 1..=12 {
            writeln!(text, "{},{PLAN_YEAR}-{month:02},{money}", truth.id)?;
        }
    }
    Ok(text)
}

fn true_channels(truths: &[Truth]) -> Result<String, std::fmt::Error> {
    let mut text = "id,name,margin,commission,cost_per_unit,curve,top,half,shape,rate,kernel,\
                    retention,window_periods,after_plan_share\n"
        .to_owned();
    for truth in truths {
        let (name, commission, cost, credit) = match truth.id {
            "direct" => ("direct reps", 0.0, 55, 0.5),
            "agents" => ("agents", 0.08, 1, 0.0),
            other => (other, 0.0, 1, 0.5),
        };
        let curve = match &truth.curve {
            Curve::Hill { top, half, shape } => format!("hill,{top},{half},{shape},"),
            Curve::MichaelisMenten { top, half } => format!("michaelis_menten,{top},{half},,"),
            Curve::Exponential { top, rate } => format!("exponential,{top},,,{rate}"),
            other => format!("{other:?}"),
        };
        let carry = if truth.retention > 0.0 {
            format!("geometric,{},{WINDOW}", truth.retention)
        } else {
            ",,".to_owned()
        };
        let id = truth.id;
        writeln!(
            text,
            "{id},{name},0.35,{commission},{cost},{curve},{carry},{credit}"
        )?;
    }
    Ok(text)
}

/// Amounts of the last months before the plan.
fn past(history: &str) -> Result<String, std::fmt::Error> {
    let mut text = "channel,amount\n".to_owned();
    for line in history.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        if cells[1] > "2026-06" {
            writeln!(text, "{},{}", cells[0], cells[2])?;
        }
    }
    Ok(text)
}
