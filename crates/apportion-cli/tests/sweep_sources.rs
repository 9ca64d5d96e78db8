//! `apportion sweep`: sources of scenarios beside lists, summaries, candidate plans.
#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]
#![allow(
    dead_code,
    reason = "each test crate uses a part of the shared helpers"
)]

mod common;

use std::fs;

use common::Workplace;
use serde_json::{Value, json};

fn workplace() -> Workplace {
    let place = Workplace::new();
    place
        .run(&["plan", "problem", "--out", "plan"])
        .ends_with(0);
    let draws = json!({
        "seed": 3, "count": 300, "sampling": "latin_hypercube",
        "uncertain": [
            {"name": "shanghai", "distribution": {"lognormal": {"mean": 1, "sd": 0.2}},
             "changes": [{"change": "potential", "markets": {"ids": ["shanghai"]}, "amount": {"scale": 1}}]},
            {"name": "west", "distribution": {"pert": {"min": 0.5, "mode": 1, "max": 1.2}}, "min": 0.6,
             "changes": [{"change": "potential", "markets": {"ids": ["chengdu", "mianyang"]}, "amount": {"scale": 1}}]},
        ],
        "correlation": [["shanghai", "west", -0.5]],
        "events": [{"id": "li leaves", "probability": 0.1, "changes": [{"change": "remove_rep", "rep": "li"}]}],
    });
    place.write("draws.json", draws.to_string());
    place
}

fn json_of(place: &Workplace, file: &str) -> Value {
    serde_json::from_slice(&fs::read(place.path(file)).unwrap()).unwrap()
}

fn results(place: &Workplace, folder: &str) -> String {
    fs::read_to_string(place.path(folder).join("results.jsonl")).unwrap()
}

const SWEEP: [&str; 4] = ["sweep", "problem", "--plan", "plan"];

fn sweep(place: &Workplace, more: &[&str]) -> common::Run {
    place.run(&[&SWEEP[..], more].concat()).ends_with(0)
}

#[test]
fn draws_are_the_same_in_shards_and_as_lines() {
    let place = workplace();
    for policy in ["keep", "replan"] {
        let (whole, out) = (format!("{policy}-whole"), format!("{policy}-merged"));
        let draws = ["--draws", "draws.json", "--policy", policy];
        let told = sweep(&place, &[&draws[..], &["--out", &whole]].concat()).out;
        assert!(
            told.contains("CVaR") && told.contains("scenarios       300"),
            "{told}"
        );
        let parts: Vec<String> = (0..3).map(|part| format!("{policy}-{part}")).collect();
        for (part, folder) in parts.iter().enumerate() {
            let shard = format!("{part}/3");
            sweep(
                &place,
                &[&draws[..], &["--out", folder, "--shard", &shard]].concat(),
            );
        }
        let merge = [
            "sweep", "merge", &parts[2], &parts[0], &parts[1], "--out", &out,
        ];
        place.run(&merge).ends_with(0);
        assert!(results(&place, &out) == results(&place, &whole));
        let summary = json_of(&place, &format!("{whole}/summary.json"));
        assert_eq!(json_of(&place, &format!("{out}/summary.json")), summary);
        let again = place
            .run(&["sweep", "summary", &whole, "--json"])
            .ends_with(0);
        assert_eq!(serde_json::from_str::<Value>(&again.out).unwrap(), summary);
        assert_eq!(summary["scenarios"], 300);
        let gone = results(&place, &whole).matches("li leaves").count();
        assert_eq!(gone, 30, "a tenth of 300");
    }
    let lines = place
        .run(&["sweep", "scenarios", "problem", "--draws", "draws.json"])
        .ends_with(0);
    place.write("lines.jsonl", lines.out);
    sweep(&place, &["--scenarios", "lines.jsonl", "--out", "lines"]);
    // Numbers survive being written and read, so results are the same bytes.
    assert!(results(&place, "lines") == results(&place, "keep-whole"));
}

