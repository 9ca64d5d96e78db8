//! When to stop, and the random numbers.

use std::time::{Duration, Instant};

/// Says whether work has to stop: a deadline or the caller's wish.
#[derive(Clone, Copy)]
pub(super) struct Control<'a> {
    start: Instant,
    limit: Duration,
    cancel: &'a (dyn Fn() -> bool + Sync),
}

impl<'a> Control<'a> {
    /// Starts the clock.
    pub(super) fn new(limit: Duration, cancel: &'a (dyn Fn() -> bool + Sync)) -> Self {
        Self {
            start: Instant::now(),
            limit,
            cancel,
        }
    }

    /// Whether the time is over or the caller wants an end.
    pub(super) fn stopped(&self) -> bool {
        self.start.elapsed() >= self.limit || (self.cancel)()
    }
}

/// A stream of random numbers: xorshift64* (Vigna 2016), seeded through SplitMix64.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    /// The stream number `stream` of a seed.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut state = seed.wrapping_add(stream.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        Self((state ^ (state >> 31)) | 1)
    }

    /// The next 64 bits; the upper ones are the better ones.
    pub(super) fn bits(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `count`, which is 1 to 2³².
    #[allow(
        clippy::cast_possible_truncation,
        reason = "the product's upper half is below count"
    )]
    pub(super) fn below(&mut self, count: usize) -> usize {
        (((self.bits() >> 32) * count as u64) >> 32) as usize
    }
}
