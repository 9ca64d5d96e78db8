//! The pages that are made from the code: the list of codes and the page of each rule.
//!
//! `BLESS=1 cargo test --test pages` writes them anew.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use apportion::domain::Rule;
use apportion::fault::Code;

/// A page is as committed, or is written where `BLESS` is set.
fn agrees(page: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, text).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == text, "{page} is out of date: run with BLESS=1");
}

/// The text that opens a source file.
fn header(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let source = fs::read_to_string(&path).unwrap_or_else(|_| panic!("{file} is missing"));
    let lines = source.lines().take_while(|line| line.starts_with("//!"));
    let text: Vec<&str> = lines
        .map(|line| line.trim_start_matches("//!").trim_start())
        .collect();
    text.join("\n")
}

#[test]
fn every_code_has_its_row() {
    let mut text = String::from(
        "# Codes\n\nFaults of the input (E…) are reported all at once, each with place, found, expected and hint.\n\n\
         | code | meaning | what to do |\n|---|---|---|\n",
    );
    for code in Code::ALL {
        writeln!(text, "| {code} | {} | {} |", code.meaning(), code.remedy()).unwrap();
    }
    text.push_str("\nRules that a plan can break (R…); each has a [page](model/index.md).\n\n| code | rule | meaning |\n|---|---|---|\n");
    for rule in Rule::ALL {
        let (code, name) = (rule.code(), rule.name());
        writeln!(
            text,
            "| {code} | [{name}](model/{name}.md) | {} |",
            rule.meaning()
        )
        .unwrap();
    }
    agrees("docs/errors.md", &text);
    let mut codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), Code::ALL.len(), "a code is used twice");
}

/// One rule has one name in the formulation, the check, the docs and the tests.
#[test]
fn every_rule_has_its_page() {
    let tests =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check.rs")).unwrap();
    for rule in Rule::ALL {
        let name = rule.name();
        let text = format!(
            "# {name} ({})\n\n{}\n\n## How it is formulated\n\n{}\n\n## How it is checked\n\n{}\n\n\
             Sources: `src/program/{name}.rs`, `src/check/{name}.rs`, which share nothing.\n",
            rule.code(),
            rule.meaning(),
            header(&format!("src/program/{name}.rs")),
            header(&format!("src/check/{name}.rs")),
        );
        agrees(&format!("docs/model/{name}.md"), &text);
        let variant = format!("Rule::{rule:?}");
        assert!(
            tests.contains(&variant),
            "tests/check.rs does not name {variant}"
        );
    }
}
