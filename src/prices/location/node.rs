//! A part of the search: which sites are decided, and what is left of the pairs.

use super::instance::{Instance, Lists, NONE};

/// What is decided about a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Free,
    Open,
    Closed,
}

/// A node of the tree.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    pub(super) state: Vec<State>,
    /// Pairs of sites that are not closed and that can still matter.
    pub(super) lists: Lists,
    /// What a unit is worth at least: unserved, or at a site that is open for good.
    pub(super) floor: Vec<f64>,
    /// Prices with the least bound so far.
    pub(super) price: Vec<f64>,
    /// That bound.
    pub(super) bound: f64,
    /// How far each site was open on average, in [0, 1].
    pub(super) share: Vec<f64>,
    /// Number of undecided sites.
    pub(super) free: usize,
}

impl Node {
    /// Everything undecided; no prices yet.
    pub(super) fn root(instance: &Instance) -> Self {
        let state = |&may: &bool| if may { State::Free } else { State::Closed };
        let state: Vec<State> = instance.may_open.iter().map(state).collect();
        let free = state.iter().filter(|state| **state == State::Free).count();
        let mut node = Self {
            state,
            lists: instance.lists.clone(),
            floor: instance.without_site(),
            price: Vec::new(),
            bound: f64::INFINITY,
            share: vec![0.5; instance.sites()],
            free,
        };
        node.compact(instance);
        node
    }

    /// Becomes a copy of another node without giving its memory back.
    pub(super) fn copy_from(&mut self, other: &Self) {
        self.state.clone_from(&other.state);
        self.lists.start.clone_from(&other.lists.start);
        self.lists.site.clone_from(&other.lists.site);
        self.lists.profit.clone_from(&other.lists.profit);
        self.floor.clone_from(&other.floor);
        self.price.clone_from(&other.price);
        self.bound = other.bound;
        self.share.clone_from(&other.share);
        self.free = other.free;
    }

    /// Decides about a free site.
    pub(super) fn decide(&mut self, site: usize, state: State) {
        self.state[site] = state;
        self.free -= 1;
    }

    /// Drops the pairs that decisions have made idle.
    ///
    /// A unit can go to a site that is open for good at no further cost, so its price need never
    /// be below that profit, and pairs below the price earn nothing. The own unit of an open site
    /// goes there whatever others offer: a price above all offers says so.
    pub(super) fn compact(&mut self, instance: &Instance) {
        let mut kept = 0;
        for unit in 0..instance.units() {
            let pairs = self.lists.start[unit]..self.lists.start[unit + 1];
            self.lists.start[unit] = kept;
            let own = instance.own_of(unit);
            let settled = own.is_some_and(|site| self.state[site] == State::Open);
            let mut floor = self.floor[unit];
            for pair in pairs {
                let (site, profit) = (self.lists.site[pair], self.lists.profit[pair]);
                let state = self.state[site as usize];
                if profit <= floor {
                    break;
                }
                if settled || state == State::Open {
                    floor = profit;
                    break;
                }
                if state == State::Free {
                    self.lists.site[kept] = site;
                    self.lists.profit[kept] = profit;
                    kept += 1;
                }
            }
            self.floor[unit] = floor;
        }
        if let Some(last) = self.lists.start.last_mut() {
            *last = kept;
        }
        self.lists.site.truncate(kept);
        self.lists.profit.truncate(kept);
        for (price, floor) in self.price.iter_mut().zip(&self.floor) {
            *price = price.max(*floor);
        }
    }
}

/// The Lagrangian at some prices, with scratch that is kept between evaluations.
#[derive(Debug, Default)]
pub(super) struct Lagrangian {
    /// `S[i]` of the header of [`super`]; −∞ at closed sites.
    pub(super) surplus: Vec<f64>,
    /// 1 − how many chosen sites want each unit.
    pub(super) slack: Vec<f64>,
    ends: Vec<usize>,
    /// 1 for a chosen site, else 0.
    weight: Vec<f64>,
}

impl Lagrangian {
    /// Whether a site opens at the last prices.
    pub(super) fn chosen(&self, node: &Node, site: usize) -> bool {
        node.state[site] == State::Open || self.surplus[site] > 0.0
    }

    /// D at the prices, which must not lie below the node's floor.
    pub(super) fn evaluate(&mut self, instance: &Instance, node: &Node, price: &[f64]) -> f64 {
        self.surplus.clear();
        for site in 0..instance.sites() {
            let unit = instance.own_unit[site];
            let own = if unit == NONE {
                0.0
            } else {
                instance.own_profit[site] - price[unit as usize]
            };
            let closed = node.state[site] == State::Closed;
            let surplus = if closed {
                f64::NEG_INFINITY
            } else {
                own - instance.fixed[site]
            };
            self.surplus.push(surplus);
        }
        self.ends.clear();
        for (unit, &price) in price.iter().enumerate() {
            let mut end = node.lists.start[unit];
            let stop = node.lists.start[unit + 1];
            while end < stop && node.lists.profit[end] > price {
                self.surplus[node.lists.site[end] as usize] += node.lists.profit[end] - price;
                end += 1;
            }
            self.ends.push(end);
        }
        let chosen = (0..instance.sites()).filter(|&site| self.chosen(node, site));
        price.iter().sum::<f64>() + chosen.map(|site| self.surplus[site]).sum::<f64>()
    }

    /// Sets `slack` for the prices of the last evaluation.
    pub(super) fn count(&mut self, instance: &Instance, node: &Node) {
        self.weight.clear();
        for site in 0..instance.sites() {
            let chosen = self.chosen(node, site);
            self.weight.push(f64::from(u8::from(chosen)));
        }
        self.slack.clear();
        for (unit, &end) in self.ends.iter().enumerate() {
            let sites = &node.lists.site[node.lists.start[unit]..end];
            let count: f64 = sites.iter().map(|&site| self.weight[site as usize]).sum();
            let own = instance.own_of(unit);
            self.slack
                .push(1.0 - count - own.map_or(0.0, |site| self.weight[site]));
        }
    }
}
