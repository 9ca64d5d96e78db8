//! The problem after changes.

use super::change::{Ability, Amount, Change, NewRep, Scenario};
use super::edit::{Draft, Edit, Factors, PolicyNumber, Scaled};
use super::names::Names;
use super::numbers::{Wrong, changed, changed_count, changed_limit, changed_part, repriced, shift};
use super::policy::{Entry, entry};
use super::whole::whole_problem;
use crate::domain::geo::Position;
use crate::domain::validate::numbers::{
    AMOUNT, FACTOR, LATITUDE, LONGITUDE, MONEY, Range, SHARE, VISITS,
};
use crate::domain::{Base, MarketId, Problem, Rep, RepId, SlotId};
use crate::fault::{Code, Fault, Faults, Place};

/// Hours of a rep in a period at most: more than a quarter has.
const HOURS: Range = AMOUNT;

/// The problem after changes, made one after another.
///
/// # Errors
/// All faults at once: names that the problem does not have, numbers out of their range, limits
/// that contradict each other.
pub fn apply(problem: &Problem, changes: &[Change]) -> Result<Problem, Faults> {
    let scenario = Scenario {
        changes: changes.to_vec(),
        ..Scenario::default()
    };
    let mut draft = Draft::default();
    let named = Names::new(problem).draft(&scenario, &mut draft);
    let mut faults = named.err().unwrap_or_default();
    match apply_draft(problem, &draft) {
        Ok(changed) => faults.or(changed),
        Err(more) => {
            faults.extend(more);
            Err(faults)
        }
    }
}

/// The problem after the edits of a draft.
///
/// # Errors
/// All faults at once: numbers out of their range, limits that contradict each other.
///
/// # Panics
/// When an edit has an id that the problem does not have.
pub fn apply_draft(problem: &Problem, draft: &Draft) -> Result<Problem, Faults> {
    let mut applied = Applied {
        problem: problem.clone(),
        faults: Faults::new(),
        at: 0,
        slots: false,
        candidates: false,
        eligibility: false,
        gone: vec![false; problem.reps().len()],
        joining: Vec::new(),
    };
    for (at, edit) in draft.edits() {
        applied.at = *at;
        match *edit {
            Edit::ScaleAll { numbers, by } => applied.scale_all(draft, numbers, by),
            _ => applied.edit(edit),
        }
    }
    applied.finish()
}

/// A problem while it changes, and what is to be worked out again.
struct Applied {
    problem: Problem,
    faults: Faults,
    /// Position of the present change.
    at: u32,
    slots: bool,
    candidates: bool,
    eligibility: bool,
    gone: Vec<bool>,
    joining: Vec<(u32, NewRep)>,
}

impl Applied {
    fn edit(&mut self, edit: &Edit) {
        match edit {
            Edit::Potential { .. } | Edit::Margin { .. } | Edit::Price { .. } => {
                self.market(edit);
                self.slots = true;
            }
            Edit::Visits { .. }
            | Edit::HoursPerVisit { .. }
            | Edit::Shift { .. }
            | Edit::UnservedLoss { .. } => {
                self.slot(edit);
                self.slots = true;
            }
            Edit::RemoveRep { rep } => self.gone[rep.index()] = true,
            Edit::AddRep(rep) => self.joining.push((self.at, (**rep).clone())),
            Edit::Policy { number, amount } => self.policy(*number, *amount),
            _ => self.rep(edit),
        }
    }

    /// One edit for all numbers of a kind is as many for each.
    fn scale_all(&mut self, draft: &Draft, numbers: Scaled, by: Factors) {
        for at in 0..numbers.count(&self.problem) {
            let amount = Amount::Scale(draft.factor(by, at));
            self.edit(&match numbers {
                Scaled::Potentials => Edit::Potential {
                    market: MarketId::at(at),
                    part: 1.0,
                    amount,
                },
                Scaled::Visits => Edit::Visits {
                    slot: SlotId::at(at),
                    period: None,
                    amount,
                },
            });
        }
    }

