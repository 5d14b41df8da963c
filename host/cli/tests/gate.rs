//! `tidegate gate`: a user's feed judged by their policy, and ledgers walked.

mod common;

use std::fs;
use std::path::Path;

use common::trading::{SETUP, at, day, setup, trade_at};
use common::{Dir, Ran, read, run};
use serde_json::Value;
use tidegate_gate::policy::Policy;

fn example() -> String {
    run(&["gate", "--example"]).text().to_owned()
}

/// The example with more demands in front of its indicators. Wall-clock figures demand nothing here.
fn policy(dir: &Dir, more: &str) -> String {
    let text = example().replace("veto = [{ from = \"merge\", below = 1 }]\n", "");
    let text = text
        .replace("floor = 1\ntarget = 2\nweight = 15", "floor = 0\ntarget = 0.000001\nweight = 15");
    let text = text.replace("floor = 100000\ntarget = 1000", "floor = 1e12\ntarget = 1e11");
    assert!(text.contains("floor = 1e12") && text.contains("floor = 0\n"));
    dir.file("gate.toml", (text + more).as_bytes())
}

/// A day with triggers: its file and its setup.
fn trading(dir: &Dir) -> (String, String) {
    (dir.file("day.bin", &day().concat()), setup(dir, SETUP))
}

fn gate(policy: &str, feed: &str, setup: &str, more: &[&str]) -> Ran {
    let args = ["gate", "--policy", policy, "--feed", feed, "--setup", setup];
    run(&[&args[..], &["--engines", "native,sim"], more].concat())
}

#[track_caller]
fn text(ran: &Ran) -> &str {
    std::str::from_utf8(&ran.stdout).expect("UTF-8")
}

/// The line of an indicator.
#[track_caller]
fn row<'a>(ran: &'a Ran, id: &str) -> &'a str {
    let start = format!("  {id}  ");
    let line = text(ran).lines().find(|line| line.starts_with(&start));
    line.unwrap_or_else(|| panic!("no {id}: {}{}", text(ran), ran.stderr))
}

const MET: &str = "\n[[expect]]\ntrigger = \"breakout\"\nmin = 1\nmax = 9\n";

/// Shows Q1.
#[test]
fn a_feed_that_is_as_meant_passes() {
    let dir = Dir::new();
    let (feed, setup) = trading(&dir);
    let policy = policy(&dir, MET);
    let out = dir.name("report");
    let ran = gate(&policy, &feed, &setup, &["--out", &out, "--stage", "release"]);
    assert_eq!(ran.code, 0, "{}{}", text(&ran), ran.stderr);
    for id in ["U01", "U02", "U03", "U04", "U05", "U06", "U07", "U08", "V03", "V05"] {
        assert!(row(&ran, id).ends_with("PASS"), "{}", row(&ran, id));
    }
    // Each figure says how it came about.
    assert!(row(&ran, "U04").contains("(modelled)") && row(&ran, "U05").contains("(modelled)"));
    assert!(!row(&ran, "U03").contains("modelled") && !row(&ran, "U06").contains("modelled"));
    assert!(text(&ran).contains("release gate: PASS"), "{}", text(&ran));
    let json: Value = serde_json::from_str(&read(Path::new(&out).join("gate.json"))).expect("JSON");
    assert_eq!(json["judgement"]["verdict"], "PASS");
    assert_eq!(json["feeds"].as_array().expect("feeds").len(), 2);
    assert_eq!(json["judgement"]["rows"][3]["label"], "Modelled");
    let junit = read(Path::new(&out).join("junit.xml"));
    assert!(junit.contains("<testsuite") && junit.contains("U01"), "{junit}");
    assert!(read(Path::new(&out).join("gate.html")).contains("Quality gate: release"));
}

