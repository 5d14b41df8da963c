//! What the cases are made of: messages that are right unless told otherwise, and their packets.

use std::net::{Ipv4Addr, SocketAddrV4};

use tidegate_gateway::write::{PcapWriter, TcpFlags};
use tidegate_protocol::code::{SOURCE_SZSE, exec_type, md_entry_type};
use tidegate_protocol::limits::TRAILER_BYTES;
use tidegate_protocol::message::{AuctionEntry, AuctionTrade, QueueItem, SnapshotHead};
use tidegate_protocol::msg_type;
use tidegate_protocol::units::{AmtE4, PriceE4, PxE6, QtyE2, Timestamp};

use crate::clock::{at, nanos, timestamp};
use crate::wire::{frame, part, text};

/// The constituent of the index, the other security with a row, and one without.
pub(super) const INSIDE: &[u8] = b"000001";
pub(super) const OUTSIDE: &[u8] = b"000002";
pub(super) const UNNAMED: &[u8] = b"000003";

/// The time of the `n`-th message.
pub(super) const fn time(n: i64) -> Timestamp {
    timestamp(at(9, 30) + 10 * n)
}

/// A trade of 100 shares of the constituent at 10.00 and a cent a number.
pub(super) fn trade(seq: i64) -> AuctionTrade {
    AuctionTrade {
        channel_no: 2011,
        appl_seq_num: seq,
        md_stream_id: *b"011",
        bid_appl_seq_num: 1,
        offer_appl_seq_num: 2,
        security_id: text(INSIDE),
        security_id_source: SOURCE_SZSE,
        last_px: PriceE4(100_000 + 100 * seq),
        last_qty: QtyE2(10_000),
        exec_type: exec_type::TRADE,
        transact_time: time(seq),
    }
}

/// A trade as a message.
pub(super) fn sent(trade: AuctionTrade) -> Vec<u8> {
    frame(msg_type::AUCTION_TRADE, |to| part(to, |bytes| trade.emit(bytes)))
}

/// The message of a usual trade.
pub(super) fn message(seq: i64) -> Vec<u8> {
    sent(trade(seq))
}

/// The messages of usual trades.
pub(super) fn messages(numbers: impl IntoIterator<Item = i64>) -> Vec<u8> {
    numbers.into_iter().flat_map(message).collect()
}

/// A message of any type with these bytes as its body.
pub(super) fn raw(msg_type: u32, body: &[u8]) -> Vec<u8> {
    frame(msg_type, |to| to.extend_from_slice(body))
}

/// The same with its trailer changed by exclusive or.
pub(super) fn with_trailer(mut frame: Vec<u8>, change: u32) -> Vec<u8> {
    let at = frame.len() - TRAILER_BYTES;
    for (byte, change) in frame[at..].iter_mut().zip(change.to_be_bytes()) {
        *byte ^= change;
    }
    frame
}

/// The same with one bit of its body changed, the trailer as it was.
pub(super) fn with_bit(mut frame: Vec<u8>, at: usize) -> Vec<u8> {
    frame[at] ^= 0x10;
    frame
}

/// A header that announces so many bytes of body.
pub(super) fn header(msg_type: u32, body: u32) -> Vec<u8> {
    [msg_type.to_be_bytes(), body.to_be_bytes()].concat()
}

/// The head of a snapshot of a security with so many entries.
pub(super) fn head(n: i64, security: &[u8], entries: u32) -> SnapshotHead {
    SnapshotHead {
        orig_time: time(n),
        channel_no: 1011,
        md_stream_id: *b"010",
        security_id: text(security),
        security_id_source: SOURCE_SZSE,
        trading_phase_code: text(b"T0"),
        prev_close_px: PriceE4(100_000),
        num_trades: n,
        total_volume_trade: QtyE2(10_000 * n),
        total_value_trade: AmtE4(1_000_000 * n),
        no_md_entries: entries,
    }
}

/// A bid of some level with a queue of that many orders.
pub(super) fn bid(level: u16, queue: u32) -> AuctionEntry {
    AuctionEntry {
        md_entry_type: md_entry_type::BID,
        md_entry_px: PxE6(10_000_000 - 10_000 * i64::from(level)),
        md_entry_size: QtyE2(10_000 * i64::from(queue)),
        md_price_level: level,
        number_of_orders: i64::from(queue),
        no_orders: queue,
    }
}

/// A last price.
pub(super) fn last(price: i64) -> AuctionEntry {
    AuctionEntry { md_entry_type: md_entry_type::LAST, md_entry_px: PxE6(price), ..bid(0, 0) }
}

/// 300111 of a head and entries, each followed by the queue that it announces.
pub(super) fn snapshot(head: &SnapshotHead, entries: &[AuctionEntry]) -> Vec<u8> {
    frame(msg_type::AUCTION_SNAPSHOT, |to| {
        part(to, |bytes| head.emit(bytes));
        for entry in entries {
            part(to, |bytes| entry.emit(bytes));
            for place in 1..=i64::from(entry.no_orders) {
                let item = QueueItem { order_qty: QtyE2(100 * place) };
                part(to, |bytes| item.emit(bytes));
            }
        }
    })
}

/// A capture with one packet each millisecond from 09:30 on, all from the gateway.
pub(super) struct Capture {
    to: PcapWriter<Vec<u8>>,
    packets: i64,
}

impl Capture {
    pub(super) fn new() -> Self {
        Self::with_snaplen(262_144)
    }

    pub(super) fn with_snaplen(snaplen: u32) -> Self {
        let to = PcapWriter::with_snaplen(Vec::new(), snaplen).expect("memory takes every byte");
        Self { to, packets: 0 }
    }

    fn ends(&mut self, flow: u16) -> (SocketAddrV4, SocketAddrV4, u64) {
        self.packets += 1;
        let end = |host, port| SocketAddrV4::new(Ipv4Addr::new(10, 1, 1, host), port);
        (end(11, 5016 + flow), end(100, 40_011 + flow), nanos(at(9, 30) + self.packets))
    }

    /// A segment of a TCP connection.
    pub(super) fn tcp(&mut self, flow: u16, seq: u32, flags: TcpFlags, data: &[u8]) -> &mut Self {
        let (from, to, time) = self.ends(flow);
        self.to.tcp(from, to, seq, flags, data, time).expect("memory takes every byte");
        self
    }

    /// The gateway opens a connection whose data begin with this sequence number.
    pub(super) fn open(&mut self, flow: u16, first: usize) -> &mut Self {
        self.tcp(flow, first as u32 - 1, TcpFlags::SYN, &[])
    }

    /// Data of a connection.
    pub(super) fn data(&mut self, flow: u16, seq: usize, data: &[u8]) -> &mut Self {
        self.tcp(flow, seq as u32, TcpFlags::DATA, data)
    }

    /// The gateway closes a connection.
    pub(super) fn close(&mut self, flow: u16, seq: usize) -> &mut Self {
        self.tcp(flow, seq as u32, TcpFlags::FIN, &[])
    }

    /// A datagram.
    pub(super) fn udp(&mut self, flow: u16, data: &[u8]) -> &mut Self {
        let (from, to, time) = self.ends(flow);
        self.to.udp(from, to, data, time).expect("memory takes every byte");
        self
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.to.finish().expect("memory takes every byte")
    }
}
