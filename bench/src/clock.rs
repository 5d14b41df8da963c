//! Our own clock, the core that is measured on, and what the measured thread uses.

use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::result::Usage;
use crate::stamp;

/// Nanoseconds, without the 128 bits that the standard library goes through.
#[inline]
pub fn ns(duration: Duration) -> u64 {
    duration.as_secs() * 1_000_000_000 + u64::from(duration.subsec_nanos())
}

/// Nanoseconds from a start that stays the same. A copy is the same clock.
pub trait Clock: Clone {
    /// Now.
    fn now_ns(&mut self) -> u64;
}

/// The clock of the system.
#[derive(Clone, Copy, Debug)]
pub struct Wall(Instant);

impl Default for Wall {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Clock for Wall {
    #[inline(always)]
    fn now_ns(&mut self) -> u64 {
        ns(self.0.elapsed())
    }
}

/// What one reading of the clock costs, in nanoseconds.
pub fn cost_ns() -> f64 {
    const READINGS: u32 = 100_000;
    let round = || {
        let start = Instant::now();
        (0..READINGS).for_each(|_| _ = black_box(Instant::now()));
        ns(start.elapsed()) as f64 / f64::from(READINGS)
    };
    // The best: what disturbs is not its cost.
    (0..5).map(|_| round()).fold(f64::INFINITY, f64::min)
}

/// Logical processors that this thread may use.
pub fn cores() -> Vec<usize> {
    let set = sched_getaffinity(None).unwrap_or_else(|_| CpuSet::new());
    (0..CpuSet::MAX_CPU).filter(|&core| set.is_set(core)).collect()
}

/// Keeps this thread on the last of its cores: the first one has the interrupts of most machines.
/// Which core; nothing where the system does not allow it.
pub fn pin() -> Option<usize> {
    let core = *cores().last()?;
    let mut set = CpuSet::new();
    set.set(core);
    sched_setaffinity(None, &set).ok()?;
    Some(core)
}

/// Lets this thread use these cores again.
pub fn unpin(cores: &[usize]) {
    let mut set = CpuSet::new();
    cores.iter().for_each(|&core| set.set(core));
    // Where pinning was allowed this is too.
    let _ = sched_setaffinity(None, &set);
}

/// Counters of this thread at one moment.
#[derive(Clone, Copy, Debug, Default)]
pub struct Used {
    cpu_s: f64,
    user_ticks: u64,
    system_ticks: u64,
    minor_faults: u64,
    major_faults: u64,
    voluntary: u64,
    involuntary: u64,
}

impl Used {
    /// Now; nothing where the system does not tell. The most memory is counted anew from here on.
    pub fn now() -> Option<Self> {
        // 5 sets the mark to what is resident; where that is not allowed, it stays that of the process.
        let _ = fs::write("/proc/self/clear_refs", "5");
        Self::read()
    }

    fn read() -> Option<Self> {
        let stat = fs::read_to_string("/proc/thread-self/stat").ok()?;
        // The name in brackets may have spaces.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
        let status = fs::read_to_string("/proc/thread-self/status").ok()?;
        let lines: BTreeMap<&str, &str> =
            status.lines().filter_map(|line| line.split_once(':')).collect();
        let count = |key: &str| lines.get(key)?.trim().parse::<u64>().ok();
        let schedstat = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        Some(Self {
            cpu_s: schedstat.split_whitespace().next()?.parse::<u64>().ok()? as f64 / 1e9,
            minor_faults: number(7)?,
            major_faults: number(9)?,
            user_ticks: number(11)?,
            system_ticks: number(12)?,
            voluntary: count("voluntary_ctxt_switches")?,
            involuntary: count("nonvoluntary_ctxt_switches")?,
        })
    }

