//! Better prices step by step: the volume algorithm (Barahona & Anbil 2000).
//!
//! Steps go from the best prices so far along an average of past slopes. The same average over what
//! the blocks chose tends to an optimum of the linear relaxation, so it says who is torn between
//! whom: what the rounding and the search start from.
//!
//! Near the best prices a block chooses among few of its choices. Once prices have settled, steps
//! therefore look at a core with the leading choices only; after a stretch of them a look at the whole
//! core proves the limit and says anew which choices lead.

use super::core::{Core, NOBODY};
use super::dual::Look;
use super::price::Prices;

/// Leading choices of a block that steps look at.
const LEADING: usize = 6;
/// Steps between two looks at the whole core: at first and at most.
const STRETCH: usize = 10;
const LONGEST_STRETCH: usize = 80;
/// Steps on the whole core before the first try with the leading choices, and at most before another.
const WIDE: usize = 20;
const LONGEST_WIDE: usize = 160;
/// Shares of a stretch's progress that the whole core takes back: from here on steps look at
/// everything for a while, and up to here stretches become longer.
const LOST: f64 = 0.5;
const KEPT: f64 = 0.1;
/// Weight of the newest look in the averages, at first and at least.
const FIRST_WEIGHT: f64 = 0.1;
const LEAST_WEIGHT: f64 = 0.01;
/// Looks without enough progress after which the weight of the newest look halves.
const PATIENCE: usize = 60;
/// Progress of the limit, relative to the gap, that counts as enough.
const ENOUGH: f64 = 0.01;
/// First step, relative to the step that would reach the target if the dual were linear.
const FIRST_STEP: f64 = 1.0;
const LEAST_STEP: f64 = 1e-5;
const LONGEST_STEP: f64 = 5.0;
/// Factors of the step after a look that improves the limit with slopes that agree, and after some
/// looks that do not improve it.
const LONGER: f64 = 1.2;
const SHORTER: f64 = 0.7;
const REDS: u32 = 8;
/// A run ends when the limit has fallen by less than this share of the gap over so many looks.
const STALLED: f64 = 0.01;
const STALL_LOOKS: usize = 100;
/// How far below the limit the target lies while no plan is known, relative to the limit.
const GUESS: f64 = 0.02;

/// What the descent has reached.
#[derive(Debug)]
pub(super) struct Descent<'p> {
    /// Best prices so far, on the whole core.
    pub(super) prices: Prices,
    /// Proved limit on the value of any plan: the dual at the best prices.
    pub(super) bound: f64,
    /// Average of the choices: near an optimum of the linear relaxation. One for each choice.
    share: Vec<f64>,
    /// What the stored shares are to be multiplied by: fading all of them is one multiplication.
    scale: f64,
    whole: Look,
    /// The leading choices, and which ones of the whole core they are; `None` while steps look at all.
    leading: Option<(Core<'p>, Vec<u32>)>,
    look: Look,
    /// Best prices on what steps look at, and the dual there.
    center: Prices,
    level: f64,
    /// Steps until the next look at the whole core, and steps on the whole core before the leading
    /// choices are tried again.
    stretch: usize,
    wide: usize,
    /// Whether the leading choices are to be found anew.
    stale: bool,
    slope: Prices,
    unit: Prices,
    trial: Prices,
    step: f64,
    weight: f64,
    reds: u32,
    /// Looks so far.
    looks: usize,
    /// Choices looked at so far.
    pub(super) effort: usize,
    checkpoint: (usize, f64),
}

impl<'p> Descent<'p> {
    /// Begins at some prices.
    pub(super) fn new(core: &Core<'p>, mut prices: Prices) -> Self {
        prices.project(core);
        let mut whole = Look::new(core);
        whole.at(core, &prices);
        let mut look = Look::new(core);
        look.at(core, &prices);
        let mut descent = Self {
            bound: whole.bound,
            share: vec![0.0; core.rep.len()],
            scale: 1.0,
            slope: look.slope.clone(),
            unit: units(core),
            trial: prices.clone(),
            center: prices.clone(),
            level: whole.bound,
            stretch: WIDE,
            wide: WIDE,
            stale: false,
            prices,
            whole,
            leading: None,
            look,
            step: FIRST_STEP,
            weight: FIRST_WEIGHT,
            reds: 0,
            looks: 1,
            effort: 0,
            checkpoint: (1, f64::INFINITY),
        };
        descent.average(1.0);
        descent
    }

    /// Average share of a choice, in [0, 1].
    pub(super) fn share(&self, choice: usize) -> f64 {
        self.share[choice] * self.scale
    }

    /// The dual at the best prices, for reduced costs.
    pub(super) fn look_again(&mut self, core: &Core<'p>) -> &Look {
        self.whole.at(core, &self.prices);
        &self.whole
    }

