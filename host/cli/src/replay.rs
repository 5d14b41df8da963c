//! `tidegate replay`: a file through the whole pipeline.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::{Args, ValueEnum};
use hdrhistogram::Histogram;
use tidegate_gateway::{Delivery, Format, Source};
use tidegate_pipeline::securities::SecurityId;
use tidegate_pipeline::toe::WordOrder;
use tidegate_pipeline::{
    Control, Fault, IndexPoint, Input, Line, NativeEngine, Record, Resume, Setup, Sink,
};
use tidegate_protocol::FaultCode;
use tidegate_protocol::limits::{BEAT_BYTES, MAX_SECURITIES, MAX_SESSIONS};
use tidegate_protocol::units::{IndexE4, trim_padding};

use crate::args::InputArgs;
use crate::input::{Consumer, Sessions, pump};
use crate::outputs::Outputs;
use crate::place::Label;
use crate::progress::Progress;
use crate::report::{self, Report};
use crate::spark::Spark;
use crate::summary;
use crate::{open, outputs, setup};

/// Run a file through the pipeline and say what came out.
#[derive(Args, Debug)]
pub(crate) struct Replay {
    #[command(flatten)]
    input: InputArgs,
    /// The setup; without one the defaults apply, and there is no index
    #[arg(long, value_name = "FILE")]
    setup: Option<PathBuf>,
    /// The engine
    #[arg(long, value_enum, default_value_t = EngineName::Native)]
    engine: EngineName,
    /// Write events.jsonl, faults.jsonl, index.csv, quotes.csv and summary.json to this directory;
    /// the summary has the digests of the others
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Do not time each message: the throughput is then without the clock reads
    #[arg(long)]
    no_latency: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum EngineName {
    /// The CPU path
    Native,
}

/// First, highest, lowest and last value of the index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IndexRange {
    pub(crate) open: IndexE4,
    pub(crate) high: IndexE4,
    pub(crate) low: IndexE4,
    pub(crate) last: IndexE4,
}

/// Time spent on each message, from the end of the one before it in its packet (or the start of
/// the packet) to its own.
pub(crate) struct Latency {
    before: Instant,
    pub(crate) ns: Histogram<u64>,
}

/// What comes out of the engine.
struct Outcome {
    latency: Option<Latency>,
    outputs: Option<Outputs>,
    index: Option<IndexRange>,
    course: Spark,
    labels: Vec<Option<Label>>,
    records: u64,
    index_points: u64,
    /// The last reset cut off a message.
    cut: bool,
}

impl Outcome {
    fn label(&self, session: Option<u16>) -> Option<&Label> {
        self.labels.get(usize::from(session?))?.as_ref()
    }
}

impl Sink for Outcome {
    fn record(&mut self, record: Record<'_>) {
        self.records += 1;
        if let Some(outputs) = &mut self.outputs {
            outputs.record(record);
        }
    }

    fn fault(&mut self, fault: &Fault) {
        self.cut |= fault.code == FaultCode::FrameTruncated;
        if let Some(mut outputs) = self.outputs.take() {
            outputs.fault(fault, self.label(fault.session));
            self.outputs = Some(outputs);
        }
    }

    fn index(&mut self, point: &IndexPoint) {
        self.index_points += 1;
        let value = point.value;
        self.course.push(value.0);
        let range = self.index.get_or_insert(IndexRange {
            open: value,
            high: value,
            low: value,
            last: value,
        });
        range.high = range.high.max(value);
        range.low = range.low.min(value);
        range.last = value;
        if let Some(outputs) = &mut self.outputs {
            outputs.index(point);
        }
    }

    fn message(&mut self, _msg: u64, _msg_type: u32) {
        if let Some(latency) = &mut self.latency {
            let now = Instant::now();
            let ns = now.duration_since(latency.before).as_nanos();
            latency.ns.saturating_record(u64::try_from(ns).unwrap_or(u64::MAX));
            latency.before = now;
        }
    }
}

/// The engine, fed by a source.
struct Run<'a> {
    engine: &'a mut NativeEngine,
    outcome: Outcome,
    /// Time spent in the engine.
    busy: Duration,
    /// Faults that the source found.
    source_faults: BTreeMap<FaultCode, u64>,
    numbered: bool,
}

