//! Priority waterfall: balance first, then trim for value.

use super::draft::Draft;
use crate::domain::RepId;

/// Slack, relative to the limit, within which a load fits.
const SLACK: f64 = 1e-9;

/// Three steps.
/// 1. Balance: blocks by hours of their longest choice, longest first (mandatory blocks before all
///    others; ties by id); each goes to the rep with the lowest level among those that may have it:
///    the amount of the policy's first balance divided by the rep's share of it; hours divided by
///    hours available where the policy has no balance. Optional blocks do not need the hours yet.
/// 2. Trim: from each rep without enough hours in a period, the optional block with work in that
///    period that has the lowest gain for each hour is taken away, until the work fits. So is every
///    optional block served at a loss.
/// 3. Refill: what was taken away, highest gain first, goes to the rep with the lowest level that
///    has the hours, if that is no loss.
///
/// O(B·R·T + B²) in the worst case, where one rep has nearly everything.
pub(super) fn waterfall(draft: &mut Draft<'_>) {
    balance(draft);
    for rep in (0..draft.problem().reps().len()).map(RepId::at) {
        trim(draft, rep);
    }
    refill(draft);
}

/// How much a rep has, compared with its share.
fn level(draft: &Draft<'_>, rep: RepId) -> f64 {
    let problem = draft.problem();
    let (amount, share) = match problem.policy().balance.first() {
        Some(balance) => {
            let amount = draft.board.ledger.amounts(0)[rep.index()];
            (amount, balance.shares[rep.index()])
        }
        None => (
            draft.board.ledger.load(rep).iter().sum(),
            problem.rep(rep).hours.iter().sum(),
        ),
    };
    if share > 0.0 {
        amount / share
    } else {
        f64::INFINITY
    }
}

fn lowest(draft: &Draft<'_>, block: usize, offers: Vec<usize>) -> Option<usize> {
    let level = |choice: usize| level(draft, draft.blocks()[block].choices[choice].rep);
    (offers.into_iter()).min_by(|&a, &b| level(a).total_cmp(&level(b)))
}

fn balance(draft: &mut Draft<'_>) {
    let blocks = draft.blocks();
    let longest = |block: usize| {
        let hours = blocks[block].choices.iter().map(|choice| choice.hours);
        hours.fold(0.0, f64::max)
    };
    let mut order: Vec<(usize, f64)> = (draft.open().into_iter())
        .map(|block| (block, longest(block)))
        .collect();
    order.sort_by(|a, b| {
        let first = blocks[b.0].mandatory.cmp(&blocks[a.0].mandatory);
        first.then(b.1.total_cmp(&a.1)).then(a.0.cmp(&b.0))
    });
    for (block, _) in order {
        let offers = if blocks[block].mandatory {
            draft.offers(block, Draft::fits)
        } else {
            draft.offers(block, Draft::may)
        };
        if let Some(choice) = lowest(draft, block, offers) {
            draft.place(block, choice);
        }
    }
}

fn trim(draft: &mut Draft<'_>, rep: RepId) {
    let optional = |draft: &Draft<'_>| -> Vec<(f64, usize)> {
        let held = draft.board.held(rep).iter().copied();
        let free = held.filter(|&block| !draft.blocks()[block].mandatory);
        let rated = free.filter_map(|block| {
            let choice = draft.board.holder(block)?;
            Some((draft.gain_per_hour(block, choice), block))
        });
        let mut rated: Vec<(f64, usize)> = rated.collect();
        rated.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        rated
    };
    for (rate, block) in optional(draft) {
        if rate < 0.0 {
            draft.take_back(block);
        }
    }
    for (_, block) in optional(draft) {
        let Some(full) = overloaded(draft, rep) else {
            return;
        };
        let works = |period: usize| {
            let slots = draft.blocks()[block].slots.iter();
            let visits = slots.map(|&slot| draft.problem().visits_of(slot)[period]);
            visits.sum::<f64>() > 0.0
        };
        if full.into_iter().any(works) {
            draft.take_back(block);
        }
    }
}

/// Periods in which a rep has more work than hours, overtime included; none if there are none.
fn overloaded(draft: &Draft<'_>, rep: RepId) -> Option<Vec<usize>> {
    let person = draft.problem().rep(rep);
    let load = draft.board.ledger.load(rep);
    let full: Vec<usize> = (0..load.len())
        .filter(|&period| {
            let limit = person.hours[period] + person.overtime_hours[period];
            load[period] > limit * (1.0 + SLACK) + SLACK
        })
        .collect();
    (!full.is_empty()).then_some(full)
}

fn refill(draft: &mut Draft<'_>) {
    let best = |block: usize| {
        let choices = 0..draft.blocks()[block].choices.len();
        let gains = choices.map(|choice| draft.gain(block, choice));
        gains.fold(f64::NEG_INFINITY, f64::max)
    };
    let mut order: Vec<(usize, f64)> = (draft.open().into_iter())
        .map(|block| (block, best(block)))
        .collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    for (block, _) in order {
        let mut offers = draft.offers(block, Draft::fits);
        offers.retain(|&choice| draft.gain(block, choice) >= 0.0);
        if let Some(choice) = lowest(draft, block, offers) {
            draft.place(block, choice);
        }
    }
}
