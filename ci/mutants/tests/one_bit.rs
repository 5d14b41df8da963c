//! A kernel with one bit of one constant changed, in the engine `kernel-c` of the command: the gate's suite
//! finds it, and Q02 is red with message, field and cycle.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::civil::date;
use mutants::list;
use tidegate_gate::judgement::{Before, State, judge};
use tidegate_gate::policy::{Policy, Stage};
use tidegate_gate::simulator::{Run, Verdict, read};

/// `1u` becomes `0u`: a record of one queue quantity gets a second one.
const MUTANT: &str = "c-decode-queue-second";
const FEED: &str = "adversarial/surplus/surplus.bin";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let to = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("a copy");
        }
    }
}

/// Bits in which two texts of one length differ.
fn bits(one: &str, other: &str) -> u32 {
    assert_eq!(one.len(), other.len());
    one.bytes().zip(other.bytes()).map(|(a, b)| (a ^ b).count_ones()).sum()
}

/// The command, with the kernels of this folder. In a target folder of its own: the other tests run the
/// command of theirs meanwhile.
fn build(kernels: &Path) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("one-bit");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args(["build", "--quiet", "--locked", "-p", "tidegate", "--features", "kernel-c"])
        .args(["--config", "profile.dev.debug=false"])
        .arg("--target-dir")
        .arg(&target)
        // Not as the tests around may be built: for coverage, or under sanitizers.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("RUSTC_WRAPPER")
        .env_remove("RUSTC_WORKSPACE_WRAPPER")
        .env_remove("TIDEGATE_COVERAGE")
        .env_remove("TIDEGATE_SANITIZE")
        .env("TIDEGATE_KERNELS", kernels)
        .env("CARGO_INCREMENTAL", "0")
        .current_dir(root());
    let built = cargo.output().expect("cargo starts");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    target.join("debug/tidegate")
}

#[test]
fn a_kernel_changed_by_one_bit_turns_q02_red() {
    let root = root();
    let folder = tempfile::tempdir().expect("a folder");
    copy(&root.join("kernels"), &folder.path().join("kernels"));
    let list = list::read(&root).expect("the list");
    let mutant = list.iter().find(|mutant| mutant.id == MUTANT).expect("the mutant");
    let (before, after) = mutant.apply(folder.path()).expect("it applies");
    assert_eq!(bits(&before, &after), 1, "one bit");
    fs::write(folder.path().join(&mutant.file), after).expect("written");

    let command = build(&folder.path().join("kernels"));
    let out = folder.path().join("simulator.json");
    let ran = Command::new(command)
        .args(["gate", "simulate", "--engines", "native,sim,kernel-c", "--only", FEED, "--out"])
        .arg(&out)
        .current_dir(&root)
        .output()
        .expect("the command starts");
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert_eq!(ran.status.code(), Some(1), "{said}{}", String::from_utf8_lossy(&ran.stderr));

    let run: Run = serde_json::from_str(&fs::read_to_string(&out).expect("a run")).expect("a run");
    let [_, sim, kernel] = &run.feeds[0].engines[..] else { panic!("{said}") };
    assert_eq!((sim.verdict, kernel.verdict), (Verdict::Equal, Verdict::Differs), "{said}");
    let told = kernel.difference.as_ref().expect("a difference");
    assert_eq!((told.message, told.msg_type), (Some(2), Some(300_111)));
    assert_eq!((told.output.as_str(), told.field.as_deref()), ("record", Some("Quantity[1]")));
    assert_eq!(told.expected, "0.00");
    assert_ne!(told.found, told.expected);
    assert!(told.cycle.is_some() && told.folder.is_some());

    // And so the gate, which has the policy of this project: the other feeds were not run, and it is red
    // all the same.
    let (policy, _) = Policy::load(&root.join("ci/gate-policy.toml")).expect("a policy");
    let measurements = read(folder.path(), &root);
    let judgement =
        judge(&policy, Stage::Merge, measurements, &Before::default(), date(2026, 3, 2));
    let judgement = judgement.expect("a judgement");
    let row = judgement.rows.iter().find(|row| row.id == "Q02").expect("a row");
    assert_eq!(row.state, State::Fail);
    assert_eq!(judgement.exit_code(), 1);
    let finding = &row.findings[0];
    assert_eq!(finding.at, FEED);
    for part in ["kernel-c: message 2 (300111)", "field Quantity[1]", "; cycle ", "(Modelled)"] {
        assert!(finding.what.contains(part), "{part}: {}", finding.what);
    }
}
