//! Named ways to make a plan, and a local search that improves any plan.
//!
//! The six baselines are what planners do without an optimizer; they are there to be compared
//! with. `docs/strategies.md` tells when to use which.

mod baseline;
mod board;
pub(crate) mod choices;
pub(crate) mod random;
mod search;

pub use baseline::baseline;
pub use search::improve;

/// How a plan is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Strategy {
    /// The best the engine knows for the problem at hand.
    #[default]
    Auto,
    /// The whole program, handed to the backend.
    Exact,
    /// Prices on what is scarce, and a local search that knows them; no backend.
    Prices,
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

impl Strategy {
    /// Every strategy, in the order of the page that explains them.
    pub const ALL: [Strategy; 9] = [
        Strategy::Auto,
        Strategy::Exact,
        Strategy::Prices,
        Strategy::KeepAsIs,
        Strategy::RoundRobin,
        Strategy::WeightedRoundRobin,
        Strategy::Greedy,
        Strategy::Waterfall,
        Strategy::TeamQuota,
    ];

    /// Name, as in options and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Strategy::Auto => "auto",
            Strategy::Exact => "exact",
            Strategy::Prices => "prices",
            Strategy::KeepAsIs => "keep-as-is",
            Strategy::RoundRobin => "round-robin",
            Strategy::WeightedRoundRobin => "weighted-round-robin",
            Strategy::Greedy => "greedy",
            Strategy::Waterfall => "waterfall",
            Strategy::TeamQuota => "team-quota",
        }
    }

    /// The strategy of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Strategy> {
        (Self::ALL.into_iter()).find(|strategy| strategy.name() == name)
    }

    /// Whether the strategy is one of the named baselines, which use no solver.
    #[must_use]
    pub fn is_baseline(self) -> bool {
        !matches!(self, Strategy::Auto | Strategy::Exact | Strategy::Prices)
    }
}

impl std::fmt::Display for Strategy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
