//! Requirements as data (JR/T 0351-2026, 12.1 and 6.6.5): what was asked for, how it stands, and the tests
//! that show it.
//!
//! The register is a file in the repository. A test names the ids that it shows ([`scan`]); the register's
//! lists are renewed from these lines, and differ from them only by mistake ([`differences`]). [`trace`]
//! puts the outcome of a run beside them.

pub mod lex;
pub mod scan;
pub mod trace;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::policy::sha256_hex;
use crate::tests_run::TestsRun;
use scan::{Scan, is_id};

/// Where the register stands, from the repository's root.
pub const FILE: &str = "ci/requirements.toml";

/// The layout of a register that this version reads.
pub const SCHEMA: u32 = 1;

/// What it costs when it does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Priority {
    /// Wrong, late or silent on the data path: it costs users money.
    P0,
    /// Users cannot rely on it.
    P1,
    /// Users miss it.
    P2,
}

impl Priority {
    /// Every one, in order.
    pub const ALL: [Self; 3] = [Self::P0, Self::P1, Self::P2];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::P0 => "P0",
            Self::P1 => "P1",
            Self::P2 => "P2",
        }
    }
}

/// Whom it is for (JR/T 0351-2026, 6.3.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Those who trade.
    Business,
    /// Those who build on it.
    Technical,
    /// Those who supervise.
    Regulatory,
    /// Those who run it.
    Operations,
}

/// What it takes to show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Evidence {
    /// A test of the host's code or the simulator.
    Sim,
    /// A test of the kernels' own sources, compiled for the CPU.
    Native,
    /// A run on a card. No other evidence takes its place.
    Card,
    /// A document, read by a person.
    Document,
}

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum State {
    /// All of it is shown.
    #[serde(rename = "shown")]
    Shown,
    /// A part is shown; `why` says what is missing.
    #[serde(rename = "partly")]
    Partly,
    /// Nothing shows it.
    #[serde(rename = "not shown")]
    NotShown,
    /// It is not this project's to show.
    #[serde(rename = "not applicable")]
    NotApplicable,
}

impl State {
    /// Every one, in order.
    pub const ALL: [Self; 4] = [Self::Shown, Self::Partly, Self::NotShown, Self::NotApplicable];

    /// As it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::Partly => "partly",
            Self::NotShown => "not shown",
            Self::NotApplicable => "not applicable",
        }
    }

    /// Whether it says that something is shown.
    pub const fn is_claim(self) -> bool {
        matches!(self, Self::Shown | Self::Partly)
    }
}

/// One requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// `G16`: never used again for another.
    pub id: String,
    /// What it is, in a few words.
    pub title: String,
    /// What it costs when it does not hold.
    pub priority: Priority,
    /// Whom it is for.
    pub class: Class,
    /// How one sees that it holds, in a line.
    pub acceptance: String,
    /// What it takes to show it: all of these.
    pub evidence: Vec<Evidence>,
    /// How it stands.
    pub state: State,
    /// What is missing, or why it does not apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The tests that name it, each as `binary-id test-name`.
    pub tests: Vec<String>,
    /// What is to be read, from the repository's root.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<String>,
}

impl Requirement {
    /// Whether a test without a card can show some of it.
    pub fn is_testable(&self) -> bool {
        self.evidence.iter().any(|evidence| matches!(evidence, Evidence::Sim | Evidence::Native))
    }

    /// Whether it counts for the coverage: it applies, and a test without a card can show some of it.
    pub fn is_counted(&self) -> bool {
        self.state != State::NotApplicable && self.is_testable()
    }

    /// Whether a card alone can show it.
    pub fn is_card_only(&self) -> bool {
        !self.is_testable() && self.evidence.contains(&Evidence::Card)
    }

    fn lint(&self) -> Vec<String> {
        let id = if self.id.trim().is_empty() { "a requirement without id" } else { &self.id };
        let mut found = Vec::new();
        if !is_id(&self.id) {
            found.push(format!("{id}: not a capital and a number"));
        }
        for (name, text) in [("title", &self.title), ("acceptance", &self.acceptance)] {
            if text.trim().is_empty() {
                found.push(format!("{id}: {name} is empty"));
            } else if text.contains('\n') {
                found.push(format!("{id}: {name} is more than a line"));
            }
        }
        let is_said = self.why.as_ref().is_some_and(|why| !why.trim().is_empty());
        if self.state != State::Shown && !is_said {
            found.push(format!("{id}: {} without a why", self.state.name()));
        }
        if self.state == State::Shown && self.why.is_some() {
            found.push(format!("{id}: shown, and a why of what is missing"));
        }
        if self.evidence.is_empty() {
            found.push(format!("{id}: no evidence would show it"));
        }
        if self.evidence.iter().collect::<BTreeSet<_>>().len() < self.evidence.len() {
            found.push(format!("{id}: an evidence comes twice"));
        }
        if self.state == State::Shown && self.evidence.contains(&Evidence::Card) {
            found.push(format!("{id}: shown, and no test here runs on a card: partly at most"));
        }
        if self.is_card_only() && self.state == State::Partly {
            found.push(format!("{id}: a card alone can show it: not shown until one does"));
        }
        match (self.state.is_claim(), self.tests.is_empty()) {
            (true, true) if self.is_testable() => {
                found.push(format!("{id}: {}, and no test names it", self.state.name()));
            }
            (true, true) if self.documents.is_empty() => {
                found.push(format!("{id}: {}, and neither test nor document", self.state.name()));
            }
            (false, false) => {
                found.push(format!("{id}: {}, and tests name it", self.state.name()));
            }
            _ => {}
        }
        found
    }
}

