//! The words in which [`crate::table`] is written.

use crate::fault::Room;

/// Wire type of a field. Every integer is big-endian, signed ones are two's complement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// Unsigned, 1 byte.
    U8,
    /// Unsigned, 2 bytes.
    U16,
    /// Unsigned, 4 bytes.
    U32,
    /// Signed, 4 bytes.
    I32,
    /// Signed, 8 bytes, a plain number.
    I64,
    /// Boolean as an unsigned 2-byte integer: 1 true, 0 false.
    Bool16,
    /// Price N13(4): signed 8 bytes in 1e-4 CNY.
    Price,
    /// Quantity N15(2): signed 8 bytes in 1e-2 (100 shares = 10 000).
    Qty,
    /// Amount N18(4): signed 8 bytes in 1e-4 CNY.
    Amt,
    /// MDEntryPx N18(6): signed 8 bytes in 1e-6 CNY or index points.
    EntryPx,
    /// LocalTimeStamp: signed 8 bytes, decimal digits YYYYMMDDHHMMSSsss, UTC+8.
    Time,
    /// LocalMktDate: unsigned 4 bytes, decimal digits YYYYMMDD.
    Date,
    /// SeqNum: signed 8 bytes.
    SeqNum,
    /// NumInGroup: unsigned 4 bytes, the number of entries of the group that follows.
    Count,
    /// Length: unsigned 4 bytes, the number of bytes of the data that follow.
    Length,
    /// One ASCII character.
    Char,
    /// ASCII text, left-justified, padded with spaces (NUL is accepted).
    Text,
    /// Text that may be Chinese (GBK), left-justified, padded with spaces (NUL is accepted).
    Gbk,
    /// Text that may be Chinese in UTF-8 or in GBK: the sources of order entry do not agree. Read as
    /// UTF-8 where it is that, else as GBK; written as UTF-8. Padded like the others.
    Utf8OrGbk,
}

impl Type {
    /// Length in bytes where the type fixes it; `None` for text.
    pub const fn fixed_bytes(self) -> Option<u16> {
        Some(match self {
            Type::U8 | Type::Char => 1,
            Type::U16 | Type::Bool16 => 2,
            Type::U32 | Type::I32 | Type::Date | Type::Count | Type::Length => 4,
            Type::I64
            | Type::Price
            | Type::Qty
            | Type::Amt
            | Type::EntryPx
            | Type::Time
            | Type::SeqNum => 8,
            Type::Text | Type::Gbk | Type::Utf8OrGbk => return None,
        })
    }

    /// Whether a value is a text.
    pub const fn is_text(self) -> bool {
        matches!(self, Type::Char | Type::Text | Type::Gbk | Type::Utf8OrGbk)
    }

    /// Decimal digits after the point of a fixed-point type; `None` for every other.
    pub const fn scale(self) -> Option<u32> {
        match self {
            Type::Price | Type::Amt => Some(4),
            Type::Qty => Some(2),
            Type::EntryPx => Some(6),
            _ => None,
        }
    }
}

/// How well a field is known. The official documents were not at hand; see `PROTOCOL.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Confidence {
    /// Three or more independent decoders agree, or two and real data.
    A,
    /// Two sources.
    B,
    /// One source.
    C,
    /// Memory or inference only.
    M,
}

/// One field of a part.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The specification's name.
    pub name: &'static str,
    /// First byte, counted from the start of the part.
    pub offset: u16,
    /// Length in bytes.
    pub len: u16,
    /// Wire type.
    pub ty: Type,
    /// How well it is known.
    pub confidence: Confidence,
    /// Meaning, in a few words; codes where there are few.
    pub doc: &'static str,
}

/// What follows the fixed fields of a part.
#[derive(Clone, Copy, Debug)]
pub enum Then {
    /// Nothing: the next part, or the end of what is known.
    Nothing,
    /// A repeating group; its count is the last field of the part (type [`Type::Count`]).
    Group(Group),
    /// Raw bytes; their number is the last field of the part (type [`Type::Length`]).
    Data {
        /// The specification's name of the bytes.
        name: &'static str,
    },
}

/// A repeating group.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// Name of the array in JSON and CSV, such as `MDEntries`.
    pub name: &'static str,
    /// One entry: parts, which may hold a group of their own.
    pub entry: &'static [Part],
}

