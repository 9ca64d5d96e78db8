//! Summaries, tables, the map and the league table against plans that are summed up by hand.
#![cfg(feature = "report")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use apportion::check::verify;
use apportion::domain::{Problem, RepId};
use apportion::engine::{Proof, Solved};
use apportion::input::{Balance, Calendar, Input, Market, Policy, Rep};
use apportion::plan::{Attainment, Ledger, Plan};
use apportion::report::{
    Entry, League, Reached, assignment_rows, map_svg, rep_rows, spreads, summary,
};
use apportion::strategy::{Strategy, baseline};

/// Two reps; markets worth 100, 200 and 300 at their doors, 16 hours each; one month of 20 working
/// days, so that `b` with one hour a day has 20 hours and 20 more of overtime.
fn input() -> Input {
    let mut calendar = Calendar::months(2027);
    calendar.periods = 1;
    calendar.start = "2027-02-01".to_owned();
    calendar.selling_share = 1.0;
    let rep = |id: &str| Rep::new(id).home(31.0, 121.0);
    let market = |id: &str, potential: f64| {
        let mut market = Market::new(id).at(31.0, 121.0).potential(potential);
        market.visits_per_month = Some(4.0);
        market.hours_per_visit = Some(4.0);
        market
    };
    Input::new("three markets")
        .calendar(calendar)
        .rep(rep("a").hours_per_day(8.0))
        .rep(rep("b").hours_per_day(1.0))
        .market(market("m1", 100.0).current("a"))
        .market(market("m2", 200.0).current("a"))
        .market(market("m3", 300.0))
        .policy(
            Policy::new()
                .margin(1.0)
                .overtime(1.0, 1.0)
                .balance(Balance::of("potential").share("a", 2.0)),
        )
}

/// The first market unserved, the others with `b`.
fn plan(problem: &Problem) -> Plan {
    let mut plan = Plan::empty(problem);
    plan.coverage = vec![None, Some(RepId(1)), Some(RepId(1))];
    plan
}

fn solved(problem: &Problem, plan: Plan) -> Solved {
    let verification = verify(problem, &plan);
    assert!(verification.is_valid(), "{:?}", verification.violations);
    Solved {
        hour_prices: Vec::new(),
        plan,
        goals: verification.goals,
        levels: vec![Attainment::new(verification.values[0], 1_000.0)],
        proof: Proof {
            optimal: false,
            stopped: apportion::backend::Stopped::TimeLimit,
            found_by: "hand".to_owned(),
            proved_by: "hand".to_owned(),
            elapsed: std::time::Duration::from_secs(2),
        },
    }
}

fn close(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-9, "{a} is not {b}");
}

/// `b` works 32 hours but has 20; m1 and m2 leave `a`; the value is 200 + 300 less 12 hours.
#[test]
fn summary_by_hand() {
    let problem = Problem::new(&input()).unwrap();
    let summary = summary(&problem, &solved(&problem, plan(&problem)));
    close(summary.value, 488.0);
    close(summary.gap.unwrap(), 0.512);
    assert_eq!((summary.moves, summary.held), (2, 2));
    assert_eq!(summary.unserved.pairs, ["m1"]);
    assert_eq!(summary.overloaded.len(), 1);
    assert_eq!(summary.overloaded[0].rep, "b");
    close(summary.overloaded[0].hours, 12.0);
    assert_eq!(summary.stopped, "time_limit");
    // `b` covers all of the 500, m3 300 of them, which is more than half; there are no families.
    let told: Vec<_> = (summary.concentration.iter())
        .map(|one| (one.source, one.largest.as_str(), one.half_from))
        .collect();
    assert_eq!(told, [("rep", "b", Some(1)), ("market", "m3", Some(1))]);
    close(summary.concentration[0].share, 1.0);
    close(summary.concentration[1].share, 0.6);
    let text = summary.to_string();
    assert!(
        text.contains("value 488, proved limit 1 000, gap 51.20 %"),
        "{text}"
    );
    assert!(text.contains("stopped at the time limit"), "{text}");
}

