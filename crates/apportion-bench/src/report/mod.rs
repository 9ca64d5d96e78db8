//! `BENCHMARK.md`: figures, the machine and commit they belong to, and what failed.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

use crate::build::{Build, MOST_BYTES_PER_NONZERO};
use crate::gap_table;
use crate::generate::Size;
use crate::machine::{Commit, Machine};
use crate::runs::Run;
use crate::salesforce::{Grid, Published, Scenario};
use crate::scale::{self, Scaled};
use crate::stages::{Case, RUNS, STAGES, median_seconds};
use crate::strategies::{self, Compared};
use crate::sweep::Sweep;
use crate::{solvers, transport};

mod budgets;
mod effort;
mod part;
mod sweeps;

/// Title of what failed, the last section.
const FAILURES: &str = "## Failures and missed targets\n\n";

/// A report under construction.
#[derive(Clone, Debug, Default)]
pub struct Report {
    text: String,
    failures: Vec<String>,
}

/// Header and lines of a Markdown table, numbers to the right.
pub(crate) fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let titles: Vec<String> = header.iter().map(|&title| title.to_owned()).collect();
    let mut rule = vec!["---:".to_owned(); header.len()];
    "---".clone_into(&mut rule[0]);
    let body: String = rows.iter().map(|row| line(row)).collect();
    format!("{}{}{body}\n", line(&titles), line(&rule))
}

/// Seconds with a unit that leaves three digits or so.
pub(crate) fn seconds(value: f64) -> String {
    if value >= 1.0 {
        format!("{value:.2} s")
    } else if value >= 1e-3 {
        format!("{:.1} ms", value * 1e3)
    } else {
        format!("{:.1} µs", value * 1e6)
    }
}

impl Report {
    /// A report on this machine and commit.
    #[must_use]
    pub fn new(machine: &Machine, commit: &Commit) -> Self {
        let mut report = Self::default();
        let changes = if commit.dirty {
            " **with uncommitted changes**"
        } else {
            ""
        };
        report.add(&format!(
            "# Benchmarks\n\n\
             Written by `cargo run --release -p apportion-bench --features highs,good_lp -- write`; do not \
             edit by hand. Finer figures of single stages: `cargo bench -p apportion-bench`.\n\n\
             - commit: {}{changes}\n- machine: {}, {} cores, {} GiB, {}\n- compiler: {}\n\n",
            commit.name,
            machine.cpu,
            machine.cores,
            machine.memory_gib,
            machine.system,
            machine.rustc,
        ));
        if commit.dirty {
            report.fail("the tree had uncommitted changes");
        }
        report
    }

