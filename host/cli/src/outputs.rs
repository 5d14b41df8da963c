//! The files of `tidegate replay --out`: the same input and setup give the same bytes.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use tidegate_pipeline::quote::QuoteTable;
use tidegate_pipeline::{Fault, IndexPoint, Record};
use tidegate_protocol::limits::BOOK_LEVELS;
use tidegate_protocol::schema::Type;
use tidegate_protocol::units::{Fixed, PxE6};

use crate::events::Events;
use crate::place::Label;
use crate::{json, text};

/// Bytes that are written at once.
const BLOCK: usize = 1 << 16;

/// One file, with its bytes on their way.
struct Lines {
    path: PathBuf,
    file: File,
    bytes: Vec<u8>,
    digest: Sha256,
}

impl Lines {
    fn create(directory: &Path, name: &str) -> Result<Self> {
        let path = directory.join(name);
        let file =
            File::create(&path).with_context(|| format!("cannot create {}", path.display()))?;
        Ok(Self { path, file, bytes: Vec::with_capacity(2 * BLOCK), digest: Sha256::new() })
    }

    fn write(&mut self, above: usize) -> Result<()> {
        if self.bytes.len() > above {
            let result = self.file.write_all(&self.bytes);
            self.digest.update(&self.bytes);
            self.bytes.clear();
            result.with_context(|| format!("cannot write {}", self.path.display()))?;
        }
        Ok(())
    }
}

/// The files that a replay writes.
pub(crate) const NAMES: [&str; 5] =
    ["events.jsonl", "faults.jsonl", "index.csv", "quotes.csv", "summary.json"];

/// Every file but the quotes and the summary, and the digests of the records behind them.
pub(crate) struct Outputs {
    directory: PathBuf,
    gather: Events,
    events: Lines,
    faults: Lines,
    index: Lines,
    digests: [Sha256; 3],
    error: Option<anyhow::Error>,
}

impl Outputs {
    /// Creates the directory and the files.
    pub(crate) fn create(directory: &Path) -> Result<Self> {
        fs::create_dir_all(directory)
            .with_context(|| format!("cannot create {}", directory.display()))?;
        let mut index = Lines::create(directory, "index.csv")?;
        index.bytes.extend_from_slice(b"time,msg,index\n");
        Ok(Self {
            directory: directory.to_owned(),
            gather: Events::default(),
            events: Lines::create(directory, "events.jsonl")?,
            faults: Lines::create(directory, "faults.jsonl")?,
            index,
            digests: std::array::from_fn(|_| Sha256::new()),
            error: None,
        })
    }

    /// Whether a file could not be written.
    pub(crate) fn failed(&self) -> bool {
        self.error.is_some()
    }

    fn keep(&mut self, result: Result<()>) {
        if let Err(error) = result {
            self.error.get_or_insert(error);
        }
    }

    /// A record.
    pub(crate) fn record(&mut self, record: Record<'_>) {
        self.digests[0].update(record.to_bytes());
        self.gather.record(&mut self.events.bytes, record);
        let result = self.events.write(BLOCK);
        self.keep(result);
    }

    /// A fault of a stream.
    pub(crate) fn fault(&mut self, fault: &Fault, stream: Option<&Label>) {
        self.digests[1].update(fault.to_bytes());
        let out = &mut self.faults.bytes;
        out.extend_from_slice(b"{\"stream\":");
        out.extend_from_slice(stream.map_or(b"null", |label| label.json()));
        let optional = |out: &mut Vec<u8>, name: &str, number: Option<u64>| {
            json::key(out, name);
            match number {
                Some(number) => json::unsigned(out, number),
                None => out.extend_from_slice(b"null"),
            }
        };
        optional(out, "session", fault.session.map(u64::from));
        optional(out, "offset", Some(fault.offset));
        json::key(out, "fault");
        json::string(out, fault.code.name());
        optional(out, "length", Some(fault.length));
        optional(out, "msg", fault.msg);
        out.extend_from_slice(b"}\n");
        let result = self.faults.write(BLOCK);
        self.keep(result);
    }

