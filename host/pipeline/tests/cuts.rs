//! Any messages, cut anywhere, over any sessions, as packets or as words: the same outputs.

mod support;

use std::collections::BTreeMap;

use proptest::prelude::*;
use support::{Log, frames, intact, slow_frames};
use tidegate_pipeline::record::Kind;
use tidegate_pipeline::toe::{Descriptor, Layout, WordOrder};
use tidegate_pipeline::{Control, Input, Line, NativeEngine, Setup};
use tidegate_protocol::{FaultCode, View, msg_type};

/// One packet: session and payload.
type Packet = (u16, Vec<u8>);

fn run(setup: &Setup, packets: &[Packet]) -> (Log, NativeEngine) {
    let mut engine = NativeEngine::new(setup, &[*b"000001  ", *b"399001  "]).expect("rows");
    let mut log = Log::default();
    for (session, bytes) in packets {
        engine.feed(Input::Packet { line: Line::Market, session: *session, bytes }, &mut log);
    }
    engine.feed(Input::Control(Control::Stop), &mut log);
    (log, engine)
}

/// Packets of several streams, cut at random places, in random interleaving.
fn packets(sessions: u16, count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Packet>> {
    (1..=sessions, frames(count), any::<u64>(), 1usize..400).prop_perturb(
        |(sessions, frames, _, longest), mut rng| {
            let mut streams: BTreeMap<u16, Vec<u8>> = BTreeMap::new();
            for frame in frames {
                let session = rng.random_range(0..sessions) * (127 / sessions.max(1)).max(1);
                streams.entry(session.min(127)).or_default().extend(frame);
            }
            let mut out = Vec::new();
            while !streams.is_empty() {
                let keys: Vec<u16> = streams.keys().copied().collect();
                let session = keys[rng.random_range(0..keys.len())];
                let stream = streams.get_mut(&session).expect("one of the keys");
                let cut = rng.random_range(1..=longest).min(stream.len());
                out.push((session, stream.drain(..cut).collect()));
                if stream.is_empty() {
                    streams.remove(&session);
                }
            }
            out
        },
    )
}

/// The order in which the last bytes of messages are delivered, found by reading every stream from
/// its start again after each packet.
fn slow_messages(packets: &[Packet]) -> Vec<(u16, u64, Vec<u8>)> {
    let mut streams: BTreeMap<u16, (Vec<u8>, usize)> = BTreeMap::new();
    let mut out = Vec::new();
    for (session, bytes) in packets {
        let (stream, seen) = streams.entry(*session).or_default();
        stream.extend_from_slice(bytes);
        let (frames, _) = slow_frames(stream);
        out.extend(frames[*seen..].iter().map(|(at, frame)| (*session, *at, frame.clone())));
        *seen = frames.len();
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    /// Shows G13, G20, G31.
    #[test]
    fn any_cut_gives_the_messages_in_delivery_order(packets in packets(128, 1..120)) {
        let (log, engine) = run(&Setup::default(), &packets);
        let expected = slow_messages(&packets);
        let numbered: Vec<(u64, u32)> = expected
            .iter()
            .enumerate()
            .map(|(msg, (_, _, frame))| {
                (msg as u64, u32::from_be_bytes(frame[..4].try_into().expect("4")))
            })
            .collect();
        prop_assert_eq!(&log.messages, &numbered);
        prop_assert_eq!(engine_messages(&engine), numbered.len() as u64);

        // A message gives records exactly when its view can be made, else a fault.
        for (msg, (session, offset, frame)) in expected.iter().enumerate() {
            let msg = msg as u64;
            let msg_type = numbered[msg as usize].1;
            let body = &frame[8..frame.len() - 4];
            let kinds: Vec<Kind> =
                log.kinds.iter().filter(|k| k.0 == msg).map(|k| k.1).collect();
            let fault = log.faults.iter().find(|f| f.msg == Some(msg) && f.length > 0);
            if !intact(frame) {
                prop_assert_eq!(fault.map(|f| f.code), Some(FaultCode::FrameChecksum));
                prop_assert!(kinds.is_empty());
                continue;
            }
            let broken = View::new(msg_type, body).is_err()
                && !matches!(msg_type, msg_type::ANNOUNCEMENT | 777_000..=777_002)
                || msg_type == msg_type::ANNOUNCEMENT && body.len() < 158;
            prop_assert_eq!(fault.is_some(), broken, "{:?} {}", fault, msg_type);
            if let Some(fault) = fault {
                prop_assert_eq!((fault.session, fault.offset), (Some(*session), *offset));
            }
            let wanted = if broken { Vec::new() } else { slow_kinds(msg_type, body) };
            prop_assert_eq!(kinds, wanted);
        }
    }

    /// Shows G13, G30.
    #[test]
    fn packets_and_words_give_the_same(
        packets in packets(128, 1..60),
        text in any::<bool>(),
        printed in any::<bool>(),
        prefix in 0u16..9,
        padding in any::<u8>(),
        words_at_once in 1usize..40,
    ) {
        let toe = Descriptor {
            layout: if text { Layout::Text } else { Layout::Sample },
            words: if printed { WordOrder::Printed } else { WordOrder::Channel },
            prefix_bytes: prefix,
            ..Descriptor::default()
        };
        let setup = Setup { toe, ..Setup::default() };
        let packets: Vec<Packet> = packets
            .into_iter()
            .map(|(session, bytes)| (session, [vec![0xee; prefix.into()], bytes].concat()))
            .collect();
        let (expected, _) = run(&setup, &packets);

        let mut words = Vec::new();
        for (session, bytes) in &packets {
            toe.packet_words(*session as u8, bytes, padding, &mut words);
        }
        let mut engine = NativeEngine::new(&setup, &[*b"000001  ", *b"399001  "]).expect("rows");
        let mut log = Log::default();
        for bytes in words.chunks(16 * words_at_once) {
            engine.feed(Input::Words { line: Line::Market, bytes }, &mut log);
        }
        engine.feed(Input::Control(Control::Stop), &mut log);
        prop_assert_eq!(log, expected);
    }

    /// Shows G13.
    #[test]
    fn whole_buffers_and_single_bytes_give_the_same(
        frames in frames(1..60),
        flips in prop::collection::vec((any::<prop::sample::Index>(), 0u32..8), 0..4),
    ) {
        // A whole buffer takes the run of ticks, single bytes never do.
        let mut stream = frames.concat();
        for (at, bit) in flips {
            let place = at.index(stream.len());
            stream[place] ^= 1 << bit;
        }
        let whole = run(&Setup::default(), &[(4, stream.clone())]).0;
        let single: Vec<Packet> = stream.iter().map(|byte| (4, vec![*byte])).collect();
        prop_assert_eq!(run(&Setup::default(), &single).0, whole);
    }

    /// Shows G13.
    #[test]
    fn portable_and_fastest_run_give_the_same(frames in frames(1..60), cut in 0usize..80) {
        use tidegate_pipeline::record::Tick;
        use tidegate_pipeline::ticks::{Start, portable, run};
        let ticks = |f: &&Vec<u8>| matches!(f[..4], [0, 4, 0x94, 0xa0] | [0, 4, 0x94, 0x9f]);
        let stream: Vec<u8> = frames.iter().filter(ticks).flatten().copied().collect();
        let stream = &stream[..stream.len().saturating_sub(cut)];
        let start = Start { msg: 7, offset: 1_000, session: 99 };
        let (mut a, mut b): (Vec<Tick>, Vec<Tick>) = Default::default();
        let taken = run(stream, start, |tick| a.push(*tick));
        prop_assert_eq!(portable(stream, start, |tick| b.push(*tick)), taken);
        prop_assert_eq!(a, b);
    }

    /// Shows G15.
    #[test]
    fn every_flipped_bit_is_a_fault(frames in frames(3..12), at in any::<prop::sample::Index>(), bit in 0u32..8) {
        let mut stream = frames.concat();
        let place = at.index(stream.len());
        let before = run(&Setup::default(), &[(0, stream.clone())]).0.faults;
        stream[place] ^= 1 << bit;
        // One intact message more: a flipped BodyLength may meet a valid trailer, and then shows
        // at the next message.
        stream.extend(frames.concat());
        let after = run(&Setup::default(), &[(0, stream)]).0.faults;
        prop_assert_ne!(&before, &after);
        prop_assert!(!after.is_empty());
    }

    /// Shows Q12.
    #[test]
    fn random_bytes_never_panic(
        packets in prop::collection::vec((0u16..140, prop::collection::vec(any::<u8>(), 0..600)), 0..20),
        words in prop::collection::vec(any::<[u8; 16]>(), 0..200),
    ) {
        let mut engine = NativeEngine::new(&Setup::default(), &[]).expect("rows");
        let mut log = Log::default();
        for (session, bytes) in &packets {
            engine.feed(Input::Packet { line: Line::Market, session: *session, bytes }, &mut log);
        }
        engine.feed(Input::Words { line: Line::Orders, bytes: words.as_flattened() }, &mut log);
        engine.feed(Input::Control(Control::Stop), &mut log);
    }
}

fn engine_messages(engine: &NativeEngine) -> u64 {
    use tidegate_pipeline::Engine;
    engine.counters().messages
}

/// Which records a good message becomes, by walking its items.
fn slow_kinds(msg_type: u32, body: &[u8]) -> Vec<Kind> {
    use tidegate_protocol::Item;
    if !(300_000..310_000).contains(&msg_type) {
        return Vec::new();
    }
    match msg_type % 100 {
        92 => return vec![Kind::Order],
        91 => return vec![Kind::Trade],
        _ => {}
    }
    let mut kinds = vec![Kind::Head];
    let mut names: Vec<&str> = Vec::new();
    for item in View::new(msg_type, body).expect("a good message").items() {
        match item {
            Item::GroupBegin { group, .. } => names.push(group.name),
            Item::GroupEnd => drop(names.pop()),
            Item::EntryBegin { index } => match names.last() {
                Some(&"MDEntries") => kinds.push(Kind::Entry),
                Some(&"OrderQtys") if index % 2 == 0 => kinds.push(Kind::Queue),
                _ => {}
            },
            _ => {}
        }
    }
    kinds.push(Kind::End);
    kinds
}
