//! The budget as given, and why it is refused.

use std::error::Error;
use std::fmt;

use crate::curve::Curve;

/// A place for money: a channel in a period and a region.
#[derive(Clone, Copy, Debug)]
pub struct Cell<'a> {
    /// What spend brings.
    pub curve: &'a Curve,
    /// Money that a unit of response is worth (margin × potential × season); > 0.
    pub weight: f64,
    /// Units of the curve's amount that a unit of money buys; > 0.
    pub units: f64,
    /// Amount that works already, such as carry-over; ≥ 0, in the curve's unit.
    pub stock: f64,
    /// Least spend; ≥ 0.
    pub low: f64,
    /// Most spend; ≥ `low`, finite.
    pub high: f64,
    /// Cost of spending anything here; ≥ 0, in the unit of value.
    pub fee: f64,
    /// Spend is 0 or at least this; in [0, `high`].
    pub minimum: f64,
    /// The innermost group that it belongs to; `None` for directly below the total.
    pub group: Option<usize>,
    /// The channel whose limits it counts in.
    pub channel: Option<usize>,
}

impl<'a> Cell<'a> {
    /// A cell of weight 1, one unit for a unit of money, without anything else, up to `high`.
    #[must_use]
    pub fn new(curve: &'a Curve, high: f64) -> Self {
        Self {
            curve,
            weight: 1.0,
            units: 1.0,
            stock: 0.0,
            low: 0.0,
            high,
            fee: 0.0,
            minimum: 0.0,
            group: None,
            channel: None,
        }
    }
}

/// Floor and ceiling of the spend of something, with the name that refusals give it.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// Such as `online` or `March`.
    pub name: String,
    /// Least spend; ≥ 0.
    pub floor: f64,
    /// Most spend; ≥ `floor`, may be infinite.
    pub ceiling: f64,
}

impl Limit {
    /// At most `ceiling`.
    #[must_use]
    pub fn at_most(name: &str, ceiling: f64) -> Self {
        Self::between(name, 0.0, ceiling)
    }

    /// From `floor` to `ceiling`.
    #[must_use]
    pub fn between(name: &str, floor: f64, ceiling: f64) -> Self {
        Self {
            name: name.to_owned(),
            floor,
            ceiling,
        }
    }

    /// Exactly `amount`.
    #[must_use]
    pub fn exactly(name: &str, amount: f64) -> Self {
        Self::between(name, amount, amount)
    }
}

/// A set of cells with a limit, inside another such set: a period in the total, a region in a period.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Its limit.
    pub limit: Limit,
    /// The group around it, which stands before it in the list; `None` for the total.
    pub parent: Option<usize>,
}

/// A set of cells whose limit crosses those of groups: a channel over all periods.
#[derive(Clone, Debug, PartialEq)]
pub struct Channel {
    /// Its limit. The floor holds whether the channel is active or not.
    pub limit: Limit,
    /// Cost of spending anything in the channel; ≥ 0, in the unit of value.
    pub fee: f64,
    /// Spend of the channel is 0 or at least this; ≥ 0.
    pub minimum: f64,
}

/// How much to spend where.
#[derive(Clone, Debug)]
pub struct Budget<'a> {
    /// Where money may go.
    pub cells: Vec<Cell<'a>>,
    /// Nested sets of cells.
    pub groups: Vec<Group>,
    /// Sets of cells that cross the groups; each cell in at most one.
    pub channels: Vec<Channel>,
    /// Limit of all spend.
    pub total: Limit,
    /// What a unit of money must bring at least, in value: the target marginal return; ≥ 0. The
    /// answer's value is before this charge.
    pub charge: f64,
    /// Channels with spend at most.
    pub most_active: Option<usize>,
    /// Pairs of channels of which at most one may have spend.
    pub conflicts: Vec<(usize, usize)>,
    /// Money of the total's ceiling that is kept back, as for trying new channels; ≥ 0.
    pub reserve: f64,
}

impl<'a> Budget<'a> {
    /// Cells under one limit.
    #[must_use]
    pub fn new(cells: Vec<Cell<'a>>, total: Limit) -> Self {
        Self {
            cells,
            groups: vec![],
            channels: vec![],
            total,
            charge: 0.0,
            most_active: None,
            conflicts: vec![],
            reserve: 0.0,
        }
    }