    /// Takes steps until `stop`, until so many more looks, or until they hardly help any more: then
    /// true. `value` is the value of the best plan known.
    pub(super) fn run(
        &mut self,
        core: &Core<'p>,
        value: Option<f64>,
        looks: usize,
        stop: &dyn Fn() -> bool,
    ) -> bool {
        if self.bound == f64::NEG_INFINITY {
            return true;
        }
        let until = self.looks + looks;
        let mut mark = (self.looks, self.level);
        while self.looks < until && !stop() {
            let end = until.min(self.looks + self.stretch);
            let mut helps = true;
            while helps && self.looks < end && !stop() {
                helps = self.go(core, value);
            }
            self.prove(core);
            if stop() {
                break;
            }
            self.refocus(core);
            if !helps {
                return true;
            }
            if self.looks - mark.0 >= STALL_LOOKS {
                if mark.1 - self.level < STALLED * self.gap(value) {
                    return true;
                }
                mark = (self.looks, self.level);
            }
        }
        false
    }

    /// How far the limit lies above the best plan, or above a guess that is nearer.
    fn gap(&self, value: Option<f64>) -> f64 {
        let guess = GUESS * self.level.abs();
        value.map_or(guess, |value| (self.level - value).min(guess))
    }

    /// Ends a stretch: proves the limit, and decides how long the next one is and what it looks at.
    fn prove(&mut self, core: &Core<'p>) {
        if self.leading.is_none() {
            self.bound = self.level;
            self.prices.clone_from(&self.center);
            self.stretch = STRETCH;
            self.stale = true;
            return;
        }
        if self.level >= self.bound {
            return;
        }
        self.whole.at(core, &self.center);
        self.effort += core.rep.len();
        let (progress, lost) = (self.bound - self.level, self.whole.bound - self.level);
        if self.whole.bound <= self.bound {
            self.bound = self.whole.bound;
            self.prices.clone_from(&self.center);
        } else {
            self.center.clone_from(&self.prices);
        }
        self.level = self.bound;
        self.stale = lost <= LOST * progress;
        if !self.stale {
            self.leading = None;
            self.stretch = self.wide;
            self.wide = (self.wide * 2).min(LONGEST_WIDE);
        } else if lost < KEPT * progress {
            self.stretch = (self.stretch * 2).min(LONGEST_STRETCH);
        }
    }

    /// Finds the leading choices anew, where they are to be looked at.
    fn refocus(&mut self, core: &Core<'p>) {
        if self.stale {
            self.whole.at(core, &self.prices);
            self.leading = Some(leading(core, &self.whole));
            self.stale = false;
        }
    }

    /// One step. Whether steps can still help.
    fn go(&mut self, core: &Core<'p>, value: Option<f64>) -> bool {
        let gap = self.gap(value);
        let norm = self.norm(core, gap);
        if gap <= 1e-9 * self.level.abs() || norm <= 0.0 {
            return false;
        }
        self.aim(core, self.step * gap / norm);
        let seen = self.leading.as_ref().map_or(core, |leading| &leading.0);
        self.look.at(seen, &self.trial);
        self.looks += 1;
        self.effort += seen.rep.len();
        let agree = self.agreement();
        let weight = self.mixing();
        self.mix(weight);
        self.average(weight);
        if self.look.bound < self.level {
            self.level = self.look.bound;
            std::mem::swap(&mut self.center, &mut self.trial);
            self.reds = 0;
            if agree > 0.0 {
                self.step = (self.step * LONGER).min(LONGEST_STEP);
            }
        } else {
            self.reds += 1;
            if self.reds >= REDS {
                self.reds = 0;
                self.step *= SHORTER;
            }
        }
        self.pace(gap);
        self.step > LEAST_STEP
    }

    /// Makes the newest look count less when the bound no longer moves.
    fn pace(&mut self, gap: f64) {
        let (since, bound) = self.checkpoint;
        if self.looks - since < PATIENCE {
            return;
        }
        if bound - self.level < ENOUGH * gap {
            self.weight = (self.weight / 2.0).max(LEAST_WEIGHT);
        }
        self.checkpoint = (self.looks, self.level);
    }

    /// Sets the trial prices a step away from the best.
    fn aim(&mut self, core: &Core<'_>, length: f64) {
        let from = self
            .center
            .each()
            .zip(self.slope.each())
            .zip(self.unit.each());
        for (trial, ((price, slope), unit)) in self.trial.each_mut().zip(from) {
            *trial = price - length * unit * slope;
        }
        self.trial.project(core);
    }

