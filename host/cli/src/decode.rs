//! `tidegate decode`: every message of a file as JSON lines or CSV tables.

use std::io::{Write, stdout};
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use tidegate_gateway::{Format, Source};
use tidegate_pipeline::frame::{Frame, FrameSink, Framer, Verdict};
use tidegate_pipeline::toe::{Descriptor, Out, Toe, WordOrder};
use tidegate_pipeline::{Fault, Resume};
use tidegate_protocol::limits::{
    BEAT_BYTES, HEADER_BYTES, MAX_ANNOUNCEMENT_BYTES, MAX_SESSIONS, TRAILER_BYTES,
};
use tidegate_protocol::view::items_within;
use tidegate_protocol::{FaultCode, View, ViewError};

use crate::args::{Framing, InputArgs};
use crate::filter::Filter;
use crate::input::{Consumer, Sessions, pump};
use crate::json::{self, Style};
use crate::progress::Progress;
use crate::summary::{self, Count};
use crate::table_csv::Tables;

/// Show every message of a file as JSON, one object a line, or as CSV tables.
#[derive(Args, Debug)]
pub(crate) struct Decode {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    framing: Framing,
    #[command(flatten)]
    filter: Filter,
    /// Write DIR/MSGTYPE.csv for each type and DIR/faults.csv instead of JSON
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    csv: Option<PathBuf>,
    /// Do not show faults (they are still counted)
    #[arg(long, help_heading = "Output")]
    no_faults: bool,
    /// Stop after this many messages were shown
    #[arg(long, visible_alias = "head", value_name = "N", help_heading = "Output")]
    limit: Option<u64>,
}

/// How a stream is named in the output: a number or a text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Label {
    /// As in a CSV cell.
    pub(crate) text: String,
    json: Vec<u8>,
}

impl Label {
    pub(crate) fn number(number: u16) -> Self {
        Self { text: number.to_string(), json: number.to_string().into_bytes() }
    }

    pub(crate) fn name(name: &str) -> Self {
        let mut json = Vec::new();
        json::string(&mut json, name);
        Self { text: name.to_owned(), json }
    }

    /// As in JSON.
    pub(crate) fn json(&self) -> &[u8] {
        &self.json
    }
}

/// Where a message stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    /// Its stream.
    pub(crate) stream: &'a Label,
    /// Its number over the whole input.
    pub(crate) msg: u64,
    /// Its first byte in the stream.
    pub(crate) offset: u64,
    /// MsgType.
    pub(crate) msg_type: u32,
}

impl<'a> Place<'a> {
    fn of(frame: &Frame<'_>, labels: &'a [Label]) -> Self {
        let stream = &labels[usize::from(frame.session)];
        Self { stream, msg: frame.msg, offset: frame.offset, msg_type: frame.msg_type }
    }
}

/// A fault as it is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FaultLine<'a> {
    /// What.
    pub(crate) code: FaultCode,
    /// Where it begins.
    pub(crate) offset: u64,
    /// Bytes concerned.
    pub(crate) length: u64,
    /// Number of the message, where it was framed.
    pub(crate) msg: Option<u64>,
    /// What came of a message that was cut off.
    pub(crate) cut: Option<&'a [u8]>,
}

impl FaultLine<'_> {
    /// Appends an object with the fields that had wholly arrived; nothing if no message was cut.
    pub(crate) fn captured(&self, out: &mut Vec<u8>, style: Style) {
        let Some(bytes) = self.cut else { return };
        out.push(b'{');
        if let Some(msg_type) = bytes.first_chunk().map(|bytes| u32::from_be_bytes(*bytes)) {
            json::key(out, "Type");
            json::unsigned(out, u64::from(msg_type));
            if let (Some(body), Some(items)) = (
                bytes.get(HEADER_BYTES..),
                items_within(msg_type, &bytes[HEADER_BYTES.min(bytes.len())..]),
            ) && !body.is_empty()
            {
                json::members(out, items, style);
            }
        }
        out.push(b'}');
    }
}

enum Shape {
    Json,
    Csv(Box<Tables>),
}

/// Shows frames and faults.
struct Show<'a> {
    filter: &'a Filter,
    shape: Shape,
    /// JSON that is not yet written.
    out: Vec<u8>,
    labels: Vec<Label>,
    faults_too: bool,
    limit: u64,
    shown: u64,
    faults: u64,
    surplus: u64,
    error: Option<anyhow::Error>,
    /// The last reset cut off a message.
    cut: bool,
}

/// Bytes of JSON that are written at once.
const BLOCK: usize = 1 << 16;

