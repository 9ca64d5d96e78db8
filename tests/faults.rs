//! Faults of inputs: every code has an input that shows it, all faults come at once, and nothing
//! that is handed in makes the checks panic.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use apportion::domain::Problem;
use apportion::fault::{Code, Faults};
use apportion::input::{
    Balance, Calendar, CustomMetric, Distance, Input, Market, Policy, Rep, Role, Season, Workload,
};
use proptest::prelude::*;

/// Longest message of a fault, in characters, whatever names and numbers it repeats.
const LONGEST_MESSAGE: usize = 1000;

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

/// What is wrong, the input, the place, and a piece of what is found, expected or advised.
type Case = (Code, Input, &'static str, &'static str);

fn cases() -> Vec<Case> {
    [tables(), names(), contradictions(), absences()].concat()
}

/// Faults of single entries.
fn tables() -> Vec<Case> {
    let long = changed(|input| input.markets[0].name = "x".repeat(1001));
    let large = sound().market(market("b").potential(6e14));
    vec![
        (
            Code::EmptyTable,
            changed(|input| input.reps.clear()),
            "reps",
            "at least one rep",
        ),
        (
            Code::EmptyTable,
            changed(|input| input.markets.clear()),
            "markets",
            "at least one market",
        ),
        (
            Code::EmptyTable,
            sound().policy(Policy::new().priority([], 0.0)),
            "policy.priorities[0].goals",
            "at least one goal",
        ),
        (
            Code::DuplicateId,
            sound().rep(Rep::new("li").home(0.0, 0.0)),
            "reps[1].id",
            "found li, expected each id once",
        ),
        (
            Code::DuplicateId,
            sound().skill("medical").skill("medical"),
            "skills[1]",
            "medical",
        ),
        (
            Code::NotFinite,
            changed(|input| input.markets[0].potential = f64::NAN),
            "markets[0].potential",
            "NaN",
        ),
        (
            Code::OutOfRange,
            changed(|input| input.markets[0].newness = 1.5),
            "markets[0].newness",
            "found 1.5, expected a share from 0 to 1",
        ),
        (
            Code::OutOfRange,
            changed(|input| input.calendar.workdays = vec![1, 8]),
            "calendar.workdays",
            "1 (Monday) to 7 (Sunday)",
        ),
        (
            Code::EmptyId,
            sound().market(market("")),
            "markets[1].id",
            "nothing",
        ),
        (
            Code::TextTooLong,
            long,
            "markets[0].name",
            "1001 characters",
        ),
        (
            Code::BadDate,
            sound().calendar(Calendar::months(2027).holiday("2027-02-30")),
            "calendar.holidays[0]",
            "YYYY-MM-DD",
        ),
        (
            Code::BadDate,
            sound().calendar(Calendar {
                start: "2027-01-15".to_owned(),
                ..Calendar::months(2027)
            }),
            "calendar.start",
            "the first day of a month",
        ),
        (
            Code::BadLength,
            sound().season(Season::new("busy", [1.0, 2.0, 3.0])),
            "seasons[0].factors",
            "found 3 factors, expected 12 factors",
        ),
        (
            Code::TooManyNumbers,
            large.market(market("c").potential(6e14)),
            "markets.potential",
            "1e15",
        ),
    ]
}

