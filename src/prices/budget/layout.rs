//! The budget in the solver's order and scale.

use super::cell::Ready;
use super::model::Budget;
use super::nest::{Nest, Ranges};

/// Cells by group, groups from the outside in, money and value scaled by powers of two.
#[derive(Clone, Debug)]
pub(super) struct Layout<'a> {
    pub(super) cells: Vec<Ready<'a>>,
    pub(super) nest: Nest,
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
        let cells: Vec<Ready<'a>> = cell_of.iter().map(ready).collect();
        Self {
            nest: Nest::new(up, limits, &ranges, cells.len()),
            cells,
            cell_of,
            group_of: walk,
            money,
            worth,
            charge: budget.charge * money / worth,
        }
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
