//! The goals of a plan, all in money and all maximized: gains count positive, costs negative.

use std::fmt;
use std::ops::{Index, IndexMut};

use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize};

/// A goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Goal {
    /// Value of the assignments.
    Contribution,
    /// Minus the cost of kilometres.
    Travel,
    /// Minus the cost of overtime.
    Overtime,
    /// Minus the losses of unserved (market, role) pairs.
    Unserved,
    /// Minus the price of moves.
    Continuity,
    /// Minus the price of deviations from the ideal bands.
    Balance,
    /// Minus the fixed cost of reps at their bases.
    Sizing,
}

impl Goal {
    /// Number of goals.
    pub const COUNT: usize = 7;

    /// Every goal, in order.
    pub const ALL: [Goal; Self::COUNT] = [
        Goal::Contribution,
        Goal::Travel,
        Goal::Overtime,
        Goal::Unserved,
        Goal::Continuity,
        Goal::Balance,
        Goal::Sizing,
    ];

    /// Name, as in input and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Goal::Contribution => "contribution",
            Goal::Travel => "travel",
            Goal::Overtime => "overtime",
            Goal::Unserved => "unserved",
            Goal::Continuity => "continuity",
            Goal::Balance => "balance",
            Goal::Sizing => "sizing",
        }
    }

    /// The goal of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Goal> {
        Self::ALL.into_iter().find(|goal| goal.name() == name)
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One number for each goal: values in money, or weights.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Goals([f64; Goal::COUNT]);

impl Goals {
    /// The same number for every goal.
    #[must_use]
    pub fn all(value: f64) -> Self {
        Self([value; Goal::COUNT])
    }

    /// Sum of products with other numbers: the weighted value.
    #[must_use]
    pub fn dot(&self, other: &Goals) -> f64 {
        self.0.iter().zip(&other.0).map(|(a, b)| a * b).sum()
    }

    /// Each goal with its number.
    pub fn iter(&self) -> impl Iterator<Item = (Goal, f64)> + '_ {
        Goal::ALL.into_iter().map(|goal| (goal, self[goal]))
    }

    /// Goal by goal, these numbers less others.
    #[must_use]
    pub fn minus(&self, other: &Goals) -> Goals {
        let mut difference = *self;
        for goal in Goal::ALL {
            difference[goal] -= other[goal];
        }
        difference
    }
}

impl Index<Goal> for Goals {
    type Output = f64;
    fn index(&self, goal: Goal) -> &f64 {
        &self.0[goal as usize]
    }
}

impl IndexMut<Goal> for Goals {
    fn index_mut(&mut self, goal: Goal) -> &mut f64 {
        &mut self.0[goal as usize]
    }
}

impl Serialize for Goals {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(Goal::COUNT))?;
        for (goal, value) in self.iter() {
            map.serialize_entry(goal.name(), &value)?;
        }
        map.end()
    }
}

/// Goals by name; a goal not named is 0.
impl<'de> Deserialize<'de> for Goals {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ByName;
        impl<'de> Visitor<'de> for ByName {
            type Value = Goals;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("goals by name")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Goals, A::Error> {
                let mut goals = Goals::default();
                while let Some((name, value)) = map.next_entry::<String, f64>()? {
                    let goal = Goal::from_name(&name);
                    let goal = goal.ok_or_else(|| A::Error::custom(format!("no goal {name}")))?;
                    goals[goal] = value;
                }
                Ok(goals)
            }
        }
        deserializer.deserialize_map(ByName)
    }
}
