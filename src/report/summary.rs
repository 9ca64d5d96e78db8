//! A plan on half a page.

use std::fmt;

use serde::Serialize;

use super::concentration::{Concentration, concentrations};
use super::spread::{Spread, spreads};
use crate::backend::Stopped;
use crate::domain::{Goals, Problem, RepId, SlotId};
use crate::engine::Solved;
use crate::explain::words::{count, join, money};
use crate::plan::document::Claims;
use crate::plan::{Attainment, Ledger, PlanDocument};

/// Overtime below this, in hours, is rounding.
const SMALLEST_OVERTIME: f64 = 1e-6;
/// Overloaded reps named by `Display`; the rest is counted.
const NAMED: usize = 5;

/// What a plan reaches, at a glance.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Title of the problem.
    pub problem: String,
    /// Currency of all money.
    pub currency: String,
    /// Weighted value of the most important level, in money.
    pub value: f64,
    /// Proved limit on the value, in money; absent when nothing is proved.
    pub bound: Option<f64>,
    /// (bound − value)/|bound|, the largest over all levels; absent when nothing is proved.
    pub gap: Option<f64>,
    /// Every level of the objective.
    pub levels: Vec<Attainment>,
    /// Value of each goal, in money.
    pub goals: Goals,
    /// How evenly each balanced metric is spread.
    pub balance: Vec<Spread>,
    /// How much of the contribution hangs on one rep, market and family.
    pub concentration: Vec<Concentration>,
    /// (market, role) pairs that have a rep.
    pub served: usize,
    /// Pairs that have none.
    pub unserved: Unserved,
    /// Reps with overtime, most overtime first.
    pub overloaded: Vec<Overload>,
    /// Pairs that change hands.
    pub moves: u32,
    /// Pairs that have a rep now.
    pub held: usize,
    /// Candidates who are hired.
    pub hires: Vec<String>,
    /// Candidates there are.
    pub candidates: usize,
    /// Wall-clock time in seconds.
    pub seconds: f64,
    /// Whether the gap that was asked for is proved.
    pub optimal: bool,
    /// Why the run stopped: `finished`, `time_limit`, `solver_limit`, `cancelled` or `numerical`.
    pub stopped: &'static str,
    /// Who found the plan.
    pub found_by: String,
    /// Who proved the bound.
    pub proved_by: String,
}

/// Pairs that are left unserved.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Unserved {
    /// How many.
    pub count: usize,
    /// Their losses added up, in money.
    pub loss: f64,
    /// Their names, largest loss first.
    pub pairs: Vec<String>,
}

/// A rep with overtime.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Overload {
    /// Id of the rep.
    pub rep: String,
    /// Overtime over the whole plan, in hours.
    pub hours: f64,
    /// Overtime of each period that has some: name and hours.
    pub periods: Vec<(String, f64)>,
}

/// Sums up a plan.
///
/// # Panics
/// When the plan was made for another problem.
#[must_use]
pub fn summary(problem: &Problem, solved: &Solved) -> Summary {
    let ledger = Ledger::of(problem, &solved.plan);
    let finite = |number: f64| Some(number).filter(|number| number.is_finite());
    let candidates = || {
        let reps = problem.reps().iter().zip(&solved.plan.bases);
        reps.filter(|(rep, _)| rep.candidate)
    };
    Summary {
        problem: problem.name().to_owned(),
        currency: problem.currency().to_owned(),
        value: solved.value(),
        bound: finite(solved.bound()),
        gap: finite(solved.gap()),
        levels: solved.levels.clone(),
        goals: solved.goals,
        balance: spreads(problem, &ledger),
        concentration: concentrations(problem, &ledger),
        served: solved.plan.served(),
        unserved: unserved(problem, &ledger),
        overloaded: overloaded(problem, &ledger),
        moves: ledger.moves(),
        held: (problem.slots().iter())
            .filter(|slot| slot.current.is_some())
            .count(),
        hires: candidates()
            .filter(|(_, base)| base.is_some())
            .map(|(rep, _)| rep.id.clone())
            .collect(),
        candidates: candidates().count(),
        seconds: solved.proof.elapsed.as_secs_f64(),
        optimal: solved.proof.optimal,
        stopped: stopped_name(solved.proof.stopped),
        found_by: solved.proof.found_by.clone(),
        proved_by: solved.proof.proved_by.clone(),
    }
}

