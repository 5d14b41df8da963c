//! Says what the command is built from, for what `bench run` files. Outside of a checkout it says nothing.

use std::env;
use std::path::Path;
use std::process::Command;

#[path = "../../bench/src/checkout.rs"]
mod checkout;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let watch = |path: &Path| {
        // What is not there would make each build a new one.
        if path.exists() {
            println!("cargo:rerun-if-changed={}", path.display());
        }
    };
    checkout::SOURCES.iter().for_each(|source| watch(&root.join(source)));
    for name in ["HEAD", "logs/HEAD"] {
        if let Some(path) = checkout::git(&root, &["rev-parse", "--git-path", name]) {
            watch(&root.join(path));
        }
    }
    let (commit, dirty) = checkout::at(&root, &checkout::SOURCES);
    let var = |name: &str| env::var(name).unwrap_or_default();
    let output = Command::new(var("RUSTC")).arg("--version").output().ok();
    let rustc = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let flags = var("CARGO_ENCODED_RUSTFLAGS");
    let target_cpu = flags.rsplit('\x1f').find_map(|flag| flag.split_once("target-cpu="));
    for (name, value) in [
        ("COMMIT", commit),
        ("DIRTY", dirty.to_string()),
        ("RUSTC", rustc.unwrap_or_default()),
        ("TARGET_CPU", target_cpu.map_or("the target's own", |(_, cpu)| cpu).to_owned()),
        ("PROFILE", format!("{}, opt-level {}", var("PROFILE"), var("OPT_LEVEL"))),
    ] {
        println!("cargo:rustc-env=TIDEGATE_BUILD_{name}={value}");
    }
}