/// What is modelled is arithmetic over counted cycles: it does not depend on the machine.
#[test]
fn modelled_figures_follow_the_assumed_clock() {
    let dir = Dir::new();
    let (feed, setup) = trading(&dir);
    let figures = |mhz: &str| {
        let policy = policy(&dir, "");
        let text = read(&policy).replace("clock_mhz = 200", &format!("clock_mhz = {mhz}"));
        fs::write(&policy, text).expect("written");
        let out = dir.name("report");
        let ran = gate(&policy, &feed, &setup, &["--out", &out]);
        assert_eq!(ran.code, 0, "{}{}", text_of(&ran), ran.stderr);
        let json: Value =
            serde_json::from_str(&read(Path::new(&out).join("gate.json"))).expect("JSON");
        let of = |at: usize| json["judgement"]["rows"][at]["value"]["measured"].to_string();
        [of(3), of(4)].map(|number| number.parse::<f64>().expect("a number"))
    };
    let ([room, order], [half, slow]) = (figures("200"), figures("100"));
    assert!((room / half - 2.0).abs() < 1e-9, "{room} {half}");
    // 600 ns of TOE do not scale: (order - 600) x 2 + 600.
    assert_eq!(slow, (order - 600.0) * 2.0 + 600.0);
}

fn text_of(ran: &Ran) -> String {
    text(ran).to_owned()
}

/// Shows Q1.
#[test]
fn a_trigger_that_must_not_fire_and_fires_fails_the_gate() {
    let dir = Dir::new();
    let (feed, setup) = trading(&dir);
    for (demand, finding) in [
        ("must_not_fire = true", "must not fire"),
        ("fired = 99", "99 expected"),
        ("min = 99", "at least 99 expected"),
        ("min = 0\nmax = 1", "0 to 1 expected"),
    ] {
        let policy = policy(&dir, &format!("\n[[expect]]\ntrigger = \"breakout\"\n{demand}\n"));
        let ran = gate(&policy, &feed, &setup, &[]);
        assert_eq!(ran.code, 1, "{demand}: {}{}", text(&ran), ran.stderr);
        assert!(row(&ran, "U02").ends_with("FAIL"), "{}", text(&ran));
        assert!(text(&ran).contains("trigger breakout: fired "), "{}", text(&ran));
        assert!(text(&ran).contains(finding), "{finding}: {}", text(&ran));
        let is_veto = text(&ran).contains("fired_and_must_not above 0");
        assert_eq!(is_veto, demand.starts_with("must_not"), "{}", text(&ran));
    }
    let policy = policy(&dir, "\n[[expect]]\ntrigger = \"nobody\"\nmust_not_fire = true\n");
    let ran = gate(&policy, &feed, &setup, &[]);
    assert_eq!(ran.code, 1);
    assert!(text(&ran).contains("trigger nobody: the setup has no such trigger"), "{}", text(&ran));
}

#[test]
fn a_capacity_that_is_too_small_fails() {
    let dir = Dir::new();
    let (feed, setup) = trading(&dir);
    let policy = policy(&dir, "");
    // More than a card of cycles can give: the busiest 100 ms a thousand million times over.
    let text_of_policy = read(&policy)
        .replace("floor = 1\ntarget = 2\nweight = 10", "floor = 1e9\ntarget = 2e9\nweight = 10");
    fs::write(&policy, text_of_policy).expect("written");
    let ran = gate(&policy, &feed, &setup, &[]);
    assert_eq!(ran.code, 1, "{}", text(&ran));
    assert!(row(&ran, "U04").ends_with("FAIL"), "{}", text(&ran));
    assert!(text(&ran).contains("do: `tidegate replay --engine sim`"), "{}", text(&ran));
}

#[test]
fn a_burst_is_the_busiest_time() {
    let dir = Dir::new();
    let setup = setup(&dir, SETUP);
    // Ten messages within 100 ms at 500 ms, others a second apart.
    let mut frames: Vec<Vec<u8>> = (0..5).map(|n| trade_at(n + 1, n * 1_000, 150_000)).collect();
    frames.extend((0..10).map(|n| trade_at(n + 6, 4_500 + n * 10, 150_000)));
    frames.push(trade_at(16, 4_600, 150_000));
    let feed = dir.file("burst.bin", &frames.concat());
    assert!(at(4_600) > at(4_590));
    let out = dir.name("report");
    let policy = policy(&dir, "");
    gate(&policy, &feed, &setup, &["--out", &out]);
    let json: Value = serde_json::from_str(&read(Path::new(&out).join("gate.json"))).expect("JSON");
    let figures = &json["judgement"]["rows"][3]["figures"];
    assert_eq!(figures["busiest_100_ms_per_s"].to_string(), "100.0");
    assert_eq!(figures["busiest_1_s_per_s"].to_string(), "12.0");
}

