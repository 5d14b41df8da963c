//! Q12: the bill of materials, crates and parts of the card.

use std::path::Path;

use serde_json::Value as Json;

use super::{Read, Shares, json, list, or_none, percent, raw, shape, text, tool, word, worst};
use crate::measurement::{Finding, Measurement};

const ID: &str = "Q12";
const WANTED: &str = "CycloneDX 1.5 as JSON with components";
const WANTED_CARD: &str = "[[component]] of the card: name, kind, version, licence, sha256";
/// Parts of the card, kept by hand.
const CARD: &str = "ci/fpga-components.toml";

/// Q12.
pub fn read(raw: &Path, root: &Path) -> Measurement {
    or_none(ID, measure(raw, root))
}

/// A component and what is not known of it.
struct Component {
    group: &'static str,
    name: String,
    lacks: Vec<&'static str>,
}

fn measure(raw: &Path, root: &Path) -> Read {
    let path = raw.join(raw::MATERIALS);
    let document = json(&path, WANTED)?;
    let mut components =
        crates(&document).map_err(|what| shape(&path, &format!("{what}; wanted {WANTED}")))?;
    let path = root.join(CARD);
    let listed: toml::Table = toml::from_str(&text(&path, WANTED_CARD)?)
        .map_err(|error| shape(&path, &format!("{}; wanted {WANTED_CARD}", error.message())))?;
    components.extend(
        card(&listed).map_err(|what| shape(&path, &format!("{what}; wanted {WANTED_CARD}")))?,
    );
    let mut shares = Shares::default();
    let mut findings = Vec::new();
    let mut complete = 0;
    for component in &components {
        let is_complete = u64::from(component.lacks.is_empty());
        complete += is_complete;
        shares.add(&[component.group.to_owned()], is_complete, 1);
        if is_complete == 0 {
            let what = format!("no {}", component.lacks.join(", no "));
            findings
                .push((component.lacks.len() as f64, Finding { at: component.name.clone(), what }));
        }
    }
    let all = components.len() as u64;
    let source = format!("{} and {CARD}", raw::MATERIALS);
    let tool = tool(raw, "cargo-cyclonedx");
    let mut measurement = Measurement::new(ID, percent(complete, all), &source, &tool)
        .figure("documents", 1.0)
        .figure("components", all as f64)
        .figure("complete", complete as f64);
    measurement.findings = worst(findings);
    measurement.parts = shares.parts();
    Ok(measurement)
}

fn crates(document: &Json) -> Result<Vec<Component>, String> {
    if word(document, "/bomFormat")? != "CycloneDX" || word(document, "/specVersion")? != "1.5" {
        return Err("another format or version".to_owned());
    }
    let components = list(document, "/components")?;
    if components.is_empty() {
        return Err("no component".to_owned());
    }
    let mut found = Vec::new();
    for component in components {
        let name = word(component, "/name")?;
        let version = word(component, "/version").unwrap_or("");
        // A crate of this workspace is what its commit says; others have the hash of their archive.
        let is_own = word(component, "/bom-ref").is_ok_and(|of| of.starts_with("path+"));
        let hash = component.pointer("/hashes/0/content").and_then(Json::as_str);
        let licence = ["/licenses/0/expression", "/licenses/0/license/id"];
        let licence = licence.iter().find_map(|at| word(component, at).ok());
        found.push(Component {
            group: if is_own { "own crates" } else { "crates" },
            name: format!("{name} {version}"),
            lacks: lacks(
                version,
                licence.unwrap_or(""),
                if is_own { "commit" } else { hash.unwrap_or("") },
            ),
        });
    }
    Ok(found)
}

fn card(listed: &toml::Table) -> Result<Vec<Component>, String> {
    let components =
        listed.get("component").and_then(toml::Value::as_array).ok_or("no component")?;
    let mut found = Vec::new();
    for component in components {
        let text = |key: &str| {
            let value = component.get(key).and_then(toml::Value::as_str);
            value.ok_or_else(|| format!("a component without `{key}`"))
        };
        found.push(Component {
            group: "card",
            name: format!("{} ({})", text("name")?, text("kind")?),
            lacks: lacks(text("version")?, text("licence")?, text("sha256")?),
        });
    }
    Ok(found)
}

fn lacks(version: &str, licence: &str, hash: &str) -> Vec<&'static str> {
    let known = [("version", version), ("licence", licence), ("hash", hash)];
    known.into_iter().filter(|(_, value)| value.trim().is_empty()).map(|(name, _)| name).collect()
}