    fn market(&mut self, edit: &Edit) {
        let entry = |problem: &mut Problem, market: MarketId| {
            let market = &mut problem.markets[market.index()];
            (market.potential, market.margin)
        };
        let result = match *edit {
            Edit::Potential {
                market,
                part,
                amount,
            } => {
                let (potential, margin) = entry(&mut self.problem, market);
                changed_part(potential, part, amount).map(|new| (market, new, margin))
            }
            Edit::Margin { market, amount } => {
                let (potential, margin) = entry(&mut self.problem, market);
                changed(margin, amount, SHARE).map(|new| (market, potential, new))
            }
            Edit::Price { market, factor } => {
                let (potential, margin) = entry(&mut self.problem, market);
                repriced(potential, margin, factor).map(|(p, m)| (market, p, m))
            }
            _ => return,
        };
        match result {
            Ok((market, potential, margin)) => {
                let market = &mut self.problem.markets[market.index()];
                (market.potential, market.margin) = (potential, margin);
            }
            Err(wrong) => self.wrong(&wrong, "amount"),
        }
    }

    fn slot(&mut self, edit: &Edit) {
        let periods = self.problem.periods();
        match *edit {
            Edit::Visits {
                slot,
                period,
                amount,
            } => {
                let first = slot.index() * periods;
                let range = match period {
                    Some(period) => first + period as usize..first + period as usize + 1,
                    None => first..first + periods,
                };
                for at in range {
                    match changed(self.problem.visits[at], amount, VISITS) {
                        Ok(visits) => self.problem.visits[at] = visits,
                        Err(wrong) => return self.wrong(&wrong, "amount"),
                    }
                }
                self.candidates = true;
            }
            Edit::HoursPerVisit { slot, amount } => {
                let slot = &mut self.problem.slots[slot.index()];
                match changed(slot.hours_per_visit, amount, AMOUNT) {
                    Ok(hours) => slot.hours_per_visit = hours,
                    Err(wrong) => self.wrong(&wrong, "amount"),
                }
                self.candidates = true;
            }
            Edit::Shift { slot, by } => {
                shift(
                    &mut self.problem.visits[slot.index() * periods..][..periods],
                    by,
                );
            }
            Edit::UnservedLoss { slot, amount } => {
                let loss = present_loss(&self.problem, slot);
                let slot = &mut self.problem.slots[slot.index()];
                match changed(loss, amount, MONEY) {
                    Ok(loss) => (slot.unserved_loss, slot.loss_share) = (loss, None),
                    Err(wrong) => self.wrong(&wrong, "amount"),
                }
            }
            _ => {}
        }
    }

    fn rep(&mut self, edit: &Edit) {
        match *edit {
            Edit::Hours {
                rep,
                period,
                amount,
            } => self.hours(rep, period, amount),
            Edit::OvertimeShare { rep, share } => {
                let wrong = changed(share, Amount::Scale(1.0), FACTOR).err();
                let rep = &mut self.problem.reps[rep.index()];
                let pairs = rep.overtime_hours.iter_mut().zip(&rep.hours);
                pairs.for_each(|(overtime, hours)| *overtime = share * hours);
                wrong
                    .iter()
                    .for_each(|wrong| self.wrong(wrong, "max_share"));
            }
            Edit::OvertimeCost { rep, amount } => {
                self.rep_number(rep, amount, AMOUNT, |rep| &mut rep.overtime_cost_per_hour);
            }
            Edit::Skill { rep, skill, amount } => {
                self.rep_number(rep, amount, SHARE, |rep| &mut rep.skills[skill.index()]);
                self.eligibility = true;
            }
            Edit::Ability {
                rep,
                ability,
                amount,
            } => {
                self.rep_number(rep, amount, SHARE, |rep| match ability {
                    Ability::Acquisition => &mut rep.acquisition,
                    Ability::Relationship => &mut rep.relationship,
                });
                self.candidates = true;
            }
            Edit::MinSlots { rep, amount } => {
                let old = self.problem.reps[rep.index()].min_slots;
                self.problem.reps[rep.index()].min_slots = self.count(old, amount);
            }
            Edit::MaxSlots { rep, amount } => {
                let old = self.problem.reps[rep.index()].max_slots;
                self.problem.reps[rep.index()].max_slots = self.count(old, amount);
            }
            _ => {}
        }
    }

