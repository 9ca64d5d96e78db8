//! Some sections of a report measured anew.

use super::Report;
use crate::machine::Commit;

impl Report {
    /// This report with the sections of another in place of its own of the same titles, or after them
    /// where it has none. Each says which commit it belongs to.
    #[must_use]
    pub fn spliced(&self, old: &str, commit: &Commit) -> String {
        let (body, failures) = old.split_once(super::FAILURES).unwrap_or((old, ""));
        let mut sections: Vec<String> = split(body);
        let mut failures: Vec<&str> = failures
            .lines()
            .filter(|line| line.starts_with("- "))
            .collect();
        let changes = if commit.dirty {
            ", **with uncommitted changes**"
        } else {
            ""
        };
        let mut last = sections.len();
        for new in split(&self.text)
            .into_iter()
            .filter(|new| new.starts_with("## "))
        {
            let title = title(&new).to_owned();
            let text = format!("{new}Measured anew at commit {}{changes}.\n\n", commit.name);
            match sections.iter().position(|own| self::title(own) == title) {
                Some(at) => {
                    sections[at] = text;
                    last = at + 1;
                }
                None => {
                    sections.insert(last, text);
                    last += 1;
                }
            }
            failures.retain(|line| {
                let rest = line[2..].strip_prefix(title.as_str());
                !rest.is_some_and(|rest| rest.starts_with(':') || rest.starts_with(','))
            });
        }
        let mut text: String = sections.concat();
        text.push_str(super::FAILURES);
        for failure in &self.failures {
            text.push_str(&format!("- {failure}\n"));
        }
        for failure in &failures {
            text.push_str(&format!("{failure}\n"));
        }
        if self.failures.is_empty() && failures.is_empty() {
            text.push_str("None.\n");
        }
        text
    }
}

/// The head of a report, then its sections.
fn split(text: &str) -> Vec<String> {
    let mut sections = vec![String::new()];
    for line in text.split_inclusive('\n') {
        if line.starts_with("## ") {
            sections.push(String::new());
        }
        if let Some(section) = sections.last_mut() {
            section.push_str(line);
        }
    }
    sections
}

fn title(section: &str) -> &str {
    let line = section.lines().next().unwrap_or_default();
    line.strip_prefix("## ").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_takes_the_place_of_its_own_kind() {
        let old = "# Benchmarks\n\n## A\n\none\n\n## B\n\ntwo\n\n## Failures and missed targets\n\n\
                   - A: slow\n- B, x: slow\n";
        let mut part = Report::default();
        part.add("## B\n\nthree\n\n");
        part.fail("B: still slow");
        let commit = Commit {
            name: "abc".to_owned(),
            dirty: false,
        };
        let text = part.spliced(old, &commit);
        assert_eq!(
            text,
            "# Benchmarks\n\n## A\n\none\n\n## B\n\nthree\n\nMeasured anew at commit abc.\n\n\
             ## Failures and missed targets\n\n- B: still slow\n- A: slow\n"
        );
    }
}
