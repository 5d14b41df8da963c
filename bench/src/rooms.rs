//! The rooms of the native engine one after the other, with a stamp between them.
//!
//! The engine frames and decodes runs of ticks in one go, between which nothing can be stamped. Here the same
//! public rooms are wired one by one: frame, decode, and `pipeline::core` with its tables. What comes out is the
//! same, which its digest proves in every run. Whoever looks is a type: without one, nothing of it is compiled.

use tidegate_pipeline::core::Core;
use tidegate_pipeline::decode::{self, RecordSink};
use tidegate_pipeline::feedback::{Report, Reported};
use tidegate_pipeline::frame::{Frame, FrameSink, Framer, Verdict};
use tidegate_pipeline::quote::QuoteTable;
use tidegate_pipeline::record::{End, Entry, Head, Queue, Tag, Tick, flag};
use tidegate_pipeline::toe::Toe;
use tidegate_pipeline::trading::Trading;
use tidegate_pipeline::{
    Book, Control, Counters, Decision, Engine, Evidence, Fault, Identity, IndexPoint, Input, Line,
    Outgoing, Record, Sink,
};
use tidegate_protocol::PROTOCOL_ID;
use tidegate_protocol::limits::MAX_SESSIONS;

use crate::clock::Clock;
use crate::engine::Takes;
use crate::feed::Feed;

/// Rooms of a segment.
pub const ROOMS: usize = 8;

/// What a message passes, in the order of the data path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// The packet's session and prefix.
    Receive,
    /// Length and checksum.
    Frame,
    /// Fields to records.
    Decode,
    /// Time, sequence, row; of a snapshot its levels.
    Quote,
    /// The index's sum and value.
    Index,
    /// Conditions and limits, and the end of the message.
    Trigger,
    /// From the decision to the order's sealed bytes.
    Order,
    /// The record table, from a report.
    Feedback,
}

impl Room {
    /// All of them, in order.
    pub const ALL: [Self; ROOMS] = [
        Self::Receive,
        Self::Frame,
        Self::Decode,
        Self::Quote,
        Self::Index,
        Self::Trigger,
        Self::Order,
        Self::Feedback,
    ];

    /// As in results.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Receive => "receive",
            Self::Frame => "frame",
            Self::Decode => "decode",
            Self::Quote => "quote",
            Self::Index => "index",
            Self::Trigger => "trigger",
            Self::Order => "order",
            Self::Feedback => "feedback",
        }
    }
}

/// Looks at the way of each message. It changes nothing of it.
pub trait Probe {
    /// A packet is taken.
    fn taken(&mut self);
    /// What happened since the last call was in this room.
    fn passed(&mut self, room: Room);
    /// The message is done.
    fn done(&mut self);
}

/// Nobody looks.
impl Probe for () {
    #[inline(always)]
    fn taken(&mut self) {}
    #[inline(always)]
    fn passed(&mut self, _: Room) {}
    #[inline(always)]
    fn done(&mut self) {}
}

/// What one message spent where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Nanoseconds by [`Room`].
    pub ns: [u32; ROOMS],
    /// Bit by [`Room`]: whether it was there.
    pub passed: u8,
}

impl Spent {
    /// All of it: from the first stamp to the last.
    pub fn total_ns(&self) -> u64 {
        self.ns.iter().map(|ns| u64::from(*ns)).sum()
    }
}

/// A stamp between rooms.
#[derive(Clone, Debug)]
pub struct Full<C> {
    clock: C,
    last_ns: u64,
    now: Spent,
    /// A record a message, none sampled.
    pub messages: Vec<Spent>,
}

impl<C: Clock> Full<C> {
    /// With room for so many messages, so that none is allocated under way.
    pub fn new(clock: C, messages: usize) -> Self {
        let messages = Vec::with_capacity(messages);
        Self { clock, last_ns: 0, now: Spent::default(), messages }
    }
}

impl<C: Clock> Probe for Full<C> {
    #[inline]
    fn taken(&mut self) {
        self.last_ns = self.clock.now_ns();
    }

    #[inline]
    fn passed(&mut self, room: Room) {
        let now_ns = self.clock.now_ns();
        // Every stamp ends one room and begins the next: their sum is the whole.
        let spent = u32::try_from(now_ns - self.last_ns).unwrap_or(u32::MAX);
        let of_room = &mut self.now.ns[room as usize];
        *of_room = of_room.saturating_add(spent);
        self.now.passed |= 1 << room as u8;
        self.last_ns = now_ns;
    }

