//! Runs numbered work on many threads and hands the results on in order.
//!
//! Threads claim batches of consecutive numbers. A batch that is done waits until all before it
//! have been handed on; at most a window of batches is under way or waits, so memory is bounded.
//! What a number comes to depends on nothing but the number: neither threads nor shards nor what
//! was solved before change a result.

use std::any::Any;
use std::cell::Cell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::record::Sink;
use crate::backend::Cancel;

/// Batches under way or waiting, for each thread.
const WINDOW: u64 = 4;
/// Time between two tellings of progress at least.
const PROGRESS: Duration = Duration::from_millis(100);

/// Numbered work.
pub trait Work: Sync {
    /// What is read of a number before it is solved: in order, by one thread at a time.
    type Item: Default + Send;
    /// Memory of a thread.
    type Memory<'w>
    where
        Self: 'w;
    /// What a number comes to.
    type Result: Default + Send;

    /// Memory for a thread.
    fn memory(&self) -> Self::Memory<'_>;

    /// Reads a number into an item that held another one; false where there are no more.
    ///
    /// # Errors
    /// What ends the run.
    fn read(&self, index: u64, item: &mut Self::Item) -> io::Result<bool>;

    /// Solves a number into a result that held another one.
    fn solve(
        &self,
        memory: &mut Self::Memory<'_>,
        index: u64,
        item: &mut Self::Item,
        result: &mut Self::Result,
        stop: &(dyn Fn() -> bool + Sync),
    );

    /// The result of a number whose solve panicked.
    fn panicked(&self, index: u64, item: &Self::Item, message: &str, result: &mut Self::Result);

    /// Numbers that one thread solves one after another: from each multiple of this to the next.
    /// Only within a group may a result depend on the results before it.
    fn group(&self) -> u64 {
        1
    }
}

/// How a run is made.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Threads of a pool of the run's own; `None`: the pool of `rayon` that the caller is in.
    pub threads: Option<usize>,
    /// Numbers of a batch, 1 or more: few where each takes long, many where each takes none.
    pub batch: u64,
    /// Which groups to solve: those whose number leaves rest `shard.0` when divided by `shard.1`.
    pub shard: (u64, u64),
    /// Results of the shard that are known already and are not handed on again.
    pub skip: u64,
    /// Wall-clock time of the whole run.
    pub time_limit: Option<Duration>,
    /// Wall-clock time of one number.
    pub each_limit: Option<Duration>,
    /// Ends the run from another thread.
    pub cancel: Cancel,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            threads: None,
            batch: 1,
            shard: (0, 1),
            skip: 0,
            time_limit: None,
            each_limit: None,
            cancel: Cancel::new(),
        }
    }
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SweepProgress {
    /// Results handed on, known ones included.
    pub done: u64,
    /// How many there will be, where that is known.
    pub total: Option<u64>,
    /// Results a second in this run.
    pub rate: f64,
    /// Time left at this rate, where it can be told.
    pub left: Option<Duration>,
    /// Time since the run began.
    pub elapsed: Duration,
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Everything is done.
    Finished,
    /// The time limit was reached; what has been handed on is whole.
    TimeLimit,
    /// It was cancelled; what has been handed on is whole.
    Cancelled,
}

/// What a run did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ran {
    /// Results handed on, known ones included.
    pub done: u64,
    /// Why it ended.
    pub ended: Ended,
    /// Wall-clock time.
    pub elapsed: Duration,
}

/// What is told of progress.
pub type Tell<'a> = &'a (dyn Fn(&SweepProgress) + Sync);

/// Solves all numbers of a shard and hands their results on in order.
///
/// # Errors
/// What reading or taking says; and when no thread can be started.
pub fn run<W: Work>(
    work: &W,
    options: &RunOptions,
    total: Option<u64>,
    sink: &mut dyn Sink<W::Result>,
    progress: Tell<'_>,
) -> io::Result<Ran> {
    let run = Run::new(work, options, total, sink, progress);
    match options.threads {
        None => run.scope(),
        Some(threads) => {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.max(1));
            let pool = pool.build().map_err(io::Error::other)?;
            pool.install(|| run.scope());
        }
    }
    run.finish()
}

/// Consecutive numbers of the shard with what they hold.
struct Batch<W: Work> {
    /// Position among batches.
    number: u64,
    /// Numbers in use.
    len: usize,
    /// Results at the front that are known already.
    known: usize,
    entries: Vec<Entry<W>>,
}

struct Entry<W: Work> {
    index: u64,
    item: W::Item,
    result: W::Result,
}

/// What threads share under a lock.
struct Shared<W: Work> {
    /// Next number to read, of any shard.
    index: u64,
    /// Next result of the shard, counted from 0.
    ordinal: u64,
    /// Next batch to claim, and to hand on.
    claim: u64,
    emit: u64,
    /// A thread reads, or hands on.
    reading: bool,
    emitting: bool,
    ended: bool,
    stopped: Option<Ended>,
    error: Option<io::Error>,
    /// Batches that wait, and batches to use again.
    waiting: Vec<Batch<W>>,
    free: Vec<Batch<W>>,
    done: u64,
    told: Option<Instant>,
}