/// Names of what does not exist.
fn names() -> Vec<Case> {
    let seasonal = Workload::new("key", "", 1.0, 1.0).season("buzy");
    let busy = Season::new("busy", vec![1.0; 12]);
    let custom = changed(|input| {
        input.markets[0].metrics.push(CustomMetric {
            metric: "beds".to_owned(),
            amount: 1.0,
        });
    });
    vec![
        (
            Code::UnknownSkill,
            changed(|input| input.markets[0] = market("a").needs("medcial", 0.5)).skill("medical"),
            "markets[0].needs[0].skill",
            "Did you mean `medical`?",
        ),
        (
            Code::UnknownRep,
            sound().lock("a", "", "wang"),
            "locks[0].rep",
            "found wang, expected the id of a rep",
        ),
        (
            Code::UnknownRep,
            changed(|input| input.markets[0] = market("a").current("zhao"))
                .rep(Rep::new("zhao").home(0.0, 0.0).candidate(1.0)),
            "markets[0].current[0].rep",
            "zhao, who is yet to be hired",
        ),
        (
            Code::UnknownMarket,
            sound().forbid("", "", "li"),
            "forbidden[0].market",
            "found nothing, expected the id of a market",
        ),
        (
            Code::UnknownRole,
            sound().lock("a", "expert", "li"),
            "locks[0].role",
            "the id of a role",
        ),
        (
            Code::UnknownClass,
            sound().market(Market::new("b")),
            "markets[1].class",
            "found no class, expected a class with a workload, or visits_per_month and hours_per_visit",
        ),
        (
            Code::UnknownMetric,
            sound().policy(Policy::new().balance(Balance::of("workloda"))),
            "policy.balance[0].metric",
            "Did you mean `workload`?",
        ),
        (
            Code::UnknownMetric,
            custom.policy(Policy::new().balance(Balance::of("bed"))),
            "policy.balance[0].metric",
            "Did you mean `beds`?",
        ),
        (
            Code::UnknownGoal,
            sound().policy(Policy::new().weight("travle", 1.0)),
            "policy.weights.travle",
            "Did you mean `travel`?",
        ),
        (
            Code::UnknownSeason,
            sound().season(busy).workload(seasonal),
            "workloads[0].season",
            "Did you mean `busy`?",
        ),
        (
            Code::UnknownBase,
            changed(|input| {
                input.distances.push(Distance {
                    rep: "li".to_owned(),
                    base: "west".to_owned(),
                    market: "a".to_owned(),
                    km: 10.0,
                });
            }),
            "distances[0].base",
            "one of the rep's bases",
        ),
    ]
}

/// Demands that cannot all be met.
fn contradictions() -> Vec<Case> {
    let two = || sound().rep(Rep::new("wang").home(31.2, 121.5));
    let protected = market("b").current("wang").protected();
    let distinct = with_roles(
        Role::new("owner", 0.8),
        Role::new("expert", 0.2).distinct_from("owner"),
    );
    let mut near = two().lock("a", "", "li");
    near.policy.travel.max_km = Some(100.0);
    vec![
        (
            Code::ContradictoryLocks,
            two().lock("a", "", "li").lock("a", "owner", "wang"),
            "locks[1].rep",
            "found wang, expected li",
        ),
        (
            Code::ContradictoryLocks,
            two().market(protected).lock("b", "", "li"),
            "locks[0].rep",
            "found li, expected wang",
        ),
        (
            Code::ContradictoryLocks,
            two()
                .market(market("b").family("f"))
                .market(market("c").family("f"))
                .lock("b", "", "li")
                .lock("c", "", "wang"),
            "locks[1].rep",
            "li, as for the rest of family f",
        ),
        (
            Code::ContradictoryLocks,
            distinct.lock("b", "owner", "li").lock("b", "expert", "li"),
            "locks[1].rep",
            "a rep other than that of role owner",
        ),
        (
            Code::LockForbidden,
            sound().lock("a", "", "li").forbid("a", "", "li"),
            "locks[0].rep",
            "a rep who is not forbidden",
        ),
        (
            Code::LockIneligible,
            sound()
                .skill("medical")
                .market(market("b").needs("medical", 0.5))
                .lock("b", "", "li"),
            "locks[0].rep",
            "found li with skill medical at 0, expected at least 0.5",
        ),
        (
            Code::LockIneligible,
            near,
            "locks[0].rep",
            "expected at most 100 km",
        ),
        (
            Code::MinAboveMax,
            sound().rep(Rep::new("wang").home(0.0, 0.0).markets(5, 2)),
            "reps[1].min_markets",
            "found 5, expected at most max_markets, 2",
        ),
        (
            Code::MinAboveMax,
            sound().rep(
                Rep::new("wang")
                    .home(0.0, 0.0)
                    .leave("2027-05-02", "2027-05-01"),
            ),
            "reps[1].leave[0].to",
            "a day not before 2027-05-02",
        ),
        (
            Code::ContradictoryRoles,
            with_roles(
                Role::new("owner", 0.8),
                Role::new("expert", 0.2)
                    .same_as("owner")
                    .distinct_from("owner"),
            ),
            "roles[1].distinct_from",
            "a role that does not share its rep with this one",
        ),
        (
            Code::ContradictoryRoles,
            with_roles(
                Role::new("owner", 0.8),
                Role::new("expert", 0.2).same_as("expert"),
            ),
            "roles[1].same_as",
            "another role",
        ),
        (
            Code::GoalTwice,
            sound().policy(
                Policy::new()
                    .weight("travel", 1.0)
                    .priority([("contribution", 1.0)], 0.0),
            ),
            "policy.priorities",
            "weights and priorities",
        ),
        (
            Code::GoalTwice,
            sound().policy(
                Policy::new()
                    .priority([("travel", 1.0)], 0.0)
                    .priority([("travel", 1.0)], 0.0),
            ),
            "policy.priorities[1].goals.travel",
            "each goal in one priority",
        ),
    ]
}

