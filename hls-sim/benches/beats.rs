//! Beats a second of the simulator on one core: the bundled market day with its index and triggers,
//! and the same with publishing. The target is 20 million.

use std::hint::black_box;
use std::path::Path;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use tidegate_gateway::{Delivery, Options as SourceOptions, Source};
use tidegate_hls_sim::{Options, SimEngine};
use tidegate_pipeline::{Engine, Input, Line, Setup};

/// The bundled day as the engine gets it: sessions and pieces of streams.
fn market_day() -> Vec<(u16, Vec<u8>)> {
    let day = Path::new(env!("CARGO_MANIFEST_DIR")).join("../golden-feeds/market-day");
    let path = day.join("market-day.pcap.gz");
    let mut source = Source::open(&path, &SourceOptions::default()).expect("the feed");
    let mut packets = Vec::new();
    while let Some(delivery) = source.next().expect("the feed") {
        if let Delivery::Bytes { stream, bytes, .. } = delivery {
            packets.push((stream.0 as u16, bytes.to_vec()));
        }
    }
    packets
}

/// Nanoseconds that this thread ran, where the system says it. On a machine that is shared, wall
/// time measures the others too.
fn cpu_ns() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok()
}

fn beats(c: &mut Criterion) {
    let mut group = c.benchmark_group("beats");
    let packets = market_day();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../golden-feeds/market-day/setup.toml");
    let setup = Setup::load(&file).expect("the setup");
    for (name, publishes) in [("bytes-to-orders", false), ("published-too", true)] {
        let fresh = || {
            let options = Options { publishes, ..Options::default() };
            SimEngine::with(&setup, &[], options).expect("a card")
        };
        let feed = |engine: &mut SimEngine| {
            for (session, bytes) in &packets {
                let (line, session) = (Line::Market, *session);
                let input = Input::Packet { line, session, bytes };
                engine.try_feed(input, &mut ()).expect("the card goes on");
            }
        };
        let mut counted = fresh();
        feed(&mut counted);
        let cycles = counted.card().cycles();
        println!("{name}: {} beats in {} cycles", cycles.beats, cycles.total);
        let best = (0..12).filter_map(|_| {
            let mut engine = fresh();
            let start = cpu_ns()?;
            feed(&mut engine);
            Some(cpu_ns()? - start)
        });
        if let Some(ns) = best.min() {
            let rate = cycles.beats * 1_000 / ns.max(1);
            println!("{name}: {rate} M beats/s of CPU time, the best of 12");
        }
        group.throughput(Throughput::Elements(cycles.beats));
        group.bench_function(name, |b| {
            b.iter_batched_ref(
                fresh,
                |engine| {
                    feed(engine);
                    black_box(engine.counters().index_updates)
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = beats
}
criterion_main!(benches);
