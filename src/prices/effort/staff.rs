//! The best staff and units of a site when units have prices: the inner problem of the bound.
//!
//! With prices v of the units and λ of the site's hours, n reps are worth at most
//!
//! ```text
//! φ(n) = Σ_j max(0, p[j](λ) − v[j]) + n·(Σ_t (λ[t]·H[t] + max(0, λ[t] − o)·O[t]) − c) − f
//! ```
//!
//! for *any* λ ≥ 0 that is nowhere below what an hour left over is worth, where p(λ) is the gain of the hours that pay best; the site's own unit counts be it
//! positive or not. The least φ over λ is concave in n. Two neighboring n are looked at, each with prices
//! of its own that are kept from one call to the next; the slope in n of either limits all others. O are
//! hours of overtime at the cost o.

use super::layout::Layout;
use super::water::{self, Entry, Room};

/// How exactly hours fill the room: the bound is valid whatever it is.
const NEAR: f64 = 1e-3;
/// Steps of a search for a price: units come and go with it, so it may not fill the room exactly.
const STEPS: usize = 6;
/// Units that lack more than this part of their price to be taken are left out of a search.
const FAR: f64 = 0.1;

/// What is kept for a site between evaluations.
#[derive(Clone, Debug)]
pub(super) struct Staff {
    /// The lower of the two numbers of reps.
    reps: u32,
    sides: [Side; 2],
    /// Which side is better; `None` for a closed site.
    chosen: Option<usize>,
}

#[derive(Clone, Debug, Default)]
struct Side {
    prices: Vec<f64>,
    kept: Vec<f64>,
    /// Gain of every pair of the site in each period at the prices.
    gains: Vec<f64>,
    /// Gain of every pair over all periods, less the price of the unit.
    over: Vec<f64>,
    entries: Vec<Entry>,
    pairs: Vec<u32>,
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

    /// Units that the site takes, as pairs.
    pub(super) fn pairs(&self) -> &[u32] {
        self.chosen.map_or(&[], |side| &self.sides[side].pairs)
    }

    /// Reps that it takes, and the prices of their hours.
    pub(super) fn reps(&self) -> Option<(u32, &[f64])> {
        let side = self.chosen?;
        let more = u32::from(side == 1);
        Some((self.reps + more, &self.sides[side].prices))
    }

    /// The most that the site can be worth at prices of units.
    pub(super) fn evaluate(&mut self, layout: &Layout<'_>, site: usize, units: &[f64]) -> f64 {
        let given = &layout.task.sites[site];
        let (least, most) = (given.least.max(1), layout.most[site]);
        if most == 0 {
            self.chosen = None;
            return 0.0;
        }
        self.move_on(least, most);
        let both = self.reps < most;
        for (side, more) in self.sides.iter_mut().zip(0..=u32::from(both)) {
            side.evaluate(layout, (site, self.reps + more), units);
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
    fn evaluate(&mut self, layout: &Layout<'_>, (site, reps): (usize, u32), units: &[f64]) {
        let given = &layout.task.sites[site];
        let count = f64::from(reps);
        if self.fresh {
            self.measure(layout, site);
        }
        self.fresh = false;
        self.sum(layout, site, units);
        self.value(layout, site, count);
        self.kept.clone_from(&self.prices);
        let before = self.worth;
        for period in 0..layout.task.periods {
            let room = Room::of(given, period, count);
            self.fill(layout, (site, period, room), units);
        }
        for again in [false, true] {
            if again {
                self.prices.clone_from(&self.kept);
            }
            self.measure(layout, site);
            self.sum(layout, site, units);
            self.value(layout, site, count);
            // Prices by period are good for each period alone, and may not be so for all together.
            if self.worth <= before {
                return;
            }
        }
    }

    /// What the site is worth at the prices, and how that changes with the reps.
    fn value(&mut self, layout: &Layout<'_>, site: usize, count: f64) {
        let given = &layout.task.sites[site];
        self.slope = given.worth_of_hours(&self.prices) - given.rep_cost;
        self.worth = self.choose(layout, site) + count * self.slope - given.fixed;
    }

    /// Works out all gains at the prices.
    fn measure(&mut self, layout: &Layout<'_>, site: usize) {
        self.gains.clear();
        for &pair in layout.of_site(site) {
            let periods = self.prices.iter().enumerate();
            let gains = periods.map(|(period, price)| layout.best(pair, period, *price).gain);
            self.gains.extend(gains);
        }
    }

    fn sum(&mut self, layout: &Layout<'_>, site: usize, units: &[f64]) {
        let periods = layout.task.periods;
        self.over.clear();
        for (&pair, gains) in layout.of_site(site).iter().zip(self.gains.chunks(periods)) {
            let given = &layout.task.pairs[pair as usize];
            let gain = given.constant + gains.iter().sum::<f64>();
            self.over.push(gain - units[given.unit]);
        }
    }

    /// Moves the price of a period to where the units that are then taken fill it.
    fn fill(
        &mut self,
        layout: &Layout<'_>,
        (site, period, room): (usize, usize, Room),
        units: &[f64],
    ) {
        let periods = layout.task.periods;
        self.entries.clear();
        for (at, &pair) in layout.of_site(site).iter().enumerate() {
            let unit = layout.task.pairs[pair as usize].unit;
            if layout.is_own(pair) {
                self.entries.push(Entry::always(pair));
            } else if self.over[at] > -FAR * units[unit].abs() {
                let rest = self.over[at] - self.gains[at * periods + period];
                self.entries.push(Entry { pair, rest });
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
        for (at, &pair) in layout.of_site(site).iter().enumerate() {
            let gain = &mut self.gains[at * periods + period];
            let unit = layout.task.pairs[pair as usize].unit;
            if self.over[at] > -FAR * units[unit].abs() || layout.is_own(pair) {
                let now = layout.best(pair, period, found).gain;
                self.over[at] += now - *gain;
                *gain = now;
            }
        }
    }

    /// Takes all units that gain more than their price, and returns the sum of what they gain beyond it.
    fn choose(&mut self, layout: &Layout<'_>, site: usize) -> f64 {
        self.pairs.clear();
        let mut sum = 0.0;
        for (&pair, &over) in layout.of_site(site).iter().zip(&self.over) {
            if over > 0.0 || layout.is_own(pair) {
                self.pairs.push(pair);
                sum += over;
            }
        }
        sum
    }
}