impl Run<'_> {
    fn feed(&mut self, input: Input<'_>) {
        let start = Instant::now();
        if let Some(latency) = &mut self.outcome.latency {
            latency.before = start;
        }
        self.engine.feed(input, &mut self.outcome);
        self.busy += start.elapsed();
    }
}

impl Consumer for Run<'_> {
    fn named(&mut self, session: u16, stream: &str) {
        let labels = &mut self.outcome.labels;
        labels.resize_with(labels.len().max(usize::from(session) + 1), || None);
        let label = if self.numbered { Label::number(session) } else { Label::name(stream) };
        labels[usize::from(session)] = Some(label);
    }

    fn reset(&mut self, session: u16, resume: Resume) -> bool {
        self.outcome.cut = false;
        self.feed(Input::Control(Control::Reset { line: Line::Market, session, resume }));
        self.outcome.cut
    }

    fn bytes(&mut self, session: u16, bytes: &[u8]) {
        self.feed(Input::Packet { line: Line::Market, session, bytes });
    }

    fn words(&mut self, bytes: &[u8]) {
        self.feed(Input::Words { line: Line::Market, bytes });
    }

    fn fault(&mut self, session: Option<u16>, stream: &str, code: FaultCode, range: (u64, u64)) {
        *self.source_faults.entry(code).or_default() += 1;
        let fault =
            Fault { code, session, offset: range.0, length: range.1, msg: None, line: None };
        let named = (session.is_none() && !stream.is_empty()).then(|| Label::name(stream));
        if let Some(mut outputs) = self.outcome.outputs.take() {
            outputs.fault(&fault, named.as_ref().or(self.outcome.label(session)));
            self.outcome.outputs = Some(outputs);
        }
    }

    fn goes_on(&self) -> bool {
        !self.outcome.outputs.as_ref().is_some_and(Outputs::failed)
    }
}

/// Feeds an engine and keeps the securities of what it releases.
struct Collect {
    engine: NativeEngine,
    names: Names,
}

#[derive(Default)]
struct Names {
    all: BTreeSet<SecurityId>,
    last: SecurityId,
    cut: bool,
}

impl Sink for Names {
    fn record(&mut self, record: Record<'_>) {
        let (security, source) = match record {
            Record::Tick(tick) => (tick.security, tick.source),
            Record::Head(head) => (head.security, head.source),
            _ => return,
        };
        // One security often follows itself.
        if security == self.last || trim_padding(&source) != b"102" {
            return;
        }
        self.last = security;
        let mut padded = *b"        ";
        let text = trim_padding(&security);
        padded[..text.len()].copy_from_slice(text);
        self.all.insert(padded);
    }

    fn fault(&mut self, fault: &Fault) {
        self.cut |= fault.code == FaultCode::FrameTruncated;
    }
}

impl Consumer for Collect {
    fn named(&mut self, _session: u16, _stream: &str) {}

    fn reset(&mut self, session: u16, resume: Resume) -> bool {
        self.names.cut = false;
        let control = Control::Reset { line: Line::Market, session, resume };
        self.engine.feed(Input::Control(control), &mut self.names);
        self.names.cut
    }

    fn bytes(&mut self, session: u16, bytes: &[u8]) {
        self.engine.feed(Input::Packet { line: Line::Market, session, bytes }, &mut self.names);
    }

    fn words(&mut self, bytes: &[u8]) {
        self.engine.feed(Input::Words { line: Line::Market, bytes }, &mut self.names);
    }

    fn fault(&mut self, _: Option<u16>, _: &str, _: FaultCode, _: (u64, u64)) {}
}

/// The securities of the input, sorted, as far as there are rows for them; and how many there are.
fn collect(source: &mut Source, setup: &Setup) -> Result<(Vec<SecurityId>, usize)> {
    let bare = Setup { index: None, ..setup.clone() };
    let engine = NativeEngine::new(&bare, &[])?;
    let mut collect = Collect { engine, names: Names::default() };
    let progress = Progress::new("collect securities", false);
    pump(source, &mut Sessions::new(MAX_SESSIONS), &mut collect, &progress)?;
    progress.finish();
    source.rewind()?;
    let named: BTreeSet<SecurityId> = setup.row_names(&[]).into_iter().collect();
    let mut found: Vec<SecurityId> = collect.names.all.difference(&named).copied().collect();
    let count = found.len();
    found.truncate(MAX_SECURITIES - named.len().min(MAX_SECURITIES));
    Ok((found, count))
}

