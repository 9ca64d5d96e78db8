//! Units that go together as blocks, what may serve them as choices by site and by block, and the hours that
//! pay best at a price.

use super::task::{Pair, Site, Task};

/// No choice, or no site.
pub(super) const NONE: u32 = u32::MAX;
/// Costs below this part of what a rep costs are rounding.
const ROUNDING: f64 = 1e-12;
/// Hours nearer to a limit than this part of the most are at the limit.
const NEARLY: f64 = 1e-9;

/// A site that may serve a block: a pair for each of its units.
#[derive(Clone, Copy, Debug)]
pub(super) struct Choice {
    pub(super) site: u32,
    pub(super) block: u32,
    /// Value whatever the hours.
    pub(super) constant: f64,
    /// First of its pairs in the layout's list, and how many.
    first: u32,
    count: u32,
}

/// A task laid out for the solver.
#[derive(Debug)]
pub(super) struct Layout<'a> {
    pub(super) task: &'a Task<'a>,
    /// Block of each unit.
    block_of: Vec<u32>,
    /// Value of leaving each block unserved.
    pub(super) unserved: Vec<Option<f64>>,
    choices: Vec<Choice>,
    /// Places of pairs in the task, choice after choice.
    parts: Vec<u32>,
    /// Choices of site i: `by_site[site_start[i]..site_start[i + 1]]`.
    site_start: Vec<usize>,
    by_site: Vec<u32>,
    block_start: Vec<usize>,
    by_block: Vec<u32>,
    /// Choices of the same site that each choice rules out.
    clash_start: Vec<usize>,
    clashes: Vec<u32>,
    /// Whether those that a choice rules out rule each other out, too, and nothing else.
    clashes_all: Vec<bool>,
    /// Most reps of each site, 0 where it lacks the choice with its own unit.
    pub(super) most: Vec<u32>,
    /// Fair prices of an hour, by site and period.
    fair: Vec<f64>,
    /// What a productive hour counts besides, by unit and period; empty where nothing does.
    credit: Vec<f64>,
}

/// Gain and hours at a price.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Best {
    /// Value less the cost and the price of the hours.
    pub(super) gain: f64,
    /// Hours of the rep, the way included.
    pub(super) hours: f64,
    /// Hours that are taken less for a unit of price more; 0 where that was not asked for.
    pub(super) give: f64,
}

impl<'a> Layout<'a> {
    /// Lays a task out; credits are by unit and period, or none.
    pub(super) fn new(task: &'a Task<'a>, credit: Vec<f64>) -> Self {
        let blocks = blocks(task);
        let mut block_of = vec![0; task.units.len()];
        for (at, units) in (0_u32..).zip(&blocks) {
            units.iter().for_each(|unit| block_of[*unit] = at);
        }
        let (choices, parts) = choices(task, &blocks);
        let (site_start, by_site) =
            sorted(&choices, task.sites.len(), |choice| choice.site as usize);
        let (block_start, by_block) =
            sorted(&choices, blocks.len(), |choice| choice.block as usize);
        let unserved = blocks.iter().map(|units| {
            let each = units.iter().map(|unit| task.units[*unit].unserved);
            each.sum::<Option<f64>>()
        });
        let mut layout = Self {
            task,
            block_of,
            unserved: unserved.collect(),
            choices,
            parts,
            site_start,
            by_site,
            block_start,
            by_block,
            clash_start: vec![],
            clashes: vec![],
            clashes_all: vec![],
            most: task.sites.iter().map(|site| site.most).collect(),
            fair: task.sites.iter().flat_map(fair_prices).collect(),
            credit,
        };
        layout.find_clashes();
        for (at, site) in task.sites.iter().enumerate() {
            let own = |&choice: &u32| layout.is_own(choice);
            if site.own.is_some() && !layout.of_site(at).iter().any(own) {
                layout.most[at] = 0;
            }
        }
        layout
    }

    /// Blocks that may not go to one site, as choices of each site.
    fn find_clashes(&mut self) {
        let mut found = vec![];
        for apart in &self.task.rules.apart {
            let [a, b] = apart.map(|unit| self.block_of[unit]);
            for &one in self.of_block(a as usize) {
                let site = self.choices[one as usize].site;
                found.extend(self.choice_of(b as usize, site).map(|other| (one, other)));
            }
        }
        let back: Vec<(u32, u32)> = found.iter().map(|(a, b)| (*b, *a)).collect();
        found.extend(back);
        found.sort_unstable();
        found.dedup();
        self.clash_start = vec![0; self.choices.len() + 1];
        for (one, _) in &found {
            self.clash_start[*one as usize + 1] += 1;
        }
        for at in 0..self.choices.len() {
            self.clash_start[at + 1] += self.clash_start[at];
        }
        self.clashes = found.into_iter().map(|(_, other)| other).collect();
        let group = |choice: u32| {
            let mut group = self.clashes(choice).to_vec();
            group.push(choice);
            group.sort_unstable();
            group
        };
        let all = |choice: u32| {
            let own = group(choice);
            self.clashes(choice)
                .iter()
                .all(|other| group(*other) == own)
        };
        let choices = (0_u32..).zip(&self.choices);
        self.clashes_all = choices.map(|(choice, _)| all(choice)).collect();
    }

