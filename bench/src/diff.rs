//! Two runs side by side: which figures changed by more than their noise.
//!
//! Every figure has a band, and two figures differ only when their bands do not touch.
//!
//! * **ns/msg**: from the best pass to the worst. With fewer than [`FEW_PASSES`] passes that says too little: the
//!   band is then at least [`LONE_PASS_PERCENT`] to both sides of the median.
//! * **a percentile**: the widest of the ranks three standard deviations of the sample to both sides (read from the
//!   histogram), [`percentile_percent`] to both sides, and one reading of the clock to both sides.
//! * **a modelled figure** comes out the same every time: its band is the figure.

use std::fmt::Write;

use serde::Serialize;
use thiserror::Error;

use crate::histogram;
use crate::result::{Label, Latency, Results, Row, Throughput};
use crate::row::{Key, Worth, label_word, worth};
use crate::stale;

/// With fewer passes, their spread is no measure of noise.
pub const FEW_PASSES: u32 = 3;
/// To both sides of a median of few passes, in percent.
pub const LONE_PASS_PERCENT: f64 = 20.0;
/// Steps of a peak run are the same step when their rates differ by no more, in percent.
const SAME_RATE_PERCENT: f64 = 1.0;

/// To both sides of a percentile, in percent: the further out, the wider.
pub fn percentile_percent(quantile: f64) -> f64 {
    if quantile <= 0.5 {
        5.0
    } else if quantile <= 0.99 {
        10.0
    } else {
        25.0
    }
}

/// Why two runs are not compared.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum DiffError {
    /// They ran on different machines.
    #[error(
        "the runs are of different machines (wanted {wanted}, found {found}): --across-machines compares them all the same"
    )]
    Machine {
        /// The first run's.
        wanted: String,
        /// The second run's.
        found: String,
    },
    /// One is a short run.
    #[error(
        "wanted a {wanted} run, found a {found} one: --quick-against-full compares them all the same"
    )]
    Length {
        /// The first run's.
        wanted: &'static str,
        /// The second run's.
        found: &'static str,
    },
}

/// What is compared although it should not be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allow {
    /// Different machines.
    pub across_machines: bool,
    /// A short run and a whole one.
    pub quick_against_full: bool,
}

/// A figure that is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Figure {
    /// The median pass, in nanoseconds a message.
    Median,
    /// Percentiles, in nanoseconds.
    P50,
    /// 99 of 100.
    P99,
    /// 999 of 1,000.
    P99_9,
    /// The row as a whole.
    Output,
}

impl Figure {
    /// The figure with its unit.
    pub fn word(self) -> &'static str {
        match self {
            Figure::Median => "median, ns/msg",
            Figure::P50 => "p50, ns",
            Figure::P99 => "p99, ns",
            Figure::P99_9 => "p99.9, ns",
            Figure::Output => "output",
        }
    }
}

/// A figure with the band in which noise moves it, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Banded {
    /// The figure.
    pub ns: f64,
    /// The band's lower end.
    pub low_ns: f64,
    /// And its upper one.
    pub high_ns: f64,
}

/// What became of a figure. Less is better: all figures are times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Below the old band.
    Better,
    /// Above the old band, or the output was right and no longer is.
    Worse,
    /// The bands touch.
    WithinNoise,
    /// Only the second run has it.
    New,
    /// Only the first run has it.
    Gone,
    /// Both have it, and mean different things.
    Incomparable(String),
}

impl Verdict {
    /// The verdict in words.
    pub fn word(&self) -> String {
        match self {
            Verdict::Better => "better".to_owned(),
            Verdict::Worse => "WORSE".to_owned(),
            Verdict::WithinNoise => "within noise".to_owned(),
            Verdict::New => "new".to_owned(),
            Verdict::Gone => "gone".to_owned(),
            Verdict::Incomparable(why) => format!("not comparable: {why}"),
        }
    }
}

