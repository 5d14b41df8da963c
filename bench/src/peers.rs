//! Peers: readers of other protocols on the same number of messages, in a binary of their own.
//!
//! `bench/peers` is no part of the workspace, so that nobody who builds the product builds its peers.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use thiserror::Error;

use crate::native::remark;
use crate::passes::{row, throughput};
use crate::reference::sha256;
use crate::result::{Check, LeftOut, Row};
use crate::row::{END_TO_END, PEER};

/// The definition's name in rows.
pub const DEFINITION: &str = "peers";
/// The engine of ours.
const NATIVE: &str = "native";
/// The folder of the binary's sources, below the folder `bench`.
pub const FOLDER: &str = "peers";

/// Why the peers' output is none.
#[derive(Debug, Error)]
pub enum PeersError {
    /// The binary failed.
    #[error("{}: {message}", program.display())]
    Failed {
        /// The binary.
        program: PathBuf,
        /// Its words.
        message: String,
    },
    /// What it printed is not what was wanted.
    #[error("wanted the peers' JSON, found {0}")]
    Json(#[from] serde_json::Error),
    /// A reader without messages or passes.
    #[error("{peer}: wanted messages and passes, found {messages} and {passes}")]
    Empty {
        /// The reader.
        peer: String,
        /// What it says it read.
        messages: u64,
        /// Passes.
        passes: usize,
    },
    /// A reader whose counts do not add up.
    #[error(
        "{peer}: wanted {messages} messages accepted or rejected, found {accepted} and {rejected}"
    )]
    Counts {
        /// The reader.
        peer: String,
        /// What it says it read.
        messages: u64,
        /// Accepted.
        accepted: u64,
        /// Rejected.
        rejected: u64,
    },
}

/// What the binary says of one reader and one input.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    peer: String,
    version: String,
    protocol: String,
    reads: String,
    checksum: bool,
    damage: Damage,
    messages: u64,
    bytes: u64,
    accepted: u64,
    rejected: u64,
    ended: Ended,
    /// Empty where messages are damaged: then only counts are wanted.
    pass_ns: Vec<f64>,
}

/// What one bit is flipped in, in 1 message of 1,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Damage {
    None,
    Price,
    Type,
}

/// How the reading ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Ended {
    Whole,
    Error,
    Panic,
}

/// Builds the binary of this folder `bench` and runs it; where it cannot be built, that is left out.
///
/// # Errors
/// It was built, and fails or says something else.
pub fn rows(
    bench: &Path,
    messages: usize,
    passes: u32,
) -> Result<(Vec<Row>, Vec<LeftOut>), PeersError> {
    let built = hash(&bench.join(FOLDER)).and_then(|hash| Ok((hash, build(bench)?)));
    let (hash, program) = match built {
        Ok(built) => built,
        Err(why) => {
            let left_out = LeftOut { what: "peers: itch5, itchy, dbn".to_owned(), why };
            return Ok((Vec::new(), vec![left_out]));
        }
    };
    let failed = |message: String| PeersError::Failed { program: program.clone(), message };
    let output = Command::new(&program)
        .args([messages.to_string(), passes.to_string()])
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    let mut rows = rows_of(&String::from_utf8_lossy(&output.stdout))?;
    rows.iter_mut().for_each(|row| remark(row, &format!("SHA-256 of bench/peers {hash}")));
    Ok((rows, Vec::new()))
}

/// The sources of the binary and what they are locked to, as a hash; or what is not there.
fn hash(folder: &Path) -> Result<String, String> {
    let mut all = Vec::new();
    for name in ["Cargo.toml", "Cargo.lock", "src/main.rs", "src/inputs.rs"] {
        let path = folder.join(name);
        let bytes = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        all.extend(sha256(&bytes).bytes());
    }
    Ok(sha256(&all)[..12].to_owned())
}

/// Builds the binary under the target folder of the workspace; or why not.
fn build(bench: &Path) -> Result<PathBuf, String> {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| bench.join("../target"), PathBuf::from);
    let target = target.join("peers");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(&cargo)
        .args(["build", "--quiet", "--release", "--locked", "--manifest-path"])
        .arg(bench.join(FOLDER).join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .output()
        .map_err(|error| format!("{}: {error}", cargo.display()))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        let reason = words.lines().find(|line| line.starts_with("error"));
        return Err(format!("cargo: {}", reason.unwrap_or("the build failed")));
    }
    Ok(target.join("release").join(format!("tidegate-peers{}", std::env::consts::EXE_SUFFIX)))
}

/// The rows of what the binary printed.
fn rows_of(json: &str) -> Result<Vec<Row>, PeersError> {
    let said: Vec<Said> = serde_json::from_str(json)?;
    said.into_iter().map(row_of).collect()
}

