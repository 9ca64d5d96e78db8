//! Risk registers as CSV: a risk a row, or a few rows for a risk with several changes.

use std::io;

use super::table::{COLUMNS, Kind, Row, read_row};
use super::unreadable;
use crate::domain::Problem;
use crate::fault::{Code, Fault, Faults, Place};
use crate::scenario::change::Scenario;
use crate::scenario::draws::{Distribution, Draws, Event, MonteCarlo, Sampling, Uncertain};

/// Columns beside those of a change.
const OWN: [&str; 14] = [
    "id",
    "risk",
    "probability",
    "distribution",
    "mean",
    "sd",
    "low",
    "mode",
    "high",
    "shape",
    "values",
    "cut_low",
    "cut_high",
    "owner",
];

/// A risk of a register.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Risk {
    /// Line of its first row.
    pub line: u64,
    /// What may happen, in words.
    pub title: String,
    /// Who looks after it.
    pub owner: String,
    /// What it changes, and how likely it is.
    pub event: Event,
}

/// A risk register.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Register {
    /// The risks, in the order of their first rows.
    pub risks: Vec<Risk>,
    /// Numbers that are uncertain in any case: rows with a distribution and without a probability.
    pub uncertain: Vec<Uncertain>,
    /// First lines of the uncertain numbers.
    lines: Vec<u64>,
}

impl Register {
    /// Reads a register. Columns: `id`, `risk` (in words), `probability`, `owner`, `note`; those of a change as in
    /// a table of scenarios; and, where the number of the change is drawn, `distribution` with
    /// `mean`, `sd`, `low`, `mode`, `high`, `shape`, `values` (separated by `;`), `cut_low`,
    /// `cut_high`.
    ///
    /// # Errors
    /// All faults at once, each with its line.
    pub fn read(reader: impl io::Read) -> Result<Self, Faults> {
        let mut table = csv::ReaderBuilder::new().flexible(true).from_reader(reader);
        let header = table
            .headers()
            .map_err(|error| unreadable(1, &error).faults)?
            .clone();
        let (columns, mut faults) = columns(&header);
        let mut register = Self::default();
        for record in table.into_records() {
            match record {
                Ok(record) => register.row(&columns, &record, &mut faults),
                Err(error) => {
                    let line = error.position().map_or(0, csv::Position::line);
                    faults.extend(unreadable(line, &error).faults);
                    if error.is_io_error() {
                        break;
                    }
                }
            }
        }
        faults.or(register)
    }

    fn row(&mut self, columns: &[(String, Kind)], record: &csv::StringRecord, faults: &mut Faults) {
        let line = record.position().map_or(0, csv::Position::line);
        let mut row = Row {
            line,
            ..Row::default()
        };
        read_row(columns, record, &mut row);
        faults.extend(std::mem::take(&mut row.faults));
        let mut cells = Cells {
            columns,
            record,
            line,
            faults,
        };
        let id = cells.text("id").to_owned();
        let probability = cells.number("probability");
        let drawn = cells.distribution();
        let change: Vec<_> = row.change.into_iter().collect();
        let known = self.risks.iter().position(|risk| risk.event.id == id);
        if drawn.is_some() && probability.is_none() && known.is_none() {
            let (distribution, min, max) =
                drawn.unwrap_or((Distribution::Empirical(Vec::new()), None, None));
            self.lines.push(line);
            self.uncertain.push(Uncertain {
                name: id,
                changes: change,
                distribution,
                min,
                max,
            });
            return;
        }
        if known.is_none() {
            if probability.is_none() {
                cells.fault(
                    Code::MissingNumber,
                    "probability",
                    "",
                    "the probability of the risk, 0 to 1",
                );
            }
            let risk = Risk {
                line,
                title: cells.text("risk").to_owned(),
                owner: cells.text("owner").to_owned(),
                event: Event {
                    id,
                    probability: probability.unwrap_or_default(),
                    ..Event::default()
                },
            };
            self.risks.push(risk);
        }
        let at = known.unwrap_or(self.risks.len() - 1);
        let event = &mut self.risks[at].event;
        if known.is_some()
            && probability.is_some_and(|own| own.to_bits() != event.probability.to_bits())
        {
            let found = cells.text("probability").to_owned();
            cells.fault(
                Code::DuplicateId,
                "probability",
                &found,
                "the same for all rows of a risk",
            );
        }
        match drawn {
            None => event.changes.extend(change),
            Some((distribution, min, max)) => event.uncertain.push(Uncertain {
                name: String::new(),
                changes: change,
                distribution,
                min,
                max,
            }),
        }
    }

