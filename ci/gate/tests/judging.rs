//! What a judgement is: points, states, vetoes, waivers, what rises and what was made easier.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use tidegate_gate::judgement::{Before, Demand, JudgeError, Judgement, State, Verdict, judge};
use tidegate_gate::ledger::{Context, Ledger, is_rewritten};
use tidegate_gate::measurement::Measurement;
use tidegate_gate::policy::{Policy, Stage};
use tidegate_gate::report;

const TODAY: Date = date(2026, 11, 30);

/// Two scored indicators, one of them better when lower, one that can only veto, and the gate's own two.
const POLICY: &str = r#"
schema = 1
[[stage]]
name = "merge"
score = 50
measured = 60
incomplete = "warn"
[[stage]]
name = "submission"
score = 50
measured = 60
incomplete = "block"
[[stage]]
name = "release"
score = 50
measured = 60
incomplete = "block"
[[indicator]]
id = "A"
title = "share"
formula = "a / b"
clause = "1"
unit = "%"
floor = 60
target = 100
weight = 30
from = "merge"
ratchet_tolerance = 1
veto = [{ from = "submission", below = 70 }, { from = "merge", figure = "bad", above = 0 }]
why = "w"
when_red = "r"
[[indicator]]
id = "B"
title = "growth"
formula = "a - b"
clause = "1"
unit = "%"
floor = 10
target = 0
weight = 10
from = "submission"
ratchet_tolerance = 2
why = "w"
when_red = "r"
[[indicator]]
id = "C"
title = "veto"
formula = "a"
clause = "1"
unit = "x"
floor = 1
target = 0
weight = 0
from = "submission"
veto = [{ from = "merge", above = 0 }]
why = "w"
when_red = "r"
[[indicator]]
id = "V03"
title = "waivers"
formula = "a"
clause = "1"
unit = "x"
floor = 1
target = 0
weight = 0
from = "merge"
veto = [{ from = "merge", above = 0 }]
why = "w"
when_red = "r"
[[indicator]]
id = "V05"
title = "lowered"
formula = "a"
clause = "1"
unit = "x"
floor = 1
target = 0
weight = 0
from = "merge"
veto = [{ from = "merge", above = 0 }]
why = "w"
when_red = "r"
"#;

fn policy(more: &str) -> Policy {
    let policy: Policy = toml::from_str(&format!("{POLICY}{more}")).expect("a policy");
    assert_eq!(policy.lint(), Vec::<String>::new());
    policy
}

fn a(value: f64) -> Measurement {
    Measurement::new("A", value, "s", "t").figure("bad", 0.0)
}

fn b(value: f64) -> Measurement {
    Measurement::new("B", value, "s", "t")
}

fn at(policy: &Policy, stage: Stage, measurements: &[Measurement]) -> Judgement {
    judge(policy, stage, measurements.to_vec(), &Before::default(), TODAY).expect("judged")
}

fn state(judgement: &Judgement, id: &str) -> State {
    judgement.rows.iter().find(|row| row.id == id).expect("a row").state
}

#[test]
fn points_run_from_the_floor_to_the_target_either_way_up() {
    let policy = policy("");
    for (value, b_value, score) in [
        (100.0, 0.0, 100.0),
        (60.0, 10.0, 0.0),
        (80.0, 5.0, 50.0),
        (200.0, -5.0, 100.0),
        (80.0, 0.0, (30.0 * 50.0 + 10.0 * 100.0) / 40.0),
    ] {
        let judgement = at(&policy, Stage::Merge, &[a(value), b(b_value)]);
        assert_eq!(judgement.score, Some(score), "{value} {b_value}");
        assert_eq!(judgement.measured, 100.0);
    }
}

