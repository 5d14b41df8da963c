//! Reference software: `bench/reference/reference.c`, parse + index + order in straightforward C, beside the native
//! engine on the same messages in the same setup, and in the same run.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use serde::Deserialize;
use sha2::{Digest, Sha256};
use thiserror::Error;
use tidegate_gateway::{Delivery, Options, Source, SourceError};
use tidegate_pipeline::order::{Fields, Templates};
use tidegate_pipeline::parameters::{Action, Condition, PriceRule};
use tidegate_pipeline::securities::SecuritiesError;
use tidegate_pipeline::setup::SetupError;
use tidegate_pipeline::{Engine, IndexPoint, Input, Line, NativeEngine, Outgoing, Setup, Sink};
use tidegate_protocol::frame;
use tidegate_protocol::limits::HEADER_BYTES;
use tidegate_protocol::message::NewOrder;

use tidegate_protocol::units::Timestamp;

use crate::passes::{row, throughput, time_ns};
use crate::result::{Check, LeftOut, Row};

/// The program's source.
pub const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/reference/reference.c");
/// What it is built with, by `cc`.
pub const FLAGS: [&str; 6] = ["-std=c99", "-O3", "-march=native", "-Wall", "-Wextra", "-Werror"];
/// The setup that both get.
pub const SETUP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/reference/setup.toml");
/// The feed that both get.
pub const FEED: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../golden-feeds/market-day/market-day.pcap.gz");
/// The definition's name in rows.
pub const DEFINITION: &str = "market-day-reference";

