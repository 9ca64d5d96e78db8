//! Markets, roles and the workload that customer classes bring.

use serde::{Deserialize, Serialize};

/// What is assigned as one: an account, a group of accounts, a city, a postcode.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Market {
    /// Id, unique among markets.
    pub id: String,
    /// Name for display. Empty: the id.
    pub name: String,
    /// Region, for grouping in reports and explanations.
    pub region: String,
    /// Latitude in degrees, −90 to 90.
    pub latitude_deg: f64,
    /// Longitude in degrees, −180 to 180.
    pub longitude_deg: f64,
    /// Customer class, which decides the workload.
    pub class: String,
    /// Attainable revenue over the whole plan at full coverage, in money, 0 or more.
    pub potential: f64,
    /// Contribution margin, 0 to 1. Absent: the policy's.
    pub margin: Option<f64>,
    /// How new the market is: 0 established, 1 new, in between partly developed.
    pub newness: f64,
    /// Visits a month for the first role. Absent: the class's workload.
    pub visits_per_month: Option<f64>,
    /// Hours of a visit for the first role, travel aside. Absent: the class's workload.
    pub hours_per_visit: Option<f64>,
    /// Skills that every role of this market asks for.
    pub needs: Vec<Need>,
    /// Markets of one family go to one rep, role by role. Empty: no family.
    pub family: String,
    /// Who has the market now, by role.
    pub current: Vec<CurrentRep>,
    /// Whether every role with a current rep must stay with that rep.
    pub protected: bool,
    /// Whether every role must be filled.
    pub must_serve: bool,
    /// Loss when the first role is left unserved, in money, 0 or more. Absent: the role's
    /// share of potential × margin.
    pub unserved_loss: Option<f64>,
    /// Further amounts that balance may refer to.
    pub metrics: Vec<CustomMetric>,
}

/// A skill that is asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Need {
    /// A declared skill.
    pub skill: String,
    /// Lowest level that is good enough, 0 to 1.
    pub minimum: f64,
    /// Weight of the skill in the fit, 0 or more.
    pub weight: f64,
}

/// The rep who has a role now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct CurrentRep {
    /// Id of a role. Empty: the first role.
    pub role: String,
    /// Id of a rep.
    pub rep: String,
}

/// A named amount of a market.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct CustomMetric {
    /// Name of the metric.
    pub metric: String,
    /// Amount, 0 or more.
    pub amount: f64,
}

/// A part that a rep plays in a market.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Role {
    /// Id, unique among roles.
    pub id: String,
    /// Share of a market's potential that the role brings, 0 to 1.
    pub value_share: f64,
    /// Skills that this role asks for in every market.
    pub needs: Vec<Need>,
    /// Teams whose reps may play the role. Empty: all.
    pub teams: Vec<String>,
    /// Loss when the role is left unserved, as a share of value_share × potential × margin, 0 or more.
    pub unserved_loss_share: f64,
    /// Whether the role must be filled wherever a market has it.
    pub mandatory: bool,
    /// Roles that must be played by another rep in the same market.
    pub distinct_from: Vec<String>,
    /// A role that must be played by the same rep in the same market. Empty: none.
    pub same_as: String,
}

impl Default for Role {
    fn default() -> Self {
        Self {
            id: String::new(),
            value_share: 1.0,
            needs: Vec::new(),
            teams: Vec::new(),
            unserved_loss_share: 0.0,
            mandatory: false,
            distinct_from: Vec::new(),
            same_as: String::new(),
        }
    }
}

/// Visits that one market of a class needs from a role.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Workload {
    /// Customer class.
    pub class: String,
    /// Id of a role. Empty: the first role.
    pub role: String,
    /// Visits a month, 0 or more.
    pub visits_per_month: f64,
    /// Hours of a visit, travel aside, 0 or more.
    pub hours_per_visit: f64,
    /// Id of a seasonal profile. Empty: the same every month.
    pub season: String,
}