/// What has to be there and is not.
fn absences() -> Vec<Case> {
    vec![
        (
            Code::ProtectedWithoutRep,
            sound().market(market("b").protected()),
            "markets[1].protected",
            "found no current rep",
        ),
        (
            Code::NoCapacity,
            changed(|input| input.reps[0].hours_per_day = Some(0.0)),
            "reps",
            "a rep with hours in some period",
        ),
        (
            Code::NoHome,
            sound().rep(Rep::new("wang")),
            "reps[1].latitude_deg",
            "latitude_deg and longitude_deg, or a base",
        ),
        (
            Code::NoRoleForMarket,
            with_roles(Role::new("owner", 0.8), Role::new("expert", 0.2)).lock("a", "expert", "li"),
            "locks[0].role",
            "found expert, expected a role that the market has",
        ),
    ]
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

/// Something in every list and every optional number, without a fault.
fn full() -> Input {
    let mut rep = Rep::new("li")
        .base("east", 1.0, 1.0, 1.0)
        .hours_per_day(8.0)
        .overtime(0.1, 1.0)
        .skill("medical", 1.0);
    rep.latitude_deg = Some(1.0);
    rep.longitude_deg = Some(1.0);
    rep.selling_share = Some(1.0);
    let mut market = market("a").needs("medical", 0.5).current("li");
    market.margin = Some(0.5);
    market.unserved_loss = Some(1.0);
    market.metrics.push(CustomMetric {
        metric: "beds".to_owned(),
        amount: 1.0,
    });
    let balance = Balance::of("beds").within(0.5).share("li", 1.0);
    let mut input = Input::new("full")
        .skill("medical")
        .role(Role::new("owner", 1.0).needs("medical", 0.1))
        .season(Season::new("busy", vec![1.0; 12]))
        .workload(Workload::new("key", "owner", 1.0, 1.0).season("busy"))
        .rep(rep)
        .market(market)
        .policy(
            Policy::new()
                .priority([("contribution", 1.0)], 0.0)
                .balance(balance),
        );
    input.policy.travel.max_km = Some(1000.0);
    input.policy.continuity.max_moved_potential_share = Some(0.5);
    input.distances.push(Distance {
        rep: "li".to_owned(),
        base: "east".to_owned(),
        market: "a".to_owned(),
        km: 10.0,
    });
    input
}

/// A numeric field: where faults place it, and how to set it.
type Field = (&'static str, fn(&mut Input, f64));

/// Every number of an input that is no count.
const NUMBERS: &[Field] = &[
    ("calendar.hours_per_day", |i, x| {
        i.calendar.hours_per_day = x
    }),
    ("calendar.selling_share", |i, x| {
        i.calendar.selling_share = x
    }),
    ("seasons[0].factors[3]", |i, x| i.seasons[0].factors[3] = x),
    ("roles[0].value_share", |i, x| i.roles[0].value_share = x),
    ("roles[0].unserved_loss_share", |i, x| {
        i.roles[0].unserved_loss_share = x
    }),
    ("roles[0].needs[0].minimum", |i, x| {
        i.roles[0].needs[0].minimum = x
    }),
    ("roles[0].needs[0].weight", |i, x| {
        i.roles[0].needs[0].weight = x
    }),
    ("workloads[0].visits_per_month", |i, x| {
        i.workloads[0].visits_per_month = x
    }),
    ("workloads[0].hours_per_visit", |i, x| {
        i.workloads[0].hours_per_visit = x
    }),
    ("reps[0].latitude_deg", |i, x| {
        i.reps[0].latitude_deg = Some(x)
    }),
    ("reps[0].longitude_deg", |i, x| {
        i.reps[0].longitude_deg = Some(x)
    }),
    ("reps[0].bases[0].latitude_deg", |i, x| {
        i.reps[0].bases[0].latitude_deg = x
    }),
    ("reps[0].bases[0].longitude_deg", |i, x| {
        i.reps[0].bases[0].longitude_deg = x
    }),
    ("reps[0].bases[0].fixed_cost", |i, x| {
        i.reps[0].bases[0].fixed_cost = x
    }),
    ("reps[0].fixed_cost", |i, x| i.reps[0].fixed_cost = x),
    ("reps[0].hours_per_day", |i, x| {
        i.reps[0].hours_per_day = Some(x)
    }),
    ("reps[0].selling_share", |i, x| {
        i.reps[0].selling_share = Some(x)
    }),
    ("reps[0].ramp_months", |i, x| i.reps[0].ramp_months = x),
    ("reps[0].overtime_max_share", |i, x| {
        i.reps[0].overtime_max_share = Some(x)
    }),
    ("reps[0].overtime_cost_per_hour", |i, x| {
        i.reps[0].overtime_cost_per_hour = Some(x)
    }),
    ("reps[0].skills[0].level", |i, x| {
        i.reps[0].skills[0].level = x
    }),
    ("reps[0].acquisition", |i, x| i.reps[0].acquisition = x),
    ("reps[0].relationship", |i, x| i.reps[0].relationship = x),
    ("markets[0].latitude_deg", |i, x| {
        i.markets[0].latitude_deg = x
    }),
    ("markets[0].longitude_deg", |i, x| {
        i.markets[0].longitude_deg = x
    }),
    ("markets[0].potential", |i, x| i.markets[0].potential = x),
    ("markets[0].margin", |i, x| i.markets[0].margin = Some(x)),
    ("markets[0].newness", |i, x| i.markets[0].newness = x),
    ("markets[0].visits_per_month", |i, x| {
        i.markets[0].visits_per_month = Some(x)
    }),
    ("markets[0].hours_per_visit", |i, x| {
        i.markets[0].hours_per_visit = Some(x)
    }),
    ("markets[0].needs[0].minimum", |i, x| {
        i.markets[0].needs[0].minimum = x
    }),
    ("markets[0].needs[0].weight", |i, x| {
        i.markets[0].needs[0].weight = x
    }),
    ("markets[0].unserved_loss", |i, x| {
        i.markets[0].unserved_loss = Some(x)
    }),
    ("markets[0].metrics[0].amount", |i, x| {
        i.markets[0].metrics[0].amount = x
    }),
    ("distances[0].km", |i, x| i.distances[0].km = x),
    ("policy.margin", |i, x| i.policy.margin = x),
    ("policy.priorities[0].goals.contribution", |i, x| {
        i.policy.priorities[0]
            .goals
            .insert("contribution".to_owned(), x);
    }),
    ("policy.priorities[0].allowed_loss", |i, x| {
        i.policy.priorities[0].allowed_loss = x
    }),
    ("policy.overtime.max_share", |i, x| {
        i.policy.overtime.max_share = x
    }),
    ("policy.overtime.cost_per_hour", |i, x| {
        i.policy.overtime.cost_per_hour = x
    }),
    ("policy.travel.speed_km_per_hour", |i, x| {
        i.policy.travel.speed_km_per_hour = x
    }),
    ("policy.travel.detour_factor", |i, x| {
        i.policy.travel.detour_factor = x
    }),
    ("policy.travel.overhead_hours_per_trip", |i, x| {
        i.policy.travel.overhead_hours_per_trip = x
    }),
    ("policy.travel.visits_per_trip", |i, x| {
        i.policy.travel.visits_per_trip = x
    }),
    ("policy.travel.cost_per_km", |i, x| {
        i.policy.travel.cost_per_km = x
    }),
    ("policy.travel.max_km", |i, x| {
        i.policy.travel.max_km = Some(x)
    }),
    ("policy.balance[0].min_ratio", |i, x| {
        i.policy.balance[0].min_ratio = Some(x)
    }),
    ("policy.balance[0].max_ratio", |i, x| {
        i.policy.balance[0].max_ratio = Some(x)
    }),
    ("policy.balance[0].ideal_within", |i, x| {
        i.policy.balance[0].ideal_within = x
    }),
    ("policy.balance[0].cost_per_unit", |i, x| {
        i.policy.balance[0].cost_per_unit = x
    }),
    ("policy.balance[0].shares.li", |i, x| {
        i.policy.balance[0].shares.insert("li".to_owned(), x);
    }),
    ("policy.continuity.cost_per_move", |i, x| {
        i.policy.continuity.cost_per_move = x
    }),
    ("policy.continuity.max_moved_potential_share", |i, x| {
        i.policy.continuity.max_moved_potential_share = Some(x);
    }),
];

#[test]
fn every_number_has_a_range() {
    let bad = [
        (f64::NAN, Code::NotFinite),
        (f64::INFINITY, Code::NotFinite),
        (f64::NEG_INFINITY, Code::NotFinite),
        (1e308, Code::OutOfRange),
        (-1e308, Code::OutOfRange),
        (-200.0, Code::OutOfRange),
    ];
    for (place, set) in NUMBERS {
        for (number, code) in bad {
            let mut input = full();
            set(&mut input, number);
            let found = faults(&input);
            let named = found
                .iter()
                .find(|fault| fault.code == code && fault.place.to_string() == *place);
            let named = named.unwrap_or_else(|| panic!("{place} takes {number}: {found}"));
            assert!(named.found.len() < 10, "{named}");
        }
    }
}

/// A number with which sums and products go wrong, or a harmless one.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => Just(1.0),
        2 => Just(0.0),
        1 => Just(-0.0),
        1 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
        1 => Just(f64::NEG_INFINITY),
        1 => Just(1e308),
        1 => Just(-1.0),
        1 => any::<f64>(),
    ]
}

