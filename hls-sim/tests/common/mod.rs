//! Input logs of the golden feeds, and everything that an engine gives out, in order.
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::path::{Path, PathBuf};

use tidegate_gateway::{Delivery, Format, Options, Source};
use tidegate_hls_sim::card::FifoDepths;
use tidegate_pipeline::feedback::{Report, Reported};
use tidegate_pipeline::parameters::Parameters;
use tidegate_pipeline::record::{OwnedRecord, RECORD_BYTES};
use tidegate_pipeline::securities::SecurityId;
use tidegate_pipeline::toe::WordOrder;
use tidegate_pipeline::{
    Control, Decision, Engine, Fault, IndexPoint, Input, Line, NativeEngine, Outgoing, Record,
    Resume, Setup, Sink,
};
use tidegate_protocol::frame;
use tidegate_protocol::units::{Timestamp, trim_padding};

/// One entry of an input log.
#[derive(Clone, Debug)]
pub enum Entry {
    Packet(Line, u16, Vec<u8>),
    Words(Line, Vec<u8>),
    Control(Control),
    Parameters(Box<Parameters>),
}

impl Entry {
    pub fn input(&self) -> Input<'_> {
        match self {
            Entry::Packet(line, session, bytes) => {
                Input::Packet { line: *line, session: *session, bytes }
            }
            Entry::Words(line, bytes) => Input::Words { line: *line, bytes },
            Entry::Control(control) => Input::Control(*control),
            Entry::Parameters(parameters) => Input::Parameters(parameters),
        }
    }
}

pub const STOP: Entry = Entry::Control(Control::Stop);

/// One output of an engine.
#[derive(Clone, Debug, PartialEq)]
pub enum Out {
    Record(OwnedRecord, [u8; RECORD_BYTES]),
    Fault(Fault),
    Index(IndexPoint),
    Report(Box<Reported>),
    Decision(Box<Decision>),
    Order(u64, u32, Vec<u8>),
    Message(u64, u32),
}

#[derive(Debug, Default)]
pub struct Log(pub Vec<Out>);

impl Sink for Log {
    fn record(&mut self, record: Record<'_>) {
        let bytes = record.to_bytes();
        self.0.push(Out::Record(OwnedRecord::parse(&bytes).expect("a record"), bytes));
    }
    fn fault(&mut self, fault: &Fault) {
        self.0.push(Out::Fault(*fault));
    }
    fn index(&mut self, point: &IndexPoint) {
        self.0.push(Out::Index(*point));
    }
    fn report(&mut self, report: &Reported) {
        self.0.push(Out::Report(Box::new(*report)));
    }
    fn decision(&mut self, decision: &Decision) {
        self.0.push(Out::Decision(Box::new(*decision)));
    }
    fn order(&mut self, order: &Outgoing<'_>) {
        self.0.push(Out::Order(order.decision.number, order.request, order.bytes.to_vec()));
    }
    fn message(&mut self, msg: u64, msg_type: u32) {
        self.0.push(Out::Message(msg, msg_type));
    }
}

/// Feeds a log to an engine and gives what came out.
pub fn run(engine: &mut impl Engine, entries: &[Entry]) -> Log {
    let mut log = Log::default();
    for entry in entries {
        engine.feed(entry.input(), &mut log);
    }
    log
}

/// What differs between two engines that took the same log, if anything does.
pub fn difference(one: (&impl Engine, &Log), two: (&impl Engine, &Log)) -> Option<String> {
    if let Some(failure) = two.0.failure() {
        return Some(failure.to_string());
    }
    let (a, b) = (&one.1.0, &two.1.0);
    if a != b {
        let at = a.iter().zip(b).position(|(a, b)| a != b).unwrap_or(a.len().min(b.len()));
        let from = at.saturating_sub(2);
        let show =
            |log: &[Out]| format!("{:?}", &log[from.min(log.len())..(at + 1).min(log.len())]);
        return Some(format!("output {at} of {}, {}:\n{}\n{}", a.len(), b.len(), show(a), show(b)));
    }
    let (one, two) = (one.0, two.0);
    if one.counters() != two.counters() {
        return Some(format!("counters\n{:?}\n{:?}", one.counters(), two.counters()));
    }
    let (a, b) = (one.quotes(), two.quotes());
    if a.map().names() != b.map().names() {
        return Some("names of rows".to_owned());
    }
    for at in 0..a.rows.len() {
        if a.rows[at] != b.rows[at] || a.depths[at] != b.depths[at] {
            return Some(format!("row {at}\n{:?}\n{:?}", a.rows[at], b.rows[at]));
        }
    }
    match (one.book(), two.book()) {
        (None, None) => None,
        (Some(a), Some(b)) => {
            let same = a.requests == b.requests
                && a.counters == b.counters
                && a.triggers == b.triggers
                && (a.outstanding, a.guarded) == (b.outstanding, b.guarded);
            (!same).then(|| format!("book\n{a:?}\n{b:?}"))
        }
        _ => Some("one has no book".to_owned()),
    }
}

/// Every depth of a card's FIFOs.
pub fn depths(of: &mut FifoDepths) -> [&mut usize; 6] {
    let FifoDepths { rx, items, intents, records, lines, tx } = of;
    [rx, items, intents, records, lines, tx]
}

/// A golden feed as an input log.
pub struct Feed {
    pub name: String,
    pub setup: Setup,
    pub collected: Vec<SecurityId>,
    pub entries: Vec<Entry>,
}

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../golden-feeds")
}

/// Every feed of the manifest.
pub fn feeds() -> Vec<toml::Table> {
    let text = std::fs::read_to_string(folder().join("MANIFEST.toml")).expect("the manifest");
    let manifest: toml::Table = text.parse().expect("TOML");
    let feeds = manifest["feed"].as_array().expect("feeds");
    feeds.iter().map(|feed| feed.as_table().expect("a feed").clone()).collect()
}

