//! `tidegate gate`: a user's own input judged by their policy, the simulator's metrics, the ledger.

mod card;
mod compare;
mod simulate;
mod suite;
mod user;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};
use tidegate_gate::policy::Stage;

use crate::agree::Inject;
use crate::engines::Name;
use crate::{Unusable, is_broken_pipe};

/// A policy to begin with, every key explained.
pub(crate) const EXAMPLE: &str = include_str!("example.toml");

pub(crate) const HELP: &str = "Examples:
  tidegate gate --example > gate.toml
  tidegate gate --policy gate.toml --feed day.pcap --setup setup.toml --out report
  tidegate gate --policy gate.toml --feed day.pcap --setup setup.toml --feedback reports.bin --stage release
  tidegate gate verify --ledger ledger.jsonl

The feed goes through every engine and is compared byte for byte; triggers are held against the
[[expect]] of the policy, the busiest 100 ms of the feed (by the times in its messages) against what the
native engine does here and what the simulated card does at its assumed clock. Each figure is Measured or
Modelled and says which. --out gets gate.json, junit.xml and gate.html, and a folder for each difference.

Exit code: 0 pass, or incomplete where the policy only warns; 1 fail; 3 incomplete, and that blocks;
2 it could not be judged: usage, policy, setup or input.";

/// Judge input, setup and triggers by a policy.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Gate {
    #[command(subcommand)]
    what: Option<What>,
    /// Print a policy with every key, to begin with
    #[arg(long, exclusive = true)]
    example: bool,
    /// The policy: what is measured, what it must reach, what the triggers must do
    #[arg(long, value_name = "FILE", required_unless_present = "example")]
    policy: Option<PathBuf>,
    /// The input, of any format
    #[arg(long, value_name = "FILE", required_unless_present = "example")]
    feed: Option<PathBuf>,
    /// The setup; without one there is no index and no trigger
    #[arg(long, value_name = "FILE")]
    setup: Option<PathBuf>,
    /// A second file, of reports of orders, as for `replay`
    #[arg(long, value_name = "FILE")]
    feedback: Option<PathBuf>,
    /// Go on behind a place where frames stop holding (.bin, captures)
    #[arg(long)]
    resync: bool,
    /// Two engines or more, as for `agree` [default: native,sim, and kernel-c where it was built in]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    engines: Vec<Name>,
    /// The stage of the policy: merge, submission, release, hardware
    #[arg(long, value_name = "STAGE", default_value = "merge")]
    stage: Stage,
    /// Write gate.json, junit.xml and gate.html to this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Add a record to this ledger, which is begun where it is not there
    #[arg(long, value_name = "FILE")]
    ledger: Option<PathBuf>,
    /// What the record is of, as a commit
    #[arg(long, value_name = "TEXT", default_value = "", requires = "ledger")]
    commit: String,
    /// Of tests: changes a byte in the outputs of an engine
    #[arg(long, hide = true, value_name = "ENGINE/KIND/NUMBER/BYTE")]
    inject: Option<Inject>,
}

#[derive(Subcommand, Debug)]
enum What {
    #[command(after_help = simulate::HELP)]
    Simulate(simulate::Simulate),
    #[command(after_help = verify::HELP)]
    Verify(verify::Verify),
}

fn judged(args: &Gate) -> Result<ExitCode> {
    if args.engines.len() == 1 {
        return Err(Unusable("--engines: wanted two or more".to_owned()).into());
    }
    let needed = |path: &Option<PathBuf>, option: &str| {
        path.clone().ok_or_else(|| Unusable(format!("{option} is missing")))
    };
    let (policy, feed) = (needed(&args.policy, "--policy")?, needed(&args.feed, "--feed")?);
    user::run(&user::Job {
        policy: &policy,
        feed: &feed,
        setup: args.setup.as_deref(),
        feedback: args.feedback.as_deref(),
        resync: args.resync,
        engines: &args.engines,
        stage: args.stage,
        out: args.out.as_deref(),
        ledger: args.ledger.as_deref(),
        commit: &args.commit,
        inject: args.inject,
    })
}

/// Runs the command.
pub(crate) fn run(args: &Gate) -> Result<ExitCode> {
    let result = match &args.what {
        Some(What::Simulate(args)) => simulate::run(args),
        Some(What::Verify(args)) => verify::run(args),
        None if args.example => crate::print(EXAMPLE).map(|()| ExitCode::SUCCESS),
        None => judged(args),
    };
    // A gate that could not judge must not be taken for one that failed.
    result.map_err(|error| match error.is::<Unusable>() || is_broken_pipe(&error) {
        true => error,
        false => Unusable(format!("{error:#}")).into(),
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use crate::Cli;

    /// Words of a line of a shell, as far as the templates need it: quotes, variables, no more than that.
    fn words(line: &str, stage: &str) -> Vec<String> {
        let line = line
            .replace("$feedback", "--feedback reports.bin")
            .replace("$STAGE", stage)
            .replace("$folder", "strategies/one")
            .replace("$name", "one");
        let line = line.split(" || ").next().unwrap_or_default().trim_end_matches('\\');
        line.split_whitespace().map(|word| word.trim_matches('"').to_owned()).collect()
    }

    /// Every line of the templates that runs the gate is one that the command takes.
    #[test]
    fn the_commands_of_the_templates_are_ours() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ci/templates/");
        for (file, least) in [("gitlab-ci.yml", 2), ("README.md", 5)] {
            let text = std::fs::read_to_string(format!("{folder}{file}")).expect("a template");
            let lines = text.lines().filter_map(|line| {
                let at = line.find("tidegate gate --").or(line.find("tidegate gate verify"))?;
                Some(&line[at..])
            });
            let lines: Vec<&str> = lines.collect();
            assert!(lines.len() >= least, "{file}: {lines:?}");
            for line in lines {
                // What is said of the gate in a sentence ends in a quote.
                let line = line.split('`').next().unwrap_or_default();
                for stage in ["merge", "release"] {
                    let parsed = Cli::try_parse_from(words(line, stage));
                    assert!(parsed.is_ok(), "{file}: {line}: {}", parsed.expect_err("an error"));
                }
            }
        }
        assert!(Cli::try_parse_from(words("tidegate gate --polcy a --feed b", "merge")).is_err());
    }
}
