//! Sweeps over transportation problems: hours of reps to markets, solved exactly from the optimal
//! basis of the problem as it is.
//!
//! Every scenario begins at that basis, never at the one before it, so that its result depends on
//! nothing else; a thread keeps one problem and one simplex and allocates nothing after the first
//! scenario. Each answer carries its certificate: a bound from its prices alone.

use std::io;

use super::record::Sink;
use super::runner::{Ran, RunOptions, Tell, Work, run};
use crate::prices::transport::{Answer, Basis, Ended, Limits, Simplex, Transport, TransportError};

/// What a scenario changes of a transportation problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// Values or losses: the solve begins at the tree or, where most prices move, at the prices.
    Values,
    /// Demands or capacities, and values if any: the solve begins at the tree. Also the faster choice
    /// where values move so little that few markets change their rep.
    Quantities,
}

/// Numbered scenarios of a transportation problem.
pub trait AssignmentScenarios: Sync {
    /// How many there are.
    fn count(&self) -> u64;

    /// Gives `problem` the numbers of a scenario. It holds those of another scenario of this set, or
    /// of `base`; whatever scenarios of this set change must be written anew.
    ///
    /// # Errors
    /// When a number is out of range: the scenario then fails.
    fn apply(
        &self,
        index: u64,
        base: &Transport,
        problem: &mut Transport,
    ) -> Result<Changed, TransportError>;
}

/// The result of a scenario.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AssignmentRecord {
    /// Number of the scenario.
    pub index: u64,
    /// Value of the flows less the loss of what is unserved, in money; NaN where it failed.
    pub value: f64,
    /// Limit on the value of every plan, from the prices alone, in money; NaN where it failed.
    pub bound: f64,
    /// Whether nothing can be improved.
    pub optimal: bool,
    /// Pivots of the simplex.
    pub pivots: u64,
    /// Hours that nobody serves.
    pub unserved: f64,
    /// Why it failed; empty otherwise.
    pub reason: String,
}

struct Assignment<'a> {
    base: &'a Transport,
    basis: Basis,
    scenarios: &'a dyn AssignmentScenarios,
}

struct Memory {
    problem: Transport,
    simplex: Simplex,
    answer: Answer,
}

impl Work for Assignment<'_> {
    type Item = ();
    type Memory<'w>
        = Memory
    where
        Self: 'w;
    type Result = AssignmentRecord;

    fn memory(&self) -> Memory {
        Memory {
            problem: self.base.clone(),
            simplex: Simplex::cold(self.base),
            answer: Answer::default(),
        }
    }

    fn read(&self, index: u64, (): &mut ()) -> io::Result<bool> {
        Ok(index < self.scenarios.count())
    }

    fn solve(
        &self,
        memory: &mut Memory,
        index: u64,
        (): &mut (),
        record: &mut AssignmentRecord,
        stop: &(dyn Fn() -> bool + Sync),
    ) {
        let Memory {
            problem,
            simplex,
            answer,
        } = memory;
        let changed = match self.scenarios.apply(index, self.base, problem) {
            Ok(changed) => changed,
            Err(error) => return fail(record, index, &error.to_string()),
        };
        simplex.load(&self.basis);
        let limits = Limits {
            stop: &|| stop(),
            ..Limits::default()
        };
        let ended = match changed {
            Changed::Values => simplex.resolve_values(problem, &limits),
            Changed::Quantities => simplex.resolve_quantities(problem, &limits),
        };
        simplex.answer_into(problem, answer);
        record.reason.clear();
        record.index = index;
        record.value = answer.objective;
        record.bound = answer.bound;
        record.optimal = ended == Ended::Optimal;
        record.pivots = simplex.pivots();
        record.unserved = answer.unserved.iter().sum();
    }

    fn panicked(&self, index: u64, (): &(), message: &str, record: &mut AssignmentRecord) {
        fail(record, index, message);
    }
}

fn fail(record: &mut AssignmentRecord, index: u64, reason: &str) {
    *record = AssignmentRecord {
        index,
        value: f64::NAN,
        bound: f64::NAN,
        reason: reason.to_owned(),
        ..AssignmentRecord::default()
    };
}

/// Solves every scenario of a transportation problem, from the optimal basis of the problem as it
/// is, and hands the results on in order.
///
/// # Errors
/// What the sink says; and when no thread can be started.
pub fn assignment_sweep(
    base: &Transport,
    scenarios: &dyn AssignmentScenarios,
    options: &RunOptions,
    sink: &mut dyn Sink<AssignmentRecord>,
    progress: Tell<'_>,
) -> io::Result<Ran> {
    let mut simplex = Simplex::cold(base);
    simplex.solve(base, &Limits::default());
    let work = Assignment {
        base,
        basis: simplex.basis().clone(),
        scenarios,
    };
    run(&work, options, Some(scenarios.count()), sink, progress)
}
