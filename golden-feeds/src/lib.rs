//! Feeds made by this project, and the small generator that makes them.
//!
//! [`files`] gives every generated file of this folder. `BLESS=1 cargo test -p
//! tidegate-golden-feeds` writes them; without `BLESS` the test `fresh` compares.
#![forbid(unsafe_code)]

pub mod book;
pub mod day;
pub mod rng;
pub mod sample;
pub mod security;
pub mod wire;

use std::collections::BTreeMap;
use std::fmt::Write;

use sha2::{Digest, Sha256};
use tidegate_protocol::units::{IndexE4, PriceE4};

use crate::day::{Day, INDEX, INDEX_PREV_CLOSE};
use crate::wire::{Message, capture, gzip};

/// Seed of the committed market day.
pub const SEED: u64 = 240;
/// Changes with every change of the generator that changes a feed.
pub const GENERATOR: u32 = 1;

/// A file of this folder: path and content.
pub type File = (&'static str, Vec<u8>);

/// Every generated file, the manifest last.
pub fn files() -> Vec<File> {
    let day = Day::run(SEED);
    let plain = capture(&day.messages);
    let mut manifest = Manifest::default();
    let market_day = gzip(&plain);
    manifest.feed(
        "market-day/market-day.pcap.gz",
        &market_day,
        &[
            ("seed", SEED.to_string()),
            ("generator", GENERATOR.to_string()),
            ("unpacked_bytes", plain.len().to_string()),
            ("unpacked_sha256", format!("\"{}\"", sha256(&plain))),
        ],
        &count(&day.messages),
        "the whole data path: reassembly, frames cut by segments, every alignment, all messages \
         of a day, sequence, quotes and the index against the 309011 in it",
    );
    let examples = sample::worked_examples();
    manifest.feed(
        "worked-examples/worked-examples.bin",
        &examples,
        &[],
        &count_frames(&examples),
        "a codec that has one misunderstanding in both directions: these bytes were not made by it",
    );
    let printed = sample::toe_printed();
    let channel = sample::reversed(&printed);
    let repaired = sample::toe_repaired();
    for (file, bytes, catches) in [
        ("toe-sample/sample-printed.beats", &printed, "words in printed order"),
        ("toe-sample/sample-channel.beats", &channel, "padding, prefix, damaged text"),
        ("toe-sample/repaired-channel.beats", &repaired, "a message that is cut off"),
    ] {
        manifest.feed(file, bytes, &[], &BTreeMap::new(), catches);
    }
    vec![
        ("market-day/market-day.pcap.gz", market_day),
        ("market-day/constituents.csv", constituents(&day).into_bytes()),
        ("market-day/setup.toml", setup().into_bytes()),
        ("worked-examples/worked-examples.bin", examples),
        ("toe-sample/sample-printed.beats", printed),
        ("toe-sample/sample-channel.beats", channel),
        ("toe-sample/repaired-channel.beats", repaired),
        ("MANIFEST.toml", manifest.0.into_bytes()),
    ]
}

fn constituents(day: &Day) -> String {
    let mut csv = String::from("security,shares,prev_close\n");
    for security in &day.securities {
        if let Some(shares) = security.index_shares {
            let id = security.id.escape_ascii().to_string();
            let prev_close = PriceE4(security.prev_close);
            let _ = writeln!(csv, "{},{shares},{prev_close}", id.trim_end());
        }
    }
    csv
}

fn setup() -> String {
    format!(
        "# The setup that goes with market-day.pcap.gz.\n\
         [index]\n\
         id = \"{INDEX}\"\n\
         prev_close = \"{}\"\n\
         constituents = \"constituents.csv\"\n",
        IndexE4(INDEX_PREV_CLOSE)
    )
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Messages of each type.
type Counts = BTreeMap<u32, usize>;

fn msg_type(frame: &[u8]) -> u32 {
    frame.first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes))
}

fn count(messages: &[Message]) -> Counts {
    let mut counts = Counts::new();
    for message in messages {
        *counts.entry(msg_type(&message.frame)).or_default() += 1;
    }
    counts
}

fn count_frames(mut bytes: &[u8]) -> Counts {
    let mut counts = Counts::new();
    while let Some(length) = tidegate_protocol::frame::holds(bytes) {
        *counts.entry(msg_type(bytes)).or_default() += 1;
        bytes = &bytes[length..];
    }
    counts
}

/// The text of the manifest.
struct Manifest(String);

impl Default for Manifest {
    fn default() -> Self {
        Self("# Written by the test `fresh`: BLESS=1 cargo test -p tidegate-golden-feeds\n".into())
    }
}

impl Manifest {
    fn feed(
        &mut self,
        file: &str,
        bytes: &[u8],
        more: &[(&str, String)],
        counts: &Counts,
        catches: &str,
    ) {
        let published = file.starts_with("toe-sample/");
        let classification = if published { "published sample" } else { "synthetic" };
        let mut line = |key: &str, value: &str| {
            let _ = writeln!(self.0, "{key} = {value}");
        };
        line("\n[[feed]]\nfile", &format!("\"{file}\""));
        line("classification", &format!("\"{classification}\""));
        line("catches", &format!("\"{catches}\""));
        line("bytes", &bytes.len().to_string());
        line("sha256", &format!("\"{}\"", sha256(bytes)));
        for (key, value) in more {
            line(key, value);
        }
        if !counts.is_empty() {
            line("messages", &counts.values().sum::<usize>().to_string());
            let types: Vec<String> = counts.iter().map(|(t, n)| format!("\"{t}\" = {n}")).collect();
            line("messages_by_type", &format!("{{ {} }}", types.join(", ")));
        }
    }
}
