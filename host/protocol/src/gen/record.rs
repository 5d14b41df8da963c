// Generated from the table by the test `generated`; do not edit.

use super::{DATAGRAM_HEADER_BYTES, RECORD_BYTES};
use crate::units::{AmtE4, PriceE4, PxE6, QtyE2, Timestamp};

/// `N` bytes at a constant place: the bounds are known when it is compiled in.
#[inline(always)]
fn get<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().expect("a field lies in its layout")
}

#[inline(always)]
fn put<const N: usize>(bytes: &mut [u8], at: usize, value: [u8; N]) {
    bytes[at..at + N].copy_from_slice(&value);
}

#[inline(always)]
fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(get(bytes, at))
}

#[inline(always)]
fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(get(bytes, at))
}

#[inline(always)]
fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(get(bytes, at))
}

#[inline(always)]
fn i64_at(bytes: &[u8], at: usize) -> i64 {
    i64::from_le_bytes(get(bytes, at))
}

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

impl Kind {
    /// The kind of this number.
    #[inline]
    pub const fn of(value: u8) -> Option<Self> {
        Some(match value {
            1 => Self::Order,
            2 => Self::Trade,
            3 => Self::Head,
            4 => Self::Entry,
            5 => Self::Queue,
            6 => Self::End,
            _ => return None,
        })
    }

    /// Whether a message begins with it.
    #[inline]
    pub const fn begins(self) -> bool {
        matches!(self, Self::Order | Self::Trade | Self::Head)
    }

    /// Whether a message ends with it.
    #[inline]
    pub const fn ends(self) -> bool {
        matches!(self, Self::Order | Self::Trade | Self::End)
    }
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

/// Bits of [`DatagramHeader::flags`].
pub mod datagram_flag {
    /// The message of the first record began in a datagram before.
    pub const STARTS_INSIDE: u8 = 1;
    /// The message of the last record goes on in the next datagram.
    pub const ENDS_INSIDE: u8 = 2;
}

/// The first 32 bytes of a datagram.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct DatagramHeader {
    /// Identity of this layout; another is not to be read.
    pub layout_id: u64,
    /// Run of the publisher; greater after each start.
    pub run: u64,
    /// Number of the datagram in its run, from 1, without a gap.
    pub sequence: u64,
    /// Length of the datagram in bytes, header included.
    pub bytes: u16,
    /// Records that follow, 0 to 15.
    pub records: u8,
    /// Flags of the datagram.
    pub flags: u8,
    /// Sum of the other 32-bit words of the datagram, modulo 2^32.
    pub check: u32,
}

impl DatagramHeader {
    /// First byte of LayoutId.
    pub const LAYOUT_ID_AT: usize = 0;
    /// First byte of Run.
    pub const RUN_AT: usize = 8;
    /// First byte of Sequence.
    pub const SEQUENCE_AT: usize = 16;
    /// First byte of Bytes.
    pub const BYTES_AT: usize = 24;
    /// First byte of Records.
    pub const RECORDS_AT: usize = 26;
    /// First byte of Flags.
    pub const FLAGS_AT: usize = 27;
    /// First byte of Check.
    pub const CHECK_AT: usize = 28;

    /// Reads it.
    #[inline]
    pub fn parse(bytes: &[u8; DATAGRAM_HEADER_BYTES]) -> Self {
        Self {
            layout_id: u64_at(bytes, Self::LAYOUT_ID_AT),
            run: u64_at(bytes, Self::RUN_AT),
            sequence: u64_at(bytes, Self::SEQUENCE_AT),
            bytes: u16_at(bytes, Self::BYTES_AT),
            records: bytes[Self::RECORDS_AT],
            flags: bytes[Self::FLAGS_AT],
            check: u32_at(bytes, Self::CHECK_AT),
        }
    }

    /// Writes it.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; DATAGRAM_HEADER_BYTES]) {
        put(bytes, Self::LAYOUT_ID_AT, self.layout_id.to_le_bytes());
        put(bytes, Self::RUN_AT, self.run.to_le_bytes());
        put(bytes, Self::SEQUENCE_AT, self.sequence.to_le_bytes());
        put(bytes, Self::BYTES_AT, self.bytes.to_le_bytes());
        bytes[Self::RECORDS_AT] = self.records;
        bytes[Self::FLAGS_AT] = self.flags;
        put(bytes, Self::CHECK_AT, self.check.to_le_bytes());
    }
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
    /// What the record is.
    pub kind: Kind,
    /// Flags of the record.
    pub flags: u8,
}

