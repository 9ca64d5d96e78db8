//! The plan for people and programs.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::assemble::Places;
use super::obligations::Asked;
use crate::domain::{Problem, SlotId};
use crate::explain::words::money;
use crate::input::Obligation;
use crate::prices::effort::{Solution, Task};

/// Reps that the summary names.
const NAMED: usize = 5;

/// Who serves what with how many hours, and the proof.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EffortPlan {
    /// Name of the problem.
    pub name: String,
    /// Currency of all money.
    pub currency: String,
    /// Value over the plan, in money.
    pub value: f64,
    /// Proved limit on the value of any plan, in money.
    pub bound: f64,
    /// (bound − value)/|bound|.
    pub gap: f64,
    /// Slots with a current rep that another one serves, or none.
    pub moves: usize,
    /// Reps in the order of the problem.
    pub reps: Vec<RepHours>,
    /// Slots in the order of the problem.
    pub slots: Vec<SlotHours>,
    /// Customer classes in the order of their names.
    pub classes: Vec<ClassHours>,
    /// What became of each obligation of the response, in its order.
    pub obligations: Vec<ObligationVisits>,
    /// What of the problem was not considered.
    pub left_aside: Vec<&'static str>,
}

/// Hours of a rep.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RepHours {
    /// The rep.
    pub rep: String,
    /// Whether the plan has the rep: false for a candidate who is not hired.
    pub in_plan: bool,
    /// Id of the base from which the rep works; empty where the plan has not the rep.
    pub base: String,
    /// Slots served.
    pub slots: usize,
    /// Hours given in each period, the way included.
    pub hours: Vec<f64>,
    /// Hours that there are in each period, overtime aside.
    pub available_hours: Vec<f64>,
    /// Hours of overtime in each period: what of the hours is above those that there are.
    pub overtime_hours: Vec<f64>,
    /// Money that one more hour would bring in each period; 0 where hours are left.
    pub money_per_hour: Vec<f64>,
}

/// Hours of a slot.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SlotHours {
    /// The market.
    pub market: String,
    /// The role.
    pub role: String,
    /// The rep; empty where it is unserved.
    pub rep: String,
    /// Hours of the rep in each period, the way included.
    pub hours: Vec<f64>,
    /// Visits in each period.
    pub visits: Vec<f64>,
    /// Visits that were planned in each period.
    pub planned_visits: Vec<f64>,
}

/// Visits of a customer class over the plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClassHours {
    /// The class; empty for markets without one.
    pub class: String,
    /// Slots.
    pub slots: usize,
    /// Slots without a rep.
    pub unserved: usize,
    /// Visits.
    pub visits: f64,
    /// Visits that were planned.
    pub planned_visits: f64,
}

/// An obligation in the plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ObligationVisits {
    /// What was asked for.
    #[serde(flatten)]
    pub obligation: Obligation,
    /// Slots that are served and must get the visits.
    pub slots: usize,
    /// Sets of periods of these slots, each with its own minimum.
    pub sets: usize,
    /// Sets that get just what is asked for: without the obligation they would get less.
    pub at_minimum: usize,
}

/// What a solution comes to for reps, slots and classes.
pub(crate) struct Lines {
    pub(crate) moves: usize,
    pub(crate) reps: Vec<RepHours>,
    pub(crate) slots: Vec<SlotHours>,
    pub(crate) classes: Vec<ClassHours>,
    pub(crate) obligations: Vec<ObligationVisits>,
    pub(crate) left_aside: Vec<&'static str>,
}

impl Lines {
    pub(crate) fn new(
        problem: &Problem,
        task: &Task<'_>,
        solution: &Solution,
        obligations: &[Asked],
    ) -> Self {
        let places = Places::of(problem);
        let reps = solution.site.iter();
        let reps: Vec<Option<usize>> = reps
            .map(|site| site.map(|site| places.at(site).0.index()))
            .collect();
        let productive = productive(task, solution);
        let slots: Vec<SlotHours> = (0..problem.slots().len())
            .map(|at| {
                slot(
                    problem,
                    solution,
                    (SlotId::at(at), reps[at]),
                    productive[at],
                )
            })
            .collect();
        let visits: Vec<&[f64]> = slots.iter().map(|slot| &slot.visits[..]).collect();
        let levels = problem.policy().objective.levels.len();
        Self {
            moves: moves(problem, &reps),
            reps: (0..problem.reps().len())
                .map(|at| rep(problem, (&places, solution), &reps, at))
                .collect(),
            classes: classes(problem, &slots),
            obligations: (obligations.iter())
                .map(|asked| asked.line(solution, &visits))
                .collect(),
            left_aside: if levels > 1 {
                vec!["priorities"]
            } else {
                vec![]
            },
            slots,
        }
    }
}