/// A known id, a date, or anything at all.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec![
            "", "li", "a", "key", "medical", "owner", "east", "busy", "travel", "beds", "2027-01-01",
            "2027-02-30", "9999-12-31", "-000001-01-01", "home", "\u{0}", "\u{202e}",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => Just("长".repeat(1_001)),
        1 => Just("x".repeat(100_000)),
    ]
}

/// Puts texts into every field that takes one.
fn put_texts(input: &mut Input, texts: &mut impl Iterator<Item = String>) {
    let mut put = |field: &mut String| {
        if let Some(text) = texts.next() {
            *field = text;
        }
    };
    put(&mut input.name);
    put(&mut input.calendar.start);
    put(&mut input.seasons[0].id);
    put(&mut input.skills[0]);
    put(&mut input.roles[0].id);
    put(&mut input.roles[0].needs[0].skill);
    put(&mut input.roles[0].same_as);
    put(&mut input.workloads[0].class);
    put(&mut input.workloads[0].role);
    put(&mut input.workloads[0].season);
    let rep = &mut input.reps[0];
    put(&mut rep.id);
    put(&mut rep.team);
    put(&mut rep.start_date);
    put(&mut rep.bases[0].id);
    put(&mut rep.skills[0].skill);
    let market = &mut input.markets[0];
    put(&mut market.id);
    put(&mut market.class);
    put(&mut market.family);
    put(&mut market.needs[0].skill);
    put(&mut market.current[0].role);
    put(&mut market.current[0].rep);
    put(&mut market.metrics[0].metric);
    put(&mut input.distances[0].rep);
    put(&mut input.distances[0].base);
    put(&mut input.distances[0].market);
    put(&mut input.policy.balance[0].metric);
}

