//! The budget in the solver's order and scale.

use super::cell::Ready;
use super::model::{Budget, Series};
use super::nest::{Nest, Ranges};
use super::web::{Span, State, Tie, Web};
use crate::curve::carry::Terminal;

/// Cells by group, groups from the outside in, money and value scaled by powers of two.
#[derive(Clone, Debug)]
pub(super) struct Layout<'a> {
    pub(super) cells: Vec<Ready<'a>>,
    pub(super) nest: Nest,
    /// Limits that cross the groups, if there are any.
    pub(super) web: Option<Web>,
    /// The caller's number of each cell.
    pub(super) cell_of: Vec<usize>,
    /// The caller's number of each group but the first, which is the total.
    pub(super) group_of: Vec<usize>,
    /// A scaled unit of money and of value.
    pub(super) money: f64,
    pub(super) worth: f64,
    pub(super) charge: f64,
}

impl<'a> Layout<'a> {
    pub(super) fn new(budget: &Budget<'a>) -> Self {
        let (money, worth) = scales(budget);
        let walk = walk(budget);
        let (cell_of, ranges) = place(budget, &walk);
        let mut place_of = vec![0; budget.groups.len()];
        for (at, group) in walk.iter().enumerate() {
            place_of[*group] = at + 1;
        }
        let mut up = vec![0];
        let mut limits = vec![(budget.total.floor / money, budget.available() / money)];
        for group in &walk {
            let group = &budget.groups[*group];
            up.push(group.parent.map_or(0, |parent| place_of[parent]));
            limits.push((group.limit.floor / money, group.limit.ceiling / money));
        }
        let ready = |cell: &usize| Ready::new(&budget.cells[*cell], money, worth);
        let mut cells: Vec<Ready<'a>> = cell_of.iter().map(ready).collect();
        let nest = Nest::new(up, limits, &ranges, cells.len());
        let web = web(budget, &cell_of, &ranges, (money, worth), &mut cells);
        Self {
            nest,
            web,
            cells,
            cell_of,
            group_of: walk,
            money,
            worth,
            charge: budget.charge * money / worth,
        }
    }
}

impl Layout<'_> {
    /// What the next unit of money brings in a cell, also by the amounts that it adds to.
    pub(super) fn slope(&self, at: usize, spend: &[f64]) -> f64 {
        let adds = self.web.as_ref().map_or(&[][..], |web| &web.adds[at]);
        let later = adds
            .iter()
            .map(|(to, factor)| factor * self.cells[*to].slope(spend[*to]));
        self.cells[at].slope(spend[at]) + later.sum::<f64>()
    }
}

impl Series {
    /// Whether spend works in its own period alone, and fully.
    pub(super) fn is_plain(&self) -> bool {
        let weights = self.carry.weights();
        (weights[0] - 1.0).abs() < f64::MIN_POSITIVE && weights[1..].iter().all(|at| *at <= 0.0)
    }

    /// Periods after the plan that count, and how much.
    pub(super) fn after(&self) -> (usize, f64) {
        match self.terminal {
            Terminal::Credited(share) if share > 0.0 => (self.carry.weights().len() - 1, share),
            _ => (0, 0.0),
        }
    }
}

/// What crosses the groups; amounts that spend adds up to go behind the cells.
fn web<'a>(
    budget: &Budget<'a>,
    cell_of: &[usize],
    ranges: &Ranges,
    (money, worth): (f64, f64),
    cells: &mut Vec<Ready<'a>>,
) -> Option<Web> {
    let carried = budget.series.iter().any(|series| !series.is_plain());
    if !(carried || budget.has_cross_limits()) {
        return None;
    }
    let spending = cells.len();
    let mut home = vec![0; spending];
    for group in 0..ranges.first.len() {
        home[ranges.first[group]..ranges.own[group]].fill(group);
    }
    let must = budget.must_be_active();
    let most_active = budget
        .most_active
        .filter(|most| *most < budget.channels.len());
    let contested = |at: usize| budget.conflicts.iter().any(|(a, b)| *a == at || *b == at);
    let tie = |(at, channel): (usize, &super::Channel)| {
        let free = channel.fee <= 0.0 && channel.minimum <= 0.0;
        let free = free && most_active.is_none() && !contested(at);
        Tie {
            floor: channel.limit.floor / money,
            ceiling: channel.limit.ceiling / money,
            minimum: channel.minimum / money,
            fee: channel.fee / worth,
            root: if must[at] || free {
                State::On
            } else {
                State::Open
            },
        }
    };
    let mut web = Web {
        spending,
        home,
        channel: cell_of
            .iter()
            .map(|cell| budget.cells[*cell].channel)
            .collect(),
        ties: budget.channels.iter().enumerate().map(tie).collect(),
        across: vec![],
        adds: vec![vec![]; spending],
        most_active,
        conflicts: budget.conflicts.clone(),
    };
    let mut place_of = vec![0; spending];
    for (at, cell) in cell_of.iter().enumerate() {
        place_of[*cell] = at;
    }
    let span = |set: &super::Across| Span {
        floor: set.limit.floor / money,
        ceiling: set.limit.ceiling / money,
        cells: set.cells.iter().map(|cell| place_of[*cell]).collect(),
    };
    web.across = budget.across.iter().map(span).collect();
    for series in budget.series.iter().filter(|series| !series.is_plain()) {
        carry(budget, series, &place_of, (money, worth), cells, &mut web);
    }
    Some(web)
}

