//! Made-up results. No machine has run them: their machine id begins with `fixture-`.
#![allow(dead_code)] // Each test file uses a part.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::{Serializer, V2DeflateSerializer};
use tidegate_bench::Random;
use tidegate_bench::capacity::headroom;
use tidegate_bench::native::HIGHEST_KEPT;
use tidegate_bench::result::*;

pub fn fixture(started: &str, commit: &str, slower: f64) -> Results {
    Results { rows: rows(slower), ..without_rows(started, commit) }
}

pub fn without_rows(started: &str, commit: &str) -> Results {
    let facts = [
        ("build", "release"),
        ("clock source", "tsc"),
        ("governor", "performance"),
        ("rustc", "rustc 0.0.0, fictitious"),
        ("simd", "avx512"),
    ];
    let facts: BTreeMap<String, String> =
        facts.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Results {
        schema: SCHEMA,
        started: started.to_owned(),
        commit: commit.to_owned(),
        dirty: false,
        bench: Some(Checkout { commit: commit.to_owned(), dirty: false }),
        incomplete: false,
        arguments: vec!["run".to_owned(), "--type".to_owned(), "all".to_owned()],
        quick: false,
        took_s: 612.4,
        machine: Machine {
            id: "fixture-imaginary-9000-8c-64g".to_owned(),
            cpu: "Imaginary 9000 (fixture, no such processor)".to_owned(),
            cores: 8,
            memory_mib: 65_536,
            os: "Linux 0.0.0-fixture".to_owned(),
            is_virtual: true,
            facts,
            moment: BTreeMap::from([("load_before".to_owned(), "0.08 0.05 0.01".to_owned())]),
        },
        rows: Vec::new(),
        left_out: vec![LeftOut {
            what: "opencl:intel-emu".to_owned(),
            why: "its runtime is not installed".to_owned(),
        }],
        capacity: vec![Capacity {
            definition: "market-day".to_owned(),
            engine: "native".to_owned(),
            label: Label::Measured,
            source: Some("made up".to_owned()),
            messages: headroom(Some(18e6), Some(5e6), 3.0),
            bytes: headroom(Some(1.242e9), None, 2.0),
        }],
        clocks: vec![stamp("tsc")],
        clock_checks: vec![ClockCheck {
            first: "tsc".to_owned(),
            second: "CLOCK_MONOTONIC_RAW".to_owned(),
            n: 24,
            rate_ppm: 0.5,
            skew_ns: 310.0,
            tolerance_ns: 20_000,
            agrees: true,
        }],
    }
}

