//! Dual ascent and adjustment (Erlenkotter 1978).
//!
//! Prices start above every offer and come down, one offer at a time, as long as no site earns more
//! than its fixed cost. Where two open sites then both earn from a unit, which an optimum does not
//! allow, the unit has given too much: adjustment raises such prices by one offer and lets all come
//! down again. Erlenkotter does so unit by unit; raising all of them at once costs one ascent
//! instead of one for each unit.

use super::instance::{Instance, NONE};
use super::node::{Node, State};

/// Most rounds of adjustment.
const ADJUSTMENTS: usize = 10;
/// A round that gains less than this part of the bound is the last.
const WORTHWHILE: f64 = 1e-6;

/// Steps shorter than this part of a price are rounding.
const ROUNDING: f64 = 1e-12;

/// What sites may still earn, and which offers prices have passed.
#[derive(Debug, Default)]
pub(super) struct Ascent {
    /// `−S[i]`: what a site lacks to pay for itself; 0 where prices are blocked.
    lack: Vec<f64>,
    /// Pairs before here offer at least the price of the unit.
    ends: Vec<usize>,
    kept: Vec<f64>,
}

impl Ascent {
    /// Sets the prices of a node without open sites so that S ≤ 0 everywhere, up to rounding, and
    /// opens sites to go with them.
    ///
    /// Prices that the node already has are raised until no site earns more than its cost, so a
    /// neighboring task's prices can be passed on.
    pub(super) fn run(&mut self, instance: &Instance, node: &mut Node, open: &mut [bool]) {
        self.ascend(instance, node);
        let mut bound: f64 = node.price.iter().sum();
        for _ in 0..ADJUSTMENTS {
            self.open_sites(instance, node, open);
            self.kept.clone_from(&node.price);
            self.raise_contested(instance, node, open);
            self.ascend(instance, node);
            let reached: f64 = node.price.iter().sum();
            let gain = bound - reached;
            if gain <= 0.0 {
                std::mem::swap(&mut node.price, &mut self.kept);
                self.measure(instance, node);
            }
            if gain <= WORTHWHILE * bound.abs() {
                break;
            }
            bound = reached;
        }
        self.open_sites(instance, node, open);
    }

    fn ascend(&mut self, instance: &Instance, node: &mut Node) {
        if node.price.is_empty() {
            let top = |unit: usize| {
                let own = instance.own_of(unit).filter(|&i| instance.may_open[i]);
                let own = own.map_or(f64::NEG_INFINITY, |i| instance.own_profit[i]);
                let list = node.lists.top(unit).unwrap_or(f64::NEG_INFINITY);
                own.max(list).max(node.floor[unit])
            };
            node.price = (0..instance.units()).map(top).collect();
        }
        self.measure(instance, node);
        self.repair(instance, node);
        self.measure(instance, node);
        loop {
            let mut moved = false;
            for unit in 0..instance.units() {
                moved |= self.lower(instance, node, unit);
            }
            if !moved {
                return;
            }
        }
    }

    fn measure(&mut self, instance: &Instance, node: &Node) {
        self.lack.clear();
        for site in 0..instance.sites() {
            let unit = instance.own_unit[site];
            let own = if unit == NONE {
                0.0
            } else {
                node.price[unit as usize] - instance.own_profit[site]
            };
            let free = node.state[site] == State::Free;
            self.lack.push(if free {
                own + instance.fixed[site]
            } else {
                f64::INFINITY
            });
        }
        self.ends.clear();
        for (unit, &price) in node.price.iter().enumerate() {
            let mut end = node.lists.start[unit];
            let stop = node.lists.start[unit + 1];
            while end < stop && node.lists.profit[end] >= price {
                self.lack[node.lists.site[end] as usize] -= node.lists.profit[end] - price;
                end += 1;
            }
            self.ends.push(end);
        }
    }

