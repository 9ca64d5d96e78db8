//! Every backend against published instances: linear and integer programs, generalized assignment.
//!
//! Where the expected answers come from: the tables that lie beside the instances. Where the folder is
//! not there, the tests say that they skipped.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod mps;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use apportion::backend::{Backend, Proved, Scaled, SolveOptions};
use apportion::program::{LinearProgram, LinearProgramBuilder};

/// Optima agree when they differ by less than this share.
const TOLERANCE: f64 = 1e-5;
/// The integer program that microlp does not solve in a minute.
const LONG_FOR_MICROLP: [&str; 1] = ["sp150x300d"];

fn data(folder: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data")
        .join(folder);
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: {} is not there", path.display());
    None
}

/// The lines of a table, split at commas, without its header.
fn table(text: &str) -> Vec<Vec<&str>> {
    let lines = text.lines().skip(1);
    lines.map(|line| line.split(',').collect()).collect()
}

fn options(backend: &dyn Backend) -> SolveOptions<'static> {
    let limit = backend.capabilities().time_limit;
    SolveOptions {
        time_limit: limit.then_some(Duration::from_secs(60)),
        relative_gap: 0.0,
        ..SolveOptions::default()
    }
}

fn solves(backend: &dyn Backend, name: &str, program: &LinearProgram, sign: f64, expected: &str) {
    let scaled = Scaled::new(backend);
    let answer = scaled
        .load(program)
        .unwrap()
        .solve(&options(backend))
        .unwrap();
    let who = backend.name();
    if expected == "infeasible" {
        let proved = matches!(
            answer.proved,
            Proved::Infeasible | Proved::InfeasibleOrUnbounded
        );
        assert!(proved, "{who} {name}: {:?}", answer.proved);
        return;
    }
    let expected: f64 = expected.parse().unwrap();
    assert_eq!(
        answer.proved,
        Proved::Optimal,
        "{who} {name}: {:?}",
        answer.stopped
    );
    let found = sign * answer.point.unwrap().objective;
    let slack = TOLERANCE * expected.abs().max(1.0);
    assert!(
        (found - expected).abs() <= slack,
        "{who} {name}: {found}, published {expected}"
    );
}

/// Programs of the table that a backend is fit for.
fn programs(backend: &dyn Backend, passed_over: &[&str]) {
    let Some(folder) = data("lp_conformance") else {
        return;
    };
    let text = fs::read_to_string(folder.join("best_known.csv")).unwrap();
    let mut count = 0;
    for row in table(&text) {
        let (name, expected) = (row[0], row[5]);
        let integers = backend.capabilities().integers;
        if passed_over.contains(&name) || (row[1] == "MIP" && !integers) {
            println!("{}: passed over {name}", backend.name());
            continue;
        }
        let file = fs::read_to_string(folder.join(format!("{name}.mps"))).unwrap();
        let published = mps::read(&file);
        solves(backend, name, &published.program, published.sign, expected);
        count += 1;
    }
    assert!(count >= 15, "only {count} programs");
}

/// The small generalized assignment instances, 5 agents each.
fn assignments(backend: &dyn Backend) {
    let Some(folder) = data("gap") else { return };
    let text = fs::read_to_string(folder.join("best_known.csv")).unwrap();
    let small = ["gap1-", "gap2-"];
    let rows = table(&text);
    let mut count = 0;
    for row in rows
        .iter()
        .filter(|row| small.iter().any(|name| row[0].starts_with(name)))
    {
        let file = fs::read_to_string(folder.join(row[1])).unwrap();
        solves(backend, row[0], &assignment(&file), -1.0, row[5]);
        count += 1;
    }
    assert_eq!(count, 10);
}

/// Minimal cost, each job to one agent, as a maximized program.
fn assignment(file: &str) -> LinearProgram {
    let mut numbers = file
        .split_whitespace()
        .map(|word| word.parse::<f64>().unwrap());
    let agents: usize = file.split_whitespace().next().unwrap().parse().unwrap();
    let jobs: usize = file.split_whitespace().nth(1).unwrap().parse().unwrap();
    let _ = (numbers.next(), numbers.next());
    let mut builder = LinearProgramBuilder::new();
    let columns: Vec<u32> = (0..agents * jobs)
        .map(|_| builder.column(-numbers.next().unwrap(), 0.0, 1.0, true))
        .collect();
    let weights: Vec<f64> = numbers.by_ref().take(agents * jobs).collect();
    for job in 0..jobs {
        let mut terms = (0..agents)
            .map(|agent| (columns[agent * jobs + job], 1.0))
            .collect();
        builder.row(1.0, 1.0, &mut terms);
    }
    for agent in 0..agents {
        let own = (0..jobs).map(|job| agent * jobs + job);
        let mut terms = own.map(|at| (columns[at], weights[at])).collect();
        builder.row(f64::NEG_INFINITY, numbers.next().unwrap(), &mut terms);
    }
    builder.finish()
}

#[cfg(feature = "microlp")]
#[test]
fn microlp_reaches_published_optima() {
    let backend = apportion::backend::microlp::Microlp::new();
    programs(&backend, &LONG_FOR_MICROLP);
    assignments(&backend);
}

#[cfg(feature = "highs")]
#[test]
fn highs_reaches_published_optima() {
    let backend = apportion::backend::highs::Highs::new();
    programs(&backend, &[]);
    assignments(&backend);
}

/// An interior-point method is not exact: it may admit that it has not proved an answer, but what it
/// proves must be right.
#[cfg(feature = "good_lp")]
#[test]
fn clarabel_through_good_lp_proves_nothing_wrong() {
    let backend = apportion::backend::good_lp::GoodLp::new("clarabel", false, good_lp::clarabel);
    let Some(folder) = data("lp_conformance") else {
        return;
    };
    let text = fs::read_to_string(folder.join("best_known.csv")).unwrap();
    let mut proved = 0;
    for row in table(&text).into_iter().filter(|row| row[1] == "LP") {
        let file = fs::read_to_string(folder.join(format!("{}.mps", row[0]))).unwrap();
        let published = mps::read(&file);
        let mut session = Scaled::new(&backend).load(&published.program).unwrap();
        let answer = session.solve(&options(&backend)).unwrap();
        if answer.proved == Proved::Nothing {
            println!("{}: {:?}", row[0], answer.stopped);
            continue;
        }
        solves(&backend, row[0], &published.program, published.sign, row[5]);
        proved += 1;
    }
    println!("{proved} proved");
    assert!(proved >= 6, "only {proved} proved");
}
