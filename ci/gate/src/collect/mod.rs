//! Raw outputs of tools become measurements: one module an indicator, or for two that read the same file.
//!
//! `ci/gate.sh` leaves the outputs under `target/gate/raw`, by the names in [`raw`]. A file that is not
//! there makes the indicator not measured, and one that is empty, was cut short or has a shape that is not known
//! here makes it fail: its tool was started. The reason names the file and what was expected. Neither is ever 0, or
//! a pass.

mod capacity;
mod complexity;
mod coverage;
pub mod defects;
mod diff_coverage;
mod documents;
mod duplicates;
pub mod feeds;
mod images;
mod instructions;
mod interface;
mod kernel_coverage;
mod licences;
mod lints;
mod materials;
mod source;
pub mod tests;
mod unproven;
mod vulnerabilities;

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde_json::Value as Json;

use crate::measurement::{Finding, Measurement, Part};

/// Names of the raw outputs, below the folder of raw outputs.
pub mod raw {
    /// Versions of the tools, by name.
    pub const TOOLS: &str = "tools.json";
    /// What ran and how it ended: JUnit of cargo-nextest.
    pub const TESTS_JUNIT: &str = "tests-junit.xml";
    /// Every test there is: `cargo nextest list --message-format json`.
    pub const TESTS_LIST: &str = "tests-list.json";
    /// What `cargo test --doc` prints.
    pub const TESTS_DOC: &str = "tests-doc.txt";
    /// Lines of Rust: `cargo llvm-cov report --lcov`, with paths from the root.
    pub const COVERAGE: &str = "coverage.lcov";
    /// Lines of the kernels: `gcov --json-format`, a line for each translation unit.
    pub const KERNEL_COVERAGE: &str = "kernel-coverage.jsonl";
    /// `base COMMIT` and behind it `git diff --unified=0`.
    pub const CHANGES: &str = "changes.diff";
    /// Functions: rust-code-analysis, a line a file.
    pub const COMPLEXITY: &str = "complexity.jsonl";
    /// The same at the base of the change.
    pub const COMPLEXITY_BASE: &str = "complexity-base.jsonl";
    /// jscpd's report.
    pub const DUPLICATES: &str = "duplicates.json";
    /// `cargo clippy --message-format=json`.
    pub const CLIPPY: &str = "clippy.jsonl";
    /// What the kernel lint says.
    pub const KERNEL_LINT: &str = "kernel-lint.txt";
    /// `cargo deny --format json check licenses bans sources` of the workspace.
    pub const LICENCES: &str = "licences.jsonl";
    /// The same of `bench/peers`.
    pub const LICENCES_PEERS: &str = "licences-peers.jsonl";
    /// `cargo audit --json`.
    pub const ADVISORIES: &str = "advisories.json";
    /// The day of the advisories' snapshot, as `2026-03-02`.
    pub const ADVISORIES_DATE: &str = "advisories-date.txt";
    /// CycloneDX of what is shipped.
    pub const MATERIALS: &str = "materials.cdx.json";
    /// `rustdoc --show-coverage --output-format json` of each public crate.
    pub const DOCUMENTS: &str = "documents.json";
    /// The day of the run, UTC, as `2026-03-02`.
    pub const DATE: &str = "date.txt";
    /// What cargo-semver-checks says, or `no release`.
    pub const INTERFACE: &str = "interface.txt";
    /// What `tidegate-bitstreams check` says of each image of a card.
    pub const IMAGES: &str = "images.txt";
    /// The clocks that the compiler of each image reached: its `acl_quartus_report.txt`.
    pub const TIMING: &str = "timing.txt";
    /// New counts, in the layout of `bench/counts.toml`.
    pub const COUNTS: &str = "counts.toml";
}

/// Worst findings of an indicator that are kept.
const FINDINGS: usize = 20;

/// Reads everything.
pub fn all(raw: &Path, root: &Path) -> Vec<Measurement> {
    let readers: [fn(&Path, &Path) -> Measurement; 22] = [
        tests::read,
        tests::read_ignored,
        coverage::read,
        kernel_coverage::read,
        diff_coverage::read,
        complexity::read,
        duplicates::read,
        lints::read,
        vulnerabilities::read,
        licences::read,
        materials::read,
        instructions::read,
        capacity::read_headroom,
        capacity::read_peaks,
        documents::read,
        interface::read,
        feeds::read,
        defects::read,
        images::read,
        images::read_timing,
        unproven::read_requirements,
        unproven::read_drill,
    ];
    readers.iter().map(|read| read(raw, root)).collect()
}

