//! An engine in a child process that emulates a card.

use std::time::Instant;

use tidegate_pipeline::Engine;

use crate::clock::ns;
use crate::engine::{Entry, digest};
use crate::native::{Case, check, remark, strike};
use crate::result::{Row, RunType};
use crate::statistics::throughput;

/// The row of an emulator; `start` gives it, as often as there are passes; `wanted` must come out.
///
/// # Errors
/// When it does not start, or fails.
pub fn row(
    case: &Case<'_>,
    entry: &Entry,
    passes: u32,
    wanted: &str,
    mut start: impl FnMut() -> Result<Box<dyn Engine>, String>,
) -> Result<Row, String> {
    let packets = case.feed.packets(case.packet_bytes);
    // What the child costs whatever it is given: one message.
    let mut one = case.feed.clone();
    one.truncate(1);
    let mut engine = start()?;
    let from = Instant::now();
    digest(&mut engine, &one, &one.messages)?;
    let start_ns = ns(from.elapsed());
    let (mut took, mut last) = (Vec::new(), None);
    for _ in 0..passes.max(1) {
        let mut engine = start()?;
        let from = Instant::now();
        let gave = digest(&mut engine, case.feed, &packets)?;
        took.push(ns(from.elapsed()) as f64);
        last = Some(gave);
    }
    let gave = last.ok_or("no pass")?;
    let mut row = case.row(entry, RunType::Batch, Some(&gave));
    row.throughput = throughput(&took, row.messages, row.bytes);
    let start_ms = start_ns / 1_000_000;
    let about = format!(
        "of a pass, {start_ms} ms are what one message takes: the child, its driver, the kernels' build"
    );
    remark(&mut row, &about);
    row.digest = Some(check(wanted, &gave.digest));
    if wanted != gave.digest {
        strike(&mut row);
    }
    Ok(row)
}
