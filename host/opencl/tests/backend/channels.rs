//! The channel kernels on Intel's emulator: the same as the native engine.

use std::path::{Path, PathBuf};
use std::time::Instant;

use tidegate_opencl::drive::channels::{Wiring, replay};
use tidegate_opencl::{Code, Session, Target, drive};

use crate::{kernel_files, open, under};

type Feed = [Option<PathBuf>; 3];

/// Programs by what they are built with: a build takes seconds, its binary is loaded again for each run.
struct Programs<'a> {
    session: &'a Session,
    folder: &'a Path,
    binaries: Vec<(String, Vec<u8>)>,
}

impl Programs<'_> {
    /// Runs one feed with channels of a depth and compares everything.
    fn agrees(&mut self, [file, setup, feedback]: &Feed, depth: u32) {
        let file = file.as_deref().unwrap();
        let run = kernel_files::run(file, setup.as_deref(), feedback.as_deref()).unwrap();
        kernel_files::write(self.folder, &run).unwrap();
        let options =
            drive::Options { toe: run.setup.toe, checksum: run.setup.checksum, image: None };
        let wiring = Wiring::replay(self.folder, &options, depth);
        let key = format!("{wiring:?}");
        if !self.binaries.iter().any(|(built, _)| *built == key) {
            let binary = wiring.build(self.session).unwrap().binary().unwrap();
            self.binaries.push((key.clone(), binary));
        }
        let (_, binary) = self.binaries.iter().find(|(built, _)| *built == key).unwrap();
        let program = self.session.program("channels", Code::Binary(binary)).unwrap();
        let start = Instant::now();
        let ended = replay(self.session, &program, self.folder)
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let took = start.elapsed();
        drop(program);
        match kernel_files::check(self.folder, &run) {
            Ok(said) => eprintln!("{}: {took:.2?}: {said}; {ended:?}", file.display()),
            Err(error) => panic!("{}: {error}", file.display()),
        }
    }
}

#[test]
fn golden_feeds_give_the_same_through_channels() {
    under(Target::IntelEmu, "channels::golden_feeds_give_the_same_through_channels", || {
        let session = open(Target::IntelEmu);
        let folder = tempfile::tempdir().unwrap();
        let mut programs = Programs { session: &session, folder: folder.path(), binaries: vec![] };
        let depth = std::env::var("DEPTH").map_or(4096, |d| d.parse().unwrap());
        for feed in &crate::fused::feeds() {
            let name = feed[0].as_deref().unwrap().display().to_string();
            if let Some(only) = std::env::var_os("ONLY") {
                if !name.contains(only.to_str().unwrap()) { continue }
            }
            programs.agrees(feed, depth);
        }
    });
}
