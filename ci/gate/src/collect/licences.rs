//! Q11: licences, bans and sources of what we depend on.

use std::path::Path;

use serde_json::Value as Json;

use super::{Read, jsons, list, number, or_none, raw, shape, tool, word, worst};
use crate::measurement::{Finding, Measurement, Part};

const ID: &str = "Q11";
const WANTED: &str = "cargo deny --format json, to the summary of licenses, bans and sources";
const CHECKS: [&str; 3] = ["licenses", "bans", "sources"];

/// Q11.
pub fn read(raw: &Path, _root: &Path) -> Measurement {
    or_none(ID, measure(raw))
}

fn measure(raw: &Path) -> Read {
    let mut value = 0.0;
    let mut findings = Vec::new();
    let mut parts = Vec::new();
    for (file, what) in [(raw::LICENCES, "workspace"), (raw::LICENCES_PEERS, "bench/peers")] {
        let path = raw.join(file);
        let lines = jsons(&path, WANTED)?;
        let wrong = |what: String| shape(&path, &format!("{what}; wanted {WANTED}"));
        let summary = lines
            .iter()
            .find(|line| line.get("type").and_then(Json::as_str) == Some("summary"))
            .ok_or_else(|| wrong("no summary".to_owned()))?;
        for check in CHECKS {
            let count = number(summary, &format!("/fields/{check}/errors")).map_err(wrong)?;
            let path = vec![what.to_owned(), check.to_owned()];
            parts.push(Part { path, value: count, count: count as u64 });
            value += count;
        }
        for line in &lines {
            if word(line, "/fields/severity") == Ok("error") {
                findings.push((1.0, finding(line, what).map_err(wrong)?));
            }
        }
    }
    let source = format!("{} and {}", raw::LICENCES, raw::LICENCES_PEERS);
    let mut measurement = Measurement::new(ID, value, &source, &tool(raw, "cargo-deny"));
    measurement.findings = worst(findings);
    measurement.parts = parts;
    Ok(measurement)
}

fn finding(line: &Json, of: &str) -> Result<Finding, String> {
    let krate = line.pointer("/fields/graphs/0/Krate");
    let text = |at: &str| krate.and_then(|krate| krate.get(at)).and_then(Json::as_str);
    let spans = list(line, "/fields/labels")?;
    let spans: Vec<&str> = spans.iter().filter_map(|label| word(label, "/span").ok()).collect();
    let spans = spans.first().map_or(String::new(), |span| format!(": {span}"));
    let what = format!("{}{spans}", word(line, "/fields/message")?);
    let at = match (text("name"), text("version")) {
        (Some(name), Some(version)) => format!("{of}: {name} {version}"),
        _ => of.to_owned(),
    };
    Ok(Finding { at, what })
}
