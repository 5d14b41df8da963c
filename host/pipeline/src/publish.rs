//! Decoded data going out as datagrams, and their reader.
//!
//! ```text
//!  records ─▶ Publisher ─datagrams▶ UDP multicast, or words ─▶ TOE0 ·· network ··▶ Reader ─▶ messages
//! ```
//!
//! `host/protocol/PUBLISH.md` lays the datagrams out; it is generated from the table, as the bytes
//! written and read here are. A datagram ends with its message, unless more are to be batched.
//!
//! ```
//! use tidegate_pipeline::publish::{Event, Publisher, Reader};
//! use tidegate_pipeline::record::OwnedRecord;
//! use tidegate_pipeline::{Input, Line, NativeEngine, Record, Setup, Sink};
//!
//! /// Sends what an engine says.
//! struct Publishing<F> {
//!     publisher: Publisher,
//!     send: F,
//! }
//!
//! impl<F: FnMut(&[u8])> Sink for Publishing<F> {
//!     fn record(&mut self, record: Record<'_>) {
//!         self.publisher.record(&record, &mut self.send);
//!     }
//!     fn message(&mut self, _msg: u64, _msg_type: u32) {
//!         self.publisher.end_of_message(&mut self.send);
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let feed = concat!(env!("CARGO_MANIFEST_DIR"), "/../../golden-feeds/worked-examples/");
//! # let bytes = &std::fs::read(format!("{feed}worked-examples.bin"))?;
//! // The number of the run is the date, say, and a count of the starts of that day.
//! let publisher = Publisher::new(2_023_020_101, 1);
//! let mut datagrams = Vec::new();
//! let mut sink = Publishing { publisher, send: |datagram: &[u8]| datagrams.push(datagram.to_vec()) };
//! let mut engine = NativeEngine::new(&Setup::default(), &[])?;
//! engine.feed(Input::Packet { line: Line::Market, session: 0, bytes }, &mut sink);
//!
//! datagrams.remove(3); // lost on the way: an order
//! let mut reader = Reader::new();
//! let mut traded = 0;
//! for datagram in &datagrams {
//!     reader.datagram(datagram, &mut |event| match event {
//!         Event::Message(records) => {
//!             if let OwnedRecord::Tick(tick) = records[0] && tick.code == b'F' {
//!                 traded += tick.quantity.0;
//!             }
//!         }
//!         Event::Gap { first, last } => println!("lost: {first} to {last}"),
//!         _ => {}
//!     })?;
//! }
//! assert_eq!(traded, 3_010_000); // 30 100.00 shares
//! assert_eq!(reader.counters().lost, 1);
//! # Ok(())
//! # }
//! ```

use thiserror::Error;
use tidegate_protocol::limits::HOLD_BYTES;
use tidegate_protocol::message::{
    AfterHoursEntry, AuctionEntry, HkEntry, IndexEntry, QueueItem, SnapshotHead,
};
use tidegate_protocol::record::{
    DATAGRAM_HEADER_BYTES, DatagramHeader, Kind, MAX_DATAGRAM_BYTES, MAX_DATAGRAM_RECORDS,
    PUBLISH_ID, PUBLISHED_FLAGS, RECORD_BYTES, Tag, check, datagram_flag,
};

use crate::record::{OwnedRecord, Record, RecordError};

/// Most records of one message: a head, an end, and the shortest entries that fill the hold.
pub const MAX_MESSAGE_RECORDS: usize = 2 + (HOLD_BYTES - SnapshotHead::LEN) / IndexEntry::LEN;

// No other entry, nor an entry and its queue, has fewer bytes a record.
const _: () = assert!(
    IndexEntry::LEN <= AfterHoursEntry::LEN
        && IndexEntry::LEN <= HkEntry::LEN
        && 2 * IndexEntry::LEN <= AuctionEntry::LEN + QueueItem::LEN
        && IndexEntry::LEN <= 2 * QueueItem::LEN
);

