//! A run folder for the kernels outside of this process: what goes into them, and whether what came
//! out is what the native engine says.
//!
//! ```text
//! kernel_files write FOLDER FILE [SETUP [FEEDBACK]]   image.bin, log.bin, arguments
//! kernel_files check FOLDER FILE [SETUP [FEEDBACK]]   events, tables and words against native
//! kernel_files feeds BINARY [ARGUMENT..]              both, with a run of BINARY in between, for every golden feed
//! ```
//!
//! BINARY is that of `kernels/native`. Reports of FEEDBACK come at the end, before the stop.

use std::collections::{BTreeSet, HashMap};
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command;

use tidegate_gateway::{Delivery as Given, Format, Options, Source};
use tidegate_pipeline::account::Account;
use tidegate_pipeline::events::{self, Delivery};
use tidegate_pipeline::feedback::Reported;
use tidegate_pipeline::frame::ChecksumPolicy;
use tidegate_pipeline::log::LogWriter;
use tidegate_pipeline::parameters::Parameters;
use tidegate_pipeline::publish::Publisher;
use tidegate_pipeline::securities::SecurityId;
use tidegate_pipeline::toe::{Layout, WordOrder};
use tidegate_pipeline::{
    Control, Decision, Engine, Fault, IndexPoint, Input, Line, NativeEngine, Outgoing, Record,
    Resume, Setup, Sink, image,
};
use tidegate_protocol::kernel::{
    DepthLevel, Event, KernelCounters, LoadLine, LogWord, QuoteRow, RequestFields,
};
use tidegate_protocol::limits::{
    BOOK_LEVELS, MAX_REQUESTS_CARD, MAX_SECURITIES_CARD, MAX_SESSIONS, QUEUE_ITEMS,
};
use tidegate_protocol::record::RECORD_BYTES;
use tidegate_protocol::units::trim_padding;

type Failed = Box<dyn Error>;

const ROOM: image::Room =
    image::Room { securities: MAX_SECURITIES_CARD, requests: MAX_REQUESTS_CARD };

/// An input that owns its bytes.
pub enum Entry {
    /// A packet of a session of a line.
    Packet(Line, u16, Vec<u8>),
    /// Words of a line.
    Words(Line, Vec<u8>),
    /// A control word.
    Control(Control),
    /// New parameters of a live run; no folder that is written has them.
    Parameters(Box<Parameters>),
}

