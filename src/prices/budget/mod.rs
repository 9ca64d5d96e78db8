//! # Money
//!
//! Cells i (a channel in a period and region) with a response curve fᵢ, a weight wᵢ, and spend xᵢ:
//!
//! ```text
//! maximize   Σ w[i]·f[i](stock[i] + units[i]·x[i]) − fees − charge·Σ x[i]
//! subject to floor ≤ Σ_{i in g} x[i] ≤ ceiling      for the total and each group g
//!            low[i] ≤ x[i] ≤ high[i],  x[i] = 0 or x[i] ≥ minimum[i]
//! ```
//!
//! Groups are nested: regions inside periods inside the total.
//!
//! # Method
//! *Concave curves.* With nested limits a price λ for each group solves it: a group spends what its parts
//! would at the price around it, cut to its limits (Hochbaum 1994, "Lower and upper bounds for the
//! allocation problem and other nonlinear optimization problems", Mathematics of Operations Research
//! 19:390; Vidal, Gribel and Jaillet 2019, "Separable convex optimization with nested lower and upper
//! constraints", INFORMS Journal on Optimization 1:71). One pass over the cells gives all spend at a price
//! (`nest`); Newton's method finds the price in a handful of passes.
//!
//! *S-shaped curves, fees, minima.* Each curve is replaced by its concave envelope; the prices of the
//! relaxation prove a limit,
//!
//! ```text
//! D(λ) = Σ_i max_x (env[i](x) − λ[g(i)]·x) + Σ_g (λ[g] − λ[around g])·(ceiling or floor of g)
//! ```
//!
//! which holds for any prices. By the theorem of Shapley and Folkman all but one cell for each price lie
//! where envelope and curve agree; branch and bound splits the others (`tree`).
//!
//! Money and value are first scaled by powers of two to about 1, so their units change no decision.
//!
//! ```
//! use apportion::curve::Curve;
//! use apportion::prices::budget::{Budget, Cell, Limit, Options, solve};
//!
//! let fair = Curve::hill(900.0, 40.0, 2.0)?;
//! let online = Curve::logarithmic(200.0, 0.1)?;
//! let cells = vec![Cell::new(&fair, 100.0), Cell::new(&online, 100.0)];
//! let answer = solve(&Budget::new(cells, Limit::at_most("total", 100.0)), &Options::default())?;
//! assert!(answer.gap <= 1e-7);
//! assert!((answer.marginal[0] - answer.marginal[1]).abs() < 1e-6);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! *Limits that cross.* Channels over all periods, any other sets of cells, channels that are on or off, and spend that carries over
//! are not nested. The relaxation is then a separable concave program with a row for each such limit. An
//! interior point finds prices for the rows (`interior`); the limit is proved from the prices alone, cell by
//! cell (`web`), so that it holds however the prices came about.

mod across;
mod answer;
mod blocks;
mod cell;
mod check;
mod dense;
mod interior;
mod layout;
mod model;
mod nest;
mod plan;
mod polish;
mod program;
mod proof;
mod refuse;
mod rows;
mod session;
mod target;
mod tree;
mod web;

pub use answer::{Answer, Binding};
pub use check::{Checked, TOLERANCE, check, responses};
pub use model::{Across, Budget, Cell, Channel, Group, Limit, Series};
pub use refuse::{Refusal, Refusals};
pub use session::Session;

use std::time::Duration;

use layout::Layout;
use tree::End;

/// When to stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Proved when bound − net is at most this part of the net; ≥ 0.
    pub relative: f64,
    /// Nodes of the tree at most.
    pub nodes: usize,
    /// Time at most, looked at between nodes and, once there is a plan, while plans are made; `None` for answers that do not depend on the machine.
    pub time: Option<Duration>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            relative: 1e-7,
            nodes: 10_000,
            time: None,
        }
    }
}

/// The best spend of each cell, with its proof.
///
/// # Errors
/// Every [`Refusal`], by name and amount, where the budget is not as [`Budget`] says or cannot be met.
pub fn solve(budget: &Budget<'_>, options: &Options) -> Result<Answer, Refusals> {
    budget.check()?;
    if budget.target_value > 0.0 {
        target::at_value(budget, options, budget.target_value)
    } else if budget.target_return > 0.0 {
        target::at_return(budget, options, budget.target_return)
    } else {
        solve_in(budget, &mut Layout::new(budget), 1.0, options)
    }
}

/// The best spend without targets for value or return.
fn solve_as_given(budget: &Budget<'_>, options: &Options) -> Result<Answer, Refusals> {
    budget.check()?;
    solve_in(budget, &mut Layout::new(budget), 1.0, options)
}

/// Solves a budget that is laid out; the price of the total starts at `guess`.
fn solve_in(
    budget: &Budget<'_>,
    layout: &mut Layout<'_>,
    guess: f64,
    options: &Options,
) -> Result<Answer, Refusals> {
    let end = options
        .time
        .and_then(|time| std::time::Instant::now().checked_add(time));
    let tree = tree::Tree::new(layout, guess, options.relative, end);
    match tree.run(options.nodes) {
        End::Found(found) => Ok(Answer::new(budget, layout, &found)),
        End::Unfinished(nodes) => Err(Refusal::Unfinished { nodes }.into()),
        End::Impossible => Err(Refusal::Conflict {
            names: vec![],
            missing: 0.0,
        }
        .into()),
    }
}
