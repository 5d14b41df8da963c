//! An engine in a child process that emulates a card.

use std::time::Instant;

use tidegate_pipeline::Engine;

use crate::clock::ns;
use crate::engine::{Entry, digest};
use crate::feed::Feed;
use crate::native::{Case, check, remark, strike};
use crate::result::{Row, RunType, Usage};
use crate::statistics::throughput;

/// Milliseconds that an emulator takes over one message: the child, its driver, the kernels' build.
///
/// # Errors
/// When it does not start, or fails.
pub fn start_ms(
    feed: &Feed,
    mut start: impl FnMut() -> Result<Box<dyn Engine>, String>,
) -> Result<u64, String> {
    let mut one = feed.clone();
    one.truncate(1);
    let mut engine = start()?;
    let from = Instant::now();
    digest(&mut engine, &one, &one.messages)?;
    Ok(ns(from.elapsed()) / 1_000_000)
}

/// What is compared and measured of an emulator.
pub struct Passes<'a> {
    /// How many.
    pub count: u32,
    /// What must come out.
    pub wanted: &'a str,
    /// Milliseconds that one message takes.
    pub start_ms: Option<u64>,
    /// What the child of the last pass said that it used.
    pub usage: &'a dyn Fn() -> Option<Usage>,
}

/// The row of an emulator; `start` gives it, as often as there are passes.
///
/// # Errors
/// When it does not start, or fails.
pub fn row(
    case: &Case<'_>,
    entry: &Entry,
    &Passes { count, wanted, start_ms, usage }: &Passes<'_>,
    mut start: impl FnMut() -> Result<Box<dyn Engine>, String>,
) -> Result<Row, String> {
    let packets = case.feed.packets(case.packet_bytes);
    let (mut took, mut last) = (Vec::new(), None);
    let mut used: Option<Usage> = None;
    for _ in 0..count.max(1) {
        let mut engine = start()?;
        let from = Instant::now();
        let gave = digest(&mut engine, case.feed, &packets)?;
        took.push(ns(from.elapsed()) as f64);
        last = Some(gave);
        used = usage().map(|of_pass| used.map_or(of_pass, |before| before.and(of_pass)));
    }
    let gave = last.ok_or("no pass")?;
    let mut row = case.row(entry, RunType::Batch, Some(&gave));
    row.throughput = throughput(&took, row.messages, row.bytes);
    match start_ms {
        Some(ms) => remark(&mut row, &format!("of a pass, {ms} ms are what one message takes")),
        None => remark(&mut row, "what one message takes was not measured"),
    }
    row.usage = used;
    if used.is_some() {
        remark(&mut row, "usage is that of the child process, its driver's threads included");
    }
    remark(&mut row, "start of the child, its driver and the kernels' build are in each pass");
    row.digest = Some(check(wanted, &gave.digest));
    if wanted != gave.digest {
        strike(&mut row);
    }
    Ok(row)
}