/// Why the two cannot be compared.
#[derive(Debug, Error)]
pub enum ReferenceError {
    /// The feed.
    #[error("cannot read the feed: {0}")]
    Source(#[from] SourceError),
    /// The feed is not whole messages, each session's bytes in order.
    #[error("{path}: wanted whole messages of sessions, found {found}")]
    Feed {
        /// The feed.
        path: PathBuf,
        /// What is there instead.
        found: String,
    },
    /// The setup.
    #[error("setup: {0}")]
    Setup(#[from] SetupError),
    /// The setup's rows.
    #[error("setup: {0}")]
    Securities(#[from] SecuritiesError),
    /// The setup has something that the program does not do.
    #[error("the reference wants {wanted}")]
    Unfit {
        /// What it wants.
        wanted: &'static str,
    },
    /// A file between the two.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The compiler or the program failed.
    #[error("{program}: {message}")]
    Failed {
        /// Which of the two.
        program: String,
        /// Its words.
        message: String,
    },
}

/// What both did.
#[derive(Clone, Debug, Default)]
pub struct Compared {
    /// A row each; without figures where their outputs differ.
    pub rows: Vec<Row>,
    /// The reference where there is no C compiler.
    pub left_out: Vec<LeftOut>,
    /// Of each engine: nanoseconds of every message, in order, in a pass with a clock around each.
    pub each_ns: Vec<(String, Vec<u64>)>,
}

/// What the program says of itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    messages: u64,
    accepted: u64,
    rejected: u64,
    points: u64,
    orders: u64,
    #[serde(rename = "touched")]
    _touched: u64,
    pass_ns: Vec<f64>,
}

/// The bundled day by both in turn, `rounds` times `passes` passes.
///
/// # Errors
/// A file cannot be read, or the program cannot be built or fails. No compiler is not an error.
pub fn compare(rounds: u32, passes: u32) -> Result<Compared, ReferenceError> {
    let feed = messages_of(Path::new(FEED))?;
    compare_on(Path::new(SOURCE), &feed, &Setup::load(Path::new(SETUP))?, rounds, passes)
}

/// [`compare`] with any source of the program, messages and setup.
///
/// # Errors
/// As [`compare`], or the setup has more than the program does.
pub fn compare_on(
    source: &Path,
    feed: &[u8],
    setup: &Setup,
    rounds: u32,
    passes: u32,
) -> Result<Compared, ReferenceError> {
    let native = Native::new(setup)?;
    let wanted = native.output(feed);
    let counters = native.counters(feed);
    let bytes = feed.len() as u64;
    let mut native_row = row(DEFINITION, "native", "end-to-end", counters.messages, bytes);
    native_row.accepted = counters.messages - counters.rejected;
    native_row.rejected = counters.rejected;
    native_row.to = "the last index point and order".to_owned();

    let scratch = tempfile::tempdir().map_err(|source| file_error(Path::new("."), source))?;
    let mut native_ns = Vec::new();
    let Some(program) = build(source, scratch.path())? else {
        for _ in 0..rounds * passes {
            native_ns.push(native.time(feed));
        }
        native_row.throughput = Some(throughput(&native_ns, counters.messages, bytes));
        native_row.note = "all tables; alone, for want of a C compiler".to_owned();
        return Ok(Compared {
            rows: vec![native_row],
            left_out: vec![LeftOut {
                what: "reference-c".to_owned(),
                why: "no C compiler (cc) is installed".to_owned(),
            }],
            each_ns: vec![("native".to_owned(), native.each_ns(feed))],
        });
    };

    let run = Run::new(program, scratch.path(), feed, setup)?;
    let mut c_ns = Vec::new();
    let mut said = None;
    for _ in 0..rounds {
        let round = run.passes(passes)?;
        c_ns.extend(&round.pass_ns);
        said = Some(round);
        for _ in 0..passes {
            native_ns.push(native.time(feed));
        }
    }
    let Some(said) = said else {
        return Err(ReferenceError::Unfit { wanted: "at least one round" });
    };
    let found = run.output()?;
    let check = Check { wanted: sha256(&wanted), found: sha256(&found) };
    let mut c_row = row(DEFINITION, "reference-c", "end-to-end", said.messages, bytes);
    (c_row.accepted, c_row.rejected) = (said.accepted, said.rejected);
    c_row.to.clone_from(&native_row.to);
    c_row.note = format!(
        "300191 and 300192 whole, the times of snapshots, the rest skipped by length with checksum; last prices and \
         index, {} points and {} orders; no quotes, no book, no limits but one",
        said.points, said.orders
    );
    native_row.note = format!(
        "the whole engine in the reference's setup: snapshots, quotes and book too; {} points and {} orders",
        counters.points, counters.orders
    );
    let mut each_ns = Vec::new();
    if check.holds() {
        c_row.throughput = Some(throughput(&c_ns, said.messages, bytes));
        native_row.throughput = Some(throughput(&native_ns, counters.messages, bytes));
        each_ns.push(("reference-c".to_owned(), run.each_ns()?));
        each_ns.push(("native".to_owned(), native.each_ns(feed)));
    }
    // Each is judged by the other: they were written apart.
    native_row.digest = Some(Check { wanted: check.found.clone(), found: check.wanted.clone() });
    c_row.digest = Some(check);
    Ok(Compared { rows: vec![c_row, native_row], left_out: Vec::new(), each_ns })
}

/// The messages of a capture as one stream, in the order of their last bytes.
///
/// # Errors
/// The capture cannot be read, has losses, or ends within a message.
pub fn messages_of(path: &Path) -> Result<Vec<u8>, ReferenceError> {
    let refuse = |found: String| ReferenceError::Feed { path: path.to_owned(), found };
    let mut source = Source::open(path, &Options::default())?;
    let mut pending: Vec<Vec<u8>> = Vec::new();
    let mut messages = Vec::new();
    while let Some(delivery) = source.next()? {
        match delivery {
            Delivery::Bytes { stream, bytes, .. } => {
                let at = stream.0 as usize;
                if pending.len() <= at {
                    pending.resize(at + 1, Vec::new());
                }
                let pending = &mut pending[at];
                pending.extend_from_slice(bytes);
                let mut taken = 0;
                while let Some(length) = frame::holds(&pending[taken..]) {
                    taken += length;
                }
                messages.extend(pending.drain(..taken));
            }
            Delivery::Open { .. } | Delivery::Close { .. } => {}
            other => return Err(refuse(format!("{other:?}"))),
        }
    }
    match pending.iter().map(Vec::len).sum::<usize>() {
        0 => Ok(messages),
        left => Err(refuse(format!("{left} bytes that make no message"))),
    }
}

/// Builds the program; `None` without a compiler.
fn build(source: &Path, folder: &Path) -> Result<Option<PathBuf>, ReferenceError> {
    let program = folder.join("reference");
    let mut command = Command::new("cc");
    match command.args(FLAGS).arg("-o").arg(&program).arg(source).output() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(file_error(Path::new("cc"), source)),
        Ok(output) if output.status.success() => Ok(Some(program)),
        Ok(output) => Err(failed("cc", &output.stderr)),
    }
}

fn failed(program: &str, stderr: &[u8]) -> ReferenceError {
    let message = String::from_utf8_lossy(stderr).trim().to_owned();
    ReferenceError::Failed { program: program.to_owned(), message }
}

fn file_error(path: &Path, source: std::io::Error) -> ReferenceError {
    ReferenceError::File { path: path.to_owned(), source }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        _ = write!(text, "{byte:02x}");
        text
    })
}

