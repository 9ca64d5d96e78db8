//! A plan from prices: blocks go where the prices send most of their share, and simulated annealing
//! among the choices that the prices leave in doubt does the rest.

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::SeedableRng;

use super::core::NOBODY;
use super::lists::ShortLists;
use super::state::{Change, Score, State};
use crate::strategy::random::{below, unit};

/// Temperatures relative to the usual regret of an entry.
const FIRST_TEMPERATURE: f64 = 1.0;
const LAST_TEMPERATURE: f64 = 0.005;
/// Trials between two looks at temperature, penalty and stop: at least, and for each rep, since a look
/// values every rep anew.
const ROUND: usize = 512;
const ROUND_PER_REP: usize = 8;
/// Rounds after the last for plans that still break limits, at most.
const REPAIRS: usize = 60;
/// Looks at least: with fewer the penalty has no time to settle.
const FEWEST_ROUNDS: usize = 40;
/// Penalty of a broken limit (a share of 1), relative to the usual regret: first, least, most.
const FIRST_PENALTY: f64 = 20.0;
const LEAST_PENALTY: f64 = 1.0;
const MOST_PENALTY: f64 = 1e9;
const RISE: f64 = 1.15;
const FALL: f64 = 0.97;
/// Share of the rounds after which the penalty only rises.
const CLOSING: f64 = 0.85;
/// Share of trials that move one block alone.
const SINGLE: f64 = 0.35;
/// Share of the others in which the second block takes the first one's place.
const SWAP: f64 = 0.6;
/// Share of trials that begin with a block that is not at its best entry. On 4 000 markets a share of
/// 0.85 leaves half the gap that 0.2 leaves.
const DISPLACED: f64 = 0.8;

/// A run of annealing.
pub(super) struct Annealing<'a, 'c> {
    pub(super) state: State<'c>,
    lists: &'a ShortLists<'c>,
    random: Pcg64Mcg,
    penalty: f64,
    /// Blocks that are not at their best entry, in an order that depends on the history.
    displaced: Vec<u32>,
    /// Where each of them stands in that list.
    place: Vec<u32>,
    /// The best plan that keeps every limit, and its value.
    pub(super) best: Option<(f64, Vec<u32>)>,
}

impl<'a, 'c> Annealing<'a, 'c> {
    pub(super) fn new(state: State<'c>, lists: &'a ShortLists<'c>, seed: u64) -> Self {
        let blocks = state.holder.len();
        let mut annealing = Self {
            displaced: Vec::new(),
            place: vec![u32::MAX; blocks],
            state,
            lists,
            random: Pcg64Mcg::seed_from_u64(seed),
            penalty: FIRST_PENALTY * lists.usual,
            best: None,
        };
        for block in 0..blocks {
            annealing.track(block);
        }
        annealing
    }

    /// Anneals for a number of trials.
    pub(super) fn run(&mut self, trials: usize, stop: &dyn Fn() -> bool) {
        if self.lists.moves.is_empty() {
            self.note();
            return;
        }
        let round = ROUND.max(ROUND_PER_REP * self.state.core.problem.reps().len());
        let rounds = (trials / round).max(FEWEST_ROUNDS);
        for at in 0..rounds {
            if stop() {
                break;
            }
            #[allow(clippy::cast_precision_loss, reason = "few rounds")]
            let done = at as f64 / rounds as f64;
            let cooling = (LAST_TEMPERATURE / FIRST_TEMPERATURE).powf(done);
            let temperature = FIRST_TEMPERATURE * cooling * self.lists.usual;
            for _ in 0..round {
                self.step(temperature);
            }
            self.state.refresh();
            self.note();
            if self.state.score.excess > 0.0 {
                self.penalty = (self.penalty * RISE).min(MOST_PENALTY * self.lists.usual);
            } else if done < CLOSING {
                self.penalty = (self.penalty * FALL).max(LEAST_PENALTY * self.lists.usual);
            }
        }
        if self.best.is_none() {
            self.repair(round, stop);
        }
    }

    /// Goes on at the last temperature with a rising penalty while limits are broken; then frees hours
    /// whatever it costs.
    fn repair(&mut self, round: usize, stop: &dyn Fn() -> bool) {
        let mut left = REPAIRS;
        while self.state.score.excess > 0.0 && left > 0 && !stop() {
            left -= 1;
            self.penalty = (self.penalty * 2.0).min(MOST_PENALTY * self.lists.usual);
            for _ in 0..round {
                self.step(LAST_TEMPERATURE * self.lists.usual);
            }
            self.state.refresh();
            self.note();
        }
        while let Some(rep) = self.state.worst().filter(|_| !stop()) {
            if !self.relieve(rep) {
                break;
            }
        }
        self.state.refresh();
        self.note();
    }

