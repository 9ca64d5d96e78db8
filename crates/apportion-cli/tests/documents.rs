//! Explaining, verifying, converting, comparing, and the schemas.
#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]
#![allow(
    dead_code,
    reason = "each test crate uses a part of the shared helpers"
)]

mod common;

use std::fs;

use common::{Run, Workplace};
use serde_json::Value;

/// A workplace with a plan in the folder `out`.
fn planned() -> Workplace {
    let place = Workplace::new();
    place.run(&["plan", "problem", "--out", "out"]).ends_with(0);
    place
}

/// Changes the plan and verifies it.
fn verify_changed(place: &Workplace, change: impl Fn(&mut Value)) -> Run {
    let text = fs::read_to_string(place.path("out/plan.json")).unwrap();
    let mut plan: Value = serde_json::from_str(&text).unwrap();
    change(&mut plan);
    place.write("changed.json", plan.to_string());
    place.run(&["verify", "problem", "changed.json"])
}

#[test]
fn own_plans_are_valid() {
    let place = planned();
    let run = place.run(&["verify", "problem", "out/plan.json"]);
    assert!(run.ends_with(0).out.contains("keeps every rule"));
    let json = place
        .run(&["verify", "problem", "out", "--json"])
        .ends_with(0);
    assert_eq!(json.json()["status"], "valid");
}

#[test]
fn tampered_claims_are_told() {
    let place = planned();
    let run = verify_changed(&place, |plan| plan["goals"]["contribution"] = 9e9.into());
    let run = run.ends_with(5);
    assert!(run.out.contains("goals.contribution"), "{}", run.out);
}

/// Li would drive from Shanghai to Chengdu four times a month: 27 hours a way.
#[test]
fn tampered_assignments_are_told() {
    let place = planned();
    let run = verify_changed(&place, |plan| {
        for row in plan["assignments"].as_array_mut().unwrap() {
            row["rep"] = "li".into();
        }
    });
    let run = run.ends_with(5);
    assert!(run.out.contains("R104 capacity: li"), "{}", run.out);
    assert!(
        run.out.contains("limits broken: 3"),
        "three months: {}",
        run.out
    );
}

#[test]
fn plans_of_other_problems_are_refused() {
    let place = planned();
    let run = verify_changed(&place, |plan| {
        plan["assignments"][0]["market"] = "tokyo".into();
    });
    let run = run.ends_with(2);
    assert!(run.err.contains("E501"), "{}", run.err);
    assert!(run.err.contains("tokyo"), "{}", run.err);
    place.write("changed.json", "[1, 2");
    let run = place
        .run(&["verify", "problem", "changed.json"])
        .ends_with(2);
    assert!(run.err.contains("E103 changed.json:1"), "{}", run.err);
    let run = place
        .run(&["verify", "problem", "nowhere.json"])
        .ends_with(2);
    assert!(run.err.contains("E101 nowhere.json"), "{}", run.err);
}

#[test]
fn changed_problems_are_noticed() {
    let place = planned();
    place.edit("problem/markets.csv", "900000", "900001");
    let run = place.run(&["verify", "problem", "out"]).ends_with(5);
    assert!(run.out.contains("has changed"), "{}", run.out);
    let run = place.run(&["explain", "out"]).ends_with(0);
    assert!(run.err.contains("has changed"), "{}", run.err);
}

#[test]
fn explains_a_market_by_id_or_name() {
    let place = planned();
    for market in ["chengdu", "成都市"] {
        let run = place
            .run(&["explain", "out", "--market", market])
            .ends_with(0);
        assert!(run.out.contains("chengdu (owner): chen"), "{}", run.out);
    }
    let args = ["explain", "out/plan.json", "--market", "chengdu", "--json"];
    let json = place.run(&args).ends_with(0).json();
    assert_eq!(json[0]["rep"], "chen");
}

#[test]
fn explain_says_what_it_does_not_know() {
    let place = planned();
    let run = place
        .run(&["explain", "out", "--market", "chengdou"])
        .ends_with(2);
    assert!(run.err.contains("did you mean chengdu"), "{}", run.err);
    let args = ["explain", "out", "--market", "chengdu", "--role", "boss"];
    let run = place.run(&args).ends_with(2);
    assert!(run.err.contains("there are: owner"), "{}", run.err);
    fs::rename(place.path("problem"), place.path("elsewhere")).unwrap();
    let run = place.run(&["explain", "out"]).ends_with(2);
    assert!(run.err.contains("--problem"), "{}", run.err);
    let run = place.run(&["explain", "out", "--problem", "elsewhere"]);
    run.ends_with(0);
}

