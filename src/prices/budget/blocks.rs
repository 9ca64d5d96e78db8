//! The best spend in one group at prices for all else: its floor and ceiling are kept, and all shapes of
//! curves are taken as they are.
//!
//! One limit around a few cells: envelopes and one price, and a split of the one cell that lies in a gap
//! (see `nest`), down to a small gap.

use super::cell::{Domain, Ready};
use super::nest::{Nest, Ranges};

/// Parts at most; what is left open then counts with its bound.
const PARTS: usize = 60;

/// A group on its own.
#[derive(Clone, Debug)]
pub(super) struct Block {
    nest: Nest,
}

impl Block {
    pub(super) fn new(limit: (f64, f64), cells: usize) -> Self {
        let ranges = Ranges {
            end: vec![1],
            first: vec![0],
            own: vec![cells],
            last: vec![cells],
        };
        Self {
            nest: Nest::new(vec![0], vec![limit], &ranges, cells),
        }
    }

    /// A limit on value less cost, at most `tolerance` above the best unless there are too many parts;
    /// `None` if no spend keeps the limit.
    pub(super) fn bound(
        &mut self,
        cells: &mut [Ready<'_>],
        cost: impl Fn(usize) -> f64,
        mut guess: f64,
        tolerance: f64,
    ) -> Option<f64> {
        for (at, cell) in cells.iter_mut().enumerate() {
            cell.offset = cost(at);
        }
        let root: Vec<Domain> = cells.iter().map(|cell| cell.domain).collect();
        let mut open: Vec<(f64, Vec<(usize, Domain)>)> = vec![(f64::INFINITY, vec![])];
        let (mut reached, mut left) = (f64::NEG_INFINITY, f64::NEG_INFINITY);
        let mut parts = 0;
        while let Some((bound, changes)) = open.pop() {
            if bound <= reached + tolerance || parts >= PARTS {
                left = left.max(bound);
                continue;
            }
            parts += 1;
            for (at, domain) in &changes {
                cells[*at].enclose(*domain);
            }
            if self.nest.solve_near(cells, guess) {
                let price = self.nest.price[0];
                if price.is_finite() {
                    guess = price;
                }
                let here = self.nest.bound(cells, 0.0).min(bound);
                let (net, widest) = self.look(cells);
                reached = reached.max(net);
                match widest {
                    Some((at, gap)) if gap > 0.5 * tolerance && here > reached + tolerance => {
                        for half in cells[at].halves(self.nest.spend[at]) {
                            let mut changes = changes.clone();
                            changes.push((at, half));
                            open.push((here, changes));
                        }
                    }
                    _ => left = left.max(here),
                }
            }
            for (at, _) in &changes {
                cells[*at].enclose(root[*at]);
            }
        }
        let bound = left.max(reached);
        (bound > f64::NEG_INFINITY).then_some(bound)
    }

    /// The net of the relaxed spend, −∞ where it is not allowed, and the cell with the largest gap.
    fn look(&self, cells: &[Ready<'_>]) -> (f64, Option<(usize, f64)>) {
        let mut net = 0.0;
        let mut widest: Option<(usize, f64)> = None;
        for (at, (cell, spend)) in cells.iter().zip(&self.nest.spend).enumerate() {
            let gap = cell.gap(*spend);
            if widest.is_none_or(|widest| gap > widest.1) {
                widest = Some((at, gap));
            }
            net += cell.value(*spend) - cell.offset * spend;
        }
        let allowed = widest.is_none_or(|widest| widest.1.is_finite());
        (if allowed { net } else { f64::NEG_INFINITY }, widest)
    }
}
