//! From an input that validation has accepted to a problem with dense ids.

use std::collections::HashMap;

use super::calendar::{WorkingDays, lay_out};
use super::concentration;
use super::eligibility::{barrier_by_ability, fit};
use super::geo::{Located, Position, great_circle_km};
use super::goal::{Goal, Goals};
use super::ids::{FamilyId, MarketId, RepId, RoleId, SkillId, SlotId};
use super::problem::{
    Balance, Base, Candidate, Level, Market, Metric, Need, Objective, Policy, Problem, Rep, Role,
    Slot, Travel,
};
use crate::input::{self, Input};

/// Positions of string ids in a sorted table.
type Index<'a> = HashMap<&'a str, usize>;

/// Makes the problem. The input must have passed validation.
pub(super) fn assemble(input: &Input) -> Problem {
    let (calendar, days) = lay_out(&input.calendar);
    let skills = sorted(input.skills.iter().map(String::as_str));
    let skill_index = index(&skills);
    let roles = roles(input, &skill_index);
    let mut rep_inputs: Vec<&input::Rep> = input.reps.iter().collect();
    rep_inputs.sort_by(|a, b| a.id.cmp(&b.id));
    let mut market_inputs: Vec<&input::Market> = input.markets.iter().collect();
    market_inputs.sort_by(|a, b| a.id.cmp(&b.id));
    let rep_index: Index<'_> = by_id(rep_inputs.iter().map(|rep| rep.id.as_str()));
    let market_index: Index<'_> = by_id(market_inputs.iter().map(|market| market.id.as_str()));
    let families = sorted(
        market_inputs
            .iter()
            .map(|market| market.family.as_str())
            .filter(|family| !family.is_empty()),
    );
    let custom = custom_metrics(input);

    let mut problem = Problem {
        name: input.name.clone(),
        currency: input.currency.clone(),
        reps: rep_inputs
            .iter()
            .map(|rep| make_rep(input, rep, &days, calendar.periods.len(), &skill_index))
            .collect(),
        markets: {
            let family_index = index(&families);
            market_inputs
                .iter()
                .map(|market| make_market(input, market, &skill_index, &family_index, &custom))
                .collect()
        },
        policy: policy(input, &roles, &rep_inputs, &custom),
        calendar,
        skills,
        roles,
        families,
        slots: Vec::new(),
        visits: Vec::new(),
        candidates: Vec::new(),
        slot_start: vec![0],
        distances: distances(input, &rep_index, &market_index, &rep_inputs),
        forbidden: Vec::new(),
        bonus: Vec::new(),
    };
    problem.policy.concentration = concentration::limits(&input.policy.concentration, &problem);
    add_slots(&mut problem, input, &market_inputs, &rep_index);
    add_pairs(&mut problem, input, &market_index, &rep_index);
    add_candidates(&mut problem);
    problem
}

fn sorted<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut names: Vec<String> = names.map(str::to_owned).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn index(names: &[String]) -> Index<'_> {
    by_id(names.iter().map(String::as_str))
}

fn by_id<'a>(ids: impl Iterator<Item = &'a str>) -> Index<'a> {
    ids.enumerate().map(|(at, id)| (id, at)).collect()
}

fn make_needs(needs: &[input::Need], skills: &Index<'_>) -> Vec<Need> {
    let make = |need: &input::Need| Need {
        skill: SkillId::at(skills[need.skill.as_str()]),
        minimum: need.minimum,
        weight: need.weight,
    };
    needs.iter().map(make).collect()
}

