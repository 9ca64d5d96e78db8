//! The best staff and units of a site when units have prices: the inner problem of the bound.
//!
//! With prices v of the units and λ of the site's hours, n reps are worth at most
//!
//! ```text
//! φ(n) = Σ_j max(0, p[j](λ) − v[j]) + n·(Σ_t (λ[t]·H[t] + max(0, λ[t] − o)·O[t]) − c) − f
//! ```
//!
//! for *any* λ ≥ 0 that is nowhere below what an hour left over is worth, where p(λ) is the gain of the hours that pay best; the site's own unit counts be it
//! positive or not, and of units that must be apart the best counts. The least φ over λ is concave in n. Two neighboring n are looked at, each with prices
//! of its own that are kept from one call to the next; the slope in n of either limits all others. O are
//! hours of overtime at the cost o.

use super::layout::Layout;
use super::rows::Shift;
use super::water::{self, Entry, Room};

/// How exactly hours fill the room: the bound is valid whatever it is.
const NEAR: f64 = 1e-3;
/// Steps of a search for a price: units come and go with it, so it may not fill the room exactly.
const STEPS: usize = 12;
/// Units that lack more than this part of their price to be taken are left out of a search.
const FAR: f64 = 0.1;

/// Choices that were taken more rarely than this take no hours on average.
const RARELY: f64 = 1e-3;

/// Prices of units, by block, and what rows make choices and sites cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prices<'p> {
    pub(super) units: &'p [f64],
    pub(super) shift: &'p Shift,
    /// Whether hours are filled with what was taken on average, or as far as that proves more.
    pub(super) smooth: bool,
}

impl Prices<'_> {
    /// What taking a choice costs.
    fn of(&self, layout: &Layout<'_>, choice: u32) -> f64 {
        self.units[layout.choice(choice).block as usize] + self.shift.of_choice[choice as usize]
    }
}

/// What is kept for a site between evaluations.
#[derive(Clone, Debug)]
pub(super) struct Staff {
    /// The lower of the two numbers of reps.
    reps: u32,
    sides: [Side; 2],
    /// Which side is better; `None` for a closed site.
    chosen: Option<usize>,
    /// How often each choice of the site was taken, the last times counting most; empty before the first.
    parts: Vec<f64>,
    /// How often the site was open.
    open: f64,
}

#[derive(Clone, Debug, Default)]
struct Side {
    prices: Vec<f64>,
    kept: Vec<f64>,
    /// Gain of every choice of the site in each period at the prices.
    gains: Vec<f64>,
    /// Gain of every choice over all periods, less what it costs to take.
    over: Vec<f64>,
    entries: Vec<Entry>,
    choices: Vec<u32>,
    fresh: bool,
    worth: f64,
    slope: f64,
}

impl Staff {
    pub(super) fn new(layout: &Layout<'_>, site: usize) -> Self {
        let side = Side {
            prices: layout.fair(site).to_vec(),
            fresh: true,
            ..Side::default()
        };
        Self {
            reps: layout.task.sites[site].least.max(1),
            sides: [side.clone(), side],
            chosen: None,
            parts: vec![],
            open: 0.0,
        }
    }

    /// How often the site was open, the last times counting most.
    pub(super) fn open(&self) -> f64 {
        self.open
    }

    /// Counts the choices taken now with a weight.
    pub(super) fn count(&mut self, layout: &Layout<'_>, site: usize, weight: f64) {
        let own = layout.of_site(site);
        let weight = if self.parts.is_empty() { 1.0 } else { weight };
        self.parts.resize(own.len(), 0.0);
        self.parts.iter_mut().for_each(|part| *part *= 1.0 - weight);
        self.open *= 1.0 - weight;
        let Some(side) = self.chosen else { return };
        self.open += weight;
        for choice in &self.sides[side].choices {
            if let Ok(at) = own.binary_search(choice) {
                self.parts[at] += weight;
            }
        }
    }

    /// Sets the prices and the reps from a plan's.
    pub(super) fn begin(&mut self, reps: u32, prices: &[f64]) {
        if prices.iter().all(|price| price.is_finite()) {
            for side in &mut self.sides {
                side.prices.copy_from_slice(prices);
            }
        }
        self.reps = reps.max(1);
    }

    /// Choices that the site takes.
    pub(super) fn choices(&self) -> &[u32] {
        self.chosen.map_or(&[], |side| &self.sides[side].choices)
    }

