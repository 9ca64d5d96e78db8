//! Why a budget is refused: every fault, each by name and amount.

use std::fmt;

use thiserror::Error;

use super::model::{Budget, Group, Limit};
use crate::curve::carry::Terminal;

/// Sums of limits are compared with this relative slack.
const ROUNDING: f64 = 1e-12;

/// Why a budget cannot be planned.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// A number of a cell is out of range; see [`Cell`](super::Cell).
    #[error("`cells[{cell}].{field}` is {value}, which is out of range")]
    Number {
        /// The cell.
        cell: usize,
        /// Its field.
        field: &'static str,
        /// What stands there.
        value: f64,
    },
    /// A cell's curve fails [`Curve::check`](crate::curve::Curve::check).
    #[error("the curve of `cells[{cell}]` is out of range")]
    Curve {
        /// The cell.
        cell: usize,
    },
    /// A cell names a group or channel that is not there.
    #[error("`cells[{cell}]` names a group or channel that is not there")]
    Reference {
        /// The cell.
        cell: usize,
    },
    /// A set across groups names a cell that is not there, or twice.
    #[error("{name} names a cell that is not there, or twice")]
    Across {
        /// Its name.
        name: String,
    },
    /// A floor is negative, infinite or above its ceiling.
    #[error("{name}: the floor {floor} and the ceiling {ceiling} make no range")]
    Limit {
        /// Whose.
        name: String,
        /// The floor.
        floor: f64,
        /// The ceiling.
        ceiling: f64,
    },
    /// A group stands before the group around it.
    #[error("group {name} stands before the group around it")]
    Order {
        /// Its name.
        name: String,
    },
    /// A fee or minimum of a channel, the charge, a target or the reserve is negative or not finite, or a
    /// target for value stands beside another.
    #[error("{field} of {name} is {value}, not a number ≥ 0")]
    Amount {
        /// The channel, or the total.
        name: String,
        /// `fee`, `minimum`, `charge`, `target_return`, `target_value` or `reserve`.
        field: &'static str,
        /// What stands there.
        value: f64,
    },
    /// A conflict names no two channels.
    #[error("`conflicts[{conflict}]` names no two channels")]
    Pair {
        /// Its place in the list.
        conflict: usize,
    },
    /// A series names a cell that is not there or that is in two series, has an amount before the
    /// plan that is no number ≥ 0, or a credit that is no number ≥ 0.
    #[error("series {name}: `{field}` is out of range")]
    Series {
        /// Its name.
        name: String,
        /// `cells`, `before` or `terminal`.
        field: &'static str,
    },
    /// What must be spent inside is more than a ceiling.
    #[error("{name}: floors add up to {least}, {} above the ceiling {ceiling}", .least - .ceiling)]
    FloorsAbove {
        /// Whose ceiling.
        name: String,
        /// What must be spent.
        least: f64,
        /// The ceiling.
        ceiling: f64,
    },
    /// What can be spent inside is less than a floor.
    #[error("{name}: ceilings add up to {most}, {} below the floor {floor}", .floor - .most)]
    CeilingsBelow {
        /// Whose floor.
        name: String,
        /// What can be spent.
        most: f64,
        /// The floor.
        floor: f64,
    },
    /// More channels have floors than may be active, or two that exclude each other have.
    #[error("{} have floors and cannot all be active", .names.join(", "))]
    Activity {
        /// The channels.
        names: Vec<String>,
    },
    /// Limits that can be met one by one exclude each other.
    #[error("limits of {} exclude each other: {missing} finds no place", .names.join(", "))]
    Conflict {
        /// Those that take part, so far as they are known; all limits with activity otherwise.
        names: Vec<String>,
        /// Spend that finds no place: the least by which limits must give way in all. 0 where it is
        /// minima, conflicts or counts of active channels that leave no plan.
        missing: f64,
    },
    /// No plan was found within the nodes or the time allowed, and none was proved impossible.
    #[error("no plan was found in {nodes} nodes")]
    Unfinished {
        /// Nodes that were looked at.
        nodes: usize,
    },
    /// No allowed total reaches a target.
    #[error("the target of {asked} for {name} is out of reach: at most {most} can be had")]
    Target {
        /// `value` or `return on spend`.
        name: String,
        /// What was asked for.
        asked: f64,
        /// What can be had: a proved limit on the value, or the best return on spend that was found.
        most: f64,
    },
}

/// All faults of a budget; never empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusals(pub Vec<Refusal>);

