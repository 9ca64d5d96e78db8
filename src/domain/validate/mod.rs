//! Every fault of an input, gathered in one pass: one file for each part of the input, one function
//! for each thing that is checked. Nothing here panics, whatever the input.

mod calendar;
mod links;
mod market;
pub(crate) mod numbers;
mod policy;
mod rep;
mod role;

use std::collections::{HashMap, HashSet};

use crate::fault::{Code, Fault, Faults, Place};
use crate::input::Input;

/// Longest id or name, in characters.
const MOST_CHARS: usize = 1000;
/// Longest name, in bytes, for which the nearest known one is looked up.
const MOST_NAME_BYTES: usize = 100;
/// Unknown names for which the nearest known one is looked up; the search goes through all names.
const MOST_SUGGESTIONS: usize = 20;

/// All faults of an input.
pub(super) fn validate(input: &Input) -> Faults {
    let mut checker = Checker::new(input);
    calendar::check(&mut checker);
    role::check(&mut checker);
    rep::check(&mut checker);
    market::check(&mut checker);
    links::check(&mut checker);
    policy::check(&mut checker);
    checker.faults
}

/// The input with its names looked up, and the faults so far.
struct Checker<'a> {
    input: &'a Input,
    faults: Faults,
    suggestions: usize,
    skills: HashSet<&'a str>,
    /// Position of each role; `owner` where none is declared.
    roles: HashMap<&'a str, usize>,
    /// Position of each rep; of the first where an id comes twice.
    reps: HashMap<&'a str, usize>,
    markets: HashMap<&'a str, usize>,
    seasons: HashSet<&'a str>,
    /// (class, role position) with a workload.
    workloads: HashSet<(&'a str, usize)>,
}

impl<'a> Checker<'a> {
    fn new(input: &'a Input) -> Self {
        let mut roles: HashMap<&str, usize> = positions(input.roles.iter().map(|r| &r.id));
        if input.roles.is_empty() {
            roles.insert("owner", 0);
        }
        let workloads = input.workloads.iter().filter_map(|workload| {
            let role = match workload.role.as_str() {
                "" => Some(0),
                role => roles.get(role).copied(),
            };
            Some((workload.class.as_str(), role?))
        });
        Self {
            input,
            faults: Faults::new(),
            suggestions: 0,
            skills: input.skills.iter().map(String::as_str).collect(),
            reps: positions(input.reps.iter().map(|rep| &rep.id)),
            markets: positions(input.markets.iter().map(|market| &market.id)),
            seasons: input.seasons.iter().map(|s| s.id.as_str()).collect(),
            workloads: workloads.collect(),
            roles,
        }
    }

    fn fault(&mut self, code: Code, place: Place, found: impl AsRef<str>, expected: &str) {
        self.faults.push(Fault::new(code, place, found, expected));
    }

    /// An id: there, and not too long.
    fn id(&mut self, place: impl Fn() -> Place, id: &str) {
        if id.is_empty() {
            self.fault(Code::EmptyId, place(), "nothing", "an id");
        }
        self.text(place, id);
    }

    fn text(&mut self, place: impl Fn() -> Place, text: &str) {
        // Bytes bound characters, so that short texts need no counting.
        if text.len() > MOST_CHARS && text.chars().nth(MOST_CHARS).is_some() {
            let found = format!("{} characters", text.chars().count());
            self.fault(Code::TextTooLong, place(), found, "at most 1000 characters");
        }
    }

    /// Every id of a list comes once; `field` is the id's.
    fn unique(&mut self, (table, field): (&str, &str), ids: impl Iterator<Item = &'a String>) {
        let mut seen = HashSet::new();
        for (at, id) in ids.enumerate() {
            if !seen.insert(id.as_str()) {
                let place = Place::entry(table, at, field);
                self.fault(Code::DuplicateId, place, id, "each id once");
            }
        }
    }

    /// A name that must be known, with the nearest known one as a hint.
    fn unknown<'n>(
        &mut self,
        code: Code,
        place: Place,
        name: &str,
        known: impl Iterator<Item = &'n str>,
    ) {
        let expected = match code {
            Code::UnknownSkill => "a declared skill",
            Code::UnknownRep => "the id of a rep",
            Code::UnknownMarket => "the id of a market",
            Code::UnknownRole => "the id of a role",
            Code::UnknownSeason => "the id of a season",
            Code::UnknownBase => "the id of one of the rep's bases",
            Code::UnknownGoal => "a goal",
            Code::UnknownMetric => "a metric",
            _ => "a known name",
        };
        let fault = Fault::new(code, place, name, expected);
        self.suggestions += 1;
        let near = if self.suggestions <= MOST_SUGGESTIONS {
            nearest(name, known)
        } else {
            None
        };
        self.faults.push(match near {
            Some(near) => fault.hint(format!("Did you mean `{near}`?")),
            None => fault,
        });
    }

    fn known_skill(&mut self, place: Place, skill: &str) {
        if !self.skills.contains(skill) {
            let known = self.input.skills.iter().map(String::as_str);
            self.unknown(Code::UnknownSkill, place, skill, known);
        }
    }

    fn known_rep(&mut self, place: Place, rep: &str) -> Option<usize> {
        let found = self.reps.get(rep).copied();
        if found.is_none() {
            let known = self.input.reps.iter().map(|rep| rep.id.as_str());
            self.unknown(Code::UnknownRep, place, rep, known);
        }
        found
    }

    fn known_market(&mut self, place: Place, market: &str) -> Option<usize> {
        let found = self.markets.get(market).copied();
        if found.is_none() {
            let known = self.input.markets.iter().map(|market| market.id.as_str());
            self.unknown(Code::UnknownMarket, place, market, known);
        }
        found
    }

    /// Position of a role; an empty name is the first role.
    fn known_role(&mut self, place: Place, role: &str) -> Option<usize> {
        if role.is_empty() {
            return Some(0);
        }
        let found = self.roles.get(role).copied();
        if found.is_none() {
            let mut known: Vec<&str> = self.roles.keys().copied().collect();
            known.sort_unstable();
            self.unknown(Code::UnknownRole, place, role, known.into_iter());
        }
        found
    }

    /// A role as messages name it.
    fn role_name(&self, role: usize) -> String {
        match self.input.roles.get(role) {
            Some(role) => role.id.clone(),
            None => "owner".to_owned(),
        }
    }

    /// Whether a market has a role.
    fn has_role(&self, market: usize, role: usize) -> bool {
        let market = &self.input.markets[market];
        let own = market.visits_per_month.is_some() && market.hours_per_visit.is_some();
        self.workloads.contains(&(market.class.as_str(), role)) || (role == 0 && own)
    }
}

fn positions<'a>(ids: impl Iterator<Item = &'a String>) -> HashMap<&'a str, usize> {
    let mut positions = HashMap::new();
    for (at, id) in ids.enumerate() {
        positions.entry(id.as_str()).or_insert(at);
    }
    positions
}

/// The known name that is nearest to one that is unknown, if any is near.
pub(crate) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    if name.is_empty() || name.len() > MOST_NAME_BYTES {
        return None;
    }
    let similar = known
        .filter(|other| other.len() <= MOST_NAME_BYTES)
        .map(|other| (strsim::jaro_winkler(name, other), other))
        .filter(|(similarity, _)| *similarity > 0.85);
    // The first of equals, so that the answer depends on nothing else.
    let best = similar.reduce(|best, next| if next.0 > best.0 { next } else { best });
    best.map(|(_, other)| other)
}
