//! A problem and a plan as flat arrays, with all totals of the plan.

use super::gains::Gains;
use crate::check::{Violation, verify};
use crate::domain::{Goals, Market, MarketId, Metric, Penalty, Problem, RepId, Role, Rule, SlotId};
use crate::plan::Plan;

/// Nobody.
pub(super) const NONE: u32 = u32::MAX;

/// Rules whose violations are counted anew in every scenario. A plan that breaks others is checked
/// the long way.
const COUNTED: [Rule; 6] = [
    Rule::Capacity,
    Rule::Count,
    Rule::Balance,
    Rule::Concentration,
    Rule::Continuity,
    Rule::Unserved,
];

/// Numbers that changes may touch: once as they are in the problem, once for the scenario.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbers {
    /// By market.
    pub(super) potential: Vec<f64>,
    pub(super) margin: Vec<f64>,
    /// By slot: hours of a visit there, loss in money, loss as a share (NaN where it is money).
    pub(super) hours_per_visit: Vec<f64>,
    pub(super) loss: Vec<f64>,
    pub(super) loss_share: Vec<f64>,
    /// By slot: fit and ability of the plan's rep, and the needs that the rep does not meet.
    pub(super) fit: Vec<f64>,
    pub(super) missed: Vec<u32>,
    /// By slot and period, and by slot a factor on all of them.
    pub(super) visits: Vec<f64>,
    pub(super) visits_scale: Vec<f64>,
    /// By rep and period: hours, overtime allowed, work.
    pub(super) hours: Vec<f64>,
    pub(super) overtime: Vec<f64>,
    pub(super) load: Vec<f64>,
    /// By rep.
    pub(super) overtime_cost: Vec<f64>,
    pub(super) acquisition: Vec<f64>,
    pub(super) relationship: Vec<f64>,
    /// By rep and skill.
    pub(super) skills: Vec<f64>,
    /// By balance and rep; then potential covered by limit of concentration and source; then all
    /// that is covered.
    pub(super) amount: Vec<f64>,
    pub(super) policy: PolicyNumbers,
}

/// Numbers of the policy that changes may touch.
#[derive(Clone, Debug, Default)]
pub(super) struct PolicyNumbers {
    pub(super) levels: Vec<Goals>,
    pub(super) cost_per_move: f64,
    pub(super) cost_per_km: f64,
    /// −1 where there is no limit.
    pub(super) max_moves: f64,
    /// +∞ where there is no limit.
    pub(super) max_moved_share: f64,
    pub(super) ideal_within: Vec<f64>,
    pub(super) cost_per_unit: Vec<f64>,
    /// By limit of concentration.
    pub(super) max_share: Vec<f64>,
}

/// A balance, apart from what changes may touch.
#[derive(Clone, Debug)]
pub(super) struct FlatBalance {
    pub(super) metric: Metric,
    pub(super) largest: bool,
    /// Limits as multiples of the fair share; 0 and +∞ where there are none.
    pub(super) min_ratio: f64,
    pub(super) max_ratio: f64,
    /// By rep.
    pub(super) shares: Vec<f64>,
    /// By slot, whether it counts.
    pub(super) counts: Vec<bool>,
}

/// What a slot takes in the problem as it is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SlotTotals {
    /// Visits in all periods, and most in one.
    pub(super) visits: f64,
    pub(super) most_visits: f64,
    /// Kilometres and hours where it is served.
    pub(super) km: f64,
    pub(super) work: f64,
}

/// Totals of a plan that single slots and reps add to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    pub(super) contribution: f64,
    pub(super) km: f64,
    pub(super) unserved: f64,
    /// Cost of overtime.
    pub(super) overtime: f64,
    /// Fixed costs.
    pub(super) fixed: f64,
    pub(super) potential: f64,
    pub(super) held_potential: f64,
    pub(super) moved_potential: f64,
    pub(super) moves: i64,
    /// Violations by rule: eligibility, capacity, count, unserved.
    pub(super) broken: [i64; 4],
}

/// Lists of slots, one after another.
#[derive(Clone, Debug, Default)]
pub(super) struct Lists {
    start: Vec<u32>,
    slots: Vec<u32>,
}

impl Lists {
    /// Slots by what they belong to, below `count`; those that belong to nothing are left out.
    fn new(count: usize, owner: &[u32]) -> Self {
        let mut lists = Self::default();
        lists.start.push(0);
        let mut by_owner: Vec<Vec<u32>> = vec![Vec::new(); count];
        for (slot, &owner) in (0_u32..).zip(owner) {
            if let Some(list) = by_owner.get_mut(owner as usize) {
                list.push(slot);
            }
        }
        for list in by_owner {
            lists.slots.extend(list);
            lists
                .start
                .push(u32::try_from(lists.slots.len()).unwrap_or(NONE));
        }
        lists
    }

