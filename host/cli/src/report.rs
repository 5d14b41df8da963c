//! What a replay says in the end: to people, and to `summary.json`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use hdrhistogram::Histogram;
use serde_json::{Map, Value as Json, json};
use tidegate_gateway::Source;
use tidegate_pipeline::{Counters, Engine, Evidence, Setup};
use tidegate_protocol::units::{Fixed, IndexE4, trim_padding};
use tidegate_protocol::{FaultCode, MESSAGES};

use crate::engines::label;
use crate::feedback::Feedback;
use crate::input::Sessions;
use crate::outcome::IndexRange;
use crate::spark::Spark;
use crate::summary::{self, Count};
use crate::trading_sum::{Tally, TradingSummary};

/// Everything but the times.
pub(crate) struct Report<'a> {
    pub(crate) engine: &'a dyn Engine,
    pub(crate) setup: &'a Setup,
    pub(crate) setup_file: Option<&'a Path>,
    pub(crate) source: &'a Source,
    pub(crate) sessions: &'a Sessions,
    /// The second file, if there was one.
    pub(crate) feedback: Option<(&'a Path, &'a Feedback)>,
    /// Faults that the source found, before the engine.
    pub(crate) source_faults: &'a BTreeMap<FaultCode, u64>,
    /// Securities that the first pass found, if there was one.
    pub(crate) collected: Option<usize>,
    pub(crate) records: u64,
    pub(crate) index_points: u64,
    pub(crate) index: Option<IndexRange>,
    /// The index over its values, first to last.
    pub(crate) course: &'a Spark,
    /// What was counted of the decisions.
    pub(crate) tally: &'a Tally,
}

/// Messages by type: number, title and count.
fn types(counters: &Counters) -> impl Iterator<Item = (u32, &'static str, u64)> {
    let known = MESSAGES.iter().zip(counters.by_type).map(|(m, n)| (m.msg_type, m.title, n));
    let unknown = counters.unknown.into_iter().map(|(msg_type, n)| (msg_type, "unknown type", n));
    known.chain(unknown).filter(|(_, _, n)| *n > 0)
}

/// What a source saw beside the messages.
fn input(source: &Source) -> Map<String, Json> {
    summary::of_source(source.stats())
        .iter()
        .filter(|count| count.is_shown())
        .map(|count| (count.plural().replace(' ', "_"), json!(count.number)))
        .collect()
}