impl Entry {
    /// What an engine takes.
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

/// What a run is made of.
pub struct Run {
    /// The setup, with the word order of the file.
    pub setup: Setup,
    /// Securities of the input that the setup does not name.
    pub collected: Vec<SecurityId>,
    /// The input, with its stop.
    pub entries: Vec<Entry>,
}

/// The securities of records, as the first pass of a replay finds them.
#[derive(Default)]
struct Names(BTreeSet<SecurityId>);

impl Sink for Names {
    fn record(&mut self, record: Record<'_>) {
        let (security, source) = match record {
            Record::Tick(tick) => (tick.security, tick.source),
            Record::Head(head) => (head.security, head.source),
            _ => return,
        };
        if trim_padding(&source) == b"102" {
            let mut padded = *b"        ";
            let text = trim_padding(&security);
            padded[..text.len()].copy_from_slice(text);
            self.0.insert(padded);
        }
    }
}

/// Everything that one file gives, on one line.
fn entries(path: &Path, line: Line, setup: &mut Setup) -> Result<Vec<Entry>, Failed> {
    let words = path.extension().is_some_and(|extension| extension == "beats");
    let format = words.then_some(Format::Beats);
    let mut source = Source::open(path, &Options { format, ..Options::default() })?;
    let prefix = if words { 0 } else { usize::from(setup.toe.prefix_bytes) };
    let mut sessions = HashMap::new();
    let mut free: BTreeSet<u16> = (0..MAX_SESSIONS as u16).collect();
    let mut out = Vec::new();
    let control = |session, resume| Entry::Control(Control::Reset { line, session, resume });
    while let Some(given) = source.next()? {
        match given {
            Given::Open { stream } => {
                let session = free.pop_first().ok_or("more than 128 streams at once")?;
                sessions.insert(stream, session);
            }
            Given::Bytes { stream, bytes, .. } => {
                let packet = [&vec![0; prefix], bytes].concat();
                out.push(Entry::Packet(line, sessions[&stream], packet));
            }
            Given::Resume { stream, offset } => {
                out.push(control(sessions[&stream], Resume::Lost(offset)));
            }
            Given::Close { stream } => {
                if let Some(session) = sessions.remove(&stream) {
                    out.push(control(session, Resume::New));
                    free.insert(session);
                }
            }
            Given::Words { bytes } => {
                let first = bytes.first_chunk().filter(|_| setup.detect_words && out.is_empty());
                if let Some(order) = first.and_then(WordOrder::of_header) {
                    setup.toe.words = order;
                }
                out.push(Entry::Words(line, bytes.to_vec()));
            }
            // What a source finds itself never reaches an engine.
            Given::Fault { .. } => {}
        }
    }
    Ok(out)
}

/// Reads the files of a run.
///
/// # Errors
/// When one cannot be read, or has more than 128 streams at once.
pub fn run(file: &Path, setup: Option<&Path>, feedback: Option<&Path>) -> Result<Run, Failed> {
    let mut setup = match setup {
        Some(path) => Setup::load(path)?,
        None => Setup { detect_words: true, ..Setup::default() },
    };
    let is_words = |path: &Path| path.extension().is_some_and(|extension| extension == "beats");
    if !is_words(file) && !feedback.is_some_and(is_words) {
        setup.toe.prefix_bytes = 0;
    }
    let mut entries = entries(file, Line::Market, &mut setup)?;
    let mut collected = Vec::new();
    if setup.securities.is_none() {
        let bare = Setup { index: None, trading: None, ..setup.clone() };
        let (mut engine, mut names) = (NativeEngine::new(&bare, &[])?, Names::default());
        entries.iter().for_each(|entry| engine.feed(entry.input(), &mut names));
        let named: BTreeSet<SecurityId> = setup.row_names(&[]).into_iter().collect();
        collected = names.0.difference(&named).copied().collect();
    }
    if let Some(path) = feedback {
        entries.extend(self::entries(path, Line::Orders, &mut setup)?);
    }
    entries.push(Entry::Control(Control::Stop));
    Ok(Run { setup, collected, entries })
}

/// The flags of the native binary.
fn arguments(setup: &Setup) -> String {
    let toe = &setup.toe;
    let policy = match setup.checksum {
        ChecksumPolicy::Drop => 0,
        ChecksumPolicy::Flag => 1,
        ChecksumPolicy::Disconnect => 2,
    };
    format!(
        "--text {} --printed {} --strict {} --prefix {} --policy {policy}\n",
        u8::from(toe.layout == Layout::Text),
        u8::from(toe.words == WordOrder::Printed),
        u8::from(toe.strict_filler),
        toe.prefix_bytes,
    )
}

/// Writes what goes in.
///
/// # Errors
/// When the card has no room for the setup, or the folder cannot be written.
pub fn write(folder: &Path, run: &Run) -> Result<(), Failed> {
    fs::create_dir_all(folder)?;
    let mut image = Vec::new();
    for line in image::lines(&run.setup, &run.collected, ROOM)? {
        let mut bytes = [0; LoadLine::BYTES];
        line.emit(&mut bytes);
        image.extend(bytes);
    }
    let mut log = Vec::new();
    let mut writer = LogWriter::new(run.setup.toe);
    for entry in &run.entries {
        writer.push(entry.input(), |word| {
            let mut bytes = [0; LogWord::BYTES];
            word.emit(&mut bytes);
            log.extend(bytes);
        });
    }
    fs::write(folder.join("image.bin"), image)?;
    fs::write(folder.join("log.bin"), log)?;
    fs::write(folder.join("arguments"), arguments(&run.setup))?;
    Ok(())
}

/// One output of an engine.
#[derive(Debug, PartialEq)]
enum Out {
    Record(Box<[u8; RECORD_BYTES]>),
    Fault(Fault),
    Index(IndexPoint),
    Report(Box<Reported>),
    Decision(Box<Decision>),
    Order(u64, u32, Vec<u8>),
    Message(u64, u32),
}

/// All outputs, and what they add up to; the words of both TOEs as the room `publish` and the
/// requests make them.
struct Seen {
    all: Vec<Out>,
    account: Account,
    publisher: Publisher,
    datagrams: Vec<Vec<u8>>,
    frames: Vec<Vec<u8>>,
}

impl Seen {
    fn new(setup: &Setup) -> Self {
        let publisher = Publisher::new(setup.publish.run, setup.publish.batch_messages);
        let account = Account::default();
        Self { all: Vec::new(), account, publisher, datagrams: Vec::new(), frames: Vec::new() }
    }
}

impl Sink for Seen {
    fn record(&mut self, record: Record<'_>) {
        self.all.push(Out::Record(Box::new(record.to_bytes())));
        self.publisher.record(&record, &mut |bytes| self.datagrams.push(bytes.to_vec()));
        self.account.record(record);
    }

