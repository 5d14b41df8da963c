//! `tidegate decode`: every message of a file as JSON lines or CSV tables.

use std::io::{Write, stdout};
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use tidegate_gateway::Format;
use tidegate_pipeline::frame::{Frame, FrameSink, Framer, Verdict};
use tidegate_pipeline::toe::{Descriptor, Out, Toe, WordOrder};
use tidegate_pipeline::{Fault, Resume};
use tidegate_protocol::limits::{
    BEAT_BYTES, HEADER_BYTES, MAX_ANNOUNCEMENT_BYTES, MAX_SESSIONS, TRAILER_BYTES,
};
use tidegate_protocol::{FaultCode, View, ViewError};

use crate::args::{Framing, InputArgs, number};
use crate::filter::Filter;
use crate::input::{Consumer, Sessions, pump};
use crate::json::{self, Style};
use crate::place::{FaultLine, Label, Place};
use crate::progress::Progress;
use crate::summary::{self, Count};
use crate::table_csv::Tables;
use crate::{Unusable, open};

/// Show every message of a file as JSON, one object a line, or as CSV tables.
#[derive(Args, Debug)]
pub(crate) struct Decode {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    framing: Framing,
    #[command(flatten)]
    filter: Filter,
    /// Write DIR/MSGTYPE.csv for each type and DIR/faults.csv instead of JSON; such tables of an
    /// earlier run are replaced or removed
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    csv: Option<PathBuf>,
    /// Do not show faults (they are still counted)
    #[arg(long, help_heading = "Output")]
    no_faults: bool,
    /// Stop after this many messages were shown
    #[arg(long, visible_alias = "head", value_name = "N", help_heading = "Output",
        value_parser = number::<u64>("a number of messages"))]
    limit: Option<u64>,
}

enum Shape {
    Json,
    Csv(Box<Tables>),
}

/// A stream that has a session.
#[derive(Default)]
struct Stream {
    label: Label,
    /// Asked for.
    wanted: bool,
}

/// Shows frames and faults.
struct Show<'a> {
    filter: &'a Filter,
    shape: Shape,
    /// JSON that is not yet written.
    out: Vec<u8>,
    streams: Vec<Stream>,
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
        out.extend_from_slice(place.stream.json());
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
        let place = Place::of(frame, &self.streams[usize::from(frame.session)].label);
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
        let place = Place::of(frame, &self.streams[usize::from(frame.session)].label);
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
        out.extend_from_slice(stream.map_or(b"null", |label| label.json()));
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
        let Some(session) = session.map(usize::from) else { return self.line(None, line) };
        if self.streams[session].wanted {
            // The label is taken out for as long as its line is written.
            let label = std::mem::take(&mut self.streams[session].label);
            self.line(Some(&label), line);
            self.streams[session].label = label;
        }
    }
}

impl FrameSink for Show<'_> {
    fn frame(&mut self, frame: Frame<'_>) {
        let wanted = self.streams[usize::from(frame.session)].wanted;
        if self.done() || !wanted || frame.verdict == Verdict::Dropped {
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
    /// Streams of a capture that were not asked for.
    unwanted: u64,
}

impl Consumer for Rooms<'_> {
    fn named(&mut self, session: u16, stream: &str) {
        self.framer.grow(session);
        let label = if self.numbered { Label::number(session) } else { Label::name(stream) };
        let wanted = self.show.filter.takes_stream(&label.text);
        self.unwanted += u64::from(!wanted && !self.numbered);
        let streams = &mut self.show.streams;
        let count = streams.len().max(usize::from(session) + 1);
        streams.resize_with(count, Stream::default);
        streams[usize::from(session)] = Stream { label, wanted };
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
            if self.show.filter.takes_stream(stream) {
                self.show.line(Some(&Label::name(stream)), &line);
            }
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
    let mut source = open::open(&args.input, args.framing.speaks_of_words())?;
    let numbered = matches!(source.format(), Format::Bin | Format::Beats);
    if let (true, Some(port)) = (numbered, args.filter.port) {
        let (file, form) = (args.input.file.display(), source.format().name());
        let text = format!("--port {port}: wanted a capture, found .{form} without ports: {file}");
        return Err(Unusable(text).into());
    }
    if let Some(directory) = &args.csv {
        open::spare_input(&args.input.file, directory, |name| name.ends_with(".csv"))?;
    }
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
        numbered,
        unwanted: 0,
        show: Show {
            filter: &args.filter,
            shape,
            out: Vec::with_capacity(2 * BLOCK),
            streams: Vec::new(),
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
    let Rooms { mut framer, toe, mut show, unwanted, .. } = rooms;
    let swallowed_link = toe.as_ref().map_or(0, Toe::swallowed_bytes);
    if let Some(mut toe) = toe {
        toe.stop(|out| toe_out(&mut framer, &mut show, out));
    }
    framer.stop(0..u16::MAX, &mut show);
    show.write(0);
    progress.finish();
    if let Some(error) = show.error {
        return Err(error);
    }
    let stale = match show.shape {
        Shape::Csv(tables) => tables.finish()?,
        Shape::Json => 0,
    };
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
    let (one, many) = ("table of an earlier run removed", "tables of an earlier run removed");
    counts.push(Count::new(stale, one, many));
    counts.push(Count::new(unwanted, "stream not asked for", "streams not asked for"));
    counts.extend(summary::of_source(source.stats()));
    counts.extend(summary::of_sessions(&sessions));
    crate::note(&summary::line(&counts));
    Ok(())
}
