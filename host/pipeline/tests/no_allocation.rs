//! The data path does not allocate after the start.

mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use tidegate_pipeline::toe::Descriptor;
use tidegate_pipeline::{Control, Engine, Input, Line, NativeEngine, Setup};

struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

// SAFETY: every call goes to the system allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
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
fn the_data_path_does_not_allocate() {
    let mut runner = TestRunner::deterministic();
    let frames = support::frames(2_000..2_001).new_tree(&mut runner).expect("frames").current();
    let stream = frames.concat();
    let mut words = Vec::new();
    for packet in stream.chunks(1_000) {
        Descriptor::default().packet_words(1, packet, 0, &mut words);
    }
    let mut engine = NativeEngine::new(&Setup::default(), &[*b"000001  "]).expect("rows");

    let before = ALLOCATIONS.load(Ordering::Relaxed);
    for cut in [1, 7, 100, 1_460, 60_000] {
        for bytes in stream.chunks(cut) {
            engine.feed(Input::Packet { line: Line::Market, session: 2, bytes }, &mut ());
        }
    }
    engine.feed(Input::Words { line: Line::Market, bytes: &words }, &mut ());
    engine.feed(Input::Packet { line: Line::Market, session: 3, bytes: &[0xff; 300] }, &mut ());
    engine.feed(Input::Control(Control::Stop), &mut ());
    assert_eq!(ALLOCATIONS.load(Ordering::Relaxed) - before, 0);

    assert_eq!(engine.counters().messages, 12_000);
    assert!(engine.counters().faults_total() > 0);
}
