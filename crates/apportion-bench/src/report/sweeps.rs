//! Sections on sweeps.

use serde_json::Value;

use super::Report;
use crate::figures::{Column, Show, Target, missed, table};

/// A kind of sweep: its name, its title, what is measured, and its columns.
struct Kind {
    name: &'static str,
    title: &'static str,
    about: &'static str,
    columns: &'static [Column],
}

const KINDS: [Kind; 7] = [
    Kind {
        name: "kept",
        title: "Sweeps that keep the plan",
        about: "A plan is valued anew in every scenario. *Potentials* changes the potential of every market, \
                *Work* its visits as well. *To read* is the time to read as many numbers as such a scenario needs \
                from memory (not from a cache) once, one thread. The last row is 4 000 markets of which ten or all change.",
        columns: &[
            ("touch", "changes", Show::Plain),
            ("threads", "threads", Show::Whole),
            ("scenarios_per_second", "scenarios/s", Show::Whole),
            ("microseconds_to_read", "µs to read", Show::Decimal),
            ("times_reading", "times reading", Show::Decimal),
            ("microseconds_10", "µs, ten change", Show::Decimal),
            ("microseconds_all", "µs, all change", Show::Decimal),
            ("ratio", "ratio", Show::Decimal),
        ],
    },
    Kind {
        name: "length",
        title: "Sweeps of growing length",
        about: "A kept plan, 1 000 markets, all potentials change; two threads.",
        columns: &[
            ("scenarios", "scenarios", Show::Whole),
            ("microseconds_each", "µs each", Show::Decimal),
            (
                "peak_mib_above_the_problem",
                "MiB above the problem",
                Show::Decimal,
            ),
        ],
    },
    Kind {
        name: "assignment",
        title: "Sweep of an assignment",
        about: "50 reps × 1 000 markets; every scenario changes all values, and is solved to a proved optimum \
                from the base; drawing, applying and handing on included. *Costs* scales what each arc lacks to \
                the highest value, as the published measurements do.",
        columns: &[
            ("factors", "factors on", Show::Plain),
            ("threads", "threads", Show::Whole),
            ("ms_each", "time each", Show::Milliseconds),
            ("pivots_each", "pivots each", Show::Decimal),
        ],
    },
    Kind {
        name: "beside",
        title: "Sweep of an assignment by a general solver",
        about: "The same scenarios by HiGHS, one thread: the program built and loaded anew for each, or only its \
                costs changed and solved from the last basis. *Slower* is against one thread above, factors on \
                Costs.",
        columns: &[
            ("solver", "solver", Show::Plain),
            ("scenarios", "scenarios", Show::Whole),
            ("ms_each", "time each", Show::Milliseconds),
            ("times_slower", "times slower", Show::Decimal),
        ],
    },
    Kind {
        name: "budget",
        title: "Sweep of a budget",
        about: "20 channels × 12 periods, S-shaped; every scenario changes all responses and limits, and is \
                proved to a gap of 1e-4.",
        columns: &[
            ("limits", "limits", Show::Plain),
            ("begins_at", "begins at", Show::Plain),
            ("threads", "threads", Show::Whole),
            ("scenarios_per_second", "scenarios/s", Show::Whole),
            ("largest_gap", "largest gap", Show::Tiny),
        ],
    },
    Kind {
        name: "location",
        title: "Sweep of sizing and location",
        about: "The 625 published scenarios of a grid as one sweep.",
        columns: &[
            ("sweep", "sweep", Show::Plain),
            ("threads", "threads", Show::Whole),
            ("seconds", "all", Show::Seconds),
            ("proved", "proved", Show::Whole),
            ("published", "published", Show::Whole),
            (
                "largest_difference_to_published",
                "largest difference",
                Show::Tiny,
            ),
        ],
    },
    Kind {
        name: "full",
        title: "Sweep of the full model",
        about: "4 000 markets × 50 reps, 12 periods, balance, travel, overtime; every scenario changes the \
                potential and the visits of all markets; one scenario on each of two threads, to a gap of 0.1 %. \
                The time of the base is part of the first row. HiGHS has 240 s for each scenario.",
        columns: &[
            ("solver", "solver", Show::Plain),
            ("scenarios", "scenarios", Show::Whole),
            ("seconds_each", "time each", Show::Seconds),
            ("median_gap", "median gap", Show::Percent),
            ("largest_gap", "largest gap", Show::Percent),
            ("without_plan", "without a plan", Show::Whole),
            ("times_slower", "times slower", Show::Decimal),
        ],
    },
];

