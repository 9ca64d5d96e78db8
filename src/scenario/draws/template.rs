//! Changes whose number is drawn.

use crate::scenario::change::{Amount, Change};
use crate::scenario::edit::{Edit, Factors, PolicyNumber};

/// What numbers a change can take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Support {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) words: &'static str,
}

const ANY: Support = Support {
    low: f64::NEG_INFINITY,
    high: f64::INFINITY,
    words: "any number",
};
const NOT_BELOW_0: Support = Support {
    low: 0.0,
    high: f64::INFINITY,
    words: "0 or more",
};
const SHARE: Support = Support {
    low: 0.0,
    high: 1.0,
    words: "a share from 0 to 1",
};

/// The one number of a change, as a place to write to.
enum Number<'a> {
    Amount(&'a mut Amount),
    Plain(&'a mut f64),
    Whole(&'a mut i32),
}

/// The number of a change; `None` where it has none, or two.
fn number(change: &mut Change) -> Option<(Number<'_>, Support)> {
    let amount = |amount, set: Support| Some((Number::Amount(amount), set));
    match change {
        Change::Margin { amount: of, .. }
        | Change::Skill { amount: of, .. }
        | Change::Ability { amount: of, .. } => amount(of, SHARE),
        Change::Potential { amount: of, .. }
        | Change::Visits { amount: of, .. }
        | Change::HoursPerVisit { amount: of, .. }
        | Change::UnservedLoss { amount: of, .. }
        | Change::Hours { amount: of, .. }
        | Change::Policy { amount: of, .. } => amount(of, NOT_BELOW_0),
        Change::Competitor { share, .. } | Change::Leave { share, .. } => {
            Some((Number::Plain(share), SHARE))
        }
        Change::Price { factor, .. } => Some((Number::Plain(factor), NOT_BELOW_0)),
        Change::Ramp { periods, .. } => Some((Number::Plain(periods), NOT_BELOW_0)),
        Change::ShiftSeason { by, .. } => Some((Number::Whole(by), ANY)),
        Change::Overtime {
            max_share,
            cost_per_hour,
            ..
        } => match (max_share, cost_per_hour) {
            (Some(share), None) => Some((Number::Plain(share), NOT_BELOW_0)),
            (None, Some(of)) => amount(of, NOT_BELOW_0),
            _ => None,
        },
        Change::Count { min, max, .. } => match (min, max) {
            (Some(of), None) | (None, Some(of)) => amount(of, NOT_BELOW_0),
            _ => None,
        },
        _ => None,
    }
}

/// What numbers a change can take in place of its own; `None` where it has no number, or two.
pub(super) fn support(change: &Change) -> Option<Support> {
    let mut change = change.clone();
    let (number, support) = number(&mut change)?;
    match number {
        Number::Amount(Amount::Lift) => None,
        Number::Amount(Amount::Add(_)) => Some(ANY),
        Number::Amount(Amount::Scale(_)) => Some(NOT_BELOW_0),
        _ => Some(support),
    }
}

/// Puts a drawn number into a change; numbers that must be whole are rounded.
pub(super) fn put(change: &mut Change, drawn: f64) {
    let whole = match change {
        Change::Count { .. } => true,
        Change::Policy { name, .. } => [
            "continuity.max_moves",
            "sizing.min_hires",
            "sizing.max_hires",
        ]
        .contains(&&**name),
        _ => false,
    };
    match number(change) {
        Some((Number::Amount(amount), _)) => *amount = with(*amount, drawn, whole),
        Some((Number::Plain(number), _)) => *number = drawn,
        Some((Number::Whole(number), _)) => *number = rounded(drawn),
        None => {}
    }
}

/// The same for an edit that a change has become.
pub(super) fn put_edit(edit: &mut Edit, drawn: f64) {
    let whole = match edit {
        Edit::MinSlots { .. } | Edit::MaxSlots { .. } => true,
        Edit::Policy { number, .. } => matches!(
            number,
            PolicyNumber::MaxMoves | PolicyNumber::MinHires | PolicyNumber::MaxHires
        ),
        _ => false,
    };
    match edit {
        Edit::Potential { amount, .. }
        | Edit::Margin { amount, .. }
        | Edit::Visits { amount, .. }
        | Edit::HoursPerVisit { amount, .. }
        | Edit::UnservedLoss { amount, .. }
        | Edit::Hours { amount, .. }
        | Edit::OvertimeCost { amount, .. }
        | Edit::Skill { amount, .. }
        | Edit::Ability { amount, .. }
        | Edit::MinSlots { amount, .. }
        | Edit::MaxSlots { amount, .. }
        | Edit::Policy { amount, .. } => *amount = with(*amount, drawn, whole),
        Edit::Price { factor: number, .. }
        | Edit::OvertimeShare { share: number, .. }
        | Edit::ScaleAll {
            by: Factors::Same(number),
            ..
        } => {
            *number = drawn;
        }
        Edit::Shift { by, .. } => *by = rounded(drawn),
        Edit::RemoveRep { .. } | Edit::AddRep(_) | Edit::ScaleAll { .. } => {}
    }
}

fn with(amount: Amount, drawn: f64, whole: bool) -> Amount {
    match amount {
        Amount::Scale(_) => Amount::Scale(drawn),
        Amount::Set(_) => Amount::Set(if whole { drawn.round() } else { drawn }),
        Amount::Add(_) => Amount::Add(if whole { drawn.round() } else { drawn }),
        Amount::Lift => Amount::Lift,
    }
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "casts stop at the ends of the range"
)]
fn rounded(drawn: f64) -> i32 {
    drawn.round() as i32
}
