//! How far a plan may miss a limit and still keep it. Whatever is counted is exact.
//!
//! Each tolerance is larger than what rounding a solver's answer to whole assignments leaves
//! behind, and far below what a planner could see.

/// Hours, relative to the limit. A solver takes an assignment as whole within 1e-6; rounding it
/// then moves a rep's load by at most that share of the hours. A millionth of a month of 160 h
/// is half a second.
pub const HOURS_RELATIVE: f64 = 1e-6;

/// Hours, absolute, for limits at or near zero (a month on leave): 3.6 milliseconds.
pub const HOURS_ABSOLUTE: f64 = 1e-6;

/// Amounts of a balanced metric, relative to the total of all reps in the balance. Every
/// assignment stands in every rep's limit, through the fair share, and so does its rounding.
pub const BALANCE_RELATIVE: f64 = 1e-6;

/// Potential that moves, relative to the potential with current reps, for the same reason.
pub const POTENTIAL_RELATIVE: f64 = 1e-6;

/// Kilometres, absolute: a millimeter. The haversine and the atan2 formula agree within 1e-9 km,
/// except within some kilometres of the antipode, where no sales trip goes. Sums are not involved.
pub const KM_ABSOLUTE: f64 = 1e-6;

/// Claimed money and hours, relative to the larger of claim and finding: sums over thousands of
/// assignments in another order, with another formula for distances, agree to about 1e-9.
pub const CLAIM_RELATIVE: f64 = 1e-6;

/// Claimed money and hours, absolute: a hundredth, so that documents may be rounded to cents.
pub const CLAIM_ABSOLUTE: f64 = 0.01;
