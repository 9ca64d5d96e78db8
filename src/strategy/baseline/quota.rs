//! A random team by quota, then reps of the team in turn by quota: the scheme by which Odoo gives
//! out leads.

use std::collections::BTreeMap;

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::SeedableRng;

use super::draft::Draft;
use crate::strategy::random::unit;

/// Blocks by id. The quota of a rep is its hours over the plan, overtime aside; a team's is the sum
/// of its reps'. For each block a team is drawn at random, in proportion to quotas, among teams
/// with a rep who can take it; within the team it goes to the rep who has most of its quota left.
/// Reps without a team are a team of their own; teams stand in order of name when drawing.
/// O(B·R·T).
pub(super) fn team_quota(draft: &mut Draft<'_>, seed: u64) {
    let mut random = Pcg64Mcg::seed_from_u64(seed);
    let quota: Vec<f64> = (draft.problem().reps().iter())
        .map(|rep| rep.hours.iter().sum())
        .collect();
    let mut team_quota: BTreeMap<&str, f64> = BTreeMap::new();
    for (rep, quota) in draft.problem().reps().iter().zip(&quota) {
        if !rep.candidate {
            *team_quota.entry(&rep.team).or_default() += quota;
        }
    }
    for block in draft.open() {
        let choices = &draft.blocks()[block].choices;
        let team_of = |choice: usize| draft.problem().rep(choices[choice].rep).team.as_str();
        let mut teams: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for choice in draft.offers(block, Draft::fits) {
            teams.entry(team_of(choice)).or_default().push(choice);
        }
        let quotas = teams.keys().map(|team| team_quota.get(team).copied());
        let quotas: Vec<f64> = quotas.map(Option::unwrap_or_default).collect();
        let drawn = draw(&quotas, unit(&mut random));
        let Some(members) = teams.into_values().nth(drawn) else {
            continue;
        };
        let used = |choice: usize| {
            let rep = choices[choice].rep;
            let load: f64 = draft.board.ledger.load(rep).iter().sum();
            load - quota[rep.index()]
        };
        let most_left = (members.into_iter()).min_by(|&a, &b| used(a).total_cmp(&used(b)));
        if let Some(choice) = most_left {
            draft.place(block, choice);
        }
    }
}

/// The position that a number in [0, 1) draws, in proportion to weights; 0 if there are none.
fn draw(weights: &[f64], unit: f64) -> usize {
    let mut left = unit * weights.iter().sum::<f64>();
    for (at, weight) in weights.iter().enumerate() {
        if left < *weight {
            return at;
        }
        left -= weight;
    }
    weights.len().saturating_sub(1)
}
