//! What a sweep says of one scenario.

use std::fmt;
use std::io;

use serde::{Deserialize, Serialize};

use crate::domain::{Goals, Problem};
use crate::plan::Plan;

/// How a scenario ended.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Status {
    /// A new plan within the gap that was asked for.
    Optimal,
    /// A new plan, with a larger gap.
    Feasible,
    /// The plan that was kept keeps every rule.
    Kept,
    /// The plan that was kept breaks rules; its value is given all the same.
    Broken,
    /// No plan keeps all rules.
    Infeasible,
    /// No plan was found, and it is not proved that there is none.
    NoPlan,
    /// The scenario cannot be read or made, or its solve failed.
    #[default]
    Failed,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Optimal => "optimal",
            Self::Feasible => "feasible",
            Self::Kept => "kept",
            Self::Broken => "broken",
            Self::Infeasible => "infeasible",
            Self::NoPlan => "without a plan",
            Self::Failed => "failed",
        })
    }
}

/// The result of one scenario: the same for the same problem, scenarios and options, whatever the
/// threads and shards. What a run with a time limit says depends on the machine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Number of the scenario in the sweep, from 0.
    pub index: u64,
    /// Id of the scenario; its number where it has none.
    pub id: String,
    /// Probability of the scenario, where it is stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// How it ended.
    pub status: Status,
    /// Weighted value of the first level of the objective, in money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Proved limit on the value of any plan, in money; absent where nothing is proved, and for
    /// kept plans.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<f64>,
    /// (bound − value)/|bound|, 0 or more; absent where there is no bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<f64>,
    /// (market, role) pairs whose rep differs from that of the base plan: a rep who left counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moves: Option<u32>,
    /// The same pairs with their new reps, where they are [listed](super::Sweep::list_moves).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moved: Vec<Moved>,
    /// Value of every goal, in money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Goals>,
    /// Rules that a kept plan breaks, each place counted.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub violations: u32,
    /// Why there is no valid plan; empty otherwise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// A (market, role) pair whose rep differs from that of the base plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Id of the market.
    pub market: String,
    /// Id of the role.
    pub role: String,
    /// Id of the new rep; absent where it is left unserved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rep: Option<String>,
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands in a reference"
)]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Record {
    /// Forgets everything but the memory, for another scenario.
    pub(crate) fn reset(&mut self, index: u64) {
        let (mut id, mut reason) = (
            std::mem::take(&mut self.id),
            std::mem::take(&mut self.reason),
        );
        id.clear();
        reason.clear();
        *self = Self {
            index,
            id,
            reason,
            ..Self::default()
        };
    }
}

/// A record with what does not belong into it.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The record.
    pub record: Record,
    /// The new plan, if one was made: slots and reps by the ids of the base problem, reps who
    /// joined after all of its reps.
    pub plan: Option<Plan>,
    /// Wall-clock seconds of the scenario.
    pub seconds: f64,
}

/// Takes results in the order of the scenarios.
pub trait Sink<R = Outcome>: Send {
    /// Takes a result.
    ///
    /// # Errors
    /// What ends the sweep.
    fn take(&mut self, result: &R) -> io::Result<()>;

    /// Called after some results, to hand on what is kept back: after every result where each takes
    /// long.
    ///
    /// # Errors
    /// What ends the sweep.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<R, F: FnMut(&R) -> io::Result<()> + Send> Sink<R> for F {
    fn take(&mut self, result: &R) -> io::Result<()> {
        self(result)
    }
}

/// A plan with the string ids of one problem as a plan of another one: what the other does not
/// have is left unserved.
#[must_use]
pub fn carried(from: &Problem, plan: &Plan, to: &Problem) -> Plan {
    let mut carried = Plan::empty(to);
    let rep_there = |rep: crate::domain::RepId| to.find_rep(&from.rep(rep).id);
    for (at, rep) in to.reps().iter().enumerate() {
        let own = from.find_rep(&rep.id);
        let base = own.and_then(|own| plan.bases.get(own.index()).copied().flatten());
        if let Some(own) = own {
            let kept = base.and_then(|base| {
                let id = &from.rep(own).bases.get(base as usize)?.id;
                let there = rep.bases.iter().position(|other| other.id == *id)?;
                u32::try_from(there).ok()
            });
            carried.bases[at] = kept.or(carried.bases[at].filter(|_| base.is_some()));
        }
    }
    for (at, slot) in to.slots().iter().enumerate() {
        let market = from.find_market(&to.market(slot.market).id);
        let role = from.find_role(&to.roles()[slot.role.index()].id);
        let here = market.zip(role).and_then(|(m, r)| from.find_slot(m, r));
        let rep = here.and_then(|here| plan.coverage.get(here.index()).copied().flatten());
        carried.coverage[at] = rep.and_then(rep_there);
    }
    carried
}
