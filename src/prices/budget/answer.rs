//! The answer in the caller's units.

use super::layout::Layout;
use super::model::{Budget, Limit};
use super::tree::Found;

/// Spends this close to a limit, relatively, are at it.
const AT_LIMIT: f64 = 1e-9;

/// Which side of a limit a spend is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// Between floor and ceiling.
    Neither,
    /// At the floor.
    Floor,
    /// At the ceiling.
    Ceiling,
    /// Floor and ceiling are the same.
    Both,
}

impl Binding {
    pub(super) fn of(floor: f64, ceiling: f64, spend: f64) -> Self {
        let slack = AT_LIMIT * spend.abs().max(floor);
        let low = floor > 0.0 && spend <= floor + slack;
        let high = spend >= ceiling - slack;
        match (low, high) {
            (true, true) => Self::Both,
            (true, false) => Self::Floor,
            (false, true) => Self::Ceiling,
            (false, false) => Self::Neither,
        }
    }
}

/// A plan for the money and its proof.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Weighted responses less fees.
    pub value: f64,
    /// Value less the charge for the money spent: what was maximized.
    pub net: f64,
    /// Proved limit on the net of every plan; ≥ `net` but for rounding.
    pub bound: f64,
    /// (bound − net)/|net|, 0 where both are 0.
    pub gap: f64,
    /// Proved least spend of all plans that bring [`Budget::target_value`]; `None` without one. The gap
    /// is then (spent − least)/spent.
    pub least: Option<f64>,
    /// Spend of each cell.
    pub spend: Vec<f64>,
    /// What the next unit of money would bring in each cell, in its own period and later ones; may be
    /// infinite at 0.
    pub marginal: Vec<f64>,
    /// All spend.
    pub spent: f64,
    /// Part of the total's ceiling that is not spent, the reserve aside.
    pub unspent: f64,
    /// What one more unit of the total would bring, with the on-and-off decisions kept; 0 where it
    /// does not bind. Not finite where the cells can spend but one amount.
    pub total_price: f64,
    /// Which side of the total binds.
    pub total_binding: Binding,
    /// The same for each group: what one more unit of its own limit would bring, negative for a floor.
    pub group_price: Vec<f64>,
    /// Which side of each group's limit its spend is at.
    pub group_binding: Vec<Binding>,
    /// The same for each channel.
    pub channel_price: Vec<f64>,
    /// Which side of each channel's limit its spend is at.
    pub channel_binding: Vec<Binding>,
    /// The same for each set of [`Budget::across`].
    pub across_price: Vec<f64>,
    /// Which side of the limit of each such set its spend is at.
    pub across_binding: Vec<Binding>,
    /// Nodes of the tree that were looked at.
    pub nodes: usize,
}

impl Answer {
    pub(super) fn new(budget: &Budget<'_>, layout: &Layout<'_>, found: &Found) -> Self {
        let (money, worth) = (layout.money, layout.worth);
        let mut spend = vec![0.0; budget.cells.len()];
        let mut marginal = spend.clone();
        for (at, cell) in layout.cell_of.iter().enumerate() {
            spend[*cell] = found.spend[at] * money;
            marginal[*cell] = layout.slope(at, &found.spend) * worth / money;
        }
        let base = |cell: &super::Cell<'_>| cell.weight * cell.curve.base();
        let base: f64 = budget.cells.iter().map(base).sum();
        let spent: f64 = spend.iter().sum();
        let net = found.net * worth + base;
        let bound = found.bound * worth + base;
        let price = |at: usize, around: f64| (found.price[at] - around) * worth / money;
        let mut group_price = vec![0.0; budget.groups.len()];
        for (at, group) in layout.group_of.iter().enumerate() {
            let around = found.price[layout.nest.up[at + 1]];
            group_price[*group] = if around.is_finite() {
                price(at + 1, around)
            } else {
                f64::NAN
            };
        }
        let (groups, channels) = sums(budget, &spend);
        let bind = |limit: &Limit, spend: f64| Binding::of(limit.floor, limit.ceiling, spend);
        Self {
            value: net + budget.charge * spent,
            net,
            bound,
            gap: if bound > net {
                (bound - net) / net.abs()
            } else {
                0.0
            },
            least: None,
            spent,
            unspent: (budget.available() - spent).max(0.0),
            total_price: price(0, layout.charge),
            total_binding: Binding::of(budget.total.floor, budget.available(), spent),
            group_price,
            group_binding: (0..groups.len())
                .map(|at| bind(&budget.groups[at].limit, groups[at]))
                .collect(),
            channel_price: found
                .channel_price
                .iter()
                .map(|price| price * worth / money)
                .collect(),
            across_price: found
                .across_price
                .iter()
                .map(|price| price * worth / money)
                .collect(),
            across_binding: (budget.across.iter())
                .map(|set| bind(&set.limit, set.cells.iter().map(|cell| spend[*cell]).sum()))
                .collect(),
            channel_binding: (0..channels.len())
                .map(|at| bind(&budget.channels[at].limit, channels[at]))
                .collect(),
            nodes: found.nodes,
            spend,
            marginal,
        }
    }
}

/// Spend of each group and of each channel.
fn sums(budget: &Budget<'_>, spend: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let mut groups = vec![0.0; budget.groups.len()];
    let mut channels = vec![0.0; budget.channels.len()];
    for (cell, spend) in budget.cells.iter().zip(spend) {
        if let Some(group) = cell.group {
            groups[group] += spend;
        }
        if let Some(channel) = cell.channel {
            channels[channel] += spend;
        }
    }
    for (at, group) in budget.groups.iter().enumerate().rev() {
        if let Some(up) = group.parent {
            groups[up] += groups[at];
        }
    }
    (groups, channels)
}
