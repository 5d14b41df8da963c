//! A report as one HTML page that needs nothing else: no network, no script, no font.

use std::fmt::Write;

use super::charts::{self, Against, HALF, NARROW, Series, WIDE, short};
use super::content::{BoundBar, Comparison, Profile, Report, SegmentChart, Work, labels_of};
use super::html::{count, escape, number, time};
use super::tables::{Cell, Column, Line, Points, Table, column_word};
use crate::conclude::{Finding, Standing};
use crate::result::{HeadroomVerdict, Label, Latency, LeftOut};
use crate::row::{Worth, label_word, run_type_word, tables_word};
use crate::sources::System;
use crate::stale;

/// The sections: anchor and heading.
const SECTIONS: [(&str, &str); 6] = [
    ("environment", "Environment"),
    ("cases", "Cases"),
    ("process", "Process"),
    ("results", "Results"),
    ("anomalies", "Anomalies"),
    ("conclusion", "Conclusion"),
];
/// The parts of the results.
const PARTS: [(&str, &str); 9] = [
    ("sources", "Beside the sources"),
    ("capacity", "Capacity"),
    ("latency", "Latency distributions"),
    ("load", "Throughput against load"),
    ("segments", "Time of a message by room"),
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
    environment(&mut out, report);
    cases(&mut out, report);
    process(&mut out, report);
    section(&mut out, "results");
    contents(&mut out, &PARTS);
    sources(&mut out, &report.comparison);
    capacity(&mut out, report);
    latency(&mut out, report, &series);
    load(&mut out, report, &series);
    segments(&mut out, report);
    stages(&mut out, report, &series);
    bounds(&mut out, report);
    history(&mut out, report);
    figures(&mut out, report);
    anomalies(&mut out, report);
    conclusion(&mut out, report);
    out += "</main></body></html>\n";
    out
}

