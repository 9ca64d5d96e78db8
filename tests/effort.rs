//! Hours as decisions on whole problems. Expected: closed forms, an independent sum, the faults stated.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use apportion::domain::Problem;
use apportion::effort::{self, EffortPlan, Error, Options};
use apportion::input::{EffortInput, Input, Obligation};
use serde_json::json;

/// One rep with 8 hours a month in two months, and two markets of one visit of one hour each month.
fn problem(leave: bool) -> Problem {
    let market = |id: &str, potential: f64| {
        json!({ "id": id, "latitude_deg": 31.2, "longitude_deg": 121.4, "class": "A",
                "potential": potential, "margin": 1.0 })
    };
    let leave = if leave {
        json!([{ "from": "2027-02-03", "to": "2027-02-20" }])
    } else {
        json!([])
    };
    let input: Input = serde_json::from_value(json!({
        "calendar": { "start": "2027-01-01", "periods": 2, "unit": "month" },
        "reps": [{ "id": "li", "latitude_deg": 31.2, "longitude_deg": 121.4, "leave": leave }],
        "markets": [market("near", 100.0), market("rich", 200.0)],
        "workloads": [{ "class": "A", "visits_per_month": 40, "hours_per_visit": 1 }]
    }))
    .unwrap();
    Problem::new(&input).unwrap()
}

fn response(value: serde_json::Value) -> EffortInput {
    serde_json::from_value(value).unwrap()
}

fn root() -> EffortInput {
    response(
        json!({ "curve": { "family": "power", "scale": 2.0, "exponent": 0.5 },
                     "max_visits_share": 10.0 }),
    )
}

fn planned(problem: &Problem, response: &EffortInput) -> EffortPlan {
    effort::plan(problem, response, &Options::default(), &|| false).unwrap()
}

/// Under √ the hours of a period are as the squares of the values, 1 : 4, and all hours are used.
#[test]
fn hours_are_shared_in_closed_form() {
    let problem = problem(false);
    let plan = planned(&problem, &root());
    let [near, rich] = [&plan.slots[0], &plan.slots[1]];
    for period in 0..2 {
        let ratio = rich.hours[period] / near.hours[period];
        assert!((ratio - 4.0).abs() < 1e-4, "{ratio}");
        let used = near.hours[period] + rich.hours[period];
        assert!((used - plan.reps[0].available_hours[period]).abs() < 1e-6 * used);
    }
    let value: f64 = plan
        .slots
        .iter()
        .zip(problem.candidates())
        .flat_map(|(slot, candidate)| {
            let visits: f64 = slot.planned_visits.iter().sum();
            let each = slot.visits.iter().zip(&slot.planned_visits);
            each.map(move |(now, usual)| candidate.value * usual / visits * (now / usual).sqrt())
        })
        .sum();
    assert!(
        (value - plan.value).abs() < 1e-9 * value,
        "{value} {}",
        plan.value
    );
    assert!(plan.gap < 1e-3 && plan.to_string().contains("left aside"));
}

/// Less for the same: fewer hours, or more visits that must be, never bring more.
#[test]
fn limits_never_help() {
    let free = planned(&problem(false), &root());
    let away = planned(&problem(true), &root());
    assert!(away.value <= free.value * (1.0 + 1e-9));
    let mut bound = root();
    bound.min_visits_share = 1.0;
    let forced = planned(&problem(false), &bound);
    assert!(forced.value <= free.value * (1.0 + 1e-9));
    let least = |slot: &effort::SlotHours| {
        let pairs = slot.visits.iter().zip(&slot.planned_visits);
        slot.rep.is_empty()
            || pairs
                .into_iter()
                .all(|(now, usual)| *now >= usual * (1.0 - 1e-6))
    };
    assert!(forced.slots.iter().all(least));
}

#[test]
fn all_faults_are_told_at_once() {
    let wrong = response(json!({
        "curve": { "family": "power", "scale": -1.0, "exponent": 0.5 },
        "min_visits_share": 4.0,
        "classes": { "B": { "max_visits_share": 0.0 } }
    }));
    let found = effort::plan(&problem(false), &wrong, &Options::default(), &|| false);
    let Err(Error::Faults(faults)) = found else {
        panic!("{found:?}");
    };
    let codes: Vec<&str> = faults.iter().map(|fault| fault.code.as_str()).collect();
    assert_eq!(codes, ["E204", "E405", "E604", "E204", "E204"], "{faults}");
}

/// Under √ the poorer market gets a fifth of all hours. An obligation for both markets gives it more, just
/// as many as asked for in each month, and never brings more; one that is kept anyway changes nothing.
#[test]
fn obligations_are_kept_and_never_help() {
    let free = planned(&problem(false), &root());
    let usual: f64 = free.slots[0].visits.iter().sum();
    let asked = |every_periods: Option<u32>, min_visits: f64| {
        let mut response = root();
        let class = "A".to_owned();
        response.obligations = vec![Obligation {
            class,
            every_periods,
            min_visits,
            ..Obligation::default()
        }];
        planned(&problem(false), &response)
    };
    let kept = asked(None, 0.9 * usual);
    assert!((kept.value - free.value).abs() < 1e-9 * free.value);
    assert_eq!(kept.obligations[0].at_minimum, 0);
    let monthly = asked(Some(1), usual);
    for visits in &monthly.slots[0].visits {
        assert!((visits - usual).abs() < 1e-4 * usual, "{monthly:?}");
    }
    let line = &monthly.obligations[0];
    assert_eq!((line.slots, line.sets, line.at_minimum), (2, 4, 2));
    assert!(monthly.value < free.value && monthly.bound >= monthly.value);
    assert!(monthly.gap < 1e-3, "{}", monthly.gap);
    let text = monthly.to_string();
    assert!(
        text.contains("visits in every 1 periods; 2 slots, just kept 2 of 4 times"),
        "{text}"
    );
}

#[test]
fn faults_of_obligations_are_told_at_once() {
    let mut wrong = root();
    wrong.obligations = serde_json::from_value(json!([
        { "class": "Z", "min_visits": 1 },
        { "role": "nobody", "min_visits": -1 },
        { "every_periods": 3, "min_visits": 1 },
        { "every_periods": 1, "periods": ["2027-01"], "min_visits": 1 },
        { "periods": ["2027-01", "2027-01", "soon"], "min_visits": 1 },
        { "every_periods": 1, "min_visits": 1e6 }
    ]))
    .unwrap();
    let found = effort::plan(&problem(false), &wrong, &Options::default(), &|| false);
    let Err(Error::Faults(faults)) = found else {
        panic!("{found:?}");
    };
    let told: Vec<String> = faults
        .iter()
        .map(|fault| format!("{} {}", fault.code.as_str(), fault.place))
        .collect();
    let expected = [
        "E604 obligations[0].class",
        "E304 obligations[1].role",
        "E204 obligations[1].min_visits",
        "E204 obligations[2].every_periods",
        "E204 obligations[3].every_periods",
        "E202 obligations[4].periods",
        "E604 obligations[4].periods",
        "E405 obligations[5].min_visits",
    ];
    assert_eq!(told, expected, "{faults}");
}
