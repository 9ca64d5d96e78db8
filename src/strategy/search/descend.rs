//! Changes of one or two blocks that are kept only if they improve.

use super::state::Search;

impl Search<'_> {
    /// Gives each block to whoever improves the plan, again and again until nothing does. Whether
    /// anything has changed.
    pub(super) fn descend(&mut self) -> bool {
        let mut changed = false;
        loop {
            let mut again = false;
            for block in 0..self.board.blocks.len() {
                if block % 16 == 0 && self.stopped() {
                    return changed;
                }
                again |= self.shift(block);
            }
            changed |= again;
            if !again {
                return changed;
            }
        }
    }

    /// Gives a block to each choice that improves the plan, one after the other.
    pub(super) fn shift(&mut self, block: usize) -> bool {
        let mut changed = false;
        for choice in 0..self.board.blocks[block].choices.len() {
            if self.board.holder(block) != Some(choice) {
                changed |= self.improve_by(&[(block, Some(choice))]);
            }
        }
        if self.board.holder(block).is_some() {
            changed |= self.improve_by(&[(block, None)]);
        }
        changed
    }

    /// Lets two blocks change places, or one push another out, wherever that improves the plan.
    /// Once through all pairs; whether anything has changed.
    pub(super) fn exchange(&mut self) -> bool {
        let blocks = self.board.blocks;
        let mut changed = false;
        for (block, entry) in blocks.iter().enumerate() {
            if self.stopped() {
                return changed;
            }
            for (choice, target) in entry.choices.iter().enumerate() {
                let mut others = self.board.held(target.rep).to_vec();
                others.sort_unstable();
                for other in others {
                    let here = self.board.holder(block);
                    if here == Some(choice) || self.board.rep(other) != Some(target.rep) {
                        continue;
                    }
                    let mine = here.map(|here| entry.choices[here]);
                    let back = mine.and_then(|mine| blocks[other].find(mine.rep, mine.base));
                    // A pair that changes places comes up twice.
                    let twice = mine.is_some() && other < block;
                    if other == block || twice || (mine.is_some() && back.is_none()) {
                        continue;
                    }
                    changed |= self.improve_by(&[(block, Some(choice)), (other, back)]);
                }
            }
        }
        changed
    }
}
