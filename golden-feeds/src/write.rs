//! From messages to a file: plain frames, the words of an IO channel, or a capture of two TCP
//! connections. Written as the messages come; what is held is less than a segment a connection.

use std::io::{self, BufWriter, IntoInnerError, Write};
use std::net::{Ipv4Addr, SocketAddrV4};

use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};
use tidegate_gateway::write::{PcapWriter, TcpFlags};

use crate::beats::Layout;
use crate::clock::nanos;
use crate::exchange::Exchange;
use crate::sample::hex;
use crate::wire::{Flow, Message, Slot};

/// Most payload of a segment: Ethernet's 1 500 bytes without IP, TCP and a timestamp option.
const SEGMENT_BYTES: usize = 1_448;
/// Bytes that are written at once.
const BLOCK: usize = 1 << 18;

/// What a feed is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A capture of two TCP connections.
    Pcap,
    /// Every frame behind the one before, in one stream.
    Bin,
    /// Words of an IO channel: session 0 has the ticks, session 1 the rest.
    Beats,
}

/// A form, plain or compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// What is written.
    pub form: Form,
    /// Whether it is compressed.
    pub gzip: bool,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 6] = [
        Format { form: Form::Pcap, gzip: false },
        Format { form: Form::Pcap, gzip: true },
        Format { form: Form::Bin, gzip: false },
        Format { form: Form::Bin, gzip: true },
        Format { form: Form::Beats, gzip: false },
        Format { form: Form::Beats, gzip: true },
    ];

    /// The extension of such a file.
    pub const fn extension(self) -> &'static str {
        match (self.form, self.gzip) {
            (Form::Pcap, false) => "pcap",
            (Form::Pcap, true) => "pcap.gz",
            (Form::Bin, false) => "bin",
            (Form::Bin, true) => "bin.gz",
            (Form::Beats, false) => "beats",
            (Form::Beats, true) => "beats.gz",
        }
    }
}

/// Writes what is left of a day. `each` gets every slot, with the messages and the bytes of their
/// frames so far; the messages come back in the end.
///
/// The bytes of a compressed file depend on the pieces in which it is written: this is the one place
/// that decides them.
pub fn write_day<W: Write>(
    exchange: &mut Exchange,
    to: W,
    format: Format,
    mut each: impl FnMut(&Slot, u64, u64),
) -> io::Result<(u64, W)> {
    let to = BufWriter::with_capacity(BLOCK, Packed::new(to, format.gzip));
    let mut writer = FeedWriter::new(to, format.form)?;
    let (mut messages, mut bytes) = (0, 0);
    while let Some(slot) = exchange.next_slot() {
        for message in slot.messages() {
            messages += 1;
            bytes += message.frame.len() as u64;
            writer.message(&message)?;
        }
        each(slot, messages, bytes);
    }
    let packed = writer.finish()?.into_inner().map_err(IntoInnerError::into_error)?;
    Ok((messages, packed.finish()?))
}

/// Bytes, compressed or not.
enum Packed<W: Write> {
    Plain(W),
    Gzip(GzEncoder<W>),
}

impl<W: Write> Packed<W> {
    fn new(to: W, gzip: bool) -> Self {
        if gzip { Self::Gzip(gzip_writer(to)) } else { Self::Plain(to) }
    }

    fn finish(self) -> io::Result<W> {
        let mut to = match self {
            Self::Plain(to) => to,
            Self::Gzip(to) => to.finish()?,
        };
        to.flush()?;
        Ok(to)
    }
}

impl<W: Write> Write for Packed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(to) => to.write(bytes),
            Self::Gzip(to) => to.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(to) => to.flush(),
            Self::Gzip(to) => to.flush(),
        }
    }
}

/// Compresses without name and time, so that the same bytes give the same file.
fn gzip_writer<W: Write>(to: W) -> GzEncoder<W> {
    GzBuilder::new().mtime(0).write(to, Compression::default())
}

/// The same for bytes that are there.
///
/// # Panics
///
/// Never: a vector takes all that is written.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = gzip_writer(Vec::new());
    writer.write_all(bytes).and_then(|()| writer.finish()).expect("memory takes every byte")
}

/// Where segments go.
enum Out<W: Write> {
    Pcap(PcapWriter<W>, [Connection; 2]),
    Bin(W),
    Beats(W, Vec<u8>),
}

/// Takes messages and writes them in one of the forms.
///
/// In a capture and in words a segment leaves when it is full or when the other connection has
/// something to say: messages are cut wherever a segment ends, yet their last bytes come in the
/// order of the messages. The client's acknowledgements of data are left out, as where one
/// direction is mirrored.
pub struct FeedWriter<W: Write> {
    out: Out<W>,
    /// Of each connection what does not fill a segment yet.
    waiting: [Vec<u8>; 2],
    /// Connection and time of the message before.
    before: Option<(Flow, i64)>,
}

impl<W: Write> FeedWriter<W> {
    /// Begins a feed.
    pub fn new(to: W, form: Form) -> io::Result<Self> {
        let out = match form {
            Form::Pcap => {
                let connections = [Connection::new(Flow::Ticks), Connection::new(Flow::Snapshots)];
                Out::Pcap(PcapWriter::new(to)?, connections)
            }
            Form::Bin => Out::Bin(to),
            Form::Beats => Out::Beats(to, Vec::new()),
        };
        Ok(Self { out, waiting: [Vec::new(), Vec::new()], before: None })
    }

