//! Changes as people write them: string ids, selectors, amounts.

use serde::{Deserialize, Serialize};

/// What may happen: a name, how likely it is, and what it changes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Scenario {
    /// Id in results; it should be unique. Empty: the number of the scenario.
    pub id: String,
    /// Probability, 0 to 1. Absent: all scenarios are equally likely.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// Changes, made one after another. None: the problem as it is.
    pub changes: Vec<Change>,
}

impl Scenario {
    /// A scenario that changes nothing yet.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            ..Self::default()
        }
    }

    /// Sets the probability, 0 to 1.
    #[must_use]
    pub fn probability(mut self, probability: f64) -> Self {
        self.probability = Some(probability);
        self
    }

    /// Adds a change.
    #[must_use]
    pub fn change(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }
}

/// What a number becomes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Amount {
    /// The number times a factor, 0 or more.
    Scale(f64),
    /// Another number, in the unit of the number changed.
    Set(f64),
    /// The number plus another, which may be negative, in its unit.
    Add(f64),
    /// No limit: only for limits that may be absent.
    Lift,
}

impl Amount {
    /// The number after the change; `None` for [`Amount::Lift`].
    #[must_use]
    pub fn of(self, number: f64) -> Option<f64> {
        match self {
            Amount::Scale(factor) => Some(number * factor),
            Amount::Set(other) => Some(other),
            Amount::Add(more) => Some(number + more),
            Amount::Lift => None,
        }
    }
}

/// Which markets: those that meet every list that is not empty; all markets where all lists are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Markets {
    /// Ids of markets.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<String>,
    /// Customer classes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<String>,
    /// Regions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<String>,
}

impl Markets {
    /// All markets.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// One market.
    #[must_use]
    pub fn one(id: impl Into<String>) -> Self {
        Self {
            ids: vec![id.into()],
            ..Self::default()
        }
    }

    /// The markets of a customer class.
    #[must_use]
    pub fn segment(class: impl Into<String>) -> Self {
        Self {
            segments: vec![class.into()],
            ..Self::default()
        }
    }

    /// The markets of a region.
    #[must_use]
    pub fn region(region: impl Into<String>) -> Self {
        Self {
            regions: vec![region.into()],
            ..Self::default()
        }
    }
}

/// Which reps: those that meet every list that is not empty; all reps where both are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Reps {
    /// Ids of reps.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<String>,
    /// Teams.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<String>,
}

impl Reps {
    /// All reps.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// One rep.
    #[must_use]
    pub fn one(id: impl Into<String>) -> Self {
        Self {
            ids: vec![id.into()],
            ..Self::default()
        }
    }
}

/// An ability of a rep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Ability {
    /// To win new markets.
    Acquisition,
    /// To keep established markets.
    Relationship,
}

/// A rep who joins.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct NewRep {
    /// Id, of nobody else.
    pub id: String,
    /// Id of a rep whose team, hours, overtime, skills, abilities and limits the new one has.
    pub like: String,
    /// Latitude of the home base in degrees, −90 to 90. Absent: the bases of the other rep.
    pub latitude_deg: Option<f64>,
    /// Longitude of the home base in degrees, −180 to 180. Absent: the bases of the other rep.
    pub longitude_deg: Option<f64>,
    /// Cost over the whole plan at the home base, in money, 0 or more. Absent: the other rep's.
    pub fixed_cost: Option<f64>,
    /// Whether the plan decides about hiring; otherwise the rep is there.
    pub candidate: bool,
}

