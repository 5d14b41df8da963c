//! What a report says, as plain data: the page and the JSON are both written from it.

use serde::Serialize;

use super::tables::{self, Table};
use crate::conclude::{self, Finding};
use crate::diff;
use crate::histogram;
use crate::load::Filed;
use crate::result::{
    Due, Label, Latency, LeftOut, Machine, Observation, Results, Row, RunType, StampSource, Tables,
    Throughput,
};
use crate::row::{
    END_TO_END, Key, LABELS, Worth, due_word, is_bound, is_peer, run_type_word, stage_rank, worth,
};
use crate::sources::{Sources, System};
use crate::stale::{self, Piece};

/// Points of a percentile curve, a decade of its axis.
const POINTS_A_DECADE: u32 = 24;
/// The axis ends at 99.999 %.
const DECADES: u32 = 5;

/// A report over runs of one machine.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The machine of all runs.
    pub machine: Machine,
    /// What was run.
    pub cases: Vec<Case>,
    /// The runs that are shown.
    pub runs: Vec<Run>,
    /// The sources' table, and ours beside it.
    pub comparison: Comparison,
    /// Every figure.
    pub tables: Vec<Table>,
    /// Percentile curves.
    pub latency: Vec<LatencyChart>,
    /// What came through, and how late, against what was offered.
    pub load: Vec<LoadChart>,
    /// Nanoseconds a message by stage.
    pub stages: Vec<StageChart>,
    /// Ours beside peers and physical bounds.
    pub bounds: Vec<BoundChart>,
    /// Key figures over the runs of this machine.
    pub history: Vec<Course>,
    /// Earlier runs whose figures no longer stand.
    pub stale: Vec<StaleRun>,
    /// The time of messages by room.
    pub segments: Vec<SegmentChart>,
    /// What could not be read, and why.
    pub unread: Vec<LeftOut>,
    /// What was not as it should be.
    pub anomalies: Vec<Finding>,
    /// What the last run comes to, by rules over its rows.
    pub conclusion: Vec<Finding>,
}

/// A run that is shown, as it is filed.
#[derive(Clone, Debug, Serialize)]
pub struct Run {
    /// The file's name without its ending.
    pub name: String,
    /// What it holds.
    #[serde(flatten)]
    pub results: Results,
}

/// What was run: a definition's messages of a mix, on an engine.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Case {
    /// The definition.
    pub definition: String,
    /// Which messages.
    pub mix: String,
    /// Messages of a pass, at most.
    pub messages: u64,
    /// Engines and kinds of run, in words.
    pub engines: Vec<String>,
    /// What must come out, where something must.
    pub digest: Option<String>,
}

/// An earlier run of this machine whose figures no longer stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StaleRun {
    /// UTC.
    pub started: String,
    /// Commit of the run.
    pub commit: String,
    /// What has changed since.
    pub pieces: Vec<Piece>,
}

/// The time of messages by room, from stamps between the rooms.
#[derive(Clone, Debug, Serialize)]
pub struct SegmentChart {
    /// The run.
    pub run: String,
    /// The row.
    pub key: Key,
    /// Where the stamps come from.
    pub source: Option<StampSource>,
    /// What they cost.
    pub observation: Option<Observation>,
    /// In the order of the data path; the whole behind.
    pub lines: Vec<SegmentLine>,
}

/// A room's part.
#[derive(Clone, Debug, Serialize)]
pub struct SegmentLine {
    /// The room, or `sum`.
    pub room: String,
    /// Mean over all messages.
    pub mean_of_all_ns: f64,
    /// Of those that came to it, without the histogram.
    pub latency: Latency,
    /// The probability density, over bins that are equally wide on a log axis.
    pub density: Vec<Density>,
}

/// A bin of a density.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Density {
    /// Where it begins.
    pub from_ns: f64,
    /// Messages in it, of 1.
    pub share: f64,
}

/// The sources' table, and ours.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// What the sources report.
    pub reported: Vec<System>,
    /// Our end-to-end rows, by label.
    pub ours: Vec<Profile>,
}

