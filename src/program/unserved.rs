//! Unserved: a slot is left unserved at a stated loss, unless it must be served.
//!
//! u[s] ∈ [0, 1]; u[s] = 0 where s must be served. Goal: − Σ loss[s] · u[s].

use super::layout::Layout;
use super::writer::{PRICE_SLOT, RowKind, Writer};
use crate::domain::{Problem, SlotId};

pub(super) fn columns(writer: &mut Writer, problem: &Problem) {
    for _ in problem.slots() {
        writer.builder.column(0.0, 0.0, 1.0, false);
    }
}

pub(super) fn bounds(writer: &mut Writer, problem: &Problem) {
    for (at, slot) in problem.slots().iter().enumerate() {
        if slot.mandatory {
            let slot = SlotId::at(at);
            let column = writer.layout.unserved(slot);
            writer.rule_out(RowKind::Mandatory(slot), column, PRICE_SLOT);
        }
    }
}

pub(super) fn goal(problem: &Problem, layout: &Layout, term: &mut dyn FnMut(u32, f64)) -> f64 {
    for (at, slot) in problem.slots().iter().enumerate() {
        term(layout.unserved(SlotId::at(at)), -slot.unserved_loss);
    }
    0.0
}