    fn add(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn fail(&mut self, failure: impl Into<String>) {
        self.failures.push(failure.into());
    }

    /// Measures the stages and the building of programs at every size, and adds the figures.
    ///
    /// # Errors
    /// When the generator made a bad task, or a file cannot be written or read.
    pub fn stages(&mut self) -> Result<(), Box<dyn Error>> {
        let mut stage_rows: Vec<Vec<String>> = STAGES
            .iter()
            .map(|(name, _)| vec![(*name).to_owned()])
            .collect();
        let mut builds = Vec::new();
        for size in Size::STAGES {
            let case = Case::new(size)?;
            for (row, (_, stage)) in stage_rows.iter_mut().zip(STAGES) {
                row.push(seconds(median_seconds(RUNS, || stage(&case))));
            }
            builds.push((size, Build::measure(&case)?));
        }
        let mut header = vec!["stage".to_owned()];
        for (size, _) in &builds {
            header.push(format!("{size:?}: {} × {}", size.markets(), size.reps()));
        }
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        self.add(&format!(
            "## Stages\n\nMedian of {RUNS} runs on generated tasks (markets × reps, 12 periods, \
             two roles, three balances), one thread. *explain: why* is the slot with the most \
             candidates.\n\n"
        ));
        self.add(&table(&header, &stage_rows));
        self.builds(&builds);
        Ok(())
    }

    fn builds(&mut self, builds: &[(Size, Build)]) {
        self.add(
            "## Building the program, and reading it from disk\n\n\
             Targets: building takes less time than HiGHS takes to read the same program once as \
             an MPS file (from the page cache, so no disk is waited for), and at most 200 bytes of \
             peak memory for each nonzero.\n\n",
        );
        let unknown = || "not measured".to_owned();
        let rows: Vec<Vec<String>> = builds
            .iter()
            .map(|(size, build)| {
                vec![
                    format!("{size:?}"),
                    build.columns.to_string(),
                    build.rows.to_string(),
                    build.nonzeros.to_string(),
                    seconds(build.formulate_s),
                    build.highs_read_s.map_or_else(unknown, seconds),
                    build
                        .share_of_reading()
                        .map_or_else(unknown, |share| format!("{:.1} %", 100.0 * share)),
                    format!("{:.1}", build.bytes_per_nonzero()),
                ]
            })
            .collect();
        let header = [
            "size",
            "columns",
            "rows",
            "nonzeros",
            "build",
            "HiGHS reads",
            "build / read",
            "bytes/nonzero",
        ];
        self.add(&table(&header, &rows));
        for (size, build) in builds {
            match build.share_of_reading() {
                Some(share) if share >= 1.0 => {
                    self.fail(format!("{size:?}: building takes longer than reading"));
                }
                None => self.fail(format!(
                    "{size:?}: reading not measured, built without `highs`"
                )),
                Some(_) => {}
            }
            if build.bytes_per_nonzero() > MOST_BYTES_PER_NONZERO {
                self.fail(format!(
                    "{size:?}: more than 200 bytes of peak memory a nonzero"
                ));
            }
        }
    }

    /// Measures the general solvers side by side, and adds the figures.
    pub fn solvers(&mut self) {
        self.add(&format!(
            "## General solvers side by side\n\nGenerated assignment programs, reps × markets, hours \
             depending on both (type C of the usual test bed), median of {RUNS} solves to a gap of \
             1e-6, loading included, one thread. *Relaxed* is the program without integers.\n\n"
        ));
        let header = solvers::header();
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        self.add(&table(&header, &solvers::rows()));
    }

    /// Adds the figures of the structured solver on growing tasks.
    pub fn scale(&mut self, scaled: &[Scaled], grown: Option<(f64, f64)>) {
        let threads = scaled.first().map_or(1, |one| one.threads);
        let _ = write!(
            self.text,
            "## The structured solver\n\nStrategy `prices` on generated tasks, markets × reps, 12 periods, \
             two roles, three balances, a budget of moves, hires and bases open; {threads} threads, medians \
             of {} runs. A run ends at its limit or at a quarter of its target. Memory is that of the task \
             and of the solver, each at its peak.\n\n",
            scale::RUNS
        );
        let rows: Vec<Vec<String>> = scaled.iter().map(Scaled::cells).collect();
        self.add(&table(&Scaled::HEADER, &rows));
        if let Some((time, memory)) = grown {
            let _ = write!(
                self.text,
                "From the smallest to the largest generated task, time to a gap of {} % grows like \
                 candidates^{time:.2} and memory like candidates^{memory:.2} (least squares on logarithms).\n\n",
                100.0 * scale::COMMON_GAP
            );
        }
        for one in scaled {
            if let Some(failure) = one.failure() {
                self.fail(format!("The structured solver, {}: {failure}", one.name));
            }
        }
    }

    /// Adds the strategies side by side.
    pub fn strategies(&mut self, compared: &[Compared]) {
        self.add(
            "## Strategies against the proved limit\n\nShare of the limit that `prices` proves on the same \
             task, limits that the plan breaks, and seconds. A picture: `docs/strategies.svg`.\n\n",
        );
        let header = strategies::header(compared);
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        self.add(&table(&header, &strategies::rows(compared)));
    }

    /// Measures transportation problems, and adds the figures.
    ///
    /// # Errors
    /// When an answer is not optimal.
    pub fn transport(&mut self) -> Result<(), Box<dyn Error>> {
        let _ = write!(
            self.text,
            "## Transportation\n\nHours that do not depend on the rep, one period: the network simplex, \
             one thread, medians of {RUNS} runs in milliseconds. *Warm* starts from the base's basis after a \
             change, *cold* solves the changed problem anew. Memory is that of the problem and of the \
             solver, each at its peak. HiGHS is measured where it is compiled in, and only up to 100 × 5 000.\n\n"
        );
        let mut rows = Vec::new();
        for (reps, markets) in transport::SIZES {
            let figures = transport::figures(reps, markets, RUNS)?;
            rows.extend(transport::rows(&figures));
        }
        self.add(&table(&transport::HEADER, &rows));
        Ok(())
    }

    /// Solves the published generalized assignment instances, and adds the figures; the report so far is
    /// saved after each, since they take most of an hour.
    ///
    /// # Errors
    /// When the files cannot be read, an answer does not pass the check, or the report cannot be saved.
    pub fn gap(&mut self, folder: &Path, threads: usize, out: &Path) -> Result<(), Box<dyn Error>> {
        self.add(
            "## Generalized assignment\n\nPublished instances, two threads, cost to be minimized. The lower \
             bound is the best published one. The runs of 10 s are medians of three; what is not within the \
             target for 60 s then has one run of 60 s.\n\n",
        );
        let before = self.clone();
        gap_table::measure(folder, threads, |lines| {
            *self = before.clone();
            let rows: Vec<Vec<String>> = lines.iter().map(gap_table::Line::cells).collect();
            self.add(&table(&gap_table::HEADER, &rows));
            for failure in lines.iter().filter_map(gap_table::Line::failure) {
                self.fail(format!("Generalized assignment, {failure}"));
            }
            self.save(out)
        })
    }

    /// Solves all published scenarios of sizing and location, and adds the figures.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub fn salesforce(&mut self, folder: &Path) -> Result<(), Box<dyn Error>> {
        self.add(
            "## Sizing and location\n\nAll published scenarios of two grids, two threads. *Equal* is within \
             0.005 of the published optimum; the published times are Gurobi's on eight cores.\n\n",
        );
        let published = Published::read(folder)?;
        let mut rows = Vec::new();
        for name in ["msc2014", "30"] {
            let grid = Grid::read(folder, name)?;
            let summary = Sweep::run(&grid, &Scenario::all(), 2)?.summary(&published);
            let number = |key: &str| summary[key].as_f64().unwrap_or(f64::NAN);
            let all = number("scenarios");
            if number("proved") < all || number("equal") < number("published") {
                self.fail(format!(
                    "Sizing and location, {name}: not all are proved and equal"
                ));
            }
            rows.push(vec![
                name.to_owned(),
                format!("{}", number("areas")),
                format!("{all}"),
                format!("{}", number("proved")),
                format!("{}", number("equal")),
                format!("{:.1e}", number("max_gap")),
                format!("{:.1} s", number("seconds")),
                format!("{:.0} s", number("published_seconds")),
            ]);
        }
        let header = [
            "grid",
            "areas",
            "scenarios",
            "proved",
            "equal",
            "largest gap",
            "all",
            "published",
        ];
        self.add(&table(&header, &rows));
        Ok(())
    }

