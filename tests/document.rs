//! Plan documents: there and back, faults of foreign ones, and claims that do not hold.

#![cfg(feature = "files")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use apportion::check::{Mismatch, compare, verify};
use apportion::domain::{Problem, SlotId};
use apportion::fault::{Code, Faults};
use apportion::input::{Calendar, Input, Market, Policy, Rep};
use apportion::plan::document::Claims;
use apportion::plan::{Attainment, Plan, PlanDocument, fingerprint};

/// li with one base, wang with two, zhao to be hired; markets a, b and c, each 48 visits of 3 h.
fn input() -> Input {
    let market = |id| Market::new(id).visits(4.0, 3.0).potential(1000.0);
    Input::new("hand-made")
        .calendar(Calendar::months(2027))
        .rep(Rep::new("li").home(0.0, 0.0))
        .rep(
            Rep::new("wang")
                .base("east", 0.0, 0.0, 5.0)
                .base("west", 0.0, 0.0, 7.0),
        )
        .rep(Rep::new("zhao").home(0.0, 0.0).candidate(40.0))
        .market(market("a"))
        .market(market("b"))
        .market(market("c"))
        .policy(Policy::new().overtime(0.5, 1.0))
}

fn problem() -> Problem {
    Problem::new(&input()).unwrap()
}

/// a for li, b for wang in the west, c for nobody.
fn plan(problem: &Problem) -> Plan {
    Plan {
        coverage: vec![problem.find_rep("li"), problem.find_rep("wang"), None],
        bases: vec![Some(0), Some(1), None],
    }
}

fn document(problem: &Problem, plan: &Plan) -> PlanDocument {
    let found = verify(problem, plan);
    let level = Attainment::new(found.values[0], f64::INFINITY);
    let claims = Claims {
        goals: &found.goals,
        levels: &[level],
        hour_prices: &[],
        found_by: "greedy",
        proved_by: "",
        stopped: "finished",
        optimal: false,
        seconds: 0.5,
    };
    PlanDocument::new(problem, plan, &claims)
}

fn read(json: &str) -> PlanDocument {
    serde_json::from_str(json).unwrap()
}

fn faults(json: &str) -> Faults {
    read(json).plan(&problem()).unwrap_err()
}

fn mismatches(document: &PlanDocument) -> Vec<Mismatch> {
    let problem = problem();
    let plan = document.plan(&problem).unwrap();
    compare(&problem, document, &plan, &verify(&problem, &plan))
}

#[test]
fn there_and_back() {
    let problem = problem();
    let plan = plan(&problem);
    let document = document(&problem, &plan);
    let json = serde_json::to_string(&document).unwrap();
    let again = read(&json);
    assert_eq!(again, document);
    assert_eq!(again.plan(&problem).unwrap(), plan);
    assert_eq!(mismatches(&again), []);
    // 12 months × 4 visits × 3 h; margin 1, so 1000; li is no candidate, zhao is not hired.
    assert!((again.assignments[0].hours.unwrap() - 144.0).abs() < 1e-9);
    assert!((again.assignments[0].value.unwrap() - 1000.0).abs() < 1e-9);
    assert_eq!(
        (again.reps[0].hired, again.reps[2].hired),
        (None, Some(false))
    );
    // JSON has no infinity.
    assert_eq!((again.levels[0].bound, again.levels[0].gap), (None, None));
}

#[test]
fn little_is_needed_and_unknown_fields_are_ignored() {
    let problem = problem();
    let document = read(
        r#"{"author": "somebody else", "assignments": [
            {"market": "b", "rep": "wang", "note": 1},
            {"market": "c"},
            {"market": "a", "role": "owner", "rep": "li"}],
            "reps": [{"rep": "wang", "base": "west"}]}"#,
    );
    assert_eq!(document.plan(&problem).unwrap(), plan(&problem));
    assert_eq!(mismatches(&document), []);
}

