//! The files of `tidegate replay --out`: the same input and setup give the same bytes.

use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::{Context, Result};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use tidegate_pipeline::feedback::Reported;
use tidegate_pipeline::setup::TradingSetup;
use tidegate_pipeline::{Decision, Engine, Fault, IndexPoint, Outgoing, Record};

use crate::events::Events;
use crate::lines::{BLOCK, Lines, digits};
use crate::place::Label;
use crate::run_file::{self, RunFile};
use crate::trading_out::{self, TradingFiles};
use crate::{json, quotes_csv};

/// The files that every replay writes.
const NAMES: [&str; 5] =
    ["events.jsonl", "faults.jsonl", "index.csv", "quotes.csv", "summary.json"];

/// Whether a replay may write a file of this name.
pub(crate) fn is_written(name: &str) -> bool {
    name == run_file::NAME || NAMES.contains(&name) || trading_out::NAMES.contains(&name)
}

/// Takes away the files about triggers that an earlier run says it wrote: beside those of a run
/// without triggers they would look like its own.
fn remove_stale(directory: &Path) -> Result<()> {
    let summary = fs::read_to_string(directory.join("summary.json")).unwrap_or_default();
    let summary: Json = serde_json::from_str(&summary).unwrap_or_default();
    if !summary["trading"].is_object() {
        return Ok(());
    }
    trading_out::NAMES.iter().chain([&run_file::NAME]).try_for_each(|name| remove(directory, name))
}

fn remove(directory: &Path, name: &str) -> Result<()> {
    let path = directory.join(name);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Every file but the quotes and the summary, and the digests of the records behind them.
pub(crate) struct Outputs {
    directory: PathBuf,
    gather: Events,
    events: Lines,
    faults: Lines,
    index: Lines,
    trading: Option<TradingFiles>,
    digests: [Sha256; 3],
    error: Option<anyhow::Error>,
}

impl Outputs {
    /// Creates the directory and the files; those about triggers where the setup has some.
    pub(crate) fn create(directory: &Path, trading: Option<&TradingSetup>) -> Result<Self> {
        fs::create_dir_all(directory)
            .with_context(|| format!("cannot create {}", directory.display()))?;
        let trading = trading.map(|setup| TradingFiles::create(directory, setup)).transpose()?;
        match trading {
            None => remove_stale(directory)?,
            // Until this run is done nothing says what is in the folder.
            Some(_) => remove(directory, run_file::NAME)?,
        }
        let mut index = Lines::create(directory, "index.csv")?;
        index.bytes.extend_from_slice(b"time,msg,index\n");
        Ok(Self {
            directory: directory.to_owned(),
            gather: Events::default(),
            events: Lines::create(directory, "events.jsonl")?,
            faults: Lines::create(directory, "faults.jsonl")?,
            index,
            trading,
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

    /// A report that came back.
    pub(crate) fn report(&mut self, reported: &Reported) {
        let result = self.trading.as_mut().map_or(Ok(()), |files| files.report(reported));
        self.keep(result);
    }

    /// A decision.
    pub(crate) fn decision(&mut self, decision: &Decision) {
        let result = self.trading.as_mut().map_or(Ok(()), |files| files.decision(decision));
        self.keep(result);
    }

    /// A frame that left.
    pub(crate) fn order(&mut self, order: &Outgoing<'_>) {
        let result = self.trading.as_mut().map_or(Ok(()), |files| files.order(order));
        self.keep(result);
    }

    /// Writes what is left, the tables, the summary with the digests in it, and what was run.
    pub(crate) fn finish(
        self,
        engine: &dyn Engine,
        mut summary: Json,
        run: Option<&RunFile>,
    ) -> Result<()> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let path = self.directory.join("quotes.csv");
        let quotes_file = quotes_csv::write(&path, engine.quotes())
            .with_context(|| format!("cannot write {}", path.display()))?;
        let mut rows = Sha256::new();
        engine.quotes().for_each_row_bytes(|bytes| rows.update(bytes));
        let [events, faults, index] = self.digests.map(digits);
        summary["sha256"] =
            json!({"events": events, "faults": faults, "index": index, "quotes": digits(rows)});
        summary["files_sha256"] = json!({
            "events.jsonl": self.events.finish()?,
            "faults.jsonl": self.faults.finish()?,
            "index.csv": self.index.finish()?,
            "quotes.csv": quotes_file,
        });
        if let Some(files) = self.trading {
            files.finish(engine.book(), &mut summary)?;
        }
        let path = self.directory.join("summary.json");
        let text = format!("{summary:#}\n");
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        run.map_or(Ok(()), |run| run.write(&self.directory))
    }
}
