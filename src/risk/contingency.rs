//! Plans for events, made in advance: who covers, at what cost, within how many moves.
//!
//! Moves are counted and priced against the plan in force. What a rep had who left has no current
//! rep, so giving it away is no move; every other (market, role) pair that another rep has
//! afterwards, or nobody, is one.

use rayon::prelude::*;
use serde::Serialize;

use super::Error;
use super::force::{InForce, count_against, gap, value_of};
use crate::domain::{Goal, Goals, Level, Problem, RepId, SlotId};
use crate::engine::Engine;
use crate::plan::Plan;
use crate::scenario::{Change, Scenario};

/// Numbers that count moves are held to this.
const ROUNDING: f64 = 1e-6;

/// What is prepared for an event.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Contingency {
    /// Id of the event.
    pub event: String,
    /// Its probability, 0 to 1, where it is stated.
    pub probability: Option<f64>,
    /// Most moves that were allowed.
    pub moves_allowed: u32,
    /// Value of the plan in force without the event, in money.
    pub before: f64,
    /// Pairs that the plan gives to reps who are gone.
    pub orphaned: usize,
    /// The best reaction found; none where no plan within the moves was found.
    pub reaction: Option<Response>,
    /// Whether it is proved that the rules cannot be kept within the moves.
    pub infeasible: bool,
    /// Why there is no reaction; empty otherwise.
    pub reason: String,
    /// Value of the best plan found with no limit on moves, in money.
    pub free_value: Option<f64>,
    /// Proved limit on it, in money.
    pub free_bound: Option<f64>,
    /// Moves that serving every orphaned pair takes; only where the reaction leaves some
    /// unserved, or where there is none.
    pub needed: Option<Needed>,
}

/// A reaction that keeps every rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Response {
    /// Value after the event, in money; moves are priced.
    pub value: f64,
    /// Proved limit on the value of any reaction within the moves, in money.
    pub bound: Option<f64>,
    /// (bound − value)/|bound|, 0 or more.
    pub gap: Option<f64>,
    /// What the event costs: value before − value, in money.
    pub cost: f64,
    /// What the limit on moves costs beyond that, as far as plans are known, in money, 0 or more.
    pub cost_of_limit: f64,
    /// The same at most, by the proved limit of planning without limit; none where nothing is
    /// proved.
    pub cost_of_limit_at_most: Option<f64>,
    /// Moves.
    pub moves: usize,
    /// Everything that changes hands.
    pub changes: Vec<Handover>,
    /// Pairs that were served before and are not any more, orphaned ones that nobody takes over
    /// included.
    pub dropped: Vec<Handover>,
    /// Potential of all pairs that are left unserved, in money.
    pub unserved_potential: f64,
    /// The plan itself, in the terms of the problem after the event.
    #[serde(skip)]
    pub plan: Option<Plan>,
}

/// A (market, role) pair that changes hands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Handover {
    /// Id of the market.
    pub market: String,
    /// Id of the role.
    pub role: String,
    /// Id of the rep who had it; none where nobody had.
    pub from: Option<String>,
    /// Id of the rep who gets it; none where nobody does.
    pub to: Option<String>,
    /// Whether it counts as a move.
    pub is_move: bool,
}

/// Moves that are needed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Needed {
    /// Fewer are proved not to do.
    pub at_least: u32,
    /// So many do; none where no plan was found.
    pub enough: Option<u32>,
    /// Orphaned pairs that nobody who is left may serve at all.
    pub nobody_may: Vec<String>,
    /// Whether it is proved that no number of moves does.
    pub impossible: bool,
}

/// Events in which each rep leaves who is in the plan and is no candidate who was not hired.
#[must_use]
pub fn each_leaves(problem: &Problem, plan: &Plan) -> Vec<Scenario> {
    let reps = problem.reps().iter().zip(&plan.bases);
    let there = reps.filter(|(_, base)| base.is_some());
    there
        .map(|(rep, _)| {
            Scenario::new(format!("without {}", rep.id)).change(Change::RemoveRep {
                rep: rep.id.clone(),
            })
        })
        .collect()
}

/// Prepares for each event the best reaction within a number of moves from a plan that keeps every
/// rule of the problem. Events are solved in parallel, in the pool of `rayon` that the caller is
/// in, each on one thread; the answer does not depend on them unless a time limit of the engine,
/// which holds for each solve, cuts in.
///
/// # Errors
/// All faults of an event that cannot be made; and when a solver fails.
pub fn contingency(
    problem: &Problem,
    plan: &Plan,
    events: &[Scenario],
    moves: u32,
    engine: &Engine,
) -> Result<Vec<Contingency>, Error> {
    let force = InForce::new(problem, plan, engine);
    let mut settled = problem.clone();
    count_against(&mut settled, plan, None);
    let before = value_of(&settled, plan).unwrap_or(f64::NAN);
    let prepared: Vec<Result<Contingency, Error>> = (events.par_iter())
        .map(|event| prepare(&force, event, moves, before))
        .collect();
    prepared.into_iter().collect()
}