    /// Raises prices until no site earns more than its cost.
    fn repair(&mut self, instance: &Instance, node: &mut Node) {
        for unit in 0..instance.units() {
            let own = instance.own_of(unit);
            loop {
                let pairs = node.lists.start[unit]..self.ends[unit];
                let sites = &node.lists.site[pairs.clone()];
                let lack = |&site: &u32| self.lack[site as usize];
                let listed = sites.iter().map(lack).fold(f64::INFINITY, f64::min);
                let least = own.map_or(listed, |site| listed.min(self.lack[site]));
                if least >= 0.0 {
                    break;
                }
                let last = node.lists.profit[pairs].last().copied();
                let room = last.map_or(f64::INFINITY, |last| last - node.price[unit]);
                let by = room.min(-least);
                node.price[unit] += by;
                for &site in sites {
                    self.lack[site as usize] += by;
                }
                if let Some(site) = own {
                    self.lack[site] += by;
                }
                if by >= room {
                    self.ends[unit] -= 1;
                }
            }
        }
    }

    /// Lowers a price to the next offer, or to where a site blocks it; false if it did not move.
    fn lower(&mut self, instance: &Instance, node: &mut Node, unit: usize) -> bool {
        let price = node.price[unit];
        let mut room = price - node.floor[unit];
        let own = instance.own_of(unit);
        if let Some(site) = own {
            room = room.min(self.lack[site]);
        }
        let (first, end) = (node.lists.start[unit], self.ends[unit]);
        for &site in &node.lists.site[first..end] {
            room = room.min(self.lack[site as usize]);
            if room <= ROUNDING * price.abs() {
                return false;
            }
        }
        if room <= ROUNDING * price.abs() {
            return false;
        }
        let next = (end < node.lists.start[unit + 1]).then(|| node.lists.profit[end]);
        let reached = next.is_some_and(|next| price - next <= room);
        let to = next.filter(|_| reached).unwrap_or(price - room);
        let by = price - to;
        node.price[unit] = to;
        for &site in &node.lists.site[first..end] {
            self.lack[site as usize] -= by;
        }
        if let Some(site) = own {
            self.lack[site] -= by;
        }
        if reached {
            self.ends[unit] += 1;
        }
        true
    }

    /// Raises every price from which two open sites earn to the next offer above it.
    fn raise_contested(&self, instance: &Instance, node: &mut Node, open: &[bool]) {
        for unit in 0..instance.units() {
            let price = node.price[unit];
            let pairs = node.lists.start[unit]..self.ends[unit];
            let sites = node.lists.site[pairs.clone()].iter();
            let listed = sites
                .map(|&i| i as usize)
                .zip(node.lists.profit[pairs].iter().copied());
            let own = instance.own_of(unit).map(|i| (i, instance.own_profit[i]));
            let above = listed.chain(own).filter(|offer| offer.1 > price);
            let (mut earning, mut next) = (0, f64::INFINITY);
            for (site, profit) in above {
                earning += usize::from(open[site]);
                next = next.min(profit);
            }
            if earning > 1 {
                node.price[unit] = next;
            }
        }
    }

    /// Opens enough sites that pay for themselves to serve every unit that wants one.
    fn open_sites(&self, instance: &Instance, node: &Node, open: &mut [bool]) {
        let pays = |site: usize| self.lack[site] <= 1e-9 * instance.fixed[site];
        open.fill(false);
        for unit in 0..instance.units() {
            let pairs = node.lists.start[unit]..self.ends[unit];
            let listed = node.lists.site[pairs].iter().map(|&site| site as usize);
            let own = instance.own_of(unit);
            let mut wanted = own.into_iter().chain(listed).filter(|&site| pays(site));
            let first = wanted.next();
            let served = first.is_some_and(|site| open[site]) || wanted.any(|site| open[site]);
            if let Some(site) = first.filter(|_| !served) {
                open[site] = true;
            }
        }
    }
}
