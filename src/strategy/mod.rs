//! Named ways to make a plan.

/// How a plan is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Strategy {
    /// The best the engine knows for the problem at hand.
    #[default]
    Auto,
    /// The whole program, handed to the backend.
    Exact,
    /// Every slot stays with its current rep.
    KeepAsIs,
    /// Slots in order, reps in turn.
    RoundRobin,
    /// Reps in turn, in proportion to their hours.
    WeightedRoundRobin,
    /// Highest value per hour first.
    Greedy,
    /// Balance first, then trim for value.
    Waterfall,
    /// A random team by quota, then reps of the team in turn by quota (Odoo's scheme).
    TeamQuota,
}

use crate::domain::{Goals, Problem};
use crate::plan::{Ledger, Plan};

impl Strategy {
    /// Whether the strategy is one of the named baselines.
    #[must_use]
    pub fn is_baseline(self) -> bool {
        !matches!(self, Strategy::Auto | Strategy::Exact)
    }

    /// Name, as in options and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        "strategy"
    }
}

/// The plan of a baseline.
#[must_use]
pub fn baseline(problem: &Problem, _strategy: Strategy, _seed: u64) -> Plan {
    Plan::empty(problem)
}

/// Improves a plan by local search.
pub fn improve(
    _problem: &Problem,
    _ledger: &mut Ledger<'_>,
    _weights: &Goals,
    _stop: &dyn Fn() -> bool,
    _seed: u64,
) {
}
