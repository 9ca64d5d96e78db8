//! What the engine decides, and what it says about it.

mod attainment;
pub mod document;
mod fingerprint;
pub mod ledger;

use crate::domain::{CandidateId, Problem, RepId, SlotId};

pub use attainment::Attainment;
pub use document::PlanDocument;
pub use fingerprint::fingerprint;
pub use ledger::{Ledger, Savepoint};

/// Who has which slot, and where each rep works from. Overtime, moves and every goal follow from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The rep of each slot; `None` where it is left unserved.
    pub coverage: Vec<Option<RepId>>,
    /// The base of each rep, as a position in its bases; `None` for candidates that are not hired.
    pub bases: Vec<Option<u32>>,
}

impl Plan {
    /// The plan in which nobody has anything: candidates are not hired, reps with several bases
    /// work from the cheapest.
    #[must_use]
    pub fn empty(problem: &Problem) -> Self {
        let idle = |rep| idle_base(problem, RepId::at(rep));
        Self {
            coverage: vec![None; problem.slots().len()],
            bases: (0..problem.reps().len()).map(idle).collect(),
        }
    }

    /// The candidate that fills a slot, if it is filled by one who may.
    #[must_use]
    pub fn candidate(&self, problem: &Problem, slot: SlotId) -> Option<CandidateId> {
        let rep = self.coverage[slot.index()]?;
        problem.find_candidate(slot, rep, self.bases[rep.index()]?)
    }

    /// Number of slots that have a rep.
    #[must_use]
    pub fn served(&self) -> usize {
        self.coverage.iter().flatten().count()
    }
}

/// The base of a rep without assignments: none for a candidate, else the cheapest, else the first.
pub(crate) fn idle_base(problem: &Problem, rep: RepId) -> Option<u32> {
    let rep = problem.rep(rep);
    if rep.candidate {
        return None;
    }
    let cheapest = (rep.bases.iter().enumerate())
        .min_by(|(_, a), (_, b)| a.fixed_cost.total_cmp(&b.fixed_cost))
        .map(|(at, _)| at)?;
    u32::try_from(cheapest).ok()
}
