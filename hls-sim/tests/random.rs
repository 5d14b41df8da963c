//! Random inputs through the simulator and the native engine: any cut, any interleaving of sessions
//! and lines, resets, garbage, every descriptor and policy, every build of the card.
//!
//! `TIDEGATE_TRADING_CASES` says how many generated setups with triggers (1,000),
//! `TIDEGATE_TRADING_SEED` from which on (0). `TIDEGATE_FEWER_CASES` divides every number of cases, where
//! another run has them all.

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
#[path = "../../host/pipeline/tests/support/mod.rs"]
mod support;
#[path = "../../host/pipeline/tests/trading/wire.rs"]
mod wire;

use common::{Entry, STOP, depths, difference, run};
use generated::log_of;
use proptest::prelude::*;
use proptest::test_runner::TestRng;
use rng::Rng;
use support::{framed, random_frame};
use tidegate_hls_sim::{Options, SimEngine};
use tidegate_pipeline::frame::ChecksumPolicy;
use tidegate_pipeline::toe::{Descriptor, Layout, WordOrder};
use tidegate_pipeline::{Control, Line, NativeEngine, Resume, Setup};
use tidegate_protocol::msg_type;

/// A frame of any kind: right ones, long ones, and such as break a rule.
fn frame(rng: &mut TestRng) -> Vec<u8> {
    let mut frame = match rng.random_range(0..40) {
        // A snapshot with more entries than the hold has room for, or just as many.
        0 => {
            let (entries, queue) = (rng.random_range(1..70u32), rng.random_range(0..3u32) * 25);
            let mut body = vec![b'1'; 69];
            body[65..].copy_from_slice(&entries.to_be_bytes());
            for _ in 0..entries {
                body.extend_from_slice(b"0 ");
                body.extend((0..26).map(|_| rng.random::<u8>() & 0x7f));
                body.extend_from_slice(&queue.to_be_bytes());
                body.extend((0..queue * 8).map(|_| rng.random::<u8>()));
            }
            body.truncate(8_192);
            framed(msg_type::AUCTION_SNAPSHOT, &body)
        }
        1 => framed(777_777, &vec![7; rng.random_range(0..=8_192)]),
        2 => framed(msg_type::ANNOUNCEMENT, &vec![8; rng.random_range(0..20_000)]),
        // Many entries, behind what is held: their count must be followed all the same.
        3 => {
            let streams = rng.random_range(0..500u32);
            let mut body = vec![0; 14];
            body[10..].copy_from_slice(&streams.to_be_bytes());
            body.resize(14 + streams as usize * 15 + rng.random_range(0..3) - 1, 0);
            framed(msg_type::CHANNEL_STATISTICS, &body)
        }
        // Nothing but a header and a trailer.
        4 => framed(rng.random_range(0..4), &[]),
        _ => random_frame(rng),
    };
    match rng.random_range(0..60) {
        0 => {
            let at = rng.random_range(0..frame.len());
            frame[at] ^= 1 << rng.random_range(0..8);
        }
        1 => {
            let last = frame.len() - 1;
            frame[last - rng.random_range(0..4)] ^= 0x10;
        }
        // A count that cannot be.
        2 if frame.len() > 90 => frame[73..77].copy_from_slice(&rng.random::<u32>().to_be_bytes()),
        _ => {}
    }
    frame
}

fn resume(rng: &mut TestRng) -> Resume {
    let at = rng.random_range(0..4_000);
    [Resume::New, Resume::At(at), Resume::Lost(at)][rng.random_range(0..3)]
}

fn descriptor(rng: &mut TestRng) -> Descriptor {
    Descriptor {
        layout: if rng.random() { Layout::Text } else { Layout::Sample },
        words: if rng.random() { WordOrder::Printed } else { WordOrder::Channel },
        strict_filler: rng.random(),
        prefix_bytes: if rng.random() { 0 } else { rng.random_range(0..40) },
    }
}

/// A log: each line as packets, or as words.
fn entries(toe: Descriptor, rng: &mut TestRng) -> Vec<Entry> {
    let sessions: u16 = [1, 2, 5, 128][rng.random_range(0..4)];
    let as_words = [rng.random::<bool>(), rng.random::<bool>()];
    let mut streams: Vec<(Line, u16, Vec<u8>)> = Vec::new();
    for _ in 0..rng.random_range(1..80) {
        let line = if rng.random_range(0..4) == 0 { Line::Orders } else { Line::Market };
        let session = rng.random_range(0..sessions);
        let bytes = frame(rng);
        match streams.iter_mut().find(|(l, s, _)| (*l, *s) == (line, session)) {
            Some((.., stream)) => stream.extend(bytes),
            None => streams.push((line, session, bytes)),
        }
    }
    let longest = [1, 16, 100, 1_500, 40_000][rng.random_range(0..5)];
    let mut out = Vec::new();
    while !streams.is_empty() {
        let at = rng.random_range(0..streams.len());
        let (line, session, stream) = &mut streams[at];
        let (line, session) = (*line, *session);
        let cut = rng.random_range(1..=longest).min(stream.len());
        let mut packet = vec![0xee; toe.prefix_bytes.into()];
        packet.extend(stream.drain(..cut));
        if stream.is_empty() {
            streams.swap_remove(at);
        }
        match rng.random_range(0..100) {
            0 => out.push(Entry::Control(Control::Reset { line, session, resume: resume(rng) })),
            1 => out.push(Entry::Packet(line, 128 + session, packet.clone())),
            2 => packet.truncate(rng.random_range(0..=packet.len())),
            3 => {
                let session = 128;
                out.push(Entry::Control(Control::Reset { line, session, resume: resume(rng) }));
            }
            4 => out.push(Entry::Control(Control::Kill { on: rng.random() })),
            5 if rng.random_range(0..4) == 0 => out.push(STOP),
            _ => {}
        }
        if !as_words[line as usize] {
            out.push(Entry::Packet(line, session, packet));
            continue;
        }
        let mut words = Vec::new();
        for part in packet.chunks(16_384) {
            toe.packet_words(session as u8, part, rng.random(), &mut words);
        }
        match rng.random_range(0..150) {
            // Garbage, a header's fault, a word that is not whole.
            0 => words.extend((0..16 * rng.random_range(1..5)).map(|_| rng.random::<u8>())),
            1 if !words.is_empty() => words[rng.random_range(0..16)] ^= 1 << rng.random_range(0..8),
            2 => drop(words.pop()),
            _ => {}
        }
        let at_once = 16 * rng.random_range(1..40);
        out.extend(words.chunks(at_once).map(|words| Entry::Words(line, words.to_vec())));
    }
    out.push(STOP);
    out
}

