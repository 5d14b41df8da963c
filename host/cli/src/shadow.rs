//! Where messages end in the bytes of a file, and when they say they happened, before an engine sees
//! them.

use tidegate_pipeline::decode::{self, RecordSink};
use tidegate_pipeline::feedback::Report;
use tidegate_pipeline::frame::{Frame, FrameSink, Framer, Verdict};
use tidegate_pipeline::record::{End, Entry, Head, Queue, Tick};
use tidegate_pipeline::toe::{Out, Toe};
use tidegate_pipeline::{Fault, Resume, Setup};
use tidegate_protocol::FaultCode;
use tidegate_protocol::limits::MAX_SESSIONS;
use tidegate_protocol::units::Timestamp;

/// The rooms toe and frame of one line, beside those of the engine.
pub(crate) struct Shadow {
    toe: Toe,
    framer: Framer,
    seen: Seen,
}

/// What the last bytes showed.
#[derive(Default)]
struct Seen {
    /// The latest time of the messages that ended.
    time: Option<Timestamp>,
    /// A message was cut off.
    cut: bool,
}

/// The stamp of a message's records.
#[derive(Default)]
struct Stamps(Option<Timestamp>);

impl RecordSink for Stamps {
    fn tick(&mut self, tick: &mut Tick) {
        self.0 = Some(tick.time);
    }

    fn head(&mut self, head: &mut Head) {
        self.0 = Some(head.time);
    }

    fn entry(&mut self, _entry: &mut Entry) {}

    fn queue(&mut self, _queue: &mut Queue) {}

    fn end(&mut self, _end: &mut End) {}
}

/// The time that a message gives the pipeline's clock; `None` if it gives none.
fn time_of(frame: &Frame<'_>) -> Option<Timestamp> {
    if !matches!(frame.verdict, Verdict::Intact) {
        return None;
    }
    let mut stamps = Stamps::default();
    decode::decode(frame, 0, &mut stamps).ok()?;
    let report = || Report::parse(frame.msg_type, frame.body()).map(|report| report.time);
    stamps.0.or_else(report).filter(|time| time.is_possible())
}

impl FrameSink for Seen {
    fn frame(&mut self, frame: Frame<'_>) {
        self.time = self.time.max(time_of(&frame));
    }

    fn fault(&mut self, fault: Fault, _bytes: &[u8]) {
        self.cut |= fault.code == FaultCode::FrameTruncated;
    }
}

impl Shadow {
    /// As an engine of this setup frames.
    pub(crate) fn new(setup: &Setup) -> Self {
        let sessions = MAX_SESSIONS as u16;
        Self {
            toe: Toe::new(setup.toe, sessions),
            framer: Framer::new(sessions, setup.checksum),
            seen: Seen::default(),
        }
    }

    /// Framed messages so far.
    pub(crate) fn messages(&self) -> u64 {
        self.framer.next_msg()
    }

    /// Bytes of messages so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.framer.bytes()
    }

    /// Takes the next bytes of a session up to the end of one message at the most: how many, and
    /// the time of the message that ended.
    pub(crate) fn step(&mut self, session: u16, bytes: &[u8]) -> (usize, Option<Timestamp>) {
        self.seen.time = None;
        let taken = self.framer.step(session, bytes, &mut self.seen);
        (taken, self.seen.time)
    }

    /// Takes the next words; gives the latest time of the messages that ended in them.
    pub(crate) fn words(&mut self, words: &[u8]) -> Option<Timestamp> {
        let Self { toe, framer, seen } = self;
        seen.time = None;
        toe.push(words, |out| {
            if let Out::Bytes { session, bytes } = out {
                framer.push(session, bytes, seen);
            }
        });
        seen.time
    }

    /// The session goes on as told; whether that cut off a message.
    pub(crate) fn reset(&mut self, session: u16, resume: Resume) -> bool {
        self.seen.cut = false;
        self.toe.reset(session);
        self.framer.reset(session, resume, &mut self.seen);
        self.seen.cut
    }
}
