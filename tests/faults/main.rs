//! Faults of inputs: every code has an input that shows it, all faults come at once, and nothing
//! that is handed in makes the checks panic.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cases;
mod ranges;

use std::collections::BTreeSet;

use apportion::domain::Problem;
use apportion::fault::{Code, Faults};
use apportion::input::{Calendar, Input, Market, Policy, Rep, Role, Season, Workload};
use cases::cases;
use ranges::full;

/// One rep and one market, without a fault.
fn sound() -> Input {
    Input::new("sound")
        .calendar(Calendar::months(2027))
        .rep(Rep::new("li").home(31.2, 121.5))
        .market(market("a"))
}

fn market(id: &str) -> Market {
    Market::new(id).visits(4.0, 3.0).potential(1000.0)
}

fn changed(change: impl FnOnce(&mut Input)) -> Input {
    let mut input = sound();
    change(&mut input);
    input
}

/// Two roles, both with a workload for class `key`, and a market of that class.
fn with_roles(first: Role, second: Role) -> Input {
    sound()
        .workload(Workload::new("key", "owner", 1.0, 1.0))
        .workload(Workload::new("key", "expert", 1.0, 1.0))
        .role(first)
        .role(second)
        .market(Market::new("b").class("key"))
}

fn faults(input: &Input) -> Faults {
    Problem::new(input).unwrap_err()
}

#[test]
fn the_sound_input_is_sound() {
    assert_eq!(Problem::new(&sound()).map(|_| ()), Ok(()));
    let roles = with_roles(Role::new("owner", 0.8), Role::new("expert", 0.2));
    assert_eq!(Problem::new(&roles).map(|_| ()), Ok(()));
    assert_eq!(Problem::new(&full()).map(|_| ()), Ok(()));
}

/// Each input has the one fault that its case names, and no other.
#[test]
fn every_fault_is_named_and_placed() {
    for (code, input, place, told) in cases() {
        let found = faults(&input);
        assert_eq!(found.len(), 1, "{code} {place}: {found}");
        let fault = found.iter().next().unwrap();
        assert_eq!(fault.code, code, "{fault}");
        assert_eq!(fault.place.to_string(), place, "{fault}");
        assert!(
            fault.to_string().contains(told),
            "{told:?} is not in {fault}"
        );
        assert!(!fault.hint.is_empty(), "{fault}");
    }
}

#[test]
fn every_code_of_an_input_has_a_case() {
    let shown: BTreeSet<Code> = cases().iter().map(|case| case.0).collect();
    let of_inputs = Code::ALL
        .iter()
        .filter(|code| matches!(&code.as_str()[..2], "E2" | "E3" | "E4"));
    let missing: Vec<&Code> = of_inputs.filter(|code| !shown.contains(code)).collect();
    assert!(missing.is_empty(), "no case for {missing:?}");
}

#[test]
fn codes_are_unique_and_in_order() {
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert!(codes.windows(2).all(|pair| pair[0] < pair[1]), "{codes:?}");
    for code in Code::ALL {
        assert!(code.meaning().ends_with('.') && code.remedy().ends_with('.'));
    }
}

/// Ten faults in ten places, none of which hides another.
#[test]
fn all_faults_come_at_once() {
    let mut input = sound()
        .calendar(Calendar::months(2027).holiday("soon").hours_per_day(25.0))
        .season(Season::new("busy", [1.0]))
        .rep(Rep::new("li").home(91.0, 0.0))
        .rep(Rep::new("wang"))
        .market(market("b").potential(f64::INFINITY))
        .market(market("c").needs("medical", 0.5).protected())
        .policy(Policy::new().weight("fun", 1.0));
    input.policy.travel.speed_km_per_hour = 0.0;
    let expected = BTreeSet::from([
        ("E207", "calendar.holidays[0]"),
        ("E204", "calendar.hours_per_day"),
        ("E208", "seasons[0].factors"),
        ("E202", "reps[1].id"),
        ("E204", "reps[1].latitude_deg"),
        ("E409", "reps[2].latitude_deg"),
        ("E203", "markets[1].potential"),
        ("E301", "markets[2].needs[0].skill"),
        ("E404", "markets[2].protected"),
        ("E307", "policy.weights.fun"),
        ("E204", "policy.travel.speed_km_per_hour"),
    ]);
    let found = faults(&input);
    let places: Vec<String> = found.iter().map(|fault| fault.place.to_string()).collect();
    let codes = found.iter().map(|fault| fault.code.as_str());
    let told: BTreeSet<(&str, &str)> = codes.zip(places.iter().map(String::as_str)).collect();
    assert_eq!(told, expected);
    assert_eq!(found.len(), expected.len());
}
