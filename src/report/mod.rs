//! Plans for people to look at: a summary, tables, a map, a league table of strategies.
//!
//! Everything here is worked out from a [`Problem`](crate::domain::Problem) and a
//! [`Plan`](crate::plan::Plan); nothing is written to disk.

mod concentration;
mod frontier;
mod league;
mod map;
mod palette;
mod spread;
mod summary;
mod tables;

pub use crate::explain::words::money;
pub use concentration::{Concentration, concentrations};
pub use frontier::{FrontierError, frontier_svg};
pub use league::{Entry, League, Reached};
pub use map::{MapError, map_svg};
pub use spread::{Spread, spreads};
pub use summary::{Overload, Summary, Unserved, document, stopped_name, summary};
pub use tables::{AssignmentRow, RepRow, assignment_rows, rep_rows};
