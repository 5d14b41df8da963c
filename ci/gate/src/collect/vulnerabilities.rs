//! Q10: advisories about what we depend on.

use std::path::Path;

use jiff::civil::Date;
use serde_json::Value as Json;

use super::{Missing, Read, json, list, or_none, raw, shape, text, today, tool, word, worst};
use crate::measurement::{Finding, Measurement};

const ID: &str = "Q10";
const WANTED: &str = "cargo audit --json with database, lockfile and vulnerabilities, of the snapshot that TIDEGATE_ADVISORIES names";
const WANTED_DATE: &str =
    "the day of the snapshot, as 2026-03-02, in its SNAPSHOT or its last commit";
/// Days after which a snapshot says nothing.
const OLDEST: i64 = 30;

/// Q10.
pub fn read(raw: &Path, _root: &Path) -> Measurement {
    or_none(ID, measure(raw))
}

/// How bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Severity {
    Unknown,
    Low,
    Medium,
    High,
    Critical,
}

impl Severity {
    const ALL: [Self; 5] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Unknown];

    const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    const fn points(self) -> f64 {
        match self {
            Self::Unknown => 10.0,
            Self::Low => 5.0,
            Self::Medium => 20.0,
            Self::High | Self::Critical => 100.0,
        }
    }

    /// By the scale of CVSS 3.
    fn of_score(score: f64) -> Self {
        match score {
            score if score >= 9.0 => Self::Critical,
            score if score >= 7.0 => Self::High,
            score if score >= 4.0 => Self::Medium,
            _ => Self::Low,
        }
    }
}

fn measure(raw: &Path) -> Read {
    let path = raw.join(raw::ADVISORIES);
    let report = json(&path, WANTED)?;
    let date = raw.join(raw::ADVISORIES_DATE);
    let day = text(&date, WANTED_DATE)?;
    let day: Date = day
        .trim()
        .parse()
        .map_err(|error| shape(&date, &format!("{error}; wanted {WANTED_DATE}")))?;
    let age = i64::from(day.until(today(raw)).map_err(|error| error.to_string())?.get_days());
    if !(0..=OLDEST).contains(&age) {
        let why = format!("the advisories are of {day}, {age} days ago: wanted 0 to {OLDEST}");
        return Err(Missing::Unknown(why));
    }
    let measured =
        counted(&report).map_err(|what| shape(&path, &format!("{what}; wanted {WANTED}")))?;
    let source = format!("{}, advisories of {day}", raw::ADVISORIES);
    Ok(Measurement { source, tool: tool(raw, "cargo-audit"), ..measured })
}

fn counted(report: &Json) -> Result<Measurement, String> {
    let known = report.pointer("/database/advisory-count").and_then(Json::as_u64);
    let crates = report.pointer("/lockfile/dependency-count").and_then(Json::as_u64);
    let (Some(known @ 1..), Some(crates @ 1..)) = (known, crates) else {
        return Err("no advisories, or no dependencies".to_owned());
    };
    let mut found = Vec::new();
    for one in list(report, "/vulnerabilities/list")? {
        found.push((severity(one), one, ""));
    }
    let count = report.pointer("/vulnerabilities/count").and_then(Json::as_u64);
    if count != Some(found.len() as u64) {
        return Err(format!("count {count:?} of {} vulnerabilities", found.len()));
    }
    let warnings = report.get("warnings").and_then(Json::as_object).ok_or("no warnings")?;
    let mut notes = Vec::new();
    for (kind, of_kind) in warnings {
        for one in of_kind.as_array().ok_or("warnings that are no list")? {
            // What is unsound may be used against us; what is unmaintained is said.
            if kind == "unsound" {
                found.push((Severity::Unknown, one, "unsound: "));
            } else {
                notes.push((kind, one));
            }
        }
    }
    let mut measurement = Measurement::new(ID, 0.0, "", "")
        .figure("advisories", known as f64)
        .figure("dependencies", crates as f64);
    let mut points = 100.0;
    for severity in Severity::ALL {
        let count = found.iter().filter(|(of, _, _)| *of == severity).count() as f64;
        points -= severity.points() * count;
        measurement = measurement.figure(severity.name(), count);
    }
    let at = |one: &Json| {
        let text = |at| word(one, at).unwrap_or("?").to_owned();
        format!("{} {}", text("/package/name"), text("/package/version"))
    };
    let what = |one: &Json| {
        let text = |at| word(one, at).unwrap_or("no advisory").to_owned();
        format!("{}: {}", text("/advisory/id"), text("/advisory/title"))
    };
    let mut findings = Vec::new();
    for (severity, one, note) in &found {
        let what = format!("{}: {note}{}", severity.name(), what(one));
        findings.push((1.0 + severity.points(), Finding { at: at(one), what }));
    }
    for (kind, one) in notes {
        findings.push((0.0, Finding { at: at(one), what: format!("{kind}: {}", what(one)) }));
    }
    measurement.value = points.into();
    measurement.findings = worst(findings);
    Ok(measurement)
}

