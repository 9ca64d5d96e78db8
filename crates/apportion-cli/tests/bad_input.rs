//! Whatever is wrong with the input: exit code 2, a message that names the place, nothing written.
#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]
#![allow(
    dead_code,
    reason = "each test crate uses a part of the shared helpers"
)]

mod common;

use common::Workplace;

/// Plans the problem, which must be refused with all of the given words, and leave nothing behind.
fn refused(place: &Workplace, problem: &str, words: &[&str]) {
    let before = place.names();
    let run = place.run(&["plan", problem, "--out", "out/deep"]);
    let run = run.ends_with(2);
    for word in words {
        assert!(run.err.contains(word), "{word:?} is not in: {}", run.err);
    }
    assert!(run.err.len() < 20_000, "a message too long to read");
    assert_eq!(run.out, "");
    assert_eq!(place.names(), before, "something was written");
}

#[test]
fn missing_problem() {
    let place = Workplace::new();
    refused(&place, "nowhere", &["E101", "nowhere", "1 fault"]);
}

#[test]
fn missing_file() {
    let place = Workplace::new();
    std::fs::remove_file(place.path("problem/plan.toml")).unwrap();
    refused(&place, "problem", &["E101", "plan.toml"]);
}

#[test]
fn empty_tables() {
    let place = Workplace::new();
    place.write(
        "problem/markets.csv",
        "id,latitude_deg,longitude_deg,potential\n",
    );
    place.write("problem/reps.csv", "id\n");
    refused(&place, "problem", &["E201", "markets", "reps"]);
}

#[test]
fn empty_files() {
    let place = Workplace::new();
    place.write("problem/markets.csv", "");
    refused(&place, "problem", &["markets.csv"]);
}

/// All faults of all files come at once, each with its own line.
#[test]
fn several_faults_at_once() {
    let place = Workplace::new();
    place.edit("problem/markets.csv", "900000", "NaN");
    place.edit("problem/markets.csv", "300000", "-5");
    place.edit("problem/markets.csv", "2000000", "inf");
    place.edit("problem/markets.csv", "6,6,li", "6,6,wang");
    let words = ["markets.csv:2 potential", "markets.csv:3 potential"];
    refused(&place, "problem", &words);
    refused(
        &place,
        "problem",
        &["markets.csv:4", "potential", "E302", "wang"],
    );
}

#[test]
fn huge_number() {
    let place = Workplace::new();
    place.edit("problem/markets.csv", "900000", "1e308");
    refused(&place, "problem", &["markets.csv:2", "potential"]);
}

#[test]
fn number_with_unit() {
    let place = Workplace::new();
    place.edit("problem/markets.csv", "900000", "900k");
    refused(
        &place,
        "problem",
        &["E106", "markets.csv:2 potential", "900k"],
    );
}

#[test]
fn duplicate_ids() {
    let place = Workplace::new();
    place.edit("problem/markets.csv", "mianyang,", "chengdu,");
    refused(&place, "problem", &["E202", "markets.csv:3", "chengdu"]);
}

#[test]
fn missing_column() {
    let place = Workplace::new();
    place.edit("problem/markets.csv", "potential", "potentail");
    refused(
        &place,
        "problem",
        &["markets.csv", "potentail", "potential"],
    );
}

#[test]
fn no_capacity() {
    let place = Workplace::new();
    let away = "rep,from,to\nchen,2027-01-01,2027-12-31\nli,2027-01-01,2027-12-31\n";
    place.write("problem/leave.csv", away);
    refused(&place, "problem", &["E408"]);
}

#[test]
fn contradictory_locks() {
    let place = Workplace::new();
    place.write("problem/locks.csv", "market,rep\nsuzhou,li\nsuzhou,chen\n");
    refused(&place, "problem", &["E401", "locks.csv:3"]);
}

#[test]
fn not_utf8() {
    let place = Workplace::new();
    // 上海 in GBK, as Excel on a Chinese Windows saves it.
    let mut bytes = b"id,name\nli,".to_vec();
    bytes.extend([0xC9, 0xCF, 0xBA, 0xA3, b'\n']);
    place.write("problem/reps.csv", bytes);
    refused(&place, "problem", &["E102", "reps.csv:2", "UTF-8"]);
}

#[test]
fn byte_order_mark_is_no_fault() {
    let place = Workplace::new();
    for name in [
        "problem/plan.toml",
        "problem/reps.csv",
        "problem/markets.csv",
    ] {
        let text = std::fs::read_to_string(place.path(name)).unwrap();
        place.write(name, format!("\u{FEFF}{text}"));
    }
    place.run(&["check", "problem"]).ends_with(0);
}

#[test]
fn deep_nesting() {
    let place = Workplace::new();
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    place.write("deep.json", format!("{{\"markets\":{deep}}}"));
    refused(&place, "deep.json", &["E103", "deep.json"]);
    place.write("problem/plan.toml", format!("skills = {deep}"));
    refused(&place, "problem", &["E103", "plan.toml"]);
}

#[test]
fn long_names() {
    let place = Workplace::new();
    let long = "上".repeat(1_000_000);
    place.edit("problem/markets.csv", "mianyang", &long);
    refused(&place, "problem", &["E206", "markets.csv:3"]);
}

#[test]
fn truncated_document() {
    let place = Workplace::new();
    place.write("cut.json", "{\n  \"name\": \"x\",\n  \"reps\": [");
    refused(&place, "cut.json", &["E103", "cut.json:3"]);
}

#[test]
fn faults_as_json() {
    let place = Workplace::new();
    place.edit("problem/markets.csv", "900000", "-1");
    let run = place.run(&["check", "problem", "--json"]).ends_with(2);
    let value = run.json();
    assert_eq!(value["status"], "invalid");
    assert_eq!(value["faults"][0]["code"], "E204");
    assert_eq!(value["faults"][0]["place"], "markets.csv:2 potential");
}

#[test]
fn bad_options() {
    let place = Workplace::new();
    for option in [
        ["--time-limit", "soon"],
        ["--time-limit", "-1"],
        ["--time-limit", "NaN"],
        ["--gap", "-0.1"],
        ["--gap", "inf"],
        ["--threads", "0"],
        ["--strategy", "magic"],
    ] {
        let run = place.run(&["plan", "problem", "--out", "out", option[0], option[1]]);
        let run = run.ends_with(2);
        assert!(run.err.contains(option[0]), "{}", run.err);
    }
    assert_eq!(place.names(), ["problem"]);
}

#[test]
fn target_is_a_file() {
    let place = Workplace::new();
    place.write("out", "mine");
    let run = place.run(&["plan", "problem", "--out", "out"]).ends_with(2);
    assert!(run.err.contains("is not a folder"), "{}", run.err);
    assert_eq!(std::fs::read_to_string(place.path("out")).unwrap(), "mine");
}

#[cfg(not(feature = "highs"))]
#[test]
fn solver_that_was_not_built_in() {
    let place = Workplace::new();
    let run = place.run(&["plan", "problem", "--out", "out", "--backend", "highs"]);
    assert!(run.ends_with(2).err.contains("--features highs"));
}