    /// A value of the index.
    pub(crate) fn index(&mut self, point: &IndexPoint) {
        self.digests[2].update(point.to_bytes());
        let out = &mut self.index.bytes;
        json::signed(out, point.time.0);
        out.push(b',');
        json::unsigned(out, point.msg);
        out.push(b',');
        json::decimal(out, point.value.0, 4);
        out.push(b'\n');
        let result = self.index.write(BLOCK);
        self.keep(result);
    }

    /// Writes what is left, the quotes, and the summary with the digests in it.
    pub(crate) fn finish(mut self, quotes: &QuoteTable, mut summary: Json) -> Result<()> {
        if let Some(error) = self.error {
            return Err(error);
        }
        for lines in [&mut self.events, &mut self.faults, &mut self.index] {
            lines.write(0)?;
        }
        let path = self.directory.join("quotes.csv");
        let quotes_file = write_quotes(&path, quotes)
            .with_context(|| format!("cannot write {}", path.display()))?;
        let mut rows = Sha256::new();
        quotes.for_each_row_bytes(|bytes| rows.update(bytes));
        let [events, faults, index] = self.digests.map(digits);
        summary["sha256"] =
            json!({"events": events, "faults": faults, "index": index, "quotes": digits(rows)});
        let [events, faults, index] =
            [self.events, self.faults, self.index].map(|lines| digits(lines.digest));
        summary["files_sha256"] = json!({
            "events.jsonl": events,
            "faults.jsonl": faults,
            "index.csv": index,
            "quotes.csv": digits(quotes_file),
        });
        let path = self.directory.join("summary.json");
        let text = format!("{summary:#}\n");
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
    }
}

fn digits(digest: Sha256) -> String {
    let mut out = Vec::new();
    json::hex(&mut out, &digest.finalize());
    String::from_utf8_lossy(&out).into_owned()
}

const SIDES: [&str; 2] = ["bid", "offer"];

/// A file, and the digest of what was written to it.
struct Digesting {
    file: File,
    digest: Sha256,
}

impl Write for Digesting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.digest.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// The quote table, one row a security. Returns the digest of the file.
fn write_quotes(path: &Path, quotes: &QuoteTable) -> Result<Sha256> {
    let file = Digesting { file: File::create(path)?, digest: Sha256::new() };
    let mut writer = csv::WriterBuilder::new().buffer_capacity(BLOCK).from_writer(file);
    for name in [
        "security",
        "phase",
        "time",
        "trade_time",
        "snapshot_time",
        "prev_close",
        "last",
        "open",
        "high",
        "low",
        "volume",
        "value",
        "num_trades",
        "orders",
        "trades",
        "cancels",
        "snapshots",
    ] {
        writer.write_field(name)?;
    }
    for side in SIDES {
        for level in 1..=BOOK_LEVELS {
            for column in ["price", "quantity", "orders", "queue"] {
                writer.write_field(format!("{side}{level}_{column}"))?;
            }
        }
    }
    writer.write_record(None::<&[u8]>)?;
    let price = |PxE6(value)| Fixed { value, scale: PxE6::SCALE }.to_string();
    for (row, depth) in quotes.rows.iter().zip(&quotes.depths) {
        for raw in [&row.security, &row.phase] {
            let text = text::read(Type::Text, raw);
            writer.write_field(text.as_deref().unwrap_or_default())?;
        }
        let quote = row.quote();
        let value = Fixed { value: quote.value_e6, scale: 6 };
        for cell in [
            row.time.to_string(),
            row.trade_time.to_string(),
            row.snapshot_time.to_string(),
            row.prev_close.to_string(),
            price(quote.last),
            price(quote.open),
            price(quote.high),
            price(quote.low),
            quote.volume.to_string(),
            value.to_string(),
            quote.num_trades.to_string(),
            row.orders.to_string(),
            row.trades.to_string(),
            row.cancels.to_string(),
            row.snapshots.to_string(),
        ] {
            writer.write_field(cell)?;
        }
        for level in depth.levels.as_flattened() {
            let queue: Vec<String> =
                depth.queue_of(level).iter().map(|quantity| format!("\"{quantity}\"")).collect();
            writer.write_field(price(level.price))?;
            writer.write_field(level.quantity.to_string())?;
            writer.write_field(level.orders.to_string())?;
            writer.write_field(format!("[{}]", queue.join(",")))?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    match writer.into_inner() {
        Ok(file) => Ok(file.digest),
        Err(error) => Err(error.into_error().into()),
    }
}
