//! Every figure of the native engine's rows by a clock that the test turns: what a row says is what that clock saw.
#![allow(missing_docs, reason = "a test")]

use std::cell::Cell;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use tidegate_bench::clock::Clock;
use tidegate_bench::definition::{self, Size};
use tidegate_bench::engine::{self, Entry, Takes};
use tidegate_bench::feed::{self, Feed};
use tidegate_bench::mix::{self, Mix, Schedule};
use tidegate_bench::native::{self, Case, Effort};
use tidegate_bench::pace::KEPT_WITHIN;
use tidegate_bench::result::{Due, Latency, LeftOut, Probes, Row, RunType, StampSource, Tables};
use tidegate_pipeline::{Engine, Input, Line, NativeEngine, Setup, Sink};

/// Each reading is so much later than the one before.
const READING_NS: u64 = 1;
/// What most messages cost.
const COST_NS: u64 = 300;

/// The clock, turned by its readings and by the engine.
#[derive(Clone, Default)]
struct Turned(Rc<Cell<u64>>);

impl Turned {
    fn turn(&self, ns: u64) {
        self.0.set(self.0.get() + ns);
    }
}

impl Clock for Turned {
    fn now_ns(&mut self) -> u64 {
        self.turn(READING_NS);
        self.0.get()
    }
}

/// What message `number` of a pass costs.
type Cost = fn(usize) -> u64;

/// The native engine at a made-up speed.
struct Slow {
    engine: NativeEngine,
    clock: Turned,
    cost: Cost,
    /// Messages that it took.
    seen: usize,
    /// Engines that were made so far, and which this is.
    made: Rc<Cell<usize>>,
    number: usize,
    /// Which engines lose their last message.
    loses: fn(usize) -> bool,
    last: usize,
}

impl Clone for Slow {
    fn clone(&self) -> Self {
        let (engine, clock, made) = (self.engine.clone(), self.clock.clone(), self.made.clone());
        let number = made.get();
        made.set(number + 1);
        Self { engine, clock, made, number, ..*self }
    }
}

impl Takes for Slow {
    fn take<S: Sink>(&mut self, input: Input<'_>, sink: &mut S) {
        let Input::Packet { .. } = input else {
            return self.engine.take(input, sink);
        };
        self.seen += 1;
        // An order leaves when half of the time is over.
        let cost = (self.cost)(self.seen - 1);
        self.clock.turn(cost / 2);
        if !((self.loses)(self.number) && self.seen == self.last) {
            self.engine.take(input, sink);
        }
        self.clock.turn(cost - cost / 2);
    }
    fn engine(&self) -> &dyn Engine {
        &self.engine
    }
}

fn bench() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn entry() -> Entry {
    let all = engine::load(bench()).expect("engines");
    all.into_iter().find(|entry| entry.name == "native").expect("the engine")
}

fn small() -> Feed {
    feed::ticks(2_000, 3, Setup::default()).expect("ticks")
}

fn orders() -> Feed {
    let named = definition::all(bench(), &["orders".to_owned()]).expect("a definition");
    named[0].load(Size::Quick).expect("a feed")
}

const EFFORT: Effort = Effort {
    passes: 3,
    batch: Duration::ZERO,
    paced: Duration::ZERO,
    peak: Duration::ZERO,
    soak: Duration::ZERO,
    rate_per_s: Some(1e6),
    probes: Probes::Lean,
};

struct Asked<'a> {
    feed: &'a Feed,
    mix: Mix,
    cost: Cost,
    loses: fn(usize) -> bool,
    effort: Effort,
}

impl<'a> Asked<'a> {
    fn of(feed: &'a Feed, cost: Cost) -> Self {
        Self { feed, mix: Mix::All, cost, loses: |_| false, effort: EFFORT }
    }

    fn rows(&self, types: &[RunType]) -> (Vec<Row>, Vec<LeftOut>) {
        let Self { feed, mix, cost, loses, effort } = *self;
        let case = Case { definition: "made-up", mix, feed, packet_bytes: 1_448, wanted: None };
        let right = native::verify(&case).expect("it fits");
        let clock = Turned::default();
        let source = StampSource {
            source: "turned".to_owned(),
            resolution_ns: READING_NS as f64,
            read_ns: READING_NS as f64,
        };
        let fresh = Slow {
            engine: native::fresh(feed).expect("it fits"),
            clock: clock.clone(),
            cost,
            seen: 0,
            made: Rc::default(),
            number: usize::MAX,
            loses,
            last: feed.packets(1_448).len(),
        };
        native::rows_by((clock, source), fresh, right, &case, &entry(), types, &effort)
    }
}

fn even(_: usize) -> u64 {
    COST_NS
}

