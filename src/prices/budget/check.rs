//! The check: a plan's value and broken limits, from the budget alone. It shares nothing with the
//! solver.

use super::model::{Across, Budget, Cell, Series};
use crate::curve::carry::Terminal;

/// Limits are kept when they are missed by at most this part of them, or of the total spend.
pub const TOLERANCE: f64 = 1e-9;

/// What a plan is worth and what it breaks.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// Weighted responses less fees, before the charge.
    pub value: f64,
    /// All spend.
    pub spent: f64,
    /// A sentence for each limit that is broken.
    pub broken: Vec<String>,
}

/// Checks a spend for each cell.
#[must_use]
pub fn check(budget: &Budget<'_>, spend: &[f64]) -> Checked {
    let mut checked = Checked {
        value: 0.0,
        spent: spend.iter().sum(),
        broken: vec![],
    };
    if spend.len() != budget.cells.len() {
        let text = format!("{} spends for {} cells", spend.len(), budget.cells.len());
        checked.broken.push(text);
        return checked;
    }
    let mut carried = vec![false; spend.len()];
    for series in &budget.series {
        series.cells.iter().for_each(|cell| carried[*cell] = true);
        checked.value += series_value(budget, series, spend);
    }
    let mut groups = vec![0.0; budget.groups.len()];
    let mut channels = vec![0.0; budget.channels.len()];
    for (at, (cell, spend)) in budget.cells.iter().zip(spend).enumerate() {
        let slack = TOLERANCE * cell.high;
        let active = *spend > 0.0;
        let small = active && *spend < cell.minimum - slack;
        if !(*spend >= cell.low - slack && *spend <= cell.high + slack) || small {
            checked.broken.push(format!("cell {at} spends {spend}"));
        }
        let response = cell.curve.value(cell.stock + cell.units * spend);
        checked.value += cell.weight * if carried[at] { 0.0 } else { response };
        checked.value -= if active { cell.fee } else { 0.0 };
        let mut group = cell.group;
        while let Some(at) = group {
            groups[at] += spend;
            group = budget.groups[at].parent;
        }
        if let Some(channel) = cell.channel {
            channels[channel] += spend;
        }
    }
    let own = |set: &Across| set.cells.iter().map(|cell| spend[*cell]).sum();
    let across: Vec<f64> = budget.across.iter().map(own).collect();
    limits(budget, [&groups, &channels, &across], &mut checked);
    activity(budget, &channels, &mut checked);
    checked
}

/// Response of each cell within the plan, in the unit of its curve, also to earlier spend; one spend for
/// each cell.
#[must_use]
pub fn responses(budget: &Budget<'_>, spend: &[f64]) -> Vec<f64> {
    let cells = budget.cells.iter().zip(spend);
    let mut amounts: Vec<f64> = (cells.clone())
        .map(|(cell, spend)| cell.stock + cell.units * spend)
        .collect();
    for series in &budget.series {
        let bought = series.cells.iter();
        let bought: Vec<f64> = bought
            .map(|cell| budget.cells[*cell].units * spend[*cell])
            .collect();
        let stock = series.carry.adstock(&series.before, &bought);
        for (cell, stock) in series.cells.iter().zip(stock) {
            amounts[*cell] = budget.cells[*cell].stock + stock;
        }
    }
    let each = cells.zip(amounts);
    each.map(|((cell, _), amount)| cell.curve.value(amount))
        .collect()
}

/// What the adstock of a series brings, also after the plan.
fn series_value(budget: &Budget<'_>, series: &Series, spend: &[f64]) -> f64 {
    let cells: Vec<&Cell<'_>> = series
        .cells
        .iter()
        .map(|cell| &budget.cells[*cell])
        .collect();
    let amount = |(at, cell): (&usize, &&Cell<'_>)| cell.units * spend[*at];
    let bought: Vec<f64> = series.cells.iter().zip(&cells).map(amount).collect();
    let stock = series.carry.adstock(&series.before, &bought);
    let (during, after) = stock.split_at(cells.len());
    let own = cells.iter().zip(during);
    let own = own.map(|(cell, stock)| cell.weight * cell.curve.value(cell.stock + stock));
    let (Some(last), Terminal::Credited(share)) = (cells.last(), series.terminal) else {
        return own.sum();
    };
    let rest =
        |stock: &f64| share * last.weight * (last.curve.value(*stock) - last.curve.value(0.0));
    own.sum::<f64>() + after.iter().map(rest).sum::<f64>()
}

fn limits(budget: &Budget<'_>, [groups, channels, across]: [&[f64]; 3], checked: &mut Checked) {
    let spent = checked.spent;
    let mut hold = |name: &str, floor: f64, ceiling: f64, amount: f64| {
        let slack = TOLERANCE * spent.max(floor);
        if amount < floor - slack || amount > ceiling + slack {
            let text = format!("{name} spends {amount}, outside {floor} to {ceiling}");
            checked.broken.push(text);
        }
    };
    for (group, amount) in budget.groups.iter().zip(groups) {
        hold(
            &group.limit.name,
            group.limit.floor,
            group.limit.ceiling,
            *amount,
        );
    }
    for (channel, amount) in budget.channels.iter().zip(channels) {
        let limit = &channel.limit;
        hold(&limit.name, limit.floor, limit.ceiling, *amount);
    }
    for (set, amount) in budget.across.iter().zip(across) {
        hold(&set.limit.name, set.limit.floor, set.limit.ceiling, *amount);
    }
    let ceiling = budget.total.ceiling - budget.reserve;
    hold(&budget.total.name, budget.total.floor, ceiling, spent);
}

fn activity(budget: &Budget<'_>, channels: &[f64], checked: &mut Checked) {
    let active: Vec<bool> = channels.iter().map(|spend| *spend > 0.0).collect();
    for (at, channel) in budget.channels.iter().enumerate() {
        if active[at] {
            checked.value -= channel.fee;
            if channels[at] < channel.minimum * (1.0 - TOLERANCE) {
                let text = format!("{} is active below its minimum", channel.limit.name);
                checked.broken.push(text);
            }
        }
    }
    let count = active.iter().filter(|active| **active).count();
    if budget.most_active.is_some_and(|most| count > most) {
        checked.broken.push(format!("{count} channels are active"));
    }
    for (a, b) in &budget.conflicts {
        if active[*a] && active[*b] {
            checked
                .broken
                .push(format!("channels {a} and {b} are both active"));
        }
    }
}