    #[inline]
    fn done(&mut self) {
        self.messages.push(self.now);
        self.now = Spent::default();
    }
}

/// The native engine's rooms, wired one by one.
#[derive(Clone, Debug)]
pub struct Stepwise<P> {
    toe: [Toe; 2],
    framer: Framer,
    tables: Core,
    /// Who looks.
    pub probe: P,
}

impl<P: Probe> Stepwise<P> {
    /// Before its first message.
    ///
    /// # Errors
    /// When the setup does not fit.
    pub fn new(feed: &Feed, probe: P) -> Result<Self, String> {
        let sessions = MAX_SESSIONS as u16;
        let tables = Core::new(&feed.setup, &feed.collected).map_err(|error| error.to_string())?;
        Ok(Self {
            toe: [(); 2].map(|()| Toe::new(feed.setup.toe, sessions)),
            framer: Framer::new(2 * sessions, feed.setup.checksum),
            tables,
            probe,
        })
    }

    /// The same engine with somebody else looking.
    pub fn with<Q: Probe>(&self, probe: Q) -> Stepwise<Q> {
        let Stepwise { toe, framer, tables, .. } = self.clone_rest();
        Stepwise { toe, framer, tables, probe }
    }

    fn clone_rest(&self) -> Stepwise<()> {
        Stepwise {
            toe: self.toe.clone(),
            framer: self.framer.clone(),
            tables: self.tables.clone(),
            probe: (),
        }
    }

    /// Takes a packet of whole messages, or the stop: what a feed of the bench has.
    #[inline]
    pub fn feed<S: Sink + ?Sized>(&mut self, input: Input<'_>, sink: &mut S) {
        let Self { toe, framer, tables, probe } = self;
        match input {
            Input::Packet { line, session, bytes } if usize::from(session) < MAX_SESSIONS => {
                probe.taken();
                let session_of_line = line.session(session);
                let mut rest = toe[line as usize].strip_prefix(bytes).unwrap_or_default();
                probe.passed(Room::Receive);
                let mut wiring = Wiring { tables, sink, probe, is_record: false };
                while !rest.is_empty() {
                    let taken = framer.step(session_of_line, rest, &mut wiring);
                    rest = &rest[taken..];
                }
            }
            Input::Control(Control::Stop) => {
                let mut wiring = Wiring { tables, sink, probe, is_record: false };
                for line in [Line::Market, Line::Orders] {
                    let first = line.session(0);
                    framer.stop(first..first + MAX_SESSIONS as u16, &mut wiring);
                }
            }
            // A feed of the bench has nothing else.
            _ => {}
        }
        let bytes = self.framer.bytes();
        self.tables.set_bytes(bytes, self.framer.swallowed_bytes());
    }
}

impl<P: Probe> Engine for Stepwise<P> {
    fn identity(&self) -> Identity {
        Identity { name: "native", protocol_id: PROTOCOL_ID, evidence: Evidence::Measured }
    }
    fn feed(&mut self, input: Input<'_>, sink: &mut dyn Sink) {
        Stepwise::feed(self, input, sink);
    }
    fn counters(&self) -> &Counters {
        self.tables.counters()
    }
    fn quotes(&self) -> &QuoteTable {
        self.tables.quotes()
    }
    fn book(&self) -> Option<Book<'_>> {
        self.tables.trading().map(Trading::book)
    }
}

impl<P: Probe> Takes for Stepwise<P> {
    #[inline]
    fn take<S: Sink>(&mut self, input: Input<'_>, sink: &mut S) {
        self.feed(input, sink);
    }
    fn engine(&self) -> &dyn Engine {
        self
    }
}

/// What comes out says where the message is.
struct Told<'a, P, S: ?Sized> {
    sink: &'a mut S,
    probe: &'a mut P,
}

impl<P: Probe, S: Sink + ?Sized> Sink for Told<'_, P, S> {
    #[inline]
    fn record(&mut self, record: Record<'_>) {
        self.probe.passed(Room::Quote);
        self.sink.record(record);
    }
    fn fault(&mut self, fault: &Fault) {
        self.sink.fault(fault);
    }
    #[inline]
    fn index(&mut self, point: &IndexPoint) {
        self.probe.passed(Room::Index);
        self.sink.index(point);
    }
    fn report(&mut self, report: &Reported) {
        self.probe.passed(Room::Feedback);
        self.sink.report(report);
    }
    fn decision(&mut self, decision: &Decision) {
        self.probe.passed(Room::Trigger);
        self.sink.decision(decision);
    }
    fn order(&mut self, order: &Outgoing<'_>) {
        self.probe.passed(Room::Order);
        self.sink.order(order);
    }
    #[inline]
    fn message(&mut self, msg: u64, msg_type: u32) {
        self.sink.message(msg, msg_type);
    }
}

