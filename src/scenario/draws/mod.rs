//! Scenarios drawn at random: uncertain numbers with distributions and correlations, and events that happen or not.
//!
//! [`Draws`] is the description, as people write it; [`MonteCarlo`] the checked source. What a
//! scenario draws follows from the seed and its number alone, so every shard draws the same, and
//! none has to draw what another one draws.

mod compiled;
mod correlation;
mod distribution;
mod random;
mod template;
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]
mod tests;

use serde::{Deserialize, Serialize};

pub use compiled::MonteCarlo;
#[cfg(feature = "files")]
pub(super) use compiled::fill;
pub use distribution::Distribution;

use super::change::Change;

/// Scenarios to draw.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Draws {
    /// Seed: the same seed draws the same scenarios.
    pub seed: u64,
    /// Number of scenarios, 1 or more.
    pub count: u64,
    /// How they are spread.
    pub sampling: Sampling,
    /// Uncertain numbers, drawn in every scenario.
    pub uncertain: Vec<Uncertain>,
    /// Correlations between uncertain numbers by their names, −1 to 1; pairs that are not named
    /// have none. They are those of the normal numbers behind a Gaussian copula; the rank
    /// correlation is 6/π·asin(r/2).
    pub correlation: Vec<(String, String, f64)>,
    /// Events, each of which happens or not, by itself.
    pub events: Vec<Event>,
}

/// How draws are spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Sampling {
    /// Each scenario by itself.
    #[default]
    Plain,
    /// Each number once in each of as many equally likely intervals as there are scenarios, and
    /// each event in its share of the scenarios. Numbers that correlations mix are spread so before
    /// they are mixed.
    LatinHypercube,
}

/// A number that is drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Uncertain {
    /// Name, for correlations and messages.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Changes that take the number drawn in place of their own: of an amount, a share, a factor.
    pub changes: Vec<Change>,
    /// Its distribution.
    pub distribution: Distribution,
    /// Smallest number that is drawn: the distribution is cut there. Absent: not cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Largest number that is drawn. Absent: not cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
}

/// Something that happens or not.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Event {
    /// Id; it stands in the ids of the scenarios in which the event happens.
    pub id: String,
    /// Probability, 0 to 1.
    pub probability: f64,
    /// What it changes.
    pub changes: Vec<Change>,
    /// Numbers that are drawn where it happens.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uncertain: Vec<Uncertain>,
}

impl Uncertain {
    /// Its mean, cut as it is; `None` where the parameters are impossible.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        compiled::mean(self)
    }
}

impl Draws {
    /// Reads a description from JSON.
    ///
    /// # Errors
    /// What is wrong with the text, with line and column. Numbers and names are checked by
    /// [`MonteCarlo::new`].
    #[cfg(feature = "files")]
    pub fn from_json(text: &str) -> Result<Self, crate::fault::Faults> {
        super::read::document(text, "uncertain numbers and events as one JSON object")
    }
}
