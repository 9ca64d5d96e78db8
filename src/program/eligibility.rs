//! Eligibility: only candidates have columns.
//!
//! x[c] ∈ {0, 1} exists for each rep and base that has the skills, is of a team that may serve, is
//! near enough and is not forbidden ([`crate::domain::eligibility`]). Nobody else can be assigned.

use super::writer::Writer;
use crate::domain::Problem;

pub(super) fn columns(writer: &mut Writer, problem: &Problem) {
    for _ in problem.candidates() {
        writer.builder.column(0.0, 0.0, 1.0, true);
    }
}
