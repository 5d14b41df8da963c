//! The packets of a capture file, one after the other.

use super::packet::known_link;
use crate::SourceError;
use crate::input::Input;
use pcap_parser::{Block, parse_block_be, parse_block_le, parse_pcap_header};
use std::ops::Range;

/// No packet or block is longer; a length above it is damage.
const MAX_RECORD: usize = 16 << 20;
/// Bytes asked of the input at once.
const READ_BYTES: usize = 256 << 10;
/// More interfaces than any capture has.
const MAX_INTERFACES: usize = 1 << 16;
const NANOS: u64 = 1_000_000_000;

/// One packet; its bytes stand in [`Records::buf`] until the next one is read.
pub(crate) struct Record {
    pub(crate) data: Range<usize>,
    /// Length before the capture cut it.
    pub(crate) wire: usize,
    pub(crate) link: u32,
    pub(crate) time_ns: Option<u64>,
}

#[derive(Clone, Copy)]
struct Interface {
    link: u32,
    snaplen: usize,
    /// Units a second.
    resolution: u64,
    offset_ns: i128,
}

enum Layout {
    /// Nothing read yet.
    Unknown {
        ng: bool,
    },
    Pcap {
        big: bool,
        header: usize,
        unit_ns: u64,
        link: u32,
    },
    Ng {
        big: bool,
        interfaces: Vec<Interface>,
    },
}

/// Reads a capture in bounded memory.
pub(crate) struct Records {
    layout: Layout,
    pub(crate) buf: Vec<u8>,
    start: usize,
    end: usize,
    /// Offset of `start` in the file.
    offset: u64,
    ended: bool,
    damage: Option<u64>,
}

fn u32_at(bytes: &[u8], at: usize, big: bool) -> u32 {
    let word = bytes[at..at + 4].try_into().expect("four bytes");
    if big { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) }
}

fn u16_at(bytes: &[u8], at: usize, big: bool) -> u16 {
    let word = bytes[at..at + 2].try_into().expect("two bytes");
    if big { u16::from_be_bytes(word) } else { u16::from_le_bytes(word) }
}

impl Records {
    pub(crate) fn new(ng: bool) -> Records {
        Records {
            layout: Layout::Unknown { ng },
            buf: Vec::new(),
            start: 0,
            end: 0,
            offset: 0,
            ended: false,
            damage: None,
        }
    }

    /// Where the file is damaged, once that was met.
    pub(crate) fn damage(&self) -> Option<u64> {
        self.damage
    }

    /// Sees to `count` bytes from `start`. `false` when the file ends before.
    fn need(&mut self, input: &mut Input, count: usize) -> Result<bool, SourceError> {
        while self.end - self.start < count {
            if self.start > 0 {
                self.buf.copy_within(self.start..self.end, 0);
                self.end -= self.start;
                self.start = 0;
            }
            let wanted = count.max(self.end + READ_BYTES);
            if self.buf.len() < wanted {
                self.buf.resize(wanted, 0);
            }
            match input.read(&mut self.buf[self.end..])? {
                0 => return Ok(false),
                read => self.end += read,
            }
        }
        Ok(true)
    }

    fn consume(&mut self, count: usize) -> usize {
        let start = self.start;
        self.start += count;
        self.offset += count as u64;
        start
    }

    /// The file ends here; unless this is its last byte, by damage.
    fn stop(&mut self, input: &Input) {
        self.ended = true;
        if self.end > self.start || input.damaged() {
            self.damage = Some(self.offset);
        }
    }

    fn broken(&mut self) {
        self.ended = true;
        self.damage = Some(self.offset);
    }

    /// The next packet, `None` at the end or at damage.
    pub(crate) fn next(&mut self, input: &mut Input) -> Result<Option<Record>, SourceError> {
        while !self.ended {
            let record = match self.layout {
                Layout::Unknown { ng: false } => self.pcap_header(input)?,
                Layout::Unknown { ng: true } => {
                    self.layout = Layout::Ng { big: false, interfaces: Vec::new() };
                    None
                }
                Layout::Pcap { big, header, unit_ns, link } => {
                    self.pcap_record(input, big, header, unit_ns, link)?
                }
                Layout::Ng { big, .. } => self.block(input, big)?,
            };
            if record.is_some() {
                return Ok(record);
            }
        }
        Ok(None)
    }

