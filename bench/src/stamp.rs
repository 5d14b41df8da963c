//! Where stamps come from: what a source resolves, what a reading costs, and whether two sources agree.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use crate::clock::{Clock, cost_ns, ns};
use crate::result::{ClockCheck, StampSource};
use crate::tsc;

/// Name of the time-stamp counter as a source.
pub const TSC: &str = "tsc";
/// Name of the clock behind [`Instant`].
pub const MONOTONIC: &str = "CLOCK_MONOTONIC";
/// Name of the clock that nobody corrects.
pub const MONOTONIC_RAW: &str = "CLOCK_MONOTONIC_RAW";
/// Two clocks of one machine may differ by so much: more is a skew.
pub const TOLERANCE_NS: u64 = 20_000;

/// A reading of a clock of the system.
fn system_ns(clock: ClockId) -> u64 {
    let now = clock_gettime(clock);
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

/// `CLOCK_MONOTONIC_RAW`, in nanoseconds.
pub fn raw_ns() -> u64 {
    system_ns(ClockId::MonotonicRaw)
}

/// Processor time of this thread, in nanoseconds.
pub fn thread_cpu_ns() -> u64 {
    system_ns(ClockId::ThreadCPUTime)
}

/// Processor time of this process, in nanoseconds.
pub fn process_cpu_ns() -> u64 {
    system_ns(ClockId::ProcessCPUTime)
}

/// The finest step by which readings differ, in their own unit; 0 where they never do. A clock that moves in steps of
/// 25.96 ticks shows 25, 26 or 27 of them, so nearly all differences need only be near a multiple.
pub fn resolution(readings: &[u64]) -> u64 {
    let steps: Vec<u64> = readings
        .windows(2)
        .map(|pair| pair[1].abs_diff(pair[0]))
        .filter(|step| *step > 0)
        .collect();
    let Some(least) = steps.iter().copied().min() else { return 0 };
    let is_multiple = |of: u64| {
        // Farther multiples say nothing: the error of a step adds up.
        let near = steps.iter().filter(|step| **step <= 8 * of);
        let fit = near.clone().filter(|step| {
            let rest = *step % of;
            rest.min(of - rest) <= 1
        });
        let (near, fit) = (near.count(), fit.count());
        near > 0 && fit * 100 >= near * 99
    };
    // Everything is within 1 of a multiple of 3.
    if let Some(found) = (4..=(least + 1).min(10_000)).rev().find(|of| is_multiple(*of)) {
        return found;
    }
    let gcd = |a: u64, b: u64| {
        let (mut a, mut b) = (a, b);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    steps.into_iter().fold(0, gcd)
}

/// Readings at distances that vary, so that a reading's own cost is not taken for a step.
fn readings(mut read: impl FnMut() -> u64) -> Vec<u64> {
    let mut random = crate::Random(1);
    let one = |_| {
        (0..random.below(60)).for_each(|_| std::hint::spin_loop());
        read()
    };
    (0..4_000).map(one).collect()
}

/// The cheapest clock that is good enough, in nanoseconds. Copied, it is the same clock.
#[derive(Clone, Copy, Debug)]
pub struct Ticker {
    start_ticks: u64,
    start: Instant,
    /// Nanoseconds a tick, times 2^32; 0 where the counter is not used.
    scale: u64,
}

impl Ticker {
    /// The counter where it is steady, its rate taken from `CLOCK_MONOTONIC_RAW`; the clock of the system elsewhere.
    pub fn best() -> Self {
        static BEST: OnceLock<u64> = OnceLock::new();
        let scale = *BEST.get_or_init(|| {
            if !tsc::is_steady() {
                return 0;
            }
            let (ticks, raw) = pair();
            std::thread::sleep(Duration::from_millis(50));
            let (later_ticks, later_raw) = pair();
            let ticks = u128::from(later_ticks.wrapping_sub(ticks).max(1));
            ((u128::from(later_raw - raw) << 32) / ticks) as u64
        });
        Self { start_ticks: tsc::read(), start: Instant::now(), scale }
    }

    /// Nanoseconds since its start.
    #[inline]
    pub fn ns(&self) -> u64 {
        if self.scale == 0 {
            return ns(self.start.elapsed());
        }
        let ticks = tsc::read().wrapping_sub(self.start_ticks);
        ((u128::from(ticks) * u128::from(self.scale)) >> 32) as u64
    }

    /// Whether it is the time-stamp counter.
    pub fn is_tsc(&self) -> bool {
        self.scale != 0
    }

    /// What it is.
    pub fn source(&self) -> StampSource {
        const READINGS: usize = 10_000;
        if self.scale == 0 {
            return system();
        }
        let readings = readings(tsc::read);
        let round = || {
            let from = self.ns();
            (0..READINGS).for_each(|_| _ = std::hint::black_box(self.ns()));
            (self.ns() - from) as f64 / READINGS as f64
        };
        StampSource {
            source: TSC.to_owned(),
            resolution_ns: resolution(&readings) as f64 * self.scale as f64 / (1u64 << 32) as f64,
            read_ns: (0..5).map(|_| round()).fold(f64::INFINITY, f64::min),
        }
    }
}

impl Clock for Ticker {
    #[inline(always)]
    fn now_ns(&mut self) -> u64 {
        self.ns()
    }
}

/// The clock behind [`Instant`].
pub fn system() -> StampSource {
    let start = Instant::now();
    let readings = readings(|| ns(start.elapsed()));
    let (source, resolution_ns) = (MONOTONIC.to_owned(), resolution(&readings) as f64);
    StampSource { source, resolution_ns, read_ns: cost_ns() }
}

/// `CLOCK_MONOTONIC_RAW`, with which the counter is compared.
pub fn raw() -> StampSource {
    let readings = readings(raw_ns);
    let start = Instant::now();
    (0..10_000).for_each(|_| _ = std::hint::black_box(raw_ns()));
    StampSource {
        source: MONOTONIC_RAW.to_owned(),
        resolution_ns: resolution(&readings) as f64,
        read_ns: ns(start.elapsed()) as f64 / 1e4,
    }
}

/// Simulated cycles at this clock.
pub fn cycles(mhz: u64) -> StampSource {
    let (source, resolution_ns) = ("simulated cycles".to_owned(), 1e3 / mhz.max(1) as f64);
    StampSource { source, resolution_ns, read_ns: 0.0 }
}

/// The counter and the raw clock at one moment: of some tries the one in which they lay closest.
fn pair() -> (u64, u64) {
    let attempt = || {
        let before = tsc::read();
        let raw = raw_ns();
        let after = tsc::read();
        (after.wrapping_sub(before), before.wrapping_add(after.wrapping_sub(before) / 2), raw)
    };
    let best = (0..16).map(|_| attempt()).min_by_key(|(apart, ..)| *apart);
    best.map_or((0, 0), |(_, ticks, raw)| (ticks, raw))
}

/// Two sources at the same moments, over a run.
#[derive(Clone, Debug)]
pub struct Watch {
    ticker: Ticker,
    pairs: Vec<(u64, u64)>,
}

impl Default for Watch {
    fn default() -> Self {
        let mut watch = Self { ticker: Ticker::best(), pairs: Vec::new() };
        watch.look();
        watch
    }
}

impl Watch {
    /// Looks at both: some times in a row, so that one that was interrupted counts little.
    pub fn look(&mut self) {
        for _ in 0..4 {
            let both = || {
                let before = self.ticker.ns();
                let raw = raw_ns();
                let after = self.ticker.ns();
                (after - before, before + (after - before) / 2, raw)
            };
            let best = (0..16).map(|_| both()).min_by_key(|(apart, ..)| *apart);
            self.pairs.extend(best.map(|(_, ticker, raw)| (ticker, raw)));
        }
    }

    /// Whether they agreed.
    pub fn check(&self) -> ClockCheck {
        let first = if self.ticker.is_tsc() { TSC } else { MONOTONIC };
        compare(first, MONOTONIC_RAW, &self.pairs, TOLERANCE_NS)
    }
}

/// Compares two sources that were read at the same moments. Their epochs and rates may differ: a common rate is
/// taken out, and what is left, from the least to the greatest, is the skew.
pub fn compare(first: &str, second: &str, pairs: &[(u64, u64)], tolerance_ns: u64) -> ClockCheck {
    let apart: Vec<(f64, f64)> = pairs
        .iter()
        .map(|(a, b)| {
            let [from_a, from_b] = [pairs[0].0, pairs[0].1].map(i128::from);
            let (a, b) = (i128::from(*a) - from_a, i128::from(*b) - from_b);
            (a as f64, (b - a) as f64)
        })
        .collect();
    // The middle of the slopes of all pairs: a step moves few of them.
    let mut slopes = Vec::new();
    for (at, (a, difference)) in apart.iter().enumerate() {
        let later = apart[at + 1..].iter().filter(|(other, _)| *other > *a);
        slopes.extend(later.map(|(other, found)| (found - difference) / (other - a)));
    }
    slopes.sort_by(f64::total_cmp);
    let rate = crate::statistics::median(&slopes).unwrap_or(0.0);
    let rest = || apart.iter().map(|(a, difference)| difference - rate * a);
    let (low, high) =
        (rest().fold(f64::INFINITY, f64::min), rest().fold(f64::NEG_INFINITY, f64::max));
    let skew_ns = if pairs.is_empty() { 0.0 } else { high - low };
    ClockCheck {
        first: first.to_owned(),
        second: second.to_owned(),
        n: pairs.len() as u64,
        rate_ppm: rate * 1e6,
        skew_ns,
        tolerance_ns,
        // Without two readings nothing was compared.
        agrees: pairs.len() > 1 && skew_ns <= tolerance_ns as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Random;

    /// Readings a millisecond apart; the second clock runs 3 ppm fast and from another epoch.
    fn pairs(noise_ns: u64) -> Vec<(u64, u64)> {
        let mut random = Random(5);
        let at = |n: u64| n * 1_000_000;
        (0..200).map(|n| (at(n), 7_000_000_000 + at(n) + 3 * n + random.below(noise_ns))).collect()
    }

    /// Shows C3.
    #[test]
    fn an_injected_skew_is_reported() {
        let even = compare("a", "b", &pairs(100), TOLERANCE_NS);
        assert!(
            even.agrees && even.skew_ns < 200.0 && (even.rate_ppm - 3.0).abs() < 1.0,
            "{even:?}"
        );
        for (from, sign) in [(20, 1), (100, 1), (180, 1), (100, -1)] {
            let mut skewed = pairs(100);
            for (_, second) in &mut skewed[from..] {
                *second = second.saturating_add_signed(sign * 50_000);
            }
            let found = compare("a", "b", &skewed, TOLERANCE_NS);
            assert!(!found.agrees, "{found:?}");
            assert!((found.skew_ns - 50_000.0).abs() < 12_000.0, "{from} {sign}: {found:?}");
        }
        // Below the tolerance they agree; and nothing compared is no agreement.
        let mut small = pairs(100);
        small[100..].iter_mut().for_each(|(_, second)| *second += 15_000);
        assert!(compare("a", "b", &small, TOLERANCE_NS).agrees);
        assert!(!compare("a", "b", &[], TOLERANCE_NS).agrees);
    }

    #[test]
    fn a_resolution_is_the_finest_step() {
        assert_eq!(resolution(&[5, 5, 12, 26, 26, 61]), 7);
        assert_eq!(resolution(&[1_000, 3_000, 3_000, 8_000]), 1_000);
        assert_eq!(resolution(&[4, 5]), 1);
        assert_eq!((resolution(&[9, 9]), resolution(&[])), (0, 0));
        // Ten nanoseconds in ticks of 0.385: 25.96 of them, rounded down; and a clock of every tick.
        let mut random = Random(11);
        let mut moments = vec![0u64];
        (0..4_000).for_each(|at| moments.push(moments[at] + 1 + random.below(900)));
        let coarse: Vec<u64> = moments.iter().map(|at| (at / 10) * 2_596 / 100).collect();
        assert_eq!((resolution(&coarse), resolution(&moments)), (26, 1));
    }

    /// Shows C3.
    #[test]
    fn stamps_never_go_back_and_say_what_they_are() {
        let ticker = Ticker::best();
        let stamps: Vec<u64> = (0..10_000).map(|_| ticker.ns()).collect();
        assert!(stamps.is_sorted());
        let found = ticker.source();
        assert_eq!(found.source == TSC, ticker.is_tsc());
        for source in [found, system(), raw(), cycles(200)] {
            assert!(source.resolution_ns > 0.0 && source.read_ns >= 0.0, "{source:?}");
        }
        assert_eq!(cycles(200).resolution_ns, 5.0);
        let mut watch = Watch::default();
        watch.look();
        assert_eq!((watch.check().n, watch.check().second), (8, MONOTONIC_RAW.to_owned()));
    }
}
