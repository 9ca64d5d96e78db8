//! Every numerical tolerance of the backends, in one place.
//!
//! | name | value | compares |
//! |---|---|---|
//! | [`SOLVER_FEASIBILITY`] | 1e-7 | what a solver is asked to hold rows and bounds to |
//! | [`FEASIBILITY`] | 1e-6 | what a returned point is held to, relative to max(1, limit) |
//! | [`INTEGRALITY`] | 1e-6 | distance of an integer column from a whole number |
//! | [`MOST_ROUNDING`] | 1e-4 | how far an integer column may be moved to a whole number |
//! | [`OPTIMALITY`] | 1e-7 | reduced costs that count as zero |
//! | [`INFINITE`] | 1e20 | bounds and limits that count as none |
//! | [`GAP_FLOOR`] | 1e-9 | smallest divisor of a relative gap |
//! | [`RAY_GAIN`] | 1e-7 | gain per unit step that proves an unbounded direction |
//! | [`WELL_SCALED`] | 16 | coefficient range that is left as it is |

/// What solvers are asked to hold every row and bound to, absolute, in the units of the program they
/// are given. It is the default of each solver behind a backend; tighter ones cost pivots and run
/// into the rounding of `f64` for activities near 1e9.
pub const SOLVER_FEASIBILITY: f64 = 1e-7;

/// What a returned point is held to by [`LinearProgram::violation`](crate::program::LinearProgram::violation),
/// relative to the larger of 1 and the limit missed. Ten times [`SOLVER_FEASIBILITY`], so that a
/// point which is right by the solver's own measure is not thrown away for the rounding of our sum.
pub const FEASIBILITY: f64 = 1e-6;

/// How far an integer column may lie from a whole number. Points are rounded to whole numbers before
/// they are returned wherever the rounded point still passes [`FEASIBILITY`]; the tolerance shows
/// only where it does not.
pub const INTEGRALITY: f64 = 1e-6;

/// An integer column farther than this from a whole number was not solved for whole numbers: the
/// point is refused, even where the rounded one would be feasible.
pub const MOST_ROUNDING: f64 = 1e-4;

/// Reduced costs smaller than this count as zero, absolute, in the units of the program a solver is
/// given. It is the default of each solver.
pub const OPTIMALITY: f64 = 1e-7;

/// A bound or limit of this size or more, on its own side, is none. Solvers differ in where they draw
/// this line (one at 2^52, one at 1e20), so we draw it once.
pub const INFINITE: f64 = 1e20;

/// The relative gap is (bound − value) divided by the larger of |bound| and this. Without a floor a
/// bound of exactly zero would make every gap infinite.
pub const GAP_FLOOR: f64 = 1e-9;

/// A direction within the unit box that every row and bound allows forever proves the program
/// unbounded when it gains more than this times the largest cost. Below it, the gain may be rounding.
pub const RAY_GAIN: f64 = 1e-7;

/// Programs whose coefficients and row limits all lie within `[1/16, 16]` are not scaled: nothing
/// would be gained, and answers stay those of the solver alone.
pub const WELL_SCALED: f64 = 16.0;

/// The relative gap (bound − value)/|bound| of a maximized program, at least 0.
///
/// `+∞` when the bound is infinite or either is not a number.
#[must_use]
pub fn relative_gap(value: f64, bound: f64) -> f64 {
    let gap = (bound - value).max(0.0) / bound.abs().max(GAP_FLOOR);
    if gap.is_nan() { f64::INFINITY } else { gap }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gap_is_measured_against_the_bound() {
        assert!((relative_gap(90.0, 100.0) - 0.1).abs() < 1e-15);
        assert!((relative_gap(-110.0, -100.0) - 0.1).abs() < 1e-15);
    }

    #[test]
    fn gap_of_nothing_is_infinite_and_of_a_value_above_its_bound_zero() {
        assert!(relative_gap(1.0, f64::INFINITY).is_infinite());
        assert!(relative_gap(1.0, f64::NAN).is_infinite() || relative_gap(1.0, f64::NAN) >= 0.0);
        assert!(relative_gap(5.0, 5.0 - 1e-12) <= 0.0);
        assert!(relative_gap(0.0, 0.0) <= 0.0);
    }
}
