//! The whole native engine, bytes to index: the bundled market day, and seeded ticks.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tidegate_bench::{securities, ticks};
use tidegate_gateway::{Delivery, Options, Source};
use tidegate_pipeline::{Engine, Input, Line, NativeEngine, Setup};

/// The bundled day as the engine gets it: sessions and pieces of streams.
fn market_day() -> Vec<(u16, Vec<u8>)> {
    let day = Path::new(env!("CARGO_MANIFEST_DIR")).join("../golden-feeds/market-day");
    let path = day.join("market-day.pcap.gz");
    let mut source = Source::open(&path, &Options::default()).expect("the feed");
    let mut packets = Vec::new();
    while let Some(delivery) = source.next().expect("the feed") {
        if let Delivery::Bytes { stream, bytes, .. } = delivery {
            packets.push((stream.0 as u16, bytes.to_vec()));
        }
    }
    packets
}

/// The bundled day with 16 triggers, and the same without them.
fn setups() -> [(&'static str, Setup); 2] {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/triggers.toml");
    let triggers = Setup::load(&file).expect("the setup");
    let index = Setup { trading: None, ..triggers.clone() };
    [("bytes-to-index", index), ("bytes-to-orders", triggers)]
}

fn pipeline(c: &mut Criterion) {
    let mut group = c.benchmark_group("pipeline");

    let packets = market_day();
    for (name, setup) in setups() {
        let fresh = NativeEngine::new(&setup, &[]).expect("rows");
        let mut counted = fresh.clone();
        for (session, bytes) in &packets {
            counted.feed(Input::Packet { line: Line::Market, session: *session, bytes }, &mut ());
        }
        let counters = counted.counters();
        assert_eq!(counters.faults_total(), 0);
        assert!(counters.index_updates > 10_000);
        if let Some(trading) = counted.trading() {
            let sent = trading.counters().sent;
            println!("{name}: {sent} orders of {} decisions", trading.counters().decisions);
            assert!(sent > 10);
        }
        group.throughput(Throughput::ElementsAndBytes {
            elements: counters.messages,
            bytes: counters.bytes,
        });
        group.bench_function(name, |b| {
            b.iter_batched_ref(
                || fresh.clone(),
                |engine| {
                    for (session, bytes) in &packets {
                        let (line, session) = (Line::Market, *session);
                        engine.feed(Input::Packet { line, session, bytes }, &mut ());
                    }
                    black_box(engine.counters().index_updates)
                },
                criterion::BatchSize::PerIteration,
            );
        });
    }

    let messages = 1_000_000;
    let bytes = ticks(messages, 1);
    let fresh = NativeEngine::new(&Setup::default(), &securities()).expect("rows");
    group.throughput(Throughput::ElementsAndBytes {
        elements: messages as u64,
        bytes: bytes.len() as u64,
    });
    group.bench_function("ticks", |b| {
        b.iter_batched_ref(
            || fresh.clone(),
            |engine| {
                engine
                    .feed(Input::Packet { line: Line::Market, session: 0, bytes: &bytes }, &mut ());
                black_box(engine.counters().messages)
            },
            criterion::BatchSize::PerIteration,
        );
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = pipeline
}
criterion_main!(benches);
