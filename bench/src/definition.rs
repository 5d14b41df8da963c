//! A definition: which work, over which rooms, and what must come out. Data, a file each.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tidegate_golden_feeds::spec::Spec;

use crate::feed::{self, Feed, FeedError};
use crate::mix::Mix;
use crate::result::{RunType, SuppliedPeak};

/// Rooms that a definition may name, in the order of the data path.
pub const ROOMS: [&str; 8] =
    ["toe", "frame", "decode", "quote", "index", "trigger", "order", "feedback"];
/// What stands above the digests of a file.
pub const DIGESTS: &str =
    "# Digests of what must come out. BLESS=1 cargo test -p tidegate-bench --test definitions\n";

/// How much of a feed is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Size {
    /// All of it.
    Full,
    /// As much as a short run takes.
    Quick,
    /// As much as an emulator takes.
    Emulated,
}

impl Size {
    /// Every size.
    pub const ALL: [Self; 3] = [Self::Full, Self::Quick, Self::Emulated];

    /// As in a definition.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Quick => "quick",
            Self::Emulated => "emulated",
        }
    }
}

/// Where the messages come from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum From {
    /// A file, beside the definition.
    File(PathBuf),
    /// Seeded 300192 and 300191 in random order.
    Ticks {
        /// How many.
        messages: usize,
        /// From which all follows.
        seed: u64,
    },
    /// A day of the small exchange.
    Exchange {
        /// About how many messages.
        messages: u64,
        /// From which all follows.
        seed: u64,
        /// Tick channels.
        channels: u64,
    },
}

/// A definition as its file has it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// In a line, what it is.
    pub about: String,
    /// The feed.
    pub feed: From,
    /// The setup, beside the definition; without one the defaults.
    pub setup: Option<PathBuf>,
    /// Seed of the trading gateway that answers the orders; without one nothing comes back.
    pub reports_seed: Option<u64>,
    /// The rooms that are run. Without `index` there is none, whatever the setup says; without
    /// `trigger` there are no triggers.
    pub rooms: Vec<String>,
    /// Mixes, by name.
    pub mixes: Vec<String>,
    /// Run types.
    pub types: Vec<RunType>,
    /// Bytes of a packet, at most; a longer message is one.
    pub packet_bytes: usize,
    /// Messages of a short run.
    pub quick_messages: usize,
    /// Messages of an emulator's run.
    pub emulated_messages: usize,
    /// Whether a short run has time for the emulators here: one takes a quarter of a minute to start.
    pub emulated_in_quick: bool,
    /// The peak that an engine must keep up with, where somebody says it.
    pub peak: Option<SuppliedPeak>,
    /// By size, then by mix: what must come out.
    #[serde(default)]
    pub digest: BTreeMap<Size, BTreeMap<String, String>>,
}

/// Why there is no definition.
#[derive(Debug, thiserror::Error)]
pub enum DefinitionError {
    /// Its file.
    #[error("cannot read {path}: {error}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// What is in it.
    #[error("{path}: {message}")]
    Parse {
        /// Which.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// Its feed.
    #[error("{name}: {error}")]
    Feed {
        /// Of which definition.
        name: String,
        /// Why.
        error: Box<FeedError>,
    },
    /// There is none of this name.
    #[error("definition {wanted}, wanted one of {found}")]
    Name {
        /// Which.
        wanted: String,
        /// Those that there are.
        found: String,
    },
}

/// A definition and where it is.
#[derive(Clone, Debug)]
pub struct Named {
    /// Its name: that of its file.
    pub name: String,
    /// Its file.
    pub path: PathBuf,
    /// What it says.
    pub definition: Definition,
}

impl Definition {
    /// Reads a definition from its text.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let read: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        for room in &read.rooms {
            if !ROOMS.contains(&room.as_str()) {
                return Err(format!("room {room:?}, wanted one of {}", ROOMS.join(", ")));
            }
        }
        let mixes = read.mixes()?;
        if mixes.is_empty() || read.types.is_empty() {
            return Err("mixes and types: wanted one of each at least".to_owned());
        }
        if let Some(wrong) = read.peak.as_ref().and_then(SuppliedPeak::wrong) {
            return Err(wrong);
        }
        for mix in read.digest.values().flat_map(BTreeMap::keys) {
            mix.parse::<Mix>()?;
        }
        Ok(read)
    }

    /// Its mixes.
    ///
    /// # Errors
    /// When one has a name that none has.
    pub fn mixes(&self) -> Result<Vec<Mix>, String> {
        self.mixes.iter().map(|name| name.parse()).collect()
    }

    /// Whether it runs this room.
    pub fn runs(&self, room: &str) -> bool {
        self.rooms.iter().any(|name| name == room)
    }

    /// What must come out of a mix, where the file says it.
    pub fn expected(&self, size: Size, mix: Mix) -> Option<&str> {
        let of = self.digest.get(&size)?.get(&mix.same_bytes().to_string())?;
        Some(of.as_str())
    }
}