impl Show<'_> {
    fn done(&self) -> bool {
        self.shown >= self.limit || self.error.is_some()
    }

    fn keep(&mut self, result: Result<()>) {
        if let Err(error) = result {
            self.error.get_or_insert(error);
        }
    }

    fn write(&mut self, above: usize) {
        if self.out.len() > above {
            let result = stdout().lock().write_all(&self.out);
            self.out.clear();
            self.keep(result.context("cannot write to the standard output"));
        }
    }

    fn head(out: &mut Vec<u8>, place: &Place<'_>) {
        out.extend_from_slice(b"{\"Stream\":");
        out.extend_from_slice(&place.stream.json);
        let numbers =
            [("Msg", place.msg), ("Offset", place.offset), ("MsgType", u64::from(place.msg_type))];
        for (name, number) in numbers {
            json::key(out, name);
            json::unsigned(out, number);
        }
    }

    fn message(&mut self, frame: &Frame<'_>, view: &View<'_>) {
        if !self.filter.takes_type(frame.msg_type)
            || self.filter.asks_content() && !self.filter.takes(view)
        {
            return;
        }
        let place = Place::of(frame, &self.labels);
        self.shown += 1;
        match &mut self.shape {
            Shape::Json => {
                Self::head(&mut self.out, &place);
                json::members(&mut self.out, view.items(), Style::Plain);
                self.end_line(frame.verdict);
            }
            Shape::Csv(tables) => {
                let result = tables.message(&place, view);
                self.keep(result);
            }
        }
    }

    fn unknown(&mut self, frame: &Frame<'_>) {
        if !self.filter.takes_type(frame.msg_type) || self.filter.asks_content() {
            return;
        }
        let place = Place::of(frame, &self.labels);
        self.shown += 1;
        match &mut self.shape {
            Shape::Json => {
                Self::head(&mut self.out, &place);
                json::key(&mut self.out, "BodyLength");
                json::unsigned(&mut self.out, u64::from(frame.body_len));
                json::key(&mut self.out, "BodyHex");
                self.out.push(b'"');
                json::hex(&mut self.out, frame.body());
                self.out.push(b'"');
                self.end_line(frame.verdict);
            }
            Shape::Csv(tables) => {
                let result = tables.unknown(&place, frame.body());
                self.keep(result);
            }
        }
    }

    fn end_line(&mut self, verdict: Verdict) {
        if verdict == Verdict::Flagged {
            json::key(&mut self.out, "ChecksumBad");
            self.out.extend_from_slice(b"true");
        }
        self.out.extend_from_slice(b"}\n");
        self.write(BLOCK);
    }

    fn line(&mut self, stream: Option<&Label>, fault: &FaultLine<'_>) {
        if self.done() {
            return;
        }
        self.faults += 1;
        if !self.faults_too {
            return;
        }
        if let Shape::Csv(tables) = &mut self.shape {
            let result = tables.fault(stream, fault);
            self.keep(result);
            return;
        }
        let out = &mut self.out;
        out.extend_from_slice(b"{\"Stream\":");
        out.extend_from_slice(stream.map_or(b"null", |label| &label.json));
        json::key(out, "Offset");
        json::unsigned(out, fault.offset);
        json::key(out, "Fault");
        json::string(out, fault.code.name());
        if let Some(msg) = fault.msg {
            json::key(out, "Msg");
            json::unsigned(out, msg);
        }
        json::key(out, "Length");
        json::unsigned(out, fault.length);
        if fault.cut.is_some() {
            json::key(out, "Captured");
            fault.captured(out, Style::Plain);
        }
        out.extend_from_slice(b"}\n");
        self.write(BLOCK);
    }

    fn session_line(&mut self, session: Option<u16>, line: &FaultLine<'_>) {
        // The label is taken out for as long as its line is written.
        let Some(session) = session.map(usize::from) else { return self.line(None, line) };
        let label = std::mem::take(&mut self.labels[session]);
        self.line(Some(&label), line);
        self.labels[session] = label;
    }
}

impl FrameSink for Show<'_> {
    fn frame(&mut self, frame: Frame<'_>) {
        if self.done() || frame.verdict == Verdict::Dropped {
            return;
        }
        let code = match View::new(frame.msg_type, frame.body()) {
            Ok(view) => {
                self.surplus += (frame.body().len() - view.known_len()) as u64;
                self.message(&frame, &view);
                return;
            }
            Err(ViewError::Unknown { .. }) => {
                self.unknown(&frame);
                return;
            }
            Err(ViewError::Group { .. }) => FaultCode::DecodeGroup,
            Err(ViewError::Short { .. }) => FaultCode::DecodeShort,
        };
        let (offset, length) = (frame.offset, frame.bytes.len() as u64);
        let line = FaultLine { code, offset, length, msg: Some(frame.msg), cut: None };
        self.session_line(Some(frame.session), &line);
    }

    fn fault(&mut self, fault: Fault, bytes: &[u8]) {
        let Fault { code, session, offset, length, msg, .. } = fault;
        let cut_off = matches!(code, FaultCode::FrameTruncated | FaultCode::CaptureLost);
        self.cut |= code == FaultCode::FrameTruncated;
        let cut =
            (cut_off && (code == FaultCode::FrameTruncated || !bytes.is_empty())).then_some(bytes);
        self.session_line(session, &FaultLine { code, offset, length, msg, cut });
    }
}