    /// Reps that it takes, and the prices of their hours.
    pub(super) fn reps(&self) -> Option<(u32, &[f64])> {
        self.chosen.map(|side| self.at(side))
    }

    /// Reps that it takes or would take if it were open, and the prices of their hours.
    pub(super) fn reps_if_open(&self) -> (u32, &[f64]) {
        self.at(self.chosen.unwrap_or(0))
    }

    fn at(&self, side: usize) -> (u32, &[f64]) {
        let more = u32::from(side == 1);
        (self.reps + more, &self.sides[side].prices)
    }

    /// The most that the site can be worth at prices of units.
    pub(super) fn evaluate(&mut self, layout: &Layout<'_>, site: usize, paid: Prices<'_>) -> f64 {
        let given = &layout.task.sites[site];
        let (least, most) = (given.least.max(1), layout.most[site]);
        if most == 0 {
            self.chosen = None;
            return 0.0;
        }
        self.move_on(least, most);
        let both = self.reps < most;
        for (side, more) in self.sides.iter_mut().zip(0..=u32::from(both)) {
            side.evaluate(layout, (site, self.reps + more, &self.parts), paid);
        }
        let [lower, upper] = &self.sides;
        // Numbers of reps that are not looked at are limited by the slopes of those that are.
        let fewer = f64::from(self.reps - least) * (-lower.slope).max(0.0);
        let more = f64::from(most - self.reps) * lower.slope.max(0.0);
        let (best, worth) = if both {
            let beyond = f64::from(most - self.reps - 1) * upper.slope.max(0.0);
            let better = usize::from(upper.worth > lower.worth);
            (better, (lower.worth + fewer).max(upper.worth + beyond))
        } else {
            (0, lower.worth + fewer + more)
        };
        if given.least == 0 && worth <= 0.0 {
            self.chosen = None;
            return 0.0;
        }
        self.chosen = Some(best);
        worth
    }

    /// Takes the next pair of numbers where the last slopes say that the best one lies there.
    fn move_on(&mut self, least: u32, most: u32) {
        self.reps = self.reps.clamp(least, most);
        if self.sides[0].fresh {
            return;
        }
        if self.sides[0].slope < 0.0 && self.reps > least {
            self.reps -= 1;
            self.sides.swap(0, 1);
        } else if self.reps + 1 < most && self.sides[1].slope > 0.0 {
            self.reps += 1;
            self.sides.swap(0, 1);
        }
    }
}

impl Side {
    /// Moves the prices one round over the periods, as far as that proves more.
    fn evaluate(
        &mut self,
        layout: &Layout<'_>,
        (site, reps, parts): (usize, u32, &[f64]),
        paid: Prices<'_>,
    ) {
        let count = f64::from(reps);
        if self.fresh {
            self.measure(layout, site);
        }
        self.fresh = false;
        self.sum(layout, site, paid);
        self.value(layout, (site, count), paid);
        self.kept.clone_from(&self.prices);
        let before = self.worth;
        // Averages are over numbers of reps as well, which differ in what they fill.
        let averaged = layout.most[site] == 1 && !parts.is_empty();
        if paid.smooth && averaged {
            self.fill_parts(layout, (site, count), parts);
            self.look(layout, (site, count), paid);
            return;
        }
        for period in 0..layout.task.periods {
            let room = Room::of(&layout.task.sites[site], period, count);
            self.fill(layout, (site, period, room), paid);
        }
        self.look(layout, (site, count), paid);
        // Prices by period are good for each period alone, and may not be so for all together.
        if self.worth > before {
            self.prices.clone_from(&self.kept);
            self.look(layout, (site, count), paid);
        }
    }

    /// Works out all gains, what is taken and what that is worth at the prices.
    fn look(&mut self, layout: &Layout<'_>, (site, count): (usize, f64), paid: Prices<'_>) {
        self.measure(layout, site);
        self.sum(layout, site, paid);
        self.value(layout, (site, count), paid);
    }

