//! A limit that knows that blocks cannot be cut: each block has a price, and each rep takes the bundle
//! that is best at these prices within its hours.
//!
//! ```text
//! idle value + Σ_b max(0, λ[b]) + Σ_r max over bases and bundles S of
//!     { Σ_{i in S} (worth[i] − λ[b(i)]) − overtime − fixed cost }  + what shared budgets are worth
//! ```
//!
//! is at least the value of every plan, for any prices λ (those of mandatory blocks may be negative).
//! Balance, counts, moves and moved potential keep the prices of the descent. (Relaxing the assignment
//! instead of the capacity: Fisher, Jaikumar & Van Wassenhove 1986, "A multiplier adjustment method for
//! the generalized assignment problem", Management Science 32:1095.) Bases and hires are decided inside,
//! so nothing is left to branch on. Prices are raised where several reps take a block and lowered where
//! none does, along an average of such slopes.

use std::collections::HashMap;

use rayon::prelude::*;

use super::bundle::{Best, Bundle, Item, Scratch, Unit};
use super::core::{Core, Seat};
use super::dual::Look;
use super::enumerate;
use super::price::Prices;
use crate::domain::Goal;

/// Blocks for each rep at most, and hours of all choices and periods: above, whole blocks are small
/// beside a rep's hours and the limit of the descent is nearly as good.
const MOST_BLOCKS_PER_REP: usize = 40;
const MOST_HOURS: usize = 4_000_000;
/// Share of the newest bundles in the average slope, at most and at least.
const SHARES: (f64, f64) = (0.1, 0.01);
/// First step, relative to the step that would reach the target if the limit were linear in prices.
const FIRST_STEP: f64 = 0.3;
const LEAST_STEP: f64 = 1e-5;
/// Factor of the step after progress. Steps without progress after which it shrinks, and by how much;
/// the newest bundles count less from then on.
const LONGER: f64 = 1.1;
const PATIENCE: u32 = 10;
const SHORTER: f64 = 0.7;
const FADING: f64 = 0.9;
/// Nodes of a rep's search, at first and at most; one in so many is added when the step shrinks.
const NODES: (u32, u32) = (1_000, 30_000);
const MORE_NODES: u32 = 5;
/// Choices from which on threads share the reps; below, waking them takes longer.
const PARALLEL_CHOICES: usize = 1_000;
/// Choices that are looked at in the time of an item and of a node.
const CHOICES_PER_ITEM: usize = 40;
const CHOICES_PER_NODE: usize = 32;

/// Prices of blocks and the limit they prove.
#[derive(Debug)]
pub(super) struct Whole {
    /// Proved limit on the value of any plan, in money.
    pub(super) bound: f64,
    bundles: Vec<Bundle>,
    /// What holds whatever is chosen, and what a rep's count limits are worth, by rep.
    constant: f64,
    own: Vec<f64>,
    prices: Vec<f64>,
    trial: Vec<f64>,
    slope: Vec<f64>,
    newest: Vec<f64>,
    step: f64,
    share: f64,
    failures: u32,
    scratch: Scratch,
    /// Choices looked at.
    pub(super) effort: usize,
}

impl Whole {
    /// Begins at the prices of a descent; `None` where every plan is tried anyway, and where this limit would
    /// hardly be better, or take long.
    pub(super) fn new(core: &Core<'_>, seats: &[Seat], prices: &Prices) -> Option<Self> {
        let reps = core.problem.reps().len();
        let periods = core.problem.periods();
        let blocks = core.blocks.len();
        let small = blocks <= enumerate::MOST_BLOCKS;
        if small || blocks > MOST_BLOCKS_PER_REP * reps || core.rep.len() * periods > MOST_HOURS {
            return None;
        }
        let seated = core.seated(seats);
        let mut look = Look::new(&seated);
        look.at(&seated, prices);
        let best: Vec<f64> = (0..blocks)
            .map(|block| look.price_of(&seated, block))
            .collect();
        // A mandatory block that nobody may take: there is no plan, and the descent says so.
        if best.contains(&f64::NEG_INFINITY) {
            return None;
        }
        let mut whole = Self {
            bound: f64::INFINITY,
            bundles: bundles(core, prices)?,
            constant: core.idle + shared(core, prices),
            own: (0..reps).map(|rep| counts(core, prices, rep)).collect(),
            trial: best.clone(),
            prices: best,
            slope: vec![0.0; blocks],
            newest: vec![0.0; blocks],
            step: FIRST_STEP,
            share: SHARES.0,
            failures: 0,
            scratch: Scratch::default(),
            effort: 0,
        };
        whole.bound = whole.look(core);
        whole.slope.clone_from(&whole.newest);
        Some(whole)
    }

