//! A cell made ready: its scaled curve, its domain in a node of the tree, its envelope there.

use super::model::Cell;
use crate::curve::kernel::{Anchor, Kernel, hull, touch};

/// Prices this close, relatively, count as equal.
pub(super) const SAME_PRICE: f64 = 4e-15;

/// Lines shorter than this part of the most spend are rounding.
const SHORT: f64 = 1e-12;

/// What a node of the tree lets a cell do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Domain {
    pub(super) low: f64,
    pub(super) high: f64,
    /// Whether 0 is allowed besides [low, high], and free of the fee.
    pub(super) zero: bool,
    /// Whether the fee is paid on [low, high].
    pub(super) paid: bool,
}

/// A cell in scaled money and value.
#[derive(Clone, Debug)]
pub(super) struct Ready<'a> {
    kernel: Kernel<'a>,
    weight: f64,
    units: f64,
    stock: f64,
    fee: f64,
    pub(super) domain: Domain,
    /// Where the envelope's straight line begins and ends.
    pub(super) left: f64,
    pub(super) knee: f64,
    left_value: f64,
    /// Slope of the line; infinite if there is none.
    pub(super) steep: f64,
    /// Corners of the envelope where the curve is made of lines.
    corners: Option<Box<[(f64, f64)]>>,
    /// Added to the price of the group.
    pub(super) offset: f64,
    near: f64,
    /// The answers to the last price: least and most spend.
    pub(super) least: f64,
    pub(super) most: f64,
    /// Change of the answer with the price.
    pub(super) fall: f64,
}

impl<'a> Ready<'a> {
    /// The whole cell, with money and value divided by their scales.
    pub(super) fn new(cell: &Cell<'a>, money: f64, worth: f64) -> Self {
        let forced = cell.low > 0.0;
        let least = cell.low.max(cell.minimum) / money;
        let choice = cell.fee > 0.0 || cell.minimum > 0.0;
        let mut ready = Self {
            kernel: cell.curve.kernel(),
            weight: cell.weight / worth,
            units: cell.units * money,
            stock: cell.stock,
            fee: cell.fee / worth,
            domain: Domain {
                low: least,
                high: cell.high / money,
                zero: choice && !forced,
                paid: choice,
            },
            left: 0.0,
            knee: 0.0,
            left_value: 0.0,
            steep: f64::INFINITY,
            corners: None,
            offset: 0.0,
            near: 0.0,
            least: 0.0,
            most: 0.0,
            fall: 0.0,
        };
        ready.enclose(ready.domain);
        ready
    }

    /// Takes another weight. Only without a fee, which would not scale with it.
    pub(super) fn reweigh(&mut self, weight: f64) {
        let factor = weight / self.weight;
        self.weight = weight;
        self.left_value *= factor;
        self.steep *= factor;
        for corner in self.corners.iter_mut().flatten() {
            corner.1 *= factor;
        }
    }

    /// Leaves the fee alone: what spend brings is counted elsewhere.
    pub(super) fn hollow(&mut self) {
        self.kernel = Kernel::Linear {
            slope: 0.0,
            cap: f64::INFINITY,
        };
        self.enclose(self.domain);
    }

    fn amount(&self, spend: f64) -> f64 {
        self.stock + self.units * spend
    }

    fn spend(&self, amount: f64) -> f64 {
        (amount - self.stock) / self.units
    }

    /// Value of spend that is not 0 or where 0 pays like the rest.
    fn on(&self, spend: f64) -> f64 {
        let fee = if self.domain.paid { self.fee } else { 0.0 };
        self.weight * self.kernel.value(self.amount(spend)) - fee
    }

    /// Value of a spend whatever the domain.
    pub(super) fn plain(&self, spend: f64, paid: bool) -> f64 {
        let fee = if paid { self.fee } else { 0.0 };
        self.weight * self.kernel.value(self.amount(spend)) - fee
    }

    /// Value of a spend of the domain.
    pub(super) fn value(&self, spend: f64) -> f64 {
        if self.domain.zero && spend <= 0.0 {
            self.weight * self.kernel.value(self.stock)
        } else {
            self.on(spend)
        }
    }

