//! `tidegate bench peak`: the busiest windows of a capture.

use std::fmt::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use tidegate_bench::machine;
use tidegate_bench::peak::{self, WINDOWS_NS};

use crate::{Unusable, print};

pub(crate) const HELP: &str = "Examples:
  tidegate bench peak day.pcap.gz

Windows begin anywhere. Bytes are those of messages: no Ethernet, IP, TCP. The lines at the end go into a
definition, or as --peak-messages-per-second, --peak-bytes-per-second and --peak-source to bench run.";

/// Find the busiest 100 ms and 1 s of a capture, to be cited as a peak
#[derive(Args, Debug)]
pub(crate) struct Peak {
    /// A capture with times
    #[arg(value_name = "CAPTURE")]
    input: PathBuf,
}

pub(crate) fn run(args: &Peak) -> Result<ExitCode> {
    let captured = peak::captured(&args.input).map_err(|error| Unusable(error.to_string()))?;
    let name = args.input.file_name().unwrap_or_default().to_string_lossy();
    if captured.is_empty() {
        let text = format!("{name}: has no times, wanted a capture (pcap, pcapng)");
        return Err(Unusable(text).into());
    }
    let bytes: u64 = captured.iter().map(|one| one.bytes).sum();
    let mut out = format!("{name}: {} messages, {bytes} bytes\n", captured.len());
    let mut best = None;
    for window_ns in WINDOWS_NS {
        let found = peak::busiest(&captured, window_ns);
        let _ = writeln!(
            out,
            "busiest {} ms: {} messages from {} ({:.0}/s), {} bytes from {} ({:.0}/s)",
            window_ns / 1_000_000,
            found.messages,
            machine::utc(found.messages_from_ns / 1_000_000_000),
            found.messages_per_s(),
            found.bytes,
            machine::utc(found.bytes_from_ns / 1_000_000_000),
            found.bytes_per_s(),
        );
        best.get_or_insert(found);
    }
    if let Some(best) = best {
        let _ = write!(
            out,
            "\n[peak]\nmessages_per_second = {:.1}\nbytes_per_second = {:.1}\nsource = \"busiest {} ms of {name}\"\n",
            best.messages_per_s(),
            best.bytes_per_s(),
            best.window_ns / 1_000_000,
        );
    }
    print(&out)?;
    Ok(ExitCode::SUCCESS)
}
