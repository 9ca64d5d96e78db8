//! The baselines against plans worked out by hand, and the local search against brute force.
//!
//! Where the expected answers come from: by hand in the comments, or by enumeration of all plans
//! valued by `apportion::check`, or by making the same totals in another way.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(
    clippy::cast_possible_truncation,
    reason = "small numbers of a test case"
)]

mod common;

use std::time::Instant;

use apportion::check::verify;
use apportion::domain::{CandidateId, Goal, Goals, Problem, RepId, SlotId};
use apportion::input::{Balance, Calendar, Distance, Input, Market, Policy, Rep, Role, Workload};
use apportion::plan::{Ledger, Plan};
use apportion::strategy::{Strategy, baseline, improve};
use common::{Random, every_plan, plans, small_input};
use proptest::prelude::{ProptestConfig, any, proptest};

const BASELINES: [Strategy; 6] = [
    Strategy::KeepAsIs,
    Strategy::RoundRobin,
    Strategy::WeightedRoundRobin,
    Strategy::Greedy,
    Strategy::Waterfall,
    Strategy::TeamQuota,
];

/// One month of 20 working days; visits of one hour without travel, so that the hours of a market
/// are its visits a month.
fn month() -> Input {
    let mut calendar = Calendar::months(2027);
    calendar.periods = 1;
    // February 2027 has exactly 20 days from Monday to Friday.
    calendar.start = "2027-02-01".to_owned();
    calendar.selling_share = 1.0;
    let mut input = Input::new("by hand").calendar(calendar);
    input.policy = Policy::new().margin(1.0);
    input.policy.travel.overhead_hours_per_trip = 0.0;
    input
}

/// A rep with some hours in the month, at the place where all markets are.
fn rep(id: &str, hours: f64) -> Rep {
    Rep::new(id)
        .home(31.0, 121.0)
        .hours_per_day(hours / 20.0)
        .abilities(1.0, 1.0)
}

/// A market with hours of work, worth its potential.
fn market(id: &str, hours: f64, potential: f64) -> Market {
    Market::new(id)
        .at(31.0, 121.0)
        .potential(potential)
        .visits(hours, 1.0)
}

/// The reps of all slots, `-` for nobody.
fn reps(problem: &Problem, plan: &Plan) -> Vec<String> {
    let name = |rep: &Option<_>| rep.map_or("-".to_owned(), |rep| problem.rep(rep).id.clone());
    plan.coverage.iter().map(name).collect()
}

fn run(input: &Input, strategy: Strategy) -> Vec<String> {
    let problem = Problem::new(input).unwrap();
    reps(&problem, &baseline(&problem, strategy, 7))
}

/// The example behind most cases: a has 40 hours, b 20; five markets.
fn example() -> Input {
    month()
        .rep(rep("a", 40.0))
        .rep(rep("b", 20.0))
        .market(market("m1", 10.0, 100.0).current("b"))
        .market(market("m2", 20.0, 600.0).current("b"))
        .market(market("m3", 10.0, 400.0).current("a"))
        .market(market("m4", 15.0, 150.0))
        .market(market("m5", 10.0, 200.0).current("a"))
}

#[test]
fn names_lead_back() {
    for strategy in Strategy::ALL {
        assert_eq!(Strategy::from_name(strategy.name()), Some(strategy));
    }
    assert_eq!(Strategy::from_name("best"), None);
    let baselines: Vec<Strategy> = (Strategy::ALL.into_iter())
        .filter(|strategy| strategy.is_baseline())
        .collect();
    assert_eq!(baselines, BASELINES);
}

/// Values per hour: m3 40, m2 30, m5 20, m1 10. a keeps m3 and m5 (20 of 40 h). b keeps m2 (20 of
/// 20 h); m1 no longer fits. m4 has nobody today.
#[test]
fn keep_as_is_drops_what_is_worth_least() {
    let plan = run(&example(), Strategy::KeepAsIs);
    assert_eq!(plan, ["-", "b", "a", "-", "a"]);
}

