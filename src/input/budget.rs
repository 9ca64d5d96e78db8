//! A budget as the caller has it: channels, periods, regions, curves or history, limits.
//!
//! Amounts are money of one currency unless a channel has a `cost_per_unit`: then its curve, its history
//! and its past are in those units (hours, visits, pages). Nothing is checked here;
//! [`crate::domain::BudgetProblem::new`] checks everything once.

use serde::{Deserialize, Serialize};

/// How much money may go where.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct BudgetInput {
    /// Title of the budget.
    pub name: String,
    /// Currency of all money, for display only, such as `CNY`.
    pub currency: String,
    /// All money together.
    pub total: BudgetTotal,
    /// Periods of the plan in the order of time; at least one.
    pub periods: Vec<BudgetPeriod>,
    /// Regions that spend is decided for. Empty: one region that is everything.
    pub regions: Vec<BudgetRegion>,
    /// Where money may go; at least one.
    pub channels: Vec<Channel>,
    /// Seasons of single channels, in place of those of the periods.
    pub seasons: Vec<ChannelSeason>,
    /// Floors and ceilings.
    pub limits: Vec<BudgetLimit>,
    /// Pairs of channels of which at most one may be active.
    pub conflicts: Vec<ChannelConflict>,
    /// Spend as it is now or was planned before, to compare with.
    pub current: Vec<CurrentSpend>,
}

/// Limits of all money together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct BudgetTotal {
    /// Least spend in money, 0 or more.
    pub min_money: f64,
    /// Most spend in money, 0 or more. Absent: as much as is worth its while, up to the ceilings of
    /// channels, periods and cells.
    pub max_money: Option<f64>,
    /// Money of `max_money` that is kept back, as for trying new channels; 0 or more.
    pub reserve_money: f64,
    /// Money that the last unit of money must bring at least, 0 or more: 1 stops where more spend
    /// would cost more than it brings.
    pub min_marginal_return: f64,
    /// Money that all spend must bring at least for each unit of it, 0 or more: value ≥ this × spend.
    /// The plan spends only as much as that allows. 0: no such target.
    pub min_return: f64,
    /// Value that must be reached, 0 or more: the plan spends as little as that takes. Not beside
    /// `min_marginal_return` or `min_return`. 0: no such target.
    pub min_value_money: f64,
    /// Channels with spend at most. Absent: all.
    pub max_active_channels: Option<u32>,
}

/// A period of the plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct BudgetPeriod {
    /// Id, such as `2027-03`.
    pub id: String,
    /// Length in the periods that curves are for (months for curves per month), above 0. Other
    /// lengths than 1 go only without carry-over.
    pub length: f64,
    /// What is sold relative to an ordinary period at equal spend, above 0.
    pub season: f64,
}

impl Default for BudgetPeriod {
    fn default() -> Self {
        Self {
            id: String::new(),
            length: 1.0,
            season: 1.0,
        }
    }
}

/// A region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct BudgetRegion {
    /// Id.
    pub id: String,
    /// Size relative to the market that the curves describe, above 0: in a region of size 0.2 a fifth
    /// of the spend brings a fifth of the response.
    pub size: f64,
}

impl Default for BudgetRegion {
    fn default() -> Self {
        Self {
            id: String::new(),
            size: 1.0,
        }
    }
}

/// A place for money.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Channel {
    /// Id.
    pub id: String,
    /// Name for display. Empty: the id.
    pub name: String,
    /// Money that is left of a unit of response before commission and rebate, above 0: a
    /// contribution margin from 0 to 1 where responses are revenue, money per piece where they are
    /// pieces.
    pub margin: f64,
    /// Part of the response that goes to agents, in the unit of `margin`, 0 or more.
    pub commission: f64,
    /// Part of the response that goes back to distributors, in the unit of `margin`, 0 or more.
    pub rebate: f64,
    /// Money that one unit of the curve's amount costs, above 0: 1 where curves are over money, the
    /// cost of an hour where they are over hours.
    pub cost_per_unit: f64,
    /// What an amount brings in an ordinary period. Without a family it is fitted to the history.
    pub curve: CurveInput,
    /// How past spend works on.
    pub carry: CarryInput,
    /// Amounts before the first period, the oldest first, each 0 or more. Empty: those of the history,
    /// if there is one.
    pub past_amounts: Vec<f64>,
    /// Part of what spend brings after the last period that counts, 0 to 1.
    pub after_plan_share: f64,
    /// Cost of spending anything in the channel over the plan, in money, 0 or more.
    pub fee_money: f64,
    /// Cost of spending anything in a period and region, in money, 0 or more.
    pub period_fee_money: f64,
    /// Spend over the plan is 0 or at least this, in money, 0 or more.
    pub min_if_active_money: f64,
    /// Spend in a period and region is 0 or at least this, in money, 0 or more.
    pub period_min_if_active_money: f64,
    /// Past periods, the oldest first, right up to the plan.
    pub history: Vec<HistoryPeriod>,
    /// How the curve is fitted to the history.
    pub fit: FitInput,
}

impl Default for Channel {
    fn default() -> Self {
        Self {
            id: String::new(),
            name: String::new(),
            margin: 1.0,
            commission: 0.0,
            rebate: 0.0,
            cost_per_unit: 1.0,
            curve: CurveInput::default(),
            carry: CarryInput::default(),
            past_amounts: vec![],
            after_plan_share: 0.0,
            fee_money: 0.0,
            period_fee_money: 0.0,
            min_if_active_money: 0.0,
            period_min_if_active_money: 0.0,
            history: vec![],
            fit: FitInput::default(),
        }
    }
}

