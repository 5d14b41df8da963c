//! From records of single messages and whole passes to what is filed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::{Serializer, V2Serializer};

use crate::result::{Due, Latency, Passes, StampSource, Throughput};

/// Significant digits of a histogram.
const DIGITS: u8 = 3;
/// Greatest value that it tells from others: an hour. Longest and mean are kept beside it.
const MOST_NS: u64 = 3_600_000_000_000;

/// Percentiles that are kept of each pass.
const OF_PASSES: [f64; 3] = [0.5, 0.99, 0.999];

/// Latencies as they come: none is left out.
#[derive(Clone, Debug)]
pub struct Recorder {
    /// Of the passes that are done.
    done: Histogram<u64>,
    /// Of the pass under way.
    pass: Histogram<u64>,
    /// [`OF_PASSES`], a value a pass.
    passes: [Histogram<u64>; 3],
    min_ns: u64,
    max_ns: u64,
    sum_ns: u128,
    sum_squares: u128,
}

impl Default for Recorder {
    fn default() -> Self {
        let histogram =
            Histogram::new_with_bounds(1, MOST_NS, DIGITS).expect("bounds of a histogram");
        Self {
            done: histogram.clone(),
            pass: histogram.clone(),
            passes: [0; 3].map(|_| histogram.clone()),
            min_ns: u64::MAX,
            max_ns: 0,
            sum_ns: 0,
            sum_squares: 0,
        }
    }
}

impl Recorder {
    /// One more.
    pub fn record(&mut self, ns: u64) {
        self.pass.saturating_record(ns);
        self.min_ns = self.min_ns.min(ns);
        self.max_ns = self.max_ns.max(ns);
        self.sum_ns += u128::from(ns);
        self.sum_squares = self.sum_squares.saturating_add(u128::from(ns) * u128::from(ns));
    }

    /// A pass ends here. Whoever says so has the spread of its percentiles filed.
    pub fn pass_done(&mut self) {
        if self.pass.is_empty() {
            return;
        }
        for (of, quantile) in self.passes.iter_mut().zip(OF_PASSES) {
            of.saturating_record(self.pass.value_at_quantile(quantile));
        }
        self.done.add(&self.pass).expect("the same bounds");
        self.pass.reset();
    }

    /// What is filed; nothing where nothing came.
    pub fn latency(&self, due: Due, source: &StampSource) -> Option<Latency> {
        let mut all = self.done.clone();
        all.add(&self.pass).expect("the same bounds");
        let n = all.len();
        if n == 0 {
            return None;
        }
        let at = |quantile| all.value_at_quantile(quantile).clamp(self.min_ns, self.max_ns);
        let quartiles = |of: &Histogram<u64>| [0.25, 0.75].map(|at| of.value_at_quantile(at));
        let [p50, p99, p99_9] = self.passes.each_ref().map(quartiles);
        let of_passes = self.passes[0].len();
        let passes = (of_passes > 0).then_some(Passes {
            n: of_passes,
            p50_ns: p50,
            p99_ns: p99,
            p99_9_ns: p99_9,
        });
        let mean_ns = self.sum_ns as f64 / n as f64;
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
            std_dev_ns: self.std_dev_ns(n),
            jitter: p99_9_ns as f64 / p50_ns.max(1) as f64,
            due,
            clock_ns: source.read_ns,
            source: Some(source.clone()),
            passes,
            histogram: encode(&all),
        })
    }

    fn std_dev_ns(&self, n: u64) -> f64 {
        // Squares around the whole part of the mean: sums of integers, exact before they are divided.
        let (n, mean) = (u128::from(n), self.sum_ns / u128::from(n));
        let around =
            self.sum_squares.saturating_sub(mean.saturating_mul(2 * self.sum_ns - n * mean));
        let rest = (self.sum_ns - n * mean) as f64 / n as f64;
        (around as f64 / n as f64 - rest * rest).max(0.0).sqrt()
    }
}

/// What whole passes took, in bounded memory however many they are.
#[derive(Clone, Debug)]
pub struct Durations {
    each: Histogram<u64>,
    best_ns: u64,
    worst_ns: u64,
}

impl Default for Durations {
    fn default() -> Self {
        // A digit more than of messages: of passes there is no noise to hide.
        let each =
            Histogram::new_with_bounds(1, MOST_NS, DIGITS + 1).expect("bounds of a histogram");
        Self { each, best_ns: u64::MAX, worst_ns: 0 }
    }
}

impl Durations {
    /// One more.
    pub fn record(&mut self, ns: u64) {
        self.each.saturating_record(ns);
        (self.best_ns, self.worst_ns) = (self.best_ns.min(ns), self.worst_ns.max(ns));
    }

    /// How many.
    pub fn passes(&self) -> u64 {
        self.each.len()
    }

    /// As [`throughput`], to four digits.
    pub fn throughput(&self, messages: u64, bytes: u64) -> Option<Throughput> {
        if self.passes() == 0 {
            return None;
        }
        let at =
            |part: f64| self.each.value_at_quantile(part).clamp(self.best_ns, self.worst_ns) as f64;
        let five = [self.best_ns as f64, at(0.25), at(0.5), at(0.75), self.worst_ns as f64];
        let found = throughput(&five, messages, bytes)?;
        Some(Throughput { passes: u32::try_from(self.passes()).unwrap_or(u32::MAX), ..found })
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
        quartiles_ns: Some([0.25, 0.75].map(|part| quantile(&each, part))),
        messages_per_s,
        gb_per_s: bytes as f64 / messages as f64 / median_ns,
        beats_per_s: None,
        offered_per_s: None,
    })
}