/// One figure of one row, before and after.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// The row.
    pub key: Key,
    /// Messages a second that were offered, where there was a rate.
    pub offered_per_s: Option<f64>,
    /// The figure.
    pub figure: Figure,
    /// In the first run.
    pub before: Option<Banded>,
    /// In the second.
    pub after: Option<Banded>,
    /// What became of it.
    pub verdict: Verdict,
}

/// A fact of the machine that changed: with it, old figures are stale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FactChange {
    /// Which.
    pub fact: String,
    /// In the first run; empty if it was not there.
    pub before: String,
    /// In the second.
    pub after: String,
}

/// Two runs side by side.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Diff {
    /// A figure each, in the order of rows.
    pub changes: Vec<Change>,
    /// What changed of the machine.
    pub facts: Vec<FactChange>,
    /// What makes the first run's figures stale: they were measured on something else.
    pub stale: Vec<stale::Piece>,
}

impl Diff {
    /// Whether anything got worse by more than its noise.
    pub fn is_worse(&self) -> bool {
        self.changes.iter().any(|change| change.verdict == Verdict::Worse)
    }
}

/// Compares two runs.
///
/// # Errors
/// The machines or the lengths of the runs differ, and that is not allowed.
pub fn compare(before: &Results, after: &Results, allow: Allow) -> Result<Diff, DiffError> {
    if before.machine.id != after.machine.id && !allow.across_machines {
        let (wanted, found) = (before.machine.id.clone(), after.machine.id.clone());
        return Err(DiffError::Machine { wanted, found });
    }
    if before.quick != after.quick && !allow.quick_against_full {
        let (wanted, found) = (length_word(before.quick), length_word(after.quick));
        return Err(DiffError::Length { wanted, found });
    }
    let mut diff = Diff { facts: facts(before, after), ..Diff::default() };
    // With those of a card, whose rows concern them.
    diff.stale = stale::of_runs(before, after, stale::CARD);
    let mut left: Vec<&Row> = after.rows.iter().collect();
    for old in &before.rows {
        match left.iter().position(|new| is_same(old, new)) {
            Some(at) => changed(old, left.remove(at), &mut diff.changes),
            None => lone(old, false, &mut diff.changes),
        }
    }
    for new in left {
        lone(new, true, &mut diff.changes);
    }
    diff.changes.sort_by(|a, b| {
        let rates = (a.offered_per_s.unwrap_or(0.0), b.offered_per_s.unwrap_or(0.0));
        let figures = a.figure.cmp(&b.figure);
        a.key.cmp(&b.key).then(rates.0.total_cmp(&rates.1)).then(figures)
    });
    Ok(diff)
}

fn length_word(quick: bool) -> &'static str {
    if quick { "quick" } else { "full" }
}

fn offered(row: &Row) -> Option<f64> {
    row.throughput.and_then(|speed| speed.offered_per_s)
}

fn is_same(old: &Row, new: &Row) -> bool {
    let same_rate = match (offered(old), offered(new)) {
        (None, None) => true,
        (Some(old), Some(new)) => (old - new).abs() <= old * SAME_RATE_PERCENT / 100.0,
        _ => false,
    };
    let due = |row: &Row| row.latency.as_ref().map(|latency| latency.due);
    // A row without latency has no due; it is the same row all the same.
    let same_due = due(old).zip(due(new)).is_none_or(|(old, new)| old == new);
    Key::of(old) == Key::of(new) && same_rate && same_due
}

/// Why two rows with one key do not mean the same.
fn differs(old: &Row, new: &Row) -> Option<String> {
    let texts = [
        ("path", &old.path, &new.path),
        ("start", &old.from, &new.from),
        ("stop", &old.to, &new.to),
    ];
    if let Some((what, old, new)) = texts.into_iter().find(|(_, old, new)| old != new) {
        return Some(format!("{what} was {old:?}, is {new:?}"));
    }
    let wanted = |row: &Row| row.digest.as_ref().map(|check| check.wanted.clone());
    match wanted(old).zip(wanted(new)) {
        Some((old, new)) if old != new => Some("the definition's output changed".to_owned()),
        _ => None,
    }
}

