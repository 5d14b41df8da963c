//! Every golden feed through the simulator and the native engine: the same outputs in the same
//! order, the same tables, the same counters.

mod common;

use common::{difference, feeds, load, run};
use tidegate_hls_sim::{CardError, SimEngine};
use tidegate_pipeline::securities::SecurityId;
use tidegate_pipeline::{Engine, NativeEngine, Setup};

/// The feeds that differ between the native engine and another one.
fn differing<E: Engine>(
    new: impl Fn(&Setup, &[SecurityId]) -> Result<E, CardError>,
) -> Vec<String> {
    let feeds = feeds();
    assert!(feeds.len() > 40, "{} feeds", feeds.len());
    let mut differing = Vec::new();
    for feed in &feeds {
        let feed = load(feed);
        let mut native = NativeEngine::new(&feed.setup, &feed.collected).expect("rows");
        let mut card = new(&feed.setup, &feed.collected).expect("a card");
        let (a, b) = (run(&mut native, &feed.entries), run(&mut card, &feed.entries));
        if let Some(what) = difference((&native, &a), (&card, &b)) {
            differing.push(format!("{}: {what}", feed.name));
        }
    }
    differing
}

/// Shows G7.
#[test]
fn every_feed_gives_what_native_gives() {
    let differing = differing(SimEngine::new);
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

/// Shows G7, G34.
#[cfg(feature = "kernel-c")]
#[test]
fn every_feed_through_the_kernels_gives_what_native_gives() {
    let differing = differing(tidegate_hls_sim::KernelCEngine::new);
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}
