//! Q01 and V10: what the tests say. The runner's JUnit leaves out what it did not run, and its list has that.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value as Json;

use super::{Missing, Read, Shares, json, or_none, percent, raw, shape, text, tool, word, worst};
use crate::measurement::{Finding, Measurement, Part};
use crate::tests_run::{Outcome, TestsRun, binary};

const PASSED: &str = "Q01";
const IGNORED: &str = "V10";
const LIST: &str = "the list of cargo nextest, as JSON";
const JUNIT: &str = "JUnit of cargo nextest, to its </testsuites>";
const DOC: &str = "what cargo test --doc prints, and `ended with CODE`";
/// Needs no card and no network.
const WITHOUT_CARD: [&str; 3] = ["tidegate-hls-sim", "tidegate-pipeline", "tidegate-protocol"];

/// Q01.
pub fn read(raw: &Path, _root: &Path) -> Measurement {
    or_none(PASSED, passed(raw))
}

/// V10.
pub fn read_ignored(raw: &Path, _root: &Path) -> Measurement {
    or_none(IGNORED, ignored(raw))
}

/// How every test of the last run ended, the ones that did not run too.
///
/// # Errors
/// Why that is not known.
pub fn run(raw: &Path) -> Result<TestsRun, Missing> {
    Ok(joined(raw)?.0)
}

/// Outcomes, and the package of each binary.
fn joined(raw: &Path) -> Result<(TestsRun, BTreeMap<String, String>), Missing> {
    let listed = json(&raw.join(raw::TESTS_LIST), LIST)?;
    let (mut run, mut packages) = listed_tests(&listed).map_err(|what| {
        shape(raw.join(raw::TESTS_LIST).as_path(), &format!("{what}; wanted {LIST}"))
    })?;
    let path = raw.join(raw::TESTS_JUNIT);
    let ran = junit(&text(&path, JUNIT)?)
        .map_err(|what| shape(&path, &format!("{what}; wanted {JUNIT}")))?;
    for (test, outcome) in ran {
        match run.get_mut(&test) {
            Some(known) => *known = outcome,
            None => {
                return Err(format!(
                    "{}: ran {test:?}, which {} does not list: they are not of one run",
                    raw::TESTS_JUNIT,
                    raw::TESTS_LIST
                )
                .into());
            }
        }
    }
    let path = raw.join(raw::TESTS_DOC);
    let found = doc_tests(&text(&path, DOC)?)
        .map_err(|what| shape(&path, &format!("{what}; wanted {DOC}")))?;
    for (test, outcome) in found {
        let binary = binary(&test).to_owned();
        let package = binary.split("::").next().unwrap_or_default().to_owned();
        packages.insert(binary, package);
        run.insert(test, outcome);
    }
    Ok((run, packages))
}

/// Outcomes of examples in documents, which nextest does not run: `tidegate-gateway::doc src/lib.rs - (line 7)`.
fn doc_tests(text: &str) -> Result<TestsRun, String> {
    let mut run = TestsRun::new();
    let mut package: Option<String> = None;
    let (mut announced, mut results, mut runs) = (0_u64, 0, 0);
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["Doc-tests", name] => package = Some(name.replace('_', "-")),
            ["running", count, "test" | "tests"] => {
                announced += count.parse::<u64>().map_err(|_| line.to_owned())?;
                runs += 1;
            }
            ["test", "result:", ..] => results += 1,
            ["test", .., "...", how] => {
                let outcome = match how {
                    "ok" => Outcome::Passed,
                    "FAILED" => Outcome::Failed,
                    "ignored" => Outcome::Ignored,
                    _ => return Err(line.to_owned()),
                };
                let package = package.as_ref().ok_or("a test of no crate")?;
                let name = line.trim_start().strip_prefix("test ").unwrap_or(line);
                let name = name.rsplit_once(" ... ").map_or(name, |(name, _)| name);
                run.insert(format!("{package}::doc {name}"), outcome);
            }
            _ => {}
        }
    }
    let code = text.lines().next_back().and_then(|line| line.strip_prefix("ended with "));
    let code = code.ok_or("it was cut short")?;
    if code != "0" && !run.values().any(|outcome| *outcome == Outcome::Failed) {
        return Err(format!("it ended with {code} and no test that failed"));
    }
    if package.is_none() || runs != results || run.len() as u64 != announced {
        return Err(format!("{announced} tests in {runs} runs, and {} in {results}", run.len()));
    }
    Ok(run)
}

fn listed_tests(listed: &Json) -> Result<(TestsRun, BTreeMap<String, String>), String> {
    let suites = listed.get("rust-suites").and_then(Json::as_object).ok_or("no rust-suites")?;
    let (mut run, mut packages) = (TestsRun::new(), BTreeMap::new());
    for (id, suite) in suites {
        if word(suite, "/status")? != "listed" {
            return Err(format!("{id} is not listed"));
        }
        packages.insert(id.clone(), word(suite, "/package-name")?.to_owned());
        let cases = suite.get("testcases").and_then(Json::as_object).ok_or("no testcases")?;
        for (name, case) in cases {
            let is_ignored = case.get("ignored").and_then(Json::as_bool).ok_or("no `ignored`")?;
            let outcome = if is_ignored { Outcome::Ignored } else { Outcome::NotRun };
            run.insert(format!("{id} {name}"), outcome);
        }
    }
    let count = listed.get("test-count").and_then(Json::as_u64).ok_or("no test-count")?;
    if run.len() as u64 != count || count == 0 {
        return Err(format!("test-count {count}, and {} tests", run.len()));
    }
    Ok((run, packages))
}