    fn hours(&mut self, rep: RepId, period: Option<u32>, amount: Amount) {
        let rep = &mut self.problem.reps[rep.index()];
        let share = overtime_share(rep);
        let range = match period {
            Some(period) => period as usize..period as usize + 1,
            None => 0..rep.hours.len(),
        };
        for at in range {
            match changed(rep.hours[at], amount, HOURS) {
                Ok(hours) => {
                    rep.hours[at] = hours;
                    rep.overtime_hours[at] = hours * share;
                }
                Err(wrong) => return self.wrong(&wrong, "amount"),
            }
        }
    }

    fn rep_number(
        &mut self,
        rep: RepId,
        amount: Amount,
        range: Range,
        number: impl Fn(&mut Rep) -> &mut f64,
    ) {
        let entry = number(&mut self.problem.reps[rep.index()]);
        match changed(*entry, amount, range) {
            Ok(new) => *entry = new,
            Err(wrong) => self.wrong(&wrong, "amount"),
        }
    }

    /// A whole number that may be absent.
    fn count(&mut self, old: Option<u32>, amount: Amount) -> Option<u32> {
        match changed_count(old, amount) {
            Ok(new) => new,
            Err(wrong) => {
                self.wrong(&wrong, "amount");
                old
            }
        }
    }

    fn policy(&mut self, number: PolicyNumber, amount: Amount) {
        let policy = &self.problem.policy;
        match number {
            PolicyNumber::MaxMoves => {
                self.problem.policy.max_moves = self.count(policy.max_moves, amount);
            }
            PolicyNumber::MinHires => {
                self.problem.policy.min_hires = self.count(policy.min_hires, amount);
            }
            PolicyNumber::MaxHires => {
                self.problem.policy.max_hires = self.count(policy.max_hires, amount);
            }
            _ => self.policy_number(number, amount),
        }
    }

    fn policy_number(&mut self, number: PolicyNumber, amount: Amount) {
        match number {
            PolicyNumber::MaxKm | PolicyNumber::Detour => self.eligibility = true,
            PolicyNumber::Speed | PolicyNumber::Overhead | PolicyNumber::VisitsPerTrip => {
                self.candidates = true;
            }
            _ => {}
        }
        let (place, range) = entry(&mut self.problem, number);
        let result = match place {
            Entry::Number(number) => changed(*number, amount, range).map(|new| *number = new),
            Entry::Limit(limit) => changed_limit(*limit, amount, range).map(|new| *limit = new),
            Entry::Count => Ok(()),
        };
        if let Err(wrong) = result {
            self.wrong(&wrong, "amount");
        }
    }

    fn wrong(&mut self, wrong: &Wrong, field: &str) {
        self.faults.push(wrong.fault(self.at, field));
    }

    /// Works out what follows from the changes, and checks what concerns more than one number.
    fn finish(mut self) -> Result<Problem, Faults> {
        if !self.faults.is_empty() {
            return Err(self.faults);
        }
        if self.slots {
            self.problem.refresh_slots();
        }
        self.join();
        if self.gone.contains(&true) {
            self.problem.remove_reps(&self.gone);
        }
        if self.eligibility {
            self.problem.rebuild_candidates();
        } else if self.candidates || self.slots {
            self.problem.refresh_candidates();
        }
        whole_problem(&self.problem, &mut self.faults);
        self.faults.or(self.problem)
    }

