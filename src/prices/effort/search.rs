//! Local search: blocks change sites and swap them, sites change staff, open, close and swap.
//!
//! What a block gains at a site's prices limits what it can add there, and what it gains at its own site's
//! prices is the least that leaving costs, so most moves are ruled out without working out a site. Missing a
//! row costs a fine for each unit that is missing.

use super::board::{Board, Home};
use super::layout::{Layout, NONE};
use super::rows::Rows;
use super::sites;

/// Gains below this part of the value are rounding.
pub(super) const ROUNDING: f64 = 1e-8;
/// Places that a block is tried at.
const PLACES: usize = 4;
/// Part of what a move is expected to lose by other prices that rules it out: what is expected is not proved.
const LOST: f64 = 0.6;

/// A search on a board.
pub(super) struct Search<'s, 'a> {
    pub(super) layout: &'s Layout<'a>,
    pub(super) rows: &'s Rows,
    /// What a unit that is missing of each hard row costs.
    pub(super) fines: Vec<f64>,
    pub(super) board: Board,
    pub(super) stop: &'s dyn Fn() -> bool,
    gains: Gains,
    /// What choices add at least to what rows cost, at the present sums.
    leans: Vec<f64>,
}

/// Gains of choices at the prices of their sites, worked out when asked for.
struct Gains {
    gain: Vec<f64>,
    /// Root of what is lost of each gain as its hours raise the price, about.
    loss: Vec<f64>,
    /// State of the site that a gain was worked out in.
    of_choice: Vec<u32>,
    /// Present state of each site.
    of_site: Vec<u32>,
    /// States so far.
    states: u32,
}

/// What a move has changed, to be undone.
#[derive(Default)]
pub(super) struct Undo {
    homes: Vec<(usize, Home, u32)>,
    served: Vec<(usize, u32)>,
    sums: Vec<f64>,
}

