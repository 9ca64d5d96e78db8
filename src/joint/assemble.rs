//! What joins hours and money, checked, and the task that comes of it.

use crate::domain::validate::nearest;
use crate::domain::{BudgetProblem, Problem};
use crate::fault::{Code, Fault, Faults, Place};
use crate::input::{FollowUpInput, JointInput};
use crate::prices::effort;
use crate::prices::joint::{FollowUp, Task};

/// Links between hours and money that were checked.
#[derive(Debug)]
pub(super) struct Joined {
    /// Teams in the order of the reps; crews are places in it.
    pub(super) teams: Vec<String>,
    crews: Vec<usize>,
    follow_ups: Vec<FollowUp>,
    money: Option<f64>,
}

impl Joined {
    pub(super) fn task<'a>(&self, effort: effort::Task<'a>, budget: &'a BudgetProblem) -> Task<'a> {
        Task {
            effort,
            budget: crate::budget::assembled(budget),
            crews: self.crews.clone(),
            follow_ups: self.follow_ups.clone(),
            money: self.money,
        }
    }
}

/// Checks links against both.
pub(super) fn join(
    problem: &Problem,
    budget: &BudgetProblem,
    links: &JointInput,
) -> Result<Joined, Faults> {
    let mut teams: Vec<String> = vec![];
    // A crew for each site, as a rep may have several bases.
    let mut crews = vec![];
    for rep in problem.reps() {
        let known = teams.iter().position(|team| *team == rep.team);
        crews.resize(crews.len() + rep.bases.len(), known.unwrap_or(teams.len()));
        if known.is_none() {
            teams.push(rep.team.clone());
        }
    }
    let mut faults = Faults::new();
    beside(problem, budget, &mut faults);
    let money = links.shared_money;
    if let Some(money) = money.filter(|money| !(money.is_finite() && *money >= 0.0)) {
        let place = Place::section("", "shared_money");
        let expected = "0 or more";
        faults.push(Fault::new(
            Code::OutOfRange,
            place,
            money.to_string(),
            expected,
        ));
    }
    let mut checker = Checker {
        budget,
        teams: &teams,
        faults: &mut faults,
    };
    let mut follow_ups: Vec<FollowUp> = vec![];
    for (at, given) in links.follow_ups.iter().enumerate() {
        for one in checker.follow_ups(at, given) {
            if follow_ups.iter().any(|other| other.cell == one.cell) {
                let found = "a second follow-up of the same responses";
                checker.fault(at, Code::DuplicateId, "channel", found, "one for each");
                break;
            }
            follow_ups.push(one);
        }
    }
    faults.or(Joined {
        teams,
        crews,
        follow_ups,
        money,
    })
}

/// Whether a budget is of the same periods and currency, and has a total that can be joined.
fn beside(problem: &Problem, budget: &BudgetProblem, faults: &mut Faults) {
    let own: Vec<&str> = (problem.calendar().periods.iter())
        .map(|period| period.name.as_str())
        .collect();
    if !own.iter().eq(budget.periods()) {
        let expected = format!("the periods of the problem: {}", own.join(", "));
        let place = Place::section("budget", "periods");
        let found = budget.periods().join(", ");
        faults.push(Fault::new(Code::BadLength, place, found, expected));
    }
    let currencies = [problem.currency(), budget.currency()];
    if currencies.iter().all(|one| !one.is_empty()) && currencies[0] != currencies[1] {
        let place = Place::section("budget", "currency");
        let expected = format!("{}, the currency of the problem", currencies[0]);
        faults.push(Fault::new(Code::OutOfRange, place, currencies[1], expected));
    }
    let targets = [
        ("total.min_return", budget.min_return()),
        ("total.min_value_money", budget.min_value()),
    ];
    for (field, target) in targets.into_iter().filter(|target| target.1 > 0.0) {
        let place = Place::section("budget", field);
        let expected = "no such target beside hours; min_marginal_return and limits are possible";
        let found = target.to_string();
        faults.push(Fault::new(Code::NeedlessNumber, place, found, expected));
    }
}

struct Checker<'c> {
    budget: &'c BudgetProblem,
    teams: &'c [String],
    faults: &'c mut Faults,
}

impl Checker<'_> {
    fn fault(&mut self, at: usize, code: Code, field: &str, found: &str, expected: &str) {
        let place = Place::entry("follow_ups", at, field);
        self.faults.push(Fault::new(code, place, found, expected));
    }

    fn unknown(&mut self, at: usize, field: &str, name: &str, known: &[&str]) {
        let place = Place::entry("follow_ups", at, field);
        let expected = format!("one of {}", known.join(", "));
        let fault = Fault::new(Code::UnknownName, place, name, expected);
        let near = nearest(name, known.iter().copied());
        self.faults.push(match near {
            Some(near) => fault.hint(format!("Did you mean `{near}`?")),
            None => fault,
        });
    }

    /// The follow-ups of all cells that one of the input names.
    fn follow_ups(&mut self, at: usize, given: &FollowUpInput) -> Vec<FollowUp> {
        let budget = self.budget;
        let channels: Vec<&str> = (budget.channels().iter())
            .map(|channel| channel.id.as_str())
            .collect();
        let channel = channels.iter().position(|id| *id == given.channel);
        if channel.is_none() {
            self.unknown(at, "channel", &given.channel, &channels);
        }
        let regions: Vec<&str> = (budget.regions().iter())
            .map(|one| one.0.as_str())
            .collect();
        let region = regions.iter().position(|id| *id == given.region);
        if region.is_none() && !given.region.is_empty() {
            self.unknown(at, "region", &given.region, &regions);
            return vec![];
        }
        let crew = self.teams.iter().position(|team| *team == given.team);
        if crew.is_none() && !given.team.is_empty() {
            let teams: Vec<&str> = self.teams.iter().map(String::as_str).collect();
            self.unknown(at, "team", &given.team, &teams);
            return vec![];
        }
        let hours = given.hours_per_response;
        if !(hours.is_finite() && hours > 0.0) {
            let found = hours.to_string();
            self.fault(
                at,
                Code::OutOfRange,
                "hours_per_response",
                &found,
                "above 0",
            );
            return vec![];
        }
        let cells = budget.cells().iter().enumerate();
        let named = cells.filter(|(_, cell)| {
            Some(cell.channel) == channel && region.is_none_or(|region| cell.region == region)
        });
        let follow_up = |(at, cell): (usize, &crate::domain::budget::CellFact)| FollowUp {
            cell: at,
            period: cell.period,
            crew: crew.filter(|_| !given.team.is_empty()),
            // The curve's responses are those of an ordinary period in the whole market.
            hours: hours * cell.weight / budget.channels()[cell.channel].margin,
        };
        named.map(follow_up).collect()
    }
}
