//! An input in memory: whole messages, in the order of their last bytes.
//!
//! A capture is cut again: sessions and the order of messages stay, segments do not. What frames no
//! message is left out and counted.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::path::{Path, PathBuf};

use tidegate_gateway::{Delivery, Format, Options, Source, SourceError};
use tidegate_golden_feeds::exchange::Exchange;
use tidegate_golden_feeds::spec::{Spec, SpecError};
use tidegate_golden_feeds::tgw::Loop;
use tidegate_pipeline::decode::{self, RecordSink};
use tidegate_pipeline::feedback::Report;
use tidegate_pipeline::frame::{ChecksumPolicy, Frame, FrameSink, Framer, Verdict};
use tidegate_pipeline::record::{End, Entry, Fault, Head, Queue, Tick};
use tidegate_pipeline::securities::{SecuritiesError, SecurityId};
use tidegate_pipeline::setup::SetupError;
use tidegate_pipeline::toe::{Out, Toe, WordOrder};
use tidegate_pipeline::{Input, Line, Setup};
use tidegate_protocol::limits::MAX_SESSIONS;
use tidegate_protocol::units::{Timestamp, trim_padding};

/// Longest message that is cut out of a stream: the longest announcement, and some.
const MAX_MESSAGE_BYTES: usize = (1 << 20) + 64;
/// Session of TOE1 that reports come in on.
const REPORTS: u16 = 0;

/// Why a feed cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// Its file.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Its setup.
    #[error("{path}: {error}")]
    Setup {
        /// The file.
        path: PathBuf,
        /// Why.
        error: SetupError,
    },
    /// Its generator.
    #[error("exchange: {0}")]
    Spec(#[from] SpecError),
    /// Its securities.
    #[error(transparent)]
    Securities(#[from] SecuritiesError),
    /// Too many streams.
    #[error("{path}: more streams at once than {MAX_SESSIONS}")]
    Sessions {
        /// The file.
        path: PathBuf,
    },
    /// Nothing in it.
    #[error("{what}: no message, wanted one at least")]
    Empty {
        /// Of what.
        what: String,
    },
}

/// One message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// Where it comes in.
    pub line: Line,
    /// Its session.
    pub session: u16,
    /// MsgType.
    pub msg_type: u32,
    /// First byte in [`Feed::bytes`].
    pub at: usize,
    /// Bytes.
    pub len: usize,
    /// TransactTime or OrigTime; of a message without, 0.
    pub time: Timestamp,
}

/// The input and what goes with it.
#[derive(Clone, Debug)]
pub struct Feed {
    /// All messages, one behind the other.
    pub bytes: Vec<u8>,
    /// The messages, in order.
    pub messages: Vec<Message>,
    /// The setup.
    pub setup: Setup,
    /// Securities that the setup does not name.
    pub collected: Vec<SecurityId>,
    /// Faults of framing, whose bytes are left out.
    pub left_out: u64,
    /// Bytes of the streams of a capture that no message was found in: holes, and what is skipped behind them.
    pub lost_bytes: u64,
    /// Packets of a capture whose last bytes are not in it.
    pub packets_cut: u64,
}

impl Feed {
    /// The bytes of a message.
    pub fn of(&self, message: &Message) -> &[u8] {
        &self.bytes[message.at..message.at + message.len]
    }

    /// The input that a message is alone.
    pub fn input(&self, message: &Message) -> Input<'_> {
        let Message { line, session, .. } = *message;
        Input::Packet { line, session, bytes: self.of(message) }
    }

    /// What of the input is not measured, in words; nothing where all of it is.
    pub fn losses(&self) -> Option<String> {
        let mut parts = Vec::new();
        if self.lost_bytes > 0 {
            let share =
                self.lost_bytes as f64 * 100.0 / (self.lost_bytes + self.bytes.len() as u64) as f64;
            parts
                .push(format!("{} bytes of the capture's streams ({share:.1} %)", self.lost_bytes));
        }
        if self.packets_cut > 0 {
            parts.push(format!("the ends of {} packets", self.packets_cut));
        }
        if self.left_out > 0 {
            parts.push(format!("{} faults of framing", self.left_out));
        }
        (!parts.is_empty()).then(|| format!("left out of the input: {}", parts.join(", ")))
    }

    /// Keeps the first messages only.
    pub fn truncate(&mut self, messages: usize) {
        self.messages.truncate(messages);
        self.bytes.truncate(self.messages.last().map_or(0, |last| last.at + last.len));
    }
}

/// What a message's first record says of it.
#[derive(Default)]
struct About {
    time: Timestamp,
    security: Option<SecurityId>,
}

