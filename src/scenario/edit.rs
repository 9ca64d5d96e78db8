//! Changes with dense ids: what generators make, and what problems and evaluators take.

use super::change::{Ability, Amount, NewRep};
use crate::domain::{Goal, MarketId, Problem, RepId, SkillId, SlotId};

/// A number of the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyNumber {
    /// Weight of a goal at a level, counted from 0.
    Weight(u8, Goal),
    /// Price of a move, in money.
    CostPerMove,
    /// Most moves.
    MaxMoves,
    /// Largest share of the potential with current reps that may move.
    MaxMovedShare,
    /// Fewest candidates hired.
    MinHires,
    /// Most candidates hired.
    MaxHires,
    /// Money for a kilometre.
    CostPerKm,
    /// Farthest market in kilometres.
    MaxKm,
    /// Kilometres an hour.
    Speed,
    /// Road kilometres for each great-circle kilometre.
    Detour,
    /// Hours of a trip besides the way.
    Overhead,
    /// Visits on one trip.
    VisitsPerTrip,
    /// Hard minimum of a balance, by position, as a multiple of the fair share.
    BalanceMin(u16),
    /// Hard maximum of a balance, as a multiple of the fair share.
    BalanceMax(u16),
    /// Half-width of a balance's free band.
    BalanceIdeal(u16),
    /// Money for a unit outside a balance's free band.
    BalanceCost(u16),
    /// Largest share of the covered revenue from one source, by position of the limit.
    MaxShare(u16),
}

/// Numbers that are scaled all at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scaled {
    /// Potentials, by market.
    Potentials,
    /// Visits in all periods, by slot.
    Visits,
}

impl Scaled {
    /// How many such numbers a problem has.
    #[must_use]
    pub fn count(self, problem: &Problem) -> usize {
        match self {
            Scaled::Potentials => problem.markets().len(),
            Scaled::Visits => problem.slots().len(),
        }
    }
}

/// Factors for [`Edit::ScaleAll`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Factors {
    /// One for all, 0 or more.
    Same(f64),
    /// One each, in the memory of the draft: see [`Draft::scale_each`].
    Own(u32),
}

/// A change to one entry of a problem, or to all of a kind.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Edit {
    /// A part of a market's potential, in money.
    Potential {
        /// The market.
        market: MarketId,
        /// The part, as a share from 0 to 1.
        part: f64,
        /// What the part becomes.
        amount: Amount,
    },
    /// All numbers of a kind are scaled: quicker than one edit for each.
    ScaleAll {
        /// Which numbers.
        numbers: Scaled,
        /// By what.
        by: Factors,
    },
    /// A market's margin.
    Margin {
        /// The market.
        market: MarketId,
        /// What it becomes.
        amount: Amount,
    },
    /// A market's price at the same quantity and unit costs.
    Price {
        /// The market.
        market: MarketId,
        /// New price over old price.
        factor: f64,
    },
    /// A slot's visits.
    Visits {
        /// The slot.
        slot: SlotId,
        /// The period; `None` for all.
        period: Option<u32>,
        /// What the visits of the period become.
        amount: Amount,
    },
    /// A slot's hours of a visit, travel aside.
    HoursPerVisit {
        /// The slot.
        slot: SlotId,
        /// What they become.
        amount: Amount,
    },
    /// A slot's visits come later, round the end of the calendar.
    Shift {
        /// The slot.
        slot: SlotId,
        /// By how many periods.
        by: i32,
    },
    /// A slot's loss when unserved, in money.
    UnservedLoss {
        /// The slot.
        slot: SlotId,
        /// What it becomes.
        amount: Amount,
    },
    /// A rep's hours; overtime allowed keeps its share.
    Hours {
        /// The rep.
        rep: RepId,
        /// The period; `None` for all.
        period: Option<u32>,
        /// What the hours of the period become.
        amount: Amount,
    },
    /// Overtime allowed, as a share of each period's hours.
    OvertimeShare {
        /// The rep.
        rep: RepId,
        /// The share, 0 or more.
        share: f64,
    },
    /// Cost of an hour of overtime, in money.
    OvertimeCost {
        /// The rep.
        rep: RepId,
        /// What it becomes.
        amount: Amount,
    },
    /// Level of a skill.
    Skill {
        /// The rep.
        rep: RepId,
        /// The skill.
        skill: SkillId,
        /// What it becomes.
        amount: Amount,
    },
    /// An ability.
    Ability {
        /// The rep.
        rep: RepId,
        /// Which one.
        ability: Ability,
        /// What it becomes.
        amount: Amount,
    },
    /// Fewest slots of a rep.
    MinSlots {
        /// The rep.
        rep: RepId,
        /// What it becomes.
        amount: Amount,
    },
    /// Most slots of a rep.
    MaxSlots {
        /// The rep.
        rep: RepId,
        /// What it becomes.
        amount: Amount,
    },
    /// A rep leaves.
    RemoveRep {
        /// The rep.
        rep: RepId,
    },
    /// A rep joins.
    AddRep(Box<NewRep>),
    /// A number of the policy changes.
    Policy {
        /// Which one.
        number: PolicyNumber,
        /// What it becomes.
        amount: Amount,
    },
}

