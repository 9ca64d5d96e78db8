//! The best bundle of blocks for one rep when every block has a price: a knapsack with limits on hours in
//! each period, overtime at a cost, and pairs of blocks that exclude each other.
//!
//! With a price μ[t] ≥ 0 on the hours of each period, a rep takes the blocks that are worth their hours.
//! Any other bundle falls short of that by what it passes over, by what it takes in spite of its hours,
//! and by what its load loses against the prices of hours. Depth-first search over the blocks that are
//! in doubt finds the bundle that falls short least, or proves by how much every bundle does.

/// Searches with growing limits at most.
const ROUNDS: u32 = 12;
/// Blocks in doubt at most.
const MOST_DOUBT: usize = 100;
/// Steps of the prices of hours before a search.
const STEPS: u32 = 4;

/// First limit of a search, relative to what the last one found, and the factor to the next.
const WIDER: f64 = 1.3;
const AGAIN: f64 = 3.0;
/// Hours above a limit that rounding may have made, relative to it.
const NEARLY: f64 = 1e-7;

/// A block that a rep may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub(super) block: u32,
    /// What the choice is worth, hours aside, in money.
    pub(super) worth: f64,
}

/// One item, or two of which only one can be taken; at one base.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unit {
    pub(super) base: u32,
    pub(super) items: [Option<u32>; 2],
}

/// What a rep may take, and the hours there are.
#[derive(Debug, Default)]
pub(super) struct Bundle {
    pub(super) items: Vec<Item>,
    pub(super) units: Vec<Unit>,
    /// Hours by item and period, item after item.
    pub(super) load: Vec<f64>,
    /// Regular hours and most overtime, by period.
    pub(super) hours: Vec<f64>,
    pub(super) overtime: Vec<f64>,
    /// Cost of an hour of overtime, in money.
    pub(super) overtime_price: f64,
    /// Prices of an hour, by period.
    pub(super) prices: Vec<f64>,
    /// By how much the best bundle fell short last time, in money.
    pub(super) short: f64,
    pub(super) nodes: u32,
    /// Nodes of the last search.
    pub(super) seen: u32,
}

/// The best bundle, or nearly.
#[derive(Clone, Debug, Default)]
pub(super) struct Best {
    /// No bundle is worth more, in money.
    pub(super) limit: f64,
    /// Blocks of a bundle that is worth that, or nearly.
    pub(super) blocks: Vec<u32>,
}

/// The item of a unit that is taken, if any.
type Taken = Option<u32>;

/// Memory of a search, used again from bundle to bundle.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// What each unit at the base loses by each of its options, the best one first.
    options: Vec<[(f64, Taken); 3]>,
    /// Slope of the value with the price of hours, by period.
    slope: Vec<f64>,
    trial: Vec<f64>,
    /// Units in doubt, most hours first.
    doubt: Vec<usize>,
    /// Periods in which the load can cost something, and the hours of every option of the units in doubt
    /// in them: unit after unit, option after option.
    live: Vec<usize>,
    loads: Vec<f64>,
    /// Load of what is taken at each depth, and the most that is still to come, by depth and period.
    fixed: Vec<f64>,
    rest: Vec<f64>,
    /// Options of the units in doubt, by depth, and those of the best bundle.
    taken: Vec<Taken>,
    best: Vec<Taken>,
    nodes: u32,
}

impl Bundle {
    fn load_of(&self, item: usize) -> &[f64] {
        &self.load[item * self.hours.len()..][..self.hours.len()]
    }

    /// What the blocks that are worth their hours are worth at prices of blocks and hours, together with
    /// the hours, at one base.
    fn value(&self, prices: &[f64], base: u32, blocks: &[f64], scratch: &mut Scratch) -> f64 {
        let Scratch { options, slope, .. } = scratch;
        options.clear();
        slope.clear();
        let mut value = 0.0;
        for (period, &price) in prices.iter().enumerate() {
            let more = (price - self.overtime_price).max(0.0);
            value += price * self.hours[period] + more * self.overtime[period];
            let over = if more > 0.0 {
                self.overtime[period]
            } else {
                0.0
            };
            slope.push(self.hours[period] + over);
        }
        let reduced = |item: Option<u32>| {
            let Some(at) = item else {
                return (f64::NEG_INFINITY, item);
            };
            let Item { block, worth } = self.items[at as usize];
            let load = self.load_of(at as usize).iter().zip(prices);
            let hours: f64 = load.map(|(load, price)| load * price).sum();
            (worth - blocks[block as usize] - hours, item)
        };
        for unit in self.units.iter().filter(|unit| unit.base == base) {
            let [first, second] = unit.items.map(reduced);
            let mut own = [(0.0, None), first, second];
            own.sort_by(|a, b| b.0.total_cmp(&a.0));
            let best = own[0].0;
            value += best;
            if let Some(item) = own[0].1 {
                for (slope, load) in slope.iter_mut().zip(self.load_of(item as usize)) {
                    *slope -= load;
                }
            }
            options.push(own.map(|(worth, item)| (best - worth, item)));
        }
        value
    }