impl Tag {
    /// First byte of Msg.
    pub const MSG_AT: usize = 0;
    /// First byte of Offset.
    pub const OFFSET_AT: usize = 8;
    /// First byte of MsgType.
    pub const MSG_TYPE_AT: usize = 16;
    /// First byte of Session.
    pub const SESSION_AT: usize = 20;
    /// First byte of Kind.
    pub const KIND_AT: usize = 22;
    /// First byte of Flags.
    pub const FLAGS_AT: usize = 23;

    /// Reads the tag of a record; `None` where its kind is none.
    #[inline]
    pub fn parse(bytes: &[u8; RECORD_BYTES]) -> Option<Self> {
        Some(Self {
            msg: u64_at(bytes, Self::MSG_AT),
            offset: u64_at(bytes, Self::OFFSET_AT),
            msg_type: u32_at(bytes, Self::MSG_TYPE_AT),
            session: u16_at(bytes, Self::SESSION_AT),
            kind: Kind::of(bytes[Self::KIND_AT])?,
            flags: bytes[Self::FLAGS_AT],
        })
    }

    /// Writes the tag of a record.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; RECORD_BYTES]) {
        put(bytes, Self::MSG_AT, self.msg.to_le_bytes());
        put(bytes, Self::OFFSET_AT, self.offset.to_le_bytes());
        put(bytes, Self::MSG_TYPE_AT, self.msg_type.to_le_bytes());
        put(bytes, Self::SESSION_AT, self.session.to_le_bytes());
        bytes[Self::KIND_AT] = self.kind as u8;
        bytes[Self::FLAGS_AT] = self.flags;
    }
}

/// An order, a trade or a cancel.
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

impl Tick {
    /// First byte of ApplSeqNum.
    pub const APPL_SEQ_NUM_AT: usize = 24;
    /// First byte of BidApplSeqNum.
    pub const BID_APPL_SEQ_NUM_AT: usize = 32;
    /// First byte of OfferApplSeqNum.
    pub const OFFER_APPL_SEQ_NUM_AT: usize = 40;
    /// First byte of Security.
    pub const SECURITY_AT: usize = 48;
    /// First byte of Price.
    pub const PRICE_AT: usize = 56;
    /// First byte of Quantity.
    pub const QUANTITY_AT: usize = 64;
    /// First byte of Time.
    pub const TIME_AT: usize = 72;
    /// First byte of Channel.
    pub const CHANNEL_AT: usize = 80;
    /// First byte of Source.
    pub const SOURCE_AT: usize = 82;
    /// First byte of Code.
    pub const CODE_AT: usize = 86;
    /// First byte of OrdType.
    pub const ORD_TYPE_AT: usize = 87;
    /// First byte of Stream.
    pub const STREAM_AT: usize = 88;
    /// First byte of Padding.
    pub const PADDING_AT: usize = 91;

    /// Reads the fields behind the tag; not the padding.
    #[inline]
    pub fn parse(tag: Tag, bytes: &[u8; RECORD_BYTES]) -> Self {
        Self {
            tag,
            appl_seq_num: i64_at(bytes, Self::APPL_SEQ_NUM_AT),
            bid_appl_seq_num: i64_at(bytes, Self::BID_APPL_SEQ_NUM_AT),
            offer_appl_seq_num: i64_at(bytes, Self::OFFER_APPL_SEQ_NUM_AT),
            security: get(bytes, Self::SECURITY_AT),
            price: PriceE4(i64_at(bytes, Self::PRICE_AT)),
            quantity: QtyE2(i64_at(bytes, Self::QUANTITY_AT)),
            time: Timestamp(i64_at(bytes, Self::TIME_AT)),
            channel: u16_at(bytes, Self::CHANNEL_AT),
            source: get(bytes, Self::SOURCE_AT),
            code: bytes[Self::CODE_AT],
            ord_type: bytes[Self::ORD_TYPE_AT],
            stream: get(bytes, Self::STREAM_AT),
        }
    }

