//! What units and sites must keep together, and what is wrong with it.

use super::task::{Fault, Task, fine};

/// Hours that a unit must get in some periods together if it is served: visits in any run of periods, before
/// a season, after a sale.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// Place of the unit.
    pub unit: usize,
    /// Its periods, each once.
    pub periods: Vec<usize>,
    /// Productive hours at least; ≥ 0, at most the unit's most in all of the periods.
    pub hours: f64,
}

/// A limit on what all sites and units use together, such as moves or hires.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// Least that is used; ≥ 0.
    pub least: f64,
    /// Most that is used; ≥ `least`, or infinite.
    pub most: f64,
    /// Sites, each once, and what each uses if it is open; ≥ 0.
    pub of_site: Vec<(usize, f64)>,
    /// Units that use something, each once.
    pub of_unit: Vec<Held>,
}

/// A unit that uses of a limit unless it is served from where it is held.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// Place of the unit.
    pub unit: usize,
    /// Places of the sites that hold it now, each once.
    pub homes: Vec<usize>,
    /// What it uses at any other site, or unserved; ≥ 0.
    pub uses: f64,
}

/// How many units a site serves if it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// Place of the site; each site in one count at most.
    pub site: usize,
    /// Fewest.
    pub least: u32,
    /// Most; at least `least`.
    pub most: u32,
}

/// Amounts of what is served, each part's within limits relative to the whole: balance over reps, shares of
/// regions.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    /// What each pair adds to the whole if its site serves its unit; ≥ 0.
    pub amount: Vec<f64>,
    /// The part that each pair adds to as well, if any.
    pub part: Vec<Option<usize>>,
    /// Least of each part, as a multiple of the whole; ≥ 0.
    pub least: Vec<f64>,
    /// Most of each part, as a multiple of the whole; at least the least, or infinite.
    pub most: Vec<f64>,
    /// What deviations cost.
    pub ideal: Option<Ideal>,
}

/// A range of each part of a spread beyond which every unit costs something.
#[derive(Clone, Debug, PartialEq)]
pub struct Ideal {
    /// Multiples of the whole from which on a part has too little; ≥ 0.
    pub low: Vec<f64>,
    /// Multiples of the whole from which on it has too much; at least `low`.
    pub high: Vec<f64>,
    /// Cost of a unit of deviation; ≥ 0.
    pub cost: f64,
    /// Whether only the largest deviation counts, or all.
    pub largest: bool,
}

/// What units and sites must keep together; nothing by default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    /// What units must get in several periods together.
    pub windows: Vec<Window>,
    /// What all may use together.
    pub limits: Vec<Limit>,
    /// Units that one site serves all of, or nobody any of; a unit is in one at most.
    pub together: Vec<Vec<usize>>,
    /// Two units that one site may not both serve.
    pub apart: Vec<[usize; 2]>,
    /// How many units sites serve.
    pub counts: Vec<Count>,
    /// How amounts are spread.
    pub spreads: Vec<Spread>,
}

/// Whether all are below a number, and none is there twice.
fn once(mut all: Vec<usize>, count: usize) -> bool {
    all.sort_unstable();
    let twice = all.windows(2).any(|pair| pair[0] == pair[1]);
    !twice && all.last().is_none_or(|last| *last < count)
}

pub(super) fn faults(task: &Task<'_>, faults: &mut Vec<Fault>) {
    let rules = &task.rules;
    let mut each = |fine: bool, fault: Fault| {
        if !fine {
            faults.push(fault);
        }
    };
    for (at, window) in rules.windows.iter().enumerate() {
        each(window_is_fine(task, window), Fault::Window(at));
    }
    for (at, limit) in rules.limits.iter().enumerate() {
        each(limit_is_fine(task, limit), Fault::Limit(at));
    }
    let mut free = vec![true; task.units.len()];
    let mut taken = |unit: &usize| free.get_mut(*unit).is_some_and(std::mem::take);
    for (at, together) in rules.together.iter().enumerate() {
        let taken = together.iter().filter(|unit| taken(unit)).count();
        let fine = taken > 0 && taken == together.len();
        each(fine, Fault::Together(at));
    }
    for (at, apart) in rules.apart.iter().enumerate() {
        each(once(apart.to_vec(), task.units.len()), Fault::Apart(at));
    }
    let mut uncounted = vec![true; task.sites.len()];
    for (at, count) in rules.counts.iter().enumerate() {
        let new = uncounted.get_mut(count.site).is_some_and(std::mem::take);
        each(new && count.least <= count.most, Fault::Count(at));
    }
    for (at, spread) in rules.spreads.iter().enumerate() {
        each(spread_is_fine(task, spread), Fault::Spread(at));
    }
}

fn window_is_fine(task: &Task<'_>, window: &Window) -> bool {
    let known = !window.periods.is_empty() && once(window.periods.clone(), task.periods);
    let most = task.units.get(window.unit).map_or(f64::NAN, |unit| {
        unit.most_hours * window.periods.len() as f64
    });
    known && fine(window.hours) && window.hours <= most * (1.0 + 1e-12)
}

fn limit_is_fine(task: &Task<'_>, limit: &Limit) -> bool {
    let sites: Vec<usize> = limit.of_site.iter().map(|own| own.0).collect();
    let units: Vec<usize> = limit.of_unit.iter().map(|held| held.unit).collect();
    let mut homes = limit.of_unit.iter().map(|held| held.homes.clone());
    let known = once(sites, task.sites.len())
        && once(units, task.units.len())
        && homes.all(|homes| once(homes, task.sites.len()));
    let used = limit.of_site.iter().map(|own| own.1);
    let mut used = used.chain(limit.of_unit.iter().map(|held| held.uses));
    known && fine(limit.least) && limit.most >= limit.least && used.all(fine)
}

fn spread_is_fine(task: &Task<'_>, spread: &Spread) -> bool {
    let (pairs, parts) = (task.pairs.len(), spread.least.len());
    let ordered = |low: &[f64], high: &[f64]| {
        let mut both = low.iter().zip(high);
        low.len() == parts
            && high.len() == parts
            && both.all(|(low, high)| fine(*low) && high >= low)
    };
    let ideal = spread.ideal.as_ref();
    spread.amount.len() == pairs
        && spread.part.len() == pairs
        && spread.amount.iter().all(|amount| fine(*amount))
        && spread.part.iter().flatten().all(|part| *part < parts)
        && ordered(&spread.least, &spread.most)
        && ideal.is_none_or(|ideal| fine(ideal.cost) && ordered(&ideal.low, &ideal.high))
}
