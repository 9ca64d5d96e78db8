//! Reads MPS files as far as the published instances need it: free and fixed format without spaces in
//! names, RANGES, integer markers, OBJSENSE, a constant as negative RHS of the objective.

use std::collections::HashMap;

use apportion::program::{LinearProgram, LinearProgramBuilder};

/// A file's program, maximized, and the factor that turns its optimum into the file's.
pub(crate) struct Published {
    pub(crate) program: LinearProgram,
    pub(crate) sign: f64,
}

#[derive(Default)]
struct Column {
    cost: f64,
    lower: f64,
    upper: Option<f64>,
    integer: bool,
    entries: Vec<(usize, f64)>,
}

#[derive(Default)]
struct Reading {
    objective: String,
    rows: HashMap<String, usize>,
    kinds: Vec<char>,
    rhs: Vec<f64>,
    ranges: Vec<Option<f64>>,
    names: HashMap<String, usize>,
    columns: Vec<Column>,
    constant: f64,
    integer: bool,
    maximize: bool,
}

pub(crate) fn read(text: &str) -> Published {
    let mut reading = Reading::default();
    let mut section = "";
    for line in text.lines().filter(|line| !line.starts_with('*')) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let Some(&first) = words.first() else {
            continue;
        };
        if !line.starts_with([' ', '\t']) {
            section = first;
            if section == "OBJSENSE" && words.len() > 1 {
                reading.maximize = words[1].starts_with("MAX");
            }
            continue;
        }
        match section {
            "OBJSENSE" => reading.maximize = first.starts_with("MAX"),
            "ROWS" => reading.row(&words),
            "COLUMNS" => reading.column(&words),
            "RHS" => reading.pairs(&words, Reading::set_rhs),
            "RANGES" => reading.pairs(&words, Reading::set_range),
            "BOUNDS" => reading.bound(&words),
            _ => {}
        }
    }
    reading.finish()
}

fn number(text: &str) -> f64 {
    text.parse()
        .unwrap_or_else(|_| panic!("{text} is no number"))
}

impl Reading {
    fn row(&mut self, words: &[&str]) {
        let kind = words[0].chars().next().unwrap().to_ascii_uppercase();
        if kind == 'N' {
            if self.objective.is_empty() {
                words[1].clone_into(&mut self.objective);
            }
            return;
        }
        self.rows.insert(words[1].to_owned(), self.kinds.len());
        self.kinds.push(kind);
        self.rhs.push(0.0);
        self.ranges.push(None);
    }

    fn column(&mut self, words: &[&str]) {
        if words.get(1) == Some(&"'MARKER'") {
            self.integer = words[2] == "'INTORG'";
            return;
        }
        let next = self.columns.len();
        let at = *self.names.entry(words[0].to_owned()).or_insert(next);
        if at == next {
            let integer = self.integer;
            self.columns.push(Column {
                integer,
                ..Column::default()
            });
        }
        for pair in words[1..].chunks_exact(2) {
            let value = number(pair[1]);
            if pair[0] == self.objective {
                self.columns[at].cost += value;
            } else if let Some(&row) = self.rows.get(pair[0]) {
                self.columns[at].entries.push((row, value));
            }
        }
    }

    /// The pairs of a line that may begin with the name of a set.
    fn pairs(&mut self, words: &[&str], set: fn(&mut Self, &str, f64)) {
        for pair in words[words.len() % 2..].chunks_exact(2) {
            set(self, pair[0], number(pair[1]));
        }
    }

    fn set_rhs(&mut self, row: &str, value: f64) {
        if row == self.objective {
            self.constant = -value;
        } else if let Some(&row) = self.rows.get(row) {
            self.rhs[row] = value;
        }
    }

    fn set_range(&mut self, row: &str, value: f64) {
        if let Some(&row) = self.rows.get(row) {
            self.ranges[row] = Some(value);
        }
    }

    fn bound(&mut self, words: &[&str]) {
        let kind = words[0];
        let has_number = !matches!(kind, "FR" | "MI" | "PL" | "BV");
        // The name of the set may be left out.
        let name = words[words.len() - 1 - usize::from(has_number)];
        let value = if has_number {
            number(words[words.len() - 1])
        } else {
            0.0
        };
        let column = &mut self.columns[self.names[name]];
        match kind {
            "UP" | "UI" => {
                column.upper = Some(value);
                if value < 0.0 && column.lower >= 0.0 {
                    column.lower = f64::NEG_INFINITY;
                }
            }
            "LO" | "LI" => column.lower = value,
            "FX" => (column.lower, column.upper) = (value, Some(value)),
            "FR" => (column.lower, column.upper) = (f64::NEG_INFINITY, None),
            "MI" => column.lower = f64::NEG_INFINITY,
            "BV" => (column.lower, column.upper, column.integer) = (0.0, Some(1.0), true),
            "PL" => column.upper = None,
            other => panic!("bound {other}"),
        }
    }

    fn finish(self) -> Published {
        let sign = if self.maximize { 1.0 } else { -1.0 };
        let mut builder = LinearProgramBuilder::new();
        let mut terms = vec![Vec::new(); self.kinds.len()];
        for column in &self.columns {
            // An integer without bounds is binary in old files, but HiGHS, the source, leaves it open.
            let upper = column.upper.unwrap_or(f64::INFINITY);
            let id = builder.column(sign * column.cost, column.lower, upper, column.integer);
            for &(row, value) in &column.entries {
                terms[row].push((id, value));
            }
        }
        builder.add_offset(sign * self.constant);
        for (row, mut terms) in terms.into_iter().enumerate() {
            let rhs = self.rhs[row];
            let (lower, upper) = match (self.kinds[row], self.ranges[row]) {
                ('E', None) => (rhs, rhs),
                ('E', Some(range)) if range < 0.0 => (rhs + range, rhs),
                ('E', Some(range)) => (rhs, rhs + range),
                ('L', range) => (range.map_or(f64::NEG_INFINITY, |r| rhs - r.abs()), rhs),
                ('G', range) => (rhs, range.map_or(f64::INFINITY, |r| rhs + r.abs())),
                (other, _) => panic!("row kind {other}"),
            };
            builder.row(lower, upper, &mut terms);
        }
        Published {
            program: builder.finish(),
            sign,
        }
    }
}
