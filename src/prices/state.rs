//! A plan under search: totals by rep, and what a change of one or two blocks would bring, without
//! making it.
//!
//! Fair shares depend on everybody's total. Trials value the reps they touch at the totals as they
//! are; what others gain or lose by the change in the total waits for [`State::refresh`].

use super::core::{Core, NOBODY};
use super::shares::Covered;
use crate::domain::Penalty;

/// Slack, relative to the limit, within which a hard limit counts as kept.
const SLACK: f64 = 1e-9;
/// Reps that one trial can touch.
const MOST_TOUCHED: usize = 3;

/// A block and the choice it is to get, or [`NOBODY`].
pub(super) type Change = (usize, u32);

/// What a rep's totals cost.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Standing {
    /// Overtime and soft balance, in money; balances with the largest deviation aside.
    cost: f64,
    /// How far hard limits are missed, as shares of them.
    excess: f64,
}

/// How good a plan is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Score {
    /// Weighted goals, in money.
    pub(super) value: f64,
    /// How far hard limits are missed, as shares of them; 0 when all are kept.
    pub(super) excess: f64,
}

/// A rep that a trial touches, with its totals after the change.
#[derive(Clone, Debug, Default)]
struct Touched {
    rep: usize,
    load: Vec<f64>,
    amount: Vec<f64>,
    count: f64,
    standing: Standing,
}

/// The plan, its totals, and room for a trial.
#[derive(Clone, Debug)]
pub(super) struct State<'c> {
    pub(super) core: &'c Core<'c>,
    /// Choice of each block.
    pub(super) holder: Vec<u32>,
    /// Blocks of each rep, in an order that depends on the history.
    held: Vec<Vec<u32>>,
    position: Vec<u32>,
    /// Hours by rep and period.
    load: Vec<f64>,
    /// Amounts by rep and balance.
    amount: Vec<f64>,
    count: Vec<f64>,
    covered: Covered,
    standing: Vec<Standing>,
    /// Amount of each balance over all reps that take part.
    total: Vec<f64>,
    /// For balances that price the largest deviation, the reps that deviate most.
    peaks: Vec<[(f64, usize); MOST_TOUCHED + 1]>,
    movable: Vec<bool>,
    hours: Vec<f64>,
    limit: Vec<f64>,
    gain: f64,
    kept: f64,
    kept_potential: f64,
    missing: f64,
    /// Score of the plan as it stands.
    pub(super) score: Score,
    touched: Vec<Touched>,
    used: usize,
}

impl<'c> State<'c> {
    /// A plan from the choice of each block.
    pub(super) fn new(core: &'c Core<'c>, holder: &[u32], movable: &[bool]) -> Self {
        let problem = core.problem;
        let (reps, periods) = (problem.reps().len(), problem.periods());
        let balances = problem.policy().balance.len();
        let hours: Vec<f64> = problem
            .reps()
            .iter()
            .flat_map(|rep| rep.hours.clone())
            .collect();
        let more = problem
            .reps()
            .iter()
            .flat_map(|rep| rep.overtime_hours.clone());
        let limit = hours
            .iter()
            .zip(more)
            .map(|(hours, more)| hours + more)
            .collect();
        let touched = Touched {
            load: vec![0.0; periods],
            amount: vec![0.0; balances],
            ..Touched::default()
        };
        let mut state = Self {
            core,
            holder: vec![NOBODY; core.blocks.len()],
            held: vec![Vec::new(); reps],
            position: vec![0; core.blocks.len()],
            load: vec![0.0; reps * periods],
            amount: vec![0.0; reps * balances],
            count: vec![0.0; reps],
            covered: Covered::new(&core.shares),
            standing: vec![Standing::default(); reps],
            total: vec![0.0; balances],
            peaks: vec![[(0.0, usize::MAX); MOST_TOUCHED + 1]; balances],
            hours,
            limit,
            movable: movable.to_vec(),
            gain: 0.0,
            kept: 0.0,
            kept_potential: 0.0,
            missing: core
                .blocks
                .iter()
                .map(|block| f64::from(u8::from(block.mandatory)))
                .sum(),
            score: Score {
                value: 0.0,
                excess: 0.0,
            },
            touched: vec![touched; MOST_TOUCHED],
            used: 0,
        };
        for (block, &choice) in holder.iter().enumerate() {
            state.put(block, choice);
        }
        state.refresh();
        state
    }

    /// Rep of a block, if it has one.
    pub(super) fn rep(&self, block: usize) -> Option<usize> {
        let choice = self.holder[block];
        (choice != NOBODY).then(|| self.core.rep[choice as usize] as usize)
    }

