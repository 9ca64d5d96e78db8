//! # Generalized assignment
//!
//! Agents i with capacities `b_i ≥ 0`, jobs j, costs `c_ij` of either sign and weights `a_ij ≥ 0`,
//! all whole numbers. Every job goes to one agent:
//!
//! ```text
//! minimize   Σ c[i,j]·x[i,j]
//! subject to Σ_i x[i,j] = 1              for every job j
//!            Σ_j a[i,j]·x[i,j] ≤ b[i]    for every agent i,  x ∈ {0, 1}
//! ```
//!
//! Relaxing the first row with prices u gives, for *any* u, a proved limit on the cost, with a 0-1
//! knapsack for every agent:
//!
//! ```text
//! L(u) = Σ u[j] − Σ_i max { Σ_j (u[j] − c[i,j])·x[j] : Σ_j a[i,j]·x[j] ≤ b[i], x ∈ {0, 1} }
//! ```
//!
//! Costs are whole, so the bound rounds up. Prices are multiples of a power of two and few enough
//! digits long that `f64` adds them without rounding: what is proved does not rest on a tolerance.
//!
//! # Method
//! The linear relaxation gives the first prices (`start`), the volume method of Barahona and Anbil
//! (2000) better ones (`bound`). Knapsacks are solved by dynamic programming over the few items
//! that a capacity price leaves open (`knapsack`; Pisinger 1995). A table forward and one backward
//! say what every pair costs at least when it is chosen, and when it is not; pairs that cost too
//! much go (`fixing`; Posta, Ferland and Michelon 2012, "An exact method with variable fixing for
//! solving the generalized assignment problem", Computational Optimization and Applications
//! 52:629).
//!
//! As there, the proof is a series of questions (`lanes`, `tree`): is there a solution as cheap as
//! the bound? While there is none, the bound rises by one. With so little slack hardly any pair is
//! left to decide. Meanwhile agents are taken a few at a time, and the same search decides anew on
//! all their jobs (`improve`).
//!
//! # Limits
//! Weights up to 2³¹ − 1; the largest absolute cost times the number of jobs up to 2⁴⁵. The tables
//! of a knapsack are held to 2²⁰ entries: where capacities are larger than that allows, weights
//! are rounded down for the bound, which stays a bound but proves less.

mod bound;
mod control;
mod core;
mod dive;
mod fixing;
mod improve;
mod instance;
mod knapsack;
mod lanes;
mod solve;
mod start;
#[cfg(test)]
mod tests;
mod tree;

pub use instance::{Instance, InstanceError};
pub use solve::{Options, Sense, Solution, Status, solve};
