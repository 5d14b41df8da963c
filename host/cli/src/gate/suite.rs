//! What a suite is, as data: the manifest of feeds, and the scenarios beside it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tidegate_hls_sim::inject::Script;

use crate::Unusable;

/// A feed of the manifest; it says more, which is not needed here.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Feed {
    /// From the folder of the manifest, as every path here.
    pub(super) file: String,
    pub(super) classification: String,
    #[serde(default)]
    pub(super) setup: Option<String>,
    #[serde(default)]
    pub(super) feedback: Option<String>,
    #[serde(default)]
    pub(super) resync: bool,
    #[serde(default)]
    pub(super) faults: Vec<String>,
    #[serde(default)]
    pub(super) requirements: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Manifest {
    feed: Vec<Feed>,
}

/// What must come of a fault of the card.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Expect {
    /// The same outputs and tables as without it.
    Same,
    /// This error, and until then the outputs as without it.
    Error(String),
    /// One message refused with one counted fault, every other output as without it.
    Refused {
        /// Code of the fault.
        fault: String,
        /// Number of the message.
        message: u64,
    },
    /// A TOE down: what arrived is done, what did not is counted.
    Down(usize),
    /// As of an engine that gets what the card got.
    Arrived,
}

impl Expect {
    pub(super) fn text(&self) -> String {
        match self {
            Self::Same => "the same output".to_owned(),
            Self::Error(name) => format!("error {name}"),
            Self::Refused { fault, message } => format!("{fault} at message {message} alone"),
            Self::Down(toe) => format!("TOE{toe} down, every lost word counted"),
            Self::Arrived => "the output of what arrived".to_owned(),
        }
    }
}

/// A fault of the card.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scenario {
    pub(super) name: String,
    /// What it shows; for the reader.
    #[allow(dead_code, reason = "it must be there")]
    why: String,
    pub(super) feed: String,
    /// Lines of a script.
    #[serde(default)]
    pub(super) script: Vec<String>,
    /// In place of a script: so many faults from this seed, within so many words.
    #[serde(default)]
    pub(super) seeded: Option<[u64; 3]>,
    pub(super) expect: Expect,
    /// Cycles until it is told, or mended.
    pub(super) budget_cycles: u64,
    /// Before these entries of the log the setup's own parameters are sent again.
    #[serde(default)]
    pub(super) reload_at: Vec<u64>,
    /// The card publishes.
    #[serde(default)]
    pub(super) publishes: bool,
    /// In place of the card's own.
    #[serde(default)]
    pub(super) watchdog_cycles: Option<u64>,
    #[serde(default)]
    pub(super) requirements: Vec<String>,
}

impl Scenario {
    /// The faults.
    pub(super) fn faults(&self) -> Result<Script> {
        if let Some([seed, count, words]) = self.seeded {
            return Ok(Script::seeded(seed, count as usize, words));
        }
        let script: Result<Script, _> = self.script.join("\n").parse();
        script.map_err(|error| Unusable(format!("scenario {}: {error}", self.name)).into())
    }
}

/// What a trigger must do in a case.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Does {
    pub(super) fired: u64,
    pub(super) sent: u64,
}

/// A trigger that must not fire, and one beside it that does, so that the case is none of nothing.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Trigger {
    pub(super) name: String,
    #[allow(dead_code, reason = "it must be there")]
    why: String,
    pub(super) feed: String,
    /// The setup; the files that it names are those of the feed's own.
    pub(super) setup: String,
    pub(super) expect: BTreeMap<String, Does>,
    #[serde(default)]
    pub(super) requirements: Vec<String>,
}

/// A folder of inputs that a fuzz target found, each a file that `replay` takes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Corpus {
    pub(super) folder: String,
    #[serde(default)]
    pub(super) resync: bool,
}

/// The scenarios.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scenarios {
    #[serde(default)]
    pub(super) scenario: Vec<Scenario>,
    #[serde(default)]
    pub(super) trigger: Vec<Trigger>,
    #[serde(default)]
    pub(super) corpus: Vec<Corpus>,
    /// Ids of requirements by feed.
    #[serde(default)]
    pub(super) requirements: BTreeMap<String, Vec<String>>,
}

/// Feeds, scenarios, and the folder that their names start from.
#[derive(Clone, Debug)]
pub(super) struct Suite {
    pub(super) folder: PathBuf,
    pub(super) feeds: Vec<Feed>,
    pub(super) scenarios: Scenarios,
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = fs::read_to_string(path)
        .map_err(|error| Unusable(format!("cannot read {}: {error}", path.display())))?;
    let parsed = toml::from_str(&text);
    Ok(parsed.map_err(|error| Unusable(format!("{}: {error}", path.display())))?)
}

impl Suite {
    /// Reads both files.
    pub(super) fn read(manifest: &Path, scenarios: Option<&Path>) -> Result<Self> {
        let Manifest { feed: feeds } = read(manifest)?;
        let scenarios: Scenarios = match scenarios {
            Some(path) => read(path)?,
            None => Scenarios::default(),
        };
        let folder = manifest.parent().unwrap_or(Path::new("")).to_owned();
        let suite = Self { folder, feeds, scenarios };
        suite.check()?;
        Ok(suite)
    }

    /// Refuses names that come twice or lead nowhere, before anything runs.
    fn check(&self) -> Result<()> {
        let Scenarios { scenario, trigger, requirements, .. } = &self.scenarios;
        let mut names: Vec<&str> = scenario.iter().map(|scenario| &*scenario.name).collect();
        names.extend(trigger.iter().map(|case| &*case.name));
        names.sort_unstable();
        if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(Unusable(format!("scenario {} comes twice", twice[0])).into());
        }
        let feeds = scenario.iter().map(|scenario| &scenario.feed);
        let feeds = feeds.chain(trigger.iter().map(|case| &case.feed)).chain(requirements.keys());
        for feed in feeds {
            self.feed(feed)?;
        }
        scenario.iter().try_for_each(|scenario| scenario.faults().map(drop))
    }

    /// A feed by its file.
    pub(super) fn feed(&self, file: &str) -> Result<&Feed> {
        let feed = self.feeds.iter().find(|feed| feed.file == file);
        let none = || Unusable(format!("scenarios: the manifest has no feed {file}"));
        Ok(feed.ok_or_else(none)?)
    }

    /// Requirements that a feed exercises.
    pub(super) fn requirements(&self, feed: &Feed) -> Vec<String> {
        let more = self.scenarios.requirements.get(&feed.file);
        let mut all: Vec<String> =
            feed.requirements.iter().chain(more.into_iter().flatten()).cloned().collect();
        all.sort();
        all.dedup();
        all
    }

    /// Inputs of the corpora that are there: name, and whether it is read with `--resync`.
    pub(super) fn corpora(&self) -> Result<Vec<(String, bool)>> {
        let mut inputs = Vec::new();
        for corpus in &self.scenarios.corpus {
            let folder = self.folder.join(&corpus.folder);
            if !folder.is_dir() {
                continue;
            }
            let entries = fs::read_dir(&folder)
                .with_context(|| format!("cannot read {}", folder.display()))?;
            for entry in entries {
                let path = entry.with_context(|| format!("cannot read {}", folder.display()))?;
                let path = path.path();
                if path.is_file() {
                    let name = path.file_name().unwrap_or_default().to_string_lossy();
                    inputs.push((format!("{}/{name}", corpus.folder), corpus.resync));
                }
            }
        }
        inputs.sort();
        Ok(inputs)
    }
}
