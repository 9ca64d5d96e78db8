//! Reps: who can be assigned.

use serde::{Deserialize, Serialize};

/// A person, team or partner whose hours are assigned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Rep {
    /// Id, unique among reps.
    pub id: String,
    /// Name for display. Empty: the id.
    pub name: String,
    /// Team or region, which roles may ask for.
    pub team: String,
    /// Latitude of the home base in degrees, −90 to 90.
    pub latitude_deg: Option<f64>,
    /// Longitude of the home base in degrees, −180 to 180.
    pub longitude_deg: Option<f64>,
    /// Places to choose a home base from. Empty: the position above, at [`fixed_cost`](Self::fixed_cost).
    pub bases: Vec<Base>,
    /// Whether the rep is yet to be hired, so that the plan decides whether to.
    pub candidate: bool,
    /// Cost of a hired candidate at the home base over the whole plan, in money, 0 or more.
    pub fixed_cost: f64,
    /// Working hours of a full day, 0 to 24. Absent: the calendar's.
    pub hours_per_day: Option<f64>,
    /// Share of working time spent on customers and travel, 0 to 1. Absent: the calendar's.
    pub selling_share: Option<f64>,
    /// First working day, `YYYY-MM-DD`. Empty: before the plan starts.
    pub start_date: String,
    /// Months from the first working day until full hours; hours grow linearly from 0. 0 or more.
    pub ramp_months: f64,
    /// Absences.
    pub leave: Vec<Leave>,
    /// Overtime at most, as a share of each period's hours. Absent: the policy's.
    pub overtime_max_share: Option<f64>,
    /// Cost of an hour of overtime in money. Absent: the policy's.
    pub overtime_cost_per_hour: Option<f64>,
    /// Skills with levels. A skill not named has level 0.
    pub skills: Vec<SkillLevel>,
    /// Ability to win new markets, 0 to 1.
    pub acquisition: f64,
    /// Ability to keep and grow established markets, 0 to 1.
    pub relationship: f64,
    /// Fewest (market, role) pairs the rep may have.
    pub min_markets: Option<u32>,
    /// Most (market, role) pairs the rep may have.
    pub max_markets: Option<u32>,
}

impl Default for Rep {
    fn default() -> Self {
        Self {
            id: String::new(),
            name: String::new(),
            team: String::new(),
            latitude_deg: None,
            longitude_deg: None,
            bases: Vec::new(),
            candidate: false,
            fixed_cost: 0.0,
            hours_per_day: None,
            selling_share: None,
            start_date: String::new(),
            ramp_months: 0.0,
            leave: Vec::new(),
            overtime_max_share: None,
            overtime_cost_per_hour: None,
            skills: Vec::new(),
            acquisition: 1.0,
            relationship: 1.0,
            min_markets: None,
            max_markets: None,
        }
    }
}

/// A place a rep may start from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Base {
    /// Id, unique among the rep's bases.
    pub id: String,
    /// Latitude in degrees, −90 to 90.
    pub latitude_deg: f64,
    /// Longitude in degrees, −180 to 180.
    pub longitude_deg: f64,
    /// Cost of the rep at this base over the whole plan, in money, 0 or more.
    pub fixed_cost: f64,
}

/// An absence, both days included.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Leave {
    /// First day away, `YYYY-MM-DD`.
    pub from: String,
    /// Last day away, `YYYY-MM-DD`.
    pub to: String,
}

/// A skill at a level.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct SkillLevel {
    /// A declared skill.
    pub skill: String,
    /// Level, 0 to 1.
    pub level: f64,
}

impl Rep {
    /// A rep with full abilities and no skills.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            ..Self::default()
        }
    }

    /// Sets the home base: latitude and longitude in degrees.
    #[must_use]
    pub fn home(mut self, latitude_deg: f64, longitude_deg: f64) -> Self {
        self.latitude_deg = Some(latitude_deg);
        self.longitude_deg = Some(longitude_deg);
        self
    }

    /// Adds a place to choose the home base from, at a cost over the whole plan.
    #[must_use]
    pub fn base(
        mut self,
        id: impl Into<String>,
        latitude_deg: f64,
        longitude_deg: f64,
        fixed_cost: f64,
    ) -> Self {
        self.bases.push(Base {
            id: id.into(),
            latitude_deg,
            longitude_deg,
            fixed_cost,
        });
        self
    }

    /// Marks the rep as yet to be hired, at a cost over the whole plan.
    #[must_use]
    pub fn candidate(mut self, fixed_cost: f64) -> Self {
        self.candidate = true;
        self.fixed_cost = fixed_cost;
        self
    }

    /// Sets the team.
    #[must_use]
    pub fn team(mut self, team: impl Into<String>) -> Self {
        self.team = team.into();
        self
    }

    /// Adds a skill at a level in 0 to 1.
    #[must_use]
    pub fn skill(mut self, skill: impl Into<String>, level: f64) -> Self {
        self.skills.push(SkillLevel {
            skill: skill.into(),
            level,
        });
        self
    }

    /// Sets the abilities, 0 to 1: to win new markets, and to keep established ones.
    #[must_use]
    pub fn abilities(mut self, acquisition: f64, relationship: f64) -> Self {
        self.acquisition = acquisition;
        self.relationship = relationship;
        self
    }

    /// Adds an absence, both days included, `YYYY-MM-DD`.
    #[must_use]
    pub fn leave(mut self, from: impl Into<String>, to: impl Into<String>) -> Self {
        self.leave.push(Leave {
            from: from.into(),
            to: to.into(),
        });
        self
    }

    /// Sets the working hours of a full day.
    #[must_use]
    pub fn hours_per_day(mut self, hours: f64) -> Self {
        self.hours_per_day = Some(hours);
        self
    }

    /// Sets the fewest and most (market, role) pairs.
    #[must_use]
    pub fn markets(mut self, min: u32, max: u32) -> Self {
        self.min_markets = Some(min);
        self.max_markets = Some(max);
        self
    }

    /// Allows overtime up to a share of each period's hours, at a cost per hour.
    #[must_use]
    pub fn overtime(mut self, max_share: f64, cost_per_hour: f64) -> Self {
        self.overtime_max_share = Some(max_share);
        self.overtime_cost_per_hour = Some(cost_per_hour);
        self
    }
}
