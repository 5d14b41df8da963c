//! `tidegate bench`: what is made of results.

mod diff;
mod report;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};

/// Compare engines, peers and bounds, and report what came out.
#[derive(Args, Debug)]
pub(crate) struct Bench {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    #[command(after_help = report::HELP)]
    Report(report::Report),
    #[command(after_help = diff::HELP)]
    Diff(diff::Diff),
}

pub(crate) fn run(args: &Bench) -> Result<ExitCode> {
    match &args.command {
        Command::Report(args) => report::run(args),
        Command::Diff(args) => diff::run(args),
    }
}