impl fmt::Display for Refusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, refusal) in self.0.iter().enumerate() {
            let gap = if at > 0 { "\n" } else { "" };
            write!(f, "{gap}{refusal}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusals {}

impl From<Refusal> for Refusals {
    fn from(refusal: Refusal) -> Self {
        Self(vec![refusal])
    }
}

fn is_amount(value: f64) -> bool {
    value >= 0.0 && value.is_finite()
}

impl Budget<'_> {
    /// Checks numbers and references, and whether floors and ceilings fit into each other.
    ///
    /// # Errors
    /// Every fault. Sums are compared only where numbers and references are in order.
    pub fn check(&self) -> Result<(), Refusals> {
        let mut faults = vec![];
        self.check_cells(&mut faults);
        self.check_sets(&mut faults);
        self.check_series(&mut faults);
        if faults.is_empty() {
            self.check_reach(&mut faults);
            self.check_activity(&mut faults);
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Refusals(faults))
        }
    }

    fn check_cells(&self, faults: &mut Vec<Refusal>) {
        for (cell, given) in self.cells.iter().enumerate() {
            let positive = |value: f64| value > 0.0 && value.is_finite();
            let mut number = |field, value: f64, holds: bool| {
                if !holds {
                    faults.push(Refusal::Number { cell, field, value });
                }
            };
            number("weight", given.weight, positive(given.weight));
            number("units", given.units, positive(given.units));
            number("stock", given.stock, is_amount(given.stock));
            number("low", given.low, is_amount(given.low));
            let holds = is_amount(given.high) && given.high >= given.low;
            number("high", given.high, holds);
            number("fee", given.fee, is_amount(given.fee));
            let holds = is_amount(given.minimum) && given.minimum <= given.high;
            number("minimum", given.minimum, holds);
            if given.curve.check().is_err() {
                faults.push(Refusal::Curve { cell });
            }
            let group = given.group.is_none_or(|group| group < self.groups.len());
            let channel = given.channel.is_none_or(|at| at < self.channels.len());
            if !(group && channel) {
                faults.push(Refusal::Reference { cell });
            }
        }
    }

    fn check_sets(&self, faults: &mut Vec<Refusal>) {
        let groups = self.groups.iter().map(|group| &group.limit);
        let channels = self.channels.iter().map(|channel| &channel.limit);
        let across = self.across.iter().map(|set| &set.limit);
        for limit in groups.chain(channels).chain(across).chain([&self.total]) {
            let holds = limit.floor >= 0.0 && limit.floor <= limit.ceiling;
            if !holds || limit.floor.is_infinite() {
                faults.push(Refusal::Limit {
                    name: limit.name.clone(),
                    floor: limit.floor,
                    ceiling: limit.ceiling,
                });
            }
        }
        let forward = |(at, group): &(usize, &Group)| group.parent.is_some_and(|up| up >= *at);
        for (_, group) in self.groups.iter().enumerate().filter(forward) {
            let name = group.limit.name.clone();
            faults.push(Refusal::Order { name });
        }
        for set in &self.across {
            let mut cells = set.cells.clone();
            cells.sort_unstable();
            let twice = cells.windows(2).any(|pair| pair[0] == pair[1]);
            if twice || cells.last().is_some_and(|cell| *cell >= self.cells.len()) {
                let name = set.limit.name.clone();
                faults.push(Refusal::Across { name });
            }
        }
        let mut amount = |name: &str, field, value: f64| {
            if !is_amount(value) {
                let name = name.to_owned();
                faults.push(Refusal::Amount { name, field, value });
            }
        };
        for channel in &self.channels {
            amount(&channel.limit.name, "fee", channel.fee);
            amount(&channel.limit.name, "minimum", channel.minimum);
        }
        amount(&self.total.name, "charge", self.charge);
        amount(&self.total.name, "reserve", self.reserve);
        amount(&self.total.name, "target_return", self.target_return);
        let alone = self.charge <= 0.0 && self.target_return <= 0.0;
        let value = if alone || self.target_value <= 0.0 {
            self.target_value
        } else {
            f64::NAN
        };
        amount(&self.total.name, "target_value", value);
        let count = self.channels.len();
        for (conflict, (a, b)) in self.conflicts.iter().enumerate() {
            if !(*a < count && *b < count && a != b) {
                faults.push(Refusal::Pair { conflict });
            }
        }
    }

