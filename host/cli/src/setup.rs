//! `tidegate setup`: an example, and what a file says.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::Result;
use clap::Args;
use tidegate_pipeline::Setup;
use tidegate_pipeline::frame::ChecksumPolicy;
use tidegate_pipeline::setup::{EXAMPLE, PriceSource, SetupError};
use tidegate_pipeline::toe::{Layout, WordOrder};
use tidegate_protocol::units::trim_padding;

use crate::{Unusable, words};

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
    Ok(load_text(path)?.0)
}

/// The text of a setup, and of the files that it names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) files: BTreeMap<String, String>,
}

/// As [`load`], with everything that was read.
pub(crate) fn load_text(path: &Path) -> Result<(Setup, Text)> {
    let base = path.parent().unwrap_or(Path::new(""));
    let read = |path: &Path| {
        let text = fs::read_to_string(path);
        text.map_err(|source| SetupError::Read { path: path.to_owned(), source })
    };
    let files = RefCell::new(BTreeMap::new());
    let parse = || {
        let text = read(path)?;
        let setup = Setup::parse(&text, |name| {
            let text = read(&base.join(name))?;
            files.borrow_mut().insert(name.to_string_lossy().into_owned(), text.clone());
            Ok(text)
        })?;
        Ok((setup, text))
    };
    let (setup, text) = parse().map_err(|error| refused(path, &error))?;
    Ok((setup, Text { text, files: files.into_inner() }))
}

fn refused(path: &Path, error: &SetupError) -> Unusable {
    Unusable(format!("setup {}: {error}", path.display()))
}

impl Text {
    /// The setup that was read from a file of this name.
    pub(crate) fn parse(&self, path: &Path) -> Result<Setup> {
        let setup = Setup::parse(&self.text, |name| {
            let text = self.files.get(name.to_string_lossy().as_ref());
            text.cloned().ok_or_else(|| SetupError::Read {
                path: name.to_owned(),
                source: io::ErrorKind::NotFound.into(),
            })
        });
        Ok(setup.map_err(|error| refused(path, &error))?)
    }
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
    match &setup.trading {
        None => line("triggers", "none: no order is sent"),
        Some(trading) => {
            for (name, text) in words::describe(trading) {
                line(name, &text);
            }
        }
    }
    out
}