    /// Slope to the right, in value for money.
    pub(super) fn slope(&self, spend: f64) -> f64 {
        self.weight * self.units * self.kernel.slope(self.amount(spend))
    }

    /// Value above that at `from`, slope and second derivative at `from` + `u`.
    pub(super) fn rise(&self, from: f64, u: f64) -> (f64, f64, f64) {
        let amount = self.amount(from + u);
        let base = self.kernel.value(self.amount(from));
        let slope = self.weight * self.units * self.kernel.slope(amount);
        let bend = self.kernel.elasticity(amount) * slope * self.units / amount;
        (
            self.weight * (self.kernel.value(amount) - base),
            slope,
            bend,
        )
    }

    /// The last spend whose slope is at least a price; where the concave part begins if none has one.
    pub(super) fn steepest(&self, price: f64) -> f64 {
        let scaled = price / (self.weight * self.units);
        self.spend(self.kernel.inverse_slope(scaled, self.near))
    }

    /// Where the concave part begins.
    pub(super) fn inflection(&self) -> f64 {
        self.spend(self.kernel.inflection()).max(0.0)
    }

    /// Corners of the envelope where the curve is made of lines.
    pub(super) fn corners(&self) -> Option<&[(f64, f64)]> {
        self.corners.as_deref()
    }

    fn is_straight(&self) -> bool {
        match self.kernel {
            Kernel::Linear { .. } | Kernel::Points { .. } => true,
            Kernel::Power { exponent, .. } => exponent >= 1.0,
            _ => false,
        }
    }

    /// Takes a domain and works out the envelope on it.
    pub(super) fn enclose(&mut self, domain: Domain) {
        self.domain = domain;
        self.left = if domain.zero { 0.0 } else { domain.low };
        self.left_value = self.value(self.left);
        self.steep = f64::INFINITY;
        self.knee = self.left;
        self.corners = None;
        if self.is_straight() {
            self.corners = Some(self.hull());
        } else if domain.high > self.left {
            self.line();
        }
    }

    /// Takes a further cost of spending anything.
    pub(super) fn tax(&mut self, tax: f64) {
        if tax <= 0.0 {
            return;
        }
        let domain = self.domain;
        if !domain.paid {
            self.fee = 0.0;
        }
        self.fee += tax;
        self.enclose(Domain {
            zero: domain.zero || (domain.low <= 0.0 && !domain.paid),
            paid: true,
            ..domain
        });
    }

    /// The straight line at the left of the envelope of a smooth curve.
    fn line(&mut self) {
        let fee = if self.domain.paid { self.fee } else { 0.0 };
        let y = (self.left_value + if self.domain.zero { 0.0 } else { fee }) / self.weight;
        let anchor = Anchor {
            x: self.amount(self.left),
            y,
        };
        let fee = if self.domain.zero {
            fee / self.weight
        } else {
            0.0
        };
        let from = self.amount(self.domain.low);
        let to = self.amount(self.domain.high);
        let knee = self.spend(touch(&self.kernel, anchor, fee, from, to));
        self.knee = knee.clamp(self.domain.low, self.domain.high);
        if self.knee - self.left <= SHORT * self.domain.high {
            self.knee = self.left;
        } else {
            self.steep = (self.on(self.knee) - self.left_value) / (self.knee - self.left);
        }
    }

    fn hull(&self) -> Box<[(f64, f64)]> {
        let Domain {
            low, high, zero, ..
        } = self.domain;
        let inner: Vec<f64> = match self.kernel {
            Kernel::Points { x, .. } => x.iter().map(|at| self.spend(*at)).collect(),
            Kernel::Linear { cap, .. } => vec![self.spend(cap)],
            _ => vec![],
        };
        let zero = zero.then_some((0.0, self.left_value));
        let inner = inner.into_iter().filter(|at| *at > low && *at < high);
        let first = (low > 0.0 || zero.is_none()).then_some(low);
        let last = (high > low).then_some(high);
        let spends = first.into_iter().chain(inner).chain(last);
        let points = zero.into_iter().chain(spends.map(|at| (at, self.on(at))));
        hull(points).into()
    }

