//! Messages in the bytes of one session, as they arrive.
//!
//! ```text
//!  beat n                    beat n+1
//!  |..A A A A A|B B B ..     B B B B B B B B B|C ..|
//!              └ a message starts wherever the one before ended: any of 16 places
//! ```
//!
//! A session keeps what a card keeps: the first [`HEAD_BYTES`] of a body, or up to [`HOLD_BYTES`]
//! of that of a snapshot, the sum so far, the last four bytes, and where the next count of a group
//! ends.

use tidegate_protocol::limits::{
    BEAT_BYTES, HEADER_BYTES, HOLD_BYTES, MAX_ANNOUNCEMENT_BYTES, MAX_BODY_BYTES, TRAILER_BYTES,
};
use tidegate_protocol::msg_type;
use tidegate_protocol::schema::{Message, Part, Then};
use tidegate_protocol::table::records::{Becomes, becomes};
use tidegate_protocol::table::{MESSAGES, place};

/// First bytes of a body that are captured, whatever the message.
pub const HEAD_BYTES: usize = 192;
const HEAD_END: usize = HEADER_BYTES + HEAD_BYTES;
const HOLD_END: usize = HEADER_BYTES + HOLD_BYTES;

/// How the groups of a message lie, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// The fixed first part.
    pub head: u32,
    /// An entry of the first group; 0 where there is none.
    pub entry: u32,
    /// An item of the group inside an entry; 0 where there is none.
    pub item: u32,
    /// The fixed part between the first group and the second.
    pub between: u32,
    /// An entry of the second group; 0 where there is none.
    pub second: u32,
    /// The fixed part at the end.
    pub tail: u32,
}

const fn length(part: &Part) -> u32 {
    let mut bytes = 0;
    let mut i = 0;
    while i < part.fields.len() {
        bytes += part.fields[i].len as u32;
        i += 1;
    }
    bytes
}

/// The length of an entry and, where it ends with a group, of an item of that.
const fn entry_of(entry: &[Part]) -> (u32, u32) {
    assert!(entry.len() == 1, "an entry is one part");
    let item = match &entry[0].then {
        Then::Nothing => 0,
        Then::Group(group) => {
            let (item, nested) = entry_of(group.entry);
            assert!(nested == 0, "groups are at most two deep");
            item
        }
        Then::Data { .. } => panic!("data in an entry"),
    };
    (length(&entry[0]), item)
}

impl Shape {
    /// The shape of a message of the table.
    pub const fn of(message: &Message) -> Self {
        let mut shape = Self { head: 0, entry: 0, item: 0, between: 0, second: 0, tail: 0 };
        let mut groups = 0;
        let mut i = 0;
        while i < message.parts.len() {
            let part = &message.parts[i];
            let bytes = length(part);
            match groups {
                0 => shape.head += bytes,
                1 => shape.between += bytes,
                _ => shape.tail += bytes,
            }
            if let Then::Group(group) = &part.then {
                let (entry, item) = entry_of(group.entry);
                match groups {
                    0 => (shape.entry, shape.item) = (entry, item),
                    1 => {
                        assert!(item == 0, "only the first group has groups inside");
                        shape.second = entry;
                    }
                    _ => panic!("at most two groups"),
                }
                groups += 1;
            }
            i += 1;
        }
        // What stands between belongs to the end where no second group follows.
        if shape.second == 0 {
            shape.tail = shape.between;
            shape.between = 0;
        }
        shape
    }
}

/// What is known of a message by its type.
#[derive(Clone, Copy, Debug)]
pub struct Class {
    /// MsgType.
    pub msg_type: u32,
    /// What it becomes.
    pub becomes: Becomes,
    /// Least length of its body, in bytes.
    pub least: u32,
    /// Its groups.
    pub shape: Shape,
}

const UNKNOWN: Class = Class {
    msg_type: 0,
    becomes: Becomes::Unknown,
    least: 0,
    shape: Shape { head: 0, entry: 0, item: 0, between: 0, second: 0, tail: 0 },
};