fn row_of(said: Said) -> Result<Row, PeersError> {
    let timed = said.damage == Damage::None;
    if said.messages == 0 || timed == said.pass_ns.is_empty() {
        let (peer, messages, passes) = (said.peer, said.messages, said.pass_ns.len());
        return Err(PeersError::Empty { peer, messages, passes });
    }
    if said.accepted.checked_add(said.rejected) != Some(said.messages) {
        let Said { peer, messages, accepted, rejected, .. } = said;
        return Err(PeersError::Counts { peer, messages, accepted, rejected });
    }
    let (engine, stage) = match said.peer.as_str() {
        "native" => (NATIVE.to_owned(), "decode"),
        "native-engine" => (NATIVE.to_owned(), END_TO_END),
        peer => (format!("{PEER}{peer}"), "decode"),
    };
    let mut row = row(DEFINITION, &engine, stage, said.messages, said.bytes);
    (row.accepted, row.rejected) = (said.accepted, said.rejected);
    row.to = "the last message in the caller's hands".to_owned();
    row.mix = match said.damage {
        Damage::None => "orders and trades",
        Damage::Price => "1 of 1,000 with a wrong price bit",
        Damage::Type => "1 of 1,000 with a wrong type bit",
    }
    .to_owned();
    if engine == NATIVE {
        // Of a peer nobody knows what would be right; of ours, how many pass whole and damaged is known.
        let damaged = if timed { 0 } else { said.messages / 1_000 };
        let count = |accepted: u64| format!("{accepted} messages accepted");
        let wanted = count(said.messages - damaged);
        row.digest = Some(Check { wanted, found: count(said.accepted) });
    }
    if timed && row.digest.as_ref().is_none_or(Check::holds) {
        row.throughput = Some(throughput(&said.pass_ns, said.messages, said.bytes));
    }
    let checksum = if said.checksum { "checksum verified" } else { "no checksum in the protocol" };
    row.note = format!(
        "{} {}, {}: {}; {checksum}; 45 % trades",
        said.peer, said.version, said.protocol, said.reads
    );
    if !timed {
        row.note += match said.ended {
            Ended::Whole => "; counts alone; reads on behind what it refuses",
            Ended::Error => {
                "; counts alone; stops at the first error, and what is behind it is not read"
            }
            Ended::Panic => {
                "; counts alone; panics at the first, and what is behind it is not read"
            }
        };
    }
    Ok(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = r#"{"peer": "itch5", "version": "0.1.5", "protocol": "ITCH 5.0", "reads": "A and P",
        "checksum": false, "damage": "none", "messages": 1000, "bytes": 41000, "accepted": 1000, "rejected": 0,
        "ended": "whole", "pass_ns": [8000, 6000, 7000]}"#;

    #[test]
    fn what_the_binary_says_becomes_rows() {
        let damaged = SAID
            .replace("none", "type")
            .replace("[8000, 6000, 7000]", "[]")
            .replace("\"accepted\": 1000, \"rejected\": 0", "\"accepted\": 999, \"rejected\": 1");
        let rows = rows_of(&format!("[{SAID}, {damaged}]")).expect("rows");
        let found = rows[0].throughput.expect("a figure");
        assert_eq!(rows[0].engine, "peer:itch5");
        assert_eq!((found.best_ns, found.median_ns, found.worst_ns), (6.0, 7.0, 8.0));
        assert!(rows[0].note.contains("0.1.5") && rows[0].note.contains("no checksum"));
        assert_eq!((rows[1].accepted, rows[1].rejected, rows[1].throughput), (999, 1, None));
    }

    /// Of ours it is known what must be taken: another count has no figure, and is wrong.
    #[test]
    fn ours_takes_what_is_whole_and_nothing_else() {
        let ours = SAID.replace("itch5", "native");
        let counts = |text: &str, accepted: u64| {
            let counts = format!("\"accepted\": {accepted}, \"rejected\": {}", 1000 - accepted);
            text.replace("\"accepted\": 1000, \"rejected\": 0", &counts)
        };
        let damaged = ours.replace("none", "price").replace("[8000, 6000, 7000]", "[]");
        for (text, holds, has_figure) in [
            (counts(&ours, 1000), true, true),
            (counts(&ours, 999), false, false),
            (counts(&damaged, 999), true, false),
            (counts(&damaged, 1000), false, false),
            (counts(&damaged, 998), false, false),
        ] {
            let row = &rows_of(&format!("[{text}]")).expect("rows")[0];
            assert_eq!(row.digest.as_ref().map(Check::holds), Some(holds), "{text}");
            assert_eq!(row.throughput.is_some(), has_figure, "{text}");
        }
        let engine = rows_of(&format!("[{}]", ours.replace("native", "native-engine")));
        let row = &engine.expect("rows")[0];
        assert_eq!((row.engine.as_str(), row.stage.as_str()), ("native", "end-to-end"));
    }

    #[test]
    fn the_peers_are_those_of_the_folder() {
        let place = tempfile::tempdir().expect("a folder");
        let (rows, left_out) = rows(place.path(), 1, 1).expect("left out");
        assert!(rows.is_empty());
        let wanted = place.path().join("peers/Cargo.toml").display().to_string();
        assert!(left_out[0].why.contains(&wanted), "{left_out:?}");
        let bench = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert_eq!(hash(&bench.join(FOLDER)).map(|hash| hash.len()), Ok(12));
    }

    #[test]
    fn what_is_no_result_is_refused() {
        for (from, to) in [
            ("[8000, 6000, 7000]", "[]"),
            ("\"messages\": 1000", "\"messages\": 0"),
            ("\"accepted\": 1000", "\"accepted\": 999"),
            ("none", "some"),
            ("\"bytes\": 41000,", ""),
            ("\"bytes\"", "\"octets\""),
        ] {
            let text = SAID.replace(from, to);
            assert_ne!(text, SAID);
            assert!(rows_of(&format!("[{text}]")).is_err(), "{text}");
        }
    }
}
