//! The committed policy, and what the lint refuses.

use std::path::PathBuf;

use tidegate_gate::policy::{Policy, PolicyError};

fn committed() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../gate-policy.toml")
}

#[test]
fn the_committed_policy_has_no_mistake_and_its_weights_are_100() {
    let (policy, _) = Policy::load(&committed()).expect("a policy");
    let weights: f64 = policy.indicator.iter().map(|indicator| indicator.weight).sum();
    assert_eq!(weights, 100.0);
    for n in 1..=18 {
        assert!(policy.indicator(&format!("Q{n:02}")).is_some(), "Q{n:02}");
    }
}

/// Every line of the policy that the lint is to miss when it is not there, or is senseless.
#[test]
fn a_policy_without_a_reason_a_clause_or_a_measure_is_refused() {
    let text = std::fs::read_to_string(committed()).expect("a policy");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("policy.toml");
    let cases = [
        ("when_red = \"Renew the feeds", "when_red = \" \"\n#", "V01: when_red is empty"),
        ("why = \"A changed feed", "why = \"\"\n#", "V01: why is empty"),
        ("formula = \"100 x passed / all", "formula = \"\"\n#", "Q01: formula is empty"),
        (
            "clause = \"JR/T 0351-2026 table 1 (unit tests)",
            "clause = \"\"\n#",
            "Q01: clause is empty",
        ),
        ("floor = 99.99", "floor = 100", "Q02: floor and target are both 100"),
        ("floor = 99.99", "floor = nan", "Q02: floor NaN is no number"),
        ("weight = 15", "weight = -15", "Q02: weight -15 is not 0 or more"),
        (
            "weight = 2\nfrom = \"merge\"\nwhy",
            "weight = 0\nfrom = \"merge\"\nwhy",
            "Q17: weight 0 and no veto",
        ),
        (
            "{ from = \"submission\", below = 100 }",
            "{ from = \"submission\" }",
            "Q01: a veto has either",
        ),
        ("id = \"Q13\"", "id = \"Q02\"", "Q02: comes twice"),
        ("score = 80", "score = 180", "stage submission: score 180 is not in 0 to 100"),
        ("name = \"release\"", "name = \"merge\"", "stage merge: comes twice"),
        ("schema = 1", "schema = 2", "schema 2: this version reads 1"),
    ];
    for (from, to, wanted) in cases {
        assert!(text.contains(from), "{from}");
        std::fs::write(&path, text.replacen(from, to, 1)).expect("written");
        let error = Policy::load(&path).expect_err(wanted);
        assert!(matches!(error, PolicyError::Lint { .. }), "{error}");
        assert!(error.to_string().contains(wanted), "{wanted} is not in:\n{error}");
    }
    // What the layout does not know is no policy at all: a key misspelt must not be a demand lost.
    std::fs::write(&path, text.replacen("weight = 15", "wieght = 15", 1)).expect("written");
    let error = Policy::load(&path).expect_err("a misspelt key");
    assert!(matches!(error, PolicyError::Toml { .. }), "{error}");
}

/// The entries that the policy's head shows in comments are entries that it takes.
#[test]
fn the_examples_of_the_policy_can_be_used() {
    let text = std::fs::read_to_string(committed()).expect("a policy");
    let example = |line: &&str| line.starts_with("#   ");
    let examples: String = text
        .lines()
        .filter(example)
        .map(|line| format!("{}\n", line.trim_start_matches("#   ")))
        .collect();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("policy.toml");
    std::fs::write(&path, format!("{text}\n{examples}")).expect("written");
    let (policy, _) = Policy::load(&path).expect("a policy with both");
    assert_eq!((policy.lowered.len(), policy.waiver.len()), (1, 1));
}

#[test]
fn what_triggers_must_do_is_said_once_and_makes_sense() {
    let text = std::fs::read_to_string(committed()).expect("a policy");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("policy.toml");
    let load = |more: &str| {
        std::fs::write(&path, format!("{text}\n{more}\n")).expect("written");
        Policy::load(&path)
    };
    for (more, wanted) in [
        ("[[expect]]\ntrigger = \"a\"", "expect a: it has one of"),
        ("[[expect]]\ntrigger = \"a\"\nfired = 1\nmin = 1", "expect a: it has one of"),
        ("[[expect]]\ntrigger = \"a\"\nmax = 1\nmust_not_fire = true", "expect a: it has one of"),
        ("[[expect]]\ntrigger = \" \"\nfired = 1", "expect: trigger is empty"),
        ("[[expect]]\ntrigger = \"a\"\nmin = 3\nmax = 2", "expect a: min 3 is above max 2"),
        (
            "[[expect]]\ntrigger = \"a\"\nfired = 1\n[[expect]]\ntrigger = \"a\"\nmin = 1",
            "expect a: comes twice",
        ),
        ("[[expect_fault]]\ncode = \"\"", "expect_fault: code is empty"),
        ("[[expect_fault]]\ncode = \"a.b\"\nmax = 0", "expect_fault a.b: max 0 expects none"),
        (
            "[[expect_fault]]\ncode = \"a.b\"\n[[expect_fault]]\ncode = \"a.b\"",
            "expect_fault a.b: comes twice",
        ),
        ("[assumed]\nclock_mhz = 0", "assumed: clock_mhz 0 is not in 1 to 10000"),
    ] {
        let error = load(more).expect_err(wanted);
        assert!(matches!(error, PolicyError::Lint { .. }), "{error}");
        assert!(error.to_string().contains(wanted), "{wanted} is not in:\n{error}");
    }
    let error = load("[[expect]]\ntrigger = \"a\"\nfired = -1").expect_err("a number below 0");
    assert!(matches!(error, PolicyError::Toml { .. }), "{error}");

    let wrong = |more: &str, fired: u64| {
        let (policy, _) = load(&format!("[[expect]]\ntrigger = \"a\"\n{more}")).expect("a policy");
        policy.expect[0].wrong(fired)
    };
    for (more, right, bad) in [
        ("fired = 0", &[0][..], &[1, u64::MAX][..]),
        ("fired = 2", &[2], &[0, 1, 3]),
        ("min = 2", &[2, 3, u64::MAX], &[0, 1]),
        ("max = 2", &[0, 1, 2], &[3]),
        ("min = 1\nmax = 2", &[1, 2], &[0, 3]),
        ("must_not_fire = true", &[0], &[1]),
    ] {
        right.iter().for_each(|fired| assert_eq!(wrong(more, *fired), None, "{more}: {fired}"));
        bad.iter().for_each(|fired| assert!(wrong(more, *fired).is_some(), "{more}: {fired}"));
    }
}
