//! A budget that cannot be invalid: an immutable [`BudgetProblem`] made from a [`BudgetInput`] that has
//! been checked once, every fault at once.
//!
//! A *cell* is a channel in a period and a region. With curve f over amounts of an ordinary period in
//! the whole market, a cell of length L in a region of size z, where a unit costs c, brings
//!
//! ```text
//! margin·season·L·z·f(x/(c·L·z))
//! ```
//!
//! for x money, so that halves of a period, or of a region, together bring what the whole does.

mod cells;
mod channel;
mod check;
#[cfg(feature = "fit")]
mod history;
mod limits;

use crate::curve::Curve;
use crate::curve::carry::Carry;
use crate::fault::Faults;
use crate::input::BudgetInput;

/// A channel.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelFact {
    /// Id, unique.
    pub id: String,
    /// Name for display.
    pub name: String,
    /// What an amount at work brings in an ordinary period.
    pub curve: Curve,
    /// Money that is left of a unit of response after commission and rebate; > 0.
    pub margin: f64,
    /// Money that a unit of the curve's amount costs; > 0.
    pub cost_per_unit: f64,
    /// Weights of past amounts; `None` where nothing carries over.
    pub carry: Option<Carry>,
    /// Amounts before the first period in the whole market, the oldest first.
    pub before: Vec<f64>,
    /// Part of what spend brings after the last period that counts; in [0, 1].
    pub after_plan_share: f64,
    /// Cost of being active over the plan, in money.
    pub fee: f64,
    /// Least spend over the plan if active, in money.
    pub minimum: f64,
    /// Floor and ceiling of its spend over the plan, in money.
    pub limit: Range,
    /// Where its curve was fitted: how well.
    pub fit: Option<FitFact>,
}

/// How a curve was fitted.
#[derive(Clone, Debug, PartialEq)]
pub struct FitFact {
    /// Family of curves, as in the input.
    pub family: &'static str,
    /// Name, value and, where it can be told, standard error of each parameter.
    pub parameters: Vec<(&'static str, f64, Option<f64>)>,
    /// Past periods.
    pub periods: usize,
    /// Part of the variance that is explained.
    pub r_squared: f64,
    /// Residual standard deviation, in the unit of the response.
    pub deviation: f64,
    /// What to be careful about, a sentence each.
    pub warnings: Vec<String>,
}

/// A floor and a ceiling in money; the ceiling may be infinite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// Least spend; ≥ 0.
    pub floor: f64,
    /// Most spend; ≥ `floor`.
    pub ceiling: f64,
}

impl Range {
    /// No limit at all.
    pub const FREE: Self = Self {
        floor: 0.0,
        ceiling: f64::INFINITY,
    };

    /// Whether it limits anything.
    #[must_use]
    pub fn limits(&self) -> bool {
        self.floor > 0.0 || self.ceiling.is_finite()
    }
}

/// A set of cells with a limit, inside another or inside the total.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupFact {
    /// Name for people, such as `2027-03` or `north in 2027-03`.
    pub name: String,
    /// Position of the group around it; it stands before this one.
    pub parent: Option<usize>,
    /// Its limit.
    pub limit: Range,
}

/// A set of cells whose limit crosses those of groups.
#[derive(Clone, Debug, PartialEq)]
pub struct AcrossFact {
    /// Name for people, such as `north`.
    pub name: String,
    /// Its limit.
    pub limit: Range,
    /// Positions of its cells.
    pub cells: Vec<usize>,
}

/// A channel in a period and a region.
#[derive(Clone, Debug, PartialEq)]
pub struct CellFact {
    /// Position of the channel.
    pub channel: usize,
    /// Position of the period.
    pub period: usize,
    /// Position of the region.
    pub region: usize,
    /// Money that a unit of the curve is worth here: margin × season × length × size; > 0.
    pub weight: f64,
    /// Units of the curve's amount that a unit of money buys here; > 0.
    pub units: f64,
    /// Least and most spend, finite.
    pub limit: Range,
    /// Whether the limit was given for this very cell.
    pub limited: bool,
    /// Cost of spending anything, in money.
    pub fee: f64,
    /// Least spend if any, in money.
    pub minimum: f64,
    /// Innermost group that it belongs to.
    pub group: Option<usize>,
    /// What is spent now; 0 where nothing is said.
    pub current: f64,
}

