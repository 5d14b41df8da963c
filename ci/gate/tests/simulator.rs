//! What the simulator's run says of Q02, Q13 and Q16: fixtures that pass and that fail, judged by the
//! committed policy, and files that are no run.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::date;
use serde_json::{Value as Json, json};
use tidegate_gate::judgement::{Before, Row, State, judge};
use tidegate_gate::measurement::{Label, Value};
use tidegate_gate::policy::{Policy, Stage};
use tidegate_gate::simulator::{FILE, Run, read};

const IDS: [&str; 3] = ["Q02", "Q13", "Q16"];

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// The tree that the fixtures were run on.
fn tree() -> PathBuf {
    fixtures().join("tree")
}

fn policy() -> Policy {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../gate-policy.toml");
    Policy::load(&path).expect("a policy").0
}

/// The rows of a folder of raw outputs.
fn judged(raw: &Path) -> Vec<Row> {
    let measurements = read(raw, &tree());
    assert_eq!(measurements.iter().map(|one| one.indicator.as_str()).collect::<Vec<_>>(), IDS);
    let judgement =
        judge(&policy(), Stage::Merge, measurements, &Before::default(), date(2026, 3, 2));
    let rows = judgement.expect("a judgement").rows;
    rows.into_iter().filter(|row| IDS.contains(&row.id.as_str())).collect()
}

fn of<'a>(rows: &'a [Row], id: &str) -> &'a Row {
    rows.iter().find(|row| row.id == id).expect("a row")
}

/// The passing run, changed.
fn changed(change: impl FnOnce(&mut Json)) -> Vec<Row> {
    let text = fs::read_to_string(fixtures().join("Q02/pass").join(FILE)).expect("a fixture");
    let mut run: Json = serde_json::from_str(&text).expect("JSON");
    change(&mut run);
    written(&run.to_string())
}

fn written(text: &str) -> Vec<Row> {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(FILE), text).expect("written");
    judged(folder.path())
}

/// Every row is without a value and in this state, for a reason that has this.
#[track_caller]
fn none(state: State, rows: &[Row], wanted: &str) {
    for row in rows {
        assert_eq!(row.state, state, "{}: {:?}", row.id, row.reasons);
        assert_eq!(row.value.number(), None, "{}", row.id);
        assert!(row.reasons[0].contains(wanted), "{}: {:?}", row.id, row.reasons);
        assert!(row.is_demanded);
    }
}

/// It was started and did not say what it found: at merge too that is no pass, and no warning.
#[track_caller]
fn broken(rows: &[Row], wanted: &str) {
    none(State::Fail, rows, wanted);
}

#[test]
fn each_indicator_passes_and_fails_on_its_fixture() {
    for id in IDS {
        let rows = judged(&fixtures().join(id).join("pass"));
        for row in &rows {
            assert_eq!(row.state, State::Pass, "{id}: {}: {:?}", row.id, row.reasons);
            assert_eq!(row.value, Value::Measured(100.0));
            assert!(row.tool.starts_with("tidegate ") && row.source == FILE);
        }
        let rows = judged(&fixtures().join(id).join("fail"));
        let row = of(&rows, id);
        assert_eq!(row.state, State::Fail, "{id}: {:?}", row.reasons);
        assert!(!row.findings.is_empty(), "{id}");
    }
}