fn changed(old: &Row, new: &Row, changes: &mut Vec<Change>) {
    let mut put = |figure, before, after, verdict| {
        let (key, offered_per_s) = (Key::of(new), offered(new));
        changes.push(Change { key, offered_per_s, figure, before, after, verdict });
    };
    if let Some(why) = differs(old, new) {
        put(Figure::Output, None, None, Verdict::Incomparable(why));
        return;
    }
    match (worth(old), worth(new)) {
        (Worth::Figure, Worth::Figure) => {}
        (Worth::Figure, Worth::OutputDiffers | Worth::NotChecked) => {
            put(Figure::Output, None, None, Verdict::Worse);
            return;
        }
        (_, Worth::Figure) => {
            for (figure, after) in figures(new) {
                put(figure, None, Some(after), Verdict::New);
            }
            return;
        }
        // There was no figure and there is none.
        _ => return,
    }
    let mut after = figures(new);
    for (figure, old) in figures(old) {
        match after.iter().position(|(other, _)| *other == figure) {
            Some(at) => {
                let (_, new) = after.remove(at);
                put(figure, Some(old), Some(new), judge(old, new));
            }
            None => put(figure, Some(old), None, Verdict::Gone),
        }
    }
    for (figure, new) in after {
        put(figure, None, Some(new), Verdict::New);
    }
}

fn lone(row: &Row, is_new: bool, changes: &mut Vec<Change>) {
    if worth(row) != Worth::Figure {
        return;
    }
    for (figure, banded) in figures(row) {
        let (before, after) = if is_new { (None, Some(banded)) } else { (Some(banded), None) };
        let verdict = if is_new { Verdict::New } else { Verdict::Gone };
        let (key, offered_per_s) = (Key::of(row), offered(row));
        changes.push(Change { key, offered_per_s, figure, before, after, verdict });
    }
}

/// Whether a figure changed by more than its noise.
pub fn judge(before: Banded, after: Banded) -> Verdict {
    if after.low_ns > before.high_ns {
        Verdict::Worse
    } else if after.high_ns < before.low_ns {
        Verdict::Better
    } else {
        Verdict::WithinNoise
    }
}

/// The figures of a row with their bands.
fn figures(row: &Row) -> Vec<(Figure, Banded)> {
    let mut all = Vec::new();
    if let Some(speed) = &row.throughput {
        all.push((Figure::Median, median(speed, row.label)));
    }
    if let Some(latency) = &row.latency {
        for (figure, quantile, ns) in [
            (Figure::P50, 0.5, latency.p50_ns),
            (Figure::P99, 0.99, latency.p99_ns),
            (Figure::P99_9, 0.999, latency.p99_9_ns),
        ] {
            all.push((figure, percentile(latency, row.label, quantile, ns)));
        }
    }
    all
}

/// The median pass with its band.
pub fn median(speed: &Throughput, label: Label) -> Banded {
    let ns = speed.median_ns;
    let (mut low_ns, mut high_ns) = (speed.best_ns, speed.worst_ns);
    if label != Label::Modelled && speed.passes < FEW_PASSES {
        low_ns = low_ns.min(ns * (1.0 - LONE_PASS_PERCENT / 100.0));
        high_ns = high_ns.max(ns * (1.0 + LONE_PASS_PERCENT / 100.0));
    }
    Banded { ns, low_ns, high_ns }
}

/// A percentile with its band.
pub fn percentile(latency: &Latency, label: Label, quantile: f64, ns: u64) -> Banded {
    let ns = ns as f64;
    if label == Label::Modelled {
        return Banded { ns, low_ns: ns, high_ns: ns };
    }
    let around = (ns * percentile_percent(quantile) / 100.0).max(latency.clock_ns.max(0.0));
    let (mut low_ns, mut high_ns) = ((ns - around).max(0.0), ns + around);
    // A histogram that cannot be read leaves the fixed part of the band.
    if let Ok(histogram) = histogram::decode(&latency.histogram) {
        let spread = 3.0 * (quantile * (1.0 - quantile) / latency.n as f64).sqrt();
        let at = |quantile: f64| histogram.value_at_quantile(quantile.clamp(0.0, 1.0)) as f64;
        low_ns = low_ns.min(at(quantile - spread));
        high_ns = high_ns.max(at(quantile + spread));
    }
    Banded { ns, low_ns, high_ns }
}

