//! The engine `sim` waits where the kernels wait: every stamp of every message and request is that
//! of `kernel-c`, and so is every figure of its FIFOs and of its ways outside the chip.
//!
//! `TIDEGATE_TRADING_CASES` says how many generated setups with triggers (1,000),
//! `TIDEGATE_TRADING_SEED` from which on (0).
#![cfg(feature = "kernel-c")]

mod common;
#[path = "../../host/pipeline/tests/trading/feed.rs"]
mod feed;
#[path = "common/generated.rs"]
mod generated;
#[path = "../../host/pipeline/tests/trading/oracle.rs"]
mod oracle;
#[path = "../../host/pipeline/tests/trading/rng.rs"]
mod rng;
#[path = "../../host/pipeline/tests/trading/spec.rs"]
mod spec;
#[path = "../../host/pipeline/tests/trading/wire.rs"]
mod wire;

use std::fmt::Debug;

use common::{Entry, STOP, depths, feeds, load};
use generated::log_of;
use rng::Rng;
use tidegate_hls_sim::stage::{BackStages, DecodeStage};
use tidegate_hls_sim::stamp::{Latency, OrderStamp, Waiting};
use tidegate_hls_sim::{KernelCEngine, Options, Shell, SimEngine};
use tidegate_pipeline::securities::SecurityId;
use tidegate_pipeline::{Engine, Line, Setup};

/// The first thing that differs in two lists, with the two before it.
fn first<T: PartialEq + Debug>(what: &str, a: &[T], b: &[T]) -> Option<String> {
    let at = (0..a.len().max(b.len())).find(|&at| a.get(at) != b.get(at))?;
    let show = |list: &[T]| format!("{:?}", list.get(at.saturating_sub(2)..=at));
    Some(format!("{what} {at}:\n{}\n{}", show(a), show(b)))
}

/// What differs between two cards that took the same log.
fn difference<D, B, E, C>(sim: &Shell<D, B>, kernels: &Shell<E, C>) -> Option<String>
where
    D: DecodeStage,
    B: BackStages,
    E: DecodeStage,
    C: BackStages,
{
    let (a, b) = (sim.stamps(), kernels.stamps());
    let latency = |orders: &[OrderStamp]| Latency::of(orders, sim.options());
    let same = |what: &str, a: String, b: String| (a != b).then(|| format!("{what}:\n{a}\n{b}"));
    first("message", a.messages(), b.messages())
        .or_else(|| first("request", a.orders(), b.orders()))
        .or_else(|| {
            let [a, b] = [latency(a.orders()), latency(b.orders())];
            same("latency", format!("{a:?}"), format!("{b:?}"))
        })
        .or_else(|| {
            let [a, b] = [sim.cycles(), kernels.cycles()];
            same("cycles", format!("{a:?}"), format!("{b:?}"))
        })
        .or_else(|| {
            let [a, b] = [sim.memory(), kernels.memory()];
            same("memory", format!("{a:?}"), format!("{b:?}"))
        })
}

/// Feeds a log to both engines. The waiting of the requests, and how many there were.
fn both(
    (setup, collected): (&Setup, &[SecurityId]),
    entries: &[Entry],
    options: &Options,
) -> Result<(Waiting, u64), String> {
    let options = || Options { stamps: true, ..options.clone() };
    let mut sim = SimEngine::with(setup, collected, options()).expect("a card");
    let mut kernels = KernelCEngine::with(setup, collected, options()).expect("a card");
    for entry in entries {
        sim.try_feed(entry.input(), &mut ()).map_err(|error| error.to_string())?;
        kernels.try_feed(entry.input(), &mut ()).map_err(|error| error.to_string())?;
    }
    assert!(sim.failure().is_none() && kernels.failure().is_none());
    match difference(sim.card(), kernels.card()) {
        Some(difference) => Err(difference),
        None => {
            let latency = Latency::of(sim.card().orders(), sim.card().options());
            Ok(latency.map_or_else(Default::default, |l| (l.waiting_cycles, l.requests)))
        }
    }
}

