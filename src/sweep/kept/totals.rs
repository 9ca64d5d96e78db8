//! What a plan is worth and which rules it breaks, from what a scenario touches.

use super::compiled::{NONE, Sums, capacity};
use super::evaluator::{Evaluator, FIT, HOURS, LongWay};
use crate::check::tolerance::{BALANCE_RELATIVE, POTENTIAL_RELATIVE};
use crate::domain::validate::numbers::MOST_MONEY;
use crate::domain::{Goal, Goals, Metric, Rule};

/// Share of a sum that taking parts out of it may leave where nothing is left.
const ROUNDING: f64 = 1e-12;

/// Number of rules.
pub(super) const RULES: usize = Rule::ALL.len();

/// Value and violations of a kept plan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Totals {
    /// Value of every goal, in money.
    pub goals: Goals,
    /// Violations by rule, in the order of [`Rule::ALL`].
    pub broken: [u32; RULES],
    /// Slots whose rep has left.
    pub lost: u32,
}

impl Totals {
    /// Violations of all rules.
    #[must_use]
    pub fn violations(&self) -> u32 {
        self.broken.iter().sum()
    }
}

impl Evaluator<'_, '_> {
    /// Totals after edits.
    pub(super) fn totals(&mut self) -> Result<Totals, LongWay> {
        let mut sums = self.compiled.sums;
        let mut lost = 0;
        for at in 0..self.slots.len() {
            let slot = self.slots[at] as usize;
            self.add_slot(slot, &mut sums, &mut lost);
        }
        for &rep in &self.reps {
            self.add_rep(rep as usize, &mut sums);
        }
        for &market in &self.markets {
            let at = market as usize;
            sums.potential += self.now.potential[at] - self.compiled.base.potential[at];
        }
        self.whole(&sums)?;
        let mut goals = Goals::default();
        let policy = &self.now.policy;
        goals[Goal::Contribution] = sums.contribution;
        goals[Goal::Travel] = 0.0 - policy.cost_per_km * sums.km;
        goals[Goal::Overtime] = 0.0 - sums.overtime;
        goals[Goal::Unserved] = 0.0 - sums.unserved;
        #[allow(clippy::cast_precision_loss, reason = "fewer than 2^32 slots")]
        let moves = sums.moves as f64;
        goals[Goal::Continuity] = 0.0 - policy.cost_per_move * moves;
        goals[Goal::Sizing] = 0.0 - sums.fixed;
        let mut unbalanced = 0;
        let mut balance = 0.0;
        for at in 0..self.compiled.balances.len() {
            let (cost, broken) = self.balance(at);
            balance += cost;
            unbalanced += broken;
        }
        goals[Goal::Balance] = 0.0 - balance;
        let held = sums.held_potential;
        let rounding = ROUNDING * self.compiled.sums.held_potential;
        let limit = policy.max_moved_share * held + POTENTIAL_RELATIVE * held + rounding;
        let share = policy.max_moved_share.is_finite() && sums.moved_potential > limit;
        let many = policy.max_moves >= 0.0 && moves > policy.max_moves;
        let mut broken = [0; RULES];
        let counted = [
            Rule::Eligibility,
            Rule::Capacity,
            Rule::Count,
            Rule::Unserved,
        ];
        for (rule, count) in counted.into_iter().zip(sums.broken) {
            broken[rule as usize] = u32::try_from(count).unwrap_or(0);
        }
        broken[Rule::Balance as usize] = unbalanced;
        broken[Rule::Continuity as usize] = u32::from(share) + u32::from(many);
        Ok(Totals {
            goals,
            broken,
            lost,
        })
    }

    /// Adds what a touched slot brings beyond what it brings in the problem as it is.
    fn add_slot(&mut self, at: usize, sums: &mut Sums, lost: &mut u32) {
        let compiled = self.compiled;
        let (base, rep) = (compiled.slots[at], compiled.rep[at]);
        let flags = self.slot_flags[at];
        let market = compiled.market[at] as usize;
        let potential = compiled.value_share[at] * self.now.potential[market];
        if rep == NONE {
            sums.unserved += self.loss(at) - base.loss;
        } else if self.gone[rep as usize] {
            sums.contribution -= base.value;
            sums.km -= base.km;
            sums.unserved += self.loss(at);
            sums.broken[3] += i64::from(compiled.mandatory[at]);
            *lost += 1;
        } else {
            if flags & FIT != 0 {
                self.refit(at, rep as usize);
                let missed = i64::from(self.now.missed[at]);
                sums.broken[0] += missed - i64::from(compiled.base.missed[at]);
            }
            let value = potential * self.now.margin[market] * self.now.fit[at];
            sums.contribution += value - base.value;
            let mut work = (base.km, base.work);
            if flags & HOURS != 0 {
                work = self.work(at, rep as usize);
                sums.km += work.0 - base.km;
            }
            self.add_amounts(at, rep as usize, potential - base.potential, work);
        }
        let current = compiled.current[at];
        if current != NONE {
            let moved = current != rep;
            let (held_now, moved_now) = if self.gone[current as usize] {
                (false, false)
            } else {
                (true, rep == NONE || moved || self.gone[rep as usize])
            };
            let present = |yes: bool| if yes { potential } else { 0.0 };
            sums.held_potential += present(held_now) - base.potential;
            let before = if moved { base.potential } else { 0.0 };
            sums.moved_potential += present(moved_now) - before;
            sums.moves += i64::from(moved_now) - i64::from(moved);
        }
    }

