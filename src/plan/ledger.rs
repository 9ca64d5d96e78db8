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
    standings: Vec<Standing>,
    /// Hours by rep and period, rep after rep.
    load: Vec<f64>,
    /// Amounts by balance and rep, balance after balance.
    amount: Vec<f64>,
    /// Revenue by limit on concentration and source, limit after limit.
    revenue: Vec<f64>,
    sums: Sums,
    /// Potential of all slots with a current rep, and of all slots.
    held_potential: f64,
    all_potential: f64,
}

/// What a rep has, apart from hours and amounts.
#[derive(Clone, Copy, Debug)]
struct Standing {
    base: Option<u32>,
    count: u32,
    /// Cost of overtime, in money.
    overtime: f64,
    /// Fixed cost of the base, in money.
    fixed: f64,
    /// How far the rep's own limits are missed.
    excess: f64,
}

/// Totals over all slots.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    contribution: f64,
    revenue: f64,
    travel: f64,
    unserved: f64,
    moves: u32,
    moved_potential: f64,
}

/// The state of a few slots and reps, to go back to. Adding and taking away again leaves rounding
/// errors that a search would pile up; going back leaves none.
#[derive(Clone, Debug, Default)]
pub struct Savepoint {
    sums: Sums,
    cover: Vec<(SlotId, Option<CandidateId>)>,
    standings: Vec<(RepId, Standing)>,
    /// Loads, then amounts, of each rep saved.
    numbers: Vec<f64>,
    /// Revenue of all sources.
    revenue: Vec<f64>,
}

impl<'p> Ledger<'p> {
    /// The empty plan.
    #[must_use]
    pub fn new(problem: &'p Problem) -> Self {
        let reps = problem.reps().len();
        let slots = problem.slots();
        let held = slots.iter().filter(|slot| slot.current.is_some());
        let held_potential = held.clone().map(|slot| slot.potential).sum();
        let empty = Standing {
            base: None,
            count: 0,
            overtime: 0.0,
            fixed: 0.0,
            excess: 0.0,
        };
        let mut ledger = Self {
            problem,
            cover: vec![None; slots.len()],
            standings: vec![empty; reps],
            load: vec![0.0; reps * problem.periods()],
            amount: vec![0.0; reps * problem.policy().balance.len()],
            revenue: vec![0.0; sources(problem).sum()],
            sums: Sums {
                unserved: slots.iter().map(|slot| slot.unserved_loss).sum(),
                moves: u32::try_from(held.count()).expect("slot ids fit into 32 bits"),
                moved_potential: held_potential,
                ..Sums::default()
            },
            held_potential,
            all_potential: slots.iter().map(|slot| slot.potential).sum(),
        };
        ledger.set_bases(&Plan::empty(problem).bases);
        ledger
    }

    /// A plan whose every assignment is eligible.
    ///
    /// # Panics
    /// When the plan was made for another problem.
    #[must_use]
    pub fn of(problem: &'p Problem, plan: &Plan) -> Self {
        let mut ledger = Self::new(problem);
        ledger.set_bases(&plan.bases);
        for slot in (0..problem.slots().len()).map(SlotId::at) {
            ledger.assign(slot, plan.candidate(problem, slot));
        }
        ledger
    }

    fn set_bases(&mut self, bases: &[Option<u32>]) {
        for (at, &base) in bases.iter().enumerate() {
            self.standings[at].base = base;
            self.update(RepId::at(at));
        }
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
        self.standings[rep.index()].count
    }

    /// The base of a rep; `None` for a candidate that is not hired.
    #[must_use]
    pub fn base(&self, rep: RepId) -> Option<u32> {
        self.standings[rep.index()].base
    }

    /// Each rep's amount of a balance, by position in the policy.
    #[must_use]
    pub fn amounts(&self, balance: usize) -> &[f64] {
        let reps = self.problem.reps().len();
        &self.amount[balance * reps..][..reps]
    }

    /// Potential of the slots that are served, in money.
    #[must_use]
    pub fn revenue(&self) -> f64 {
        self.sums.revenue
    }

    /// Number of moves against today.
    #[must_use]
    pub fn moves(&self) -> u32 {
        self.sums.moves
    }