#[test]
fn faulty_draws_are_refused_and_nothing_is_written() {
    let place = workplace();
    let text = fs::read_to_string(place.path("draws.json")).unwrap();
    place.write(
        "wrong.json",
        text.replace("\"sd\":0.2", "\"sd\":-0.2")
            .replace("\"probability\":0.1", "\"probability\":7"),
    );
    let ran = place
        .run(&[&SWEEP[..], &["--draws", "wrong.json", "--out", "out"]].concat())
        .ends_with(2);
    assert!(
        ran.err.contains("uncertain[0].distribution.sd"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("events[0].probability"), "{}", ran.err);
    assert!(!place.path("out").exists());
    let both = [
        &SWEEP[..],
        &["--draws", "draws.json", "--leavers", "1", "--out", "out"],
    ]
    .concat();
    place.run(&both).ends_with(2);
}

/// By the value of the plan: chen serves 1 200 000 of potential with margin 0.5.
#[test]
fn registers_axes_and_leavers_tell_what_each_costs() {
    let place = workplace();
    place.write(
        "risks.csv",
        "id,risk,probability,change,market,rep,scale,share,distribution,low,high,owner\n\
         chen,chen leaves,0.1,remove_rep,,chen,,,,,,HR\n\
         rival,a rival comes,0.5,competitor,shanghai,,,0.2,uniform,0.1,0.3,sales\n",
    );
    sweep(&place, &["--register", "risks.csv", "--out", "alone"]);
    let alone = json_of(&place, "alone/summary.json")["alone"].clone();
    assert_eq!(
        (&alone[0]["id"], &alone[1]["id"]),
        (&json!("rival"), &json!("chen"))
    );
    // 2 000 000 · 0.5 · 0.2, and half of it as it happens in half of the cases.
    let near = |value: &Value, expected: f64| (value.as_f64().unwrap() - expected).abs() < 1.0;
    assert!(
        near(&alone[0]["loss"], 200_000.0) && near(&alone[0]["expected_loss"], 100_000.0),
        "{alone}"
    );
    sweep(
        &place,
        &[
            "--register",
            "risks.csv",
            "--count",
            "200",
            "--out",
            "drawn",
        ],
    );
    let drawn = results(&place, "drawn");
    assert_eq!(
        (drawn.matches("rival").count(), drawn.lines().count()),
        (100, 200)
    );
    let axes = json!({"axes": [
        {"name": "small", "levels": [{"name": "up", "changes": [{"change": "potential", "markets": {"ids": ["suzhou"]}, "amount": {"scale": 1.1}}]}]},
        {"name": "large", "levels": [
            {"name": "down", "changes": [{"change": "potential", "amount": {"scale": 0.9}}]},
            {"name": "up", "changes": [{"change": "potential", "amount": {"scale": 1.1}}]}]},
    ]});
    place.write("axes.json", axes.to_string());
    sweep(&place, &["--axes", "axes.json", "--out", "tornado"]);
    let tornado = json_of(&place, "tornado/summary.json")["tornado"].clone();
    assert_eq!(tornado[0]["axis"], "large");
    // 4 000 000 · 0.5 · 0.2, and 800 000 · 0.5 · 0.1.
    assert!(
        near(&tornado[0]["range"], 400_000.0) && near(&tornado[1]["range"], 40_000.0),
        "{tornado}"
    );
    let told = sweep(&place, &["--leavers", "2", "--out", "leavers"]).out;
    assert!(told.contains("without chen and li"), "{told}");
    let listed = [
        "--leavers",
        "1",
        "--out",
        "moves",
        "--policy",
        "replan",
        "--list-moves",
    ];
    sweep(&place, &listed);
    assert!(results(&place, "moves").contains(r#""moved":[{"market":"#));
}

#[test]
fn candidate_plans_are_compared() {
    let place = workplace();
    let draws = ["--draws", "draws.json"];
    sweep(
        &place,
        &[&draws[..], &["--policy", "replan", "--out", "new"]].concat(),
    );
    // Another plan: the one for a year in which Shanghai counts for little.
    place.edit("problem/markets.csv", "2000000", "20000");
    place
        .run(&["plan", "problem", "--out", "small"])
        .ends_with(0);
    place.edit("problem/markets.csv", "20000", "2000000");
    let text = fs::read_to_string(place.path("small/plan.json")).unwrap();
    let own = fs::read_to_string(place.path("plan/plan.json")).unwrap();
    let print = |text: &str| {
        let value: Value = serde_json::from_str(text).unwrap();
        value["problem"]["fingerprint"].as_str().map(str::to_owned)
    };
    let text = match (print(&text), print(&own)) {
        (Some(a), Some(b)) => text.replace(&a, &b),
        _ => text,
    };
    place.write("small/plan.json", text);
    let args = [
        "sweep",
        "problem",
        "--plans",
        "plan",
        "small",
        "--replanned",
        "new",
    ];
    let ran = place
        .run(&[&args[..], &draws, &["--out", "compared"]].concat())
        .ends_with(0);
    assert!(
        ran.out.contains("knowing the scenario in advance"),
        "{}",
        ran.out
    );
    let table = json_of(&place, "compared/regret.json");
    let number = |at: usize, field: &str| table["plans"][at][field].as_f64().unwrap();
    // Means as in the result files themselves.
    for at in 0..2 {
        let lines = results(&place, &format!("compared/plan-{}", at + 1));
        let values = lines
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        let values: Vec<f64> = values
            .map(|record| record["value"].as_f64().unwrap())
            .collect();
        let mean = values.iter().sum::<f64>() / 300.0;
        assert!((number(at, "mean") - mean).abs() < 1e-6 * mean);
        assert!(number(at, "expected_regret") >= 0.0);
    }
    assert!((number(0, "expected_regret").min(number(1, "expected_regret"))) >= 0.0);
    // Other scenarios are no comparison.
    let other = [
        "sweep",
        "problem",
        "--plans",
        "plan",
        "--replanned",
        "new",
        "--leavers",
        "1",
        "--out",
        "x",
    ];
    assert!(
        place
            .run(&other)
            .ends_with(2)
            .err
            .contains("other scenarios")
    );
}
