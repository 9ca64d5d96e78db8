//! Planning tasks of any size, from a seed: markets around real cities, made-up reps.
//!
//! A task is feasible by construction. Markets get a current rep only while that rep's hours last,
//! locks name current reps, and no other hard limit binds a market that is left unserved. So today's
//! plan ([`todays_plan`]) keeps every rule.

use std::collections::BTreeMap;

use apportion::domain::geo::{Position, great_circle_km};
use apportion::domain::{Problem, SlotId};
use apportion::input::{
    Balance, Calendar, CurrentRep, Input, Market, Policy, Rep, Role, Season, Travel, Workload,
};
use apportion::plan::Plan;
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};

use crate::cities::{self, City};

/// Industries that markets ask for as a skill.
const SKILLS: [&str; 4] = ["automotive", "chemicals", "electronics", "medical"];
/// Farthest market from a base with 150 reps, in kilometres on the road; with fewer reps farther, in
/// proportion to the distance between neighbors.
const MAX_KM: f64 = 500.0;
const MAX_KM_REPS: f64 = 150.0;
/// Kilometres on the road for each as the crow flies.
const DETOUR: f64 = 1.25;
const KM_PER_HOUR: f64 = 60.0;
const VISITS_PER_TRIP: f64 = 3.0;
const SELLING_SHARE: f64 = 0.6;
/// Selling hours of a rep in a year: about 249 working days of eight hours.
const HOURS_PER_YEAR: f64 = 249.0 * 8.0 * SELLING_SHARE;
/// Share of all hours that serving every market from its nearest rep would take.
const DEMAND: f64 = 0.85;
/// Share of a rep's yearly hours that today's markets take at most. Low enough that the busiest
/// month (season 1.2, fewest working days) fits too.
const TODAY: f64 = 0.7;
/// Standard deviation of a market's distance from its city, north and east, in kilometres.
const SPREAD_KM: f64 = 25.0;
const KM_PER_DEGREE: f64 = 111.2;

/// Customer classes with their share of markets, potential in money, visits a month (before they
/// are scaled to the hours there are) and hours of a visit.
const CLASSES: [(&str, f64, f64, f64, f64); 3] = [
    ("key", 0.1, 2.0e6, 4.0, 1.5),
    ("regular", 0.4, 5.0e5, 2.0, 1.0),
    ("potential", 0.5, 2.0e5, 1.0, 0.75),
];
/// Visits a month and hours of a visit of a specialist at a key customer.
const SPECIALIST: (f64, f64) = (1.0, 2.0);

/// Every so many markets three in a row are a family.
const FAMILY_EVERY: usize = 40;
const FAMILY_SIZE: usize = 3;
const LOCK_EVERY: usize = 50;
const PROTECT_EVERY: usize = 70;
const FORBID_EVERY: usize = 30;
/// Every so many reps one is a specialist, and one is a candidate for hire with two bases.
const SPECIALIST_EVERY: usize = 8;
const CANDIDATE_EVERY: usize = 20;

/// The size of a generated task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// 200 markets, 10 reps.
    S,
    /// 4 000 markets, 50 reps.
    M,
    /// 12 000 markets, 150 reps.
    L,
    /// 40 000 markets, 300 reps.
    Xl,
    /// 100 000 markets, 1 000 reps.
    Xxl,
}

impl Size {
    /// All sizes, smallest first.
    pub const ALL: [Size; 5] = [Size::S, Size::M, Size::L, Size::Xl, Size::Xxl];
    /// Sizes at which stages and the building of programs are measured.
    pub const STAGES: [Size; 3] = [Size::S, Size::M, Size::L];

    /// Number of markets.
    #[must_use]
    pub fn markets(self) -> usize {
        match self {
            Size::S => 200,
            Size::M => 4_000,
            Size::L => 12_000,
            Size::Xl => 40_000,
            Size::Xxl => 100_000,
        }
    }

    /// Number of reps.
    #[must_use]
    pub fn reps(self) -> usize {
        match self {
            Size::S => 10,
            Size::M => 50,
            Size::L => 150,
            Size::Xl => 300,
            Size::Xxl => 1_000,
        }
    }

    /// The task of this size that every figure is about: seed 1.
    #[must_use]
    pub fn input(self) -> Input {
        generate(self.markets(), self.reps(), 1)
    }
}