/// A budget that was checked.
#[derive(Clone, Debug, PartialEq)]
pub struct BudgetProblem {
    pub(super) name: String,
    pub(super) currency: String,
    pub(super) periods: Vec<String>,
    pub(super) regions: Vec<(String, f64)>,
    pub(super) channels: Vec<ChannelFact>,
    pub(super) cells: Vec<CellFact>,
    pub(super) groups: Vec<GroupFact>,
    pub(super) across: Vec<AcrossFact>,
    pub(super) conflicts: Vec<(usize, usize)>,
    pub(super) total: Range,
    pub(super) reserve: f64,
    pub(super) min_marginal_return: f64,
    pub(super) min_return: f64,
    pub(super) min_value: f64,
    pub(super) most_active: Option<usize>,
    pub(super) has_current: bool,
}

impl BudgetProblem {
    /// Checks an input, fits the curves that are not given, and makes the problem. Whether floors and
    /// ceilings can be met together is seen when it is planned.
    ///
    /// # Errors
    /// All faults of the input at once.
    pub fn new(input: &BudgetInput) -> Result<Self, Faults> {
        cells::assemble(input)
    }

    /// Title of the budget.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Currency of all money, for display.
    #[must_use]
    pub fn currency(&self) -> &str {
        &self.currency
    }

    /// Ids of the periods in the order of time.
    #[must_use]
    pub fn periods(&self) -> &[String] {
        &self.periods
    }

    /// Ids and sizes of the regions; one without an id where none was given.
    #[must_use]
    pub fn regions(&self) -> &[(String, f64)] {
        &self.regions
    }

    /// The channels in the order of the input.
    #[must_use]
    pub fn channels(&self) -> &[ChannelFact] {
        &self.channels
    }

    /// The cells: by channel, then region, then period.
    #[must_use]
    pub fn cells(&self) -> &[CellFact] {
        &self.cells
    }

    /// Sets of cells with limits, outer ones first.
    #[must_use]
    pub fn groups(&self) -> &[GroupFact] {
        &self.groups
    }

    /// Sets of cells whose limits cross those of groups.
    #[must_use]
    pub fn across(&self) -> &[AcrossFact] {
        &self.across
    }

    /// Pairs of channels of which at most one may be active.
    #[must_use]
    pub fn conflicts(&self) -> &[(usize, usize)] {
        &self.conflicts
    }

    /// Floor and ceiling of all money.
    #[must_use]
    pub fn total(&self) -> Range {
        self.total
    }

    /// Money of the total's ceiling that is kept back.
    #[must_use]
    pub fn reserve(&self) -> f64 {
        self.reserve
    }

    /// What the last unit of money must bring at least.
    #[must_use]
    pub fn min_marginal_return(&self) -> f64 {
        self.min_marginal_return
    }

    /// What all spend must bring at least for each unit of it; 0 for no such target.
    #[must_use]
    pub fn min_return(&self) -> f64 {
        self.min_return
    }

    /// Value that is to be reached with as little money as that takes; 0 for no such target.
    #[must_use]
    pub fn min_value(&self) -> f64 {
        self.min_value
    }

    /// Channels with spend at most.
    #[must_use]
    pub fn most_active(&self) -> Option<usize> {
        self.most_active
    }

    /// Whether a current spend was given.
    #[must_use]
    pub fn has_current(&self) -> bool {
        self.has_current
    }

    /// A cell as people name it: `online in 2027-03`, `online in north in 2027-03`.
    #[must_use]
    pub fn cell_name(&self, cell: usize) -> String {
        let cell = &self.cells[cell];
        let mut name = self.channels[cell.channel].name.clone();
        let region = &self.regions[cell.region].0;
        if !region.is_empty() {
            name += &format!(" in {region}");
        }
        name + &format!(" in {}", self.periods[cell.period])
    }
}