    /// Blocks of a rep.
    pub(super) fn held(&self, rep: usize) -> &[u32] {
        &self.held[rep]
    }

    /// Whether giving a block to a rep would give it two roles of a market that must be distinct.
    fn meets_distinct(&self, (block, choice): Change, changes: &[Change]) -> bool {
        if choice == NOBODY {
            return false;
        }
        let rep = self.core.rep[choice as usize];
        self.core.blocks[block].distinct.iter().any(|&other| {
            let new = changes.iter().find(|change| change.0 == other);
            let choice = new.map_or(self.holder[other], |change| change.1);
            choice != NOBODY && self.core.rep[choice as usize] == rep
        })
    }

    /// The score after some changes, which are not made; `None` if they break a rule about single
    /// slots or touch too many reps. Each block may be named once.
    pub(super) fn trial(&mut self, changes: &[Change]) -> Option<Score> {
        if changes
            .iter()
            .any(|&change| self.meets_distinct(change, changes))
        {
            return None;
        }
        self.used = 0;
        self.covered.begin();
        let (mut gain, mut kept, mut kept_potential, mut missing) =
            (self.gain, self.kept, self.kept_potential, self.missing);
        for &(block, choice) in changes {
            for (choice, sign) in [(self.holder[block], -1.0), (choice, 1.0)] {
                if choice == NOBODY {
                    continue;
                }
                if !self.touch(block, choice as usize, sign) {
                    return None;
                }
                gain += sign * self.core.gain[choice as usize];
                kept += sign * self.core.kept[choice as usize];
                kept_potential += sign * self.core.kept_potential[choice as usize];
                if self.core.blocks[block].mandatory {
                    missing -= sign;
                }
            }
        }
        let mut score = Score {
            value: self.score.value + gain - self.gain,
            excess: self.score.excess + missing - self.missing
                + self.continuity(kept, kept_potential)
                - self.continuity(self.kept, self.kept_potential),
        };
        for at in 0..self.used {
            let standing = self.stand(&self.touched[at]);
            self.touched[at].standing = standing;
            let before = self.standing[self.touched[at].rep];
            score.value += before.cost - standing.cost;
            score.excess += standing.excess - before.excess;
        }
        score.value += self.peaks_fall();
        score.excess += self.covered.rise(&self.core.shares);
        Some(score)
    }

    /// Adds to the totals of a touched rep. Whether there was room for one more rep.
    fn touch(&mut self, block: usize, choice: usize, sign: f64) -> bool {
        let core = self.core;
        let rep = core.rep[choice] as usize;
        let known = (0..self.used).find(|&at| self.touched[at].rep == rep);
        let at = match known {
            Some(at) => at,
            None if self.used == MOST_TOUCHED => return false,
            None => self.scratch(rep),
        };
        let touched = &mut self.touched[at];
        add(
            core,
            block,
            choice,
            sign,
            &mut touched.load,
            &mut touched.amount,
        );
        touched.count += sign * core.blocks[block].size();
        self.covered.touch(&core.shares, block, rep, sign);
        true
    }

    /// Copies a rep's totals to the next place for touched reps; which one.
    fn scratch(&mut self, rep: usize) -> usize {
        let (periods, balances) = (self.core.problem.periods(), self.total.len());
        let touched = &mut self.touched[self.used];
        touched.rep = rep;
        touched
            .load
            .copy_from_slice(&self.load[rep * periods..][..periods]);
        touched
            .amount
            .copy_from_slice(&self.amount[rep * balances..][..balances]);
        touched.count = self.count[rep];
        self.used += 1;
        self.used - 1
    }

    /// Makes the changes of the last trial, which must be these.
    pub(super) fn keep(&mut self, changes: &[Change], score: Score) {
        for at in 0..self.used {
            let touched = &self.touched[at];
            self.standing[touched.rep] = touched.standing;
        }
        for &(block, choice) in changes {
            self.place(block, choice);
        }
        self.score = score;
        self.find_peaks();
    }

    /// Gives a block to a choice, unless its rep must be another than that of a block placed before;
    /// whether it did. The score waits for [`State::refresh`].
    pub(super) fn put(&mut self, block: usize, choice: u32) -> bool {
        let free = !self.meets_distinct((block, choice), &[]);
        if free {
            self.place(block, choice);
        }
        free
    }

