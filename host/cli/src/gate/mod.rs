//! `tidegate gate`: the simulator's metrics for the quality gate.

mod card;
mod compare;
mod simulate;
mod suite;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::{Unusable, is_broken_pipe};

pub(crate) const HELP: &str = "Examples:
  tidegate gate simulate";

/// Run what the quality gate judges.
#[derive(Args, Debug)]
pub(crate) struct Gate {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    #[command(after_help = simulate::HELP)]
    Simulate(simulate::Simulate),
}

/// Runs the command.
pub(crate) fn run(args: &Gate) -> Result<ExitCode> {
    let What::Simulate(args) = &args.what;
    // A gate that could not judge must not be taken for one that failed.
    simulate::run(args).map_err(|error| match error.is::<Unusable>() || is_broken_pipe(&error) {
        true => error,
        false => Unusable(format!("{error:#}")).into(),
    })
}
