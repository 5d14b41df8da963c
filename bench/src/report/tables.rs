//! Every figure of every row, in tables whose columns belong to one label each.

use serde::Serialize;

use super::content;
use crate::load::Filed;
use crate::result::{Due, Label, Row, RunType, Tables, Throughput};
use crate::row::{
    END_TO_END, Worth, due_word, pinned_word, run_type_word, stage_rank, tables_word, worth,
};

/// A table: a column an engine and run, grouped by label; a line a figure.
#[derive(Clone, Debug, Serialize)]
pub struct Table {
    /// The definition.
    pub definition: String,
    /// Stage, kind of run, messages, state of the tables.
    pub title: String,
    /// Sorted by label.
    pub columns: Vec<Column>,
    /// A figure each.
    pub lines: Vec<Line>,
    /// Between which points each column was taken, and what its reader must know.
    pub points: Vec<Points>,
}

/// Whose figures, and what they are worth.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Column {
    /// The label of every figure in it.
    pub label: Label,
    /// The engine.
    pub engine: String,
    /// The run.
    pub run: String,
    /// When a message counts as due, where there is latency.
    pub due: Option<Due>,
    /// Counts rows that would stand in one place otherwise: none is overwritten.
    pub repeat: usize,
}

/// A figure over all columns.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// What it is.
    pub name: String,
    /// Its unit.
    pub unit: &'static str,
    /// One a column.
    pub cells: Vec<Cell>,
}

/// What stands in a place of a table.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cell {
    /// The row does not have this figure.
    #[default]
    Empty,
    /// The row has no figure, for this reason.
    Refused(Worth),
    /// A figure.
    Figure {
        /// The figure.
        value: f64,
        /// Best and worst pass, where there are passes.
        band: Option<(f64, f64)>,
        /// What the probes add, where it was measured and the figure is a time.
        probes: Option<String>,
    },
}

/// Between which points a column's figures were taken.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Points {
    /// The column.
    pub column: Column,
    /// The stage, or all that were taken in this way.
    pub stage: String,
    /// Where the clock starts.
    pub from: String,
    /// Where it stops.
    pub to: String,
    /// What the bytes go through.
    pub path: String,
    /// Messages of one pass.
    pub messages: u64,
    /// Bytes of one pass.
    pub bytes: u64,
    /// Accepted messages.
    pub accepted: u64,
    /// Refused ones.
    pub rejected: u64,
    /// What was assumed.
    pub assumptions: Vec<String>,
    /// What a reader must know.
    pub note: String,
}

/// A figure of a row: its name, unit, and how it is read.
struct Figure {
    name: &'static str,
    unit: &'static str,
    is_time: bool,
    read: fn(&Row) -> Option<f64>,
}

const fn time(name: &'static str, unit: &'static str, read: fn(&Row) -> Option<f64>) -> Figure {
    Figure { name, unit, is_time: true, read }
}

const fn plain(name: &'static str, unit: &'static str, read: fn(&Row) -> Option<f64>) -> Figure {
    Figure { name, unit, is_time: false, read }
}

/// The name of the figure that carries the band of passes.
const MEDIAN: &str = "median pass";

/// The speed of passes that nobody paced: of others it is the pace, which was chosen.
fn unpaced(row: &Row) -> Option<Throughput> {
    row.throughput.filter(|speed| speed.offered_per_s.is_none())
}

const SPEED: [Figure; 5] = [
    time(MEDIAN, "ns/msg", |row| Some(unpaced(row)?.median_ns)),
    plain("passes", "", |row| Some(f64::from(row.throughput?.passes))),
    plain("messages", "10^6/s", |row| Some(row.throughput?.messages_per_s / 1e6)),
    plain("bytes", "GB/s", |row| Some(unpaced(row)?.gb_per_s)),
    plain("beats of 16 bytes", "10^6/s", |row| Some(row.throughput?.beats_per_s? / 1e6)),
];