    pub(super) fn of(&self, at: usize) -> &[u32] {
        &self.slots[self.start[at] as usize..self.start[at + 1] as usize]
    }
}

/// A problem and a plan, ready for scenarios that keep the plan.
#[derive(Debug)]
pub struct Compiled<'p> {
    pub(super) problem: &'p Problem,
    pub(super) plan: &'p Plan,
    /// Whether flat arrays tell everything about this plan.
    pub(super) flat: bool,
    pub(super) base: Numbers,
    pub(super) sums: Sums,
    pub(super) slots: Vec<SlotTotals>,
    pub(super) gains: Gains,
    pub(super) market: Vec<u32>,
    pub(super) rep: Vec<u32>,
    pub(super) current: Vec<u32>,
    pub(super) mandatory: Vec<bool>,
    pub(super) value_share: Vec<f64>,
    /// Hours of travel for a visit, and kilometres for a visit.
    pub(super) trip: Vec<f64>,
    pub(super) km_per_visit: Vec<f64>,
    pub(super) of_rep: Lists,
    pub(super) of_current: Lists,
    pub(super) balances: Vec<FlatBalance>,
    /// By rep: cost of overtime, violations of capacity and of count, fixed cost.
    pub(super) rep_overtime: Vec<f64>,
    pub(super) rep_capacity: Vec<i64>,
    pub(super) rep_count: Vec<i64>,
    pub(super) rep_fixed: Vec<f64>,
}

impl<'p> Compiled<'p> {
    /// Lays a plan out. A plan that does not fit the problem breaks its rules in every scenario.
    #[must_use]
    pub fn new(problem: &'p Problem, plan: &'p Plan) -> Self {
        let slots = problem.slots().len();
        let fits = plan.coverage.len() == slots && plan.bases.len() == problem.reps().len();
        let violations = verify(problem, plan).violations;
        let counted = |v: &Violation| COUNTED.contains(&v.rule);
        let flat = fits && violations.iter().all(counted);
        let rep = |at: usize| match plan.coverage.get(at).copied().flatten() {
            Some(rep) if flat => rep.0,
            _ => NONE,
        };
        let rep: Vec<u32> = (0..slots).map(rep).collect();
        let entries = problem.slots();
        let market: Vec<u32> = entries.iter().map(|slot| slot.market.0).collect();
        let current = entries
            .iter()
            .map(|slot| slot.current.map_or(NONE, |r| r.0));
        let current: Vec<u32> = current.collect();
        let reps = problem.reps().len();
        let mut compiled = Self {
            problem,
            plan,
            flat,
            base: numbers(problem),
            sums: Sums::default(),
            slots: vec![SlotTotals::default(); slots],
            gains: Gains::default(),
            of_rep: Lists::new(reps, &rep),
            of_current: Lists::new(reps, &current),
            market,
            rep,
            current,
            mandatory: entries.iter().map(|slot| slot.mandatory).collect(),
            value_share: (entries.iter())
                .map(|slot| problem.roles()[slot.role.index()].value_share)
                .collect(),
            trip: vec![0.0; slots],
            km_per_visit: vec![0.0; slots],
            balances: balances(problem),
            rep_overtime: vec![0.0; reps],
            rep_capacity: vec![0; reps],
            rep_count: vec![0; reps],
            rep_fixed: vec![0.0; reps],
        };
        if flat {
            compiled.add_slots();
            compiled.add_reps();
            compiled.gains = Gains::new(&compiled);
            compiled.add_shares();
            let count = |rule: Rule| {
                let own = violations.iter().filter(|v| v.rule == rule);
                i64::try_from(own.count()).unwrap_or(i64::MAX)
            };
            let (capacity, own) = (count(Rule::Capacity), count(Rule::Count));
            compiled.sums.broken = [0, capacity, own, count(Rule::Unserved)];
        }
        compiled
    }

