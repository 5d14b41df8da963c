//! An engine in a process of its own: what is fed goes into a run folder, a child runs it, and what came
//! out is read back.
//!
//! The folder has binary files of the layouts in `kernels/gen/layout.h`: in go `image.bin` (load lines)
//! and `log.bin` (log words), out come `events.bin`, `rows.bin`, `depth.bin`, `requests.bin` and
//! `counters.bin`.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::PoisonError;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value as Json;
use tidegate_bench::result::Usage;
use tidegate_opencl::child::{Child, Spec};
use tidegate_opencl::{Error, RunFolder, Target};
use tidegate_pipeline::account::Account;
use tidegate_pipeline::engine::{Book, EngineFailure};
use tidegate_pipeline::events::{self, DEPTH_BYTES, Delivery};
use tidegate_pipeline::feedback::{Reported, Request};
use tidegate_pipeline::image::{self, Room};
use tidegate_pipeline::log::LogWriter;
use tidegate_pipeline::quote::QuoteTable;
use tidegate_pipeline::securities::SecurityId;
use tidegate_pipeline::{
    Control, Counters, Decision, Engine, Evidence, Fault, Identity, IndexPoint, Input, Outgoing,
    Record, Setup, Sink,
};
use tidegate_protocol::PROTOCOL_ID;
use tidegate_protocol::kernel::{
    Event, KernelCounters, LoadLine, LogWord, QuoteRow, RequestFields,
};
use tidegate_protocol::limits::{MAX_REQUESTS_CARD, MAX_SECURITIES_CARD};

use super::ChildUsage;

/// Room on a card, and in the kernels wherever they run.
const ROOM: Room = Room { securities: MAX_SECURITIES_CARD, requests: MAX_REQUESTS_CARD };
const IN: [&str; 2] = ["image.bin", "log.bin"];
const OUT: [&str; 5] = ["events.bin", "rows.bin", "depth.bin", "requests.bin", "counters.bin"];

/// What is run in the child.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) environment: Vec<(OsString, OsString)>,
}

/// The engine.
pub(crate) struct OutOfProcess {
    name: &'static str,
    evidence: Evidence,
    program: Program,
    deadline: Duration,
    folder: RunFolder,
    log: BufWriter<File>,
    writer: LogWriter,
    written: io::Result<()>,
    account: Account,
    quotes: QuoteTable,
    stopped: bool,
    failure: Option<EngineFailure>,
    usage: ChildUsage,
}

/// Most of a child's answer that is read.
const ANSWER_BYTES: u64 = 1 << 16;

impl OutOfProcess {
    /// What its child used goes there.
    pub(crate) fn telling(mut self, usage: ChildUsage) -> Self {
        self.usage = usage;
        self
    }

    /// An engine whose input is written down until it stops.
    pub(crate) fn new(
        name: &'static str,
        evidence: Evidence,
        program: Program,
        deadline: Duration,
        (setup, collected): (&Setup, &[SecurityId]),
    ) -> Result<Self> {
        let lines = image::lines(setup, collected, ROOM)?;
        let folder = RunFolder::make()?;
        let mut bytes = Vec::with_capacity(lines.len() * LoadLine::BYTES);
        for line in lines {
            let mut entry = [0; LoadLine::BYTES];
            line.emit(&mut entry);
            bytes.extend_from_slice(&entry);
        }
        let path = |name: &str| folder.path().join(name);
        fs::write(path(IN[0]), bytes).context("cannot write the image")?;
        let log = File::create(path(IN[1])).context("cannot write the log")?;
        Ok(Self {
            name,
            evidence,
            program,
            deadline,
            log: BufWriter::with_capacity(1 << 18, log),
            writer: LogWriter::new(setup.toe),
            written: Ok(()),
            account: Account::default(),
            quotes: QuoteTable::new(setup.row_names(collected))?,
            stopped: false,
            failure: None,
            usage: ChildUsage::default(),
            folder,
        })
    }

    fn fail(&mut self, error: anyhow::Error) {
        let source = format!("{error:#}").into();
        self.failure.get_or_insert(EngineFailure { engine: self.name, source });
    }