#[test]
fn a_difference_is_told_with_its_message_field_and_cycle() {
    let rows = judged(&fixtures().join("Q02/fail"));
    let row = of(&rows, "Q02");
    assert_eq!(row.findings[0].at, "adversarial/conditions/conditions.bin");
    for part in ["sim: message 2 (300191), record 2", "field Price", "cycle ", "(Modelled)"] {
        assert!(row.findings[0].what.contains(part), "{part}: {}", row.findings[0].what);
    }
    // From the first difference on nothing counts as the same.
    assert!(row.value.number().expect("a value") < 99.0);
    assert!(row.figures["mismatched"] > 1.0);
    assert_eq!(row.figures["compared"], row.figures["identical"] + row.figures["mismatched"]);
    let part = row.parts.iter().find(|part| part.path == ["sim"]).expect("a part");
    assert_eq!(part.count as f64, row.figures["compared"]);
    // The other two have their own case: a trigger that fired, a budget that was not kept.
    let rows = judged(&fixtures().join("Q13/fail"));
    let what = &of(&rows, "Q13").findings[0].what;
    assert!(what.contains("trigger killed fired 15 times"), "{what}");
    let rows = judged(&fixtures().join("Q16/fail"));
    let row = of(&rows, "Q16");
    assert_eq!(row.label, Label::Modelled);
    assert!(row.findings[0].at.starts_with("bit-flip-market on sim"), "{:?}", row.findings);
    assert!(row.findings[0].what.contains("the budget is 40"), "{:?}", row.findings);
}

#[test]
fn no_run_is_no_measurement() {
    let folder = tempfile::tempdir().expect("a folder");
    none(State::NotMeasured, &judged(folder.path()), "`tidegate gate simulate` writes it");
}

#[test]
fn what_is_no_run_fails() {
    let deep = "[".repeat(5_000);
    for (text, wanted) in [
        ("", "EOF"),
        ("{", "EOF"),
        ("null", "invalid type"),
        ("[]", "invalid"),
        ("{}", "missing field `schema`"),
        ("{\"schema\": 2}", "schema 2, this version reads 1"),
        ("{\"schema\": -1}", "invalid value"),
        ("{\"schema\": 1}", "missing field"),
        ("\u{0}\u{1}", "expected value"),
        (&deep, "invalid type"),
    ] {
        broken(&written(text), wanted);
    }
    broken(&changed(|run| run["surprise"] = json!(1)), "unknown field `surprise`");
    broken(&changed(|run| run["feeds"][0]["messages"] = json!(1e300)), "invalid type");
    broken(&changed(|run| run["feeds"][0]["engines"][1]["identical"] = json!(-3)), "invalid value");
    broken(
        &changed(|run| run["feeds"][0]["engines"][1]["verdict"] = json!("fine")),
        "unknown variant",
    );
}

#[test]
fn a_run_that_does_not_add_up_fails() {
    let one = |key: &'static str, value: Json| {
        changed(move |run| run["feeds"][1]["engines"][1][key] = value)
    };
    broken(&one("identical", json!(1)), "are not 687 compared");
    // A sum beyond 64 bits.
    broken(
        &changed(|run| {
            let one = &mut run["feeds"][1]["engines"][1];
            one["identical"] = json!(u64::MAX);
            one["mismatched"] = json!(u64::MAX);
        }),
        "compared",
    );
    broken(&one("verdict", json!("differs")), "Differs with 0 mismatched");
    broken(&one("verdict", json!("first")), "First with");
    broken(
        &changed(|run| run["scenarios"][0]["lost"] = json!(3)),
        "scenario card-absent: recovered, with losses",
    );
}

#[test]
fn a_run_that_leaves_something_out_fails() {
    let drop = |list: &'static str| {
        changed(move |run| {
            run[list].as_array_mut().expect("a list").remove(0);
        })
    };
    broken(&drop("feeds"), "adversarial/checksum-drop/checksum-drop.bin was not run");
    broken(&drop("scenarios"), "scenario card-absent was not run");
    broken(&drop("triggers"), "trigger kill switch of one was not run");
    broken(&changed(|run| run["feeds"][1]["sha256"] = json!("00")), "with another content");
    // Without the simulator, or on another tree, too.
    let rows = changed(|run| {
        for feed in run["feeds"].as_array_mut().expect("feeds") {
            feed["engines"].as_array_mut().expect("engines").remove(1);
        }
        run["triggers"][0]["engines"].as_array_mut().expect("engines").remove(1);
    });
    assert_eq!(of(&rows, "Q02").state, State::Fail);
    assert_eq!(of(&rows, "Q02").value.number(), None);
    assert_eq!(of(&rows, "Q02").reasons, ["engine sim was not compared"]);
    let other = tempfile::tempdir().expect("a folder");
    let measurements = read(&fixtures().join("Q02/pass"), other.path());
    assert!(measurements.iter().all(|one| one.is_broken && one.value.number().is_none()));
}

