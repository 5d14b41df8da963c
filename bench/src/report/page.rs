//! A report as one HTML page that needs nothing else: no network, no script, no font.

use std::fmt::Write;

use super::charts::{self, Against, HALF, NARROW, Series, WIDE, short};
use super::content::{BoundBar, Comparison, Profile, Report, Work, labels_of};
use super::html::{count, escape, number};
use super::tables::{Cell, Column, Line, Points, Table, column_word};
use crate::result::{Label, LeftOut};
use crate::row::{Worth, label_word, run_type_word, tables_word};
use crate::sources::System;

/// The sections: anchor and heading.
const SECTIONS: [(&str, &str); 8] = [
    ("reading", "How to read this"),
    ("sources", "Beside the sources"),
    ("latency", "Latency distributions"),
    ("load", "Throughput against load"),
    ("stages", "Stage breakdown"),
    ("bounds", "Peers and physical bounds"),
    ("history", "History over commits"),
    ("figures", "Every figure"),
];

/// The page.
pub fn page(report: &Report) -> String {
    let mut out = tidegate_page::start(&format!("Tidegate bench: {}", report.machine.cpu), "");
    head(&mut out, report);
    let series = Series::of(report);
    reading(&mut out);
    sources(&mut out, &report.comparison);
    latency(&mut out, report, &series);
    load(&mut out, report, &series);
    stages(&mut out, report, &series);
    bounds(&mut out, report);
    history(&mut out, report);
    figures(&mut out, report);
    out += tidegate_page::END;
    out
}

fn section(out: &mut String, id: &str) {
    let heading = SECTIONS.iter().find(|(known, _)| *known == id).map_or(id, |(_, text)| text);
    let _ = write!(out, "<h2 id=\"{id}\">{heading}</h2>");
}

fn head(out: &mut String, report: &Report) {
    let machine = &report.machine;
    let last = report.runs.last();
    let _ = write!(out, "<h1>Tidegate bench</h1><p class=\"quiet\">{}</p>", escape(&machine.cpu));
    out.push_str("<dl class=\"facts\">");
    let mut fact = |name: &str, value: &str| {
        let _ = write!(out, "<div><dt>{}</dt><dd>{}</dd></div>", escape(name), escape(value));
    };
    for run in &report.runs {
        let state = if run.dirty { " with changes that are not committed" } else { "" };
        let commit = match run.commit.as_str() {
            "" => "outside of a checkout".to_owned(),
            commit => format!("{}{state}", short(commit)),
        };
        let length = if run.quick { "quick run" } else { "full run" };
        let took = format!("{length}, {} s", number(run.took_s));
        if last.is_some_and(|_| report.runs.len() > 1) {
            fact("run", &run.name);
        }
        fact("started", &run.started);
        fact("commit", &commit);
        fact("length", &took);
        fact("arguments", &run.arguments.join(" "));
    }
    fact("machine id", &machine.id);
    fact("cores for this process", &machine.cores.to_string());
    fact("memory", &format!("{} MiB", count(machine.memory_mib)));
    fact("system", &machine.os);
    fact("virtual machine", if machine.is_virtual { "yes" } else { "none seen" });
    for (name, value) in machine.facts.iter().chain(&machine.moment) {
        fact(name, value);
    }
    out.push_str("</dl>");
    if report.runs.iter().any(|run| run.quick) {
        out.push_str("<div class=\"note\"><p><b>A quick run</b>: fewer repetitions and smaller inputs. It shows that everything works; its figures are coarse.</p></div>");
    }
    let left: Vec<&LeftOut> =
        report.runs.iter().flat_map(|run| &run.left_out).chain(&report.unread).collect();
    if left.is_empty() {
        out.push_str("<p class=\"sub\">Nothing was left out.</p>");
    } else {
        out.push_str("<h3>Left out</h3><ul class=\"plain\">");
        for LeftOut { what, why } in left {
            let _ = write!(out, "<li><b>{}</b>: {}</li>", escape(what), escape(why));
        }
        out.push_str("</ul>");
    }
    out.push_str("<nav>");
    for (id, text) in SECTIONS {
        let _ = write!(out, "<a href=\"#{id}\">{text}</a>");
    }
    out.push_str("</nav>");
}

