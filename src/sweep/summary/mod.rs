//! What thousands of results come to: counts, mean, spread, quantiles, tail, worst scenario, moves.
//!
//! A [`Summary`] takes records one by one in bounded memory, and summaries of shards are put
//! together by [`Summary::merge`].

mod moments;
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]
mod tests;
mod values;

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;

use super::record::{Moved, Outcome, Record, Sink, Status};
use moments::Moments;
use values::{Ordered, Values};

/// Values kept one by one; with more, quantiles and tails are within 0.1 % of the value.
pub const MOST_EXACT: usize = 1 << 20;
/// Share of the lower tail, if not said otherwise.
pub const USUAL_TAIL: f64 = 0.05;
/// Shares of the quantiles in a report.
const QUANTILES: [f64; 7] = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];
/// Entries of the list of what moves most often.
const MOST_MOVED: usize = 50;

/// What the results of a sweep come to, so far.
#[derive(Clone, Debug)]
pub struct Summary {
    tail: f64,
    /// Scenarios whose probability is stated, and the others.
    stated: Part,
    equal: Part,
    statuses: BTreeMap<Status, u64>,
    worst: Option<Extreme>,
    best: Option<Extreme>,
    most_moves: Option<u32>,
    moved: BTreeMap<(String, String), Places>,
}

/// Scenarios that are weighted alike.
#[derive(Clone, Debug)]
struct Part {
    count: u64,
    /// Weight of all scenarios, those without a value too.
    weight: f64,
    moments: Moments,
    values: Values,
    moves: Moments,
}

/// Where a (market, role) goes: weight by rep of stated and of other scenarios.
type Places = BTreeMap<Option<String>, (f64, f64)>;

/// A scenario with its value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Extreme {
    /// Number of the scenario.
    pub index: u64,
    /// Its id.
    pub id: String,
    /// Its value, in money.
    pub value: f64,
}

/// A summary to read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SummaryReport {
    /// Scenarios in all.
    pub scenarios: u64,
    /// Scenarios that ended in each way.
    pub statuses: BTreeMap<Status, u64>,
    /// Share of the probability whose scenarios have a value; what follows is about these.
    pub valued: f64,
    /// Mean value, in money.
    pub mean: Option<f64>,
    /// Standard deviation of the value, in money.
    pub sd: Option<f64>,
    /// The smallest value.
    pub worst: Option<Extreme>,
    /// The largest value.
    pub best: Option<Extreme>,
    /// Values that are not reached in a share of the cases: share and value.
    pub quantiles: Vec<(f64, f64)>,
    /// Share of the lower tail.
    pub tail: f64,
    /// Mean value in the lower tail (conditional value at risk), in money.
    pub tail_mean: Option<f64>,
    /// Whether quantiles and tail are exact; otherwise within 0.1 % of the value.
    pub exact: bool,
    /// Mean number of moves where new plans are made.
    pub mean_moves: Option<f64>,
    /// Most moves of a scenario.
    pub most_moves: Option<u32>,
    /// What moves most often, where moves were listed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub moved: Vec<Fragile>,
}

/// An assignment that does not survive every scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fragile {
    /// Id of the market.
    pub market: String,
    /// Id of the role.
    pub role: String,
    /// Share of the cases with a value in which the rep stays.
    pub survives: f64,
    /// Where it goes most often; `None`: left unserved.
    pub mostly_to: Option<String>,
}

impl Part {
    fn new(limit: usize) -> Self {
        Self {
            count: 0,
            weight: 0.0,
            moments: Moments::default(),
            values: Values::new(limit),
            moves: Moments::default(),
        }
    }

    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.weight += other.weight;
        self.moments.merge(&other.moments);
        self.values.merge(other.values);
        self.moves.merge(&other.moves);
    }
}

impl Default for Summary {
    fn default() -> Self {
        Self::new(USUAL_TAIL)
    }
}

impl Summary {
    /// A summary of nothing yet, with a share of the lower tail above 0 and at most 1.
    #[must_use]
    pub fn new(tail: f64) -> Self {
        Self::with_limit(tail, MOST_EXACT)
    }

    /// The same with another limit than [`MOST_EXACT`].
    #[must_use]
    pub fn with_limit(tail: f64, limit: usize) -> Self {
        Self {
            tail,
            stated: Part::new(limit),
            equal: Part::new(limit),
            statuses: BTreeMap::new(),
            worst: None,
            best: None,
            most_moves: None,
            moved: BTreeMap::new(),
        }
    }

