//! Q08: lines that stand twice.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value as Json;

use super::{Read, json, list, number, or_none, place, raw, shape, tool, word, worst};
use crate::measurement::{Finding, Measurement, Part};

const ID: &str = "Q08";
const WANTED: &str = "the report of jscpd with statistics.total and duplicates";

/// Q08.
pub fn read(raw: &Path, _root: &Path) -> Measurement {
    or_none(ID, measure(raw))
}

fn measure(raw: &Path) -> Read {
    let path = raw.join(raw::DUPLICATES);
    let report = json(&path, WANTED)?;
    let wrong = |what: String| shape(&path, &format!("{what}; wanted {WANTED}"));
    Ok(counted(raw, &report).map_err(wrong)?)
}

fn counted(raw: &Path, report: &Json) -> Result<Measurement, String> {
    let lines = number(report, "/statistics/total/lines")?;
    let duplicated = number(report, "/statistics/total/duplicatedLines")?;
    for format in ["rust", "c"] {
        // A language that was not looked at must not count as clean.
        let at = format!("/statistics/formats/{format}/lines");
        if number(report, &at)? == 0.0 {
            return Err(format!("no line of {format}"));
        }
    }
    let mut findings = Vec::new();
    let mut parts: BTreeMap<Vec<String>, u64> = BTreeMap::new();
    for pair in list(report, "/duplicates")? {
        let lines = number(pair, "/lines")?;
        let file = |at: &str| {
            Ok::<_, String>((
                word(pair, &format!("{at}/name"))?,
                number(pair, &format!("{at}/start"))?,
            ))
        };
        let (first, first_line) = file("/firstFile")?;
        let (second, second_line) = file("/secondFile")?;
        let what = format!("{lines} lines again at {second}:{second_line}");
        findings.push((lines, Finding { at: format!("{first}:{first_line}"), what }));
        for file in [first, second] {
            let path = place(file);
            for depth in 1..=path.len() {
                *parts.entry(path[..depth].to_vec()).or_default() += lines as u64;
            }
        }
    }
    let value = 100.0 * duplicated / lines;
    let mut measurement = Measurement::new(ID, value, raw::DUPLICATES, &tool(raw, "jscpd"))
        .figure("lines", lines)
        .figure("duplicated_lines", duplicated)
        .figure("pairs", findings.len() as f64);
    measurement.findings = worst(findings);
    // Of a part: its share of all lines, in the indicator's unit.
    let part = |(path, count): (Vec<String>, u64)| Part {
        path,
        value: 100.0 * count as f64 / lines,
        count,
    };
    measurement.parts = parts.into_iter().map(part).collect();
    Ok(measurement)
}
