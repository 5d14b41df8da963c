//! Two runs side by side: which figures changed by more than their noise.
//!
//! Every figure has a band, and two figures differ only when their bands do not touch.
//!
//! * **ns/msg** of whole passes: from the lower quartile of the passes to the upper one, and [`RUN_PERCENT`] to both
//!   sides of the median, since two runs of one program differ by as much. With fewer than [`FEW_PASSES`] passes
//!   that says too little: the band is then at least [`LONE_PASS_PERCENT`] to both sides. A result without quartiles
//!   has the distance from the best pass to the median to both sides: what disturbs a pass only makes it slower.
//! * **a percentile**: the quartiles of the same percentile over each pass alone, [`percentile_percent`] to both
//!   sides, and one reading of the clock to both sides. A result without passes has the ranks three standard
//!   deviations of the sample to both sides instead; they suppose that messages do not wait for each other, so that
//!   p99 and p99.9 counted from the schedule are not compared.
//! * **the highest rate kept** of a peak, as nanoseconds a message: one step of the rate to both sides.
//! * **a modelled figure** comes out the same every time: its band is the figure.
//!
//! Rows at a rate meet by what they are. The rates are parts of a limit that each run measures again: where they
//! differ by more than [`RATE_PERCENT`], the latency is told as not comparable.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use hdrhistogram::Histogram;
use serde::Serialize;
use thiserror::Error;

use crate::histogram;
use crate::native::{HIGHEST_KEPT, PEAK_STEP};
use crate::result::{Due, Label, Latency, Results, Row, RunType, Throughput};
use crate::row::{Key, Worth, due_word, label_word, worth};
use crate::stale;

/// With fewer passes, their spread is no measure of noise.
pub const FEW_PASSES: u32 = 3;
/// To both sides of a median of few passes, in percent.
pub const LONE_PASS_PERCENT: f64 = 20.0;
/// To both sides of a median, in percent: two runs of one program differ by as much.
pub const RUN_PERCENT: f64 = 2.0;
/// Latencies at two rates are compared where the rates differ by no more, in percent.
pub const RATE_PERCENT: f64 = 10.0;
/// Facts that may be otherwise in each run: how the program was built, which is what is compared, and of older results
/// what is of a moment.
const TOLD: [&str; 8] = [
    "build",
    "clock_reading_ns",
    "cpu_mhz",
    "kernel_id",
    "load_before",
    "protocol_id",
    "rustc",
    "target_cpu",
];

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
    /// They ran on one machine that was set up otherwise.
    #[error(
        "{fact} of the machine was {wanted:?}, is {found:?}: --across-machines compares the runs all the same"
    )]
    Fact {
        /// What changed first.
        fact: String,
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
    /// Different machines, or one that was set up otherwise.
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
    /// A message at the highest rate that was kept, in nanoseconds.
    Kept,
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
            Figure::Kept => "kept, ns/msg",
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
    /// Above the old band, or the output is wrong and was not before.
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
    /// When its messages counted as due, where there is a latency.
    pub due: Option<Due>,
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

/// A fact of the machine or of the moment that changed: with it, old figures are stale.
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
    /// What changed of the machine, of how the program was built, and of the moment.
    pub facts: Vec<FactChange>,
    /// Figures whose bands are made without quartiles, since none are filed.
    pub without_quartiles: usize,
    /// What makes the first run's figures stale: they were measured on something else.
    pub stale: Vec<stale::Piece>,
}

impl Diff {
    /// Whether anything got worse by more than its noise.
    pub fn is_worse(&self) -> bool {
        self.changes.iter().any(|change| change.verdict == Verdict::Worse)
    }

    /// Whether a figure of the first run is not in the second.
    pub fn has_gone(&self) -> bool {
        self.changes.iter().any(|change| change.verdict == Verdict::Gone)
    }

    fn put(&mut self, row: &Row, figure: Figure, bands: [Option<Banded>; 2], verdict: Verdict) {
        let [before, after] = bands;
        let (key, due, offered_per_s) = (Key::of(row), due(row), offered(row));
        self.changes.push(Change { key, due, offered_per_s, figure, before, after, verdict });
    }
}

