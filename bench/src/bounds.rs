//! Decode beside what bounds it, on the very same buffers and in turn, so that their ratios are of one run.

use std::hint::black_box;

use sha2::{Digest, Sha256};
use tidegate_pipeline::Record;
use tidegate_pipeline::record::Tick;
use tidegate_pipeline::ticks::{Start, Taken, portable, run};
use tidegate_protocol::frame::checksum;

use crate::passes::{TICKS_MIX, row, throughput, time_ns};
use crate::result::{Check, Row};
use crate::ticks;

/// Seed of the messages.
pub const SEED: u64 = 1;
/// A definition for each size of buffer, and its messages: just below 32 KiB, 4 MB, and 256 MiB.
pub const SIZES: [(&str, usize); 3] =
    [("decode-l1", 455), ("decode-cache", 58_000), ("decode-memory", 3_850_000)];
/// A timed pass goes over at least so many bytes; small buffers are read again and again.
const PASS_BYTES: usize = 16 << 20;

const START: Start = Start { msg: 0, offset: 0, session: 0 };

/// Decode in both forms, `memcpy` and the checksum alone in each of [`SIZES`], `passes` times in turn.
///
/// # Panics
/// `passes` is 0.
pub fn rows(passes: u32) -> Vec<Row> {
    SIZES.iter().flat_map(|(definition, messages)| of_size(definition, *messages, passes)).collect()
}

/// [`rows`] of one size.
fn of_size(definition: &str, messages: usize, passes: u32) -> Vec<Row> {
    let bytes = ticks(messages, SEED);
    let repeats = PASS_BYTES.div_ceil(bytes.len());
    let mut copy = vec![1u8; bytes.len()];
    let mut ns = [const { Vec::new() }; 4];
    // The first round only warms.
    for round in 0..=passes {
        let found = [
            repeated(repeats, || black_box(&mut copy[..]).copy_from_slice(black_box(&bytes))),
            repeated(repeats, || _ = black_box(checksum(black_box(&bytes)))),
            repeated(repeats, || _ = run(black_box(&bytes), START, |tick| _ = black_box(tick))),
            repeated(repeats, || {
                _ = portable(black_box(&bytes), START, |tick| _ = black_box(tick))
            }),
        ];
        if round > 0 {
            ns.iter_mut().zip(found).for_each(|(ns, found)| ns.push(found));
        }
    }

    let (by_run, taken) = digest(|out| run(&bytes, START, out));
    let (by_portable, _) = digest(|out| portable(&bytes, START, out));
    let size = bytes.len();
    let notes = [
        format!("{size} bytes read and {size} written a pass"),
        format!("{size} bytes read a pass: every byte added once, modulo 256"),
        format!(
            "{size} bytes read a pass: frame, checksum, and all fields into typed records that stay in cache; 45 % trades"
        ),
        "plain Rust, the twin of native for every machine".to_owned(),
    ];
    let engines = [
        ("bound:memcpy", None),
        ("bound:checksum", None),
        ("native", Some(Check { wanted: by_portable.clone(), found: by_run.clone() })),
        ("native-portable", Some(Check { wanted: by_run, found: by_portable })),
    ];
    let mut rows = Vec::new();
    for (((engine, check), note), ns) in engines.into_iter().zip(notes).zip(ns) {
        let mut row = row(definition, engine, "decode", messages as u64, size as u64);
        row.mix = TICKS_MIX.to_owned();
        if let Some(check) = &check {
            // What is left for the framer is refused by nobody.
            row.accepted = taken.messages;
            row.to = "the last record in the caller's hands".to_owned();
            if check.holds() {
                row.throughput = Some(throughput(&ns, messages as u64, size as u64));
            }
        } else {
            row.throughput = Some(throughput(&ns, messages as u64, size as u64));
        }
        row.digest = check;
        row.note = note;
        rows.push(row);
    }
    rows
}

/// Nanoseconds of one of `repeats` runs.
fn repeated(repeats: usize, mut run: impl FnMut()) -> f64 {
    of_one(time_ns(|| (0..repeats).for_each(|_| run())), repeats)
}

fn of_one(all_ns: f64, repeats: usize) -> f64 {
    all_ns / repeats as f64
}

/// SHA-256 over the records of a pass.
fn digest(pass: impl FnOnce(&mut dyn FnMut(&mut Tick)) -> Taken) -> (String, Taken) {
    let mut hash = Sha256::new();
    let taken = pass(&mut |tick| hash.update(Record::Tick(tick).to_bytes()));
    (hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect(), taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_are_divided_by() {
        assert_eq!(of_one(900.0, 3), 300.0);
    }

    #[test]
    fn decode_stands_beside_its_bounds() {
        let rows = of_size("decode-l1", 455, 2);
        let engines: Vec<&str> = rows.iter().map(|row| row.engine.as_str()).collect();
        assert_eq!(engines, ["bound:memcpy", "bound:checksum", "native", "native-portable"]);
        for row in &rows {
            assert!(row.throughput.is_some_and(|t| t.passes == 2), "{row:?}");
            assert!(row.digest.as_ref().is_none_or(Check::holds), "{row:?}");
            let left = if row.digest.is_some() { 1 } else { 0 };
            assert!(row.accepted + left >= row.messages && row.rejected == 0, "{row:?}");
        }
    }
}