const LATENCY: [Figure; 11] = [
    plain("offered", "10^6 msg/s", |row| Some(row.throughput?.offered_per_s? / 1e6)),
    plain("latencies", "n", |row| Some(row.latency.as_ref()?.n as f64)),
    time("min", "ns", |row| Some(row.latency.as_ref()?.min_ns as f64)),
    time("mean", "ns", |row| Some(row.latency.as_ref()?.mean_ns)),
    time("p50", "ns", |row| Some(row.latency.as_ref()?.p50_ns as f64)),
    time("p90", "ns", |row| Some(row.latency.as_ref()?.p90_ns as f64)),
    time("p99", "ns", |row| Some(row.latency.as_ref()?.p99()? as f64)),
    time("p99.9", "ns", |row| Some(row.latency.as_ref()?.p99_9()? as f64)),
    time("p99.99", "ns", |row| Some(row.latency.as_ref()?.p99_99()? as f64)),
    time("max", "ns", |row| Some(row.latency.as_ref()?.max_ns as f64)),
    time("standard deviation", "ns", |row| Some(row.latency.as_ref()?.std_dev_ns)),
];

const REST: [Figure; 14] = [
    plain("jitter", "p99.9 / p50", |row| {
        let latency = row.latency.as_ref()?;
        latency.p99_9().map(|_| latency.jitter)
    }),
    plain("one reading of the clock", "ns", |row| Some(row.latency.as_ref()?.clock_ns)),
    plain("probes off", "ns/msg", |row| Some(row.observation?.off_ns)),
    plain("probes on", "ns/msg", |row| Some(row.observation?.on_ns)),
    plain("p99 that probes add", "ns/msg, groups of 16", |row| {
        let p99 = row.observation?.p99?;
        Some(p99.on_ns - p99.off_ns)
    }),
    plain("processor time that probes add", "%", |row| Some(row.observation?.cpu?.percent())),
    plain("finest step of the stamps", "ns", |row| {
        Some(row.latency.as_ref()?.source.as_ref()?.resolution_ns)
    }),
    plain("processor, program", "s", |row| Some(row.usage?.user_s)),
    plain("processor, system", "s", |row| Some(row.usage?.system_s)),
    plain("memory, most", "MiB", |row| Some(row.usage?.max_resident_kib as f64 / 1024.0)),
    plain("context switches, own", "n", |row| Some(row.usage?.voluntary_switches as f64)),
    plain("context switches, forced", "n", |row| Some(row.usage?.involuntary_switches as f64)),
    plain("page faults, minor", "n", |row| Some(row.usage?.minor_faults as f64)),
    plain("page faults, major", "n", |row| Some(row.usage?.major_faults as f64)),
];

fn cell(row: &Row, figure: &Figure) -> Cell {
    let worth = worth(row);
    if worth != Worth::Figure {
        return Cell::Refused(worth);
    }
    let Some(value) = (figure.read)(row) else { return Cell::Empty };
    let passes = row.throughput.filter(|_| figure.name == MEDIAN);
    Cell::Figure {
        value,
        band: passes.map(|speed| (speed.best_ns, speed.worst_ns)),
        probes: row.observation.filter(|_| figure.is_time).map(|of| match of.p99 {
            Some(p99) if figure.name.starts_with("p99") => {
                format!("{} {:+.0} ns at p99", of.probes.text(), p99.on_ns - p99.off_ns)
            }
            _ => format!("{} {:+.1} %", of.probes.text(), of.percent()),
        }),
    }
}

fn column(run: &str, row: &Row) -> Column {
    Column {
        label: row.label,
        engine: row.engine.clone(),
        run: run.to_owned(),
        due: row.latency.as_ref().map(|latency| latency.due),
        repeat: 0,
    }
}

/// A row in its column.
type Placed<'a> = (Column, &'a Row);