static CLASSES: [Class; MESSAGES.len()] = {
    let mut all = [UNKNOWN; MESSAGES.len()];
    let mut i = 0;
    while i < MESSAGES.len() {
        let message = &MESSAGES[i];
        all[i] = Class {
            msg_type: message.msg_type,
            becomes: becomes(message.msg_type),
            least: message.min_body_bytes,
            shape: Shape::of(message),
        };
        i += 1;
    }
    all
};

/// The class of a type.
#[inline]
pub fn class_of(msg_type: u32) -> &'static Class {
    // Rows of the table and classes have the same order. Not by address: a constant may stand in more than
    // one place, and does where nothing is optimised.
    match place(msg_type) {
        Some(place) => &CLASSES[place],
        None => &UNKNOWN,
    }
}

/// Where a message's groups have got to: the count that is read next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// Of the first group.
    Entries,
    /// Of the group inside an entry.
    Items,
    /// Of the second group.
    Second,
    /// None: the known part ends at `mark`.
    Nothing,
}

/// Follows the groups of a message as their counts pass by. Places are counted from the first
/// byte of the header.
#[derive(Clone, Copy, Debug)]
pub struct Walk {
    next: Next,
    /// Where the next count ends, or the known part.
    mark: u64,
    /// Entries of the first group whose own counts are to come.
    left: u32,
}

impl Walk {
    const IDLE: Self = Self { next: Next::Nothing, mark: 0, left: 0 };

    fn start(shape: &Shape) -> Self {
        let next = if shape.entry > 0 { Next::Entries } else { Next::Nothing };
        Self { next, mark: HEADER_BYTES as u64 + u64::from(shape.head), left: 0 }
    }

    /// Where the count ends that is to be read next.
    #[inline]
    fn wants(&self) -> u64 {
        if self.next == Next::Nothing { u64::MAX } else { self.mark }
    }

    fn count(&mut self, shape: &Shape, count: u32) {
        let many = u64::from(count);
        match self.next {
            Next::Entries if shape.item > 0 => {
                self.left = count;
                self.entry_or_behind(shape);
            }
            Next::Entries => {
                self.mark += many * u64::from(shape.entry);
                self.behind(shape);
            }
            Next::Items => {
                self.mark += many * u64::from(shape.item);
                self.left -= 1;
                self.entry_or_behind(shape);
            }
            Next::Second => {
                self.mark += many * u64::from(shape.second) + u64::from(shape.tail);
                self.next = Next::Nothing;
            }
            Next::Nothing => {}
        }
    }

    fn entry_or_behind(&mut self, shape: &Shape) {
        if self.left > 0 {
            self.mark += u64::from(shape.entry);
            self.next = Next::Items;
        } else {
            self.behind(shape);
        }
    }

    fn behind(&mut self, shape: &Shape) {
        if shape.second > 0 {
            self.mark += u64::from(shape.between);
            self.next = Next::Second;
        } else {
            self.mark += u64::from(shape.tail);
            self.next = Next::Nothing;
        }
    }

    /// Bytes of the known part, header included; `None` while a count is missing.
    pub fn known_end(&self) -> Option<u64> {
        (self.next == Next::Nothing).then_some(self.mark)
    }
}

/// What came to its end in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// A message, with its last byte.
    Message,
    /// A header that announces too much: the session is dead. Its BodyLength.
    TooLong(u32),
}

/// One session of a line.
#[derive(Clone, Debug)]
pub struct Session {
    /// Offset of its next byte in its stream.
    pub at: u64,
    /// Bytes of the message under way.
    pub got: u32,
    /// Its length; all ones while its header is not whole.
    pub total: u32,
    /// What it is, where the header is whole.
    pub class: &'static Class,
    /// MsgType.
    pub msg_type: u32,
    /// Sum of all its bytes so far.
    sum: u32,
    /// Its last four bytes, the latest lowest.
    pub tail: u32,
    /// Swallows everything until a reset.
    pub dead: bool,
    /// Where its groups have got to.
    pub walk: Walk,
    /// Snapshots of this session that wait in the hold, or leave it.
    pub holding: u8,
    head: [u8; HEAD_END + BEAT_BYTES],
    hold: [u8; HOLD_END + BEAT_BYTES],
}

