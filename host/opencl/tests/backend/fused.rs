//! The fused kernel under PoCL and Oclgrind: the same as the native engine.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use tidegate_opencl::{Access, Argument, Code, Error, Target, drive};
use tidegate_protocol::kernel::load_table::READY;

use crate::{DEADLINE, kernel_files, open, under, under_with};

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

fn read([file, setup, feedback]: &[Option<PathBuf>; 3]) -> kernel_files::Run {
    let file = file.as_deref().unwrap();
    kernel_files::run(file, setup.as_deref(), feedback.as_deref()).unwrap()
}

fn options(run: &kernel_files::Run) -> drive::Options {
    drive::Options { toe: run.setup.toe, checksum: run.setup.checksum, image: None }
}

/// Runs one feed under a target and compares everything.
fn agrees(target: Target, feed: &[Option<PathBuf>; 3]) {
    run_agrees(target, &feed[0].as_deref().unwrap().display().to_string(), &read(feed));
}

fn run_agrees(target: Target, name: &str, run: &kernel_files::Run) {
    let folder = tempfile::tempdir().unwrap();
    kernel_files::write(folder.path(), run).unwrap();
    let start = Instant::now();
    drive::run_fused(target, folder.path(), &options(run))
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let took = start.elapsed();
    match kernel_files::check(folder.path(), run) {
        Ok(said) => eprintln!("{target}: {name}: {took:.2?}: {said}"),
        Err(error) => panic!("{target}: {name}: {error}"),
    }
}

/// Shows G7, G11.
#[test]
fn every_golden_feed_gives_the_same_under_pocl() {
    under(Target::Pocl, "fused::every_golden_feed_gives_the_same_under_pocl", || {
        let feeds = feeds();
        assert!(feeds.len() > 40);
        feeds.iter().for_each(|feed| agrees(Target::Pocl, feed));
    });
}

/// Records of messages that fill no datagram leave when the log ends, and not before.
/// Shows G29.
#[test]
fn the_last_records_leave_at_the_end() {
    under(Target::Pocl, "fused::the_last_records_leave_at_the_end", || {
        for (feed, batch_messages) in feeds().iter().zip([7, 10]) {
            let mut run = read(feed);
            run.setup.publish.batch_messages = batch_messages;
            run_agrees(Target::Pocl, &format!("batches of {batch_messages}"), &run);
        }
    });
}

/// The compiler of the cards' kernels, which is stricter than PoCL's.
/// Shows G7.
#[test]
fn a_feed_gives_the_same_under_the_emulator() {
    under(Target::IntelEmu, "fused::a_feed_gives_the_same_under_the_emulator", || {
        agrees(Target::IntelEmu, &feeds()[1]);
    });
}

#[test]
fn an_image_without_its_end_is_told() {
    under(Target::Pocl, "fused::an_image_without_its_end_is_told", || {
        let run = read(&feeds()[1]);
        let folder = tempfile::tempdir().unwrap();
        kernel_files::write(folder.path(), &run).unwrap();
        let image = folder.path().join("image.bin");
        let bytes = fs::read(&image).unwrap();
        let ready = bytes.chunks(64).position(|line| line[..4] == [READY, 0, 0, 0]).unwrap();
        fs::write(&image, &bytes[..64 * ready]).unwrap();
        let options = options(&run);
        let error = drive::run(Target::Pocl, folder.path(), &options).unwrap_err();
        let Error::Stalled { kernel, lines, .. } = error else { panic!("{error}") };
        assert_eq!((&*kernel, lines), ("tidegate_fused", ready as u64));
        // The process goes on, and the same folder with the whole image is a run.
        fs::write(&image, bytes).unwrap();
        drive::run(Target::Pocl, folder.path(), &options).unwrap();
        kernel_files::check(folder.path(), &run).unwrap();
    });
}

/// Whatever Oclgrind has to say about reads and writes is a failure.
/// Shows G7.
#[test]
fn a_feed_gives_the_same_under_oclgrind() {
    let more = [("OCLGRIND_LOG", LOG), ("OCLGRIND_UNINITIALIZED", "1")];
    under_with(Target::Oclgrind, &more, "fused::a_feed_gives_the_same_under_oclgrind", || {
        agrees(Target::Oclgrind, &feeds()[1]);
        assert_eq!(fs::read_to_string(LOG).expect("Oclgrind writes its log"), "");
    });
}

/// The test above would see something if there was something to see.
#[test]
fn oclgrind_finds_what_is_not_initialised_or_outside() {
    let name = "fused::oclgrind_finds_what_is_not_initialised_or_outside";
    let more = [("OCLGRIND_LOG", LOG), ("OCLGRIND_UNINITIALIZED", "1")];
    under_with(Target::Oclgrind, &more, name, || {
        let session = open(Target::Oclgrind);
        let text = "__kernel void f(__global uint *a) { if (a[1] == 7) a[0] = 1; a[4] = 0; }";
        let code = Code::Source { text, options: "-cl-std=CL1.2 -cl-opt-disable" };
        let mut kernel = session.program("bad", code).unwrap().kernel("f").unwrap();
        kernel.set(0, Argument::Buffer(&session.buffer(Access::ReadWrite, 16).unwrap())).unwrap();
        let queue = session.queue().unwrap();
        queue.start(&kernel).unwrap().wait(DEADLINE).unwrap();
        let said = fs::read_to_string(LOG).unwrap();
        assert!(said.contains("ninitialized") && said.contains("Invalid write"), "{said}");
    });
}
