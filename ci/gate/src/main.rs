//! `gate`: judges this repository. A user's own input is judged by `tidegate gate`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tidegate_gate::collect;
use tidegate_gate::judgement::{Judgement, judge, own};
use tidegate_gate::ledger::{self, Context, Ledger};
use tidegate_gate::measurement::Measurement;
use tidegate_gate::policy::{Policy, Stage};
use tidegate_gate::release::Release;
use tidegate_gate::report::{self, Beside};
use tidegate_gate::requirements::trace;
use tidegate_gate::simulator;

mod repository;

type Failed = Box<dyn std::error::Error>;

/// Exit code of a gate that could not judge.
const UNUSABLE: u8 = 2;

/// Judges this repository by ci/gate-policy.toml.
#[derive(Parser)]
#[command(
    after_help = "Exit code: 0 pass, or incomplete where that only warns; 1 fail; 2 it could not judge; \
    3 incomplete where that blocks.\nci/gate.sh STAGE runs the tools first and then this."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Judge what the tools of ci/gate.sh left
    Judge(Judge),
    /// Write the first record of a ledger, which fixes what the policy demands
    Genesis,
    /// Agree on the requirements as they are now for this version, in the release manifest
    Release {
        /// As it will be called, `0.2.0`
        version: String,
    },
}

#[derive(Args)]
struct Judge {
    /// merge, submission, release or hardware
    stage: Stage,
    /// Raw outputs of the tools
    #[arg(long, value_name = "DIR", default_value = "target/gate/raw")]
    raw: PathBuf,
    /// Where table, page, JSON and JUnit go [default: target/gate/STAGE]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.command {
        Command::Judge(judge) => judge.run(),
        Command::Genesis => genesis().map(|()| 0),
        Command::Release { version } => release(version).map(|()| 0),
    };
    match done {
        Ok(code) => code.into(),
        Err(error) => {
            eprintln!("gate: {error}");
            UNUSABLE.into()
        }
    }
}

/// The ledger, from the root of the repository.
const LEDGER: &str = "ci/ledger.jsonl";

/// The files that decide, from the root of the repository.
struct Files {
    policy: PathBuf,
    ledger: PathBuf,
    release: PathBuf,
}

fn files(root: &Path) -> Files {
    let at = |name: &str| root.join("ci").join(name);
    Files { policy: at("gate-policy.toml"), ledger: root.join(LEDGER), release: at("release.toml") }
}

impl Judge {
    fn run(&self) -> Result<u8, Failed> {
        let root = repository::root()?;
        let files = files(&root);
        let (policy, policy_sha256) = Policy::load(&files.policy)?;
        let release = Release::load(&files.release)?;
        // Only a record that is committed may move what is demanded, so merge is judged by those too.
        let (ledger, chain) = chain(&root, &release);
        let mut measurements = collect::all(&self.raw, &root);
        measurements.extend(simulator::read(&self.raw, &root));
        let (requirements, sections) = requirements(&self.raw, &root);
        measurements.extend([requirements, chain]);
        let today = today();
        let judgement = judge(&policy, self.stage, measurements, &ledger.before(), today)?;
        let mut context = Context { policy_sha256, ..repository::context(&root, &self.raw)? };
        // Only for a release is the command built; else what lies there is of another day.
        if self.stage >= Stage::Release {
            context.artifacts = repository::artifacts(&root);
        }
        let default = PathBuf::from("target/gate").join(self.stage.name());
        let out = self.out.as_ref().unwrap_or(&default);
        fs::create_dir_all(out)?;
        // Merges are kept beside the page, as its trend; they are no part of the committed chain.
        let kept = out.join("ledger.jsonl");
        let mut history = ledger.clone();
        if self.stage == Stage::Merge {
            history = Ledger::load(&kept, None).unwrap_or_default();
        }
        let beside = Beside { context: &context, records: &history.records, sections: &sections };
        write(out, &judgement, &beside)?;
        let record = history.next(&policy, &judgement, context.clone());
        if self.stage == Stage::Merge {
            if history.records.is_empty() && kept.exists() {
                fs::remove_file(&kept)?;
            }
            history.append(&kept, record)?;
        } else if judgement.rows.iter().any(|row| row.id == own::LEDGER && row.score != Some(100.0))
        {
            eprintln!("gate: nothing is added to a ledger that is broken");
        } else {
            let head = history.append(&files.ledger, record)?;
            let release = Release {
                policy_sha256: context.policy_sha256.clone(),
                ledger_head: Some(head),
                ..release
            };
            release.save(&files.release)?;
        }
        print!("{}", report::table(&judgement));
        println!("\n  {}", out.join("gate.html").display());
        Ok(judgement.exit_code())
    }
}