/// Shows Q1.
#[test]
fn what_was_not_measured_warns_or_blocks_as_the_policy_says() {
    let dir = Dir::new();
    let (feed, setup) = trading(&dir);
    let policy = policy(&dir, "");
    let ran = gate(&policy, &feed, &setup, &[]);
    assert_eq!(ran.code, 0, "{}", text(&ran));
    assert!(row(&ran, "U02").ends_with("not measured"), "{}", text(&ran));
    let ran = gate(&policy, &feed, &setup, &["--stage", "release"]);
    assert_eq!(ran.code, 3, "{}", text(&ran));
    assert!(row(&ran, "U02").ends_with("NOT_MEASURED"), "{}", text(&ran));
    assert!(text(&ran).contains("the policy has no [[expect]]"), "{}", text(&ran));
    // At merge too, where the policy wants it there.
    let strict =
        read(&policy).replace("weight = 25\nfrom = \"release\"", "weight = 25\nfrom = \"merge\"");
    let file = dir.file("strict.toml", strict.as_bytes());
    let ran = gate(&file, &feed, &setup, &[]);
    assert_eq!(ran.code, 0, "{}", text(&ran));
    assert!(text(&ran).contains("merge gate: INCOMPLETE"), "{}", text(&ran));
    let block = strict.replace("incomplete = \"warn\"", "incomplete = \"block\"");
    let file = dir.file("block.toml", block.as_bytes());
    assert_eq!(gate(&file, &feed, &setup, &[]).code, 3);
}

/// Shows Q13.
#[test]
fn engines_that_differ_fail_with_message_field_and_cycle() {
    let dir = Dir::new();
    let (feed, setup) = trading(&dir);
    let policy = policy(&dir, "");
    let out = dir.name("report");
    let ran = gate(&policy, &feed, &setup, &["--inject", "1/record/2/56", "--out", &out]);
    assert_eq!(ran.code, 1, "{}", text(&ran));
    assert!(row(&ran, "U01").ends_with("FAIL"), "{}", text(&ran));
    for part in ["sim: message 2 (300191)", "field Price", "cycle ", "(Modelled)", "difference-1"] {
        assert!(text(&ran).contains(part), "{part}: {}", text(&ran));
    }
    let again = run(&["agree", Path::new(&out).join("difference-1").to_str().expect("UTF-8")]);
    assert_eq!(again.code, 1, "{}", again.stderr);
}

#[test]
fn faults_of_the_feed_are_expected_or_fail() {
    let dir = Dir::new();
    let golden = |name: &str| {
        format!("{}/../../golden-feeds/adversarial/{name}", env!("CARGO_MANIFEST_DIR"))
    };
    let (feed, setup) =
        (golden("checksum-drop/checksum-drop.bin"), golden("checksum-drop/setup.toml"));
    let ran = gate(&policy(&dir, ""), &feed, &setup, &[]);
    assert_eq!(ran.code, 1, "{}", text(&ran));
    assert!(text(&ran).contains("frame.checksum: 7, 0 expected"), "{}", text(&ran));
    let of = |more: &str| {
        let ran = gate(&policy(&dir, more), &feed, &setup, &[]);
        (ran.code, row(&ran, "U07").to_owned())
    };
    let all = of("\n[[expect_fault]]\ncode = \"frame.checksum\"\n");
    assert!(all.0 == 0 && all.1.ends_with("PASS"), "{all:?}");
    let few = of("\n[[expect_fault]]\ncode = \"frame.checksum\"\nmax = 5\n");
    assert!(few.0 == 1 && few.1.contains(" 2 faults"), "{few:?}");
    // A range that the capture lost.
    let (feed, setup) =
        (golden("lost-segments/lost-segments.pcap"), golden("lost-segments/setup.toml"));
    let expected = "\n[[expect_fault]]\ncode = \"capture.lost\"\n";
    let ran = gate(&policy(&dir, expected), &feed, &setup, &[]);
    assert_eq!(ran.code, 0, "{}", text(&ran));
    assert!(!row(&ran, "U08").contains(" 0 ranges"), "{}", text(&ran));
    let ran = gate(&policy(&dir, expected), &feed, &setup, &["--stage", "release"]);
    assert_eq!(ran.code, 1, "{}", text(&ran));
    assert!(row(&ran, "U08").ends_with("FAIL"), "{}", text(&ran));
}

