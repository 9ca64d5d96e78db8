//! A plan as rows of tables, for spreadsheets.

use serde::Serialize;

use crate::domain::{Problem, RepId, SlotId};
use crate::plan::{Ledger, Plan};

/// Who has a role in a market. Fields that have no meaning for an unserved pair are absent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AssignmentRow {
    /// Id of the market.
    pub market: String,
    /// Name of the market.
    pub name: String,
    /// Region of the market.
    pub region: String,
    /// Id of the role.
    pub role: String,
    /// Customer class of the market.
    pub class: String,
    /// Id of the rep; absent where unserved.
    pub rep: Option<String>,
    /// Id of the rep's base.
    pub base: Option<String>,
    /// Hours over the whole plan, travel included.
    pub hours: Option<f64>,
    /// Value over the whole plan, in money.
    pub value: Option<f64>,
    /// One-way distance in kilometres.
    pub km: Option<f64>,
    /// Id of the rep who has it now; absent where nobody has.
    pub previous_rep: Option<String>,
    /// Whether it changes hands: it has a rep now, and not the same one in the plan.
    pub moved: bool,
}

/// A rep in one period, or over the whole plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RepRow {
    /// Id of the rep.
    pub rep: String,
    /// Name of the rep.
    pub name: String,
    /// Team of the rep.
    pub team: String,
    /// Id of the base.
    pub base: String,
    /// Name of the period; `total` for the whole plan.
    pub period: String,
    /// Hours available, overtime aside.
    pub hours: f64,
    /// Hours of work, travel included.
    pub load: f64,
    /// Hours of work beyond those available, period by period.
    pub overtime: f64,
    /// Number of (market, role) pairs; only in the row of the whole plan.
    pub pairs: Option<u32>,
    /// Value of the assignments in money; only in the row of the whole plan.
    pub value: Option<f64>,
    /// Kilometres there and back; only in the row of the whole plan.
    pub travel_km: Option<f64>,
}

/// One row for each (market, role) pair, by market, then role.
///
/// # Panics
/// When the plan was made for another problem.
#[must_use]
pub fn assignment_rows(problem: &Problem, plan: &Plan) -> Vec<AssignmentRow> {
    let row = |id: SlotId| {
        let slot = problem.slot(id);
        let market = problem.market(slot.market);
        let candidate = plan.candidate(problem, id).map(|c| problem.candidate(c));
        let rep = plan.coverage[id.index()];
        AssignmentRow {
            market: market.id.clone(),
            name: market.name.clone(),
            region: market.region.clone(),
            role: problem.roles()[slot.role.index()].id.clone(),
            class: market.class.clone(),
            rep: rep.map(|rep| problem.rep(rep).id.clone()),
            base: candidate.map(|c| problem.rep(c.rep).bases[c.base as usize].id.clone()),
            hours: candidate.map(|c| problem.total_hours(c)),
            value: candidate.map(|c| c.value),
            km: candidate.map(|c| c.km),
            previous_rep: slot.current.map(|rep| problem.rep(rep).id.clone()),
            moved: slot.current.is_some() && slot.current != rep,
        }
    };
    (0..problem.slots().len())
        .map(SlotId::at)
        .map(row)
        .collect()
}

/// For each rep one row a period and one for the whole plan. Candidates who are not hired are left
/// out.
///
/// # Panics
/// When the plan was made for another problem.
#[must_use]
pub fn rep_rows(problem: &Problem, plan: &Plan) -> Vec<RepRow> {
    let ledger = Ledger::of(problem, plan);
    let mut value = vec![0.0; problem.reps().len()];
    let mut travel_km = vec![0.0; problem.reps().len()];
    for slot in (0..problem.slots().len()).map(SlotId::at) {
        if let Some(candidate) = plan.candidate(problem, slot) {
            let candidate = problem.candidate(candidate);
            value[candidate.rep.index()] += candidate.value;
            travel_km[candidate.rep.index()] += problem.travel_km(candidate);
        }
    }
    let mut rows = Vec::new();
    for (at, rep) in problem.reps().iter().enumerate() {
        let Some(base) = plan.bases[at] else { continue };
        let id = RepId::at(at);
        let mut total = RepRow {
            rep: rep.id.clone(),
            name: rep.name.clone(),
            team: rep.team.clone(),
            base: rep.bases[base as usize].id.clone(),
            period: "total".to_owned(),
            hours: 0.0,
            load: 0.0,
            overtime: 0.0,
            pairs: Some(ledger.count(id)),
            value: Some(value[at]),
            travel_km: Some(travel_km[at]),
        };
        for (period, entry) in problem.calendar().periods.iter().enumerate() {
            let (hours, load) = (rep.hours[period], ledger.load(id)[period]);
            let row = RepRow {
                period: entry.name.clone(),
                hours,
                load,
                overtime: (load - hours).max(0.0),
                pairs: None,
                value: None,
                travel_km: None,
                ..total.clone()
            };
            total.hours += row.hours;
            total.load += row.load;
            total.overtime += row.overtime;
            rows.push(row);
        }
        rows.push(total);
    }
    rows
}
