//! What all units and sites do together: sums over choices and open sites, and rows that limit them.
//!
//! Every rule that couples sites is a row over few sums: what a part of a spread adds up to, and the whole; the
//! units of a site; what of a limit is used. With slack s[r] (sums), linear in them,
//!
//! ```text
//! s[r] = sign·(factor·sum[of] + constant − sum[main]) ≥ 0
//! ```
//!
//! A price ρ[r] ≥ 0 for each adds Σ ρ·s to the value: that leaves each choice and each site with a cost of its
//! own ([`Shift`]), and what is then proved holds for the whole task (weak duality). Deviations from what is
//! ideal cost c for each unit: their rows have prices of at most c, for both sides of a part together, or for all
//! parts together where only the largest counts.

use super::layout::{Layout, NONE};
use super::rules::{Ideal, Limit, Spread};

/// Slack below this part of what a row compares is rounding.
const ROUNDING: f64 = 1e-9;
/// Steps of prices of rows that compare sums, against those of rows with a limit of their own.
const RELATIVE: f64 = 0.3;

/// A row.
#[derive(Clone, Copy, Debug)]
struct Row {
    sign: f64,
    main: u32,
    of: u32,
    factor: f64,
    constant: f64,
    /// Square of the natural unit of its price: see [`Rows::new`].
    weight: f64,
    /// What a usual choice adds to its main sum.
    usual: f64,
}

/// Rows of what is ideal: those of too much of each part, then those of too little.
#[derive(Clone, Copy, Debug)]
struct Soft {
    first: usize,
    parts: usize,
    cost: f64,
    largest: bool,
}

/// All rows, and what choices and open sites add to sums.
#[derive(Debug, Default)]
pub(super) struct Rows {
    rows: Vec<Row>,
    /// Hard rows come first.
    hard: usize,
    softs: Vec<Soft>,
    /// Sums of nothing at all.
    base: Vec<f64>,
    /// What choices add: those of choice c in `adds[start[c]..start[c + 1]]`.
    start: Vec<usize>,
    adds: Vec<(u32, f64)>,
    /// What each site adds if it is open.
    opens: Vec<Vec<(u32, f64)>>,
    /// Rows of the most and the least of each limit.
    limits: Vec<[Option<usize>; 2]>,
}

/// What choices and open sites cost at prices of rows, and what the prices are worth besides.
#[derive(Clone, Debug, Default)]
pub(super) struct Shift {
    pub(super) of_choice: Vec<f64>,
    pub(super) of_site: Vec<f64>,
    pub(super) constant: f64,
}

impl Rows {
    pub(super) fn new(layout: &Layout<'_>) -> Self {
        let task = layout.task;
        let mut maker = Maker {
            rows: Self {
                opens: vec![vec![]; task.sites.len()],
                ..Self::default()
            },
            of_choice: vec![vec![]; layout.choices()],
            soft: vec![],
        };
        let choice_of = choice_of_pairs(layout);
        for spread in &task.rules.spreads {
            maker.spread(spread, &choice_of);
        }
        for count in &task.rules.counts {
            maker.count(layout, (count.site, count.least, count.most));
        }
        for limit in &task.rules.limits {
            maker.limit(layout, limit);
        }
        maker.finish(layout)
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Sums of nothing at all.
    pub(super) fn nothing(&self) -> Vec<f64> {
        self.base.clone()
    }

    /// Adds a choice to sums, or takes it away by −1.
    pub(super) fn add(&self, sums: &mut [f64], choice: u32, sign: f64) {
        if self.is_empty() || choice == NONE {
            return;
        }
        let at = choice as usize;
        for (sum, amount) in &self.adds[self.start[at]..self.start[at + 1]] {
            sums[*sum as usize] += sign * amount;
        }
    }

    /// Adds an open site to sums, or takes it away by −1.
    pub(super) fn open(&self, sums: &mut [f64], site: usize, sign: f64) {
        for (sum, amount) in &self.opens[site] {
            sums[*sum as usize] += sign * amount;
        }
    }

    fn slack(&self, row: &Row, sums: &[f64]) -> f64 {
        let limit = if row.of == NONE {
            row.constant
        } else if row.factor.is_infinite() {
            return f64::INFINITY;
        } else {
            row.factor * sums[row.of as usize] + row.constant
        };
        let main = sums[row.main as usize];
        let slack = row.sign * (limit - main);
        if slack.abs() <= ROUNDING * limit.abs().max(main.abs()) {
            0.0
        } else {
            slack
        }
    }

    /// Slack of every row; 0 where there is no limit.
    pub(super) fn slacks(&self, sums: &[f64], slacks: &mut Vec<f64>) {
        let each = self.rows.iter().map(|row| self.slack(row, sums));
        slacks.extend(each.map(|slack| if slack.is_finite() { slack } else { 0.0 }));
    }

    /// Squares of the natural units of the rows' prices.
    pub(super) fn weights(&self) -> impl Iterator<Item = f64> + '_ {
        self.rows.iter().map(|row| row.weight)
    }