#[test]
fn what_cannot_be_judged_is_no_failure() {
    let dir = Dir::new();
    let (feed, setup) = trading(&dir);
    let good = policy(&dir, "");
    let garbage = dir.file("garbage.bin", &[0xa5; 4_000]);
    let empty = dir.file("empty.bin", &[]);
    let missing = dir.name("nothing");
    let bad = dir.file("bad.toml", b"schema = 1\nindicatr = []\n");
    let broken = dir.file("broken.toml", b"[index]\n");
    let odd = policy_file(&dir, "odd.toml", "\n[[expect]]\ntrigger = \"breakout\"\n");
    let code = policy_file(&dir, "code.toml", "\n[[expect_fault]]\ncode = \"frame.nothing\"\n");
    for (policy, feed, setup, wanted) in [
        (&good, &garbage, &setup, "no message was found in it"),
        (&good, &empty, &setup, "no message was found in it"),
        (&good, &missing, &setup, "nothing"),
        (&good, &feed, &missing, "nothing"),
        (&good, &feed, &broken, "broken.toml"),
        (&missing, &feed, &setup, "nothing"),
        (&bad, &feed, &setup, "bad.toml"),
        (&odd, &feed, &setup, "expect breakout: it has one of"),
        (&code, &feed, &setup, "expect_fault frame.nothing: no such code"),
    ] {
        let ran = gate(policy, feed, setup, &[]);
        assert!(ran.error(2).contains(wanted), "{wanted}: {}", ran.stderr);
    }
    for (args, wanted) in [
        (&["gate", "--policy", &good][..], "--feed"),
        (&["gate", "--policy", &good, "--feed", "-"], "wanted a file"),
        (
            &["gate", "--policy", &good, "--feed", &feed, "--engines", "native,opencl:arria10"],
            "cannot start",
        ),
        (&["gate"], "--policy"),
        (&["gate", "--policy", &good, "--feed", &feed, "--engines", "native"], "two or more"),
        (
            &["gate", "--policy", &good, "--feed", &feed, "--engines", "native,none"],
            "wanted one of",
        ),
        (&["gate", "--policy", &good, "--feed", &feed, "--stage", "soon"], "no stage soon"),
        (&["gate", "--policy", &good, "--feed", &feed, "--commit", "x"], "--ledger"),
        (&["gate", "--policy", &good, "verify"], "cannot be used"),
    ] {
        let ran = run(args);
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(wanted), "{args:?}: {}", ran.stderr);
    }
}

fn policy_file(dir: &Dir, name: &str, more: &str) -> String {
    dir.file(name, (example() + more).as_bytes())
}

/// Every key that a policy may have stands in the example, and the example is a policy.
#[test]
fn the_example_has_every_key_and_is_a_policy() {
    let dir = Dir::new();
    let text = example();
    let file = dir.file("gate.toml", text.as_bytes());
    let (policy, _) = Policy::load(Path::new(&file)).expect("a policy");
    let weights: f64 = policy.indicator.iter().map(|indicator| indicator.weight).sum();
    assert_eq!(weights, 100.0);
    // With the comments taken off the tables that are shown as comments it is one too.
    let mut whole = String::new();
    for line in text.lines() {
        let bare = line.strip_prefix("# ").unwrap_or(line);
        let is_data = bare.starts_with("[[")
            || bare.split_once(" = ").is_some_and(|(key, _)| {
                key.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_')
            });
        if line.starts_with("# ") && !is_data {
            continue;
        }
        whole += bare;
        whole.push('\n');
    }
    fs::write(&file, &whole).expect("written");
    let (policy, _) = Policy::load(Path::new(&file)).expect("a policy");
    assert!(!policy.expect.is_empty() && !policy.waiver.is_empty() && !policy.lowered.is_empty());
    assert!(policy.assumed.is_some() && !policy.expect_fault.is_empty());
    // The keys of the schema, as the reader names them when one is wrong.
    for table in [
        "",
        "[[stage]]",
        "[[indicator]]",
        "[[lowered]]",
        "[[waiver]]",
        "[[expect]]",
        "[[expect_fault]]",
        "[assumed]",
    ] {
        let with = match table {
            "" => format!("nothing_such = 1\n{whole}"),
            table => {
                whole.replacen(&format!("{table}\n"), &format!("{table}\nnothing_such = 1\n"), 1)
            }
        };
        let keys = keys(&dir, &with);
        assert!(!keys.is_empty(), "{table}");
        for key in keys {
            let is_there =
                text.contains(&format!("{key} = ")) || text.contains(&format!("[{key}]"));
            assert!(is_there, "{table}: {key} is not in the example");
        }
    }
    let veto = whole.replacen(
        "{ from = \"merge\", figure",
        "{ nothing_such = 1, from = \"merge\", figure",
        1,
    );
    for key in keys(&dir, &veto) {
        assert!(text.contains(&format!("{key} = ")), "veto: {key} is not in the example");
    }
}

