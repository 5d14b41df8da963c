//! Feeds, captures and a receiver for the tests.
#![allow(dead_code, unreachable_pub, reason = "every test file uses a part of it")]

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddrV4};
use tidegate_gateway::write::{PcapWriter, TcpFlags};
use tidegate_gateway::{Delivery, Options, Source, StreamId};
use tidegate_protocol::{FaultCode, frame};

/// A small generator, so that a seed says everything.
#[derive(Clone)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 33) as usize % limit.max(1)
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// A whole frame around a body.
pub fn message(msg_type: u32, body: &[u8]) -> Vec<u8> {
    let mut bytes = msg_type.to_be_bytes().to_vec();
    bytes.extend([0; 4]);
    bytes.extend(body);
    bytes.extend([0; 4]);
    frame::seal(&mut bytes);
    bytes
}

/// Messages as a market sends them: mostly ticks, some snapshots, heartbeats, an announcement. With
/// more zeros in them, two frames in a row hold by chance once in some ten thousand losses.
pub fn messages(count: usize, seed: u64) -> Vec<Vec<u8>> {
    let mut rng = Dice::new(seed);
    (0..count)
        .map(|number| {
            let (msg_type, length) = match rng.below(20) {
                0 => (3, 0),
                1 => (390_095, 12),
                2..=4 => (300_111, 69 + 32 * rng.below(24)),
                5 if rng.chance(10) => (390_012, 158 + rng.below(20_000)),
                6..=12 => (300_191, 66),
                _ => (300_192, 51),
            };
            let mut body: Vec<u8> =
                (0..length).map(|_| if rng.chance(30) { 0 } else { rng.next() as u8 }).collect();
            if length >= 12 {
                body[..8].copy_from_slice(&seed.to_be_bytes());
                body[8..12].copy_from_slice(&(number as u32).to_be_bytes());
            }
            message(msg_type, &body)
        })
        .collect()
}

/// The bytes of `count` messages.
pub fn feed(count: usize, seed: u64) -> Vec<u8> {
    messages(count, seed).concat()
}

pub fn addr(host: u8, port: u16) -> SocketAddrV4 {
    SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, host), port)
}

pub const A: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 1), 5016);
pub const B: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 2), 40001);
pub const NAME: &str = "tcp:10.0.0.1:5016>10.0.0.2:40001";

/// A segment of a capture: sequence number, flags, payload.
pub type Seg<'a> = (u32, TcpFlags, &'a [u8]);

/// A capture of one flow from A to B.
pub fn capture(segments: &[Seg<'_>]) -> Vec<u8> {
    capture_cut(segments, 262_144)
}

pub fn capture_cut(segments: &[Seg<'_>], snaplen: u32) -> Vec<u8> {
    let mut writer = PcapWriter::with_snaplen(Vec::new(), snaplen).unwrap();
    for (time, &(seq, flags, payload)) in segments.iter().enumerate() {
        writer.tcp(A, B, seq, flags, payload, time as u64 * 1_000).unwrap();
    }
    writer.finish().unwrap()
}

pub fn source(file: &[u8], options: &Options) -> Source {
    Source::from_reader(file, "test", options).unwrap()
}

/// A delivery that owns its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Open(u32),
    Bytes(u32, u64, Vec<u8>, Option<u64>),
    Resume(u32, u64),
    Close(u32),
    Words(Vec<u8>),
    Fault(Option<u32>, FaultCode, u64, u64),
}

pub fn events(source: &mut Source) -> Vec<Event> {
    let mut events = Vec::new();
    while let Some(delivery) = source.next().unwrap() {
        events.push(match delivery {
            Delivery::Open { stream } => Event::Open(stream.0),
            Delivery::Bytes { stream, offset, bytes, time_ns } => {
                assert!(!bytes.is_empty());
                Event::Bytes(stream.0, offset, bytes.to_vec(), time_ns)
            }
            Delivery::Resume { stream, offset } => Event::Resume(stream.0, offset),
            Delivery::Close { stream } => Event::Close(stream.0),
            Delivery::Words { bytes } => Event::Words(bytes.to_vec()),
            Delivery::Fault { stream, code, offset, length } => {
                Event::Fault(stream.map(|stream| stream.0), code, offset, length)
            }
        });
    }
    assert_eq!(source.next().unwrap(), None, "the end stays the end");
    events
}

/// One stream as a receiver sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    pub name: String,
    /// All bytes that came.
    pub bytes: Vec<u8>,
    /// Offset of the first.
    pub first: Option<u64>,
    /// Whole frames and where they began.
    pub frames: Vec<(u64, Vec<u8>)>,
    /// Ranges that a resume declared lost.
    pub lost: Vec<(u64, u64)>,
    pub faults: Vec<(FaultCode, u64, u64)>,
    pub closed: bool,
    /// Offset behind the last byte.
    pub end: u64,
    partial: Vec<u8>,
}

