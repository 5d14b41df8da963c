//! Histograms as results hold them: hdrhistogram's V2 format, plain or deflated, in base 64.

use std::io::Read;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::ZlibDecoder;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::Deserializer;
use thiserror::Error;

/// First word of a plain V2 histogram.
const V2: u32 = 0x1c84_9313;
/// First word of a deflated one.
const V2_DEFLATED: u32 = 0x1c84_9314;
/// Bytes before the counts: cookie, length, offset, digits, lowest, highest, ratio.
const HEAD_BYTES: usize = 40;
/// Most significant digits: the harness has as many.
const MOST_DIGITS: u32 = 3;
/// Greatest value: more than four hours. A head alone makes room for every count up to here.
const MOST_NS: u64 = 1 << 44;
/// More than the counts of such a histogram take.
const MOST_BYTES: u64 = 1 << 20;

/// Why a histogram cannot be read.
#[derive(Debug, Error)]
pub enum HistogramError {
    /// The text is not base 64.
    #[error("not base 64")]
    Base64(#[from] base64::DecodeError),
    /// Another format, or no histogram.
    #[error("wanted a V2 histogram ({V2:08x} or {V2_DEFLATED:08x}), found {found:08x}")]
    Cookie {
        /// The first word; 0 if there is none.
        found: u32,
    },
    /// The deflated part is damaged or too long.
    #[error("cannot inflate")]
    Inflate(#[from] std::io::Error),
    /// It says more or less than it has.
    #[error("wanted {wanted} bytes of counts, found {found}")]
    Length {
        /// What its head says.
        wanted: usize,
        /// What is there.
        found: usize,
    },
    /// Its head wants more than any of the harness.
    #[error(
        "wanted 1 to {MOST_DIGITS} digits of at most {MOST_NS} ns, found {digits} of {most_ns} ns"
    )]
    Bounds {
        /// Significant digits.
        digits: u32,
        /// Its greatest value.
        most_ns: u64,
    },
    /// What the counts say cannot be.
    #[error("not a histogram: {0}")]
    Counts(String),
}

/// Reads a histogram of nanoseconds.
///
/// # Errors
/// The text is not such a histogram. No more memory is taken than a histogram of the harness has.
pub fn decode(text: &str) -> Result<Histogram<u64>, HistogramError> {
    let bytes = STANDARD.decode(text)?;
    let plain = match word(&bytes, 0) {
        Some(V2) => bytes,
        Some(V2_DEFLATED) => {
            let mut plain = Vec::new();
            ZlibDecoder::new(bytes.get(8..).unwrap_or_default())
                .take(MOST_BYTES)
                .read_to_end(&mut plain)?;
            plain
        }
        found => return Err(HistogramError::Cookie { found: found.unwrap_or(0) }),
    };
    // The reader makes room for what the head says, so the head must say what is there.
    let wanted = word(&plain, 4).unwrap_or(0) as usize;
    let found = plain.len().saturating_sub(HEAD_BYTES);
    if wanted != found || plain.len() < HEAD_BYTES {
        return Err(HistogramError::Length { wanted, found });
    }
    let digits = word(&plain, 12).unwrap_or(0);
    let most_ns = plain.get(24..32).and_then(|bytes| bytes.try_into().ok());
    let most_ns = most_ns.map_or(0, u64::from_be_bytes);
    if !(1..=MOST_DIGITS).contains(&digits) || most_ns > MOST_NS {
        return Err(HistogramError::Bounds { digits, most_ns });
    }
    Deserializer::new()
        .deserialize(&mut plain.as_slice())
        .map_err(|error| HistogramError::Counts(error.to_string()))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + 4)?;
    bytes.try_into().ok().map(u32::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use hdrhistogram::serialization::{Serializer, V2DeflateSerializer, V2Serializer};

    use super::*;
    use crate::Random;

    fn sample() -> Histogram<u64> {
        let mut histogram = Histogram::new_with_bounds(1, 1 << 40, 3).expect("bounds");
        let mut random = Random(7);
        for _ in 0..200_000 {
            let tail = if random.below(1_000) == 0 { random.below(5_000_000) } else { 0 };
            histogram.record(20 + random.below(60) + tail).expect("in bounds");
        }
        histogram
    }

    fn plain(histogram: &Histogram<u64>) -> Vec<u8> {
        let mut bytes = Vec::new();
        V2Serializer::new().serialize(histogram, &mut bytes).expect("serialized");
        bytes
    }

    /// Shows C12.
    #[test]
    fn both_forms_give_the_histogram_again() {
        let wanted = sample();
        let mut deflated = Vec::new();
        V2DeflateSerializer::new().serialize(&wanted, &mut deflated).expect("serialized");
        for bytes in [plain(&wanted), deflated] {
            let found = decode(&STANDARD.encode(bytes)).expect("a histogram");
            assert_eq!(found.len(), wanted.len());
            for step in 0..=10_000 {
                let quantile = f64::from(step) / 10_000.0;
                assert_eq!(found.value_at_quantile(quantile), wanted.value_at_quantile(quantile));
            }
        }
    }

    #[test]
    fn damage_is_an_error_and_takes_no_memory() {
        let bytes = plain(&sample());
        assert!(matches!(decode("%%%"), Err(HistogramError::Base64(_))));
        assert!(matches!(decode(""), Err(HistogramError::Cookie { found: 0 })));
        let changed = |at: usize, to: &[u8]| {
            let mut bytes = bytes.clone();
            bytes[at..at + to.len()].copy_from_slice(to);
            decode(&STANDARD.encode(bytes)).expect_err("damaged")
        };
        let cut = STANDARD.encode(&bytes[..bytes.len() - 1]);
        assert!(matches!(decode(&cut), Err(HistogramError::Length { .. })));
        let greedy = changed(4, &u32::MAX.to_be_bytes());
        assert!(matches!(greedy, HistogramError::Length { .. }));
        for digits in [0u32, 4, 5, 99] {
            let found = changed(12, &digits.to_be_bytes());
            assert!(matches!(found, HistogramError::Bounds { digits: of, .. } if of == digits));
        }
        let found = changed(24, &(i64::MAX as u64).to_be_bytes());
        assert!(matches!(found, HistogramError::Bounds { .. }));
        assert!(matches!(changed(16, &[0xff; 8]), HistogramError::Counts(_)));
        // A head that is cut says of itself that nothing is behind it.
        let mut short = bytes[..HEAD_BYTES - 1].to_vec();
        short[4..8].copy_from_slice(&0u32.to_be_bytes());
        let found = decode(&STANDARD.encode(short)).expect_err("a short head");
        assert!(matches!(found, HistogramError::Length { wanted: 0, found: 0 }), "{found}");
    }

    /// A few bytes that inflate to more than any histogram are not inflated.
    #[test]
    fn what_inflates_without_end_is_cut() {
        let bytes = plain(&sample());
        let mut long = bytes[..HEAD_BYTES].to_vec();
        long[4..8].copy_from_slice(&(64u32 << 20).to_be_bytes());
        long.resize(HEAD_BYTES + (64 << 20), 0);
        let mut deflated = V2_DEFLATED.to_be_bytes().to_vec();
        deflated.extend([0; 4]);
        let mut coder = flate2::write::ZlibEncoder::new(deflated, flate2::Compression::best());
        coder.write_all(&long).expect("memory");
        let text = STANDARD.encode(coder.finish().expect("memory"));
        let found = decode(&text).expect_err("too long");
        let wanted = MOST_BYTES as usize - HEAD_BYTES;
        assert!(
            matches!(found, HistogramError::Length { found, .. } if found == wanted),
            "{found}"
        );
    }
}
