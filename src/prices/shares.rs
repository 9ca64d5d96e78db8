//! Limits on concentration: rows with potential of blocks, one for each source of each limit.
//!
//! Row g of limit k says V[k,g] − share[k] · V ≤ 0, V the potential of all blocks that are served.
//! What a block adds depends on the block; to which row it adds, on the block or on its rep.

use super::core::Plot;
use crate::domain::Problem;
use crate::domain::concentration::Source;

/// Slack, relative to the potential of all blocks, within which a limit counts as kept.
const SLACK: f64 = 1e-9;

/// A limit and its rows.
#[derive(Clone, Copy, Debug)]
struct Limit {
    share: f64,
    by_rep: bool,
    first: usize,
    rows: usize,
}

/// The rows of all limits, and what blocks add to them. Empty where nothing is limited.
#[derive(Clone, Debug, Default)]
pub(super) struct Shares {
    limits: Vec<Limit>,
    /// Potential of each block, in money.
    potential: Vec<f64>,
    /// Rows that a block adds to whoever serves it, with what it adds: block after block.
    start: Vec<u32>,
    parts: Vec<(u32, f64)>,
    /// Potential of all blocks.
    all: f64,
}

impl Shares {
    pub(super) fn new(problem: &Problem, blocks: &[Plot]) -> Self {
        let mut shares = Self::default();
        let limits = &problem.policy().concentration;
        if limits.is_empty() {
            return shares;
        }
        let mut first = 0;
        for limit in limits {
            let rows = limit.sources(problem);
            shares.limits.push(Limit {
                share: limit.max_share,
                by_rep: limit.source == Source::Rep,
                first,
                rows,
            });
            first += rows;
        }
        shares.start.push(0);
        for block in blocks {
            shares.add(problem, block);
        }
        shares.all = shares.potential.iter().sum();
        shares
    }

    fn add(&mut self, problem: &Problem, block: &Plot) {
        let own = self.parts.len();
        let mut sum = 0.0;
        for slot in block.slots.iter().map(|&slot| problem.slot(slot)) {
            sum += slot.potential;
            let limits = self.limits.iter().zip(&problem.policy().concentration);
            for (limit, entry) in limits.filter(|(limit, _)| !limit.by_rep) {
                let Some(source) = entry.source_of(slot.market, crate::domain::RepId(0)) else {
                    continue;
                };
                let row = u32::try_from(limit.first).unwrap_or(u32::MAX) + source;
                match self.parts[own..].iter_mut().find(|part| part.0 == row) {
                    Some(part) => part.1 += slot.potential,
                    None => self.parts.push((row, slot.potential)),
                }
            }
        }
        self.potential.push(sum);
        self.start
            .push(u32::try_from(self.parts.len()).unwrap_or(u32::MAX));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.limits.is_empty()
    }

    /// Number of rows of all limits.
    pub(super) fn rows(&self) -> usize {
        self.limits.last().map_or(0, |last| last.first + last.rows)
    }

    /// Potential of a block, in money.
    pub(super) fn potential(&self, block: usize) -> f64 {
        self.potential[block]
    }

    fn parts(&self, block: usize) -> &[(u32, f64)] {
        &self.parts[self.start[block] as usize..self.start[block + 1] as usize]
    }

    /// What a block adds to each row when a rep serves it.
    fn each(&self, block: usize, rep: usize, mut add: impl FnMut(usize, f64)) {
        for &(row, amount) in self.parts(block) {
            add(row as usize, amount);
        }
        for limit in self.limits.iter().filter(|limit| limit.by_rep) {
            add(limit.first + rep, self.potential[block]);
        }
    }

    /// What a unit of potential earns in all limits at the prices of the rows, whoever covers it.
    pub(super) fn earned(&self, prices: &[f64]) -> f64 {
        let each = self.limits.iter().map(|limit| {
            let own = &prices[limit.first..limit.first + limit.rows];
            limit.share * own.iter().sum::<f64>()
        });
        each.sum()
    }

    /// What serving a block costs at the prices of the rows, apart from what depends on the rep.
    pub(super) fn cost(&self, block: usize, prices: &[f64], earned: f64) -> f64 {
        let parts = self.parts(block).iter();
        let cost: f64 = parts
            .map(|&(row, amount)| prices[row as usize] * amount)
            .sum();
        cost - earned * self.potential[block]
    }