    /// Adds reps who join. Ids of the others move, and so do those of reps who leave.
    fn join(&mut self) {
        for (at, new) in std::mem::take(&mut self.joining) {
            self.at = at;
            let place = |field| Place::entry("changes", at as usize, field);
            let Some(like) = self.problem.find_rep(&new.like) else {
                let expected = "the id of a rep";
                let fault = Fault::new(Code::UnknownRep, place("rep.like"), &new.like, expected);
                self.faults.push(fault);
                continue;
            };
            if new.id.is_empty() || self.problem.find_rep(&new.id).is_some() {
                let code = if new.id.is_empty() {
                    Code::EmptyId
                } else {
                    Code::DuplicateId
                };
                let expected = "an id of nobody else";
                self.faults
                    .push(Fault::new(code, place("rep.id"), &new.id, expected));
                continue;
            }
            let rep = self.newcomer(&new, like);
            let shares = shares_like(&self.problem, like, new.candidate);
            let own = self.problem.add_rep(rep, &shares);
            self.gone.insert(own.index(), false);
            self.eligibility = true;
        }
    }

    fn newcomer(&mut self, new: &NewRep, like: RepId) -> Rep {
        let mut rep = self.problem.rep(like).clone();
        rep.id.clone_from(&new.id);
        rep.name.clone_from(&new.id);
        rep.candidate = new.candidate;
        if let (Some(latitude_deg), Some(longitude_deg)) = (new.latitude_deg, new.longitude_deg) {
            let cheapest = rep.bases.iter().map(|base| base.fixed_cost);
            rep.bases = vec![Base {
                id: "home".to_owned(),
                position: Position {
                    latitude_deg,
                    longitude_deg,
                },
                fixed_cost: cheapest.fold(f64::INFINITY, f64::min),
            }];
        }
        for base in &mut rep.bases {
            base.fixed_cost = new.fixed_cost.unwrap_or(base.fixed_cost);
        }
        let numbers = [
            ("rep.latitude_deg", new.latitude_deg, LATITUDE),
            ("rep.longitude_deg", new.longitude_deg, LONGITUDE),
            ("rep.fixed_cost", new.fixed_cost, MONEY),
        ];
        for (field, number, range) in numbers {
            let wrong = number.and_then(|n| changed(n, Amount::Scale(1.0), range).err());
            wrong.iter().for_each(|wrong| self.wrong(wrong, field));
        }
        rep
    }
}

/// The loss of a slot at the present numbers of its market.
fn present_loss(problem: &Problem, slot: SlotId) -> f64 {
    let slot = problem.slot(slot);
    let market = problem.market(slot.market);
    let value_share = problem.roles()[slot.role.index()].value_share;
    match slot.loss_share {
        Some(share) => share * market.margin * (value_share * market.potential),
        None => slot.unserved_loss,
    }
}

/// Overtime allowed as a share of hours, from the first period with hours.
pub(crate) fn overtime_share(rep: &Rep) -> f64 {
    let mut pairs = rep.overtime_hours.iter().zip(&rep.hours);
    let with_hours = pairs.find(|(_, hours)| **hours > 0.0);
    with_hours.map_or(0.0, |(overtime, hours)| overtime / hours)
}

/// Shares of a newcomer in every balance: those of the other rep, or the mean where that one has
/// none.
fn shares_like(problem: &Problem, like: RepId, candidate: bool) -> Vec<f64> {
    let share = |balance: &crate::domain::Balance| {
        let own = balance.shares[like.index()];
        let sharing = balance.shares.iter().filter(|share| **share > 0.0);
        let count = sharing.map(|_| 1.0).sum::<f64>();
        match () {
            () if candidate => 0.0,
            () if own > 0.0 || !problem.rep(like).candidate => own,
            () => 1.0 / f64::max(count, 1.0),
        }
    };
    problem.policy().balance.iter().map(share).collect()
}