fn prepare(
    force: &InForce<'_>,
    event: &Scenario,
    moves: u32,
    before: f64,
) -> Result<Contingency, Error> {
    let (mut changed, known) = force.after(event, Some(moves))?;
    let orphans = orphans(force, &known);
    let mut within = force.solve(&changed, Some(&known))?;
    within.offer(&changed, &known);
    let begin = within.plan.as_ref().map_or(known, |found| found.0.clone());
    let mut prepared = Contingency {
        event: event.id.clone(),
        probability: event.probability,
        moves_allowed: moves,
        before,
        orphaned: orphans.len(),
        infeasible: within.infeasible,
        reason: within.reason.clone(),
        ..Contingency::default()
    };
    changed.policy.max_moves = None;
    let mut free = force.solve(&changed, Some(&begin))?;
    if let Some((plan, _)) = &within.plan {
        free.offer(&changed, plan);
    }
    prepared.free_value = free.value();
    prepared.free_bound = Some(free.bound).filter(|bound| bound.is_finite());
    if let Some((plan, value)) = within.plan {
        let free_value = free.value().unwrap_or(value);
        // What is left to gain without a limit on moves limits what is left with one.
        let bound = within.bound.min(free.bound);
        prepared.reaction = Some(Response {
            value,
            bound: Some(bound).filter(|bound| bound.is_finite()),
            gap: gap(value, bound),
            cost: before - value,
            cost_of_limit: (free_value - value).max(0.0),
            cost_of_limit_at_most: prepared.free_bound.map(|bound| (bound - value).max(0.0)),
            ..response(force, &changed, plan)
        });
    }
    let left = |plan: &Plan| {
        orphans
            .iter()
            .any(|slot| plan.coverage[slot.index()].is_none())
    };
    let reached = prepared.reaction.as_ref().and_then(|r| r.plan.as_ref());
    if reached.is_none_or(left) {
        prepared.needed = Some(needed(force, &changed, &begin, &orphans)?);
    }
    Ok(prepared)
}

/// Pairs that the plan gives to somebody who is not there any more.
fn orphans(force: &InForce<'_>, known: &Plan) -> Vec<SlotId> {
    let pairs = force.plan.coverage.iter().zip(&known.coverage).enumerate();
    pairs
        .filter(|(_, (before, now))| before.is_some() && now.is_none())
        .map(|(at, _)| SlotId::at(at))
        .collect()
}

/// What a reaction changes.
fn response(force: &InForce<'_>, changed: &Problem, plan: Plan) -> Response {
    let mut response = Response::default();
    let id = |problem: &Problem, rep: Option<RepId>| rep.map(|rep| problem.rep(rep).id.clone());
    for (at, slot) in changed.slots().iter().enumerate() {
        let before = force.plan.coverage[at];
        let handover = Handover {
            market: changed.market(slot.market).id.clone(),
            role: changed.roles()[slot.role.index()].id.clone(),
            from: id(force.problem, before),
            to: id(changed, plan.coverage[at]),
            is_move: slot.current.is_some(),
        };
        if plan.coverage[at].is_none() {
            response.unserved_potential += slot.potential;
            if before.is_some() {
                response.dropped.push(handover.clone());
            }
        }
        if handover.from != handover.to {
            response.moves += usize::from(handover.is_move);
            response.changes.push(handover);
        }
    }
    response.plan = Some(plan);
    response
}

/// The fewest moves with which every orphaned pair is served that somebody may serve.
fn needed(
    force: &InForce<'_>,
    changed: &Problem,
    begin: &Plan,
    orphans: &[SlotId],
) -> Result<Needed, Error> {
    let mut problem = changed.clone();
    let mut found = Needed::default();
    for &slot in orphans {
        if changed.candidates_of(slot).is_empty() {
            found.nobody_may.push(changed.slot_name(slot));
        } else {
            problem.slots[slot.index()].mandatory = true;
        }
    }
    let mut weights = Goals::default();
    weights[Goal::Continuity] = 1.0;
    problem.policy.cost_per_move = 1.0;
    problem.policy.objective.levels = vec![Level {
        weights,
        allowed_loss: 0.0,
    }];
    let best = force.solve(&problem, Some(begin))?;
    found.impossible = best.infeasible;
    found.enough = best.value().map(|value| whole(-value - ROUNDING));
    if best.bound.is_finite() {
        found.at_least = whole(-best.bound - ROUNDING);
    }
    Ok(found)
}

/// The smallest whole number that is not below an amount.
fn whole(amount: f64) -> u32 {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float cast saturates, and counts are small"
    )]
    let whole = amount.ceil().max(0.0) as u32;
    whole
}
