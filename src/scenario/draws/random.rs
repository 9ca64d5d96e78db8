//! Random numbers by place: what is drawn for a scenario depends on the seed and on its number, never on what was drawn before.
//!
//! Philox4x32-10 (Salmon, Moraes, Dror and Shaw, *Parallel random numbers: as easy as 1, 2, 3*, 2011) turns a key and a counter
//! into 128 random bits. The key is the seed; the counter names the scenario, the number drawn and the purpose.

/// Multipliers and increments of the key.
const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
const INCREMENTS: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: u32 = 10;
/// Rounds of the permutation: four make it pseudorandom (Luby and Rackoff 1988), more cost little.
const FEISTEL: u32 = 6;

/// What a random number is for; the same place gives another number for each purpose.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    /// A uniform number of its own.
    Uniform = 0,
    /// The place within a stratum.
    Within = 1,
    /// The order of the strata.
    Order = 2,
}

/// 128 random bits.
fn philox(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for _ in 0..ROUNDS {
        let wide = |at: usize, word: u32| u64::from(MULTIPLIERS[at]) * u64::from(word);
        let (first, second) = (wide(0, counter[0]), wide(1, counter[2]));
        counter = [
            high(second) ^ counter[1] ^ key[0],
            low(second),
            high(first) ^ counter[3] ^ key[1],
            low(first),
        ];
        key[0] = key[0].wrapping_add(INCREMENTS[0]);
        key[1] = key[1].wrapping_add(INCREMENTS[1]);
    }
    counter
}

#[allow(clippy::cast_possible_truncation, reason = "the lower half is meant")]
fn low(wide: u64) -> u32 {
    wide as u32
}

#[allow(clippy::cast_possible_truncation, reason = "32 bits are left")]
fn high(wide: u64) -> u32 {
    (wide >> 32) as u32
}

/// 64 random bits for a place.
fn bits(seed: u64, place: u64, number: u32, purpose: u32) -> u64 {
    let counter = [low(place), high(place), number, purpose];
    let [a, b, ..] = philox(counter, [low(seed), high(seed)]);
    u64::from(a) | (u64::from(b) << 32)
}

/// A uniform number strictly between 0 and 1, for a number drawn in a scenario.
pub(super) fn uniform(seed: u64, scenario: u64, number: u32, purpose: Purpose) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "52 bits fit")]
    let whole = (bits(seed, scenario, number, purpose as u32) >> 12) as f64;
    (whole + 0.5) / (1_u64 << 52) as f64
}

/// A uniform number for a scenario such that, over all `count` scenarios, each interval
/// [k/count, (k + 1)/count) holds exactly one.
pub(super) fn stratified(seed: u64, scenario: u64, count: u64, number: u32) -> f64 {
    let within = uniform(seed, scenario, number, Purpose::Within);
    #[allow(clippy::cast_precision_loss, reason = "fewer than 2^53 scenarios")]
    let (stratum, all) = (permuted(seed, scenario, count, number) as f64, count as f64);
    // Rounding must not carry it into the next stratum.
    let inside = (stratum + within).min((stratum + 1.0).next_down());
    (inside / all).clamp(f64::MIN_POSITIVE, 1.0_f64.next_down())
}

/// Where a permutation of 0 … count − 1 puts a number: a Feistel network over the next power of
/// four, walked on until it lands below `count`.
fn permuted(seed: u64, mut at: u64, count: u64, number: u32) -> u64 {
    let width = u64::BITS - count.saturating_sub(1).leading_zeros();
    let half = width.div_ceil(2).max(1);
    let mask = (1_u64 << half) - 1;
    loop {
        let (mut left, mut right) = (at >> half, at & mask);
        for round in 0..FEISTEL {
            let purpose = Purpose::Order as u32 + (round << 8);
            let mixed = bits(seed, right, number, purpose) & mask;
            (left, right) = (right, left ^ mixed);
        }
        at = (left << half) | right;
        if at < count {
            return at;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]
mod tests {
    use super::*;

    /// The known answers of Random123, the authors' own code.
    #[test]
    fn philox_gives_its_known_answers() {
        let answers = [
            (
                [0; 4],
                [0; 2],
                [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8],
            ),
            (
                [u32::MAX; 4],
                [u32::MAX; 2],
                [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd],
            ),
            (
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
                [0xa409_3822, 0x299f_31d0],
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
            ),
        ];
        for (counter, key, expected) in answers {
            assert_eq!(philox(counter, key), expected);
        }
    }

    #[test]
    fn permutations_reach_every_number_once() {
        for count in [1, 2, 3, 4, 5, 17, 64, 1_000, 1_025] {
            let mut seen: Vec<u64> = (0..count).map(|at| permuted(7, at, count, 3)).collect();
            seen.sort_unstable();
            assert!(seen.into_iter().eq(0..count), "{count}");
        }
        let order = |number| (0..64).map(move |at| permuted(7, at, 64, number));
        assert!(!order(0).eq(order(1)) && !order(0).eq(0..64));
    }

    #[test]
    fn every_stratum_holds_one_number() {
        for count in [1, 2, 10, 1_000] {
            let mut seen = vec![false; usize::try_from(count).unwrap()];
            for scenario in 0..count {
                let number = stratified(1, scenario, count, 0);
                #[allow(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    clippy::cast_precision_loss,
                    reason = "small and positive"
                )]
                let stratum = (number * count as f64).floor() as usize;
                assert!(number > 0.0 && number < 1.0);
                assert!(!std::mem::replace(&mut seen[stratum], true), "{count}");
            }
        }
    }
}
