//! `tidegate replay` on other engines, and what `tidegate devices` and `tidegate doctor` say.

mod common;

use std::path::Path;
use std::process::Output;

use common::trading::{SETUP, day, setup};
use common::{Dir, Ran, command, has_device as has, read, run};
use serde_json::Value;

/// Files of a replay that must be the same on every engine.
const FILES: [&str; 8] = [
    "events.jsonl",
    "faults.jsonl",
    "index.csv",
    "quotes.csv",
    "orders.jsonl",
    "decisions.jsonl",
    "reports.jsonl",
    "records.csv",
];

fn models() -> &'static [&'static str] {
    if cfg!(feature = "kernel-c") { &["sim", "kernel-c"] } else { &["sim"] }
}

fn summary(dir: &Dir, out: &str) -> Value {
    serde_json::from_str(&read(dir.path(out).join("summary.json"))).expect("JSON")
}

/// Shows G3, H2, H35, V4.
#[test]
fn a_model_gives_the_same_files_and_no_measured_figure() {
    let dir = Dir::new();
    let (file, setup) = (dir.file("day.bin", &day().concat()), setup(&dir, SETUP));
    let replay = |engine: &str| {
        let out = dir.name(engine);
        run(&["replay", &file, "--setup", &setup, "--engine", engine, "--out", &out])
    };
    let native = replay("native").text().to_owned();
    assert!(native.contains("  engine      native (Measured), protocol "), "{native}");
    assert!(native.contains("throughput") && !native.contains("Modelled"), "{native}");
    for engine in models() {
        let text = replay(engine).text().to_owned();
        assert!(text.contains(&format!("  engine      {engine} (Modelled), protocol ")), "{text}");
        assert!(!text.contains("Measured") && !text.contains("throughput"), "{text}");
        assert!(text.contains("no figure of a card (Modelled)"), "{text}");
        for line in [
            "trigger latency, last byte of the message to first word at TOE1 (Modelled)",
            "counted         5 cycles: 5 hops",
            "cycles of pipeline depth",
            "publishing      no\n",
            "waiting ",
            " 150 MHz ",
            " 200 MHz ",
            " 250 MHz ",
        ] {
            assert!(text.contains(line), "{line}: {text}");
        }
        for name in FILES {
            let [one, other] = ["native", engine].map(|out| read(dir.path(out).join(name)));
            assert_eq!(one, other, "{engine}: {name}");
        }
        let [mut one, mut other] = ["native", engine].map(|out| summary(&dir, out));
        assert_eq!(other["engine"], **engine);
        for summary in [&mut one, &mut other] {
            summary["engine"] = Value::Null;
        }
        assert_eq!(one, other);
        // What it was run on is kept, and the decision is derived again on the CPU.
        run(&["explain", &dir.name(engine), "0"]).text();
    }
}

/// What is written as published is published by the modelled card too, and its table says so.
#[test]
fn a_model_publishes_where_the_replay_does() {
    let dir = Dir::new();
    let (file, setup) = (dir.file("day.bin", &day().concat()), setup(&dir, SETUP));
    for engine in models() {
        let out = dir.name("published.beats");
        let replay =
            run(&["replay", &file, "--setup", &setup, "--engine", engine, "--publish", &out]);
        assert!(replay.text().contains("publishing      every record\n"), "{}", replay.text());
    }
}

/// Shows Q13.
#[test]
fn a_model_writes_down_its_cycles() {
    let dir = Dir::new();
    let (file, setup) = (dir.file("day.bin", &day().concat()), setup(&dir, SETUP));
    let args = ["replay", &file, "--setup", &setup, "--trace"];
    for engine in models() {
        let text = run(&[&args[..], &["2..9", "--engine", engine]].concat()).text().to_owned();
        assert!(text.contains("cycle, stage, what it does (Modelled)"), "{text}");
        let cycles = text.lines().filter(|line| line.contains("  decode    takes ")).count();
        assert!((1..=7).contains(&cycles), "{text}");
    }
    assert!(run(&[&args[..], &["2..9"]].concat()).error(2).contains("native has no cycles"));
    for range in ["9..2", "2..2", "x..3", "4"] {
        let ran = run(&[&args[..], &[range, "--engine", "sim"]].concat());
        assert!(ran.error(2).contains("wanted two cycles"), "{}", ran.stderr);
    }
}

/// Shows E6.
#[test]
fn an_engine_that_cannot_start_is_told() {
    let dir = Dir::new();
    let file = dir.file("day.bin", &day().concat());
    let args = ["replay", &file, "--engine"];
    let mut without = command(&[&args[..], &["opencl:intel-emu"]].concat());
    let ran = of(without.env("TIDEGATE_INTEL_EMU_ICD", "/no/such.icd").output());
    assert!(ran.error(1).contains("no driver file for intel-emu"), "{}", ran.stderr);
    let ran = run(&[&args[..], &["opencl:abacus"]].concat());
    assert!(ran.error(2).contains("opencl:pocl"), "{}", ran.stderr);
    if !cfg!(feature = "kernel-c") {
        let ran = run(&[&args[..], &["kernel-c"]].concat());
        assert!(ran.error(1).contains("--features kernel-c"), "{}", ran.stderr);
    }
}

fn of(output: std::io::Result<Output>) -> Ran {
    Ran::of(output.expect("the command starts"))
}