    /// Brings the load of a slot's rep up to date; kilometres and hours of the slot.
    fn work(&mut self, at: usize, rep: usize) -> (f64, f64) {
        let compiled = self.compiled;
        let periods = compiled.problem.periods();
        let row = at * periods..(at + 1) * periods;
        let (now, base) = (&self.now.visits[row.clone()], &compiled.base.visits[row]);
        let trip = compiled.trip[at];
        let hours = self.now.hours_per_visit[at] + trip;
        let hours_before = compiled.base.hours_per_visit[at] + trip;
        let load = &mut self.now.load[rep * periods..][..periods];
        let mut visits = 0.0;
        for ((load, now), base) in load.iter_mut().zip(now).zip(base) {
            *load += hours * now - hours_before * base;
            visits += now;
        }
        (compiled.km_per_visit[at] * visits, hours * visits)
    }

    fn add_amounts(&mut self, at: usize, rep: usize, potential: f64, (km, work): (f64, f64)) {
        let compiled = self.compiled;
        let base = &compiled.slots[at];
        let reps = self.gone.len();
        for (b, balance) in compiled.balances.iter().enumerate() {
            let more = match balance.metric {
                Metric::Workload => work - base.work,
                Metric::Potential => potential,
                Metric::TravelKm => km - base.km,
                Metric::Count | Metric::Custom(_) => 0.0,
            };
            if balance.counts[at] {
                self.now.amount[b * reps + rep] += more;
            }
        }
    }

    fn add_rep(&self, rep: usize, sums: &mut Sums) {
        let compiled = self.compiled;
        let (overtime, broken) = if self.gone[rep] {
            sums.fixed -= compiled.rep_fixed[rep];
            sums.broken[2] -= compiled.rep_count[rep];
            (0.0, 0)
        } else {
            capacity(&self.now, rep, compiled.problem.periods())
        };
        sums.overtime += overtime - compiled.rep_overtime[rep];
        sums.broken[1] += broken - compiled.rep_capacity[rep];
    }

    /// Cost and violations of a balance.
    fn balance(&self, at: usize) -> (f64, u32) {
        let balance = &self.compiled.balances[at];
        let reps = self.gone.len();
        let amounts = &self.now.amount[at * reps..][..reps];
        let (mut total, mut shares) = (0.0, 0.0);
        for ((amount, share), gone) in amounts.iter().zip(&balance.shares).zip(&self.gone) {
            if *share > 0.0 && !gone {
                total += amount;
                shares += share;
            }
        }
        let scale = if self.leaving.is_empty() { 1.0 } else { shares };
        let slack = BALANCE_RELATIVE * total;
        let ideal = self.now.policy.ideal_within[at];
        let (mut sum, mut most, mut broken) = (0.0, 0.0_f64, 0);
        for ((amount, share), gone) in amounts.iter().zip(&balance.shares).zip(&self.gone) {
            if *share <= 0.0 || *gone {
                continue;
            }
            let fair = share / scale * total;
            let deviation = ((amount - fair).abs() - ideal * fair).max(0.0);
            sum += deviation;
            most = most.max(deviation);
            broken += u32::from(*amount < balance.min_ratio * fair - slack);
            broken += u32::from(*amount > balance.max_ratio * fair + slack);
        }
        let deviation = if balance.largest { most } else { sum };
        (self.now.policy.cost_per_unit[at] * deviation, broken)
    }

    /// What makes a changed problem faulty as a whole is told the long way.
    fn whole(&self, sums: &Sums) -> Result<(), LongWay> {
        let stays = |rep: usize| !self.gone[rep];
        let periods = self.compiled.problem.periods();
        let works = |rep: usize| {
            self.now.hours[rep * periods..][..periods]
                .iter()
                .any(|&h| h > 0.0)
        };
        let reps = 0..self.gone.len();
        let somebody = self.reps.is_empty() || reps.clone().any(|rep| stays(rep) && works(rep));
        if somebody && sums.potential <= MOST_MONEY {
            Ok(())
        } else {
            Err(LongWay)
        }
    }
}