struct Run<'a, W: Work> {
    work: &'a W,
    options: &'a RunOptions,
    total: Option<u64>,
    started: Instant,
    deadline: Option<Instant>,
    shared: Mutex<Shared<W>>,
    changed: Condvar,
    sink: Mutex<&'a mut dyn Sink<W::Result>>,
    progress: Tell<'a>,
}

thread_local! {
    /// Whether this thread is within a run's work. A thread of `rayon` that waits may pick up
    /// another worker of the same run, which could then wait for the one below it for ever.
    static WORKING: Cell<bool> = const { Cell::new(false) };
}

impl<'a, W: Work> Run<'a, W> {
    fn new(
        work: &'a W,
        options: &'a RunOptions,
        total: Option<u64>,
        sink: &'a mut dyn Sink<W::Result>,
        progress: Tell<'a>,
    ) -> Self {
        let started = Instant::now();
        let group = work.group().max(1);
        let shared = Shared {
            index: 0,
            ordinal: 0,
            claim: 0,
            emit: 0,
            reading: false,
            emitting: false,
            ended: false,
            stopped: None,
            error: None,
            waiting: Vec::new(),
            free: Vec::new(),
            done: options.skip,
            told: None,
        };
        Self {
            work,
            options,
            total: total.map(|total| share(total, options.shard, group)),
            started,
            deadline: options.time_limit.map(|limit| started + limit),
            shared: Mutex::new(shared),
            changed: Condvar::new(),
            sink: Mutex::new(sink),
            progress,
        }
    }

    /// Works on every thread of the present pool.
    fn scope(&self) {
        let threads = rayon::current_num_threads().max(1);
        let window = WINDOW * threads as u64;
        rayon::scope(|scope| {
            for _ in 1..threads {
                scope.spawn(|_| self.work(window));
            }
            self.work(window);
        });
    }