    /// What was used since then.
    pub fn since(before: Option<Self>) -> Option<Usage> {
        let (before, now) = (before?, Self::read()?);
        let cpu_s = (now.cpu_s - before.cpu_s).max(0.0);
        // The two kinds are counted in ticks of 10 ms; only their ratio is taken from there.
        let user = now.user_ticks - before.user_ticks;
        let system = now.system_ticks - before.system_ticks;
        let share = if user + system == 0 { 1.0 } else { user as f64 / (user + system) as f64 };
        Some(Usage {
            user_s: cpu_s * share,
            system_s: cpu_s * (1.0 - share),
            max_resident_kib: max_resident_kib().unwrap_or(0),
            voluntary_switches: now.voluntary - before.voluntary,
            involuntary_switches: now.involuntary - before.involuntary,
            minor_faults: now.minor_faults - before.minor_faults,
            major_faults: now.major_faults - before.major_faults,
        })
    }
}

/// What this process used since its start, all of its threads: for a child to say at its end. Context switches are
/// those of the threads that still live.
pub fn process_usage() -> Option<Usage> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    let cpu_s = stamp::process_cpu_ns() as f64 / 1e9;
    let (user, system) = (number(11)?, number(12)?);
    let share = if user + system == 0 { 1.0 } else { user as f64 / (user + system) as f64 };
    let (mut voluntary_switches, mut involuntary_switches) = (0, 0);
    for task in fs::read_dir("/proc/self/task").ok()?.flatten() {
        let status = fs::read_to_string(task.path().join("status")).unwrap_or_default();
        let count = |key: &str| {
            let value = status.lines().find_map(|line| line.strip_prefix(key));
            value.and_then(|value| value.trim().parse::<u64>().ok()).unwrap_or(0)
        };
        voluntary_switches += count("voluntary_ctxt_switches:");
        involuntary_switches += count("nonvoluntary_ctxt_switches:");
    }
    Some(Usage {
        user_s: cpu_s * share,
        system_s: cpu_s * (1.0 - share),
        max_resident_kib: max_resident_kib().unwrap_or(0),
        voluntary_switches,
        involuntary_switches,
        minor_faults: number(7)?,
        major_faults: number(9)?,
    })
}

impl Usage {
    /// Of two processes one after the other: sums, and the greater memory.
    pub fn and(self, other: Self) -> Self {
        Self {
            user_s: self.user_s + other.user_s,
            system_s: self.system_s + other.system_s,
            max_resident_kib: self.max_resident_kib.max(other.max_resident_kib),
            voluntary_switches: self.voluntary_switches + other.voluntary_switches,
            involuntary_switches: self.involuntary_switches + other.involuntary_switches,
            minor_faults: self.minor_faults + other.minor_faults,
            major_faults: self.major_faults + other.major_faults,
        }
    }
}

fn max_resident_kib() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}

/// Bytes that push everything else out of the caches.
#[derive(Debug)]
pub struct Evictor(Vec<u8>);

impl Default for Evictor {
    fn default() -> Self {
        Self(vec![1; evicts_bytes(largest_cache_bytes())])
    }
}

impl Evictor {
    /// Writes a byte of each cache line.
    pub fn evict(&mut self) {
        self.0.iter_mut().step_by(64).for_each(|byte| *byte = byte.wrapping_add(1));
        black_box(&self.0);
    }
}

/// Twice the largest cache, within bounds: where the system does not tell, that of a large server's core complex.
fn evicts_bytes(cache_bytes: Option<usize>) -> usize {
    cache_bytes.unwrap_or(32 << 20).saturating_mul(2).clamp(64 << 20, 2 << 30)
}

/// The largest cache that a processor of this machine says it has.
fn largest_cache_bytes() -> Option<usize> {
    let caches = fs::read_dir("/sys/devices/system/cpu/cpu0/cache").ok()?;
    let sizes =
        caches.flatten().filter_map(|cache| fs::read_to_string(cache.path().join("size")).ok());
    sizes.filter_map(|size| bytes_of(size.trim())).max()
}

/// A size as the kernel writes it: `32768K`.
fn bytes_of(size: &str) -> Option<usize> {
    let (digits, unit) = match size.as_bytes().last()? {
        b'K' => (&size[..size.len() - 1], 1 << 10),
        b'M' => (&size[..size.len() - 1], 1 << 20),
        _ => (size, 1),
    };
    digits.parse::<usize>().ok()?.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twice_the_largest_cache_is_evicted() {
        assert_eq!(
            (bytes_of("512K"), bytes_of("3M"), bytes_of("64")),
            (Some(512 << 10), Some(3 << 20), Some(64))
        );
        assert_eq!((bytes_of(""), bytes_of("K"), bytes_of("x1K")), (None, None, None));
        assert_eq!(evicts_bytes(None), 64 << 20);
        assert_eq!(evicts_bytes(Some(1 << 20)), 64 << 20);
        assert_eq!(evicts_bytes(Some(384 << 20)), 768 << 20);
        assert_eq!(evicts_bytes(Some(usize::MAX)), 2 << 30);
    }
}
