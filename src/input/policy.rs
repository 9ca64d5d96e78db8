//! Goals, limits and prices of a plan.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What the plan is for and what it must respect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Contribution margin where a market has none of its own, 0 to 1.
    pub margin: f64,
    /// Weight of each goal, 0 or more; a goal not named has weight 1. Goals: `contribution`,
    /// `travel`, `overtime`, `unserved`, `continuity`, `balance`, `sizing`.
    pub weights: BTreeMap<String, f64>,
    /// Goals in order of importance instead of weights. Empty: one weighted sum.
    pub priorities: Vec<Priority>,
    /// Overtime of reps who have no rule of their own.
    pub overtime: Overtime,
    /// How trips are made and what they cost.
    pub travel: Travel,
    /// What is spread evenly over reps.
    pub balance: Vec<Balance>,
    /// How much may hang on a single rep, market, family, region or class.
    pub concentration: Vec<Concentration>,
    /// How much may change against today.
    pub continuity: Continuity,
    /// Limits on hiring.
    pub sizing: Sizing,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            margin: 1.0,
            weights: BTreeMap::new(),
            priorities: Vec::new(),
            overtime: Overtime::default(),
            travel: Travel::default(),
            balance: Vec::new(),
            concentration: Vec::new(),
            continuity: Continuity::default(),
            sizing: Sizing::default(),
        }
    }
}

/// One level of a lexicographic policy: goals that are maximized together before later levels.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Priority {
    /// Goals of the level with their weights, 0 or more.
    pub goals: BTreeMap<String, f64>,
    /// What later levels may take from this one, as a share of its value, 0 to 1.
    pub allowed_loss: f64,
}

/// Overtime.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Overtime {
    /// Overtime at most, as a share of each period's hours, 0 or more.
    pub max_share: f64,
    /// Cost of an hour in money, 0 or more.
    pub cost_per_hour: f64,
}

/// How trips are made and what they cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Travel {
    /// Speed in kilometres an hour, above 0.
    pub speed_km_per_hour: f64,
    /// Kilometres on the road for each kilometre as the crow flies, 1 or more. Not applied to the caller's distances.
    pub detour_factor: f64,
    /// Hours that every trip takes besides the way, 0 or more.
    pub overhead_hours_per_trip: f64,
    /// Visits made on one trip, above 0; a market's visits share its trips.
    pub visits_per_trip: f64,
    /// Cost of a kilometre in money, 0 or more.
    pub cost_per_km: f64,
    /// Farthest market from a rep's base in kilometres. Absent: no limit.
    pub max_km: Option<f64>,
}

impl Default for Travel {
    fn default() -> Self {
        Self {
            speed_km_per_hour: 60.0,
            detour_factor: 1.0,
            overhead_hours_per_trip: 0.0,
            visits_per_trip: 1.0,
            cost_per_km: 0.0,
            max_km: None,
        }
    }
}

/// How a deviation outside the ideal band is priced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Penalty {
    /// Every unit of every rep's deviation.
    #[default]
    Sum,
    /// The largest deviation of any rep (min-max).
    Largest,
}

/// One metric that is spread over reps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Balance {
    /// `workload` (hours), `potential` (money), `count`, `travel_km`, or a market's own metric.
    pub metric: String,
    /// Roles that count. Empty: all.
    pub roles: Vec<String>,
    /// Least amount of a rep as a multiple of the fair share, 0 or more. Absent: no limit.
    pub min_ratio: Option<f64>,
    /// Most of a rep as a multiple of the fair share, 0 or more. Absent: no limit.
    pub max_ratio: Option<f64>,
    /// Half-width of the band around the fair share that costs nothing, as a share of it, 0 or more.
    pub ideal_within: f64,
    /// Price of a unit of the metric outside the ideal band, in money, 0 or more.
    pub cost_per_unit: f64,
    /// How deviations are priced.
    pub penalty: Penalty,
    /// Relative share of each rep, 0 or more; a rep not named has share 1. Share 0 leaves a rep
    /// out of the balance, as do candidates.
    pub shares: BTreeMap<String, f64>,
}

impl Default for Balance {
    fn default() -> Self {
        Self {
            metric: String::new(),
            roles: Vec::new(),
            min_ratio: None,
            max_ratio: None,
            ideal_within: 0.0,
            cost_per_unit: 0.0,
            penalty: Penalty::Sum,
            shares: BTreeMap::new(),
        }
    }
}

/// What revenue hangs on.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The rep who serves.
    #[default]
    Rep,
    /// The market.
    Market,
    /// The market's family; markets without one hang on none.
    Family,
    /// The market's region; markets without one hang on none.
    Region,
    /// The market's customer class; markets without one hang on none.
    Class,
}

