//! Standard output and standard error, which may be closed at any time.

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::Mutex;

use apportion::backend::Progress;
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
