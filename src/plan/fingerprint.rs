//! A short name for the facts of a problem, to notice that a plan was made for others.

use crate::domain::{Metric, Need, Penalty, Policy, Problem};

/// Fingerprint of a problem's facts, 16 hexadecimal digits: FNV-1a with 64 bits (Fowler, Noll, Vo)
/// over a listing of everything that plans depend on. Names for display are left out. The
/// order of reps, markets and skills does not matter. It is no protection against forgery.
#[must_use]
pub fn fingerprint(problem: &Problem) -> String {
    let mut hash = Fnv::default();
    for period in &problem.calendar.periods {
        hash.text(&period.name);
        hash.number(period.months);
    }
    for skill in &problem.skills {
        hash.text(skill);
    }
    add_roles(&mut hash, problem);
    add_reps(&mut hash, problem);
    add_markets(&mut hash, problem);
    add_slots(&mut hash, problem);
    add_policy(&mut hash, &problem.policy);
    format!("{:016x}", hash.0)
}

/// State of an FNV-1a hash.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn bytes(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    /// A text, with its length so that neighbors cannot flow into each other.
    fn text(&mut self, text: &str) {
        self.whole(text.len() as u64);
        self.bytes(text.as_bytes());
    }

    fn whole(&mut self, number: u64) {
        self.bytes(&number.to_le_bytes());
    }

    fn number(&mut self, number: f64) {
        self.whole(number.to_bits());
    }

    fn numbers(&mut self, numbers: &[f64]) {
        self.whole(numbers.len() as u64);
        for &number in numbers {
            self.number(number);
        }
    }

    fn optional(&mut self, number: Option<f64>) {
        self.whole(u64::from(number.is_some()));
        self.number(number.unwrap_or(0.0));
    }

    fn needs(&mut self, needs: &[Need]) {
        self.whole(needs.len() as u64);
        for need in needs {
            self.whole(u64::from(need.skill.0));
            self.numbers(&[need.minimum, need.weight]);
        }
    }
}

fn add_roles(hash: &mut Fnv, problem: &Problem) {
    for role in &problem.roles {
        hash.text(&role.id);
        hash.number(role.value_share);
        hash.needs(&role.needs);
        hash.whole(role.teams.len() as u64);
        for team in &role.teams {
            hash.text(team);
        }
        hash.whole(role.distinct_from.len() as u64);
        for other in &role.distinct_from {
            hash.whole(u64::from(other.0));
        }
        hash.whole(u64::from(role.same_as.0));
    }
}

fn add_reps(hash: &mut Fnv, problem: &Problem) {
    for rep in &problem.reps {
        hash.text(&rep.id);
        hash.text(&rep.team);
        hash.whole(u64::from(rep.candidate));
        hash.whole(rep.bases.len() as u64);
        for base in &rep.bases {
            hash.text(&base.id);
            let place = base.position;
            hash.numbers(&[place.latitude_deg, place.longitude_deg, base.fixed_cost]);
        }
        hash.numbers(&rep.hours);
        hash.numbers(&rep.overtime_hours);
        hash.numbers(&rep.skills);
        hash.numbers(&[
            rep.overtime_cost_per_hour,
            rep.acquisition,
            rep.relationship,
        ]);
        hash.optional(rep.min_slots.map(f64::from));
        hash.optional(rep.max_slots.map(f64::from));
    }
}

fn add_markets(hash: &mut Fnv, problem: &Problem) {
    for market in &problem.markets {
        hash.text(&market.id);
        let place = market.position;
        hash.numbers(&[place.latitude_deg, place.longitude_deg]);
        hash.numbers(&[market.potential, market.margin, market.newness]);
        hash.needs(&market.needs);
        let family = market
            .family
            .map(|family| &problem.families[family.index()]);
        hash.text(family.map_or("", String::as_str));
        hash.numbers(&market.metrics);
    }
}

fn add_slots(hash: &mut Fnv, problem: &Problem) {
    for slot in &problem.slots {
        hash.whole(u64::from(slot.market.0));
        hash.whole(u64::from(slot.role.0));
        hash.numbers(&[slot.hours_per_visit, slot.unserved_loss]);
        hash.whole(u64::from(slot.mandatory));
        for rep in [slot.current, slot.locked] {
            hash.optional(rep.map(|rep| f64::from(rep.0)));
        }
    }
    hash.numbers(&problem.visits);
    for &(rep, base, market, km) in &problem.distances {
        for id in [rep.0, base, market.0] {
            hash.whole(u64::from(id));
        }
        hash.number(km);
    }
    for &(slot, rep) in &problem.forbidden {
        hash.whole(u64::from(slot.0));
        hash.whole(u64::from(rep.0));
    }
}

fn add_policy(hash: &mut Fnv, policy: &Policy) {
    for level in &policy.objective.levels {
        for (_, weight) in level.weights.iter() {
            hash.number(weight);
        }
        hash.number(level.allowed_loss);
    }
    let travel = &policy.travel;
    hash.numbers(&[
        travel.speed_km_per_hour,
        travel.detour_factor,
        travel.overhead_hours_per_trip,
        travel.visits_per_trip,
        travel.cost_per_km,
    ]);
    hash.optional(travel.max_km);
    for balance in &policy.balance {
        hash.text(&balance.name);
        hash.whole(match balance.metric {
            Metric::Workload => 0,
            Metric::Potential => 1,
            Metric::Count => 2,
            Metric::TravelKm => 3,
            Metric::Custom(at) => 4 + u64::from(at),
        });
        for &counts in &balance.roles {
            hash.whole(u64::from(counts));
        }
        hash.optional(balance.min_ratio);
        hash.optional(balance.max_ratio);
        hash.numbers(&[balance.ideal_within, balance.cost_per_unit]);
        hash.whole(match balance.penalty {
            Penalty::Sum => 0,
            Penalty::Largest => 1,
        });
        hash.numbers(&balance.shares);
    }
    for limit in &policy.concentration {
        hash.text(limit.source.name());
        hash.number(limit.max_share);
    }
    hash.number(policy.cost_per_move);
    hash.optional(policy.max_moved_potential_share);
    for limit in [policy.max_moves, policy.min_hires, policy.max_hires] {
        hash.optional(limit.map(f64::from));
    }
}
