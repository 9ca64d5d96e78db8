//! What joins hours and money, as the caller has it.

use serde::{Deserialize, Serialize};

/// What joins the hours of reps and the money of a budget.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct JointInput {
    /// Which responses to spend take hours of reps.
    pub follow_ups: Vec<FollowUpInput>,
    /// Money for spend, fixed costs of reps in the plan, overtime and travel together, 0 or more. Absent: only
    /// spend is limited, by the budget.
    pub shared_money: Option<f64>,
}

/// Hours that responses to spend take, such as leads of a campaign that somebody must call. What nobody
/// follows up brings nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct FollowUpInput {
    /// Id of a channel of the budget.
    pub channel: String,
    /// Id of a region of the budget. Empty: all.
    pub region: String,
    /// Team whose reps follow up. Empty: any rep.
    pub team: String,
    /// Hours of a rep for each unit of response, the way included, in the period of the response; above 0.
    pub hours_per_response: f64,
}
