//! An engine in a child process that emulates a card: what its start takes, and what each message adds.

use std::time::Instant;

use tidegate_pipeline::Engine;

use crate::clock::ns;
use crate::engine::{Entry, Gave, Takes, Touch, digest};
use crate::feed::{Feed, Message};
use crate::mix::STOP;
use crate::native::{Case, check, remark, strike};
use crate::result::{Check, Row, RunType, Usage};
use crate::statistics::throughput;

/// The stage of the row that says what the start takes.
pub const START: &str = "start";

/// One pass over whole input and one over its first message, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Pass {
    one_ns: f64,
    all_ns: f64,
}

/// What is compared and measured of an emulator.
pub struct Passes<'a> {
    /// How many.
    pub count: u32,
    /// What must come out.
    pub wanted: &'a str,
    /// What the child of the last pass said that it used.
    pub usage: &'a dyn Fn() -> Option<Usage>,
}

/// The rows of an emulator: its start, and what a message adds to it. `start` gives it, twice a pass and once more.
///
/// # Errors
/// When it does not start, or fails.
pub fn rows(
    case: &Case<'_>,
    entry: &Entry,
    &Passes { count, wanted, usage }: &Passes<'_>,
    mut start: impl FnMut() -> Result<Box<dyn Engine>, String>,
) -> Result<Vec<Row>, String> {
    let packets = case.feed.packets(case.packet_bytes);
    let gave = digest(&mut start()?, case.feed, &packets)?;
    let mut check = check(wanted, &gave.digest);
    let mut one = case.feed.clone();
    one.truncate(1);
    let (mut took, mut used) = (Vec::new(), None::<Usage>);
    // Nothing that is wrong is measured.
    let rounds = if check.holds() { count.max(1) } else { 0 };
    for _ in 0..rounds {
        let (one_ns, _) = timed(start()?, &one, &one.messages)?;
        let (all_ns, engine) = timed(start()?, case.feed, &packets)?;
        took.push(Pass { one_ns, all_ns });
        used = usage().map(|of_pass| used.map_or(of_pass, |before| before.and(of_pass)));
        if *engine.counters() != gave.counters {
            check.found = "counters of a measured pass differ".to_owned();
        }
    }
    let [start, mut slope] = rows_of(case, entry, &gave, &took, &check);
    if used.is_some() && check.holds() {
        slope.usage = used;
        remark(
            &mut slope,
            "usage is that of the child process over all input, its start and threads included",
        );
    }
    Ok(vec![start, slope])
}

/// Nanoseconds of a pass. Hashing what comes out is no part of it.
fn timed(
    mut engine: Box<dyn Engine>,
    feed: &Feed,
    packets: &[Message],
) -> Result<(f64, Box<dyn Engine>), String> {
    let from = Instant::now();
    feed.inputs(packets).for_each(|input| engine.take(input, &mut Touch));
    engine.take(STOP, &mut Touch);
    let took = ns(from.elapsed()) as f64;
    match engine.failure() {
        Some(failure) => Err(failure.to_string()),
        None => Ok((took, engine)),
    }
}