/// One of our rows in the sources' terms.
#[derive(Clone, Debug, Serialize)]
pub struct Profile {
    /// The run.
    pub run: String,
    /// Who, and on what.
    pub name: String,
    /// What the figures are worth.
    pub label: Label,
    /// Whether there are figures.
    pub worth: Worth,
    /// Its latency, without the histogram.
    pub latency: Option<Latency>,
    /// What the probes add.
    pub observation: Option<Observation>,
    /// Where the clock starts.
    pub from: String,
    /// Where it stops.
    pub to: String,
    /// What the bytes go through.
    pub path: String,
    /// What was assumed; why it is not measured.
    pub remarks: Vec<String>,
}

/// What charts of one kind of work share.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Work {
    /// The definition.
    pub definition: String,
    /// The stage.
    pub stage: String,
    /// The kind of run.
    pub run_type: RunType,
    /// Which messages.
    pub mix: String,
    /// State of the tables.
    pub tables: Tables,
}

impl Work {
    /// The work of a row.
    pub fn of(row: &Row) -> Self {
        Self {
            definition: row.definition.clone(),
            stage: row.stage.clone(),
            run_type: row.run_type,
            mix: row.mix.clone(),
            tables: row.tables,
        }
    }
}

/// Percentile curves of one work; a panel a label, so that no two labels share one.
#[derive(Clone, Debug, Serialize)]
pub struct LatencyChart {
    /// The work.
    pub work: Work,
    /// A panel a label.
    pub panels: Vec<LatencyPanel>,
}

/// The curves of a label.
#[derive(Clone, Debug, Serialize)]
pub struct LatencyPanel {
    /// The label.
    pub label: Label,
    /// A line an engine, run and due.
    pub lines: Vec<LatencyLine>,
}

/// A percentile curve.
#[derive(Clone, Debug, Serialize)]
pub struct LatencyLine {
    /// The engine.
    pub engine: String,
    /// The run.
    pub run: String,
    /// When a message counts as due.
    pub due: Due,
    /// Messages.
    pub n: u64,
    /// The curve.
    pub points: Vec<Percentile>,
}

/// A point of a percentile curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Percentile {
    /// Of 1.
    pub quantile: f64,
    /// Nanoseconds.
    pub ns: u64,
}

/// A peak run: engines of one label under a rising rate.
#[derive(Clone, Debug, Serialize)]
pub struct LoadChart {
    /// The work.
    pub work: Work,
    /// The label.
    pub label: Label,
    /// A line an engine and run.
    pub lines: Vec<LoadLine>,
}

/// An engine under a rising rate.
#[derive(Clone, Debug, Serialize)]
pub struct LoadLine {
    /// The engine.
    pub engine: String,
    /// The run.
    pub run: String,
    /// When a message counts as due, where there is latency.
    pub due: Option<Due>,
    /// A point a rate, rising.
    pub points: Vec<LoadPoint>,
}

/// A rate, and what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LoadPoint {
    /// Messages a second that were offered.
    pub offered_per_s: f64,
    /// And that came through.
    pub achieved_per_s: f64,
    /// 99 of 100, in nanoseconds.
    pub p99_ns: Option<u64>,
}

/// The stages of an engine, each alone in batches.
#[derive(Clone, Debug, Serialize)]
pub struct StageChart {
    /// The run.
    pub run: String,
    /// The definition.
    pub definition: String,
    /// The engine.
    pub engine: String,
    /// What the figures are worth.
    pub label: Label,
    /// Which messages.
    pub mix: String,
    /// State of the tables.
    pub tables: Tables,
    /// In the order of the data path.
    pub bars: Vec<StageBar>,
    /// The same work in one piece, if it was run so, in nanoseconds a message.
    pub end_to_end_ns: Option<f64>,
}

/// A stage.
#[derive(Clone, Debug, Serialize)]
pub struct StageBar {
    /// Which.
    pub stage: String,
    /// How fast its passes were.
    pub speed: Throughput,
    /// What the probes add.
    pub observation: Option<Observation>,
}

