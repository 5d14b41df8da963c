//! Channels on cores: independent native engines, one a thread, beside a bare loop on as many threads in the same run.

use std::hint::black_box;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use tidegate_pipeline::securities::SecuritiesError;
use tidegate_pipeline::{Engine, Input, Line, NativeEngine, Setup};

use crate::passes::{TICKS_MIX, row, throughput};
use crate::result::{Check, LeftOut, Row, SpeedUp};
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
                    engine
                }
            }));
            if round > 0 {
                bare[threads - 1].push(bare_ns);
                engines[threads - 1].push(engine_ns);
            }
        }
    }

    let sizes = feeds.each_ref().map(Vec::len);
    let rows = rows_of(messages, sizes, counted.load(Ordering::Relaxed), &engines, &bare);
    Ok((rows.into(), Vec::new()))
}

/// What the times say: `counted` is what an engine counted that was to count `messages`, `sizes` are the bytes of each
/// channel. The bare loop has no row: its steps are no messages.
fn rows_of(
    messages: usize,
    sizes: [usize; 2],
    counted: u64,
    engines: &[Vec<f64>; 2],
    bare: &[Vec<f64>; 2],
) -> [Row; 2] {
    let ratio = |r: Ratio| format!("{:.2}x (median pass), {:.2}x (best pass)", r.median, r.best);
    [1, 2].map(|threads: usize| {
        let size = sizes[..threads].iter().sum::<usize>() as u64;
        let all = (messages * threads) as u64;
        let mut row = row(DEFINITION, "native", "end-to-end", all, size);
        row.mix = format!("{TICKS_MIX} x{threads}");
        row.from = "all threads at the barrier".to_owned();
        row.to = "the last thread is done".to_owned();
        let path = if threads == 1 { "one core" } else { "two cores" };
        row.path = format!("memory to memory, {path}");
        row.note = format!(
            "{threads} engine(s), one a channel and a thread, packets of {PACKET_BYTES} bytes"
        );
        let a_channel = |count: u64| format!("{count} messages a channel");
        let check = Check { wanted: a_channel(messages as u64), found: a_channel(counted) };
        if check.holds() {
            row.throughput = Some(throughput(&engines[threads - 1], all, size));
            if threads == 2 {
                let (engine, bare) = (speed_up(engines), speed_up(bare));
                row.speed_up = Some(SpeedUp { engine: engine.median, bare_loop: bare.median });
                let (engine, bare) = (ratio(engine), ratio(bare));
                row.note += &format!(
                    "; {engine} of one thread, where a bare loop of arithmetic has {bare}"
                );
            }
        }
        row.digest = Some(check);
        row
    })
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

/// Nanoseconds from the moment when all may start to the end of the last. What the works leave is dropped later.
fn together<T: Send, F: FnOnce() -> T + Send>(works: impl ExactSizeIterator<Item = F>) -> f64 {
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
                    let left = work();
                    (start, Instant::now(), left)
                })
            })
            .collect();
        let done: Vec<(Instant, Instant, T)> =
            threads.into_iter().map(|t| t.join().expect("a thread that measures")).collect();
        span(done.iter().map(|(start, end, _)| (*start, *end)))
    })
}

/// Nanoseconds from the first start to the last end.
fn span(times: impl Iterator<Item = (Instant, Instant)>) -> f64 {
    let both = times.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    both.map_or(0.0, |(start, end)| (end - start).as_nanos() as f64)
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
    use std::time::Duration;

    use super::*;

    #[test]
    fn twice_the_work_in_the_same_time_is_twofold() {
        let found = speed_up(&[vec![30.0, 10.0, 20.0], vec![20.0, 40.0, 10.0]]);
        assert_eq!(found, Ratio { median: 2.0, best: 2.0 });
    }

    /// Shows C5.
    #[test]
    fn channels_are_counted_once_each() {
        let engines = [vec![20.0, 30.0, 10.0], vec![40.0, 20.0, 30.0]];
        let bare = [vec![10.0], vec![11.0]];
        let [one, two] = rows_of(100, [6_000, 8_000], 100, &engines, &bare);
        assert_eq!((one.messages, one.bytes, two.messages, two.bytes), (100, 6_000, 200, 14_000));
        let of = |row: &Row| {
            let found = row.throughput.expect("a figure");
            (found.best_ns, found.median_ns, found.worst_ns)
        };
        assert_eq!((of(&one), of(&two)), ((0.1, 0.2, 0.3), (0.1, 0.15, 0.2)));
        assert!(two.note.contains("1.33x (median pass), 1.00x (best pass) of one thread"));
        assert!(two.note.contains("a bare loop of arithmetic has 1.82x"), "{}", two.note);
        let found = two.speed_up.expect("a ratio");
        assert_eq!((found.engine, found.bare_loop), (40.0 / 30.0, 20.0 / 11.0));
        assert!(!one.note.contains("bare loop") && one.speed_up.is_none());
    }

    #[test]
    fn a_lost_message_leaves_no_figure_and_no_ratio() {
        let ns = [vec![10.0], vec![10.0]];
        for row in rows_of(100, [6_000, 8_000], 99, &ns, &ns) {
            assert!(row.throughput.is_none() && row.speed_up.is_none(), "{row:?}");
            assert!(!row.digest.expect("a check").holds());
        }
    }

    #[test]
    fn the_last_thread_ends_the_time() {
        let start = Instant::now();
        let at = |ns| start + Duration::from_nanos(ns);
        let times = [(at(5), at(100)), (at(0), at(70)), (at(9), at(90))];
        assert_eq!(span(times.into_iter()), 100.0);
        assert_eq!(span(times[1..].iter().copied()), 90.0);
    }

    #[test]
    fn every_thread_takes_its_channel() {
        let (rows, left_out) = rows(2_000, 1).expect("engines");
        assert_eq!(rows.len() + left_out.len(), if left_out.is_empty() { 2 } else { 1 });
        assert!(rows.iter().all(|row| row.throughput.is_some()));
    }
}