    /// Gives a block to a choice and brings the totals up to date.
    fn place(&mut self, block: usize, choice: u32) {
        let old = self.holder[block];
        if old != NOBODY {
            self.enter(block, old as usize, -1.0);
            let rep = self.core.rep[old as usize] as usize;
            let at = self.position[block] as usize;
            if self.movable[block] {
                self.held[rep].swap_remove(at);
                if let Some(&moved) = self.held[rep].get(at) {
                    self.position[moved as usize] = self.position[block];
                }
            }
        }
        self.holder[block] = choice;
        if choice != NOBODY {
            self.enter(block, choice as usize, 1.0);
            let rep = self.core.rep[choice as usize] as usize;
            if self.movable[block] {
                self.position[block] = u32::try_from(self.held[rep].len()).unwrap_or(u32::MAX);
                self.held[rep].push(u32::try_from(block).unwrap_or(u32::MAX));
            }
        }
    }

    fn enter(&mut self, block: usize, choice: usize, sign: f64) {
        let core = self.core;
        let (periods, balances) = (core.problem.periods(), self.total.len());
        let rep = core.rep[choice] as usize;
        let load = &mut self.load[rep * periods..][..periods];
        let amount = &mut self.amount[rep * balances..][..balances];
        add(core, block, choice, sign, load, amount);
        for (at, more) in core.amounts_of(choice).iter().enumerate() {
            if core.problem.policy().balance[at].shares[rep] > 0.0 {
                self.total[at] += sign * more;
            }
        }
        self.count[rep] += sign * core.blocks[block].size();
        self.covered.enter(&core.shares, block, rep, sign);
        self.gain += sign * core.gain[choice];
        self.kept += sign * core.kept[choice];
        self.kept_potential += sign * core.kept_potential[choice];
        if core.blocks[block].mandatory {
            self.missing -= sign;
        }
    }

    /// The rep who is farthest beyond limits, if any is.
    pub(super) fn worst(&self) -> Option<usize> {
        let over = self
            .standing
            .iter()
            .enumerate()
            .filter(|(_, own)| own.excess > 0.0);
        over.max_by(|a, b| a.1.excess.total_cmp(&b.1.excess))
            .map(|(rep, _)| rep)
    }

    /// Values everything anew, at the totals as they are.
    pub(super) fn refresh(&mut self) {
        let (periods, balances) = (self.core.problem.periods(), self.total.len());
        let mut sum = Standing::default();
        for rep in 0..self.count.len() {
            if self.count[rep] < 0.5 {
                // What rounding has left would count as hours in a month on leave.
                self.load[rep * periods..][..periods].fill(0.0);
                self.amount[rep * balances..][..balances].fill(0.0);
            }
        }
        self.sum_up();
        for rep in 0..self.count.len() {
            self.used = 0;
            self.scratch(rep);
            let standing = self.stand(&self.touched[0]);
            self.standing[rep] = standing;
            sum.cost += standing.cost;
            sum.excess += standing.excess;
        }
        self.find_peaks();
        let reps = self.core.problem.reps().iter().enumerate();
        let there = reps.filter(|(_, rep)| !rep.candidate);
        let fixed: f64 = there.map(|(rep, _)| self.core.fixed_cost(rep)).sum();
        let peaks: f64 = (0..balances)
            .map(|at| self.peak_price(at) * self.peaks[at][0].0)
            .sum();
        self.score = Score {
            value: self.core.idle + self.gain - fixed - sum.cost - peaks,
            excess: sum.excess
                + self.missing
                + self.continuity(self.kept, self.kept_potential)
                + self.covered.excess(&self.core.shares),
        };
    }

    /// Totals anew: changes one after another would leave rounding behind, and that is no fair share.
    fn sum_up(&mut self) {
        let balances = self.total.len();
        for (at, balance) in self.core.problem.policy().balance.iter().enumerate() {
            let reps = balance.shares.iter().enumerate();
            let part = reps.filter(|(_, share)| **share > 0.0);
            self.total[at] = part.map(|(rep, _)| self.amount[rep * balances + at]).sum();
        }
    }

