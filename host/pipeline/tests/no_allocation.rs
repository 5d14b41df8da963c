//! The data path does not allocate after the start.

#[path = "trading/feed.rs"]
mod feed;
#[path = "trading/oracle.rs"]
mod oracle;
#[path = "trading/rng.rs"]
mod rng;
#[path = "trading/spec.rs"]
mod spec;
mod support;
#[path = "trading/wire.rs"]
mod wire;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use feed::{Case, Item};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use tidegate_pipeline::toe::Descriptor;
use tidegate_pipeline::trading::TradingCounters;
use tidegate_pipeline::{Control, Engine, Input, Line, NativeEngine, Resume, Setup};

struct Counting;

thread_local! {
    /// Of each thread: what the test harness does beside on a busy machine is not counted.
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

fn allocations() -> u64 {
    ALLOCATIONS.get()
}

// SAFETY: every call goes to the system allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // A thread that ends has nobody to tell.
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

#[test]
fn nothing_is_allocated_after_the_start() {
    the_data_path_does_not_allocate();
    trading_does_not_allocate();
}

fn the_data_path_does_not_allocate() {
    let mut runner = TestRunner::deterministic();
    let frames = support::frames(2_000..2_001).new_tree(&mut runner).expect("frames").current();
    let stream = frames.concat();
    let mut words = Vec::new();
    for packet in stream.chunks(1_000) {
        Descriptor::default().packet_words(1, packet, 0, &mut words);
    }
    let mut engine = NativeEngine::new(&Setup::default(), &[*b"000001  "]).expect("rows");

    let before = allocations();
    for cut in [1, 7, 100, 1_460, 60_000] {
        for bytes in stream.chunks(cut) {
            engine.feed(Input::Packet { line: Line::Market, session: 2, bytes }, &mut ());
        }
    }
    engine.feed(Input::Words { line: Line::Market, bytes: &words }, &mut ());
    engine.feed(Input::Packet { line: Line::Market, session: 3, bytes: &[0xff; 300] }, &mut ());
    engine.feed(Input::Control(Control::Stop), &mut ());
    assert_eq!(allocations() - before, 0);

    assert_eq!(engine.counters().messages, 12_000);
    assert!(engine.counters().faults_total() > 0);
}

/// Generated runs with everything on: an index, 16 triggers, guard, limits, epochs, live ones,
/// reports, orders and cancel requests.
fn trading_does_not_allocate() {
    let full = |case: &Case| {
        let block = &case.spec.block;
        let limits = &block.limits;
        let limited = limits.max_orders.or(limits.max_outstanding.map(|count| (count, 0)));
        block.triggers.len() == 16
            && case.spec.index.is_some()
            && (block.guard.is_some() || limited.is_some())
            && !case.spec.epochs.is_empty()
    };
    let mut sums = TradingCounters::default();
    let (mut epochs, mut guards, mut of_live) = (0, 0, 0);
    for case in (0..6_000).map(feed::case).filter(full) {
        let parsed = |toml: &str| {
            let setup = Setup::parse(toml, |_| Ok(case.csv.clone())).expect("a setup");
            (setup.trading.clone().expect("triggers").parameters, setup)
        };
        let (_, setup) = parsed(&case.toml);
        let blocks: Vec<_> = case
            .items
            .iter()
            .map(|item| match item {
                Item::Live { toml, .. } => Some(parsed(toml).0),
                _ => None,
            })
            .collect();
        let mut engine = NativeEngine::new(&setup, &[]).expect("rows");

        let (start, live_before) = (allocations(), of_live);
        for (item, block) in case.items.iter().zip(&blocks) {
            let input = match (item, block) {
                (Item::Frame { line, session, bytes }, _) => {
                    Input::Packet { line: *line, session: *session, bytes }
                }
                (Item::Reset { line, session }, _) => Input::Control(Control::Reset {
                    line: *line,
                    session: *session,
                    resume: Resume::New,
                }),
                (Item::Kill { on }, _) => Input::Control(Control::Kill { on: *on }),
                (Item::Live { .. }, block) => Input::Parameters(block.as_ref().expect("parsed")),
            };
            let before = allocations();
            engine.feed(input, &mut ());
            if block.is_some() {
                of_live += allocations() - before;
            }
        }
        engine.feed(Input::Control(Control::Stop), &mut ());
        let of_data = allocations() - start - (of_live - live_before);
        assert_eq!(of_data, 0, "{}", case.toml);

        let trading = engine.trading().expect("triggers");
        let counters = trading.counters();
        sums.sent += counters.sent;
        sums.refused += counters.refused;
        sums.cancels += counters.cancels;
        for (sum, count) in sums.reports.iter_mut().zip(counters.reports) {
            *sum += count;
        }
        epochs += trading.epoch();
        guards += u32::from(trading.triggers().guarded());
    }
    // Everything happened.
    assert!(sums.sent > 100 && sums.refused > 100 && sums.cancels > 20, "{sums:?}");
    assert!(sums.reports.iter().all(|count| *count > 20), "{sums:?}");
    assert!(epochs > 100 && guards > 5, "{epochs} {guards}");
    // Parameters of a live run come by the same way, between two messages.
    assert_eq!(of_live, 0, "allocations of live epochs");
}
