//! What is assumed of the card: one manifest, `hls-sim/card.toml`.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

/// Depths of the FIFOs, in entries.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct FifoDepths {
    /// Words of a TOE before decode or feedback.
    pub rx: usize,
    /// Items before the indicator, of each line.
    pub items: usize,
    /// Requests before send.
    pub intents: usize,
    /// Records before publish.
    pub records: usize,
    /// Load lines from params to the indicator.
    pub lines: usize,
    /// Words before a TOE that sends them.
    pub tx: usize,
}

/// Pipeline depth of each kernel beyond the one cycle of a step, in cycles. Assumed.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct DepthCycles {
    /// Decode, and feedback.
    pub decode: u64,
    /// The indicator.
    pub indicator: u64,
    /// Send.
    pub send: u64,
}

/// A TOE's own time, in nanoseconds. Assumed.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct ToeNs {
    /// From the wire to the channel.
    pub receive: u64,
    /// From the channel to the wire.
    pub transmit: u64,
}

/// The kernel clock, in MHz. Assumed.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct ClockMhz {
    /// Where one is needed.
    pub default: u64,
    /// Shown side by side.
    pub shown: Vec<u64>,
}

/// The host's watchdog. Assumed.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Watchdog {
    /// Cycles without a change of the card's counter after which the card is lost.
    pub cycles: u64,
}

/// The manifest.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// Depths of the FIFOs.
    pub fifo_depths: FifoDepths,
    /// Pipeline depths.
    #[serde(rename = "assumed_depth_cycles")]
    pub depth_cycles: DepthCycles,
    /// Of a TOE.
    #[serde(rename = "assumed_toe_ns")]
    pub toe_ns: ToeNs,
    /// The clock.
    #[serde(rename = "assumed_clock_mhz")]
    pub clock_mhz: ClockMhz,
    /// The watchdog.
    pub watchdog: Watchdog,
}

/// Why a manifest is none.
#[derive(Debug, Error)]
pub enum ManifestError {
    /// It cannot be read.
    #[error("cannot read {path}: {error}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// It is not as it should be.
    #[error("card manifest: {0}")]
    Parse(#[from] toml::de::Error),
    /// A number is out of range.
    #[error("card manifest: {key} is {found}, wanted {wanted}")]
    Range {
        /// Of what.
        key: &'static str,
        /// As it stands there.
        found: u64,
        /// What it may be.
        wanted: &'static str,
    },
}

impl Card {
    /// Reads a manifest.
    ///
    /// # Errors
    /// When a key is missing or unknown, or a number out of range.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let card: Self = toml::from_str(text)?;
        let depths = &card.fifo_depths;
        for (key, depth) in [
            ("fifo_depths.rx", depths.rx),
            ("fifo_depths.items", depths.items),
            ("fifo_depths.intents", depths.intents),
            ("fifo_depths.records", depths.records),
            ("fifo_depths.lines", depths.lines),
            ("fifo_depths.tx", depths.tx),
        ] {
            if !(1..=65_536).contains(&depth) {
                let (found, wanted) = (depth as u64, "1 to 65536");
                return Err(ManifestError::Range { key, found, wanted });
            }
        }
        let clocks = card.clock_mhz.shown.iter().chain([&card.clock_mhz.default]);
        for &found in clocks {
            if !(1..=10_000).contains(&found) {
                let (key, wanted) = ("assumed_clock_mhz", "1 to 10000");
                return Err(ManifestError::Range { key, found, wanted });
            }
        }
        Ok(card)
    }

    /// Reads a manifest from a file.
    ///
    /// # Errors
    /// As [`Card::parse`], and when it cannot be read.
    pub fn load(path: &Path) -> Result<Self, ManifestError> {
        let read = std::fs::read_to_string(path);
        let text = read.map_err(|error| ManifestError::Read { path: path.to_owned(), error })?;
        Self::parse(&text)
    }
}

impl Default for Card {
    /// The manifest of this crate.
    fn default() -> Self {
        Self::parse(include_str!("../card.toml")).expect("the crate's own manifest")
    }
}
