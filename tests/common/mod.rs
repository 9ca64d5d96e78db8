//! Random small problems with every rule switched on and off, and brute force over all plans.

#![allow(dead_code, reason = "each test binary uses a part")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::cast_possible_truncation, reason = "numbers here are small")]

use apportion::check::{Verification, verify};
use apportion::domain::{Problem, RepId};
use apportion::input::{
    Balance, Calendar, CurrentRep, Input, Market, Policy, Rep, Role, Source, Travel, Workload,
};
use apportion::plan::Plan;

/// A small counter-based generator (SplitMix64), so that a case is known by its seed.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A whole number below `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// A number in [low, high).
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        let unit = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        low + unit * (high - low)
    }

    pub(crate) fn chance(&mut self, share: f64) -> bool {
        self.between(0.0, 1.0) < share
    }
}

/// A problem with at most 4 reps and 6 markets in which each rule is on or off by chance.
pub(crate) fn small_input(seed: u64) -> Input {
    let random = &mut Random::new(seed);
    let reps = 2 + random.below(3);
    let markets = 2 + random.below(5);
    let mut calendar = Calendar::quarters(2027);
    calendar.periods = 1 + random.below(3) as u32;
    let mut input = Input::new(format!("seed {seed}"))
        .calendar(calendar)
        .skill("medical")
        .skill("legal");
    add_roles(&mut input, random);
    for at in 0..reps {
        input.reps.push(rep(at, reps, random));
    }
    for at in 0..markets {
        input.markets.push(market(at, reps, random));
    }
    if random.chance(0.3) {
        for market in input.markets.iter_mut().take(2) {
            market.family = "group".to_owned();
            market.needs.clear();
        }
    }
    if random.chance(0.3) {
        let (market, rep) = (random.below(markets), random.below(reps));
        input = input.forbid(format!("m{market}"), "", format!("r{rep}"));
    }
    input.policy = policy(reps, random);
    for (by, sources) in [
        (Source::Rep, reps),
        (Source::Market, markets),
        (Source::Family, 9),
    ] {
        let some = by != Source::Family || (markets > 2 && input.markets[0].family == "group");
        if some && sources > 1 && random.chance(0.15) {
            input.policy = input
                .policy
                .clone()
                .max_share_of(by, random.between(0.5, 0.9));
        }
    }
    if random.chance(0.2) {
        // A lock on the last market, freed of all that could contradict it.
        let last = input.markets.last_mut().unwrap();
        last.needs.clear();
        last.protected = false;
        last.family.clear();
        let market = last.id.clone();
        input.forbidden.retain(|pair| pair.market != market);
        input.policy.travel.max_km = None;
        input = input.lock(market, "owner", "r0");
    }
    input
}

fn add_roles(input: &mut Input, random: &mut Random) {
    input
        .roles
        .push(Role::new("owner", 1.0).unserved_loss(if random.chance(0.5) { 0.3 } else { 0.0 }));
    input.workloads.push(Workload::new("a", "owner", 2.0, 8.0));
    input.workloads.push(Workload::new("b", "owner", 1.0, 6.0));
    if random.chance(0.4) {
        let overlay = Role::new("expert", 0.4);
        input.roles.push(match random.below(3) {
            0 => overlay.distinct_from("owner"),
            1 => overlay.same_as("owner"),
            _ => overlay.needs("legal", 0.3),
        });
        input
            .workloads
            .push(Workload::new("a", "expert", 0.5, 10.0));
    }
}