fn roles(input: &Input, skills: &Index<'_>) -> Vec<Role> {
    let owner = [input::Role::new("owner", 1.0)];
    let declared = if input.roles.is_empty() {
        &owner[..]
    } else {
        &input.roles
    };
    let ids = by_id(declared.iter().map(|role| role.id.as_str()));
    let mut roles: Vec<Role> = declared
        .iter()
        .enumerate()
        .map(|(at, role)| Role {
            id: role.id.clone(),
            value_share: role.value_share,
            needs: make_needs(&role.needs, skills),
            teams: role.teams.clone(),
            distinct_from: Vec::new(),
            same_as: RoleId::at(at),
        })
        .collect();
    for (at, role) in declared.iter().enumerate() {
        for other in &role.distinct_from {
            let other = ids[other.as_str()];
            roles[at].distinct_from.push(RoleId::at(other));
            roles[other].distinct_from.push(RoleId::at(at));
        }
        if let Some(&other) = ids.get(role.same_as.as_str()) {
            let (a, b) = (roles[at].same_as, roles[other].same_as);
            for role in &mut roles {
                if role.same_as == a || role.same_as == b {
                    role.same_as = a.min(b);
                }
            }
        }
    }
    for role in &mut roles {
        role.distinct_from.sort_unstable();
        role.distinct_from.dedup();
    }
    roles
}

fn make_rep(
    input: &Input,
    rep: &input::Rep,
    days: &WorkingDays<'_>,
    periods: usize,
    skill_index: &Index<'_>,
) -> Rep {
    let hours = days.hours(rep, periods);
    let overtime = &input.policy.overtime;
    let share = rep.overtime_max_share.unwrap_or(overtime.max_share);
    let mut skills = vec![0.0; skill_index.len()];
    for entry in &rep.skills {
        skills[skill_index[entry.skill.as_str()]] = entry.level;
    }
    Rep {
        id: rep.id.clone(),
        name: named(&rep.name, &rep.id),
        team: rep.team.clone(),
        bases: bases(rep),
        candidate: rep.candidate,
        overtime_hours: hours.iter().map(|h| h * share).collect(),
        hours,
        overtime_cost_per_hour: rep.overtime_cost_per_hour.unwrap_or(overtime.cost_per_hour),
        skills,
        acquisition: rep.acquisition,
        relationship: rep.relationship,
        min_slots: rep.min_markets,
        max_slots: rep.max_markets,
    }
}

fn named(name: &str, id: &str) -> String {
    if name.is_empty() { id } else { name }.to_owned()
}

/// The rep's bases sorted by id, or its home position.
fn bases(rep: &input::Rep) -> Vec<Base> {
    let mut bases: Vec<Base> = rep
        .bases
        .iter()
        .map(|base| Base {
            id: base.id.clone(),
            position: Position {
                latitude_deg: base.latitude_deg,
                longitude_deg: base.longitude_deg,
            },
            fixed_cost: base.fixed_cost,
        })
        .collect();
    if bases.is_empty() {
        bases.push(Base {
            id: "home".to_owned(),
            position: Position {
                latitude_deg: rep.latitude_deg.unwrap_or_default(),
                longitude_deg: rep.longitude_deg.unwrap_or_default(),
            },
            fixed_cost: rep.fixed_cost,
        });
    }
    bases.sort_by(|a, b| a.id.cmp(&b.id));
    bases
}

/// Names of markets' own metrics that a balance refers to, sorted.
fn custom_metrics(input: &Input) -> Vec<String> {
    let named = input.policy.balance.iter().map(|b| b.metric.as_str());
    sorted(named.filter(|name| built_in(name).is_none()))
}

fn built_in(name: &str) -> Option<Metric> {
    match name {
        "workload" => Some(Metric::Workload),
        "potential" => Some(Metric::Potential),
        "count" => Some(Metric::Count),
        "travel_km" => Some(Metric::TravelKm),
        _ => None,
    }
}

fn make_market(
    input: &Input,
    market: &input::Market,
    skills: &Index<'_>,
    families: &Index<'_>,
    custom: &[String],
) -> Market {
    let amount = |name: &String| {
        let found = market.metrics.iter().find(|m| m.metric == *name);
        found.map_or(0.0, |m| m.amount)
    };
    Market {
        id: market.id.clone(),
        name: named(&market.name, &market.id),
        region: market.region.clone(),
        class: market.class.clone(),
        position: Position {
            latitude_deg: market.latitude_deg,
            longitude_deg: market.longitude_deg,
        },
        potential: market.potential,
        margin: market.margin.unwrap_or(input.policy.margin),
        newness: market.newness,
        needs: make_needs(&market.needs, skills),
        family: families
            .get(market.family.as_str())
            .map(|&at| FamilyId::at(at)),
        metrics: custom.iter().map(amount).collect(),
    }
}

