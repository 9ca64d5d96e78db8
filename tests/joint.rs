//! Hours and money in one plan. Expected: closed forms, the two planned alone, the faults stated.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use apportion::domain::{BudgetProblem, Problem};
use apportion::effort;
use apportion::input::{BudgetInput, EffortInput, Input, JointInput};
use apportion::joint::{self, Error, JointPlan, Options};
use serde_json::{Value, json};

/// One rep of the north, one of the south, each with a market of their own, over two months.
fn problem() -> Problem {
    let rep = |id: &str, team: &str, latitude: f64| json!({ "id": id, "team": team, "latitude_deg": latitude, "longitude_deg": 121.4 });
    let market = |id: &str, latitude: f64, team: &str| {
        json!({ "id": id, "latitude_deg": latitude, "longitude_deg": 121.4, "class": "A",
                "potential": 10_000.0, "margin": 1.0, "region": team })
    };
    let input: Input = serde_json::from_value(json!({
        "currency": "CNY",
        "calendar": { "start": "2027-01-01", "periods": 2, "unit": "month" },
        "reps": [rep("li", "north", 31.2), rep("wang", "south", 25.0)],
        "markets": [market("up", 31.2, "north"), market("down", 25.0, "south")],
        "locks": [{ "market": "up", "rep": "li" }, { "market": "down", "rep": "wang" }],
        "workloads": [{ "class": "A", "visits_per_month": 40, "hours_per_visit": 1 }]
    }))
    .unwrap();
    Problem::new(&input).unwrap()
}

fn response() -> EffortInput {
    let curve = json!({ "family": "power", "scale": 1.0, "exponent": 0.5 });
    serde_json::from_value(json!({ "curve": curve, "max_visits_share": 100.0 })).unwrap()
}

fn budget(change: impl FnOnce(&mut Value)) -> BudgetProblem {
    let mut input = json!({
        "total": { "max_money": 1_000.0 },
        "periods": [{ "id": "2027-01" }, { "id": "2027-02" }],
        "regions": [{ "id": "north", "size": 0.5 }, { "id": "south", "size": 0.5 }],
        "channels": [{ "id": "online", "margin": 20.0,
                       "curve": { "family": "power", "scale": 30.0, "exponent": 0.5 } }]
    });
    change(&mut input);
    let input: BudgetInput = serde_json::from_value(input).unwrap();
    BudgetProblem::new(&input).unwrap()
}

fn links(value: Value) -> JointInput {
    serde_json::from_value(value).unwrap()
}

fn planned(budget: &BudgetProblem, links: &JointInput) -> JointPlan {
    let options = Options {
        relative: 1e-5,
        ..Options::default()
    };
    joint::plan((&problem(), &response()), budget, links, &options, &|| {
        false
    })
    .unwrap()
}

/// Slots alone bring K·√h in a month. An hour of follow-up brings 20/0.5 = 40, and the north must spend more
/// than it can follow up, so
/// slots take (K/80)² hours of each month, and what is left is followed up.
#[test]
fn hours_go_to_slots_until_a_follow_up_brings_more() {
    let problem = problem();
    let alone = effort::plan(&problem, &response(), &Options::default(), &|| false).unwrap();
    let half = json!([{ "region": "north", "min_money": 500.0 }]);
    let plan = planned(
        &budget(|input| input["limits"] = half),
        &links(
            json!({ "follow_ups": [{ "channel": "online", "region": "north", "team": "north",
                                        "hours_per_response": 0.5 }] }),
        ),
    );
    let rep = &alone.reps[0];
    // Both reps bring the same, and a month of it in the proportion of the planned visits.
    let roots: f64 = (rep
        .available_hours
        .iter()
        .zip(&alone.slots[0].planned_visits))
    .map(|(hours, visits)| (hours * visits).sqrt())
    .sum();
    let mut value = 0.5 * alone.value;
    for period in 0..2 {
        let visits = alone.slots[0].planned_visits[period];
        let k = 0.5 * alone.value / roots * visits.sqrt();
        let there = rep.available_hours[period];
        let hours = (k / 80.0).powi(2);
        assert!(hours < there, "{hours} {there}");
        value += k * hours.sqrt() + 40.0 * (there - hours);
        let li = &plan.reps[0];
        assert!((li.slots.hours[period] - hours).abs() < 0.02 * there);
        assert!((li.follow_up_hours[period] + li.slots.hours[period] - there).abs() < 1e-3);
        assert!((plan.teams[period].money_per_hour - 40.0).abs() < 0.5);
        // Nobody of the south works for the north.
        assert!(plan.reps[1].follow_up_hours[period] <= 0.0);
    }
    // The south has its responses for nothing.
    let south: f64 = (plan.cells.iter())
        .filter(|cell| cell.region == "south")
        .map(|cell| cell.value)
        .sum();
    let near = 1e-3 * plan.value;
    assert!(
        (plan.value - value - south).abs() < near,
        "{} {value}",
        plan.value
    );
    assert!(plan.gap < 2e-3, "{}", plan.gap);
    assert!(plan.value >= plan.apart_value.unwrap());
    assert!(plan.to_string().contains("followed up"), "{plan}");
}