#[test]
fn worse_than_the_floor_fails_and_a_score_below_the_least_does() {
    let policy = policy("");
    let judgement = at(&policy, Stage::Merge, &[a(59.9), b(0.0)]);
    assert_eq!((state(&judgement, "A"), judgement.verdict), (State::Fail, Verdict::Fail));
    let judgement = at(&policy, Stage::Merge, &[a(100.0), b(10.1)]);
    assert_eq!((state(&judgement, "B"), judgement.exit_code()), (State::Fail, 1));
    // All pass, and the sum does not.
    let judgement = at(&policy, Stage::Merge, &[a(61.0), b(0.0)]);
    assert_eq!((state(&judgement, "A"), judgement.verdict), (State::Pass, Verdict::Fail));
    assert!(judgement.reasons[0].contains("score 26.9, 50 is the least at merge"));
}

#[test]
fn a_veto_strikes_from_its_stage_on_and_by_its_figure() {
    let policy = policy("");
    let merge = at(&policy, Stage::Merge, &[a(69.0), b(0.0)]);
    assert_eq!(state(&merge, "A"), State::Pass);
    let submission =
        at(&policy, Stage::Submission, &[a(69.0), b(0.0), Measurement::new("C", 0.0, "", "")]);
    assert_eq!((state(&submission, "A"), submission.verdict), (State::Fail, Verdict::Fail));
    let bad = at(&policy, Stage::Merge, &[a(100.0).figure("bad", 1.0), b(0.0)]);
    assert_eq!(state(&bad, "A"), State::Fail);
    // A value whose figure nobody gave is no pass.
    let absent = at(&policy, Stage::Merge, &[Measurement::new("A", 100.0, "s", "t"), b(0.0)]);
    assert_eq!(state(&absent, "A"), State::Fail);
    let number = at(&policy, Stage::Merge, &[a(100.0).figure("bad", f64::NAN), b(0.0)]);
    assert_eq!(state(&number, "A"), State::Fail);
    let veto = at(&policy, Stage::Merge, &[a(100.0), b(0.0), Measurement::new("C", 1.0, "", "")]);
    assert_eq!((state(&veto, "C"), veto.verdict), (State::Fail, Verdict::Fail));
    assert_eq!(veto.score, Some(100.0));
}

#[test]
fn what_was_not_measured_never_passes() {
    let policy = policy("");
    // B is not demanded at merge: its weight is missing from the share, and nothing else.
    let merge = at(&policy, Stage::Merge, &[a(100.0)]);
    assert_eq!((merge.verdict, merge.measured, merge.exit_code()), (Verdict::Pass, 75.0, 0));
    assert_eq!(state(&merge, "B"), State::NotMeasured);
    // At submission it blocks, and so does a veto that nobody looked at.
    let submission = at(&policy, Stage::Submission, &[a(100.0), Measurement::none("B", "no tool")]);
    assert_eq!((submission.verdict, submission.exit_code()), (Verdict::Incomplete, 3));
    assert_eq!(
        submission.reasons,
        ["B was not measured: no tool", "C was not measured: nothing measured it in this run"]
    );
    // A number that is none is none, and the least share counts too; at merge it is a warning.
    let nothing = at(&policy, Stage::Merge, &[a(f64::NAN), b(0.0)]);
    assert_eq!(
        (nothing.verdict, nothing.measured, nothing.exit_code()),
        (Verdict::Incomplete, 25.0, 0)
    );
    assert_eq!(state(&nothing, "A"), State::NotMeasured);
    let none = at(&policy, Stage::Merge, &[]);
    assert_eq!((none.score, none.verdict), (None, Verdict::Incomplete));
    // A failure weighs more than what is unknown.
    let both = at(&policy, Stage::Submission, &[a(10.0)]);
    assert_eq!((both.verdict, both.exit_code()), (Verdict::Fail, 1));
}

/// A tool that died: whatever the stage, and although nothing is known.
#[test]
fn what_broke_fails() {
    let broken = Measurement::broken("B", "counts.toml: empty");
    for stage in [Stage::Merge, Stage::Submission] {
        let judged = at(&policy(""), stage, &[a(100.0), broken.clone()]);
        assert_eq!((judged.verdict, judged.exit_code()), (Verdict::Fail, 1));
        assert_eq!(state(&judged, "B"), State::Fail);
        assert_eq!(judged.reasons[0], "B growth: counts.toml: empty");
    }
    let judged = at(&policy(&waiver("B", "2026-12-31", "a")), Stage::Merge, &[a(100.0), broken]);
    assert_eq!((state(&judged, "B"), judged.exit_code()), (State::Waived, 0));
}