/// So far into sorted numbers, between two where it falls between them.
pub(crate) fn quantile(sorted: &[f64], part: f64) -> f64 {
    let at = part * (sorted.len() - 1) as f64;
    let (below, above) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
    below + (above - below) * at.fract()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(read_ns: f64) -> StampSource {
        StampSource { source: "made-up".to_owned(), resolution_ns: 1.0, read_ns }
    }

    /// Figures of a list that no two quantiles share.
    #[test]
    fn every_figure_is_the_one_that_it_says() {
        let mut recorder = Recorder::default();
        // 100,000 values: value n stands at n of 100,000.
        (1..=100_000u64).for_each(|n| recorder.record(n * 10));
        for due in [Due::Service, Due::Schedule] {
            let found = recorder.latency(due, &clock(17.5)).expect("values");
            let near = |found: u64, wanted: u64| found.abs_diff(wanted) <= wanted / 1_000 + 1;
            assert!(near(found.p50_ns, 500_000) && near(found.p90_ns, 900_000), "{found:?}");
            assert!(near(found.p99_ns, 990_000) && near(found.p99_9_ns, 999_000), "{found:?}");
            // Three digits do not tell 999,900 from 999,500, so the tail is looked at below.
            assert_eq!((found.due, found.clock_ns, found.passes), (due, 17.5, None));
            assert_eq!(found.source, Some(clock(17.5)));
            assert_eq!(found.jitter, found.p99_9_ns as f64 / found.p50_ns as f64);
        }
        let mut recorder = Recorder::default();
        // 3 of 10,000 are above p99.95 and below p99.99; one is above.
        (0..9_996).for_each(|_| recorder.record(100));
        (0..3).for_each(|_| recorder.record(5_000));
        recorder.record(90_000);
        let found = recorder.latency(Due::Service, &clock(0.0)).expect("values");
        assert_eq!((found.p99_9_ns, found.max_ns, found.jitter), (100, 90_000, 1.0));
        assert!(found.p99_99_ns.abs_diff(5_000) <= 5, "{found:?}");
    }

    #[test]
    fn passes_have_their_own_percentiles() {
        let mut recorder = Recorder::default();
        for pass in 1..=8u64 {
            // One pass of eight is disturbed.
            let tail = if pass == 8 { 1_000_000 } else { 1_000 + pass };
            (0..990).for_each(|_| recorder.record(100 + pass));
            (0..10).for_each(|_| recorder.record(tail));
            recorder.pass_done();
        }
        let found = recorder.latency(Due::Schedule, &clock(0.0)).expect("values");
        let passes = found.passes.expect("passes");
        assert_eq!((found.n, passes.n), (8_000, 8));
        assert_eq!(passes.p50_ns, [102, 106]);
        assert_eq!(passes.p99_ns, [102, 106]);
        assert_eq!(passes.p99_9_ns.map(|ns| ns / 10), [100, 100]);
        // A pass under way counts, and has no percentiles yet.
        recorder.record(1);
        let found = recorder.latency(Due::Schedule, &clock(0.0)).expect("values");
        assert_eq!((found.n, found.min_ns, found.passes.map(|of| of.n)), (8_001, 1, Some(8)));
    }

    #[test]
    fn a_long_run_with_stalls_overflows_nothing() {
        let mut recorder = Recorder::default();
        // As after 10^12 messages of an hour's stall each.
        recorder.record(MOST_NS);
        let (one, n) = (u128::from(MOST_NS), 1_000_000_000_000u64);
        recorder.sum_ns = one * u128::from(n);
        recorder.sum_squares = one * one * u128::from(n);
        assert_eq!(recorder.std_dev_ns(n), 0.0);
        // Even what cannot be is no panic.
        (0..3).for_each(|_| recorder.record(u64::MAX));
        assert!(
            recorder.latency(Due::Service, &clock(0.0)).expect("values").std_dev_ns.is_finite()
        );
    }

    #[test]
    fn a_long_run_of_passes_is_told_by_its_five_figures() {
        let mut found = Durations::default();
        assert_eq!(found.throughput(1, 1), None);
        (1..=1_000u64).for_each(|n| found.record(n * 1_000));
        let speed = found.throughput(10, 50).expect("passes");
        let near = |found: f64, wanted: f64| (found / wanted - 1.0).abs() < 2e-4;
        assert_eq!((speed.passes, speed.best_ns, speed.worst_ns), (1_000, 100.0, 100_000.0));
        let [first, third] = speed.quartiles_ns.expect("quartiles");
        assert!(near(speed.median_ns, 50_000.0) && near(first, 25_000.0) && near(third, 75_000.0));
    }

    #[test]
    fn quartiles_leave_a_disturbed_pass_out() {
        let found = throughput(&[100.0, 102.0, 104.0, 106.0, 9_000.0], 1, 1).expect("passes");
        assert_eq!(found.quartiles_ns, Some([102.0, 106.0]));
        assert_eq!((found.median_ns, found.messages_per_s), (104.0, 1e9 / 104.0));
        let found = throughput(&[10.0, 20.0], 1, 1).expect("passes");
        assert_eq!(found.quartiles_ns, Some([12.5, 17.5]));
    }
}