/// Without links the plan is that of both alone.
#[test]
fn without_links_both_are_planned_alone() {
    let budget = budget(|_| {});
    let plan = planned(&budget, &JointInput::default());
    let hours = effort::plan(&problem(), &response(), &Options::default(), &|| false).unwrap();
    let money = apportion::budget::plan(&budget, &apportion::budget::Options::default()).unwrap();
    assert!((plan.value - hours.value - money.value).abs() < 1e-6 * plan.value);
    assert!((plan.budget_value - money.value).abs() < 1e-6 * plan.value);
    assert_eq!(plan.apart_value, Some(plan.value));
}

/// Less money for both never brings more, and is kept.
#[test]
fn shared_money_limits_both() {
    let mut last = f64::INFINITY;
    for shared in [2_000.0, 600.0, 200.0, 0.0] {
        let plan = planned(&budget(|_| {}), &links(json!({ "shared_money": shared })));
        assert!(plan.spent + plan.effort_cost <= shared * (1.0 + 1e-6));
        assert!(plan.value <= last + 1e-6 * last.abs().min(1e9));
        assert!(plan.gap < 1e-3, "{shared}: {}", plan.gap);
        last = plan.value;
    }
}

#[test]
fn all_faults_are_told_with_their_place() {
    let budget = budget(|input| {
        input["periods"][1]["id"] = json!("2027-03");
        input["currency"] = json!("EUR");
        input["total"]["min_return"] = json!(1.0);
    });
    let links = links(json!({
        "shared_money": -1.0,
        "follow_ups": [
            { "channel": "onlin", "hours_per_response": 1.0 },
            { "channel": "online", "team": "nort", "hours_per_response": 1.0 },
            { "channel": "online", "region": "west", "hours_per_response": 1.0 },
            { "channel": "online", "hours_per_response": 0.0 },
            { "channel": "online", "region": "north", "hours_per_response": 1.0 },
            { "channel": "online", "hours_per_response": 1.0 },
        ]
    }));
    let problem = problem();
    let found = joint::plan(
        (&problem, &response()),
        &budget,
        &links,
        &Options::default(),
        &|| false,
    );
    let Err(Error::Links(faults)) = found else {
        panic!("no faults");
    };
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let expected = [
        ("E208", "budget.periods"),
        ("E204", "budget.currency"),
        ("E606", "budget.total.min_return"),
        ("E204", "shared_money"),
        ("E604", "follow_ups[0].channel"),
        ("E604", "follow_ups[1].team"),
        ("E604", "follow_ups[2].region"),
        ("E204", "follow_ups[3].hours_per_response"),
        ("E202", "follow_ups[5].channel"),
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (told, (code, place)) in told.iter().zip(expected) {
        assert!(told.contains(code) && told.contains(place), "{told}");
    }
    assert!(told[4].contains("Did you mean `online`?"), "{}", told[4]);
}
