//! A plan under construction: who serves what, how many reps, and the prices of their hours.

use super::layout::{Layout, NONE};
use super::rows::Rows;
use super::water::{self, Entry, Room, Search};

/// A site of a plan.
#[derive(Clone, Debug)]
pub(super) struct Home {
    pub(super) reps: u32,
    /// Blocks that it serves, as choices.
    pub(super) choices: Vec<u32>,
    /// Price of an hour in each period.
    pub(super) prices: Vec<f64>,
    /// What an hour more raises the price by in each period, about.
    pub(super) rise: Vec<f64>,
    /// What it is worth; a penalty for each block where required hours do not fit.
    pub(super) worth: f64,
    /// Whether required hours fit.
    pub(super) fits: bool,
}

/// A plan with the worth of each site.
#[derive(Clone, Debug)]
pub(super) struct Board {
    pub(super) homes: Vec<Home>,
    /// Choice of each block, or `NONE`.
    pub(super) served: Vec<u32>,
    /// Sums of the rows.
    pub(super) sums: Vec<f64>,
    /// What a block without a site is worth: its value, or less than it can cost to serve it.
    missing: Vec<f64>,
    /// What a block of a site where required hours do not fit is worth.
    unfit: f64,
}

impl Board {
    /// All blocks without a site, and only those reps that there must be.
    pub(super) fn new(layout: &Layout<'_>, rows: &Rows) -> Self {
        let task = layout.task;
        let home = |site: usize| Home {
            reps: 0,
            choices: vec![],
            prices: layout.fair(site).to_vec(),
            rise: vec![0.0; task.periods],
            worth: 0.0,
            fits: true,
        };
        let missing = penalties(layout);
        let mut board = Self {
            homes: (0..task.sites.len()).map(home).collect(),
            served: vec![NONE; layout.blocks()],
            sums: rows.nothing(),
            unfit: 2.0 * missing.iter().copied().fold(-1.0, f64::min),
            missing,
        };
        for (site, given) in task.sites.iter().enumerate() {
            board.staff(rows, site, given.least);
            board.settle(layout, site);
        }
        board
    }

    /// Value of the plan without what rows cost, less the penalties of blocks that need a site and have none.
    pub(super) fn value(&self) -> f64 {
        let without = self.served.iter().zip(&self.missing);
        let missing = without
            .filter(|(choice, _)| **choice == NONE)
            .map(|(_, cost)| cost);
        self.homes.iter().map(|home| home.worth).sum::<f64>() + missing.sum::<f64>()
    }

    /// What a block is worth without a site.
    pub(super) fn without(&self, block: usize) -> f64 {
        self.missing[block]
    }

    /// What a block of a site where required hours do not fit is worth.
    pub(super) fn unfit(&self) -> f64 {
        self.unfit
    }

    /// Whether the plan keeps every rule.
    pub(super) fn is_plan(&self, layout: &Layout<'_>, rows: &Rows) -> bool {
        let needs =
            |(block, choice): (usize, &u32)| *choice != NONE || layout.unserved[block].is_some();
        let serves_own = |(site, home): (usize, &Home)| {
            let own = layout.task.sites[site].own;
            home.reps == 0 || own.is_none_or(|_| home.choices.iter().any(|&c| layout.is_own(c)))
        };
        self.homes.iter().all(|home| home.fits)
            && self.served.iter().enumerate().all(needs)
            && self.homes.iter().enumerate().all(serves_own)
            && !self
                .served
                .iter()
                .any(|&c| c != NONE && self.clashes(layout, c, &[]))
            && rows.kept(&self.sums)
    }

    /// Whether a choice is ruled out by what its site serves, but for some blocks.
    pub(super) fn clashes(&self, layout: &Layout<'_>, choice: u32, except: &[usize]) -> bool {
        layout.clashes(choice).iter().any(|&other| {
            let block = layout.choice(other).block as usize;
            !except.contains(&block) && self.served[block] == other
        })
    }