/// The order of the words, seen from the first of them.
fn detect_words(source: &mut Source, setup: &mut Setup) -> Result<()> {
    while let Some(delivery) = source.next()? {
        if let Delivery::Words { bytes } = delivery {
            if let Some(word) = bytes.first_chunk::<BEAT_BYTES>() {
                setup.toe.words = WordOrder::of_header(word).unwrap_or_default();
            }
            break;
        }
    }
    Ok(source.rewind()?)
}

/// Runs the command.
pub(crate) fn run(args: &Replay) -> Result<()> {
    let EngineName::Native = args.engine;
    let mut setup = match &args.setup {
        Some(path) => setup::load(path)?,
        None => Setup { detect_words: true, ..Setup::default() },
    };
    let started = Instant::now();
    let says_words = args.setup.is_some() && !setup.detect_words;
    let mut source = open::open(&args.input, says_words)?;
    let words = source.format() == Format::Beats;
    if words && setup.detect_words {
        detect_words(&mut source, &mut setup)?;
    }
    if !words {
        // Only words come in the packets of a TOE, which may carry a prefix.
        setup.toe.prefix_bytes = 0;
    }
    if let Some(directory) = &args.out {
        open::spare_input(&args.input.file, directory, |name| outputs::NAMES.contains(&name))?;
    }
    let collected = match setup.securities {
        Some(_) => None,
        None => Some(collect(&mut source, &setup)?),
    };
    let names = collected.as_ref().map_or(&[][..], |(names, _)| names);
    let mut engine = NativeEngine::new(&setup, names)?;
    let latency = (!args.no_latency)
        .then(|| Histogram::new_with_bounds(1, 60_000_000_000, 3))
        .transpose()?
        .map(|ns| Latency { before: started, ns });
    let mut run = Run {
        outcome: Outcome {
            latency,
            outputs: args.out.as_deref().map(Outputs::create).transpose()?,
            index: None,
            course: Spark::default(),
            labels: Vec::new(),
            records: 0,
            index_points: 0,
            cut: false,
        },
        engine: &mut engine,
        busy: Duration::ZERO,
        source_faults: BTreeMap::new(),
        numbered: matches!(source.format(), Format::Bin | Format::Beats),
    };
    if words {
        (0..MAX_SESSIONS as u16).for_each(|session| run.named(session, ""));
    }
    let mut sessions = Sessions::new(MAX_SESSIONS);
    let progress = Progress::new("replay", false);
    pump(&mut source, &mut sessions, &mut run, &progress)?;
    run.feed(Input::Control(Control::Stop));
    progress.finish();
    let Run { outcome, busy, source_faults, .. } = run;
    let report = Report {
        engine: &engine,
        setup: &setup,
        setup_file: args.setup.as_deref(),
        source: &source,
        sessions: &sessions,
        source_faults: &source_faults,
        collected: collected.as_ref().map(|(_, count)| *count),
        records: outcome.records,
        index_points: outcome.index_points,
        index: outcome.index,
        course: &outcome.course,
    };
    let writes_files = outcome.outputs.is_some();
    if let Some(outputs) = outcome.outputs {
        outputs.finish(tidegate_pipeline::Engine::quotes(&engine), report.json())?;
    }
    let times = report::Times {
        busy,
        total: started.elapsed(),
        latency: outcome.latency.map(|latency| latency.ns),
        writes_files,
    };
    if sessions.taken > 0 {
        let counts = summary::line(&summary::of_sessions(&sessions));
        crate::note(&format!("warning: more than {MAX_SESSIONS} streams at once: {counts}"));
    }
    let file = args.input.file.display();
    crate::print(&format!("{file}\n{}{}", report.text(), times.text(report.counters())))
}
