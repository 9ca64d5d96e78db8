//! Keep as is.

use std::collections::BTreeMap;

use super::draft::Draft;
use crate::domain::RepId;

/// Every block stays with the rep who has most of its slots today (the smaller id among equals);
/// blocks that nobody has today stay unserved. Mandatory blocks first, then by gain for each hour,
/// so that what falls off where hours have run out is what is worth least. O(B log B + B·T).
pub(super) fn keep_as_is(draft: &mut Draft<'_>) {
    let mut kept = Vec::new();
    for block in draft.open() {
        let Some(rep) = holder_today(draft, block) else {
            continue;
        };
        let entry = &draft.blocks()[block];
        let own = |choice: &usize| entry.choices[*choice].rep == rep;
        let rate = (0..entry.choices.len())
            .filter(own)
            .map(|choice| draft.gain_per_hour(block, choice))
            .reduce(f64::max);
        if let Some(rate) = rate {
            kept.push((block, rep, rate));
        }
    }
    kept.sort_by(|a, b| {
        let mandatory = |block: usize| draft.blocks()[block].mandatory;
        let first = mandatory(b.0).cmp(&mandatory(a.0));
        first.then(b.2.total_cmp(&a.2)).then(a.0.cmp(&b.0))
    });
    for (block, rep, _) in kept {
        let offers = draft.offers(block, Draft::fits);
        let choices = &draft.blocks()[block].choices;
        if let Some(&choice) = offers.iter().find(|&&choice| choices[choice].rep == rep) {
            draft.place(block, choice);
        }
    }
}

fn holder_today(draft: &Draft<'_>, block: usize) -> Option<RepId> {
    let mut slots: BTreeMap<RepId, usize> = BTreeMap::new();
    for &slot in &draft.blocks()[block].slots {
        if let Some(rep) = draft.problem().slot(slot).current {
            *slots.entry(rep).or_default() += 1;
        }
    }
    let most = slots.values().copied().max()?;
    let holder = slots.into_iter().find(|&(_, count)| count == most);
    holder.map(|(rep, _)| rep)
}
