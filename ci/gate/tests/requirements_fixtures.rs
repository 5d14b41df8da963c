//! What is wrong with a register, or with what tests say, is found: each case breaks one thing.

use std::path::Path;

use tidegate_gate::measurement::{Measurement, Value};
use tidegate_gate::requirements::scan::{Scan, scan, targets};
use tidegate_gate::requirements::trace::{MATRIX, Trace, judge, matrix, read};
use tidegate_gate::requirements::{Register, RegisterError, differences, renewed};
use tidegate_gate::tests_run::{Outcome, TestsRun};

/// Four requirements: shown, partly, not shown, card only.
const REGISTER: &str = r#"# A comment that stays.
schema = 1

[[requirement]]
id = "G1"
title = "first"
priority = "P0"
class = "business"
acceptance = "it is seen"
evidence = ["sim"]
state = "shown"
tests = ["a::t one", "a::t two"]

[[requirement]]
id = "G2"
title = "second"
priority = "P1"
class = "technical"
acceptance = "it is seen"
evidence = ["native", "card"]
state = "partly"
why = "no card"
tests = [
  "a::t m::three",
]

[[requirement]]
id = "G3"
title = "third"
priority = "P2"
class = "operations"
acceptance = "it is seen"
evidence = ["sim"]
state = "not shown"
why = "nobody made it"
tests = []

[[requirement]]
id = "G4"
title = "fourth"
priority = "P1"
class = "regulatory"
acceptance = "it is seen"
evidence = ["card"]
state = "not shown"
why = "no card"
tests = []
documents = ["page.md"]
"#;

