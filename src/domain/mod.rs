//! What is true: an immutable [`Problem`] with dense ids, made from an [`Input`]
//! that has been checked once.

mod assemble;
pub mod blocks;
pub mod budget;
pub mod calendar;
pub mod concentration;
pub mod eligibility;
pub mod geo;
pub mod goal;
pub mod ids;
pub mod problem;
mod refresh;
pub mod rule;
pub(crate) mod validate;

pub use blocks::blocks;
pub use budget::BudgetProblem;
pub use concentration::Concentration;
pub use eligibility::Barrier;
pub use goal::{Goal, Goals};
pub use ids::{CandidateId, FamilyId, MarketId, RepId, RoleId, SkillId, SlotId};
pub use problem::{
    Balance, Base, Candidate, Level, Market, Metric, Need, Objective, Penalty, Policy, Problem,
    Rep, Role, Slot, Travel,
};
pub use rule::Rule;

use crate::fault::Faults;
use crate::input::Input;

impl Problem {
    /// Checks an input and makes the problem.
    ///
    /// # Errors
    /// All faults of the input at once.
    pub fn new(input: &Input) -> Result<Self, Faults> {
        validate::validate(input).or(())?;
        Ok(assemble::assemble(input))
    }
}
