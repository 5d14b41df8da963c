//! Sources at a place: their commit, and whether they are as they were committed.
//!
//! The command's build script reads this file too, so it needs nothing else.

use std::path::Path;
use std::process::Command;

/// What the command is built from, from the top of the sources. Notes, definitions and filed results are not.
pub const SOURCES: [&str; 10] = [
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    "bench/Cargo.toml",
    "bench/src",
    "bitstreams",
    "golden-feeds",
    "hls-sim",
    "host",
    "kernels",
];

/// What git says at a place, without the last end of line; nothing where it fails or is not there.
pub fn git(place: &Path, arguments: &[&str]) -> Option<String> {
    // To look at the files must not change the index: it would be newer than what was built from it.
    let mut command = Command::new("git");
    command.arg("--no-optional-locks").args(arguments).current_dir(place);
    let output = command.output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    output.status.success().then(|| text.trim_end().to_owned())
}

/// Commit at a place, and whether what is at these paths differs from it, untracked files too; nothing outside of a
/// checkout.
pub fn at(place: &Path, paths: &[&str]) -> (String, bool) {
    let Some(commit) = git(place, &["rev-parse", "HEAD"]) else {
        return Default::default();
    };
    let status = ["status", "--porcelain", "--untracked-files=all", "--"];
    let changed = git(place, &[&status[..], paths].concat());
    // What git cannot say is not known to be clean.
    (commit, changed.is_none_or(|changed| !changed.is_empty()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_not_committed_is_dirty() {
        let place = tempfile::tempdir().expect("a folder");
        let place = place.path();
        assert_eq!(at(place, &["."]), (String::new(), false), "outside of a checkout");
        let who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"];
        let run = |more: &[&str]| git(place, &[&who[..], more].concat()).expect("git");
        let write = |name: &str, text: &str| fs::write(place.join(name), text).expect("written");
        run(&["init", "--quiet"]);
        fs::create_dir_all(place.join("host")).expect("a folder");
        write("host/a.rs", "1");
        write("README.md", "1");
        run(&["add", "."]);
        run(&["commit", "--quiet", "--message", "all"]);
        let commit = run(&["rev-parse", "HEAD"]);
        assert_eq!(commit.len(), 40);
        let dirty = || {
            let (found, dirty) = at(place, &SOURCES);
            assert_eq!(found, commit);
            dirty
        };
        assert!(!dirty());
        write("README.md", "2");
        assert!(!dirty(), "a note is no source");
        write("host/b.rs", "1");
        assert!(dirty(), "an untracked source");
        fs::remove_file(place.join("host/b.rs")).expect("removed");
        assert!(!dirty());
        write("host/a.rs", "2");
        assert!(dirty(), "a changed source");
        run(&["add", "."]);
        assert!(dirty(), "a staged one");
    }
}
