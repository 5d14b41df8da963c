//! `tidegate replay`: a file through the whole pipeline.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Result, bail};
use clap::Args;
use tidegate_gateway::Source;
use tidegate_pipeline::{Evidence, Setup};
use tidegate_protocol::limits::MAX_SESSIONS;

use crate::args::{InputArgs, number};
use crate::collect::collect;
use crate::drive::Drive;
use crate::engines;
use crate::feedback::{self, Feedback};
use crate::frames_out::{self, FramesOut};
use crate::input::Sessions;
use crate::merge::{Files, Merge};
use crate::outcome::{Latency, Outcome};
use crate::outputs::Outputs;
use crate::progress::Progress;
use crate::publish_out::PublishOut;
use crate::report::{self, Report};
use crate::run_file::{FileIn, RunFile, protocol_id};
use crate::{Unusable, open, outputs, setup, summary};

/// Run a file through the pipeline and say what came out.
#[derive(Args, Debug)]
pub(crate) struct Replay {
    #[command(flatten)]
    input: InputArgs,
    /// The setup; without one the defaults apply, and there is no index
    #[arg(long, value_name = "FILE")]
    setup: Option<PathBuf>,
    /// A second file, of reports of orders, any format; each goes in by its time, before the first
    /// message of the first file that is later
    #[arg(long, value_name = "FILE")]
    feedback: Option<PathBuf>,
    /// The engine: native, sim, kernel-c, opencl:pocl, opencl:intel-emu, opencl:arria10
    #[arg(long, value_name = "NAME", default_value = "native")]
    engine: engines::Name,
    /// Write events.jsonl, faults.jsonl, index.csv, quotes.csv and summary.json to this directory,
    /// and with triggers orders.jsonl, decisions.jsonl, reports.jsonl, records.csv and run.json; the
    /// summary has the digests of the others
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write the orders and cancel requests that leave: .beats (words of TOE1), .pcap (one TCP
    /// stream) or any other name (frames one behind the other), also with .gz
    #[arg(long, value_name = "FILE")]
    orders: Option<PathBuf>,
    /// Write the decoded data as they are published: .pcap (UDP datagrams to the group of
    /// `[publish]`) or .beats (words of TOE0)
    #[arg(long, value_name = "FILE")]
    publish: Option<PathBuf>,
    /// Do not time each message: the throughput is then without the clock reads
    #[arg(long)]
    no_latency: bool,
    /// Of sim and kernel-c: what the card does in these cycles, behind the summary
    #[arg(long, value_name = "FROM..TO", value_parser = engines::cycles)]
    trace: Option<Range<u64>>,
    /// Of opencl:arria10: the manifest of the image that the card is loaded with, built for a replay; of
    /// opencl:intel-emu too, of one that its own compiler made
    #[arg(long, value_name = "FILE")]
    image: Option<PathBuf>,
    /// How long an OpenCL engine may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = engines::DEADLINE_S,
        value_parser = number::<u64>("a number of seconds"))]
    deadline_s: u64,
}

/// What a run starts from.
struct Start {
    setup: Setup,
    files: Files,
    /// What it is run on, where a folder is to say it.
    run_file: Option<RunFile>,
}

impl Replay {
    /// Nothing that goes in is written over.
    fn spare_inputs(&self) -> Result<()> {
        let inputs = [Some(&self.input.file), self.feedback.as_ref(), self.setup.as_ref()];
        for input in inputs.into_iter().flatten() {
            if let Some(directory) = &self.out {
                open::spare_input(input, directory, outputs::is_written)?;
            }
            for (option, out) in [("--orders", &self.orders), ("--publish", &self.publish)] {
                if let Some(out) = out.as_ref().filter(|out| open::is_same_file(input, out)) {
                    let text = format!("{option} {}: that goes in", out.display());
                    return Err(Unusable(text).into());
                }
            }
        }
        Ok(())
    }

    /// Opens a file, and tells what it is if a folder is to say it: where there are decisions.
    fn open(&self, file: &Path, setup: &Setup) -> Result<(Source, Option<FileIn>)> {
        let input = InputArgs { file: file.to_owned(), resync: self.input.resync };
        let words = self.setup.is_some() && !setup.detect_words;
        if self.out.is_none() || setup.trading.is_none() {
            return Ok((open::open(&input, words)?, None));
        }
        let (source, seen) = open::open_seen(&input, words)?;
        Ok((source, Some(FileIn::new(file, seen))))
    }

    fn start(&self) -> Result<Start> {
        let (mut setup, text) = match &self.setup {
            Some(path) => {
                let (setup, text) = setup::load_text(path)?;
                (setup, Some((path.to_string_lossy().into_owned(), text)))
            }
            None => (Setup { detect_words: true, ..Setup::default() }, None),
        };
        self.spare_inputs()?;
        let (source, input) = self.open(&self.input.file, &setup)?;
        let (feedback, also) = match &self.feedback {
            None => (None, None),
            Some(file) => {
                if !feedback::may_stand_beside(&self.input.file, file) {
                    let text = "--feedback -: FILE is the standard input already";
                    return Err(Unusable(text.to_owned()).into());
                }
                let (source, seen) = self.open(file, &setup)?;
                (Some(source), seen)
            }
        };
        let mut files = Files { source, feedback, words: setup.toe.words };
        files.fit(&mut setup)?;
        let run_file = input.map(|input| RunFile {
            engine: self.engine.text().to_owned(),
            protocol_id: protocol_id(),
            input,
            feedback: also,
            resync: self.input.resync,
            setup: text,
        });
        Ok(Start { setup, files, run_file })
    }