impl Report<'_> {
    /// What the engine counted.
    pub(crate) fn counters(&self) -> &Counters {
        self.engine.counters()
    }

    fn faults(&self) -> impl Iterator<Item = (FaultCode, u64)> {
        let count = |code: &FaultCode| {
            self.counters().faults_of(*code) + self.source_faults.get(code).copied().unwrap_or(0)
        };
        FaultCode::ALL.iter().map(move |code| (*code, count(code))).filter(|(_, n)| *n > 0)
    }

    /// Counts that are shown unless they are 0.
    fn details(&self) -> Vec<Count> {
        let counters = self.counters();
        let n = Count::new;
        let mut counts = vec![
            n(counters.unnamed, "record without a row", "records without a row"),
            n(counters.stale, "stale snapshot", "stale snapshots"),
            n(counters.surplus_bytes, "surplus byte", "surplus bytes"),
            n(counters.swallowed_bytes, "swallowed byte", "swallowed bytes"),
            n(counters.unknown_rest, "message of further types", "messages of further types"),
        ];
        counts.extend(summary::of_source(self.source.stats()));
        counts.extend(summary::of_sessions(self.sessions));
        if let Some((_, feedback)) = self.feedback {
            counts.extend(summary::of_source(feedback.source().stats()));
            counts.extend(summary::of_sessions(feedback.sessions()));
        }
        counts.retain(Count::is_shown);
        counts
    }

    fn trading(&self) -> Option<TradingSummary<'_>> {
        let (setup, book) = self.setup.trading.as_ref().zip(self.engine.book())?;
        Some(TradingSummary { setup, book, tally: self.tally })
    }

    fn difference(&self) -> Fixed {
        let value = i64::try_from(self.counters().index_difference_e6).unwrap_or(i64::MAX);
        Fixed { value, scale: 6 }
    }

    /// The summary as JSON: nothing in it depends on the clock or on where files are.
    pub(crate) fn json(&self) -> Json {
        let counters = self.counters();
        let identity = self.engine.identity();
        let by_type: Map<String, Json> =
            types(counters).map(|(msg_type, _, n)| (msg_type.to_string(), json!(n))).collect();
        let faults: Map<String, Json> =
            self.faults().map(|(code, n)| (code.name().to_owned(), json!(n))).collect();
        // A setup with an index gives one, though no constituent may have been priced.
        let index = self.setup.index.as_ref().map(|_| {
            let value = |of: fn(IndexRange) -> IndexE4| self.index.map(|r| of(r).to_string());
            json!({
                "open": value(|range| range.open),
                "high": value(|range| range.high),
                "low": value(|range| range.low),
                "last": value(|range| range.last),
                "compared": counters.index_compared,
                "largest_difference": self.difference().to_string(),
            })
        });
        let mut summary = json!({
            "engine": identity.name,
            "protocol_id": format!("{:016x}", identity.protocol_id),
            "format": self.source.format().name(),
            "messages": counters.messages,
            "bytes": counters.bytes,
            "by_type": by_type,
            "faults": faults,
            "records": self.records,
            "index_points": self.index_points,
            "index": index,
            "rows": self.engine.quotes().rows.len(),
            "duplicates": counters.duplicates,
            "jumps": counters.jumps,
            "jumped_numbers": counters.jumped_numbers,
            "clamped_times": counters.clamped_times,
            "unnamed": counters.unnamed,
            "stale": counters.stale,
            "surplus_bytes": counters.surplus_bytes,
            "swallowed_bytes": counters.swallowed_bytes,
            "sessions_taken": self.sessions.taken,
            "input": input(self.source),
        });
        if let Some((_, feedback)) = self.feedback {
            let (messages, bytes) = feedback.counts();
            summary["feedback"] = json!({
                "format": feedback.source().format().name(),
                "messages": messages,
                "bytes": bytes,
                "input": input(feedback.source()),
                "sessions_taken": feedback.sessions().taken,
            });
        }
        if let Some(trading) = self.trading() {
            summary["trading"] = trading.json();
        }
        summary
    }

    /// The summary for people.
    pub(crate) fn text(&self) -> String {
        let counters = self.counters();
        let identity = self.engine.identity();
        let mut out = String::new();
        let mut line = |name: &str, text: &str| {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "  {name:<12}{text}");
        };
        let (name, evidence) = (identity.name, label(identity.evidence));
        line("engine", &format!("{name} ({evidence}), protocol {:016x}", identity.protocol_id));
        match self.setup_file {
            Some(path) => line("setup", &path.display().to_string()),
            None => line("setup", "none given: the defaults apply, no index"),
        }
        let format = self.source.format().name();
        let also = self.feedback.map_or(0, |(_, feedback)| feedback.counts().1);
        let bytes = grouped(counters.bytes - also);
        line("input", &format!("{format}, {bytes} bytes of messages"));
        if let Some((path, feedback)) = self.feedback {
            let (messages, bytes) = feedback.counts();
            let (path, format) = (path.display(), feedback.source().format().name());
            let (messages, bytes) = (grouped(messages), grouped(bytes));
            line("feedback", &format!("{path}: {format}, {messages} messages, {bytes} bytes"));
        }
        line("messages", &grouped(counters.messages));
        for (msg_type, title, n) in types(counters) {
            line("", &format!("{:>13}  {msg_type:>6}  {title}", grouped(n)));
        }
        let faults: u64 = self.faults().map(|(_, n)| n).sum();
        line("faults", &grouped(faults));
        for (code, n) in self.faults() {
            line("", &format!("{:>13}  {}: {}", grouped(n), code.name(), code.about()));
        }
        let rows = self.engine.quotes().rows.len();
        let named = match self.collected {
            None => "named by the setup".to_owned(),
            Some(found) => format!("{} collected from the input", grouped(found as u64)),
        };
        line("securities", &format!("{} rows, {named}", grouped(rows as u64)));
        line(
            "sequence",
            &format!(
                "{} duplicates, {} jumps over {} numbers",
                grouped(counters.duplicates),
                grouped(counters.jumps),
                grouped(counters.jumped_numbers)
            ),
        );
        line("time", &format!("{} stamps clamped", grouped(counters.clamped_times)));
        if let Some(setup) = &self.setup.index {
            let id = String::from_utf8_lossy(trim_padding(&setup.id)).into_owned();
            match self.index {
                None => line("index", &format!("{id}: no constituent was priced")),
                Some(range) => {
                    let IndexRange { open, high, low, last } = range;
                    let points = grouped(self.index_points);
                    line(
                        "index",
                        &format!(
                            "{id}: open {open}, high {high}, low {low}, last {last}, {points} values"
                        ),
                    );
                    let course = self.course.line();
                    if !course.is_empty() {
                        line("", &course);
                    }
                }
            }
            if counters.index_compared > 0 {
                let compared = grouped(counters.index_compared);
                let difference = self.difference();
                line(
                    "",
                    &format!("largest difference from {compared} 309011: {difference} points"),
                );
            }
        }
        for (name, text) in self.trading().iter().flat_map(TradingSummary::lines) {
            line(name, &text);
        }
        let details = self.details();
        if !details.is_empty() {
            line("also", &summary::line(&details));
        }
        out
    }
}