/// Gives every row its column; rows of one column and line get columns of their own.
fn place<'a>(group: &Group, rows: &[(&str, &'a Row)]) -> Vec<Placed<'a>> {
    let is_peak = group.run_type == RunType::Peak;
    let mut placed: Vec<Placed<'a>> = Vec::new();
    for (run, row) in rows {
        let mut column = column(run, row);
        let is_taken = |column: &Column, placed: &[Placed<'_>]| {
            placed.iter().any(|(other, old)| {
                let same_line = old.stage == row.stage && (!is_peak || rate(old) == rate(row));
                other == column && same_line
            })
        };
        while is_taken(&column, &placed) {
            column.repeat += 1;
        }
        placed.push((column, row));
    }
    placed
}

/// Messages a second that were offered; 0 where there was no rate.
fn rate(row: &Row) -> f64 {
    row.throughput.and_then(|speed| speed.offered_per_s).unwrap_or(0.0)
}

/// What the rows of one table share.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    definition: String,
    is_batch: bool,
    /// Empty where the stages are lines.
    stage: String,
    run_type: RunType,
    mix: String,
    tables: Tables,
    pinned: Option<bool>,
}

/// A whole case has a table of its own; stages in batches share one.
fn group(row: &Row) -> Group {
    let is_whole = row.latency.is_some() || row.stage == END_TO_END;
    let is_batch = row.run_type != RunType::Peak && !is_whole;
    Group {
        definition: row.definition.clone(),
        is_batch,
        stage: if is_batch { String::new() } else { row.stage.clone() },
        run_type: row.run_type,
        mix: row.mix.clone(),
        tables: row.tables,
        pinned: row.pinned,
    }
}

/// Every row of the runs, in tables.
pub(super) fn build(shown: &[Filed]) -> Vec<Table> {
    let mut groups: Vec<(Group, Vec<(&str, &Row)>)> = Vec::new();
    for (run, row) in content::rows(shown) {
        let group = group(row);
        match groups.iter_mut().find(|(other, _)| *other == group) {
            Some((_, rows)) => rows.push((run, row)),
            None => groups.push((group, vec![(run, row)])),
        }
    }
    groups.sort_by(|a, b| a.0.cmp(&b.0));
    groups.into_iter().map(|(group, rows)| table(&group, &rows)).collect()
}

fn table(group: &Group, rows: &[(&str, &Row)]) -> Table {
    let placed = place(group, rows);
    let rows = placed.as_slice();
    let mut columns: Vec<Column> = rows.iter().map(|(column, _)| column.clone()).collect();
    columns.sort();
    columns.dedup();
    let lines = if group.run_type == RunType::Peak {
        by_rate(rows, &columns)
    } else if group.is_batch {
        by_stage(rows, &columns)
    } else {
        by_figure(rows, &columns)
    };
    let mut points: Vec<Points> = Vec::new();
    for (column, row) in rows {
        let next = points_of(column, row);
        // Stages that were taken in one way are told of once.
        let is_alike =
            |other: &&mut Points| Points { stage: next.stage.clone(), ..(**other).clone() } == next;
        match points.iter_mut().find(is_alike) {
            Some(other) if other.stage.split(", ").any(|stage| stage == next.stage) => {}
            Some(other) => other.stage = format!("{}, {}", other.stage, next.stage),
            None => points.push(next),
        }
    }
    points.sort_by(|a, b| {
        a.column.cmp(&b.column).then(stage_rank(&a.stage).cmp(&stage_rank(&b.stage)))
    });
    let stage = if group.is_batch { "stages" } else { group.stage.as_str() };
    let (run, tables) = (run_type_word(group.run_type), tables_word(group.tables));
    Table {
        definition: group.definition.clone(),
        title: format!("{stage}, {run}, {}, {tables}{}", group.mix, pinned_word(group.pinned)),
        columns,
        lines,
        points,
    }
}