    /// Cost of a unit of each hard row that is missing, where missing a usual choice costs as much as given.
    pub(super) fn fines(&self, usual: f64) -> Vec<f64> {
        let hard = self.rows[..self.hard].iter();
        hard.map(|row| usual / row.usual).collect()
    }

    /// What missing hard rows costs at fines, and deviations from what is ideal.
    pub(super) fn cost(&self, sums: &[f64], fines: &[f64]) -> f64 {
        let hard = self.rows[..self.hard].iter().zip(fines);
        let hard = hard.map(|(row, fine)| fine * (-self.slack(row, sums)).max(0.0));
        hard.sum::<f64>()
            + self
                .softs
                .iter()
                .map(|soft| self.deviation(soft, sums))
                .sum::<f64>()
    }

    fn deviation(&self, soft: &Soft, sums: &[f64]) -> f64 {
        let upper = &self.rows[soft.first..soft.first + soft.parts];
        let lower = &self.rows[soft.first + soft.parts..soft.first + 2 * soft.parts];
        let missing = upper.iter().zip(lower).map(|(upper, lower)| {
            let over = -self.slack(upper, sums).min(self.slack(lower, sums));
            over.max(0.0)
        });
        soft.cost
            * if soft.largest {
                missing.fold(0.0, f64::max)
            } else {
                missing.sum::<f64>()
            }
    }

    /// What each choice costs at the slopes of the cost in the sums: that is convex, so changes cost no less
    /// than this says.
    pub(super) fn leans(&self, sums: &[f64], fines: &[f64], leans: &mut Vec<f64>) {
        let mut slopes = vec![0.0; self.base.len()];
        let mut add = |row: &Row, cost: f64| {
            if self.slack(row, sums) < 0.0 {
                slopes[row.main as usize] += row.sign * cost;
                if row.of != NONE {
                    slopes[row.of as usize] -= row.sign * row.factor * cost;
                }
            }
        };
        for (row, fine) in self.rows[..self.hard].iter().zip(fines) {
            add(row, *fine);
        }
        for soft in &self.softs {
            let own = &self.rows[soft.first..soft.first + 2 * soft.parts];
            if soft.largest {
                let slack = |row: &&Row| self.slack(row, sums);
                let most = own.iter().min_by(|a, b| slack(a).total_cmp(&slack(b)));
                most.into_iter().for_each(|row| add(row, soft.cost));
            } else {
                own.iter().for_each(|row| add(row, soft.cost));
            }
        }
        self.of_choices(&slopes, leans);
    }

    /// What each choice costs where a unit of each sum does.
    fn of_choices(&self, costs: &[f64], of_choice: &mut Vec<f64>) {
        let own = self.start.windows(2).map(|own| &self.adds[own[0]..own[1]]);
        of_choice.clear();
        of_choice.extend(own.map(|adds| cost_of(adds, costs)));
    }

    /// Whether all hard rows are kept.
    pub(super) fn kept(&self, sums: &[f64]) -> bool {
        let hard = &self.rows[..self.hard];
        hard.iter().all(|row| self.slack(row, sums) >= 0.0)
    }

    /// Raises the fines of rows that are missed, and lowers those of rows that are not; by the first and the
    /// second factor.
    pub(super) fn adapt(&self, sums: &[f64], fines: &mut [f64], (rise, fall): (f64, f64)) {
        for (row, fine) in self.rows[..self.hard].iter().zip(fines) {
            *fine *= if self.slack(row, sums) < 0.0 {
                rise
            } else {
                fall
            };
        }
    }

