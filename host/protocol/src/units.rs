//! Fixed-point numbers and times as types; the unit is the type, the scale its suffix.

use core::fmt;
use core::str::FromStr;

/// Writes `value` / 10^`scale` with exactly `scale` digits after the point.
fn write_fixed(f: &mut fmt::Formatter<'_>, value: i64, scale: u32) -> fmt::Result {
    let one = 10u64.pow(scale);
    let magnitude = value.unsigned_abs();
    let sign = if value < 0 { "-" } else { "" };
    let (whole, part) = (magnitude / one, magnitude % one);
    if scale == 0 {
        write!(f, "{sign}{whole}")
    } else {
        write!(f, "{sign}{whole}.{part:0width$}", width = scale as usize)
    }
}

/// Why a decimal text is not a number of the wanted scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecimalError {
    /// Not an optional sign, digits, and at most one point.
    NotADecimal,
    /// Digits other than 0 after the last place that the scale has.
    TooPrecise {
        /// Digits that the scale has after the point.
        scale: u32,
    },
    /// Does not fit 64 bits.
    OutOfRange,
}

impl fmt::Display for DecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotADecimal => f.write_str("not a decimal number"),
            Self::TooPrecise { scale } => write!(f, "more than {scale} digits after the point"),
            Self::OutOfRange => f.write_str("out of the range of 64 bits"),
        }
    }
}

impl core::error::Error for DecimalError {}

/// Reads an exact decimal as an integer in units of 10^-`scale`: never rounds.
pub fn parse_decimal(text: &str, scale: u32) -> Result<i64, DecimalError> {
    let (negative, digits) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let mut value: i64 = 0;
    let mut seen = 0usize;
    let mut places: Option<u32> = None;
    for &byte in digits {
        match byte {
            b'.' if places.is_none() => places = Some(0),
            b'0'..=b'9' => {
                seen += 1;
                let digit = i64::from(byte - b'0');
                if let Some(n) = places.as_mut() {
                    *n += 1;
                    if *n > scale {
                        if digit != 0 {
                            return Err(DecimalError::TooPrecise { scale });
                        }
                        *n = scale;
                        continue;
                    }
                }
                value = push_digit(value, digit, negative)?;
            }
            _ => return Err(DecimalError::NotADecimal),
        }
    }
    if seen == 0 {
        return Err(DecimalError::NotADecimal);
    }
    for _ in places.unwrap_or(0)..scale {
        value = push_digit(value, 0, negative)?;
    }
    Ok(value)
}

fn push_digit(value: i64, digit: i64, negative: bool) -> Result<i64, DecimalError> {
    let shifted = value.checked_mul(10).ok_or(DecimalError::OutOfRange)?;
    let next = if negative { shifted.checked_sub(digit) } else { shifted.checked_add(digit) };
    next.ok_or(DecimalError::OutOfRange)
}

macro_rules! fixed_point {
    ($(#[$doc:meta])* $name:ident, $scale:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(transparent)]
        pub struct $name(
            /// The integer on the wire.
            pub i64,
        );

        impl $name {
            /// Decimal digits after the point.
            pub const SCALE: u32 = $scale;
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_fixed(f, self.0, $scale)
            }
        }

        impl FromStr for $name {
            type Err = DecimalError;
            fn from_str(text: &str) -> Result<Self, DecimalError> {
                parse_decimal(text, $scale).map(Self)
            }
        }
    };
}

fixed_point!(
    /// Price N13(4), in 1e-4 CNY.
    PriceE4, 4);
fixed_point!(
    /// Quantity N15(2), in 1e-2 (100 shares = 10 000).
    QtyE2, 2);
fixed_point!(
    /// Amount N18(4), in 1e-4 CNY.
    AmtE4, 4);
fixed_point!(
    /// MDEntryPx N18(6), in 1e-6 CNY or index points.
    PxE6, 6);
fixed_point!(
    /// Index value, in 1e-4 points.
    IndexE4, 4);

/// A fixed-point number whose scale is known only at run time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// The integer on the wire.
    pub value: i64,
    /// Decimal digits after the point, 0 to 18.
    pub scale: u32,
}

impl fmt::Display for Fixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_fixed(f, self.value, self.scale)
    }
}

/// Wall-clock time of the exchange (UTC+8) as decimal digits YYYYMMDDHHMMSSsss.
///
/// The order of the integers is the order of the times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Timestamp(
    /// The integer on the wire.
    pub i64,
);

impl Timestamp {
    /// True for a time that exists: a year of four digits, a day of its month, a time of the day.
    pub const fn is_possible(self) -> bool {
        let v = self.0;
        #[allow(clippy::inconsistent_digit_grouping, reason = "grouped as a date and time")]
        if v < 1000_01_01_00_00_00_000 || v > 9999_12_31_23_59_59_999 {
            return false;
        }
        let (second, minute, hour) = (v / 1_000 % 100, v / 100_000 % 100, v / 10_000_000 % 100);
        let (day, month, year) =
            (v / 1_000_000_000 % 100, v / 100_000_000_000 % 100, v / 10_000_000_000_000);
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => 0,
        };
        second < 60 && minute < 60 && hour < 24 && day >= 1 && day <= days
    }

    /// YYYYMMDD.
    pub const fn date(self) -> i64 {
        self.0 / 1_000_000_000
    }

    /// Milliseconds since midnight, 0 to 86 399 999, of a possible time.
    pub const fn ms_of_day(self) -> i64 {
        let v = self.0 % 1_000_000_000;
        v / 10_000_000 * 3_600_000 + v / 100_000 % 100 * 60_000 + v % 100_000
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// `text` without the spaces and NULs that pad it on the right.
pub fn trim_padding(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|&b| b != b' ' && b != 0).map_or(0, |last| last + 1);
    &text[..end]
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::ToString;

    #[test]
    fn decimals_are_exact_both_ways() {
        assert_eq!(PriceE4(91000).to_string(), "9.1000");
        assert_eq!(QtyE2(-1).to_string(), "-0.01");
        assert_eq!(PxE6(i64::MIN).to_string(), "-9223372036854.775808");
        for value in [0, 1, -1, 9_999, 10_000, i64::MAX, i64::MIN] {
            assert_eq!(PriceE4(value).to_string().parse(), Ok(PriceE4(value)));
            assert_eq!(PxE6(value).to_string().parse(), Ok(PxE6(value)));
        }
        assert_eq!("15.03".parse(), Ok(PriceE4(150_300)));
        assert_eq!("15.03000000".parse(), Ok(PriceE4(150_300)));
        assert_eq!("100".parse(), Ok(QtyE2(10_000)));
        assert_eq!(parse_decimal("1.00001", 4), Err(DecimalError::TooPrecise { scale: 4 }));
        assert_eq!(parse_decimal("9223372036854775808", 0), Err(DecimalError::OutOfRange));
        for bad in ["", "-", ".", "1e3", "1.2.3", " 1", "NaN"] {
            assert_eq!(parse_decimal(bad, 2), Err(DecimalError::NotADecimal), "{bad:?}");
        }
    }

    #[test]
    fn impossible_times_are_known() {
        assert!(Timestamp(20190704111803000).is_possible());
        assert!(Timestamp(20240229235959999).is_possible());
        for bad in [0, -1, 20230229000000000, 20191304111803000, 20190704246000000, i64::MAX] {
            assert!(!Timestamp(bad).is_possible(), "{bad}");
        }
        assert_eq!(Timestamp(20190704111803007).ms_of_day(), 40_683_007);
        assert_eq!(Timestamp(20190704111803007).date(), 20190704);
    }
}
