//! The numbers of one scenario after another: edits change them, and what was touched is put back.

use super::compiled::{Compiled, NONE, Numbers, fit};
use crate::domain::validate::numbers::{AMOUNT, FACTOR, MONEY, Range, SHARE, VISITS};
use crate::domain::{MarketId, RepId, SlotId};
use crate::scenario::numbers::{changed_part, repriced, shift};
use crate::scenario::{Ability, Amount, Draft, Edit, Factors, PolicyNumber, Scaled};

/// An edit that flat arrays cannot make: the whole problem is to be made and checked instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LongWay;

/// A number after a change, if it stays in its range.
fn quick(number: f64, amount: Amount, range: Range) -> Result<f64, LongWay> {
    match amount.of(number) {
        Some(new) if range.holds(new) => Ok(new),
        _ => Err(LongWay),
    }
}

/// The same for a part of a potential.
fn part_of(potential: f64, part: f64, amount: Amount) -> Result<f64, LongWay> {
    if part >= 1.0 {
        return quick(potential, amount, MONEY);
    }
    changed_part(potential, part, amount).map_err(|_| LongWay)
}

/// The same for several numbers: all are changed before any is looked at, so that the compiler may
/// use vector instructions.
fn all(numbers: &mut [f64], amount: Amount, range: Range) -> Result<(), LongWay> {
    match amount {
        Amount::Scale(factor) => numbers.iter_mut().for_each(|number| *number *= factor),
        Amount::Set(other) => numbers.fill(other),
        Amount::Add(more) => numbers.iter_mut().for_each(|number| *number += more),
        Amount::Lift => return Err(LongWay),
    }
    let fits = numbers
        .iter()
        .fold(true, |fits, &number| fits & range.holds(number));
    held(fits)
}

/// Numbers beyond their range are told the long way.
fn held(fits: bool) -> Result<(), LongWay> {
    if fits { Ok(()) } else { Err(LongWay) }
}

/// What is touched of a slot.
pub(super) const VALUE: u8 = 1;
pub(super) const HOURS: u8 = 2;
pub(super) const FIT: u8 = 4;
/// Visits are no longer those of the problem times a factor.
pub(super) const VISITS_ROW: u8 = 8;

/// Memory of a thread. After the first scenarios nothing is allocated any more.
#[derive(Debug)]
pub struct Evaluator<'c, 'p> {
    pub(super) compiled: &'c Compiled<'p>,
    pub(super) now: Numbers,
    pub(super) slot_flags: Vec<u8>,
    pub(super) slots: Vec<u32>,
    market_flags: Vec<bool>,
    pub(super) markets: Vec<u32>,
    pub(super) rep_flags: Vec<bool>,
    pub(super) reps: Vec<u32>,
    pub(super) gone: Vec<bool>,
    pub(super) leaving: Vec<u32>,
    policy_touched: bool,
    /// Whether the potentials of all markets, or the visits of all slots, are scaled.
    pub(super) every_market: bool,
    pub(super) every_slot: bool,
}

impl<'c, 'p> Evaluator<'c, 'p> {
    /// Memory for scenarios of one compiled plan.
    #[must_use]
    pub fn new(compiled: &'c Compiled<'p>) -> Self {
        let (slots, reps) = (compiled.rep.len(), compiled.problem.reps().len());
        let markets = compiled.problem.markets().len();
        Self {
            now: compiled.base.clone(),
            slot_flags: vec![0; slots],
            slots: Vec::with_capacity(slots),
            market_flags: vec![false; markets],
            markets: Vec::with_capacity(markets),
            rep_flags: vec![false; reps],
            reps: Vec::with_capacity(reps),
            gone: vec![false; reps],
            leaving: Vec::with_capacity(reps),
            policy_touched: false,
            every_market: false,
            every_slot: false,
            compiled,
        }
    }

    /// Makes the edits of a scenario. Must be followed by [`restore`](Self::restore).
    pub(super) fn edit(&mut self, draft: &Draft) -> Result<(), LongWay> {
        if !self.compiled.flat {
            return Err(LongWay);
        }
        for (_, edit) in draft.edits() {
            match edit {
                Edit::ScaleAll { numbers, by } => match numbers {
                    Scaled::Potentials => self.scale_potentials(draft, *by)?,
                    Scaled::Visits => self.scale_all_visits(draft, *by)?,
                },
                Edit::Potential { .. } | Edit::Margin { .. } | Edit::Price { .. } => {
                    self.market(edit)?;
                }
                Edit::Visits { .. }
                | Edit::HoursPerVisit { .. }
                | Edit::Shift { .. }
                | Edit::UnservedLoss { .. } => self.slot(edit)?,
                Edit::Policy { number, amount } => self.policy(*number, *amount)?,
                _ => self.rep(edit)?,
            }
        }
        Ok(())
    }

