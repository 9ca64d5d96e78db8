//! Writes rows with provenance; in the elastic form every hard rule may give way at a price.

use crate::domain::{Candidate, CandidateId, MarketId, Problem, RepId, Rule, SlotId};

use super::layout::Layout;
use super::linear::LinearProgramBuilder;

/// What a row stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum RowKind {
    /// A slot has one rep or is unserved.
    Assignment(SlotId),
    /// A slot may not be left unserved (a bound).
    Mandatory(SlotId),
    /// A slot is locked to another rep than this candidate (a bound).
    Lock(CandidateId),
    /// A rep plays at most one of the distinct roles of a market.
    Distinct(MarketId, RepId),
    /// Two roles of a market have the same rep.
    Same(SlotId, SlotId, RepId),
    /// Two markets of a family have the same rep.
    Family(SlotId, SlotId, RepId),
    /// Hours of a rep in a period.
    Capacity(RepId, u32),
    /// Fewest slots of a rep.
    MinCount(RepId),
    /// Most slots of a rep.
    MaxCount(RepId),
    /// Defines a rep's amount of a balance.
    Amount(u32, RepId),
    /// Defines the total of a balance.
    Total(u32),
    /// Hard minimum of a balance.
    BalanceMin(u32, RepId),
    /// Hard maximum of a balance.
    BalanceMax(u32, RepId),
    /// Defines a deviation above the ideal band.
    Above(u32, RepId),
    /// Defines a deviation below the ideal band.
    Below(u32, RepId),
    /// Most moves.
    MaxMoves,
    /// Most potential moved.
    MaxMovedPotential,
    /// A rep works from one base, or at most one.
    OneBase(RepId),
    /// A candidate of the slot works only from a chosen base.
    Chosen(CandidateId),
    /// Fewest and most hires.
    Hires,
    /// Defines the revenue covered.
    Revenue,
    /// Most revenue of a source of a limit on concentration.
    Concentration(u32, u32),
    /// A piece of what a candidate brings by its visits in a period.
    Piece(CandidateId, u32),
    /// Visits of a candidate in several periods together.
    Window(CandidateId, u32),
    /// An earlier level keeps its value.
    Floor(u32),
}

impl RowKind {
    /// The rule that the row belongs to; `None` for floors of lexicographic levels
    /// and for hours as decisions.
    #[must_use]
    pub fn rule(self) -> Option<Rule> {
        Some(match self {
            RowKind::Assignment(_) => Rule::Assignment,
            RowKind::Mandatory(_) => Rule::Unserved,
            RowKind::Lock(_) => Rule::Locks,
            RowKind::Distinct(..) | RowKind::Same(..) => Rule::Roles,
            RowKind::Family(..) => Rule::Families,
            RowKind::Capacity(..) => Rule::Capacity,
            RowKind::MinCount(_) | RowKind::MaxCount(_) => Rule::Count,
            RowKind::Amount(..)
            | RowKind::Total(_)
            | RowKind::BalanceMin(..)
            | RowKind::BalanceMax(..)
            | RowKind::Above(..)
            | RowKind::Below(..) => Rule::Balance,
            RowKind::MaxMoves | RowKind::MaxMovedPotential => Rule::Continuity,
            RowKind::OneBase(_) | RowKind::Chosen(_) | RowKind::Hires => Rule::Sizing,
            RowKind::Revenue | RowKind::Concentration(..) => Rule::Concentration,
            // Hours as decisions are no rule of a plan with visits as planned.
            RowKind::Piece(..) | RowKind::Window(..) | RowKind::Floor(_) => return None,
        })
    }
}

/// A column of the elastic program that lets a rule give way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Relief {
    /// What gives way.
    pub kind: RowKind,
    /// The column; its value is the amount, in the rule's unit.
    pub column: u32,
}

