//! The inner loops of the price solver and of sweeps do not allocate: shown with an allocator that counts.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use apportion::domain::{MarketId, Problem};
use apportion::fault::Faults;
use apportion::plan::Plan;
use apportion::prices::{Options, Solution, solve};
use apportion::scenario::{Amount, Draft, Edit, Names, Scenarios};
use apportion::strategy::{Strategy, baseline};
use apportion::sweep::{Outcome, Reaction, Sweep};
use common::middling;

/// Allocations so far.
static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

/// One test counts at a time.
static TURN: Mutex<()> = Mutex::new(());

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
    let _turn = TURN.lock().unwrap();
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

/// Scenarios that scale the potential of every market.
struct Scaled(u64);

impl Scenarios for Scaled {
    fn count(&self) -> u64 {
        self.0
    }

    fn draft(&self, names: &Names<'_>, index: u64, draft: &mut Draft) -> Result<(), Faults> {
        draft.clear();
        let share = f64::from(u32::try_from(index % 100).unwrap()) / 100.0;
        for market in (0..names.problem().markets().len()).map(MarketId::at) {
            draft.push(Edit::Potential {
                market,
                part: 1.0,
                amount: Amount::Scale(0.5 + share),
            });
        }
        Ok(())
    }

    fn identity(&self) -> String {
        self.0.to_string()
    }
}

fn swept(problem: &Problem, plan: &Plan, count: u64) -> (f64, u64) {
    let scenarios = Scaled(count);
    let mut sum = 0.0;
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    Sweep::new(problem)
        .scenarios(&scenarios)
        .policy(Reaction::KeepPlan(plan))
        .threads(1)
        .run(&mut |outcome: &Outcome| {
            sum += outcome.record.value.unwrap();
            Ok(())
        })
        .unwrap();
    (sum, ALLOCATIONS.load(Ordering::Relaxed) - before)
}

/// Once a thread has its memory, ten thousand more scenarios take none.
#[test]
fn a_sweep_that_keeps_its_plan_allocates_nothing_for_a_scenario() {
    let _turn = TURN.lock().unwrap();
    let problem = middling(9, 0);
    let plan = baseline(&problem, Strategy::Greedy, 0);
    let (few, at_first) = swept(&problem, &plan, 1_000);
    let (many, in_all) = swept(&problem, &plan, 11_000);
    assert!((many / few - 11.0).abs() < 1e-9, "{few} {many}");
    let more = in_all.saturating_sub(at_first);
    assert!(more < 100, "{at_first} allocations, then {more} more");
}