fn write(out: &Path, judgement: &Judgement, beside: &Beside) -> Result<(), Failed> {
    fs::write(out.join("gate.json"), serde_json::to_string_pretty(judgement)? + "\n")?;
    fs::write(out.join("junit.xml"), report::junit(judgement))?;
    fs::write(out.join("gate.html"), report::page(judgement, beside))?;
    fs::write(out.join("gate.txt"), report::table(judgement))?;
    Ok(())
}

/// The ledger as far as it holds, and V04.
fn chain(root: &Path, release: &Release) -> (Ledger, Measurement) {
    let path = &root.join(LEDGER);
    let source = LEDGER.to_owned();
    let new = |breaks| Measurement::new(own::LEDGER, breaks, &source, "gate");
    let Some(head) = &release.ledger_head else {
        // A chain without its end, or none at all, proves nothing, and what was demanded is forgotten with it.
        let why = "the release manifest names no head: `gate genesis` begins a ledger";
        return (Ledger::default(), Measurement::broken(own::LEDGER, why));
    };
    let broken = |what| (Ledger::default(), new(1.0).finding(source.clone(), what));
    let ledger = match Ledger::load(path, Some(head)) {
        Ok(ledger) => ledger,
        Err(error) => return broken(error.to_string()),
    };
    let now = fs::read_to_string(path).unwrap_or_default();
    let versions = repository::versions(root, LEDGER);
    match versions.into_iter().find(|(_, before)| ledger::is_rewritten(before, &now)) {
        Some((commit, _)) => broken(format!("it takes back what it said in {commit}")),
        None => (ledger, new(0.0)),
    }
}

/// Q06 and its section of the page, over the tests of this run.
fn requirements(raw: &Path, root: &Path) -> (Measurement, Vec<(String, String)>) {
    let traced = collect::tests::run(raw).and_then(|run| Ok(trace::read(root, &run)?));
    match traced {
        Ok((trace, found)) => (found, vec![report::matrix(&trace)]),
        Err(why) => (why.of(trace::INDICATOR), Vec::new()),
    }
}

/// Everywhere the same day.
fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}

/// The requirements of a version: V08 holds those of the day against them.
fn release(version: &str) -> Result<(), Failed> {
    let root = repository::root()?;
    let files = files(&root);
    let (_, policy_sha256) = Policy::load(&files.policy)?;
    let context = repository::context(&root, Path::new("none"))?;
    let old = Release::load(&files.release)?;
    let (version, requirements_sha256) = (version.to_owned(), context.requirements_sha256);
    Release { version, policy_sha256, requirements_sha256, ..old }.save(&files.release)?;
    Ok(())
}

/// The first record: nothing is judged by it, and it says what is demanded from now on.
fn genesis() -> Result<(), Failed> {
    let root = repository::root()?;
    let files = files(&root);
    if files.ledger.exists() {
        return Err(format!("{} is there already", files.ledger.display()).into());
    }
    let (policy, policy_sha256) = Policy::load(&files.policy)?;
    let today = today();
    let judgement = judge(&policy, Stage::Merge, Vec::new(), &Default::default(), today)?;
    let none = Path::new("none");
    let context = Context { policy_sha256, ..repository::context(&root, none)? };
    let mut ledger = Ledger::default();
    let record = ledger.next(&policy, &judgement, context.clone());
    let head = ledger.append(&files.ledger, record)?;
    let release = Release {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        policy_sha256: context.policy_sha256,
        requirements_sha256: context.requirements_sha256,
        ledger_head: Some(head),
    };
    release.save(&files.release)?;
    println!("{} begins at {}", files.ledger.display(), Timestamp::now());
    Ok(())
}
