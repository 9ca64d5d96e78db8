//! `apportion schema`: the JSON Schema of what is read and written.

use apportion::budget::BudgetPlan;
use apportion::effort::EffortPlan;
use apportion::input::{BudgetInput, EffortInput, Input, JointInput};
use apportion::joint::JointPlan;
use apportion::scenario::{Axes, Draws, Scenario};
use apportion::sweep::budgets::BudgetScenario;
use schemars::schema_for;

use crate::args::{DocumentName, SchemaArgs};
use crate::exit::{Exit, Failure};
use crate::read::PlanFile;
use crate::terminal;

pub(crate) fn run(args: &SchemaArgs) -> Result<Exit, Failure> {
    terminal::say_json(&match args.document {
        DocumentName::Input => schema_for!(Input),
        DocumentName::Plan => schema_for!(PlanFile),
        DocumentName::Budget => schema_for!(BudgetInput),
        DocumentName::BudgetPlan => schema_for!(BudgetPlan),
        DocumentName::Effort => schema_for!(EffortInput),
        DocumentName::EffortPlan => schema_for!(EffortPlan),
        DocumentName::Joint => schema_for!(JointInput),
        DocumentName::JointPlan => schema_for!(JointPlan),
        DocumentName::Scenario => schema_for!(Scenario),
        DocumentName::BudgetScenario => schema_for!(BudgetScenario),
        DocumentName::Draws => schema_for!(Draws),
        DocumentName::Axes => schema_for!(Axes),
    })?;
    Ok(Exit::Done)
}
