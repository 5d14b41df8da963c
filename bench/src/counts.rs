//! Instructions and branch misses a message, as callgrind counts them: what noise cannot hide.
//!
//! `ci/counts.sh` builds `tidegate-counts` for [`TARGET_CPU`] and runs it; it runs itself under valgrind, once a case, and
//! compares with `counts.toml`. Valgrind knows no AVX-512, so decode is counted in its portable twin, which is what the
//! pipeline takes there too.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use thiserror::Error;
use tidegate_pipeline::frame::{ChecksumPolicy, Frame, FrameSink, Framer};
use tidegate_pipeline::securities::SecuritiesError;
use tidegate_pipeline::setup::SetupError;
use tidegate_pipeline::ticks::{Start, portable};
use tidegate_pipeline::{Engine, Fault, Input, Line, NativeEngine, Setup};

use crate::reference::{FEED, ReferenceError, messages_of};
use crate::ticks;

/// What is counted.
pub const CASES: [&str; 3] = ["decode", "frame", "pipeline"];
/// The committed counts.
pub const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/counts.toml");
/// What the binary is built for: what valgrind 3.19 knows.
pub const TARGET_CPU: &str = "x86-64-v3";
/// Triggers, limits and a guard of the pipeline's case.
const SETUP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/triggers.toml");
/// Messages of the case `decode`.
const TICKS: usize = 50_000;
/// Bytes of a packet: a full TCP segment.
const PACKET_BYTES: usize = 1_448;
/// Only what runs inside of functions of this name is counted.
const MEASURED: &str = "*counts*measured_*";
/// So much a count may differ, in percent, when the file says nothing else.
const TOLERANCE_PERCENT: f64 = 1.0;
/// And branch misses by so many a message, because few of few differ much.
const MISSES_SLACK: f64 = 0.02;

/// Why nothing was counted, or what differs.
#[derive(Debug, Error)]
pub enum CountsError {
    /// No such case.
    #[error("wanted one of {CASES:?}, found {found:?}")]
    Case {
        /// What was asked for.
        found: String,
    },
    /// A program could not be started, or failed.
    #[error("{program}: {message}")]
    Failed {
        /// Which.
        program: &'static str,
        /// Its words.
        message: String,
    },
    /// A file.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// What callgrind wrote is not what is read here.
    #[error("callgrind's output: wanted {wanted}")]
    Output {
        /// What is not there.
        wanted: &'static str,
    },
    /// The committed counts are no such file.
    #[error("{}: {source}", path.display())]
    Toml {
        /// The file.
        path: PathBuf,
        /// Why.
        source: toml::de::Error,
    },
    /// Another compiler makes other code.
    #[error("counted with {wanted}, found {found}: renew with BLESS=1")]
    Compiler {
        /// The file's.
        wanted: String,
        /// This one.
        found: String,
    },
    /// The counts differ by more than they may, up or down.
    #[error("counts differ; if that is meant, renew with BLESS=1:\n{0}")]
    Differ(String),
    /// The feed.
    #[error(transparent)]
    Feed(#[from] ReferenceError),
    /// The pipeline's setup.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// Its rows.
    #[error(transparent)]
    Securities(#[from] SecuritiesError),
}

/// The committed counts.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Of `rustc --version`.
    pub rustc: String,
    /// What the code was made for.
    pub target_cpu: String,
    /// So much a count may differ.
    pub tolerance_percent: f64,
    /// The counts, by case.
    pub case: BTreeMap<String, Count>,
}

/// Counts of one case.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// Messages of the pass.
    pub messages: u64,
    /// Instructions a message.
    pub instructions: f64,
    /// Conditional branches a message.
    pub branches: f64,
    /// Branches a message, conditional and indirect, that callgrind's predictor misses.
    pub branch_misses: f64,
}

/// One pass of a case over its input, under valgrind or not; its messages.
///
/// # Errors
/// There is no such case, or a file of it cannot be read.
pub fn run(case: &str, feed: &Path) -> Result<u64, CountsError> {
    let read = || {
        std::fs::read(feed).map_err(|source| CountsError::File { path: feed.to_owned(), source })
    };
    match case {
        "decode" => Ok(measured_decode(&ticks(TICKS, 1))),
        "frame" => {
            let mut framer = Framer::new(1, ChecksumPolicy::default());
            Ok(measured_frame(&mut framer, &read()?))
        }
        "pipeline" => {
            let mut engine = NativeEngine::new(&Setup::load(Path::new(SETUP))?, &[])?;
            Ok(measured_pipeline(&mut engine, &read()?))
        }
        found => Err(CountsError::Case { found: found.to_owned() }),
    }
}

#[inline(never)]
fn measured_decode(bytes: &[u8]) -> u64 {
    let start = Start { msg: 0, offset: 0, session: 0 };
    portable(bytes, start, |tick| _ = black_box(tick)).messages
}

/// Takes frames.
struct Frames;

impl FrameSink for Frames {
    fn frame(&mut self, frame: Frame<'_>) {
        _ = black_box(frame.body());
    }