/// Of 500 in all, `a` should have two thirds and has nothing, `b` one third and has all.
#[test]
fn spread_by_hand() {
    let problem = Problem::new(&input()).unwrap();
    let spreads = spreads(&problem, &Ledger::of(&problem, &plan(&problem)));
    assert_eq!(spreads.len(), 1);
    close(spreads[0].min, 0.0);
    close(spreads[0].max, 3.0);
    close(spreads[0].mean, 1.5);
    close(spreads[0].deviation(), 2.0);
    assert_eq!(
        (spreads[0].lowest.as_str(), spreads[0].highest.as_str()),
        ("a", "b")
    );
}

#[test]
fn nothing_assigned_has_no_spread() {
    let problem = Problem::new(&input()).unwrap();
    let empty = Plan::empty(&problem);
    assert!(spreads(&problem, &Ledger::of(&problem, &empty)).is_empty());
    let _ = summary(&problem, &solved(&problem, empty));
}

#[test]
fn tables_by_hand() {
    let problem = Problem::new(&input()).unwrap();
    let plan = plan(&problem);
    let rows = assignment_rows(&problem, &plan);
    let told: Vec<_> = rows
        .iter()
        .map(|row| (row.market.as_str(), row.rep.as_deref(), row.moved))
        .collect();
    let expected = [
        ("m1", None, true),
        ("m2", Some("b"), true),
        ("m3", Some("b"), false),
    ];
    assert_eq!(told, expected);
    let rows = rep_rows(&problem, &plan);
    assert_eq!(rows.len(), 4);
    assert_eq!(rows[3].period, "total");
    assert_eq!(rows[3].pairs, Some(2));
    close(rows[3].load, 32.0);
    close(rows[3].overtime, 12.0);
    close(rows[3].value.unwrap(), 500.0);
}

/// A plan that breaks a rule has no rank, whatever it is worth, and stands below those that keep
/// all; a strategy without a plan stands last.
#[test]
fn league_ranks_only_plans_that_keep_the_rules() {
    let mut input = input();
    input.policy = input.policy.max_moves(0);
    let problem = Problem::new(&input).unwrap();
    let keep = baseline(&problem, Strategy::KeepAsIs, 0);
    let entries = vec![
        Entry::without_plan("lost", "the time limit was reached".to_owned(), 9.0),
        Entry::reached("moves two", Reached::of(&problem, &plan(&problem)), 0.0),
        Entry::reached("keep", Reached::of(&problem, &keep), 0.0),
    ];
    let league = League::new(&problem, entries, 600.0);
    let order: Vec<_> = (league.entries.iter())
        .map(|entry| (entry.strategy.as_str(), entry.rank))
        .collect();
    assert_eq!(
        order,
        [("keep", Some(1)), ("moves two", None), ("lost", None)]
    );
    // Keeping all is worth 100 + 200, half of the bound; the other plan 488.
    close(league.entries[0].share_of_bound.unwrap(), 0.5);
    close(league.entries[1].share_of_bound.unwrap(), 488.0 / 600.0);
    let text = league.to_string();
    assert!(text.contains("breaks 1 limit: continuity"), "{text}");
}

/// One circle filled for each market served, a hollow one for the other; everything inside the
/// picture.
#[test]
fn map_shows_every_market_once() {
    let mut input = input();
    for (at, market) in input.markets.iter_mut().enumerate() {
        market.latitude_deg = 20.0 + 10.0 * f64::from(u32::try_from(at).unwrap());
    }
    input.policy = Policy::new().margin(1.0).overtime(99.0, 1.0);
    let problem = Problem::new(&input).unwrap();
    let map = map_svg(&problem, &plan(&problem), "caption").unwrap();
    // Two in the legend's sample of sizes.
    let filled = map.matches("<circle").filter(|_| true).count();
    let legend = 2 * 2 + 1;
    assert_eq!(
        filled,
        legend + 2 * 2 + 1 + 1,
        "and the dot of the second base"
    );
    assert!(map.contains("caption"));
}
