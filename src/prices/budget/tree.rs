//! Branch and bound on cells whose spend lies where the envelope is above the curve.
//!
//! The relaxation replaces each curve by its envelope on the node's interval. A cell in a gap is split
//! at its spend, or into nothing and something where it has a fee or a minimum; a channel that is half on
//! is split into on and off. At most one cell for each price lies inside a gap, so the first limit is
//! close and few nodes are needed.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::time::Instant;

use super::cell::{Domain, Ready};
use super::layout::Layout;
use super::plan::{Way, restrict};
use super::web::State;

/// Gaps below this part of all value are rounding.
const ROUNDING: f64 = 1e-14;
/// Lines shorter than this part of the most spend are not split.
const STUB: f64 = 1e-6;
/// Channels are on or off up to this.
pub(super) const HALF: f64 = 1e-5;
/// Limits are kept up to this part of all spend.
pub(super) const KEPT: f64 = 4e-10;
/// Spend below this part of all money is none.
pub(super) const NOTHING: f64 = 1e-11;
/// Nodes at the start that are all made into plans; later one in as many, where limits cross.
pub(super) const EAGER: usize = 8;
/// Improvements of one plan at most.
pub(super) const ROUNDS: usize = 12;

/// A part of all plans.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) bound: f64,
    guess: f64,
    number: usize,
    domains: Vec<(usize, Domain)>,
    pub(super) states: Vec<(usize, State)>,
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Node {}

impl PartialOrd for Node {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Node {
    fn cmp(&self, other: &Self) -> Ordering {
        let bounds = self.bound.total_cmp(&other.bound);
        bounds.then(other.number.cmp(&self.number))
    }
}

/// The best plan, and what is proved of all others.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// Spend of each cell, then the amounts that it adds up to.
    pub(super) spend: Vec<f64>,
    pub(super) net: f64,
    pub(super) bound: f64,
    /// Price of each group with the decisions of the plan kept.
    pub(super) price: Vec<f64>,
    pub(super) channel_price: Vec<f64>,
    pub(super) across_price: Vec<f64>,
    pub(super) nodes: usize,
}

/// How a search ended.
#[derive(Clone, Debug)]
pub(super) enum End {
    Found(Found),
    /// No plan keeps the limits.
    Impossible,
    /// None was found in so many nodes.
    Unfinished(usize),
}

pub(super) struct Tree<'b, 'a> {
    pub(super) layout: &'b mut Layout<'a>,
    /// Cells with the decisions of a plan, while it is polished.
    scratch: Vec<Ready<'a>>,
    pub(super) root: Vec<Domain>,
    pub(super) states: Vec<State>,
    /// The relaxation of the node at hand: spends, and how far channels are on.
    pub(super) at: Vec<f64>,
    pub(super) active: Vec<f64>,
    pub(super) found: Option<Found>,
    /// Where the first price starts.
    guess: f64,
    pub(super) relative: f64,
    end: Option<Instant>,
    /// Gaps below this are none.
    pub(super) rounding: f64,
}

impl<'b, 'a> Tree<'b, 'a> {
    pub(super) fn new(
        layout: &'b mut Layout<'a>,
        guess: f64,
        relative: f64,
        end: Option<Instant>,
    ) -> Self {
        Self {
            end,
            scratch: vec![],
            root: layout.cells.iter().map(|cell| cell.domain).collect(),
            states: vec![],
            at: vec![],
            active: vec![],
            found: None,
            guess,
            relative,
            rounding: match layout.web {
                Some(_) => (0.1 * relative / layout.cells.len() as f64).max(1e-10),
                None => ROUNDING,
            },
            layout,
        }
    }

    /// Whether time is up.
    pub(super) fn is_late(&self) -> bool {
        self.end.is_some_and(|end| Instant::now() >= end)
    }

    /// Whether time is up and there is a plan.
    pub(super) fn is_done(&self) -> bool {
        self.found.is_some() && self.is_late()
    }