fn text<'a>(feed: &'a toml::Table, key: &str) -> Option<&'a str> {
    feed.get(key).and_then(|value| value.as_str())
}

/// The deliveries of a file as entries of one line: the simplest way from streams to sessions.
fn entries(source: &mut Source, line: Line) -> Vec<Entry> {
    let mut out = Vec::new();
    let (mut sessions, mut free, mut at) = (HashMap::new(), BTreeSet::new(), HashMap::new());
    free.extend(0u16..128);
    let reset = |session, resume| Entry::Control(Control::Reset { line, session, resume });
    while let Some(delivery) = source.next().expect("the file is read") {
        match delivery {
            Delivery::Open { stream } => {
                let session = free.pop_first().expect("at most 128 streams at once");
                sessions.insert(stream, session);
                at.insert(stream, 0);
            }
            Delivery::Bytes { stream, offset, bytes, .. } => {
                let session = sessions[&stream];
                let at = at.get_mut(&stream).expect("an open stream");
                if *at != offset {
                    out.push(reset(session, Resume::At(offset)));
                }
                *at = offset + bytes.len() as u64;
                out.push(Entry::Packet(line, session, bytes.to_vec()));
            }
            Delivery::Resume { stream, offset } => {
                out.push(reset(sessions[&stream], Resume::Lost(offset)));
                at.insert(stream, offset);
            }
            Delivery::Close { stream } => {
                let session = sessions.remove(&stream).expect("an open stream");
                out.push(reset(session, Resume::New));
                free.insert(session);
            }
            Delivery::Words { bytes } => out.push(Entry::Words(line, bytes.to_vec())),
            Delivery::Fault { .. } => {}
        }
    }
    out
}

/// The pipeline's time, and the securities, as an engine sees them.
#[derive(Default)]
struct Scout {
    now: Timestamp,
    names: BTreeSet<SecurityId>,
}

impl Sink for Scout {
    fn record(&mut self, record: Record<'_>) {
        let (time, security, source) = match record {
            Record::Tick(tick) => (tick.time, tick.security, tick.source),
            Record::Head(head) => (head.time, head.security, head.source),
            _ => return,
        };
        if time.is_possible() {
            self.now = self.now.max(time);
        }
        if trim_padding(&source) == b"102" {
            let mut padded = *b"        ";
            let text = trim_padding(&security);
            padded[..text.len()].copy_from_slice(text);
            self.names.insert(padded);
        }
    }
}

/// Whole frames of a stream of reports, each with its time.
fn reports(bytes: &[u8]) -> VecDeque<(Timestamp, Vec<u8>)> {
    let (mut rest, mut out, mut now) = (bytes, VecDeque::new(), Timestamp(0));
    while let Some(header) = rest.first_chunk::<8>() {
        let (msg_type, body_len) = frame::header(header);
        let length = (body_len as usize + 12).min(rest.len());
        let (one, behind) = rest.split_at(length);
        if let Some(report) = Report::parse(msg_type, frame::body(one))
            && report.time.is_possible()
        {
            now = now.max(report.time);
        }
        out.push_back((now, one.to_vec()));
        rest = behind;
    }
    if !rest.is_empty() {
        out.push_back((now, rest.to_vec()));
    }
    out
}

pub fn load(feed: &toml::Table) -> Feed {
    let name = text(feed, "file").expect("a file").to_owned();
    let mut setup = match text(feed, "setup") {
        Some(path) => Setup::load(&folder().join(path)).expect("a setup"),
        None => Setup::default(),
    };
    let options = Options { resync: feed.contains_key("resync"), format: None };
    let open = |path: &str| {
        let path = folder().join(path);
        let beats = path.extension().is_some_and(|extension| extension == "beats");
        let format = beats.then_some(Format::Beats);
        Source::open(&path, &Options { format, ..options.clone() }).expect("a source")
    };
    let mut source = open(&name);
    let mut market = entries(&mut source, Line::Market);
    if source.format() == Format::Beats {
        if setup.detect_words
            && let Some(Entry::Words(_, bytes)) = market.first()
            && let Some(word) = bytes.first_chunk()
        {
            setup.toe.words = WordOrder::of_header(word).unwrap_or_default();
        }
    } else {
        setup.toe.prefix_bytes = 0;
    }
    // A first pass for securities and times.
    let bare = Setup { index: None, trading: None, ..setup.clone() };
    let mut engine = NativeEngine::new(&bare, &[]).expect("rows");
    let mut scout = Scout::default();
    let mut feedback = match text(feed, "feedback") {
        None => VecDeque::new(),
        Some(path) => reports(&std::fs::read(folder().join(path)).expect("reports")),
    };
    let mut all = Vec::new();
    for entry in market.drain(..) {
        engine.feed(entry.input(), &mut scout);
        all.push(entry);
        while let Some((_, bytes)) = feedback.pop_front_if(|(time, _)| *time < scout.now) {
            // Cut, so that the lines meet inside of messages too.
            let (one, two) = bytes.split_at(bytes.len() / 2);
            all.push(Entry::Packet(Line::Orders, 3, one.to_vec()));
            all.push(Entry::Packet(Line::Orders, 3, two.to_vec()));
        }
    }
    all.extend(feedback.into_iter().map(|(_, bytes)| Entry::Packet(Line::Orders, 3, bytes)));
    all.push(STOP);
    let collected =
        if setup.securities.is_some() { Vec::new() } else { scout.names.into_iter().collect() };
    Feed { name, setup, collected, entries: all }
}
