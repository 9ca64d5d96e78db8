//! The transportation problem, solved exactly by a primal network simplex.
//!
//! A [`Transport`] is a market's hours, a rep's hours, and what an hour is worth on each arc. A
//! [`Simplex`] solves it, from nothing or from a [`Basis`] after numbers changed. The [`Answer`] carries
//! its certificate: a bound recomputed from its prices, equal to its objective at the optimum.
//!
//! ```
//! use apportion::prices::transport::{Limits, Simplex, Transport};
//!
//! // Two markets of 5 hours; one rep of 6 hours, worth 10 an hour in the first and 4 in the second.
//! let problem = Transport::dense(vec![5.0; 2], vec![0.0; 2], vec![6.0], vec![10.0, 4.0])?;
//! let mut simplex = Simplex::cold(&problem);
//! simplex.solve(&problem, &Limits::default());
//! let answer = simplex.answer(&problem);
//! assert_eq!((answer.objective, answer.bound), (54.0, 54.0));
//! assert_eq!(answer.rep_price, [4.0]);
//! # Ok::<(), apportion::prices::transport::TransportError>(())
//! ```

mod answer;
mod mend;
mod model;
mod pricing;
mod simplex;
mod start;
#[cfg(test)]
mod tests;
mod tree;

pub use answer::{Answer, Flow};
pub use model::{BLOCK, Transport, TransportError};
pub use simplex::{Ended, Limits, Simplex};
pub use tree::Basis;
