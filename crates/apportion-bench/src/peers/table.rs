//! Lines of runs as Markdown tables.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use super::line::Line;
use super::ours::APPORTION;
use crate::report;

/// Rounding that a comparison of gaps forgives.
const SLACK: f64 = 1e-12;
/// A budget run that says success farther than this from the certified optimum was mistaken.
const MISTAKEN: f64 = 0.01;

/// All tables for which there are lines.
#[must_use]
pub fn tables(lines: &[Line]) -> String {
    let mut text = String::new();
    let titles = [
        ("assignment", "Assignment with all rules"),
        ("gap", "Generalized assignment"),
        ("transport", "Transportation"),
    ];
    for (task, title) in titles {
        let own: Vec<&Line> = lines.iter().filter(|line| line.task == task).collect();
        if !own.is_empty() {
            let _ = write!(text, "## {title}\n\n{}", traced(&own));
        }
    }
    let budgets: Vec<&Line> = lines.iter().filter(|line| line.task == "budget").collect();
    if !budgets.is_empty() {
        let _ = write!(text, "## Budget\n\n{}", budget(&budgets));
    }
    text
}

/// Lines by file, in the order in which files first appear.
fn by_file<'a>(lines: &[&'a Line]) -> Vec<Vec<&'a Line>> {
    let mut files: Vec<Vec<&Line>> = Vec::new();
    for &line in lines {
        match files.iter_mut().find(|file| file[0].file == line.file) {
            Some(file) => file.push(line),
            None => files.push(vec![line]),
        }
    }
    files
}

const TRACED: [&str; 10] = [
    "file",
    "solver",
    "value",
    "gap at the end",
    "short of best bound",
    "seconds",
    "same gap",
    "to it: solver, apportion",
    "times faster",
    "gap at the same time: solver, apportion",
];

/// A table of what each solver reached, each beside apportion on the same file.
fn traced(lines: &[&Line]) -> String {
    let mut rows = Vec::new();
    for file in by_file(lines) {
        let ours = file.iter().find(|line| line.solver == APPORTION);
        let bound = best_bound(&file);
        for line in &file {
            let mut row = vec![
                line.file.clone(),
                line.solver.clone(),
                number(line.end.value),
                percent(line.end.gap()),
                percent(short(line.end.value, bound)),
                report::seconds(line.end.seconds),
            ];
            let beside = ours.filter(|ours| ours.solver != line.solver);
            row.extend(beside.map_or_else(|| vec!["–".to_owned(); 4], |ours| compare(line, ours)));
            rows.push(row);
        }
    }
    report::table(&TRACED, &rows)
}

/// The gap that both reached with the times to it and their ratio, and the gaps of both when the
/// first of them ended.
fn compare(line: &Line, ours: &Line) -> Vec<String> {
    let gap = line.end.gap().max(ours.end.gap());
    let times = [line, ours].map(|run| run.seconds_to(gap + SLACK));
    let same_gap = match times {
        [Some(theirs), Some(own)] if gap.is_finite() => [
            percent(gap),
            format!("{}, {}", report::seconds(theirs), report::seconds(own)),
            format!("{:.2}", theirs / own),
        ],
        _ => ["none", "–", "–"].map(str::to_owned),
    };
    let end = line.end.seconds.min(ours.end.seconds);
    let at_end = [line, ours].map(|run| percent(run.gap_at(end)));
    let when = report::seconds(end);
    let mut cells = same_gap.to_vec();
    cells.push(format!("{}, {} ({when})", at_end[0], at_end[1]));
    cells
}

/// The tightest proved limit of any run on a file.
fn best_bound(lines: &[&Line]) -> Option<f64> {
    let minimized = (lines.iter()).any(|line| line.more.get("sense") == Some(&Value::from("min")));
    let bounds = lines.iter().filter_map(|line| line.end.bound);
    bounds.reduce(if minimized { f64::max } else { f64::min })
}

fn short(value: Option<f64>, bound: Option<f64>) -> f64 {
    match (value, bound) {
        (Some(value), Some(bound)) => (bound - value).abs() / bound.abs().max(f64::MIN_POSITIVE),
        _ => f64::INFINITY,
    }
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| format!("{value:.0}"))
}

fn percent(share: f64) -> String {
    if share.is_finite() {
        format!("{:.4} %", 100.0 * share)
    } else {
        "none".to_owned()
    }
}

const BUDGET: [&str; 10] = [
    "channels",
    "curves",
    "responses ×",
    "solver",
    "gap, median",
    "gap, largest",
    "most left unspent",
    "farthest outside bounds",
    "seconds, median",
    "runs, failed, mistaken",
];

