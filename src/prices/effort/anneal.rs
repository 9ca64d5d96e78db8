//! Annealing: blocks shift and swap among the few choices that prices leave in doubt, also to worse plans while it
//! is hot. What a move brings is known well from the prices of hours alone, so only moves that are made are worked
//! out.

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::SeedableRng;

use super::layout::NONE;
use super::search::Search;
use crate::strategy::random::{below, unit};

/// Choices of a block that are tried, those first that gain most.
const LIST: usize = 8;
/// Trials for each block.
const TRIALS: usize = 400;
/// First and last heat, as parts of what a block gains at most on average.
const HEAT: (f64, f64) = (3e-2, 3e-4);
/// Trials between two looks at the clock, and between two sums without the rounding of many changes.
const LOOK: usize = 256;

/// How a search anneals.
pub(super) struct Annealing<'c> {
    /// What choices cost at the prices of rows.
    pub(super) costs: &'c [f64],
    /// What a block gains at most, on average.
    pub(super) usual: f64,
    pub(super) seed: u64,
}

impl Annealing<'_> {
    /// Anneals a search from hot to cold.
    pub(super) fn run(&self, search: &mut Search<'_, '_>) {
        let lists = self.lists(search);
        let mut random = Pcg64Mcg::seed_from_u64(self.seed);
        let trials = TRIALS * lists.len();
        let fall = (HEAT.1 / HEAT.0).powf(1.0 / trials.max(1) as f64);
        let mut heat = HEAT.0 * self.usual;
        for trial in 0..trials {
            if trial % LOOK == 0 {
                if (search.stop)() {
                    return;
                }
                search.board.add_up(search.rows);
            }
            heat *= fall;
            let block = below(&mut random, lists.len());
            let list = &lists[block];
            if list.is_empty() || search.stays(block) {
                continue;
            }
            let choice = list[below(&mut random, list.len())];
            let least = heat * unit(&mut random).max(f64::MIN_POSITIVE).ln();
            let there = if choice == NONE {
                &[][..]
            } else {
                search.served_with(choice)
            };
            // As often a swap as a shift.
            if !there.is_empty() && unit(&mut random) < 0.5 {
                let taken = there[below(&mut random, there.len())];
                search.try_swap(block, choice, taken, least);
            } else {
                search.try_shift(block, choice, least);
            }
        }
    }

    /// Leading choices of each block, none among them where it may stay unserved.
    fn lists(&self, search: &mut Search<'_, '_>) -> Vec<Vec<u32>> {
        let layout = search.layout;
        let list = |block: usize| {
            let own = layout.of_block(block).iter();
            let mut found: Vec<(f64, u32)> = own
                .map(|&choice| (search.gain(choice) - self.costs[choice as usize], choice))
                .collect();
            if let Some(value) = layout.unserved[block] {
                found.push((value, NONE));
            }
            found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            found.truncate(LIST);
            found.into_iter().map(|one| one.1).collect()
        };
        (0..layout.blocks()).map(list).collect()
    }
}
