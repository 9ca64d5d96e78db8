//! The whole formulation: every rule's rows, the objective of a level, and the way back to a plan.

use super::layout::Layout;
use super::linear::LinearProgram;
use super::writer::{Relief, RowKind, Writer};
use super::{
    assignment, balance, capacity, concentration, continuity, contribution, count, eligibility,
    families, locks, roles, sizing, travel, unserved,
};
use crate::domain::{CandidateId, Goal, Goals, Penalty, Problem, RepId, SlotId};
use crate::plan::{Ledger, Plan, idle_base};

/// A problem as a program, with the meaning of every row and column.
#[derive(Clone, Debug)]
pub struct Formulation {
    /// The program.
    pub program: LinearProgram,
    /// Which column stands for what.
    pub layout: Layout,
    /// What each row stands for.
    pub rows: Vec<RowKind>,
    /// In the elastic form, the columns that let rules give way; otherwise empty.
    pub reliefs: Vec<Relief>,
}

/// Candidates grouped by rep, in id order.
#[derive(Debug)]
pub(super) struct CandidatesByRep {
    start: Vec<usize>,
    ids: Vec<CandidateId>,
}

impl CandidatesByRep {
    fn new(problem: &Problem) -> Self {
        let mut start = vec![0; problem.reps().len() + 1];
        for candidate in problem.candidates() {
            start[candidate.rep.index() + 1] += 1;
        }
        for rep in 0..problem.reps().len() {
            start[rep + 1] += start[rep];
        }
        let mut next = start.clone();
        let mut ids = vec![CandidateId(0); problem.candidates().len()];
        for (at, candidate) in problem.candidates().iter().enumerate() {
            let place = &mut next[candidate.rep.index()];
            ids[*place] = CandidateId::at(at);
            *place += 1;
        }
        Self { start, ids }
    }

    pub(super) fn of(&self, rep: RepId) -> &[CandidateId] {
        &self.ids[self.start[rep.index()]..self.start[rep.index() + 1]]
    }
}

/// Formulates a problem with the weighted goals of one level as objective. Each earlier level is a
/// row that keeps the given weighted goals at or above a floor.
#[must_use]
pub fn formulate(problem: &Problem, weights: &Goals, floors: &[(Goals, f64)]) -> Formulation {
    let mut writer = rules(problem, false, &mut planned_capacity(problem));
    for (at, (goals, floor)) in floors.iter().enumerate() {
        let layout = writer.layout.clone();
        let offset = weighted(problem, &layout, goals, &mut |column, amount| {
            writer.term(column, amount);
        });
        let kind = RowKind::Floor(u32::try_from(at).expect("few levels"));
        writer.define(kind, floor - offset, f64::INFINITY);
    }
    let layout = writer.layout.clone();
    let offset = weighted(problem, &layout, weights, &mut |column, amount| {
        writer.builder.add_cost(column, amount);
    });
    writer.builder.add_offset(offset);
    finish(writer)
}

/// Formulates a problem in which every rule may give way at a price; the objective is minus the sum
/// of those prices, so that an optimum of 0 means that the problem is feasible.
#[must_use]
pub fn formulate_elastic(problem: &Problem) -> Formulation {
    finish(rules(problem, true, &mut planned_capacity(problem)))
}

/// Formulates a problem with other rows for the capacity; the objective has all weighted goals but contribution
/// and travel.
pub(super) fn effort_rules(
    problem: &Problem,
    capacity: &mut dyn FnMut(&mut Writer, &CandidatesByRep),
) -> Writer {
    let mut writer = rules(problem, false, capacity);
    let mut goals = problem.weights();
    for elsewhere in [Goal::Contribution, Goal::Travel] {
        goals[elsewhere] = 0.0;
    }
    let layout = writer.layout.clone();
    let offset = weighted(problem, &layout, &goals, &mut |column, amount| {
        writer.builder.add_cost(column, amount);
    });
    writer.builder.add_offset(offset);
    writer
}

pub(super) fn finish(writer: Writer) -> Formulation {
    Formulation {
        program: writer.builder.finish(),
        layout: writer.layout,
        rows: writer.kinds,
        reliefs: writer.reliefs,
    }
}

/// Hours of visits as planned.
fn planned_capacity(problem: &Problem) -> impl FnMut(&mut Writer, &CandidatesByRep) {
    |writer, by_rep| capacity::rows(writer, problem, by_rep)
}

fn rules(
    problem: &Problem,
    elastic: bool,
    capacity: &mut dyn FnMut(&mut Writer, &CandidatesByRep),
) -> Writer {
    let mut writer = Writer::new(problem, Layout::new(problem), elastic);
    let columns = writer.layout.columns() as usize;
    let nonzeros = problem.candidates().len() * (problem.periods() + 4);
    writer
        .builder
        .reserve(columns, problem.slots().len(), nonzeros);
    // The order of the columns is the order of the layout.
    eligibility::columns(&mut writer, problem);
    unserved::columns(&mut writer, problem);
    capacity::columns(&mut writer, problem);
    sizing::columns(&mut writer, problem);
    balance::columns(&mut writer, problem);
    concentration::columns(&mut writer, problem);
    debug_assert_eq!(writer.builder.columns(), columns);

    let by_rep = CandidatesByRep::new(problem);
    assignment::rows(&mut writer, problem);
    unserved::bounds(&mut writer, problem);
    locks::bounds(&mut writer, problem);
    roles::rows(&mut writer, problem);
    families::rows(&mut writer, problem);
    capacity(&mut writer, &by_rep);
    count::rows(&mut writer, problem, &by_rep);
    balance::rows(&mut writer, problem, &by_rep);
    continuity::rows(&mut writer, problem);
    sizing::rows(&mut writer, problem);
    concentration::rows(&mut writer, problem, &by_rep);
    writer
}