    /// Steps towards a value until about so many choices are looked at, or `stop`. Whether more steps can
    /// still help.
    pub(super) fn run(
        &mut self,
        core: &Core<'_>,
        value: Option<f64>,
        effort: usize,
        stop: &dyn Fn() -> bool,
    ) -> bool {
        let end = self.effort + effort;
        while self.effort < end && !stop() {
            let norm: f64 = self.slope.iter().map(|slope| slope * slope).sum();
            let target = value.unwrap_or(self.bound - 1e-3 * self.bound.abs());
            let distance = self.bound - target;
            if norm < 1e-9 || distance <= 0.0 || self.step < LEAST_STEP {
                return false;
            }
            let length = self.step * distance / norm;
            for (block, trial) in self.trial.iter_mut().enumerate() {
                let price = self.prices[block] - length * self.slope[block];
                let least = if core.blocks[block].mandatory {
                    f64::NEG_INFINITY
                } else {
                    0.0
                };
                *trial = price.max(least);
            }
            let bound = self.look(core);
            self.average();
            self.accept(bound);
        }
        true
    }

    /// The limit at the trial prices; the newest slopes are set.
    fn look(&mut self, core: &Core<'_>) -> f64 {
        let (trial, own) = (&self.trial, &self.own);
        let one = |scratch: &mut Scratch, (rep, bundle): (usize, &mut Bundle)| {
            let at_base = |base: usize| {
                let base32 = u32::try_from(base).unwrap_or(u32::MAX);
                let best = bundle.solve(base32, trial, scratch);
                let cost = core.problem.reps()[rep].bases[base].fixed_cost;
                let cost = core.weights[Goal::Sizing] * cost;
                (best.limit + own[rep] - cost, best)
            };
            let bases = 0..core.problem.reps()[rep].bases.len();
            let seat = core.seats[rep];
            let open = |&base: &usize| seat.allows(u32::try_from(base).unwrap_or(u32::MAX));
            bases.filter(open).map(at_base).collect()
        };
        let best: Vec<Vec<(f64, Best)>> = if core.rep.len() < PARALLEL_CHOICES {
            let bundles = self.bundles.iter_mut().enumerate();
            bundles
                .map(|bundle| one(&mut self.scratch, bundle))
                .collect()
        } else {
            let bundles = self.bundles.par_iter_mut().enumerate();
            bundles.map_init(Scratch::default, one).collect()
        };
        let looked = self.bundles.iter().map(|bundle| {
            bundle.items.len() * CHOICES_PER_ITEM + bundle.seen as usize * CHOICES_PER_NODE
        });
        self.effort += looked.sum::<usize>();
        self.add_up(core, best)
    }

    /// Adds the reps' best bundles up; a candidate is hired where that pays, within the limits on hires.
    fn add_up(&mut self, core: &Core<'_>, best: Vec<Vec<(f64, Best)>>) -> f64 {
        let (mut sum, mut rounding) = (self.constant, self.constant.abs());
        for (block, price) in self.trial.iter().enumerate() {
            let demanded = *price > 0.0 || core.blocks[block].mandatory;
            self.newest[block] = f64::from(u8::from(demanded));
            sum += price;
            rounding += price.abs();
        }
        let mut open = Vec::new();
        let mut hired = 0_u32;
        let mut take = |(worth, best): &(f64, Best), newest: &mut [f64]| {
            sum += worth;
            rounding += worth.abs();
            for &block in &best.blocks {
                newest[block as usize] -= 1.0;
            }
        };
        for (rep, bases) in best.into_iter().enumerate() {
            let most = bases
                .into_iter()
                .reduce(|a, b| if b.0 > a.0 { b } else { a });
            let Some(most) = most else { continue };
            let candidate = core.problem.reps()[rep].candidate;
            if candidate && core.seats[rep] == Seat::Open {
                open.push((most, rep));
            } else {
                hired += u32::from(candidate);
                take(&most, &mut self.newest);
            }
        }
        open.sort_by(|(a, x), (b, y)| b.0.total_cmp(&a.0).then(x.cmp(y)));
        let policy = core.problem.policy();
        let least = policy.min_hires.unwrap_or(0).saturating_sub(hired);
        let most = policy.max_hires.unwrap_or(u32::MAX).saturating_sub(hired);
        for (place, (best, _)) in (0_u32..).zip(&open) {
            if place < most && (place < least || best.0 > 0.0) {
                take(best, &mut self.newest);
            }
        }
        sum + 1e-11 * rounding
    }