    /// All risks at once: each scenario draws which happen, and their numbers.
    ///
    /// # Errors
    /// As [`MonteCarlo::new`], with lines of the register.
    pub fn monte_carlo(
        &self,
        problem: &Problem,
        seed: u64,
        count: u64,
        sampling: Sampling,
    ) -> Result<MonteCarlo, Faults> {
        let draws = Draws {
            seed,
            count,
            sampling,
            uncertain: self.uncertain.clone(),
            correlation: Vec::new(),
            events: self.risks.iter().map(|risk| risk.event.clone()).collect(),
        };
        MonteCarlo::new(problem, &draws).map_err(|faults| self.at_lines(faults))
    }

    /// The problem as it is (`base`), then each risk alone, with the means of its numbers; all numbers
    /// that are uncertain in any case are left as they are.
    ///
    /// # Errors
    /// As [`MonteCarlo::new`], with lines of the register.
    pub fn alone(&self, problem: &Problem) -> Result<Vec<Scenario>, Faults> {
        self.monte_carlo(problem, 0, 1, Sampling::Plain)?;
        let mut scenarios = vec![Scenario::new("base")];
        for risk in &self.risks {
            let mut scenario = Scenario::new(&risk.event.id);
            scenario.changes.clone_from(&risk.event.changes);
            for uncertain in &risk.event.uncertain {
                if let Some(mean) = uncertain.mean() {
                    crate::scenario::draws::fill(uncertain, mean, &mut scenario.changes);
                }
            }
            scenarios.push(scenario);
        }
        Ok(scenarios)
    }

    /// Faults of events and numbers with the line of their first row.
    fn at_lines(&self, mut faults: Faults) -> Faults {
        for fault in faults.iter_mut() {
            let place = fault.place.to_string();
            let lines: Vec<u64> = if place.starts_with("events[") {
                self.risks.iter().map(|risk| risk.line).collect()
            } else {
                self.lines.clone()
            };
            let Some((at, field)) = place
                .split_once('[')
                .and_then(|(_, rest)| rest.split_once(']'))
            else {
                continue;
            };
            if let Some(line) = at.parse().ok().and_then(|at: usize| lines.get(at)) {
                fault.place = Place::file(format!("line {line}"), field.trim_start_matches('.'));
            }
        }
        faults
    }
}

/// The columns of a header; those that are not part of a change are left to [`Cells`].
fn columns(header: &csv::StringRecord) -> (Vec<(String, Kind)>, Faults) {
    let (mut columns, mut faults) = (Vec::new(), Faults::new());
    for name in header {
        let name = name.trim().trim_start_matches('\u{feff}');
        let of_change = COLUMNS
            .iter()
            .find(|column| column.0 == name && name != "scenario");
        let kind = match of_change {
            _ if OWN.contains(&name) => Some(Kind::Note),
            Some((_, kind)) => Some(*kind),
            None => None,
        };
        if let Some(kind) = kind {
            columns.push((name.to_owned(), kind));
            continue;
        }
        let known: Vec<&str> = COLUMNS[2..].iter().map(|column| column.0).collect();
        let known = format!("Columns: {}, {}.", OWN.join(", "), known.join(", "));
        let place = Place::file("line 1", name);
        let fault = Fault::new(Code::UnknownColumn, place, name, "a known column");
        faults.push(fault.hint(known));
        columns.push((name.to_owned(), Kind::Note));
    }
    for needed in ["id", "probability", "change"] {
        if !columns.iter().any(|column| column.0 == needed) {
            let place = Place::file("line 1", needed);
            faults.push(Fault::new(
                Code::MissingColumn,
                place,
                "",
                "a column of this name",
            ));
        }
    }
    (columns, faults)
}

/// A distribution with its limits.
type Drawn = (Distribution, Option<f64>, Option<f64>);

/// The cells of a row that are not part of a change.
struct Cells<'a> {
    columns: &'a [(String, Kind)],
    record: &'a csv::StringRecord,
    line: u64,
    faults: &'a mut Faults,
}