#[test]
fn what_is_wrong_counts_whatever_is_left_out() {
    let rows = changed(|run| {
        run["feeds"].as_array_mut().expect("feeds").remove(0);
        let one = &mut run["feeds"][0]["engines"][1];
        one["verdict"] = json!("failed");
        one["reason"] = json!("the card's counter stands");
        one["identical"] = json!(686);
        one["mismatched"] = json!(1);
    });
    assert_eq!(of(&rows, "Q02").state, State::Fail);
    assert!(of(&rows, "Q02").findings[0].what.contains("the card's counter stands"));
    assert_eq!(of(&rows, "Q13").state, State::Fail);
    assert_eq!((of(&rows, "Q16").state, of(&rows, "Q16").value.number()), (State::Fail, None));
}

#[test]
fn a_crash_a_loss_and_a_double_are_vetoes() {
    let rows = changed(|run| run["feeds"][0]["crashed"] = json!("index out of bounds"));
    let row = of(&rows, "Q13");
    assert_eq!((row.state, row.figures["crashed"]), (State::Fail, 1.0));
    assert!(row.reasons.iter().any(|reason| reason.contains("veto: 1, crashed above 0")));
    assert_eq!(of(&rows, "Q02").state, State::Fail);
    for key in ["lost", "doubled"] {
        let rows = changed(|run| {
            run["scenarios"][0]["recovered"] = json!(false);
            run["scenarios"][0][key] = json!(1);
        });
        let row = of(&rows, "Q16");
        assert_eq!((row.state, row.figures[key]), (State::Fail, 1.0));
        let veto = format!("veto: 1, {key} above 0");
        assert!(row.reasons.contains(&veto), "{:?}", row.reasons);
    }
}

#[test]
fn faults_that_are_not_those_of_the_manifest_are_bad_input_done_badly() {
    for faults in [json!({}), json!({"frame.checksum": 7, "frame.length": 1})] {
        let rows = changed(|run| run["feeds"][0]["faults"] = faults);
        let row = of(&rows, "Q13");
        assert_eq!(row.state, State::Fail, "{:?}", row.reasons);
        assert!(row.findings[0].what.starts_with("faults raised "), "{:?}", row.findings);
        assert_eq!(of(&rows, "Q02").state, State::Pass);
    }
}

#[test]
fn a_trigger_that_fires_or_sends_otherwise_is_told() {
    for key in ["fired", "sent"] {
        for at in 0..2 {
            let rows = changed(|run| {
                let one = &mut run["triggers"][0]["expectations"][at][key];
                *one = json!(one.as_u64().expect("a count") + 1);
            });
            let row = of(&rows, "Q13");
            assert_eq!(row.state, State::Fail, "{key}: {:?}", row.reasons);
            assert!(row.findings[0].at.starts_with("triggers: kill switch of one"));
        }
    }
}

#[test]
fn a_fault_on_a_clean_feed_counts_too() {
    let clean = |faults: Json| {
        changed(|run| {
            run["feeds"][0]["classification"] = json!("synthetic");
            run["feeds"][0]["faults_expected"] = json!([]);
            run["feeds"][0]["faults"] = faults;
        })
    };
    assert_eq!(of(&clean(json!({})), "Q13").figures["run"], 2.0);
    let rows = clean(json!({"quote.price": 1}));
    let row = of(&rows, "Q13");
    assert_eq!((row.state, row.figures["run"]), (State::Fail, 3.0));
}

#[test]
fn requirements_are_those_that_something_exercises() {
    let text = fs::read_to_string(fixtures().join("Q02/pass").join(FILE)).expect("a fixture");
    let run: Run = serde_json::from_str(&text).expect("a run");
    assert_eq!(run.requirements().into_iter().collect::<Vec<_>>(), ["G15", "G6", "H5"]);
    assert!(!run.has_failed());
}
