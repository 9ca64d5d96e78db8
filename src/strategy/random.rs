//! Random numbers that are the same on every machine.

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::Rng;

/// A number in [0, 1), from the upper 53 bits.
#[allow(
    clippy::cast_precision_loss,
    reason = "53 bits fit into the fraction of a double"
)]
pub(crate) fn unit(random: &mut Pcg64Mcg) -> f64 {
    (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// A whole number below `n`, which must not be 0.
#[allow(
    clippy::cast_possible_truncation,
    reason = "the high word of the product is below n, which is a usize"
)]
pub(crate) fn below(random: &mut Pcg64Mcg, n: usize) -> usize {
    ((u128::from(random.next_u64()) * n as u128) >> 64) as usize
}
