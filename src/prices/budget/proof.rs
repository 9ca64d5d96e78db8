//! What prices prove: a limit on all plans of a part, and for single cells and channels what they cannot
//! do in a plan that is better than one at hand.

use rayon::prelude::*;

use super::blocks::Block;
use super::cell::{Domain, Ready};
use super::layout::Layout;
use super::plan::off;
use super::program::Gate;
use super::rows::Row;
use super::web::{State, Web};

/// Halvings for the end of what a cell may spend.
const HALVINGS: usize = 24;
/// A part of a domain that is cut off counts from here.
const WORTHWHILE: f64 = 0.02;
/// Block bounds are found up to this part of all value.
const EXACT: f64 = 2e-6;

/// Rows of a part with their prices.
#[derive(Clone, Debug, Default)]
pub(super) struct Proof {
    pub(super) limits: Vec<(f64, f64)>,
    pub(super) kinds: Vec<Row>,
    pub(super) entries: Vec<Vec<(usize, f64)>>,
    pub(super) gate_of: Vec<Option<usize>>,
    pub(super) gates: Vec<Gate>,
    pub(super) price: Vec<f64>,
    pub(super) charge: f64,
}

fn priced(entries: &[(usize, f64)], price: &[f64]) -> f64 {
    let terms = entries.iter().map(|(row, factor)| factor * price[*row]);
    terms.sum()
}

