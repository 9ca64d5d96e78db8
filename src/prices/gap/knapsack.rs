//! The best jobs of one agent at given prices: a 0-1 knapsack, solved on a core by dynamic
//! programming.
//!
//! A capacity price λ splits the items: an item's gain is profit − λ · weight, and the linear
//! relaxation takes the items with a positive gain. With its value `top` and any solution of value
//! `low`, an item whose gain is farther from 0 than `top − low` is as in the relaxation in some
//! optimum (Dantzig 1957; Pisinger 1995). The table covers only the others.
//!
//! Weights are rounded down to multiples of a power of two where the table would grow too large:
//! the value is then that of a relaxation, never below the optimum.

/// Entries of a table that are kept at most: 8 MiB.
const TABLE_LIMIT: usize = 1 << 20;
/// Items of the first, small core.
const FIRST_CORE: usize = 12;
/// Relative error allowed for sums of gains, which are not exact: the price λ is not.
const ROUNDING: f64 = 1e-9;

/// An agent's pairs, one entry each, with its capacity.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    /// Job of a pair.
    pub(super) job: &'a [u32],
    /// Weight of a pair.
    pub(super) weight: &'a [u32],
    /// Cost of a pair.
    pub(super) cost: &'a [f64],
    /// Capacity of the agent, 0 or more.
    pub(super) room: i64,
}

/// Value of the best set of an agent and the capacity price at which its relaxation is split.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Best {
    /// Sum of profits, exact.
    pub(super) value: f64,
    /// Price of a unit of capacity, 0 or more.
    pub(super) price: f64,
}

#[derive(Debug, Clone, Copy)]
struct Item {
    pair: u32,
    weight: u32,
    profit: f64,
    /// Profit − price · weight.
    gain: f64,
    /// Whether the relaxation takes the whole item.
    inside: bool,
}

/// Memory of the knapsacks, reused from one to the next.
#[derive(Debug, Default)]
pub(super) struct Knapsack {
    items: Vec<Item>,
    rows: Vec<f64>,
    back: Vec<f64>,
    next_back: Vec<f64>,
}

impl Knapsack {
    /// Chooses the pairs with the largest sum of profits `prices[job] − cost` that fit, and marks
    /// them in `taken` (one entry per pair).
    pub(super) fn solve(&mut self, view: View<'_>, prices: &[f64], taken: &mut [bool]) -> Best {
        self.items.clear();
        let mut free = 0.0;
        let mut total = 0i64;
        let pairs = view.job.iter().zip(view.weight).zip(view.cost);
        for (pair, (((&job, &weight), &cost), taken)) in (0..).zip(pairs.zip(&mut *taken)) {
            let profit = prices[job as usize] - cost;
            *taken = false;
            if profit > 0.0 && i64::from(weight) <= view.room {
                *taken = weight == 0;
                if weight == 0 {
                    free += profit;
                } else {
                    total += i64::from(weight);
                    self.items.push(Item {
                        pair,
                        weight,
                        profit,
                        gain: profit,
                        inside: true,
                    });
                }
            }
        }
        if total <= view.room {
            for item in &self.items {
                taken[item.pair as usize] = true;
                free += item.profit;
            }
            return Best {
                value: free,
                price: 0.0,
            };
        }
        let (price, top) = self.split(view.room);
        let value = free + self.by_core(view.room, top, taken);
        Best { value, price }
    }

    /// Finds the capacity price, puts the items in whole first, and returns the price with the
    /// relaxation's value.
    fn split(&mut self, room: i64) -> (f64, f64) {
        for item in &mut self.items {
            item.gain = item.profit / f64::from(item.weight);
        }
        let (mut first, mut end, mut left) = (0, self.items.len(), room);
        while end - first > 1 {
            let middle = usize::midpoint(first, end);
            let part = &mut self.items[first..end];
            part.select_nth_unstable_by(middle - first, |a, b| b.gain.total_cmp(&a.gain));
            let half = &self.items[first..middle];
            let weight: i64 = half.iter().map(|item| i64::from(item.weight)).sum();
            if weight <= left {
                left -= weight;
                first = middle;
            } else {
                end = middle;
            }
        }
        let price = self.items[first].gain;
        let mut top = price * super::core::exact(room);
        for (place, item) in self.items.iter_mut().enumerate() {
            item.gain = item.profit - price * f64::from(item.weight);
            item.inside = place < first;
            top += item.gain.max(0.0);
        }
        (price, top)
    }

