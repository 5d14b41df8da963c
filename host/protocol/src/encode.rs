//! Writing a message: the inverse of [`crate::View::items`].

use core::fmt;

use crate::frame::{max_body_bytes, seal};
use crate::limits::{HEADER_BYTES, TRAILER_BYTES};
use crate::schema::{Field, Type};
use crate::table::find;
use crate::view::{Item, Value};
use crate::walk::{Next, Walk};

/// A kind of item, to say what was wanted and what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A field of that name.
    Field(&'static str),
    /// The begin of the group of that name, with that many entries.
    GroupBegin(&'static str, u32),
    /// The begin of the entry of that number.
    EntryBegin(u32),
    /// The end of an entry.
    EntryEnd,
    /// The end of a group.
    GroupEnd,
    /// Data of that name, of that many bytes.
    Data(&'static str, usize),
    /// The end of the message.
    End,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Field(name) => write!(f, "field {name}"),
            Step::GroupBegin(name, count) => write!(f, "group {name} with {count} entries"),
            Step::EntryBegin(index) => write!(f, "entry {index}"),
            Step::EntryEnd => f.write_str("end of an entry"),
            Step::GroupEnd => f.write_str("end of a group"),
            Step::Data(name, bytes) => write!(f, "{name} of {bytes} bytes"),
            Step::End => f.write_str("end of the message"),
        }
    }
}

/// Why an item cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncodeError {
    /// The table has no such type.
    Unknown {
        /// MsgType.
        msg_type: u32,
    },
    /// Not what comes next in the message.
    Order {
        /// What comes next.
        wanted: Step,
        /// What was given.
        found: Step,
    },
    /// The value is not of the field's type.
    Kind {
        /// The field.
        field: &'static str,
        /// Its type.
        ty: Type,
    },
    /// The value is out of the range, or longer than the length, of the field.
    Range {
        /// The field.
        field: &'static str,
        /// Its length in bytes.
        len: u16,
    },
    /// The buffer is too small.
    Room {
        /// Bytes of the frame up to here and with the trailer.
        needed: usize,
        /// Bytes of the buffer.
        found: usize,
    },
    /// The body is longer than the protocol allows for the type.
    Long {
        /// Longest body.
        limit: u32,
        /// Length of the body.
        found: usize,
    },
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { msg_type } => write!(f, "unknown message type {msg_type}"),
            Self::Order { wanted, found } => write!(f, "wanted {wanted}, found {found}"),
            Self::Kind { field, ty } => write!(f, "{field}: the value is not of type {ty:?}"),
            Self::Range { field, len } => write!(f, "{field}: the value does not fit {len} bytes"),
            Self::Room { needed, found } => {
                write!(f, "the buffer has {found} bytes, {needed} are needed")
            }
            Self::Long { limit, found } => {
                write!(f, "the body has {found} bytes, at most {limit} are allowed")
            }
        }
    }
}

impl core::error::Error for EncodeError {}

/// Writes one frame into a buffer of the caller, item by item in wire order.
///
/// After an error nothing of the item is written, and another item may be tried.
#[derive(Debug)]
pub struct Encoder<'b> {
    msg_type: u32,
    walk: Walk,
    buffer: &'b mut [u8],
    at: usize,
}

impl<'b> Encoder<'b> {
    /// Begins a frame at the start of `buffer`.
    pub fn new(msg_type: u32, buffer: &'b mut [u8]) -> Result<Self, EncodeError> {
        let message = find(msg_type).ok_or(EncodeError::Unknown { msg_type })?;
        let mut this = Self { msg_type, walk: Walk::new(message), buffer, at: HEADER_BYTES };
        this.room(0)?[..4].copy_from_slice(&msg_type.to_be_bytes());
        Ok(this)
    }

    /// Writes the next item.
    pub fn item(&mut self, item: Item<'_>) -> Result<(), EncodeError> {
        let next = self.walk.next();
        let mut number = 0;
        match (next, item) {
            (Next::Field(wanted), Item::Field(field, value)) if wanted.name == field.name => {
                number = self.value(wanted, value)?;
            }
            (Next::GroupBegin(wanted, n), Item::GroupBegin { group, count })
                if wanted.name == group.name && n == count => {}
            (Next::EntryBegin(wanted), Item::EntryBegin { index }) if wanted == index => {}
            (Next::EntryEnd, Item::EntryEnd) | (Next::GroupEnd, Item::GroupEnd) => {}
            (Next::Data(wanted, len), Item::Data { name, bytes })
                if wanted == name && len as usize == bytes.len() =>
            {
                self.put(bytes)?;
            }
            (next, item) => {
                return Err(EncodeError::Order { wanted: wanted(next), found: found(&item) });
            }
        }
        self.walk.advance(number);
        Ok(())
    }

