//! JSON lines of measurements as tables, and which of them miss their targets.

use serde_json::Value;

use crate::report;

/// How a figure is written.
#[derive(Clone, Copy, Debug)]
pub enum Show {
    /// As it stands.
    Plain,
    /// A whole number.
    Whole,
    /// Seconds, from milliseconds.
    Milliseconds,
    /// Seconds.
    Seconds,
    /// A share in percent.
    Percent,
    /// A share that is tiny.
    Tiny,
    /// With two decimals.
    Decimal,
}

/// A column: key in the lines, title, form.
pub type Column = (&'static str, &'static str, Show);

fn cell(value: &Value, show: Show) -> String {
    let Some(number) = value.as_f64() else {
        return value.as_str().unwrap_or("–").to_owned();
    };
    match show {
        Show::Plain => value.to_string(),
        Show::Whole => format!("{number:.0}"),
        Show::Milliseconds => report::seconds(number / 1e3),
        Show::Seconds => report::seconds(number),
        Show::Percent => format!("{:.3} %", 100.0 * number),
        Show::Tiny => format!("{number:.1e}"),
        Show::Decimal => format!("{number:.2}"),
    }
}

/// A Markdown table of lines; what a line does not say is a dash.
#[must_use]
pub fn table(columns: &[Column], lines: &[Value]) -> String {
    let titles: Vec<&str> = columns.iter().map(|column| column.1).collect();
    let row = |line: &Value| {
        let cells = columns
            .iter()
            .map(|(key, _, show)| cell(&line[*key], *show));
        cells.collect()
    };
    report::table(&titles, &lines.iter().map(row).collect::<Vec<_>>())
}

/// What a figure must not exceed, or must reach.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// At most.
    Most(f64),
    /// At least.
    Least(f64),
}

/// Words on a figure that misses its target; `None` where it meets it, or where there is none.
#[must_use]
pub fn missed(line: &Value, name: &str, key: &str, target: Target) -> Option<String> {
    let found = line[key].as_f64()?;
    let (bad, word, limit) = match target {
        Target::Most(limit) => (found > limit, "at most", limit),
        Target::Least(limit) => (found < limit, "at least", limit),
    };
    bad.then(|| format!("{name}: {key} is {found:.4}, target {word} {limit}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_becomes_a_row_and_a_missed_target_words() {
        let line = json!({ "case": "a", "ms": 2.0, "gap": 0.01 });
        let columns = [
            ("case", "case", Show::Plain),
            ("ms", "time", Show::Milliseconds),
            ("gap", "gap", Show::Percent),
            ("none", "other", Show::Whole),
        ];
        let text = table(&columns, std::slice::from_ref(&line));
        assert!(text.ends_with("| a | 2.0 ms | 1.000 % | – |\n\n"), "{text}");
        let words = missed(&line, "a", "ms", Target::Most(1.0));
        assert_eq!(words.as_deref(), Some("a: ms is 2.0000, target at most 1"));
        assert_eq!(missed(&line, "a", "ms", Target::Least(1.0)), None);
        assert_eq!(missed(&line, "a", "none", Target::Most(1.0)), None);
    }
}
