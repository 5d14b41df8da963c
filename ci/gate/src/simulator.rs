//! What the simulator says of a run over the golden feeds: one JSON, and the indicators read from it.
//!
//! `tidegate gate simulate` writes it: engines compared output for output on every feed, faults of the
//! card by script, triggers that must not fire, and inputs that the fuzz targets found. Q02, Q13 and
//! Q16 come from here. A run that is not there, is of another tree, leaves something out or does not
//! add up is no measurement; what it shows to be wrong counts all the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::collect::Missing;
use crate::measurement::{Finding, Label, Measurement, Part, Value};

/// The layout of a run that this version reads.
pub const SCHEMA: u32 = 1;

/// Its file in the folder of raw outputs.
pub const FILE: &str = "simulator.json";

/// The folder of the feeds, their manifest and the scenarios, from the root of the repository.
const FEEDS: &str = "golden-feeds";

/// Engines that this project's own gate wants compared.
pub const NEEDED: [&str; 2] = ["native", "sim"];

/// An engine of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EngineRun {
    /// Its name.
    pub name: String,
    /// What its figures are worth; none where it was not there.
    pub label: Option<Label>,
    /// Why it was not there.
    pub missing: Option<String>,
}

/// How an engine compares with the first one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is the one that the others are compared with.
    First,
    /// Everything is the same.
    Equal,
    /// Something is not.
    Differs,
    /// It did not come to its end.
    Failed,
    /// It did not start.
    Missing,
}

/// The first place where two engines differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// Number of the message; none in the tables behind the last one.
    pub message: Option<u64>,
    /// Its MsgType.
    pub msg_type: Option<u32>,
    /// Kind of the output: record, fault, index point, order, ...
    pub output: String,
    /// Its number among all outputs, from 0.
    pub number: u64,
    /// Its number among those of its kind, from 0.
    pub of_kind: u64,
    /// The field; none where one of the two has another output there, or none.
    pub field: Option<String>,
    /// What the first engine gave.
    pub expected: String,
    /// What this one gave.
    pub found: String,
    /// The cycle in which the simulator took the last byte of the message. Modelled.
    pub cycle: Option<u64>,
    /// The folder that runs it again: `tidegate agree FOLDER`.
    pub folder: Option<String>,
}

impl Difference {
    /// In one line.
    pub fn text(&self) -> String {
        let mut text = match self.message {
            Some(message) => format!("message {message}"),
            None => "the tables behind the last message".to_owned(),
        };
        if let Some(msg_type) = self.msg_type {
            text += &format!(" ({msg_type})");
        }
        text += &format!(", {} {}", self.output, self.of_kind);
        if let Some(field) = &self.field {
            text += &format!(", field {field}");
        }
        text += &format!(": expected {}, found {}", self.expected, self.found);
        if let Some(cycle) = self.cycle {
            text += &format!("; cycle {cycle} (Modelled)");
        }
        if let Some(folder) = &self.folder {
            text += &format!("; `tidegate agree {folder}`");
        }
        text
    }
}

/// Latency of the requests that a modelled card sent, from the last byte of a message to TOE1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelledLatency {
    /// Requests that came to TOE1.
    pub requests: u64,
    /// Counted cycles without waiting: the least.
    pub least_cycles: u64,
    /// The most.
    pub most_cycles: u64,
    /// The most that one request waited.
    pub longest_wait_cycles: u64,
    /// Assumed: depth of the pipelines, in cycles.
    pub assumed_depth_cycles: u64,
    /// Assumed: both ways through a TOE, in nanoseconds.
    pub assumed_toe_ns: u64,
    /// Assumed: the clock.
    pub assumed_clock_mhz: u64,
    /// The slowest request at that clock, all of the above together.
    pub slowest_ns: u64,
}

/// What a model counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Modelled {
    /// Always [`Label::Modelled`].
    pub label: Label,
    /// Cycles of the run.
    pub cycles: u64,
    /// Words of both lines that were taken.
    pub beats: u64,
    /// Cycles that one line waited for the other.
    pub arbitration: u64,
    /// Of the requests, where one left.
    pub latency: Option<ModelledLatency>,
}