#[test]
fn measurements_that_do_not_fit_are_refused() {
    let policy = policy("");
    let judge = |measurements: &[Measurement], stage| {
        judge(&policy, stage, measurements.to_vec(), &Before::default(), TODAY)
    };
    assert_eq!(judge(&[a(1.0), a(2.0)], Stage::Merge), Err(JudgeError::Twice("A".into())));
    let unknown = Measurement::new("Z", 1.0, "", "");
    assert_eq!(judge(&[unknown], Stage::Merge), Err(JudgeError::Unknown("Z".into())));
    assert_eq!(judge(&[], Stage::Hardware), Err(JudgeError::NoStage(Stage::Hardware)));
    // Nobody else may say that no waiver is bad.
    let own = Measurement::new("V03", 0.0, "", "");
    assert_eq!(judge(&[own], Stage::Merge), Err(JudgeError::Twice("V03".into())));
}

fn waiver(indicator: &str, expires: &str, approver: &str) -> String {
    format!(
        "[[waiver]]\nid = \"W-1\"\nindicator = \"{indicator}\"\nreason = \"why\"\nmitigation = \"m\"\n\
         owner = \"o\"\napprover = \"{approver}\"\nexpires = \"{expires}\"\n"
    )
}

#[test]
fn a_waiver_bears_a_failure_until_its_day_and_no_longer() {
    let failing = [a(10.0), b(0.0)];
    let on_its_last_day = at(&policy(&waiver("A", "2026-11-30", "x")), Stage::Merge, &failing);
    assert_eq!(state(&on_its_last_day, "A"), State::Waived);
    assert!(on_its_last_day.rows[0].reasons[1].contains("waived until 2026-11-30 by x: why"));
    // The points are lost all the same.
    assert_eq!(on_its_last_day.score, Some(25.0));
    for (indicator, expires, approver, why) in [
        ("A", "2026-11-29", "x", "expired on 2026-11-29"),
        ("A", "2026-12-31", " ", "approver is empty"),
        ("Z", "2026-12-31", "x", "no indicator Z"),
        ("V03", "2026-12-31", "x", "a waiver cannot bear"),
        ("V05", "2026-12-31", "x", "a waiver cannot bear"),
        ("A", "2027-05-30", "x", "more than 180 days from now"),
    ] {
        let judgement = at(&policy(&waiver(indicator, expires, approver)), Stage::Merge, &failing);
        assert_eq!(
            (state(&judgement, "A"), state(&judgement, "V03")),
            (State::Fail, State::Fail),
            "{why}"
        );
        let row = judgement.rows.iter().find(|row| row.id == "V03").expect("a row");
        assert!(row.findings[0].what.contains(why), "{:?}", row.findings);
    }
    // A waiver does not make something known.
    let unknown = at(&policy(&waiver("A", "2026-12-31", "x")), Stage::Merge, &[b(0.0)]);
    assert_eq!(state(&unknown, "A"), State::NotMeasured);
}