/// The rooms that decode needs: words, frames, and what shows them.
struct Rooms<'a> {
    framer: Framer,
    toe: Option<Toe>,
    descriptor: Descriptor,
    detect_words: bool,
    show: Show<'a>,
    numbered: bool,
}

impl Consumer for Rooms<'_> {
    fn named(&mut self, session: u16, stream: &str) {
        self.framer.grow(session);
        let labels = &mut self.show.labels;
        labels.resize(labels.len().max(usize::from(session) + 1), Label::default());
        labels[usize::from(session)] =
            if self.numbered { Label::number(session) } else { Label::name(stream) };
    }

    fn reset(&mut self, session: u16, resume: Resume) -> bool {
        self.show.cut = false;
        self.framer.reset(session, resume, &mut self.show);
        self.show.cut
    }

    fn bytes(&mut self, session: u16, bytes: &[u8]) {
        self.framer.push(session, bytes, &mut self.show);
    }

    fn words(&mut self, words: &[u8]) {
        let Self { framer, toe, descriptor, detect_words, show, .. } = self;
        let toe = toe.get_or_insert_with(|| {
            if *detect_words && let Some(word) = words.first_chunk::<BEAT_BYTES>() {
                descriptor.words = WordOrder::of_header(word).unwrap_or_default();
            }
            Toe::new(*descriptor, MAX_SESSIONS as u16)
        });
        toe.push(words, |out| toe_out(framer, show, out));
    }

    fn fault(&mut self, session: Option<u16>, stream: &str, code: FaultCode, range: (u64, u64)) {
        let (offset, length) = range;
        let line = FaultLine { code, offset, length, msg: None, cut: None };
        if session.is_none() && !stream.is_empty() {
            self.show.line(Some(&Label::name(stream)), &line);
        } else {
            self.show.session_line(session, &line);
        }
    }

    fn goes_on(&self) -> bool {
        !self.show.done()
    }
}

fn toe_out(framer: &mut Framer, show: &mut Show<'_>, out: Out<'_>) {
    match out {
        Out::Bytes { session, bytes } => framer.push(session, bytes, show),
        Out::Fault { code, session, offset, length } => {
            show.session_line(session, &FaultLine { code, offset, length, msg: None, cut: None });
        }
    }
}

/// Runs the command.
pub(crate) fn run(args: &Decode) -> Result<()> {
    let mut source = Source::open(&args.input.file, &args.input.options())?;
    let shape = match &args.csv {
        Some(directory) => Shape::Csv(Box::new(Tables::create(directory, !args.no_faults)?)),
        None => Shape::Json,
    };
    let progress = Progress::new("decode", args.csv.is_none());
    let words = source.format() == Format::Beats;
    let held = MAX_ANNOUNCEMENT_BYTES as usize + HEADER_BYTES + TRAILER_BYTES;
    let (descriptor, detect_words) = args.framing.descriptor();
    let mut rooms = Rooms {
        framer: Framer::growing(args.framing.policy(), held),
        toe: None,
        descriptor,
        detect_words,
        numbered: matches!(source.format(), Format::Bin | Format::Beats),
        show: Show {
            filter: &args.filter,
            shape,
            out: Vec::with_capacity(2 * BLOCK),
            labels: Vec::new(),
            faults_too: !args.no_faults,
            limit: args.limit.unwrap_or(u64::MAX),
            shown: 0,
            faults: 0,
            surplus: 0,
            error: None,
            cut: false,
        },
    };
    if words {
        for session in 0..MAX_SESSIONS as u16 {
            rooms.named(session, "");
        }
    }
    let mut sessions = Sessions::new(1 << 16);
    pump(&mut source, &mut sessions, &mut rooms, &progress)?;
    let Rooms { mut framer, toe, mut show, .. } = rooms;
    let swallowed_link = toe.as_ref().map_or(0, Toe::swallowed_bytes);
    if let Some(mut toe) = toe {
        toe.stop(|out| toe_out(&mut framer, &mut show, out));
    }
    framer.stop(&mut show);
    show.write(0);
    progress.finish();
    if let Some(error) = show.error {
        return Err(error);
    }
    if let Shape::Csv(tables) = show.shape {
        tables.finish()?;
    }
    let messages = framer.next_msg();
    let mut counts = if show.shown >= show.limit {
        // How far the last block was read says nothing.
        vec![Count::always(show.shown, "message, the limit", "messages, the limit")]
    } else {
        vec![Count::always(messages, "message", "messages")]
    };
    if show.shown != messages && show.shown < show.limit {
        counts.push(Count::always(show.shown, "shown", "shown"));
    }
    counts.push(Count::new(show.faults, "fault", "faults"));
    counts.push(Count::new(show.surplus, "surplus byte", "surplus bytes"));
    let swallowed = framer.swallowed_bytes() + swallowed_link;
    counts.push(Count::new(swallowed, "swallowed byte", "swallowed bytes"));
    counts.extend(summary::of_source(source.stats()));
    counts.extend(summary::of_sessions(&sessions));
    crate::note(&summary::line(&counts));
    Ok(())
}