/// Compares two runs.
///
/// # Errors
/// The machines, what stays of them, or the lengths of the runs differ, and that is not allowed.
pub fn compare(before: &Results, after: &Results, allow: Allow) -> Result<Diff, DiffError> {
    if before.machine.id != after.machine.id && !allow.across_machines {
        let (wanted, found) = (before.machine.id.clone(), after.machine.id.clone());
        return Err(DiffError::Machine { wanted, found });
    }
    let facts = changes(stable(before), stable(after));
    // What only one of the two has filed is no difference of the machines.
    let differs = |fact: &&FactChange| !fact.before.is_empty() && !fact.after.is_empty();
    if let Some(fact) = facts.iter().find(differs)
        && !allow.across_machines
    {
        let FactChange { fact, before: wanted, after: found } = fact.clone();
        return Err(DiffError::Fact { fact, wanted, found });
    }
    if before.quick != after.quick && !allow.quick_against_full {
        let (wanted, found) = (length_word(before.quick), length_word(after.quick));
        return Err(DiffError::Length { wanted, found });
    }
    let mut diff = Diff { facts, ..Diff::default() };
    // With those of a card, whose rows concern them.
    diff.stale = stale::of_runs(before, after, stale::CARD);
    diff.facts.extend(changes(volatile(before), volatile(after)));
    diff.without_quartiles = before.rows.iter().chain(&after.rows).filter(|row| lacks(row)).count();
    let (old_rows, new_rows) = (shown(before), shown(after));
    let mut left = new_rows.clone();
    for old in old_rows {
        let is_wrong = |new: &&Row| Key::of(old) == Key::of(new) && is_refused(new);
        match left.iter().position(|new| is_same(old, new)) {
            Some(at) => changed(old, left.remove(at), &mut diff),
            // A wrong output has fewer rows than a right one.
            None if worth(old) == Worth::Figure && new_rows.iter().any(is_wrong) => {
                diff.put(old, Figure::Output, [None; 2], Verdict::Worse);
            }
            None => lone(old, false, &mut diff),
        }
    }
    for new in left {
        match worth(new) {
            Worth::OutputDiffers if !old_is_wrong(before, new) => {
                diff.put(new, Figure::Output, [None; 2], Verdict::Worse);
            }
            _ => lone(new, true, &mut diff),
        }
    }
    diff.changes.sort_by(|a, b| {
        let rates = (a.offered_per_s.unwrap_or(0.0), b.offered_per_s.unwrap_or(0.0));
        let figures = a.figure.cmp(&b.figure);
        a.key.cmp(&b.key).then(a.due.cmp(&b.due)).then(rates.0.total_cmp(&rates.1)).then(figures)
    });
    Ok(diff)
}

fn length_word(quick: bool) -> &'static str {
    if quick { "quick" } else { "full" }
}

fn offered(row: &Row) -> Option<f64> {
    row.throughput.and_then(|speed| speed.offered_per_s)
}

fn due(row: &Row) -> Option<Due> {
    row.latency.as_ref().map(|latency| latency.due)
}

/// Whether nothing of a row counts, although it was run.
fn is_refused(row: &Row) -> bool {
    matches!(worth(row), Worth::OutputDiffers | Worth::NotChecked)
}

/// Whether the first run had a wrong output of the same kind.
fn old_is_wrong(before: &Results, new: &Row) -> bool {
    let key = Key::of(new);
    before.rows.iter().any(|old| Key::of(old) == key && worth(old) == Worth::OutputDiffers)
}

/// The rows that are compared. The steps of a peak are at rates of that run alone: the highest that was kept stands
/// for them, and a wrong one.
fn shown(results: &Results) -> Vec<&Row> {
    let is_step = |row: &Row| {
        row.run_type == RunType::Peak && !is_refused(row) && !row.note.contains(HIGHEST_KEPT)
    };
    results.rows.iter().filter(|row| !is_step(row)).collect()
}

/// A row without latency has no due; it is the same row all the same.
pub fn is_same(old: &Row, new: &Row) -> bool {
    let same_due = due(old).zip(due(new)).is_none_or(|(old, new)| old == new);
    Key::of(old) == Key::of(new) && same_due
}

