//! A checked window onto the body of a message.

use core::fmt;
use core::iter::FusedIterator;

use crate::schema::{Field, Group, Message, Part, Then, Type};
use crate::table::{find, min_bytes, part_bytes};
use crate::walk::{Next, Walk};

/// The value of a field as it stands on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// Of an unsigned type; a date keeps its digits.
    Unsigned(u64),
    /// Of a signed type; fixed point and times keep their digits.
    Signed(i64),
    /// Characters, padding included.
    Text(&'a [u8]),
}

impl<'a> Value<'a> {
    /// Reads the bytes of a field; `None` when there are not as many as the field has.
    #[inline]
    pub fn read(field: &Field, bytes: &'a [u8]) -> Option<Self> {
        if bytes.len() != usize::from(field.len) {
            return None;
        }
        Some(match field.ty {
            Type::Char | Type::Text | Type::Gbk | Type::Utf8OrGbk => Value::Text(bytes),
            Type::I32 => Value::Signed(i64::from(i32::from_be_bytes(*bytes.first_chunk()?))),
            Type::I64
            | Type::Price
            | Type::Qty
            | Type::Amt
            | Type::EntryPx
            | Type::Time
            | Type::SeqNum => Value::Signed(i64::from_be_bytes(*bytes.first_chunk()?)),
            Type::U8
            | Type::U16
            | Type::U32
            | Type::Bool16
            | Type::Date
            | Type::Count
            | Type::Length => {
                Value::Unsigned(bytes.iter().fold(0, |value, &b| value << 8 | u64::from(b)))
            }
        })
    }

    /// The number, if it is one that 64 signed bits hold.
    pub fn number(self) -> Option<i64> {
        match self {
            Value::Unsigned(value) => i64::try_from(value).ok(),
            Value::Signed(value) => Some(value),
            Value::Text(_) => None,
        }
    }

    /// The characters without their padding, if it is text.
    pub fn text(self) -> Option<&'a [u8]> {
        match self {
            Value::Text(text) => Some(crate::units::trim_padding(text)),
            Value::Unsigned(_) | Value::Signed(_) => None,
        }
    }
}

/// One step through a message, in wire order.
#[derive(Clone, Copy, Debug)]
pub enum Item<'a> {
    /// A field and its value.
    Field(&'static Field, Value<'a>),
    /// A group begins, right after the field that counts its entries.
    GroupBegin {
        /// The group.
        group: &'static Group,
        /// Entries that follow.
        count: u32,
    },
    /// An entry begins.
    EntryBegin {
        /// Number of the entry, from 0.
        index: u32,
    },
    /// The entry ends.
    EntryEnd,
    /// The group ends.
    GroupEnd,
    /// Raw bytes, right after the field that says how many.
    Data {
        /// The specification's name.
        name: &'static str,
        /// The bytes.
        bytes: &'a [u8],
    },
}

/// Why a body is not a message of its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewError {
    /// The table has no such type.
    Unknown {
        /// MsgType.
        msg_type: u32,
    },
    /// Shorter than any message of the type.
    Short {
        /// Bytes that the body must have at least.
        needed: u64,
        /// Bytes that it has.
        found: u64,
    },
    /// The entries or data announced do not fit the body.
    Group {
        /// The group or data.
        name: &'static str,
        /// Bytes that the body must have at least, by the counts read so far.
        needed: u64,
        /// Bytes that it has.
        found: u64,
    },
}

impl fmt::Display for ViewError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { msg_type } => write!(f, "unknown message type {msg_type}"),
            Self::Short { needed, found } => {
                write!(f, "the body has {found} bytes, its type needs {needed}")
            }
            Self::Group { name, needed, found } => {
                write!(f, "{name} does not fit: the body has {found} bytes, {needed} are needed")
            }
        }
    }
}

impl core::error::Error for ViewError {}

/// A body whose known extent is proved to be there: reading it cannot fail.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    message: &'static Message,
    known: &'a [u8],
}

impl<'a> View<'a> {
    /// Checks a body against its type. Bytes beyond the known extent are later versions' and are
    /// left alone.
    pub fn new(msg_type: u32, body: &'a [u8]) -> Result<Self, ViewError> {
        let message = find(msg_type).ok_or(ViewError::Unknown { msg_type })?;
        if body.len() < message.min_body_bytes as usize {
            let (needed, found) = (u64::from(message.min_body_bytes), body.len() as u64);
            return Err(ViewError::Short { needed, found });
        }
        let end = extent(message.parts, body, 0, 0)?;
        // The walk never passes the end of the body.
        let known = body.get(..end).unwrap_or(body);
        Ok(Self { message, known })
    }

    /// The message's row of the table.
    pub const fn message(&self) -> &'static Message {
        self.message
    }

    /// Bytes of the body that the table knows.
    pub const fn known_len(&self) -> usize {
        self.known.len()
    }

    /// The bytes of the body that the table knows.
    pub const fn known(&self) -> &'a [u8] {
        self.known
    }

    /// Every item, in wire order.
    pub fn items(&self) -> Items<'a> {
        Items::new(self.message, self.known)
    }

    /// The value of a field outside every group, by the specification's name.
    ///
    /// Fields before the first group are at hand; one after it costs a walk over the entries.
    pub fn field(&self, name: &str) -> Option<Value<'a>> {
        if let Some(field) = self.message.parts.first()?.fields.iter().find(|f| f.name == name) {
            let at = usize::from(field.offset);
            return Value::read(field, self.known.get(at..at + usize::from(field.len))?);
        }
        let mut items = self.items();
        loop {
            let outside = items.walk.depth() == 0;
            match items.next()? {
                Item::Field(field, value) if outside && field.name == name => return Some(value),
                _ => {}
            }
        }
    }
}