    /// Runs the child over what was written, and hands on what came out.
    fn run(&mut self, sink: &mut dyn Sink) -> Result<()> {
        std::mem::replace(&mut self.written, Ok(())).context("cannot write the log")?;
        self.log.flush().context("cannot write the log")?;
        let Program { path, arguments, environment } = self.program.clone();
        let spec = Spec { program: path, arguments, environment, deadline: self.deadline };
        let own = self.folder.path();
        let mut child = Child::start(&spec, |place| {
            IN.iter().try_for_each(|name| {
                fs::rename(own.join(name), place.join(name)).map_err(|error| Error::Io {
                    what: "moving to the child's folder",
                    path: own.join(name),
                    reason: error.to_string(),
                })
            })
        })?;
        // It ends with the child, at the deadline at the latest.
        let mut answer = Vec::new();
        if let Some(mut data) = child.data() {
            let _ = data.by_ref().take(ANSWER_BYTES).read_to_end(&mut answer);
            let _ = io::copy(&mut data, &mut io::sink());
        }
        for name in OUT {
            // What is not there is told below, behind what the child says itself.
            let _ = fs::rename(child.directory().join(name), own.join(name));
        }
        child.finish()?;
        // One that says nothing of it is no worse an engine.
        let usage = serde_json::from_slice::<Json>(&answer).ok();
        let usage = usage
            .and_then(|json| serde_json::from_value::<Option<Usage>>(json["usage"].clone()).ok());
        *self.usage.lock().unwrap_or_else(PoisonError::into_inner) = usage.flatten();
        self.deliver(sink)?;
        self.tables()
    }

    fn deliver(&mut self, sink: &mut dyn Sink) -> Result<()> {
        let mut delivery = Delivery::default();
        let mut tee = Tee { account: &mut self.account, sink };
        entries::<{ Event::BYTES }>(self.folder.path(), OUT[0], |bytes| {
            delivery.event(&Event::parse(bytes), &mut tee)?;
            Ok(())
        })?;
        Ok(delivery.finish()?)
    }

    fn tables(&mut self) -> Result<()> {
        let folder = self.folder.path();
        let rows = &mut self.quotes.rows;
        let mut at = 0;
        let count = entries::<{ QuoteRow::BYTES }>(folder, OUT[1], |bytes| {
            let row = events::row(&QuoteRow::parse(bytes));
            let Some(place) = rows.get_mut(at) else { return Ok(()) };
            ensure!(row.security == place.security, "row {at} is of another security");
            *place = row;
            at += 1;
            Ok(())
        })?;
        wanted(OUT[1], count, rows.len())?;
        let (depths, mut at) = (&mut self.quotes.depths, 0);
        let count = entries::<DEPTH_BYTES>(folder, OUT[2], |bytes| {
            if let Some(place) = depths.get_mut(at) {
                *place = events::depth(bytes);
            }
            at += 1;
            Ok(())
        })?;
        wanted(OUT[2], count, depths.len())?;
        let mut requests: Vec<Request> = Vec::new();
        entries::<{ RequestFields::BYTES }>(folder, OUT[3], |bytes| {
            ensure!(requests.len() < MAX_REQUESTS_CARD, "more than {MAX_REQUESTS_CARD} requests");
            requests.push(events::request(&RequestFields::parse(bytes))?);
            Ok(())
        })?;
        let mut counters = None;
        let count = entries::<{ KernelCounters::BYTES }>(folder, OUT[4], |bytes| {
            counters = Some(KernelCounters::parse(bytes));
            Ok(())
        })?;
        wanted(OUT[4], count, 1)?;
        let counters = counters.context("no counters")?;
        Ok(self.account.close(&counters, requests)?)
    }
}

fn wanted(name: &str, found: usize, wanted: usize) -> Result<()> {
    ensure!(found == wanted, "{name}: {found} entries, wanted {wanted}");
    Ok(())
}

