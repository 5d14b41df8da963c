//! The judgement as one HTML page that needs nothing else: no network, no script, no font.

use std::collections::BTreeMap;
use std::fmt::Write;

use tidegate_page::html::escape;
use tidegate_page::svg::{Anchor, Axis, Drawing};

use super::change::{Change, changes};
use super::number;
use crate::judgement::{Judgement, Row, State, Verdict};
use crate::ledger::{Context, Record};
use crate::measurement::{Label, Part, Value};

const STYLE: &str = include_str!("page.css");

/// What the page says beside the judgement.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'a> {
    /// Of the run.
    pub context: &'a Context,
    /// What was judged before, oldest first; the page compares with the last one and draws all.
    pub records: &'a [Record],
    /// More sections, as heading and HTML that is safe already.
    pub sections: &'a [(String, String)],
}

/// The page.
pub fn page(judgement: &Judgement, beside: &Beside) -> String {
    let title = format!("{} gate: {}", judgement.stage, judgement.verdict.name());
    let mut out = tidegate_page::start(&title, STYLE);
    head(&mut out, judgement, beside.context);
    next(&mut out, judgement);
    changed(&mut out, judgement, beside.records);
    indicators(&mut out, judgement);
    drill(&mut out, judgement);
    trends(&mut out, judgement, beside);
    for (heading, html) in beside.sections {
        let _ = write!(out, "<h2>{}</h2>{html}", escape(heading));
    }
    waivers(&mut out, judgement);
    run(&mut out, beside.context);
    out += tidegate_page::END;
    out
}

fn head(out: &mut String, judgement: &Judgement, context: &Context) {
    let bad = if judgement.verdict == Verdict::Pass { "" } else { " bad" };
    let commit = context.commit.get(..10).unwrap_or(&context.commit);
    let dirty = if context.dirty { " with changes that are not committed" } else { "" };
    let _ = write!(
        out,
        "<h1>Quality gate: {}</h1><p class=\"quiet\">{} · {}{dirty}</p><p class=\"verdict{bad}\">{}</p><div class=\"sum\">",
        judgement.stage,
        escape(&context.utc),
        escape(commit),
        judgement.verdict.name()
    );
    let count = |state: State| judgement.rows.iter().filter(|row| row.state == state).count();
    let score = judgement.score.map_or("none".to_owned(), |score| format!("{score:.1}"));
    for (value, what) in [
        (score, format!("score; the least is {}", number(judgement.least_score))),
        (
            format!("{:.1} %", judgement.measured),
            format!(
                "of the weight was measured; the least is {} %",
                number(judgement.least_measured)
            ),
        ),
        (count(State::Pass).to_string(), "pass".to_owned()),
        (count(State::Fail).to_string(), "fail".to_owned()),
        (count(State::Waived).to_string(), "waived".to_owned()),
        (count(State::NotMeasured).to_string(), "not measured".to_owned()),
    ] {
        let _ = write!(out, "<div><b>{value}</b><span>{what}</span></div>");
    }
    *out += "</div>";
    if !judgement.reasons.is_empty() {
        *out += "<div class=\"note\"><ul class=\"plain\">";
        for reason in &judgement.reasons {
            let _ = write!(out, "<li>{}</li>", escape(reason));
        }
        *out += "</ul></div>";
    }
}

fn next(out: &mut String, judgement: &Judgement) {
    *out += "<h2>The next three things</h2>";
    let steps = judgement.next_steps(3);
    if steps.is_empty() {
        *out += "<p>Nothing: every indicator is at its target.</p>";
        return;
    }
    *out += "<ol class=\"next\">";
    for step in steps {
        let points = if step.points > 0.0 {
            format!(" <span class=\"quiet\">(worth {} of 100 weights)</span>", number(step.points))
        } else {
            String::new()
        };
        let _ = write!(
            out,
            "<li><b>{} {}</b>{points}<br>{}</li>",
            escape(&step.id),
            escape(&step.title),
            escape(&step.text)
        );
    }
    *out += "</ol>";
}