fn policy(input: &Input, roles: &[Role], rep_inputs: &[&input::Rep], custom: &[String]) -> Policy {
    let policy = &input.policy;
    let travel = &policy.travel;
    Policy {
        objective: objective(policy),
        travel: Travel {
            speed_km_per_hour: travel.speed_km_per_hour,
            detour_factor: travel.detour_factor,
            overhead_hours_per_trip: travel.overhead_hours_per_trip,
            visits_per_trip: travel.visits_per_trip,
            cost_per_km: travel.cost_per_km,
            max_km: travel.max_km,
        },
        balance: policy
            .balance
            .iter()
            .map(|balance| make_balance(balance, roles, rep_inputs, custom))
            .collect(),
        concentration: Vec::new(),
        cost_per_move: policy.continuity.cost_per_move,
        max_moves: policy.continuity.max_moves,
        max_moved_potential_share: policy.continuity.max_moved_potential_share,
        min_hires: policy.sizing.min_hires,
        max_hires: policy.sizing.max_hires,
    }
}

fn objective(policy: &input::Policy) -> Objective {
    if policy.priorities.is_empty() {
        let mut weights = Goals::all(1.0);
        for goal in Goal::ALL {
            if let Some(&weight) = policy.weights.get(goal.name()) {
                weights[goal] = weight;
            }
        }
        let allowed_loss = 0.0;
        return Objective {
            levels: vec![Level {
                weights,
                allowed_loss,
            }],
        };
    }
    let level = |priority: &input::Priority| {
        let mut weights = Goals::default();
        for goal in Goal::ALL {
            weights[goal] = priority.goals.get(goal.name()).copied().unwrap_or(0.0);
        }
        Level {
            weights,
            allowed_loss: priority.allowed_loss,
        }
    };
    Objective {
        levels: policy.priorities.iter().map(level).collect(),
    }
}

fn make_balance(
    balance: &input::Balance,
    roles: &[Role],
    rep_inputs: &[&input::Rep],
    custom: &[String],
) -> Balance {
    let share = |rep: &&input::Rep| {
        if rep.candidate {
            0.0
        } else {
            balance.shares.get(&rep.id).copied().unwrap_or(1.0)
        }
    };
    let raw: Vec<f64> = rep_inputs.iter().map(share).collect();
    let total: f64 = raw.iter().sum();
    let metric = built_in(&balance.metric).unwrap_or_else(|| {
        let at = custom.binary_search(&balance.metric);
        Metric::Custom(u32::try_from(at.expect("collected above")).expect("few metrics"))
    });
    Balance {
        name: balance.metric.clone(),
        metric,
        roles: roles
            .iter()
            .map(|role| balance.roles.is_empty() || balance.roles.contains(&role.id))
            .collect(),
        min_ratio: balance.min_ratio,
        max_ratio: balance.max_ratio,
        ideal_within: balance.ideal_within,
        cost_per_unit: balance.cost_per_unit,
        penalty: balance.penalty,
        shares: raw
            .iter()
            .map(|share| if total > 0.0 { share / total } else { 0.0 })
            .collect(),
    }
}

fn distances(
    input: &Input,
    reps: &Index<'_>,
    markets: &Index<'_>,
    rep_inputs: &[&input::Rep],
) -> Vec<(RepId, u32, MarketId, f64)> {
    let mut rows = Vec::new();
    for distance in &input.distances {
        let rep = reps[distance.rep.as_str()];
        let market = MarketId::at(markets[distance.market.as_str()]);
        for (at, base) in bases(rep_inputs[rep]).iter().enumerate() {
            if distance.base.is_empty() || distance.base == base.id {
                let base = u32::try_from(at).expect("few bases");
                rows.push((RepId::at(rep), base, market, distance.km));
            }
        }
    }
    rows.sort_by_key(|row| (row.0, row.1, row.2));
    rows
}