/// m1 to a (10 of 40). m2 to b (20 of 20). m3 is a's turn (20). m4 is b's turn, who is full: a
/// (35). m5 is b's turn again, full; a would need 45 of 40: nobody.
#[test]
fn round_robin_passes_over_who_is_full() {
    let plan = run(&example(), Strategy::RoundRobin);
    assert_eq!(plan, ["a", "b", "a", "a", "-"]);
}

/// Slots per hour with the next one: m1: a 1/40, b 1/20: a. m2: a 2/40, b 1/20: equal, a by id (30
/// h). m3: a 3/40, b 1/20: b (10). m4: a 45 h and b 25 h do not fit. m5: a 3/40 beats b 2/20: a.
#[test]
fn weighted_round_robin_follows_hours() {
    let plan = run(&example(), Strategy::WeightedRoundRobin);
    assert_eq!(plan, ["a", "a", "b", "-", "a"]);
}

/// By value per hour: m3 40 to a (10), m2 30 to a (30), m5 20 to a (40), m1 10 (ties with m4 at 10:
/// smaller id first) to b (10), m4 needs 15 h, b has 10 left: nobody.
#[test]
fn greedy_takes_the_best_hours_first() {
    let plan = run(&example(), Strategy::Greedy);
    assert_eq!(plan, ["b", "a", "a", "-", "a"]);
}

/// By hours: m2 20, m4 15, then m1, m3, m5 with 10. Level = hours / hours available. m2: a 0, b 0:
/// a (20/40). m4: b 0 (15/20). m1: a .5 beats b .75: a (30/40). m3: a .75, b .75: a (40/40). m5: a
/// 1, b .75: b (25/20). Trim: b has 25 of 20: lowest value per hour is m4 with 10 (m5 has 20), b
/// keeps m5. Refill m4: a is full, b has 10 left: nobody.
#[test]
fn waterfall_balances_then_trims() {
    let plan = run(&example(), Strategy::Waterfall);
    assert_eq!(plan, ["a", "a", "a", "-", "b"]);
}

/// The waterfall's level follows the first balance: with counts and equal shares, by hours m2, m4,
/// m1, m3, m5 go to a, b, a, b, a: a has m2, m1, m5 (40 h), b m4, m3 (25 of 20 h). m4 goes, with 10
/// an hour.
#[test]
fn waterfall_follows_the_first_balance() {
    let mut input = example();
    input.policy = input.policy.balance(Balance::of("count"));
    let plan = run(&input, Strategy::Waterfall);
    assert_eq!(plan, ["a", "a", "b", "-", "a"]);
}

/// With one team there is nothing to draw: most hours left takes it. m1: a 40 beats b 20 (30 left).
/// m2: a 30 (10 left). m3: b 20 beats a 10 (10 left). m4 fits nobody. m5: a 10, b 10: a.
#[test]
fn team_quota_within_a_team_follows_what_is_left() {
    let plan = run(&example(), Strategy::TeamQuota);
    assert_eq!(plan, ["a", "a", "b", "-", "a"]);
}

/// Team x has 3 times the hours of team y. Of 400 markets that take next to no time, the share of x
/// is binomial with mean 300 and standard deviation √(400·¾·¼) = 8.7: within 5 of them.
#[test]
fn team_quota_draws_teams_in_proportion() {
    let mut input = month()
        .rep(rep("a", 60.0).team("x"))
        .rep(rep("b", 60.0).team("x"))
        .rep(rep("c", 40.0).team("y"));
    for at in 0..400 {
        input = input.market(market(&format!("m{at:03}"), 0.01, 1.0));
    }
    let problem = Problem::new(&input).unwrap();
    let plan = baseline(&problem, Strategy::TeamQuota, 1);
    let drawn = reps(&problem, &plan);
    let count = |id: &str| drawn.iter().filter(|rep| *rep == id).count();
    assert!(
        (257..=343).contains(&(count("a") + count("b"))),
        "{}",
        count("c")
    );
    assert_eq!(count("a") + count("b") + count("c"), 400);
    // Equal quotas within the team: in turn.
    assert!(count("a").abs_diff(count("b")) <= 1);
    let other = baseline(&problem, Strategy::TeamQuota, 2);
    assert_ne!(plan, other, "another seed draws other teams");
}

