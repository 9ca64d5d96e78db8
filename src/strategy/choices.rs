//! Who may take which block of slots: the part of the rules that no other assignment can change.

use crate::domain::{CandidateId, Problem, RepId, SlotId, blocks};

/// A rep at a base who may take all slots of a block.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choice {
    pub(crate) rep: RepId,
    pub(crate) base: u32,
    /// Hours over the whole plan.
    pub(crate) hours: f64,
    /// Kilometres over the whole plan.
    pub(crate) km: f64,
    /// Contribution over the whole plan, in money.
    pub(crate) value: f64,
    /// Slots of the block that would move away from their current reps.
    pub(crate) moves: u32,
}

/// Slots that one rep takes together, or nobody.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) slots: Vec<SlotId>,
    pub(crate) locked: bool,
    pub(crate) mandatory: bool,
    /// Loss when unserved, in money.
    pub(crate) loss: f64,
    /// Slots that have a current rep: what leaving the block unserved moves.
    pub(crate) held: u32,
    /// Sorted by rep, then base. Locks and forbidden pairs are taken into account.
    pub(crate) choices: Vec<Choice>,
    /// The slots' candidates, choice after choice.
    candidates: Vec<CandidateId>,
    /// Blocks that need another rep, sorted.
    pub(crate) distinct: Vec<usize>,
}

impl Block {
    /// The candidates of a choice, in the order of the block's slots.
    pub(crate) fn candidates(&self, choice: usize) -> &[CandidateId] {
        &self.candidates[choice * self.slots.len()..][..self.slots.len()]
    }

    /// The choice of a rep at a base.
    pub(crate) fn find(&self, rep: RepId, base: u32) -> Option<usize> {
        let place = |choice: &Choice| (choice.rep, choice.base);
        let found = self.choices.binary_search_by_key(&(rep, base), place);
        found.ok()
    }
}

/// All blocks of a problem, in the order of their first slots.
pub(crate) fn choices(problem: &Problem) -> Vec<Block> {
    let groups = blocks(problem);
    let mut block_of = vec![0; problem.slots().len()];
    for (at, group) in groups.iter().enumerate() {
        for slot in group {
            block_of[slot.index()] = at;
        }
    }
    let make = |(at, slots): (usize, Vec<SlotId>)| {
        let mut distinct: Vec<usize> = (slots.iter())
            .flat_map(|&slot| distinct_slots(problem, slot))
            .map(|slot| block_of[slot.index()])
            .collect();
        distinct.sort_unstable();
        distinct.dedup();
        let entries = || slots.iter().map(|&slot| problem.slot(slot));
        let mut block = Block {
            locked: entries().any(|slot| slot.locked.is_some()),
            mandatory: entries().any(|slot| slot.mandatory),
            loss: entries().map(|slot| slot.unserved_loss).sum(),
            held: count(entries().filter(|slot| slot.current.is_some())),
            choices: Vec::new(),
            candidates: Vec::new(),
            distinct,
            slots,
        };
        // Slots that must have one rep and must not: nobody can take them.
        if !block.distinct.contains(&at) {
            add_choices(problem, &mut block);
        }
        block
    };
    groups.into_iter().enumerate().map(make).collect()
}

fn count<T>(items: impl Iterator<Item = T>) -> u32 {
    u32::try_from(items.count()).unwrap_or(u32::MAX)
}

fn distinct_slots(problem: &Problem, slot: SlotId) -> impl Iterator<Item = SlotId> + '_ {
    let entry = problem.slot(slot);
    let others = &problem.roles()[entry.role.index()].distinct_from;
    (others.iter()).filter_map(|&role| problem.find_slot(entry.market, role))
}

fn add_choices(problem: &Problem, block: &mut Block) {
    for first in problem.candidates_of(block.slots[0]) {
        let (rep, base) = (first.rep, first.base);
        let allowed = |&slot: &SlotId| {
            let free = problem.slot(slot).locked.is_none_or(|locked| locked == rep);
            problem.find_candidate(slot, rep, base).filter(|_| free)
        };
        let members = block.slots.iter().map(allowed);
        let Some(members) = members.collect::<Option<Vec<_>>>() else {
            continue;
        };
        let each = || members.iter().map(|&member| problem.candidate(member));
        let moved = (block.slots.iter())
            .filter(|&&slot| (problem.slot(slot).current).is_some_and(|current| current != rep));
        block.choices.push(Choice {
            rep,
            base,
            hours: each().map(|member| problem.total_hours(member)).sum(),
            km: each().map(|member| problem.travel_km(member)).sum(),
            value: each().map(|member| member.value).sum(),
            moves: count(moved),
        });
        block.candidates.extend(members);
    }
}
