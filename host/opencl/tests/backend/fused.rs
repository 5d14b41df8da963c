//! The fused kernel under PoCL and Oclgrind: the same as the native engine.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use tidegate_opencl::{Target, drive};

use crate::{kernel_files, under, under_with};

/// In the test's own folder.
const LOG: &str = "oclgrind.log";

fn base() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden-feeds")
}

/// File, setup and feedback of every golden feed.
pub(crate) fn feeds() -> Vec<[Option<PathBuf>; 3]> {
    let text = fs::read_to_string(base().join("MANIFEST.toml")).unwrap();
    let manifest: toml::Table = text.parse().unwrap();
    let path = |feed: &toml::Value, key| {
        feed.get(key).map(|path| base().join(path.as_str().expect("a path")))
    };
    let feeds = manifest["feed"].as_array().unwrap();
    feeds.iter().map(|feed| ["file", "setup", "feedback"].map(|key| path(feed, key))).collect()
}

/// Runs one feed under a target and compares everything.
fn agrees(target: Target, [file, setup, feedback]: &[Option<PathBuf>; 3]) {
    let file = file.as_deref().unwrap();
    let run = kernel_files::run(file, setup.as_deref(), feedback.as_deref()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    kernel_files::write(folder.path(), &run).unwrap();
    let options =
        drive::Options { toe: run.setup.toe, checksum: run.setup.checksum, image: None };
    let start = Instant::now();
    drive::run_fused(target, folder.path(), &options)
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let took = start.elapsed();
    match kernel_files::check(folder.path(), &run) {
        Ok(said) => eprintln!("{target}: {}: {took:.2?}: {said}", file.display()),
        Err(error) => panic!("{target}: {}: {error}", file.display()),
    }
}

#[test]
fn every_golden_feed_gives_the_same_under_pocl() {
    under(Target::Pocl, "fused::every_golden_feed_gives_the_same_under_pocl", || {
        let feeds = feeds();
        assert!(feeds.len() > 40);
        feeds.iter().for_each(|feed| agrees(Target::Pocl, feed));
    });
}

/// Whatever Oclgrind has to say about reads and writes is a failure.
#[test]
fn a_feed_gives_the_same_under_oclgrind() {
    let more = [("OCLGRIND_LOG", LOG), ("OCLGRIND_UNINITIALIZED", "1")];
    under_with(Target::Oclgrind, &more, "fused::a_feed_gives_the_same_under_oclgrind", || {
        let feeds = feeds();
        agrees(Target::Oclgrind, &feeds[1]);
        assert_eq!(fs::read_to_string(LOG).expect("Oclgrind writes its log"), "");
    });
}
