//! Numbers of the policy: by name, and where they are kept.

use super::edit::PolicyNumber;
use crate::domain::validate::numbers::{AMOUNT, DETOUR, FACTOR, MONEY, POSITIVE, Range, SHARE};
use crate::domain::{Goal, Problem};

/// The number of a name, as [`Change::Policy`](super::Change::Policy) lists them.
pub(super) fn number(problem: &Problem, name: &str) -> Option<PolicyNumber> {
    let (section, rest) = name.split_once('.')?;
    match section {
        "weights" if problem.policy().objective.levels.len() == 1 => {
            Some(PolicyNumber::Weight(0, Goal::from_name(rest)?))
        }
        "priorities" => {
            let (level, goal) = rest.split_once('.')?;
            let level = level.parse::<u8>().ok()?.checked_sub(1)?;
            let known = usize::from(level) < problem.policy().objective.levels.len();
            known.then_some(PolicyNumber::Weight(level, Goal::from_name(goal)?))
        }
        "continuity" => match rest {
            "cost_per_move" => Some(PolicyNumber::CostPerMove),
            "max_moves" => Some(PolicyNumber::MaxMoves),
            "max_moved_potential_share" => Some(PolicyNumber::MaxMovedShare),
            _ => None,
        },
        "sizing" => match rest {
            "min_hires" => Some(PolicyNumber::MinHires),
            "max_hires" => Some(PolicyNumber::MaxHires),
            _ => None,
        },
        "travel" => travel(rest),
        "balance" => balance(problem, rest),
        "concentration" => {
            let by = rest.strip_suffix(".max_share")?;
            let limits = &problem.policy().concentration;
            let at = limits.iter().position(|limit| limit.source.name() == by)?;
            Some(PolicyNumber::MaxShare(u16::try_from(at).ok()?))
        }
        _ => None,
    }
}

fn travel(name: &str) -> Option<PolicyNumber> {
    Some(match name {
        "cost_per_km" => PolicyNumber::CostPerKm,
        "max_km" => PolicyNumber::MaxKm,
        "speed_km_per_hour" => PolicyNumber::Speed,
        "detour_factor" => PolicyNumber::Detour,
        "overhead_hours_per_trip" => PolicyNumber::Overhead,
        "visits_per_trip" => PolicyNumber::VisitsPerTrip,
        _ => return None,
    })
}

fn balance(problem: &Problem, name: &str) -> Option<PolicyNumber> {
    let (metric, number) = name.rsplit_once('.')?;
    let at = (problem.policy().balance.iter()).position(|balance| balance.name == metric)?;
    let at = u16::try_from(at).ok()?;
    Some(match number {
        "min_ratio" => PolicyNumber::BalanceMin(at),
        "max_ratio" => PolicyNumber::BalanceMax(at),
        "ideal_within" => PolicyNumber::BalanceIdeal(at),
        "cost_per_unit" => PolicyNumber::BalanceCost(at),
        _ => return None,
    })
}

/// Where a number of the policy is kept.
pub(super) enum Entry<'a> {
    /// A number that is always there.
    Number(&'a mut f64),
    /// A limit that may be absent.
    Limit(&'a mut Option<f64>),
    /// A whole number, changed elsewhere.
    Count,
}

/// A number of a problem's policy, with its range.
pub(super) fn entry(problem: &mut Problem, number: PolicyNumber) -> (Entry<'_>, Range) {
    let policy = &mut problem.policy;
    let travel = &mut policy.travel;
    match number {
        PolicyNumber::Weight(level, goal) => {
            let level = &mut policy.objective.levels[usize::from(level)];
            (Entry::Number(&mut level.weights[goal]), FACTOR)
        }
        PolicyNumber::CostPerMove => (Entry::Number(&mut policy.cost_per_move), MONEY),
        PolicyNumber::MaxMovedShare => (Entry::Limit(&mut policy.max_moved_potential_share), SHARE),
        PolicyNumber::CostPerKm => (Entry::Number(&mut travel.cost_per_km), AMOUNT),
        PolicyNumber::MaxKm => (Entry::Limit(&mut travel.max_km), AMOUNT),
        PolicyNumber::Speed => (Entry::Number(&mut travel.speed_km_per_hour), POSITIVE),
        PolicyNumber::Detour => (Entry::Number(&mut travel.detour_factor), DETOUR),
        PolicyNumber::Overhead => (Entry::Number(&mut travel.overhead_hours_per_trip), AMOUNT),
        PolicyNumber::VisitsPerTrip => (Entry::Number(&mut travel.visits_per_trip), POSITIVE),
        PolicyNumber::BalanceMin(at) => (
            Entry::Limit(&mut policy.balance[usize::from(at)].min_ratio),
            FACTOR,
        ),
        PolicyNumber::BalanceMax(at) => (
            Entry::Limit(&mut policy.balance[usize::from(at)].max_ratio),
            FACTOR,
        ),
        PolicyNumber::BalanceIdeal(at) => (
            Entry::Number(&mut policy.balance[usize::from(at)].ideal_within),
            FACTOR,
        ),
        PolicyNumber::BalanceCost(at) => (
            Entry::Number(&mut policy.balance[usize::from(at)].cost_per_unit),
            MONEY,
        ),
        PolicyNumber::MaxShare(at) => (
            Entry::Number(&mut policy.concentration[usize::from(at)].max_share),
            SHARE,
        ),
        PolicyNumber::MaxMoves | PolicyNumber::MinHires | PolicyNumber::MaxHires => {
            (Entry::Count, FACTOR)
        }
    }
}
