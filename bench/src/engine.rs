//! The engines as data (`bench/engines.toml`), and what measuring needs of one.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use tidegate_golden_feeds::digest::{Outputs, digests, together};
use tidegate_hls_sim::SimEngine;
use tidegate_pipeline::feedback::Reported;
use tidegate_pipeline::{
    Counters, Decision, Engine, Fault, IndexPoint, Input, NativeEngine, Outgoing, Record, Sink,
};

use crate::feed::{Feed, Message};
use crate::mix::STOP;
use crate::result::Label;

/// An engine's entry: what its figures are worth and between which points they stand.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its name on the command line.
    pub name: String,
    /// What its figures are worth.
    pub label: Label,
    /// What the bytes go through.
    pub path: String,
    /// Where the clock starts.
    pub from: String,
    /// Where it stops.
    pub to: String,
    /// What is assumed.
    #[serde(default)]
    pub assumptions: Vec<String>,
    /// Of a model: what the program that computes it is measured on.
    pub program: Option<Program>,
    /// Why nobody has measured it, where that is so.
    pub why: Option<String>,
}

/// The speed of a model's own program.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Program {
    /// What the bytes go through.
    pub path: String,
    /// Where the clock starts.
    pub from: String,
    /// Where it stops.
    pub to: String,
}

/// Why the engines cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum EnginesError {
    /// The file.
    #[error("cannot read {path}: {error}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// What is in it.
    #[error("{path}: {message}")]
    Parse {
        /// Which.
        path: PathBuf,
        /// Why.
        message: String,
    },
}

/// Reads the engines of a folder `bench`.
///
/// # Errors
/// When the file cannot be read, has an unknown key, or an engine twice.
pub fn load(bench: &Path) -> Result<Vec<Entry>, EnginesError> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        engine: Vec<Entry>,
    }
    let path = bench.join("engines.toml");
    let text = std::fs::read_to_string(&path)
        .map_err(|error| EnginesError::Read { path: path.clone(), error })?;
    let parse = |message| EnginesError::Parse { path: path.clone(), message };
    let file: File = toml::from_str(&text).map_err(|error| parse(error.to_string()))?;
    let mut names = BTreeSet::new();
    for Entry { name, .. } in &file.engine {
        if !names.insert(name) {
            return Err(parse(format!("engine {name} stands there twice")));
        }
    }
    Ok(file.engine)
}

/// An engine, by its own type where its calls are to be compiled in.
pub trait Takes {
    /// Takes the next entry of the input log.
    fn take<S: Sink>(&mut self, input: Input<'_>, sink: &mut S);
    /// The engine.
    fn engine(&self) -> &dyn Engine;
}

impl Takes for NativeEngine {
    #[inline]
    fn take<S: Sink>(&mut self, input: Input<'_>, sink: &mut S) {
        self.feed(input, sink);
    }
    fn engine(&self) -> &dyn Engine {
        self
    }
}

impl Takes for SimEngine {
    fn take<S: Sink>(&mut self, input: Input<'_>, sink: &mut S) {
        // Kept as the engine's failure.
        let _ = self.try_feed(input, sink);
    }
    fn engine(&self) -> &dyn Engine {
        self
    }
}

#[cfg(feature = "kernel-c")]
impl Takes for tidegate_hls_sim::KernelCEngine {
    fn take<S: Sink>(&mut self, input: Input<'_>, sink: &mut S) {
        // Kept as the engine's failure.
        let _ = self.try_feed(input, sink);
    }
    fn engine(&self) -> &dyn Engine {
        self
    }
}

impl Takes for Box<dyn Engine> {
    fn take<S: Sink>(&mut self, input: Input<'_>, sink: &mut S) {
        self.feed(input, sink);
    }
    fn engine(&self) -> &dyn Engine {
        &**self
    }
}

/// Makes every output be there, field for field, and keeps none.
#[derive(Clone, Copy, Debug, Default)]
pub struct Touch;

impl Sink for Touch {
    #[inline]
    fn record(&mut self, record: Record<'_>) {
        black_box(&record);
    }
    #[inline]
    fn fault(&mut self, fault: &Fault) {
        black_box(fault);
    }
    #[inline]
    fn index(&mut self, point: &IndexPoint) {
        black_box(point);
    }
    #[inline]
    fn report(&mut self, report: &Reported) {
        black_box(report);
    }
    #[inline]
    fn decision(&mut self, decision: &Decision) {
        black_box(decision);
    }
    #[inline]
    fn order(&mut self, order: &Outgoing<'_>) {
        black_box(order.bytes);
    }
}

/// What a whole run gave: its digest, and its counters.
#[derive(Clone, Debug)]
pub struct Gave {
    /// The digest of outputs, rows, requests and counters.
    pub digest: String,
    /// The counters.
    pub counters: Counters,
    /// Outputs by kind: orders and reports.
    pub orders: u64,
    /// Reports that came back.
    pub reports: u64,
}

struct Counting {
    outputs: Outputs,
    orders: u64,
    reports: u64,
}

impl Sink for Counting {
    fn record(&mut self, record: Record<'_>) {
        self.outputs.record(record);
    }
    fn fault(&mut self, fault: &Fault) {
        self.outputs.fault(fault);
    }
    fn index(&mut self, point: &IndexPoint) {
        self.outputs.index(point);
    }
    fn report(&mut self, report: &Reported) {
        self.outputs.report(report);
        self.reports += 1;
    }
    fn decision(&mut self, decision: &Decision) {
        self.outputs.decision(decision);
    }
    fn order(&mut self, order: &Outgoing<'_>) {
        self.outputs.order(order);
        self.orders += 1;
    }
    fn message(&mut self, msg: u64, msg_type: u32) {
        self.outputs.message(msg, msg_type);
    }
}

/// Runs an engine over a feed cut in these packets, and digests what comes out.
///
/// # Errors
/// When the engine failed: why.
pub fn digest<E: Takes>(engine: &mut E, feed: &Feed, packets: &[Message]) -> Result<Gave, String> {
    let mut sink = Counting { outputs: Outputs::default(), orders: 0, reports: 0 };
    feed.inputs(packets).for_each(|input| engine.take(input, &mut sink));
    engine.take(STOP, &mut sink);
    let engine = engine.engine();
    if let Some(failure) = engine.failure() {
        return Err(failure.to_string());
    }
    let Counting { outputs, orders, reports } = sink;
    let digest = together(&digests(engine, outputs, &feed.setup));
    Ok(Gave { digest, counters: engine.counters().clone(), orders, reports })
}