    fn scale_potentials(&mut self, draft: &Draft, by: Factors) -> Result<(), LongWay> {
        self.every_market = true;
        draft.scale(by, &mut self.now.potential);
        let potentials = self.now.potential.iter();
        held(potentials.fold(true, |fits, &potential| fits & MONEY.holds(potential)))
    }

    fn scale_all_visits(&mut self, draft: &Draft, by: Factors) -> Result<(), LongWay> {
        self.every_slot = true;
        draft.scale(by, &mut self.now.visits_scale);
        let mut fits = true;
        let slots = self.now.visits_scale.iter().zip(&self.compiled.slots);
        for (scale, slot) in slots {
            fits &= VISITS.holds(scale * slot.most_visits);
        }
        for at in 0..self.slots.len() {
            let slot = SlotId(self.slots[at]);
            if self.slot_flags[slot.index()] & VISITS_ROW != 0 {
                let row = self.visits_row(slot);
                fits &= row.iter().all(|&visits| VISITS.holds(visits));
            }
        }
        held(fits)
    }

    fn market(&mut self, edit: &Edit) -> Result<(), LongWay> {
        let (Edit::Potential { market, .. }
        | Edit::Margin { market, .. }
        | Edit::Price { market, .. }) = *edit
        else {
            return Err(LongWay);
        };
        self.touch_market(market);
        let at = market.index();
        let (potential, margin) = (&mut self.now.potential[at], &mut self.now.margin[at]);
        match *edit {
            Edit::Potential { part, amount, .. } => {
                *potential = part_of(*potential, part, amount)?;
            }
            Edit::Margin { amount, .. } => {
                *margin = quick(*margin, amount, SHARE)?;
            }
            Edit::Price { factor, .. } => {
                let repriced = repriced(*potential, *margin, factor);
                (*potential, *margin) = repriced.map_err(|_| LongWay)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn slot(&mut self, edit: &Edit) -> Result<(), LongWay> {
        let periods = self.compiled.problem.periods();
        match *edit {
            Edit::Visits {
                slot,
                period,
                amount,
            } => {
                self.touch_slot(slot, HOURS);
                let rowed = self.slot_flags[slot.index()] & VISITS_ROW != 0;
                if let (Amount::Scale(factor), None, false) = (amount, period, rowed) {
                    return self.scale_visits(slot, factor);
                }
                let row = self.visits_row(slot);
                let range = period.map_or(0..periods, |at| at as usize..at as usize + 1);
                all(&mut row[range], amount, VISITS)?;
            }
            Edit::HoursPerVisit { slot, amount } => {
                self.touch_slot(slot, HOURS);
                let hours = &mut self.now.hours_per_visit[slot.index()];
                *hours = quick(*hours, amount, AMOUNT)?;
            }
            Edit::Shift { slot, by } => {
                self.touch_slot(slot, HOURS);
                shift(self.visits_row(slot), by);
            }
            Edit::UnservedLoss { slot, amount } => {
                self.touch_slot(slot, VALUE);
                let at = slot.index();
                let loss = self.loss(at);
                self.now.loss[at] = quick(loss, amount, MONEY)?;
                self.now.loss_share[at] = f64::NAN;
            }
            _ => {}
        }
        Ok(())
    }

    /// All visits of a slot times a factor: no number by period needs to be written.
    fn scale_visits(&mut self, slot: SlotId, factor: f64) -> Result<(), LongWay> {
        let scale = &mut self.now.visits_scale[slot.index()];
        *scale *= factor;
        let most = *scale * self.compiled.slots[slot.index()].most_visits;
        held(VISITS.holds(most))
    }

    /// Visits of a slot by period, written out.
    fn visits_row(&mut self, slot: SlotId) -> &mut [f64] {
        let (at, periods) = (slot.index(), self.compiled.problem.periods());
        let row = &mut self.now.visits[at * periods..][..periods];
        self.slot_flags[at] |= VISITS_ROW;
        let scale = std::mem::replace(&mut self.now.visits_scale[at], 1.0);
        row.iter_mut().for_each(|visits| *visits *= scale);
        row
    }

    /// Loss of a slot if it is unserved.
    pub(super) fn loss(&self, at: usize) -> f64 {
        self.loss_by(at, self.now.loss_share[at], self.now.loss[at])
    }

    /// The same where the loss is a share of the value, or else (NaN) an amount of money.
    pub(super) fn loss_by(&self, at: usize, share: f64, money: f64) -> f64 {
        if share.is_nan() {
            return money;
        }
        let market = self.compiled.market[at] as usize;
        let potential = self.compiled.value_share[at] * self.now.potential[market];
        share * self.now.margin[market] * potential
    }

    fn rep(&mut self, edit: &Edit) -> Result<(), LongWay> {
        match *edit {
            Edit::Hours {
                rep,
                period,
                amount,
            } => self.hours(rep, period, amount),
            Edit::OvertimeShare { rep, share } => {
                quick(share, Amount::Scale(1.0), FACTOR)?;
                self.touch_rep(rep);
                let row = self.row(rep);
                let hours = &self.now.hours[row.clone()];
                for (overtime, hours) in self.now.overtime[row].iter_mut().zip(hours) {
                    *overtime = share * hours;
                }
                Ok(())
            }
            Edit::OvertimeCost { rep, amount } => {
                self.touch_rep(rep);
                let cost = &mut self.now.overtime_cost[rep.index()];
                *cost = quick(*cost, amount, AMOUNT)?;
                Ok(())
            }
            Edit::Skill { rep, skill, amount } => {
                self.touch_fit(rep);
                let skills = self.compiled.problem.skills().len();
                let level = &mut self.now.skills[rep.index() * skills + skill.index()];
                *level = quick(*level, amount, SHARE)?;
                Ok(())
            }
            Edit::Ability {
                rep,
                ability,
                amount,
            } => {
                self.touch_fit(rep);
                let level = match ability {
                    Ability::Acquisition => &mut self.now.acquisition[rep.index()],
                    Ability::Relationship => &mut self.now.relationship[rep.index()],
                };
                *level = quick(*level, amount, SHARE)?;
                Ok(())
            }
            Edit::RemoveRep { rep } if self.compiled.may_leave(rep) => {
                self.leave(rep);
                Ok(())
            }
            _ => Err(LongWay),
        }
    }

    fn row(&self, rep: RepId) -> std::ops::Range<usize> {
        let periods = self.compiled.problem.periods();
        rep.index() * periods..(rep.index() + 1) * periods
    }

    fn hours(&mut self, rep: RepId, period: Option<u32>, amount: Amount) -> Result<(), LongWay> {
        self.touch_rep(rep);
        let row = self.row(rep);
        let pairs = self.now.overtime[row.clone()]
            .iter()
            .zip(&self.now.hours[row.clone()]);
        let share = (pairs.clone().find(|(_, hours)| **hours > 0.0))
            .map_or(0.0, |(overtime, hours)| overtime / hours);
        let range = match period {
            Some(period) => row.start + period as usize..row.start + period as usize + 1,
            None => row,
        };
        for at in range {
            let hours = quick(self.now.hours[at], amount, AMOUNT)?;
            self.now.hours[at] = hours;
            self.now.overtime[at] = hours * share;
        }
        Ok(())
    }

    fn leave(&mut self, rep: RepId) {
        if std::mem::replace(&mut self.gone[rep.index()], true) {
            return;
        }
        self.leaving.push(rep.0);
        self.touch_rep(rep);
        let compiled = self.compiled;
        let held = compiled.of_rep.of(rep.index());
        for &slot in held.iter().chain(compiled.of_current.of(rep.index())) {
            self.touch_slot(SlotId(slot), VALUE);
        }
    }

    fn policy(&mut self, number: PolicyNumber, amount: Amount) -> Result<(), LongWay> {
        let policy = &mut self.now.policy;
        self.policy_touched = true;
        let (entry, range) = match number {
            PolicyNumber::Weight(level, goal) => {
                (&mut policy.levels[usize::from(level)][goal], FACTOR)
            }
            PolicyNumber::CostPerMove => (&mut policy.cost_per_move, MONEY),
            PolicyNumber::CostPerKm => (&mut policy.cost_per_km, AMOUNT),
            PolicyNumber::BalanceIdeal(at) => (&mut policy.ideal_within[usize::from(at)], FACTOR),
            PolicyNumber::MaxShare(at) => (&mut policy.max_share[usize::from(at)], SHARE),
            PolicyNumber::BalanceCost(at) => (&mut policy.cost_per_unit[usize::from(at)], MONEY),
            _ => return Err(LongWay),
        };
        *entry = quick(*entry, amount, range)?;
        Ok(())
    }

    fn touch_market(&mut self, market: MarketId) {
        if std::mem::replace(&mut self.market_flags[market.index()], true) {
            return;
        }
        self.markets.push(market.0);
    }

    fn touch_slot(&mut self, slot: SlotId, what: u8) {
        let flags = &mut self.slot_flags[slot.index()];
        if *flags == 0 {
            self.slots.push(slot.0);
        }
        *flags |= what;
        let rep = self.compiled.rep[slot.index()];
        if rep != NONE {
            // Hours and balanced amounts of the rep may change.
            self.touch_rep(RepId(rep));
        }
    }

    fn touch_rep(&mut self, rep: RepId) {
        if !std::mem::replace(&mut self.rep_flags[rep.index()], true) {
            self.reps.push(rep.0);
        }
    }

    fn touch_fit(&mut self, rep: RepId) {
        self.touch_rep(rep);
        let compiled = self.compiled;
        for &slot in compiled.of_rep.of(rep.index()) {
            self.touch_slot(SlotId(slot), FIT);
        }
    }

    /// Fit of a slot at the present skills and abilities of its rep.
    pub(super) fn refit(&mut self, at: usize, rep: usize) {
        let problem = self.compiled.problem;
        let slot = problem.slot(SlotId::at(at));
        let (market, role) = (
            problem.market(slot.market),
            &problem.roles()[slot.role.index()],
        );
        let count = problem.skills().len();
        let skills = &self.now.skills[rep * count..][..count];
        let abilities = (self.now.acquisition[rep], self.now.relationship[rep]);
        (self.now.fit[at], self.now.missed[at]) = fit(market, role, skills, abilities);
    }

    /// Puts everything back that was touched.
    pub(super) fn restore(&mut self) {
        let (now, base) = (&mut self.now, &self.compiled.base);
        now.amount.copy_from_slice(&base.amount);
        if std::mem::take(&mut self.every_market) {
            now.potential.copy_from_slice(&base.potential);
        }
        if std::mem::take(&mut self.every_slot) {
            now.visits_scale.fill(1.0);
            now.load.copy_from_slice(&base.load);
        }
        let periods = self.compiled.problem.periods();
        for market in self.markets.drain(..) {
            let at = market as usize;
            self.market_flags[at] = false;
            now.potential[at] = base.potential[at];
            now.margin[at] = base.margin[at];
        }
        for slot in self.slots.drain(..) {
            let at = slot as usize;
            let flags = std::mem::take(&mut self.slot_flags[at]);
            now.loss[at] = base.loss[at];
            now.loss_share[at] = base.loss_share[at];
            if flags & HOURS != 0 {
                now.hours_per_visit[at] = base.hours_per_visit[at];
                now.visits_scale[at] = 1.0;
            }
            if flags & VISITS_ROW != 0 {
                let row = at * periods..(at + 1) * periods;
                now.visits[row.clone()].copy_from_slice(&base.visits[row]);
            }
            if flags & FIT != 0 {
                now.fit[at] = base.fit[at];
                now.missed[at] = base.missed[at];
            }
        }
        let skills = self.compiled.problem.skills().len();
        for rep in self.reps.drain(..) {
            let at = rep as usize;
            self.rep_flags[at] = false;
            let row = at * periods..(at + 1) * periods;
            now.hours[row.clone()].copy_from_slice(&base.hours[row.clone()]);
            now.overtime[row.clone()].copy_from_slice(&base.overtime[row.clone()]);
            now.load[row.clone()].copy_from_slice(&base.load[row]);
            let row = at * skills..(at + 1) * skills;
            now.skills[row.clone()].copy_from_slice(&base.skills[row]);
            now.overtime_cost[at] = base.overtime_cost[at];
            now.acquisition[at] = base.acquisition[at];
            now.relationship[at] = base.relationship[at];
        }
        for rep in self.leaving.drain(..) {
            self.gone[rep as usize] = false;
        }
        if std::mem::take(&mut self.policy_touched) {
            now.policy.clone_from(&base.policy);
        }
    }
}