impl Proof {
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
    fn sum(
        &self,
        web: &Web,
        states: &[State],
        mut gain: impl FnMut(usize) -> (f64, f64),
        gate: impl Fn(usize) -> f64,
    ) -> f64 {
        let mut sum = 0.0;
        let mut gates = vec![0.0; self.gates.len()];
        for at in 0..self.entries.len() {
            let (best, off) = gain(at);
            match web.channel.get(at).copied().flatten() {
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

    /// What a unit of money costs in a cell, or a unit of an amount.
    fn cost(&self, web: &Web, at: usize, price: &[f64]) -> f64 {
        let charge = if at < web.spending { self.charge } else { 0.0 };
        priced(&self.entries[at], price) + charge
    }

    /// What opening a gate costs.
    fn toll(&self, gate: usize) -> f64 {
        self.gates[gate].fee + priced(&self.gates[gate].entries, &self.price)
    }

    fn fees(web: &Web, states: &[State]) -> f64 {
        let ties = web.ties.iter().zip(states);
        let on = ties.filter(|(_, state)| **state == State::On);
        on.map(|(tie, _)| tie.fee).sum()
    }

    /// A limit on the value of the part.
    pub(super) fn bound(&self, web: &Web, cells: &mut [Ready<'_>], states: &[State]) -> f64 {
        let gain = |at: usize| {
            let cell = &mut cells[at];
            let cost = self.cost(web, at, &self.price);
            cell.respond(cost);
            let spend = cell.least;
            let off = cell.envelope(cell.left.min(0.0));
            (cell.envelope(spend) - cost * spend, off)
        };
        let sum = self.sum(web, states, gain, |gate| -self.toll(gate));
        self.worth_of_limits(&self.price) + sum - Self::fees(web, states)
    }

    /// Whether the prices prove that no plan keeps the rows (Farkas): even the cheapest spends cost more
    /// than the limits allow.
    pub(super) fn excludes(&self, web: &Web, cells: &[Ready<'_>], states: &[State]) -> bool {
        let size = |most: f64, price: &f64| most.max(price.abs());
        let largest = self.price.iter().fold(0.0_f64, size);
        let gain = |at: usize| {
            let cost = priced(&self.entries[at], &self.price);
            let cell = &cells[at];
            ((-cost * cell.left).max(-cost * cell.domain.high), 0.0)
        };
        let gate = |at: usize| -priced(&self.gates[at].entries, &self.price);
        let sum = self.sum(web, states, gain, gate);
        self.worth_of_limits(&self.price) + sum < -1e-9 * largest
    }

    /// What each cell gains over nothing, and each gate over being shut; cells hold their best spends.
    fn gains(&self, web: &Web, cells: &mut [Ready<'_>]) -> (Vec<f64>, Vec<f64>) {
        let mut gains = vec![0.0; web.spending];
        let mut gates: Vec<f64> = (0..self.gates.len()).map(|gate| -self.toll(gate)).collect();
        for (at, gain) in gains.iter_mut().enumerate() {
            let cell = &mut cells[at];
            let cost = self.cost(web, at, &self.price);
            cell.respond(cost);
            let spend = cell.least;
            *gain = cell.envelope(spend) - cost * spend - cell.envelope(cell.left.min(0.0));
            if let Some(gate) = web.channel[at].and_then(|channel| self.gate_of[channel]) {
                gates[gate] += *gain;
            }
        }
        (gains, gates)
    }

    /// Cuts off what cells and channels do in no plan of the part that is worth `slack` less than the
    /// bound of these prices or more: every plan is short of the bound by at least what each choice loses
    /// at the prices. True if domains became notably smaller.
    pub(super) fn tighten(
        &self,
        web: &Web,
        cells: &mut [Ready<'_>],
        states: &mut [State],
        slack: f64,
    ) -> bool {
        let (gains, gates) = self.gains(web, cells);
        let mut cut = false;
        for (channel, state) in states.iter_mut().enumerate() {
            let Some(gate) = self.gate_of[channel].filter(|_| *state == State::Open) else {
                continue;
            };
            if gates[gate].abs() > slack {
                let on = gates[gate] > 0.0;
                *state = if on { State::On } else { State::Off };
                cut = true;
            }
        }
        for at in 0..web.spending {
            let cell = &mut cells[at];
            let smooth = cell.corners().is_none() && cell.knee > cell.left;
            let gate = web.channel[at].and_then(|channel| self.gate_of[channel]);
            let shut = web.channel[at].is_some_and(|channel| states[channel] == State::Off);
            if shut || !smooth {
                continue;
            }
            let (on_loss, off_loss) = match gate {
                Some(gate) => ((-gates[gate]).max(0.0), gains[at].min(gates[gate]).max(0.0)),
                None => (0.0, gains[at]),
            };
            let cost = self.cost(web, at, &self.price);
            let domain = cell.within(cost, slack - on_loss, off_loss > slack);
            let size = |domain: Domain| domain.high - domain.low;
            let less = domain.zero != cell.domain.zero;
            if less || size(domain) < (1.0 - WORTHWHILE) * size(cell.domain) {
                cell.enclose(domain);
                cut = true;
            }
        }
        cut
    }

    /// A limit on the value of the part, with the limits of innermost groups, and all shapes in them,
    /// kept exactly; other limits at their prices. What a gate costs is shared out over its cells.
    pub(super) fn bound_by_group(
        &self,
        web: &Web,
        layout: &Layout<'_>,
        cells: &mut [Ready<'_>],
        states: &[State],
    ) -> f64 {
        let nest = &layout.nest;
        let is_inner = |group: usize| nest.end[group] == group + 1;
        let mut price = self.price.clone();
        let mut inner = vec![0.0; nest.up.len()];
        for (kind, price) in self.kinds.iter().zip(&mut price) {
            if let Row::Group(group) = kind
                && is_inner(*group)
            {
                inner[*group] = std::mem::take(price);
            }
        }
        let (gains, gates) = self.gains(web, cells);
        let mut own = cells[..web.spending].to_vec();
        let mut bound = self.worth_of_limits(&price) - Self::fees(web, states);
        for gate in 0..gates.len() {
            bound -= self.toll(gate).min(0.0);
        }
        let mut sizes = vec![0.0; gates.len()];
        for channel in web.channel.iter().flatten() {
            if let Some(gate) = self.gate_of[*channel] {
                sizes[gate] += 1.0;
            }
        }
        for (at, own) in own.iter_mut().enumerate() {
            let Some(channel) = web.channel[at] else {
                continue;
            };
            if states[channel] == State::Off {
                own.enclose(off());
            } else if let Some(gate) = self.gate_of[channel] {
                let toll = self.toll(gate).max(0.0);
                let sum = gates[gate] + self.toll(gate);
                let share = if sum > 0.0 {
                    gains[at] / sum
                } else {
                    1.0 / sizes[gate]
                };
                own.tax(share * toll);
            }
        }
        let mut blocks = vec![];
        let mut rest = &mut own[..];
        while !rest.is_empty() {
            let from = web.spending - rest.len();
            let group = web.home[from];
            let homes = web.home[from..].iter();
            let count = homes.take_while(|home| **home == group).count();
            let (block, after) = rest.split_at_mut(count);
            blocks.push((from, group, block));
            rest = after;
        }
        let best = |(from, group, cells): (usize, usize, &mut [Ready<'_>])| {
            let limit = if is_inner(group) {
                (nest.floor[group], nest.ceiling[group])
            } else {
                (0.0, f64::INFINITY)
            };
            let cost = |at: usize| self.cost(web, from + at, &price);
            Block::new(limit, cells.len()).bound(cells, cost, inner[group], EXACT)
        };
        let found: Vec<Option<f64>> = blocks.into_par_iter().map(best).collect();
        let sum: Option<f64> = found.into_iter().sum();
        sum.map_or(f64::NEG_INFINITY, |sum| bound + sum)
    }
}

impl Ready<'_> {
    /// The smallest domain that holds all spends that lose at most `slack` at a cost for money, to
    /// which `least` and `most` are the answers. From the least spend on, what is left after the cost falls, rises to a top,
    /// and falls again.
    fn within(&self, cost: f64, slack: f64, must: bool) -> Domain {
        let domain = self.domain;
        let level = self.envelope(self.least) - cost * self.least - slack;
        let net = |spend: f64| self.plain(spend, domain.paid) - cost * spend;
        let top = if cost <= self.steep {
            self.most
        } else {
            self.steepest(cost)
        };
        let top = top.clamp(domain.low, domain.high);
        let end = |mut inside: f64, mut outside: f64| {
            for _ in 0..HALVINGS {
                let middle = 0.5 * (inside + outside);
                if net(middle) < level {
                    outside = middle;
                } else {
                    inside = middle;
                }
            }
            outside
        };
        let free = domain.zero || domain.low <= 0.0;
        let low_holds = net(domain.low) >= level;
        let top_holds = net(top) >= level;
        if !(low_holds || top_holds) {
            return if domain.zero && !must { off() } else { domain };
        }
        let high = match (top_holds, net(domain.high) >= level) {
            (true, true) => domain.high,
            (true, false) => end(top, domain.high),
            (false, _) => end(domain.low, top),
        };
        let low = if low_holds {
            domain.low
        } else {
            end(top, domain.low)
        };
        Domain {
            low,
            high,
            zero: free && !must && (domain.zero || low > domain.low),
            ..domain
        }
    }
}
