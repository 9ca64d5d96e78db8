//! `apportion sweep`: results, shards, the filter form, faulty lines, and what survives a kill.
#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]
#![allow(
    dead_code,
    reason = "each test crate uses a part of the shared helpers"
)]

mod common;

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use common::Workplace;
use serde_json::Value;

/// Scenarios as JSON lines: potentials by some hundred factors, and now and then a rep who leaves.
fn lines(count: usize) -> String {
    let mut text = String::new();
    for at in 0..count {
        let change = if at % 7 == 3 {
            r#"{"change":"remove_rep","rep":"li"}"#.to_owned()
        } else {
            let factor = 50 + at * 37 % 101;
            format!(
                r#"{{"change":"potential","amount":{{"scale":{}}}}}"#,
                f64::from(u32::try_from(factor).unwrap()) / 100.0
            )
        };
        writeln!(text, r#"{{"id":"s{at}","changes":[{change}]}}"#).unwrap();
    }
    text
}

fn workplace(count: usize) -> Workplace {
    let place = Workplace::new();
    place.write("scenarios.jsonl", lines(count));
    place
        .run(&["plan", "problem", "--out", "plan"])
        .ends_with(0);
    place
}

fn sweep<'a>(out: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut args = vec![
        "sweep",
        "problem",
        "--plan",
        "plan",
        "--scenarios",
        "scenarios.jsonl",
    ];
    args.extend(["--out", out]);
    args.extend(more);
    args
}

fn results(place: &Workplace, out: &str) -> String {
    fs::read_to_string(place.path(out).join("results.jsonl")).unwrap()
}

