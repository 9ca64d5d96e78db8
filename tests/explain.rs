//! Explanations against plans that are worked out by hand.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use apportion::domain::{Problem, SlotId};
use apportion::explain::why;
use apportion::input::{Calendar, Input, Market, Policy, Rep, Travel};
use apportion::plan::{Ledger, Plan};

/// Wang lives where the two markets are, li farther away; each market takes most of a rep's hours.
fn two_and_two() -> (Problem, Plan) {
    let market = |id: &str| {
        Market::new(id)
            .at(0.0, 0.0)
            .visits(40.0, 3.0)
            .potential(100.0)
    };
    let input = Input::new("two and two")
        .calendar(Calendar::months(2027))
        .rep(Rep::new("li").home(1.0, 0.0))
        .rep(Rep::new("wang").home(0.0, 0.0))
        .market(market("a"))
        .market(market("b"))
        .policy(Policy::new().margin(1.0).travel(Travel {
            speed_km_per_hour: 5_000.0,
            cost_per_km: 0.001,
            ..Travel::default()
        }));
    let problem = Problem::new(&input).unwrap();
    let mut ledger = Ledger::new(&problem);
    for (slot, rep) in ["li", "wang"].into_iter().enumerate() {
        let slot = SlotId::at(slot);
        let rep = problem.find_rep(rep).unwrap();
        ledger.assign(slot, problem.find_candidate(slot, rep, 0));
    }
    let plan = ledger.plan();
    (problem, plan)
}

/// By hand: each market takes 120 h a month and a rep has less than 240, so nobody can take both in
/// any month.
#[test]
fn the_next_best_is_to_leave_what_nobody_else_can_take() {
    let (problem, plan) = two_and_two();
    let why = why(&problem, &plan, SlotId::at(0));
    assert_eq!(why.rep.as_deref(), Some("li"));
    let next = why.next_best.unwrap();
    assert_eq!(next.rep, None);
    assert!((next.worth + why.worth).abs() < 1e-9, "{}", next.worth);
    assert_eq!(why.better_but_broken.len(), 1);
}

/// By hand: wang is nearer but has b, so that every month would be too full; only the worst is told.
#[test]
fn a_rep_who_is_too_full_all_year_is_told_once() {
    let (problem, plan) = two_and_two();
    let why = why(&problem, &plan, SlotId::at(0));
    let [broken] = why.better_but_broken.as_slice() else {
        panic!("{:?}", why.better_but_broken);
    };
    assert_eq!(broken.rep.as_deref(), Some("wang"));
    let [told] = broken.breaks.as_slice() else {
        panic!("{:?}", broken.breaks);
    };
    assert!(told.contains("(and 11 more limits of this kind)"), "{told}");
    // February has the fewest working days.
    assert!(told.contains("2027-02"), "{told}");
}
