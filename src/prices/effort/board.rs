//! A plan under construction: who serves what, how many reps, and the prices of their hours.

use super::layout::{Layout, NONE};
use super::water::{self, Entry, Room, Search};

/// A site of a plan.
#[derive(Clone, Debug)]
pub(super) struct Home {
    pub(super) reps: u32,
    /// Units that it serves, as pairs.
    pub(super) pairs: Vec<u32>,
    /// Price of an hour in each period.
    pub(super) prices: Vec<f64>,
    /// What it is worth; a penalty for each unit where required hours do not fit.
    pub(super) worth: f64,
    /// Whether required hours fit.
    pub(super) fits: bool,
}

/// A plan with the worth of each site.
#[derive(Clone, Debug)]
pub(super) struct Board {
    pub(super) homes: Vec<Home>,
    /// Pair of each unit, or `NONE`.
    pub(super) served: Vec<u32>,
    /// What a unit without a site is worth: its value, or less than it can cost to serve it.
    missing: Vec<f64>,
    /// What a unit of a site where required hours do not fit is worth.
    unfit: f64,
}

impl Board {
    /// All units without a site, and only those reps that there must be.
    pub(super) fn new(layout: &Layout<'_>) -> Self {
        let task = layout.task;
        let home = |site: usize| Home {
            reps: task.sites[site].least,
            pairs: vec![],
            prices: layout.fair(site).to_vec(),
            worth: 0.0,
            fits: true,
        };
        let missing = penalties(layout);
        let mut board = Self {
            homes: (0..task.sites.len()).map(home).collect(),
            served: vec![NONE; task.units.len()],
            unfit: 2.0 * missing.iter().copied().fold(-1.0, f64::min),
            missing,
        };
        for site in 0..task.sites.len() {
            board.settle(layout, site);
        }
        board
    }

    /// Value of the plan, less the penalties of units that need a site and have none.
    pub(super) fn value(&self) -> f64 {
        let without = self.served.iter().zip(&self.missing);
        let missing = without
            .filter(|(pair, _)| **pair == NONE)
            .map(|(_, cost)| cost);
        self.homes.iter().map(|home| home.worth).sum::<f64>() + missing.sum::<f64>()
    }

    /// What a unit is worth without a site.
    pub(super) fn without(&self, unit: usize) -> f64 {
        self.missing[unit]
    }

    /// What a unit of a site where required hours do not fit is worth.
    pub(super) fn unfit(&self) -> f64 {
        self.unfit
    }

    /// Whether the plan keeps every rule.
    pub(super) fn is_plan(&self, layout: &Layout<'_>) -> bool {
        let needs = |(unit, pair): (usize, &u32)| {
            *pair != NONE || layout.task.units[unit].unserved.is_some()
        };
        let serves_own = |(site, home): (usize, &Home)| {
            let own = layout.task.sites[site].own;
            home.reps == 0 || own.is_none_or(|_| home.pairs.iter().any(|&p| layout.is_own(p)))
        };
        self.homes.iter().all(|home| home.fits)
            && self.served.iter().enumerate().all(needs)
            && self.homes.iter().enumerate().all(serves_own)
    }

    /// Gives a unit to a pair, or to none, without settling.
    pub(super) fn give(&mut self, layout: &Layout<'_>, unit: usize, pair: u32) {
        let old = self.served[unit];
        if old != NONE {
            let site = layout.task.pairs[old as usize].site;
            self.homes[site].pairs.retain(|other| *other != old);
        }
        if pair != NONE {
            let site = layout.task.pairs[pair as usize].site;
            self.homes[site].pairs.push(pair);
        }
        self.served[unit] = pair;
    }

    /// Works out prices and worth of a site for its units and reps.
    pub(super) fn settle(&mut self, layout: &Layout<'_>, site: usize) {
        let home = &mut self.homes[site];
        let given = &layout.task.sites[site];
        // The order of the pairs, and so of all sums, must not depend on the way here.
        home.pairs.sort_unstable();
        let entries: Vec<Entry> = home.pairs.iter().map(|&pair| Entry::always(pair)).collect();
        let reps = f64::from(home.reps);
        let mut worth = -given.rep_cost * reps - if home.reps > 0 { given.fixed } else { 0.0 };
        home.fits = home.reps > 0 || home.pairs.is_empty();
        for &pair in &home.pairs {
            worth += layout.task.pairs[pair as usize].constant;
        }
        for (period, price) in home.prices.iter_mut().enumerate() {
            let room = Room::of(given, period, reps);
            let found = water::price(layout, (&entries, period, room), *price, Search::EXACT);
            if found.is_infinite() {
                home.fits = false;
                break;
            }
            *price = found;
            let mut load = 0.0;
            for &pair in &home.pairs {
                let best = layout.best(pair, period, found);
                worth += best.gain + found * best.hours;
                load += best.hours;
            }
            worth += room.rest(load);
        }
        home.worth = if home.fits {
            worth
        } else {
            self.unfit * home.pairs.len() as f64
        };
    }

    /// Reps at which the hours' prices would just pay for them, from 1 on.
    pub(super) fn reps_for(layout: &Layout<'_>, site: usize, pairs: &[u32]) -> u32 {
        let given = &layout.task.sites[site];
        let mut most = 0.0_f64;
        for (period, (hours, &price)) in given.hours.iter().zip(layout.fair(site)).enumerate() {
            let wanted: f64 = (pairs.iter())
                .map(|&pair| layout.best(pair, period, price).hours)
                .sum();
            if *hours > 0.0 && hours.is_finite() {
                most += wanted / hours / given.hours.len() as f64;
            }
        }
        let limits = (given.least.max(1), layout.most[site].max(1));
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "not negative; a cast from f64 saturates"
        )]
        (most.round() as u32).clamp(limits.0, limits.1.max(limits.0))
    }
}

/// What leaving a unit out is worth: its stated value, or less than it can cost to serve it.
pub(super) fn penalties(layout: &Layout<'_>) -> Vec<f64> {
    let task = layout.task;
    let sites = task.sites.iter();
    let dearest = sites.map(|site| site.fixed + site.rep_cost);
    let dearest = dearest.fold(0.0, f64::max);
    let one = |unit: usize| {
        if let Some(value) = task.units[unit].unserved {
            return value;
        }
        let gains = layout.of_unit(unit).iter().map(|&pair| {
            let site = task.pairs[pair as usize].site;
            layout.gain(pair, layout.fair(site)).abs()
        });
        -2.0 * (gains.fold(0.0, f64::max) + dearest) - 1.0
    };
    (0..task.units.len()).map(one).collect()
}