impl<'s, 'a> Search<'s, 'a> {
    pub(super) fn new(
        (layout, rows): (&'s Layout<'a>, &'s Rows),
        (board, fines): (Board, Vec<f64>),
        stop: &'s dyn Fn() -> bool,
    ) -> Self {
        let sites = layout.task.sites.len();
        Self {
            layout,
            rows,
            fines,
            board,
            stop,
            leans: vec![0.0; layout.choices()],
            gains: Gains {
                gain: vec![0.0; layout.choices()],
                loss: vec![0.0; layout.choices()],
                of_choice: vec![0; layout.choices()],
                of_site: vec![1; sites],
                states: 1,
            },
        }
    }

    /// Value of the plan, less fines and what deviations cost.
    pub(super) fn value(&self) -> f64 {
        self.board.value() - self.rows.cost(&self.board.sums, &self.fines)
    }

    /// Takes moves until none gains, or until it is stopped.
    pub(super) fn improve(&mut self) {
        self.board.add_up(self.rows);
        self.look();
        loop {
            let before = self.value();
            self.shift_all();
            // Where nothing couples sites, prices tell enough of where blocks belong.
            if !self.rows.is_empty() {
                self.swap_all();
            }
            sites::staff_all(self);
            for site in 0..self.layout.task.sites.len() {
                if (self.stop)() {
                    return;
                }
                if self.board.homes[site].reps > 0 {
                    sites::close(self, site);
                } else {
                    sites::open(self, site);
                }
            }
            let gain = self.value() - before;
            if (self.stop)() || gain <= 1e-6 * before.abs() {
                return;
            }
        }
    }

    /// Works out what choices add at least to what rows cost.
    fn look(&mut self) {
        if !self.rows.is_empty() {
            let sums = &self.board.sums;
            self.rows.leans(sums, &self.fines, &mut self.leans);
        }
    }

    /// What a choice, or none, adds at least to what rows cost.
    pub(super) fn lean(&self, choice: u32) -> f64 {
        self.leans.get(choice as usize).copied().unwrap_or(0.0)
    }

    /// Gives every block to the site where it gains most at the present prices, less what choices cost.
    pub(super) fn assign_all(&mut self, costs: &[f64]) {
        for block in 0..self.board.served.len() {
            let mut best = (NONE, self.board.without(block));
            for &choice in self.layout.of_block(block) {
                if !self.may(choice, &[]) {
                    continue;
                }
                let gain = self.gain(choice) - costs[choice as usize];
                if self.layout.is_own(choice) {
                    best = (choice, gain);
                    break;
                }
                if gain > best.1 {
                    best = (choice, gain);
                }
            }
            self.board.give(self.layout, self.rows, block, best.0);
        }
        for site in 0..self.board.homes.len() {
            self.board.settle(self.layout, site);
            self.gains.changed(site);
        }
    }

    /// Gain of a choice at the present prices of its site, and the root of what it loses as its hours raise them.
    fn gain_and_loss(&mut self, choice: u32) -> (f64, f64) {
        let (at, site) = (choice as usize, self.layout.choice(choice).site as usize);
        if self.gains.of_choice[at] != self.gains.of_site[site] {
            self.gains.of_choice[at] = self.gains.of_site[site];
            let home = &self.board.homes[site];
            let (mut gain, mut loss) = (self.layout.choice(choice).constant, 0.0);
            for (period, (price, rise)) in home.prices.iter().zip(&home.rise).enumerate() {
                let best = self.layout.best(choice, period, *price);
                gain += best.gain;
                loss += 0.5 * rise * best.hours * best.hours;
            }
            // Where nothing couples sites there is time to work out every move that may gain.
            let loss = if self.rows.is_empty() { 0.0 } else { loss };
            (self.gains.gain[at], self.gains.loss[at]) = (gain, (LOST * loss).sqrt());
        }
        (self.gains.gain[at], self.gains.loss[at])
    }

    /// Gain of a choice at the present prices of its site.
    pub(super) fn gain(&mut self, choice: u32) -> f64 {
        self.gain_and_loss(choice).0
    }

    /// What is lost as the hours of a choice raise prices where it comes and lower them where it leaves.
    fn loss(&mut self, choice: u32) -> f64 {
        if choice == NONE {
            return 0.0;
        }
        let loss = self.gain_and_loss(choice).1;
        loss * loss
    }

    /// Whether a choice is of an open site with room for what it must give, and not ruled out by what the site
    /// serves but for some blocks.
    pub(super) fn may(&self, choice: u32, leaving: &[usize]) -> bool {
        if choice == NONE {
            return true;
        }
        let home = &self.board.homes[self.layout.choice(choice).site as usize];
        home.reps > 0 && home.fits && !self.board.clashes(self.layout, choice, leaving)
    }

    /// What changes of choices would add to what rows cost.
    fn cost(&mut self, changes: &[(u32, u32)]) -> f64 {
        if self.rows.is_empty() {
            return 0.0;
        }
        let sums = &mut self.board.sums;
        let before = self.rows.cost(sums, &self.fines);
        for (from, to) in changes {
            self.rows.add(sums, *from, -1.0);
            self.rows.add(sums, *to, 1.0);
        }
        let after = self.rows.cost(sums, &self.fines);
        for (from, to) in changes {
            self.rows.add(sums, *to, -1.0);
            self.rows.add(sums, *from, 1.0);
        }
        after - before
    }

    /// What a block gains by a choice, or by none, less what that adds to what rows cost.
    fn gain_by(&mut self, block: usize, choice: u32) -> f64 {
        let gain = if choice == NONE {
            self.board.without(block)
        } else {
            self.gain(choice)
        };
        gain - self.cost(&[(self.board.served[block], choice)])
    }

    /// The choice of an open site at which a block gains most, and the gain; an open site of its own comes
    /// first. `None` where it is best left out.
    pub(super) fn best_choice(&mut self, block: usize, except: usize) -> Option<(u32, f64)> {
        let mut best = (NONE, self.gain_by(block, NONE));
        for &choice in self.layout.of_block(block) {
            if !self.may(choice, &[]) || self.layout.choice(choice).site as usize == except {
                continue;
            }
            let gain = self.gain_by(block, choice);
            if self.layout.is_own(choice) {
                return Some((choice, gain));
            }
            if gain > best.1 {
                best = (choice, gain);
            }
        }
        (best.0 != NONE).then_some(best)
    }

    /// What a block brings where it is, at the present prices.
    pub(super) fn present(&mut self, block: usize) -> f64 {
        let choice = self.board.served[block];
        if choice == NONE {
            return self.board.without(block);
        }
        if self.board.homes[self.layout.choice(choice).site as usize].fits {
            self.gain(choice)
        } else {
            self.board.unfit()
        }
    }

    /// Whether the block must stay because its site is its own.
    pub(super) fn stays(&self, block: usize) -> bool {
        let choice = self.board.served[block];
        choice != NONE && self.layout.is_own(choice)
    }

    fn shift_all(&mut self) {
        loop {
            let mut moved = false;
            for block in 0..self.board.served.len() {
                if block % 64 == 0 && (self.stop)() {
                    return;
                }
                moved |= !self.stays(block) && self.shift(block);
            }
            if !moved {
                return;
            }
        }
    }

    /// Moves a block to the first of the places where it gains most that makes the plan better.
    fn shift(&mut self, block: usize) -> bool {
        let now = self.board.served[block];
        let slack = ROUNDING * self.board.value().abs();
        let mut places = vec![];
        for at in 0..=self.layout.of_block(block).len() {
            let own = self.layout.of_block(block).get(at);
            let choice = own.copied().unwrap_or(NONE);
            if choice != now
                && self.may(choice, &[block])
                && let Some(gain) = self.shifted(block, choice, slack)
            {
                places.push((gain, choice));
            }
        }
        places.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut places = places.into_iter().take(PLACES);
        places.any(|(_, choice)| self.attempt(|search, undo| search.give(block, choice, undo)))
    }

    /// About the most that a shift of a block to a choice, or to none, adds; `None` where that is not above what
    /// is needed.
    fn shifted(&mut self, block: usize, choice: u32, needed: f64) -> Option<f64> {
        let now = self.board.served[block];
        let comes = if choice == NONE {
            self.board.without(block)
        } else {
            self.gain(choice) - self.loss(choice)
        };
        let gain = comes - self.present(block) - self.loss(now);
        if gain + self.lean(now) - self.lean(choice) <= needed {
            return None;
        }
        let gain = gain - self.cost(&[(now, choice)]);
        (gain > needed).then_some(gain)
    }

    /// Shifts a block to a choice, or to none, if that adds more than is needed; that may be below 0.
    pub(super) fn try_shift(&mut self, block: usize, choice: u32, needed: f64) {
        if choice != self.board.served[block]
            && self.may(choice, &[block])
            && self.shifted(block, choice, needed).is_some()
        {
            self.attempt_above(needed, |search, undo| search.give(block, choice, undo));
        }
    }

    fn swap_all(&mut self) {
        for block in 0..self.board.served.len() {
            if block % 16 == 0 && (self.stop)() {
                return;
            }
            if self.board.served[block] != NONE && !self.stays(block) {
                self.swap(block);
            }
        }
    }

    /// Swaps a block with one of another site, where that makes the plan better.
    fn swap(&mut self, block: usize) -> bool {
        let here = self.board.served[block];
        let site = self.layout.choice(here).site;
        if !self.board.homes[site as usize].fits {
            return false;
        }
        let slack = ROUNDING * self.board.value().abs();
        let mut places = vec![];
        for &there in self.layout.of_block(block) {
            let to = self.layout.choice(there).site as usize;
            if there == here || !self.board.homes[to].fits {
                continue;
            }
            for at in 0..self.board.homes[to].choices.len() {
                let taken = self.board.homes[to].choices[at];
                if let Some((gain, back)) = self.swapped((here, there), taken, slack) {
                    places.push((gain, there, taken, back));
                }
            }
        }
        places.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
        let mut places = places.into_iter().take(PLACES);
        places.any(|(_, there, taken, back)| {
            let other = self.layout.choice(taken).block as usize;
            self.attempt(|search, undo| {
                search.give(block, there, undo);
                search.give(other, back, undo);
            })
        })
    }

    /// About the most that it adds to shift a block from here to there, and the block of a choice there back
    /// here, and the choice of that; `None` where that is not above what is needed, or ruled out.
    fn swapped(
        &mut self,
        (here, there): (u32, u32),
        taken: u32,
        needed: f64,
    ) -> Option<(f64, u32)> {
        let other = self.layout.choice(taken).block as usize;
        let block = self.layout.choice(here).block as usize;
        let back = self
            .layout
            .choice_of(other, self.layout.choice(here).site)?;
        let [goes, comes, leaves, returns] =
            [here, there, taken, back].map(|choice| self.gain_and_loss(choice));
        let lost = (returns.1 - goes.1).powi(2) + (comes.1 - leaves.1).powi(2);
        let gain = comes.0 + returns.0 - goes.0 - leaves.0 - lost;
        let [goes, comes, leaves, returns] =
            [here, there, taken, back].map(|choice| self.lean(choice));
        if gain + goes + leaves - comes - returns <= needed {
            return None;
        }
        let both = [block, other];
        let may = !self.stays(other) && self.may(there, &both) && self.may(back, &both);
        let gain = gain - self.cost(&[(here, there), (taken, back)]);
        (may && gain > needed).then_some((gain, back))
    }

    /// Swaps a block with that of a choice at the site of another, if that adds more than is needed.
    pub(super) fn try_swap(&mut self, block: usize, there: u32, taken: u32, needed: f64) {
        let here = self.board.served[block];
        if here == NONE || here == there {
            return;
        }
        let homes = [here, there].map(|choice| self.layout.choice(choice).site as usize);
        let fit = homes.iter().all(|home| self.board.homes[*home].fits);
        if let Some((_, back)) = (self.swapped((here, there), taken, needed)).filter(|_| fit) {
            let other = self.layout.choice(taken).block as usize;
            self.attempt_above(needed, |search, undo| {
                search.give(block, there, undo);
                search.give(other, back, undo);
            });
        }
    }

    /// Choices that the site of a choice serves now.
    pub(super) fn served_with(&self, choice: u32) -> &[u32] {
        &self.board.homes[self.layout.choice(choice).site as usize].choices
    }

    /// The most that keeping all rows better could save.
    pub(super) fn most_saved(&self) -> f64 {
        self.rows.cost(&self.board.sums, &self.fines)
    }

    /// Makes a move, and undoes it unless the plan is worth more.
    pub(super) fn attempt(&mut self, make: impl FnOnce(&mut Self, &mut Undo)) -> bool {
        let rounding = ROUNDING * self.board.value().abs();
        self.attempt_above(rounding, make)
    }

    /// Makes a move, and undoes it unless it adds more than is needed.
    fn attempt_above(&mut self, needed: f64, make: impl FnOnce(&mut Self, &mut Undo)) -> bool {
        let before = self.value();
        let mut undo = self.undo();
        make(self, &mut undo);
        self.settle(&undo);
        if self.value() > before + needed {
            self.look();
            return true;
        }
        self.revert(undo);
        false
    }

    /// Nothing to be undone yet.
    pub(super) fn undo(&self) -> Undo {
        Undo {
            sums: self.board.sums.clone(),
            ..Undo::default()
        }
    }

    pub(super) fn settle(&mut self, undo: &Undo) {
        for (site, ..) in &undo.homes {
            self.board.settle(self.layout, *site);
            self.gains.changed(*site);
        }
    }

    pub(super) fn revert(&mut self, undo: Undo) {
        for (site, home, state) in undo.homes {
            self.board.homes[site] = home;
            self.gains.of_site[site] = state;
        }
        for (block, choice) in undo.served.into_iter().rev() {
            self.board.served[block] = choice;
        }
        self.board.sums = undo.sums;
    }

    /// Keeps what a site was before the move.
    pub(super) fn touch(&mut self, site: usize, undo: &mut Undo) {
        if undo.homes.iter().all(|home| home.0 != site) {
            let state = self.gains.of_site[site];
            undo.homes
                .push((site, self.board.homes[site].clone(), state));
        }
    }

    pub(super) fn give(&mut self, block: usize, choice: u32, undo: &mut Undo) {
        let old = self.board.served[block];
        for one in [old, choice] {
            if one != NONE {
                self.touch(self.layout.choice(one).site as usize, undo);
            }
        }
        undo.served.push((block, old));
        self.board.give(self.layout, self.rows, block, choice);
    }

    pub(super) fn staff(&mut self, site: usize, reps: u32, undo: &mut Undo) {
        self.touch(site, undo);
        self.board.staff(self.rows, site, reps);
    }
}

impl Gains {
    /// The prices of a site have changed.
    fn changed(&mut self, site: usize) {
        self.states += 1;
        self.of_site[site] = self.states;
    }
}

impl Undo {
    /// Takes what an inner move has changed; what was kept first stays.
    pub(super) fn take(&mut self, inner: Undo) {
        for one in inner.homes {
            if self.homes.iter().all(|kept| kept.0 != one.0) {
                self.homes.push(one);
            }
        }
        self.served.extend(inner.served);
    }
}
