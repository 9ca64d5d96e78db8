//! What the caller has: permissive serde types with string ids and units in names.
//!
//! Two doors lead here: the builder methods below, and serde (one JSON document, or a folder with
//! `plan.toml` and CSV tables). Nothing is checked here; [`crate::domain::Problem::new`]
//! checks everything once and reports all faults together.

pub mod budget;
mod calendar;
mod effort;
#[cfg(feature = "files")]
pub mod files;
mod joint;
mod market;
mod policy;
mod rep;

use serde::{Deserialize, Serialize};

pub use budget::BudgetInput;
pub use calendar::{Calendar, PeriodUnit, Season};
pub use effort::{ClassEffort, EffortInput, Obligation};
pub use joint::{FollowUpInput, JointInput};
pub use market::{CurrentRep, CustomMetric, Market, Need, Role, Workload};
pub use policy::{
    Balance, Concentration, Continuity, Overtime, Penalty, Policy, Priority, Sizing, Source, Travel,
};
pub use rep::{Base, Leave, Rep, SkillLevel};

/// A planning task as the caller has it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// Title of the plan.
    pub name: String,
    /// Currency of all money, for display only, such as `CNY`.
    pub currency: String,
    /// Periods, working days and holidays.
    pub calendar: Calendar,
    /// Seasonal profiles that workloads refer to.
    pub seasons: Vec<Season>,
    /// Names of the skills that reps have and markets or roles need.
    pub skills: Vec<String>,
    /// Parts that reps play in a market. Empty: one role, `owner`.
    pub roles: Vec<Role>,
    /// Visits that a customer class needs from a role. A market has a role exactly when its class
    /// has a workload for it.
    pub workloads: Vec<Workload>,
    /// People, teams or partners who can be assigned.
    pub reps: Vec<Rep>,
    /// What is assigned as one.
    pub markets: Vec<Market>,
    /// (market, role) pairs that must go to a stated rep.
    pub locks: Vec<Pair>,
    /// (market, role) pairs that must not go to a stated rep.
    pub forbidden: Vec<Pair>,
    /// Distances that replace the great-circle ones.
    pub distances: Vec<Distance>,
    /// Goals, limits and prices.
    pub policy: Policy,
}

/// A rep for a role of a market.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Pair {
    /// Id of a market.
    pub market: String,
    /// Id of a role. Empty: every role of the market for a forbidden pair, the first role for a lock.
    pub role: String,
    /// Id of a rep.
    pub rep: String,
}

/// A distance that the caller knows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Distance {
    /// Id of a rep.
    pub rep: String,
    /// Id of one of the rep's bases. Empty: all of them.
    pub base: String,
    /// Id of a market.
    pub market: String,
    /// One-way distance in kilometres, 0 or more.
    pub km: f64,
}

impl Input {
    /// An empty task.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    /// Sets the calendar.
    #[must_use]
    pub fn calendar(mut self, calendar: Calendar) -> Self {
        self.calendar = calendar;
        self
    }

    /// Declares a skill.
    #[must_use]
    pub fn skill(mut self, name: impl Into<String>) -> Self {
        self.skills.push(name.into());
        self
    }

    /// Adds a role.
    #[must_use]
    pub fn role(mut self, role: Role) -> Self {
        self.roles.push(role);
        self
    }

    /// Adds a seasonal profile.
    #[must_use]
    pub fn season(mut self, season: Season) -> Self {
        self.seasons.push(season);
        self
    }

    /// Adds the workload of a customer class.
    #[must_use]
    pub fn workload(mut self, workload: Workload) -> Self {
        self.workloads.push(workload);
        self
    }

    /// Adds a rep.
    #[must_use]
    pub fn rep(mut self, rep: Rep) -> Self {
        self.reps.push(rep);
        self
    }

    /// Adds a market.
    #[must_use]
    pub fn market(mut self, market: Market) -> Self {
        self.markets.push(market);
        self
    }

    /// Requires a rep for a role of a market.
    #[must_use]
    pub fn lock(
        mut self,
        market: impl Into<String>,
        role: impl Into<String>,
        rep: impl Into<String>,
    ) -> Self {
        self.locks.push(Pair {
            market: market.into(),
            role: role.into(),
            rep: rep.into(),
        });
        self
    }

    /// Forbids a rep for a role of a market; an empty role means all of them.
    #[must_use]
    pub fn forbid(
        mut self,
        market: impl Into<String>,
        role: impl Into<String>,
        rep: impl Into<String>,
    ) -> Self {
        self.forbidden.push(Pair {
            market: market.into(),
            role: role.into(),
            rep: rep.into(),
        });
        self
    }

    /// Sets the policy.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }
}