/// Any build of the card.
fn options(rng: &mut TestRng) -> Options {
    let mut options = Options {
        width: [16, 16, 16, 8, 1][rng.random_range(0..5)],
        ii: [1, 1, 1, 2, 3][rng.random_range(0..5)],
        store_and_forward: rng.random_range(0..5) == 0,
        publishes: rng.random_range(0..3) == 0,
        mirrors: rng.random_range(0..3) == 0,
        host_pipe: rng.random(),
        ..Options::default()
    };
    if rng.random() {
        for depth in depths(&mut options.card.fifo_depths) {
            *depth = rng.random_range(1..5);
        }
    }
    options
}

fn securities() -> Vec<[u8; 8]> {
    vec![*b"000001  ", *b"399001  "]
}

/// Shows G7, G13.
#[test]
fn any_log_gives_what_native_gives() {
    // On every core: under sanitizers these take minutes.
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u32);
    let cases = (2_000 / fewer() as u32).div_ceil(cores);
    std::thread::scope(|scope| {
        (0..cores).for_each(|_| drop(scope.spawn(move || any_logs(cases))));
    });
}

fn any_logs(cases: u32) {
    proptest!(ProptestConfig { cases, ..ProptestConfig::default() }, |(
        (toe, policy, entries, options) in Just(()).prop_perturb(|(), mut rng| {
            let toe = descriptor(&mut rng);
            let policies = [ChecksumPolicy::Drop, ChecksumPolicy::Flag, ChecksumPolicy::Disconnect];
            let policy = policies[rng.random_range(0..3)];
            let entries = entries(toe, &mut rng);
            (toe, policy, entries, options(&mut rng))
        }),
    )| {
        let setup = Setup { toe, checksum: policy, ..Setup::default() };
        let mut native = NativeEngine::new(&setup, &securities()).expect("rows");
        #[cfg(feature = "kernel-c")]
        let of_kernels = options.clone();
        let mut sim = SimEngine::with(&setup, &securities(), options).expect("a card");
        let (a, b) = (run(&mut native, &entries), run(&mut sim, &entries));
        let differs = difference((&native, &a), (&sim, &b));
        prop_assert!(differs.is_none(), "{}", differs.unwrap_or_default());
        #[cfg(feature = "kernel-c")]
        {
            let mut card = tidegate_hls_sim::KernelCEngine::with(&setup, &securities(), of_kernels)
                .expect("a card");
            let b = run(&mut card, &entries);
            let differs = difference((&native, &a), (&card, &b));
            prop_assert!(differs.is_none(), "kernel-c: {}", differs.unwrap_or_default());
        }
    });
}

fn env(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

fn fewer() -> u64 {
    env("TIDEGATE_FEWER_CASES", 1)
}

/// Shows G7, H2.
#[test]
fn generated_triggers_and_reports_give_what_native_gives() {
    let cases = env("TIDEGATE_TRADING_CASES", 1_000) / fewer();
    let first = env("TIDEGATE_TRADING_SEED", 0);
    let mut orders = 0;
    for seed in first..first + cases {
        let case = feed::case(seed);
        // Its frames cut anyhow.
        let mut rng = Rng(case.cuts ^ 0x51);
        let (setup, entries) = log_of(&case, |left| {
            let longest = rng.pick(&[1, 9, 70, 400, 2_000, 2_000, 2_000]);
            (1 + rng.below(longest)).min(left)
        });
        let mut native = NativeEngine::new(&setup, &[]).expect("rows");
        let mut sim = SimEngine::new(&setup, &[]).expect("a card");
        let (a, b) = (run(&mut native, &entries), run(&mut sim, &entries));
        orders += sim.card().orders().len();
        if let Some(differs) = difference((&native, &a), (&sim, &b)) {
            panic!("seed {seed}: {differs}\n{}", case.toml);
        }
        #[cfg(feature = "kernel-c")]
        {
            let mut card = tidegate_hls_sim::KernelCEngine::new(&setup, &[]).expect("a card");
            let b = run(&mut card, &entries);
            if let Some(differs) = difference((&native, &a), (&card, &b)) {
                panic!("kernel-c: seed {seed}: {differs}\n{}", case.toml);
            }
        }
    }
    assert!(orders as u64 > cases / 2, "{orders} orders");
}
