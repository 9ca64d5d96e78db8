//! Changes of all that one rep has: hiring a candidate, letting one go, another base.

use super::state::Search;
use crate::domain::{Goal, RepId};

impl Search<'_> {
    /// Tries for each rep about whom something is open to let it go or to have it work from each of
    /// its bases. Whether anything has changed.
    pub(super) fn reshape(&mut self) -> bool {
        let problem = self.board.problem();
        let mut changed = false;
        for rep in (0..problem.reps().len()).map(RepId::at) {
            let person = problem.rep(rep);
            if !person.is_open() {
                continue;
            }
            let now = self.board.ledger.base(rep);
            if person.candidate && now.is_some() {
                changed |= self.attempt(|search| search.release(rep));
            }
            for base in (0..).take(person.bases.len()) {
                if self.stopped() {
                    return changed;
                }
                if self.board.ledger.base(rep) != Some(base) || self.board.held(rep).is_empty() {
                    changed |= self.attempt(|search| search.settle(rep, base));
                }
            }
        }
        changed
    }

    /// Makes a large change and goes back if the plan is no better with it.
    fn attempt(&mut self, change: impl FnOnce(&mut Self)) -> bool {
        let (holders, score) = (self.holders(), self.score);
        change(self);
        let better = self.score.beats(&score);
        if !better {
            self.return_to(&holders);
        }
        better
    }

    /// Takes everything from a rep. What is taken goes to whoever improves the plan.
    fn release(&mut self, rep: RepId) {
        let freed = self.clear(rep);
        for block in freed {
            for choice in 0..self.board.blocks[block].choices.len() {
                if self.board.blocks[block].choices[choice].rep != rep {
                    self.improve_by(&[(block, Some(choice))]);
                }
            }
        }
    }

    /// Has a rep work from a base: it gets what it had as far as that is in reach, then whatever
    /// improves the plan, its fixed cost aside; then what is left finds others.
    fn settle(&mut self, rep: RepId, base: u32) {
        let blocks = self.board.blocks;
        let freed = self.clear(rep);
        for &block in &freed {
            if let Some(choice) = blocks[block].find(rep, base) {
                self.board.place(block, Some(choice));
            }
        }
        let sizing = std::mem::take(&mut self.weights[Goal::Sizing]);
        self.score = self.measure();
        for (block, entry) in blocks.iter().enumerate() {
            if let Some(choice) = entry.find(rep, base)
                && self.board.holder(block) != Some(choice)
            {
                self.improve_by(&[(block, Some(choice))]);
            }
        }
        self.weights[Goal::Sizing] = sizing;
        self.score = self.measure();
        for block in freed {
            self.shift(block);
        }
    }

    /// Takes everything from a rep; the blocks taken, sorted.
    fn clear(&mut self, rep: RepId) -> Vec<usize> {
        let mut blocks = self.board.held(rep).to_vec();
        blocks.sort_unstable();
        for &block in &blocks {
            self.board.place(block, None);
        }
        self.score = self.measure();
        blocks
    }
}
