//! `apportion plan`: a plan with its tables and its map.

use std::path::Path;
use std::sync::Arc;

use apportion::backend::Cancel;
use apportion::domain::Problem;
use apportion::engine::{Engine, Outcome, Solved, WhyNoPlan};
use apportion::explain::Conflict;
use apportion::report::{self, Summary};
use serde_json::json;

use crate::args::PlanArgs;
use crate::exit::{Exit, Failure};
use crate::read::{self, PlanFile};
use crate::stage::Stage;
use crate::table::csv;
use crate::terminal::{self, ProgressLine};
use crate::{interrupt, solve};

pub(crate) fn run(args: &PlanArgs) -> Result<Exit, Failure> {
    let cancel = interrupt::listen()?;
    let engine = solve::engine(&args.solve, args.strategy, cancel.clone())?;
    let (_, problem) = read::problem(&args.problem, args.json)?;
    let stage = Stage::for_folder(&args.out)?;
    let exit = match solve(engine, &problem)? {
        Outcome::Solved(solved) => {
            let summary = report::summary(&problem, &solved);
            write(stage, &args.problem, &problem, &solved, &summary)?;
            tell_solved(args, &summary)?;
            Exit::Done
        }
        Outcome::Infeasible(conflict) => tell_conflict(args, &conflict)?,
        Outcome::NoPlan(why) => tell_no_plan(args, &why)?,
    };
    Ok(if interrupted(&cancel, exit) {
        Exit::Interrupted
    } else {
        exit
    })
}

/// Whether Ctrl-C cut the run short; what was proved before stays proved.
fn interrupted(cancel: &Cancel, exit: Exit) -> bool {
    cancel.is_cancelled() && exit != Exit::Infeasible
}

fn solve(engine: Engine, problem: &Problem) -> Result<Outcome, Failure> {
    let line = Arc::new(ProgressLine::new());
    let shown = Arc::clone(&line);
    let engine = engine.progress(move |progress| shown.show(&progress));
    let outcome = engine.solve(problem).map_err(Failure::internal);
    line.clear();
    outcome
}

fn write(
    mut stage: Stage,
    path: &Path,
    problem: &Problem,
    solved: &Solved,
    summary: &Summary,
) -> Result<(), Failure> {
    let file = PlanFile {
        problem_path: path.to_string_lossy().into_owned(),
        document: report::document(problem, solved),
    };
    let mut plan = serde_json::to_vec_pretty(&file).map_err(Failure::internal)?;
    plan.push(b'\n');
    stage.write("plan.json", &plan)?;
    let assignments = report::assignment_rows(problem, &solved.plan);
    stage.write("assignments.csv", &csv(&assignments)?)?;
    let reps = report::rep_rows(problem, &solved.plan);
    stage.write("reps.csv", &csv(&reps)?)?;
    let map = report::map_svg(problem, &solved.plan, &summary.headline());
    let map = map.map_err(Failure::internal)?;
    stage.write("map.svg", map.as_bytes())?;
    stage.commit()
}

fn tell_solved(args: &PlanArgs, summary: &Summary) -> Result<(), Failure> {
    if args.json {
        let mut value = serde_json::to_value(summary).map_err(Failure::internal)?;
        value["status"] = json!("solved");
        return terminal::say_json(&value);
    }
    let out = args.out.display();
    terminal::say(&format!(
        "{summary}\nwritten         {out}: plan.json, assignments.csv, reps.csv, map.svg"
    ))
}

fn tell_conflict(args: &PlanArgs, conflict: &Conflict) -> Result<Exit, Failure> {
    if args.json {
        let value = json!({ "status": "infeasible", "conflict": conflict });
        terminal::say_json(&value)?;
    } else {
        terminal::say(&conflict.to_string())?;
    }
    Ok(Exit::Infeasible)
}

fn tell_no_plan(args: &PlanArgs, why: &WhyNoPlan) -> Result<Exit, Failure> {
    if args.json {
        let value = json!({
            "status": "no_plan",
            "stopped": report::stopped_name(why.stopped),
            "bound": Some(why.bound).filter(|bound| bound.is_finite()),
            "violations": why.violations,
            "seconds": why.elapsed.as_secs_f64(),
        });
        terminal::say_json(&value)?;
    }
    terminal::complain(&why.to_string());
    if !why.violations.is_empty() {
        for violation in &why.violations {
            terminal::complain(&format!("  {} {}", violation.code, violation.message));
        }
    }
    Ok(Exit::NoPlan)
}
