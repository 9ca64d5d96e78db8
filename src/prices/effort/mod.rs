//! # Effort: sizing, location, assignment and hours together
//!
//! Sites i where `n[i]` whole reps work, units j, periods t. Which site serves which unit, with how many
//! reps and how many hours:
//!
//! ```text
//! maximize   Σ x[i,j]·(k[i,j] + Σ_t a[i,j]·w[j,t]·f_j(q[i,j]·h[j,t]/z[j,t]) − c[i,j]·h[j,t]) + Σ s[j]·u[j]
//!            − Σ_i (f[i]·y[i] + c[i]·n[i] + o[i]·Σ_t e[i,t])
//! subject to Σ_i x[i,j] + u[j] = 1                      for every unit (u only where it may stay unserved)
//!            Σ_j x[i,j]·h[j,t] ≤ H[i,t]·n[i] + e[i,t]   capacity of every site and period
//!            0 ≤ e[i,t] ≤ O[i,t]·n[i]                   overtime
//!            least[j,t] ≤ q[i,j]·h[j,t] ≤ most[j]       effort
//!            Σ_{t in w} q[i,j]·h[j,t] ≥ m[w]            visits in several periods together (`windows`)
//!            least[i]·y[i] ≤ n[i] ≤ most[i]·y[i],  x[i,j] ≤ y[i],  x[i,k(i)] = y[i]   sizing and location
//!            x[i,j] = x[i,k] for units together, x[i,j] + x[i,k] ≤ 1 for units apart  (`layout`)
//!            least[l] ≤ Σ_{i in l} e[l,i]·y[i] + Σ_{j in l} d[l,j]·(1 − x[now(j),j]) ≤ most[l]   moves, hires
//!            least[i]·y[i] ≤ Σ_j x[i,j] ≤ most[i]·y[i]                                counts
//!            least[p]·W ≤ Σ_{(i,j) in p} b[i,j]·x[i,j] ≤ most[p]·W,  W = Σ b[i,j]·x[i,j]          spreads
//! ```
//!
//! Deviations of a part of a spread from a range around its share of the whole may cost something as well.
//!
//! f is any [`Curve`](crate::curve::Curve), S-shaped ones included, of hours counted in z; q is the
//! productive part of an hour, a the ability.
//!
//! # Method
//! The first row gets prices `v[j]`, hours of a site get prices `λ[i,t]`, and the last three rows prices of their own
//! (`rows`), which leave units and sites with a cost; units together are one. A unit then has its best hours in
//! closed form (the conjugate of its curve), and each site chooses its units and its staff by itself:
//!
//! ```text
//! D(v) = Σ v[j] + Σ_i max(0, max_n min_λ Σ_j max(0, p[i,j](λ) − v[j]) + n·(Σ_t (λ[t]·H[i,t] + max(0, λ[t] − o[i])·O[i,t]) − c[i]) − f[i])
//! ```
//!
//! is a limit on the value of any plan for any v, and stays one whatever λ ≥ 0 is put in (`staff`). The
//! volume method improves v and the prices of rows (`descent`). At the λ at which hours just pay for their rep, n falls out and a
//! task of sizing and location remains ([`location`](super::location)): it is solved first, and gives the
//! first bound, prices and plan; without limits on hours it is the answer. Plans are improved by moving
//! units, staffing, opening, closing and swapping sites, the hours of every site that is touched filled
//! anew (`water`, `board`, `search`, `sites`); where rows couple sites, from hot to cold (`anneal`), with fines for
//! rows that are missed (`run`).
//!
//! The same model with given numbers of hours is that of Drexl and Haase (1999), "Fast approximation
//! methods for sales force deployment", Management Science 45:1307; with whole reps it becomes that of
//! teams.

mod anneal;
mod board;
mod check;
mod descent;
mod layout;
mod rows;
mod rules;
mod run;
mod search;
mod sites;
mod solve;
mod staff;
mod start;
mod task;
#[cfg(test)]
pub(super) mod tests;
mod water;
mod windows;

pub use check::{Broken, Checked, TOLERANCE, check};
pub use rules::{Count, Held, Ideal, Limit, Rules, Spread, Window};
pub(crate) use solve::solve_like;
pub use solve::{Options, Solution, Unsolved, solve};
pub use task::{Fault, Pair, Site, Task, Unit};