    /// What a unit of potential costs at each rep, besides.
    pub(super) fn at_reps(&self, prices: &[f64], at_reps: &mut [f64]) {
        at_reps.fill(0.0);
        for limit in self.limits.iter().filter(|limit| limit.by_rep) {
            for (sum, price) in at_reps.iter_mut().zip(&prices[limit.first..]) {
                *sum += price;
            }
        }
    }

    /// Square of the natural unit of the price of each row: see `units` of the descent.
    pub(super) fn units(&self, units: &mut [f64]) {
        for limit in &self.limits {
            let usual = limit.share * self.all;
            let unit = if usual > 0.0 {
                1.0 / (usual * usual)
            } else {
                0.0
            };
            units[limit.first..limit.first + limit.rows].fill(unit);
        }
    }
}

/// What a plan adds to each row, and what a change under trial would.
#[derive(Clone, Debug, Default)]
pub(super) struct Covered {
    rows: Vec<f64>,
    total: f64,
    /// Rows that a trial touches, with what they would become, and the total after it.
    touched: Vec<(usize, f64)>,
    after: f64,
}

impl Covered {
    pub(super) fn new(shares: &Shares) -> Self {
        Self {
            rows: vec![0.0; shares.rows()],
            ..Self::default()
        }
    }

    /// Adds (sign 1) or takes away (sign −1) a block that a rep serves.
    pub(super) fn enter(&mut self, shares: &Shares, block: usize, rep: usize, sign: f64) {
        if shares.is_empty() {
            return;
        }
        self.total += sign * shares.potential(block);
        shares.each(block, rep, |row, amount| self.rows[row] += sign * amount);
    }

    /// What is left of each limit.
    pub(super) fn slopes(&self, shares: &Shares, slopes: &mut [f64]) {
        for limit in &shares.limits {
            let own = limit.first..limit.first + limit.rows;
            for (slope, amount) in slopes[own.clone()].iter_mut().zip(&self.rows[own]) {
                *slope = limit.share * self.total - amount;
            }
        }
    }

    /// Nothing is served.
    pub(super) fn clear(&mut self) {
        self.rows.fill(0.0);
        self.total = 0.0;
    }

    /// How far limits are missed, as shares of them.
    pub(super) fn excess(&self, shares: &Shares) -> f64 {
        let each = shares.limits.iter().map(|limit| {
            let own = self.rows[limit.first..limit.first + limit.rows].iter();
            own.map(|&amount| missed(shares, limit, amount, self.total))
                .sum::<f64>()
        });
        each.sum()
    }

    /// Begins a trial.
    pub(super) fn begin(&mut self) {
        self.touched.clear();
        self.after = self.total;
    }

    /// Adds to the rows of a trial.
    pub(super) fn touch(&mut self, shares: &Shares, block: usize, rep: usize, sign: f64) {
        if shares.is_empty() {
            return;
        }
        self.after += sign * shares.potential(block);
        let (rows, touched) = (&self.rows, &mut self.touched);
        shares.each(block, rep, |row, amount| {
            let known = touched.iter().position(|entry| entry.0 == row);
            let at = known.unwrap_or_else(|| {
                touched.push((row, rows[row]));
                touched.len() - 1
            });
            touched[at].1 += sign * amount;
        });
    }

    /// How much farther limits would be missed after the trial, by the rows it touches.
    pub(super) fn rise(&self, shares: &Shares) -> f64 {
        let rise = |&(row, amount): &(usize, f64)| {
            let limit = shares.limits.iter().rev().find(|limit| limit.first <= row);
            limit.map_or(0.0, |limit| {
                missed(shares, limit, amount, self.after)
                    - missed(shares, limit, self.rows[row], self.total)
            })
        };
        self.touched.iter().map(rise).sum()
    }
}

/// How far a row misses its limit, as a share of the limit if all blocks were served.
fn missed(shares: &Shares, limit: &Limit, amount: f64, total: f64) -> f64 {
    let over = amount - limit.share * total;
    if over > SLACK * shares.all {
        over / (limit.share * shares.all).max(f64::MIN_POSITIVE)
    } else {
        0.0
    }
}
