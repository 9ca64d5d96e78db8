//! A plan under construction, with running totals, so that one change is valued without going
//! through the whole plan. Heuristics and explanations use it; the check does not.

use super::{Plan, idle_base};
use crate::domain::{Balance, CandidateId, Goal, Goals, Penalty, Problem, RepId, SlotId};

/// Slack, relative to the limit, within which a hard limit counts as kept.
const SLACK: f64 = 1e-9;

/// A plan with the totals that its goals and limits depend on.
#[derive(Clone, Debug)]
pub struct Ledger<'p> {
    problem: &'p Problem,
    cover: Vec<Option<CandidateId>>,
    bases: Vec<Option<u32>>,
    /// Hours by rep and period, rep after rep.
    load: Vec<f64>,
    /// Slots by rep.
    count: Vec<u32>,
    /// Amounts by balance and rep, balance after balance.
    amount: Vec<f64>,
    /// Overtime cost by rep.
    overtime: Vec<f64>,
    contribution: f64,
    travel: f64,
    unserved: f64,
    moves: u32,
    moved_potential: f64,
}

impl<'p> Ledger<'p> {
    /// The empty plan.
    #[must_use]
    pub fn new(problem: &'p Problem) -> Self {
        let reps = problem.reps().len();
        let slots = problem.slots();
        let moved = slots.iter().filter(|slot| slot.current.is_some());
        Self {
            problem,
            cover: vec![None; slots.len()],
            bases: Plan::empty(problem).bases,
            load: vec![0.0; reps * problem.periods()],
            count: vec![0; reps],
            amount: vec![0.0; reps * problem.policy().balance.len()],
            overtime: vec![0.0; reps],
            contribution: 0.0,
            travel: 0.0,
            unserved: slots.iter().map(|slot| slot.unserved_loss).sum(),
            moves: u32::try_from(moved.clone().count()).expect("slot ids fit into 32 bits"),
            moved_potential: moved.map(|slot| slot.potential).sum(),
        }
    }

    /// A plan whose every assignment is eligible.
    ///
    /// # Panics
    /// When the plan was made for another problem.
    #[must_use]
    pub fn of(problem: &'p Problem, plan: &Plan) -> Self {
        let mut ledger = Self::new(problem);
        ledger.bases.clone_from(&plan.bases);
        for slot in (0..problem.slots().len()).map(SlotId::at) {
            ledger.assign(slot, plan.candidate(problem, slot));
        }
        ledger
    }