/// Reads a file of entries of one length; gives their number.
fn entries<const N: usize>(
    folder: &Path,
    name: &str,
    mut each: impl FnMut(&[u8; N]) -> Result<()>,
) -> Result<usize> {
    let failed = || format!("cannot read {name} of the child");
    let mut file =
        BufReader::with_capacity(1 << 18, File::open(folder.join(name)).with_context(failed)?);
    let (mut bytes, mut count) = ([0; N], 0);
    loop {
        let mut filled = 0;
        while filled < N {
            match file.read(&mut bytes[filled..]).with_context(failed)? {
                0 => break,
                read => filled += read,
            }
        }
        match filled {
            0 => return Ok(count),
            _ if filled == N => each(&bytes).with_context(|| format!("{name}: entry {count}"))?,
            _ => bail!("{name}: ends inside of entry {count}"),
        }
        count += 1;
    }
}

/// What comes out is counted, and goes on.
struct Tee<'a> {
    account: &'a mut Account,
    sink: &'a mut dyn Sink,
}

impl Sink for Tee<'_> {
    fn record(&mut self, record: Record<'_>) {
        self.account.record(record);
        self.sink.record(record);
    }

    fn fault(&mut self, fault: &Fault) {
        self.account.fault(fault);
        self.sink.fault(fault);
    }

    fn index(&mut self, point: &IndexPoint) {
        self.account.index(point);
        self.sink.index(point);
    }

    fn report(&mut self, report: &Reported) {
        self.account.report(report);
        self.sink.report(report);
    }

    fn decision(&mut self, decision: &Decision) {
        self.account.decision(decision);
        self.sink.decision(decision);
    }

    fn order(&mut self, order: &Outgoing<'_>) {
        self.account.order(order);
        self.sink.order(order);
    }

    fn message(&mut self, msg: u64, msg_type: u32) {
        self.account.message(msg, msg_type);
        self.sink.message(msg, msg_type);
    }
}

impl Engine for OutOfProcess {
    fn identity(&self) -> Identity {
        Identity { name: self.name, protocol_id: PROTOCOL_ID, evidence: self.evidence }
    }

    fn feed(&mut self, input: Input<'_>, sink: &mut dyn Sink) {
        if self.stopped {
            return;
        }
        if let Input::Parameters(_) = input {
            return self.fail(anyhow::anyhow!("it takes no parameters while it runs"));
        }
        let Self { writer, log, written, .. } = self;
        writer.push(input, |word| {
            let mut bytes = [0; LogWord::BYTES];
            word.emit(&mut bytes);
            if written.is_ok() {
                *written = log.write_all(&bytes);
            }
        });
        if input == Input::Control(Control::Stop) {
            self.stopped = true;
            if let Err(error) = self.run(sink) {
                self.fail(error);
            }
        }
    }

    fn counters(&self) -> &Counters {
        self.account.counters()
    }

    fn quotes(&self) -> &QuoteTable {
        &self.quotes
    }

    fn book(&self) -> Option<Book<'_>> {
        Some(self.account.book())
    }

    fn failure(&self) -> Option<&EngineFailure> {
        self.failure.as_ref()
    }
}

