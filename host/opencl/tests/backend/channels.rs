//! The channel kernels on Intel's emulator, over the golden feeds: the same as the native engine.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tidegate_bitstreams::manifest::{self, Build, Hash, Id, Manifest, hash_of, source_hash};
use tidegate_opencl::drive::channels::{Channels, Image, Mode, Through, Wiring, Words, replay};
use tidegate_opencl::{Code, Error, Program, Session, Target, drive};
use tidegate_protocol::PROTOCOL_ID;
use tidegate_protocol::kernel::{KERNEL_ID, LoadLine, LogWord, load_table, log_op};

use crate::kernel_files::{self, Run};
use crate::{open, under};

type Feed = [Option<PathBuf>; 3];

/// Deep channels: with more kernels than cores, short ones mean waiting for time slices.
const DEEP: u32 = 4096;

fn run_of([file, setup, feedback]: &Feed) -> Run {
    kernel_files::run(file.as_deref().unwrap(), setup.as_deref(), feedback.as_deref()).unwrap()
}

/// Programs by what they are built with: a build takes seconds, its binary is loaded again for each run.
struct Programs<'a> {
    session: &'a Session,
    folder: &'a Path,
    binaries: Vec<(String, Vec<u8>)>,
}

impl Programs<'_> {
    /// A program that has not run yet.
    fn fresh(&mut self, run: &Run, depth: u32) -> Program {
        let options =
            drive::Options { toe: run.setup.toe, checksum: run.setup.checksum, image: None };
        let wiring = Wiring::replay(self.folder, &options, depth);
        let key = format!("{wiring:?}");
        if !self.binaries.iter().any(|(built, _)| *built == key) {
            let binary = wiring.build(self.session).unwrap().binary().unwrap();
            self.binaries.push((key.clone(), binary));
        }
        let (_, binary) = self.binaries.iter().find(|(built, _)| *built == key).unwrap();
        self.session.program("channels", Code::Binary(binary)).unwrap()
    }

    /// Runs one feed with channels of a depth and compares everything.
    fn agrees(&mut self, feed: &Feed, depth: u32) {
        let (run, file) = (run_of(feed), feed[0].as_deref().unwrap().display());
        kernel_files::write(self.folder, &run).unwrap();
        let program = self.fresh(&run, depth);
        let start = Instant::now();
        let ended = replay(self.session, &program, self.folder, Through::Channels)
            .unwrap_or_else(|error| panic!("{file}: {error}"));
        let took = start.elapsed();
        drop(program);
        match kernel_files::check(self.folder, &run) {
            Ok(said) => eprintln!("{file}: depth {depth}: {took:.2?}: {said}; {ended:?}"),
            Err(error) => panic!("{file}: depth {depth}: {error}"),
        }
    }
}

/// The folder is that of the process, which is removed however the process ends.
fn programs(session: &Session) -> Programs<'_> {
    let folder = std::env::current_dir().unwrap();
    Programs { session, folder: Box::leak(folder.into_boxed_path()), binaries: Vec::new() }
}

/// Shows G7, H17.
#[test]
fn every_golden_feed_gives_the_same_through_channels() {
    under(Target::IntelEmu, "channels::every_golden_feed_gives_the_same_through_channels", || {
        let session = open(Target::IntelEmu);
        let mut programs = programs(&session);
        let feeds = crate::fused::feeds();
        assert!(feeds.len() > 40);
        feeds.iter().for_each(|feed| programs.agrees(feed, DEEP));
    });
}

/// Reports, queues of a snapshot, 128 interleaved sessions: each through channels as short as on the card.
/// Shows G28, H18.
#[test]
fn feeds_give_the_same_at_the_depth_of_a_card() {
    under(Target::IntelEmu, "channels::feeds_give_the_same_at_the_depth_of_a_card", || {
        let session = open(Target::IntelEmu);
        let mut programs = programs(&session);
        let feeds = crate::fused::feeds();
        for name in ["reports.bin", "queue.bin", "toe-interleaved.beats"] {
            let is = |feed: &&Feed| feed[0].as_deref().unwrap().ends_with(name);
            programs.agrees(feeds.iter().find(is).expect(name), 64);
        }
    });
}

fn small_feed() -> Feed {
    let feeds = crate::fused::feeds();
    let is = |feed: &Feed| feed[0].as_deref().unwrap().ends_with("reports.bin");
    feeds.into_iter().find(is).expect("a feed with triggers")
}

