//! A plan under construction, block by block.

use super::choices::{Block, Choice};
use crate::domain::{Goal, Goals, Problem, RepId};
use crate::plan::{Ledger, Savepoint};

/// Slack, relative to the limit, within which a load fits.
const SLACK: f64 = 1e-9;

/// A ledger in which blocks are given out whole.
#[derive(Clone, Debug)]
pub(super) struct Board<'a> {
    pub(super) blocks: &'a [Block],
    pub(super) ledger: Ledger<'a>,
    /// The choice of each block; `None` where it is unserved.
    holder: Vec<Option<usize>>,
    /// Blocks of each rep, in no order that matters.
    held: Vec<Vec<usize>>,
    /// Position of each block in its rep's list.
    position: Vec<usize>,
    /// Mandatory blocks without a rep.
    missing: u32,
}

impl<'a> Board<'a> {
    /// Nobody has anything.
    pub(super) fn new(blocks: &'a [Block], ledger: Ledger<'a>) -> Self {
        let missing = blocks.iter().filter(|block| block.mandatory).count();
        Self {
            blocks,
            holder: vec![None; blocks.len()],
            held: vec![Vec::new(); ledger.problem().reps().len()],
            position: vec![0; blocks.len()],
            missing: u32::try_from(missing).unwrap_or(u32::MAX),
            ledger,
        }
    }

    /// Takes over a plan. Blocks that it splits, or gives to a rep who may not have them, are left
    /// unserved.
    pub(super) fn of(blocks: &'a [Block], ledger: &Ledger<'a>) -> Self {
        let mut board = Self::new(blocks, ledger.clone());
        for (at, block) in blocks.iter().enumerate() {
            let first = ledger.cover(block.slots[0]);
            let choice = first.and_then(|first| {
                let first = ledger.problem().candidate(first);
                block.find(first.rep, first.base)
            });
            let choice = choice.filter(|&choice| {
                let covers = block.slots.iter().map(|&slot| ledger.cover(slot));
                covers.eq(block.candidates(choice).iter().map(|&id| Some(id)))
            });
            let choice = choice.filter(|&choice| !board.meets_distinct(at, choice));
            match choice {
                Some(choice) => board.note(at, Some(choice)),
                None => board.place(at, None),
            }
        }
        board
    }

