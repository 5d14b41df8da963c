//! `tidegate bench`: engines over the same work, measured and filed, and what is made of it.

mod diff;
mod peak;
mod report;
mod run;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};

/// Measure engines, peers and bounds over the same work, and report what came out.
#[derive(Args, Debug)]
pub(crate) struct Bench {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    #[command(after_help = run::HELP)]
    Run(Box<run::Run>),
    #[command(after_help = report::HELP)]
    Report(report::Report),
    #[command(after_help = diff::HELP)]
    Diff(diff::Diff),
    #[command(after_help = peak::HELP)]
    Peak(peak::Peak),
}

/// Runs the command.
pub(crate) fn run(args: &Bench) -> Result<ExitCode> {
    match &args.what {
        What::Run(args) => run::run(args),
        What::Report(args) => report::run(args),
        What::Diff(args) => diff::run(args),
        What::Peak(args) => peak::run(args),
    }
}