    /// Mixes the newest slope into the average, by the share that makes the average shortest.
    fn average(&mut self) {
        let (mut along, mut length) = (0.0, 0.0);
        for (mean, newest) in self.slope.iter().zip(&self.newest) {
            along += mean * (mean - newest);
            length += (mean - newest) * (mean - newest);
        }
        let best = if length > 0.0 {
            along / length
        } else {
            self.share
        };
        let share = best.clamp(self.share / 10.0, self.share);
        for (mean, newest) in self.slope.iter_mut().zip(&self.newest) {
            *mean += share * (newest - *mean);
        }
    }

    fn accept(&mut self, bound: f64) {
        if bound < self.bound {
            self.bound = bound;
            std::mem::swap(&mut self.prices, &mut self.trial);
            self.failures = 0;
            self.step = (self.step * LONGER).min(2.0);
            return;
        }
        self.failures += 1;
        if self.failures >= PATIENCE {
            self.failures = 0;
            for bundle in &mut self.bundles {
                bundle.nodes = (bundle.nodes + bundle.nodes / MORE_NODES).min(NODES.1);
            }
            self.step *= SHORTER;
            self.share = (self.share * FADING).max(SHARES.1);
        }
    }
}

/// What each rep may take, at the prices of a descent; `None` where there is too much to count.
fn bundles(core: &Core<'_>, prices: &Prices) -> Option<Vec<Bundle>> {
    let reps = core.problem.reps().len();
    let mut bundles: Vec<Bundle> = (0..reps).map(|rep| empty(core, prices, rep)).collect();
    let mut look = Look::new(core);
    look.at(core, prices);
    let mut load = vec![0.0; core.problem.periods()];
    // The unit of each block, rep and base, so that its partner finds it.
    let mut known = HashMap::new();
    for block in 0..core.blocks.len() {
        let index = u32::try_from(block).ok()?;
        for choice in core.choices(block) {
            load.fill(0.0);
            for (hours, &profile) in core.hours_of(block, choice).iter().zip(core.parts(block)) {
                for (load, share) in load.iter_mut().zip(core.profile(profile)) {
                    *load += hours * share;
                }
            }
            let (rep, base) = (core.rep[choice], core.base[choice]);
            let bundle = &mut bundles[rep as usize];
            let item = u32::try_from(bundle.items.len()).ok()?;
            if let Some(&unit) = known.get(&(core.partner[block], rep, base)) {
                let unit: &mut Unit = &mut bundle.units[unit];
                unit.items[1] = Some(item);
            } else {
                known.insert((index, rep, base), bundle.units.len());
                bundle.units.push(Unit {
                    base,
                    items: [Some(item), None],
                });
            }
            let hours: f64 = load.iter().zip(&bundle.prices).map(|(h, p)| h * p).sum();
            bundle.load.extend_from_slice(&load);
            bundle.items.push(Item {
                block: index,
                worth: look.worth_of(choice) + hours,
            });
        }
    }
    Some(bundles)
}

/// A rep's hours at the prices of a descent, without items.
fn empty(core: &Core<'_>, prices: &Prices, rep: usize) -> Bundle {
    let periods = core.problem.periods();
    let own = &core.problem.reps()[rep];
    Bundle {
        hours: own.hours.to_vec(),
        overtime: own.overtime_hours.to_vec(),
        overtime_price: core.overtime_price(rep),
        prices: prices.hour[rep * periods..][..periods].to_vec(),
        nodes: NODES.0,
        ..Bundle::default()
    }
}

/// What the limits on a rep's slots are worth at the prices.
fn counts(core: &Core<'_>, prices: &Prices, rep: usize) -> f64 {
    let own = &core.problem.reps()[rep];
    let price = prices.count[rep];
    let side = if price > 0.0 {
        own.max_slots
    } else {
        own.min_slots
    };
    price * side.map_or(0.0, f64::from)
}

/// What the budgets that all reps share are worth at the prices.
fn shared(core: &Core<'_>, prices: &Prices) -> f64 {
    let policy = core.problem.policy();
    let moves = policy
        .max_moves
        .map_or(0.0, |most| f64::from(most) - core.held);
    let share = policy.max_moved_potential_share;
    let potential = share.map_or(0.0, |share| (share - 1.0) * core.held_potential);
    prices.moves * moves + prices.moved_potential * potential
}
