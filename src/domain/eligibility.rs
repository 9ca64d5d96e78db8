//! Who may fill a slot, how well, and what bars the others.

use super::ids::{RepId, SkillId, SlotId};
use super::problem::{Market, Need, Problem, Rep, Role};

/// What bars a rep at a base from a slot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Barrier {
    /// The caller forbids the pair.
    Forbidden,
    /// The rep's team may not play the role.
    Team,
    /// The rep's level of a skill is below the minimum.
    Skill {
        /// Which skill.
        skill: SkillId,
        /// The rep's level.
        level: f64,
        /// The level needed.
        minimum: f64,
    },
    /// The market is too far from the base.
    Distance {
        /// One-way distance in kilometres.
        km: f64,
        /// The limit.
        max_km: f64,
    },
}

/// What bars a rep from a role in a market, distance and forbidden pairs aside.
pub(super) fn barrier_by_ability(rep: &Rep, market: &Market, role: &Role) -> Option<Barrier> {
    if !role.teams.is_empty() && !role.teams.contains(&rep.team) {
        return Some(Barrier::Team);
    }
    needs(market, role).find_map(|need| {
        let level = rep.skills[need.skill.index()];
        (level < need.minimum).then_some(Barrier::Skill {
            skill: need.skill,
            level,
            minimum: need.minimum,
        })
    })
}

/// Value of an assignment as a share of the slot's potential × margin:
/// (Σ weight · level / Σ weight) · (newness · acquisition + (1 − newness) · relationship).
pub(super) fn fit(rep: &Rep, market: &Market, role: &Role) -> f64 {
    let (mut weighted, mut total) = (0.0, 0.0);
    for need in needs(market, role) {
        weighted += need.weight * rep.skills[need.skill.index()];
        total += need.weight;
    }
    let skill_fit = if total > 0.0 { weighted / total } else { 1.0 };
    let ability = market.newness * rep.acquisition + (1.0 - market.newness) * rep.relationship;
    skill_fit * ability
}

fn needs<'a>(market: &'a Market, role: &'a Role) -> impl Iterator<Item = &'a Need> {
    market.needs.iter().chain(&role.needs)
}

impl Problem {
    /// Value of a rep in a slot over the whole plan, in money, whether eligible or not.
    #[must_use]
    pub fn value_of(&self, slot: SlotId, rep: RepId) -> f64 {
        let entry = self.slot(slot);
        let market = self.market(entry.market);
        let role = &self.roles[entry.role.index()];
        entry.potential * market.margin * fit(self.rep(rep), market, role)
    }

    /// What bars a rep at a base from a slot; `None` if it may fill it.
    ///
    /// # Panics
    /// When the rep has no such base.
    #[must_use]
    pub fn barrier(&self, slot: SlotId, rep: RepId, base: u32) -> Option<Barrier> {
        if self.forbidden.binary_search(&(slot, rep)).is_ok() {
            return Some(Barrier::Forbidden);
        }
        let entry = self.slot(slot);
        let market = self.market(entry.market);
        let role = &self.roles[entry.role.index()];
        if let Some(barrier) = barrier_by_ability(self.rep(rep), market, role) {
            return Some(barrier);
        }
        let km = self.km(rep, base, entry.market);
        let max_km = self.policy.travel.max_km?;
        (km > max_km).then_some(Barrier::Distance { km, max_km })
    }
}