    /// What may be spent: the ceiling less the reserve.
    #[must_use]
    pub fn available(&self) -> f64 {
        self.total.ceiling - self.reserve
    }

    /// Checks numbers, references and whether the limits can be met one inside the other.
    ///
    /// # Errors
    /// [`Refusal`]
    pub fn check(&self) -> Result<(), Refusal> {
        self.check_cells()?;
        self.check_sets()?;
        self.check_reach()
    }

    fn check_cells(&self) -> Result<(), Refusal> {
        for (cell, given) in self.cells.iter().enumerate() {
            let positive = |value: f64| value > 0.0 && value.is_finite();
            let amount = |value: f64| value >= 0.0 && value.is_finite();
            let number = |field, value: f64, holds: bool| {
                let fault = Refusal::Number { cell, field, value };
                if holds { Ok(()) } else { Err(fault) }
            };
            number("weight", given.weight, positive(given.weight))?;
            number("units", given.units, positive(given.units))?;
            number("stock", given.stock, amount(given.stock))?;
            number("low", given.low, amount(given.low))?;
            let holds = amount(given.high) && given.high >= given.low;
            number("high", given.high, holds)?;
            number("fee", given.fee, amount(given.fee))?;
            let holds = amount(given.minimum) && given.minimum <= given.high;
            number("minimum", given.minimum, holds)?;
            if given.curve.check().is_err() {
                return Err(Refusal::Curve { cell });
            }
            let group = given.group.is_none_or(|group| group < self.groups.len());
            let channel = given.channel.is_none_or(|at| at < self.channels.len());
            if !(group && channel) {
                return Err(Refusal::Reference { cell });
            }
        }
        Ok(())
    }

    fn check_sets(&self) -> Result<(), Refusal> {
        let groups = self.groups.iter().map(|group| &group.limit);
        let channels = self.channels.iter().map(|channel| &channel.limit);
        for limit in groups.chain(channels).chain([&self.total]) {
            let holds = limit.floor >= 0.0 && limit.floor <= limit.ceiling;
            if !holds || limit.floor.is_infinite() {
                return Err(Refusal::Limit {
                    name: limit.name.clone(),
                    floor: limit.floor,
                    ceiling: limit.ceiling,
                });
            }
        }
        let forward = |(at, group): (usize, &Group)| group.parent.is_some_and(|up| up >= at);
        if let Some(at) = self.groups.iter().enumerate().position(forward) {
            let name = self.groups[at].limit.name.clone();
            return Err(Refusal::Order { name });
        }
        let count = self.channels.len();
        let known = |pair: &(usize, usize)| pair.0 < count && pair.1 < count && pair.0 != pair.1;
        let amounts = self.channels.iter().flat_map(|at| [at.fee, at.minimum]);
        let mut amounts = amounts.chain([self.charge, self.reserve]);
        if !self.conflicts.iter().all(known) || !amounts.all(|at| at >= 0.0 && at.is_finite()) {
            return Err(Refusal::Channels);
        }
        Ok(())
    }

    /// Least and most that each set can spend, from the inside out.
    fn check_reach(&self) -> Result<(), Refusal> {
        let mut reach = vec![(0.0, 0.0); self.groups.len()];
        let mut total = (0.0, 0.0);
        let mut channels = vec![(0.0, 0.0); self.channels.len()];
        let add = |sum: &mut (f64, f64), low: f64, high: f64| {
            sum.0 += low;
            sum.1 += high;
        };
        for cell in &self.cells {
            let low = if cell.low > 0.0 {
                cell.low.max(cell.minimum)
            } else {
                0.0
            };
            let sum = cell.group.map_or(&mut total, |group| &mut reach[group]);
            add(sum, low, cell.high);
            if let Some(channel) = cell.channel {
                add(&mut channels[channel], low, cell.high);
            }
        }
        for (at, group) in self.groups.iter().enumerate().rev() {
            let (low, high) = meet(&group.limit, reach[at])?;
            let up = group.parent.map_or(&mut total, |up| &mut reach[up]);
            add(up, low, high);
        }
        for (channel, reach) in self.channels.iter().zip(channels) {
            meet(&channel.limit, reach)?;
        }
        let limit = Limit {
            ceiling: self.available(),
            ..self.total.clone()
        };
        if limit.floor > limit.ceiling {
            return Err(Refusal::FloorsAbove {
                name: limit.name,
                least: limit.floor,
                ceiling: limit.ceiling,
            });
        }
        meet(&limit, total).map(|_| ())
    }
}

