//! `tidegate bench run` on a small definition in a folder of its own.
#![allow(missing_docs, reason = "a test")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value as Json;

const DEFINITION: &str = "about = 'few ticks'
rooms = ['toe', 'frame', 'decode', 'quote']
mixes = ['all', 'burst-x3', '300191']
types = ['batch', 'baseline', 'peak', 'soak']
packet_bytes = 1448
quick_messages = 400
emulated_messages = 20
emulated_in_quick = false
feed = { ticks = { messages = 1000, seed = 5 } }
";

fn folder() -> tempfile::TempDir {
    let place = tempfile::tempdir().expect("a folder");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::copy(root.join("bench/engines.toml"), place.path().join("engines.toml")).expect("engines");
    fs::create_dir(place.path().join("definitions")).expect("a folder");
    fs::write(place.path().join("definitions/few.toml"), DEFINITION).expect("a definition");
    place
}

fn run(place: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .args(["bench", "run", "--quick", "--bench"])
        .arg(place)
        .args(more)
        .output()
        .expect("it starts")
}

/// The one file of results below this folder.
fn results(folder: &Path) -> Json {
    let machine = fs::read_dir(folder).expect("results").next().expect("one").expect("a machine");
    let mut files = fs::read_dir(machine.path()).expect("results");
    let file = files.next().expect("one").expect("a file").path();
    assert!(files.next().is_none());
    assert_eq!(file.extension().and_then(|extension| extension.to_str()), Some("json"));
    serde_json::from_str(&fs::read_to_string(file).expect("text")).expect("JSON")
}

/// Shows P1, P5, Q10, Q16.
#[test]
fn a_run_is_shown_and_filed() {
    let place = folder();
    let engines = ["native", "sim", "kernel-c", "opencl:arria10"];
    let engines: Vec<&str> = engines.iter().flat_map(|name| ["--engine", name]).collect();
    let more = [&["--definition", "few", "--seconds", "0"], &engines[..]].concat();
    let output = run(place.path(), &more);
    let text = String::from_utf8_lossy(&output.stdout);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("bench: few all native") && said.contains("filed as"), "{said}");
    for label in ["Measured", "Modelled", "Not measured", "no card has run it"] {
        assert!(text.contains(label), "{text}");
    }
    let results = results(&place.path().join("results"));
    assert_eq!((&results["schema"], &results["quick"]), (&Json::from(2), &Json::from(true)));
    let rows = results["rows"].as_array().expect("rows");
    for run_type in ["batch", "baseline", "peak", "soak"] {
        assert!(rows.iter().any(|row| row["run_type"] == run_type), "{run_type}");
    }
    for (mix, messages) in [("all", 400), ("burst-x3", 400)] {
        let row = rows.iter().find(|row| row["mix"] == mix && row["run_type"] == "baseline");
        assert_eq!(row.expect("a row")["messages"], messages);
    }
    assert!(results.get("incomplete").is_none(), "it has ended");
    for key in ["build", "rustc", "target_cpu"] {
        assert!(
            results["machine"]["facts"][key].as_str().is_some_and(|text| !text.is_empty()),
            "{key}"
        );
    }
    assert!(
        results["machine"]["facts"]["rustc"]
            .as_str()
            .is_some_and(|text| text.starts_with("rustc "))
    );
    // The commit is that of the program; the folder of this test is no checkout.
    let head = Command::new("git").args(["rev-parse", "HEAD"]).output().expect("git");
    assert_eq!(results["commit"], String::from_utf8_lossy(&head.stdout).trim());
    assert_eq!(results["bench"]["commit"], "");
    // Stages have a figure only where the whole engine's output was right.
    let stages: Vec<&Json> = rows.iter().filter(|row| row["stage"] == "frame+decode").collect();
    assert!(!stages.is_empty() && stages.iter().all(|row| !row["digest"].is_null()));
    let rooms: Vec<&Json> = rows.iter().filter(|row| row["stage"] == "room by room").collect();
    assert_eq!(rooms.len(), 2);
    assert!(rooms.iter().all(|row| !row["segments"][0]["room"].is_null()), "{rooms:?}");
    assert_eq!(results["clock_checks"][0]["second"], "CLOCK_MONOTONIC_RAW");
    for row in rows.iter().filter(|row| !row["digest"].is_null()) {
        assert_eq!(row["digest"]["wanted"], row["digest"]["found"]);
    }
    if !cfg!(feature = "kernel-c") {
        assert!(text.contains("left out: few all kernel-c: "), "{text}");
    }
}