/// The lines of the folder's image, changed.
fn change_image(folder: &Path, change: impl FnOnce(&mut Vec<LoadLine>)) {
    let path = folder.join("image.bin");
    let bytes = fs::read(&path).unwrap();
    let mut lines: Vec<LoadLine> = bytes.as_chunks().0.iter().map(LoadLine::parse).collect();
    change(&mut lines);
    let mut out = Vec::new();
    for line in &lines {
        let mut bytes = [0; LoadLine::BYTES];
        line.emit(&mut bytes);
        out.extend(bytes);
    }
    fs::write(path, out).unwrap();
}

/// Shows H16.
#[test]
fn an_image_that_is_not_sound_is_refused_and_every_kernel_ends() {
    let name = "channels::an_image_that_is_not_sound_is_refused_and_every_kernel_ends";
    under(Target::IntelEmu, name, || {
        let session = open(Target::IntelEmu);
        let mut programs = programs(&session);
        let run = run_of(&small_feed());
        let block = u32::from(load_table::BLOCK);
        type Change = fn(&mut Vec<LoadLine>, usize);
        let changes: [(&str, Change); 5] = [
            ("a bit of a bound", |lines, at| lines[at + 3].words[2] ^= 1 << 17),
            ("the version", |lines, at| lines[at].words[0] ^= 3),
            ("a line that is missing", |lines, at| {
                lines.remove(at + 40);
            }),
            ("two lines that changed places", |lines, at| lines.swap(at + 7, at + 8)),
            ("no end", |lines, at| lines.truncate(at + 50)),
        ];
        for (what, change) in changes {
            kernel_files::write(programs.folder, &run).unwrap();
            change_image(programs.folder, |lines| {
                let at = lines.iter().position(|line| line.table == block).unwrap();
                change(lines, at);
            });
            let program = programs.fresh(&run, DEEP);
            let refused =
                replay(&session, &program, programs.folder, Through::Channels).unwrap_err();
            let text = refused.to_string();
            assert!(text.contains("1 blocks refused by params"), "{what}: {text}");
        }
        // A card that never gets its READY refuses as well.
        kernel_files::write(programs.folder, &run).unwrap();
        let ready = u32::from(load_table::READY);
        change_image(programs.folder, |lines| lines.retain(|line| line.table != ready));
        let program = programs.fresh(&run, DEEP);
        let refused = replay(&session, &program, programs.folder, Through::Channels).unwrap_err();
        assert!(refused.to_string().contains("a READY"), "{refused}");
    });
}

/// Shows G8.
#[test]
fn a_kernel_that_waits_for_words_is_a_hang_with_its_name() {
    let name = "channels::a_kernel_that_waits_for_words_is_a_hang_with_its_name";
    under(Target::IntelEmu, name, || {
        let session = open(Target::IntelEmu);
        let mut programs = programs(&session);
        let run = run_of(&small_feed());
        kernel_files::write(programs.folder, &run).unwrap();
        let program = programs.fresh(&run, DEEP);
        let bytes = fs::read("image.bin").unwrap();
        let lines: Vec<LoadLine> = bytes.as_chunks().0.iter().map(LoadLine::parse).collect();
        // The control words say that more words come than the line has.
        let stop = |line, words: u64| {
            let mut stop = LogWord { op: log_op::STOP, line, ..LogWord::default() };
            stop.word[8..].copy_from_slice(&words.to_le_bytes());
            let mut bytes = [0; LogWord::BYTES];
            stop.emit(&mut bytes);
            bytes
        };
        for name in ["toe0.in", "toe1.in"] {
            fs::write(name, []).unwrap();
        }
        let image = Image::new(&lines).unwrap();
        let controls = [&stop(0, 1)[..], &stop(1, 0)[..]];
        let mut channels =
            Channels::start(&session, &program, Mode::Replay, &image, controls).unwrap();
        channels.set_patience(Duration::from_millis(500));
        let hung = channels.finish(|_| Ok(())).unwrap_err();
        assert!(matches!(&hung, Error::Hung { kernel, .. } if kernel == "decode"), "{hung}");
        let refused = session.queue().map(drop).unwrap_err();
        assert!(matches!(refused, Error::Refused { .. }), "{refused}");
    });
}

