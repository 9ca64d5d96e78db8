//! The structured solvers: prices on what is scarce.
//!
//! With a price on every scarce thing (hours by rep and period, balance, moves) each block of slots
//! chooses its rep alone, and the sum of the choices is a proved limit on the value of any plan
//! (`dual`). Better prices come step by step (`ascent`). The prices say what is torn between whom,
//! and a local search that knows them makes the plan (`search`). [`solve`] does it all.
//!
//! Where a market takes the same hours whoever serves it and there is one period, the relaxation of
//! the program is a transportation problem ([`transport`]): it needs no general solver.
//! Where reps are placed and hours are free, it is one of locations ([`location`]); where hours are
//! decided within whole reps, one of both ([`effort`]).

mod ascent;
pub mod budget;
mod bundle;
mod core;
mod dual;
pub mod effort;
mod enumerate;
pub mod gap;
pub mod joint;
mod lists;
pub mod location;
mod opening;
mod price;
mod search;
mod shares;
mod solve;
mod state;
pub mod transport;
mod tree;
mod warm;
mod whole;

pub use solve::{Options, Solution, solve};
pub use warm::Start;