impl EffortPlan {
    pub(super) fn new(problem: &Problem, solution: &Solution, lines: Lines) -> Self {
        Self {
            name: problem.name().to_owned(),
            currency: problem.currency().to_owned(),
            value: solution.value,
            bound: solution.bound,
            gap: solution.gap,
            moves: lines.moves,
            reps: lines.reps,
            classes: lines.classes,
            obligations: lines.obligations,
            slots: lines.slots,
            left_aside: lines.left_aside,
        }
    }
}

fn moves(problem: &Problem, reps: &[Option<usize>]) -> usize {
    let slots = problem.slots().iter().zip(reps);
    let moved =
        slots.filter(|(slot, now)| slot.current.is_some_and(|rep| Some(rep.index()) != **now));
    moved.count()
}

/// The productive part of an hour for each slot, 0 where it is unserved.
fn productive(task: &Task<'_>, solution: &Solution) -> Vec<f64> {
    let mut productive = vec![0.0; task.units.len()];
    for pair in &task.pairs {
        if solution.site[pair.unit] == Some(pair.site) {
            productive[pair.unit] = pair.productive;
        }
    }
    productive
}

fn slot(
    problem: &Problem,
    solution: &Solution,
    (id, rep): (SlotId, Option<usize>),
    productive: f64,
) -> SlotHours {
    let slot = problem.slot(id);
    let hours = solution.hours[id.index()].clone();
    let visit = |hours: &f64| {
        if slot.hours_per_visit > 0.0 {
            hours * productive / slot.hours_per_visit
        } else {
            0.0
        }
    };
    SlotHours {
        market: problem.market(slot.market).id.clone(),
        role: problem.roles()[slot.role.index()].id.clone(),
        rep: rep.map_or_else(String::new, |rep| problem.reps()[rep].id.clone()),
        visits: hours.iter().map(visit).collect(),
        hours,
        planned_visits: problem.visits_of(id).to_vec(),
    }
}

fn rep(
    problem: &Problem,
    (places, solution): (&Places, &Solution),
    reps: &[Option<usize>],
    at: usize,
) -> RepHours {
    let rep = &problem.reps()[at];
    let mut hours = vec![0.0; problem.periods()];
    let served = (reps.iter().zip(&solution.hours)).filter(|(now, _)| **now == Some(at));
    let mut slots = 0;
    for (_, given) in served {
        slots += 1;
        for (sum, hours) in hours.iter_mut().zip(given) {
            *sum += hours;
        }
    }
    let site = places.of_rep(at).find(|site| solution.reps[*site] > 0);
    let base = |site: usize| rep.bases[places.at(site).1 as usize].id.clone();
    let over = |(given, hours): (&f64, &f64)| match site {
        Some(_) => (given - hours).max(0.0),
        None => 0.0,
    };
    RepHours {
        rep: rep.id.clone(),
        in_plan: site.is_some(),
        base: site.map_or_else(String::new, base),
        slots,
        overtime_hours: hours.iter().zip(&rep.hours).map(over).collect(),
        hours,
        available_hours: rep.hours.clone(),
        money_per_hour: site.map_or_else(
            || vec![0.0; problem.periods()],
            |site| solution.hour_price[site].clone(),
        ),
    }
}

