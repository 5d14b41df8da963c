//! `tidegate gate simulate`: engines over all feeds of a suite, faults of the card, triggers that must
//! not fire; one JSON for the gate.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use sha2::{Digest, Sha256};
use tidegate_gate::measurement::{Label, Value};
use tidegate_gate::simulator::{
    Compared, EngineRun, Expectation, FeedRun, NEEDED, Run, SCHEMA, ScenarioRun, TriggerCase,
    Verdict, agreement, bad_input_rate, faults_survived,
};
use tidegate_pipeline::Setup;
use tidegate_protocol::PROTOCOL_ID;

use super::card;
use super::compare::{Folders, compare, guarded};
use super::suite::{Feed, Suite, Trigger};
use crate::agree::{Case, Inject, Plan};
use crate::engines::{self, Name};
use crate::lines::digits;
use crate::report::grouped;
use crate::{Unusable, note};

pub(super) const HELP: &str = "Examples:
  tidegate gate simulate
  tidegate gate simulate --suite golden-feeds/MANIFEST.toml --engines native,sim,kernel-c
  tidegate gate simulate --only adversarial/checksum --out simulator.json

Every feed of the suite goes through every engine and is compared as `tidegate agree` does. Then the
scenarios: faults of the card by script on each simulated engine, triggers that must not fire, inputs
that fuzz targets found. --out gets one JSON, which the quality gate reads (Q02, Q13, Q16); beside it
each difference leaves a folder that `tidegate agree FOLDER` runs again.

Exit code: 0 all as expected, 1 something was not, 2 it cannot be run.";

/// Run the golden feeds and fault scenarios on every engine, and write what came of it for the gate.
#[derive(Args, Debug)]
pub(super) struct Simulate {
    /// The feeds: a manifest as golden-feeds has one
    #[arg(long, value_name = "FILE", default_value = "golden-feeds/MANIFEST.toml")]
    suite: PathBuf,
    /// The scenarios [default: scenarios.toml beside the suite, where it is]
    #[arg(long, value_name = "FILE")]
    scenarios: Option<PathBuf>,
    /// Two engines or more, as for `agree` [default: native,sim, and kernel-c where it was built in]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    engines: Vec<Name>,
    /// Leave out engines that cannot start, and say so in the JSON
    #[arg(long)]
    skip_missing: bool,
    /// Only feeds, scenarios and cases whose name has this; the gate takes no such run for a whole one
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Where the JSON goes
    #[arg(long, value_name = "FILE", default_value = "target/gate/raw/simulator.json")]
    out: PathBuf,
    /// Of tests: changes a byte in the outputs of an engine, on every feed that has such an output
    #[arg(long, hide = true, value_name = "ENGINE/KIND/NUMBER/BYTE")]
    inject: Option<Inject>,
}

/// SHA-256 of a file, in hex.
pub(super) fn sha256(path: &Path) -> Result<String> {
    let failed = || format!("cannot read {}", path.display());
    let mut file = fs::File::open(path).with_context(failed)?;
    let (mut digest, mut bytes) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut bytes).with_context(failed)? {
            0 => return Ok(digits(digest)),
            count => digest.update(&bytes[..count]),
        }
    }
}

/// What runs, and where differences go.
struct Work<'a> {
    args: &'a Simulate,
    suite: Suite,
    engines: Vec<Name>,
    folders: Folders,
}

/// Which engines can start, on the smallest setup.
pub(super) fn probe(names: &[Name], skip_missing: bool) -> Result<(Vec<Name>, Vec<EngineRun>)> {
    let (mut there, mut all) = (Vec::new(), Vec::new());
    for name in names {
        let started = engines::start(*name, &Setup::default(), &[], &engines::Options::default());
        let (label, missing) = match started {
            Ok(machine) => {
                there.push(*name);
                let evidence = machine.engine().identity().evidence;
                let label = [Label::Measured, Label::Emulated, Label::Modelled]
                    .into_iter()
                    .find(|label| format!("{label:?}") == engines::label(evidence));
                (label, None)
            }
            Err(error) => {
                let text = format!("{error:#}");
                if !skip_missing {
                    let hint = "--skip-missing goes on without it";
                    let text = format!("engine {name} cannot start: {text}; {hint}");
                    return Err(Unusable(text).into());
                }
                note(&format!("skipped: engine {name} cannot start: {text}"));
                (None, Some(text))
            }
        };
        all.push(EngineRun { name: name.text().to_owned(), label, missing });
    }
    if there.len() < 2 {
        let text = format!("{} of {} engines can start, wanted two", there.len(), names.len());
        return Err(Unusable(text).into());
    }
    Ok((there, all))
}

/// Engines of this build.
pub(super) fn built_in() -> Vec<Name> {
    match cfg!(feature = "kernel-c") {
        true => vec![Name::Native, Name::Sim, Name::KernelC],
        false => vec![Name::Native, Name::Sim],
    }
}

