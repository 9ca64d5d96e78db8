//! `apportion budget`: what is written, what is said, how it ends.
#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]
#![allow(
    dead_code,
    reason = "each test crate uses a part of the shared helpers"
)]

mod common;

use std::fs;

use common::{Workplace, names};

const FILES: [&str; 4] = ["budget.json", "channels.csv", "periods.csv", "spend.csv"];

const DOCUMENT: &str = r#"
name = "Small"
currency = "CNY"
[total]
max_money = 100000
"#;
const PERIODS: &str = "id,season\nspring,1\nautumn,2\n";
/// 1/rate + spend is proportional to the season: with 100 000 in all, (100 000 + 4 000)/3 − 2 000.
const CHANNELS: &str = "id,margin,curve,scale,rate\nonline,0.5,logarithmic,100000,0.0005\n";
const SPRING: f64 = 104_000.0 / 3.0 - 2_000.0;

fn workplace() -> Workplace {
    let place = Workplace::new();
    fs::create_dir(place.path("money")).unwrap();
    place.write("money/budget.toml", DOCUMENT);
    place.write("money/periods.csv", PERIODS);
    place.write("money/channels.csv", CHANNELS);
    place
}

#[test]
fn writes_the_plan_that_the_closed_form_asks_for() {
    let place = workplace();
    let run = place
        .run(&["budget", "money", "--out", "new/out"])
        .ends_with(0);
    assert!(run.out.starts_with("Small: value "), "{}", run.out);
    assert!(
        run.out.contains("total: ceiling of 100 000 CNY"),
        "{}",
        run.out
    );
    assert!(run.out.contains("the next        1 000 CNY"), "{}", run.out);
    assert_eq!(run.err, "");
    assert_eq!(names(&place.path("new/out")), FILES);
    let document = fs::read_to_string(place.path("new/out/budget.json")).unwrap();
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    let money = document["cells"][0]["money"].as_f64().unwrap();
    assert!((money - SPRING).abs() < 1e-3, "{money}");
    let table = fs::read_to_string(place.path("new/out/spend.csv")).unwrap();
    assert!(
        table.starts_with("channel,period,region,money,response,value,"),
        "{table}"
    );
    assert_eq!(table.lines().count(), 3);
}

/// A document in one file, without tables, and nothing written.
#[test]
fn reads_a_document_and_prints_json() {
    let place = workplace();
    let text = r#"{ "total": { "max_money": 100000 },
        "periods": [{ "id": "spring" }, { "id": "autumn", "season": 2 }],
        "channels": [{ "id": "online", "margin": 0.5,
            "curve": { "family": "logarithmic", "scale": 100000, "rate": 0.0005 } }] }"#;
    place.write("money.json", text);
    let before = place.names();
    let run = place.run(&["budget", "money.json", "--json"]).ends_with(0);
    let value = run.json();
    assert_eq!(value["status"], "solved");
    let money = value["cells"][0]["money"].as_f64().unwrap();
    assert!((money - SPRING).abs() < 1e-3, "{money}");
    assert_eq!(place.names(), before);
}

#[test]
fn faults_name_file_and_line_and_write_nothing() {
    let place = workplace();
    place.edit("money/channels.csv", "0.5,", "0,");
    place.edit("money/periods.csv", "autumn,2", "autumn,-2");
    place.write("money/limits.csv", "channel,min_money\nradio,5\n");
    let history = "channel,period,amount,outcome\nonline,2026-01,,5\nradio,2026-01,1,1\n";
    place.write("money/history.csv", history);
    let before = place.names();
    let run = place.run(&["budget", "money", "--out", "out"]).ends_with(2);
    assert!(
        run.err.contains("E604 history.csv:3 channel"),
        "{}",
        run.err
    );
    place.write("money/history.csv", "channel,period,amount,outcome\n");
    let run = place.run(&["budget", "money", "--out", "out"]).ends_with(2);
    for told in [
        "E204 channels.csv:2 margin",
        "E204 periods.csv:3 season",
        "E604 limits.csv:2 channel",
    ] {
        assert!(run.err.contains(told), "{told}: {}", run.err);
    }
    assert_eq!(place.names(), before);
}

#[test]
fn history_is_named_by_its_line() {
    let place = workplace();
    place.write("money/channels.csv", "id\nonline\n");
    let mut table = "channel,period,amount,outcome\n".to_owned();
    for (at, amount) in [10, 50, 30, 70, 20, 90, 40, 60, 80, 15].iter().enumerate() {
        let sold = if at == 4 { -1 } else { 5 * amount };
        table += &format!("online,2026-{:02},{amount},{sold}\n", at + 1);
    }
    place.write("money/history.csv", table);
    let run = place.run(&["budget", "money"]).ends_with(2);
    assert!(
        run.err.contains("E204 history.csv:6 outcome"),
        "{}",
        run.err
    );
}

