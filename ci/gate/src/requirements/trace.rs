//! From a requirement to its tests and what came of them, and back.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{FILE, Priority, Register, Requirement, State, differences, scan, unseen};
use crate::measurement::{Finding, Measurement, Part};
use crate::tests_run::{Outcome, TestsRun, binary, outcome};

/// Where the matrix is written, from the repository's root.
pub const MATRIX: &str = "target/gate/requirements.md";

/// The indicator.
pub const INDICATOR: &str = "Q06";

/// A requirement with what a run says of its tests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The requirement, as the register has it.
    pub requirement: Requirement,
    /// How each of its tests ended.
    pub outcomes: Vec<(String, Outcome)>,
    /// A test of it passed, and none failed.
    pub is_covered: bool,
}

/// Both directions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// SHA-256 of the register.
    pub register: String,
    /// Every requirement, in the register's order.
    pub rows: Vec<Row>,
    /// Tests of the run that show no requirement, by binary.
    pub orphans: BTreeMap<String, Vec<String>>,
    /// How many tests the run knows.
    pub tests: usize,
}

impl Row {
    fn new(requirement: &Requirement, run: &TestsRun) -> Self {
        let outcomes: Vec<_> =
            requirement.tests.iter().map(|test| (test.clone(), outcome(run, test))).collect();
        let has = |wanted| outcomes.iter().any(|&(_, outcome)| outcome == wanted);
        let is_covered = has(Outcome::Passed) && !has(Outcome::Failed);
        Self { requirement: requirement.clone(), outcomes, is_covered }
    }

    /// Says that something is shown, and this run does not.
    pub fn is_empty_claim(&self) -> bool {
        let is_claim = self.requirement.state.is_claim();
        is_claim && self.requirement.is_testable() && !self.is_covered
    }

    /// How its tests ended, in a few words.
    pub fn result(&self) -> String {
        let mut counts = BTreeMap::new();
        for (_, outcome) in &self.outcomes {
            *counts.entry(*outcome).or_insert(0) += 1;
        }
        let parts: Vec<String> =
            counts.iter().map(|(outcome, n)| format!("{n} {}", outcome.name())).collect();
        if parts.is_empty() { "no test".to_owned() } else { parts.join(", ") }
    }
}

impl Trace {
    /// What this run says of this register, whose hash is `hash`.
    pub fn new(register: &Register, hash: &str, run: &TestsRun) -> Self {
        let listed: BTreeSet<&str> = register
            .requirement
            .iter()
            .flat_map(|requirement| requirement.tests.iter().map(String::as_str))
            .collect();
        let mut orphans: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for test in run.keys().filter(|test| !listed.contains(test.as_str())) {
            let name = test.split_once(' ').map_or("", |(_, name)| name);
            orphans.entry(binary(test).to_owned()).or_default().push(name.to_owned());
        }
        let rows = register.requirement.iter().map(|one| Row::new(one, run)).collect();
        Self { register: hash.to_owned(), rows, orphans, tests: run.len() }
    }

    fn counted(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.requirement.is_counted())
    }
}

/// Requirement coverage: of the requirements that apply and that a test without a card can show, those
/// with a passing test and no failing one, in percent. Card-only ones are counted beside it.
pub fn judge(register: &Register, run: &TestsRun) -> Measurement {
    measurement(&Trace::new(register, "", run))
}

/// The register of a repository over a run: the trace, the indicator, and the matrix written. Beside the
/// figures of [`judge`] stands `register_differences`: where register, tests and run do not speak of the same.
///
/// # Errors
/// Why the register cannot be used, or the matrix not be written.
pub fn read(root: &Path, run: &TestsRun) -> Result<(Trace, Measurement), String> {
    let (register, hash) =
        Register::load(&root.join(FILE), root).map_err(|error| error.to_string())?;
    let targets = scan::targets(root).map_err(|error| error.to_string())?;
    let tests = scan::scan(&targets).map_err(|error| error.to_string())?;
    let mut wrong = differences(&register, &tests);
    wrong.extend(unseen(&tests, run));
    let trace = Trace::new(&register, &hash, run);
    let mut found = measurement(&trace).figure("register_differences", wrong.len() as f64);
    let wrong = wrong.into_iter().map(|what| Finding { at: FILE.to_owned(), what });
    found.findings.splice(0..0, wrong);
    let path = root.join(MATRIX);
    let folder = path.parent().unwrap_or(root);
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&path, matrix(&trace)))
        .map_err(|error| format!("{}: {error}", path.display()))?;
    Ok((trace, found))
}

