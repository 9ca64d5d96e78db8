//! Simulated annealing: changes for the worse are accepted too, ever more rarely.

use super::state::{Change, Score, Search};
use crate::strategy::random::{below, unit};

/// Trials for each choice of a block. Fewer leave value behind on problems with tight balance,
/// more bring little.
const TRIALS_PER_CHOICE: usize = 25;
/// Trials at least, for problems that are tiny.
const FEWEST_TRIALS: usize = 4_000;
/// Trials at most: some seconds.
const MOST_TRIALS: usize = 1_000_000;
/// Changes from which the usual size of a change in value is taken.
const SAMPLES: usize = 200;
/// First temperature, relative to the usual change in value: about one worsening in four of that
/// size is accepted.
const FIRST_TEMPERATURE: f64 = 0.7;
/// Last temperature, relative to the usual change in value: practically descent.
const LAST_TEMPERATURE: f64 = 0.005;
/// Trials between two looks at temperature, price and stop, at most.
const LONGEST_ROUND: usize = 500;
/// Rounds at least: fewer give the price no time to settle.
const FEWEST_ROUNDS: usize = 100;
/// First price of 1 of broken limits, relative to the usual change in value.
const FIRST_PRICE: f64 = 1.0;
/// Lowest price, in the same unit.
const LOWEST_PRICE: f64 = 0.2;
/// Highest price, in the same unit: nothing that is worth anything pays for it.
const HIGHEST_PRICE: f64 = 1e7;
/// Factor by which the price rises after a round that ends with broken limits.
const RISE: f64 = 1.3;
/// Factor by which the price falls after a round that ends without.
const FALL: f64 = 0.9;
/// Share of the trials after which the price only rises.
const CLOSING: f64 = 0.8;
/// Share of the trials that move one block; the others move two.
const SINGLE: f64 = 0.4;
/// Share of the pairs in which the second block takes the first one's place.
const SWAP: f64 = 0.7;

impl Search<'_> {
    /// Anneals, and ends with the best plan seen.
    pub(super) fn anneal(&mut self) {
        let blocks = self.board.blocks;
        let movable: Vec<usize> = (0..blocks.len())
            .filter(|&block| !blocks[block].choices.is_empty())
            .collect();
        if movable.is_empty() {
            return;
        }
        let choices: usize = blocks.iter().map(|block| block.choices.len()).sum();
        let trials = (choices * TRIALS_PER_CHOICE).clamp(FEWEST_TRIALS, MOST_TRIALS);
        let length = (trials / FEWEST_ROUNDS).min(LONGEST_ROUND);
        let rounds = trials / length;
        let usual = self.usual_change(&movable);
        let mut price = FIRST_PRICE * usual;
        let mut best = (self.score, self.holders());
        for round in 0..rounds {
            if self.stopped() {
                break;
            }
            let done = ratio(round, rounds);
            let cooling = (LAST_TEMPERATURE / FIRST_TEMPERATURE).powf(done);
            let temperature = FIRST_TEMPERATURE * cooling * usual;
            for _ in 0..length {
                self.step(&movable, price, temperature, &mut best);
            }
            if self.score.hard > 0.0 {
                price = (price * RISE).min(HIGHEST_PRICE * usual);
            } else if done < CLOSING {
                price = (price * FALL).max(LOWEST_PRICE * usual);
            }
        }
        self.return_to(&best.1);
    }

    fn step(
        &mut self,
        movable: &[usize],
        price: f64,
        temperature: f64,
        best: &mut (Score, Vec<Option<usize>>),
    ) {
        let (changes, count) = self.draw(movable);
        let Some(score) = self.try_out(&changes[..count]) else {
            return;
        };
        let energy = |score: &Score| score.value - price * score.hard;
        let rise = energy(&score) - energy(&self.score);
        if rise >= 0.0 || unit(&mut self.random) < (rise / temperature).exp() {
            self.keep(score);
            if score.beats(&best.0) {
                *best = (score, self.holders());
            }
        } else {
            self.back();
        }
    }

    /// A random change: a block to another rep or to nobody, alone or with a block of that rep that
    /// makes room.
    fn draw(&mut self, movable: &[usize]) -> ([Change; 2], usize) {
        let blocks = self.board.blocks;
        let block = movable[below(&mut self.random, movable.len())];
        let here = self.board.holder(block);
        let to = self.draw_choice(block);
        let alone = ([(block, to), (block, to)], 1);
        let Some(choice) = to.filter(|_| unit(&mut self.random) >= SINGLE) else {
            return alone;
        };
        let held = self.board.held(blocks[block].choices[choice].rep);
        if held.is_empty() {
            return alone;
        }
        let other = held[below(&mut self.random, held.len())];
        if other == block {
            return alone;
        }
        let swap = unit(&mut self.random) < SWAP;
        let place = here.map(|here| blocks[block].choices[here]);
        let other_to = match place.filter(|_| swap) {
            Some(place) => blocks[other].find(place.rep, place.base),
            None if swap => None,
            None => self.draw_choice(other),
        };
        ([(block, to), (other, other_to)], 2)
    }

    /// A random choice of a block other than the one it has, or nobody.
    fn draw_choice(&mut self, block: usize) -> Option<usize> {
        let count = self.board.blocks[block].choices.len();
        let drawn = below(&mut self.random, count + 1);
        Some(drawn).filter(|&drawn| drawn < count && self.board.holder(block) != Some(drawn))
    }

    /// The median size of a change in value when one block changes; 1 if values never change.
    fn usual_change(&mut self, movable: &[usize]) -> f64 {
        let mut sizes = Vec::new();
        for _ in 0..SAMPLES {
            let block = movable[below(&mut self.random, movable.len())];
            let to = self.draw_choice(block);
            if let Some(score) = self.try_out(&[(block, to)]) {
                sizes.push((score.value - self.score.value).abs());
                self.back();
            }
        }
        sizes.retain(|&size| size > 0.0);
        sizes.sort_by(f64::total_cmp);
        sizes.get(sizes.len() / 2).copied().unwrap_or(1.0)
    }
}

#[allow(
    clippy::cast_precision_loss,
    reason = "counts of rounds are far below 2⁵³"
)]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}