    /// Lowers the value by better prices of hours; the value.
    fn improve(&mut self, base: u32, blocks: &[f64], scratch: &mut Scratch) -> f64 {
        let mut value = self.value(&self.prices, base, blocks, scratch);
        let mut distance = self.short.max(1e-4 * value.abs());
        for _ in 0..STEPS {
            let pairs = || self.prices.iter().zip(&scratch.slope);
            let free = pairs().filter(|(price, slope)| **price > 0.0 || **slope < 0.0);
            let norm: f64 = free.map(|(_, slope)| slope * slope).sum();
            if norm <= 0.0 {
                break;
            }
            let step = 0.5 * distance / norm;
            let mut trial = std::mem::take(&mut scratch.trial);
            trial.clear();
            trial.extend(pairs().map(|(price, slope)| (price - step * slope).max(0.0)));
            let next = self.value(&trial, base, blocks, scratch);
            if next < value {
                value = next;
                std::mem::swap(&mut self.prices, &mut trial);
            } else {
                distance *= 0.3;
                self.value(&self.prices, base, blocks, scratch);
            }
            scratch.trial = trial;
        }
        value
    }

    /// The best bundle at one base, at prices of blocks.
    pub(super) fn solve(&mut self, base: u32, blocks: &[f64], scratch: &mut Scratch) -> Best {
        let value = self.improve(base, blocks, scratch);
        let mut limit = (WIDER * self.short).max(1e-6 * value.abs());
        let mut proved = 0.0;
        let mut found = None;
        scratch.nodes = 0;
        for _ in 0..ROUNDS {
            self.doubts(limit, scratch);
            if scratch.doubt.len() > MOST_DOUBT {
                break;
            }
            let whole = self.search(limit, &mut found, scratch);
            if let Some(short) = found {
                self.short = short;
                if whole {
                    proved = short;
                }
                break;
            }
            if !whole {
                break;
            }
            proved = limit;
            limit *= AGAIN;
        }
        if found.is_none() {
            self.short = proved.max(0.5 * self.short);
        }
        self.seen = scratch.nodes;
        Best {
            limit: value - proved,
            blocks: self.chosen(found.is_some(), scratch),
        }
    }

    /// Blocks of the bundle found, or those that are worth their hours.
    fn chosen(&self, found: bool, scratch: &mut Scratch) -> Vec<u32> {
        if found {
            for (&unit, &taken) in scratch.doubt.iter().zip(&scratch.best) {
                scratch.options[unit][0].1 = taken;
            }
        }
        let taken = scratch.options.iter().filter_map(|options| options[0].1);
        taken.map(|item| self.items[item as usize].block).collect()
    }

    /// Finds the units of which a bundle within a limit may decide otherwise than by worth.
    fn doubts(&self, limit: f64, scratch: &mut Scratch) {
        let Scratch { options, doubt, .. } = scratch;
        doubt.clear();
        doubt.extend((0..options.len()).filter(|&unit| options[unit][1].0 < limit));
        let hours = |item: Option<u32>| -> f64 {
            item.map_or(0.0, |item| self.load_of(item as usize).iter().sum())
        };
        let most = |unit: usize| {
            let near = near(&options[unit], limit);
            near.map(|option| hours(option.1)).fold(0.0, f64::max)
        };
        doubt.sort_by(|&a, &b| most(b).total_cmp(&most(a)).then(a.cmp(&b)));
    }

