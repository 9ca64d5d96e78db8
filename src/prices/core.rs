//! The problem as flat arrays: what the price solver reads in its inner loops.

use std::collections::HashMap;
use std::sync::Arc;

use super::shares::Shares;
use crate::domain::{Balance, Candidate, Goal, Goals, Problem, Rep, SlotId};
use crate::strategy::choices::{Block, Choice, choices};

/// No choice: the block is left unserved.
pub(super) const NOBODY: u32 = u32::MAX;

/// Shares of a year's visits are the same profile when they differ by less than this.
const SAME_SHARE: f64 = 1e-12;

/// Choices that are worth a thread of their own.
const PORTION: usize = 10_000;

/// What is decided about where a rep works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seat {
    /// Nothing: any base, and for a candidate whether to hire.
    Open,
    /// A candidate who is not hired.
    Away,
    /// At this base, by position; a candidate is hired.
    At(u32),
}

impl Seat {
    pub(super) fn allows(self, base: u32) -> bool {
        match self {
            Seat::Open => true,
            Seat::Away => false,
            Seat::At(own) => own == base,
        }
    }
}

/// Slots that go to one rep together, or to nobody.
#[derive(Debug)]
pub(super) struct Plot {
    pub(super) slots: Vec<SlotId>,
    pub(super) mandatory: bool,
    /// Blocks that need another rep, sorted.
    pub(super) distinct: Vec<usize>,
}

impl Plot {
    /// Number of slots.
    pub(super) fn size(&self) -> f64 {
        f64::from(u32::try_from(self.slots.len()).unwrap_or(u32::MAX))
    }
}

/// Blocks of slots that go to one rep together, their choices (a rep at a base), and what each
/// choice takes and brings. Money is weighted by the goals of one level.
#[derive(Clone, Debug)]
pub(super) struct Core<'p> {
    pub(super) problem: &'p Problem,
    pub(super) weights: Goals,
    /// What is decided about each rep's base; choices that it rules out are left out.
    pub(super) seats: Vec<Seat>,
    pub(super) blocks: Arc<[Plot]>,
    /// Threads that may share a look, 1 or more.
    threads: u32,
    /// First choice of each block, and the number of choices at the end.
    pub(super) start: Vec<u32>,
    /// Rep of each choice.
    pub(super) rep: Vec<u32>,
    /// Base of each choice, by position in the rep's bases.
    pub(super) base: Vec<u32>,
    /// What a choice brings beyond leaving its block unserved, in money.
    pub(super) gain: Vec<f64>,
    /// Slots of a choice that keep their current rep.
    pub(super) kept: Vec<f64>,
    /// Potential of those slots, in money.
    pub(super) kept_potential: Vec<f64>,
    /// Amount of each balance, choice after choice.
    pub(super) amounts: Vec<f64>,
    /// Seasonal profiles of a block's slots: where each block's begin, and the number at the end.
    pub(super) part_start: Vec<u32>,
    /// Profile of each part.
    pub(super) part_profile: Vec<u32>,
    /// Hours over the whole plan by choice and part: block after block, choice after choice.
    pub(super) hours: Vec<f64>,
    /// Where the hours of each block begin.
    pub(super) hours_start: Vec<usize>,
    /// Share of the year's visits in each period, profile after profile.
    pub(super) profiles: Vec<f64>,
    /// For each block another one that must have another rep and chooses together with it; the block
    /// itself where there is none.
    pub(super) partner: Vec<u32>,
    /// Limits on concentration.
    pub(super) shares: Arc<Shares>,
    /// Value of the plan in which nobody has anything, fixed costs aside.
    pub(super) idle: f64,
    /// Number of slots with a current rep.
    pub(super) held: f64,
    /// Potential of those slots, in money.
    pub(super) held_potential: f64,
}

impl<'p> Core<'p> {
    /// Lays a problem out for one level's weights, with nothing decided about bases.
    pub(super) fn new(problem: &'p Problem, weights: &Goals, threads: u32) -> Self {
        let blocks = choices(problem);
        let mut core = Self::empty(problem, weights, pairs(&blocks));
        let mut known = HashMap::new();
        for block in &blocks {
            core.add_block(block, &mut known);
        }
        let plots = blocks.into_iter().map(|block| Plot {
            slots: block.slots,
            mandatory: block.mandatory,
            distinct: block.distinct,
        });
        core.blocks = plots.collect();
        core.shares = Arc::new(Shares::new(problem, &core.blocks));
        core.threads = threads;
        core
    }