/// Ours, peers and bounds at one kind of work.
#[derive(Clone, Debug, Serialize)]
pub struct BoundChart {
    /// The definition.
    pub definition: String,
    /// The label.
    pub label: Label,
    /// Fastest in GB/s first.
    pub bars: Vec<BoundBar>,
}

/// A peer, a bound or one of ours.
#[derive(Clone, Debug, Serialize)]
pub struct BoundBar {
    /// The engine.
    pub engine: String,
    /// The run.
    pub run: String,
    /// Its stage and messages.
    pub what: String,
    /// How fast its passes were.
    pub speed: Throughput,
    /// Accepted and refused messages.
    pub accepted: u64,
    /// Refused.
    pub rejected: u64,
    /// What it reads and what it checks.
    pub reads: String,
    /// What the bytes go through.
    pub path: String,
    /// Whether the output was compared.
    pub is_checked: bool,
}

/// A key figure over the runs of one machine, oldest first.
#[derive(Clone, Debug, Serialize)]
pub struct Course {
    /// The row.
    pub key: Key,
    /// When a message counts as due, where the figure is one of latency.
    pub due: Option<Due>,
    /// The figure with its unit.
    pub figure: &'static str,
    /// A point a run.
    pub points: Vec<CoursePoint>,
}

impl Course {
    /// What it is of.
    pub fn name(&self) -> String {
        let due = self.due.map_or(String::new(), |due| format!(", {}", due_word(due)));
        format!("{}{due}", self.key)
    }
}

/// A key figure in one run.
#[derive(Clone, Debug, Serialize)]
pub struct CoursePoint {
    /// UTC.
    pub started: String,
    /// Commit of the run.
    pub commit: String,
    /// Nanoseconds, with the noise band.
    pub ns: diff::Banded,
    /// What has changed since, so that it no longer stands; nothing where it does.
    pub stale: Vec<Piece>,
}

/// Puts a report together. `shown` must not be empty and be of one machine; `filed` are all runs that history may
/// use, oldest first: those of the same machine and length as the last one shown.
pub fn build(shown: &[Filed], filed: &[Filed], sources: &Sources, unread: Vec<LeftOut>) -> Report {
    let last = shown.last().expect("a report shows at least one run");
    let mut report = Report {
        machine: last.results.machine.clone(),
        cases: cases(shown),
        runs: shown
            .iter()
            .map(|filed| Run { name: filed.name.clone(), results: filed.results.clone() })
            .collect(),
        comparison: comparison(shown, sources),
        tables: tables::build(shown),
        latency: Vec::new(),
        load: load(shown),
        stages: stages(shown),
        bounds: bounds(shown),
        history: history(last, filed),
        stale: stale_runs(last, filed),
        segments: Vec::new(),
        unread,
        anomalies: conclude::anomalies(shown),
        conclusion: conclude::conclusion(shown),
    };
    report.latency = latency(shown, &mut report.unread);
    report.segments = segments(shown, &mut report.unread);
    report
}

/// What was run, by definition and mix.
fn cases(shown: &[Filed]) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for (_, row) in rows(shown).filter(|(_, row)| row.label != Label::NotMeasured) {
        let is_same = |case: &Case| case.definition == row.definition && case.mix == row.mix;
        let at = cases.iter().position(is_same).unwrap_or_else(|| {
            let (definition, mix) = (row.definition.clone(), row.mix.clone());
            cases.push(Case { definition, mix, messages: 0, engines: Vec::new(), digest: None });
            cases.len() - 1
        });
        let case = &mut cases[at];
        case.messages = case.messages.max(row.messages);
        let engine = format!("{} {}", row.engine, run_type_word(row.run_type));
        if !case.engines.contains(&engine) {
            case.engines.push(engine);
        }
        // An emulator runs the first messages only: what the others must give is shown.
        if row.label != Label::Emulated {
            case.digest = case.digest.take().or(row.digest.as_ref().map(|of| of.wanted.clone()));
        }
    }
    cases.sort();
    cases
}

