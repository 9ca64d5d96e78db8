//! What the text says of the code, held against the code: modules use only those above them in
//! `ARCHITECTURE.md`, files stay short, CI runs the commands of the README, links lead somewhere.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

/// Lines of a source file at most: "about 500".
const MOST_LINES: usize = 560;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// All files below a folder with an ending, build outputs aside.
fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if name != "target" && !name.starts_with('.') {
                files(&path, ending, found);
            }
        } else if path.extension().is_some_and(|end| end == ending) {
            found.push(path);
        }
    }
}

fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for folder in ["src", "crates", "examples", "tests"] {
        files(&root().join(folder), "rs", &mut found);
    }
    found.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        (path.strip_prefix(root()).unwrap().to_owned(), text)
    };
    found.into_iter().map(read).collect()
}

/// The modules of the table in `ARCHITECTURE.md`, in its order.
fn modules() -> Vec<String> {
    let text = read("ARCHITECTURE.md");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    let names = rows
        .filter_map(|row| row.split_once('`'))
        .map(|(name, _)| name);
    names
        .filter(|name| !name.contains(['/', '.']))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_module_is_in_the_table() {
    let table = modules();
    for line in read("src/lib.rs").lines() {
        if let Some(name) = line.strip_prefix("pub mod ") {
            let name = name.trim_end_matches(';').to_owned();
            assert!(table.contains(&name), "{name} is not in ARCHITECTURE.md");
        }
    }
}

/// `check` and `program` share no code in particular: neither may use the other.
#[test]
fn modules_use_only_those_above_them() {
    let table = modules();
    let rank = |name: &str| table.iter().position(|module| module == name);
    let mut seen = 0;
    for (path, text) in sources() {
        let mut parts = path.components().skip(1);
        let first = parts
            .next()
            .unwrap()
            .as_os_str()
            .to_string_lossy()
            .into_owned();
        let module = first.trim_end_matches(".rs");
        let (true, Some(own)) = (path.starts_with("src"), rank(module)) else {
            continue;
        };
        for (_, rest) in text
            .match_indices("crate::")
            .map(|(at, _)| text.split_at(at + 7))
        {
            let used: String = rest
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            let Some(other) = rank(&used) else { continue };
            let documentation = text[..text.len() - rest.len()]
                .lines()
                .last()
                .is_some_and(|line| line.trim_start().starts_with("//"));
            if documentation {
                continue;
            }
            seen += 1;
            assert!(
                other <= own,
                "{} uses {used}, which stands below it",
                path.display()
            );
            let shares = module == "check" && ["program", "backend"].contains(&used.as_str());
            assert!(
                !shares,
                "{} uses {used}: the check shares nothing",
                path.display()
            );
        }
    }
    assert!(seen > 100, "only {seen} uses found");
}

#[test]
fn files_are_short_and_finished() {
    // Split, so that this file does not find itself.
    let left_over = [
        ["TO", "DO"],
        ["FIX", "ME"],
        ["todo", "!("],
        ["unimplemented", "!("],
        ["dbg", "!("],
        ["#[ign", "ore"],
        ["optimi", "se"],
        ["colo", "ur"],
    ];
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= MOST_LINES, "{} has {lines} lines", path.display());
        for parts in left_over {
            let word = parts.concat();
            assert!(!text.contains(&word), "{} has {word}", path.display());
        }
    }
}

/// The commands that open the README are those that CI runs.
#[test]
fn ci_runs_the_commands_of_the_readme() {
    let script = read(".ci/run");
    let readme = read("README.md");
    let commands: Vec<&str> = readme
        .lines()
        .filter(|line| line.starts_with("cargo "))
        .collect();
    for command in &commands[..2] {
        assert!(script.contains(command), ".ci/run lacks {command}");
    }
    for command in &commands {
        assert!(
            read("README.zh-CN.md").contains(command),
            "the Chinese README lacks {command}"
        );
    }
}

/// Relative links of every page lead to a file.
#[test]
fn links_lead_somewhere() {
    let mut pages = vec![];
    files(&root().join("docs"), "md", &mut pages);
    for name in fs::read_dir(root()).unwrap() {
        let path = name.unwrap().path();
        if path.extension().is_some_and(|end| end == "md") {
            pages.push(path);
        }
    }
    let mut seen = 0;
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        for (at, _) in text.match_indices("](") {
            let link = text[at + 2..].split(')').next().unwrap();
            if link.starts_with("http") || link.starts_with('#') {
                continue;
            }
            let target = page.parent().unwrap().join(link.split('#').next().unwrap());
            assert!(target.exists(), "{}: {link} leads nowhere", page.display());
            seen += 1;
        }
    }
    assert!(seen > 20, "only {seen} links found");
}

/// The example in the Chinese README is the one that the English one tests.
#[test]
fn both_readmes_have_the_same_example() {
    let example = |file: &str| {
        let text = read(file);
        let (_, rest) = text.split_once("```rust\n").unwrap();
        rest.split_once("```\n").unwrap().0.to_owned()
    };
    assert_eq!(example("README.md"), example("README.zh-CN.md"));
}