#[test]
fn every_fault_is_told_at_once() {
    let found = faults(
        r#"{"format": "other", "version": 2, "assignments": [
            {"market": "x", "rep": "li"},
            {"market": "a", "role": "expert", "rep": "li"},
            {"market": "a", "rep": "nobody"},
            {"market": "b", "rep": "li"},
            {"market": "b", "rep": "li"}],
            "reps": [{"rep": "nobody"}, {"rep": "li"}, {"rep": "li"}, {"rep": "zhao", "base": "north"}]}"#,
    );
    assert!(found.iter().all(|fault| fault.code == Code::PlanMismatch));
    let places: Vec<String> = found.iter().map(|fault| fault.place.to_string()).collect();
    let expected = [
        "plan.format",
        "plan.version",
        "assignments[0].market",
        "assignments[1].role",
        "assignments[2].rep",
        "assignments[4]",
        "assignments", // c is missing
        "reps[0].rep",
        "reps[2].rep",
        "reps[3].base",
        "reps.base", // wang has two bases and none is named
    ];
    assert_eq!(places, expected);
}

/// One false number at a time; what is true is worked out in `there_and_back`.
#[test]
fn false_claims_are_found() {
    let problem = problem();
    let honest = document(&problem, &plan(&problem));
    let lie = |change: &dyn Fn(&mut PlanDocument)| {
        let mut document = honest.clone();
        change(&mut document);
        let found = mismatches(&document);
        found
            .iter()
            .map(|mismatch| mismatch.claim.clone())
            .collect::<Vec<_>>()
    };
    let goal = |document: &mut PlanDocument, value| {
        document.goals.insert("contribution".to_owned(), value);
    };
    assert_eq!(lie(&|d| goal(d, 2000.005)), [""; 0]);
    assert_eq!(lie(&|d| goal(d, 2001.0)), ["goals.contribution"]);
    assert_eq!(lie(&|d| d.levels[0].value = Some(0.0)), ["levels[0].value"]);
    assert_eq!(lie(&|d| d.levels[0].bound = Some(0.0)), ["levels[0].bound"]);
    assert_eq!(
        lie(&|d| d.assignments[0].hours = Some(140.0)),
        ["assignments[0].hours"]
    );
    assert_eq!(
        lie(&|d| d.assignments[1].value = Some(1.0)),
        ["assignments[1].value"]
    );
    assert_eq!(
        lie(&|d| d.reps[0].overtime[3] = 1.0),
        ["reps[0].overtime[3]"]
    );
    assert_eq!(lie(&|d| d.fingerprint = "0".repeat(16)), ["fingerprint"]);
}

#[test]
fn the_fingerprint_follows_the_facts() {
    let base = fingerprint(&problem());
    let of = |change: &dyn Fn(&mut Input)| {
        let mut input = input();
        change(&mut input);
        fingerprint(&Problem::new(&input).unwrap())
    };
    assert_eq!(base, of(&|input| input.markets.reverse()));
    assert_eq!(base, of(&|input| input.reps.reverse()));
    assert_eq!(base, of(&|input| input.name = "other".to_owned()));
    assert_ne!(base, of(&|input| input.markets[0].potential += 1.0));
    assert_ne!(base, of(&|input| input.reps[0].leave = vec![leave()]));
    assert_ne!(base, of(&|input| input.policy.travel.max_km = Some(9.0)));
    assert_ne!(base, of(&|input| input.markets[2].must_serve = true));
    assert_ne!(
        base,
        of(&|input| *input = input.clone().forbid("a", "", "li"))
    );
}

fn leave() -> apportion::input::Leave {
    apportion::input::Leave {
        from: "2027-03-01".to_owned(),
        to: "2027-03-05".to_owned(),
    }
}

/// A slot of a foreign problem is nobody's.
#[test]
fn an_entry_knows_its_slot() {
    let problem = problem();
    let document = document(&problem, &plan(&problem));
    assert_eq!(document.assignments[2].slot(&problem), Some(SlotId::at(2)));
    assert_eq!(
        read(r#"{"assignments": [{"market": "x"}]}"#).assignments[0].slot(&problem),
        None
    );
}