/// A run of fixed fields and what follows them. A message or an entry is a list of parts.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// Name of the typed struct that the generator writes for it.
    pub name: &'static str,
    /// The fields, in wire order, without a gap.
    pub fields: &'static [Field],
    /// What follows.
    pub then: Then,
}

/// Which interface a message belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Interface {
    /// Logon, Logout, Heartbeat: the same in both.
    Session,
    /// Market data (MDGW).
    MarketData,
    /// Order entry (TGW).
    Trading,
}

/// One message type.
#[derive(Clone, Copy, Debug)]
pub struct Message {
    /// MsgType on the wire.
    pub msg_type: u32,
    /// Name in code and documents, such as `AuctionTrade`.
    pub name: &'static str,
    /// Title in English.
    pub title: &'static str,
    /// Title in Chinese, as the specification has it.
    pub title_zh: &'static str,
    /// Interface.
    pub interface: Interface,
    /// Length of the body when every group is empty, in bytes: what a body must at least have.
    pub min_body_bytes: u32,
    /// The body.
    pub parts: &'static [Part],
}

/// Type of a field of a fixed layout, as in [`crate::table::records`]. Every integer is
/// little-endian. A field longer than its type is an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FixedType {
    /// Unsigned, 1 byte.
    U8,
    /// Unsigned, 2 bytes.
    U16,
    /// Unsigned, 4 bytes.
    U32,
    /// Unsigned, 8 bytes.
    U64,
    /// Signed, 8 bytes, a plain number.
    I64,
    /// Signed, 8 bytes, in 1e-4 CNY.
    Price,
    /// Signed, 8 bytes, in 1e-2 (100 shares = 10 000).
    Qty,
    /// Signed, 8 bytes, in 1e-4 CNY.
    Amt,
    /// Signed, 8 bytes, in 1e-6 CNY or index points.
    EntryPx,
    /// Signed, 8 bytes, decimal digits YYYYMMDDHHMMSSsss, UTC+8.
    Time,
    /// Text as the exchange sent it, with its padding.
    Text,
    /// A character as the exchange sent it; 0 where there is none.
    Char,
    /// The kind of a record, 1 byte.
    Kind,
    /// Padding: zeros.
    Zero,
}

impl FixedType {
    /// Bytes of one value.
    pub const fn bytes(self) -> u16 {
        match self {
            Self::U8 | Self::Text | Self::Char | Self::Kind | Self::Zero => 1,
            Self::U16 => 2,
            Self::U32 => 4,
            Self::U64
            | Self::I64
            | Self::Price
            | Self::Qty
            | Self::Amt
            | Self::EntryPx
            | Self::Time => 8,
        }
    }

    /// Decimal digits after the point of a fixed-point type; `None` for every other.
    pub const fn scale(self) -> Option<u32> {
        match self {
            Self::Price | Self::Amt => Some(4),
            Self::Qty => Some(2),
            Self::EntryPx => Some(6),
            _ => None,
        }
    }
}

/// One field of a fixed layout.
#[derive(Clone, Copy, Debug)]
pub struct FixedField {
    /// Name in the documents; in code, the same in the case of the language.
    pub name: &'static str,
    /// First byte.
    pub offset: u16,
    /// Length in bytes.
    pub len: u16,
    /// Type.
    pub ty: FixedType,
    /// Meaning, in a few words.
    pub doc: &'static str,
}

/// A run of bytes of one length.
#[derive(Clone, Copy, Debug)]
pub struct FixedLayout {
    /// Name of the typed struct that the generator writes for it.
    pub name: &'static str,
    /// Meaning.
    pub doc: &'static str,
    /// The fields, without a gap; padding is a field.
    pub fields: &'static [FixedField],
}

/// What a record may be.
#[derive(Clone, Copy, Debug)]
pub struct RecordKind {
    /// Name.
    pub name: &'static str,
    /// The byte that says it.
    pub value: u8,
    /// What follows the tag.
    pub layout: &'static FixedLayout,
    /// Whether a message begins with it.
    pub begins: bool,
    /// Whether a message ends with it.
    pub ends: bool,
    /// Meaning.
    pub doc: &'static str,
}

/// One bit of a byte of flags.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    /// Name in upper case.
    pub name: &'static str,
    /// The bit.
    pub value: u8,
    /// The room that sets it.
    pub room: Room,
    /// Meaning.
    pub doc: &'static str,
}