/// Of earlier runs, those whose figures no longer stand.
fn stale_runs(last: &Filed, filed: &[Filed]) -> Vec<StaleRun> {
    let like = |filed: &&Filed| {
        filed.results.machine.id == last.results.machine.id && filed.results != last.results
    };
    let of_run = |filed: &Filed| {
        let pieces = stale::of_runs(&filed.results, &last.results, stale::CARD);
        let (started, commit) = (filed.results.started.clone(), filed.results.commit.clone());
        (!pieces.is_empty()).then_some(StaleRun { started, commit, pieces })
    };
    filed.iter().filter(like).filter_map(of_run).collect()
}

/// Bins a decade of a density.
const BINS_A_DECADE: f64 = 16.0;

fn density(text: &str) -> Result<Vec<Density>, histogram::HistogramError> {
    let histogram = histogram::decode(text)?;
    let bin = |ns: u64| ((ns.max(1) as f64).log10() * BINS_A_DECADE + 1e-9).floor() as i32;
    let mut counts = std::collections::BTreeMap::<i32, u64>::new();
    for value in histogram.iter_recorded() {
        *counts.entry(bin(value.value_iterated_to())).or_default() += value.count_at_value();
    }
    let (first, last) = (counts.keys().next().copied(), counts.keys().last().copied());
    let all = histogram.len().max(1) as f64;
    let bins = first.zip(last).map_or(0..0, |(first, last)| first..last + 1);
    Ok(bins
        .map(|at| Density {
            from_ns: 10f64.powf(f64::from(at) / BINS_A_DECADE),
            share: counts.get(&at).map_or(0.0, |count| *count as f64 / all),
        })
        .collect())
}

fn segments(shown: &[Filed], unread: &mut Vec<LeftOut>) -> Vec<SegmentChart> {
    let mut charts = Vec::new();
    for (run, row) in figures(shown).filter(|(_, row)| !row.segments.is_empty()) {
        let rooms = row.segments.iter();
        let rooms = rooms.map(|of| (of.room.clone(), of.mean_of_all_ns, &of.latency));
        let whole = row.latency.iter().map(|of| ("sum".to_owned(), of.mean_ns, of));
        let mut lines = Vec::new();
        for (room, mean_of_all_ns, latency) in rooms.chain(whole) {
            match density(&latency.histogram) {
                Ok(density) => lines.push(SegmentLine {
                    room,
                    mean_of_all_ns,
                    latency: plain(latency),
                    density,
                }),
                Err(error) => {
                    let what = format!("histogram of {room}, {} in {run}", Key::of(row));
                    unread.push(LeftOut { what, why: error.to_string() });
                }
            }
        }
        charts.push(SegmentChart {
            run: run.to_owned(),
            key: Key::of(row),
            source: row.latency.as_ref().and_then(|latency| latency.source.clone()),
            observation: row.observation,
            lines,
        });
    }
    charts
}

/// All rows with the name of their run.
pub(super) fn rows(shown: &[Filed]) -> impl Iterator<Item = (&str, &Row)> {
    shown.iter().flat_map(|filed| filed.results.rows.iter().map(|row| (filed.name.as_str(), row)))
}

/// The rows whose figures count.
fn figures(shown: &[Filed]) -> impl Iterator<Item = (&str, &Row)> {
    rows(shown).filter(|(_, row)| worth(row) == Worth::Figure)
}

fn comparison(shown: &[Filed], sources: &Sources) -> Comparison {
    let is_profile = |row: &Row| {
        let timed = row.latency.is_some() || row.label == Label::NotMeasured;
        // One type alone, or a burst, is nothing that the sources report.
        row.stage == END_TO_END
            && timed
            && row.mix == "all"
            && row.run_type != RunType::Peak
            && !is_peer(row)
            && !is_bound(row)
    };
    let mut ours: Vec<Profile> = rows(shown)
        .filter(|(_, row)| is_profile(row))
        .map(|(run, row)| profile(run, row))
        .collect();
    for place in &sources.places {
        let is_taken = |(_, row): (&str, &Row)| {
            row.engine == place.engine && matches!(row.label, Label::Measured | Label::NotMeasured)
        };
        if !rows(shown).any(is_taken) {
            ours.push(Profile {
                run: String::new(),
                name: format!("{} ({})", place.name, place.engine),
                label: Label::NotMeasured,
                worth: Worth::NotMeasured,
                latency: None,
                observation: None,
                from: place.from.clone(),
                to: place.to.clone(),
                path: place.path.clone(),
                remarks: vec![place.why.clone()],
            });
        }
    }
    ours.sort_by_key(|profile| profile.label);
    Comparison { reported: sources.systems.clone(), ours }
}

