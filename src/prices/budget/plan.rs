//! Decisions that make a cell concave, around a spend.

use super::cell::{Domain, Ready};
use super::web::Tangent;

/// What a cell in a gap does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Way {
    Down,
    Stay,
    Up,
}

/// A split leaves each side at least this part of the interval.
const EDGE: f64 = 1e-9;

impl Ready<'_> {
    /// Two parts of the domain: nothing and something, or below and above a spend.
    pub(super) fn halves(&self, spend: f64) -> [Domain; 2] {
        let domain = self.domain;
        if domain.zero {
            return [off(), on(domain)];
        }
        let margin = EDGE * (domain.high - domain.low);
        let middle = spend.clamp(domain.low + margin, domain.high - margin);
        let below = Domain {
            high: middle,
            ..domain
        };
        let above = Domain {
            low: middle,
            ..domain
        };
        [below, above]
    }
}

pub(super) fn off() -> Domain {
    Domain {
        low: 0.0,
        high: 0.0,
        zero: false,
        paid: false,
    }
}

pub(super) fn on(domain: Domain) -> Domain {
    Domain {
        zero: false,
        ..domain
    }
}

/// A domain on which the curve is concave, around or beside a spend; or, to stay on a convex part, the
/// tangent there, which lies below it.
pub(super) fn restrict(
    cell: &Ready<'_>,
    spend: f64,
    way: Way,
    rounding: f64,
) -> (Domain, Option<Tangent>) {
    let domain = cell.domain;
    if cell.steep.is_infinite() && !domain.zero {
        return (domain, None);
    }
    if cell.gap(spend) <= rounding || cell.inside(spend) <= rounding {
        let at_left = spend <= cell.left || spend - cell.left < cell.knee - spend;
        return match (at_left, domain.zero) {
            (true, true) => (off(), None),
            (true, false) => (fixed(domain, cell.left), None),
            _ => (concave(cell), None),
        };
    }
    match way {
        Way::Down if domain.zero => (off(), None),
        Way::Down => (fixed(domain, cell.left), None),
        Way::Stay if spend >= domain.low => (fixed(domain, spend), tangent(cell, spend)),
        _ => (concave(cell), None),
    }
}

/// The tangent of the convex part at a spend of it.
pub(super) fn tangent(cell: &Ready<'_>, spend: f64) -> Option<Tangent> {
    let domain = cell.domain;
    let high = cell.inflection().min(domain.high);
    (spend < high && spend >= domain.low).then(|| Tangent {
        low: domain.low,
        high,
        slope: cell.slope(spend),
    })
}

fn fixed(domain: Domain, spend: f64) -> Domain {
    Domain {
        low: spend,
        high: spend,
        zero: false,
        ..domain
    }
}

pub(super) fn concave(cell: &Ready<'_>) -> Domain {
    let domain = cell.domain;
    Domain {
        low: cell.inflection().clamp(domain.low, domain.high),
        ..on(domain)
    }
}
