//! A new plan for every scenario, begun at the prices and the plan of the problem as it is.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Reaction;
use super::record::{Moved, Outcome, Record, Status, carried};
use super::runner::RunOptions;
use super::work::fail;
use crate::backend::Stopped;
use crate::domain::{Problem, RepId, Slot};
use crate::engine::{Engine, Outcome as Planned, Solved};
use crate::plan::Plan;
use crate::prices::{self, Start};
use crate::scenario::{Draft, apply_draft};

/// What all threads of a sweep that plans anew read.
pub(super) struct Replan<'a> {
    problem: &'a Problem,
    engine: Engine,
    /// The plan that new plans are compared with.
    base: Option<&'a Plan>,
    /// Most moves against it.
    moves: Option<u32>,
    list_moves: bool,
    start: Option<Start>,
    /// Wall-clock time of a scenario.
    each_limit: Option<Duration>,
    /// When all must be done.
    deadline: Option<Instant>,
}

impl<'a> Replan<'a> {
    /// `None` where plans are kept.
    pub(super) fn new(
        problem: &'a Problem,
        reaction: Reaction<'a>,
        options: &RunOptions,
        list_moves: bool,
    ) -> Option<Self> {
        let (engine, base, moves) = match reaction {
            Reaction::KeepPlan(_) => return None,
            Reaction::Replan { engine, base } => (engine, base, None),
            Reaction::ReplanWithin {
                engine,
                plan,
                moves,
            } => (engine, Some(plan), Some(moves)),
        };
        let engine = engine.clone().threads(1).cancel(options.cancel.clone());
        let start = base.map(|plan| {
            let cancel = &options.cancel;
            let options = prices::Options {
                weights: problem.policy().objective.levels[0].weights,
                relative_gap: engine.gap(),
                searches: 1,
                threads: 1,
                seed: 0,
                stop: &|| cancel.is_cancelled(),
                progress: &|_, _| {},
                start: None,
            };
            Start::of(problem, &options, Some(plan.clone()))
        });
        Some(Self {
            problem,
            engine,
            base,
            moves,
            list_moves,
            start,
            each_limit: options.each_limit,
            deadline: options.time_limit.map(|limit| Instant::now() + limit),
        })
    }

    /// Time that a scenario may take.
    fn limit(&self) -> Option<Duration> {
        let left = self
            .deadline
            .map(|at| at.saturating_duration_since(Instant::now()));
        left.into_iter().chain(self.each_limit).min()
    }

    /// Plans a scenario anew.
    pub(super) fn solve(&self, draft: &Draft, outcome: &mut Outcome) {
        let record = &mut outcome.record;
        let mut changed = match apply_draft(self.problem, draft) {
            Ok(changed) => changed,
            Err(faults) => return fail(record, &faults),
        };
        let known = self.base.map(|plan| carried(self.problem, plan, &changed));
        if let (Some(known), Some(moves)) = (&known, self.moves) {
            for (slot, rep) in changed.slots.iter_mut().zip(&known.coverage) {
                slot.current = *rep;
            }
            changed.policy.max_moves = Some(moves);
        }
        let mut engine = self.engine.clone();
        if let Some(limit) = self.limit() {
            engine = engine.time_limit(limit);
        }
        if let Some(start) = &self.start {
            let ids = changed
                .reps()
                .iter()
                .map(|rep| self.problem.find_rep(&rep.id));
            let reps: Vec<Option<usize>> = ids.map(|id| Some(id?.index())).collect();
            engine = engine.start(Arc::new(start.carried(&reps, known)));
        }
        match engine.solve(&changed) {
            Ok(Planned::Solved(solved)) => {
                let plan = self.returned(&changed, &solved.plan);
                record.moves = self.base.map(|base| differing(base, &plan));
                if let Some(base) = self.base.filter(|_| self.list_moves) {
                    record.moved = self.moved(base, &changed, &solved.plan, &plan);
                }
                note(record, &solved);
                outcome.plan = Some(plan);
            }
            Ok(Planned::Infeasible(conflict)) => {
                record.status = Status::Infeasible;
                // Writing into a string cannot fail.
                let _ = write!(record.reason, "{conflict}");
            }
            Ok(Planned::NoPlan(why)) => {
                record.status = Status::NoPlan;
                record.bound = finite(why.bound);
                let reason = match why.stopped {
                    Stopped::TimeLimit => "the time limit was reached",
                    Stopped::Cancelled => "the run was cancelled",
                    Stopped::Numerical => "the solver had numerical trouble",
                    Stopped::SolverLimit | Stopped::Finished => "the solver gave up",
                };
                record.reason.push_str(reason);
            }
            Err(error) => {
                record.status = Status::Failed;
                let _ = write!(record.reason, "{error}");
            }
        }
    }

    /// Slots that have another rep, or none, with the ids of their new reps. `own` is `plan` by the
    /// ids of the changed problem.
    fn moved(&self, base: &Plan, changed: &Problem, own: &Plan, plan: &Plan) -> Vec<Moved> {
        let slots = self.problem.slots().iter().zip(&own.coverage);
        let pairs = slots.zip(base.coverage.iter().zip(&plan.coverage));
        let moved = pairs.filter(|(_, (before, now))| before.is_some() && before != now);
        let name = |((slot, rep), _): ((&Slot, &Option<RepId>), _)| Moved {
            market: self.problem.market(slot.market).id.clone(),
            role: self.problem.roles()[slot.role.index()].id.clone(),
            rep: rep.map(|rep| changed.rep(rep).id.clone()),
        };
        moved.map(name).collect()
    }

    /// A plan of the changed problem by the ids of the problem as it is.
    fn returned(&self, changed: &Problem, plan: &Plan) -> Plan {
        let mut next = self.problem.reps().len();
        let mut place = Vec::with_capacity(changed.reps().len());
        for rep in changed.reps() {
            place.push(self.problem.find_rep(&rep.id).unwrap_or_else(|| {
                next += 1;
                RepId::at(next - 1)
            }));
        }
        let mut bases = vec![None; next];
        for (&at, &base) in place.iter().zip(&plan.bases) {
            bases[at.index()] = base;
        }
        let coverage = plan.coverage.iter();
        Plan {
            coverage: coverage
                .map(|rep| rep.map(|rep| place[rep.index()]))
                .collect(),
            bases,
        }
    }
}

fn note(record: &mut Record, solved: &Solved) {
    record.status = if solved.proof.optimal {
        Status::Optimal
    } else {
        Status::Feasible
    };
    record.value = Some(solved.value());
    record.bound = finite(solved.bound());
    record.gap = finite(solved.gap());
    record.terms = Some(solved.goals);
}

fn finite(number: f64) -> Option<f64> {
    number.is_finite().then_some(number)
}

/// Slots that have another rep, or none.
fn differing(base: &Plan, plan: &Plan) -> u32 {
    let pairs = base.coverage.iter().zip(&plan.coverage);
    let count = pairs.filter(|(before, now)| before.is_some() && before != now);
    u32::try_from(count.count()).unwrap_or(u32::MAX)
}