    /// Searches until the gap is small enough, `most` nodes are seen or time is up.
    pub(super) fn run(mut self, most: usize) -> End {
        let mut open = BinaryHeap::new();
        open.push(Node {
            bound: f64::INFINITY,
            guess: self.guess,
            number: 0,
            domains: vec![],
            states: vec![],
        });
        let (mut nodes, mut number) = (0, 0);
        let mut left = f64::NEG_INFINITY;
        while let Some(node) = open.pop() {
            if self.closes(node.bound) || nodes >= most || (nodes > 0 && self.is_late()) {
                left = left.max(node.bound);
                break;
            }
            nodes += 1;
            let Some(bound) = self.look(&node, nodes) else {
                continue;
            };
            if self.closes(bound) {
                left = left.max(bound);
                continue;
            }
            let guess = self.layout.nest.price[0];
            let Some(parts) = self.split() else {
                left = left.max(bound);
                continue;
            };
            for (domains, states) in parts {
                number += 1;
                open.push(Node {
                    bound,
                    guess,
                    number,
                    domains,
                    states,
                });
            }
        }
        if left == f64::NEG_INFINITY && self.found.is_none() {
            return End::Impossible;
        }
        self.finish();
        match self.found {
            Some(found) => End::Found(Found {
                bound: left.max(found.net),
                nodes,
                ..found
            }),
            None => End::Unfinished(nodes),
        }
    }

    pub(super) fn closes(&self, bound: f64) -> bool {
        let within = |found: &Found| bound <= found.net + self.relative * found.net.abs();
        self.found.as_ref().is_some_and(within)
    }

    /// Gives all cells their whole domains.
    pub(super) fn reset(&mut self) {
        for (cell, root) in self.layout.cells.iter_mut().zip(&self.root) {
            if cell.domain != *root {
                cell.enclose(*root);
            }
        }
    }

    pub(super) fn take(&mut self, node: &Node) {
        self.reset();
        for (cell, domain) in &node.domains {
            self.layout.cells[*cell].enclose(*domain);
        }
    }

    /// The node's limit, after its relaxation was made into plans; `None` if it holds no plan.
    fn look(&mut self, node: &Node, nodes: usize) -> Option<f64> {
        self.take(node);
        if let Some(web) = self.layout.web.take() {
            let bound = self.look_across(&web, node, nodes);
            self.layout.web = Some(web);
            return bound.map(|bound| bound.min(node.bound));
        }
        let layout = &mut *self.layout;
        let charge = layout.charge;
        if !layout.nest.solve(&mut layout.cells, charge, node.guess) {
            return None;
        }
        let bound = layout.nest.bound(&mut layout.cells, charge).min(node.bound);
        self.at.clone_from(&self.layout.nest.spend);
        self.round(self.layout.nest.price[0]);
        Some(bound)
    }

    /// The cell to split: that in a gap which is farthest from its ends, in value at the line's slope.
    pub(super) fn widest(&self) -> Option<usize> {
        let mut widest = (self.rounding, None);
        for (at, (cell, spend)) in self.layout.cells.iter().zip(&self.at).enumerate() {
            let worth = cell.inside(*spend);
            if worth > widest.0 && cell.gap(*spend) > self.rounding {
                widest = (worth, Some(at));
            }
        }
        widest.1
    }

    /// Where to split a node in which nothing seems to lie in a gap, but that brought no plan as good as
    /// its bound: the cell with the longest line, in its middle; or else that with the widest domain,
    /// at its spend, as prices on smaller domains are found more surely.
    fn longest(&self) -> Option<(usize, f64)> {
        let mut longest: Option<(bool, f64, usize, f64)> = None;
        for (at, (cell, root)) in self.layout.cells.iter().zip(&self.root).enumerate() {
            let line = cell.knee - cell.left;
            let has_line = cell.corners().is_none() && line > STUB * root.high;
            let (length, spend) = if has_line {
                (line, cell.left + 0.5 * line)
            } else {
                (cell.domain.high - cell.left, self.at[at])
            };
            let more = longest.is_none_or(|(lined, most, ..)| (has_line, length) > (lined, most));
            if length > STUB * root.high && more {
                longest = Some((has_line, length, at, spend));
            }
        }
        longest.map(|(_, _, at, spend)| (at, spend))
    }

