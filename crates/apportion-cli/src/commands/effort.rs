//! `apportion effort`: who serves what, with how many hours in each period, and the proof.

use apportion::backend::SolveOptions;
use apportion::effort::{self, EffortPlan, Error, Options, SlotHours, Unsolved};
use serde::Serialize;
use serde_json::json;

use crate::args::EffortArgs;
use crate::exit::{Exit, Failure};
use crate::stage::Stage;
use crate::table::csv;
use crate::{interrupt, read, solve, terminal};

/// What a document of a response looks like.
pub(super) const RESPONSE: &str =
    "a JSON document such as {\"curve\": {\"family\": \"power\", \"scale\": 1, \"exponent\": 0.3}}";

/// A row of `hours.csv`.
#[derive(Serialize)]
pub(super) struct HoursRow<'p> {
    market: &'p str,
    role: &'p str,
    rep: &'p str,
    period: usize,
    hours: f64,
    visits: f64,
    planned_visits: f64,
}

/// A row of `reps.csv`.
#[derive(Serialize)]
struct RepRow<'p> {
    rep: &'p str,
    in_plan: bool,
    period: usize,
    hours: f64,
    available_hours: f64,
    money_per_hour: f64,
}

pub(crate) fn run(args: &EffortArgs) -> Result<Exit, Failure> {
    let (_, problem) = read::problem(&args.problem, args.json)?;
    let response = read::json(&args.response, RESPONSE, args.json)?;
    if let Some(out) = &args.out {
        // Whether it can be written is said before the work; nothing is left there meanwhile.
        drop(Stage::for_folder(out)?);
    }
    let cancel = interrupt::listen()?;
    let found = if args.exact {
        let backend = solve::backend(args.backend)?;
        let options = SolveOptions {
            time_limit: Some(args.time_limit),
            relative_gap: args.gap,
            threads: args.threads,
            cancel: Some(&cancel),
            ..SolveOptions::default()
        };
        effort::plan_exactly(&problem, &response, &*backend, &options)
    } else {
        let options = Options {
            relative: args.gap,
            time: Some(args.time_limit),
            evaluations: usize::MAX,
            threads: args.threads as usize,
        };
        effort::plan(&problem, &response, &options, &|| cancel.is_cancelled())
    };
    match found {
        Ok(plan) => {
            write(args, &plan)?;
            tell(args, &plan)?;
            Ok(Exit::Done)
        }
        Err(Error::Faults(faults)) => Err(Failure::faults(&args.response, faults, args.json)),
        Err(Error::Unsolved(why @ Unsolved::NoPlan { .. })) => {
            if args.json {
                terminal::say_json(&json!({ "status": "no_plan", "reason": why.to_string() }))?;
            } else {
                terminal::say(&format!(
                    "no plan: {why}; lower min_visits_share, widen balance or limits, give more time, or \
                     try --exact where the problem is small"
                ))?;
            }
            Ok(Exit::NoPlan)
        }
        Err(why @ Error::Infeasible) => {
            if args.json {
                let told = json!({ "status": "infeasible", "reason": why.to_string() });
                terminal::say_json(&told)?;
            } else {
                terminal::say(&why.to_string())?;
            }
            Ok(Exit::Infeasible)
        }
        Err(error) => Err(Failure::internal(error)),
    }
}

fn write(args: &EffortArgs, plan: &EffortPlan) -> Result<(), Failure> {
    let Some(out) = &args.out else {
        return Ok(());
    };
    let mut stage = Stage::for_folder(out)?;
    let mut document = serde_json::to_vec_pretty(plan).map_err(Failure::internal)?;
    document.push(b'\n');
    stage.write("effort.json", &document)?;
    stage.write("hours.csv", &csv(hours(&plan.slots))?)?;
    let reps = plan.reps.iter().flat_map(|rep| {
        (0..rep.hours.len()).map(move |period| RepRow {
            rep: &rep.rep,
            in_plan: rep.in_plan,
            period: period + 1,
            hours: rep.hours[period],
            available_hours: rep.available_hours[period],
            money_per_hour: rep.money_per_hour[period],
        })
    });
    stage.write("reps.csv", &csv(reps)?)?;
    stage.commit()
}

/// A row for each slot and period.
pub(super) fn hours(slots: &[SlotHours]) -> impl Iterator<Item = HoursRow<'_>> {
    slots.iter().flat_map(|slot| {
        (0..slot.hours.len()).map(move |period| HoursRow {
            market: &slot.market,
            role: &slot.role,
            rep: &slot.rep,
            period: period + 1,
            hours: slot.hours[period],
            visits: slot.visits[period],
            planned_visits: slot.planned_visits[period],
        })
    })
}

fn tell(args: &EffortArgs, plan: &EffortPlan) -> Result<(), Failure> {
    if args.json {
        let mut value = serde_json::to_value(plan).map_err(Failure::internal)?;
        value["status"] = json!("solved");
        return terminal::say_json(&value);
    }
    let mut text = plan.to_string();
    if let Some(out) = &args.out {
        let out = out.display();
        text += &format!("\nwritten         {out}: effort.json, hours.csv, reps.csv");
    }
    terminal::say(&text)
}
