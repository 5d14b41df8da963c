//! The example of `kernels/stage/distribute.h`: work spread over workers by ChannelNo, merged in the
//! order of dispatch.

use tidegate_protocol::record::{RECORD_BYTES, Tag, Tick};

use super::State;

mod c {
    use std::ffi::c_void;

    unsafe extern "C" {
        pub(super) fn tidegate_distribute_bytes() -> usize;
        pub(super) fn tidegate_distribute_single(
            last: *mut i64,
            ticks: *const u8,
            count: u32,
            results: *mut u8,
        ) -> u32;
        pub(super) fn tidegate_distribute(
            wiring: *mut c_void,
            depth: u32,
            schedule: *mut u32,
            ticks: *const u8,
            count: u32,
            results: *mut u8,
        ) -> u32;
    }
}

const CHECKED_BYTES: usize = RECORD_BYTES + 16;

/// A tick and what its worker found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The tick.
    pub tick: Tick,
    /// Numbers of its channel that are missing before it.
    pub missing: u64,
    /// Its number is not above the last one.
    pub repeats: bool,
}

fn bytes(ticks: &[Tick]) -> Vec<u8> {
    let mut out = vec![0; ticks.len() * RECORD_BYTES];
    for (tick, bytes) in ticks.iter().zip(out.as_chunks_mut::<RECORD_BYTES>().0) {
        tick.emit(bytes);
    }
    out
}

fn checked(results: &[u8]) -> Vec<Checked> {
    let one = |result: &[u8; CHECKED_BYTES]| {
        let record = result.first_chunk().expect("a record and what was found");
        let tag = Tag::parse(record).expect("the tick that went in");
        let missing = result[RECORD_BYTES..].first_chunk().expect("eight bytes");
        Checked {
            tick: Tick::parse(tag, record),
            missing: u64::from_le_bytes(*missing),
            repeats: result[RECORD_BYTES + 8] != 0,
        }
    };
    results.as_chunks::<CHECKED_BYTES>().0.iter().map(one).collect()
}

/// One worker does it all.
pub fn single(ticks: &[Tick]) -> Vec<Checked> {
    let mut last = vec![0i64; 1 << 16];
    let mut results = vec![0; ticks.len() * CHECKED_BYTES];
    let (bytes, count) = (bytes(ticks), ticks.len() as u32);
    // SAFETY: a number for every ChannelNo, `count` ticks, and room for as many results.
    unsafe {
        c::tidegate_distribute_single(
            last.as_mut_ptr(),
            bytes.as_ptr(),
            count,
            results.as_mut_ptr(),
        );
    }
    checked(&results)
}

/// Four workers behind queues of `depth` (1 to 64), scheduled at random from `seed`. Fewer results
/// than ticks: it locked up.
pub fn distributed(ticks: &[Tick], depth: u32, seed: u32) -> Vec<Checked> {
    // SAFETY: it takes nothing and gives a constant.
    let mut wiring = State::new(unsafe { c::tidegate_distribute_bytes() });
    let mut results = vec![0; ticks.len() * CHECKED_BYTES];
    let (bytes, count) = (bytes(ticks), ticks.len() as u32);
    let mut schedule = seed;
    // SAFETY: the wiring has the bytes that C said, all zero; the rest as above.
    let merged = unsafe {
        c::tidegate_distribute(
            wiring.as_mut(),
            depth,
            &mut schedule,
            bytes.as_ptr(),
            count,
            results.as_mut_ptr(),
        )
    };
    checked(&results[..merged as usize * CHECKED_BYTES])
}
