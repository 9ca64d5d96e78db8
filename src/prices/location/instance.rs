//! The task as given, checked once and sorted for the solver.

use std::error::Error;
use std::fmt;

/// No site, or no unit.
pub(super) const NONE: u32 = u32::MAX;

/// A sizing and location task, in the caller's own vectors.
#[derive(Clone, Copy, Debug)]
pub struct Task<'a> {
    /// Cost of opening each site, one for each site; finite and ≥ 0, in the unit of the profits.
    pub fixed: &'a [f64],
    /// Pairs of unit j lie at `start[j]..start[j + 1]`; one more entry than units, beginning at 0,
    /// never falling, ending at the number of pairs.
    pub start: &'a [usize],
    /// Site of each pair, below the number of sites, each at most once a unit.
    pub site: &'a [u32],
    /// Profit of each pair; finite, of either sign.
    pub profit: &'a [f64],
    /// Value of leaving each unit unserved, finite; `None` where every unit needs a site.
    pub unserved: Option<&'a [f64]>,
    /// The unit that each site must serve itself when open (`None` for no such unit); no unit
    /// twice. A site without a pair for its own unit never opens. `None` where no site has one.
    pub own: Option<&'a [Option<u32>]>,
}

/// Why a task cannot be solved.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// A vector has the wrong length or order; names the field.
    Shape(&'static str),
    /// A number is not finite, or a fixed cost is negative; names the field and the position.
    Number(&'static str, usize),
    /// A unit that needs a site has none that may open.
    NoSite {
        /// The unit.
        unit: usize,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape(field) => write!(f, "`{field}` has the wrong length or order"),
            Self::Number(field, at) => write!(f, "`{field}[{at}]` is out of range"),
            Self::NoSite { unit } => write!(f, "unit {unit} has no site and may not stay unserved"),
        }
    }
}

impl Error for Fault {}

/// Pairs by unit, most profitable first.
#[derive(Clone, Debug, Default)]
pub(super) struct Lists {
    pub(super) start: Vec<usize>,
    pub(super) site: Vec<u32>,
    pub(super) profit: Vec<f64>,
}

impl Lists {
    /// Pairs of a unit.
    pub(super) fn of(&self, unit: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let pairs = self.start[unit]..self.start[unit + 1];
        let sites = self.site[pairs.clone()].iter().map(|&i| i as usize);
        sites.zip(self.profit[pairs].iter().copied())
    }

    /// Profit of the best pair of a unit.
    pub(super) fn top(&self, unit: usize) -> Option<f64> {
        let first = self.start[unit];
        (first < self.start[unit + 1]).then(|| self.profit[first])
    }
}

/// A task, checked and sorted. Build it once and change only the fixed costs for a sweep.
#[derive(Clone, Debug)]
pub struct Instance {
    pub(super) fixed: Vec<f64>,
    /// Pairs other than those of sites and their own units.
    pub(super) lists: Lists,
    /// Own unit of each site, or `NONE`.
    pub(super) own_unit: Vec<u32>,
    /// Site whose own unit this is, or `NONE`.
    pub(super) own_site: Vec<u32>,
    /// Profit of each site from its own unit; 0 where it has none.
    pub(super) own_profit: Vec<f64>,
    /// False for a site that lacks the pair with its own unit.
    pub(super) may_open: Vec<bool>,
    /// Value of leaving a unit unserved; `None` where units need a site.
    pub(super) unserved: Option<Vec<f64>>,
}

impl Instance {
    /// Checks and sorts a task.
    ///
    /// # Errors
    /// [`Fault`], if a field is not as [`Task`] says, or if a unit that needs a site has none.
    pub fn new(task: &Task<'_>) -> Result<Self, Fault> {
        check(task)?;
        let (sites, units) = (task.fixed.len(), task.start.len() - 1);
        let mut instance = Self {
            fixed: task.fixed.to_vec(),
            lists: Lists::default(),
            own_unit: vec![NONE; sites],
            own_site: vec![NONE; units],
            own_profit: vec![0.0; sites],
            may_open: vec![true; sites],
            unserved: task.unserved.map(<[f64]>::to_vec),
        };
        instance.take_own(task)?;
        instance.take_pairs(task)?;
        instance.all_served()?;
        Ok(instance)
    }

    /// Replaces the fixed costs.
    ///
    /// # Errors
    /// [`Fault`], if there is not one for each site, or one is negative or not finite.
    pub fn set_fixed(&mut self, fixed: &[f64]) -> Result<(), Fault> {
        if fixed.len() != self.fixed.len() {
            return Err(Fault::Shape("fixed"));
        }
        check_fixed(fixed)?;
        self.fixed.copy_from_slice(fixed);
        Ok(())
    }

    /// Number of sites.
    #[must_use]
    pub fn sites(&self) -> usize {
        self.fixed.len()
    }

    /// Number of units.
    #[must_use]
    pub fn units(&self) -> usize {
        self.own_site.len()
    }