/// What cannot be met is told by name and amount, with the exit code of conflicts.
#[test]
fn refusals_end_with_4_and_write_nothing() {
    let place = workplace();
    place.write(
        "money/limits.csv",
        "channel,period,min_money\n,spring,70000\n,autumn,60000\n",
    );
    let before = place.names();
    let run = place.run(&["budget", "money", "--out", "out"]).ends_with(4);
    assert!(
        run.out.contains("130000") && run.out.contains("100000"),
        "{}",
        run.out
    );
    assert_eq!(place.names(), before);
    let run = place.run(&["budget", "money", "--json"]).ends_with(4);
    assert_eq!(run.json()["status"], "infeasible");
}

#[test]
fn schemas_of_budgets() {
    let place = workplace();
    for (document, title) in [("budget", "BudgetInput"), ("budget-plan", "BudgetPlan")] {
        let run = place.run(&["schema", document]).ends_with(0);
        assert_eq!(run.json()["title"], title);
    }
}

/// Without its only channel a budget brings nothing, so that costs all of its value.
#[test]
fn tells_what_each_channel_that_stops_costs() {
    let place = workplace();
    let plan = place.run(&["budget", "money", "--json"]).ends_with(0);
    let plan: serde_json::Value = serde_json::from_str(&plan.out).unwrap();
    let run = place.run(&["budget", "money", "--leavers", "2", "--out", "out"]);
    let run = run.ends_with(0);
    assert!(run.out.contains("without online"), "{}", run.out);
    assert_eq!(names(&place.path("out")), ["results.jsonl", "summary.json"]);
    let summary = fs::read_to_string(place.path("out/summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    let lost = summary["alone"][0]["loss"].as_f64().unwrap();
    let value = plan["value"].as_f64().unwrap();
    assert!((lost - value).abs() < 1e-6 * value, "{lost} {value}");
    let both = ["budget", "money", "--leavers", "1", "--scenarios", "x"];
    let run = place.run(&both).ends_with(2);
    assert!(run.err.contains("cannot be used with"), "{}", run.err);
}

/// Logarithms in two channels: (1/rate + fairs) : (1/rate + online) is as their mean worths, 1 : 1, with
/// 100 000 in all and one period. Half of it is committed to fairs whatever comes.
#[test]
fn commits_what_the_closed_form_asks_for() {
    let place = workplace();
    place.write("money/periods.csv", "id,season\nspring,1\n");
    let fairs = "fairs,0.5,logarithmic,100000,0.0005\n";
    place.write("money/channels.csv", format!("{CHANNELS}{fairs}"));
    let line = |id: &str, factor: f64| {
        format!(
            "{{\"id\":\"{id}\",\"changes\":[{{\"change\":\"response\",\"channels\":[\"online\"],\
             \"factor\":{factor}}}]}}\n"
        )
    };
    place.write("futures.jsonl", &(line("good", 1.5) + &line("bad", 0.5)));
    let commit = [
        "budget",
        "money",
        "--scenarios",
        "futures.jsonl",
        "--commit",
    ];
    let asked = |more: &[&str]| place.run(&[&commit[..], more].concat());
    let run = asked(&["fairs", "--weight", "0", "--out", "out"]).ends_with(0);
    assert!(
        run.out.starts_with("committed 50") || run.out.starts_with("committed 49"),
        "{}",
        run.out
    );
    assert_eq!(names(&place.path("out")), ["commitment.json"]);
    let document = fs::read_to_string(place.path("out/commitment.json")).unwrap();
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    let money = document["cells"][0][1].as_f64().unwrap();
    assert!((money - 50_000.0).abs() < 1_500.0, "{money}");
    assert!(document["gap"].as_f64().unwrap() <= 1e-4);
    let run = asked(&["fares"]).ends_with(2);
    assert!(
        run.err.contains("E604") && run.err.contains("fares"),
        "{}",
        run.err
    );
    // Regret falls in one future and rises in the other: at its least it is the same in both.
    asked(&["fairs", "--measure", "regret", "--out", "calm"]).ends_with(0);
    let document = fs::read_to_string(place.path("calm/commitment.json")).unwrap();
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    let money = document["cells"][0][1].as_f64().unwrap();
    let worth = |factor: f64, fairs: f64| {
        let ln = |money: f64| 50_000.0 * (1.0 + 0.0005 * money).ln();
        ln(fairs) + factor * ln(100_000.0 - fairs)
    };
    let regret = |factor: f64| {
        let best = 104_000.0 / (1.0 + factor) - 2_000.0;
        worth(factor, best) - worth(factor, money)
    };
    let (good, bad) = (regret(1.5), regret(0.5));
    assert!((good - bad).abs() < 0.02 * good, "{good} {bad}");
    let told = document["value"].as_f64().unwrap();
    assert!((told + good.max(bad)).abs() < 0.02 * good, "{told} {good}");
    let run = place
        .run(&["budget", "money", "--commit", "fairs"])
        .ends_with(2);
    assert!(run.err.contains("--scenarios"), "{}", run.err);
}