/// The room: records in, datagrams out. Never allocates.
#[derive(Clone, Debug)]
pub struct Publisher {
    run: u64,
    batch_messages: u32,
    /// Number of the last datagram sent.
    sequence: u64,
    /// Records and ended messages of the datagram under way.
    records: usize,
    messages: u32,
    /// A record came since the last end of a message.
    pending: bool,
    /// The last record before the datagram under way, and the last one of all, end no message.
    starts_inside: bool,
    inside: bool,
    buffer: [u8; MAX_DATAGRAM_BYTES],
}

impl Publisher {
    /// A publisher whose datagrams carry `run`, a number greater than those of all runs before,
    /// and each up to `batch_messages` messages (0 is 1): 1 for the lowest latency.
    pub fn new(run: u64, batch_messages: u32) -> Self {
        Self {
            run,
            batch_messages,
            sequence: 0,
            records: 0,
            messages: 0,
            pending: false,
            starts_inside: false,
            inside: false,
            buffer: [0; MAX_DATAGRAM_BYTES],
        }
    }

    /// Number of the last datagram sent; 0 before the first.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Takes the next record. What the quote room decided about it is not published, so that the
    /// datagrams are the same whether it comes from decode or from an engine's sink.
    #[inline]
    pub fn record(&mut self, record: &Record<'_>, out: &mut impl FnMut(&[u8])) {
        let at = DATAGRAM_HEADER_BYTES + self.records * RECORD_BYTES;
        let place = self.buffer[at..].first_chunk_mut().expect("a full datagram was sent");
        record.emit(place);
        place[Tag::FLAGS_AT] &= PUBLISHED_FLAGS;
        self.records += 1;
        self.pending = true;
        self.inside = !record.tag().kind.ends();
        if self.records == MAX_DATAGRAM_RECORDS {
            self.send(out);
        }
    }

    /// All records of a message are there. Nothing happens where it had none.
    #[inline]
    pub fn end_of_message(&mut self, out: &mut impl FnMut(&[u8])) {
        if self.pending && self.records > 0 {
            self.messages += 1;
            if self.messages >= self.batch_messages {
                self.send(out);
            }
        }
        self.pending = false;
    }

    /// Sends what waits, if anything does.
    pub fn flush(&mut self, out: &mut impl FnMut(&[u8])) {
        if self.records > 0 {
            self.send(out);
        }
    }

    /// Sends what waits, or else an empty datagram: readers see a loss before a silence by it.
    pub fn heartbeat(&mut self, out: &mut impl FnMut(&[u8])) {
        self.send(out);
    }

    fn send(&mut self, out: &mut impl FnMut(&[u8])) {
        let length = DATAGRAM_HEADER_BYTES + self.records * RECORD_BYTES;
        let datagram = &mut self.buffer[..length];
        let flag = |set, flag| if set { flag } else { 0 };
        self.sequence += 1;
        let mut header = DatagramHeader {
            layout_id: PUBLISH_ID,
            run: self.run,
            sequence: self.sequence,
            bytes: length as u16,
            records: self.records as u8,
            flags: flag(self.starts_inside, datagram_flag::STARTS_INSIDE)
                | flag(self.inside, datagram_flag::ENDS_INSIDE),
            check: 0,
        };
        header.emit(datagram.first_chunk_mut().expect("room for the header"));
        header.check = check(datagram);
        header.emit(datagram.first_chunk_mut().expect("room for the header"));
        out(datagram);
        self.records = 0;
        self.messages = 0;
        self.starts_inside = self.inside;
    }
}

/// What a reader says, in the order of the datagrams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// The first datagram of a run: of the first one this reader met, which may be anywhere in it,
    /// or of a publisher that started again.
    Run {
        /// The run.
        run: u64,
        /// Number of this datagram.
        sequence: u64,
    },
    /// These datagrams never came, came late, or were refused.
    Gap {
        /// Number of the first.
        first: u64,
        /// Number of the last.
        last: u64,
    },
    /// All records of one message.
    Message(&'a [OwnedRecord]),
    /// Neighbouring records of a message that lacks others: those before, unless this begins with a
    /// head, and those behind, unless it ends with an end.
    Incomplete(&'a [OwnedRecord]),
}

/// What a reader counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReaderCounters {
    /// Datagrams taken.
    pub datagrams: u64,
    /// Their records.
    pub records: u64,
    /// Messages of which all records came.
    pub messages: u64,
    /// Messages of which some came: one whose middle is lost counts twice.
    pub incomplete: u64,
    /// Gaps in the numbers.
    pub gaps: u64,
    /// Datagrams missing in them.
    pub lost: u64,
    /// Datagrams that had come before: left out.
    pub duplicates: u64,
    /// Datagrams behind one with a greater number: left out. One that is more than 64 numbers
    /// behind counts here, whether it had come before or not.
    pub late: u64,
    /// Datagrams of a run before the current one: left out.
    pub stale: u64,
    /// Datagrams refused with a [`ReadError`].
    pub refused: u64,
}