    /// The next message.
    pub fn message(&mut self, message: &Message<'_>) -> io::Result<()> {
        if let Out::Bin(to) = &mut self.out {
            return to.write_all(message.frame);
        }
        match self.before.replace((message.flow, message.ms)) {
            None => self.out.open(message.ms)?,
            Some((flow, ms)) if flow != message.flow => self.drain(flow, ms)?,
            Some(_) => {}
        }
        let waiting = &mut self.waiting[message.flow as usize];
        waiting.extend_from_slice(message.frame);
        while waiting.len() >= SEGMENT_BYTES {
            self.out.segment(message.flow, message.ms, &waiting[..SEGMENT_BYTES])?;
            waiting.drain(..SEGMENT_BYTES);
        }
        Ok(())
    }

    /// Sends what waits.
    fn drain(&mut self, flow: Flow, ms: i64) -> io::Result<()> {
        let waiting = &mut self.waiting[flow as usize];
        if !waiting.is_empty() {
            self.out.segment(flow, ms, waiting)?;
            waiting.clear();
        }
        Ok(())
    }

    /// Ends the feed and gives back where it went.
    pub fn finish(mut self) -> io::Result<W> {
        if let Some((_, ms)) = self.before {
            for flow in [Flow::Ticks, Flow::Snapshots] {
                self.drain(flow, ms)?;
                self.out.close(flow, ms)?;
            }
        }
        match self.out {
            Out::Pcap(to, _) => to.finish(),
            Out::Bin(to) | Out::Beats(to, _) => Ok(to),
        }
    }
}

impl<W: Write> Out<W> {
    fn open(&mut self, ms: i64) -> io::Result<()> {
        if let Out::Pcap(to, connections) = self {
            for connection in connections {
                connection.open(to, ms)?;
            }
        }
        Ok(())
    }

    fn segment(&mut self, flow: Flow, ms: i64, payload: &[u8]) -> io::Result<()> {
        match self {
            Out::Pcap(to, connections) => {
                connections[flow as usize].send(to, ms, TcpFlags::DATA, payload)
            }
            Out::Bin(to) => to.write_all(payload),
            Out::Beats(to, words) => {
                words.clear();
                Layout::default().packet(flow as u8, payload, words);
                to.write_all(words)
            }
        }
    }

    fn close(&mut self, flow: Flow, ms: i64) -> io::Result<()> {
        match self {
            Out::Pcap(to, connections) => {
                connections[flow as usize].send(to, ms, TcpFlags::FIN, &[])
            }
            Out::Bin(_) | Out::Beats(..) => Ok(()),
        }
    }
}

/// One of the two TCP connections.
struct Connection {
    gateway: SocketAddrV4,
    client: SocketAddrV4,
    /// The client's SYN, ready made: the writer's segments acknowledge, a first SYN must not.
    syn: &'static str,
    /// TCP sequence number of the next byte; both ends start at 0.
    next: u32,
}

const TICKS_SYN: &str = "02000000000202000000000108004500002800004000400624600a0101640a01010b\n\
    9c4b139800000000000000005002ffffe98e0000";
const SNAPSHOTS_SYN: &str = "020000000002020000000001080045000028000040004006245f0a0101640a01010c\n\
    9c4c139900000000000000005002ffffe98b0000";

impl Connection {
    const fn new(flow: Flow) -> Self {
        let (host, port, own, syn) = match flow {
            Flow::Ticks => (11, 5016, 40_011, TICKS_SYN),
            Flow::Snapshots => (12, 5017, 40_012, SNAPSHOTS_SYN),
        };
        let gateway = SocketAddrV4::new(Ipv4Addr::new(10, 1, 1, host), port);
        let client = SocketAddrV4::new(Ipv4Addr::new(10, 1, 1, 100), own);
        Self { gateway, client, syn, next: 0 }
    }

    /// A segment of the gateway.
    fn send<W: Write>(
        &mut self,
        to: &mut PcapWriter<W>,
        ms: i64,
        flags: TcpFlags,
        payload: &[u8],
    ) -> io::Result<()> {
        to.tcp(self.gateway, self.client, self.next, flags, payload, nanos(ms))?;
        // Sequence numbers go round every 4 GiB.
        self.next = self.next.wrapping_add(payload.len() as u32 + u32::from(flags.syn));
        Ok(())
    }

    fn open<W: Write>(&mut self, to: &mut PcapWriter<W>, ms: i64) -> io::Result<()> {
        to.raw(&hex(self.syn), nanos(ms))?;
        self.send(to, ms, TcpFlags::SYN, &[])?;
        to.tcp(self.client, self.gateway, 1, TcpFlags::DATA, &[], nanos(ms))
    }
}

#[cfg(test)]
mod tests {
    use tidegate_gateway::{Delivery, Options, Source};

    use super::*;

    #[test]
    fn sequence_numbers_go_round() {
        let mut writer = FeedWriter::new(Vec::new(), Form::Pcap).expect("memory");
        let Out::Pcap(_, connections) = &mut writer.out else { panic!("a capture") };
        connections[0].next = u32::MAX - 5_000;
        let frame = crate::wire::frame(3, |_| {});
        for _ in 0..1_000 {
            let message = Message { flow: Flow::Ticks, ms: 0, frame: &frame };
            writer.message(&message).expect("memory");
        }
        let pcap = writer.finish().expect("memory");
        let mut source =
            Source::from_reader(&pcap[..], "", &Options::default()).expect("a capture");
        let mut bytes = 0;
        while let Some(delivery) = source.next().expect("memory") {
            if let Delivery::Bytes { bytes: more, .. } = delivery {
                bytes += more.len();
            }
        }
        assert_eq!((bytes, source.stats().holes), (12_000, 0));
    }
}