    fn pcap_header(&mut self, input: &mut Input) -> Result<Option<Record>, SourceError> {
        if !self.need(input, 24)? {
            self.broken();
            return Ok(None);
        }
        let mut head: [u8; 24] =
            self.buf[self.start..self.start + 24].try_into().expect("24 bytes");
        let modified = matches!(head[..4], [0x34, 0xcd, 0xb2, 0xa1] | [0xa1, 0xb2, 0xcd, 0x34]);
        // The parser knows the modified layout in one byte order only; the header is the same.
        if head[..4] == [0xa1, 0xb2, 0xcd, 0x34] {
            head[..4].copy_from_slice(&[0xa1, 0xb2, 0xc3, 0xd4]);
        }
        let Ok((_, parsed)) = parse_pcap_header(&head) else {
            self.broken();
            return Ok(None);
        };
        // The upper half of the word says how long the frame check sequence is.
        let link = parsed.network.0 as u32 & 0xffff;
        if !known_link(link) {
            return Err(SourceError::LinkType { name: input.name().to_owned(), found: link });
        }
        self.layout = Layout::Pcap {
            big: parsed.is_bigendian(),
            header: if modified { 24 } else { 16 },
            unit_ns: if parsed.is_nanosecond_precision() { 1 } else { 1_000 },
            link,
        };
        self.consume(24);
        Ok(None)
    }

    fn pcap_record(
        &mut self,
        input: &mut Input,
        big: bool,
        header: usize,
        unit_ns: u64,
        link: u32,
    ) -> Result<Option<Record>, SourceError> {
        if !self.need(input, header)? {
            self.stop(input);
            return Ok(None);
        }
        let word = |at| u32_at(&self.buf[self.start..], at, big);
        let (seconds, fraction) = (u64::from(word(0)), u64::from(word(4)));
        let (captured, wire) = (word(8) as usize, word(12) as usize);
        if captured > MAX_RECORD {
            self.broken();
            return Ok(None);
        }
        if !self.need(input, header + captured)? {
            self.stop(input);
            return Ok(None);
        }
        let start = self.consume(header + captured) + header;
        let time_ns = Some(seconds * NANOS + fraction * unit_ns);
        Ok(Some(Record { data: start..start + captured, wire, link, time_ns }))
    }

    /// One block; `None` also for a block without a packet.
    fn block(&mut self, input: &mut Input, big: bool) -> Result<Option<Record>, SourceError> {
        if !self.need(input, 12)? {
            self.stop(input);
            return Ok(None);
        }
        let head = &self.buf[self.start..self.start + 12];
        let section = head[..4] == [0x0a, 0x0d, 0x0d, 0x0a];
        // A section says its own byte order, which holds up to the next section.
        let big = match head[8..12] {
            [0x1a, 0x2b, 0x3c, 0x4d] if section => true,
            [0x4d, 0x3c, 0x2b, 0x1a] if section => false,
            _ if section || self.offset == 0 => {
                self.broken();
                return Ok(None);
            }
            _ => big,
        };
        let (kind, length) = (u32_at(head, 0, big), u32_at(head, 4, big) as usize);
        if length < 12 || length % 4 != 0 || length > MAX_RECORD {
            self.broken();
            return Ok(None);
        }
        if !self.need(input, length)? {
            self.stop(input);
            return Ok(None);
        }
        let block = &self.buf[self.start..self.start + length];
        if u32_at(block, length - 4, big) as usize != length {
            self.broken();
            return Ok(None);
        }
        let Layout::Ng { big: order, interfaces } = &mut self.layout else {
            unreachable!("blocks are read in a file of blocks");
        };
        *order = big;
        match read_block(block, kind, big, interfaces) {
            Ok(record) => {
                let start = self.consume(length);
                Ok(record.map(|record| Record {
                    data: record.data.start + start..record.data.end + start,
                    ..record
                }))
            }
            Err(Damaged) => {
                self.broken();
                Ok(None)
            }
        }
    }
}

