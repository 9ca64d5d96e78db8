//! Why a slot has the rep it has: what the assignment brings, who would be next, and what bars
//! those who would be better.

use std::fmt;

use serde::Serialize;

use super::words::{hours, join, money};
use crate::check::{Violation, verify};
use crate::domain::{Barrier, CandidateId, Goals, Problem, RepId, SlotId, blocks};
use crate::plan::{Ledger, Plan};

/// Better choices that are named with what bars them.
const NAMED: usize = 5;
/// Changes in value below this share of the plan's value are rounding.
const ROUNDING: f64 = 1e-12;

/// The answer to "why did this market go to that rep?".
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Why {
    /// Id of the market.
    pub market: String,
    /// Id of the role.
    pub role: String,
    /// Id of the rep; absent where the slot is left unserved.
    pub rep: Option<String>,
    /// Id of the rep's base.
    pub base: Option<String>,
    /// One-way distance in kilometres.
    pub km: Option<f64>,
    /// Hours over the whole plan, travel included.
    pub hours: Option<f64>,
    /// What the assignment brings to each goal, in money: the plan less the same plan with the
    /// slot, and those tied to it, left unserved.
    pub brings: Goals,
    /// Weighted sum of the above.
    pub worth: f64,
    /// What forced the choice: a lock, a protected market, a family, a shared role.
    pub forced: Vec<String>,
    /// Ids of slots that move together with this one.
    pub tied_to: Vec<String>,
    /// The best other choice that keeps every rule.
    pub next_best: Option<Choice>,
    /// Choices that would be worth more, with the rules they break; best first.
    pub better_but_broken: Vec<Choice>,
    /// Reps who would be worth more but may not serve the slot; best first.
    pub better_but_barred: Vec<Barred>,
    /// Currency of all money.
    pub currency: String,
}

/// Another choice for a slot and those tied to it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Choice {
    /// Id of the rep; absent for leaving it unserved.
    pub rep: Option<String>,
    /// Id of the rep's base.
    pub base: Option<String>,
    /// Change of each goal, in money; negative where the choice is worse.
    pub change: Goals,
    /// Weighted sum of the above.
    pub worth: f64,
    /// Rules that the choice breaks, in words. Empty: it keeps all.
    pub breaks: Vec<String>,
}

/// A rep who may not serve a slot.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Barred {
    /// Id of the rep.
    pub rep: String,
    /// Contribution and travel of the rep less those of the assignment, in money, if nothing barred it.
    pub worth: f64,
    /// What bars the rep.
    pub reason: String,
}

/// Explains one slot of a plan that keeps every rule.
///
/// # Panics
/// When the plan was made for another problem.
#[must_use]
pub fn why(problem: &Problem, plan: &Plan, slot: SlotId) -> Why {
    let weights = problem.weights();
    let block = (blocks(problem).into_iter())
        .find(|block| block.contains(&slot))
        .unwrap_or_else(|| vec![slot]);
    let ledger = Ledger::of(problem, plan);
    let now = ledger.goals();
    let without = assigned(&ledger, &block, None);
    let candidate = plan.candidate(problem, slot);
    let brings = now.minus(&without.goals());
    let (next_best, better_but_broken) = choices(problem, &ledger, &block);
    let entry = candidate.map(|candidate| problem.candidate(candidate));
    let tied = block.iter().filter(|&&other| other != slot);
    let slot_entry = problem.slot(slot);
    Why {
        market: problem.market(slot_entry.market).id.clone(),
        role: problem.roles()[slot_entry.role.index()].id.clone(),
        rep: entry.map(|entry| problem.rep(entry.rep).id.clone()),
        base: entry.map(|entry| base_id(problem, entry.rep, entry.base)),
        km: entry.map(|entry| entry.km),
        hours: entry.map(|entry| problem.total_hours(entry)),
        worth: brings.dot(&weights),
        brings,
        forced: forced(problem, &block),
        tied_to: tied.map(|&other| problem.slot_name(other)).collect(),
        next_best,
        better_but_broken,
        better_but_barred: barred(problem, slot, candidate, &weights),
        currency: problem.currency().to_owned(),
    }
}

