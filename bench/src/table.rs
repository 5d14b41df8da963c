//! Results as a table of text. A label is a column, and never one figure's alone.

use std::fmt::Write;

use crate::result::{Check, Due, Label, Results, Row, RunType, Tables};

const HEAD: [&str; 15] = [
    "label",
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
    "probe",
];
/// Columns of text, from the left.
const TEXTS: usize = 7;

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

fn cells(row: &Row) -> [String; 15] {
    let none = || "-".to_owned();
    let through = row.throughput.as_ref();
    let latency = row.latency.as_ref();
    let whole = |ns: Option<u64>| ns.map_or_else(none, |ns| time(ns as f64));
    let due = match latency.map(|latency| latency.due) {
        Some(Due::Schedule) => " (due)",
        _ => "",
    };
    [
        label(row.label).to_owned(),
        row.definition.clone(),
        row.engine.clone(),
        run_type(row.run_type).to_owned(),
        row.mix.clone(),
        format!("{}{due}", row.stage),
        if row.tables == Tables::Cold { "cold" } else { "loaded" }.to_owned(),
        through.map_or_else(none, |found| format!("{:.1}", found.median_ns)),
        through.map_or_else(none, |found| format!("{:.2}", found.gb_per_s)),
        through.and_then(|found| found.offered_per_s).map_or_else(none, million),
        whole(latency.map(|latency| latency.p50_ns)),
        whole(latency.map(|latency| latency.p99_ns)),
        whole(latency.map(|latency| latency.p99_9_ns)),
        whole(latency.map(|latency| latency.max_ns)),
        row.observation.map_or_else(none, |found| format!("{:+.0} %", found.percent())),
    ]
}

/// The table, what was wrong, and what was left out.
pub fn table(results: &Results) -> String {
    let mut lines = vec![HEAD.map(str::to_owned)];
    lines.extend(results.rows.iter().map(cells));
    let widths: [usize; 15] = std::array::from_fn(|at| {
        lines.iter().map(|line| line[at].chars().count()).max().unwrap_or(0)
    });
    let mut out = String::new();
    for line in &lines {
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
    out += "due: counted from when the schedule wanted the message; without it from when the engine took it\n";
    out += "probe: what a probe around each message adds to its time\n";
    for row in results.rows.iter().filter(|row| row.label == Label::NotMeasured) {
        let _ = writeln!(out, "{} {}: {}", row.definition, row.engine, row.note);
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