/// A manifest of what the emulator's compiler made, as `build.sh` writes one for a card.
fn manifest_of(image: &Path, like: &drive::Options) -> Manifest {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let example = root.join("bitstreams/fixtures/example.toml");
    let mut manifest = Manifest::read(&example).unwrap();
    let (sha256, bytes) = hash_of(fs::File::open(image).unwrap()).unwrap();
    manifest.build = Build::Replay;
    manifest.channels = None;
    manifest.image = manifest::ImageFile {
        file: image.file_name().unwrap().to_str().unwrap().to_owned(),
        bytes,
        sha256,
    };
    manifest.kernels = manifest::Kernels {
        wiring: "pipeline_channels.cl".to_owned(),
        source_sha256: source_hash(&root.join("kernels"), "pipeline_channels.cl").unwrap(),
        protocol_id: Id(PROTOCOL_ID),
        kernel_id: Id(KERNEL_ID),
    };
    manifest.toe.prefix_bytes = like.toe.prefix_bytes;
    manifest
}

/// What a card would run for `replay --engine opencl:arria10 --image`: kernels from an image, with words and
/// control words from the device's memory. Here the image is what the emulator's compiler made.
/// Shows E5.
#[test]
fn an_image_for_a_replay_gives_the_same() {
    let name = "channels::an_image_for_a_replay_gives_the_same";
    under(Target::IntelEmu, name, || {
        let session = open(Target::IntelEmu);
        let feeds = crate::fused::feeds();
        let feed = |name: &str| {
            let is = |feed: &&Feed| feed[0].as_deref().unwrap().ends_with(name);
            run_of(feeds.iter().find(is).expect(name))
        };
        let folder = std::env::current_dir().unwrap();
        let day = feed("market-day.pcap.gz");
        let (toe, checksum) = (day.setup.toe, day.setup.checksum);
        let (image, manifest) = (folder.join("replay.aocx"), folder.join("replay.toml"));
        let options = drive::Options { toe, checksum, image: Some(manifest.clone()) };
        let words = Words::Memory;
        let wiring =
            Wiring { mode: Mode::Replay, depth: Some(DEEP), words, options: options.clone() };
        fs::write(&image, wiring.build(&session).unwrap().binary().unwrap()).unwrap();
        session.close().unwrap();
        let said = manifest_of(&image, &options);
        let write = |manifest_is: &Manifest| {
            fs::write(&manifest, manifest_is.to_toml().unwrap()).unwrap();
        };
        write(&said);
        // The day is longer than the rings of words; the other two have reports, and a session a word.
        for run in [day, feed("reports.bin"), feed("toe-interleaved.beats")] {
            kernel_files::write(&folder, &run).unwrap();
            drive::run(Target::IntelEmu, &folder, &options).unwrap();
            eprintln!("{}", kernel_files::check(&folder, &run).unwrap());
        }

        let refused = |options: &drive::Options| {
            let error = drive::run(Target::IntelEmu, &folder, options).unwrap_err();
            assert!(matches!(error, Error::Image(_)), "{error}");
            error.to_string()
        };
        type Change = fn(&mut Manifest);
        let changes: [(&str, Change); 5] = [
            ("foreign image: build: wanted replay, found flag", |m| {
                m.build = Build::Flag;
                let example = "bitstreams/fixtures/example.toml";
                let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
                m.channels = Manifest::read(&root.join(example)).unwrap().channels;
            }),
            ("foreign image: toe.prefix_bytes", |m| m.toe.prefix_bytes += 4),
            ("foreign image: checksum", |m| m.checksum = manifest::Checksum::Flag),
            ("stale image: kernels.source_sha256", |m| m.kernels.source_sha256 = Hash([7; 32])),
            ("stale image: kernels.kernel_id", |m| m.kernels.kernel_id = Id(1)),
        ];
        for (wanted, change) in changes {
            let mut other = said.clone();
            change(&mut other);
            write(&other);
            let found = refused(&options);
            assert!(found.contains(wanted), "{found}");
        }
        write(&said);
        let mut bytes = fs::read(&image).unwrap();
        bytes[1000] ^= 1;
        fs::write(&image, bytes).unwrap();
        let found = refused(&options);
        assert!(found.contains("tampered image: image.sha256"), "{found}");
    });
}

#[test]
fn a_target_says_what_image_it_takes() {
    let folder = Path::new(".");
    let options = |image| {
        let (toe, checksum) = Default::default();
        drive::Options { toe, checksum, image }
    };
    let some = || Some(PathBuf::from("image.toml"));
    for (target, image, wanted) in [
        (Target::Arria10, None, "one that was built for a replay, found none"),
        (Target::Arria10, some(), "image.toml: there is no such file"),
        (Target::Pocl, some(), "it compiles the kernels"),
    ] {
        let error = drive::run(target, folder, &options(image)).unwrap_err().to_string();
        assert!(error.contains(wanted), "{error}");
    }
}