/// The ledger with a block given to a rep at a base, or to nobody.
fn assigned<'p>(ledger: &Ledger<'p>, block: &[SlotId], to: Option<(RepId, u32)>) -> Ledger<'p> {
    let mut changed = ledger.clone();
    for &slot in block {
        let candidate = to.and_then(|(rep, base)| ledger.problem().find_candidate(slot, rep, base));
        changed.assign(slot, candidate);
    }
    changed
}

/// The best other choice that keeps every rule, and those before it that do not.
fn choices(
    problem: &Problem,
    ledger: &Ledger<'_>,
    block: &[SlotId],
) -> (Option<Choice>, Vec<Choice>) {
    let weights = problem.weights();
    let now = ledger.goals();
    let current = ledger.cover(block[0]).map(|c| problem.candidate(c));
    let mut tried: Vec<(f64, Option<(RepId, u32)>)> = Vec::new();
    let mut attempt = |to| {
        let change = assigned(ledger, block, to).goals().minus(&now);
        tried.push((change.dot(&weights), to));
    };
    for candidate in problem.candidates_of(block[0]) {
        let (rep, base) = (candidate.rep, candidate.base);
        let same = current.is_some_and(|c| c.rep == rep);
        // A rep with other work stays at its base; one without may take any.
        let elsewhere = ledger.count(rep) > 0 && ledger.base(rep) != Some(base);
        let may_serve_all = |&slot: &SlotId| problem.find_candidate(slot, rep, base).is_some();
        if !same && !elsewhere && block.iter().all(may_serve_all) {
            attempt(Some((rep, base)));
        }
    }
    if current.is_some() {
        attempt(None);
    }
    tried.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let threshold = ROUNDING * now.dot(&weights).abs();
    let mut broken = Vec::new();
    for (worth, to) in tried {
        let changed = assigned(ledger, block, to);
        let breaks = worst(&verify(problem, &changed.plan()).violations);
        let choice = Choice {
            rep: to.map(|(rep, _)| problem.rep(rep).id.clone()),
            base: to.map(|(rep, base)| base_id(problem, rep, base)),
            change: changed.goals().minus(&now),
            worth,
            breaks,
        };
        if choice.breaks.is_empty() {
            return (Some(choice), broken);
        }
        if worth > threshold && broken.len() < NAMED {
            broken.push(choice);
        }
    }
    (None, broken)
}

/// Broken rules in words; a rule that one rep breaks in several periods is told for the worst.
fn worst(violations: &[Violation]) -> Vec<String> {
    let size = |one: &Violation| (one.found - one.limit).abs() / one.limit.abs().max(1.0);
    let like = |a: &Violation, b: &Violation| {
        a.rule == b.rule && a.concerns.len() > 1 && a.concerns.first() == b.concerns.first()
    };
    let told = violations.chunk_by(like).filter_map(|alike| {
        let worst = alike.iter().max_by(|a, b| size(a).total_cmp(&size(b)))?;
        let more = match alike.len() - 1 {
            0 => String::new(),
            1 => " (and another limit of this kind)".to_owned(),
            more => format!(" (and {more} more limits of this kind)"),
        };
        Some(format!("{}{more}", worst.message))
    });
    told.collect()
}

fn base_id(problem: &Problem, rep: RepId, base: u32) -> String {
    problem.rep(rep).bases[base as usize].id.clone()
}

/// Locks, families and shared roles that bind a block.
fn forced(problem: &Problem, block: &[SlotId]) -> Vec<String> {
    let mut forced = Vec::new();
    for &slot in block {
        let entry = problem.slot(slot);
        if let Some(rep) = entry.locked {
            let name = problem.slot_name(slot);
            forced.push(format!("{name} is locked to {}", problem.rep(rep).id));
        }
    }
    if let Some(family) = problem.market(problem.slot(block[0]).market).family {
        let name = &problem.families()[family.index()];
        forced.push(format!("family {name} stays together"));
    }
    let roles: Vec<String> = block
        .iter()
        .filter(|&&slot| problem.slot(slot).market == problem.slot(block[0]).market)
        .map(|&slot| problem.roles()[problem.slot(slot).role.index()].id.clone())
        .collect();
    if roles.len() > 1 {
        forced.push(format!("the roles {} share one rep", join(&roles)));
    }
    forced
}

