//! Every indicator of the committed policy bites: raw outputs that are bad make its row fail, good ones
//! pass, and missing or damaged ones are never taken for either.
//!
//! The fixtures are outputs of the tools, cut short, over sources made for the purpose:
//! `fixtures/ID/{fail,pass}/{raw,root}`. Only those of Q18 are typed, in the layout that cargo-semver-checks
//! documents: there is no release yet that it could compare with.
#![allow(missing_docs, reason = "a test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::date;
use tidegate_gate::collect;
use tidegate_gate::judgement::{Before, Row, State, judge};
use tidegate_gate::measurement::{Measurement, Value};
use tidegate_gate::policy::{Policy, Stage};

/// Found by the gate itself, from policy and ledger: their tests are beside those.
const OWN: [&str; 3] = ["V03", "V04", "V05"];
/// Measured by another part of the crate, with fixtures of its own.
const ELSEWHERE: [&str; 4] = ["Q02", "Q06", "Q13", "Q16"];

fn policy() -> Policy {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../gate-policy.toml");
    Policy::load(&path).expect("the committed policy").0
}

fn fixtures(id: &str, case: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(id).join(case)
}

/// Indicators with fixtures here.
fn collected(policy: &Policy) -> Vec<(String, Stage)> {
    let is_here = |id: &str| !(OWN.contains(&id) || ELSEWHERE.contains(&id));
    let indicators = policy.indicator.iter().filter(|indicator| is_here(&indicator.id));
    // A veto of a later stage may be all that bites.
    let stage = |from: Stage| if from == Stage::Merge { Stage::Submission } else { from };
    indicators.map(|indicator| (indicator.id.clone(), stage(indicator.from))).collect()
}

fn measured(id: &str, raw: &Path, root: &Path) -> Measurement {
    let mut found = collect::all(raw, root);
    found.retain(|measurement| measurement.indicator == id);
    assert_eq!(found.len(), 1, "{id}");
    found.remove(0)
}

fn row(policy: &Policy, stage: Stage, measurement: Measurement) -> Row {
    let id = measurement.indicator.clone();
    let judged = judge(policy, stage, vec![measurement], &Before::default(), date(2026, 11, 30));
    let rows = judged.expect("a judgement").rows;
    rows.into_iter().find(|row| row.id == id).expect("its row")
}

#[test]
fn every_indicator_fails_and_passes_by_its_fixtures() {
    let policy = policy();
    for (id, stage) in collected(&policy) {
        for (case, wanted) in [("fail", State::Fail), ("pass", State::Pass)] {
            let folder = fixtures(&id, case);
            assert!(folder.is_dir(), "{} is not there", folder.display());
            let found = measured(&id, &folder.join("raw"), &folder.join("root"));
            let row = row(&policy, stage, found);
            assert_eq!(row.state, wanted, "{id} {case}: {:?} {:?}", row.value, row.reasons);
            assert!(row.findings.len() <= 20, "{id}");
            // What is red says where.
            assert!(wanted == State::Pass || !row.findings.is_empty(), "{id}: no finding");
            assert!(!row.tool.contains("unknown") && !row.source.is_empty(), "{id}: {}", row.tool);
        }
    }
}

