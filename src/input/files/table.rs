//! One CSV table: its header checked, its cells read one by one so that every fault is found.

use std::path::Path;

use csv::{ReaderBuilder, StringRecord};

use crate::fault::{Code, Fault, Faults, Place};

use super::read_text;

/// What a table looks like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Name of the file.
    pub(super) file: &'static str,
    /// Columns that must be there.
    pub(super) required: &'static [&'static str],
    /// Columns that may be there.
    pub(super) optional: &'static [&'static str],
}

/// A table in memory.
#[derive(Debug)]
pub(super) struct Table {
    file: &'static str,
    header: Vec<String>,
    rows: Vec<(u64, StringRecord)>,
}

/// A row with the faults of its cells.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) line: u64,
    table: &'a Table,
    record: &'a StringRecord,
    faults: &'a mut Faults,
}

impl Table {
    /// Reads a table; `None` if the folder has no such file. Records with faults are left out.
    pub(super) fn read(folder: &Path, shape: Shape, faults: &mut Faults) -> Option<Self> {
        let path = folder.join(shape.file);
        if !path.exists() {
            return None;
        }
        let text = match read_text(&path, shape.file) {
            Ok(text) => text,
            Err(found) => {
                faults.extend(found);
                return None;
            }
        };
        let mut reader = ReaderBuilder::new()
            .flexible(true)
            .from_reader(text.as_bytes());
        let header = match reader.headers() {
            Ok(header) => header.iter().map(|name| name.trim().to_owned()).collect(),
            Err(error) => {
                faults.push(syntax(shape.file, 1, &error));
                return None;
            }
        };
        let mut table = Self {
            file: shape.file,
            header,
            rows: Vec::new(),
        };
        table.check_header(shape, faults);
        table.read_rows(&mut reader, faults);
        Some(table)
    }

    fn check_header(&self, shape: Shape, faults: &mut Faults) {
        let place = || Place::file(format!("{}:1", self.file), "");
        let known: Vec<&str> = [shape.required, shape.optional].concat();
        for &name in shape.required {
            if !self.header.iter().any(|column| column == name) {
                let found = self.header.join(", ");
                let expected = format!("a column `{name}`");
                let fault = Fault::new(Code::MissingColumn, place(), &found, expected);
                faults.push(if found.contains(';') || found.contains('\t') {
                    fault.hint("Separate columns with commas, not with semicolons or tabs.")
                } else {
                    fault
                });
            }
        }
        for (at, name) in self.header.iter().enumerate() {
            if self.header[..at].contains(name) {
                let fault = Fault::new(Code::DuplicateId, place(), name, "each column once");
                faults.push(fault.hint("Remove one of the two columns."));
            } else if !known.contains(&name.as_str()) {
                let expected = format!("one of {}", known.join(", "));
                faults.push(Fault::new(Code::UnknownColumn, place(), name, expected));
            }
        }
    }

    fn read_rows(&mut self, reader: &mut csv::Reader<&[u8]>, faults: &mut Faults) {
        for record in reader.records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    let line = error.position().map_or(1, csv::Position::line);
                    faults.push(syntax(self.file, line, &error));
                    continue;
                }
            };
            let line = record.position().map_or(1, csv::Position::line);
            if record.len() == self.header.len() {
                self.rows.push((line, record));
                continue;
            }
            let place = Place::file(format!("{}:{line}", self.file), "");
            let found = format!("{} cells", record.len());
            let expected = format!("{} cells", self.header.len());
            let fault = Fault::new(Code::Syntax, place, found, expected);
            faults.push(fault.hint("Quote cells that contain a comma: \"a, b\"."));
        }
    }

    /// Calls `visit` with each row.
    pub(super) fn each(&self, faults: &mut Faults, mut visit: impl FnMut(&mut Row<'_>)) {
        for (line, record) in &self.rows {
            visit(&mut Row {
                line: *line,
                table: self,
                record,
                faults,
            });
        }
    }
}

fn syntax(file: &str, line: u64, error: &csv::Error) -> Fault {
    let place = Place::file(format!("{file}:{line}"), "");
    Fault::new(Code::Syntax, place, error.to_string(), "a CSV table")
}

impl Row<'_> {
    /// A cell without surrounding spaces; empty where the column is missing.
    pub(super) fn text(&self, column: &str) -> String {
        self.cell(column).to_owned()
    }

    fn cell(&self, column: &str) -> &str {
        let at = self.table.header.iter().position(|name| name == column);
        at.and_then(|at| self.record.get(at)).unwrap_or("").trim()
    }

    /// The place of a cell.
    pub(super) fn place(&self, column: &str) -> Place {
        Place::file(format!("{}:{}", self.table.file, self.line), column)
    }

    /// Adds a fault.
    pub(super) fn fault(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    /// A number, or nothing for an empty cell.
    pub(super) fn number(&mut self, column: &str) -> Option<f64> {
        let cell = self.cell(column);
        if cell.is_empty() {
            return None;
        }
        if let Ok(number) = cell.parse::<f64>() {
            return Some(number);
        }
        let fault = Fault::new(Code::NotANumber, self.place(column), cell, "a number");
        let digits = cell
            .chars()
            .all(|c| c.is_ascii_digit() || ",. -".contains(c));
        let fault = if digits {
            fault.hint("Write 1250.5: a point for decimals, no separators of thousands.")
        } else {
            fault
        };
        self.fault(fault);
        None
    }

    /// A whole number from 0, or nothing for an empty cell.
    pub(super) fn whole(&mut self, column: &str) -> Option<u32> {
        let cell = self.cell(column);
        if cell.is_empty() {
            return None;
        }
        let number = cell.parse::<u32>();
        if number.is_err() {
            let expected = "a whole number, 0 or more";
            let fault = Fault::new(Code::NotANumber, self.place(column), cell, expected);
            self.fault(fault);
        }
        number.ok()
    }

    /// A flag; false for an empty cell.
    pub(super) fn flag(&mut self, column: &str) -> bool {
        match self.cell(column).to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => true,
            "false" | "no" | "0" | "" => false,
            _ => {
                let cell = self.cell(column);
                let fault = Fault::new(Code::NotAFlag, self.place(column), cell, "true or false");
                self.fault(fault);
                false
            }
        }
    }
}