/// Each 100th message takes long.
fn bumpy(number: usize) -> u64 {
    if number % 100 == 99 { 5_000 } else { COST_NS }
}

/// The last of 2,000 messages leaves much behind.
fn late_end(number: usize) -> u64 {
    if number == 1_999 { 500_000 } else { COST_NS }
}

/// What single messages take by hand: when each was due, taken and done, over passes that begin anew or go on.
fn by_hand(
    schedule: &Schedule,
    messages: usize,
    cost: Cost,
    passes: usize,
    goes_on: bool,
) -> Vec<[u64; 3]> {
    let mut all = Vec::new();
    let mut now = 0;
    for _ in 0..passes {
        for number in 0..messages {
            let due = schedule.due_ns(number);
            now = now.max(due);
            let taken = now;
            now += cost(number) + READING_NS;
            all.push([due, taken, now]);
        }
        let left = now.saturating_sub(schedule.due_ns(messages));
        now = if goes_on { left } else { 0 };
    }
    all
}

/// Within what three digits of a histogram and one reading of the clock tell.
fn near(found: f64, wanted: f64) -> bool {
    (found - wanted).abs() <= wanted * 2e-3 + 2.0 * READING_NS as f64
}

fn assert_latency(found: &Latency, mut wanted: Vec<u64>) {
    wanted.sort_unstable();
    let at = |quantile: f64| {
        wanted[((quantile * wanted.len() as f64).ceil() as usize).max(1) - 1] as f64
    };
    assert_eq!(found.n, wanted.len() as u64);
    let mean = wanted.iter().sum::<u64>() as f64 / wanted.len() as f64;
    for (what, found, wanted) in [
        ("min", found.min_ns as f64, wanted[0] as f64),
        ("mean", found.mean_ns, mean),
        ("p50", found.p50_ns as f64, at(0.5)),
        ("p90", found.p90_ns as f64, at(0.9)),
        ("p99", found.p99_ns as f64, at(0.99)),
        ("p99.9", found.p99_9_ns as f64, at(0.999)),
        ("max", found.max_ns as f64, at(1.0)),
    ] {
        assert!(near(found, wanted), "{what}: {found}, wanted {wanted}");
    }
}

fn latency(rows: &[Row], due: Due) -> &Latency {
    let mut of = rows.iter().filter_map(|row| row.latency.as_ref()).filter(|of| of.due == due);
    of.next().expect("a latency")
}

/// Shows P1, P6.
#[test]
fn whole_passes_are_of_all_messages_and_loaded_ones_of_the_second_half() {
    let feed = small();
    let packets = feed.packets(1_448);
    let half = packets.len() / 2;
    let (rows, _) = Asked::of(&feed, even).rows(&[RunType::Batch]);
    let [cold, loaded] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!((cold.tables, loaded.tables), (Tables::Cold, Tables::Loaded));
    let behind: usize = packets[half..].iter().map(|packet| packet.len).sum();
    for (row, packets, bytes) in
        [(cold, packets.len(), feed.bytes.len()), (loaded, packets.len() - half, behind)]
    {
        let found = row.throughput.expect("a figure");
        let ns = (packets as u64 * COST_NS + READING_NS) as f64 / row.messages as f64;
        assert_eq!((found.passes, row.bytes, row.accepted), (3, bytes as u64, row.messages));
        assert!(near(found.median_ns, ns) && near(found.best_ns, ns) && near(found.worst_ns, ns));
        assert!(near(found.gb_per_s, bytes as f64 / ns / row.messages as f64));
    }
    assert_eq!(cold.messages, 2_000);
    assert!(loaded.messages < 1_100 && loaded.messages > 900);
}

/// Shows P6.
#[test]
fn of_a_loaded_pass_what_the_first_half_counted_is_not_told() {
    let mut feed = small();
    // Five of the first half are damaged, one of the second.
    for at in [3, 30, 300, 500, 700, 1_900] {
        let message = feed.messages[at];
        feed.bytes[message.at + message.len - 1] ^= 1;
    }
    let (rows, _) = Asked::of(&feed, even).rows(&[RunType::Batch]);
    let counts = |row: &Row| (row.accepted + row.rejected, row.rejected);
    assert_eq!(counts(&rows[0]), (2_000, 6));
    assert_eq!(counts(&rows[1]), (rows[1].messages, 1));
}

