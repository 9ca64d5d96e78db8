//! Whatever number stands in a budget, the answer is a plan that keeps its limits, faults, or a refusal.

use apportion::budget::{Options, plan};
use apportion::domain::BudgetProblem;
use apportion::fault::Code;
use apportion::input::BudgetInput;
use serde_json::{Value, json};

use crate::{changed, problem};

/// Everything that a budget may have.
fn full() -> Value {
    let carry = json!({ "kernel": "geometric", "retention": 0.4, "window_periods": 3 });
    changed(&[
        (
            "/regions",
            json!([{ "id": "north", "size": 0.4 }, { "id": "south", "size": 0.6 }]),
        ),
        ("/channels/0/carry", carry),
        ("/channels/0/past_amounts", json!([4.0, 5.0])),
        ("/channels/0/after_plan_share", json!(0.5)),
        ("/channels/0/cost_per_unit", json!(1.5)),
        ("/channels/0/commission", json!(0.1)),
        ("/channels/1/fee_money", json!(3.0)),
        ("/channels/1/min_if_active_money", json!(10.0)),
        ("/channels/1/period_min_if_active_money", json!(2.0)),
        ("/total/reserve_money", json!(5.0)),
        ("/total/min_marginal_return", json!(0.2)),
        (
            "/limits",
            json!([{ "period": "spring", "min_money": 5.0, "max_money": 70.0 }]),
        ),
        (
            "/current",
            json!([{ "channel": "fairs", "period": "spring", "region": "north", "money": 9.0 }]),
        ),
    ])
}

/// Places of all numbers.
fn numbers(value: &Value, place: &str, found: &mut Vec<String>) {
    match value {
        Value::Number(_) => found.push(place.to_owned()),
        Value::Array(list) => {
            for (at, value) in list.iter().enumerate() {
                numbers(value, &format!("{place}/{at}"), found);
            }
        }
        Value::Object(map) => {
            for (key, value) in map {
                numbers(value, &format!("{place}/{key}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn no_number_breaks_anything() {
    let mut places = vec![];
    numbers(&full(), "", &mut places);
    assert!(places.len() >= 25, "{places:?}");
    let options = Options {
        nodes: 200,
        ..Options::default()
    };
    let (mut plans, mut faults) = (0, 0);
    for place in &places {
        for extreme in [-1.0, 0.0, 1e-300, 1e-9, 1.0, 1e6, 1e9, 1e15, 1e300] {
            // Whole numbers stay whole.
            let extreme = if place.ends_with("periods") {
                json!([0, 1, 7, 4_000_000_000_u32][plans % 4])
            } else {
                json!(extreme)
            };
            let mut input = full();
            *input.pointer_mut(place).unwrap() = extreme.clone();
            match problem(&input) {
                Err(found) => {
                    assert!(!found.is_empty());
                    faults += 1;
                }
                Ok(problem) => {
                    if let Ok(plan) = plan(&problem, &options) {
                        assert!(
                            plan.broken.is_empty(),
                            "{place} {extreme}: {:?}",
                            plan.broken
                        );
                        let sound = plan.value.is_finite() && plan.bound >= plan.value - 1e-6;
                        assert!(sound, "{place} {extreme}: {} {}", plan.value, plan.bound);
                        assert!(!plan.to_string().is_empty());
                        plans += 1;
                    }
                }
            }
        }
    }
    assert!(plans > 50 && faults > 50, "{plans} plans, {faults} faults");
}

/// What JSON cannot say, tables and code can.
#[test]
fn not_a_number_is_a_fault_with_its_place() {
    let mut input: BudgetInput = serde_json::from_value(full()).unwrap();
    input.total.max_money = Some(f64::NAN);
    input.periods[1].season = f64::INFINITY;
    input.channels[0].margin = f64::NAN;
    input.channels[0].past_amounts[1] = f64::NEG_INFINITY;
    input.channels[1].curve.top = Some(f64::NAN);
    input.limits[0].max_money = Some(f64::INFINITY);
    input.current[0].money = f64::NAN;
    let faults = BudgetProblem::new(&input).unwrap_err();
    let places: Vec<String> = faults.iter().map(|fault| fault.place.to_string()).collect();
    let expected = [
        "periods[1].season",
        "total.max_money",
        "channels[0].margin",
        "channels[0].past_amounts[1]",
        "channels[1].curve.top",
        "current[0].money",
        "limits[0].max_money",
    ];
    assert_eq!(places, expected);
    assert!(faults.iter().all(|fault| fault.code == Code::NotFinite));
}
