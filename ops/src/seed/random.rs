//! Numbers that look random and are the same for the same seed.

/// `SplitMix64` (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        let scaled = u128::from(self.bits()) * u128::from(end);
        u32::try_from(scaled >> 64).unwrap_or_default()
    }

    /// Whether something happens that happens so many times in a thousand.
    pub(crate) fn per_mille(&mut self, times: u32) -> bool {
        self.below(1_000) < times
    }

    /// One of them.
    pub(crate) fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let index = self.below(u32::try_from(of.len()).unwrap_or(u32::MAX));
        of.get(usize::try_from(index).ok()?)
    }

    /// A factor around one, as of things to which much adds up by multiplication: nearly log-normal,
    /// with the sum of twelve even numbers for the normal one, and a long tail.
    pub(crate) fn factor(&mut self, spread: f64) -> f64 {
        let sum: u32 = (0..12).map(|_| self.below(1_000)).sum();
        let normal = f64::from(sum) / 1_000.0 - 6.0;
        (normal * spread).exp()
    }
}