fn points_of(column: &Column, row: &Row) -> Points {
    Points {
        column: column.clone(),
        stage: row.stage.clone(),
        from: row.from.clone(),
        to: row.to.clone(),
        path: row.path.clone(),
        messages: row.messages,
        bytes: row.bytes,
        accepted: row.accepted,
        rejected: row.rejected,
        assumptions: row.assumptions.clone(),
        note: row.note.clone(),
    }
}

/// Lines of these rows; those in which no row has anything are left out.
fn lines_of(
    name: impl Fn(&Figure) -> String,
    figures: &[&Figure],
    rows: &[Placed<'_>],
    columns: &[Column],
) -> Vec<Line> {
    let mut lines = Vec::new();
    for figure in figures {
        let mut cells = vec![Cell::Empty; columns.len()];
        for (own, row) in rows {
            if let Some(at) = columns.iter().position(|column| column == own) {
                cells[at] = cell(row, figure);
            }
        }
        // Refusals alone make no line.
        if cells.iter().any(|cell| matches!(cell, Cell::Figure { .. })) {
            lines.push(Line { name: name(figure), unit: figure.unit, cells });
        }
    }
    // A refusal is said once, not in every figure.
    for line in lines.iter_mut().skip(1) {
        for cell in line.cells.iter_mut().filter(|cell| matches!(cell, Cell::Refused(_))) {
            *cell = Cell::Empty;
        }
    }
    if lines.is_empty() && !rows.is_empty() {
        let mut cells = vec![Cell::Empty; columns.len()];
        for (own, row) in rows {
            if let Some(at) = columns.iter().position(|column| column == own) {
                cells[at] = Cell::Refused(worth(row));
            }
        }
        lines.push(Line { name: name(figures[0]), unit: figures[0].unit, cells });
    }
    lines
}

fn by_figure(rows: &[Placed<'_>], columns: &[Column]) -> Vec<Line> {
    let all: Vec<&Figure> = SPEED.iter().chain(&LATENCY).chain(&REST).collect();
    lines_of(|figure| figure.name.to_owned(), &all, rows, columns)
}

fn by_stage(rows: &[Placed<'_>], columns: &[Column]) -> Vec<Line> {
    let mut stages: Vec<&str> = rows.iter().map(|(_, row)| row.stage.as_str()).collect();
    stages.sort_by_key(|stage| (stage_rank(stage), *stage));
    stages.dedup();
    let mut lines = Vec::new();
    for figure in [&SPEED[0], &SPEED[3]] {
        for stage in &stages {
            let of_stage: Vec<Placed<'_>> =
                rows.iter().filter(|(_, row)| row.stage == *stage).cloned().collect();
            let name = |figure: &Figure| match figure.name {
                MEDIAN => (*stage).to_owned(),
                other => format!("{stage}, {other}"),
            };
            lines.extend(lines_of(name, &[figure], &of_stage, columns));
        }
    }
    lines
}

fn by_rate(rows: &[Placed<'_>], columns: &[Column]) -> Vec<Line> {
    let mut rates: Vec<f64> = rows.iter().map(|(_, row)| rate(row)).collect();
    rates.sort_by(f64::total_cmp);
    rates.dedup();
    let mut lines = Vec::new();
    for figure in [&SPEED[2], &LATENCY[4], &LATENCY[6], &LATENCY[7]] {
        for offered in &rates {
            let of_rate: Vec<Placed<'_>> =
                rows.iter().filter(|(_, row)| rate(row) == *offered).cloned().collect();
            let name = |figure: &Figure| {
                let what = if figure.name == "messages" { "achieved" } else { figure.name };
                format!("{what} at {:.3} offered", offered / 1e6)
            };
            lines.extend(lines_of(name, &[figure], &of_rate, columns));
        }
    }
    lines
}

/// A column as people read it.
pub fn column_word(column: &Column) -> String {
    let due = column.due.map_or(String::new(), |due| format!(", {}", due_word(due)));
    let again = if column.repeat > 0 { format!(" ({})", column.repeat + 1) } else { String::new() };
    format!("{}{due}{again}", column.engine)
}
