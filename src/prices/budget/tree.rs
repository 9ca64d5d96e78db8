//! Branch and bound on cells whose spend lies where the envelope is above the curve.
//!
//! The relaxation replaces each curve by its envelope on the node's interval. A cell in a gap is split
//! at its spend, or into nothing and something where it has a fee or a minimum. At most one cell for each
//! price lies inside a gap, so the first limit is close and few nodes are needed.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::cell::{Domain, Ready};
use super::layout::Layout;

/// Gaps below this part of all value are rounding.
const ROUNDING: f64 = 1e-14;
/// A split leaves each side at least this part of the interval.
const EDGE: f64 = 1e-9;

/// A part of all plans.
#[derive(Clone, Debug)]
struct Node {
    bound: f64,
    guess: f64,
    number: usize,
    domains: Vec<(usize, Domain)>,
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
    pub(super) spend: Vec<f64>,
    pub(super) net: f64,
    pub(super) bound: f64,
    /// Price of each group at the last solve of the plan with its decisions kept.
    pub(super) price: Vec<f64>,
    pub(super) nodes: usize,
}

pub(super) struct Tree<'b, 'a> {
    layout: &'b mut Layout<'a>,
    /// Cells with the decisions of a plan, while it is polished.
    scratch: Vec<Ready<'a>>,
    root: Vec<Domain>,
    changed: Vec<usize>,
    found: Option<Found>,
    relative: f64,
}

impl<'b, 'a> Tree<'b, 'a> {
    pub(super) fn new(layout: &'b mut Layout<'a>, relative: f64) -> Self {
        Self {
            scratch: vec![],
            root: layout.cells.iter().map(|cell| cell.domain).collect(),
            changed: vec![],
            found: None,
            relative,
            layout,
        }
    }

    /// Searches until the gap is small enough, `most` nodes are seen or `stop` says true; `None` if no
    /// plan keeps the limits.
    pub(super) fn run(mut self, most: usize, stop: &dyn Fn() -> bool) -> Option<Found> {
        let mut open = BinaryHeap::new();
        open.push(Node {
            bound: f64::INFINITY,
            guess: 1.0,
            number: 0,
            domains: vec![],
        });
        let (mut nodes, mut number) = (0, 0);
        let mut left = f64::NEG_INFINITY;
        while let Some(node) = open.pop() {
            if self.closes(node.bound) {
                left = left.max(node.bound);
                break;
            }
            if nodes >= most || (nodes > 0 && stop()) {
                left = left.max(node.bound);
                break;
            }
            nodes += 1;
            self.take(&node);
            let charge = self.layout.charge;
            let layout = &mut *self.layout;
            if !layout.nest.solve(&mut layout.cells, charge, node.guess) {
                continue;
            }
            let bound = layout.nest.bound(&mut layout.cells, charge).min(node.bound);
            let guess = layout.nest.price[0];
            self.round(guess);
            let split = self.widest();
            let Some(cell) = split.filter(|_| !self.closes(bound)) else {
                left = left.max(bound);
                continue;
            };
            for domain in self.split(cell) {
                number += 1;
                let mut domains = node.domains.clone();
                domains.retain(|(other, _)| *other != cell);
                domains.push((cell, domain));
                open.push(Node {
                    bound,
                    guess,
                    number,
                    domains,
                });
            }
        }
        let found = self.found?;
        Some(Found {
            bound: left.max(found.net),
            nodes,
            ..found
        })
    }

    fn closes(&self, bound: f64) -> bool {
        let within = |found: &Found| bound <= found.net + self.relative * found.net.abs();
        self.found.as_ref().is_some_and(within)
    }

    fn take(&mut self, node: &Node) {
        for cell in self.changed.drain(..) {
            self.layout.cells[cell].enclose(self.root[cell]);
        }
        for (cell, domain) in &node.domains {
            self.layout.cells[*cell].enclose(*domain);
            self.changed.push(*cell);
        }
    }