/// A table of budgets: runs on curves of one kind, with so many channels, put together.
fn budget(lines: &[&Line]) -> String {
    type Key = (u64, String, u64, String);
    let mut groups: BTreeMap<Key, Vec<&Line>> = BTreeMap::new();
    for &line in lines {
        let word = |name: &str| {
            let word = line.more.get(name).and_then(Value::as_str);
            word.unwrap_or_default().to_owned()
        };
        let whole = |name: &str| line.more.get(name).and_then(Value::as_u64).unwrap_or(0);
        let key = (
            whole("channels"),
            word("kind"),
            whole("divided"),
            line.solver.clone(),
        );
        groups.entry(key).or_default().push(line);
    }
    let rows: Vec<Vec<String>> = groups
        .into_iter()
        .map(|((channels, kind, divided, solver), runs)| {
            let scale = if divided > 1 {
                format!("1/{divided}")
            } else {
                "1".to_owned()
            };
            let gaps = sorted(&runs, |run| run.end.gap());
            let spare = sorted(&runs, |run| share_of(run, "unspent_share"));
            let outside = sorted(&runs, |run| share_of(run, "outside_share"));
            let seconds = sorted(&runs, |run| run.end.seconds);
            let count = |which: &dyn Fn(&&&Line) -> bool| runs.iter().filter(which).count();
            let failed = count(&|run| !succeeded(run));
            let mistaken = count(&|run| succeeded(run) && run.end.gap() > MISTAKEN);
            vec![
                channels.to_string(),
                kind,
                scale,
                solver,
                percent(gaps[gaps.len() / 2]),
                percent(gaps[gaps.len() - 1]),
                percent(spare[spare.len() - 1]),
                percent(outside[outside.len() - 1]),
                report::seconds(seconds[seconds.len() / 2]),
                format!("{}, {failed}, {mistaken}", runs.len()),
            ]
        })
        .collect();
    report::table(&BUDGET, &rows)
}

fn succeeded(line: &Line) -> bool {
    line.more.get("success") == Some(&Value::Bool(true))
}

fn share_of(line: &Line, name: &str) -> f64 {
    (line.more.get(name))
        .and_then(Value::as_f64)
        .unwrap_or(f64::NAN)
}

fn sorted(runs: &[&Line], figure: impl Fn(&Line) -> f64) -> Vec<f64> {
    let mut figures: Vec<f64> = runs.iter().map(|run| figure(run)).collect();
    figures.sort_by(f64::total_cmp);
    figures
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Line {
        Line::parse(text).expect("a line")
    }

    /// Both have reached 2 %: the other after 8 s, apportion after 1 s. When apportion ended, at 2 s,
    /// the other stood at 10 %.
    #[test]
    fn a_solver_is_compared_at_the_same_gap_and_at_the_same_time() {
        let lines = [
            r#"{"task":"assignment","solver":"x","file":"M","seconds":8,"value":98,"bound":100,
                "trace":[[2,90,100]]}"#,
            r#"{"task":"assignment","solver":"apportion","file":"M","seconds":2,"value":99,
                "bound":100,"trace":[[1,98,100]]}"#,
        ];
        let text = tables(&lines.map(line));
        let row = text.lines().find(|row| row.contains("| x |")).expect("row");
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        assert_eq!(
            cells[4..11],
            [
                "2.0000 %",
                "2.0000 %",
                "8.00 s",
                "2.0000 %",
                "8.00 s, 1.00 s",
                "8.00",
                "10.0000 %, 1.0000 % (2.00 s)",
            ]
        );
    }

    #[test]
    fn the_best_bound_of_costs_is_the_highest() {
        let lines = [
            r#"{"task":"gap","solver":"x","file":"d","sense":"min","seconds":1,"value":110,"bound":99}"#,
            r#"{"task":"gap","solver":"y","file":"d","sense":"min","seconds":1,"value":105,"bound":100}"#,
        ];
        let text = tables(&lines.map(line));
        assert!(
            text.contains("| x | 110 | 11.1111 % | 10.0000 % |"),
            "{text}"
        );
    }

    #[test]
    fn a_success_far_from_the_optimum_is_a_mistake() {
        let lines = [
            r#"{"task":"budget","solver":"x","file":"1","channels":5,"kind":"mixed","divided":1000000,
                "seconds":1,"value":90,"bound":100,"success":true,"unspent_share":0.25,"outside_share":0.0}"#,
            r#"{"task":"budget","solver":"x","file":"2","channels":5,"kind":"mixed","divided":1000000,
                "seconds":1,"value":100,"bound":100,"success":false,"unspent_share":0.0,"outside_share":0.001}"#,
        ];
        let text = tables(&lines.map(line));
        let expected = "| 5 | mixed | 1/1000000 | x | 10.0000 % | 10.0000 % | 25.0000 % | 0.1000 % | 1.00 s | 2, 1, 1 |";
        assert!(text.contains(expected), "{text}");
    }
}
