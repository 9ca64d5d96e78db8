//! Axes of uncertainty as a document.

use serde::{Deserialize, Serialize};

use super::change::Scenario;
use super::edit::Draft;
use super::generate::{Axis, Grid, OneAtATime, Scenarios};
use super::names::Names;
use crate::domain::Problem;
use crate::fault::{Code, Fault, Faults, Place};

/// Axes with the way in which their levels are put together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Axes {
    /// One level at a time, or every combination.
    #[serde(default)]
    pub combine: Combine,
    /// The axes, each with its levels.
    pub axes: Vec<Axis>,
}

/// How levels of axes are put together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Combine {
    /// The problem as it is, then every level alone: [`OneAtATime`].
    #[default]
    OneAtATime,
    /// Every combination: [`Grid`].
    Grid,
}

impl Axes {
    /// Reads axes from JSON.
    ///
    /// # Errors
    /// What is wrong with the text, with line and column.
    #[cfg(feature = "files")]
    pub fn from_json(text: &str) -> Result<Self, Faults> {
        super::read::document(text, "axes with levels as one JSON object")
    }

    /// The scenarios, for a problem that has all names.
    ///
    /// # Errors
    /// All faults at once: axes without levels, names used twice, names that the problem does not
    /// have.
    pub fn scenarios(&self, problem: &Problem) -> Result<Box<dyn Scenarios>, Faults> {
        let names = Names::new(problem);
        let mut faults = Faults::new();
        if self.axes.is_empty() {
            let place = Place::section("axes", "");
            faults.push(Fault::new(Code::EmptyTable, place, "", "at least one axis"));
        }
        for (at, axis) in self.axes.iter().enumerate() {
            let place = |field: &str| Place::entry("axes", at, field);
            if axis.levels.is_empty() {
                faults.push(Fault::new(
                    Code::EmptyTable,
                    place("levels"),
                    "",
                    "at least one level",
                ));
            }
            if self.axes[..at].iter().any(|other| other.name == axis.name) {
                faults.push(Fault::new(
                    Code::DuplicateId,
                    place("name"),
                    &axis.name,
                    "a name of its own",
                ));
            }
            for (position, level) in axis.levels.iter().enumerate() {
                let scenario = Scenario {
                    changes: level.changes.clone(),
                    ..Scenario::default()
                };
                if let Err(mut wrong) = names.draft(&scenario, &mut Draft::default()) {
                    for fault in wrong.iter_mut() {
                        let table = &fault.place.table;
                        fault.place.table = format!("axes[{at}].levels[{position}].{table}");
                    }
                    faults.extend(wrong);
                }
            }
        }
        faults.or(match self.combine {
            Combine::OneAtATime => Box::new(OneAtATime::new(self.axes.clone())),
            Combine::Grid => Box::new(Grid::new(self.axes.clone())),
        })
    }
}