impl<'a> Cells<'a> {
    fn text(&self, name: &str) -> &'a str {
        let at = self.columns.iter().position(|column| column.0 == name);
        at.and_then(|at| self.record.get(at)).map_or("", str::trim)
    }

    fn fault(&mut self, code: Code, field: &str, found: &str, expected: &str) {
        let place = Place::file(format!("line {}", self.line), field);
        self.faults.push(Fault::new(code, place, found, expected));
    }

    fn number(&mut self, name: &str) -> Option<f64> {
        let text = self.text(name);
        if text.is_empty() {
            return None;
        }
        let number = text.parse().ok();
        if number.is_none() {
            self.fault(Code::NotANumber, name, text, "a number");
        }
        number
    }

    fn needed(&mut self, name: &str) -> f64 {
        if self.text(name).is_empty() {
            let expected = "a number, which the distribution needs";
            self.fault(Code::MissingNumber, name, "", expected);
        }
        self.number(name).unwrap_or_default()
    }

    fn distribution(&mut self) -> Option<Drawn> {
        let distribution = match self.text("distribution") {
            "" => return None,
            "normal" => Distribution::Normal {
                mean: self.needed("mean"),
                sd: self.needed("sd"),
            },
            "lognormal" => Distribution::Lognormal {
                mean: self.needed("mean"),
                sd: self.needed("sd"),
            },
            "triangular" => Distribution::Triangular {
                min: self.needed("low"),
                mode: self.needed("mode"),
                max: self.needed("high"),
            },
            "pert" => Distribution::Pert {
                min: self.needed("low"),
                mode: self.needed("mode"),
                max: self.needed("high"),
                shape: self.number("shape").unwrap_or(4.0),
            },
            "uniform" => Distribution::Uniform {
                min: self.needed("low"),
                max: self.needed("high"),
            },
            "empirical" => Distribution::Empirical(self.values()),
            other => {
                let expected = "normal, lognormal, triangular, pert, uniform or empirical";
                self.fault(Code::UnknownName, "distribution", other, expected);
                return None;
            }
        };
        Some((
            distribution,
            self.number("cut_low"),
            self.number("cut_high"),
        ))
    }

    fn values(&mut self) -> Vec<f64> {
        let texts = self.text("values").split(';').map(str::trim);
        let mut values = Vec::new();
        for text in texts.filter(|text| !text.is_empty()) {
            match text.parse() {
                Ok(value) => values.push(value),
                Err(_) => self.fault(Code::NotANumber, "values", text, "numbers separated by `;`"),
            }
        }
        values
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]
mod tests {
    use super::*;
    use crate::input::{Input, Market, Rep};

    const TABLE: &str = "\
id,risk,probability,change,market,rep,share,scale,distribution,low,mode,high,mean,sd,owner,note
demand,demand of the east,,potential,east,,,1,lognormal,,,,1,0.1,,every year
rival,a rival comes,0.3,competitor,west,,0.1,,pert,0.05,0.1,0.3,,,wang,
flu,half of spring is lost,0.1,leave,,ann,0.5,,,,,,,,li,
flu,,,potential,east,,,0.9,,,,,,,,less is bought too
";

    fn problem() -> Problem {
        let market = |id: &str| {
            Market::new(id)
                .at(31.0, 121.0)
                .potential(100.0)
                .visits(1.0, 2.0)
        };
        let input = Input::new("two").rep(Rep::new("ann").home(31.0, 121.0));
        Problem::new(&input.market(market("east")).market(market("west"))).unwrap()
    }

    #[test]
    fn a_register_becomes_events_and_scenarios() {
        let register = Register::read(TABLE.as_bytes()).unwrap();
        assert_eq!((register.risks.len(), register.uncertain.len()), (2, 1));
        assert_eq!(register.risks[0].owner, "wang");
        assert_eq!(register.risks[1].event.changes.len(), 2);
        let alone = register.alone(&problem()).unwrap();
        let ids: Vec<&str> = alone.iter().map(|one| &*one.id).collect();
        assert_eq!(ids, ["base", "rival", "flu"]);
        // Mean of the PERT: (0.05 + 4·0.1 + 0.3)/6.
        let crate::scenario::Change::Competitor { share, .. } = alone[1].changes[0] else {
            panic!("{alone:?}")
        };
        assert!((share - 0.125).abs() < 1e-12, "{share}");
        let drawn = register
            .monte_carlo(&problem(), 1, 1_000, Sampling::LatinHypercube)
            .unwrap();
        let named = |id: &str| {
            (0..1_000)
                .filter(|&at| drawn.scenario(at).unwrap().id.contains(id))
                .count()
        };
        assert_eq!(
            (named("rival"), named("flu"), named("demand")),
            (300, 100, 0)
        );
    }

    #[test]
    fn faults_of_a_register_name_their_lines() {
        let faults = |text: &str| {
            let read = Register::read(text.as_bytes());
            let faults = read
                .and_then(|register| register.alone(&problem()))
                .unwrap_err();
            faults
                .iter()
                .map(|f| format!("{} {}", f.code, f.place))
                .collect::<Vec<_>>()
        };
        let wrong = TABLE
            .replace("0.3,competitor,west", "1.3,competitor,wast")
            .replace("1,0.1,,every", "1,-1,,every");
        assert_eq!(
            faults(&wrong),
            [
                "E204 line 2 distribution.sd",
                "E204 line 3 probability",
                "E303 line 3 uncertain[0].changes[0].markets.ids"
            ]
        );
        let wrong = TABLE
            .replace("0.3,", "often,")
            .replace("pert", "bell")
            .replace("0.1,leave", ",leave");
        assert_eq!(
            faults(&wrong),
            [
                "E106 line 3 probability",
                "E604 line 3 distribution",
                "E605 line 3 probability",
                "E605 line 4 probability"
            ]
        );
        let wrong = faults("id,chance,change\n");
        assert_eq!(wrong, ["E105 line 1 chance", "E104 line 1 probability"]);
    }
}
