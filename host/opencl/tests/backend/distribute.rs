//! The example of distribution over channels, on Intel's emulator: every tick once, in the order of dispatch.

use std::collections::HashMap;
use std::time::Duration;

use tidegate_opencl::{Access, Argument, Code, Target, wait_all};
use tidegate_protocol::record::{RECORD_BYTES, Tick};

use crate::{open, under};

const EXAMPLE: &str = include_str!("../../../../kernels/example_distribute.cl");
const KERNELS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../kernels");
/// Depth of the channels, ticks of a run. The shortest channels are those that could lock up, and slow.
const RUNS: [(u32, usize); 2] = [(1, 100), (64, 2000)];
/// A tick, then what its worker found: numbers left out (8), repeats (4), end (4).
const CHECKED_BYTES: usize = RECORD_BYTES + 16;
const LIMIT: Duration = Duration::from_secs(240);

/// Ticks of a few channels, with gaps and repeats; every byte of them differs.
fn ticks(count: usize) -> Vec<[u8; RECORD_BYTES]> {
    let mut state = 7u64;
    let mut next = |below: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut numbers = HashMap::new();
    let tick = |_| {
        let mut tick: [u8; RECORD_BYTES] = std::array::from_fn(|_| next(256) as u8);
        // Long runs of one worker, so that the others have to be waited for.
        let channel = if next(4) == 0 { 2000 + next(9) as u16 } else { 2011 };
        let number = numbers.entry(channel).or_insert(0i64);
        *number += [1, 1, 1, 0, -2, 5][next(6) as usize];
        tick[Tick::CHANNEL_AT..][..2].copy_from_slice(&channel.to_le_bytes());
        tick[Tick::APPL_SEQ_NUM_AT..][..8].copy_from_slice(&number.to_le_bytes());
        tick
    };
    (0..count).map(tick).collect()
}

/// The same by one loop over a map.
fn wanted(ticks: &[[u8; RECORD_BYTES]]) -> Vec<[u8; CHECKED_BYTES]> {
    let mut last: HashMap<u16, i64> = HashMap::new();
    let checked = |tick: &[u8; RECORD_BYTES]| {
        let channel = u16::from_le_bytes(tick[Tick::CHANNEL_AT..][..2].try_into().unwrap());
        let number = i64::from_le_bytes(tick[Tick::APPL_SEQ_NUM_AT..][..8].try_into().unwrap());
        let before = last.entry(channel).or_default();
        let repeats = number <= *before;
        let missing = if repeats { 0 } else { (number - *before - 1) as u64 };
        *before = number.max(*before);
        let mut out = [0; CHECKED_BYTES];
        out[..RECORD_BYTES].copy_from_slice(tick);
        out[RECORD_BYTES..][..8].copy_from_slice(&missing.to_le_bytes());
        out[RECORD_BYTES + 8] = u8::from(repeats);
        out
    };
    ticks.iter().map(checked).collect()
}

/// Shows H18, H19, N6.
#[test]
fn ticks_come_back_in_the_order_of_dispatch() {
    under(Target::IntelEmu, "distribute::ticks_come_back_in_the_order_of_dispatch", || {
        let session = open(Target::IntelEmu);
        let copies = session.queue().unwrap();
        for (depth, count) in RUNS {
            let ticks = ticks(count);
            let wanted = wanted(&ticks);
            let options = format!("-I {KERNELS} -DTG_EXAMPLE_DEPTH={depth}");
            let code = Code::Source { text: EXAMPLE, options: &options };
            let program = session.program("example_distribute.cl", code).unwrap();
            let from = session.buffer(Access::Read, count * RECORD_BYTES).unwrap();
            let to = session.buffer(Access::Write, count * CHECKED_BYTES).unwrap();
            copies.write(&from, 0, ticks.as_flattened()).unwrap();
            let mut running = Vec::new();
            for name in ["merge", "worker_0", "worker_1", "worker_2", "worker_3", "dispatch"] {
                let mut kernel = program.kernel(name).unwrap();
                let counted = Argument::U32(count as u32);
                match name {
                    "merge" => kernel.set_all([Argument::Buffer(&to), counted]).unwrap(),
                    "dispatch" => kernel.set_all([Argument::Buffer(&from), counted]).unwrap(),
                    _ => {}
                }
                running.push(session.queue().unwrap().start(&kernel).unwrap());
            }
            wait_all(running, LIMIT).unwrap();
            let found = copies.read(&to, 0, count * CHECKED_BYTES).unwrap();
            let (found, _) = found.as_chunks::<CHECKED_BYTES>();
            for (at, (found, wanted)) in found.iter().zip(&wanted).enumerate() {
                assert_eq!(found, wanted, "tick {at} at depth {depth}");
            }
        }
    });
}