/// What the figures of a target are worth.
pub(crate) const fn evidence(target: Target) -> Evidence {
    match target {
        Target::Pocl | Target::Oclgrind | Target::IntelEmu => Evidence::Emulated,
        Target::Arria10 => Evidence::Measured,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engines::Feed;
    use std::time::Instant;
    use tidegate_pipeline::{Line, NativeEngine};

    fn engine(script: &str, deadline: Duration) -> OutOfProcess {
        let arguments = ["-c", script].map(OsString::from).to_vec();
        let program = Program { path: "/bin/sh".into(), arguments, environment: Vec::new() };
        let about = (&Setup::default(), &[*b"000001  "][..]);
        OutOfProcess::new("opencl:pocl", Evidence::Emulated, program, deadline, about)
            .expect("it starts")
    }

    #[test]
    fn a_child_says_what_it_used() {
        let used = |script: &str| {
            let usage = ChildUsage::default();
            let mut engine = engine(script, Duration::from_secs(10)).telling(usage.clone());
            Engine::feed(&mut engine, Input::Control(Control::Stop), &mut ());
            *usage.lock().expect("a lock")
        };
        let said = tidegate_bench::clock::process_usage().expect("usage");
        let answer = serde_json::json!({"done": true, "usage": said}).to_string();
        assert_eq!(used(&format!("echo '{answer}'")), Some(said));
        // One that says nothing, or nonsense, has none.
        for script in ["exit 0", "echo '{\"usage\": 7}'", "echo usage"] {
            assert_eq!(used(script), None, "{script}");
        }
    }

    fn failure(script: &str, deadline: Duration) -> String {
        let mut engine = engine(script, deadline);
        let stop = Input::Control(Control::Stop);
        Engine::feed(
            &mut engine,
            Input::Packet { line: Line::Market, session: 0, bytes: &[0; 40] },
            &mut (),
        );
        assert!(engine.failure().is_none());
        Engine::feed(&mut engine, stop, &mut ());
        engine.failure().expect("it failed").to_string()
    }

    /// Shows V4.
    #[test]
    fn whatever_happens_to_the_child_is_told() {
        let long = Duration::from_secs(60);
        let start = Instant::now();
        let text = failure("exec sleep 600", Duration::from_millis(300));
        assert!(
            text.contains("engine opencl:pocl: ") && text.contains("deadline of 300 ms"),
            "{text}"
        );
        let text = failure("echo error: no build: line 7 >&2; exit 1", long);
        assert!(text.contains("no build: line 7"), "{text}");
        let text = failure("kill -SEGV $$", long);
        assert!(text.contains("signal: 11"), "{text}");
        let text = failure("exit 0", long);
        assert!(text.contains("cannot read events.bin of the child"), "{text}");
        let text = failure("head -c 300 /dev/zero > events.bin", long);
        assert!(text.contains("ends inside of entry 1"), "{text}");
        let text = failure(": > events.bin; : > rows.bin", long);
        assert!(text.contains("rows.bin: 0 entries, wanted 1"), "{text}");
        // Bounded by the deadlines, not by what the children would like.
        assert!(start.elapsed() < long);
    }

    /// The kernels as a native program in the child: the same as the native engine.
    /// Shows G7.
    #[test]
    fn a_child_that_runs_the_kernels_is_as_native() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let place = tempfile::tempdir().expect("a folder");
        let binary = place.path().join("fused");
        let built = std::process::Command::new("cc")
            .args(["-std=c99", "-O1", "-I", "kernels", "kernels/native/main.c", "-o"])
            .arg(&binary)
            .current_dir(&root)
            .status();
        if !built.is_ok_and(|status| status.success()) {
            assert!(std::env::var_os("CI").is_none(), "cc must build kernels/native/main.c in CI");
            let _ = writeln!(io::stderr(), "skipped: cc does not build kernels/native/main.c");
            return;
        }
        let file = root.join("golden-feeds/worked-examples/worked-examples.bin");
        let bytes = fs::read(file).expect("a feed");
        let setup = Setup::default();
        let securities = [*b"000001  "];
        let program = Program { path: binary, arguments: vec![".".into()], environment: vec![] };
        let about = (&setup, &securities[..]);
        let deadline = Duration::from_secs(60);
        let mut child =
            OutOfProcess::new("opencl:pocl", Evidence::Emulated, program, deadline, about)
                .expect("it starts");
        let mut native = NativeEngine::new(&setup, &securities).expect("an engine");
        let mut seen = [Seen::default(), Seen::default()];
        for input in [
            Input::Packet { line: Line::Market, session: 0, bytes: &bytes },
            Input::Control(Control::Stop),
        ] {
            Engine::feed(&mut child, input, &mut seen[0]);
            Feed::feed(&mut native, input, &mut seen[1]);
        }
        assert!(child.failure().is_none(), "{:?}", child.failure());
        let [found, expected] = seen;
        assert!(!expected.0.is_empty());
        assert_eq!(found.0, expected.0);
        assert_eq!(child.quotes().rows, native.quotes().rows);
        assert_eq!(child.quotes().depths, native.quotes().depths);
        assert_eq!(child.counters(), native.counters());
    }

    #[derive(Default)]
    struct Seen(Vec<String>);

    impl Sink for Seen {
        fn record(&mut self, record: Record<'_>) {
            self.0.push(format!("{record:?}"));
        }
        fn fault(&mut self, fault: &Fault) {
            self.0.push(format!("{fault:?}"));
        }
        fn message(&mut self, msg: u64, msg_type: u32) {
            self.0.push(format!("{msg} {msg_type}"));
        }
    }
}