    /// Moves the prices to where choices fill the hours as often as they were taken.
    fn fill_parts(&mut self, layout: &Layout<'_>, (site, count): (usize, f64), parts: &[f64]) {
        self.entries.clear();
        let own = layout.of_site(site).iter().zip(parts);
        let taken = own.filter(|(_, part)| **part > RARELY);
        self.entries
            .extend(taken.map(|(choice, part)| Entry::partly(*choice, *part)));
        let how = water::Search {
            near: NEAR,
            steps: STEPS,
        };
        for period in 0..layout.task.periods {
            let room = Room::of(&layout.task.sites[site], period, count);
            let given = (&self.entries[..], period, room);
            let found = water::price(layout, given, self.prices[period], how);
            if found.is_finite() {
                self.prices[period] = found;
            }
        }
    }

    /// What the site is worth at the prices, and how that changes with the reps.
    fn value(&mut self, layout: &Layout<'_>, (site, count): (usize, f64), paid: Prices<'_>) {
        let given = &layout.task.sites[site];
        self.slope = given.worth_of_hours(&self.prices) - given.rep_cost;
        let fixed = given.fixed + paid.shift.of_site[site];
        self.worth = self.choose(layout, site) + count * self.slope - fixed;
    }

    /// Works out all gains at the prices.
    fn measure(&mut self, layout: &Layout<'_>, site: usize) {
        self.gains.clear();
        for &choice in layout.of_site(site) {
            let periods = self.prices.iter().enumerate();
            let gains = periods.map(|(period, price)| layout.best(choice, period, *price).gain);
            self.gains.extend(gains);
        }
    }

    fn sum(&mut self, layout: &Layout<'_>, site: usize, paid: Prices<'_>) {
        let periods = layout.task.periods;
        self.over.clear();
        for (&choice, gains) in layout.of_site(site).iter().zip(self.gains.chunks(periods)) {
            let gain = layout.choice(choice).constant + gains.iter().sum::<f64>();
            self.over.push(gain - paid.of(layout, choice));
        }
    }

    /// Moves the price of a period to where the units that are then taken fill it.
    fn fill(
        &mut self,
        layout: &Layout<'_>,
        (site, period, room): (usize, usize, Room),
        paid: Prices<'_>,
    ) {
        let periods = layout.task.periods;
        let near = |choice: u32, over: f64| {
            layout.is_own(choice) || over > -FAR * paid.of(layout, choice).abs()
        };
        self.entries.clear();
        for (at, &choice) in layout.of_site(site).iter().enumerate() {
            if layout.is_own(choice) {
                self.entries.push(Entry::always(choice));
            } else if near(choice, self.over[at]) && !self.is_second(layout, (site, at)) {
                let rest = self.over[at] - self.gains[at * periods + period];
                self.entries.push(Entry {
                    choice,
                    rest,
                    part: 1.0,
                });
            }
        }
        let how = water::Search {
            near: NEAR,
            steps: STEPS,
        };
        let given = (&self.entries[..], period, room);
        let found = water::price(layout, given, self.prices[period], how);
        if !found.is_finite() {
            return;
        }
        self.prices[period] = found;
        // The next period is filled with what this one now leaves to each unit.
        for (at, &choice) in layout.of_site(site).iter().enumerate() {
            if near(choice, self.over[at]) {
                let gain = &mut self.gains[at * periods + period];
                let now = layout.best(choice, period, found).gain;
                self.over[at] += now - *gain;
                *gain = now;
            }
        }
    }

    /// Whether a choice at a place of the site's is ruled out by one that gains more; a site's own comes first.
    fn is_second(&self, layout: &Layout<'_>, (site, at): (usize, usize)) -> bool {
        let own = layout.of_site(site);
        layout.clashes(own[at]).iter().any(|other| {
            // Choices of a site are in the order of their numbers.
            let place = own.binary_search(other).unwrap_or(at);
            layout.is_own(*other)
                || self.over[place] > self.over[at]
                || (self.over[place] >= self.over[at] && place < at)
        })
    }

    /// Takes all units that gain more than their price, and returns the most that can be gained beyond it: of
    /// units that are all apart from each other the best, of others that are apart all, which is no less.
    fn choose(&mut self, layout: &Layout<'_>, site: usize) -> f64 {
        self.choices.clear();
        let mut sum = 0.0;
        for (at, &choice) in layout.of_site(site).iter().enumerate() {
            let over = self.over[at];
            if layout.is_own(choice) {
                self.choices.push(choice);
                sum += over;
            } else if over > 0.0 {
                if !self.is_second(layout, (site, at)) {
                    self.choices.push(choice);
                    sum += over;
                } else if !layout.clashes_all(choice) {
                    sum += over;
                }
            }
        }
        sum
    }
}