fn changed(out: &mut String, judgement: &Judgement, records: &[Record]) {
    *out += "<h2>Since the last run</h2>";
    let Some(last) = records.last() else {
        *out += "<p class=\"quiet\">There is no run before this one.</p>";
        return;
    };
    let commit = last.commit.get(..10).unwrap_or(&last.commit);
    let _ = write!(
        out,
        "<p class=\"quiet\">Against record {} ({} gate, {}, {}): {}.</p>",
        last.seq,
        last.stage,
        escape(&last.utc),
        escape(commit),
        last.verdict.name()
    );
    let changes = changes(judgement, last);
    if changes.is_empty() {
        *out += "<p>No indicator changed.</p>";
        return;
    }
    *out += "<div class=\"scroll\"><table class=\"changes\"><thead><tr><th class=\"left\">indicator</th><th>was</th><th>is</th><th class=\"left\">so it is</th></tr></thead><tbody>";
    for Change { id, title, was, now, way } in changes {
        let _ = write!(
            out,
            "<tr><th>{} {}</th><td>{}</td><td>{}</td><td class=\"left\">{}</td></tr>",
            escape(&id),
            escape(&title),
            escape(&was),
            escape(&now),
            if way.is_worse() {
                format!("<span class=\"alarm\">{}</span>", way.name())
            } else {
                way.name().to_owned()
            }
        );
    }
    *out += "</tbody></table></div>";
}

fn state(row: &Row) -> String {
    if row.state == State::NotMeasured && !row.is_demanded {
        return "<span class=\"quiet\">not yet demanded</span>".to_owned();
    }
    format!("<span class=\"state {0}\">{0}</span>", row.state.name())
}

fn value(row: &Row) -> String {
    match &row.value {
        Value::NotMeasured(_) => "–".to_owned(),
        Value::Measured(value) => {
            let label = match row.label {
                Label::Measured => String::new(),
                Label::Emulated => " <span class=\"label emulated\">Emulated</span>".to_owned(),
                Label::Modelled => " <span class=\"label modelled\">Modelled</span>".to_owned(),
            };
            format!("{} <span class=\"unit\">{}</span>{label}", number(*value), escape(&row.unit))
        }
    }
}

fn indicators(out: &mut String, judgement: &Judgement) {
    *out += "<h2>Indicators</h2><p class=\"sub\">Points: 0 at the floor, all of the weight at the target. An indicator with no weight can only veto.</p><div class=\"scroll\"><table class=\"gate\"><thead><tr><th class=\"left\">indicator</th><th>value</th><th>floor</th><th>target</th><th>weight</th><th>points</th><th class=\"left\"></th><th class=\"left\">state</th></tr></thead><tbody>";
    for row in &judgement.rows {
        let is_veto = row.weight == 0.0;
        let (points, bar) = match row.score {
            Some(score) if !is_veto => {
                let low = if row.state == State::Fail { " class=\"low\"" } else { "" };
                let bar = format!(
                    "<span class=\"worth\"><i{low} style=\"width:{score:.0}%\"></i></span>"
                );
                (number(row.weight * score / 100.0), bar)
            }
            _ => (String::new(), String::new()),
        };
        let limits = if is_veto {
            "<td></td><td></td><td class=\"quiet\">veto</td>".to_owned()
        } else {
            let raised = if row.floor == row.policy_floor { "" } else { " ↑" };
            format!(
                "<td>{}{raised}</td><td>{}</td><td>{}</td>",
                number(row.floor),
                number(row.target),
                number(row.weight)
            )
        };
        let _ = write!(
            out,
            "<tr><th><a href=\"#{0}\">{0}</a> {1}</th><td>{2}</td>{limits}<td>{points}</td><td class=\"left\">{bar}</td><td class=\"left\">{3}</td></tr>",
            escape(&row.id),
            escape(&row.title),
            value(row),
            state(row)
        );
    }
    *out += "</tbody></table></div>";
    for row in &judgement.rows {
        indicator(out, row);
    }
}