fn reading(out: &mut String) {
    section(out, "reading");
    out.push_str("<dl class=\"facts\">");
    for (label, meaning) in [
        (Label::Measured, "Clocks of this machine around the code that is meant."),
        (
            Label::Emulated,
            "Clocks of this machine around kernels that a runtime emulates on a processor. Says nothing about the speed of a card.",
        ),
        (
            Label::Modelled,
            "Cycles of the simulator at an assumed clock. The assumptions stand beneath.",
        ),
        (
            Label::NotMeasured,
            "Nobody has measured it. No simulator or emulator figure closes such a row.",
        ),
    ] {
        let _ = write!(out, "<div><dt>{}</dt><dd>{meaning}</dd></div>", pill(label));
    }
    out.push_str("</dl><p>The four never stand in one column or one chart. A row whose output was not what it should be has no figure. Latencies are of every message, none sampled; <i>from schedule</i> counts from when a message should have come, so that a stall counts for all that waited behind it; <i>from service</i> counts from when the engine took it. What the probes add is printed beside each time.</p>");
    out.push_str("<p>Figures with different start points, stop points or paths are shown side by side and no ratio is formed of them. Within one run on one machine, figures of the same path may be compared.</p>");
}

fn pill(label: Label) -> String {
    let word = label_word(label);
    let class = word.to_lowercase().replace(' ', "-");
    format!("<span class=\"label {class}\">{word}</span>")
}

fn sources(out: &mut String, comparison: &Comparison) {
    section(out, "sources");
    out.push_str("<p>What the systems behind this project report of themselves, and what this project's profiles show here. The paths differ from row to row, so no ratio is formed.</p>");
    out.push_str("<h3>Reported by the sources, not measured here</h3><div class=\"scroll\"><table><thead><tr><th class=\"left\">system</th><th>mean <span class=\"unit\">µs</span></th><th>max <span class=\"unit\">µs</span></th><th>std dev <span class=\"unit\">no unit given</span></th><th class=\"left\">from → to</th><th class=\"left\">path</th><th class=\"left\">caveats</th></tr></thead><tbody>");
    for system in &comparison.reported {
        reported(out, system);
    }
    out.push_str("</tbody></table></div>");
    for label in labels_of(|label| comparison.ours.iter().any(|of| of.label == label)) {
        let of_label: Vec<&Profile> =
            comparison.ours.iter().filter(|profile| profile.label == label).collect();
        let _ = write!(out, "<h3>Ours: {}</h3>", pill(label));
        if label == Label::NotMeasured {
            not_measured(out, &of_label);
        } else {
            profiles(out, &of_label);
        }
    }
}

fn reported(out: &mut String, system: &System) {
    let (name, source) = (escape(&system.name), escape(&system.source.join(", ")));
    let _ = write!(
        out,
        "<tr><th class=\"wrap\">{name}<span class=\"under\">source {source}</span></th>"
    );
    let figure = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value}"));
    match &system.range {
        Some(range) => {
            let _ = write!(out, "<td colspan=\"3\">{}</td>", escape(range));
        }
        None => {
            for value in [system.mean_us, system.max_us, system.std_dev] {
                let _ = write!(out, "<td>{}</td>", figure(value));
            }
        }
    }
    let (from, to, path) = (escape(&system.from), escape(&system.to), escape(&system.path));
    let _ = write!(
        out,
        "<td class=\"wrap\">{from} → {to}</td><td class=\"wrap\">{path}</td><td class=\"wrap long\">{}</td></tr>",
        escape(&system.caveats.join("; "))
    );
}