fn profile(run: &str, row: &Row) -> Profile {
    let (worth, latency) = (worth(row), row.latency.as_ref());
    let latency = latency.filter(|_| worth == Worth::Figure);
    let mut remarks = row.assumptions.clone();
    if !row.note.is_empty() {
        remarks.push(row.note.clone());
    }
    let due = latency.map_or("", |of| due_word(of.due));
    let kind = crate::row::run_type_word(row.run_type);
    let parts = [row.engine.as_str(), row.definition.as_str(), kind, row.mix.as_str(), due];
    let named: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    Profile {
        run: run.to_owned(),
        name: format!("{}, {}", named.join(", "), crate::row::tables_word(row.tables)),
        label: row.label,
        worth,
        latency: latency.map(plain),
        observation: row.observation,
        from: row.from.clone(),
        to: row.to.clone(),
        path: row.path.clone(),
        remarks,
    }
}

/// A latency without its histogram, which stands in the row.
fn plain(latency: &Latency) -> Latency {
    Latency { histogram: String::new(), ..latency.clone() }
}

/// Quantiles at equal steps of the axis `log10(1 / (1 - q))`, up to the last that `n` messages can tell.
fn quantiles(n: u64) -> impl Iterator<Item = f64> {
    let end = (n as f64).log10().min(f64::from(DECADES));
    let first = 2f64.log10();
    let steps = ((end - first) * f64::from(POINTS_A_DECADE)).max(0.0) as u32;
    (0..=steps)
        .map(move |step| 1.0 - 10f64.powf(-first - f64::from(step) / f64::from(POINTS_A_DECADE)))
}

fn latency(shown: &[Filed], unread: &mut Vec<LeftOut>) -> Vec<LatencyChart> {
    let mut charts: Vec<LatencyChart> = Vec::new();
    for (run, row) in
        figures(shown).filter(|(_, row)| row.run_type != RunType::Peak && row.segments.is_empty())
    {
        let Some(latency) = &row.latency else { continue };
        let points = match histogram::decode(&latency.histogram) {
            Ok(histogram) => quantiles(latency.n.min(histogram.len()))
                .map(|quantile| Percentile { quantile, ns: histogram.value_at_quantile(quantile) })
                .collect(),
            Err(error) => {
                let what = format!("histogram of {} in {run}", Key::of(row));
                unread.push(LeftOut { what, why: error.to_string() });
                continue;
            }
        };
        let (engine, run) = (row.engine.clone(), run.to_owned());
        let line = LatencyLine { engine, run, due: latency.due, n: latency.n, points };
        let work = Work::of(row);
        let at = charts.iter().position(|chart| chart.work == work).unwrap_or_else(|| {
            charts.push(LatencyChart { work, panels: Vec::new() });
            charts.len() - 1
        });
        let panels = &mut charts[at].panels;
        match panels.iter_mut().find(|panel| panel.label == row.label) {
            Some(panel) => panel.lines.push(line),
            None => panels.push(LatencyPanel { label: row.label, lines: vec![line] }),
        }
    }
    for chart in &mut charts {
        chart.panels.sort_by_key(|panel| panel.label);
    }
    charts.sort_by(|a, b| a.work.cmp(&b.work));
    charts
}

