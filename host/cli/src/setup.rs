//! `tidegate setup`: an example, and what a file says.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use tidegate_pipeline::Setup;
use tidegate_pipeline::frame::ChecksumPolicy;
use tidegate_pipeline::setup::{EXAMPLE, PriceSource};
use tidegate_pipeline::toe::{Layout, WordOrder};
use tidegate_protocol::units::trim_padding;

use crate::Unusable;

/// Print an example of a setup file, or check one.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
pub(crate) struct SetupArgs {
    /// Print an example with every key
    #[arg(long)]
    example: bool,
    /// Read this file and say what it means
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
}

/// Reads a setup; what is wrong with it is the user's to mend.
pub(crate) fn load(path: &Path) -> Result<Setup> {
    let setup = Setup::load(path);
    Ok(setup.map_err(|error| Unusable(format!("setup {}: {error}", path.display())))?)
}

/// Runs the command.
pub(crate) fn run(args: &SetupArgs) -> Result<()> {
    match &args.check {
        Some(path) => crate::print(&describe(path, &load(path)?)),
        None => crate::print(EXAMPLE),
    }
}

fn describe(path: &Path, setup: &Setup) -> String {
    let mut out = format!("{} is a setup\n", path.display());
    let mut line = |name: &str, text: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "  {name:<12}{text}");
    };
    match &setup.index {
        None => line("index", "none"),
        Some(index) => {
            let id = String::from_utf8_lossy(trim_padding(&index.id)).into_owned();
            let source = match index.source {
                PriceSource::Trade => "trades",
                PriceSource::Snapshot => "snapshots",
            };
            let count = index.constituents.len();
            let close = index.prev_close;
            line(
                "index",
                &format!("{id}, previous close {close}, {count} constituents priced by {source}"),
            );
        }
    }
    match &setup.securities {
        None => line("securities", "those of the input (a replay collects them in a first pass)"),
        Some(_) => line("securities", &format!("{} rows", setup.row_names(&[]).len())),
    }
    let toe = &setup.toe;
    let layout = match toe.layout {
        Layout::Sample => "low byte first (sample)",
        Layout::Text => "high byte first (text)",
    };
    let words = match (setup.detect_words, toe.words) {
        (true, _) => "seen from the first header (auto)",
        (false, WordOrder::Channel) => "reversed (channel)",
        (false, WordOrder::Printed) => "as printed",
    };
    let filler = if toe.strict_filler { "strict" } else { "lenient" };
    let prefix = toe.prefix_bytes;
    line("toe", &format!("length {layout}, words {words}, filler {filler}, prefix {prefix} bytes"));
    let checksum = match setup.checksum {
        ChecksumPolicy::Drop => "dropped",
        ChecksumPolicy::Flag => "released, marked",
        ChecksumPolicy::Disconnect => "dropped, and its session with it",
    };
    line("frame", &format!("a message with a wrong checksum is {checksum}"));
    out
}