fn parse(text: &str) -> Register {
    toml::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn register() -> Register {
    parse(REGISTER)
}

/// The register with a change of its text.
fn changed(from: &str, to: &str) -> Register {
    assert!(REGISTER.contains(from), "{from}");
    parse(&REGISTER.replacen(from, to, 1))
}

fn named(tests: &[(&str, &[&str])]) -> Scan {
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
    let tests = tests.iter().map(|(test, of)| ((*test).to_owned(), ids(of))).collect();
    Scan { tests, findings: Vec::new() }
}

/// What the tests of [`REGISTER`] say.
fn sound() -> Scan {
    named(&[
        ("a::t one", &["G1"]),
        ("a::t two", &["G1"]),
        ("a::t m::three", &["G2"]),
        ("b four", &[]),
    ])
}

fn run(outcomes: &[(&str, Outcome)]) -> TestsRun {
    outcomes.iter().map(|(test, outcome)| ((*test).to_owned(), *outcome)).collect()
}

/// All that the register lists passed, and a test that shows nothing.
const PASSED: [(&str, Outcome); 4] = [
    ("a::t one", Outcome::Passed),
    ("a::t two", Outcome::Passed),
    ("a::t m::three", Outcome::Passed),
    ("b four", Outcome::Passed),
];

fn value(measurement: &Measurement) -> f64 {
    measurement.value.number().expect("a number")
}

#[test]
fn a_sound_register_has_no_finding() {
    assert_eq!(register().lint(), [""; 0]);
    assert_eq!(differences(&register(), &sound()), [""; 0]);
}

#[test]
fn a_register_with_a_mistake_is_refused_by_name() {
    for (from, to, wanted) in [
        ("schema = 1", "schema = 2", "schema 2"),
        ("id = \"G2\"", "id = \"G1\"", "G1: comes twice"),
        ("id = \"G2\"", "id = \"g2\"", "g2: not a capital and a number"),
        ("id = \"G2\"", "id = \"G02\"", "G02: not a capital and a number"),
        ("title = \"first\"", "title = \" \"", "G1: title is empty"),
        ("acceptance = \"it is seen\"", "acceptance = \"\"", "G1: acceptance is empty"),
        (
            "acceptance = \"it is seen\"",
            "acceptance = \"a\\nb\"",
            "G1: acceptance is more than a line",
        ),
        ("why = \"no card\"", "why = \"\"", "G2: partly without a why"),
        ("why = \"nobody made it\"\n", "", "G3: not shown without a why"),
        ("state = \"shown\"", "state = \"shown\"\nwhy = \"something\"", "G1: shown, and a why"),
        ("evidence = [\"sim\"]", "evidence = []", "G1: no evidence"),
        ("evidence = [\"sim\"]", "evidence = [\"sim\", \"sim\"]", "G1: an evidence comes twice"),
        (
            "evidence = [\"sim\"]",
            "evidence = [\"sim\", \"card\"]",
            "G1: shown, and no test here runs on a card",
        ),
        ("tests = [\"a::t one\", \"a::t two\"]", "tests = []", "G1: shown, and no test names it"),
        ("tests = [\n  \"a::t m::three\",\n]", "tests = []", "G2: partly, and no test names it"),
        (
            "[\"sim\"]\nstate = \"shown\"\ntests = [\"a::t one\", \"a::t two\"]",
            "[\"document\"]\nstate = \"shown\"\ntests = []",
            "G1: shown, and neither test nor document",
        ),
        (
            "made it\"\ntests = []",
            "made it\"\ntests = [\"a::t one\"]",
            "G3: not shown, and tests name it",
        ),
        (
            "state = \"not shown\"\nwhy = \"no card\"",
            "state = \"partly\"\nwhy = \"no card\"",
            "G4: a card alone can show it",
        ),
    ] {
        let found = changed(from, to).lint();
        assert!(found.iter().any(|line| line.starts_with(wanted)), "{wanted}: {found:?}");
    }
    let empty = parse("schema = 1\nrequirement = []");
    assert!(empty.lint()[0].contains("no requirement"), "{:?}", empty.lint());
}

#[test]
fn a_field_that_is_missing_or_unknown_is_refused() {
    let place = tempfile::tempdir().expect("a folder");
    let path = place.path().join("requirements.toml");
    let load = |text: &str| {
        std::fs::write(&path, text).expect("written");
        Register::load(&path, place.path())
    };
    std::fs::write(place.path().join("page.md"), "").expect("written");
    let (_, hash) = load(REGISTER).expect("a register");
    assert_eq!(hash.len(), 64);
    let (_, other) = load(&REGISTER.replace("first", "First")).expect("a register");
    assert_ne!(hash, other, "the set has another hash");
    for field in ["title", "priority", "class", "acceptance", "evidence", "state", "tests"] {
        let line = REGISTER.lines().find(|line| line.starts_with(&format!("{field} = ")));
        let text = REGISTER.replacen(&format!("{}\n", line.expect(field)), "", 1);
        let error = load(&text).expect_err(field).to_string();
        assert!(error.contains(&format!("missing field `{field}`")), "{error}");
    }
    for (from, to) in [("\"P0\"", "\"P9\""), ("\"business\"", "\"sales\""), ("title", "titel")] {
        let refused = load(&REGISTER.replacen(from, to, 1)).expect_err(to);
        assert!(matches!(refused, RegisterError::Toml { .. }), "{refused}");
    }
    // Documents are files of the repository.
    for document in ["gone.md", "../page.md", "/etc/hostname"] {
        let refused = load(&REGISTER.replacen("page.md", document, 1)).expect_err(document);
        assert!(refused.to_string().contains(&format!("G4: no document {document}")), "{refused}");
    }
}

/// Shows Q7.
#[test]
fn lists_and_tests_that_disagree_are_found() {
    let with = |test: &'static str, ids: &'static [&'static str]| {
        let mut scan = sound();
        scan.tests.extend(named(&[(test, ids)]).tests);
        differences(&register(), &scan)
    };
    assert_eq!(with("b four", &["G9"]), ["G9: no such requirement, and b four name it"]);
    assert_eq!(with("b four", &["G1"]), ["G1: does not list b four, which names it"]);
    assert_eq!(with("a::t two", &[]), ["G1: lists a::t two, which does not name it"]);
    let moved = changed("a::t two", "a::t deux");
    assert_eq!(differences(&moved, &sound()).len(), 2, "the old name and the new one");
    let mut broken = sound();
    broken.findings.push("x.rs:3: names ids above no test".to_owned());
    assert_eq!(differences(&register(), &broken), broken.findings);
}

#[test]
fn renewing_changes_the_lists_alone() {
    let scan = named(&[("a::t m::three", &["G1", "G2"]), ("b four", &["G2"])]);
    let text = renewed(REGISTER, &scan);
    let lists = "tests = [\n  \"a::t m::three\",\n]\n";
    let wanted = REGISTER
        .replacen(
            "tests = [\n  \"a::t m::three\",\n]\n",
            "tests = [\n  \"a::t m::three\",\n  \"b four\",\n]\n",
            1,
        )
        .replacen("tests = [\"a::t one\", \"a::t two\"]\n", lists, 1);
    assert_eq!(text, wanted);
    assert_eq!(renewed(&text, &scan), text, "twice is as once");
    assert_eq!(differences(&parse(&text), &scan), [""; 0]);
}

/// Shows Q7, Q8.
#[test]
fn coverage_counts_what_a_run_showed() {
    let found = judge(&register(), &run(&PASSED));
    assert_eq!(
        (found.indicator.as_str(), found.value.clone()),
        ("Q06", Value::Measured(200.0 / 3.0))
    );
    for (name, wanted) in [
        ("approved", 3.0),
        ("covered", 2.0),
        ("p0_uncovered", 0.0),
        ("claimed_without_passing_test", 0.0),
        ("shown", 1.0),
        ("partly", 1.0),
        ("not_shown", 2.0),
        ("not_applicable", 0.0),
        ("card_only", 1.0),
        ("document_only", 0.0),
        ("orphan_tests", 1.0),
    ] {
        assert_eq!(found.figures.get(name), Some(&wanted), "{name}");
    }
    assert_eq!(found.figures.len(), 11);
    let parts: Vec<_> =
        found.parts.iter().map(|part| (part.path[0].as_str(), part.value)).collect();
    assert_eq!(parts, [("P0", 100.0), ("P1", 100.0), ("P2", 0.0)]);
    assert_eq!(found.findings.len(), 1);
    assert_eq!(
        (found.findings[0].at.as_str(), found.findings[0].what.as_str()),
        ("G3", "P2 third: nobody made it")
    );
}

/// Shows Q7.
#[test]
fn a_claim_without_a_passing_test_is_counted() {
    for outcome in [Outcome::Failed, Outcome::Ignored, Outcome::NotRun] {
        // All of it, and one of two.
        let all = run(&[("a::t one", outcome), ("a::t two", outcome), PASSED[2]]);
        let found = judge(&register(), &all);
        assert_eq!(found.figures["claimed_without_passing_test"], 1.0, "{outcome:?}");
        assert_eq!(found.figures["p0_uncovered"], 1.0, "{outcome:?}");
        assert_eq!(found.findings[0].at, "G1");
        let one = run(&[PASSED[0], ("a::t two", outcome), PASSED[2]]);
        let claims = judge(&register(), &one).figures["claimed_without_passing_test"];
        assert_eq!(claims, f64::from(u8::from(outcome == Outcome::Failed)), "{outcome:?}");
    }
    // A run without any test: every claim is empty.
    let found = judge(&register(), &TestsRun::new());
    assert_eq!((value(&found), found.figures["claimed_without_passing_test"]), (0.0, 2.0));
}

/// Shows Q7.
#[test]
fn a_p0_without_a_passing_test_is_counted_whatever_its_state() {
    let open = changed("priority = \"P2\"", "priority = \"P0\"");
    let found = judge(&open, &run(&PASSED));
    assert_eq!(found.figures["p0_uncovered"], 1.0);
    assert_eq!(found.figures["claimed_without_passing_test"], 0.0);
    // What a card alone can show waits for the card.
    let card = changed(
        "priority = \"P1\"\nclass = \"regulatory\"",
        "priority = \"P0\"\nclass = \"regulatory\"",
    );
    assert_eq!(judge(&card, &run(&PASSED)).figures["p0_uncovered"], 0.0);
    // What does not apply is no part of it.
    let not = changed(
        "state = \"not shown\"\nwhy = \"nobody made it\"",
        "state = \"not applicable\"\nwhy = \"no\"",
    );
    assert_eq!(value(&judge(&not, &run(&PASSED))), 100.0);
}

#[test]
fn nothing_to_show_is_not_measured() {
    let cards = REGISTER.split("[[requirement]]").last().expect("G4");
    let only = parse(&format!("schema = 1\n[[requirement]]{cards}"));
    assert!(matches!(judge(&only, &run(&PASSED)).value, Value::NotMeasured(_)));
    // A page is read by a person: no run shows it, and its claim is not empty.
    let page = "evidence = [\"document\"]\nstate = \"shown\"\ntests = []\n";
    let of_card = "evidence = [\"card\"]\nstate = \"not shown\"\nwhy = \"no card\"\ntests = []\n";
    let found = judge(&changed(of_card, page), &run(&PASSED));
    assert_eq!(found.figures["claimed_without_passing_test"], 0.0);
    assert_eq!((found.figures["document_only"], found.figures["card_only"]), (1.0, 0.0));
    assert_eq!(found.figures["approved"], 3.0);
}

#[test]
fn the_matrix_shows_both_directions() {
    let outcomes =
        [PASSED[0], ("a::t two", Outcome::Failed), PASSED[3], ("b five", Outcome::Ignored)];
    let trace = Trace::new(&register(), "abc", &run(&outcomes));
    let text = matrix(&trace);
    for line in [
        "Register: `sha256:abc`",
        "| P1 | 0 | 1 | 1 | 0 |",
        "| G1 | first | P0 | shown | `a::t one`<br>`a::t two` (failed) | 1 passed, 1 failed |  |",
        "| G2 | second | P1 | partly | `a::t m::three` (not run) | 1 not run | no card |",
        "| G3 | third | P2 | not shown |  | no test | nobody made it |",
        "| G4 | fourth | P1 | not shown (card only) | [page.md](../../page.md) | no test | no card |",
        "## Tests that show no requirement: 2 of 4",
        "* `b`: 2",
        "  * `five`",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    let json = serde_json::to_string(&trace).expect("JSON");
    assert_eq!(serde_json::from_str::<Trace>(&json).expect("a trace"), trace);
}

/// Writes the files of a small workspace.
fn workspace(place: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = place.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    }
}

const PACKAGE: &str = "[package]\nname = \"p\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n\
                       [[bin]]\nname = \"tool\"\npath = \"src/tool.rs\"\n[[bin]]\nname = \"untested\"\n\
                       path = \"src/tool.rs\"\ntest = false\n";

/// Tests wherever they may stand: modules in a file, beside it, by path; macros; binaries.
#[test]
fn a_scan_knows_the_path_of_each_test() {
    let place = tempfile::tempdir().expect("a folder");
    workspace(
        place.path(),
        &[
            ("Cargo.toml", PACKAGE),
            (
                "src/lib.rs",
                "pub mod room;\n#[path = \"elsewhere/x.rs\"]\nmod other;\nfn plain() {}\n",
            ),
            (
                "src/room.rs",
                "mod inner;\n#[cfg(test)]\nmod tests {\n    /// A word.\n    /// Shows G1.\n    #[test]\n    \
              fn one() { let _ = \"}\"; let _ = '{'; /* } */ }\n    mod deeper {\n        #[test]\n        fn two() {}\n    }\n}\n",
            ),
            (
                "src/room/inner.rs",
                "#[test]\n#[should_panic(expected = \"{\")]\n/// Shows G2, H3.\nfn three() {}\n",
            ),
            ("src/elsewhere/x.rs", "mod beside;\n"),
            (
                "src/elsewhere/beside.rs",
                "/// Shows H4.\n/// Shows H5.\n#[test]\nfn four<'a>() {}\n",
            ),
            ("src/tool.rs", "fn main() {}\n#[test]\nfn five() {}\n"),
            (
                "tests/t.rs",
                "mod common;\nmacro_rules! each { () => {\n    /// Shows C1.\n    #[test]\n    fn six() {}\n} }\n\
              proptest! {\n    #![config(Config { cases: 1, ..x() })]\n\n    /// Shows C2.\n    #[test]\n    fn seven(a in 0..9) { check(a)?; }\n}\n",
            ),
            (
                "tests/common/mod.rs",
                "/// Shows a page and what is wrong with it.\npub fn help() {}\n",
            ),
            ("tests/whole/main.rs", "mod part;\n"),
            ("tests/whole/part.rs", "#[test]\nfn eight() { r#\"\n/// Shows G9.\n\"#; }\n"),
        ],
    );
    let found = scan(&targets(place.path()).expect("targets")).expect("sources");
    assert_eq!(found.findings, [""; 0]);
    let wanted = named(&[
        ("p room::tests::one", &["G1"]),
        ("p room::tests::deeper::two", &[]),
        ("p room::inner::three", &["G2", "H3"]),
        ("p other::beside::four", &["H4", "H5"]),
        ("p::bin/tool five", &[]),
        ("p::t six", &["C1"]),
        ("p::t seven", &["C2"]),
        ("p::whole part::eight", &[]),
    ]);
    assert_eq!(found, wanted);
}

#[test]
fn lines_that_would_be_lost_are_findings() {
    let place = tempfile::tempdir().expect("a folder");
    for (text, wanted) in [
        ("/// Shows G1.\nfn helper() {}\n", "t.rs:1: names ids above no test"),
        (
            "/// Shows G1.\nconst A: u8 = 1;\n#[test]\nfn a() {}\n",
            "t.rs:1: names ids above no test",
        ),
        ("#[test]\nfn a() {}\n/// Shows G1.\n", "t.rs:3: names ids above no test"),
        ("// Shows G1.\n#[test]\nfn a() {}\n", "t.rs:1: not as"),
        ("/// Shows G1\n#[test]\nfn a() {}\n", "t.rs:1: not as"),
        ("/// Shows G1,H2.\n#[test]\nfn a() {}\n", "t.rs:1: not as"),
        ("/// Shows G1, the first.\n#[test]\nfn a() {}\n", "t.rs:1: not as"),
        ("///  Shows G1.\n#[test]\nfn a() {}\n", "t.rs:1: not as"),
    ] {
        workspace(
            place.path(),
            &[("Cargo.toml", PACKAGE), ("src/tool.rs", "fn main() {}\n"), ("tests/t.rs", text)],
        );
        let found = scan(&targets(place.path()).expect("targets")).expect("sources").findings;
        assert!(found.len() == 1 && found[0].contains(wanted), "{text}: {found:?}");
    }
}

/// Shows Q7.
#[test]
fn a_repository_is_judged_with_what_its_tests_name() {
    let place = tempfile::tempdir().expect("a folder");
    let test = "/// Shows G1.\n#[test]\nfn one() {}\n";
    let register = REGISTER.replace("\"a::t one\", \"a::t two\"", "\"p::t one\"");
    let register = register.replace("a::t m::three", "p::t three").replace("page.md", "Cargo.toml");
    let set = |tests: &str, register: &str| {
        let files = [("Cargo.toml", PACKAGE), ("src/tool.rs", "fn main() {}\n")];
        workspace(place.path(), &files);
        workspace(place.path(), &[("tests/t.rs", tests), ("ci/requirements.toml", register)]);
    };
    let whole = format!("{test}/// Shows G2.\n#[test]\nfn three() {{}}\n");
    let passed = run(&[("p::t one", Outcome::Passed), ("p::t three", Outcome::Passed)]);
    let wrong = |run: &TestsRun| {
        let (_, found) = read(place.path(), run).expect("a register");
        let lines = found.findings.iter().filter(|finding| finding.at == "ci/requirements.toml");
        let lines: Vec<String> = lines.map(|finding| finding.what.clone()).collect();
        assert_eq!(found.figures["register_differences"], lines.len() as f64);
        lines
    };
    set(&whole, &register);
    assert_eq!(wrong(&passed), [""; 0]);
    let text = std::fs::read_to_string(place.path().join(MATRIX)).expect("the matrix");
    assert!(text.contains("| `p::t one` | 1 passed |"), "{text}");
    // A test of the run that the sources do not show, a list that is stale, a register that is unsound.
    let more = run(&[("p::t one", Outcome::Passed), ("p::t two", Outcome::Passed)]);
    assert_eq!(wrong(&more), ["p::t two: not found in the sources"]);
    set(test, &register);
    assert_eq!(wrong(&passed).len(), 2, "listed and not named, ran and not there");
    set(&whole, &register.replace("why = \"nobody made it\"\n", ""));
    let refused = read(place.path(), &passed).expect_err("no why");
    assert!(refused.contains("G3: not shown without a why"), "{refused}");
}

#[test]
fn examples_in_documents_are_no_tests_that_the_scan_missed() {
    let scan = tidegate_gate::requirements::scan::Scan::default();
    let run = |name: &str| [(name.to_owned(), tidegate_gate::tests_run::Outcome::Passed)].into();
    let unseen = |name| tidegate_gate::requirements::unseen(&scan, &run(name)).len();
    assert_eq!(unseen("tidegate-gateway::doc host/gateway/src/lib.rs - (line 7)"), 0);
    assert_eq!(unseen("tidegate-gateway::docs reads"), 1);
}
