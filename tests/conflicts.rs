//! Conflicts: each kind is told by its rule, and giving way as advised makes a plan possible.
//!
//! Where the expected answers come from: the tasks are small enough to see by hand what is missing;
//! that the advice is enough is shown by solving the changed task, whose plan is checked.

#![cfg(feature = "microlp")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use apportion::backend::microlp::Microlp;
use apportion::domain::{Problem, Rule};
use apportion::engine::{Engine, Outcome};
use apportion::explain::{Conflict, Relaxation};
use apportion::input::{Balance, Calendar, Input, Market, Policy, Rep, Role, Source, Workload};

fn outcome(input: &Input) -> Outcome {
    let problem = Problem::new(input).unwrap_or_else(|faults| panic!("{faults}"));
    Engine::new(Arc::new(Microlp::new()))
        .solve(&problem)
        .unwrap()
}

fn conflict(input: &Input) -> Conflict {
    match outcome(input) {
        Outcome::Infeasible(conflict) => *conflict,
        other => panic!("expected a conflict, found {other:?}"),
    }
}

fn feasible(input: &Input) {
    match outcome(input) {
        Outcome::Solved(_) => {}
        Outcome::Infeasible(conflict) => panic!("the advice is not enough: {conflict}"),
        Outcome::NoPlan(reason) => panic!("{reason}"),
    }
}

/// The only relaxation, which is of a rule and whose message holds all of some words.
fn only(input: &Input, rule: Rule, words: &[&str]) -> Relaxation {
    let conflict = conflict(input);
    assert!(conflict.proved, "{conflict}");
    let [relaxation] = conflict.relaxations.as_slice() else {
        panic!("expected one relaxation, found {conflict}");
    };
    assert_eq!(relaxation.rule, rule, "{conflict}");
    for word in words {
        assert!(
            relaxation.message.contains(word),
            "{word:?} is not in: {conflict}"
        );
    }
    relaxation.clone()
}

/// Two reps of 160 working hours a month or so, in one quarter.
fn team() -> Input {
    let mut calendar = Calendar::quarters(2027);
    calendar.periods = 1;
    Input::new("conflict")
        .calendar(calendar)
        .skill("medical")
        .rep(Rep::new("li").home(31.0, 121.0).skill("medical", 0.9))
        .rep(Rep::new("wang").home(31.0, 121.1).skill("medical", 0.2))
}

/// A market that must be served and asks for little.
fn market(id: &str) -> Market {
    Market::new(id)
        .at(31.0, 121.0)
        .region("East")
        .potential(1e6)
        .visits(1.0, 2.0)
        .must_serve()
}

fn three(input: Input) -> Input {
    input
        .market(market("a"))
        .market(market("b"))
        .market(market("c"))
}

/// Four hospitals of 240 h each in a quarter, for one rep of about 400 h who has the skill.
#[test]
fn hours_of_a_skill_are_short() {
    let hospital = |id| market(id).visits(40.0, 2.0).needs("medical", 0.5);
    let input = ["a", "b", "c", "d"]
        .into_iter()
        .fold(team(), |input, id| input.market(hospital(id)));
    let conflict = conflict(&input);
    let told = conflict.to_string();
    for word in ["short of ", "skill `medical`", "2027-Q1", "East", "adding "] {
        assert!(told.contains(word), "{word:?} is not in: {told}");
    }
    let relaxation = &conflict.relaxations[0];
    // Advice 1: leave the markets that are named unserved.
    let mut left = input.clone();
    let mut named = 0;
    for market in &mut left.markets {
        if relaxation.concerns.contains(&market.id) {
            market.must_serve = false;
            named += 1;
        }
    }
    assert!((1..4).contains(&named), "{told}");
    feasible(&left);
    // Advice 2: add the reps that are asked for, with the skill.
    let words = relaxation.message.split("adding ").nth(1).unwrap();
    let reps: usize = words.split(' ').next().unwrap().parse().unwrap();
    let more = (0..reps).fold(input, |input, at| {
        input.rep(
            Rep::new(format!("new-{at}"))
                .home(31.0, 121.0)
                .skill("medical", 0.9),
        )
    });
    feasible(&more);
}

#[test]
fn nobody_may_serve() {
    let input = team().market(market("a").needs("medical", 0.95));
    only(
        &input,
        Rule::Eligibility,
        &["nobody may serve a,", "`medical` at 0.95", "best has 0.90"],
    );
    let added = Rep::new("zhao").home(31.0, 121.0).skill("medical", 0.95);
    feasible(&input.rep(added));
}

#[test]
fn too_many_must_move() {
    let taken = |id| market(id).current("wang");
    let input = ["a", "b", "c"].into_iter().fold(team(), |input, id| {
        input.market(taken(id)).forbid(id, "", "wang")
    });
    let policy = Policy::new().max_moves(1);
    let relaxation = only(
        &input.clone().policy(policy),
        Rule::Continuity,
        &[
            "at most 1 market may change rep but 3 must",
            "allowing 2 more",
        ],
    );
    assert!((relaxation.amount - 2.0).abs() < 1e-6);
    feasible(&input.policy(Policy::new().max_moves(3)));
}