/// Shows H36, H37, C2.
#[test]
fn latency_is_counted_from_when_a_message_was_due_and_from_when_it_was_taken() {
    let feed = small();
    for (run_type, goes_on) in [(RunType::Baseline, false), (RunType::Soak, true)] {
        for cost in [even as Cost, bumpy, late_end] {
            let (rows, _) = Asked::of(&feed, cost).rows(&[run_type]);
            assert_eq!(rows.len(), 2);
            let schedule = Schedule::new(&feed, Mix::All, 1e6);
            let wanted = by_hand(&schedule, 2_000, cost, 3, goes_on);
            let of = |from: usize| wanted.iter().map(|each| each[2] - each[from]).collect();
            assert_latency(latency(&rows, Due::Schedule), of(0));
            assert_latency(latency(&rows, Due::Service), of(1));
            for row in &rows {
                assert_eq!(row.throughput.and_then(|found| found.offered_per_s), Some(1e6));
                assert!(
                    row.note.contains(" kept: ") && !row.note.contains("not kept"),
                    "{}",
                    row.note
                );
                let source = row.latency.as_ref().and_then(|of| of.source.clone());
                assert_eq!(source.map(|of| of.source).as_deref(), Some("turned"));
            }
        }
    }
}

/// Shows P1.
#[test]
fn a_run_at_a_rate_takes_the_time_that_it_is_given() {
    let feed = small();
    // A pass is 2 ms of the clock: by time, not by passes.
    let times = Effort {
        passes: 1,
        paced: Duration::from_millis(20),
        peak: Duration::from_millis(14 * 8),
        soak: Duration::from_millis(40),
        ..EFFORT
    };
    let asked = Asked { effort: times, ..Asked::of(&feed, even) };
    for (run_type, wanted) in [(RunType::Baseline, 11), (RunType::Soak, 21)] {
        let passes = asked.rows(&[run_type]).0[0].throughput.expect("a figure").passes;
        assert!(passes.abs_diff(wanted) <= 1, "{run_type:?} {passes}");
    }
    let (rows, _) = asked.rows(&[RunType::Peak]);
    let took = |row: &Row| row.throughput.map(|of| of.median_ns * 2_000.0 * f64::from(of.passes));
    for row in rows {
        let ms = took(&row).expect("a figure") / 1e6;
        assert!((8.0..12.5).contains(&ms), "{ms}");
    }
    for (effort, minutes) in
        [(Effort::LONG.paced, 20), (Effort::LONG.peak, 10), (Effort::LONG.soak, 120)]
    {
        assert_eq!(effort, Duration::from_secs(minutes * 60));
    }
}

/// A backlog at the end of a pass is there when a soak's next pass begins.
#[test]
fn a_soak_forgives_nothing_between_passes() {
    let feed = small();
    let first_is_late = |run_type| {
        let (rows, _) = Asked::of(&feed, late_end).rows(&[run_type]);
        latency(&rows, Due::Schedule).p90_ns > 100 * COST_NS
    };
    assert_eq!((first_is_late(RunType::Baseline), first_is_late(RunType::Soak)), (false, true));
}

/// Shows P1, P4.
#[test]
fn a_peak_stops_at_the_engines_limit() {
    let feed = small();
    let asked = Asked { effort: Effort { rate_per_s: None, ..EFFORT }, ..Asked::of(&feed, even) };
    let (rows, _) = asked.rows(&[RunType::Peak]);
    let limit = 1e9 / (COST_NS + READING_NS) as f64;
    let rate = |row: &Row| row.throughput.and_then(|found| found.offered_per_s).expect("a rate");
    let kept: Vec<&Row> =
        rows.iter().filter(|row| row.note.contains(native::HIGHEST_KEPT)).collect();
    assert_eq!(kept.len(), 2, "one from the schedule, one from service");
    let highest = rate(kept[0]);
    assert!(
        highest > limit / native::PEAK_STEP && highest < limit * (1.0 + 2.0 * KEPT_WITHIN),
        "{highest} {limit}"
    );
    // Every rate below is kept too, and the search ends with the first that is not.
    let is_kept = |row: &Row| row.note.contains(" kept: ") && !row.note.contains("not kept");
    assert!(rows.iter().all(|row| is_kept(row) == (rate(row) <= highest)));
    assert_eq!(rows.iter().filter(|row| !is_kept(row)).count(), 2);
    let first = rate(&rows[0]);
    assert!(near(first / 1e4, native::PEAK_FROM * limit / 1e4), "{first}");
    // Beyond the limit messages wait for each other.
    let last = &rows[rows.len() - 2..];
    let waited = latency(last, Due::Schedule).max_ns;
    let behind = 2_000.0 * ((COST_NS + READING_NS) as f64 - 1e9 / rate(&last[0]));
    assert!((waited as f64 / behind - 1.0).abs() < 0.02, "{waited} {behind}");
    assert!(latency(last, Due::Service).max_ns <= COST_NS + READING_NS);
}