/// The register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Every requirement.
    pub requirement: Vec<Requirement>,
}

/// Why a register cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// The file.
    #[error("{path}: {error}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// What stands in it: a field is missing, or is none.
    #[error("{path}: {error}")]
    Toml {
        /// Which.
        path: PathBuf,
        /// Why.
        error: Box<toml::de::Error>,
    },
    /// What is wrong with it, a line each.
    #[error("{path}: a register with {} mistakes:\n  {}", .findings.len(), .findings.join("\n  "))]
    Lint {
        /// Which.
        path: PathBuf,
        /// The mistakes.
        findings: Vec<String>,
    },
}

impl Register {
    /// Reads a register and refuses one with a mistake; its hash, SHA-256 of the file in hex. Documents
    /// are looked for from `root` on.
    ///
    /// # Errors
    /// When it cannot be read, or the lint finds something.
    pub fn load(path: &Path, root: &Path) -> Result<(Self, String), RegisterError> {
        let read = std::fs::read_to_string(path);
        let text = read.map_err(|error| RegisterError::Io { path: path.to_owned(), error })?;
        let register: Self = toml::from_str(&text).map_err(|error| RegisterError::Toml {
            path: path.to_owned(),
            error: Box::new(error),
        })?;
        let mut findings = register.lint();
        findings.extend(register.missing_documents(root));
        if !findings.is_empty() {
            return Err(RegisterError::Lint { path: path.to_owned(), findings });
        }
        Ok((register, sha256_hex(text.as_bytes())))
    }

    /// The requirement of this id.
    pub fn requirement(&self, id: &str) -> Option<&Requirement> {
        self.requirement.iter().find(|requirement| requirement.id == id)
    }

    /// What is wrong with it (JR/T 0351-2026, 6.3.4 b), a line each.
    pub fn lint(&self) -> Vec<String> {
        let mut found = Vec::new();
        if self.schema != SCHEMA {
            found.push(format!("schema {}: this version reads {SCHEMA}", self.schema));
        }
        if self.requirement.is_empty() {
            found.push("no requirement: nothing was asked for".to_owned());
        }
        let mut ids = BTreeSet::new();
        for requirement in &self.requirement {
            if !ids.insert(&requirement.id) {
                found.push(format!("{}: comes twice", requirement.id));
            }
            found.extend(requirement.lint());
        }
        found
    }

    /// Documents that are not in the repository, a line each.
    pub fn missing_documents(&self, root: &Path) -> Vec<String> {
        let mut found = Vec::new();
        for requirement in &self.requirement {
            for document in &requirement.documents {
                let path = Path::new(document);
                let is_within = path.components().all(|part| matches!(part, Component::Normal(_)));
                if !is_within || !root.join(path).is_file() {
                    found.push(format!("{}: no document {document}", requirement.id));
                }
            }
        }
        found
    }
}

/// Where register and tests speak of each other and do not agree, a line each.
pub fn differences(register: &Register, scan: &Scan) -> Vec<String> {
    let mut found = scan.findings.clone();
    let named = named(scan);
    for (id, tests) in &named {
        if register.requirement(id).is_none() {
            let tests: Vec<&str> = tests.iter().copied().collect();
            found.push(format!("{id}: no such requirement, and {} name it", tests.join(", ")));
        }
    }
    for requirement in &register.requirement {
        let listed: BTreeSet<&str> = requirement.tests.iter().map(String::as_str).collect();
        let now = named.get(requirement.id.as_str()).cloned().unwrap_or_default();
        for test in listed.difference(&now) {
            found.push(format!("{}: lists {test}, which does not name it", requirement.id));
        }
        for test in now.difference(&listed) {
            found.push(format!("{}: does not list {test}, which names it", requirement.id));
        }
    }
    found
}

/// Tests of a run that the sources were not seen to have, a line each: what they name would be lost. Examples in
/// documents are no functions, and name none.
pub fn unseen(scan: &Scan, run: &TestsRun) -> Vec<String> {
    let is_example = |test: &str| crate::tests_run::binary(test).ends_with("::doc");
    let unseen = run.keys().filter(|test| !scan.tests.contains_key(*test) && !is_example(test));
    unseen.map(|test| format!("{test}: not found in the sources")).collect()
}

/// The tests that name each id.
fn named(scan: &Scan) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut named: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (test, ids) in &scan.tests {
        for id in ids {
            named.entry(id).or_default().insert(test);
        }
    }
    named
}

/// The text of a register with the lists of tests as the tests name them; all else stays as written.
pub fn renewed(text: &str, scan: &Scan) -> String {
    let named = named(scan);
    let mut out = String::new();
    let mut id = "";
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(rest) = line.strip_prefix("id = ") {
            id = rest.trim().trim_matches('"');
        }
        if !line.starts_with("tests = [") {
            out.push_str(line);
            out.push('\n');
            continue;
        }
        let mut last = line;
        while !last.trim_end().ends_with(']') {
            let Some(next) = lines.next() else { break };
            last = next;
        }
        out.push_str("tests = [");
        let tests = named.get(id).into_iter().flatten();
        for test in tests.clone() {
            write!(out, "\n  \"{test}\",").expect("a text takes it");
        }
        out.push_str(if tests.count() == 0 { "]\n" } else { "\n]\n" });
    }
    out
}
