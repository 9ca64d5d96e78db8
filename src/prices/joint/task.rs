//! The task as given, and what is wrong with it.

use std::error::Error;
use std::fmt;

use crate::prices::budget::Budget;
use crate::prices::effort;

/// Hours that a response of a cell takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FollowUp {
    /// Place of the cell; each cell at most once.
    pub cell: usize,
    /// Period of the cell.
    pub period: usize,
    /// Whose reps follow up; `None` for any.
    pub crew: Option<usize>,
    /// Hours for each unit of response; > 0.
    pub hours: f64,
}

/// Hours of a site's reps for a follow-up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Given {
    /// Place of the follow-up.
    pub follow_up: usize,
    /// Place of the site.
    pub site: usize,
    /// Hours; > 0.
    pub hours: f64,
}

/// An effort task and a budget that share hours, and money if they do.
#[derive(Clone, Debug)]
pub struct Task<'a> {
    /// Who serves what with how many hours. Hours left over are worth nothing in it.
    pub effort: effort::Task<'a>,
    /// How much money goes where; without targets.
    pub budget: Budget<'a>,
    /// Crew of each site of the effort task.
    pub crews: Vec<usize>,
    /// What takes hours.
    pub follow_ups: Vec<FollowUp>,
    /// Money for all costs of the effort task and all spend; ≥ 0. `None` where they do not share it.
    pub money: Option<f64>,
}

/// What is wrong with a task.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// There is not one crew for each site.
    Crews,
    /// A follow-up is of a cell that is not there, or there twice, of a period or crew that is not there, or
    /// takes no positive number of hours.
    FollowUp(usize),
    /// The money is negative or not finite.
    Money(f64),
    /// The budget has a target for return or value.
    Target,
    /// Hours of a site that are left over are worth something already.
    Worth(usize),
    /// Hours of a site are not limited.
    Hours(usize),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Crews => write!(f, "`crews` has not one crew for each site"),
            Self::FollowUp(at) => write!(f, "follow-up {at} is out of range or there twice"),
            Self::Money(money) => write!(f, "`money` is {money}, not a number ≥ 0"),
            Self::Target => write!(f, "the budget has a target for return or value"),
            Self::Hours(site) => write!(f, "`hours` of site {site} are not limited"),
            Self::Worth(site) => write!(f, "`hour_worth` of site {site} is not 0"),
        }
    }
}

impl Error for Fault {}

impl Task<'_> {
    /// All faults of what joins the two; those of the two are told by their solvers.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = vec![];
        if self.crews.len() != self.effort.sites.len() {
            faults.push(Fault::Crews);
        }
        let mut seen = vec![false; self.budget.cells.len()];
        for (at, follow_up) in self.follow_ups.iter().enumerate() {
            let known = seen.get(follow_up.cell).is_some_and(|seen| !seen)
                && follow_up.period < self.effort.periods
                && follow_up.crew.is_none_or(|crew| self.crews.contains(&crew))
                && follow_up.hours.is_finite()
                && follow_up.hours > 0.0;
            if known {
                seen[follow_up.cell] = true;
            } else {
                faults.push(Fault::FollowUp(at));
            }
        }
        if let Some(money) = self
            .money
            .filter(|money| !(money.is_finite() && *money >= 0.0))
        {
            faults.push(Fault::Money(money));
        }
        if self.budget.target_return > 0.0 || self.budget.target_value > 0.0 {
            faults.push(Fault::Target);
        }
        for (at, site) in self.effort.sites.iter().enumerate() {
            if site.hour_worth.iter().any(|worth| *worth > 0.0) {
                faults.push(Fault::Worth(at));
            }
            if site.hours.contains(&f64::INFINITY) {
                faults.push(Fault::Hours(at));
            }
        }
        faults
    }

    /// Whether a site may work on a follow-up.
    pub(super) fn may(&self, follow_up: &FollowUp, site: usize) -> bool {
        follow_up.crew.is_none_or(|crew| self.crews[site] == crew)
    }

    /// What an hour of a follow-up brings, in the unit of value.
    pub(super) fn worth(&self, follow_up: &FollowUp) -> f64 {
        self.budget.cells[follow_up.cell].weight / follow_up.hours
    }
}
