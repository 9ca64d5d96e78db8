//! The check: each rule kept and broken with the numbers worked out by hand, and every goal by hand.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use apportion::check::{Violation, verify};
use apportion::domain::geo::EARTH_RADIUS_KM;
use apportion::domain::{Goal, Problem, RepId, Rule};
use apportion::input::{
    Balance, Calendar, CustomMetric, Distance, Input, Market, Policy, Rep, Role, Source, Travel,
    Workload,
};
use apportion::plan::Plan;

/// January 2027 alone, which has 21 working days (1 January is a Friday).
fn january() -> Calendar {
    let mut calendar = Calendar::months(2027);
    calendar.periods = 1;
    calendar
}

/// Reps li and wang, 168 h each; markets a, b and c, all in one place, each 4 × 3 = 12 h of work and
/// 100 of potential.
fn task() -> Input {
    let market = |id| Market::new(id).visits(4.0, 3.0).potential(100.0);
    Input::new("hand-made")
        .calendar(january())
        .skill("medical")
        .rep(Rep::new("li").home(0.0, 0.0))
        .rep(Rep::new("wang").home(0.0, 0.0))
        .market(market("a"))
        .market(market("b"))
        .market(market("c"))
}

/// The task with two roles in every market, the second made from `expert`.
fn two_roles(expert: Role) -> Input {
    let mut input = task()
        .role(Role::new("owner", 1.0))
        .role(expert)
        .workload(Workload::new("x", "expert", 1.0, 1.0));
    input.markets.truncate(1);
    input.markets[0].class = "x".to_owned();
    input
}

/// The plan with these reps, slot by slot; "" for nobody. Candidates with work are hired.
fn plan(problem: &Problem, reps: &[&str]) -> Plan {
    let mut plan = Plan::empty(problem);
    plan.coverage = reps.iter().map(|id| problem.find_rep(id)).collect();
    for rep in plan.coverage.iter().flatten() {
        plan.bases[rep.index()].get_or_insert(0);
    }
    plan
}

fn violations(input: &Input, reps: &[&str]) -> Vec<Violation> {
    let problem = Problem::new(input).unwrap();
    verify(&problem, &plan(&problem, reps)).violations
}

fn keeps(input: &Input, reps: &[&str]) {
    let found = violations(input, reps);
    assert!(found.is_empty(), "{found:?}");
}

/// The plan breaks this rule alone, once, with these numbers and ids.
#[track_caller]
fn breaks(input: &Input, reps: &[&str], rule: Rule, found: f64, limit: f64, concerns: &[&str]) {
    only(&violations(input, reps), rule, found, limit, concerns);
}

#[track_caller]
fn only(violations: &[Violation], rule: Rule, found: f64, limit: f64, concerns: &[&str]) {
    let [violation] = violations else {
        panic!("not one violation: {violations:?}");
    };
    assert_eq!((violation.rule, violation.code), (rule, rule.code()));
    assert!((violation.found - found).abs() < 1e-9, "{violation:?}");
    assert!((violation.limit - limit).abs() < 1e-9, "{violation:?}");
    assert_eq!(violation.concerns, concerns);
}

#[test]
fn assignment() {
    let problem = Problem::new(&task()).unwrap();
    let good = plan(&problem, &["li", "wang", ""]);
    assert!(verify(&problem, &good).is_valid());
    // Two entries for three slots.
    let mut short = good.clone();
    short.coverage.pop();
    only(
        &verify(&problem, &short).violations,
        Rule::Assignment,
        2.0,
        3.0,
        &[],
    );
    // Reps are 0 and 1.
    let mut unknown = good;
    unknown.coverage[1] = Some(RepId(9));
    let found = verify(&problem, &unknown).violations;
    only(&found, Rule::Assignment, 9.0, 1.0, &["b", "owner"]);
}

