//! The pipeline's fixed-size records, and the datagrams in which they are published.
//!
//! ```text
//!  datagram, at most 1,472 bytes         record, 96 bytes
//!  | header 32 | record | record | ..    | tag 24 | fields of its kind | zeros |
//! ```
//!
//! Header and records are whole 16-byte words of an IO channel: 2 and 6.

use super::check;
use crate::fault::Room;
use crate::limits::BEAT_BYTES;
use crate::msg_type;
use crate::schema::FixedType::{
    Amt, Char, EntryPx, I64, Kind, Price, Qty, Text, Time, U8, U16, U32, U64, Zero,
};
use crate::schema::{FixedField, FixedLayout, FixedType, Flag, RecordKind};

/// Length of a record, in bytes.
pub const RECORD_BYTES: usize = 96;
/// Length of the tag with which each record begins, in bytes.
pub const TAG_BYTES: usize = 24;
/// Length of a datagram's header, in bytes.
pub const DATAGRAM_HEADER_BYTES: usize = 32;
/// Longest datagram, in bytes: the UDP payload of an Ethernet frame of 1,500 bytes.
pub const MAX_DATAGRAM_BYTES: usize = 1_472;
/// Most records of a datagram.
pub const MAX_DATAGRAM_RECORDS: usize = 15;

/// With what a datagram begins.
pub const DATAGRAM_HEADER: FixedLayout = FixedLayout {
    name: "DatagramHeader",
    doc: "the first 32 bytes of a datagram",
    fields: &[
        r("LayoutId", 0, 8, U64, "identity of this layout; another is not to be read"),
        r("Run", 8, 8, U64, "run of the publisher; greater after each start"),
        r("Sequence", 16, 8, U64, "number of the datagram in its run, from 1, without a gap"),
        r("Bytes", 24, 2, U16, "length of the datagram in bytes, header included"),
        r("Records", 26, 1, U8, "records that follow, 0 to 15"),
        r("Flags", 27, 1, U8, "flags of the datagram"),
        r("Check", 28, 4, U32, "sum of the other 32-bit words of the datagram, modulo 2^32"),
    ],
};

/// Flags of a datagram.
pub const DATAGRAM_FLAGS: &[Flag] = &[
    Flag {
        name: "STARTS_INSIDE",
        value: 1,
        room: Room::Publish,
        doc: "the message of the first record began in a datagram before",
    },
    Flag {
        name: "ENDS_INSIDE",
        value: 2,
        room: Room::Publish,
        doc: "the message of the last record goes on in the next datagram",
    },
];

/// With what each record begins.
pub const TAG: FixedLayout = FixedLayout {
    name: "Tag",
    doc: "where a record comes from; the first 24 bytes of each",
    fields: &[
        r("Msg", 0, 8, U64, "number of the message over the whole input, from 0"),
        r("Offset", 8, 8, U64, "offset of the message's first byte in its stream"),
        r("MsgType", 16, 4, U32, "MsgType"),
        r("Session", 20, 2, U16, "session: 0 to 127 of TOE0, 128 to 255 of TOE1"),
        r("Kind", 22, 1, Kind, "what the record is"),
        r("Flags", 23, 1, U8, "flags of the record"),
    ],
};

/// Flags of a record. Those that decode sets are published.
pub const RECORD_FLAGS: &[Flag] = &[
    Flag {
        name: "BAD_CHECKSUM",
        value: 1,
        room: Room::Decode,
        doc: "the checksum was wrong and the policy `flag` released it: not applied",
    },
    Flag {
        name: "DUPLICATE",
        value: 2,
        room: Room::Quote,
        doc: "ApplSeqNum at or below the channel's last: not applied",
    },
    Flag {
        name: "UNNAMED",
        value: 4,
        room: Room::Quote,
        doc: "no row for this security: not applied",
    },
    Flag {
        name: "STALE",
        value: 8,
        room: Room::Quote,
        doc: "a snapshot older than the row's: not applied",
    },
    Flag {
        name: "REFUSED",
        value: 16,
        room: Room::Quote,
        doc: "a fault kept it from being applied",
    },
];

/// The flags of a record that a datagram may carry.
pub const PUBLISHED_FLAGS: u8 = flags_of(RECORD_FLAGS, Room::Decode);