fn rep(at: usize, reps: usize, random: &mut Random) -> Rep {
    let mut rep = Rep::new(format!("r{at}"))
        .home(random.between(30.0, 32.0), random.between(120.0, 122.0))
        .skill("medical", random.between(0.0, 1.0))
        .skill("legal", random.between(0.0, 1.0))
        .abilities(random.between(0.3, 1.0), random.between(0.3, 1.0))
        .hours_per_day(random.between(0.2, 1.5));
    if random.chance(0.3) {
        rep = rep.markets(random.below(2) as u32, 2 + random.below(3) as u32);
    }
    if random.chance(0.2) {
        rep = rep.leave("2027-02-01", "2027-02-28");
    }
    if at + 1 == reps && random.chance(0.3) {
        rep = rep.candidate(random.between(0.0, 60_000.0));
    } else if at == 1 && random.chance(0.2) {
        rep = rep
            .base("east", 31.0, 122.0, 1_000.0)
            .base("west", 31.0, 120.0, 500.0);
    }
    rep
}

fn market(at: usize, reps: usize, random: &mut Random) -> Market {
    let mut market = Market::new(format!("m{at}"))
        .at(random.between(30.0, 32.0), random.between(120.0, 122.0))
        .potential(random.between(10_000.0, 100_000.0))
        .class(if random.chance(0.4) { "a" } else { "b" })
        .newness(random.between(0.0, 1.0));
    if random.chance(0.3) {
        market = market.needs("medical", random.between(0.0, 0.6));
    }
    if random.chance(0.5) {
        market.current.push(CurrentRep {
            role: "owner".to_owned(),
            rep: format!("r{}", random.below(reps - 1)),
        });
    }
    if random.chance(0.15) {
        market = market.must_serve();
    }
    market
}

fn policy(reps: usize, random: &mut Random) -> Policy {
    let mut policy = Policy::new().margin(random.between(0.2, 1.0));
    policy = policy.travel(Travel {
        speed_km_per_hour: 70.0,
        visits_per_trip: 2.0,
        cost_per_km: if random.chance(0.5) { 1.0 } else { 0.0 },
        max_km: random.chance(0.3).then(|| random.between(80.0, 200.0)),
        ..Travel::default()
    });
    if random.chance(0.6) {
        policy = policy.overtime(random.between(0.05, 0.5), random.between(10.0, 100.0));
    }
    for metric in ["workload", "potential", "count", "travel_km"] {
        if random.chance(0.25) {
            let mut balance = Balance::of(metric);
            if random.chance(0.5) {
                balance = balance.within(random.between(0.3, 0.9));
            }
            if random.chance(0.7) {
                balance = balance.ideal(random.between(0.0, 0.2), random.between(0.01, 50.0));
            }
            if random.chance(0.4) {
                balance = balance.largest();
            }
            if random.chance(0.3) {
                let rep = format!("r{}", random.below(reps));
                balance = balance.share(rep, random.between(0.5, 2.0));
            }
            policy = policy.balance(balance);
        }
    }
    if random.chance(0.5) {
        policy = policy.cost_per_move(random.between(0.0, 5_000.0));
    }
    if random.chance(0.3) {
        policy = policy.max_moves(random.below(4) as u32);
    }
    if random.chance(0.2) {
        policy.continuity.max_moved_potential_share = Some(random.between(0.1, 0.9));
    }
    if random.chance(0.2) {
        policy.sizing.max_hires = Some(random.below(2) as u32);
    }
    if random.chance(0.25) {
        let loss = random.between(0.0, 0.1);
        policy = policy
            .priority([("contribution", 1.0), ("unserved", 1.0)], loss)
            .priority(
                [("travel", 1.0), ("continuity", 1.0), ("overtime", 1.0)],
                loss,
            )
            .priority([("balance", 1.0), ("sizing", 1.0)], 0.0);
    }
    policy
}

/// Calls `visit` with every plan and what the check says of it. Every rep is tried for every slot,
/// eligible or not, and every base for every rep: nothing is taken over from the formulation.
pub(crate) fn every_plan(problem: &Problem, visit: &mut dyn FnMut(&Plan, &Verification)) {
    let mut plan = Plan::empty(problem);
    every_base(problem, 0, &mut plan, visit);
}