/// Why a datagram was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ReadError {
    /// It has no whole header.
    #[error("{found} bytes, wanted a header of {DATAGRAM_HEADER_BYTES}")]
    Short {
        /// Its bytes.
        found: usize,
    },
    /// Not a datagram of this layout.
    #[error("layout {found:016x}, wanted {PUBLISH_ID:016x}")]
    Layout {
        /// Its LayoutId.
        found: u64,
    },
    /// More records than a datagram holds.
    #[error("{found} records, wanted at most {MAX_DATAGRAM_RECORDS}")]
    Records {
        /// Its Records.
        found: u8,
    },
    /// Its Bytes are not what header and records need.
    #[error("Bytes is {found}, wanted {wanted}")]
    Bytes {
        /// Header and records.
        wanted: usize,
        /// Its Bytes.
        found: u16,
    },
    /// It was cut off, or something hangs on it.
    #[error("{found} bytes, wanted {wanted}")]
    Length {
        /// Header and records.
        wanted: usize,
        /// What came.
        found: usize,
    },
    /// It was damaged.
    #[error("check {found:08x}, wanted {wanted:08x}")]
    Check {
        /// The sum over what came.
        wanted: u32,
        /// Its Check.
        found: u32,
    },
    /// Flags that the layout does not know.
    #[error("flags {found:#04x}, wanted 0 to 3")]
    Flags {
        /// Its Flags.
        found: u8,
    },
    /// Not the number of a datagram.
    #[error("sequence {found}, wanted 1 to 2^64 - 2")]
    Sequence {
        /// Its Sequence.
        found: u64,
    },
    /// Its flags, or what came before it, say otherwise than its records about a message that spans
    /// datagrams.
    #[error("{flag} is {found}, wanted {wanted}")]
    Edge {
        /// Which flag.
        flag: &'static str,
        /// As the records have it.
        wanted: bool,
        /// As the flag has it.
        found: bool,
    },
    /// A record that cannot be read.
    #[error("record {index}: {why}")]
    Record {
        /// Which one, from 0.
        index: usize,
        /// Why.
        why: RecordError,
    },
    /// A record that does not belong where it stands.
    #[error("record {index}: {why}")]
    Group {
        /// Which one, from 0.
        index: usize,
        /// Why.
        why: GroupError,
    },
}

/// Why a record does not belong where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum GroupError {
    /// A flag that is not published.
    #[error("flags {found:#04x}, wanted none but {PUBLISHED_FLAGS:#04x}")]
    Flags {
        /// Its flags.
        found: u8,
    },
    /// No message begins with it.
    #[error("{found:?}, wanted the first record of a message")]
    First {
        /// Its kind.
        found: Kind,
    },
    /// A message begins inside another.
    #[error("{found:?} inside of message {msg}, wanted the rest of it")]
    Unfinished {
        /// The message that is not finished.
        msg: u64,
        /// Its kind.
        found: Kind,
    },
    /// The tags of one message differ.
    #[error("a record of message {found}, wanted one of {wanted} with the same tag")]
    Tag {
        /// Number of the message.
        wanted: u64,
        /// Number in the tag.
        found: u64,
    },
    /// Entries are not numbered one by one.
    #[error("entry {found}, wanted {wanted}")]
    Number {
        /// Number that is next.
        wanted: u32,
        /// Its number.
        found: u32,
    },
    /// More or fewer entries than announced.
    #[error("{found} entries, wanted {wanted}")]
    Entries {
        /// As the head says.
        wanted: u32,
        /// As they came.
        found: u32,
    },
    /// The quantities of a queue are not in a row.
    #[error("queue position {found}, wanted {wanted}")]
    Position {
        /// Position that is next.
        wanted: u32,
        /// Its position.
        found: u32,
    },
    /// Not the number of quantities that are left, up to two.
    #[error("{found} quantities, wanted {wanted}")]
    Count {
        /// As many.
        wanted: u32,
        /// Its count.
        found: u8,
    },
    /// A queue ends early.
    #[error("the queue ends at {found}, wanted {wanted} quantities")]
    Queue {
        /// As the entry says.
        wanted: u32,
        /// As they came.
        found: u32,
    },
    /// More records than a message can have.
    #[error("a message of more than {MAX_MESSAGE_RECORDS} records")]
    Long,
}

