//! Mean and variance in one pass, weighted, and put together from parts.

/// Weighted mean and sum of squared deviations.
///
/// One at a time by West, *Updating mean and variance estimates: an improved method* (1979); parts
/// put together by Chan, Golub and LeVeque (1979).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Moments {
    pub(super) weight: f64,
    pub(super) mean: f64,
    squares: f64,
}

impl Moments {
    pub(super) fn add(&mut self, number: f64, weight: f64) {
        self.merge(&Self {
            weight,
            mean: number,
            squares: 0.0,
        });
    }

    pub(super) fn merge(&mut self, other: &Self) {
        let weight = self.weight + other.weight;
        if weight <= 0.0 {
            return;
        }
        let (apart, share) = (other.mean - self.mean, other.weight / weight);
        self.mean += apart * share;
        self.squares += other.squares + apart * apart * self.weight * share;
        self.weight = weight;
    }

    /// The same numbers with all weights multiplied.
    pub(super) fn scaled(&self, by: f64) -> Self {
        Self {
            weight: self.weight * by,
            squares: self.squares * by,
            ..*self
        }
    }

    /// Standard deviation of the distribution that the weights make, not of a sample of it.
    pub(super) fn sd(&self) -> f64 {
        (self.squares / self.weight).max(0.0).sqrt()
    }
}
