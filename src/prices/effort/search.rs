//! Local search: units change sites, sites change staff, open, close and swap.
//!
//! What a unit gains at a site's prices limits what it can add there, and what it gains at its own site's
//! prices is the least that leaving costs, so most moves are ruled out without working out a site.

use super::board::{Board, Home};
use super::layout::{Layout, NONE};

/// Gains below this part of the value are rounding.
const ROUNDING: f64 = 1e-8;
/// Sites that are tried for closing after another opens.
const DONORS: usize = 3;
/// Places that a unit is tried at.
const PLACES: usize = 4;

/// A search on a board.
pub(super) struct Search<'s, 'a> {
    pub(super) layout: &'s Layout<'a>,
    pub(super) board: Board,
    pub(super) stop: &'s dyn Fn() -> bool,
}

/// What a move has changed, to be undone.
#[derive(Default)]
struct Undo {
    homes: Vec<(usize, Home)>,
    served: Vec<(usize, u32)>,
}

impl<'a> Search<'_, 'a> {
    /// Takes moves until none gains, or until it is stopped.
    pub(super) fn improve(&mut self) {
        loop {
            let before = self.board.value();
            self.shift_all();
            self.staff_all();
            for site in 0..self.layout.task.sites.len() {
                if (self.stop)() {
                    return;
                }
                if self.board.homes[site].reps > 0 {
                    self.close(site);
                } else {
                    self.open(site);
                }
            }
            let gain = self.board.value() - before;
            if (self.stop)() || gain <= 1e-6 * before.abs() {
                return;
            }
        }
    }

    /// Gives every unit to the site where it gains most at the present prices.
    pub(super) fn assign_all(&mut self) {
        for unit in 0..self.board.served.len() {
            let pair = self.best_pair(unit, None).map_or(NONE, |best| best.0);
            self.board.give(self.layout, unit, pair);
        }
        for site in 0..self.board.homes.len() {
            self.board.settle(self.layout, site);
        }
    }

    /// The pair with an open site at which a unit gains most, and the gain; an open site of its own comes
    /// first. `None` where it is best left out.
    fn best_pair(&self, unit: usize, except: Option<usize>) -> Option<(u32, f64)> {
        let mut best = (NONE, self.board.without(unit));
        for &pair in self.layout.of_unit(unit) {
            let site = self.layout.task.pairs[pair as usize].site;
            let home = &self.board.homes[site];
            if home.reps == 0 || !home.fits || Some(site) == except {
                continue;
            }
            let gain = self.layout.gain(pair, &home.prices);
            if self.layout.is_own(pair) {
                return Some((pair, gain));
            }
            if gain > best.1 {
                best = (pair, gain);
            }
        }
        (best.0 != NONE).then_some(best)
    }

    /// What a unit brings where it is, at the present prices.
    fn present(&self, unit: usize) -> f64 {
        let pair = self.board.served[unit];
        if pair == NONE {
            return self.board.without(unit);
        }
        let site = self.layout.task.pairs[pair as usize].site;
        let home = &self.board.homes[site];
        if home.fits {
            self.layout.gain(pair, &home.prices)
        } else {
            self.board.unfit()
        }
    }

    /// Whether the unit must stay because its site is its own.
    fn stays(&self, unit: usize) -> bool {
        let pair = self.board.served[unit];
        pair != NONE && self.layout.is_own(pair)
    }

    fn shift_all(&mut self) {
        loop {
            let mut moved = false;
            for unit in 0..self.board.served.len() {
                if unit % 64 == 0 && (self.stop)() {
                    return;
                }
                moved |= !self.stays(unit) && self.shift(unit);
            }
            if !moved {
                return;
            }
        }
    }

    /// Moves a unit to the first of the places where it gains most that makes the plan better.
    fn shift(&mut self, unit: usize) -> bool {
        let slack = ROUNDING * self.board.value().abs();
        let least = self.present(unit) + slack;
        let mut places = vec![];
        let mut offer = |pair: u32, gain: f64| {
            if gain > least {
                places.push((gain, pair));
            }
        };
        offer(NONE, self.board.without(unit));
        for &pair in self.layout.of_unit(unit) {
            let site = self.layout.task.pairs[pair as usize].site;
            let home = &self.board.homes[site];
            if home.reps > 0 && home.fits && pair != self.board.served[unit] {
                offer(pair, self.layout.gain(pair, &home.prices));
            }
        }
        places.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut places = places.into_iter().take(PLACES);
        places.any(|(_, pair)| self.attempt(|search, undo| search.give(unit, pair, undo)))
    }

    fn staff_all(&mut self) {
        for site in 0..self.board.homes.len() {
            let given = &self.layout.task.sites[site];
            let year = |home: &Home| given.worth_of_hours(&home.prices);
            let least = given.least.max(1);
            loop {
                let home = &self.board.homes[site];
                let reps = home.reps;
                let more = reps > 0
                    && reps < self.layout.most[site]
                    && (year(home) > given.rep_cost || !home.fits);
                let fewer = reps > least && year(home) < given.rep_cost;
                let changed =
                    (more && self.staff(site, reps + 1)) || (fewer && self.staff(site, reps - 1));
                if !changed {
                    break;
                }
            }
        }
    }

    fn staff(&mut self, site: usize, reps: u32) -> bool {
        self.attempt(|search, undo| {
            search.touch(site, undo);
            search.board.homes[site].reps = reps;
        })
    }

    /// Closes a site if its units do better elsewhere.
    fn close(&mut self, site: usize) -> bool {
        if self.layout.task.sites[site].least > 0 {
            return false;
        }
        let elsewhere = |&pair: &u32| {
            let unit = self.layout.task.pairs[pair as usize].unit;
            let best = self.best_pair(unit, Some(site));
            best.map_or(self.board.without(unit), |best| best.1)
        };
        let home = &self.board.homes[site];
        let most: f64 = home.pairs.iter().map(elsewhere).sum();
        if most <= home.worth {
            return false;
        }
        self.attempt(|search, undo| search.vacate(site, undo))
    }

    /// Moves all units of a site elsewhere and closes it.
    fn vacate(&mut self, site: usize, undo: &mut Undo) {
        self.touch(site, undo);
        for pair in self.board.homes[site].pairs.clone() {
            let unit = self.layout.task.pairs[pair as usize].unit;
            let best = self.best_pair(unit, Some(site)).map_or(NONE, |best| best.0);
            self.give(unit, best, undo);
        }
        self.board.homes[site].reps = 0;
    }

    /// Opens a site, with the units that gain there, and closes sites that this leaves with little, if
    /// that is better all in all.
    fn open(&mut self, site: usize) -> bool {
        if self.layout.most[site] == 0 {
            return false;
        }
        let prices = self.layout.fair(site);
        let mut coming = vec![];
        let mut most = -self.layout.opening_cost(site);
        for &pair in self.layout.of_site(site) {
            let unit = self.layout.task.pairs[pair as usize].unit;
            let own = self.layout.is_own(pair);
            if self.stays(unit) && !own {
                continue;
            }
            let gain = self.layout.gain(pair, prices) - self.present(unit);
            if gain > 0.0 || own {
                most += gain;
                coming.push((gain, unit, pair));
            }
        }
        // At the fair price this limits what opening alone can bring; swaps may bring some more.
        let room = self.layout.task.sites[site].fixed * DONORS as f64;
        if coming.is_empty() || most + room <= 0.0 {
            return false;
        }
        self.attempt(|search, undo| search.occupy(site, &coming, undo))
    }

    fn occupy(&mut self, site: usize, coming: &[(f64, usize, u32)], undo: &mut Undo) {
        self.touch(site, undo);
        let pairs: Vec<u32> = coming.iter().map(|one| one.2).collect();
        self.board.homes[site].reps = Board::reps_for(self.layout, site, &pairs);
        let mut donors: Vec<usize> = vec![];
        for &(_, unit, pair) in coming {
            let old = self.board.served[unit];
            if old != NONE {
                donors.push(self.layout.task.pairs[old as usize].site);
            }
            self.give(unit, pair, undo);
        }
        self.settle(undo);
        let mut counted: Vec<(usize, usize)> = vec![];
        donors.sort_unstable();
        for donor in donors {
            match counted.last_mut() {
                Some(last) if last.1 == donor => last.0 += 1,
                _ => counted.push((1, donor)),
            }
        }
        counted.sort_unstable_by(|a, b| b.cmp(a));
        for (_, donor) in counted.into_iter().take(DONORS) {
            self.shrink(donor, undo);
        }
    }

    /// Closes a site that has lost units, or takes a rep from it, where that helps.
    fn shrink(&mut self, site: usize, undo: &mut Undo) {
        let given = &self.layout.task.sites[site];
        let mut inner = Undo::default();
        let before = self.board.value();
        if given.least == 0 {
            self.vacate(site, &mut inner);
            self.settle(&inner);
            if self.board.value() > before {
                undo.take(inner);
                return;
            }
            self.revert(inner);
            inner = Undo::default();
        }
        let reps = self.board.homes[site].reps;
        if reps > given.least.max(1) {
            self.touch(site, &mut inner);
            self.board.homes[site].reps = reps - 1;
            self.settle(&inner);
            if self.board.value() > before {
                undo.take(inner);
            } else {
                self.revert(inner);
            }
        }
    }

    /// Makes a move, and undoes it unless the plan is worth more.
    fn attempt(&mut self, make: impl FnOnce(&mut Self, &mut Undo)) -> bool {
        let before = self.board.value();
        let mut undo = Undo::default();
        make(self, &mut undo);
        self.settle(&undo);
        let after = self.board.value();
        if after > before + ROUNDING * before.abs() {
            return true;
        }
        self.revert(undo);
        false
    }

    fn settle(&mut self, undo: &Undo) {
        for (site, _) in &undo.homes {
            self.board.settle(self.layout, *site);
        }
    }

    fn revert(&mut self, undo: Undo) {
        for (site, home) in undo.homes {
            self.board.homes[site] = home;
        }
        for (unit, pair) in undo.served.into_iter().rev() {
            self.board.served[unit] = pair;
        }
    }

    /// Keeps what a site was before the move.
    fn touch(&mut self, site: usize, undo: &mut Undo) {
        if undo.homes.iter().all(|home| home.0 != site) {
            undo.homes.push((site, self.board.homes[site].clone()));
        }
    }

    fn give(&mut self, unit: usize, pair: u32, undo: &mut Undo) {
        let old = self.board.served[unit];
        for one in [old, pair] {
            if one != NONE {
                let site = self.layout.task.pairs[one as usize].site;
                self.touch(site, undo);
            }
        }
        undo.served.push((unit, old));
        self.board.give(self.layout, unit, pair);
    }
}

impl Undo {
    /// Takes what an inner move has changed; what was kept first stays.
    fn take(&mut self, inner: Undo) {
        for (site, home) in inner.homes {
            if self.homes.iter().all(|kept| kept.0 != site) {
                self.homes.push((site, home));
            }
        }
        self.served.extend(inner.served);
    }
}