    /// The open site that a unit must go to because it is the site's own.
    pub(super) fn own_of(&self, unit: usize) -> Option<usize> {
        let site = self.own_site[unit];
        (site != NONE).then_some(site as usize)
    }

    fn take_own(&mut self, task: &Task<'_>) -> Result<(), Fault> {
        let Some(own) = task.own else { return Ok(()) };
        for (number, unit) in (0_u32..).zip(own) {
            let Some(unit) = *unit else { continue };
            let site = number as usize;
            let fault = Fault::Number("own", site);
            let Some(slot) = self.own_site.get_mut(unit as usize) else {
                return Err(fault);
            };
            if *slot != NONE {
                return Err(fault);
            }
            *slot = number;
            self.own_unit[site] = unit;
            self.may_open[site] = false;
        }
        Ok(())
    }

    fn take_pairs(&mut self, task: &Task<'_>) -> Result<(), Fault> {
        let mut seen = vec![usize::MAX; self.sites()];
        let mut row: Vec<(u32, f64)> = Vec::new();
        self.lists.start.push(0);
        for unit in 0..self.units() {
            row.clear();
            for pair in task.start[unit]..task.start[unit + 1] {
                let (number, profit) = (task.site[pair], task.profit[pair]);
                let site = number as usize;
                if site >= self.sites() || seen[site] == unit {
                    return Err(Fault::Number("site", pair));
                }
                seen[site] = unit;
                if self.own_site[unit] == number {
                    self.own_profit[site] = profit;
                    self.may_open[site] = true;
                } else {
                    row.push((number, profit));
                }
            }
            row.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            self.lists.site.extend(row.iter().map(|pair| pair.0));
            self.lists.profit.extend(row.iter().map(|pair| pair.1));
            self.lists.start.push(self.lists.site.len());
        }
        Ok(())
    }

    fn all_served(&self) -> Result<(), Fault> {
        if self.unserved.is_some() {
            return Ok(());
        }
        let has_site = |&unit: &usize| {
            self.own_of(unit).is_some_and(|site| self.may_open[site])
                || self.lists.of(unit).any(|(site, _)| self.may_open[site])
        };
        let lacking = (0..self.units()).find(|unit| !has_site(unit));
        lacking.map_or(Ok(()), |unit| Err(Fault::NoSite { unit }))
    }

    /// What a unit is worth without any site. Where units need a site: so little that no optimum
    /// leaves one out, as opening every site costs less.
    pub(super) fn without_site(&self) -> Vec<f64> {
        if let Some(unserved) = &self.unserved {
            return unserved.clone();
        }
        let ranges: Vec<(f64, f64)> = (0..self.units()).map(|unit| self.range(unit)).collect();
        let spread: f64 = ranges.iter().map(|range| range.1 - range.0).sum();
        let penalty = 1.0 + 2.0 * (spread + self.fixed.iter().sum::<f64>());
        ranges.iter().map(|range| range.0 - penalty).collect()
    }

    /// Least and largest profit of a unit; the lists are sorted.
    fn range(&self, unit: usize) -> (f64, f64) {
        let own = self.own_of(unit).map(|site| self.own_profit[site]);
        let listed = &self.lists.profit[self.lists.start[unit]..self.lists.start[unit + 1]];
        let ends = listed.first().into_iter().chain(listed.last()).copied();
        let start = (f64::INFINITY, f64::NEG_INFINITY);
        ends.chain(own).fold(start, |range, profit| {
            (range.0.min(profit), range.1.max(profit))
        })
    }
}

fn check(task: &Task<'_>) -> Result<(), Fault> {
    let (sites, pairs) = (task.fixed.len(), task.site.len());
    if u32::try_from(sites).map_or(true, |sites| sites == NONE) {
        return Err(Fault::Shape("fixed"));
    }
    let ends = task.start.first() == Some(&0) && task.start.last() == Some(&pairs);
    if !ends || !task.start.is_sorted() {
        return Err(Fault::Shape("start"));
    }
    if task.profit.len() != pairs {
        return Err(Fault::Shape("profit"));
    }
    let units = task.start.len() - 1;
    if task.unserved.is_some_and(|values| values.len() != units) {
        return Err(Fault::Shape("unserved"));
    }
    if task.own.is_some_and(|own| own.len() != sites) {
        return Err(Fault::Shape("own"));
    }
    check_fixed(task.fixed)?;
    finite("profit", task.profit)?;
    finite("unserved", task.unserved.unwrap_or_default())
}

fn check_fixed(fixed: &[f64]) -> Result<(), Fault> {
    finite("fixed", fixed)?;
    let negative = fixed.iter().position(|&cost| cost < 0.0);
    negative.map_or(Ok(()), |at| Err(Fault::Number("fixed", at)))
}

fn finite(field: &'static str, values: &[f64]) -> Result<(), Fault> {
    let bad = values.iter().position(|value| !value.is_finite());
    bad.map_or(Ok(()), |at| Err(Fault::Number(field, at)))
}
