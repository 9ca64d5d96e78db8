//! The budget as given.

use crate::curve::Curve;
use crate::curve::carry::{Carry, Terminal};

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

/// A set of cells whose limit crosses those of groups and channels in any way: a region over all periods,
/// where groups are the periods.
#[derive(Clone, Debug, PartialEq)]
pub struct Across {
    /// Its limit.
    pub limit: Limit,
    /// Its cells, each once.
    pub cells: Vec<usize>,
}

/// Cells whose spend works on in later ones: a channel in a region over the periods.
///
/// The amount at work in the cell of period t is `stock[t] + Σ_l w[l]·units[t − l]·x[t − l]`, where
/// amounts bought before the plan stand for x before the first period.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Such as `brand in the north`.
    pub name: String,
    /// Its cells, one for each period in the order of time; each cell in at most one series.
    pub cells: Vec<usize>,
    /// Weights of past spend.
    pub carry: Carry,
    /// Amounts bought before the first period, the oldest first, in the curve's unit; ≥ 0.
    pub before: Vec<f64>,
    /// How what is left after the last period counts: each period after the plan brings the response of
    /// the last cell's curve to the adstock that is left, less its response to nothing, times the
    /// last cell's weight and the factor.
    pub terminal: Terminal,
}

/// How much to spend where. All fields are open: build one by [`Budget::new`] and set what it has more.
#[derive(Clone, Debug)]
pub struct Budget<'a> {
    /// Where money may go.
    pub cells: Vec<Cell<'a>>,
    /// Nested sets of cells.
    pub groups: Vec<Group>,
    /// Sets of cells that cross the groups; each cell in at most one.
    pub channels: Vec<Channel>,
    /// Other sets of cells; a cell may be in any number of them.
    pub across: Vec<Across>,
    /// Cells whose spend carries over.
    pub series: Vec<Series>,
    /// Limit of all spend.
    pub total: Limit,
    /// What a unit of money must bring at least, in value: the target marginal return; ≥ 0. The
    /// answer's value is before this charge.
    pub charge: f64,
    /// What all spend must bring at least for a unit of money, on average: value ≥ this × spend. The
    /// plan spends as much as that allows. ≥ 0; 0 for none.
    pub target_return: f64,
    /// What the plan must bring at least; it then spends as little as that takes. ≥ 0; 0 for none. Not
    /// together with a charge or a target return.
    pub target_value: f64,
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
            across: vec![],
            series: vec![],
            total,
            charge: 0.0,
            target_return: 0.0,
            target_value: 0.0,
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

    /// Whether limits cross the groups.
    pub(super) fn has_cross_limits(&self) -> bool {
        let limited = |channel: &Channel| {
            let limit = &channel.limit;
            let free = limit.floor <= 0.0 && limit.ceiling.is_infinite();
            !free || channel.fee > 0.0 || channel.minimum > 0.0
        };
        let counted = self
            .most_active
            .is_some_and(|most| most < self.channels.len());
        let across = !self.across.is_empty();
        counted || across || !self.conflicts.is_empty() || self.channels.iter().any(limited)
    }
}