/// Shows H8, V1.
#[test]
fn the_doctor_names_what_is_missing_and_what_to_do() {
    let mut doctor = command(&["doctor", "opencl:intel-emu"]);
    let ran = of(doctor.env("TIDEGATE_INTEL_EMU_ICD", "/no/such.icd").output());
    let text = std::str::from_utf8(&ran.stdout).expect("UTF-8");
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""), "{text}");
    assert!(text.starts_with("opencl:intel-emu\n  "), "{text}");
    // Without the loader it gets no further than that.
    if text.contains("ok    loader") {
        assert!(
            text.contains(
                "  FAIL  driver file    no driver file for intel-emu: looked for /no/such.icd"
            ),
            "{text}"
        );
        assert!(text.contains("to do:  install it with ci/opencl.sh"), "{text}");
    } else {
        assert!(text.contains("FAIL  loader"), "{text}");
    }
    assert!(text.contains("1 failed"), "{text}");
    // A card that is not there.
    let ran = run(&["doctor", "arria10", "--image", "/no/such.toml"]);
    assert_eq!(ran.code, 1);
    assert!(run(&["doctor", "abacus"]).error(2).contains("opencl:oclgrind"));
    assert!(run(&["doctor", "--help"]).text().contains("Exit code 1 means that a check failed"));
}

#[test]
fn devices_are_listed_with_the_reasons_of_what_is_not_there() {
    let mut devices = command(&["devices"]);
    let ran = of(devices.env("TIDEGATE_INTEL_EMU_ICD", "/no/such.icd").output());
    let text = ran.text();
    assert!(text.starts_with("target "), "{text}");
    assert!(
        text.contains("\nopencl:intel-emu: no driver file for intel-emu: looked for /no/such.icd"),
        "{text}"
    );
    assert!(!run(&["--help"]).text().contains("opencl-child"));
}

/// Feeds whose streams begin, end and lose bytes, and a day with triggers.
const FEEDS: [&str; 2] = ["lost-segments", "reconnect"];

/// Shows G11, V4.
#[test]
fn an_opencl_runtime_gives_the_same_files() {
    for target in ["pocl", "intel-emu"].into_iter().filter(|target| has(target)) {
        let dir = Dir::new();
        let setup = setup(&dir, SETUP);
        let day = dir.file("day.bin", &day().concat());
        let mut runs = vec![vec!["replay".to_owned(), day, "--setup".to_owned(), setup]];
        for name in FEEDS {
            let feed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden-feeds/adversarial");
            let folder = feed.join(name);
            let file =
                std::fs::read_dir(&folder).expect("a feed").map(|file| file.expect("a file"));
            let mut captures = file.map(|file| file.path()).filter(|path| {
                let name = path.to_string_lossy();
                name.ends_with(".pcap") || name.ends_with(".pcap.gz")
            });
            let capture = captures.next().expect("a capture");
            runs.push(vec!["replay".to_owned(), capture.to_str().expect("UTF-8").to_owned()]);
        }
        // The emulator takes long to build the kernels.
        runs.truncate(if target == "intel-emu" { 1 } else { runs.len() });
        for (at, args) in runs.iter().enumerate() {
            let engine = format!("opencl:{target}");
            for engine in ["native", &engine] {
                let out = dir.name(&format!("{}-{at}", engine.replace(':', "-")));
                let args: Vec<&str> = args.iter().map(String::as_str).collect();
                let ran = run(&[&args[..], &["--engine", engine, "--out", &out]].concat());
                let label = if engine == "native" { "Measured" } else { "Emulated" };
                let said = format!("  engine      {engine} ({label}), protocol ");
                assert!(ran.text().contains(&said), "{}", ran.text());
                assert_eq!(ran.text().contains("throughput"), engine == "native");
            }
            for name in FILES {
                let of = |engine: &str| dir.path(&format!("{engine}-{at}")).join(name);
                let (one, other) = (of("native"), of(&format!("opencl-{target}")));
                assert_eq!(one.exists(), other.exists());
                if one.exists() {
                    assert_eq!(read(&one), read(&other), "{args:?} {target} {name}");
                }
            }
            let [mut one, mut other] = ["native", &format!("opencl-{target}")]
                .map(|e| summary(&dir, &format!("{e}-{at}")));
            one["engine"] = Value::Null;
            other["engine"] = Value::Null;
            assert_eq!(one, other, "{args:?}");
        }
    }
}

/// Shows G8.
#[test]
fn an_engine_that_takes_too_long_is_stopped_and_told() {
    if !has("pocl") {
        return;
    }
    let dir = Dir::new();
    let file = dir.file("day.bin", &day().concat());
    let ran = run(&["replay", &file, "--engine", "opencl:pocl", "--deadline-s", "0"]);
    assert!(ran.error(1).contains("killed at its deadline of 0 ms"), "{}", ran.stderr);
    let args = ["agree", &file, "--engines", "native,opencl:pocl", "--deadline-s", "0"];
    let ran = run(&args);
    let text = std::str::from_utf8(&ran.stdout).expect("UTF-8");
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.ends_with("error: engine opencl:pocl failed\n"), "{}", ran.stderr);
    assert!(text.contains("\n  opencl:pocl: the child process "), "{text}");
    assert!(text.contains("killed at its deadline"), "{text}");
}
