//! Randomness that can be repeated.

use std::hash::{BuildHasher, RandomState};

/// Numbers that depend on a seed alone (`SplitMix64`, <https://prng.di.unimi.it/splitmix64.c>).
pub(crate) struct Random(u64);

impl Random {
    /// The seed that `CHAOS_SEED` names, or a new one. It is printed.
    pub(crate) fn seeded() -> Self {
        let given = std::env::var("CHAOS_SEED").ok();
        let seed = given.map_or_else(
            || RandomState::new().hash_one(0),
            |seed| seed.parse().expect("CHAOS_SEED is a number"),
        );
        eprintln!("CHAOS_SEED={seed}");
        Self(seed)
    }

    /// A number below this one.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }
}