/// The figures of the fixtures, worked out by hand.
#[test]
fn values_are_those_that_the_fixtures_give() {
    let wanted = [
        ("Q01", 60.0),          // 5 tests: 3 passed, one in a document; 1 failed, 1 ignored
        ("Q03", 42.857),        // 9 of 21 lines, tests within the files left out
        ("Q04", 300.0 / 11.0),  // 3 of 11 lines
        ("Q05", 0.0),           // 3 new lines, none run
        ("Q08", 1100.0 / 39.0), // 11 of 39
        ("Q10", 0.0),           // one critical
        ("Q11", 7.0),
        ("Q15", 0.7703), // 6.162 M over 8 M
        ("V01", 1.0),
        ("V02", 1.0), // tampered, one of two
        ("V06", 1.0), // 201 MHz, and timing allows 200.5
        ("V07", 1.0),
        ("V08", 1.0),
        ("V09", 152.0), // 1 July to 30 November
        ("V10", 1.0),
        ("V11", 0.85), // 510 MB over 300 MB, over 2
    ];
    let mut wrong = Vec::new();
    for (id, wanted) in wanted {
        let folder = fixtures(id, "fail");
        let found = measured(id, &folder.join("raw"), &folder.join("root"));
        let Value::Measured(value) = found.value else { panic!("{id}: {:?}", found.value) };
        if (value - wanted).abs() > 1e-3 {
            wrong.push(format!("{id}: {value}, wanted {wanted}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A test that passed when the runner tried it again has failed.
#[test]
fn a_test_that_passes_at_times_has_failed() {
    let folder = tempfile::tempdir().expect("a folder");
    for file in files(&fixtures("Q01", "pass")) {
        let text = fs::read_to_string(fixtures("Q01", "pass").join(&file)).expect("text");
        let name = file.file_name().expect("a name");
        let flaky = "><flakyFailure type=\"test failure\"/></testcase>";
        let text = if name == "tests-junit.xml" { text.replacen("/>", flaky, 1) } else { text };
        fs::write(folder.path().join(name), text).expect("written");
    }
    let found = measured("Q01", folder.path(), folder.path());
    assert_eq!(found.figures["failed"], 1.0);
    assert_eq!(row(&policy(), Stage::Merge, found).state, State::Fail);
}

#[test]
fn nothing_is_known_of_what_is_not_there() {
    let policy = policy();
    let nothing = tempfile::tempdir().expect("a folder");
    for measurement in collect::all(nothing.path(), nothing.path()) {
        let id = measurement.indicator.clone();
        let Value::NotMeasured(why) = &measurement.value else {
            panic!("{id}: {:?}", measurement.value)
        };
        assert!(why.len() > 20, "{id}: {why}");
        assert_eq!(row(&policy, Stage::Hardware, measurement).state, State::NotMeasured, "{id}");
    }
}

/// Every file of a passing fixture: gone, empty, cut in half, of another shape. One that is gone says nothing, as when
/// no tool was started; what a tool left and cannot be read fails.
#[test]
fn a_file_that_is_damaged_never_passes() {
    let policy = policy();
    for (id, stage) in collected(&policy) {
        for file in files(&fixtures(&id, "pass")) {
            let name = file.to_string_lossy().into_owned();
            // Says what ran and when, and not what was found; sources; and feeds, which V01 compares itself.
            let is_aside =
                name.ends_with("tools.json") || name.ends_with("date.txt") && id != "Q10";
            let is_source = [".rs", ".h", ".bin"].iter().any(|end| name.ends_with(end));
            let is_hashed = name.ends_with("requirements.toml");
            if is_aside || is_source || is_hashed || name == "raw/date.txt" {
                continue;
            }
            type Damage = fn(&str) -> Option<String>;
            let damages: [(&str, Damage); 4] = [
                ("gone", |_| None),
                ("empty", |_| Some(String::new())),
                ("cut", |text| Some(text[..text.len() / 2].to_owned())),
                ("of another shape", |_| Some("{\"shape\": \"unknown\"}\n".to_owned())),
            ];
            for (how, damage) in damages {
                let copy = tempfile::tempdir().expect("a folder");
                for other in files(&fixtures(&id, "pass")) {
                    let text =
                        fs::read_to_string(fixtures(&id, "pass").join(&other)).expect("text");
                    let text = if other == file { damage(&text) } else { Some(text) };
                    let Some(text) = text else { continue };
                    let to = copy.path().join(&other);
                    fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
                    fs::write(to, text).expect("written");
                }
                let found = measured(&id, &copy.path().join("raw"), &copy.path().join("root"));
                let row = row(&policy, stage, found);
                let wanted = if how == "gone" { State::NotMeasured } else { State::Fail };
                assert_eq!(row.state, wanted, "{id}: {name} {how}: {:?}", row.value);
                if how == "empty" || how == "gone" {
                    let file_name =
                        file.file_name().expect("a name").to_string_lossy().into_owned();
                    let names_it = row.reasons[0].contains(&file_name)
                        || row.reasons[0].contains("bench/results")
                        || row.reasons[0].contains("drills.toml");
                    assert!(names_it, "{id}: {name} {how}: {}", row.reasons[0]);
                }
            }
        }
    }
}

/// Files below a folder, by their path from it.
fn files(folder: &Path) -> Vec<PathBuf> {
    fn walk(folder: &Path, from: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, from, found);
            } else {
                found.push(path.strip_prefix(from).expect("below it").to_owned());
            }
        }
    }
    let mut found = Vec::new();
    walk(folder, folder, &mut found);
    found.sort();
    found
}

#[test]
fn every_indicator_is_collected_once_or_known_to_come_from_elsewhere() {
    let policy = policy();
    let nothing = tempfile::tempdir().expect("a folder");
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for measurement in collect::all(nothing.path(), nothing.path()) {
        *count.entry(measurement.indicator).or_default() += 1;
    }
    for indicator in &policy.indicator {
        let id = indicator.id.as_str();
        let is_from_elsewhere = OWN.contains(&id) || ELSEWHERE.contains(&id);
        let wanted = if is_from_elsewhere { None } else { Some(1) };
        assert_eq!(count.remove(id), wanted, "{id}");
    }
    assert!(count.is_empty(), "{count:?} are no indicators");
}
