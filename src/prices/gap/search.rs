//! Looks for good assignments by simulated annealing over shifts and swaps.
//!
//! A load above a capacity is allowed at a price: a multiple of the capacity's Lagrangian price
//! that grows as the temperature falls. A fixed number of streams work independently; their number
//! does not depend on the threads, so neither does the answer.

use super::control::{Control, Random};
use super::core::exact;
use super::moves::{Entry, State, Table, single};

/// Independent runs of a round.
pub(super) const STREAMS: usize = 2;
/// Proposals between two looks at the clock.
const BATCH: u64 = 2048;
/// Temperatures of a round's start and end, in units of the jobs' regret.
const HOT: f64 = 1.0;
const COLD: f64 = 0.03;
/// Price of overload at a round's start and end, in units of the capacity's price.
const LENIENT: f64 = 1.5;
const STRICT: f64 = 4.0;
/// Entries of the table of thresholds.
const THRESHOLDS: usize = 4096;

/// How far a round goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effort {
    /// Proposals of every stream.
    pub(super) proposals: u64,
    /// Seconds; the temperature falls with whichever of the two runs out first.
    pub(super) seconds: f64,
    /// Start temperature, in units of `HOT`.
    pub(super) heat: f64,
}

/// Anneals one stream and returns the best assignment that keeps all capacities and costs less
/// than `worth`, with its cost.
pub(super) fn anneal(
    table: &Table<'_>,
    start: &[u32],
    effort: Effort,
    worth: i64,
    mut random: Random,
    control: &Control<'_>,
) -> Option<(i64, Vec<u32>)> {
    let mut state = State::new(table, start);
    let mut best = Best { cost: worth, agent_of: Vec::new() };
    best.update(&state);
    if table.jobs.is_empty() {
        return best.found();
    }
    let thresholds = thresholds();
    let begin = control.elapsed();
    let mut done = 0;
    while done < effort.proposals && !control.stopped() {
        let by_count = ratio(done, effort.proposals);
        let by_time = (control.elapsed() - begin) / effort.seconds.max(1e-9);
        let progress = by_count.max(by_time);
        if progress >= 1.0 {
            break;
        }
        let hot = HOT * effort.heat;
        let heat = single(table.spread * hot * (COLD / hot).powf(progress));
        let strict = single(LENIENT * (STRICT / LENIENT).powf(progress));
        batch(table, &mut state, &mut best, &mut random, heat, strict, &thresholds);
        done += BATCH;
    }
    best.found()
}

fn ratio(a: u64, b: u64) -> f64 {
    let as_f64 = |value: u64| exact(i64::try_from(value).unwrap_or(i64::MAX));
    as_f64(a) / as_f64(b).max(1.0)
}

/// −ln of evenly spread numbers in (0, 1): a random one is an exponential threshold.
fn thresholds() -> Vec<f32> {
    let count = exact(i64::try_from(THRESHOLDS).unwrap_or(1));
    let at = |place: usize| (exact(i64::try_from(place).unwrap_or(0)) + 0.5) / count;
    (0..THRESHOLDS).map(|place| single(-at(place).ln())).collect()
}

struct Best {
    cost: i64,
    agent_of: Vec<u32>,
}

impl Best {
    fn update(&mut self, state: &State) {
        if state.over == 0 && state.cost < self.cost {
            self.cost = state.cost;
            self.agent_of.clone_from(&state.agent_of);
        }
    }

    fn found(self) -> Option<(i64, Vec<u32>)> {
        (!self.agent_of.is_empty()).then_some((self.cost, self.agent_of))
    }
}

fn batch(
    table: &Table<'_>,
    state: &mut State,
    best: &mut Best,
    random: &mut Random,
    heat: f32,
    strict: f32,
    thresholds: &[f32],
) {
    for _ in 0..BATCH {
        let bits = random.bits();
        let threshold = heat * thresholds[(bits >> 52) as usize];
        let job = table.jobs[pick(bits >> 20, table.jobs.len())];
        let candidates = table.candidates(job);
        let more = random.bits();
        let square = ((more >> 32) * (more >> 32)) >> 32;
        let to = candidates[pick(square, candidates.len())];
        let from = state.agent_of[job as usize];
        if to == from {
            continue;
        }
        let (old, new) = (table.entry(job, from), table.entry(job, to));
        let members = &state.members[to as usize];
        let partner = (more & 7 != 0 && !members.is_empty())
            .then(|| members[pick(more >> 3, members.len())]);
        let (back_old, back_new) = match partner {
            Some(partner) => (table.entry(partner, to), table.entry(partner, from)),
            None => (NOTHING, NOTHING),
        };
        let cost = new.cost - old.cost + back_new.cost - back_old.cost;
        let gone = i64::from(old.weight) - i64::from(back_new.weight);
        let come = i64::from(new.weight) - i64::from(back_old.weight);
        let rise = cost
            + strict * (table.price[from as usize] * overload(state.slack[from as usize], gone)
                + table.price[to as usize] * overload(state.slack[to as usize], -come));
        if rise <= threshold {
            state.shift(table, job, to);
            if let Some(partner) = partner {
                state.shift(table, partner, from);
            }
            best.update(state);
        }
    }
}

const NOTHING: Entry = Entry { cost: 0.0, weight: 0 };

/// A number below `count` from the lower 32 bits.
#[allow(clippy::cast_possible_truncation, reason = "the product's upper half is below count")]
fn pick(bits: u64, count: usize) -> usize {
    (((bits & 0xFFFF_FFFF) * count as u64) >> 32) as usize
}

/// Change of the load above capacity when the slack changes.
#[allow(clippy::cast_precision_loss, reason = "a guide for moves, not a result")]
fn overload(slack: i64, change: i64) -> f32 {
    ((-slack - change).max(0) - (-slack).max(0)) as f32
}