/// The document of a plan with what its run claims, for `plan.json`.
///
/// # Panics
/// When the plan was made for another problem.
#[must_use]
pub fn document(problem: &Problem, solved: &Solved) -> PlanDocument {
    let claims = Claims {
        goals: &solved.goals,
        levels: &solved.levels,
        hour_prices: &solved.hour_prices,
        found_by: &solved.proof.found_by,
        proved_by: &solved.proof.proved_by,
        stopped: stopped_name(solved.proof.stopped),
        optimal: solved.proof.optimal,
        seconds: solved.proof.elapsed.as_secs_f64(),
    };
    PlanDocument::new(problem, &solved.plan, &claims)
}

/// The name of a reason to stop, as in documents.
#[must_use]
pub fn stopped_name(stopped: Stopped) -> &'static str {
    match stopped {
        Stopped::Finished => "finished",
        Stopped::TimeLimit => "time_limit",
        Stopped::SolverLimit => "solver_limit",
        Stopped::Cancelled => "cancelled",
        Stopped::Numerical => "numerical",
    }
}

fn unserved(problem: &Problem, ledger: &Ledger<'_>) -> Unserved {
    let mut pairs: Vec<SlotId> = (0..problem.slots().len())
        .map(SlotId::at)
        .filter(|&slot| ledger.cover(slot).is_none())
        .collect();
    let loss = |slot: SlotId| problem.slot(slot).unserved_loss;
    pairs.sort_by(|&a, &b| loss(b).total_cmp(&loss(a)));
    Unserved {
        count: pairs.len(),
        loss: pairs.iter().map(|&slot| loss(slot)).sum(),
        pairs: pairs.iter().map(|&slot| problem.slot_name(slot)).collect(),
    }
}

fn overloaded(problem: &Problem, ledger: &Ledger<'_>) -> Vec<Overload> {
    let overload = |(at, rep): (usize, &crate::domain::Rep)| {
        let load = ledger.load(RepId::at(at)).iter().zip(&rep.hours);
        let periods: Vec<(String, f64)> = load
            .zip(&problem.calendar().periods)
            .map(|((load, hours), period)| (period.name.clone(), load - hours))
            .filter(|(_, over)| *over > SMALLEST_OVERTIME)
            .collect();
        (!periods.is_empty()).then(|| Overload {
            rep: rep.id.clone(),
            hours: periods.iter().map(|(_, over)| over).sum(),
            periods,
        })
    };
    let reps = problem.reps().iter().enumerate();
    let mut all: Vec<Overload> = reps.filter_map(overload).collect();
    all.sort_by(|a, b| b.hours.total_cmp(&a.hours));
    all
}

impl Summary {
    /// Value and what is proved about it, in one line.
    #[must_use]
    pub fn headline(&self) -> String {
        let value = money(self.value, &self.currency);
        match (self.bound, self.gap) {
            (Some(bound), Some(gap)) => format!(
                "value {value}, proved limit {}, gap {:.2} %",
                money(bound, &self.currency),
                100.0 * gap
            ),
            _ => format!("value {value}, nothing proved about better plans"),
        }
    }