#[test]
fn a_wrong_output_has_no_figure_and_is_a_failure() {
    let place = folder();
    let path = place.path().join("definitions/few.toml");
    let digest = "[digest.quick]\nall = \"00000000000000000000000000000000\"\n";
    fs::write(path, format!("{DEFINITION}{digest}")).expect("a definition");
    let out = place.path().join("elsewhere");
    let out_text = out.to_str().expect("a path");
    let more = [
        "--engine", "native", "--engine", "sim", "--mix", "all", "--type", "baseline", "--type",
        "write", "--type", "batch",
    ];
    let output = run(place.path(), &[&more[..], &["--out", out_text]].concat());
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&output.stdout).contains("wrong output: few native baseline all")
    );
    let results = results(&out);
    let rows = results["rows"].as_array().expect("rows");
    assert!(!rows.is_empty());
    for row in rows {
        assert_eq!(row["digest"]["wanted"], "00000000000000000000000000000000");
        assert!(row["throughput"].is_null() && row["latency"].is_null(), "{row}");
    }
    assert!(!place.path().join("results").exists());
}

/// Shows P3.
#[test]
fn an_input_of_ones_own_is_work_too() {
    let place = folder();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let input = root.join("golden-feeds/worked-examples/worked-examples.bin");
    let input = input.to_str().expect("a path");
    let more = ["--input", input, "--engine", "native", "--type", "batch", "--mix", "all"];
    let output = run(place.path(), &more);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let results = results(&place.path().join("results"));
    let row = &results["rows"][0];
    assert_eq!((&row["definition"], &row["messages"]), (&"worked-examples.bin".into(), &13.into()));
    assert!(row["note"].as_str().is_some_and(|note| note.contains("no digest is filed")), "{row}");
}

#[test]
fn what_there_is_not_is_said() {
    let place = folder();
    for (more, complaint) in [
        (["--definition", "many"], "definition many, wanted one of few"),
        (["--engine", "gpu"], "--engine gpu: wanted one of native, sim"),
        (["--type", "fast"], "wanted one of batch, baseline"),
        (["--rate", "0"], "wanted a number above 0"),
        (["--rate", "many"], "wanted a number above 0"),
        (["--mix", "most"], "wanted all, top-99, burst-x3"),
    ] {
        let output = run(place.path(), &more);
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(complaint), "{said}");
    }
}

#[test]
fn nothing_run_is_a_failure_and_nothing_filed() {
    let place = folder();
    for more in [
        &["--mix", "999999"][..],
        &["--engine", "opencl:intel-emu", "--mix", "999999"],
        &["--engine", "native", "--mix", "burst-x3", "--type", "batch"],
    ] {
        let output = run(place.path(), &[&["--definition", "few"], more].concat());
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("nothing was run: nothing is filed"), "{said}");
        let machine = fs::read_dir(place.path().join("results")).expect("results").next();
        let files = fs::read_dir(machine.expect("one").expect("a machine").path());
        assert_eq!(files.expect("a folder").count(), 0);
    }
}

#[test]
fn a_folder_that_takes_no_results_is_told_at_once() {
    let place = folder();
    fs::write(place.path().join("results"), "a file").expect("written");
    let output = run(place.path(), &["--definition", "few", "--engine", "native"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("results") && !said.contains("loading"), "{said}");
}

/// The definition behind the first has a feed that is not there.
#[test]
fn what_was_found_before_a_failure_stays() {
    let place = folder();
    let broken = DEFINITION.replace("{ ticks = { messages = 1000, seed = 5 } }", "{ file = 'no' }");
    fs::write(place.path().join("definitions/more.toml"), broken).expect("a definition");
    let more = ["--engine", "native", "--type", "batch", "--mix", "all"];
    let output = run(place.path(), &more);
    assert_eq!(output.status.code(), Some(1));
    let results = results(&place.path().join("results"));
    assert_eq!(results["incomplete"], true);
    assert!(!results["rows"].as_array().expect("rows").is_empty());
}

#[test]
fn a_name_of_a_file_moves_no_cursor() {
    let place = folder();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let input = place.path().join("day\u{1b}[2J.bin");
    fs::copy(root.join("golden-feeds/worked-examples/worked-examples.bin"), &input)
        .expect("a feed");
    let input = input.to_str().expect("a path");
    let more = ["--input", input, "--engine", "native", "--type", "batch", "--mix", "all"];
    let output = run(place.path(), &more);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for text in [&output.stdout, &output.stderr] {
        let text = String::from_utf8_lossy(text);
        assert!(text.contains("day?[2J.bin") && !text.contains('\u{1b}'), "{text:?}");
    }
}