/// A limit and what its parts can spend, together; sums may be off by rounding.
fn meet(limit: &Limit, (low, high): (f64, f64)) -> Result<(f64, f64), Refusal> {
    let slack = ROUNDING * (low.abs() + high.abs());
    if low > limit.ceiling + slack {
        return Err(Refusal::FloorsAbove {
            name: limit.name.clone(),
            least: low,
            ceiling: limit.ceiling,
        });
    }
    if high < limit.floor - slack {
        return Err(Refusal::CeilingsBelow {
            name: limit.name.clone(),
            most: high,
            floor: limit.floor,
        });
    }
    Ok((low.max(limit.floor), high.min(limit.ceiling)))
}

/// Sums of limits are compared with this relative slack.
const ROUNDING: f64 = 1e-12;

/// Why a budget cannot be planned.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Refusal {
    /// A number of a cell is out of range; see [`Cell`].
    Number {
        /// The cell.
        cell: usize,
        /// Its field.
        field: &'static str,
        /// What stands there.
        value: f64,
    },
    /// A cell's curve fails [`Curve::check`].
    Curve {
        /// The cell.
        cell: usize,
    },
    /// A cell names a group or channel that is not there.
    Reference {
        /// The cell.
        cell: usize,
    },
    /// A floor is negative, infinite or above its ceiling.
    Limit {
        /// Whose.
        name: String,
        /// The floor.
        floor: f64,
        /// The ceiling.
        ceiling: f64,
    },
    /// A group stands before the group around it.
    Order {
        /// Its name.
        name: String,
    },
    /// A fee, minimum, charge or reserve is negative or not finite, or a conflict names no two
    /// channels.
    Channels,
    /// What must be spent inside is more than a ceiling.
    FloorsAbove {
        /// Whose ceiling.
        name: String,
        /// What must be spent.
        least: f64,
        /// The ceiling.
        ceiling: f64,
    },
    /// What can be spent inside is less than a floor.
    CeilingsBelow {
        /// Whose floor.
        name: String,
        /// What can be spent.
        most: f64,
        /// The floor.
        floor: f64,
    },
    /// Limits of groups, channels and activity cannot be met together.
    Conflict {
        /// Spend that finds no place.
        missing: f64,
    },
    /// No allowed total reaches a target.
    Target {
        /// What was asked for.
        asked: f64,
        /// The most that can be had.
        most: f64,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number { cell, field, value } => {
                write!(
                    f,
                    "`cells[{cell}].{field}` is {value}, which is out of range"
                )
            }
            Self::Curve { cell } => write!(f, "the curve of `cells[{cell}]` is out of range"),
            Self::Reference { cell } => {
                write!(
                    f,
                    "`cells[{cell}]` names a group or channel that is not there"
                )
            }
            Self::Limit {
                name,
                floor,
                ceiling,
            } => write!(
                f,
                "{name}: the floor {floor} and the ceiling {ceiling} make no range"
            ),
            Self::Order { name } => write!(f, "group {name} stands before the group around it"),
            Self::Channels => write!(
                f,
                "a fee, minimum, charge or reserve is out of range, or a conflict names no two channels"
            ),
            Self::FloorsAbove {
                name,
                least,
                ceiling,
            } => write!(
                f,
                "{name}: floors add up to {least}, {} above the ceiling {ceiling}",
                least - ceiling
            ),
            Self::CeilingsBelow { name, most, floor } => write!(
                f,
                "{name}: ceilings add up to {most}, {} below the floor {floor}",
                floor - most
            ),
            Self::Conflict { missing } => write!(
                f,
                "limits of groups, channels and activity exclude each other: {missing} finds no place"
            ),
            Self::Target { asked, most } => {
                write!(
                    f,
                    "the target {asked} is out of reach: at most {most} can be had"
                )
            }
        }
    }
}

impl Error for Refusal {}
