//! From a [`Problem`](crate::domain::Problem) to a sparse linear/integer program with provenance:
//! every row and column knows the rule and the entity it stands for.
//!
//! One file for each rule, its mathematics in the header. Columns:
//!
//! | column | meaning | range |
//! |---|---|---|
//! | `x[c]` | candidate c (a rep at a base) fills its slot | {0, 1} |
//! | `u[s]` | slot s is left unserved | [0, 1] |
//! | `o[r,t]` | overtime hours of rep r in period t | [0, limit] |
//! | `y[r,b]` | rep r works from base b; only where that is to be decided | {0, 1} |
//! | `L[q,r]`, `T[q]` | amount of metric q of rep r, and of all reps | ≥ 0 |
//! | `d[q,r]` or `d[q]` | deviation from the ideal band of metric q | ≥ 0 |
//! | `V` | potential covered, as a share of all; only where concentration is limited | ≥ 0 |

mod assignment;
mod balance;
mod capacity;
mod concentration;
mod continuity;
mod contribution;
mod count;
mod effort;
mod eligibility;
mod families;
pub mod formulation;
mod layout;
pub mod linear;
mod locks;
mod mps;
mod roles;
mod sizing;
mod travel;
mod unserved;
mod writer;

pub use effort::{EffortCandidate, EffortFormulation, EffortTerm, formulate_effort};
pub use formulation::{Formulation, formulate, formulate_elastic};
pub use layout::Layout;
pub use linear::{LinearProgram, LinearProgramBuilder};
pub use mps::write_mps;
pub use writer::{Relief, RowKind};