fn profiles(out: &mut String, profiles: &[&Profile]) {
    out.push_str("<div class=\"scroll\"><table><thead><tr><th class=\"left\">profile</th>");
    for (name, unit) in [
        ("mean", "µs"),
        ("p50", "µs"),
        ("p99", "µs"),
        ("p99.9", "µs"),
        ("max", "µs"),
        ("std dev", "ns"),
        ("probes add", "%"),
        ("messages", "n"),
    ] {
        let _ = write!(out, "<th>{name} <span class=\"unit\">{unit}</span></th>");
    }
    out.push_str("<th class=\"left\">from → to; path</th></tr></thead><tbody>");
    for profile in profiles {
        let _ = write!(out, "<tr><th class=\"wrap\">{}</th>", escape(&profile.name));
        if let Some(why) = profile.worth.refusal() {
            let _ = write!(out, "<td colspan=\"8\" class=\"alarm\">{why}</td>");
        } else {
            let times = [
                profile.mean_us,
                profile.p50_us,
                profile.p99_us,
                profile.p99_9_us,
                profile.max_us,
                profile.std_dev_ns,
            ];
            for value in times {
                let text = value.map_or("–".to_owned(), number);
                let _ = write!(out, "<td>{text}</td>");
            }
            let probes = profile.probes_percent.map_or("–".to_owned(), |of| format!("{of:+.1}"));
            let _ = write!(out, "<td>{probes}</td>");
            let _ = write!(out, "<td>{}</td>", profile.n.map_or("–".to_owned(), count));
        }
        let (from, to) = (escape(&profile.from), escape(&profile.to));
        let path = escape(&profile.path);
        let _ = write!(
            out,
            "<td class=\"wrap long\">{from} → {to}<span class=\"under\">{path}</span></td></tr>"
        );
    }
    out.push_str("</tbody></table></div>");
    out.push_str("<ul class=\"points\">");
    for profile in profiles.iter().filter(|profile| !profile.remarks.is_empty()) {
        let what = if profile.label == Label::Modelled { "assumes" } else { "note" };
        let remarks = escape(&profile.remarks.join("; "));
        let _ = write!(out, "<li><b>{}</b> {what}: {remarks}</li>", escape(&profile.name));
    }
    out.push_str("</ul>");
}

fn not_measured(out: &mut String, profiles: &[&Profile]) {
    out.push_str("<div class=\"scroll\"><table><thead><tr><th class=\"left\">profile</th><th class=\"left\">state</th><th class=\"left\">from → to</th><th class=\"left\">path</th></tr></thead><tbody>");
    for profile in profiles {
        let (from, to, path) = (escape(&profile.from), escape(&profile.to), escape(&profile.path));
        let _ = write!(
            out,
            "<tr><th class=\"wrap\">{}</th><td class=\"wrap\">not measured: {}</td><td class=\"wrap\">{from} → {to}</td><td class=\"wrap\">{path}</td></tr>",
            escape(&profile.name),
            escape(&profile.remarks.join("; "))
        );
    }
    out.push_str("</tbody></table></div>");
}

fn probes(percent: Option<f64>) -> String {
    percent.map_or(String::new(), |of| format!("<span class=\"under\">probes {of:+.1} %</span>"))
}

/// A chart drawn twice; the page shows the one that fits.
fn both(out: &mut String, width: f64, draw: impl Fn(f64) -> String) {
    let _ = write!(
        out,
        "<div class=\"wide\">{}</div><div class=\"narrow\">{}</div>",
        draw(width),
        draw(NARROW)
    );
}

fn nothing(out: &mut String, why: &str) {
    let _ = write!(out, "<p class=\"sub\">{why}</p>");
}

fn work(of: &Work) -> String {
    let (run, tables) = (run_type_word(of.run_type), tables_word(of.tables));
    escape(&format!("{}: {}, {run}, {}, {tables}", of.definition, of.stage, of.mix))
}

fn latency(out: &mut String, report: &Report, series: &Series) {
    section(out, "latency");
    if report.latency.is_empty() {
        nothing(out, "No row of these runs has a latency of each message.");
        return;
    }
    out.push_str("<p>How many of all messages took at most how long. Both axes are logarithmic: each mark to the right looks at a tenth of the messages that the mark before left. Solid lines count from the schedule, dashed ones from service.</p>");
    for chart in &report.latency {
        let _ = write!(out, "<h3>{}</h3>", work(&chart.work));
        let shared = charts::Shared::of(&chart.panels, series);
        for panel in &chart.panels {
            let _ =
                write!(out, "<figure><figcaption>{}</figcaption>", charts::heading(panel.label));
            both(out, WIDE, |width| charts::latency(panel, &shared, series, width));
            out.push_str("</figure>");
        }
    }
}

fn load(out: &mut String, report: &Report, series: &Series) {
    section(out, "load");
    if report.load.is_empty() {
        nothing(out, "No peak run is among these runs.");
        return;
    }
    out.push_str("<p>The offered rate is raised until an engine no longer keeps up: there the achieved rate leaves the dotted line, and latency climbs.</p>");
    for chart in &report.load {
        let _ = write!(out, "<h3>{}</h3>", work(&chart.work));
        let _ = write!(
            out,
            "<p class=\"sub\">{}</p><div class=\"pair\">",
            charts::heading(chart.label)
        );
        for what in [Against::Achieved, Against::P99] {
            let has =
                chart.lines.iter().flat_map(|line| &line.points).any(|of| of.p99_ns.is_some());
            if what == Against::Achieved || has {
                out.push_str("<figure>");
                both(out, 520.0, |width| charts::load(chart, what, series, width));
                out.push_str("</figure>");
            }
        }
        out.push_str("</div>");
    }
}