fn section(out: &mut String, id: &str) {
    let heading = |all: &[(&str, &'static str)]| {
        all.iter().find(|(known, _)| *known == id).map(|(_, text)| *text)
    };
    let _ = match heading(&SECTIONS) {
        Some(text) => write!(out, "<h2 id=\"{id}\">{text}</h2>"),
        None => {
            let text = heading(&PARTS).unwrap_or_default();
            write!(out, "<h3 id=\"{id}\" class=\"within\">{text}</h3>")
        }
    };
}

fn contents(out: &mut String, sections: &[(&str, &str)]) {
    out.push_str("<nav>");
    for (id, text) in sections {
        let _ = write!(out, "<a href=\"#{id}\">{text}</a>");
    }
    out.push_str("</nav>");
}

fn fact(out: &mut String, name: &str, value: &str) {
    let _ = write!(out, "<div><dt>{}</dt><dd>{}</dd></div>", escape(name), escape(value));
}

fn head(out: &mut String, report: &Report) {
    let cpu = escape(&report.machine.cpu);
    let _ = write!(out, "<h1>Tidegate bench</h1><p class=\"quiet\">{cpu}</p>");
    contents(out, &SECTIONS);
    if report.runs.iter().any(|run| run.results.quick) {
        out.push_str("<div class=\"note\"><p><b>A quick run</b>: fewer repetitions and smaller inputs. It shows that everything works; its figures are coarse.</p></div>");
    }
}

fn environment(out: &mut String, report: &Report) {
    section(out, "environment");
    let machine = &report.machine;
    out.push_str("<dl class=\"facts\">");
    fact(out, "machine id", &machine.id);
    fact(out, "cores for this process", &machine.cores.to_string());
    fact(out, "memory", &format!("{} MiB", count(machine.memory_mib)));
    fact(out, "system", &machine.os);
    fact(out, "virtual machine", if machine.is_virtual { "yes" } else { "none seen" });
    for (name, value) in machine.facts.iter().chain(&machine.moment) {
        fact(out, name, value);
    }
    out.push_str("</dl>");
    let clocks: Vec<_> =
        report.runs.last().into_iter().flat_map(|run| &run.results.clocks).collect();
    if !clocks.is_empty() {
        out.push_str("<h3>Sources of stamps</h3><div class=\"scroll\"><table><thead><tr><th class=\"left\">source</th><th>finest step <span class=\"unit\">ns</span></th><th>a reading <span class=\"unit\">ns</span></th></tr></thead><tbody>");
        for of in clocks {
            let (source, step, read) =
                (escape(&of.source), number(of.resolution_ns), number(of.read_ns));
            let _ = write!(out, "<tr><th>{source}</th><td>{step}</td><td>{read}</td></tr>");
        }
        out.push_str("</tbody></table></div>");
    }
}

fn cases(out: &mut String, report: &Report) {
    section(out, "cases");
    out.push_str("<p>What was run: the messages of a definition in a mix, and who ran them. Where a digest stands, every engine must give it before anything of it is measured.</p><div class=\"scroll\"><table><thead><tr><th class=\"left\">definition</th><th class=\"left\">mix</th><th>messages <span class=\"unit\">n</span></th><th class=\"left\">engines and kinds of run</th><th class=\"left\">digest</th></tr></thead><tbody>");
    for case in &report.cases {
        let digest = case.digest.as_deref().unwrap_or("–");
        // Of a long one the start tells it apart.
        let is_hex = digest.len() >= 32 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        let digest = if is_hex { &digest[..12] } else { digest };
        let _ = write!(
            out,
            "<tr><th>{}</th><td class=\"left\">{}</td><td>{}</td><td class=\"wrap long\">{}</td><td class=\"left\">{}</td></tr>",
            escape(&case.definition),
            escape(&case.mix),
            count(case.messages),
            escape(&case.engines.join(", ")),
            escape(digest)
        );
    }
    out.push_str("</tbody></table></div>");
}

fn process(out: &mut String, report: &Report) {
    section(out, "process");
    out.push_str("<dl class=\"facts\">");
    for run in &report.runs {
        let results = &run.results;
        let state = if results.dirty { " with changes that are not committed" } else { "" };
        let commit = match results.commit.as_str() {
            "" => "outside of a checkout".to_owned(),
            commit => format!("{}{state}", short(commit)),
        };
        let length = if results.quick { "quick run" } else { "full run" };
        if report.runs.len() > 1 {
            fact(out, "run", &run.name);
        }
        fact(out, "started", &results.started);
        fact(out, "commit", &commit);
        fact(out, "length", &format!("{length}, {} s", number(results.took_s)));
        fact(out, "arguments", &results.arguments.join(" "));
        for of in &results.clock_checks {
            let verdict = if of.agrees { "agree" } else { "do not agree" };
            let (skew, allowed) = (time(of.skew_ns), time(of.tolerance_ns as f64));
            let name = format!("{} and {}", of.first, of.second);
            let n = of.n;
            fact(
                out,
                &name,
                &format!("{verdict}: {skew} of skew in {n} readings, {allowed} allowed"),
            );
        }
    }
    out.push_str("</dl><h3>How to read this</h3><dl class=\"facts\">");
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
    out.push_str("</dl><p>The four never stand in one column or one chart. A row whose output was not what it should be has no figure. Latencies are of every message, none sampled; <i>from schedule</i> counts from when a message should have come, so that a stall counts for all that waited behind it; <i>from service</i> counts from when the engine took it. What the probes add is printed beside each time: <i>lean</i> is a stamp when a message is taken and one when it is done, <i>full</i> a stamp between the rooms too. p99 that they add is that of groups of 16 messages, which an observer from outside stamps with and without them.</p>");
    out.push_str("<p>Figures with different start points, stop points or paths are shown side by side and no ratio is formed of them. Within one run on one machine, figures of the same path may be compared.</p>");
}

fn capacity(out: &mut String, report: &Report) {
    section(out, "capacity");
    out.push_str("<p>What came through at the highest rate that the peak run kept, over a peak that its user supplies: at least 3.0 times the historical peak in messages, 2.0 times the year's peak in bytes. Without a supplied peak nothing is passed.</p>");
    let all: Vec<_> = report.runs.iter().flat_map(|run| &run.results.capacity).collect();
    if all.is_empty() {
        nothing(out, "not measured: no peak run and no peak supplied");
        return;
    }
    out.push_str("<div class=\"scroll\"><table><thead><tr><th class=\"left\">definition, engine</th><th class=\"left\">in</th><th>kept <span class=\"unit\">10^6/s</span></th><th>supplied <span class=\"unit\">10^6/s</span></th><th>ratio</th><th>floor</th><th class=\"left\">verdict</th><th class=\"left\">source of the peak</th></tr></thead><tbody>");
    for of in all {
        for (headroom, unit) in [(&of.messages, "messages"), (&of.bytes, "bytes")] {
            let million =
                |value: Option<f64>| value.map_or("–".to_owned(), |of| number(of / 1e6));
            let (class, verdict) = match headroom.verdict {
                HeadroomVerdict::Holds => ("met", "holds".to_owned()),
                HeadroomVerdict::Below => ("missed", "below the floor".to_owned()),
                HeadroomVerdict::NotMeasured => {
                    ("not-measured", format!("not measured: {}", headroom.why))
                }
            };
            let source = of.source.as_deref().filter(|_| headroom.peak_per_s.is_some());
            let _ = write!(
                out,
                "<tr><th>{}, {} {}</th><td class=\"left\">{unit}</td><td>{}</td><td>{}</td><td>{}</td><td>{:.1}</td><td class=\"left\"><span class=\"standing {class}\">{}</span></td><td class=\"wrap\">{}</td></tr>",
                escape(&of.definition),
                escape(&of.engine),
                pill(of.label),
                million(headroom.limit_per_s),
                million(headroom.peak_per_s),
                headroom.ratio.map_or("–".to_owned(), |ratio| format!("{ratio:.2}")),
                headroom.floor,
                escape(&verdict),
                escape(source.unwrap_or("–")),
            );
        }
    }
    out.push_str("</tbody></table></div>");
}

fn segments(out: &mut String, report: &Report) {
    section(out, "segments");
    if report.segments.is_empty() {
        nothing(out, "No row of these runs has stamps between the rooms (--probes full).");
        return;
    }
    out.push_str("<p>Where the time of the same messages went: a stamp ends one room and begins the next, so that the means over all messages add up to the sum. Each segment has one reading of the clock in it. Curves are probability densities, each to its own height; the first dot is the median, the second p99.</p>");
    let all: Vec<&SegmentChart> = report.segments.iter().collect();
    for chart in &all {
        let _ =
            write!(out, "<h3>{} {}</h3>", escape(&chart.key.to_string()), pill(chart.key.label));
        let mut text = Vec::new();
        if let Some(of) = &chart.source {
            let (step, read) = (number(of.resolution_ns), number(of.read_ns));
            text.push(format!("stamps: {}, finest step {step} ns, {read} ns a reading", of.source));
        }
        if let Some(of) = chart.observation {
            text.push(format!("probes add: {}", of.words()));
        }
        if report.runs.len() > 1 {
            text.push(chart.run.clone());
        }
        let _ = write!(out, "<p class=\"sub\">{}</p><figure>", escape(&text.join("; ")));
        let like: Vec<&SegmentChart> = all
            .iter()
            .filter(|other| other.key.definition == chart.key.definition)
            .copied()
            .collect();
        both(out, WIDE, |width| charts::densities(chart, &like, width));
        out.push_str("</figure><div class=\"scroll\"><table class=\"figures\"><thead><tr><th class=\"left\">room</th><th>messages <span class=\"unit\">n</span></th><th>mean over all <span class=\"unit\">ns</span></th>");
        for name in ["mean", "min", "p50", "p90", "p99", "p99.9", "p99.99", "max", "std dev"] {
            let _ = write!(out, "<th>{name} <span class=\"unit\">ns</span></th>");
        }
        out.push_str("</tr></thead><tbody>");
        for line in &chart.lines {
            let of = &line.latency;
            let _ = write!(
                out,
                "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td>",
                escape(&line.room),
                count(of.n),
                number(line.mean_of_all_ns),
                number(of.mean_ns)
            );
            let tail = [of.p99(), of.p99_9(), of.p99_99(), Some(of.max_ns)];
            let head = [of.min_ns, of.p50_ns, of.p90_ns].map(Some);
            for ns in head.into_iter().chain(tail) {
                let _ = write!(out, "<td>{}</td>", ns.map_or("–".to_owned(), count));
            }
            let _ = write!(out, "<td>{}</td></tr>", number(of.std_dev_ns));
        }
        out.push_str("</tbody></table></div>");
    }
}

fn findings(out: &mut String, all: &[Finding]) {
    out.push_str("<div class=\"scroll\"><table class=\"findings\"><tbody>");
    for of in all {
        let (class, word) = match of.standing {
            Standing::Met => ("met", "met"),
            Standing::Missed => ("missed", "missed"),
            Standing::NotMeasured => ("not-measured", "not measured"),
            Standing::Noted => ("noted", "noted"),
        };
        let _ = write!(
            out,
            "<tr><td><span class=\"standing {class}\">{word}</span></td><th>{}</th><td>{}</td></tr>",
            escape(&of.what),
            escape(&of.found)
        );
    }
    out.push_str("</tbody></table></div>");
}

fn anomalies(out: &mut String, report: &Report) {
    section(out, "anomalies");
    let unread = report.unread.iter().map(|LeftOut { what, why }| Finding {
        standing: Standing::Missed,
        what: format!("not read: {what}"),
        found: why.clone(),
    });
    let stale = report.stale.iter().map(|run| Finding {
        standing: Standing::Noted,
        what: format!("stale: run of {} ({})", run.started, short(&run.commit)),
        found: stale::words(&run.pieces),
    });
    let all: Vec<Finding> = report.anomalies.iter().cloned().chain(unread).chain(stale).collect();
    if all.is_empty() {
        nothing(
            out,
            "Every output was right, the clocks agreed, nothing was left out, and no row was noisy.",
        );
        return;
    }
    out.push_str("<p>Outputs that were wrong, clocks that did not agree, rows whose passes differ by more than a quarter of the median, what was left out, and earlier runs whose figures no longer stand.</p>");
    findings(out, &all);
}

fn conclusion(out: &mut String, report: &Report) {
    section(out, "conclusion");
    out.push_str("<p>By rules over the rows of the last run; each line has its numbers.</p>");
    findings(out, &report.conclusion);
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
        ("probes add", "time, p99, processor"),
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
            let of = profile.latency.as_ref();
            let us = |pick: fn(&Latency) -> Option<u64>| Some(of.and_then(pick)? as f64 / 1e3);
            let times = [
                of.map(|of| of.mean_ns / 1e3),
                us(|of| Some(of.p50_ns)),
                us(Latency::p99),
                us(Latency::p99_9),
                us(|of| Some(of.max_ns)),
                of.map(|of| of.std_dev_ns),
            ];
            for value in times {
                let text = value.map_or("–".to_owned(), number);
                let _ = write!(out, "<td>{text}</td>");
            }
            let probes = profile.observation.map_or("–".to_owned(), |of| of.words());
            let _ = write!(out, "<td class=\"wrap\">{}</td>", escape(&probes));
            let n = of.map_or("–".to_owned(), |of| count(of.n));
            let _ = write!(out, "<td>{n}</td>");
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

fn probes(words: Option<&str>) -> String {
    words.map_or(String::new(), |of| format!("<span class=\"under\">{}</span>", escape(of)))
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
            format!("The same work in one piece: {} ns/msg. ", number(ns))
        });
        let _ = write!(
            out,
            "<p class=\"sub\">{whole}Stages do not add up: alone they reload what a whole pass keeps at hand, frame+decode is both in one go, and order counts orders. The time of a message by room adds up.</p></figure>"
        );
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
        by_time.sort_by(|a, b| a.speed.median_ns.total_cmp(&b.speed.median_ns));
        for (bars, title, value) in [
            (
                &chart.bars,
                "GB/s, longer is better",
                (|of| of.speed.gb_per_s) as fn(&BoundBar) -> f64,
            ),
            (&by_time, "ns/msg, shorter is better", |of| of.speed.median_ns),
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
    out.push_str("<p>Runs of this machine of the same length, oldest first. The band is the noise of each run: its best to its worst pass; of p99 as <code>bench diff</code> says. Every scale starts at 0. A hollow point is stale: the machine, its tools or the work have changed since.</p>");
    if !report.stale.is_empty() {
        out.push_str("<ul class=\"points\">");
        for run in &report.stale {
            let _ = write!(
                out,
                "<li><b>stale: {}</b> ({}): {}</li>",
                escape(&run.started),
                escape(&short(&run.commit)),
                escape(&stale::words(&run.pieces))
            );
        }
        out.push_str("</ul>");
    }
    for label in labels_of(|label| report.history.iter().any(|course| course.key.label == label)) {
        let _ = write!(out, "<h3>{}</h3><div class=\"courses\">", pill(label));
        for course in report.history.iter().filter(|course| course.key.label == label) {
            let _ = write!(
                out,
                "<figure><figcaption>{}<span class=\"under\">{}</span></figcaption>{}</figure>",
                escape(&course.name()),
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
            Cell::Figure { value, band, probes: added } => {
                // Counts are whole.
                let is_count = matches!(line.unit, "n" | "");
                let text = if is_count { count(*value as u64) } else { number(*value) };
                out.push_str(&text);
                if let Some((best, worst)) = band {
                    let (best, worst) = (number(*best), number(*worst));
                    let _ = write!(out, "<span class=\"under\">{best}..{worst}</span>");
                }
                out.push_str(&probes(added.as_deref()));
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
