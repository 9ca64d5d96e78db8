//! Eligibility: a rep has the skills, is of a team that may serve, and is not forbidden.
//!
//! For each served slot and each need of its market or role: level ≥ minimum (found and limit:
//! level and minimum). The role names no teams or the rep's team (found 0, limit 1: teams of the
//! rep among them). The (slot, rep) pair is not forbidden (found 1, limit 0: forbidden pairs).
//! Distance is the rule `travel`.

use super::Violation;
use super::facts::Facts;
use super::words::{apart, ids};
use crate::domain::{RepId, Rule, SlotId};

pub(super) fn check(facts: &Facts<'_>, found: &mut Vec<Violation>) {
    let problem = facts.problem;
    for (id, slot, rep_id) in facts.covered() {
        let (market_id, role_id) = ids(problem, id);
        let role = &problem.roles()[slot.role.index()];
        let rep = problem.rep(rep_id);
        let mut breaks = |measured: (f64, f64), message: String| {
            let concerns = [market_id, role_id, &rep.id];
            found.push(Violation::new(
                Rule::Eligibility,
                &concerns,
                measured,
                message,
            ));
        };
        if is_forbidden(facts, id, rep_id) {
            let name = problem.slot_name(id);
            breaks((1.0, 0.0), format!("{} is forbidden for {name}", rep.id));
        }
        if !role.teams.is_empty() && !role.teams.contains(&rep.team) {
            let teams = role.teams.join(", ");
            let team = if rep.team.is_empty() {
                "no team"
            } else {
                &rep.team
            };
            breaks(
                (0.0, 1.0),
                format!(
                    "{} is of {team}, but {role_id} in {market_id} needs one of: {teams}",
                    rep.id
                ),
            );
        }
        for need in problem.market(slot.market).needs.iter().chain(&role.needs) {
            let level = rep.skills[need.skill.index()];
            if level < need.minimum {
                let skill = &problem.skills()[need.skill.index()];
                let (has, needs) = apart(level, need.minimum, 2);
                let name = problem.slot_name(id);
                breaks(
                    (level, need.minimum),
                    format!("{} has {skill} at {has} but {name} needs {needs}", rep.id),
                );
            }
        }
    }
}

fn is_forbidden(facts: &Facts<'_>, slot: SlotId, rep: RepId) -> bool {
    facts.problem.forbidden.binary_search(&(slot, rep)).is_ok()
}