    fn fault(&mut self, fault: Fault, _bytes: &[u8]) {
        _ = black_box(fault);
    }
}

#[inline(never)]
fn measured_frame(framer: &mut Framer, feed: &[u8]) -> u64 {
    for bytes in feed.chunks(PACKET_BYTES) {
        framer.push(0, bytes, &mut Frames);
    }
    framer.next_msg()
}

#[inline(never)]
fn measured_pipeline(engine: &mut NativeEngine, feed: &[u8]) -> u64 {
    for bytes in feed.chunks(PACKET_BYTES) {
        engine.feed(Input::Packet { line: Line::Market, session: 0, bytes }, &mut ());
    }
    engine.counters().messages
}

/// Counts every case by running this binary under valgrind.
///
/// # Errors
/// A program or a file fails.
pub fn count() -> Result<Counts, CountsError> {
    let failed = |program| {
        move |error: std::io::Error| CountsError::Failed { program, message: error.to_string() }
    };
    let this = std::env::current_exe().map_err(failed("tidegate-counts"))?;
    let folder = tempfile::tempdir().map_err(failed("tidegate-counts"))?;
    let feed = folder.path().join("feed.bin");
    std::fs::write(&feed, messages_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join(FEED))?)
        .map_err(|source| CountsError::File { path: feed.clone(), source })?;
    let mut case = BTreeMap::new();
    for name in CASES {
        let out = folder.path().join(name);
        let mut option = std::ffi::OsString::from("--callgrind-out-file=");
        option.push(&out);
        let output = Command::new("valgrind")
            .args(["--quiet", "--tool=callgrind", "--branch-sim=yes"])
            .arg(format!("--toggle-collect={MEASURED}"))
            .arg(option)
            .arg(&this)
            .args(["run", name])
            .arg(&feed)
            .output()
            .map_err(failed("valgrind"))?;
        if !output.status.success() {
            let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(CountsError::Failed { program: "valgrind", message });
        }
        let messages = String::from_utf8_lossy(&output.stdout).trim().parse().unwrap_or(0);
        let text = std::fs::read_to_string(&out)
            .map_err(|source| CountsError::File { path: out.clone(), source })?;
        case.insert(name.to_owned(), parse(&text, messages)?);
    }
    let rustc = Command::new("rustc").arg("--version").output().map_err(failed("rustc"))?;
    Ok(Counts {
        rustc: String::from_utf8_lossy(&rustc.stdout).trim().to_owned(),
        target_cpu: TARGET_CPU.to_owned(),
        tolerance_percent: TOLERANCE_PERCENT,
        case,
    })
}

/// Counts a message, from the totals of a pass.
fn parse(text: &str, messages: u64) -> Result<Count, CountsError> {
    let line =
        |key| text.lines().find_map(|line| line.strip_prefix(key)).map(str::split_whitespace);
    let (Some(events), Some(totals)) = (line("events:"), line("totals:")) else {
        return Err(CountsError::Output { wanted: "lines of events and totals" });
    };
    // Zeros at the end of the line are left out.
    let totals = totals.filter_map(|total| total.parse().ok()).chain(std::iter::repeat(0));
    let totals: BTreeMap<&str, u64> = events.zip(totals).collect();
    let a_message = |event: &str| {
        let total = totals.get(event).copied()?;
        // Three digits, as in the file.
        (messages > 0).then(|| (total as f64 / messages as f64 * 1e3).round() / 1e3)
    };
    let count = (|| {
        let misses = a_message("Bcm")? + a_message("Bim")?;
        Some(Count {
            messages,
            instructions: a_message("Ir")?,
            branches: a_message("Bc")?,
            branch_misses: (misses * 1e3).round() / 1e3,
        })
    })();
    match count {
        Some(count) if count.instructions > 0.0 => Ok(count),
        Some(_) => {
            Err(CountsError::Output { wanted: "instructions inside of the measured function" })
        }
        None => Err(CountsError::Output { wanted: "Ir, Bc, Bcm, Bim and messages" }),
    }
}

/// The committed counts.
///
/// # Errors
/// The file cannot be read or is none.
pub fn committed() -> Result<Counts, CountsError> {
    let path = PathBuf::from(FILE);
    let text = std::fs::read_to_string(&path)
        .map_err(|source| CountsError::File { path: path.clone(), source })?;
    toml::from_str(&text).map_err(|source| CountsError::Toml { path, source })
}

