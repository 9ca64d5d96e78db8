//! Skills, roles and workloads.

use crate::fault::{Code, Place};
use crate::input::Need;

use super::Checker;
use super::numbers::{AMOUNT, FACTOR, SHARE, VISITS};

pub(super) fn check(checker: &mut Checker<'_>) {
    skills(checker);
    roles(checker);
    role_links(checker);
    contradictions(checker);
    workloads(checker);
}

fn skills(checker: &mut Checker<'_>) {
    let input = checker.input;
    checker.unique(("skills", ""), input.skills.iter());
    for (at, skill) in input.skills.iter().enumerate() {
        checker.id(|| Place::entry("skills", at, ""), skill);
    }
}

fn roles(checker: &mut Checker<'_>) {
    let input = checker.input;
    checker.unique(("roles", "id"), input.roles.iter().map(|role| &role.id));
    for (at, role) in input.roles.iter().enumerate() {
        let place = |field: &str| Place::entry("roles", at, field);
        checker.id(|| place("id"), &role.id);
        checker.number(|| place("value_share"), role.value_share, SHARE);
        checker.number(
            || place("unserved_loss_share"),
            role.unserved_loss_share,
            FACTOR,
        );
        checker.needs("roles", at, &role.needs);
    }
}

fn role_links(checker: &mut Checker<'_>) {
    let input = checker.input;
    for (at, role) in input.roles.iter().enumerate() {
        for other in &role.distinct_from {
            role_link(checker, (at, "distinct_from"), &role.id, other);
        }
        if !role.same_as.is_empty() {
            role_link(checker, (at, "same_as"), &role.id, &role.same_as);
        }
    }
}

fn role_link(checker: &mut Checker<'_>, (at, field): (usize, &str), id: &str, other: &str) {
    let place = Place::entry("roles", at, field);
    if other == id {
        checker.fault(Code::ContradictoryRoles, place, other, "another role");
    } else if other.is_empty() {
        checker.fault(Code::UnknownRole, place, "nothing", "the id of a role");
    } else {
        checker.known_role(place, other);
    }
}

/// Roles that share a rep, directly or over others, must not have to be distinct.
fn contradictions(checker: &mut Checker<'_>) {
    let input = checker.input;
    let mut group: Vec<usize> = (0..input.roles.len()).collect();
    for (at, role) in input.roles.iter().enumerate() {
        if let Some(&other) = checker.roles.get(role.same_as.as_str()) {
            let (a, b) = (group[at], group[other]);
            for entry in &mut group {
                if *entry == a || *entry == b {
                    *entry = a.min(b);
                }
            }
        }
    }
    for (at, role) in input.roles.iter().enumerate() {
        for other in &role.distinct_from {
            let apart = checker.roles.get(other.as_str()).copied();
            if apart.is_some_and(|apart| apart != at && group[apart] == group[at]) {
                let place = Place::entry("roles", at, "distinct_from");
                let expected = "a role that does not share its rep with this one";
                checker.fault(Code::ContradictoryRoles, place, other, expected);
            }
        }
    }
}

fn workloads(checker: &mut Checker<'_>) {
    let input = checker.input;
    let mut seen = std::collections::HashSet::new();
    for (at, workload) in input.workloads.iter().enumerate() {
        let place = |field: &str| Place::entry("workloads", at, field);
        checker.text(|| place("class"), &workload.class);
        checker.number(
            || place("visits_per_month"),
            workload.visits_per_month,
            VISITS,
        );
        checker.number(
            || place("hours_per_visit"),
            workload.hours_per_visit,
            AMOUNT,
        );
        if let Some(role) = checker.known_role(place("role"), &workload.role)
            && !seen.insert((workload.class.as_str(), role))
        {
            let found = format!("a second workload of {}", workload.class);
            checker.fault(
                Code::DuplicateId,
                place("class"),
                found,
                "one for each class and role",
            );
        }
        if !workload.season.is_empty() && !checker.seasons.contains(workload.season.as_str()) {
            let known = input.seasons.iter().map(|season| season.id.as_str());
            checker.unknown(
                Code::UnknownSeason,
                place("season"),
                &workload.season,
                known,
            );
        }
    }
}

impl Checker<'_> {
    /// Skills that a role or a market asks for.
    pub(super) fn needs(&mut self, table: &str, index: usize, needs: &[Need]) {
        for (at, need) in needs.iter().enumerate() {
            let place = |field: &str| Place::entry(table, index, &format!("needs[{at}].{field}"));
            self.known_skill(place("skill"), &need.skill);
            self.number(|| place("minimum"), need.minimum, SHARE);
            self.number(|| place("weight"), need.weight, FACTOR);
        }
    }
}