impl Received {
    fn take(&mut self, offset: u64, bytes: &[u8]) {
        if self.first.is_none() {
            self.first = Some(offset);
        } else if offset != self.end {
            let mut from = self.end;
            for &(_, at, length) in self.faults.iter().filter(|fault| fault.1 >= self.end) {
                assert_eq!(at, from, "one fault follows the other");
                from += length;
            }
            assert_eq!(from, offset, "the faults cover the jump");
        }
        self.bytes.extend(bytes);
        self.partial.extend(bytes);
        self.end = offset + bytes.len() as u64;
        while self.partial.len() >= 12 {
            let body = u32::from_be_bytes(self.partial[4..8].try_into().unwrap()) as usize;
            if self.partial.len() < body + 12 {
                break;
            }
            let at = self.end - self.partial.len() as u64;
            self.frames.push((at, self.partial.drain(..body + 12).collect()));
        }
    }

    fn resume(&mut self, offset: u64) {
        let from = self.end - self.partial.len() as u64;
        assert!(offset > from, "a loss has a length");
        self.lost.push((from, offset));
        self.partial.clear();
        self.first.get_or_insert(offset);
        self.end = offset;
    }
}

/// The streams, the damage of the file, and the order in which messages ended.
pub type Outcome = (Vec<Received>, Vec<(u64, u64)>, Vec<(u32, u64)>);

/// What a receiver makes of the deliveries.
pub fn receive(source: &mut Source) -> Outcome {
    let (mut streams, mut damage, mut order) = (BTreeMap::new(), Vec::new(), Vec::new());
    for event in events(source) {
        let open = |stream: u32, streams: &BTreeMap<u32, Received>| {
            assert!(!streams[&stream].closed, "nothing comes after the end");
        };
        match event {
            Event::Open(stream) => {
                assert_eq!(stream as usize, streams.len());
                let name = source.stream_name(StreamId(stream)).to_owned();
                streams.insert(stream, Received { name, ..Received::default() });
            }
            Event::Bytes(stream, offset, bytes, _) => {
                open(stream, &streams);
                let received = streams.get_mut(&stream).unwrap();
                let before = received.frames.len();
                received.take(offset, &bytes);
                order.extend(received.frames[before..].iter().map(|&(at, _)| (stream, at)));
            }
            Event::Resume(stream, offset) => {
                open(stream, &streams);
                streams.get_mut(&stream).unwrap().resume(offset);
            }
            Event::Close(stream) => {
                open(stream, &streams);
                streams.get_mut(&stream).unwrap().closed = true;
            }
            Event::Fault(Some(stream), code, offset, length) => {
                streams.get_mut(&stream).unwrap().faults.push((code, offset, length));
            }
            Event::Fault(None, code, offset, length) => {
                assert_eq!(code, FaultCode::CaptureDamaged);
                damage.push((offset, length));
            }
            Event::Words(_) => {}
        }
    }
    let streams: Vec<Received> = streams.into_values().collect();
    assert!(streams.iter().all(|stream| stream.closed), "every stream ends");
    assert!(damage.len() <= 1);
    (streams, damage, order)
}

/// The streams of a file.
pub fn streams(file: &[u8]) -> Vec<Received> {
    receive(&mut source(file, &Options::default())).0
}

/// The only stream of a file.
pub fn single(file: &[u8]) -> Received {
    let mut streams = streams(file);
    assert_eq!(streams.len(), 1);
    streams.remove(0)
}

/// Most memory that this process ever had, where the system tells.
pub fn peak_memory() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<usize>().ok()? * 1024)
}