/// Where a stream is between two records.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// Between two messages.
    Between,
    /// Inside a message of which no record came.
    Unknown,
    /// Inside this message.
    Inside(Group),
}

/// What is known of a message under way; nothing of what stood in records that were lost.
#[derive(Clone, Copy, Debug)]
struct Group {
    tag: Tag,
    records: usize,
    /// Entries that the head announces.
    entries: Option<u32>,
    /// Number of the next entry.
    number: Option<u32>,
    /// Quantities that the entry announces.
    queue: Option<u32>,
    /// Position of the next quantity.
    position: Option<u32>,
}

impl Place {
    fn step(self, record: &OwnedRecord) -> Result<Self, GroupError> {
        let tag = *record.tag();
        if tag.flags & !PUBLISHED_FLAGS != 0 {
            return Err(GroupError::Flags { found: tag.flags });
        }
        let unknown =
            Group { tag, records: 0, entries: None, number: None, queue: None, position: None };
        let group = match (self, tag.kind.begins()) {
            (Self::Between, true) | (Self::Unknown, false) => unknown,
            (Self::Inside(group), false) => group,
            (Self::Between, false) => return Err(GroupError::First { found: tag.kind }),
            (Self::Unknown, true) => {
                return Err(GroupError::Unfinished { msg: tag.msg, found: tag.kind });
            }
            (Self::Inside(group), true) => {
                return Err(GroupError::Unfinished { msg: group.tag.msg, found: tag.kind });
            }
        };
        let group = group.step(record)?;
        Ok(if tag.kind.ends() { Self::Between } else { Self::Inside(group) })
    }

    fn is_inside(self) -> bool {
        !matches!(self, Self::Between)
    }
}

impl Group {
    fn step(mut self, record: &OwnedRecord) -> Result<Self, GroupError> {
        let tag = *record.tag();
        if (Tag { kind: self.tag.kind, ..tag }) != self.tag {
            return Err(GroupError::Tag { wanted: self.tag.msg, found: tag.msg });
        }
        self.records += 1;
        if self.records > MAX_MESSAGE_RECORDS {
            return Err(GroupError::Long);
        }
        match record {
            OwnedRecord::Tick(_) => {}
            OwnedRecord::Head(head) => {
                self.entries = Some(head.entries);
                (self.number, self.queue, self.position) = (Some(0), Some(0), Some(0));
            }
            OwnedRecord::Entry(entry) => {
                self.queue_is_done()?;
                let found = u32::from(entry.number);
                if let Some(wanted) = self.number.filter(|&wanted| wanted != found) {
                    return Err(GroupError::Number { wanted, found });
                }
                (self.queue, self.position) = (Some(entry.queue), Some(0));
                self.number = Some(found + 1);
                self.entries_fit(|wanted, found| found <= wanted)?;
            }
            OwnedRecord::Queue(queue) => {
                let found = queue.position;
                if let Some(wanted) = self.position.filter(|&wanted| wanted != found) {
                    return Err(GroupError::Position { wanted, found });
                }
                let left = self.queue.map(|all| all - found);
                let found = queue.count;
                let wanted = left.unwrap_or(u32::from(found).max(1)).min(2);
                if wanted == 0 || wanted != u32::from(found) {
                    return Err(GroupError::Count { wanted, found });
                }
                self.position = Some(queue.position.saturating_add(wanted));
                // One alone is the last, also where the entry was lost.
                if wanted == 1 {
                    self.queue = self.position;
                }
            }
            OwnedRecord::End(_) => {
                self.queue_is_done()?;
                self.entries_fit(|wanted, found| found == wanted)?;
            }
        }
        Ok(self)
    }

