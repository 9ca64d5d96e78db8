//! Nodes of the tree where limits cross.

use super::cell::Ready;
use super::plan::{Way, concave, restrict, tangent};
use super::proof::Proof;
use super::tree::{EAGER, HALF, KEPT, NOTHING, Node, ROUNDS, Tree};
use super::web::{Relaxed, State, Tangent, Web};

/// Products of slack and price at the end of a relaxation, and of a plan.
pub(super) const ROUGH: f64 = 1e-9;
const FINE: f64 = 1e-15;
/// Relaxations of a node, each on smaller domains than the one before, at most.
const TIGHTER: usize = 8;
/// Relaxations of a dive at most.
const DIVES: usize = 40;
/// Parts this close to 0 or 1 are decided together.
const SURE: f64 = 0.2;

/// Decisions that leave a concave program.
#[derive(Clone, Debug)]
pub(super) struct Choice<'a> {
    pub(super) cells: Vec<Ready<'a>>,
    pub(super) tangents: Vec<Option<Tangent>>,
    pub(super) states: Vec<State>,
}

impl<'a> Tree<'_, 'a> {
    pub(super) fn look_across(&mut self, web: &Web, node: &Node, nodes: usize) -> Option<f64> {
        self.states = web.ties.iter().map(|tie| tie.root).collect();
        for (channel, state) in &node.states {
            self.states[*channel] = *state;
        }
        if !web.imply(&self.layout.cells, &mut self.states) {
            return None;
        }
        let tolerance = (1e-3 * self.relative).clamp(1e-13, ROUGH);
        let mut bound = f64::INFINITY;
        let rounds = if nodes > 1 { 2 } else { TIGHTER };
        for round in 1..=rounds {
            let mut cells = std::mem::take(&mut self.layout.cells);
            let relaxed = web.relax(self.layout, &mut cells, &[], &self.states, tolerance);
            self.layout.cells = cells;
            let relaxed = relaxed?;
            self.at = relaxed.spend;
            self.active = relaxed.active;
            bound = bound.min(relaxed.bound);
            if self.closes(bound) {
                return Some(bound);
            }
            if web.adds.iter().all(Vec::is_empty) {
                let mut cells = std::mem::take(&mut self.layout.cells);
                let proof = &relaxed.proof;
                let by_group = proof.bound_by_group(web, self.layout, &mut cells, &self.states);
                self.layout.cells = cells;
                bound = bound.min(by_group);
                if self.closes(bound) {
                    return Some(bound);
                }
            }
            let whole = self.active.iter().all(|part| part.min(1.0 - part) <= HALF);
            let whole = whole && self.widest().is_none();
            let due = nodes <= 2 || nodes.is_multiple_of(EAGER);
            if whole || (round == 1 && (due || self.found.is_none())) {
                self.make_plans(web, whole);
            }
            let Some(found) = &self.found else { break };
            let slack = relaxed.bound - found.net;
            if whole || round == rounds || !self.tighten(web, &relaxed.proof, slack)? {
                break;
            }
        }
        Some(bound)
    }

    /// Cuts off what no better plan does; `None` if nothing is left.
    fn tighten(&mut self, web: &Web, proof: &Proof, slack: f64) -> Option<bool> {
        let layout = &mut *self.layout;
        let cut = proof.tighten(web, &mut layout.cells, &mut self.states, slack);
        web.imply(&layout.cells, &mut self.states).then_some(cut)
    }

    /// Plans from the relaxation at hand: rounded at once, and decided bit by bit.
    fn make_plans(&mut self, web: &Web, whole: bool) {
        let (at, active) = (self.at.clone(), self.active.clone());
        let states = self.decide(web, &active, self.states.clone());
        let choice = self.choose(web, &at, Way::Stay, states);
        self.improve(web, choice, ROUGH);
        if !whole {
            let cells = self.layout.cells.clone();
            let before = self.found.as_ref().map(|found| found.net);
            self.dive(web);
            if self.found.as_ref().map(|found| found.net) != before {
                self.reset();
                self.polish(web);
            }
            self.layout.cells = cells;
            (self.at, self.active) = (at, active);
        }
    }

    /// Decides what is nearly decided, relaxes the rest again, until nothing is left to decide.
    fn dive(&mut self, web: &Web) {
        let mut states = self.states.clone();
        for _ in 0..DIVES {
            if self.is_done() {
                return;
            }
            if !self.decide_some(web, &mut states) {
                let states = self.decide(web, &self.active, states);
                let choice = self.choose(web, &self.at, Way::Stay, states);
                self.improve(web, choice, ROUGH);
                return;
            }
            if !web.imply(&self.layout.cells, &mut states) {
                return;
            }
            let mut cells = std::mem::take(&mut self.layout.cells);
            let relaxed = web.relax(self.layout, &mut cells, &[], &states, ROUGH);
            self.layout.cells = cells;
            let Some(relaxed) = relaxed.filter(|relaxed| !self.closes(relaxed.bound)) else {
                return;
            };
            (self.at, self.active) = (relaxed.spend, relaxed.active);
        }
    }

    /// Decides channels, or else cells, that are nearly on or off, and at least a quarter of the
    /// undecided; false if all are decided.
    fn decide_some(&mut self, web: &Web, states: &mut [State]) -> bool {
        let open = |(at, part): (usize, &f64)| (part.min(1.0 - part) > HALF).then_some((at, *part));
        let mut parts: Vec<(usize, f64)> =
            self.active.iter().enumerate().filter_map(open).collect();
        if !parts.is_empty() {
            for (channel, part) in nearest(&mut parts) {
                states[channel] = if part > 0.5 { State::On } else { State::Off };
            }
            return true;
        }
        for at in 0..web.spending {
            let cell = &self.layout.cells[at];
            let spend = self.at[at];
            if cell.gap(spend) > self.rounding {
                parts.push((
                    at,
                    ((spend - cell.left) / (cell.knee - cell.left)).clamp(0.0, 1.0),
                ));
            }
        }
        if parts.is_empty() {
            return false;
        }
        for (at, part) in nearest(&mut parts) {
            let cell = &mut self.layout.cells[at];
            let way = if part > 0.5 { Way::Up } else { Way::Down };
            let domain = restrict(cell, self.at[at], way, 0.0).0;
            cell.enclose(domain);
        }
        true
    }

    /// Turns open channels on that are on by at least half, the most first, as far as they may.
    fn decide(&self, web: &Web, active: &[f64], mut states: Vec<State>) -> Vec<State> {
        let mut order: Vec<usize> = (0..active.len()).collect();
        order.sort_by(|a, b| active[*b].total_cmp(&active[*a]).then(a.cmp(b)));
        for channel in order {
            if states[channel] != State::Open {
                continue;
            }
            let mut tried = states.clone();
            tried[channel] = State::On;
            let wanted = active[channel] >= 0.5;
            if wanted && web.imply(&self.layout.cells, &mut tried) {
                states = tried;
            } else {
                states[channel] = State::Off;
            }
        }
        states
    }

    pub(super) fn choose(&self, web: &Web, at: &[f64], way: Way, states: Vec<State>) -> Choice<'a> {
        let mut cells = self.layout.cells.clone();
        let mut tangents = vec![None; cells.len()];
        for (cell, own) in cells.iter_mut().enumerate() {
            let is_amount = cell >= web.spending;
            if is_amount {
                tangents[cell] = tangent(own, at[cell]);
                if tangents[cell].is_none() && own.steep.is_finite() {
                    own.enclose(concave(own));
                }
                continue;
            }
            let (domain, line) = restrict(own, at[cell], way, self.rounding);
            let is_off = web.channel[cell].is_some_and(|at| states[at] == State::Off);
            tangents[cell] = line.filter(|_| !is_off);
            if domain != own.domain && tangents[cell].is_none() {
                own.enclose(domain);
            }
        }
        Choice {
            cells,
            tangents,
            states,
        }
    }

    /// Solves a choice, moves the tangents to where it ends, and again while that pays.
    pub(super) fn improve(&mut self, web: &Web, mut choice: Choice<'a>, tolerance: f64) {
        let mut best = f64::NEG_INFINITY;
        for _ in 0..ROUNDS {
            let Choice {
                cells,
                tangents,
                states,
            } = &mut choice;
            let mut solve = |tolerance| {
                let relaxed = web.relax(self.layout, cells, tangents, states, tolerance)?;
                let spend = self.whole(web, &relaxed);
                let net = self.worth(web, &spend)?;
                Some((relaxed, spend, net))
            };
            let solved = solve(tolerance).or_else(|| solve(FINE));
            let Some((relaxed, spend, net)) = solved else {
                return;
            };
            self.offer_across(net, &spend, &relaxed);
            let any = choice.tangents.iter().any(Option::is_some);
            if !any || net <= best + 1e-7 * best.abs() {
                return;
            }
            best = net;
            let cells = choice.cells.iter_mut().zip(&mut choice.tangents);
            for ((own, line), &spend) in cells.zip(&spend).filter(|((_, line), _)| line.is_some()) {
                *line = tangent(own, spend);
                if line.is_none() {
                    own.enclose(concave(own));
                }
            }
        }
    }

    /// Spends without traces of nothing, and the amounts that they add up to.
    fn whole(&self, web: &Web, relaxed: &Relaxed) -> Vec<f64> {
        let mut spend = relaxed.spend.clone();
        spend[web.spending..].fill(0.0);
        for at in 0..web.spending {
            if spend[at] < NOTHING {
                spend[at] = 0.0;
            }
            for (amount, factor) in &web.adds[at] {
                spend[*amount] += factor * spend[at];
            }
        }
        spend
    }

    /// What a plan is worth; `None` if it breaks a limit.
    fn worth(&self, web: &Web, spend: &[f64]) -> Option<f64> {
        let nest = &self.layout.nest;
        let mut groups = vec![0.0; nest.up.len()];
        let mut channels = vec![0.0; web.ties.len()];
        for at in 0..web.spending {
            let root = self.root[at];
            let least = if root.zero && spend[at] <= 0.0 {
                0.0
            } else {
                root.low
            };
            let slack = KEPT * root.high;
            if spend[at] < least - slack || spend[at] > root.high + slack {
                return None;
            }
            groups[web.home[at]] += spend[at];
            if let Some(channel) = web.channel[at] {
                channels[channel] += spend[at];
            }
        }
        for group in (1..groups.len()).rev() {
            groups[nest.up[group]] += groups[group];
        }
        let slack = KEPT * groups[0];
        let outside = |sum: f64, low: f64, high: f64| sum < low - slack || sum > high + slack;
        let broken = groups.iter().enumerate();
        let mut broken =
            broken.filter(|(at, sum)| outside(**sum, nest.floor[*at], nest.ceiling[*at]));
        if broken.next().is_some() {
            return None;
        }
        for set in &web.across {
            let sum = set.cells.iter().map(|cell| spend[*cell]).sum();
            if outside(sum, set.floor, set.ceiling) {
                return None;
            }
        }
        let mut net = self.net(spend);
        let active = |channel: usize| channels[channel] > 0.0;
        for (at, tie) in web.ties.iter().enumerate() {
            let low = if active(at) {
                tie.floor.max(tie.minimum)
            } else {
                tie.floor
            };
            if outside(channels[at], low, tie.ceiling) {
                return None;
            }
            net -= if active(at) { tie.fee } else { 0.0 };
        }
        let count = (0..channels.len()).filter(|at| active(*at)).count();
        let clash = web.conflicts.iter().any(|(a, b)| active(*a) && active(*b));
        let kept = !clash && web.most_active.is_none_or(|most| count <= most);
        kept.then_some(net)
    }

    fn offer_across(&mut self, net: f64, spend: &[f64], relaxed: &Relaxed) {
        if !self.is_better(net) {
            return;
        }
        let nest = &self.layout.nest;
        let mut price = relaxed.group_price.clone();
        price[0] += self.layout.charge;
        for group in 1..price.len() {
            price[group] += price[nest.up[group]];
        }
        let cross = (relaxed.channel_price.clone(), relaxed.across_price.clone());
        self.offer(net, spend.to_vec(), price, cross);
    }

    /// Channels as a plan has them.
    pub(super) fn states_of(&self, web: &Web, spend: &[f64]) -> Vec<State> {
        let mut states: Vec<State> = web.ties.iter().map(|tie| tie.root).collect();
        let mut active = vec![0.0; states.len()];
        for (channel, spend) in web.channel.iter().zip(&spend[..web.spending]) {
            if let Some(channel) = *channel {
                active[channel] += spend;
            }
        }
        for (state, active) in states.iter_mut().zip(&active) {
            if *state == State::Open {
                *state = if *active > 0.0 { State::On } else { State::Off };
            }
        }
        states
    }

    /// Solves the best plan's own decisions again, as finely as numbers allow.
    pub(super) fn finish(&mut self) {
        let Some(web) = self.layout.web.take() else {
            return;
        };
        self.reset();
        if let Some(found) = &self.found {
            let spend = found.spend.clone();
            let states = self.states_of(&web, &spend);
            let choice = self.choose(&web, &spend, Way::Stay, states);
            self.improve(&web, choice, FINE);
        }
        self.layout.web = Some(web);
    }
}

/// Parts that are almost 0 or 1, the surest first: at least a quarter of them, and all that are sure.
fn nearest(parts: &mut [(usize, f64)]) -> impl Iterator<Item = (usize, f64)> + '_ {
    let doubt = |part: f64| part.min(1.0 - part);
    parts.sort_by(|a, b| doubt(a.1).total_cmp(&doubt(b.1)).then(a.0.cmp(&b.0)));
    let least = parts.len().div_ceil(3);
    let sure = parts.iter().take_while(|part| doubt(part.1) < SURE).count();
    parts.iter().copied().take(least.max(sure))
}
