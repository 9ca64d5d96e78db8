//! A price that moves toward where as much is wanted as there is.

/// A side that false position would not leave moves at least by this part of the bracket.
const LEAST_STEP: f64 = 0.05;
/// What a price without an upper limit is multiplied by.
const RISE: f64 = 4.0;
/// Brackets narrower than this part of the price are opened again: other prices have moved.
const NARROW: f64 = 1e-6;

/// A price ≥ 0 between one at which too much is wanted and one at which too little is.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    pub(super) now: f64,
    /// The price to try first when 0 is too low.
    first: f64,
    /// At and above this nothing is wanted.
    top: f64,
    low: (f64, f64),
    high: Option<(f64, f64)>,
    steps: u32,
}

impl Turn {
    pub(super) fn new(now: f64, first: f64, top: f64) -> Self {
        Self {
            now,
            first,
            top,
            low: (0.0, f64::INFINITY),
            high: None,
            steps: 0,
        }
    }

    /// The same price to be found again from another beginning.
    pub(super) fn anew(&self, now: f64) -> Self {
        Self::new(now, self.first, self.top)
    }

    /// Moves the price by what is wanted beyond what there is; whether it moved.
    pub(super) fn turn(&mut self, wanted: f64, there: f64, near: f64) -> bool {
        let excess = wanted - there;
        let met = excess.abs() <= near * wanted.max(there);
        if met || (excess < 0.0 && self.now <= 0.0) {
            return false;
        }
        if excess > 0.0 {
            self.low = (self.now, excess);
        } else {
            self.high = Some((self.now, excess));
        }
        self.open_again(excess);
        let before = self.now;
        self.now = self.next();
        self.steps += 1;
        (self.now - before).abs() > 1e-12 * before
    }

    /// Opens a bracket that has become too narrow on the side where the price wants to go.
    fn open_again(&mut self, excess: f64) {
        let high = self.high.map_or(f64::INFINITY, |high| high.0);
        if high - self.low.0 > NARROW * self.now {
            return;
        }
        if excess > 0.0 {
            self.high = None;
        } else {
            self.low = (0.0, f64::INFINITY);
        }
    }

    fn next(&self) -> f64 {
        let (low, over) = self.low;
        let Some((high, under)) = self.high else {
            let risen = (RISE * self.now).max(self.first).max(f64::MIN_POSITIVE);
            return risen.min(self.top);
        };
        let share = over / (over - under);
        let share = if share.is_finite() && self.steps % 3 != 2 {
            share.clamp(LEAST_STEP, 1.0 - LEAST_STEP)
        } else {
            0.5
        };
        let next = low + share * (high - low);
        // Where even a small price is too much, 0 is tried.
        if low <= 0.0 && next <= NARROW * self.first {
            0.0
        } else {
            next
        }
    }
}