/// End of `parts` in `body` from `at` on. `reserve` bytes of other parts must fit behind them, so
/// that the first group that cannot fit is the one that is named. Sums of 32-bit counts times
/// entries of less than 64 KiB stay far below 2^64.
fn extent(parts: &[Part], body: &[u8], at: usize, reserve: u64) -> Result<usize, ViewError> {
    let found = body.len() as u64;
    let mut at = at;
    for (i, part) in parts.iter().enumerate() {
        at += part_bytes(part) as usize;
        let rest = reserve + u64::from(min_bytes(&parts[i + 1..]));
        let fits = |name, bytes: u64| {
            let needed = at as u64 + bytes + rest;
            if needed > found { Err(ViewError::Group { name, needed, found }) } else { Ok(()) }
        };
        match part.then {
            Then::Nothing => {}
            Then::Data { name } => {
                let bytes = number_before(body, at);
                fits(name, u64::from(bytes))?;
                at += bytes as usize;
            }
            Then::Group(group) => {
                let count = number_before(body, at);
                let entry = u64::from(min_bytes(group.entry));
                fits(group.name, u64::from(count) * entry)?;
                if is_flat(group.entry) {
                    at += count as usize * entry as usize;
                } else if let [Part { then: Then::Group(inner), .. }] = group.entry
                    && is_flat(inner.entry)
                {
                    // Levels and their queues, which the hot path walks: as below, in one go.
                    let item = u64::from(min_bytes(inner.entry));
                    for left in (0..u64::from(count)).rev() {
                        at += entry as usize;
                        let items = u64::from(number_before(body, at)) * item;
                        let needed = at as u64 + items + rest + left * entry;
                        if needed > found {
                            return Err(ViewError::Group { name: inner.name, needed, found });
                        }
                        at += items as usize;
                    }
                } else {
                    for left in (0..u64::from(count)).rev() {
                        at = extent(group.entry, body, at, rest + left * entry)?;
                    }
                }
            }
        }
    }
    Ok(at)
}

/// The count or length that ends at `end`.
fn number_before(body: &[u8], end: usize) -> u32 {
    let bytes = body.get(..end).and_then(|b| b.last_chunk());
    bytes.map_or(0, |b| u32::from_be_bytes(*b))
}

/// True when every entry has the same length.
fn is_flat(entry: &[Part]) -> bool {
    entry.iter().all(|part| matches!(part.then, Then::Nothing))
}

/// Iterator over the items of a body; see [`View::items`] and [`items_within`].
#[derive(Clone, Debug)]
pub struct Items<'a> {
    walk: Walk,
    rest: &'a [u8],
    stopped: bool,
}

impl<'a> Items<'a> {
    fn new(message: &'static Message, body: &'a [u8]) -> Self {
        Self { walk: Walk::new(message), rest: body, stopped: false }
    }

    /// Groups around the next item.
    pub const fn depth(&self) -> usize {
        self.walk.depth()
    }

    fn step(&mut self) -> Option<Item<'a>> {
        let next = self.walk.next();
        let mut number = 0;
        let item = match next {
            Next::Field(field) => {
                let (bytes, rest) = self.rest.split_at_checked(usize::from(field.len))?;
                let value = Value::read(field, bytes)?;
                if let (Type::Count | Type::Length, Value::Unsigned(value)) = (field.ty, value) {
                    number = u32::try_from(value).ok()?;
                }
                self.rest = rest;
                Item::Field(field, value)
            }
            Next::GroupBegin(group, count) => Item::GroupBegin { group, count },
            Next::EntryBegin(index) => {
                // An entry of which not even the first field has come is not shown.
                let mut inside = self.walk.clone();
                inside.advance(0);
                if let Next::Field(first) = inside.next()
                    && self.rest.len() < usize::from(first.len)
                {
                    return None;
                }
                self.walk = inside;
                return Some(Item::EntryBegin { index });
            }
            Next::EntryEnd => Item::EntryEnd,
            Next::GroupEnd => Item::GroupEnd,
            Next::Data(name, len) => {
                let (bytes, rest) = self.rest.split_at_checked(usize::try_from(len).ok()?)?;
                self.rest = rest;
                Item::Data { name, bytes }
            }
            Next::End => return None,
        };
        self.walk.advance(number);
        Some(item)
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        if self.stopped {
            return None;
        }
        let item = self.step();
        self.stopped = item.is_none();
        item
    }
}

impl FusedIterator for Items<'_> {}

/// The items of a message that was cut off: those whose bytes have wholly arrived. `None` for an
/// unknown type.
pub fn items_within(msg_type: u32, prefix_of_body: &[u8]) -> Option<Items<'_>> {
    find(msg_type).map(|message| Items::new(message, prefix_of_body))
}