/// An engine on one input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compared {
    /// Its name.
    pub engine: String,
    /// How it compares.
    pub verdict: Verdict,
    /// Outputs held against those of the first engine; of the first one itself 0.
    pub compared: u64,
    /// Those that are the same, up to the first that is not.
    pub identical: u64,
    /// The rest: from the first difference on nothing counts as the same.
    pub mismatched: u64,
    /// Why it failed or did not start.
    pub reason: Option<String>,
    /// Where it differs.
    pub difference: Option<Difference>,
    /// What it counted, if it is a model.
    pub modelled: Option<Modelled>,
}

/// One input on every engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedRun {
    /// The file, from the folder of the manifest.
    pub file: String,
    /// As the manifest has it: synthetic, published sample, adversarial.
    pub classification: String,
    /// SHA-256 of the file, in hex.
    pub sha256: String,
    /// Messages framed.
    pub messages: u64,
    /// Of each type, by MsgType.
    pub messages_by_type: BTreeMap<String, u64>,
    /// Faults raised by the first engine and the source, by code.
    pub faults: BTreeMap<String, u64>,
    /// Codes that must be raised, and no other; none where nobody says it.
    pub faults_expected: Option<Vec<String>>,
    /// Firings of each trigger.
    pub fired: BTreeMap<String, u64>,
    /// Ids of the requirements that it exercises.
    pub requirements: Vec<String>,
    /// Every engine, the first one first.
    pub engines: Vec<Compared>,
    /// What broke where nothing may: a panic.
    pub crashed: Option<String>,
}

impl FeedRun {
    /// What is wrong with it as a case of bad input.
    fn wrong(&self) -> Option<String> {
        if let Some(what) = &self.crashed {
            return Some(format!("it crashed: {what}"));
        }
        if let Some(wanted) = &self.faults_expected {
            let raised: BTreeSet<&str> = self.faults.keys().map(String::as_str).collect();
            let wanted: BTreeSet<&str> = wanted.iter().map(String::as_str).collect();
            if raised != wanted {
                return Some(format!("faults raised {raised:?}, expected {wanted:?}"));
            }
        }
        unequal(&self.engines)
    }
}

/// What of these engines is not as the first one.
fn unequal(engines: &[Compared]) -> Option<String> {
    engines.iter().find_map(|compared| {
        let engine = &compared.engine;
        match (compared.verdict, &compared.difference, &compared.reason) {
            (Verdict::First | Verdict::Equal, ..) => None,
            (_, Some(difference), _) => Some(format!("{engine}: {}", difference.text())),
            (verdict, None, reason) => {
                let reason = reason.as_deref().unwrap_or("without a reason");
                Some(format!("{engine}: {verdict:?}: {reason}"))
            }
        }
    })
}

/// A fault of the card by script, on one engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioRun {
    /// Its name.
    pub name: String,
    /// The engine.
    pub engine: String,
    /// The feed.
    pub feed: String,
    /// The script, a line each.
    pub script: Vec<String>,
    /// What had to come.
    pub expected: String,
    /// What came.
    pub came: String,
    /// Cycles in which it had to be found, or mended.
    pub budget_cycles: u64,
    /// The cycle in which it struck; none where it did before the start. Modelled.
    pub struck_cycle: Option<u64>,
    /// Cycles from there until it was told. Modelled.
    pub detect_cycles: Option<u64>,
    /// Cycles that it cost until the outputs were as without it. Modelled.
    pub recover_cycles: Option<u64>,
    /// Outputs that are missing, without a fault or an error that says so.
    pub lost: u64,
    /// Records and orders that came twice.
    pub doubled: u64,
    /// Whether all was as expected, within the budget.
    pub recovered: bool,
    /// Why not.
    pub reason: Option<String>,
    /// Ids of the requirements that it exercises.
    pub requirements: Vec<String>,
}

/// What a trigger had to do, and did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Its name.
    pub trigger: String,
    /// Firings, as expected.
    pub expected_fired: u64,
    /// As counted.
    pub fired: u64,
    /// Orders and cancel requests sent, as expected.
    pub expected_sent: u64,
    /// As counted.
    pub sent: u64,
}