/// The lock takes 15 of b's 20 hours before b's turn; m2 with 20 h then fits a only. m1: a (10), m2:
/// b's turn, only a fits (30), m3 is b's turn: 10 h do not fit into 5: a (40). m5: nobody.
#[test]
fn locks_go_first() {
    let input = example().lock("m4", "", "b");
    let plan = run(&input, Strategy::RoundRobin);
    assert_eq!(plan, ["a", "a", "a", "b", "-"]);
    for strategy in BASELINES {
        assert_eq!(run(&input, strategy)[3], "b", "{strategy}");
    }
}

/// m5 must be served: it comes first and goes to a (10); m1 is b's turn (10), m2: a (30), m3: b
/// (20), m4: a 45 h do not fit: nobody.
#[test]
fn mandatory_markets_come_before_others() {
    let mut input = example();
    input.markets[4].must_serve = true;
    let plan = run(&input, Strategy::RoundRobin);
    assert_eq!(plan, ["b", "a", "b", "-", "a"]);
}

/// A family is given out whole. m1 and m5 (20 h): a; m2: b (20 h). m3: a (30). m4: nobody has 15 h.
#[test]
fn families_are_given_out_whole() {
    let mut input = example();
    input.markets[0].family = "f".to_owned();
    input.markets[4].family = "f".to_owned();
    let plan = run(&input, Strategy::RoundRobin);
    assert_eq!(plan, ["a", "b", "a", "-", "a"]);
}

/// Owner and expert of a market must differ: m1/owner a, m1/expert b, m2/owner a, m2/expert b. In
/// the greedy order both roles are worth most with a, who has the skill, but a has only one of them.
#[test]
fn distinct_roles_get_distinct_reps() {
    let input = month()
        .role(Role::new("owner", 1.0))
        .role(Role::new("expert", 0.5).distinct_from("owner"))
        .workload(Workload::new("k", "owner", 1.0, 1.0))
        .workload(Workload::new("k", "expert", 1.0, 1.0))
        .rep(rep("a", 40.0))
        .rep(rep("b", 20.0).abilities(0.5, 0.5))
        .market(Market::new("m1").at(31.0, 121.0).potential(10.0).class("k"))
        .market(Market::new("m2").at(31.0, 121.0).potential(10.0).class("k"));
    for strategy in [Strategy::RoundRobin, Strategy::Greedy] {
        assert_eq!(run(&input, strategy), ["a", "b", "a", "b"], "{strategy}");
    }
}

/// One move allowed. Round-robin: m1 belongs to b, goes to a: a move. m2 is b's anyway. m3 is a's
/// anyway, m4 is new and no move: b has 0 h left, a (35). m5: a has no room, b none: unserved.
/// Then with none allowed: m1 stays with b (10), m2 cannot: 30 of 20 h. m3: a, m4: b's turn, 25 of 20
/// h: a (25), m5: a (35).
#[test]
fn moves_are_limited() {
    let mut input = example();
    input.policy = input.policy.max_moves(1);
    assert_eq!(run(&input, Strategy::RoundRobin), ["a", "b", "a", "a", "-"]);
    input.policy = input.policy.max_moves(0);
    assert_eq!(run(&input, Strategy::RoundRobin), ["b", "-", "a", "a", "a"]);
}