fn parsed(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// With the reps at their own doors the plan's contribution is proportional to the potential, so
/// the values lie on a line; without li nobody serves Shanghai and Suzhou.
#[test]
fn a_kept_plan_is_valued_in_every_scenario() {
    let place = workplace(14);
    place.run(&sweep("out", &[])).ends_with(0);
    let found = parsed(&results(&place, "out"));
    assert_eq!(found.len(), 14);
    let (mut slopes, mut lost) = (Vec::new(), 0);
    for (at, record) in found.iter().enumerate() {
        assert_eq!(record["index"], at);
        assert_eq!(record["id"], format!("s{at}"));
        assert_eq!(record["status"], "kept");
        if at % 7 == 3 {
            assert_eq!(record["moves"], 2);
            lost += 1;
        } else {
            let factor = f64::from(u32::try_from(50 + at * 37 % 101).unwrap()) / 100.0;
            slopes.push(record["terms"]["contribution"].as_f64().unwrap() / factor);
        }
    }
    assert_eq!(lost, 2);
    // Margin 0.5 of 4 000 000 in all.
    assert!(
        slopes
            .iter()
            .all(|slope| (slope - 2_000_000.0).abs() < 1e-3),
        "{slopes:?}"
    );
}

#[test]
fn threads_shards_and_runs_in_pieces_write_the_same_bytes() {
    for policy in [
        &["--policy", "replan"][..],
        &["--policy", "replan", "--moves", "1"],
        &[],
    ] {
        let place = workplace(40);
        let more = |extra: &[&'static str]| [policy, extra].concat();
        place
            .run(&sweep("one", &more(&["--threads", "1"])))
            .ends_with(0);
        let whole = results(&place, "one");
        assert_eq!(whole.lines().count(), 40);
        assert!(!whole.contains("failed"), "{whole}");
        place
            .run(&sweep("eight", &more(&["--threads", "8"])))
            .ends_with(0);
        assert_eq!(results(&place, "eight"), whole);
        for (out, shard) in [("a", "0/3"), ("b", "1/3"), ("c", "2/3")] {
            place
                .run(&sweep(out, &more(&["--threads", "2", "--shard", shard])))
                .ends_with(0);
        }
        let merge = ["sweep", "merge", "b", "a", "c", "--out", "merged"];
        place.run(&merge).ends_with(0);
        assert_eq!(results(&place, "merged"), whole);
        let missing = ["sweep", "merge", "b", "a", "--out", "two"];
        assert!(place.run(&missing).ends_with(2).err.contains("shards"));
        // A file cut off within a line goes on from the line before.
        let path = place.path("one").join("results.jsonl");
        fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        place.run(&sweep("one", &more(&[]))).ends_with(0);
        assert_eq!(results(&place, "one"), whole);
        // Another sweep does not go on in the same folder.
        place.write("scenarios.jsonl", lines(41));
        assert!(
            place
                .run(&sweep("one", policy))
                .ends_with(2)
                .err
                .contains("another sweep")
        );
    }
}

#[test]
fn one_malformed_line_among_ten_thousand_is_reported_with_its_number() {
    let place = workplace(10_000);
    let text = fs::read_to_string(place.path("scenarios.jsonl")).unwrap();
    let mut all: Vec<&str> = text.lines().collect();
    all[4_999] = r#"{"id":"cut off","changes":[{"change":"#;
    all[6_000] = r#"{"id":"unknown","changes":[{"change":"remove_rep","rep":"le"}]}"#;
    place.write("scenarios.jsonl", all.join("\n"));
    place.run(&sweep("out", &[])).ends_with(0);
    let found = parsed(&results(&place, "out"));
    assert_eq!(found.len(), 10_000);
    for (at, record) in found.iter().enumerate() {
        let failed = [4_999, 6_000].contains(&at);
        assert_eq!(record["status"] == "failed", failed, "{record}");
    }
    let reason = |at: usize| found[at]["reason"].as_str().unwrap();
    assert!(
        reason(4_999).contains("E103 line 5000"),
        "{}",
        reason(4_999)
    );
    assert!(
        reason(6_000).contains("E302 line 6001"),
        "{}",
        reason(6_000)
    );
}

/// The filter answers each line before it gets the next one.
#[test]
fn the_filter_answers_line_by_line() {
    let place = workplace(20);
    let text = lines(20);
    let mut command = place.command(&["sweep", "problem", "--plan", "plan", "--stdin"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut found = String::new();
    for line in text.lines() {
        writeln!(stdin, "{line}").unwrap();
        stdin.flush().unwrap();
        stdout.read_line(&mut found).unwrap();
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
    place.run(&sweep("out", &[])).ends_with(0);
    assert_eq!(found, results(&place, "out"));
}

#[test]
fn a_csv_register_is_read_row_by_row() {
    let place = workplace(1);
    place.write(
        "risks.csv",
        "scenario,probability,change,market,rep,scale,share,periods,length,from\n\
         low,0.2,potential,shanghai;suzhou,,0.5,,,,\n\
         low,,leave,,chen,,0.5,2027-02,,\n\
         gone,0.1,remove_rep,,chen,,,,,\n\
         new,,ramp,,li,,,,2,2027-01\n\
         bad,x,potential,,,0.5,,,,\n",
    );
    let args = [
        "sweep",
        "problem",
        "--plan",
        "plan",
        "--scenarios",
        "risks.csv",
        "--out",
        "out",
    ];
    place.run(&args).ends_with(0);
    let found = parsed(&results(&place, "out"));
    let statuses: Vec<&str> = found
        .iter()
        .map(|r| r["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses[..2], ["kept", "kept"]);
    assert_eq!(statuses[3], "failed");
    assert_eq!(found[0]["probability"], 0.2);
    assert_eq!(found[1]["moves"], 2);
    let reason = found[3]["reason"].as_str().unwrap();
    assert!(reason.contains("E106 line 6 probability"), "{reason}");
}

/// Kills a sweep at random moments until it ends by itself; the file is then that of an undisturbed
/// run.
#[test]
fn a_killed_sweep_goes_on_to_the_same_file() {
    let times = std::env::var("APPORTION_KILLS").ok();
    let times: u32 = times.map_or(5, |text| text.parse().unwrap());
    let place = workplace(400);
    let more = ["--policy", "replan", "--threads", "2"];
    let started = Instant::now();
    place.run(&sweep("whole", &more)).ends_with(0);
    let whole = started.elapsed();
    let mut killed = 0;
    for round in 0..times {
        let out = format!("out{round}");
        let args = sweep(&out, &more);
        let mut wait = whole.mul_f64(0.1 + 0.13 * f64::from(round % 5));
        loop {
            let mut child = place.command(&args).stdout(Stdio::null()).spawn().unwrap();
            if ended_within(&mut child, wait) {
                break;
            }
            // On Unix this is the signal that no process can hear.
            child.kill().unwrap();
            child.wait().unwrap();
            killed += 1;
            wait *= 2;
        }
        assert_eq!(results(&place, &out), results(&place, "whole"));
    }
    assert!(killed >= times / 2, "only {killed} kills");
}

/// Whether a child ends by itself, and well, in time.
fn ended_within(child: &mut Child, limit: Duration) -> bool {
    let until = Instant::now() + limit;
    while Instant::now() < until {
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success());
            return true;
        }
        thread::sleep(Duration::from_millis(1));
    }
    false
}