/// The built program with its files.
struct Run {
    program: PathBuf,
    feed: PathBuf,
    setup: PathBuf,
    out: PathBuf,
    each: PathBuf,
}

impl Run {
    fn new(
        program: PathBuf,
        folder: &Path,
        feed: &[u8],
        setup: &Setup,
    ) -> Result<Self, ReferenceError> {
        let file = |name: &str| folder.join(name);
        let (run, text) = (
            Self {
                program,
                feed: file("feed.bin"),
                setup: file("setup.txt"),
                out: file("out.bin"),
                each: file("each.bin"),
            },
            setup_text(setup)?,
        );
        std::fs::write(&run.feed, feed).map_err(|error| file_error(&run.feed, error))?;
        std::fs::write(&run.setup, text).map_err(|error| file_error(&run.setup, error))?;
        Ok(run)
    }

    fn start(&self, passes: u32, each: Option<&Path>) -> Result<Said, ReferenceError> {
        let mut command = Command::new(&self.program);
        command.args([&self.feed, &self.setup, &self.out]).arg(passes.to_string()).args(each);
        let output = command.output().map_err(|error| file_error(&self.program, error))?;
        if !output.status.success() {
            return Err(failed("reference", &output.stderr));
        }
        serde_json::from_slice(&output.stdout)
            .map_err(|error| failed("reference", error.to_string().as_bytes()))
    }

    fn passes(&self, passes: u32) -> Result<Said, ReferenceError> {
        self.start(passes, None)
    }

    fn output(&self) -> Result<Vec<u8>, ReferenceError> {
        std::fs::read(&self.out).map_err(|error| file_error(&self.out, error))
    }

    fn each_ns(&self) -> Result<Vec<u64>, ReferenceError> {
        self.start(1, Some(&self.each))?;
        let bytes = std::fs::read(&self.each).map_err(|error| file_error(&self.each, error))?;
        let (values, _) = bytes.as_chunks();
        Ok(values.iter().map(|ns| u64::from(u32::from_le_bytes(*ns))).collect())
    }
}