fn load(shown: &[Filed]) -> Vec<LoadChart> {
    let mut charts: Vec<LoadChart> = Vec::new();
    for (run, row) in figures(shown).filter(|(_, row)| row.run_type == RunType::Peak) {
        let Some(speed) = row.throughput else { continue };
        let Some(offered_per_s) = speed.offered_per_s else { continue };
        let (work, due) = (Work::of(row), row.latency.as_ref().map(|latency| latency.due));
        let is_same = |chart: &LoadChart| chart.work == work && chart.label == row.label;
        let at = charts.iter().position(is_same).unwrap_or_else(|| {
            charts.push(LoadChart { work, label: row.label, lines: Vec::new() });
            charts.len() - 1
        });
        let lines = &mut charts[at].lines;
        let is_same =
            |line: &LoadLine| line.engine == row.engine && line.run == run && line.due == due;
        let at = lines.iter().position(is_same).unwrap_or_else(|| {
            let (engine, run) = (row.engine.clone(), run.to_owned());
            lines.push(LoadLine { engine, run, due, points: Vec::new() });
            lines.len() - 1
        });
        lines[at].points.push(LoadPoint {
            offered_per_s,
            achieved_per_s: speed.messages_per_s,
            p99_ns: row.latency.as_ref().map(|latency| latency.p99_ns),
        });
    }
    for line in charts.iter_mut().flat_map(|chart| &mut chart.lines) {
        line.points.sort_by(|a, b| a.offered_per_s.total_cmp(&b.offered_per_s));
    }
    charts.sort_by(|a, b| a.work.cmp(&b.work).then(a.label.cmp(&b.label)));
    charts
}

fn stages(shown: &[Filed]) -> Vec<StageChart> {
    let is_stage = |row: &Row| {
        row.run_type == RunType::Batch
            && !is_peer(row)
            && !is_bound(row)
            && row.throughput.is_some()
    };
    let mut charts: Vec<StageChart> = Vec::new();
    for (run, row) in figures(shown).filter(|(_, row)| is_stage(row)) {
        let Some(speed) = row.throughput else { continue };
        let is_same = |chart: &StageChart| {
            (chart.run.as_str(), &chart.definition, &chart.engine)
                == (run, &row.definition, &row.engine)
                && (chart.label, &chart.mix, chart.tables) == (row.label, &row.mix, row.tables)
        };
        let at = charts.iter().position(is_same).unwrap_or_else(|| {
            charts.push(StageChart {
                run: run.to_owned(),
                definition: row.definition.clone(),
                engine: row.engine.clone(),
                label: row.label,
                mix: row.mix.clone(),
                tables: row.tables,
                bars: Vec::new(),
                end_to_end_ns: None,
            });
            charts.len() - 1
        });
        if row.stage == END_TO_END {
            charts[at].end_to_end_ns = Some(speed.median_ns);
            continue;
        }
        charts[at].bars.push(StageBar {
            stage: row.stage.clone(),
            speed,
            observation: row.observation,
        });
    }
    for chart in &mut charts {
        chart.bars.sort_by_key(|bar| stage_rank(&bar.stage));
    }
    // One bar compares with nothing.
    charts.retain(|chart| chart.bars.len() > 1);
    charts.sort_by(|a, b| {
        (a.label, &a.definition, &a.engine).cmp(&(b.label, &b.definition, &b.engine))
    });
    charts
}

