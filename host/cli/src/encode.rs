//! `tidegate encode`: messages from the rows of a CSV file.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, ensure};
use clap::Args;
use tidegate_gateway::{Delivery, Format, Options, Source};
use tidegate_pipeline::toe::Descriptor;
use tidegate_protocol::limits::{
    HEADER_BYTES, MAX_ANNOUNCEMENT_BYTES, MAX_BODY_BYTES, TRAILER_BYTES,
};
use tidegate_protocol::schema::{Message, Then, Type};
use tidegate_protocol::{find, frame};

use crate::args::number;
use crate::frames_out::FramesOut;
use crate::open::is_same_file;
use crate::progress::Progress;
use crate::row::{Bad, Given, Lookup, Row};
use crate::table_csv::PLACE_COLUMNS;
use crate::{Unusable, frames_out, text, vendor};

/// Write messages from a CSV file whose columns are field names: the inverse of `decode --csv`.
#[derive(Args, Debug)]
pub(crate) struct Encode {
    /// The rows, one message type a file, also with .gz or .zst; `-` is the standard input
    #[arg(value_name = "CSV")]
    csv: PathBuf,
    /// Where to write: .beats (words of an IO channel), .pcap (one TCP stream) or any other name
    /// (frames one behind the other), also with .gz; `-` for frames to the standard output. A file
    /// that is there is replaced when all rows were good
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
    /// The message type, where no column MsgType says it; the file's name says it last
    #[arg(long = "type", value_name = "MSGTYPE",
        value_parser = number::<u32>("a message type such as 300191"))]
    msg_type: Option<u32>,
    /// Session in the TOE headers of a .beats file
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u8).range(..128))]
    cid: u8,
}

/// What the header says the rows are.
enum Shape {
    /// Columns are fields.
    Known { message: &'static Message, constants: &'static [(&'static str, &'static str)] },
    /// Type unknown: the body as hexadecimal digits.
    Body { msg_type: u32 },
    /// A vendor's snapshots.
    Snapshots,
}

impl Shape {
    fn msg_type(&self) -> u32 {
        match self {
            Shape::Known { message, .. } => message.msg_type,
            Shape::Body { msg_type } => *msg_type,
            Shape::Snapshots => vendor::SNAPSHOT_TYPE,
        }
    }
}

/// The columns of the file by name.
struct Columns {
    at: HashMap<String, usize>,
    names: Vec<String>,
}

/// One row of the file.
struct Cells<'a> {
    columns: &'a Columns,
    record: &'a csv::StringRecord,
    constants: &'static [(&'static str, &'static str)],
}

impl Lookup for Cells<'_> {
    fn get(&self, name: &str) -> Option<Given<'_>> {
        if let Some(at) = self.columns.at.get(name) {
            return self.record.get(*at).map(Given::Cell);
        }
        let constant = self.constants.iter().find(|(constant, _)| *constant == name);
        constant.map(|(_, value)| Given::Cell(value))
    }
}

/// The bytes of a source, which opens and unpacks as for messages.
struct Bytes {
    source: Source,
    chunk: Vec<u8>,
    at: usize,
}

impl Bytes {
    fn open(path: &Path) -> Result<Self> {
        let options = Options { format: Some(Format::Bin), ..Options::default() };
        Ok(Self { source: Source::open(path, &options)?, chunk: Vec::new(), at: 0 })
    }
}

