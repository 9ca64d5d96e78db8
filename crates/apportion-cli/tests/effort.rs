//! `apportion effort`, and `apportion budget` in many futures: files, text and exit codes.
#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]
#![allow(
    dead_code,
    reason = "each test crate uses a part of the shared helpers"
)]

mod common;

use std::fs;

use common::{Workplace, names};

/// Overtime at most in the shared problem, as a share of the hours.
const MOST_OVERTIME: f64 = 0.1;
const RESPONSE: &str = r#"{"curve": {"family": "power", "scale": 1, "exponent": 0.4}}"#;

#[test]
fn hours_are_decided_and_written() {
    let place = Workplace::new();
    fs::write(place.path("response.json"), RESPONSE).unwrap();
    let args = [
        "effort",
        "problem",
        "--response",
        "response.json",
        "--threads",
        "1",
    ];
    let text = place.run(&[&args[..], &["--out", "effort"]].concat());
    assert!(text.ends_with(0).out.contains("proved to be at most"));
    let files = names(&place.path("effort"));
    assert_eq!(files, ["effort.json", "hours.csv", "reps.csv"]);
    let json = place.run(&[&args[..], &["--json"]].concat()).json();
    assert_eq!(json["status"], "solved");
    assert!(json["bound"].as_f64() >= json["value"].as_f64());
    for rep in json["reps"].as_array().unwrap() {
        let numbers = |key: &str| -> Vec<f64> {
            let list = rep[key].as_array().unwrap().iter();
            list.map(|number| number.as_f64().unwrap()).collect()
        };
        // Nobody works more than there is with overtime, which is what is above the hours.
        let there = numbers("available_hours")
            .into_iter()
            .zip(numbers("overtime_hours"));
        for (used, (there, overtime)) in numbers("hours").into_iter().zip(there) {
            assert!((overtime - (used - there).max(0.0)).abs() <= 1e-6 * (1.0 + there));
            assert!(used <= (1.0 + MOST_OVERTIME) * there * (1.0 + 1e-6) + 1e-6);
        }
    }
}

#[test]
fn a_wrong_response_is_told_and_nothing_is_written() {
    let place = Workplace::new();
    let wrong = [
        (
            r#"{"curve": {"family": "power", "scale": -1, "exponent": 0.4}}"#,
            "E204",
        ),
        (r#"{"curve": {"family": "parabola"}}"#, "E103"),
        ("{", "E103"),
    ];
    for (text, code) in wrong {
        fs::write(place.path("response.json"), text).unwrap();
        let args = [
            "effort",
            "problem",
            "--response",
            "response.json",
            "--out",
            "effort",
        ];
        let told = place.run(&args).ends_with(2).err;
        assert!(told.contains(code), "{told}");
        assert!(!place.path("effort").exists());
    }
    let args = ["effort", "problem", "--response", "missing.json"];
    assert!(place.run(&args).ends_with(2).err.contains("E101"));
}

const BUDGET: &str = r#"{
    "currency": "CNY",
    "total": { "max_money": 100 },
    "periods": [{ "id": "spring", "season": 1.5 }, { "id": "autumn", "season": 0.5 }],
    "channels": [
        { "id": "online", "margin": 1, "curve": { "family": "power", "scale": 1, "exponent": 0.5 } },
        { "id": "fairs", "margin": 0.5, "curve": { "family": "power", "scale": 1, "exponent": 0.5 } }
    ]
}"#;

