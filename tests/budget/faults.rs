//! Every fault of a budget, with its place.

use crate::{changed, problem, sound};
use serde_json::{Value, json};

/// Each change makes one fault: its code, place and a part of its text.
#[test]
fn every_fault_has_its_place() {
    let curve = |family: Value| ("/channels/0/curve", family);
    let limit = |limit: Value| ("/limits", json!([limit]));
    let cases: Vec<(&str, &str, (&str, Value))> = vec![
        ("E201", "channels", ("/channels", json!([]))),
        ("E201", "periods", ("/periods", json!([]))),
        (
            "E202",
            "channels[1].id",
            ("/channels/1/id", json!("online")),
        ),
        ("E205", "periods[0].id", ("/periods/0/id", json!(""))),
        (
            "E204",
            "channels[0].margin",
            ("/channels/0/margin", json!(0.0)),
        ),
        (
            "E204",
            "channels[0].margin",
            ("/channels/0/commission", json!(0.5)),
        ),
        (
            "E204",
            "channels[0].margin",
            ("/channels/0/margin", json!(-1.0)),
        ),
        (
            "E204",
            "channels[1].after_plan_share",
            ("/channels/1/after_plan_share", json!(1.5)),
        ),
        (
            "E204",
            "channels[1].cost_per_unit",
            ("/channels/1/cost_per_unit", json!(0.0)),
        ),
        (
            "E204",
            "channels[0].past_amounts[1]",
            ("/channels/0/past_amounts", json!([1, -1])),
        ),
        (
            "E204",
            "periods[0].length",
            ("/periods/0/length", json!(0.0)),
        ),
        (
            "E204",
            "periods[1].season",
            ("/periods/1/season", json!(-1.0)),
        ),
        (
            "E204",
            "regions[0].size",
            ("/regions", json!([{ "id": "north", "size": 0.0 }])),
        ),
        (
            "E204",
            "channels[1].curve.top",
            ("/channels/1/curve/top", json!(-300.0)),
        ),
        (
            "E604",
            "channels[0].curve.family",
            curve(json!({ "family": "logarithm" })),
        ),
        ("E604", "channels[0].curve.family", curve(json!({}))),
        (
            "E605",
            "channels[1].curve.half",
            ("/channels/1/curve/half", json!(null)),
        ),
        (
            "E606",
            "channels[1].curve.rate",
            ("/channels/1/curve/rate", json!(1.0)),
        ),
        (
            "E204",
            "channels[0].curve.middle",
            curve(json!({ "family": "sigmoid", "top": 1.0, "rate": 10.0, "middle": 71.0 })),
        ),
        (
            "E204",
            "channels[0].curve.points[2].response",
            curve(json!({ "family": "points", "points": [
                { "amount": 0, "response": 0 }, { "amount": 10, "response": 50 },
                { "amount": 20, "response": 40 }
            ]})),
        ),
        (
            "E208",
            "channels[0].curve.points",
            curve(json!({ "family": "points" })),
        ),
        (
            "E209",
            "channels[1].curve",
            ("/channels/1/curve/top", json!(1e30)),
        ),
        (
            "E604",
            "channels[0].carry.kernel",
            ("/channels/0/carry", json!({ "kernel": "geometrical" })),
        ),
        (
            "E204",
            "channels[0].carry.retention",
            (
                "/channels/0/carry",
                json!({ "kernel": "geometric", "retention": 1.0 }),
            ),
        ),
        (
            "E204",
            "channels[0].carry.window_periods",
            (
                "/channels/0/carry",
                json!({ "kernel": "geometric", "window_periods": 0 }),
            ),
        ),
        (
            "E606",
            "channels[0].carry.retention",
            ("/channels/0/carry", json!({ "retention": 0.5 })),
        ),
        (
            "E405",
            "total.min_money",
            ("/total/min_money", json!(101.0)),
        ),
        (
            "E204",
            "total.reserve_money",
            ("/total/reserve_money", json!(101.0)),
        ),
        ("E605", "total.max_money", ("/total", json!({}))),
        (
            "E604",
            "limits[0].channel",
            limit(json!({ "channel": "onlin", "min_money": 1 })),
        ),
        (
            "E405",
            "limits[0].min_money",
            limit(json!({ "channel": "online", "min_money": 9, "max_money": 8 })),
        ),
        ("E405", "limits", limit(json!({ "min_money": 101 }))),
        (
            "E202",
            "conflicts[0].second",
            (
                "/conflicts",
                json!([{ "first": "fairs", "second": "fairs" }]),
            ),
        ),
        (
            "E604",
            "seasons[0].period",
            (
                "/seasons",
                json!([{ "channel": "fairs", "period": "summer", "factor": 1 }]),
            ),
        ),
        (
            "E204",
            "current[0].money",
            (
                "/current",
                json!([{ "channel": "fairs", "period": "spring", "money": -1 }]),
            ),
        ),
    ];
    assert!(problem(&sound()).is_ok());
    for (code, place, change) in cases {
        let faults = problem(&changed(&[change])).unwrap_err();
        assert_eq!(faults.len(), 1, "{code} {place}: {faults}");
        let fault = faults.iter().next().unwrap();
        assert_eq!(fault.code.as_str(), code, "{fault}");
        assert_eq!(fault.place.to_string(), place, "{fault}");
        assert!(!fault.hint.is_empty() && !fault.found.is_empty(), "{fault}");
    }
}

#[test]
fn faults_of_two_entries() {
    let carried = changed(&[
        (
            "/channels/0/carry",
            json!({ "kernel": "geometric", "retention": 0.5 }),
        ),
        ("/periods/1/length", json!(2.0)),
    ]);
    let faults = problem(&carried).unwrap_err();
    let fault = faults.iter().next().unwrap();
    assert_eq!(fault.place.to_string(), "periods[1].length");
    assert!(fault.expected.contains("online carries over"), "{fault}");
    let twice =
        json!([{ "period": "spring", "max_money": 9 }, { "period": "spring", "max_money": 8 }]);
    let faults = problem(&changed(&[("/limits", twice)])).unwrap_err();
    assert_eq!(faults.iter().next().unwrap().place.to_string(), "limits[1]");
}

#[test]
fn all_faults_come_at_once() {
    let input = changed(&[
        ("/channels/0/margin", json!(0.0)),
        ("/channels/1/curve/top", json!(-1.0)),
        ("/channels/1/curve/shape", json!(0.0)),
        ("/periods/0/length", json!(0.0)),
        ("/total/min_money", json!(200.0)),
        (
            "/limits",
            json!([{ "channel": "radio" }, { "period": "spring", "min_money": -1.0 }]),
        ),
    ]);
    let found = problem(&input).unwrap_err();
    let places: Vec<String> = found.iter().map(|fault| fault.place.to_string()).collect();
    let expected = [
        "periods[0].length",
        "total.min_money",
        "channels[0].margin",
        "channels[1].curve.top",
        "channels[1].curve.shape",
        "limits[0].channel",
        "limits[1].min_money",
    ];
    assert_eq!(places, expected);
}
