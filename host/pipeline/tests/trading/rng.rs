//! A seed, and the choices that come of it.
#![allow(dead_code, reason = "each test file uses its part")]

/// SplitMix64: small, and the same everywhere.
#[derive(Clone, Debug)]
pub struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// `low` to `high`, both included.
    pub fn range(&mut self, low: i64, high: i64) -> i64 {
        assert!(low <= high, "{low} to {high}");
        let span = i128::from(high) - i128::from(low) + 1;
        (i128::from(low) + i128::from(self.next()) % span) as i64
    }

    pub fn below(&mut self, count: usize) -> usize {
        self.range(0, count as i64 - 1) as usize
    }

    pub fn chance(&mut self, percent: i64) -> bool {
        self.range(0, 99) < percent
    }

    pub fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    /// `Some` in so many of a hundred cases.
    pub fn some<T>(&mut self, percent: i64, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.chance(percent) { Some(make(self)) } else { None }
    }
}
