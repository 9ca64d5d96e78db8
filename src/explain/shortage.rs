//! Hours that are short, told by skill, region and period.

use std::collections::BTreeMap;

use super::conflict::Relaxation;
use super::words::{count, hours, join, whole};
use crate::domain::{Barrier, Problem, RepId, Rule, SkillId, SlotId};
use crate::plan::Plan;

/// Hours short, by the skill and region they are short of.
#[derive(Debug, Default)]
pub(super) struct Shortages {
    groups: BTreeMap<(Option<SkillId>, String), Shortage>,
    /// Slots that must be served but that nobody may serve.
    nobody: Vec<SlotId>,
}

#[derive(Debug, Default)]
struct Shortage {
    /// Hours short in each period.
    by_period: Vec<f64>,
    /// Slots that must be served and cannot be.
    unserved: Vec<SlotId>,
    /// Reps with too much work: their slots of the group may be left to bring it down.
    overloaded: BTreeMap<RepId, Vec<f64>>,
}

impl Shortages {
    /// A slot that must be served cannot be.
    pub(super) fn unserved(&mut self, problem: &Problem, slot: SlotId) {
        let candidates = problem.candidates_of(slot);
        let least = candidates.iter().map(|c| c.hours_per_visit);
        let Some(least) = least.reduce(f64::min) else {
            self.nobody.push(slot);
            return;
        };
        let group = self.group(problem, slot);
        for (hours, visits) in group.by_period.iter_mut().zip(problem.visits_of(slot)) {
            *hours += visits * least;
        }
        group.unserved.push(slot);
    }

    /// A rep would have to work beyond all overtime in a period.
    pub(super) fn overloaded(
        &mut self,
        problem: &Problem,
        plan: &Plan,
        rep: RepId,
        period: usize,
        hours: f64,
    ) {
        let slots = (plan.coverage.iter().enumerate())
            .filter(|(_, covered)| **covered == Some(rep))
            .map(|(slot, _)| SlotId::at(slot));
        let busiest = slots
            .max_by(|&a, &b| {
                let visits = |slot| problem.visits_of(slot)[period];
                visits(a).total_cmp(&visits(b)).then(b.cmp(&a))
            })
            .unwrap_or(SlotId(0));
        let periods = problem.periods();
        let group = self.group(problem, busiest);
        group.by_period[period] += hours;
        let over = group.overloaded.entry(rep);
        over.or_insert_with(|| vec![0.0; periods])[period] += hours;
    }

    fn group(&mut self, problem: &Problem, slot: SlotId) -> &mut Shortage {
        let entry = problem.slot(slot);
        let market = problem.market(entry.market);
        let role = &problem.roles()[entry.role.index()];
        let needs = market.needs.iter().chain(&role.needs);
        let scarcest = needs
            .filter(|need| need.minimum > 0.0)
            .min_by_key(|need| {
                let able =
                    |rep: &&crate::domain::Rep| rep.skills[need.skill.index()] >= need.minimum;
                (problem.reps().iter().filter(able).count(), need.skill)
            })
            .map(|need| need.skill);
        let group = self.groups.entry((scarcest, market.region.clone()));
        let group = group.or_default();
        group.by_period.resize(problem.periods(), 0.0);
        group
    }

    /// Each shortage in a sentence, with what would help.
    pub(super) fn describe(&self, problem: &Problem, plan: &Plan) -> Vec<Relaxation> {
        let nobody = self.nobody.iter().map(|&slot| nobody(problem, slot));
        let groups = self
            .groups
            .iter()
            .map(|((skill, region), shortage)| shortage.describe(problem, plan, *skill, region));
        nobody.chain(groups).collect()
    }
}

impl Shortage {
    fn describe(
        &self,
        problem: &Problem,
        plan: &Plan,
        skill: Option<SkillId>,
        region: &str,
    ) -> Relaxation {
        let mut leave: Vec<SlotId> = self.unserved.clone();
        for (&rep, over) in &self.overloaded {
            leave.extend(enough_to_leave(problem, plan, rep, over));
        }
        leave.sort_unstable();
        leave.dedup();
        let (of_skill, with_skill, skill_name) = match skill {
            Some(skill) => {
                let name = &problem.skills()[skill.index()];
                (
                    format!(" of skill `{name}`"),
                    " with that skill".to_owned(),
                    Some(name.clone()),
                )
            }
            None => (String::new(), String::new(), None),
        };
        let in_region = if region.is_empty() {
            String::new()
        } else {
            format!(" in {region}")
        };
        let periods = self.periods(problem);
        let total: f64 = self.by_period.iter().sum();
        let names: Vec<String> = leave.iter().map(|&slot| problem.slot_name(slot)).collect();
        let reps = count(self.reps_needed(problem), "rep");
        let message = format!(
            "short of {}{of_skill} {periods}{in_region}; adding {reps}{with_skill} there, or \
             leaving {} unserved, makes it feasible",
            hours(total),
            join(&names),
        );
        let overloaded = self.overloaded.keys();
        let overloaded = overloaded.map(|&rep| problem.rep(rep).id.clone());
        let place = (!region.is_empty()).then(|| region.to_owned());
        Relaxation {
            rule: if self.unserved.is_empty() {
                Rule::Capacity
            } else {
                Rule::Unserved
            },
            concerns: skill_name
                .into_iter()
                .chain(place)
                .chain(overloaded)
                .chain(names)
                .collect(),
            amount: total,
            unit: "hours".to_owned(),
            message,
        }
    }

