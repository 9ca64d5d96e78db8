//! What a run reached when, as a JSON line.

use std::error::Error;
use std::path::Path;

use serde_json::{Map, Value, json};

/// Where a run stood at some time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Seconds since the run began.
    pub seconds: f64,
    /// Value of the best answer so far, if there is one.
    pub value: Option<f64>,
    /// Proved limit on the value so far, if there is one.
    pub bound: Option<f64>,
}

impl Point {
    /// |bound − value|/|bound|; infinite where one is missing.
    #[must_use]
    pub fn gap(&self) -> f64 {
        match (self.value, self.bound) {
            (Some(value), Some(bound)) => {
                (bound - value).abs() / bound.abs().max(f64::MIN_POSITIVE)
            }
            _ => f64::INFINITY,
        }
    }
}

/// One run of a solver on a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What kind of task it is: `assignment`, `transport`, `gap` or `budget`.
    pub task: String,
    /// Who solved.
    pub solver: String,
    /// What was solved.
    pub file: String,
    /// How the run ended.
    pub status: String,
    /// Where it stood at the end.
    pub end: Point,
    /// Where it stood whenever value or bound had become better, in order of time.
    pub trace: Vec<Point>,
    /// Everything else that the line says.
    pub more: Map<String, Value>,
}

impl Line {
    /// Reads a line.
    ///
    /// # Errors
    /// When it is no JSON object, or lacks the solver, the file or the seconds.
    pub fn parse(text: &str) -> Result<Self, Box<dyn Error>> {
        let Value::Object(mut more) = serde_json::from_str(text)? else {
            return Err(format!("no JSON object: {text}").into());
        };
        let mut word = |name: &str| match more.remove(name) {
            Some(Value::String(word)) => Ok(word),
            _ => Err(format!("no {name} in {text}")),
        };
        let (task, solver, file) = (word("task")?, word("solver")?, word("file")?);
        let status = word("status").unwrap_or_default();
        let mut number = |name: &str| more.remove(name).and_then(|number| number.as_f64());
        let end = Point {
            seconds: number("seconds").ok_or_else(|| format!("no seconds in {text}"))?,
            value: number("value"),
            bound: number("bound"),
        };
        let points = more.remove("trace");
        let trace = points.iter().filter_map(Value::as_array).flatten();
        Ok(Self {
            task,
            solver,
            file,
            status,
            end,
            trace: trace.filter_map(point).collect(),
            more,
        })
    }

    /// Reads a file of lines.
    ///
    /// # Errors
    /// When the file cannot be read, or one of its lines is none.
    pub fn read(path: &Path) -> Result<Vec<Self>, Box<dyn Error>> {
        let text = std::fs::read_to_string(path)?;
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        lines.map(Self::parse).collect()
    }

    /// The run as a JSON object.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let trace = self.trace.iter();
        let mut line = json!({
            "task": self.task,
            "solver": self.solver,
            "file": self.file,
            "status": self.status,
            "seconds": self.end.seconds,
            "value": self.end.value,
            "bound": self.end.bound,
            "gap": Some(self.end.gap()).filter(|gap| gap.is_finite()),
            "trace": trace
                .map(|point| json!([point.seconds, point.value, point.bound]))
                .collect::<Vec<_>>(),
        });
        for (name, value) in &self.more {
            line[name] = value.clone();
        }
        line
    }

    /// Every point of the run, the end included.
    fn points(&self) -> impl Iterator<Item = &Point> {
        self.trace.iter().chain([&self.end])
    }

    /// First time at which the gap was this or less.
    #[must_use]
    pub fn seconds_to(&self, gap: f64) -> Option<f64> {
        let reached = |point: &&Point| point.gap() <= gap;
        self.points().find(reached).map(|point| point.seconds)
    }

    /// The gap that was reached by this time; infinite where there was none.
    #[must_use]
    pub fn gap_at(&self, seconds: f64) -> f64 {
        let by_then = self.points().filter(|point| point.seconds <= seconds);
        by_then.map(Point::gap).fold(f64::INFINITY, f64::min)
    }
}

fn point(entry: &Value) -> Option<Point> {
    let number = |at: usize| entry.get(at).and_then(Value::as_f64);
    Some(Point {
        seconds: number(0)?,
        value: number(1),
        bound: number(2),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"task":"gap","solver":"x","file":"f","status":"limit","seconds":3.0,
        "value":98.0,"bound":100.0,"threads":2,"trace":[[1.0,null,104.0],[2.0,90.0,100.0]]}"#;

    #[test]
    #[allow(clippy::float_cmp, reason = "numbers are read back as written")]
    fn a_line_says_what_was_reached_when() {
        let line = Line::parse(TEXT).expect("a line");
        assert_eq!(line.seconds_to(0.1), Some(2.0));
        assert_eq!(line.seconds_to(0.02), Some(3.0));
        assert_eq!(line.seconds_to(0.01), None);
        assert_eq!(line.gap_at(2.5), 0.1);
        assert!(line.gap_at(1.5).is_infinite());
        let again = Line::parse(&line.to_json().to_string()).expect("a line");
        assert_eq!(again.trace, line.trace);
        assert_eq!(again.more["threads"], 2);
    }

    #[test]
    fn a_line_without_a_solver_is_refused() {
        assert!(Line::parse(r#"{"task":"gap","file":"f","seconds":1}"#).is_err());
        assert!(Line::parse("[]").is_err());
    }
}
