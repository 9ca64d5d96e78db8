//! The six public baselines. They never look ahead and never take back, except for the trimming
//! step of the waterfall.

mod draft;
mod greedy;
mod keep;
mod quota;
mod turns;
mod waterfall;

use super::Strategy;
use super::choices::choices;
use crate::domain::Problem;
use crate::plan::Plan;
use draft::Draft;

/// The plan of a baseline. [`Strategy::Auto`] and [`Strategy::Exact`] are no baselines: theirs is
/// the empty plan.
///
/// What all baselines share:
/// - They give out blocks: slots that one rep must have together, because of families and roles
///   that share a rep. A block goes to one rep or to nobody.
/// - Locked blocks go first to the reps they are locked to. Of the other blocks, mandatory ones
///   come before optional ones, and otherwise a strategy's own order holds.
/// - A rep is passed over who may not have the block (skills, teams, distance, forbidden pairs),
///   has a role in the market that must be another's, has the most slots allowed, has not enough
///   hours left in some period (overtime up to its limit included), or would bring the moves made
///   so far above the limit. A block that nobody may take is left unserved.
/// - A rep with several bases works from the one nearest to its first block.
/// - Candidates stay outside until everything else is given out (unless something is locked to
///   them). Then each, by id, is offered the blocks left over: it is hired, at the base where that
///   brings most, if the plan serves more mandatory blocks with it, or is worth more after its
///   fixed cost, or has fewer hires than demanded; never above the most hires. Keep-as-is hires
///   nobody.
/// - Least counts, hard balance limits, concentration, moved potential and the moves that unserved blocks are,
///   are not looked at; the check says what the plan breaks.
///
/// Money is weighted with [`Problem::weights`]. `seed` matters to [`Strategy::TeamQuota`] only.
/// All ties go to the smaller id. With B blocks, R reps and T periods each baseline takes
/// O(B·R·T) steps and O(B·R·log(B·R)) for sorting, unless its own docstring says more.
#[must_use]
pub fn baseline(problem: &Problem, strategy: Strategy, seed: u64) -> Plan {
    let blocks = choices(problem);
    let mut draft = Draft::new(problem, &blocks);
    if strategy.is_baseline() {
        draft.place_locked();
    }
    match strategy {
        Strategy::Auto | Strategy::Exact | Strategy::Prices => {}
        Strategy::KeepAsIs => keep::keep_as_is(&mut draft),
        Strategy::RoundRobin => turns::round_robin(&mut draft),
        Strategy::WeightedRoundRobin => turns::weighted_round_robin(&mut draft),
        Strategy::Greedy => greedy::greedy(&mut draft),
        Strategy::Waterfall => waterfall::waterfall(&mut draft),
        Strategy::TeamQuota => quota::team_quota(&mut draft, seed),
    }
    if strategy.is_baseline() && strategy != Strategy::KeepAsIs {
        draft.hire();
    }
    draft.board.ledger.plan()
}