/// Price of leaving a (market, role) unserved that must be served. Higher than all others: that it
/// must be served is what the planner insisted on, so limits on how give way first.
pub(super) const PRICE_SLOT: f64 = 10.0;
/// Price of the hours that an average slot takes. Lower than all others, since a planner would
/// first look for hours.
const PRICE_HOURS_OF_SLOT: f64 = 0.5;
/// Price of an average slot's share of a balanced metric, of moved potential or of concentrated
/// revenue.
const PRICE_AMOUNT_OF_SLOT: f64 = 1.0;
/// Price of giving a locked slot to another rep.
pub(super) const PRICE_LOCK: f64 = 2.0;
/// Price of one side of a split: a family or a pair of roles that is split has two.
pub(super) const PRICE_SPLIT_SIDE: f64 = 1.0;
/// Price of a slot more or less than a rep's limit.
pub(super) const PRICE_COUNT: f64 = 1.0;
/// Price of a move more than allowed.
pub(super) const PRICE_MOVE: f64 = 1.0;
/// Price of a hire more or less than allowed.
pub(super) const PRICE_HIRE: f64 = 3.0;

/// Prices of relief that depend on the size of things. Only proportions matter: they say which
/// relaxation a planner would try first.
#[derive(Clone, Debug)]
pub(super) struct Prices {
    /// One hour beyond a rep's capacity.
    pub(super) hour: f64,
    /// One unit of each balance's metric outside the hard limits.
    pub(super) balance: Vec<f64>,
    /// One unit of potential moved beyond the limit, or that a source brings beyond its share.
    pub(super) potential: f64,
}

impl Prices {
    /// Prices in proportion to the amounts of an average slot.
    fn of(problem: &Problem) -> Self {
        let candidates = problem.candidates();
        let mean = |amount: &dyn Fn(&Candidate) -> f64| {
            let total: f64 = candidates.iter().map(amount).sum();
            let count = candidates.len().max(1);
            #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
            let mean = total / count as f64;
            if mean > 0.0 { mean } else { 1.0 }
        };
        let balance = problem.policy().balance.iter();
        Self {
            hour: PRICE_HOURS_OF_SLOT / mean(&|c| problem.total_hours(c)),
            balance: balance
                .map(|balance| PRICE_AMOUNT_OF_SLOT / mean(&|c| problem.amount(balance, c)))
                .collect(),
            potential: PRICE_AMOUNT_OF_SLOT / mean(&|c| problem.slot(c.slot).potential),
        }
    }
}

/// Writes one formulation.
#[derive(Debug)]
pub(super) struct Writer {
    pub(super) builder: LinearProgramBuilder,
    pub(super) layout: Layout,
    pub(super) kinds: Vec<RowKind>,
    pub(super) reliefs: Vec<Relief>,
    pub(super) prices: Prices,
    elastic: bool,
    terms: Vec<(u32, f64)>,
}

impl Writer {
    pub(super) fn new(problem: &Problem, layout: Layout, elastic: bool) -> Self {
        Self {
            builder: LinearProgramBuilder::new(),
            layout,
            kinds: Vec::new(),
            reliefs: Vec::new(),
            prices: Prices::of(problem),
            elastic,
            terms: Vec::new(),
        }
    }

    /// Adds a term to the row under construction.
    pub(super) fn term(&mut self, column: u32, coefficient: f64) {
        self.terms.push((column, coefficient));
    }

    /// Finishes the row under construction as a definition, which never gives way.
    pub(super) fn define(&mut self, kind: RowKind, lower: f64, upper: f64) {
        self.builder.row(lower, upper, &mut self.terms);
        self.kinds.push(kind);
    }

    /// Finishes the row under construction as a rule. In the elastic form it may give way at a
    /// price for each unit.
    pub(super) fn rule(&mut self, kind: RowKind, lower: f64, upper: f64, price: f64) {
        if self.elastic {
            if upper.is_finite() {
                let column = self.relief(kind, price);
                self.terms.push((column, -1.0));
            }
            if lower.is_finite() {
                let column = self.relief(kind, price);
                self.terms.push((column, 1.0));
            }
        }
        self.define(kind, lower, upper);
    }

    fn relief(&mut self, kind: RowKind, price: f64) -> u32 {
        let column = self.builder.column(-price, 0.0, f64::INFINITY, false);
        self.reliefs.push(Relief { kind, column });
        column
    }

    /// Rules out a column by a bound. In the elastic form it may be used at a price.
    pub(super) fn rule_out(&mut self, kind: RowKind, column: u32, price: f64) {
        if self.elastic {
            self.builder.add_cost(column, -price);
            self.reliefs.push(Relief { kind, column });
        } else {
            self.builder.set_bounds(column, 0.0, 0.0);
        }
    }
}
