//! Results as text: a table for each label, so that no column holds figures of two.

use std::fmt::Write;

use crate::capacity;
use crate::native::HIGHEST_KEPT;
use crate::result::{Check, Due, Label, Latency, Results, Row, RunType, Tables};
use crate::row::pinned_word;

const HEAD: [&str; 14] = [
    "definition",
    "engine",
    "type",
    "mix",
    "stage",
    "tables",
    "ns/msg",
    "GB/s",
    "offered/s",
    "p50",
    "p99",
    "p99.9",
    "max",
    "probes add",
];
/// Columns of text, from the left.
const TEXTS: usize = 6;
/// Each label with what it is worth, in a few words.
const LABELS: [(Label, &str); 3] = [
    (Label::Measured, "clocks of this machine"),
    (
        Label::Emulated,
        "clocks of this machine over kernels that a runtime emulates: no figures of a card",
    ),
    (Label::Modelled, "cycles of the simulator at an assumed clock: no figures of a card"),
];

/// The name of a label.
pub const fn label(label: Label) -> &'static str {
    match label {
        Label::Measured => "Measured",
        Label::Emulated => "Emulated",
        Label::Modelled => "Modelled",
        Label::NotMeasured => "Not measured",
    }
}

/// The name of a run type.
pub const fn run_type(run_type: RunType) -> &'static str {
    match run_type {
        RunType::Baseline => "baseline",
        RunType::Peak => "peak",
        RunType::Write => "write",
        RunType::Soak => "soak",
        RunType::Batch => "batch",
    }
}

/// Nanoseconds as they are read best.
pub fn time(ns: f64) -> String {
    match ns {
        ns if ns < 1_000.0 => format!("{ns:.1} ns"),
        ns if ns < 1e6 => format!("{:.2} us", ns / 1e3),
        ns if ns < 1e9 => format!("{:.2} ms", ns / 1e6),
        ns => format!("{:.2} s", ns / 1e9),
    }
}

fn million(per_s: f64) -> String {
    format!("{:.3} M", per_s / 1e6)
}

fn cells(row: &Row) -> [String; 14] {
    let none = || "-".to_owned();
    let through = row.throughput.as_ref();
    let free = through.filter(|found| found.offered_per_s.is_none());
    let latency = row.latency.as_ref();
    let whole = |ns: Option<u64>| ns.map_or_else(none, |ns| time(ns as f64));
    let due = match latency.map(|latency| latency.due) {
        Some(Due::Schedule) => " (due)",
        _ => "",
    };
    [
        row.definition.clone(),
        row.engine.clone(),
        run_type(row.run_type).to_owned(),
        row.mix.clone(),
        format!("{}{due}", row.stage),
        if row.tables == Tables::Cold { "cold" } else { "loaded" }.to_owned(),
        // Of a rate that was kept they would say the pace, which was chosen.
        free.map_or_else(none, |found| format!("{:.1}", found.median_ns)),
        free.map_or_else(none, |found| format!("{:.2}", found.gb_per_s)),
        through.and_then(|found| found.offered_per_s).map_or_else(none, million),
        whole(latency.map(|latency| latency.p50_ns)),
        whole(latency.and_then(Latency::p99)),
        whole(latency.and_then(Latency::p99_9)),
        whole(latency.map(|latency| latency.max_ns)),
        row.observation.map_or_else(none, |found| found.words()),
    ]
}

/// The steps of a peak but the highest that was kept: the results have them.
fn is_a_step(row: &Row) -> bool {
    row.run_type == RunType::Peak && !row.note.contains(HIGHEST_KEPT)
}

/// The rows of one label.
fn table_of(lines: &[[String; 14]]) -> String {
    let widths: [usize; 14] = std::array::from_fn(|at| {
        lines.iter().map(|line| line[at].chars().count()).max().unwrap_or(0)
    });
    let mut out = String::new();
    for line in lines {
        let mut text = String::new();
        for (at, (cell, width)) in line.iter().zip(widths).enumerate() {
            // Numbers end below each other.
            let _ = match at < TEXTS {
                true => write!(text, "{cell:<width$}  "),
                false => write!(text, "{cell:>width$}  "),
            };
        }
        out += text.trim_end();
        out.push('\n');
    }
    out
}

