//! The fixed-size records that travel from decode on.
//!
//! Each is [`RECORD_BYTES`] long; [`Record::to_bytes`] gives the layout that every engine must
//! match: the fields in the order in which they stand here, little-endian, zero behind the last.

use crate::engine::Line;
use tidegate_protocol::FaultCode;
use tidegate_protocol::units::{AmtE4, IndexE4, PriceE4, PxE6, QtyE2, Timestamp};

/// Length of a record, in bytes.
pub const RECORD_BYTES: usize = 96;

/// What a record is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// A tick order (30xx92): one record.
    #[default]
    Order = 1,
    /// A tick trade or cancel (30xx91): one record.
    Trade = 2,
    /// The fixed part of a snapshot.
    Head = 3,
    /// One entry of a snapshot.
    Entry = 4,
    /// Two quantities of the queue of the entry before.
    Queue = 5,
    /// The end of a snapshot.
    End = 6,
}

/// What was decided about a record; bits of [`Tag::flags`].
pub mod flag {
    /// The checksum was wrong and the policy `flag` released it: not applied.
    pub const BAD_CHECKSUM: u8 = 1;
    /// ApplSeqNum at or below the channel's last: not applied.
    pub const DUPLICATE: u8 = 2;
    /// No row for this security: not applied.
    pub const UNNAMED: u8 = 4;
    /// A snapshot older than the row's: not applied.
    pub const STALE: u8 = 8;
    /// A fault kept it from being applied.
    pub const REFUSED: u8 = 16;
}

/// Where a record comes from; the first 24 bytes of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Tag {
    /// Number of the message over the whole input, from 0.
    pub msg: u64,
    /// Offset of the message's first byte in its stream.
    pub offset: u64,
    /// MsgType.
    pub msg_type: u32,
    /// Session: 0 to 127 of TOE0, 128 to 255 of TOE1.
    pub session: u16,
    /// What it is.
    pub kind: Kind,
    /// Bits of [`flag`].
    pub flags: u8,
}

/// A tick: an order, a trade or a cancel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Tick {
    /// Where it comes from.
    pub tag: Tag,
    /// Sequence number in its channel.
    pub appl_seq_num: i64,
    /// BidApplSeqNum of a trade; 0 for an order.
    pub bid_appl_seq_num: i64,
    /// OfferApplSeqNum of a trade; 0 for an order.
    pub offer_appl_seq_num: i64,
    /// SecurityID with its padding.
    pub security: [u8; 8],
    /// Price of an order, LastPx of a trade.
    pub price: PriceE4,
    /// OrderQty or LastQty.
    pub quantity: QtyE2,
    /// TransactTime.
    pub time: Timestamp,
    /// ChannelNo.
    pub channel: u16,
    /// SecurityIDSource.
    pub source: [u8; 4],
    /// Side of an order, ExecType of a trade.
    pub code: u8,
    /// OrdType of 300192 and 300292; 0 for every other.
    pub ord_type: u8,
    /// MDStreamID.
    pub stream: [u8; 3],
}

/// The fixed part of a snapshot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Head {
    /// Where it comes from.
    pub tag: Tag,
    /// OrigTime.
    pub time: Timestamp,
    /// SecurityID with its padding.
    pub security: [u8; 8],
    /// TradingPhaseCode with its padding.
    pub phase: [u8; 8],
    /// PrevClosePx.
    pub prev_close: PriceE4,
    /// NumTrades.
    pub num_trades: i64,
    /// TotalVolumeTrade.
    pub volume: QtyE2,
    /// TotalValueTrade.
    pub value: AmtE4,
    /// NoMDEntries.
    pub entries: u32,
    /// ChannelNo.
    pub channel: u16,
    /// SecurityIDSource.
    pub source: [u8; 4],
    /// MDStreamID.
    pub stream: [u8; 3],
}

/// One entry of a snapshot. What its message type does not carry is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Entry {
    /// Where it comes from.
    pub tag: Tag,
    /// MDEntryPx.
    pub price: PxE6,
    /// MDEntrySize.
    pub size: QtyE2,
    /// NumberOfOrders.
    pub orders: i64,
    /// NoOrders: queue quantities that follow.
    pub queue: u32,
    /// Number of the entry in its message, from 0.
    pub number: u16,
    /// MDPriceLevel.
    pub level: u16,
    /// MDEntryType.
    pub entry_type: [u8; 2],
}

/// Two quantities of an order queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Queue {
    /// Where it comes from.
    pub tag: Tag,
    /// The quantities; the second is 0 where `count` is 1.
    pub quantity: [QtyE2; 2],
    /// Position of the first in its queue, from 0.
    pub position: u32,
    /// How many of the two count: 1 or 2.
    pub count: u8,
}

/// The end of a snapshot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct End {
    /// Where it comes from.
    pub tag: Tag,
    /// AuctionVolumeTrade of 300211.
    pub auction_volume: QtyE2,
    /// AuctionValueTrade of 300211.
    pub auction_value: AmtE4,
    /// StockNum of 309111.
    pub stock_num: u32,
}

