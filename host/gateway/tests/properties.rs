//! Properties of captures of any shape.

mod common;

use common::*;
use proptest::prelude::*;
use std::collections::BTreeMap;
use tidegate_gateway::write::{PcapWriter, TcpFlags};
use tidegate_gateway::{Options, Source};

/// One segment of a flow: which flow, offset in its stream, length.
#[derive(Clone, Copy, Debug)]
struct Piece {
    flow: usize,
    at: usize,
    len: usize,
}

struct Flow {
    messages: Vec<Vec<u8>>,
    bytes: Vec<u8>,
    isn: u32,
    syn: bool,
}

fn flows(rng: &mut Dice, count: usize) -> Vec<Flow> {
    (0..count)
        .map(|_| {
            let messages = messages(5 + rng.below(60), rng.next());
            let bytes = messages.concat();
            // Many streams wrap.
            let isn = if rng.chance(50) { u32::MAX - rng.below(bytes.len()) as u32 } else { 77 };
            Flow { messages, bytes, isn, syn: rng.chance(50) }
        })
        .collect()
}

/// Cuts every flow anywhere, and interleaves the flows; each flow in order.
fn cuts(rng: &mut Dice, flows: &[Flow]) -> Vec<Piece> {
    let mut at = vec![0; flows.len()];
    let mut pieces = Vec::new();
    while let Some(flow) = {
        let open: Vec<usize> =
            (0..flows.len()).filter(|&flow| at[flow] < flows[flow].bytes.len()).collect();
        (!open.is_empty()).then(|| open[rng.below(open.len())])
    } {
        let size = [1, 20, 200, 1400][rng.below(4)];
        let len = (1 + rng.below(size)).min(flows[flow].bytes.len() - at[flow]);
        pieces.push(Piece { flow, at: at[flow], len });
        at[flow] += len;
    }
    pieces
}

/// Reorders, repeats and overlaps.
fn shuffle(rng: &mut Dice, flows: &[Flow], pieces: &mut Vec<Piece>) {
    for _ in 0..pieces.len() / 3 {
        let piece = pieces[rng.below(pieces.len())];
        let at = piece.at.saturating_sub(rng.below(300));
        let len = (1 + rng.below(600)).min(flows[piece.flow].bytes.len() - at);
        let place = rng.below(pieces.len());
        pieces.insert(place, Piece { flow: piece.flow, at, len });
    }
    for _ in 0..pieces.len() / 4 {
        let (one, two) = (rng.below(pieces.len()), rng.below(12));
        let two = (one + two).min(pieces.len() - 1);
        pieces.swap(one, two);
    }
}

fn write(flows: &[Flow], pieces: &[Piece]) -> Vec<u8> {
    let mut writer = PcapWriter::new(Vec::new()).unwrap();
    for (number, flow) in flows.iter().enumerate() {
        if flow.syn {
            let isn = flow.isn.wrapping_sub(1);
            writer.tcp(A, addr(9, number as u16), isn, TcpFlags::SYN, b"", 0).unwrap();
        }
    }
    for (time, piece) in pieces.iter().enumerate() {
        let flow = &flows[piece.flow];
        let seq = flow.isn.wrapping_add(piece.at as u32);
        let bytes = &flow.bytes[piece.at..piece.at + piece.len];
        let to = addr(9, piece.flow as u16);
        writer.tcp(A, to, seq, TcpFlags::DATA, bytes, time as u64).unwrap();
    }
    writer.finish().unwrap()
}

fn by_flow(streams: &[Received]) -> BTreeMap<usize, &Received> {
    streams
        .iter()
        .map(|stream| (stream.name.rsplit(':').next().unwrap().parse().unwrap(), stream))
        .collect()
}