    /// Square of the average slope, prices that cannot move any further left out.
    fn norm(&mut self, core: &Core<'_>, gap: f64) -> f64 {
        let all: f64 = self
            .slope
            .each()
            .zip(self.unit.each())
            .map(|(s, u)| s * s * u)
            .sum();
        if all <= 0.0 {
            return 0.0;
        }
        self.aim(core, 1e-3 * gap / all);
        let from = self.center.each().zip(self.trial.each());
        let moves = self.slope.each().zip(self.unit.each()).zip(from);
        #[allow(
            clippy::float_cmp,
            reason = "a price that is held back does not move at all"
        )]
        let free = moves.filter(|(_, (price, trial))| price != trial);
        free.map(|((slope, unit), _)| slope * slope * unit).sum()
    }

    /// Whether the newest slope points the way of the average.
    fn agreement(&self) -> f64 {
        let pairs = self
            .slope
            .each()
            .zip(self.look.slope.each())
            .zip(self.unit.each());
        pairs
            .map(|((average, newest), unit)| average * newest * unit)
            .sum()
    }

    /// The weight of the newest slope that makes the average shortest, within limits.
    fn mixing(&self) -> f64 {
        let (mut along, mut length) = (0.0, 0.0);
        let pairs = self
            .slope
            .each()
            .zip(self.look.slope.each())
            .zip(self.unit.each());
        for ((average, newest), unit) in pairs {
            let apart = average - newest;
            along += average * apart * unit;
            length += apart * apart * unit;
        }
        let best = if length > 0.0 {
            along / length
        } else {
            self.weight
        };
        best.clamp(self.weight / 10.0, self.weight)
    }

    fn mix(&mut self, weight: f64) {
        for (average, newest) in self.slope.each_mut().zip(self.look.slope.each()) {
            *average += weight * (newest - *average);
        }
    }

    fn average(&mut self, weight: f64) {
        if weight >= 1.0 {
            self.share.fill(0.0);
            self.scale = 1.0;
        } else {
            self.scale *= 1.0 - weight;
        }
        if self.scale < 1e-100 {
            for share in &mut self.share {
                *share *= self.scale;
            }
            self.scale = 1.0;
        }
        let origin = self.leading.as_ref().map(|leading| &leading.1);
        for &choice in self.look.chosen.iter().filter(|&&choice| choice != NOBODY) {
            let choice = origin.map_or(choice, |origin| origin[choice as usize]);
            self.share[choice as usize] += weight / self.scale;
        }
    }
}

/// The leading choices of each block at the prices of a look, and which ones they are.
fn leading<'p>(core: &Core<'p>, look: &Look) -> (Core<'p>, Vec<u32>) {
    let mut leading = vec![false; core.rep.len()];
    for block in 0..core.blocks.len() {
        let choices = core.choices(block);
        if choices.len() <= LEADING {
            leading[choices].fill(true);
            continue;
        }
        let mut best = [(f64::NEG_INFINITY, choices.start); LEADING];
        for choice in choices {
            let mut next = (look.worth_of(choice), choice);
            if next.0 <= best[LEADING - 1].0 {
                continue;
            }
            for entry in &mut best {
                if next.0 > entry.0 {
                    std::mem::swap(entry, &mut next);
                }
            }
        }
        for (_, choice) in best {
            leading[choice] = true;
        }
    }
    core.restricted(|_, choice| leading[choice])
}

/// The square of a natural unit of each price, so that a step treats hours and money alike: one over
/// the usual amount of what is priced.
fn units(core: &Core<'_>) -> Prices {
    let mut units = Prices::zero(core);
    let problem = core.problem;
    let reps = problem.reps();
    let square = |amount: f64| {
        if amount > 0.0 {
            1.0 / (amount * amount)
        } else {
            0.0
        }
    };
    #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
    let mean = |sum: f64, count: usize| sum / count.max(1) as f64;
    let hours: f64 = reps.iter().flat_map(|rep| &rep.hours).sum();
    let hour = square(mean(hours, reps.len() * problem.periods()));
    units.hour.fill(hour);
    for at in 0..problem.policy().balance.len() {
        let first = core.start.iter().zip(core.start.iter().skip(1));
        let typical = first.filter(|(from, to)| from < to);
        let total: f64 = typical
            .map(|(from, _)| core.amounts_of(*from as usize)[at])
            .sum();
        let unit = square(mean(total, reps.len()));
        units.hard[at * reps.len()..(at + 1) * reps.len()].fill(unit);
        units.soft[at * reps.len()..(at + 1) * reps.len()].fill(unit);
    }
    units.count.fill(square(mean(
        f64::from(u32::try_from(core.blocks.len()).unwrap_or(u32::MAX)),
        reps.len(),
    )));
    core.shares.units(&mut units.share);
    // What all reps share is as large as all of theirs together: so are the steps of its price.
    let many = f64::from(u32::try_from(reps.len()).unwrap_or(u32::MAX));
    units.moves = many * square(core.held);
    units.moved_potential = many * square(core.held_potential);
    units
}
