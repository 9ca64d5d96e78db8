//! A local search that turns any plan into a better one.

mod anneal;
mod descend;
mod reshape;
mod state;

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::SeedableRng;

use super::board::Board;
use super::choices::choices;
use crate::domain::{Goals, Problem};
use crate::plan::Ledger;
use state::Search;

/// Rounds of descent at the end, at most. A round goes through all pairs of blocks. On 700 markets
/// with 40 reps, rounds until nothing improves bring 2 % more value for three times the time.
const FINISHING_ROUNDS: usize = 2;

/// Improves a plan: first its broken limits, then the weighted value of its goals.
///
/// The measure is lexicographic: [`Ledger::excess`] plus 1 for each block with mandatory slots that
/// has nobody, to be minimized; then the weighted goals, to be maximized. Blocks move to another
/// rep or to nobody, change places, push others out; reps with several bases change base;
/// candidates are hired and let go. Simulated annealing, in which broken limits have a price that
/// adapts, runs between two descents that accept improvements only; the best plan seen is kept.
///
/// - The plan is never worse by that measure than before (beyond rounding), and it keeps the rules about
///   single slots: candidates only, locks, blocks whole, distinct roles, one base for a rep. Blocks that
///   break these in the plan handed in are made unserved first, whatever that costs.
/// - `weights` holds the weight of each goal, 0 or more. `stop` is asked every some hundred
///   trials; the plan is then the best so far. Without a stop, the length of the search depends on the
///   size of the problem alone, and its outcome on problem, plan, weights and `seed` alone.
/// - A trial costs O(slots of its blocks × (periods + balances) + reps × balances).
///
/// # Panics
/// When the ledger is one of another problem.
pub fn improve(
    problem: &Problem,
    ledger: &mut Ledger<'_>,
    weights: &Goals,
    stop: &dyn Fn() -> bool,
    seed: u64,
) {
    assert!(
        std::ptr::eq(problem, ledger.problem()),
        "the ledger belongs to another problem"
    );
    let blocks = choices(problem);
    let board = Board::of(&blocks, ledger);
    let mut search = Search::new(board, *weights, stop, Pcg64Mcg::seed_from_u64(seed));
    search.descend();
    search.reshape();
    search.anneal();
    for _ in 0..FINISHING_ROUNDS {
        let changed = search.descend() | search.exchange() | search.reshape();
        if !changed || search.stopped() {
            break;
        }
    }
    let plan = search.board.ledger.plan();
    *ledger = Ledger::of(ledger.problem(), &plan);
}