/// What a record may be.
pub const KINDS: &[RecordKind] = &[
    RecordKind {
        name: "Order",
        value: 1,
        layout: &TICK,
        begins: true,
        ends: true,
        doc: "a tick order (30xx92): one record",
    },
    RecordKind {
        name: "Trade",
        value: 2,
        layout: &TICK,
        begins: true,
        ends: true,
        doc: "a tick trade or cancel (30xx91): one record",
    },
    RecordKind {
        name: "Head",
        value: 3,
        layout: &HEAD,
        begins: true,
        ends: false,
        doc: "the fixed part of a snapshot",
    },
    RecordKind {
        name: "Entry",
        value: 4,
        layout: &ENTRY,
        begins: false,
        ends: false,
        doc: "one entry of a snapshot",
    },
    RecordKind {
        name: "Queue",
        value: 5,
        layout: &QUEUE,
        begins: false,
        ends: false,
        doc: "two quantities of the queue of the entry before",
    },
    RecordKind {
        name: "End",
        value: 6,
        layout: &END,
        begins: false,
        ends: true,
        doc: "the end of a snapshot",
    },
];

/// The layouts behind the tag, each once.
pub const RECORDS: &[&FixedLayout] = &[&TICK, &HEAD, &ENTRY, &QUEUE, &END];

const TICK: FixedLayout = FixedLayout {
    name: "Tick",
    doc: "an order, a trade or a cancel",
    fields: &[
        r("ApplSeqNum", 24, 8, I64, "sequence number in its channel"),
        r("BidApplSeqNum", 32, 8, I64, "BidApplSeqNum of a trade; 0 for an order"),
        r("OfferApplSeqNum", 40, 8, I64, "OfferApplSeqNum of a trade; 0 for an order"),
        r("Security", 48, 8, Text, "SecurityID with its padding"),
        r("Price", 56, 8, Price, "Price of an order, LastPx of a trade"),
        r("Quantity", 64, 8, Qty, "OrderQty or LastQty"),
        r("Time", 72, 8, Time, "TransactTime"),
        r("Channel", 80, 2, U16, "ChannelNo"),
        r("Source", 82, 4, Text, "SecurityIDSource"),
        r("Code", 86, 1, Char, "Side of an order, ExecType of a trade"),
        r("OrdType", 87, 1, Char, "OrdType of 300192 and 300292; 0 for every other"),
        r("Stream", 88, 3, Text, "MDStreamID"),
        r("Padding", 91, 5, Zero, "zeros"),
    ],
};

const HEAD: FixedLayout = FixedLayout {
    name: "Head",
    doc: "the fixed part of a snapshot",
    fields: &[
        r("Time", 24, 8, Time, "OrigTime"),
        r("Security", 32, 8, Text, "SecurityID with its padding"),
        r("Phase", 40, 8, Text, "TradingPhaseCode with its padding"),
        r("PrevClose", 48, 8, Price, "PrevClosePx"),
        r("NumTrades", 56, 8, I64, "NumTrades"),
        r("Volume", 64, 8, Qty, "TotalVolumeTrade"),
        r("Value", 72, 8, Amt, "TotalValueTrade"),
        r("Entries", 80, 4, U32, "NoMDEntries: entries that follow"),
        r("Channel", 84, 2, U16, "ChannelNo"),
        r("Source", 86, 4, Text, "SecurityIDSource"),
        r("Stream", 90, 3, Text, "MDStreamID"),
        r("Padding", 93, 3, Zero, "zeros"),
    ],
};

const ENTRY: FixedLayout = FixedLayout {
    name: "Entry",
    doc: "one entry of a snapshot; what its message type does not carry is 0",
    fields: &[
        r("Price", 24, 8, EntryPx, "MDEntryPx"),
        r("Size", 32, 8, Qty, "MDEntrySize"),
        r("Orders", 40, 8, I64, "NumberOfOrders"),
        r("Queue", 48, 4, U32, "NoOrders: queue quantities that follow"),
        r("Number", 52, 2, U16, "number of the entry in its message, from 0"),
        r("Level", 54, 2, U16, "MDPriceLevel"),
        r("EntryType", 56, 2, Text, "MDEntryType"),
        r("Padding", 58, 38, Zero, "zeros"),
    ],
};

const QUEUE: FixedLayout = FixedLayout {
    name: "Queue",
    doc: "two quantities of an order queue",
    fields: &[
        r("Quantity", 24, 16, Qty, "the quantities; the second is 0 where Count is 1"),
        r("Position", 40, 4, U32, "position of the first in its queue, from 0"),
        r("Count", 44, 1, U8, "how many of the two count: 1 or 2"),
        r("Padding", 45, 51, Zero, "zeros"),
    ],
};

