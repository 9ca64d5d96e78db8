//! What the totals of a plan gain with the numbers of markets, slots and reps being as they are.

use super::compiled::{Compiled, NONE};
use crate::domain::Metric;

/// What the plan's totals gain with a market's numbers, the rest being as in the problem.
#[derive(Clone, Debug, Default)]
pub(super) struct Gains {
    /// By market: contribution and loss for each unit of potential times margin.
    pub(super) contribution: Vec<f64>,
    pub(super) loss: Vec<f64>,
    /// By market: potential that has a current rep, and what of it moves, as shares.
    pub(super) held: Vec<f64>,
    pub(super) moved: Vec<f64>,
    /// Shares of potential in amounts, market by market; where those of each begin.
    pub(super) balanced: Vec<Balanced>,
    pub(super) balanced_start: Vec<u32>,
}

/// A share of a market's potential in an amount that is balanced or limited.
#[derive(Clone, Copy, Debug)]
pub(super) struct Balanced {
    pub(super) market: u32,
    /// Position of the amount.
    pub(super) amount: u32,
    pub(super) share: f64,
}

impl Gains {
    /// For a plan that is laid out.
    pub(super) fn new(compiled: &Compiled<'_>) -> Self {
        let markets = compiled.problem.markets().len();
        let none = || vec![0.0; markets];
        let mut gains = Self {
            contribution: none(),
            loss: none(),
            held: none(),
            moved: none(),
            ..Self::default()
        };
        let mut balanced: Vec<Vec<Balanced>> = vec![Vec::new(); markets];
        for at in 0..compiled.slots.len() {
            gains.add(compiled, at);
            let (market, share) = (compiled.market[at], compiled.value_share[at]);
            let own = &mut balanced[market as usize];
            own.extend(amounts(compiled, at).map(|amount| Balanced {
                market,
                amount: u32::try_from(amount).unwrap_or(NONE),
                share,
            }));
        }
        gains.balanced_start.push(0);
        for list in balanced {
            gains.balanced.extend(list);
            let end = u32::try_from(gains.balanced.len()).unwrap_or(NONE);
            gains.balanced_start.push(end);
        }
        gains
    }

    fn add(&mut self, compiled: &Compiled<'_>, at: usize) {
        let market = compiled.market[at] as usize;
        let (rep, current) = (compiled.rep[at], compiled.current[at]);
        let share = compiled.value_share[at];
        let loss_share = compiled.base.loss_share[at];
        if rep != NONE {
            self.contribution[market] += share * compiled.base.fit[at];
        } else if !loss_share.is_nan() {
            self.loss[market] += share * loss_share;
        }
        if current != NONE {
            self.held[market] += share;
            self.moved[market] += if current == rep { 0.0 } else { share };
        }
    }
}

/// Positions of the amounts that a slot's potential counts for.
fn amounts<'c>(compiled: &'c Compiled<'_>, at: usize) -> impl Iterator<Item = usize> + 'c {
    let (rep, reps) = (compiled.rep[at], compiled.problem.reps().len());
    let served = rep != NONE;
    let balances = compiled.balances.iter().enumerate();
    let of_balances = balances.filter(move |(_, balance)| {
        served && balance.metric == Metric::Potential && balance.counts[at]
    });
    let own = of_balances.map(move |(b, _)| b * reps + rep as usize);
    own.chain(compiled.shares_of(at).filter(move |_| served))
}