/// The keys that are expected in place of one that is not known.
fn keys(dir: &Dir, text: &str) -> Vec<String> {
    let file = dir.file("keys.toml", text.as_bytes());
    let error = Policy::load(Path::new(&file)).expect_err("an unknown key").to_string();
    let (_, list) =
        error.split_once("expected one of ").or(error.split_once("expected ")).expect("keys");
    list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// A ledger of three records.
fn ledger(dir: &Dir) -> String {
    let (feed, setup) = trading(dir);
    let policy = policy(dir, MET);
    let file = dir.name("ledger.jsonl");
    for commit in ["one", "two", "three"] {
        let ran = gate(&policy, &feed, &setup, &["--ledger", &file, "--commit", commit]);
        assert_eq!(ran.code, 0, "{}{}", text(&ran), ran.stderr);
        assert!(ran.stderr.contains("ledger"), "{}", ran.stderr);
    }
    file
}

fn verify(ledger: &str, more: &[&str]) -> Ran {
    run(&[&["gate", "verify", "--ledger", ledger], more].concat())
}

/// Shows Q1.
#[test]
fn a_ledger_is_whole_or_the_broken_line_is_told() {
    let dir = Dir::new();
    let file = ledger(&dir);
    let good = read(&file);
    let lines: Vec<&str> = good.lines().collect();
    assert_eq!(lines.len(), 3);
    let whole = verify(&file, &[]);
    assert!(whole.text().contains("3 records, whole"), "{}", whole.text());
    assert!(whole.text().contains("three"), "{}", whole.text());
    let head: Value = serde_json::from_str(lines[2]).expect("JSON");
    let sha256 = head["sha256"].as_str().expect("a hash");
    assert!(whole.text().contains(sha256));
    let manifest = format!("version = \"0.1.0\"\n[ledger_head]\nseq = 2\nsha256 = \"{sha256}\"\n");
    let manifest = dir.file("release.toml", manifest.as_bytes());
    assert!(verify(&file, &["--manifest", &manifest]).text().contains("it is the head that"));

    let swapped = format!("{}\n{}\n{}\n", lines[0], lines[2], lines[1]);
    let edited = good.replacen("\"commit\":\"two\"", "\"commit\":\"TWO\"", 1);
    let taken_out = format!("{}\n{}\n", lines[0], lines[2]);
    let broken_off = good.trim_end().to_owned();
    for (name, text, line) in [
        ("swapped", &swapped, "line 2"),
        ("edited", &edited, "line 2: it says sha256"),
        ("taken out", &taken_out, "line 2"),
        ("broken off", &broken_off, "line 3: it does not end"),
    ] {
        assert_ne!(text, &good, "{name}");
        let file = dir.file("bad.jsonl", text.as_bytes());
        let ran = verify(&file, &[]);
        assert_eq!(ran.code, 1, "{name}: {}", ran.stderr);
        assert!(ran.stdout.is_empty() && ran.stderr.contains(line), "{name}: {}", ran.stderr);
    }
    // A record cut off at the end is seen against the manifest alone.
    let cut = dir.file("cut.jsonl", format!("{}\n{}\n", lines[0], lines[1]).as_bytes());
    assert_eq!(verify(&cut, &[]).code, 0);
    let ran = verify(&cut, &["--manifest", &manifest]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("names record 2"), "{}", ran.stderr);
    let none = dir.file("none.jsonl", b"");
    assert_eq!(verify(&none, &["--manifest", &manifest]).code, 1);

    let bad = dir.file("bad.toml", b"[ledger_head]\nseq = 2\n");
    for (ledger, more) in [
        (&dir.name("nothing"), &[][..]),
        (&file, &["--manifest", &dir.name("nothing")]),
        (&file, &["--manifest", &bad]),
    ] {
        verify(ledger, more).error(2);
    }
}

/// Shows Q1.
#[test]
fn a_demand_made_easier_without_a_word_fails_against_the_ledger() {
    let dir = Dir::new();
    let (feed, setup) = trading(&dir);
    let file = ledger(&dir);
    let lowered = read(dir.path("gate.toml")).replace("floor = 99.99", "floor = 90");
    let policy = dir.file("lowered.toml", lowered.as_bytes());
    let ran = gate(&policy, &feed, &setup, &["--ledger", &file]);
    assert_eq!(ran.code, 1, "{}", text(&ran));
    assert!(row(&ran, "V05").ends_with("FAIL"), "{}", text(&ran));
    assert!(text(&ran).contains("U01: floor was 99.99 and is 90"), "{}", text(&ran));
    // A ledger that somebody edited is not added to.
    let edited = read(&file).replacen("\"commit\":\"two\"", "\"commit\":\"TWO\"", 1);
    fs::write(&file, &edited).expect("written");
    gate(dir.path("gate.toml").to_str().expect("UTF-8"), &feed, &setup, &["--ledger", &file])
        .error(2);
    assert_eq!(read(&file), edited);
}

/// The script of the template for GitLab, as it stands there.
fn template_script() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ci/templates/gitlab-ci.yml");
    let text = read(file);
    let (_, rest) = text.split_once("    - |\n").expect("a script");
    let lines = rest.lines().take_while(|line| line.starts_with("      "));
    lines.map(|line| format!("{}\n", &line[6..])).collect()
}