impl Default for Session {
    fn default() -> Self {
        Self {
            at: 0,
            got: 0,
            total: u32::MAX,
            class: &UNKNOWN,
            msg_type: 0,
            sum: 0,
            tail: 0,
            dead: false,
            walk: Walk::IDLE,
            holding: 0,
            head: [0; HEAD_END + BEAT_BYTES],
            hold: [0; HOLD_END + BEAT_BYTES],
        }
    }
}

/// Sum of the bytes, modulo 2^16 (at most 16 x 255 fits).
#[inline]
fn sum_of(bytes: u128) -> u32 {
    const EVEN: u64 = 0x00ff_00ff_00ff_00ff;
    let (low, high) = (bytes as u64, (bytes >> 64) as u64);
    let pairs = (low & EVEN) + (low >> 8 & EVEN) + (high & EVEN) + (high >> 8 & EVEN);
    (pairs.wrapping_mul(0x0001_0001_0001_0001) >> 48) as u32
}

/// The first `count` bytes (1 to 16), moved to the end; zeros before them. A sum needs no place.
#[inline]
fn first(bytes: u128, count: u32) -> u128 {
    bytes << (128 - 8 * count)
}

impl Session {
    /// Takes at most `count` of these bytes (1 to 16, the first one lowest): up to the end of a
    /// header or a message. Gives how many it took, and what ended. Not for a dead session.
    #[inline]
    pub fn take(&mut self, bytes: u128, count: u32) -> (u32, Option<Ended>) {
        let got = self.got;
        if got >= HEADER_BYTES as u32 {
            let taken = count.min(self.total - got);
            self.store(bytes, taken);
            return (taken, self.ended());
        }
        if got == 0 && count >= HEADER_BYTES as u32 {
            let header = (bytes as u64).swap_bytes();
            if let Some(too_long) = self.header(header) {
                self.got = HEADER_BYTES as u32;
                self.at += HEADER_BYTES as u64;
                return (HEADER_BYTES as u32, Some(too_long));
            }
            let taken = count.min(self.total);
            self.store(bytes, taken);
            return (taken, self.ended());
        }
        self.split_header(bytes, count)
    }

    /// Some bytes of a header that no beat has whole.
    #[cold]
    fn split_header(&mut self, bytes: u128, count: u32) -> (u32, Option<Ended>) {
        let taken = count.min(HEADER_BYTES as u32 - self.got);
        self.store(bytes, taken);
        if self.got < HEADER_BYTES as u32 {
            return (taken, None);
        }
        let header = u64::from_be_bytes(*self.head.first_chunk().expect("a header"));
        let ended = self.header(header);
        (taken, ended)
    }

    /// A header is whole: what the message is and where it ends.
    #[inline]
    fn header(&mut self, header: u64) -> Option<Ended> {
        let (msg_type, body_len) = ((header >> 32) as u32, header as u32);
        let limit = if msg_type == msg_type::ANNOUNCEMENT {
            MAX_ANNOUNCEMENT_BYTES
        } else {
            MAX_BODY_BYTES
        };
        if body_len > limit {
            self.dead = true;
            return Some(Ended::TooLong(body_len));
        }
        self.msg_type = msg_type;
        self.total = body_len + (HEADER_BYTES + TRAILER_BYTES) as u32;
        self.class = class_of(msg_type);
        self.walk = Walk::start(&self.class.shape);
        None
    }

    #[inline]
    fn ended(&mut self) -> Option<Ended> {
        (self.got == self.total).then_some(Ended::Message)
    }