/// Shows H11, H35.
#[test]
fn every_golden_feed_waits_as_in_the_kernels() {
    let (mut differing, mut traded) = (Vec::new(), 0);
    for manifest in feeds() {
        let feed = load(&manifest);
        let about = (&feed.setup, &feed.collected[..]);
        for publishes in [false, true] {
            let options = Options { publishes, mirrors: publishes, ..Options::default() };
            match both(about, &feed.entries, &options) {
                Err(what) => differing.push(format!("{}: {what}", feed.name)),
                Ok((_, requests)) => traded += usize::from(requests > 0),
            }
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
    assert!(traded > 10, "{traded} runs with requests");
}

/// A build of the card whose stages meet full FIFOs, or not.
fn build(rng: &mut Rng) -> Options {
    let mut options = Options {
        ii: rng.pick(&[1, 1, 1, 2, 3]),
        store_and_forward: rng.chance(20),
        publishes: rng.chance(30),
        mirrors: rng.chance(30),
        host_pipe: rng.chance(50),
        ..Options::default()
    };
    if rng.chance(50) {
        for depth in depths(&mut options.card.fifo_depths) {
            *depth = rng.pick(&[1, 2, 3, 4, 16]);
        }
    }
    options
}

fn env(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect(name))
}

/// Shows H27, H33.
#[test]
fn every_generated_run_waits_as_in_the_kernels() {
    let (cases, from) = (env("TIDEGATE_TRADING_CASES", 1_000), env("TIDEGATE_TRADING_SEED", 0));
    let (mut sum, mut all) = (Waiting::default(), 0);
    for seed in from..from + cases {
        let case = feed::case(seed);
        let mut rng = Rng(case.cuts ^ 0x77);
        // Every second one as the card is usually built.
        let options = if seed % 2 == 0 { Options::default() } else { build(&mut rng) };
        let (setup, entries) = log_of(&case, |left| {
            let longest = rng.pick(&[9, 400, 2_000, 2_000]);
            (1 + rng.below(longest)).min(left)
        });
        match both((&setup, &[]), &entries, &options) {
            Err(what) => panic!("seed {seed}: {what}\n{options:?}\n{}", case.toml),
            Ok((waiting, requests)) => {
                all += requests;
                sum.indicator += waiting.indicator;
                sum.decisions += waiting.decisions;
                sum.send += waiting.send;
                sum.toe += waiting.toe;
            }
        }
    }
    // Each cause is met.
    assert!(all > cases / 2, "{all} requests");
    let causes = [sum.indicator, sum.decisions, sum.send, sum.toe];
    assert!(cases < 1_000 || causes.iter().all(|cycles| *cycles > 0), "{sum:?}");
}

/// A snapshot of any levels and queues, such as no exchange sends too.
fn snapshot(rng: &mut Rng, security: &str, time: i64) -> Vec<u8> {
    let (mut entries, mut count) = (wire::Body::default(), 0);
    for _ in 0..rng.pick(&[0, 1, 3, 8, 20]) {
        let level = rng.pick(&[0, 1, 1, 2, 3, 5, 9, 10, 11]);
        let (price, quantity) = rng.pick(&[(10_000_000, 100), (0, 0), (10_010_000, 0)]);
        let queue = rng.pick(&[0, 0, 0, 1, 2, 3, 7, 50, 60]);
        let kind = rng.pick(&["0", "1", "2", "xe"]);
        let entry = entries.clone().text(kind, 2).i64(price).i64(quantity).u16(level);
        let entry = (0..queue).fold(entry.i64(quantity).u32(queue as u32), wire::Body::i64);
        // As much as the hold has room for.
        if entry.0.len() > 1_900 {
            break;
        }
        (entries, count) = (entry, count + 1);
    }
    let head = wire::Body::default().i64(time).u16(1_011).text("010", 3).text(security, 8);
    let head = head.text("102", 4).text("T0", 8).i64(100_000).i64(7).i64(10_000).i64(1_503_000);
    head.u32(count).raw(&entries.0).frame(300_111)
}

#[test]
fn what_a_snapshot_leaves_takes_its_steps() {
    let setup = Setup::default();
    let names = [*b"000001  ", *b"000002  "];
    for seed in 0..40 {
        let mut rng = Rng(seed);
        let entries = (0..100).map(|at| {
            // Some are older than the one before, and move nothing.
            let time = wire::stamp(20_240_102, 34_200_000 + at + rng.range(-2, 2));
            let security = rng.pick(&["000001", "000001", "000002", "000003"]);
            Entry::Packet(Line::Market, 0, snapshot(&mut rng, security, time))
        });
        let entries: Vec<Entry> = entries.chain([STOP]).collect();
        if let Err(what) = both((&setup, &names), &entries, &Options::default()) {
            panic!("seed {seed}: {what}");
        }
    }
}