fn stages(out: &mut String, report: &Report, series: &Series) {
    section(out, "stages");
    if report.stages.is_empty() {
        nothing(out, "No stage was run in batches in these runs.");
        return;
    }
    out.push_str("<p>Each stage alone, in batches: the median pass, and a thin line from the best pass to the worst.</p>");
    for chart in &report.stages {
        let tables = tables_word(chart.tables);
        let what = format!("{}: {}, {}, {tables}", chart.definition, chart.engine, chart.mix);
        let _ = write!(out, "<h3>{} {}</h3><figure>", escape(&what), pill(chart.label));
        both(out, WIDE, |width| charts::stages(chart, series, width));
        let whole = chart.end_to_end_ns.map_or(String::new(), |ns| {
            format!("; the same work in one piece: {} ns/msg. Stages alone reload what a whole pass keeps at hand, so the two need not agree", number(ns))
        });
        let sum = number(chart.sum_ns);
        let _ =
            write!(out, "<p class=\"sub\">Sum of the stages: {sum} ns/msg{whole}.</p></figure>");
    }
}

fn bounds(out: &mut String, report: &Report) {
    section(out, "bounds");
    if report.bounds.is_empty() {
        nothing(out, "Neither peers nor bounds are among these runs.");
        return;
    }
    out.push_str("<p>The same number of messages through other people's parsers, and what the machine does at best with the same bytes. Peers read other protocols: what each reads and checks stands below, and GB/s and ns/msg are both given because message sizes differ.</p>");
    for chart in &report.bounds {
        let _ = write!(
            out,
            "<h3>{} {}</h3><div class=\"pair\">",
            escape(&chart.definition),
            pill(chart.label)
        );
        let mut by_time = chart.bars.clone();
        by_time.sort_by(|a, b| a.ns_a_message.total_cmp(&b.ns_a_message));
        for (bars, title, value) in [
            (&chart.bars, "GB/s, longer is better", (|of| of.gb_per_s) as fn(&BoundBar) -> f64),
            (&by_time, "ns/msg, shorter is better", |of| of.ns_a_message),
        ] {
            out.push_str("<figure>");
            both(out, HALF + 60.0, |width| charts::bounds(bars, title, value, width));
            out.push_str("</figure>");
        }
        out.push_str("</div><div class=\"scroll\"><table><thead><tr><th class=\"left\">who</th><th class=\"left\">what it reads and checks</th><th class=\"left\">path</th><th>accepted <span class=\"unit\">n</span></th><th>refused <span class=\"unit\">n</span></th><th class=\"left\">output</th></tr></thead><tbody>");
        for bar in &chart.bars {
            let checked = if bar.is_checked { "compared" } else { "not compared" };
            let _ = write!(
                out,
                "<tr><th>{}</th><td class=\"wrap\">{}</td><td class=\"wrap\">{}</td><td>{}</td><td>{}</td><td class=\"left\">{checked}</td></tr>",
                escape(&bar.engine),
                escape(&bar.reads),
                escape(&bar.path),
                count(bar.accepted),
                count(bar.rejected)
            );
        }
        out.push_str("</tbody></table></div>");
    }
}

fn history(out: &mut String, report: &Report) {
    section(out, "history");
    if report.history.is_empty() {
        nothing(out, "There is no other run of this machine and length yet.");
        return;
    }
    out.push_str("<p>Runs of this machine of the same length, oldest first. The band is the noise of each run: its best to its worst pass; of p99 as <code>bench diff</code> says. Every scale starts at 0.</p>");
    for label in labels_of(|label| report.history.iter().any(|course| course.key.label == label)) {
        let _ = write!(out, "<h3>{}</h3><div class=\"courses\">", pill(label));
        for course in report.history.iter().filter(|course| course.key.label == label) {
            let _ = write!(
                out,
                "<figure><figcaption>{}<span class=\"under\">{}</span></figcaption>{}</figure>",
                escape(&course.key.to_string()),
                course.figure,
                charts::course(course)
            );
        }
        out.push_str("</div>");
    }
}

