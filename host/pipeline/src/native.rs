//! The native engine: the production CPU path, one message at a time.

use tidegate_protocol::limits::MAX_SESSIONS;
use tidegate_protocol::{FaultCode, PROTOCOL_ID};

use crate::core::Core;
use crate::counters::Counters;
use crate::decode::{self, RecordSink};
use crate::engine::{Book, Control, Engine, Evidence, Identity, Input, Line, Resume, Sink};
use crate::feedback::Report;
use crate::frame::{Frame, FrameSink, Framer, Verdict};
use crate::index::Index;
use crate::quote::QuoteTable;
use crate::record::{End, Entry, Fault, Head, Queue, Tag, Tick, flag};
use crate::securities::{SecuritiesError, SecurityId};
use crate::setup::Setup;
use crate::ticks::{self, Start};
use crate::toe::{Out, Toe};
use crate::trading::Trading;

/// Bytes become frames, records, rows and index points here. Allocates only in [`Self::new`].
#[derive(Clone, Debug)]
pub struct NativeEngine {
    toe: [Toe; 2],
    framer: Framer,
    tables: Core,
}

impl NativeEngine {
    /// An engine whose rows are [`Setup::row_names`] of the setup and the collected securities.
    pub fn new(setup: &Setup, collected: &[SecurityId]) -> Result<Self, SecuritiesError> {
        let sessions = MAX_SESSIONS as u16;
        Ok(Self {
            toe: std::array::from_fn(|_| Toe::new(setup.toe, sessions)),
            framer: Framer::new(2 * sessions, setup.checksum),
            tables: Core::new(setup, collected)?,
        })
    }

    /// The rooms behind the index, if the setup has triggers.
    pub fn trading(&self) -> Option<&Trading> {
        self.tables.trading()
    }

    /// The index as it stands, with the sum behind it.
    pub fn index(&self) -> Option<&Index> {
        self.tables.index()
    }

    /// Takes the next entry of the input log. [`Engine::feed`] is the same behind a pointer.
    pub fn feed<S: Sink + ?Sized>(&mut self, input: Input<'_>, sink: &mut S) {
        match input {
            Input::Packet { line, session, bytes } => self.packet(line, session, bytes, sink),
            Input::Words { line, bytes } => self.words(line, bytes, sink),
            Input::Control(Control::Reset { line, session, resume }) => {
                self.reset(line, session, resume, sink);
            }
            Input::Control(Control::Kill { on }) => {
                self.tables.kill(on, self.framer.next_msg(), sink);
            }
            Input::Control(Control::Stop) => self.stop(sink),
            Input::Parameters(parameters) => {
                self.tables.live_epoch(self.framer.next_msg(), parameters, sink);
            }
        }
        let dead_links = self.toe.iter().map(Toe::swallowed_bytes).sum::<u64>();
        let swallowed = self.framer.swallowed_bytes() + dead_links;
        self.tables.set_bytes(self.framer.bytes(), swallowed);
    }

    fn packet<S: Sink + ?Sized>(&mut self, line: Line, session: u16, bytes: &[u8], sink: &mut S) {
        let length = bytes.len() as u64;
        if usize::from(session) >= MAX_SESSIONS {
            self.tables.line_fault(FaultCode::ToeSession, line, None, 0, length, sink);
            return;
        }
        let session = line.session(session);
        match self.toe[line as usize].strip_prefix(bytes) {
            Some(bytes) => push(&mut self.framer, &mut self.tables, session, bytes, sink),
            None => {
                self.tables.line_fault(FaultCode::ToePrefix, line, Some(session), 0, length, sink);
            }
        }
    }

    fn words<S: Sink + ?Sized>(&mut self, line: Line, words: &[u8], sink: &mut S) {
        // Taken apart, so that what toe hands on can go into the rooms behind it at once.
        let Self { toe, framer, tables } = self;
        toe[line as usize].push(words, |out| match out {
            Out::Bytes { session, bytes } => {
                push(framer, tables, line.session(session), bytes, sink);
            }
            Out::Fault { code, session, offset, length } => {
                let session = session.map(|session| line.session(session));
                tables.line_fault(code, line, session, offset, length, sink);
            }
        });
    }

    fn reset<S: Sink + ?Sized>(&mut self, line: Line, cid: u16, resume: Resume, sink: &mut S) {
        let Self { toe, framer, tables } = self;
        if usize::from(cid) >= MAX_SESSIONS {
            tables.line_fault(FaultCode::ToeSession, line, None, 0, 0, sink);
            return;
        }
        toe[line as usize].reset(cid);
        framer.reset(line.session(cid), resume, &mut Wiring { tables, sink });
    }