    /// Adds a table of runs of the engine.
    pub fn runs(&mut self, title: &str, about: &str, runs: &[Run]) {
        let _ = write!(self.text, "## {title}\n\n{about}\n\n");
        let rows: Vec<Vec<String>> = runs.iter().map(Run::cells).collect();
        self.add(&table(&Run::HEADER, &rows));
        for run in runs {
            if let Some(failure) = &run.failure {
                let name = &run.name;
                self.fail(format!("{title}, {name}: {failure}"));
            }
        }
    }

    /// Adds the tables of runs beside solvers outside, a section for each.
    pub fn peers(&mut self, tables: &str) {
        let sections = tables
            .split("## ")
            .filter(|section| !section.trim().is_empty());
        for section in sections {
            let (title, rows) = section.split_once('\n').unwrap_or((section, ""));
            let title = title.to_lowercase();
            self.add(&format!(
                "## Beside solvers outside: {title}\n\nFrom a run of `crates/apportion-bench/peers/run`; its \
                 `README.md` says what is compared, and what is fair and what not.\n\n{}\n",
                rows.trim()
            ));
        }
    }

    /// The report: everything so far, then what failed.
    #[must_use]
    pub fn finish(&self) -> String {
        let mut text = self.text.clone();
        text.push_str(FAILURES);
        if self.failures.is_empty() {
            text.push_str("None.\n");
        }
        for failure in &self.failures {
            let _ = writeln!(text, "- {failure}");
        }
        text
    }

    /// Writes the report so far.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), Box<dyn Error>> {
        Ok(std::fs::write(path, self.finish())?)
    }
}