    fn add_slots(&mut self) {
        let (problem, plan, periods) = (self.problem, self.plan, self.problem.periods());
        let travel = problem.policy().travel;
        for at in 0..self.slots.len() {
            let slot = problem.slot(SlotId::at(at));
            let visits = problem.visits_of(SlotId::at(at)).iter().copied();
            let mut totals = SlotTotals {
                visits: slot.visits,
                most_visits: visits.fold(0.0, f64::max),
                ..SlotTotals::default()
            };
            let served = plan.coverage[at].and_then(|rep| Some((rep, plan.bases[rep.index()]?)));
            if let Some((rep, base)) = served {
                let km = problem.km(rep, base, slot.market);
                let trip = travel.overhead_hours_per_trip + 2.0 * km / travel.speed_km_per_hour;
                self.trip[at] = trip / travel.visits_per_trip;
                self.km_per_visit[at] = 2.0 * km / travel.visits_per_trip;
                let entry = &problem.reps()[rep.index()];
                let market = problem.market(slot.market);
                let role = &problem.roles()[slot.role.index()];
                let abilities = (entry.acquisition, entry.relationship);
                let (fit, missed) = fit(market, role, &entry.skills, abilities);
                (self.base.fit[at], self.base.missed[at]) = (fit, missed);
                self.sums.contribution += slot.potential * market.margin * fit;
                totals.km = self.km_per_visit[at] * slot.visits;
                let hours = slot.hours_per_visit + self.trip[at];
                totals.work = hours * slot.visits;
                let load = &mut self.base.load[rep.index() * periods..][..periods];
                for (load, visits) in load.iter_mut().zip(problem.visits_of(SlotId::at(at))) {
                    *load += hours * visits;
                }
            }
            self.slots[at] = totals;
            self.add_slot(at, &totals);
        }
    }

    /// Adds a slot to the sums and the amounts.
    fn add_slot(&mut self, at: usize, totals: &SlotTotals) {
        let (rep, current) = (self.rep[at], self.current[at]);
        let slot = self.problem.slot(SlotId::at(at));
        let sums = &mut self.sums;
        if rep == NONE {
            sums.unserved += slot.unserved_loss;
        } else {
            sums.km += totals.km;
            let reps = self.problem.reps().len();
            for (b, balance) in self
                .balances
                .iter()
                .enumerate()
                .filter(|(_, b)| b.counts[at])
            {
                let market = &self.problem.markets()[self.market[at] as usize];
                self.base.amount[b * reps + rep as usize] += match balance.metric {
                    Metric::Workload => totals.work,
                    Metric::Potential => slot.potential,
                    Metric::Count => 1.0,
                    Metric::TravelKm => totals.km,
                    Metric::Custom(metric) => market.metrics[metric as usize],
                };
            }
        }
        if current != NONE {
            sums.held_potential += slot.potential;
            if current != rep {
                sums.moved_potential += slot.potential;
                sums.moves += 1;
            }
        }
    }

    /// Positions of the amounts that a served slot's potential counts for where concentration is
    /// limited: its source by limit, and all that is covered.
    pub(super) fn shares_of(&self, at: usize) -> impl Iterator<Item = usize> {
        let limits = &self.problem.policy().concentration;
        let (market, rep) = (MarketId(self.market[at]), RepId(self.rep[at]));
        let mut first = self.balances.len() * self.problem.reps().len();
        let own = limits.iter().filter_map(move |limit| {
            let source = limit.source_of(market, rep);
            let begin = first;
            first += limit.sources(self.problem);
            source.map(|source| begin + source as usize)
        });
        let covered = (!limits.is_empty()).then(|| self.base.amount.len() - 1);
        own.chain(covered)
    }

    /// Adds the potential covered of each source.
    fn add_shares(&mut self) {
        for at in (0..self.slots.len()).filter(|&at| self.rep[at] != NONE) {
            let potential = self.problem.slot(SlotId::at(at)).potential;
            let own: Vec<usize> = self.shares_of(at).collect();
            own.iter()
                .for_each(|&share| self.base.amount[share] += potential);
        }
    }

    fn add_reps(&mut self) {
        for (at, rep) in self.problem.reps().iter().enumerate() {
            let slots = self.of_rep.of(at).len();
            let base = self.plan.bases[at];
            let at_work = !rep.candidate || base.is_some();
            let few = rep.min_slots.is_some_and(|n| at_work && slots < n as usize);
            let many = rep.max_slots.is_some_and(|n| slots > n as usize);
            self.rep_count[at] = i64::from(few) + i64::from(many);
            let (cost, broken) = capacity(&self.base, at, self.problem.periods());
            (self.rep_overtime[at], self.rep_capacity[at]) = (cost, broken);
            self.rep_fixed[at] = base.map_or(0.0, |base| rep.bases[base as usize].fixed_cost);
            self.sums.overtime += cost;
            self.sums.fixed += self.rep_fixed[at];
        }
        let markets = self.problem.markets().iter();
        self.sums.potential = markets.map(|market| market.potential).sum();
    }