/// Adds the slots of every market, with visits, losses and current reps.
fn add_slots(problem: &mut Problem, input: &Input, markets: &[&input::Market], reps: &Index<'_>) {
    let seasons: HashMap<&str, &[f64]> = input
        .seasons
        .iter()
        .map(|season| (season.id.as_str(), season.factors.as_slice()))
        .collect();
    let mut workloads: HashMap<(&str, usize), &input::Workload> = HashMap::new();
    let role_index: HashMap<String, usize> = (problem.roles.iter().enumerate())
        .map(|(at, role)| (role.id.clone(), at))
        .collect();
    for workload in &input.workloads {
        let role = role_index.get(&workload.role).copied().unwrap_or(0);
        workloads.insert((workload.class.as_str(), role), workload);
    }
    for (at, market) in markets.iter().enumerate() {
        for role in 0..problem.roles.len() {
            let workload = workloads.get(&(market.class.as_str(), role)).copied();
            let own = if role == 0 { Some(*market) } else { None };
            let per_month = own
                .and_then(|m| m.visits_per_month)
                .or(workload.map(|w| w.visits_per_month));
            let each = own
                .and_then(|m| m.hours_per_visit)
                .or(workload.map(|w| w.hours_per_visit));
            let (Some(per_month), Some(hours_per_visit)) = (per_month, each) else {
                continue;
            };
            let factors = workload.and_then(|w| seasons.get(w.season.as_str()));
            let mut visits = 0.0;
            for (period, entry) in problem.calendar.periods.iter().enumerate() {
                let factor = factors.map_or(1.0, |factors| factors[period]);
                let amount = per_month * entry.months * factor;
                problem.visits.push(amount);
                visits += amount;
            }
            let slot = make_slot(problem, input, market, (at, role), reps);
            problem.slots.push(Slot {
                hours_per_visit,
                visits,
                ..slot
            });
        }
    }
}

fn make_slot(
    problem: &Problem,
    input: &Input,
    market: &input::Market,
    (at, role): (usize, usize),
    reps: &Index<'_>,
) -> Slot {
    let potential = problem.roles[role].value_share * market.potential;
    let declared = input.roles.get(role);
    let loss_share = declared.map_or(0.0, |role| role.unserved_loss_share);
    let loss = loss_share * problem.markets[at].margin * potential;
    let own_loss = market.unserved_loss.filter(|_| role == 0);
    let role_id = &problem.roles[role].id;
    let current = market
        .current
        .iter()
        .find(|current| current.role == *role_id || (current.role.is_empty() && role == 0));
    let current = current.map(|current| RepId::at(reps[current.rep.as_str()]));
    let locked = current.filter(|_| market.protected);
    Slot {
        market: MarketId::at(at),
        role: RoleId::at(role),
        hours_per_visit: 0.0,
        visits: 0.0,
        potential,
        unserved_loss: own_loss.unwrap_or(loss),
        loss_share: own_loss.is_none().then_some(loss_share),
        mandatory: market.must_serve
            || declared.is_some_and(|role| role.mandatory)
            || locked.is_some(),
        current,
        locked,
    }
}

/// Adds locks and forbidden pairs.
fn add_pairs(problem: &mut Problem, input: &Input, markets: &Index<'_>, reps: &Index<'_>) {
    for lock in &input.locks {
        let market = MarketId::at(markets[lock.market.as_str()]);
        let role = problem.find_role(&lock.role).unwrap_or(RoleId(0));
        if let Some(slot) = problem.find_slot(market, role) {
            let slot = &mut problem.slots[slot.index()];
            slot.locked = Some(RepId::at(reps[lock.rep.as_str()]));
            slot.mandatory = true;
        }
    }
    for pair in &input.forbidden {
        let market = MarketId::at(markets[pair.market.as_str()]);
        let rep = RepId::at(reps[pair.rep.as_str()]);
        for slot in problem.slots_of(market) {
            let role = problem.slots[slot].role;
            if pair.role.is_empty() || problem.roles[role.index()].id == pair.role {
                problem.forbidden.push((SlotId::at(slot), rep));
            }
        }
    }
    problem.forbidden.sort_unstable();
    problem.forbidden.dedup();
}