    /// Searches all bundles that fall short by less than a limit. Whether all were seen; what the best
    /// falls short by is written into `found`.
    fn search(&self, limit: f64, found: &mut Option<f64>, scratch: &mut Scratch) -> bool {
        let (periods, count) = (self.hours.len(), scratch.doubt.len());
        let mut sure = vec![0.0; periods];
        let certain = scratch
            .options
            .iter()
            .filter(|options| options[1].0 >= limit);
        for item in certain.filter_map(|options| options[0].1) {
            add(&mut sure, self.load_of(item as usize));
        }
        let mut rest = vec![0.0; (count + 1) * periods];
        for depth in (0..count).rev() {
            let (early, later) = rest.split_at_mut((depth + 1) * periods);
            let own = &mut early[depth * periods..];
            for (_, item) in near(&scratch.options[scratch.doubt[depth]], limit) {
                let load = item.map(|item| self.load_of(item as usize));
                for (own, load) in own.iter_mut().zip(load.into_iter().flatten()) {
                    *own = f64::max(*own, *load);
                }
            }
            add(own, &later[..periods]);
        }
        let costs = |&period: &usize| {
            self.prices[period] > 0.0 || sure[period] + rest[period] > self.hours[period]
        };
        scratch.live.clear();
        scratch.live.extend((0..periods).filter(costs));
        let live = &scratch.live;
        scratch.rest.clear();
        for depth in rest.chunks_exact(periods) {
            scratch
                .rest
                .extend(live.iter().map(|&period| depth[period]));
        }
        scratch.loads.clear();
        for &unit in &scratch.doubt {
            for (_, item) in scratch.options[unit] {
                let load = item.map(|item| self.load_of(item as usize));
                scratch.loads.extend(
                    live.iter()
                        .map(|&period| load.map_or(0.0, |load| load[period])),
                );
            }
        }
        scratch.fixed.clear();
        scratch
            .fixed
            .extend(live.iter().map(|&period| sure[period]));
        scratch.fixed.resize((count + 1) * live.len(), 0.0);
        scratch.taken.clear();
        scratch.taken.resize(count, None);
        let mut limit = limit;
        self.descend(0, 0.0, &mut limit, found, scratch)
    }

    /// Decides on the units from a depth on, having lost `lost` so far. Whether all was seen.
    fn descend(
        &self,
        depth: usize,
        lost: f64,
        limit: &mut f64,
        found: &mut Option<f64>,
        scratch: &mut Scratch,
    ) -> bool {
        if scratch.nodes >= self.nodes {
            return false;
        }
        scratch.nodes += 1;
        let least = lost + self.least_loss(depth, scratch);
        if least >= *limit {
            return true;
        }
        let Some(&unit) = scratch.doubt.get(depth) else {
            *limit = least;
            *found = Some(least);
            scratch.best.clone_from(&scratch.taken);
            return true;
        };
        let live = scratch.live.len();
        let mut whole = true;
        for (at, (loss, item)) in scratch.options[unit].into_iter().enumerate() {
            if lost + loss >= *limit {
                break;
            }
            let load = &scratch.loads[(depth * 3 + at) * live..][..live];
            let (before, after) = scratch.fixed.split_at_mut((depth + 1) * live);
            let before = &before[depth * live..];
            for ((after, before), load) in after.iter_mut().zip(before).zip(load) {
                *after = before + load;
            }
            scratch.taken[depth] = item;
            whole &= self.descend(depth + 1, lost + loss, limit, found, scratch);
        }
        whole
    }

    /// The least that the load can lose against the prices of hours, whatever comes after a depth.
    fn least_loss(&self, depth: usize, scratch: &Scratch) -> f64 {
        let live = scratch.live.len();
        let fixed = &scratch.fixed[depth * live..][..live];
        let rest = &scratch.rest[depth * live..][..live];
        let mut sum = 0.0;
        for ((&period, low), rest) in scratch.live.iter().zip(fixed).zip(rest) {
            let (price, cost) = (self.prices[period], self.overtime_price);
            let (hours, most) = (
                self.hours[period],
                self.hours[period] + self.overtime[period],
            );
            let high = low + rest;
            if *low > most * (1.0 + NEARLY) + NEARLY {
                return f64::INFINITY;
            }
            // The load that loses nothing: all hours, and overtime where it pays.
            let ideal = if price > cost { most } else { hours };
            sum += if high < ideal {
                let over = (ideal - high.max(hours)).max(0.0);
                (price - cost).max(0.0) * over + price * (hours - high).max(0.0)
            } else {
                (cost - price).max(0.0) * (low - ideal).max(0.0)
            };
        }
        sum
    }
}

