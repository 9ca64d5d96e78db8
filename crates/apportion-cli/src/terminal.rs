//! Standard output and standard error, which may be closed at any time.

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use apportion::backend::Progress;
use apportion::sweep::SweepProgress;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::exit::Failure;

/// Prints a text and a line end. A reader who has gone away (`| head`) is no failure.
pub(crate) fn say(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::usage(format!(
            "standard output cannot be written: {error}"
        ))),
        _ => Ok(()),
    }
}

/// Prints a value as JSON.
pub(crate) fn say_json(value: &impl Serialize) -> Result<(), Failure> {
    say(&serde_json::to_string_pretty(value).map_err(Failure::internal)?)
}

/// Prints a line on standard error, if that can be done.
pub(crate) fn complain(text: &str) {
    writeln!(io::stderr().lock(), "{text}").ok();
}

/// A line on the terminal that is written over again and again.
#[derive(Debug)]
pub(crate) struct ProgressLine {
    shown: bool,
    /// Characters of the last line.
    width: Mutex<usize>,
}

impl ProgressLine {
    /// A line that shows only on a terminal.
    pub(crate) fn new() -> Self {
        Self {
            shown: io::stderr().is_terminal(),
            width: Mutex::new(0),
        }
    }

    /// Shows where the run stands.
    pub(crate) fn show(&self, progress: &Progress) {
        let mut line = format!("{:5.1} s", progress.elapsed.as_secs_f64());
        if let Some(value) = progress.incumbent {
            line += &format!("  value {value:.0}");
        }
        if let Some(bound) = progress.bound.filter(|bound| bound.is_finite()) {
            line += &format!("  limit {bound:.0}");
            if let Some(value) = progress.incumbent {
                let gap = (bound - value).max(0.0) / bound.abs().max(f64::MIN_POSITIVE);
                line += &format!("  gap {:.2} %", 100.0 * gap);
            }
        }
        self.write(&line);
    }

    /// Takes the line away.
    pub(crate) fn clear(&self) {
        self.write("");
        if self.shown {
            write!(io::stderr().lock(), "\r").ok();
        }
    }

    fn write(&self, line: &str) {
        if !self.shown {
            return;
        }
        let Ok(mut width) = self.width.lock() else {
            return;
        };
        let mut err = io::stderr().lock();
        write!(err, "\r{line:<pad$}", pad = *width).ok();
        err.flush().ok();
        *width = line.chars().count();
    }
}

/// Time between two lines where nobody watches.
const LINES: Duration = Duration::from_secs(10);

/// How far a sweep is: a bar on a terminal, a line now and then elsewhere.
#[derive(Debug)]
pub(crate) struct SweepBar {
    bar: Option<ProgressBar>,
    told: Mutex<Instant>,
}

impl SweepBar {
    pub(crate) fn new() -> Self {
        let bar = io::stderr().is_terminal().then(ProgressBar::no_length);
        let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} {msg}");
        if let (Some(bar), Ok(style)) = (&bar, style) {
            bar.set_style(style);
        }
        Self {
            bar,
            told: Mutex::new(Instant::now()),
        }
    }

    pub(crate) fn show(&self, progress: &SweepProgress) {
        let mut text = format!("{:.0}/s", progress.rate);
        if let Some(left) = progress.left {
            text += &format!(", {:.0} s left", left.as_secs_f64());
        }
        if let Some(bar) = &self.bar {
            if let Some(total) = progress.total {
                bar.set_length(total);
            }
            bar.set_position(progress.done);
            bar.set_message(text);
            return;
        }
        let Ok(mut told) = self.told.lock() else {
            return;
        };
        if told.elapsed() >= LINES {
            *told = Instant::now();
            let of = progress
                .total
                .map_or(String::new(), |total| format!(" of {total}"));
            complain(&format!("{}{of} scenarios, {text}", progress.done));
        }
    }

    /// Takes the bar away.
    pub(crate) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
