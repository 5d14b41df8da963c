//! V01: the golden feeds are what their manifest says.

use std::fs;
use std::path::Path;

use super::{Missing, Read, or_none, shape, text, worst};
use crate::measurement::{Finding, Measurement};
use crate::policy::sha256_hex;

const ID: &str = "V01";
const FOLDER: &str = "golden-feeds";
const WANTED: &str = "[[feed]] with file and sha256";

/// V01.
pub fn read(_raw: &Path, root: &Path) -> Measurement {
    or_none(ID, measure(root))
}

/// The feeds that were compared: path from the root, and the SHA-256 that the manifest states.
///
/// # Errors
/// Why the manifest says none.
pub fn stated(root: &Path) -> Result<Vec<(String, String)>, Missing> {
    let path = root.join(FOLDER).join("MANIFEST.toml");
    let wrong = |what: &str| shape(&path, &format!("{what}; wanted {WANTED}"));
    let manifest: toml::Table =
        toml::from_str(&text(&path, WANTED)?).map_err(|error| wrong(error.message()))?;
    let feeds = manifest.get("feed").and_then(toml::Value::as_array);
    let feeds = feeds.filter(|feeds| !feeds.is_empty()).ok_or_else(|| wrong("no feed"))?;
    let of = |feed: &toml::Value, key: &str| {
        let value = feed.get(key).and_then(toml::Value::as_str);
        value.map(str::to_owned).ok_or_else(|| wrong(&format!("a feed without {key}")))
    };
    feeds
        .iter()
        .map(|feed| Ok((format!("{FOLDER}/{}", of(feed, "file")?), of(feed, "sha256")?)))
        .collect()
}

fn measure(root: &Path) -> Read {
    let feeds = stated(root)?;
    let count = feeds.len() as f64;
    let mut findings = Vec::new();
    for (file, wanted) in feeds {
        let what = match fs::read(root.join(&file)) {
            Err(error) => error.to_string(),
            Ok(bytes) if sha256_hex(&bytes) == wanted => continue,
            Ok(bytes) => format!("SHA-256 {}, the manifest says {wanted}", sha256_hex(&bytes)),
        };
        findings.push((1.0, Finding { at: file, what }));
    }
    let source = format!("{FOLDER}/MANIFEST.toml");
    let mut measurement =
        Measurement::new(ID, findings.len() as f64, &source, "gate").figure("feeds", count);
    measurement.findings = worst(findings);
    Ok(measurement)
}
