//! Contribution: what assignments are worth.
//!
//! Goal: Σ value[c] · x[c], with value = value share · margin · potential · skill fit · ability.

use super::layout::Layout;
use crate::domain::{CandidateId, Problem};

pub(super) fn goal(problem: &Problem, layout: &Layout, term: &mut dyn FnMut(u32, f64)) -> f64 {
    for (at, candidate) in problem.candidates().iter().enumerate() {
        term(layout.assign(CandidateId::at(at)), candidate.value);
    }
    0.0
}
