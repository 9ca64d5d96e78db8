//! What the baselines share: which reps a block may be offered to, locks, and hiring.

use crate::domain::{Goals, Problem, RepId};
use crate::plan::Ledger;
use crate::strategy::board::{Board, gain};
use crate::strategy::choices::Block;

/// A plan that a baseline is making.
#[derive(Clone, Debug)]
pub(super) struct Draft<'a> {
    pub(super) board: Board<'a>,
    weights: Goals,
    /// Moves of the blocks placed so far.
    moves: u32,
}

impl<'a> Draft<'a> {
    pub(super) fn new(problem: &'a Problem, blocks: &'a [Block]) -> Self {
        Self {
            board: Board::new(blocks, Ledger::new(problem)),
            weights: problem.weights(),
            moves: 0,
        }
    }

    pub(super) fn problem(&self) -> &'a Problem {
        self.board.problem()
    }

    pub(super) fn blocks(&self) -> &'a [Block] {
        self.board.blocks
    }

    /// Blocks that have nobody yet: mandatory ones first, each part in order of id.
    pub(super) fn open(&self) -> Vec<usize> {
        let blocks = self.blocks();
        let mut open: Vec<usize> = (0..blocks.len())
            .filter(|&at| self.board.holder(at).is_none() && !blocks[at].locked)
            .collect();
        open.sort_by_key(|&at| !blocks[at].mandatory);
        open
    }

    /// Weighted gain of a choice over leaving its block unserved, in money.
    pub(super) fn gain(&self, block: usize, choice: usize) -> f64 {
        let entry = &self.blocks()[block];
        gain(self.problem(), &self.weights, entry, &entry.choices[choice])
    }

    /// The gain for each hour of work; `∞` for what is worth something and takes no time.
    pub(super) fn gain_per_hour(&self, block: usize, choice: usize) -> f64 {
        let gain = self.gain(block, choice);
        let hours = self.blocks()[block].choices[choice].hours;
        if gain == 0.0 { 0.0 } else { gain / hours }
    }

    pub(super) fn place(&mut self, block: usize, choice: usize) {
        self.moves += self.blocks()[block].choices[choice].moves;
        self.board.place(block, Some(choice));
    }

    /// Takes a block away from its rep.
    pub(super) fn take_back(&mut self, block: usize) {
        if let Some(choice) = self.board.holder(block) {
            self.moves -= self.blocks()[block].choices[choice].moves;
            self.board.place(block, None);
        }
    }

    /// Whether a choice keeps every rule that baselines look at, hours aside.
    pub(super) fn may(&self, block: usize, choice: usize) -> bool {
        let moves = self.blocks()[block].choices[choice].moves;
        let most = self.problem().policy().max_moves;
        (moves == 0 || most.is_none_or(|most| self.moves + moves <= most))
            && self.board.may(block, choice)
    }

    /// Whether a choice keeps every rule that baselines look at.
    pub(super) fn fits(&self, block: usize, choice: usize) -> bool {
        self.may(block, choice) && self.board.has_hours(block, choice)
    }

    /// For each rep at work to whom `allowed` gives a block, the choice at its nearest base.
    pub(super) fn offers(
        &self,
        block: usize,
        allowed: impl Fn(&Self, usize, usize) -> bool,
    ) -> Vec<usize> {
        let choices = &self.blocks()[block].choices;
        let mut offers: Vec<usize> = Vec::new();
        for (at, choice) in choices.iter().enumerate() {
            let at_work = self.board.ledger.base(choice.rep).is_some();
            if !at_work || !allowed(self, block, at) {
                continue;
            }
            match offers.last_mut() {
                Some(last) if choices[*last].rep == choice.rep => {
                    if choice.km < choices[*last].km {
                        *last = at;
                    }
                }
                _ => offers.push(at),
            }
        }
        offers
    }

    /// Gives locked blocks to the reps they are locked to, as far as they fit.
    pub(super) fn place_locked(&mut self) {
        let blocks = self.blocks();
        for (at, block) in blocks.iter().enumerate().filter(|(_, b)| b.locked) {
            let fitting = (0..block.choices.len()).filter(|&choice| self.fits(at, choice));
            let nearest = fitting.min_by(|&a, &b| {
                let km = |choice: usize| block.choices[choice].km;
                km(a).total_cmp(&km(b))
            });
            if let Some(choice) = nearest {
                self.place(at, choice);
            }
        }
    }

    /// Offers what is left over to candidates, each by id, and hires those who are worth it.
    pub(super) fn hire(&mut self) {
        let problem = self.problem();
        let least = problem.policy().min_hires.unwrap_or(0);
        for (at, rep) in problem.reps().iter().enumerate() {
            if !rep.candidate || self.board.ledger.base(RepId::at(at)).is_some() {
                continue;
            }
            let demanded = self.board.ledger.hires() < least;
            let before = (self.board.missing(), self.board.value(&self.weights));
            let mut best: Option<(u32, f64, Self)> = None;
            for base in (0..).take(rep.bases.len()) {
                let hired = self.hired(RepId::at(at), base);
                let missing = hired.board.missing();
                let value = hired.board.value(&self.weights);
                let nothing = hired.board.held(RepId::at(at)).is_empty();
                if nothing || !(demanded || missing < before.0 || value > before.1) {
                    continue;
                }
                let better = |best: &(u32, f64, Self)| {
                    missing < best.0 || (missing == best.0 && value > best.1)
                };
                if best.as_ref().is_none_or(better) {
                    best = Some((missing, value, hired));
                }
            }
            if let Some((_, _, hired)) = best {
                *self = hired;
            }
        }
    }

    /// The draft with a candidate at work: it gets what is left over, mandatory blocks first, then
    /// whatever brings a gain.
    fn hired(&self, rep: RepId, base: u32) -> Self {
        let mut draft = self.clone();
        for block in self.open() {
            let entry = &self.blocks()[block];
            let choice = entry.find(rep, base);
            let choice = choice.filter(|&choice| draft.fits(block, choice));
            if let Some(choice) = choice
                && (entry.mandatory || self.gain(block, choice) > 0.0)
            {
                draft.place(block, choice);
            }
        }
        draft
    }
}