#[test]
fn eligibility() {
    let mut input = task();
    input.reps[0] = input.reps[0].clone().skill("medical", 0.5).team("south");
    input.reps[1] = input.reps[1].clone().skill("medical", 0.3);
    input.markets[0] = input.markets[0].clone().needs("medical", 0.5);
    keeps(&input, &["li", "wang", "wang"]);
    let ids = ["a", "owner", "wang"];
    breaks(&input, &["wang", "", ""], Rule::Eligibility, 0.3, 0.5, &ids);

    input = input.forbid("b", "", "li");
    keeps(&input, &["li", "wang", "li"]);
    let ids = ["b", "owner", "li"];
    breaks(&input, &["", "li", ""], Rule::Eligibility, 1.0, 0.0, &ids);

    let mut owner = Role::new("owner", 1.0);
    owner.teams = vec!["south".to_owned()];
    input = input.role(owner);
    keeps(&input, &["li", "", "li"]);
    let ids = ["c", "owner", "wang"];
    breaks(&input, &["", "", "wang"], Rule::Eligibility, 0.0, 1.0, &ids);
}

#[test]
fn roles() {
    let distinct = two_roles(Role::new("expert", 0.5).distinct_from("owner"));
    keeps(&distinct, &["li", "wang"]);
    keeps(&distinct, &["", ""]);
    let ids = ["a", "owner", "expert", "li"];
    breaks(&distinct, &["li", "li"], Rule::Roles, 2.0, 1.0, &ids);

    let shared = two_roles(Role::new("expert", 0.5).same_as("owner"));
    keeps(&shared, &["li", "li"]);
    keeps(&shared, &["", ""]);
    let ids = ["a", "owner", "expert"];
    breaks(&shared, &["li", "wang"], Rule::Roles, 2.0, 1.0, &ids);
    breaks(&shared, &["li", ""], Rule::Roles, 2.0, 1.0, &ids);
}

#[test]
fn capacity() {
    // 21 days of 1 h are 21 h; two markets take 24 h; overtime of 10 % makes 23.1 h, of 20 % 25.2 h.
    let mut input = task().policy(Policy::new().overtime(0.1, 0.0));
    input.reps[0].hours_per_day = Some(1.0);
    keeps(&input, &["li", "wang", "wang"]);
    let ids = ["li", "2027-01"];
    breaks(&input, &["li", "li", ""], Rule::Capacity, 24.0, 23.1, &ids);
    let message = &violations(&input, &["li", "li", ""])[0].message;
    assert_eq!(
        message,
        "li has 24.0 h of work in 2027-01 but 21.0 h available and 2.1 h of overtime allowed"
    );
    input.policy = input.policy.overtime(0.2, 0.0);
    keeps(&input, &["li", "li", ""]);
    // Exactly full, and a thousandth of an hour too much.
    input.policy = input.policy.overtime(0.0, 0.0);
    input.reps[0].hours_per_day = Some(24.0 / 21.0);
    keeps(&input, &["li", "li", ""]);
    input.reps[0].hours_per_day = Some(23.999 / 21.0);
    breaks(
        &input,
        &["li", "li", ""],
        Rule::Capacity,
        24.0,
        23.999,
        &ids,
    );
}

#[test]
fn count() {
    let mut input = task();
    input.reps[0] = input.reps[0].clone().markets(1, 2);
    keeps(&input, &["li", "li", "wang"]);
    breaks(&input, &["li", "li", "li"], Rule::Count, 3.0, 2.0, &["li"]);
    breaks(&input, &["wang", "", ""], Rule::Count, 0.0, 1.0, &["li"]);
    // A candidate owes the minimum only when hired.
    input.reps[0] = input.reps[0].clone().candidate(0.0).markets(2, 3);
    keeps(&input, &["wang", "", ""]);
    breaks(&input, &["li", "", ""], Rule::Count, 1.0, 2.0, &["li"]);
}