impl Work<'_> {
    fn is_wanted(&self, name: &str) -> bool {
        self.args.only.as_ref().is_none_or(|part| name.contains(part.as_str()))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.suite.folder.join(name)
    }

    fn plan(&self, feed: &Feed, setup: Option<&Path>, engines: &[Name]) -> Result<Plan> {
        let own = feed.setup.as_ref().map(|setup| self.path(setup));
        let feedback = feed.feedback.as_ref().map(|feedback| self.path(feedback));
        let case = Case {
            file: &self.path(&feed.file),
            setup: setup.or(own.as_deref()),
            feedback: feedback.as_deref(),
            resync: feed.resync,
            messages: None,
        };
        Plan::of(&case, engines.to_vec(), self.args.inject, engines::Options::default())
    }

    /// A feed on every engine.
    fn feed(&self, feed: &Feed, expected: Option<Vec<String>>) -> Result<FeedRun> {
        let mut run = FeedRun {
            file: feed.file.clone(),
            classification: feed.classification.clone(),
            sha256: sha256(&self.path(&feed.file))?,
            messages: 0,
            messages_by_type: BTreeMap::new(),
            faults: BTreeMap::new(),
            faults_expected: expected,
            fired: BTreeMap::new(),
            requirements: self.suite.requirements(feed),
            engines: Vec::new(),
            crashed: None,
        };
        let outcome = guarded(|| {
            let mut plan = self.plan(feed, None, &self.engines)?;
            let outcome = compare(&mut plan, Some(&self.folders))?;
            Ok((outcome, plan.store.messages))
        })?;
        match outcome {
            Err(panic) => run.crashed = Some(panic),
            Ok((outcome, messages)) => {
                run.messages = messages;
                run.messages_by_type = outcome.messages_by_type;
                run.faults = outcome.faults;
                run.engines = outcome.engines;
                let fired = outcome.triggers.into_iter().filter(|(_, n)| n.fired > 0);
                run.fired = fired.map(|(name, n)| (name, n.fired)).collect();
            }
        }
        Ok(run)
    }

    /// A trigger that must not fire.
    fn trigger(&self, case: &Trigger) -> Result<TriggerCase> {
        let feed = self.suite.feed(&case.feed)?;
        // The setup stands in the scenarios; the files that it names beside the feed's own.
        let dir = tempfile::tempdir().context("cannot make a temporary folder")?;
        let own = self.path(&feed.file);
        let beside = own.parent().unwrap_or(Path::new(""));
        for entry in fs::read_dir(beside).with_context(|| format!("{}", beside.display()))? {
            let path = entry?.path();
            if let (Some(name), true) = (path.file_name(), path.is_file())
                && path.extension().is_some_and(|extension| extension == "csv")
            {
                fs::copy(&path, dir.path().join(name))?;
            }
        }
        let setup = dir.path().join("setup.toml");
        fs::write(&setup, &case.setup)?;
        let outcome = guarded(|| {
            let mut plan = self.plan(feed, Some(&setup), &self.engines)?;
            compare(&mut plan, Some(&self.folders))
        });
        let outcome = outcome.with_context(|| format!("scenarios: trigger case {}", case.name))?;
        let (outcome, crashed) = match outcome {
            Ok(outcome) => (outcome, None),
            Err(panic) => (super::compare::Outcome::default(), Some(panic)),
        };
        let expectations = case.expect.iter().map(|(name, does)| {
            let found = outcome.triggers.iter().find(|(known, _)| known == name);
            let found = found.map(|(_, n)| (n.fired, n.sent + n.cancels));
            // One that the setup does not have cannot be met.
            let (fired, sent) = found.unwrap_or((u64::MAX, u64::MAX));
            Expectation {
                trigger: name.clone(),
                expected_fired: does.fired,
                fired,
                expected_sent: does.sent,
                sent,
            }
        });
        Ok(TriggerCase {
            name: case.name.clone(),
            feed: case.feed.clone(),
            expectations: expectations.collect(),
            requirements: case.requirements.clone(),
            engines: outcome.engines,
            crashed,
        })
    }
}

/// How an input went, in one word.
fn word(engines: &[Compared], crashed: Option<&String>) -> &'static str {
    let is = |verdict| engines.iter().any(|compared| compared.verdict == verdict);
    match crashed {
        Some(_) => "CRASHED",
        None if is(Verdict::Differs) => "DIFFERS",
        None if is(Verdict::Failed) => "FAILED",
        None if is(Verdict::Missing) => "MISSING",
        None => "equal",
    }
}

fn say(word: &str, name: &str, more: &str) -> Result<()> {
    crate::print(&format!("{word:<9} {name}{more}\n"))
}