impl Expectation {
    /// Whether it is met.
    pub fn is_met(&self) -> bool {
        (self.fired, self.sent) == (self.expected_fired, self.expected_sent)
    }
}

/// A case of a trigger that must not fire, or not send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TriggerCase {
    /// Its name.
    pub name: String,
    /// The feed.
    pub feed: String,
    /// What each trigger had to do.
    pub expectations: Vec<Expectation>,
    /// Ids of the requirements that it exercises.
    pub requirements: Vec<String>,
    /// Every engine.
    pub engines: Vec<Compared>,
    /// What broke where nothing may: a panic.
    pub crashed: Option<String>,
}

impl TriggerCase {
    /// What is wrong with it.
    fn wrong(&self) -> Option<String> {
        if let Some(what) = &self.crashed {
            return Some(format!("it crashed: {what}"));
        }
        let missed = self.expectations.iter().find(|expectation| !expectation.is_met());
        if let Some(Expectation { trigger, expected_fired, fired, expected_sent, sent }) = missed {
            return Some(format!(
                "trigger {trigger} fired {fired} times and sent {sent}, expected {expected_fired} and \
                 {expected_sent}"
            ));
        }
        if self.expectations.is_empty() {
            return Some("it expects nothing".to_owned());
        }
        unequal(&self.engines)
    }
}

/// A run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// [`SCHEMA`].
    pub schema: u32,
    /// What made it, with its version.
    pub tool: String,
    /// The engines, the one that the others are compared with first.
    pub engines: Vec<EngineRun>,
    /// Every feed of the manifest.
    pub feeds: Vec<FeedRun>,
    /// Inputs that the fuzz targets found, where the tree has them.
    pub corpora: Vec<FeedRun>,
    /// Faults of the card.
    pub scenarios: Vec<ScenarioRun>,
    /// Triggers that must not fire.
    pub triggers: Vec<TriggerCase>,
}

impl Run {
    /// Every comparison, with what it is of.
    pub fn compared(&self) -> impl Iterator<Item = (&str, &Compared)> {
        let feeds = self.feeds.iter().chain(&self.corpora);
        let feeds = feeds.map(|feed| (feed.file.as_str(), &feed.engines));
        let triggers = self.triggers.iter().map(|case| (case.name.as_str(), &case.engines));
        feeds
            .chain(triggers)
            .flat_map(|(name, engines)| engines.iter().map(move |compared| (name, compared)))
    }

    /// Ids of the requirements that something of it exercises.
    pub fn requirements(&self) -> BTreeSet<&str> {
        let feeds = self.feeds.iter().flat_map(|feed| &feed.requirements);
        let scenarios = self.scenarios.iter().flat_map(|scenario| &scenario.requirements);
        let triggers = self.triggers.iter().flat_map(|case| &case.requirements);
        feeds.chain(scenarios).chain(triggers).map(String::as_str).collect()
    }

    /// Whether something is as it must not be.
    pub fn has_failed(&self) -> bool {
        self.compared().any(|(_, compared)| {
            compared.mismatched > 0 || !matches!(compared.verdict, Verdict::First | Verdict::Equal)
        }) || self.scenarios.iter().any(|scenario| !scenario.recovered)
            || bad_input(self).any(|(_, wrong)| wrong.is_some())
    }

    /// What in it contradicts itself.
    fn contradiction(&self) -> Option<String> {
        for (name, compared) in self.compared() {
            let Compared { engine, compared, identical, mismatched, verdict, difference, .. } =
                compared;
            let sum = identical.checked_add(*mismatched);
            if sum != Some(*compared) {
                return Some(format!(
                    "{name}, {engine}: {identical} identical and {mismatched} mismatched are not \
                     {compared} compared"
                ));
            }
            let is_fine = match verdict {
                Verdict::First => *compared == 0 && difference.is_none(),
                Verdict::Equal => *mismatched == 0 && difference.is_none(),
                Verdict::Differs => *mismatched > 0 && difference.is_some(),
                Verdict::Failed | Verdict::Missing => true,
            };
            if !is_fine {
                return Some(format!("{name}, {engine}: {verdict:?} with {mismatched} mismatched"));
            }
        }
        let odd = |scenario: &&ScenarioRun| {
            scenario.recovered && (scenario.lost > 0 || scenario.doubled > 0)
        };
        if let Some(scenario) = self.scenarios.iter().find(odd) {
            return Some(format!("scenario {}: recovered, with losses", scenario.name));
        }
        None
    }