    /// Decisions at hand: domains that are not whole, and channels if limits cross.
    fn decided(&self) -> Part {
        let domains = self.layout.cells.iter().zip(&self.root).enumerate();
        let domains = domains.filter(|(_, (cell, root))| cell.domain != **root);
        let states = self.states.iter().copied().enumerate();
        (
            domains.map(|(at, (cell, _))| (at, cell.domain)).collect(),
            states.collect(),
        )
    }

    fn split(&self) -> Option<[Part; 2]> {
        let (domains, states) = self.decided();
        let open = |(at, part): (usize, &f64)| match self.states[at] {
            State::Open => (at, part.min(1.0 - part)),
            _ => (at, 0.0),
        };
        let half = self.active.iter().enumerate().map(open);
        let half = half.max_by(|a, b| a.1.total_cmp(&b.1));
        let on_off = |channel: usize| {
            [State::Off, State::On].map(|state| {
                let mut states = states.clone();
                states[channel].1 = state;
                (domains.clone(), states)
            })
        };
        if let Some((channel, _)) = half.filter(|half| half.1 > HALF) {
            return Some(on_off(channel));
        }
        let widest = self.widest().map(|at| (at, self.at[at]));
        let (at, spend) = match widest {
            Some(widest) => widest,
            None => match self.states.iter().position(|state| *state == State::Open) {
                Some(channel) => return Some(on_off(channel)),
                None => self.longest()?,
            },
        };
        let halves = self.layout.cells[at].halves(spend);
        Some(halves.map(|domain| {
            let mut domains = domains.clone();
            domains.retain(|(other, _)| *other != at);
            domains.push((at, domain));
            (domains, states.clone())
        }))
    }

    /// Makes plans of the relaxation: each cell keeps the side that it is on, those in a gap go down,
    /// stay, or go up.
    fn round(&mut self, guess: f64) {
        let rest = self.layout.nest.clone();
        let mut gaps = self.layout.cells.iter().zip(&rest.spend);
        if !gaps.any(|(cell, spend)| cell.gap(*spend) > ROUNDING) {
            self.offer_nested();
            return;
        }
        for way in [Way::Down, Way::Stay, Way::Up] {
            self.scratch.clone_from(&self.layout.cells);
            for (cell, spend) in self.scratch.iter_mut().zip(&rest.spend) {
                let domain = restrict(cell, *spend, way, ROUNDING).0;
                if domain != cell.domain {
                    cell.enclose(domain);
                }
            }
            let charge = self.layout.charge;
            if self.layout.nest.solve(&mut self.scratch, charge, guess) {
                self.offer_nested();
            }
        }
        self.layout.nest = rest;
    }

    fn offer_nested(&mut self) {
        let nest = &self.layout.nest;
        let net = self.net(&nest.spend);
        if self.is_better(net) {
            let (spend, price) = (nest.spend.clone(), nest.price.clone());
            self.offer(net, spend, price, (vec![], vec![]));
        }
    }

    pub(super) fn net(&self, spend: &[f64]) -> f64 {
        let spending = self.layout.nest.spend.len();
        let cells = self.layout.cells.iter().zip(&self.root).enumerate();
        let values = cells.zip(spend).map(|((at, (cell, root)), spend)| {
            let paid = root.paid && *spend > 0.0;
            let charge = if at < spending {
                self.layout.charge
            } else {
                0.0
            };
            cell.plain(*spend, paid) - charge * spend
        });
        values.sum()
    }

    pub(super) fn is_better(&self, net: f64) -> bool {
        self.found.as_ref().is_none_or(|found| net > found.net)
    }

    pub(super) fn offer(
        &mut self,
        net: f64,
        spend: Vec<f64>,
        price: Vec<f64>,
        (channel_price, across_price): (Vec<f64>, Vec<f64>),
    ) {
        self.found = Some(Found {
            spend,
            price,
            channel_price,
            across_price,
            net,
            bound: f64::INFINITY,
            nodes: 0,
        });
    }
}

/// Decisions of a node.
type Part = (Vec<(usize, Domain)>, Vec<(usize, State)>);
