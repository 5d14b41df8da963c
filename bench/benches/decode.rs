//! Decode of seeded 300192 and 300191 in random order, 45 % trades, with checksum and all fields
//! into typed records; beside it what bounds it, and the peers, in the same run.
//!
//! `cache` is 4 MB, which the last-level cache holds; `l1` 32 KiB; `memory` 256 MiB.

use std::hint::black_box;
use std::ops::ControlFlow;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tidegate_bench::{itch, ticks};
use tidegate_pipeline::ticks::{Start, portable, run};
use tidegate_protocol::frame::checksum;

const START: Start = Start { msg: 0, offset: 0, session: 0 };

fn decode(c: &mut Criterion) {
    let mut group = c.benchmark_group("decode");
    for (name, messages) in [("l1", 460), ("cache", 57_000), ("memory", 3_848_000)] {
        let bytes = ticks(messages, 1);
        let size = bytes.len() as u64;
        group.throughput(Throughput::ElementsAndBytes { elements: messages as u64, bytes: size });
        group.bench_with_input(BenchmarkId::new("run", name), &bytes, |b, bytes| {
            b.iter(|| {
                let taken = run(bytes, START, |tick| _ = black_box(tick));
                // The last message may be left to the framer.
                assert!(taken.messages + 1 >= messages as u64);
            });
        });
        group.bench_with_input(BenchmarkId::new("portable", name), &bytes, |b, bytes| {
            b.iter(|| portable(bytes, START, |tick| _ = black_box(tick)));
        });
        // Bounds: every byte summed once, every byte copied once.
        group.bench_with_input(BenchmarkId::new("sum-only", name), &bytes, |b, bytes| {
            b.iter(|| checksum(black_box(bytes)));
        });
        let mut copy = vec![0u8; bytes.len()];
        group.bench_with_input(BenchmarkId::new("memcpy", name), &bytes, |b, bytes| {
            b.iter(|| black_box(&mut copy).copy_from_slice(black_box(bytes)));
        });
    }
    group.finish();
}

/// Touches every field of the two messages.
#[derive(Default)]
struct Touch {
    sum: u64,
    messages: u64,
}

impl itch5::MessageHandler for Touch {
    fn on_add_order_no_mpid_attribution(
        &mut self,
        m: &itch5::messages::AddOrderNoMPIDAttribution,
    ) -> ControlFlow<()> {
        self.messages += 1;
        self.sum ^= u64::from(m.stock_locate())
            ^ u64::from(m.tracking_number())
            ^ m.timestamp().to_u64()
            ^ m.order_reference_number()
            ^ u64::from(m.shares())
            ^ m.stock().to_u64()
            ^ u64::from(m.price().into_u32())
            ^ u64::from(matches!(m.buy_sell_indicator(), itch5::messages::BuySellIndicator::Buy));
        ControlFlow::Continue(())
    }

    fn on_trade(&mut self, m: &itch5::messages::Trade) -> ControlFlow<()> {
        self.messages += 1;
        self.sum ^= u64::from(m.stock_locate())
            ^ u64::from(m.tracking_number())
            ^ m.timestamp().to_u64()
            ^ m.order_reference_number()
            ^ u64::from(m.shares())
            ^ m.stock().to_u64()
            ^ u64::from(m.price().into_u32())
            ^ m.match_number()
            ^ u64::from(matches!(m.buy_sell_indicator(), itch5::messages::BuySellIndicator::Buy));
        ControlFlow::Continue(())
    }
}

/// The same number of messages for each; ITCH has no checksum.
fn peers(c: &mut Criterion) {
    const MESSAGES: usize = 1_000_000;
    let mut group = c.benchmark_group("peers");
    let szse = ticks(MESSAGES, 1);
    let nasdaq = itch(MESSAGES, 1);
    let throughput = |bytes: &[u8]| Throughput::ElementsAndBytes {
        elements: MESSAGES as u64,
        bytes: bytes.len() as u64,
    };
    group.throughput(throughput(&szse));
    group.bench_function("tidegate", |b| {
        b.iter(|| run(&szse, START, |tick| _ = black_box(tick)));
    });
    group.throughput(throughput(&nasdaq));
    group.bench_function("itch5", |b| {
        b.iter(|| {
            let mut touch = Touch::default();
            itch5::Parser::new(&nasdaq).parse_stream(&mut touch).expect("ITCH");
            assert_eq!(touch.messages, MESSAGES as u64);
            black_box(touch.sum)
        });
    });
    group.bench_function("itchy", |b| {
        b.iter(|| {
            let mut messages = 0;
            for message in itchy::MessageStream::from_reader(&nasdaq[..]) {
                black_box(message.expect("ITCH"));
                messages += 1;
            }
            assert_eq!(messages, MESSAGES);
        });
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(30);
    targets = decode, peers
}
criterion_main!(benches);
