//! `tidegate gate simulate`: the whole suite, a difference told and shown again, scenarios that are not met,
//! suites that are none.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{Dir, Ran, read, run};
use tidegate_gate::measurement::Value;
use tidegate_gate::simulator::{self, Run, Verdict};
use tidegate_hls_sim::inject::{Injection, Script, Stage};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn golden(name: &str) -> String {
    root().join("golden-feeds").join(name).to_str().expect("UTF-8").to_owned()
}

fn engines() -> &'static str {
    if cfg!(feature = "kernel-c") { "native,sim,kernel-c" } else { "native,sim" }
}

/// Runs the suite of the repository with more arguments.
fn simulate(dir: &Dir, more: &[&str]) -> (Ran, PathBuf) {
    let (suite, out) = (golden("MANIFEST.toml"), dir.name("simulator.json"));
    let args = ["gate", "simulate", "--suite", &suite, "--out", &out];
    (run(&[&args, more].concat()), PathBuf::from(out))
}

fn parsed(path: &Path) -> Run {
    serde_json::from_str(&read(path)).expect("a run")
}

/// Shows Q12.
#[test]
fn the_whole_suite_passes_and_leaves_nothing_out() {
    let dir = Dir::new();
    let (ran, out) = simulate(&dir, &["--engines", engines()]);
    let text = ran.text();
    let run = parsed(&out);
    for measurement in simulator::read(out.parent().expect("a folder"), &root()) {
        assert_eq!(measurement.value, Value::Measured(100.0), "{measurement:?}\n{text}");
        assert!(measurement.findings.is_empty(), "{measurement:?}");
    }
    let names: Vec<&str> = run.engines.iter().map(|engine| engine.name.as_str()).collect();
    assert_eq!(names.join(","), engines());
    assert!(run.engines.iter().all(|engine| engine.label.is_some() && engine.missing.is_none()));
    // Every kind of fault and every stage, on each simulated engine.
    for engine in &names[1..] {
        let of = run.scenarios.iter().filter(|scenario| scenario.engine == **engine);
        let scripts = of.flat_map(|scenario| scenario.script.join("\n").parse::<Script>());
        let faults: Vec<Injection> = scripts.flat_map(|script| script.0).collect();
        for stage in Stage::ALL {
            for forever in [true, false] {
                let is = |fault: &Injection| matches!(fault, Injection::Stall { stage: of, cycles, .. } if *of == stage && cycles.is_none() == forever);
                assert!(faults.iter().any(is), "{engine}: {stage}, forever {forever}");
            }
        }
        for toe in [0, 1] {
            let down = |fault: &Injection| matches!(fault, Injection::ToeDown { toe: of, .. } if *of == toe);
            let flip = |fault: &Injection| matches!(fault, Injection::BitFlip { toe: of, .. } if *of == toe);
            assert!(faults.iter().any(down) && faults.iter().any(flip), "{engine}: TOE{toe}");
        }
        for kind in ["card-absent", "load-failure", "dma-timeout", "counter-frozen"] {
            let is = |fault: &Injection| fault.to_string().starts_with(kind);
            assert!(faults.iter().any(is), "{engine}: {kind}");
        }
    }
    for scenario in &run.scenarios {
        let at_start =
            scenario.script[0].starts_with("card-") || scenario.script[0].starts_with("load-");
        assert_eq!(scenario.struck_cycle.is_none(), at_start, "{}", scenario.name);
        assert_eq!((scenario.lost, scenario.doubled), (0, 0), "{}", scenario.name);
        if scenario.expected.starts_with("error ") {
            assert_eq!(scenario.came, scenario.expected);
            assert!(scenario.detect_cycles.is_some(), "{}", scenario.name);
        }
        if scenario.expected == "the same output" {
            assert!(scenario.recover_cycles.is_some(), "{}", scenario.name);
        }
    }
    // A trigger that must not fire stands beside one that does, or fires and does not send.
    for case in &run.triggers {
        let does = |fired: u64, sent: u64| fired > 0 && (case.expectations.len() == 1 || sent > 0);
        let has_control = case.expectations.iter().any(|one| does(one.fired, one.sent));
        assert!(has_control, "{}: nothing happens in it", case.name);
        let is_held = |one: &simulator::Expectation| {
            let most = case.expectations.iter().map(|one| one.sent).max().unwrap_or(0);
            one.sent < one.fired || one.sent < most
        };
        assert!(case.expectations.iter().any(is_held), "{}: nothing is held back", case.name);
    }
    let day = &run.feeds[0];
    assert_eq!((day.messages, day.messages_by_type["300192"]), (100_281, 56_125));
    let model = day.engines[1].modelled.as_ref().expect("cycles");
    let latency = model.latency.as_ref().expect("orders");
    assert_eq!(latency.least_cycles, 5);
    assert_eq!(
        latency.slowest_ns,
        (5 + latency.longest_wait_cycles + latency.assumed_depth_cycles) * 5
            + latency.assumed_toe_ns
    );
    assert!(day.engines[0].modelled.is_none(), "native counts no cycles");
    assert!(!text.contains("Measured"), "{text}");
}

