//! Sweeps over budgets: what a spend is worth, or the best spend, in thousands of futures.
//!
//! Every scenario begins at the budget as it is and its prices ([`Session`]), never at the scenario
//! before it, so results are the same on any threads and shards.
//!
//! ```
//! use apportion::domain::BudgetProblem;
//! use apportion::input::BudgetInput;
//! use apportion::prices::budget::Options;
//! use apportion::scenario::Amount;
//! use apportion::sweep::budgets::{
//!     BudgetChange, BudgetReaction, BudgetRecord, BudgetScenario, NamedBudgets, budget_sweep,
//! };
//! use apportion::sweep::runner::RunOptions;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let input: BudgetInput = serde_json::from_str(
//!     r#"{
//!         "total": { "max_money": 90 },
//!         "periods": [{ "id": "spring" }, { "id": "autumn" }],
//!         "channels": [{ "id": "online", "curve": { "family": "power", "scale": 1, "exponent": 0.5 } }]
//!     }"#,
//! )?;
//! let problem = BudgetProblem::new(&input)?;
//! let cut = BudgetScenario::new("cut").change(BudgetChange::Total { amount: Amount::Scale(0.5) });
//! let scenarios = NamedBudgets::new(&problem, vec![cut]);
//! let mut values = vec![];
//! budget_sweep(
//!     scenarios.base(),
//!     &scenarios,
//!     BudgetReaction::Replan(Options::default()),
//!     &RunOptions::default(),
//!     &mut |record: &BudgetRecord| {
//!         values.extend(record.value);
//!         Ok(())
//!     },
//!     &|_| {},
//! )?;
//! // Two equal periods share 45: 2·√22.5.
//! assert!((values[0] - 2.0 * 22.5_f64.sqrt()).abs() < 1e-6);
//! # Ok(())
//! # }
//! ```

mod change;
mod named;

pub use change::{BudgetChange, BudgetScenario};
pub use named::NamedBudgets;

use std::io;

use serde::{Deserialize, Serialize};

use super::record::{Sink, Status};
use super::runner::{Ran, RunOptions, Tell, Work, run};
use crate::fault::Faults;
use crate::prices::budget::{Answer, Budget, Options, Refusal, Session, check};

/// Numbered scenarios of a budget.
pub trait BudgetScenarios: Sync {
    /// How many there are.
    fn count(&self) -> u64;

    /// Id of a scenario, and its probability where it is stated.
    fn name(&self, index: u64) -> (String, Option<f64>) {
        (index.to_string(), None)
    }

    /// Changes a budget that has the numbers of the base. Cells, groups, channels and series must stay
    /// in number and order.
    ///
    /// # Errors
    /// What is wrong with the scenario: it then fails.
    fn apply(&self, index: u64, budget: &mut Budget<'_>) -> Result<(), Faults>;
}

/// What is done in a scenario.
#[derive(Clone, Copy, Debug)]
pub enum BudgetReaction<'a> {
    /// The spend of each cell is kept and valued.
    Keep(&'a [f64]),
    /// The best spend is found.
    Replan(Options),
}

/// The result of a scenario; what it means is as in [`super::Record`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BudgetRecord {
    /// Number of the scenario, from 0.
    pub index: u64,
    /// Id of the scenario.
    pub id: String,
    /// Probability, where it is stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// How it ended.
    pub status: Status,
    /// Weighted responses less fees, in money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Proved limit on the net of every spend; absent for a spend that is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<f64>,
    /// (bound − net)/|net|; absent for a spend that is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<f64>,
    /// All spend, in money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spent: Option<f64>,
    /// Spend of each channel, in money.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<f64>,
    /// Why there is no valid spend; empty otherwise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

impl BudgetRecord {
    fn take(&mut self, budget: &Budget<'_>, spend: &[f64]) {
        self.spent = Some(spend.iter().sum());
        self.channels.resize(budget.channels.len(), 0.0);
        for (cell, money) in budget.cells.iter().zip(spend) {
            if let Some(channel) = cell.channel {
                self.channels[channel] += money;
            }
        }
    }

    fn planned(&mut self, budget: &Budget<'_>, answer: &Answer, relative: f64) {
        self.status = if answer.gap <= relative {
            Status::Optimal
        } else {
            Status::Feasible
        };
        self.value = Some(answer.value);
        self.bound = Some(answer.bound);
        self.gap = Some(answer.gap);
        self.take(budget, &answer.spend);
    }
}

struct BudgetWork<'s, 'a> {
    base: &'s Budget<'a>,
    session: Option<Session<'a>>,
    scenarios: &'s dyn BudgetScenarios,
    reaction: BudgetReaction<'s>,
}

/// Memory of a thread.
struct Memory<'a> {
    budget: Budget<'a>,
    session: Option<Session<'a>>,
}