    /// `in 2027-03`, or the worst period where several are short.
    fn periods(&self, problem: &Problem) -> String {
        let short: Vec<usize> = (0..self.by_period.len())
            .filter(|&period| self.by_period[period] > 0.0)
            .collect();
        let name = |period: usize| problem.calendar().periods[period].name.as_str();
        match short.as_slice() {
            [] => "in all".to_owned(),
            [only] => format!("in {}", name(*only)),
            [first, .., last] => {
                let by_hours = |&a: &usize, &b: &usize| {
                    self.by_period[a]
                        .total_cmp(&self.by_period[b])
                        .then(b.cmp(&a))
                };
                let worst = short.iter().copied().max_by(by_hours).unwrap_or(*first);
                format!(
                    "from {} to {} (most in {}: {})",
                    name(*first),
                    name(*last),
                    name(worst),
                    hours(self.by_period[worst])
                )
            }
        }
    }

    /// Reps of average hours that would cover the worst period.
    fn reps_needed(&self, problem: &Problem) -> usize {
        let mut needed = 1;
        for (period, &short) in self.by_period.iter().enumerate() {
            let available: Vec<f64> = problem
                .reps()
                .iter()
                .map(|rep| rep.hours[period])
                .filter(|&hours| hours > 0.0)
                .collect();
            #[allow(clippy::cast_precision_loss, reason = "few reps")]
            let average = available.iter().sum::<f64>() / available.len().max(1) as f64;
            if average > 0.0 {
                needed = needed.max(whole(short / average));
            }
        }
        needed
    }
}

/// Slots of an overloaded rep that, left unserved, bring every period back into its hours: the one
/// that takes off most comes first.
fn enough_to_leave(problem: &Problem, plan: &Plan, rep: RepId, over: &[f64]) -> Vec<SlotId> {
    let mut left = over.to_vec();
    let slots = 0..problem.slots().len();
    let mut choices: Vec<(SlotId, f64)> = slots
        .map(SlotId::at)
        .filter(|slot| plan.coverage[slot.index()] == Some(rep))
        .filter_map(|slot| {
            let candidate = problem.candidate(plan.candidate(problem, slot)?);
            Some((slot, candidate.hours_per_visit))
        })
        .collect();
    let mut leave = Vec::new();
    while left.iter().any(|&hours| hours > 1e-6) && !choices.is_empty() {
        let relief = |&(slot, each): &(SlotId, f64)| -> f64 {
            let visits = problem.visits_of(slot).iter();
            visits
                .zip(&left)
                .map(|(v, &l)| (v * each).min(l.max(0.0)))
                .sum()
        };
        let mut best = 0;
        for at in 1..choices.len() {
            if relief(&choices[at]) > relief(&choices[best]) {
                best = at;
            }
        }
        let (slot, each) = choices.swap_remove(best);
        for (hours, visits) in left.iter_mut().zip(problem.visits_of(slot)) {
            *hours -= visits * each;
        }
        leave.push(slot);
    }
    leave
}

/// Why nobody may serve a slot.
fn nobody(problem: &Problem, slot: SlotId) -> Relaxation {
    let name = problem.slot_name(slot);
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for rep in (0..problem.reps().len()).map(RepId::at) {
        let reason = match problem.barrier(slot, rep, 0) {
            Some(Barrier::Skill { skill, minimum, .. }) => {
                let best = problem.reps().iter().map(|rep| rep.skills[skill.index()]);
                let best = best.fold(0.0, f64::max);
                let skill = &problem.skills()[skill.index()];
                format!("lack skill `{skill}` at {minimum:.2} (the best has {best:.2})")
            }
            Some(Barrier::Team) => "are of another team".to_owned(),
            Some(Barrier::Distance { max_km, .. }) => format!("are farther than {max_km:.0} km"),
            Some(Barrier::Forbidden) => "are forbidden".to_owned(),
            None => "have no base in reach".to_owned(),
        };
        *reasons.entry(reason).or_default() += 1;
    }
    let told: Vec<String> = reasons
        .iter()
        .map(|(reason, reps)| format!("{} {reason}", count(*reps, "rep")))
        .collect();
    Relaxation {
        rule: Rule::Eligibility,
        concerns: vec![name.clone()],
        amount: 1.0,
        unit: "pairs".to_owned(),
        message: format!(
            "nobody may serve {name}, which must be served: {}; adding a rep who may, or leaving \
             it unserved, makes it feasible",
            join(&told)
        ),
    }
}