/// Whether its band is made without quartiles that a newer result would have.
fn lacks(row: &Row) -> bool {
    let measured = row.label != Label::Modelled && worth(row) == Worth::Figure;
    let speed = row
        .throughput
        .is_some_and(|speed| speed.quartiles_ns.is_none() && speed.offered_per_s.is_none());
    let paced = offered(row).is_some();
    let latency = row.latency.as_ref().is_some_and(|latency| latency.passes.is_none() && paced);
    measured && (speed || latency)
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

fn changed(old: &Row, new: &Row, diff: &mut Diff) {
    if let Some(why) = differs(old, new) {
        diff.put(new, Figure::Output, [None; 2], Verdict::Incomparable(why));
        return;
    }
    match (worth(old), worth(new)) {
        (Worth::Figure, Worth::Figure) => {}
        (Worth::Figure, _) => {
            diff.put(old, Figure::Output, [None; 2], Verdict::Worse);
            return;
        }
        (Worth::NotChecked, Worth::OutputDiffers) => {
            diff.put(new, Figure::Output, [None; 2], Verdict::Worse);
            return;
        }
        (_, Worth::Figure) => {
            lone(new, true, diff);
            return;
        }
        // There was no figure and there is none.
        _ => return,
    }
    let mut after = figures(new);
    for (figure, old_banded) in figures(old) {
        match after.iter().position(|(other, _)| *other == figure) {
            Some(at) => {
                let (_, banded) = after.remove(at);
                let verdict = match unlike(old, new, figure) {
                    Some(why) => Verdict::Incomparable(why),
                    None => judge(old_banded, banded),
                };
                diff.put(new, figure, [Some(old_banded), Some(banded)], verdict);
            }
            None => diff.put(old, figure, [Some(old_banded), None], Verdict::Gone),
        }
    }
    for (figure, banded) in after {
        diff.put(new, figure, [None, Some(banded)], Verdict::New);
    }
}

/// Why this figure of two rows that mean the same says nothing all the same.
fn unlike(old: &Row, new: &Row, figure: Figure) -> Option<String> {
    if figure == Figure::Kept {
        return None;
    }
    if let Some((old, new)) = offered(old).zip(offered(new))
        && (old - new).abs() > old * RATE_PERCENT / 100.0
    {
        return Some(format!("{new:.0}/s were offered, {old:.0}/s before"));
    }
    let no_spread = |row: &Row| {
        let latency = row.latency.as_ref();
        latency.is_some_and(|of| of.due == Due::Schedule && of.passes.is_none())
    };
    let is_tail = matches!(figure, Figure::P99 | Figure::P99_9);
    let measured = new.label != Label::Modelled;
    (is_tail && measured && (no_spread(old) || no_spread(new)))
        .then(|| "the spread over passes is not filed".to_owned())
}

fn lone(row: &Row, is_new: bool, diff: &mut Diff) {
    if worth(row) != Worth::Figure {
        return;
    }
    for (figure, banded) in figures(row) {
        let bands = if is_new { [None, Some(banded)] } else { [Some(banded), None] };
        diff.put(row, figure, bands, if is_new { Verdict::New } else { Verdict::Gone });
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

/// The figures of a row with their bands. At a rate, nanoseconds a message are those of the schedule, not of the engine.
fn figures(row: &Row) -> Vec<(Figure, Banded)> {
    let mut all = Vec::new();
    match (&row.throughput, offered(row)) {
        (Some(speed), None) => all.push((Figure::Median, median(speed, row.label))),
        (_, Some(per_s)) if row.run_type == RunType::Peak && due(row) != Some(Due::Service) => {
            let ns = 1e9 / per_s;
            let banded = Banded { ns, low_ns: ns / PEAK_STEP, high_ns: ns * PEAK_STEP };
            all.push((Figure::Kept, banded));
        }
        _ => {}
    }
    if let Some(latency) = &row.latency {
        // A histogram that cannot be read leaves the other parts of the band.
        let histogram = match latency.passes {
            Some(_) => None,
            None => histogram::decode(&latency.histogram).ok(),
        };
        for (figure, quantile, ns) in [
            (Figure::P50, 0.5, Some(latency.p50_ns)),
            (Figure::P99, 0.99, latency.p99()),
            (Figure::P99_9, 0.999, latency.p99_9()),
        ] {
            let Some(ns) = ns else { continue };
            all.push((figure, banded(latency, histogram.as_ref(), row.label, quantile, ns)));
        }
    }
    all
}

/// The median pass with its band.
pub fn median(speed: &Throughput, label: Label) -> Banded {
    let ns = speed.median_ns;
    if label == Label::Modelled {
        return Banded { ns, low_ns: ns, high_ns: ns };
    }
    let [low_ns, high_ns] = speed.quartiles_ns.unwrap_or([speed.best_ns, 2.0 * ns - speed.best_ns]);
    let percent = if speed.passes < FEW_PASSES { LONE_PASS_PERCENT } else { RUN_PERCENT };
    let around = ns * percent / 100.0;
    Banded { ns, low_ns: low_ns.min(ns - around), high_ns: high_ns.max(ns + around) }
}

/// A percentile with its band.
pub fn percentile(latency: &Latency, label: Label, quantile: f64, ns: u64) -> Banded {
    let histogram = histogram::decode(&latency.histogram).ok();
    banded(latency, histogram.as_ref(), label, quantile, ns)
}

fn banded(
    latency: &Latency,
    histogram: Option<&Histogram<u64>>,
    label: Label,
    quantile: f64,
    ns: u64,
) -> Banded {
    let ns = ns as f64;
    if label == Label::Modelled {
        return Banded { ns, low_ns: ns, high_ns: ns };
    }
    let around = (ns * percentile_percent(quantile) / 100.0).max(latency.clock_ns);
    let (mut low_ns, mut high_ns) = ((ns - around).max(0.0), ns + around);
    let mut reach = |low: u64, high: u64| {
        low_ns = low_ns.min(low as f64);
        high_ns = high_ns.max(high as f64);
    };
    if let Some(passes) = &latency.passes {
        let [low, high] = match quantile {
            of if of <= 0.5 => passes.p50_ns,
            of if of <= 0.99 => passes.p99_ns,
            _ => passes.p99_9_ns,
        };
        reach(low, high);
    } else if let Some(histogram) = histogram {
        let spread = 3.0 * (quantile * (1.0 - quantile) / latency.n as f64).sqrt();
        let at = |quantile: f64| histogram.value_at_quantile(quantile.clamp(0.0, 1.0));
        reach(at(quantile - spread), at(quantile + spread));
    }
    Banded { ns, low_ns, high_ns }
}

type Facts = BTreeMap<String, String>;

/// Whether a fact is told and no reason to refuse; what is of an image of a card concerns its rows alone.
fn is_told(name: &str) -> bool {
    TOLD.contains(&name) || name.starts_with(stale::OF_CARD)
}

/// What stays of a machine from run to run.
fn stable(results: &Results) -> Facts {
    let machine = &results.machine;
    let mut facts = machine.facts.clone();
    facts.retain(|name, _| !is_told(name));
    facts.insert("cpu".to_owned(), machine.cpu.clone());
    facts.insert("os".to_owned(), machine.os.clone());
    facts.insert("cores".to_owned(), machine.cores.to_string());
    facts
}

/// What may be otherwise in each run.
fn volatile(results: &Results) -> Facts {
    let machine = &results.machine;
    let mut facts = machine.facts.clone();
    facts.retain(|name, _| is_told(name));
    facts.extend(machine.moment.clone());
    facts
}

/// The facts that differ, by name; a text is empty where one of the two has none.
fn changes(mut old: Facts, mut new: Facts) -> Vec<FactChange> {
    let names: BTreeSet<String> = old.keys().chain(new.keys()).cloned().collect();
    let both = names.into_iter().map(|fact| {
        let before = old.remove(&fact).unwrap_or_default();
        let after = new.remove(&fact).unwrap_or_default();
        FactChange { fact, before, after }
    });
    both.filter(|fact| fact.before != fact.after).collect()
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
            let due = change.due.map_or(String::new(), |due| format!(", {}", due_word(due)));
            let row = format!("{}{due}{rate}", printable(&change.key.to_string()));
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
        let _ = writeln!(out, "changed fact: {name}: {old:?} -> {new:?}");
    }
    if diff.without_quartiles > 0 {
        let rows = diff.without_quartiles;
        let _ = writeln!(out, "{rows} rows have no quartiles filed: their bands are guessed");
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
