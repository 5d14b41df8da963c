//! Q15 and V11: what was sustained, over the peak that somebody supplied.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use super::{Missing, Read, json, list, or_none, word, worst};
use crate::measurement::{Finding, Measurement, Part};

const HEADROOM: &str = "Q15";
const PEAKS: &str = "V11";
const RESULTS: &str = "bench/results";
const WANTED: &str =
    "results of `tidegate bench run` with capacity: engine native, label measured, a supplied peak";
/// Of the historical peak of messages, and of the year's peak of bytes.
const TIMES: (f64, f64) = (3.0, 2.0);

/// Q15.
pub fn read_headroom(_raw: &Path, root: &Path) -> Measurement {
    or_none(HEADROOM, headroom(root))
}

/// V11.
pub fn read_peaks(_raw: &Path, root: &Path) -> Measurement {
    or_none(PEAKS, peaks(root))
}

/// A capacity that was measured: its definition and, where a peak was supplied, both ratios.
struct Capacity {
    definition: String,
    messages: Option<f64>,
    bytes: Option<f64>,
    source: String,
}

/// The newest results, by the name that begins with their time.
fn newest(root: &Path) -> Result<PathBuf, Missing> {
    let folders = fs::read_dir(root.join(RESULTS)).into_iter().flatten().flatten();
    let files =
        folders.flat_map(|folder| fs::read_dir(folder.path()).into_iter().flatten().flatten());
    let json = files
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"));
    json.max_by_key(|path| path.file_name().map(ToOwned::to_owned))
        .ok_or_else(|| Missing::Unknown(format!("{RESULTS}: no results; wanted {WANTED}")))
}

fn capacities(root: &Path) -> Result<(String, String, Vec<Capacity>), Missing> {
    let path = newest(root)?;
    let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
    let results = json(&path, WANTED)?;
    list(&results, "/rows").map_err(|what| format!("{name}: {what}; wanted {WANTED}"))?;
    // Those of before there were any have none.
    let all = list(&results, "/capacity")
        .map_err(|_| Missing::Unknown(format!("{name}: no capacity in it; wanted {WANTED}")))?;
    let mut found = Vec::new();
    for one in all {
        if (word(one, "/engine"), word(one, "/label")) != (Ok("native"), Ok("measured")) {
            continue;
        }
        let ratio = |of: &str| {
            let rate = |at: &str| one.pointer(&format!("/{of}/{at}")).and_then(Json::as_f64);
            // From the rates themselves, so that a ratio that does not follow from them counts for nothing.
            let (limit, peak) = (rate("limit_per_s")?, rate("peak_per_s")?);
            (limit > 0.0 && peak > 0.0).then(|| limit / peak)
        };
        let definition = word(one, "/definition").map_err(|what| format!("{name}: {what}"))?;
        found.push(Capacity {
            definition: definition.to_owned(),
            messages: ratio("messages"),
            bytes: ratio("bytes"),
            source: word(one, "/source").unwrap_or("").to_owned(),
        });
    }
    found.retain(|one| !one.source.trim().is_empty());
    if found.is_empty() {
        let why = format!("{name}: no peak was supplied; wanted {WANTED}");
        return Err(Missing::Unknown(why));
    }
    let cpu = word(&results, "/machine/id").unwrap_or("an unknown machine");
    let when = word(&results, "/started").unwrap_or("at an unknown time");
    Ok((name, format!("tidegate bench on {cpu}, {when}"), found))
}

/// The least value of all definitions, with each as a part.
fn least(
    root: &Path,
    indicator: &str,
    of: impl Fn(&Capacity) -> Option<f64>,
    lacks: &str,
    limit: f64,
) -> Read {
    let (name, tool, all) = capacities(root)?;
    let mut values = Vec::new();
    for capacity in &all {
        let value =
            of(capacity).ok_or_else(|| format!("{name}: {}: {lacks}", capacity.definition))?;
        values.push((capacity, value));
    }
    let value = values.iter().map(|(_, value)| *value).fold(f64::INFINITY, f64::min);
    let mut measurement = Measurement::new(indicator, value, &name, &tool);
    let below = values.iter().filter(|(_, value)| *value < limit);
    measurement.findings = worst(
        below
            .map(|(capacity, value)| {
                let what = format!("{value:.2} times what is wanted; peak: {}", capacity.source);
                (-value, Finding { at: capacity.definition.clone(), what })
            })
            .collect(),
    );
    let part = |(capacity, value): &(&Capacity, f64)| Part {
        path: vec![capacity.definition.clone()],
        value: *value,
        count: 1,
    };
    measurement.parts = values.iter().map(part).collect();
    Ok(measurement)
}

fn headroom(root: &Path) -> Read {
    least(root, HEADROOM, |one| one.messages, "no rate kept, or no peak of messages", 1.0)
}

fn peaks(root: &Path) -> Read {
    let both = |one: &Capacity| Some((one.messages? / TIMES.0).min(one.bytes? / TIMES.1));
    least(root, PEAKS, both, "no rate kept, or not both peaks, of messages and of bytes", 1.0)
}