/// What the clock says of a run.
pub(crate) struct Times {
    /// What the figures of the engine are worth.
    pub(crate) evidence: Evidence,
    /// In the engine.
    pub(crate) busy: Duration,
    /// From opening the file on.
    pub(crate) total: Duration,
    /// Service time of each message, if it was taken.
    pub(crate) latency: Option<Histogram<u64>>,
    /// Files were written on the way.
    pub(crate) writes_files: bool,
}

impl Times {
    /// The times for people, each with its label.
    pub(crate) fn text(&self, counters: &Counters) -> String {
        let mut out = String::new();
        let seconds = self.busy.as_secs_f64();
        if seconds == 0.0 || counters.messages == 0 {
            return out;
        }
        let (busy, total) = (self.busy.as_secs_f64(), self.total.as_secs_f64());
        let what = match self.evidence {
            Evidence::Measured => None,
            Evidence::Emulated => Some("emulating"),
            Evidence::Modelled => Some("modelling"),
        };
        if let Some(what) = what {
            let _ = writeln!(
                out,
                "  {what:<12}took {busy:.3} s of {total:.3} s on this machine: no figure of a card ({})",
                label(self.evidence)
            );
            return out;
        }
        let rate = counters.messages as f64 / seconds / 1e6;
        let volume = counters.bytes as f64 / seconds / 1e9;
        let files = if self.writes_files { ", writing the files included" } else { "" };
        let clock = match self.latency {
            Some(_) => ", one clock read per message included",
            None => "",
        };
        let _ = writeln!(
            out,
            "  throughput  {rate:.2} M msg/s, {volume:.3} GB/s in the engine, {busy:.3} s of {total:.3} s (Measured{clock}{files})"
        );
        if let Some(ns) = &self.latency {
            let at = |quantile| ns.value_at_quantile(quantile);
            let _ = writeln!(
                out,
                "  latency     p50 {} ns, p90 {} ns, p99 {} ns, p99.9 {} ns, max {} ns",
                at(0.5),
                at(0.9),
                at(0.99),
                at(0.999),
                ns.max()
            );
            let _ = writeln!(
                out,
                "              service time per message (Measured; one clock read per message is included{files})"
            );
        }
        out
    }
}

/// A number with a space between groups of three digits.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}