#[test]
fn the_floor_rises_with_the_last_release_and_never_above_the_target() {
    let policy = policy("");
    let released = |a: f64, b: f64| Before {
        released: BTreeMap::from([("A".to_owned(), a), ("B".to_owned(), b)]),
        ..Before::default()
    };
    let at = |before: &Before, measurements: &[Measurement]| {
        judge(&policy, Stage::Merge, measurements.to_vec(), before, TODAY).expect("judged")
    };
    let judgement = at(&released(90.0, 3.0), &[a(88.9), b(5.1)]);
    assert_eq!((state(&judgement, "A"), state(&judgement, "B")), (State::Fail, State::Fail));
    assert_eq!((judgement.rows[0].floor, judgement.rows[1].floor), (89.0, 5.0));
    let judgement = at(&released(90.0, 3.0), &[a(89.0), b(5.0)]);
    assert_eq!((state(&judgement, "A"), state(&judgement, "B")), (State::Pass, State::Pass));
    // Worse than the policy's own floor it is never, and what is at the target cannot fail.
    let judgement = at(&released(20.0, 50.0), &[a(60.0), b(10.0)]);
    assert_eq!((judgement.rows[0].floor, judgement.rows[1].floor), (60.0, 10.0));
    let judgement = at(&released(300.0, -70.0), &[a(100.0), b(0.0)]);
    assert_eq!((state(&judgement, "A"), state(&judgement, "B")), (State::Pass, State::Pass));
    assert_eq!(judgement.score, Some(100.0));
}

#[test]
fn what_was_made_easier_needs_a_reason() {
    let before = {
        let policy = policy("");
        let demands = policy.indicator.iter().map(|i| (i.id.clone(), Demand::from(i))).collect();
        Before { demands, stages: policy.stage.clone(), ..Before::default() }
    };
    let changes = [
        ("floor = 60", "floor = 59", "A", "floor was 60 and is 59"),
        ("target = 100", "target = 99", "A", "target was 100 and is 99"),
        ("weight = 30", "weight = 29", "A", "weight was 30 and is 29"),
        ("floor = 10\n", "floor = 11\n", "B", "floor was 10 and is 11"),
        ("floor = 10\ntarget = 0", "floor = 10\ntarget = 1", "B", "target was 0 and is 1"),
        (
            "from = \"merge\"\nratchet",
            "from = \"release\"\nratchet",
            "A",
            "from was merge and is release",
        ),
        (
            "ratchet_tolerance = 1",
            "ratchet_tolerance = 1.5",
            "A",
            "ratchet_tolerance was 1 and is 1.5",
        ),
        ("ratchet_tolerance = 1", "", "A", "ratchet_tolerance was 1 and is inf"),
        (
            "ratchet_tolerance = 2",
            "ratchet_tolerance = 2\nneeds_card = true",
            "B",
            "needs_card was false and is true",
        ),
        (
            "below = 70",
            "below = 69",
            "A",
            "veto was value below 70 from submission and is value below 69 from submission, bad above 0 from merge",
        ),
        (
            "[{ from = \"submission\", below = 70 }, ",
            "[",
            "A",
            "veto was value below 70 from submission and is bad above 0 from merge",
        ),
        ("from = \"submission\", below", "from = \"release\", below", "A", "veto was"),
        ("id = \"B\"", "id = \"D\"", "B", "removed was weight 10 and is gone"),
        ("score = 50", "score = 49", "merge", "score was 50 and is 49"),
        ("measured = 60", "measured = 59", "merge", "measured was 60 and is 59"),
        (
            "incomplete = \"block\"",
            "incomplete = \"warn\"",
            "submission",
            "incomplete was block and is warn",
        ),
        (
            "name = \"submission\"",
            "name = \"hardware\"",
            "submission",
            "removed was score 50 and is gone",
        ),
    ];
    for (from, to, of, what) in changes {
        let text = POLICY.replacen(from, to, 1);
        assert_ne!(text, POLICY, "{from}");
        let changed: Policy = toml::from_str(&text).expect("a policy");
        let judgement =
            judge(&changed, Stage::Merge, vec![a(100.0)], &before, TODAY).expect("judged");
        let row = judgement.rows.iter().find(|row| row.id == "V05").expect("a row");
        assert_eq!((row.state, judgement.verdict), (State::Fail, Verdict::Fail), "{what}");
        let said =
            row.findings.iter().any(|finding| finding.at == of && finding.what.contains(what));
        assert!(said, "{of} {what} is not in {:?}", row.findings);
        // With its reason it may be.
        let mut said = text;
        for finding in &row.findings {
            let (what, rest) = finding.what.split_once(" was ").expect("was");
            let (was, now) = rest.split_once(" and is ").expect("is");
            said += &format!(
                "[[lowered]]\nof = \"{}\"\nwhat = \"{what}\"\nwas = \"{was}\"\nnow = \"{now}\"\n\
                 reason = \"r\"\napproved_by = \"a\"\ndate = \"2026-11-30\"\n",
                finding.at
            );
        }
        let changed: Policy = toml::from_str(&said).expect("a policy");
        let judgement =
            judge(&changed, Stage::Merge, vec![a(100.0)], &before, TODAY).expect("judged");
        assert_eq!(state(&judgement, "V05"), State::Pass, "{what}");
    }
    // Harder is free, and so is what is the same.
    for (from, to) in [
        ("floor = 60", "floor = 61"),
        ("weight = 30", "weight = 31"),
        ("below = 70", "below = 71"),
        ("from = \"submission\", below", "from = \"merge\", below"),
        ("score = 50", "score = 51"),
        ("", ""),
    ] {
        let changed: Policy = toml::from_str(&POLICY.replacen(from, to, 1)).expect("a policy");
        let judgement =
            judge(&changed, Stage::Merge, vec![a(100.0)], &before, TODAY).expect("judged");
        assert_eq!(state(&judgement, "V05"), State::Pass, "{to}");
    }
}