#[test]
fn balance() {
    // Three markets, fair share 1.5 each, at most 1.5 × 1.5 = 2.25.
    let at_most = |metric: &str| Balance {
        max_ratio: Some(1.5),
        ..Balance::of(metric)
    };
    let input = task().policy(Policy::new().balance(at_most("count")));
    keeps(&input, &["li", "wang", "li"]);
    let ids = ["li", "count"];
    breaks(&input, &["li", "li", "li"], Rule::Balance, 3.0, 2.25, &ids);
    // With twice the share for li: fair 2 and 1, at most 3 and 1.5.
    let unequal = task().policy(Policy::new().balance(at_most("count").share("li", 2.0)));
    keeps(&unequal, &["li", "li", "li"]);
    let ids = ["wang", "count"];
    breaks(
        &unequal,
        &["wang", "wang", "li"],
        Rule::Balance,
        2.0,
        1.5,
        &ids,
    );
    // Hours: 12 each, so 36 of at most 27.
    let hours = task().policy(Policy::new().balance(at_most("workload")));
    let ids = ["wang", "workload"];
    breaks(
        &hours,
        &["wang", "wang", "wang"],
        Rule::Balance,
        36.0,
        27.0,
        &ids,
    );
    // A minimum: fair 1.5, at least 0.75, wang has none.
    let at_least = Balance {
        min_ratio: Some(0.5),
        ..Balance::of("count")
    };
    let input = task().policy(Policy::new().balance(at_least));
    keeps(&input, &["li", "wang", "li"]);
    breaks(
        &input,
        &["li", "li", "li"],
        Rule::Balance,
        0.0,
        0.75,
        &["wang", "count"],
    );
    // A market's own amount: 8 of 10 beds where 7.5 are allowed.
    let mut beds = task().policy(Policy::new().balance(at_most("beds")));
    for (market, amount) in beds.markets.iter_mut().zip([8.0, 2.0, 0.0]) {
        market.metrics.push(CustomMetric {
            metric: "beds".to_owned(),
            amount,
        });
    }
    breaks(
        &beds,
        &["li", "wang", ""],
        Rule::Balance,
        8.0,
        7.5,
        &["li", "beds"],
    );
}

#[test]
fn locks() {
    let input = task().lock("b", "", "li");
    keeps(&input, &["wang", "li", ""]);
    let ids = ["b", "owner", "li"];
    breaks(&input, &["wang", "wang", ""], Rule::Locks, 0.0, 1.0, &ids);
    // Left unserved, a lock breaks two rules.
    let rules: Vec<Rule> = (violations(&input, &["", "", ""]).iter())
        .map(|v| v.rule)
        .collect();
    assert_eq!(rules, [Rule::Locks, Rule::Unserved]);
    // A protected market is locked to its current rep.
    let mut protected = task();
    protected.markets[0] = protected.markets[0].clone().current("wang").protected();
    keeps(&protected, &["wang", "", ""]);
    let ids = ["a", "owner", "wang"];
    breaks(&protected, &["li", "", ""], Rule::Locks, 0.0, 1.0, &ids);
}

#[test]
fn families() {
    let mut input = task();
    for at in [0, 2] {
        input.markets[at] = input.markets[at].clone().family("group");
    }
    keeps(&input, &["li", "wang", "li"]);
    keeps(&input, &["", "wang", ""]);
    let ids = ["group", "owner", "a", "c"];
    breaks(
        &input,
        &["li", "li", "wang"],
        Rule::Families,
        2.0,
        1.0,
        &ids,
    );
    breaks(&input, &["li", "li", ""], Rule::Families, 2.0, 1.0, &ids);
}

#[test]
fn continuity() {
    let mut input = task().policy(Policy::new().max_moves(1));
    for market in &mut input.markets[..2] {
        *market = market.clone().current("li");
    }
    // Markets a and b are with li today; c is new and never a move.
    keeps(&input, &["wang", "li", "wang"]);
    breaks(&input, &["wang", "", "li"], Rule::Continuity, 2.0, 1.0, &[]);
    // 100 of 200 may move; with 180 in b, b moves 180 of at most 140.
    input.policy = Policy::new();
    input.policy.continuity.max_moved_potential_share = Some(0.5);
    keeps(&input, &["wang", "li", ""]);
    input.markets[1].potential = 180.0;
    keeps(&input, &["wang", "li", ""]);
    breaks(
        &input,
        &["li", "wang", ""],
        Rule::Continuity,
        180.0,
        140.0,
        &[],
    );
}

