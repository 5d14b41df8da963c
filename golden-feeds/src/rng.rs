//! Random numbers that are the same everywhere and for ever: splitmix64.

/// The generator; its state is its seed.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// Starts at a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0 to `n` - 1; the bias of 2^-40 and less does not matter here.
    pub fn below(&mut self, n: i64) -> i64 {
        let n = u128::try_from(n).expect("a positive bound");
        ((u128::from(self.next()) * n) >> 64) as i64
    }

    /// -`n` to `n`.
    pub fn around(&mut self, n: i64) -> i64 {
        self.below(2 * n + 1) - n
    }

    /// True `n` times of 1 000.
    pub fn permille(&mut self, n: i64) -> bool {
        self.below(1_000) < n
    }

    /// Successes in a row, each `permille` times of 1 000, at most `most`.
    pub fn run(&mut self, permille: i64, most: i64) -> i64 {
        let mut n = 0;
        while n < most && self.permille(permille) {
            n += 1;
        }
        n
    }

    /// One of a slice that is not empty.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as i64) as usize]
    }
}
