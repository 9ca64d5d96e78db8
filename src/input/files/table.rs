//! One CSV table: its header checked, its cells read one by one so that every fault is found.

use std::path::Path;

use csv::{ReaderBuilder, StringRecord};

use crate::fault::{Code, Fault, Faults, Place};

use super::origin::Spot;
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
                faults.push(malformed(shape.file, 1, &error));
                return None;
            }
        };
        let mut table = Self {
            file: shape.file,
            header,
            rows: Vec::new(),
        };
        table.check_header(shape, faults);
        table.read_rows(&text, &mut reader, faults);
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
            if name.is_empty() {
                let found = format!("no name for column {}", at + 1);
                let fault = Fault::new(Code::UnknownColumn, place(), found, "a name");
                faults.push(fault.hint("Name the column, or remove it and its comma."));
            } else if self.header[..at].contains(name) {
                let fault = Fault::new(Code::DuplicateId, place(), name, "each column once");
                faults.push(fault.hint("Remove one of the two columns."));
            } else if !known.contains(&name.as_str()) {
                let expected = format!("one of {}", known.join(", "));
                faults.push(Fault::new(Code::UnknownColumn, place(), name, expected));
            }
        }
    }

    fn read_rows(&mut self, text: &str, reader: &mut csv::Reader<&[u8]>, faults: &mut Faults) {
        let mut lines = LineCounter::new(text);
        let mut record = StringRecord::new();
        loop {
            match reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    let line = error.position().map_or(1, csv::Position::line);
                    faults.push(malformed(self.file, line, &error));
                    return;
                }
            }
            let start = record.position().map_or(0, |at| offset(at, text));
            let line = lines.line_of_record(start);
            let end = offset(reader.position(), text);
            let last = text.as_bytes()[end..].trim_ascii().is_empty();
            if last && ends_in_quotes(&text[start..]) {
                let expected = "a quotation mark at the end of the cell";
                let found = "a quoted cell that never ends";
                let fault = Fault::new(Code::Syntax, self.line(line), found, expected);
                faults.push(fault.hint("Close the cell, or double a mark that belongs to it."));
            } else if record.iter().all(|cell| cell.trim().is_empty()) {
                // Spreadsheets leave such rows behind.
            } else if record.len() == self.header.len() {
                self.rows.push((line, record.clone()));
            } else {
                faults.push(self.wrong_width(line, &record));
            }
        }
    }

    /// The place of a line.
    fn line(&self, line: u64) -> Place {
        Place::file(format!("{}:{line}", self.file), "")
    }

    fn wrong_width(&self, line: u64, record: &StringRecord) -> Fault {
        let found = format!("{} cells", record.len());
        let expected = format!("{} cells, as in the header row", self.header.len());
        let fault = Fault::new(Code::Syntax, self.line(line), found, expected);
        if record.iter().any(|cell| cell.contains('\n')) {
            fault.hint("A quotation mark opens a cell that goes on over several lines: close it.")
        } else if record.len() < self.header.len() {
            fault.hint("Add the cells that are missing; a cell may be empty.")
        } else {
            fault.hint("Quote cells that contain a comma: \"a, b\".")
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

fn malformed(file: &str, line: u64, error: &csv::Error) -> Fault {
    let place = Place::file(format!("{file}:{line}"), "");
    Fault::new(Code::Syntax, place, error.to_string(), "a CSV table")
}

/// Byte of a position, within the text.
fn offset(position: &csv::Position, text: &str) -> usize {
    usize::try_from(position.byte()).map_or(text.len(), |byte| byte.min(text.len()))
}

/// Whether the last record of a table is cut off within a quoted cell: what follows it would then
/// still belong to it.
fn ends_in_quotes(last_record: &str) -> bool {
    if !last_record.contains('"') {
        return false;
    }
    let followed = format!("{last_record}\nnext");
    let mut reader = ReaderBuilder::new()
        .flexible(true)
        .has_headers(false)
        .from_reader(followed.as_bytes());
    reader.records().count() < 2
}

/// Counts lines up to records. The CSV reader's own count takes the line before a record for its
/// line where lines end in CRLF or where blank lines come first.
struct LineCounter<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> LineCounter<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            bytes: text.as_bytes(),
            at: 0,
            line: 1,
        }
    }

    /// Line of a record that starts at a byte or after line ends there. Records come in order.
    fn line_of_record(&mut self, start: usize) -> u64 {
        while let Some(&byte) = self.bytes.get(self.at) {
            let ends_line = match byte {
                b'\n' => true,
                b'\r' => self.bytes.get(self.at + 1) != Some(&b'\n'),
                _ => false,
            };
            if self.at >= start && byte != b'\n' && byte != b'\r' {
                break;
            }
            self.line += u64::from(ends_line);
            self.at += 1;
        }
        self.line
    }
}

impl Row<'_> {
    /// Where the row is, or one column of it.
    pub(super) fn spot(&self, column: Option<&'static str>) -> Spot {
        Spot {
            file: self.table.file,
            line: self.line,
            column,
        }
    }

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

    /// A number in a column that must be there: an empty cell is a fault.
    pub(super) fn needed(&mut self, column: &str) -> f64 {
        let named = self.table.header.iter().any(|name| name == column);
        if named && self.cell(column).is_empty() {
            let fault = Fault::new(Code::NotANumber, self.place(column), "", "a number");
            self.fault(fault.hint("Fill the cell; write 0 for none."));
        }
        self.number(column).unwrap_or_default()
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

    /// A flag, or nothing for an empty cell.
    pub(super) fn maybe_flag(&mut self, column: &str) -> Option<bool> {
        (!self.cell(column).is_empty()).then(|| self.flag(column))
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
