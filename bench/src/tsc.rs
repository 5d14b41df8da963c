//! The processor's time-stamp counter. Unsafe code of this crate stands here alone.
//!
//! It is the only stamp that is cheap enough to be taken between rooms of a few nanoseconds.
#![allow(unsafe_code)]

/// The counter; 0 where there is none.
#[inline]
pub fn read() -> u64 {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: every x86-64 processor has the instruction. A system that forbids it to programs does not say
    // `constant_tsc` and `nonstop_tsc` as the current clock source, without which `is_steady` is false.
    return unsafe { std::arch::x86_64::_rdtsc() };
    #[cfg(not(target_arch = "x86_64"))]
    0
}

/// Whether it runs at one rate, whatever the processor does, and the system keeps its own time by it.
pub fn is_steady() -> bool {
    let text = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpuinfo = text("/proc/cpuinfo");
    let flags = cpuinfo.lines().find(|line| line.starts_with("flags")).unwrap_or_default();
    let has = |flag: &str| flags.split_whitespace().any(|found| found == flag);
    cfg!(target_arch = "x86_64")
        && has("constant_tsc")
        && has("nonstop_tsc")
        && text("/sys/devices/system/clocksource/clocksource0/current_clocksource").trim() == "tsc"
}