/// Calls `term` with every column of every goal of positive weight; returns the constant.
fn weighted(
    problem: &Problem,
    layout: &Layout,
    weights: &Goals,
    term: &mut dyn FnMut(u32, f64),
) -> f64 {
    let mut offset = 0.0;
    for (goal, weight) in weights.iter().filter(|&(_, weight)| weight > 0.0) {
        let mut add = |column, amount: f64| term(column, weight * amount);
        offset += weight
            * match goal {
                Goal::Contribution => contribution::goal(problem, layout, &mut add),
                Goal::Travel => travel::goal(problem, layout, &mut add),
                Goal::Overtime => capacity::goal(problem, layout, &mut add),
                Goal::Unserved => unserved::goal(problem, layout, &mut add),
                Goal::Continuity => continuity::goal(problem, layout, &mut add),
                Goal::Balance => balance::goal(problem, layout, &mut add),
                Goal::Sizing => sizing::goal(problem, layout, &mut add),
            };
    }
    offset
}

impl Formulation {
    /// The plan that a point of the program stands for: each slot goes to the candidate above one
    /// half, each open rep to the base above one half.
    #[must_use]
    pub fn decode(&self, problem: &Problem, point: &[f64]) -> Plan {
        let mut plan = Plan::empty(problem);
        for (at, covered) in plan.coverage.iter_mut().enumerate() {
            let chosen = problem
                .candidate_range(SlotId::at(at))
                .find(|&candidate| point[candidate] > 0.5);
            *covered = chosen.map(|candidate| problem.candidates()[candidate].rep);
        }
        for (at, chosen) in plan.bases.iter_mut().enumerate() {
            let rep = RepId::at(at);
            let count = u32::try_from(problem.rep(rep).bases.len()).expect("few bases");
            if self.layout.base(rep, 0).is_some() {
                *chosen = (0..count).find(|&base| {
                    let column = self.layout.base(rep, base);
                    column.is_some_and(|column| point[column as usize] > 0.5)
                });
                if chosen.is_none() {
                    *chosen = idle_base(problem, rep);
                }
            }
        }
        plan
    }

    /// The point that stands for a plan whose every assignment is eligible.
    #[must_use]
    pub fn encode(&self, problem: &Problem, plan: &Plan) -> Vec<f64> {
        let mut point = vec![0.0; self.program.columns()];
        for slot in (0..problem.slots().len()).map(SlotId::at) {
            match plan.candidate(problem, slot) {
                Some(candidate) => point[self.layout.assign(candidate) as usize] = 1.0,
                None => point[self.layout.unserved(slot) as usize] = 1.0,
            }
        }
        let ledger = Ledger::of(problem, plan);
        for (at, rep) in problem.reps().iter().enumerate() {
            let rep_id = RepId::at(at);
            for (period, load) in ledger.load(rep_id).iter().enumerate() {
                let over = (load - rep.hours[period]).max(0.0);
                point[self.layout.overtime(rep_id, period) as usize] = over;
            }
            if let Some(base) = plan.bases[at]
                && let Some(column) = self.layout.base(rep_id, base)
            {
                point[column as usize] = 1.0;
            }
        }
        for at in 0..problem.policy().balance.len() {
            self.encode_balance(problem, &ledger, at, &mut point);
        }
        if let Some(column) = self.layout.revenue() {
            point[column as usize] = ledger.revenue() / concentration::all_potential(problem);
        }
        point
    }

    fn encode_balance(&self, problem: &Problem, ledger: &Ledger<'_>, at: usize, point: &mut [f64]) {
        let balance = &problem.policy().balance[at];
        let pairs = || ledger.amounts(at).iter().zip(&balance.shares).enumerate();
        let taking_part = || pairs().filter(|(_, (_, share))| **share > 0.0);
        let total: f64 = taking_part().map(|(_, (amount, _))| amount).sum();
        point[self.layout.total(at) as usize] = total;
        for (rep, (amount, share)) in taking_part() {
            let rep = RepId::at(rep);
            let fair = share * total;
            let band = balance.ideal_within * fair;
            point[self.layout.amount(at, rep) as usize] = *amount;
            if let Some(column) = self.layout.deviation(at, rep) {
                let deviation = (amount - fair - band).max(fair - band - amount).max(0.0);
                let place = &mut point[column as usize];
                *place = match balance.penalty {
                    Penalty::Sum => deviation,
                    Penalty::Largest => place.max(deviation),
                };
            }
        }
    }
}
