//! The register is sound and says what the tests say. `BLESS=1` renews its lists of tests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use tidegate_gate::requirements::scan::{Scan, scan, targets};
use tidegate_gate::requirements::{Register, differences, renewed};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("a repository")
}

fn tests() -> Scan {
    scan(&targets(&root()).expect("targets")).expect("sources")
}

/// Shows Q7.
#[test]
fn the_register_says_what_the_tests_say() {
    let path = root().join("ci/requirements.toml");
    let tests = tests();
    if std::env::var_os("BLESS").is_some() {
        let text = std::fs::read_to_string(&path).expect("the register");
        std::fs::write(&path, renewed(&text, &tests)).expect("written");
    }
    let (register, _) = Register::load(&path, &root()).unwrap_or_else(|error| panic!("{error}"));
    let found = differences(&register, &tests);
    assert!(
        found.is_empty(),
        "BLESS=1 cargo test -p tidegate-gate --test requirements renews the lists\n{}",
        found.join("\n")
    );
}

/// An id is never dropped: what does not apply says so.
/// Shows Q7.
#[test]
fn every_id_is_there_in_its_order() {
    // As it is written: whether it is sound is the other test's business.
    let text = std::fs::read_to_string(root().join("ci/requirements.toml")).expect("the register");
    let register: Register = toml::from_str(&text).unwrap_or_else(|error| panic!("{error}"));
    let wanted: Vec<String> = [
        ('G', 53),
        ('H', 50),
        ('C', 17),
        ('P', 10),
        ('R', 13),
        ('N', 12),
        ('E', 7),
        ('Q', 21),
        ('A', 6),
        ('V', 5),
        ('L', 7),
        ('O', 8),
    ]
    .into_iter()
    .flat_map(|(letter, last)| (1..=last).map(move |number| format!("{letter}{number}")))
    .collect();
    let ids: Vec<&str> = register.requirement.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, wanted);
}

/// What `cargo nextest list --message-format json` says.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct List {
    rust_suites: BTreeMap<String, Suite>,
}

#[derive(Deserialize)]
struct Suite {
    testcases: BTreeMap<String, serde_json::Value>,
}

/// The list as the gate keeps it, or `TIDEGATE_NEXTEST_LIST`.
fn listed() -> Option<BTreeSet<String>> {
    let path = std::env::var_os("TIDEGATE_NEXTEST_LIST").map(PathBuf::from);
    let path = path.unwrap_or_else(|| root().join("target/gate/raw/tests-list.json"));
    // An empty one is a list under way.
    let bytes = std::fs::read(path).ok().filter(|bytes| !bytes.is_empty())?;
    let list: List = serde_json::from_slice(&bytes).expect("a list of nextest");
    let key = |(binary, suite): (String, Suite)| {
        suite.testcases.into_keys().map(move |test| format!("{binary} {test}"))
    };
    Some(list.rust_suites.into_iter().flat_map(key).collect())
}

#[test]
fn the_scan_finds_every_test_that_nextest_lists() {
    let Some(listed) = listed() else {
        eprintln!("skipped: no list of nextest, TIDEGATE_NEXTEST_LIST=FILE names one");
        return;
    };
    assert!(!listed.is_empty());
    let found: BTreeSet<String> = tests().tests.into_keys().collect();
    // Tests of this crate may be younger than the list.
    let is_ours = |test: &&String| test.starts_with("tidegate-gate");
    let unseen: Vec<_> = listed.difference(&found).filter(|test| !is_ours(test)).collect();
    assert!(unseen.is_empty(), "listed and not found in the sources: {unseen:#?}");
    // A feature or a platform may leave some out, not many.
    let more = found.difference(&listed).filter(|test| !is_ours(test)).count();
    assert!(more * 50 < listed.len(), "{more} found in the sources and not listed");
}
