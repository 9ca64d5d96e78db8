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