/// At most two markets for a, none of the others' rules touched: m1 a, m2 b, m3 a, then a is done
/// and b has no hours.
#[test]
fn most_markets_is_kept() {
    let mut input = example();
    input.reps[0].max_markets = Some(2);
    assert_eq!(run(&input, Strategy::RoundRobin), ["a", "b", "a", "-", "-"]);
}

/// A candidate gets what round-robin leaves over: m5, worth 200. Hired for 199, not for 201;
/// hired for 201 when m5 must be served but a and b cannot; never by keep-as-is.
#[test]
fn candidates_are_the_last_resort() {
    let hired = |cost: f64| example().rep(rep("c", 30.0).candidate(cost));
    let plan = run(&hired(199.0), Strategy::RoundRobin);
    assert_eq!(plan, ["a", "b", "a", "a", "c"]);
    let plan = run(&hired(201.0), Strategy::RoundRobin);
    assert_eq!(plan, ["a", "b", "a", "a", "-"]);
    let mut input = hired(201.0).forbid("m5", "", "a").forbid("m5", "", "b");
    input.markets[4].must_serve = true;
    input.markets[4].current.clear();
    assert_eq!(run(&input, Strategy::RoundRobin)[4], "c");
    let plan = run(&hired(1.0), Strategy::KeepAsIs);
    assert_eq!(plan, ["-", "b", "a", "-", "a"]);
    let mut input = hired(1.0);
    input.policy.sizing.max_hires = Some(0);
    assert_eq!(run(&input, Strategy::RoundRobin)[4], "-");
}

/// b's first market m1 is nearer to the east base, so b stays there, and m2, in reach of the west
/// base only, is left to nobody.
#[test]
fn a_rep_works_from_one_base() {
    let distance = |base: &str, market: &str, km: f64| Distance {
        rep: "b".to_owned(),
        base: base.to_owned(),
        market: market.to_owned(),
        km,
    };
    let mut input = month()
        .rep(
            rep("b", 40.0)
                .base("east", 31.0, 122.0, 0.0)
                .base("west", 31.0, 120.0, 0.0),
        )
        .market(market("m1", 1.0, 10.0))
        .market(market("m2", 1.0, 10.0));
    input.reps[0].latitude_deg = None;
    input.reps[0].longitude_deg = None;
    input.policy.travel.max_km = Some(50.0);
    input.distances = vec![
        distance("east", "m1", 5.0),
        distance("west", "m1", 6.0),
        distance("east", "m2", 500.0),
        distance("west", "m2", 5.0),
    ];
    let problem = Problem::new(&input).unwrap();
    for strategy in [
        Strategy::RoundRobin,
        Strategy::WeightedRoundRobin,
        Strategy::TeamQuota,
    ] {
        let plan = baseline(&problem, strategy, 0);
        assert_eq!(reps(&problem, &plan), ["b", "-"], "{strategy}");
        assert_eq!(plan.bases, [Some(0)]);
    }
}

/// Rules that a baseline may break, because it does not look at them.
const NOT_LOOKED_AT: [&str; 6] = [
    "balance",
    "count",
    "continuity",
    "unserved",
    "locks",
    "sizing",
];

/// On random problems with every rule on and off, what the check finds against a baseline is about
/// rules that need the whole plan, or about what is left unserved.
#[test]
fn baselines_keep_the_rules_about_single_slots() {
    for seed in 0..400 {
        let problem = Problem::new(&small_input(seed)).unwrap();
        for strategy in BASELINES {
            let plan = baseline(&problem, strategy, seed);
            for violation in verify(&problem, &plan).violations {
                let rule = violation.rule.name();
                assert!(
                    NOT_LOOKED_AT.contains(&rule),
                    "seed {seed} {strategy}: {rule}: {}",
                    violation.message
                );
            }
        }
    }
}

