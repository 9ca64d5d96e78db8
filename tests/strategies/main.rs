//! The baselines against plans worked out by hand, and the local search against brute force.
//!
//! Where the expected answers come from: by hand in the comments, or by enumeration of all plans
//! valued by `apportion::check`, or by making the same totals in another way.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(
    clippy::cast_possible_truncation,
    reason = "small numbers of a test case"
)]

#[path = "../common/mod.rs"]
mod common;
mod search;

use apportion::check::verify;
use apportion::domain::Problem;
use apportion::input::{Balance, Calendar, Distance, Input, Market, Policy, Rep, Role, Workload};
use apportion::plan::{Ledger, Plan};
use apportion::strategy::{Strategy, baseline, improve};
use common::small_input;

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
const NOT_LOOKED_AT: [&str; 7] = [
    "balance",
    "concentration",
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