/// Adds locks, dates and goals made of texts.
fn add_texts(input: Input, texts: &mut impl Iterator<Item = String>) -> Input {
    let mut next = || texts.next().unwrap_or_default();
    let mut input = input
        .lock(next(), next(), next())
        .forbid(next(), next(), next())
        .rep(Rep::new(next()).leave(next(), next()));
    input.calendar.holidays.push(next());
    input.calendar.extra_workdays.push(next());
    input.roles[0].distinct_from.push(next());
    input.roles[0].teams.push(next());
    input.policy.balance[0].roles.push(next());
    input.policy.balance[0].shares.insert(next(), 1.0);
    input.policy.weights.insert(next(), 1.0);
    input
}

proptest! {
    /// Whatever the numbers, texts and counts: an answer or faults with messages that can be read,
    /// never a panic.
    #[test]
    fn garbage_is_answered(
        numbers in prop::collection::vec(prop::option::of(number()), NUMBERS.len()),
        texts in prop::collection::vec(text(), 0..60),
        add_first in any::<bool>(),
        counts in prop::option::of((any::<u32>(), any::<u32>(), any::<u32>())),
        workdays in prop::collection::vec(any::<u8>(), 0..3),
    ) {
        let mut input = full();
        for ((_, set), number) in NUMBERS.iter().zip(numbers) {
            if let Some(number) = number {
                set(&mut input, number);
            }
        }
        if let Some((periods, min, max)) = counts {
            input.calendar.periods = periods;
            input.reps[0] = input.reps[0].clone().markets(min, max);
            input.policy.sizing.min_hires = Some(min);
            input.policy.sizing.max_hires = Some(max);
            input.policy.continuity.max_moves = Some(max);
        }
        input.calendar.workdays = workdays;
        let mut texts = texts.into_iter();
        if add_first {
            input = add_texts(input, &mut texts);
        }
        put_texts(&mut input, &mut texts);
        if let Err(found) = Problem::new(&input) {
            prop_assert!(!found.is_empty());
            for fault in &found {
                prop_assert!(fault.to_string().chars().count() <= LONGEST_MESSAGE, "{}", fault);
            }
        }
    }
}
