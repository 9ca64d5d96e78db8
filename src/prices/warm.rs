//! Prices and a plan of one problem as the beginning for another like it.

use super::core::Core;
use super::price::Prices;
use super::solve::{Options, Setting};
use super::tree::Tree;
use crate::domain::Problem;
use crate::plan::Plan;

/// What a run may begin with. It changes how long a run takes, not what is proved.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    prices: Prices,
    /// A plan of the problem that is to be solved; one that breaks a rule is improved first.
    pub(super) plan: Option<Plan>,
}

impl Start {
    /// The prices of a problem with nothing decided about bases, and a plan if there is one.
    #[must_use]
    pub fn of(problem: &Problem, options: &Options<'_>, plan: Option<Plan>) -> Self {
        let setting = Setting::new(problem, options);
        let mut tree = Tree::default();
        tree.plant(&setting, None);
        Self {
            prices: tree.nodes.swap_remove(0).prices,
            plan,
        }
    }

    /// The same for another problem with the same periods and balances. `reps` has an entry for each
    /// rep of the other problem: its position in this one, if it is there.
    #[must_use]
    pub fn carried(&self, reps: &[Option<usize>], plan: Option<Plan>) -> Self {
        let from = &self.prices;
        let count = from.count.len().max(1);
        let rows = |list: &[f64], width: usize| -> Vec<f64> {
            let row = |rep: &Option<usize>| match rep {
                Some(at) => list[at * width..(at + 1) * width].to_vec(),
                None => vec![0.0; width],
            };
            reps.iter().flat_map(row).collect()
        };
        let balances = |list: &[f64]| -> Vec<f64> {
            list.chunks(count).flat_map(|own| rows(own, 1)).collect()
        };
        Self {
            prices: Prices {
                hour: rows(&from.hour, from.hour.len() / count),
                hard: balances(&from.hard),
                soft: balances(&from.soft),
                count: rows(&from.count, 1),
                share: from.share.clone(),
                moves: from.moves,
                moved_potential: from.moved_potential,
            },
            plan,
        }
    }

    /// The prices, if they fit a problem. Those of concentration begin anew where sources have
    /// changed.
    pub(super) fn prices(&self, core: &Core<'_>) -> Option<Prices> {
        let zero = Prices::zero(core);
        let lengths = |p: &Prices| [p.hour.len(), p.hard.len(), p.count.len()];
        let finite = self.prices.each().all(|price| price.is_finite());
        let fits = finite && lengths(&zero) == lengths(&self.prices);
        fits.then(|| {
            let mut prices = self.prices.clone();
            if prices.share.len() != zero.share.len() {
                prices.share = zero.share;
            }
            prices
        })
    }
}
