//! `apportion budget`: how much money goes where and when, with the proof and what it brings.

use apportion::budget::{self, BudgetPlan, Options, Refusal, Refusals};
use serde_json::json;

use crate::args::BudgetArgs;
use crate::exit::{Exit, Failure};
use crate::stage::Stage;
use crate::table::csv;
use crate::{read, terminal};

pub(crate) fn run(args: &BudgetArgs) -> Result<Exit, Failure> {
    let problem = read::budget(&args.problem, args.json)?;
    if let Some(out) = &args.out {
        // Whether it can be written is said before the work; nothing is left there meanwhile.
        drop(Stage::for_folder(out)?);
    }
    if !args.commit.is_empty() {
        return super::committed::run(args, &problem);
    }
    if args.scenarios.is_some() || args.leavers.is_some() {
        return super::futures::run(args, &problem);
    }
    let options = Options {
        time: Some(args.time_limit),
        ..Options::default()
    };
    match budget::plan(&problem, &options) {
        Ok(plan) if !plan.broken.is_empty() => {
            let told = plan.broken.join("; ");
            Err(Failure::internal(format!("the plan breaks limits: {told}")))
        }
        Ok(plan) => {
            write(args, &plan)?;
            tell(args, &plan)?;
            Ok(Exit::Done)
        }
        Err(refusals) => refuse(args, &refusals),
    }
}

fn write(args: &BudgetArgs, plan: &BudgetPlan) -> Result<(), Failure> {
    let Some(out) = &args.out else {
        return Ok(());
    };
    let mut stage = Stage::for_folder(out)?;
    let mut document = serde_json::to_vec_pretty(plan).map_err(Failure::internal)?;
    document.push(b'\n');
    stage.write("budget.json", &document)?;
    stage.write("spend.csv", &csv(&plan.cells)?)?;
    stage.write("channels.csv", &csv(&plan.channels)?)?;
    stage.write("periods.csv", &csv(&plan.periods)?)?;
    stage.commit()
}

fn tell(args: &BudgetArgs, plan: &BudgetPlan) -> Result<(), Failure> {
    if args.json {
        let mut value = serde_json::to_value(plan).map_err(Failure::internal)?;
        value["status"] = json!("solved");
        return terminal::say_json(&value);
    }
    let mut text = plan.to_string();
    if let Some(out) = &args.out {
        let out = out.display();
        text +=
            &format!("written         {out}: budget.json, spend.csv, channels.csv, periods.csv");
    }
    terminal::say(text.trim_end())
}

/// No plan: because none can be, or because none was found in time.
fn refuse(args: &BudgetArgs, refusals: &Refusals) -> Result<Exit, Failure> {
    let unfinished = |refusal: &Refusal| matches!(refusal, Refusal::Unfinished { .. });
    let (exit, status) = if refusals.0.iter().any(unfinished) {
        (Exit::NoPlan, "no_plan")
    } else {
        (Exit::Infeasible, "infeasible")
    };
    let told: Vec<String> = refusals.0.iter().map(ToString::to_string).collect();
    if args.json {
        terminal::say_json(&json!({ "status": status, "refusals": told }))?;
    } else {
        terminal::say(&format!("no plan: {}", told.join("\n         ")))?;
    }
    Ok(exit)
}