/// Σ w·√x under Σ x = B is worth √(B·Σ w²); half of the money is worth √½ as much.
#[test]
fn a_budget_is_planned_in_many_futures() {
    let place = Workplace::new();
    fs::write(place.path("budget.json"), BUDGET).unwrap();
    let lines = [
        r#"{"id":"as it is","changes":[]}"#,
        r#"{"id":"cut","changes":[{"change":"total","amount":{"scale":0.5}}]}"#,
        r#"{"id":"wrong","changes":[{"change":"stop","channels":["radio"]}]}"#,
    ];
    fs::write(place.path("futures.jsonl"), lines.join("\n")).unwrap();
    let args = [
        "budget",
        "budget.json",
        "--scenarios",
        "futures.jsonl",
        "--out",
        "futures",
    ];
    place.run(&args).ends_with(0);
    assert_eq!(
        names(&place.path("futures")),
        ["results.jsonl", "summary.json"]
    );
    let text = fs::read_to_string(place.path("futures/results.jsonl")).unwrap();
    let records: Vec<serde_json::Value> = (text.lines())
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(records.len(), 3);
    let value = |at: usize| records[at]["value"].as_f64().unwrap();
    assert!((value(0) - (100.0 * 2.5 * 1.25_f64).sqrt()).abs() < 1e-3);
    assert!((value(1) / value(0) - 0.5_f64.sqrt()).abs() < 1e-3);
    assert!(records[2]["reason"].as_str().unwrap().contains("radio"));
    let kept = [&args[..4], &["--keep", "--json"]].concat();
    assert!(place.run(&kept).ends_with(0).out.contains("mean"));
}

/// Hours and money of the shared problem in one plan: files, text, faults and exit codes.
#[test]
fn hours_and_money_are_planned_together() {
    let place = Workplace::new();
    fs::write(place.path("response.json"), RESPONSE).unwrap();
    let plan = place.run(&["effort", "problem", "--response", "response.json", "--json"]);
    let periods = plan.json()["slots"][0]["hours"].as_array().unwrap().len();
    let months: Vec<String> = (1..=periods)
        .map(|month| format!(r#"{{ "id": "2027-{month:02}" }}"#))
        .collect();
    let budget = format!(
        r#"{{ "total": {{ "max_money": 50000 }}, "periods": [{}],
             "channels": [{{ "id": "online", "margin": 900,
                             "curve": {{ "family": "michaelis_menten", "top": 300, "half": 9000 }} }}] }}"#,
        months.join(", ")
    );
    fs::write(place.path("budget.json"), budget).unwrap();
    let run = |links: &str, more: &[&str]| {
        fs::write(place.path("links.json"), links).unwrap();
        let args = [
            "joint",
            "problem",
            "--response",
            "response.json",
            "--budget",
            "budget.json",
            "--links",
            "links.json",
            "--threads",
            "1",
        ];
        place.run(&[&args[..], more].concat())
    };
    let links = r#"{"follow_ups": [{"channel": "online", "hours_per_response": 2}]}"#;
    let text = run(links, &["--out", "joint"]).ends_with(0).out;
    assert!(text.contains("proved to be at most") && text.contains("together brings"));
    assert_eq!(
        names(&place.path("joint")),
        [
            "hours.csv",
            "joint.json",
            "reps.csv",
            "spend.csv",
            "teams.csv"
        ]
    );
    let json = run(links, &["--json"]).json();
    assert_eq!(json["status"], "solved");
    assert!(json["bound"].as_f64() >= json["value"].as_f64());
    assert!(json["value"].as_f64() >= json["apart_value"].as_f64());
    let wrong = r#"{"follow_ups": [{"channel": "onlin", "hours_per_response": 2}]}"#;
    let told = run(wrong, &["--out", "wrong"]).ends_with(2).err;
    assert!(told.contains("E604") && told.contains("online"), "{told}");
    assert!(!place.path("wrong").exists());
    assert!(run("{", &[]).ends_with(2).err.contains("E103"));
}

/// The whole formulation by a general solver: the same documents, nothing left aside, and the priced limit holds.
#[test]
fn hours_are_decided_by_a_general_solver() {
    let place = Workplace::new();
    fs::write(place.path("response.json"), RESPONSE).unwrap();
    let args = ["effort", "problem", "--response", "response.json", "--json"];
    let priced = place.run(&args).json();
    let exact = place.run(&[&args[..], &["--exact"]].concat()).json();
    assert_eq!(exact["status"], "solved");
    assert_eq!(exact["left_aside"].as_array().unwrap().len(), 0);
    assert!(exact["value"].as_f64() <= priced["bound"].as_f64());
    assert!(exact["bound"].as_f64() >= exact["value"].as_f64());
}
