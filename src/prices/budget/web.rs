//! Limits that cross: channels over periods, spend that carries over, channels that are on or off.
//!
//! One row for each limit that can bind, one for each amount that spend of several periods adds up to,
//! one for the count of active channels and one for each conflict. `interior` gives prices for the rows;
//! the limit that they prove is worked out here from the envelopes alone, with the best response of each
//! cell to its price, and holds for any prices.

use super::cell::Ready;
use super::interior::interior;
use super::layout::Layout;
use super::program::Gate;
use super::proof::Proof;
use super::rows::{Built, Row, Rows};

/// Sums of limits are compared with this part of the money at hand.
pub(super) const ROUNDING: f64 = 1e-12;

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
    pub(super) across: Vec<Span>,
    pub(super) most_active: Option<usize>,
    pub(super) conflicts: Vec<(usize, usize)>,
}

/// A set of cells across groups, in scaled money.
#[derive(Clone, Debug, Default)]
pub(super) struct Span {
    pub(super) floor: f64,
    pub(super) ceiling: f64,
    pub(super) cells: Vec<usize>,
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
    /// Price of each group's own limit, of each channel's, and of each set's across groups.
    pub(super) group_price: Vec<f64>,
    pub(super) channel_price: Vec<f64>,
    pub(super) across_price: Vec<f64>,
    /// Prices of all rows, where something is proved.
    pub(super) proof: Proof,
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
        for (tie, state) in self.ties.iter().zip(states.iter_mut()) {
            if tie.minimum > tie.ceiling * (1.0 + ROUNDING) {
                match state {
                    State::On => return false,
                    State::Open | State::Off => *state = State::Off,
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
        !floors
            .clone()
            .any(|(tie, state)| tie.floor > 0.0 && *state == State::Off)
    }

    /// The range of a cell in a part of all plans.
    pub(super) fn range(&self, at: usize, cell: &Ready<'_>, states: &[State]) -> (f64, f64) {
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
        rows.groups(layout, states);
        rows.across();
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
            across_price: vec![0.0; self.across.len()],
            proof: Proof::default(),
        };
        for (at, cell) in cells.iter().enumerate() {
            let base = tangents
                .get(at)
                .copied()
                .flatten()
                .map_or(cell.left, |line| line.low);
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
                Row::Across(set) => relaxed.across_price[*set] = *price,
                _ => {}
            }
        }
        let Built {
            limits,
            kinds,
            entries,
            gate_of,
            program,
            ..
        } = built;
        if !tangents.is_empty() {
            return Some(relaxed);
        }
        let proof = Proof {
            limits,
            kinds,
            entries,
            gate_of,
            gates: program.gates,
            price,
            charge: layout.charge,
        };
        if proof.excludes(self, cells, states) {
            return None;
        }
        relaxed.bound = proof.bound(self, cells, states);
        relaxed.proof = proof;
        Some(relaxed)
    }
}