    /// No blocks yet.
    fn empty(problem: &'p Problem, weights: &Goals, partner: Vec<u32>) -> Self {
        let seat = |rep: &Rep| {
            if rep.is_open() {
                Seat::Open
            } else {
                Seat::At(0)
            }
        };
        Self {
            problem,
            weights: *weights,
            seats: problem.reps().iter().map(seat).collect(),
            blocks: Arc::new([]),
            threads: 1,
            start: vec![0],
            rep: Vec::new(),
            base: Vec::new(),
            gain: Vec::new(),
            kept: Vec::new(),
            kept_potential: Vec::new(),
            amounts: Vec::new(),
            part_start: vec![0],
            part_profile: Vec::new(),
            hours: Vec::new(),
            hours_start: vec![0],
            profiles: Vec::new(),
            partner,
            shares: Arc::default(),
            idle: 0.0,
            held: 0.0,
            held_potential: 0.0,
        }
    }

    /// The same blocks with some of their choices, and which ones of this core they are.
    pub(super) fn restricted(&self, keep: impl Fn(usize, usize) -> bool) -> (Self, Vec<u32>) {
        let mut core = Self {
            seats: self.seats.clone(),
            blocks: Arc::clone(&self.blocks),
            threads: self.threads,
            part_start: self.part_start.clone(),
            part_profile: self.part_profile.clone(),
            profiles: self.profiles.clone(),
            shares: Arc::clone(&self.shares),
            idle: self.idle,
            held: self.held,
            held_potential: self.held_potential,
            ..Self::empty(self.problem, &self.weights, self.partner.clone())
        };
        let mut origin = Vec::new();
        for block in 0..self.blocks.len() {
            for choice in self.choices(block).filter(|&choice| keep(block, choice)) {
                core.rep.push(self.rep[choice]);
                core.base.push(self.base[choice]);
                core.gain.push(self.gain[choice]);
                core.kept.push(self.kept[choice]);
                core.kept_potential.push(self.kept_potential[choice]);
                core.amounts.extend_from_slice(self.amounts_of(choice));
                core.hours.extend_from_slice(self.hours_of(block, choice));
                origin.push(index(choice));
            }
            core.start.push(index(core.rep.len()));
            core.hours_start.push(core.hours.len());
        }
        (core, origin)
    }

    /// The same blocks with the choices that some decisions about bases allow.
    pub(super) fn seated(&self, seats: &[Seat]) -> Self {
        let allowed = |choice: usize| seats[self.rep[choice] as usize].allows(self.base[choice]);
        let (mut core, _) = self.restricted(|_, choice| allowed(choice));
        core.seats = seats.to_vec();
        core
    }

    fn add_block(&mut self, block: &Block, known: &mut HashMap<Vec<i64>, u32>) {
        let problem = self.problem;
        let parts = self.add_parts(block, known);
        for (at, choice) in block.choices.iter().enumerate() {
            self.add_choice(block, at, choice, &parts);
        }
        let held = block.slots.iter().map(|&slot| problem.slot(slot));
        let held = held.filter(|slot| slot.current.is_some());
        self.held_potential += held.map(|slot| slot.potential).sum::<f64>();
        self.held += f64::from(block.held);
        self.idle -=
            self.weights[Goal::Unserved] * block.loss + self.move_cost() * f64::from(block.held);
        self.start.push(index(self.rep.len()));
        self.hours_start.push(self.hours.len());
    }

    /// Adds the distinct profiles of a block's slots. For each slot, the position of its profile.
    fn add_parts(&mut self, block: &Block, known: &mut HashMap<Vec<i64>, u32>) -> Vec<usize> {
        let first = self.part_profile.len();
        let mut parts = Vec::with_capacity(block.slots.len());
        for &slot in &block.slots {
            let visits = self.problem.visits_of(slot);
            let total = self.problem.slot(slot).visits;
            let shares = visits
                .iter()
                .map(|v| if total > 0.0 { v / total } else { 0.0 });
            #[allow(clippy::cast_possible_truncation, reason = "shares are at most 1")]
            let key = shares
                .clone()
                .map(|s| (s / SAME_SHARE).round() as i64)
                .collect();
            let next = index(known.len());
            let profile = *known.entry(key).or_insert_with(|| {
                self.profiles.extend(shares);
                next
            });
            let place = self.part_profile[first..]
                .iter()
                .position(|&p| p == profile);
            parts.push(place.unwrap_or_else(|| {
                self.part_profile.push(profile);
                self.part_profile.len() - 1 - first
            }));
        }
        self.part_start.push(index(self.part_profile.len()));
        parts
    }

