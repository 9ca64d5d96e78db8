//! Highest value per hour first.

use super::draft::Draft;

/// All pairs of a block and a rep at a base, from the highest weighted gain for each hour of work
/// down (mandatory blocks before all others; ties by block, rep, base); a pair is taken if the
/// block is still free and it fits. The gain is contribution less travel, plus the loss avoided and
/// moves avoided; overtime and balance play no part. Optional blocks are not served at a loss.
/// With P pairs O(P log P + P·T).
pub(super) fn greedy(draft: &mut Draft<'_>) {
    let mut pairs = Vec::new();
    for block in draft.open() {
        let entry = &draft.blocks()[block];
        for choice in 0..entry.choices.len() {
            let rate = draft.gain_per_hour(block, choice);
            if entry.mandatory || rate > 0.0 {
                pairs.push((entry.mandatory, rate, block, choice));
            }
        }
    }
    pairs.sort_by(|a, b| {
        let first = b.0.cmp(&a.0).then(b.1.total_cmp(&a.1));
        first.then((a.2, a.3).cmp(&(b.2, b.3)))
    });
    for (_, _, block, choice) in pairs {
        let rep = draft.blocks()[block].choices[choice].rep;
        let at_work = draft.board.ledger.base(rep).is_some();
        if at_work && draft.board.holder(block).is_none() && draft.fits(block, choice) {
            draft.place(block, choice);
        }
    }
}