    /// Writes all bytes of the record, padding included.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; RECORD_BYTES]) {
        self.tag.emit(bytes);
        put(bytes, Self::APPL_SEQ_NUM_AT, self.appl_seq_num.to_le_bytes());
        put(bytes, Self::BID_APPL_SEQ_NUM_AT, self.bid_appl_seq_num.to_le_bytes());
        put(bytes, Self::OFFER_APPL_SEQ_NUM_AT, self.offer_appl_seq_num.to_le_bytes());
        put(bytes, Self::SECURITY_AT, self.security);
        put(bytes, Self::PRICE_AT, self.price.0.to_le_bytes());
        put(bytes, Self::QUANTITY_AT, self.quantity.0.to_le_bytes());
        put(bytes, Self::TIME_AT, self.time.0.to_le_bytes());
        put(bytes, Self::CHANNEL_AT, self.channel.to_le_bytes());
        put(bytes, Self::SOURCE_AT, self.source);
        bytes[Self::CODE_AT] = self.code;
        bytes[Self::ORD_TYPE_AT] = self.ord_type;
        put(bytes, Self::STREAM_AT, self.stream);
        bytes[Self::PADDING_AT..].fill(0);
    }
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
    /// NoMDEntries: entries that follow.
    pub entries: u32,
    /// ChannelNo.
    pub channel: u16,
    /// SecurityIDSource.
    pub source: [u8; 4],
    /// MDStreamID.
    pub stream: [u8; 3],
}

impl Head {
    /// First byte of Time.
    pub const TIME_AT: usize = 24;
    /// First byte of Security.
    pub const SECURITY_AT: usize = 32;
    /// First byte of Phase.
    pub const PHASE_AT: usize = 40;
    /// First byte of PrevClose.
    pub const PREV_CLOSE_AT: usize = 48;
    /// First byte of NumTrades.
    pub const NUM_TRADES_AT: usize = 56;
    /// First byte of Volume.
    pub const VOLUME_AT: usize = 64;
    /// First byte of Value.
    pub const VALUE_AT: usize = 72;
    /// First byte of Entries.
    pub const ENTRIES_AT: usize = 80;
    /// First byte of Channel.
    pub const CHANNEL_AT: usize = 84;
    /// First byte of Source.
    pub const SOURCE_AT: usize = 86;
    /// First byte of Stream.
    pub const STREAM_AT: usize = 90;
    /// First byte of Padding.
    pub const PADDING_AT: usize = 93;

    /// Reads the fields behind the tag; not the padding.
    #[inline]
    pub fn parse(tag: Tag, bytes: &[u8; RECORD_BYTES]) -> Self {
        Self {
            tag,
            time: Timestamp(i64_at(bytes, Self::TIME_AT)),
            security: get(bytes, Self::SECURITY_AT),
            phase: get(bytes, Self::PHASE_AT),
            prev_close: PriceE4(i64_at(bytes, Self::PREV_CLOSE_AT)),
            num_trades: i64_at(bytes, Self::NUM_TRADES_AT),
            volume: QtyE2(i64_at(bytes, Self::VOLUME_AT)),
            value: AmtE4(i64_at(bytes, Self::VALUE_AT)),
            entries: u32_at(bytes, Self::ENTRIES_AT),
            channel: u16_at(bytes, Self::CHANNEL_AT),
            source: get(bytes, Self::SOURCE_AT),
            stream: get(bytes, Self::STREAM_AT),
        }
    }

    /// Writes all bytes of the record, padding included.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; RECORD_BYTES]) {
        self.tag.emit(bytes);
        put(bytes, Self::TIME_AT, self.time.0.to_le_bytes());
        put(bytes, Self::SECURITY_AT, self.security);
        put(bytes, Self::PHASE_AT, self.phase);
        put(bytes, Self::PREV_CLOSE_AT, self.prev_close.0.to_le_bytes());
        put(bytes, Self::NUM_TRADES_AT, self.num_trades.to_le_bytes());
        put(bytes, Self::VOLUME_AT, self.volume.0.to_le_bytes());
        put(bytes, Self::VALUE_AT, self.value.0.to_le_bytes());
        put(bytes, Self::ENTRIES_AT, self.entries.to_le_bytes());
        put(bytes, Self::CHANNEL_AT, self.channel.to_le_bytes());
        put(bytes, Self::SOURCE_AT, self.source);
        put(bytes, Self::STREAM_AT, self.stream);
        bytes[Self::PADDING_AT..].fill(0);
    }
}

/// One entry of a snapshot; what its message type does not carry is 0.
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

impl Entry {
    /// First byte of Price.
    pub const PRICE_AT: usize = 24;
    /// First byte of Size.
    pub const SIZE_AT: usize = 32;
    /// First byte of Orders.
    pub const ORDERS_AT: usize = 40;
    /// First byte of Queue.
    pub const QUEUE_AT: usize = 48;
    /// First byte of Number.
    pub const NUMBER_AT: usize = 52;
    /// First byte of Level.
    pub const LEVEL_AT: usize = 54;
    /// First byte of EntryType.
    pub const ENTRY_TYPE_AT: usize = 56;
    /// First byte of Padding.
    pub const PADDING_AT: usize = 58;