    fn add_choice(&mut self, block: &Block, at: usize, choice: &Choice, parts: &[usize]) {
        let problem = self.problem;
        let members: Vec<&Candidate> = (block.candidates(at).iter())
            .map(|&id| problem.candidate(id))
            .collect();
        let kept = f64::from(block.held - choice.moves);
        let travel = problem.policy().travel.cost_per_km * choice.km;
        self.gain.push(
            self.weights[Goal::Contribution] * choice.value - self.weights[Goal::Travel] * travel
                + self.weights[Goal::Unserved] * block.loss
                + self.move_cost() * kept,
        );
        self.rep.push(index(choice.rep.index()));
        self.base.push(choice.base);
        self.kept.push(kept);
        let stays = |slot: &&crate::domain::Slot| slot.current == Some(choice.rep);
        let slots = block.slots.iter().map(|&slot| problem.slot(slot));
        self.kept_potential
            .push(slots.filter(stays).map(|slot| slot.potential).sum());
        let amount = |balance: &Balance| -> f64 {
            members
                .iter()
                .map(|member| problem.amount(balance, member))
                .sum()
        };
        self.amounts
            .extend(problem.policy().balance.iter().map(amount));
        let first = self.hours.len();
        let count = parts.iter().max().map_or(0, |most| most + 1);
        self.hours.resize(first + count, 0.0);
        for (&part, member) in parts.iter().zip(&members) {
            self.hours[first + part] += problem.total_hours(member);
        }
    }

    fn move_cost(&self) -> f64 {
        self.weights[Goal::Continuity] * self.problem.policy().cost_per_move
    }

    /// Weighted cost of a balance's deviation, in money a unit.
    pub(super) fn balance_price(&self, balance: &Balance) -> f64 {
        self.weights[Goal::Balance] * balance.cost_per_unit
    }

    /// Weighted cost of an hour of overtime of a rep, in money.
    pub(super) fn overtime_price(&self, rep: usize) -> f64 {
        self.weights[Goal::Overtime] * self.problem.reps()[rep].overtime_cost_per_hour
    }

    /// The blocks in parts for threads to share; a single one where sharing would not pay.
    pub(super) fn portions(&self) -> impl Iterator<Item = std::ops::Range<usize>> {
        let blocks = self.blocks.len();
        let parts = (self.rep.len() / PORTION).clamp(1, self.threads.max(1) as usize);
        (0..parts).map(move |part| blocks * part / parts..blocks * (part + 1) / parts)
    }

    /// Choices of a block.
    pub(super) fn choices(&self, block: usize) -> std::ops::Range<usize> {
        self.start[block] as usize..self.start[block + 1] as usize
    }

    /// Profiles of a block's parts.
    pub(super) fn parts(&self, block: usize) -> &[u32] {
        &self.part_profile[self.part_start[block] as usize..self.part_start[block + 1] as usize]
    }

    /// Hours of a choice of a block, part after part.
    pub(super) fn hours_of(&self, block: usize, choice: usize) -> &[f64] {
        let parts = (self.part_start[block + 1] - self.part_start[block]) as usize;
        let first = self.hours_start[block] + (choice - self.start[block] as usize) * parts;
        &self.hours[first..first + parts]
    }

    /// Shares of a profile.
    pub(super) fn profile(&self, profile: u32) -> &[f64] {
        let periods = self.problem.periods();
        &self.profiles[profile as usize * periods..][..periods]
    }

    /// Number of profiles.
    pub(super) fn profile_count(&self) -> usize {
        self.profiles.len() / self.problem.periods().max(1)
    }

    /// Amounts of a choice, one for each balance.
    pub(super) fn amounts_of(&self, choice: usize) -> &[f64] {
        let balances = self.problem.policy().balance.len();
        &self.amounts[choice * balances..][..balances]
    }

    /// Potential of an average slot with a current rep, in money: the unit in which too much moved
    /// potential is measured, so that it weighs like as many moves.
    pub(super) fn usual_potential(&self) -> f64 {
        (self.held_potential / self.held.max(1.0)).max(1e-9)
    }

    /// Weighted fixed cost of a rep at the base that is decided, or at the cheapest, in money.
    pub(super) fn fixed_cost(&self, rep: usize) -> f64 {
        let bases = self.problem.reps()[rep].bases.iter().zip(0..);
        let allowed = bases.filter(|&(_, at)| self.seats[rep].allows(at));
        let least = allowed.map(|(base, _)| base.fixed_cost).reduce(f64::min);
        self.weights[Goal::Sizing] * least.unwrap_or(0.0)
    }
}

/// Blocks that must have different reps, in pairs, each block in one pair at most.
fn pairs(blocks: &[Block]) -> Vec<u32> {
    let mut partner: Vec<u32> = (0..blocks.len()).map(index).collect();
    for (at, block) in blocks.iter().enumerate() {
        let alone = |block: usize| partner[block] as usize == block;
        let free = block
            .distinct
            .iter()
            .find(|&&other| other != at && alone(other));
        if let Some(&other) = free.filter(|_| alone(at)) {
            partner[at] = index(other);
            partner[other] = index(at);
        }
    }
    partner
}

/// A position as a 32-bit index.
fn index(at: usize) -> u32 {
    u32::try_from(at).expect("fewer than 2^32 choices")
}