impl Named {
    /// Its feed of a size.
    ///
    /// # Errors
    /// When it cannot be loaded.
    pub fn load(&self, size: Size) -> Result<Feed, DefinitionError> {
        let failed =
            |error| DefinitionError::Feed { name: self.name.clone(), error: Box::new(error) };
        self.feed(size).map_err(failed)
    }

    fn feed(&self, size: Size) -> Result<Feed, FeedError> {
        let of = &self.definition;
        let base = self.path.parent().unwrap_or(Path::new(""));
        let setup = of.setup.as_ref().map(|path| base.join(path));
        let mut setup = feed::setup(setup.as_deref())?;
        if !of.runs("index") {
            setup.index = None;
        }
        if !of.runs("trigger") {
            setup.trading = None;
        }
        let mut feed = match &of.feed {
            From::File(path) => feed::load(&base.join(path), setup)?,
            From::Ticks { messages, seed } => feed::ticks(*messages, *seed, setup)?,
            From::Exchange { messages, seed, channels } => {
                let spec = Spec { channels: *channels, ..Spec::new(*seed, *messages) };
                feed::exchange(&spec, setup)?
            }
        };
        if let Some(seed) = of.reports_seed {
            feed = feed::with_reports(feed, seed)?;
        }
        match size {
            Size::Full => {}
            Size::Quick => feed.truncate(of.quick_messages),
            Size::Emulated => feed.truncate(of.emulated_messages),
        }
        Ok(feed)
    }
}

/// The definitions of a folder `bench`, by name; all of them where `wanted` is empty.
///
/// # Errors
/// When one cannot be read, or there is none of a name.
pub fn all(bench: &Path, wanted: &[String]) -> Result<Vec<Named>, DefinitionError> {
    let folder = bench.join("definitions");
    let read = |error| DefinitionError::Read { path: folder.clone(), error };
    let mut paths = BTreeSet::new();
    for entry in std::fs::read_dir(&folder).map_err(read)? {
        let path = entry.map_err(read)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            paths.insert(path);
        }
    }
    let name_of = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let names: Vec<String> = paths.iter().map(|path| name_of(path)).collect();
    if let Some(wanted) = wanted.iter().find(|name| !names.contains(name)) {
        return Err(DefinitionError::Name { wanted: wanted.clone(), found: names.join(", ") });
    }
    let chosen = paths.into_iter().zip(names);
    let chosen = chosen.filter(|(_, name)| wanted.is_empty() || wanted.contains(name));
    chosen
        .map(|(path, name)| {
            let text = std::fs::read_to_string(&path)
                .map_err(|error| DefinitionError::Read { path: path.clone(), error })?;
            let definition = Definition::parse(&text)
                .map_err(|message| DefinitionError::Parse { path: path.clone(), message })?;
            Ok(Named { name, path, definition })
        })
        .collect()
}