/// The setup as the program reads it.
fn setup_text(setup: &Setup) -> Result<String, ReferenceError> {
    let unfit = |wanted| ReferenceError::Unfit { wanted };
    let index = setup.index.as_ref().ok_or(unfit("an index"))?;
    let trading = setup.trading.as_ref().ok_or(unfit("a trigger"))?;
    let mut triggers = trading.parameters.triggers.iter().flatten();
    let (Some(trigger), None) = (triggers.next(), triggers.next()) else {
        return Err(unfit("one trigger"));
    };
    let mut conditions = trigger.conditions.iter().flatten();
    let (Some(Condition::IndexAtLeast(level)), None) = (conditions.next(), conditions.next())
    else {
        return Err(unfit("index_at_least as the one condition"));
    };
    let Action::Order(rule) = &trigger.action else { return Err(unfit("an order")) };
    let PriceRule::Fixed(price) = rule.price else { return Err(unfit("a fixed price")) };
    // Nothing answers, so what was sent is outstanding.
    let limit = trading.parameters.limits.max_outstanding.ok_or(unfit("max_outstanding"))?;

    let fields = Fields {
        cl_ord_id: trading.cl_ord_ids.id(0),
        security: rule.security,
        side: rule.side,
        quantity: rule.quantity,
        time: Timestamp(0),
    };
    let mut templates = Templates::new(&trading.template);
    let order = templates.order(&fields, price);
    let (_, prefix_bytes, first) = trading.cl_ord_ids.parts();

    let mut text = format!("index_prev_close {}\n", index.prev_close.0);
    // Writing to a string cannot fail.
    for c in &index.constituents {
        let name = String::from_utf8_lossy(&c.security);
        _ = writeln!(text, "constituent {} {} {}", name.trim_end(), c.shares, c.prev_close.0);
    }
    _ = writeln!(text, "trigger {} {limit}", level.0);
    _ = write!(text, "order ");
    for byte in order {
        _ = write!(text, "{byte:02x}");
    }
    let digits_at = HEADER_BYTES + NewOrder::CL_ORD_ID_AT + prefix_bytes;
    _ = writeln!(text, "\ntime_at {}", HEADER_BYTES + NewOrder::TRANSACT_TIME_AT);
    _ = writeln!(text, "number {digits_at} {} {first}", fields.cl_ord_id.len() - prefix_bytes);
    Ok(text)
}

/// The native engine at the start of the day.
struct Native(NativeEngine);

/// What the native engine counts.
struct Counted {
    messages: u64,
    rejected: u64,
    points: u64,
    orders: u64,
}

impl Native {
    fn new(setup: &Setup) -> Result<Self, ReferenceError> {
        Ok(Self(NativeEngine::new(setup, &[])?))
    }

    fn sink(feed: &[u8]) -> Outputs {
        // Room for everything, touched once, as in the program.
        let mut bytes = vec![1; feed.len()];
        bytes.clear();
        Outputs(bytes)
    }

    fn pass(engine: &mut NativeEngine, feed: &[u8], sink: &mut Outputs) {
        engine.feed(Input::Packet { line: Line::Market, session: 0, bytes: feed }, sink);
    }

    fn output(&self, feed: &[u8]) -> Vec<u8> {
        let mut sink = Self::sink(feed);
        Self::pass(&mut self.0.clone(), feed, &mut sink);
        sink.0
    }

    fn counters(&self, feed: &[u8]) -> Counted {
        let mut engine = self.0.clone();
        Self::pass(&mut engine, feed, &mut Self::sink(feed));
        let counters = engine.counters();
        Counted {
            messages: counters.messages,
            rejected: counters.faults_total(),
            points: counters.index_updates,
            orders: engine.trading().map_or(0, |trading| trading.counters().sent),
        }
    }

    fn time(&self, feed: &[u8]) -> f64 {
        let (mut engine, mut sink) = (self.0.clone(), Self::sink(feed));
        time_ns(|| Self::pass(&mut engine, feed, &mut sink))
    }

    fn each_ns(&self, feed: &[u8]) -> Vec<u64> {
        let (mut engine, mut sink) = (self.0.clone(), Self::sink(feed));
        let mut each_ns = Vec::with_capacity(feed.len() / HEADER_BYTES);
        let mut rest = feed;
        while let Some(length) = frame::holds(rest) {
            let (message, behind) = rest.split_at(length);
            let start = Instant::now();
            Self::pass(&mut engine, message, &mut sink);
            each_ns.push(start.elapsed().as_nanos() as u64);
            rest = behind;
        }
        each_ns
    }
}

/// Index points and orders as the program writes them.
struct Outputs(Vec<u8>);

impl Sink for Outputs {
    fn index(&mut self, point: &IndexPoint) {
        self.0.push(b'I');
        self.0.extend_from_slice(&point.to_bytes());
    }

    fn order(&mut self, order: &Outgoing<'_>) {
        self.0.push(b'O');
        self.0.extend_from_slice(order.bytes);
    }
}
