//! What a plan is worth and which rules it breaks, from what a scenario touches.

use std::ops::Range;

use super::compiled::{NONE, Sums, capacity};
use super::evaluator::{Evaluator, FIT, HOURS, LongWay, VISITS_ROW};
use super::gains::Balanced;
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
        self.add_markets(&mut sums);
        for at in 0..self.slots.len() {
            let slot = self.slots[at] as usize;
            self.add_slot(slot, &mut sums, &mut lost);
        }
        if self.every_slot {
            self.add_all_work(&mut sums);
            (0..self.gone.len()).for_each(|rep| self.add_rep(rep, &mut sums));
        } else {
            for &rep in &self.reps {
                self.add_rep(rep as usize, &mut sums);
            }
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
        broken[Rule::Concentration as usize] = self.concentrated();
        broken[Rule::Continuity as usize] = u32::from(share) + u32::from(many);
        Ok(Totals {
            goals,
            broken,
            lost,
        })
    }

    /// Adds what touched markets bring beyond what they bring in the problem as it is, slots and reps
    /// being as they are there.
    fn add_markets(&mut self, sums: &mut Sums) {
        let gains = &self.compiled.gains;
        if self.every_market {
            self.add_row(0..self.now.potential.len(), sums);
            self.add_balanced(&gains.balanced);
            return;
        }
        for at in 0..self.markets.len() {
            let market = self.markets[at] as usize;
            self.add_row(market..market + 1, sums);
            let own =
                gains.balanced_start[market] as usize..gains.balanced_start[market + 1] as usize;
            self.add_balanced(&gains.balanced[own]);
        }
    }

    /// Adds what a row of markets brings beyond what it brings in the problem as it is.
    #[inline]
    fn add_row(&self, row: Range<usize>, sums: &mut Sums) {
        let (now, base, gains) = (&self.now, &self.compiled.base, &self.compiled.gains);
        let now = now.potential[row.clone()]
            .iter()
            .zip(&now.margin[row.clone()]);
        let base = base.potential[row.clone()]
            .iter()
            .zip(&base.margin[row.clone()]);
        let worth = gains.contribution[row.clone()]
            .iter()
            .zip(&gains.loss[row.clone()]);
        let moves = gains.held[row.clone()].iter().zip(&gains.moved[row]);
        for ((now, base), (worth, moves)) in now.zip(base).zip(worth.zip(moves)) {
            let potential = now.0 - base.0;
            let value = now.0 * now.1 - base.0 * base.1;
            sums.contribution += worth.0 * value;
            sums.unserved += worth.1 * value;
            sums.held_potential += moves.0 * potential;
            sums.moved_potential += moves.1 * potential;
            sums.potential += potential;
        }
    }

    /// Adds what the potential of markets changes in balanced amounts.
    #[inline]
    fn add_balanced(&mut self, parts: &[Balanced]) {
        let (now, base) = (&mut self.now, &self.compiled.base);
        for part in parts {
            let market = part.market as usize;
            let potential = now.potential[market] - base.potential[market];
            now.amount[part.amount as usize] += part.share * potential;
        }
    }

    /// Adds what a touched slot brings beyond what it brings at the numbers of its market.
    fn add_slot(&mut self, at: usize, sums: &mut Sums, lost: &mut u32) {
        let compiled = self.compiled;
        let (rep, flags) = (compiled.rep[at], self.slot_flags[at]);
        let market = compiled.market[at] as usize;
        let potential = compiled.value_share[at] * self.now.potential[market];
        let value = potential * self.now.margin[market];
        if rep == NONE {
            let (share, money) = (compiled.base.loss_share[at], compiled.base.loss[at]);
            sums.unserved += self.loss(at) - self.loss_by(at, share, money);
        } else if self.gone[rep as usize] {
            sums.contribution -= value * compiled.base.fit[at];
            sums.km -= compiled.slots[at].km;
            sums.unserved += self.loss(at);
            sums.broken[3] += i64::from(compiled.mandatory[at]);
            for share in compiled.shares_of(at) {
                self.now.amount[share] -= potential;
            }
            *lost += 1;
        } else {
            if flags & FIT != 0 {
                self.refit(at, rep as usize);
                let missed = i64::from(self.now.missed[at]);
                sums.broken[0] += missed - i64::from(compiled.base.missed[at]);
                sums.contribution += value * (self.now.fit[at] - compiled.base.fit[at]);
            }
            if flags & HOURS != 0 && !self.every_slot {
                self.add_work(at, rep as usize, sums);
            }
        }
        let current = compiled.current[at];
        if current != NONE && !self.leaving.is_empty() {
            let moved = current != rep;
            let held_now = !self.gone[current as usize];
            let moved_now = held_now && (rep == NONE || moved || self.gone[rep as usize]);
            let part = |now: bool, before: bool| potential * (f64::from(now) - f64::from(before));
            sums.held_potential += part(held_now, true);
            sums.moved_potential += part(moved_now, moved);
            sums.moves += i64::from(moved_now) - i64::from(moved);
        }
    }

    /// Brings the load and the balanced amounts of all reps up to date.
    fn add_all_work(&mut self, sums: &mut Sums) {
        let compiled = self.compiled;
        for rep in 0..self.gone.len() {
            if self.gone[rep] {
                continue;
            }
            for &slot in compiled.of_rep.of(rep) {
                self.add_work(slot as usize, rep, sums);
            }
        }
    }

    /// Brings the load and the balanced amounts of a slot's rep up to date.
    fn add_work(&mut self, at: usize, rep: usize, sums: &mut Sums) {
        let compiled = self.compiled;
        let base = &compiled.slots[at];
        let visits = self.add_load(at, rep);
        let km = compiled.km_per_visit[at] * visits;
        let work = (self.now.hours_per_visit[at] + compiled.trip[at]) * visits;
        sums.km += km - base.km;
        let reps = self.gone.len();
        for (b, balance) in compiled.balances.iter().enumerate() {
            let more = match balance.metric {
                Metric::Workload => work - base.work,
                Metric::TravelKm => km - base.km,
                Metric::Potential | Metric::Count | Metric::Custom(_) => continue,
            };
            if balance.counts[at] {
                self.now.amount[b * reps + rep] += more;
            }
        }
    }

    /// Brings the load of a slot's rep up to date; visits of the slot.
    fn add_load(&mut self, at: usize, rep: usize) -> f64 {
        let compiled = self.compiled;
        let periods = compiled.problem.periods();
        let row = at * periods..(at + 1) * periods;
        let base = &compiled.base.visits[row.clone()];
        let trip = compiled.trip[at];
        let hours = self.now.hours_per_visit[at] + trip;
        let hours_before = compiled.base.hours_per_visit[at] + trip;
        let load = &mut self.now.load[rep * periods..][..periods];
        if self.slot_flags[at] & VISITS_ROW == 0 {
            let scale = self.now.visits_scale[at];
            let more = hours * scale - hours_before;
            for (load, base) in load.iter_mut().zip(base) {
                *load += more * base;
            }
            return compiled.slots[at].visits * scale;
        }
        let mut visits = 0.0;
        for ((load, now), base) in load.iter_mut().zip(&self.now.visits[row]).zip(base) {
            *load += hours * now - hours_before * base;
            visits += now;
        }
        visits
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

    /// Sources that bring more than their share of what is covered.
    fn concentrated(&self) -> u32 {
        let problem = self.compiled.problem;
        let mut first = self.compiled.balances.len() * self.gone.len();
        let limits = &problem.policy().concentration;
        let (covered, before) = (&self.now.amount, &self.compiled.base.amount);
        let (total, before) = (covered[covered.len() - 1], before[covered.len() - 1]);
        let slack = POTENTIAL_RELATIVE * total + ROUNDING * before;
        let mut broken = 0;
        for (limit, max_share) in limits.iter().zip(&self.now.policy.max_share) {
            let own = &self.now.amount[first..first + limit.sources(problem)];
            first += own.len();
            let most = max_share * total + slack;
            broken += own
                .iter()
                .map(|&amount| u32::from(amount > most))
                .sum::<u32>();
        }
        broken
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