/// Frames and records on their way to the tables and the sink, as in `pipeline::native`.
struct Wiring<'a, P, S: ?Sized> {
    tables: &'a mut Core,
    sink: &'a mut S,
    probe: &'a mut P,
    /// Whether the message became a record.
    is_record: bool,
}

impl<P: Probe, S: Sink + ?Sized> Wiring<'_, P, S> {
    #[inline]
    fn told(&mut self) -> (&mut Core, Told<'_, P, S>) {
        (self.tables, Told { sink: self.sink, probe: self.probe })
    }

    /// What is left of a message is the tables' end of it.
    #[inline]
    fn end_of_message(&mut self, frame: &Frame<'_>) {
        let (tables, mut told) = self.told();
        tables.after_message(frame.msg, &mut told);
        told.message(frame.msg, frame.msg_type);
        self.probe.passed(Room::Trigger);
        self.probe.done();
    }
}

impl<P: Probe, S: Sink + ?Sized> FrameSink for Wiring<'_, P, S> {
    #[inline]
    fn frame(&mut self, frame: Frame<'_>) {
        self.probe.passed(Room::Frame);
        let (tables, mut told) = self.told();
        tables.before_message(frame.msg, &mut told);
        tables.framed(frame.msg_type);
        let flags = match frame.verdict {
            Verdict::Intact | Verdict::Skipped => Some(0),
            Verdict::Flagged => Some(flag::BAD_CHECKSUM),
            Verdict::Dropped => None,
        };
        if let Some(flags) = flags {
            self.is_record = false;
            let found = decode::decode(&frame, flags, self);
            if !self.is_record {
                self.probe.passed(Room::Decode);
            }
            let (tables, mut told) = self.told();
            match found {
                Ok(known) => {
                    tables.surplus(frame.body().len().saturating_sub(known.0) as u64);
                    if flags == 0
                        && let Some(report) = Report::parse(frame.msg_type, frame.body())
                    {
                        let Frame { msg, offset, msg_type, session, .. } = frame;
                        let tag = Tag { msg, offset, msg_type, session, ..Tag::default() };
                        tables.report(&report, &tag, &mut told);
                    }
                }
                Err(code) => {
                    let Frame { msg, offset, session, .. } = frame;
                    let length = frame.bytes.len() as u64;
                    let (session, msg) = (Some(session), Some(msg));
                    let fault = Fault { code, session, offset, length, msg, line: None };
                    tables.fault(fault, &mut told);
                }
            }
        }
        self.end_of_message(&frame);
    }

    fn fault(&mut self, fault: Fault, _: &[u8]) {
        let (tables, mut told) = self.told();
        if let Some(msg) = fault.msg {
            tables.before_message(msg, &mut told);
        }
        tables.fault(fault, &mut told);
    }
}

impl<P: Probe, S: Sink + ?Sized> RecordSink for Wiring<'_, P, S> {
    #[inline]
    fn tick(&mut self, tick: &mut Tick) {
        self.is_record = true;
        self.probe.passed(Room::Decode);
        let (tables, mut told) = self.told();
        tables.tick(tick, &mut told);
    }
    fn head(&mut self, head: &mut Head) {
        self.is_record = true;
        self.probe.passed(Room::Decode);
        let (tables, mut told) = self.told();
        tables.head(head, &mut told);
        self.probe.passed(Room::Quote);
    }
    fn entry(&mut self, entry: &mut Entry) {
        self.probe.passed(Room::Decode);
        let (tables, mut told) = self.told();
        tables.entry(entry, &mut told);
        self.probe.passed(Room::Quote);
    }
    fn queue(&mut self, queue: &mut Queue) {
        self.probe.passed(Room::Decode);
        let (tables, mut told) = self.told();
        tables.queue(queue, &mut told);
        self.probe.passed(Room::Quote);
    }
    fn end(&mut self, end: &mut End) {
        self.probe.passed(Room::Decode);
        let (tables, mut told) = self.told();
        tables.end(end, &mut told);
    }
}