/// The indicator from a trace.
pub fn measurement(trace: &Trace) -> Measurement {
    let counted: Vec<&Row> = trace.counted().collect();
    let is_uncovered_p0 = |row: &&&Row| row.requirement.priority == Priority::P0 && !row.is_covered;
    let count = |is: &dyn Fn(&Row) -> bool| trace.rows.iter().filter(|row| is(row)).count() as f64;
    let state = |state| count(&|row| row.requirement.state == state);
    let applies = |row: &Row| row.requirement.state != State::NotApplicable;
    let orphans: usize = trace.orphans.values().map(Vec::len).sum();
    let tool = concat!("tidegate-gate ", env!("CARGO_PKG_VERSION"));
    let mut found =
        Measurement::new(INDICATOR, percent(&counted), "the register and the tests' run", tool)
            .figure("approved", counted.len() as f64)
            .figure("covered", counted.iter().filter(|row| row.is_covered).count() as f64)
            .figure("p0_uncovered", counted.iter().filter(is_uncovered_p0).count() as f64)
            .figure("claimed_without_passing_test", count(&Row::is_empty_claim))
            .figure("shown", state(State::Shown))
            .figure("partly", state(State::Partly))
            .figure("not_shown", state(State::NotShown))
            .figure("not_applicable", state(State::NotApplicable))
            .figure("card_only", count(&|row| applies(row) && row.requirement.is_card_only()))
            .figure(
                "document_only",
                count(&|row| {
                    applies(row)
                        && !row.requirement.is_testable()
                        && !row.requirement.is_card_only()
                }),
            )
            .figure("orphan_tests", orphans as f64);
    for row in trace.rows.iter().filter(|row| row.is_empty_claim()) {
        let what = format!(
            "{} in the register, and in this run: {}",
            row.requirement.state.name(),
            row.result()
        );
        found = found.finding(&row.requirement.id, what);
    }
    let mut open: Vec<&&Row> =
        counted.iter().filter(|row| !row.is_covered && !row.is_empty_claim()).collect();
    open.sort_by_key(|row| row.requirement.priority);
    for row in open {
        let one = &row.requirement;
        let why = one.why.as_deref().unwrap_or("no test passed");
        found = found.finding(&one.id, format!("{} {}: {why}", one.priority.name(), one.title));
    }
    for priority in Priority::ALL {
        let of: Vec<&Row> =
            counted.iter().copied().filter(|row| row.requirement.priority == priority).collect();
        if !of.is_empty() {
            let (value, count) = (percent(&of), of.len() as u64);
            found.parts.push(Part { path: vec![priority.name().to_owned()], value, count });
        }
    }
    found
}

/// How many of them are covered; no number where there are none.
fn percent(rows: &[&Row]) -> f64 {
    100.0 * rows.iter().filter(|row| row.is_covered).count() as f64 / rows.len() as f64
}

/// The matrix as Markdown: id, title, state, tests, last result; and the tests that show nothing.
pub fn matrix(trace: &Trace) -> String {
    let mut out = String::from("# Requirements and what shows them\n\n");
    let mut line =
        |text: std::fmt::Arguments<'_>| writeln!(out, "{text}").expect("a text takes it");
    line(format_args!("Register: `sha256:{}`\n", trace.register));
    line(format_args!("| priority | shown | partly | not shown | not applicable |"));
    line(format_args!("|---|---:|---:|---:|---:|"));
    for priority in Priority::ALL {
        let counts = State::ALL.map(|state| {
            let is =
                |row: &&Row| (row.requirement.priority, row.requirement.state) == (priority, state);
            trace.rows.iter().filter(is).count().to_string()
        });
        line(format_args!("| {} | {} |", priority.name(), counts.join(" | ")));
    }
    line(format_args!("\n| id | title | priority | state | tests | last result | missing |"));
    line(format_args!("|---|---|---|---|---|---|---|"));
    for row in &trace.rows {
        let one = &row.requirement;
        let tests: Vec<String> = row
            .outcomes
            .iter()
            .map(|(test, outcome)| match outcome {
                Outcome::Passed => format!("`{test}`"),
                other => format!("`{test}` ({})", other.name()),
            })
            .chain(one.documents.iter().map(|document| format!("[{document}](../../{document})")))
            .collect();
        let card = if one.is_card_only() { " (card only)" } else { "" };
        line(format_args!(
            "| {} | {} | {} | {}{card} | {} | {} | {} |",
            one.id,
            cell(&one.title),
            one.priority.name(),
            one.state.name(),
            tests.join("<br>"),
            row.result(),
            cell(one.why.as_deref().unwrap_or("")),
        ));
    }
    let orphans: usize = trace.orphans.values().map(Vec::len).sum();
    line(format_args!("\n## Tests that show no requirement: {orphans} of {}\n", trace.tests));
    for (binary, tests) in &trace.orphans {
        line(format_args!("* `{binary}`: {}", tests.len()));
        for test in tests {
            line(format_args!("  * `{test}`"));
        }
    }
    out
}

/// A text within a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