    /// Reads the fields behind the tag; not the padding.
    #[inline]
    pub fn parse(tag: Tag, bytes: &[u8; RECORD_BYTES]) -> Self {
        Self {
            tag,
            price: PxE6(i64_at(bytes, Self::PRICE_AT)),
            size: QtyE2(i64_at(bytes, Self::SIZE_AT)),
            orders: i64_at(bytes, Self::ORDERS_AT),
            queue: u32_at(bytes, Self::QUEUE_AT),
            number: u16_at(bytes, Self::NUMBER_AT),
            level: u16_at(bytes, Self::LEVEL_AT),
            entry_type: get(bytes, Self::ENTRY_TYPE_AT),
        }
    }

    /// Writes all bytes of the record, padding included.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; RECORD_BYTES]) {
        self.tag.emit(bytes);
        put(bytes, Self::PRICE_AT, self.price.0.to_le_bytes());
        put(bytes, Self::SIZE_AT, self.size.0.to_le_bytes());
        put(bytes, Self::ORDERS_AT, self.orders.to_le_bytes());
        put(bytes, Self::QUEUE_AT, self.queue.to_le_bytes());
        put(bytes, Self::NUMBER_AT, self.number.to_le_bytes());
        put(bytes, Self::LEVEL_AT, self.level.to_le_bytes());
        put(bytes, Self::ENTRY_TYPE_AT, self.entry_type);
        bytes[Self::PADDING_AT..].fill(0);
    }
}

/// Two quantities of an order queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Queue {
    /// Where it comes from.
    pub tag: Tag,
    /// The quantities; the second is 0 where Count is 1.
    pub quantity: [QtyE2; 2],
    /// Position of the first in its queue, from 0.
    pub position: u32,
    /// How many of the two count: 1 or 2.
    pub count: u8,
}

impl Queue {
    /// First byte of Quantity.
    pub const QUANTITY_AT: usize = 24;
    /// First byte of Position.
    pub const POSITION_AT: usize = 40;
    /// First byte of Count.
    pub const COUNT_AT: usize = 44;
    /// First byte of Padding.
    pub const PADDING_AT: usize = 45;

    /// Reads the fields behind the tag; not the padding.
    #[inline]
    pub fn parse(tag: Tag, bytes: &[u8; RECORD_BYTES]) -> Self {
        Self {
            tag,
            quantity: [
                QtyE2(i64_at(bytes, Self::QUANTITY_AT)),
                QtyE2(i64_at(bytes, Self::QUANTITY_AT + 8)),
            ],
            position: u32_at(bytes, Self::POSITION_AT),
            count: bytes[Self::COUNT_AT],
        }
    }

    /// Writes all bytes of the record, padding included.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; RECORD_BYTES]) {
        self.tag.emit(bytes);
        put(bytes, Self::QUANTITY_AT, self.quantity[0].0.to_le_bytes());
        put(bytes, Self::QUANTITY_AT + 8, self.quantity[1].0.to_le_bytes());
        put(bytes, Self::POSITION_AT, self.position.to_le_bytes());
        bytes[Self::COUNT_AT] = self.count;
        bytes[Self::PADDING_AT..].fill(0);
    }
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

impl End {
    /// First byte of AuctionVolume.
    pub const AUCTION_VOLUME_AT: usize = 24;
    /// First byte of AuctionValue.
    pub const AUCTION_VALUE_AT: usize = 32;
    /// First byte of StockNum.
    pub const STOCK_NUM_AT: usize = 40;
    /// First byte of Padding.
    pub const PADDING_AT: usize = 44;

    /// Reads the fields behind the tag; not the padding.
    #[inline]
    pub fn parse(tag: Tag, bytes: &[u8; RECORD_BYTES]) -> Self {
        Self {
            tag,
            auction_volume: QtyE2(i64_at(bytes, Self::AUCTION_VOLUME_AT)),
            auction_value: AmtE4(i64_at(bytes, Self::AUCTION_VALUE_AT)),
            stock_num: u32_at(bytes, Self::STOCK_NUM_AT),
        }
    }

    /// Writes all bytes of the record, padding included.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; RECORD_BYTES]) {
        self.tag.emit(bytes);
        put(bytes, Self::AUCTION_VOLUME_AT, self.auction_volume.0.to_le_bytes());
        put(bytes, Self::AUCTION_VALUE_AT, self.auction_value.0.to_le_bytes());
        put(bytes, Self::STOCK_NUM_AT, self.stock_num.to_le_bytes());
        bytes[Self::PADDING_AT..].fill(0);
    }
}