    /// Where orders go.
    fn orders(&self, setup: &Setup) -> Result<Option<FramesOut>> {
        let Some(path) = &self.orders else { return Ok(None) };
        let Some(trading) = &setup.trading else {
            let text = format!("--orders {}: the setup has no [[trigger]]", path.display());
            return Err(Unusable(text).into());
        };
        if path == Path::new("-") {
            let text = "--orders -: wanted a file, the standard output has the summary";
            return Err(Unusable(text.to_owned()).into());
        }
        let shape = frames_out::Shape {
            option: "--orders",
            cid: trading.session,
            descriptor: setup.toe,
            to_exchange: true,
        };
        FramesOut::create(path, shape).map(Some)
    }
}

/// Says what sessions could not carry.
fn warn(sessions: &Sessions) {
    if sessions.taken > 0 {
        let counts = summary::line(&summary::of_sessions(sessions));
        crate::note(&format!("warning: more than {MAX_SESSIONS} streams at once: {counts}"));
    }
}

/// Runs the command.
pub(crate) fn run(args: &Replay) -> Result<()> {
    let started = Instant::now();
    if args.trace.is_some() && !args.engine.is_model() {
        let text = format!("--trace: {} has no cycles; sim and kernel-c have", args.engine);
        return Err(Unusable(text).into());
    }
    let options = engines::Options {
        deadline_s: args.deadline_s,
        trace: args.trace.clone(),
        publishes: args.publish.is_some(),
        image: engines::image_of(args.image.as_deref(), &[args.engine])?,
        ..engines::Options::default()
    };
    let Start { setup, mut files, run_file } = args.start()?;
    let orders = args.orders(&setup)?;
    let publish = args.publish.as_ref().map(|path| PublishOut::create(path, &setup)).transpose()?;
    let collected = match setup.securities {
        Some(_) => None,
        None => Some(collect(&mut files.source, &setup)?),
    };
    let names = collected.as_ref().map_or(&[][..], |(names, _)| names);
    let mut machine = engines::start(args.engine, &setup, names, &options)?;
    let create = |directory| Outputs::create(directory, setup.trading.as_ref());
    let outputs = args.out.as_deref().map(create).transpose()?;
    let evidence = machine.engine().identity().evidence;
    // What a model or an emulator takes for a message says nothing of what it stands for.
    let timed = !args.no_latency && evidence == Evidence::Measured;
    let latency = timed.then(Latency::new).transpose()?;
    let outcome = Outcome::new(latency, outputs, orders, publish);
    let Files { mut source, feedback, words } = files;
    let drive = Drive::new(&mut machine, outcome, &setup, [Some(&source), feedback.as_ref()]);
    let feedback = feedback.map(|source| Feedback::new(source, &setup, words));
    let mut merge = Merge::new(drive, &setup, feedback);
    let mut sessions = Sessions::new(MAX_SESSIONS);
    let progress = Progress::new("replay", false);
    merge.run(&mut source, &mut sessions, &progress)?;
    progress.finish();
    let (Drive { watch: outcome, busy, .. }, feedback) = merge.into_parts();
    if let Some(error) = outcome.error {
        return Err(error);
    }
    let engine = machine.engine();
    if let Some(failure) = engine.failure() {
        bail!("{failure}");
    }
    let report = Report {
        engine,
        setup: &setup,
        setup_file: args.setup.as_deref(),
        source: &source,
        sessions: &sessions,
        feedback: args.feedback.as_deref().zip(feedback.as_ref()),
        source_faults: &outcome.source_faults,
        collected: collected.as_ref().map(|(_, count)| *count),
        records: outcome.records,
        index_points: outcome.index_points,
        index: outcome.index,
        course: &outcome.course,
        tally: &outcome.tally,
    };
    let writes_files = outcome.outputs.is_some();
    if let Some(outputs) = outcome.outputs {
        outputs.finish(engine, report.json(), run_file.as_ref())?;
    }
    let published = outcome.publish.map(PublishOut::finish).transpose()?;
    if let Some(orders) = outcome.orders {
        let recognised = orders.is_recognised();
        orders.finish()?;
        if !recognised {
            crate::note("warning: --orders: a flow of one message is not recognised by `decode`");
        }
    }
    let times = report::Times {
        evidence,
        busy,
        total: started.elapsed(),
        latency: outcome.latency.map(|latency| latency.ns),
        writes_files,
    };
    warn(&sessions);
    feedback.iter().map(Feedback::sessions).for_each(warn);
    let file = args.input.file.display();
    let publish = published.map_or(String::new(), |datagrams| {
        format!("  publish     {} datagrams\n", report::grouped(datagrams))
    });
    let times = times.text(report.counters());
    let mut model = String::new();
    if let Some(latency) = machine.latency() {
        latency.to_string().lines().for_each(|line| model += &format!("  {line}\n"));
    }
    if let Some(trace) = machine.trace() {
        model += &format!("  cycle, stage, what it does (Modelled)\n{trace}");
    }
    crate::print(&format!("{file}\n{}{publish}{times}{model}", report.text()))
}