#[test]
fn too_much_potential_must_move() {
    let mut input = team()
        .market(market("a").current("wang"))
        .market(market("b").current("li"))
        .forbid("a", "", "wang");
    input.policy.continuity.max_moved_potential_share = Some(0.1);
    // Half of the 2 million held today has to move; a tenth may.
    let relaxation = only(&input, Rule::Continuity, &["allowing 800 000 more"]);
    assert!((relaxation.amount - 8e5).abs() < 1.0, "{relaxation:?}");
    input.policy.continuity.max_moved_potential_share = Some(0.5);
    feasible(&input);
}

#[test]
fn a_minimum_count_cannot_be_had() {
    let mut input = three(team());
    input.reps[1] = input.reps[1].clone().markets(3, 9);
    let input = input.forbid("a", "", "wang");
    let relaxation = only(
        &input,
        Rule::Count,
        &["wang must have at least 3", "lowering the minimum by 1"],
    );
    assert!((relaxation.amount - 1.0).abs() < 1e-6);
    let mut lowered = input;
    lowered.reps[1].min_markets = Some(2);
    feasible(&lowered);
}

#[test]
fn a_maximum_count_is_too_low() {
    let mut input = three(team());
    for rep in &mut input.reps {
        *rep = rep.clone().markets(0, 1);
    }
    let relaxation = only(&input, Rule::Count, &["raising the maximum by 1"]);
    for rep in &mut input.reps {
        if relaxation.concerns.contains(&rep.id) {
            rep.max_markets = Some(2);
        }
    }
    feasible(&input);
}

/// Three markets for two reps cannot be shared more evenly than 2 to 1.
#[test]
fn shares_cannot_be_even() {
    let mut input = three(team());
    let mut balance = Balance::of("count");
    balance.min_ratio = Some(0.9);
    input.policy = Policy::new().balance(balance.clone());
    let relaxation = only(
        &input,
        Rule::Balance,
        &["67 %", "90 %", "min_ratio to 0.66"],
    );
    assert!(relaxation.concerns.contains(&"count".to_owned()));
    balance.min_ratio = Some(0.66);
    input.policy = Policy::new().balance(balance);
    feasible(&input);
}

/// Two of three equal markets go to one of two reps, whoever that is.
#[test]
fn too_much_hangs_on_one() {
    let mut input = three(team());
    input.policy = Policy::new().max_share_of(Source::Rep, 0.5);
    let relaxation = only(
        &input,
        Rule::Concentration,
        &[
            "would bring 67 %",
            "the 50 % allowed",
            "max_share of rep to 0.67",
        ],
    );
    assert_eq!(relaxation.concerns[0], "rep");
    input.policy = Policy::new().max_share_of(Source::Rep, 0.67);
    feasible(&input);
}

#[test]
fn a_family_is_torn() {
    let mut input = team()
        .market(market("a").family("group"))
        .market(market("b").family("group"))
        .forbid("a", "", "li")
        .forbid("b", "", "wang");
    only(
        &input,
        Rule::Families,
        &["family group cannot go to one rep"],
    );
    for market in &mut input.markets {
        market.family.clear();
    }
    feasible(&input);
}

/// A lock on a rep who is away all the time: the market would have to go to the other.
#[test]
fn a_lock_has_no_hours() {
    let mut input = team().market(market("a")).lock("a", "", "wang");
    input.reps[1] = input.reps[1].clone().leave("2027-01-01", "2027-03-31");
    let relaxation = conflict(&input).relaxations.remove(0);
    assert!(
        matches!(relaxation.rule, Rule::Locks | Rule::Capacity),
        "{relaxation:?}"
    );
    input.locks.clear();
    feasible(&input);
}

fn two_roles(second: Role) -> Input {
    let mut input = team()
        .role(Role::new("owner", 1.0).mandatory())
        .role(second.mandatory())
        .workload(Workload::new("key", "owner", 1.0, 1.0))
        .workload(Workload::new("key", "expert", 1.0, 1.0));
    input
        .markets
        .push(Market::new("a").at(31.0, 121.0).class("key"));
    input
}

#[test]
fn one_rep_for_two_distinct_roles() {
    let input = two_roles(Role::new("expert", 0.2).distinct_from("owner")).forbid("a", "", "wang");
    only(
        &input,
        Rule::Roles,
        &["must have different reps", "adding a second rep"],
    );
    feasible(&input.rep(Rep::new("zhao").home(31.0, 121.0)));
}

#[test]
fn one_rep_for_both_roles_is_forbidden() {
    let mut input = two_roles(Role::new("expert", 0.2).same_as("owner"))
        .forbid("a", "owner", "wang")
        .forbid("a", "expert", "li");
    only(&input, Rule::Roles, &["cannot have the same rep"]);
    input.roles[1].same_as.clear();
    feasible(&input);
}

#[test]
fn a_hire_that_is_not_allowed() {
    let mut input = team()
        .rep(Rep::new("new").home(31.0, 121.0).candidate(1000.0))
        .market(market("a"))
        .forbid("a", "", "li")
        .forbid("a", "", "wang");
    input.policy.sizing.max_hires = Some(0);
    only(&input, Rule::Sizing, &["number of hires", "(0 to 0) by 1"]);
    input.policy.sizing.max_hires = Some(1);
    feasible(&input);
}