/// Amounts of a series, in units of money of their own period.
fn carry<'a>(
    budget: &Budget<'a>,
    series: &Series,
    place_of: &[usize],
    (money, worth): (f64, f64),
    cells: &mut Vec<Ready<'a>>,
    web: &mut Web,
) {
    let weights = series.carry.weights();
    let (after, credit) = series.after();
    let periods = series.cells.len();
    let before = series.carry.adstock(&series.before, &vec![0.0; periods]);
    for (t, before) in before.iter().enumerate().take(periods + after) {
        let last = budget.cells[series.cells[t.min(periods - 1)]];
        let mut own = last;
        own.stock = before + if t < periods { last.stock } else { 0.0 };
        own.weight *= if t < periods { 1.0 } else { credit };
        (own.low, own.high, own.fee, own.minimum) = (0.0, 0.0, 0.0, 0.0);
        for (from, cell) in series.cells.iter().enumerate().take(t + 1) {
            let Some(weight) = weights.get(t - from).filter(|weight| **weight > 0.0) else {
                continue;
            };
            let spender = &budget.cells[*cell];
            let factor = weight * spender.units / own.units;
            own.high += factor * spender.high;
            web.adds[place_of[*cell]].push((cells.len(), factor));
        }
        cells.push(Ready::new(&own, money, worth));
    }
    for cell in &series.cells {
        cells[place_of[*cell]].hollow();
    }
}

/// The power of two next to a positive number.
fn power_of_two(number: f64) -> f64 {
    if number > 0.0 && number.is_finite() {
        number.log2().round().exp2()
    } else {
        1.0
    }
}

/// Units in which all money and all value that can be had are about 1.
fn scales(budget: &Budget<'_>) -> (f64, f64) {
    let most: f64 = budget.cells.iter().map(|cell| cell.high).sum();
    let total = if budget.total.ceiling > 0.0 {
        budget.total.ceiling
    } else {
        most
    };
    let value = |cell: &super::Cell<'_>| {
        let rise =
            cell.curve.value(cell.stock + cell.units * cell.high) - cell.curve.value(cell.stock);
        cell.weight * rise
    };
    let worth: f64 = budget.cells.iter().map(value).sum();
    (power_of_two(most.min(total)), power_of_two(worth))
}

/// Groups from the outside in, those inside a group right after it.
fn walk(budget: &Budget<'_>) -> Vec<usize> {
    let count = budget.groups.len();
    let mut inner: Vec<Vec<usize>> = vec![vec![]; count];
    let mut open = vec![];
    for (at, group) in budget.groups.iter().enumerate().rev() {
        match group.parent {
            Some(parent) => inner[parent].push(at),
            None => open.push(at),
        }
    }
    let mut order = Vec::with_capacity(count);
    while let Some(group) = open.pop() {
        order.push(group);
        open.append(&mut inner[group]);
    }
    order
}

/// Cells in the order of the walk, with the ranges of all groups.
fn place(budget: &Budget<'_>, walk: &[usize]) -> (Vec<usize>, Ranges) {
    let groups = walk.len() + 1;
    let mut place_of = vec![0; walk.len()];
    for (at, group) in walk.iter().enumerate() {
        place_of[*group] = at + 1;
    }
    let home_of = |cell: &super::Cell<'_>| cell.group.map_or(0, |group| place_of[group]);
    let mut start = vec![0; groups + 1];
    for cell in &budget.cells {
        start[home_of(cell) + 1] += 1;
    }
    for group in 0..groups {
        start[group + 1] += start[group];
    }
    let mut next = start.clone();
    let mut cell_of = vec![0; budget.cells.len()];
    for (at, cell) in budget.cells.iter().enumerate() {
        let group = home_of(cell);
        cell_of[next[group]] = at;
        next[group] += 1;
    }
    let mut end: Vec<usize> = (1..=groups).collect();
    for at in (1..groups).rev() {
        let parent = budget.groups[walk[at - 1]].parent;
        let up = parent.map_or(0, |parent| place_of[parent]);
        end[up] = end[up].max(end[at]);
    }
    let ranges = Ranges {
        first: start[..groups].to_vec(),
        own: start[1..].to_vec(),
        last: end.iter().map(|end| start[*end]).collect(),
        end,
    };
    (cell_of, ranges)
}