fn every_base(
    problem: &Problem,
    rep: usize,
    plan: &mut Plan,
    visit: &mut dyn FnMut(&Plan, &Verification),
) {
    if rep == problem.reps().len() {
        return every_cover(problem, 0, plan, visit);
    }
    let entry = &problem.reps()[rep];
    if entry.candidate {
        plan.bases[rep] = None;
        every_base(problem, rep + 1, plan, visit);
    }
    for base in 0..entry.bases.len() as u32 {
        plan.bases[rep] = Some(base);
        every_base(problem, rep + 1, plan, visit);
    }
}

fn every_cover(
    problem: &Problem,
    slot: usize,
    plan: &mut Plan,
    visit: &mut dyn FnMut(&Plan, &Verification),
) {
    if slot == problem.slots().len() {
        return visit(plan, &verify(problem, plan));
    }
    plan.coverage[slot] = None;
    every_cover(problem, slot + 1, plan, visit);
    for rep in 0..problem.reps().len() {
        if plan.bases[rep].is_some() {
            plan.coverage[slot] = Some(RepId::at(rep));
            every_cover(problem, slot + 1, plan, visit);
        }
    }
    plan.coverage[slot] = None;
}

/// The best value of each level over all plans, level after level with the allowed losses; none if
/// no plan keeps every rule.
pub(crate) fn brute_force(problem: &Problem) -> Option<Vec<f64>> {
    let mut valid: Vec<Vec<f64>> = Vec::new();
    every_plan(problem, &mut |_, verification| {
        if verification.is_valid() {
            valid.push(verification.values.clone());
        }
    });
    let levels = &problem.policy().objective.levels;
    let mut best = Vec::new();
    for (at, level) in levels.iter().enumerate() {
        let top = valid.iter().map(|v| v[at]).reduce(f64::max)?;
        let floor = top - (level.allowed_loss + 1e-9) * top.abs();
        valid.retain(|values| values[at] >= floor);
        best.push(top);
    }
    Some(best)
}

/// Number of slots times plans that brute force would visit.
pub(crate) fn plans(problem: &Problem) -> f64 {
    let choices = (problem.reps().len() + 1) as f64;
    let bases: usize = problem
        .reps()
        .iter()
        .map(|rep| rep.bases.len() + 1)
        .product();
    choices.powi(problem.slots().len() as i32)
        * (bases as f64 / 2_f64.powi(problem.reps().len() as i32))
}

/// 20 reps, the first of them candidates for hire, and 1 000 markets in three months, hours enough for
/// nine tenths of the work.
pub(crate) fn middling(seed: u64, candidates: usize) -> Problem {
    made(seed, (20, candidates), 1000, (0.5, 2.0))
}

/// Five reps, one of them a candidate, and 70 markets that take a large part of a rep's hours each.
pub(crate) fn lumpy(seed: u64) -> Problem {
    made(seed, (5, 1), 70, (2.0, 9.0))
}

fn made(seed: u64, reps: (usize, usize), markets: usize, visits: (f64, f64)) -> Problem {
    let random = &mut Random::new(seed);
    let mut calendar = Calendar::months(2027);
    calendar.periods = 3;
    let mut input = Input::new("made").calendar(calendar);
    for at in 0..reps.0 {
        let (latitude, longitude) = (random.between(29.0, 34.0), random.between(109.0, 114.0));
        let rep = Rep::new(format!("r{at}")).home(latitude, longitude);
        input = input.rep(if at < reps.1 {
            rep.candidate(50_000.0)
        } else {
            rep
        });
    }
    for at in 0..markets {
        let market = Market::new(format!("m{at}"))
            .at(random.between(29.0, 34.0), random.between(109.0, 114.0))
            .potential(random.between(1e5, 1e6))
            .visits(random.between(visits.0, visits.1), random.between(0.5, 2.0));
        input = input.market(market);
    }
    Problem::new(&input.policy(Policy::new().margin(0.5).overtime(0.1, 50.0))).unwrap()
}
