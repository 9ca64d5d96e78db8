//! Adding, dropping and swapping sites.
//!
//! One pass over the pairs gives the change in value of every move at once (Resende and Werneck
//! 2004, "A hybrid heuristic for the p-median problem", Journal of Heuristics 10:59):
//!
//! ```text
//! add[i]         gain of opening i
//! loss[r]        what the units of r lose when it closes
//! extra[r][i]    how much less they lose when i opens at the same time
//! ```

use super::instance::{Instance, NONE};

/// Gains below this part of the value are rounding.
const ROUNDING: f64 = 1e-12;

/// A set of open sites under improvement, with scratch that is kept between runs.
#[derive(Debug)]
pub(super) struct Search {
    pub(super) open: Vec<bool>,
    pub(super) value: f64,
    /// What a unit is worth without any site.
    without: Vec<f64>,
    best: Vec<f64>,
    best_site: Vec<u32>,
    second: Vec<f64>,
    add: Vec<f64>,
    loss: Vec<f64>,
    /// One row for each open site, in the order of `slots`.
    extra: Vec<f64>,
    slots: Vec<u32>,
    slot_of: Vec<u32>,
}

/// Sites to open and to close.
type Move = (Option<usize>, Option<usize>);

impl Search {
    pub(super) fn new(instance: &Instance) -> Self {
        let (sites, units) = (instance.sites(), instance.units());
        Self {
            open: vec![false; sites],
            value: f64::NEG_INFINITY,
            without: instance.without_site(),
            best: vec![0.0; units],
            best_site: vec![NONE; units],
            second: vec![0.0; units],
            add: vec![0.0; sites],
            loss: Vec::new(),
            extra: Vec::new(),
            slots: Vec::new(),
            slot_of: vec![NONE; sites],
        }
    }

    /// Sets the value of the open set by giving every unit its best open site.
    pub(super) fn value_of_open(&mut self, instance: &Instance) {
        self.serve(instance);
        let opened = self.open.iter().zip(&instance.fixed);
        let fixed: f64 = opened.filter(|pair| *pair.0).map(|pair| pair.1).sum();
        self.value = self.best.iter().sum::<f64>() - fixed;
    }

    /// Site that each unit goes to, or `NONE`; valid after [`value_of_open`](Self::value_of_open).
    pub(super) fn served_by(&self) -> &[u32] {
        &self.best_site
    }

    /// Takes the best move until none gains.
    pub(super) fn improve(&mut self, instance: &Instance) {
        self.value_of_open(instance);
        loop {
            let before = self.value;
            self.score(instance);
            let Some(step) = self.best_move(instance) else {
                return;
            };
            self.apply(step);
            self.value_of_open(instance);
            // Gains are differences of sums: near rounding they may promise what is not there.
            if self.value <= before {
                self.apply((step.1, step.0));
                self.value_of_open(instance);
                return;
            }
        }
    }

    fn apply(&mut self, (open, close): Move) {
        if let Some(site) = open {
            self.open[site] = true;
        }
        if let Some(site) = close {
            self.open[site] = false;
        }
    }

    fn serve(&mut self, instance: &Instance) {
        for unit in 0..instance.units() {
            let own = instance.own_of(unit).filter(|&site| self.open[site]);
            let pairs = instance.lists.of(unit);
            let none = self.without[unit];
            let mut choices = pairs
                .take_while(|pair| pair.1 > none)
                .filter(|pair| self.open[pair.0]);
            let mut next = || choices.next().map_or((NONE, none), |(i, p)| (number(i), p));
            let first = own.map_or_else(&mut next, |i| (number(i), instance.own_profit[i]));
            (self.best_site[unit], self.best[unit]) = first;
            self.second[unit] = if first.0 == NONE { none } else { next().1 };
        }
    }

    fn score(&mut self, instance: &Instance) {
        let sites = instance.sites();
        self.slots.clear();
        for site in 0..sites {
            if self.open[site] {
                self.slot_of[site] = number(self.slots.len());
                self.slots.push(number(site));
            }
            self.add[site] = -instance.fixed[site];
        }
        self.loss.clear();
        self.loss.resize(self.slots.len(), 0.0);
        self.extra.clear();
        self.extra.resize(self.slots.len() * sites, 0.0);
        for unit in 0..instance.units() {
            self.score_unit(instance, unit);
        }
    }

    fn score_unit(&mut self, instance: &Instance, unit: usize) {
        let (best, second) = (self.best[unit], self.second[unit]);
        let own = instance.own_of(unit);
        let pairs = instance.lists.of(unit).take_while(|pair| pair.1 > second);
        if self.best_site[unit] == NONE {
            for (site, profit) in pairs {
                self.add[site] += profit - best;
            }
            if let Some(site) = own {
                self.add[site] += instance.own_profit[site] - best;
            }
            return;
        }
        let by = self.best_site[unit] as usize;
        let slot = self.slot_of[by] as usize;
        self.loss[slot] += best - second;
        let extra = &mut self.extra[slot * instance.sites()..][..instance.sites()];
        if own == Some(by) {
            for (site, profit) in pairs {
                extra[site] += profit - second;
            }
            return;
        }
        for (site, profit) in pairs {
            self.add[site] += (profit - best).max(0.0);
            extra[site] += profit.min(best) - second;
        }
        if let Some(site) = own {
            self.add[site] += instance.own_profit[site] - best;
            extra[site] += best - second;
        }
    }

    fn best_move(&self, instance: &Instance) -> Option<Move> {
        let mut most = ROUNDING * self.value.abs();
        let mut found = None;
        let mut offer = |gain: f64, step: Move| {
            if gain > most {
                (most, found) = (gain, Some(step));
            }
        };
        let closed = |site: &usize| !self.open[*site] && instance.may_open[*site];
        for site in (0..instance.sites()).filter(closed) {
            offer(self.add[site], (Some(site), None));
        }
        for (slot, &out) in self.slots.iter().enumerate() {
            let out = out as usize;
            let drop = instance.fixed[out] - self.loss[slot];
            offer(drop, (None, Some(out)));
            let extra = &self.extra[slot * instance.sites()..][..instance.sites()];
            for site in (0..instance.sites()).filter(closed) {
                offer(drop + self.add[site] + extra[site], (Some(site), Some(out)));
            }
        }
        found
    }
}

/// A site as it is stored; `Instance` refuses more sites than fit.
pub(super) fn number(site: usize) -> u32 {
    u32::try_from(site).unwrap_or(NONE)
}