    /// Gives a slot to a candidate, or to nobody. The rep takes the candidate's base.
    ///
    /// # Panics
    /// When the candidate is one of another slot.
    pub fn assign(&mut self, slot: SlotId, candidate: Option<CandidateId>) {
        if let Some(old) = self.cover[slot.index()] {
            self.enter(slot, old, -1.0);
        } else {
            self.sums.unserved -= self.problem.slot(slot).unserved_loss;
        }
        self.cover[slot.index()] = candidate;
        if let Some(new) = candidate {
            assert_eq!(self.problem.candidate(new).slot, slot);
            self.enter(slot, new, 1.0);
        } else {
            self.sums.unserved += self.problem.slot(slot).unserved_loss;
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
        let mut first = 0;
        for limit in &problem.policy().concentration {
            if let Some(source) = limit.source_of(entry.market, candidate.rep) {
                self.revenue[first + source as usize] += sign * entry.potential;
            }
            first += limit.sources(problem);
        }
        let sums = &mut self.sums;
        sums.revenue += sign * entry.potential;
        sums.contribution += sign * candidate.value;
        sums.travel += sign * problem.policy().travel.cost_per_km * problem.travel_km(candidate);
        if entry.current == Some(candidate.rep) {
            sums.moved_potential -= sign * entry.potential;
            if sign > 0.0 {
                sums.moves -= 1;
            } else {
                sums.moves += 1;
            }
        }
        let standing = &mut self.standings[rep];
        if sign > 0.0 {
            standing.count += 1;
            standing.base = Some(candidate.base);
        } else {
            standing.count -= 1;
            if standing.count == 0 {
                standing.base = idle_base(problem, candidate.rep);
                // What rounding has left would count as hours in a month on leave, and as somebody's
                // share where nobody has anything.
                self.load[rep * periods..][..periods].fill(0.0);
                let amounts = self.amount.iter_mut().skip(rep);
                for amount in amounts.step_by(problem.reps().len()) {
                    *amount = 0.0;
                }
            }
        }
        self.update(candidate.rep);
    }

    /// Brings what follows from a rep's hours, slots and base up to date.
    fn update(&mut self, id: RepId) {
        let rep = self.problem.rep(id);
        let (mut overtime, mut excess) = (0.0, 0.0);
        for (period, &load) in self.load(id).iter().enumerate() {
            let hours = rep.hours[period];
            overtime += (load - hours).max(0.0);
            excess += over(load, hours + rep.overtime_hours[period]);
        }
        let standing = &mut self.standings[id.index()];
        let count = f64::from(standing.count);
        if let Some(max) = rep.max_slots {
            excess += (count - f64::from(max)).max(0.0);
        }
        if let Some(min) = rep.min_slots.filter(|_| standing.base.is_some()) {
            excess += (f64::from(min) - count).max(0.0);
        }
        standing.overtime = overtime * rep.overtime_cost_per_hour;
        standing.fixed = (standing.base).map_or(0.0, |base| rep.bases[base as usize].fixed_cost);
        standing.excess = excess;
    }

    /// Saves the state of slots and reps in `point`, whose memory is used again.
    pub fn save(
        &self,
        point: &mut Savepoint,
        slots: impl IntoIterator<Item = SlotId>,
        reps: impl IntoIterator<Item = RepId>,
    ) {
        point.sums = self.sums;
        point.revenue.clone_from(&self.revenue);
        point.cover.clear();
        let cover = slots.into_iter().map(|slot| (slot, self.cover(slot)));
        point.cover.extend(cover);
        point.standings.clear();
        point.numbers.clear();
        for rep in reps {
            point.standings.push((rep, self.standings[rep.index()]));
            point.numbers.extend_from_slice(self.load(rep));
            let amounts = self.amount.iter().skip(rep.index());
            point.numbers.extend(amounts.step_by(self.standings.len()));
        }
    }

    /// Goes back to a saved state. Only the slots and reps that were saved may have changed since.
    pub fn restore(&mut self, point: &Savepoint) {
        self.sums = point.sums;
        self.revenue.clone_from(&point.revenue);
        for &(slot, candidate) in &point.cover {
            self.cover[slot.index()] = candidate;
        }
        let periods = self.problem.periods();
        let stride = periods + self.problem.policy().balance.len();
        for (at, &(rep, standing)) in point.standings.iter().enumerate() {
            let (load, amounts) = point.numbers[at * stride..][..stride].split_at(periods);
            self.load[rep.index() * periods..][..periods].copy_from_slice(load);
            for (balance, &amount) in amounts.iter().enumerate() {
                self.amount[balance * self.standings.len() + rep.index()] = amount;
            }
            self.standings[rep.index()] = standing;
        }
    }

    /// Value of every goal, in money.
    #[must_use]
    pub fn goals(&self) -> Goals {
        let policy = self.problem.policy();
        let mut goals = Goals::default();
        goals[Goal::Contribution] = self.sums.contribution;
        goals[Goal::Travel] = -self.sums.travel;
        goals[Goal::Overtime] = -self.standings.iter().map(|rep| rep.overtime).sum::<f64>();
        goals[Goal::Unserved] = -self.sums.unserved;
        goals[Goal::Continuity] = -policy.cost_per_move * f64::from(self.sums.moves);
        goals[Goal::Balance] = -(0..policy.balance.len())
            .map(|at| self.balance_cost(at))
            .sum::<f64>();
        goals[Goal::Sizing] = -self.standings.iter().map(|rep| rep.fixed).sum::<f64>();
        goals
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
    /// fair share, excess moves, revenue of a source beyond its share. Rules about single slots are the caller's to keep.
    #[must_use]
    pub fn excess(&self) -> f64 {
        let reps: f64 = self.standings.iter().map(|rep| rep.excess).sum();
        let balance: f64 = (self.problem.policy().balance.iter().enumerate())
            .map(|(at, balance)| self.balance_excess(at, balance))
            .sum();
        let totals = self.continuity_excess() + self.concentration_excess();
        reps + balance + totals + self.hires_excess()
    }

    fn balance_excess(&self, at: usize, balance: &Balance) -> f64 {
        if balance.min_ratio.is_none() && balance.max_ratio.is_none() {
            return 0.0;
        }
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
            .map_or(0.0, |max| f64::from(self.sums.moves.saturating_sub(max)));
        let share = policy.max_moved_potential_share.map_or(0.0, |share| {
            over(self.sums.moved_potential, share * self.held_potential)
        });
        moves + share
    }

    fn concentration_excess(&self) -> f64 {
        let mut rest = self.revenue.as_slice();
        let mut excess = 0.0;
        for limit in &self.problem.policy().concentration {
            let (own, others) = rest.split_at(limit.sources(self.problem));
            rest = others;
            // What rounding has left of a revenue of 0 would count as somebody's.
            let most = limit.max_share * self.sums.revenue + SLACK * self.all_potential;
            excess += own.iter().map(|&amount| over(amount, most)).sum::<f64>();
        }
        excess
    }

    fn hires_excess(&self) -> f64 {
        let policy = self.problem.policy();
        if policy.min_hires.is_none() && policy.max_hires.is_none() {
            return 0.0;
        }
        let hired = self.hires();
        let above = policy.max_hires.map_or(0, |max| hired.saturating_sub(max));
        let below = policy.min_hires.map_or(0, |min| min.saturating_sub(hired));
        f64::from(above) + f64::from(below)
    }

    /// Number of candidates hired.
    #[must_use]
    pub fn hires(&self) -> u32 {
        let hired = self.problem.reps().iter().zip(&self.standings);
        let hired = hired.filter(|(rep, standing)| rep.candidate && standing.base.is_some());
        u32::try_from(hired.count()).unwrap_or(u32::MAX)
    }

    /// The plan as it stands.
    #[must_use]
    pub fn plan(&self) -> Plan {
        let rep = |candidate: &Option<CandidateId>| {
            candidate.map(|candidate| self.problem.candidate(candidate).rep)
        };
        Plan {
            coverage: self.cover.iter().map(rep).collect(),
            bases: self.standings.iter().map(|rep| rep.base).collect(),
        }
    }
}

/// Number of sources of each limit on concentration.
fn sources(problem: &Problem) -> impl Iterator<Item = usize> + '_ {
    let limits = problem.policy().concentration.iter();
    limits.map(|limit| limit.sources(problem))
}

/// How far `amount` exceeds `limit`, as a share of the limit (or of 1 where that is less).
fn over(amount: f64, limit: f64) -> f64 {
    if amount > limit * (1.0 + SLACK) + SLACK {
        (amount - limit) / limit.max(1.0)
    } else {
        0.0
    }
}
