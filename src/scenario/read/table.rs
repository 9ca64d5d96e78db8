//! Scenarios as CSV: one change a row; rows that follow each other with the same scenario make
//! one.

use std::fmt;
use std::io;

use serde_json::{Map, Value};

use super::{Read, Unread, unreadable};
use crate::fault::{Code, Fault, Faults, Place};
use crate::scenario::change::{Change, Scenario};

/// What a column means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Id of the scenario.
    Scenario,
    /// Probability of the scenario.
    Probability,
    /// A text field of the change.
    Text,
    /// A number of the change.
    Number,
    /// A list of texts of the change, separated by `;`.
    List,
    /// A list within a selector: the selector and its field.
    Selector(&'static str, &'static str),
    /// The change's amount, by its kind.
    Amount,
    /// For people.
    Note,
}

/// Columns with what they mean.
pub(super) const COLUMNS: [(&str, Kind); 26] = [
    ("scenario", Kind::Scenario),
    ("probability", Kind::Probability),
    ("change", Kind::Text),
    ("market", Kind::Selector("markets", "ids")),
    ("segment", Kind::Selector("markets", "segments")),
    ("region", Kind::Selector("markets", "regions")),
    ("rep", Kind::Selector("reps", "ids")),
    ("team", Kind::Selector("reps", "teams")),
    ("roles", Kind::List),
    ("periods", Kind::List),
    ("scale", Kind::Amount),
    ("set", Kind::Amount),
    ("add", Kind::Amount),
    ("lift", Kind::Amount),
    ("share", Kind::Number),
    ("factor", Kind::Number),
    ("by", Kind::Number),
    ("length", Kind::Number),
    ("max_share", Kind::Number),
    ("from", Kind::Text),
    ("skill", Kind::Text),
    ("ability", Kind::Text),
    ("name", Kind::Text),
    ("min", Kind::Number),
    ("max", Kind::Number),
    ("note", Kind::Note),
];

/// A row: its line, its scenario, the probability and the change, as far as they can be read.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) scenario: String,
    pub(super) probability: Option<f64>,
    pub(super) change: Option<Change>,
    pub(super) faults: Faults,
}

/// Scenarios of a CSV table, row by row.
pub struct CsvRows<R> {
    records: csv::StringRecordsIntoIter<R>,
    columns: Vec<(String, Kind)>,
    pending: Option<Row>,
    line: u64,
    ended: bool,
}

impl<R> fmt::Debug for CsvRows<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsvRows")
            .field("columns", &self.columns)
            .field("line", &self.line)
            .finish_non_exhaustive()
    }
}

impl<R: io::Read> CsvRows<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// A header that cannot be read, lacks `scenario` or `change`, or has unknown columns.
    pub fn new(reader: R) -> Result<Self, Faults> {
        let mut table = csv::ReaderBuilder::new().flexible(true).from_reader(reader);
        let place = |field: &str| Place::file("line 1", field);
        let header = table.headers().map_err(|error| {
            Faults::from(Fault::new(
                Code::Syntax,
                place(""),
                error.to_string(),
                "a header",
            ))
        })?;
        let mut faults = Faults::new();
        let mut columns = Vec::new();
        for name in header {
            let name = name.trim().trim_start_matches('\u{feff}');
            if let Some(&(_, kind)) = COLUMNS.iter().find(|column| column.0 == name) {
                columns.push((name.to_owned(), kind));
            } else {
                let known = COLUMNS.map(|column| column.0).join(", ");
                let fault = Fault::new(Code::UnknownColumn, place(name), name, "a known column");
                faults.push(fault.hint(format!("Columns: {known}.")));
            }
        }
        for needed in ["scenario", "change"] {
            if !columns.iter().any(|column| column.0 == needed) {
                let expected = "a column of this name";
                faults.push(Fault::new(Code::MissingColumn, place(needed), "", expected));
            }
        }
        faults.or(Self {
            records: table.into_records(),
            columns,
            pending: None,
            line: 1,
            ended: false,
        })
    }

    fn row(&mut self) -> Option<Row> {
        let record = self.records.next()?;
        let mut row = Row {
            line: self.line + 1,
            ..Row::default()
        };
        match record {
            Ok(record) => {
                if let Some(position) = record.position() {
                    row.line = position.line();
                }
                self.line = row.line;
                read_row(&self.columns, &record, &mut row);
            }
            Err(error) => {
                self.ended = error.is_io_error();
                self.line += 1;
                row.faults = unreadable(row.line, &error).faults;
            }
        }
        Some(row)
    }
}

