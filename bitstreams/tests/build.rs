//! `build.sh` with a compiler that only records how it was called, and the command behind it.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;
use tidegate_bitstreams::check::{Expected, check_file};
use tidegate_bitstreams::manifest::{Id, Manifest, Recipe, source_hash};
use tidegate_protocol::PROTOCOL_ID;
use tidegate_protocol::kernel::KERNEL_ID;

const TOOL: &str = env!("CARGO_BIN_EXE_tidegate-bitstreams");

fn here(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Whether a tool is there; in CI it has to be.
fn has(tool: &str) -> bool {
    let found = Command::new(tool).arg("--version").output().is_ok();
    assert!(found || std::env::var_os("CI").is_none(), "{tool} is missing");
    if !found {
        eprintln!("skipped: {tool} is not installed");
    }
    found
}

/// The compiler: answers `-version` and `-list-boards`, leaves a fixture's report, and writes its arguments down.
const AOC: &str = r#"#!/bin/sh
for word in "$@"; do printf '[%s]' "$word"; done >>"$FAKE/calls"
echo >>"$FAKE/calls"
case "$1" in
-version) printf 'Intel(R) FPGA SDK for OpenCL(TM), 64-Bit Offline Compiler\nVersion %s Build 64 Pro Edition\n' "${FAKE_VERSION:-19.4.0}" ;;
-list-boards) printf 'Board list:\n  %s\n     Board Package: %s\n' "${FAKE_BOARD:-pac_a10}" "$FAKE" ;;
-rtl)
  project=${4%.aocr}
  mkdir -p "$project" && cp -r "$FAKE_REPORT/reports" "$project/" && : >"$4" ;;
*)
  cp "$FAKE_REPORT/acl_quartus_report.txt" "${1%.aocr}/" && printf 'made-up image' >"$3" ;;
esac
"#;

/// A machine with that compiler, a BSP and a kernel.
struct Machine {
    dir: TempDir,
}