/// A change to a problem.
///
/// Periods are named as in the calendar of the problem (`2027-05`, `2027-Q2`); no periods: all of
/// them. A role list that is empty means every role. Numbers must stay in the ranges that the
/// input has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "change", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Change {
    /// Attainable revenue of markets over the whole plan, in money. Where periods are named, only
    /// their part of it, by months.
    Potential {
        /// Which markets.
        #[serde(default)]
        markets: Markets,
        /// Which periods.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        periods: Vec<String>,
        /// What it becomes.
        amount: Amount,
    },
    /// A competitor takes a share of the revenue of markets.
    Competitor {
        /// Which markets.
        #[serde(default)]
        markets: Markets,
        /// Share that is lost, 0 to 1.
        share: f64,
    },
    /// Contribution margin of markets, 0 to 1.
    Margin {
        /// Which markets.
        #[serde(default)]
        markets: Markets,
        /// What it becomes.
        amount: Amount,
    },
    /// Price with the same quantity and the same unit costs: potential · factor, and margin
    /// 1 − (1 − margin)/factor.
    Price {
        /// Which markets.
        #[serde(default)]
        markets: Markets,
        /// New price over old price, above 0.
        factor: f64,
    },
    /// Visits that markets need, in visits of a period.
    Visits {
        /// Which markets.
        #[serde(default)]
        markets: Markets,
        /// Which roles.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        roles: Vec<String>,
        /// Which periods.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        periods: Vec<String>,
        /// What they become.
        amount: Amount,
    },
    /// Hours of a visit, travel aside.
    HoursPerVisit {
        /// Which markets.
        #[serde(default)]
        markets: Markets,
        /// Which roles.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        roles: Vec<String>,
        /// What they become.
        amount: Amount,
    },
    /// Visits come later (or earlier), round the end of the calendar.
    ShiftSeason {
        /// Which markets.
        #[serde(default)]
        markets: Markets,
        /// Which roles.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        roles: Vec<String>,
        /// Periods by which visits come later; negative: earlier.
        by: i32,
    },
    /// Loss of a (market, role) left unserved, in money.
    UnservedLoss {
        /// Which markets.
        #[serde(default)]
        markets: Markets,
        /// Which roles.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        roles: Vec<String>,
        /// What it becomes.
        amount: Amount,
    },
    /// Hours that reps have in a period; the overtime allowed keeps its share of them.
    Hours {
        /// Which reps.
        #[serde(default)]
        reps: Reps,
        /// Which periods.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        periods: Vec<String>,
        /// What they become.
        amount: Amount,
    },
    /// Reps are away for a share of some periods.
    Leave {
        /// Which reps.
        #[serde(default)]
        reps: Reps,
        /// Which periods.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        periods: Vec<String>,
        /// Share of the hours that is lost, 0 to 1.
        #[serde(default = "whole")]
        share: f64,
    },
    /// A rep starts (again) from nothing: no hours before a period, then hours that grow linearly.
    Ramp {
        /// Id of the rep.
        rep: String,
        /// First period with hours.
        from: String,
        /// Periods until hours are full, 0 or more.
        periods: f64,
    },
    /// Overtime of reps.
    Overtime {
        /// Which reps.
        #[serde(default)]
        reps: Reps,
        /// Overtime at most as a share of each period's hours, 0 or more. Absent: as it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_share: Option<f64>,
        /// Cost of an hour in money. Absent: as it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cost_per_hour: Option<Amount>,
    },
    /// Level of a skill of reps, 0 to 1.
    Skill {
        /// Which reps.
        #[serde(default)]
        reps: Reps,
        /// Name of the skill.
        skill: String,
        /// What it becomes.
        amount: Amount,
    },
    /// An ability of reps, 0 to 1.
    Ability {
        /// Which reps.
        #[serde(default)]
        reps: Reps,
        /// Which ability.
        ability: Ability,
        /// What it becomes.
        amount: Amount,
    },
    /// Fewest and most (market, role) pairs of reps.
    Count {
        /// Which reps.
        #[serde(default)]
        reps: Reps,
        /// The fewest. Absent: as it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<Amount>,
        /// The most. Absent: as it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<Amount>,
    },
    /// A rep leaves for good. Locks to the rep and the rep's part in balances fall away; markets
    /// that the rep has now have no current rep afterwards, so giving them away is no move.
    RemoveRep {
        /// Id of the rep.
        rep: String,
    },
    /// A rep joins.
    AddRep {
        /// The rep.
        rep: NewRep,
    },
    /// A number of the policy: a weight, a price or a limit, by its name in the input:
    /// `weights.<goal>`, `priorities.<level from 1>.<goal>`, `continuity.cost_per_move`,
    /// `continuity.max_moves`, `continuity.max_moved_potential_share`, `sizing.min_hires`,
    /// `sizing.max_hires`, `travel.cost_per_km`, `travel.max_km`, `travel.speed_km_per_hour`,
    /// `travel.detour_factor`, `travel.overhead_hours_per_trip`, `travel.visits_per_trip`,
    /// `balance.<metric>.min_ratio`, `.max_ratio`, `.ideal_within` or `.cost_per_unit`,
    /// `concentration.<by>.max_share`.
    Policy {
        /// Name of the number.
        name: String,
        /// What it becomes.
        amount: Amount,
    },
}

fn whole() -> f64 {
    1.0
}
