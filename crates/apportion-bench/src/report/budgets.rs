//! Sections on budgets.

use serde_json::Value;

use super::Report;
use crate::figures::{Column, Show, Target, missed, table};

const SOLVED: [Column; 6] = [
    ("case", "budget", Show::Plain),
    ("cells", "cells", Show::Whole),
    ("ms", "time", Show::Milliseconds),
    ("gap", "gap", Show::Tiny),
    ("nodes", "nodes", Show::Whole),
    ("to_certified", "to the certified optimum", Show::Tiny),
];
const CARRIED: [Column; 6] = [
    ("case", "curves, season", Show::Plain),
    ("constant_loses", "constant spend loses", Show::Percent),
    ("least", "least", Show::Percent),
    ("most", "most", Show::Percent),
    ("gap", "largest gap", Show::Percent),
    ("ms", "time", Show::Milliseconds),
];
/// Gap at which an S-shaped budget counts as solved, and distance at which two optima are the same.
const SOLVED_GAP: f64 = 1e-6;
/// Gap within which a budget with limits that cross must be proved after a second.
const CROSSING_GAP: f64 = 1e-3;

/// Milliseconds that a budget may take.
fn limit(name: &str, cells: u64) -> Option<f64> {
    match (name.split([' ', ',']).next()?, cells) {
        ("concave", 1_000) if name.contains("nested") => Some(1.0),
        ("concave", 1_000_000) => Some(2_000.0),
        ("S-shaped", 20) => Some(1.0),
        ("S-shaped", 100) => Some(5.0),
        ("S-shaped", 1_000) => Some(50.0),
        _ => None,
    }
}

impl Report {
    /// Adds the figures of budgets and, apart, those of carry-over.
    pub fn budgets(&mut self, lines: &[Value]) {
        let carried = |line: &&Value| line.get("constant_loses").is_some();
        let (carry, solved): (Vec<&Value>, Vec<&Value>) = lines.iter().partition(carried);
        let [carry, solved] =
            [carry, solved].map(|list| list.into_iter().cloned().collect::<Vec<_>>());
        self.add(
            "## Budgets\n\nOne thread. *Concave, nested*: limits of total, periods and regions. *S-shaped*: \
             one total. *Crossing*: 20 channels × 12 periods with limits of channels and periods, fees, minima \
             where active, at most 15 channels, conflicts; they end after a second. The others are published, \
             with certified optima.\n\n",
        );
        self.add(&table(&SOLVED, &solved));
        for line in &solved {
            let name = line["case"].as_str().unwrap_or_default();
            let cells = line["cells"].as_u64().unwrap_or(0);
            let words = format!("Budgets, {name}, {cells} cells");
            let gap = if name.starts_with("crossing") {
                CROSSING_GAP
            } else {
                SOLVED_GAP
            };
            let found = [
                missed(line, &words, "gap", Target::Most(gap)),
                limit(name, cells).and_then(|most| missed(line, &words, "ms", Target::Most(most))),
                missed(line, &words, "to_certified", Target::Least(-SOLVED_GAP)),
            ];
            found
                .into_iter()
                .flatten()
                .for_each(|words| self.fail(words));
        }
        self.add(
            "## Spend by the week with carry-over\n\nFive channels, 52 weeks, geometric carry-over credited after \
             the end: what the best plan that spends the same each week loses against spend by the week, median \
             and range of six plans, and how far the latter is proved after a second at most.\n\n",
        );
        self.add(&table(&CARRIED, &carry));
    }
}