impl<'a> BudgetWork<'_, 'a> {
    fn react(&self, memory: &mut Memory<'a>, record: &mut BudgetRecord) {
        let budget = &memory.budget;
        match self.reaction {
            BudgetReaction::Keep(spend) => {
                let checked = check(budget, spend);
                record.status = if checked.broken.is_empty() {
                    Status::Kept
                } else {
                    Status::Broken
                };
                record.value = Some(checked.value);
                record.reason = checked.broken.join("; ");
                record.take(budget, spend);
            }
            BudgetReaction::Replan(options) => {
                let answer = match &mut memory.session {
                    Some(session) => session.solve(budget, &options),
                    None => crate::prices::budget::solve(budget, &options),
                };
                match answer {
                    Ok(answer) => record.planned(budget, &answer, options.relative),
                    Err(refusals) => {
                        let late = |one: &Refusal| matches!(one, Refusal::Unfinished { .. });
                        record.status = if refusals.0.iter().any(late) {
                            Status::NoPlan
                        } else {
                            Status::Infeasible
                        };
                        record.reason = refusals.to_string();
                    }
                }
            }
        }
    }
}

impl<'a> Work for BudgetWork<'_, 'a> {
    type Item = ();
    type Memory<'w>
        = Memory<'a>
    where
        Self: 'w;
    type Result = BudgetRecord;

    fn memory(&self) -> Memory<'a> {
        Memory {
            budget: self.base.clone(),
            session: self.session.clone(),
        }
    }

    fn read(&self, index: u64, (): &mut ()) -> io::Result<bool> {
        Ok(index < self.scenarios.count())
    }

    fn solve(
        &self,
        memory: &mut Memory<'a>,
        index: u64,
        (): &mut (),
        record: &mut BudgetRecord,
        _: &(dyn Fn() -> bool + Sync),
    ) {
        *record = named(self.scenarios, index);
        restore(&mut memory.budget, self.base);
        match self.scenarios.apply(index, &mut memory.budget) {
            Ok(()) => self.react(memory, record),
            Err(faults) => record.reason = faults.to_string(),
        }
    }

    fn panicked(&self, index: u64, (): &(), message: &str, record: &mut BudgetRecord) {
        *record = named(self.scenarios, index);
        message.clone_into(&mut record.reason);
    }
}

fn named(scenarios: &dyn BudgetScenarios, index: u64) -> BudgetRecord {
    let (id, probability) = scenarios.name(index);
    BudgetRecord {
        index,
        id,
        probability,
        ..BudgetRecord::default()
    }
}

/// Gives a budget all numbers of another with the same parts; names stay where they are.
fn restore<'a>(budget: &mut Budget<'a>, base: &Budget<'a>) {
    budget.cells.clone_from(&base.cells);
    let groups = budget.groups.iter_mut().zip(&base.groups);
    let groups = groups.map(|(group, own)| (&mut group.limit, &own.limit));
    let channels = budget.channels.iter_mut().zip(&base.channels);
    let channels = channels.map(|(channel, own)| {
        (channel.fee, channel.minimum) = (own.fee, own.minimum);
        (&mut channel.limit, &own.limit)
    });
    let across = budget.across.iter_mut().zip(&base.across);
    let across = across.map(|(set, own)| (&mut set.limit, &own.limit));
    let total = [(&mut budget.total, &base.total)];
    for (limit, own) in groups.chain(channels).chain(across).chain(total) {
        (limit.floor, limit.ceiling) = (own.floor, own.ceiling);
    }
    budget.charge = base.charge;
    budget.reserve = base.reserve;
    budget.most_active = base.most_active;
}

/// Solves every scenario of a budget and hands the results on in order. Time limits of scenarios are
/// those of the reaction; [`RunOptions::each_limit`] has no effect.
///
/// # Errors
/// What the sink says; and when no thread can be started.
pub fn budget_sweep(
    base: &Budget<'_>,
    scenarios: &dyn BudgetScenarios,
    reaction: BudgetReaction<'_>,
    options: &RunOptions,
    sink: &mut dyn Sink<BudgetRecord>,
    progress: Tell<'_>,
) -> io::Result<Ran> {
    let session = match &reaction {
        BudgetReaction::Keep(_) => None,
        // A base that cannot be planned is no reason not to plan its scenarios.
        BudgetReaction::Replan(options) => Session::new(base, options).ok().map(|found| found.0),
    };
    let work = BudgetWork {
        base,
        session,
        scenarios,
        reaction,
    };
    run(&work, options, Some(scenarios.count()), sink, progress)
}