fn figures(out: &mut String, report: &Report) {
    section(out, "figures");
    let is_one_run = report.runs.len() == 1;
    let mut definition = "";
    for table in &report.tables {
        if table.definition != definition {
            definition = &table.definition;
            let _ = write!(out, "<h3>{}</h3>", escape(definition));
        }
        let _ = write!(out, "<h4>{}</h4>", escape(&table.title));
        one_table(out, table, is_one_run);
    }
}

fn one_table(out: &mut String, table: &Table, is_one_run: bool) {
    out.push_str("<div class=\"scroll\"><table class=\"figures\"><thead><tr><th rowspan=\"2\" class=\"left\">figure <span class=\"unit\">unit</span></th>");
    let labels = labels_of(|label| table.columns.iter().any(|column| column.label == label));
    for label in labels {
        let width = table.columns.iter().filter(|column| column.label == label).count();
        let _ = write!(
            out,
            "<th colspan=\"{width}\" scope=\"colgroup\" class=\"group left\">{}</th>",
            pill(label)
        );
    }
    out.push_str("</tr><tr>");
    for (at, column) in table.columns.iter().enumerate() {
        let _ =
            write!(out, "<th scope=\"col\"{}>{}", group_class(table, at), escape(&column.engine));
        let rest = column_word(&Column { engine: String::new(), ..column.clone() });
        if !rest.is_empty() {
            let rest = rest.trim_start_matches([',', ' ']);
            let _ = write!(out, "<span class=\"under\">{rest}</span>");
        }
        if !is_one_run {
            let _ = write!(out, "<span class=\"under\">{}</span>", escape(&column.run));
        }
        out.push_str("</th>");
    }
    out.push_str("</tr></thead><tbody>");
    for line in &table.lines {
        one_line(out, table, line);
    }
    out.push_str("</tbody></table></div><ul class=\"points\">");
    for points in &table.points {
        one_points(out, points);
    }
    out.push_str("</ul>");
}

/// A rule stands where the label changes.
fn group_class(table: &Table, at: usize) -> &'static str {
    let label = table.columns[at].label;
    if at == 0 || table.columns[at - 1].label != label { " class=\"group\"" } else { "" }
}

fn one_line(out: &mut String, table: &Table, line: &Line) {
    let (name, unit) = (escape(&line.name), line.unit);
    let _ = write!(out, "<tr><th scope=\"row\">{name} <span class=\"unit\">{unit}</span></th>");
    for (at, cell) in line.cells.iter().enumerate() {
        let _ = write!(out, "<td{}>", group_class(table, at));
        match cell {
            Cell::Empty => {}
            Cell::Refused(worth) => {
                let why = worth.refusal().unwrap_or_default();
                let class = if *worth == Worth::NotMeasured { "quiet" } else { "alarm" };
                let _ = write!(out, "<span class=\"{class}\">{why}</span>");
            }
            Cell::Figure { value, band, probes_percent } => {
                // Counts are whole.
                let is_count = matches!(line.unit, "n" | "");
                let text = if is_count { count(*value as u64) } else { number(*value) };
                out.push_str(&text);
                if let Some((best, worst)) = band {
                    let (best, worst) = (number(*best), number(*worst));
                    let _ = write!(out, "<span class=\"under\">{best}..{worst}</span>");
                }
                out.push_str(&probes(*probes_percent));
            }
        }
        out.push_str("</td>");
    }
    out.push_str("</tr>");
}

fn one_points(out: &mut String, points: &Points) {
    let (who, stage) = (escape(&column_word(&points.column)), escape(&points.stage));
    let (from, to, path) = (escape(&points.from), escape(&points.to), escape(&points.path));
    let _ = write!(
        out,
        "<li><b>{who}</b> ({}), {stage}: {from} → {to}; {path}; {} messages, {} bytes a pass; {} accepted, {} refused",
        label_word(points.column.label),
        count(points.messages),
        count(points.bytes),
        count(points.accepted),
        count(points.rejected)
    );
    if !points.assumptions.is_empty() {
        let _ = write!(out, "; assumes: {}", escape(&points.assumptions.join("; ")));
    }
    if !points.note.is_empty() {
        let _ = write!(out, "; {}", escape(&points.note));
    }
    out.push_str("</li>");
}
