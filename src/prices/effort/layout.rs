//! Pairs by site and by unit, and the hours that pay best at a price.

use super::task::{Site, Task};

/// No pair, or no site.
pub(super) const NONE: u32 = u32::MAX;
/// Costs below this part of what a rep costs are rounding.
const ROUNDING: f64 = 1e-12;

/// A task laid out for the solver.
#[derive(Debug)]
pub(super) struct Layout<'a> {
    pub(super) task: &'a Task<'a>,
    /// Pairs of site i: `by_site[site_start[i]..site_start[i + 1]]`, as places in `task.pairs`.
    site_start: Vec<usize>,
    by_site: Vec<u32>,
    unit_start: Vec<usize>,
    by_unit: Vec<u32>,
    /// Most reps of each site, 0 where it lacks the pair with its own unit.
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
}

impl<'a> Layout<'a> {
    /// Lays a task out; credits are by unit and period, or none.
    pub(super) fn new(task: &'a Task<'a>, credit: Vec<f64>) -> Self {
        let (site_start, by_site) = sorted(task, task.sites.len(), |pair| task.pairs[pair].site);
        let (unit_start, by_unit) = sorted(task, task.units.len(), |pair| task.pairs[pair].unit);
        let mut layout = Self {
            task,
            site_start,
            by_site,
            unit_start,
            by_unit,
            most: task.sites.iter().map(|site| site.most).collect(),
            fair: task.sites.iter().flat_map(fair_prices).collect(),
            credit,
        };
        for (at, site) in task.sites.iter().enumerate() {
            let own = |&pair: &u32| Some(task.pairs[pair as usize].unit) == site.own;
            if site.own.is_some() && !layout.of_site(at).iter().any(own) {
                layout.most[at] = 0;
            }
        }
        layout
    }

    /// Pairs of a site.
    pub(super) fn of_site(&self, site: usize) -> &[u32] {
        &self.by_site[self.site_start[site]..self.site_start[site + 1]]
    }

    /// Pairs of a unit.
    pub(super) fn of_unit(&self, unit: usize) -> &[u32] {
        &self.by_unit[self.unit_start[unit]..self.unit_start[unit + 1]]
    }

    /// Whether the pair is that of a site with its own unit.
    pub(super) fn is_own(&self, pair: u32) -> bool {
        let pair = &self.task.pairs[pair as usize];
        self.task.sites[pair.site].own == Some(pair.unit)
    }

    /// The hours of a period that pay best for a pair when an hour of the site's reps has a price, in
    /// closed form from the curve's inverse slope.
    pub(super) fn best(&self, pair: u32, period: usize, price: f64) -> Best {
        let pair = &self.task.pairs[pair as usize];
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
        }
    }

    /// Gain of a pair over all periods at the site's prices.
    pub(super) fn gain(&self, pair: u32, prices: &[f64]) -> f64 {
        let periods = prices.iter().enumerate();
        let gains = periods.map(|(period, price)| self.best(pair, period, *price).gain);
        self.task.pairs[pair as usize].constant + gains.sum::<f64>()
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

fn sorted(task: &Task<'_>, count: usize, key: impl Fn(usize) -> usize) -> (Vec<usize>, Vec<u32>) {
    let mut start = vec![0; count + 1];
    for pair in 0..task.pairs.len() {
        start[key(pair) + 1] += 1;
    }
    for at in 0..count {
        start[at + 1] += start[at];
    }
    let mut next = start.clone();
    let mut order = vec![NONE; task.pairs.len()];
    for (number, pair) in (0_u32..).zip(0..task.pairs.len()) {
        order[next[key(pair)]] = number;
        next[key(pair)] += 1;
    }
    (start, order)
}