impl Read for Bytes {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.at == self.chunk.len() {
            match self.source.next().map_err(io::Error::other)? {
                None => return Ok(0),
                Some(Delivery::Bytes { bytes, .. }) => {
                    self.chunk.clear();
                    self.chunk.extend_from_slice(bytes);
                    self.at = 0;
                }
                Some(Delivery::Fault { offset, .. }) => {
                    let text = format!("the compressed data are damaged behind byte {offset}");
                    return Err(io::Error::new(io::ErrorKind::InvalidData, text));
                }
                Some(_) => {}
            }
        }
        let count = out.len().min(self.chunk.len() - self.at);
        out[..count].copy_from_slice(&self.chunk[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

/// The type in a name such as `300191.csv.gz`.
fn stem_type(path: &Path) -> Option<u32> {
    path.file_name()?.to_str()?.split('.').next()?.parse().ok()
}

/// Runs the command.
pub(crate) fn run(args: &Encode) -> Result<()> {
    let name = args.csv.display().to_string();
    if is_same_file(&args.csv, &args.out) {
        return Err(Unusable(format!("--out {}: that is the input", args.out.display())).into());
    }
    let bytes = Bytes::open(&args.csv)?;
    let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(bytes);
    let columns = columns(&name, reader.headers().map_err(|error| csv_error(&name, error))?)?;
    let mut shape = None;
    let written = frames_out::Shape {
        option: "--out",
        cid: args.cid,
        descriptor: Descriptor::default(),
        to_exchange: false,
    };
    let mut out = FramesOut::create(&args.out, written)?;
    let longest = MAX_ANNOUNCEMENT_BYTES as usize + HEADER_BYTES + TRAILER_BYTES;
    let mut buffer = vec![0; longest];
    let mut record = csv::StringRecord::new();
    let progress = Progress::new("encode", args.out.as_os_str() == "-");
    // How much a compressed file will give is not known.
    let plain = args.csv.extension().is_some_and(|name| name == "csv");
    let total = fs::metadata(&args.csv).ok().filter(|_| plain).map(|file| file.len());
    let mut rows = 0u32;
    while reader.read_record(&mut record).map_err(|error| csv_error(&name, error))? {
        rows = rows.wrapping_add(1);
        if rows.is_multiple_of(8_192)
            && let (Some(total), Some(place)) = (total, record.position())
        {
            progress.at((place.byte(), Some(total)));
        }
        let line = record.position().map_or(0, csv::Position::line);
        let failed = |bad: Bad| anyhow!("{name}:{line}: {bad}");
        let typed = row_type(&columns, &record).map_err(failed)?;
        let shape = match &shape {
            Some(shape) => shape,
            None => &*shape.insert(shape_of(args, &columns, typed)?),
        };
        if let Some(found) = typed.filter(|found| *found != shape.msg_type()) {
            let wanted = format!("{}, as in the rows before", shape.msg_type());
            return Err(failed(Bad::new("MsgType", wanted, found)));
        }
        let length = match shape {
            Shape::Known { message, constants } => {
                let cells = Cells { columns: &columns, record: &record, constants };
                Row::write(message, &cells, &mut buffer)
            }
            Shape::Snapshots => {
                let cells = Cells { columns: &columns, record: &record, constants: &[] };
                vendor::snapshot(&cells, &mut buffer)
            }
            Shape::Body { msg_type } => {
                let cells = Cells { columns: &columns, record: &record, constants: &[] };
                body(*msg_type, &cells, &mut buffer)
            }
        };
        out.frame(&buffer[..length.map_err(failed)?])?;
    }
    progress.finish();
    if shape.is_none() {
        // A file without rows must still make sense.
        shape_of(args, &columns, None)?;
    }
    let recognised = out.is_recognised();
    let (messages, bytes) = out.finish()?;
    let one = if messages == 1 { "message" } else { "messages" };
    let to = args.out.display();
    crate::note(&format!("{messages} {one}, {bytes} bytes of messages, to {to}"));
    if !recognised {
        crate::note(
            "warning: a flow of one message is not recognised: `decode` takes it for foreign",
        );
    }
    Ok(())
}

fn columns(name: &str, header: &csv::StringRecord) -> Result<Columns> {
    let mut columns = Columns { at: HashMap::new(), names: Vec::new() };
    for (at, column) in header.iter().enumerate() {
        // Spreadsheets write a byte order mark.
        let column = column.trim_start_matches('\u{feff}').trim();
        columns.names.push(column.to_owned());
        ensure!(
            columns.at.insert(column.to_owned(), at).is_none(),
            "{name}:1: column {column} stands twice"
        );
    }
    Ok(columns)
}

/// MsgType of a row, if the file has such a column.
fn row_type(columns: &Columns, record: &csv::StringRecord) -> Result<Option<u32>, Bad> {
    let Some(cell) = columns.at.get("MsgType").and_then(|at| record.get(*at)) else {
        return Ok(None);
    };
    let number = cell.trim().parse().ok();
    number.map(Some).ok_or_else(|| Bad::new("MsgType", "a message type", format!("{cell:?}")))
}

/// What the rows are, by column, file name, option and header.
fn shape_of(args: &Encode, columns: &Columns, column: Option<u32>) -> Result<Shape> {
    let name = args.csv.display();
    let names: Vec<&str> = columns.names.iter().map(String::as_str).collect();
    let layout = if column.is_none() { vendor::recognise(&names) } else { None };
    let layout_type = layout.map(vendor::Layout::msg_type);
    let said = column.or(layout_type);
    if let (Some(option), Some(said)) = (args.msg_type, said)
        && option != said
    {
        let text = format!("{name}: --type {option}, but the file says {said}");
        return Err(Unusable(text).into());
    }
    // A date or a security is a number too.
    let is_type = |stem: &u32| find(*stem).is_some() || columns.at.contains_key("BodyHex");
    let stem = || stem_type(&args.csv).filter(is_type);
    let Some(msg_type) = said.or(args.msg_type).or_else(stem) else {
        let text = "wanted a column MsgType, a file name such as 300191.csv, or --type";
        return Err(Unusable(format!("{name}: {text}")).into());
    };
    if layout == Some(vendor::Layout::Snapshots) {
        return Ok(Shape::Snapshots);
    }
    let constants = if layout.is_some() { vendor::TRADE_CONSTANTS } else { &[] };
    let (known, missing) = match find(msg_type) {
        Some(message) => needs(message, |name| {
            columns.at.contains_key(name) || constants.iter().any(|(constant, _)| *constant == name)
        }),
        None => {
            let there = columns.at.contains_key("BodyHex");
            let missing = if there { vec![] } else { vec!["BodyHex".to_owned()] };
            (vec!["BodyLength".to_owned(), "BodyHex".to_owned()], missing)
        }
    };
    ensure!(
        missing.is_empty(),
        "{name}:1: MsgType {msg_type} needs columns that are missing: {}",
        missing.join(", ")
    );
    let foreign: Vec<&str> = names
        .iter()
        .filter(|name| !PLACE_COLUMNS.contains(name) && !known.iter().any(|known| known == *name))
        .copied()
        .collect();
    ensure!(
        foreign.is_empty(),
        "{name}:1: MsgType {msg_type} has no such columns: {}",
        foreign.join(", ")
    );
    Ok(match find(msg_type) {
        Some(message) => Shape::Known { message, constants },
        None => Shape::Body { msg_type },
    })
}

/// Every column that a message may have, and those that it needs and `has` not.
fn needs(message: &Message, has: impl Fn(&str) -> bool) -> (Vec<String>, Vec<String>) {
    let (mut known, mut missing) = (Vec::new(), Vec::new());
    let mut want = |names: &[String], needed: bool| {
        if needed && !names.iter().any(|name| has(name)) {
            missing.push(names[0].clone());
        }
        known.extend_from_slice(names);
    };
    for part in message.parts {
        for field in part.fields {
            let name = field.name.to_owned();
            match field.ty {
                Type::Count | Type::Length => want(&[name], false),
                ty if ty.is_text() => {
                    let hex = format!("{name}Hex");
                    want(&[name, hex], true);
                }
                _ => want(&[name], true),
            }
        }
        match part.then {
            Then::Nothing => {}
            Then::Group(group) => want(&[group.name.to_owned()], true),
            Then::Data { name } => want(&[format!("{name}Hex")], true),
        }
    }
    (known, missing)
}

/// A frame of an unknown type.
fn body(msg_type: u32, cells: &Cells<'_>, buffer: &mut [u8]) -> Result<usize, Bad> {
    let cell = |name| match cells.get(name) {
        Some(Given::Cell(cell)) => cell.trim(),
        _ => "",
    };
    let digits = cell("BodyHex");
    let bytes = text::unhex(digits)
        .ok_or_else(|| Bad::new("BodyHex", "pairs of hexadecimal digits", format!("{digits:?}")))?;
    if bytes.len() > MAX_BODY_BYTES as usize {
        let wanted = format!("at most {MAX_BODY_BYTES} bytes");
        return Err(Bad::new("BodyHex", wanted, bytes.len()));
    }
    let length = cell("BodyLength");
    if !length.is_empty() && length != bytes.len().to_string() {
        let wanted = format!("{}, the bytes of BodyHex", bytes.len());
        return Err(Bad::new("BodyLength", wanted, length));
    }
    let total = HEADER_BYTES + bytes.len() + TRAILER_BYTES;
    buffer[..4].copy_from_slice(&msg_type.to_be_bytes());
    buffer[HEADER_BYTES..HEADER_BYTES + bytes.len()].copy_from_slice(&bytes);
    frame::seal(&mut buffer[..total]);
    Ok(total)
}

fn csv_error(name: &str, error: csv::Error) -> anyhow::Error {
    let line = error.position().map_or(0, csv::Position::line);
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            anyhow!("{name}:{line}: wanted {expected_len} cells, found {len}")
        }
        csv::ErrorKind::Utf8 { err, .. } => {
            anyhow!("{name}:{line}: cell {} is not UTF-8", err.field() + 1)
        }
        _ => anyhow::Error::new(error).context(format!("cannot read {name}")),
    }
}
