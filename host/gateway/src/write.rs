//! Writing captures, for tests and for feeds.

use etherparse::PacketBuilder;
use std::io::{self, Write};
use std::net::SocketAddrV4;

/// Flags of a TCP segment to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TcpFlags {
    /// The connection begins.
    pub syn: bool,
    /// The stream ends behind this segment.
    pub fin: bool,
    /// The connection breaks off.
    pub rst: bool,
}

impl TcpFlags {
    /// Data, and an acknowledgement as on every segment.
    pub const DATA: TcpFlags = TcpFlags { syn: false, fin: false, rst: false };
    /// The connection begins.
    pub const SYN: TcpFlags = TcpFlags { syn: true, ..TcpFlags::DATA };
    /// The stream ends behind this segment.
    pub const FIN: TcpFlags = TcpFlags { fin: true, ..TcpFlags::DATA };
    /// The connection breaks off.
    pub const RST: TcpFlags = TcpFlags { rst: true, ..TcpFlags::DATA };
}

/// Writes a classic capture with nanoseconds: Ethernet, IPv4, TCP and UDP, with right checksums.
pub struct PcapWriter<W: Write> {
    inner: W,
    packet: Vec<u8>,
    snaplen: usize,
}

const SRC_MAC: [u8; 6] = [2, 0, 0, 0, 0, 1];
const DST_MAC: [u8; 6] = [2, 0, 0, 0, 0, 2];
const TTL: u8 = 64;
/// The longest packet that any capture tool takes.
const SNAPLEN: u32 = 262_144;

impl<W: Write> PcapWriter<W> {
    /// Begins a capture.
    pub fn new(inner: W) -> io::Result<PcapWriter<W>> {
        PcapWriter::with_snaplen(inner, SNAPLEN)
    }

    /// Begins a capture that cuts packets to `snaplen` bytes.
    pub fn with_snaplen(mut inner: W, snaplen: u32) -> io::Result<PcapWriter<W>> {
        let mut header = Vec::with_capacity(24);
        for word in [0xa1b2_3c4d, 2 | 4 << 16, 0, 0, snaplen, 1] {
            header.extend_from_slice(&u32::to_le_bytes(word));
        }
        inner.write_all(&header)?;
        Ok(PcapWriter { inner, packet: Vec::new(), snaplen: snaplen as usize })
    }

    /// Writes a TCP segment whose first byte (or SYN) has the sequence number `seq`.
    ///
    /// The payload and its headers must fit an IP packet of 65,535 bytes.
    pub fn tcp(
        &mut self,
        src: SocketAddrV4,
        dst: SocketAddrV4,
        seq: u32,
        flags: TcpFlags,
        payload: &[u8],
        time_ns: u64,
    ) -> io::Result<()> {
        let mut builder = PacketBuilder::ethernet2(SRC_MAC, DST_MAC)
            .ipv4(src.ip().octets(), dst.ip().octets(), TTL)
            .tcp(src.port(), dst.port(), seq, 65_535)
            .ack(1);
        if flags.syn {
            builder = builder.syn();
        }
        if flags.fin {
            builder = builder.fin();
        }
        if flags.rst {
            builder = builder.rst();
        }
        if !payload.is_empty() {
            builder = builder.psh();
        }
        self.packet.clear();
        builder.write(&mut self.packet, payload).map_err(io::Error::other)?;
        self.record(time_ns)
    }

    /// Writes a UDP datagram.
    pub fn udp(
        &mut self,
        src: SocketAddrV4,
        dst: SocketAddrV4,
        payload: &[u8],
        time_ns: u64,
    ) -> io::Result<()> {
        let builder = PacketBuilder::ethernet2(SRC_MAC, DST_MAC)
            .ipv4(src.ip().octets(), dst.ip().octets(), TTL)
            .udp(src.port(), dst.port());
        self.packet.clear();
        builder.write(&mut self.packet, payload).map_err(io::Error::other)?;
        self.record(time_ns)
    }

    /// Writes a packet that begins with an Ethernet header, whatever follows.
    pub fn raw(&mut self, packet: &[u8], time_ns: u64) -> io::Result<()> {
        self.packet.clear();
        self.packet.extend_from_slice(packet);
        self.record(time_ns)
    }

    fn record(&mut self, time_ns: u64) -> io::Result<()> {
        let captured = self.packet.len().min(self.snaplen);
        let too_big = |_| io::Error::other("the time or the packet is too big for a capture");
        let seconds = u32::try_from(time_ns / 1_000_000_000).map_err(too_big)?;
        let length = u32::try_from(self.packet.len()).map_err(too_big)?;
        let fraction = (time_ns % 1_000_000_000) as u32;
        for word in [seconds, fraction, captured as u32, length] {
            self.inner.write_all(&word.to_le_bytes())?;
        }
        self.inner.write_all(&self.packet[..captured])
    }

    /// Flushes, and gives the inner writer back.
    pub fn finish(mut self) -> io::Result<W> {
        self.inner.flush()?;
        Ok(self.inner)
    }
}
