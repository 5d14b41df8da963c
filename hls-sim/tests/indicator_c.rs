//! The stage `indicator` of the kernels against the native engine: the same items in; the same
//! records, faults, index points, reports, decisions and orders out, in the same order; the same
//! tables at the end.
//!
//! `TIDEGATE_TRADING_CASES` says how many generated runs (3,000), `TIDEGATE_TRADING_SEED` from which
//! on (0).
#![cfg(feature = "kernel-c")]

#[path = "indicator/bench.rs"]
mod bench;
mod common;
#[path = "../../host/pipeline/tests/trading/feed.rs"]
mod feed;
#[path = "common/generated.rs"]
mod generated;
#[path = "indicator/named.rs"]
mod named;
#[path = "../../host/pipeline/tests/trading/oracle.rs"]
mod oracle;
#[path = "../../host/pipeline/tests/trading/rng.rs"]
mod rng;
#[path = "../../host/pipeline/tests/trading/spec.rs"]
mod spec;
#[path = "../../host/pipeline/tests/trading/wire.rs"]
mod wire;

use bench::Bench;
use common::{Entry, Feed, Log, difference, feeds, load, run};
use feed::Case;
use tidegate_pipeline::securities::SecurityId;
use tidegate_pipeline::{NativeEngine, Setup};

/// What the stage does differently, if anything.
fn differs(setup: &Setup, collected: &[SecurityId], entries: &[Entry]) -> Option<String> {
    let mut native = NativeEngine::new(setup, collected).expect("rows");
    let wanted = run(&mut native, entries);
    let mut bench = Bench::new(setup, collected);
    let found: Log = run(&mut bench, entries);
    difference((&native, &wanted), (&bench, &found))
}

/// Shows G7, H21, H22.
#[test]
fn every_golden_feed_gives_what_the_native_engine_gives() {
    for manifest in feeds() {
        let Feed { name, setup, collected, entries } = load(&manifest);
        if let Some(difference) = differs(&setup, &collected, &entries) {
            panic!("{name}: {difference}");
        }
    }
}

/// A generated run, its frames whole: how they are cut is the business of decode.
fn log_of(case: &Case) -> (Setup, Vec<Entry>) {
    generated::log_of(case, |left| left)
}

fn env(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect(name))
}

/// Leaves out entries while the two still differ.
fn shrunk(setup: &Setup, mut entries: Vec<Entry>) -> Vec<Entry> {
    let mut part = entries.len() / 2;
    while part > 0 {
        let mut at = 0;
        while at + 1 < entries.len() {
            let mut less = entries.clone();
            less.drain(at..(at + part).min(entries.len() - 1));
            if differs(setup, &[], &less).is_some() {
                entries = less;
            } else {
                at += part;
            }
        }
        part /= 2;
    }
    entries
}

#[test]
fn load_lines_may_come_one_a_step() {
    for seed in 0..200 {
        let (setup, entries) = log_of(&feed::case(seed));
        let mut native = NativeEngine::new(&setup, &[]).expect("rows");
        let wanted = run(&mut native, &entries);
        let mut bench = Bench::new(&setup, &[]);
        bench.slow_lines = true;
        let found: Log = run(&mut bench, &entries);
        let difference = difference((&native, &wanted), (&bench, &found));
        assert_eq!(difference, None, "seed {seed}");
    }
}

/// Shows G7, H15, H23, H24, H25, H29, N3, O1, O2.
#[test]
fn every_generated_run_gives_what_the_native_engine_gives() {
    let (cases, first) = (env("TIDEGATE_TRADING_CASES", 3_000), env("TIDEGATE_TRADING_SEED", 0));
    for seed in first..first + cases {
        let case = feed::case(seed);
        let (setup, entries) = log_of(&case);
        if differs(&setup, &[], &entries).is_some() {
            let entries = shrunk(&setup, entries);
            let difference = differs(&setup, &[], &entries).expect("still another");
            panic!("seed {seed}, {} entries: {difference}\n{}", entries.len(), case.toml);
        }
    }
}
