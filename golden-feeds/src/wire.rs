//! From messages to a file: frames, TCP segments, a classic capture, gzip.

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddrV4};

use flate2::{Compression, GzBuilder};
use tidegate_gateway::write::{PcapWriter, TcpFlags};
use tidegate_protocol::frame::seal;
use tidegate_protocol::units::Timestamp;

use crate::sample::hex;

/// The day of every feed, a Monday, as YYYYMMDD.
pub const DATE: i64 = 20_260_302;
/// Its midnight in Shenzhen, in seconds since 1970.
const MIDNIGHT: u64 = 1_772_409_600 - 8 * 3_600;
/// Most payload of a segment: Ethernet's 1 500 bytes without IP, TCP and a timestamp option.
const SEGMENT_BYTES: usize = 1_448;

/// The two connections that a client has to its market-data gateways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Orders and trades: 10.1.1.11:5016.
    Ticks,
    /// Snapshots and all the rest: 10.1.1.12:5017.
    Snapshots,
}

/// One frame that a gateway sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Where.
    pub flow: Flow,
    /// When, in milliseconds since midnight.
    pub ms: i64,
    /// The frame.
    pub frame: Vec<u8>,
}

/// A time of the day on the wire.
pub const fn timestamp(ms: i64) -> Timestamp {
    let (hour, minute, rest) = (ms / 3_600_000, ms / 60_000 % 60, ms % 60_000);
    Timestamp(DATE * 1_000_000_000 + hour * 10_000_000 + minute * 100_000 + rest)
}

/// Writes a frame: `body` appends the body.
pub fn frame(msg_type: u32, body: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut frame = [msg_type.to_be_bytes(), [0; 4]].concat();
    body(&mut frame);
    frame.extend([0; 4]);
    seal(&mut frame);
    frame
}

/// Appends a part of known length, which `emit` writes.
pub fn part<const N: usize>(to: &mut Vec<u8>, emit: impl FnOnce(&mut [u8; N])) {
    let mut bytes = [0; N];
    emit(&mut bytes);
    to.extend(bytes);
}

/// Text as a field: padded with spaces.
///
/// # Panics
///
/// When the text is longer than the field.
pub fn text<const N: usize>(text: &[u8]) -> [u8; N] {
    let mut field = [b' '; N];
    field[..text.len()].copy_from_slice(text);
    field
}

struct Connection {
    gateway: SocketAddrV4,
    client: SocketAddrV4,
    /// The client's SYN, ready made: the writer's segments acknowledge, a first SYN must not.
    syn: &'static str,
    /// TCP sequence number of the next byte; both ends start at 0.
    next: u32,
    waiting: Vec<u8>,
}

const TICKS_SYN: &str = "02000000000202000000000108004500002800004000400624600a0101640a01010b\n\
    9c4b139800000000000000005002ffffe98e0000";
const SNAPSHOTS_SYN: &str = "020000000002020000000001080045000028000040004006245f0a0101640a01010c\n\
    9c4c139900000000000000005002ffffe98b0000";

impl Connection {
    fn new(flow: Flow) -> Self {
        let (host, port, own, syn) = match flow {
            Flow::Ticks => (11, 5016, 40_011, TICKS_SYN),
            Flow::Snapshots => (12, 5017, 40_012, SNAPSHOTS_SYN),
        };
        let end = |host, port| SocketAddrV4::new(Ipv4Addr::new(10, 1, 1, host), port);
        let (gateway, client) = (end(host, port), end(100, own));
        Self { gateway, client, syn, next: 0, waiting: Vec::new() }
    }

    /// A segment of the gateway.
    fn send(
        &mut self,
        to: &mut PcapWriter<Vec<u8>>,
        ms: i64,
        flags: TcpFlags,
        payload: &[u8],
    ) -> io::Result<()> {
        to.tcp(self.gateway, self.client, self.next, flags, payload, nanos(ms))?;
        self.next += payload.len() as u32 + u32::from(flags.syn);
        Ok(())
    }

    fn open(&mut self, to: &mut PcapWriter<Vec<u8>>, ms: i64) -> io::Result<()> {
        to.raw(&hex(self.syn), nanos(ms))?;
        self.send(to, ms, TcpFlags::SYN, &[])?;
        to.tcp(self.client, self.gateway, 1, TcpFlags::DATA, &[], nanos(ms))
    }

    /// Sends full segments, and with `all` the rest too.
    fn drain(&mut self, to: &mut PcapWriter<Vec<u8>>, ms: i64, all: bool) -> io::Result<()> {
        let waiting = std::mem::take(&mut self.waiting);
        let mut segments = waiting.chunks(SEGMENT_BYTES).peekable();
        while let Some(segment) = segments.next_if(|s| all || s.len() == SEGMENT_BYTES) {
            self.send(to, ms, TcpFlags::DATA, segment)?;
        }
        self.waiting = segments.next().unwrap_or_default().to_vec();
        Ok(())
    }
}

fn nanos(ms: i64) -> u64 {
    MIDNIGHT * 1_000_000_000 + ms as u64 * 1_000_000
}

/// The messages as a capture of two TCP connections, each from handshake to FIN.
///
/// A segment leaves when it is full or when the other connection has something to say: messages
/// are cut wherever a segment ends, yet their last bytes come in the order of `messages`. The
/// client's later acknowledgements are left out, as where one direction is mirrored.
///
/// # Panics
///
/// Never: a vector takes all that is written.
pub fn capture(messages: &[Message]) -> Vec<u8> {
    write_capture(messages).expect("memory takes every byte")
}

fn write_capture(messages: &[Message]) -> io::Result<Vec<u8>> {
    let mut to = PcapWriter::new(Vec::new())?;
    let mut connections = [Connection::new(Flow::Ticks), Connection::new(Flow::Snapshots)];
    let (first, last) = (messages.first(), messages.last());
    for connection in &mut connections {
        connection.open(&mut to, first.map_or(0, |message| message.ms))?;
    }
    let mut before: Option<&Message> = None;
    for message in messages {
        if let Some(before) = before.filter(|before| before.flow != message.flow) {
            connections[before.flow as usize].drain(&mut to, before.ms, true)?;
        }
        let connection = &mut connections[message.flow as usize];
        connection.waiting.extend(&message.frame);
        connection.drain(&mut to, message.ms, false)?;
        before = Some(message);
    }
    for connection in &mut connections {
        let ms = last.map_or(0, |message| message.ms);
        connection.drain(&mut to, ms, true)?;
        connection.send(&mut to, ms, TcpFlags::FIN, &[])?;
    }
    to.finish()
}

/// Compresses without name and time, so that the same bytes give the same file.
///
/// # Panics
///
/// Never: a vector takes all that is written.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    writer.write_all(bytes).and_then(|()| writer.finish()).expect("memory takes every byte")
}
