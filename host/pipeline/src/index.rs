//! The index: a chained Paasche in integers, O(1) for each price.
//!
//! `I = I_prev_close x sum(P N) / sum(P_prev N)`. The sum moves by (new price - old price) x shares.
//! The division is a multiplication by a constant that the host prepares, so that the value is the
//! same on every engine: see [`Divisor`].

use tidegate_protocol::units::{IndexE4, PriceE4};

/// `I_prev_close / sum(P_prev N)` as a constant and a shift.
///
/// The value of the index is *defined* as `floor((sum x constant + 2^(shift-1)) / 2^shift)`, where
/// `constant` is `I_prev_close x 2^shift / base_sum` rounded to nearest (half up) with 63
/// significant bits. It differs from the exact quotient by at most half a unit of 1e-4 point and
/// value x 2^-62.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Divisor {
    /// Below 2^63.
    pub constant: u64,
    /// 1 to 126.
    pub shift: u32,
}

impl Divisor {
    /// Prepares the constant. Both arguments must be above 0.
    pub fn new(prev_close: IndexE4, base_sum: i64) -> Option<Self> {
        if prev_close.0 <= 0 || base_sum <= 0 {
            return None;
        }
        let (value, base) = (prev_close.0 as u128, base_sum as u128);
        let (mut constant, mut rest, mut shift) = (value / base, value % base, 0);
        // One bit of the quotient a step, until 63 bits are significant.
        while shift < 126 && constant < 1 << 62 {
            rest <<= 1;
            constant = constant << 1 | u128::from(rest >= base);
            if rest >= base {
                rest -= base;
            }
            shift += 1;
        }
        if 2 * rest >= base && constant < (1 << 63) - 1 {
            constant += 1;
        }
        (shift > 0 && constant < 1 << 63).then_some(Self { constant: constant as u64, shift })
    }

    /// The index for a sum of 0 to 2^63 - 1; `None` where it would leave 63 bits.
    ///
    /// The one 128-bit product of the pipeline.
    #[inline]
    pub fn value(self, sum: i64) -> Option<IndexE4> {
        debug_assert!(sum >= 0);
        let product = sum as u128 * u128::from(self.constant);
        let value = (product + (1 << (self.shift - 1))) >> self.shift;
        i64::try_from(value).ok().map(IndexE4)
    }
}

/// One constituent: what a price is weighted with, and the price that counts now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Constituent {
    /// Whole shares, up to 10^12.
    pub shares: i64,
    /// Latest applied price, the previous close until then.
    pub price: PriceE4,
}

/// Moves the sum by one price: the room's pure step. `None` where the sum would leave 63 bits; then
/// nothing changes.
#[inline]
pub fn step(constituent: &mut Constituent, sum: i64, price: PriceE4) -> Option<i64> {
    let delta = price.0.checked_sub(constituent.price.0)?.checked_mul(constituent.shares)?;
    let moved = sum.checked_add(delta).filter(|moved| *moved >= 0)?;
    constituent.price = price;
    Some(moved)
}

/// Index state of a run.
#[derive(Clone, Debug)]
pub struct Index {
    /// The constituents, in the order of the setup.
    pub constituents: Vec<Constituent>,
    /// Sum of price x shares, in 1e-4 CNY.
    pub sum: i64,
    /// From sum to value.
    pub divisor: Divisor,
    /// The value, from the first price on.
    pub value: Option<IndexE4>,
}

impl Index {
    /// New share counts, by place; the divisor moves with them, so that the index stays where it
    /// is. `false`, and nothing changes, where the sum would be 0 or leave 63 bits, or the index
    /// is 0.
    pub fn rebase(&mut self, shares: &[(usize, i64)]) -> bool {
        // Single terms may be far beyond 64 bits where their sum is not.
        let moved = shares.iter().map(|(at, count)| {
            let Constituent { shares, price } = self.constituents[*at];
            i128::from(count - shares) * i128::from(price.0)
        });
        let sum = i64::try_from(i128::from(self.sum) + moved.sum::<i128>()).ok();
        let value = self.divisor.value(self.sum);
        let divisor = value.zip(sum).and_then(|(value, sum)| Divisor::new(value, sum));
        let Some((sum, divisor)) = sum.zip(divisor) else { return false };
        // So it is within the range of a setup; far beyond it rounding might show.
        if divisor.value(sum) != value {
            return false;
        }
        for (at, count) in shares {
            self.constituents[*at].shares = *count;
        }
        (self.sum, self.divisor) = (sum, divisor);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shows H22.
    #[test]
    fn the_base_sum_gives_the_previous_close() {
        for (close, base) in
            [(94_501_234, 1), (10_000_000, 7), (94_501_234, i64::MAX), (1, i64::MAX)]
        {
            let divisor = Divisor::new(IndexE4(close), base).expect("a divisor");
            assert_eq!(divisor.value(base), Some(IndexE4(close)), "{close} {base} {divisor:?}");
        }
        assert_eq!(Divisor::new(IndexE4(0), 1), None);
        assert_eq!(Divisor::new(IndexE4(1), 0), None);
    }

    /// Shows H22.
    #[test]
    fn a_sum_that_would_overflow_changes_nothing() {
        let mut one = Constituent { shares: 1_000_000_000_000, price: PriceE4(9_000_000) };
        let before = one;
        assert_eq!(step(&mut one, 9_000_000_000_000_000_000, PriceE4(9_300_000)), None);
        assert_eq!(step(&mut one, 9_000_000_000_000_000_000, PriceE4(i64::MAX)), None);
        assert_eq!(one, before);
        assert_eq!(step(&mut one, 9_000_000_000_000_000_000, PriceE4(1)), Some(1_000_000_000_000));
    }
}
