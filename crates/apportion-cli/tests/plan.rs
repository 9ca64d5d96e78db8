//! `apportion plan`: what is written, what is said, how it ends.
#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]
#![allow(
    dead_code,
    reason = "each test crate uses a part of the shared helpers"
)]

mod common;

use std::fs;

use common::{Workplace, names};

const FILES: [&str; 4] = ["assignments.csv", "map.svg", "plan.json", "reps.csv"];

/// Each rep has hours enough for the two markets at its door; the other two are 1 600 km away, so
/// the plan is known.
#[test]
fn writes_the_plan_that_geography_asks_for() {
    let place = Workplace::new();
    let run = place.run(&["plan", "problem", "--out", "new/out"]);
    let run = run.ends_with(0);
    assert!(run.out.contains("Two cities: value"), "{}", run.out);
    assert!(run.out.contains("none of 4"), "{}", run.out);
    assert_eq!(run.err, "");
    assert_eq!(names(&place.path("new/out")), FILES);
    assert_eq!(place.names(), ["new", "problem"], "nothing else is left");
    let table = fs::read_to_string(place.path("new/out/assignments.csv")).unwrap();
    let reps: Vec<&str> = (table.lines().skip(1))
        .map(|line| line.split(',').nth(5).unwrap())
        .collect();
    assert_eq!(reps, ["chen", "chen", "li", "li"]);
    // Three months and a total for each of two reps, below a heading.
    let reps = fs::read_to_string(place.path("new/out/reps.csv")).unwrap();
    assert_eq!(reps.lines().count(), 1 + 2 * 4);
}

#[test]
fn summary_as_json() {
    let place = Workplace::new();
    let run = place.run(&["plan", "problem", "--out", "out", "--json"]);
    let value = run.ends_with(0).json();
    assert_eq!(value["status"], "solved");
    assert_eq!(value["served"], 4);
    assert_eq!(value["unserved"]["count"], 0);
    assert_eq!(value["moves"], 0);
    assert!(value["bound"].as_f64().unwrap() >= value["value"].as_f64().unwrap() - 1e-6);
}

/// The same run twice writes the same tables and the same map.
#[test]
fn runs_agree() {
    let place = Workplace::new();
    for out in ["one", "two"] {
        place.run(&["plan", "problem", "--out", out]).ends_with(0);
    }
    for name in ["assignments.csv", "reps.csv", "map.svg"] {
        let read = |out: &str| fs::read(place.path(out).join(name)).unwrap();
        assert_eq!(read("one"), read("two"), "{name}");
    }
}

#[test]
fn old_files_are_replaced_and_others_kept() {
    let place = Workplace::new();
    fs::create_dir(place.path("out")).unwrap();
    place.write("out/plan.json", "old");
    place.write("out/notes.txt", "mine");
    place.run(&["plan", "problem", "--out", "out"]).ends_with(0);
    let mut expected = vec!["notes.txt"];
    expected.extend(FILES);
    expected.sort_unstable();
    assert_eq!(names(&place.path("out")), expected);
    assert_ne!(
        fs::read_to_string(place.path("out/plan.json")).unwrap(),
        "old"
    );
    assert_eq!(
        fs::read_to_string(place.path("out/notes.txt")).unwrap(),
        "mine"
    );
}

/// One file that cannot be put in its place: the others are taken back.
#[test]
fn all_files_or_none() {
    let place = Workplace::new();
    fs::create_dir_all(place.path("out/reps.csv")).unwrap();
    place.write("out/assignments.csv", "old");
    let run = place.run(&["plan", "problem", "--out", "out"]).ends_with(2);
    assert!(run.err.contains("reps.csv"), "{}", run.err);
    assert_eq!(names(&place.path("out")), ["assignments.csv", "reps.csv"]);
    let kept = fs::read_to_string(place.path("out/assignments.csv")).unwrap();
    assert_eq!(kept, "old");
    assert_eq!(place.names(), ["out", "problem"]);
}

/// Every element of the map is closed and names are escaped: the picture is well-formed XML.
#[test]
fn map_is_well_formed() {
    let place = Workplace::new();
    place.edit("problem/plan.toml", "Two cities", "A & B <draft> \\u0007");
    place.run(&["plan", "problem", "--out", "out"]).ends_with(0);
    let map = fs::read_to_string(place.path("out/map.svg")).unwrap();
    let document = roxmltree::Document::parse(&map).unwrap();
    let texts: Vec<String> = (document.descendants())
        .filter_map(|node| node.text().map(|text| text.trim().to_owned()))
        .collect();
    assert!(texts.contains(&"A & B <draft>".to_owned()), "{texts:?}");
    assert!(texts.contains(&"陈 <Chen & Co>".to_owned()), "{texts:?}");
}

