//! Where the solve begins: at the task without limits of hours, or at a task like it; and plans from prices.

use super::board::{Board, penalties};
use super::descent::Descent;
use super::layout::{Layout, NONE};
use super::rows::Rows;
use super::search::Search;
use super::solve::{Options, Solution};
use crate::prices::location;

/// Prices of blocks and rows of a task like this.
pub(super) fn known_prices(layout: &Layout<'_>, rows: &Rows, like: &Solution) -> Vec<f64> {
    let mut prices = vec![0.0; layout.blocks()];
    for (unit, price) in like.unit_price.iter().enumerate() {
        prices[layout.block_of(unit)] += price;
    }
    if like.row_price.len() == rows.len() {
        prices.extend(&like.row_price);
    }
    prices
}

/// The most that a block gains at fair prices, on average.
pub(super) fn usual_gain(layout: &Layout<'_>) -> f64 {
    let most = |block: usize| {
        let gains = layout
            .of_block(block)
            .iter()
            .map(|&choice| layout.gain(choice, layout.fair(layout.choice(choice).site as usize)));
        gains.fold(0.0, f64::max)
    };
    let all: f64 = (0..layout.blocks()).map(most).sum();
    (all / layout.blocks().max(1) as f64).max(f64::MIN_POSITIVE)
}

/// The most that a block gains at any site of a plan at the prices of its hours, less its part of the
/// site's cost that those hours do not pay.
pub(super) fn planned_prices(layout: &Layout<'_>, best: &Board) -> Vec<f64> {
    let mut prices = vec![f64::NEG_INFINITY; layout.blocks()];
    for (site, home) in best.homes.iter().enumerate() {
        if home.reps == 0 {
            continue;
        }
        let given = &layout.task.sites[site];
        let paid = given.worth_of_hours(&home.prices);
        let unpaid = given.fixed - f64::from(home.reps) * (paid - given.rep_cost);
        let gains = home
            .choices
            .iter()
            .map(|&choice| layout.gain(choice, &home.prices));
        let all: f64 = gains.map(|gain| gain.max(0.0)).sum();
        let kept = if given.least > 0 || all <= 0.0 {
            1.0
        } else {
            1.0 - (unpaid / all).clamp(0.0, 1.0)
        };
        for &choice in layout.of_site(site) {
            let price = &mut prices[layout.choice(choice).block as usize];
            *price = price.max(kept * layout.gain(choice, &home.prices));
        }
    }
    for (block, price) in prices.iter_mut().enumerate() {
        if price.is_infinite() {
            *price = best.without(block);
        }
    }
    prices
}

/// The task at the prices at which the number of reps does not matter, and without what couples sites: a
/// location task. Its bound is one of the whole task.
pub(super) fn unlimited(
    layout: &Layout<'_>,
    options: &Options,
    stop: &dyn Fn() -> bool,
) -> Option<(f64, location::Solution)> {
    let task = layout.task;
    let mut fixed = vec![];
    let mut sunk = 0.0;
    let mut own = vec![];
    for (at, site) in task.sites.iter().enumerate() {
        let cost = layout.opening_cost(at);
        // A site that earns more than it costs by hours left over is limited as if it were open anyway.
        if site.least > 0 || (cost < 0.0 && layout.most[at] > 0) {
            sunk += cost;
            fixed.push(0.0);
        } else {
            fixed.push(cost.max(0.0));
        }
        let block = site.own.map(|unit| layout.block_of(unit));
        own.push(block.and_then(|block| u32::try_from(block).ok()));
    }
    let (mut start, mut sites, mut profit) = (vec![0], vec![], vec![]);
    for block in 0..layout.blocks() {
        for &choice in layout.of_block(block) {
            let site = layout.choice(choice).site;
            if layout.most[site as usize] > 0 {
                sites.push(site);
                profit.push(layout.gain(choice, layout.fair(site as usize)));
            }
        }
        start.push(sites.len());
    }
    let may = layout.unserved.iter().any(Option::is_some);
    let unserved = may.then(|| penalties(layout));
    let given = location::Task {
        fixed: &fixed,
        start: &start,
        site: &sites,
        profit: &profit,
        unserved: unserved.as_deref(),
        own: Some(&own),
    };
    let instance = location::Instance::new(&given).ok()?;
    let how = location::Options {
        relative: 0.1 * options.relative,
        ..location::Options::default()
    };
    let solution = location::solve(&instance, &how, None, stop);
    Some((solution.bound - sunk, solution))
}

/// Sites and blocks of the task without limits, with as many reps as they want.
pub(super) fn place(
    layout: &Layout<'_>,
    rows: &Rows,
    board: &mut Board,
    solution: &location::Solution,
) {
    for &site in &solution.open {
        let reps = board.homes[site as usize].reps.max(1);
        board.staff(rows, site as usize, reps);
    }
    for site in 0..board.homes.len() {
        let mut choices = layout.of_site(site).iter().copied();
        if board.homes[site].reps > 0
            && let Some(own) = choices.find(|&choice| layout.is_own(choice))
        {
            board.give(layout, rows, layout.choice(own).block as usize, own);
        }
    }
    for (block, site) in solution.assigned.iter().enumerate() {
        let choice = site.and_then(|site| layout.choice_of(block, site));
        put(layout, rows, board, (block, choice));
    }
    for site in 0..board.homes.len() {
        if board.homes[site].reps > 0 {
            let choices = board.homes[site].choices.clone();
            board.staff(rows, site, Board::reps_for(layout, site, &choices));
        }
        board.settle(layout, site);
    }
}

/// Gives a block to a choice unless that is ruled out, or the block is a site's own.
fn put(layout: &Layout<'_>, rows: &Rows, board: &mut Board, (block, choice): (usize, Option<u32>)) {
    let now = board.served[block];
    if now != NONE && layout.is_own(now) {
        return;
    }
    let choice = choice.filter(|&choice| !board.clashes(layout, choice, &[]));
    board.give(layout, rows, block, choice.unwrap_or(NONE));
}

/// Sites, reps and blocks of a plan of a task like this.
pub(super) fn take(layout: &Layout<'_>, rows: &Rows, board: &mut Board, plan: &Solution) {
    for (site, reps) in plan.reps.iter().enumerate() {
        board.staff(rows, site, *reps);
    }
    for (unit, site) in plan.site.iter().enumerate() {
        let block = layout.block_of(unit);
        let site = site.and_then(|site| u32::try_from(site).ok());
        let choice = site.and_then(|site| layout.choice_of(block, site));
        board.give(layout, rows, block, choice.unwrap_or(NONE));
    }
    for site in 0..board.homes.len() {
        board.settle(layout, site);
    }
}

/// A plan from the staff that prices choose; where rows couple sites, from those that they choose more often than
/// a part of the time.
pub(super) fn from_staffs(
    (layout, rows): (&Layout<'_>, &Rows),
    descent: &Descent<'_>,
    often: f64,
) -> Board {
    let mut board = Board::new(layout, rows);
    for (site, staff) in descent.staffs.iter().enumerate() {
        let given = if rows.is_empty() {
            staff.reps()
        } else {
            let open = layout.most[site] > 0 && staff.open() > often;
            (open || layout.task.sites[site].least > 0).then(|| staff.reps_if_open())
        };
        if let Some((reps, prices)) = given {
            board.staff(rows, site, reps);
            board.homes[site].prices.copy_from_slice(prices);
        }
    }
    let mut search = Search::new((layout, rows), (board, vec![]), &|| false);
    search.assign_all(&descent.shift.of_choice);
    search.board
}