/// A response curve: its family and the parameters of the family, as in `apportion::curve::Curve`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct CurveInput {
    /// `linear` (slope, cap), `power` (scale, exponent), `logarithmic` (scale, rate), `exponential`
    /// (top, rate), `hill` (top, half, shape), `adbudg` (low, high, shape, divisor),
    /// `michaelis_menten` (top, half), `tanh` (top, scale), `logistic` (top, rate), `sigmoid` (top,
    /// rate, middle) or `points` (points). Empty: fitted to the history.
    pub family: String,
    /// Response to a unit of the amount.
    pub slope: Option<f64>,
    /// Amount from which on nothing more comes.
    pub cap: Option<f64>,
    /// Response to one unit (power), to multiplying 1 + rate·x by e (logarithmic); amount (tanh).
    pub scale: Option<f64>,
    /// Above 0, at most 1.
    pub exponent: Option<f64>,
    /// One over an amount.
    pub rate: Option<f64>,
    /// Response at saturation.
    pub top: Option<f64>,
    /// Amount that brings half of `top`.
    pub half: Option<f64>,
    /// Steepness; above 1 the curve is S-shaped.
    pub shape: Option<f64>,
    /// Response to nothing.
    pub low: Option<f64>,
    /// Response at saturation.
    pub high: Option<f64>,
    /// Amount to the power of `shape` that brings half of the rise.
    pub divisor: Option<f64>,
    /// Amount of the inflection.
    pub middle: Option<f64>,
    /// Points of a table, amounts rising from 0, responses never falling.
    pub points: Vec<CurvePoint>,
}

/// A point of a curve.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct CurvePoint {
    /// Amount of an ordinary period, 0 or more.
    pub amount: f64,
    /// What it brings, 0 or more.
    pub response: f64,
}

/// How past spend works on: weights of past amounts, as in `apportion::curve::carry`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct CarryInput {
    /// `geometric` (retention), `delayed` (retention, delay), `binomial` (retention), `weibull_pdf` or
    /// `weibull_cdf` (shape, scale_periods). Empty: nothing carries over, unless a fit finds it.
    pub kernel: String,
    /// Part that is left a period later, 0 to below 1.
    pub retention: f64,
    /// Periods until the peak, 0 or more.
    pub delay_periods: f64,
    /// Shape of a Weibull kernel, above 0.
    pub shape: f64,
    /// Scale of a Weibull kernel in periods, above 0.
    pub scale_periods: f64,
    /// Periods over which amounts work, their own included, 1 to 10000.
    pub window_periods: u32,
    /// Whether weights add up to 1, so that constant spend is its own adstock.
    pub normalized: bool,
}

impl Default for CarryInput {
    fn default() -> Self {
        Self {
            kernel: String::new(),
            retention: 0.0,
            delay_periods: 0.0,
            shape: 1.0,
            scale_periods: 1.0,
            window_periods: 12,
            normalized: true,
        }
    }
}

/// What was spent and sold in a past period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct HistoryPeriod {
    /// `YYYY-MM` for months, `YYYY-MM-DD` for weeks, or a whole number; without gaps.
    pub period: String,
    /// Amount in the curve's unit, 0 or more. Must be there: nothing is not 0.
    pub amount: Option<f64>,
    /// What was sold through the channel, 0 or more. Must be there.
    pub outcome: Option<f64>,
    /// What is sold relative to an ordinary period at equal amounts, above 0.
    pub season: f64,
}

impl Default for HistoryPeriod {
    fn default() -> Self {
        Self {
            period: String::new(),
            amount: None,
            outcome: None,
            season: 1.0,
        }
    }
}

/// How a curve is fitted to history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct FitInput {
    /// `exponential`, `michaelis_menten`, `logistic`, `logarithmic`, `power`, `hill`, or `best` for the
    /// one that explains most for its number of parameters.
    pub family: String,
    /// Whether something may be sold without any spend.
    pub base: bool,
    /// Whether a geometric carry-over is fitted, over the window of `carry`.
    pub carry: bool,
}

impl Default for FitInput {
    fn default() -> Self {
        Self {
            family: "best".to_owned(),
            base: true,
            carry: false,
        }
    }
}

/// A channel's season in a period.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ChannelSeason {
    /// Id of a channel.
    pub channel: String,
    /// Id of a period.
    pub period: String,
    /// What is sold relative to an ordinary period at equal spend, above 0.
    pub factor: f64,
}

/// Floor and ceiling of what is spent in a channel, period and region. An empty id stands for all of
/// them together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct BudgetLimit {
    /// Id of a channel. Empty: all together.
    pub channel: String,
    /// Id of a period. Empty: all together.
    pub period: String,
    /// Id of a region. Empty: all together.
    pub region: String,
    /// Least spend in money, 0 or more.
    pub min_money: f64,
    /// Most spend in money, 0 or more. Absent: no ceiling.
    pub max_money: Option<f64>,
}

/// Two channels of which at most one may be active.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ChannelConflict {
    /// Id of a channel.
    pub first: String,
    /// Id of another.
    pub second: String,
}

/// What is spent now.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct CurrentSpend {
    /// Id of a channel.
    pub channel: String,
    /// Id of a period.
    pub period: String,
    /// Id of a region; empty where there are none.
    pub region: String,
    /// Money, 0 or more.
    pub money: f64,
}
