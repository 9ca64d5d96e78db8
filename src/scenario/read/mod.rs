//! Scenarios from files: JSON lines, CSV with one change a row, and risk registers.
//!
//! Both are read piece by piece. What is wrong with a line concerns its scenario only, and names
//! the line; the scenarios after it are read as if nothing had been.

mod register;
mod table;

use std::io::{self, BufRead};

use super::change::Scenario;
use crate::fault::{Code, Fault, Faults, Place};

pub use register::{Register, Risk};
pub use table::CsvRows;

/// Longest line of JSON, in bytes.
pub const MOST_LINE_BYTES: u64 = 1 << 28;

/// A scenario that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// First line of the scenario, from 1.
    pub line: u64,
    /// What is wrong; every place names a line.
    pub faults: Faults,
}

/// A scenario with its first line, from 1.
pub type Read = Result<(u64, Scenario), Unread>;

/// Reads one line of JSON.
///
/// # Errors
/// What is wrong with it, with the line and the column.
pub fn parse_line(line: u64, text: &str) -> Result<Scenario, Faults> {
    serde_json::from_str(text).map_err(|error| {
        let place = Place::file(format!("line {line}"), "");
        let mut found = error.to_string();
        // Every text has one line, which `place` names.
        if let Some(at) = found.rfind(" at line 1 ") {
            found.replace_range(at..at + 10, " at");
        }
        Fault::new(Code::Syntax, place, found, "a scenario as one JSON object").into()
    })
}

/// Reads a whole JSON document.
pub(super) fn document<T: serde::de::DeserializeOwned>(
    text: &str,
    expected: &str,
) -> Result<T, Faults> {
    serde_json::from_str(text).map_err(|error| {
        let place = Place::file(format!("line {}", error.line()), "");
        Fault::new(Code::Syntax, place, error.to_string(), expected).into()
    })
}

/// Lines of a reader without empty ones, each with its number from 1. A line that is no UTF-8 is
/// a fault of its own.
#[derive(Debug)]
pub struct Lines<R> {
    reader: R,
    line: u64,
    bytes: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    /// The lines of a reader.
    #[must_use]
    pub fn new(reader: R) -> Self {
        Self {
            reader,
            line: 0,
            bytes: Vec::new(),
        }
    }

    /// Puts the next line that is not empty into `text`. Its number; `None` at the end.
    ///
    /// # Errors
    /// What the reader says, or that a line is longer than [`MOST_LINE_BYTES`].
    pub fn next_into(&mut self, text: &mut Vec<u8>) -> io::Result<Option<u64>> {
        loop {
            text.clear();
            let mut limited = io::Read::take(&mut self.reader, MOST_LINE_BYTES + 1);
            if limited.read_until(b'\n', text)? == 0 {
                return Ok(None);
            }
            self.line += 1;
            if text.len() as u64 > MOST_LINE_BYTES {
                let message = format!("line {} is too long", self.line);
                return Err(io::Error::new(io::ErrorKind::InvalidData, message));
            }
            while text.last().is_some_and(u8::is_ascii_whitespace) {
                text.pop();
            }
            if !text.is_empty() {
                return Ok(Some(self.line));
            }
        }
    }
}

/// Reads one line of JSON that may be no text.
///
/// # Errors
/// As [`parse_line`].
pub fn parse_bytes(line: u64, bytes: &[u8]) -> Result<Scenario, Faults> {
    match std::str::from_utf8(bytes) {
        Ok(text) => parse_line(line, text),
        Err(_) => {
            let place = Place::file(format!("line {line}"), "");
            Err(Fault::new(Code::NotUtf8, place, "other bytes", "UTF-8").into())
        }
    }
}

/// Scenarios as JSON lines. A reader that fails ends them, with the failure as the last entry.
impl<R: BufRead> Iterator for Lines<R> {
    type Item = Read;

    fn next(&mut self) -> Option<Read> {
        let mut bytes = std::mem::take(&mut self.bytes);
        let next = self.next_into(&mut bytes);
        let read = match next {
            Ok(None) => None,
            Ok(Some(line)) => Some(match parse_bytes(line, &bytes) {
                Ok(scenario) => Ok((line, scenario)),
                Err(faults) => Err(Unread { line, faults }),
            }),
            Err(error) => Some(Err(unreadable(self.line + 1, &error))),
        };
        self.bytes = bytes;
        read
    }
}

/// A failure of the reader itself.
pub(super) fn unreadable(line: u64, error: &dyn std::error::Error) -> Unread {
    let place = Place::file(format!("line {line}"), "");
    let fault = Fault::new(Code::Unreadable, place, error.to_string(), "readable lines");
    Unread {
        line,
        faults: fault.into(),
    }
}