    /// Takes one block from a rep who is beyond a limit: the one that costs least for what it frees.
    /// Whether there was one.
    fn relieve(&mut self, rep: usize) -> bool {
        let blocks = 0..self.state.holder.len();
        let held: Vec<usize> = blocks
            .filter(|&at| self.state.rep(at) == Some(rep))
            .collect();
        let now = self.state.score;
        let mut best: Option<(f64, Change)> = None;
        for block in held {
            let leave = (!self.lists.core.blocks[block].mandatory).then_some(NOBODY);
            for to in self.lists.of(block).iter().copied().chain(leave) {
                if to == self.state.holder[block] {
                    continue;
                }
                let score = self.state.trial(&[(block, to)]);
                let Some(score) = score.filter(|score| score.excess < now.excess) else {
                    continue;
                };
                let price = (now.value - score.value) / (now.excess - score.excess);
                if best.is_none_or(|best| price < best.0) {
                    best = Some((price, (block, to)));
                }
            }
        }
        let Some((_, change)) = best else {
            return false;
        };
        if let Some(score) = self.state.trial(&[change]) {
            self.state.keep(&[change], score);
            self.track(change.0);
        }
        true
    }

    /// Remembers the plan if it is the best so far.
    fn note(&mut self) {
        let Score { value, excess } = self.state.score;
        if excess <= 0.0 && self.best.as_ref().is_none_or(|best| value > best.0) {
            match &mut self.best {
                Some(best) => {
                    best.0 = value;
                    best.1.copy_from_slice(&self.state.holder);
                }
                None => self.best = Some((value, self.state.holder.clone())),
            }
        }
    }

    fn step(&mut self, temperature: f64) {
        let Some((changes, count)) = self.draw() else {
            return;
        };
        let changes = &changes[..count];
        let Some(score) = self.state.trial(changes) else {
            return;
        };
        let energy = |score: &Score| score.value - self.penalty * score.excess;
        let rise = energy(&score) - energy(&self.state.score);
        if rise >= 0.0 || unit(&mut self.random) < (rise / temperature).exp() {
            self.state.keep(changes, score);
            for change in changes {
                self.track(change.0);
            }
        }
    }

    /// A random change: a block to another entry of its list, alone or with a block that makes room.
    fn draw(&mut self) -> Option<([Change; 2], usize)> {
        let (block, to) = self.first()?;
        let alone = ([(block, to), (block, to)], 1);
        if to == NOBODY || unit(&mut self.random) < SINGLE {
            return Some(alone);
        }
        let core = self.state.core;
        let held = self.state.held(core.rep[to as usize] as usize);
        if held.is_empty() {
            return Some(alone);
        }
        let other = held[below(&mut self.random, held.len())] as usize;
        if other == block {
            return Some(alone);
        }
        let swap = unit(&mut self.random) < SWAP;
        let there = self.state.rep(block).filter(|_| swap);
        let other_to = match there {
            Some(rep) => self.lists.at_rep(core, other, rep)?,
            None => self.entry(other)?,
        };
        Some(([(block, to), (other, other_to)], 2))
    }

    /// The first block of a change: one that is not where the prices want it goes to an entry of its
    /// list, or any goes to an entry with a small regret.
    fn first(&mut self) -> Option<Change> {
        if !self.displaced.is_empty() && unit(&mut self.random) < DISPLACED {
            let block = self.displaced[below(&mut self.random, self.displaced.len())] as usize;
            return Some((block, self.entry(block)?));
        }
        let lists = self.lists;
        let (block, entry) = lists.moves[self.early(lists.moves.len())];
        let block = block as usize;
        let here = entry == self.state.holder[block];
        Some((block, if here { lists.of(block)[0] } else { entry }))
    }

    /// Keeps the list of displaced blocks in step with the plan.
    #[allow(
        clippy::cast_possible_truncation,
        reason = "there are no more blocks than choices, which fit into 32 bits"
    )]
    fn track(&mut self, block: usize) {
        let own = self.lists.of(block);
        let displaced = own.len() > 1 && own[0] != self.state.holder[block];
        let at = self.place[block] as usize;
        match (at < self.displaced.len(), displaced) {
            (false, true) => {
                self.place[block] = self.displaced.len() as u32;
                self.displaced.push(block as u32);
            }
            (true, false) => {
                self.displaced.swap_remove(at);
                if let Some(&moved) = self.displaced.get(at) {
                    self.place[moved as usize] = at as u32;
                }
                self.place[block] = u32::MAX;
            }
            _ => {}
        }
    }

    /// A random entry of a block's list other than the one it has.
    fn entry(&mut self, block: usize) -> Option<u32> {
        let own = self.lists.of(block);
        let to = own[self.early(own.len())];
        (to != self.state.holder[block]).then_some(to)
    }

    /// A random position in a list, early ones more often.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the product lies in [0, count), which is small"
    )]
    fn early(&mut self, count: usize) -> usize {
        let drawn = unit(&mut self.random);
        ((count as f64 * drawn * drawn) as usize).min(count - 1)
    }
}