/// Versions of the tools that ran, by name; empty when nobody wrote them down.
pub fn tools(raw: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(raw.join(raw::TOOLS)).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// The day of the run: what the run wrote down, else that of now.
fn today(raw: &Path) -> jiff::civil::Date {
    let written = fs::read_to_string(raw.join(raw::DATE)).unwrap_or_default();
    let now = || jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    written.trim().parse().unwrap_or_else(|_| now())
}

/// A tool with its version.
fn tool(raw: &Path, name: &str) -> String {
    match tools(raw).get(name) {
        Some(version) => format!("{name} {version}"),
        None => format!("{name}, version unknown"),
    }
}

/// Why there is no measurement.
#[derive(Clone, Debug)]
pub enum Missing {
    /// Nobody measured it, or there is nothing to judge.
    Unknown(String),
    /// A tool died, or left what cannot be read or contradicts itself.
    Broken(String),
}

/// What is not said to be unknown is broken.
impl From<String> for Missing {
    fn from(how: String) -> Self {
        Self::Broken(how)
    }
}

impl From<&str> for Missing {
    fn from(how: &str) -> Self {
        Self::Broken(how.to_owned())
    }
}

impl Missing {
    /// The same as a measurement of an indicator.
    pub fn of(self, indicator: &str) -> Measurement {
        match self {
            Self::Unknown(why) => Measurement::none(indicator, why),
            Self::Broken(how) => Measurement::broken(indicator, how),
        }
    }
}

/// A measurement, or why there is none.
type Read = Result<Measurement, Missing>;

/// Turns a reason into an indicator that was not measured.
fn or_none(indicator: &str, read: Read) -> Measurement {
    read.unwrap_or_else(|why| why.of(indicator))
}

/// The text of a file that is not empty; else what was expected in it. One that is not there is of a tool that did
/// not run; an empty one of a tool that died.
fn text(path: &Path, wanted: &str) -> Result<String, Missing> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    match fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(Missing::Unknown(format!("{name}: {error}; wanted {wanted}")))
        }
        Err(error) => Err(format!("{name}: {error}; wanted {wanted}"))?,
        Ok(bytes) if bytes.is_empty() => Err(format!("{name}: empty; wanted {wanted}"))?,
        Ok(bytes) => {
            Ok(String::from_utf8(bytes)
                .map_err(|_| format!("{name}: not text; wanted {wanted}"))?)
        }
    }
}

/// JSON values, one behind the other.
fn jsons(path: &Path, wanted: &str) -> Result<Vec<Json>, Missing> {
    let text = text(path, wanted)?;
    let values = serde_json::Deserializer::from_str(&text).into_iter().collect::<Result<_, _>>();
    Ok(values.map_err(|error| shape(path, &format!("{error}; wanted {wanted}")))?)
}

/// One JSON value.
fn json(path: &Path, wanted: &str) -> Result<Json, Missing> {
    let text = text(path, wanted)?;
    let value = serde_json::from_str(&text);
    Ok(value.map_err(|error| shape(path, &format!("{error}; wanted {wanted}")))?)
}

/// A reason that begins with the file.
fn shape(path: &Path, what: &str) -> String {
    format!("{}: {what}", path.file_name().unwrap_or_default().to_string_lossy())
}

/// The number at a place, which must be there.
fn number(json: &Json, at: &str) -> Result<f64, String> {
    json.pointer(at).and_then(Json::as_f64).ok_or_else(|| format!("no number at {at}"))
}

/// The text at a place, which must be there.
fn word<'a>(json: &'a Json, at: &str) -> Result<&'a str, String> {
    json.pointer(at).and_then(Json::as_str).ok_or_else(|| format!("no text at {at}"))
}

/// The list at a place, which must be there.
fn list<'a>(json: &'a Json, at: &str) -> Result<&'a [Json], String> {
    let found = json.pointer(at).and_then(Json::as_array);
    found.map(Vec::as_slice).ok_or_else(|| format!("no list at {at}"))
}

/// The worst findings, by weight.
fn worst(mut findings: Vec<(f64, Finding)>) -> Vec<Finding> {
    findings
        .sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.at.cmp(&other.1.at)));
    findings.into_iter().take(FINDINGS).map(|(_, finding)| finding).collect()
}

/// Shares as parts: of each path that was counted, and of everything above it.
#[derive(Default)]
struct Shares(BTreeMap<Vec<String>, (u64, u64)>);

impl Shares {
    /// Counts at this path and all above it.
    fn add(&mut self, path: &[String], good: u64, all: u64) {
        for depth in 1..=path.len() {
            let share = self.0.entry(path[..depth].to_vec()).or_default();
            share.0 += good;
            share.1 += all;
        }
    }

    /// Percentages.
    fn parts(self) -> Vec<Part> {
        let part = |(path, (good, all)): (Vec<String>, (u64, u64))| Part {
            path,
            value: percent(good, all),
            count: all,
        };
        self.0.into_iter().filter(|(_, (_, all))| *all > 0).map(part).collect()
    }
}

/// No number when there is nothing to be a part of.
fn percent(good: u64, all: u64) -> f64 {
    if all == 0 { f64::NAN } else { 100.0 * good as f64 / all as f64 }
}

/// Crate and module of a file of the repository: `host/pipeline/src/core.rs` is `tidegate-pipeline`,
/// `core`; `kernels/room/toe.h` is `kernels`, `room`, `toe.h`.
fn place(path: &str) -> Vec<String> {
    let Some((folder, file)) = path.split_once("/src/") else {
        return path.split('/').map(str::to_owned).collect();
    };
    let name = folder.rsplit('/').next().unwrap_or(folder);
    let name = if name == "cli" { "tidegate".to_owned() } else { format!("tidegate-{name}") };
    let mut modules = file.strip_suffix(".rs").unwrap_or(file).split('/').map(str::to_owned);
    let room = modules.next().unwrap_or_default();
    let rest: Vec<String> = modules.filter(|module| module != "mod").collect();
    let mut place = vec![name, room];
    if !rest.is_empty() {
        place.push(rest.join("::"));
    }
    place
}

/// Folders of the product.
const PRODUCT: [&str; 6] =
    ["host/", "hls-sim/", "bitstreams/", "golden-feeds/", "bench/", "kernels/"];

/// Whether a file is a part of the product: not a test, a bench, an example or what is generated.
fn is_product(path: &str) -> bool {
    let left_out = |part: &str| {
        matches!(
            part,
            "tests"
                | "tests.rs"
                | "benches"
                | "examples"
                | "fixtures"
                | "peers"
                | "native"
                | "build.rs"
                | "csrc"
                | "reference"
        )
    };
    // The native engine is a module and the kernels' test program a folder of the same name.
    let is_module = path.contains("/src/") && path.ends_with("/native.rs");
    PRODUCT.iter().any(|folder| path.starts_with(folder))
        && (is_module || !path.split('/').any(left_out))
}