    /// Lowers prices to where deviations pay for them.
    pub(super) fn cap(&self, prices: &mut [f64]) {
        for soft in &self.softs {
            let (first, parts) = (soft.first, soft.parts);
            let mut all = 0.0;
            for part in first..first + parts {
                let both = prices[part].min(prices[part + parts]);
                for at in [part, part + parts] {
                    prices[at] = (prices[at] - both).min(soft.cost);
                    all += prices[at];
                }
            }
            if soft.largest && all > soft.cost {
                let part = soft.cost / all;
                let own = prices[first..first + 2 * parts].iter_mut();
                own.for_each(|price| *price *= part);
            }
        }
    }

    /// What choices and sites cost at prices.
    pub(super) fn shift(&self, prices: &[f64], shift: &mut Shift) {
        let mut costs = vec![0.0; self.base.len()];
        shift.constant = 0.0;
        for (row, price) in self
            .rows
            .iter()
            .zip(prices)
            .filter(|(_, price)| **price > 0.0)
        {
            costs[row.main as usize] += row.sign * price;
            if row.of != NONE {
                costs[row.of as usize] -= row.sign * row.factor * price;
            }
            shift.constant += row.sign * row.constant * price;
        }
        let base = self.base.iter().zip(&costs);
        shift.constant -= base.map(|(base, cost)| base * cost).sum::<f64>();
        self.of_choices(&costs, &mut shift.of_choice);
        let opens = self.opens.iter().map(|adds| cost_of(adds, &costs));
        shift.of_site.clear();
        shift.of_site.extend(opens);
    }

    /// The prices of limits: of their most less of their least.
    pub(super) fn limit_prices(&self, prices: &[f64]) -> Vec<f64> {
        let price = |row: Option<usize>| row.and_then(|row| prices.get(row)).copied();
        let each = self.limits.iter();
        each.map(|[most, least]| price(*most).unwrap_or(0.0) - price(*least).unwrap_or(0.0))
            .collect()
    }
}

/// What is added to sums costs.
fn cost_of(adds: &[(u32, f64)], costs: &[f64]) -> f64 {
    let each = adds.iter();
    each.map(|(sum, amount)| costs[*sum as usize] * amount)
        .sum()
}

/// The choice that each pair is a part of, if any.
fn choice_of_pairs(layout: &Layout<'_>) -> Vec<u32> {
    let mut of = vec![NONE; layout.task.pairs.len()];
    for (choice, _) in (0_u32..).zip(0..layout.choices()) {
        for &pair in layout.parts(choice) {
            of[pair as usize] = choice;
        }
    }
    of
}

/// Rows under construction.
struct Maker {
    rows: Rows,
    of_choice: Vec<Vec<(u32, f64)>>,
    soft: Vec<Row>,
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(NONE)
}

impl Maker {
    fn sum(&mut self, base: f64) -> u32 {
        self.rows.base.push(base);
        place(self.rows.base.len() - 1)
    }

    fn add(&mut self, choice: u32, sum: u32, amount: f64) {
        if choice == NONE || amount == 0.0 {
            return;
        }
        let own = &mut self.of_choice[choice as usize];
        match own.iter_mut().find(|one| one.0 == sum) {
            Some(one) => one.1 += amount,
            None => own.push((sum, amount)),
        }
    }