/// Shares of the fair share that no whole markets can meet: nothing is found in no time, and the
/// engine says that this proves nothing.
#[test]
fn no_time_and_no_plan() {
    let place = Workplace::new();
    place.edit(
        "problem/plan.toml",
        "ideal_within = 0.1",
        "min_ratio = 0.9\nmax_ratio = 1.1",
    );
    place.edit("problem/plan.toml", "[[policy.balance]]", TIGHT);
    let args = ["plan", "problem", "--out", "out", "--time-limit", "0"];
    let run = place.run(&args).ends_with(3);
    assert!(run.err.contains("time limit"), "{}", run.err);
    assert!(run.err.contains("has not been proved"), "{}", run.err);
    assert_eq!(place.names(), ["problem"]);
    let json = place.run(&[&args[..], &["--json"]].concat()).ends_with(3);
    assert_eq!(json.json()["status"], "no_plan");
}

/// A band of potential that only one of the sixteen ways to spread the markets comes close to.
const TIGHT: &str = r#"
[[policy.balance]]
metric = "potential"
min_ratio = 0.999
max_ratio = 1.001

[[policy.balance]]"#;

/// 4 000 000 of potential in pieces of 2.0, 0.9, 0.8 and 0.3 million: 2.0 against the rest is even,
/// but the best spread of counts is then 1 to 3. Both together are impossible.
#[test]
fn conflict_in_planning_words() {
    let place = Workplace::new();
    place.edit(
        "problem/plan.toml",
        "ideal_within = 0.1",
        "min_ratio = 0.9\nmax_ratio = 1.1",
    );
    place.edit("problem/plan.toml", "[[policy.balance]]", TIGHT);
    for rows in ["chengdu", "mianyang", "shanghai", "suzhou"] {
        let text = fs::read_to_string(place.path("problem/markets.csv")).unwrap();
        let line = text.lines().find(|line| line.starts_with(rows)).unwrap();
        place.edit("problem/markets.csv", line, &format!("{line},true"));
    }
    place.edit(
        "problem/markets.csv",
        "current_rep",
        "current_rep,must_serve",
    );
    let run = place.run(&["plan", "problem", "--out", "out"]).ends_with(4);
    assert!(
        run.out.contains("No plan satisfies all rules"),
        "{}",
        run.out
    );
    assert_eq!(place.names(), ["problem"]);
    let json = place
        .run(&["plan", "problem", "--out", "out", "--json"])
        .ends_with(4);
    assert_eq!(json.json()["status"], "infeasible");
}

/// A reader who goes away early, as `| head` does, is no failure.
#[test]
fn closed_output_is_no_panic() {
    let place = Workplace::new();
    let mut command = place.command(&["plan", "problem", "--out", "out"]);
    command.stdout(std::process::Stdio::piped());
    command.stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn baselines_are_strategies() {
    let place = Workplace::new();
    let args = [
        "plan",
        "problem",
        "--out",
        "out",
        "--strategy",
        "keep-as-is",
    ];
    let run = place.run(&args).ends_with(0);
    assert!(run.out.contains("found by keep-as-is"), "{}", run.out);
    assert!(
        run.out.contains("suzhou"),
        "the market without a rep stays without: {}",
        run.out
    );
}

#[cfg(unix)]
mod interrupt {
    use std::path::Path;
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    use super::FILES;
    use super::common::{Run, Workplace, names};

    /// Ctrl-C while China is planned: the best plan so far is checked and written.
    #[test]
    fn ctrl_c_writes_the_best_plan() {
        let place = Workplace::new();
        let china = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/china");
        let china = china.to_str().unwrap();
        let args = [
            "plan",
            china,
            "--out",
            "out",
            "--time-limit",
            "100",
            "--gap",
            "0",
        ];
        let mut command = place.command(&args);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let started = Instant::now();
        let child = command.spawn().unwrap();
        let reading =
            |place: &Workplace| !place.names().iter().any(|n| n.starts_with(".apportion"));
        while reading(&place) {
            assert!(started.elapsed() < Duration::from_secs(60), "never began");
            std::thread::sleep(Duration::from_millis(20));
        }
        std::thread::sleep(Duration::from_secs(2));
        let id = child.id().to_string();
        Command::new("kill").args(["-INT", &id]).status().unwrap();
        let run = Run::from(child.wait_with_output().unwrap()).ends_with(130);
        assert!(
            started.elapsed() < Duration::from_secs(90),
            "stopped too late"
        );
        assert!(run.err.contains("stopping"), "{}", run.err);
        assert_eq!(names(&place.path("out")), FILES);
        place.run(&["verify", china, "out"]).ends_with(0);
    }
}
