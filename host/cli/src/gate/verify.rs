//! `tidegate gate verify`: walks a ledger.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use serde::Deserialize;
use tidegate_gate::ledger::{Head, Ledger, LedgerError};

use crate::{Unusable, note};

pub(super) const HELP: &str = "Examples:
  tidegate gate verify
  tidegate gate verify --ledger ledger.jsonl --manifest release.toml

Each line is hashed and must name the hash of the line before it. The release manifest names the last
record that it knows ([ledger_head] seq, sha256): a ledger that was cut short is found by that. It must
have it at its end, or it is another ledger.

Exit code: 0 it is whole, 1 it was edited, reordered or cut short, 2 it cannot be read.";

/// Walk a ledger of judgements and say whether anybody changed it.
#[derive(Args, Debug)]
pub(super) struct Verify {
    /// The ledger
    #[arg(long, value_name = "FILE", default_value = "ci/ledger.jsonl")]
    ledger: PathBuf,
    /// The release manifest [default: ci/release.toml, where it is]
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
}

/// What of the manifest is needed.
#[derive(Debug, Deserialize)]
struct Manifest {
    ledger_head: Head,
}

fn head(path: &Path) -> Result<Head> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Unusable(format!("cannot read {}: {error}", path.display())))?;
    let manifest: Result<Manifest, _> = toml::from_str(&text);
    let manifest = manifest.map_err(|error| Unusable(format!("{}: {error}", path.display())))?;
    Ok(manifest.ledger_head)
}

/// Runs the command.
pub(super) fn run(args: &Verify) -> Result<ExitCode> {
    let own = Path::new("ci/release.toml");
    let manifest = match &args.manifest {
        Some(path) => Some(path.as_path()),
        None => own.is_file().then_some(own),
    };
    let wanted = manifest.map(head).transpose()?;
    let ledger = match Ledger::load(&args.ledger, wanted.as_ref()) {
        Ok(ledger) => ledger,
        Err(error @ LedgerError::Io { .. }) => return Err(Unusable(error.to_string()).into()),
        Err(error) => {
            note(&format!("error: {error}"));
            return Ok(ExitCode::from(1));
        }
    };
    let mut text = format!("{}: {} records, whole\n", args.ledger.display(), ledger.records.len());
    for record in ledger.records.iter().rev().take(5).rev() {
        let commit: String = record.commit.chars().take(12).collect();
        text += &format!(
            "  {:>4}  {}  {:<10}  {:<10}  {commit}\n",
            record.seq,
            record.utc,
            record.stage,
            record.verdict.name()
        );
    }
    if let Some(head) = &ledger.head {
        text += &format!("  head  record {} with {}\n", head.seq, head.sha256);
    }
    text += &match manifest {
        Some(path) => format!("  it is the head that {} names\n", path.display()),
        None => "  no release manifest: records cut off at the end would not be seen\n".to_owned(),
    };
    crate::print(&text)?;
    Ok(ExitCode::SUCCESS)
}
