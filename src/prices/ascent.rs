//! Better prices step by step: the volume algorithm (Barahona & Anbil 2000).
//!
//! Steps go from the best prices so far along an average of past slopes. The same average over what
//! the blocks chose tends to an optimum of the linear relaxation, so it says who is torn between
//! whom: what the rounding and the search start from.

use super::core::{Core, NOBODY};
use super::dual::{Look, Prices};

/// Weight of the newest look in the averages, at first and at least.
const FIRST_WEIGHT: f64 = 0.1;
const LEAST_WEIGHT: f64 = 0.01;
/// Looks without enough progress after which the weight of the newest look halves.
const PATIENCE: usize = 60;
/// Progress of the bound, relative to the gap, that counts as enough.
const ENOUGH: f64 = 0.01;
/// First step, relative to the step that would reach the target if the dual were linear.
const FIRST_STEP: f64 = 1.0;
const LEAST_STEP: f64 = 1e-5;
/// Factors of the step after a look that improves the bound with slopes that agree, and after some
/// looks that do not improve it.
const LONGER: f64 = 1.2;
const SHORTER: f64 = 0.7;
const REDS: u32 = 8;
/// A run ends when the bound has fallen by less than this, relative to it, over so many looks.
const STALLED: f64 = 1e-4;
const STALL_LOOKS: usize = 100;
/// How far below the bound the target lies while no plan is known, relative to the bound.
const GUESS: f64 = 0.02;

/// What the descent has reached.
#[derive(Debug)]
pub(super) struct Descent {
    /// Best prices so far.
    pub(super) prices: Prices,
    /// Proved limit on the value of any plan: the dual at the best prices.
    pub(super) bound: f64,
    /// Average of the choices: near an optimum of the linear relaxation. One for each choice.
    share: Vec<f64>,
    /// What the stored shares are to be multiplied by: fading all of them is one multiplication.
    scale: f64,
    look: Look,
    slope: Prices,
    unit: Prices,
    trial: Prices,
    step: f64,
    weight: f64,
    reds: u32,
    /// Looks so far.
    pub(super) looks: usize,
    checkpoint: (usize, f64),
}

impl Descent {
    /// Begins at some prices.
    pub(super) fn new(core: &Core<'_>, mut prices: Prices) -> Self {
        prices.project(core);
        let mut look = Look::new(core);
        look.at(core, &prices);
        let mut descent = Self {
            bound: look.bound,
            share: vec![0.0; core.rep.len()],
            scale: 1.0,
            slope: look.slope.clone(),
            unit: units(core),
            trial: prices.clone(),
            prices,
            look,
            step: FIRST_STEP,
            weight: FIRST_WEIGHT,
            reds: 0,
            looks: 1,
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
    pub(super) fn look_again(&mut self, core: &Core<'_>) -> &Look {
        self.look.at(core, &self.prices);
        &self.look
    }

    /// Takes steps until `stop`, until `looks` looks in all, or until steps are too short to matter.
    /// `value` is the value of the best plan known. Whether steps can still help.
    pub(super) fn run(
        &mut self,
        core: &Core<'_>,
        value: Option<f64>,
        looks: usize,
        stop: &dyn Fn() -> bool,
    ) -> bool {
        let mut mark = (self.looks, self.bound);
        while self.looks < looks && !stop() {
            if self.looks - mark.0 >= STALL_LOOKS {
                if mark.1 - self.bound < STALLED * self.bound.abs() {
                    return true;
                }
                mark = (self.looks, self.bound);
            }
            let guess = self.bound - GUESS * self.bound.abs();
            let target = value.unwrap_or(guess).max(guess);
            if self.bound - target <= 1e-9 * self.bound.abs() || !self.go(core, target) {
                return false;
            }
        }
        true
    }

    /// One step. Whether steps can still help.
    fn go(&mut self, core: &Core<'_>, target: f64) -> bool {
        let gap = self.bound - target;
        let norm = self.norm(core, gap);
        if norm <= 0.0 {
            return false;
        }
        let length = self.step * gap / norm;
        self.aim(core, length);
        self.look.at(core, &self.trial);
        self.looks += 1;
        let agree = self.agreement();
        let weight = self.mixing();
        self.mix(weight);
        self.average(weight);
        if self.look.bound < self.bound {
            self.bound = self.look.bound;
            std::mem::swap(&mut self.prices, &mut self.trial);
            self.reds = 0;
            if agree > 0.0 {
                self.step = (self.step * LONGER).min(2.0);
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
        if bound - self.bound < ENOUGH * gap {
            self.weight = (self.weight / 2.0).max(LEAST_WEIGHT);
        }
        self.checkpoint = (self.looks, self.bound);
    }

    /// Sets the trial prices a step away from the best.
    fn aim(&mut self, core: &Core<'_>, length: f64) {
        let from = self
            .prices
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
        let from = self.prices.each().zip(self.trial.each());
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
        for &choice in &self.look.chosen {
            if choice != NOBODY {
                self.share[choice as usize] += weight / self.scale;
            }
        }
    }
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
    units.moves = square(core.held);
    units.moved_potential = square(core.held_potential);
    units
}