/// When each message of each flow is complete, by the capture alone: the slow, obvious way.
fn expected_order(flows: &[Flow], pieces: &[Piece]) -> Vec<(usize, u64)> {
    let mut have: Vec<Vec<bool>> = flows.iter().map(|flow| vec![false; flow.bytes.len()]).collect();
    let mut done = vec![(0, 0); flows.len()];
    let mut order = Vec::new();
    for piece in pieces {
        let (flow, have) = (&flows[piece.flow], &mut have[piece.flow]);
        have[piece.at..piece.at + piece.len].fill(true);
        let (number, at) = &mut done[piece.flow];
        while let Some(message) = flow.messages.get(*number) {
            if !have[*at..*at + message.len()].iter().all(|&have| have) {
                break;
            }
            order.push((piece.flow, *at as u64));
            *at += message.len();
            *number += 1;
        }
    }
    order
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    /// Shows G9, G13, C8.
    #[test]
    fn whatever_the_cuts_the_bytes_and_their_order_are_the_same(seed: u64, count in 1usize..6) {
        let mut rng = Dice::new(seed);
        let flows = flows(&mut rng, count);
        let mut pieces = cuts(&mut rng, &flows);
        shuffle(&mut rng, &flows, &mut pieces);
        let file = write(&flows, &pieces);
        let resync = Options { resync: rng.chance(50), ..Options::default() };
        let mut source = source(&file, &resync);
        let (streams, damage, order) = receive(&mut source);
        prop_assert_eq!((streams.len(), damage.len()), (flows.len(), 0));
        for (flow, stream) in by_flow(&streams) {
            prop_assert!(stream.bytes == flows[flow].bytes);
            prop_assert!(stream.lost.is_empty() && stream.faults.is_empty());
        }
        let ports: Vec<usize> = {
            let name = |stream: &Received| stream.name.rsplit(':').next().unwrap().parse();
            streams.iter().map(|stream| name(stream).unwrap()).collect()
        };
        let order: Vec<(usize, u64)> =
            order.into_iter().map(|(stream, at)| (ports[stream as usize], at)).collect();
        prop_assert_eq!(order, expected_order(&flows, &pieces));
    }

    /// Shows C8.
    #[test]
    fn with_losses_only_true_frames_come(seed: u64, count in 1usize..4, percent in 1usize..40) {
        let mut rng = Dice::new(seed);
        let flows = flows(&mut rng, count);
        let mut pieces = cuts(&mut rng, &flows);
        if rng.chance(50) {
            shuffle(&mut rng, &flows, &mut pieces);
        }
        let mut seen: Vec<Vec<bool>> =
            flows.iter().map(|flow| vec![false; flow.bytes.len()]).collect();
        pieces.retain(|piece| {
            let keep = piece.at == 0 || !rng.chance(percent);
            if keep {
                seen[piece.flow][piece.at..piece.at + piece.len].fill(true);
            }
            keep
        });
        let options = Options { resync: rng.chance(50), ..Options::default() };
        let (streams, ..) = receive(&mut source(&write(&flows, &pieces), &options));
        for (flow, stream) in by_flow(&streams) {
            let truth = &flows[flow];
            let mut starts = BTreeMap::new();
            let mut at = 0;
            for message in &truth.messages {
                starts.insert(at, message);
                at += message.len() as u64;
            }
            for (at, frame) in &stream.frames {
                prop_assert_eq!(starts.get(at), Some(&frame), "a frame that never was");
            }
            // Every lost byte behind the start lies in a range, and in a message cut off at the end.
            let first = stream.first.unwrap();
            let tail = stream.frames.last().map_or(first, |(at, frame)| at + frame.len() as u64);
            let resumed = stream.lost.last().map_or(0, |&(_, to)| to);
            let tail = tail.max(resumed);
            let inside =
                |at: u64| stream.lost.iter().any(|&(from, to)| from <= at && at < to);
            for (at, &seen) in seen[flow].iter().enumerate() {
                let at = at as u64;
                prop_assert!(seen || at < first || at >= stream.end || inside(at));
            }
            // Whatever is in no frame is lost, or the unfinished end.
            let mut next = first;
            for (at, frame) in &stream.frames {
                prop_assert!((next..*at).all(inside));
                next = at + frame.len() as u64;
            }
            prop_assert!((next..tail).all(inside));
            for pair in stream.lost.windows(2) {
                prop_assert!(pair[0].1 < pair[1].0, "ranges stand apart");
            }
        }
    }

    /// Shows C7, Q12.
    #[test]
    fn damaged_captures_end(seed: u64, count in 1usize..4, hits in 0usize..40) {
        let mut rng = Dice::new(seed);
        let flows = flows(&mut rng, count);
        let mut pieces = cuts(&mut rng, &flows);
        shuffle(&mut rng, &flows, &mut pieces);
        let mut file = write(&flows, &pieces);
        // Hit the headers rather than the payload, which does nothing.
        let starts = packet_starts(&file);
        for _ in 0..hits {
            let at = if rng.chance(80) {
                starts[rng.below(starts.len())] + rng.below(74)
            } else {
                rng.below(file.len())
            };
            if let Some(byte) = file.get_mut(at.max(24)) {
                *byte = rng.next() as u8;
            }
        }
        file.truncate(24 + rng.below(file.len()));
        let options = Options { resync: rng.chance(50), ..Options::default() };
        let mut source = source(&file, &options);
        let first = events(&mut source);
        source.rewind().unwrap();
        prop_assert!(events(&mut source) == first);
    }

    /// Shows C8.
    #[test]
    fn whatever_the_flags_both_passes_agree(seed: u64, cut: bool) {
        let mut rng = Dice::new(seed);
        let flows = flows(&mut rng, 3);
        let snaplen = if cut { 80 + rng.below(400) as u32 } else { 65_535 };
        let mut writer = PcapWriter::with_snaplen(Vec::new(), snaplen).unwrap();
        // Numbers of other connections, and just beyond what counts as near or old.
        let jumps = [0, 1, u32::MAX, 1 << 31, 17 << 20, 0u32.wrapping_sub(17 << 20), 300_000, 1 << 24];
        let mut base = vec![0u32; flows.len()];
        let ends = rng.below(6);
        for time in 0..20 + rng.below(500) {
            let number = rng.below(flows.len());
            let bytes = &flows[number].bytes;
            let at = rng.below(bytes.len());
            let len = rng.below(600).min(bytes.len() - at);
            if rng.chance(2) {
                base[number] = base[number].wrapping_add(jumps[rng.below(jumps.len())]);
            }
            let flags = TcpFlags {
                syn: rng.chance(ends),
                fin: rng.chance(ends),
                rst: rng.chance(ends / 2),
            };
            let at = if flags.syn && rng.chance(70) { 0 } else { at };
            let jump = if rng.chance(90) { 0 } else { jumps[rng.below(jumps.len())] };
            let seq = flows[number].isn.wrapping_add(base[number]).wrapping_add(jump);
            let seq = seq.wrapping_add(at as u32).wrapping_sub(u32::from(flags.syn));
            let (to, payload) = (addr(9, number as u16), &bytes[at..(at + len).min(bytes.len())]);
            writer.tcp(A, to, seq, flags, payload, time as u64).unwrap();
        }
        let file = writer.finish().unwrap();
        let options = Options { resync: rng.chance(50), ..Options::default() };
        let mut source = source(&file, &options);
        let streams = source.stats().streams;
        // The receiver checks that every jump is declared and every stream ends.
        let first = receive(&mut source);
        prop_assert_eq!(first.0.len() as u64, streams);
        source.rewind().unwrap();
        prop_assert!(receive(&mut source) == first);
    }

    /// Shows C7, Q12.
    #[test]
    fn random_bytes_end(mut bytes in prop::collection::vec(any::<u8>(), 0..3000), kind in 0usize..9) {
        let magics: [&[u8]; 9] = [
            b"", &[0x1f, 0x8b, 8, 0], &[0x28, 0xb5, 0x2f, 0xfd], &[0xd4, 0xc3, 0xb2, 0xa1],
            &[0x0a, 0x0d, 0x0d, 0x0a], &[0x34, 0xcd, 0xb2, 0xa1], &[0x55; 13],
            &[0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a],
            &[0x53, 0x2a, 0x4d, 0x18],
        ];
        bytes.splice(0..0, magics[kind].iter().copied());
        for resync in [false, true] {
            let options = Options { resync, ..Options::default() };
            if let Ok(mut source) = Source::from_reader(&bytes[..], "random", &options) {
                let first = events(&mut source);
                source.rewind().unwrap();
                prop_assert!(events(&mut source) == first);
            }
        }
    }

    /// Shows C8.
    #[test]
    fn resync_of_a_damaged_file_keeps_the_good_messages(seed: u64, hits in 1usize..6) {
        let mut rng = Dice::new(seed);
        let messages = messages(80, seed);
        let mut feed = Vec::new();
        let mut good = Vec::new();
        let mut since = 9;
        for message in &messages {
            // Noise only between messages, at least three messages apart, and with a length that
            // cannot be: shorter noise can be a frame by chance.
            if since > 3 && rng.chance(hits * 4) {
                feed.extend((0..5 + rng.below(50)).map(|_| rng.next() as u8 | 0x80));
                since = 0;
            }
            since += 1;
            good.push((feed.len() as u64, message.clone()));
            feed.extend(message);
        }
        let options = Options { resync: true, ..Options::default() };
        let (streams, ..) = receive(&mut source(&feed, &options));
        // Messages at the very end may lack a second one to prove them.
        let sure = good.len() - 2;
        for frame in &good[..sure] {
            prop_assert!(streams[0].frames.contains(frame), "message at {}", frame.0);
        }
    }
}

/// Where the packets of a capture begin.
fn packet_starts(file: &[u8]) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut at = 24;
    while at + 16 <= file.len() {
        starts.push(at);
        at += 16 + u32::from_le_bytes(file[at + 8..at + 12].try_into().unwrap()) as usize;
    }
    starts
}