    fn queue_is_done(&self) -> Result<(), GroupError> {
        match (self.queue, self.position) {
            (Some(wanted), Some(found)) if found != wanted => {
                Err(GroupError::Queue { wanted, found })
            }
            _ => Ok(()),
        }
    }

    fn entries_fit(&self, fit: impl Fn(u32, u32) -> bool) -> Result<(), GroupError> {
        match (self.entries, self.number) {
            (Some(wanted), Some(found)) if !fit(wanted, found) => {
                Err(GroupError::Entries { wanted, found })
            }
            _ => Ok(()),
        }
    }
}

/// Takes datagrams, gives messages. Holds nothing back but the message under way, so that a
/// datagram which comes late is left out, and never allocates after [`Reader::new`].
#[derive(Clone, Debug)]
pub struct Reader {
    run: Option<u64>,
    /// Number of the next datagram.
    next: u64,
    /// Which of the 64 datagrams before the next one came; bit 0 is the one just before.
    arrived: u64,
    place: Place,
    /// Records of the message under way.
    records: Vec<OwnedRecord>,
    counters: ReaderCounters,
}

impl Default for Reader {
    fn default() -> Self {
        Self::new()
    }
}

impl Reader {
    /// A reader that begins with the first datagram it gets.
    pub fn new() -> Self {
        Self {
            run: None,
            next: 0,
            arrived: 0,
            place: Place::Between,
            records: Vec::with_capacity(MAX_MESSAGE_RECORDS + MAX_DATAGRAM_RECORDS),
            counters: ReaderCounters::default(),
        }
    }

    /// What was counted so far.
    pub fn counters(&self) -> &ReaderCounters {
        &self.counters
    }