fn facts(before: &Results, after: &Results) -> Vec<FactChange> {
    let all = |results: &Results| {
        let machine = &results.machine;
        let mut facts = machine.facts.clone();
        facts.insert("cpu".to_owned(), machine.cpu.clone());
        facts.insert("os".to_owned(), machine.os.clone());
        facts.insert("cores".to_owned(), machine.cores.to_string());
        facts
    };
    let (old, new) = (all(before), all(after));
    let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
    names.sort();
    names.dedup();
    let value = |facts: &std::collections::BTreeMap<String, String>, name: &str| {
        facts.get(name).cloned().unwrap_or_default()
    };
    let changed = names.into_iter().filter(|name| old.get(*name) != new.get(*name));
    changed
        .map(|name| FactChange {
            fact: name.clone(),
            before: value(&old, name),
            after: value(&new, name),
        })
        .collect()
}

/// Text that is safe to print: what moves a terminal's cursor is shown as `?`.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

/// The diff as a table for people: a part a label, a line a figure.
pub fn table(diff: &Diff) -> String {
    let mut out = String::new();
    for label in crate::row::LABELS {
        let of_label: Vec<&Change> =
            diff.changes.iter().filter(|change| change.key.label == label).collect();
        if of_label.is_empty() {
            continue;
        }
        let _ = writeln!(out, "{}", label_word(label));
        let mut last = String::new();
        for change in of_label {
            let rate = change.offered_per_s.map_or(String::new(), |rate| format!(", {rate:.0}/s"));
            let row = format!("{}{rate}", printable(&change.key.to_string()));
            if row != last {
                let _ = writeln!(out, "  {row}");
                last = row;
            }
            let _ = writeln!(out, "    {}", line(change));
        }
    }
    for fact in &diff.facts {
        let (name, old, new) =
            (printable(&fact.fact), printable(&fact.before), printable(&fact.after));
        let _ = writeln!(out, "changed machine fact: {name}: {old:?} -> {new:?}");
    }
    if !diff.stale.is_empty() {
        let pieces: Vec<&str> = diff.stale.iter().map(|of| of.piece.as_str()).collect();
        let pieces = printable(&pieces.join(", "));
        let _ = writeln!(out, "STALE: the figures before were measured on another: {pieces}");
    }
    let count = |verdict: &Verdict| diff.changes.iter().filter(|c| c.verdict == *verdict).count();
    let _ = writeln!(
        out,
        "{} worse, {} better, {} within noise, {} new, {} gone, {} not comparable",
        count(&Verdict::Worse),
        count(&Verdict::Better),
        count(&Verdict::WithinNoise),
        count(&Verdict::New),
        count(&Verdict::Gone),
        diff.changes.iter().filter(|c| matches!(c.verdict, Verdict::Incomparable(_))).count(),
    );
    out
}

fn line(change: &Change) -> String {
    let banded = |banded: Option<Banded>| match banded {
        Some(of) => format!("{:.2} ({:.2}..{:.2})", of.ns, of.low_ns, of.high_ns),
        None => "-".to_owned(),
    };
    let percent = match (change.before, change.after) {
        (Some(old), Some(new)) if old.ns > 0.0 => {
            format!("{:+.1} %", (new.ns / old.ns - 1.0) * 100.0)
        }
        _ => String::new(),
    };
    let (before, after) = (banded(change.before), banded(change.after));
    let (figure, verdict) = (change.figure.word(), printable(&change.verdict.word()));
    format!("{figure:<15} {before:>28} {after:>28} {percent:>9}  {verdict}")
}
