//! The conventions of marketing-mix tools: their names and parameters turned into a [`Curve`].
//!
//! Each checks like the family it makes and fails with the [`Faults`] of that family's parameters.
//! Amounts are spend, or what adstock made of it, in the unit that the tool was fitted in.

use super::Curve;
use crate::fault::Faults;

/// Conventions of other tools; each fails like the family that it makes.
#[allow(clippy::missing_errors_doc, reason = "said once, in the line above")]
impl Curve {
    /// Robyn's `saturation_hill`: coef·x^alpha/(x^alpha + inflexion^alpha).
    ///
    /// `inflexion` is the amount that brings half, as in the exported model. Robyn's `gamma` is not
    /// that: see [`Curve::from_robyn_gamma`]. Robyn's allocator adds the mean carry-over of history to
    /// the spend: give it as the cell's stock.
    pub fn from_robyn_hill(coef: f64, alpha: f64, inflexion: f64) -> Result<Self, Faults> {
        Self::hill(coef, inflexion, alpha)
    }

    /// Robyn's `saturation_hill` from `gamma`, which is a place between the least and the largest
    /// adstocked amount of the window that was fitted: inflexion = (1 − gamma)·least + gamma·largest.
    pub fn from_robyn_gamma(
        coef: f64,
        alpha: f64,
        gamma: f64,
        least: f64,
        largest: f64,
    ) -> Result<Self, Faults> {
        Self::hill(coef, (1.0 - gamma) * least + gamma * largest, alpha)
    }

    /// Robyn's `mic_men`: vmax·x/(km + x), for exposures from spend.
    pub fn from_robyn_mic_men(vmax: f64, km: f64) -> Result<Self, Faults> {
        Self::michaelis_menten(vmax, km)
    }

    /// Meridian's Hill: beta·x^slope/(x^slope + ec^slope). Meridian fits on scaled media (x divided by
    /// the median per capita): `unit` is the spend that makes its scaled amount 1, so that half comes
    /// at ec·unit of money.
    pub fn from_meridian_hill(beta: f64, ec: f64, slope: f64, unit: f64) -> Result<Self, Faults> {
        Self::hill(beta, ec * unit, slope)
    }

    /// LightweightMMM's `hill`: coef/(1 + (x/half_max)^(−slope)); `unit` is the spend that its media
    /// scaler makes 1.
    pub fn from_lightweight_hill(
        coef: f64,
        half_max: f64,
        slope: f64,
        unit: f64,
    ) -> Result<Self, Faults> {
        Self::hill(coef, half_max * unit, slope)
    }

    /// LightweightMMM's exponent: coef·(x/unit)^exponent, of its adstock and carry-over models.
    pub fn from_lightweight_power(coef: f64, exponent: f64, unit: f64) -> Result<Self, Faults> {
        Self::power(coef * unit.powf(-exponent), exponent)
    }

    /// PyMC-Marketing's `HillSaturation`: beta·(1 − kappa^slope/(kappa^slope + x^slope)).
    pub fn from_pymc_hill(slope: f64, kappa: f64, beta: f64) -> Result<Self, Faults> {
        Self::hill(beta, kappa, slope)
    }

    /// PyMC-Marketing's `LogisticSaturation`: beta·(1 − e^(−lam·x))/(1 + e^(−lam·x)).
    pub fn from_pymc_logistic(lam: f64, beta: f64) -> Result<Self, Faults> {
        Self::logistic(beta, lam)
    }

    /// PyMC-Marketing's `InverseScaledLogisticSaturation`: the logistic with rate ln 3/lam, so that
    /// lam is the amount that brings half.
    pub fn from_pymc_inverse_scaled_logistic(lam: f64, beta: f64) -> Result<Self, Faults> {
        Self::logistic(beta, 3.0_f64.ln() / lam)
    }

    /// PyMC-Marketing's `TanhSaturation`: b·tanh(x/(b·c)), b the customers at saturation, c the first
    /// one's cost.
    pub fn from_pymc_tanh(b: f64, c: f64) -> Result<Self, Faults> {
        Self::tanh(b, b * c)
    }

    /// PyMC-Marketing's `TanhSaturationBaselined`: gain·x0·tanh(x·atanh(r)/x0)/r, gain the response to
    /// a unit at the reference x0, r the part of saturation reached there, in (0, 1).
    pub fn from_pymc_tanh_baselined(x0: f64, gain: f64, r: f64) -> Result<Self, Faults> {
        Self::tanh(gain * x0 / r, x0 / r.atanh())
    }

    /// PyMC-Marketing's `MichaelisMentenSaturation`: alpha·x/(lam + x).
    pub fn from_pymc_michaelis_menten(alpha: f64, lam: f64) -> Result<Self, Faults> {
        Self::michaelis_menten(alpha, lam)
    }

    /// PyMC-Marketing's `HillSaturationSigmoid`: sigma/(1 + e^(−beta·(x − lam))) − sigma/(1 + e^(beta·lam)).
    /// Older releases left the second term out: their response to nothing was not 0.
    pub fn from_pymc_hill_sigmoid(sigma: f64, beta: f64, lam: f64) -> Result<Self, Faults> {
        Self::sigmoid(sigma, beta, lam)
    }

    /// PyMC-Marketing's `RootSaturation`: beta·x^alpha.
    pub fn from_pymc_root(alpha: f64, beta: f64) -> Result<Self, Faults> {
        Self::power(beta, alpha)
    }

    /// Little's calibration of ADBUDG from four answers: the response to nothing, at saturation, at
    /// the amount `now`, and at half as much again.
    ///
    /// With r = (y − low)/(high − y) = x^c/d at both amounts, c = ln(r₂/r₁)/ln 1.5 and d = now^c/r₁.
    pub fn adbudg_from_answers(
        low: f64,
        high: f64,
        now: f64,
        at_now: f64,
        at_half_more: f64,
    ) -> Result<Self, Faults> {
        let odds = |y: f64| (y - low) / (high - y);
        let shape = (odds(at_half_more) / odds(at_now)).ln() / 1.5_f64.ln();
        Self::adbudg(low, high, shape, now.powf(shape) / odds(at_now))
    }
}