    /// Takes the payload of one datagram. A refused one changes nothing but the counter, and shows
    /// as a gap when the next one comes.
    pub fn datagram(
        &mut self,
        datagram: &[u8],
        out: &mut impl FnMut(Event<'_>),
    ) -> Result<(), ReadError> {
        let taken = self.take(datagram, out);
        if taken.is_err() {
            self.counters.refused += 1;
        }
        taken
    }

    /// The stream ended: a message under way stays incomplete.
    pub fn finish(mut self, out: &mut impl FnMut(Event<'_>)) -> ReaderCounters {
        self.give_up(self.records.len(), out);
        self.counters
    }

    fn take(&mut self, datagram: &[u8], out: &mut impl FnMut(Event<'_>)) -> Result<(), ReadError> {
        let (header, records) = open(datagram)?;
        let DatagramHeader { run, sequence, .. } = header;
        if Some(run) < self.run {
            self.counters.stale += 1;
            return Ok(());
        }
        let new_run = Some(run) != self.run;
        if !new_run && sequence < self.next {
            self.behind(sequence);
            return Ok(());
        }
        let follows = !new_run && sequence == self.next;

        // All of it is read and judged before anything of it is given out.
        let waiting = self.records.len();
        let place = self.read(&header, records, follows).inspect_err(|_| {
            self.records.truncate(waiting);
        })?;

        if !follows {
            self.give_up(waiting, out);
        }
        if new_run {
            out(Event::Run { run, sequence });
        }
        // Only the first run that a reader meets may begin in the middle.
        let expected = match self.run {
            None => sequence,
            Some(_) if new_run => 1,
            Some(_) => self.next,
        };
        let lost = sequence - expected;
        if lost > 0 {
            self.counters.gaps += 1;
            self.counters.lost = self.counters.lost.saturating_add(lost);
            out(Event::Gap { first: expected, last: sequence - 1 });
        }
        let shift = u32::try_from(lost).unwrap_or(u32::MAX).saturating_add(1);
        self.arrived = self.arrived.checked_shl(shift).unwrap_or(0) | 1;
        (self.run, self.next, self.place) = (Some(run), sequence + 1, place);
        self.counters.datagrams += 1;
        self.counters.records += records.len() as u64;
        self.deliver(out);
        Ok(())
    }

    /// Puts the records behind those that wait, and says where they end.
    fn read(
        &mut self,
        header: &DatagramHeader,
        records: &[[u8; RECORD_BYTES]],
        follows: bool,
    ) -> Result<Place, ReadError> {
        let edge = |flag, name, place: Place| match (header.flags & flag != 0, place.is_inside()) {
            (found, wanted) if found != wanted => {
                Err(ReadError::Edge { flag: name, wanted, found })
            }
            _ => Ok(()),
        };
        let mut place = match header.flags & datagram_flag::STARTS_INSIDE {
            _ if follows => self.place,
            0 => Place::Between,
            _ => Place::Unknown,
        };
        edge(datagram_flag::STARTS_INSIDE, "STARTS_INSIDE", place)?;
        for (index, bytes) in records.iter().enumerate() {
            let record =
                OwnedRecord::parse(bytes).map_err(|why| ReadError::Record { index, why })?;
            place = place.step(&record).map_err(|why| ReadError::Group { index, why })?;
            self.records.push(record);
        }
        edge(datagram_flag::ENDS_INSIDE, "ENDS_INSIDE", place)?;
        Ok(place)
    }

    /// A datagram whose number has passed.
    fn behind(&mut self, sequence: u64) {
        let bit = u32::try_from(self.next - 1 - sequence).unwrap_or(u32::MAX);
        let bit = 1u64.checked_shl(bit).unwrap_or(0);
        if self.arrived & bit != 0 {
            self.counters.duplicates += 1;
        } else {
            self.arrived |= bit;
            self.counters.late += 1;
        }
    }

    /// The first `waiting` records will not become a message.
    fn give_up(&mut self, waiting: usize, out: &mut impl FnMut(Event<'_>)) {
        if waiting > 0 {
            self.counters.incomplete += 1;
            out(Event::Incomplete(&self.records[..waiting]));
            self.records.drain(..waiting);
        }
    }

    /// Gives out every message that has its end.
    fn deliver(&mut self, out: &mut impl FnMut(Event<'_>)) {
        let mut delivered = 0;
        for message in self.records.split_inclusive(|record| record.tag().kind.ends()) {
            let (first, last) = (&message[0], &message[message.len() - 1]);
            if !last.tag().kind.ends() {
                break;
            }
            if first.tag().kind.begins() {
                self.counters.messages += 1;
                out(Event::Message(message));
            } else {
                self.counters.incomplete += 1;
                out(Event::Incomplete(message));
            }
            delivered += message.len();
        }
        self.records.drain(..delivered);
    }
}

/// Header and records of a datagram that is whole and of this layout.
fn open(datagram: &[u8]) -> Result<(DatagramHeader, &[[u8; RECORD_BYTES]]), ReadError> {
    let found = datagram.len();
    let Some((header, records)) = datagram.split_first_chunk() else {
        return Err(ReadError::Short { found });
    };
    let header = DatagramHeader::parse(header);
    let DatagramHeader { layout_id, sequence, flags, .. } = header;
    if layout_id != PUBLISH_ID {
        return Err(ReadError::Layout { found: layout_id });
    }
    let count = usize::from(header.records);
    if count > MAX_DATAGRAM_RECORDS {
        return Err(ReadError::Records { found: header.records });
    }
    let wanted = DATAGRAM_HEADER_BYTES + count * RECORD_BYTES;
    if usize::from(header.bytes) != wanted {
        return Err(ReadError::Bytes { wanted, found: header.bytes });
    }
    if found != wanted {
        return Err(ReadError::Length { wanted, found });
    }
    let wanted = check(datagram);
    if header.check != wanted {
        return Err(ReadError::Check { wanted, found: header.check });
    }
    if flags & !(datagram_flag::STARTS_INSIDE | datagram_flag::ENDS_INSIDE) != 0 {
        return Err(ReadError::Flags { found: flags });
    }
    if sequence == 0 || sequence == u64::MAX {
        return Err(ReadError::Sequence { found: sequence });
    }
    Ok((header, records.as_chunks().0))
}