#[test]
fn concentration() {
    let broken = |input: &Input, reps: &str, found: f64, limit: f64, ids: [&str; 2]| {
        let reps: Vec<&str> = reps.split(' ').map(|rep| rep.trim_matches('-')).collect();
        breaks(input, &reps, Rule::Concentration, found, limit, &ids);
    };
    // 100 of each market: one of two reps has two thirds of it at three markets, half of it at two.
    let mut input = task().policy(Policy::new().max_share_of(Source::Rep, 0.6));
    keeps(&input, &["li", "wang", ""]);
    keeps(&input, &["", "", ""]);
    broken(&input, "li li wang", 200.0, 180.0, ["rep", "li"]);
    broken(&input, "- li -", 100.0, 60.0, ["rep", "li"]);
    // b alone has 400 of 600, whoever serves it.
    input.policy = Policy::new().max_share_of(Source::Market, 0.6);
    keeps(&input, &["li", "li", ""]);
    input.markets[1].potential = 400.0;
    broken(&input, "li wang li", 400.0, 360.0, ["market", "b"]);
    // A market without a region counts for none, but is part of the whole.
    for by in [Source::Region, Source::Family, Source::Class] {
        let mut input = task().policy(Policy::new().max_share_of(by, 0.6));
        for market in &mut input.markets[..2] {
            market.region = "north".to_owned();
            market.family = "north".to_owned();
            market.class = "north".to_owned();
        }
        keeps(&input, &["", "", "li"]);
        broken(&input, "li li li", 200.0, 180.0, [by.name(), "north"]);
    }
}

#[test]
fn travel() {
    // A degree on the equator is π/180 of the radius, 111.195 km (closed form).
    let degree = EARTH_RADIUS_KM * std::f64::consts::PI / 180.0;
    let mut input = task();
    input.markets[1] = input.markets[1].clone().at(0.0, 1.0);
    let mut reach = |max_km: f64, detour_factor: f64| {
        input.policy.travel = Travel {
            max_km: Some(max_km),
            detour_factor,
            ..Travel::default()
        };
        input.clone()
    };
    let ids = ["b", "owner", "li"];
    keeps(&reach(degree, 1.0), &["li", "li", "li"]);
    breaks(
        &reach(100.0, 1.0),
        &["li", "li", ""],
        Rule::Travel,
        degree,
        100.0,
        &ids,
    );
    breaks(
        &reach(degree, 1.5),
        &["li", "li", ""],
        Rule::Travel,
        1.5 * degree,
        degree,
        &ids,
    );
    // The caller's distance takes the place of the great circle, without detour.
    let mut given = reach(100.0, 1.5);
    given.distances.push(Distance {
        rep: "li".to_owned(),
        base: String::new(),
        market: "b".to_owned(),
        km: 90.0,
    });
    keeps(&given, &["li", "li", ""]);
    given.distances[0].km = 101.0;
    breaks(&given, &["li", "li", ""], Rule::Travel, 101.0, 100.0, &ids);
}

#[test]
fn unserved() {
    let mut input = task();
    input.markets[2] = input.markets[2].clone().must_serve();
    keeps(&input, &["", "", "li"]);
    breaks(
        &input,
        &["li", "li", ""],
        Rule::Unserved,
        0.0,
        1.0,
        &["c", "owner"],
    );
    let expert = two_roles(Role::new("expert", 0.5).mandatory());
    keeps(&expert, &["", "li"]);
    breaks(
        &expert,
        &["li", ""],
        Rule::Unserved,
        0.0,
        1.0,
        &["a", "expert"],
    );
}

#[test]
fn sizing() {
    let mut input = task();
    input.reps[1] = input.reps[1].clone().candidate(50.0);
    input.policy.sizing.max_hires = Some(0);
    keeps(&input, &["li", "li", "li"]);
    breaks(&input, &["li", "wang", ""], Rule::Sizing, 1.0, 0.0, &[]);
    input.policy.sizing.max_hires = None;
    input.policy.sizing.min_hires = Some(1);
    keeps(&input, &["li", "wang", ""]);
    breaks(&input, &["li", "", ""], Rule::Sizing, 0.0, 1.0, &[]);

    input.policy.sizing.min_hires = None;
    let problem = Problem::new(&input).unwrap();
    let good = plan(&problem, &["li", "wang", "wang"]);
    let with = |at: usize, base: Option<u32>| {
        let mut plan = good.clone();
        plan.bases[at] = base;
        verify(&problem, &plan).violations
    };
    // wang has two markets but is not hired; li has no base; base 3 of one.
    only(&with(1, None), Rule::Sizing, 2.0, 0.0, &["wang"]);
    only(&with(0, None), Rule::Sizing, 0.0, 1.0, &["li"]);
    only(&with(0, Some(3)), Rule::Sizing, 3.0, 0.0, &["li"]);
    let mut short = good.clone();
    short.bases.push(None);
    only(
        &verify(&problem, &short).violations,
        Rule::Sizing,
        3.0,
        2.0,
        &[],
    );
}

