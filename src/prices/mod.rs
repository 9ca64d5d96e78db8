//! Structured solvers: what the scarce hours of reps are worth, found by the shape of the problem.
//!
//! Where a market takes the same hours whoever serves it and there is one period, the relaxation of
//! the program is a transportation problem ([`transport`]): it needs no general solver.

pub mod transport;
