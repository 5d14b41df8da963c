//! Q18: breaks of the interface that the version does not declare.

use std::path::Path;

use super::{Missing, Read, or_none, raw, shape, text, tool, worst};
use crate::measurement::{Finding, Measurement, Part};

const ID: &str = "Q18";
const WANTED: &str =
    "what cargo semver-checks says: of each crate `Checked [..] N checks: ...` and `Summary`";

/// Q18.
pub fn read(raw: &Path, _root: &Path) -> Measurement {
    or_none(ID, measure(raw))
}

fn measure(raw: &Path) -> Read {
    let path = raw.join(raw::INTERFACE);
    let text = text(&path, WANTED)?;
    if text.trim() == "no release" {
        let why = "no tag of a release (v1.2.3) to compare with";
        return Err(Missing::Unknown(why.to_owned()));
    }
    let wrong = |what: String| shape(&path, &format!("{what}; wanted {WANTED}"));
    let (mut checked, mut breaks, mut summaries) = (0, 0.0, 0);
    let (mut parts, mut findings) = (Vec::new(), Vec::new());
    let mut of = String::new();
    let mut lint: Option<String> = None;
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["Checking", name, ..] => name.clone_into(&mut of),
            ["Checked", ..] if line.contains(" checks: ") => {
                // 245 checks: 243 pass, 2 fail, 0 warn, 9 skip
                let counts = line.split_once(" checks: ").map_or("", |(_, counts)| counts);
                let failed = counts.split(", ").find_map(|count| count.strip_suffix(" fail"));
                let failed = match failed {
                    Some(count) => {
                        count.trim().parse::<u32>().map_err(|_| wrong(line.to_owned()))?
                    }
                    None if counts.contains(" pass") => 0,
                    None => return Err(wrong(line.to_owned()).into()),
                };
                checked += 1;
                breaks += f64::from(failed);
                let path = vec![of.clone()];
                parts.push(Part { path, value: f64::from(failed), count: u64::from(failed) });
            }
            ["Summary", ..] => summaries += 1,
            ["---", "failure", name, ..] => lint = Some(name.trim_end_matches(':').to_owned()),
            _ => {
                // Where each failed lint strikes: `  function a::b, previously in file src/lib.rs:3`.
                if let (Some(name), Some((what, at))) = (&lint, line.split_once(" in file ")) {
                    let what = format!("{of}: {name}: {}", what.trim());
                    findings.push((1.0, Finding { at: at.trim().to_owned(), what }));
                }
            }
        }
    }
    if checked == 0 || summaries != checked {
        return Err(wrong(format!("{checked} crates checked and {summaries} summaries")).into());
    }
    let tool = tool(raw, "cargo-semver-checks");
    let mut measurement = Measurement::new(ID, breaks, raw::INTERFACE, &tool);
    measurement.findings = worst(findings);
    measurement.parts = parts;
    Ok(measurement)
}