/// A task of two reps and three markets whose goals are worked out in
/// [`goals_of_two_reps_and_three_markets`].
fn valued() -> Input {
    let mut input = task();
    input.reps[0] = (Rep::new("li").home(0.0, 0.0))
        .skill("medical", 0.8)
        .abilities(0.6, 1.0)
        .hours_per_day(0.5);
    input.reps[0].fixed_cost = 50.0;
    input.reps[1] = (Rep::new("wang").home(0.0, 0.0))
        .skill("medical", 0.5)
        .abilities(1.0, 0.5)
        .hours_per_day(1.0);
    input.reps[1].fixed_cost = 60.0;
    let rows = [
        ("wang", 1000.0, 0.0),
        ("wang", 2000.0, 1.0),
        ("li", 3000.0, 0.5),
    ];
    for (market, (current, potential, newness)) in input.markets.iter_mut().zip(rows) {
        *market = (market.clone().current(current).potential(potential)).newness(newness);
    }
    input.markets[1] = input.markets[1].clone().needs("medical", 0.4);
    input.markets[2].unserved_loss = Some(700.0);
    for (rep, market, km) in [("li", "a", 30.0), ("wang", "b", 60.0)] {
        input.distances.push(Distance {
            rep: rep.to_owned(),
            base: String::new(),
            market: market.to_owned(),
            km,
        });
    }
    let travel = Travel {
        speed_km_per_hour: 60.0,
        overhead_hours_per_trip: 0.5,
        visits_per_trip: 2.0,
        cost_per_km: 2.0,
        ..Travel::default()
    };
    input.policy(
        Policy::new()
            .margin(0.5)
            .travel(travel)
            .overtime(0.5, 10.0)
            .cost_per_move(100.0)
            .balance(Balance::of("workload").ideal(0.0, 3.0)),
    )
}

/// By hand, with a for li, b for wang and c for nobody:
/// contribution 0.5 · 1000 · 1 · 1.0 + 0.5 · 2000 · 0.5 · 1.0 = 1000;
/// travel: 2 trips of 60 km and 2 of 120 km, 360 km at 2, is 720;
/// hours: 4 · (3 + (0.5 + 1)/2) = 15 for li and 4 · (3 + (0.5 + 2)/2) = 17 for wang;
/// overtime: li has 10.5 h, 4.5 h over at 10 is 45; unserved: c is 700;
/// moves: a and c, 200; balance: fair 16 h, 1 h off each at 3, 6 (largest alone: 3); fixed 110.
#[test]
fn goals_of_two_reps_and_three_markets() {
    let mut input = valued();
    let check = |input: &Input, expected: [f64; 7], value: f64| {
        let problem = Problem::new(input).unwrap();
        let found = verify(&problem, &plan(&problem, &["li", "wang", ""]));
        assert!(found.is_valid(), "{:?}", found.violations);
        for (goal, expected) in Goal::ALL.into_iter().zip(expected) {
            let value = found.goals[goal];
            assert!(
                (value - expected).abs() < 1e-9,
                "{goal}: {value}, not {expected}"
            );
        }
        assert_eq!(found.values.len(), 1);
        assert!((found.values[0] - value).abs() < 1e-9, "{:?}", found.values);
    };
    check(
        &input,
        [1000.0, -720.0, -45.0, -700.0, -200.0, -6.0, -110.0],
        -781.0,
    );
    input.policy.balance[0] = input.policy.balance[0].clone().largest();
    input.policy = input.policy.weight("travel", 0.5);
    check(
        &input,
        [1000.0, -720.0, -45.0, -700.0, -200.0, -3.0, -110.0],
        -418.0,
    );
}

/// Values by level: contribution less unserved, then travel twice; see above for the numbers.
#[test]
fn each_level_has_its_value() {
    let mut input = valued();
    input.policy = (input.policy)
        .priority([("contribution", 1.0), ("unserved", 1.0)], 0.1)
        .priority([("travel", 2.0)], 0.0);
    let problem = Problem::new(&input).unwrap();
    let values = verify(&problem, &plan(&problem, &["li", "wang", ""])).values;
    assert!(
        (values[0] - 300.0).abs() < 1e-9 && (values[1] + 1440.0).abs() < 1e-9,
        "{values:?}"
    );
}
