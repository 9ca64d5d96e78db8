//! Limits that cross: channels over periods, spend that carries over, channels that are on or off.
//!
//! One row for each limit that can bind, one for each amount that spend of several periods adds up to,
//! one for the count of active channels and one for each conflict. `interior` gives prices for the rows;
//! the limit that they prove is worked out here from the envelopes alone, with the best response of each
//! cell to its price, and holds for any prices.

use super::cell::Ready;
use super::interior::{Column, Gate, Program, Shape, interior};
use super::layout::Layout;

/// Sums of limits are compared with this part of the money at hand.
const ROUNDING: f64 = 1e-12;

/// Whether a channel may spend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Off,
    Open,
    On,
}

/// A channel in scaled money and value.
#[derive(Clone, Debug)]
pub(super) struct Tie {
    pub(super) floor: f64,
    pub(super) ceiling: f64,
    pub(super) minimum: f64,
    pub(super) fee: f64,
    pub(super) root: State,
}

/// What crosses the groups.
#[derive(Clone, Debug, Default)]
pub(super) struct Web {
    /// Cells that spend; the rest of the layout's are amounts that spend adds up to.
    pub(super) spending: usize,
    /// Group of each spending cell.
    pub(super) home: Vec<usize>,
    pub(super) channel: Vec<Option<usize>>,
    pub(super) ties: Vec<Tie>,
    /// For each spending cell the amounts that it adds to, and the factors.
    pub(super) adds: Vec<Vec<(usize, f64)>>,
    pub(super) most_active: Option<usize>,
    pub(super) conflicts: Vec<(usize, usize)>,
}

/// A straight line in place of the curve on a part of it, below the curve where that is convex.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tangent {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) slope: f64,
}

/// A relaxation solved.
#[derive(Clone, Debug)]
pub(super) struct Relaxed {
    /// No plan of the part is worth more; −∞ if there is none.
    pub(super) bound: f64,
    /// Spend, or amount, of each cell.
    pub(super) spend: Vec<f64>,
    /// How far each channel is on.
    pub(super) active: Vec<f64>,
    /// Price of each group's own limit, and of each channel's.
    pub(super) group_price: Vec<f64>,
    pub(super) channel_price: Vec<f64>,
    pub(super) missed: f64,
}

/// What a row is the limit of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Row {
    Group(usize),
    Channel(usize),
    Amount,
    Count,
    Conflict,
}

/// A program with what its rows and columns stand for.
struct Built<'s, 'a> {
    program: Program<'s, 'a>,
    kinds: Vec<Row>,
    /// Limits of the rows on whole spends.
    limits: Vec<(f64, f64)>,
    /// Rows and factors of each cell.
    entries: Vec<Vec<(usize, f64)>>,
    /// First column of each cell, and one more.
    first: Vec<usize>,
    gate_of: Vec<Option<usize>>,
}

impl Web {
    /// Turns off and on what other decisions imply; false if they exclude each other.
    pub(super) fn imply(&self, cells: &[Ready<'_>], states: &mut [State]) -> bool {
        for (cell, channel) in cells.iter().zip(&self.channel) {
            let must = cell.left > 0.0 || (cell.domain.paid && !cell.domain.zero);
            if let (true, Some(channel)) = (must, channel) {
                match states[*channel] {
                    State::Off => return false,
                    State::Open => states[*channel] = State::On,
                    State::On => {}
                }
            }
        }
        for (a, b) in &self.conflicts {
            for (one, other) in [(*a, *b), (*b, *a)] {
                if states[one] == State::On {
                    if states[other] == State::On {
                        return false;
                    }
                    states[other] = State::Off;
                }
            }
        }
        let on = states.iter().filter(|state| **state == State::On).count();
        if let Some(most) = self.most_active {
            if on > most {
                return false;
            }
            if on == most {
                let open = states.iter_mut().filter(|state| **state == State::Open);
                open.for_each(|state| *state = State::Off);
            }
        }
        let floors = self.ties.iter().zip(states.iter());
        !floors.clone().any(|(tie, state)| tie.floor > 0.0 && *state == State::Off)
    }

    /// The range of a cell in a part of all plans.
    fn range(&self, at: usize, cell: &Ready<'_>, states: &[State]) -> (f64, f64) {
        let off = |channel: &usize| states[*channel] == State::Off;
        match self.channel.get(at) {
            Some(Some(channel)) if off(channel) => (0.0, 0.0),
            _ => (cell.left, cell.domain.high),
        }
    }

    fn build<'s, 'a>(
        &self,
        layout: &'s Layout<'a>,
        cells: &'s [Ready<'a>],
        tangents: &[Option<Tangent>],
        states: &[State],
    ) -> Option<Built<'s, 'a>> {
        let mut rows = Rows::new(self, layout, cells, tangents, states);
        let mut gates = vec![];
        let mut gate_of = vec![None; self.ties.len()];
        for (channel, state) in states.iter().enumerate() {
            if *state == State::Open {
                gate_of[channel] = Some(gates.len());
                gates.push(Gate {
                    fee: self.ties[channel].fee,
                    entries: vec![],
                });
            }
        }
        rows.groups(layout);
        rows.amounts();
        rows.channels(states, &gate_of, &mut gates);
        rows.activity(states, &gate_of, &mut gates);
        rows.finish(states, gate_of, gates)
    }

