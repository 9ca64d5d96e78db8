//! Scenarios of a budget that name its channels, periods and regions.

#[cfg(feature = "files")]
use std::io::{self, BufRead};

use super::BudgetScenarios;
use super::change::{BudgetChange, BudgetScenario};
use crate::budget::assembled;
use crate::domain::BudgetProblem;
use crate::fault::{Code, Fault, Faults, Place};
use crate::prices::budget::{Budget, Limit};
#[cfg(feature = "files")]
use crate::scenario::read::Lines;

/// A listed scenario, or what is wrong with its line.
type Listed = (u64, Result<BudgetScenario, Faults>);

/// A list of scenarios with the budget that they change.
#[derive(Clone, Debug)]
pub struct NamedBudgets<'p> {
    problem: &'p BudgetProblem,
    base: Budget<'p>,
    list: Vec<Listed>,
}

impl<'p> NamedBudgets<'p> {
    /// Scenarios of a problem. What a scenario names and is not there fails that scenario alone.
    #[must_use]
    pub fn new(problem: &'p BudgetProblem, scenarios: Vec<BudgetScenario>) -> Self {
        let list = scenarios.into_iter().map(|one| (0, Ok(one)));
        Self {
            problem,
            base: assembled(problem),
            list: list.collect(),
        }
    }

    /// Each channel stops alone (N−1), in the order of the budget.
    #[must_use]
    pub fn without_one(problem: &'p BudgetProblem) -> Self {
        let ids = problem.channels().iter().map(|one| [one.id.as_str()]);
        Self::new(problem, ids.map(|id| without(&id)).collect())
    }

    /// The same, and then every two of them stop together (N−2).
    #[must_use]
    pub fn without_one_or_two(problem: &'p BudgetProblem) -> Self {
        let mut scenarios = Self::without_one(problem);
        let channels = problem.channels();
        for (at, first) in channels.iter().enumerate() {
            let pairs = channels[at + 1..].iter();
            let pairs = pairs.map(|second| [first.id.as_str(), second.id.as_str()]);
            let pairs = pairs.map(|pair| (0, Ok(without(&pair))));
            scenarios.list.extend(pairs);
        }
        scenarios
    }

    /// Scenarios as JSON lines. A line that is no scenario has a result that names the line.
    ///
    /// # Errors
    /// What the reader says.
    #[cfg(feature = "files")]
    pub fn read(problem: &'p BudgetProblem, reader: impl BufRead) -> io::Result<Self> {
        let mut lines = Lines::new(reader);
        let mut text = vec![];
        let mut list = vec![];
        while let Some(line) = lines.next_into(&mut text)? {
            let scenario = serde_json::from_slice(&text).map_err(|error| {
                let place = Place::file(format!("line {line}"), "");
                let expected = "a budget scenario as one JSON object";
                Fault::new(Code::Syntax, place, error.to_string(), expected).into()
            });
            list.push((line, scenario));
        }
        Ok(Self {
            problem,
            base: assembled(problem),
            list,
        })
    }

    /// The budget as it is.
    #[must_use]
    pub fn base(&self) -> &Budget<'p> {
        &self.base
    }

    /// Ids of the channels, in the order of [`super::BudgetRecord::channels`].
    pub fn channels(&self) -> impl Iterator<Item = &str> {
        self.problem.channels().iter().map(|one| one.id.as_str())
    }

    fn entry(&self, index: u64) -> &Listed {
        let at = usize::try_from(index).unwrap_or(usize::MAX);
        &self.list[at]
    }
}

impl BudgetScenarios for NamedBudgets<'_> {
    fn count(&self) -> u64 {
        self.list.len() as u64
    }

    fn name(&self, index: u64) -> (String, Option<f64>) {
        match &self.entry(index).1 {
            Ok(scenario) => (scenario.id.clone(), scenario.probability),
            Err(_) => (index.to_string(), None),
        }
    }

    fn apply(&self, index: u64, budget: &mut Budget<'_>) -> Result<(), Faults> {
        let (line, scenario) = self.entry(index);
        let scenario = scenario.as_ref().map_err(Clone::clone)?;
        let mut editor = Editor {
            problem: self.problem,
            line: *line,
            faults: Faults::default(),
        };
        if let Some(probability) = scenario.probability
            && !(0.0..=1.0).contains(&probability)
        {
            editor.fault(Code::OutOfRange, "probability", probability, "0 to 1");
        }
        for (at, change) in scenario.changes.iter().enumerate() {
            editor.make(at, change, budget);
        }
        editor.faults.or(())
    }
}

/// Makes changes and gathers what is wrong with them.
struct Editor<'p> {
    problem: &'p BudgetProblem,
    line: u64,
    faults: Faults,
}