fn judged(stage: Stage, value: f64) -> (Policy, Judgement) {
    let policy = policy("");
    let c = Measurement::new("C", 0.0, "", "");
    let judgement = at(&policy, stage, &[a(value), b(0.0), c]);
    (policy, judgement)
}

#[test]
fn every_change_of_a_ledger_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.jsonl");
    let mut ledger = Ledger::default();
    let mut heads = Vec::new();
    for value in [90.0, 91.5, 92.0, 93.0] {
        let (policy, judgement) = judged(Stage::Release, value);
        let context = Context { utc: "2026-11-30T00:00:00Z".to_owned(), ..Context::default() };
        let record = ledger.next(&policy, &judgement, context);
        heads.push(ledger.append(&path, record).expect("written"));
    }
    let last = heads.last().expect("a head");
    let whole = Ledger::load(&path, Some(last)).expect("whole");
    assert_eq!(whole, ledger);
    assert_eq!(whole.before().released["A"], 93.0);
    let text = std::fs::read_to_string(&path).expect("text");
    let lines: Vec<&str> = text.lines().collect();
    let join = |lines: &[&str]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    let cases = [
        ("edited", text.replacen("91.5", "99.5", 1), "line 2: it says sha256"),
        (
            "the hash edited",
            text.replacen(&heads[1].sha256[..8], "00000000", 1),
            "line 2: it says sha256",
        ),
        ("swapped", join(&[lines[0], lines[2], lines[1], lines[3]]), "line 2: record 2 where 1"),
        ("taken out", join(&[lines[0], lines[2], lines[3]]), "line 2: record 2 where 1"),
        ("twice", join(&[lines[0], lines[0]]), "line 2: record 0 where 1"),
        ("the first taken out", join(&lines[1..]), "line 1: record 1 where 0"),
        ("cut short", join(&lines[..3]), "the release manifest names record 3"),
        ("emptied", String::new(), "the release manifest names record 3"),
        ("cut in a line", text[..text.len() - 9].to_owned(), "line 4: it does not end"),
        ("no hash", join(&[lines[0], "{}"]), "line 2: it does not end in its sha256"),
    ];
    for (name, text, wanted) in cases {
        std::fs::write(&path, text).expect("written");
        let error = Ledger::load(&path, Some(last)).expect_err(name).to_string();
        assert!(error.contains(wanted), "{name}: {error}");
    }
    // One who hashes what he edited breaks the next link instead; he who rewrites all of them, the head.
    let mut forged = Ledger::default();
    std::fs::remove_file(&path).expect("removed");
    for record in &whole.records {
        let mut record = record.clone();
        record.prev_sha256 =
            forged.head.as_ref().map_or(record.prev_sha256, |head| head.sha256.clone());
        record.score = Some(100.0);
        forged.append(&path, record).expect("written");
    }
    Ledger::load(&path, None).expect("a chain of its own");
    let error = Ledger::load(&path, Some(last)).expect_err("forged").to_string();
    assert!(error.contains("the release manifest names record 3"), "{error}");
    // He who writes the head anew too is found by the history of the repository.
    let forged = std::fs::read_to_string(&path).expect("text");
    let first = text.lines().next().expect("a line");
    let forged = forged.replacen(forged.lines().next().expect("a line"), first, 1);
    assert!(is_rewritten(&text, &forged));
    assert!(is_rewritten(&text, &join(&lines[..3])));
    assert!(!is_rewritten(&join(&lines[..3]), &text) && !is_rewritten(&text, &text));
}