/// A scenario with dense ids, in memory that is used again and again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// Id in results.
    pub id: String,
    /// Probability, 0 to 1; `None` where all scenarios are equally likely.
    pub probability: Option<f64>,
    edits: Vec<(u32, Edit)>,
    factors: Vec<f64>,
    change: u32,
}

impl Draft {
    /// Forgets everything but the memory.
    pub fn clear(&mut self) {
        self.id.clear();
        self.probability = None;
        self.edits.clear();
        self.factors.clear();
        self.change = 0;
    }

    /// Edits that follow belong to the change at a position of the scenario, for messages.
    pub fn begin_change(&mut self, at: usize) {
        self.change = u32::try_from(at).unwrap_or(u32::MAX);
    }

    /// Adds an edit. Edits are made one after another.
    pub fn push(&mut self, edit: Edit) {
        self.edits.push((self.change, edit));
    }

    /// Adds an edit that scales every number of a kind by a factor of its own, and gives the factors
    /// to fill in: as many as the problem has markets, or slots, all 1 at first.
    ///
    /// # Panics
    /// When a draft gets more than 2^32 factors.
    pub fn scale_each(&mut self, numbers: Scaled, problem: &Problem) -> &mut [f64] {
        let first = self.factors.len();
        let own = u32::try_from(first).expect("a draft has fewer than 2^32 factors");
        let by = Factors::Own(own);
        self.push(Edit::ScaleAll { numbers, by });
        self.factors.resize(first + numbers.count(problem), 1.0);
        &mut self.factors[first..]
    }

    /// The factor at a position.
    pub(crate) fn factor(&self, by: Factors, at: usize) -> f64 {
        match by {
            Factors::Same(factor) => factor,
            Factors::Own(first) => self.factors[first as usize + at],
        }
    }

    /// Scales numbers by factors.
    pub(crate) fn scale(&self, by: Factors, numbers: &mut [f64]) {
        match by {
            Factors::Same(factor) => numbers.iter_mut().for_each(|number| *number *= factor),
            Factors::Own(first) => {
                let own = &self.factors[first as usize..];
                (numbers.iter_mut().zip(own)).for_each(|(number, factor)| *number *= factor);
            }
        }
    }

    /// Adds edits.
    pub(super) fn extend(&mut self, edits: impl IntoIterator<Item = Edit>) {
        edits.into_iter().for_each(|edit| self.push(edit));
    }

    /// Edits with the position of the change that they belong to.
    #[must_use]
    pub fn edits(&self) -> &[(u32, Edit)] {
        &self.edits
    }
}
