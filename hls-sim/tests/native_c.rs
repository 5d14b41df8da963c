//! The fused kernel as a native program: every golden feed through it, and the session of gdb that
//! `kernels/DEBUGGING.md` shows.

#[path = "../examples/kernel_files.rs"]
#[allow(dead_code, reason = "the main function is that of the example")]
mod kernel_files;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const NATIVE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../kernels/native");

/// Whether the tool is there; a test without it is skipped with a reason, and fails in CI.
fn has(tool: &str) -> bool {
    let mut command = Command::new(tool);
    let found = command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if found.is_ok_and(|status| status.success()) {
        return true;
    }
    assert!(std::env::var_os("CI").is_none(), "CI needs {tool}");
    eprintln!("skipped: no {tool} here");
    false
}

/// Builds a target of the makefile into this folder.
fn make(target: &str, folder: &Path) -> PathBuf {
    let out = Command::new("make")
        .args(["-s", "-C", NATIVE])
        .arg(format!("BUILD={}", folder.display()))
        .arg(folder.join(target))
        .output()
        .expect("make runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    folder.join(target)
}

fn tools() -> bool {
    has("make") && has("cc")
}

/// Shows G7.
#[test]
fn every_golden_feed_is_what_native_says() {
    if !tools() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let binary = make("fused", folder.path());
    let feeds = kernel_files::feeds(&binary, &[]).expect("the same");
    assert!(feeds >= 40, "{feeds} feeds");
}

/// State survives from launch to launch, however little a launch takes and gives.
/// Shows G7.
#[test]
fn a_log_in_small_pieces_is_the_same() {
    if !tools() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let binary = make("fused", folder.path());
    let more = ["--chunk", "3", "--room", "1"].map(String::from);
    kernel_files::feeds(&binary, &more).expect("the same");
}

/// Files that are no run are refused with a reason.
#[test]
fn what_is_no_run_is_refused() {
    if !tools() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let binary = make("fused", folder.path());
    let fails = |wanted: &str| {
        let out = Command::new(&binary).arg(folder.path()).output().expect("it runs");
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(out.status.code(), Some(1), "{said}");
        assert!(said.contains(wanted), "{said}");
    };
    fails("log.bin: No such file");
    std::fs::write(folder.path().join("log.bin"), [0; 33]).expect("written");
    fails("log.bin: not whole entries");
    std::fs::write(folder.path().join("log.bin"), [0; 64]).expect("written");
    std::fs::write(folder.path().join("image.bin"), []).expect("written");
    fails("image.bin: no SETUP line first");
    // A setup without the line that says that it is whole: the data wait for it, but not for ever.
    std::fs::write(folder.path().join("image.bin"), [0; 64]).expect("written");
    std::fs::write(folder.path().join("log.bin"), [[4; 32], [5; 32]].concat()).expect("written");
    fails("stalled");
}

/// Shows G41.
#[test]
fn gdb_stops_inside_decode_on_the_published_sample() {
    if !tools() || !has("gdb") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let binary = make("fused-debug", folder.path());
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../golden-feeds/toe-sample");
    let file = sample.join("repaired-channel.beats");
    let run = kernel_files::run(&file, Some(&sample.join("setup.toml")), None).expect("a run");
    let run_folder = folder.path().join("run");
    kernel_files::write(&run_folder, &run).expect("written");
    let out = Command::new("timeout")
        .args(["60", "sh"])
        .arg(Path::new(NATIVE).join("decode-session.sh"))
        .args([&binary, &run_folder])
        .stdin(Stdio::null())
        .output()
        .expect("the script runs");
    let said = [out.stdout, out.stderr].concat();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&said));
}