    /// What a rep's totals cost.
    fn stand(&self, touched: &Touched) -> Standing {
        let core = self.core;
        let periods = core.problem.periods();
        let rep = &core.problem.reps()[touched.rep];
        let hours = &self.hours[touched.rep * periods..][..periods];
        let limit = &self.limit[touched.rep * periods..][..periods];
        let (mut overtime, mut excess) = (0.0, 0.0);
        for ((load, hours), limit) in touched.load.iter().zip(hours).zip(limit) {
            overtime += (load - hours).max(0.0);
            let over = load - limit;
            if over > SLACK * limit + SLACK {
                excess += over / limit.max(1.0);
            }
        }
        let mut cost = overtime * core.overtime_price(touched.rep);
        if touched.count > 0.0 {
            if rep.candidate {
                cost += core.fixed_cost(touched.rep);
            }
            excess += rep
                .min_slots
                .map_or(0.0, |least| (f64::from(least) - touched.count).max(0.0));
        } else if !rep.candidate {
            excess += rep.min_slots.map_or(0.0, f64::from);
        }
        excess += rep
            .max_slots
            .map_or(0.0, |most| (touched.count - f64::from(most)).max(0.0));
        for (at, balance) in core.problem.policy().balance.iter().enumerate() {
            let share = balance.shares[touched.rep];
            if share <= 0.0 {
                continue;
            }
            let (amount, fair) = (touched.amount[at], share * self.total[at]);
            if balance.penalty == Penalty::Sum {
                let off = (amount - fair).abs() - balance.ideal_within * fair;
                cost += core.balance_price(balance) * off.max(0.0);
            }
            excess += outside(amount, fair, balance.min_ratio, balance.max_ratio);
        }
        Standing { cost, excess }
    }

    /// How far the limits on moves are missed.
    fn continuity(&self, kept: f64, kept_potential: f64) -> f64 {
        let policy = self.core.problem.policy();
        let moves = policy.max_moves.map_or(0.0, |most| {
            (self.core.held - kept - f64::from(most)).max(0.0)
        });
        let potential = policy.max_moved_potential_share.map_or(0.0, |share| {
            let most = share * self.core.held_potential;
            let over = self.core.held_potential - kept_potential - most;
            if over > SLACK * most + SLACK {
                over / self.core.usual_potential()
            } else {
                0.0
            }
        });
        moves + potential
    }

    /// Price of the largest deviation of a balance; 0 where all deviations are priced.
    fn peak_price(&self, at: usize) -> f64 {
        let balance = &self.core.problem.policy().balance[at];
        match balance.penalty {
            Penalty::Largest => self.core.balance_price(balance),
            Penalty::Sum => 0.0,
        }
    }

    fn deviation(&self, at: usize, rep: usize, amount: f64) -> f64 {
        let balance = &self.core.problem.policy().balance[at];
        let fair = balance.shares[rep] * self.total[at];
        if balance.shares[rep] > 0.0 {
            ((amount - fair).abs() - balance.ideal_within * fair).max(0.0)
        } else {
            0.0
        }
    }

    fn find_peaks(&mut self) {
        let balances = self.total.len();
        for at in 0..balances {
            if self.peak_price(at) <= 0.0 {
                continue;
            }
            let mut peaks = [(0.0, usize::MAX); MOST_TOUCHED + 1];
            for rep in 0..self.count.len() {
                let mut next = (
                    self.deviation(at, rep, self.amount[rep * balances + at]),
                    rep,
                );
                for peak in &mut peaks {
                    if next.0 > peak.0 {
                        std::mem::swap(peak, &mut next);
                    }
                }
            }
            self.peaks[at] = peaks;
        }
    }

    /// What the trial saves on largest deviations, in money.
    fn peaks_fall(&self) -> f64 {
        let mut saved = 0.0;
        for at in 0..self.total.len() {
            let price = self.peak_price(at);
            if price <= 0.0 {
                continue;
            }
            let touched = &self.touched[..self.used];
            let others = self.peaks[at].iter();
            let other = others.filter(|peak| touched.iter().all(|t| t.rep != peak.1));
            let other = other.map(|peak| peak.0).fold(0.0, f64::max);
            let new = touched
                .iter()
                .map(|t| self.deviation(at, t.rep, t.amount[at]));
            saved += price * (self.peaks[at][0].0 - new.fold(other, f64::max));
        }
        saved
    }
}

/// Adds what a choice takes to a rep's totals.
fn add(
    core: &Core<'_>,
    block: usize,
    choice: usize,
    sign: f64,
    load: &mut [f64],
    amount: &mut [f64],
) {
    for (&hours, &profile) in core.hours_of(block, choice).iter().zip(core.parts(block)) {
        let hours = sign * hours;
        for (load, share) in load.iter_mut().zip(core.profile(profile)) {
            *load += hours * share;
        }
    }
    for (amount, more) in amount.iter_mut().zip(core.amounts_of(choice)) {
        *amount += sign * more;
    }
}

/// How far an amount lies outside its hard band, as a share of the fair share.
fn outside(amount: f64, fair: f64, least: Option<f64>, most: Option<f64>) -> f64 {
    let slack = SLACK * fair + SLACK;
    let unit = fair.max(1e-9);
    let above = most.map_or(0.0, |most| amount - most * fair);
    let below = least.map_or(0.0, |least| least * fair - amount);
    if above > slack {
        above / unit
    } else if below > slack {
        below / unit
    } else {
        0.0
    }
}