    fn check_series(&self, faults: &mut Vec<Refusal>) {
        let mut taken = vec![false; self.cells.len()];
        for series in &self.series {
            let mut fault = |field, holds: bool| {
                if !holds {
                    let name = series.name.clone();
                    faults.push(Refusal::Series { name, field });
                }
            };
            let mut fresh = |cell: &usize| {
                let slot = taken.get_mut(*cell);
                slot.is_some_and(|slot| !std::mem::replace(slot, true))
            };
            let fresh = series.cells.iter().all(&mut fresh);
            fault("cells", fresh && !series.cells.is_empty());
            fault("before", series.before.iter().all(|at| is_amount(*at)));
            let share = match series.terminal {
                Terminal::Lost => 0.0,
                Terminal::Credited(share) => share,
            };
            fault("terminal", is_amount(share));
        }
    }

    /// Least and most that each set can spend, from the inside out.
    fn check_reach(&self, faults: &mut Vec<Refusal>) {
        let mut reach = vec![(0.0, 0.0); self.groups.len()];
        let mut total = (0.0, 0.0);
        let mut channels = vec![(0.0, 0.0); self.channels.len()];
        let add = |sum: &mut (f64, f64), low: f64, high: f64| {
            sum.0 += low;
            sum.1 += high;
        };
        for cell in &self.cells {
            let low = least(cell);
            let sum = cell.group.map_or(&mut total, |group| &mut reach[group]);
            add(sum, low, cell.high);
            if let Some(channel) = cell.channel {
                add(&mut channels[channel], low, cell.high);
            }
        }
        for (at, group) in self.groups.iter().enumerate().rev() {
            let (low, high) = meet(&group.limit, reach[at], faults);
            let up = group.parent.map_or(&mut total, |up| &mut reach[up]);
            add(up, low, high);
        }
        for (channel, reach) in self.channels.iter().zip(channels) {
            meet(&channel.limit, reach, faults);
        }
        for set in &self.across {
            let mut reach = (0.0, 0.0);
            for cell in set.cells.iter().map(|cell| &self.cells[*cell]) {
                add(&mut reach, least(cell), cell.high);
            }
            meet(&set.limit, reach, faults);
        }
        let limit = Limit {
            ceiling: self.available(),
            ..self.total.clone()
        };
        if limit.floor > limit.ceiling {
            faults.push(Refusal::FloorsAbove {
                name: limit.name,
                least: limit.floor,
                ceiling: limit.ceiling,
            });
        } else {
            meet(&limit, total, faults);
        }
    }

    /// Channels that must be active: they have a floor, or a cell that must spend.
    pub(super) fn must_be_active(&self) -> Vec<bool> {
        let floor = |channel: &super::Channel| channel.limit.floor > 0.0;
        let mut must: Vec<bool> = self.channels.iter().map(floor).collect();
        for cell in self.cells.iter().filter(|cell| cell.low > 0.0) {
            if let Some(channel) = cell.channel {
                must[channel] = true;
            }
        }
        must
    }

    fn check_activity(&self, faults: &mut Vec<Refusal>) {
        let must = self.must_be_active();
        let name = |at: usize| self.channels[at].limit.name.clone();
        for (at, channel) in self.channels.iter().enumerate().filter(|(at, _)| must[*at]) {
            let ceiling = channel.limit.ceiling;
            if channel.minimum > ceiling * (1.0 + ROUNDING) {
                faults.push(Refusal::FloorsAbove {
                    name: name(at),
                    least: channel.minimum,
                    ceiling,
                });
            }
        }
        let count = must.iter().filter(|must| **must).count();
        if self.most_active.is_some_and(|most| count > most) {
            let names = (0..must.len()).filter(|at| must[*at]).map(name).collect();
            faults.push(Refusal::Activity { names });
        }
        for (a, b) in &self.conflicts {
            if must[*a] && must[*b] {
                let names = vec![name(*a), name(*b)];
                faults.push(Refusal::Activity { names });
            }
        }
    }
}

/// Least that a cell must spend.
fn least(cell: &super::Cell<'_>) -> f64 {
    if cell.low > 0.0 {
        cell.low.max(cell.minimum)
    } else {
        0.0
    }
}

/// A limit and what its parts can spend, together; sums may be off by rounding.
fn meet(limit: &Limit, (low, high): (f64, f64), faults: &mut Vec<Refusal>) -> (f64, f64) {
    let slack = ROUNDING * (low.abs() + high.abs());
    if low > limit.ceiling + slack {
        faults.push(Refusal::FloorsAbove {
            name: limit.name.clone(),
            least: low,
            ceiling: limit.ceiling,
        });
    }
    if high < limit.floor - slack {
        faults.push(Refusal::CeilingsBelow {
            name: limit.name.clone(),
            most: high,
            floor: limit.floor,
        });
    }
    let low = low.max(limit.floor);
    (low, high.min(limit.ceiling).max(low))
}
