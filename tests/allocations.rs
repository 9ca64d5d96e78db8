//! The inner loops of the price solver do not allocate: shown with an allocator that counts.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};

use apportion::domain::Problem;
use apportion::prices::{Options, Solution, solve};
use common::middling;

/// Allocations so far.
static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

struct Counting;

// SAFETY: every call is passed on to the system's allocator as it is.
#[allow(unsafe_code, reason = "an allocator cannot be written without")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as promised by the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as promised by the caller.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const MARKETS: u64 = 1_000;
/// Trials of a first search for each market: the second search makes twice as many.
const TRIALS: u64 = 300;

fn counted(problem: &Problem, searches: u32) -> (Solution, u64) {
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    let options = Options {
        start: None,
        weights: problem.weights(),
        relative_gap: 0.0,
        searches,
        threads: 1,
        seed: 0,
        stop: &|| false,
        progress: &|_, _| {},
    };
    let solution = solve(problem, &options);
    (solution, ALLOCATIONS.load(Ordering::Relaxed) - before)
}

/// The second search makes 600 000 trials and looks at the dual some 500 times, over 1 000 blocks each;
/// what it allocates is its short lists, its state and its plan, about once a block.
#[test]
fn a_search_allocates_by_block_not_by_trial() {
    let problem = middling(9, 0);
    let (first, once) = counted(&problem, 1);
    let (second, twice) = counted(&problem, 2);
    assert!(first.plan.is_some());
    assert!(second.plan.unwrap().1 >= first.plan.unwrap().1);
    let more = twice - once;
    println!("{once} allocations with one search, {more} more with two");
    assert!(more < MARKETS * 20, "{more} allocations");
    assert!(more < 2 * TRIALS * MARKETS / 25, "{more} allocations");
}