/// The worst strategy decides: could not be judged, failed, incomplete, passed.
#[test]
#[cfg(unix)]
fn the_template_judges_every_strategy_and_ends_with_the_worst() {
    let dir = Dir::new();
    let bin = dir.path("tools/bin");
    fs::create_dir_all(&bin).expect("a folder");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_tidegate"), bin.join("tidegate"))
        .expect("a link");
    let good = read(policy(&dir, MET));
    let wrong = good.replace("min = 1\nmax = 9", "must_not_fire = true");
    let unknown = good.replace(MET, "");
    for (name, policy) in [("a", &good), ("b", &wrong), ("c", &unknown), ("d", &"[".to_owned())] {
        let folder = dir.path("all").join(name);
        fs::create_dir_all(&folder).expect("a folder");
        let file = |name: &str| folder.join(name);
        fs::write(file("gate.toml"), policy).expect("written");
        fs::write(file("day.pcap.gz"), day().concat()).expect("written");
        fs::write(file("setup.toml"), SETUP).expect("written");
        fs::write(file("c.csv"), common::trading::CONSTITUENTS).expect("written");
    }
    for (names, stage, code) in [
        ("a", "merge", 0),
        ("ac", "merge", 0),
        ("ac", "release", 3),
        ("abc", "release", 1),
        ("abcd", "release", 2),
        ("abcd", "merge", 2),
    ] {
        let chosen = dir.path("chosen");
        let _ = fs::remove_dir_all(&chosen);
        fs::create_dir(&chosen).expect("a folder");
        for name in names.split("").filter(|name| !name.is_empty()) {
            std::os::unix::fs::symlink(dir.path("all").join(name), chosen.join(name))
                .expect("a link");
        }
        let mut shell = std::process::Command::new("sh");
        shell.args(["-e", "-c", &template_script()]).current_dir(dir.path(""));
        shell.env("STRATEGIES", "chosen").env("STAGE", stage);
        let ran = Ran::of(shell.output().expect("a shell"));
        assert_eq!(ran.code, code, "{names} {stage}: {}{}", text(&ran), ran.stderr);
        let told = text(&ran).lines().filter(|line| line.contains(": exit code ")).count();
        assert_eq!(told, names.len());
        assert!(dir.path("report/a/junit.xml").is_file());
    }
}
