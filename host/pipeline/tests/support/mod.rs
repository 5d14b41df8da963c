//! Random messages, and a slow obvious reading of them that shares no code with the rooms.
#![allow(dead_code, reason = "each test file uses its part")]

use proptest::prelude::*;
use proptest::test_runner::TestRng;
use tidegate_pipeline::record::{Kind, RECORD_BYTES};
use tidegate_pipeline::{Fault, IndexPoint, Record, Sink};
use tidegate_protocol::schema::{Part, Then, Type};
use tidegate_protocol::{FaultCode, MESSAGES, View, find, frame, msg_type};

/// A frame of a body.
pub fn framed(msg_type: u32, body: &[u8]) -> Vec<u8> {
    let mut bytes = msg_type.to_be_bytes().to_vec();
    bytes.extend_from_slice(&(body.len() as u32).to_be_bytes());
    bytes.extend_from_slice(body);
    let sum = bytes.iter().map(|&b| u32::from(b)).sum::<u32>() % 256;
    bytes.extend_from_slice(&sum.to_be_bytes());
    bytes
}

/// Stamps of times that do not exist.
pub const IMPOSSIBLE: [i64; 5] =
    [0, i64::MIN, 99_999_999_999_999_999, 20_231_301_093_000_000, 20_230_201_096_000_000];

fn random_parts(parts: &[Part], rng: &mut TestRng, depth: u32, out: &mut Vec<u8>) {
    for part in parts {
        let mut count = 0;
        for field in part.fields {
            let start = out.len();
            match field.ty {
                Type::Count | Type::Length => {
                    count = rng.random_range(0..=if depth == 0 { 6u32 } else { 3 });
                    out.extend_from_slice(&count.to_be_bytes());
                }
                Type::Time => {
                    let ms = rng.random_range(0..60_000i64);
                    let minute = rng.random_range(0..60i64);
                    let time = match rng.random_range(0..60) {
                        0 => IMPOSSIBLE[rng.random_range(0..IMPOSSIBLE.len())],
                        _ => 20_230_201_090_000_000 + minute * 100_000 + ms,
                    };
                    out.extend_from_slice(&time.to_be_bytes());
                }
                Type::Text | Type::Gbk => {
                    out.extend((0..field.len).map(|_| b"01239 "[rng.random_range(0..6)]));
                }
                Type::SeqNum | Type::Qty | Type::Price | Type::EntryPx | Type::Amt | Type::I64 => {
                    let number = match rng.random_range(0..200) {
                        0 => i64::MAX,
                        1 => i64::MIN,
                        2 => 0,
                        _ => rng.random_range(-1_000i64..10_000_000),
                    };
                    out.extend_from_slice(&number.to_be_bytes());
                }
                _ => out.extend((0..field.len).map(|_| rng.random::<u8>())),
            }
            // A few values that the rooms look at must often be the ones they look for.
            let common: Option<&[u8]> = match field.name {
                "SecurityIDSource" => Some(b"102 "),
                "SecurityID" => Some(
                    [b"000001  ", b"000002  ", b"000003\0\0", b"399001  "][rng.random_range(0..4)],
                ),
                "ExecType" => Some([b"F", b"4"][rng.random_range(0..2)]),
                "MDEntryType" => Some(
                    [
                        b"0 ", b"1 ", b"2 ", b"3 ", b"4 ", b"7 ", b"8 ", b"x1", b"xa", b"xb",
                        b"xe", b"xf",
                    ][rng.random_range(0..12)],
                ),
                "MDPriceLevel" => {
                    Some([&[0u8, 0], &[0, 1], &[0, 2], &[0, 10], &[0, 11]][rng.random_range(0..5)])
                }
                "ChannelNo" => Some([&[0u8, 1], &[0, 2]][rng.random_range(0..2)]),
                _ => None,
            };
            if let Some(value) = common.filter(|_| rng.random_range(0..10) > 0) {
                out[start..].copy_from_slice(value);
            }
        }
        match part.then {
            Then::Nothing => {}
            Then::Group(group) => {
                for _ in 0..count {
                    random_parts(group.entry, rng, depth + 1, out);
                }
            }
            Then::Data { .. } => out.extend((0..count).map(|_| rng.random::<u8>())),
        }
    }
}