    /// Whether a rep's leaving needs no more than taking the rep's numbers out.
    pub(super) fn may_leave(&self, rep: RepId) -> bool {
        !self.problem.rep(rep).candidate
    }
}

/// Cost of a rep's overtime, and periods with more work than there may be.
pub(super) fn capacity(numbers: &Numbers, rep: usize, periods: usize) -> (f64, i64) {
    use crate::check::tolerance::{HOURS_ABSOLUTE, HOURS_RELATIVE};
    let row = rep * periods..(rep + 1) * periods;
    let (mut overtime, mut broken) = (0.0, 0);
    let hours = &numbers.hours[row.clone()];
    let allowed = &numbers.overtime[row.clone()];
    for ((load, hours), allowed) in numbers.load[row].iter().zip(hours).zip(allowed) {
        overtime += (load - hours).max(0.0);
        let limit = hours + allowed;
        broken += i64::from(*load > limit + HOURS_ABSOLUTE + HOURS_RELATIVE * limit);
    }
    (overtime * numbers.overtime_cost[rep], broken)
}

/// Fit and ability of a rep, and the needs that the rep does not meet.
pub(super) fn fit(
    market: &Market,
    role: &Role,
    skills: &[f64],
    (acquisition, relationship): (f64, f64),
) -> (f64, u32) {
    let (mut weighted, mut total, mut missed) = (0.0, 0.0, 0);
    for need in market.needs.iter().chain(&role.needs) {
        let level = skills[need.skill.index()];
        weighted += need.weight * level;
        total += need.weight;
        missed += u32::from(level < need.minimum);
    }
    let skill_fit = if total > 0.0 { weighted / total } else { 1.0 };
    let ability = market.newness * acquisition + (1.0 - market.newness) * relationship;
    (skill_fit * ability, missed)
}

fn numbers(problem: &Problem) -> Numbers {
    let (slots, reps) = (problem.slots(), problem.reps());
    let policy = problem.policy();
    let limits = policy.concentration.iter();
    let sources: usize = limits.map(|limit| limit.sources(problem)).sum();
    let by_rep = |number: fn(&crate::domain::Rep) -> f64| reps.iter().map(number).collect();
    Numbers {
        potential: problem.markets().iter().map(|m| m.potential).collect(),
        margin: problem.markets().iter().map(|m| m.margin).collect(),
        hours_per_visit: slots.iter().map(|slot| slot.hours_per_visit).collect(),
        loss: slots.iter().map(|slot| slot.unserved_loss).collect(),
        loss_share: (slots.iter())
            .map(|slot| slot.loss_share.unwrap_or(f64::NAN))
            .collect(),
        fit: vec![0.0; slots.len()],
        missed: vec![0; slots.len()],
        visits: problem.visits.clone(),
        visits_scale: vec![1.0; slots.len()],
        hours: reps.iter().flat_map(|rep| rep.hours.clone()).collect(),
        overtime: reps
            .iter()
            .flat_map(|rep| rep.overtime_hours.clone())
            .collect(),
        load: vec![0.0; reps.len() * problem.periods()],
        overtime_cost: by_rep(|rep| rep.overtime_cost_per_hour),
        acquisition: by_rep(|rep| rep.acquisition),
        relationship: by_rep(|rep| rep.relationship),
        skills: reps.iter().flat_map(|rep| rep.skills.clone()).collect(),
        amount: vec![0.0; policy.balance.len() * reps.len() + sources + 1],
        policy: PolicyNumbers {
            levels: policy.objective.levels.iter().map(|l| l.weights).collect(),
            cost_per_move: policy.cost_per_move,
            cost_per_km: policy.travel.cost_per_km,
            max_moves: policy.max_moves.map_or(-1.0, f64::from),
            max_moved_share: policy.max_moved_potential_share.unwrap_or(f64::INFINITY),
            ideal_within: policy.balance.iter().map(|b| b.ideal_within).collect(),
            cost_per_unit: policy.balance.iter().map(|b| b.cost_per_unit).collect(),
            max_share: policy.concentration.iter().map(|c| c.max_share).collect(),
        },
    }
}

fn balances(problem: &Problem) -> Vec<FlatBalance> {
    let flat = |balance: &crate::domain::Balance| FlatBalance {
        metric: balance.metric,
        largest: balance.penalty == Penalty::Largest,
        min_ratio: balance.min_ratio.unwrap_or(0.0),
        max_ratio: balance.max_ratio.unwrap_or(f64::INFINITY),
        shares: balance.shares.clone(),
        counts: (problem.slots().iter())
            .map(|slot| balance.roles[slot.role.index()])
            .collect(),
    };
    problem.policy().balance.iter().map(flat).collect()
}
