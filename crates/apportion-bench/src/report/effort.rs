//! The sections on hours as decisions, alone and with money.

use serde_json::Value;

use super::Report;
use crate::figures::{Column, Show, Target, missed, table};

const SECTION: &str = "Sizing, location, assignment and hours together";
const COLUMNS: [Column; 9] = [
    ("task", "task", Show::Plain),
    ("runs", "runs", Show::Whole),
    ("seconds", "limit, s", Show::Whole),
    ("slowest_s", "slowest", Show::Seconds),
    ("to_published", "to the published optimum", Show::Tiny),
    ("median_gap", "median gap", Show::Percent),
    ("largest_gap", "largest gap", Show::Percent),
    ("two_steps_lose_mean", "two steps lose, mean", Show::Percent),
    ("two_steps_lose_most", "two steps lose, most", Show::Percent),
];
const JOINT: [Column; 5] = [
    ("task", "task", Show::Plain),
    ("seconds", "limit, s", Show::Whole),
    ("taken_s", "taken", Show::Seconds),
    ("gap", "gap", Show::Percent),
    ("apart_loses", "apart loses", Show::Percent),
];
/// Distance from published optima, and gap of all else.
const TARGETS: [(&str, f64); 2] = [("to_published", 5e-4), ("largest_gap", 5e-3)];

impl Report {
    /// Adds the figures of effort.
    pub fn effort(&mut self, lines: &[Value]) {
        self.add(
            &format!("## {SECTION}\n\nHours are decisions; two threads. Without \
             limits of hours the model is the published one. With whole reps of so many hours, all paid for, \
             every area of the grid is a candidate location; *two steps* takes the published locations and \
             assignment and then the best whole staff and hours.\n\n"),
        );
        self.add(&table(&COLUMNS, lines));
        for line in lines.iter().filter(|line| line["target"] != false) {
            let task = line["task"].as_str().unwrap_or_default();
            let name = &format!("{SECTION}, {task}");
            for (key, most) in TARGETS {
                let words = missed(line, name, key, Target::Most(most));
                words.into_iter().for_each(|words| self.fail(words));
            }
        }
    }

    /// Adds the figures of hours and money in one plan.
    pub fn joint(&mut self, lines: &[Value]) {
        self.add(
            "## Hours and money in one plan\n\nTwo threads. Responses of two channels take hours of the region's \
             team; in the second task spend, reps, overtime and travel are paid from one sum. *Apart* is the best \
             plan of each by itself, with what hours are left then for follow-ups.\n\n",
        );
        self.add(&table(&JOINT, lines));
    }
}