fn rows(slower: f64) -> Vec<Row> {
    let mut rows = Vec::new();
    // End to end.
    for (engine, label, base, tail, due) in [
        ("native", Label::Measured, 34.0, 900.0, Due::Service),
        ("native", Label::Measured, 41.0, 5_200.0, Due::Schedule),
        ("reference-c", Label::Measured, 118.0, 21_000.0, Due::Schedule),
        ("opencl:pocl", Label::Emulated, 41_000.0, 260_000.0, Due::Schedule),
        ("sim", Label::Modelled, 212.0, 120.0, Due::Schedule),
    ] {
        let mut row = row(engine, label, RunType::Baseline, "end-to-end");
        row.latency = Some(latency(base * slower, tail * slower, due, base as u64));
        row.throughput = Some(speed(base * slower, Some(1e6)));
        if label == Label::Modelled {
            row.assumptions = vec![
                "236 MHz, the Fmax of a manifest that a budget made; no compiler said it"
                    .to_owned(),
                "cycles from the first beat in to the first beat of the order out".to_owned(),
            ];
            row.beats = Some(5_000_000);
            row.observation = None;
            row.path = "beat to beat in the model".to_owned();
        }
        rows.push(row);
    }
    let mut wrong = row("kernel-c", Label::Modelled, RunType::Baseline, "end-to-end");
    wrong.assumptions = vec!["236 MHz".to_owned()];
    wrong.latency = Some(latency(215.0, 100.0, Due::Schedule, 3));
    wrong.throughput = Some(speed(99.0, None));
    wrong.digest = Some(Check { wanted: "aa".repeat(32), found: "bb".repeat(32) });
    rows.push(wrong);
    let mut card = row("opencl:arria10", Label::NotMeasured, RunType::Baseline, "end-to-end");
    card.digest = None;
    card.observation = None;
    card.path = "TOE to TOE in the card".to_owned();
    card.note = "no card has run it".to_owned();
    rows.push(card);
    // Stages in batches.
    for (stage, ns) in [
        ("toe", 0.9),
        ("frame", 2.1),
        ("decode", 3.6),
        ("quote", 6.4),
        ("index", 4.2),
        ("trigger", 5.8),
        ("order", 1.3),
    ] {
        let mut row = row("native", Label::Measured, RunType::Batch, stage);
        row.throughput = Some(speed(ns * slower, None));
        rows.push(row);
        let mut row = self::row("sim", Label::Modelled, RunType::Batch, stage);
        row.throughput = Some(Throughput { passes: 1, ..exact(ns * 4.0) });
        row.assumptions = vec!["236 MHz".to_owned()];
        row.observation = None;
        rows.push(row);
    }
    let mut whole = row("native", Label::Measured, RunType::Batch, "end-to-end");
    whole.throughput = Some(speed(22.4 * slower, None));
    rows.push(whole);
    // Peers and bounds.
    for (engine, ns, note) in [
        ("native", 4.4, "300192 and 300191, all fields, checksum verified"),
        ("peer:itch5", 6.7, "ITCH 5.0 A and P, all fields; the protocol has no checksum"),
        ("peer:itchy", 9.9, "ITCH 5.0 A and P, all fields; the protocol has no checksum"),
        ("peer:dbn", 12.5, "DBN MBO records, header and length only; no checksum"),
        ("bound:memcpy", 3.9, "copies the same bytes; reads nothing"),
        ("bound:checksum", 2.2, "sums the same bytes; decodes nothing"),
    ] {
        let mut row = row(engine, Label::Measured, RunType::Batch, "decode");
        row.definition = "decode-256m".to_owned();
        row.mix = "ticks".to_owned();
        row.throughput = Some(speed(ns * slower, None));
        row.note = note.to_owned();
        row.path = "memory to memory, one core, 256 MiB".to_owned();
        if engine.contains(':') {
            row.digest = None;
            row.observation = None;
        }
        rows.push(row);
    }
    rows.extend([true, false].map(|pinned| room_by_room(slower, pinned)));
    // Peak.
    for (engine, limit) in [("native", 19e6), ("reference-c", 7.4e6)] {
        for step in 1..=8u32 {
            let offered = f64::from(step) * 3e6;
            if offered > limit * 1.6 {
                break;
            }
            let full = (offered / limit).min(0.98);
            let mut row = row(engine, Label::Measured, RunType::Peak, "end-to-end");
            let achieved = offered.min(limit);
            let late = if offered > limit { 4e6 } else { 120.0 / (1.0 - full) };
            row.throughput = Some(Throughput {
                messages_per_s: achieved,
                ..speed(1e9 / achieved, Some(offered))
            });
            row.latency = Some(latency(60.0, late, Due::Schedule, step.into()));
            if offered <= limit && offered + 3e6 > limit {
                row.note = HIGHEST_KEPT.to_owned();
            }
            rows.push(row);
        }
    }
    rows
}

pub fn row(engine: &str, label: Label, run_type: RunType, stage: &str) -> Row {
    Row {
        definition: "market-day".to_owned(),
        engine: engine.to_owned(),
        label,
        run_type,
        mix: "all".to_owned(),
        stage: stage.to_owned(),
        tables: Tables::Loaded,
        from: "the message's first byte is read".to_owned(),
        to: "the order's bytes are written".to_owned(),
        path: "memory to memory, one core".to_owned(),
        messages: 1_000_000,
        bytes: 69_000_000,
        beats: None,
        accepted: 999_998,
        rejected: 2,
        throughput: None,
        latency: None,
        usage: Some(Usage {
            user_s: 4.2,
            system_s: 0.03,
            max_resident_kib: 312_400,
            voluntary_switches: 3,
            involuntary_switches: 41,
            minor_faults: 2_210,
            major_faults: 0,
        }),
        segments: Vec::new(),
        pinned: None,
        speed_up: None,
        digest: Some(Check { wanted: "aa".repeat(32), found: "aa".repeat(32) }),
        observation: Some(observed(33.1, 33.7)),
        assumptions: Vec::new(),
        note: String::new(),
    }
}

/// Few digits: they come back from JSON as they were.
fn round(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}

pub fn stamp(source: &str) -> StampSource {
    StampSource { source: source.to_owned(), resolution_ns: 1.0, read_ns: 17.0 }
}

