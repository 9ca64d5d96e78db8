//! `apportion contingency`, `thresholds`, `frontier` and `decide`: files, text and exit codes.
#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]
#![allow(
    dead_code,
    reason = "each test crate uses a part of the shared helpers"
)]

mod common;

use common::{Workplace, names};

fn workplace() -> Workplace {
    let place = Workplace::new();
    place
        .run(&["plan", "problem", "--out", "plan"])
        .ends_with(0);
    place
}

#[test]
fn every_rep_who_leaves_has_a_plan_in_three_files() {
    let place = workplace();
    let args = ["contingency", "problem", "--plan", "plan", "--moves", "2"];
    let text = place.run(&[&args[..], &["--out", "prepared"]].concat());
    let text = text.ends_with(0).out;
    assert!(text.contains("without li"), "{text}");
    let files = names(&place.path("prepared"));
    assert_eq!(
        files,
        ["contingency.csv", "contingency.json", "contingency.txt"]
    );
    let json = place.run(&[&args[..], &["--json"]].concat()).json();
    for event in json.as_array().unwrap() {
        let Some(reaction) = event["reaction"].as_object() else {
            continue;
        };
        assert!(reaction["moves"].as_u64().unwrap() <= 2);
        assert!(reaction["bound"].as_f64() >= reaction["value"].as_f64());
        let cost = event["before"].as_f64().unwrap() - reaction["value"].as_f64().unwrap();
        assert!((cost - reaction["cost"].as_f64().unwrap()).abs() < 1e-6);
    }
}

#[test]
fn thresholds_and_frontiers_say_what_is_proved() {
    let place = workplace();
    let args = ["thresholds", "problem", "--plan", "plan", "--rep", "li"];
    let json = place
        .run(&[&args[..], &["--to", "0", "--json"]].concat())
        .json();
    assert_eq!(json["tested"][0]["factor"], 1.0);
    assert_eq!(json["between_proved"], false);
    let args = [
        "frontier", "problem", "--axis", "moves", "--levels", "2,0,1",
    ];
    let text = place.run(&[&args[..], &["--out", "frontier"]].concat());
    assert!(text.ends_with(0).out.contains("best level"));
    let files = names(&place.path("frontier"));
    assert_eq!(files, ["frontier.csv", "frontier.json", "frontier.svg"]);
    let wrong = ["frontier", "problem", "--axis", "luck", "--levels", "1"];
    place.run(&wrong).ends_with(2);
    place.run(&["thresholds", "problem"]).ends_with(2);
}

#[test]
fn a_decision_is_a_plan_that_verifies() {
    let place = workplace();
    let lines = [
        r#"{"id":"as it is"}"#,
        r#"{"id":"half","changes":[{"change":"potential","amount":{"scale":0.5}}]}"#,
    ];
    place.write("futures.jsonl", lines.join("\n"));
    let args = ["decide", "problem", "--scenarios", "futures.jsonl"];
    for measure in ["cvar", "worst", "regret"] {
        let more = ["--measure", measure, "--out", "decided"];
        place.run(&[&args[..], &more].concat()).ends_with(0);
        place.run(&["verify", "problem", "decided"]).ends_with(0);
    }
    place.write(
        "futures.jsonl",
        r#"{"id":"gone","changes":[{"change":"remove_rep","rep":"li"}]}"#,
    );
    place.run(&args).ends_with(0);
    place.write(
        "futures.jsonl",
        r#"{"id":"dearer","changes":[{"change":"policy","name":"travel.cost_per_km","amount":{"set":9}}]}"#,
    );
    let refused = place.run(&args).ends_with(2);
    assert!(refused.err.contains("E640") && refused.err.contains("dearer"));
}