    /// What it leaves out of the tree at `root`, or has of another one.
    fn lacks(&self, root: &Path) -> Vec<String> {
        let mut lacks = Vec::new();
        let folder = root.join(FEEDS);
        let names = |file: &str, list: &str, key: &str| -> Result<Vec<toml::Table>, String> {
            let path = folder.join(file);
            let text = fs::read_to_string(&path)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            let table: toml::Table =
                text.parse().map_err(|error| format!("{}: {error}", path.display()))?;
            let list = table.get(list).and_then(toml::Value::as_array).cloned().unwrap_or_default();
            let list: Vec<_> = list.into_iter().filter_map(|one| one.try_into().ok()).collect();
            match list.iter().all(|one: &toml::Table| one.contains_key(key)) && !list.is_empty() {
                true => Ok(list),
                false => Err(format!("{}: no list of {key}s", path.display())),
            }
        };
        fn text<'a>(table: &'a toml::Table, key: &str) -> &'a str {
            table.get(key).and_then(toml::Value::as_str).unwrap_or_default()
        }
        match names("MANIFEST.toml", "feed", "file") {
            Err(why) => lacks.push(why),
            Ok(feeds) => {
                for feed in &feeds {
                    let name = text(feed, "file");
                    match self.feeds.iter().find(|run| run.file == name) {
                        None => lacks.push(format!("{name} was not run")),
                        Some(run) if run.sha256 != text(feed, "sha256") => {
                            lacks.push(format!("{name} was run with another content"));
                        }
                        Some(_) => {}
                    }
                }
            }
        }
        for list in ["scenario", "trigger"] {
            match names("scenarios.toml", list, "name") {
                Err(why) => lacks.push(why),
                Ok(all) => {
                    for name in all.iter().map(|one| text(one, "name")) {
                        let is_there = match list {
                            "scenario" => self.scenarios.iter().any(|run| run.name == name),
                            _ => self.triggers.iter().any(|run| run.name == name),
                        };
                        if !is_there {
                            lacks.push(format!("{list} {name} was not run"));
                        }
                    }
                }
            }
        }
        lacks
    }
}

/// Why there is no run, or the run.
fn load(path: &Path) -> Result<Run, Missing> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let why = format!("{}: {error}; `tidegate gate simulate` writes it", path.display());
            return Err(Missing::Unknown(why));
        }
        read => read.map_err(|error| format!("{}: {error}", path.display()))?,
    };
    let not_ours = |what: String| format!("{}: {what}", path.display());
    // The layout first: a later one may have other keys.
    #[derive(Deserialize)]
    struct Layout {
        schema: u32,
    }
    let Layout { schema } =
        serde_json::from_str(&text).map_err(|error| not_ours(error.to_string()))?;
    if schema != SCHEMA {
        return Err(not_ours(format!("schema {schema}, this version reads {SCHEMA}")).into());
    }
    let run: Run = serde_json::from_str(&text).map_err(|error| not_ours(error.to_string()))?;
    match run.contradiction() {
        Some(what) => Err(not_ours(what).into()),
        None => Ok(run),
    }
}

/// Q02, Q13 and Q16 from the file [`FILE`] of a folder of raw outputs, about the tree at `root`. A run that was
/// started and does not say all of it fails.
pub fn read(raw: &Path, root: &Path) -> Vec<Measurement> {
    match load(&raw.join(FILE)) {
        Err(why) => ["Q02", "Q13", "Q16"].map(|id| why.clone().of(id)).into(),
        Ok(run) => {
            let lacks = run.lacks(root);
            let all = [agreement(&run, &NEEDED), bad_input_rate(&run), faults_survived(&run)];
            // What is wrong is wrong, whatever else was left out.
            let whole = |(measurement, is_bad): (Measurement, bool)| match lacks.first() {
                Some(what) if !is_bad => {
                    let more = match lacks.len() {
                        1 => String::new(),
                        n => format!(", and {} more", n - 1),
                    };
                    Measurement::broken(&measurement.indicator, format!("{what}{more}"))
                }
                _ => Measurement { is_broken: measurement.value.number().is_none(), ..measurement },
            };
            all.map(whole).into()
        }
    }
}

