//! `apportion verify`: a plan from anywhere against every rule, and its claims against what is so.

use apportion::check;
use apportion::report::money;
use serde_json::json;

use crate::args::VerifyArgs;
use crate::exit::{Exit, Failure};
use crate::{read, terminal};

pub(crate) fn run(args: &VerifyArgs) -> Result<Exit, Failure> {
    let (_, problem) = read::problem(&args.problem, args.json)?;
    let file = read::plan(&args.plan, args.json)?;
    let checked = file.check(&problem, args.json)?;
    let verification = &checked.verification;
    let mismatches = check::compare(&problem, &file.document, &checked.plan, verification);
    let sound = verification.is_valid() && mismatches.is_empty();
    if args.json {
        terminal::say_json(&json!({
            "status": if sound { "valid" } else { "broken" },
            "violations": verification.violations,
            "mismatches": mismatches,
            "goals": verification.goals,
            "values": verification.values,
        }))?;
    } else if sound {
        let value = money(verification.values[0], problem.currency());
        let all = "the plan keeps every rule and its claims are right";
        terminal::say(&format!("{all}; value {value}"))?;
    } else {
        for violation in &verification.violations {
            let rule = violation.rule;
            terminal::say(&format!("{} {rule}: {}", violation.code, violation.message))?;
        }
        for mismatch in &mismatches {
            terminal::say(&format!("claim: {}", mismatch.message))?;
        }
        let broken = verification.violations.len();
        let wrong = mismatches.len();
        terminal::say(&format!("limits broken: {broken}, wrong claims: {wrong}"))?;
    }
    Ok(if sound { Exit::Done } else { Exit::Broken })
}