    fn fault(&mut self, fault: &Fault) {
        self.all.push(Out::Fault(*fault));
        self.account.fault(fault);
    }

    fn index(&mut self, point: &IndexPoint) {
        self.all.push(Out::Index(*point));
        self.account.index(point);
    }

    fn report(&mut self, report: &Reported) {
        self.all.push(Out::Report(Box::new(*report)));
        self.account.report(report);
    }

    fn decision(&mut self, decision: &Decision) {
        self.all.push(Out::Decision(Box::new(*decision)));
        self.account.decision(decision);
    }

    fn order(&mut self, order: &Outgoing<'_>) {
        self.frames.push(order.bytes.to_vec());
        self.all.push(Out::Order(order.decision.number, order.request, order.bytes.to_vec()));
        self.account.order(order);
    }

    fn message(&mut self, msg: u64, msg_type: u32) {
        self.all.push(Out::Message(msg, msg_type));
        self.publisher.end_of_message(&mut |bytes| self.datagrams.push(bytes.to_vec()));
        self.account.message(msg, msg_type);
    }
}

fn chunks<const N: usize>(folder: &Path, name: &str) -> Result<Vec<[u8; N]>, Failed> {
    let bytes = fs::read(folder.join(name)).map_err(|error| format!("{name}: {error}"))?;
    let (whole, rest) = bytes.as_chunks();
    if !rest.is_empty() {
        return Err(format!("{name}: {} bytes, wanted a multiple of {N}", bytes.len()).into());
    }
    Ok(whole.to_vec())
}

fn same<T: PartialEq + std::fmt::Debug>(
    what: &str,
    found: &[T],
    wanted: &[T],
) -> Result<(), Failed> {
    let first = found.iter().zip(wanted).position(|(found, wanted)| found != wanted);
    if let Some(at) = first {
        let (found, wanted) = (&found[at], &wanted[at]);
        return Err(format!("{what} {at}:\n  found  {found:02x?}\n  wanted {wanted:02x?}").into());
    }
    if found.len() != wanted.len() {
        let at = found.len().min(wanted.len());
        let next = (found.get(at), wanted.get(at));
        let lengths = format!("{what}: {} found, {} wanted", found.len(), wanted.len());
        return Err(format!("{lengths}; next (found, wanted): {next:02x?}").into());
    }
    Ok(())
}

const DEPTH_BYTES: usize = 2 * BOOK_LEVELS * DepthLevel::BYTES + 8 * QUEUE_ITEMS;

/// A row and its depth in the order of [`tidegate_pipeline::quote::QuoteTable::for_each_row_bytes`].
fn row_bytes(row: &[u8; QuoteRow::BYTES], depth: &[u8; DEPTH_BYTES]) -> Vec<u8> {
    let (levels, queue) = depth.split_at(2 * BOOK_LEVELS * DepthLevel::BYTES);
    let mut out = row.to_vec();
    for level in levels.as_chunks::<{ DepthLevel::BYTES }>().0 {
        out.extend(&level[..DepthLevel::RESERVED_AT]);
    }
    out.extend(queue);
    out.extend(&levels[DepthLevel::RESERVED_AT..][..2]);
    out
}

/// Compares what came out with the native engine; says how much it was.
///
/// # Errors
/// The first difference.
pub fn check(folder: &Path, run: &Run) -> Result<String, Failed> {
    let mut engine = NativeEngine::new(&run.setup, &run.collected)?;
    let mut wanted = Seen::new(&run.setup);
    for entry in &run.entries {
        engine.feed(entry.input(), &mut wanted);
    }
    let mut found = Seen::new(&run.setup);
    let mut delivery = Delivery::default();
    let events: Vec<[u8; Event::BYTES]> = chunks(folder, "events.bin")?;
    for event in &events {
        delivery.event(&Event::parse(event), &mut found)?;
    }
    delivery.finish()?;
    same("output", &found.all, &wanted.all)?;

    let mut rows = Vec::new();
    engine.quotes().for_each_row_bytes(|bytes| rows.push(bytes.to_vec()));
    let (quotes, depths) = (chunks(folder, "rows.bin")?, chunks(folder, "depth.bin")?);
    let found_rows: Vec<Vec<u8>> =
        quotes.iter().zip(&depths).map(|(row, depth)| row_bytes(row, depth)).collect();
    same("row", &found_rows, &rows)?;

    let requests = chunks(folder, "requests.bin")?
        .iter()
        .map(|bytes| events::request(&RequestFields::parse(bytes)))
        .collect::<Result<Vec<_>, _>>()?;
    let book = Engine::book(&engine);
    same("request", &requests, book.map_or(&[], |book| book.requests))?;

    let counters: Vec<[u8; KernelCounters::BYTES]> = chunks(folder, "counters.bin")?;
    let [counters] = counters.as_slice() else { return Err("counters.bin: wanted one".into()) };
    found.account.close(&KernelCounters::parse(counters), requests)?;
    same("counters", &[found.account.counters()], &[Engine::counters(&engine)])?;
    if let (Some(found), Some(wanted)) =
        (run.setup.trading.as_ref().map(|_| found.account.book()), book)
    {
        same("counters of reports", &[found.counters], &[wanted.counters])?;
        same("counters of triggers", found.triggers, wanted.triggers)?;
        let state = |book: &tidegate_pipeline::engine::Book<'_>| (book.outstanding, book.guarded);
        same("outstanding, guarded", &[state(&found)], &[state(&wanted)])?;
    }

    let toe = run.setup.toe;
    wanted.publisher.flush(&mut |bytes| wanted.datagrams.push(bytes.to_vec()));
    let cid = run.setup.publish.session;
    let words = |cid, packets: &[Vec<u8>]| -> Vec<[u8; 16]> {
        packets.iter().flat_map(|packet| toe.words(cid, packet, 0).collect::<Vec<_>>()).collect()
    };
    same("word of TOE0", &chunks(folder, "toe0.bin")?, &words(cid, &wanted.datagrams))?;
    let cid = run.setup.trading.as_ref().map_or(0, |trading| trading.session);
    same("word of TOE1", &chunks(folder, "toe1.bin")?, &words(cid, &wanted.frames))?;
    Ok(format!(
        "{} outputs of {} events, {} rows, {} requests, {} datagrams",
        wanted.all.len(),
        events.len(),
        rows.len(),
        wanted.frames.len(),
        wanted.datagrams.len(),
    ))
}

/// Runs the binary in a run folder.
pub fn pass(binary: &Path, more: &[String], folder: &Path) -> Result<(), Failed> {
    let arguments = fs::read_to_string(folder.join("arguments"))?;
    let mut command = Command::new(binary);
    command.args(arguments.split_whitespace()).args(more).arg(folder);
    let out = command.output().map_err(|error| format!("{}: {error}", binary.display()))?;
    if out.status.success() {
        return Ok(());
    }
    Err(format!("{}: {}", out.status, String::from_utf8_lossy(&out.stderr)).into())
}

/// Every golden feed through the binary; how many there were.
pub fn feeds(binary: &Path, more: &[String]) -> Result<usize, Failed> {
    let base = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../golden-feeds"));
    let manifest: toml::Table = fs::read_to_string(base.join("MANIFEST.toml"))?.parse()?;
    let feeds = manifest["feed"].as_array().ok_or("MANIFEST.toml: no feeds")?;
    for feed in feeds {
        let path =
            |key: &str| feed.get(key).and_then(|path| path.as_str()).map(|path| base.join(path));
        let file = path("file").ok_or("MANIFEST.toml: a feed without a file")?;
        let one = || -> Result<String, Failed> {
            let run = run(&file, path("setup").as_deref(), path("feedback").as_deref())?;
            let folder = tempfile::tempdir()?;
            write(folder.path(), &run)?;
            pass(binary, more, folder.path())?;
            check(folder.path(), &run)
        };
        let said = one().map_err(|error| format!("{}: {error}", file.display()))?;
        println!("the same: {}: {said}", file.display());
    }
    Ok(feeds.len())
}

#[allow(dead_code, reason = "tests take this file as a module")]
fn main() -> Result<(), Failed> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let usage = "wanted: write|check FOLDER FILE [SETUP [FEEDBACK]], or feeds BINARY [ARGUMENT..]";
    match arguments.as_slice() {
        [what, binary, more @ ..] if what == "feeds" => {
            println!("{} feeds", feeds(Path::new(binary), more)?);
        }
        [what, folder, file, more @ ..] => {
            let path = |at: usize| more.get(at).map(Path::new);
            let run = run(Path::new(file), path(0), path(1))?;
            let folder = Path::new(folder);
            match what.as_str() {
                "write" => write(folder, &run)?,
                "check" => println!("the same: {}", check(folder, &run)?),
                _ => return Err(usage.into()),
            }
        }
        _ => return Err(usage.into()),
    }
    Ok(())
}