impl Source {
    /// Its name, as in the input.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rep => "rep",
            Self::Market => "market",
            Self::Family => "family",
            Self::Region => "region",
            Self::Class => "class",
        }
    }
}

/// A limit on concentration: no rep, market, family, region or class may bring more than a share of
/// the revenue that the plan covers (the potential of all (market, role) pairs that are served).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Concentration {
    /// What the revenue hangs on: `rep`, `market`, `family`, `region` or `class`; each once.
    pub by: Source,
    /// Largest share of the covered revenue from a single one, 0 to 1.
    pub max_share: f64,
}

impl Default for Concentration {
    fn default() -> Self {
        Self {
            by: Source::Rep,
            max_share: 1.0,
        }
    }
}

/// How much may change against today. A (market, role) with a current rep that does not get that
/// rep counts as a move, also when it is left unserved.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Continuity {
    /// Price of a move in money, 0 or more.
    pub cost_per_move: f64,
    /// Most moves. Absent: no limit.
    pub max_moves: Option<u32>,
    /// Largest share of the potential with current reps that may move, 0 to 1. Absent: no limit.
    pub max_moved_potential_share: Option<f64>,
}

/// Limits on hiring.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Sizing {
    /// Fewest candidates to hire. Absent: none.
    pub min_hires: Option<u32>,
    /// Most candidates to hire. Absent: all.
    pub max_hires: Option<u32>,
}

impl Policy {
    /// A policy that maximizes contribution less every cost, without limits.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the margin of markets that have none of their own.
    #[must_use]
    pub fn margin(mut self, margin: f64) -> Self {
        self.margin = margin;
        self
    }

    /// Sets a goal's weight.
    #[must_use]
    pub fn weight(mut self, goal: impl Into<String>, weight: f64) -> Self {
        self.weights.insert(goal.into(), weight);
        self
    }

    /// Adds the next level of goals, with the share of its value that later levels may take.
    #[must_use]
    pub fn priority<'a>(
        mut self,
        goals: impl IntoIterator<Item = (&'a str, f64)>,
        allowed_loss: f64,
    ) -> Self {
        let goals = goals
            .into_iter()
            .map(|(goal, weight)| (goal.to_owned(), weight))
            .collect();
        self.priorities.push(Priority {
            goals,
            allowed_loss,
        });
        self
    }

    /// Allows overtime up to a share of each period's hours, at a cost per hour.
    #[must_use]
    pub fn overtime(mut self, max_share: f64, cost_per_hour: f64) -> Self {
        self.overtime = Overtime {
            max_share,
            cost_per_hour,
        };
        self
    }

    /// Sets how trips are made.
    #[must_use]
    pub fn travel(mut self, travel: Travel) -> Self {
        self.travel = travel;
        self
    }

    /// Adds a metric to balance.
    #[must_use]
    pub fn balance(mut self, balance: Balance) -> Self {
        self.balance.push(balance);
        self
    }

    /// Limits the share of the covered revenue that may come from a single rep, market, family,
    /// region or class.
    #[must_use]
    pub fn max_share_of(mut self, by: Source, max_share: f64) -> Self {
        self.concentration.push(Concentration { by, max_share });
        self
    }

    /// Prices each move.
    #[must_use]
    pub fn cost_per_move(mut self, money: f64) -> Self {
        self.continuity.cost_per_move = money;
        self
    }

    /// Limits the number of moves.
    #[must_use]
    pub fn max_moves(mut self, moves: u32) -> Self {
        self.continuity.max_moves = Some(moves);
        self
    }
}

impl Balance {
    /// Balance of a metric, without limits or price yet.
    #[must_use]
    pub fn of(metric: impl Into<String>) -> Self {
        Self {
            metric: metric.into(),
            ..Self::default()
        }
    }

    /// Sets hard limits around the fair share: 0.15 means 85 % to 115 %.
    #[must_use]
    pub fn within(mut self, share: f64) -> Self {
        self.min_ratio = Some(1.0 - share);
        self.max_ratio = Some(1.0 + share);
        self
    }

    /// Sets the free band around the fair share and the price of a unit outside it.
    #[must_use]
    pub fn ideal(mut self, share: f64, cost_per_unit: f64) -> Self {
        self.ideal_within = share;
        self.cost_per_unit = cost_per_unit;
        self
    }

    /// Prices the largest deviation instead of the sum.
    #[must_use]
    pub fn largest(mut self) -> Self {
        self.penalty = Penalty::Largest;
        self
    }

    /// Sets a rep's relative share.
    #[must_use]
    pub fn share(mut self, rep: impl Into<String>, share: f64) -> Self {
        self.shares.insert(rep.into(), share);
        self
    }
}