    /// The best of a part, relaxed. `None` if it is seen to hold no plan. With tangents, of which there
    /// are then as many as cells, nothing is proved.
    pub(super) fn relax<'a>(
        &self,
        layout: &Layout<'a>,
        cells: &mut [Ready<'a>],
        tangents: &[Option<Tangent>],
        states: &[State],
        tolerance: f64,
    ) -> Option<Relaxed> {
        let built = self.build(layout, cells, tangents, states)?;
        let point = interior(&built.program, tolerance);
        let mut relaxed = Relaxed {
            bound: f64::INFINITY,
            spend: vec![0.0; cells.len()],
            active: vec![0.0; self.ties.len()],
            group_price: vec![0.0; layout.nest.up.len()],
            channel_price: vec![0.0; self.ties.len()],
            missed: point.missed,
        };
        for (at, cell) in cells.iter().enumerate() {
            let base = tangents.get(at).copied().flatten().map_or(cell.left, |line| line.low);
            let (low, high) = self.range(at, cell, states);
            let columns = built.first[at]..built.first[at + 1];
            let more: f64 = point.u[columns].iter().sum();
            relaxed.spend[at] = (base.min(high).max(low.min(base)) + more).min(high);
        }
        for (channel, state) in states.iter().enumerate() {
            relaxed.active[channel] = match (state, built.gate_of[channel]) {
                (State::On, _) => 1.0,
                (_, Some(gate)) => point.a[gate],
                _ => 0.0,
            };
        }
        let mut price = point.price;
        for (price, (low, high)) in price.iter_mut().zip(&built.limits) {
            if (*price > 0.0 && high.is_infinite()) || (*price < 0.0 && low.is_infinite()) {
                *price = 0.0;
            }
        }
        for (kind, price) in built.kinds.iter().zip(&price) {
            match kind {
                Row::Group(group) => relaxed.group_price[*group] = *price,
                Row::Channel(channel) => relaxed.channel_price[*channel] += *price,
                _ => {}
            }
        }
        let Built { limits, entries, gate_of, program, .. } = built;
        let gates = program.gates;
        let proof = Proof { web: self, limits: &limits, entries: &entries, gate_of: &gate_of, gates: &gates };
        if !tangents.is_empty() {
            return Some(relaxed);
        }
        if proof.excludes(cells, states, &price) {
            return None;
        }
        relaxed.bound = proof.bound(cells, states, &price, layout.charge);
        Some(relaxed)
    }
}

/// What prices prove.
struct Proof<'b> {
    web: &'b Web,
    limits: &'b [(f64, f64)],
    entries: &'b [Vec<(usize, f64)>],
    gate_of: &'b [Option<usize>],
    gates: &'b [Gate],
}