/// Runs the command.
pub(super) fn run(args: &Simulate) -> Result<ExitCode> {
    let beside = args.suite.with_file_name("scenarios.toml");
    let scenarios = match &args.scenarios {
        Some(path) => Some(path.as_path()),
        None => beside.is_file().then_some(beside.as_path()),
    };
    let suite = Suite::read(&args.suite, scenarios)?;
    let names = match &args.engines[..] {
        [] => built_in(),
        names => names.to_vec(),
    };
    let (engines, probed) = probe(&names, args.skip_missing)?;
    // What an earlier run says must not be taken for this one, if this one does not come to its end.
    match fs::remove_file(&args.out) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("cannot renew {}", args.out.display()));
        }
        _ => {}
    }
    let folders = Folders(args.out.with_extension(""));
    let work = Work { args, suite, engines, folders };
    let mut run = Run {
        schema: SCHEMA,
        tool: format!("tidegate {} (protocol {PROTOCOL_ID:016x})", env!("CARGO_PKG_VERSION")),
        engines: probed,
        feeds: Vec::new(),
        corpora: Vec::new(),
        scenarios: Vec::new(),
        triggers: Vec::new(),
    };
    for feed in work.suite.feeds.iter().filter(|feed| work.is_wanted(&feed.file)) {
        let ran = work.feed(feed, Some(feed.faults.clone()))?;
        let word = word(&ran.engines, ran.crashed.as_ref());
        say(word, &ran.file, &format!(", {} messages", grouped(ran.messages)))?;
        run.feeds.push(ran);
    }
    for (name, resync) in work.suite.corpora()? {
        if !work.is_wanted(&name) {
            continue;
        }
        let feed = Feed {
            file: name,
            classification: "corpus".to_owned(),
            setup: None,
            feedback: None,
            resync,
            faults: Vec::new(),
            requirements: Vec::new(),
        };
        let ran = work.feed(&feed, None)?;
        say(word(&ran.engines, ran.crashed.as_ref()), &ran.file, "")?;
        run.corpora.push(ran);
    }
    for case in work.suite.scenarios.trigger.iter().filter(|case| work.is_wanted(&case.name)) {
        let ran = work.trigger(case)?;
        let is_met = ran.expectations.iter().all(Expectation::is_met);
        let word = match word(&ran.engines, ran.crashed.as_ref()) {
            "equal" if !is_met => "MISSED",
            "equal" => "as meant",
            other => other,
        };
        say(word, &format!("trigger: {}", ran.name), "")?;
        run.triggers.push(ran);
    }
    for scenario in &work.suite.scenarios.scenario {
        if !work.is_wanted(&scenario.name) {
            continue;
        }
        let feed = work.suite.feed(&scenario.feed)?;
        let mut plan = work.plan(feed, None, &work.engines)?;
        for name in work.engines.clone() {
            let ran = guarded(|| card::scenario(&mut plan, name, scenario))?;
            let Some(ran) = ran.unwrap_or_else(|panic| Some(crashed(scenario, name, panic))) else {
                continue;
            };
            let word = if ran.recovered { "survived" } else { "NOT" };
            let reason = ran.reason.as_ref().map(|reason| format!(" ({reason})"));
            let more = format!(" on {name}: {}{}", ran.came, reason.unwrap_or_default());
            say(word, &format!("fault: {}", ran.name), &more)?;
            run.scenarios.push(ran);
        }
    }
    write(&args.out, &run)?;
    crate::print(&summary(&run, &args.out))?;
    Ok(ExitCode::from(u8::from(run.has_failed())))
}

/// A scenario that nothing came of but a panic.
fn crashed(scenario: &super::suite::Scenario, name: Name, panic: String) -> ScenarioRun {
    ScenarioRun {
        name: scenario.name.clone(),
        engine: name.text().to_owned(),
        feed: scenario.feed.clone(),
        script: scenario.script.clone(),
        expected: scenario.expect.text(),
        came: "a crash".to_owned(),
        budget_cycles: scenario.budget_cycles,
        struck_cycle: None,
        detect_cycles: None,
        recover_cycles: None,
        lost: 0,
        doubled: 0,
        recovered: false,
        reason: Some(panic),
        requirements: scenario.requirements.clone(),
    }
}

fn write(path: &Path, run: &Run) -> Result<()> {
    let failed = || format!("cannot write {}", path.display());
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).with_context(failed)?;
    }
    let json = serde_json::to_string_pretty(run).with_context(failed)?;
    fs::write(path, json + "\n").with_context(failed)
}

/// The sum, in a few lines.
fn summary(run: &Run, out: &Path) -> String {
    let mut text = String::new();
    for (measurement, _) in [agreement(run, &NEEDED), bad_input_rate(run), faults_survived(run)] {
        let figures: Vec<String> = measurement
            .figures
            .iter()
            .map(|(name, number)| format!("{} {}", name.replace('_', " "), number))
            .collect();
        let value = match measurement.value.number() {
            Some(value) => format!("{} %", tidegate_gate::report::number(value)),
            None => "not measured".to_owned(),
        };
        let why = match &measurement.value {
            Value::NotMeasured(why) => why.clone(),
            Value::Measured(_) => figures.join(", "),
        };
        let _ = writeln!(text, "{}  {value}: {why}", measurement.indicator);
        for finding in measurement.findings.iter().take(3) {
            let _ = writeln!(text, "     {}: {}", finding.at, finding.what);
        }
    }
    let requirements = run.requirements().len();
    let _ = writeln!(text, "     {requirements} requirements exercised; {}", out.display());
    text
}