fn bounds(shown: &[Filed]) -> Vec<BoundChart> {
    let is_foreign = |row: &Row| is_peer(row) || is_bound(row);
    let mut charts: Vec<BoundChart> = Vec::new();
    for (_, row) in figures(shown).filter(|(_, row)| is_foreign(row) && row.throughput.is_some()) {
        let is_same = |c: &BoundChart| c.definition == row.definition && c.label == row.label;
        if !charts.iter().any(is_same) {
            let (definition, label) = (row.definition.clone(), row.label);
            charts.push(BoundChart { definition, label, bars: Vec::new() });
        }
    }
    for chart in &mut charts {
        let of_chart = figures(shown).filter(|(_, row)| {
            let same = row.definition == chart.definition && row.label == chart.label;
            // Of ours, what is run in batches as they are.
            same && (is_foreign(row) || row.run_type == RunType::Batch)
        });
        for (run, row) in of_chart {
            let Some(speed) = row.throughput else { continue };
            chart.bars.push(BoundBar {
                engine: row.engine.clone(),
                run: run.to_owned(),
                what: format!("{}, {}", row.stage, row.mix),
                speed,
                accepted: row.accepted,
                rejected: row.rejected,
                reads: row.note.clone(),
                path: row.path.clone(),
                is_checked: row.digest.is_some(),
            });
        }
        let foreign: Vec<String> = chart
            .bars
            .iter()
            .filter(|bar| bar.engine.contains(':'))
            .filter_map(|bar| bar.what.split(',').next().map(str::to_owned))
            .collect();
        // Stages that nobody else has belong to the breakdown; if none is shared, all of ours stay.
        let shared = |bar: &BoundBar| {
            bar.what
                .split(',')
                .next()
                .is_some_and(|stage| foreign.iter().any(|other| other == stage))
        };
        let is_ours =
            |bar: &BoundBar| !bar.engine.starts_with("peer:") && !bar.engine.starts_with("bound:");
        if chart.bars.iter().any(|bar| is_ours(bar) && shared(bar)) {
            chart.bars.retain(|bar| !is_ours(bar) || shared(bar));
        }
        chart.bars.sort_by(|a, b| b.speed.gb_per_s.total_cmp(&a.speed.gb_per_s));
    }
    charts.sort_by(|a, b| (a.label, &a.definition).cmp(&(b.label, &b.definition)));
    charts
}

fn history(last: &Filed, filed: &[Filed]) -> Vec<Course> {
    let like = |filed: &&Filed| {
        filed.results.machine.id == last.results.machine.id
            && filed.results.quick == last.results.quick
    };
    let mut runs: Vec<&Filed> = filed.iter().filter(like).collect();
    if !runs.iter().any(|run| run.results == last.results) {
        runs.push(last);
    }
    runs.sort_by(|a, b| a.results.started.cmp(&b.results.started));
    let mut courses: Vec<Course> = Vec::new();
    let key_rows = last.results.rows.iter().filter(|row| {
        worth(row) == Worth::Figure && row.run_type != RunType::Peak && !is_peer(row)
    });
    for row in key_rows {
        let (key, due) = (Key::of(row), row.latency.as_ref().map(|latency| latency.due));
        for figure in [diff::Figure::Median, diff::Figure::P99] {
            // Of the two rows of a rate the passes are the same ones.
            let due = due.filter(|_| figure == diff::Figure::P99);
            let is_it = |of: &Course| of.key == key && of.due == due && of.figure == figure.word();
            if courses.iter().any(is_it) {
                continue;
            }
            let points = runs.iter().filter_map(|run| course_point(run, last, row, figure));
            let points: Vec<CoursePoint> = points.collect();
            if points.len() > 1 {
                courses.push(Course { key: key.clone(), due, figure: figure.word(), points });
            }
        }
    }
    courses.sort_by(|a, b| {
        let rank = |course: &Course| (course.key.label, course.key.stage != END_TO_END);
        rank(a).cmp(&rank(b)).then(stage_rank(&a.key.stage).cmp(&stage_rank(&b.key.stage)))
    });
    courses
}

fn course_point(run: &Filed, last: &Filed, of: &Row, figure: diff::Figure) -> Option<CoursePoint> {
    let key = Key::of(of);
    let same = |row: &&Row| diff::is_same(of, row) && worth(row) == Worth::Figure;
    let row = run.results.rows.iter().find(same)?;
    let ns = match figure {
        // Of a rate it would be the pace, which was chosen.
        diff::Figure::Median => {
            let free = row.throughput.as_ref().filter(|found| found.offered_per_s.is_none());
            diff::median(free?, row.label)
        }
        _ => {
            let latency = row.latency.as_ref()?;
            diff::percentile(latency, row.label, 0.99, latency.p99()?)
        }
    };
    let (started, commit) = (run.results.started.clone(), run.results.commit.clone());
    let stale = stale::of_key(&run.results, &last.results, &key);
    Some(CoursePoint { started, commit, ns, stale })
}

/// The labels that are there, in the order of columns.
pub(super) fn labels_of(present: impl Fn(Label) -> bool) -> Vec<Label> {
    LABELS.into_iter().filter(|label| present(*label)).collect()
}
