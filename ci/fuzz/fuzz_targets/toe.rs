//! Words of a link, in any chunking, against a slow reading that has the whole link before it.
#![no_main]

use arbitrary::{Arbitrary, Unstructured};
use libfuzzer_sys::fuzz_target;
use tidegate_fuzz::same;
use tidegate_pipeline::toe::{Descriptor, Layout, Out, Toe, WordOrder};
use tidegate_protocol::FaultCode;
use tidegate_protocol::limits::{BEAT_BYTES, MAX_PACKET_BYTES, MAX_SESSIONS};

/// 16 bytes of control, then words as they stand in a file, or packets to be made into words.
#[derive(Debug)]
struct Case {
    descriptor: Descriptor,
    sessions: u16,
    words: Vec<u8>,
    /// What the words were made of.
    packets: Option<Vec<(u8, Vec<u8>)>>,
    /// Words at once, over and over.
    chunks: [u8; 8],
    /// A `stop` before this word, or the reset of a session.
    stop: usize,
    reset: Option<u16>,
}

impl<'a> Arbitrary<'a> for Case {
    fn arbitrary(u: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let [flags, prefix, sessions, stop, padding, cid, ..]: [u8; 8] = u.arbitrary()?;
        let chunks = u.arbitrary()?;
        let bit = |bit: u8| flags >> bit & 1 == 1;
        let descriptor = Descriptor {
            layout: if bit(0) { Layout::Text } else { Layout::Sample },
            words: if bit(1) { WordOrder::Printed } else { WordOrder::Channel },
            strict_filler: !bit(2),
            prefix_bytes: match prefix {
                // Up to and past the longest packet, too.
                200.. => u16::from(prefix - 200) * 300,
                _ => u16::from(prefix % 40),
            },
        };
        let mut words = Vec::new();
        let mut packets = None;
        if bit(3) {
            let sent = packets.insert(Vec::new());
            while let Ok([cid, len]) = u.bytes(2).map(|b| [b[0], b[1]]) {
                let payload = u.bytes(usize::from(len).min(u.len()))?.to_vec();
                let cid = cid % MAX_SESSIONS as u8;
                descriptor.packet_words(cid, &payload, padding, &mut words);
                sent.push((cid, payload));
            }
        } else {
            let (whole, _) = u.bytes(u.len())?.as_chunks::<BEAT_BYTES>();
            words.extend_from_slice(whole.as_flattened());
        }
        let sessions = if sessions == 0 { MAX_SESSIONS as u16 } else { u16::from(sessions) };
        let stop = if bit(4) { usize::from(stop) } else { usize::MAX };
        let reset = bit(5).then_some(u16::from(cid));
        Ok(Self { descriptor, sessions, words, packets, chunks, stop, reset })
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Seen {
    Bytes(u16, Vec<u8>),
    Fault(FaultCode, Option<u16>, u64, u64),
}

/// How a packet's bytes are cut is free: neighbours of one session count as one.
fn note(seen: &mut Vec<Seen>, session: u16, bytes: &[u8]) {
    match seen.last_mut() {
        Some(Seen::Bytes(last, all)) if *last == session => all.extend_from_slice(bytes),
        _ => seen.push(Seen::Bytes(session, bytes.to_vec())),
    }
}

fn take(seen: &mut Vec<Seen>, out: Out<'_>) {
    match out {
        Out::Bytes { session, bytes } => {
            assert!(!bytes.is_empty() && bytes.len() <= MAX_PACKET_BYTES, "bounded");
            note(seen, session, bytes);
        }
        Out::Fault { code, session, offset, length } => {
            seen.push(Seen::Fault(code, session, offset, length));
        }
    }
}

/// The room, fed `chunk()` words at a time.
fn run(case: &Case, mut chunk: impl FnMut() -> usize) -> (Vec<Seen>, u64) {
    let mut toe = Toe::new(case.descriptor, case.sessions);
    let mut seen = Vec::new();
    let stop = case.stop.saturating_mul(BEAT_BYTES).min(case.words.len());
    for (mut words, last) in [(&case.words[..stop], false), (&case.words[stop..], true)] {
        while !words.is_empty() {
            let (now, later) = words.split_at(chunk().saturating_mul(BEAT_BYTES).min(words.len()));
            toe.push(now, |out| take(&mut seen, out));
            words = later;
        }
        match case.reset {
            Some(cid) if !last => toe.reset(cid),
            _ => toe.stop(|out| take(&mut seen, out)),
        }
    }
    (seen, toe.swallowed_bytes())
}

/// The same by arithmetic over the whole link.
fn slow(case: &Case) -> (Vec<Seen>, u64) {
    let d = case.descriptor;
    let (mut seen, mut swallowed, mut dead) = (Vec::new(), 0, false);
    let count = case.words.len() / BEAT_BYTES;
    let stop = case.stop.min(count);
    let word = |at: usize, reversed: bool| {
        let mut word = case.words[at * BEAT_BYTES..][..BEAT_BYTES].to_vec();
        if reversed {
            word.reverse();
        }
        word
    };
    // A reset cuts no packet off; it only takes the rest of one away from its session.
    let parts =
        if case.reset.is_some() { vec![(0, count)] } else { vec![(0, stop), (stop, count)] };
    for (from, end) in parts {
        let mut at = from;
        while at < end {
            if dead {
                swallowed += ((end - at) * BEAT_BYTES) as u64;
                break;
            }
            let header = word(at, d.words == WordOrder::Printed);
            let (first, second) = (usize::from(header[0]), usize::from(header[1]));
            let length = match d.layout {
                Layout::Sample => first + 256 * second,
                Layout::Text => 256 * first + second,
            };
            let cid = u16::from(header[2]);
            let session = (cid < case.sessions).then_some(cid);
            let offset = (at * BEAT_BYTES) as u64;
            let mut fault = |code| seen.push(Seen::Fault(code, session, offset, length as u64));
            at += 1;
            if length > MAX_PACKET_BYTES {
                fault(FaultCode::ToeLength);
                dead = true;
                continue;
            }
            let prefix = usize::from(d.prefix_bytes);
            let mut deliver = session;
            if session.is_none() {
                fault(FaultCode::ToeSession);
            } else if d.strict_filler && header[3..].iter().any(|&byte| byte != 0x55) {
                fault(FaultCode::ToeFiller);
                deliver = None;
            } else if length < prefix {
                fault(FaultCode::ToePrefix);
                deliver = None;
            }
            let needed = length.div_ceil(BEAT_BYTES);
            let come = needed.min(end - at);
            let mut reset = false;
            let mut payload: Vec<u8> =
                (at..at + come).flat_map(|at| word(at, d.words == WordOrder::Channel)).collect();
            payload.truncate(length);
            if case.reset.is_some()
                && deliver == case.reset
                && at <= stop
                && stop < at + needed
                && stop <= at + come
            {
                payload.truncate((stop - at) * BEAT_BYTES);
                reset = true;
            }
            if let (Some(session), Some(bytes @ [_, ..])) = (deliver, payload.get(prefix..)) {
                note(&mut seen, session, bytes);
            }
            at += come;
            if reset {
                deliver = None;
            }
            if come < needed {
                let missing = (length - come * BEAT_BYTES) as u64;
                seen.push(Seen::Fault(FaultCode::ToeTruncated, deliver, offset, missing));
            }
        }
    }
    (seen, swallowed)
}

fuzz_target!(|case: Case| {
    let (wanted, swallowed) = slow(&case);
    let mut turn = 0;
    let chunked = run(&case, || {
        turn += 1;
        1 + usize::from(case.chunks[turn % case.chunks.len()])
    });
    for (what, (seen, lost)) in
        [("whole", run(&case, || usize::MAX)), ("single", run(&case, || 1)), ("chunked", chunked)]
    {
        same(what, &seen, &wanted);
        assert_eq!(lost, swallowed, "{what}: swallowed");
    }

    // What was made from packets comes out as these packets, less their prefixes.
    if let (Some(packets), usize::MAX) = (&case.packets, case.stop) {
        let prefix = usize::from(case.descriptor.prefix_bytes);
        let mut sent = Vec::new();
        for (cid, payload) in packets {
            if let (true, Some(bytes @ [_, ..])) =
                (u16::from(*cid) < case.sessions, payload.get(prefix..))
            {
                note(&mut sent, u16::from(*cid), bytes);
            }
        }
        let mut bytes = Vec::new();
        for seen in &wanted {
            if let Seen::Bytes(session, all) = seen {
                note(&mut bytes, *session, all);
            }
        }
        same("packets", &bytes, &sent);
    }
});