impl Machine {
    fn new() -> Self {
        let dir = TempDir::new().expect("a folder");
        let write = |name: &str, text: &str| {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("making");
            std::fs::write(&path, text).expect("writing");
            path
        };
        let aoc = write("bin/aoc", AOC);
        std::fs::set_permissions(aoc, std::fs::Permissions::from_mode(0o755)).expect("rights");
        write(
            "bsp/board_env.xml",
            "<?xml version=\"1.0\"?>\n<board_env version=\"19.4\" name=\"pac_a10_toe\">\n  <hardware dir=\"hardware\"/>\n</board_env>\n",
        );
        let channel = |name| format!("<interface type=\"streamsource\" chan_id=\"{name}\"/>\n");
        let all = ["toe0_rx", "toe0_tx", "toe1_rx", "toe1_tx"].map(channel).concat();
        write("bsp/hardware/pac_a10/board_spec.xml", &format!("<board>\n{all}</board>\n"));
        write("kernels/pipeline_channels.cl", "#include \"room.h\"\n");
        write("kernels/room.h", "// a room\n");
        Self { dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn command(&self, more: &[&str]) -> Command {
        let mut command = Command::new("bash");
        command.arg(here("build.sh")).args(["--out".as_ref(), self.path("out").as_os_str()]);
        command.args(["--kernels".as_ref(), self.path("kernels").as_os_str()]).args(more);
        let path = std::env::var("PATH").expect("PATH");
        command.env("PATH", format!("{}:{path}", self.path("bin").display()));
        command.env("FAKE", self.dir.path()).env("FAKE_REPORT", here("fixtures/reports/good"));
        command.env("AOCL_BOARD_PACKAGE_ROOT", self.path("bsp"));
        command.env("TIDEGATE_BITSTREAMS", TOOL).env("TIDEGATE_BUILT_BY", "a test");
        command
    }

    fn calls(&self) -> Vec<String> {
        let calls = std::fs::read_to_string(self.path("calls")).unwrap_or_default();
        let dir = self.dir.path().display().to_string();
        calls.lines().map(|line| line.replace(&dir, "DIR")).collect()
    }
}

fn text(output: &Output) -> String {
    let both = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8(both).expect("text")
}

fn fails(command: &mut Command, reason: &str) {
    let output = command.output().expect("bash");
    assert!(!output.status.success(), "{}", text(&output));
    assert!(text(&output).contains(reason), "{}\nwanted {reason}", text(&output));
}

/// Shows G44.
#[test]
fn a_build_calls_the_compiler_and_leaves_a_manifest_that_is_taken() {
    if !has("bash") {
        return;
    }
    let machine = Machine::new();
    let output = machine.command(&[]).output().expect("bash");
    assert!(output.status.success(), "{}", text(&output));
    // 8 + 66 + 4 bytes are 5 words, behind one of header, at 5 ns each.
    let trade = "a trade: 6 words x II 1 / 200 MHz = 30.00 ns";
    assert!(text(&output).contains(trade), "{}", text(&output));
    let flags = "[-DTG_IO_MARKET_IN=\"toe0_rx\"][-DTG_IO_MARKET_OUT=\"toe0_tx\"]\
        [-DTG_IO_ORDERS_IN=\"toe1_rx\"][-DTG_IO_ORDERS_OUT=\"toe1_tx\"]\
        [-DTG_TOE_TEXT=0][-DTG_TOE_PRINTED=0][-DTG_TOE_STRICT=1][-DTG_TOE_PREFIX=0]\
        [-DTG_CHECKSUM_POLICY=0]";
    let rtl = "[-rtl][DIR/kernels/pipeline_channels.cl][-o][DIR/out/arria10-pac.aocr]\
        [-board=pac_a10][-I][DIR/kernels]";
    assert_eq!(
        machine.calls(),
        [
            "[-version]".to_owned(),
            "[-list-boards]".to_owned(),
            format!("{rtl}{flags}"),
            "[DIR/out/arria10-pac.aocr][-o][DIR/out/arria10-pac.aocx][-board=pac_a10]".to_owned(),
        ]
    );

    let recipe = Recipe::read(&here("arria10-pac.toml")).expect("the recipe");
    let sources = source_hash(&machine.path("kernels"), &recipe.wiring).expect("a hash");
    let expected = Expected::of(&recipe, Id(PROTOCOL_ID), Id(KERNEL_ID), sources);
    let path = machine.path("out/arria10-pac.toml");
    let (manifest, checked) = check_file(&path, &expected).expect("taken");
    assert_eq!(checked.bytes(), 13);
    assert_eq!((manifest.fmax_mhz, manifest.resources.m20k), (200.0, 2_000));
    assert_eq!((manifest.loops.len(), manifest.built.by.as_str()), (7, "a test"));

    // Another source, and the image is stale.
    std::fs::write(machine.path("kernels/room.h"), "// another room\n").expect("writing");
    let mut check = Command::new(TOOL);
    check.arg("check").arg(&path).arg("--recipe").arg(here("arria10-pac.toml"));
    check.arg("--kernels").arg(machine.path("kernels"));
    fails(&mut check, "stale image: kernels.source_sha256: wanted ");
}

#[test]
fn a_dry_run_prints_the_commands_and_runs_none() {
    if !has("bash") {
        return;
    }
    let machine = Machine::new();
    std::fs::remove_file(machine.path("bin/aoc")).expect("removing");
    let mut command = machine.command(&["--dry-run"]);
    command.env_remove("AOCL_BOARD_PACKAGE_ROOT");
    let output = command.output().expect("bash");
    assert!(output.status.success(), "{}", text(&output));
    let dir = machine.dir.path().display().to_string();
    let lines: Vec<String> =
        text(&output).lines().map(|line| line.trim_end().replace(&dir, "DIR")).collect();
    let starts = [
        "mkdir -p DIR/out",
        "aoc -rtl DIR/kernels/pipeline_channels.cl -o DIR/out/arria10-pac.aocr -board=pac_a10 -I DIR/kernels \
         -DTG_IO_MARKET_IN=\\\"toe0_rx\\\"",
        "tool report DIR/out/arria10-pac --recipe",
        "aoc DIR/out/arria10-pac.aocr -o DIR/out/arria10-pac.aocx -board=pac_a10",
        "tool report DIR/out/arria10-pac --recipe",
        "tool manifest DIR/out/arria10-pac DIR/out/arria10-pac.aocx",
        "tool check DIR/out/arria10-pac.toml",
    ];
    assert_eq!(lines.len(), starts.len(), "{lines:#?}");
    for (line, start) in lines.iter().zip(starts) {
        assert!(line.starts_with(start), "{line}\nwanted {start}");
    }
    assert!(lines[4].ends_with("--full"), "{}", lines[4]);
    assert!(!machine.path("out").exists() && machine.calls().is_empty());
}

/// Shows G40.
#[test]
fn the_report_alone_takes_no_full_build() {
    if !has("bash") {
        return;
    }
    let machine = Machine::new();
    let output = machine.command(&["--rtl-only"]).output().expect("bash");
    assert!(output.status.success(), "{}", text(&output));
    assert_eq!(machine.calls().len(), 3);
    assert!(!machine.path("out/arria10-pac.toml").exists());
}

/// Shows A2.
#[test]
fn what_is_missing_or_different_is_said_before_the_compiler_works() {
    if !has("bash") {
        return;
    }
    let machine = Machine::new();
    let script = here("build.sh");
    fails(Command::new("bash").arg(&script), "--out: wanted a folder");
    fails(Command::new("bash").arg(&script).arg("--out"), "--out: wanted a value");
    fails(&mut machine.command(&["--fast"]), "unknown argument --fast");
    fails(&mut machine.command(&["--recipe", "no such file"]), "there is no such file");
    let version = "aoc: wanted version 19.4.0, found 20.4.0";
    fails(machine.command(&[]).env("FAKE_VERSION", "20.4.0"), version);
    fails(
        machine.command(&[]).env("FAKE_BOARD", "a10gx"),
        "board: wanted pac_a10 in aoc -list-boards",
    );
    let unset = "AOCL_BOARD_PACKAGE_ROOT: wanted the folder of the BSP, found nothing";
    fails(machine.command(&[]).env_remove("AOCL_BOARD_PACKAGE_ROOT"), unset);
    fails(
        machine.command(&[]).env("AOCL_BOARD_PACKAGE_ROOT", "/nowhere"),
        "/nowhere/board_env.xml, found none",
    );

    let change = |name: &str, from: &str, to: &str| {
        let text = std::fs::read_to_string(machine.path(name)).expect("reading");
        assert!(text.contains(from));
        std::fs::write(machine.path(name), text.replace(from, to)).expect("writing");
    };
    change("bsp/hardware/pac_a10/board_spec.xml", "toe1_rx", "toe1_in");
    fails(&mut machine.command(&[]), "IO channel: wanted chan_id=\"toe1_rx\"");
    change("bsp/hardware/pac_a10/board_spec.xml", "toe1_in", "toe1_rx");
    change("bsp/board_env.xml", "version=\"19.4\"", "version=\"17.1\"");
    fails(&mut machine.command(&[]), "BSP: wanted version 19.4, found 17.1");
    change("bsp/board_env.xml", "pac_a10_toe", "intel_a10gx_pac");
    fails(&mut machine.command(&[]), "BSP: wanted pac_a10_toe, found intel_a10gx_pac");
    std::fs::remove_file(machine.path("kernels/pipeline_channels.cl")).expect("removing");
    fails(&mut machine.command(&["--dry-run"]), "kernel source: wanted ");
    assert!(
        !machine.calls().iter().any(|call| call.starts_with("[-rtl]")),
        "{:?}",
        machine.calls()
    );
}

/// Shows G40.
#[test]
fn without_the_compiler_the_build_says_so() {
    if !has("bash") || Command::new("aoc").arg("-version").output().is_ok() {
        return;
    }
    let machine = Machine::new();
    std::fs::remove_file(machine.path("bin/aoc")).expect("removing");
    fails(&mut machine.command(&[]), "aoc: wanted on PATH, found none");
}

/// Shows G40.
#[test]
fn a_report_that_breaks_a_rule_ends_the_build() {
    if !has("bash") {
        return;
    }
    // The loops, after the report: no full build.
    let machine = Machine::new();
    let report = machine.path("report");
    let json = report.join("reports/lib/json");
    std::fs::create_dir_all(&json).expect("making");
    let copy = |from: &str, to: PathBuf| {
        std::fs::copy(here("fixtures/reports").join(from), to).expect("copying");
    };
    copy("good/reports/lib/json/info.json", json.join("info.json"));
    copy("bad/ii-2.json", json.join("loops.json"));
    copy("good/acl_quartus_report.txt", report.join("acl_quartus_report.txt"));
    let wanted = "indicator, indicator.B1 (pipeline_channels.cl:84): wanted II 1, or ~1 by channels alone, found II 2";
    fails(machine.command(&[]).env("FAKE_REPORT", &report), wanted);
    assert_eq!(machine.calls().len(), 3, "{:?}", machine.calls());

    // The clock, after the full build: no manifest.
    copy("good/reports/lib/json/loops.json", json.join("loops.json"));
    copy("bad/fit-below-floor.txt", report.join("acl_quartus_report.txt"));
    let wanted = "clock: wanted at least 150 MHz, found 149 MHz";
    fails(machine.command(&[]).env("FAKE_REPORT", &report), wanted);
    assert!(machine.path("out/arria10-pac.aocx").exists());
    assert!(!machine.path("out/arria10-pac.toml").exists());
}

#[test]
fn no_manifest_is_written_for_a_report_that_breaks_a_rule() {
    let machine = Machine::new();
    let image = machine.path("image.aocx");
    std::fs::write(&image, "made-up image").expect("writing");
    let manifest = |project: PathBuf, at: &str| {
        let mut command = Command::new(TOOL);
        command.arg("manifest").arg(project).arg(&image);
        command.arg("--recipe").arg(here("arria10-pac.toml"));
        command.arg("--kernels").arg(machine.path("kernels")).args(["--by", "a test", "--at", at]);
        command
    };
    let good = here("fixtures/reports/good");
    fails(&mut manifest(good.clone(), "today"), "no manifest: built.at: wanted a time");
    fails(&mut manifest(machine.path("none"), "2026-01-01T00:00:00Z"), "there is no such file");
    assert!(!machine.path("image.toml").exists());
    let output = manifest(good, "2026-01-01T00:00:00Z").output().expect("the command");
    assert!(output.status.success(), "{}", text(&output));
    Manifest::read(&machine.path("image.toml")).expect("a manifest");
}

#[test]
fn shellcheck_has_nothing_to_say() {
    if has("shellcheck") {
        let output = Command::new("shellcheck").arg(here("build.sh")).output().expect("shellcheck");
        assert!(output.status.success(), "{}", text(&output));
    }
}

/// Shows H40.
#[test]
fn no_image_is_committed() {
    let git = Command::new("git").arg("-C").arg(here("..")).args(["ls-files"]).output();
    let Ok(git) = git else { return assert!(!has("git")) };
    for name in String::from_utf8_lossy(&git.stdout).lines() {
        let image = [".aocx", ".aocr", ".aoco"].iter().any(|end| name.ends_with(end));
        assert!(!image, "{name}");
    }
}

/// A replay needs no TOE: its build has no IO channels, and words come from memory.
#[test]
fn a_recipe_for_a_replay_names_no_channel() {
    let macros = |name: &str| Recipe::read(&here(name)).expect("a recipe").macros();
    let live = macros("arria10-pac.toml");
    assert_eq!(live.iter().filter(|text| text.starts_with("-DTG_IO_")).count(), 4);
    assert!(!live.iter().any(|text| text.contains("TG_REPLAY")));
    let replay = macros("arria10-pac-replay.toml");
    assert_eq!(replay[..2], ["-DTG_REPLAY=1", "-DTG_TOE_MEMORY=1"]);
    assert_eq!(replay[2..], live[4..]);
}