impl Market {
    /// A market without potential or place.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            ..Self::default()
        }
    }

    /// Sets the position: latitude and longitude in degrees.
    #[must_use]
    pub fn at(mut self, latitude_deg: f64, longitude_deg: f64) -> Self {
        self.latitude_deg = latitude_deg;
        self.longitude_deg = longitude_deg;
        self
    }

    /// Sets the potential over the whole plan, in money.
    #[must_use]
    pub fn potential(mut self, money: f64) -> Self {
        self.potential = money;
        self
    }

    /// Sets the customer class.
    #[must_use]
    pub fn class(mut self, class: impl Into<String>) -> Self {
        self.class = class.into();
        self
    }

    /// Sets the region.
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = region.into();
        self
    }

    /// Sets how new the market is, 0 to 1.
    #[must_use]
    pub fn newness(mut self, newness: f64) -> Self {
        self.newness = newness;
        self
    }

    /// Sets visits a month and hours of a visit for the first role.
    #[must_use]
    pub fn visits(mut self, per_month: f64, hours_each: f64) -> Self {
        self.visits_per_month = Some(per_month);
        self.hours_per_visit = Some(hours_each);
        self
    }

    /// Asks for a skill at a minimum level, with weight 1.
    #[must_use]
    pub fn needs(mut self, skill: impl Into<String>, minimum: f64) -> Self {
        self.needs.push(Need {
            skill: skill.into(),
            minimum,
            weight: 1.0,
        });
        self
    }

    /// Puts the market into a family.
    #[must_use]
    pub fn family(mut self, family: impl Into<String>) -> Self {
        self.family = family.into();
        self
    }

    /// Names the rep who has the first role now.
    #[must_use]
    pub fn current(mut self, rep: impl Into<String>) -> Self {
        self.current.push(CurrentRep {
            role: String::new(),
            rep: rep.into(),
        });
        self
    }

    /// Keeps the market with its current rep.
    #[must_use]
    pub fn protected(mut self) -> Self {
        self.protected = true;
        self
    }

    /// Requires every role of the market to be filled.
    #[must_use]
    pub fn must_serve(mut self) -> Self {
        self.must_serve = true;
        self
    }
}

impl Role {
    /// A role that brings a share of a market's potential, 0 to 1.
    #[must_use]
    pub fn new(id: impl Into<String>, value_share: f64) -> Self {
        Self {
            id: id.into(),
            value_share,
            ..Self::default()
        }
    }

    /// Asks for a skill at a minimum level, with weight 1.
    #[must_use]
    pub fn needs(mut self, skill: impl Into<String>, minimum: f64) -> Self {
        self.needs.push(Need {
            skill: skill.into(),
            minimum,
            weight: 1.0,
        });
        self
    }

    /// Sets the loss when unserved, as a share of value_share × potential × margin.
    #[must_use]
    pub fn unserved_loss(mut self, share: f64) -> Self {
        self.unserved_loss_share = share;
        self
    }

    /// Requires a rep other than the one in `role`.
    #[must_use]
    pub fn distinct_from(mut self, role: impl Into<String>) -> Self {
        self.distinct_from.push(role.into());
        self
    }

    /// Requires the same rep as in `role`.
    #[must_use]
    pub fn same_as(mut self, role: impl Into<String>) -> Self {
        self.same_as = role.into();
        self
    }

    /// Requires the role to be filled wherever a market has it.
    #[must_use]
    pub fn mandatory(mut self) -> Self {
        self.mandatory = true;
        self
    }
}

impl Workload {
    /// Visits a month and hours of a visit that a class needs from a role.
    #[must_use]
    pub fn new(
        class: impl Into<String>,
        role: impl Into<String>,
        visits_per_month: f64,
        hours_per_visit: f64,
    ) -> Self {
        Self {
            class: class.into(),
            role: role.into(),
            visits_per_month,
            hours_per_visit,
            season: String::new(),
        }
    }

    /// Sets the seasonal profile.
    #[must_use]
    pub fn season(mut self, season: impl Into<String>) -> Self {
        self.season = season.into();
        self
    }
}