/// Reps who would be worth more in the slot but may not serve it.
fn barred(
    problem: &Problem,
    slot: SlotId,
    candidate: Option<CandidateId>,
    weights: &Goals,
) -> Vec<Barred> {
    use crate::domain::Goal::{Contribution, Travel};
    let market = problem.slot(slot).market;
    let cost_per_km = problem.policy().travel.cost_per_km;
    let trips = problem.slot(slot).visits / problem.policy().travel.visits_per_trip;
    let worth = |value: f64, km: f64| {
        weights[Contribution] * value - weights[Travel] * cost_per_km * 2.0 * km * trips
    };
    let now = candidate.map_or(0.0, |candidate| {
        let candidate = problem.candidate(candidate);
        worth(candidate.value, candidate.km)
    });
    let mut barred: Vec<Barred> = Vec::new();
    for (at, rep) in problem.reps().iter().enumerate() {
        let id = RepId::at(at);
        let bases = 0..u32::try_from(rep.bases.len()).expect("few bases");
        let near = |a: &u32, b: &u32| {
            problem
                .km(id, *a, market)
                .total_cmp(&problem.km(id, *b, market))
        };
        let Some(base) = bases.min_by(near) else {
            continue;
        };
        let Some(barrier) = problem.barrier(slot, id, base) else {
            continue;
        };
        let gain = worth(problem.value_of(slot, id), problem.km(id, base, market)) - now;
        if gain > 0.0 {
            barred.push(Barred {
                rep: rep.id.clone(),
                worth: gain,
                reason: reason(problem, barrier),
            });
        }
    }
    barred.sort_by(|a, b| b.worth.total_cmp(&a.worth).then(a.rep.cmp(&b.rep)));
    barred.truncate(NAMED);
    barred
}

/// What bars a rep, in words.
fn reason(problem: &Problem, barrier: Barrier) -> String {
    match barrier {
        Barrier::Forbidden => "the pair is forbidden".to_owned(),
        Barrier::Team => "of a team that may not play the role".to_owned(),
        Barrier::Skill {
            skill,
            level,
            minimum,
        } => {
            let skill = &problem.skills()[skill.index()];
            format!("skill `{skill}` is {level:.2}, {minimum:.2} is needed")
        }
        Barrier::Distance { km, max_km } => {
            format!("{km:.0} km away, {max_km:.0} km is the limit")
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): ", self.market, self.role)?;
        match &self.rep {
            Some(rep) => write!(
                f,
                "{rep}, {:.0} km away, {} in all",
                self.km.unwrap_or(0.0),
                hours(self.hours.unwrap_or(0.0))
            )?,
            None => f.write_str("left unserved")?,
        }
        write!(f, "\n  worth {}", money(self.worth, &self.currency))?;
        terms(f, &self.brings, &self.currency)?;
        for forced in &self.forced {
            write!(f, "\n  forced: {forced}")?;
        }
        if !self.tied_to.is_empty() {
            write!(f, "\n  moves together with {}", join(&self.tied_to))?;
        }
        match &self.next_best {
            Some(next) => {
                let who = next.rep.as_deref().unwrap_or("leaving it unserved");
                let (word, amount) = if next.worth > 0.0 {
                    ("gains", next.worth)
                } else {
                    ("costs", -next.worth)
                };
                write!(f, "\n  next best: {who}, which {word} ")?;
                write!(f, "{}", money(amount, &self.currency))?;
                terms(f, &next.change, &self.currency)?;
            }
            None => f.write_str("\n  no other choice keeps every rule")?,
        }
        for choice in &self.better_but_broken {
            let who = choice.rep.as_deref().unwrap_or("leaving it unserved");
            let worth = money(choice.worth, &self.currency);
            write!(
                f,
                "\n  {who} would be worth {worth} more, but {}",
                join(&choice.breaks)
            )?;
        }
        for barred in &self.better_but_barred {
            let worth = money(barred.worth, &self.currency);
            write!(
                f,
                "\n  {} would be worth {worth} more, but may not: {}",
                barred.rep, barred.reason
            )?;
        }
        Ok(())
    }
}

/// The goals that are not zero, in brackets.
fn terms(f: &mut fmt::Formatter<'_>, goals: &Goals, currency: &str) -> fmt::Result {
    let told: Vec<String> = goals
        .iter()
        .filter(|(_, value)| value.abs() >= 0.5)
        .map(|(goal, value)| format!("{goal} {}", money(value, currency)))
        .collect();
    if told.is_empty() {
        return Ok(());
    }
    write!(f, " ({})", told.join(", "))
}