    fn ending(&self) -> &'static str {
        match self.stopped {
            "finished" if self.optimal => "the gap that was asked for is proved",
            "finished" => "the solver had nothing left to try; the gap asked for is not proved",
            "time_limit" => "stopped at the time limit",
            "solver_limit" => "stopped at a limit of the solver's own",
            "cancelled" => "stopped on request",
            _ => "stopped with numerical trouble",
        }
    }

    fn write_goals(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told: Vec<(&str, String)> = (self.goals.iter())
            .filter(|(_, value)| value.abs() >= 0.5)
            .map(|(goal, value)| (goal.name(), money(value, &self.currency)))
            .collect();
        let width = told.iter().map(|(_, text)| text.chars().count()).max();
        for (name, text) in &told {
            let width = width.unwrap_or(0);
            write!(f, "\n  {name:<14}{text:>width$}")?;
        }
        Ok(())
    }

    fn write_levels(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.levels.len() < 2 {
            return Ok(());
        }
        for (at, level) in self.levels.iter().enumerate() {
            let value = money(level.value, &self.currency);
            write!(f, "\n  priority {}    {value}", at + 1)?;
            if level.bound.is_finite() {
                let bound = money(level.bound, &self.currency);
                write!(f, ", limit {bound}, gap {:.2} %", 100.0 * level.gap())?;
            }
        }
        Ok(())
    }

    fn write_balance(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.balance.is_empty() {
            return Ok(());
        }
        write!(f, "\nbalance, as a share of the fair share")?;
        for spread in &self.balance {
            write!(
                f,
                "\n  {:<14}{:.0} % ({}) to {:.0} % ({}), mean {:.0} %",
                spread.metric,
                100.0 * spread.min,
                spread.lowest,
                100.0 * spread.max,
                spread.highest,
                100.0 * spread.mean
            )?;
        }
        Ok(())
    }

    fn write_concentration(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.concentration.is_empty() {
            return Ok(());
        }
        write!(f, "\nconcentration, as a share of the revenue covered")?;
        for one in &self.concentration {
            write!(
                f,
                "\n  {:<14}{:.1} % from {}",
                one.source,
                100.0 * one.share,
                one.largest
            )?;
            if let Some(limit) = one.limit {
                write!(f, " (at most {:.1} %)", 100.0 * limit)?;
            }
            if let Some(few) = one.half_from {
                write!(f, ", half from {few}")?;
            }
        }
        Ok(())
    }

    fn write_unserved(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unserved = &self.unserved;
        if unserved.count == 0 {
            return write!(f, "\nunserved        none of {}", self.served);
        }
        let of = self.served + unserved.count;
        let loss = money(unserved.loss, &self.currency);
        write!(f, "\nunserved        {} of {of}", unserved.count)?;
        write!(f, ", loss {loss}: {}", join(&unserved.pairs))
    }

    fn write_overloaded(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.overloaded.is_empty() {
            return f.write_str("\noverloaded      nobody");
        }
        let hours: f64 = self.overloaded.iter().map(|one| one.hours).sum();
        let reps = count(self.overloaded.len(), "rep");
        write!(f, "\noverloaded      {reps}, {hours:.0} h of overtime")?;
        for one in self.overloaded.iter().take(NAMED) {
            let periods: Vec<String> = (one.periods.iter())
                .map(|(period, hours)| format!("{period} {hours:.1} h"))
                .collect();
            write!(
                f,
                "\n  {:<14}{:.1} h: {}",
                one.rep,
                one.hours,
                join(&periods)
            )?;
        }
        if self.overloaded.len() > NAMED {
            write!(f, "\n  and {} more", self.overloaded.len() - NAMED)?;
        }
        Ok(())
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.problem.is_empty() {
            write!(f, "{}: ", self.problem)?;
        }
        f.write_str(&self.headline())?;
        self.write_goals(f)?;
        self.write_levels(f)?;
        self.write_balance(f)?;
        self.write_concentration(f)?;
        self.write_unserved(f)?;
        self.write_overloaded(f)?;
        let held = self.held;
        write!(f, "\nmoves           {} of {held} held today", self.moves)?;
        if self.candidates > 0 {
            let hires = self.hires.len();
            write!(f, "\nhired           {hires} of {}", self.candidates)?;
            if hires > 0 {
                write!(f, ": {}", join(&self.hires))?;
            }
        }
        write!(
            f,
            "\nrun             {:.1} s, {}",
            self.seconds,
            self.ending()
        )?;
        write!(f, "; found by {}", self.found_by)?;
        write!(f, ", limit by {}", self.proved_by)
    }
}
