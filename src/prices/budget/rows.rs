//! Rows of the relaxation with limits that cross, while they are put together.

use super::cell::Ready;
use super::layout::Layout;
use super::program::{Column, Gate, Program, Shape};
use super::web::{ROUNDING, State, Tangent, Web};

/// What a row is the limit of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Row {
    Group(usize),
    Channel(usize),
    Across(usize),
    Amount,
    Count,
    Conflict,
}

/// A program with what its rows and columns stand for.
pub(super) struct Built<'s, 'a> {
    pub(super) program: Program<'s, 'a>,
    pub(super) kinds: Vec<Row>,
    /// Limits of the rows on whole spends.
    pub(super) limits: Vec<(f64, f64)>,
    /// Rows and factors of each cell.
    pub(super) entries: Vec<Vec<(usize, f64)>>,
    /// First column of each cell, and one more.
    pub(super) first: Vec<usize>,
    pub(super) gate_of: Vec<Option<usize>>,
}

/// Rows while they are put together.
pub(super) struct Rows<'b, 's, 'a> {
    web: &'b Web,
    cells: &'s [Ready<'a>],
    tangents: &'b [Option<Tangent>],
    charge: f64,
    ranges: Vec<(f64, f64)>,
    kinds: Vec<Row>,
    limits: Vec<(f64, f64)>,
    entries: Vec<Vec<(usize, f64)>>,
    holds: bool,
}

