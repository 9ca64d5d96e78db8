//! The bound, and better prices of units and rows by the volume method (Barahona and Anbil 2000, "The volume
//! algorithm", Mathematical Programming 87:385).

use rayon::prelude::*;

use super::layout::Layout;
use super::rows::{Rows, Shift};
use super::staff::{self, Staff};

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

/// Prices of units, by block, and behind them those of rows; and what is proved by them.
#[derive(Debug)]
pub(super) struct Descent<'r> {
    rows: &'r Rows,
    /// The best prices so far.
    pub(super) prices: Vec<f64>,
    /// The least limit so far.
    pub(super) bound: f64,
    /// Sites at the last prices.
    pub(super) staffs: Vec<Staff>,
    /// What rows cost at the last prices.
    pub(super) shift: Shift,
    floor: Vec<f64>,
    /// Squares of the prices' natural units.
    weights: Vec<f64>,
    trial: Vec<f64>,
    slack: Vec<f64>,
    direction: Vec<f64>,
    step: f64,
    failures: u32,
    smooth: bool,
    /// The bound when long steps began.
    begun: f64,
    /// Beginnings in vain, one after the other.
    vain: i32,
    pool: Option<rayon::ThreadPool>,
    /// Whether nothing else runs beside.
    alone: bool,
}

impl<'r> Descent<'r> {
    /// Begins at prices of units, and of rows if there are any; on one thread where no pool can be had.
    pub(super) fn new(
        (layout, rows): (&Layout<'_>, &'r Rows),
        staffs: Vec<Staff>,
        mut prices: Vec<f64>,
        threads: usize,
    ) -> Self {
        let blocks = layout.blocks();
        prices.resize(blocks + rows.len(), 0.0);
        let unserved = layout.unserved.iter();
        let mut floor: Vec<f64> = unserved
            .map(|one| one.unwrap_or(f64::NEG_INFINITY))
            .collect();
        floor.resize(prices.len(), 0.0);
        let mut weights = vec![1.0; blocks];
        weights.extend(rows.weights());
        rows.cap(&mut prices[blocks..]);
        for (price, floor) in prices.iter_mut().zip(&floor) {
            *price = price.max(*floor);
        }
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        let mut descent = Self {
            rows,
            shift: Shift::default(),
            weights,
            trial: prices.clone(),
            slack: vec![],
            direction: vec![],
            bound: f64::INFINITY,
            staffs,
            floor,
            prices,
            step: FIRST_STEP,
            failures: 0,
            smooth: true,
            begun: f64::INFINITY,
            vain: 0,
            alone: true,
            pool: (threads > 1).then(|| pool.build().ok()).flatten(),
        };
        descent.bound = descent.evaluate(layout);
        descent.direction.clone_from(&descent.slack);
        descent
    }

    /// The limit at the trial prices, and its subgradient.
    fn evaluate(&mut self, layout: &Layout<'_>) -> f64 {
        let blocks = layout.blocks();
        self.rows.shift(&self.trial[blocks..], &mut self.shift);
        let paid = staff::Prices {
            units: &self.trial[..blocks],
            shift: &self.shift,
            smooth: self.smooth,
        };
        let staffs = &mut self.staffs;
        let each = |(site, staff): (usize, &mut Staff)| staff.evaluate(layout, site, paid);
        let worths: Vec<f64> = match &self.pool {
            Some(pool) if self.alone || pool.current_num_threads() > 2 => {
                let all = || staffs.par_iter_mut().enumerate().map(each).collect();
                pool.install(all)
            }
            _ => staffs.iter_mut().enumerate().map(each).collect(),
        };
        self.slack.clear();
        self.slack.resize(blocks, 1.0);
        let mut sums = self.rows.nothing();
        for (site, staff) in staffs.iter().enumerate() {
            for &choice in staff.choices() {
                self.slack[layout.choice(choice).block as usize] -= 1.0;
                self.rows.add(&mut sums, choice, 1.0);
            }
            if staff.reps().is_some() {
                self.rows.open(&mut sums, site, 1.0);
            }
        }
        self.rows.slacks(&sums, &mut self.slack);
        let units: f64 = self.trial[..blocks].iter().sum();
        units + worths.iter().sum::<f64>() + self.shift.constant
    }

    /// So many steps towards a value, alone or with a search for plans beside, as long as it is not halted; false
    /// where steps are of no more use.
    pub(super) fn advance(
        &mut self,
        layout: &Layout<'_>,
        (steps, target, alone): (usize, f64, bool),
        halt: &dyn Fn() -> bool,
    ) -> bool {
        self.alone = alone;
        for _ in 0..steps {
            if halt() {
                return true;
            }
            if !self.step(layout, target) && !self.again() {
                return false;
            }
        }
        true
    }

    /// One step towards a value; false where steps are of no more use.
    fn step(&mut self, layout: &Layout<'_>, target: f64) -> bool {
        if !self.try_prices(target) || self.step < SHORTEST {
            return false;
        }
        let bound = self.evaluate(layout);
        let agreement = self.dot(&self.slack, &self.direction);
        let weight = self.weight();
        for (site, staff) in self.staffs.iter_mut().enumerate() {
            staff.count(layout, site, weight);
        }
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
    fn again(&mut self) -> bool {
        self.vain = if self.bound < self.begun {
            0
        } else {
            self.vain + 1
        };
        self.begun = self.bound;
        self.step = FIRST_STEP * 0.5_f64.powi(self.vain);
        self.direction.clone_from(&self.slack);
        self.smooth = !self.smooth;
        self.vain <= MOST_VAIN
    }

    /// Prices one step from the best; false if no price would change.
    fn try_prices(&mut self, target: f64) -> bool {
        let movable = |(at, &slack): (usize, &f64)| {
            let held = slack > 0.0 && self.prices[at] <= self.floor[at];
            if held {
                0.0
            } else {
                self.weights[at] * slack * slack
            }
        };
        let norm: f64 = self.direction.iter().enumerate().map(movable).sum();
        if norm < 1e-18 {
            return false;
        }
        let length = self.step * (self.bound - target).max(0.0) / norm;
        self.trial.clear();
        for (at, &slack) in self.direction.iter().enumerate() {
            let price = self.prices[at] - length * self.weights[at] * slack;
            self.trial.push(price.max(self.floor[at]));
        }
        let units = self.trial.len() - self.rows.len();
        self.rows.cap(&mut self.trial[units..]);
        true
    }

    /// Weight of the newest subgradient that makes the average shortest.
    fn weight(&self) -> f64 {
        let (new, old) = (&self.slack, &self.direction);
        let (nn, no, oo) = (self.dot(new, new), self.dot(new, old), self.dot(old, old));
        let width = nn - 2.0 * no + oo;
        if width <= 0.0 {
            return NEWEST;
        }
        ((oo - no) / width).clamp(NEWEST / 10.0, NEWEST)
    }

    /// The product of two slopes, each price in its natural unit.
    fn dot(&self, a: &[f64], b: &[f64]) -> f64 {
        let each = a.iter().zip(b).zip(&self.weights);
        each.map(|((a, b), weight)| a * b * weight).sum()
    }
}
