//! The text of `MANIFEST.toml`: of each feed what it is, what it catches, and its digests.

use std::collections::BTreeMap;
use std::fmt::Write;

use sha2::{Digest, Sha256};
use tidegate_protocol::FaultCode;
use tidegate_protocol::frame::holds;

/// Messages of each type.
pub(crate) type Counts = BTreeMap<u32, usize>;

/// MsgType of a frame.
pub(crate) fn msg_type(frame: &[u8]) -> u32 {
    frame.first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes))
}

/// Counts the frames at the start of a stream, as far as they hold.
pub(crate) fn count_frames(mut bytes: &[u8]) -> Counts {
    let mut counts = Counts::new();
    while let Some(length) = holds(bytes) {
        *counts.entry(msg_type(bytes)).or_default() += 1;
        bytes = &bytes[length..];
    }
    counts
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// One feed as the manifest tells of it.
pub(crate) struct Feed<'a> {
    /// Path of the file.
    pub(crate) file: &'a str,
    /// Its content.
    pub(crate) bytes: &'a [u8],
    /// What it is.
    pub(crate) classification: &'a str,
    /// What a wrong reader would trip over.
    pub(crate) catches: &'a str,
    /// Path of the setup that it is replayed with.
    pub(crate) setup: Option<&'a str>,
    /// Path of the reports of orders that it is replayed with.
    pub(crate) feedback: Option<&'a str>,
    /// Whether it is replayed with `--resync`.
    pub(crate) resync: bool,
    /// Folder of what a replay must write.
    pub(crate) expected: &'a str,
    /// The faults that a replay raises.
    pub(crate) faults: &'a [FaultCode],
    /// Further keys and their values.
    pub(crate) more: Vec<(&'a str, String)>,
    /// Its messages, where they can be counted without judging them.
    pub(crate) counts: Counts,
}

/// The manifest as far as it is written.
pub(crate) struct Manifest(String);

impl Manifest {
    pub(crate) fn new() -> Self {
        Self("# Written by the test `fresh`: BLESS=1 cargo test -p tidegate-golden-feeds\n".into())
    }

    pub(crate) fn feed(&mut self, feed: &Feed<'_>) {
        let quoted = |text: &str| format!("\"{text}\"");
        let mut line = |key: &str, value: &str| {
            let _ = writeln!(self.0, "{key} = {value}");
        };
        line("\n[[feed]]\nfile", &quoted(feed.file));
        line("classification", &quoted(feed.classification));
        line("catches", &quoted(feed.catches));
        if let Some(setup) = feed.setup {
            line("setup", &quoted(setup));
        }
        if let Some(feedback) = feed.feedback {
            line("feedback", &quoted(feedback));
        }
        if feed.resync {
            line("resync", "true");
        }
        line("expected", &quoted(feed.expected));
        let faults: Vec<String> = feed.faults.iter().map(|code| quoted(code.name())).collect();
        line("faults", &format!("[{}]", faults.join(", ")));
        line("bytes", &feed.bytes.len().to_string());
        line("sha256", &quoted(&sha256(feed.bytes)));
        for (key, value) in &feed.more {
            line(key, value);
        }
        if !feed.counts.is_empty() {
            line("messages", &feed.counts.values().sum::<usize>().to_string());
            let types: Vec<String> =
                feed.counts.iter().map(|(t, n)| format!("\"{t}\" = {n}")).collect();
            line("messages_by_type", &format!("{{ {} }}", types.join(", ")));
        }
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0.into_bytes()
    }
}
