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
    /// Lists inside entries that were read from files of their own, by the name of the outer list,
    /// the entry and the inner list.
    nested: HashMap<(&'static str, usize, &'static str), Lines>,
}

/// The file of a list and the line of each entry.
#[derive(Debug)]
struct Lines {
    file: &'static str,
    lines: Vec<u64>,
}

impl Origin {
    pub(super) fn document(name: String) -> Self {
        Self {
            document: name,
            ..Self::default()
        }
    }

    /// Notes the line of the next entry of a list.
    pub(super) fn entry(&mut self, list: &'static str, file: &'static str, line: u64) {
        let lines = Vec::new();
        let known = self.tables.entry(list);
        known.or_insert(Lines { file, lines }).lines.push(line);
    }

    /// Notes the line of the next entry of a list inside an entry.
    pub(super) fn nested(
        &mut self,
        (list, index, inner): (&'static str, usize, &'static str),
        file: &'static str,
        line: u64,
    ) {
        let lines = Vec::new();
        let known = self.nested.entry((list, index, inner));
        known.or_insert(Lines { file, lines }).lines.push(line);
    }

    /// Gives a place its file, and its line where it lies in a table.
    pub(super) fn locate(&self, place: &mut Place) {
        if place.origin.is_some() {
            return;
        }
        if let Some((origin, field)) = self.line_of(place) {
            place.origin = Some(origin);
            place.field = field;
            return;
        }
        let told = place.to_string();
        place.field = told;
        place.origin = Some(self.document.clone());
    }

    /// File, line and field of a place in a table.
    fn line_of(&self, place: &Place) -> Option<(String, String)> {
        let index = place.index?;
        let list = *self.lists().find(|list| **list == place.table)?;
        if let Some((inner, at, field)) = inner_entry(&place.field) {
            let lines = self.nested.iter().find(|((outer, entry, name), _)| {
                *outer == list && *entry == index && *name == inner
            });
            if let Some((_, lines)) = lines {
                let line = lines.lines.get(at)?;
                return Some((format!("{}:{line}", lines.file), field.to_owned()));
            }
        }
        let lines = self.tables.get(list)?;
        let line = lines.lines.get(index)?;
        Some((format!("{}:{line}", lines.file), place.field.clone()))
    }

    fn lists(&self) -> impl Iterator<Item = &&'static str> {
        let outer = self.nested.keys().map(|(list, _, _)| list);
        self.tables.keys().chain(outer)
    }
}

/// `skills[1].level` as (`skills`, 1, `level`).
fn inner_entry(field: &str) -> Option<(&str, usize, &str)> {
    let (inner, rest) = field.split_once('[')?;
    let (index, field) = rest.split_once(']')?;
    let index = index.parse().ok()?;
    Some((inner, index, field.strip_prefix('.').unwrap_or(field)))
}