/// The same task with reps and markets in reverse order is the same problem: same plan by id.
#[test]
fn the_order_of_the_input_does_not_matter() {
    for seed in 0..60 {
        let input = small_input(seed);
        let mut reversed = input.clone();
        reversed.reps.reverse();
        reversed.markets.reverse();
        reversed.workloads.reverse();
        reversed.skills.reverse();
        let (one, two) = (
            Problem::new(&input).unwrap(),
            Problem::new(&reversed).unwrap(),
        );
        for strategy in BASELINES {
            let (mut a, mut b) = (
                baseline(&one, strategy, seed),
                baseline(&two, strategy, seed),
            );
            assert_eq!(a, b, "seed {seed} {strategy}");
            for (problem, plan) in [(&one, &mut a), (&two, &mut b)] {
                let mut ledger = Ledger::of(problem, plan);
                improve(problem, &mut ledger, &problem.weights(), &|| false, seed);
                *plan = ledger.plan();
            }
            assert_eq!(a, b, "seed {seed} improved {strategy}");
        }
    }
}

/// Broken limits, and mandatory markets unserved, as the check counts rules; then value.
fn standing(problem: &Problem, plan: &Plan) -> (bool, f64) {
    let verification = verify(problem, plan);
    let value = verification.goals.dot(&problem.weights());
    (verification.is_valid(), value)
}

#[test]
fn improve_never_worsens() {
    for seed in 0..150 {
        let problem = Problem::new(&small_input(seed)).unwrap();
        for strategy in BASELINES {
            let before = baseline(&problem, strategy, seed);
            for after_steps in [0, 3, usize::MAX] {
                let mut ledger = Ledger::of(&problem, &before);
                let (excess, value) = (ledger.excess(), ledger.goals().dot(&problem.weights()));
                let was_valid = standing(&problem, &before).0;
                let left = std::cell::Cell::new(after_steps);
                let stop = || {
                    let now = left.get();
                    left.set(now.saturating_sub(1));
                    now == 0
                };
                improve(&problem, &mut ledger, &problem.weights(), &stop, seed);
                let (now_valid, now_value) = standing(&problem, &ledger.plan());
                assert!(
                    now_valid || !was_valid,
                    "seed {seed} {strategy}: rules broken"
                );
                if was_valid {
                    assert!(ledger.excess() <= excess);
                    assert!(
                        now_value >= value - 1e-9 * value.abs().max(1.0),
                        "seed {seed} {strategy}: {value} became {now_value}"
                    );
                }
            }
        }
    }
}

/// Best value over all valid plans; none if there are none. By enumeration.
fn best_by_enumeration(problem: &Problem) -> Option<f64> {
    let weights = problem.weights();
    let mut best: Option<f64> = None;
    every_plan(problem, &mut |_, verification| {
        if verification.is_valid() {
            let value = verification.goals.dot(&weights);
            best = Some(best.map_or(value, |best| best.max(value)));
        }
    });
    best
}

/// From the greedy plan, the search reaches a valid plan wherever there is one, and the optimum in
/// nearly all cases. Expected: all plans enumerated, valued by the check.
#[test]
fn improve_reaches_the_optimum_of_small_problems() {
    let (mut solvable, mut valid, mut optimal) = (0, 0, 0);
    for seed in 0..400 {
        let problem = Problem::new(&small_input(seed)).unwrap();
        if plans(&problem) > 5_000.0 {
            continue;
        }
        let Some(best) = best_by_enumeration(&problem) else {
            continue;
        };
        solvable += 1;
        let mut ledger = Ledger::of(&problem, &baseline(&problem, Strategy::Greedy, 0));
        improve(&problem, &mut ledger, &problem.weights(), &|| false, 0);
        let (is_valid, value) = standing(&problem, &ledger.plan());
        let slack = 1e-6 * best.abs().max(1.0);
        assert!(
            !is_valid || value <= best + slack,
            "seed {seed}: beats enumeration"
        );
        valid += u32::from(is_valid);
        optimal += u32::from(is_valid && value >= best - slack);
        if !is_valid {
            println!("seed {seed}: no valid plan, best {best}");
        } else if value < best - slack {
            println!("seed {seed}: {value} of {best}");
        }
    }
    println!("{solvable} solvable, {valid} valid, {optimal} optimal");
    assert!(solvable >= 100);
    assert!(valid * 100 >= solvable * 97, "{valid} of {solvable} valid");
    assert!(
        optimal * 100 >= solvable * 95,
        "{optimal} of {solvable} optimal"
    );
}

