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
use tidegate_protocol::limits::{HEADER_BYTES, TRAILER_BYTES};
use tidegate_protocol::message::NewOrder;

use tidegate_protocol::units::Timestamp;

use crate::native::remark;
use crate::passes::{row, throughput, time_ns};
use crate::result::{Check, LeftOut, Row};

/// The program's source, below the folder `bench`.
pub const SOURCE: &str = "reference/reference.c";
/// What it is built with, by `cc`.
pub const FLAGS: [&str; 6] = ["-std=c99", "-O3", "-march=native", "-Wall", "-Wextra", "-Werror"];
/// The setup that both get, below the folder `bench`.
pub const SETUP: &str = "reference/setup.toml";
/// The feed that both get, from the folder `bench`.
pub const FEED: &str = "../golden-feeds/market-day/market-day.pcap.gz";
/// Bytes of a packet of the native engine, at most: a full TCP segment.
const PACKET_BYTES: usize = 1_448;
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

/// The bundled day by both in turn, `rounds` times `passes` passes; all files are those of this folder `bench`.
///
/// # Errors
/// A file cannot be read, or the program cannot be built or fails. No compiler is not an error.
pub fn compare(bench: &Path, rounds: u32, passes: u32) -> Result<Compared, ReferenceError> {
    let [source, setup, feed] = [SOURCE, SETUP, FEED].map(|name| bench.join(name));
    let mut hashes = Vec::new();
    for path in [&source, &setup, &feed] {
        let bytes = std::fs::read(path).map_err(|error| file_error(path, error))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        hashes.push(format!("{name} {}", &sha256(&bytes)[..12]));
    }
    let (messages, setup) = (messages_of(&feed)?, Setup::load(&setup)?);
    let mut compared = compare_on(&source, &messages, &setup, rounds, passes)?;
    for row in &mut compared.rows {
        remark(row, &format!("SHA-256 of {}", hashes.join(", ")));
    }
    Ok(compared)
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
    native_row.from = format!("the first of packets of up to {PACKET_BYTES} bytes");
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
    let check = Check { wanted: sha256(&wanted), found: sha256(&run.output()?) };
    let mut c_row = row(DEFINITION, "reference-c", "end-to-end", said.messages, bytes);
    (c_row.accepted, c_row.rejected) = (said.accepted, said.rejected);
    c_row.from = "the first of all messages in one buffer".to_owned();
    c_row.to.clone_from(&native_row.to);
    c_row.note = format!(
        "latency is of a message at a time; 300191 and 300192 whole, the times of snapshots, the rest skipped by length with checksum; last prices and \
         index, {} points and {} orders; no quotes, no book, no limits but one",
        said.points, said.orders
    );
    native_row.note = format!(
        "latency is of a message at a time, each in a packet; the whole engine in the reference's setup: snapshots, \
         quotes and book too; {} points and {} orders",
        counters.points, counters.orders
    );
    let mut each_ns = Vec::new();
    if check.holds() {
        each_ns.push(("reference-c".to_owned(), run.each_ns()?));
        each_ns.push(("native".to_owned(), native.each_ns(feed)));
    }
    // Each is judged by the other: they were written apart.
    let by_native = Check { wanted: check.found.clone(), found: check.wanted.clone() };
    let rows = vec![settled(c_row, check, &c_ns), settled(native_row, by_native, &native_ns)];
    Ok(Compared { rows, left_out: Vec::new(), each_ns })
}

/// A row with its check, and with a figure where that holds.
fn settled(mut row: Row, check: Check, pass_ns: &[f64]) -> Row {
    row.throughput = check.holds().then(|| throughput(pass_ns, row.messages, row.bytes));
    row.digest = Some(check);
    row
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

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
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

    fn packet(engine: &mut NativeEngine, bytes: &[u8], sink: &mut Outputs) {
        engine.feed(Input::Packet { line: Line::Market, session: 0, bytes }, sink);
    }

    fn pass(engine: &mut NativeEngine, feed: &[u8], sink: &mut Outputs) {
        packets(feed).into_iter().for_each(|bytes| Self::packet(engine, bytes, sink));
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
        let packets = packets(feed);
        time_ns(|| packets.iter().for_each(|bytes| Self::packet(&mut engine, bytes, &mut sink)))
    }

    fn each_ns(&self, feed: &[u8]) -> Vec<u64> {
        let (mut engine, mut sink) = (self.0.clone(), Self::sink(feed));
        let mut each_ns = Vec::with_capacity(feed.len() / HEADER_BYTES);
        let mut rest = feed;
        while let Some(length) = length(rest) {
            let (message, behind) = rest.split_at(length);
            let start = Instant::now();
            Self::packet(&mut engine, message, &mut sink);
            each_ns.push(start.elapsed().as_nanos() as u64);
            rest = behind;
        }
        each_ns
    }
}

/// Length of the message at the start of whole messages, damaged or not.
fn length(bytes: &[u8]) -> Option<usize> {
    let body = bytes.get(4..HEADER_BYTES)?.try_into().map(u32::from_be_bytes).ok()? as usize;
    Some((HEADER_BYTES + body + TRAILER_BYTES).min(bytes.len()))
}

/// Whole messages in packets of up to [`PACKET_BYTES`]; a longer message is one of its own.
fn packets(feed: &[u8]) -> Vec<&[u8]> {
    let (mut packets, mut rest, mut end) = (Vec::new(), feed, 0);
    while let Some(length) = length(&rest[end..]) {
        if end > 0 && end + length > PACKET_BYTES {
            let (packet, behind) = rest.split_at(end);
            packets.push(packet);
            (rest, end) = (behind, 0);
        }
        end += length;
    }
    if !rest.is_empty() {
        packets.push(rest);
    }
    packets
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stand_where_both_say_the_same() {
        let of = |found: &str| {
            let check = Check { wanted: "a".to_owned(), found: found.to_owned() };
            settled(row("day", "reference-c", "end-to-end", 10, 500), check, &[300.0, 100.0, 200.0])
        };
        let found = of("a").throughput.expect("a figure");
        assert_eq!((found.best_ns, found.median_ns, found.gb_per_s), (10.0, 20.0, 2.5));
        assert!(of("b").throughput.is_none() && of("b").digest.is_some());
    }

    #[test]
    fn packets_are_whole_messages() {
        let message = |body: usize| {
            let mut bytes = vec![0; HEADER_BYTES + body + TRAILER_BYTES];
            bytes[4..8].copy_from_slice(&(body as u32).to_be_bytes());
            bytes
        };
        let bodies = [700, 700, 20, 2_000, 5, 1_436];
        let feed: Vec<u8> = bodies.into_iter().flat_map(message).collect();
        let found: Vec<usize> = packets(&feed).iter().map(|packet| packet.len()).collect();
        assert_eq!(found, [712 + 712, 32, 2_012, 17, 1_448]);
        assert_eq!(packets(&feed).concat(), feed);
        assert!(packets(&[]).is_empty());
    }
}
