//! The task as given, and what is wrong with it.

use std::error::Error;
use std::fmt;

use super::rules::{self, Rules};
use crate::curve::Curve;

/// Where reps may be based: a location, or a rep whose home is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// Cost of having any rep here; ≥ 0, in the unit of value.
    pub fixed: f64,
    /// Cost of each rep; ≥ 0.
    pub rep_cost: f64,
    /// Hours that a rep can give in each period; ≥ 0, infinite where hours are not limited.
    pub hours: Vec<f64>,
    /// Hours of overtime that a rep can give besides in each period; ≥ 0, finite.
    pub overtime: Vec<f64>,
    /// Cost of an hour of overtime; ≥ 0, in the unit of value.
    pub overtime_cost: f64,
    /// What an hour that no unit takes, overtime less its cost included, is worth in each period; ≥ 0, and 0
    /// where hours are not limited.
    pub hour_worth: Vec<f64>,
    /// Fewest reps: with 1 or more the site is open.
    pub least: u32,
    /// Most reps; at least `least`.
    pub most: u32,
    /// The unit that an open site must serve itself.
    pub own: Option<usize>,
}

/// What is served by one site: a market, an account, an area.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit<'a> {
    /// Response to productive hours in a period, counted in the period's `size`.
    pub curve: &'a Curve,
    /// Value of a unit of response in each period; ≥ 0.
    pub weight: Vec<f64>,
    /// Productive hours in each period that the curve counts as 1; > 0.
    pub size: Vec<f64>,
    /// Fewest productive hours in each period if the unit is served; ≥ 0, below `most_hours`.
    pub least_hours: Vec<f64>,
    /// Most productive hours in a period; finite.
    pub most_hours: f64,
    /// Value of leaving it unserved; `None` where it needs a site.
    pub unserved: Option<f64>,
}

/// A site that may serve a unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// Place of the site.
    pub site: usize,
    /// Place of the unit.
    pub unit: usize,
    /// Productive part of an hour of a rep, such as what the way leaves of it; > 0, 1 at most as a rule.
    pub productive: f64,
    /// What the response is multiplied by, such as the fit of the rep's skills; ≥ 0.
    pub ability: f64,
    /// Cost of an hour; ≥ 0.
    pub hour_cost: f64,
    /// Value of serving it from here whatever the hours, such as the cost of a move, below 0.
    pub constant: f64,
}

/// Sites, units and pairs.
#[derive(Clone, Debug, PartialEq)]
pub struct Task<'a> {
    /// Number of periods, 1 or more.
    pub periods: usize,
    /// Where reps may be.
    pub sites: Vec<Site>,
    /// What they serve.
    pub units: Vec<Unit<'a>>,
    /// Who may serve what; a pair at most once.
    pub pairs: Vec<Pair>,
    /// What units and sites must keep together.
    pub rules: Rules,
}

/// What is wrong with a task: each fault names the field and the place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// A list has not one number for each period.
    Periods(&'static str, usize),
    /// A number is out of range.
    Number(&'static str, usize),
    /// A pair names a site or unit that does not exist, or is there twice.
    Pair(usize),
    /// A unit that needs a site has none.
    NoSite(usize),
    /// A window is of what is not there, or asks for what cannot be given.
    Window(usize),
    /// A limit is of what is not there or there twice, or has a number out of range.
    Limit(usize),
    /// Units that must go together are none, not there, or there twice.
    Together(usize),
    /// Units that must be apart are not there, or the same.
    Apart(usize),
    /// A count is of a site that is not there or has one already, or has least above most.
    Count(usize),
    /// A spread has not one number for each pair or part, or one that is out of range.
    Spread(usize),
}

impl Fault {
    /// Whether it says that nobody may serve what must be served: no plan can exist, though all numbers are
    /// in range.
    #[must_use]
    pub fn is_of_nobody(&self) -> bool {
        matches!(self, Self::NoSite(_))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Periods(field, at) => {
                write!(f, "`{field}` of {at} has not one number for each period")
            }
            Self::Number(field, at) => write!(f, "`{field}` of {at} is out of range"),
            Self::Pair(at) => write!(f, "pair {at} is there twice, or of what is not there"),
            Self::Limit(at) => write!(f, "limit {at} is of what is not there, or out of range"),
            Self::Window(at) => write!(f, "window {at} is of what is not there, or too large"),
            Self::Together(at) => {
                write!(f, "units together {at} are none, not there, or there twice")
            }
            Self::Apart(at) => write!(f, "units apart {at} are not there, or the same"),
            Self::Count(at) => {
                write!(
                    f,
                    "count {at} is of a site not there or counted already, or out of range"
                )
            }
            Self::Spread(at) => write!(f, "spread {at} lacks numbers, or has some out of range"),
            Self::NoSite(unit) => {
                write!(f, "unit {unit} has no site and may not stay unserved")
            }
        }
    }
}

