//! From records of single messages and whole passes to what is filed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::{Serializer, V2Serializer};

use crate::result::{Due, Latency, StampSource, Throughput};

/// Significant digits of a histogram.
const DIGITS: u8 = 3;
/// Greatest value that it tells from others: an hour. Longest and mean are kept beside it.
const MOST_NS: u64 = 3_600_000_000_000;

/// Latencies as they come: none is left out.
#[derive(Clone, Debug)]
pub struct Recorder {
    histogram: Histogram<u64>,
    min_ns: u64,
    max_ns: u64,
    sum_ns: u128,
    sum_squares: u128,
}

impl Default for Recorder {
    fn default() -> Self {
        let histogram =
            Histogram::new_with_bounds(1, MOST_NS, DIGITS).expect("bounds of a histogram");
        Self { histogram, min_ns: u64::MAX, max_ns: 0, sum_ns: 0, sum_squares: 0 }
    }
}

impl Recorder {
    /// One more.
    pub fn record(&mut self, ns: u64) {
        self.histogram.saturating_record(ns);
        self.min_ns = self.min_ns.min(ns);
        self.max_ns = self.max_ns.max(ns);
        self.sum_ns += u128::from(ns);
        self.sum_squares += u128::from(ns) * u128::from(ns);
    }

    /// What is filed; nothing where nothing came.
    pub fn latency(&self, due: Due, source: &StampSource) -> Option<Latency> {
        let n = self.histogram.len();
        if n == 0 {
            return None;
        }
        let at =
            |quantile| self.histogram.value_at_quantile(quantile).clamp(self.min_ns, self.max_ns);
        let mean_ns = self.sum_ns as f64 / n as f64;
        // Sums of integers: the difference is exact before it is divided.
        let spread = self.sum_squares * u128::from(n) - self.sum_ns * self.sum_ns;
        let (p50_ns, p99_9_ns) = (at(0.5), at(0.999));
        Some(Latency {
            n,
            min_ns: self.min_ns,
            mean_ns,
            p50_ns,
            p90_ns: at(0.9),
            p99_ns: at(0.99),
            p99_9_ns,
            p99_99_ns: at(0.9999),
            max_ns: self.max_ns,
            std_dev_ns: (spread as f64).sqrt() / n as f64,
            jitter: p99_9_ns as f64 / p50_ns.max(1) as f64,
            due,
            clock_ns: source.read_ns,
            source: Some(source.clone()),
            histogram: encode(&self.histogram),
        })
    }
}

/// A histogram as it is filed: hdrhistogram's V2 format, base 64.
pub fn encode(histogram: &Histogram<u64>) -> String {
    let mut bytes = Vec::new();
    V2Serializer::new().serialize(histogram, &mut bytes).expect("memory takes every byte");
    STANDARD.encode(bytes)
}

/// What whole passes say: `passes_ns` is what each took.
pub fn throughput(passes_ns: &[f64], messages: u64, bytes: u64) -> Option<Throughput> {
    let mut each: Vec<f64> = passes_ns.iter().map(|ns| ns / messages as f64).collect();
    each.sort_by(f64::total_cmp);
    let (best_ns, worst_ns) = (*each.first()?, *each.last()?);
    let median_ns = median(&each)?;
    if messages == 0 || median_ns <= 0.0 {
        return None;
    }
    let messages_per_s = 1e9 / median_ns;
    Some(Throughput {
        passes: each.len() as u32,
        best_ns,
        median_ns,
        worst_ns,
        messages_per_s,
        gb_per_s: bytes as f64 / messages as f64 / median_ns,
        beats_per_s: None,
        offered_per_s: None,
    })
}

/// The middle of sorted numbers, or the mean of the two that are.
pub fn median(sorted: &[f64]) -> Option<f64> {
    let half = sorted.len() / 2;
    match (sorted.len(), sorted.len() % 2) {
        (0, _) => None,
        (_, 1) => Some(sorted[half]),
        _ => Some(f64::midpoint(sorted[half - 1], sorted[half])),
    }
}
