//! Every plan that the prices leave possible, where there are few.
//!
//! At prices with the limit B, a plan in which block b falls short of its best choice by the regret
//! ρ(b) is worth at most B − Σ ρ(b). So only plans with Σ ρ(b) < B − V can be worth more than V: they
//! are tried one by one, depth first, as long as there are few.

use super::core::{Core, NOBODY};
use super::dual::Look;
use super::state::State;

/// Blocks of a problem that is tried, and partial plans that are looked at, at most.
const MOST_BLOCKS: usize = 60;
const MOST_STEPS: usize = 100_000;
/// Limits missed by less than this are left to the check to judge.
const NEARLY: f64 = 1e-4;
/// What rounding may hide, relative to the limit.
const ROUNDING: f64 = 1e-9;

/// A block's choices by regret.
struct Options {
    block: usize,
    entries: Vec<(f64, u32)>,
}

/// The enumeration under way.
struct Walk<'a, 'c> {
    options: Vec<Options>,
    state: &'a mut State<'c>,
    /// Limit of the prices, each block choosing alone.
    limit: f64,
    /// Value to beat.
    value: f64,
    steps: usize,
    offer: &'a mut dyn FnMut(&[u32]) -> Option<f64>,
}

/// Tries every plan that can be worth more than `value`, if there are few; whether that was done.
/// `look` is at the prices that the limit is for, on the choices of `core`; `offer` is told plans that
/// may keep all rules and answers with the value of the best plan so far.
pub(super) fn enumerate(
    core: &Core<'_>,
    look: &Look,
    value: Option<f64>,
    offer: &mut dyn FnMut(&[u32]) -> Option<f64>,
) -> bool {
    if core.blocks.len() > MOST_BLOCKS {
        return false;
    }
    let mut limit = look.bound + ROUNDING * look.bound.abs();
    let mut options = Vec::with_capacity(core.blocks.len());
    for block in 0..core.blocks.len() {
        let own = by_regret(core, look, block);
        let Some(&(best, _)) = own.first() else {
            return true;
        };
        let joint = match look.chosen[block] {
            NOBODY => 0.0,
            choice => look.worth_of(choice as usize),
        };
        limit += best - joint;
        let entries = own.iter().map(|&(worth, choice)| (best - worth, choice));
        options.push(Options {
            block,
            entries: entries.collect(),
        });
    }
    // Blocks with much to lose first: their other choices are ruled out early.
    let second = |options: &Options| {
        options
            .entries
            .get(1)
            .map_or(f64::INFINITY, |entry| entry.0)
    };
    options.sort_by(|a, b| second(b).total_cmp(&second(a)));
    let nothing = vec![NOBODY; core.blocks.len()];
    let mut state = State::new(core, &nothing, &vec![true; core.blocks.len()]);
    let mut walk = Walk {
        options,
        state: &mut state,
        limit,
        value: value.unwrap_or(f64::NEG_INFINITY),
        steps: 0,
        offer,
    };
    walk.go(0, 0.0)
}

/// What each choice of a block is worth, leaving it among them; best first.
fn by_regret(core: &Core<'_>, look: &Look, block: usize) -> Vec<(f64, u32)> {
    let leave = (!core.blocks[block].mandatory).then_some((0.0, NOBODY));
    let choices = core.choices(block);
    let choices = choices.map(|at| (look.worth_of(at), u32::try_from(at).unwrap_or(NOBODY)));
    let mut own: Vec<(f64, u32)> = choices.chain(leave).collect();
    own.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    own
}

impl Walk<'_, '_> {
    /// Decides about the blocks from the one at `depth` on. Whether that could be finished.
    fn go(&mut self, depth: usize, regret: f64) -> bool {
        self.steps += 1;
        if self.steps > MOST_STEPS {
            return false;
        }
        if depth == self.options.len() {
            self.look();
            return true;
        }
        for at in 0..self.options[depth].entries.len() {
            let (more, choice) = self.options[depth].entries[at];
            if self.limit - regret - more <= self.value {
                break;
            }
            let block = self.options[depth].block;
            if self.state.put(block, choice) && !self.go(depth + 1, regret + more) {
                return false;
            }
            self.state.put(block, NOBODY);
        }
        true
    }

    /// Offers the plan as it stands if it may be better.
    fn look(&mut self) {
        self.state.refresh();
        let score = self.state.score;
        if score.excess > NEARLY || score.value < self.value {
            return;
        }
        if let Some(value) = (self.offer)(&self.state.holder) {
            self.value = self.value.max(value);
        }
    }
}
