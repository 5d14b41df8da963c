//! From the bytes of a captured packet to its TCP or UDP payload.

use etherparse::{IpNumber, Ipv6ExtensionSlice, LaxIpSlice, TcpHeaderSlice, UdpHeaderSlice};
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::ops::Range;

/// One direction between two endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) udp: bool,
    pub(crate) src: (IpAddr, u16),
    pub(crate) dst: (IpAddr, u16),
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let protocol = if self.udp { "udp" } else { "tcp" };
        let (src, dst) = (SocketAddr::from(self.src), SocketAddr::from(self.dst));
        write!(f, "{protocol}:{src}>{dst}")
    }
}

/// Flags of a TCP segment, as far as they matter here.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Flags {
    pub(crate) syn: bool,
    pub(crate) fin: bool,
    pub(crate) rst: bool,
}

/// A packet, taken apart. Ranges count from its first byte.
pub(crate) enum Packet {
    Tcp {
        key: Key,
        seq: u32,
        flags: Flags,
        payload: Range<usize>,
        /// Payload bytes that the capture cut off.
        missing: usize,
    },
    Udp {
        key: Key,
        payload: Range<usize>,
        /// Length of the payload as it was sent.
        total: usize,
    },
    /// The first fragment of a datagram, which names its flow.
    UdpFragment {
        key: Key,
        total: usize,
    },
    Fragment,
    NotIp,
    NotTcpUdp,
    UnknownLink,
    Bad,
}

/// Link types whose packets can be taken apart.
pub(crate) fn known_link(link: u32) -> bool {
    matches!(link, 0 | 1 | 12 | 14 | 101 | 108 | 113 | 228 | 229 | 276)
}

/// Length of everything before the IP header, `None` if no IP header follows.
fn link_header(link: u32, packet: &[u8]) -> Option<usize> {
    let word = |at: usize| {
        packet.get(at..at + 2).map(|bytes| u16::from_be_bytes(bytes.try_into().expect("two bytes")))
    };
    let (mut ether_type, mut at) = match link {
        1 => (word(12)?, 14),
        113 => (word(14)?, 16),
        276 => (word(0)?, 20),
        12 | 14 | 101 | 228 | 229 => return Some(0),
        0 | 108 => {
            // The address family in whichever byte order the capturing machine had.
            let family = packet.first_chunk::<4>()?;
            let family = u32::from_be_bytes(*family).min(u32::from_le_bytes(*family));
            return matches!(family, 2 | 10 | 24 | 28 | 30).then_some(4);
        }
        _ => return None,
    };
    for _ in 0..3 {
        if !matches!(ether_type, 0x8100 | 0x88a8 | 0x9100 | 0x9200) {
            break;
        }
        ether_type = word(at + 2)?;
        at += 4;
    }
    matches!(ether_type, 0x0800 | 0x86dd).then_some(at)
}

/// Whether a fragment is the first one of its packet.
fn first_fragment(ip: &LaxIpSlice<'_>) -> bool {
    match ip {
        LaxIpSlice::Ipv4(ip) => ip.header().fragments_offset().value() == 0,
        LaxIpSlice::Ipv6(ip) => ip.extensions().clone().into_iter().any(|ext| match ext {
            Ipv6ExtensionSlice::Fragment(fragment) => fragment.fragment_offset().value() == 0,
            _ => false,
        }),
    }
}

/// Takes a packet apart. `wire` is its length before the capture cut it.
pub(crate) fn parse(link: u32, packet: &[u8], wire: usize) -> Packet {
    if !known_link(link) {
        return Packet::UnknownLink;
    }
    let Some(start) = link_header(link, packet) else {
        return Packet::NotIp;
    };
    let bytes = packet.get(start..).unwrap_or(&[]);
    if !matches!(bytes.first().map(|byte| byte >> 4), Some(4 | 6)) {
        return Packet::Bad;
    }
    let Ok((ip, None)) = LaxIpSlice::from_slice(bytes) else {
        return Packet::Bad;
    };
    let stated = match &ip {
        LaxIpSlice::Ipv4(ip) => usize::from(ip.header().total_len()),
        LaxIpSlice::Ipv6(ip) => match ip.header().payload_length() {
            0 => 0,
            length => 40 + usize::from(length),
        },
    };
    // A length of 0 is left by segmentation in the network card: the packet is what was seen.
    let stated = if stated == 0 { wire.saturating_sub(start) } else { stated };
    let missing = stated.saturating_sub(bytes.len());
    let payload = ip.payload();
    let number = payload.ip_number;
    let (fragmented, bytes) = (payload.fragmented, payload.payload);
    if number != IpNumber::TCP && number != IpNumber::UDP {
        return if fragmented { Packet::Fragment } else { Packet::NotTcpUdp };
    }
    let first = !fragmented || first_fragment(&ip);
    let (src, dst) = (ip.source_addr(), ip.destination_addr());
    let header_end = offset_in(packet, bytes);
    if number == IpNumber::TCP {
        if fragmented {
            return Packet::Fragment;
        }
        let Ok(tcp) = TcpHeaderSlice::from_slice(bytes) else {
            return Packet::Bad;
        };
        let flags = Flags { syn: tcp.syn(), fin: tcp.fin(), rst: tcp.rst() };
        let key =
            Key { udp: false, src: (src, tcp.source_port()), dst: (dst, tcp.destination_port()) };
        let payload = header_end + tcp.slice().len()..header_end + bytes.len();
        return Packet::Tcp { key, seq: tcp.sequence_number(), flags, payload, missing };
    }
    if !first {
        return Packet::Fragment;
    }
    let Ok(udp) = UdpHeaderSlice::from_slice(bytes) else {
        return Packet::Bad;
    };
    let key = Key { udp: true, src: (src, udp.source_port()), dst: (dst, udp.destination_port()) };
    let captured = bytes.len() - 8;
    let total = match usize::from(udp.length()) {
        0 => captured + missing,
        length @ 8.. => length - 8,
        _ => return Packet::Bad,
    };
    if fragmented {
        return Packet::UdpFragment { key, total };
    }
    let start = header_end + 8;
    Packet::Udp { key, payload: start..start + captured.min(total), total }
}

/// Where `part`, a piece of `whole`, begins in it.
fn offset_in(whole: &[u8], part: &[u8]) -> usize {
    (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize).min(whole.len())
}