/// Outcomes in a JUnit file as nextest writes it: tags alone, since text in it is escaped.
fn junit(xml: &str) -> Result<TestsRun, String> {
    if !xml.trim_end().ends_with("</testsuites>") {
        return Err("it was cut short".to_owned());
    }
    let mut run = TestsRun::new();
    let mut suite: Option<String> = None;
    let mut case: Option<String> = None;
    for tag in xml.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        let name = tag.split([' ', '/', '\n']).next().unwrap_or_default();
        match name {
            "testsuite" => suite = Some(attribute(tag, "name").ok_or("a suite without name")?),
            "testcase" => {
                let suite = suite.as_ref().ok_or("a test outside of a suite")?;
                let test = attribute(tag, "name").ok_or("a test without name")?;
                let key = format!("{suite} {test}");
                run.insert(key.clone(), Outcome::Passed);
                case = Some(key);
            }
            // One that passed when it was tried again has failed.
            "failure" | "error" | "flakyFailure" | "rerunFailure" => {
                let key = case.as_ref().ok_or("a failure outside of a test")?;
                run.insert(key.clone(), Outcome::Failed);
            }
            "skipped" => {
                let key = case.as_ref().ok_or("a skip outside of a test")?;
                run.insert(key.clone(), Outcome::NotRun);
            }
            _ => {}
        }
    }
    Ok(run)
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let from = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let value = &tag[from..from + tag[from..].find('"')?];
    let value = value.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    Some(value.replace("&apos;", "'").replace("&amp;", "&"))
}

fn passed(raw: &Path) -> Read {
    let (run, packages) = joined(raw)?;
    let mut counts: BTreeMap<Outcome, u64> = BTreeMap::new();
    let mut shares = Shares::default();
    let mut findings = Vec::new();
    for (test, outcome) in &run {
        *counts.entry(*outcome).or_default() += 1;
        let binary = binary(test);
        let package = packages.get(binary).cloned().unwrap_or_default();
        let target = binary.split_once("::").map_or("lib", |(_, target)| target).to_owned();
        shares.add(&[package, target], u64::from(*outcome == Outcome::Passed), 1);
        if *outcome != Outcome::Passed {
            let weight = if *outcome == Outcome::Failed { 1.0 } else { 0.0 };
            let what = outcome.name().to_owned();
            findings.push((weight, Finding { at: test.clone(), what }));
        }
    }
    let count = |outcome| counts.get(&outcome).copied().unwrap_or(0);
    let value = percent(count(Outcome::Passed), run.len() as u64);
    let source = format!("{}, {} and {}", raw::TESTS_JUNIT, raw::TESTS_LIST, raw::TESTS_DOC);
    let mut measurement = Measurement::new(PASSED, value, &source, &tool(raw, "cargo-nextest"))
        .figure("all", run.len() as f64)
        .figure("passed", count(Outcome::Passed) as f64)
        .figure("failed", count(Outcome::Failed) as f64)
        .figure("ignored", count(Outcome::Ignored) as f64)
        .figure("not_run", count(Outcome::NotRun) as f64);
    measurement.findings = worst(findings);
    measurement.parts = shares.parts();
    Ok(measurement)
}

fn ignored(raw: &Path) -> Read {
    let path = raw.join(raw::TESTS_LIST);
    let (run, packages) = listed_tests(&json(&path, LIST)?)
        .map_err(|what| shape(&path, &format!("{what}; wanted {LIST}")))?;
    let known: BTreeSet<&str> = packages.values().map(String::as_str).collect();
    if let Some(package) = WITHOUT_CARD.into_iter().find(|package| !known.contains(package)) {
        return Err(
            shape(&path, &format!("no test of {package}; wanted all of {WITHOUT_CARD:?}")).into()
        );
    }
    let is_ignored = |test: &str, package: &str| {
        run[test] == Outcome::Ignored && packages.get(binary(test)).is_some_and(|of| of == package)
    };
    let mut parts = Vec::new();
    let mut findings = Vec::new();
    for package in WITHOUT_CARD {
        let found: Vec<&String> = run.keys().filter(|test| is_ignored(test, package)).collect();
        let of = |test: &&String| packages.get(binary(test)).is_some_and(|of| of == package);
        let count = run.keys().filter(of).count() as u64;
        parts.push(Part { path: vec![package.to_owned()], value: found.len() as f64, count });
        let finding = |test: &String| Finding { at: test.clone(), what: "ignored".to_owned() };
        findings.extend(found.into_iter().map(|test| (1.0, finding(test))));
    }
    let value = findings.len() as f64;
    let tool = tool(raw, "cargo-nextest");
    let mut measurement = Measurement::new(IGNORED, value, raw::TESTS_LIST, &tool);
    measurement.findings = worst(findings);
    measurement.parts = parts;
    Ok(measurement)
}
