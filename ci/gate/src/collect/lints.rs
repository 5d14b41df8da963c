//! Q09: what compiler, clippy and the kernel lint say.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use super::{Read, jsons, list, or_none, place, raw, shape, source, text, tool, word, worst};
use crate::measurement::{Finding, Measurement, Part};

const ID: &str = "Q09";
const WANTED: &str = "cargo clippy --message-format=json, to its build-finished";
const WANTED_KERNELS: &str = "the findings and the last line of kernel-lint";

/// Q09.
pub fn read(raw: &Path, root: &Path) -> Measurement {
    or_none(ID, measure(raw, root))
}

/// One message.
struct Said {
    lint: String,
    is_denied: bool,
    file: String,
    line: u64,
    what: String,
}

fn measure(raw: &Path, root: &Path) -> Read {
    let path = raw.join(raw::CLIPPY);
    let mut said = clippy(&jsons(&path, WANTED)?)
        .map_err(|what| shape(&path, &format!("{what}; wanted {WANTED}")))?;
    let path = raw.join(raw::KERNEL_LINT);
    said.extend(
        kernels(&text(&path, WANTED_KERNELS)?)
            .map_err(|what| shape(&path, &format!("{what}; wanted {WANTED_KERNELS}")))?,
    );
    let mut lines = BTreeMap::new();
    count(root, root, &mut lines);
    let all: u64 = lines.values().sum();
    if all == 0 {
        return Err(format!("no line of Rust or C below {}", root.display()).into());
    }
    let denied = said.iter().filter(|said| said.is_denied).count();
    let mut lints: BTreeMap<&str, u64> = BTreeMap::new();
    let mut places: BTreeMap<Vec<String>, u64> = BTreeMap::new();
    let mut findings = Vec::new();
    for said in &said {
        *lints.entry(&said.lint).or_default() += 1;
        let place = place(&said.file);
        *places.entry(place[..1].to_vec()).or_default() += 1;
        let weight = f64::from(u8::from(said.is_denied));
        let what = format!("{}: {}", said.lint, said.what);
        findings.push((weight, Finding { at: format!("{}:{}", said.file, said.line), what }));
    }
    let rate = |count: u64, lines: u64| 1000.0 * count as f64 / lines as f64;
    let source = format!("{} and {}", raw::CLIPPY, raw::KERNEL_LINT);
    let value = rate(said.len() as u64, all);
    let mut measurement = Measurement::new(ID, value, &source, &tool(raw, "clippy"))
        .figure("denied", denied as f64)
        .figure("warnings", said.len() as f64)
        .figure("lines", all as f64);
    for (lint, count) in lints {
        measurement = measurement.figure(lint, count as f64);
    }
    measurement.findings = worst(findings);
    measurement.parts = lines
        .into_iter()
        .map(|(name, lines)| {
            let path = vec![name];
            let count = places.get(&path).copied().unwrap_or(0);
            Part { path, value: rate(count, lines), count: lines }
        })
        .collect();
    Ok(measurement)
}

/// Messages, each once: a source that is compiled for its library and for its tests says it twice.
fn clippy(lines: &[Json]) -> Result<Vec<Said>, String> {
    let last = lines.last().ok_or("no line")?;
    if word(last, "/reason")? != "build-finished" {
        return Err("it was cut short".to_owned());
    }
    let has_built = last.get("success").and_then(Json::as_bool).ok_or("no `success`")?;
    let mut seen = BTreeSet::new();
    let mut said = Vec::new();
    for line in lines {
        if word(line, "/reason")? != "compiler-message" {
            continue;
        }
        let level = word(line, "/message/level")?;
        let what = word(line, "/message/message")?;
        let spans = list(line, "/message/spans")?;
        let primary =
            spans.iter().find(|span| span.get("is_primary").and_then(Json::as_bool) == Some(true));
        // "3 warnings emitted" has no place and is none.
        let Some(span) = primary else {
            if level == "error" && !what.starts_with("aborting") {
                let (lint, file) = ("error".to_owned(), String::new());
                said.push(Said { lint, is_denied: true, file, line: 0, what: what.to_owned() });
            }
            continue;
        };
        if !matches!(level, "warning" | "error" | "error: internal compiler error") {
            continue;
        }
        let lint = word(line, "/message/code/code").unwrap_or(level).to_owned();
        let file = word(span, "/file_name")?.to_owned();
        let at = span.get("line_start").and_then(Json::as_u64).ok_or("no line_start")?;
        if seen.insert((lint.clone(), file.clone(), at, what.to_owned())) {
            let is_denied = level != "warning";
            said.push(Said { lint, is_denied, file, line: at, what: what.to_owned() });
        }
    }
    if !has_built && !said.iter().any(|said| said.is_denied) {
        return Err("the build failed and no message says why".to_owned());
    }
    Ok(said)
}

/// Findings of the kernel lint, all of which are denied: `file:line: rule: what`.
fn kernels(text: &str) -> Result<Vec<Said>, String> {
    let last = text.lines().next_back().unwrap_or_default();
    let summary = last.strip_prefix("kernel-lint: ");
    let count: Option<usize> =
        summary.and_then(|summary| summary.rsplit_once(" findings ")?.1.parse().ok());
    let Some(count) = count else { return Err(format!("it ends with {last:?}")) };
    let mut said = Vec::new();
    for line in text.lines() {
        let mut parts = line.splitn(4, ':');
        let (Some(file), Some(at), Some(rule), Some(what)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        if let (Ok(at), true) = (at.parse(), rule.starts_with(' ') && rule != " waived") {
            let lint = format!("kernel-lint::{}", rule.trim());
            let (file, what) = (file.to_owned(), what.trim().to_owned());
            said.push(Said { lint, is_denied: true, file, line: at, what });
        }
    }
    if said.len() == count {
        Ok(said)
    } else {
        Err(format!("{count} findings, and {} lines", said.len()))
    }
}

/// Lines of code by crate, and of the kernels.
fn count(root: &Path, folder: &Path, lines: &mut BTreeMap<String, u64>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            if !(name == "target" || name == "fixtures" || name.starts_with('.')) {
                count(root, &path, lines);
            }
        } else if [".rs", ".cl", ".h", ".c"].iter().any(|ending| name.ends_with(ending)) {
            let text = fs::read_to_string(&path).unwrap_or_default();
            let file = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            let part = place(&file).swap_remove(0);
            *lines.entry(part).or_default() += source::code_lines(&source::bare(&text));
        }
    }
}
