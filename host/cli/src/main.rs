//! The `tidegate` command: SZSE Binary shown, written, and run through the pipeline to orders.
#![forbid(unsafe_code)]

mod agree;
mod args;
mod bench;
mod collect;
mod decode;
mod drive;
mod encode;
mod engines;
mod events;
mod explain;
mod feed;
mod feedback;
mod filter;
mod frames_out;
mod framing;
mod gate;
mod input;
mod json;
mod lines;
mod merge;
mod open;
mod opencl_child;
mod outcome;
mod outputs;
mod place;
mod progress;
mod publish_out;
mod quotes_csv;
mod replay;
mod report;
mod row;
mod run_file;
mod setup;
mod shadow;
mod spark;
mod summary;
mod table_csv;
mod text;
mod trading_out;
mod trading_sum;
mod vendor;
mod words;

use std::fmt;
use std::io::{self, Write, stderr, stdout};
use std::process::ExitCode;
use std::sync::LazyLock;

use anyhow::{Context, Result};
use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use tidegate_bench::diff::printable;
use tidegate_protocol::PROTOCOL_ID;

static VERSION: LazyLock<String> =
    LazyLock::new(|| format!("{} (protocol {PROTOCOL_ID:016x})", env!("CARGO_PKG_VERSION")));

/// SZSE Binary: decode and encode it, run it through the pipeline to an index, triggers and orders.
#[derive(Parser, Debug)]
#[command(name = "tidegate", version = VERSION.as_str(), arg_required_else_help = true)]
#[command(after_help = "Examples:
  tidegate decode day.pcap.gz --type 300191 --security 000001 --from 09:30
  tidegate encode 300191.csv --out day.bin
  tidegate replay day.bin --setup setup.toml --out results
  tidegate explain results 0

Exit code: 0 done (damaged input included), 1 a failed operation, 2 usage or setup.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    #[command(after_help = "Examples:
  tidegate decode day.pcap | head
  tidegate decode day.bin.zst --csv tables --no-faults
  zcat day.bin.gz | tidegate decode - --type 300111 --from 09:30 --to 09:31
  tidegate decode sample.beats --prefix-bytes 4

Each line is {\"Stream\",\"Msg\",\"Offset\",\"MsgType\",...} with the fields of the
specification, or a fault {\"Stream\",\"Offset\",\"Fault\":\"room.code\",...}. A damaged file
is decoded as far as it goes. Every message counts for Msg, shown or not.

The streams of a capture have names such as \"tcp:10.0.0.1:5016>10.0.0.2:40001\". A whole
name after --flow means this stream, a part of one means every stream with it.

Text that is no text is shown in hexadecimal digits as <field>Hex. A table has such a
column only if a row needs it, behind the others: with it `encode` gives the same bytes
again, NUL padding included.")]
    Decode(decode::Decode),
    #[command(after_help = "Examples:
  tidegate encode 300191.csv --out day.bin
  tidegate encode trades.csv.gz --type 300191 --out day.beats --cid 17
  tidegate encode snapshots.csv --out - | tidegate decode -

The columns are the names of the fields, as `decode --csv` writes them; groups are JSON
arrays in one cell and counts may be left out. Numbers are exact or refused, never
rounded. The type stands in a column MsgType, after --type, or in the name of the file.

Two vendor layouts are known by their header: trades (300191 without SecurityIDSource)
and ten-level snapshots (MDDate, MDTime, BuyPrice1, ...), which become 300111.")]
    Encode(encode::Encode),
    #[command(after_help = "Examples:
  tidegate feed --out day && tidegate replay day/day.pcap --setup day/setup.toml
  tidegate feed --seed 7 --messages 10000000 --channels 4 --format pcap.gz --out big
  tidegate feed --messages 1000 --out - | tidegate decode -

A small exchange trades a whole day: opening call, continuous trading, lunch, closing call;
limit, market and own-best orders, cancels, price limits, suspended securities. Out comes what
the exchange's gateways send: 300192 and 300191, one ApplSeqNum series a channel, and the
300111, 309011, 309111, 390090 and 390095 that follow from them. Nothing of it is data of
an exchange. Unless told otherwise it is the market day of golden-feeds/.")]
    Feed(feed::Feed),
    #[command(after_help = "Examples:
  tidegate replay day.pcap --setup setup.toml
  tidegate replay day.bin --setup setup.toml --out results
  tidegate replay day.pcap --setup setup.toml --feedback reports.bin.gz --orders orders.pcap
  tidegate replay day.bin --no-latency

Without [securities] in the setup a first pass collects the securities of the input. The
same input and setup give the same bytes in every file of --out.

With [[trigger]] or [[epoch]] in the setup, --out has four files more, empty or not:
  orders.jsonl     a line a frame that left: msg, time, trigger, epoch, index, decision,
                   MsgType, Order (the message as `decode` writes it), Hex (its bytes)
  decisions.jsonl  a line a decision, refusals, guard and epochs included: what each
                   condition found and wanted, and the limit that refused
  reports.jsonl    a line a report that came back, and what was made of it
  records.csv      the record table in the end, a row an order or cancel request
Beside them run.json says what was run, for `tidegate explain`. Without triggers there are
none of these.

Reports of orders in FILE itself are known by their type. Those of --feedback come in on
TOE1: each piece goes in before the first message of FILE whose TransactTime or OrigTime is
later than its own; on equal times FILE is first; what is left comes after its end. A time
never goes back: an earlier one, or none, counts as the one before. Its streams are called
feedback:... in faults.jsonl, and have the sessions from 128 on.

summary.json has two digests of each output: `files_sha256` is that of the file as it is
written, as sha256sum says it; `sha256` is that of the records behind it, in their fixed
binary layout, which is the same on every engine and in every form of writing.

There are 128 sessions, as on a card. A capture with more streams open at once takes the
session that was not used for longest from its stream: between two messages nothing is
lost, inside of one the stream is not read until it resumes. A warning counts this.")]
    Replay(replay::Replay),
    #[command(after_help = "Examples:
  tidegate replay day.pcap --setup setup.toml --out results
  tidegate explain results 0
  tidegate explain results 0 --input elsewhere/day.pcap --json

The input is run again up to the decision, which must come out byte for byte as it was
recorded. Then it is looked at a second way, from the plain history that the run showed:
the index from all prices, its change from all its values, orders from their times, the
price from the quote, each limit in its order. The setup is the one that DIR keeps.

Exit code 1 also means that something does not agree, or that a file has changed.")]
    Explain(explain::Explain),
    #[command(after_help = agree::HELP)]
    Agree(agree::Agree),
    #[command(after_help = "Examples:
  tidegate bench run --quick
  tidegate bench run --definition market-day --engine native --type peak
  tidegate bench report
  tidegate bench diff before.json after.json

The work and the engines are data, in the folder bench/.")]
    Bench(bench::Bench),
    #[command(after_help = gate::HELP)]
    Gate(gate::Gate),
    #[command(
        after_help = "Each line is a device: the engine that runs on it (behind opencl:), its platform, its name, its
memory. Behind them stands why an engine has none."
    )]
    Devices(opencl_child::Devices),
    #[command(after_help = "Examples:
  tidegate doctor
  tidegate doctor opencl:pocl
  tidegate doctor opencl:arria10 --image bitstreams/image.toml