/// A record on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record<'a> {
    /// An order, a trade or a cancel.
    Tick(&'a Tick),
    /// The fixed part of a snapshot.
    Head(&'a Head),
    /// One entry of a snapshot.
    Entry(&'a Entry),
    /// Two quantities of an order queue.
    Queue(&'a Queue),
    /// The end of a snapshot.
    End(&'a End),
}

impl<'a> Record<'a> {
    /// Where it comes from.
    pub fn tag(&self) -> &'a Tag {
        match self {
            Record::Tick(r) => &r.tag,
            Record::Head(r) => &r.tag,
            Record::Entry(r) => &r.tag,
            Record::Queue(r) => &r.tag,
            Record::End(r) => &r.tag,
        }
    }

    /// The bytes that every engine must match.
    pub fn to_bytes(&self) -> [u8; RECORD_BYTES] {
        let mut out = Layout::new(self.tag());
        match self {
            Record::Tick(r) => {
                out.put(r.appl_seq_num.to_le_bytes());
                out.put(r.bid_appl_seq_num.to_le_bytes());
                out.put(r.offer_appl_seq_num.to_le_bytes());
                out.put(r.security);
                out.put(r.price.0.to_le_bytes());
                out.put(r.quantity.0.to_le_bytes());
                out.put(r.time.0.to_le_bytes());
                out.put(r.channel.to_le_bytes());
                out.put(r.source);
                out.put([r.code, r.ord_type]);
                out.put(r.stream);
            }
            Record::Head(r) => {
                out.put(r.time.0.to_le_bytes());
                out.put(r.security);
                out.put(r.phase);
                out.put(r.prev_close.0.to_le_bytes());
                out.put(r.num_trades.to_le_bytes());
                out.put(r.volume.0.to_le_bytes());
                out.put(r.value.0.to_le_bytes());
                out.put(r.entries.to_le_bytes());
                out.put(r.channel.to_le_bytes());
                out.put(r.source);
                out.put(r.stream);
            }
            Record::Entry(r) => {
                out.put(r.price.0.to_le_bytes());
                out.put(r.size.0.to_le_bytes());
                out.put(r.orders.to_le_bytes());
                out.put(r.queue.to_le_bytes());
                out.put(r.number.to_le_bytes());
                out.put(r.level.to_le_bytes());
                out.put(r.entry_type);
            }
            Record::Queue(r) => {
                out.put(r.quantity[0].0.to_le_bytes());
                out.put(r.quantity[1].0.to_le_bytes());
                out.put(r.position.to_le_bytes());
                out.put([r.count]);
            }
            Record::End(r) => {
                out.put(r.auction_volume.0.to_le_bytes());
                out.put(r.auction_value.0.to_le_bytes());
                out.put(r.stock_num.to_le_bytes());
            }
        }
        out.bytes
    }
}

/// Writes fields one behind the other.
struct Layout {
    bytes: [u8; RECORD_BYTES],
    at: usize,
}

impl Layout {
    fn new(tag: &Tag) -> Self {
        let mut out = Self { bytes: [0; RECORD_BYTES], at: 0 };
        out.put(tag.msg.to_le_bytes());
        out.put(tag.offset.to_le_bytes());
        out.put(tag.msg_type.to_le_bytes());
        out.put(tag.session.to_le_bytes());
        out.put([tag.kind as u8, tag.flags]);
        out
    }

    fn put<const N: usize>(&mut self, field: [u8; N]) {
        self.bytes[self.at..self.at + N].copy_from_slice(&field);
        self.at += N;
    }
}

/// Something wrong with the input: where and what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What was wrong; its room is [`FaultCode::room`].
    pub code: FaultCode,
    /// Session (0 to 127 of TOE0, 128 to 255 of TOE1), or `None` where no session that exists is
    /// concerned.
    pub session: Option<u16>,
    /// Where it begins in the stream (in the words, for a link), in bytes.
    pub offset: u64,
    /// Bytes concerned: the message, the range lost; 0 where there is none.
    pub length: u64,
    /// Number of the message, where it was framed.
    pub msg: Option<u64>,
    /// The line, where the fault is one of the line itself.
    pub line: Option<Line>,
}

impl Fault {
    /// Length of [`Fault::to_bytes`].
    pub const BYTES: usize = 32;

    /// The bytes that every engine must match: offset, length, msg (all ones for none),
    /// session (all ones for none), code, line (255 for none), zeros.
    pub fn to_bytes(&self) -> [u8; Self::BYTES] {
        let mut out = [0; Self::BYTES];
        out[..8].copy_from_slice(&self.offset.to_le_bytes());
        out[8..16].copy_from_slice(&self.length.to_le_bytes());
        out[16..24].copy_from_slice(&self.msg.unwrap_or(u64::MAX).to_le_bytes());
        out[24..26].copy_from_slice(&self.session.unwrap_or(u16::MAX).to_le_bytes());
        out[26] = self.code as u8;
        out[27] = self.line.map_or(u8::MAX, |line| line as u8);
        out
    }
}

/// The index after a constituent's price was set, to the same value too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexPoint {
    /// The message that set it.
    pub msg: u64,
    /// The pipeline's time.
    pub time: Timestamp,
    /// The index.
    pub value: IndexE4,
    /// Sum of price x shares over the constituents, in 1e-4 CNY.
    pub sum: i64,
}

impl IndexPoint {
    /// Length of [`IndexPoint::to_bytes`].
    pub const BYTES: usize = 32;

    /// The bytes that every engine must match: msg, time, value, sum.
    pub fn to_bytes(&self) -> [u8; Self::BYTES] {
        let mut out = [0; Self::BYTES];
        out[..8].copy_from_slice(&self.msg.to_le_bytes());
        out[8..16].copy_from_slice(&self.time.0.to_le_bytes());
        out[16..24].copy_from_slice(&self.value.0.to_le_bytes());
        out[24..].copy_from_slice(&self.sum.to_le_bytes());
        out
    }
}
