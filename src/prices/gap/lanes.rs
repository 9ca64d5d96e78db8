//! The same search at several open parts at once.
//!
//! The number of lanes is fixed, and so is the work of each between two exchanges: what is found
//! does not depend on how many threads share the lanes.

use super::bound::Grid;
use super::control::Control;
use super::core::Core;
use super::tree::Tree;

/// Parts that are searched between two exchanges.
const LANES: usize = 4;
/// Nodes of a lane before the first exchange, and later.
const NODES: (u64, u64) = (4, 128);

/// A search for a solution of at most some cost.
#[derive(Debug)]
pub(super) struct Lanes {
    lanes: Vec<Tree>,
    nodes: u64,
}

impl Lanes {
    /// No search yet.
    pub(super) fn new() -> Self {
        let mut lanes = Vec::new();
        lanes.resize_with(LANES, Tree::default);
        Self {
            lanes,
            nodes: NODES.0,
        }
    }

    /// Starts over with a core and a largest cost.
    pub(super) fn begin(&mut self, core: &Core, worth: f64, loose: bool, prices: &[f64]) {
        for lane in &mut self.lanes {
            lane.clear(worth);
            lane.loose = loose;
        }
        self.lanes[0].begin(worth, prices, |part| part.copy_from(core));
        self.nodes = NODES.0;
    }

    /// One round on at most so many threads. Returns the best solution that it found.
    pub(super) fn round(
        &mut self,
        grid: &Grid,
        threads: usize,
        control: &Control<'_>,
    ) -> Option<Vec<u32>> {
        self.exchange();
        let nodes = self.nodes;
        self.nodes = (nodes * 2).min(NODES.1);
        let busy = self.lanes.iter().filter(|lane| !lane.is_done()).count();
        if threads == 1 || busy < 2 {
            for lane in &mut self.lanes {
                lane.run(grid, nodes, control);
            }
        } else {
            let share = LANES.div_ceil(threads.min(LANES));
            std::thread::scope(|scope| {
                for lanes in self.lanes.chunks_mut(share) {
                    scope.spawn(move || {
                        for lane in lanes {
                            lane.run(grid, nodes, control);
                        }
                    });
                }
            });
        }
        self.collect()
    }

    /// Whether all parts are searched.
    pub(super) fn is_done(&self) -> bool {
        self.lanes.iter().all(Tree::is_done)
    }

    /// Pairs looked at since the search began.
    pub(super) fn work(&self) -> u64 {
        self.lanes.iter().map(|lane| lane.work).sum()
    }

    /// Gives the oldest part of the fullest lane to every idle one.
    fn exchange(&mut self) {
        for idle in 0..LANES {
            let fullest = (0..LANES).rev().max_by_key(|&lane| self.lanes[lane].open());
            if let Some(fullest) = fullest
                && self.lanes[idle].is_done()
                && self.lanes[fullest].open() > 1
                && let Some(part) = self.lanes[fullest].give()
            {
                self.lanes[idle].take(part);
            }
        }
    }

    fn collect(&mut self) -> Option<Vec<u32>> {
        let mut best = None;
        let mut worth = f64::INFINITY;
        for lane in &mut self.lanes {
            if lane.worth < worth {
                worth = lane.worth;
                best = (!lane.found.is_empty()).then(|| std::mem::take(&mut lane.found));
            }
            lane.found.clear();
        }
        for lane in &mut self.lanes {
            lane.worth = worth;
        }
        best
    }
}
