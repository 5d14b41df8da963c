//! `tidegate bench`: engines over the same work, measured and filed.

mod run;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};

/// Measure engines over the same work, and file what was found.
#[derive(Args, Debug)]
pub(crate) struct Bench {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    #[command(after_help = run::HELP)]
    Run(run::Run),
}

/// Runs the command.
pub(crate) fn run(args: &Bench) -> Result<ExitCode> {
    match &args.what {
        What::Run(args) => run::run(args),
    }
}