impl About {
    fn set(&mut self, time: Timestamp, security: SecurityId, source: [u8; 4]) {
        self.time = time;
        self.security = (trim_padding(&source) == b"102").then(|| {
            let mut padded = *b"        ";
            let text = trim_padding(&security);
            padded[..text.len()].copy_from_slice(text);
            padded
        });
    }
}

impl RecordSink for About {
    fn tick(&mut self, tick: &mut Tick) {
        self.set(tick.time, tick.security, tick.source);
    }
    fn head(&mut self, head: &mut Head) {
        self.set(head.time, head.security, head.source);
    }
    fn entry(&mut self, _: &mut Entry) {}
    fn queue(&mut self, _: &mut Queue) {}
    fn end(&mut self, _: &mut End) {}
}

/// Takes messages as they are framed.
#[derive(Default)]
struct Cutter {
    bytes: Vec<u8>,
    messages: Vec<Message>,
    /// When the packet under way was captured, and so of each message the one that completed it.
    now_ns: Option<u64>,
    captured_ns: Vec<Option<u64>>,
    securities: BTreeSet<SecurityId>,
    faults: u64,
}

impl FrameSink for Cutter {
    fn frame(&mut self, frame: Frame<'_>) {
        if frame.bytes.is_empty() {
            self.faults += 1;
            return;
        }
        let mut about = About::default();
        if frame.verdict == Verdict::Intact {
            // A message that is no good for decode is one of the input all the same.
            let _ = decode::decode(&frame, 0, &mut about);
            if let Some(report) = Report::parse(frame.msg_type, frame.body()) {
                about.time = report.time;
            }
        }
        self.securities.extend(about.security);
        let lines = MAX_SESSIONS as u16;
        let (line, session) = match frame.session.checked_sub(lines) {
            Some(session) => (Line::Orders, session),
            None => (Line::Market, frame.session),
        };
        self.messages.push(Message {
            line,
            session,
            msg_type: frame.msg_type,
            at: self.bytes.len(),
            len: frame.bytes.len(),
            time: about.time,
        });
        self.captured_ns.push(self.now_ns);
        self.bytes.extend_from_slice(frame.bytes);
    }

    fn fault(&mut self, fault: Fault, _: &[u8]) {
        // With a number it is a message's own, which is kept with its fault.
        self.faults += u64::from(fault.msg.is_none());
    }
}

/// Where messages come from, with room for every session of both lines.
struct Cutting {
    framer: Framer,
    cutter: Cutter,
}

impl Cutting {
    fn new() -> Self {
        let mut framer = Framer::growing(ChecksumPolicy::Flag, MAX_MESSAGE_BYTES);
        framer.grow(2 * MAX_SESSIONS as u16 - 1);
        Self { framer, cutter: Cutter::default() }
    }

    fn push(&mut self, line: Line, session: u16, bytes: &[u8]) {
        self.framer.push(line.session(session), bytes, &mut self.cutter);
    }

    fn reset(&mut self, session: u16) {
        self.framer.reset(session, tidegate_pipeline::Resume::New, &mut self.cutter);
    }

    fn feed(self, setup: Setup, what: &str) -> Result<Feed, FeedError> {
        Ok(self.timed_feed(setup, what)?.0)
    }

    /// The feed, and when each of its messages was captured.
    fn timed_feed(
        mut self,
        setup: Setup,
        what: &str,
    ) -> Result<(Feed, Vec<Option<u64>>), FeedError> {
        let sessions = 0..2 * MAX_SESSIONS as u16;
        self.framer.stop(sessions, &mut self.cutter);
        let Cutter { bytes, messages, securities, faults, captured_ns, .. } = self.cutter;
        if messages.is_empty() {
            return Err(FeedError::Empty { what: what.to_owned() });
        }
        let mut collected = Vec::new();
        if setup.securities.is_none() {
            let named: BTreeSet<SecurityId> = setup.row_names(&[]).into_iter().collect();
            collected = securities.difference(&named).copied().collect();
        }
        let feed = Feed {
            bytes,
            messages,
            setup,
            collected,
            left_out: faults,
            lost_bytes: 0,
            packets_cut: 0,
        };
        Ok((feed, captured_ns))
    }
}

/// Reads a setup; without one the defaults.
///
/// # Errors
/// When it cannot be read.
pub fn setup(path: Option<&Path>) -> Result<Setup, FeedError> {
    let mut setup = match path {
        Some(path) => {
            Setup::load(path).map_err(|error| FeedError::Setup { path: path.to_owned(), error })?
        }
        None => Setup { detect_words: true, ..Setup::default() },
    };
    // Messages come without what a TOE puts in front.
    setup.toe.prefix_bytes = 0;
    Ok(setup)
}

/// The messages of a file: a capture, stream bytes or words.
///
/// # Errors
/// When it cannot be read, or has too many streams at once.
pub fn load(path: &Path, setup: Setup) -> Result<Feed, FeedError> {
    Ok(load_timed(path, setup)?.0)
}

