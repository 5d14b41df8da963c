//! Decode of seeded 300192 and 300191 in random order, 45 % trades, with checksum and all fields
//! into typed records. Its bounds and peers: `tidegate_bench::bounds` and `peers`.
//!
//! `cache` is 4 MB, which the last-level cache holds; `l1` 32 KiB; `memory` 256 MiB.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tidegate_bench::ticks;
use tidegate_pipeline::ticks::{Start, portable, run};

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
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(30);
    targets = decode
}
criterion_main!(benches);
