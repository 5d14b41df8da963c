//! `tidegate bench diff`: two runs side by side.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use tidegate_bench::diff::{self, Allow};
use tidegate_bench::load;

use crate::{Unusable, print};

pub(crate) const HELP: &str = "Examples:
  tidegate bench diff before.json after.json
  tidegate bench diff --across-machines mine.json theirs.json

A figure changed where its bands in both runs do not touch. The band of ns/msg goes from the lower
quartile of the passes to the upper one, 2 % to both sides at least (20 % below 3 passes); that of a
percentile over the quartiles of the passes, 5 % (p50), 10 % (p99) or 25 % (p99.9) to both sides,
and one reading of the clock; that of the highest rate kept is a step of the rate. Modelled figures
have no noise. Latencies at rates more than 10 % apart are not comparable.

Exit code: 0 nothing got worse by more than its noise, 1 something did, a figure is gone, or a file
cannot be read, 2 the runs are of different machines or lengths and that was not allowed.";

/// Say which figures changed by more than their noise
#[derive(Args, Debug)]
pub(crate) struct Diff {
    /// The result before
    a: PathBuf,
    /// The result after
    b: PathBuf,
    /// Compare runs of different machines, or of one that was set up otherwise
    #[arg(long)]
    across_machines: bool,
    /// Compare a quick run and a full one
    #[arg(long)]
    quick_against_full: bool,
    /// Figures that only the first run has are no failure
    #[arg(long)]
    allow_gone: bool,
}

pub(crate) fn run(args: &Diff) -> Result<ExitCode> {
    let (before, after) = (load::file(&args.a)?, load::file(&args.b)?);
    let allow = Allow {
        across_machines: args.across_machines,
        quick_against_full: args.quick_against_full,
    };
    let diff = diff::compare(&before.results, &after.results, allow)
        .map_err(|error| Unusable(error.to_string()))?;
    print(&diff::table(&diff))?;
    let fails = diff.is_worse() || diff.has_gone() && !args.allow_gone;
    Ok(if fails { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
