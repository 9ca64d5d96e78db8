//! A budget planned: from a [`BudgetProblem`] to spend with its proof, and what a planner asks about it.
//!
//! The flow is that of territories: [`crate::input::budget`] → [`crate::domain::budget`] (checked once,
//! curves fitted) → [`crate::prices::budget`] (solved and proved) → [`BudgetPlan`] (checked again by
//! [`crate::prices::budget::check`], which shares nothing with the solver).
//!
//! ```
//! use apportion::budget::{Options, plan};
//! use apportion::domain::BudgetProblem;
//! use apportion::input::BudgetInput;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let input: BudgetInput = serde_json::from_str(
//!     r#"{
//!         "total": { "max_money": 90 },
//!         "periods": [{ "id": "spring" }, { "id": "autumn", "season": 2.0 }],
//!         "channels": [
//!             { "id": "online", "curve": { "family": "logarithmic", "scale": 100, "rate": 1 } }
//!         ]
//!     }"#,
//! )?;
//! let plan = plan(&BudgetProblem::new(&input)?, &Options::default())?;
//! // 1 + spend is proportional to the season: (1 + x₁) : (1 + x₂) = 1 : 2 with x₁ + x₂ = 90.
//! assert!((plan.cells[0].money - (92.0 / 3.0 - 1.0)).abs() < 1e-6);
//! # Ok(())
//! # }
//! ```

mod assemble;
mod document;
mod effect;
mod summary;

pub(crate) use effect::{Effect, effect};

pub use crate::prices::budget::{Checked, Options, Refusal, Refusals};
pub use document::{
    BudgetPlan, ChannelLine, CurrentLine, FitLine, LimitLine, ParameterLine, PeriodLine, SpendLine,
    StepLine,
};

use std::time::{Duration, Instant};

use crate::domain::BudgetProblem;
use crate::prices::budget::{Answer, Budget, check, solve};

/// Money of the steps that show what the next and the last of it brings.
pub const STEP_MONEY: f64 = 1_000.0;

/// Part of the time that the plan itself may take; the rest is for the steps.
const OWN_TIME: f64 = 0.6;
/// A step is told if what is not proved of the two plans is at most this part of it.
const CERTAIN: f64 = 0.1;

/// Plans a budget, all within [`Options::time`].
///
/// # Errors
/// Every [`Refusal`], by name and amount, where limits cannot be met together, or no plan was found in
/// time.
pub fn plan(problem: &BudgetProblem, options: &Options) -> Result<BudgetPlan, Refusals> {
    let began = Instant::now();
    let within = |share: f64| {
        let left = |time: Duration| time.saturating_sub(began.elapsed()).mul_f64(share);
        Options {
            time: options.time.map(left),
            ..*options
        }
    };
    let budget = assemble::budget(problem);
    let answer = solve(&budget, &within(OWN_TIME))?;
    let steps = [
        step(&budget, &within(0.5), &answer, STEP_MONEY),
        step(&budget, &within(1.0), &answer, -STEP_MONEY),
    ];
    let checked = check(&budget, &answer.spend);
    let spend = || problem.cells().iter().map(|cell| cell.current);
    let current = (problem.has_current()).then(|| check(&budget, &spend().collect::<Vec<_>>()));
    Ok(document::document(
        problem,
        &answer,
        &checked,
        current.as_ref(),
        steps,
    ))
}

/// The budget as the solver takes it; it borrows the curves.
#[must_use]
pub fn assembled(problem: &BudgetProblem) -> Budget<'_> {
    assemble::budget(problem)
}

/// What any spend would bring: money for each of [`BudgetProblem::cells`], and the limits it breaks.
#[must_use]
pub fn evaluate(problem: &BudgetProblem, spend: &[f64]) -> Checked {
    check(&assemble::budget(problem), spend)
}

/// What the plan with some more or less money is worth; nothing where the total does not bind or
/// cannot be met, or where too little is proved to tell.
fn step(budget: &Budget<'_>, options: &Options, answer: &Answer, change: f64) -> Option<StepLine> {
    let unspent = answer.unspent > 1e-9 * answer.spent;
    let most = budget.total.ceiling + change;
    let given = budget.target_value <= 0.0;
    if !(given && budget.total.ceiling.is_finite()) || unspent || most < 0.0 {
        return None;
    }
    let mut other = budget.clone();
    other.total.ceiling = most;
    other.total.floor = other.total.floor.min(most);
    if change > 0.0 {
        // Cells could not spend more than the total before.
        let tight = |high: f64| high >= budget.total.ceiling;
        for cell in other.cells.iter_mut().filter(|cell| tight(cell.high)) {
            cell.high = most;
        }
    } else {
        for cell in &mut other.cells {
            cell.high = cell.high.min(most.max(cell.low));
            cell.minimum = cell.minimum.min(cell.high);
        }
    }
    let found = solve(&other, options).ok()?;
    let value = (found.value - answer.value).abs();
    let unproved = (found.bound - found.net) + (answer.bound - answer.net);
    (unproved <= CERTAIN * value).then_some(StepLine {
        money: change.abs(),
        value,
    })
}