fn indicator(out: &mut String, row: &Row) {
    let open = if row.state == State::Fail { " open" } else { "" };
    let _ = write!(
        out,
        "<details id=\"{}\"{open}><summary>{} {} <span class=\"quiet\">{}</span> {}</summary><dl>",
        escape(&row.id),
        escape(&row.id),
        escape(&row.title),
        value(row),
        state(row)
    );
    let figures: Vec<String> = row
        .figures
        .iter()
        .map(|(name, number)| format!("{name} {}", super::number(*number)))
        .collect();
    let definition = row.definition.clone().unwrap_or_default();
    // On a narrow screen the table above leaves these out.
    let limits = match row.weight {
        0.0 => "veto".to_owned(),
        weight => format!(
            "floor {}, target {}, weight {}",
            number(row.floor),
            number(row.target),
            number(weight)
        ),
    };
    for (name, text) in [
        ("because", row.reasons.join("; ")),
        ("do", if row.state == State::Pass { String::new() } else { row.when_red.clone() }),
        ("limits", limits),
        ("formula", row.formula.clone()),
        ("reading", definition),
        ("why", row.why.clone()),
        ("clause", row.clause.clone()),
        ("figures", figures.join(", ")),
        ("from", row.source.clone()),
        ("tool", row.tool.clone()),
    ] {
        if !text.is_empty() {
            let _ = write!(out, "<dt>{name}</dt><dd>{}</dd>", escape(&text));
        }
    }
    *out += "</dl>";
    if !row.findings.is_empty() {
        *out += "<ul class=\"findings\">";
        for finding in &row.findings {
            let (at, what) = (escape(&finding.at), escape(&finding.what));
            let _ = write!(out, "<li><code>{at}</code>: {what}</li>");
        }
        *out += "</ul>";
    }
    *out += "</details>";
}

/// A part of the product, with what the indicators say of it.
#[derive(Default)]
struct Node {
    values: BTreeMap<String, (f64, u64)>,
    below: BTreeMap<String, Node>,
}

impl Node {
    fn add(&mut self, indicator: &str, part: &Part) {
        let mut node = self;
        for name in &part.path {
            node = node.below.entry(name.clone()).or_default();
        }
        node.values.insert(indicator.to_owned(), (part.value, part.count));
    }
}

/// From crate to room to function: a table of what is below, and a fold for each that has more.
fn drill(out: &mut String, judgement: &Judgement) {
    let mut root = Node::default();
    let mut columns: Vec<&Row> = Vec::new();
    for row in judgement.rows.iter().filter(|row| !row.parts.is_empty()) {
        columns.push(row);
        for part in row.parts.iter().filter(|part| part.value.is_finite()) {
            root.add(&row.id, part);
        }
    }
    if columns.is_empty() {
        return;
    }
    *out += "<h2>By part</h2><p class=\"sub\">What each indicator says of the parts: crates, their rooms, functions; feeds and engines.</p>";
    below(out, &root, &columns, 0);
}

fn below(out: &mut String, node: &Node, columns: &[&Row], depth: usize) {
    let has = |row: &&&Row| node.below.values().any(|node| node.values.contains_key(&row.id));
    let columns_here: Vec<&&Row> = columns.iter().filter(has).collect();
    if !columns_here.is_empty() {
        *out += "<div class=\"scroll\"><table><thead><tr><th class=\"left\"></th>";
        for row in &columns_here {
            let _ = write!(
                out,
                "<th>{}<span class=\"under\">{}, {}</span></th>",
                escape(&row.id),
                escape(&row.title),
                escape(&row.unit)
            );
        }
        *out += "</tr></thead><tbody>";
        for (name, node) in node.below.iter().filter(|(_, node)| !node.values.is_empty()) {
            let _ = write!(out, "<tr><th>{}</th>", escape(name));
            for row in &columns_here {
                match node.values.get(&row.id) {
                    None => *out += "<td></td>",
                    Some((value, count)) => {
                        let _ = write!(
                            out,
                            "<td>{} <span class=\"unit\">of {count}</span></td>",
                            number(*value)
                        );
                    }
                }
            }
            *out += "</tr>";
        }
        *out += "</tbody></table></div>";
    }
    // Deeper than a function nothing is of use.
    for (name, node) in node.below.iter().filter(|(_, node)| !node.below.is_empty() && depth < 4) {
        let _ = write!(
            out,
            "<details><summary>{} <span class=\"quiet\">{} parts</span></summary>",
            escape(name),
            node.below.len()
        );
        below(out, node, columns, depth + 1);
        *out += "</details>";
    }
}