/// Random numbers as the generator needs them.
struct Draw(Pcg64Mcg);

impl Draw {
    /// Uniform in [0, 1).
    fn unit(&mut self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "53 bits fit exactly")]
        let bits = (self.0.next_u64() >> 11) as f64;
        bits / 9_007_199_254_740_992.0
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Mean 0, variance 1, nearly normal: twelve uniform numbers less six.
    fn spread(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }

    /// A position, each as likely as its weight.
    fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.unit() * weights.iter().sum::<f64>();
        for (at, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return at;
            }
        }
        weights.len() - 1
    }

    fn below(&mut self, count: usize) -> usize {
        self.weighted(&vec![1.0; count])
    }
}

/// A task with 12 monthly periods, two roles (an owner for every market, a specialist for key
/// customers), families, locks, protected markets, forbidden pairs, candidates for hire, and three
/// balanced metrics. The same arguments give the same task on every machine.
#[must_use]
pub fn generate(markets: usize, reps: usize, seed: u64) -> Input {
    let mut draw = Draw(Pcg64Mcg::seed_from_u64(seed));
    let cities: Vec<City> = cities::all().collect();
    let mut input = Input::new(format!("{markets} markets, {reps} reps, seed {seed}"))
        .calendar(Calendar::months(2027).selling_share(SELLING_SHARE))
        .policy(policy(max_km(reps)));
    input.currency = "CNY".to_owned();
    input.skills = SKILLS.map(str::to_owned).to_vec();
    input.roles = roles();
    input.seasons.push(Season::new(
        "year",
        [0.9, 0.8, 1.1, 1.2, 1.1, 1.0, 0.9, 0.9, 1.2, 1.0, 1.0, 0.9],
    ));
    input.reps = (0..reps)
        .map(|at| make_rep(&mut draw, &cities, at))
        .collect();
    input.markets = make_markets(&mut draw, &cities, markets);
    let scale = visits_scale(&input);
    input.workloads = workloads(scale);
    give_to_current_reps(&mut draw, &mut input, scale);
    add_pairs(&mut draw, &mut input);
    input
}

fn max_km(reps: usize) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "few reps")]
    let reps = reps.max(1) as f64;
    round(MAX_KM * (MAX_KM_REPS / reps).sqrt(), 0)
}

fn policy(max_km: f64) -> Policy {
    let mut policy = Policy::new()
        .margin(0.3)
        .overtime(0.1, 300.0)
        .travel(Travel {
            speed_km_per_hour: KM_PER_HOUR,
            detour_factor: DETOUR,
            overhead_hours_per_trip: 0.0,
            visits_per_trip: VISITS_PER_TRIP,
            cost_per_km: 1.5,
            max_km: Some(max_km),
        })
        .balance(Balance::of("workload").ideal(0.1, 40.0))
        .balance(Balance::of("potential").ideal(0.15, 0.02))
        .cost_per_move(2_000.0);
    let mut count = Balance::of("count").ideal(0.25, 2_000.0).largest();
    count.roles.push("owner".to_owned());
    policy.balance.push(count);
    policy.continuity.max_moved_potential_share = Some(0.3);
    policy
}

fn roles() -> Vec<Role> {
    let mut owner = Role::new("owner", 1.0).unserved_loss(0.2);
    owner.teams.push("field".to_owned());
    let mut specialist = Role::new("specialist", 0.25)
        .unserved_loss(0.05)
        .distinct_from("owner");
    specialist.teams.push("specialist".to_owned());
    vec![owner, specialist]
}

fn workloads(scale: f64) -> Vec<Workload> {
    let class = |&(class, _, _, visits, hours): &(&str, f64, f64, f64, f64)| {
        let workload = Workload::new(class, "owner", visits * scale, hours);
        if class == "key" {
            workload
        } else {
            workload.season("year")
        }
    };
    let mut workloads: Vec<Workload> = CLASSES.iter().map(class).collect();
    let (visits, hours) = SPECIALIST;
    workloads.push(Workload::new("key", "specialist", visits * scale, hours));
    workloads
}

/// Latitude and longitude near a city.
fn near(draw: &mut Draw, city: &City) -> (f64, f64) {
    let latitude = city.latitude_deg + SPREAD_KM * draw.spread() / KM_PER_DEGREE;
    let shrink = city.latitude_deg.to_radians().cos();
    let longitude = city.longitude_deg + SPREAD_KM * draw.spread() / KM_PER_DEGREE / shrink;
    (round(latitude, 5), round(longitude, 5))
}

