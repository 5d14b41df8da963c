//! What needs a live gateway or a release, and is not measured before there is one.

use std::path::Path;

use jiff::civil::Date;
use serde::Deserialize;

use super::{Missing, Read, or_none, shape, text, today};
use crate::measurement::{Finding, Measurement};
use crate::policy::sha256_hex;

/// The release manifest.
const RELEASE: &str = "ci/release.toml";
const WANTED_RELEASE: &str = "requirements_sha256";
const REQUIREMENTS: &str = "ci/requirements.toml";
/// Rehearsals.
const DRILLS: &str = "ci/drills.toml";
const WANTED_DRILLS: &str =
    "[[drill]] with what = \"failover\" or \"rollback\", on, succeeded and record";

/// V08.
pub fn read_requirements(_raw: &Path, root: &Path) -> Measurement {
    or_none("V08", requirements(root))
}

/// V09.
pub fn read_drill(raw: &Path, root: &Path) -> Measurement {
    or_none("V09", drill(raw, root))
}

fn requirements(root: &Path) -> Read {
    let path = root.join(RELEASE);
    let manifest: toml::Table = toml::from_str(&text(&path, WANTED_RELEASE)?)
        .map_err(|error| shape(&path, &format!("{}; wanted {WANTED_RELEASE}", error.message())))?;
    let wanted = manifest
        .get(WANTED_RELEASE)
        .and_then(toml::Value::as_str)
        .ok_or_else(|| shape(&path, &format!("no {WANTED_RELEASE}")))?;
    let path = root.join(REQUIREMENTS);
    let found = sha256_hex(text(&path, "the requirements")?.as_bytes());
    let differs = found != wanted;
    let source = format!("{REQUIREMENTS} against {RELEASE}");
    let measurement = Measurement::new("V08", f64::from(u8::from(differs)), &source, "gate");
    Ok(if differs {
        let what = format!("SHA-256 {found}, the release manifest says {wanted}");
        measurement.finding(REQUIREMENTS, what)
    } else {
        measurement
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Drills {
    #[serde(default)]
    drill: Vec<Drill>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Drill {
    what: String,
    on: Date,
    succeeded: bool,
    record: String,
}

/// Days since the older of the two last successes.
fn drill(raw: &Path, root: &Path) -> Read {
    let path = root.join(DRILLS);
    if !path.exists() {
        let why = "nothing was rehearsed, since there is no live gateway to switch from or to";
        return Err(Missing::Unknown(format!("no {DRILLS}: {why}")));
    }
    let wrong = |what: &str| shape(&path, &format!("{what}; wanted {WANTED_DRILLS}"));
    let drills: Drills =
        toml::from_str(&text(&path, WANTED_DRILLS)?).map_err(|error| wrong(error.message()))?;
    let today = today(raw);
    let mut measurement = Measurement::new("V09", 0.0, DRILLS, "gate");
    let mut oldest = 0.0_f64;
    for what in ["failover", "rollback"] {
        let counts = |drill: &&Drill| {
            drill.what == what
                && drill.succeeded
                && drill.on <= today
                && !drill.record.trim().is_empty()
        };
        let last = drills.drill.iter().filter(counts).map(|drill| drill.on).max();
        let last =
            last.ok_or_else(|| wrong(&format!("no {what} that succeeded and has a record")))?;
        let days =
            f64::from(last.until(today).map_err(|error| wrong(&error.to_string()))?.get_days());
        oldest = oldest.max(days);
        measurement.findings.push(Finding {
            at: what.to_owned(),
            what: format!("last on {last}, {days} days ago"),
        });
    }
    measurement.value = oldest.into();
    Ok(measurement)
}
