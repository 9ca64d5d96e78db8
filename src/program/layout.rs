//! Which column stands for what.

use crate::domain::{CandidateId, Penalty, Problem, RepId, SlotId};

/// No column.
const NONE: u32 = u32::MAX;

/// Positions of the columns of a formulation, block after block.
#[derive(Clone, Debug)]
pub struct Layout {
    periods: u32,
    reps: u32,
    first_unserved: u32,
    first_overtime: u32,
    /// First base column of each rep, or `NONE`.
    bases: Vec<u32>,
    balances: Vec<BalanceColumns>,
    /// The column of the revenue covered, or `NONE`.
    revenue: u32,
    columns: u32,
}

/// Columns of one balance.
#[derive(Clone, Copy, Debug)]
struct BalanceColumns {
    first_amount: u32,
    total: u32,
    first_deviation: u32,
    shared_deviation: bool,
}

impl Layout {
    /// Lays out the columns of a problem.
    ///
    /// # Panics
    /// When there would be more than `u32::MAX` columns.
    #[must_use]
    pub fn new(problem: &Problem) -> Self {
        let size = |n: usize| u32::try_from(n).expect("at most u32::MAX columns");
        let reps = size(problem.reps().len());
        let periods = size(problem.periods());
        let first_unserved = size(problem.candidates().len());
        let first_overtime = first_unserved + size(problem.slots().len());
        let mut next = first_overtime + reps * periods;
        let mut bases = vec![NONE; problem.reps().len()];
        for (rep, first) in problem.reps().iter().zip(&mut bases) {
            if rep.is_open() {
                *first = next;
                next += size(rep.bases.len());
            }
        }
        let mut balances = Vec::new();
        for balance in &problem.policy().balance {
            let priced = balance.cost_per_unit > 0.0;
            let shared = balance.penalty == Penalty::Largest;
            let deviations = match (priced, shared) {
                (false, _) => 0,
                (true, true) => 1,
                (true, false) => reps,
            };
            balances.push(BalanceColumns {
                first_amount: next,
                total: next + reps,
                first_deviation: if priced { next + reps + 1 } else { NONE },
                shared_deviation: shared,
            });
            next += reps + 1 + deviations;
        }
        let mut revenue = NONE;
        if !problem.policy().concentration.is_empty() {
            revenue = next;
            next += 1;
        }
        Self {
            periods,
            reps,
            first_unserved,
            first_overtime,
            bases,
            balances,
            revenue,
            columns: next,
        }
    }

    /// Number of columns.
    #[must_use]
    pub fn columns(&self) -> u32 {
        self.columns
    }

    /// x: a candidate fills its slot.
    #[must_use]
    pub fn assign(&self, candidate: CandidateId) -> u32 {
        candidate.0
    }

    /// u: a slot is left unserved.
    #[must_use]
    pub fn unserved(&self, slot: SlotId) -> u32 {
        self.first_unserved + slot.0
    }

    /// o: overtime of a rep in a period.
    ///
    /// # Panics
    /// When the period does not fit into 32 bits.
    #[must_use]
    pub fn overtime(&self, rep: RepId, period: usize) -> u32 {
        let period = u32::try_from(period).expect("few periods");
        self.first_overtime + rep.0 * self.periods + period
    }

    /// y: a rep works from a base, where that is to be decided.
    #[must_use]
    pub fn base(&self, rep: RepId, base: u32) -> Option<u32> {
        let first = self.bases[rep.index()];
        (first != NONE).then(|| first + base)
    }

    /// L: a rep's amount of a balance.
    #[must_use]
    pub fn amount(&self, balance: usize, rep: RepId) -> u32 {
        self.balances[balance].first_amount + rep.0
    }

    /// T: the total of a balance.
    #[must_use]
    pub fn total(&self, balance: usize) -> u32 {
        self.balances[balance].total
    }

    /// d: the deviation of a rep from the ideal band, where it is priced; one column for all reps
    /// where the largest deviation counts.
    #[must_use]
    pub fn deviation(&self, balance: usize, rep: RepId) -> Option<u32> {
        let columns = &self.balances[balance];
        if columns.first_deviation == NONE {
            return None;
        }
        let offset = if columns.shared_deviation { 0 } else { rep.0 };
        Some(columns.first_deviation + offset)
    }

    /// V: the potential covered, as a share of all, where concentration is limited.
    #[must_use]
    pub fn revenue(&self) -> Option<u32> {
        (self.revenue != NONE).then_some(self.revenue)
    }

    /// All deviation columns of a balance.
    #[must_use]
    pub fn deviations(&self, balance: usize) -> std::ops::Range<u32> {
        let columns = &self.balances[balance];
        if columns.first_deviation == NONE {
            return 0..0;
        }
        let count = if columns.shared_deviation {
            1
        } else {
            self.reps
        };
        columns.first_deviation..columns.first_deviation + count
    }
}