    /// Number of blocks.
    pub(super) fn blocks(&self) -> usize {
        self.unserved.len()
    }

    /// Number of choices.
    pub(super) fn choices(&self) -> usize {
        self.choices.len()
    }

    /// The block of a unit.
    pub(super) fn block_of(&self, unit: usize) -> usize {
        self.block_of[unit] as usize
    }

    /// A choice.
    pub(super) fn choice(&self, choice: u32) -> &Choice {
        &self.choices[choice as usize]
    }

    /// The choice of a block and a site, if there is one.
    pub(super) fn choice_of(&self, block: usize, site: u32) -> Option<u32> {
        let mut own = self.of_block(block).iter().copied();
        own.find(|&choice| self.choices[choice as usize].site == site)
    }

    /// Places of the pairs of a choice in the task, one for each unit of its block.
    pub(super) fn parts(&self, choice: u32) -> &[u32] {
        let choice = &self.choices[choice as usize];
        &self.parts[choice.first as usize..(choice.first + choice.count) as usize]
    }

    /// Choices of a site.
    pub(super) fn of_site(&self, site: usize) -> &[u32] {
        &self.by_site[self.site_start[site]..self.site_start[site + 1]]
    }

    /// Choices of a block.
    pub(super) fn of_block(&self, block: usize) -> &[u32] {
        &self.by_block[self.block_start[block]..self.block_start[block + 1]]
    }

    /// Choices of the same site that go not together with a choice.
    pub(super) fn clashes(&self, choice: u32) -> &[u32] {
        let at = choice as usize;
        &self.clashes[self.clash_start[at]..self.clash_start[at + 1]]
    }

    /// Whether a choice and those that it rules out rule each other out, and nothing else: one of them at most.
    pub(super) fn clashes_all(&self, choice: u32) -> bool {
        self.clashes_all[choice as usize]
    }

    /// Whether the choice is that of a site with its own unit.
    pub(super) fn is_own(&self, choice: u32) -> bool {
        let choice = self.choice(choice);
        let own = self.task.sites[choice.site as usize].own;
        own.is_some_and(|own| self.block_of[own] == choice.block)
    }

    /// The hours of a period that pay best for a choice when an hour of the site's reps has a price.
    pub(super) fn best(&self, choice: u32, period: usize, price: f64) -> Best {
        let mut sum = Best::default();
        for &pair in self.parts(choice) {
            let best = self.best_of(&self.task.pairs[pair as usize], period, price);
            sum.gain += best.gain;
            sum.hours += best.hours;
        }
        sum
    }

    /// The same for a pair, in closed form from the curve's inverse slope.
    pub(super) fn best_of(&self, pair: &Pair, period: usize, price: f64) -> Best {
        let unit = &self.task.units[pair.unit];
        let weight = unit.weight[period] * pair.ability;
        let mut hour = pair.hour_cost + price;
        if let Some(credit) = self.credit.get(pair.unit * self.task.periods + period) {
            hour -= credit * pair.productive;
        }
        let least = unit.least_hours[period];
        if weight <= 0.0 || hour < 0.0 {
            // Only credits make hours pay that bring nothing, or cost less than nothing.
            let productive = if hour < 0.0 { unit.most_hours } else { least };
            let hours = productive / pair.productive;
            let value = weight * unit.curve.value(productive / unit.size[period]);
            return Best {
                gain: if weight > 0.0 { value } else { 0.0 } - hour * hours,
                hours,
                give: 0.0,
            };
        }
        // Hours of the rep that the curve counts as 1.
        let one = unit.size[period] / pair.productive;
        let (low, high) = (
            least / unit.size[period],
            unit.most_hours / unit.size[period],
        );
        let response = unit.curve.best_response(hour * one / weight, low, high);
        Best {
            gain: weight * response.gain,
            hours: response.x * one,
            give: 0.0,
        }
    }

    /// The same as [`best`](Self::best) with what is given at a higher price.
    pub(super) fn answer(&self, choice: u32, period: usize, price: f64) -> Best {
        let mut sum = Best::default();
        for &pair in self.parts(choice) {
            let pair = &self.task.pairs[pair as usize];
            let best = self.best_of(pair, period, price);
            sum.gain += best.gain;
            sum.hours += best.hours;
            sum.give += self.give(pair, period, price, best.hours);
        }
        sum
    }

    /// How fast the best hours of a pair fall with the price; 0 where they are at a limit.
    fn give(&self, pair: &Pair, period: usize, price: f64, hours: f64) -> f64 {
        let unit = &self.task.units[pair.unit];
        let (productive, hour) = (pair.productive * hours, pair.hour_cost + price);
        let (least, most) = (unit.least_hours[period], unit.most_hours);
        let inside = productive > least + NEARLY * most && productive < most - NEARLY * most;
        if hour <= 0.0 || !inside {
            return 0.0;
        }
        let elasticity = unit
            .curve
            .kernel()
            .elasticity(productive / unit.size[period]);
        let give = hours / (hour * -elasticity);
        if give.is_finite() { give.max(0.0) } else { 0.0 }
    }