impl Proof<'_> {
    fn priced(entries: &[(usize, f64)], price: &[f64]) -> f64 {
        entries.iter().map(|(row, factor)| factor * price[*row]).sum()
    }

    fn worth_of_limits(&self, price: &[f64]) -> f64 {
        let rows = self.limits.iter().zip(price);
        let worth = rows.map(|((low, high), price)| {
            if *price > 0.0 {
                price * high
            } else if *price < 0.0 {
                price * low
            } else {
                0.0
            }
        });
        worth.sum()
    }

    /// Adds what each cell gains, by the gate that it needs.
    fn sum(&self, states: &[State], mut gain: impl FnMut(usize) -> (f64, f64), gate: impl Fn(usize) -> f64) -> f64 {
        let mut sum = 0.0;
        let mut gates = vec![0.0; self.gates.len()];
        for at in 0..self.entries.len() {
            let (best, off) = gain(at);
            match self.web.channel.get(at).copied().flatten() {
                Some(channel) if states[channel] == State::Off => sum += off,
                Some(channel) => match self.gate_of[channel] {
                    Some(gate) => {
                        sum += off;
                        gates[gate] += best - off;
                    }
                    None => sum += best,
                },
                None => sum += best,
            }
        }
        for (at, gained) in gates.iter().enumerate() {
            sum += (gained + gate(at)).max(0.0);
        }
        sum
    }

    /// A limit on the value of the part.
    fn bound(&self, cells: &mut [Ready<'_>], states: &[State], price: &[f64], charge: f64) -> f64 {
        let spending = self.web.spending;
        let gain = |at: usize| {
            let cell = &mut cells[at];
            let charge = if at < spending { charge } else { 0.0 };
            let cost = Self::priced(&self.entries[at], price) + charge;
            cell.respond(cost);
            let spend = cell.least;
            let off = cell.envelope(cell.left.min(0.0));
            (cell.envelope(spend) - cost * spend, off)
        };
        let gate = |at: usize| -self.gates[at].fee - Self::priced(&self.gates[at].entries, price);
        let fees = self.web.ties.iter().zip(states);
        let fees = fees.filter(|(_, state)| **state == State::On).map(|(tie, _)| tie.fee);
        self.worth_of_limits(price) + self.sum(states, gain, gate) - fees.sum::<f64>()
    }

    /// Whether the prices prove that no plan keeps the rows (Farkas): even the cheapest spends cost more
    /// than the limits allow.
    fn excludes(&self, cells: &[Ready<'_>], states: &[State], price: &[f64]) -> bool {
        let largest = price.iter().fold(0.0_f64, |most, price| most.max(price.abs()));
        let gain = |at: usize| {
            let cost = Self::priced(&self.entries[at], price);
            let cell = &cells[at];
            ((-cost * cell.left).max(-cost * cell.domain.high), 0.0)
        };
        let gate = |at: usize| -Self::priced(&self.gates[at].entries, price);
        self.worth_of_limits(price) + self.sum(states, gain, gate) < -1e-9 * largest
    }
}

/// Rows while they are put together.
struct Rows<'b, 's, 'a> {
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
    fn new(
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
        let low = if reach.0 >= limit.0 { f64::NEG_INFINITY } else { limit.0 };
        let high = if reach.1 <= limit.1 { f64::INFINITY } else { limit.1 };
        (low.is_finite() || high.is_finite()).then_some((low, high))
    }

    fn groups(&mut self, layout: &Layout<'_>) {
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

    /// Amounts are what spend adds up to.
    fn amounts(&mut self) {
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

    fn channels(&mut self, states: &[State], gate_of: &[Option<usize>], gates: &mut [Gate]) {
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

    fn activity(&mut self, states: &[State], gate_of: &[Option<usize>], gates: &mut [Gate]) {
        if let Some(most) = self.web.most_active {
            let on = states.iter().filter(|state| **state == State::On).count();
            if on + gates.len() > most {
                let row = self.row(Row::Count, f64::NEG_INFINITY, most.saturating_sub(on) as f64);
                gates.iter_mut().for_each(|gate| gate.entries.push((row, 1.0)));
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
        let cost = if at < self.web.spending { self.charge } else { 0.0 };
        let (low, high) = self.ranges[at];
        let cell = &self.cells[at];
        let mut push = |width: f64, shape: Shape<'s, 'a>| {
            if width > 1e-15 {
                let entries = self.entries[at].clone();
                columns.push(Column { width, shape, cost, gate, entries });
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
                    push(high - cell.knee.max(low), Shape::Curve(cell, cell.knee.max(low)));
                }
            }
        }
    }

    fn finish(self, states: &[State], gate_of: Vec<Option<usize>>, gates: Vec<Gate>) -> Option<Built<'s, 'a>> {
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
            program: Program { columns, gates, rows },
            kinds: self.kinds,
            limits: self.limits,
            entries: self.entries,
            first,
            gate_of,
        })
    }
}