/// What the passes say.
fn rows_of(case: &Case<'_>, entry: &Entry, gave: &Gave, took: &[Pass], check: &Check) -> [Row; 2] {
    let row = || {
        let mut row = case.row(entry, RunType::Batch, Some(gave));
        row.digest = Some(check.clone());
        row
    };
    let (mut start, mut slope) = (row(), row());
    let first = case.feed.messages.first().map_or(0, |message| message.len as u64);
    START.clone_into(&mut start.stage);
    (start.messages, start.bytes) = (1, first);
    (start.accepted, start.rejected) = (1, 0);
    let ones: Vec<f64> = took.iter().map(|pass| pass.one_ns).collect();
    start.throughput = throughput(&ones, start.messages, start.bytes);
    remark(&mut start, "one message alone: the child, its driver and the kernels' build");
    slope.messages = slope.messages.saturating_sub(1);
    slope.bytes = slope.bytes.saturating_sub(first);
    let more: Vec<f64> = took.iter().map(|pass| pass.all_ns - pass.one_ns).collect();
    // The start may take so long that what it varies by hides the messages.
    if more.iter().all(|ns| *ns > 0.0) && slope.messages > 0 {
        slope.throughput = throughput(&more, slope.messages, slope.bytes);
    } else {
        remark(&mut slope, "lost in the noise of the start: no figure");
    }
    remark(&mut slope, "what each message behind the first adds; the start is a row of its own");
    let mut rows = [start, slope];
    if !check.holds() {
        rows.iter_mut().for_each(strike);
    }
    rows
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use tidegate_pipeline::{NativeEngine, Setup};

    use super::*;
    use crate::mix::Mix;
    use crate::{engine, feed, native};

    fn entry() -> Entry {
        let all = engine::load(Path::new(env!("CARGO_MANIFEST_DIR"))).expect("engines");
        all.into_iter().find(|entry| entry.name == "opencl:pocl").expect("an emulator")
    }

    #[test]
    fn start_and_messages_are_told_apart() {
        let feed = feed::ticks(101, 3, Setup::default()).expect("ticks");
        let case = Case {
            definition: "few",
            mix: Mix::All,
            feed: &feed,
            packet_bytes: 1_448,
            wanted: None,
        };
        let (gave, right) = native::verify(&case).expect("an engine");
        let pass = |one_ns, all_ns| Pass { one_ns, all_ns };
        let took = [pass(5e8, 5e8 + 1e5), pass(4e8, 4e8 + 3e5), pass(7e8, 7e8 + 2e5)];
        let [start, slope] = rows_of(&case, &entry(), &gave, &took, &right);
        let found = start.throughput.expect("a start");
        assert_eq!((found.best_ns, found.median_ns, found.worst_ns), (4e8, 5e8, 7e8));
        assert_eq!((start.stage.as_str(), start.messages, start.accepted), ("start", 1, 1));
        let found = slope.throughput.expect("a slope");
        assert_eq!((found.best_ns, found.median_ns, found.worst_ns), (1e3, 2e3, 3e3));
        assert_eq!(slope.messages, 100);
        // A pass that was no longer than its start says nothing.
        let lost = [pass(5e8, 5e8 + 1e5), pass(5e8, 4e8)];
        let [start, slope] = rows_of(&case, &entry(), &gave, &lost, &right);
        assert!(start.throughput.is_some() && slope.throughput.is_none());
        assert!(slope.note.contains("noise"), "{}", slope.note);
        let wrong = Check { wanted: "a".to_owned(), found: "b".to_owned() };
        for row in rows_of(&case, &entry(), &gave, &took, &wrong) {
            assert!(row.throughput.is_none() && row.note.contains("wrong"), "{row:?}");
        }
    }

    #[test]
    fn every_pass_is_checked() {
        let feed = feed::ticks(200, 3, Setup::default()).expect("ticks");
        let short = feed::ticks(150, 3, Setup::default()).expect("ticks");
        let case = Case {
            definition: "few",
            mix: Mix::All,
            feed: &feed,
            packet_bytes: 1_448,
            wanted: None,
        };
        let (gave, _) = native::verify(&case).expect("an engine");
        let fresh = || NativeEngine::new(&feed.setup, &feed.collected).expect("it fits");
        let passes = Passes { count: 2, wanted: &gave.digest, usage: &|| None };
        let right = rows(&case, &entry(), &passes, || Ok(Box::new(fresh())));
        let holds = |row: &Row| row.digest.as_ref().is_some_and(Check::holds);
        assert!(right.expect("rows").iter().all(holds));
        // The third of five engines, which a measured pass has, has seen something else already.
        let mut number = 0;
        let spoilt = rows(&case, &entry(), &passes, || {
            number += 1;
            let mut engine: Box<dyn Engine> = Box::new(fresh());
            if number == 3 {
                let message = &short.messages[0];
                engine.feed(short.input(message), &mut ());
            }
            Ok(engine)
        });
        let spoilt = spoilt.expect("rows");
        assert_eq!(number, 5);
        assert!(spoilt.iter().all(|row| !holds(row) && row.throughput.is_none()), "{spoilt:?}");
    }
}
