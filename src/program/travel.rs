//! Travel: kilometres cost money. (The limit on distance is part of who is a candidate; hours on
//! the way are part of the workload.)
//!
//! Goal: − Σ cost per km · 2 · km[c] · trips[s] · x[c].

use super::layout::Layout;
use crate::domain::{CandidateId, Problem};

pub(super) fn goal(problem: &Problem, layout: &Layout, term: &mut dyn FnMut(u32, f64)) -> f64 {
    let cost_per_km = problem.policy().travel.cost_per_km;
    for (at, candidate) in problem.candidates().iter().enumerate() {
        let cost = cost_per_km * problem.travel_km(candidate);
        term(layout.assign(CandidateId::at(at)), -cost);
    }
    0.0
}