fn percent(part: u64, all: u64) -> f64 {
    100.0 * part as f64 / all as f64
}

fn add(sum: &mut u64, number: u64) {
    *sum = sum.saturating_add(number);
}

/// Q02: outputs of every engine against the first one; whether one differs. Without a comparison of these
/// engines nothing was measured.
pub fn agreement(run: &Run, needed: &[&str]) -> (Measurement, bool) {
    let (mut compared, mut identical, mut mismatched) = (0, 0, 0);
    let mut parts: BTreeMap<Vec<String>, (u64, u64)> = BTreeMap::new();
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    for (name, one) in run.compared() {
        if one.verdict == Verdict::First {
            seen.insert(one.engine.as_str());
            continue;
        }
        add(&mut compared, one.compared);
        add(&mut identical, one.identical);
        add(&mut mismatched, one.mismatched);
        if one.compared > 0 {
            seen.insert(one.engine.as_str());
        }
        for path in [vec![one.engine.clone()], vec![one.engine.clone(), name.to_owned()]] {
            let part = parts.entry(path).or_default();
            add(&mut part.0, one.identical);
            add(&mut part.1, one.compared);
        }
        if let Some(what) = unequal(std::slice::from_ref(one)) {
            // Nothing that an engine did not give can be the same.
            mismatched = mismatched.max(1);
            findings.push(Finding { at: name.to_owned(), what });
        }
    }
    for crashed in run.feeds.iter().chain(&run.corpora).filter(|feed| feed.crashed.is_some()) {
        mismatched = mismatched.max(1);
        let what = crashed.crashed.clone().unwrap_or_default();
        findings.push(Finding { at: crashed.file.clone(), what: format!("it crashed: {what}") });
    }
    for missing in run.engines.iter().filter(|engine| engine.missing.is_some()) {
        let what = missing.missing.clone().unwrap_or_default();
        findings.push(Finding { at: missing.name.clone(), what: format!("not compared: {what}") });
    }
    let lacking: Vec<&str> = needed.iter().copied().filter(|name| !seen.contains(name)).collect();
    let is_bad = mismatched > 0;
    let mut measurement = Measurement::new("Q02", percent(identical, compared), FILE, &run.tool)
        .figure("compared", compared as f64)
        .figure("identical", identical as f64)
        .figure("mismatched", mismatched as f64);
    if compared == 0 && is_bad {
        measurement.value = Value::Measured(0.0);
    } else if (!lacking.is_empty() || compared == 0) && !is_bad {
        let why = match lacking.is_empty() {
            true => "nothing was compared".to_owned(),
            false => format!("engine {} was not compared", lacking.join(" and ")),
        };
        return (Measurement::none("Q02", why), false);
    }
    measurement.findings = findings;
    measurement.parts = parts_of(parts);
    (measurement, is_bad)
}

fn parts_of(parts: BTreeMap<Vec<String>, (u64, u64)>) -> Vec<Part> {
    let parts = parts.into_iter().filter(|(_, (_, all))| *all > 0);
    parts.map(|(path, (part, all))| Part { path, value: percent(part, all), count: all }).collect()
}

/// Cases of bad input and of what must not happen: what each is, and what is wrong.
fn bad_input(run: &Run) -> impl Iterator<Item = ([&str; 2], Option<String>)> {
    // A fault on a feed that is none of bad input is one too much.
    let counts = |feed: &&FeedRun| feed.classification == "adversarial" || feed.wrong().is_some();
    let adversarial = run.feeds.iter().filter(counts);
    let feeds = adversarial.map(|feed| (["feeds", feed.file.as_str()], feed.wrong()));
    let corpora = run.corpora.iter().map(|feed| (["corpora", feed.file.as_str()], feed.wrong()));
    let triggers = run.triggers.iter().map(|case| (["triggers", case.name.as_str()], case.wrong()));
    feeds.chain(corpora).chain(triggers)
}

