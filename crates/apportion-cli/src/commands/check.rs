//! `apportion check`: faults of a problem, without planning.

use serde_json::json;

use crate::args::CheckArgs;
use crate::exit::{Exit, Failure};
use crate::{read, terminal};

pub(crate) fn run(args: &CheckArgs) -> Result<Exit, Failure> {
    let (_, problem) = read::problem(&args.problem, args.json)?;
    let markets = problem.markets().len();
    let reps = problem.reps().len();
    let roles = problem.roles().len();
    let periods = problem.periods();
    let pairs = problem.slots().len();
    let choices = problem.candidates().len();
    if args.json {
        terminal::say_json(&json!({
            "status": "valid",
            "markets": markets,
            "reps": reps,
            "roles": roles,
            "periods": periods,
            "pairs": pairs,
            "choices": choices,
        }))?;
    } else {
        terminal::say(&format!(
            "no faults: {markets} markets, {reps} reps, {roles} roles, {periods} periods; \
             {pairs} (market, role) pairs with {choices} possible assignments"
        ))?;
    }
    Ok(Exit::Done)
}