    /// Takes a record. Scenarios without a probability share, all alike, what the stated
    /// probabilities leave of 1.
    pub fn add(&mut self, record: &Record) {
        *self.statuses.entry(record.status).or_default() += 1;
        let weight = record.probability.unwrap_or(1.0);
        let part = match record.probability {
            Some(_) => &mut self.stated,
            None => &mut self.equal,
        };
        part.count += 1;
        part.weight += weight;
        let Some(value) = record.value else { return };
        part.moments.add(value, weight);
        part.values.add(value, weight);
        if let Some(moves) = record.moves {
            part.moves.add(f64::from(moves), weight);
            self.most_moves = self.most_moves.max(Some(moves));
        }
        let own = |less: bool, kept: &Option<Extreme>| match kept {
            Some(kept) => (value < kept.value) == less && value.total_cmp(&kept.value).is_ne(),
            None => true,
        };
        let extreme = || {
            Some(Extreme {
                index: record.index,
                id: record.id.clone(),
                value,
            })
        };
        if own(true, &self.worst) {
            self.worst = extreme();
        }
        if own(false, &self.best) {
            self.best = extreme();
        }
        for Moved { market, role, rep } in &record.moved {
            let place = (market.clone(), role.clone());
            let to = self
                .moved
                .entry(place)
                .or_default()
                .entry(rep.clone())
                .or_default();
            match record.probability {
                Some(probability) => to.0 += probability,
                None => to.1 += 1.0,
            }
        }
    }

    /// Takes all that another summary took.
    pub fn merge(&mut self, other: Self) {
        self.stated.merge(other.stated);
        self.equal.merge(other.equal);
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
        let less =
            |a: &Extreme, b: &Extreme| a.value.total_cmp(&b.value).then(a.index.cmp(&b.index));
        let more =
            |a: &Extreme, b: &Extreme| b.value.total_cmp(&a.value).then(a.index.cmp(&b.index));
        self.worst = self
            .worst
            .take()
            .into_iter()
            .chain(other.worst)
            .min_by(less);
        self.best = self.best.take().into_iter().chain(other.best).min_by(more);
        self.most_moves = self.most_moves.max(other.most_moves);
        for (place, reps) in other.moved {
            let own = self.moved.entry(place).or_default();
            for (rep, (stated, equal)) in reps {
                let to = own.entry(rep).or_default();
                *to = (to.0 + stated, to.1 + equal);
            }
        }
    }

    /// What each scenario without a stated probability weighs.
    fn each(&self) -> f64 {
        equal_weight(self.stated.count, self.stated.weight, self.equal.count)
    }

    /// The summary so far.
    #[must_use]
    pub fn report(&self) -> SummaryReport {
        let each = self.each();
        let mut moments = self.stated.moments;
        moments.merge(&self.equal.moments.scaled(each));
        let mut moves = self.stated.moves;
        moves.merge(&self.equal.moves.scaled(each));
        let mut points = Vec::new();
        self.stated.values.points(1.0, &mut points);
        self.equal.values.points(each, &mut points);
        let ordered = Ordered::new(points);
        let some = |number: f64| (moments.weight > 0.0).then_some(number);
        let quantile = |share| Some((share, ordered.quantile(share)?));
        let all = self.stated.weight + each * self.equal.weight;
        SummaryReport {
            scenarios: self.stated.count + self.equal.count,
            statuses: self.statuses.clone(),
            valued: if all > 0.0 { moments.weight / all } else { 0.0 },
            mean: some(moments.mean),
            sd: some(moments.sd()),
            worst: self.worst.clone(),
            best: self.best.clone(),
            quantiles: QUANTILES.into_iter().filter_map(quantile).collect(),
            tail: self.tail,
            tail_mean: ordered.lower_mean(self.tail),
            exact: self.stated.values.exact() && self.equal.values.exact(),
            mean_moves: (moves.weight > 0.0).then_some(moves.mean),
            most_moves: self.most_moves,
            moved: self.fragile(each, moments.weight),
        }
    }

    fn fragile(&self, each: f64, weight: f64) -> Vec<Fragile> {
        let moved = self.moved.iter().map(|((market, role), places)| {
            let places = places
                .iter()
                .map(|(rep, (stated, equal))| (rep, stated + each * equal));
            let places: Vec<_> = places.collect();
            let gone: f64 = places.iter().map(|place| place.1).sum();
            // The first by id of those that are as likely.
            let mostly = places.iter().rev().max_by(|a, b| a.1.total_cmp(&b.1));
            Fragile {
                market: market.clone(),
                role: role.clone(),
                survives: 1.0 - gone / weight,
                mostly_to: mostly.and_then(|place| place.0.clone()),
            }
        });
        let mut moved: Vec<Fragile> = moved.collect();
        moved.sort_by(|a, b| a.survives.total_cmp(&b.survives));
        moved.truncate(MOST_MOVED);
        moved
    }
}

/// What each of the scenarios without a stated probability weighs: they share what is left of 1.
#[allow(clippy::cast_precision_loss, reason = "fewer than 2^53 scenarios")]
pub(super) fn equal_weight(stated: u64, mass: f64, equal: u64) -> f64 {
    if stated == 0 {
        1.0
    } else {
        (1.0 - mass).max(0.0) / equal.max(1) as f64
    }
}

impl Sink for Summary {
    fn take(&mut self, outcome: &Outcome) -> io::Result<()> {
        self.add(&outcome.record);
        Ok(())
    }
}
