//! Roles: distinct roles of a market have different reps, shared roles have one.
//!
//! For slots s < s' of one market: if their roles must be distinct, not rep[s] = rep[s'] (found 2,
//! limit 1: slots of the two with that rep). For all slots of a market whose roles share a rep:
//! rep[s] is the same, or all are unserved (found: different fillings, limit 1).

use super::Violation;
use super::facts::Facts;
use super::families::{differing, filling};
use crate::domain::{MarketId, Rule};

pub(super) fn check(facts: &Facts<'_>, found: &mut Vec<Violation>) {
    let problem = facts.problem;
    let slots = problem.slots();
    let mut first = 0;
    while first < slots.len() {
        let market = slots[first].market;
        let count = slots[first..]
            .iter()
            .take_while(|slot| slot.market == market)
            .count();
        let here: Vec<usize> = (first..first + count).collect();
        check_distinct(facts, market, &here, found);
        check_shared(facts, market, &here, found);
        first += count;
    }
}

fn check_distinct(facts: &Facts<'_>, market: MarketId, here: &[usize], found: &mut Vec<Violation>) {
    let problem = facts.problem;
    let role = |at: usize| &problem.roles()[problem.slots()[at].role.index()];
    for (position, &a) in here.iter().enumerate() {
        let Some(rep) = facts.reps[a] else { continue };
        for &b in &here[position + 1..] {
            let distinct = role(a).distinct_from.contains(&problem.slots()[b].role);
            if !distinct || facts.reps[b] != Some(rep) {
                continue;
            }
            let (market, rep) = (&problem.market(market).id, &problem.rep(rep).id);
            let (a, b) = (&role(a).id, &role(b).id);
            found.push(Violation::new(
                Rule::Roles,
                &[market, a, b, rep],
                (2.0, 1.0),
                format!("{rep} is both {a} and {b} in {market}, but these need different reps"),
            ));
        }
    }
}

fn check_shared(facts: &Facts<'_>, market: MarketId, here: &[usize], found: &mut Vec<Violation>) {
    let problem = facts.problem;
    let shared = |at: usize| problem.roles()[problem.slots()[at].role.index()].same_as;
    for (position, &first) in here.iter().enumerate() {
        if here[..position]
            .iter()
            .any(|&at| shared(at) == shared(first))
        {
            continue;
        }
        let group = (here[position..].iter().copied()).filter(|&at| shared(at) == shared(first));
        let group: Vec<usize> = group.collect();
        let Some((number, other)) = differing(facts, &group) else {
            continue;
        };
        let role = |at: usize| {
            problem.roles()[problem.slots()[at].role.index()]
                .id
                .as_str()
        };
        let market = &problem.market(market).id;
        let (a, b) = (role(first), role(other));
        let (of_a, of_b) = (filling(facts, first), filling(facts, other));
        found.push(Violation::new(
            Rule::Roles,
            &[market, a, b],
            (number, 1.0),
            format!("{a} in {market} {of_a} but {b} there {of_b}; they need the same rep"),
        ));
    }
}