    /// The envelope's value.
    pub(super) fn envelope(&self, spend: f64) -> f64 {
        if let Some(corners) = &self.corners {
            let after = corners.partition_point(|corner| corner.0 < spend);
            let Some(b) = corners.get(after) else {
                return corners[corners.len() - 1].1;
            };
            let Some(before) = after.checked_sub(1) else {
                return b.1;
            };
            let a = corners[before];
            return a.1 + (spend - a.0) / (b.0 - a.0) * (b.1 - a.1);
        }
        if spend < self.knee {
            if spend <= self.left {
                return self.left_value;
            }
            self.left_value + self.steep * (spend - self.left)
        } else {
            self.value(spend)
        }
    }

    /// What the money between a spend and the nearer end of the line is worth at its slope; 0 off the
    /// line.
    pub(super) fn inside(&self, spend: f64) -> f64 {
        if self.corners.is_some() || spend <= self.left || spend >= self.knee {
            return 0.0;
        }
        self.steep * (spend - self.left).min(self.knee - spend)
    }

    /// How far the envelope lies above the value; infinite where the spend is not allowed.
    pub(super) fn gap(&self, spend: f64) -> f64 {
        if self.corners.is_none() && (spend <= self.left || spend >= self.knee) {
            return 0.0;
        }
        if spend > self.left && spend < self.domain.low {
            return f64::INFINITY;
        }
        (self.envelope(spend) - self.value(spend)).max(0.0)
    }

    /// The spends that pay best at the group's price, into `least`, `most` and `fall`.
    pub(super) fn respond(&mut self, price: f64) {
        let price = price + self.offset;
        self.fall = 0.0;
        if price.is_infinite() {
            let end = if price > 0.0 {
                self.left
            } else {
                self.domain.high
            };
            (self.least, self.most) = (end, end);
            return;
        }
        if self.corners.is_some() {
            self.respond_straight(price);
            return;
        }
        let slack = SAME_PRICE * self.steep.abs();
        if price > self.steep + slack || self.left >= self.domain.high {
            (self.least, self.most) = (self.left, self.left);
            return;
        }
        let same = self.steep.is_finite() && price >= self.steep - slack;
        let upper = self.beyond(price);
        self.most = if same { self.knee } else { upper };
        self.least = if same { self.left } else { upper };
    }

    /// The best spend from the knee on.
    fn beyond(&mut self, price: f64) -> f64 {
        if price <= 0.0 {
            return self.domain.high;
        }
        let scaled = price / (self.weight * self.units);
        let (amount, bend) = self.kernel.answer(scaled, self.near);
        let spend = self.spend(amount);
        if spend >= self.domain.high {
            return self.domain.high;
        }
        if spend <= self.knee {
            return self.knee;
        }
        self.near = amount;
        self.fall = amount / (bend * self.units * price);
        spend
    }

    fn respond_straight(&mut self, price: f64) {
        let Some(corners) = &self.corners else { return };
        let after = |limit: f64| {
            let steep =
                |pair: &[(f64, f64)]| (pair[1].1 - pair[0].1) / (pair[1].0 - pair[0].0) > limit;
            let pieces = corners.len() - 1;
            let mut at = 0;
            while at < pieces && steep(&corners[at..at + 2]) {
                at += 1;
            }
            corners[at].0
        };
        let slack = SAME_PRICE * price.abs();
        self.least = after(price + slack);
        self.most = after(price - slack - f64::MIN_POSITIVE);
    }

    /// Prices of the group in (a, b) at which the answer jumps, to `found`.
    pub(super) fn jumps(&self, a: f64, b: f64, mut found: impl FnMut(f64)) {
        let mut offer = |slope: f64| {
            let price = slope - self.offset;
            if price > a && price < b {
                found(price);
            }
        };
        if let Some(corners) = &self.corners {
            for pair in corners.windows(2) {
                offer((pair[1].1 - pair[0].1) / (pair[1].0 - pair[0].0));
            }
        } else if self.steep.is_finite() {
            offer(self.steep);
        }
    }
}