/// Figures that must not miss a target: kind of sweep, lines meant, key and target.
type Rule = (&'static str, fn(&Value) -> bool, &'static str, Target);

fn on(line: &Value, threads: u64) -> bool {
    line["threads"].as_u64() == Some(threads)
}

const RULES: [Rule; 11] = [
    (
        "kept",
        |line| on(line, 2),
        "scenarios_per_second",
        Target::Least(20_000.0),
    ),
    ("kept", |_| true, "ratio", Target::Least(5.0)),
    ("kept", |_| true, "times_reading", Target::Most(3.0)),
    (
        "beside",
        |line| line["solver"] == "HiGHS, built anew",
        "times_slower",
        Target::Least(800.0),
    ),
    (
        "beside",
        |line| line["solver"] == "HiGHS, hot",
        "times_slower",
        Target::Least(100.0),
    ),
    (
        "length",
        |_| true,
        "peak_mib_above_the_problem",
        Target::Most(300.0),
    ),
    (
        "assignment",
        |line| on(line, 1) && line["factors"] == "Costs",
        "ms_each",
        Target::Most(0.15),
    ),
    (
        "budget",
        |line| on(line, 2) && line["limits"] == "total",
        "scenarios_per_second",
        Target::Least(5_000.0),
    ),
    (
        "location",
        |line| on(line, 2),
        "seconds",
        Target::Most(20.0),
    ),
    ("location", |_| true, "proved", Target::Least(625.0)),
    ("full", |_| true, "times_slower", Target::Least(50.0)),
];

/// What two threads of the assignment sweep must be faster than one.
const TWO_THREADS: f64 = 1.8;

impl Report {
    /// Adds the figures of a kind of sweep.
    pub fn sweeps(&mut self, name: &str, lines: &[Value]) {
        let Some(kind) = KINDS.iter().find(|kind| kind.name == name) else {
            return;
        };
        let title = format!("## {}\n\n", kind.title);
        if !self.text.contains(&title) {
            self.add(&format!("{title}{}\n\n", kind.about));
        }
        self.add(&table(kind.columns, lines));
        for (_, meant, key, target) in RULES.iter().filter(|rule| rule.0 == name) {
            let misses = lines.iter().filter(|line| meant(line));
            let misses = misses.filter_map(|line| missed(line, kind.title, key, *target));
            misses
                .collect::<Vec<_>>()
                .into_iter()
                .for_each(|words| self.fail(words));
        }
        if name == "assignment" {
            self.speedup(kind.title, lines);
        }
    }

    fn speedup(&mut self, title: &str, lines: &[Value]) {
        for pair in lines.chunks_exact(2) {
            let [one, two] = [0, 1].map(|at| pair[at]["ms_each"].as_f64().unwrap_or(f64::NAN));
            let factors = pair[0]["factors"].as_str().unwrap_or_default();
            self.add(&format!(
                "Two threads, factors on {factors}: {:.2} times one.\n\n",
                one / two
            ));
            if factors == "Costs" && one / two < TWO_THREADS {
                self.fail(format!(
                    "{title}: two threads are {:.2} times one, target at least 1.8",
                    one / two
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_sweep_that_misses_its_target_is_told() {
        let mut report = Report::default();
        let slow = json!({ "factors": "Costs", "threads": 1, "ms_each": 0.2, "pivots_each": 3 });
        let fast = json!({ "factors": "Costs", "threads": 2, "ms_each": 0.15, "pivots_each": 3 });
        report.sweeps("assignment", &[slow, fast]);
        let text = report.finish();
        assert!(
            text.contains("ms_each is 0.2000, target at most 0.15"),
            "{text}"
        );
        assert!(text.contains("two threads are 1.33 times one"), "{text}");
    }
}