/// One line for each rep, with hours: 3 months of 8 hours a day.
#[test]
fn explains_every_rep() {
    let place = planned();
    let run = place.run(&["explain", "out"]).ends_with(0);
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].starts_with("chen: "), "{}", run.out);
    // January to March 2027 have 64 weekdays: 21, 20 and 23.
    assert!(lines[0].contains("of 512 h"), "{}", run.out);
}

/// The document says the same as the folder.
#[test]
fn converted_problems_have_the_same_plan() {
    let place = planned();
    place
        .run(&["convert", "problem", "--json", "problem.json"])
        .ends_with(0);
    place.run(&["verify", "problem.json", "out"]).ends_with(0);
}

#[test]
fn check_counts() {
    let place = Workplace::new();
    let run = place.run(&["check", "problem", "--json"]).ends_with(0);
    let value = run.json();
    assert_eq!(value["markets"], 4);
    assert_eq!(value["reps"], 2);
    assert_eq!(value["pairs"], 4);
    assert_eq!(value["choices"], 8);
}

#[test]
fn schemas_describe_the_documents() {
    let place = Workplace::new();
    let documents = [
        ("input", "markets"),
        ("plan", "problem_path"),
        ("budget", "channels"),
        ("budget-plan", "cells"),
        ("effort", "curve"),
        ("effort-plan", "slots"),
        ("scenario", "changes"),
        ("budget-scenario", "changes"),
        ("draws", "events"),
        ("axes", "axes"),
    ];
    for (document, field) in documents {
        let schema = place.run(&["schema", document]).ends_with(0).json();
        assert!(schema["$schema"].is_string());
        assert!(schema["properties"][field].is_object(), "{document}");
    }
}

/// What a plan of visits writes is what its schema says, field by field.
#[test]
fn effort_plans_have_the_fields_of_their_schema() {
    let place = Workplace::new();
    let curve = r#"{"curve": {"family": "power", "scale": 1, "exponent": 0.3}}"#;
    place.write("effort.response", curve);
    let run = place.run(&[
        "effort",
        "problem",
        "--response",
        "effort.response",
        "--out",
        "out",
    ]);
    run.ends_with(0);
    let plan: Value =
        serde_json::from_str(&fs::read_to_string(place.path("out/effort.json")).unwrap()).unwrap();
    let run = place.run(&["schema", "effort-plan"]);
    let schema = run.ends_with(0).json();
    let fields =
        |value: &Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    assert_eq!(fields(&plan), fields(&schema["properties"]));
    for (list, row) in [
        ("reps", "RepHours"),
        ("slots", "SlotHours"),
        ("classes", "ClassHours"),
    ] {
        let described = &schema["$defs"][row]["properties"];
        assert_eq!(fields(&plan[list][0]), fields(described), "{list}");
    }
}

#[test]
fn strategies_are_compared() {
    let place = Workplace::new();
    let run = place.run(&["bench", "strategies", "problem", "--json", "league.json"]);
    let run = run.ends_with(0);
    assert!(run.out.contains("round-robin"), "{}", run.out);
    let text = fs::read_to_string(place.path("league.json")).unwrap();
    let league: Value = serde_json::from_str(&text).unwrap();
    let entries = league["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 9, "one for each strategy");
    let value = |at: usize| entries[at]["reached"]["value"].as_f64();
    let best = value(0).unwrap();
    assert_eq!(entries[0]["rank"], 1);
    for entry in entries.iter().filter(|entry| entry["rank"].is_u64()) {
        assert!(entry["reached"]["value"].as_f64().unwrap() <= best);
        assert!(entry["share_of_bound"].as_f64().unwrap() <= 1.0 + 1e-9);
    }
}

#[test]
fn help_without_a_command() {
    let place = Workplace::new();
    let run = place.run(&[]);
    assert!(run.err.contains("Usage: apportion"), "{}", run.err);
    for command in [
        "plan", "explain", "verify", "check", "schema", "convert", "bench",
    ] {
        let run = place.run(&[command, "--help"]).ends_with(0);
        assert!(run.out.contains("Usage: apportion"), "{}", run.out);
    }
}