    /// The problem.
    #[must_use]
    pub fn problem(&self) -> &'p Problem {
        self.problem
    }

    /// Who fills a slot.
    #[must_use]
    pub fn cover(&self, slot: SlotId) -> Option<CandidateId> {
        self.cover[slot.index()]
    }

    /// Hours of a rep in each period.
    #[must_use]
    pub fn load(&self, rep: RepId) -> &[f64] {
        let periods = self.problem.periods();
        &self.load[rep.index() * periods..][..periods]
    }

    /// Slots of a rep.
    #[must_use]
    pub fn count(&self, rep: RepId) -> u32 {
        self.count[rep.index()]
    }

    /// The base of a rep; `None` for a candidate that is not hired.
    #[must_use]
    pub fn base(&self, rep: RepId) -> Option<u32> {
        self.bases[rep.index()]
    }

    /// Each rep's amount of a balance, by position in the policy.
    #[must_use]
    pub fn amounts(&self, balance: usize) -> &[f64] {
        let reps = self.problem.reps().len();
        &self.amount[balance * reps..][..reps]
    }

    /// Number of moves against today.
    #[must_use]
    pub fn moves(&self) -> u32 {
        self.moves
    }

    /// Gives a slot to a candidate, or to nobody. The rep takes the candidate's base.
    ///
    /// # Panics
    /// When the candidate is one of another slot.
    pub fn assign(&mut self, slot: SlotId, candidate: Option<CandidateId>) {
        if let Some(old) = self.cover[slot.index()] {
            self.enter(slot, old, -1.0);
        } else {
            self.unserved -= self.problem.slot(slot).unserved_loss;
        }
        self.cover[slot.index()] = candidate;
        if let Some(new) = candidate {
            assert_eq!(self.problem.candidate(new).slot, slot);
            self.enter(slot, new, 1.0);
        } else {
            self.unserved += self.problem.slot(slot).unserved_loss;
        }
    }

    /// Adds (sign 1) or takes away (sign −1) what an assignment brings.
    fn enter(&mut self, slot: SlotId, candidate: CandidateId, sign: f64) {
        let problem = self.problem;
        let entry = problem.slot(slot);
        let candidate = problem.candidate(candidate);
        let rep = candidate.rep.index();
        let periods = problem.periods();
        for (load, visits) in self.load[rep * periods..][..periods]
            .iter_mut()
            .zip(problem.visits_of(slot))
        {
            *load += sign * visits * candidate.hours_per_visit;
        }
        for (at, balance) in problem.policy().balance.iter().enumerate() {
            self.amount[at * problem.reps().len() + rep] +=
                sign * problem.amount(balance, candidate);
        }
        self.contribution += sign * candidate.value;
        self.travel += sign * problem.policy().travel.cost_per_km * problem.travel_km(candidate);
        if entry.current == Some(candidate.rep) {
            self.moved_potential -= sign * entry.potential;
            if sign > 0.0 {
                self.moves -= 1;
            } else {
                self.moves += 1;
            }
        }
        if sign > 0.0 {
            self.count[rep] += 1;
            self.bases[rep] = Some(candidate.base);
        } else {
            self.count[rep] -= 1;
            if self.count[rep] == 0 {
                self.bases[rep] = idle_base(problem, candidate.rep);
            }
        }
        self.overtime[rep] = self.overtime_cost(candidate.rep);
    }

    fn overtime_cost(&self, rep: RepId) -> f64 {
        let entry = self.problem.rep(rep);
        let hours = self.load(rep).iter().zip(&entry.hours);
        let over: f64 = hours.map(|(load, hours)| (load - hours).max(0.0)).sum();
        over * entry.overtime_cost_per_hour
    }

    /// Value of every goal, in money.
    #[must_use]
    pub fn goals(&self) -> Goals {
        let policy = self.problem.policy();
        let mut goals = Goals::default();
        goals[Goal::Contribution] = self.contribution;
        goals[Goal::Travel] = -self.travel;
        goals[Goal::Overtime] = -self.overtime.iter().sum::<f64>();
        goals[Goal::Unserved] = -self.unserved;
        goals[Goal::Continuity] = -policy.cost_per_move * f64::from(self.moves);
        goals[Goal::Balance] = -(0..policy.balance.len())
            .map(|at| self.balance_cost(at))
            .sum::<f64>();
        goals[Goal::Sizing] = -self.fixed_cost();
        goals
    }

    fn fixed_cost(&self) -> f64 {
        let cost = |(rep, base): (&crate::domain::Rep, &Option<u32>)| {
            base.map_or(0.0, |base| rep.bases[base as usize].fixed_cost)
        };
        self.problem.reps().iter().zip(&self.bases).map(cost).sum()
    }

    fn balance_cost(&self, at: usize) -> f64 {
        let balance = &self.problem.policy().balance[at];
        if balance.cost_per_unit <= 0.0 {
            return 0.0;
        }
        let deviations = self.fair_shares(at).map(|(amount, fair)| {
            let band = balance.ideal_within * fair;
            (amount - fair - band).max(fair - band - amount).max(0.0)
        });
        balance.cost_per_unit
            * match balance.penalty {
                Penalty::Sum => deviations.sum::<f64>(),
                Penalty::Largest => deviations.fold(0.0, f64::max),
            }
    }

    /// Amount and fair share of every rep that takes part in a balance.
    fn fair_shares(&self, at: usize) -> impl Iterator<Item = (f64, f64)> + '_ {
        let balance = &self.problem.policy().balance[at];
        let part = |(amount, share): (&f64, &f64)| (*share > 0.0).then_some((*amount, *share));
        let pairs = self.amounts(at).iter().zip(&balance.shares);
        let total: f64 = pairs
            .clone()
            .filter_map(part)
            .map(|(amount, _)| amount)
            .sum();
        pairs
            .filter_map(part)
            .map(move |(amount, share)| (amount, share * total))
    }

    /// How far the totals miss their hard limits, 0 when they keep them: excess hours as a share of
    /// the rep's hours, missing or excess slots, amounts outside the hard band as a share of the
    /// fair share, excess moves. Rules about single slots are the caller's to keep.
    #[must_use]
    pub fn excess(&self) -> f64 {
        let reps: f64 = (0..self.count.len())
            .map(|rep| self.rep_excess(RepId::at(rep)))
            .sum();
        let balance: f64 = (self.problem.policy().balance.iter().enumerate())
            .map(|(at, balance)| self.balance_excess(at, balance))
            .sum();
        reps + balance + self.continuity_excess() + self.hires_excess()
    }

    fn rep_excess(&self, id: RepId) -> f64 {
        let rep = self.problem.rep(id);
        let count = f64::from(self.count(id));
        let mut excess = 0.0;
        if let Some(max) = rep.max_slots {
            excess += (count - f64::from(max)).max(0.0);
        }
        if let Some(min) = rep.min_slots.filter(|_| self.base(id).is_some()) {
            excess += (f64::from(min) - count).max(0.0);
        }
        for (period, load) in self.load(id).iter().enumerate() {
            let limit = rep.hours[period] + rep.overtime_hours[period];
            excess += over(*load, limit);
        }
        excess
    }

    fn balance_excess(&self, at: usize, balance: &Balance) -> f64 {
        self.fair_shares(at)
            .map(|(amount, fair)| {
                let high = balance
                    .max_ratio
                    .map_or(0.0, |max| over(amount, max * fair));
                let low = balance.min_ratio.map_or(0.0, |min| {
                    if amount < min * fair * (1.0 - SLACK) {
                        (min * fair - amount) / fair
                    } else {
                        0.0
                    }
                });
                high + low
            })
            .sum()
    }

    fn continuity_excess(&self) -> f64 {
        let policy = self.problem.policy();
        let moves = policy
            .max_moves
            .map_or(0.0, |max| f64::from(self.moves.saturating_sub(max)));
        let share = policy.max_moved_potential_share.map_or(0.0, |share| {
            let held = self.problem.slots().iter().filter(|s| s.current.is_some());
            let total: f64 = held.map(|slot| slot.potential).sum();
            over(self.moved_potential, share * total)
        });
        moves + share
    }

    fn hires_excess(&self) -> f64 {
        let policy = self.problem.policy();
        let hired = self.problem.reps().iter().zip(&self.bases);
        let hired = hired.filter(|(rep, base)| rep.candidate && base.is_some());
        let hired = u32::try_from(hired.count()).unwrap_or(u32::MAX);
        let above = policy.max_hires.map_or(0, |max| hired.saturating_sub(max));
        let below = policy.min_hires.map_or(0, |min| min.saturating_sub(hired));
        f64::from(above) + f64::from(below)
    }

    /// The plan as it stands.
    #[must_use]
    pub fn plan(&self) -> Plan {
        let rep = |candidate: &Option<CandidateId>| {
            candidate.map(|candidate| self.problem.candidate(candidate).rep)
        };
        Plan {
            coverage: self.cover.iter().map(rep).collect(),
            bases: self.bases.clone(),
        }
    }
}

/// How far `amount` exceeds `limit`, as a share of the limit (or of 1 where that is less).
fn over(amount: f64, limit: f64) -> f64 {
    if amount > limit * (1.0 + SLACK) + SLACK {
        (amount - limit) / limit.max(1.0)
    } else {
        0.0
    }
}