/// Judging twice must not make what was lowered the measure.
#[test]
fn a_record_whose_demands_were_lowered_is_no_measure() {
    let (low, mut ledger) = (policy("").indicator("A").expect("A").floor - 20.0, Ledger::default());
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.jsonl");
    let lowered: Policy =
        toml::from_str(&POLICY.replacen("floor = 60", &format!("floor = {low}"), 1)).expect("TOML");
    for (policy, wanted) in
        [(&policy(""), State::Pass), (&lowered, State::Fail), (&lowered, State::Fail)]
    {
        let judged = judge(policy, Stage::Merge, vec![a(100.0)], &ledger.before(), TODAY);
        let judged = judged.expect("a judgement");
        assert_eq!(state(&judged, "V05"), wanted);
        let record = ledger.next(policy, &judged, Context::default());
        ledger.append(&path, record).expect("written");
    }
}

#[test]
fn only_a_release_that_passed_raises_the_floor() {
    let mut ledger = Ledger::default();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.jsonl");
    for (stage, value) in
        [(Stage::Release, 80.0), (Stage::Submission, 95.0), (Stage::Release, 10.0)]
    {
        let (policy, judgement) = judged(stage, value);
        let record = ledger.next(&policy, &judgement, Context::default());
        ledger.append(&path, record).expect("written");
    }
    assert_eq!(ledger.before().released["A"], 80.0);
}

#[test]
fn the_table_and_junit_say_what_is_wrong_and_what_to_do() {
    let policy = policy("");
    let bad = a(12.5).finding("src/<x>.rs:3", "\"quoted\" & \u{1}");
    let judgement = at(&policy, Stage::Submission, &[bad, Measurement::none("B", "no tool")]);
    let table = report::table(&judgement);
    for wanted in [
        "A    share      12.5 %     60     100      30       0  FAIL",
        "B    growth          -     10       0      10       -  NOT_MEASURED",
        "submission gate: FAIL   score 0.0 (least 50)   measured 75.0 % of the weight (least 60 %)",
        "12.5 is worse than the floor 60",
        "src/<x>.rs:3: \"quoted\"",
        "do: r",
    ] {
        assert!(table.contains(wanted), "{wanted} is not in\n{table}");
    }
    let xml = report::junit(&judgement);
    assert!(xml.contains("tests=\"6\" failures=\"4\" skipped=\"0\""), "{xml}");
    assert!(xml.contains("src/&lt;x&gt;.rs:3: &quot;quoted&quot; &amp; \u{fffd}"), "{xml}");
    assert!(xml.contains("<failure type=\"NOT_MEASURED\" message=\"no tool\">"), "{xml}");
    // At merge B is not demanded: skipped, not failed, and not passed.
    let merge = report::junit(&at(&policy, Stage::Merge, &[a(100.0)]));
    assert!(merge.contains("tests=\"6\" failures=\"0\" skipped=\"2\""), "{merge}");
}

#[test]
fn a_judgement_reads_back_as_it_was_written() {
    let (_, judgement) = judged(Stage::Merge, 90.0);
    let json = serde_json::to_string(&judgement).expect("JSON");
    assert_eq!(serde_json::from_str::<Judgement>(&json).expect("read"), judgement);
}
