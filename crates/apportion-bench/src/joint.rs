//! Hours and money in one plan, against both planned apart.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use apportion::domain::BudgetProblem;
use apportion::input::{BudgetInput, EffortInput, JointInput};
use apportion::joint::{Options, plan};
use serde_json::{Value, json};

use crate::runs;

/// Seconds that planning may take.
const SECONDS: [u64; 2] = [30, 60];
/// Money that spend, reps, overtime and travel share in the second task.
const SHARED: f64 = 9e6;
/// Threads.
const THREADS: usize = 2;

fn document(path: &str) -> Result<Value, Box<dyn Error>> {
    Ok(serde_json::from_str(&fs::read_to_string(path)?)?)
}

/// Measures all, a line for each.
///
/// # Errors
/// When an example has another form, or is refused.
pub fn figures(mut out: impl FnMut(Value)) -> Result<(), Box<dyn Error>> {
    let problem = runs::read(Path::new("examples/china"))?;
    let response: EffortInput = serde_json::from_value(document("examples/china-effort.json")?)?;
    let input: BudgetInput = serde_json::from_value(document("examples/china-budget.json")?)?;
    let budget = BudgetProblem::new(&input)?;
    for shared_money in [None, Some(SHARED)] {
        let links = JointInput {
            shared_money,
            ..serde_json::from_value(document("examples/china-links.json")?)?
        };
        for seconds in SECONDS {
            let options = Options {
                relative: 1e-4,
                time: Some(Duration::from_secs(seconds)),
                evaluations: usize::MAX,
                threads: THREADS,
            };
            let began = Instant::now();
            let found = plan((&problem, &response), &budget, &links, &options, &|| false)?;
            let seconds_taken = began.elapsed().as_secs_f64();
            let shared = if shared_money.is_some() {
                ", one sum of money"
            } else {
                ""
            };
            let lost = |apart: f64| (found.value - apart) / found.value;
            out(json!({
                "task": format!("examples/china, 12 periods, 3 channels × 6 regions{shared}"),
                "seconds": seconds,
                "taken_s": seconds_taken,
                "gap": found.gap,
                "apart_loses": found.apart_value.map(lost),
            }));
        }
    }
    Ok(())
}