    fn spread(&mut self, spread: &Spread, choice_of: &[u32]) {
        let whole = self.sum(0.0);
        let parts: Vec<u32> = spread.least.iter().map(|_| self.sum(0.0)).collect();
        for (pair, amount) in spread.amount.iter().enumerate() {
            self.add(choice_of[pair], whole, *amount);
            if let Some(part) = spread.part[pair] {
                self.add(choice_of[pair], parts[part], *amount);
            }
        }
        let row = |sign: f64, (main, factor): (&u32, &f64)| Row {
            sign,
            main: *main,
            of: whole,
            factor: *factor,
            constant: 0.0,
            weight: 0.0,
            usual: 0.0,
        };
        let side = |sign: f64, factors: &[f64]| -> Vec<Row> {
            parts
                .iter()
                .zip(factors)
                .map(|one| row(sign, one))
                .collect()
        };
        if spread.most.iter().any(|most| most.is_finite()) {
            self.rows.rows.extend(side(1.0, &spread.most));
        }
        if spread.least.iter().any(|least| *least > 0.0) {
            self.rows.rows.extend(side(-1.0, &spread.least));
        }
        let Some(ideal) = spread.ideal.as_ref().filter(|ideal| ideal.cost > 0.0) else {
            return;
        };
        let Ideal { cost, largest, .. } = *ideal;
        self.rows.softs.push(Soft {
            first: self.soft.len(),
            parts: parts.len(),
            cost,
            largest,
        });
        self.soft.extend(side(1.0, &ideal.high));
        self.soft.extend(side(-1.0, &ideal.low));
    }

    fn count(&mut self, layout: &Layout<'_>, (site, least, most): (usize, u32, u32)) {
        let (units, open) = (self.sum(0.0), self.sum(0.0));
        for &choice in layout.of_site(site) {
            self.add(choice, units, layout.parts(choice).len() as f64);
        }
        self.rows.opens[site].push((open, 1.0));
        let mut row = |sign: f64, factor: u32| {
            self.rows.rows.push(Row {
                sign,
                main: units,
                of: open,
                factor: f64::from(factor),
                constant: 0.0,
                weight: 0.0,
                usual: 0.0,
            });
        };
        if most < u32::MAX {
            row(1.0, most);
        }
        if least > 0 {
            row(-1.0, least);
        }
    }

    /// What is used is what all would use less what units use not that are where they are held.
    fn limit(&mut self, layout: &Layout<'_>, limit: &Limit) {
        let used = self.sum(limit.of_unit.iter().map(|held| held.uses).sum());
        for held in &limit.of_unit {
            let block = layout.block_of(held.unit);
            for home in &held.homes {
                if let Some(choice) = layout.choice_of(block, place(*home)) {
                    self.add(choice, used, -held.uses);
                }
            }
        }
        for (site, uses) in &limit.of_site {
            self.rows.opens[*site].push((used, *uses));
        }
        let mut row = |sign: f64, constant: f64| {
            self.rows.rows.push(Row {
                sign,
                main: used,
                of: NONE,
                factor: 0.0,
                constant,
                weight: 0.0,
                usual: 0.0,
            });
            self.rows.rows.len() - 1
        };
        let most = limit.most.is_finite().then(|| row(1.0, limit.most));
        let least = (limit.least > 0.0).then(|| row(-1.0, limit.least));
        self.rows.limits.push([most, least]);
    }

    /// Soft rows behind hard ones, sums by choice in one list, and units of prices: what a usual choice adds to
    /// the main sum, and how many choices that sum usually has.
    fn finish(mut self, layout: &Layout<'_>) -> Rows {
        let hard = self.rows.rows.len();
        self.rows.hard = hard;
        self.rows.rows.append(&mut self.soft);
        for soft in &mut self.rows.softs {
            soft.first += hard;
        }
        let mut adds = vec![(0.0, 0.0); self.rows.base.len()];
        self.rows.start.push(0);
        for (choice, own) in (0_u32..).zip(self.of_choice) {
            let others = layout.of_block(layout.choice(choice).block as usize).len();
            for (sum, amount) in &own {
                let chance = 1.0 / others as f64;
                adds[*sum as usize].0 += chance;
                adds[*sum as usize].1 += chance * amount.abs();
            }
            self.rows.adds.extend(own);
            self.rows.start.push(self.rows.adds.len());
        }
        for (sum, amount) in self.rows.opens.iter().flatten() {
            adds[*sum as usize].0 += 1.0;
            adds[*sum as usize].1 += amount;
        }
        for row in &mut self.rows.rows {
            let (count, all) = adds[row.main as usize];
            row.usual = if all > 0.0 { all / count } else { 1.0 };
            let count = count.max(1.0);
            row.weight = if row.of == NONE {
                1.0 / count
            } else {
                RELATIVE / (count * count)
            } / (row.usual * row.usual);
        }
        self.rows
    }
}
