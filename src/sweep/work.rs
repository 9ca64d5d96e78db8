//! One scenario: read, made, solved or evaluated, recorded.

use std::fmt::Write as _;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::Reaction;
use super::kept::{Compiled, Evaluator, Totals};
use super::record::{Outcome, Record, Status};
use super::replan::Replan;
use super::runner::Work;
use crate::domain::{Problem, Rule};
use crate::fault::Faults;
use crate::scenario::{Draft, Names, Scenarios};

/// Where scenarios come from.
pub(super) enum Source<'a> {
    /// Anything that makes them by number.
    Numbered(&'a dyn Scenarios),
    /// One after another.
    Stream(Mutex<Box<dyn Stream + 'a>>),
}

/// Scenarios one after another, read under a lock and made into drafts without it.
pub(super) trait Stream: Send {
    /// Reads the next one; false at the end.
    fn next(&mut self, item: &mut Item) -> io::Result<bool>;
}

/// What is read of a scenario before it is made.
#[derive(Debug, Default)]
pub(super) struct Item {
    /// Line that it begins at, 0 where it has none.
    pub(super) line: u64,
    #[cfg(feature = "files")]
    pub(super) bytes: Vec<u8>,
    pub(super) read: Option<Result<crate::scenario::Scenario, Faults>>,
}

/// Lines of JSON, parsed by the thread that solves them.
#[cfg(feature = "files")]
pub(super) struct JsonStream<R>(pub(super) crate::scenario::read::Lines<R>);

#[cfg(feature = "files")]
impl<R: io::BufRead + Send> Stream for JsonStream<R> {
    fn next(&mut self, item: &mut Item) -> io::Result<bool> {
        let line = self.0.next_into(&mut item.bytes)?;
        item.line = line.unwrap_or(0);
        Ok(line.is_some())
    }
}

/// Scenarios of an iterator.
pub(super) struct Iterated<I>(pub(super) I);

impl<I> Stream for Iterated<I>
where
    I: Iterator<Item = (u64, Result<crate::scenario::Scenario, Faults>)> + Send,
{
    fn next(&mut self, item: &mut Item) -> io::Result<bool> {
        let Some((line, read)) = self.0.next() else {
            return Ok(false);
        };
        item.line = line;
        item.read = Some(read);
        Ok(true)
    }
}

/// A sweep's work.
pub(super) struct ProblemWork<'s, 'a> {
    names: Names<'a>,
    source: &'s Source<'a>,
    kept: Option<Compiled<'a>>,
    replan: Option<Replan<'a>>,
}

/// Memory of a thread.
pub(super) struct Memory<'w, 'a> {
    draft: Draft,
    evaluator: Option<Evaluator<'w, 'a>>,
}

impl<'s, 'a> ProblemWork<'s, 'a> {
    pub(super) fn new(
        problem: &'a Problem,
        source: &'s Source<'a>,
        reaction: Reaction<'a>,
        options: &super::runner::RunOptions,
        list_moves: bool,
    ) -> Self {
        let kept = match reaction {
            Reaction::KeepPlan(plan) => Some(Compiled::new(problem, plan)),
            _ => None,
        };
        Self {
            names: Names::new(problem),
            source,
            kept,
            replan: Replan::new(problem, reaction, options, list_moves),
        }
    }

    /// Makes the draft of a scenario.
    fn draft(&self, index: u64, item: &mut Item, draft: &mut Draft) -> Result<(), Faults> {
        draft.clear();
        match self.source {
            Source::Numbered(scenarios) => scenarios.draft(&self.names, index, draft),
            Source::Stream(_) => {
                let read = item.read.take().unwrap_or_else(|| parse(item));
                let made = read.and_then(|scenario| self.names.draft(&scenario, draft));
                made.map_err(|faults| at_line(faults, item.line))
            }
        }
    }
}

#[cfg(feature = "files")]
fn parse(item: &Item) -> Result<crate::scenario::Scenario, Faults> {
    crate::scenario::read::parse_bytes(item.line, &item.bytes)
}

#[cfg(not(feature = "files"))]
fn parse(_: &Item) -> Result<crate::scenario::Scenario, Faults> {
    Ok(crate::scenario::Scenario::default())
}

/// Faults with the line of their scenario in every place.
fn at_line(mut faults: Faults, line: u64) -> Faults {
    for fault in faults
        .iter_mut()
        .filter(|fault| fault.place.origin.is_none())
    {
        if line > 0 {
            let field = fault.place.to_string();
            fault.place = crate::fault::Place::file(format!("line {line}"), &field);
        }
    }
    faults
}

impl<'a> Work for ProblemWork<'_, 'a> {
    type Item = Item;
    type Memory<'w>
        = Memory<'w, 'a>
    where
        Self: 'w;
    type Result = Outcome;

    fn memory(&self) -> Memory<'_, 'a> {
        Memory {
            draft: Draft::default(),
            evaluator: self.kept.as_ref().map(Evaluator::new),
        }
    }

    fn read(&self, index: u64, item: &mut Item) -> io::Result<bool> {
        match self.source {
            Source::Numbered(scenarios) => Ok(index < scenarios.count()),
            Source::Stream(stream) => {
                let mut stream = stream.lock().unwrap_or_else(PoisonError::into_inner);
                stream.next(item)
            }
        }
    }

    fn solve(
        &self,
        memory: &mut Memory<'_, 'a>,
        index: u64,
        item: &mut Item,
        outcome: &mut Outcome,
        _: &(dyn Fn() -> bool + Sync),
    ) {
        let started = Instant::now();
        outcome.plan = None;
        let record = &mut outcome.record;
        record.reset(index);
        let made = self.draft(index, item, &mut memory.draft);
        let draft = &memory.draft;
        name(record, draft, index);
        if let Err(faults) = made {
            fail(record, &faults);
        } else if let Some(evaluator) = &mut memory.evaluator {
            match evaluator.evaluate(draft) {
                Ok(totals) => keep(record, &totals, evaluator.value(draft, &totals)),
                Err(faults) => fail(record, &faults),
            }
        } else if let Some(replan) = &self.replan {
            replan.solve(draft, outcome);
        }
        outcome.seconds = started.elapsed().as_secs_f64();
    }

    fn panicked(&self, index: u64, _: &Item, message: &str, outcome: &mut Outcome) {
        outcome.plan = None;
        let record = &mut outcome.record;
        let id = std::mem::take(&mut record.id);
        record.reset(index);
        record.id = id;
        record.status = Status::Failed;
        record.reason.push_str("bug: the solve panicked: ");
        record.reason.push_str(message);
    }
}

fn name(record: &mut Record, draft: &Draft, index: u64) {
    record.probability = draft.probability;
    if draft.id.is_empty() {
        // Writing into a string cannot fail.
        let _ = write!(record.id, "{index}");
    } else {
        record.id.push_str(&draft.id);
    }
}

/// Notes faults, one after another on one line.
pub(super) fn fail(record: &mut Record, faults: &Faults) {
    record.status = Status::Failed;
    for (at, fault) in faults.iter().enumerate() {
        let comma = if at > 0 { "; " } else { "" };
        let _ = write!(record.reason, "{comma}{fault}");
    }
}

fn keep(record: &mut Record, totals: &Totals, value: f64) {
    record.value = Some(value);
    record.terms = Some(totals.goals);
    record.moves = Some(totals.lost);
    record.violations = totals.violations();
    record.status = if record.violations == 0 {
        Status::Kept
    } else {
        Status::Broken
    };
    let broken = Rule::ALL.iter().zip(&totals.broken);
    for (at, (rule, count)) in broken.filter(|(_, count)| **count > 0).enumerate() {
        let comma = if at > 0 { ", " } else { "" };
        let code = rule.code();
        let _ = write!(record.reason, "{comma}{code} {rule}: {count}");
    }
}
