//! Which choices of each block a search looks at.
//!
//! A choice whose worth at good prices lies far below the best of its block is in no good plan, so a
//! search looks at a short list for each block. Most blocks have one entry: they only make room.

use super::ascent::Descent;
use super::core::{Core, NOBODY};

/// Entries of one short list at most.
const MOST_ENTRIES: usize = 12;
/// Entries that lead away from each rep, to another and to nobody, at least.
const AWAY: usize = 8;
const LEAVING: usize = 4;

/// For each block the choices in doubt, best first.
#[derive(Debug)]
pub(super) struct ShortLists<'p> {
    /// The blocks with the choices on the lists alone.
    pub(super) core: Core<'p>,
    /// Which choices of the whole core they are.
    origin: Vec<u32>,
    start: Vec<u32>,
    entry: Vec<u32>,
    /// Blocks with an entry that is not their best, least regret first.
    pub(super) moves: Vec<(u32, u32)>,
    /// The usual regret of an entry that is not the best, in money.
    pub(super) usual: f64,
}

impl<'p> ShortLists<'p> {
    /// Lists at the best prices of a descent, with so many entries for each block on average. With
    /// `keep_current` every block may also stay with its current rep, which limits on moves may need.
    pub(super) fn new(
        core: &Core<'p>,
        descent: &mut Descent<'p>,
        entries: f64,
        keep_current: bool,
    ) -> Self {
        let regrets = regrets(core, descent);
        let most = most_entries(core, entries);
        let mut all: Vec<f64> = regrets.iter().map(|entry| entry.2).collect();
        let limit = if all.len() > most {
            *all.select_nth_unstable_by(most, f64::total_cmp).1
        } else {
            f64::INFINITY
        };
        let mut lists = Self {
            core: core.clone(),
            origin: Vec::new(),
            start: vec![0],
            entry: Vec::new(),
            moves: Vec::new(),
            usual: 1.0,
        };
        let room = room(core, &regrets);
        let mut others: Vec<(f64, u32, u32)> = Vec::new();
        let mut sizes: Vec<f64> = Vec::new();
        let mut from = 0;
        for block in 0..core.blocks.len() {
            let count = regrets[from..]
                .iter()
                .take_while(|entry| entry.0 == block)
                .count();
            let mut own: Vec<(u32, f64, bool)> = (from..from + count)
                .map(|at| (regrets[at].1, regrets[at].2, room[at]))
                .collect();
            from += count;
            own.sort_unstable_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
            let keeps =
                |choice: u32| keep_current && choice != NOBODY && core.kept[choice as usize] > 0.0;
            let mut rank = 0;
            own.retain(|&(choice, regret, room)| {
                rank += 1;
                (rank <= MOST_ENTRIES && regret <= limit) || room || keeps(choice)
            });
            lists.entry.extend(own.iter().map(|entry| entry.0));
            let at = u32::try_from(block).unwrap_or(u32::MAX);
            sizes.extend(own.get(1).map(|second| second.1));
            others.extend(own.iter().skip(1).map(|entry| (entry.1, at, entry.0)));
            lists
                .start
                .push(u32::try_from(lists.entry.len()).unwrap_or(u32::MAX));
        }
        others.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        lists.moves = others.iter().map(|other| (other.1, other.2)).collect();
        sizes.retain(|&size| size > 0.0 && size.is_finite());
        if !sizes.is_empty() {
            let middle = sizes.len() / 2;
            lists.usual = *sizes.select_nth_unstable_by(middle, f64::total_cmp).1;
        }
        lists.shorten(core);
        lists
    }

    /// Leaves only choices on the lists in the core: what the search reads stays close together.
    fn shorten(&mut self, core: &Core<'p>) {
        let mut listed = vec![NOBODY; core.rep.len()];
        let real = |entry: &&mut u32| **entry != NOBODY;
        for &mut choice in self.entry.iter_mut().filter(real) {
            listed[choice as usize] = 0;
        }
        (self.core, self.origin) = core.restricted(|_, choice| listed[choice] == 0);
        for (at, &choice) in (0_u32..).zip(&self.origin) {
            listed[choice as usize] = at;
        }
        let moves = self.moves.iter_mut().map(|entry| &mut entry.1);
        for choice in self.entry.iter_mut().chain(moves).filter(real) {
            *choice = listed[*choice as usize];
        }
    }

