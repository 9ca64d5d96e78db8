//! A price on every scarce thing.

use super::core::Core;
use crate::domain::Penalty;

/// Prices, in money for a unit of what they price.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Prices {
    /// An hour, by rep and period, rep after rep; 0 or more.
    pub(super) hour: Vec<f64>,
    /// A unit of a balance against its hard limits, by balance and rep; signed.
    pub(super) hard: Vec<f64>,
    /// A unit of a balance against its ideal band, by balance and rep; signed.
    pub(super) soft: Vec<f64>,
    /// A slot, by rep; signed.
    pub(super) count: Vec<f64>,
    /// A unit of revenue of a source whose concentration is limited, limit after limit; 0 or more.
    pub(super) share: Vec<f64>,
    /// A move; 0 or more.
    pub(super) moves: f64,
    /// A unit of potential moved; 0 or more.
    pub(super) moved_potential: f64,
}

impl Prices {
    pub(super) fn zero(core: &Core<'_>) -> Self {
        let reps = core.problem.reps().len();
        let balances = core.problem.policy().balance.len();
        Self {
            hour: vec![0.0; reps * core.problem.periods()],
            hard: vec![0.0; reps * balances],
            soft: vec![0.0; reps * balances],
            count: vec![0.0; reps],
            share: vec![0.0; core.shares.rows()],
            moves: 0.0,
            moved_potential: 0.0,
        }
    }

    /// All prices, in a fixed order.
    pub(super) fn each(&self) -> impl Iterator<Item = &f64> {
        let lists = self.hour.iter().chain(&self.hard).chain(&self.soft);
        lists
            .chain(&self.count)
            .chain(&self.share)
            .chain([&self.moves, &self.moved_potential])
    }

    /// All prices, to be changed.
    pub(super) fn each_mut(&mut self) -> impl Iterator<Item = &mut f64> {
        let lists = self
            .hour
            .iter_mut()
            .chain(&mut self.hard)
            .chain(&mut self.soft);
        lists
            .chain(&mut self.count)
            .chain(&mut self.share)
            .chain([&mut self.moves, &mut self.moved_potential])
    }

    /// Brings every price back into its range.
    pub(super) fn project(&mut self, core: &Core<'_>) {
        let reps = core.problem.reps();
        for price in &mut self.hour {
            *price = price.max(0.0);
        }
        for (at, balance) in core.problem.policy().balance.iter().enumerate() {
            let own = at * reps.len()..(at + 1) * reps.len();
            let lowest = balance.min_ratio.map_or(0.0, |_| f64::NEG_INFINITY);
            let highest = balance.max_ratio.map_or(0.0, |_| f64::INFINITY);
            for (price, share) in self.hard[own.clone()].iter_mut().zip(&balance.shares) {
                *price = if *share > 0.0 {
                    price.clamp(lowest, highest)
                } else {
                    0.0
                };
            }
            let cost = core.balance_price(balance);
            for (price, share) in self.soft[own.clone()].iter_mut().zip(&balance.shares) {
                *price = if *share > 0.0 {
                    price.clamp(-cost, cost)
                } else {
                    0.0
                };
            }
            if balance.penalty == Penalty::Largest {
                shrink(&mut self.soft[own], cost);
            }
        }
        for (price, rep) in self.count.iter_mut().zip(reps) {
            let lowest = rep.min_slots.map_or(0.0, |_| f64::NEG_INFINITY);
            let highest = rep.max_slots.map_or(0.0, |_| f64::INFINITY);
            *price = price.clamp(lowest, highest);
        }
        for price in &mut self.share {
            *price = price.max(0.0);
        }
        let policy = core.problem.policy();
        self.moves = policy.max_moves.map_or(0.0, |_| self.moves.max(0.0));
        self.moved_potential =
            (policy.max_moved_potential_share).map_or(0.0, |_| self.moved_potential.max(0.0));
    }
}

/// Projects onto the numbers whose sizes add up to at most `most`: all sizes shrink by the same
/// amount, those that would turn around become 0.
fn shrink(numbers: &mut [f64], most: f64) {
    let mut sizes: Vec<f64> = numbers.iter().map(|number| number.abs()).collect();
    if sizes.iter().sum::<f64>() <= most {
        return;
    }
    sizes.sort_unstable_by(|a, b| b.total_cmp(a));
    let (mut sum, mut cut) = (0.0, 0.0);
    for (at, size) in (1_u32..).zip(sizes) {
        sum += size;
        let next = (sum - most) / f64::from(at);
        if next >= size {
            break;
        }
        cut = next;
    }
    for number in numbers {
        *number = number.signum() * (number.abs() - cut).max(0.0);
    }
}
