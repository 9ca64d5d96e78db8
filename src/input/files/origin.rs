//! Which file and line each entry came from.

use std::collections::HashMap;

use crate::fault::Place;

/// Where the entries of an input came from.
#[derive(Debug, Default)]
pub(super) struct Origin {
    /// The document that holds everything not in a table of its own.
    document: String,
    /// Tables read from files of their own, by the name of the list they fill.
    tables: HashMap<&'static str, Lines>,
    /// Entries of lists inside entries, by the name of the outer list, the entry and the inner list.
    nested: HashMap<(&'static str, usize, &'static str), Vec<Spot>>,
}

/// The file of a list and the line of each entry.
#[derive(Debug)]
struct Lines {
    file: &'static str,
    lines: Vec<u64>,
}

/// A line of a table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    /// Name of the file.
    pub(super) file: &'static str,
    /// Line, from 1.
    pub(super) line: u64,
    /// The one column that the entry came from, where the row holds more than the entry.
    pub(super) column: Option<&'static str>,
}

impl Origin {
    pub(super) fn document(name: String) -> Self {
        Self {
            document: name,
            ..Self::default()
        }
    }

    /// Notes that a list has a file of its own, even one without rows.
    pub(super) fn table(&mut self, list: &'static str, file: &'static str) {
        let lines = Vec::new();
        self.tables.insert(list, Lines { file, lines });
    }

    /// Whether a list has a file of its own.
    pub(super) fn has_table(&self, list: &str) -> bool {
        self.tables.contains_key(list)
    }

    /// Notes the line of the next entry of a list that has a file of its own.
    pub(super) fn entry(&mut self, list: &'static str, line: u64) {
        if let Some(table) = self.tables.get_mut(list) {
            table.lines.push(line);
        }
    }

    /// Notes where the next entry of a list inside an entry came from.
    pub(super) fn nested(
        &mut self,
        (list, index, inner): (&'static str, usize, &'static str),
        spot: Spot,
    ) {
        self.nested
            .entry((list, index, inner))
            .or_default()
            .push(spot);
    }

    /// Gives a place its file, and its line where it lies in a table.
    pub(super) fn locate(&self, place: &mut Place) {
        if place.origin.is_some() {
            return;
        }
        if let Some((origin, field)) = self.inside(place).or_else(|| self.row(place)) {
            place.origin = Some(origin);
            place.field = field;
            return;
        }
        place.field = place.to_string();
        place.origin = Some(self.document.clone());
    }

    /// File, line and field of a place in a list inside an entry.
    fn inside(&self, place: &Place) -> Option<(String, String)> {
        let (inner, at, field) = inner_entry(&place.field)?;
        // A map of shorter lived names, so that the names of the place can be looked up in it.
        let nested: &HashMap<(&str, usize, &str), Vec<Spot>> = &self.nested;
        let spots = nested.get(&(place.table.as_str(), place.index?, inner))?;
        let spot = spots.get(at)?;
        let field = spot.column.unwrap_or(field).to_owned();
        Some((format!("{}:{}", spot.file, spot.line), field))
    }

    /// File, line and field of a place in a table; the file alone for the table as a whole.
    fn row(&self, place: &Place) -> Option<(String, String)> {
        let table = self.tables.get(place.table.as_str())?;
        let origin = match place.index {
            Some(index) => format!("{}:{}", table.file, table.lines.get(index)?),
            None => table.file.to_owned(),
        };
        Some((origin, place.field.clone()))
    }
}

/// `skills[1].level` as (`skills`, 1, `level`).
fn inner_entry(field: &str) -> Option<(&str, usize, &str)> {
    let (inner, rest) = field.split_once('[')?;
    let (index, field) = rest.split_once(']')?;
    let index = index.parse().ok()?;
    Some((inner, index, field.strip_prefix('.').unwrap_or(field)))
}