const END: FixedLayout = FixedLayout {
    name: "End",
    doc: "the end of a snapshot",
    fields: &[
        r("AuctionVolume", 24, 8, Qty, "AuctionVolumeTrade of 300211"),
        r("AuctionValue", 32, 8, Amt, "AuctionValueTrade of 300211"),
        r("StockNum", 40, 4, U32, "StockNum of 309111"),
        r("Padding", 44, 52, Zero, "zeros"),
    ],
};

/// What a message type becomes behind decode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Becomes {
    /// Nothing: an unknown type, counted.
    Unknown = 0,
    /// One record of an order.
    Order = 1,
    /// One record of a trade or a cancel.
    Trade = 2,
    /// A head, entries, queues and an end.
    Snapshot = 3,
    /// No record; its length and groups are checked.
    Known = 4,
    /// No record; only its least length is checked, since its data are never held.
    Announcement = 5,
    /// A report of an order, for the record table; its length is checked.
    Report = 6,
}

/// What messages of this type become.
pub const fn becomes(msg_type: u32) -> Becomes {
    match msg_type {
        msg_type::AUCTION_ORDER
        | msg_type::BOND_ORDER
        | msg_type::BOND_QUOTE_ORDER
        | msg_type::BOND_BIDDING_ORDER
        | msg_type::AGREEMENT_ORDER
        | msg_type::REFINANCING_ORDER => Becomes::Order,
        msg_type::AUCTION_TRADE
        | msg_type::BOND_TRADE
        | msg_type::BOND_NEGOTIATED_TRADE
        | msg_type::BOND_BIDDING_TRADE
        | msg_type::AGREEMENT_TRADE
        | msg_type::REFINANCING_TRADE => Becomes::Trade,
        msg_type::AUCTION_SNAPSHOT
        | msg_type::BOND_SNAPSHOT
        | msg_type::BLOCK_SNAPSHOT
        | msg_type::FIXED_PRICE_SNAPSHOT
        | msg_type::HK_SNAPSHOT
        | msg_type::INDEX_SNAPSHOT
        | msg_type::VOLUME_STATISTICS => Becomes::Snapshot,
        msg_type::ANNOUNCEMENT => Becomes::Announcement,
        msg_type::ORDER_REPORT
        | msg_type::FILL_REPORT
        | msg_type::CANCEL_REJECT
        | msg_type::TRADING_BUSINESS_REJECT => Becomes::Report,
        other => {
            if super::find(other).is_some() {
                Becomes::Known
            } else {
                Becomes::Unknown
            }
        }
    }
}

/// FNV-1a 64 over the header, the tag, the kinds and their layouts, and the flags of both: two ends
/// agree on the layout iff their numbers agree. Shown as 16 hex digits.
pub const PUBLISH_ID: u64 = {
    let hash = check::number(check::FINGERPRINT_START, RECORD_BYTES as u32);
    let hash = check::hash_layout(hash, &DATAGRAM_HEADER);
    let hash = check::hash_flags(hash, DATAGRAM_FLAGS);
    let hash = check::hash_layout(hash, &TAG);
    let hash = check::number(hash, PUBLISHED_FLAGS as u32);
    check::hash_kinds(hash, KINDS)
};

const _: () = {
    check::layout(&DATAGRAM_HEADER, 0, DATAGRAM_HEADER_BYTES as u16);
    check::layout(&TAG, 0, TAG_BYTES as u16);
    check::kinds(KINDS, TAG_BYTES as u16, RECORD_BYTES as u16);
    check::flags(DATAGRAM_FLAGS);
    check::flags(RECORD_FLAGS);
    assert!(
        (MAX_DATAGRAM_BYTES - DATAGRAM_HEADER_BYTES) / RECORD_BYTES == MAX_DATAGRAM_RECORDS,
        "as many records as a datagram has room for"
    );
    assert!(
        DATAGRAM_HEADER_BYTES.is_multiple_of(BEAT_BYTES) && RECORD_BYTES.is_multiple_of(BEAT_BYTES),
        "whole words of an IO channel"
    );
};

/// One row of a field list.
const fn r(
    name: &'static str,
    offset: u16,
    len: u16,
    ty: FixedType,
    doc: &'static str,
) -> FixedField {
    FixedField { name, offset, len, ty, doc }
}

/// The bits that a room sets.
const fn flags_of(flags: &[Flag], room: Room) -> u8 {
    let mut bits = 0;
    let mut i = 0;
    while i < flags.len() {
        if flags[i].room as u8 == room as u8 {
            bits |= flags[i].value;
        }
        i += 1;
    }
    bits
}