    /// Solves over a small core, then over all items that the first solution leaves undecided.
    fn by_core(&mut self, room: i64, top: f64, taken: &mut [bool]) -> f64 {
        let near = |a: &Item, b: &Item| a.gain.abs().total_cmp(&b.gain.abs());
        let mut core = FIRST_CORE.min(self.items.len());
        if core < self.items.len() {
            self.items.select_nth_unstable_by(core, near);
        }
        loop {
            let fixed: f64 = inside(&self.items[core..]).map(|item| item.profit).sum();
            let used: i64 = inside(&self.items[core..])
                .map(|item| i64::from(item.weight))
                .sum();
            let table = Table::new(core, room - used);
            let low = fixed + forward(&mut self.rows, &self.items[..core], table);
            let doubt = top - low + ROUNDING * (1.0 + top.abs());
            let mut wider = core;
            for place in core..self.items.len() {
                if self.items[place].gain.abs() <= doubt {
                    self.items.swap(place, wider);
                    wider += 1;
                }
            }
            if wider == core {
                trace(&self.rows, &self.items[..core], table, taken);
                inside(&self.items[core..]).for_each(|item| taken[item.pair as usize] = true);
                return low;
            }
            core = wider;
        }
    }

    /// Bounds, for every pair, how much the agent's best value falls where the pair is forced in
    /// (`loss_in`) and where it is kept out (`loss_out`); `best` is the agent's best value at these
    /// prices. Losses above `slack` need not be tight. All slices have one entry per pair.
    ///
    /// Both values come from one table forward and one backward, O(items · capacity) in all
    /// (Posta, Ferland & Michelon 2012).
    pub(super) fn losses(
        &mut self,
        view: View<'_>,
        prices: &[f64],
        best: Best,
        slack: f64,
        loss_in: &mut [f64],
        loss_out: &mut [f64],
    ) {
        let top = self.collect_all(view, prices, best.price);
        let margin = top - best.value + ROUNDING * (1.0 + top.abs());
        let mut core = 0;
        for place in 0..self.items.len() {
            let item = self.items[place];
            let pair = item.pair as usize;
            let loss = (item.gain.abs() - margin).max(0.0);
            loss_in[pair] = if item.inside { 0.0 } else { loss };
            loss_out[pair] = if item.inside { loss } else { 0.0 };
            if loss <= slack {
                self.items.swap(place, core);
                core += 1;
            }
        }
        let fixed: f64 = inside(&self.items[core..]).map(|item| item.profit).sum();
        let used: i64 = inside(&self.items[core..])
            .map(|item| i64::from(item.weight))
            .sum();
        if used > view.room {
            return;
        }
        let table = Table::new(core, view.room - used);
        forward(&mut self.rows, &self.items[..core], table);
        self.backward(core, table, best.value - fixed, loss_in, loss_out);
    }

    /// Makes an item of every pair and returns the relaxation's value at a capacity price.
    fn collect_all(&mut self, view: View<'_>, prices: &[f64], price: f64) -> f64 {
        self.items.clear();
        let mut top = price * super::core::exact(view.room);
        let pairs = view.job.iter().zip(view.weight).zip(view.cost);
        for (pair, ((&job, &weight), &cost)) in (0..).zip(pairs) {
            let profit = prices[job as usize] - cost;
            let gain = profit - price * f64::from(weight);
            top += gain.max(0.0);
            self.items.push(Item {
                pair,
                weight,
                profit,
                gain,
                inside: gain > 0.0,
            });
        }
        top
    }