/// Where the time of each message went, a table a row.
fn segments(results: &Results) -> String {
    let mut out = String::new();
    for row in results.rows.iter().filter(|row| !row.segments.is_empty()) {
        let pinned = pinned_word(row.pinned);
        let source = row.latency.as_ref().and_then(|latency| latency.source.as_ref());
        let clock = source.map_or(String::new(), |source| {
            let (step, read) = (source.resolution_ns, source.read_ns);
            format!("; {} in steps of {step:.2} ns, {read:.1} ns a reading", source.source)
        });
        let (definition, mix) = (&row.definition, &row.mix);
        let _ = writeln!(out, "Measured, room by room: {definition} {mix}{pinned}{clock}");
        let widths = [10, 10, 10, 10, 10, 10, 10, 12];
        let mut line = |cells: [String; 8]| {
            let cells = cells.iter().zip(widths);
            let text: String = cells.map(|(cell, width)| format!("{cell:>width$}")).collect();
            let _ = writeln!(out, "{text}");
        };
        line(
            ["room", "messages", "mean/all", "mean", "p50", "p99", "max", "std dev"]
                .map(str::to_owned),
        );
        let total = row.latency.iter().map(|latency| ("sum", latency.mean_ns, latency));
        let rooms = row.segments.iter();
        let rooms = rooms.map(|of| (of.room.as_str(), of.mean_of_all_ns, &of.latency));
        for (name, mean_of_all, latency) in rooms.chain(total) {
            let whole = |ns: u64| time(ns as f64);
            let p99 = latency.p99().map_or_else(|| "-".to_owned(), whole);
            line([
                name.to_owned(),
                latency.n.to_string(),
                time(mean_of_all),
                time(latency.mean_ns),
                whole(latency.p50_ns),
                p99,
                whole(latency.max_ns),
                time(latency.std_dev_ns),
            ]);
        }
        out.push('\n');
    }
    out
}

/// The tables, what was wrong, and what was left out.
pub fn table(results: &Results) -> String {
    let mut out = String::new();
    for (of, worth) in LABELS {
        let shown = |row: &&Row| row.label == of && !is_a_step(row);
        let mut lines = vec![HEAD.map(str::to_owned)];
        lines.extend(results.rows.iter().filter(shown).map(cells));
        if lines.len() > 1 {
            let _ = writeln!(out, "{}: {worth}", label(of));
            out += &table_of(&lines);
            out.push('\n');
        }
    }
    let not_measured = results.rows.iter().filter(|row| row.label == Label::NotMeasured);
    let mut told = Vec::new();
    for row in not_measured {
        let line = format!("Not measured: {}: {}\n", row.engine, row.note);
        if !told.contains(&line) {
            out += &line;
            told.push(line);
        }
    }
    out += "due: counted from when the schedule wanted the message; without it from when the engine took it\n";
    out += "probes add: to the time of a message, to p99 (of groups of 16 messages, a message), to processor time; peak: the highest rate that was kept\n";
    out += &segments(results);
    for of in &results.clock_checks {
        let verdict = if of.agrees { "agree" } else { "DO NOT AGREE" };
        let (skew, tolerance) = (time(of.skew_ns), time(of.tolerance_ns as f64));
        let _ = writeln!(
            out,
            "clocks {} and {} {verdict}: {skew} of skew over {} readings, {tolerance} allowed",
            of.first, of.second, of.n
        );
    }
    for of in &results.capacity {
        for (headroom, unit) in [(&of.messages, "messages"), (&of.bytes, "bytes")] {
            let source = of.source.as_ref().filter(|_| headroom.ratio.is_some());
            let source = source.map_or(String::new(), |text| format!("; peak: {text}"));
            let _ = writeln!(
                out,
                "capacity in {unit}: {} {}: {}{source}",
                of.definition,
                of.engine,
                capacity::words(headroom, unit)
            );
        }
    }
    for row in wrong(results) {
        if let Some(Check { wanted, found }) = &row.digest {
            let (definition, engine, mix) = (&row.definition, &row.engine, &row.mix);
            let _ = writeln!(
                out,
                "wrong output: {definition} {engine} {} {mix}: digest {found}, wanted {wanted}",
                run_type(row.run_type)
            );
        }
    }
    for left in &results.left_out {
        let _ = writeln!(out, "left out: {}: {}", left.what, left.why);
    }
    out
}

/// Rows whose output is wrong.
pub fn wrong(results: &Results) -> impl Iterator<Item = &Row> {
    results.rows.iter().filter(|row| row.digest.as_ref().is_some_and(|check| !check.holds()))
}
