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

/// A limit over a peak.
#[derive(Clone, Copy)]
enum Room {
    Times(f64),
    /// No rate was kept.
    NoRate,
    /// Nobody said what the peak is.
    NoPeak,
}

/// A capacity that was measured, and over which peaks.
struct Capacity {
    definition: String,
    messages: Room,
    bytes: Room,
    source: String,
}

impl Capacity {
    fn times(&self, room: Room, of: &str) -> Result<f64, Missing> {
        let definition = &self.definition;
        match room {
            Room::Times(times) => Ok(times),
            Room::NoRate => Err(format!("{definition}: no rate kept, in {of}").into()),
            Room::NoPeak => {
                Err(Missing::Unknown(format!("{definition}: no peak of {of} was supplied")))
            }
        }
    }
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
            match (rate("limit_per_s"), rate("peak_per_s")) {
                (_, None) => Room::NoPeak,
                (Some(limit), Some(peak)) if limit > 0.0 && peak > 0.0 => Room::Times(limit / peak),
                _ => Room::NoRate,
            }
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
    of: impl Fn(&Capacity) -> Result<f64, Missing>,
    limit: f64,
) -> Read {
    let (name, tool, all) = capacities(root)?;
    let mut values = Vec::new();
    for capacity in &all {
        values.push((capacity, of(capacity)?));
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
    least(root, HEADROOM, |one| one.times(one.messages, "messages"), 1.0)
}

fn peaks(root: &Path) -> Read {
    let both = |one: &Capacity| {
        let messages = one.times(one.messages, "messages")? / TIMES.0;
        Ok(messages.min(one.times(one.bytes, "bytes")? / TIMES.1))
    };
    least(root, PEAKS, both, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is asked is not measured without its peak; a peak under which no rate was kept is a failure.
    #[test]
    fn one_peak_of_two_is_half_a_measurement() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = place.path().join(RESULTS).join("machine");
        fs::create_dir_all(&folder).expect("a folder");
        let of = |limit: &str, messages: &str, bytes: &str| {
            let text = format!(
                r#"{{"rows": [], "capacity": [{{"engine": "native", "label": "measured", "definition": "day",
                "source": "made up", "messages": {{"limit_per_s": {limit}, "peak_per_s": {messages}}},
                "bytes": {{"limit_per_s": {limit}, "peak_per_s": {bytes}}}}}]}}"#
            );
            fs::write(folder.join("1.json"), text).expect("a file");
            [headroom(place.path()), peaks(place.path())].map(|found| match found {
                Ok(found) => format!("{:?}", found.value),
                Err(Missing::Unknown(why)) => format!("unknown: {why}"),
                Err(Missing::Broken(why)) => format!("broken: {why}"),
            })
        };
        let [room, both] = of("12.0", "2.0", "3.0");
        assert!(room.contains('6') && both.contains('2'), "{room} {both}");
        let [room, both] = of("12.0", "2.0", "null");
        assert!(
            room.contains('6') && both == "unknown: day: no peak of bytes was supplied",
            "{both}"
        );
        for found in of("null", "2.0", "3.0") {
            assert_eq!(found, "broken: day: no rate kept, in messages");
        }
    }
}
