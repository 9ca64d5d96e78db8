//! The bound, and better prices of units by the volume method (Barahona and Anbil 2000, "The volume
//! algorithm", Mathematical Programming 87:385).

use rayon::prelude::*;

use super::layout::Layout;
use super::staff::Staff;

/// Largest weight of the newest subgradient in the average.
const NEWEST: f64 = 0.2;
/// First length of steps, as a part of the length that would reach the target on a line.
const FIRST_STEP: f64 = 0.3;
/// Evaluations without improvement before steps get shorter.
const PATIENCE: u32 = 6;
/// Steps shorter than this are of no use.
const SHORTEST: f64 = 1e-4;
/// Beginnings in vain after which no more is to be had.
const MOST_VAIN: i32 = 8;

/// Prices of units, and what is proved by them.
#[derive(Debug)]
pub(super) struct Descent {
    /// The best prices so far.
    pub(super) prices: Vec<f64>,
    /// The least limit so far.
    pub(super) bound: f64,
    /// Sites at the last prices.
    pub(super) staffs: Vec<Staff>,
    floor: Vec<f64>,
    trial: Vec<f64>,
    slack: Vec<f64>,
    direction: Vec<f64>,
    step: f64,
    failures: u32,
    /// The bound when long steps began.
    begun: f64,
    /// Beginnings in vain, one after the other.
    vain: i32,
    pool: Option<rayon::ThreadPool>,
}

impl Descent {
    /// Begins at prices of units; on one thread where no pool can be had.
    pub(super) fn new(
        layout: &Layout<'_>,
        staffs: Vec<Staff>,
        mut prices: Vec<f64>,
        threads: usize,
    ) -> Self {
        let floor: Vec<f64> = (layout.task.units.iter())
            .map(|unit| unit.unserved.unwrap_or(f64::NEG_INFINITY))
            .collect();
        for (price, floor) in prices.iter_mut().zip(&floor) {
            *price = price.max(*floor);
        }
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        let mut descent = Self {
            trial: prices.clone(),
            slack: vec![],
            direction: vec![],
            bound: f64::INFINITY,
            staffs,
            floor,
            prices,
            step: FIRST_STEP,
            failures: 0,
            begun: f64::INFINITY,
            vain: 0,
            pool: (threads > 1).then(|| pool.build().ok()).flatten(),
        };
        descent.bound = descent.evaluate(layout);
        descent.direction.clone_from(&descent.slack);
        descent
    }

    /// The limit at the trial prices, and its subgradient.
    fn evaluate(&mut self, layout: &Layout<'_>) -> f64 {
        let (staffs, trial) = (&mut self.staffs, &self.trial);
        let each = |(site, staff): (usize, &mut Staff)| staff.evaluate(layout, site, trial);
        let worths: Vec<f64> = match &self.pool {
            Some(pool) => {
                let all = || staffs.par_iter_mut().enumerate().map(each).collect();
                pool.install(all)
            }
            None => staffs.iter_mut().enumerate().map(each).collect(),
        };
        self.slack.clear();
        self.slack.resize(trial.len(), 1.0);
        for staff in staffs.iter() {
            for &pair in staff.pairs() {
                self.slack[layout.task.pairs[pair as usize].unit] -= 1.0;
            }
        }
        trial.iter().sum::<f64>() + worths.iter().sum::<f64>()
    }

    /// One step towards a value; false where steps are of no more use.
    pub(super) fn step(&mut self, layout: &Layout<'_>, target: f64) -> bool {
        if !self.try_prices(target) || self.step < SHORTEST {
            return false;
        }
        let bound = self.evaluate(layout);
        let agreement = dot(&self.slack, &self.direction);
        let weight = self.weight();
        for (average, newest) in self.direction.iter_mut().zip(&self.slack) {
            *average += weight * (newest - *average);
        }
        if bound < self.bound {
            std::mem::swap(&mut self.prices, &mut self.trial);
            self.bound = bound;
            self.failures = 0;
            if agreement > 0.0 {
                self.step = (self.step * 1.1).min(1.5);
            }
        } else {
            self.failures += 1;
            if self.failures >= PATIENCE {
                self.step *= 0.7;
                self.failures = 0;
            }
        }
        true
    }

    /// Begins again with long steps from the best prices, each time in vain with half as long ones; false
    /// where that has been in vain too often.
    pub(super) fn again(&mut self) -> bool {
        self.vain = if self.bound < self.begun {
            0
        } else {
            self.vain + 1
        };
        self.begun = self.bound;
        self.step = FIRST_STEP * 0.5_f64.powi(self.vain);
        self.direction.clone_from(&self.slack);
        self.vain <= MOST_VAIN
    }

    /// Prices one step from the best; false if no price would change.
    fn try_prices(&mut self, target: f64) -> bool {
        let movable = |(unit, &slack): (usize, &f64)| {
            let held = slack > 0.0 && self.prices[unit] <= self.floor[unit];
            if held { 0.0 } else { slack * slack }
        };
        let norm: f64 = self.direction.iter().enumerate().map(movable).sum();
        if norm < 1e-18 {
            return false;
        }
        let length = self.step * (self.bound - target).max(0.0) / norm;
        self.trial.clear();
        for (unit, &slack) in self.direction.iter().enumerate() {
            let price = self.prices[unit] - length * slack;
            self.trial.push(price.max(self.floor[unit]));
        }
        true
    }

    /// Weight of the newest subgradient that makes the average shortest.
    fn weight(&self) -> f64 {
        let (new, old) = (&self.slack, &self.direction);
        let (nn, no, oo) = (dot(new, new), dot(new, old), dot(old, old));
        let width = nn - 2.0 * no + oo;
        if width <= 0.0 {
            return NEWEST;
        }
        ((oo - no) / width).clamp(NEWEST / 10.0, NEWEST)
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