/// A row whose stamps stand between rooms.
pub fn room_by_room(slower: f64, pinned: bool) -> Row {
    let mut whole = row("native", Label::Measured, RunType::Baseline, "room by room");
    whole.pinned = Some(pinned);
    let tail = if pinned { 40.0 } else { 900.0 };
    let rooms = [("receive", 9.0), ("frame", 14.0), ("decode", 15.0), ("quote", 22.0)];
    let rest = [("index", 13.0), ("trigger", 17.0), ("order", 64.0)];
    for (at, (room, ns)) in rooms.into_iter().chain(rest).enumerate() {
        let latency = latency(ns * slower, tail * slower, Due::Service, 40 + at as u64);
        let share = if room == "order" { 0.001 } else { 1.0 };
        let mean_of_all_ns = round(latency.mean_ns * share);
        whole.segments.push(Segment { room: room.to_owned(), mean_of_all_ns, latency });
    }
    let sum = whole.segments.iter().map(|segment| segment.mean_of_all_ns).sum::<f64>();
    let mut all = latency(90.0 * slower, tail * slower, Due::Service, 50);
    all.mean_ns = round(sum);
    whole.latency = Some(all);
    whole.throughput = Some(speed(180.0 * slower, Some(5.5e6)));
    whole.observation = Some(Observation { probes: Probes::Full, ..observed(80.0, 160.0) });
    whole
}

pub fn observed(off_ns: f64, on_ns: f64) -> Observation {
    Observation {
        off_ns,
        on_ns,
        probes: Probes::Lean,
        p99: Some(OffOn { off_ns: off_ns * 2.0, on_ns: on_ns * 2.5 }),
        cpu: Some(OffOn { off_ns, on_ns }),
        quartiles_ns: None,
    }
}

pub fn speed(ns: f64, offered_per_s: Option<f64>) -> Throughput {
    Throughput {
        passes: 9,
        best_ns: round(ns * 0.97),
        worst_ns: round(ns * 1.06),
        quartiles_ns: Some([round(ns * 0.99), round(ns * 1.02)]),
        offered_per_s,
        ..exact(ns)
    }
}

pub fn exact(ns: f64) -> Throughput {
    let ns = round(ns);
    Throughput {
        passes: 9,
        best_ns: ns,
        median_ns: ns,
        worst_ns: ns,
        quartiles_ns: Some([ns, ns]),
        messages_per_s: round(1e9 / ns),
        gb_per_s: round(69.0 / ns),
        beats_per_s: None,
        offered_per_s: None,
    }
}

pub fn histogram(base: f64, tail: f64, seed: u64) -> Histogram<u64> {
    let mut histogram = Histogram::new_with_bounds(1, 1 << 40, 3).expect("bounds");
    let mut random = Random(seed);
    for _ in 0..200_000 {
        let share = (random.below(1 << 53) as f64 + 1.0) / (1u64 << 53) as f64;
        let ns = base * (0.9 + 0.2 * share) + tail * (share.recip().log10() / 5.0).powi(4);
        histogram.record(ns as u64).expect("in bounds");
    }
    histogram
}

/// So many percent below and above.
pub fn around(ns: u64, percent: u64) -> [u64; 2] {
    [ns * (100 - percent) / 100, ns * (100 + percent) / 100]
}

pub fn latency(base: f64, tail: f64, due: Due, seed: u64) -> Latency {
    let histogram = histogram(base, tail, seed);
    let at = |quantile: f64| histogram.value_at_quantile(quantile);
    let mut bytes = Vec::new();
    V2DeflateSerializer::new().serialize(&histogram, &mut bytes).expect("serialized");
    Latency {
        n: histogram.len(),
        min_ns: histogram.min(),
        mean_ns: round(histogram.mean()),
        p50_ns: at(0.5),
        p90_ns: at(0.9),
        p99_ns: at(0.99),
        p99_9_ns: at(0.999),
        p99_99_ns: at(0.9999),
        max_ns: histogram.max(),
        std_dev_ns: round(histogram.stdev()),
        jitter: round(at(0.999) as f64 / at(0.5) as f64),
        due,
        clock_ns: 17.0,
        source: Some(stamp("CLOCK_MONOTONIC")),
        passes: Some(Passes {
            n: 9,
            p50_ns: around(at(0.5), 1),
            p99_ns: around(at(0.99), 3),
            p99_9_ns: around(at(0.999), 8),
        }),
        histogram: STANDARD.encode(bytes),
    }
}