/// The first total in which two ledgers differ.
fn difference(ledger: &Ledger<'_>, fresh: &Ledger<'_>) -> Option<String> {
    let problem = ledger.problem();
    let mut pairs: Vec<(String, f64, f64)> = Vec::new();
    for (goal, value) in fresh.goals().iter() {
        pairs.push((goal.to_string(), ledger.goals()[goal], value));
    }
    for at in 0..problem.reps().len() {
        let rep = RepId::at(at);
        for (&a, &b) in ledger.load(rep).iter().zip(fresh.load(rep)) {
            pairs.push((format!("load {at}"), a, b));
        }
        let (a, b) = (ledger.count(rep), fresh.count(rep));
        pairs.push((format!("count {at}"), f64::from(a), f64::from(b)));
        let base = |ledger: &Ledger<'_>| ledger.base(rep).map_or(-1.0, f64::from);
        pairs.push((format!("base {at}"), base(ledger), base(fresh)));
    }
    for at in 0..problem.policy().balance.len() {
        for (&a, &b) in ledger.amounts(at).iter().zip(fresh.amounts(at)) {
            pairs.push((format!("balance {at}"), a, b));
        }
    }
    pairs.push(("excess".to_owned(), ledger.excess(), fresh.excess()));
    pairs.push((
        "moves".to_owned(),
        f64::from(ledger.moves()),
        f64::from(fresh.moves()),
    ));
    let differs =
        |(_, a, b): &(String, f64, f64)| (a - b).abs() > 1e-9 * a.abs().max(b.abs()).max(1.0);
    let found = pairs.into_iter().find(differs);
    found.map(|(what, a, b)| format!("{what}: {a} and afresh {b}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Totals kept up over many changes equal those of a ledger made afresh from the plan, and
    /// going back to a savepoint gives the same numbers to the last bit.
    #[test]
    fn ledger_totals_are_those_of_its_plan(seed in any::<u32>()) {
        let seed = u64::from(seed);
        let problem = Problem::new(&small_input(seed)).unwrap();
        let random = &mut Random::new(seed ^ 0xABCD);
        let mut ledger = Ledger::new(&problem);
        for _ in 0..60 {
            let slot = SlotId::at(random.below(problem.slots().len()));
            let range = problem.candidate_range(slot);
            let drawn = range.start + random.below(range.len() + 1);
            let candidate = range.contains(&drawn)
                .then(|| CandidateId::at(drawn));
            let one_base = candidate.is_none_or(|candidate| {
                let candidate = problem.candidate(candidate);
                ledger.count(candidate.rep) == 0
                    || ledger.base(candidate.rep) == Some(candidate.base)
            });
            if !one_base {
                continue;
            }
            let before = (ledger.goals(), ledger.excess(), ledger.plan());
            let reps = [ledger.cover(slot), candidate];
            let mut reps: Vec<_> = (reps.into_iter().flatten())
                .map(|candidate| problem.candidate(candidate).rep)
                .collect();
            reps.dedup();
            let mut point = apportion::plan::Savepoint::default();
            ledger.save(&mut point, [slot], reps);
            ledger.assign(slot, candidate);
            if random.chance(0.3) {
                ledger.restore(&point);
                assert_eq!((ledger.goals(), ledger.excess(), ledger.plan()), before);
            }
        }
        let fresh = Ledger::of(&problem, &ledger.plan());
        let differ = difference(&ledger, &fresh);
        assert_eq!(differ, None, "seed {seed}");
    }
}

/// A sales organization spread over 8 cities: as many hours as work, three hard balances.
fn clustered(markets: usize, reps: usize, seed: u64) -> Input {
    let random = &mut Random::new(seed);
    let cities: Vec<(f64, f64)> = (0..8)
        .map(|_| (random.between(25.0, 35.0), random.between(105.0, 120.0)))
        .collect();
    let near = |random: &mut Random, at: usize| {
        let (lat, lon) = cities[at % cities.len()];
        (
            lat + random.between(-1.0, 1.0),
            lon + random.between(-1.0, 1.0),
        )
    };
    let mut input = Input::new("clustered")
        .calendar(Calendar::months(2027))
        .skill("medical");
    for at in 0..reps {
        let (lat, lon) = near(random, at);
        let levels = (random.between(0.5, 1.0), random.between(0.5, 1.0));
        let rep = Rep::new(format!("r{at:03}"))
            .home(lat, lon)
            .abilities(levels.0, levels.1);
        input
            .reps
            .push(rep.skill("medical", random.between(0.0, 1.0)));
    }
    for at in 0..markets {
        let (lat, lon) = near(random, at);
        let mut market = Market::new(format!("m{at:04}"))
            .at(lat, lon)
            .potential(random.between(1e4, 5e5))
            .newness(random.between(0.0, 1.0))
            .visits(random.between(0.5, 4.0), random.between(1.0, 3.0))
            .current(format!("r{:03}", random.below(reps)));
        if random.chance(0.3) {
            market = market.needs("medical", 0.3);
        }
        if random.chance(0.05) {
            market = market.must_serve();
        }
        input.markets.push(market);
    }
    let mut policy = Policy::new()
        .margin(0.5)
        .overtime(0.1, 60.0)
        .cost_per_move(2_000.0);
    policy.travel.cost_per_km = 0.8;
    for (metric, within) in [("workload", 0.1), ("potential", 0.15), ("count", 0.2)] {
        policy = policy.balance(Balance::of(metric).within(within).ideal(0.05, 1.0));
    }
    input.policy(policy)
}

/// On a problem of middling size with three hard balances, the search turns each start into a
/// valid plan.
#[test]
fn improve_makes_a_clustered_problem_feasible() {
    let (markets, reps) = (240, 16);
    let problem = Problem::new(&clustered(markets, reps, 1)).unwrap();
    for strategy in [Strategy::Greedy, Strategy::Waterfall, Strategy::KeepAsIs] {
        let mut ledger = Ledger::of(&problem, &baseline(&problem, strategy, 0));
        let before = (ledger.excess(), ledger.goals().dot(&problem.weights()));
        let started = Instant::now();
        improve(&problem, &mut ledger, &problem.weights(), &|| false, 0);
        let seconds = started.elapsed().as_secs_f64();
        let (valid, value) = standing(&problem, &ledger.plan());
        println!("{strategy}: {before:?} to {valid} {value} in {seconds:.2} s");
        assert!(valid, "{strategy}");
    }
}

/// Weights that leave out a goal leave it out of the search: with the weight on travel alone,
/// serving nobody is best (closed form: travel is never gain).
#[test]
fn weights_decide() {
    let mut input = example();
    input.policy.travel.cost_per_km = 1.0;
    for (at, market) in input.markets.iter_mut().enumerate() {
        market.longitude_deg += 0.1 * (at + 1) as f64;
    }
    let problem = Problem::new(&input).unwrap();
    let mut ledger = Ledger::of(&problem, &baseline(&problem, Strategy::Greedy, 0));
    let mut travel = Goals::default();
    travel[Goal::Travel] = 1.0;
    improve(&problem, &mut ledger, &travel, &|| false, 0);
    assert_eq!(ledger.plan().served(), 0);
}
