//! Two plans side by side.

use serde::Serialize;

use crate::domain::{Goals, Problem, RepId};
use crate::plan::{Ledger, Plan};

/// What changes from one plan to another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// Every slot that changes hands, in slot order.
    pub changes: Vec<SlotChange>,
    /// Change of each goal, in money: the second plan less the first.
    pub goals: Goals,
    /// Weighted sum of the above.
    pub worth: f64,
}

/// A slot that changes hands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SlotChange {
    /// Id of the market.
    pub market: String,
    /// Id of the role.
    pub role: String,
    /// Id of the rep in the first plan; absent where unserved.
    pub from: Option<String>,
    /// Id of the rep in the second plan; absent where unserved.
    pub to: Option<String>,
}

/// Compares two plans of one problem.
///
/// # Panics
/// When a plan was made for another problem.
#[must_use]
pub fn difference(problem: &Problem, first: &Plan, second: &Plan) -> Difference {
    let rep = |rep: Option<RepId>| rep.map(|rep| problem.rep(rep).id.clone());
    let changes = problem
        .slots()
        .iter()
        .zip(first.coverage.iter().zip(&second.coverage))
        .filter(|(_, (from, to))| from != to)
        .map(|(slot, (from, to))| SlotChange {
            market: problem.market(slot.market).id.clone(),
            role: problem.roles()[slot.role.index()].id.clone(),
            from: rep(*from),
            to: rep(*to),
        })
        .collect();
    let goals = |plan| Ledger::of(problem, plan).goals();
    let goals = goals(second).minus(&goals(first));
    Difference {
        changes,
        worth: goals.dot(&problem.weights()),
        goals,
    }
}