/// Q13: bad input and what must not happen; whether something is wrong.
pub fn bad_input_rate(run: &Run) -> (Measurement, bool) {
    let (mut passed, mut all) = (0, 0);
    let mut parts: BTreeMap<Vec<String>, (u64, u64)> = BTreeMap::new();
    let mut findings = Vec::new();
    for ([kind, name], wrong) in bad_input(run) {
        let part = parts.entry(vec![kind.to_owned()]).or_default();
        all += 1;
        part.1 += 1;
        match wrong {
            None => {
                passed += 1;
                part.0 += 1;
            }
            Some(what) => findings.push(Finding { at: format!("{kind}: {name}"), what }),
        }
    }
    let feeds = run.feeds.iter().chain(&run.corpora).filter(|feed| feed.crashed.is_some());
    let triggers = run.triggers.iter().filter(|case| case.crashed.is_some());
    let crashed = feeds.count() + triggers.count();
    let (fired, sent) = run
        .triggers
        .iter()
        .flat_map(|case| &case.expectations)
        .fold((0u64, 0u64), |(fired, sent), one| {
            (fired.saturating_add(one.fired), sent.saturating_add(one.sent))
        });
    let is_bad = !findings.is_empty();
    let mut measurement = Measurement::new("Q13", percent(passed, all), FILE, &run.tool)
        .figure("run", all as f64)
        .figure("passed", passed as f64)
        .figure("crashed", crashed as f64)
        .figure("triggers_fired", fired as f64)
        .figure("triggers_sent", sent as f64);
    if run.triggers.is_empty() && !is_bad {
        return (Measurement::none("Q13", "no trigger that must not fire was run"), false);
    }
    measurement.findings = findings;
    measurement.parts = parts_of(parts);
    (measurement, is_bad)
}

/// Q16: faults of the card; whether one was not survived.
pub fn faults_survived(run: &Run) -> (Measurement, bool) {
    let (mut recovered, mut lost, mut doubled) = (0, 0, 0);
    let mut parts: BTreeMap<Vec<String>, (u64, u64)> = BTreeMap::new();
    let (mut findings, mut worst_detect, mut worst_recover) = (Vec::new(), 0, 0);
    for scenario in &run.scenarios {
        recovered += u64::from(scenario.recovered);
        add(&mut lost, scenario.lost);
        add(&mut doubled, scenario.doubled);
        worst_detect = worst_detect.max(scenario.detect_cycles.unwrap_or(0));
        worst_recover = worst_recover.max(scenario.recover_cycles.unwrap_or(0));
        for path in
            [vec![scenario.engine.clone()], vec![scenario.engine.clone(), scenario.name.clone()]]
        {
            let part = parts.entry(path).or_default();
            part.0 += u64::from(scenario.recovered);
            part.1 += 1;
        }
        if !scenario.recovered {
            let reason = scenario.reason.as_deref().unwrap_or("no reason is told");
            findings.push(Finding {
                at: format!("{} on {}: {}", scenario.name, scenario.engine, scenario.feed),
                what: format!(
                    "expected {}, came {}: {reason} (script: {})",
                    scenario.expected,
                    scenario.came,
                    scenario.script.join("; ")
                ),
            });
        }
    }
    let is_bad = !findings.is_empty() || lost > 0 || doubled > 0;
    let all = run.scenarios.len() as u64;
    let mut measurement = Measurement::new("Q16", percent(recovered, all), FILE, &run.tool)
        .figure("run", all as f64)
        .figure("recovered", recovered as f64)
        .figure("lost", lost as f64)
        .figure("doubled", doubled as f64)
        .figure("longest_detect_cycles", worst_detect as f64)
        .figure("longest_recover_cycles", worst_recover as f64);
    if all == 0 {
        return (Measurement::none("Q16", "no scenario was run"), false);
    }
    measurement.label = Label::Modelled;
    measurement.findings = findings;
    measurement.parts = parts_of(parts);
    (measurement, is_bad)
}