    fn finish(self) -> io::Result<Ran> {
        let shared = self.shared.into_inner();
        let shared = shared.unwrap_or_else(PoisonError::into_inner);
        match shared.error {
            Some(error) => Err(error),
            None => Ok(Ran {
                done: shared.done,
                ended: shared.stopped.unwrap_or(Ended::Finished),
                elapsed: self.started.elapsed(),
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shared<W>> {
        // Nothing that may panic runs under the lock.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why the run must end now, if it must.
    fn must_end(&self) -> Option<Ended> {
        if self.options.cancel.is_cancelled() {
            Some(Ended::Cancelled)
        } else if self.deadline.is_some_and(|at| Instant::now() >= at) {
            Some(Ended::TimeLimit)
        } else {
            None
        }
    }

    /// What one thread does.
    fn work(&self, window: u64) {
        if WORKING.replace(true) {
            return;
        }
        let mut memory = self.work.memory();
        while let Some(mut batch) = self.claim(window) {
            if self.solve(&mut memory, &mut batch) {
                self.deliver(batch);
            }
        }
        WORKING.set(false);
    }

    /// The next batch, as soon as the window has room for it.
    fn claim(&self, window: u64) -> Option<Batch<W>> {
        let mut shared = self.lock();
        while shared.reading || shared.claim >= shared.emit + window {
            if shared.ended || shared.stopped.is_some() {
                return None;
            }
            let waited = self.changed.wait_timeout(shared, PROGRESS);
            shared = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        if shared.stopped.is_none() {
            shared.stopped = self.must_end();
        }
        if shared.ended || shared.stopped.is_some() {
            return None;
        }
        let mut batch = shared.free.pop().unwrap_or_else(|| Batch {
            number: 0,
            len: 0,
            known: 0,
            entries: Vec::new(),
        });
        let (mut index, mut ordinal) = (shared.index, shared.ordinal);
        shared.reading = true;
        drop(shared);
        let read = catch_unwind(AssertUnwindSafe(|| {
            self.fill(&mut batch, &mut index, &mut ordinal)
        }));
        let mut shared = self.lock();
        shared.reading = false;
        self.changed.notify_all();
        (shared.index, shared.ordinal) = (index, ordinal);
        let read = read.unwrap_or_else(|panic| Err(io::Error::other(message(&*panic))));
        match read {
            Ok(more) => shared.ended = !more,
            Err(error) => {
                shared.ended = true;
                shared.error.get_or_insert(error);
                return None;
            }
        }
        if batch.len == 0 {
            return None;
        }
        batch.number = shared.claim;
        shared.claim += 1;
        Some(batch)
    }

    /// Reads the next numbers of the shard into a batch; whether there may be more.
    fn fill(&self, batch: &mut Batch<W>, index: &mut u64, ordinal: &mut u64) -> io::Result<bool> {
        let (part, parts) = self.options.shard;
        let group = self.work.group().max(1);
        // A group is never cut in two.
        let most = self.options.batch.max(1).next_multiple_of(group);
        // Known results of a group that is not whole are worked out again but not handed on.
        let known = self.options.skip;
        let first = known - known % group;
        (batch.len, batch.known) = (0, 0);
        while (batch.len as u64) < most {
            if batch.len == batch.entries.len() {
                batch.entries.push(Entry {
                    index: 0,
                    item: W::Item::default(),
                    result: W::Result::default(),
                });
            }
            let entry = &mut batch.entries[batch.len];
            if !self.work.read(*index, &mut entry.item)? {
                return Ok(false);
            }
            entry.index = *index;
            let own = (*index / group) % parts.max(1) == part;
            *index += 1;
            if !own {
                continue;
            }
            *ordinal += 1;
            if *ordinal > first {
                batch.len += 1;
                batch.known += usize::from(*ordinal <= known);
            }
        }
        Ok(true)
    }

    /// Solves a batch; false where the run ended meanwhile, and the batch is not to be handed on.
    fn solve(&self, memory: &mut W::Memory<'a>, batch: &mut Batch<W>) -> bool {
        for entry in &mut batch.entries[..batch.len] {
            let limit = self.options.each_limit.map(|limit| Instant::now() + limit);
            let late = || limit.is_some_and(|at| Instant::now() >= at);
            let stop = || late() || self.must_end().is_some();
            let solved = catch_unwind(AssertUnwindSafe(|| {
                let (item, result) = (&mut entry.item, &mut entry.result);
                self.work.solve(memory, entry.index, item, result, &stop);
            }));
            if let Err(panic) = solved {
                let message = message(&*panic);
                let result = &mut entry.result;
                self.work
                    .panicked(entry.index, &entry.item, &message, result);
                *memory = self.work.memory();
            }
            if let Some(why) = self.must_end() {
                let mut shared = self.lock();
                shared.stopped.get_or_insert(why);
                self.changed.notify_all();
                return false;
            }
        }
        true
    }

    /// Hands a batch on as soon as all before it have been. One thread at a time does this for all.
    fn deliver(&self, batch: Batch<W>) {
        let mut shared = self.lock();
        shared.waiting.push(batch);
        if shared.emitting {
            return;
        }
        shared.emitting = true;
        while let Some(at) = (shared.waiting.iter()).position(|one| one.number == shared.emit) {
            let batch = shared.waiting.swap_remove(at);
            drop(shared);
            let taken = self.take(&batch);
            shared = self.lock();
            shared.emit += 1;
            match taken {
                Ok(count) => shared.done += count,
                Err(error) => {
                    shared.error.get_or_insert(error);
                    shared.ended = true;
                    shared.emitting = false;
                    self.changed.notify_all();
                    return;
                }
            }
            shared.free.push(batch);
            self.changed.notify_all();
            shared = self.tell(shared);
        }
        shared.emitting = false;
    }

    fn take(&self, batch: &Batch<W>) -> io::Result<u64> {
        let mut sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        let new = &batch.entries[batch.known..batch.len];
        let all = || {
            new.iter().try_for_each(|entry| sink.take(&entry.result))?;
            sink.flush()
        };
        catch_unwind(AssertUnwindSafe(all))
            .unwrap_or_else(|panic| Err(io::Error::other(message(&*panic))))?;
        Ok(new.len() as u64)
    }

    /// Tells progress now and then, without the lock.
    fn tell<'s>(&'s self, mut shared: MutexGuard<'s, Shared<W>>) -> MutexGuard<'s, Shared<W>> {
        let whole = Some(shared.done) == self.total;
        let soon = shared.told.is_some_and(|told| told.elapsed() < PROGRESS);
        if soon && !whole {
            return shared;
        }
        shared.told = Some(Instant::now());
        let done = shared.done;
        drop(shared);
        let elapsed = self.started.elapsed();
        #[allow(clippy::cast_precision_loss, reason = "fewer than 2^53 results")]
        let rate = (done - self.options.skip) as f64 / elapsed.as_secs_f64().max(1e-9);
        let left = self.total.map(|total| total.saturating_sub(done));
        #[allow(clippy::cast_precision_loss, reason = "fewer than 2^53 results")]
        let left = left.map(|left| left as f64 / rate.max(1e-9));
        (self.progress)(&SweepProgress {
            done,
            total: self.total,
            rate,
            left: left.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
            elapsed,
        });
        self.lock()
    }
}

/// How many of `total` numbers a shard has.
pub(super) fn share(total: u64, (part, parts): (u64, u64), group: u64) -> u64 {
    let parts = parts.max(1);
    let (groups, rest) = (total / group, total % group);
    let whole = groups / parts + u64::from(part < groups % parts);
    whole * group + if groups % parts == part { rest } else { 0 }
}

/// What a panic says.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "a panic without a message".to_owned())
}

#[cfg(test)]
mod tests;
