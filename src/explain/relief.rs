//! One rule that gives way, in planning words.

use super::conflict::Relaxation;
use super::words::{count, hours, money, whole};
use crate::domain::{Problem, RepId, Rule, SlotId};
use crate::plan::{Ledger, Plan};
use crate::program::RowKind;

/// Describes a rule that has to give way by an amount.
pub(super) fn describe(problem: &Problem, plan: &Plan, kind: RowKind, amount: f64) -> Relaxation {
    let rep = |rep: RepId| problem.rep(rep).id.clone();
    let slot = |slot: SlotId| problem.slot_name(slot);
    let pairs = whole(amount);
    let (concerns, unit, message) = match kind {
        RowKind::Lock(candidate) => {
            let entry = problem.candidate(candidate);
            let locked = problem
                .slot(entry.slot)
                .locked
                .map_or_else(String::new, rep);
            let (name, other) = (slot(entry.slot), rep(entry.rep));
            let message = format!(
                "{name} is locked to {locked}; unlocking it and giving it to {other} makes it \
                 feasible"
            );
            (vec![name, locked, other], "pairs", message)
        }
        RowKind::Family(a, b, _) => {
            let market = |s: SlotId| &problem.market(problem.slot(s).market).id;
            let family = problem.market(problem.slot(a).market).family;
            let family = family.map_or("", |f| problem.families()[f.index()].as_str());
            let message = format!(
                "family {family} cannot go to one rep; giving {} and {} to different reps makes \
                 it feasible",
                market(a),
                market(b)
            );
            let concerns = vec![family.to_owned(), market(a).clone(), market(b).clone()];
            (concerns, "pairs", message)
        }
        RowKind::Same(a, b, _) => {
            let message = format!(
                "{} and {} cannot have the same rep; allowing two makes it feasible",
                slot(a),
                slot(b)
            );
            (vec![slot(a), slot(b)], "pairs", message)
        }
        RowKind::Distinct(market, who) => {
            let market = problem.market(market).id.clone();
            let message = format!(
                "the roles of {market} that must have different reps would all have to go to {}; \
                 adding a second rep who may serve it makes it feasible",
                rep(who)
            );
            (vec![market, rep(who)], "pairs", message)
        }
        RowKind::MinCount(who) => {
            let least = problem.rep(who).min_slots.unwrap_or(0);
            let message = format!(
                "{} must have at least {least} markets but {pairs} of them cannot be had; lowering \
                 the minimum by {pairs} makes it feasible",
                rep(who),
            );
            (vec![rep(who)], "pairs", message)
        }
        RowKind::MaxCount(who) => {
            let most = problem.rep(who).max_slots.unwrap_or(u32::MAX);
            let message = format!(
                "{} may have at most {most} markets but {} more must be served; raising the \
                 maximum by {pairs} makes it feasible",
                rep(who),
                pairs
            );
            (vec![rep(who)], "pairs", message)
        }
        RowKind::BalanceMin(at, who) | RowKind::BalanceMax(at, who) => {
            balance(problem, plan, at as usize, who, kind)
        }
        RowKind::Concentration(at, source) => {
            concentration(problem, plan, at as usize, source as usize)
        }
        RowKind::MaxMoves => {
            let most = problem.policy().max_moves.unwrap_or(0);
            let message = format!(
                "at most {} may change rep but {} must; allowing {pairs} more makes it feasible",
                count(most as usize, "market"),
                most as usize + pairs
            );
            (Vec::new(), "moves", message)
        }
        RowKind::MaxMovedPotential => {
            let message = format!(
                "more potential must change rep than is allowed; allowing {} more makes it \
                 feasible",
                money(amount, problem.currency())
            );
            (Vec::new(), "money", message)
        }
        RowKind::Hires => {
            let policy = problem.policy();
            let message = format!(
                "the number of hires must leave its limits ({} to {}) by {pairs}",
                policy.min_hires.unwrap_or(0),
                policy
                    .max_hires
                    .map_or("any".to_owned(), |most| most.to_string()),
            );
            (Vec::new(), "reps", message)
        }
        other => (
            Vec::new(),
            "units",
            format!("{other:?} must give way by {}", hours(amount)),
        ),
    };
    Relaxation {
        rule: kind.rule().unwrap_or(Rule::Assignment),
        concerns,
        amount,
        unit: unit.to_owned(),
        message,
    }
}

fn balance(
    problem: &Problem,
    plan: &Plan,
    at: usize,
    who: RepId,
    kind: RowKind,
) -> (Vec<String>, &'static str, String) {
    let balance = &problem.policy().balance[at];
    let ledger = Ledger::of(problem, plan);
    let amounts = ledger.amounts(at);
    let part = amounts.iter().zip(&balance.shares);
    let total: f64 = part.filter(|(_, s)| **s > 0.0).map(|(a, _)| a).sum();
    let fair = balance.shares[who.index()] * total;
    let ratio = if fair > 0.0 {
        amounts[who.index()] / fair
    } else {
        0.0
    };
    let rep = problem.rep(who).id.clone();
    let (name, limit, word) = match kind {
        RowKind::BalanceMax(..) => ("max_ratio", balance.max_ratio, "more"),
        _ => ("min_ratio", balance.min_ratio, "less"),
    };
    let message = format!(
        "{rep} would have {:.0} % of a fair share of {}, {word} than the {:.0} % allowed; setting \
         {name} to {:.2} makes it feasible",
        100.0 * ratio,
        balance.name,
        100.0 * limit.unwrap_or(1.0),
        // Rounded away from the limit so that the number as printed is enough.
        match kind {
            RowKind::BalanceMax(..) => (100.0 * ratio).ceil() / 100.0,
            _ => (100.0 * ratio).floor() / 100.0,
        },
    );
    (vec![rep, balance.name.clone()], "metric", message)
}

fn concentration(
    problem: &Problem,
    plan: &Plan,
    at: usize,
    source: usize,
) -> (Vec<String>, &'static str, String) {
    let limit = &problem.policy().concentration[at];
    let (mut own, mut total) = (0.0, 0.0);
    for (slot, rep) in problem.slots().iter().zip(&plan.coverage) {
        let Some(rep) = *rep else { continue };
        total += slot.potential;
        if limit.source_of(slot.market, rep).map(|at| at as usize) == Some(source) {
            own += slot.potential;
        }
    }
    let share = if total > 0.0 { own / total } else { 0.0 };
    let (by, name) = (limit.source.name(), limit.name(problem, source));
    let message = format!(
        "{by} {name} would bring {:.0} % of the revenue covered, more than the {:.0} % allowed; \
         setting max_share of {by} to {:.2} makes it feasible",
        100.0 * share,
        100.0 * limit.max_share,
        // Rounded away from the limit so that the number as printed is enough.
        (100.0 * share).ceil() / 100.0,
    );
    (
        vec![by.to_owned(), name.to_owned()],
        "of all potential",
        message,
    )
}