    /// The cell with the largest gap, if one is above rounding.
    fn widest(&self) -> Option<usize> {
        let layout = &*self.layout;
        let mut widest = (ROUNDING, None);
        for (at, (cell, spend)) in layout.cells.iter().zip(&layout.nest.spend).enumerate() {
            let gap = cell.gap(*spend);
            if gap > widest.0 {
                widest = (gap, Some(at));
            }
        }
        widest.1
    }

    fn split(&self, at: usize) -> [Domain; 2] {
        let cell = &self.layout.cells[at];
        let domain = cell.domain;
        let spend = self.layout.nest.spend[at];
        if domain.zero && domain.paid {
            return [off(), on(domain)];
        }
        let margin = EDGE * (domain.high - domain.low);
        let middle = spend.clamp(domain.low + margin, domain.high - margin);
        let below = Domain {
            high: middle,
            ..domain
        };
        let above = Domain {
            low: middle,
            ..domain
        };
        [below, above]
    }

    /// Makes plans of the relaxation: each cell keeps the side that it is on, those in a gap go down,
    /// stay, or go up.
    fn round(&mut self, guess: f64) {
        let rest = self.layout.nest.clone();
        let gaps = self.layout.cells.iter().zip(&rest.spend);
        let any = gaps
            .clone()
            .any(|(cell, spend)| cell.gap(*spend) > ROUNDING);
        if !any {
            let net = self.net(&rest.spend);
            self.offer(net);
            return;
        }
        for way in [Way::Down, Way::Stay, Way::Up] {
            self.scratch.clone_from(&self.layout.cells);
            for (cell, spend) in self.scratch.iter_mut().zip(&rest.spend) {
                let domain = kept(cell, *spend, way);
                if domain != cell.domain {
                    cell.enclose(domain);
                }
            }
            let charge = self.layout.charge;
            let fits = self.layout.nest.solve(&mut self.scratch, charge, guess);
            if fits {
                let net = self.net(&self.layout.nest.spend);
                self.offer(net);
            }
        }
        self.layout.nest = rest;
    }

    fn net(&self, spend: &[f64]) -> f64 {
        let cells = self.layout.cells.iter().zip(&self.root);
        let values = cells.zip(spend).map(|((cell, root), spend)| {
            let paid = root.paid && *spend > 0.0;
            cell.plain(*spend, paid) - self.layout.charge * spend
        });
        values.sum()
    }

    fn offer(&mut self, net: f64) {
        if self.found.as_ref().is_none_or(|found| net > found.net) {
            self.found = Some(Found {
                spend: self.layout.nest.spend.clone(),
                price: self.layout.nest.price.clone(),
                net,
                bound: f64::INFINITY,
                nodes: 0,
            });
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Way {
    Down,
    Stay,
    Up,
}

fn off() -> Domain {
    Domain {
        low: 0.0,
        high: 0.0,
        zero: false,
        paid: false,
    }
}

fn on(domain: Domain) -> Domain {
    Domain {
        zero: false,
        ..domain
    }
}

/// A domain on which the curve is concave, around or beside a spend.
fn kept(cell: &Ready<'_>, spend: f64, way: Way) -> Domain {
    let domain = cell.domain;
    if cell.steep.is_infinite() && !domain.zero {
        return domain;
    }
    if cell.gap(spend) <= ROUNDING {
        return match (spend <= cell.left, domain.zero) {
            (true, true) => off(),
            (true, false) => fixed(domain, cell.left),
            _ => concave(cell),
        };
    }
    match way {
        Way::Down if domain.zero => off(),
        Way::Down => fixed(domain, cell.left),
        Way::Stay if spend >= domain.low => fixed(domain, spend),
        _ => concave(cell),
    }
}

fn fixed(domain: Domain, spend: f64) -> Domain {
    Domain {
        low: spend,
        high: spend,
        zero: false,
        ..domain
    }
}

fn concave(cell: &Ready<'_>) -> Domain {
    let domain = cell.domain;
    Domain {
        low: cell.inflection().clamp(domain.low, domain.high),
        ..on(domain)
    }
}