impl<'b, 's, 'a> Rows<'b, 's, 'a> {
    pub(super) fn new(
        web: &'b Web,
        layout: &Layout<'a>,
        cells: &'s [Ready<'a>],
        tangents: &'b [Option<Tangent>],
        states: &[State],
    ) -> Self {
        let range = |at: usize| match tangents.get(at).copied().flatten() {
            Some(line) => (line.low, line.high),
            None => web.range(at, &cells[at], states),
        };
        Self {
            web,
            cells,
            tangents,
            charge: layout.charge,
            ranges: (0..cells.len()).map(range).collect(),
            kinds: vec![],
            limits: vec![],
            entries: vec![vec![]; cells.len()],
            holds: true,
        }
    }

    fn row(&mut self, kind: Row, low: f64, high: f64) -> usize {
        self.kinds.push(kind);
        self.limits.push((low, high));
        self.limits.len() - 1
    }

    /// A limit that may be missed, between what its parts can spend; `None` where it cannot be.
    fn needed(&mut self, limit: (f64, f64), reach: (f64, f64)) -> Option<(f64, f64)> {
        let slack = ROUNDING * (1.0 + reach.1.abs());
        if reach.0 > limit.1 + slack || reach.1 < limit.0 - slack {
            self.holds = false;
        }
        let low = if reach.0 >= limit.0 {
            f64::NEG_INFINITY
        } else {
            limit.0
        };
        let high = if reach.1 <= limit.1 {
            f64::INFINITY
        } else {
            limit.1
        };
        (low.is_finite() || high.is_finite()).then_some((low, high))
    }

    /// Least and most of all channels and cells without one.
    fn reach_of_channels(&self, states: &[State]) -> (f64, f64) {
        let mut reach = vec![(0.0, 0.0); states.len()];
        let mut all = (0.0, 0.0);
        for (range, channel) in self.ranges.iter().zip(&self.web.channel) {
            let sum = channel.map_or(&mut all, |channel| &mut reach[channel]);
            sum.0 += range.0;
            sum.1 += range.1;
        }
        for ((tie, state), (low, high)) in self.web.ties.iter().zip(states).zip(reach) {
            let least = if *state == State::On {
                tie.floor.max(tie.minimum)
            } else {
                0.0
            };
            all.0 += low.max(least);
            all.1 += high.min(tie.ceiling);
        }
        all
    }

    pub(super) fn groups(&mut self, layout: &Layout<'_>, states: &[State]) {
        let nest = &layout.nest;
        let groups = nest.up.len();
        let mut reach = vec![(0.0, 0.0); groups];
        for (at, home) in self.web.home.iter().enumerate() {
            reach[*home].0 += self.ranges[at].0;
            reach[*home].1 += self.ranges[at].1;
        }
        let mut rows = vec![None; groups];
        for group in (0..groups).rev() {
            let limit = (nest.floor[group], nest.ceiling[group]);
            if group == 0 {
                let (low, high) = self.reach_of_channels(states);
                self.needed(limit, (low, high));
            }
            let needed = self.needed(limit, reach[group]);
            rows[group] = needed.map(|(low, high)| self.row(Row::Group(group), low, high));
            if group > 0 {
                let up = nest.up[group];
                reach[up].0 += reach[group].0.max(limit.0);
                reach[up].1 += reach[group].1.min(limit.1);
            }
        }
        for (at, home) in self.web.home.iter().enumerate() {
            let mut group = *home;
            loop {
                if let Some(row) = rows[group] {
                    self.entries[at].push((row, 1.0));
                }
                if group == 0 {
                    break;
                }
                group = nest.up[group];
            }
        }
    }

    pub(super) fn across(&mut self) {
        let web = self.web;
        for (at, set) in web.across.iter().enumerate() {
            let mut reach = (0.0, 0.0);
            for cell in &set.cells {
                reach.0 += self.ranges[*cell].0;
                reach.1 += self.ranges[*cell].1;
            }
            if let Some((low, high)) = self.needed((set.floor, set.ceiling), reach) {
                let row = self.row(Row::Across(at), low, high);
                for cell in &set.cells {
                    self.entries[*cell].push((row, 1.0));
                }
            }
        }
    }

    /// Amounts are what spend adds up to.
    pub(super) fn amounts(&mut self) {
        let spending = self.web.spending;
        let mut rows = vec![];
        for amount in spending..self.cells.len() {
            let row = self.row(Row::Amount, 0.0, 0.0);
            rows.push(row);
            self.entries[amount].push((row, 1.0));
        }
        for (at, adds) in self.web.adds.iter().enumerate() {
            for (amount, factor) in adds {
                self.entries[at].push((rows[*amount - spending], -factor));
            }
        }
    }

    pub(super) fn channels(
        &mut self,
        states: &[State],
        gate_of: &[Option<usize>],
        gates: &mut [Gate],
    ) {
        let mut reach = vec![(0.0, 0.0); states.len()];
        for (at, channel) in self.web.channel.iter().enumerate() {
            if let Some(channel) = channel {
                reach[*channel].0 += self.ranges[at].0;
                reach[*channel].1 += self.ranges[at].1;
            }
        }
        let mut rows: Vec<Vec<usize>> = vec![vec![]; states.len()];
        for (at, state) in states.iter().enumerate() {
            let tie = &self.web.ties[at];
            let low = tie.floor.max(tie.minimum);
            match (state, gate_of[at]) {
                (State::On, _) => {
                    if let Some((low, high)) = self.needed((low, tie.ceiling), reach[at]) {
                        rows[at].push(self.row(Row::Channel(at), low, high));
                    }
                }
                (State::Open, Some(gate)) => {
                    if tie.ceiling < reach[at].1 {
                        let row = self.row(Row::Channel(at), f64::NEG_INFINITY, 0.0);
                        gates[gate].entries.push((row, -tie.ceiling));
                        rows[at].push(row);
                    }
                    if low > 0.0 {
                        let row = self.row(Row::Channel(at), 0.0, f64::INFINITY);
                        gates[gate].entries.push((row, -low));
                        rows[at].push(row);
                    }
                }
                _ => {}
            }
        }
        for (at, channel) in self.web.channel.iter().enumerate() {
            if let Some(channel) = channel {
                let own = rows[*channel].iter().map(|row| (*row, 1.0));
                self.entries[at].extend(own);
            }
        }
    }

    pub(super) fn activity(
        &mut self,
        states: &[State],
        gate_of: &[Option<usize>],
        gates: &mut [Gate],
    ) {
        if let Some(most) = self.web.most_active {
            let on = states.iter().filter(|state| **state == State::On).count();
            if on + gates.len() > most {
                let row = self.row(
                    Row::Count,
                    f64::NEG_INFINITY,
                    most.saturating_sub(on) as f64,
                );
                gates
                    .iter_mut()
                    .for_each(|gate| gate.entries.push((row, 1.0)));
            }
        }
        for (a, b) in &self.web.conflicts {
            if let (Some(a), Some(b)) = (gate_of[*a], gate_of[*b]) {
                let row = self.row(Row::Conflict, f64::NEG_INFINITY, 1.0);
                gates[a].entries.push((row, 1.0));
                gates[b].entries.push((row, 1.0));
            }
        }
    }

    /// Columns of a cell: straight parts, then the curve.
    fn columns(&self, at: usize, gate: Option<usize>, columns: &mut Vec<Column<'s, 'a>>) {
        let cost = if at < self.web.spending {
            self.charge
        } else {
            0.0
        };
        let (low, high) = self.ranges[at];
        let cell = &self.cells[at];
        let mut push = |width: f64, shape: Shape<'s, 'a>| {
            if width > 1e-15 {
                let entries = self.entries[at].clone();
                columns.push(Column {
                    width,
                    shape,
                    cost,
                    gate,
                    entries,
                });
            }
        };
        if let Some(line) = self.tangents.get(at).copied().flatten() {
            push(high - low, Shape::Line(line.slope));
        } else if high > low {
            match cell.corners() {
                Some(corners) => {
                    for pair in corners.windows(2) {
                        let width = pair[1].0 - pair[0].0;
                        push(width, Shape::Line((pair[1].1 - pair[0].1) / width));
                    }
                }
                None => {
                    push(cell.knee - low, Shape::Line(cell.steep));
                    push(
                        high - cell.knee.max(low),
                        Shape::Curve(cell, cell.knee.max(low)),
                    );
                }
            }
        }
    }

    pub(super) fn finish(
        self,
        states: &[State],
        gate_of: Vec<Option<usize>>,
        gates: Vec<Gate>,
    ) -> Option<Built<'s, 'a>> {
        if !self.holds {
            return None;
        }
        let mut columns = vec![];
        let mut first = vec![0];
        let mut rows = self.limits.clone();
        for at in 0..self.cells.len() {
            let channel = self.web.channel.get(at).copied().flatten();
            let open = channel.filter(|channel| states[*channel] == State::Open);
            self.columns(at, open.and_then(|channel| gate_of[channel]), &mut columns);
            first.push(columns.len());
            for (row, factor) in &self.entries[at] {
                rows[*row].0 -= factor * self.ranges[at].0;
                rows[*row].1 -= factor * self.ranges[at].0;
            }
        }
        Some(Built {
            program: Program {
                columns,
                gates,
                rows,
            },
            kinds: self.kinds,
            limits: self.limits,
            entries: self.entries,
            first,
            gate_of,
        })
    }
}
