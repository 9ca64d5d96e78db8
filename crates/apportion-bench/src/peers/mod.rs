//! Side by side with solvers outside: what each reached when, and tables of it.
//!
//! The scripts in `peers/` run the solvers outside and write a JSON line for each run; [`ours`] runs
//! apportion and the backends on the same tasks and writes lines of the same form.

pub mod line;
pub mod ours;
pub mod published;
pub mod table;