    /// Writes the next item, which must be the field of that name. Text may be shorter than the
    /// field and is padded with spaces.
    pub fn field(&mut self, name: &'static str, value: Value<'_>) -> Result<(), EncodeError> {
        match self.walk.next() {
            Next::Field(field) if field.name == name => self.item(Item::Field(field, value)),
            next => Err(EncodeError::Order { wanted: wanted(next), found: Step::Field(name) }),
        }
    }

    /// What comes next.
    pub fn wanted(&self) -> Step {
        wanted(self.walk.next())
    }

    /// Ends the frame and gives its length: writes BodyLength and the checksum.
    pub fn finish(self) -> Result<usize, EncodeError> {
        match self.walk.next() {
            Next::End => {}
            next => {
                return Err(EncodeError::Order { wanted: wanted(next), found: Step::End });
            }
        }
        let (body, limit) = (self.at - HEADER_BYTES, max_body_bytes(self.msg_type));
        if body > limit as usize {
            return Err(EncodeError::Long { limit, found: body });
        }
        let bytes = self.at + TRAILER_BYTES;
        // Each write has kept room for the trailer.
        seal(&mut self.buffer[..bytes]);
        Ok(bytes)
    }

    /// The frame so far, when `bytes` more and the trailer still fit.
    fn room(&mut self, bytes: usize) -> Result<&mut [u8], EncodeError> {
        let found = self.buffer.len();
        let needed = self.at.saturating_add(bytes).saturating_add(TRAILER_BYTES);
        if needed > found {
            return Err(EncodeError::Room { needed, found });
        }
        Ok(&mut self.buffer[..needed - TRAILER_BYTES])
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        let at = self.at;
        self.room(bytes.len())?[at..].copy_from_slice(bytes);
        self.at += bytes.len();
        Ok(())
    }

    /// Writes a value; returns it where it is a count or a length, else 0.
    fn value(&mut self, field: &'static Field, value: Value<'_>) -> Result<u32, EncodeError> {
        let range = EncodeError::Range { field: field.name, len: field.len };
        let len = usize::from(field.len);
        match (field.ty, value) {
            (Type::Char | Type::Text | Type::Gbk | Type::Utf8OrGbk, Value::Text(text)) => {
                if text.len() > len {
                    return Err(range);
                }
                let at = self.at;
                let place = &mut self.room(len)?[at..];
                place.fill(b' ');
                place[..text.len()].copy_from_slice(text);
                self.at += len;
                Ok(0)
            }
            (
                Type::U8
                | Type::U16
                | Type::U32
                | Type::Bool16
                | Type::Date
                | Type::Count
                | Type::Length,
                Value::Unsigned(value),
            ) => {
                // These types have at most 4 bytes.
                let value = u32::try_from(value).map_err(|_| range)?;
                if len < 4 && value >> (8 * len) != 0 {
                    return Err(range);
                }
                self.put(&value.to_be_bytes()[4 - len..])?;
                Ok(if matches!(field.ty, Type::Count | Type::Length) { value } else { 0 })
            }
            (Type::I32, Value::Signed(value)) => {
                let value = i32::try_from(value).map_err(|_| range)?;
                self.put(&value.to_be_bytes())?;
                Ok(0)
            }
            (
                Type::I64
                | Type::Price
                | Type::Qty
                | Type::Amt
                | Type::EntryPx
                | Type::Time
                | Type::SeqNum,
                Value::Signed(value),
            ) => {
                self.put(&value.to_be_bytes())?;
                Ok(0)
            }
            (ty, _) => Err(EncodeError::Kind { field: field.name, ty }),
        }
    }
}

fn wanted(next: Next) -> Step {
    match next {
        Next::Field(field) => Step::Field(field.name),
        Next::GroupBegin(group, count) => Step::GroupBegin(group.name, count),
        Next::EntryBegin(index) => Step::EntryBegin(index),
        Next::EntryEnd => Step::EntryEnd,
        Next::GroupEnd => Step::GroupEnd,
        Next::Data(name, len) => Step::Data(name, len as usize),
        Next::End => Step::End,
    }
}

fn found(item: &Item<'_>) -> Step {
    match item {
        Item::Field(field, _) => Step::Field(field.name),
        Item::GroupBegin { group, count } => Step::GroupBegin(group.name, *count),
        Item::EntryBegin { index } => Step::EntryBegin(*index),
        Item::EntryEnd => Step::EntryEnd,
        Item::GroupEnd => Step::GroupEnd,
        Item::Data { name, bytes } => Step::Data(name, bytes.len()),
    }
}