fn classes(problem: &Problem, slots: &[SlotHours]) -> Vec<ClassHours> {
    let mut classes: BTreeMap<&str, ClassHours> = BTreeMap::new();
    for (slot, given) in slots.iter().zip(problem.slots()) {
        let name = problem.market(given.market).class.as_str();
        let class = classes.entry(name).or_insert_with(|| ClassHours {
            class: name.to_owned(),
            slots: 0,
            unserved: 0,
            visits: 0.0,
            planned_visits: 0.0,
        });
        class.slots += 1;
        class.unserved += usize::from(slot.rep.is_empty());
        class.visits += slot.visits.iter().sum::<f64>();
        class.planned_visits += slot.planned_visits.iter().sum::<f64>();
    }
    classes.into_values().collect()
}

/// What was not considered, in words.
pub(crate) fn tell_aside(left_aside: &[&str]) -> String {
    match left_aside {
        [] => "nothing".to_owned(),
        rules => rules.join(", "),
    }
}

/// Visits of classes and what became of obligations, a line each.
pub(crate) fn tell_visits(
    f: &mut fmt::Formatter<'_>,
    classes: &[ClassHours],
    obligations: &[ObligationVisits],
) -> fmt::Result {
    writeln!(
        f,
        "visits          by customer class, against those planned"
    )?;
    for class in classes {
        let name = if class.class.is_empty() {
            "none"
        } else {
            &class.class
        };
        writeln!(
            f,
            "  {name:<14}{:.0} of {:.0} planned ({:+.0} %), {} of {} slots unserved",
            class.visits,
            class.planned_visits,
            100.0 * (class.visits / class.planned_visits.max(f64::MIN_POSITIVE) - 1.0),
            class.unserved,
            class.slots
        )?;
    }
    for line in obligations {
        let asked = &line.obligation;
        let class = match &*asked.class {
            "" => "all classes",
            class => class,
        };
        let role = match &*asked.role {
            "" => String::new(),
            role => format!(", {role}"),
        };
        let when = match asked.every_periods {
            Some(run) => format!("every {run} periods"),
            None if asked.periods.is_empty() => "the whole plan".to_owned(),
            None => asked.periods.join(", "),
        };
        writeln!(
            f,
            "obligation      {class}{role}: {} visits in {when}; {} slots, just kept {} of {} times",
            asked.min_visits, line.slots, line.at_minimum, line.sets
        )?;
    }
    Ok(())
}

impl fmt::Display for EffortPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let paid = |amount: f64| money(amount, &self.currency);
        let title = if self.name.is_empty() {
            "Hours"
        } else {
            &self.name
        };
        writeln!(
            f,
            "{title}: value {}, proved to be at most {} ({:.3} % more)",
            paid(self.value),
            paid(self.bound),
            100.0 * self.gap
        )?;
        let used: f64 = self.reps.iter().flat_map(|rep| &rep.hours).sum();
        let hired = self.reps.iter().filter(|rep| rep.in_plan);
        let there: f64 = hired.clone().flat_map(|rep| &rep.available_hours).sum();
        write!(
            f,
            "hours           {used:.0} given; {} reps have {there:.0}",
            hired.count()
        )?;
        let overtime: f64 = self.reps.iter().flat_map(|rep| &rep.overtime_hours).sum();
        if overtime > 0.05 {
            write!(f, ", and give {overtime:.0} in overtime")?;
        }
        writeln!(f)?;
        writeln!(f, "moves           {}", self.moves)?;
        tell_visits(f, &self.classes, &self.obligations)?;
        writeln!(f, "one more hour   brings most with")?;
        for (rep, period, price) in self.dearest() {
            writeln!(f, "  {rep:<14}{} in period {}", paid(price), period + 1)?;
        }
        let aside = tell_aside(&self.left_aside);
        write!(f, "left aside      {aside}")
    }
}

impl EffortPlan {
    /// The reps whose hours are worth most, each in its best period.
    fn dearest(&self) -> Vec<(&str, usize, f64)> {
        let best = |rep: &'_ RepHours| {
            let prices = rep.money_per_hour.iter().copied().enumerate();
            prices.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
        };
        let mut found: Vec<(&str, usize, f64)> = (self.reps.iter())
            .filter_map(|rep| best(rep).map(|(period, price)| (rep.rep.as_str(), period, price)))
            .filter(|one| one.2 > 0.0)
            .collect();
        found.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(b.0)));
        found.truncate(NAMED);
        found
    }
}