/// [`load`], and when each message was captured, in nanoseconds since 1970, where the file says it.
///
/// # Errors
/// As of [`load`].
pub fn load_timed(path: &Path, mut setup: Setup) -> Result<(Feed, Vec<Option<u64>>), FeedError> {
    let words = path.extension().is_some_and(|extension| extension == "beats");
    let format = words.then_some(Format::Beats);
    let mut source = Source::open(path, &Options { format, ..Options::default() })?;
    let mut cutting = Cutting::new();
    let mut sessions = HashMap::new();
    let mut free: BTreeSet<u16> = (0..MAX_SESSIONS as u16).collect();
    let mut toe = None;
    while let Some(delivery) = source.next()? {
        match delivery {
            Delivery::Open { stream } => {
                let session = free.pop_first();
                let session = session.ok_or_else(|| FeedError::Sessions { path: path.into() })?;
                sessions.insert(stream, session);
            }
            Delivery::Bytes { stream, bytes, time_ns, .. } => {
                cutting.cutter.now_ns = time_ns;
                cutting.push(Line::Market, sessions[&stream], bytes);
            }
            Delivery::Resume { stream, .. } => cutting.reset(sessions[&stream]),
            Delivery::Close { stream } => {
                // Messages are whole from here on, so that a later stream may go on in its session.
                if let Some(session) = sessions.remove(&stream) {
                    cutting.reset(session);
                    free.insert(session);
                }
            }
            Delivery::Words { bytes } => {
                let toe = toe.get_or_insert_with(|| {
                    let first = bytes.first_chunk().filter(|_| setup.detect_words);
                    if let Some(order) = first.and_then(WordOrder::of_header) {
                        setup.toe.words = order;
                    }
                    Toe::new(setup.toe, MAX_SESSIONS as u16)
                });
                toe.push(bytes, |out| match out {
                    Out::Bytes { session, bytes } => cutting.push(Line::Market, session, bytes),
                    Out::Fault { .. } => {}
                });
            }
            Delivery::Fault { .. } => cutting.cutter.faults += 1,
        }
    }
    let (lost_bytes, packets_cut) = (source.stats().lost_bytes, source.stats().packets_cut);
    let (feed, times) = cutting.timed_feed(setup, &path.display().to_string())?;
    Ok((Feed { lost_bytes, packets_cut, ..feed }, times))
}

/// Seeded ticks of [`crate::ticks`], on one session.
///
/// # Errors
/// When there are none.
pub fn ticks(messages: usize, seed: u64, setup: Setup) -> Result<Feed, FeedError> {
    let mut cutting = Cutting::new();
    cutting.push(Line::Market, 0, &crate::ticks(messages, seed));
    cutting.feed(setup, "ticks")
}

/// A day of the small exchange: two sessions.
///
/// # Errors
/// When there is no such day.
pub fn exchange(spec: &Spec, setup: Setup) -> Result<Feed, FeedError> {
    let mut exchange = Exchange::new(spec)?;
    let mut cutting = Cutting::new();
    while let Some(slot) = exchange.next_slot() {
        for message in slot.messages() {
            cutting.push(Line::Market, message.flow as u16, message.frame);
        }
    }
    cutting.feed(setup, "exchange")
}

/// Adds the reports that the orders of the setup's triggers bring back, in a closed loop with a
/// trading gateway of this seed. Each comes before the first market message later than it is.
///
/// # Errors
/// When the setup does not fit.
pub fn with_reports(feed: Feed, seed: u64) -> Result<Feed, FeedError> {
    let mut trading = Loop::new(&feed.setup, seed)?;
    feed.messages.iter().for_each(|message| trading.message(feed.of(message)));
    let (bytes, _) = trading.finish();
    let mut reports = Cutting::new();
    reports.push(Line::Orders, REPORTS, &bytes);
    let Cutter { bytes: report_bytes, messages, .. } = reports.cutter;
    let mut waiting: VecDeque<Message> = messages.into();
    let mut merged = Vec::with_capacity(feed.messages.len() + waiting.len());
    let mut bytes = Vec::with_capacity(feed.bytes.len() + report_bytes.len());
    let mut put = |message: &Message, from: &[u8]| {
        merged.push(Message { at: bytes.len(), ..*message });
        bytes.extend_from_slice(&from[message.at..message.at + message.len]);
    };
    for message in &feed.messages {
        while let Some(report) = waiting.pop_front_if(|report| report.time < message.time) {
            put(&report, &report_bytes);
        }
        put(message, &feed.bytes);
    }
    waiting.iter().for_each(|report| put(report, &report_bytes));
    Ok(Feed { bytes, messages: merged, ..feed })
}
