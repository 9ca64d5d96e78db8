//! Moves of whole sites: more or fewer reps, opening, closing, and one in place of another.

use super::board::Board;
use super::layout::NONE;
use super::search::{Search, Undo};

/// Sites that are tried for closing after another opens.
const DONORS: usize = 3;

/// Adds and takes reps where that gains.
pub(super) fn staff_all(search: &mut Search<'_, '_>) {
    for site in 0..search.board.homes.len() {
        let given = &search.layout.task.sites[site];
        let least = given.least.max(1);
        loop {
            let home = &search.board.homes[site];
            let (reps, year) = (home.reps, given.worth_of_hours(&home.prices));
            let more = reps > 0
                && reps < search.layout.most[site]
                && (year > given.rep_cost || !home.fits);
            let fewer = reps > least && year < given.rep_cost;
            let mut staff =
                |reps: u32| search.attempt(|search, undo| search.staff(site, reps, undo));
            let changed = (more && staff(reps + 1)) || (fewer && staff(reps - 1));
            if !changed {
                break;
            }
        }
    }
}

/// Closes a site if its blocks do better elsewhere.
pub(super) fn close(search: &mut Search<'_, '_>, site: usize) -> bool {
    if search.layout.task.sites[site].least > 0 {
        return false;
    }
    let mut most = search.most_saved();
    for choice in search.board.homes[site].choices.clone() {
        let block = search.layout.choice(choice).block as usize;
        let best = search.best_choice(block, site);
        most += best.map_or(search.board.without(block), |best| best.1);
    }
    if most <= search.board.homes[site].worth {
        return false;
    }
    search.attempt(|search, undo| vacate(search, site, undo))
}

/// Moves all blocks of a site elsewhere and closes it.
fn vacate(search: &mut Search<'_, '_>, site: usize, undo: &mut Undo) {
    search.touch(site, undo);
    for choice in search.board.homes[site].choices.clone() {
        let block = search.layout.choice(choice).block as usize;
        let best = search.best_choice(block, site).map_or(NONE, |best| best.0);
        search.give(block, best, undo);
    }
    search.staff(site, 0, undo);
}

/// Opens a site, with the blocks that gain there, and closes sites that this leaves with little, if
/// that is better all in all.
pub(super) fn open(search: &mut Search<'_, '_>, site: usize) -> bool {
    let layout = search.layout;
    if layout.most[site] == 0 {
        return false;
    }
    let prices = prices_there(search, site);
    let mut coming: Vec<(f64, usize, u32)> = vec![];
    let mut most = search.most_saved() - layout.opening_cost(site);
    for &choice in layout.of_site(site) {
        let block = layout.choice(choice).block as usize;
        let own = layout.is_own(choice);
        if search.stays(block) && !own {
            continue;
        }
        let now = search.board.served[block];
        let saved = search.lean(now) - search.lean(choice);
        let gain = layout.gain(choice, &prices) - search.present(block) + saved;
        if gain > 0.0 || own {
            most += gain;
            coming.push((gain, block, choice));
        }
    }
    // At the fair price this limits what opening alone can bring; swaps may bring some more.
    let room = layout.task.sites[site].fixed * DONORS as f64;
    if coming.is_empty() || most + room <= 0.0 {
        return false;
    }
    let first = |one: &(f64, usize, u32)| (layout.is_own(one.2), one.0);
    coming.sort_by(|a, b| {
        let ((a_own, a), (b_own, b)) = (first(a), first(b));
        b_own.cmp(&a_own).then(b.total_cmp(&a))
    });
    search.attempt(|search, undo| occupy(search, site, &coming, undo))
}

/// What hours of a site are expected to cost: the fair price, or where reps cost nothing but their site, what hours
/// cost at open sites on average.
fn prices_there(search: &Search<'_, '_>, site: usize) -> Vec<f64> {
    let mut prices = search.layout.fair(site).to_vec();
    if search.layout.task.sites[site].rep_cost > 0.0 {
        return prices;
    }
    let open = || search.board.homes.iter().filter(|home| home.reps > 0);
    let count = open().count().max(1) as f64;
    for (period, price) in prices.iter_mut().enumerate() {
        let sum: f64 = open().map(|home| home.prices[period]).sum();
        *price = price.max(sum / count);
    }
    prices
}

fn occupy(search: &mut Search<'_, '_>, site: usize, coming: &[(f64, usize, u32)], undo: &mut Undo) {
    let choices: Vec<u32> = coming.iter().map(|one| one.2).collect();
    search.staff(site, Board::reps_for(search.layout, site, &choices), undo);
    let mut donors: Vec<usize> = vec![];
    for &(_, block, choice) in coming {
        if search.board.clashes(search.layout, choice, &[]) {
            continue;
        }
        let old = search.board.served[block];
        if old != NONE {
            donors.push(search.layout.choice(old).site as usize);
        }
        search.give(block, choice, undo);
    }
    search.settle(undo);
    let mut counted: Vec<(usize, usize)> = vec![];
    donors.sort_unstable();
    for donor in donors {
        match counted.last_mut() {
            Some(last) if last.1 == donor => last.0 += 1,
            _ => counted.push((1, donor)),
        }
    }
    counted.sort_unstable_by(|a, b| b.cmp(a));
    for (_, donor) in counted.into_iter().take(DONORS) {
        shrink(search, donor, undo);
    }
}

/// Closes a site that has lost blocks, or takes a rep from it, where that helps.
fn shrink(search: &mut Search<'_, '_>, site: usize, undo: &mut Undo) {
    let given = &search.layout.task.sites[site];
    if given.least == 0 && try_inside(search, undo, |search, inner| vacate(search, site, inner)) {
        return;
    }
    let reps = search.board.homes[site].reps;
    if reps > given.least.max(1) {
        try_inside(search, undo, |search, inner| {
            search.staff(site, reps - 1, inner)
        });
    }
}

/// Makes a move inside another, and undoes it alone unless the plan is worth more.
fn try_inside(
    search: &mut Search<'_, '_>,
    undo: &mut Undo,
    make: impl FnOnce(&mut Search<'_, '_>, &mut Undo),
) -> bool {
    let before = search.value();
    let mut inner = search.undo();
    make(search, &mut inner);
    search.settle(&inner);
    let better = search.value() > before;
    if better {
        undo.take(inner);
    } else {
        search.revert(inner);
    }
    better
}