/// Adds every rep at every base that may fill a slot.
pub(super) fn add_candidates(problem: &mut Problem) {
    let homes: Vec<Vec<Located>> = problem
        .reps
        .iter()
        .map(|rep| rep.bases.iter().map(|base| base.position.into()).collect())
        .collect();
    let travel = problem.policy.travel;
    let max_km = travel.max_km.unwrap_or(f64::INFINITY);
    // Caller's distances may be shorter than the great circle, so the cheap limit holds only without them.
    let prefilter = problem.distances.is_empty();
    let mut candidates = Vec::new();
    for slot_at in 0..problem.slots.len() {
        let slot_id = SlotId::at(slot_at);
        let slot = &problem.slots[slot_at];
        let market = &problem.markets[slot.market.index()];
        let role = &problem.roles[slot.role.index()];
        let place = Located::from(market.position);
        for (rep_at, rep) in problem.reps.iter().enumerate() {
            let rep_id = RepId::at(rep_at);
            let reach = |base: &Located| {
                !prefilter || travel.detour_factor * base.km_at_least(&place) <= max_km
            };
            if !homes[rep_at].iter().any(reach)
                || barrier_by_ability(rep, market, role).is_some()
                || problem.forbidden.binary_search(&(slot_id, rep_id)).is_ok()
            {
                continue;
            }
            let value = slot.potential * market.margin * fit(rep, market, role);
            for (base_at, home) in homes[rep_at].iter().enumerate() {
                let base = u32::try_from(base_at).expect("few bases");
                let km = problem
                    .given_km(rep_id, base, slot.market)
                    .unwrap_or_else(|| travel.detour_factor * home.km_to(&place));
                if km <= max_km {
                    let trip = travel.overhead_hours_per_trip + 2.0 * km / travel.speed_km_per_hour;
                    candidates.push(Candidate {
                        slot: slot_id,
                        rep: rep_id,
                        base,
                        value,
                        km,
                        hours_per_visit: slot.hours_per_visit + trip / travel.visits_per_trip,
                    });
                }
            }
        }
        let count = u32::try_from(candidates.len()).expect("at most u32::MAX candidates");
        problem.slot_start.push(count);
    }
    problem.candidates = candidates;
}

impl Problem {
    /// Money that a rep at a base brings in a slot beyond what potential and abilities tell.
    pub(crate) fn bonus(&self, slot: SlotId, rep: RepId, base: u32) -> f64 {
        let place = |row: &(SlotId, RepId, u32, f64)| (row.0, row.1, row.2).cmp(&(slot, rep, base));
        let found = self.bonus.binary_search_by(place);
        found.map_or(0.0, |at| self.bonus[at].3)
    }

    /// The caller's distance between a base and a market in kilometres, if given.
    #[must_use]
    pub fn given_km(&self, rep: RepId, base: u32, market: MarketId) -> Option<f64> {
        self.distances
            .binary_search_by(|row| (row.0, row.1, row.2).cmp(&(rep, base, market)))
            .ok()
            .map(|at| self.distances[at].3)
    }

    /// One-way distance between a rep's base and a market in kilometres: the caller's, or the
    /// great circle times the detour factor.
    ///
    /// # Panics
    /// When the rep has no such base.
    #[must_use]
    pub fn km(&self, rep: RepId, base: u32, market: MarketId) -> f64 {
        self.given_km(rep, base, market).unwrap_or_else(|| {
            let home = self.rep(rep).bases[base as usize].position;
            self.policy.travel.detour_factor * great_circle_km(home, self.market(market).position)
        })
    }
}