    /// The choice with the largest share of each block; where it is not on the list, the first one
    /// there.
    pub(super) fn start(&self, core: &Core<'_>, descent: &Descent<'_>) -> Vec<u32> {
        let rounded = rounded(core, descent);
        let known = |(block, choice): (usize, u32)| {
            let whole = |entry: u32| match entry {
                NOBODY => NOBODY,
                _ => self.origin[entry as usize],
            };
            let own = self.of(block);
            let same = own.iter().copied().find(|&entry| whole(entry) == choice);
            same.or(own.first().copied()).unwrap_or(NOBODY)
        };
        rounded.into_iter().enumerate().map(known).collect()
    }

    /// Whether each block has more than one entry.
    pub(super) fn movable(&self) -> Vec<bool> {
        (0..self.start.len() - 1)
            .map(|block| self.of(block).len() > 1)
            .collect()
    }

    /// The entries of a block.
    pub(super) fn of(&self, block: usize) -> &[u32] {
        &self.entry[self.start[block] as usize..self.start[block + 1] as usize]
    }

    /// The entry of a block that is at a rep.
    pub(super) fn at_rep(&self, core: &Core<'_>, block: usize, rep: usize) -> Option<u32> {
        let own = self.of(block).iter().copied();
        own.filter(|&choice| choice != NOBODY)
            .find(|&choice| core.rep[choice as usize] as usize == rep)
    }
}

/// Entries of all short lists together.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a positive multiple of a count far below 2^53"
)]
fn most_entries(core: &Core<'_>, per_block: f64) -> usize {
    (per_block * core.blocks.len() as f64) as usize
}

/// Every block's choices, leaving it among them, with how far they fall short of its best: block
/// after block.
fn regrets<'p>(core: &Core<'p>, descent: &mut Descent<'p>) -> Vec<(usize, u32, f64)> {
    let look = descent.look_again(core);
    let mut regrets = Vec::with_capacity(core.rep.len() + core.blocks.len());
    for block in 0..core.blocks.len() {
        let first = regrets.len();
        if !core.blocks[block].mandatory {
            let partner = look.partner_worth(core, block, NOBODY);
            regrets.push((block, NOBODY, partner));
        }
        for choice in core.choices(block) {
            let at = u32::try_from(choice).unwrap_or(NOBODY);
            let partner = look.partner_worth(core, block, core.rep[choice]);
            let worth = look.worth_of(choice);
            regrets.push((block, at, worth + partner));
        }
        let best = regrets[first..]
            .iter()
            .map(|entry| entry.2)
            .fold(f64::NEG_INFINITY, f64::max);
        for entry in &mut regrets[first..] {
            entry.2 = best - entry.2;
        }
    }
    regrets
}

/// Entries that every rep is given so that hours can be freed, however dear that is: the ways away
/// from the rep that cost least, and the cheapest blocks to leave.
fn room(core: &Core<'_>, regrets: &[(usize, u32, f64)]) -> Vec<bool> {
    let mut leaving: Vec<Vec<(f64, usize)>> = vec![Vec::new(); core.problem.reps().len()];
    let mut away = leaving.clone();
    let mut at = 0;
    for own in regrets.chunk_by(|a, b| a.0 == b.0) {
        let places = at..at + own.len();
        at = places.end;
        let best = places
            .clone()
            .min_by(|&a, &b| regrets[a].2.total_cmp(&regrets[b].2));
        let Some(best) = best.filter(|&best| regrets[best].1 != NOBODY) else {
            continue;
        };
        let rep = |at: usize| match regrets[at].1 {
            NOBODY => NOBODY,
            choice => core.rep[choice as usize],
        };
        let from = rep(best);
        for place in places.filter(|&place| rep(place) != from) {
            let lists = if rep(place) == NOBODY {
                &mut leaving
            } else {
                &mut away
            };
            lists[from as usize].push((regrets[place].2, place));
        }
    }
    let mut room = vec![false; regrets.len()];
    for (lists, most) in [(&mut leaving, LEAVING), (&mut away, AWAY)] {
        for list in lists {
            list.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            for (_, place) in list.iter().take(most) {
                room[*place] = true;
            }
        }
    }
    room
}

/// The choice with the largest share of each block.
fn rounded(core: &Core<'_>, descent: &Descent<'_>) -> Vec<u32> {
    (0..core.blocks.len())
        .map(|block| {
            let total: f64 = core
                .choices(block)
                .map(|choice| descent.share(choice))
                .sum();
            let leave = if core.blocks[block].mandatory {
                0.0
            } else {
                1.0 - total
            };
            let (mut best, mut most) = (NOBODY, leave);
            for choice in core.choices(block) {
                if descent.share(choice) > most {
                    most = descent.share(choice);
                    best = u32::try_from(choice).unwrap_or(NOBODY);
                }
            }
            best
        })
        .collect()
}