/// Shows Q13.
#[test]
fn a_difference_is_told_shown_again_and_does_not_stop_the_suite() {
    let dir = Dir::new();
    let only = "adversarial/c";
    let (ran, out) = simulate(&dir, &["--engines", "native,sim", "--only", only]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let (whole, bytes) = (parsed(&out), read(&out));
    assert!(whole.feeds.len() > 4);
    // The same run gives the same bytes.
    simulate(&dir, &["--engines", "native,sim", "--only", only]).0.text();
    assert_eq!(read(&out), bytes);

    let change = ["--engines", "native,sim", "--only", only, "--inject", "1/record/2/56"];
    let (ran, out) = simulate(&dir, &change);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let run_of = parsed(&out);
    assert_eq!(run_of.feeds.len(), whole.feeds.len());
    let differing: Vec<_> =
        run_of.feeds.iter().filter(|feed| feed.engines[1].verdict == Verdict::Differs).collect();
    assert!(differing.len() >= 4, "{:?}", run_of.feeds);
    let feed = run_of.feeds.iter().find(|feed| feed.file.contains("/conditions/")).expect("a feed");
    let sim = &feed.engines[1];
    let told = sim.difference.as_ref().expect("a difference");
    assert_eq!((told.message, told.msg_type), (Some(2), Some(300_191)));
    assert_eq!((told.output.as_str(), told.field.as_deref()), ("record", Some("Price")));
    assert_eq!((told.expected.as_str(), told.found.as_str()), ("10.0100", "10.0101"));
    assert!(told.cycle.is_some());
    assert_eq!((sim.identical, sim.identical + sim.mismatched), (told.number, sim.compared));
    let again = run(&["agree", told.folder.as_deref().expect("a folder")]);
    assert_eq!(again.code, 1, "{}", again.stderr);
    let text = String::from_utf8(again.stdout).expect("UTF-8");
    assert!(text.contains("differ at message 2: 300191"), "{text}");
    let cycle = format!("taken by the simulator in cycle {}", told.cycle.expect("a cycle"));
    assert!(text.contains(&cycle), "{text}");
    let q02 = &simulator::read(out.parent().expect("a folder"), &root())[0];
    for part in ["message 2", "field Price", "cycle "] {
        assert!(q02.findings.iter().any(|finding| finding.what.contains(part)), "{part}");
    }
}

const SCENARIO: &str = r#"
[[scenario]]
name = "one"
why = "a test"
feed = "adversarial/conditions/conditions.bin"
script = ["SCRIPT"]
expect = EXPECT
budget_cycles = BUDGET
"#;

/// A scenario on its own: whether it was survived, and the first reason.
fn alone(script: &str, expect: &str, budget: u64) -> (i32, Run) {
    let dir = Dir::new();
    let text = SCENARIO.replace("SCRIPT", script).replace("EXPECT", expect);
    let file = dir.file("s.toml", text.replace("BUDGET", &budget.to_string()).as_bytes());
    let (ran, out) =
        simulate(&dir, &["--engines", "native,sim", "--only", "one", "--scenarios", &file]);
    assert!(ran.code < 2, "{}", ran.stderr);
    (ran.code, parsed(&out))
}

#[test]
fn a_scenario_that_is_not_met_fails() {
    let flip = "bit-flip toe0 word 165 bit 77";
    let refused = "{ refused = { fault = \"frame.checksum\", message = 33 } }";
    for (script, expect, budget, reason) in [
        ("stall send at 10 forever", "\"same\"", 900, "deadlock in cycle"),
        ("stall send at 10 for 5", "{ error = \"deadlock\" }", 900, "no error came"),
        ("stall send at 10 forever", "{ error = \"deadlock\" }", 3, "the budget is 3"),
        ("stall send at 10 forever", "{ error = \"dma-timeout\" }", 900, "deadlock in cycle"),
        ("stall decode at 100 for 500", "\"same\"", 100, "the budget is 100"),
        ("stall send at 9999999 for 5", "\"same\"", 900, "the script never struck"),
        ("card-absent", "{ error = \"load-failure\" }", 0, "no card: wanted one, found none"),
        (flip, "\"same\"", 900, "not the output without the script"),
        (
            flip,
            "{ refused = { fault = \"frame.length\", message = 33 } }",
            900,
            "not that fault alone",
        ),
        (
            flip,
            "{ refused = { fault = \"frame.checksum\", message = 34 } }",
            900,
            "not that fault alone",
        ),
        (flip, refused, 3, "the budget is 3"),
        // It is the first one above a level: without it another one fires.
        (
            "bit-flip toe0 word 7 bit 77",
            "{ refused = { fault = \"frame.checksum\", message = 1 } }",
            900,
            "is another one than without the flipped bit",
        ),
        ("toe-down toe0 at 100", "{ down = 1 }", 0, "TOE1 is not down"),
        ("toe-down toe1 at 999999", "{ down = 1 }", 0, "TOE1 is not down"),
    ] {
        let (code, run) = alone(script, expect, budget);
        let one = &run.scenarios[0];
        assert_eq!((code, one.recovered), (1, false), "{script}: {expect}");
        let found = one.reason.as_deref().unwrap_or_default();
        assert!(found.contains(reason), "{script}: {expect}: {found}");
    }
    let (code, run) = alone(flip, refused, 900);
    let one = &run.scenarios[0];
    assert_eq!((code, one.recovered, one.reason.as_deref()), (0, true, None));
    assert_eq!(one.came, "frame.checksum at message 33");
    assert!(one.detect_cycles.is_some_and(|cycles| cycles > 3));
    assert_eq!(one.recover_cycles, Some(1));
}

#[test]
fn an_error_that_was_not_expected_loses_what_it_keeps_back() {
    let (_, run) = alone("stall send at 10 forever", "\"same\"", 900);
    assert!(run.scenarios[0].lost > 10, "{:?}", run.scenarios[0]);
    let (_, run) = alone("stall send at 10 forever", "{ error = \"deadlock\" }", 900);
    assert_eq!((run.scenarios[0].lost, run.scenarios[0].recovered), (0, true));
}

#[test]
fn a_trigger_that_fires_where_it_must_not_fails() {
    let dir = Dir::new();
    let scenarios = read(golden("scenarios.toml"));
    let from = scenarios.find("[[trigger]]\nname = \"kill switch of one\"").expect("a case");
    let case = &scenarios[from..];
    let case = &case[..case.find("\n\n[[trigger]]\nname = \"epoch").expect("the next one")];
    for (change, to, code) in [
        ("kill_switch = true", "kill_switch = true", 0),
        ("kill_switch = true", "kill_switch = false", 1),
        ("killed = { fired = 15", "nobody = { fired = 15", 1),
    ] {
        let text = case.replace(change, to);
        let file = dir.file("s.toml", text.as_bytes());
        let (ran, out) = simulate(
            &dir,
            &["--engines", "native,sim", "--only", "kill switch", "--scenarios", &file],
        );
        assert_eq!(ran.code, code, "{to}: {}", ran.stderr);
        assert_eq!(parsed(&out).has_failed(), code == 1, "{to}");
    }
}

#[test]
fn inputs_of_fuzz_targets_are_run_where_there_are_some() {
    let dir = Dir::new();
    let corpus = dir.path("corpus");
    fs::create_dir(&corpus).expect("a folder");
    let feed = golden("adversarial/checksum-drop/checksum-drop.bin");
    fs::copy(&feed, corpus.join("a.bin")).expect("a copy");
    fs::write(corpus.join("b.bin"), [0xff; 40]).expect("a file");
    fs::write(corpus.join("empty"), []).expect("a file");
    let text = format!("[[corpus]]\nfolder = {corpus:?}\n[[corpus]]\nfolder = \"nowhere\"\n");
    let file = dir.file("s.toml", text.as_bytes());
    let (ran, out) =
        simulate(&dir, &["--engines", "native,sim", "--only", "corpus", "--scenarios", &file]);
    ran.text();
    let run = parsed(&out);
    assert_eq!(run.corpora.len(), 3);
    assert_eq!(run.corpora[0].faults["frame.checksum"], 7);
    assert!(run.corpora.iter().all(|feed| feed.faults_expected.is_none()));
}

#[test]
fn a_suite_that_is_none_cannot_be_run() {
    let dir = Dir::new();
    let good = SCENARIO.replace("SCRIPT", "card-absent").replace("EXPECT", "\"same\"");
    let good = good.replace("BUDGET", "1");
    for (text, wanted) in [
        (good.replace("conditions.bin", "nothing.bin"), "no feed adversarial/conditions/nothing"),
        (good.replace("card-absent", "card-broken"), "scenario one: fault script"),
        (good.replace("why", "whi"), "unknown field"),
        (good.replace("why = \"a test\"\n", ""), "missing field `why`"),
        (good.replace("\"same\"", "\"fine\""), "unknown variant"),
        (good.repeat(2), "scenario one comes twice"),
        ("[".to_owned(), "TOML"),
    ] {
        let file = dir.file("s.toml", text.as_bytes());
        let ran = simulate(&dir, &["--scenarios", &file]).0;
        assert!(ran.error(2).contains(wanted), "{wanted}: {}", ran.stderr);
    }
    let ran = run(&["gate", "simulate", "--suite", &dir.name("nothing.toml")]);
    assert!(ran.error(2).contains("nothing.toml"), "{}", ran.stderr);
    let ran = simulate(&dir, &["--engines", "native"]).0;
    assert!(ran.error(2).contains("1 of 1 engines can start"), "{}", ran.stderr);
    let ran = simulate(&dir, &["--engines", "native,sim,opencl:arria10"]).0;
    assert!(ran.error(2).contains("--skip-missing goes on without it"), "{}", ran.stderr);
    let args = ["--engines", "native,sim,opencl:arria10", "--skip-missing", "--only", "toe-sample"];
    let (ran, out) = simulate(&dir, &args);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let card = &parsed(&out).engines[2];
    assert_eq!((card.name.as_str(), card.label), ("opencl:arria10", None));
    assert!(card.missing.is_some());
}

#[test]
fn requirements_that_the_suite_names_are_in_the_register() {
    let register: toml::Table = read(root().join("ci/requirements.toml")).parse().expect("TOML");
    let known = register["requirement"].as_array().expect("requirements");
    let known: Vec<&str> = known.iter().filter_map(|one| one["id"].as_str()).collect();
    let scenarios: toml::Table = read(golden("scenarios.toml")).parse().expect("TOML");
    let lists = ["scenario", "trigger"].into_iter().flat_map(|list| {
        let all = scenarios[list].as_array().expect("a list");
        all.iter().filter_map(|one| one.get("requirements"))
    });
    let lists = lists.chain(scenarios["requirements"].as_table().expect("a table").values());
    for id in lists.flat_map(|list| list.as_array().expect("ids")) {
        assert!(known.contains(&id.as_str().expect("an id")), "{id} is no requirement");
    }
}
