//! The plan that a search works on, and how changes are tried.

use rand_pcg::Pcg64Mcg;

use crate::domain::{Goals, RepId};
use crate::plan::Savepoint;
use crate::strategy::board::Board;

/// Broken limits closer than this are equal.
const SAME_HARD: f64 = 1e-12;
/// Values closer than this, relative to the larger of 1 and the value, are equal. It keeps rounding
/// from passing for improvement.
const SAME_VALUE: f64 = 1e-10;

/// How good a plan is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Score {
    /// Broken limits, 0 or more; less is better, and goes first.
    pub(super) hard: f64,
    /// Weighted value of the goals, in money; more is better.
    pub(super) value: f64,
}

impl Score {
    pub(super) fn beats(&self, other: &Score) -> bool {
        if (self.hard - other.hard).abs() > SAME_HARD {
            self.hard < other.hard
        } else {
            self.value - other.value > SAME_VALUE * other.value.abs().max(1.0)
        }
    }
}

/// A block and the choice it is to get.
pub(super) type Change = (usize, Option<usize>);

pub(super) struct Search<'a> {
    pub(super) board: Board<'a>,
    pub(super) weights: Goals,
    pub(super) random: Pcg64Mcg,
    /// Score of the board as it stands, a change on trial aside.
    pub(super) score: Score,
    stop: &'a dyn Fn() -> bool,
    stopped: bool,
    point: Savepoint,
    /// What the blocks of the change on trial had before.
    was: Vec<Change>,
    /// Reps that the change on trial touches.
    touched: Vec<RepId>,
}

impl<'a> Search<'a> {
    pub(super) fn new(
        board: Board<'a>,
        weights: Goals,
        stop: &'a dyn Fn() -> bool,
        random: Pcg64Mcg,
    ) -> Self {
        let mut search = Self {
            board,
            weights,
            random,
            score: Score {
                hard: 0.0,
                value: 0.0,
            },
            stop,
            stopped: false,
            point: Savepoint::default(),
            was: Vec::new(),
            touched: Vec::new(),
        };
        search.score = search.measure();
        search
    }

    pub(super) fn measure(&self) -> Score {
        Score {
            hard: self.board.hard(),
            value: self.board.value(&self.weights),
        }
    }

    /// Whether the search is to end. Once true, it stays true.
    pub(super) fn stopped(&mut self) -> bool {
        self.stopped = self.stopped || (self.stop)();
        self.stopped
    }

    /// Makes a change on trial and scores it; [`back`](Self::back) or [`keep`](Self::keep) must
    /// follow. `None`, and no change, if it would break a rule about single slots or bases. Each
    /// block may be named once.
    pub(super) fn try_out(&mut self, changes: &[Change]) -> Option<Score> {
        if !changes
            .iter()
            .all(|&change| self.keeps_rules(change, changes))
        {
            return None;
        }
        let blocks = self.board.blocks;
        self.was.clear();
        self.touched.clear();
        for &(block, choice) in changes {
            self.was.push((block, self.board.holder(block)));
            let new = choice.map(|choice| blocks[block].choices[choice].rep);
            for rep in self.board.rep(block).into_iter().chain(new) {
                if !self.touched.contains(&rep) {
                    self.touched.push(rep);
                }
            }
        }
        let named = changes.iter().map(|change| change.0);
        let reps = self.touched.iter().copied();
        self.board.save(&mut self.point, named, reps);
        for &(block, choice) in changes {
            self.board.place(block, choice);
        }
        Some(self.measure())
    }

    /// Takes the change on trial back.
    pub(super) fn back(&mut self) {
        self.board.restore(&self.point, &self.was);
    }

    /// Keeps the change on trial.
    pub(super) fn keep(&mut self, score: Score) {
        self.score = score;
    }

    /// Tries a change and keeps it if it is an improvement.
    pub(super) fn improve_by(&mut self, changes: &[Change]) -> bool {
        let Some(score) = self.try_out(changes) else {
            return false;
        };
        let better = score.beats(&self.score);
        if better {
            self.keep(score);
        } else {
            self.back();
        }
        better
    }

    /// Whether the rep of a choice has one base and another one's roles stay another's, once all
    /// changes are made.
    fn keeps_rules(&self, (block, choice): Change, changes: &[Change]) -> bool {
        let Some(choice) = choice else { return true };
        let board = &self.board;
        let entry = &board.blocks[block];
        let (rep, base) = (entry.choices[choice].rep, entry.choices[choice].base);
        let changed = |other: usize| changes.iter().find(|change| change.0 == other);
        let stays = |&&other: &&usize| changed(other).is_none();
        let new =
            |&(block, choice): &Change| choice.map(|choice| board.blocks[block].choices[choice]);
        let same_base = (board.ledger.base(rep) == Some(base)
            || board.held(rep).iter().find(stays).is_none())
            && (changes.iter().filter_map(new)).all(|c| c.rep != rep || c.base == base);
        same_base
            && entry.distinct.iter().all(|&other| {
                let holder = match changed(other) {
                    Some(change) => new(change).map(|choice| choice.rep),
                    None => board.rep(other),
                };
                holder != Some(rep)
            })
    }

    /// The choice of each block.
    pub(super) fn holders(&self) -> Vec<Option<usize>> {
        (0..self.board.blocks.len())
            .map(|block| self.board.holder(block))
            .collect()
    }

    /// Goes back to earlier choices.
    pub(super) fn return_to(&mut self, holders: &[Option<usize>]) {
        // Nobody first: a rep may have had another base.
        let differing: Vec<usize> = (0..holders.len())
            .filter(|&block| self.board.holder(block) != holders[block])
            .collect();
        for &block in &differing {
            self.board.place(block, None);
        }
        for &block in &differing {
            if holders[block].is_some() {
                self.board.place(block, holders[block]);
            }
        }
        self.score = self.measure();
    }
}
