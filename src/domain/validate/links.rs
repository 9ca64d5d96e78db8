//! Locks, forbidden pairs and distances: what they name exists and does not contradict.

use std::collections::{HashMap, HashSet};

use crate::domain::geo::{Position, great_circle_km};
use crate::fault::{Code, Place};
use crate::input::{Market, Need, Rep, Role};

use super::Checker;
use super::numbers::AMOUNT;

/// A rep that a slot must go to, with the place that says so.
type Demand = (usize, Place);

pub(super) fn check(checker: &mut Checker<'_>) {
    let forbidden = forbidden(checker);
    let demands = demands(checker);
    let mut slots: Vec<(&(usize, usize), &Demand)> = demands.iter().collect();
    slots.sort_by_key(|(slot, _)| **slot);
    for (slot, (rep, place)) in &slots {
        let (market, role) = **slot;
        if forbidden.contains(&(market, role, *rep)) {
            let found = checker.input.reps[*rep].id.clone();
            let expected = "a rep who is not forbidden";
            checker.fault(Code::LockForbidden, place.clone(), found, expected);
        }
        eligible(checker, (market, role, *rep), place);
    }
    families(checker, &slots);
    roles(checker, &slots, &demands);
    distances(checker);
}

/// Forbidden (market, role, rep).
fn forbidden(checker: &mut Checker<'_>) -> HashSet<(usize, usize, usize)> {
    let mut forbidden = HashSet::new();
    for (at, pair) in checker.input.forbidden.iter().enumerate() {
        let place = |field: &str| Place::entry("forbidden", at, field);
        let market = checker.known_market(place("market"), &pair.market);
        let rep = checker.known_rep(place("rep"), &pair.rep);
        let role = checker.known_role(place("role"), &pair.role);
        if let (Some(market), Some(rep), Some(role)) = (market, rep, role) {
            if pair.role.is_empty() {
                let roles = 0..checker.roles.len();
                forbidden.extend(roles.map(|role| (market, role, rep)));
            } else {
                forbidden.insert((market, role, rep));
            }
        }
    }
    forbidden
}

/// The rep that each locked or protected slot must go to.
fn demands(checker: &mut Checker<'_>) -> HashMap<(usize, usize), Demand> {
    let mut demands: HashMap<(usize, usize), Demand> = HashMap::new();
    let input = checker.input;
    for (at, market) in input
        .markets
        .iter()
        .enumerate()
        .filter(|(_, m)| m.protected)
    {
        for current in &market.current {
            let role = match current.role.as_str() {
                "" => Some(0),
                role => checker.roles.get(role).copied(),
            };
            let rep = checker.reps.get(current.rep.as_str()).copied();
            if let (Some(role), Some(rep)) = (role, rep) {
                let place = Place::entry("markets", at, "protected");
                demands.insert((at, role), (rep, place));
            }
        }
    }
    for (at, lock) in input.locks.iter().enumerate() {
        let place = |field: &str| Place::entry("locks", at, field);
        let market = checker.known_market(place("market"), &lock.market);
        let rep = checker.known_rep(place("rep"), &lock.rep);
        let role = checker.known_role(place("role"), &lock.role);
        let (Some(market), Some(rep), Some(role)) = (market, rep, role) else {
            continue;
        };
        if !checker.has_role(market, role) {
            let expected = "a role that the market has";
            let found = checker.role_name(role);
            checker.fault(Code::NoRoleForMarket, place("role"), found, expected);
            continue;
        }
        match demands.get(&(market, role)) {
            Some((other, _)) if *other != rep => {
                let expected = format!("{}, as demanded elsewhere", input.reps[*other].id);
                checker.fault(Code::ContradictoryLocks, place("rep"), &lock.rep, &expected);
            }
            _ => {
                demands.insert((market, role), (rep, place("rep")));
            }
        }
    }
    demands
}

/// A demanded rep may serve the slot.
fn eligible(checker: &mut Checker<'_>, (market, role, rep): (usize, usize, usize), place: &Place) {
    let input = checker.input;
    let (market, rep) = (&input.markets[market], &input.reps[rep]);
    let role = input.roles.get(role);
    if let Some((found, expected)) = missed_skill(rep, market, role)
        .or_else(|| missed_team(rep, role))
        .or_else(|| missed_distance(checker, rep, market))
    {
        checker.fault(Code::LockIneligible, place.clone(), found, &expected);
    }
}

fn missed_skill(rep: &Rep, market: &Market, role: Option<&Role>) -> Option<(String, String)> {
    let of_role: &[Need] = role.map_or(&[], |role| &role.needs);
    market.needs.iter().chain(of_role).find_map(|need| {
        let level = rep.skills.iter().find(|entry| entry.skill == need.skill);
        let level = level.map_or(0.0, |entry| entry.level);
        (level < need.minimum).then(|| {
            let found = format!("{} with skill {} at {level}", rep.id, need.skill);
            (found, format!("at least {}", need.minimum))
        })
    })
}