/// Whether what was found is what is committed.
///
/// # Errors
/// Another compiler, or a count that differs by more than it may.
pub fn compare(wanted: &Counts, found: &Counts) -> Result<(), CountsError> {
    if wanted.rustc != found.rustc {
        let (wanted, found) = (wanted.rustc.clone(), found.rustc.clone());
        return Err(CountsError::Compiler { wanted, found });
    }
    let mut differ = String::new();
    for name in
        wanted.case.keys().chain(found.case.keys().filter(|n| !wanted.case.contains_key(*n)))
    {
        let (Some(w), Some(f)) = (wanted.case.get(name), found.case.get(name)) else {
            // Writing to a string cannot fail.
            _ = writeln!(differ, "{name}: is in one of the two alone");
            continue;
        };
        if w.messages != f.messages {
            _ = writeln!(differ, "{name}: {} messages, wanted {}", f.messages, w.messages);
        }
        let share = wanted.tolerance_percent / 100.0;
        for (what, w, f, slack) in [
            ("instructions", w.instructions, f.instructions, 0.0),
            ("branches", w.branches, f.branches, 0.0),
            ("branch misses", w.branch_misses, f.branch_misses, MISSES_SLACK),
        ] {
            if (f - w).abs() > w * share + slack {
                _ = writeln!(differ, "{name}: {f:.3} {what} a message, wanted {w:.3}");
            }
        }
    }
    if differ.is_empty() { Ok(()) } else { Err(CountsError::Differ(differ.trim_end().to_owned())) }
}

/// The counts as a file.
pub fn file(counts: &Counts) -> String {
    let mut text = format!(
        "# Instructions and branches a message, as callgrind counts them; ci/counts.sh compares, BLESS=1 renews.\n\
         # decode: the portable twin, 45 % trades. frame: the bundled day in packets of {PACKET_BYTES} bytes.\n\
         # pipeline: the native engine on the same, with index, 16 triggers, limits and a guard.\n\
         rustc = \"{}\"\ntarget_cpu = \"{}\"\ntolerance_percent = {:.1}\n",
        counts.rustc, counts.target_cpu, counts.tolerance_percent
    );
    for (name, count) in &counts.case {
        // Writing to a string cannot fail.
        _ = write!(
            text,
            "\n[case.{name}]\nmessages = {}\ninstructions = {:.3}\nbranches = {:.3}\nbranch_misses = {:.3}\n",
            count.messages, count.instructions, count.branches, count.branch_misses
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str =
        "# callgrind format\nevents: Ir Bc Bcm Bi Bim\nfn=(1) x\n3 4\ntotals: 8000 500 20 100 5\n";

    fn counts(instructions: f64, branch_misses: f64) -> Counts {
        let count = Count { messages: 100, instructions, branches: 5.0, branch_misses };
        let case = CASES.map(|name| (name.to_owned(), count)).into();
        let (rustc, target_cpu) = ("rustc 1".to_owned(), TARGET_CPU.to_owned());
        Counts { rustc, target_cpu, tolerance_percent: TOLERANCE_PERCENT, case }
    }

    #[test]
    fn totals_become_counts_a_message() {
        let wanted =
            Count { messages: 100, instructions: 80.0, branches: 5.0, branch_misses: 0.25 };
        assert_eq!(parse(OUTPUT, 100).expect("counts"), wanted);
        let short =
            parse(&OUTPUT.replace(" 100 5", ""), 100).expect("counts without indirect ones");
        assert_eq!(short.branch_misses, 0.2);
        assert!(parse(OUTPUT, 0).is_err());
        assert!(parse(&OUTPUT.replace("8000", "0"), 100).is_err());
        assert!(parse(&OUTPUT.replace("Bcm", "Xcm"), 100).is_err());
        assert!(parse("events: Ir\n", 100).is_err());
    }

    /// Shows P8.
    #[test]
    fn a_count_that_moves_is_seen_both_ways() {
        let wanted = counts(80.0, 0.25);
        assert!(compare(&wanted, &counts(80.7, 0.27)).is_ok());
        for other in [counts(80.9, 0.25), counts(79.1, 0.25), counts(80.0, 0.28)] {
            let error = compare(&wanted, &other).expect_err("a difference").to_string();
            assert_eq!(error.lines().count(), 4, "{error}");
        }
        let mut other = wanted.clone();
        other.case.remove("frame");
        assert!(compare(&wanted, &other).is_err() && compare(&other, &wanted).is_err());
        other = wanted.clone();
        other.rustc = "rustc 2".to_owned();
        assert!(matches!(compare(&wanted, &other), Err(CountsError::Compiler { .. })));
    }

    #[test]
    fn the_committed_counts_are_such_a_file() {
        let committed = committed().expect("counts.toml");
        assert!(CASES.iter().all(|case| committed.case.contains_key(*case)));
        let again: Counts = toml::from_str(&file(&committed)).expect("TOML");
        assert_eq!(again, committed);
    }

    #[test]
    fn every_case_takes_its_messages() {
        let folder = tempfile::tempdir().expect("a folder");
        let feed = folder.path().join("feed.bin");
        std::fs::write(&feed, ticks(1_000, 1)).expect("written");
        assert_eq!(run("decode", &feed).expect("runs"), TICKS as u64);
        assert_eq!(run("frame", &feed).expect("runs"), 1_000);
        assert_eq!(run("pipeline", &feed).expect("runs"), 1_000);
        assert!(matches!(run("other", &feed), Err(CountsError::Case { .. })));
    }
}
