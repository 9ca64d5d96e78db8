//! # Hours and money together
//!
//! What money brings has to be followed up: a response of a cell i of a [budget](super::budget) takes
//! `ρ[i]` hours of reps, in the cell's period, by reps of a crew. The same reps serve the units of an
//! [effort task](super::effort). And money may be one sum for spend, reps, overtime and the way. With h the
//! hours of the effort task, x the spend, and y the part of each response that is followed up:
//!
//! ```text
//! maximize   effort(h) + Σ w[i]·y[i]·f[i](x) − fees − charge·Σ x
//! subject to all limits of the task and of the budget
//!            load[r,t](h) + Σ_i g[i,r] ≤ hours and overtime of rep r in period t
//!            Σ_r g[i,r] = ρ[i]·y[i]·f[i](x),  0 ≤ y[i] ≤ 1,  g[i,r] > 0 only for reps of the crew
//!            costs of the effort task + Σ x ≤ money                              (if it is one sum)
//! ```
//!
//! A response that nobody follows up brings nothing.
//!
//! # Method
//! Hours of each crew and period get a price μ, money a price λ. The two then part: a rep's hours that no
//! unit takes are worth μ in the effort task ([`Site::hour_worth`](super::effort::Site::hour_worth)), and a response is worth
//! `max(0, w − μ·ρ)` in the budget; costs and the charge are 1 + λ and λ dearer. Both bounds, and λ·money,
//! add up to one for the whole (weak duality). Prices move toward where as many hours are wanted as are left
//! (`turn`). Plans come from the hours that the effort task leaves: the budget is fitted to them by prices of its own,
//! reps are given what is to be followed up (`follow`), and at the end hours are filled anew beside that
//! (`search`). Every plan is recomputed by `check`.

mod check;
mod follow;
mod price;
mod search;
mod solve;
mod task;
#[cfg(test)]
mod tests;
mod turn;

pub use check::{Broken, Checked, TOLERANCE, check};
pub use solve::{Solution, Unsolved, solve};
pub use task::{Fault, FollowUp, Given, Task};
