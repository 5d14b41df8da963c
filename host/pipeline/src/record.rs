//! The fixed-size records that travel from decode on.
//!
//! Each is [`RECORD_BYTES`] long; [`Record::to_bytes`] gives the layout that every engine must
//! match. It stands in the table, [`tidegate_protocol::table::records`], from which the types, and
//! their reading and writing, are generated.

use crate::engine::Line;
use thiserror::Error;
use tidegate_protocol::FaultCode;
pub use tidegate_protocol::record::{End, Entry, Head, Kind, Queue, RECORD_BYTES, Tag, Tick, flag};
use tidegate_protocol::units::{IndexE4, Timestamp};

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

    /// Writes the bytes that every engine must match.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; RECORD_BYTES]) {
        match self {
            Record::Tick(r) => r.emit(bytes),
            Record::Head(r) => r.emit(bytes),
            Record::Entry(r) => r.emit(bytes),
            Record::Queue(r) => r.emit(bytes),
            Record::End(r) => r.emit(bytes),
        }
    }

    /// The bytes that every engine must match.
    pub fn to_bytes(&self) -> [u8; RECORD_BYTES] {
        let mut bytes = [0; RECORD_BYTES];
        self.emit(&mut bytes);
        bytes
    }
}

/// A record that was read from its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnedRecord {
    /// An order, a trade or a cancel.
    Tick(Tick),
    /// The fixed part of a snapshot.
    Head(Head),
    /// One entry of a snapshot.
    Entry(Entry),
    /// Two quantities of an order queue.
    Queue(Queue),
    /// The end of a snapshot.
    End(End),
}

/// Why 96 bytes are no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RecordError {
    /// The kind is none of the table's.
    #[error("kind {found}, wanted 1 to 6")]
    Kind {
        /// The byte that says it.
        found: u8,
    },
    /// The padding is not zero.
    #[error("{found:#04x} in byte {at}, which is padding, wanted 0")]
    Padding {
        /// The first byte that is not, counted from the start of the record.
        at: usize,
        /// What it is.
        found: u8,
    },
}

impl OwnedRecord {
    /// Reads what [`Record::emit`] writes.
    pub fn parse(bytes: &[u8; RECORD_BYTES]) -> Result<Self, RecordError> {
        let Some(tag) = Tag::parse(bytes) else {
            return Err(RecordError::Kind { found: bytes[Tag::KIND_AT] });
        };
        let (record, padding_at) = match tag.kind {
            Kind::Order | Kind::Trade => (Self::Tick(Tick::parse(tag, bytes)), Tick::PADDING_AT),
            Kind::Head => (Self::Head(Head::parse(tag, bytes)), Head::PADDING_AT),
            Kind::Entry => (Self::Entry(Entry::parse(tag, bytes)), Entry::PADDING_AT),
            Kind::Queue => (Self::Queue(Queue::parse(tag, bytes)), Queue::PADDING_AT),
            Kind::End => (Self::End(End::parse(tag, bytes)), End::PADDING_AT),
        };
        match (padding_at..).zip(&bytes[padding_at..]).find(|(_, byte)| **byte != 0) {
            Some((at, &found)) => Err(RecordError::Padding { at, found }),
            None => Ok(record),
        }
    }

    /// The record as it travels.
    pub fn as_record(&self) -> Record<'_> {
        match self {
            Self::Tick(r) => Record::Tick(r),
            Self::Head(r) => Record::Head(r),
            Self::Entry(r) => Record::Entry(r),
            Self::Queue(r) => Record::Queue(r),
            Self::End(r) => Record::End(r),
        }
    }

    /// Where it comes from.
    pub fn tag(&self) -> &Tag {
        self.as_record().tag()
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
