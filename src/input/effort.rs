//! How value responds to more or fewer visits, as the caller has it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::curve::Curve;

/// How value responds to visits. Curves are of visits as a multiple of those planned: 1 is as planned.
/// They are scaled so that visits as planned bring the value that the problem states.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EffortInput {
    /// For all customer classes that have none of their own.
    pub curve: Curve,
    /// Visits at least, in every period, as a multiple of those planned; 0 or more.
    #[serde(default)]
    pub min_visits_share: f64,
    /// Visits at most, as a multiple of those planned in the busiest period; above 0.
    #[serde(default = "three")]
    pub max_visits_share: f64,
    /// What differs by customer class.
    #[serde(default)]
    pub classes: BTreeMap<String, ClassEffort>,
    /// Visits that several periods must get together.
    #[serde(default)]
    pub obligations: Vec<Obligation>,
}

/// Visits that every slot which is served, and has visits planned, must get in several periods together:
/// in every run of so many periods, or in the periods that are named, such as those before a launch (pre-sales)
/// or after a delivery (after-sales). Neither: in the whole plan.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Obligation {
    /// Customer class. Empty: all.
    pub class: String,
    /// Id of a role. Empty: all.
    pub role: String,
    /// Periods of a run, 1 or more: a rolling window over the plan. Not beside `periods`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every_periods: Option<u32>,
    /// Names of periods that count together.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub periods: Vec<String>,
    /// Visits at least, 0 or more.
    pub min_visits: f64,
}

/// What is different for a customer class; what is left out is as for all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ClassEffort {
    /// The curve.
    pub curve: Option<Curve>,
    /// Visits at least.
    pub min_visits_share: Option<f64>,
    /// Visits at most.
    pub max_visits_share: Option<f64>,
}

fn three() -> f64 {
    3.0
}
