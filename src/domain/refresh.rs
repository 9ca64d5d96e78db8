//! What follows from the numbers of a problem, worked out again after some of them changed.

use super::assemble::add_candidates;
use super::eligibility::fit;
use super::ids::{RepId, SlotId};
use super::problem::{Problem, Rep};

impl Problem {
    /// Potential, loss and visits of every slot.
    pub(crate) fn refresh_slots(&mut self) {
        let periods = self.periods();
        for (at, slot) in self.slots.iter_mut().enumerate() {
            let market = &self.markets[slot.market.index()];
            slot.potential = self.roles[slot.role.index()].value_share * market.potential;
            if let Some(share) = slot.loss_share {
                slot.unserved_loss = share * market.margin * slot.potential;
            }
            // In order from 0, as when the problem was made.
            let visits = &self.visits[at * periods..][..periods];
            slot.visits = visits.iter().fold(0.0, |sum, visits| sum + visits);
        }
    }

    /// Value and hours of every candidate; who is one stays.
    pub(crate) fn refresh_candidates(&mut self) {
        let travel = self.policy.travel;
        for candidate in &mut self.candidates {
            let slot = &self.slots[candidate.slot.index()];
            let market = &self.markets[slot.market.index()];
            let role = &self.roles[slot.role.index()];
            let rep = &self.reps[candidate.rep.index()];
            candidate.value = slot.potential * market.margin * fit(rep, market, role);
            if !self.bonus.is_empty() {
                let place = (candidate.slot, candidate.rep, candidate.base);
                let found = (self.bonus).binary_search_by(|row| (row.0, row.1, row.2).cmp(&place));
                candidate.value += found.map_or(0.0, |at| self.bonus[at].3);
            }
            let trip =
                travel.overhead_hours_per_trip + 2.0 * candidate.km / travel.speed_km_per_hour;
            candidate.hours_per_visit = slot.hours_per_visit + trip / travel.visits_per_trip;
        }
    }

    /// Who may fill what, with all numbers.
    pub(crate) fn rebuild_candidates(&mut self) {
        self.slot_start = vec![0];
        add_candidates(self);
    }

    /// Takes reps out. Their locks, pairs, distances and candidates go with them; what they have
    /// now nobody has.
    pub(crate) fn remove_reps(&mut self, gone: &[bool]) {
        let mut next = 0;
        let place = gone.iter().map(|&gone| {
            let at = RepId::at(next);
            next += usize::from(!gone);
            (!gone).then_some(at)
        });
        let place: Vec<Option<RepId>> = place.collect();
        self.rename_reps(&place);
        keep(&mut self.reps, gone);
        for balance in &mut self.policy.balance {
            keep(&mut balance.shares, gone);
            normalize(&mut balance.shares);
        }
    }

    /// Adds a rep with its raw share in every balance, by position; shares of the others keep
    /// their proportions. Candidates must be rebuilt.
    pub(crate) fn add_rep(&mut self, rep: Rep, shares: &[f64]) -> RepId {
        let at = self.reps.partition_point(|other| other.id < rep.id);
        let place = (0..self.reps.len()).map(|old| Some(RepId::at(old + usize::from(old >= at))));
        let place: Vec<Option<RepId>> = place.collect();
        self.rename_reps(&place);
        self.reps.insert(at, rep);
        for (balance, &share) in self.policy.balance.iter_mut().zip(shares) {
            balance.shares.insert(at, share);
            normalize(&mut balance.shares);
        }
        RepId::at(at)
    }

    /// Gives reps other ids in the same order, or none.
    fn rename_reps(&mut self, place: &[Option<RepId>]) {
        let new = |rep: RepId| place[rep.index()];
        for slot in &mut self.slots {
            slot.current = slot.current.and_then(new);
            slot.locked = slot.locked.and_then(new);
        }
        let distances = self.distances.drain(..);
        self.distances = distances
            .filter_map(|(rep, base, market, km)| Some((new(rep)?, base, market, km)))
            .collect();
        let pairs = self.forbidden.drain(..);
        self.forbidden = pairs
            .filter_map(|(slot, rep)| Some((slot, new(rep)?)))
            .collect();
        let candidates = self.candidates.drain(..).filter_map(|mut candidate| {
            candidate.rep = new(candidate.rep)?;
            Some(candidate)
        });
        self.candidates = candidates.collect();
        let slots = (0..=self.slots.len()).map(SlotId::at);
        let candidates = &self.candidates;
        let start = slots.map(|slot| candidates.partition_point(|own| own.slot < slot));
        // The counts fit: they did before some candidates went.
        self.slot_start = start
            .map(|at| u32::try_from(at).unwrap_or(u32::MAX))
            .collect();
    }
}

fn keep<T>(rows: &mut Vec<T>, gone: &[bool]) {
    let mut at = 0;
    rows.retain(|_| {
        at += 1;
        !gone[at - 1]
    });
}

/// Makes shares add up to 1, if there are any.
fn normalize(shares: &mut [f64]) {
    let total: f64 = shares.iter().sum();
    if total > 0.0 {
        shares.iter_mut().for_each(|share| *share /= total);
    }
}