fn severity(one: &Json) -> Severity {
    let Ok(vector) = word(one, "/advisory/cvss") else { return Severity::Unknown };
    let metrics = || vector.split('/').filter_map(|part| part.split_once(':'));
    let value = |name: &str| metrics().find(|(key, _)| *key == name).map_or("", |(_, value)| value);
    if vector.starts_with("CVSS:3") {
        return cvss3(&value).map_or(Severity::Unknown, Severity::of_score);
    }
    if vector.starts_with("CVSS:4") {
        // Its score comes from tables; the worse of what it may be.
        let impacts = [value("VC"), value("VI"), value("VA")];
        return match (impacts.contains(&"H"), value("AV") == "N" && value("PR") == "N") {
            (true, true) => Severity::Critical,
            (true, false) => Severity::High,
            (false, _) => Severity::Medium,
        };
    }
    Severity::Unknown
}

/// The base score of CVSS 3.1 (first.org, section 7.1).
fn cvss3<'a>(value: &impl Fn(&str) -> &'a str) -> Option<f64> {
    let is_changed = match value("S") {
        "U" => false,
        "C" => true,
        _ => return None,
    };
    let impact = |name: &str| match value(name) {
        "H" => Some(0.56),
        "L" => Some(0.22),
        "N" => Some(0.0),
        _ => None,
    };
    let left = (1.0 - impact("C")?) * (1.0 - impact("I")?) * (1.0 - impact("A")?);
    let base: f64 = 1.0 - left;
    let impact = if is_changed {
        7.52 * (base - 0.029) - 3.25 * (base - 0.02).powi(15)
    } else {
        6.42 * base
    };
    let vector = match value("AV") {
        "N" => 0.85,
        "A" => 0.62,
        "L" => 0.55,
        "P" => 0.2,
        _ => return None,
    };
    let complexity = match value("AC") {
        "L" => 0.77,
        "H" => 0.44,
        _ => return None,
    };
    let privileges = match (value("PR"), is_changed) {
        ("N", _) => 0.85,
        ("L", false) => 0.62,
        ("L", true) => 0.68,
        ("H", false) => 0.27,
        ("H", true) => 0.5,
        _ => return None,
    };
    let interaction = match value("UI") {
        "N" => 0.85,
        "R" => 0.62,
        _ => return None,
    };
    if impact <= 0.0 {
        return Some(0.0);
    }
    let exploitability = 8.22 * vector * complexity * privileges * interaction;
    let sum = impact + exploitability;
    let score: f64 = if is_changed { 1.08 * sum } else { sum };
    // Up to one digit, in integers, as the standard says it.
    let scaled = (score.min(10.0) * 100_000.0).round() as u64;
    Some(scaled.div_ceil(10_000) as f64 / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_are_those_of_the_published_examples() {
        let of = |vector: &str| severity(&serde_json::json!({"advisory": {"cvss": vector}}));
        assert_eq!(of("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"), Severity::Critical);
        // CVE-2013-1937, 6.1; CVE-2014-3566, 3.1; CVE-2012-1516, 9.9; CVE-2009-0783, 4.2.
        assert_eq!(of("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N"), Severity::Medium);
        assert_eq!(of("CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N"), Severity::Low);
        assert_eq!(of("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H"), Severity::Critical);
        assert_eq!(of("CVSS:3.0/AV:L/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:L"), Severity::Medium);
        assert_eq!(of("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N"), Severity::Critical);
        assert_eq!(of("CVSS:4.0/AV:L/AC:L/AT:N/PR:L/UI:N/VC:L/VI:N/VA:N"), Severity::Medium);
        assert_eq!(of("CVSS:3.1/AV:X/AC:L"), Severity::Unknown);
        assert_eq!(severity(&serde_json::json!({"advisory": {"cvss": null}})), Severity::Unknown);
    }
}