    /// Walks the forward table from its end with a backward row and joins the two at every item.
    /// `value` is the best value of the core's items.
    fn backward(
        &mut self,
        core: usize,
        table: Table,
        value: f64,
        loss_in: &mut [f64],
        loss_out: &mut [f64],
    ) {
        let width = table.width;
        self.back.clear();
        self.back.resize(width, 0.0);
        self.next_back.clear();
        self.next_back.resize(width, 0.0);
        for place in (0..core).rev() {
            let item = self.items[place];
            let weight = table.weight(&item);
            let row = &self.rows[place * width..(place + 1) * width];
            let without = joined(row, &self.back);
            let pair = item.pair as usize;
            loss_out[pair] = (value - without).max(0.0);
            loss_in[pair] = f64::INFINITY;
            if weight < width {
                let with =
                    item.profit + joined(&row[..width - weight], &self.back[..width - weight]);
                loss_in[pair] = (value - with).max(0.0);
            }
            add(&self.back, &mut self.next_back, weight, item.profit);
            std::mem::swap(&mut self.back, &mut self.next_back);
        }
    }
}

/// Shape of a table: a row per item and one more, `width` entries each.
#[derive(Debug, Clone, Copy)]
struct Table {
    width: usize,
    /// Weights are divided by 2^`shift` and rounded down.
    shift: u32,
}

impl Table {
    fn new(items: usize, room: i64) -> Self {
        let room = usize::try_from(room).unwrap_or(0);
        let mut shift = 0;
        while ((room >> shift) + 1).saturating_mul(items + 1) > TABLE_LIMIT && (room >> shift) > 0 {
            shift += 1;
        }
        Self {
            width: (room >> shift) + 1,
            shift,
        }
    }

    fn weight(self, item: &Item) -> usize {
        item.weight as usize >> self.shift
    }
}

fn inside(items: &[Item]) -> impl Iterator<Item = &Item> {
    items.iter().filter(|item| item.inside)
}

/// Fills the table item by item and returns the best value.
fn forward(rows: &mut Vec<f64>, items: &[Item], table: Table) -> f64 {
    let width = table.width;
    if rows.len() < (items.len() + 1) * width {
        rows.resize((items.len() + 1) * width, 0.0);
    }
    rows[..width].fill(0.0);
    for (place, item) in items.iter().enumerate() {
        let (done, rest) = rows.split_at_mut((place + 1) * width);
        let row = &done[place * width..];
        add(row, &mut rest[..width], table.weight(item), item.profit);
    }
    rows[(items.len() + 1) * width - 1]
}

/// One step of the recursion: `next[w] = max(row[w], row[w − weight] + profit)`.
fn add(row: &[f64], next: &mut [f64], weight: usize, profit: f64) {
    let reached = weight.min(row.len());
    next[..reached].copy_from_slice(&row[..reached]);
    let pairs = row[reached..].iter().zip(row);
    for (next, (&without, &before)) in next[reached..].iter_mut().zip(pairs) {
        let with = before + profit;
        *next = if with > without { with } else { without };
    }
}

/// Largest sum of an entry and the entry of `back` at the weight that is left.
fn joined(row: &[f64], back: &[f64]) -> f64 {
    let mut best = [f64::NEG_INFINITY; 4];
    let mut ahead = row.chunks_exact(4);
    let mut behind = back.rchunks_exact(4);
    for (ahead, behind) in (&mut ahead).zip(&mut behind) {
        for lane in 0..4 {
            let sum = ahead[lane] + behind[3 - lane];
            best[lane] = if sum > best[lane] { sum } else { best[lane] };
        }
    }
    let rest = ahead
        .remainder()
        .iter()
        .zip(behind.remainder().iter().rev());
    let last = rest.map(|(a, b)| a + b).fold(f64::NEG_INFINITY, f64::max);
    best.into_iter().fold(last, f64::max)
}

/// Follows the table back and marks the pairs of the best set.
fn trace(rows: &[f64], items: &[Item], table: Table, taken: &mut [bool]) {
    let width = table.width;
    let mut at = width - 1;
    for (place, item) in items.iter().enumerate().rev() {
        let (row, next) = (&rows[place * width..], &rows[(place + 1) * width..]);
        let without = row[at];
        let took = next[at] > without;
        taken[item.pair as usize] = took;
        if took {
            at -= table.weight(item);
        }
    }
}