    /// Puts bytes where they belong.
    #[inline]
    fn store(&mut self, bytes: u128, count: u32) {
        let place = self.got as usize;
        if self.class.becomes == Becomes::Snapshot && self.total != u32::MAX {
            if place < HOLD_END {
                self.hold[place..place + BEAT_BYTES].copy_from_slice(&bytes.to_le_bytes());
            }
        } else if place < HEAD_END {
            self.head[place..place + BEAT_BYTES].copy_from_slice(&bytes.to_le_bytes());
        }
        let before = (self.got, self.tail);
        self.sum += sum_of(first(bytes, count));
        self.got += count;
        self.at += u64::from(count);
        self.tail = if count >= 4 {
            ((bytes >> (8 * (count - 4))) as u32).swap_bytes()
        } else {
            self.tail << (8 * count) | (bytes as u32).swap_bytes() >> (32 - 8 * count)
        };
        if self.walk.wants() <= u64::from(self.got) {
            self.counts(before, bytes);
        }
    }

    /// Counts of groups that are whole now: they end in these bytes, and may begin before.
    #[cold]
    fn counts(&mut self, (before, tail): (u32, u32), bytes: u128) {
        // The trailer is none of the body.
        let end = self.got.min(self.total - TRAILER_BYTES as u32);
        while self.walk.wants() <= u64::from(end) {
            let mark = self.walk.mark as u32;
            let here = mark - before;
            let count = if here >= 4 {
                ((bytes >> (8 * (here - 4))) as u32).swap_bytes()
            } else if here > 0 {
                tail << (8 * here) | (bytes as u32).swap_bytes() >> (32 - 8 * here)
            } else {
                tail
            };
            self.walk.count(&self.class.shape, count);
        }
    }

    /// Whether the trailer of the message that ended is the sum of what stands before it.
    #[inline]
    pub fn is_intact(&self) -> bool {
        let trailer = sum_of(u128::from(self.tail));
        self.tail == (self.sum.wrapping_sub(trailer) & 0xff)
    }

    /// The next byte starts a message.
    #[inline]
    pub fn between(&mut self) {
        self.got = 0;
        self.total = u32::MAX;
        self.sum = 0;
        self.tail = 0;
        self.walk = Walk::IDLE;
    }

    /// Bytes of an unfinished message; 0 for none.
    pub fn unfinished(&self) -> u64 {
        if self.dead { 0 } else { u64::from(self.got) }
    }

    /// First bytes of the message that ended, header included; of any but a snapshot.
    #[inline]
    pub fn head(&self) -> &[u8; HEAD_END] {
        self.head.first_chunk().expect("the head and a beat more")
    }

    /// The held bytes of a snapshot, header included.
    #[inline]
    pub fn hold(&self) -> &[u8] {
        &self.hold
    }

    /// Whether taking the next `count` bytes may write into the first `free` bytes of the hold or
    /// behind them, where a snapshot that is not released yet still lies from `free` on.
    pub fn overwrites(&self, count: u32, free: u32) -> bool {
        let beat = BEAT_BYTES as u32;
        let inside = self.got >= HEADER_BYTES as u32;
        let snapshot = inside && self.class.becomes == Becomes::Snapshot;
        let writes_on = snapshot && self.got < HOLD_END as u32 && self.got + beat > free;
        // Another message may start in these bytes, and be a snapshot.
        let starts = !inside || self.got + count > self.total;
        writes_on || starts && 2 * beat > free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_that_of_its_row() {
        for (message, class) in MESSAGES.iter().zip(&CLASSES) {
            assert_eq!(class.msg_type, message.msg_type);
            assert_eq!(class_of(message.msg_type).msg_type, message.msg_type);
            let shape = &class.shape;
            let data = message.parts.iter().any(|part| matches!(part.then, Then::Data { .. }));
            let least = shape.head + shape.between + shape.tail;
            assert!(data || least == class.least, "{}", message.name);
        }
        assert_eq!(class_of(777).becomes, Becomes::Unknown);
    }

    #[test]
    fn a_sum_is_that_of_the_bytes() {
        let bytes: [u8; 16] = std::array::from_fn(|i| (i * 37 + 200) as u8);
        for count in 1..=16u32 {
            let slow: u32 = bytes[..count as usize].iter().map(|&byte| u32::from(byte)).sum();
            assert_eq!(sum_of(first(u128::from_le_bytes(bytes), count)), slow);
        }
        assert_eq!(sum_of(u128::MAX), 16 * 255);
    }
}