struct Damaged;

fn read_block(
    block: &[u8],
    kind: u32,
    big: bool,
    interfaces: &mut Vec<Interface>,
) -> Result<Option<Record>, Damaged> {
    // Only these kinds matter; the old packet block is not known to the parser.
    if kind == 2 {
        return old_packet(block, big, interfaces).map(Some);
    }
    if !matches!(kind, 0x0a0d_0d0a | 1 | 3 | 6) {
        return Ok(None);
    }
    let parsed = if big { parse_block_be(block) } else { parse_block_le(block) };
    let Ok((_, parsed)) = parsed else {
        return Err(Damaged);
    };
    match parsed {
        Block::SectionHeader(_) => interfaces.clear(),
        Block::InterfaceDescription(idb) => {
            if interfaces.len() == MAX_INTERFACES {
                return Err(Damaged);
            }
            let mut interface = Interface {
                link: idb.linktype.0 as u32,
                snaplen: if idb.snaplen == 0 { usize::MAX } else { idb.snaplen as usize },
                resolution: 1_000_000,
                offset_ns: 0,
            };
            for option in &idb.options {
                let value: &[u8] = &option.value;
                match (option.code.0, value) {
                    (9, [resolution, ..]) => interface.resolution = units(*resolution),
                    (14, value) if value.len() >= 8 => {
                        let value = value[..8].try_into().expect("eight bytes");
                        let seconds =
                            if big { i64::from_be_bytes(value) } else { i64::from_le_bytes(value) };
                        interface.offset_ns = i128::from(seconds) * i128::from(NANOS);
                    }
                    _ => {}
                }
            }
            interfaces.push(interface);
        }
        Block::EnhancedPacket(epb) => {
            let captured = epb.caplen as usize;
            if captured > epb.data.len() {
                return Err(Damaged);
            }
            let time = u64::from(epb.ts_high) << 32 | u64::from(epb.ts_low);
            let interface = interfaces.get(epb.if_id as usize);
            return Ok(Some(packet(28, captured, epb.origlen, interface, Some(time))));
        }
        Block::SimplePacket(spb) => {
            let interface = interfaces.first();
            let snaplen = interface.map_or(usize::MAX, |interface| interface.snaplen);
            let captured = spb.data.len().min(spb.origlen as usize).min(snaplen);
            return Ok(Some(packet(12, captured, spb.origlen, interface, None)));
        }
        _ => {}
    }
    Ok(None)
}

fn old_packet(block: &[u8], big: bool, interfaces: &[Interface]) -> Result<Record, Damaged> {
    if block.len() < 32 {
        return Err(Damaged);
    }
    let interface = interfaces.get(usize::from(u16_at(block, 8, big)));
    let time = u64::from(u32_at(block, 12, big)) << 32 | u64::from(u32_at(block, 16, big));
    let captured = u32_at(block, 20, big) as usize;
    if captured > block.len() - 32 {
        return Err(Damaged);
    }
    Ok(packet(28, captured, u32_at(block, 24, big), interface, Some(time)))
}

fn packet(
    start: usize,
    captured: usize,
    wire: u32,
    interface: Option<&Interface>,
    time: Option<u64>,
) -> Record {
    let time_ns = interface.zip(time).and_then(|(interface, time)| {
        let nanos = u128::from(time) * u128::from(NANOS) / u128::from(interface.resolution);
        u64::try_from(i128::try_from(nanos).ok()? + interface.offset_ns).ok()
    });
    // A packet of an interface that was not described has no known link type.
    let link = interface.map_or(u32::MAX, |interface| interface.link);
    Record { data: start..start + captured, wire: wire as usize, link, time_ns }
}

/// Units a second, from the option that says it as a power of ten or of two.
fn units(option: u8) -> u64 {
    let exponent = u32::from(option & 0x7f);
    if option & 0x80 == 0 {
        10u64.saturating_pow(exponent)
    } else {
        1u64.checked_shl(exponent).unwrap_or(u64::MAX)
    }
}