    /// Gain of a choice over all periods at the site's prices.
    pub(super) fn gain(&self, choice: u32, prices: &[f64]) -> f64 {
        let periods = prices.iter().enumerate();
        let gains = periods.map(|(period, price)| self.best(choice, period, *price).gain);
        self.choice(choice).constant + gains.sum::<f64>()
    }

    /// The prices at which the hours of a rep over all periods pay for the rep, so that the number of reps
    /// does not matter, or what hours left over are worth where that is more.
    pub(super) fn fair(&self, site: usize) -> &[f64] {
        let periods = self.task.periods;
        &self.fair[site * periods..(site + 1) * periods]
    }

    /// The least that it costs to have the site, with the best number of reps at fair prices; below 0 where
    /// hours left over are worth more than the reps.
    pub(super) fn opening_cost(&self, site: usize) -> f64 {
        let given = &self.task.sites[site];
        let each = given.worth_of_hours(self.fair(site)) - given.rep_cost;
        // Fair prices pay for the reps up to rounding.
        if each.abs() <= ROUNDING * given.rep_cost {
            return given.fixed;
        }
        let reps = if each > 0.0 {
            self.most[site]
        } else {
            given.least.max(1)
        };
        given.fixed - f64::from(reps) * each
    }
}

/// Units that go together, and each other unit by itself, in the order of their first units.
fn blocks(task: &Task<'_>) -> Vec<Vec<usize>> {
    let mut group = vec![None; task.units.len()];
    for (at, together) in task.rules.together.iter().enumerate() {
        together.iter().for_each(|unit| group[*unit] = Some(at));
    }
    let mut blocks: Vec<Vec<usize>> = vec![];
    let mut of_group = vec![None; task.rules.together.len()];
    for (unit, group) in group.into_iter().enumerate() {
        match group.and_then(|group: usize| of_group[group]) {
            Some(block) => {
                let block: &mut Vec<usize> = &mut blocks[block];
                block.push(unit);
            }
            None => {
                if let Some(group) = group {
                    of_group[group] = Some(blocks.len());
                }
                blocks.push(vec![unit]);
            }
        }
    }
    blocks
}

/// Sites that may serve all units of a block, none of which must be apart.
fn choices(task: &Task<'_>, blocks: &[Vec<usize>]) -> (Vec<Choice>, Vec<u32>) {
    let mut of_unit: Vec<Vec<(usize, u32)>> = vec![vec![]; task.units.len()];
    for (number, pair) in (0_u32..).zip(&task.pairs) {
        of_unit[pair.unit].push((pair.site, number));
    }
    let (mut choices, mut parts) = (vec![], vec![]);
    for (block, units) in (0_u32..).zip(blocks) {
        let inside = |pair: &&[usize; 2]| pair.iter().all(|unit| units.contains(unit));
        if units.len() > 1 && task.rules.apart.iter().any(|pair| inside(&pair)) {
            continue;
        }
        for &(site, first) in &of_unit[units[0]] {
            let start = parts.len();
            parts.push(first);
            for unit in &units[1..] {
                let mut own = of_unit[*unit].iter();
                parts.extend(own.find(|pair| pair.0 == site).map(|pair| pair.1));
            }
            if parts.len() - start < units.len() {
                parts.truncate(start);
                continue;
            }
            let own = parts[start..].iter();
            let constants = own.map(|pair| task.pairs[*pair as usize].constant);
            choices.push(Choice {
                site: u32::try_from(site).unwrap_or(NONE),
                block,
                constant: constants.sum(),
                first: u32::try_from(start).unwrap_or(NONE),
                count: u32::try_from(units.len()).unwrap_or(NONE),
            });
        }
    }
    (choices, parts)
}

/// See [`Layout::fair`].
fn fair_prices(site: &Site) -> Vec<f64> {
    let paid = site.least == 0 || site.least < site.most;
    let hours: f64 = site.hours.iter().sum();
    let mut price = 0.0;
    if paid && hours > 0.0 && hours.is_finite() {
        price = site.rep_cost / hours;
        let overtime: f64 = site.overtime.iter().sum();
        if price > site.overtime_cost {
            price = (site.rep_cost + site.overtime_cost * overtime) / (hours + overtime);
        }
    }
    let worth = site.hour_worth.iter();
    worth.map(|worth| price.max(*worth)).collect()
}

fn sorted(
    choices: &[Choice],
    count: usize,
    key: impl Fn(&Choice) -> usize,
) -> (Vec<usize>, Vec<u32>) {
    let mut start = vec![0; count + 1];
    for choice in choices {
        start[key(choice) + 1] += 1;
    }
    for at in 0..count {
        start[at + 1] += start[at];
    }
    let mut next = start.clone();
    let mut order = vec![NONE; choices.len()];
    for (number, choice) in (0_u32..).zip(choices) {
        order[next[key(choice)]] = number;
        next[key(choice)] += 1;
    }
    (start, order)
}
