//! Reps in turn.

use super::draft::Draft;

/// Blocks by id, reps by id in turn: a block goes to the first rep that can take it, counted from
/// the one after the last who got something. Value and distance play no part. O(B·R·T).
pub(super) fn round_robin(draft: &mut Draft<'_>) {
    let mut next = 0;
    for block in draft.open() {
        let offers = draft.offers(block, Draft::fits);
        let choices = &draft.blocks()[block].choices;
        let in_turn = |choice: &&usize| choices[**choice].rep.index() >= next;
        let Some(&choice) = offers.iter().find(in_turn).or(offers.first()) else {
            continue;
        };
        next = choices[choice].rep.index() + 1;
        draft.place(block, choice);
    }
}

/// Blocks by id; each goes to the rep, among those that can take it, who would have the fewest
/// slots for each hour of work available (overtime aside) with it: the rule of d'Hondt. Rep hours of 0
/// come last. O(B·R·T).
pub(super) fn weighted_round_robin(draft: &mut Draft<'_>) {
    let hours: Vec<f64> = (draft.problem().reps().iter())
        .map(|rep| rep.hours.iter().sum())
        .collect();
    for block in draft.open() {
        let entry = &draft.blocks()[block];
        let load = |choice: usize| {
            let rep = entry.choices[choice].rep;
            let slots = u32::try_from(entry.slots.len()).unwrap_or(u32::MAX);
            let with = f64::from(draft.board.ledger.count(rep)) + f64::from(slots);
            with / hours[rep.index()]
        };
        let offers = draft.offers(block, Draft::fits);
        let least = (offers.into_iter()).min_by(|&a, &b| load(a).total_cmp(&load(b)));
        if let Some(choice) = least {
            draft.place(block, choice);
        }
    }
}
