//! Channels on cores: independent native engines, one a thread, beside a bare loop on as many threads in the same run.

use std::hint::black_box;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use tidegate_pipeline::securities::SecuritiesError;
use tidegate_pipeline::{Engine, Input, Line, NativeEngine, Setup};

use crate::passes::{TICKS_MIX, row, throughput};
use crate::result::{Check, LeftOut, Row};
use crate::statistics::median;
use crate::{securities, ticks};

/// The definition's name in rows.
pub const DEFINITION: &str = "channels";
/// Bytes of a packet: a full TCP segment.
const PACKET_BYTES: usize = 1_448;
/// Steps of the bare loop, about as long as a pass of the engine.
const STEPS: u64 = 40_000_000;

/// One and two threads, engines and bare loop in turn, `passes` times, with `messages` a channel. One processor
/// alone has no rows.
///
/// # Errors
/// The securities do not fit an engine.
///
/// # Panics
/// `passes` or `messages` is 0.
pub fn rows(messages: usize, passes: u32) -> Result<(Vec<Row>, Vec<LeftOut>), SecuritiesError> {
    if thread::available_parallelism().map_or(1, usize::from) < 2 {
        let left_out = LeftOut {
            what: DEFINITION.to_owned(),
            why: "wanted two processors, found one".to_owned(),
        };
        return Ok((Vec::new(), vec![left_out]));
    }
    let feeds = [ticks(messages, 1), ticks(messages, 2)];
    let fresh = NativeEngine::new(&Setup::default(), &securities())?;
    // What an engine counted that lost or doubled a message; else what it was to count.
    let counted = &AtomicU64::new(messages as u64);
    let (mut bare, mut engines) = ([const { Vec::new() }; 2], [const { Vec::new() }; 2]);
    // The first round only warms.
    for round in 0..=passes {
        for threads in 1..=2 {
            let bare_ns = together((0..threads).map(|_| || _ = black_box(spin(black_box(STEPS)))));
            let engine_ns = together(feeds[..threads].iter().map(|feed| {
                let mut engine = fresh.clone();
                move || {
                    for bytes in feed.chunks(PACKET_BYTES) {
                        engine
                            .feed(Input::Packet { line: Line::Market, session: 0, bytes }, &mut ());
                    }
                    let found = engine.counters().messages;
                    if found != messages as u64 {
                        counted.store(found, Ordering::Relaxed);
                    }
                }
            }));
            if round > 0 {
                bare[threads - 1].push(bare_ns);
                engines[threads - 1].push(engine_ns);
            }
        }
    }

    let (bare_ratio, engine_ratio) = (speed_up(&bare), speed_up(&engines));
    let ratio = |r: Ratio| format!("{:.2}x (median pass), {:.2}x (best pass)", r.median, r.best);
    let mut rows = Vec::new();
    for threads in 1..=2u64 {
        let at = threads as usize - 1;
        let size = feeds[..threads as usize].iter().map(Vec::len).sum::<usize>() as u64;
        let path = if threads == 1 { "one core" } else { "two cores" };
        let all = messages as u64 * threads;
        let mut of_engines = row(DEFINITION, "native", "end-to-end", all, size);
        let mut of_loop = row(DEFINITION, "bound:loop", "end-to-end", STEPS * threads, 0);
        let a_channel = |count: u64| format!("{count} messages a channel");
        let check = Check {
            wanted: a_channel(messages as u64),
            found: a_channel(counted.load(Ordering::Relaxed)),
        };
        if check.holds() {
            of_engines.throughput = Some(throughput(&engines[at], all, size));
        }
        of_engines.digest = Some(check);
        of_loop.throughput = Some(throughput(&bare[at], STEPS * threads, 0));
        of_engines.note = format!(
            "{threads} engine(s), one a channel and a thread, packets of {PACKET_BYTES} bytes"
        );
        of_loop.note =
            format!("{threads} thread(s) with a loop of arithmetic; a message is a step");
        if threads == 2 {
            let engine = ratio(engine_ratio);
            let bare = ratio(bare_ratio);
            of_engines.note += &format!("; {engine} of one thread, where the bare loop has {bare}");
            of_loop.note += &format!("; {bare} of one thread");
        }
        for (mut row, mix) in [(of_engines, TICKS_MIX), (of_loop, "arithmetic")] {
            row.mix = format!("{mix} x{threads}");
            row.from = "all threads at the barrier".to_owned();
            row.to = "the last thread is done".to_owned();
            row.path = format!("memory to memory, {path}");
            rows.push(row);
        }
    }
    Ok((rows, Vec::new()))
}

/// How many times the work of one thread two threads do in the same time.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Ratio {
    median: f64,
    best: f64,
}

fn speed_up(ns: &[Vec<f64>; 2]) -> Ratio {
    let [one, two] = [0, 1].map(|at: usize| {
        let mut sorted = ns[at].clone();
        sorted.sort_by(f64::total_cmp);
        sorted
    });
    let median = |sorted| median(sorted).expect("at least one pass");
    Ratio { median: 2.0 * median(&one) / median(&two), best: 2.0 * one[0] / two[0] }
}

/// Nanoseconds from the moment when all may start to the end of the last.
fn together<F: FnOnce() + Send>(works: impl ExactSizeIterator<Item = F>) -> f64 {
    let barrier = Barrier::new(works.len());
    let works: Vec<F> = works.collect();
    thread::scope(|scope| {
        let threads: Vec<_> = works
            .into_iter()
            .map(|work| {
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    let start = Instant::now();
                    work();
                    (start, Instant::now())
                })
            })
            .collect();
        let times: Vec<(Instant, Instant)> =
            threads.into_iter().map(|t| t.join().expect("a thread that measures")).collect();
        let start = times.iter().map(|(start, _)| *start).min();
        let end = times.iter().map(|(_, end)| *end).max();
        start.zip(end).map_or(0.0, |(start, end)| (end - start).as_nanos() as f64)
    })
}

/// Arithmetic in registers: each step waits for the one before.
fn spin(steps: u64) -> u64 {
    let mut x = 0x9e37_79b9_7f4a_7c15u64;
    for _ in 0..steps {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twice_the_work_in_the_same_time_is_twofold() {
        let found = speed_up(&[vec![30.0, 10.0, 20.0], vec![20.0, 40.0, 10.0]]);
        assert_eq!(found, Ratio { median: 2.0, best: 2.0 });
    }

    /// Shows C5.
    #[test]
    fn every_thread_takes_its_channel() {
        let (rows, left_out) = rows(2_000, 1).expect("engines");
        assert_eq!(rows.len() + left_out.len(), if left_out.is_empty() { 4 } else { 1 });
        assert!(rows.iter().all(|row| row.throughput.is_some()));
    }
}