    /// Each line is closed whole: its link, then its sessions.
    fn stop<S: Sink + ?Sized>(&mut self, sink: &mut S) {
        let Self { toe, framer, tables } = self;
        for (line, toe) in [Line::Market, Line::Orders].into_iter().zip(toe) {
            toe.stop(|out| {
                if let Out::Fault { code, session, offset, length } = out {
                    let session = session.map(|session| line.session(session));
                    tables.line_fault(code, line, session, offset, length, sink);
                }
            });
            let first = line.session(0);
            let sessions = first..first + MAX_SESSIONS as u16;
            framer.stop(sessions, &mut Wiring { tables, sink });
        }
    }
}

fn push<S: Sink + ?Sized>(
    framer: &mut Framer,
    tables: &mut Core,
    session: u16,
    bytes: &[u8],
    sink: &mut S,
) {
    let mut wiring = Wiring { tables, sink };
    let mut rest = bytes;
    while !rest.is_empty() {
        // Runs of whole ticks never touch the framer's own reading.
        if let Some(offset) = framer.at_boundary(session) {
            let start = Start { msg: framer.next_msg(), offset, session };
            let run = ticks::run(rest, start, |tick| {
                wiring.tables.before_message(tick.tag.msg, wiring.sink);
                wiring.tables.framed_tick(tick.tag.kind);
                wiring.tick(tick);
                wiring.tables.after_message(tick.tag.msg, wiring.sink);
                wiring.sink.message(tick.tag.msg, tick.tag.msg_type);
            });
            framer.passed(session, run.bytes, run.messages);
            rest = &rest[run.bytes..];
        }
        if !rest.is_empty() {
            let taken = framer.step(session, rest, &mut wiring);
            rest = &rest[taken..];
        }
    }
}

impl Engine for NativeEngine {
    fn identity(&self) -> Identity {
        Identity { name: "native", protocol_id: PROTOCOL_ID, evidence: Evidence::Measured }
    }

    fn feed(&mut self, input: Input<'_>, sink: &mut dyn Sink) {
        NativeEngine::feed(self, input, sink);
    }

    fn counters(&self) -> &Counters {
        self.tables.counters()
    }

    fn quotes(&self) -> &QuoteTable {
        self.tables.quotes()
    }

    fn book(&self) -> Option<Book<'_>> {
        self.trading().map(Trading::book)
    }
}

/// Frames and records on their way to the tables and the sink.
struct Wiring<'a, S: ?Sized> {
    tables: &'a mut Core,
    sink: &'a mut S,
}

impl<S: Sink + ?Sized> FrameSink for Wiring<'_, S> {
    fn frame(&mut self, frame: Frame<'_>) {
        self.tables.before_message(frame.msg, self.sink);
        self.tables.framed(frame.msg_type);
        let flags = match frame.verdict {
            Verdict::Intact => Some(0),
            Verdict::Flagged => Some(flag::BAD_CHECKSUM),
            // Only announcements are longer than what is held; their content goes nowhere.
            Verdict::Skipped => Some(0),
            Verdict::Dropped => None,
        };
        if let Some(flags) = flags {
            match decode::decode(&frame, flags, self) {
                Ok(known) => {
                    let surplus = frame.body().len().saturating_sub(known.0);
                    self.tables.surplus(surplus as u64);
                    if flags == 0
                        && let Some(report) = Report::parse(frame.msg_type, frame.body())
                    {
                        let tag = Tag {
                            msg: frame.msg,
                            offset: frame.offset,
                            msg_type: frame.msg_type,
                            session: frame.session,
                            ..Tag::default()
                        };
                        self.tables.report(&report, &tag, self.sink);
                    }
                }
                Err(code) => {
                    let (session, offset, msg) =
                        (Some(frame.session), frame.offset, Some(frame.msg));
                    let length = frame.bytes.len() as u64;
                    let fault = Fault { code, session, offset, length, msg, line: None };
                    self.tables.fault(fault, self.sink);
                }
            }
        }
        self.tables.after_message(frame.msg, self.sink);
        self.sink.message(frame.msg, frame.msg_type);
    }

    fn fault(&mut self, fault: Fault, _bytes: &[u8]) {
        // An epoch rules everything of its message, the fault of its checksum too.
        if let Some(msg) = fault.msg {
            self.tables.before_message(msg, self.sink);
        }
        self.tables.fault(fault, self.sink);
    }
}

impl<S: Sink + ?Sized> RecordSink for Wiring<'_, S> {
    #[inline]
    fn tick(&mut self, tick: &mut Tick) {
        self.tables.tick(tick, self.sink);
    }

    fn head(&mut self, head: &mut Head) {
        self.tables.head(head, self.sink);
    }

    #[inline]
    fn entry(&mut self, entry: &mut Entry) {
        self.tables.entry(entry, self.sink);
    }

    #[inline]
    fn queue(&mut self, queue: &mut Queue) {
        self.tables.queue(queue, self.sink);
    }

    fn end(&mut self, end: &mut End) {
        self.tables.end(end, self.sink);
    }
}