It looks at the loader, the driver, the platform, the device, its extensions and memory, for a card
also at its lock and the image. Of what is not as wanted it says what to do.

Exit code 1 means that a check failed: this engine cannot run here.")]
    Doctor(opencl_child::Doctor),
    #[command(name = "opencl-child", hide = true)]
    OpenclChild(opencl_child::InChild),
    #[command(after_help = "Examples:
  tidegate setup --example > setup.toml
  tidegate setup --check setup.toml")]
    Setup(setup::SetupArgs),
}

/// Something that the user must change: an option or a setup.
#[derive(Debug)]
pub(crate) struct Unusable(pub(crate) String);

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unusable {}

/// Writes to the standard output.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut out = stdout().lock();
    let result = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    result.context("cannot write to the standard output")
}

/// Writes a line to the standard error output, which may be gone. Names of files may hold anything.
pub(crate) fn note(text: &str) {
    let _ = writeln!(stderr().lock(), "tidegate: {}", printable_lines(text));
}

/// Lines that are safe to print.
pub(crate) fn printable_lines(text: &str) -> String {
    text.split('\n').map(printable).collect::<Vec<String>>().join("\n")
}

/// Whether the reader of our output went away.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<io::Error>();
        io.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}

/// An error in one line; the place that a TOML parser draws is left out.
fn one_line(error: &anyhow::Error) -> String {
    let text = format!("{error:#}");
    let lines = text.lines().map(str::trim).filter(|line| {
        let drawn = line.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
        !line.is_empty() && !drawn.starts_with('|')
    });
    lines.collect::<Vec<&str>>().join(": ")
}

/// What is wrong with the arguments, in one line.
fn usage(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut out = String::new();
    for line in lines
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"))
    {
        out += match out.chars().last() {
            None => "",
            Some(':') => " ",
            Some(_) if line.starts_with('[') => " ",
            Some(_) if line.starts_with("tip:") => "; ",
            Some(_) => ", ",
        };
        out += line;
    }
    out
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // Help and version are texts of their own.
        Err(text)
            if !text.use_stderr()
                || text.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand =>
        {
            text.exit()
        }
        Err(error) => {
            note(&usage(&error));
            return ExitCode::from(2);
        }
    };
    let done = |()| ExitCode::SUCCESS;
    let result = match &cli.command {
        Command::Decode(args) => decode::run(args).map(done),
        Command::Encode(args) => encode::run(args).map(done),
        Command::Feed(args) => feed::run(args).map(done),
        Command::Replay(args) => replay::run(args).map(done),
        Command::Explain(args) => explain::run(args).map(done),
        Command::Agree(args) => agree::run(args).map(done),
        Command::Bench(args) => bench::run(args),
        Command::Gate(args) => gate::run(args),
        Command::Devices(_) => opencl_child::list().map(done),
        Command::Doctor(args) => opencl_child::examine(args),
        Command::OpenclChild(args) => opencl_child::in_child(args).map(done),
        Command::Setup(args) => setup::run(args).map(done),
    };
    match result {
        Ok(code) => code,
        // `head` has seen enough.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            note(&format!("error: {}", one_line(&error)));
            if error.is::<Unusable>() { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}