    /// Gives a block to a choice, or to none, without settling.
    pub(super) fn give(&mut self, layout: &Layout<'_>, rows: &Rows, block: usize, choice: u32) {
        let old = self.served[block];
        if old != NONE {
            let site = layout.choice(old).site as usize;
            self.homes[site].choices.retain(|other| *other != old);
            rows.add(&mut self.sums, old, -1.0);
        }
        if choice != NONE {
            let site = layout.choice(choice).site as usize;
            self.homes[site].choices.push(choice);
            rows.add(&mut self.sums, choice, 1.0);
        }
        self.served[block] = choice;
    }

    /// Sets the reps of a site, without settling.
    pub(super) fn staff(&mut self, rows: &Rows, site: usize, reps: u32) {
        let before = std::mem::replace(&mut self.homes[site].reps, reps);
        if (before > 0) != (reps > 0) {
            rows.open(&mut self.sums, site, if reps > 0 { 1.0 } else { -1.0 });
        }
    }

    /// Adds up the sums of the rows anew, without the rounding of many changes.
    pub(super) fn add_up(&mut self, rows: &Rows) {
        self.sums = rows.nothing();
        for &choice in &self.served {
            rows.add(&mut self.sums, choice, 1.0);
        }
        for (site, home) in self.homes.iter().enumerate() {
            if home.reps > 0 {
                rows.open(&mut self.sums, site, 1.0);
            }
        }
    }

    /// Works out prices and worth of a site for its blocks and reps.
    pub(super) fn settle(&mut self, layout: &Layout<'_>, site: usize) {
        let home = &mut self.homes[site];
        let given = &layout.task.sites[site];
        // The order of the choices, and so of all sums, must not depend on the way here.
        home.choices.sort_unstable();
        let entries = home.choices.iter().map(|&choice| Entry::always(choice));
        let entries: Vec<Entry> = entries.collect();
        let reps = f64::from(home.reps);
        let mut worth = -given.rep_cost * reps - if home.reps > 0 { given.fixed } else { 0.0 };
        home.fits = home.reps > 0 || home.choices.is_empty();
        for &choice in &home.choices {
            worth += layout.choice(choice).constant;
        }
        for (period, price) in home.prices.iter_mut().enumerate() {
            let room = Room::of(given, period, reps);
            let found = water::price(layout, (&entries, period, room), *price, Search::EXACT);
            if found.is_infinite() {
                home.fits = false;
                break;
            }
            *price = found;
            let (mut load, mut give) = (0.0, 0.0);
            for &choice in &home.choices {
                let best = layout.answer(choice, period, found);
                worth += best.gain + found * best.hours;
                load += best.hours;
                give += best.give;
            }
            worth += room.rest(load);
            let full = found > room.worth && room.is_full(load) && give > 0.0;
            home.rise[period] = if full { 1.0 / give } else { 0.0 };
        }
        home.worth = if home.fits {
            worth
        } else {
            self.unfit * home.choices.len() as f64
        };
    }

    /// Reps at which the hours' prices would just pay for them, from 1 on.
    pub(super) fn reps_for(layout: &Layout<'_>, site: usize, choices: &[u32]) -> u32 {
        let given = &layout.task.sites[site];
        let mut most = 0.0_f64;
        for (period, (hours, &price)) in given.hours.iter().zip(layout.fair(site)).enumerate() {
            let wanted: f64 = (choices.iter())
                .map(|&choice| layout.best(choice, period, price).hours)
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

/// What leaving a block out is worth: its stated value, or less than it can cost to serve it.
pub(super) fn penalties(layout: &Layout<'_>) -> Vec<f64> {
    let sites = layout.task.sites.iter();
    let dearest = sites.map(|site| site.fixed + site.rep_cost);
    let dearest = dearest.fold(0.0, f64::max);
    let one = |block: usize| {
        if let Some(value) = layout.unserved[block] {
            return value;
        }
        let gains = layout.of_block(block).iter().map(|&choice| {
            let site = layout.choice(choice).site as usize;
            layout.gain(choice, layout.fair(site)).abs()
        });
        -2.0 * (gains.fold(0.0, f64::max) + dearest) - 1.0
    };
    (0..layout.blocks()).map(one).collect()
}
