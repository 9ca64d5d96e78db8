//! Typed changes to a budget.

use serde::{Deserialize, Serialize};

use crate::scenario::Amount;

/// A future of a budget: changes made one after another.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BudgetScenario {
    /// Name of the scenario.
    pub id: String,
    /// Probability, in [0, 1]; may be left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// What differs from the budget as it is.
    #[serde(default)]
    pub changes: Vec<BudgetChange>,
}

impl BudgetScenario {
    /// A scenario without changes.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            ..Self::default()
        }
    }

    /// Adds a change.
    #[must_use]
    pub fn change(mut self, change: BudgetChange) -> Self {
        self.changes.push(change);
        self
    }
}

/// A change. Lists choose cells: those of the named channels, periods and regions; an empty list stands
/// for all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "change", rename_all = "snake_case", deny_unknown_fields)]
pub enum BudgetChange {
    /// The most money of the total. A total that must be spent whole stays so.
    Total {
        /// New most money, in money.
        amount: Amount,
    },
    /// What the last unit of money must bring at least.
    MinMarginalReturn {
        /// New value; ≥ 0.
        amount: Amount,
    },
    /// What responses are worth: a better or worse channel, season or market, or another margin.
    Response {
        /// Channels.
        #[serde(default)]
        channels: Vec<String>,
        /// Periods.
        #[serde(default)]
        periods: Vec<String>,
        /// Regions.
        #[serde(default)]
        regions: Vec<String>,
        /// Above 0.
        factor: f64,
    },
    /// What money buys: prices of the channel by a factor.
    Cost {
        /// Channels.
        #[serde(default)]
        channels: Vec<String>,
        /// Periods.
        #[serde(default)]
        periods: Vec<String>,
        /// Regions.
        #[serde(default)]
        regions: Vec<String>,
        /// Above 0.
        factor: f64,
    },
    /// The channels cannot be used: nothing may be spent, whatever the floors were.
    Stop {
        /// Channels.
        #[serde(default)]
        channels: Vec<String>,
        /// Periods.
        #[serde(default)]
        periods: Vec<String>,
        /// Regions.
        #[serde(default)]
        regions: Vec<String>,
    },
    /// Responses come later: a period is worth what it was `by` periods before, in a ring.
    ShiftSeason {
        /// Channels.
        #[serde(default)]
        channels: Vec<String>,
        /// Periods; earlier where negative.
        by: i32,
    },
    /// A floor and ceiling by the name that the plan gives them: a channel, a period, a region in a
    /// period, a region.
    Limit {
        /// Name of the channel, period or region.
        name: String,
        /// Least money; as it was where left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min_money: Option<f64>,
        /// Most money; as it was where left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_money: Option<f64>,
    },
}