impl<R: io::Read> Iterator for CsvRows<R> {
    type Item = Read;

    fn next(&mut self) -> Option<Read> {
        let first = match self.pending.take() {
            Some(row) => row,
            None if self.ended => return None,
            None => self.row()?,
        };
        let line = first.line;
        let mut scenario = Scenario::new(first.scenario);
        scenario.probability = first.probability;
        scenario.changes.extend(first.change);
        let mut faults = first.faults;
        while !self.ended {
            let Some(row) = self.row() else { break };
            if row.scenario != scenario.id || row.scenario.is_empty() {
                self.pending = Some(row);
                break;
            }
            scenario.probability = scenario.probability.or(row.probability);
            scenario.changes.extend(row.change);
            faults.extend(row.faults);
        }
        Some(if faults.is_empty() {
            Ok((line, scenario))
        } else {
            Err(Unread { line, faults })
        })
    }
}

/// Takes the cells of a row as fields of a JSON object, which is what a change is read from.
pub(super) fn read_row(columns: &[(String, Kind)], record: &csv::StringRecord, row: &mut Row) {
    let origin = format!("line {}", row.line);
    let mut fields = Map::new();
    for ((name, kind), cell) in columns.iter().zip(record) {
        let cell = cell.trim();
        if cell.is_empty() {
            continue;
        }
        let number = || -> Result<Value, Faults> {
            let place = Place::file(&origin, name);
            let parsed: Result<Value, _> = serde_json::from_str(cell);
            let number = parsed.ok().filter(Value::is_number);
            number.ok_or_else(|| Fault::new(Code::NotANumber, place, cell, "a number").into())
        };
        match field(name, *kind, cell, number, row) {
            Ok(Some((key, value))) => put(&mut fields, &key, value),
            Ok(None) => {}
            Err(faults) => row.faults.extend(faults),
        }
    }
    if fields.is_empty() {
        return;
    }
    single_rep(&mut fields);
    match serde_json::from_value(Value::Object(fields)) {
        Ok(change) => row.change = Some(change),
        Err(error) => {
            let place = Place::file(&origin, "");
            let expected = "a change with the fields that it has";
            row.faults
                .push(Fault::new(Code::Syntax, place, error.to_string(), expected));
        }
    }
}

/// A cell as a field of the change, by a path with dots; the scenario's own cells go to the row.
fn field(
    name: &str,
    kind: Kind,
    cell: &str,
    number: impl Fn() -> Result<Value, Faults>,
    row: &mut Row,
) -> Result<Option<(String, Value)>, Faults> {
    let list = || -> Value { cell.split(';').map(|one| one.trim().to_owned()).collect() };
    Ok(Some(match kind {
        Kind::Note => return Ok(None),
        Kind::Scenario => {
            cell.clone_into(&mut row.scenario);
            return Ok(None);
        }
        Kind::Probability => {
            row.probability = number()?.as_f64();
            return Ok(None);
        }
        Kind::Text => (name.to_owned(), Value::from(cell)),
        Kind::Number if name == "length" => ("periods".to_owned(), number()?),
        Kind::Number if ["min", "max"].contains(&name) => (format!("{name}.set"), number()?),
        Kind::Number => (name.to_owned(), number()?),
        Kind::List => (name.to_owned(), list()),
        Kind::Selector(selector, field) => (format!("{selector}.{field}"), list()),
        Kind::Amount if name == "lift" => ("amount".to_owned(), Value::from("lift")),
        Kind::Amount => (format!("amount.{name}"), number()?),
    }))
}

fn put(fields: &mut Map<String, Value>, key: &str, value: Value) {
    match key.split_once('.') {
        None => {
            fields.insert(key.to_owned(), value);
        }
        Some((outer, inner)) => {
            let entry = fields
                .entry(outer)
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(entry) = entry {
                entry.insert(inner.to_owned(), value);
            }
        }
    }
}

/// Changes that concern one rep name it in a field of its own.
fn single_rep(fields: &mut Map<String, Value>) {
    let kind = fields.get("change").and_then(Value::as_str);
    if !matches!(kind, Some("ramp" | "remove_rep")) {
        return;
    }
    let ids = fields.get("reps").and_then(|reps| reps.get("ids"));
    let ids = ids.and_then(Value::as_array);
    if let Some([only]) = ids.map(Vec::as_slice) {
        let rep = only.clone();
        fields.remove("reps");
        fields.insert("rep".to_owned(), rep);
    }
}