    pub(super) fn problem(&self) -> &'a Problem {
        self.ledger.problem()
    }

    /// The choice that a block has been given.
    pub(super) fn holder(&self, block: usize) -> Option<usize> {
        self.holder[block]
    }

    /// The rep of a block.
    pub(super) fn rep(&self, block: usize) -> Option<RepId> {
        self.holder[block].map(|choice| self.blocks[block].choices[choice].rep)
    }

    /// Blocks of a rep, in an order that depends on the history.
    pub(super) fn held(&self, rep: RepId) -> &[usize] {
        &self.held[rep.index()]
    }

    /// Gives a block to a choice, or to nobody.
    pub(super) fn place(&mut self, block: usize, choice: Option<usize>) {
        let entry = &self.blocks[block];
        for (at, &slot) in entry.slots.iter().enumerate() {
            let candidate = choice.map(|choice| entry.candidates(choice)[at]);
            self.ledger.assign(slot, candidate);
        }
        self.note(block, choice);
    }

    /// Keeps the lists in step with the ledger.
    fn note(&mut self, block: usize, choice: Option<usize>) {
        if let Some(rep) = self.rep(block) {
            let list = &mut self.held[rep.index()];
            let at = self.position[block];
            list.swap_remove(at);
            if let Some(&moved) = list.get(at) {
                self.position[moved] = at;
            }
        }
        if self.blocks[block].mandatory {
            self.missing += u32::from(self.holder[block].is_some());
            self.missing -= u32::from(choice.is_some());
        }
        self.holder[block] = choice;
        if let Some(rep) = self.rep(block) {
            self.position[block] = self.held[rep.index()].len();
            self.held[rep.index()].push(block);
        }
    }

    /// Saves what the given blocks and reps stand for.
    pub(super) fn save(
        &self,
        point: &mut Savepoint,
        blocks: impl IntoIterator<Item = usize>,
        reps: impl IntoIterator<Item = RepId>,
    ) {
        let entries = self.blocks;
        let slots = blocks
            .into_iter()
            .flat_map(|block| entries[block].slots.iter().copied());
        self.ledger.save(point, slots, reps);
    }

    /// Goes back to a saved state, in which each block had the choice given.
    pub(super) fn restore(&mut self, point: &Savepoint, was: &[(usize, Option<usize>)]) {
        self.ledger.restore(point);
        for &(block, choice) in was {
            self.note(block, choice);
        }
    }

    /// Whether a block that needs another rep has the rep of a choice.
    pub(super) fn meets_distinct(&self, block: usize, choice: usize) -> bool {
        let rep = self.blocks[block].choices[choice].rep;
        let mut others = self.blocks[block].distinct.iter();
        others.any(|&other| self.rep(other) == Some(rep))
    }

    /// Whether the rep of a choice works from another base, for blocks other than this one.
    pub(super) fn meets_base(&self, block: usize, choice: usize) -> bool {
        let Choice { rep, base, .. } = self.blocks[block].choices[choice];
        let own = usize::from(self.rep(block) == Some(rep));
        self.held(rep).len() > own && self.ledger.base(rep) != Some(base)
    }

    /// Whether a choice for an unserved block keeps the rules about its rep, hours aside: distinct
    /// roles, one base, most slots, most hires.
    pub(super) fn may(&self, block: usize, choice: usize) -> bool {
        let entry = &self.blocks[block];
        let Choice { rep, .. } = entry.choices[choice];
        let person = self.problem().rep(rep);
        let slots = entry.slots.len() + self.ledger.count(rep) as usize;
        let hires = self.problem().policy().max_hires;
        let hiring = person.candidate && self.ledger.base(rep).is_none();
        let too_many = person.max_slots.is_some_and(|max| slots > max as usize)
            || (hiring && hires.is_some_and(|max| self.ledger.hires() >= max));
        !too_many && !self.meets_base(block, choice) && !self.meets_distinct(block, choice)
    }

    /// Whether the rep of a choice has the hours for an unserved block, overtime included.
    pub(super) fn has_hours(&self, block: usize, choice: usize) -> bool {
        let problem = self.problem();
        let entry = &self.blocks[block];
        let rep = entry.choices[choice].rep;
        let person = problem.rep(rep);
        (0..problem.periods()).all(|period| {
            let members = entry.slots.iter().zip(entry.candidates(choice));
            let more = members.map(|(&slot, &member)| {
                problem.visits_of(slot)[period] * problem.candidate(member).hours_per_visit
            });
            let load = self.ledger.load(rep)[period] + more.sum::<f64>();
            let limit = person.hours[period] + person.overtime_hours[period];
            load <= limit * (1.0 + SLACK) + SLACK
        })
    }

    /// Mandatory blocks without a rep.
    pub(super) fn missing(&self) -> u32 {
        self.missing
    }

    /// How far hard limits are missed, 0 when all are kept: the ledger's excess, and 1 for each
    /// mandatory block without a rep.
    pub(super) fn hard(&self) -> f64 {
        self.ledger.excess() + f64::from(self.missing)
    }

    /// Weighted value of the goals, in money.
    pub(super) fn value(&self, weights: &Goals) -> f64 {
        self.ledger.goals().dot(weights)
    }
}

/// Weighted gain of giving a block to a choice rather than leaving it unserved, in money, as far as
/// it does not depend on other blocks: contribution, travel, the loss avoided, moves avoided.
pub(super) fn gain(problem: &Problem, weights: &Goals, block: &Block, choice: &Choice) -> f64 {
    let policy = problem.policy();
    let kept = f64::from(block.held - choice.moves);
    weights[Goal::Contribution] * choice.value
        - weights[Goal::Travel] * policy.travel.cost_per_km * choice.km
        + weights[Goal::Unserved] * block.loss
        + weights[Goal::Continuity] * policy.cost_per_move * kept
}