impl Editor<'_> {
    fn fault(&mut self, code: Code, field: &str, found: impl ToString, expected: &str) {
        let place = match self.line {
            0 => Place::section("changes", field),
            line => Place::file(format!("line {line}"), field),
        };
        let found = found.to_string();
        self.faults.push(Fault::new(code, place, found, expected));
    }

    fn make(&mut self, at: usize, change: &BudgetChange, budget: &mut Budget<'_>) {
        let field = |name: &str| format!("changes[{at}].{name}");
        match change {
            BudgetChange::Total { amount } => match amount.of(budget.total.ceiling) {
                Some(most) if most >= 0.0 && most.is_finite() => set_total(budget, most),
                other => self.number(&field("amount"), other),
            },
            BudgetChange::MinMarginalReturn { amount } => match amount.of(budget.charge) {
                Some(least) if least >= 0.0 && least.is_finite() => budget.charge = least,
                other => self.number(&field("amount"), other),
            },
            BudgetChange::Response {
                channels,
                periods,
                regions,
                factor,
            } => {
                let cells = self.cells(at, channels, periods, regions);
                if self.is_factor(&field("factor"), *factor) {
                    cells
                        .iter()
                        .for_each(|cell| budget.cells[*cell].weight *= factor);
                }
            }
            BudgetChange::Cost {
                channels,
                periods,
                regions,
                factor,
            } => {
                let cells = self.cells(at, channels, periods, regions);
                if self.is_factor(&field("factor"), *factor) {
                    cells
                        .iter()
                        .for_each(|cell| budget.cells[*cell].units /= factor);
                }
            }
            BudgetChange::Stop {
                channels,
                periods,
                regions,
            } => {
                let whole = periods.is_empty() && regions.is_empty();
                for number in self.cells(at, channels, periods, regions) {
                    let cell = &mut budget.cells[number];
                    (cell.low, cell.high, cell.minimum) = (0.0, 0.0, 0.0);
                    if whole {
                        // A channel that is gone takes what it had to get along.
                        let channel = self.problem.cells()[number].channel;
                        budget.channels[channel].limit.floor = 0.0;
                    }
                }
            }
            BudgetChange::ShiftSeason { channels, by } => {
                let cells = self.cells(at, channels, &[], &[]);
                self.shift(&cells, *by, budget);
            }
            BudgetChange::Limit {
                name,
                min_money,
                max_money,
            } => {
                let Some(limit) = find(budget, name) else {
                    let expected = "a channel, period or region that has a limit";
                    return self.fault(Code::UnknownName, &field("name"), name, expected);
                };
                limit.floor = min_money.unwrap_or(limit.floor);
                limit.ceiling = max_money.unwrap_or(limit.ceiling);
            }
        }
    }

    fn number(&mut self, field: &str, found: Option<f64>) {
        let found = found.map_or("lift".to_owned(), |number| number.to_string());
        self.fault(
            Code::OutOfRange,
            field,
            found,
            "a number that comes to 0 or more",
        );
    }

    fn is_factor(&mut self, field: &str, factor: f64) -> bool {
        let holds = factor > 0.0 && factor.is_finite();
        if !holds {
            self.fault(Code::OutOfRange, field, factor, "a factor above 0");
        }
        holds
    }

    /// Cells by number, of what is named; nothing where a name is unknown.
    fn cells(
        &mut self,
        at: usize,
        channels: &[String],
        periods: &[String],
        regions: &[String],
    ) -> Vec<usize> {
        let problem = self.problem;
        let channel = self.mask(at, "channels", channels, |id| {
            problem.channels().iter().position(|one| one.id == id)
        });
        let period = self.mask(at, "periods", periods, |id| {
            problem.periods().iter().position(|one| one == id)
        });
        let region = self.mask(at, "regions", regions, |id| {
            problem.regions().iter().position(|one| one.0 == id)
        });
        let has = |mask: &Option<Vec<usize>>, at: usize| {
            mask.as_ref().is_none_or(|mask| mask.contains(&at))
        };
        let cells = problem.cells().iter().enumerate();
        let chosen = cells.filter_map(|(number, cell)| {
            let chosen = has(&channel, cell.channel)
                && has(&period, cell.period)
                && has(&region, cell.region);
            chosen.then_some(number)
        });
        chosen.collect()
    }

    fn mask(
        &mut self,
        at: usize,
        field: &str,
        names: &[String],
        find: impl Fn(&str) -> Option<usize>,
    ) -> Option<Vec<usize>> {
        let mut found = vec![];
        for name in names {
            match find(name) {
                Some(place) => found.push(place),
                None => {
                    let field = format!("changes[{at}].{field}");
                    let expected = "an id of the budget";
                    self.fault(Code::UnknownName, &field, name, expected);
                }
            }
        }
        (!names.is_empty()).then_some(found)
    }

    fn shift(&self, cells: &[usize], by: i32, budget: &mut Budget<'_>) {
        let periods = self.problem.periods().len();
        let steps = i64::from(by).rem_euclid(periods.max(1) as i64);
        let steps = usize::try_from(steps).unwrap_or(0);
        // Cells are laid out by channel, region and period: whole rounds of periods.
        for round in cells.chunks_exact(periods) {
            // Weight times units is the season but for the channel: lengths cancel out.
            let facts = round.iter().map(|cell| &self.problem.cells()[*cell]);
            let season: Vec<f64> = facts.map(|fact| fact.weight * fact.units).collect();
            for (at, cell) in round.iter().enumerate() {
                let from = season[(at + periods - steps) % periods];
                budget.cells[*cell].weight *= from / season[at];
            }
        }
    }
}

/// Channels stop.
fn without(channels: &[&str]) -> BudgetScenario {
    BudgetScenario::new(format!("without {}", channels.join(" and "))).change(BudgetChange::Stop {
        channels: channels.iter().map(|&id| id.to_owned()).collect(),
        periods: vec![],
        regions: vec![],
    })
}

/// Sets the most money; cells that the total alone had limited follow it.
fn set_total(budget: &mut Budget<'_>, most: f64) {
    let before = budget.total.ceiling;
    for cell in &mut budget.cells {
        if cell.high >= before {
            cell.high = most.max(cell.low);
            cell.minimum = cell.minimum.min(cell.high);
        }
    }
    if budget.total.floor >= before {
        budget.total.floor = most;
    }
    budget.total.ceiling = most;
}

fn find<'b>(budget: &'b mut Budget<'_>, name: &str) -> Option<&'b mut Limit> {
    let groups = budget.groups.iter_mut().map(|group| &mut group.limit);
    let channels = budget.channels.iter_mut().map(|channel| &mut channel.limit);
    let across = budget.across.iter_mut().map(|set| &mut set.limit);
    let mut all = groups.chain(channels).chain(across);
    all.find(|limit| limit.name == name)
}