fn missed_team(rep: &Rep, role: Option<&Role>) -> Option<(String, String)> {
    let teams = &role?.teams;
    (!teams.is_empty() && !teams.contains(&rep.team)).then(|| {
        let found = format!("{} of team {}", rep.id, rep.team);
        (found, format!("a rep of {}", teams.join(" or ")))
    })
}

fn missed_distance(checker: &Checker<'_>, rep: &Rep, market: &Market) -> Option<(String, String)> {
    let travel = &checker.input.policy.travel;
    let max_km = travel.max_km.filter(|max| max.is_finite())?;
    let given = checker.input.distances.iter();
    if given
        .clone()
        .any(|d| d.rep == rep.id && d.market == market.id && d.km <= max_km)
    {
        return None;
    }
    let to = Position {
        latitude_deg: market.latitude_deg,
        longitude_deg: market.longitude_deg,
    };
    let home = (
        rep.latitude_deg.unwrap_or(f64::NAN),
        rep.longitude_deg.unwrap_or(f64::NAN),
    );
    let bases = rep
        .bases
        .iter()
        .map(|base| (base.latitude_deg, base.longitude_deg));
    let places = bases.chain(rep.bases.is_empty().then_some(home));
    let nearest = places
        .map(|(latitude_deg, longitude_deg)| {
            let from = Position {
                latitude_deg,
                longitude_deg,
            };
            travel.detour_factor * great_circle_km(from, to)
        })
        .fold(f64::INFINITY, f64::min);
    (nearest.is_finite() && nearest > max_km).then(|| {
        let found = format!("{}, {nearest:.0} km away", rep.id);
        (found, format!("at most {max_km} km"))
    })
}

/// Slots of one family and role are demanded for one rep.
fn families(checker: &mut Checker<'_>, slots: &[(&(usize, usize), &Demand)]) {
    let input = checker.input;
    let mut first: HashMap<(&str, usize), usize> = HashMap::new();
    for (slot, (rep, place)) in slots {
        let (market, role) = **slot;
        let family = input.markets[market].family.as_str();
        if family.is_empty() {
            continue;
        }
        let other = *first.entry((family, role)).or_insert(*rep);
        if other != *rep {
            let expected = format!(
                "{}, as for the rest of family {family}",
                input.reps[other].id
            );
            let found = &input.reps[*rep].id;
            checker.fault(Code::ContradictoryLocks, place.clone(), found, &expected);
        }
    }
}

/// Slots of one market are demanded for one rep where roles share, for several where they must differ.
fn roles(
    checker: &mut Checker<'_>,
    slots: &[(&(usize, usize), &Demand)],
    demands: &HashMap<(usize, usize), Demand>,
) {
    let input = checker.input;
    for (slot, (rep, place)) in slots {
        let (market, role) = **slot;
        let Some(declared) = input.roles.get(role) else {
            continue;
        };
        let demanded = |checker: &Checker<'_>, other: &str| {
            let other = checker.roles.get(other)?;
            demands.get(&(market, *other)).map(|(rep, _)| *rep)
        };
        let shared = demanded(checker, &declared.same_as);
        if let Some(other) = shared.filter(|other| other != rep) {
            let expected = format!("{}, as for role {}", input.reps[other].id, declared.same_as);
            let found = &input.reps[*rep].id;
            checker.fault(Code::ContradictoryLocks, place.clone(), found, &expected);
        }
        for apart in &declared.distinct_from {
            if demanded(checker, apart) == Some(*rep) && apart != &declared.id {
                let expected = format!("a rep other than that of role {apart}");
                let found = &input.reps[*rep].id;
                checker.fault(Code::ContradictoryLocks, place.clone(), found, &expected);
            }
        }
    }
}

fn distances(checker: &mut Checker<'_>) {
    let mut seen = HashSet::new();
    let input = checker.input;
    for (at, distance) in input.distances.iter().enumerate() {
        let place = |field: &str| Place::entry("distances", at, field);
        checker.known_market(place("market"), &distance.market);
        checker.number(|| place("km"), distance.km, AMOUNT);
        let Some(rep) = checker.known_rep(place("rep"), &distance.rep) else {
            continue;
        };
        let rep = &input.reps[rep];
        let base = distance.base.as_str();
        let home = base.is_empty() || (rep.bases.is_empty() && base == "home");
        if !home && !rep.bases.iter().any(|known| known.id == base) {
            let known = rep.bases.iter().map(|base| base.id.as_str());
            checker.unknown(Code::UnknownBase, place("base"), base, known);
        }
        if !seen.insert((&distance.rep, &distance.base, &distance.market)) {
            let found = format!("{} to {} again", distance.rep, distance.market);
            checker.fault(Code::DuplicateId, place("rep"), found, "each distance once");
        }
    }
}