impl Error for Fault {}

/// Whether a number is finite and not negative.
pub(super) fn fine(number: f64) -> bool {
    number.is_finite() && number >= 0.0
}

impl Site {
    /// What the hours of a rep are worth over the plan at prices by period, overtime less its cost
    /// included.
    pub(super) fn worth_of_hours(&self, prices: &[f64]) -> f64 {
        let hours = self.hours.iter().zip(&self.overtime);
        let each = prices.iter().zip(hours).filter(|(price, _)| **price > 0.0);
        each.map(|(price, (hours, overtime))| {
            price * hours + (price - self.overtime_cost).max(0.0) * overtime
        })
        .sum()
    }
}

impl Task<'_> {
    /// All faults.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = vec![];
        for (at, site) in self.sites.iter().enumerate() {
            self.site_faults(at, site, &mut faults);
        }
        for (at, unit) in self.units.iter().enumerate() {
            self.unit_faults(at, unit, &mut faults);
        }
        self.pair_faults(&mut faults);
        rules::faults(self, &mut faults);
        faults
    }

    fn site_faults(&self, at: usize, site: &Site, faults: &mut Vec<Fault>) {
        if site.hours.len() != self.periods || self.periods == 0 {
            faults.push(Fault::Periods("hours", at));
        }
        if !site.hours.iter().all(|hours| *hours >= 0.0) {
            faults.push(Fault::Number("hours", at));
        }
        if site.overtime.len() != self.periods {
            faults.push(Fault::Periods("overtime", at));
        }
        if !site.overtime.iter().all(|hours| fine(*hours)) || !fine(site.overtime_cost) {
            faults.push(Fault::Number("overtime", at));
        }
        if site.hour_worth.len() != self.periods {
            faults.push(Fault::Periods("hour_worth", at));
        }
        let sold = |(worth, hours): (&f64, &f64)| fine(*worth) && (*worth <= 0.0 || fine(*hours));
        if !site.hour_worth.iter().zip(&site.hours).all(sold) {
            faults.push(Fault::Number("hour_worth", at));
        }
        if !fine(site.fixed) {
            faults.push(Fault::Number("fixed", at));
        }
        if !fine(site.rep_cost) {
            faults.push(Fault::Number("rep_cost", at));
        }
        if site.least > site.most {
            faults.push(Fault::Number("least", at));
        }
        if site.own.is_some_and(|unit| unit >= self.units.len()) {
            faults.push(Fault::Number("own", at));
        }
    }

    fn unit_faults(&self, at: usize, unit: &Unit<'_>, faults: &mut Vec<Fault>) {
        if unit.weight.len() != self.periods {
            faults.push(Fault::Periods("weight", at));
        }
        if unit.size.len() != self.periods {
            faults.push(Fault::Periods("size", at));
        }
        if !unit.size.iter().all(|size| fine(*size) && *size > 0.0) {
            faults.push(Fault::Number("size", at));
        }
        if unit.least_hours.len() != self.periods {
            faults.push(Fault::Periods("least_hours", at));
        }
        if !unit.weight.iter().all(|weight| fine(*weight)) {
            faults.push(Fault::Number("weight", at));
        }
        let within = |least: &f64| fine(*least) && *least <= unit.most_hours;
        if !unit.least_hours.iter().all(within) {
            faults.push(Fault::Number("least_hours", at));
        }
        if !fine(unit.most_hours) {
            faults.push(Fault::Number("most_hours", at));
        }
        if unit.curve.check().is_err() {
            faults.push(Fault::Number("curve", at));
        }
        if unit.unserved.is_some_and(|value| !value.is_finite()) {
            faults.push(Fault::Number("unserved", at));
        }
    }

    fn pair_faults(&self, faults: &mut Vec<Fault>) {
        let mut seen = vec![vec![]; self.units.len()];
        for (at, pair) in self.pairs.iter().enumerate() {
            let known = pair.site < self.sites.len() && pair.unit < self.units.len();
            if !known || seen[pair.unit].contains(&pair.site) {
                faults.push(Fault::Pair(at));
                continue;
            }
            seen[pair.unit].push(pair.site);
            if !(pair.productive.is_finite() && pair.productive > 0.0) {
                faults.push(Fault::Number("productive", at));
            }
            if !fine(pair.ability) {
                faults.push(Fault::Number("ability", at));
            }
            if !fine(pair.hour_cost) {
                faults.push(Fault::Number("hour_cost", at));
            }
            if !pair.constant.is_finite() {
                faults.push(Fault::Number("constant", at));
            }
        }
        for (at, unit) in self.units.iter().enumerate() {
            if unit.unserved.is_none() && seen[at].is_empty() {
                faults.push(Fault::NoSite(at));
            }
        }
    }
}