fn round(value: f64, digits: i32) -> f64 {
    let unit = 10.0_f64.powi(digits);
    (value * unit).round() / unit
}

fn make_rep(draw: &mut Draw, cities: &[City], at: usize) -> Rep {
    // Less than in proportion to people, so that small cities have somebody near too.
    let weights: Vec<f64> = cities.iter().map(|city| city.thousands.sqrt()).collect();
    let home = cities[draw.weighted(&weights)];
    let (latitude, longitude) = near(draw, &home);
    let candidate = at % CANDIDATE_EVERY == CANDIDATE_EVERY - 1;
    let specialist = !candidate && at % SPECIALIST_EVERY == SPECIALIST_EVERY - 1;
    let mut rep = Rep::new(format!("r{at:03}"))
        .team(if specialist { "specialist" } else { "field" })
        .abilities(
            round(draw.between(0.5, 1.0), 2),
            round(draw.between(0.5, 1.0), 2),
        );
    for skill in SKILLS {
        let strong = draw.unit() < 0.6;
        let level = if strong {
            draw.between(0.5, 1.0)
        } else {
            draw.between(0.0, 0.5)
        };
        rep = rep.skill(skill, round(level, 2));
    }
    if !candidate {
        return rep.home(latitude, longitude);
    }
    let other = cities[draw.weighted(&weights)];
    rep.candidate(150_000.0)
        .base("first", latitude, longitude, 150_000.0)
        .base("second", other.latitude_deg, other.longitude_deg, 140_000.0)
}

fn in_family(at: usize) -> bool {
    at % FAMILY_EVERY < FAMILY_SIZE
}

fn make_markets(draw: &mut Draw, cities: &[City], count: usize) -> Vec<Market> {
    let people: Vec<f64> = cities.iter().map(|city| city.thousands).collect();
    let shares = CLASSES.map(|class| class.1);
    let mut city = cities[0];
    let mut markets = Vec::with_capacity(count);
    for at in 0..count {
        // A family stays in one city.
        if !in_family(at) || at % FAMILY_EVERY == 0 {
            city = cities[draw.weighted(&people)];
        }
        let (latitude, longitude) = near(draw, &city);
        let (class, _, potential, _, _) = CLASSES[draw.weighted(&shares)];
        let potential = potential * (0.5 * draw.spread()).exp();
        let newness = if class == "potential" {
            draw.between(0.7, 1.0)
        } else {
            draw.between(0.0, 0.3)
        };
        let mut market = Market::new(format!("m{at:05}"))
            .at(latitude, longitude)
            .class(class)
            .region(city.province)
            .potential(round(potential, 0))
            .newness(round(newness, 2));
        market.name = format!("{} {at}", city.name);
        if in_family(at) {
            market = market.family(format!("f{:04}", at / FAMILY_EVERY));
        } else if draw.unit() < 0.6 {
            let minimum = if class == "key" { 0.5 } else { 0.3 };
            market = market.needs(SKILLS[draw.below(SKILLS.len())], minimum);
        }
        markets.push(market);
    }
    markets
}

/// Reps of a team who may serve a market, nearest first, with their distance in kilometres.
/// Candidates for hire are left out.
fn nearest<'a>(input: &'a Input, market: &Market, team: &str) -> Vec<(f64, &'a Rep)> {
    let able = |rep: &Rep| {
        market.needs.iter().all(|need| {
            let level = rep.skills.iter().find(|level| level.skill == need.skill);
            level.is_some_and(|level| level.level >= need.minimum)
        })
    };
    let max_km = input.policy.travel.max_km.unwrap_or(f64::INFINITY);
    let place = Position {
        latitude_deg: market.latitude_deg,
        longitude_deg: market.longitude_deg,
    };
    let there = |rep: &&Rep| !rep.candidate && rep.team == team && able(rep);
    let mut near: Vec<(f64, &Rep)> = (input.reps.iter().filter(there))
        .filter_map(|rep| {
            let home = Position {
                latitude_deg: rep.latitude_deg?,
                longitude_deg: rep.longitude_deg?,
            };
            let km = DETOUR * great_circle_km(home, place);
            (km <= max_km).then_some((km, rep))
        })
        .collect();
    near.sort_by(|a, b| a.0.total_cmp(&b.0));
    near
}