/// Shows P2.
#[test]
fn the_rate_of_a_burst_is_that_over_the_whole_of_it() {
    let whole = small();
    let trades = mix::counts(&whole)[&300_191];
    let mix = Mix::BurstOf(300_191);
    let feed = mix::derive(&whole, mix).expect("trades");
    let (rows, _) = Asked { mix, ..Asked::of(&feed, even) }.rows(&[RunType::Baseline]);
    // As many messages more in the time of the feed without them.
    let wanted = 1e6 * feed.messages.len() as f64 / 2_000.0;
    for row in rows {
        let found = row.throughput.and_then(|found| found.offered_per_s).expect("a rate");
        assert!((found / wanted - 1.0).abs() < 1e-3, "{found} {wanted}");
        let fast = format!(
            "{} of {} messages come at 3.000 M/s, the others at 1.000 M/s",
            3 * trades,
            feed.messages.len()
        );
        assert!(row.note.contains(&fast), "{}", row.note);
    }
}

/// Shows H35.
#[test]
fn orders_and_reports_have_rows_of_their_own() {
    let feed = orders();
    let (rows, left_out) = Asked::of(&feed, even).rows(&[RunType::Write]);
    assert!(left_out.is_empty());
    let case = Case {
        definition: "made-up",
        mix: Mix::All,
        feed: &feed,
        packet_bytes: 1_448,
        wanted: None,
    };
    let (gave, _) = native::verify(&case).expect("it fits");
    let of = |stage: &str| rows.iter().find(|row| row.stage == stage).expect("a row");
    for (stage, n, ns) in [
        // Half of the time, and a reading.
        ("order", gave.orders, COST_NS / 2 + READING_NS),
        ("feedback", gave.reports, 0),
    ] {
        let row = of(stage);
        let found = row.latency.as_ref().expect("a latency");
        assert_eq!((row.messages, row.accepted, row.rejected, row.bytes), (3 * n, 3 * n, 0, 0));
        assert_eq!((found.n, found.due), (3 * n, Due::Service));
        assert!(stage == "feedback" || found.min_ns == ns, "{found:?}");
        assert!(found.min_ns >= COST_NS / 2 && found.p50_ns < 2 * COST_NS);
    }
    assert!(feed.messages.iter().any(|message| message.line == Line::Orders));
    // Where nothing can be written there is no row, and a reason.
    let (rows, left_out) = Asked::of(&small(), even).rows(&[RunType::Write]);
    assert!(rows.is_empty() && left_out.len() == 1);
    assert!(left_out[0].why.contains("triggers that fire"), "{}", left_out[0].why);
}

/// Shows E1, E2.
#[test]
fn what_probes_cost_is_what_their_readings_cost() {
    let feed = small();
    let (rows, _) = Asked::of(&feed, even).rows(&[RunType::Baseline]);
    let found = rows[0].observation.expect("a cost");
    let off = COST_NS as f64 + READING_NS as f64 / 16.0;
    assert!(
        (found.off_ns - off).abs() < 0.01 && (found.on_ns - off - READING_NS as f64).abs() < 0.01
    );
    assert!(!found.is_noise() && found.p99.is_some());
    let off = Asked { effort: Effort { probes: Probes::Off, ..EFFORT }, ..Asked::of(&feed, even) };
    let (rows, _) = off.rows(&[RunType::Baseline]);
    assert_eq!(rows.len(), 1);
    assert!(rows[0].latency.is_none() && rows[0].observation.is_none());
    // Paced all the same: a message each microsecond.
    let speed = rows[0].throughput.expect("a figure");
    assert!((speed.median_ns / 1_000.0 - 1.0).abs() < 1e-2, "{speed:?}");
}

/// Shows Q10.
#[test]
fn a_pass_that_loses_one_message_has_no_figure() {
    let feed = small();
    let has_figures = |row: &Row| row.throughput.is_some() || row.latency.is_some();
    let types = [RunType::Batch, RunType::Baseline, RunType::Peak, RunType::Soak];
    let asked = Asked { loses: |_| true, ..Asked::of(&feed, even) };
    let (rows, _) = asked.rows(&types);
    assert!(rows.len() >= 8 && !rows.iter().any(has_figures), "{rows:?}");
    assert!(rows.iter().all(|row| row.note.contains("the output is wrong")));
    // Of six passes, cold and loaded, one.
    for (loses, wanted) in [
        ((|number| number == 1) as fn(usize) -> bool, [false, true]),
        (|number| number == 5, [true, false]),
        (|number| number == 6, [true, true]),
    ] {
        let (rows, _) = Asked { loses, ..Asked::of(&feed, even) }.rows(&[RunType::Batch]);
        assert_eq!([0, 1].map(|at: usize| has_figures(&rows[at])), wanted);
    }
}
