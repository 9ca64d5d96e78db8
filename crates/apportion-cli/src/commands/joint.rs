//! `apportion joint`: hours and money in one plan, and the proof.

use apportion::joint::{self, Error, JointPlan, Options, Unsolved};
use apportion::prices::effort;
use serde::Serialize;
use serde_json::json;

use super::effort::{RESPONSE, hours};
use crate::args::JointArgs;
use crate::exit::{Exit, Failure};
use crate::stage::Stage;
use crate::table::csv;
use crate::{interrupt, read, terminal};

/// What a document of links looks like.
const LINKS: &str = "a JSON document such as {\"follow_ups\": [{\"channel\": \"online\", \"team\": \"North\", \"hours_per_response\": 0.5}]}";

/// A row of `reps.csv`.
#[derive(Serialize)]
struct RepRow<'p> {
    rep: &'p str,
    team: &'p str,
    in_plan: bool,
    period: usize,
    slot_hours: f64,
    follow_up_hours: f64,
    available_hours: f64,
    overtime_hours: f64,
}

pub(crate) fn run(args: &JointArgs) -> Result<Exit, Failure> {
    let (_, problem) = read::problem(&args.problem, args.json)?;
    let response = read::json(&args.response, RESPONSE, args.json)?;
    let budget = read::budget(&args.budget, args.json)?;
    let links = read::json(&args.links, LINKS, args.json)?;
    if let Some(out) = &args.out {
        // Whether it can be written is said before the work; nothing is left there meanwhile.
        drop(Stage::for_folder(out)?);
    }
    let options = Options {
        relative: args.gap,
        time: Some(args.time_limit),
        evaluations: usize::MAX,
        threads: args.threads as usize,
    };
    let cancel = interrupt::listen()?;
    let stop = || cancel.is_cancelled();
    match joint::plan((&problem, &response), &budget, &links, &options, &stop) {
        Ok(plan) => {
            write(args, &plan)?;
            tell(args, &plan)?;
            Ok(Exit::Done)
        }
        Err(Error::Response(faults)) => Err(Failure::faults(&args.response, faults, args.json)),
        Err(Error::Links(faults)) => Err(Failure::faults(&args.links, faults, args.json)),
        Err(why @ Error::Infeasible) => {
            say_no(args, (Exit::Infeasible, "infeasible"), &why.to_string())
        }
        Err(Error::Unsolved(why)) => refuse(args, why),
        Err(error) => Err(Failure::internal(error)),
    }
}

/// No plan: because none can be, or because none was found in time.
fn refuse(args: &JointArgs, why: Unsolved) -> Result<Exit, Failure> {
    let (exit, status, hint) = match &why {
        Unsolved::Budget(_) => (Exit::Infeasible, "infeasible", ""),
        Unsolved::NoPlan { .. } => (Exit::NoPlan, "no_plan", "; raise it, or give more time"),
        Unsolved::Effort(effort::Unsolved::NoPlan { .. }) => {
            let hint = "; lower min_visits_share, widen balance or limits, or give more time";
            (Exit::NoPlan, "no_plan", hint)
        }
        _ => return Err(Failure::internal(why)),
    };
    let told = if args.json {
        why.to_string()
    } else {
        format!("no plan: {why}{hint}")
    };
    say_no(args, (exit, status), &told)
}

fn say_no(args: &JointArgs, (exit, status): (Exit, &str), why: &str) -> Result<Exit, Failure> {
    if args.json {
        terminal::say_json(&json!({ "status": status, "reason": why }))?;
    } else {
        terminal::say(why)?;
    }
    Ok(exit)
}

fn write(args: &JointArgs, plan: &JointPlan) -> Result<(), Failure> {
    let Some(out) = &args.out else {
        return Ok(());
    };
    let mut stage = Stage::for_folder(out)?;
    let mut document = serde_json::to_vec_pretty(plan).map_err(Failure::internal)?;
    document.push(b'\n');
    stage.write("joint.json", &document)?;
    stage.write("hours.csv", &csv(hours(&plan.slots))?)?;
    let reps = plan.reps.iter().flat_map(|rep| {
        (0..rep.follow_up_hours.len()).map(move |period| RepRow {
            rep: &rep.slots.rep,
            team: &rep.team,
            in_plan: rep.slots.in_plan,
            period: period + 1,
            slot_hours: rep.slots.hours[period],
            follow_up_hours: rep.follow_up_hours[period],
            available_hours: rep.slots.available_hours[period],
            overtime_hours: rep.slots.overtime_hours[period],
        })
    });
    stage.write("reps.csv", &csv(reps)?)?;
    stage.write("spend.csv", &csv(&plan.cells)?)?;
    stage.write("teams.csv", &csv(&plan.teams)?)?;
    stage.commit()
}

fn tell(args: &JointArgs, plan: &JointPlan) -> Result<(), Failure> {
    if args.json {
        let mut value = serde_json::to_value(plan).map_err(Failure::internal)?;
        value["status"] = json!("solved");
        return terminal::say_json(&value);
    }
    let mut text = plan.to_string();
    if let Some(out) = &args.out {
        let out = out.display();
        text += &format!(
            "\nwritten         {out}: joint.json, hours.csv, reps.csv, spend.csv, teams.csv"
        );
    }
    terminal::say(&text)
}