fn trends(out: &mut String, judgement: &Judgement, beside: &Beside) {
    *out += "<h2>Trends</h2>";
    if beside.records.is_empty() {
        *out += "<p class=\"quiet\">A trend needs two runs; this is the first.</p>";
        return;
    }
    let _ = write!(
        out,
        "<p class=\"sub\">Over {} records of the ledger and this run, oldest left. A gap is a run that did not measure it; dashed: the floor.</p><div class=\"trends\">",
        beside.records.len()
    );
    let scores: Vec<Option<f64>> =
        beside.records.iter().map(|record| record.score).chain([judgement.score]).collect();
    trend(out, "Score", "points", &scores, Some(judgement.least_score));
    for row in &judgement.rows {
        let of = |record: &Record| {
            record.indicators.iter().find(|stood| stood.id == row.id)?.value.number()
        };
        let values: Vec<Option<f64>> =
            beside.records.iter().map(of).chain([row.value.number()]).collect();
        let floor = (row.weight > 0.0).then_some(row.floor);
        let is_quiet = row.weight == 0.0 && values.iter().flatten().all(|value| *value == 0.0);
        if values.iter().flatten().count() > 1 && !is_quiet {
            trend(out, &format!("{} {}", row.id, row.title), &row.unit, &values, floor);
        }
    }
    *out += "</div>";
}

fn trend(out: &mut String, title: &str, unit: &str, values: &[Option<f64>], floor: Option<f64>) {
    const SIZE: (f64, f64) = (250.0, 84.0);
    let known = || values.iter().flatten().copied().filter(|value| value.is_finite());
    let low = known().chain(floor).fold(f64::INFINITY, f64::min);
    let high = known().chain(floor).fold(f64::NEG_INFINITY, f64::max);
    if low > high {
        return;
    }
    let room = ((high - low) * 0.1).max(high.abs() * 0.01).max(0.01);
    let y = Axis::linear(low - room, high + room, SIZE.1 - 8.0, 8.0);
    let x = Axis::linear(0.0, values.len().saturating_sub(1).max(1) as f64, 8.0, SIZE.0 - 62.0);
    let mut drawing = Drawing::new(SIZE.0, SIZE.1, title);
    if let Some(floor) = floor {
        drawing.line((8.0, y.at(floor)), (SIZE.0 - 62.0, y.at(floor)), "ideal");
    }
    let mut line = Vec::new();
    for (at, value) in values.iter().enumerate() {
        match value {
            Some(value) => line.push((x.at(at as f64), y.at(*value))),
            None => drawing.path(&std::mem::take(&mut line), "stroke h0"),
        }
    }
    drawing.path(&line, "stroke h0");
    for (at, value) in values.iter().enumerate() {
        if let Some(value) = value {
            let says = format!("{} {unit}", number(*value));
            drawing.dot(x.at(at as f64), y.at(*value), 2.6, "f0", &says);
        }
    }
    if let Some((at, last)) =
        values.iter().enumerate().rev().find_map(|(at, value)| value.map(|value| (at, value)))
    {
        drawing.text(x.at(at as f64) + 8.0, y.at(last) + 4.0, Anchor::Start, "", &number(last));
    }
    let _ = write!(
        out,
        "<figure><figcaption>{} <span class=\"unit\">{}</span></figcaption>{}</figure>",
        escape(title),
        escape(unit),
        drawing.done()
    );
}

fn waivers(out: &mut String, judgement: &Judgement) {
    if judgement.waivers.is_empty() {
        return;
    }
    *out += "<h2>Waivers</h2><div class=\"scroll\"><table><thead><tr>";
    for name in ["id", "indicator", "reason", "meanwhile", "owner", "approver", "until"] {
        let _ = write!(out, "<th class=\"left\">{name}</th>");
    }
    *out += "</tr></thead><tbody>";
    for waiver in &judgement.waivers {
        *out += "<tr>";
        let until = waiver.expires.to_string();
        for text in [
            &waiver.id,
            &waiver.indicator,
            &waiver.reason,
            &waiver.mitigation,
            &waiver.owner,
            &waiver.approver,
            &until,
        ] {
            let _ = write!(out, "<td class=\"text\">{}</td>", escape(text));
        }
        *out += "</tr>";
    }
    *out += "</tbody></table></div>";
}

fn run(out: &mut String, context: &Context) {
    *out += "<h2>The run</h2><dl class=\"facts\">";
    let hardware = context.hardware.clone().unwrap_or_else(|| "no card".to_owned());
    let facts = [
        ("commit", &context.commit),
        ("policy", &context.policy_sha256),
        ("requirements", &context.requirements_sha256),
        ("machine", &context.host),
        ("card", &hardware),
    ];
    let tools = context.tools.iter().map(|(name, version)| (name.as_str(), version));
    for (name, text) in facts.into_iter().chain(tools).filter(|(_, text)| !text.is_empty()) {
        let _ = write!(out, "<div><dt>{}</dt><dd>{}</dd></div>", escape(name), escape(text));
    }
    *out += "</dl>";
}