/// A random frame: mostly ticks and snapshots, every known type, unknown ones, longer bodies.
pub fn random_frame(rng: &mut TestRng) -> Vec<u8> {
    let pick = rng.random_range(0..100);
    let msg_type = match pick {
        0..=29 => msg_type::AUCTION_ORDER,
        30..=59 => msg_type::AUCTION_TRADE,
        60..=74 => msg_type::AUCTION_SNAPSHOT,
        75..=79 => msg_type::INDEX_SNAPSHOT,
        80..=96 => MESSAGES[rng.random_range(0..MESSAGES.len())].msg_type,
        _ => 777_000 + rng.random_range(0..3),
    };
    let mut body = Vec::new();
    match find(msg_type) {
        Some(message) => random_parts(message.parts, rng, 0, &mut body),
        None => body.extend((0..rng.random_range(0..40)).map(|_| rng.random::<u8>())),
    }
    match rng.random_range(0..20) {
        // Fields of a later version.
        0 => body.extend((0..rng.random_range(1..30)).map(|_| rng.random::<u8>())),
        // Too short.
        1 => body.truncate(rng.random_range(0..=body.len())),
        _ => {}
    }
    framed(msg_type, &body)
}

/// Random frames.
pub fn frames(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Vec<u8>>> {
    (count, any::<u64>())
        .prop_perturb(|(count, _), mut rng| (0..count).map(|_| random_frame(&mut rng)).collect())
}

/// Everything that came out, in one list of lines that a test can compare.
#[derive(Debug, Default, PartialEq)]
pub struct Log {
    pub records: Vec<(u64, [u8; RECORD_BYTES])>,
    pub kinds: Vec<(u64, Kind, u8)>,
    pub faults: Vec<Fault>,
    pub points: Vec<IndexPoint>,
    pub messages: Vec<(u64, u32)>,
}

impl Sink for Log {
    fn record(&mut self, record: Record<'_>) {
        self.records.push((record.tag().msg, record.to_bytes()));
        self.kinds.push((record.tag().msg, record.tag().kind, record.tag().flags));
    }
    fn fault(&mut self, fault: &Fault) {
        self.faults.push(*fault);
    }
    fn index(&mut self, point: &IndexPoint) {
        self.points.push(*point);
    }
    fn message(&mut self, msg: u64, msg_type: u32) {
        self.messages.push((msg, msg_type));
    }
}

impl Log {
    pub fn codes(&self) -> Vec<FaultCode> {
        self.faults.iter().map(|fault| fault.code).collect()
    }
}

/// What the slow reading says of one stream: each whole frame with its offset, and where the
/// unfinished one starts. Bodies over the limit end the stream.
pub fn slow_frames(bytes: &[u8]) -> (Vec<(u64, Vec<u8>)>, Option<u64>) {
    let (mut at, mut out) = (0usize, Vec::new());
    loop {
        let rest = &bytes[at..];
        if rest.is_empty() {
            return (out, None);
        }
        if rest.len() < 8 {
            return (out, Some(at as u64));
        }
        let body_len = u32::from_be_bytes(rest[4..8].try_into().expect("4")) as usize;
        let msg_type = u32::from_be_bytes(rest[..4].try_into().expect("4"));
        let limit = if msg_type == 390_012 { 1 << 20 } else { 8_192 };
        if body_len > limit {
            return (out, None);
        }
        if rest.len() < body_len + 12 {
            return (out, Some(at as u64));
        }
        out.push((at as u64, rest[..body_len + 12].to_vec()));
        at += body_len + 12;
    }
}

pub fn number(view: &View<'_>, name: &str) -> i64 {
    view.field(name).and_then(|value| value.number()).unwrap_or_else(|| panic!("no number {name}"))
}

pub fn intact(frame: &[u8]) -> bool {
    frame::holds(frame) == Some(frame.len())
        || (frame[..4] == [0; 4]
            && frame[frame.len() - 4..] == [0, 0, 0, frame::checksum(&frame[..frame.len() - 4])])
}