/// Hours a year of an owner at a distance, before scaling.
fn hours_per_year(market: &Market, km: f64) -> f64 {
    let class = CLASSES.iter().find(|class| class.0 == market.class);
    let (visits, hours) = class.map_or((0.0, 0.0), |class| (class.3, class.4));
    12.0 * visits * (hours + 2.0 * km / KM_PER_HOUR / VISITS_PER_TRIP)
}

/// The factor on visits at which serving every market from its nearest rep takes the stated share
/// of all hours.
fn visits_scale(input: &Input) -> f64 {
    let needed: f64 = (input.markets.iter())
        .filter_map(|market| {
            let (km, _) = *nearest(input, market, "field").first()?;
            Some(hours_per_year(market, km))
        })
        .sum();
    let there = |rep: &&Rep| !rep.candidate && rep.team == "field";
    #[allow(clippy::cast_precision_loss, reason = "few reps")]
    let reps = input.reps.iter().filter(there).count() as f64;
    round(DEMAND * HOURS_PER_YEAR * reps / needed.max(1.0), 3)
}

/// Gives established markets to the nearest rep with hours left.
fn give_to_current_reps(draw: &mut Draw, input: &mut Input, scale: f64) {
    let mut left: BTreeMap<String, f64> = (input.reps.iter())
        .map(|rep| (rep.id.clone(), TODAY * HOURS_PER_YEAR))
        .collect();
    let mut taken = Vec::new();
    for (at, market) in input.markets.iter().enumerate() {
        if in_family(at) || draw.unit() > 0.9 - 0.6 * market.newness {
            continue;
        }
        for (km, rep) in nearest(input, market, "field") {
            let hours = scale * hours_per_year(market, km);
            if let Some(left) = left.get_mut(&rep.id).filter(|left| **left >= hours) {
                *left -= hours;
                taken.push((at, rep.id.clone()));
                break;
            }
        }
    }
    for (at, rep) in taken {
        let role = "owner".to_owned();
        input.markets[at].current.push(CurrentRep { role, rep });
    }
}

/// Locks and protects some markets with a current rep, and forbids some pairs.
fn add_pairs(draw: &mut Draw, input: &mut Input) {
    let reps: Vec<String> = input.reps.iter().map(|rep| rep.id.clone()).collect();
    let mut pairs = Input::default();
    for (at, market) in input.markets.iter_mut().enumerate() {
        let Some(holder) = market.current.first().map(|current| current.rep.clone()) else {
            continue;
        };
        if at % PROTECT_EVERY == PROTECT_EVERY - 1 {
            market.protected = true;
        } else if at % LOCK_EVERY == LOCK_EVERY - 1 {
            pairs = pairs.lock(&market.id, "owner", holder);
        } else if at % FORBID_EVERY == FORBID_EVERY - 1 {
            let rep = &reps[draw.below(reps.len())];
            if *rep != holder {
                pairs = pairs.forbid(&market.id, "", rep);
            }
        }
    }
    input.locks = pairs.locks;
    input.forbidden = pairs.forbidden;
}

/// The plan in which every slot keeps its current rep and nobody else has anything.
#[must_use]
pub fn todays_plan(problem: &Problem) -> Plan {
    let mut plan = Plan::empty(problem);
    for slot in (0..problem.slots().len()).map(SlotId::at) {
        plan.coverage[slot.index()] = problem.slot(slot).current;
    }
    plan
}

#[cfg(test)]
mod tests {
    use apportion::check::verify;

    use super::*;

    /// The check, which shares nothing with the generator, confirms what the generator promises.
    #[test]
    fn todays_plan_keeps_every_rule() {
        for (markets, reps, seed) in [(200, 10, 1), (1_000, 40, 2)] {
            let problem = Problem::new(&generate(markets, reps, seed)).expect("no faults");
            let plan = todays_plan(&problem);
            assert!(plan.served() > markets / 4);
            assert_eq!(verify(&problem, &plan).violations, []);
        }
    }

    /// Figures of two days can be compared only if the task is the same.
    #[test]
    fn the_seed_decides_the_task() {
        assert_eq!(generate(200, 10, 7), generate(200, 10, 7));
        assert_ne!(generate(200, 10, 7), generate(200, 10, 8));
    }
}