/// The options of a unit that lose less than a limit.
fn near(options: &[(f64, Taken); 3], limit: f64) -> impl Iterator<Item = (f64, Taken)> + '_ {
    options
        .iter()
        .copied()
        .filter(move |option| option.0 < limit)
}

fn add(sum: &mut [f64], more: &[f64]) {
    for (sum, more) in sum.iter_mut().zip(more) {
        *sum += more;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers in [0, 1), the same for the same seed.
    struct Random(u64);

    impl Random {
        fn next(&mut self) -> f64 {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            f64::from(u32::try_from(self.0 >> 32).unwrap_or(0)) / 4_294_967_296.0
        }

        fn below(&mut self, count: u32) -> u32 {
            (0..count)
                .find(|&at| self.next() * f64::from(count - at) < 1.0)
                .unwrap_or(0)
        }
    }

    fn bundle(random: &mut Random) -> (Bundle, Vec<f64>) {
        let periods = 1 + random.below(3) as usize;
        let mut bundle = Bundle {
            nodes: 100_000,
            overtime_price: 3.0 * random.next(),
            ..Bundle::default()
        };
        for _ in 0..periods {
            bundle.hours.push(10.0 * random.next());
            bundle
                .overtime
                .push(f64::from(random.below(2)) * 3.0 * random.next());
            bundle.prices.push(4.0 * random.next());
        }
        let mut blocks = Vec::new();
        for _ in 0..2 + random.below(5) {
            let base = random.below(2);
            let mut items = [None, None];
            for item in items.iter_mut().take(1 + random.below(2) as usize) {
                let block = u32::try_from(blocks.len()).expect("a few blocks");
                *item = Some(block);
                blocks.push(5.0 * random.next());
                let worth = 20.0 * random.next();
                bundle.items.push(Item { block, worth });
                bundle
                    .load
                    .extend((0..periods).map(|_| 5.0 * random.next()));
            }
            bundle.units.push(Unit { base, items });
        }
        (bundle, blocks)
    }

    /// The best value of all bundles at a base, one by one.
    fn brute_force(bundle: &Bundle, base: u32, blocks: &[f64]) -> f64 {
        let mut loads = vec![(0.0, vec![0.0; bundle.hours.len()])];
        for unit in bundle.units.iter().filter(|unit| unit.base == base) {
            let mut more = Vec::new();
            for item in unit.items.into_iter().flatten() {
                for (value, load) in &loads {
                    let Item { block, worth } = bundle.items[item as usize];
                    let mut load = load.clone();
                    add(&mut load, bundle.load_of(item as usize));
                    more.push((value + worth - blocks[block as usize], load));
                }
            }
            loads.extend(more);
        }
        let worth = |(value, load): (f64, Vec<f64>)| {
            let mut worth = value;
            for (period, load) in load.iter().enumerate() {
                let over = (load - bundle.hours[period]).max(0.0);
                if over > bundle.overtime[period] {
                    return f64::NEG_INFINITY;
                }
                worth -= over * bundle.overtime_price;
            }
            worth
        };
        loads
            .into_iter()
            .map(worth)
            .fold(f64::NEG_INFINITY, f64::max)
    }

    #[test]
    fn the_best_bundle_equals_brute_force() {
        let mut random = Random(1);
        let mut scratch = Scratch::default();
        let mut exact = 0;
        for _ in 0..2_000 {
            let (mut bundle, blocks) = bundle(&mut random);
            for base in 0..2 {
                // The second search knows how far the first one had to go.
                bundle.solve(base, &blocks, &mut scratch);
                let best = bundle.solve(base, &blocks, &mut scratch);
                let expected = brute_force(&bundle, base, &blocks);
                assert!(best.limit >= expected - 1e-5, "{} < {expected}", best.limit);
                exact += u32::from(best.limit <= expected + 1e-5);
            }
        }
        assert!(exact > 3_900, "only {exact} of 4000 limits are exact");
    }

    #[test]
    fn a_search_cut_short_still_proves_a_limit() {
        let mut random = Random(2);
        let mut scratch = Scratch::default();
        for nodes in 1..300 {
            let (mut bundle, blocks) = bundle(&mut random);
            bundle.nodes = nodes % 7;
            let best = bundle.solve(0, &blocks, &mut scratch);
            assert!(best.limit >= brute_force(&bundle, 0, &blocks) - 1e-5);
        }
    }
}
