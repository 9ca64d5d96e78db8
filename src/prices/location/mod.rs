//! # Sizing and location
//!
//! Sites i with a fixed cost fᵢ ≥ 0, units j, profits pᵢⱼ for some pairs. Which sites to open, and
//! which unit goes to which:
//!
//! ```text
//! maximize   Σ p[i,j]·x[i,j] + Σ s[j]·u[j] − Σ f[i]·y[i]
//! subject to Σ_i x[i,j] + u[j] = 1      for every unit j      (u only where it may stay unserved)
//!            x[i,j] ≤ y[i],  x, y, u ∈ {0, 1}
//!            x[i,k(i)] = y[i]           for every site i with a unit k(i) of its own
//! ```
//!
//! Relaxing the first row with prices v gives, for *any* v, a proved limit on the value:
//!
//! ```text
//! D(v) = Σ v[j] + Σ_i max(0, S[i]),   S[i] = Σ_j max(0, p[i,j] − v[j]) − f[i]
//! ```
//!
//! where the own unit of i counts as p − v, be it positive or not, and `v[j] ≥ s[j]`. If S ≤ 0
//! everywhere this is the condensed dual of Erlenkotter (1978), "A dual-based procedure for
//! uncapacitated facility location", Operations Research 26:992. The best v reaches the value of
//! the strong linear program.
//!
//! # Method
//! Dual ascent gives the first prices and the first set of sites (`ascent`); adding, dropping
//! and swapping sites improves the set (`search`); the volume method of Barahona and Anbil (2000)
//! improves the prices (`descent`) and closes or opens for good every site whose `S[i]` exceeds the
//! gap; what is left undecided is branched on, depth first (`tree`).
//!
//! # Limits
//! At most 2³² − 2 sites. Numbers are `f64`: sums lose the digits below 10⁻¹⁶ of the largest term.

mod ascent;
mod descent;
mod instance;
mod node;
mod search;
#[cfg(test)]
mod tests;
mod tree;

pub use instance::{Fault, Instance, Task};
pub use tree::{Options, Solution, Start, solve};
